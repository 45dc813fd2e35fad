//! What a card says: its marks as written, and how they are read on each item.
//!
//! Many cards say the same. A row of marks is stored once, as a *marking*, and cards refer to it by
//! number; so a meeting of ten million cards that bear no numbers keeps a few hundred markings, two cards
//! have the same marks exactly when their markings have the same number, and what a marking means on an
//! item is worked out once. [`reading`] turns a marking into votes; nothing here knows of shares.

pub mod reading;

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::amount::{UNITS_PER_ONE, Votes};
use crate::meeting::{Item, ItemKind, Mark};

/// What stands in one column of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Nothing: unmarked.
    Blank,
    /// A mark.
    Mark(Mark),
    /// A choice of a frequency item, by its place.
    Choice(u16),
    /// A whole number of cumulated votes.
    Whole(u32),
    /// Another number of cumulated votes, by its place among such numbers seen.
    Number(u32),
    /// A percentage of the card's votes, in hundredths of a percent.
    Percent(u32),
}

impl Cell {
    /// A number of its own for each: its kind above what it holds.
    fn word(self) -> u64 {
        let (kind, held) = match self {
            Self::Blank => (0, 0),
            Self::Mark(mark) => (1, mark as u32),
            Self::Choice(place) => (2, u32::from(place)),
            Self::Whole(votes) => (3, votes),
            Self::Number(place) => (4, place),
            Self::Percent(hundredths) => (5, hundredths),
        };
        kind << 32 | u64::from(held)
    }

    /// Whether it is cumulated votes: a number or a percentage.
    #[must_use]
    pub fn is_cumulated(self) -> bool {
        match self {
            Self::Whole(_) | Self::Number(_) | Self::Percent(_) => true,
            Self::Blank | Self::Mark(_) | Self::Choice(_) => false,
        }
    }
}

/// A column of marks in cards.csv.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its header: `2`, `1`, `1.bell`.
    pub header: String,
    /// The item, by place.
    pub item: usize,
    /// The nominee, by place; nothing for the item's own column.
    pub nominee: Option<usize>,
}

/// The columns of marks of a meeting, in the order of its items and nominees.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The columns.
    pub columns: Vec<Column>,
    first: Vec<usize>,
}

impl Layout {
    /// The columns that cards of a meeting may have.
    #[must_use]
    pub fn of(items: &[Item]) -> Self {
        let mut columns = Vec::new();
        let mut first = Vec::new();
        for (place, item) in items.iter().enumerate() {
            first.push(columns.len());
            columns.push(Column { header: item.id.clone(), item: place, nominee: None });
            for (nominee_place, nominee) in
                item.election().map_or(&[][..], |e| &e.nominees).iter().enumerate()
            {
                let header = format!("{}.{}", item.id, nominee.id);
                columns.push(Column { header, item: place, nominee: Some(nominee_place) });
            }
        }
        first.push(columns.len());
        Self { columns, first }
    }

    /// The cells of an item: its own column first, then one for each nominee.
    #[must_use]
    pub fn cells<'a>(&self, marking: &'a [Cell], item: usize) -> &'a [Cell] {
        &marking[self.first[item]..self.first[item + 1]]
    }
}

/// A marking, by its place in [`Markings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarkingId(pub u32);

/// Every distinct row of marks seen, each once, and the numbers written in them that are not small
/// whole ones.
#[derive(Debug, Default)]
pub struct Markings {
    width: usize,
    count: u32,
    /// Their cells, [`Self::BLOCK`] rows in each: where millions of cards bear numbers, no two say the same,
    /// and what is there already is not moved to make room.
    cells: Vec<Vec<Cell>>,
    known: HashTable<MarkingId>,
    /// The hash of each row, so that none is hashed again when there are more or others take it over.
    hashes: Vec<u64>,
    hasher: DefaultHashBuilder,
    numbers: Vec<Votes>,
    known_numbers: HashMap<Votes, u32, DefaultHashBuilder>,
}

impl Markings {
    const BLOCK: usize = 1 << 12;

    /// None yet, of so many columns each.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// How many distinct ones there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// The cell that holds a number of cumulated votes: equal numbers are the same cell.
    pub fn number_cell(&mut self, votes: Votes) -> Cell {
        if let Ok(whole) = u32::try_from(votes.units() / UNITS_PER_ONE)
            && Votes::whole(whole.into()) == votes
        {
            return Cell::Whole(whole);
        }
        let next = u32::try_from(self.numbers.len()).expect("fewer than 2^32 numbers are written");
        let place = *self.known_numbers.entry(votes).or_insert(next);
        if place == next {
            self.numbers.push(votes);
        }
        Cell::Number(place)
    }

    /// The marking of a row of cells, known or new.
    pub fn intern(&mut self, row: &[Cell]) -> MarkingId {
        let hash = self.hash(row);
        self.intern_hashed(row, hash)
    }

    fn hash(&self, row: &[Cell]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        row.iter().for_each(|cell| hasher.write_u64(cell.word()));
        hasher.finish()
    }

    fn intern_hashed(&mut self, row: &[Cell], hash: u64) -> MarkingId {
        assert_eq!(row.len(), self.width, "a row of marks has a cell for every column");
        let hash_of = |id: &MarkingId| self.hashes[id.0 as usize];
        let is_row = |id: &MarkingId| hash_of(id) == hash && cells_of(&self.cells, self.width, *id) == row;
        if let Some(id) = self.known.find(hash, is_row) {
            return *id;
        }
        let id = MarkingId(self.count);
        self.known.insert_unique(hash, id, hash_of);
        self.hashes.push(hash);
        if self.count().is_multiple_of(Self::BLOCK) {
            self.cells.push(Vec::new());
        }
        self.cells[self.count as usize / Self::BLOCK].extend_from_slice(row);
        self.count = self.count.checked_add(1).expect("fewer than 2^32 markings");
        id
    }

