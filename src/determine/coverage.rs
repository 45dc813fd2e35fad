//! What cards take, in the order of the positions.

use std::sync::Arc;

use crate::amount::{Shares, Votes};
use crate::ascertain::{Position, PositionId};
use crate::ballot::MarkingId;
use crate::load::CardId;
use crate::parallel::{Threads, each};

/// Shares of a position that a card covers.
#[derive(Debug, Clone)]
pub struct Cover {
    /// By which card.
    pub card: CardId,
    /// Of which position.
    pub position: PositionId,
    /// The card's marks, which counting need not look up again.
    pub marking: MarkingId,
    /// The card's form of proxy; nothing for a ballot.
    pub form: Option<u16>,
    /// Their votes, where the position states its votes and this is a part of it; else they follow from the shares
    /// ([`Electorate::votes_of_part`]).
    ///
    /// [`Electorate::votes_of_part`]: crate::ascertain::Electorate::votes_of_part
    pub stated_votes: Option<Votes>,
    /// How many shares.
    pub shares: Shares,
    /// Present and not voted: held, or for the quorum only.
    pub is_not_voted: bool,
}

/// What a card covers, as it is stored: there are tens of millions of them, and most take the whole position.
#[derive(Debug, Clone, Copy)]
struct CoverRow {
    card: CardId,
    position: PositionId,
    marking: MarkingId,
    /// [`NO_FORM`]: a ballot.
    form: u8,
    is_not_voted: bool,
    /// Whether it takes a part only.
    is_part: bool,
}

const _: () = assert!(size_of::<CoverRow>() == 16);

/// There are at most a hundred forms.
const NO_FORM: u8 = u8::MAX;

/// Coverage of positions that follow each other.
#[derive(Debug, Default)]
pub(super) struct CoverageChunk {
    rows: Vec<CoverRow>,
    /// The places of those that take a part, in order, and how many shares.
    parts: Vec<(u32, Shares)>,
    /// The places of parts of positions that state their votes, in order, and the votes.
    stated: Vec<(u32, Votes)>,
}

impl CoverageChunk {
    /// Makes room for so many.
    pub(super) fn reserve_exact(&mut self, count: usize) {
        self.rows.reserve_exact(count);
    }

    /// Gives room back of which little is needed.
    pub(super) fn give_back(&mut self) {
        if self.rows.len() < self.rows.capacity() / 2 {
            self.rows.shrink_to_fit();
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Adds what a card takes of a position that has so many shares.
    pub(super) fn push(&mut self, cover: &Cover, whole: Shares) {
        let is_part = cover.shares != whole;
        if is_part {
            let place = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
            self.parts.push((place, cover.shares));
            self.stated.extend(cover.stated_votes.map(|votes| (place, votes)));
        }
        self.rows.push(CoverRow {
            card: cover.card,
            position: cover.position,
            marking: cover.marking,
            form: cover
                .form
                .map_or(NO_FORM, |form| u8::try_from(form).expect("there are at most a hundred forms")),
            is_not_voted: cover.is_not_voted,
            is_part,
        });
    }

    /// Those of some cards are present and not voted, from a place on.
    pub(super) fn mark_not_voted_from(&mut self, first: usize, is_not_voted: impl Fn(CardId) -> bool) {
        for row in &mut self.rows[first..] {
            row.is_not_voted |= is_not_voted(row.card);
        }
    }

    /// Takes those from a place on away.
    pub(super) fn truncate(&mut self, count: usize) {
        self.rows.truncate(count);
        self.parts.truncate(self.parts.partition_point(|(place, _)| (*place as usize) < count));
        self.stated.truncate(self.stated.partition_point(|(place, _)| (*place as usize) < count));
    }

    pub(super) fn all<'a>(&'a self, positions: &'a [Position]) -> CoveragePart<'a> {
        CoveragePart { rows: &self.rows, first: 0, parts: &self.parts, stated: &self.stated, positions }
    }

    /// Those from one place to before another.
    fn some<'a>(
        &'a self,
        positions: &'a [Position],
        start: usize,
        end: usize,
    ) -> impl Iterator<Item = Cover> {
        let parts = self.parts.partition_point(|(place, _)| (*place as usize) < start);
        let first = u32::try_from(start).unwrap_or(u32::MAX);
        let (parts, stated) = (&self.parts[parts..], self.stated.as_slice());
        CoveragePart { rows: &self.rows[start..end], first, parts, stated, positions }.iter()
    }
}

/// Coverage that is worked on together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CoveragePart<'a> {
    rows: &'a [CoverRow],
    /// The place of the first in its chunk.
    first: u32,
    parts: &'a [(u32, Shares)],
    stated: &'a [(u32, Votes)],
    positions: &'a [Position],
}

