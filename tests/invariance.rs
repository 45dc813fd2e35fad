//! The same meeting written otherwise gives the same result: rows in another order, CRLF, a byte
//! order mark, other headers through `columns`, other delimiters, cards split into two files.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::random::Random;

/// Meetings that between them have joint holders, nominees with blocks, several classes, ballots,
/// rulings, revocations, unmarked cards and cumulated votes.
const MEETINGS: [&str; 7] = [
    "point360",
    "point360-cumulative",
    "g1",
    "joint_holders_statute",
    "cumulative_card_faults",
    "class_limited_cards",
    "street_overvote_policies",
];

/// The files of a meeting, as read and to be written otherwise.
struct Folder {
    meeting: Value,
    /// Per role, its files with their rows; the header is the first.
    tables: BTreeMap<String, Vec<(String, Rows)>>,
}

type Rows = Vec<Vec<String>>;

const ROLES: [&str; 7] = ["register", "omnibus", "cards", "street", "revocations", "rulings", "lots"];

impl Folder {
    fn read(folder: &Path) -> Self {
        let meeting: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("meeting.json")).unwrap()).unwrap();
        let mut tables = BTreeMap::new();
        for role in ROLES {
            let at = &meeting["files"][role];
            let one = at.as_str().map(|name| vec![name.to_owned()]);
            let several =
                at.as_array().map(|names| names.iter().map(|n| n.as_str().unwrap().to_owned()).collect());
            let named: Vec<String> = one.or(several).unwrap_or_else(|| vec![format!("{role}.csv")]);
            let files = named.into_iter().filter(|name| folder.join(name).is_file());
            let files: Vec<(String, Rows)> = files
                .map(|name| {
                    let rows = rows_of(&folder.join(&name));
                    (name, rows)
                })
                .collect();
            tables.insert(role.to_owned(), files);
        }
        Self { meeting, tables }
    }

    fn write(&self, into: &Path, style: &Style) {
        fs::write(into.join("meeting.json"), serde_json::to_string_pretty(&self.meeting).unwrap()).unwrap();
        for (name, rows) in self.tables.values().flatten() {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(style.delimiter)
                .terminator(if style.is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
                .quote_style(if style.is_quoted {
                    csv::QuoteStyle::Always
                } else {
                    csv::QuoteStyle::Necessary
                })
                .from_writer(Vec::new());
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            let mut bytes = if style.has_bom { vec![0xef, 0xbb, 0xbf] } else { Vec::new() };
            bytes.extend(writer.into_inner().unwrap());
            bytes.extend(style.end.as_bytes());
            fs::write(into.join(name), bytes).unwrap();
        }
    }
}

