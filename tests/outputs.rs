//! Documents are whole or not there, tried for real: killed at random moments, on a full disk, in a
//! folder that may not be written, with an input that changes while it is read.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::{quorate, stderr};

const DOCUMENTS: [&str; 4] = ["certificate.txt", "certificate.json", "ledger.csv", "exceptions.csv"];

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
  "items": [{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }]
}
"#;

/// A meeting of so many holders, each with a card and every third with a second one.
fn meeting(holders: u32) -> tempfile::TempDir {
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,2\n".to_owned();
    for holder in 0..holders {
        writeln!(register, "A{holder},Holder {holder},10").unwrap();
        writeln!(cards, "C{holder},A{holder},2002-11-20,FOR").unwrap();
        if holder % 3 == 0 {
            writeln!(cards, "D{holder},A{holder},2002-11-21,AGAINST").unwrap();
        }
    }
    let meeting = MEETING.replace("OUTSTANDING", &(holders * 10).to_string());
    support::folder_of(&[("meeting.json", &meeting), ("register.csv", &register), ("cards.csv", &cards)])
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let entries = entries.map(|entry| entry.unwrap());
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

/// The documents of an uninterrupted run, and how long it took.
fn uninterrupted(folder: &Path) -> (BTreeMap<String, Vec<u8>>, Duration) {
    let run = || {
        let out = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let output = quorate(&["tabulate", text(folder), "--quiet", "--out", text(out.path())]);
        let took = began.elapsed();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        (contents(out.path()), took)
    };
    let (documents, first) = run();
    assert!(DOCUMENTS.iter().all(|name| documents.contains_key(*name)));
    // The quickest of some: the first may have waited for the disk.
    (documents, first.min(run().1).min(run().1))
}

/// `kill -9` in a loop: afterwards every document is the whole new one, the whole old one, or absent;
/// nothing else is left but hidden files, and the next run writes them all.
#[test]
fn killed_at_any_moment_it_leaves_whole_documents_or_none() {
    let folder = meeting(2_000);
    let (expected, took) = uninterrupted(folder.path());
    let out = tempfile::tempdir().unwrap();
    let names: Vec<&String> = expected.keys().collect();
    let mut killed = 0;
    for round in 0..60_u32 {
        let has_old = round % 2 == 1;
        let target = out.path().join(format!("round-{round}"));
        fs::create_dir(&target).unwrap();
        if has_old {
            names.iter().for_each(|name| fs::write(target.join(name), "old").unwrap());
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["tabulate", text(folder.path()), "--quiet", "--force", "--out", text(&target)])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the run; most of the moments in its last third, where the documents are written.
        let moment = if round % 3 == 0 { round } else { 40 + round / 3 };
        std::thread::sleep(took * moment / 60);
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        for (name, bytes) in contents(&target) {
            let is_old = has_old && bytes == b"old";
            let is_whole = expected.get(&name) == Some(&bytes);
            let is_hidden = name.starts_with(".quorate-");
            assert!(is_old || is_whole || is_hidden, "round {round}: {name} has {} bytes", bytes.len());
        }
        if has_old {
            assert!(
                names.iter().all(|name| target.join(name).is_file()),
                "round {round}: a document was lost"
            );
        }
        if round % 10 < 2 {
            let again =
                quorate(&["tabulate", text(folder.path()), "--quiet", "--force", "--out", text(&target)]);
            assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
            let written = contents(&target);
            assert!(expected.iter().all(|(name, bytes)| written.get(name) == Some(bytes)), "round {round}");
        }
    }
    assert!(killed >= 5, "only {killed} of 60 runs were killed before they ended");
}

/// No room: as under a limit on the size of files, which stands for a full disk where no file system
/// may be mounted.
#[test]
#[cfg(target_os = "linux")]
fn without_room_for_a_document_none_is_left() {
    let folder = meeting(2_000);
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("out");
    // `ulimit -f` counts blocks of 512 or 1,024 bytes; the ledger is larger than either.
    let line = "trap '' XFSZ; ulimit -f 40; exec \"$0\" tabulate \"$1\" --out \"$2\"";
    let output = Command::new("sh")
        .args(["-c", line, env!("CARGO_BIN_EXE_quorate"), text(folder.path()), text(&target)])
        .output()
        .unwrap();
    refused(&output, "writing ledger.csv to ");
    assert_eq!(contents(&target), BTreeMap::new());
}

/// A disk of 64 KiB, where this machine lets one be mounted.
#[test]
#[cfg(target_os = "linux")]
fn on_a_full_disk_nothing_is_left() {
    let folder = meeting(2_000);
    let disk = tempfile::tempdir().unwrap();
    let line = "mount -t tmpfs -o size=64k none \"$2\" || exit 77; cd /; \
                \"$0\" tabulate \"$1\" --out \"$2/out\"; code=$?; \
                echo left: $(ls -A \"$2/out\") >&2; exit $code";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", line])
        .args([env!("CARGO_BIN_EXE_quorate"), text(folder.path()), text(disk.path())])
        .output();
    let Ok(output) = output else { return };
    let is_forbidden = output.status.code() == Some(77) || stderr(&output).starts_with("unshare: ");
    if is_forbidden {
        eprintln!("not tried: {}", stderr(&output));
        return;
    }
    refused(&output, "writing ledger.csv to ");
    assert!(stderr(&output).contains("No space left on device"), "{}", stderr(&output));
    assert!(stderr(&output).ends_with("left:\n"), "{}", stderr(&output));
}

/// A failed count prints no result, and says on standard error why.
fn refused(output: &Output, why: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    assert!(stderr(output).contains(why), "{}", stderr(output));
    assert!(output.stdout.is_empty(), "a result is printed as though it were written");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_an_error() {
    let folder = meeting(3);
    for format in ["text", "json"] {
        let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["tabulate", text(folder.path()), "--format", format])
            .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).starts_with("error: writing to standard output: "), "{}", stderr(&output));
    }
}

