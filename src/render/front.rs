//! Page one, a whole by itself: the meeting, the quorum, every outcome, what stands against signing, what is
//! certified, and where it is signed. Details, rules and digests follow as annexes.

use super::tables::DocumentTable;
use super::words::{self, standing, votes};
use crate::certify::{
    Certificate, ClassQuorumFigures, GroupFigures, ItemFigures, LineFigures, NeededFigures, NomineeFigures,
    TestFigures,
};
use crate::text::{counted, visible};

/// The most warnings that page one tells in full; the others stand under the notes.
const WARNINGS_MAX: usize = 6;

/// Every item with its outcome, the votes for and against, and what was needed.
pub(super) fn results(certificate: &Certificate) -> DocumentTable {
    let outcome = if words::is_preliminary(certificate) { "Preliminary outcome" } else { "Outcome" };
    let head = ["Matter", "For", "Against or withheld", "Needed for", outcome];
    let rows = certificate.items.iter().flat_map(of_item).map(Vec::from).collect();
    DocumentTable { head: head.map(str::to_owned).to_vec(), rows }
}

fn of_item(item: &ItemFigures) -> Vec<[String; 5]> {
    let blank = String::new;
    let cumulated = if item.cumulative.is_some() { " (votes cumulated)" } else { "" };
    let title = format!("{}. {}{cumulated}", visible(&item.id), visible(&item.title));
    let mut rows = match (&item.nominees, &item.lines) {
        (None, Some(lines)) if item.choices.is_none() => {
            let needed = needed(&item.needed, item.tests.as_deref().unwrap_or(&[]));
            vec![[title, votes(lines.votes_for), against(lines), needed, words::outcome(item)]]
        }
        _ => {
            let by = if item.standard == Some("plurality") { "plurality" } else { "" };
            vec![[title, blank(), blank(), by.to_owned(), words::outcome(item)]]
        }
    };
    rows.extend(item.voting_groups.iter().map(of_group));
    for nominee in item.nominees.iter().flatten() {
        rows.push(of_nominee(item, nominee));
        rows.extend(nominee.voting_groups.iter().map(of_group));
    }
    if let Some(count) = item.vacancies.filter(|count| *count > 0) {
        let seats = counted(count as u64, "seat");
        rows.push([indented(&seats), blank(), blank(), blank(), "vacant".to_owned()]);
    }
    rows.extend(item.choices.iter().flatten().map(|choice| {
        let outcome = match &item.choice {
            Some(chosen) if *chosen == choice.id => "chosen".to_owned(),
            _ if item.tied.iter().flatten().any(|id| *id == choice.id) => "TIED".to_owned(),
            _ => blank(),
        };
        [indented(&choice.name), votes(choice.votes_for), blank(), blank(), outcome]
    }));
    rows
}

fn of_nominee(item: &ItemFigures, nominee: &NomineeFigures) -> [String; 5] {
    let against = match item.cumulative {
        // What is withheld where votes are cumulated is shares' votes, which do not compare.
        Some(_) => String::new(),
        None => against(&nominee.lines),
    };
    [
        indented(&nominee.name),
        votes(nominee.lines.votes_for),
        against,
        needed(&nominee.needed, &nominee.tests),
        standing(item, nominee),
    ]
}

fn of_group(group: &GroupFigures) -> [String; 5] {
    [
        indented(&format!("voting group {}", group.classes.join(", "))),
        votes(group.lines.votes_for),
        against(&group.lines),
        needed(&group.needed, &group.tests),
        words::met(group.met).to_owned(),
    ]
}

fn against(lines: &LineFigures) -> String {
    votes(lines.against + lines.withheld)
}

/// A row that belongs to the one above it.
fn indented(name: &str) -> String {
    format!("{INDENT}{}", visible(name))
}

/// What leads a row that belongs to the one above it.
const INDENT: &str = "  ";

/// What meets a standard: `3,751`, `750 and 6 holders`, `6 holders or 800`.
fn needed(ways: &[NeededFigures], tests: &[TestFigures]) -> String {
    if ways.is_empty() && !tests.is_empty() {
        return "cannot be met".to_owned();
    }
    let way = |way: &NeededFigures| {
        let holders = way.holders.map(|count| format!("{} holders", votes(count)));
        way.votes.map(votes).into_iter().chain(holders).collect::<Vec<_>>().join(" and ")
    };
    ways.iter().map(way).collect::<Vec<_>>().join(" or ")
}

/// What came of an item, in a word or with the names of the elected.
pub(super) fn in_a_word(certificate: &Certificate, item: &ItemFigures) -> String {
    let mark = if words::is_preliminary(certificate) { " (preliminary)" } else { "" };
    let names = |ids: &Option<Vec<String>>| words::names(item, ids.as_deref().unwrap_or(&[]));
    let whom = match item.outcome {
        "elected" => format!(": {}", names(&item.elected)),
        "chosen" => format!(": {}", names(&item.choice.clone().map(|choice| vec![choice]))),
        "tied" => format!(": {}", names(&item.tied)),
        _ => String::new(),
    };
    format!("{}{whom}{mark}", words::outcome(item))
}

