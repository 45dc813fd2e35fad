//! The room's screen on a terminal that is none, as its files change.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::screen::{draw, open, step};
use super::seen::{Look, Seen};
use crate::cli::{Files, Watch};

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": null,
  "classes": [{ "id": "common", "name": "Common", "outstanding": "300" }], "quorum": { "more_than": "1/2" },
  "rules": { "law": "california" }, "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
  "items": [
    { "id": "1", "kind": "election", "title": "Directors", "seats": 1,
      "nominees": [{ "id": "x", "name": "Xenia" }, { "id": "y", "name": "Yves" }] },
    { "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }] }"#;
const REGISTER: &str = "account,name,shares\n1001,Ann Able,100\n1002,Bob Baker,120\n1003,Carol Cook,80\n";
const CARDS: &str = "card,account,received,dated,1.x,2\nC-1,1001,2002-12-01,2002-11-30,FOR,FOR\n";

/// A room whose clock is moved by hand.
struct Room {
    folder: tempfile::TempDir,
    now: Instant,
}

impl Room {
    fn new() -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap(), now: Instant::now() };
        room.write("meeting.json", MEETING);
        room.write("register.csv", REGISTER);
        room.write("cards.csv", CARDS);
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn watch(&mut self) -> Seen {
        let files = Files {
            meeting: self.folder.path().to_owned(),
            register: Vec::new(),
            cards: Vec::new(),
            omnibus: Vec::new(),
            street: Vec::new(),
            revocations: Vec::new(),
            rulings: Vec::new(),
            lots: Vec::new(),
            threads: Some(1),
        };
        let seen = open(&Watch { files, out: Some(self.path("room")) }).unwrap();
        self.now = seen.counted_at;
        seen
    }

    /// Looks once, so long after the look before.
    fn look(&mut self, seen: &mut Seen, milliseconds: u64) -> Look {
        self.now += Duration::from_millis(milliseconds);
        step(seen, Some(&self.path("room")), self.now)
    }

    fn screen(&self, seen: &Seen) -> String {
        self.screen_of(seen, 80, 24, 0)
    }

    fn screen_of(&self, seen: &Seen, width: u16, height: u16, first: usize) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, seen, first, self.now)).unwrap();
        let buffer = terminal.backend().buffer();
        assert!(buffer.content().iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
        let line = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
        (0..height).map(|y| line(y) + "\n").collect()
    }

    #[track_caller]
    fn shows(&self, seen: &Seen, text: &str) {
        let shown = self.screen(seen);
        assert!(shown.contains(text), "{text} is not on\n{shown}");
    }
}

#[test]
fn the_screen_shows_quorum_items_cards_and_open_matters() {
    let mut room = Room::new();
    let seen = room.watch();
    room.shows(&seen, "Example | Annual Meeting | PRELIMINARY");
    // More than half of 300 are 151.
    room.shows(&seen, "100 of 300 present (33.33%), 151 required: NO QUORUM YET, 51 votes still");
    // 74 letters for 300 votes: 100 are 24.67 of them, 151 are 37.25.
    room.shows(&seen, &format!("[{}{}|{}]", "#".repeat(24), ".".repeat(13), ".".repeat(36)));
    room.shows(&seen, "1. Directors");
    room.shows(&seen, "leading for the seat: Xenia 100.");
    room.shows(&seen, "2. Auditor");
    room.shows(&seen, "100 for; its standard is met so far.");
    room.shows(&seen, "1 card: 1 counted");
    room.shows(&seen, "Open: polls open");
}

#[test]
fn a_file_that_changed_is_counted_once_it_rests_and_what_came_is_told() {
    let mut room = Room::new();
    let mut seen = room.watch();
    assert_eq!(room.look(&mut seen, 200), Look::Same);
    room.write("cards.csv", &format!("{CARDS}C-2,1002,2002-12-01,2002-11-30,,AGAINST\n"));
    assert_eq!(room.look(&mut seen, 200), Look::Same, "it may still grow");
    room.write("cards.csv", &format!("{CARDS}C-2,1002,2002-12-01,2002-11-30,FOR,AGAINST\n"));
    assert_eq!(room.look(&mut seen, 200), Look::Same, "it did");
    assert_eq!(room.look(&mut seen, 200), Look::Counted);
    assert_eq!(room.look(&mut seen, 200), Look::Same);
    // 220 of 300 are 73.33 %; 100 for, 120 against.
    room.shows(&seen, "220 of 300 present (73.33%), 151 required: a quorum is present");
    room.shows(&seen, "just now: 1 card came in, 120 votes more present");
    // Of 220 votes cast 111 are needed; as more FOR are cast, 121 are more than 120.
    room.shows(&seen, "100 for; 11 more needed for its standard");
    room.shows(&seen, "21 further votes for would carry it");
    room.shows(&seen, "item 2: its standard is not");
    room.shows(&seen, "Xenia 220, leading");
    room.now += Duration::from_secs(185);
    room.shows(&seen, "3 minutes ago: 1 card came in");
    // A revocation: a file that was not there.
    room.write("revocations.csv", "account,received,manner\n1002,2002-12-02,written\n");
    assert_eq!(room.look(&mut seen, 200), Look::Same);
    assert_eq!(room.look(&mut seen, 200), Look::Counted);
    room.shows(&seen, "just now: 120 votes fewer present");
    room.shows(&seen, "2 cards: 1 counted, 1 revoked");
}

