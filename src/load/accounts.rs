//! Accounts as numbers, and other texts that recur.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::near_accounts::NearAccounts;
use super::problem::Problems;
use super::table::{CsvTable, Row};
use super::texts::{Index, Key, Texts};
use crate::catalogue::Code;
use crate::parallel::Threads;
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

/// Accounts seen, each once.
#[derive(Debug, Default)]
pub struct Accounts {
    texts: Texts,
    index: Index,
    /// The index once more, where it was put away and an account is looked for after all.
    later: OnceLock<Index>,
}

/// Rows of a file whose account an earlier row names.
#[derive(Default)]
pub(super) struct Repeated {
    /// The row that names the account first, and the one that names it again; sorted by the latter.
    pub(super) rows: Vec<(u32, u32)>,
}

impl Repeated {
    /// The account of a row that is the first to name it: accounts are numbered in that order.
    pub(super) fn account(&self, row: u32) -> u32 {
        let before = self.rows.partition_point(|(_, again)| *again < row);
        row - u32::try_from(before).unwrap_or(0)
    }

    fn is_repeated(&self, row: usize) -> bool {
        self.rows.binary_search_by_key(&row, |(_, again)| *again as usize).is_ok()
    }
}

impl Accounts {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.count()
    }

    /// The account number at a place.
    #[must_use]
    pub fn text(&self, place: u32) -> &str {
        self.texts.text(place as usize)
    }

    /// Looks at the account number at a place before it is wanted.
    pub(crate) fn touch(&self, place: u32) -> u8 {
        self.texts.touch(place as usize)
    }

    /// Whether every account number is of plain ASCII that can be seen, or blanks.
    #[must_use]
    pub fn are_plain(&self, threads: Threads) -> bool {
        self.texts.are_plain(threads)
    }

    /// The place of an account, if it was seen.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.index().find(&self.texts, Key::of(text))
    }

    fn index(&self) -> &Index {
        if self.texts.count() == 0 || !self.index.is_empty() {
            return &self.index;
        }
        self.later.get_or_init(|| {
            let mut index = Index::default();
            index.insert_from(&self.texts, 0, Threads::default());
            index
        })
    }

    /// Puts the index away when every file is read: few accounts are looked for then, if any.
    pub(super) fn put_index_away(&mut self) {
        self.index = Index::default();
    }

    /// The places of several.
    pub(super) fn find_all(&self, keys: &[Key<'_>], found: &mut Vec<Option<u32>>) {
        self.index.find_all(&self.texts, keys, found);
    }

    /// The place of an account, known or new; nothing when there are more than 2³² − 1.
    pub(super) fn intern(&mut self, text: &str) -> Option<u32> {
        let key = Key::of(text);
        if let Some(place) = self.index.find(&self.texts, key) {
            return Some(place);
        }
        let place = u32::try_from(self.texts.count()).ok().filter(|place| *place != u32::MAX)?;
        self.texts.push(key);
        self.index.insert(&self.texts, place);
        Some(place)
    }

    /// The accounts of a file's rows, in which one may stand several times. Returns with them the
    /// account of each row, where that is not always the row's own place, and which rows name one again.
    pub(super) fn of_rows(texts: Texts, threads: Threads) -> (Self, Option<Vec<u32>>, Repeated) {
        let mut accounts = Self { texts, ..Self::default() };
        let found = accounts.index.insert_from(&accounts.texts, 0, threads);
        if found.is_empty() {
            return (accounts, None, Repeated::default());
        }
        let repeated = {
            let mut first_of: HashMap<&str, u32> = HashMap::new();
            let mut rows = Vec::new();
            for row in found {
                let first = *first_of.entry(accounts.texts.text(row as usize)).or_insert(row);
                rows.extend((first != row).then_some((first, row)));
            }
            Repeated { rows }
        };
        let mut account_of: Vec<u32> = Vec::with_capacity(accounts.texts.count());
        let mut next = 0;
        let mut again = repeated.rows.iter().peekable();
        for row in 0..accounts.texts.count() {
            if let Some((first, _)) = again.next_if(|(_, again)| *again as usize == row) {
                account_of.push(account_of[*first as usize]);
            } else {
                account_of.push(next);
                next += 1;
            }
        }
        accounts.index.renumber(|row| account_of[row as usize]);
        accounts.texts.retain(|row| !repeated.is_repeated(row));
        (accounts, Some(account_of), repeated)
    }
}

/// The accounts of the register and omnibus.csv, as other files refer to them.
pub(super) struct KnownAccounts<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) count: usize,
    /// Whether those files were read without a problem; otherwise an account that is not found may be
    /// on a line that could not be read.
    pub(super) is_complete: bool,
    /// Whether the items of the meeting were understood: what rows say of others is not judged.
    pub(super) has_all_items: bool,
    /// The account that one that is not there may mean.
    pub(super) near: NearAccounts<'a>,
}

/// The account in a cell.
#[derive(Debug, Clone)]
pub(super) enum Named {
    /// It is there.
    Known(AccountId),
    /// It is not; this is the only one that a person would take it for.
    Near {
        /// As the row has it.
        written: String,
        /// The one that is there.
        account: AccountId,
    },
}

impl Named {
    /// The account that is there.
    pub(super) fn account(&self) -> AccountId {
        match self {
            Self::Known(account) | Self::Near { account, .. } => *account,
        }
    }
}

/// A row of an account that is not there but is near one that is: it counts for nothing until the inspector
/// says whose it is.
#[derive(Debug, Clone)]
pub struct SetAside<R> {
    /// The row, of the account that is near.
    pub row: R,
    /// The account as the row has it.
    pub written: String,
}

impl<R> SetAside<R> {
    /// Puts a row with the others, or aside where its account is not there.
    pub(super) fn sort(named: Named, row: R, rows: &mut Vec<R>, aside: &mut Vec<Self>) {
        match named {
            Named::Known(_) => rows.push(row),
            Named::Near { written, .. } => aside.push(Self { row, written }),
        }
    }
}

impl KnownAccounts<'_> {
    /// The account in a cell; one that is unknown is reported.
    pub(super) fn find(
        &self,
        table: &CsvTable<'_>,
        row: &Row<'_>,
        column: usize,
        problems: &mut Problems,
    ) -> Option<Named> {
        let text = row.get(column);
        if text.is_empty() {
            table.problem(problems, row.line, column, Code::CellEmpty.fault("must not be empty"));
            return None;
        }
        let found = self.accounts.find(text).map(AccountId).filter(|account| account.place() < self.count);
        if let Some(account) = found {
            return Some(Named::Known(account));
        }
        if !self.is_complete {
            return None;
        }
        let near = self.near.meant_by(text);
        if near.is_none() {
            let message = format!("{} is neither on the register nor in omnibus.csv", quoted(text));
            table.problem(problems, row.line, column, Code::AccountUnknown.fault(message));
        }
        near.map(|account| Named::Near { written: text.to_owned(), account })
    }
}

/// Distinct texts, each once, in the order first seen: those of which there are few.
#[derive(Debug, Default)]
pub(super) struct Interner {
    texts: Vec<String>,
    known: HashMap<String, u32>,
}

impl Interner {
    /// The text at a place.
    pub(super) fn text(&self, place: u32) -> &str {
        &self.texts[place as usize]
    }

    /// The texts.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The place of a text, if it was seen.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.known.get(text).copied()
    }

    /// The place of a text, known or new.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let place = u32::try_from(self.texts.len()).expect("fewer than 2^32 distinct texts");
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), place);
        place
    }
}
