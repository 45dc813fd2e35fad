//! Input that means harm: formulas for the spreadsheet that opens the ledger, ids that look like
//! others, JSON and trees of great depth, texts made to collide in a hash table. (Names with terminal
//! escapes, links and pipes are in `cli.rs`; paths that leave the folder in `fixtures/rejected`.)
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use support::{folder_of, quorate, stderr, stdout};
use tempfile::TempDir;

const MEETING: &str = r#"{
  "company": "Example Corporation",
  "title": "Annual Meeting",
  "date": "2002-12-05",
  "time_zone": "America/Los_Angeles",
  "record_date": "2002-11-01",
  "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "outstanding": "OUTSTANDING" }],
  "quorum": { "more_than": "1/2" },
  "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
  "items": [ITEM]
}
"#;
const ITEM: &str = r#"{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }"#;

fn meeting(outstanding: u64, item: &str, files: &[(&str, &str)]) -> TempDir {
    let json = MEETING.replace("OUTSTANDING", &outstanding.to_string()).replace("ITEM", item);
    folder_of(&[&[("meeting.json", json.as_str())], files].concat())
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

/// Every cell of every CSV document that a spreadsheet would run begins with an apostrophe instead.
#[test]
fn no_cell_of_a_document_runs_as_a_formula() {
    let formulas = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"];
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,2\n".to_owned();
    for (place, formula) in formulas.iter().enumerate() {
        writeln!(register, "{formula},{formula},10").unwrap();
        writeln!(cards, "{formula},{formula},2002-11-20,FOR").unwrap();
        writeln!(cards, "={place},{formula},2002-11-21,FOR").unwrap();
    }
    let folder = meeting(40, ITEM, &[("register.csv", &register), ("cards.csv", &cards)]);
    let out = folder.path().join("out");
    let output = quorate(&["tabulate", path(&folder), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, rows) in [("ledger.csv", 8), ("exceptions.csv", 4)] {
        let records: Vec<_> =
            csv::Reader::from_path(out.join(name)).unwrap().into_records().map(Result::unwrap).collect();
        assert_eq!(records.len(), rows, "{name}");
        for cell in records.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell}");
        }
        assert!(records.iter().any(|record| &record[3] == "'=cmd|'/C calc'!A0"), "{name}: {records:?}");
    }
}

/// The second account holds a zero-width space, the third a no-break space; the nominee's id a Cyrillic letter.
#[test]
fn ids_that_look_alike_are_shown_in_a_warning_and_counted_apart() {
    let item =
        r#"{ "id": "1", "kind": "election", "seats": 1, "nominees": [{ "id": "bell" }, { "id": "bеll" }] }"#;
    let register = "account,name,shares\nA 1,Ann,10\nA 1\u{200b}x,Bob,20\nA\u{a0}1,Cy,30\n";
    let cards = "card,account,received,1.bell,1.bеll\nC1,A 1,2002-11-20,FOR,\nC2,A\u{a0}1,2002-11-20,,FOR\n";
    let folder = meeting(60, item, &[("register.csv", register), ("cards.csv", cards)]);
    let output = quorate(&["tabulate", path(&folder), "--format", "json"]);
    assert_eq!(
        stderr(&output),
        "warning: hidden_characters: 2 account numbers hold characters that cannot be seen: `A 1\\u{200b}x`, \
         `A\\u{a0}1`\n\
         warning: ids_look_alike: 1 account number looks like another and counts apart: `A\\u{a0}1` like `A 1`\n\
         warning: ids_look_alike: 1 nominee id looks like another and counts apart: `b\\u{435}ll` like `bell`\n"
    );
    let certificate: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let nominees = &certificate["items"][0]["nominees"];
    assert_eq!((&nominees[0]["for"], &nominees[1]["for"]), (&"10".into(), &"30".into()));
    assert_eq!(certificate["warnings"].as_array().unwrap().len(), 3);
}

/// A header that looks right and is not says which character is not.
#[test]
fn a_header_that_looks_right_is_shown_by_its_code() {
    let register = "account,name,shares\nA1,Ann,10\n";
    let cards = "card,account\u{200b},received,2\nC1,A1,2002-11-20,FOR\n";
    let folder = meeting(10, ITEM, &[("register.csv", register), ("cards.csv", cards)]);
    let output = quorate(&["check", path(&folder)]);
    assert!(
        stderr(&output).contains("`account\\u{200b}` is not a column of this file"),
        "{}",
        stderr(&output)
    );
}

/// Depth costs nothing but the rows: each account passes all it has to the next, 50,000 times; and
/// 50,000 accounts get a share each from one.
#[test]
fn a_tree_of_any_depth_or_breadth_is_counted() {
    let last = 50_000;
    let mut deep = "holder,account,name,shares\nR,P1,P1,50000\n".to_owned();
    let mut broad = "holder,account,name,shares\nR,P1,P1,1\n".to_owned();
    for place in 2..=last {
        writeln!(deep, "P{},P{place},P{place},50000", place - 1).unwrap();
        writeln!(broad, "R,P{place},P{place},1").unwrap();
    }
    let register = "account,name,shares,registration\nR,Cede & Co.,50000,nominee\n";
    let cards = format!("card,account,received,2\nC1,P{last},2002-11-20,FOR\n");
    for (omnibus, votes) in [(deep, "50000"), (broad, "1")] {
        let files = [("register.csv", register), ("omnibus.csv", &omnibus), ("cards.csv", &cards)];
        let folder = meeting(50_000, ITEM, &files);
        let output = quorate(&["tabulate", path(&folder), "--format", "json"]);
        let certificate: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(certificate["items"][0]["for"], votes, "{}", stderr(&output));
        let explained = quorate(&["explain", path(&folder), "--account", &format!("P{last}")]);
        assert_eq!(explained.status.code(), Some(0), "{}", stderr(&explained));
    }
}