fn rows_of(path: &Path) -> Rows {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// How files are written.
struct Style {
    delimiter: u8,
    is_crlf: bool,
    is_quoted: bool,
    has_bom: bool,
    end: &'static str,
}

const PLAIN: Style = Style { delimiter: b',', is_crlf: false, is_quoted: false, has_bom: false, end: "" };

/// What a tabulation comes to, without digests, places in files, and the ledger's order.
#[derive(Debug, PartialEq)]
struct Outcome {
    exit: Option<i32>,
    certificate: Value,
    ledger: BTreeMap<String, BTreeMap<String, String>>,
}

fn outcome(folder: &Path) -> Outcome {
    let out = tempfile::tempdir().unwrap();
    let args =
        ["tabulate", folder.to_str().unwrap(), "--format", "json", "--out", out.path().to_str().unwrap()];
    let output = support::quorate(&args);
    let exit = output.status.code();
    assert!(matches!(exit, Some(0 | 3)), "{}", support::stderr(&output));
    let mut certificate: Value = serde_json::from_slice(&output.stdout).unwrap();
    for key in ["inputs", "ledger"] {
        certificate.as_object_mut().unwrap().remove(key).unwrap();
    }
    sort_cards(&mut certificate);
    let mut reader = csv::Reader::from_path(out.path().join("ledger.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| row.unwrap());
    let ledger = rows
        .map(|mut row| {
            row.retain(|column, _| column != "file" && column != "line");
            // A revocation or a ruling is named by its file and line, which stay what they are.
            (row["card"].clone(), row)
        })
        .collect();
    Outcome { exit, certificate, ledger }
}

/// Lists of cards stand in the order of the files where nothing else orders them: here by number.
fn sort_cards(certificate: &mut Value) {
    let exceptions = certificate["exceptions"].as_array_mut().unwrap();
    exceptions.sort_by_key(|exception| exception["card"].to_string());
    for matter in certificate["open_matters"].as_array_mut().unwrap() {
        if let Some(numbers) = matter.get_mut("card_numbers").and_then(Value::as_array_mut) {
            numbers.sort_by_key(Value::to_string);
        }
    }
    for list in ["notes", "warnings"] {
        for note in certificate[list].as_array_mut().unwrap() {
            let text = note.as_str().unwrap_or_default().trim_end_matches('.');
            if let Some((start, cards)) = text.rsplit_once(": ") {
                let mut cards: Vec<&str> = cards.split(", ").collect();
                cards.sort_unstable();
                *note = json!(format!("{start}: {}.", cards.join(", ")));
            }
        }
    }
}

/// Compares part by part, so that a failure says which.
fn assert_same(name: &str, how: &str, expected: &Outcome, found: &Outcome) {
    assert_eq!(expected.exit, found.exit, "{name}, {how}: exit code");
    let mut wrong = Vec::new();
    support::differences("certificate", &expected.certificate, &found.certificate, &mut wrong);
    support::differences("certificate (back)", &found.certificate, &expected.certificate, &mut wrong);
    for (card, row) in &expected.ledger {
        let other = found.ledger.get(card);
        if other != Some(row) {
            wrong.push(format!("card {card}: expected {row:?}, found {other:?}"));
        }
    }
    assert_eq!(expected.ledger.len(), found.ledger.len(), "{name}, {how}: cards");
    assert!(wrong.is_empty(), "{name}, {how}:\n    {}", wrong.join("\n    "));
}

/// Runs a change over every meeting.
fn stays_the_same(how: &str, style: &Style, change: impl Fn(&mut Folder)) {
    for name in MEETINGS {
        let source = support::fixtures().join(name);
        let mut folder = Folder::read(&source);
        change(&mut folder);
        let other = tempfile::tempdir().unwrap();
        folder.write(other.path(), style);
        assert_same(name, how, &outcome(&source), &outcome(other.path()));
    }
}

#[test]
fn written_anew_without_a_change() {
    stays_the_same("written anew", &PLAIN, |_| {});
}

#[test]
fn in_another_order_of_cards_and_of_the_register() {
    for seed in 1..=8 {
        stays_the_same(&format!("shuffled with seed {seed}"), &PLAIN, |folder| {
            let mut random = Random(seed);
            for role in ["register", "cards"] {
                for (_, rows) in folder.tables.get_mut(role).unwrap() {
                    random.shuffle(&mut rows[1..]);
                }
            }
        });
    }
}

#[test]
fn in_another_order_of_card_files() {
    stays_the_same("card files reversed", &PLAIN, |folder| {
        let named = folder.meeting.pointer_mut("/files/cards");
        if let Some(files) = named.and_then(Value::as_array_mut) {
            files.reverse();
        }
        folder.tables.get_mut("cards").unwrap().reverse();
    });
}

#[test]
fn in_another_order_of_columns() {
    for seed in 1..=3 {
        stays_the_same(&format!("columns shuffled with seed {seed}"), &PLAIN, |folder| {
            for (_, rows) in folder.tables.values_mut().flatten() {
                let mut order: Vec<usize> = (0..rows[0].len()).collect();
                Random(seed).shuffle(&mut order);
                for row in rows {
                    *row = order.iter().map(|place| row[*place].clone()).collect();
                }
            }
        });
    }
}

#[test]
fn with_crlf_a_byte_order_mark_quotes_and_blank_lines_at_the_end() {
    let styles = [
        ("CRLF", Style { is_crlf: true, ..PLAIN }),
        ("a byte order mark", Style { has_bom: true, ..PLAIN }),
        ("every field quoted", Style { is_quoted: true, ..PLAIN }),
        ("blank lines at the end", Style { end: "\n  \n", ..PLAIN }),
        ("all of it", Style { is_crlf: true, has_bom: true, is_quoted: true, end: "\r\n\r\n", ..PLAIN }),
    ];
    for (how, style) in styles {
        stays_the_same(how, &style, |_| {});
    }
}

#[test]
fn without_a_line_break_at_the_end() {
    for name in MEETINGS {
        let source = support::fixtures().join(name);
        let other = tempfile::tempdir().unwrap();
        support::copy_folder(&source, other.path());
        for entry in fs::read_dir(other.path()).unwrap().map(|entry| entry.unwrap().path()) {
            let text = fs::read_to_string(&entry).unwrap();
            fs::write(&entry, text.trim_end()).unwrap();
        }
        assert_same(name, "no line break at the end", &outcome(&source), &outcome(other.path()));
    }
}

#[test]
fn with_another_delimiter() {
    for (delimiter, name) in [(b';', ";"), (b'\t', "\t"), (b'|', "|"), (b',', ",")] {
        stays_the_same(&format!("delimiter {name:?}"), &Style { delimiter, ..PLAIN }, |folder| {
            folder.meeting["delimiter"] = json!(name);
        });
    }
}

#[test]
fn with_other_headers_and_a_column_to_ignore() {
    stays_the_same("columns renamed", &PLAIN, |folder| {
        for (role, files) in &mut folder.tables {
            for (_, rows) in files {
                for header in &mut rows[0] {
                    let theirs = format!("AGENT {}", header.to_uppercase());
                    folder.meeting["columns"][role][&theirs] = json!(header);
                    *header = theirs;
                }
                rows.iter_mut().for_each(|row| row.push("1 Main Street".to_owned()));
                *rows[0].last_mut().unwrap() = "ADDR1".to_owned();
                folder.meeting["columns"][role]["ADDR1"] = Value::Null;
            }
        }
    });
}

#[test]
fn with_the_cards_in_two_files_or_in_one_each() {
    for pieces in [2, 5] {
        stays_the_same(&format!("cards in {pieces} times as many files"), &PLAIN, |folder| {
            let files = folder.tables.remove("cards").unwrap();
            let mut split: Vec<(String, Rows)> = Vec::new();
            for (file, rows) in files {
                for piece in 0..pieces {
                    let own = rows[1..].iter().skip(piece).step_by(pieces);
                    let rows = std::iter::once(&rows[0]).chain(own).cloned().collect();
                    split.push((format!("{piece}-{file}"), rows));
                }
            }
            let names: Vec<&String> = split.iter().map(|(name, _)| name).collect();
            folder.meeting["files"]["cards"] = json!(names);
            folder.tables.insert("cards".to_owned(), split);
        });
    }
}

#[test]
fn with_files_in_a_folder_below_and_named_by_flags() {
    for name in MEETINGS {
        let source = support::fixtures().join(name);
        let expected = outcome(&source);
        let mut folder = Folder::read(&source);
        let other = tempfile::tempdir().unwrap();
        fs::create_dir(other.path().join("dtc")).unwrap();
        for (role, files) in &mut folder.tables {
            files.iter_mut().for_each(|(file, _)| *file = format!("dtc/{file}"));
            let names: Vec<&String> = files.iter().map(|(file, _)| file).collect();
            if !names.is_empty() {
                folder.meeting["files"][role] = json!(names);
            }
        }
        folder.write(other.path(), &PLAIN);
        let found = outcome(other.path());
        // Revocations and rulings are named by their file.
        let without_folder = |outcome: Outcome| Outcome {
            certificate: serde_json::from_str(&outcome.certificate.to_string().replace("dtc/", "")).unwrap(),
            ledger: outcome
                .ledger
                .into_iter()
                .map(|(card, row)| (card, row.into_iter().map(|(k, v)| (k, v.replace("dtc/", ""))).collect()))
                .collect(),
            ..outcome
        };
        assert_same(name, "files in a folder below", &expected, &without_folder(found));
    }
}

#[test]
fn twice_the_same_bytes() {
    for name in MEETINGS {
        let source = support::fixtures().join(name);
        let run = || {
            let out = tempfile::tempdir().unwrap();
            let folder = source.to_str().unwrap();
            let out_text = out.path().to_str().unwrap();
            let output = support::quorate(&["tabulate", folder, "--out", out_text, "--quiet"]);
            let mut files: Vec<PathBuf> =
                fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            let documents: Vec<(PathBuf, Vec<u8>)> = files
                .iter()
                .map(|file| (file.file_name().unwrap().into(), fs::read(file).unwrap()))
                .collect();
            (output.status.code(), output.stdout, output.stderr, documents)
        };
        let first = run();
        assert!(first.3.len() >= 4, "{name}: {:?}", first.3.len());
        assert_eq!(first, run(), "{name}");
    }
}
