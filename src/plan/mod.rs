//! What the proxy holders' pool elects for sure, before they hand in their ballot (Cal. Corp. Code
//! § 708).
//!
//! Receives the pools of a form of proxy and the votes of the rest; hands on how many directors the
//! pools elect whatever the rest do, the totals that do it, and what one more would need. Found by
//! direct check with the votes that can in fact be written, not by the textbook formula, which whole
//! votes break. Nothing here enters a count.
//!
//! Names are sure together when each of them has more votes than the rest can put on each of so many
//! other names that one of ours would be left without a seat: for `k` names and `D` seats on each of
//! `D − k + 1`. As many votes would be a tie for the last seats, which elects nobody of it.

mod ask;
mod search;
mod sheet;

use std::collections::BTreeMap;

use crate::amount::Votes;
use crate::count::{flow, level};

pub use ask::{Asked, Rest, ask, assume_notice};
pub use sheet::{PlanSheet, sheet};

/// What the proxy holders ask.
#[derive(Debug, Clone)]
pub struct Question {
    /// Directors to be elected.
    pub seats: u32,
    /// Nominees on the ballot.
    pub nominees: usize,
    /// The names that a card free of withheld names permits, by place on the ballot, ascending. Every
    /// name of a pool is among them.
    pub names: Vec<usize>,
    /// The pools to place, by the names that their cards permit.
    pub pools: Vec<(Vec<usize>, Votes)>,
    /// The votes of the rest, who may put them on any names.
    pub rest: Votes,
    /// The finest amount that is put on a name, in units of 10⁻¹⁸.
    pub unit: u128,
}

/// Whether so many directors are sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How many directors.
    pub directors: usize,
    /// The names for which it goes best, by place on the ballot.
    pub names: Vec<usize>,
    /// The votes that each of them can have at once.
    pub least: Votes,
    /// What no other choice of names can pass; the same as `least` when every choice was looked at.
    pub least_at_most: Votes,
    /// The other names that the rest must bring level to keep one of ours out.
    pub rest_names: usize,
    /// The most that the rest can put on each of those.
    pub rest_each: Votes,
}

impl Check {
    /// ELE-3: strictly more, because a tie for the last seats elects nobody of it.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.least > self.rest_each
    }

    /// Whether some other choice of names might be sure.
    #[must_use]
    pub fn may_be_sure(&self) -> bool {
        self.least_at_most > self.rest_each
    }
}

/// What one more director would need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneMore {
    /// Every seat is sure.
    NoSeatLeft,
    /// Every name of the form's cards is sure.
    NoNameLeft,
    /// More votes than a meeting can have.
    OutOfReach,
    /// Additional votes that permit every name.
    Needs {
        /// Cumulated ones.
        votes: Votes,
        /// The shares' votes that make them: divided by the seats, rounded up.
        shares_votes: Votes,
    },
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One director, two, and so on, as far as there are seats and names.
    pub checks: Vec<Check>,
    /// How many directors are sure.
    pub sure: usize,
    /// How many might be with a choice of names that was not looked at; else the same.
    pub sure_at_most: usize,
    /// Whether every choice of names was looked at.
    pub is_exact: bool,
    /// Per nominee of the ballot, the votes that make them sure; none when nobody is.
    pub allocation: Vec<Votes>,
    /// Votes of the pools that the allocation leaves.
    pub unplaced: Votes,
    /// What one more director would need.
    pub one_more: OneMore,
}

