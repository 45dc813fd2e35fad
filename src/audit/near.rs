//! VAL-13: papers and rows of accounts that are not there, beside the account that a person would take them for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::sorted_numbers;
use crate::amount::Votes;
use crate::determine::Reason;
use crate::load::{AccountId, CardId};
use crate::tabulate::Tabulation;
use crate::text::{counted, visible};

/// The most cards named with a pair.
const NAMED_MAX: usize = 5;

/// An account that is not there and the one that it is near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPair {
    /// As the papers have it.
    pub written: String,
    /// The one that is there.
    pub account: String,
    /// What is of it: cards by number, then rows.
    pub papers: Vec<String>,
    /// How many these are.
    pub count: usize,
}

impl fmt::Display for NearPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (written, account) = (visible(&self.written), visible(&self.account));
        write!(f, "{written} for {account} ({})", self.papers.join(", "))?;
        match self.count.saturating_sub(self.papers.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What waits for the inspector to say whose it is.
#[derive(Debug, Clone, Default)]
pub struct Near {
    /// By the account as written.
    pub pairs: Vec<NearPair>,
    /// The cards.
    pub cards: Vec<CardId>,
    accounts: BTreeSet<AccountId>,
}

impl Near {
    /// The votes of the accounts that are near: as many could be concerned.
    #[must_use]
    pub fn votes(&self, tabulation: &Tabulation) -> Votes {
        let electorate = &tabulation.electorate;
        let ids = self.accounts.iter().flat_map(|account| electorate.ids_of(*account));
        ids.filter(|id| electorate.get(*id).is_voting()).map(|id| electorate.votes(id)).sum()
    }
}

/// The papers that wait.
#[must_use]
pub fn of(tabulation: &Tabulation) -> Near {
    let loaded = &tabulation.loaded;
    let aside = &loaded.aside;
    let mut found: BTreeMap<(String, AccountId), (Vec<CardId>, Vec<String>)> = BTreeMap::new();
    let text = |account: AccountId| loaded.accounts.text(account.0).to_owned();
    let determinations = &tabulation.determined.determinations;
    if !aside.cards.is_empty() {
        let is_waiting = |id: &CardId| determinations.get(*id).reason == Reason::UnknownAccount;
        for id in loaded.cards.ids().filter(is_waiting) {
            let written = loaded.cards.account(id);
            if let Some(near) = aside.cards.get(&written) {
                found.entry((text(written), *near)).or_default().0.push(id);
            }
        }
    }
    let street = aside
        .street
        .iter()
        .map(|aside| (aside.row.account, &aside.written, (aside.row.file, aside.row.line)));
    let revocations = aside
        .revocations
        .iter()
        .map(|aside| (aside.row.account, &aside.written, (aside.row.file, aside.row.line)));
    let omnibus = aside
        .omnibus
        .iter()
        .map(|aside| (aside.row.holder, &aside.written, (aside.row.file, aside.row.line)));
    for (account, written, (file, line)) in street.chain(revocations).chain(omnibus) {
        found.entry((written.clone(), account)).or_default().1.push(loaded.at(file, line));
    }
    let mut near = Near::default();
    for ((written, account), (cards, rows)) in found {
        let numbers = sorted_numbers(tabulation, &cards);
        let count = numbers.len() + rows.len();
        let shown = numbers.iter().map(|number| format!("card {}", visible(number)));
        let papers = shown.chain(rows).take(NAMED_MAX).collect();
        near.pairs.push(NearPair { written, account: text(account), papers, count });
        near.cards.extend(cards);
        near.accounts.insert(account);
    }
    near.cards.sort_unstable();
    near
}

impl Near {
    /// In one sentence, for `check`: `3 papers of 2 accounts …`.
    #[must_use]
    pub fn told(&self) -> String {
        let papers = self.pairs.iter().map(|pair| pair.count).sum::<usize>();
        format!("{} of {}", counted(papers as u64, "paper"), counted(self.pairs.len() as u64, "account"))
    }
}
