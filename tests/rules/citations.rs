//! The rules against the sources and the tests: none without a home and a test.

use std::fs;
use std::path::{Path, PathBuf};

use quorate::rule::Rule;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The id of every rule.
fn ids() -> Vec<String> {
    Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect()
}

/// The Rust files below a folder.
fn sources(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn texts(folder: &str, without: &str) -> Vec<String> {
    let mut paths = Vec::new();
    sources(&root().join(folder), &mut paths);
    let before = paths.len();
    paths.retain(|path| !path.ends_with(without));
    assert_eq!(paths.len() + 1, before, "{without} is not where it was");
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Whether a text names an id, and not only a longer one such as `VAL-10` for `VAL-1`.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + id.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// The comments that stand directly above a `#[test]`.
fn comments_of_tests(text: &str) -> String {
    let mut comments = String::new();
    let mut above = String::new();
    for line in text.lines().map(str::trim) {
        if line == "#[test]" {
            comments.push_str(&above);
        } else if line.starts_with("///") {
            above.push_str(line);
            above.push('\n');
        } else {
            above.clear();
        }
    }
    comments
}

#[test]
fn every_rule_is_cited_and_tested() {
    let code = texts("src", "src/rule.rs");
    let tests: Vec<String> =
        texts("tests", "rules/citations.rs").iter().map(|text| comments_of_tests(text)).collect();
    let mut missing = Vec::new();
    for id in ids() {
        if !code.iter().any(|text| names(text, &id)) {
            missing.push(format!("{id} is named nowhere in src/ but in its list"));
        }
        if !tests.iter().any(|text| names(text, &id)) {
            missing.push(format!("{id} is named above no test"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_rule_that_is_cited_exists() {
    let ids = ids();
    let groups: Vec<&str> = ids.iter().map(|id| id.split_once('-').unwrap().0).collect();
    let is_of_a_group = |word: &str| {
        let Some((group, number)) = word.split_once('-') else { return false };
        groups.contains(&group) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    };
    let mut unknown = Vec::new();
    for text in texts("src", "src/rule.rs").iter().chain(&texts("tests", "rules/citations.rs")) {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        unknown.extend(
            words.filter(|word| is_of_a_group(word) && !ids.iter().any(|id| id == word)).map(str::to_owned),
        );
    }
    assert!(unknown.is_empty(), "no such rule: {}", unknown.join(", "));
}
