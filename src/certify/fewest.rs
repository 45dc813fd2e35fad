//! The fewest cards or street totals that together hold so many votes: how near an outcome was.
//!
//! Of millions of cards only those about as large as the last one needed are put in order: all are
//! sorted into classes by size first, and the largest classes are taken whole. Where each card speaks for
//! itself, the small ones are not even looked at unless the others do not suffice.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use hashbrown::DefaultHashBuilder;

use crate::amount::Votes;
use crate::audit::attribution::{Slot, Source, attribute_some};
use crate::ballot::MarkingId;
use crate::ballot::reading::{ItemReading, Reader, Setting};
use crate::count::Floor;
use crate::determine::{Taking, Takings};
use crate::parallel::Threads;
use crate::tabulate::Tabulation;

/// The fewest sources that together hold so many votes in some slots of an item; nothing when all
/// together do not.
pub(super) fn fewest(
    tabulation: &Tabulation,
    item: usize,
    votes: Votes,
    is_there: impl Fn(Slot) -> bool + Sync,
    large: &Large,
) -> Option<u64> {
    let fewest_of =
        |takings, least| fewest_of(tabulation, item, votes, &is_there, (takings, least), large.threads);
    let among_large = match &large.takings {
        Some((takings, least)) if each_speaks_for_itself(tabulation, item, &is_there) => {
            fewest_of(takings, *least)
        }
        _ => None,
    };
    among_large.or_else(|| fewest_of(&tabulation.determined.takings, 0))
}

/// What cards take that is large.
pub(super) struct Large {
    /// All of it with the least class of such a size; nothing where a card may take of several positions,
    /// or the inspector ruled on single items: there what a card holds is not told by each taking alone.
    takings: Option<(Takings, usize)>,
    threads: Threads,
}

impl Large {
    /// So many times the average is large.
    const TIMES: u128 = 4;

    /// With so many threads to look for the fewest on each item.
    pub(super) fn of(tabulation: &Tabulation, threads: Threads) -> Self {
        let floor = tabulation.floor();
        if floor.meeting.classes.len() > 1 || !floor.determined.ruled_out_items.is_empty() {
            return Self { takings: None, threads };
        }
        let all = &tabulation.determined.takings;
        let present: Votes = tabulation.count.present.iter().copied().sum();
        let average = present.units() / (all.count() as u128).max(1);
        let least = Sizes::class(Votes::from_units(average.saturating_mul(Self::TIMES)));
        let is_large = |taking: &Taking| Sizes::class(floor.votes(taking)) >= least;
        Self { takings: Some((all.only(tabulation.loaded.threads, is_large), least)), threads }
    }
}

