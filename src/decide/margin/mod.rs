//! Margins: how few votes would give an item another verdict, had they been marked otherwise or been
//! present (the "what number of wrong votes flips it?" that inspectors ask).
//!
//! Which votes serve best is known beforehand, for every standard at once; how many it takes is found
//! by trying the very tests that decided. So a margin is the least number, not an estimate. Votes are
//! whole; where less than one is left on a line, what is left there counts as one.

mod column;
mod election;
mod heads;
mod knapsack;
mod overlap;
mod proposal;
mod quorum;
mod race;

use super::{Decided, Decision, ItemDecider, ItemDecision, Outcome};
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::ascertain::Electorate;
use crate::ballot::reading::Line;
use crate::count::{Count, HeadVotes};
use crate::meeting::{ItemKind, Meeting};

pub use proposal::votes_to_carry;

/// How far an item is from another verdict: another outcome, other directors, other ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Margin {
    /// The fewest votes present that would do it, had they been marked otherwise; nothing where no
    /// marks would. Of an election in which votes are cumulated, cumulated ones.
    pub marked: Option<Marked>,
    /// The fewest absent votes that would do it, present and marked as one likes; nothing where all of
    /// them would not. Shares' votes always.
    pub added: Option<Added>,
    /// Whether it is known: not where it would depend on whose the votes are that the register lacks, nor where votes
    /// follow others.
    pub is_known: bool,
}

impl Margin {
    const NONE: Self = Self { marked: None, added: None, is_known: true };
}

/// Votes that would have to be marked otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// How many, in whole votes.
    pub votes: Votes,
    /// Where they all stand; nothing where no one place holds them all.
    pub from: Option<Stand>,
    /// Where they would stand; nothing where any other place would do.
    pub to: Option<Stand>,
    /// Whether the votes of any shares would do; else it matters of which class they are.
    pub is_anyones: bool,
    /// Whether it is proved that no fewer would do; else at most so many are needed.
    pub is_proved: bool,
}

/// Votes that would have to be present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// How many, in whole votes.
    pub votes: Votes,
    /// How they would have to be marked; nothing where it is enough that they are present.
    pub to: Option<Stand>,
    /// Whether it is proved that no fewer would do; else at most so many are needed.
    pub is_proved: bool,
}

/// Where votes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// On a line of a nominee, by place, or of the item, whose place is 0.
    Line(usize, Line),
    /// For a choice of a frequency item, by place.
    Choice(usize),
    /// Cumulated for a nominee, by place.
    Cumulated(usize),
}

/// The margin of every item. `heads` gives every holder's votes on an item, by place; it is asked where
/// holders are counted.
#[must_use]
pub fn margins(
    meeting: &Meeting,
    electorate: &Electorate,
    count: &Count,
    decided: &Decided,
    heads: &dyn Fn(usize) -> Vec<HeadVotes>,
) -> Vec<Margin> {
    let items = meeting.items.iter().zip(&count.items).zip(&decided.items).enumerate();
    items
        .map(|(place, ((item, votes), decision))| {
            let heads = if item.counts_holders() { heads(place) } else { Vec::new() };
            let decider = ItemDecider::new(meeting, electorate, place, item, votes);
            ItemDecider { heads: &heads, ..decider }.margin(meeting, decision)
        })
        .collect()
}

impl ItemDecider<'_> {
    fn margin(&self, meeting: &Meeting, decision: &ItemDecision) -> Margin {
        if decision.outcome == Outcome::Withdrawn {
            return Margin::NONE;
        }
        if decision.outcome == Outcome::NoQuorum {
            // Marks make nobody present.
            return Margin { added: self.quorum_shortfall(), is_known: self.is_known(), ..Margin::NONE };
        }
        // FOL-1: where votes follow others, a mark moves more than its own votes.
        if !self.votes.following.is_empty() {
            return Margin { is_known: false, ..Margin::NONE };
        }
        let margin = match (&self.item.kind, &decision.decision) {
            (ItemKind::Proposal(standard), Decision::Proposal(_)) => {
                self.proposal_margin(standard, decision.outcome == Outcome::Approved)
            }
            (ItemKind::Frequency(_), Decision::Frequency(result)) => self.frequency_margin(result),
            (ItemKind::Election(election), Decision::Election(result)) => {
                self.election_margin(meeting, election, result)
            }
            _ => Margin::NONE,
        };
        let is_known = margin.added.is_some() || self.is_known();
        Margin { is_known, ..margin }
    }

    /// Whether it is known in how many heads the absent votes are, where that matters.
    fn is_known(&self) -> bool {
        let lacks = self.electorate.classes.iter().any(|class| !class.missing_votes.is_zero());
        !(lacks && (self.item.counts_holders() || !self.quorum.heads.is_empty()))
    }

    /// Absent votes of each class that could be present and vote on the item.
    fn absent(&self) -> Vec<Votes> {
        let class = |class: usize| {
            self.outstanding(|other| other == class).saturating_sub(self.votes.classes[class].present)
        };
        (0..self.votes.classes.len()).map(class).collect()
    }
}

/// So many whole votes.
fn whole(count: u128) -> Votes {
    Votes::from_units(count * UNITS_PER_ONE)
}

/// The smallest whole number of votes that is no less.
fn whole_up(votes: Votes) -> Votes {
    whole(votes.units().div_ceil(UNITS_PER_ONE))
}

/// The smallest whole number of votes, up to `most`, for which `turns` holds; once it holds for some
/// number it holds for every greater one.
fn smallest(most: Votes, turns: impl Fn(Votes) -> bool) -> Option<Votes> {
    let (mut low, mut high) = (0, most.units().div_ceil(UNITS_PER_ONE));
    if !turns(whole(high)) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if turns(whole(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(whole(high))
}
