//! Documents are bound to one certificate: each forgery of one of them is found and named, each honest
//! change is not; nothing that a certificate names makes the program read what it should not, and no
//! document replaces an input.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use quorate::load::digest;
use serde_json::Value;
use support::{fixtures, folder_of, quorate, stderr, stdout};

const RENDERED: [&str; 6] =
    ["certificate.txt", "certificate.json", "certificate.html", "item507.md", "ledger.csv", "exceptions.csv"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A certified meeting, a copy that a test may alter, beside its documents.
struct Set {
    folder: tempfile::TempDir,
}

impl Set {
    fn of(name: &str) -> Self {
        Self::made(name, &[])
    }

    fn made(name: &str, more: &[&str]) -> Self {
        let set = Self { folder: tempfile::tempdir().unwrap() };
        support::copy_folder(&fixtures().join(name), &set.meeting());
        let _ = fs::remove_dir_all(set.meeting().join("expected"));
        let output = set.tabulate(more);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stderr(&output));
        set
    }

    fn meeting(&self) -> PathBuf {
        self.folder.path().join("meeting")
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn document(&self, name: &str) -> PathBuf {
        self.out().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.document(name)).unwrap()
    }

    fn tabulate(&self, more: &[&str]) -> Output {
        let (meeting, out) = (self.meeting(), self.out());
        quorate(&[&["tabulate", text(&meeting), "--out", text(&out)], more].concat())
    }

    fn verify(&self) -> Output {
        quorate(&["verify", text(&self.out()), text(&self.meeting())])
    }

    /// Verifies, and asserts that it differs and names each of these.
    fn differs(&self, named: &[&str]) {
        let output = self.verify();
        assert_eq!(output.status.code(), Some(4), "{}{}", stdout(&output), stderr(&output));
        for line in named {
            assert!(stdout(&output).contains(line), "{line} is not in\n{}", stdout(&output));
        }
        assert!(stdout(&output).contains("NOT verified: "), "{}", stdout(&output));
    }

    fn certificate(&self) -> Value {
        serde_json::from_str(&self.read("certificate.json")).unwrap()
    }
}

fn groups(digits: &str) -> String {
    digits.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_document_of_a_result_bears_its_fingerprint() {
    let set = Set::of("point360");
    let whole = groups(&digest(&set.document("certificate.json")).unwrap());
    assert_eq!(whole.len(), 16 * 4 + 15);
    let foot = &whole[..4 * 4 + 3];
    for (name, least) in [("certificate.txt", 2), ("certificate.html", 2), ("item507.md", 0)] {
        let document = set.read(name);
        let shown = document.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.matches(&whole).count() >= least, "{name}: beside the outcomes and the signature");
        assert!(shown.contains(&format!("Fingerprint {foot}")), "{name} has no foot");
    }
    assert!(!set.read("certificate.json").contains(&whole.replace(' ', "")));
    assert!(!set.read("ledger.csv").contains(foot));
    let markdown = quorate(&["tabulate", text(&set.meeting()), "--format", "markdown"]);
    assert!(stdout(&markdown).ends_with(&format!("\nFingerprint {foot}\n")));
    let verified = set.verify();
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    let first: Vec<String> = stdout(&verified).lines().take(4).map(str::to_owned).collect();
    assert_eq!(first[0], "company:     Point.360");
    assert_eq!(first[2], "status:      certified");
    assert_eq!(first[3], format!("fingerprint: {whole}"));
}

