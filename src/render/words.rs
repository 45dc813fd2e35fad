//! What the certificate says, sentence by sentence. Every document that a person reads takes its words
//! from here, so that none of them says anything else than the certificate that is signed.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::amount::{Shares, UNITS_PER_MILLIONTH, Votes};
use crate::audit::warnings::Warning;
use crate::certify::{
    AllocationFigures, Certificate, CumulativeFigures, ExceptionFigures, GroupFigures, InputFigures,
    ItemFigures, LineFigures, MarginFigures, NomineeFigures, OpenMatter, RuleSource, TestFigures,
};
use crate::text::{counted, thousands, visible};
use crate::time::{parse_date, show_date};

pub(super) fn is_preliminary(certificate: &Certificate) -> bool {
    certificate.status != "certified"
}

pub(super) fn votes(votes: Votes) -> String {
    thousands(&votes.to_string())
}

pub(super) fn shares(shares: Shares) -> String {
    thousands(&shares.to_string())
}

/// A percentage with two decimals, rounded half up; nothing of an empty base.
#[must_use]
pub fn percent(part: Votes, base: Votes) -> Option<String> {
    // Millionths keep both within the 28 digits of a Decimal; what is cut shows in no second decimal
    // that matters, and no decision rests on it.
    let decimal = |votes: Votes| {
        let millionths = i128::try_from(votes.units() / UNITS_PER_MILLIONTH).ok()?;
        Decimal::try_from_i128_with_scale(millionths, 6).ok()
    };
    let (part, base) = (decimal(part)?, decimal(base)?);
    if base.is_zero() {
        return None;
    }
    let share = part.checked_div(base)?.checked_mul(Decimal::ONE_HUNDRED)?;
    let rounded = share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(format!("{rounded:.2} %"))
}

pub(super) fn shown_date(text: &str) -> String {
    parse_date(text).map_or_else(|_| text.to_owned(), show_date)
}

/// A time of the certificate as a person writes it: `5 Dec 2002, 11:00`.
pub(super) fn shown_time(text: &str) -> String {
    match text.split_once('T') {
        Some((date, clock)) => {
            let clock = clock.strip_suffix(":00").unwrap_or(clock);
            format!("{}, {clock}", shown_date(date))
        }
        None => shown_date(text),
    }
}

/// What the report is called.
pub(super) fn heading(certificate: &Certificate) -> &'static str {
    if is_preliminary(certificate) {
        "PRELIMINARY REPORT OF THE INSPECTOR OF ELECTIONS"
    } else {
        "CERTIFICATE AND REPORT OF THE INSPECTOR OF ELECTIONS"
    }
}

/// An open matter, with what it concerns and could change.
pub(super) fn open_matter(matter: &OpenMatter) -> String {
    let mut what = format!("{}: {}", matter.code, matter.says);
    if matter.cards > 0 {
        what.push_str(&format!(" {} concerned", counted(matter.cards, "card")));
        what.push_str(&format!(", {} votes", votes(matter.votes)));
        if matter.card_numbers.is_empty() {
            what.push('.');
        } else {
            let more = matter.cards - matter.card_numbers.len() as u64;
            let rest =
                if more > 0 { format!(" and {} more", thousands(&more.to_string())) } else { String::new() };
            what.push_str(&format!(": {}{rest}.", matter.card_numbers.join(", ")));
        }
    } else if !matter.votes.is_zero() {
        what.push_str(&format!(" {} votes concerned.", votes(matter.votes)));
    }
    let ids = matter.could_change.join(", ");
    what.push_str(&match (matter.could_change.is_empty(), matter.is_exact) {
        (true, _) => " It cannot change the outcome of any item.".to_owned(),
        (false, true) => format!(" It could change the outcome of item {ids}."),
        (false, false) => format!(" It could change the outcome of no item but {ids}."),
    });
    what
}

