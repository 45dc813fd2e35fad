//! Texts that rows refer to, such as accounts and card numbers, and their index.
//!
//! A meeting has tens of millions of them, nearly all of a few characters. A short text is its own
//! cell of sixteen bytes, so that two are compared in one step; a longer one is kept apart.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::DefaultHashBuilder;

use crate::parallel::{Threads, parts};

/// The longest text that is its own cell.
const SHORT_MAX: usize = 15;

/// In the last byte of a cell: the text is kept apart, and the cell says where.
const IS_LONG: u8 = 0xff;

type Bytes = [u8; 16];

/// A text as it is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    /// Up to fifteen bytes, filled up with zeros, and their number.
    Short(Bytes),
    /// A longer text.
    Long(&'a str),
}

impl<'a> Key<'a> {
    /// The key of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let length = text.len();
        if length > SHORT_MAX {
            return Self::Long(text);
        }
        let mut cell = [0; 16];
        cell[..length].copy_from_slice(text.as_bytes());
        cell[SHORT_MAX] = u8::try_from(length).unwrap_or(IS_LONG);
        Self::Short(cell)
    }

    /// Whether it is that of an empty text.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Short(cell) if cell[SHORT_MAX] == 0)
    }

    /// The key of a text of which `bytes` are the next sixteen, what follows the text with them.
    pub(super) fn of_first(bytes: &Bytes, length: usize) -> Self {
        debug_assert!(length <= SHORT_MAX);
        let mask = (1_u128 << (length * 8)) - 1;
        let mut cell = (u128::from_le_bytes(*bytes) & mask).to_le_bytes();
        cell[SHORT_MAX] = u8::try_from(length).unwrap_or(IS_LONG);
        Self::Short(cell)
    }
}

/// Texts in a row, each by its place.
#[derive(Debug, Default)]
pub(super) struct Texts {
    cells: Vec<Bytes>,
    long: String,
}

impl Texts {
    pub(super) fn count(&self) -> usize {
        self.cells.len()
    }

    /// Makes room for so many more, where there is such room.
    pub(super) fn try_reserve(&mut self, more: usize) {
        let _ = self.cells.try_reserve(more);
    }

    /// Whether all from a place on are short and each is greater than the one before it: then none
    /// stands twice among them.
    pub(super) fn is_rising_from(&self, first: usize, threads: Threads) -> bool {
        let number = |cell: &Bytes| u128::from_be_bytes(*cell);
        let rises = |pair: &[Bytes]| {
            let is_short = pair[0][SHORT_MAX] != IS_LONG && pair[1][SHORT_MAX] != IS_LONG;
            is_short && number(&pair[0]) < number(&pair[1])
        };
        let cells = &self.cells[first.saturating_sub(1)..];
        let parts = parts(threads, cells.len().saturating_sub(1), |range| {
            cells[range.start..range.end + 1].windows(2).all(rises)
        });
        parts.into_iter().all(|rises| rises)
    }

    pub(super) fn push(&mut self, key: Key<'_>) {
        let cell = match key {
            Key::Short(cell) => cell,
            Key::Long(text) => {
                let cell = long_cell(self.long.len(), text.len());
                self.long.push_str(text);
                cell
            }
        };
        self.cells.push(cell);
    }

    /// Adds those of another row after these.
    pub(super) fn append(&mut self, other: &Self) {
        if other.long.is_empty() {
            self.cells.extend_from_slice(&other.cells);
        } else {
            (0..other.count()).for_each(|place| self.push(other.key(place)));
        }
    }

    /// Keeps those at the places for which `keeps` says so.
    pub(super) fn retain(&mut self, keeps: impl Fn(usize) -> bool) {
        let mut place = 0;
        self.cells.retain(|_| {
            place += 1;
            keeps(place - 1)
        });
    }

    /// Whether every text is of plain ASCII that can be seen, or blanks.
    pub(super) fn are_plain(&self, threads: Threads) -> bool {
        let is_odd = |byte: u8| !(0x20..0x7f).contains(&byte);
        let is_cell_odd = |cell: &Bytes| {
            let mut letters = *cell;
            letters[SHORT_MAX] = 0;
            // What fills a short text up is zero, which no text holds. All bytes at once: no early end.
            let odd = letters.iter().fold(false, |odd, byte| odd | (*byte != 0 && is_odd(*byte)));
            odd && cell[SHORT_MAX] != IS_LONG
        };
        let found = parts(threads, self.cells.len(), |range| self.cells[range].iter().any(is_cell_odd));
        !found.into_iter().any(|is_odd| is_odd) && !self.long.bytes().any(is_odd)
    }

