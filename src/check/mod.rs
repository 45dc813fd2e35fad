//! What can be said of a meeting before any result: control totals, the votes that each item will
//! need, whose proxies are still out. Nothing here tells how anybody voted.

mod needs;
mod open;

use std::collections::{BTreeMap, BTreeSet};

use crate::amount::{Shares, Votes};
use crate::audit::Warning;
use crate::audit::near::{self, NearPair};
use crate::audit::warnings::warnings;
use crate::decide::Quorum;
use crate::determine::claimed;
use crate::load::{Input, Loaded, SignedState};
use crate::tabulate::Tabulation;

pub use needs::{ItemNeed, Need, needs};
pub use open::{Position, StillOut, still_out};

/// Everything that `check` says of a meeting without a problem.
#[derive(Debug)]
pub struct CheckSheet<'a> {
    /// What was checked.
    pub loaded: &'a Loaded,
    /// The files, in the order read.
    pub inputs: &'a [Input],
    /// Per class, what the register has.
    pub classes: Vec<ClassTotals>,
    /// The cards.
    pub cards: CardTotals,
    /// The votes that a quorum needs.
    pub quorum: QuorumNeed,
    /// Per batch that cards name, what came in it.
    pub batches: Vec<BatchTotals>,
    /// Accounts that are not there, each near one that is.
    pub near: Vec<NearPair>,
    /// What each item needs.
    pub items: Vec<ItemNeed>,
    /// Who has not sent anything, and what is not represented yet.
    pub out: StillOut,
    /// Before the polls open: every counter, all of them zero; nothing once anything was received.
    pub zero: Option<Vec<String>>,
    /// What looks wrong.
    pub warnings: Vec<Warning>,
}

/// Cards that came together, to be compared with the slip on the pile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchTotals {
    /// Its name; empty for cards that name none.
    pub batch: String,
    /// The cards.
    pub cards: u64,
    /// The shares that they claim.
    pub shares: Option<Shares>,
    /// Who keyed them.
    pub clerks: BTreeSet<String>,
}

/// A class of shares on the register.
#[derive(Debug)]
pub struct ClassTotals {
    /// Its name.
    pub name: String,
    /// Positions on the register.
    pub positions: u64,
    /// Shares that may vote.
    pub voting: Shares,
    /// Shares listed that may not.
    pub not_voting: Shares,
    /// Shares that a partial register lacks.
    pub missing: Shares,
    /// Votes outstanding.
    pub votes: Votes,
}

/// The cards by what stands on them.
#[derive(Debug, Default)]
pub struct CardTotals {
    /// All.
    pub all: u64,
    /// Ballots.
    pub ballots: u64,
    /// Per form of proxy, its id and its cards.
    pub forms: Vec<(String, u64)>,
    /// Per channel that any came by.
    pub media: Vec<(&'static str, u64)>,
    /// Per class of several, the cards limited to it.
    pub classes: Vec<(String, u64)>,
    /// Cards limited to some shares, and the sum of these; nothing when it cannot be counted.
    pub limited: (u64, Option<Shares>),
    /// Marked as not signed.
    pub unsigned: u64,
    /// Marked as signed by someone else.
    pub mismatched: u64,
    /// Of accounts that are neither on the register nor in omnibus.csv.
    pub unknown: u64,
}

/// The quorum that is asked.
#[derive(Debug)]
pub struct QuorumNeed {
    /// Votes outstanding.
    pub outstanding: Votes,
    /// The smallest whole number of votes that is a quorum.
    pub required: Votes,
    /// The fraction in words.
    pub fraction: String,
    /// Per class that must have its own: name, votes outstanding and required.
    pub by_class: Vec<(String, Votes, Votes)>,
}

/// Draws up the sheet of a meeting.
#[must_use]
pub fn sheet(tabulation: &Tabulation) -> CheckSheet<'_> {
    let loaded = &tabulation.loaded;
    CheckSheet {
        loaded,
        inputs: &loaded.inputs,
        classes: classes(tabulation),
        cards: cards(tabulation),
        quorum: quorum(tabulation),
        batches: batches(tabulation),
        near: near::of(tabulation).pairs,
        items: needs(tabulation),
        out: still_out(tabulation),
        zero: zero(tabulation),
        warnings: warnings(tabulation),
    }
}

