//! The margin of a proposal, and what would carry it.

use super::super::{ItemDecider, judge};
use super::column::{Column, Fewest, Supply};
use super::{Added, Margin, Marked, Stand, smallest};
use crate::amount::Votes;
use crate::ascertain::Electorate;
use crate::ballot::reading::Line;
use crate::count::Count;
use crate::meeting::{ItemKind, Meeting, Standard};

impl ItemDecider<'_> {
    pub(super) fn proposal_margin(&self, standard: &Standard, is_approved: bool) -> Margin {
        let column = Column::new(self, 0, Some(standard));
        let fewest = |supply| {
            if is_approved { column.fewest_to_fail(supply) } else { column.fewest_to_meet(supply) }
        };
        let (from, to) = if is_approved { (Line::For, Line::Against) } else { (Line::Against, Line::For) };
        let (from, to) = (Stand::Line(0, from), Stand::Line(0, to));
        // Of a class or a head the votes may stand on several lines, but for those FOR that fail a test of votes.
        let is_from = |fewest: &Fewest| fewest.is_anyones || (is_approved && !self.item.counts_holders());
        let marked = |fewest: Fewest| Marked {
            votes: fewest.votes,
            from: Some(from).filter(|_| self.holds(from, fewest.votes) && is_from(&fewest)),
            to: Some(to),
            is_anyones: fewest.is_anyones,
            is_proved: fewest.is_proved,
        };
        let added = |fewest: Fewest| Added { votes: fewest.votes, to: Some(to), is_proved: fewest.is_proved };
        Margin {
            marked: fewest(Supply::Present).map(marked),
            added: fewest(Supply::Absent).map(added),
            is_known: true,
        }
    }
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
    if item.counts_holders() || !item.voting_groups.is_empty() || !meeting.followers.is_empty() {
        return None;
    }
    let decider = ItemDecider::new(meeting, electorate, place, item, &count.items[place]);
    let absent = decider.outstanding(|_| true).saturating_sub(decider.votes.present(|_| true));
    smallest(absent.whole_part(), |votes| {
        let mut figures = decider.figures(0);
        figures.lines.votes_for += votes;
        figures.present += votes;
        judge(standard, &figures).is_met
    })
}
