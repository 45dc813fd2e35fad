//! The outside of the program: help, exit codes, pipes, colours, documents, links, and a text
//! certificate that fits the page whatever the names are.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clap::{CommandFactory as _, Parser as _};
use quorate::cli::Cli;
use serde_json::{Value, json};
use support::{quorate, stderr, stdout};
use unicode_width::UnicodeWidthStr as _;

const MEETING: &str = r#"{
  "company": "Example Corporation",
  "title": "Annual Meeting",
  "date": "2002-12-05",
  "time_zone": "America/Los_Angeles",
  "record_date": "2002-11-01",
  "polls_close": "2002-12-05T11:00",
  "classes": [{ "id": "common", "outstanding": "100" }],
  "quorum": { "more_than": "1/2" },
  "proxy_forms": [{ "id": "board", "unmarked": { "2": "for" }, "ballot_cast": "2002-12-05T10:40" }],
  "items": [{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }]
}
"#;
const REGISTER: &str = "account,name,shares\n1001,Ann Able,60\n1002,Bob Baker,40\n";
const CARDS: &str = "card,account,received,2\nC1,1001,2002-11-20,FOR\nC2,1002,2002-11-21,AGAINST\n";

/// A small meeting that is certified.
fn meeting() -> tempfile::TempDir {
    support::folder_of(&[("meeting.json", MEETING), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

/// The same while the polls are open: preliminary.
fn open_meeting() -> tempfile::TempDir {
    let open = MEETING.replace("  \"polls_close\": \"2002-12-05T11:00\",\n", "");
    support::folder_of(&[("meeting.json", &open), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program ended by itself")
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

// ---- Help

#[test]
fn help_explains_every_option_of_every_command_and_shows_an_example() {
    let cli = Cli::command();
    let about_version: [&str; 2] = ["help", "version"];
    for command in std::iter::once(&cli).chain(cli.get_subcommands()) {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "`{name}` is not explained");
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            let is_explained = argument.get_help().is_some_and(|help| help.to_string().len() > 10);
            assert!(is_explained || about_version.contains(&id), "`{name}` does not explain `{id}`");
        }
        let output = if name == "quorate" { quorate(&["--help"]) } else { quorate(&[name, "--help"]) };
        assert_eq!(code(&output), 0);
        let help = stdout(&output);
        assert!(help.contains("Example"), "`{name} --help` shows no example:\n{help}");
        assert!(help.lines().all(|line| line.width() <= 100), "`{name} --help` is wider than 100:\n{help}");
        for argument in command.get_arguments().filter_map(|argument| argument.get_long()) {
            assert!(help.contains(&format!("--{argument}")), "`{name} --help` lacks --{argument}:\n{help}");
        }
        let examples = help.lines().filter_map(|line| line.trim().strip_prefix("quorate "));
        for example in examples.skip_while(|line| line.starts_with("[OPTIONS]")) {
            let words = example.split(['|', '>', '#']).next().unwrap().split_whitespace();
            let parsed = Cli::try_parse_from(std::iter::once("quorate").chain(words));
            assert!(parsed.is_ok(), "the example `quorate {example}` is not understood: {parsed:?}");
        }
    }
}

#[test]
fn help_says_what_the_exit_codes_mean() {
    let help = stdout(&quorate(&["--help"]));
    for meaning in ["0 certified", "1 a problem", "2 wrong usage", "3 preliminary"] {
        assert!(help.contains(meaning), "{meaning}:\n{help}");
    }
}

// ---- Exit codes

#[test]
fn exit_codes_tell_certified_problem_usage_and_preliminary_apart() {
    let (held, open) = (meeting(), open_meeting());
    assert_eq!(code(&quorate(&["tabulate", path(held.path())])), 0);
    assert_eq!(code(&quorate(&["check", path(held.path())])), 0);
    assert_eq!(code(&quorate(&["tabulate", path(open.path())])), 3);
    assert_eq!(code(&quorate(&["check", path(open.path())])), 0);
    let problem = quorate(&["tabulate", path(&held.path().join("nowhere"))]);
    assert_eq!(code(&problem), 1);
    assert!(
        stderr(&problem).contains("nowhere: there is no such file or folder [file_missing]\n"),
        "{}",
        stderr(&problem)
    );
    for usage in [
        vec![],
        vec!["tally"],
        vec!["tabulate", "--fromat", "json"],
        vec!["tabulate", "--format", "yaml"],
        vec!["tabulate", "--force"],
        vec!["tabulate", "--color", "sometimes"],
        vec!["tabulate", "one", "two"],
    ] {
        let output = quorate(&usage);
        assert_eq!(code(&output), 2, "{usage:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{usage:?}: {}", stdout(&output));
    }
}

#[test]
fn a_meeting_is_a_folder_or_its_file_and_the_current_folder_by_default() {
    let folder = meeting();
    let by_folder = quorate(&["tabulate", path(folder.path())]);
    let by_file = quorate(&["tabulate", path(&folder.path().join("meeting.json"))]);
    let program = env!("CARGO_BIN_EXE_quorate");
    let by_default = Command::new(program).arg("tabulate").current_dir(folder.path()).output().unwrap();
    assert_eq!(stdout(&by_folder), stdout(&by_file));
    assert_eq!(stdout(&by_folder), stdout(&by_default));
    assert_eq!(stderr(&by_default), "");
}

#[test]
fn a_meeting_under_another_name_is_named_so_in_messages() {
    let other = MEETING.replace("\"2\", \"kind\"", "\"2\", \"excluded_accounts\": [\"9\"], \"kind\"");
    let folder =
        support::folder_of(&[("dec.json", &other), ("register.csv", REGISTER), ("cards.csv", CARDS)]);
    let output = quorate(&["tabulate", path(&folder.path().join("dec.json"))]);
    assert_eq!(
        stderr(&output),
        "error: dec.json:11: item \"2\".excluded_accounts.0: `9` is neither on the register nor in omnibus.csv [account_unknown]\n\
         error: 1 problem in 1 file; nothing was tabulated\n"
    );
}

#[test]
fn a_time_that_is_none_is_wrong_usage() {
    let folder = meeting();
    for text in ["yesterday", "2002-02-30", "2002-12-05 10:00", ""] {
        let output = quorate(&["tabulate", path(folder.path()), "--as-of", text]);
        assert_eq!(code(&output), 2, "{text}: {}", stderr(&output));
        assert!(stderr(&output).starts_with("error: --as-of: "), "{text}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{text}");
    }
    for text in ["2002-11-20", "2002-11-20T17:00", "2002-11-20T17:00:00-08:00"] {
        let output = quorate(&["tabulate", path(folder.path()), "--as-of", text]);
        assert_eq!(code(&output), 3, "a count as of {text} is preliminary: {}", stderr(&output));
    }
}

// ---- Standard output and standard error

#[test]
fn a_reader_who_stops_reading_is_no_error() {
    let folder = meeting();
    let folder = path(folder.path());
    let commands =
        [vec!["tabulate", folder], vec!["tabulate", folder, "--format", "json"], vec!["check", folder]];
    for args in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(&args)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(stderr(&output), "", "{args:?}");
        assert_eq!(code(&output), 0, "{args:?}");
    }
}

#[test]
fn results_go_to_standard_output_and_quiet_leaves_only_them() {
    let folder = open_meeting();
    let loud = quorate(&["tabulate", path(folder.path())]);
    assert_eq!(
        stderr(&loud),
        "note: preliminary: 1 open matter: polls_open\nhint: set polls_close in meeting.json once the polls have \
         closed; until then, `quorate compare` sets today's certificate beside yesterday's\n"
    );
    for flag in ["--quiet", "-q"] {
        let quiet = quorate(&["tabulate", path(folder.path()), flag]);
        assert_eq!(stderr(&quiet), "");
        assert_eq!(stdout(&quiet), stdout(&loud));
        assert_eq!(code(&quiet), 3);
    }
    fs::remove_file(folder.path().join("register.csv")).unwrap();
    let failed = quorate(&["tabulate", path(folder.path()), "--quiet"]);
    assert!(stderr(&failed).starts_with("error: register.csv: "), "errors are never quiet");
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let folder = meeting();
    let args = |color| ["tabulate", path(folder.path()), "--color", color];
    let escape = '\u{1b}';
    let plain = stdout(&quorate(&args("never")));
    assert!(!plain.contains(escape));
    assert_eq!(stdout(&quorate(&args("auto"))), plain, "a pipe is no terminal");
    let coloured = stdout(&quorate(&args("always")));
    assert!(coloured.contains(escape));
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once(escape) {
        bare.push_str(before);
        rest = after.split_once('m').expect("only colours are set").1;
    }
    bare.push_str(rest);
    assert_eq!(bare, plain, "colour changes nothing else");
}

/// On a terminal, which `script` makes where it is installed.
#[test]
#[cfg(target_os = "linux")]
fn a_terminal_is_coloured_unless_no_color_is_set() {
    let folder = meeting();
    let on_terminal = |value: Option<&str>, color: &str| {
        let program = env!("CARGO_BIN_EXE_quorate");
        let line = format!("'{program}' tabulate '{}' --color {color}", path(folder.path()));
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-c", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
        if let Some(value) = value {
            command.env("NO_COLOR", value);
        }
        command.stdin(Stdio::null()).output()
    };
    let Ok(coloured) = on_terminal(None, "auto") else { return };
    let has_colour = |output: &Output| stdout(output).contains('\u{1b}');
    assert!(has_colour(&coloured), "{}", stdout(&coloured));
    assert!(!has_colour(&on_terminal(Some("1"), "auto").unwrap()));
    assert!(has_colour(&on_terminal(Some(""), "auto").unwrap()), "an empty NO_COLOR says nothing");
    assert!(!has_colour(&on_terminal(None, "never").unwrap()));
    assert!(has_colour(&on_terminal(Some("1"), "always").unwrap()), "a flag goes before the environment");
}

// ---- Documents

const DOCUMENTS: [&str; 6] =
    ["certificate.txt", "certificate.json", "certificate.html", "item507.md", "ledger.csv", "exceptions.csv"];

#[test]
fn out_writes_every_document_and_what_is_printed_is_among_them() {
    let folder = meeting();
    let out = folder.path().join("results/of/december");
    let args = ["tabulate", path(folder.path()), "--out", path(&out)];
    let output = quorate(&args);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let written = contents(&out);
    for name in DOCUMENTS {
        assert!(written.get(name).is_some_and(|bytes| !bytes.is_empty()), "{name} is not there");
    }
    assert!(written.keys().all(|name| !name.starts_with('.')), "{:?}", written.keys());
    assert_eq!(written["certificate.txt"], output.stdout);
    let json = quorate(&["tabulate", path(folder.path()), "--format", "json"]);
    assert_eq!(written["certificate.json"], json.stdout);
    for (name, format) in [("certificate.html", "html"), ("item507.md", "item507")] {
        let printed = quorate(&["tabulate", path(folder.path()), "--format", format]);
        assert_eq!(written[name], printed.stdout, "{name}");
    }
    let certificate: Value = serde_json::from_slice(&json.stdout).unwrap();
    let ledger = <sha2::Sha256 as sha2::Digest>::digest(&written["ledger.csv"]);
    assert_eq!(certificate["ledger"]["sha256"], quorate::load::hex(&ledger));
    assert_eq!(certificate["ledger"]["rows"], 2);
}

#[test]
fn out_never_writes_over_a_document_unless_told_to() {
    let folder = meeting();
    let out = folder.path().join("out");
    for name in DOCUMENTS {
        fs::create_dir_all(&out).unwrap();
        fs::write(out.join(name), "mine").unwrap();
        fs::write(out.join("notes.txt"), "mine too").unwrap();
        let before = contents(&out);
        let args = ["tabulate", path(folder.path()), "--out", path(&out)];
        let output = quorate(&args);
        assert_eq!(code(&output), 1, "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains(name) && stderr(&output).contains("--force"), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "{name}: {}", stdout(&output));
        assert_eq!(contents(&out), before, "{name}: something changed");

        let output = quorate(&[&args[..], &["--force"]].concat());
        assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
        let after = contents(&out);
        assert_ne!(after[name], b"mine", "{name} was not replaced");
        assert_eq!(after["notes.txt"], b"mine too");
        assert_eq!(after["certificate.txt"], output.stdout);
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn out_is_not_touched_when_the_input_has_a_problem() {
    let folder = meeting();
    let out = folder.path().join("out");
    let args = ["tabulate", path(folder.path()), "--out", path(&out)];
    assert_eq!(code(&quorate(&args)), 0);
    let before = contents(&out);
    fs::write(folder.path().join("cards.csv"), CARDS.replace("AGAINST", "yes")).unwrap();
    assert_eq!(code(&quorate(&[&args[..], &["--force"]].concat())), 1);
    assert_eq!(contents(&out), before);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = meeting();
    let register = folder.path().join("register.csv");
    let inputs = contents(folder.path());
    let below_a_file = register.join("out");
    let mut places = vec![register.clone(), below_a_file];
    if cfg!(target_os = "linux") {
        // The owner of the machine may write everywhere, but not here.
        places.push(PathBuf::from("/proc/quorate-out"));
    }
    for out in places {
        let output = quorate(&["tabulate", path(folder.path()), "--out", path(&out)]);
        assert!(matches!(code(&output), 1 | 2), "{}: {}", out.display(), stderr(&output));
        assert!(stderr(&output).starts_with("error: "), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "{}: nothing is printed as though it were done", out.display());
        assert!(!out.is_dir());
        assert_eq!(contents(folder.path()), inputs);
    }
}

#[test]
fn a_document_that_cannot_be_replaced_leaves_no_half_written_one() {
    let folder = meeting();
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("certificate.json")).unwrap();
    let output = quorate(&["tabulate", path(folder.path()), "--out", path(&out), "--force"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    for entry in fs::read_dir(&out).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        assert!(!name.starts_with('.'), "{name} was left behind");
        if entry.path().is_file() {
            assert!(fs::metadata(entry.path()).unwrap().len() > 0, "{name} is empty");
        }
    }
}

// ---- Files that are none

#[test]
fn a_folder_or_a_pipe_is_no_input() {
    let folder = meeting();
    let base = path(folder.path());
    let refused = |path: &Path, flag: &str| {
        let output = quorate(&["tabulate", base, flag, path.to_str().unwrap()]);
        assert_eq!(code(&output), 1, "{flag}: {}", stderr(&output));
        let wanted = format!("error: {}: is not a plain file [file_unreadable]\n", path.display());
        assert!(stderr(&output).starts_with(&wanted), "{flag}: {}", stderr(&output));
    };
    for flag in ["--register", "--cards", "--omnibus", "--street", "--revocations", "--rulings", "--lots"] {
        refused(folder.path(), flag);
    }
    let pipe = folder.path().join("pipe.csv");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        refused(&pipe, "--cards");
        let output = quorate(&["tabulate", path(&pipe)]);
        assert_eq!(code(&output), 1);
        assert!(
            stderr(&output).starts_with("error: pipe.csv: is not a plain file [file_unreadable]\n"),
            "{}",
            stderr(&output)
        );
        let named = MEETING.replace("  \"items\"", "  \"files\": { \"cards\": \"pipe.csv\" },\n  \"items\"");
        fs::write(folder.path().join("meeting.json"), named).unwrap();
        let output = quorate(&["tabulate", base]);
        assert!(
            stderr(&output).starts_with("error: pipe.csv: is not a plain file [file_unreadable]\n"),
            "{}",
            stderr(&output)
        );
    }
    if cfg!(target_os = "linux") {
        refused(Path::new("/dev/null"), "--cards");
    }
}

#[test]
fn a_file_given_twice_is_refused_and_not_counted_twice() {
    let folder = meeting();
    let cards = folder.path().join("cards.csv");
    let again = folder.path().join(".").join("cards.csv");
    let output =
        quorate(&["tabulate", path(folder.path()), "--cards", path(&cards), "--cards", path(&again)]);
    let wanted = format!(
        "error: {}: is named twice [id_repeated]\nerror: 1 problem in 1 file; nothing was tabulated\n",
        again.display()
    );
    assert_eq!(stderr(&output), wanted);
}

#[test]
fn a_flag_may_name_any_file_and_stands_in_for_that_of_the_folder() {
    let (folder, other) = (meeting(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("cards.csv"), "nonsense").unwrap();
    let cards = other.path().join("web.csv");
    fs::write(&cards, CARDS).unwrap();
    let output = quorate(&["tabulate", path(folder.path()), "--cards", path(&cards)]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
#[cfg(unix)]
fn a_link_may_not_lead_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let (folder, outside) = (meeting(), tempfile::tempdir().unwrap());
    let base = path(folder.path());
    let cards = folder.path().join("cards.csv");
    let target = outside.path().join("cards.csv");
    fs::write(&target, CARDS).unwrap();
    fs::rename(&cards, folder.path().join("mail.csv")).unwrap();
    symlink(&target, &cards).unwrap();
    let refusal = "leads outside the meeting's folder through a link";
    let sum = "error: 1 problem in 1 file; nothing was tabulated\n";
    let output = quorate(&["tabulate", base]);
    assert_eq!(code(&output), 1);
    assert_eq!(stderr(&output), format!("error: cards.csv: {refusal} [path_refused]\n{sum}"));

    symlink(outside.path(), folder.path().join("dtc")).unwrap();
    let named = |file: &str| {
        let files = format!("  \"files\": {{ \"cards\": \"{file}\" }},\n  \"items\"");
        fs::write(folder.path().join("meeting.json"), MEETING.replace("  \"items\"", &files)).unwrap();
    };
    named("dtc/cards.csv");
    let output = quorate(&["tabulate", base]);
    assert_eq!(
        stderr(&output),
        format!("error: meeting.json:11: files.cards: `dtc/cards.csv` {refusal} [path_refused]\n{sum}")
    );

    named("inside.csv");
    symlink("mail.csv", folder.path().join("inside.csv")).unwrap();
    let output = quorate(&["tabulate", base]);
    assert_eq!(code(&output), 0, "a link inside the folder is followed: {}", stderr(&output));

    named("broken.csv");
    symlink("nowhere.csv", folder.path().join("broken.csv")).unwrap();
    let output = quorate(&["tabulate", base]);
    assert_eq!(stderr(&output), format!("error: broken.csv: there is no such file [file_missing]\n{sum}"));
}

// ---- The page

/// What is wrong with a text certificate as a page.
fn faults_of_page(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let at = format!("{name}: line {}", place + 1);
        if line.width() > 100 {
            faults.push(format!("{at} has {} columns: {line}", line.width()));
        }
        if line.ends_with(char::is_whitespace) {
            faults.push(format!("{at} ends in blanks: {line:?}"));
        }
        if line.chars().any(quorate::text::is_hidden) {
            faults.push(format!("{at} holds a control character: {line:?}"));
        }
    }
    if !text.ends_with('\n') || text.ends_with("\n\n") {
        faults.push(format!("{name}: does not end in one line break"));
    }
    faults
}

/// Folders of meetings below the fixtures that have figures of their own.
fn meetings(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.join("expected/figures.json").is_file() {
            found.push(path);
        } else if path.is_dir() {
            meetings(&path, found);
        }
    }
    found.sort();
}

#[test]
fn the_text_certificate_of_every_fixture_fits_the_page() {
    let mut found = Vec::new();
    meetings(&support::fixtures(), &mut found);
    assert!(found.len() > 60, "only {} fixtures were found", found.len());
    let mut faults = Vec::new();
    for folder in found {
        let output = quorate(&["tabulate", path(&folder), "--quiet"]);
        let name = folder.strip_prefix(support::fixtures()).unwrap().display().to_string();
        assert!(matches!(code(&output), 0 | 3), "{name}: {}", stderr(&output));
        faults.extend(faults_of_page(&name, &stdout(&output)));
    }
    assert!(faults.is_empty(), "{} lines do not fit:\n{}", faults.len(), faults.join("\n"));
}

/// A meeting in which every text that the files may hold is `text`, as far as it may be.
fn hostile_meeting(text: &str) -> tempfile::TempDir {
    let item = |id: &str| format!("{id}{text}").replace('.', "");
    let meeting = json!({
        "company": text, "title": text, "place": text, "date": "2002-12-05",
        "time_zone": "America/Los_Angeles", "record_date": "2002-11-01",
        "polls_close": "2002-12-05T11:00", "inspectors": [text, text],
        "classes": [
            { "id": item("a"), "name": text, "outstanding": "60" },
            { "id": item("b"), "name": text, "outstanding": "41" },
        ],
        "quorum": { "more_than": "1/2", "by_class": true },
        "rules": { "signature_mismatch": "hold" },
        "proxy_forms": [{ "id": item("f"), "holders": [text, text] }],
        "items": [
            { "id": item("1"), "kind": "election", "title": text, "seats": 2,
              "nominees": [{ "id": item("n"), "name": text }, { "id": item("m"), "name": text }],
              "cumulative": { "notice": { "by": text, "given": "2002-12-05T09:00" } } },
            { "id": item("2"), "kind": "proposal", "title": text, "standard": "majority_of_outstanding",
              "voting_groups": [{ "classes": [item("b")], "standard": "majority_of_present" }] },
            { "id": item("3"), "kind": "frequency", "title": text,
              "choices": [{ "id": item("c"), "name": text }, { "id": item("d"), "name": text }] },
        ],
    });
    let table = |rows: &[Vec<String>]| {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
    let (first, second) = (format!("1{text}"), format!("2{text}"));
    let register = table(&[
        row(&["account", "name", "shares", "class", "registration", "holders"]),
        row(&[&first, text, "60", &item("a"), "joint", &format!("Ann;Bob{}", text.replace([';', ':'], ""))]),
        row(&[&second, text, "41", &item("b"), "nominee", ""]),
    ]);
    let (one, two, three) = (item("1"), item("2"), item("3"));
    let card = |number: &str| format!("{number}{text}");
    let cards = table(&[
        row(&["card", "account", "received", "signed", "signer", "dated", &one, &two, &three]),
        row(&[&card("A"), &first, "2002-11-20", "yes", "Ann", "2002-11-18", "FOR", "FOR", &item("c")]),
        row(&[&card("B"), &first, "2002-11-21", "yes", "Ann", "2002-11-18", "FOR", "AGAINST", &item("d")]),
        row(&[&card("C"), &second, "2002-11-21", "mismatch", "", "2002-11-18", "FOR", "FOR", ""]),
        row(&[&card("D"), &card("unknown"), "2002-11-21", "no", "", "", "", "", ""]),
    ]);
    let rulings =
        table(&[row(&["card", "ruling", "reason", "by"]), row(&[&card("A"), "reject", text, text])]);
    support::folder_of(&[
        ("meeting.json", &serde_json::to_string_pretty(&meeting).unwrap()),
        ("register.csv", &register),
        ("cards.csv", &cards),
        ("rulings.csv", &rulings),
    ])
}

#[test]
fn hostile_and_endless_names_stay_on_the_page_and_act_on_nothing() {
    let names = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}red",
        "Ann \u{202e}elbA\u{202c} \u{2066}x\u{2069}",
        "zero\u{200b}width\u{feff}and\u{ad}soft",
        "tab\there",
        "Ångström Zoë 木村拓哉",
        "an endless name that goes on and on and says no more than that it is very long indeed, is it not",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsdirektorenversammlung",
        "木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉木村拓哉",
        "=HYPERLINK(\"x\")",
        "🏳️‍🌈 👩‍👩‍👧‍👦",
        "e\u{301}\u{301}\u{301}\u{301}",
    ];
    let mut faults = Vec::new();
    for name in names {
        let folder = hostile_meeting(name);
        let output = quorate(&["tabulate", path(folder.path()), "--quiet"]);
        if matches!(code(&output), 0 | 3) {
            faults.extend(faults_of_page(&format!("{name:?}"), &stdout(&output)));
        } else {
            faults.push(format!("{name:?}: {}", stderr(&output)));
        }
        let checked = quorate(&["check", path(folder.path())]);
        assert_eq!(code(&checked), 0, "{name:?}");
        let loud = quorate(&["tabulate", path(folder.path())]);
        let noise = format!("{}{}", stdout(&checked), stderr(&loud)).replace('\n', "");
        assert!(!noise.chars().any(quorate::text::is_hidden), "{name:?}: {noise:?}");
    }
    assert!(faults.is_empty(), "{} lines are at fault:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_path_with_an_escape_sequence_is_shown_and_not_obeyed() {
    let folder = meeting();
    let cards = folder.path().join("\u{1b}[31mcards.csv");
    let mut file = fs::File::create(&cards).unwrap();
    file.write_all(CARDS.replace("AGAINST", "no\u{202e}").as_bytes()).unwrap();
    let output = quorate(&["tabulate", path(folder.path()), "--cards", path(&cards)]);
    assert_eq!(code(&output), 1);
    let text = stderr(&output);
    assert!(text.contains("\\u{1b}[31mcards.csv:3: 2: `no\\u{202e}` is not a mark"), "{text}");
    assert!(!text.replace('\n', "").chars().any(quorate::text::is_hidden), "{text:?}");
}