    /// None yet, of as many columns, to be taken over by these.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { width: self.width, hasher: self.hasher.clone(), ..Self::default() }
    }

    /// Takes over the markings of others that were made [apart](Self::apart). Returns what each of them is here.
    pub fn absorb(&mut self, others: &Self) -> Vec<MarkingId> {
        let numbers: Vec<Cell> = others.numbers.iter().map(|votes| self.number_cell(*votes)).collect();
        let mut row: Vec<Cell> = Vec::with_capacity(self.width);
        let ids = (0..others.count).map(MarkingId).zip(&others.hashes);
        ids.map(|(id, hash)| {
            let cells = others.cells(id);
            if numbers.is_empty() {
                return self.intern_hashed(cells, *hash);
            }
            row.clear();
            row.extend(cells.iter().map(|cell| match cell {
                Cell::Number(place) => numbers[*place as usize],
                Cell::Blank | Cell::Mark(_) | Cell::Choice(_) | Cell::Whole(_) | Cell::Percent(_) => *cell,
            }));
            self.intern(&row)
        })
        .collect()
    }

    /// Puts away what finds a row again, when every file is read: no other is taken over then.
    pub(crate) fn put_index_away(&mut self) {
        self.known = HashTable::default();
        self.hashes = Vec::new();
        self.known_numbers = HashMap::default();
    }

    /// The cells of a marking.
    #[must_use]
    pub fn cells(&self, id: MarkingId) -> &[Cell] {
        cells_of(&self.cells, self.width, id)
    }

    /// A number written on a card, that is no small whole one.
    #[must_use]
    pub fn number(&self, place: u32) -> Votes {
        self.numbers[place as usize]
    }

    /// A cell as a card would write it.
    #[must_use]
    pub fn shown(&self, cell: Cell, item: &Item) -> String {
        match cell {
            Cell::Blank => String::new(),
            Cell::Mark(mark) => mark.name().to_owned(),
            Cell::Choice(place) => match &item.kind {
                ItemKind::Frequency(choices) => choices[usize::from(place)].id.clone(),
                ItemKind::Election(_) | ItemKind::Proposal(_) => String::new(),
            },
            Cell::Whole(votes) => votes.to_string(),
            Cell::Number(place) => self.number(place).to_string(),
            Cell::Percent(hundredths) => Percent(hundredths).to_string(),
        }
    }
}

fn cells_of(blocks: &[Vec<Cell>], width: usize, id: MarkingId) -> &[Cell] {
    let place = id.0 as usize;
    let start = place % Markings::BLOCK * width;
    &blocks[place / Markings::BLOCK][start..start + width]
}

/// A percentage with at most two decimals, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent(pub u32);

impl Percent {
    /// Reads `60%` or `33.33%`; nothing for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%')?.trim_end();
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "00"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(decimals) || decimals.len() > 2 || whole.len() > 6 {
            return None;
        }
        let hundredths: u32 = format!("{decimals:0<2}").parse().ok()?;
        Some(Self(whole.parse::<u32>().ok()? * 100 + hundredths))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match (hundredths, hundredths % 10) {
            (0, _) => write!(f, "{whole}%"),
            (_, 0) => write!(f, "{whole}.{}%", hundredths / 10),
            _ => write!(f, "{whole}.{hundredths:02}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_any_case_long_or_short() {
        assert_eq!(Mark::parse("for"), Some(Mark::For));
        assert_eq!(Mark::parse("W"), Some(Mark::Withhold));
        assert_eq!(Mark::parse("b"), Some(Mark::Abstain));
        assert_eq!(Mark::parse("yes"), None);
        assert_eq!(Mark::parse(""), None);
    }

    #[test]
    fn equal_numbers_are_the_same_cell_and_others_are_not() {
        let mut markings = Markings::new(1);
        let mut cell = |text: &str| markings.number_cell(Votes::parse(text).expect("an amount"));
        assert_eq!([cell("5"), cell("5.000000"), cell("4294967295")].map(Cell::is_cumulated), [true; 3]);
        assert_eq!((cell("5"), cell("4294967295")), (Cell::Whole(5), Cell::Whole(u32::MAX)));
        assert_eq!(cell("5.0"), cell("5"));
        // 2^32, which is no longer small, and half a vote.
        assert_eq!([cell("4294967296"), cell("0.5"), cell("4294967296.0")], [0, 1, 0].map(Cell::Number));
        assert_eq!(markings.number(0), Votes::whole(4_294_967_296));
    }

    #[test]
    fn rows_of_marks_are_found_again_in_every_block() {
        let rows = u32::try_from(2 * Markings::BLOCK + 3).expect("a small number");
        let mut markings = Markings::new(2);
        for row in 0..rows {
            assert_eq!(markings.intern(&[Cell::Whole(row), Cell::Blank]), MarkingId(row));
        }
        for row in 0..rows {
            assert_eq!(markings.intern(&[Cell::Whole(row), Cell::Blank]), MarkingId(row), "known");
            assert_eq!(markings.cells(MarkingId(row)), [Cell::Whole(row), Cell::Blank]);
        }
    }

    #[test]
    fn a_percentage_has_at_most_two_decimals() {
        for (text, hundredths, shown) in [
            ("60%", 6000, "60%"),
            ("33.33%", 3333, "33.33%"),
            ("0.5%", 50, "0.5%"),
            ("100.05%", 10005, "100.05%"),
        ] {
            assert_eq!(Percent::parse(text), Some(Percent(hundredths)));
            assert_eq!(Percent(hundredths).to_string(), shown);
        }
        for text in ["60", "%", "60.123%", "-5%", "1e2%", ".5%", "5.%"] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
    }
}