    /// Looks at the text at a place, so that it is near at hand when it is wanted; what is returned
    /// means nothing.
    pub(super) fn touch(&self, place: usize) -> u8 {
        self.cells[place][SHORT_MAX]
    }

    /// The text at a place.
    pub(super) fn text(&self, place: usize) -> &str {
        let cell = &self.cells[place];
        let length = cell[SHORT_MAX];
        if length == IS_LONG {
            return self.long_text(cell);
        }
        std::str::from_utf8(&cell[..usize::from(length)]).unwrap_or_default()
    }

    fn long_text(&self, cell: &Bytes) -> &str {
        let (start, length) = long_place(cell);
        &self.long[start..start + length]
    }

    fn key(&self, place: usize) -> Key<'_> {
        let cell = self.cells[place];
        if cell[SHORT_MAX] == IS_LONG {
            Key::Long(self.long_text(&self.cells[place]))
        } else {
            Key::Short(cell)
        }
    }

    fn is(&self, place: usize, key: Key<'_>) -> bool {
        let cell = &self.cells[place];
        match key {
            Key::Short(wanted) => *cell == wanted,
            Key::Long(text) => cell[SHORT_MAX] == IS_LONG && self.long_text(cell) == text,
        }
    }
}

fn long_cell(start: usize, length: usize) -> Bytes {
    let mut cell = [0; 16];
    cell[..8].copy_from_slice(&(start as u64).to_le_bytes());
    cell[8..15].copy_from_slice(&(length as u64).to_le_bytes()[..7]);
    cell[SHORT_MAX] = IS_LONG;
    cell
}

fn long_place(cell: &Bytes) -> (usize, usize) {
    let number = |bytes: &[u8]| {
        let mut all = [0; 8];
        all[..bytes.len()].copy_from_slice(bytes);
        usize::try_from(u64::from_le_bytes(all)).unwrap_or(0)
    };
    (number(&cell[..8]), number(&cell[8..15]))
}

/// Finds texts by their content. Several threads may add at once; of equal texts one is in it.
///
/// Slots hold a place, counted from one, and a part of the text's hash. The hash is keyed anew in every
/// run, so that nobody can make a file whose texts all fall together; the key shows in no result.
#[derive(Debug, Default)]
pub(super) struct Index {
    slots: Vec<AtomicU64>,
    hasher: DefaultHashBuilder,
    count: usize,
}

const EMPTY: u64 = 0;

/// Keys that are looked for together, so that the memory is waited for once and not for each.
pub(super) const TOGETHER: usize = 64;

impl Index {
    /// An index with room for so many.
    fn with_room(count: usize) -> Self {
        // Two slots of three are used at most.
        let slot_count = (count + count / 2).max(64);
        Self { slots: bytemuck::zeroed_vec(slot_count), hasher: DefaultHashBuilder::default(), count: 0 }
    }