fn classes(tabulation: &Tabulation) -> Vec<ClassTotals> {
    let loaded = &tabulation.loaded;
    let totals = tabulation.electorate.classes.iter();
    let mut classes: Vec<ClassTotals> = loaded
        .meeting
        .classes
        .iter()
        .zip(totals)
        .map(|(class, totals)| ClassTotals {
            name: class.name.clone(),
            positions: 0,
            voting: Shares::ZERO,
            not_voting: Shares::ZERO,
            missing: totals.missing_shares,
            votes: totals.votes,
        })
        .collect();
    for row in loaded.register.rows.iter() {
        let class = &mut classes[usize::from(row.class)];
        class.positions += 1;
        *(if row.is_voting() { &mut class.voting } else { &mut class.not_voting }) += row.shares;
    }
    classes
}

fn cards(tabulation: &Tabulation) -> CardTotals {
    let loaded = &tabulation.loaded;
    let meeting = &loaded.meeting;
    let mut totals = CardTotals { limited: (0, Some(Shares::ZERO)), ..CardTotals::default() };
    let mut forms = vec![0_u64; meeting.forms.len()];
    let mut classes = vec![0_u64; meeting.classes.len()];
    let mut media: BTreeMap<_, u64> = BTreeMap::new();
    for id in loaded.cards.ids() {
        let card = loaded.cards.get(id);
        totals.all += 1;
        match card.form {
            Some(form) => forms[usize::from(form)] += 1,
            None => totals.ballots += 1,
        }
        *media.entry(card.medium).or_default() += 1;
        if let Some(class) = loaded.cards.class(&card) {
            classes[class] += 1;
        }
        if let Some(limit) = loaded.cards.limit(&card) {
            totals.limited.0 += 1;
            totals.limited.1 = totals.limited.1.and_then(|sum| sum.checked_add(limit));
        }
        match card.signed {
            SignedState::Yes => {}
            SignedState::No => totals.unsigned += 1,
            SignedState::Mismatch => totals.mismatched += 1,
        }
        totals.unknown += u64::from(!tabulation.electorate.knows(card.account));
    }
    totals.forms = meeting.forms.iter().map(|form| form.id.clone()).zip(forms).collect();
    totals.media = media.into_iter().map(|(medium, count)| (medium.name(), count)).collect();
    if meeting.classes.len() > 1 {
        totals.classes = meeting.classes.iter().map(|class| class.name.clone()).zip(classes).collect();
    }
    totals
}

fn batches(tabulation: &Tabulation) -> Vec<BatchTotals> {
    let loaded = &tabulation.loaded;
    if !loaded.cards.has_batches() {
        return Vec::new();
    }
    let mut found: BTreeMap<&str, BatchTotals> = BTreeMap::new();
    for id in loaded.cards.ids() {
        let card = loaded.cards.get(id);
        let extra = loaded.cards.extra(&card);
        let batch = extra.map_or("", |extra| &extra.batch);
        let totals = found.entry(batch).or_insert_with(|| BatchTotals {
            batch: batch.to_owned(),
            cards: 0,
            shares: Some(Shares::ZERO),
            clerks: BTreeSet::new(),
        });
        totals.cards += 1;
        let claimed = claimed(loaded, &tabulation.electorate, &card);
        totals.shares = totals.shares.and_then(|sum| sum.checked_add(claimed));
        let clerk = extra.map(|extra| extra.clerk.clone()).filter(|clerk| !clerk.is_empty());
        totals.clerks.extend(clerk);
    }
    found.into_values().collect()
}

fn quorum(tabulation: &Tabulation) -> QuorumNeed {
    let quorum = &tabulation.decided.quorum;
    let meeting = &tabulation.loaded.meeting;
    let of_class = |(class, quorum): &(usize, Quorum)| {
        (meeting.classes[*class].name.clone(), quorum.outstanding, quorum.required)
    };
    QuorumNeed {
        outstanding: quorum.outstanding,
        required: quorum.required,
        fraction: needs::quorum_in_words(&meeting.quorum),
        by_class: quorum.by_class.iter().map(of_class).collect(),
    }
}

/// Every counter of a meeting for which nothing was received; they are read from the count itself.
fn zero(tabulation: &Tabulation) -> Option<Vec<String>> {
    let loaded = &tabulation.loaded;
    let is_empty = loaded.cards.count() == 0
        && loaded.street.is_empty()
        && loaded.revocations.is_empty()
        && loaded.rulings.is_empty();
    if !is_empty {
        return None;
    }
    let mut counters = Vec::new();
    for (item, count) in loaded.meeting.items.iter().zip(&tabulation.count.items) {
        for column in 0..item.column_count() {
            let total = count.lines(column, |_| true).total();
            let name = item.election().map_or_else(
                || format!("item {}", item.id),
                |election| format!("item {}, {}", item.id, election.nominees[column].name),
            );
            // Votes without a card are our error, and no report may call them none.
            assert!(total.is_zero(), "votes were counted, but nothing was received");
            counters.push(name);
        }
    }
    Some(counters)
}
