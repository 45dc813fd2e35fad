//! Places that go to whoever has most votes: seats by plurality, with cumulated votes, and the choice
//! of a frequency item.

use super::{whole, whole_up};
use crate::amount::{UNITS_PER_ONE, Votes};

/// A race as it ended.
pub(super) struct Race<'a> {
    /// Votes for each runner.
    pub(super) votes: &'a [Votes],
    /// Those who won a place, those tied for the last ones.
    pub(super) winners: &'a [usize],
    pub(super) tied: &'a [usize],
    /// Places that nobody won.
    pub(super) has_vacancy: bool,
    /// Whether votes can be cast for a runner.
    pub(super) may_win: &'a dyn Fn(usize) -> bool,
    /// Whether anyone is present, and the votes of those absent.
    pub(super) is_anyone_present: bool,
    pub(super) absent: Votes,
    /// The votes that one absent vote can cast for one runner: the seats, where votes are cumulated.
    pub(super) cast_by_one: u32,
}

/// Votes from one runner or from any other mark, to a runner or to any other mark.
pub(super) type Change = (Votes, Option<usize>, Option<usize>);

impl Race<'_> {
    /// The fewest votes present that would do it, from whom and to whom.
    pub(super) fn marked(&self) -> Option<Change> {
        if !self.is_anyone_present {
            return None;
        }
        if let [one, other, ..] = self.tied {
            return Some((whole(1), Some(*one), Some(*other)));
        }
        if self.has_vacancy {
            // One vote is enough.
            let free = self.others().next();
            let to_vacancy = free.map(|runner| (whole(1), None, Some(runner)));
            return to_vacancy.into_iter().chain(self.to_nothing()).min_by_key(|change| change.0);
        }
        let overtaken = self.last().zip(self.next()).map(|(last, next)| {
            let ahead = self.votes[last].saturating_sub(self.votes[next]).units();
            (whole_up(Votes::from_units(ahead.div_ceil(2))).max(whole(1)), Some(last), Some(next))
        });
        overtaken.into_iter().chain(self.to_nothing()).min_by_key(|change| change.0)
    }

    /// The fewest absent votes that would do it, and for whom.
    pub(super) fn added(&self) -> Option<(Votes, usize)> {
        let (votes, to) = match self.tied {
            [one, ..] => (whole(1), *one),
            [] if self.has_vacancy => (whole(1), self.others().next()?),
            [] => {
                let next = self.next()?;
                let ahead = self.votes[self.last()?].saturating_sub(self.votes[next]).units();
                let each = u128::from(self.cast_by_one);
                (whole(ahead.div_ceil(each * UNITS_PER_ONE)).max(whole(1)), next)
            }
        };
        (votes <= whole_up(self.absent)).then_some((votes, to))
    }

    /// A winner left without any vote.
    fn to_nothing(&self) -> Option<Change> {
        let last = self.last()?;
        Some((whole_up(self.votes[last]), Some(last), None))
    }

    /// The winner with the fewest votes.
    fn last(&self) -> Option<usize> {
        self.winners.iter().copied().min_by_key(|winner| self.votes[*winner])
    }

    fn others(&self) -> impl Iterator<Item = usize> {
        let lost = |runner: &usize| !self.winners.contains(runner) && !self.tied.contains(runner);
        (0..self.votes.len()).filter(lost).filter(|runner| (self.may_win)(*runner))
    }

    /// The best of the others, the first of equal ones.
    fn next(&self) -> Option<usize> {
        self.others().max_by_key(|runner| (self.votes[*runner], std::cmp::Reverse(*runner)))
    }
}
