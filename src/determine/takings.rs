//! What cards take, in the order of the positions.

use std::sync::Arc;

use crate::amount::Shares;
use crate::ascertain::{Position, PositionId};
use crate::ballot::MarkingId;
use crate::load::CardId;
use crate::parallel::{Threads, each};

/// Shares of a position that a card covers.
#[derive(Debug, Clone)]
pub struct Taking {
    /// By which card.
    pub card: CardId,
    /// Of which position.
    pub position: PositionId,
    /// The card's marks, which counting need not look up again.
    pub marking: MarkingId,
    /// The card's form of proxy; nothing for a ballot.
    pub form: Option<u16>,
    /// How many shares; their votes are those of the part ([`Electorate::votes_of_part`]).
    ///
    /// [`Electorate::votes_of_part`]: crate::ascertain::Electorate::votes_of_part
    pub shares: Shares,
    /// Present and not voted: held, or for the quorum only.
    pub is_silent: bool,
}

/// A taking as it is kept: there are tens of millions of them, and most take the whole position.
#[derive(Debug, Clone, Copy)]
struct Kept {
    card: CardId,
    position: PositionId,
    marking: MarkingId,
    /// [`NO_FORM`]: a ballot.
    form: u8,
    is_silent: bool,
    /// Whether it takes a part only.
    is_part: bool,
}

const _: () = assert!(size_of::<Kept>() == 16);

/// There are at most a hundred forms.
const NO_FORM: u8 = u8::MAX;

/// Takings of positions that follow each other.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    kept: Vec<Kept>,
    /// The places of those that take a part, in order, and how many shares.
    parts: Vec<(u32, Shares)>,
}

impl Stretch {
    /// Makes room for so many.
    pub(super) fn reserve_exact(&mut self, count: usize) {
        self.kept.reserve_exact(count);
    }

    /// Gives room back of which little is needed.
    pub(super) fn give_back(&mut self) {
        if self.kept.len() < self.kept.capacity() / 2 {
            self.kept.shrink_to_fit();
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.kept.len()
    }

    /// Adds what a card takes of a position that has so many shares.
    pub(super) fn push(&mut self, taking: &Taking, whole: Shares) {
        let is_part = taking.shares != whole;
        if is_part {
            self.parts.push((u32::try_from(self.kept.len()).unwrap_or(u32::MAX), taking.shares));
        }
        self.kept.push(Kept {
            card: taking.card,
            position: taking.position,
            marking: taking.marking,
            form: taking
                .form
                .map_or(NO_FORM, |form| u8::try_from(form).expect("there are at most a hundred forms")),
            is_silent: taking.is_silent,
            is_part,
        });
    }

    /// Those of some cards are present and not voted, from a place on.
    pub(super) fn silence_from(&mut self, first: usize, is_silent: impl Fn(CardId) -> bool) {
        for kept in &mut self.kept[first..] {
            kept.is_silent |= is_silent(kept.card);
        }
    }

    /// Takes those from a place on away.
    pub(super) fn truncate(&mut self, count: usize) {
        self.kept.truncate(count);
        self.parts.truncate(self.parts.partition_point(|(place, _)| (*place as usize) < count));
    }

    fn all<'a>(&'a self, positions: &'a [Position]) -> TakingsPart<'a> {
        TakingsPart { kept: &self.kept, parts: &self.parts, positions }
    }

    /// Those from one place to before another.
    fn some<'a>(
        &'a self,
        positions: &'a [Position],
        start: usize,
        end: usize,
    ) -> impl Iterator<Item = Taking> {
        let parts = self.parts.partition_point(|(place, _)| (*place as usize) < start);
        TakingsPart { kept: &self.kept[start..end], parts: &self.parts[parts..], positions }.iter()
    }
}

/// Takings that are worked on together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakingsPart<'a> {
    kept: &'a [Kept],
    parts: &'a [(u32, Shares)],
    positions: &'a [Position],
}

impl<'a> TakingsPart<'a> {
    /// Every one, in the order of the positions.
    pub(crate) fn iter(self) -> impl Iterator<Item = Taking> + use<'a> {
        let mut parts = self.parts.iter();
        self.kept.iter().map(move |kept| {
            let part = if kept.is_part { parts.next() } else { None };
            self.taking(*kept, part.map(|(_, shares)| *shares))
        })
    }

    /// The one at a place in the order of [`TakingsPart::iter`].
    pub(crate) fn get(self, place: u32) -> Taking {
        let kept = self.kept[place as usize];
        let part =
            if kept.is_part { self.parts.binary_search_by_key(&place, |(at, _)| *at).ok() } else { None };
        self.taking(kept, part.map(|part| self.parts[part].1))
    }

    fn taking(self, kept: Kept, part: Option<Shares>) -> Taking {
        Taking {
            card: kept.card,
            position: kept.position,
            marking: kept.marking,
            form: (kept.form != NO_FORM).then_some(u16::from(kept.form)),
            shares: part.unwrap_or_else(|| self.positions[kept.position.place()].shares),
            is_silent: kept.is_silent,
        }
    }
}

/// Shares that cards cover. They are found for many accounts at a time and stay where they were found.
#[derive(Debug, Default)]
pub struct Takings {
    stretches: Vec<Stretch>,
    positions: Arc<Vec<Position>>,
}

impl Takings {
    /// None yet, of some positions.
    pub(super) fn of_positions(positions: Arc<Vec<Position>>) -> Self {
        Self { stretches: Vec::new(), positions }
    }

    /// Adds those of later positions.
    pub(super) fn append(&mut self, later: Stretch) {
        if later.count() > 0 {
            self.stretches.push(later);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.stretches.iter().map(Stretch::count).sum()
    }

    /// Some of them, in the same order.
    pub(crate) fn only(&self, threads: Threads, is_wanted: impl Fn(&Taking) -> bool + Sync) -> Self {
        let some = |stretch: &Stretch| {
            let mut some = Stretch::default();
            for taking in stretch.all(&self.positions).iter().filter(|taking| is_wanted(taking)) {
                some.push(&taking, self.positions[taking.position.place()].shares);
            }
            some
        };
        let mut only = Self::of_positions(Arc::clone(&self.positions));
        each(threads, &self.stretches, some).into_iter().for_each(|stretch| only.append(stretch));
        only
    }

    /// Every one, in the order of the positions.
    pub fn iter(&self) -> impl Iterator<Item = Taking> {
        self.stretches.iter().flat_map(|stretch| stretch.all(&self.positions).iter())
    }

    /// Those of some positions that follow each other.
    pub fn of(&self, first: PositionId, last: PositionId) -> impl Iterator<Item = Taking> {
        let is_before = |stretch: &Stretch| stretch.kept.last().is_some_and(|taking| taking.position < first);
        let stretches = &self.stretches[self.stretches.partition_point(is_before)..];
        let stretches = stretches.iter().take_while(move |stretch| stretch.kept[0].position <= last);
        stretches.flat_map(move |stretch| {
            let start = stretch.kept.partition_point(|taking| taking.position < first);
            let end = stretch.kept.partition_point(|taking| taking.position <= last);
            stretch.some(&self.positions, start, end)
        })
    }

    /// Works on parts of them at once; the results in the order of the positions.
    pub(crate) fn parts<'a, R: Send>(
        &'a self,
        threads: Threads,
        work: impl Fn(TakingsPart<'a>) -> R + Sync,
    ) -> Vec<R> {
        each(threads, &self.stretches, |stretch| work(stretch.all(&self.positions)))
    }
}
