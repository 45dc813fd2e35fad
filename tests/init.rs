//! The meetings that `init` begins with check clean and tabulate to the figures of their README, worked
//! out by hand there; nothing that exists is touched.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{differences, quorate, stderr, stdout};

fn init(folder: &Path, template: &str) -> std::process::Output {
    quorate(&["init", folder.to_str().unwrap(), "--template", template])
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Makes a template's meeting, checks it, and compares its certificate with what is expected.
fn tabulates(template: &str, expected: &Value) {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("meeting");
    let output = init(&folder, template);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    let folder = folder.to_str().unwrap();
    let checked = quorate(&["check", folder]);
    assert_eq!((checked.status.code(), stderr(&checked)), (Some(0), String::new()));
    assert!(stdout(&checked).contains("no problems found\n"), "{}", stdout(&checked));
    let tabulated = quorate(&["tabulate", folder, "--format", "json"]);
    assert_eq!((tabulated.status.code(), stderr(&tabulated)), (Some(0), String::new()));
    let found: Value = serde_json::from_slice(&tabulated.stdout).unwrap();
    let mut wrong = Vec::new();
    differences("certificate", expected, &found, &mut wrong);
    assert!(wrong.is_empty(), "{template}: {}", wrong.join("\n"));
}

#[test]
fn the_annual_meeting_adds_up() {
    // 120 + 80 + 60 + 240 + 200 + 100 thousand present; hale loses 80 + 200; item 2: 120 + 240 + 100
    // against 80 + 200; item 3 without the ballot's 100.
    tabulates(
        "annual",
        &json!({
            "status": "certified", "warnings": [],
            "quorum": { "outstanding": "1000000", "required": "500001", "present": "800000", "met": true },
            "cards": { "read": 8, "counted": 6, "superseded": 1, "rejected": 1 },
            "items": [
                { "elected": ["ito", "novak", "hale"], "nominees": [
                    { "id": "hale", "for": "520000", "withheld": "280000", "not_voted": "0" },
                    { "id": "ito", "for": "800000", "withheld": "0" },
                    { "id": "novak", "for": "800000", "withheld": "0" } ] },
                { "for": "460000", "against": "280000", "abstain": "60000", "outcome": "approved",
                  "tests": [{ "base": "800000", "needed": "400001" }] },
                { "for": "700000", "against": "100000", "outcome": "approved" }
            ]
        }),
    );
}

#[test]
fn the_contested_election_adds_up() {
    tabulates(
        "contested",
        &json!({
            "status": "certified", "warnings": [],
            "quorum": { "outstanding": "500000", "required": "250001", "present": "450000", "met": true },
            "cards": { "read": 8, "counted": 7, "superseded": 1 },
            "items": [
                { "elected": ["adams", "chen", "dunn"], "nominees": [
                    { "id": "adams", "for": "380000" }, { "id": "boyle", "for": "180000" },
                    { "id": "chen", "for": "260000" }, { "id": "dunn", "for": "240000" },
                    { "id": "ellis", "for": "200000" } ] },
                { "for": "340000", "against": "70000", "abstain": "40000", "outcome": "approved",
                  "tests": [{ "base": "410000", "needed": "205001" }] }
            ]
        }),
    );
}

#[test]
fn the_cumulative_election_adds_up() {
    tabulates(
        "cumulative",
        &json!({
            "status": "certified", "warnings": [],
            "quorum": { "outstanding": "10000", "required": "5001", "present": "9200", "met": true },
            "cards": { "read": 5, "counted": 5 },
            "items": [
                { "voting": "cumulative", "elected": ["avila", "dunne", "brook"],
                  "cumulative": { "pool": "27600", "cast": "27600", "unused": "0" },
                  "nominees": [
                    { "id": "avila", "for": "10410" }, { "id": "brook", "for": "8250" },
                    { "id": "cole", "for": "0" }, { "id": "dunne", "for": "8940" } ] },
                { "for": "5500", "against": "2500", "abstain": "1200", "outcome": "approved",
                  "tests": [{ "base": "10000", "needed": "5001" }] }
            ]
        }),
    );
}

#[test]
fn the_meeting_in_street_name_adds_up() {
    tabulates(
        "street",
        &json!({
            "status": "certified", "warnings": [],
            "quorum": { "outstanding": "2000000", "required": "1000001", "present": "1710000", "met": true },
            "cards": { "read": 4, "counted": 4 },
            "items": [
                { "elected": ["rowe", "quill"], "nominees": [
                    { "id": "quill", "for": "1230000", "withheld": "180000", "broker_non_votes": "300000" },
                    { "id": "rowe", "for": "1340000", "withheld": "70000", "broker_non_votes": "300000" } ] },
                { "for": "930000", "against": "450000", "abstain": "30000", "broker_non_votes": "300000",
                  "outcome": "approved", "tests": [{ "base": "1410000", "needed": "705001" }] },
                { "for": "1690000", "against": "15000", "abstain": "5000", "broker_non_votes": "0" }
            ]
        }),
    );
}

/// Ames 120, Ortiz 80, the trust 60 and Lee 40 thousand by cards; Harbor 350 of its 400 and Prairie 150 of its
/// 300 by totals: 800 thousand. Marsh: every card, 200 + 90. Okafor: Ames and Lee, 240 + 60. Item 2: Ames and
/// the trust, 300 + 140; against it Ortiz, 30 + 10; Lee abstains, and 20.
#[cfg(feature = "xlsx")]
#[test]
fn the_meeting_in_foreign_files_adds_up() {
    tabulates(
        "foreign",
        &json!({
            "status": "certified", "warnings": [],
            "quorum": { "outstanding": "1000000", "required": "500001", "present": "800000", "met": true },
            "cards": { "read": 4, "counted": 4 },
            "items": [
                { "elected": ["marsh", "okafor"], "nominees": [
                    { "id": "marsh", "for": "590000", "withheld": "60000", "broker_non_votes": "150000", "not_voted": "0" },
                    { "id": "okafor", "for": "460000", "withheld": "190000", "broker_non_votes": "150000", "not_voted": "0" } ] },
                { "for": "620000", "against": "120000", "abstain": "60000", "broker_non_votes": "0",
                  "outcome": "approved", "tests": [{ "base": "800000", "needed": "400001" }] }
            ]
        }),
    );
}

/// What each foreign file of the template holds, in quorate's own columns, read there by eye.
#[cfg(feature = "xlsx")]
#[test]
fn the_foreign_files_are_read_cell_by_cell() {
    let work = tempfile::tempdir().unwrap();
    let (folder, own) = (work.path().join("meeting"), work.path().join("own"));
    init(&folder, "foreign");
    let converted = quorate(&["convert", folder.to_str().unwrap(), "--out", own.to_str().unwrap()]);
    assert_eq!(converted.status.code(), Some(0), "{}", stderr(&converted));
    let texts: Vec<String> = names(&own)
        .iter()
        .filter(|name| name.ends_with(".csv") && *name != "conversion.csv")
        .map(|name| fs::read_to_string(own.join(name)).unwrap())
        .collect();
    let all = texts.concat();
    for row in [
        "0000104417,RENÉE AMES,120000,individual\n",
        "0000104441,HARBOR NOMINEES,400000,nominee\n",
        "0000104417101,0000104417,2025-05-28T16:05:00,internet,FOR,FOR,FOR\n",
        "0000104425102,0000104425,2025-05-30T09:10:00,telephone,FOR,WITHHOLD,AGAINST\n",
        "D-201,0000104433,2025-06-09,proxy,mail,yes,2025-06-05,FOR,WITHHOLD,FOR\n",
        "D-202,0000104458,2025-06-12T10:05:00,ballot,in_person,,,FOR,FOR,ABSTAIN\n",
        "0000104441,1,WITHHOLD,10000,okafor\n",
        "0000104466,2,AGAINST,10000,\n",
    ] {
        assert!(all.contains(row), "{row}{all}");
    }
}

/// The README of the foreign template tells every file of its folder, and its meeting.json every layout.
#[test]
fn the_foreign_readme_tells_every_file() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("meeting");
    init(&folder, "foreign");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let meeting = fs::read_to_string(folder.join("meeting.json")).unwrap();
    for name in names(&folder).iter().filter(|name| !["README.md", "meeting.json"].contains(&name.as_str())) {
        assert!(meeting.contains(&format!("\"{name}\"")), "{name}");
        let is_layout = name.ends_with(".layout.json");
        assert!(is_layout || readme.contains(&format!("| `{name}` |")), "{name}");
    }
}

