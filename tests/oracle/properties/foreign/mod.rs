//! Any meeting, written as others write their files and read back through layouts, is the meeting of its own
//! files: the same certificate, the same ledger, and as read the same rows to the last byte.
//!
//! The writer knows the sentences of the manual and shares nothing with the reader. It chooses for each file a
//! format, an encoding, a shape of marks, and for each column how its cells are written.

mod bytes;
mod columns;
mod counts;
mod marks;
mod names;
mod sheet;
mod style;
mod totals;
mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Meeting, Table};
use crate::generate::random::Random;
use crate::support::differences;
use style::Style;

/// So many meetings are written unless `QUORATE_SEEDS` says otherwise.
const SEEDS: std::ops::Range<u64> = 0..150;

/// A file as somebody else wrote it.
struct Foreign {
    name: String,
    bytes: Vec<u8>,
    layout: Value,
}

#[test]
fn a_meeting_in_the_files_of_others_is_that_of_its_own_files() {
    let seeds = crate::seeds_or(SEEDS);
    let mut failures = Vec::new();
    let mut written: BTreeMap<String, u64> = BTreeMap::new();
    for seed in seeds.clone() {
        let tried = std::panic::catch_unwind(|| of_seed(seed));
        let (mut wrong, shapes) = tried.unwrap_or_else(|_| (vec!["stopped".to_owned()], Vec::new()));
        shapes.into_iter().for_each(|shape| *written.entry(shape).or_default() += 1);
        if !wrong.is_empty() {
            wrong.truncate(6);
            failures.push(format!("seed {seed}\n    {}", wrong.join("\n    ")));
        }
    }
    let count = failures.len();
    failures.truncate(10);
    assert!(failures.is_empty(), "{count} of {seeds:?}:\n{}", failures.join("\n"));
    if seeds.end - seeds.start >= 150 {
        for wanted in
            ["wide", "long", "string", "boxes", "counts", "except", "delimited", "fixed", "xlsx", "register"]
        {
            let times = written.get(wanted).copied().unwrap_or(0);
            let is_left_out = wanted == "xlsx" && !cfg!(feature = "xlsx");
            assert!(times >= 5 || is_left_out, "only {times} files were {wanted}: {written:?}");
        }
        let encodings = written.keys().filter(|shape| shape.starts_with("in ")).count();
        assert!(encodings >= 10, "{written:?}");
    }
}

/// What differs between a meeting and itself in foreign files, and what those were.
fn of_seed(seed: u64) -> (Vec<String>, Vec<String>) {
    let mut random = Random::new(!seed);
    let mut meeting = Meeting::of(seed);
    names::accounts(&mut meeting);
    if random.percent(12) {
        counts::cards_of_blocks(&mut random, &mut meeting);
    }
    let mut shapes = Vec::new();
    let mut foreign: BTreeMap<String, Foreign> = BTreeMap::new();
    let json = meeting.json.clone();
    for table in &mut meeting.tables {
        table.in_our_order(&json);
        if random.percent(88) && !table.rows.is_empty() {
            let style = Style::new(&mut random, table.role);
            let file = sheet::write(&mut random, &style, table, &json, &mut shapes);
            foreign.insert(table.file.clone(), file);
        }
    }
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_folder(ours.path(), &meeting, &BTreeMap::new());
    write_folder(theirs.path(), &meeting, &foreign);
    let keep = std::env::var("QUORATE_KEEP").ok();
    let mut wrong = Vec::new();
    let tried = std::panic::catch_unwind(|| {
        let (ours, theirs) = (crate::by_program(ours.path(), None), crate::by_program(theirs.path(), None));
        compare(ours, theirs, &foreign)
    });
    match tried {
        Ok(found) => wrong.extend(found),
        Err(why) => {
            let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
            wrong.push(format!("{why} ({shapes:?})"));
        }
    }
    if let Some(keep) = keep.filter(|_| !wrong.is_empty()) {
        let keep = Path::new(&keep);
        crate::support::copy_folder(ours.path(), &keep.join(format!("{seed}-ours")));
        crate::support::copy_folder(theirs.path(), &keep.join(format!("{seed}-theirs")));
    }
    (wrong, shapes)
}

/// The certificates without what says how the files lay on disk, the ledgers without the lines.
fn compare(
    (mut ours, our_ledger): (Value, Value),
    (mut theirs, their_ledger): (Value, Value),
    foreign: &BTreeMap<String, Foreign>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let inputs = |certificate: &mut Value| certificate["inputs"].take().as_array().cloned().unwrap();
    let (our_inputs, their_inputs) = (inputs(&mut ours), inputs(&mut theirs));
    assert_eq!(our_inputs.len(), their_inputs.len());
    for (one, other) in our_inputs.iter().zip(&their_inputs) {
        if one["role"] == "meeting" {
            continue;
        }
        let other = if other["as_read"].is_null() { other } else { &other["as_read"] };
        for key in ["rows", "shares", "sha256"] {
            if one[key] != other[key] {
                wrong.push(format!("{}: {key} {} as read {}", one["path"], one[key], other[key]));
            }
        }
    }
    for certificate in [&mut ours, &mut theirs] {
        certificate["ledger"].take();
    }
    let names: Vec<(&str, &str)> =
        foreign.iter().map(|(own, file)| (own.as_str(), file.name.as_str())).collect();
    let (ours, theirs) = (without_places(&ours, &names), without_places(&theirs, &names));
    differences("certificate", &ours, &theirs, &mut wrong);
    differences("certificate", &theirs, &ours, &mut wrong);
    let ledgers = [our_ledger, their_ledger].map(|mut ledger| {
        for row in ledger.as_object_mut().unwrap().values_mut() {
            row["file"].take();
            row["line"].take();
        }
        without_places(&ledger, &names)
    });
    differences("ledger", &ledgers[0], &ledgers[1], &mut wrong);
    wrong
}

