//! Which names to put the votes on: for each number of them the choice whose least-voted name can have
//! most.
//!
//! A number of units for each of some names can be placed exactly when every set of those names is
//! permitted so many units together (the condition of Hall, as in CUM-7). So the least of a choice is
//! the smallest quotient over its sets, and the best choice is found by looking at all of them. Names
//! that the same cards permit are alike and need not be told apart. Where there are too many choices
//! even so, names are dropped one by one, and a bound says what another choice could have at most:
//! with withheld names the question contains the packing of sets, for which no quick way is known.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Check, Question};
use crate::amount::Votes;
use crate::count::{flow, level};

/// The most choices that are all looked at: every set of 16 names of which no two are alike.
const CHOICES_MAX: usize = 1 << 16;

/// A choice of names.
pub(super) struct NameSet {
    /// The names, ascending.
    pub(super) names: Vec<usize>,
    /// The whole units that each can have at once.
    pub(super) least: u128,
    /// What no other choice of as many names can pass.
    pub(super) least_at_most: u128,
}

/// The best choices of one name, two, and so on, as far as there are seats and names.
pub(super) struct Found {
    pub(super) sets: Vec<NameSet>,
    /// Whether every choice was looked at.
    pub(super) is_exact: bool,
}

/// Finds the best choices.
pub(super) fn best(question: &Question) -> Found {
    let most = question.names.len().min(question.seats as usize);
    match Choices::of(question) {
        Some(choices) => Found { sets: choices.best(most), is_exact: true },
        None => Found { sets: drop_one_by_one(question, most), is_exact: false },
    }
}

/// The fewest more units, on any names, with which as many names as those of a check can have
/// `wanted` units each; where not every choice can be looked at, with which those very names can.
pub(super) fn least_extra(question: &Question, check: &Check, wanted: u128) -> u128 {
    match Choices::of(question) {
        Some(choices) => choices.least_extra(check.directors, wanted),
        None => shortfall(question, &check.names, wanted),
    }
}

/// What these names lack. Every set of them that the flow finds to exceed its pools lacks so much at
/// least, and when it finds none any more there is enough.
fn shortfall(question: &Question, names: &[usize], wanted: u128) -> u128 {
    let unit = question.unit;
    let wants = |name| if names.contains(&name) { Votes::from_units(wanted * unit) } else { Votes::ZERO };
    let totals: Vec<Votes> = (0..question.nominees).map(wants).collect();
    let mut extra = 0;
    loop {
        let pools = question.pools_for(names, Votes::from_units(extra * unit));
        let Some(set) = flow::violated_set(question.nominees, &pools, &totals) else { return extra };
        let permits = |names: &[usize]| names.iter().any(|name| set.contains(name));
        let pools = question.pools.iter().filter(|(names, _)| permits(names));
        let capacity: u128 = pools.map(|(_, pool)| pool.units()).sum();
        extra = wanted * set.len() as u128 - capacity / unit;
    }
}

/// All choices: how many of each kind of names. A choice is a number in mixed radix, its digits the
/// counts of the kinds.
struct Choices {
    /// Names that the same pools permit, ascending.
    kinds: Vec<Vec<usize>>,
    /// How far apart two choices are that differ by one name of a kind.
    steps: Vec<usize>,
    count: usize,
    /// Per set of kinds, as bits, the whole units of the pools that permit any name of them.
    capacity: Vec<u128>,
}

impl Choices {
    /// Nothing when they are too many.
    fn of(question: &Question) -> Option<Self> {
        let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for name in &question.names {
            let permits =
                |(at, (names, _)): (usize, &(Vec<usize>, Votes))| names.contains(name).then_some(at);
            let pools = question.pools.iter().enumerate().filter_map(permits).collect();
            alike.entry(pools).or_default().push(*name);
        }
        let kinds: Vec<Vec<usize>> = alike.into_values().collect();
        let mut steps = Vec::new();
        let mut count = 1_usize;
        for kind in &kinds {
            steps.push(count);
            count = count.checked_mul(kind.len() + 1).filter(|count| *count <= CHOICES_MAX)?;
        }
        let capacity = capacities(question, &kinds);
        Some(Self { kinds, steps, count, capacity })
    }

