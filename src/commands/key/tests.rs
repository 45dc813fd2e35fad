//! Every step of the form on a screen that is none, of 80 columns and 24 lines.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::desk::{Desk, Pressed};
use super::screen::{draw, open};
use crate::cli::{Files, KeyIn};

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "name": "Common", "outstanding": "300" }], "quorum": { "more_than": "1/2" },
  "rules": { "law": "california" },
  "proxy_forms": [{ "id": "board", "unmarked": { "2": "for" }, "ballot_cast": "2002-12-05T10:40" }],
  "items": [
    { "id": "1", "kind": "election", "title": "Directors", "seats": 2,
      "nominees": [{ "id": "x", "name": "Xenia" }, { "id": "y", "name": "Yves" }],
      "cumulative": { "notice": { "by": "1001", "given": "2002-12-05T09:00" } } },
    { "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }] }"#;
const REGISTER: &str = "account,name,shares\n1001,Ann Able,100\n1002,Bob Baker,100\n1003,Carol Cook,100\n";
const CARDS: &str = "card,account,received,dated,2\nM-1,1002,2002-12-01,2002-11-30,AGAINST\n";

struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in [("meeting.json", MEETING), ("register.csv", REGISTER), ("cards.csv", CARDS)] {
            fs::write(room.path(name), text).unwrap();
        }
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn args(&self, into: &str) -> KeyIn {
        let files = Files {
            meeting: self.folder.path().to_owned(),
            register: Vec::new(),
            cards: Vec::new(),
            omnibus: Vec::new(),
            street: Vec::new(),
            revocations: Vec::new(),
            rulings: Vec::new(),
            threads: Some(1),
        };
        KeyIn {
            files,
            into: Some(self.path(into)),
            blind: None,
            against: None,
            clerk: "Amy".to_owned(),
            batch: Some("pile 1".to_owned()),
            received: Some("2002-12-05T09:30".to_owned()),
        }
    }
}

fn typed(desk: &mut Desk, keys: &str) {
    for letter in keys.chars() {
        let key = match letter {
            '\n' => Pressed::Enter,
            '\u{8}' => Pressed::Back,
            letter => Pressed::Letter(letter),
        };
        desk.press(key).unwrap();
    }
}

/// What stands on the screen, a line each.
fn screen(desk: &Desk) -> String {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| draw(frame, &desk.view())).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..80).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
    (0..24).map(|y| line(y) + "\n").collect()
}

fn shows(desk: &Desk, text: &str) {
    let shown = screen(desk);
    assert!(shown.contains(text), "{text} is not on\n{shown}");
}

fn file(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// Keys a card of an account to the first mark.
fn to_marks(desk: &mut Desk, account: &str, card: &str) {
    // account, card, received kept, kind p, medium m, dated, signed y, shares blank, irrevocable blank.
    typed(desk, &format!("{account}\n{card}\n\npm2002-12-04\ny\n\n"));
}

#[test]
fn a_holder_is_found_by_account_name_and_control_number() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    shows(&desk, "> account");
    typed(&mut desk, "able");
    shows(&desk, "> 1001  Ann Able");
    typed(&mut desk, "\n");
    shows(&desk, "1001  Ann Able");
    shows(&desk, "100 shares of Common");
    shows(&desk, "> card");
    desk.press(Pressed::Escape).unwrap();
    typed(&mut desk, "M-1");
    shows(&desk, "> 1002  of card M-1");
    typed(&mut desk, "\n");
    // What came from them already.
    shows(&desk, "M-1: counted");
    desk.press(Pressed::Escape).unwrap();
    typed(&mut desk, "100");
    desk.press(Pressed::Down).unwrap();
    shows(&desk, "> 1002  Bob Baker");
    typed(&mut desk, "\u{8}\u{8}\u{8}\n");
    shows(&desk, "type or scan an account");
}

#[test]
fn one_key_is_a_mark_and_the_pool_counts_down() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    to_marks(&mut desk, "1001", "K-1");
    shows(&desk, "> 1 ");
    // 100 shares, two seats: 200 votes.
    shows(&desk, "pool 200: 200 left");
    typed(&mut desk, "\n150");
    shows(&desk, "pool 200: 50 left");
    typed(&mut desk, "\n60");
    shows(&desk, "pool 200: OVER by 10");
    typed(&mut desk, "\u{8}\u{8}50");
    shows(&desk, "pool 200: 0 left");
    shows(&desk, "Yves");
    typed(&mut desk, "\n");
    shows(&desk, "> 2 ");
    shows(&desk, "f FOR  a AGAINST  b ABSTAIN");
    typed(&mut desk, "a");
    shows(&desk, "This card, if it is saved:");
    shows(&desk, "this card: counted");
    assert_eq!(file(&room.path("k.csv")).lines().count(), 1, "nothing is saved before Enter");
    typed(&mut desk, "\n");
    shows(&desk, "SAVED K-1");
    let saved = file(&room.path("k.csv"));
    assert_eq!(
        saved.lines().nth(1).unwrap(),
        "1001,K-1,2002-12-05T09:30,proxy,,mail,2002-12-04,yes,,,,,,150,50,AGAINST,pile 1,Amy,"
    );
    shows(&desk, "1 card in ");
}

