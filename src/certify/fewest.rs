//! The fewest cards or street totals that together hold so many votes: how near an outcome was.
//!
//! Of millions of cards only those about as large as the last one needed are put in order: all are
//! sorted into classes by size first, and the largest classes are taken whole. Where each card takes of one
//! position, the small ones are not even looked at unless the others do not suffice.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use hashbrown::DefaultHashBuilder;

use crate::amount::Votes;
use crate::audit::attribution::{Slot, Source, attribute_some, attribute_whole};
use crate::ballot::MarkingId;
use crate::ballot::reading::{MarkReader, MarkSetting};
use crate::count::CountContext;
use crate::determine::{Cover, Coverage};
use crate::parallel::Threads;
use crate::tabulate::Tabulation;

/// The fewest sources that together hold so many votes in some slots of an item; nothing when all
/// together do not.
pub(super) fn fewest(
    tabulation: &Tabulation,
    item: usize,
    votes: Votes,
    is_there: impl Fn(Slot) -> bool + Sync,
    large: &LargeCoverage,
) -> Option<u64> {
    let search = FewestCards { tabulation, item, is_there: &is_there, threads: large.threads };
    let among_large = large.coverage.as_ref().and_then(|(coverage, least)| {
        // Others may hold as much as the most of what is less, whose class is not looked at whole.
        search.fewest(votes, coverage, Sizes::class(search.most_held(*least)) + 1)
    });
    among_large.or_else(|| search.fewest(votes, &tabulation.determined.coverage, 0))
}

/// What cards take that is large.
pub(super) struct LargeCoverage {
    /// All of it, with what each of it comes to at least; nothing where a card may take of several
    /// positions: there what a card holds is not told by each cover alone.
    coverage: Option<(Coverage, Votes)>,
    threads: Threads,
}

impl LargeCoverage {
    /// So many times the average is large.
    const TIMES: u128 = 4;

    /// With so many threads to look for the fewest on each item.
    pub(super) fn of(tabulation: &Tabulation, threads: Threads) -> Self {
        let context = tabulation.context();
        if context.meeting.classes.len() > 1 {
            return Self { coverage: None, threads };
        }
        let all = &tabulation.determined.coverage;
        let present: Votes = tabulation.count.present.iter().copied().sum();
        let average = present.units() / (all.count() as u128).max(1);
        let least = Votes::from_units(average.saturating_mul(Self::TIMES));
        let is_large = |cover: &Cover| context.votes(cover) >= least;
        Self { coverage: Some((all.only(tabulation.loaded.threads, is_large), least)), threads }
    }
}

/// Looks for what holds votes in some slots of an item.
struct FewestCards<'a, F> {
    tabulation: &'a Tabulation,
    item: usize,
    is_there: &'a F,
    threads: Threads,
}

impl<F: Fn(Slot) -> bool + Sync> FewestCards<'_, F> {
    fn votes_held(&self) -> VotesHeld<'_, F> {
        let context = self.tabulation.context();
        VotesHeld {
            context,
            item: self.item,
            is_there: self.is_there,
            reader: context.reader(),
            known: HashMap::default(),
        }
    }

    /// The most that such votes can hold there: cumulated ones are votes times seats.
    fn most_held(&self, votes: Votes) -> Votes {
        let election = self.tabulation.loaded.meeting.items[self.item].election();
        let seats = election.filter(|election| election.is_cumulative()).map_or(1, |election| election.seats);
        Votes::from_units(votes.units().saturating_mul(seats.into()))
    }

    /// The fewest of some covers, street totals and joint positions, of those in the classes from `least` on;
    /// `coverage` must hold every cover that is in one of them.
    fn fewest(&self, votes: Votes, coverage: &Coverage, least: usize) -> Option<u64> {
        let found = coverage.parts(self.threads, |coverage| {
            let mut votes_held = self.votes_held();
            let mut sizes = Sizes::default();
            let mut has_others = false;
            for cover in coverage.iter() {
                match votes_held.of(&cover) {
                    Some(held) => sizes.add(held),
                    None => has_others = true,
                }
            }
            (sizes, has_others)
        });
        let mut sizes = Sizes::default();
        let mut has_others = false;
        for (part, others) in found {
            sizes.append(&part);
            has_others |= others;
        }
        let others = self.others(has_others);
        others.iter().for_each(|held| sizes.add(*held));
        let (mut count, mut sum) = (0, Votes::ZERO);
        for (class, (class_count, class_sum)) in sizes.0.iter().enumerate().skip(least).rev() {
            if sum + *class_sum < votes {
                (count, sum) = (count + class_count, sum + *class_sum);
                continue;
            }
            let mut largest = self.of_class(class, coverage);
            largest.extend(others.iter().filter(|held| Sizes::class(**held) == class));
            largest.sort_unstable_by(|a, b| b.cmp(a));
            let reaches = largest.into_iter().position(|held| {
                sum += held;
                sum >= votes
            });
            return reaches.map(|place| count + place as u64 + 1);
        }
        None
    }

    /// What covers of a class hold, each by itself.
    fn of_class(&self, class: usize, coverage: &Coverage) -> Vec<Votes> {
        let context = self.tabulation.context();
        let of_class = coverage.parts(self.threads, |coverage| {
            let mut votes_held = self.votes_held();
            let may_be =
                coverage.iter().filter(|cover| Sizes::class(self.most_held(context.votes(cover))) >= class);
            let held = may_be.filter_map(|cover| votes_held.of(&cover));
            held.filter(|held| Sizes::class(*held) == class).collect::<Vec<Votes>>()
        });
        of_class.into_iter().flatten().collect()
    }

    /// What street totals hold, joint holders, and cards whose covers must be looked at together.
    fn others(&self, has_others: bool) -> Vec<Votes> {
        let votes_held = RefCell::new(self.votes_held());
        let coverage = has_others.then(|| self.tabulation.determined.coverage.iter()).into_iter().flatten();
        let others = coverage.filter(|cover| votes_held.borrow_mut().of(cover).is_none());
        let mut held: BTreeMap<Source, Votes> = BTreeMap::new();
        attribute_some(self.tabulation, self.item, others, |source, slot, votes| {
            if (self.is_there)(slot) {
                *held.entry(source).or_default() += votes;
            }
        });
        held.into_values().collect()
    }
}

