//! Paper keyed twice: every difference between two keyings told cell by cell, whatever the slips; settling them
//! gives the deck; the file that is made of them is bound to them; corrections put rows right.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::random::Random;
use support::{copy_folder, fixtures, stderr, stdout};

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// A folder to work in.
struct Table {
    folder: tempfile::TempDir,
}

impl Table {
    fn new(files: &[(&str, &str)]) -> Self {
        Self { folder: support::folder_of(files) }
    }

    fn of_fixture() -> Self {
        let table = Self { folder: tempfile::tempdir().unwrap() };
        copy_folder(&fixtures().join("keying/paper"), table.folder.path());
        table
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(args)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    fn reconcile(&self, more: &[&str]) -> Output {
        self.run(&[&["reconcile", "first.csv", "second.csv"], more].concat())
    }
}

// ---- Random decks

type Deck = BTreeMap<String, BTreeMap<String, String>>;

const COLUMNS: [&str; 6] = ["account", "received", "signed", "2", "1.able", "shares"];
/// Texts that CSV makes something of are among them.
const WORDS: [&str; 8] = ["FOR", "AGAINST", "", "a,b", "say \"no\"", "1,000", "Zoë", "=1+1"];

fn deck(random: &mut Random) -> Deck {
    let count = random.below(12);
    let row = |random: &mut Random| -> BTreeMap<String, String> {
        COLUMNS.iter().map(|column| ((*column).to_owned(), WORDS[random.below(8)].to_owned())).collect()
    };
    (0..count).map(|number| (format!("C-{number:02}"), row(random))).collect()
}

/// A keying of a deck with slips: cells, cards left out, cards of no paper.
fn keyed(deck: &Deck, random: &mut Random) -> Deck {
    let mut keyed = deck.clone();
    for _ in 0..random.below(5) {
        let cards: Vec<String> = keyed.keys().cloned().collect();
        let Some(card) = (!cards.is_empty()).then(|| cards[random.below(cards.len())].clone()) else {
            continue;
        };
        match random.below(4) {
            0 => _ = keyed.remove(&card),
            1 => {
                let row = keyed.remove(&card).unwrap();
                keyed.insert(format!("{card}{}", random.below(3)), row);
            }
            _ => {
                let column = COLUMNS[random.below(COLUMNS.len())];
                let word = WORDS[random.below(8)].to_owned();
                keyed.get_mut(&card).unwrap().insert(column.to_owned(), word);
            }
        }
    }
    keyed
}

fn field(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A file of a deck: its columns and its rows in some order, some columns left out that say nothing.
fn file(deck: &Deck, clerk: &str, random: &mut Random) -> String {
    let mut columns: Vec<&str> = COLUMNS.to_vec();
    columns.retain(|column| *column == "account" || deck.values().any(|row| !row[*column].is_empty()));
    for place in (1..columns.len()).rev() {
        columns.swap(place, random.below(place + 1));
    }
    let mut cards: Vec<&String> = deck.keys().collect();
    for place in (1..cards.len()).rev() {
        cards.swap(place, random.below(place + 1));
    }
    let ends = ["\n", "\r\n"][random.below(2)];
    let mut text = format!("clerk,card,{}{ends}", columns.join(","));
    for card in cards {
        let cells: Vec<String> = columns.iter().map(|column| field(&deck[card][*column])).collect();
        text.push_str(&format!("{clerk},{},{}{ends}", field(card), cells.join(",")));
    }
    text
}

/// Every difference of two decks, found by looking at every cell: card, column, first, second.
fn differences(first: &Deck, second: &Deck) -> BTreeSet<[String; 4]> {
    let mut found = BTreeSet::new();
    let cards: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    for card in cards {
        let mut note = |column: &str, one: &str, other: &str| {
            found.insert([card, column, one, other].map(str::to_owned));
        };
        match (first.get(card), second.get(card)) {
            (Some(one), Some(other)) => {
                for column in COLUMNS.iter().filter(|column| one[**column] != other[**column]) {
                    note(column, &one[*column], &other[*column]);
                }
            }
            (Some(_), None) => note("card", card, ""),
            (None, _) => note("card", "", card),
        }
    }
    found
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn as_deck(text: &str) -> Deck {
    let rows = records(text);
    let place = |name: &str| rows[0].iter().position(|column| column == name);
    let cell = |row: &[String], name: &str| place(name).map_or(String::new(), |place| row[place].clone());
    let of = |row: &Vec<String>| {
        let cells = COLUMNS.iter().map(|column| ((*column).to_owned(), cell(row, column)));
        (cell(row, "card"), cells.collect())
    };
    rows[1..].iter().map(of).collect()
}

#[test]
fn any_two_keyings_are_told_cell_by_cell_and_settling_them_gives_the_deck() {
    let (mut alike, mut unlike) = (0, 0);
    for seed in 0..120 {
        let mut random = Random(seed);
        let deck = deck(&mut random);
        let (first, second) = (keyed(&deck, &mut random), keyed(&deck, &mut random));
        let (one, other) = (file(&first, "Amy", &mut random), file(&second, "Ben", &mut random));
        let table = Table::new(&[("first.csv", &one), ("second.csv", &other)]);
        let expected = differences(&first, &second);
        let output = table.reconcile(&["--format", "csv", "--out", "cards.csv"]);
        let told = records(&stdout(&output));
        assert_eq!(told[0], ["card", "column", "first", "second", "value", "by", "at", "reason"]);
        let rows: BTreeSet<[String; 4]> =
            told[1..].iter().map(|row| [0, 1, 2, 3].map(|place| row[place].clone())).collect();
        assert_eq!(rows, expected, "seed {seed}\n{one}\n{other}");
        assert_eq!(told.len() - 1, expected.len(), "seed {seed}: each is told once");
        if expected.is_empty() {
            alike += 1;
            assert_eq!(code(&output), Some(0), "seed {seed}: {}", stderr(&output));
        } else {
            unlike += 1;
            assert_eq!(code(&output), Some(4), "seed {seed}: {}", stderr(&output));
            assert!(!table.path("cards.csv").exists(), "seed {seed}: written while something is open");
            // From the paper: what the deck has there.
            let mut resolved = "card,column,value,by,at,reason\n".to_owned();
            for [card, column, _, _] in &expected {
                let value = match (column.as_str(), deck.get(card)) {
                    ("card", Some(_)) => card.clone(),
                    ("card", None) => String::new(),
                    (_, Some(row)) => row[column].clone(),
                    // Both keyed a card of no paper, with different cells: nothing on paper is right or wrong.
                    (_, None) => "x".to_owned(),
                };
                let cells = [card.as_str(), column, &value].map(field).join(",");
                resolved.push_str(&format!("{cells},Carl,2002-12-05T10:15,looked\n"));
            }
            table.write("resolved.csv", &resolved);
            let output = table.reconcile(&["--out", "cards.csv", "--resolved", "resolved.csv"]);
            assert_eq!(code(&output), Some(0), "seed {seed}: {}{}", stdout(&output), stderr(&output));
        }
        let made = as_deck(&table.read("cards.csv"));
        // Slips that both made alike, and cells of a card that one alone keyed, no comparison finds.
        for (card, row) in &made {
            for (column, cell) in row {
                let keyed_alike = |of: &Deck| of.get(card).is_none_or(|row| row[column] == *cell);
                let is_right = deck.get(card).is_some_and(|row| row[column] == *cell);
                let is_unseen = keyed_alike(&first) && keyed_alike(&second);
                assert!(is_right || is_unseen || !deck.contains_key(card), "seed {seed}: {card} {column}");
            }
        }
        for card in deck.keys().filter(|card| first.contains_key(*card) || second.contains_key(*card)) {
            assert!(made.contains_key(card), "seed {seed}: {card} is lost");
        }
        for card in made.keys().filter(|card| !deck.contains_key(*card)) {
            assert!(first.contains_key(card) && second.contains_key(card), "seed {seed}: {card} of no paper");
        }
    }
    assert!(alike > 5 && unlike > 50, "{alike} {unlike}");
}

/// One keying is the deck itself: settled from the paper, the file is the deck, to the cell.
#[test]
fn where_one_keying_is_right_the_file_is_the_deck() {
    for seed in 1000..1060 {
        let mut random = Random(seed);
        let deck = deck(&mut random);
        let slipped = keyed(&deck, &mut random);
        let is_first = random.below(2) == 0;
        let (one, other) = if is_first { (&deck, &slipped) } else { (&slipped, &deck) };
        let (a, b) = (file(one, "Amy", &mut random), file(other, "Ben", &mut random));
        let mut resolved = "card,column,value,by,at,reason\n".to_owned();
        for [card, column, first, second] in differences(one, other) {
            let value = if is_first { first } else { second };
            let cells = [&card, &column, &value].map(|cell| field(cell)).join(",");
            resolved.push_str(&format!("{cells},Carl,2002-12-05,looked\n"));
        }
        let table = Table::new(&[("first.csv", &a), ("second.csv", &b), ("resolved.csv", &resolved)]);
        let output = table.reconcile(&["--out", "cards.csv", "--resolved", "resolved.csv"]);
        assert_eq!(code(&output), Some(0), "seed {seed}: {}", stderr(&output));
        assert_eq!(as_deck(&table.read("cards.csv")), deck, "seed {seed}");
    }
}

// ---- What settles a difference

#[test]
fn a_difference_is_settled_by_a_third_person_once_and_with_a_reason() {
    let table = Table::of_fixture();
    let refused = |row: &str, said: &str| {
        table.write("r.csv", &format!("card,column,value,by,at,reason\n{row}\n"));
        let output = table.reconcile(&["--resolved", "r.csv", "--out", "new.csv"]);
        assert_eq!(code(&output), Some(1), "{row}: {}", stdout(&output));
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
        assert!(!table.path("new.csv").exists());
    };
    refused("K-002,1,FOR,amy,2002-12-05,seen", "r.csv:2: by: `amy` keyed one of the files");
    refused("K-002,1,FOR,Ben ,2002-12-05,seen", "by: `Ben` keyed one of the files");
    refused("K-002,1,FOR,,2002-12-05,seen", "r.csv:2: by: must not be empty");
    refused("K-002,1,FOR,Carl,,seen", "r.csv:2: at: must not be empty");
    refused("K-002,1,FOR,Carl,yesterday,seen", "`yesterday` is no date or time");
    refused("K-002,1,FOR,Carl,2002-12-05,", "r.csv:2: reason: must not be empty");
    refused("K-001,1,FOR,Carl,2002-12-05,seen", "the keyings do not differ on `K-001` in `1`");
    refused("K-002,dated,x,Carl,2002-12-05,seen", "the keyings do not differ on `K-002` in `dated`");
    refused("K-004,card,K-005,Carl,2002-12-05,seen", "r.csv:2: value: expected `K-004`");
    refused(
        "K-002,1,FOR,Carl,2002-12-05,seen\nK-002,1,AGAINST,Carl,2002-12-05,seen",
        "r.csv:3: card: it is already settled on line 2",
    );
    // Rows not filled in stay open.
    table.write("r.csv", "card,column,first,second,value,by,at,reason\nK-002,1,FOR,AGAINST,,,,\n");
    let output = table.reconcile(&["--resolved", "r.csv"]);
    assert_eq!(code(&output), Some(4));
    assert!(stdout(&output).ends_with("3 cards keyed twice: 3 differences, 3 open\n"), "{}", stdout(&output));
    // Two of three.
    let two = table.read("resolved.csv").lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    table.write("r.csv", &two);
    let output = table.reconcile(&["--resolved", "r.csv", "--out", "new.csv"]);
    assert_eq!(code(&output), Some(4));
    assert!(stdout(&output).contains("3 differences, 1 open"), "{}", stdout(&output));
    assert!(!table.path("new.csv").exists());
    // No such paper: the card is left out.
    let without = table.read("resolved.csv").replace("K-004,,K-004,", "K-004,,,");
    table.write("r.csv", &without);
    let output = table.reconcile(&["--resolved", "r.csv", "--out", "new.csv"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("settled: no such card, by C. Inspector"), "{}", stdout(&output));
    assert!(!table.read("new.csv").contains("K-004"));
}

#[test]
fn files_at_fault_are_refused_and_none_is_overwritten() {
    let table = Table::of_fixture();
    let twice = table.read("second.csv") + "K-001,1001,2002-12-05T09:10,yes,2002-12-04,pile 1,Ben,FOR\n";
    table.write("twice.csv", &twice);
    let output = table.run(&["reconcile", "first.csv", "twice.csv"]);
    assert_eq!(code(&output), Some(1));
    assert!(stderr(&output).contains("twice.csv:5: card: `K-001` is already on line 2 [row_repeated]"));
    table.write("headless.csv", "number,account\nK-001,1001\n");
    let output = table.run(&["reconcile", "first.csv", "headless.csv"]);
    assert!(stderr(&output).contains("headless.csv:1: card: the required column is missing"));
    table.write("short.csv", "card,account\nK-001\n\nK-002,\"1002\n");
    let said = stderr(&table.run(&["reconcile", "first.csv", "short.csv"]));
    for line in
        ["short.csv:2: has 1 fields", "short.csv:3: the line is blank", "short.csv:4: a quote is not closed"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(code(&table.run(&["reconcile", "first.csv", "first.csv"])), Some(2));
    assert_eq!(code(&table.run(&["reconcile", "first.csv", "nowhere.csv"])), Some(1));
    assert_eq!(code(&table.reconcile(&["--out", "second.csv", "--force"])), Some(2));
    let settled = ["--resolved", "resolved.csv", "--out", "cards.csv"];
    let output = table.reconcile(&settled);
    assert_eq!(code(&output), Some(1), "a file that exists stays");
    assert_eq!(code(&table.reconcile(&[&settled[..], &["--force"]].concat())), Some(0));
    // The same clerk twice is told.
    table.write("again.csv", &table.read("second.csv").replace(",Ben,", ",AMY,"));
    let output = table.run(&["reconcile", "first.csv", "again.csv"]);
    assert!(stderr(&output).contains("warning: 3 cards keyed both times by the same clerk, K-001 first"));
}

// ---- The certificate

fn certificate(table: &Table) -> Value {
    let output = table.run(&["tabulate", "--format", "json"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_certificate_names_both_keyings_and_how_they_were_settled() {
    let table = Table::of_fixture();
    let made = certificate(&table);
    // 1001 for; 1002 and 1003 against; 1004 abstains: 100, 200, 100.
    let item = &made["items"][0];
    assert_eq!([&item["for"], &item["against"], &item["abstain"]], ["100", "200", "100"]);
    let input = made["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "cards").unwrap();
    let digest = |name: &str| quorate::load::digest(&table.path(name)).unwrap();
    assert_eq!(input["keyed"]["differences"], 3);
    for (place, name) in ["first.csv", "second.csv"].into_iter().enumerate() {
        assert_eq!(input["keyed"]["files"][place]["path"], name);
        assert_eq!(input["keyed"]["files"][place]["sha256"], digest(name));
    }
    assert_eq!(input["keyed"]["resolved"]["sha256"], digest("resolved.csv"));
    let words = stdout(&table.run(&["tabulate"])).split_whitespace().collect::<Vec<_>>().join(" ");
    let resolved = digest("resolved.csv");
    assert!(
        words.contains(&format!("keyed twice, 3 differences settled by resolved.csv, SHA-256 {resolved};"))
    );
    // verify names what changed.
    assert_eq!(code(&table.run(&["tabulate", "--out", "out", "--quiet"])), Some(0));
    assert_eq!(code(&table.run(&["verify", "out", "."])), Some(0));
    let altered = table.read("resolved.csv").replace("the cross is", "a cross is");
    table.write("resolved.csv", &altered);
    let output = table.run(&["verify", "out", "."]);
    assert_eq!(code(&output), Some(4));
    assert!(stdout(&output).contains("input: resolved resolved.csv has changed"), "{}", stdout(&output));
}

#[test]
fn a_file_that_is_not_what_its_keyings_make_is_refused() {
    let refused = |name: &str, from: &str, to: &str, said: &str| {
        let table = Table::of_fixture();
        let text = table.read(name);
        assert!(text.contains(from), "{from}");
        table.write(name, &text.replacen(from, to, 1));
        let output = table.run(&["tabulate"]);
        assert_eq!(code(&output), Some(1), "{said}: {}", stdout(&output));
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
    };
    let not_made =
        "cards.csv: is not what `quorate reconcile` makes of `first.csv` and `second.csv` [keying_differs]";
    refused(
        "cards.csv",
        "K-001,1001,2002-12-05T09:10,yes,2002-12-04,pile 1,Amy; Ben,FOR",
        "K-001,1001,2002-12-05T09:10,yes,2002-12-04,pile 1,Amy; Ben,AGAINST",
        not_made,
    );
    refused("resolved.csv", "AGAINST,AGAINST,C.", "AGAINST,FOR,C.", not_made);
    refused(
        "second.csv",
        "Ben,FOR",
        "Ben,ABSTAIN",
        "cards.csv: 1 difference between `first.csv` and `second.csv` not settled",
    );
    refused("meeting.json", ", \"resolved\": \"resolved.csv\"", "", "cards.csv: 3 differences between");
    refused("meeting.json", "\"second.csv\"]", "\"first.csv\"]", "names one file twice");
    refused("meeting.json", "[\"first.csv\", \"second.csv\"]", "[\"first.csv\"]", "must name two files");
    refused("meeting.json", "\"keyed\": [\"first.csv\", \"second.csv\"], ", "", "goes with `keyed`");
    refused("meeting.json", "\"second.csv\"]", "\"gone.csv\"]", "gone.csv");
}

/// Keyings that `files` names are not told as files that nothing reads; others are.
#[test]
fn keyings_that_are_named_are_no_stray_files() {
    let table = Table::of_fixture();
    let without = table.read("meeting.json").replace(
        r#"{ "path": "cards.csv", "keyed": ["first.csv", "second.csv"], "resolved": "resolved.csv" }"#,
        r#""cards.csv""#,
    );
    table.write("meeting.json", &without);
    let said = stderr(&table.run(&["tabulate"]));
    for name in ["first.csv", "second.csv", "resolved.csv"] {
        assert!(said.contains(&format!("file_not_read: {name}")), "{name}: {said}");
    }
}

// ---- Corrections

fn corrected(rows: &str) -> (Option<i32>, String, Value) {
    let table = Table::of_fixture();
    let meeting = table.read("meeting.json").replace(
        r#"{ "path": "cards.csv", "keyed": ["first.csv", "second.csv"], "resolved": "resolved.csv" }"#,
        r#""keyed.csv""#,
    );
    for name in ["first.csv", "second.csv", "resolved.csv", "cards.csv"] {
        fs::remove_file(table.path(name)).unwrap();
    }
    table.write("meeting.json", &meeting);
    table.write("keyed.csv", &format!("card,account,received,1,correction\n{rows}"));
    let output = table.run(&["tabulate", "--format", "json"]);
    let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (code(&output), stderr(&output), value)
}

#[test]
fn a_later_row_puts_an_earlier_one_right() {
    let rows = "C1,1001,2002-12-04,FOR,\nC2,1002,2002-12-04,FOR,\nC3,1003,2002-12-04,FOR,\n\
                C2,1002,2002-12-04,AGAINST,replaces\nC3,1003,2002-12-04,FOR,withdraws\n\
                C2,1002,2002-12-04,ABSTAIN,replaces\n";
    let (exit, said, made) = corrected(rows);
    assert_eq!(exit, Some(0), "{said}");
    let item = &made["items"][0];
    assert_eq!([&item["for"], &item["against"], &item["abstain"]], ["100", "0", "100"]);
    assert_eq!(made["cards"]["read"], 2);
    let input = made["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "cards").unwrap();
    // C2 twice, C3 and what withdraws it.
    assert_eq!(input["corrected_rows"], 4);
    assert_eq!(input["rows"], 6);
    // Keyed again after it was withdrawn.
    let (exit, said, made) =
        corrected("C1,1001,2002-12-04,FOR,\nC1,1001,2002-12-04,FOR,withdraws\nC1,1001,2002-12-04,AGAINST,\n");
    assert_eq!(exit, Some(0), "{said}");
    assert_eq!(made["items"][0]["against"], "100");
}

#[test]
fn what_corrects_nothing_is_refused() {
    for (rows, said) in [
        (
            "C1,1001,2002-12-04,FOR,replaces\n",
            "keyed.csv:2: correction: no row of card `C1` stands before it",
        ),
        ("C1,1001,2002-12-04,FOR,\nC1,1001,2002-12-04,FOR,undo\n", "`undo` is not a correction"),
        ("C1,1001,2002-12-04,FOR,\nC1,1001,2002-12-04,FOR,\n", "`C1` is already on line 2"),
        (
            "C1,1001,2002-12-04,FOR,\nC1,1001,2002-12-04,FOR,withdraws\nC1,1001,2002-12-04,FOR,replaces\n",
            "keyed.csv:4: correction: no row of card `C1` stands before it",
        ),
    ] {
        let (exit, found, _) = corrected(rows);
        assert_eq!(exit, Some(1), "{rows}");
        assert!(found.contains(said), "{said}: {found}");
    }
}

/// Amy's card, and revocations of it; what became of the card.
fn revoked(rows: &str) -> (Option<i32>, String, Value) {
    let table = Table::new(&[
        ("meeting.json", MEETING),
        ("register.csv", "account,name,shares\n1001,Ann Able,60\n1002,Bob Baker,40\n"),
        ("cards.csv", "card,account,received,dated,1\nC1,1001,2002-11-20,2002-11-19,FOR\n"),
        ("revocations.csv", &format!("account,received,manner,dated,correction\n{rows}")),
    ]);
    let output = table.run(&["tabulate", "--format", "json"]);
    let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (code(&output), stderr(&output), value)
}

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "at_least": "1/3" },
  "rules": { "law": "california" }, "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
  "items": [{ "id": "1", "kind": "proposal", "standard": "majority_of_votes_cast" }] }"#;

/// A revocation that was keyed in error is taken back by a later row; of two that say the same one is left.
#[test]
fn a_later_row_takes_a_revocation_back() {
    let row = "1001,2002-12-01,written,2002-11-30,";
    let (exit, said, made) = revoked(&format!("{row}\n"));
    assert_eq!((exit, &made["cards"]["revoked"]), (Some(0), &1.into()), "{said}");
    let (exit, said, made) = revoked(&format!("{row}\n{row}withdraws\n"));
    assert_eq!(
        (exit, &made["cards"]["revoked"], &made["items"][0]["for"]),
        (Some(0), &0.into(), &"60".into()),
        "{said}"
    );
    let input =
        made["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "revocations").unwrap();
    assert_eq!((&input["rows"], &input["corrected_rows"]), (&2.into(), &2.into()));
    let (exit, said, made) = revoked(&format!("{row}\n{row}\n{row}withdraws\n"));
    assert_eq!((exit, &made["cards"]["revoked"]), (Some(0), &1.into()), "{said}");
    // Keyed again after it was taken back.
    let (exit, said, made) = revoked(&format!("{row}\n{row}withdraws\n{row}\n"));
    assert_eq!((exit, &made["cards"]["revoked"]), (Some(0), &1.into()), "{said}");
    for (rows, wanted) in [
        (format!("{row}withdraws\n"), "revocations.csv:2: correction: no row that is the same"),
        (
            format!("{row}\n{row}withdraws\n{row}withdraws\n"),
            "revocations.csv:4: correction: no row that is the same",
        ),
        (
            format!("{row}\n1001,2002-12-01,written,,withdraws\n"),
            "revocations.csv:3: correction: no row that is the same",
        ),
        (format!("{row}\n{row}replaces\n"), "`replaces` is not a correction of a revocation"),
    ] {
        let (exit, said, _) = revoked(&rows);
        assert_eq!(exit, Some(1), "{rows}");
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn keyings_are_compared_after_their_corrections() {
    let table = Table::of_fixture();
    let first = "card,account,1,clerk,correction\nC1,1001,FOR,Amy,\nC2,1002,FOR,Amy,\nC1,1001,AGAINST,Amy,replaces\n\
                 C2,1002,FOR,Amy,withdraws\n";
    table.write("first.csv", first);
    table.write("second.csv", "card,account,1,clerk\nC1,1001,AGAINST,Ben\n");
    let output = table.reconcile(&["--out", "new.csv"]);
    assert_eq!(code(&output), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert_eq!(table.read("new.csv"), "card,account,1,clerk\nC1,1001,AGAINST,Amy; Ben\n");
    assert!(Path::new(&table.path("new.csv")).exists());
}
