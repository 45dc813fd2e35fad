//! One folder per input error in `fixtures/rejected`: the complete standard error, exit code 1,
//! nothing on standard output, nothing written. `UPDATE_GOLDEN=1` refreshes the expected texts; their
//! differences are to be read one by one.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use quorate::catalogue::{PROBLEMS, of_code};

/// The cases by name.
fn cases() -> Vec<String> {
    let entries = fs::read_dir(rejected()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(names.len() >= 60, "only {} folders were found", names.len());
    names.into_iter().collect()
}

fn rejected() -> PathBuf {
    support::fixtures().join("rejected")
}

/// Runs the program in the folder of the cases, so that messages hold no path of the machine.
fn quorate(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(args).current_dir(rejected()).output().expect("the program starts")
}

fn expected(name: &str) -> PathBuf {
    rejected().join(name).join("expected/stderr.txt")
}

/// Where two texts differ, line by line.
fn by_line(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut text = String::new();
    for place in 0..expected.len().max(found.len()) {
        let (wanted, got) = (expected.get(place), found.get(place));
        if wanted != got {
            writeln!(text, "      line {}: expected {}", place + 1, wanted.unwrap_or(&"nothing")).unwrap();
            writeln!(text, "      line {}: found    {}", place + 1, got.unwrap_or(&"nothing")).unwrap();
        }
    }
    text
}

/// What is wrong with how a case was refused.
fn refusal(name: &str, into: &Path) -> Vec<String> {
    let out = into.join(name);
    let output = quorate(&["tabulate", name, "--out", out.to_str().unwrap()]);
    let found = support::stderr(&output);
    let mut wrong = Vec::new();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(expected(name).parent().unwrap()).unwrap();
        fs::write(expected(name), &found).unwrap();
    }
    let wanted = fs::read_to_string(expected(name)).unwrap_or_default();
    if wanted != found {
        wrong.push(format!("standard error differs:\n{}", by_line(&wanted, &found)));
    }
    if output.status.code() != Some(1) {
        wrong.push(format!("exit code {:?} instead of 1", output.status.code()));
    }
    if !output.stdout.is_empty() {
        wrong.push(format!("standard output is not empty: {}", support::stdout(&output)));
    }
    if fs::read_dir(&out).is_ok_and(|mut entries| entries.next().is_some()) {
        wrong.push("something was written".to_owned());
    }
    wrong
}