/// The fewest of some takings, street totals and joint positions. `takings` must hold every taking of a class
/// from `least` on; where that is not zero, each must tell alone what its card holds.
fn fewest_of(
    tabulation: &Tabulation,
    item: usize,
    votes: Votes,
    is_there: &(impl Fn(Slot) -> bool + Sync),
    (takings, least): (&Takings, usize),
    threads: Threads,
) -> Option<u64> {
    let floor = tabulation.floor();
    let found = takings.parts(threads, |takings| {
        let mut scale = Scale::new(floor, item, is_there);
        let mut sizes = Sizes::default();
        let mut has_others = false;
        for taking in takings {
            match scale.weigh(taking) {
                Weight::Alone(votes) => sizes.add(votes),
                Weight::NotThere => {}
                Weight::WithOthers => has_others = true,
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
    let mut others = others(tabulation, item, has_others, is_there);
    others.retain(|votes| Sizes::class(*votes) >= least);
    others.iter().for_each(|votes| sizes.add(*votes));
    let (mut count, mut sum) = (0, Votes::ZERO);
    for (class, (class_count, class_sum)) in sizes.0.iter().enumerate().rev() {
        if sum + *class_sum < votes {
            (count, sum) = (count + class_count, sum + *class_sum);
            continue;
        }
        let of_class = takings.parts(threads, |takings| {
            let mut scale = Scale::new(floor, item, is_there);
            let of_class = takings.iter().filter(|taking| Sizes::class(floor.votes(taking)) == class);
            let alone = of_class.filter_map(|taking| match scale.weigh(taking) {
                Weight::Alone(votes) => Some(votes),
                Weight::NotThere | Weight::WithOthers => None,
            });
            alone.collect::<Vec<Votes>>()
        });
        let mut largest: Vec<Votes> = of_class.into_iter().flatten().collect();
        largest.extend(others.iter().filter(|votes| Sizes::class(**votes) == class));
        largest.sort_unstable_by(|a, b| b.cmp(a));
        let reaches = largest.into_iter().position(|held| {
            sum += held;
            sum >= votes
        });
        return reaches.map(|place| count + place as u64 + 1);
    }
    None
}

/// The most readings of marks that are looked through.
const KINDS_MAX: usize = 1 << 12;

/// Whether what each card says stands there or not, whatever its votes.
fn each_speaks_for_itself(
    tabulation: &Tabulation,
    item: usize,
    is_there: &(impl Fn(Slot) -> bool + Sync),
) -> bool {
    let floor = tabulation.floor();
    let kinds = floor.loaded.cards.markings.count();
    if kinds * 2 * (floor.meeting.forms.len() + 1) > KINDS_MAX {
        return false;
    }
    let scale = Scale::new(floor, item, is_there);
    let forms = || (0_u16..).zip(&floor.meeting.forms).map(|(form, _)| Some(form)).chain([None]);
    let settings = || forms().flat_map(|form| [false, true].map(|is_nominee| Setting { form, is_nominee }));
    let mut markings = (0..kinds).filter_map(|place| u32::try_from(place).ok()).map(MarkingId);
    markings.all(|marking| {
        settings().all(|setting| scale.stands(&scale.reader.read(marking, setting, item)).is_some())
    })
}

/// What street totals hold, joint holders, and cards whose takings must be looked at together.
fn others(
    tabulation: &Tabulation,
    item: usize,
    has_others: bool,
    is_there: &(impl Fn(Slot) -> bool + Sync),
) -> Vec<Votes> {
    let scale = RefCell::new(Scale::new(tabulation.floor(), item, is_there));
    let is_other = |taking: &Taking| has_others && scale.borrow_mut().weigh(taking) == Weight::WithOthers;
    let mut held: BTreeMap<Source, Votes> = BTreeMap::new();
    attribute_some(tabulation, item, is_other, |source, slot, votes| {
        if is_there(slot) {
            *held.entry(source).or_default() += votes;
        }
    });
    held.into_values().collect()
}

/// What a taking holds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Its card takes nothing else: all of these votes.
    Alone(Votes),
    /// Nothing.
    NotThere,
    /// What the card holds depends on all that it takes.
    WithOthers,
}

/// Weighs takings, for each kind of marks as the first time.
struct Scale<'a, F> {
    floor: Floor<'a>,
    item: usize,
    is_there: &'a F,
    reader: Reader<'a>,
    /// Whether such marks stand there; nothing: it depends on the card.
    known: HashMap<(MarkingId, Setting), Option<bool>, DefaultHashBuilder>,
}

impl<'a, F: Fn(Slot) -> bool> Scale<'a, F> {
    fn new(floor: Floor<'a>, item: usize, is_there: &'a F) -> Self {
        Self { floor, item, is_there, reader: floor.reader(), known: HashMap::default() }
    }

    fn weigh(&mut self, taking: &Taking) -> Weight {
        if taking.is_silent {
            return Weight::NotThere;
        }
        let setting = self.floor.setting_of(taking);
        let kind = (taking.marking, setting);
        let is_there = match self.known.get(&kind) {
            Some(known) => *known,
            None => {
                let known = self.stands(&self.reader.read(taking.marking, setting, self.item));
                self.known.insert(kind, known);
                known
            }
        };
        let Some(is_there) = is_there else { return Weight::WithOthers };
        let has_one_position = self.floor.electorate.of(self.floor.account(taking.position)).len() == 1;
        if !has_one_position || self.floor.determined.ruled_out_items.contains_key(&taking.card) {
            return Weight::WithOthers;
        }
        if is_there && self.floor.votes_on(taking.position, self.item) {
            Weight::Alone(self.floor.votes(taking))
        } else {
            Weight::NotThere
        }
    }

    /// Whether what a card says stands there, whatever its votes.
    fn stands(&self, reading: &ItemReading) -> Option<bool> {
        if reading.depends_on_card() {
            return None;
        }
        Some(match reading {
            ItemReading::Proposal(line) | ItemReading::NoChoice(line) => {
                (self.is_there)(Slot::Line(0, *line))
            }
            ItemReading::Choice(choice) => (self.is_there)(Slot::Choice(*choice)),
            ItemReading::Straight(nominees) => {
                let mut slots = nominees.iter().enumerate();
                slots.any(|(column, vote)| (self.is_there)(Slot::Line(column, vote.line)))
            }
            ItemReading::Cumulative(_) => return None,
        })
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