/// Finds the votes that covers hold; where their votes do not matter, each kind of marks once.
struct VotesHeld<'a, F> {
    context: CountContext<'a>,
    item: usize,
    is_there: &'a F,
    reader: MarkReader<'a>,
    /// Whether such marks stand there.
    known: HashMap<(MarkingId, MarkSetting), bool, DefaultHashBuilder>,
}

impl<F: Fn(Slot) -> bool> VotesHeld<'_, F> {
    /// What a cover holds there; nothing when that depends on what else its card takes.
    fn of(&mut self, cover: &Cover) -> Option<Votes> {
        let context = self.context;
        if cover.is_not_voted {
            return Some(Votes::ZERO);
        }
        if context.electorate.of(context.account(cover.position)).len() > 1 {
            return None;
        }
        if !context.votes_on(cover.position, self.item) {
            return Some(Votes::ZERO);
        }
        let votes = context.votes(cover);
        let setting = context.setting_of(cover);
        let kind = (cover.marking, setting);
        let is_ruled_on = context.determined.ruled_out_items.contains_key(&cover.card);
        if !is_ruled_on && let Some(is_there) = self.known.get(&kind) {
            return Some(if *is_there { votes } else { Votes::ZERO });
        }
        let reading = context.determined.reading_of(&self.reader, cover, setting, self.item);
        let mut held = Votes::ZERO;
        attribute_whole(context, self.item, &reading, setting.form, votes, |slot, votes| {
            held += if (self.is_there)(slot) { votes } else { Votes::ZERO };
        });
        if !is_ruled_on && !votes.is_zero() && !reading.depends_on_card() {
            self.known.insert(kind, !held.is_zero());
        }
        Some(held)
    }
}

/// Numbers and sums of votes by size: by their length in bits and the five bits after the first.
struct Sizes(Vec<(u64, Votes)>);

impl Default for Sizes {
    fn default() -> Self {
        Self(vec![(0, Votes::ZERO); 129 * 32])
    }
}

impl Sizes {
    /// The class of some votes; greater votes are never in a lesser class.
    fn class(votes: Votes) -> usize {
        let units = votes.units();
        let bits = 128 - units.leading_zeros();
        let after_first = (units >> bits.saturating_sub(6)) & 31;
        bits as usize * 32 + usize::try_from(after_first).unwrap_or(0)
    }

    fn add(&mut self, votes: Votes) {
        let class = &mut self.0[Self::class(votes)];
        *class = (class.0 + 1, class.1 + votes);
    }

    fn append(&mut self, other: &Self) {
        for (class, other) in self.0.iter_mut().zip(&other.0) {
            *class = (class.0 + other.0, class.1 + other.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greater_votes_are_in_no_lesser_class() {
        let near = |n: u128| {
            (n.saturating_sub(3)..n.saturating_add(3))
                .map(|n| Sizes::class(Votes::from_units(n)))
                .collect::<Vec<_>>()
        };
        for shift in 0..127 {
            for mantissa in [1_u128, 33, 63, 65] {
                let Some(n) = mantissa.checked_shl(shift).filter(|n| *n < u128::MAX / 2) else { continue };
                assert!(near(n).is_sorted(), "{n}");
            }
        }
    }
}
