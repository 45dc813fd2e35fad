//! Who is elected (Cal. Corp. Code § 708(c); 8 Del. C. § 216(3)).

use super::{GroupResult, ItemDecider, StandardResult, judge};
use crate::amount::Votes;
use crate::count::{CumulativeCount, Lines};
use crate::meeting::Election;

/// A nominee with the votes and what came of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NomineeDecision {
    /// Votes FOR: cumulated ones where cumulative voting is in force.
    pub votes_for: Votes,
    /// The shares' votes on every line; FOR is left out where votes are cumulated.
    pub lines: Lines,
    /// The election's standard, where it is not plurality.
    pub standard: Option<StandardResult>,
    /// Each voting group.
    pub groups: Vec<GroupResult>,
    /// One more than the nominees with more votes.
    pub rank: usize,
    /// Whether elected.
    pub is_elected: bool,
}

/// An election decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectionDecision {
    /// Per nominee.
    pub nominees: Vec<NomineeDecision>,
    /// The elected, by place: most votes first, equal ones in ballot order.
    pub elected: Vec<usize>,
    /// The nominees tied for the last seats, by place.
    pub tied: Vec<usize>,
    /// Seats that nobody was elected to or tied for.
    pub vacancies: usize,
    /// Whether plurality decided although a majority is the standard, because nominees outnumber
    /// seats.
    pub is_plurality_by_contest: bool,
}

impl ItemDecider<'_> {
    pub(super) fn election(&self, election: &Election, has_quorum: bool) -> ElectionDecision {
        let cumulative = self.votes.cumulative.as_ref();
        let votes: Vec<Votes> = (0..election.nominees.len()).map(|n| self.votes_for(cumulative, n)).collect();
        let mut nominees: Vec<NomineeDecision> = (0..election.nominees.len())
            .map(|nominee| {
                let figures = self.figures(nominee);
                // ELE-6.
                let standard = election.effective_standard().map(|standard| judge(standard, &figures));
                let rank = 1 + votes.iter().filter(|other| **other > votes[nominee]).count();
                let groups = self.groups(nominee);
                let lines = figures.lines;
                NomineeDecision {
                    votes_for: votes[nominee],
                    lines,
                    standard,
                    groups,
                    rank,
                    is_elected: false,
                }
            })
            .collect();
        // One vote is enough, none is not; a nominee who cannot serve cannot be elected.
        let may_be_elected = |nominee: &usize| {
            let decision = &nominees[*nominee];
            !decision.votes_for.is_zero()
                && !election.nominees[*nominee].is_unable_to_serve
                && decision.standard.as_ref().is_none_or(|standard| standard.is_met)
                && decision.groups.iter().all(|group| group.standard.is_met)
        };
        let mut order: Vec<usize> = (0..nominees.len()).filter(may_be_elected).collect();
        order.sort_by_key(|nominee| std::cmp::Reverse(votes[*nominee]));
        if !has_quorum {
            order.clear();
        }
        let (elected, tied) = fill_seats(&order, &votes, election.seats as usize);
        for nominee in &elected {
            nominees[*nominee].is_elected = true;
        }
        let seats = election.seats as usize;
        let vacancies = if tied.is_empty() { seats - elected.len() } else { 0 };
        let is_plurality_by_contest = election.standard.is_some() && election.effective_standard().is_none();
        ElectionDecision { nominees, elected, tied, vacancies, is_plurality_by_contest }
    }

    fn votes_for(&self, cumulative: Option<&CumulativeCount>, nominee: usize) -> Votes {
        match cumulative {
            Some(cumulative) => cumulative.votes_for[nominee],
            None => self.votes.lines(nominee, |_| true).votes_for,
        }
    }
}

/// ELE-3: the seats go to those with the most votes; a tie for the last seats elects those above it
/// and nobody of it.
pub(crate) fn fill_seats(order: &[usize], votes: &[Votes], seats: usize) -> (Vec<usize>, Vec<usize>) {
    let mut elected = Vec::new();
    for group in order.chunk_by(|a, b| votes[*a] == votes[*b]) {
        if elected.len() == seats {
            break;
        }
        if elected.len() + group.len() > seats {
            return (elected, group.to_vec());
        }
        elected.extend_from_slice(group);
    }
    (elected, Vec::new())
}
