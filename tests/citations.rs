//! A certificate cites the law in force at its meeting, written out, and nothing else.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{copy_folder, fixtures, quorate, stderr};

/// Each law with how its code is cited.
const CODES: [(&str, &str); 3] =
    [("california", "Cal. Corp. Code"), ("delaware", "Del. C."), ("model_act", "Model Act")];

/// Every document of a meeting, with its name.
fn documents(meeting: &Path) -> Vec<(String, String)> {
    let out = tempfile::tempdir().unwrap();
    let output =
        quorate(&["tabulate", meeting.to_str().unwrap(), "--out", out.path().to_str().unwrap(), "--quiet"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}: {}", meeting.display(), stderr(&output));
    let entries = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries
        .map(|path| (name(&path), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()))
        .collect()
}

fn law(meeting: &Path) -> String {
    let text = fs::read_to_string(meeting.join("meeting.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["rules"]["law"].as_str().unwrap_or("california").to_owned()
}

/// Words like `P18` or `T-08`: numbers of papers that nobody has.
fn is_number_of_a_paper(word: &str) -> bool {
    let digits = word.strip_prefix(['P', 'T']).map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    digits.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the documents cite that they must not.
fn complaints(meeting: &Path) -> Vec<String> {
    let law = law(meeting);
    let mut found = Vec::new();
    for (name, text) in documents(meeting) {
        let at = format!("{} under {law}, {name}", meeting.display());
        for (_, code) in CODES.iter().filter(|(other, _)| *other != law) {
            if let Some(line) = text.lines().find(|line| line.contains(code)) {
                found.push(format!("{at}: {code} in {}", line.trim()));
            }
        }
        if text.contains("the statement") {
            found.push(format!("{at}: the statement"));
        }
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        found.extend(words.filter(|word| is_number_of_a_paper(word)).map(|word| format!("{at}: {word}")));
    }
    found
}

#[test]
fn every_certificate_cites_the_law_in_force() {
    let entries = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut meetings: Vec<_> = entries.filter(|path| path.join("meeting.json").is_file()).collect();
    meetings.sort();
    assert!(meetings.len() > 50, "only {} meetings were found", meetings.len());
    let found: Vec<String> = meetings.iter().flat_map(|meeting| complaints(meeting)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The same papers under each law.
#[test]
fn the_same_papers_under_another_law_cite_that_one() {
    for name in ["point360", "point360-cumulative", "joint_holders_statute", "street_overvote_policies"] {
        for (law, code) in CODES {
            let folder = tempfile::tempdir().unwrap();
            copy_folder(&fixtures().join(name), folder.path());
            let path = folder.path().join("meeting.json");
            let mut json: serde_json::Value =
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            json["rules"]["law"] = law.into();
            // The notice of the cumulated meeting was given as California asks it.
            json["rules"]["cumulative_notice"] = "at_meeting".into();
            fs::write(&path, json.to_string()).unwrap();
            let found = complaints(folder.path());
            assert!(found.is_empty(), "{name}: {}", found.join("\n"));
            let texts: String = documents(folder.path()).into_iter().map(|(_, text)| text).collect();
            assert!(texts.contains(code), "{name} under {law} does not cite {code}");
        }
    }
}

/// Point.360's shares are registered under Section 12: § 604 is not for it (§ 604(d)), and the SEC's
/// rules on forms of proxy are. A company whose shares are not is told the other way round.
#[test]
fn section_604_is_cited_only_where_it_applies() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&fixtures().join("point360-cumulative"), folder.path());
    let texts = |folder: &Path| -> String { documents(folder).into_iter().map(|(_, text)| text).collect() };
    let registered = texts(folder.path());
    assert!(!registered.contains("§ 604"), "§ 604 is cited");
    assert!(registered.contains("SEC Rule 14a-4(b)(2)"));
    let path = folder.path().join("meeting.json");
    let mut json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    json["rules"]["exchange_act"] = "not_registered".into();
    fs::write(&path, json.to_string()).unwrap();
    let other = texts(folder.path());
    assert!(other.contains("Cal. Corp. Code § 604(b)"));
    assert!(!other.contains("SEC Rule"), "the SEC's rules are cited");
}

/// Every file below a folder whose name ends so.
fn files_below(folder: &Path, endings: &[&str], into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, endings, into);
        } else if endings.iter().any(|ending| path.extension().is_some_and(|found| found == *ending)) {
            into.push(path);
        }
    }
}

/// Nothing leans on a paper that is not here: comments, fixtures and pages name rules, sections and
/// cases.
#[test]
fn the_repository_names_no_paper_that_is_not_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md"), root.join("Cargo.toml")];
    for (folder, endings) in [("src", ["rs", "md"]), ("tests", ["rs", "md"]), ("fixtures", ["md", "json"])] {
        files_below(&root.join(folder), &endings, &mut files);
    }
    files.retain(|path| !path.ends_with("tests/citations.rs"));
    assert!(files.len() > 300, "only {} files were found", files.len());
    let mut found = Vec::new();
    for path in files {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        // What stands in quotes in a program is data: an account, an hour.
        let is_program = path.extension().is_some_and(|ending| ending == "rs");
        for (place, line) in text.lines().enumerate() {
            let said =
                if is_program { line.split_once("//").map_or("", |(_, comment)| comment) } else { line };
            let words = said.split(|c: char| !(c.is_ascii_alphanumeric() || "-.:".contains(c)));
            let is_foreign = |word: &str| {
                let word = word.trim_end_matches([':', '.']);
                is_number_of_a_paper(word) || ["rules.md", "formats.md", "domain.md"].contains(&word)
            };
            let mut words = words.filter(|word| is_foreign(word));
            found.extend(words.next().map(|word| format!("{}:{}: {word}", path.display(), place + 1)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
