//! The ways of settling open matters: each matter has a set of steps to choose from, whatever its kind.

use crate::determine::{Determined, Disposition, Reason, Scenario, StreetCut};
use crate::load::{AccountId, CardId, Ruling, RulingKind};
use crate::tabulate::{Outcomes, Tabulation, run};

/// One step in settling open matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The inspector rules that a card counts.
    Count(CardId),
    /// The inspector rules that a card does not count.
    Reject(CardId),
    /// The inspector rules that a card of an account that is not there is of another.
    IsOf(CardId, AccountId),
    /// A held block counts as far as there is room.
    Release(CardId),
    /// A participant's held totals count as far as there is room.
    CountTotals(AccountId),
    /// A participant's held totals do not count.
    RejectTotals(AccountId),
    /// The proxy holders of a form, by place, cast no ballot.
    NoBallot(u16),
    /// Votes that the register lacks are present.
    Missing(Missing),
    /// The proxy holders' totals of an election are written anew.
    Allocate(Allocated),
}

/// Votes of a class that the register lacks, present and marked alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The class, by place.
    pub class: usize,
    /// How they are marked.
    pub marked: MarkedAs,
}

/// How votes that the register lacks are marked on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedAs {
    /// Present and not voted.
    NotVoted,
    /// FOR the item.
    For,
    /// AGAINST the item, or every nominee.
    Against,
    /// For one choice, by place.
    Choice(usize),
    /// For one nominee, by place, and against the others.
    Nominee(usize),
}

/// How the pools of a form are cast anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocated {
    /// The form, by place.
    pub form: usize,
    /// The nominee, by place, who gets all that the cards permit; nothing: all alike.
    pub nominee: Option<usize>,
}

/// An open matter that a ruling settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Matter {
    /// A held card.
    Card(CardId),
    /// A held block.
    Block(CardId),
    /// A card of an account that is not there, and the one that it is near.
    Near(CardId, AccountId),
    /// Held totals.
    Totals(AccountId),
}

impl Matter {
    /// Every way of settling it; to leave it open is the first.
    pub(super) fn ways(self) -> [Option<Step>; 3] {
        match self {
            Self::Card(card) => [None, Some(Step::Count(card)), Some(Step::Reject(card))],
            Self::Block(card) => [None, Some(Step::Release(card)), Some(Step::Reject(card))],
            Self::Near(card, account) => [None, Some(Step::IsOf(card, account)), Some(Step::Reject(card))],
            Self::Totals(account) => {
                [None, Some(Step::CountTotals(account)), Some(Step::RejectTotals(account))]
            }
        }
    }
}

/// What a scenario changes of the meeting as it was held.
#[derive(Debug, Default)]
pub(super) struct Settled {
    rulings: Vec<Ruling>,
    released: Vec<CardId>,
    totals: Vec<(AccountId, StreetCut)>,
    silent: Vec<u16>,
}

impl Settled {
    /// Steps that rulings and ballots take; what the register lacks and totals written anew are no part
    /// of it.
    pub(super) fn by<'s>(tabulation: &Tabulation, steps: impl IntoIterator<Item = &'s Step>) -> Self {
        let mut settled = Self { rulings: tabulation.loaded.rulings.clone(), ..Self::default() };
        for step in steps {
            match step {
                Step::Count(card) => settled.rulings.push(Ruling::tried(*card, RulingKind::Count)),
                Step::Reject(card) => settled.rulings.push(Ruling::tried(*card, RulingKind::Reject)),
                Step::IsOf(card, account) => {
                    settled.rulings.push(Ruling::tried(*card, RulingKind::Account(*account)))
                }
                Step::Release(card) => settled.released.push(*card),
                Step::CountTotals(account) => settled.totals.push((*account, StreetCut::Cut)),
                Step::RejectTotals(account) => settled.totals.push((*account, StreetCut::Rejected)),
                Step::NoBallot(form) => settled.silent.push(*form),
                Step::Missing(_) | Step::Allocate(_) => {}
            }
        }
        settled
    }

    /// The meeting, settled so; of some accounts only, where they are named.
    pub(super) fn run(&self, tabulation: &Tabulation, only: Option<&[(AccountId, Vec<CardId>)]>) -> Outcomes {
        run(&Scenario {
            rulings: &self.rulings,
            released_blocks: &self.released,
            settled_totals: &self.totals,
            silent_forms: &self.silent,
            only,
            ..Scenario::as_held(&tabulation.loaded, &tabulation.electorate, tabulation.as_of)
        })
    }
}

/// The matters that are open in a count, in the order of the files.
pub(super) fn matters_of(
    tabulation: &Tabulation,
    determined: &Determined,
    cards: impl Iterator<Item = CardId>,
) -> Vec<Matter> {
    let held = cards.filter_map(|card| {
        let determination = determined.determinations.get(card);
        match (determination.disposition, determination.reason) {
            (Disposition::Held, Reason::OverPosition) => Some(Matter::Block(card)),
            (Disposition::Held, _) => Some(Matter::Card(card)),
            (_, Reason::UnknownAccount) => {
                let near = tabulation.loaded.aside.cards.get(&tabulation.loaded.cards.account(card));
                near.map(|account| Matter::Near(card, *account))
            }
            _ => None,
        }
    });
    let totals = determined.street.iter().filter(|street| street.cut == StreetCut::Held);
    let totals = totals.map(|street| Matter::Totals(tabulation.electorate.account(street.position)));
    held.chain(totals).collect()
}