impl Question {
    /// Finds the plan.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let found = search::best(self);
        let sets = found.sets.into_iter().enumerate();
        let checks: Vec<Check> = sets.map(|(place, set)| self.check(place + 1, set)).collect();
        let sure = checks.iter().take_while(|check| check.is_sure()).count();
        let sure_at_most = checks.iter().take_while(|check| check.may_be_sure()).count();
        let allocation = match sure {
            0 => vec![Votes::ZERO; self.nominees],
            _ => self.allocate(&checks[sure - 1]),
        };
        let placed: Votes = allocation.iter().copied().sum();
        let one_more = match checks.get(sure) {
            None if sure == self.seats as usize => OneMore::NoSeatLeft,
            None => OneMore::NoNameLeft,
            Some(next) => self.one_more(next),
        };
        let unplaced = self.pool() - placed;
        Plan { checks, sure, sure_at_most, is_exact: found.is_exact, allocation, unplaced, one_more }
    }

    /// All the votes to place.
    #[must_use]
    pub fn pool(&self) -> Votes {
        self.pools.iter().map(|(_, pool)| *pool).sum()
    }

    fn check(&self, directors: usize, set: search::NameSet) -> Check {
        Check {
            directors,
            names: set.names,
            least: Votes::from_units(set.least * self.unit),
            least_at_most: Votes::from_units(set.least_at_most * self.unit),
            rest_names: self.rest_names(directors),
            rest_each: Votes::from_units(self.rest_each(directors) * self.unit),
        }
    }

    /// With so many more names level with ours, one of ours is left without a seat.
    fn rest_names(&self, directors: usize) -> usize {
        self.seats as usize - directors + 1
    }

    /// The most that the rest can put on each of those names, in whole units. Finer parts would not
    /// help them: our votes are whole units, and a whole number passes a quotient exactly when it
    /// passes its whole part.
    fn rest_each(&self, directors: usize) -> u128 {
        self.rest.units() / self.unit / self.rest_names(directors) as u128
    }

    /// CUM-6: the level allocation among the chosen names alone. Nothing goes to another name, where
    /// it would only spare the rest votes.
    fn allocate(&self, check: &Check) -> Vec<Votes> {
        let pools = self.pools_for(&check.names, Votes::ZERO);
        let whole = |votes: &Votes| Votes::from_units(votes.units() / self.unit * self.unit);
        let votes: Vec<Votes> = level::allocate(self.nominees, &pools, self.unit).iter().map(whole).collect();
        let least = check.names.iter().map(|name| votes[*name]).min();
        // Two ways to the same figure: the sets of names, and the flow that places the votes.
        assert_eq!(least, Some(check.least), "the least-voted name has what the check says");
        let violated = flow::violated_set(self.nominees, &self.pools, &votes);
        assert_eq!(violated, None, "the cards permit the totals");
        votes
    }

    /// The pools that permit any of these names, cut to them; and votes that permit all of them.
    fn pools_for(&self, names: &[usize], extra: Votes) -> Vec<(Vec<usize>, Votes)> {
        let mut is_chosen = vec![false; self.nominees];
        names.iter().for_each(|name| is_chosen[*name] = true);
        let mut pools: BTreeMap<Vec<usize>, Votes> = BTreeMap::new();
        for (permitted, pool) in &self.pools {
            let kept: Vec<usize> = permitted.iter().copied().filter(|name| is_chosen[*name]).collect();
            if !kept.is_empty() {
                *pools.entry(kept).or_default() += *pool;
            }
        }
        *pools.entry(names.to_vec()).or_default() += extra;
        pools.into_iter().collect()
    }

    /// The fewest more votes that make one director more sure, the rest having no more than they have.
    fn one_more(&self, next: &Check) -> OneMore {
        let wanted = self.rest_each(next.directors) + 1;
        let enough = (wanted * next.directors as u128).checked_mul(self.unit);
        if enough.and_then(|enough| enough.checked_add(self.pool().units())).is_none() {
            return OneMore::OutOfReach;
        }
        let extra = search::least_extra(self, next, wanted);
        OneMore::Needs {
            votes: Votes::from_units(extra * self.unit),
            shares_votes: Votes::from_units(extra.div_ceil(u128::from(self.seats)) * self.unit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::{UNITS_PER_MILLIONTH, UNITS_PER_ONE};

    fn question(seats: u32, nominees: usize, pools: &[(&[usize], u64)], rest: u64) -> Question {
        let pools = pools.iter().map(|(names, pool)| (names.to_vec(), Votes::whole(*pool))).collect();
        let names = (0..nominees).collect();
        Question { seats, nominees, names, pools, rest: Votes::whole(rest), unit: UNITS_PER_ONE }
    }

    #[test]
    fn whole_votes_elect_one_fewer_than_fractions() {
        // Two shares against one, four seats: 8 votes over three names leave 2, and so do 4 over two.
        let mut question = question(4, 4, &[(&[0, 1, 2, 3], 8)], 4);
        let whole = question.plan();
        assert_eq!(whole.sure, 2);
        assert_eq!(whole.checks[2].least, whole.checks[2].rest_each);
        question.unit = UNITS_PER_MILLIONTH;
        assert_eq!(question.plan().sure, 3);
    }

    #[test]
    fn the_names_chosen_are_those_that_the_cards_permit_most_votes() {
        let pools: [(&[usize], u64); 2] = [(&[0, 1, 2], 300), (&[2], 600)];
        // 300 each for A and C against 599 on two names; 150 for all three would need fewer than 150.
        let plan = question(3, 3, &pools, 599).plan();
        assert_eq!((plan.sure, plan.checks[1].names.as_slice()), (2, &[0, 2][..]));
        let shown: Vec<String> = plan.allocation.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["300", "0", "600"]);
        // A and B would need 600 each: 900 more beside the 300 that permit them.
        let needs = OneMore::Needs { votes: Votes::whole(900), shares_votes: Votes::whole(300) };
        assert_eq!(plan.one_more, needs);
        assert_eq!(question(3, 3, &pools, 149).plan().sure, 3);
        assert_eq!(question(3, 3, &pools, 150).plan().sure, 2);
    }

    #[test]
    fn nothing_to_place_elects_nobody_and_needs_more_than_the_rest_on_each_name() {
        let plan = question(2, 2, &[], 10).plan();
        assert_eq!((plan.sure, plan.unplaced), (0, Votes::ZERO));
        assert_eq!(plan.one_more, OneMore::Needs { votes: Votes::whole(6), shares_votes: Votes::whole(3) });
        assert_eq!(question(2, 2, &[(&[0, 1], 2)], 0).plan().one_more, OneMore::NoSeatLeft);
        assert_eq!(question(3, 2, &[(&[0, 1], 2)], 0).plan().one_more, OneMore::NoNameLeft);
    }
}