    /// How many names of a kind a choice has.
    fn of_kind(&self, choice: usize, kind: usize) -> usize {
        choice / self.steps[kind] % (self.kinds[kind].len() + 1)
    }

    fn size(&self, choice: usize) -> usize {
        (0..self.kinds.len()).map(|kind| self.of_kind(choice, kind)).sum()
    }

    /// The units that may go to the names of a choice together.
    fn capacity(&self, choice: usize) -> u128 {
        let has = |kind: &usize| self.of_kind(choice, *kind) > 0;
        self.capacity[(0..self.kinds.len()).filter(has).fold(0, |set, kind| set | 1 << kind)]
    }

    /// Of every choice, the units that each of its names can have at once, with so many more that
    /// permit every name. A choice has no more than any part of it, and its parts come before it.
    fn levels(&self, extra: u128) -> Vec<u128> {
        let mut levels = vec![u128::MAX; self.count];
        for choice in 1..self.count {
            let mut least = (self.capacity(choice) + extra) / self.size(choice) as u128;
            for (kind, step) in self.steps.iter().enumerate() {
                if self.of_kind(choice, kind) > 0 {
                    least = least.min(levels[choice - step]);
                }
            }
            levels[choice] = least;
        }
        levels
    }

    /// The best choice of each size: the highest level, then the most votes that it can take, then
    /// ballot order.
    fn best(&self, most: usize) -> Vec<NameSet> {
        let levels = self.levels(0);
        let mut best: Vec<Option<(u128, u128, Vec<usize>)>> = vec![None; most];
        for (choice, level) in levels.iter().enumerate().skip(1) {
            let Some(known) = best.get_mut(self.size(choice) - 1) else { continue };
            let takes = self.capacity(choice);
            let names = self.names(choice);
            let is_better = known.as_ref().is_none_or(|(least, most, first)| {
                (*level, takes, Reverse(&names)) > (*least, *most, Reverse(first))
            });
            if is_better {
                *known = Some((*level, takes, names));
            }
        }
        let set = |(least, _, names)| NameSet { names, least, least_at_most: least };
        best.into_iter().flatten().map(set).collect()
    }

    /// A search between none and so many that they would do it alone: more votes never make fewer
    /// names sure, so halving finds the fewest.
    fn least_extra(&self, count: usize, wanted: u128) -> u128 {
        let is_met = |extra: u128| {
            let levels = self.levels(extra);
            (0..self.count).any(|choice| levels[choice] >= wanted && self.size(choice) == count)
        };
        let (mut too_few, mut enough) = (0, wanted * count as u128);
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            if is_met(middle) { enough = middle } else { too_few = middle }
        }
        enough
    }

    fn names(&self, choice: usize) -> Vec<usize> {
        let of_kind = |(kind, names): (usize, &Vec<usize>)| names[..self.of_kind(choice, kind)].to_vec();
        let mut names: Vec<usize> = self.kinds.iter().enumerate().flat_map(of_kind).collect();
        names.sort_unstable();
        names
    }
}

/// Per set of kinds, the whole units of the pools that permit any of them: all pools but those whose
/// names are all outside it.
fn capacities(question: &Question, kinds: &[Vec<usize>]) -> Vec<u128> {
    let sets = 1_usize << kinds.len();
    let mut within = vec![0_u128; sets];
    for (names, pool) in &question.pools {
        let permits = |kind: &usize| names.contains(&kinds[*kind][0]);
        within[(0..kinds.len()).filter(permits).fold(0, |set, kind| set | 1 << kind)] += pool.units();
    }
    for kind in 0..kinds.len() {
        for set in 0..sets {
            if set & (1 << kind) != 0 {
                within[set] += within[set ^ (1 << kind)];
            }
        }
    }
    let all = within[sets - 1];
    (0..sets).map(|set| (all - within[sets - 1 - set]) / question.unit).collect()
}

