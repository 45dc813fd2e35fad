//! `quorate verify`: replays a certificate. Same inputs? same rules? same results? same bytes? and the
//! documents beside it, rendered again?
//!
//! A certificate may come from anybody: it names files, and only those inside the meeting's folder are
//! read, plain files of the size that it states.

mod inputs;
mod signatures;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::output::documents::{self, Receipts};
use super::{CommandError, Exit, loaded, output, receipt};
use crate::audit::compare::{FigureChange, Side, compare};
use crate::audit::ledger;
use crate::certify::{Fingerprint, SCHEMA, is_certificate};
use crate::cli::Verify;
use crate::load::Role;
use crate::render;
use crate::tabulate::{SecondCount, Tabulation};
use crate::text::{counted, quoted, visible};
use crate::time::Moment;

pub(super) use self::signatures::NAMESPACE;

const UNDONE: &str = "the certificate could not be replayed";

/// The largest certificate that is read, in bytes: hundreds of times what 500 items with 100 nominees take.
const BYTES_MAX: u64 = 1 << 30;

/// A certificate.json as it was read.
pub(super) struct CertificateFile {
    /// Its path, as shown.
    pub(super) shown: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What it says.
    pub(super) certificate: Value,
}

/// Reads a certificate, from wherever it may come.
pub(super) fn read_certificate(path: &Path) -> anyhow::Result<CertificateFile> {
    let shown = path.display().to_string();
    if path.file_name().is_some_and(|name| name == documents::CERTIFICATE) && path.symlink_metadata().is_err()
    {
        anyhow::bail!(
            "there is no {shown}; name a certificate.json, or the folder that `tabulate --out` wrote"
        );
    }
    let found = fs::metadata(path).with_context(|| format!("reading {shown}"))?;
    if !found.is_file() {
        anyhow::bail!("{shown} is not a plain file");
    }
    if found.len() > BYTES_MAX {
        anyhow::bail!("{shown} has {}; no certificate is so large", counted(found.len(), "byte"));
    }
    let bytes = fs::read(path).with_context(|| format!("reading {shown}"))?;
    let certificate: Value =
        serde_json::from_slice(&bytes).with_context(|| format!("{shown} is not JSON"))?;
    if !is_certificate(&certificate) {
        anyhow::bail!("{shown} is not a certificate: expected `\"schema\": \"{SCHEMA}\"`");
    }
    Ok(CertificateFile { shown, bytes, certificate })
}

/// A certificate to verify.
struct Subject {
    path: PathBuf,
    shown: String,
    bytes: Vec<u8>,
    certificate: Value,
    /// Whether its folder was named, and so all that must be in it.
    is_folder: bool,
}

impl Subject {
    fn read(args: &Verify) -> anyhow::Result<Self> {
        let is_folder = args.certificate.is_dir();
        let path =
            if is_folder { args.certificate.join(documents::CERTIFICATE) } else { args.certificate.clone() };
        let CertificateFile { shown, bytes, certificate } = read_certificate(&path)?;
        Ok(Self { path, shown, bytes, certificate, is_folder })
    }

    /// Whether the program that made it is this one, so that the bytes must be the same too.
    fn is_of_this_version(&self) -> bool {
        self.certificate["schema"] == SCHEMA
            && self.certificate["program"]["version"] == env!("CARGO_PKG_VERSION")
    }

    fn is_preliminary(&self) -> bool {
        self.certificate["status"] != "certified"
    }

    fn is_public(&self) -> bool {
        self.certificate["public"] == true
    }

    /// Whose it is, first of all: a reader must see that it is the one meant.
    fn introduced(&self) -> String {
        let text = |value: &Value| visible(value.as_str().unwrap_or("not stated")).into_owned();
        let meeting = &self.certificate["meeting"];
        let fingerprint = Fingerprint::of(&self.bytes);
        format!(
            "company:     {}\nmeeting:     {}, {}\nstatus:      {}\nfingerprint: {fingerprint}\n",
            text(&meeting["company"]),
            text(&meeting["title"]),
            text(&meeting["date"]),
            text(&self.certificate["status"]),
        )
    }

    /// The folder that it lies in.
    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    /// The folder of the documents that belong to it, where there are any: a certificate may also lie
    /// somewhere by itself.
    fn documents(&self) -> Option<&Path> {
        let folder = self.folder();
        let is_named = self.path.file_name().is_some_and(|name| name == documents::CERTIFICATE);
        let others = documents::WRITTEN.iter().filter(|name| **name != documents::CERTIFICATE);
        let has_others = || others.into_iter().any(|name| folder.join(name).symlink_metadata().is_ok());
        (self.is_folder || (is_named && has_others())).then_some(folder)
    }
}

