//! Cards that do not stand, or that say again what another says, change nothing.

use super::{Meeting, Outcome, holds_for_random_meetings};

/// Adds a card, and says what else changed: the new one must fare as `expected`.
fn adding_changes_nothing(meeting: &Meeting, cells: &[(&str, &str)], expected: (&str, &str)) -> Vec<String> {
    let mut other = meeting.clone();
    other.add_card(cells);
    let (first, second) = (meeting.outcome(), other.outcome());
    let mut wrong = first.differences(&second);
    wrong.extend(first.other_fates(&second));
    let number = cells.iter().find(|(column, _)| *column == "card").unwrap().1;
    if second.fate(number) != expected {
        wrong.push(format!("the new card is {:?} and not {expected:?}", second.fate(number)));
    }
    wrong
}

/// The columns of a card that marks every item in some way.
fn with_marks<'m>(
    meeting: &'m Meeting,
    cells: &[(&'m str, &'m str)],
    mark: &'m str,
) -> Vec<(&'m str, &'m str)> {
    let columns = meeting.items().iter().filter(|item| item["kind"] != "frequency");
    let marks = columns.map(|item| (item["id"].as_str().unwrap(), mark));
    cells.iter().copied().chain(marks).collect()
}

#[test]
fn a_rejected_card_never_matters() {
    holds_for_random_meetings(80, |meeting, random| {
        let register = meeting.rows("register");
        let row = random.one_of(&register);
        if row.get("voting") == Some(&"no") || row["shares"] == "0" {
            return None;
        }
        let account = row["account"];
        let late =
            ("late", vec![("received", "2002-05-15T08:00"), ("dated", "2002-05-01"), ("signed", "yes")]);
        let mut ways = vec![
            ("unsigned", vec![("received", "2002-05-13"), ("dated", "2002-05-12"), ("signed", "no")]),
            ("expired", vec![("received", "2002-05-13"), ("dated", "1999-01-31"), ("signed", "yes")]),
        ];
        if !meeting.json["polls_close"].is_null() {
            ways.push(late);
        }
        let (reason, cells) = random.one_of(&ways);
        // An account may have passed on all it had.
        let is_empty = meeting.rows("omnibus").iter().any(|moved| moved["holder"] == account);
        let reason = if is_empty { return None } else { *reason };
        let card = [&[("card", "zz"), ("account", account)], cells.as_slice()].concat();
        let mark = random.pick(&["FOR", "AGAINST", "WITHHOLD"]);
        Some(adding_changes_nothing(meeting, &with_marks(meeting, &card, mark), ("rejected", reason)))
    });
}

#[test]
fn a_card_of_nobody_never_matters() {
    holds_for_random_meetings(95, |meeting, random| {
        let cells =
            [("card", "zz"), ("account", "A stranger"), ("received", "2002-05-13"), ("signed", "yes")];
        let mark = random.pick(&["FOR", "AGAINST"]);
        let expected = ("rejected", "unknown_account");
        Some(adding_changes_nothing(meeting, &with_marks(meeting, &cells, mark), expected))
    });
}

/// Cards counted whole of an account that is neither joint nor ruled upon; a card without `shares` or
/// `class` leaves an older one nothing.
fn whole_cards(meeting: &Meeting, outcome: &Outcome) -> Vec<String> {
    let plain = meeting.plain_accounts();
    let ruled: Vec<String> = meeting.rows("rulings").iter().map(|row| row["card"].to_owned()).collect();
    let takes_all = |row: &&std::collections::BTreeMap<&str, &str>| {
        outcome.fate(row["card"]).0 == "counted"
            && row["shares"].is_empty()
            && row.get("class").is_none_or(|class| class.is_empty())
            && plain.iter().any(|account| account == row["account"])
            && !ruled.iter().any(|card| card == row["card"])
    };
    meeting.rows("cards").iter().filter(takes_all).map(|row| row["card"].to_owned()).collect()
}

#[test]
fn a_superseded_card_never_matters() {
    holds_for_random_meetings(50, |meeting, random| {
        let whole = whole_cards(meeting, &meeting.outcome());
        if whole.is_empty() {
            return None;
        }
        let newest = random.one_of(&whole);
        let cards = meeting.rows("cards");
        let of = cards.iter().find(|row| row["card"] == newest).unwrap();
        // Undated like the newer one, else older by its date: older by either rule.
        let is_ballot = of["kind"] == "ballot";
        let is_electronic = matches!(of.get("medium"), Some(&"internet" | &"telephone"));
        let dated = match of["dated"] {
            "" if !is_electronic && !is_ballot => "",
            newer if !newer.is_empty() && newer <= "2002-04-19" => "2001-04-30",
            _ => "2002-04-19",
        };
        let cells = [
            ("card", "zz"),
            ("account", of["account"]),
            ("received", "2002-04-01"),
            ("dated", dated),
            ("signed", "yes"),
        ];
        let mark = random.pick(&["FOR", "AGAINST", "WITHHOLD", ""]);
        let mut other = meeting.clone();
        let cells = with_marks(meeting, &cells, mark);
        other.add_card(&cells);
        let (first, second) = (meeting.outcome(), other.outcome());
        // An older proxy that the proxy holders voted is no longer superseded by what came after (VOT-1).
        let after_vote =
            |outcome: &Outcome| outcome.ledger.values().filter(|row| row["reason"] == "after_vote").count();
        if after_vote(&first) != after_vote(&second) {
            return None;
        }
        let mut wrong = first.differences(&second);
        wrong.extend(first.other_fates(&second));
        // It may also have expired or been revoked.
        let fate = second.fate("zz");
        if !matches!(fate.0, "superseded" | "revoked" | "rejected") {
            wrong.push(format!("the older card is {fate:?}"));
        }
        Some(wrong)
    });
}

/// The same card again, under a later number.
#[test]
fn a_repeated_card_changes_nothing() {
    holds_for_random_meetings(50, |meeting, random| {
        let first = meeting.outcome();
        let whole = whole_cards(meeting, &first);
        if whole.is_empty() {
            return None;
        }
        let repeated = random.one_of(&whole);
        let mut other = meeting.clone();
        for table in other.of_role_mut("cards") {
            if let Some(row) = (0..table.rows.len()).find(|row| table.cell(*row, "card") == repeated) {
                table.rows.push(table.rows[row].clone());
                table.set(table.rows.len() - 1, "card", &format!("{repeated}~"));
            }
        }
        let second = other.outcome();
        let mut wrong = first.differences(&second);
        wrong.extend(first.other_fates(&second));
        let fate = second.fate(&format!("{repeated}~"));
        if fate != ("superseded", "duplicate") {
            wrong.push(format!("the repeated card is {fate:?}"));
        }
        Some(wrong)
    });
}