/// A value whose texts name no line of a file: `votes.xlsx:Votes!14` and `votes.csv:9` are both `cards.csv:`.
fn without_places(value: &Value, names: &[(&str, &str)]) -> Value {
    match value {
        Value::Object(object) => {
            let others = object.iter().filter(|(key, _)| *key != "line");
            others.map(|(key, value)| (key.clone(), without_places(value, names))).collect()
        }
        Value::Array(values) => values.iter().map(|value| without_places(value, names)).collect(),
        Value::String(text) => Value::String(without_place(text, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn without_place(text: &str, names: &[(&str, &str)]) -> String {
    let mut text = without_lines(text);
    for (own, theirs) in names {
        for name in [own, theirs] {
            while let Some(at) = text.find(&format!("{name}:")) {
                let rest = &text[at + name.len() + 1..];
                let rest = rest.strip_prefix("Votes!").unwrap_or(rest);
                let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
                text = format!("{}<a row of {own}>{rest}", &text[..at]);
            }
        }
        // In what follows the names as such stand for the same file.
        text = text.replace(&format!("<a row of {own}>"), "\u{1}").replace(theirs, own);
        text = text.replace('\u{1}', &format!("<a row of {own} >"));
    }
    text
}

/// A text without the numbers in `line 4` and `lines 4, 21`.
fn without_lines(text: &str) -> String {
    let mut parts = text.split("line");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, ',' | ' ');
        kept.push_str("line ");
        kept.push_str(part.trim_start_matches('s').trim_start_matches(is_number));
    }
    kept
}

fn write_folder(folder: &Path, meeting: &Meeting, foreign: &BTreeMap<String, Foreign>) {
    let mut json = meeting.json.clone();
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (place, table) in meeting.tables.iter().enumerate() {
        let named = files.entry(table.role).or_default();
        let Some(file) = foreign.get(&table.file) else {
            named.push(json!(table.file));
            fs::write(folder.join(&table.file), table.text()).unwrap();
            continue;
        };
        let layout = format!("{place}.layout.json");
        named.push(json!({ "path": file.name, "layout": layout }));
        fs::write(folder.join(&file.name), &file.bytes).unwrap();
        fs::write(folder.join(&layout), serde_json::to_string_pretty(&file.layout).unwrap()).unwrap();
    }
    json["files"] = json!(files);
    fs::write(folder.join("meeting.json"), json.to_string()).unwrap();
}

impl Table {
    /// Its columns in the order of the manual, which is that of the rows as read.
    fn in_our_order(&mut self, meeting: &Value) {
        let mut order: Vec<String> = match self.role {
            "register" => vec![
                "account",
                "name",
                "shares",
                "class",
                "registration",
                "holders",
                "voting",
                "votes",
                "holder",
            ],
            "omnibus" => vec!["holder", "account", "name", "shares", "class"],
            "street" => vec!["account", "item", "vote", "shares", "nominee", "block", "received"],
            "revocations" => vec!["account", "received", "manner", "dated", "signer"],
            "rulings" => vec!["ruling", "reason", "card", "item"],
            _ => vec![
                "card",
                "account",
                "received",
                "kind",
                "form",
                "medium",
                "signed",
                "signer",
                "dated",
                "class",
                "shares",
                "irrevocable",
                "valid_until",
                "contradiction",
            ],
        }
        .into_iter()
        .map(str::to_owned)
        .collect();
        if self.role == "cards" {
            order.extend(matters(meeting));
        }
        let columns: Vec<usize> = order.iter().filter_map(|column| self.place(column)).collect();
        assert_eq!(columns.len(), self.header.len(), "{:?}", self.header);
        self.header = columns.iter().map(|column| self.header[*column].clone()).collect();
        for row in &mut self.rows {
            *row = columns.iter().map(|column| row[*column].clone()).collect();
        }
    }

    /// As quorate's own file: quotes only where they are needed.
    fn text(&self) -> String {
        let cell = |cell: &String| match cell.contains([',', '"']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        };
        let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
        std::iter::once(&self.header).chain(&self.rows).map(line).collect()
    }
}

/// The columns of marks: each item, and in elections its nominees.
fn matters(meeting: &Value) -> Vec<String> {
    let mut matters = Vec::new();
    for item in meeting["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap();
        matters.push(id.to_owned());
        let nominees = item["nominees"].as_array().into_iter().flatten();
        matters.extend(nominees.map(|nominee| format!("{id}.{}", nominee["id"].as_str().unwrap())));
    }
    matters
}