/// The meeting: labels and what stands beside them.
pub(super) fn meeting(certificate: &Certificate) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut entry = |label: &str, text: &str| entries.push((label.to_owned(), text.to_owned()));
    let meeting = &certificate.meeting;
    entry("Date of the meeting", &shown_date(&meeting.date));
    if !meeting.adjourned_from.is_empty() {
        let sessions: Vec<String> = meeting.adjourned_from.iter().map(|date| shown_date(date)).collect();
        entry("Adjourned from", &sessions.join(", "));
    }
    if let Some(place) = &meeting.place {
        entry("Place", place);
    }
    entry("Record date", &shown_date(&meeting.record_date));
    let zone = &meeting.time_zone;
    if let Some(open) = &meeting.polls_open {
        entry("Polls opened", &format!("{} ({zone})", shown_time(open)));
    }
    match (&meeting.polls_close, &meeting.as_of) {
        (_, Some(as_of)) => entry("Counted as of", &format!("{} ({zone})", shown_time(as_of))),
        (Some(close), None) => entry("Polls closed", &format!("{} ({zone})", shown_time(close))),
        (None, None) => entry("Polls closed", "not yet"),
    }
    if !meeting.inspectors.is_empty() {
        entry(
            if meeting.inspectors.len() == 1 { "Inspector" } else { "Inspectors" },
            &meeting.inspectors.join(", "),
        );
    }
    for form in meeting.proxy_forms.iter().filter(|form| form.cards > 0 || !form.holders.is_empty()) {
        let holders = if form.holders.is_empty() {
            "holders not stated".to_owned()
        } else {
            form.holders.join(" and ")
        };
        let ballot = form.ballot_cast.as_ref().map_or_else(
            || "no ballot handed in".to_owned(),
            |cast| format!("ballot handed in {}", shown_time(cast)),
        );
        entry(
            &format!("Proxy form {}", visible(&form.id)),
            &format!("{holders}; {ballot}; {} stand", counted(form.cards, "card")),
        );
    }
    entries
}

/// The shares, votes and quorum: labels and what stands beside them.
pub(super) fn quorum(certificate: &Certificate) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut entry = |label: &str, text: &str| entries.push((label.to_owned(), text.to_owned()));
    for class in &certificate.classes {
        let ratio = if class.votes_per_share == "1" {
            "one vote each".to_owned()
        } else {
            format!("{} votes each", class.votes_per_share)
        };
        entry(
            &class.name,
            &format!(
                "{} shares outstanding, {ratio}: {} votes; {} represented",
                shares(class.shares_outstanding),
                votes(class.votes_outstanding),
                votes(class.votes_present),
            ),
        );
        if !class.shares_missing.is_zero() {
            entry("", &format!("of which {} shares are not on the register", shares(class.shares_missing)));
        }
    }
    let quorum = &certificate.quorum;
    let of = percent(quorum.present, quorum.outstanding)
        .map_or_else(String::new, |percent| format!(" ({percent} of votes outstanding)"));
    entry("Votes outstanding", &votes(quorum.outstanding));
    entry("Votes represented", &format!("{}{of}", votes(quorum.present)));
    let fraction = words_of(&quorum.threshold);
    entry("Required quorum", &format!("{} ({fraction} of the votes outstanding)", votes(quorum.required)));
    for class in quorum.by_class.iter().flatten() {
        entry(
            &format!("  class {}", visible(&class.class)),
            &format!(
                "{} of {} votes; {} required: {}",
                votes(class.present),
                votes(class.outstanding),
                votes(class.required),
                met(class.met),
            ),
        );
    }
    entries
}

pub(super) fn words_of(threshold: &std::collections::BTreeMap<&'static str, String>) -> String {
    threshold.iter().map(|(key, fraction)| format!("{} {fraction}", key.replace('_', " "))).collect()
}

pub(super) fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "NOT MET" }
}

/// How far a nominee is from losing or winning a seat.
pub(super) fn seat_margin(nominee: &NomineeFigures) -> Option<String> {
    let ahead = nominee.ahead_by.map(|by| format!("{} {} ahead", nominee.name, votes(by)));
    ahead.or_else(|| nominee.behind_by.map(|by| format!("{} {} behind", nominee.name, votes(by))))
}

/// How far the result is from another one, in a sentence.
pub(super) fn margin_sentence(margin: &MarginFigures) -> String {
    let mut parts = Vec::new();
    if let Some(moved) = margin.votes_to_move {
        let cards = match margin.cards {
            Some(1) => " (the largest card or total there holds them)".to_owned(),
            Some(cards) => {
                format!(" (the {} largest cards or totals there hold them)", thousands(&cards.to_string()))
            }
            None => String::new(),
        };
        parts.push(format!("{} votes moved away from {}{cards}", votes(moved), visible(&margin.from)));
    }
    if let Some(added) = margin.votes_to_add {
        parts.push(format!("{} votes added to the other side", votes(added)));
    }
    if parts.is_empty() {
        "no votes moved or added could change this result.".to_owned()
    } else {
        format!("it would take {} to change this result.", parts.join(", or "))
    }
}

