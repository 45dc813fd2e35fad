//! One meeting of a batch: counted, and its documents written unless they are there to the last byte.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::interrupt::{Publishing, Staging};
use super::super::output::documents::{self, Manner, Receipts};
use super::super::output::{self, Access};
use super::super::{CommandError, Exit};
use super::manifest::Entry;
use crate::load::{Overrides, hex};
use crate::parallel::Threads;
use crate::tabulate::Tabulation;
use crate::text::counted;

const UNDONE: &str = "nothing was tabulated";

/// What the names of folders begin with in which documents are made.
pub(super) const STAGED: &str = ".quorate-staged-";

const PROBLEMS: &str = "problems.txt";

/// A meeting to count.
pub(super) struct Work<'a> {
    /// Its folder or meeting.json, as typed.
    pub(super) path: &'a Path,
    /// What it is called in the results.
    pub(super) name: &'a str,
    /// Where its documents go.
    pub(super) folder: PathBuf,
    /// Whether its documents are written even when nothing changed.
    pub(super) is_forced: bool,
    /// What an earlier run wrote down of it.
    pub(super) known: Option<&'a Entry>,
    /// Who may read the documents.
    pub(super) access: Access,
    /// Whether they leave out accounts, holders and cards.
    pub(super) is_public: bool,
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
        /// What was found in its folder that no run wrote there so.
        altered: Vec<String>,
        /// What it rests on, for the manifest.
        entry: Entry,
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
    /// Counts the meeting, and writes its documents unless they are there already.
    pub(super) fn run(&self) -> Done {
        self.count().unwrap_or_else(|error| self.failed(&error))
    }

    fn count(&self) -> anyhow::Result<Done> {
        let loaded =
            crate::commands::read(self.path, &Overrides { threads: self.threads, ..Overrides::default() })
                .map_err(|problems| CommandError::Checked(problems, UNDONE))?;
        let tabulation =
            Tabulation::of(loaded, None).map_err(|problems| CommandError::Checked(problems, UNDONE))?;
        let folder = &self.folder;
        let (certificate, digests) = documents::digests(&tabulation, &Receipts::None, self.is_public, None)?;
        let entry = Entry::of(&tabulation, &digests);
        let altered = self.altered(&entry, &digests);
        let done = |is_unchanged| -> anyhow::Result<Done> {
            Ok(Done::Counted {
                altered,
                certificate: Box::new(serde_json::to_value(&certificate)?),
                sha256: hex(&Sha256::digest(certificate.to_json().as_bytes())),
                entry,
                is_unchanged,
            })
        };
        let said = folder.join(PROBLEMS);
        // What lies there is never believed: it is left alone where it is what was counted just now.
        let is_same = || documents::compared(folder, &digests, &[]).is_ok_and(|found| found.is_empty());
        if !self.is_forced
            && self.known == Some(&Entry::of(&tabulation, &digests))
            && !said.exists()
            && is_same()
        {
            return done(true);
        }
        let manner = Manner { access: self.access, is_public: self.is_public, ..Manner::default() };
        if folder.exists() {
            documents::check(folder, Manner { may_replace: true, ..manner })?;
            documents::write_documents(
                &tabulation,
                &Receipts::None,
                folder,
                Manner { may_replace: true, ..manner },
            )?;
        } else {
            // A new folder gets its name when everything is in it.
            let parent = folder.parent().unwrap_or(Path::new("."));
            let make = || tempfile::Builder::new().prefix(STAGED).tempdir_in(parent);
            let (staged, _staging) = Staging::make(make, tempfile::TempDir::path)
                .with_context(|| format!("writing to {}", parent.display()))?;
            let ready = staged.path().join(self.name);
            documents::write_documents(&tabulation, &Receipts::None, &ready, manner)?;
            // An interruption takes the staged folder away: not while it gets its name.
            let _publishing = Publishing::begin();
            fs::rename(&ready, folder).with_context(|| format!("writing {}", folder.display()))?;
        }
        if said.exists() {
            fs::remove_file(&said).with_context(|| format!("removing {}", said.display()))?;
        }
        done(false)
    }

    /// What lies in its folder and is not what an earlier run wrote there: altered since, or left mixed by a
    /// run that was killed.
    fn altered(&self, entry: &Entry, digests: &documents::Digests) -> Vec<String> {
        let found = documents::disagreeing(&self.folder);
        // The digests too may have been altered: of the same inputs everything is the same.
        let has_same_inputs = self.known.is_some_and(|known| known.inputs() == entry.inputs());
        if !found.is_empty() || !has_same_inputs || !self.folder.exists() {
            return found;
        }
        documents::compared(&self.folder, digests, &[]).unwrap_or_default()
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
        if self.folder.join(documents::CERTIFICATE).exists() {
            text.push_str("\nThe other documents here are of an earlier run, before this problem.\n");
        }
        match output::replace(&self.folder, self.access, &[(PROBLEMS, text.into_bytes())]) {
            Ok(()) => done,
            Err(error) => Done::failed(format!("{error:#}")),
        }
    }
}