#[test]
fn what_the_card_would_do_is_shown_before_it_is_saved() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    to_marks(&mut desk, "1002", "K-1");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "this card: counted");
    shows(&desk, "M-1: superseded by card K-1");
    desk.press(Pressed::Escape).unwrap();
    shows(&desk, "> 2 ");
    // Late: the same card received after the polls closed.
    desk.press(Pressed::Escape).unwrap();
    typed(&mut desk, "1003\nK-2\n");
    typed(&mut desk, &"\u{8}".repeat(16));
    typed(&mut desk, "2002-12-05T11:01\npm2002-12-04\ny\n\n\n\n\nf");
    shows(&desk, "rejected");
}

#[test]
fn a_card_is_held_to_the_rules_of_the_loader() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    // A number that is there, a date that does not exist, a mark that is none.
    typed(&mut desk, "1003\nM-1\n\npm2002-02-30\ny\n\n\n\n\nf");
    shows(&desk, "[date_or_time]");
    assert_eq!(file(&room.path("k.csv")).lines().count(), 1);
    typed(&mut desk, &"\u{8}".repeat(10));
    desk.press(Pressed::Escape).unwrap();
    to_marks(&mut desk, "1003", "M-1");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "`M-1` is already on");
    shows(&desk, "> card");
    typed(&mut desk, "0");
    for _ in 0..13 {
        desk.press(Pressed::Enter).unwrap();
    }
    shows(&desk, "SAVED M-10");
}

#[test]
fn undo_adds_a_row_that_withdraws_and_the_file_counts_without_it() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    desk.press(Pressed::Undo).unwrap();
    shows(&desk, "nothing was keyed that could be taken back");
    to_marks(&mut desk, "1003", "K-1");
    typed(&mut desk, "\n\n\nf\n");
    shows(&desk, "SAVED K-1");
    desk.press(Pressed::Undo).unwrap();
    shows(&desk, "Take back K-1?");
    typed(&mut desk, "n");
    assert_eq!(file(&room.path("k.csv")).lines().count(), 2);
    desk.press(Pressed::Undo).unwrap();
    typed(&mut desk, "y");
    shows(&desk, "WITHDRAWN K-1");
    let lines: Vec<String> = file(&room.path("k.csv")).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "the first row stays");
    assert_eq!(lines[2], format!("{}withdraws", lines[1]));
    shows(&desk, "0 cards in ");
    // Keyed again, and a new run finds what stands.
    to_marks(&mut desk, "1003", "K-1");
    typed(&mut desk, "\n\n\na\n");
    drop(desk);
    let desk = open(&room.args("k.csv")).unwrap();
    shows(&desk, "1 card in ");
}

#[test]
fn the_totals_of_the_batch_are_those_of_the_slip() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    for (account, card) in [("1001", "K-1"), ("1003", "K-2")] {
        to_marks(&mut desk, account, card);
        typed(&mut desk, "\n\n\nf\n");
    }
    desk.press(Pressed::Totals).unwrap();
    shows(&desk, "Batch pile 1");
    shows(&desk, "  cards   2");
    shows(&desk, "  shares  200");
    desk.press(Pressed::Enter).unwrap();
    shows(&desk, "> account");
    desk.press(Pressed::Quit).unwrap();
    assert!(desk.is_over());
}

#[test]
fn the_second_keying_stops_where_it_differs_from_the_first() {
    let room = Room::new();
    let mut desk = open(&room.args("first.csv")).unwrap();
    to_marks(&mut desk, "1003", "K-1");
    typed(&mut desk, "\n\n\nf\n");
    drop(desk);
    let args = KeyIn {
        into: None,
        blind: Some(room.path("second.csv")),
        against: Some(room.path("first.csv")),
        clerk: "Ben".to_owned(),
        ..room.args("first.csv")
    };
    let mut desk = open(&args).unwrap();
    to_marks(&mut desk, "1003", "K-1");
    typed(&mut desk, "\n\n\na");
    shows(&desk, "DIFFERS FROM THE FIRST KEYING");
    shows(&desk, "2: you `AGAINST`, first `FOR`");
    desk.press(Pressed::Escape).unwrap();
    typed(&mut desk, &"\u{8}".repeat(7));
    typed(&mut desk, "f");
    assert!(!screen(&desk).contains("DIFFERS"), "{}", screen(&desk));
    typed(&mut desk, "\n");
    to_marks(&mut desk, "1001", "K-9");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "the first keying has no card K-9");
}

#[test]
fn a_row_that_was_cut_off_is_taken_away_and_nothing_else() {
    let room = Room::new();
    let mut desk = open(&room.args("k.csv")).unwrap();
    to_marks(&mut desk, "1003", "K-1");
    typed(&mut desk, "\n\n\nf\n");
    drop(desk);
    let whole = file(&room.path("k.csv"));
    for cut in ["1001", "1001,K-2,2002-12-05T09:30,proxy,,mail,2002-12-04,yes,,,,,,,,FOR,pile 1,Amy,"] {
        fs::write(room.path("k.csv"), format!("{whole}{cut}")).unwrap();
        drop(open(&room.args("k.csv")).unwrap());
        assert_eq!(file(&room.path("k.csv")), whole);
    }
    // Two clerks do not key into one file, and a file of other columns is none of this form's.
    let desk = open(&room.args("k.csv")).unwrap();
    assert!(open(&room.args("k.csv")).err().unwrap().to_string().contains("by another run"));
    drop(desk);
    fs::write(room.path("other.csv"), "card,account,received\n").unwrap();
    assert!(open(&room.args("other.csv")).err().unwrap().to_string().contains("other columns"));
}