/// What the certificate says of an item, sentence by sentence: its tests, result and margin.
#[must_use]
pub fn item_lines(certificate: &Certificate, item: &ItemFigures) -> Vec<String> {
    let mut lines = vec![item_base(item)];
    if let Some(figures) = &item.lines {
        let named = LINE_HEADS
            .iter()
            .zip(cells(figures))
            .map(|(head, cell)| format!("{} {cell}", head.to_lowercase()));
        lines.push(named.collect::<Vec<_>>().join(", "));
    }
    for nominee in item.nominees.iter().flatten() {
        let named = LINE_HEADS
            .iter()
            .zip(cells(&nominee.lines))
            .map(|(head, cell)| format!("{} {cell}", head.to_lowercase()));
        lines.push(format!("{}: {}", nominee.name, named.collect::<Vec<_>>().join(", ")));
        lines.extend(nominee.tests.iter().map(|test| format!("{}: {}", nominee.name, sentence(test))));
    }
    lines.extend(item.tests.iter().flatten().map(sentence));
    for group in &item.voting_groups {
        let classes = group.classes.join(", ");
        lines.extend(group.tests.iter().map(|test| format!("voting group {classes}: {}", sentence(test))));
    }
    lines.push(result(certificate, item));
    lines.extend(item.margin.as_ref().map(margin_sentence));
    lines.extend(item.nominees.iter().flatten().filter_map(seat_margin));
    lines
}

/// The lines of an item, in the order of [`cells`].
pub(super) const LINE_HEADS: [&str; 6] =
    ["For", "Against", "Abstain", "Withheld", "Broker non-votes", "Not voted"];

pub(super) fn cells(lines: &LineFigures) -> Vec<String> {
    [lines.votes_for, lines.against, lines.abstain, lines.withheld, lines.broker_non_votes, lines.not_voted]
        .into_iter()
        .map(votes)
        .collect()
}

/// A test in words and figures: `6,150 for of 7,500 votes cast (82.00 %); more than 1/2 is needed,
/// 3,751 or more: met`.
pub(super) fn sentence(test: &TestFigures) -> String {
    let base = match (test.counting, test.of) {
        (Some(_), of) => format!("holders ({})", of.replace('_', " ")),
        (None, "votes_cast") => "votes cast (for and against)".to_owned(),
        (None, "present_and_entitled") => "votes present and entitled".to_owned(),
        (None, "present") => "votes present".to_owned(),
        (None, "outstanding") => "votes outstanding".to_owned(),
        (None, _) => "votes of the required quorum".to_owned(),
    };
    let share =
        percent(test.votes_for, test.base).map_or_else(String::new, |percent| format!(" = {percent}"));
    let closed = test.while_present.as_ref().filter(|open| !open.met).map_or_else(String::new, |open| {
        format!(
            ", but only while {} of votes {} is present, which it is not",
            words_of(&open.threshold),
            open.of
        )
    });
    format!(
        "{} for, of {} {base}{share}; {} is needed, at least {}{closed}: {}",
        votes(test.votes_for),
        votes(test.base),
        words_of(&test.threshold),
        votes(test.needed),
        met(test.met),
    )
}

pub(super) fn standing(item: &ItemFigures, nominee: &NomineeFigures) -> String {
    let is_tied = item.tied.iter().flatten().any(|id| *id == nominee.id);
    match (nominee.elected, is_tied) {
        (true, _) => "elected".to_owned(),
        (false, true) => "TIED".to_owned(),
        (false, false) if nominee.unable_to_serve => "unable to serve".to_owned(),
        (false, false) => String::new(),
    }
}

/// A list that ends a sentence: `Jr.` needs no second full stop.
fn ended(list: &str) -> String {
    if list.ends_with('.') { list.to_owned() } else { format!("{list}.") }
}

pub(super) fn names(item: &ItemFigures, ids: &[String]) -> String {
    let name = |id: &String| {
        let nominee =
            item.nominees.iter().flatten().find(|nominee| nominee.id == *id).map(|n| n.name.clone());
        let choice = item.choices.iter().flatten().find(|choice| choice.id == *id).map(|c| c.name.clone());
        nominee.or(choice).unwrap_or_else(|| id.clone())
    };
    ids.iter().map(name).collect::<Vec<_>>().join("; ")
}