    /// Whether nothing was ever added.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    fn hash(&self, key: Key<'_>) -> u64 {
        match key {
            Key::Short(cell) => self.hasher.hash_one(u128::from_le_bytes(cell)),
            Key::Long(text) => self.hasher.hash_one(text),
        }
    }

    /// The first slot of a hash, and the part of it that the slot keeps.
    fn slot_of(&self, hash: u64) -> (usize, u64) {
        let wide = u128::from(hash) * self.slots.len() as u128;
        let slot = usize::try_from(wide >> 64).unwrap_or(0);
        (slot, hash << 32)
    }

    fn next(&self, slot: usize) -> usize {
        if slot + 1 == self.slots.len() { 0 } else { slot + 1 }
    }

    /// The place of a text.
    pub(super) fn find(&self, texts: &Texts, key: Key<'_>) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let (slot, tag) = self.slot_of(self.hash(key));
        let (slot, likely) = self.likely(slot, tag);
        self.find_from(texts, key, slot, tag, likely)
    }

    /// From a slot on, the first that is empty or has the tag, and what it holds.
    fn likely(&self, mut slot: usize, tag: u64) -> (usize, u64) {
        loop {
            let found = self.slots[slot].load(Ordering::Relaxed);
            if found == EMPTY || found & TAG == tag {
                return (slot, found);
            }
            slot = self.next(slot);
        }
    }

    /// The place of a text, of which `found` in `slot` has the tag if anything has it.
    fn find_from(
        &self,
        texts: &Texts,
        key: Key<'_>,
        mut slot: usize,
        tag: u64,
        mut found: u64,
    ) -> Option<u32> {
        while found != EMPTY {
            if texts.is(place_in(found), key) {
                return Some(number_in(found));
            }
            (slot, found) = self.likely(self.next(slot), tag);
        }
        None
    }

    /// The places of several texts.
    pub(super) fn find_all(&self, texts: &Texts, keys: &[Key<'_>], found: &mut Vec<Option<u32>>) {
        found.clear();
        if self.slots.is_empty() {
            found.resize(keys.len(), None);
            return;
        }
        for keys in keys.chunks(TOGETHER) {
            let mut slots = [(0, 0); TOGETHER];
            // The loads of a round do not wait for each other: first of the slots, ...
            let mut touched = 0;
            for (slot, key) in slots.iter_mut().zip(keys) {
                *slot = self.slot_of(self.hash(*key));
                touched ^= self.slots[slot.0].load(Ordering::Relaxed);
            }
            std::hint::black_box(touched);
            // ... then of the texts that have the tag, ...
            let mut likely = [(0, EMPTY); TOGETHER];
            let mut touched = 0;
            for (likely, (slot, tag)) in likely.iter_mut().zip(&slots[..keys.len()]) {
                *likely = self.likely(*slot, *tag);
                touched ^= texts.cells.get(place_in(likely.1)).map_or(0, |cell| cell[0]);
            }
            std::hint::black_box(touched);
            // ... which are then near at hand.
            for ((key, (_, tag)), (slot, likely)) in keys.iter().zip(slots).zip(likely) {
                found.push(self.find_from(texts, *key, slot, tag, likely));
            }
        }
    }

    /// Adds the text at a place. Where an equal one is in the index already, its place.
    fn add(&self, texts: &Texts, place: u32, key: Key<'_>, mut slot: usize, tag: u64) -> Option<u32> {
        let mine = tag | (u64::from(place) + 1);
        loop {
            let found = self.slots[slot].load(Ordering::Relaxed);
            if found == EMPTY {
                let put =
                    self.slots[slot].compare_exchange(EMPTY, mine, Ordering::Relaxed, Ordering::Relaxed);
                match put {
                    Ok(_) => return None,
                    // Another thread was here first; look again.
                    Err(_) => continue,
                }
            }
            if found & TAG == tag && texts.is(place_in(found), key) {
                return Some(number_in(found));
            }
            slot = self.next(slot);
        }
    }

    /// Makes room for so many, with those from the texts that are in it already.
    fn make_room(&mut self, texts: &Texts, count: usize) {
        if count + count / 2 <= self.slots.len() {
            return;
        }
        // Growing one by one, it doubles.
        let mut larger = Self::with_room(count.max(self.count * 2));
        for found in
            self.slots.iter().map(|slot| slot.load(Ordering::Relaxed)).filter(|found| *found != EMPTY)
        {
            let key = texts.key(place_in(found));
            let (slot, tag) = larger.slot_of(larger.hash(key));
            larger.add(texts, number_in(found), key, slot, tag);
        }
        larger.count = self.count;
        *self = larger;
    }

    /// Adds one text.
    pub(super) fn insert(&mut self, texts: &Texts, place: u32) -> Option<u32> {
        self.count += 1;
        self.make_room(texts, self.count);
        let key = texts.key(place as usize);
        let (slot, tag) = self.slot_of(self.hash(key));
        self.add(texts, place, key, slot, tag)
    }

    /// Adds all texts from a place on. Returns the places of those that have an equal, in order; of
    /// equal texts it is left open which is in the index.
    pub(super) fn insert_from(&mut self, texts: &Texts, first: usize, threads: Threads) -> Vec<u32> {
        self.make_room(texts, texts.count());
        self.count = texts.count();
        let index = &*self;
        let repeated = parts(threads, texts.count() - first, |range| {
            let mut repeated = Vec::new();
            let places: Vec<usize> = range.map(|place| first + place).collect();
            for places in places.chunks(TOGETHER) {
                let mut slots = [(0, 0); TOGETHER];
                for (slot, place) in slots.iter_mut().zip(places) {
                    *slot = index.slot_of(index.hash(texts.key(*place)));
                }
                let mut touched = 0;
                for (slot, _) in &slots[..places.len()] {
                    touched ^= index.slots[*slot].load(Ordering::Relaxed);
                }
                std::hint::black_box(touched);
                for (place, (slot, tag)) in places.iter().zip(slots) {
                    let number = u32::try_from(*place).unwrap_or(u32::MAX);
                    if let Some(other) = index.add(texts, number, texts.key(*place), slot, tag) {
                        repeated.extend([number, other]);
                    }
                }
            }
            repeated
        });
        let mut repeated: Vec<u32> = repeated.into_iter().flatten().collect();
        repeated.sort_unstable();
        repeated.dedup();
        repeated
    }

    /// Replaces every place in it.
    pub(super) fn renumber(&mut self, new: impl Fn(u32) -> u32) {
        for slot in &mut self.slots {
            let found = *slot.get_mut();
            if found != EMPTY {
                *slot.get_mut() = (found & TAG) | (u64::from(new(number_in(found))) + 1);
            }
        }
    }
}

