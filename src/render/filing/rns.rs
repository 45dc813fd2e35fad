//! The results of a meeting as companies of the United Kingdom announce them by a regulatory news service: votes for
//! and against with their shares of both, the votes validly cast and their share of the issued capital, and votes
//! withheld (Companies Act 2006 s 341).

use super::page::{Filing, Form};
use super::{finished, long_or_as_is, standing};
use crate::amount::Votes;
use crate::certify::{Certificate, ItemFigures, LineFigures};
use crate::render::tables::DocumentTable;
use crate::render::words::{self, percent, votes};

const HEAD: [&str; 8] = [
    "Resolution",
    "Votes For",
    "%",
    "Votes Against",
    "%",
    "Votes Validly Cast",
    "% of Issued Capital",
    "Votes Withheld",
];

/// The announcement, as text or as a page.
#[must_use]
pub fn render(certificate: &Certificate, form: Form) -> String {
    let mut filing = Filing::default();
    filing.head("Result of the General Meeting");
    standing(&mut filing, certificate);
    let meeting = &certificate.meeting;
    filing.paragraph(format!(
        "{} announces that at its {}, held on {}, the votes on the resolutions put to the meeting on a poll were:",
        meeting.company,
        meeting.title,
        long_or_as_is(&meeting.date),
    ));
    let rows: Vec<Vec<String>> = certificate.items.iter().flat_map(rows_of).collect();
    filing.table(DocumentTable { head: HEAD.map(str::to_owned).to_vec(), rows });
    filing.paragraph(format!(
        "Percentages of votes for and against are of both together, rounded to two decimals. A vote withheld is not a \
         vote in law and is not counted in them. Votes outstanding at the record date, {}: {}.",
        long_or_as_is(&meeting.record_date),
        votes(certificate.quorum.outstanding),
    ));
    for item in &certificate.items {
        filing.paragraph(outcome(certificate, item));
        if let Some(said) = beside(item) {
            filing.paragraph(said);
        }
    }
    finished(filing, certificate, form)
}

fn rows_of(item: &ItemFigures) -> Vec<Vec<String>> {
    let row = |title: String, lines: &LineFigures| {
        let cast = lines.votes_for + lines.against;
        let of = |part: Votes, base: Votes| percent(part, base).unwrap_or_default();
        vec![
            title,
            votes(lines.votes_for),
            of(lines.votes_for, cast),
            votes(lines.against),
            of(lines.against, cast),
            votes(cast),
            of(cast, item.outstanding),
            votes(lines.abstain + lines.withheld),
        ]
    };
    match (&item.nominees, &item.lines) {
        (Some(_), _) if item.cumulative.is_some() => Vec::new(),
        (Some(nominees), _) => nominees
            .iter()
            .zip(1..)
            .map(|(nominee, place)| {
                row(format!("{}.{place} To elect {}", item.id, nominee.name), &nominee.lines)
            })
            .collect(),
        (None, Some(lines)) if item.choices.is_none() => {
            vec![row(format!("{} {}", item.id, item.title), lines)]
        }
        _ => Vec::new(),
    }
}

fn outcome(certificate: &Certificate, item: &ItemFigures) -> String {
    let mark = if words::is_preliminary(certificate) { " (preliminary)" } else { "" };
    format!("Resolution {}, {}: {}{mark}", item.id, item.title, super::told(item))
}

/// What the table has no column for.
fn beside(item: &ItemFigures) -> Option<String> {
    if item.cumulative.is_some() || item.choices.is_some() {
        let for_each = item
            .nominees
            .iter()
            .flatten()
            .map(|nominee| (&nominee.name, nominee.lines.votes_for))
            .chain(item.choices.iter().flatten().map(|choice| (&choice.name, choice.votes_for)));
        let told: Vec<String> = for_each.map(|(name, amount)| format!("{name} {}", votes(amount))).collect();
        let how = if item.cumulative.is_some() { "votes were cumulated" } else { "votes were for a choice" };
        return Some(format!("Not in the table, for {how}: {}.", told.join("; ")));
    }
    let lines = item.lines.iter().chain(item.nominees.iter().flatten().map(|nominee| &nominee.lines));
    let most = lines.map(|lines| lines.broker_non_votes).max().unwrap_or_default();
    (!most.is_zero())
        .then(|| format!("Broker non-votes, for which the table has no column: {}.", words::of_votes(most)))
}
