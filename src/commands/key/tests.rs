//! Every step of the form on a screen that is none, of 80 columns and 24 lines.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Color;

use super::desk::{Desk, Pressed};
use super::screen::{draw, open, pressed};
use crate::cli::{Files, KeyIn};

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "name": "Common", "outstanding": "500" }], "quorum": { "more_than": "1/2" },
  "rules": { "law": "california" },
  "proxy_forms": [{ "id": "board", "unmarked": { "2": "for" }, "ballot_cast": "2002-12-05T10:40" }],
  "items": [
    { "id": "1", "kind": "election", "title": "Directors", "seats": 2,
      "nominees": [{ "id": "x", "name": "Xenia" }, { "id": "y", "name": "Yves" }],
      "cumulative": { "notice": { "by": "1001", "given": "2002-12-05T09:00" } } },
    { "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }] }"#;
const REGISTER: &str = "account,name,shares,registration,holders\n1001,Ann Able,100,,\n1002,Bob Baker,100,,\n\
                        1003,Carol Cook,100,,\n1004,\"Drew, E. & F.\",200,joint,Ella Drew;Finn Drew\n";
const CARDS: &str = "card,account,received,dated,2\nM-1,1002,2002-12-01,2002-11-30,AGAINST\n";
const HEADER: &str = "account,card,received,kind,form,medium,dated,signed,signer,class,shares,irrevocable,\
                      valid_until,items,contradiction,1,1.x,1.y,2,batch,clerk,correction";

struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap() };
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

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn lines(&self, name: &str) -> Vec<String> {
        self.text(name).lines().map(str::to_owned).collect()
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
            lots: Vec::new(),
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

    fn desk(&self) -> Desk {
        open(&self.args("k.csv")).unwrap()
    }

    /// The second keying, by Ben, against first.csv.
    fn second(&self) -> Desk {
        let args = KeyIn {
            into: None,
            blind: Some(self.path("second.csv")),
            against: Some(self.path("first.csv")),
            clerk: "Ben".to_owned(),
            ..self.args("first.csv")
        };
        open(&args).unwrap()
    }
}

fn typed(desk: &mut Desk, keys: &str) {
    for letter in keys.chars() {
        desk.press(match letter {
            '\n' => Pressed::Enter,
            '\u{8}' => Pressed::Back,
            letter => Pressed::Letter(letter),
        });
    }
}

/// What stands on the screen, a line each; nothing on it has a colour.
fn screen(desk: &Desk) -> String {
    screen_of(desk, 80, 24)
}

fn screen_of(desk: &Desk, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, &desk.view())).unwrap();
    let buffer = terminal.backend().buffer();
    assert!(buffer.content().iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    let line = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
    (0..height).map(|y| line(y) + "\n").collect()
}

#[track_caller]
fn shows(desk: &Desk, text: &str) {
    let shown = screen(desk);
    assert!(shown.contains(text), "{text} is not on\n{shown}");
}

/// The same where lines are broken at the edge of the right half.
#[track_caller]
fn shows_beside(desk: &Desk, text: &str) {
    let shown = screen(desk);
    let halves = shown.lines().map(|line| line.chars().skip(40).collect::<String>());
    let halves: String = halves.map(|half| half.replace('│', " ") + " ").collect();
    let words: Vec<&str> = halves.split_whitespace().collect();
    assert!(words.join(" ").contains(text), "{text} is not beside\n{shown}");
}

#[track_caller]
fn shows_not(desk: &Desk, text: &str) {
    let shown = screen(desk);
    assert!(!shown.contains(text), "{text} is on\n{shown}");
}

/// Keys a card of an account of one holder to the first mark: account, number, received as proposed, proxy, mail, date,
/// signed, all shares.
fn to_marks(desk: &mut Desk, account: &str, card: &str) {
    typed(desk, &format!("{account}\n{card}\n\npm2002-12-04\ny\n"));
}

/// Keys such a card whole, with a mark on item 2 alone, and saves it.
fn card(desk: &mut Desk, account: &str, number: &str, mark: char) {
    to_marks(desk, account, number);
    typed(desk, &format!("\n\n\n{mark}\n"));
    shows(desk, &format!("SAVED {number}"));
}