/// Files beside the meeting's that nobody reads come and go: told, and no difference. Their number on the
/// certificate stays that of the day, and a certificate that says more of them than their names is a forgery.
#[test]
fn files_that_nobody_reads_are_news_and_no_difference() {
    let set = Set::of("g1");
    let meeting = set.meeting();
    fs::write(meeting.join("notes.csv"), "x\n").unwrap();
    fs::write(meeting.join("cards-old.csv"), "x\n").unwrap();
    set.tabulate(&["--force"]);
    assert_eq!(set.verify().status.code(), Some(0), "{}", stdout(&set.verify()));
    assert!(!stdout(&set.verify()).contains("news:"), "{}", stdout(&set.verify()));
    fs::remove_file(meeting.join("notes.csv")).unwrap();
    fs::write(meeting.join("Streets.csv"), "x\n").unwrap();
    let output = set.verify();
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    for line in [
        "news:        Streets.csv lies in the meeting's folder now, and is not read\n",
        "news:        notes.csv lay in the meeting's folder then, was not read, and is no longer there\n",
    ] {
        assert!(stdout(&output).contains(line), "{line}{}", stdout(&output));
    }
    // What is read is none of the news.
    fs::write(meeting.join("street.csv"), "account,item,vote,shares\n").unwrap();
    set.differs(&["input: street street.csv is read now and is not in the certificate"]);
    fs::remove_file(meeting.join("street.csv")).unwrap();
    // The warning says more than the name: not what this program writes.
    let certificate = set.read("certificate.json");
    let forged = certificate.replace("notes.csv was not read", "notes.csv was not read, and all is well");
    assert_ne!(forged, certificate);
    fs::write(set.document("certificate.json"), forged).unwrap();
    set.differs(&[]);
    let forged = certificate.replace("notes.csv was not read", "RESULT: APPROVED was not read");
    fs::write(set.document("certificate.json"), forged).unwrap();
    set.differs(&[]);
}

#[test]
fn what_was_written_is_told_and_its_digests_stand_beside_it() {
    let set = Set::of("g1");
    let again = set.tabulate(&["--force"]);
    let said = stderr(&again);
    assert!(
        said.contains("certificate.txt, certificate.json, certificate.html, item507.md, ledger.csv"),
        "{said}"
    );
    assert!(said.contains("item 2: ") && said.contains(": approved\n"), "{said}");
    assert!(said.contains("status: certified; fingerprint "), "{said}");
    assert!(stderr(&set.tabulate(&["--force", "--quiet"])).is_empty());
    let sums = set.read("SHA256SUMS");
    let lines: Vec<(&str, &str)> = sums.lines().map(|line| line.split_once("  ").unwrap()).collect();
    assert_eq!(lines.iter().map(|(_, name)| *name).collect::<Vec<_>>(), RENDERED);
    for (wanted, name) in lines {
        assert_eq!(digest(&set.document(name)).unwrap(), wanted, "{name}");
    }
    let run: Value = serde_json::from_str(&set.read("run.json")).unwrap();
    let executable = digest(Path::new(env!("CARGO_BIN_EXE_quorate"))).unwrap();
    assert_eq!(run["executable_sha256"], executable.as_str());
    assert_eq!((&run["program"], &run["version"]), (&"quorate".into(), &env!("CARGO_PKG_VERSION").into()));
    for name in RENDERED {
        assert!(!set.read(name).contains(&executable), "{name} would differ from machine to machine");
    }
}

#[test]
fn each_document_that_is_changed_missing_or_foreign_is_named() {
    let set = Set::of("point360");
    let result = set.read("certificate.txt").replace("RESULT: APPROVED", "RESULT: NOT APPROVED");
    fs::write(set.document("certificate.txt"), result).unwrap();
    set.differs(&["document: certificate.txt is changed"]);
    assert_eq!(set.tabulate(&["--force"]).status.code(), Some(0));
    for name in RENDERED.into_iter().chain(["SHA256SUMS"]).filter(|name| *name != "certificate.json") {
        let before = fs::read(set.document(name)).unwrap();
        let mut after = before.clone();
        after.push(b'\n');
        fs::write(set.document(name), after).unwrap();
        set.differs(&[&format!("document: {name} is changed")]);
        fs::remove_file(set.document(name)).unwrap();
        set.differs(&[&format!("document: {name} is missing")]);
        fs::write(set.document(name), before).unwrap();
    }
    fs::write(set.document("certificate-final.txt"), "RESULT: NOT APPROVED").unwrap();
    set.differs(&["document: certificate-final.txt is foreign"]);
    fs::remove_file(set.document("certificate-final.txt")).unwrap();
    // Signatures and receipts are made of the documents, run.json differs from machine to machine.
    fs::write(set.document("certificate.json.sig"), "signed").unwrap();
    fs::remove_file(set.document("run.json")).unwrap();
    assert_eq!(set.verify().status.code(), Some(0), "{}", stdout(&set.verify()));
}

