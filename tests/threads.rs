//! Files larger than what is read at a time: the same bytes with any number of threads, true line
//! numbers, every problem, and nothing left behind when interrupted.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use support::{quorate, stderr, stdout};

const HOLDERS: u32 = 40_000;

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
  "items": [
    { "id": "1", "kind": "election", "seats": 1, "nominees": [{ "id": "m" }, { "id": "n" }], "standard": "plurality" },
    { "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }
  ]
}
"#;

/// Holder n has n % 7 + 1 shares; every third name is quoted, every fifth number long. Each sends a
/// card, every fourth a second one that is later, every tenth card is unsigned.
fn meeting() -> tempfile::TempDir {
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,signed,1.m,1.n,2\r\n".to_owned();
    let mut outstanding = 0;
    for n in 0..HOLDERS {
        let account = account(n);
        let name = if n.is_multiple_of(3) { format!("\"Holder, {n}\"") } else { format!("Holder {n}") };
        outstanding += n % 7 + 1;
        writeln!(register, "{account},{name},{}", n % 7 + 1).unwrap();
        let signed = if n.is_multiple_of(10) { "no" } else { "yes" };
        write!(cards, "C{n},{account},2002-11-20T10:00,{signed},FOR,WITHHOLD,FOR\r\n").unwrap();
        if n.is_multiple_of(4) {
            write!(cards, "D{n},{account},2002-11-21,yes,WITHHOLD,FOR,AGAINST\r\n").unwrap();
        }
    }
    let meeting = MEETING.replace("OUTSTANDING", &outstanding.to_string());
    support::folder_of(&[("meeting.json", &meeting), ("register.csv", &register), ("cards.csv", &cards)])
}

