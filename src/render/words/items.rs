//! What the certificate says of an item: its votes, tests, result and margin.

use super::{is_preliminary, met, of_votes, percent, shown_time, votes, words_of};
use crate::amount::Votes;
use crate::certify::{
    AN_ACCOUNT, AllocationFigures, Certificate, ClassQuorumFigures, CumulativeFigures, FollowingFigures,
    GroupFigures, ItemFigures, LineFigures, MarginFigures, NomineeFigures, QuorumTestFigures, StandFigures,
    TestFigures,
};
use crate::meeting::NOTICE_OF_MEETING;
use crate::text::{counted, thousands, visible};

/// How far a nominee is from losing or winning a seat.
pub(in crate::render) fn seat_margin(nominee: &NomineeFigures) -> Option<String> {
    let ahead = nominee.ahead_by.map(|by| format!("{} {} ahead", nominee.name, votes(by)));
    ahead.or_else(|| nominee.behind_by.map(|by| format!("{} {} behind", nominee.name, votes(by))))
}

/// How far the result is from another one, in a sentence.
pub(in crate::render) fn margin_sentence(margin: &MarginFigures) -> String {
    let at_most = if margin.at_most { "at most " } else { "" };
    let marked = margin.votes.map(|votes| {
        let cards = match margin.cards {
            Some(1) => " (the largest card or total there holds them)".to_owned(),
            Some(cards) => {
                format!(" (the {} largest cards or totals there hold them)", thousands(&cards.to_string()))
            }
            None => String::new(),
        };
        format!("{at_most}{} would have to {}{cards}", margin_votes(margin, votes), changed(margin))
    });
    let added = margin.added.map(|added| {
        let absent = format!("{at_most}{}", of_votes(added)).replace(" vote", " absent vote");
        match &margin.added_to {
            Some(to) => format!("{absent} would have to be present, marked {}", stand_words(to)),
            None => format!("{absent} would have to be present to make a quorum"),
        }
    });
    let parts: Vec<String> = marked.into_iter().chain(added).collect();
    if !margin.is_known && margin.is_followed {
        "not worked out: shares vote as others do, and a vote that moved would take some of them with it."
            .to_owned()
    } else if !margin.is_known {
        "it depends on whose the votes are that the register lacks.".to_owned()
    } else if parts.is_empty() {
        "no votes marked otherwise and no absent votes could change this result.".to_owned()
    } else {
        format!("{}.", parts.join(", or "))
    }
}

/// So many votes, cumulated ones as such.
fn margin_votes(margin: &MarginFigures, votes: Votes) -> String {
    let is_cumulated = margin.from.iter().chain(&margin.to).any(|stand| stand.cumulated);
    let told = of_votes(votes);
    if is_cumulated { told.replace(" vote", " cumulated vote") } else { told }
}

/// `change from For to Against`.
fn changed(margin: &MarginFigures) -> String {
    match (&margin.from, &margin.to) {
        (Some(from), Some(to)) if from.name.is_empty() || from.name != to.name => {
            format!("change from {} to {}", stand_words(from), stand_words(to))
        }
        // Within one nominee's column.
        (Some(from), Some(to)) => {
            format!("change from {} to {} on {}", line_words(from), line_words(to), visible(&to.name))
        }
        (Some(from), None) => format!("change from {} to anything else", stand_words(from)),
        (None, Some(to)) => format!("change to {}", stand_words(to)),
        (None, None) => "be marked otherwise".to_owned(),
    }
}

fn stand_words(stand: &StandFigures) -> String {
    let name = visible(&stand.name);
    match (line_words(stand), stand.name.is_empty()) {
        (line, true) => line.to_owned(),
        ("" | "For", false) => name.into_owned(),
        (line, false) => format!("{line} on {name}"),
    }
}

fn line_words(stand: &StandFigures) -> &'static str {
    match stand.line {
        Some("for") => "For",
        Some("against") => "Against",
        Some("abstain") => "Abstain",
        Some("withheld") => "Withheld",
        Some("broker_non_votes") => "Broker Non-Vote",
        Some("not_voted") => "Not Voted",
        _ => "",
    }
}

