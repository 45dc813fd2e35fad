//! Whole certificates, as they are signed, and filings, as they are pasted, for fixtures that tell much: each
//! `expected/certificate.txt` is what `quorate tabulate` prints for its folder, beside it the page without its style
//! sheet and what is filed of it: Item 5.07 of Form 8-K, and for meetings before there was one Item 4 of Form 10-Q. Any
//! change of a word or a figure shows here as it shows to whoever signs or files. `QUORATE_GOLDEN=write` writes those
//! that are there anew; what changed is then read, line by line.
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

/// A page without its style sheet, which is looked at in a browser and would stand here eight times, and with every
/// fingerprint in it taken out, a row of groups on one line.
fn page_without_fingerprint(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").expect("a style sheet");
    let (_, after) = rest.split_once("</style>").expect("its end");
    let is_group = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let mut lines = Vec::new();
    for line in format!("{before}<style></style>{after}").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        // Markup may stand close to the first and the last group.
        let of =
            |word: &str| word.split(['<', '>']).find(|part| is_group(part)).unwrap_or_default().to_owned();
        let is_of_it = |at: usize| {
            let row = words[..at].iter().rev().take_while(|word| is_group(&of(word))).count()
                + words[at..].iter().take_while(|word| is_group(&of(word))).count();
            row >= 4
        };
        let masked = words.iter().enumerate().map(|(at, word)| {
            let group = of(word);
            if is_group(&group) && is_of_it(at) { word.replace(&group, "0000") } else { (*word).to_owned() }
        });
        lines.push(masked.collect::<Vec<_>>().join(" "));
    }
    lines.join("\n") + "\n"
}

/// How a document of a fixture is printed, and what of it is not held here.
type Document = (&'static str, &'static str, fn(&str) -> String);

const DOCUMENTS: [Document; 3] = [
    ("certificate.txt", "text", without_fingerprint),
    ("certificate.html", "html", page_without_fingerprint),
    ("item507.txt", "item507-text", without_fingerprint),
];
const BEFORE_2010: Document = ("10q-item4.md", "10q-item4", without_fingerprint);

#[test]
fn whole_documents_are_as_they_were_read() {
    let folders = golden();
    assert!(folders.len() >= 8, "{folders:?}");
    let is_written = std::env::var_os("QUORATE_GOLDEN").is_some_and(|value| value == "write");
    let mut failures = Vec::new();
    for folder in folders {
        let meeting: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(folder.join("meeting.json")).unwrap()).unwrap();
        let is_before = meeting["date"].as_str().unwrap() < "2010-02-28";
        for (name, format, shown) in DOCUMENTS.into_iter().chain(is_before.then_some(BEFORE_2010)) {
            let output = support::quorate(&["tabulate", folder.to_str().unwrap(), "--format", format]);
            assert!(matches!(output.status.code(), Some(0 | 3)), "{}", support::stderr(&output));
            let (path, found) = (folder.join("expected").join(name), shown(&support::stdout(&output)));
            if is_written {
                fs::write(&path, &found).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if expected != found {
                let folder = folder.file_name().unwrap().display();
                failures.push(format!("{folder}/{name}, {}", first_difference(&expected, &found)));
            }
        }
    }
    assert!(failures.is_empty(), "{} documents differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn only_the_fingerprint_and_the_styles_of_a_page_are_taken_out() {
    let page =
        "<style>p { color: 1234 }</style><p>Fingerprint: 0a1b ffff 1234 9876</p>\n<td>1234</td> 2002 of 1234";
    let masked = "<style></style><p>Fingerprint: 0000 0000 0000 0000</p>\n<td>1234</td> 2002 of 1234\n";
    assert_eq!(page_without_fingerprint(page), masked);
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
