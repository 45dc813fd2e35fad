//! Margins: how few votes, moved or added, would turn an item (the "what number of wrong votes flips
//! it?" that inspectors ask). Found by trying the very tests that decided, not by a formula.

use super::{Decided, Decision, ItemDecider, ItemDecision, Outcome, judge};
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::ascertain::Electorate;
use crate::count::Count;
use crate::meeting::{ItemKind, Meeting, Standard};

/// How far an item is from another verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Margin {
    /// The whole number of votes that would have to move from the side that prevailed to the other:
    /// from FOR to AGAINST or back, from the last elected to the first not elected.
    pub to_move: Option<Votes>,
    /// The whole number of votes that would have to be added to the side that did not prevail.
    pub to_add: Option<Votes>,
    /// The column from which votes would move: a nominee or choice, by place; 0 on a proposal.
    pub from: usize,
    /// Whether they would move from FOR.
    pub is_from_for: bool,
}

/// The margin of every item that has one: not without a quorum, and not where holders are counted.
#[must_use]
pub fn margins(
    meeting: &Meeting,
    electorate: &Electorate,
    count: &Count,
    decided: &Decided,
) -> Vec<Option<Margin>> {
    let items = meeting.items.iter().zip(&count.items).zip(&decided.items).enumerate();
    items
        .map(|(place, ((item, votes), decision))| {
            let decider = ItemDecider::new(meeting, electorate, place, item, votes);
            if matches!(decision.outcome, Outcome::NoQuorum | Outcome::Withdrawn) || item.counts_holders() {
                return None;
            }
            match (&item.kind, &decision.decision) {
                (ItemKind::Proposal(standard), Decision::Proposal(_)) => {
                    decider.proposal_margin(standard, decision)
                }
                (ItemKind::Frequency(_), Decision::Frequency(frequency)) => {
                    let winners: Vec<usize> = frequency.chosen.into_iter().collect();
                    race(&frequency.choices, &winners, &|_| true)
                }
                (ItemKind::Election(election), Decision::Election(result)) => {
                    let votes: Vec<Votes> = result.nominees.iter().map(|nominee| nominee.votes_for).collect();
                    let is_by_standard = result.nominees.iter().any(|nominee| nominee.standard.is_some());
                    if is_by_standard || !item.voting_groups.is_empty() {
                        return decider.standard_margin(election.effective_standard()?, &result.elected);
                    }
                    race(&votes, &result.elected, &|nominee| !election.nominees[nominee].is_unable_to_serve)
                }
                _ => None,
            }
        })
        .collect()
}

/// The further votes FOR that would meet a proposal's standard if nothing else came, a quorum aside:
/// zero when it is met. Nothing where all absent votes would not do, where accounts are counted, and
/// with voting groups, in which it matters whose votes they are.
#[must_use]
pub fn votes_to_carry(
    meeting: &Meeting,
    electorate: &Electorate,
    count: &Count,
    place: usize,
) -> Option<Votes> {
    let item = &meeting.items[place];
    let ItemKind::Proposal(standard) = &item.kind else { return None };
    if item.counts_holders() || !item.voting_groups.is_empty() {
        return None;
    }
    let decider = ItemDecider::new(meeting, electorate, place, item, &count.items[place]);
    let absent = decider.outstanding(|_| true).saturating_sub(decider.votes.present(|_| true));
    smallest(absent, |votes| {
        let mut figures = decider.figures(0);
        figures.lines.votes_for += votes;
        figures.present += votes;
        judge(standard, &figures).is_met
    })
}

/// The race for the last place: the last winner against the best of the others. A tie is another
/// verdict too.
fn race(votes: &[Votes], winners: &[usize], may_win: &dyn Fn(usize) -> bool) -> Option<Margin> {
    let last = winners.iter().copied().min_by_key(|winner| votes[*winner])?;
    let others = (0..votes.len()).filter(|place| !winners.contains(place) && may_win(*place));
    let next = others.max_by_key(|place| (votes[*place], std::cmp::Reverse(*place)))?;
    let ahead = votes[last].saturating_sub(votes[next]);
    let whole_up = |units: u128| Votes::from_units(units.div_ceil(UNITS_PER_ONE) * UNITS_PER_ONE);
    Some(Margin {
        to_move: Some(whole_up(ahead.units().div_ceil(2)).max(Votes::whole(1))),
        to_add: Some(whole_up(ahead.units()).max(Votes::whole(1))),
        from: last,
        is_from_for: true,
    })
}

impl ItemDecider<'_> {
    fn proposal_margin(&self, standard: &Standard, decision: &ItemDecision) -> Option<Margin> {
        let is_approved = decision.outcome == Outcome::Approved;
        if !self.item.voting_groups.is_empty() {
            return None;
        }
        let turns = |to_for: Votes, to_against: Votes, from_for: Votes, from_against: Votes| {
            let mut figures = self.figures(0);
            figures.lines.votes_for = figures.lines.votes_for + to_for - from_for;
            figures.lines.against = figures.lines.against + to_against - from_against;
            figures.present = figures.present + to_for + to_against - from_for - from_against;
            judge(standard, &figures).is_met != is_approved
        };
        let lines = self.figures(0).lines;
        let absent = self.outstanding(|_| true).saturating_sub(self.votes.present(|_| true));
        let zero = Votes::ZERO;
        let (to_move, to_add) = if is_approved {
            (
                smallest(lines.votes_for, |votes| turns(zero, votes, votes, zero)),
                smallest(absent, |votes| turns(zero, votes, zero, zero)),
            )
        } else {
            (
                smallest(lines.against, |votes| turns(votes, zero, zero, votes)),
                smallest(absent, |votes| turns(votes, zero, zero, zero)),
            )
        };
        Some(Margin { to_move, to_add, from: 0, is_from_for: is_approved })
    }

    /// In an election by a standard: the fewest votes that would have to move from FOR to AGAINST for
    /// one of the elected to miss it.
    fn standard_margin(&self, standard: &Standard, elected: &[usize]) -> Option<Margin> {
        let of_nominee = |nominee: usize| {
            let lines = self.figures(nominee).lines;
            smallest(lines.votes_for, |votes| {
                let mut figures = self.figures(nominee);
                figures.lines.votes_for -= votes;
                figures.lines.against += votes;
                !judge(standard, &figures).is_met
            })
        };
        let margins = elected.iter().filter_map(|nominee| Some((of_nominee(*nominee)?, *nominee)));
        let (to_move, from) = margins.min()?;
        Some(Margin { to_move: Some(to_move), to_add: None, from, is_from_for: true })
    }
}

/// The smallest whole number of votes, up to `most`, for which `turns` holds; once it holds for some
/// number it holds for every greater one.
fn smallest(most: Votes, turns: impl Fn(Votes) -> bool) -> Option<Votes> {
    let whole = |count: u128| Votes::from_units(count * UNITS_PER_ONE);
    let (mut low, mut high) = (0, most.units() / UNITS_PER_ONE);
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
