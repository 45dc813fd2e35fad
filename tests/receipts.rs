//! Receipts: the root and the salts found again by a second, naive reading of the manual; receipts checked by
//! the program and by the Python of the manual; every alteration noticed by both.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use quorate::manual::Page;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{copy_folder, fixtures, folder_of, quorate, stderr, stdout};

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// A key as an inspector might have: anything but all the same.
const KEY: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";

/// A meeting with results that have receipts.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn of(fixture: &str) -> Self {
        let office = Self::empty();
        copy_folder(&fixtures().join(fixture), &office.path("meeting"));
        office.tabulated("results", &[])
    }

    fn empty() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(office.path("key"), KEY).unwrap();
        fs::set_permissions(office.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command, in the folder of all.
    fn run(&self, args: &[&str]) -> Output {
        let program = env!("CARGO_BIN_EXE_quorate");
        Command::new(program).args(args).current_dir(self.folder.path()).output().unwrap()
    }

    fn tabulated(self, out: &str, more: &[&str]) -> Self {
        let args = ["tabulate", "meeting", "--out", out, "--quiet", "--receipts-key", "key"];
        let output = self.run(&[&args[..], more].concat());
        assert!(matches!(code(&output), Some(0 | 3)), "{}", stderr(&output));
        assert_eq!(stderr(&output), "");
        self
    }

    fn receipt(&self, account: &str) -> Output {
        self.run(&["receipt", "results", "--account", account, "--receipts-key", "key"])
    }

    fn certificate(&self, folder: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(folder).join("certificate.json")).unwrap()).unwrap()
    }

    fn root(&self, folder: &str) -> String {
        self.certificate(folder)["ledger"]["receipts"]["root"].as_str().unwrap().to_owned()
    }

    fn ledger(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("results/ledger.csv")).unwrap();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    /// How the program and the Python of the manual judge a receipt.
    fn judged(&self, receipt: &str) -> (Option<i32>, Option<bool>) {
        fs::write(self.path("receipt.txt"), receipt).unwrap();
        fs::write(self.path("check.py"), python()).unwrap();
        let ours = self.run(&["verify-receipt", "receipt.txt"]);
        let theirs = Command::new("python3")
            .args(["check.py", "receipt.txt"])
            .current_dir(self.folder.path())
            .output();
        (code(&ours), theirs.ok().map(|output| output.status.success()))
    }
}

/// The lines of the manual.
fn python() -> String {
    let text = Page::of_name("receipts").unwrap().text().into_owned();
    let block = text.split("\n```python\n").nth(1).unwrap();
    block.split("\n```").next().unwrap().to_owned() + "\n"
}

// ---- A second reading of the manual's last section, with SHA-256 alone

fn sha(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

/// RFC 2104.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad =
        |with: u8| -> Vec<u8> { (0..64).map(|place| key.get(place).copied().unwrap_or(0) ^ with).collect() };
    sha(&[&pad(0x5c), &sha(&[&pad(0x36), message])])
}

fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => sha(&[]),
        [only] => only.clone(),
        many => {
            let mut left = 1;
            while left * 2 < many.len() {
                left *= 2;
            }
            sha(&[&[1], &root(&many[..left]), &root(&many[left..])])
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The root of a certificate's ledger, by the manual.
fn root_by_the_manual(certificate: &Value, ledger: &[String], key: &[u8]) -> String {
    let mut basis = "quorate receipts 1\n".to_owned();
    for input in certificate["inputs"].as_array().unwrap() {
        let layout = input["layout"]["sha256"].as_str().unwrap_or("");
        let part = |key: &str| input[key].as_str().unwrap().to_owned();
        basis.push_str(&format!("{} {} {layout}\n", part("role"), part("sha256")));
    }
    basis.push_str(&format!("as of {}\n", certificate["meeting"]["as_of"].as_str().unwrap_or("")));
    let of_this = hmac(key, basis.as_bytes());
    let leaves: Vec<Vec<u8>> = ledger
        .iter()
        .enumerate()
        .map(|(place, row)| sha(&[&[0], &hmac(&of_this, &(place as u64).to_be_bytes()), row.as_bytes()]))
        .collect();
    hex(&root(&leaves))
}

#[test]
fn the_root_is_found_again_by_a_second_reading_of_the_manual() {
    for fixture in ["point360", "g1", "layouts/agents_list"] {
        let office = Office::of(fixture);
        let certificate = office.certificate("results");
        let by_the_manual = root_by_the_manual(&certificate, &office.ledger(), &KEY);
        assert_eq!(office.root("results"), by_the_manual, "{fixture}");
        assert_eq!(certificate["ledger"]["receipts"]["key_sha256"], hex(&sha(&[&KEY])));
        let header = fs::read_to_string(office.path("results/ledger.csv")).unwrap();
        let columns = certificate["ledger"]["receipts"]["columns"].as_array().unwrap();
        assert_eq!(header.lines().next().unwrap().split(',').count(), columns.len());
        for name in ["certificate.txt", "certificate.html"] {
            let document = fs::read_to_string(office.path("results").join(name)).unwrap();
            assert!(document.contains(&by_the_manual), "{name} does not state the root");
            assert!(document.contains(&hex(&sha(&[&KEY]))), "{name} does not state the key's digest");
        }
    }
    let office = Office::of("point360").tabulated("early", &["--as-of", "2002-11-22T17:00"]);
    let certificate = office.certificate("early");
    let ledger = fs::read_to_string(office.path("early/ledger.csv")).unwrap();
    let rows: Vec<String> = ledger.lines().skip(1).map(str::to_owned).collect();
    assert_eq!(office.root("early"), root_by_the_manual(&certificate, &rows, &KEY));
}

/// Rows beyond a piece that one thread makes, a whole one and a part of one.
#[test]
fn the_root_does_not_depend_on_threads_and_is_right_for_thousands_of_rows() {
    let office = Office::empty();
    let (mut register, mut cards) =
        ("account,name,shares\n".to_owned(), "card,account,received,2\n".to_owned());
    for number in 0..8200 {
        register.push_str(&format!("A{number},Holder {number},1\n"));
        cards.push_str(&format!("C{number},A{number},2002-11-20,{}\n", ["FOR", "AGAINST"][number % 2]));
    }
    let meeting = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
      "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
      "classes": [{ "id": "common", "outstanding": "8200" }], "quorum": { "more_than": "1/2" },
      "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
      "items": [{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }] }"#;
    fs::create_dir(office.path("meeting")).unwrap();
    fs::write(office.path("meeting/meeting.json"), meeting).unwrap();
    fs::write(office.path("meeting/register.csv"), register).unwrap();
    fs::write(office.path("meeting/cards.csv"), cards).unwrap();
    let office = office.tabulated("results", &["--threads", "1"]).tabulated("four", &["--threads", "4"]);
    assert_eq!(office.root("results"), office.root("four"));
    assert_eq!(
        fs::read(office.path("results/certificate.json")).unwrap(),
        fs::read(office.path("four/certificate.json")).unwrap()
    );
    let ledger = office.ledger();
    assert_eq!(ledger.len(), 8200);
    assert_eq!(office.root("results"), root_by_the_manual(&office.certificate("results"), &ledger, &KEY));
    for account in ["A0", "A4095", "A4096", "A8191", "A8192", "A8199"] {
        let receipt = stdout(&office.receipt(account));
        assert_eq!(office.judged(&receipt).0, Some(0), "{account}");
        assert!(matches!(office.judged(&receipt).1, None | Some(true)), "{account}");
    }
}

