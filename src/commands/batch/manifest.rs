//! What a batch wrote down of each meeting: the digests of its inputs, of the program and of the documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::super::output::documents::{self, Digests};
use super::super::output::{self, Access};
use super::meeting::Done;
use crate::tabulate::Tabulation;

/// Its name in the folder of the batch.
pub(super) const NAME: &str = "manifest.json";

const SCHEMA: &str = "quorate/batch/1";

/// All meetings of a batch.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    schema: String,
    /// The SHA-256 of the program that wrote it.
    executable_sha256: String,
    meetings: BTreeMap<String, Entry>,
}

/// One meeting: what it was counted from and what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The SHA-256 of each input, by role and path.
    inputs: Vec<(String, String, String)>,
    /// The SHA-256 of each document.
    documents: BTreeMap<String, String>,
}

impl Entry {
    /// The inputs that it was counted from.
    pub(super) fn inputs(&self) -> &[(String, String, String)] {
        &self.inputs
    }

    pub(super) fn of(tabulation: &Tabulation, digests: &Digests) -> Self {
        let input = |input: &crate::load::Input| {
            (input.role.name().to_owned(), input.path.clone(), input.sha256.clone())
        };
        let laid = tabulation.loaded.inputs.iter().filter_map(|input| input.laid.as_ref());
        let layouts = laid.map(|laid| ("layout".to_owned(), laid.path.clone(), laid.sha256.clone()));
        Self {
            inputs: tabulation.loaded.inputs.iter().map(input).chain(layouts).collect(),
            documents: digests.iter().cloned().collect(),
        }
    }
}

impl Manifest {
    /// The manifest of an earlier run of this very program; an empty one where there is none.
    pub(super) fn read(out: &Path) -> anyhow::Result<Self> {
        let ours = documents::executable().context("reading the program itself")?;
        let read = || -> Option<Self> { serde_json::from_slice(&fs::read(out.join(NAME)).ok()?).ok() };
        let found = read().filter(|found| found.schema == SCHEMA && found.executable_sha256 == ours);
        Ok(found.unwrap_or_else(|| Self {
            schema: SCHEMA.to_owned(),
            executable_sha256: ours,
            meetings: BTreeMap::new(),
        }))
    }

    pub(super) fn of(&self, name: &str) -> Option<&Entry> {
        self.meetings.get(name)
    }

    /// Writes down what was counted in this run; other meetings stay as they were.
    pub(super) fn write(
        mut self,
        out: &Path,
        access: Access,
        names: &[String],
        done: Vec<Done>,
    ) -> anyhow::Result<()> {
        for (name, done) in names.iter().zip(done) {
            match done {
                Done::Counted { entry, .. } => _ = self.meetings.insert(name.clone(), entry),
                Done::Failed { .. } => _ = self.meetings.remove(name),
            }
        }
        let text = serde_json::to_string_pretty(&self).context("writing the manifest")? + "\n";
        output::replace(out, access, &[(NAME, text.into_bytes())])
    }
}