/// Rows cannot multiply: what is passed on is taken from what the holder has left.
#[test]
fn an_omnibus_that_gives_more_than_it_has_is_refused() {
    let register = "account,name,shares,registration\nR,Cede & Co.,100,nominee\n";
    let omnibus = "holder,account,name,shares\nR,P1,P1,60\nR,P2,P2,60\n";
    let folder = meeting(100, ITEM, &[("register.csv", register), ("omnibus.csv", omnibus)]);
    let output = quorate(&["check", path(&folder)]);
    assert!(
        stderr(&output)
            .starts_with("error: omnibus.csv:3: shares: `60` is more than the 40 that `R` has left")
    );
}

/// An object of 200,000 keys, and one of 100,000 pairs of the same key: read in time, not in its square.
#[test]
fn very_many_keys_are_refused_without_delay() {
    let keys: String = (0..200_000).map(|place| format!("\"k{place}\": null,")).collect();
    let twice: String = "\"a\": null,".repeat(200_000);
    for (keys, sum) in [(&keys, None), (&twice, Some("199,999"))] {
        let columns = format!("{{ \"columns\": {{ \"cards\": {{ {keys} \"z\": null }} }},");
        let json = MEETING.replace("OUTSTANDING", "10").replace("ITEM", ITEM).replacen('{', &columns, 1);
        let register = "account,name,shares\nA1,Ann,10\n";
        let folder = folder_of(&[("meeting.json", &json), ("register.csv", register)]);
        let output = quorate(&["check", path(&folder)]);
        match sum {
            None => assert_eq!(output.status.code(), Some(0), "{}", stderr(&output)),
            Some(sum) => assert!(stderr(&output).contains(&format!("error: {sum} problems in 1 file"))),
        }
    }
}

/// Ten thousand unknown headers against the columns of fifty thousand nominees.
#[test]
fn very_many_unknown_headers_are_refused_without_delay() {
    let nominees: Vec<String> = (0..100).map(|name| format!("{{ \"id\": \"nominee{name}\" }}")).collect();
    let item = |id: u32| {
        let nominees = nominees.join(",");
        format!(
            "{{ \"id\": \"item{id}\", \"kind\": \"election\", \"seats\": 1, \"nominees\": [{nominees}] }}"
        )
    };
    let items: Vec<String> = (0..500).map(item).collect();
    let headers: String = (0..9_000).map(|place| format!(",item{place}.nominee{place}x")).collect();
    let cards = format!("card,account,received{headers}\n");
    let register = "account,name,shares\nA1,Ann,10\n";
    let folder = meeting(10, &items.join(","), &[("register.csv", register), ("cards.csv", &cards)]);
    let output = quorate(&["check", path(&folder)]);
    assert!(stderr(&output).contains("error: 9,000 problems in 1 file; "), "{}", stderr(&output));
}

/// Hash tables keyed by the user's texts are seeded at random in each run, so that no file can be made
/// to collide: nothing in the source names a hasher without a seed or with a fixed one.
#[test]
fn tables_of_the_users_texts_are_hashed_with_a_random_seed() {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                sources(&entry, found);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push(fs::read_to_string(entry).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 60);
    for word in
        ["FixedState", "BuildHasherDefault", "with_seed", "with_seeds", "FxHash", "DefaultHasher::new"]
    {
        assert!(!found.iter().any(|source| source.contains(word)), "`{word}` stands in the source");
    }
}

/// 65,536 account numbers with one and the same sum of 31-fold letters, the classic collision (`Aa`
/// and `BB`), are counted like any others.
#[test]
fn accounts_made_to_collide_are_counted_like_others() {
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,2\n".to_owned();
    for place in 0..1_u32 << 16 {
        let account: String = (0..16).map(|bit| if place >> bit & 1 == 1 { "Aa" } else { "BB" }).collect();
        writeln!(register, "{account},Holder,1").unwrap();
        writeln!(cards, "{account},{account},2002-11-20,FOR").unwrap();
    }
    let folder = meeting(1 << 16, ITEM, &[("register.csv", &register), ("cards.csv", &cards)]);
    let output = quorate(&["tabulate", path(&folder)]);
    assert!(stdout(&output).contains("65,536 for, of 65,536 votes cast"), "{}", stderr(&output));
}

/// More rows of one account than two bytes count: each but the first is a problem, and none a panic.
#[test]
fn an_account_named_very_many_times_is_refused() {
    let mut register = "account,name,shares\n".to_owned();
    (0..70_000).for_each(|_| register.push_str("A1,Bob,1\n"));
    let cards = "card,account,received,2\nC1,A1,2002-11-20,FOR\n";
    let folder = meeting(70_000, ITEM, &[("register.csv", &register), ("cards.csv", cards)]);
    let output = quorate(&["tabulate", path(&folder)]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).starts_with("error: register.csv:3: account: `A1` is already on line 2 ["),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("69,999 problems"), "{}", stderr(&output));
}