#[test]
fn a_file_caught_half_written_keeps_the_last_good_count() {
    let mut room = Room::new();
    let mut seen = room.watch();
    // Whole but for its end, it could be counted, and would be wrong: 12 shares of 120.
    room.write("register.csv", &REGISTER.replace("120\n1003,Carol Cook,80\n", "12"));
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    room.shows(&seen, "NOT COUNTED AGAIN: register.csv ends within a line: it is being written");
    room.shows(&seen, "100 of 300 present");
    room.shows(&seen, "What is shown is the count of just now.");
    room.write("register.csv", REGISTER);
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Counted);
    assert_eq!(seen.fault, None);
    // A row that is cut off stays told after ten seconds, then as what the loader says of it.
    room.write("cards.csv", &format!("{CARDS}C-2,1002"));
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    assert_eq!(room.look(&mut seen, 9_000), Look::Kept);
    room.shows(&seen, "cards.csv ends within a line");
    assert_eq!(room.look(&mut seen, 3_000), Look::Kept);
    room.shows(&seen, "NOT COUNTED AGAIN: cards.csv:3: the row has 2 fields, but the header has 6");
    room.shows(&seen, "What is shown is the count of 12 s ago.");
    room.shows(&seen, "100 of 300 present");
}

/// Someone wrote it without a line end: after ten seconds it is counted.
#[test]
fn a_file_without_a_line_end_is_counted_when_nobody_writes_it_any_more() {
    let mut room = Room::new();
    let mut seen = room.watch();
    room.write("cards.csv", &format!("{CARDS}C-2,1002,2002-12-01,2002-11-30,,FOR"));
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    assert_eq!(room.look(&mut seen, 9_000), Look::Kept);
    assert_eq!(room.look(&mut seen, 2_000), Look::Counted);
    room.shows(&seen, "220 of 300 present");
}

#[test]
fn files_at_fault_are_told_and_tried_again() {
    let mut room = Room::new();
    let mut seen = room.watch();
    room.write("register.csv", &REGISTER.replace("120", "12O").replace("80", "8O"));
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    room.shows(&seen, "NOT COUNTED AGAIN: register.csv:3: ");
    room.shows(&seen, ", and 1 more problem");
    room.shows(&seen, "100 of 300 present");
    // Something that is not looked at may have been put right.
    assert_eq!(room.look(&mut seen, 200), Look::Same);
    assert_eq!(room.look(&mut seen, 2_000), Look::Kept);
    fs::remove_file(room.path("meeting.json")).unwrap();
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    room.shows(&seen, "100 of 300 present");
}

#[test]
fn the_page_is_for_everybody_and_names_nobody() {
    let mut room = Room::new();
    room.write("cards.csv", &CARDS.replace("30,FOR", "30,").replace("C-1,1001", "C-1,1009"));
    let mut seen = room.watch();
    room.write("cards.csv", CARDS);
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Counted);
    let page = fs::read_to_string(room.path("room/room.html")).unwrap();
    for text in ["<meta http-equiv=\"refresh\"", "100 of 300 present", "Xenia", "Auditor", "PRELIMINARY"] {
        assert!(page.contains(text), "{text} is not on\n{page}");
    }
    for text in ["1001", "1009", "Able", "C-1"] {
        assert!(!page.contains(text), "{text} is on\n{page}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(room.path("room/room.html")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
    }
    // Half written files leave the page as it is.
    room.write("cards.csv", "card,acc");
    room.look(&mut seen, 200);
    assert_eq!(room.look(&mut seen, 200), Look::Kept);
    assert_eq!(fs::read_to_string(room.path("room/room.html")).unwrap(), page);
}

#[test]
fn many_items_scroll_and_a_small_terminal_is_told_what_is_needed() {
    let mut room = Room::new();
    let items: Vec<String> = (3..20)
        .map(|id| {
            format!(
                r#"{{ "id": "{id}", "kind": "proposal", "title": "Matter {id}", "standard": "majority_of_votes_cast" }}"#
            )
        })
        .collect();
    room.write(
        "meeting.json",
        &MEETING.replace("] }\"", "").replace(
            "majority_of_votes_cast\" }] }",
            &format!("majority_of_votes_cast\" }}, {}] }}", items.join(", ")),
        ),
    );
    let seen = room.watch();
    room.shows(&seen, "Quorum");
    assert!(!room.screen(&seen).contains("Matter 19"));
    let last = room.screen_of(&seen, 80, 24, 1_000);
    assert!(last.contains("19. Matter 19"), "{last}");
    let small = room.screen_of(&seen, 80, 23, 0);
    assert!(
        small.contains("The screen needs 80 columns and 24 lines; this terminal has 80 and 23."),
        "{small}"
    );
}
