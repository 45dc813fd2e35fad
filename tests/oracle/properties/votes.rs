//! What marks do to outcomes: more FOR never defeats.

use serde_json::Value;

use super::{Outcome, holds_for_random_meetings};

/// Who is elected, or whether the item is approved.
fn won(outcome: &Outcome, item: usize) -> (Value, Value) {
    let item = &outcome.certificate["items"][item];
    (item["outcome"].clone(), item["elected"].clone())
}

/// All cards of one holder say FOR a proposal where they said something else.
#[test]
fn another_mark_made_for_never_defeats_a_proposal() {
    holds_for_random_meetings(12, |meeting, random| {
        let first = meeting.outcome();
        let approved = |place: &usize| won(&first, *place).0 == "approved";
        let places: Vec<usize> = (0..meeting.items().len()).filter(approved).collect();
        let accounts = meeting.plain_accounts();
        if places.is_empty() || accounts.is_empty() {
            return None;
        }
        let place = *random.one_of(&places);
        let id = meeting.items()[place]["id"].as_str().unwrap().to_owned();
        let account = random.one_of(&accounts);
        let mut other = meeting.clone();
        for table in other.of_role_mut("cards") {
            for row in 0..table.rows.len() {
                if table.cell(row, "account") == account {
                    table.set(row, &id, "FOR");
                }
            }
        }
        let second = other.outcome();
        let outcome = won(&second, place).0;
        Some(if outcome == "approved" {
            Vec::new()
        } else {
            vec![format!("item {id}: approved, then {outcome}")]
        })
    });
}

/// A holder who was absent comes and votes FOR: a proposal approved stays approved, and one elected
/// stays elected, or is at worst elected still.
#[test]
fn another_ballot_for_never_defeats() {
    holds_for_random_meetings(15, |meeting, random| {
        let first = meeting.outcome();
        let register = meeting.rows("register");
        let named =
            |role: &str, account: &str| meeting.rows(role).iter().any(|row| row["account"] == account);
        let mut absent: Vec<&str> = register
            .iter()
            .filter(|row| row["holders"].is_empty() && row["registration"] != "joint")
            .filter(|row| row.get("voting") != Some(&"no") && row["shares"] != "0")
            .map(|row| row["account"])
            .filter(|account| !["cards", "street", "revocations"].iter().any(|role| named(role, account)))
            .collect();
        absent.retain(|account| !meeting.rows("omnibus").iter().any(|row| row["holder"] == *account));
        if absent.is_empty() {
            return None;
        }
        let account = *random.one_of(&absent);
        let mut wrong = Vec::new();
        let mut tried = 0;
        for (place, item) in meeting.items().iter().enumerate() {
            let id = item["id"].as_str().unwrap();
            let (outcome, elected) = won(&first, place);
            let columns: Vec<(String, &str)> = match item["kind"].as_str() {
                Some("proposal") if outcome == "approved" => vec![(id.to_owned(), "FOR")],
                Some("frequency") if outcome == "chosen" => {
                    vec![(id.to_owned(), first.certificate["items"][place]["choice"].as_str().unwrap())]
                }
                Some("election") => elected
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|nominee| (format!("{id}.{}", nominee.as_str().unwrap()), "FOR"))
                    .collect(),
                _ => Vec::new(),
            };
            for (column, mark) in columns {
                let mut other = meeting.clone();
                let received = "2002-05-14T10:40:00";
                let cells =
                    [("card", "zz"), ("account", account), ("kind", "ballot"), ("received", received)];
                other.add_card(&[&cells[..], &[(column.as_str(), mark)]].concat());
                let second = other.outcome();
                assert_eq!(second.fate("zz").0, "counted");
                let stays = match column.split_once('.') {
                    Some((_, name)) => won(&second, place).1.as_array().unwrap().iter().any(|id| id == name),
                    None if outcome == "chosen" => second.certificate["items"][place]["choice"] == mark,
                    None => won(&second, place).0 == "approved",
                };
                if !stays {
                    wrong.push(format!(
                        "{account} FOR {column}: {:?}, then {:?}",
                        (outcome.clone(), elected.clone()),
                        won(&second, place)
                    ));
                }
                tried += 1;
            }
        }
        (tried > 0).then_some(wrong)
    });
}

/// Where a test's base holds abstentions, they work as votes against: present and entitled, present,
/// outstanding. (Of votes cast they are no part.)
#[test]
fn an_abstention_works_against_where_it_is_in_the_base() {
    holds_for_random_meetings(20, |meeting, _| {
        let mut other = meeting.clone();
        let proposals: Vec<(usize, String)> = meeting
            .items()
            .iter()
            .enumerate()
            .filter(|(_, item)| item["kind"] == "proposal")
            .map(|(place, item)| (place, item["id"].as_str().unwrap().to_owned()))
            .collect();
        // What joint holders do together depends on who does the same, not on what works as what.
        let joint: Vec<String> = meeting
            .rows("register")
            .iter()
            .filter(|row| !row["holders"].is_empty() || row["registration"] == "joint")
            .map(|row| row["account"].to_owned())
            .collect();
        let mut changed = 0;
        for table in other.of_role_mut("cards") {
            for row in 0..table.rows.len() {
                if joint.iter().any(|account| table.cell(row, "account") == account) {
                    continue;
                }
                for (_, id) in &proposals {
                    if table.cell(row, id) == "ABSTAIN" {
                        table.set(row, id, "AGAINST");
                        changed += 1;
                    }
                }
            }
        }
        if changed == 0 {
            return None;
        }
        let (first, second) = (meeting.outcome(), other.outcome());
        // Other marks can make a duplicate of a conflict.
        if !first.other_fates(&second).is_empty() {
            return None;
        }
        let mut wrong = Vec::new();
        for (place, id) in proposals {
            let tests = |outcome: &Outcome| outcome.certificate["items"][place]["tests"].clone();
            let (before, after) = (tests(&first), tests(&second));
            for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
                let is_without = before["of"] == "votes_cast" || before["of"] == "for_against_withheld";
                let has_abstentions = !is_without && before["counting"] != "holders";
                let figures = |test: &Value| ["base", "for", "needed", "met"].map(|key| test[key].clone());
                if has_abstentions && figures(before) != figures(after) {
                    wrong.push(format!("item {id}: {before}, then {after}"));
                }
            }
        }
        Some(wrong)
    });
}