/// The documents of another result, put in together with its SHA256SUMS.
#[test]
fn documents_of_another_result_are_found_even_with_digests_of_their_own() {
    let (set, other) = (Set::of("point360"), Set::of("g1"));
    for name in RENDERED.into_iter().chain(["SHA256SUMS"]).filter(|name| *name != "certificate.json") {
        fs::copy(other.document(name), set.document(name)).unwrap();
    }
    set.differs(&["certificate.txt is changed", "ledger.csv is changed", "SHA256SUMS is changed"]);
    // A figure altered in certificate.json and its digest with it.
    let set = Set::of("g1");
    let old = digest(&set.document("certificate.json")).unwrap();
    let forged = set.read("certificate.json").replacen("\"for\": \"6150\"", "\"for\": \"6151\"", 1);
    fs::write(set.document("certificate.json"), forged).unwrap();
    let sums = set.read("SHA256SUMS").replace(&old, &digest(&set.document("certificate.json")).unwrap());
    fs::write(set.document("SHA256SUMS"), sums).unwrap();
    set.differs(&["items.2.for is `6151` in the certificate and `6150` in the replay"]);
}

#[test]
fn honest_changes_verify() {
    let set = Set::of("point360");
    // A re-run, and a folder that was moved with its meeting.
    assert_eq!(set.tabulate(&["--force", "--quiet"]).status.code(), Some(0));
    let moved = set.folder.path().join("moved");
    fs::create_dir(&moved).unwrap();
    fs::rename(set.meeting(), moved.join("inputs")).unwrap();
    fs::rename(set.out(), moved.join("documents")).unwrap();
    let output = quorate(&["verify", text(&moved.join("documents")), text(&moved.join("inputs"))]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("and every document beside it\n"));
    // The certificate alone, somewhere else.
    let alone = set.folder.path().join("sent.json");
    fs::copy(moved.join("documents/certificate.json"), &alone).unwrap();
    let output = quorate(&["verify", text(&alone), text(&moved.join("inputs"))]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("no other document is beside it"));
    // Documents beside the inputs.
    let output = quorate(&["tabulate", text(&moved.join("inputs")), "--out", text(&moved.join("inputs"))]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let output = quorate(&["verify", text(&moved.join("inputs")), text(&moved.join("inputs"))]);
    assert!(!stdout(&output).contains("register.csv is foreign"), "{}", stdout(&output));
}

#[test]
fn a_preliminary_certificate_that_verifies_says_so() {
    let set = Set::made("point360", &["--as-of", "2002-11-22"]);
    let output = set.verify();
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).contains("status:      preliminary\n"));
    assert!(stdout(&output).contains("verified (preliminary: not certified)"), "{}", stdout(&output));
}

/// A certificate of another version: its results are compared, its bytes are not.
#[test]
fn a_certificate_of_another_version_is_held_to_its_results() {
    let set = Set::of("g1");
    let mut certificate = set.certificate();
    certificate["schema"] = "quorate/certificate/1".into();
    certificate["program"]["version"] = "0.1.0".into();
    certificate["items"][0].as_object_mut().unwrap().remove("margin");
    let path = set.folder.path().join("old.json");
    let write = |certificate: &Value| fs::write(&path, certificate.to_string()).unwrap();
    write(&certificate);
    let meeting = set.meeting();
    let args = ["verify", text(&path), text(&meeting)];
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("version: certified by 0.1.0 (quorate/certificate/1), replayed by"));
    certificate["items"][1]["for"] = "6151".into();
    write(&certificate);
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("items.2.for is `6151`"), "{}", stdout(&output));
    certificate["schema"] = "quorate/certificate/3".into();
    write(&certificate);
    assert_eq!(quorate(&args).status.code(), Some(1));
}

