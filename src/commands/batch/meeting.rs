//! One meeting of a batch: left alone when nothing changed, else counted and written.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::interrupt::{Publishing, Staging};
use super::super::{CommandError, Exit, output};
use crate::load::{self, Overrides, Role, hex};
use crate::parallel::Threads;
use crate::tabulate::{SECOND_COUNT_CARDS_MAX, Tabulation};
use crate::text::counted;

const UNDONE: &str = "nothing was tabulated";

/// What the names of folders begin with in which documents are made.
pub(super) const STAGED: &str = ".quorate-staged-";

const CERTIFICATE: &str = "certificate.json";
const PROBLEMS: &str = "problems.txt";

/// The digests of the documents, as `sha256sum --check` reads them: what was altered since is made anew.
const SUMS: &str = "SHA256SUMS";

/// A meeting to count.
pub(super) struct Work<'a> {
    /// Its folder or meeting.json, as typed.
    pub(super) path: &'a Path,
    /// What it is called in the results.
    pub(super) name: &'a str,
    /// Where its documents go.
    pub(super) folder: PathBuf,
    /// Whether it is counted even when nothing changed.
    pub(super) is_forced: bool,
    /// How many threads may work on it.
    pub(super) threads: Threads,
}

/// What came of a meeting.
pub(super) enum Done {
    /// Counted, now or in an earlier run of the same inputs.
    Counted {
        /// The certificate as written.
        certificate: Box<Value>,
        /// Its SHA-256.
        sha256: String,
        /// Whether it was left alone.
        is_unchanged: bool,
    },
    /// Not counted.
    Failed {
        /// In a few words.
        sum: String,
        /// The first problem.
        first: String,
        /// How many there are.
        count: u64,
    },
}

impl Done {
    /// One that the machine or we ourselves are to blame for.
    pub(super) fn failed(first: String) -> Self {
        Self::Failed { sum: first.clone(), first, count: 1 }
    }

    /// How it alone would have ended.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Counted { certificate, .. } if certificate["status"] == "certified" => Exit::Certified,
            Self::Counted { .. } => Exit::Preliminary,
            Self::Failed { .. } => Exit::Problem,
        }
    }
}