/// The README beside the files has a row for every key that its meeting.json and every column that its
/// CSV files use.
#[test]
fn the_readme_explains_every_key_and_column() {
    for template in ["annual", "contested", "cumulative", "street"] {
        let work = tempfile::tempdir().unwrap();
        let folder = work.path().join("meeting");
        init(&folder, template);
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        let meeting: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("meeting.json")).unwrap()).unwrap();
        let mut keys: Vec<String> = meeting.as_object().unwrap().keys().cloned().collect();
        for list in ["items", "proxy_forms", "classes"] {
            let objects = meeting[list].as_array().unwrap().iter().filter_map(Value::as_object);
            keys.extend(objects.flat_map(|object| object.keys().cloned()));
        }
        for name in names(&folder).iter().filter(|name| name.ends_with(".csv")) {
            assert!(readme.contains(&format!("`{name}`")), "{template}: {name}");
            let text = fs::read_to_string(folder.join(name)).unwrap();
            let header = text.lines().next().unwrap();
            keys.extend(header.split(',').filter(|h| !h.starts_with(char::is_numeric)).map(str::to_owned));
        }
        for key in keys {
            let is_there = ["`", "].", "]."].iter().any(|before| readme.contains(&format!("{before}{key}`")));
            assert!(is_there, "{template}: README.md says nothing of `{key}`");
        }
    }
}

#[test]
fn nothing_that_exists_is_touched() {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("notes.txt"), "mine").unwrap();
    let refused = init(work.path(), "annual");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("already exists and is not empty; nothing was written"));
    assert_eq!(names(work.path()), ["notes.txt"]);
    let file = work.path().join("notes.txt");
    assert_eq!(init(&file, "annual").status.code(), Some(1));
    assert_eq!(init(&file.join("below"), "annual").status.code(), Some(1));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(names(work.path()), ["notes.txt"]);
}

#[test]
fn an_empty_folder_and_a_deep_one_are_filled_and_nothing_else_is_left() {
    let work = tempfile::tempdir().unwrap();
    let files = ["README.md", "cards.csv", "meeting.json", "register.csv"];
    assert_eq!(init(work.path(), "annual").status.code(), Some(0));
    assert_eq!(names(work.path()), files);
    let deep = work.path().join("2025").join("annual");
    assert_eq!(init(&deep, "cumulative").status.code(), Some(0));
    assert_eq!(names(&deep), files);
    assert_eq!(names(deep.parent().unwrap()), ["annual"]);
    let usage = init(&work.path().join("x"), "special");
    assert_eq!(usage.status.code(), Some(2));
    assert!(!work.path().join("x").exists());
}
