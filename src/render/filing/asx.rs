//! The results of a meeting as listed companies of Australia disclose them: what the proxies were told, the poll, and
//! whether each resolution was carried (Corporations Act 2001 (Cth) s 251AA; ASX Listing Rule 3.13.2).

use super::page::{Filing, Form};
use super::{finished, long_or_as_is, standing};
use crate::amount::Votes;
use crate::audit::instructions::Instructions;
use crate::certify::{Certificate, ItemFigures, LineFigures};
use crate::render::tables::DocumentTable;
use crate::render::words::{is_preliminary, percent, votes};

const PROXIES: [&str; 5] = ["Resolution", "For", "Against", "Proxy's Discretion", "Abstain"];
const POLL: [&str; 5] = ["Resolution", "For", "Against", "Abstain", "Result"];

/// The disclosure, as text or as a page. Per item and column, what the proxies were told.
#[must_use]
pub fn render(certificate: &Certificate, instructions: &[Vec<Instructions>], form: Form) -> String {
    let mut filing = Filing::default();
    filing.head("Results of Meeting");
    standing(&mut filing, certificate);
    let meeting = &certificate.meeting;
    filing.paragraph(format!(
        "In accordance with Listing Rule 3.13.2 and section 251AA of the Corporations Act 2001 (Cth), {} gives the \
         results of its {}, held on {}. All resolutions were decided by a poll.",
        meeting.company,
        meeting.title,
        long_or_as_is(&meeting.date),
    ));
    let items = || certificate.items.iter().zip(instructions);
    filing.strong("Instructions to validly appointed proxies (as at the close of proxies)");
    filing.table(DocumentTable {
        head: PROXIES.map(str::to_owned).to_vec(),
        rows: items().flat_map(|(item, told)| proxies(item, told)).collect(),
    });
    filing.strong("Votes cast on the poll");
    filing.table(DocumentTable {
        head: POLL.map(str::to_owned).to_vec(),
        rows: certificate.items.iter().flat_map(|item| poll(certificate, item)).collect(),
    });
    filing.paragraph(
        "Percentages of proxies are of those for, against and at the proxy's discretion; those of the poll of votes for \
         and against; rounded to two decimals. Votes abstained, withheld or not voted are in none of them.",
    );
    for item in certificate.items.iter().filter(|item| !has_columns(item)) {
        filing.paragraph(format!("Resolution {}, {}: {}", item.id, item.title, super::told(item)));
    }
    finished(filing, certificate, form)
}

/// Whether votes are for and against: not where they are cumulated or for a choice.
fn has_columns(item: &ItemFigures) -> bool {
    item.cumulative.is_none() && item.choices.is_none()
}

/// The resolutions of an item, each with its place: a nominee is one.
fn resolutions(item: &ItemFigures) -> Vec<(String, &LineFigures, bool)> {
    let titled = |title: String, lines, is_carried| (title, lines, is_carried);
    match (&item.nominees, &item.lines) {
        _ if !has_columns(item) => Vec::new(),
        (Some(nominees), _) => nominees
            .iter()
            .zip(1..)
            .map(|(nominee, place)| {
                let title = format!("{}.{place} Election of {}", item.id, nominee.name);
                titled(title, &nominee.lines, nominee.elected)
            })
            .collect(),
        (None, Some(lines)) => {
            vec![titled(format!("{} {}", item.id, item.title), lines, item.outcome == "approved")]
        }
        (None, None) => Vec::new(),
    }
}

fn with_share(part: Votes, base: Votes) -> String {
    percent(part, base).map_or_else(|| votes(part), |share| format!("{} ({share})", votes(part)))
}

fn proxies(item: &ItemFigures, told: &[Instructions]) -> Vec<Vec<String>> {
    let row = |((title, ..), told): ((String, &LineFigures, bool), &Instructions)| {
        let base = told.votes_for + told.against + told.discretion;
        vec![
            title,
            with_share(told.votes_for, base),
            with_share(told.against, base),
            with_share(told.discretion, base),
            votes(told.abstain),
        ]
    };
    resolutions(item).into_iter().zip(told).map(row).collect()
}

fn poll(certificate: &Certificate, item: &ItemFigures) -> Vec<Vec<String>> {
    let row = |(title, lines, is_carried): (String, &LineFigures, bool)| {
        let base = lines.votes_for + lines.against;
        let result = match (item.outcome, is_carried) {
            ("no_quorum" | "tied" | "withdrawn", false) => item.outcome.replace('_', " "),
            (_, true) => "Carried".to_owned(),
            (_, false) => "Not Carried".to_owned(),
        };
        let mark = if is_preliminary(certificate) { " (preliminary)" } else { "" };
        vec![
            title,
            with_share(lines.votes_for, base),
            with_share(lines.against, base),
            votes(lines.abstain + lines.withheld),
            format!("{result}{mark}"),
        ]
    };
    resolutions(item).into_iter().map(row).collect()
}