/// As it stands in the file.
fn row(account: &str, card: &str, mark: &str, clerk: &str) -> String {
    format!("{account},{card},2002-12-05T09:30,proxy,,mail,2002-12-04,yes,,,,,,,,,,,{mark},pile 1,{clerk},")
}

#[test]
fn a_holder_is_found_by_account_name_co_holder_and_control_number() {
    let room = Room::new();
    let mut desk = room.desk();
    shows(&desk, "> account");
    typed(&mut desk, "able");
    shows(&desk, "1001  Ann Able");
    typed(&mut desk, "\n");
    shows(&desk, "> card");
    shows(&desk, "1001  Ann Able");
    shows(&desk, "100 shares of Common");
    desk.press(Pressed::Escape);
    // Words in any order, of a co-holder.
    typed(&mut desk, "drew finn\n");
    shows(&desk, "1004  Drew, E. & F.");
    shows(&desk, "held by Ella Drew; Finn Drew");
    desk.press(Pressed::Escape);
    // A control number that is there, and what came from its holder.
    typed(&mut desk, "M-1");
    shows(&desk, "1002  Bob Baker (card M-1)");
    typed(&mut desk, "\n");
    shows(&desk, "1002  Bob Baker");
    shows(&desk, "M-1: counted");
}

#[test]
fn a_holder_is_never_guessed() {
    let room = Room::new();
    let mut desk = room.desk();
    typed(&mut desk, "\n");
    shows(&desk, "type or scan an account");
    // Four accounts begin so.
    typed(&mut desk, "100\n");
    shows(&desk, "several are meant");
    desk.press(Pressed::Down);
    desk.press(Pressed::Down);
    shows(&desk, "> 1002  Bob Baker");
    desk.press(Pressed::Up);
    shows(&desk, "> 1001  Ann Able");
    typed(&mut desk, "\n");
    shows(&desk, "> card");
    desk.press(Pressed::Escape);
    // One that is nobody's is asked twice, and kept as it stands: the inspector may say whose it is.
    typed(&mut desk, "Bakr\n");
    shows(&desk, "no account, control number or name is like `Bakr`");
    shows(&desk, "> account");
    typed(&mut desk, "\n");
    shows(&desk, "Bakr: NO SUCH ACCOUNT");
    typed(&mut desk, "K-1\n\npm2002-12-04\ny\n\n\n\nf");
    shows_beside(&desk, "this card: rejected");
}

#[test]
fn one_that_is_typed_whole_is_meant_though_others_begin_so() {
    let room = Room::new();
    room.write("register.csv", "account,name,shares\n10011,Ann Able,400\n1001,Bob Baker,100\n");
    let mut desk = room.desk();
    typed(&mut desk, "1001");
    shows(&desk, "10011  Ann Able");
    typed(&mut desk, "\n");
    shows(&desk, "1001  Bob Baker");
}