#[test]
fn every_account_with_a_card_gets_a_receipt_that_holds() {
    let office = Office::of("g1");
    let ledger = office.ledger();
    let mut accounts: Vec<&str> = ledger.iter().map(|row| row.split(',').nth(3).unwrap()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    assert!(accounts.len() > 5);
    let mut most = 0;
    for account in accounts {
        let output = office.receipt(account);
        assert_eq!(code(&output), Some(0), "{account}: {}", stderr(&output));
        let receipt = stdout(&output);
        let rows: Vec<&str> = receipt.lines().filter_map(|line| line.strip_prefix("text: ")).collect();
        let expected: Vec<&str> =
            ledger.iter().filter(|row| row.split(',').nth(3) == Some(account)).map(String::as_str).collect();
        assert_eq!(rows, expected, "{account}");
        most = most.max(rows.len());
        let (ours, theirs) = office.judged(&receipt);
        assert_eq!(ours, Some(0), "{account}");
        assert!(matches!(theirs, None | Some(true)), "{account}");
        let with = office.run(&["verify-receipt", "receipt.txt", "--certificate", "results"]);
        assert_eq!(code(&with), Some(0), "{}", stdout(&with));
        assert!(stdout(&with).contains(", which results/certificate.json states; its fingerprint is "));
        // No other account is named in it.
        for row in ledger.iter().filter(|row| !expected.contains(&row.as_str())) {
            assert!(!receipt.contains(row.as_str()), "{account}: {row}");
        }
    }
    assert!(most > 1, "an account with several cards is among them");
}

/// Each line of a receipt altered in each of its parts: neither the program nor the Python takes it.
#[test]
fn every_alteration_is_noticed_by_both() {
    let office = Office::of("g1");
    let ledger = office.ledger();
    let account = ledger[0].split(',').nth(3).unwrap();
    let receipt = stdout(&office.receipt(account));
    let lines: Vec<&str> = receipt.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("size: ")).unwrap();
    let mut altered = 0;
    for (place, line) in lines.iter().enumerate().skip(start) {
        let Some((key, value)) = line.split_once(": ") else { continue };
        // The way to the root is the same in trees of several sizes: both are compared with the certificate.
        if ["size", "columns"].contains(&key) {
            continue;
        }
        let other = |c: char| match c {
            '0' => '1',
            _ if c.is_ascii_hexdigit() && key != "text" => '0',
            _ => '#',
        };
        let ends = [0, value.len() / 2, value.len() - 1];
        for at in ends.into_iter().filter(|at| value.is_char_boundary(*at)) {
            let mut changed = value.to_owned();
            let c = value[at..].chars().next().unwrap();
            changed.replace_range(at..at + c.len_utf8(), &other(c).to_string());
            if changed == value {
                continue;
            }
            let mut all = lines.clone();
            let new = format!("{key}: {changed}");
            all[place] = &new;
            let (ours, theirs) = office.judged(&(all.join("\n") + "\n"));
            assert!(matches!(ours, Some(1 | 4)), "{new}: {ours:?}");
            assert!(matches!(theirs, None | Some(false)), "{new}: the Python took it");
            altered += 1;
        }
        // A line left out.
        let mut all = lines.clone();
        all.remove(place);
        let (ours, theirs) = office.judged(&(all.join("\n") + "\n"));
        assert!(matches!(ours, Some(1 | 4)), "without {line}");
        assert!(matches!(theirs, None | Some(false)), "without {line}: the Python took it");
    }
    assert!(altered > 15, "{altered}");
    // What no hash covers is covered by the certificate.
    for (from, to) in [
        ("company: ", "company: Un"),
        ("meeting: ", "meeting: Un"),
        ("date: 2", "date: 1"),
        ("columns: file", "columns: fill"),
    ] {
        let changed = receipt.replacen(from, to, 1);
        assert_ne!(changed, receipt);
        assert_eq!(office.judged(&changed).0, Some(0));
        let with =
            office.run(&["verify-receipt", "receipt.txt", "--certificate", "results/certificate.json"]);
        assert_eq!(code(&with), Some(4), "{to}: {}", stdout(&with));
        assert!(stdout(&with).contains("does NOT hold: 1 fault"), "{}", stdout(&with));
    }
    // Another ledger's receipt holds, and is not of this certificate.
    let other = Office::of("point360");
    let foreign = stdout(&other.receipt("A-0093"));
    assert_eq!(office.judged(&foreign).0, Some(0));
    let with = office.run(&["verify-receipt", "receipt.txt", "--certificate", "results"]);
    assert_eq!(code(&with), Some(4));
    assert!(stdout(&with).contains("root is `"), "{}", stdout(&with));
}

#[test]
fn what_ends_its_lines_as_mail_does_holds_all_the_same() {
    let office = Office::of("point360");
    let receipt = stdout(&office.receipt("A-0093")).replace('\n', "\r\n");
    let (ours, theirs) = office.judged(&receipt);
    assert_eq!(ours, Some(0));
    assert!(matches!(theirs, None | Some(true)));
}

