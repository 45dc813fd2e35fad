//! The margin of an election and of a frequency item.
//!
//! Directors change in three ways: one of the elected no longer meets the standard, or has no vote
//! left; another meets it and finds a seat; or the votes of one become those of another.

use super::super::{ElectionDecision, FrequencyDecision, ItemDecider};
use super::column::{Column, Fewest, Supply};
use super::race::Race;
use super::{Added, Margin, Marked, Stand, whole, whole_up};
use crate::amount::Votes;
use crate::ballot::reading::Line;
use crate::meeting::{Election, Meeting};

impl ItemDecider<'_> {
    pub(super) fn frequency_margin(&self, result: &FrequencyDecision) -> Margin {
        let winners: Vec<usize> = result.chosen.into_iter().collect();
        let race = Race {
            votes: &result.choices,
            winners: &winners,
            tied: &result.tied,
            has_vacancy: winners.is_empty() && result.tied.is_empty(),
            may_win: &|_| true,
            is_anyone_present: !self.votes.present(|_| true).is_zero(),
            absent: self.absent().into_iter().sum(),
            cast_by_one: 1,
        };
        race_margin(&race, Stand::Choice)
    }

    pub(super) fn election_margin(
        &self,
        meeting: &Meeting,
        election: &Election,
        result: &ElectionDecision,
    ) -> Margin {
        if election.is_cumulative() {
            return self.cumulative_margin(meeting, election, result);
        }
        let contest = Contest { decider: self, election, result };
        Margin { marked: contest.marked(), added: contest.added(), is_known: true }
    }

    fn cumulative_margin(&self, meeting: &Meeting, election: &Election, result: &ElectionDecision) -> Margin {
        let votes: Vec<Votes> = result.nominees.iter().map(|nominee| nominee.votes_for).collect();
        let race = Race {
            votes: &votes,
            winners: &result.elected,
            tied: &result.tied,
            has_vacancy: result.vacancies > 0,
            // Cal. Corp. Code § 708(b): votes can be cumulated for those nominated in time.
            may_win: &|nominee| {
                !election.nominees[nominee].is_unable_to_serve
                    && election.is_nominated_in_time(nominee, meeting)
            },
            is_anyone_present: !self.votes.present(|_| true).is_zero(),
            absent: self.absent().into_iter().sum(),
            cast_by_one: election.seats,
        };
        race_margin(&race, Stand::Cumulated)
    }

    /// Whether so many votes stand there.
    pub(super) fn holds(&self, stand: Stand, votes: Votes) -> bool {
        match stand {
            Stand::Line(column, line) => *self.votes.lines(column, |_| true).line(line) >= votes,
            Stand::Choice(_) | Stand::Cumulated(_) => true,
        }
    }
}

fn race_margin(race: &Race<'_>, stand: impl Fn(usize) -> Stand) -> Margin {
    let marked = race.marked().map(|(votes, from, to)| Marked {
        votes,
        from: from.map(&stand),
        to: to.map(&stand),
        is_anyones: true,
        is_proved: true,
    });
    let added = race.added().map(|(votes, to)| Added { votes, to: Some(stand(to)), is_proved: true });
    Margin { marked, added, is_known: true }
}

/// An election in which each vote is for one share, by plurality or by a standard.
struct Contest<'a> {
    decider: &'a ItemDecider<'a>,
    election: &'a Election,
    result: &'a ElectionDecision,
}

