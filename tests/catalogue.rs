//! Every code that the program prints has a row in the README, and every row there is a code of the
//! program: problems, warnings, reasons of dispositions, open matters.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quorate::catalogue::{Entry, OPEN_MATTERS, PROBLEMS, REASONS, WARNINGS};
use support::{folder_of, quorate, stderr, stdout};

fn source(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// A row as the README has it.
fn row(entry: &Entry) -> String {
    let Entry { code, tells, means, remedy } = *entry;
    if tells.is_empty() {
        return format!("| `{code}` | {means} | {remedy} |");
    }
    let tells: Vec<String> = tells.iter().map(|part| format!("`{part}`")).collect();
    format!("| `{code}` | {} | {means} | {remedy} |", tells.join(", "))
}

#[test]
fn the_readme_has_the_rows_of_the_catalogue_and_no_other() {
    let readme = source("README.md");
    let section = readme.split("\n## What the codes mean\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let parts: Vec<&str> = section.split("\n### ").skip(1).collect();
    assert_eq!(parts.len(), 4, "problems, warnings, reasons, open matters");
    for (part, entries) in parts.iter().zip([PROBLEMS, WARNINGS, REASONS, OPEN_MATTERS]) {
        let rows: Vec<&str> = part.lines().filter(|line| line.starts_with("| `")).collect();
        let wanted: Vec<String> = entries.iter().map(row).collect();
        assert_eq!(rows, wanted, "the rows should be\n{}", wanted.join("\n"));
    }
}

/// The codes that stand in a source file behind `code:`.
fn codes_in(name: &str) -> BTreeSet<String> {
    let text = source(name);
    let code = |rest: &str| rest.split('"').next().map(str::to_owned);
    // `code: if … { "a" } else { "b" }` holds two.
    text.split("code: ")
        .skip(1)
        .filter_map(|rest| rest.split('\n').next())
        .flat_map(|line| line.split('"').skip(1).step_by(2).filter_map(code).collect::<Vec<_>>())
        .collect()
}

fn codes_of(entries: &[Entry]) -> BTreeSet<String> {
    entries.iter().map(|entry| entry.code.to_owned()).collect()
}

#[test]
fn every_code_in_the_source_is_in_the_catalogue() {
    let mut warnings = codes_in("src/audit/warnings.rs");
    warnings.extend(codes_in("src/audit/lookalikes.rs"));
    assert_eq!(warnings, codes_of(WARNINGS));
    assert_eq!(codes_in("src/certify/open.rs"), codes_of(OPEN_MATTERS));
    let dispositions = source("src/determine/mod.rs");
    let names = dispositions.split("\nimpl Reason {").nth(1).unwrap().split("\n}").next().unwrap();
    let reasons: BTreeSet<String> =
        names.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    assert_eq!(reasons, codes_of(REASONS));
}

const MEETING: &str = r#"{
  "company": "Synthetic Corporation", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00:00",
  "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "more_than": "1/2" },
  "items": [{ "id": "1", "kind": "proposal", "standard": "majority_of_votes_cast" }]
}"#;

#[test]
fn check_says_what_to_do_about_each_code_once() {
    let folder = folder_of(&[
        ("meeting.json", MEETING),
        ("register.csv", "account,name,shares\n1,Ann,60\n2,,4O\n3,Cy,+1\n"),
    ]);
    let output = quorate(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert_eq!(
        stderr(&output),
        "error: register.csv:3: name: must not be empty [cell_empty]\n\
         error: register.csv:3: shares: `4O` must be digits with at most one decimal point, such as `1250` or `10.5` [amount]\n\
         error: register.csv:4: shares: `+1` must be digits with at most one decimal point, such as `1250` or `10.5` [amount]\n\
         error: 3 problems in 1 file; the meeting cannot be tabulated\n\
         \n\
         What to do:\n  \
         cell_empty: fill it in\n  \
         amount: take signs, separators and exponents out\n"
    );
    let tabulated = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    assert!(!stderr(&tabulated).contains("What to do"), "only check explains");
}
