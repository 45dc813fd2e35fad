//! `quorate selftest`: a deck for a meeting, counted by the meeting.json in use and compared figure by figure.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};

use super::output::{self, Access, documents};
use super::{CommandError, Exit};
use crate::audit::ledger;
use crate::certify::certify;
use crate::cli::Selftest;
use crate::layout::{self, Layout};
use crate::load::source;
use crate::load::{self, Overrides, Problems, Role};
use crate::meeting::Meeting;
use crate::selftest::{
    Counted, Deck, DeckFiles, Figures, Headers, Report, adapted, compared, deck, expected, found,
};
use crate::tabulate::Tabulation;
use crate::text::{counted, quoted, visible};

const UNDONE: &str = "no deck was written";

/// The folder of what is counted.
const DECK: &str = "deck";

/// A meeting.json with its text.
struct MeetingFile {
    path: PathBuf,
    value: Value,
    sha256: String,
}

impl MeetingFile {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let path = if path.is_dir() { path.join(Role::Meeting.default_file()) } else { path.to_owned() };
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}; {UNDONE}", path.display()))?;
        let value = serde_json::from_str(&text).with_context(|| {
            format!("{} is not JSON; `quorate check` says where; {UNDONE}", path.display())
        })?;
        let sha256 = load::digest(&path).map_err(anyhow::Error::msg)?;
        Ok(Self { path, value, sha256 })
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The layout of each file of cards, where it has one: its place among them, and its path.
    fn layouts(&self) -> Vec<(usize, PathBuf)> {
        let cards = &self.value["files"]["cards"];
        let files: Vec<&Value> = match cards {
            Value::Array(files) => files.iter().collect(),
            Value::Null => Vec::new(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![cards],
        };
        let named = files.into_iter().enumerate();
        named
            .filter_map(|(place, file)| Some((place, self.folder().join(file["layout"].as_str()?))))
            .collect()
    }
}

/// A deck with its files, and the meeting.json that it is counted with.
struct Test {
    approved: Meeting,
    deck: Deck,
    files: DeckFiles,
    settings: Vec<String>,
    in_use: Value,
}

/// Writes a deck, counts it, and says whether every figure is the one that the deck adds up to.
pub(super) fn run(args: &Selftest) -> anyhow::Result<Exit> {
    let in_use = MeetingFile::read(&args.meeting)?;
    let approved = match &args.approved {
        Some(path) => MeetingFile::read(path)?,
        None => MeetingFile::read(&args.meeting)?,
    };
    refuse_what_is_there(&args.out)?;
    let test = test(&approved, &in_use)?;
    let written = write(&args.out.join(DECK), &test, &in_use)?;
    let (outcome, fingerprint) = count(&args.out, &test)?;
    let zero = zero(&args.out, &test)?;
    let report = Report {
        meeting: format!("{}, {}", visible(&test.approved.company), visible(&test.approved.title)),
        inspectors: &test.approved.inspectors,
        digests: [approved.sha256.clone(), in_use.sha256.clone()],
        program: format!("quorate {}, SHA-256 {}", env!("CARGO_PKG_VERSION"), documents::executable()?),
        fingerprint,
        files: &written,
        settings: &test.settings,
        not_shown: &test.files.not_shown,
        deck: &test.deck,
        counted: outcome,
        zero,
    };
    output::replace(&args.out, Access::of(false), &[("report.txt", report.text().into_bytes())])?;
    conclude(args, &report)
}

fn conclude(args: &Selftest, report: &Report<'_>) -> anyhow::Result<Exit> {
    let mut text = format!("TEST - A TRIAL, NOT THE RESULT OF A MEETING\n{}\n", report.result());
    for line in report.differences() {
        text.push_str(&format!("  {}\n", visible(&line)));
    }
    for what in report.not_shown {
        text.push_str(&format!("  not shown by the deck: {}\n", visible(what)));
    }
    let shown = visible(&args.out.display().to_string()).into_owned();
    text.push_str(&format!(
        "{shown}: a deck of {} and {}; report.txt tells every figure, and is to be signed\n",
        counted(report.deck.register.len() as u64, "account"),
        counted(report.deck.cards.len() as u64, "card"),
    ));
    output::print(&text)?;
    Ok(if report.is_passed() { Exit::Certified } else { Exit::Differs })
}

fn refuse_what_is_there(folder: &Path) -> anyhow::Result<()> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => folder.symlink_metadata().is_err(),
    };
    if !is_empty {
        anyhow::bail!(
            "{} already exists and is not an empty folder; {UNDONE}",
            quoted(&folder.display().to_string())
        );
    }
    Ok(())
}

/// The deck of the approved meeting, and the meeting.json in use as it counts it.
fn test(approved: &MeetingFile, in_use: &MeetingFile) -> anyhow::Result<Test> {
    // Without what a deck sets itself: the meeting is as it will be counted.
    let meeting =
        load::meeting_of(&approved.path).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let has_forms = approved.value["proxy_forms"].as_array().is_some_and(|forms| !forms.is_empty());
    let mut problems = Problems::default();
    let mut layouts: Vec<(usize, Layout, String)> = Vec::new();
    for (place, path) in approved.layouts() {
        let label = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let read = source::read(&path, &label, &mut problems)
            .and_then(|source| layout::read(&source, Role::Cards, &mut problems));
        layouts.extend(read.map(|layout| (place, layout, format!("cards-{}.layout.json", place + 1))));
    }
    if !problems.is_empty() {
        return Err(CommandError::Input(problems, UNDONE).into());
    }
    let deck = deck(&meeting, has_forms, &layouts).map_err(|error| anyhow::anyhow!("{error}; {UNDONE}"))?;
    let mut files = DeckFiles::of(&meeting, &deck, &Headers::of(&approved.value), &layouts);
    not_shown(&approved.value, &meeting, &mut files.not_shown);
    let (value, settings) = adapted(&in_use.value, &meeting, &deck, &files.named);
    Ok(Test { approved: meeting, deck, files, settings, in_use: value })
}

