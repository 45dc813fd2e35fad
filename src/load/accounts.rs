//! Texts that recur, as numbers: accounts and card numbers.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::problem::Problems;
use super::table::{Row, Table};
use crate::text::quoted;

/// An account, by its place among those seen: first the register's, then those of omnibus.csv, then
/// accounts that only cards name, which are unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

impl AccountId {
    /// Its place, for indexing.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// Accounts seen.
pub type Accounts = Interner;

/// The accounts of the register and omnibus.csv, as other files refer to them.
pub(super) struct KnownAccounts<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) count: usize,
    /// Whether those files were read without a problem; otherwise an account that is not found may be
    /// on a line that could not be read.
    pub(super) is_complete: bool,
}

impl KnownAccounts<'_> {
    /// The account in a cell; one that is unknown is reported.
    pub(super) fn find(
        &self,
        table: &Table<'_>,
        row: &Row<'_>,
        column: usize,
        problems: &mut Problems,
    ) -> Option<AccountId> {
        let text = row.get(column);
        if text.is_empty() {
            table.problem(problems, row.line, column, "must not be empty");
            return None;
        }
        let found = self.accounts.find(text).map(AccountId).filter(|account| account.place() < self.count);
        if found.is_none() && self.is_complete {
            let message = format!("{} is neither on the register nor in omnibus.csv", quoted(text));
            table.problem(problems, row.line, column, message);
        }
        found
    }
}

/// Distinct texts, each once, in the order first seen.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The text at a place.
    #[must_use]
    pub fn text(&self, place: u32) -> &str {
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.text[start..self.ends[place] as usize]
    }

    /// The place of a text, if it was seen.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.table.find(self.hasher.hash_one(text), |place| self.text(*place) == text).copied()
    }

    /// The place of a text and whether it is new. Nothing when the texts come to more than 4 GiB.
    pub fn intern(&mut self, text: &str) -> Option<(u32, bool)> {
        let hash = self.hasher.hash_one(text);
        if let Some(place) = self.table.find(hash, |place| self.text(*place) == text) {
            return Some((*place, false));
        }
        let place = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        let (texts, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        let text_at = |place: u32| {
            let place = place as usize;
            let start = if place == 0 { 0 } else { ends[place - 1] as usize };
            &texts[start..ends[place] as usize]
        };
        self.table.insert_unique(hash, place, |place| hasher.hash_one(text_at(*place)));
        Some((place, true))
    }
}
