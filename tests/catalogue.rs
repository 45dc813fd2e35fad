//! Every code that the program prints has a row in the catalogue and its place in the manual: problems, warnings, reasons of dispositions, open matters.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quorate::catalogue::{Code, Entry, MatterCode, OPEN_MATTERS, PROBLEMS, REASONS, WARNINGS, WarningCode};
use support::{folder_of, quorate, stderr, stdout};

fn source(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_manual_has_every_code_once() {
    let page = stdout(&quorate(&["manual", "codes"]));
    for entry in [PROBLEMS, WARNINGS, REASONS, OPEN_MATTERS].into_iter().flatten() {
        let Entry { code, means, remedy } = entry;
        let row = format!("- `{code}`: {means}.\n  What to do: {remedy}.\n");
        assert_eq!(page.matches(&row).count(), 1, "{row}");
    }
}

#[test]
fn every_reason_has_a_row() {
    let dispositions = source("src/determine/disposition.rs");
    let names = dispositions.split("\nimpl Reason {").nth(1).unwrap().split("\n}").next().unwrap();
    let reasons: BTreeSet<&str> =
        names.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(reasons, REASONS.iter().map(|entry| entry.code).collect());
}

/// Given where the problem is found, a code does not hang on the words of a message, which hold the
/// user's own.
#[test]
fn what_the_user_wrote_does_not_choose_the_code() {
    let folder = folder_of(&[
        ("meeting.json", MEETING),
        ("register.csv", "account,name,shares\na`is UTF-16`b,Ann,50\na`is UTF-16`b,Ben,50\n"),
        (
            "cards.csv",
            "card,account,received,1\nis not JSON,a`is UTF-16`b,2002-11-20,`there is no such file`\n\
             is not JSON,a`is UTF-16`b,2002-11-20,FOR\n",
        ),
    ]);
    let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let shown = stderr(&output);
    let codes: Vec<&str> =
        shown.lines().filter_map(|line| line.strip_suffix(']')?.rsplit('[').next()).collect();
    assert_eq!(codes, ["row_repeated", "mark", "row_repeated"], "{shown}");
}

/// A code that nothing gives is a row that describes nothing.
#[test]
fn every_code_is_given_somewhere() {
    let mut text = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let is_given = |name: &str, code: &dyn std::fmt::Debug| text.contains(&format!("{name}::{code:?}"));
    for code in Code::ALL {
        assert!(is_given("Code", code), "{code}");
    }
    for code in WarningCode::ALL {
        assert!(is_given("WarningCode", code), "{code}");
    }
    for code in MatterCode::ALL {
        assert!(is_given("MatterCode", code), "{code}");
    }
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
