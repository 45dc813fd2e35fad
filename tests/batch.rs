//! Many meetings in one run: each by itself, in the order given, the same bytes with any number of
//! threads; what did not change is counted again and left as it is.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use support::{fixtures, quorate, stderr, stdout};

/// Three good meetings, one with problems, one with a matter open, one that is not there.
struct Night {
    folder: tempfile::TempDir,
}

const GOOD: [&str; 3] = ["annual", "contested", "cumulative"];

impl Night {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for template in GOOD.into_iter().chain(["street"]) {
            let output =
                quorate(&["init", folder.path().join(template).to_str().unwrap(), "--template", template]);
            assert!(output.status.success(), "{}", stderr(&output));
        }
        // Half a million shares of the register gone: it is not the one agreed on.
        let night = Self { folder };
        night.edit("street", "register.csv", "CEDE,Cede & Co.,1700000", "CEDE,Cede & Co.,1200000");
        fs::rename(night.path("street"), night.path("bad")).unwrap();
        support::copy_folder(&night.path("annual"), &night.path("open"));
        night.edit("open", "meeting.json", "  \"polls_close\": \"2025-05-14T10:30:00\",\n", "");
        night
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn edit(&self, meeting: &str, file: &str, from: &str, to: &str) {
        let path = self.path(meeting).join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {}", path.display());
        fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// Runs a batch of these meetings into a folder.
    fn batch(&self, names: &[&str], out: &str, more: &[&str]) -> Output {
        let paths: Vec<String> = names.iter().map(|name| self.path(name).display().to_string()).collect();
        let out = self.path(out).display().to_string();
        let mut args = vec!["batch"];
        args.extend(paths.iter().map(String::as_str));
        args.extend(["--out", &out]);
        args.extend(more);
        quorate(&args)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

const ALL: [&str; 6] = ["annual", "bad", "contested", "open", "cumulative", "missing"];

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn one_failing_does_not_stop_the_others_and_the_worst_is_the_exit_code() {
    let night = Night::begin();
    let output = night.batch(&ALL, "out", &[]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), String::new()));
    assert_eq!(
        stdout(&output),
        "Meeting     Status       Result\n\
         annual      certified    1 election decided, 2 approved\n\
         bad         problem      2 problems\n\
         contested   certified    1 election decided, 1 approved\n\
         open        preliminary  1 election decided, 2 approved\n\
         cumulative  certified    1 election decided, 1 approved\n\
         missing     problem      1 problem\n\
         \n\
         6 meetings: 3 certified, 1 preliminary, 2 with problems\n\
         What is wrong stands in each one's problems.txt.\n"
    );
    for name in GOOD.into_iter().chain(["open"]) {
        let single = quorate(&["tabulate", night.path(name).to_str().unwrap(), "--format", "json"]);
        assert_eq!(night.read(&format!("out/{name}/certificate.json")), stdout(&single), "{name}");
        let alone = night.path(&format!("alone-{name}"));
        quorate(&["tabulate", night.path(name).to_str().unwrap(), "--out", alone.to_str().unwrap()]);
        assert_eq!(names(&night.path(&format!("out/{name}"))), names(&alone), "the same documents as alone");
        for line in night.read(&format!("out/{name}/SHA256SUMS")).lines() {
            let (digest, file) = line.split_once("  ").unwrap();
            assert_eq!(quorate::load::digest(&alone.join(file)).unwrap(), digest, "{name}: {file}");
        }
    }
    assert_eq!(names(&night.path("out/bad")), BTreeSet::from(["problems.txt".to_owned()]));
    let said = night.read("out/bad/problems.txt");
    assert!(
        said.contains(
            "error: register.csv: adds up to 1,500,000 shares, but `expect` in meeting.json says 2,000,000 shares \
             [expect_differs]\n"
        ) && said.starts_with("error: register.csv: the voting shares of class `common` add up to 1,500,000")
            && said.contains("\nWhat to do:\n  register_total: ")
            && said.contains("\n  expect_differs: "),
        "{said}"
    );
    assert!(
        night.read("out/missing/problems.txt").contains("there is no such file or folder [file_missing]")
    );
    assert!(!names(&night.path("out")).iter().any(|name| name.starts_with(".quorate-staged")));
    // Problems are worse than an open matter, and that is worse than none.
    assert_eq!(night.batch(&["annual", "open"], "two", &[]).status.code(), Some(3));
    assert_eq!(night.batch(&GOOD, "three", &[]).status.code(), Some(0));
}

#[test]
fn the_results_have_a_line_for_every_meeting_and_item() {
    let night = Night::begin();
    night.batch(&ALL, "out", &[]);
    let csv = night.read("out/results.csv");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let head = rows.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.unwrap()).collect();
    let cell = |row: &csv::StringRecord, name: &str| {
        row[head.iter().position(|header| header == name).unwrap()].to_owned()
    };
    let keys: Vec<(String, String)> =
        rows.iter().map(|row| (cell(row, "meeting"), cell(row, "item"))).collect();
    let wanted = [
        ("annual", "1"),
        ("annual", "2"),
        ("annual", "3"),
        ("bad", ""),
        ("contested", "1"),
        ("contested", "2"),
        ("open", "1"),
        ("open", "2"),
        ("open", "3"),
        ("cumulative", "1"),
        ("cumulative", "2"),
        ("missing", ""),
    ];
    assert_eq!(keys, wanted.map(|(meeting, item)| (meeting.to_owned(), item.to_owned())));
    // The figures of the templates, worked out by hand in their README.
    let pay = &rows[1];
    for (name, value) in [
        ("status", "certified"),
        ("outcome", "approved"),
        ("for", "460000"),
        ("against", "280000"),
        ("abstain", "60000"),
        ("quorum_required", "500001"),
        ("quorum_present", "800000"),
        ("quorum_met", "true"),
        ("date", "2025-05-14"),
        ("problem", ""),
    ] {
        assert_eq!(cell(pay, name), value, "{name}");
    }
    assert_eq!(cell(&rows[4], "elected"), "adams;chen;dunn");
    assert_eq!(cell(&rows[6], "status"), "preliminary");
    assert_eq!(cell(&rows[6], "open_matters"), "polls_open");
    assert_eq!(cell(&rows[3], "status"), "problem");
    assert!(cell(&rows[3], "problem").contains("add up to 1,500,000, but 2,000,000 are outstanding"));
    let lines: Vec<Value> =
        night.read("out/results.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), rows.len());
    assert_eq!(lines[9]["item"]["nominees"][0]["for"], "10410");
    assert_eq!(lines[3]["problems"], 2);
    let certificate = night.read("out/annual/certificate.json");
    use sha2::{Digest, Sha256};
    let digest = quorate::load::hex(&Sha256::digest(certificate.as_bytes()));
    assert_eq!(lines[0]["certificate_sha256"], digest.as_str());
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let night = Night::begin();
    let one = night.batch(&ALL, "one", &["--jobs", "1"]);
    let four = night.batch(&ALL, "four", &["--jobs", "4"]);
    assert_eq!(stdout(&one), stdout(&four));
    for file in ["results.csv", "results.jsonl"] {
        assert_eq!(night.read(&format!("one/{file}")), night.read(&format!("four/{file}")), "{file}");
    }
}

#[test]
fn what_did_not_change_is_left_as_it_is() {
    let night = Night::begin();
    night.batch(&ALL, "out", &[]);
    let first = night.read("out/results.csv");
    let made = |name: &str| fs::metadata(night.path(name)).unwrap().modified().unwrap();
    let before = made("out/annual/certificate.txt");
    let again = night.batch(&ALL, "out", &[]);
    assert_eq!(again.status.code(), Some(1));
    let text = stdout(&again);
    assert!(text.contains("annual      certified    1 election decided, 2 approved (unchanged)\n"), "{text}");
    assert!(
        text.contains("2 with problems\n4 meetings unchanged since an earlier run: counted again with the same result, and left as they were\n"),
        "{text}"
    );
    assert_eq!(made("out/annual/certificate.txt"), before);
    assert_eq!(night.read("out/results.csv"), first);
    // A changed file, a file that has come, a document that is gone or altered: counted again.
    night.edit(
        "contested",
        "cards.csv",
        "V-1,H-07,2025-06-18T09:40,ballot,,in_person,,,FOR,FOR,,,FOR,AGAINST",
        "",
    );
    night.edit("contested", "meeting.json", "\"cards\": { \"rows\": 8 }", "\"cards\": { \"rows\": 7 }");
    fs::write(night.path("cumulative/rulings.csv"), "card,ruling,reason\nM-2,reject,tried\n").unwrap();
    fs::remove_file(night.path("out/open/ledger.csv")).unwrap();
    let forged = night.read("out/annual/certificate.json").replace("\"460000\"", "\"560000\"");
    fs::write(night.path("out/annual/certificate.json"), forged).unwrap();
    let third = stdout(&night.batch(&ALL, "out", &[]));
    for name in ["annual", "contested", "cumulative", "open"] {
        let row = third.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(!row.ends_with("(unchanged)"), "{row}");
    }
    assert!(
        night.read("out/results.csv").contains(",460000,280000,"),
        "a forged certificate is not believed"
    );
    assert!(night.read("out/cumulative/ledger.csv").contains("ruled_out"));
    assert_eq!(stdout(&night.batch(&ALL, "out", &[])).matches("(unchanged)").count(), 4);
    let forced = stdout(&night.batch(&ALL, "out", &["--all"]));
    assert!(!forced.contains("unchanged"), "{forced}");
    assert!(night.read("out/annual/certificate.txt").contains("CERTIFICATE AND REPORT"));
}

#[test]
fn a_meeting_that_is_put_right_loses_its_problems_and_one_that_breaks_keeps_its_documents() {
    let night = Night::begin();
    night.batch(&["bad", "annual"], "out", &[]);
    night.edit("bad", "register.csv", "1200000", "1700000");
    let register = fs::read_to_string(night.path("annual/register.csv")).unwrap();
    night.edit("annual", "register.csv", "A-1001,Ruth Ames,120000", "A-1001,Ruth Ames,120001");
    let output = night.batch(&["bad", "annual"], "out", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!night.path("out/bad/problems.txt").exists());
    assert!(night.path("out/bad/certificate.json").exists());
    let said = night.read("out/annual/problems.txt");
    assert!(
        said.ends_with("\nThe other documents here are of an earlier run, before this problem.\n"),
        "{said}"
    );
    assert!(night.read("out/results.csv").contains("\nannual,problem,"));
    // Put back as it was, it is the meeting of the documents again, but the problems are to go.
    fs::write(night.path("annual/register.csv"), register).unwrap();
    assert_eq!(night.batch(&["bad", "annual"], "out", &[]).status.code(), Some(0));
    assert!(!night.path("out/annual/problems.txt").exists());
}

#[test]
fn names_that_collide_are_refused_before_anything_runs() {
    let night = Night::begin();
    support::copy_folder(&night.path("annual"), &night.path("x/annual"));
    support::copy_folder(&night.path("annual"), &night.path("x/ANNUAL-2"));
    support::copy_folder(&night.path("annual"), &night.path("annual-2"));
    for (pair, name) in [
        (["annual", "x/annual"], "annual"),
        (["annual", "annual"], "annual"),
        (["annual", "annual/meeting.json"], "annual"),
        (["x/ANNUAL-2", "annual-2"], "annual-2"),
    ] {
        let output = night.batch(&pair, "out", &[]);
        assert_eq!(output.status.code(), Some(2), "{pair:?}");
        let said = format!("would both be kept under `{name}`; rename one, or run two batches\n");
        assert!(stderr(&output).ends_with(&said), "{}", stderr(&output));
        assert!(!night.path("out").exists());
    }
    for usage in [vec!["batch"], vec!["batch", "x"], vec!["batch", "x", "--out", "y", "--jobs", "0"]] {
        assert_eq!(quorate(&usage).status.code(), Some(2), "{usage:?}");
    }
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let night = Night::begin();
    let output = night.batch(&["annual"], "contested", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not the folder of an earlier batch; nothing was written"));
    assert_eq!(names(&night.path("contested")).len(), 4);
    let file = night.batch(&["annual"], "contested/cards.csv", &[]);
    assert_eq!(file.status.code(), Some(2));
    // What an interrupted run left is cleared away; what it did not make is not.
    night.batch(&["annual"], "out", &[]);
    fs::create_dir(night.path("out/.quorate-staged-x")).unwrap();
    fs::write(night.path("out/notes.txt"), "mine").unwrap();
    night.batch(&["annual"], "out", &["--quiet"]);
    let kept: Vec<String> = names(&night.path("out")).into_iter().collect();
    assert_eq!(
        kept,
        [".quorate-batch", "annual", "manifest.json", "notes.txt", "results.csv", "results.jsonl"]
    );
}

/// Every fixture at once: each line says what the meeting alone says.
#[test]
fn every_fixture_in_one_batch_is_as_it_is_alone() {
    let out = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("meeting.json").is_file())
        .collect();
    let mut args = vec!["batch".to_owned(), "--quiet".to_owned(), "--out".to_owned()];
    args.push(out.path().join("out").display().to_string());
    args.extend(folders.iter().map(|folder| folder.display().to_string()));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = quorate(&args);
    assert_eq!((output.status.code(), stdout(&output)), (Some(3), String::new()), "{}", stderr(&output));
    assert!(folders.len() > 50);
    for folder in &folders {
        let name = folder.file_name().unwrap();
        let made = fs::read_to_string(out.path().join("out").join(name).join("certificate.json")).unwrap();
        let alone = quorate(&["tabulate", "--quiet", folder.to_str().unwrap(), "--format", "json"]);
        assert_eq!(made, stdout(&alone), "{}", folder.display());
    }
}
