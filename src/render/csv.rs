//! The results as CSV: a row for each item, nominee, choice and voting group, under one header.
//!
//! Figures are written as in certificate.json, without separators. What a spreadsheet would run as a
//! formula is neutralised as in ledger.csv.

use crate::audit::ledger::harmless;
use crate::certify::{Certificate, GroupFigures, ItemFigures, LineFigures, NomineeFigures, TestFigures};
use crate::text::visible;

const HEADER: [&str; 36] = [
    "company",
    "meeting",
    "date",
    "status",
    "quorum_outstanding",
    "quorum_required",
    "quorum_present",
    "quorum_met",
    "item",
    "kind",
    "title",
    "voting",
    "standard",
    "seats",
    "present",
    "outstanding",
    "outcome",
    "row",
    "id",
    "name",
    "for",
    "against",
    "abstain",
    "withheld",
    "broker_non_votes",
    "not_voted",
    "result",
    "rank",
    "tests",
    "pool",
    "pool_cast",
    "pool_unused",
    "pool_withheld",
    "pool_void",
    "pool_broker_non_votes",
    "pool_not_voted",
];

/// What a row adds to what it has in common with the others of its item.
#[derive(Default)]
struct Row<'a> {
    kind: &'static str,
    id: &'a str,
    name: String,
    lines: [String; 6],
    result: &'static str,
    rank: String,
    tests: String,
    pool: [String; 7],
}

/// The results as CSV, as RFC 4180 describes it but for the line feed that ends each row.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes whatever is written to it, and every row has the header's columns.
    let mut write = |row: &[String]| {
        let cells: Vec<String> = row.iter().map(|cell| harmless(&visible(cell))).collect();
        let written = writer.write_record(&cells);
        assert!(written.is_ok(), "a row of the results does not fit its header: {written:?}");
    };
    write(&HEADER.map(str::to_owned));
    for item in &certificate.items {
        let common = common(certificate, item);
        rows_of(item).into_iter().for_each(|row| write(&[common.clone(), cells(row)].concat()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn common(certificate: &Certificate, item: &ItemFigures) -> Vec<String> {
    let (meeting, quorum) = (&certificate.meeting, &certificate.quorum);
    vec![
        meeting.company.clone(),
        meeting.title.clone(),
        meeting.date.clone(),
        certificate.status.to_owned(),
        quorum.outstanding.to_string(),
        quorum.required.to_string(),
        quorum.present.to_string(),
        quorum.met.to_string(),
        item.id.clone(),
        item.kind.to_owned(),
        item.title.clone(),
        item.voting.unwrap_or_default().to_owned(),
        item.standard.unwrap_or_default().to_owned(),
        item.seats.map_or_else(String::new, |seats| seats.to_string()),
        item.present.to_string(),
        item.outstanding.to_string(),
        item.outcome.to_owned(),
    ]
}

fn cells(row: Row<'_>) -> Vec<String> {
    let mut cells = vec![row.kind.to_owned(), row.id.to_owned(), row.name];
    cells.extend(row.lines);
    cells.extend([row.result.to_owned(), row.rank, row.tests]);
    cells.extend(row.pool);
    cells
}

fn rows_of(item: &ItemFigures) -> Vec<Row<'_>> {
    let pool = item.cumulative.as_ref().map_or_else(Default::default, |pool| {
        [pool.pool, pool.cast, pool.unused, pool.withheld, pool.void, pool.broker_non_votes, pool.not_voted]
            .map(|votes| votes.to_string())
    });
    let mut rows = vec![Row {
        kind: "item",
        lines: item.lines.as_ref().map(lines).unwrap_or_default(),
        tests: tests(item.tests.as_deref().unwrap_or(&[])),
        pool,
        ..Row::default()
    }];
    rows.extend(item.voting_groups.iter().map(group));
    for nominee in item.nominees.iter().flatten() {
        rows.push(Row {
            kind: "nominee",
            id: &nominee.id,
            name: nominee.name.clone(),
            lines: lines(&nominee.lines),
            result: result(item, nominee),
            rank: nominee.rank.to_string(),
            tests: tests(&nominee.tests),
            ..Row::default()
        });
        rows.extend(nominee.voting_groups.iter().map(|figures| Row { id: &nominee.id, ..group(figures) }));
    }
    for choice in item.choices.iter().flatten() {
        let is_tied = item.tied.iter().flatten().any(|id| *id == choice.id);
        let is_chosen = item.choice.as_ref() == Some(&choice.id);
        let votes_for = choice.votes_for.to_string();
        rows.push(Row {
            kind: "choice",
            id: &choice.id,
            name: choice.name.clone(),
            lines: [votes_for, String::new(), String::new(), String::new(), String::new(), String::new()],
            result: match (is_chosen, is_tied) {
                (true, _) => "chosen",
                (false, true) => "tied",
                (false, false) => "",
            },
            ..Row::default()
        });
    }
    rows
}

fn result(item: &ItemFigures, nominee: &NomineeFigures) -> &'static str {
    let is_tied = item.tied.iter().flatten().any(|id| *id == nominee.id);
    match (nominee.elected, is_tied) {
        (true, _) if nominee.by_lot => "elected_by_lot",
        (true, _) => "elected",
        (false, true) => "tied",
        (false, false) => "not_elected",
    }
}

fn lines(lines: &LineFigures) -> [String; 6] {
    [lines.votes_for, lines.against, lines.abstain, lines.withheld, lines.broker_non_votes, lines.not_voted]
        .map(|votes| votes.to_string())
}

/// The group's classes stand in the name.
fn group(group: &GroupFigures) -> Row<'_> {
    Row {
        kind: "voting_group",
        name: group.classes.join("; "),
        lines: lines(&group.lines),
        result: if group.met { "met" } else { "not_met" },
        tests: tests(&group.tests),
        ..Row::default()
    }
}

/// Every test: what it asks, of what base, what was needed and what it got.
fn tests(tests: &[TestFigures]) -> String {
    let told = tests.iter().map(|test| {
        let asked: Vec<String> =
            test.threshold.iter().map(|(key, fraction)| format!("{key} {fraction}")).collect();
        let counting = test.counting.map_or_else(String::new, |counting| format!(" counting {counting}"));
        format!(
            "{} of {}{counting}: {} of {}, {} needed, {}",
            asked.join(" "),
            test.of,
            test.votes_for,
            test.base,
            test.needed,
            if test.met { "met" } else { "not met" },
        )
    });
    told.collect::<Vec<_>>().join("; ")
}
