//! The form on a real terminal: end to end in tmux, killed at random moments, and refused on a pipe.
#![cfg(all(target_os = "linux", feature = "desk"))]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "name": "Common", "outstanding": "300" }], "quorum": { "more_than": "1/2" },
  "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
  "items": [{ "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }] }"#;
const REGISTER: &str = "account,name,shares\n1001,Ann Able,100\n1002,Bob Baker,100\n1003,Carol Cook,100\n";
const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");

fn meeting() -> tempfile::TempDir {
    support::folder_of(&[("meeting.json", MEETING), ("register.csv", REGISTER)])
}

/// The keys of a card: account, number, received as proposed, proxy, mail, date, signed, all shares, not irrevocable,
/// the mark, save.
fn card(number: &str) -> String {
    format!("1001\r{number}\r\rpm2002-12-04\ry\r\rf\r")
}

fn has(program: &str) -> bool {
    Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

#[test]
fn a_pipe_is_no_terminal() {
    let folder = meeting();
    let output =
        support::quorate(&["key", folder.path().to_str().unwrap(), "--into", "k.csv", "--clerk", "Amy"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(support::stderr(&output).contains("key needs a terminal"), "{}", support::stderr(&output));
    assert!(!Path::new("k.csv").exists());
}

/// A tmux server of its own, ended with the test.
struct Tmux(String);

impl Tmux {
    fn run(&self, args: &[&str]) -> String {
        let output =
            Command::new("tmux").args(["-L", &self.0, "-f", "/dev/null"]).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn shows(&self, text: &str) {
        let mut shown = String::new();
        for _ in 0..600 {
            shown = self.run(&["capture-pane", "-p"]);
            if shown.contains(text) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{text} does not come on\n{shown}");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn a_card_is_keyed_in_a_real_terminal_and_counted() {
    if !has("tmux") {
        return;
    }
    let folder = meeting();
    let path = folder.path().to_str().unwrap();
    let tmux = Tmux(format!("quorate-desk-{}", std::process::id()));
    let line = format!(
        "'{PROGRAM}' key '{path}' --into '{path}/keyed.csv' --clerk Amy --batch pile-1 --received 2002-12-05T09:30"
    );
    tmux.run(&["new-session", "-d", "-x", "80", "-y", "24", &line]);
    tmux.shows("> account");
    tmux.run(&["send-keys", "-l", "baker"]);
    tmux.shows("> 1002  Bob Baker");
    tmux.run(&["send-keys", "Enter"]);
    tmux.shows("100 shares of Common");
    tmux.run(&["send-keys", "-l", "K-1"]);
    tmux.run(&["send-keys", "Enter", "Enter"]);
    tmux.run(&["send-keys", "-l", "pm2002-12-04"]);
    tmux.run(&["send-keys", "Enter"]);
    tmux.run(&["send-keys", "-l", "y"]);
    tmux.run(&["send-keys", "Enter", "Enter"]);
    tmux.shows("f FOR  a AGAINST");
    tmux.run(&["send-keys", "-l", "a"]);
    tmux.shows("this card: counted");
    tmux.run(&["send-keys", "Enter"]);
    tmux.shows("SAVED K-1");
    tmux.run(&["send-keys", "C-b"]);
    tmux.shows("shares  100");
    tmux.run(&["send-keys", "Enter", "C-q"]);
    let keyed = folder.path().join("keyed.csv");
    let row = fs::read_to_string(&keyed).unwrap();
    assert!(
        row.contains("1002,K-1,2002-12-05T09:30,proxy,,mail,2002-12-04,yes,,,,,AGAINST,pile-1,Amy,\n"),
        "{row}"
    );
    let output =
        support::quorate(&["tabulate", path, "--cards", keyed.to_str().unwrap(), "--format", "json"]);
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(made["items"][0]["against"], "100");
}

/// The numbers of the cards of which the screen said that they are saved.
fn said_saved(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let mut plain = String::new();
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
    }
    plain.push_str(rest);
    let said = plain.split("SAVED").skip(1).filter_map(|rest| rest.trim_start().split_once('z'));
    said.map(|(number, _)| number.to_owned())
        .filter(|number| number.starts_with("K-") && number[2..].bytes().all(|b| b.is_ascii_digit()))
        .map(|number| format!("{number}z"))
        .collect()
}

/// SplitMix64.
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Killed a hundred times while cards are keyed: what the screen said is saved stands in the file, whole; the next run
/// goes on with it.
#[test]
fn killed_a_hundred_times_it_loses_nothing_that_was_saved() {
    if !has("script") {
        return;
    }
    let folder = meeting();
    let path = folder.path().to_str().unwrap().to_owned();
    let (keyed, pid) = (folder.path().join("keyed.csv"), folder.path().join("pid"));
    let mut saved: Vec<String> = Vec::new();
    for round in 0..100_u64 {
        let line = format!(
            "stty cols 80 rows 24; echo $$ > '{path}/pid'; exec '{PROGRAM}' key '{path}' --into '{path}/keyed.csv' \
             --clerk Amy --received 2002-12-05T09:30 --threads 1"
        );
        let mut child = Command::new("script")
            .args(["-q", "-c", &line, "/dev/null"])
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let read = thread::spawn(move || {
            let mut output = Vec::new();
            let _ = screen.read_to_end(&mut output);
            output
        });
        let cards: String = (0..20).map(|place| card(&format!("K-{}z", round * 100 + place))).collect();
        // Whoever is gone takes no more.
        let _ = keys.write_all(cards.as_bytes());
        thread::sleep(Duration::from_millis(random(round) % 900));
        let killed = fs::read_to_string(&pid).unwrap_or_default();
        if !killed.trim().is_empty() {
            let _ = Command::new("kill").args(["-9", killed.trim()]).status();
        } else {
            let _ = child.kill();
        }
        drop(keys);
        let _ = child.wait();
        saved.extend(said_saved(&read.join().unwrap()));
        let _ = fs::remove_file(&pid);
        let text = fs::read_to_string(&keyed).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for number in &saved {
            let rows = whole.lines().filter(|line| line.split(',').nth(1) == Some(number)).count();
            assert_eq!(rows, 1, "round {round}: {number} was said to be saved\n{text}");
        }
    }
    assert!(saved.len() > 20, "only {} cards were saved", saved.len());
    let output =
        support::quorate(&["tabulate", &path, "--cards", keyed.to_str().unwrap(), "--format", "json"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", support::stderr(&output));
}