pub(super) fn result(certificate: &Certificate, item: &ItemFigures) -> String {
    let elected = item.elected.as_deref().unwrap_or(&[]);
    let tied = item.tied.as_deref().unwrap_or(&[]);
    let vacancies = match item.vacancies.unwrap_or(0) {
        0 => String::new(),
        count => format!(" {} left vacant.", counted(count as u64, "seat")),
    };
    match item.outcome {
        "approved" => "APPROVED.".to_owned(),
        "not_approved" if item.kind == "frequency" => "Nobody voted for a choice; none is chosen.".to_owned(),
        "not_approved" => "NOT APPROVED.".to_owned(),
        "elected" => format!("ELECTED: {}{vacancies}", ended(&names(item, elected))),
        "none_elected" => format!("NOBODY IS ELECTED.{vacancies}"),
        "tied" if item.kind == "frequency" => {
            format!("TIED between {} This program breaks no tie.", ended(&names(item, tied)))
        }
        "tied" => {
            let seats = item.seats.unwrap_or(0) as usize;
            let open = counted((seats - elected.len()) as u64, "seat");
            let above = if elected.is_empty() {
                String::new()
            } else {
                format!("ELECTED: {} ", ended(&names(item, elected)))
            };
            format!(
                "{above}TIED for {open}: {} This program breaks no tie.{vacancies}",
                ended(&names(item, tied))
            )
        }
        "chosen" => {
            format!("CHOSEN: {}", ended(&names(item, &item.choice.iter().cloned().collect::<Vec<_>>())))
        }
        _ => {
            let quorum = &certificate.quorum;
            format!(
                "NO QUORUM: {} votes present, {} required. Nothing is decided.",
                votes(quorum.present),
                votes(quorum.required)
            )
        }
    }
}

/// Whether there is a quorum.
pub(super) fn quorum_conclusion(certificate: &Certificate) -> &'static str {
    if certificate.quorum.met {
        "A quorum was present for the transaction of business."
    } else {
        "A QUORUM WAS NOT PRESENT. No business could be transacted that needs one."
    }
}

/// What an item's votes are counted of.
pub(super) fn item_base(item: &ItemFigures) -> String {
    format!(
        "{} votes present and entitled, of {} outstanding and entitled",
        votes(item.present),
        votes(item.outstanding)
    )
}

/// The accounts that do not vote on an item, where there are any.
pub(super) fn not_voting(item: &ItemFigures) -> Option<String> {
    let accounts = &item.excluded_accounts;
    (!accounts.is_empty()).then(|| format!("Not voting on this item: accounts {}", accounts.join(", ")))
}

/// The result of an item, marked where it is preliminary.
pub(super) fn marked_result(certificate: &Certificate, item: &ItemFigures) -> String {
    let is_final = if is_preliminary(certificate) { " (preliminary)" } else { "" };
    format!("{}{is_final}", result(certificate, item))
}

/// How far each nominee is from losing or winning a seat, where votes decide that.
pub(super) fn seat_by_seat(item: &ItemFigures) -> Option<String> {
    let seats: Vec<String> = item.nominees.iter().flatten().filter_map(seat_margin).collect();
    (!seats.is_empty()).then(|| format!("Seat by seat: {}.", seats.join("; ")))
}

/// How many directors are elected, and by which standard.
pub(super) fn seats(item: &ItemFigures) -> String {
    let by = match item.standard {
        Some("plurality") => "plurality: most votes win, one is enough".to_owned(),
        Some(name) => name.replace('_', " "),
        None => "the tests below".to_owned(),
    };
    let by = if item.plurality_because_contested {
        format!("{by}; plurality, because nominees outnumber seats")
    } else {
        by
    };
    format!("{} to be elected by {by}.", counted(u64::from(item.seats.unwrap_or(0)), "director"))
}

/// Who gave notice of cumulative voting, and what it multiplies.
pub(super) fn notice(item: &ItemFigures, cumulative: &CumulativeFigures) -> String {
    format!(
        "Votes were cumulated: notice was given by {}, {}. Every holder's pool is votes times {}.",
        cumulative.notice_by,
        shown_time(&cumulative.notice_given),
        counted(u64::from(item.seats.unwrap_or(0)), "seat"),
    )
}

/// Above the lines of a cumulative election that are not FOR.
pub(super) const NOT_FOR: &str = "The shares' votes that did not go FOR, per nominee:";

/// Above the table of the pool.
pub(super) fn pool(item: &ItemFigures) -> String {
    format!(
        "Where the pool went ({} votes present x {}):",
        votes(item.present),
        counted(u64::from(item.seats.unwrap_or(0)), "seat"),
    )
}

/// Whose pools proxy holders allocated.
pub(super) fn allocation(allocation: &AllocationFigures) -> String {
    format!(
        "Proxy holders of form {}: {}, allocated {}.",
        allocation.form,
        counted(allocation.cards, "card"),
        allocation.manner.replace('_', " "),
    )
}