impl Contest<'_> {
    fn votes(&self, nominee: usize) -> Votes {
        self.result.nominees[nominee].votes_for
    }

    fn column(&self, nominee: usize) -> Column<'_> {
        Column::new(self.decider, nominee, self.election.effective_standard())
    }

    /// Those who can serve and were neither elected nor tied.
    fn others(&self) -> impl Iterator<Item = usize> {
        let lost = |nominee: &usize| {
            !self.result.elected.contains(nominee)
                && !self.result.tied.contains(nominee)
                && !self.election.nominees[*nominee].is_unable_to_serve
        };
        (0..self.election.nominees.len()).filter(lost)
    }

    /// The fewest votes FOR with which a nominee could be elected, were a seat free.
    fn to_qualify(&self, nominee: usize, supply: Supply) -> Option<Fewest> {
        let column = self.column(nominee);
        let none = Fewest { votes: Votes::ZERO, is_anyones: true, is_proved: true };
        let met = if column.is_met() { none } else { column.fewest_to_meet(supply)? };
        // One vote is enough, none is not.
        let least = if self.votes(nominee).is_zero() { whole(1) } else { Votes::ZERO };
        Some(Fewest { votes: met.votes.max(least), ..met })
    }

    /// The elected with the fewest votes, where every seat is taken.
    fn last(&self) -> Option<usize> {
        let elected = self.result.elected.iter().copied();
        elected.min_by_key(|nominee| self.votes(*nominee)).filter(|_| self.result.vacancies == 0)
    }

    fn marked(&self) -> Option<Marked> {
        if self.decider.votes.present(|_| true).is_zero() {
            return None;
        }
        let for_ = |nominee: usize| Some(Stand::Line(nominee, Line::For));
        let anyones = |votes, from, to| Marked { votes, from, to, is_anyones: true, is_proved: true };
        if let [one, other, ..] = self.result.tied.as_slice() {
            return Some(anyones(whole(1), for_(*one), for_(*other)));
        }
        let lost = self.result.elected.iter().flat_map(|nominee| {
            let left_without = anyones(whole_up(self.votes(*nominee)), for_(*nominee), None);
            let fewest = self.column(*nominee).fewest_to_fail(Supply::Present);
            let from = for_(*nominee).filter(|_| !self.decider.item.counts_holders());
            let failing = fewest.map(|fewest| Marked {
                from,
                to: Some(Stand::Line(*nominee, Line::Against)),
                is_anyones: fewest.is_anyones,
                is_proved: fewest.is_proved,
                ..anyones(fewest.votes, for_(*nominee), None)
            });
            [Some(left_without), failing].into_iter().flatten()
        });
        let won = self.others().filter_map(|nominee| {
            let qualifies = self.to_qualify(nominee, Supply::Present)?;
            let against = Some(Stand::Line(nominee, Line::Against))
                .filter(|stand| qualifies.is_anyones && self.decider.holds(*stand, qualifies.votes));
            let by_itself = Marked {
                is_anyones: qualifies.is_anyones,
                is_proved: qualifies.is_proved,
                ..anyones(qualifies.votes, against, for_(nominee))
            };
            let Some(last) = self.last() else { return Some(by_itself) };
            // What the one gains the other loses; as many votes are a tie, another result too.
            let ahead = self.votes(last).saturating_sub(self.votes(nominee)).units();
            let overtaken = whole_up(Votes::from_units(ahead.div_ceil(2)));
            Some(if overtaken > qualifies.votes {
                Marked { is_proved: qualifies.is_proved, ..anyones(overtaken, for_(last), for_(nominee)) }
            } else {
                by_itself
            })
        });
        // A change within one column is told before one of the same number between two.
        lost.chain(won).min_by_key(|marked| marked.votes)
    }

    fn added(&self) -> Option<Added> {
        let absent: Votes = self.decider.absent().into_iter().sum();
        let for_ = |nominee: usize| Some(Stand::Line(nominee, Line::For));
        if let [one, ..] = self.result.tied.as_slice() {
            let added = Added { votes: whole(1), to: for_(*one), is_proved: true };
            return Some(added).filter(|_| !absent.is_zero());
        }
        let lost = self.result.elected.iter().filter_map(|nominee| {
            let fewest = self.column(*nominee).fewest_to_fail(Supply::Absent)?;
            let to = Some(Stand::Line(*nominee, Line::Against));
            Some(Added { votes: fewest.votes, to, is_proved: fewest.is_proved })
        });
        let won = self.others().filter_map(|nominee| {
            let qualifies = self.to_qualify(nominee, Supply::Absent)?;
            let behind = |last| whole_up(self.votes(last).saturating_sub(self.votes(nominee)));
            let votes = self.last().map_or(Votes::ZERO, behind).max(qualifies.votes);
            Some(Added { votes, to: for_(nominee), is_proved: qualifies.is_proved })
        });
        let enough = |added: &Added| added.votes <= whole_up(absent);
        lost.chain(won).filter(enough).min_by_key(|added| added.votes)
    }
}