#[test]
fn every_input_error_is_refused_with_its_complete_message() {
    let work = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    let names = cases();
    for name in &names {
        let wrong = refusal(name, work.path());
        if !wrong.is_empty() {
            failures.push(format!("quorate tabulate fixtures/rejected/{name}\n    {}", wrong.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), names.len(), failures.join("\n"));
}

#[test]
fn check_reports_the_same_problems() {
    let problems = |output: &Output| {
        let text = support::stderr(output);
        let lines: Vec<String> =
            text.lines().filter(|line| line.starts_with("error: ")).map(str::to_owned).collect();
        lines[..lines.len() - 1].to_vec()
    };
    for name in cases() {
        let (checked, tabulated) = (quorate(&["check", &name]), quorate(&["tabulate", &name]));
        assert_eq!(problems(&checked), problems(&tabulated), "{name}");
        assert_eq!(checked.status.code(), Some(1), "{name}");
        assert!(checked.stdout.is_empty(), "{name}: {}", support::stdout(&checked));
    }
}

/// `file:line: column: what [code]`, in lower case, without a full stop, and last the sum. Every code
/// has a case, but for what is too large to keep as one.
#[test]
fn every_message_has_the_form_of_a_message_and_a_code() {
    let mut seen = BTreeSet::new();
    for name in cases() {
        let text = fs::read_to_string(expected(&name)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (last, problems) = lines.split_last().unwrap();
        let sum = if problems.len() == 1 { "error: 1 problem in 1 file; " } else { "error: " };
        assert!(last.starts_with(sum) && last.ends_with("; nothing was tabulated"), "{name}: {last}");
        assert!(!problems.is_empty(), "{name} has a sum and no problem");
        for line in problems {
            let message = line.strip_prefix("error: ").unwrap_or_else(|| panic!("{name}: {line}"));
            if !message.starts_with("… and ") {
                let (said, code) = message.rsplit_once(" [").unwrap_or_else(|| panic!("{name}: {line}"));
                let code = code.strip_suffix(']').unwrap_or_else(|| panic!("{name}: {line}"));
                assert!(of_code(PROBLEMS, code).is_some(), "{name}: no such code: {line}");
                assert!(!said.ends_with('.'), "{name} ends in a full stop: {line}");
                seen.insert(code.to_owned());
            }
            assert!(!message.contains("``"), "{name} quotes nothing: {line}");
            assert!(!message.chars().any(char::is_control), "{name} holds a control character: {line}");
            for word in ["invalid", "failed to", "please"] {
                let own_words: String = message.split('`').step_by(2).collect();
                assert!(!own_words.contains(word), "{name} says `{word}`: {line}");
            }
        }
    }
    let codes = PROBLEMS.iter().map(|entry| entry.code);
    let unseen: Vec<&str> = codes.filter(|code| !seen.contains(*code)).collect();
    // A pipe, lines that are too long and JSON that is too deep are met in other tests.
    // Those of layouts are met in tests/layouts.rs.
    let of_layouts =
        |code: &&str| code.starts_with("layout_") || matches!(*code, "control_total" | "workbook");
    // Those of cards keyed twice and of correcting rows are met in tests/keying.rs.
    let of_keying =
        |code: &&str| matches!(*code, "correction_refused" | "resolution_refused" | "keying_differs");
    let unseen: Vec<&str> = unseen.into_iter().filter(|code| !of_layouts(code) && !of_keying(code)).collect();
    assert_eq!(unseen, ["file_unreadable", "file_limit", "json_depth"]);
}

#[test]
fn the_list_of_cases_is_complete() {
    let readme = fs::read_to_string(rejected().join("README.md")).unwrap();
    let listed: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, cases());
}

/// What is too large to keep as a fixture.
#[test]
fn lines_and_headers_that_are_too_long_are_refused() {
    let base =
        |name: &str| fs::read_to_string(rejected().join("register_one_share_over").join(name)).unwrap();
    let long = format!("account,name,shares\n1001,{},60\n1002,Bob Baker,40\n", "x".repeat(1 << 20));
    let wide = format!("account,name,shares{}\n", ",x".repeat(10_000));
    let fields = format!("account,name,shares\n1001,\"Ann Able\"{}\n", ",x".repeat(10_000));
    for (register, message) in [
        (long, "register.csv:2: the line has 1048584 bytes; at most 1048576 are read [file_limit]"),
        (wide, "register.csv:1: has 10003 columns; at most 10000 are read [file_limit]"),
        (fields, "register.csv:2: the row has more than 10000 fields [file_limit]"),
    ] {
        let folder = support::folder_of(&[
            ("meeting.json", &base("meeting.json")),
            ("cards.csv", &base("cards.csv")),
            ("register.csv", &register),
        ]);
        let output = support::quorate(&["tabulate", folder.path().to_str().unwrap()]);
        let wanted = format!("error: {message}\nerror: 1 problem in 1 file; nothing was tabulated\n");
        assert_eq!(support::stderr(&output), wanted);
        assert_eq!(output.status.code(), Some(1));
    }
}

/// A file of bad rows must not fill the memory or the screen.
#[test]
fn of_very_many_problems_the_first_are_shown_and_all_are_counted() {
    let base =
        |name: &str| fs::read_to_string(rejected().join("register_one_share_over").join(name)).unwrap();
    let mut cards = "card,account,received,1,2\n".to_owned();
    for number in 0..6_000 {
        writeln!(cards, "C{number},1001,2002-11-20,FOR,yes").unwrap();
    }
    let folder = support::folder_of(&[
        ("meeting.json", &base("meeting.json")),
        ("register.csv", &base("register.csv")),
        ("cards.csv", &cards),
    ]);
    let text = support::stderr(&support::quorate(&["tabulate", folder.path().to_str().unwrap()]));
    assert_eq!(text.lines().count(), 52);
    assert!(text.lines().nth(49).unwrap().starts_with("error: cards.csv:50: 2: `yes` "), "{text}");
    let end = "error: … and 5,951 more problems\nerror: 6,001 problems in 2 files; nothing was tabulated\n";
    assert!(text.ends_with(end), "{text}");
}