/// What a certificate names is not read where it leads out of the meeting's folder.
#[test]
fn a_certificate_cannot_have_other_files_read() {
    let set = Set::of("g1");
    let secret = set.folder.path().join("secret.csv");
    fs::write(&secret, "salaries\n").unwrap();
    let theirs = digest(&secret).unwrap();
    for path in ["../secret.csv", text(&secret), "..\\secret.csv"] {
        let mut certificate = set.certificate();
        certificate["inputs"][1]["path"] = path.into();
        fs::write(set.document("certificate.json"), certificate.to_string()).unwrap();
        let output = set.verify();
        assert_eq!(output.status.code(), Some(4));
        assert!(stdout(&output).contains("it is not read"), "{path}: {}", stdout(&output));
        assert!(!stdout(&output).contains(&theirs), "the digest of a file outside is told");
    }
}

#[test]
#[cfg(unix)]
fn neither_pipes_nor_devices_nor_absurd_sizes_are_read() {
    let set = Set::of("g1");
    let certificate = set.read("certificate.json");
    for (role, link) in [("register", "/dev/zero"), ("register", "/dev/urandom")] {
        let name = format!("{}.csv", link.replace('/', "-"));
        std::os::unix::fs::symlink(link, set.meeting().join(&name)).unwrap();
        let altered =
            certificate.replace(&format!("\"path\": \"{role}.csv\""), &format!("\"path\": \"{name}\""));
        fs::write(set.document("certificate.json"), altered).unwrap();
        set.differs(&["it is not read"]);
    }
    let pipe = set.meeting().join("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(set.document("certificate.json"), certificate.replace("\"register.csv\"", "\"pipe.csv\""))
        .unwrap();
    set.differs(&["pipe.csv is not a plain file"]);
    // A file of a terabyte that takes no room: of another size than stated, it is not read.
    let huge = fs::File::create(set.meeting().join("huge.csv")).unwrap();
    huge.set_len(1 << 40).unwrap();
    fs::write(set.document("certificate.json"), certificate.replace("\"register.csv\"", "\"huge.csv\""))
        .unwrap();
    set.differs(&["huge.csv has changed: "]);
    let pipe = set.folder.path().join("certificate.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let meeting = set.meeting();
    let output = quorate(&["verify", text(&pipe), text(&meeting)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is not a plain file"), "{}", stderr(&output));
    fs::remove_file(&pipe).unwrap();
    fs::File::create(&pipe).unwrap().set_len(1 << 40).unwrap();
    let output = quorate(&["verify", text(&pipe), text(&meeting)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no certificate is so large"), "{}", stderr(&output));
}

#[test]
#[cfg(unix)]
fn documents_are_private_unless_they_are_shared() {
    use std::os::unix::fs::PermissionsExt as _;
    let set = Set::of("g1");
    let modes = |wanted: u32| {
        for entry in fs::read_dir(set.out()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, wanted, "{:?} has {mode:o}", entry.file_name());
        }
    };
    modes(0o600);
    assert_eq!(set.tabulate(&["--force", "--shared"]).status.code(), Some(0));
    modes(0o644);
    assert_eq!(set.tabulate(&["--force"]).status.code(), Some(0));
    modes(0o600);
    let (meeting, out) = (set.meeting(), set.folder.path().join("batch"));
    quorate(&["batch", text(&meeting), "--out", text(&out), "--quiet"]);
    for name in ["results.csv", "results.jsonl", "manifest.json", "meeting/ledger.csv"] {
        assert_eq!(fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn an_output_never_replaces_an_input() {
    let set = Set::of("point360");
    let meeting = set.meeting();
    let mut without_totals: Value =
        serde_json::from_str(&fs::read_to_string(meeting.join("meeting.json")).unwrap()).unwrap();
    without_totals.as_object_mut().unwrap().remove("expect");
    fs::write(meeting.join("meeting.json"), without_totals.to_string()).unwrap();
    for name in ["ledger.csv", "exceptions.csv", "certificate.txt", "SHA256SUMS"] {
        let votes = fs::read(meeting.join("cards-mail.csv")).unwrap();
        fs::write(meeting.join(name), &votes).unwrap();
        let cards = meeting.join(name);
        for more in [&[][..], &["--force"]] {
            let args = ["tabulate", text(&meeting), "--cards", text(&cards), "--out", text(&meeting)];
            let output = quorate(&[&args, more].concat());
            assert_eq!(output.status.code(), Some(1), "{name}");
            let said = stderr(&output);
            assert!(said.contains("nothing was written"), "{said}");
        }
        assert_eq!(fs::read(&cards).unwrap(), votes, "{name} was replaced");
        fs::remove_file(&cards).unwrap();
        assert!(!meeting.join("certificate.json").exists());
    }
}

/// The second of two runs into one folder is refused; a run that was killed keeps nobody out.
#[test]
#[cfg(unix)]
fn two_runs_into_one_folder_do_not_mix() {
    let set = Set::of("g1");
    let lock = fs::File::open(set.out()).unwrap();
    lock.lock().unwrap();
    let output = set.tabulate(&["--force"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("another run is writing into "), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    drop(lock);
    fs::write(set.document(".quorate-part-x"), "half").unwrap();
    assert_eq!(set.tabulate(&["--force"]).status.code(), Some(0));
    assert!(!set.document(".quorate-part-x").exists(), "what a killed run left is cleared");
    let (meeting, out) = (set.meeting(), set.folder.path().join("batch"));
    let args = ["batch", text(&meeting), "--out", text(&out), "--quiet"];
    assert_eq!(quorate(&args).status.code(), Some(0));
    let lock = fs::File::open(out.join(".quorate-batch")).unwrap();
    lock.lock().unwrap();
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("another run is writing into "), "{}", stderr(&output));
    drop(lock);
    assert_eq!(quorate(&args).status.code(), Some(0));
}

/// A figure altered together with SHA256SUMS and the manifest, as though the batch had written it so.
#[test]
fn a_batch_believes_no_certificate_of_its_folder() {
    let set = Set::of("g1");
    let (meeting, out) = (set.meeting(), set.folder.path().join("batch"));
    let args = ["batch", text(&meeting), "--out", text(&out)];
    assert_eq!(quorate(&args).status.code(), Some(0));
    let path = out.join("meeting/certificate.json");
    let right = fs::read_to_string(&path).unwrap();
    let old = digest(&path).unwrap();
    fs::write(&path, right.replacen("\"for\": \"6150\"", "\"for\": \"9150\"", 1)).unwrap();
    let new = digest(&path).unwrap();
    for file in ["meeting/SHA256SUMS", "manifest.json"] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        assert!(text.contains(&old), "{file}");
        fs::write(out.join(file), text.replace(&old, &new)).unwrap();
    }
    let output = quorate(&args);
    assert!(!stdout(&output).contains("unchanged"), "{}", stdout(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), right);
    assert!(fs::read_to_string(out.join("results.csv")).unwrap().contains(",6150,"));
    assert!(stderr(&output).contains("note: meeting: certificate.json is changed"), "{}", stderr(&output));
    let again = quorate(&args);
    assert!(stdout(&again).contains("(unchanged)"));
    assert!(again.stderr.is_empty(), "{}", stderr(&again));
    // A set that a kill left mixed, or that was altered: its own SHA256SUMS tells.
    fs::write(out.join("meeting/ledger.csv"), "card\n").unwrap();
    let output = quorate(&args);
    assert!(
        stderr(&output).contains("note: meeting: ledger.csv is not the one that SHA256SUMS names"),
        "{}",
        stderr(&output)
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_says_what_was_written() {
    let set = Set::of("g1");
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["tabulate", text(&set.meeting())])
            .args(more)
            .stdout(Stdio::from(fs::File::options().write(true).open("/dev/full").unwrap()))
            .output()
            .unwrap()
    };
    let out = set.folder.path().join("other");
    let output = run(&["--out", text(&out)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("every document is whole in "), "{}", stderr(&output));
    assert!(out.join("SHA256SUMS").exists());
    let output = run(&[]);
    assert!(stderr(&output).contains("nothing else was written"), "{}", stderr(&output));
}

/// Each with register.csv and cards-mail.csv.
const PUBLISHED: [&str; 2] = ["point360", "point360-cumulative"];

/// Accounts, holders and cards of meetings of each kind, none of which a public copy may tell.
#[test]
fn a_public_copy_tells_no_account_holder_or_card() {
    for name in PUBLISHED {
        let set = Set::made(name, &["--public"]);
        let mut named: Vec<String> = Vec::new();
        for (file, columns) in
            [("register.csv", &["account", "name", "holders"][..]), ("cards-mail.csv", &["card", "account"])]
        {
            let mut rows = csv::Reader::from_path(set.meeting().join(file)).unwrap();
            let head = rows.headers().unwrap().clone();
            for row in rows.records().map(|row| row.unwrap()) {
                for column in columns {
                    let place = head.iter().position(|header| header == *column);
                    named.extend(place.and_then(|place| row.get(place)).map(str::to_owned));
                }
            }
        }
        // Nominees and proxy holders, who stand for all to see, may hold shares too.
        let meeting = fs::read_to_string(set.meeting().join("meeting.json")).unwrap();
        named.retain(|text| text.len() > 3 && !meeting.contains(text.as_str()));
        assert!(named.len() > 5, "{name}");
        for entry in fs::read_dir(set.out()).unwrap() {
            let path = entry.unwrap().path();
            let document = fs::read_to_string(&path).unwrap();
            for text in &named {
                assert!(!document.contains(text.as_str()), "{} tells {text}", path.display());
            }
        }
        assert!(!set.document("ledger.csv").exists() && !set.document("exceptions.csv").exists());
        let whole = quorate(&["tabulate", text(&set.meeting()), "--format", "json"]);
        let whole: Value = serde_json::from_str(&stdout(&whole)).unwrap();
        let public = set.certificate();
        for key in ["status", "quorum", "cards", "ledger", "inputs"] {
            assert_eq!(public[key], whole[key], "{name}: {key}");
        }
        for (one, other) in public["items"].as_array().unwrap().iter().zip(whole["items"].as_array().unwrap())
        {
            for key in ["outcome", "for", "against", "nominees", "elected"] {
                assert_eq!(one[key], other[key], "{name}: {key}");
            }
        }
        let output = set.verify();
        let wanted = if public["status"] == "certified" { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(wanted), "{}", stdout(&output));
    }
    let set = Set::of("g1");
    let output = set.tabulate(&["--public", "--force"]);
    assert_eq!(output.status.code(), Some(1), "the ledger would lie beside the public copy");
}

/// A title that ends where a line ends, so that its next words begin one.
#[test]
fn a_title_cannot_forge_a_line_of_the_certificate() {
    let forged = "RESULT: NOT APPROVED";
    for title in
        [format!("Pay\n  {forged}"), format!("Pay\u{2028}{forged}"), format!("{} {forged}", "x".repeat(88))]
    {
        let meeting = serde_json::json!({
            "company": title, "title": title, "date": "2002-12-05", "time_zone": "America/Los_Angeles",
            "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00:00",
            "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "more_than": "1/2" },
            "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40:00" }],
            "items": [{ "id": "1", "kind": "proposal", "title": title, "standard": "majority_of_votes_cast" }]
        });
        let folder = folder_of(&[
            ("meeting.json", &meeting.to_string()),
            ("register.csv", "account,name,shares\n1,Ann,100\n"),
            ("cards.csv", "card,account,received,1\nC1,1,2002-11-20,FOR\n"),
        ]);
        for format in ["text", "markdown", "item507"] {
            let output = quorate(&["tabulate", text(folder.path()), "--format", format]);
            let shown = stdout(&output);
            let results = shown.lines().filter(|line| line.trim_start().starts_with("RESULT:")).count();
            let wanted = if format == "text" { 1 } else { 0 };
            assert_eq!(results, wanted, "{format}: {}", stdout(&output));
        }
    }
}

/// Two nominees' columns exchanged, a column not read, defaults of a form, a ruling: each is on every paper.
#[test]
fn the_certificate_shows_everything_that_made_it() {
    let meeting = r#"{
      "company": "Example", "title": "Annual Meeting", "date": "2002-12-05",
      "time_zone": "America/Los_Angeles", "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00:00",
      "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "more_than": "1/2" },
      "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40:00",
                        "unmarked": { "1": ["ann"], "2": "against" } }],
      "columns": { "cards": { "1.bea": "1.ann", "1.ann": "1.bea", "batch_no": null } },
      "items": [
        { "id": "1", "kind": "election", "seats": 1, "nominees": [{ "id": "ann" }, { "id": "bea" }] },
        { "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }
      ]
    }"#;
    let folder = folder_of(&[
        ("meeting.json", meeting),
        ("register.csv", "account,name,shares\n1,Holder,60\n2,Other,40\n"),
        (
            "cards.csv",
            "card,account,received,1.ann,1.bea,2,batch_no\nC1,1,2002-11-20,FOR,,FOR,7\nC2,2,2002-11-20,,FOR,FOR,7\n",
        ),
        ("rulings.csv", "card,ruling,reason,item,by\nC2,reject,seen with counsel,2,A. Inspector\n"),
    ]);
    for format in ["text", "html", "markdown"] {
        let output = quorate(&["tabulate", text(folder.path()), "--format", format]);
        let shown = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "");
        for wanted in [
            "1.ann is 1.bea",
            "1.bea is 1.ann",
            "not read",
            "where a signed card says nothing: item 1 for ann; item 2 against",
            "Card C2: reject on item 2, by A. Inspector: seen with counsel",
            "overvote = ",
            env!("CARGO_PKG_VERSION"),
        ] {
            assert!(shown.contains(wanted), "{format}: {wanted} is not in {shown}");
        }
    }
    let output = quorate(&["tabulate", text(folder.path()), "--format", "json"]);
    let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let form = &certificate["meeting"]["proxy_forms"][0];
    assert_eq!(form["unmarked"], serde_json::json!({ "1": ["ann"], "2": "against" }));
    assert_eq!(
        certificate["inputs"][2]["columns"],
        serde_json::json!([
            { "header": "1.ann", "column": "1.bea", "cells": 0 },
            { "header": "1.bea", "column": "1.ann", "cells": 0 },
            { "header": "batch_no", "column": null, "cells": 2 },
        ])
    );
    assert_eq!(certificate["rulings"][0]["card"], "C2");
    assert_eq!(certificate["rulings"][0]["item"], "2");
    // The columns are exchanged: C1 is for bea with 60 votes.
    assert_eq!(certificate["items"][0]["elected"], serde_json::json!(["bea"]));
}

/// What would turn the direction of a terminal's text, or hide.
#[test]
fn data_formats_send_no_control_character() {
    let name = "Eve\u{1b}[2J\u{202e}\u{7f}\u{9b}\u{e0041}";
    let meeting = serde_json::json!({
        "company": name, "title": name, "date": "2002-12-05", "time_zone": "America/Los_Angeles",
        "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00:00",
        "classes": [{ "id": "common", "outstanding": "100" }], "quorum": { "more_than": "1/2" },
        "items": [{ "id": "1", "kind": "election", "title": name, "seats": 1, "nominees": [{ "id": "a", "name": name }] }]
    });
    let folder = folder_of(&[
        ("meeting.json", &meeting.to_string()),
        ("register.csv", &format!("account,name,shares\n1,{name},100\n")),
        ("cards.csv", "card,account,received,1\nC1,1,2002-11-20,FOR\n"),
    ]);
    for format in ["csv", "json", "text", "html", "markdown"] {
        let output = quorate(&["tabulate", text(folder.path()), "--format", format]);
        let shown = stdout(&output);
        assert!(shown.contains("Eve"), "{format}");
        let raw = |c: char| {
            (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{e0000}'..='\u{e007f}')
        };
        assert!(!shown.chars().any(raw), "{format}: {shown:?}");
        if format == "json" {
            let read: Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(read["meeting"]["company"], name, "it says the same");
        }
    }
}