/// Starts from every name and drops the one that the level allocation gives least, of those the one
/// that the cards permit least, the last on the ballot first. What the level allocation gives least is the most that
/// all of the names can have at once.
fn drop_one_by_one(question: &Question, most: usize) -> Vec<NameSet> {
    let mut permitted = vec![0_u128; question.nominees];
    for (names, pool) in &question.pools {
        names.iter().for_each(|name| permitted[*name] += pool.units());
    }
    let mut alone: Vec<u128> = question.names.iter().map(|name| permitted[*name] / question.unit).collect();
    alone.sort_unstable_by_key(|units| Reverse(*units));
    let all = question.pool().units() / question.unit;
    let mut names = question.names.clone();
    let mut sets = Vec::new();
    while !names.is_empty() {
        let pools = question.pools_for(&names, Votes::ZERO);
        let levels = level::allocate(question.nominees, &pools, question.unit);
        let whole = |name: usize| levels[name].units() / question.unit;
        if names.len() <= most {
            sets.push(NameSet {
                names: names.clone(),
                least: names.iter().map(|name| whole(*name)).min().unwrap_or(0),
                least_at_most: alone[names.len() - 1].min(all / names.len() as u128),
            });
        }
        let dropped = (0..names.len()).min_by_key(|at| {
            let name = names[*at];
            (whole(name), permitted[name], Reverse(name))
        });
        names.remove(dropped.unwrap_or(0));
    }
    sets.reverse();
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::UNITS_PER_ONE;

    /// For all names at once there is one choice, and both ways must find the same.
    #[test]
    fn what_names_lack_is_the_same_by_flow_and_by_halving() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut lacking = 0;
        for case in 0..400 {
            let nominees = 1 + usize::try_from(random(6)).expect("small");
            let mut pools = Vec::new();
            for _ in 0..random(6) {
                let set = 1 + random((1 << nominees) - 1);
                let names = (0..nominees).filter(|name| set & (1 << name) != 0).collect();
                pools.push((names, Votes::whole(random(20))));
            }
            let names: Vec<usize> = (0..nominees).collect();
            let rest = Votes::ZERO;
            let question =
                Question { seats: 6, nominees, names: names.clone(), pools, rest, unit: UNITS_PER_ONE };
            let wanted = 1 + u128::from(random(12));
            let choices = Choices::of(&question).expect("at most 64 choices");
            let by_flow = shortfall(&question, &names, wanted);
            // Halving starts from what does not do it.
            if by_flow > 0 {
                lacking += 1;
                assert_eq!(choices.least_extra(nominees, wanted), by_flow, "case {case}: {question:?}");
            } else {
                assert!(choices.levels(0)[choices.count - 1] >= wanted, "case {case}: {question:?}");
            }
        }
        assert!((100..400).contains(&lacking), "{lacking} cases lack votes");
    }

    /// Forty names and cards of which no two permit the same: four times as many cards take about four times the steps.
    #[test]
    fn the_steps_of_a_plan_grow_with_the_cards() {
        let steps = |count: u64| {
            let pools = (0..count).map(|pool| {
                let bits = (pool + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
                let names: Vec<usize> = (0..40).filter(|name| bits >> name & 1 > 0).collect();
                (names, Votes::whole(1 + pool % 97))
            });
            let pools = pools.filter(|(names, _)| !names.is_empty()).collect();
            let names: Vec<usize> = (0..40).collect();
            let rest = Votes::whole(50);
            let question = Question { seats: 20, nominees: 40, names, pools, rest, unit: UNITS_PER_ONE };
            crate::work::steps_of(|| {
                std::hint::black_box(question.plan());
            })
        };
        let (few, many) = (steps(150), steps(600));
        assert!(few > 10_000 && many < 6 * few, "{few} {many}");
    }
}