/// The owner of the machine may write anywhere, so it becomes nobody for this.
#[test]
#[cfg(unix)]
fn a_folder_that_may_not_be_written_is_left_as_it_is() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;
    let folder = meeting(3);
    let target = tempfile::tempdir().unwrap();
    fs::write(target.path().join("notes.txt"), "mine").unwrap();
    let is_owner_of_all = fs::metadata(target.path()).unwrap().uid() == 0;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(target.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(["tabulate", text(folder.path()), "--out", text(target.path())]).current_dir("/");
    if is_owner_of_all {
        command.uid(NOBODY);
    }
    match command.output() {
        Ok(output) => refused(&output, "Permission denied"),
        // The program lies where only its owner may go.
        Err(error) => assert!(is_owner_of_all, "{error}"),
    }
    fs::set_permissions(target.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(contents(target.path()).keys().collect::<Vec<_>>(), ["notes.txt"]);
}

/// A file that somebody still writes to is refused, never counted as it happened to be: here one to
/// which rows are added all the while.
#[test]
fn an_input_that_changes_while_it_is_read_is_refused() {
    let folder = meeting(3);
    let path = folder.path().join("cards.csv");
    let rows = "X,A0,2002-11-20,FOR\n".repeat(400_000);
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(rows.as_bytes()).unwrap();
    let is_over = AtomicBool::new(false);
    let is_refused = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                file.write_all(b"Y,A1,2002-11-20,FOR\n").unwrap();
                // The file may not outgrow the reader on a slow machine.
                std::thread::sleep(Duration::from_micros(50));
            }
        });
        // On a busy machine a file may by chance be left alone for as long as it takes to read it.
        let is_refused = (0..20).any(|_| {
            let output = quorate(&["check", text(folder.path())]);
            assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
            assert!(output.stdout.is_empty());
            stderr(&output).starts_with("error: cards.csv: changed while it was being read")
        });
        is_over.store(true, Ordering::Relaxed);
        is_refused
    });
    assert!(is_refused, "a file that grew all the while was read twenty times");
}

/// The same where a file that was read already changes while another is read: here one letter of a name
/// in the register, there and back, so that neither its size nor a sum shows it.
#[test]
fn an_input_that_changes_after_it_was_read_is_refused() {
    let folder = meeting(3);
    let register = folder.path().join("register.csv");
    let cards = folder.path().join("cards.csv");
    let one = fs::read_to_string(&register).unwrap();
    let other = one.replacen("A0,", "A0,x", 1);
    let one = one.replacen("A0,", "A0,y", 1);
    assert_eq!(one.len(), other.len());
    fs::write(&register, &one).unwrap();
    let mut rows = fs::read_to_string(&cards).unwrap();
    (0..100_000).for_each(|n| rows.push_str(&format!("X{n},A0,2002-11-20,FOR\n")));
    fs::write(&cards, rows).unwrap();
    assert_eq!(quorate(&["tabulate", text(folder.path()), "--quiet"]).status.code(), Some(0));
    let is_over = AtomicBool::new(false);
    let is_refused = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().write(true).open(&register).unwrap();
            for text in [&other, &one].into_iter().cycle() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                file.seek(SeekFrom::Start(0)).unwrap();
                file.write_all(text.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(7));
            }
        });
        // By chance the letter may be the same again when the file is looked at once more.
        let is_refused = (0..50).any(|_| {
            let output = quorate(&["tabulate", text(folder.path()), "--quiet"]);
            stderr(&output).starts_with("error: register.csv: changed while the meeting was being read")
        });
        is_over.store(true, Ordering::Relaxed);
        is_refused
    });
    assert!(is_refused, "a register that changed after it was read was counted fifty times");
}
