//! The schemas against what they describe: every meeting.json that is read and every certificate is
//! valid; the keys and columns are those that the reader knows.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use quorate::load::{Role, columns_of};
use serde_json::{Value, json};
use support::{copy_folder, fixtures, folder_of, quorate, stderr, stdout};

fn schema(of: &str) -> Value {
    let output = quorate(&["schema", of]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{of}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn validator(of: &str) -> Validator {
    let schema = schema(of);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{of} is no schema: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

fn errors(validator: &Validator, value: &Value) -> String {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    errors.join("\n")
}

fn meetings_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("meeting.json").is_file()).collect();
    folders.sort();
    folders
}

fn accepted_meetings() -> Vec<PathBuf> {
    let mut all = meetings_in(&fixtures());
    all.extend(meetings_in(&fixtures().join("published")));
    assert!(all.len() > 100, "only {} meetings were found", all.len());
    all
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_meeting_that_is_read_is_valid() {
    let validator = validator("meeting");
    for folder in accepted_meetings() {
        let found = errors(&validator, &read(&folder.join("meeting.json")));
        assert!(found.is_empty(), "{}\n{found}", folder.display());
    }
}

/// A meeting.json that is refused for a key, a kind or a required value is not valid either.
#[test]
fn what_the_reader_refuses_for_its_form_is_not_valid() {
    let validator = validator("meeting");
    let mut checked = 0;
    for folder in meetings_in(&fixtures().join("rejected")) {
        let Ok(text) = fs::read_to_string(folder.join("meeting.json")) else { continue };
        let Ok(meeting) = serde_json::from_str::<Value>(&text) else { continue };
        let said = fs::read_to_string(folder.join("expected/stderr.txt")).unwrap();
        let of_form = |line: &str| {
            let codes = [
                "key_unknown",
                "key_missing",
                "key_misplaced",
                "value_kind",
                "amount_as_number",
                "word_unknown",
            ];
            line.starts_with("error: meeting.json:")
                && !line.contains("is nested more than")
                && codes.iter().any(|code| line.ends_with(&format!("[{code}]")))
        };
        if said.lines().any(of_form) {
            checked += 1;
            assert!(!validator.is_valid(&meeting), "{} is valid, but\n{said}", folder.display());
        }
    }
    assert!(checked > 20, "only {checked} were found");
}

/// A meeting with every object in which keys are known, each with its required keys only.
fn bare() -> Value {
    json!({
        "company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "classes": [{ "id": "a", "outstanding": "1" }], "quorum": { "more_than": "1/2" },
        "rules": {}, "appointed": { "by": "B" }, "proxy_forms": [{ "id": "f" }], "files": {}, "columns": {},
        "proportional": [{ "account": "z", "as": { "class": "a" } }], "expect": { "register": {}, "rulings": {} },
        "items": [
            { "id": "1", "kind": "election", "seats": 1, "nominees": [{ "id": "x" }],
              "cumulative": { "notice": { "by": "x", "given": "2024-05-14T09:45" } },
              "policy": { "resignation_if": "withheld_exceeds_for" }, "tie": { "by": "lot", "source": "S" } },
            { "id": "2", "kind": "frequency", "choices": [{ "id": "y" }] },
            { "id": "3", "kind": "proposal", "standard": { "more_than": "1/2", "of": "present" },
              "quorum": { "all_of": [{ "at_least": "1/3" }] },
              "voting_groups": [{ "classes": ["a"], "standard": "majority_of_present" }] }
        ]
    })
}

/// The keys that the reader knows in an object: those that are there, and those that it proposes for an
/// unknown one.
fn known_keys(at: &str) -> BTreeSet<String> {
    const UNKNOWN: &str = "qqqqqqqqqqqqqqqqqqqqqqqq";
    let mut meeting = bare();
    let object = meeting.pointer_mut(at).unwrap().as_object_mut().unwrap();
    let mut keys: BTreeSet<String> = object.keys().cloned().collect();
    object.insert(UNKNOWN.to_owned(), json!("x"));
    let folder = folder_of(&[
        ("meeting.json", &meeting.to_string()),
        ("register.csv", "account,name,shares\n1,A,1\n"),
    ]);
    let text = stderr(&quorate(&["tabulate", folder.path().to_str().unwrap()]));
    let line = text
        .lines()
        .find(|line| line.contains("is not a known key"))
        .unwrap_or_else(|| panic!("{at}: {text}"));
    let proposed = line.split("; expected ").nth(1).unwrap_or("");
    assert!(!proposed.contains('…'), "the list is cut: {line}");
    keys.extend(proposed.split('`').skip(1).step_by(2).map(str::to_owned));
    keys
}

/// Where an object stands in a meeting, and where its properties stand in the schema.
const OBJECTS: [(&str, &str); 23] = [
    ("", "/properties"),
    ("/classes/0", "/$defs/class/properties"),
    ("/quorum", "/$defs/quorum/properties"),
    ("/rules", "/$defs/rules/properties"),
    ("/proxy_forms/0", "/$defs/proxy_form/properties"),
    ("/items/0", "/$defs/item/properties"),
    ("/items/0/nominees/0", "/$defs/nominee/properties"),
    ("/items/0/cumulative", "/$defs/cumulative/properties"),
    ("/items/0/cumulative/notice", "/$defs/cumulative/properties/notice/anyOf/0/properties"),
    ("/items/0/policy", "/$defs/item/properties/policy/anyOf/0/properties"),
    ("/proportional/0", "/properties/proportional/items/properties"),
    ("/proportional/0/as", "/properties/proportional/items/properties/as/oneOf/1/properties"),
    ("/items/0/tie", "/$defs/item/properties/tie/anyOf/0/properties"),
    ("/items/1/choices/0", "/$defs/choice/properties"),
    ("/items/2/quorum/all_of/0", "/$defs/quorum_test/properties"),
    ("/items/2/standard", "/$defs/expression/properties"),
    ("/items/2/voting_groups/0", "/$defs/voting_group/properties"),
    ("/files", "/properties/files/properties"),
    ("/appointed", "/properties/appointed/properties"),
    ("/columns", "/properties/columns/properties"),
    ("/expect", "/$defs/expect/properties"),
    ("/expect/register", "/$defs/expect/properties/register/properties"),
    ("/expect/rulings", "/$defs/expect/properties/rulings/properties"),
];

#[test]
fn the_keys_of_the_schema_are_those_that_the_reader_knows() {
    let schema = schema("meeting");
    let validator = validator("meeting");
    assert_eq!(errors(&validator, &bare()), "");
    for (at, properties) in OBJECTS {
        let keys: BTreeSet<String> = schema
            .pointer(properties)
            .unwrap_or_else(|| panic!("{properties}"))
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, known_keys(at), "{at}");
        let mut meeting = bare();
        meeting.pointer_mut(at).unwrap().as_object_mut().unwrap().insert("unknown".to_owned(), json!("x"));
        assert!(!validator.is_valid(&meeting), "an unknown key in `{at}` is valid");
    }
    // Every object of the schema whose keys are fixed is among them.
    let text = schema.to_string();
    let fixed = text.matches("\"additionalProperties\":false").count();
    // `expect` has one for each of its seven roles, of which two are asked above; and three for files with layouts or keyings.
    assert_eq!(fixed, OBJECTS.len() + 8);
}

#[test]
fn every_certificate_is_valid_and_one_with_an_unknown_key_is_not() {
    let validator = validator("certificate");
    let mut one = None;
    for folder in accepted_meetings() {
        let output = quorate(&["tabulate", "--quiet", folder.to_str().unwrap(), "--format", "json"]);
        let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let found = errors(&validator, &certificate);
        assert!(found.is_empty(), "{}\n{found}", folder.display());
        one = Some(certificate);
    }
    let output = quorate(&[
        "tabulate",
        "--quiet",
        fixtures().join("g1").to_str().unwrap(),
        "--as-of",
        "2002-05-01",
        "--format",
        "json",
    ]);
    assert_eq!(errors(&validator, &serde_json::from_str(&stdout(&output)).unwrap()), "");
    let drawn = tempfile::tempdir().unwrap();
    copy_folder(&fixtures().join("tie_by_lot"), drawn.path());
    let row = "1,dale;beech;clay,slips,2002-05-14T11:30,A. Inspector,B. Holder\n";
    fs::write(drawn.path().join("lots.csv"), format!("item,order,method,at,by,witnesses\n{row}")).unwrap();
    let output = quorate(&["tabulate", drawn.path().to_str().unwrap(), "--quiet", "--format", "json"]);
    let by_lot: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(by_lot["items"][0]["lot"]["order"], json!(["dale", "beech", "clay"]));
    assert_eq!(errors(&validator, &by_lot), "");
    let one = one.unwrap();
    for at in ["", "/meeting", "/quorum", "/items/0", "/cards", "/ledger", "/program"] {
        let mut certificate = one.clone();
        certificate.pointer_mut(at).unwrap().as_object_mut().unwrap().insert("unknown".to_owned(), json!(1));
        assert!(!validator.is_valid(&certificate), "an unknown key in `{at}` is valid");
    }
    let mut rounded = one;
    rounded["quorum"]["present"] = json!("1.50");
    assert!(!validator.is_valid(&rounded), "amounts have no superfluous zeros");
}

#[test]
fn the_columns_of_the_table_schemas_are_those_that_the_reader_knows() {
    for role in Role::ALL {
        let schema = schema(role.name());
        let fields = schema["fields"].as_array().unwrap();
        let names: BTreeSet<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(names, columns_of(role).into_iter().collect(), "{}", role.name());
        assert!(
            fields.iter().all(|field| field["description"].as_str().is_some_and(|text| text.ends_with('.')))
        );
    }
}

/// A header without a required column is refused for exactly these.
#[test]
fn the_required_columns_are_those_that_the_reader_misses() {
    for role in Role::ALL {
        let schema = schema(role.name());
        let required: BTreeSet<String> = schema["fields"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|field| field["constraints"]["required"] == true)
            .map(|field| field["name"].as_str().unwrap().to_owned())
            .collect();
        let optional = columns_of(role)
            .into_iter()
            .filter(|name| !required.contains(*name))
            .collect::<Vec<_>>()
            .join(",");
        let register = "account,name,shares\n1,A,1\n".to_owned();
        let header = format!("{optional}\n");
        let mut files = vec![("meeting.json", bare().to_string())];
        if role == Role::Register {
            files.push(("register.csv", header));
        } else {
            files.extend([("register.csv", register), (role.default_file(), header)]);
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let text = stderr(&quorate(&["check", folder_of(&files).path().to_str().unwrap()]));
        let missed: BTreeSet<String> = text
            .lines()
            .filter(|line| line.contains("the required column is missing"))
            .filter_map(|line| line.split(": ").nth(2).map(str::to_owned))
            .collect();
        assert_eq!(missed, required, "{}: {text}", role.name());
    }
}