/// Accounts that CSV or spreadsheets make something else of.
#[test]
fn accounts_with_commas_quotes_and_formulas_have_receipts() {
    let accounts = ["=A1", "a,b", "say \"x\"", "'quoted", "Zoë: 木"];
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let (mut register, mut cards) =
        ("account,name,shares\n".to_owned(), "card,account,received,2\n".to_owned());
    for (number, account) in accounts.iter().enumerate() {
        register.push_str(&format!("{},Holder {number},20\n", quoted(account)));
        cards.push_str(&format!("C{number},{},2002-11-20,FOR\n", quoted(account)));
    }
    let meeting = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
      "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
      "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "more_than": "1/2" },
      "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
      "items": [{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }] }"#;
    let files = [("meeting.json", meeting), ("register.csv", &register), ("cards.csv", &cards)];
    let (folder, office) = (folder_of(&files), Office::empty());
    copy_folder(folder.path(), &office.path("meeting"));
    let office = office.tabulated("results", &[]);
    for account in accounts {
        let output = office.receipt(account);
        assert_eq!(code(&output), Some(0), "{account}: {}", stderr(&output));
        assert!(stdout(&output).contains(&format!("\naccount: {account}\n")));
        let (ours, theirs) = office.judged(&stdout(&output));
        assert_eq!(ours, Some(0), "{account}");
        assert!(matches!(theirs, None | Some(true)), "{account}");
    }
    // Part of an account's id is not that account.
    assert_eq!(code(&office.receipt("a")), Some(1));
}

#[test]
fn the_root_is_of_the_files_and_the_key_and_of_nothing_else() {
    let office = Office::of("g1").tabulated("again", &[]).tabulated("public", &["--public"]);
    let bytes = |name: &str| fs::read(office.path(name)).unwrap();
    assert_eq!(bytes("results/certificate.json"), bytes("again/certificate.json"));
    assert_eq!(office.root("results"), office.root("public"), "holders compare with what is published");
    fs::write(office.path("key"), b"another key of thirty-two bytes.").unwrap();
    let office = office.tabulated("other", &[]);
    assert_ne!(office.root("results"), office.root("other"));
    let ledger_of = |name: &str| fs::read(office.path(name).join("ledger.csv")).unwrap();
    assert_eq!(ledger_of("results"), ledger_of("other"));
    // A salt of one day's ledger is not that of the same row of another day's.
    let salt =
        |output: &Output| stdout(output).lines().find(|line| line.starts_with("salt: ")).unwrap().to_owned();
    let ledger = office.ledger();
    let account = ledger[0].split(',').nth(3).unwrap();
    fs::write(office.path("key"), KEY).unwrap();
    let first = salt(&office.receipt(account));
    let register = office.path("meeting/register.csv");
    let longer = fs::read_to_string(&register).unwrap();
    fs::write(&register, longer.replace('\n', "\r\n")).unwrap();
    let office = office.tabulated("results", &["--force"]);
    assert_eq!(ledger, office.ledger());
    assert_ne!(first, salt(&office.receipt(account)));
}

#[test]
fn nothing_is_changed_in_a_run_that_does_not_ask() {
    let office = Office::of("g1");
    let output = office.run(&["tabulate", "meeting", "--out", "plain", "--quiet"]);
    assert_eq!(code(&output), Some(0));
    let plain = office.certificate("plain");
    assert!(plain["ledger"].get("receipts").is_none());
    let mut with = office.certificate("results");
    with["ledger"].as_object_mut().unwrap().remove("receipts").unwrap();
    assert_eq!(plain, with);
    let ledgers = ["plain", "results"].map(|name| fs::read(office.path(name).join("ledger.csv")).unwrap());
    assert_eq!(ledgers[0], ledgers[1]);
    let asked = office.run(&["receipt", "plain", "--account", "x", "--receipts-key", "key"]);
    assert_eq!(code(&asked), Some(1));
    assert!(stderr(&asked).contains("states no root of receipts"), "{}", stderr(&asked));
}

#[test]
fn verify_computes_the_root_again_with_the_key_and_says_so_without() {
    let office = Office::of("g1");
    let verify = |more: &[&str]| office.run(&[&["verify", "results", "meeting"], more].concat());
    let without = verify(&[]);
    assert_eq!(code(&without), Some(0), "{}{}", stdout(&without), stderr(&without));
    assert!(stdout(&without).contains("receipts:    their root is not compared: --receipts-key"));
    let with = verify(&["--receipts-key", "key"]);
    assert_eq!(code(&with), Some(0), "{}{}", stdout(&with), stderr(&with));
    assert!(stdout(&with).contains("computed again with the key"));
    fs::write(office.path("wrong"), b"another key of thirty-two bytes.").unwrap();
    let wrong = verify(&["--receipts-key", "wrong"]);
    assert_eq!(code(&wrong), Some(4));
    assert!(stdout(&wrong).contains("receipts: wrong is another key"), "{}", stdout(&wrong));
    // A root that is not that of the ledger, put into every document.
    let (root, forged) = (office.root("results"), "0".repeat(64));
    for name in ["certificate.json", "certificate.txt", "certificate.html"] {
        let path = office.path("results").join(name);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace(&root, &forged)).unwrap();
    }
    let with = verify(&["--receipts-key", "key"]);
    assert_eq!(code(&with), Some(4));
    assert!(stdout(&with).contains("receipts: the replay makes another root"), "{}", stdout(&with));
    let refused = office.receipt("x");
    assert!(
        stderr(&refused).contains("ledger.csv is not the ledger of the certificate"),
        "{}",
        stderr(&refused)
    );
    // A certificate without receipts and a key for them.
    assert_eq!(code(&office.run(&["tabulate", "meeting", "--out", "plain", "--quiet"])), Some(0));
    let output = office.run(&["verify", "plain", "meeting", "--receipts-key", "key"]);
    assert_eq!(code(&output), Some(1));
}

