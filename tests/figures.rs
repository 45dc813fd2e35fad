//! Every fixture against the figures worked out for it by hand: certificate, dispositions, exit code.
//! `fixtures/README.md` says what each one shows; the arithmetic stands beside the figures.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Folders below the fixtures with figures of their own.
fn folders(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.join("expected/figures.json").is_file() {
            found.push(path);
        } else if path.is_dir() {
            folders(&path, found);
        }
    }
    found.sort();
}

/// Sets a value in meeting.json by its dotted path.
fn set(meeting: &mut Value, path: &str, value: &Value) {
    let (parents, key) = path.rsplit_once('.').map_or(("", path), |(parents, key)| (parents, key));
    let mut at = meeting;
    for part in parents.split('.').filter(|part| !part.is_empty()) {
        at = match part.parse::<usize>() {
            Ok(place) if at.is_array() => &mut at[place],
            _ => &mut at[part],
        };
    }
    match key.parse::<usize>() {
        Ok(place) if at.is_array() => at[place] = value.clone(),
        _ => at[key] = value.clone(),
    }
}

/// The folder of a case with its edits, and the arguments beside it.
fn prepare(folder: &Path, case: &Value, into: &Path) -> Vec<String> {
    support::copy_folder(folder, into);
    if let Some(edits) = case["set"].as_object() {
        let path = into.join("meeting.json");
        let mut meeting: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for (key, value) in edits {
            set(&mut meeting, key, value);
        }
        fs::write(path, serde_json::to_string_pretty(&meeting).unwrap()).unwrap();
    }
    for name in case["without"].as_array().into_iter().flatten() {
        fs::remove_file(into.join(name.as_str().unwrap())).unwrap();
    }
    for (name, text) in case["with"].as_object().into_iter().flatten() {
        fs::write(into.join(name), text.as_str().unwrap()).unwrap();
    }
    case["args"].as_array().into_iter().flatten().map(|arg| arg.as_str().unwrap().to_owned()).collect()
}

/// The ledger's dispositions by card.
fn dispositions(ledger: &Path) -> HashMap<String, Value> {
    let mut reader = csv::Reader::from_path(ledger).unwrap();
    let rows = reader.deserialize::<HashMap<String, String>>();
    rows.map(|row| {
        let row = row.unwrap();
        (row["card"].clone(), serde_json::to_value(row).unwrap())
    })
    .collect()
}

fn check(name: &str, folder: &Path, case: &Value, failures: &mut Vec<String>) {
    let work = tempfile::tempdir().unwrap();
    let meeting = work.path().join("meeting");
    let extra = prepare(folder, case, &meeting);
    let out = work.path().join("out");
    let mut args =
        vec!["tabulate", meeting.to_str().unwrap(), "--format", "json", "--out", out.to_str().unwrap()];
    args.extend(extra.iter().map(String::as_str));
    let output = support::quorate(&args);
    let mut wrong = Vec::new();
    let code = output.status.code().unwrap_or(-1);
    if case["exit"].as_i64() != Some(i64::from(code)) {
        wrong.push(format!("exit: expected {}, found {code}\n{}", case["exit"], support::stderr(&output)));
    }
    if let Ok(certificate) = serde_json::from_slice::<Value>(&output.stdout) {
        support::differences("certificate", &case["certificate"], &certificate, &mut wrong);
        let ledger = dispositions(&out.join("ledger.csv"));
        for (card, expected) in case["dispositions"].as_object().into_iter().flatten() {
            let mut expected = expected.clone();
            if expected["disposition"] == "counted" {
                expected.as_object_mut().unwrap().remove("reason");
            }
            // The ledger writes an absent cause as an empty cell; a row's cause as its file and line.
            if expected["cause"].is_null() || expected["disposition"] == "revoked" {
                expected.as_object_mut().unwrap().remove("cause");
            }
            let found = ledger.get(card).cloned().unwrap_or_default();
            support::differences(card, &expected, &found, &mut wrong);
        }
    }
    if !wrong.is_empty() {
        failures.push(format!("{name}\n    {}", wrong.join("\n    ")));
    }
}

#[test]
fn every_fixture_certifies_the_figures_worked_out_for_it() {
    let mut found = Vec::new();
    folders(&support::fixtures(), &mut found);
    assert!(found.len() > 60, "only {} fixtures were found", found.len());
    let mut failures = Vec::new();
    let mut count = 0;
    for folder in found {
        let text = fs::read_to_string(folder.join("expected/figures.json")).unwrap();
        let figures: Value =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let name = folder.strip_prefix(support::fixtures()).unwrap().display().to_string();
        check(&name, &folder, &figures, &mut failures);
        count += 1;
        for variant in figures["variants"].as_array().into_iter().flatten() {
            check(&format!("{name}: {}", variant["name"]), &folder, variant, &mut failures);
            count += 1;
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases differ:\n{}", failures.len(), failures.join("\n"));
}
