//! The form and the room's screen on a real terminal: end to end in tmux, the form killed at random moments; both
//! refused on a pipe, and left out.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

const MEETING: &str = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
  "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "name": "Common", "outstanding": "300" }], "quorum": { "more_than": "1/2" },
  "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
  "items": [{ "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }] }"#;
const REGISTER: &str = "account,name,shares\n1001,Ann Able,100\n1002,Bob Baker,100\n1003,Carol Cook,100\n";

fn meeting() -> tempfile::TempDir {
    support::folder_of(&[("meeting.json", MEETING), ("register.csv", REGISTER)])
}

/// Tried without a terminal.
fn tried(folder: &Path) -> (Option<i32>, String) {
    let into = folder.join("k.csv");
    let args = ["key", folder.to_str().unwrap(), "--into", into.to_str().unwrap(), "--clerk", "Amy"];
    let output = support::quorate(&args);
    assert!(!into.exists(), "nothing is begun");
    (output.status.code(), support::stderr(&output))
}

#[test]
fn the_room_has_no_screen_without_a_terminal_or_its_feature() {
    let folder = meeting();
    let output = support::quorate(&["watch", folder.path().to_str().unwrap()]);
    let wanted = if cfg!(feature = "desk") {
        (Some(2), "error: watch needs a terminal: it is a screen that changes with the files\n")
    } else {
        (Some(1), "error: `watch` needs the feature `desk`, which this program was built without\n")
    };
    assert_eq!((output.status.code(), support::stderr(&output).as_str()), wanted);
}

#[test]
#[cfg(feature = "desk")]
fn a_pipe_is_no_terminal() {
    let folder = meeting();
    let (exit, told) = tried(folder.path());
    let wanted = "error: key needs a terminal: it is a form to be filled in by hand\n";
    assert_eq!((exit, told.as_str()), (Some(2), wanted));
}

#[test]
#[cfg(not(feature = "desk"))]
fn without_its_feature_there_is_no_form() {
    let folder = meeting();
    let (exit, told) = tried(folder.path());
    let wanted = "error: `key` needs the feature `desk`, which this program was built without\n";
    assert_eq!((exit, told.as_str()), (Some(1), wanted));
}

#[cfg(all(target_os = "linux", feature = "desk"))]
mod terminal {
    use std::collections::BTreeSet;
    use std::fs;
    use std::io::{Read, Write};
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::sync::{Arc, Mutex};
    use std::thread::{self, JoinHandle};
    use std::time::Duration;

    use super::support;

    const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");

    /// Whether a program is installed; where it is not, the test says that it looked at nothing.
    fn has(program: &str) -> bool {
        let found =
            Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
        if !found {
            eprintln!("NOT TESTED: {program} is not installed, and without it there is no terminal here");
        }
        found
    }

    /// A tmux server of its own, ended with the test.
    struct Tmux(String);

    impl Tmux {
        /// A terminal of 80 columns and 24 lines that runs a command line.
        fn new(name: &str, line: &str) -> Self {
            let tmux = Self(format!("quorate-{name}-{}", std::process::id()));
            // Something stays when the command ended, so that what it said is seen.
            let line = format!("env -u NO_COLOR {line}; echo \"exit $?.\"; exec cat");
            tmux.run(&["new-session", "-d", "-x", "80", "-y", "24", &line]);
            tmux
        }

        fn run(&self, args: &[&str]) -> String {
            let output =
                Command::new("tmux").args(["-L", &self.0, "-f", "/dev/null"]).args(args).output().unwrap();
            String::from_utf8_lossy(&output.stdout).into_owned()
        }

        fn keys(&self, keys: &[&str]) {
            self.run(&[&["send-keys"], keys].concat());
        }

        fn types(&self, text: &str) {
            self.run(&["send-keys", "-l", text]);
        }

        /// Waits for a text, and returns the screen with it.
        #[track_caller]
        fn shows(&self, text: &str) -> String {
            let mut shown = String::new();
            for _ in 0..600 {
                shown = self.run(&["capture-pane", "-p"]);
                if shown.contains(text) {
                    return shown;
                }
                thread::sleep(Duration::from_millis(20));
            }
            panic!("{text} does not come on\n{shown}");
        }

        /// What tells a terminal of colours on the screen.
        fn colours(&self) -> Vec<String> {
            let shown = self.run(&["capture-pane", "-p", "-e"]);
            shown.split("\u{1b}[").skip(1).map(|code| code.chars().take(8).collect()).collect()
        }
    }

    impl Drop for Tmux {
        fn drop(&mut self) {
            self.run(&["kill-server"]);
        }
    }

    fn command(folder: &str, more: &str) -> String {
        format!("'{PROGRAM}' key '{folder}' {more} --batch pile-1 --received 2002-12-05T09:30")
    }

    /// Keys a card, and waits for each screen that a clerk waits for.
    fn key_card(tmux: &Tmux, account: &str, card: &str, mark: &str) {
        tmux.shows("> account");
        tmux.types(account);
        tmux.keys(&["Enter"]);
        tmux.shows("> card");
        tmux.types(card);
        tmux.keys(&["Enter", "Enter"]);
        tmux.types("pm2002-12-04");
        tmux.keys(&["Enter"]);
        tmux.types("y");
        tmux.keys(&["Enter"]);
        tmux.shows("f FOR  a AGAINST");
        tmux.types(mark);
    }

    #[test]
    fn cards_are_keyed_in_a_real_terminal_and_counted() {
        if !has("tmux") {
            return;
        }
        let folder = super::meeting();
        let path = folder.path().to_str().unwrap();
        let tmux = Tmux::new("key", &command(path, &format!("--into '{path}/keyed.csv' --clerk Amy")));
        tmux.shows("> account");
        tmux.types("baker");
        tmux.shows("1002  Bob Baker");
        assert_eq!(tmux.colours(), Vec::<String>::new());
        tmux.keys(&["Enter"]);
        tmux.shows("100 shares of Common");
        tmux.keys(&["Escape"]);
        key_card(&tmux, "1002", "K-1", "a");
        tmux.shows("this card: counted");
        tmux.keys(&["Enter"]);
        tmux.shows("SAVED K-1");
        key_card(&tmux, "1003", "K-2", "f");
        tmux.keys(&["Enter"]);
        tmux.shows("SAVED K-2");
        // One taken back, one revoked, the totals; a paper that was begun is not left at once.
        tmux.keys(&["C-u"]);
        tmux.shows("Take back K-2?");
        tmux.types("y");
        tmux.shows("WITHDRAWN K-2");
        tmux.keys(&["C-q"]);
        tmux.shows("This paper is NOT SAVED");
        tmux.keys(&["Escape"]);
        tmux.shows("Enter next");
        tmux.keys(&["Escape"]);
        tmux.shows("> account        _");
        tmux.keys(&["C-r"]);
        tmux.shows(" Revocation ");
        tmux.types("1002");
        tmux.keys(&["Enter", "Enter"]);
        tmux.types("w");
        tmux.keys(&["Enter"]);
        tmux.shows("K-1: revoked");
        tmux.keys(&["Escape"]);
        tmux.shows("Enter next");
        tmux.keys(&["Escape"]);
        tmux.shows("> account        _");
        tmux.keys(&["C-r", "C-t"]);
        tmux.shows("pile-1               1            100");
        tmux.keys(&["Enter", "C-q"]);
        let shown = tmux.shows("exit 0.");
        assert!(shown.contains("1 card in "), "{shown}");
        let keyed = folder.path().join("keyed.csv");
        let rows = fs::read_to_string(&keyed).unwrap();
        let row = |account: &str, card: &str, mark: &str, end: &str| {
            format!(
                "{account},{card},2002-12-05T09:30,proxy,,mail,2002-12-04,yes,,,,,,,,{mark},pile-1,Amy,{end}"
            )
        };
        let wanted = [
            row("1002", "K-1", "AGAINST", ""),
            row("1003", "K-2", "FOR", ""),
            row("1003", "K-2", "FOR", "withdraws"),
        ];
        assert_eq!(rows.lines().skip(1).collect::<Vec<_>>(), wanted);
        assert!(!folder.path().join("keyed-revocations.csv").exists(), "it was not saved");
        let output =
            support::quorate(&["tabulate", path, "--cards", keyed.to_str().unwrap(), "--format", "json"]);
        let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&made["items"][0]["against"], &made["items"][0]["for"]), (&"100".into(), &"0".into()));
    }

    #[test]
    fn a_second_clerk_keys_blind_and_what_differs_is_settled() {
        if !has("tmux") {
            return;
        }
        let folder = super::meeting();
        let path = folder.path().to_str().unwrap();
        let tmux = Tmux::new("blind", &command(path, &format!("--into '{path}/first.csv' --clerk Amy")));
        key_card(&tmux, "1002", "K-1", "a");
        tmux.shows("this card: counted");
        tmux.keys(&["Enter"]);
        tmux.shows("SAVED K-1");
        tmux.keys(&["C-q"]);
        tmux.shows("exit 0.");
        let second = format!("--blind '{path}/second.csv' --against '{path}/first.csv' --clerk Ben");
        let tmux = Tmux::new("again", &command(path, &second));
        key_card(&tmux, "1002", "K-1", "f");
        tmux.shows("DIFFERS: 2: you `FOR`, first `AGAINST`");
        tmux.keys(&["Enter"]);
        tmux.shows("DIFFERS FROM THE FIRST KEYING");
        tmux.keys(&["Enter"]);
        tmux.shows("SAVED K-1");
        tmux.keys(&["C-q"]);
        tmux.shows("exit 0.");
        let name = |name: &str| format!("{path}/{name}");
        let files = ["first.csv", "second.csv"].map(name);
        let output = support::quorate(&["reconcile", &files[0], &files[1]]);
        assert_eq!(output.status.code(), Some(4));
        let told = support::stdout(&output);
        assert!(told.contains("1 card keyed twice: 1 difference, 1 open"), "{told}");
    }

    #[test]
    fn the_rooms_screen_follows_its_files_in_a_real_terminal() {
        if !has("tmux") {
            return;
        }
        let folder = super::meeting();
        let path = folder.path().to_str().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let head = "card,account,received,dated,2\n";
        write("cards.csv", &format!("{head}C-1,1001,2002-12-01,2002-11-30,FOR\n"));
        let tmux = Tmux::new("watch", &format!("'{PROGRAM}' watch '{path}' --out '{path}/projector'"));
        // More than half of 300 are 151.
        tmux.shows("100 of 300 present (33.33%), 151 required: NO QUORUM YET");
        assert_eq!(tmux.colours(), Vec::<String>::new());
        let rows = "C-1,1001,2002-12-01,2002-11-30,FOR\nC-2,1002,2002-12-01,2002-11-30,AGAINST\n";
        write("cards.csv", &format!("{head}{rows}"));
        tmux.shows("200 of 300 present (66.67%), 151 required: a quorum is present");
        tmux.shows("1 card came in, 100 votes more present");
        let page = || fs::read_to_string(folder.path().join("projector/room.html")).unwrap();
        assert!(page().contains("200 of 300 present") && !page().contains("C-2"), "{}", page());
        // A file caught half written never blanks the screen.
        write("cards.csv", &format!("{head}{rows}C-3,10"));
        let shown = tmux.shows("NOT COUNTED AGAIN: cards.csv ends within a line");
        assert!(shown.contains("200 of 300 present"), "{shown}");
        write("cards.csv", &format!("{head}{rows}C-3,1003,2002-12-01,2002-11-30,FOR\n"));
        tmux.shows("300 of 300 present (100.00%)");
        tmux.keys(&["q"]);
        tmux.shows("exit 0.");
    }

    /// The keys of a card: account, number, received as proposed, proxy, mail, date, signed, all shares, the mark,
    /// save.
    fn keys_of(number: u64) -> String {
        format!("{}\rK-{number}z\r\rpm2002-12-04\ry\rf\r", 100_000 + number % 500)
    }

    /// The numbers of the cards of which the screen said that they are saved. Only what changes on the screen is
    /// drawn, so that what is sought are the letters between the commands to the terminal.
    fn said_saved(output: &[u8]) -> BTreeSet<u64> {
        let text = String::from_utf8_lossy(output);
        let mut plain = String::new();
        let mut rest = text.as_ref();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
        }
        plain.push_str(rest);
        let said = plain.split("SAVED").skip(1).filter_map(|rest| rest.split_once('z'));
        said.filter_map(|(number, _)| number.trim().strip_prefix("K-")?.parse().ok()).collect()
    }

    /// SplitMix64.
    fn random(seed: u64) -> u64 {
        let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A run of the form in a terminal made by script(1).
    struct Run {
        child: Child,
        screen: Arc<Mutex<Vec<u8>>>,
        reader: JoinHandle<()>,
    }

    impl Run {
        fn new(folder: &Path) -> Self {
            let path = folder.to_str().unwrap();
            let line = format!(
                "stty cols 80 rows 24; echo $$ > '{path}/pid'; exec '{PROGRAM}' key '{path}' --into \
                 '{path}/keyed.csv' --clerk Amy --received 2002-12-05T09:30 --threads 1"
            );
            let mut child = Command::new("script")
                .args(["-q", "-c", &line, "/dev/null"])
                .env("TERM", "xterm")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut output = child.stdout.take().unwrap();
            let screen = Arc::new(Mutex::new(Vec::new()));
            let shared = Arc::clone(&screen);
            let reader = thread::spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(count @ 1..) = output.read(&mut piece) {
                    shared.lock().unwrap().extend_from_slice(&piece[..count]);
                }
            });
            Self { child, screen, reader }
        }

        fn wait_for(&self, text: &[u8]) {
            for _ in 0..2000 {
                if self.screen.lock().unwrap().windows(text.len()).any(|part| part == text) {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
            }
            panic!("the form does not come on");
        }

        /// Kills the form where it stands, and returns what stood on the screen.
        fn kill(mut self, folder: &Path) -> Vec<u8> {
            let file = folder.join("pid");
            let pid = fs::read_to_string(&file).unwrap_or_default();
            if pid.trim().is_empty() {
                let _ = self.child.kill();
            } else {
                let _ = Command::new("kill").args(["-9", pid.trim()]).stderr(Stdio::null()).status();
            }
            // script(1) ends with the form, two seconds later where its own input ended before.
            let keys = self.child.stdin.take();
            self.reader.join().unwrap();
            drop(keys);
            let _ = self.child.wait();
            let _ = fs::remove_file(file);
            Arc::try_unwrap(self.screen).unwrap().into_inner().unwrap()
        }
    }

    const KILLS: u64 = 100;
    const DESKS: u64 = 4;
    const CARDS_AT_ONCE: u64 = 40;

    /// Keys cards and is killed, again and again; returns how many cards the screen called saved.
    fn killed_again_and_again(desk: u64) -> usize {
        let register: String =
            (0..500).map(|place| format!("{},Holder {place},1\n", 100_000 + place)).collect();
        let meeting = super::MEETING.replace("\"300\"", "\"500\"");
        let folder = support::folder_of(&[
            ("meeting.json", &meeting),
            ("register.csv", &format!("account,name,shares\n{register}")),
        ]);
        let keyed = folder.path().join("keyed.csv");
        let mut saved: BTreeSet<u64> = BTreeSet::new();
        for round in 0..KILLS / DESKS {
            let mut run = Run::new(folder.path());
            // Now and then before the form is there.
            if round % 8 != 7 {
                run.wait_for(b"account");
                let numbers = (0..CARDS_AT_ONCE).map(|place| round * CARDS_AT_ONCE + place);
                let keys: String = numbers.map(keys_of).collect();
                // Whoever is gone takes no more.
                let _ = run.child.stdin.as_mut().unwrap().write_all(keys.as_bytes());
            }
            thread::sleep(Duration::from_millis(random(desk * KILLS + round) % 250));
            saved.extend(said_saved(&run.kill(folder.path())));
            let text = fs::read_to_string(&keyed).unwrap_or_default();
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let stand: Vec<&str> = whole.lines().filter_map(|line| line.split(',').nth(1)).collect();
            for number in &saved {
                let card = format!("K-{number}z");
                let rows = stand.iter().filter(|stands| **stands == card).count();
                assert_eq!(rows, 1, "round {round}: {card} was said to be saved\n{text}");
            }
        }
        // The next run goes on with all of it, and the file is counted.
        let run = Run::new(folder.path());
        run.wait_for(b"account");
        run.kill(folder.path());
        let (path, keyed) = (folder.path().to_str().unwrap(), keyed.to_str().unwrap());
        let output = support::quorate(&["tabulate", path, "--cards", keyed, "--format", "json"]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", support::stderr(&output));
        let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(made["cards"]["read"].as_u64().unwrap() >= saved.len() as u64);
        saved.len()
    }

    /// Killed a hundred times while cards are keyed, at four desks at once: what the screen said is saved stands in the
    /// file, once and whole.
    #[test]
    fn killed_a_hundred_times_it_loses_nothing_that_was_saved() {
        if !has("script") {
            return;
        }
        let desks: Vec<_> =
            (0..DESKS).map(|desk| thread::spawn(move || killed_again_and_again(desk))).collect();
        let saved: usize = desks.into_iter().map(|desk| desk.join().unwrap()).sum();
        eprintln!("{saved} cards were called saved");
        assert!(saved as u64 > KILLS, "only {saved} cards were saved");
    }
}