#[test]
fn keys_and_places_that_are_not_good_are_refused_before_anything_is_written() {
    let office = Office::of("g1");
    let made = |key: &str, out: &str| {
        office.run(&["tabulate", "meeting", "--out", out, "--receipts-key", key, "--force"])
    };
    for (bytes, said) in [(&b"short"[..], "and it has 5"), (&[0; 32], "all its bytes are the same")] {
        fs::write(office.path("bad"), bytes).unwrap();
        let output = made("bad", "new");
        assert_eq!(code(&output), Some(1));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert!(!office.path("new").exists());
    }
    assert_eq!(code(&made("nowhere", "new")), Some(1));
    assert_eq!(code(&made("results/../meeting", "new")), Some(1), "a folder is no key");
    fs::write(office.path("results/key"), KEY).unwrap();
    let output = made("results/key", "results");
    assert_eq!(code(&output), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("keep it elsewhere"), "{}", stderr(&output));
    assert_eq!(
        code(&office.run(&["tabulate", "meeting", "--receipts-key", "key"])),
        Some(2),
        "--out is missing"
    );
    fs::set_permissions(office.path("key"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = made("key", "new");
    assert!(stderr(&output).contains("warning: key can be read by others"), "{}", stderr(&output));
}

#[test]
fn a_receipt_is_refused_where_it_would_not_be_true() {
    let office = Office::of("point360");
    let refused = |args: &[&str], said: &str| {
        let output = office.run(&[&["receipt", "results"], args].concat());
        assert_eq!(code(&output), Some(1), "{said}");
        assert!(stderr(&output).contains(said), "{said}: {}", stderr(&output));
        assert!(output.stdout.is_empty());
    };
    refused(&["--account", "nobody", "--receipts-key", "key"], "account `nobody` has no row");
    fs::write(office.path("wrong"), b"another key of thirty-two bytes.").unwrap();
    refused(
        &["--account", "A-0093", "--receipts-key", "wrong"],
        "wrong is another key than that of the certificate",
    );
    // Into a file of its owner's, and never over another.
    let args = ["--account", "A-0093", "--receipts-key", "key", "--out", "results/receipt-A-0093.txt"];
    let output = office.run(&[&["receipt", "results"][..], &args].concat());
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let path = office.path("results/receipt-A-0093.txt");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(&path).unwrap(), office.receipt("A-0093").stdout);
    refused(&args, "already exists; nothing was written");
    let verified = office.run(&["verify", "results", "meeting"]);
    assert_eq!(
        code(&verified),
        Some(0),
        "a receipt beside the documents is not foreign: {}",
        stdout(&verified)
    );
    // A row altered in the ledger.
    let ledger = office.path("results/ledger.csv");
    fs::write(&ledger, fs::read_to_string(&ledger).unwrap().replacen("AGAINST", "FOR", 1)).unwrap();
    refused(
        &["--account", "A-0093", "--receipts-key", "key"],
        "ledger.csv is not the ledger of the certificate",
    );
}

#[test]
fn what_is_no_receipt_is_told() {
    let office = Office::of("g1");
    for (text, said) in [
        ("", "receipt.txt:1: expected `quorate receipt 1`"),
        ("quorate receipt 1\ncompany: A\n", "receipt.txt:3: expected `meeting: …`"),
    ] {
        fs::write(office.path("receipt.txt"), text).unwrap();
        let output = office.run(&["verify-receipt", "receipt.txt"]);
        assert_eq!(code(&output), Some(1));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    assert_eq!(code(&quorate(&["verify-receipt", "nowhere"])), Some(1));
}

#[test]
fn the_python_of_the_manual_is_short() {
    assert!(python().lines().count() <= 15, "{}", python());
}
