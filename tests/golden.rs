//! Whole certificates, as they are signed, for fixtures that tell much: each `expected/certificate.txt` is what
//! `quorate tabulate` prints for its folder. Any change of a word or a figure shows here as it shows to whoever
//! signs. `QUORATE_GOLDEN=write` writes those that are there anew; what changed is then read, line by line.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::PathBuf;

/// The fixtures that have a whole certificate.
fn golden() -> Vec<PathBuf> {
    let folders = fs::read_dir(support::fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        folders.filter(|folder| folder.join("expected/certificate.txt").is_file()).collect();
    found.sort();
    found
}

/// A certificate with its fingerprint taken out, which tests of its own hold against certificate.json: it
/// changes with every key of that, and no reader could check it here.
fn without_fingerprint(text: &str) -> String {
    let is_group = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let mut lines = Vec::new();
    for line in text.lines() {
        let is_of_it = line.trim_start().starts_with("Fingerprint")
            || (!line.trim().is_empty() && line.split_whitespace().all(is_group));
        let masked: Vec<&str> =
            line.split(' ').map(|word| if is_of_it && is_group(word) { "0000" } else { word }).collect();
        lines.push(masked.join(" "));
    }
    lines.join("\n") + "\n"
}

/// The first line that differs, with its number.
fn first_difference(expected: &str, found: &str) -> String {
    let none = "(the end)";
    let (mut expected, mut found) = (expected.lines(), found.lines());
    for line in 1.. {
        let pair = (expected.next(), found.next());
        if pair.0 != pair.1 || pair.0.is_none() {
            return format!("line {line}:\n- {}\n+ {}", pair.0.unwrap_or(none), pair.1.unwrap_or(none));
        }
    }
    String::new()
}

#[test]
fn whole_certificates_are_as_they_were_read() {
    let folders = golden();
    assert!(folders.len() >= 8, "{folders:?}");
    let is_written = std::env::var_os("QUORATE_GOLDEN").is_some_and(|value| value == "write");
    let mut failures = Vec::new();
    for folder in folders {
        let output = support::quorate(&["tabulate", folder.to_str().unwrap(), "--format", "text"]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", support::stderr(&output));
        let (path, found) =
            (folder.join("expected/certificate.txt"), without_fingerprint(&support::stdout(&output)));
        if is_written {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        if expected != found {
            let name = folder.file_name().unwrap().display();
            failures.push(format!("{name}, {}", first_difference(&expected, &found)));
        }
    }
    assert!(failures.is_empty(), "{} certificates differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn only_the_fingerprint_is_taken_out() {
    let text = "Fingerprint of these results: 0a1b\n  ffff 1234\n\n2002 votes 1234\nFingerprint abcd\n";
    let masked = "Fingerprint of these results: 0000\n  0000 0000\n\n2002 votes 1234\nFingerprint 0000\n";
    assert_eq!(without_fingerprint(text), masked);
}

#[test]
fn the_first_line_that_differs_is_told() {
    assert_eq!(first_difference("a\nb\n", "a\nc\n"), "line 2:\n- b\n+ c");
    assert_eq!(first_difference("a\n", "a\nb\n"), "line 2:\n- (the end)\n+ b");
}