/// Replays a certificate from the meeting's files and names every difference.
pub(super) fn run(args: &Verify) -> anyhow::Result<Exit> {
    let subject = Subject::read(args)?;
    output::print(&subject.introduced())?;
    let mut found: Vec<String> = Vec::new();
    of_signatures(args, &subject, &mut found)?;
    if args.signers.is_some() && is_without_meeting(args) {
        found.extend(
            documents::disagreeing(subject.folder()).into_iter().map(|what| format!("document: {what}")),
        );
        return conclude_unreplayed(&subject, &found);
    }
    if is_without_meeting(args) {
        let shown = quoted(&args.certificate.display().to_string());
        anyhow::bail!(
            "no meeting is named, and none lies here: `quorate verify` {shown} `MEETING` counts that meeting again, \
             `--signers FILE` looks at the signatures alone"
        );
    }
    inputs::as_they_lie(args, &subject.certificate, &mut found);
    let mut loaded = match loaded(&args.files) {
        Ok(loaded) => loaded,
        // An input that changed may no longer be readable; what changed is the answer then.
        Err(problems) if !found.is_empty() => {
            eprintln!("{}", problems.report(UNDONE));
            return conclude(&subject, &found, false);
        }
        Err(problems) => return Err(CommandError::Input(problems, UNDONE).into()),
    };
    let news = inputs::news(&mut loaded, &subject.certificate);
    output::print(&news.iter().map(|line| format!("news:        {line}\n")).collect::<String>())?;
    let as_of = match subject.certificate["meeting"]["as_of"].as_str() {
        Some(text) => Some(Moment::parse(text, &loaded.meeting.zone).map_err(|error| {
            anyhow::anyhow!("{}: meeting.as_of: {} {error}", subject.shown, quoted(text))
        })?),
        None => None,
    };
    let mut tabulation =
        Tabulation::of(loaded, as_of).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    tabulation.second_count = if subject.certificate["second_count"] == "not_made" {
        SecondCount::Never
    } else {
        SecondCount::Always
    };
    inputs::as_read(&tabulation, &subject.certificate, &mut found);
    let receipts = of_receipts(args, &subject, &mut found)?;
    let has_documents = replay(&subject, &tabulation, &receipts, &mut found)?;
    conclude(&subject, &found, has_documents)
}

/// Whether no meeting is named and none lies here: whoever was handed the documents alone has none.
fn is_without_meeting(args: &Verify) -> bool {
    let meeting = &args.files.meeting;
    meeting == Path::new(".") && !meeting.join(Role::Meeting.default_file()).exists()
}

/// The signatures beside the documents, and whether what they sign is this certificate.
fn of_signatures(args: &Verify, subject: &Subject, found: &mut Vec<String>) -> anyhow::Result<()> {
    let checked = signatures::check(args, subject.folder())?;
    let lines = checked.says.iter().map(|line| format!("signature:   {line}\n"));
    output::print(&lines.collect::<String>())?;
    found.extend(checked.faults);
    if args.signers.is_some() && !documents::is_listed(subject.folder(), &subject.path, &subject.bytes) {
        found.push(format!("signature: {} names another certificate.json than this", documents::SUMS));
    }
    Ok(())
}

/// How the root of the receipts is found again: from the key, or, without it, as the certificate states it.
fn of_receipts(args: &Verify, subject: &Subject, found: &mut Vec<String>) -> anyhow::Result<Receipts> {
    let stated = receipt::stated(&subject.certificate);
    let Some(stated) = stated else {
        if args.receipts_key.is_some() {
            anyhow::bail!("--receipts-key: {} states no root of receipts", subject.shown);
        }
        return Ok(Receipts::None);
    };
    let Some(path) = &args.receipts_key else {
        output::print("receipts:    their root is not compared: --receipts-key FILE computes it again\n")?;
        return Ok(Receipts::Stated(stated));
    };
    let key = receipt::key(path, false)?;
    if key.sha256() == stated.key_sha256 {
        output::print("receipts:    their root is computed again with the key\n")?;
        return Ok(Receipts::Key(key));
    }
    found.push(format!(
        "receipts: {} is another key: its SHA-256 is {}, in the certificate {}",
        path.display(),
        key.sha256(),
        visible(&stated.key_sha256)
    ));
    Ok(Receipts::Stated(stated))
}

/// The end where only signatures and digests were looked at.
fn conclude_unreplayed(subject: &Subject, found: &[String]) -> anyhow::Result<Exit> {
    let shown = visible(&subject.shown);
    if !found.is_empty() {
        return conclude(subject, found, true);
    }
    output::print(&format!(
        "{shown}: signed; every document beside it is the one that {} names. Not replayed: name the meeting's \
         folder to have it counted again\n",
        documents::SUMS
    ))?;
    Ok(if subject.is_preliminary() { Exit::Preliminary } else { Exit::Certified })
}