#[test]
fn names_come_through_a_layout_and_from_omnibus() {
    let room = Room::new();
    room.write("list.txt", "Acct|Addr|Holder|Shs\n1001|1 Elm St|Ann Able|100\n1002||Bob Baker|400\n");
    let layout = r#"{ "layout": "quorate/layout/1", "role": "register", "format": "delimited", "delimiter": "|",
      "columns": { "account": { "from": "Acct" }, "name": { "from": "Holder" }, "shares": { "from": "Shs" } },
      "ignore": ["Addr"] }"#;
    room.write("list.layout.json", layout);
    room.write("omnibus.csv", "holder,account,name,shares\n1002,0226,Alder Bank,300\n");
    let files = r#""files": { "register": { "path": "list.txt", "layout": "list.layout.json" } }, "items""#;
    room.write("meeting.json", &MEETING.replace(r#""items""#, files));
    let mut desk = room.desk();
    typed(&mut desk, "able");
    shows(&desk, "1001  Ann Able");
    desk.press(Pressed::Escape);
    typed(&mut desk, "alder\n");
    shows(&desk, "0226  Alder Bank");
    shows(&desk, "300 shares of Common");
}

#[test]
fn one_key_is_a_mark_and_the_pool_counts_down() {
    let room = Room::new();
    let mut desk = room.desk();
    to_marks(&mut desk, "1001", "K-1");
    shows(&desk, "> 1 ");
    // 100 shares, two seats: 200 votes.
    shows(&desk, "pool 200: 200 left");
    typed(&mut desk, "\n150");
    shows(&desk, "Xenia");
    shows(&desk, "pool 200: 50 left");
    typed(&mut desk, "\n60");
    shows(&desk, "Yves");
    shows(&desk, "pool 200: OVER by 10");
    typed(&mut desk, "\u{8}\u{8}25%");
    shows(&desk, "pool 200: 0 left");
    // A letter that stands for nothing is no mark; one that does takes the place of the number, and back.
    typed(&mut desk, "z");
    shows(&desk, "`z` is no key here");
    typed(&mut desk, "w");
    shows(&desk, "1.y            WITHHOLD");
    desk.press(Pressed::Up);
    typed(&mut desk, "50");
    shows(&desk, "> 1.y            50_");
    typed(&mut desk, "\n");
    shows(&desk, "> 2 ");
    shows(&desk, "f FOR  a AGAINST  b ABSTAIN");
    typed(&mut desk, "a");
    shows(&desk, "this card: counted");
    assert_eq!(room.lines("k.csv"), [HEADER], "nothing is saved before Enter");
    typed(&mut desk, "x");
    shows(&desk, "Enter saves, Esc goes back");
    typed(&mut desk, "\n");
    shows(&desk, "SAVED K-1");
    let saved = row("1001", "K-1", "AGAINST", "Amy").replace(",,,,AGAINST", ",,150,50,AGAINST");
    assert_eq!(room.lines("k.csv"), [HEADER, &saved]);
    shows(&desk, "k.csv: 1 card | batch pile 1: 1 | Amy | Example");
}

#[test]
fn a_marked_box_leads_past_its_nominees_and_down_to_exceptions() {
    let room = Room::new();
    let mut desk = room.desk();
    to_marks(&mut desk, "1001", "K-1");
    shows(&desk, "Down: nominees one by one");
    typed(&mut desk, "f");
    shows(&desk, "> 2 ");
    typed(&mut desk, "f");
    // Whose card it is, beside what would become of it.
    shows_beside(&desk, "1001 Ann Able this card: counted");
    typed(&mut desk, "\n");
    shows(&desk, "SAVED K-1");
    // For all but Yves: down from the box, past Xenia, and again past what has no mark.
    to_marks(&mut desk, "1003", "K-2");
    typed(&mut desk, "f");
    for _ in 0..3 {
        desk.press(Pressed::Up);
    }
    shows(&desk, "> 1              FOR_");
    desk.press(Pressed::Down);
    shows(&desk, "> 1.x ");
    desk.press(Pressed::Down);
    typed(&mut desk, "w");
    shows(&desk, "> 2 ");
    for _ in 0..3 {
        desk.press(Pressed::Up);
    }
    typed(&mut desk, "\n");
    shows(&desk, "> 1.y            WITHHOLD_");
    typed(&mut desk, "\nf\n");
    shows(&desk, "SAVED K-2");
    let lines = room.lines("k.csv");
    assert!(lines[1].contains(",,FOR,,,FOR,pile 1"), "{}", lines[1]);
    assert!(lines[2].contains(",,FOR,,WITHHOLD,FOR,pile 1"), "{}", lines[2]);
}

#[test]
fn the_pool_is_that_of_the_shares_that_the_card_is_for() {
    let room = Room::new();
    let mut desk = room.desk();
    // 40 of 100 shares, two seats: 80 votes.
    typed(&mut desk, "1001\nK-1\n\npm2002-12-04\ny40\n");
    shows(&desk, "pool 80: 80 left");
    typed(&mut desk, "\n80\n\nf\n");
    shows(&desk, "SAVED K-1");
    let saved =
        row("1001", "K-1", "FOR", "Amy").replace(",yes,,,,", ",yes,,,40,").replace(",,,FOR", ",80,,FOR");
    assert_eq!(room.lines("k.csv")[1], saved);
    desk.press(Pressed::Totals);
    shows_beside(&desk, "pile 1 1 40 in all 1 40");
}

#[test]
fn a_joint_holder_signs_and_rare_fields_are_asked_where_they_are_wanted() {
    let room = Room::new();
    let mut desk = room.desk();
    typed(&mut desk, "1001\nK-1\n");
    shows_not(&desk, "  signer");
    shows_not(&desk, "  irrevocable");
    desk.press(Pressed::Escape);
    desk.press(Pressed::More);
    typed(&mut desk, "1004\nK-1\n\npm2002-12-04\ny");
    shows(&desk, "> signer");
    shows(&desk, "1 Ella Drew  2 Finn Drew");
    // Finn; all shares; irrevocable; valid until; on item 2 only; no contradiction.
    typed(&mut desk, "2\ny2003-01-31\n2\n\n\n\n\nf\n");
    shows(&desk, "SAVED K-1");
    let saved = "1004,K-1,2002-12-05T09:30,proxy,,mail,2002-12-04,yes,Finn Drew,,,yes,2003-01-31,2,,,,,FOR,pile 1,Amy,";
    assert_eq!(room.lines("k.csv")[1], saved);
}

#[test]
fn forms_classes_and_choices_are_digits_and_a_ballot_is_asked_less() {
    let room = Room::new();
    let meeting = MEETING
        .replace(r#""outstanding": "500" }"#, r#""outstanding": "100" }, { "id": "b", "name": "Class B", "outstanding": "100" }"#)
        .replace(r#""unmarked": { "2": "for" }, "#, "")
        .replace(r#""ballot_cast": "2002-12-05T10:40" }]"#, r#""ballot_cast": "2002-12-05T10:40" }, { "id": "rivals" }]"#)
        .replace(
            r#"{ "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }"#,
            r#"{ "id": "2", "kind": "frequency", "title": "Say on pay",
                 "choices": [{ "id": "1_year", "name": "One year" }, { "id": "2_years", "name": "Two years" }] },
               { "id": "3", "kind": "proposal", "title": "Old", "standard": "majority_of_votes_cast", "withdrawn": true }"#,
        );
    room.write("meeting.json", &meeting);
    room.write("register.csv", "account,name,shares,class\n1001,Ann Able,100,common\n1001,Ann Able,100,b\n");
    room.write("cards.csv", "card,account,received\n");
    let mut desk = room.desk();
    typed(&mut desk, "1001\nK-1\n\np");
    shows(&desk, "100 shares of Class B");
    shows(&desk, "> form");
    shows(&desk, "1 board  2 rivals");
    typed(&mut desk, "2m2002-12-04\ny");
    shows(&desk, "> class");
    shows(&desk, "1 Common  2 Class B");
    typed(&mut desk, "2\n");
    // Of class B alone: 100 shares, two seats.
    shows(&desk, "pool 200: 200 left");
    typed(&mut desk, "\n\n\n");
    shows(&desk, "Say on pay");
    shows(&desk, "1 One year  2 Two years  b ABSTAIN");
    typed(&mut desk, "f");
    shows(&desk, "`f` is no key here");
    shows_not(&desk, "> 3 ");
    typed(&mut desk, "2\n");
    shows(&desk, "SAVED K-1");
    assert!(
        room.lines("k.csv")[1].contains(",proxy,rivals,mail,2002-12-04,yes,,b,"),
        "{}",
        room.text("k.csv")
    );
    assert!(room.lines("k.csv")[1].contains(",2_years,,pile 1"), "{}", room.text("k.csv"));
    // A ballot has no form, and is there.
    typed(&mut desk, "1001\nB-1\n\nb");
    shows(&desk, "> dated");
    shows_not(&desk, "  form ");
    shows_not(&desk, "  medium ");
}

#[test]
fn what_the_card_would_do_is_shown_before_it_is_saved() {
    let room = Room::new();
    let mut desk = room.desk();
    to_marks(&mut desk, "1002", "K-1");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "this card: counted");
    shows_beside(&desk, "M-1: superseded by card K-1");
    desk.press(Pressed::Escape);
    shows(&desk, "> 2 ");
    desk.press(Pressed::Escape);
    // The polls closed at 11:00: a ballot as they close is in time, one a minute later is late.
    typed(&mut desk, "1003\nB-2\n2002-12-05T11:00\nb\ny\n\n\n\nf");
    shows(&desk, "this card: counted");
    desk.press(Pressed::Escape);
    desk.press(Pressed::Escape);
    typed(&mut desk, "1003\nB-2\n2002-12-05T11:01\nb\ny\n\n\n\nf");
    shows_beside(&desk, "this card: rejected");
    // Its time is proposed for the next only once it is saved.
    typed(&mut desk, "\n1001\nK-3\n");
    shows(&desk, "> received       2002-12-05T11:01_");
}

#[test]
fn a_card_is_held_to_the_rules_of_the_loader() {
    let room = Room::new();
    let mut desk = room.desk();
    // A date that does not exist: told at its field.
    typed(&mut desk, "1003\nK-1\n\npm2002-02-30\ny\n\n\n\nf");
    shows(&desk, "[date_or_time]");
    shows(&desk, "> dated");
    assert_eq!(room.lines("k.csv").len(), 1);
    desk.press(Pressed::Escape);
    // A number that is there.
    to_marks(&mut desk, "1003", "M-1");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "`M-1` is already on line 2 of cards.csv");
    shows(&desk, "> card");
    // What is typed takes the place of what stands there; what follows is still as it was.
    typed(&mut desk, "M-10");
    for _ in 0..12 {
        desk.press(Pressed::Enter);
    }
    shows(&desk, "SAVED M-10");
    assert_eq!(room.lines("k.csv")[1], row("1003", "M-10", "FOR", "Amy"));
}

#[test]
fn what_is_wrong_elsewhere_is_told_with_its_place_and_the_form_stays() {
    let room = Room::new();
    let mut desk = room.desk();
    room.write("register.csv", "account,name,shares\n1001,Ann Able,1OO\n");
    to_marks(&mut desk, "1001", "K-1");
    typed(&mut desk, "\n\n\nf");
    shows(&desk, "register.csv:2: shares: ");
    assert_eq!(room.lines("k.csv").len(), 1);
    room.write("register.csv", REGISTER);
    typed(&mut desk, "\n\n");
    shows(&desk, "SAVED K-1");
}

#[test]
fn what_could_not_be_written_is_not_called_saved_and_is_not_lost() {
    let room = Room::new();
    let mut desk = room.desk();
    to_marks(&mut desk, "1001", "K-1");
    typed(&mut desk, "\n\n\nf");
    desk.shelves.cards.as_read_only();
    typed(&mut desk, "\n");
    shows(&desk, "NOT SAVED: writing ");
    assert_eq!(room.lines("k.csv"), [HEADER]);
    // The card is still on the form, to be saved once there is room.
    shows(&desk, "this card: counted");
    shows(&desk, "K-1");
    shows(&desk, "k.csv: 0 cards");
}

#[test]
fn undo_adds_a_row_that_withdraws_and_the_form_holds_the_card() {
    let room = Room::new();
    let mut desk = room.desk();
    desk.press(Pressed::Undo);
    shows(&desk, "nothing was keyed that could be taken back");
    card(&mut desk, "1003", "K-1", 'f');
    desk.press(Pressed::Undo);
    shows(&desk, "Take back K-1?");
    typed(&mut desk, "n");
    assert_eq!(room.lines("k.csv").len(), 2);
    desk.press(Pressed::Undo);
    typed(&mut desk, "y");
    shows(&desk, "WITHDRAWN K-1");
    shows(&desk, "k.csv: 0 cards");
    let first = row("1003", "K-1", "FOR", "Amy");
    assert_eq!(room.lines("k.csv"), [HEADER, &first, &format!("{first}withdraws")], "the first row stays");
    // The form holds it: all but the mark is gone through with Enter.
    for _ in 0..11 {
        desk.press(Pressed::Enter);
    }
    shows(&desk, "> 2              FOR_");
    typed(&mut desk, "a\n");
    shows(&desk, "SAVED K-1");
    assert_eq!(room.lines("k.csv")[3], row("1003", "K-1", "AGAINST", "Amy"));
    // A new run finds what stands, and takes an older card back by its number.
    card(&mut desk, "1001", "K-2", 'f');
    drop(desk);
    let mut desk = room.desk();
    shows(&desk, "k.csv: 2 cards");
    typed(&mut desk, "K-1");
    desk.press(Pressed::Undo);
    shows(&desk, "Take back K-1?");
    typed(&mut desk, "y");
    desk.press(Pressed::Escape);
    desk.press(Pressed::Undo);
    shows(&desk, "Take back K-2?");
    typed(&mut desk, "n");
    shows(&desk, "k.csv: 1 card ");
}

#[test]
fn a_revocation_is_keyed_shown_and_taken_back() {
    let room = Room::new();
    let mut desk = room.desk();
    desk.press(Pressed::Revocation);
    shows(&desk, " Revocation ");
    typed(&mut desk, "baker\n");
    shows(&desk, "This is a REVOCATION, no card.");
    shows(&desk, "M-1: counted");
    // Received as the last paper, written, dated.
    typed(&mut desk, "\n");
    shows(&desk, "w written  m at_meeting  d death");
    typed(&mut desk, "w2002-12-03\n");
    shows_beside(&desk, "M-1: revoked");
    assert!(!room.path("k-revocations.csv").exists(), "nothing is begun before Enter");
    typed(&mut desk, "\n");
    shows(&desk, "SAVED revocation of 1002, 2002-12-05T09:30");
    shows(&desk, "0 cards + 1 revocation");
    let header = "account,received,manner,dated,signer,correction";
    let first = "1002,2002-12-05T09:30,written,2002-12-03,,";
    assert_eq!(room.lines("k-revocations.csv"), [header, first]);
    // It stands beside the holder now, and a new run finds it.
    typed(&mut desk, "1002\n");
    shows_beside(&desk, "revoked in writing, 2002-12-05");
    shows_beside(&desk, "M-1: revoked");
    drop(desk);
    let mut desk = room.desk();
    shows(&desk, "0 cards + 1 revocation");
    desk.press(Pressed::Revocation);
    desk.press(Pressed::Undo);
    shows(&desk, "Take back revocation of 1002, 2002-12-05T09:30?");
    typed(&mut desk, "y");
    assert_eq!(room.lines("k-revocations.csv"), [header, first, &format!("{first}withdraws")]);
    desk.press(Pressed::Escape);
    desk.press(Pressed::Revocation);
    typed(&mut desk, "1002\n");
    shows(&desk, "M-1: counted");
    shows_not(&desk, "revoked");
}

#[test]
fn a_request_at_the_meeting_says_whose_card_it_sets_aside() {
    let room = Room::new();
    let mut desk = room.desk();
    desk.press(Pressed::Revocation);
    // Carol has no card: the request changes nothing.
    typed(&mut desk, "1003\n\nm\n");
    shows_beside(&desk, "no card would fare otherwise by it");
    desk.press(Pressed::Escape);
    desk.press(Pressed::Escape);
    // Of an account that is not there it is refused, as in any file.
    typed(&mut desk, "9999\n\n\nm\n");
    shows(&desk, "[account_unknown]");
    shows(&desk, "> account");
    desk.press(Pressed::Revocation);
    shows(&desk, "save this paper, or clear it with Esc");
}

#[test]
fn the_totals_of_the_batches_are_those_of_the_slips() {
    let room = Room::new();
    let mut desk = room.desk();
    card(&mut desk, "1001", "K-1", 'f');
    card(&mut desk, "1003", "K-2", 'f');
    desk.press(Pressed::Totals);
    shows_beside(&desk, "Batch cards shares pile 1 2 200 in all 2 200");
    typed(&mut desk, "n");
    typed(&mut desk, "pile 3\u{8}2\n");
    shows(&desk, "the next cards are of batch `pile 2`");
    shows(&desk, "batch pile 2: 0");
    // 200 shares of the joint account, signed by all.
    typed(&mut desk, "1004\nK-3\n\npm2002-12-04\ny\n\n\n\n\nf\n");
    desk.press(Pressed::Totals);
    shows_beside(&desk, "pile 2 1 200 pile 1 2 200 in all 3 400");
    desk.press(Pressed::Enter);
    shows(&desk, "> account");
    assert!(room.lines("k.csv")[3].ends_with(",pile 2,Amy,"));
}

#[test]
fn a_paper_that_was_begun_is_not_left_unseen() {
    let room = Room::new();
    let mut desk = room.desk();
    typed(&mut desk, "1001\n");
    desk.press(Pressed::Quit);
    shows(&desk, "This paper is NOT SAVED");
    desk.press(Pressed::Enter);
    shows(&desk, "> card");
    desk.press(Pressed::Quit);
    desk.press(Pressed::Quit);
    assert!(desk.is_over());
    let mut desk = {
        drop(desk);
        room.desk()
    };
    desk.press(Pressed::Quit);
    assert!(desk.is_over(), "nothing was begun");
}

#[test]
fn the_second_keying_stops_at_each_difference() {
    let room = Room::new();
    let mut desk = open(&room.args("first.csv")).unwrap();
    card(&mut desk, "1003", "K-1", 'f');
    card(&mut desk, "1001", "K-2", 'f');
    drop(desk);
    let mut desk = room.second();
    // The account is compared once the number is known, the date and the mark as they are typed.
    typed(&mut desk, "1001\nK-1\n");
    shows(&desk, "DIFFERS: account: you `1001`, first `1003`");
    desk.press(Pressed::Up);
    typed(&mut desk, "1003\n\n\npm2002-12-03\n");
    shows(&desk, "DIFFERS: dated: you `2002-12-03`, first `2002-12-04`");
    shows(&desk, "> dated");
    typed(&mut desk, "2002-12-04\n");
    shows(&desk, "> signed");
    typed(&mut desk, "y\n\n\n\na");
    shows(&desk, "DIFFERS: 2: you `AGAINST`, first `FOR`");
    // Typed again otherwise it is compared again; Enter keeps it.
    typed(&mut desk, "b");
    shows(&desk, "DIFFERS: 2: you `ABSTAIN`, first `FOR`");
    typed(&mut desk, "\n");
    shows(&desk, "DIFFERS FROM THE FIRST KEYING");
    shows_beside(&desk, "2: you `ABSTAIN`, first `FOR`");
    desk.press(Pressed::Escape);
    typed(&mut desk, "f");
    shows_not(&desk, "DIFFERS");
    typed(&mut desk, "\n");
    shows(&desk, "SAVED K-1");
    // What is not in the first, and what is only there.
    typed(&mut desk, "1001\nK-9\n");
    shows(&desk, "the first keying has no card `K-9`");
    desk.press(Pressed::Escape);
    desk.press(Pressed::Totals);
    shows(&desk, "First keying: 2 cards");
    shows(&desk, "not keyed here: 1: K-2");
    typed(&mut desk, " ");
    desk.kept.clerk = "amy".to_owned();
    typed(&mut desk, "1001\nK-2\n");
    shows(&desk, "you keyed it the first time too");
}

/// The cards of the first keying are those of the second: the meeting is counted with one of the two, also where
/// meeting.json names them already.
#[test]
fn the_second_keying_is_counted_without_the_first() {
    let room = Room::new();
    let mut desk = open(&room.args("first.csv")).unwrap();
    card(&mut desk, "1003", "K-1", 'f');
    drop(desk);
    for cards in [
        r#"["cards.csv", "first.csv"]"#,
        r#"["cards.csv", { "path": "both.csv", "keyed": ["first.csv", "second.csv"] }]"#,
    ] {
        let files =
            format!(r#""files": {{ "cards": {cards} }}, "expect": {{ "cards": {{ "rows": 2 }} }}, "items""#);
        room.write("meeting.json", &MEETING.replace(r#""items""#, &files));
        let mut desk = room.second();
        to_marks(&mut desk, "1003", "K-1");
        typed(&mut desk, "\n\n\nf");
        shows(&desk, "this card: counted");
        shows_not(&desk, "DIFFERS");
    }
}

#[test]
fn a_row_that_was_cut_off_is_taken_away_and_told_and_nothing_else() {
    let room = Room::new();
    let mut desk = room.desk();
    card(&mut desk, "1003", "K-1", 'f');
    drop(desk);
    let whole = room.text("k.csv");
    let next = row("1001", "K-2", "FOR", "Amy");
    for cut in ["1001", &next] {
        room.write("k.csv", &format!("{whole}{cut}"));
        let desk = room.desk();
        shows(&desk, "a row that was cut off");
        shows(&desk, "1 card ");
        assert_eq!(room.text("k.csv"), whole);
    }
    // Cut off in its header, it was begun and holds nothing.
    room.write("k.csv", &HEADER[..30]);
    drop(room.desk());
    assert_eq!(room.lines("k.csv"), [HEADER]);
}

#[test]
fn files_that_are_none_of_the_forms_are_left_as_they_are() {
    let room = Room::new();
    let desk = room.desk();
    let is_refused = |name: &str, why: &str| {
        let why_not = format!("{:#}", open(&room.args(name)).err().expect("it is refused"));
        assert!(why_not.contains(why), "{why_not}");
    };
    is_refused("k.csv", "is being keyed into by another run");
    drop(desk);
    drop(room.desk());
    for (name, text, why) in [
        ("other.csv", "card,account,received\n", "has other columns than this meeting's form: card,"),
        ("letter.txt", "Dear Sir", "holds something else than rows keyed here"),
    ] {
        room.write(name, text);
        is_refused(name, why);
        assert_eq!(room.text(name), text);
    }
    // What was keyed is held to the rules of files when it is opened.
    room.write("twice.csv", &format!("{HEADER}\n{0}\n{0}\n", row("1001", "K-1", "FOR", "Amy")));
    is_refused("twice.csv", "`K-1` is already on line 2");
    // Nothing is begun for a meeting that cannot be read, or whose files have no commas.
    room.write("meeting.json", &MEETING.replace(r#""items""#, r#""delimiter": ";", "items""#));
    room.write("register.csv", "account;name;shares\n1001;Ann Able;500\n");
    room.write("cards.csv", &CARDS.replace(',', ";"));
    is_refused("new.csv", "key writes commas between cells");
    assert!(!room.path("new.csv").exists());
}

#[test]
fn a_small_terminal_is_told_what_is_needed_and_a_long_form_scrolls() {
    let room = Room::new();
    let nominees: Vec<String> =
        (0..30).map(|place| format!(r#"{{ "id": "n{place}", "name": "Nominee {place}" }}"#)).collect();
    let old = r#"{ "id": "x", "name": "Xenia" }, { "id": "y", "name": "Yves" }"#;
    room.write("meeting.json", &MEETING.replace(old, &nominees.join(", ")));
    let mut desk = room.desk();
    let small = screen_of(&desk, 79, 24).replace('\n', "");
    assert!(
        small.contains("The form needs 80 columns and 24 lines; this terminal has 79 and 24."),
        "{small}"
    );
    to_marks(&mut desk, "1001", "K-1");
    for place in 0..30 {
        typed(&mut desk, "\n");
        shows(&desk, &format!("> 1.n{place} "));
        shows(&desk, &format!("Nominee {place}"));
    }
    typed(&mut desk, "\nf");
    shows(&desk, "this card: counted");
}

/// Whatever a file holds, nothing of it acts on the terminal.
#[test]
fn names_with_controls_are_shown_as_what_they_are() {
    let room = Room::new();
    room.write("register.csv", &REGISTER.replace("Ann Able", "Ann\u{202e} Able"));
    let mut desk = room.desk();
    typed(&mut desk, "1001\n");
    shows(&desk, "1001  Ann\\u{202e} Able");
}

/// Esc and a key that follows it at once come as that key with Alt.
#[test]
fn keys_of_the_keyboard_are_keys_of_the_form() {
    let of = |code, modifiers| pressed(&Event::Key(KeyEvent::new(code, modifiers)));
    let (none, control, alt) = (KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT);
    assert_eq!(of(KeyCode::Char('F'), KeyModifiers::SHIFT), [Pressed::Letter('F')]);
    assert_eq!(of(KeyCode::Char('q'), control), [Pressed::Quit]);
    assert_eq!(of(KeyCode::Char('x'), control), []);
    assert_eq!(of(KeyCode::Esc, alt), [Pressed::Escape, Pressed::Escape]);
    assert_eq!(of(KeyCode::Char('1'), alt), [Pressed::Escape, Pressed::Letter('1')]);
    assert_eq!(of(KeyCode::Tab, none), [Pressed::Enter]);
    assert_eq!(of(KeyCode::F(1), none), []);
    assert_eq!(pressed(&Event::Resize(80, 24)), []);
}

#[test]
fn a_title_that_is_too_long_is_cut_and_the_keys_below_it_are_seen() {
    let room = Room::new();
    let title = "Approval of the amended and restated articles of incorporation";
    room.write("meeting.json", &MEETING.replace("Auditor", title));
    let mut desk = room.desk();
    to_marks(&mut desk, "1001", "K-1");
    typed(&mut desk, "\n\n\n");
    shows(&desk, "Approval of the amended and restated …");
    shows(&desk, "f FOR  a AGAINST  b ABSTAIN");
}

#[test]
fn the_path_of_revocations_is_beside_the_cards() {
    let room = Room::new();
    assert_eq!(
        room.desk().shelves.revocations_path,
        Path::new(&room.path("k.csv")).with_file_name("k-revocations.csv")
    );
}
