//! The results of a batch: a table for the eye, a line per meeting and item for programs. All of it is
//! read from the certificates, so that a meeting that was left alone has the same lines.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::meeting::Done;
use crate::audit::ledger::harmless;
use crate::text::{counted, thousands, visible};

const COLUMNS: [&str; 23] = [
    "meeting",
    "status",
    "company",
    "title",
    "date",
    "quorum_required",
    "quorum_present",
    "quorum_met",
    "item",
    "kind",
    "item_title",
    "outcome",
    "for",
    "against",
    "abstain",
    "withheld",
    "broker_non_votes",
    "not_voted",
    "elected",
    "choice",
    "open_matters",
    "certificate_sha256",
    "problem",
];

/// results.csv: a row per meeting and item; one row for a meeting that failed.
pub(super) fn csv(names: &[String], done: &[Done]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for line in lines(names, done) {
        let cells = COLUMNS.iter().map(|column| harmless(&cell(&line, column)));
        out.write_record(cells)?;
    }
    out.into_inner().context("writing results.csv")
}

/// What a line of results.jsonl has for a column of results.csv.
fn cell(line: &Value, column: &str) -> String {
    let of = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(values) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            texts.join(";")
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    };
    match column {
        "quorum_required" => of(&line["quorum"]["required"]),
        "quorum_present" => of(&line["quorum"]["present"]),
        "quorum_met" => of(&line["quorum"]["met"]),
        "item" => of(&line["item"]["id"]),
        "item_title" => of(&line["item"]["title"]),
        "meeting" | "status" | "company" | "title" | "date" | "open_matters" | "certificate_sha256"
        | "problem" => of(&line[column]),
        _ => of(&line["item"][column]),
    }
}

/// results.jsonl: an object on a line per meeting and item, with the item as on the certificate.
pub(super) fn jsonl(names: &[String], done: &[Done]) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    for line in lines(names, done) {
        serde_json::to_writer(&mut out, &line).context("writing results.jsonl")?;
        out.push(b'\n');
    }
    Ok(out)
}

fn lines(names: &[String], done: &[Done]) -> Vec<Value> {
    let of = |(name, done): (&String, &Done)| match done {
        Done::Failed { first, count, .. } => {
            vec![json!({ "meeting": name, "status": "problem", "problems": count, "problem": first })]
        }
        Done::Counted { certificate, sha256, .. } => items(certificate)
            .map(|item| {
                json!({
                    "meeting": name,
                    "status": certificate["status"],
                    "company": certificate["meeting"]["company"],
                    "title": certificate["meeting"]["title"],
                    "date": certificate["meeting"]["date"],
                    "quorum": certificate["quorum"],
                    "item": item,
                    "open_matters": open_matters(certificate),
                    "certificate_sha256": sha256,
                })
            })
            .collect(),
    };
    names.iter().zip(done).flat_map(of).collect()
}

fn items(certificate: &Value) -> impl Iterator<Item = &Value> {
    certificate["items"].as_array().into_iter().flatten()
}

fn open_matters(certificate: &Value) -> Vec<&str> {
    certificate["open_matters"].as_array().into_iter().flatten().filter_map(|m| m["code"].as_str()).collect()
}

/// The table of a run, whose columns are known before its rows.
pub(super) struct ResultsTable {
    names: Vec<String>,
    name_width: usize,
    width: usize,
}

const STATUS_WIDTH: usize = 11;

impl ResultsTable {
    pub(super) fn of(names: &[String], width: usize) -> Self {
        let names: Vec<String> = names.iter().map(|name| visible(name).into_owned()).collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        Self { names, name_width: widest.clamp("Meeting".len(), width / 3), width }
    }

    pub(super) fn head(&self) -> String {
        self.line("Meeting", "Status", "Result", None)
    }

    /// A meeting's row.
    pub(super) fn row(&self, place: usize, done: &Done, is_coloured: bool) -> String {
        const RED: &str = "\u{1b}[1;31m";
        let (status, result) = match done {
            Done::Failed { sum, .. } => ("problem", sum.clone()),
            Done::Counted { certificate, is_unchanged, .. } => {
                let status = if certificate["status"] == "certified" { "certified" } else { "preliminary" };
                let note = if *is_unchanged { " (unchanged)" } else { "" };
                (status, format!("{}{note}", outcomes(certificate)))
            }
        };
        let colour = (is_coloured && status != "certified").then_some(RED);
        self.line(&self.names[place], status, &result, colour)
    }

    fn line(&self, name: &str, status: &str, result: &str, colour: Option<&str>) -> String {
        let status = format!("{status:<STATUS_WIDTH$}");
        let status = colour.map_or_else(|| status.clone(), |colour| format!("{colour}{status}\u{1b}[0m"));
        let room = self.width.saturating_sub(self.name_width + STATUS_WIDTH + 4);
        format!("{}  {status}  {}\n", fitted(name, self.name_width, true), fitted(result, room, false))
    }
}

/// A text cut to a width, and filled up to it where asked.
fn fitted(text: &str, width: usize, is_filled: bool) -> String {
    let mut shown = String::new();
    if text.width() <= width {
        shown.push_str(text);
    } else {
        for c in text.chars() {
            if shown.width() + unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) >= width {
                break;
            }
            shown.push(c);
        }
        shown.push('…');
    }
    if is_filled {
        shown.push_str(&" ".repeat(width.saturating_sub(shown.width())));
    }
    shown
}

/// `3 elected; 2 approved, 1 not approved`: how the items ended, by number.
fn outcomes(certificate: &Value) -> String {
    let mut counts: BTreeMap<(usize, &str), u64> = BTreeMap::new();
    const ORDER: [&str; 7] =
        ["elected", "tied", "none_elected", "approved", "not_approved", "chosen", "no_quorum"];
    for outcome in items(certificate).filter_map(|item| item["outcome"].as_str()) {
        let place = ORDER.iter().position(|known| *known == outcome).unwrap_or(ORDER.len());
        *counts.entry((place, outcome)).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|((_, outcome), count)| {
            let what = match *outcome {
                "elected" if *count == 1 => "election decided",
                "elected" => "elections decided",
                "none_elected" => "without anybody elected",
                "not_approved" => "not approved",
                "no_quorum" => "without a quorum",
                other => other,
            };
            format!("{} {what}", thousands(&count.to_string()))
        })
        .collect();
    parts.join(", ")
}

/// The last lines: how many ended how.
pub(super) fn sum(done: &[Done]) -> String {
    let status = |wanted: &str| {
        let is = |done: &&Done| match done {
            Done::Failed { .. } => wanted == "problem",
            Done::Counted { certificate, .. } => certificate["status"] == wanted,
        };
        done.iter().filter(is).count() as u64
    };
    let unchanged =
        done.iter().filter(|done| matches!(done, Done::Counted { is_unchanged: true, .. })).count() as u64;
    let failed = status("problem");
    let mut text = format!(
        "\n{}: {} certified, {} preliminary, {} with problems",
        counted(done.len() as u64, "meeting"),
        thousands(&status("certified").to_string()),
        thousands(&status("preliminary").to_string()),
        thousands(&failed.to_string()),
    );
    if unchanged > 0 {
        text.push_str(&format!(
            "\n{} unchanged since an earlier run: counted again with the same result, and left as they were",
            counted(unchanged, "meeting")
        ));
    }
    text.push('\n');
    if failed > 0 {
        text.push_str("What is wrong stands in each one's problems.txt.\n");
    }
    text
}