/// Whether what came of an item is what was proposed, for the eye.
pub(super) fn tone(item: &ItemFigures) -> &'static str {
    match item.outcome {
        "approved" | "elected" | "chosen" => "done",
        _ => "undone",
    }
}

/// The quorum in one sentence.
pub(super) fn quorum(certificate: &Certificate) -> String {
    let quorum = &certificate.quorum;
    let share = words::percent(quorum.present, quorum.outstanding)
        .map_or_else(String::new, |share| format!(" ({share})"));
    format!(
        "{} of {} outstanding were present in person or by proxy{share}; {} were required.{} {}",
        votes(quorum.present),
        words::of_votes(quorum.outstanding),
        votes(quorum.required),
        lacking(certificate),
        words::quorum_conclusion(certificate),
    )
}

/// What a quorum lacks beside votes: of a class, of holders.
fn lacking(certificate: &Certificate) -> String {
    let quorum = &certificate.quorum;
    let of_class = |class: &ClassQuorumFigures| {
        let (present, of) = (votes(class.present), words::of_votes(class.outstanding));
        format!(" Class {}: {present} of {of}; {} required: NOT MET.", class.class, votes(class.required))
    };
    let classes = quorum.by_class.iter().flatten().filter(|class| !class.met).map(of_class);
    let holders = quorum.tests.iter().filter(|test| test.counting == "holders" && !test.met);
    classes.chain(holders.map(|test| format!(" {}.", words::head_quorum(test)))).collect()
}

/// What stands against signing, or that nothing does.
pub(super) fn against_signing(certificate: &Certificate) -> Vec<String> {
    let mut told = Vec::new();
    if words::is_preliminary(certificate) {
        let count = counted(certificate.open_matters.len() as u64, "open matter");
        told.push(format!("{count}, named above: this is not to be signed while any of them is open."));
    }
    let warnings = &certificate.warnings;
    told.extend(warnings.iter().take(WARNINGS_MAX).map(words::warning));
    if warnings.len() > WARNINGS_MAX {
        let more = counted((warnings.len() - WARNINGS_MAX) as u64, "more warning");
        told.push(format!("{more}, in the annex under Notes."));
    }
    if told.is_empty() {
        told.push("Nothing: no matter is open and there is no warning.".to_owned());
    }
    told
}

/// What was considered beside proxies, envelopes, ballots and the regular books (8 Del. C. § 231(d)).
pub(super) fn considered(certificate: &Certificate) -> String {
    let is_read = |role: &str| certificate.inputs.iter().any(|input| input.role == role);
    let mut beside = Vec::new();
    if is_read("omnibus") {
        beside.push("the lists by which nominees passed on their voting power");
    }
    if is_read("street") {
        beside.push("the totals that banks, brokers and their agents reported of what they hold for others");
    }
    if is_read("rulings") {
        beside.push("the rulings listed with their reasons in the annex");
    }
    if certificate.items.iter().any(|item| item.lot.is_some()) {
        beside.push("the lot recorded with its election in the annex");
    }
    let section = if certificate.rules.get("law").is_some_and(|law| law == "delaware") {
        " (8 Del. C. § 231(d))"
    } else {
        ""
    };
    if beside.is_empty() {
        format!("Nothing was considered beside the proxies, ballots, revocations and the register{section}.")
    } else {
        format!(
            "Considered beside the proxies, ballots, revocations and the register{section}: {}.",
            beside.join("; ")
        )
    }
}

/// The inspectors' oath, where the meeting asks that it be printed (8 Del. C. § 231(a)).
pub(super) fn oath(certificate: &Certificate) -> Option<String> {
    let meeting = &certificate.meeting;
    let section = if certificate.rules.get("law").is_some_and(|law| law == "delaware") {
        " (8 Del. C. § 231(a))"
    } else {
        ""
    };
    let (who, how) = if meeting.inspectors.len() > 1 {
        ("We, the inspectors of elections, swear", "our ability")
    } else {
        ("I, the inspector of elections, swear", "such inspector's ability")
    };
    meeting.oath.then(|| {
        format!(
            "OATH. {who} to execute faithfully the duties of inspector at this meeting with strict impartiality and \
             according to the best of {how}{section}."
        )
    })
}

/// Who appointed the inspectors.
pub(super) fn appointment(certificate: &Certificate) -> Option<String> {
    let appointed = certificate.meeting.appointed.as_ref()?;
    let on = appointed
        .on
        .as_deref()
        .map_or_else(String::new, |day| format!(" on {}", words::shown_date(&certificate.meeting, day)));
    Some(format!("{}{on}", appointed.by))
}

/// What the inspectors sign.
pub(super) fn certification(certificate: &Certificate) -> String {
    let (undersigned, certify) = if certificate.meeting.inspectors.len() > 1 {
        ("The undersigned Inspectors of Elections", "certify")
    } else {
        ("The undersigned Inspector of Elections", "certifies")
    };
    let appointed = if certificate.meeting.appointed.is_some() { ", duly appointed," } else { "" };
    format!(
        "{undersigned}{appointed} ascertained the shares outstanding and their voting power, determined the shares \
         represented, the existence of a quorum and the validity of proxies and ballots, counted all votes and \
         ballots, and {certify} the results above, as the annexes give them in full."
    )
}