/// What of a meeting no figure of the deck stands for.
fn not_shown(approved: &Value, meeting: &Meeting, told: &mut Vec<String>) {
    for item in &meeting.items {
        let shown = visible(&item.id);
        if item.is_withdrawn {
            told.push(format!("item {shown}, which is withdrawn"));
        } else if item.counts_holders() {
            told.push(format!("the votes of item {shown}, which counts holders"));
        } else if item
            .election()
            .is_some_and(|election| election.nominees.iter().any(|n| n.is_unable_to_serve))
        {
            told.push(format!("the votes of item {shown}, with a nominee who cannot serve"));
        }
    }
    for role in ["register", "omnibus", "street", "revocations", "rulings"] {
        if approved["files"][role].to_string().contains("\"layout\"") {
            told.push(format!("the layout of the {role} file"));
        }
    }
    if approved["proportional"].as_array().is_some_and(|followers| !followers.is_empty()) {
        told.push("shares that vote as others do".to_owned());
    }
    told.push("omnibus proxies and the inspector's rulings".to_owned());
}

/// Writes the files of the deck, with the digest of each.
fn write(out: &Path, test: &Test, in_use: &MeetingFile) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = test.files.files.clone();
    files.push(("meeting.json".to_owned(), pretty(&test.in_use)));
    for (place, path) in in_use.layouts() {
        // Where it is missing, the count refuses the deck.
        if let Ok(bytes) = fs::read(&path) {
            files.push((format!("cards-{}.layout.json", place + 1), bytes));
        }
    }
    files.sort();
    let staged: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    output::replace(out, Access::of(false), &staged)?;
    let digest = |(name, _): &(String, Vec<u8>)| Ok((name.clone(), load::digest(&out.join(name))?));
    files.iter().map(digest).collect::<Result<_, String>>().map_err(anyhow::Error::msg)
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Loads and tabulates a folder; or the problems, a line each.
fn tabulated(folder: &Path) -> Result<Tabulation, Vec<String>> {
    let loaded = super::read(folder, &Overrides::default());
    let tabulation = loaded.and_then(|loaded| Tabulation::of(loaded, None));
    tabulation.map_err(|problems| {
        let told = problems.shown().into_iter();
        told.map(|problem| format!("{}: {} [{}]", problem.place, problem.message, problem.code)).collect()
    })
}

/// Counts the deck, writes the documents of the result, and compares every figure.
fn count(out: &Path, test: &Test) -> anyhow::Result<(Counted, Option<String>)> {
    let tabulation = match tabulated(&out.join(DECK)) {
        Ok(tabulation) => tabulation,
        Err(problems) => return Ok((Counted::Refused(problems), None)),
    };
    let results = out.join("results");
    let certificate = documents::write_documents(
        &tabulation,
        &documents::Receipts::None,
        &results,
        documents::Manner::default(),
    )?;
    let found = found(&serde_json::to_value(&certificate)?, &fates(&tabulation)?);
    // What the deck itself sets stands in both.
    let close = test.in_use["polls_close"].as_str();
    let mut wanted = expected(&test.approved, &test.deck);
    if let Some(close) = close.filter(|_| test.approved.polls_close.is_none()) {
        wanted.insert("meeting: polls close".to_owned(), close.to_owned());
    }
    let fingerprint = certificate.fingerprint().map(|fingerprint| fingerprint.to_string());
    Ok((Counted::Figures(compared(&wanted, &found)), fingerprint))
}

/// The number, disposition and reason of every card in the ledger.
fn fates(tabulation: &Tabulation) -> anyhow::Result<Vec<[String; 3]>> {
    let mut bytes = Vec::new();
    ledger::write(tabulation, &mut bytes)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let headers = reader.headers()?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap_or_default();
    let places = ["card", "disposition", "reason"].map(at);
    let mut fates = Vec::new();
    for row in reader.records() {
        let row = row?;
        fates.push(places.map(|place| row.get(place).unwrap_or_default().to_owned()));
    }
    Ok(fates)
}

/// The figures of the same meeting without a card, in a folder of its own.
fn zero(out: &Path, test: &Test) -> anyhow::Result<Option<Figures>> {
    let folder = out.join("zero");
    let mut meeting = test.in_use.clone();
    meeting["files"] = json!({ "register": "register.csv" });
    let register = test.files.files.iter().find(|(name, _)| name == "register.csv");
    let register = register.map(|(_, bytes)| bytes.clone()).unwrap_or_default();
    output::replace(
        &folder,
        Access::of(false),
        &[("meeting.json", pretty(&meeting)), ("register.csv", register)],
    )?;
    let Ok(tabulation) = tabulated(&folder) else { return Ok(None) };
    let certificate = certify(&tabulation, None);
    Ok(Some(found(&serde_json::to_value(certificate)?, &[])))
}
