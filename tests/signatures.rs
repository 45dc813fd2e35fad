//! Signatures by OpenSSH beside the documents: the lines of the manual as a stranger types them, what
//! `verify --signers` says of each signature, and every way in which one is not good.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use quorate::manual::Page;
use support::{copy_folder, fixtures, quorate, stderr, stdout};

const NAMESPACE: &str = "quorate-certificate-v1";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Results of a meeting with keys of two inspectors; nothing where OpenSSH is not installed.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn open() -> Option<Self> {
        Command::new("ssh-keygen").arg("-?").output().ok()?;
        let office = Self { folder: tempfile::tempdir().unwrap() };
        copy_folder(&fixtures().join("g1"), &office.path("meeting"));
        let out = office.path("results");
        let output = quorate(&["tabulate", text(&office.path("meeting")), "--out", text(&out)]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let mut allowed = String::new();
        for name in ["able", "baker"] {
            office.shell(&format!("ssh-keygen -q -t ed25519 -N '' -C {name} -f {name}"));
            let key = fs::read_to_string(office.path(&format!("{name}.pub"))).unwrap();
            let key = key.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            allowed.push_str(&format!("{name}@inspectors.example namespaces=\"{NAMESPACE}\" {key}\n"));
        }
        fs::write(office.path("allowed_signers"), allowed).unwrap();
        Some(office)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A line of shell in the folder of all.
    fn shell(&self, line: &str) -> Output {
        let output = Command::new("sh").args(["-c", line]).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", stderr(&output));
        output
    }

    fn sign(&self, who: &str, namespace: &str, document: &str, signature: &str) {
        self.shell(&format!(
            "ssh-keygen -q -Y sign -n {namespace} -f {who} < results/{document} > results/{signature}"
        ));
    }

    /// `verify`, in the folder of all.
    fn verify(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args([&["verify", "results"], args].concat())
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    fn differs(&self, args: &[&str], named: &str) {
        let output = self.verify(args);
        assert_eq!(output.status.code(), Some(4), "{named}: {}{}", stdout(&output), stderr(&output));
        assert!(stdout(&output).contains(named), "{named} is not in\n{}", stdout(&output));
    }
}

const SIGNERS: [&str; 3] = ["meeting", "--signers", "allowed_signers"];

#[test]
fn several_inspectors_sign_and_each_is_named_with_what_was_signed() {
    let Some(office) = Office::open() else { return };
    office.shell("touch able && chmod 600 able");
    office.sign("able", NAMESPACE, "SHA256SUMS", "SHA256SUMS.sig");
    office.sign("baker", NAMESPACE, "SHA256SUMS", "SHA256SUMS.baker.sig");
    office.sign("baker", NAMESPACE, "certificate.json", "certificate.json.sig");
    office.shell("touch -d 2002-12-06T08:00:00Z results/SHA256SUMS.sig");
    let output = office.verify(&SIGNERS);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let said = stdout(&output);
    let able =
        "signature:   SHA256SUMS.sig: able@inspectors.example signed SHA256SUMS with ED25519 key SHA256:";
    let line = said.lines().find(|line| line.starts_with(able)).unwrap_or_else(|| panic!("{said}"));
    assert!(line.ends_with("; the file is of 2002-12-06T08:00:00Z, the signature bears no time"), "{line}");
    let fingerprint = stdout(&office.shell("ssh-keygen -l -f able.pub"));
    assert!(line.contains(fingerprint.split_whitespace().nth(1).unwrap()), "{line}");
    assert!(said.contains("SHA256SUMS.baker.sig: baker@inspectors.example signed SHA256SUMS with"), "{said}");
    assert!(
        said.contains("certificate.json.sig: baker@inspectors.example signed certificate.json with"),
        "{said}"
    );
    assert!(said.contains("every document beside it\n"), "{said}");
    // Not asked: told, and not checked.
    let unasked = office.verify(&["meeting"]);
    assert_eq!(unasked.status.code(), Some(0));
    assert!(
        stdout(&unasked).contains("3 signatures beside it, not checked: --signers"),
        "{}",
        stdout(&unasked)
    );
}

#[test]
fn a_stranger_without_the_meeting_checks_signatures_and_digests_alone() {
    let Some(office) = Office::open() else { return };
    office.sign("able", NAMESPACE, "SHA256SUMS", "SHA256SUMS.sig");
    let output = office.verify(&["--signers", "allowed_signers"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("Not replayed"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("verified"), "{}", stdout(&output));
    // A document altered, the digests left: the signature is good and the document is not.
    let ledger = office.path("results/ledger.csv");
    let whole = fs::read(&ledger).unwrap();
    fs::write(&ledger, [&whole[..], b"x"].concat()).unwrap();
    office.differs(&["--signers", "allowed_signers"], "ledger.csv is not the one that SHA256SUMS names");
    fs::write(&ledger, whole).unwrap();
    // The certificate altered: it is not the one whose digest was signed.
    let certificate = office.path("results/certificate.json");
    let altered = fs::read_to_string(&certificate).unwrap().replacen("6150", "6151", 1);
    fs::write(&certificate, altered).unwrap();
    office.differs(&["--signers", "allowed_signers"], "SHA256SUMS names another certificate.json");
    // Without signers a meeting is asked for.
    let without = office.verify(&[]);
    assert!(
        !without.status.success() && stderr(&without).contains("no meeting is named"),
        "{}",
        stderr(&without)
    );
}

#[test]
fn what_is_not_good_is_named_and_differs() {
    let Some(office) = Office::open() else { return };
    office.differs(&SIGNERS, "there is no *.sig in results");
    // For another purpose.
    office.sign("able", "file", "SHA256SUMS", "SHA256SUMS.sig");
    office.differs(&SIGNERS, "SHA256SUMS.sig: it was made for `file`, not for `quorate-certificate-v1`");
    // Of something else.
    office.sign("able", NAMESPACE, "ledger.csv", "SHA256SUMS.sig");
    office.differs(&SIGNERS, "SHA256SUMS.sig: it is no signature of SHA256SUMS");
    // By somebody who may not.
    office.shell("ssh-keygen -q -t ed25519 -N '' -C mallory -f mallory");
    office.sign("mallory", NAMESPACE, "SHA256SUMS", "SHA256SUMS.sig");
    office.differs(&SIGNERS, "which is not in allowed_signers or not valid now");
    // One good signature beside does not make up for a bad one.
    office.sign("able", NAMESPACE, "SHA256SUMS", "SHA256SUMS.able.sig");
    office.differs(&SIGNERS, "SHA256SUMS.sig: Good \"quorate-certificate-v1\" signature with ED25519 key");
    assert!(stdout(&office.verify(&SIGNERS)).contains("SHA256SUMS.able.sig: able@inspectors.example signed"));
    // No signature at all.
    for junk in ["", "-----BEGIN SSH SIGNATURE-----\nZm9v\n-----END SSH SIGNATURE-----\n", "signed, Able\n"] {
        fs::write(office.path("results/SHA256SUMS.sig"), junk).unwrap();
        office.differs(&SIGNERS, "SHA256SUMS.sig: it is no signature of OpenSSH");
    }
    fs::remove_file(office.path("results/SHA256SUMS.sig")).unwrap();
    assert_eq!(office.verify(&SIGNERS).status.code(), Some(0));
    // Every document and its digest altered after it was signed.
    let sums = office.path("results/SHA256SUMS");
    let mut lines = fs::read_to_string(&sums).unwrap();
    lines.push_str(&format!("{}  notes.txt\n", "0".repeat(64)));
    fs::write(&sums, lines).unwrap();
    office.differs(
        &SIGNERS,
        "SHA256SUMS.able.sig: it is no signature of SHA256SUMS by able@inspectors.example",
    );
    fs::remove_file(&sums).unwrap();
    office.differs(&SIGNERS, "SHA256SUMS.able.sig: SHA256SUMS, which it signs, is missing");
}

#[test]
fn keys_that_are_limited_in_time_are_held_against_the_day_that_is_named() {
    let Some(office) = Office::open() else { return };
    office.sign("able", NAMESPACE, "SHA256SUMS", "SHA256SUMS.sig");
    let allowed = office.path("allowed_signers");
    let limited = fs::read_to_string(&allowed)
        .unwrap()
        .replace("namespaces", "valid-after=\"20021201Z\",valid-before=\"20021231Z\",namespaces");
    fs::write(&allowed, limited).unwrap();
    office.differs(&SIGNERS, "not valid now");
    let on = |day: &str| office.verify(&[&SIGNERS[..], &["--signed-on", day]].concat()).status.code();
    assert_eq!(on("2002-12-06"), Some(0));
    assert_eq!(on("2002-11-29"), Some(4));
    assert_eq!(on("2003-01-01"), Some(4));
    assert_eq!(on("yesterday"), Some(2));
    // Without signers a day says nothing.
    assert_eq!(office.verify(&["meeting", "--signed-on", "2002-12-06"]).status.code(), Some(2));
}

#[test]
fn what_is_missing_is_named() {
    let Some(office) = Office::open() else { return };
    office.sign("able", NAMESPACE, "SHA256SUMS", "SHA256SUMS.sig");
    let output = office.verify(&["meeting", "--signers", "nobody"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--signers: reading nobody"), "{}", stderr(&output));
    let output = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(["verify", "results", "meeting", "--signers", "allowed_signers"])
        .current_dir(office.folder.path())
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error: ssh-keygen, which checks signatures, was not found"));
}

/// The blocks of shell of a page, in their order.
fn blocks(page: &str) -> Vec<String> {
    let text = Page::of_name(page).unwrap().text().into_owned();
    let blocks = text.split("\n```sh\n").skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

/// The page's own lines, on a machine that has only OpenSSH and sha256sum for the checking.
#[test]
fn the_lines_of_the_manual_sign_and_check() {
    let Some(office) = Office::open() else { return };
    if Command::new("sha256sum").arg("--version").output().is_err() {
        return;
    }
    let [check, one_command, sign, second] = blocks("signatures").try_into().unwrap();
    let in_results = |lines: &str| format!("cd results && {}", lines.replace('\n', " && "));
    // The key of the office stands for the one that the first line would make.
    let sign = sign.lines().nth(1).unwrap().replace("-f able", "-f ../able");
    office.shell(&in_results(&sign));
    office.shell(&in_results(&second.replace("-f baker", "-f ../baker")));
    let said = stdout(&office.shell(&in_results(&check)));
    assert!(said.contains("certificate.json: OK\n"), "{said}");
    assert!(said.contains("Good \"quorate-certificate-v1\" signature for able@inspectors.example"), "{said}");
    let program = env!("CARGO_BIN_EXE_quorate");
    for line in one_command.replace("fixtures/point360", "meeting").lines() {
        office.shell(&line.replace("quorate ", &format!("{program} ")));
    }
    // A stranger notices a changed document, and a changed list of digests.
    let item507 = office.path("results/item507.md");
    fs::write(&item507, fs::read_to_string(&item507).unwrap() + "\n").unwrap();
    let output =
        Command::new("sh").args(["-c", &in_results(&check)]).current_dir(office.folder.path()).output();
    assert!(!output.unwrap().status.success());
}

#[test]
fn what_signs_and_checks_is_told_where_documents_are_written_and_certified() {
    let Some(office) = Office::open() else { return };
    let output =
        quorate(&["tabulate", text(&office.path("meeting")), "--out", text(&office.path("it's new"))]);
    let said = stderr(&output);
    let line = |start: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_else(|| panic!("{start}: {said}")).trim().to_owned()
    };
    office.shell(&line("to sign:").replace("-f KEY", "-f able"));
    let check = line("to check:").replace("-I SIGNER", "-I able@inspectors.example");
    assert!(stdout(&office.shell(&check)).starts_with("Good "));
    // What is preliminary is not to be signed.
    let early = office.path("early");
    let output =
        quorate(&["tabulate", text(&office.path("meeting")), "--as-of", "2002-05-01", "--out", text(&early)]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!stderr(&output).contains("to sign:"), "{}", stderr(&output));
}