/// What the certificate says of an item, sentence by sentence: its tests, result and margin.
#[must_use]
pub fn item_lines(certificate: &Certificate, item: &ItemFigures) -> Vec<String> {
    let mut lines = vec![item_base(certificate, item)];
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
    lines.push(result(item));
    lines.extend(lot(certificate, item));
    lines.extend(policy(item));
    lines.push(margin_sentence(&item.margin));
    lines.extend(item.nominees.iter().flatten().filter_map(seat_margin));
    lines
}

/// The lines of an item, in the order of [`cells`].
pub(in crate::render) const LINE_HEADS: [&str; 6] =
    ["For", "Against", "Abstain", "Withheld", "Broker non-votes", "Not voted"];

pub(in crate::render) fn cells(lines: &LineFigures) -> Vec<String> {
    [lines.votes_for, lines.against, lines.abstain, lines.withheld, lines.broker_non_votes, lines.not_voted]
        .into_iter()
        .map(votes)
        .collect()
}

/// A test in words and figures: `6,150 for of 7,500 votes cast (82.00%); more than 1/2 is needed,
/// 3,751 or more: met`.
pub(in crate::render) fn sentence(test: &TestFigures) -> String {
    let base = match (test.counting, test.of) {
        (Some(_), of) => format!("holders ({})", of.replace('_', " ")),
        (None, "votes_cast") => "votes cast (for and against)".to_owned(),
        (None, "present_and_entitled") => "votes present and entitled".to_owned(),
        (None, "present") => "votes present".to_owned(),
        (None, "outstanding") => "votes outstanding".to_owned(),
        (None, "for_against_withheld") => "votes for, against and withheld".to_owned(),
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
    let heads = match (test.against, test.split_holders) {
        (Some(against), Some(split)) => {
            let of_split = match split {
                "both" => "; a holder who split stands on both sides",
                "neither" => "; a holder who split stands on neither side",
                _ => "",
            };
            format!(" ({} against{of_split})", votes(against))
        }
        _ => String::new(),
    };
    format!(
        "{} for{heads}, of {} {base}{share}; {} is needed, at least {}{closed}: {}",
        votes(test.votes_for),
        votes(test.base),
        words_of(&test.threshold),
        votes(test.needed),
        met(test.met),
    )
}

pub(in crate::render) fn standing(item: &ItemFigures, nominee: &NomineeFigures) -> String {
    let is_tied = item.tied.iter().flatten().any(|id| *id == nominee.id);
    match (nominee.elected, is_tied) {
        (true, _) if nominee.by_lot => "elected by lot".to_owned(),
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

pub(in crate::render) fn names(item: &ItemFigures, ids: &[String]) -> String {
    let name = |id: &String| {
        let nominee =
            item.nominees.iter().flatten().find(|nominee| nominee.id == *id).map(|n| n.name.clone());
        let choice = item.choices.iter().flatten().find(|choice| choice.id == *id).map(|c| c.name.clone());
        nominee.or(choice).unwrap_or_else(|| id.clone())
    };
    ids.iter().map(name).collect::<Vec<_>>().join("; ")
}

pub(in crate::render) fn result(item: &ItemFigures) -> String {
    let elected = item.elected.as_deref().unwrap_or(&[]);
    let tied = item.tied.as_deref().unwrap_or(&[]);
    let vacancies = match item.vacancies.unwrap_or(0) {
        0 => String::new(),
        count => format!(" {} left vacant.", counted(count as u64, "seat")),
    };
    match item.outcome {
        "approved" => format!("APPROVED{}.", advisory(item)),
        "not_approved" if item.kind == "frequency" => "Nobody voted for a choice; none is chosen.".to_owned(),
        "not_approved" => format!("NOT APPROVED{}.", advisory(item)),
        "elected" => format!("{}{vacancies}", elected_and_drawn(item)),
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
            let broken = match &item.tie {
                Some(tie) => format!("A lot breaks it ({}); none stands on this count.", tie.source),
                None => "This program breaks no tie.".to_owned(),
            };
            format!("{above}TIED for {open}: {} {broken}{vacancies}", ended(&names(item, tied)))
        }
        "chosen" => {
            format!("CHOSEN: {}", ended(&names(item, &item.choice.iter().cloned().collect::<Vec<_>>())))
        }
        "withdrawn" => "WITHDRAWN before it was voted on; marks on it are not counted.".to_owned(),
        _ => no_quorum(item),
    }
}

/// Who is elected, and who of them by lot.
fn elected_and_drawn(item: &ItemFigures) -> String {
    let elected = item.elected.as_deref().unwrap_or(&[]);
    let Some(lot) = &item.lot else { return format!("ELECTED: {}", ended(&names(item, elected))) };
    let by_votes: Vec<String> = elected.iter().filter(|id| !lot.elected.contains(id)).cloned().collect();
    let first = if by_votes.is_empty() {
        String::new()
    } else {
        format!("ELECTED: {} ", ended(&names(item, &by_votes)))
    };
    format!("{first}ELECTED BY LOT: {}", ended(&names(item, &lot.elected)))
}

/// The record of the lot that broke a tie.
pub(in crate::render) fn lot(certificate: &Certificate, item: &ItemFigures) -> Option<String> {
    let lot = item.lot.as_ref()?;
    let how = match &lot.digits {
        Some(digits) => {
            format!("digits rolled {digits}, names ordered by SHA-256 of fingerprint, item, digits and name")
        }
        None => lot.method.clone(),
    };
    let witnesses = lot.witnesses.as_ref().map(|names| format!(", watched by {names}")).unwrap_or_default();
    let bound = if lot.bound { "" } else { " The record does not say on which count it was drawn." };
    Some(format!(
        "Lot for {} among those tied ({}): {how}. Drawn in this order: {}. Drawn {} by {}{witnesses}, on the count \
         with the fingerprint {}.{bound}",
        counted(lot.seats as u64, "seat"),
        lot.source,
        names(item, &lot.order),
        shown_time(&certificate.meeting, &lot.at),
        lot.by,
        lot.fingerprint,
    ))
}

/// That a vote advises and does not bind.
fn advisory(item: &ItemFigures) -> &'static str {
    if item.advisory { " on an advisory basis" } else { "" }
}

/// What came of an item, in the word that certificates use.
pub(in crate::render) fn outcome(item: &ItemFigures) -> String {
    let word = match item.outcome {
        "not_approved" if item.kind == "frequency" => "nothing chosen",
        "approved" => "approved",
        "not_approved" => "not approved",
        "elected" if item.lot.is_some() => "elected by lot",
        "elected" => "elected",
        "none_elected" => "nobody elected",
        "tied" => "tied",
        "chosen" => "chosen",
        "withdrawn" => "withdrawn",
        _ => "no quorum",
    };
    if item.advisory { format!("{word} on an advisory basis") } else { word.to_owned() }
}

/// Why nothing is decided on an item: its own quorum, or that of a class, a voting group or of heads, lacks.
fn no_quorum(item: &ItemFigures) -> String {
    let quorum = &item.quorum;
    let mut lacking = Vec::new();
    if quorum.present < quorum.required {
        lacking.push(format!("{} present, {} required", of_votes(quorum.present), votes(quorum.required)));
    }
    lacking
        .extend(quorum.tests.iter().filter(|test| !test.met && test.counting == "holders").map(head_quorum));
    let classes = quorum.by_class.iter().flatten().filter(|class| !class.met);
    lacking.extend(classes.map(|class| {
        format!("class {}: {} present, {} required", class.class, votes(class.present), votes(class.required))
    }));
    let groups = item
        .voting_groups
        .iter()
        .chain(item.nominees.iter().flatten().take(1).flat_map(|n| &n.voting_groups));
    lacking.extend(groups.filter(|group| !group.quorum.met).map(|group| {
        format!(
            "voting group {}: {} present, {} required",
            group.classes.join(", "),
            votes(group.quorum.present),
            votes(group.quorum.required)
        )
    }));
    format!("NO QUORUM on this item: {}. Nothing is decided.", lacking.join("; "))
}

/// A test of a quorum that counts holders: `3 holders present of 10; at least 1/3 is required, 4: NOT MET`.
pub(in crate::render) fn head_quorum(test: &QuorumTestFigures) -> String {
    let asked = match test.at_least_holders {
        Some(count) => format!("at least {count}"),
        None => words_of(&test.threshold),
    };
    let (present, of) = (votes(test.present), votes(test.outstanding));
    format!(
        "holders present {present} of {of}; {asked} required, {}: {}",
        votes(test.required),
        met(test.met)
    )
}

/// What an item's votes are counted of, and its own quorum where that is not the meeting's.
pub(in crate::render) fn item_base(certificate: &Certificate, item: &ItemFigures) -> String {
    let base = format!(
        "{} present and entitled, of {} outstanding and entitled",
        of_votes(item.present),
        votes(item.outstanding)
    );
    let (own, whole) = (&item.quorum, &certificate.quorum);
    let is_same = (own.outstanding, own.required, own.present, own.met)
        == (whole.outstanding, whole.required, whole.present, whole.met);
    if is_same || !item.needs_quorum || item.outcome == "withdrawn" {
        return base;
    }
    let of_class = |class: &ClassQuorumFigures| {
        let (present, required) = (votes(class.present), votes(class.required));
        format!("; class {}: {present} present, {required} required: {}", class.class, met(class.met))
    };
    let classes: String = own.by_class.iter().flatten().map(of_class).collect();
    format!(
        "{base}; quorum on this item: {} present, {} required of {}: {}{classes}",
        votes(own.present),
        votes(own.required),
        votes(own.outstanding),
        met(own.met),
    )
}

/// The accounts that do not vote on an item, where there are any.
pub(in crate::render) fn not_voting(item: &ItemFigures) -> Option<String> {
    let accounts = &item.excluded_accounts;
    (!accounts.is_empty()).then(|| format!("Not voting on this item: accounts {}", accounts.join(", ")))
}

/// Shares that vote as others do on an item: whose, how many, and on which lines they were counted.
pub(in crate::render) fn following(item: &ItemFigures) -> Vec<String> {
    item.proportional.iter().map(follows).collect()
}

pub(crate) fn follows(one: &FollowingFigures) -> String {
    let followed = match (one.follows, &one.class) {
        ("own_instructions", _) => "its own instructions".to_owned(),
        (_, Some(class)) => format!("class {}", visible(class)),
        _ => "all others".to_owned(),
    };
    let account = if one.account == AN_ACCOUNT {
        "An account".to_owned()
    } else {
        format!("Account {}", visible(&one.account))
    };
    let (rest, account) = (of_votes(one.votes), account);
    if one.followed.is_zero() {
        return format!(
            "{account} votes as {followed}: nobody says anything that it could follow, so its {rest} that no card or \
             total covers are present and not voted."
        );
    }
    let lines = |lines: &LineFigures| {
        let told = [
            ("For", lines.votes_for),
            ("Against", lines.against),
            ("Abstain", lines.abstain),
            ("Withhold", lines.withheld),
            ("not voted", lines.not_voted),
        ];
        let told = told.into_iter().filter(|(_, of_line)| !of_line.is_zero());
        told.map(|(name, of_line)| format!("{name} {}", votes(of_line))).collect::<Vec<_>>().join(", ")
    };
    let counted = match (&one.nominees, &one.choices, &one.lines) {
        (Some(nominees), ..) => {
            let each = nominees.iter().map(|one| format!("{}: {}", visible(&one.name), lines(&one.lines)));
            each.collect::<Vec<_>>().join("; ")
        }
        (None, Some(choices), Some(of_item)) => {
            let each = choices.iter().map(|one| format!("{} {}", visible(&one.name), votes(one.votes_for)));
            let others = LineFigures { votes_for: Votes::ZERO, ..of_item.clone() };
            let others = Some(lines(&others)).filter(|told| !told.is_empty());
            each.chain(others).collect::<Vec<_>>().join(", ")
        }
        (None, _, Some(of_item)) => lines(of_item),
        (None, _, None) => String::new(),
    };
    format!(
        "{account} votes as {followed}: {rest} that no card or total covers, in the proportion of {}: {counted}. The \
         figures of this item count them.",
        of_votes(one.followed),
    )
}

/// The result of an item, marked where it is preliminary.
pub(in crate::render) fn marked_result(certificate: &Certificate, item: &ItemFigures) -> String {
    let is_final = if is_preliminary(certificate) { " (preliminary)" } else { "" };
    format!("{}{is_final}", result(item))
}

/// How far each nominee is from losing or winning a seat, where votes decide that.
pub(in crate::render) fn seat_by_seat(item: &ItemFigures) -> Option<String> {
    let seats: Vec<String> = item.nominees.iter().flatten().filter_map(seat_margin).collect();
    (!seats.is_empty()).then(|| format!("Seat by seat: {}.", seats.join("; ")))
}

/// How many directors are elected, and by which standard.
pub(in crate::render) fn seats(item: &ItemFigures) -> String {
    let by = match item.standard {
        Some("plurality") => "a plurality of the votes".to_owned(),
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

/// What the policy on resignations makes of the votes, where there is one.
pub(in crate::render) fn policy(item: &ItemFigures) -> Option<String> {
    let policy = item.policy.as_ref()?;
    let when = match policy.resignation_if {
        "withheld_exceeds_for" => "more votes are withheld than are for",
        _ => "the votes for are no majority of those for and against",
    };
    let names: Vec<String> = policy
        .nominees
        .iter()
        .map(|nominee| {
            let named = names(item, std::slice::from_ref(&nominee.id));
            let whether = if nominee.applies { "applies" } else { "does not apply" };
            format!(
                "{named}: {} for, {} against, {} withheld: {whether}",
                votes(nominee.votes_for),
                votes(nominee.against),
                votes(nominee.withheld)
            )
        })
        .collect();
    Some(format!(
        "Policy, which changes no result: a director tenders a resignation where {when}. {}.",
        names.join("; ")
    ))
}

/// Who gave notice of cumulative voting, and what it multiplies.
pub(in crate::render) fn notice(
    certificate: &Certificate,
    item: &ItemFigures,
    cumulative: &CumulativeFigures,
) -> String {
    let why = match (cumulative.notice_by.as_deref(), &cumulative.notice_given) {
        (None, _) => "of right, without notice".to_owned(),
        (Some(NOTICE_OF_MEETING), _) => "the notice of the meeting says so".to_owned(),
        (Some(by), Some(given)) => {
            format!("notice was given by {by}, {}", shown_time(&certificate.meeting, given))
        }
        (Some(by), None) => format!("notice was given by {by}"),
    };
    format!(
        "Votes were cumulated: {why}. Every holder's pool is votes times {}.",
        counted(u64::from(item.seats.unwrap_or(0)), "seat"),
    )
}

/// Above the lines of a cumulative election that are not FOR.
pub(in crate::render) const NOT_FOR: &str = "The shares' votes that did not go FOR, per nominee:";

/// Above the table of the pool.
pub(in crate::render) fn pool(item: &ItemFigures) -> String {
    format!(
        "Where the pool went ({} present x {}):",
        of_votes(item.present),
        counted(u64::from(item.seats.unwrap_or(0)), "seat"),
    )
}

/// Whose pools proxy holders allocated.
pub(in crate::render) fn allocation(allocation: &AllocationFigures) -> String {
    format!(
        "Proxy holders of form {}: {}, allocated {}.",
        allocation.form,
        counted(allocation.cards, "card"),
        allocation.manner.replace('_', " "),
    )
}

/// Which totals the cards do not permit, where there are any.
pub(in crate::render) fn infeasible(allocation: &AllocationFigures) -> Option<String> {
    (!allocation.infeasible.is_empty()).then(|| {
        format!(
            "NOT POSSIBLE: the totals for {} exceed the pools of the cards that permit any of them.",
            allocation.infeasible.join(", "),
        )
    })
}

/// How many votes guarantee how many seats.
pub(in crate::render) fn guarantees(item: &ItemFigures, cumulative: &CumulativeFigures) -> String {
    let guarantees: Vec<String> = cumulative
        .votes_that_guarantee
        .iter()
        .zip(1_u64..)
        .map(|(needed, seats)| format!("{} for {}", votes(*needed), counted(seats, "seat")))
        .collect();
    format!(
        "Of the {} present, before they are multiplied, so many guarantee: {}.",
        of_votes(item.present),
        guarantees.join(", "),
    )
}

/// A voting group and whether it approves.
pub(in crate::render) fn group(group: &GroupFigures) -> String {
    format!("Voting group {}: {}", group.classes.join(", "), met(group.met))
}