fn account(n: u32) -> String {
    if n.is_multiple_of(5) { format!("an account of many letters {n}") } else { format!("A{n}") }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn one_thread_and_many_give_the_same_bytes_and_the_right_totals() {
    let folder = meeting();
    assert!(fs::metadata(folder.path().join("cards.csv")).unwrap().len() > 4 << 19, "several pieces");
    let run = |threads: &str| {
        let out = tempfile::tempdir().unwrap();
        let args = ["tabulate", text(folder.path()), "--threads", threads, "--out", text(out.path())];
        let output = quorate(&args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        (stdout(&output).to_owned(), contents(out.path()))
    };
    let one = run("1");
    for threads in ["2", "3", "8"] {
        assert!(run(threads) == one, "{threads} threads give something else");
    }
    // By hand: the second card where there is one (n.is_multiple_of(4)), else the first if it is signed.
    let (mut yes, mut no) = (0, 0);
    for n in 0..HOLDERS {
        let shares = n % 7 + 1;
        if n.is_multiple_of(4) {
            no += shares;
        } else if !n.is_multiple_of(10) {
            yes += shares;
        }
    }
    let certificate: serde_json::Value = serde_json::from_slice(&one.1["certificate.json"]).unwrap();
    assert_eq!(certificate["items"][1]["for"], yes.to_string());
    assert_eq!(certificate["items"][1]["against"], no.to_string());
    assert_eq!(certificate["items"][0]["nominees"][1]["for"], no.to_string());
    assert_eq!(certificate["cards"]["read"], HOLDERS + HOLDERS / 4);
    // The stories told are those of the largest exceptions: far more than 200 first cards of seven shares
    // are unsigned or superseded, and of those the numbers decide, as texts.
    let is_told = |n: &u32| n % 7 == 6 && (n.is_multiple_of(4) || n.is_multiple_of(10));
    let mut numbers: Vec<String> = (0..HOLDERS).filter(is_told).map(|n| format!("C{n}")).collect();
    assert!(numbers.len() > 1000);
    numbers.sort_unstable();
    let told =
        certificate["exceptions"].as_array().unwrap().iter().map(|story| story["card"].as_str().unwrap());
    assert_eq!(told.collect::<Vec<_>>(), numbers[..200]);
    // exceptions.csv has them all, in the same order.
    let exceptions = String::from_utf8(one.1["exceptions.csv"].clone()).unwrap();
    let listed = exceptions.lines().skip(1).take(numbers.len()).map(|row| row.split(',').nth(2).unwrap());
    assert_eq!(listed.collect::<Vec<_>>(), numbers);
}

/// Accounts and card numbers get longer, and shorter again, from piece to piece of the files: those of up to 8,
/// of 12 and of 16 bytes are kept otherwise than each other, and longer ones apart. Cards come in the
/// reverse order; each third holder is against. Accounts a letter too short or too long are nobody's; those that lack
/// but a leading zero wait for the inspector (VAL-13).
#[test]
fn accounts_and_numbers_of_any_length_are_found_wherever_they_stand() {
    const WIDTHS: [usize; 6] = [8, 12, 16, 17, 40, 6];
    const OF_EACH: u32 = 12_000;
    let width = |n: u32| WIDTHS[(n / OF_EACH) as usize];
    let account = |n: u32| format!("{n:0>width$}", width = width(n));
    let all = OF_EACH * 6;
    let mut register = "account,name,shares\n".to_owned();
    for n in 0..all {
        writeln!(register, "{},A holder whose name takes up some room,{}", account(n), n % 7 + 1).unwrap();
    }
    assert!(register.len() > 8 << 19, "several pieces of each width");
    let mut cards = "card,account,received,2\n".to_owned();
    let (mut yes, mut no) = (0, 0);
    for n in (0..all).rev() {
        let (mark, votes) = if n.is_multiple_of(3) { ("AGAINST", &mut no) } else { ("FOR", &mut yes) };
        *votes += n % 7 + 1;
        writeln!(cards, "{}c,{},2002-11-20T10:00,{mark}", account(all - 1 - n), account(n)).unwrap();
    }
    for n in (0..all).step_by(OF_EACH as usize) {
        writeln!(cards, "short {n},{},2002-11-20T10:00,FOR", &account(n)[1..]).unwrap();
        writeln!(cards, "long {n},{}0,2002-11-20T10:00,FOR", account(n)).unwrap();
    }
    let meeting = MEETING.replace("OUTSTANDING", &(yes + no).to_string());
    let folder =
        support::folder_of(&[("meeting.json", &meeting), ("register.csv", &register), ("cards.csv", &cards)]);
    for threads in ["1", "3"] {
        let output = quorate(&["tabulate", text(folder.path()), "--format", "json", "--threads", threads]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let certificate: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(certificate["open_matters"][0]["code"], "near_accounts");
        let item = &certificate["items"][1];
        assert_eq!((&item["for"], &item["against"]), (&yes.to_string().into(), &no.to_string().into()));
        let mut unknown: Vec<String> = (0..all)
            .step_by(OF_EACH as usize)
            .flat_map(|n| [format!("short {n}"), format!("long {n}")])
            .collect();
        unknown.sort_unstable();
        let told = certificate["exceptions"].as_array().unwrap().iter().map(|story| story["card"].clone());
        assert_eq!(told.collect::<Vec<_>>(), unknown);
    }
    // An account once more, and a number, far from the first.
    let (register_again, cards_again) = (format!("{register}{},Again,1\n", account(30_000)), {
        let number = account(all - 1 - 20_000);
        format!("{cards}{number}c,{},2002-11-20T10:00,FOR\n", account(1))
    });
    fs::write(folder.path().join("register.csv"), register_again).unwrap();
    fs::write(folder.path().join("cards.csv"), cards_again).unwrap();
    let output = quorate(&["tabulate", text(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    let (last_holder, last_card) = (all + 2, all + 12 + 2);
    for expected in [
        format!("register.csv:{last_holder}: account: `{}` is already on line 30002", account(30_000)),
        // Holder 20,000 sent the card all - 20,000 from the first.
        format!(
            "cards.csv:{last_card}: card: `{}c` is already on line {}",
            account(51_999),
            all - 20_000 + 1
        ),
    ] {
        assert!(stderr(&output).contains(&expected), "{expected}\n{}", stderr(&output));
    }
}

/// A thousand unsigned cards that all claim the same, the smallest number last: the stories told are those
/// of the first 200 numbers, as texts, and not of the cards that came first.
#[test]
fn of_equal_exceptions_those_with_the_smallest_numbers_are_told() {
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,signed,2\n".to_owned();
    for n in (0..1000).rev() {
        writeln!(register, "A{n},Holder,10").unwrap();
        writeln!(cards, "C{n:03},A{n},2002-11-20,no,FOR").unwrap();
    }
    let meeting = MEETING.replace("OUTSTANDING", "10000");
    let folder =
        support::folder_of(&[("meeting.json", &meeting), ("register.csv", &register), ("cards.csv", &cards)]);
    let output = quorate(&["tabulate", text(folder.path()), "--format", "json"]);
    let certificate: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let told = certificate["exceptions"].as_array().unwrap().iter().map(|story| story["card"].clone());
    let expected: Vec<String> = (0..200).map(|n| format!("C{n:03}")).collect();
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn problems_in_later_pieces_have_their_true_lines_whatever_the_threads() {
    let folder = meeting();
    let path = folder.path().join("cards.csv");
    let cards = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = cards.lines().map(str::to_owned).collect();
    let last = lines.len();
    lines[last / 2] = "C0,A1,2002-11-20T10:00,yes,FOR,WITHHOLD,FOR".to_owned();
    lines[last / 3].push_str(",FOR");
    lines[last - 1] = lines[last - 1].replace("FOR", "MAYBE");
    lines[last - 3] = String::new();
    fs::write(&path, lines.join("\n")).unwrap();
    let run = |threads: &str| quorate(&["tabulate", text(folder.path()), "--threads", threads]);
    let one = run("1");
    assert_eq!(one.status.code(), Some(1));
    for threads in ["2", "8"] {
        assert_eq!(stderr(&run(threads)), stderr(&one));
    }
    let said = stderr(&one);
    for line in [
        format!("cards.csv:{}: the row has 8 fields, but the header has 7", last / 3 + 1),
        format!("cards.csv:{}: card: `C0` is already on line 2", last / 2 + 1),
        format!("cards.csv:{}: the line is blank", last - 2),
        format!("cards.csv:{last}: 1.m: `MAYBE` is not a mark"),
    ] {
        assert!(said.contains(&line), "{line}\n{said}");
    }
}

#[test]
fn what_is_not_utf8_in_a_later_piece_is_the_only_problem_told() {
    let folder = meeting();
    let path = folder.path().join("cards.csv");
    let mut cards = fs::read(&path).unwrap();
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let at = cards.len() - 100;
    cards[at] = 0xff;
    let line = lines(&cards[..at]) + 1;
    // A wrong mark long before it is not told: the file is no text.
    cards[60] = b'?';
    fs::write(&path, cards).unwrap();
    for threads in ["1", "4"] {
        let output = quorate(&["tabulate", text(folder.path()), "--threads", threads]);
        let said = stderr(&output);
        assert!(said.contains(&format!("cards.csv:{line}: holds the byte 0xff")), "{said}");
        assert!(said.contains("1 problem in 1 file"), "{said}");
    }
}

#[test]
fn wrong_numbers_of_threads_are_wrong_usage() {
    for threads in ["0", "257", "many"] {
        let output = quorate(&["tabulate", ".", "--threads", threads]);
        assert_eq!(output.status.code(), Some(2), "{threads}");
    }
}

/// Ctrl-C at any moment: every document or none, and no temporary file.
#[cfg(unix)]
#[test]
fn interrupted_it_takes_away_what_is_not_finished() {
    let folder = meeting();
    let mut was_interrupted = 0;
    for delay in (0..40).map(|step| step * 15) {
        let out = tempfile::tempdir().unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["tabulate", text(folder.path()), "--out", text(out.path())])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(delay));
        let _ = Command::new("kill").args(["-INT", &run.id().to_string()]).stderr(Stdio::null()).status();
        let code = run.wait().unwrap().code();
        let left = contents(out.path());
        assert!(left.is_empty() || left.len() == 8, "{code:?}: {:?}", left.keys());
        assert!(left.keys().all(|name| !name.starts_with('.')), "{:?}", left.keys());
        was_interrupted += u32::from(code != Some(0));
        if code == Some(0) {
            assert_eq!(left.len(), 8);
            break;
        }
    }
    assert!(was_interrupted > 0, "at least the first one, at once, was interrupted");
}