/// Which totals the cards do not permit, where there are any.
pub(super) fn infeasible(allocation: &AllocationFigures) -> Option<String> {
    (!allocation.infeasible.is_empty()).then(|| {
        format!(
            "NOT POSSIBLE: the totals for {} exceed the pools of the cards that permit any of them.",
            allocation.infeasible.join(", "),
        )
    })
}

/// How many votes guarantee how many seats.
pub(super) fn guarantees(item: &ItemFigures, cumulative: &CumulativeFigures) -> String {
    let guarantees: Vec<String> = cumulative
        .votes_that_guarantee
        .iter()
        .zip(1_u64..)
        .map(|(needed, seats)| format!("{} for {}", votes(*needed), counted(seats, "seat")))
        .collect();
    format!(
        "Of the {} votes present, before they are multiplied, so many guarantee: {}.",
        votes(item.present),
        guarantees.join(", "),
    )
}

/// A voting group and whether it approves.
pub(super) fn group(group: &GroupFigures) -> String {
    format!("Voting group {}: {}", group.classes.join(", "), met(group.met))
}

/// What looks wrong.
pub(super) fn warning(warning: &Warning) -> String {
    format!("Warning ({}): {}.", warning.code, warning.says)
}

/// A card that was not plainly counted, and why.
pub(super) fn exception(exception: &ExceptionFigures) -> String {
    format!(
        "{} (account {}, {} shares): {}",
        exception.card,
        exception.account,
        shares(exception.shares_claimed),
        exception.why,
    )
}

/// How many more such cards there are than the certificate tells of, where there are any.
pub(super) fn more_exceptions(certificate: &Certificate) -> Option<String> {
    let cards = &certificate.cards;
    let more = (cards.read - cards.counted).saturating_sub(certificate.exceptions.len() as u64);
    (more > 0).then(|| format!("… and {}, in exceptions.csv.", counted(more, "other card")))
}

/// A rule that a meeting may set: its value and source.
pub(super) fn rule_value(rule: &RuleSource) -> String {
    let set = if rule.is_set_by_meeting { ", set by this meeting" } else { "" };
    format!("{} = {}{set} [{}]", rule.key, rule.value, rule.source)
}

/// A file's size, rows and shares.
pub(super) fn input(input: &InputFigures) -> String {
    let mut figures = vec![counted(input.bytes, "byte")];
    figures.extend(input.rows.map(|rows| counted(rows, "row")));
    figures.extend(input.shares.filter(|sum| !sum.is_zero()).map(|sum| format!("{} shares", shares(sum))));
    figures.join(", ")
}

/// Whether the totals were counted a second time.
pub(super) fn second_count(certificate: &Certificate) -> &'static str {
    if certificate.second_count == "agrees" {
        "Every total was counted a second time, vote by vote, and agrees to the last vote."
    } else {
        "The second count of the totals was not made."
    }
}

/// What made the certificate, and what its percentages are.
pub(super) fn program(certificate: &Certificate) -> String {
    format!(
        "Tabulated by {} {}. Percentages are rounded to two decimals and decide nothing; every test compares exact numbers.",
        certificate.program.name, certificate.program.version,
    )
}

/// In place of signatures while a matter is open.
pub(super) const UNSIGNED: &str = "PRELIMINARY - not to be signed while the matters named above are open.";

/// What the inspectors sign.
pub(super) const SIGNED: &str = "The undersigned determined the shares outstanding and their voting power, the \
     shares represented, the existence of a quorum and the validity of proxies and ballots, counted all votes \
     and ballots, and certify the results above.";

/// Who signs, a line for each; one without a name where none is known.
pub(super) fn signers(certificate: &Certificate) -> Vec<String> {
    let inspectors = &certificate.meeting.inspectors;
    if inspectors.is_empty() {
        return vec!["Inspector of Elections".to_owned()];
    }
    inspectors.iter().map(|name| format!("{}, Inspector of Elections", visible(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_half_up_and_only_beside_a_base() {
        // T-34: 4,999,999 of 10,000,000 prints 50.00 % and fails all the same.
        assert_eq!(percent(Votes::whole(4_999_999), Votes::whole(10_000_000)).as_deref(), Some("50.00 %"));
        assert_eq!(percent(Votes::whole(12_437_408), Votes::whole(15_086_032)).as_deref(), Some("82.44 %"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(3)).as_deref(), Some("33.33 %"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(800)).as_deref(), Some("0.13 %"));
        assert_eq!(percent(Votes::ZERO, Votes::ZERO), None);
    }
}