const TAG: u64 = 0xffff_ffff_0000_0000;

/// The place in a slot that is not empty.
fn number_in(slot: u64) -> u32 {
    u32::try_from(slot & !TAG).unwrap_or(u32::MAX).wrapping_sub(1)
}

fn place_in(slot: u64) -> usize {
    number_in(slot) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::default();
        all.iter().for_each(|text| texts.push(Key::of(text)));
        texts
    }

    #[test]
    fn texts_are_given_back_short_and_long() {
        let all =
            ["", "A-1", "fifteen letters", "sixteen letters!", "Zürich", "A-1 and much more than fifteen"];
        let texts = texts(&all);
        for (place, text) in all.iter().enumerate() {
            assert_eq!(texts.text(place), *text);
        }
        let mut twice = Texts::default();
        twice.append(&texts);
        twice.append(&texts);
        assert_eq!((twice.text(9), twice.text(11)), (all[3], all[5]));
    }

    #[test]
    fn a_key_from_the_first_bytes_is_the_key_of_the_text() {
        let bytes = b"A-1,100,,FOR,FOR";
        for length in 0..=SHORT_MAX {
            let text = std::str::from_utf8(&bytes[..length]).expect("letters");
            let (Key::Short(one), Key::Short(other)) = (Key::of(text), Key::of_first(bytes, length)) else {
                panic!("both are short");
            };
            assert_eq!(one, other);
        }
    }

    #[test]
    fn an_index_finds_each_text_and_reports_every_repeated_one() {
        let numbers: Vec<String> = (0..40_000).map(|n| format!("account number {}", n % 39_990)).collect();
        let mut texts = Texts::default();
        numbers.iter().for_each(|text| texts.push(Key::of(text)));
        for threads in [1, 4] {
            let mut index = Index::default();
            let repeated = index.insert_from(&texts, 0, Threads::new(threads));
            let expected: Vec<u32> = (0..10).chain(39_990..40_000).collect();
            assert_eq!(repeated, expected);
            let keys: Vec<Key<'_>> = numbers.iter().map(|text| Key::of(text)).collect();
            let mut found = Vec::new();
            index.find_all(&texts, &keys, &mut found);
            for (number, found) in numbers.iter().zip(found) {
                assert_eq!(texts.text(found.expect("it was added") as usize), number);
            }
            assert_eq!(index.find(&texts, Key::of("account number 39990")), None);
        }
    }

    #[test]
    fn an_index_grows_one_by_one() {
        let mut texts = Texts::default();
        let mut index = Index::default();
        for n in 0..1000_u32 {
            texts.push(Key::of(&n.to_string()));
            assert_eq!(index.insert(&texts, n), None);
        }
        texts.push(Key::of("7"));
        assert_eq!(index.insert(&texts, 1000), Some(7));
        assert_eq!(index.find(&texts, Key::of("999")), Some(999));
    }
}