impl<'a> CoveragePart<'a> {
    /// Every one, in the order of the positions.
    pub(crate) fn iter(self) -> impl Iterator<Item = Cover> + use<'a> {
        let mut parts = self.parts.iter();
        (self.first..).zip(self.rows).map(move |(place, row)| {
            let part = if row.is_part { parts.next() } else { None };
            self.cover(place, *row, part.map(|(_, shares)| *shares))
        })
    }

    /// The one at a place in the order of [`CoveragePart::iter`].
    pub(crate) fn get(self, place: u32) -> Cover {
        let row = self.rows[place as usize];
        let part =
            if row.is_part { self.parts.binary_search_by_key(&place, |(at, _)| *at).ok() } else { None };
        self.cover(place, row, part.map(|part| self.parts[part].1))
    }

    fn cover(self, place: u32, row: CoverRow, part: Option<Shares>) -> Cover {
        let stated = || self.stated.binary_search_by_key(&place, |(at, _)| *at).ok();
        let stated = if row.is_part && !self.stated.is_empty() { stated() } else { None };
        Cover {
            card: row.card,
            position: row.position,
            marking: row.marking,
            form: (row.form != NO_FORM).then_some(u16::from(row.form)),
            stated_votes: stated.map(|place| self.stated[place].1),
            shares: part.unwrap_or_else(|| self.positions[row.position.place()].shares),
            is_not_voted: row.is_not_voted,
        }
    }
}

/// Shares that cards cover. They are found for many accounts at a time and stay where they were found.
#[derive(Debug, Default)]
pub struct Coverage {
    chunks: Vec<CoverageChunk>,
    positions: Arc<Vec<Position>>,
}

impl Coverage {
    /// None yet, of some positions.
    pub(super) fn of_positions(positions: Arc<Vec<Position>>) -> Self {
        Self { chunks: Vec::new(), positions }
    }

    /// Adds those of later positions.
    pub(super) fn append(&mut self, later: CoverageChunk) {
        if later.count() > 0 {
            self.chunks.push(later);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.chunks.iter().map(CoverageChunk::count).sum()
    }

    /// Some of them, in the same order.
    pub(crate) fn only(&self, threads: Threads, is_wanted: impl Fn(&Cover) -> bool + Sync) -> Self {
        let some = |chunk: &CoverageChunk| {
            let mut some = CoverageChunk::default();
            for cover in chunk.all(&self.positions).iter().filter(|cover| is_wanted(cover)) {
                some.push(&cover, self.positions[cover.position.place()].shares);
            }
            some
        };
        let mut only = Self::of_positions(Arc::clone(&self.positions));
        each(threads, &self.chunks, some).into_iter().for_each(|chunk| only.append(chunk));
        only
    }

    /// Every one, in the order of the positions.
    pub fn iter(&self) -> impl Iterator<Item = Cover> {
        self.chunks.iter().flat_map(|chunk| chunk.all(&self.positions).iter())
    }

    /// Those of some positions that follow each other.
    pub fn of(&self, first: PositionId, last: PositionId) -> impl Iterator<Item = Cover> {
        let is_before = |chunk: &CoverageChunk| chunk.rows.last().is_some_and(|cover| cover.position < first);
        let chunks = &self.chunks[self.chunks.partition_point(is_before)..];
        let chunks = chunks.iter().take_while(move |chunk| chunk.rows[0].position <= last);
        chunks.flat_map(move |chunk| {
            let start = chunk.rows.partition_point(|cover| cover.position < first);
            let end = chunk.rows.partition_point(|cover| cover.position <= last);
            chunk.some(&self.positions, start, end)
        })
    }

    /// Works on parts of it at once; the results in the order of the positions.
    pub(crate) fn parts<'a, R: Send>(
        &'a self,
        threads: Threads,
        work: impl Fn(CoveragePart<'a>) -> R + Sync,
    ) -> Vec<R> {
        each(threads, &self.chunks, |chunk| work(chunk.all(&self.positions)))
    }
}