impl Work<'_> {
    /// Counts the meeting, or finds that it needs not be counted.
    pub(super) fn run(&self) -> Done {
        if !self.is_forced
            && let Some(done) = self.unchanged()
        {
            return done;
        }
        self.count().unwrap_or_else(|error| self.failed(&error))
    }

    fn count(&self) -> anyhow::Result<Done> {
        let loaded = load::load(self.path, &Overrides { threads: self.threads, ..Overrides::default() })
            .map_err(|problems| CommandError::Checked(problems, UNDONE))?;
        let tabulation =
            Tabulation::of(loaded, None).map_err(|problems| CommandError::Checked(problems, UNDONE))?;
        let folder = &self.folder;
        if folder.exists() {
            output::check(folder, &output::DOCUMENTS, true)?;
            output::write_documents(&tabulation, folder, true)?;
            seal(folder)?;
        } else {
            // A new folder gets its name when everything is in it.
            let parent = folder.parent().unwrap_or(Path::new("."));
            let make = || tempfile::Builder::new().prefix(STAGED).tempdir_in(parent);
            let (staged, _staging) = Staging::make(make, tempfile::TempDir::path)
                .with_context(|| format!("writing to {}", parent.display()))?;
            let ready = staged.path().join(self.name);
            output::write_documents(&tabulation, &ready, false)?;
            seal(&ready)?;
            // An interruption takes the staged folder away: not while it gets its name.
            let _publishing = Publishing::begin();
            fs::rename(&ready, folder).with_context(|| format!("writing {}", folder.display()))?;
        }
        let said = folder.join(PROBLEMS);
        if said.exists() {
            fs::remove_file(&said).with_context(|| format!("removing {}", said.display()))?;
        }
        let (certificate, sha256) = self.certificate().context("reading the certificate back")?;
        Ok(Done::Counted { certificate: Box::new(certificate), sha256, is_unchanged: false })
    }

    /// Writes down why it was not counted. The documents of an earlier run stay, and this says so.
    fn failed(&self, error: &anyhow::Error) -> Done {
        let (done, mut text) = match error.downcast_ref::<CommandError>() {
            Some(CommandError::Checked(problems, _) | CommandError::Input(problems, _)) => {
                let first = problems.shown().first().map_or_else(String::new, |problem| {
                    format!("{}: {} [{}]", problem.place, problem.message, problem.code)
                });
                let count = problems.count();
                (Done::Failed { sum: counted(count, "problem"), first, count }, format!("{error}\n"))
            }
            Some(CommandError::Usage(_)) | None => {
                (Done::failed(format!("{error:#}")), format!("error: {error:#}\n"))
            }
        };
        if self.folder.join(CERTIFICATE).exists() {
            text.push_str("\nThe other documents here are of an earlier run, before this problem.\n");
        }
        match output::replace(&self.folder, &[(PROBLEMS, text.into_bytes())]) {
            Ok(()) => done,
            Err(error) => Done::failed(format!("{error:#}")),
        }
    }

    fn certificate(&self) -> anyhow::Result<(Value, String)> {
        let bytes = fs::read(self.folder.join(CERTIFICATE))?;
        Ok((serde_json::from_slice(&bytes)?, hex(&Sha256::digest(&bytes))))
    }

    /// The certificate of an earlier run, where it is still that of these inputs, this program and its
    /// options, and all documents are as they were made.
    fn unchanged(&self) -> Option<Done> {
        let (certificate, sha256) = self.certificate().ok()?;
        let is_ours = certificate["schema"] == "quorate/certificate/1"
            && certificate["program"]["version"] == env!("CARGO_PKG_VERSION")
            && certificate["meeting"]["as_of"].is_null()
            && (certificate["second_count"] == "agrees"
                || certificate["cards"]["read"].as_u64()? > SECOND_COUNT_CARDS_MAX as u64);
        let is_whole = !self.folder.join(PROBLEMS).exists()
            && fs::read_to_string(self.folder.join(SUMS)).ok()? == sums(&self.folder).ok()?;
        let is_same = is_ours && is_whole && self.has_inputs(&certificate)?;
        is_same.then(|| Done::Counted { certificate: Box::new(certificate), sha256, is_unchanged: true })
    }

    /// Whether the folder holds the inputs that a certificate lists, and no other that would be read now.
    fn has_inputs(&self, certificate: &Value) -> Option<bool> {
        let folder = if self.path.is_dir() { self.path } else { self.path.parent()? };
        let inputs = certificate["inputs"].as_array()?;
        for input in inputs {
            let path = match input["role"].as_str()? {
                "meeting" if self.path.is_dir() => folder.join(Role::Meeting.default_file()),
                "meeting" => self.path.to_owned(),
                _ => folder.join(input["path"].as_str()?),
            };
            if load::digest(&path).ok()? != input["sha256"].as_str()? {
                return Some(false);
            }
        }
        // A default file that has come since is read without being named.
        let is_new = |role: &Role| {
            inputs.iter().all(|input| input["role"] != role.name())
                && folder.join(role.default_file()).symlink_metadata().is_ok()
        };
        Some(!Role::ALL.iter().any(is_new))
    }
}

/// The digests of all documents, a line each.
fn sums(folder: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    for name in output::DOCUMENTS {
        let digest = load::digest(&folder.join(name)).map_err(|why| anyhow::anyhow!("{name} {why}"))?;
        text.push_str(&format!("{digest}  {name}\n"));
    }
    Ok(text)
}

fn seal(folder: &Path) -> anyhow::Result<()> {
    output::replace(folder, &[(SUMS, sums(folder)?.into_bytes())])
}