/// The results, bytes and documents of the replay against those that are there. Returns whether there
/// were documents to compare.
fn replay(
    subject: &Subject,
    tabulation: &Tabulation,
    receipts: &Receipts,
    found: &mut Vec<String>,
) -> anyhow::Result<bool> {
    let workbook = subject.documents().and_then(documents::listed_workbook);
    let (mut replayed, digests) =
        documents::digests(tabulation, receipts, subject.is_public(), workbook.as_deref())?;
    let has_no_digest = subject.certificate["ledger"]["sha256"].is_null();
    if has_no_digest && tabulation.loaded.cards.count() > ledger::DIGEST_CARDS_MAX {
        // So large a meeting's certificate is made without it where no ledger is.
        replayed.ledger.sha256 = None;
    }
    let text = render::json::render(&replayed);
    let replayed: Value = serde_json::from_str(&text).context("reading back the replayed certificate")?;
    let is_of_this_version = subject.is_of_this_version();
    if !is_of_this_version {
        // Another version may tell more, or in other words: what both tell must be the same.
        found.extend(results(
            &in_both(&subject.certificate, &replayed),
            &in_both(&replayed, &subject.certificate),
        ));
        return Ok(false);
    }
    found.extend(results(&subject.certificate, &replayed));
    let part = |certificate: &Value, key: &str| certificate["ledger"][key].clone();
    if ["rows", "sha256"].iter().any(|key| part(&subject.certificate, key) != part(&replayed, key)) {
        found.push("ledger: the replay writes another ledger.csv".to_owned());
    }
    if part(&subject.certificate, "receipts") != part(&replayed, "receipts") {
        found.push("receipts: the replay makes another root, or other columns".to_owned());
    }
    if found.is_empty() && text.as_bytes() != subject.bytes {
        found.push(
            "bytes: every figure compared is the same, but the file is not byte for byte the replay"
                .to_owned(),
        );
    }
    let Some(folder) = subject.documents() else { return Ok(false) };
    let of_documents = documents::compared(folder, &digests, &tabulation.loaded.inputs)
        .with_context(|| format!("looking at {}", folder.display()))?;
    found.extend(of_documents.into_iter().map(|what| format!("document: {what}")));
    Ok(true)
}

fn results(theirs: &Value, ours: &Value) -> Vec<String> {
    let side = |label: &str, certificate: &Value| Side {
        label: label.to_owned(),
        certificate: certificate.clone(),
        cards: None,
    };
    let comparison = compare(&side("certificate", theirs), &side("replay", ours));
    comparison.figures.iter().map(|change| told("result", change)).collect()
}

/// What a certificate tells that another one, of another version, tells too. How far a result is from
/// another one is worded and searched for differently from version to version and is no result.
fn in_both(certificate: &Value, other: &Value) -> Value {
    const NO_RESULTS: [&str; 4] = ["margin", "title", "name", "interim"];
    match (certificate, other) {
        (Value::Object(these), Value::Object(others)) => these
            .iter()
            .filter(|(key, _)| !NO_RESULTS.contains(&key.as_str()))
            .filter_map(|(key, value)| Some((key.clone(), in_both(value, others.get(key)?))))
            .collect(),
        (Value::Array(these), Value::Array(others)) if these.len() == others.len() => {
            these.iter().zip(others).map(|(value, other)| in_both(value, other)).collect()
        }
        _ => certificate.clone(),
    }
}

fn told(what: &str, change: &FigureChange) -> String {
    format!(
        "{what}: {} is {} in the certificate and {} in the replay",
        change.figure,
        quoted(&change.before),
        quoted(&change.after)
    )
}

fn conclude(subject: &Subject, found: &[String], has_documents: bool) -> anyhow::Result<Exit> {
    let shown = visible(&subject.shown);
    let mut text = String::new();
    if !subject.is_of_this_version() {
        let theirs = subject.certificate["program"]["version"].as_str().unwrap_or("unknown");
        text.push_str(&format!(
            "version: certified by {} ({}), replayed by {}; the results are compared, the bytes and documents \
             are not\n",
            visible(theirs),
            visible(subject.certificate["schema"].as_str().unwrap_or("")),
            env!("CARGO_PKG_VERSION"),
        ));
    }
    if found.is_empty() {
        let what = match (subject.is_of_this_version(), has_documents) {
            (false, _) => "the same inputs, rules and results, by another version of the program",
            (true, false) => {
                "the same inputs, rules, program, results and bytes; no other document is beside it"
            }
            (true, true) => {
                "the same inputs, rules, program, results and bytes, and every document beside it"
            }
        };
        let preliminary = if subject.is_preliminary() { " (preliminary: not certified)" } else { "" };
        text.push_str(&format!("{shown}: verified{preliminary}: {what}\n"));
        output::print(&text)?;
        return Ok(if subject.is_preliminary() { Exit::Preliminary } else { Exit::Certified });
    }
    text.extend(found.iter().map(|line| format!("{}\n", visible(line))));
    text.push_str(&format!("{shown}: NOT verified: {}\n", counted(found.len() as u64, "difference")));
    output::print(&text)?;
    Ok(Exit::Differs)
}
