//! Texts that rows refer to, such as accounts and card numbers, and their index.
//!
//! A meeting has tens of millions of them, nearly all of a few characters. A short text is its own
//! cell of up to sixteen bytes, so that two are compared in one step; a longer one is kept apart.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, Ordering};

use hashbrown::DefaultHashBuilder;

use crate::parallel::{TOGETHER, Threads, parts};

/// The longest text that is its own cell, in bytes.
const SHORT_MAX: usize = 16;

/// As many bytes as a cell has, for texts that need no more: the narrower the cells, the more of them
/// are near at hand.
const WIDTHS: [usize; 3] = [8, 12, SHORT_MAX];

/// The last byte of a cell whose text is kept apart: no text in UTF-8 holds it.
const IS_LONG: u8 = 0xff;

/// A text as it is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    /// Up to sixteen bytes, none of them zero, the first the lowest of the number, and zeros after them.
    Short(u128),
    /// A longer text, or one with a zero byte.
    Long(&'a str),
}

impl<'a> Key<'a> {
    /// The key of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let length = text.len();
        if length > SHORT_MAX || memchr::memchr(0, text.as_bytes()).is_some() {
            return Self::Long(text);
        }
        let mut bytes = [0; SHORT_MAX];
        bytes[..length].copy_from_slice(text.as_bytes());
        Self::Short(u128::from_le_bytes(bytes))
    }

    /// Whether it is that of an empty text.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Short(0))
    }

    /// The key of a text without a zero byte of which `bytes` are the next sixteen, what follows the text
    /// with them.
    pub(super) fn of_first(bytes: &[u8; SHORT_MAX], length: usize) -> Self {
        Self::Short(u128::from_le_bytes(*bytes) & first_bytes(length))
    }
}

/// The lowest bytes of a number, so many.
fn first_bytes(count: usize) -> u128 {
    debug_assert!(count <= SHORT_MAX);
    if count == 0 { 0 } else { u128::MAX >> (8 * (SHORT_MAX - count)) }
}

/// How many bytes a cell's text has.
fn length_of(cell: u128) -> usize {
    SHORT_MAX - cell.leading_zeros() as usize / 8
}

/// Whether a cell says where its text is.
fn is_long(cell: u128) -> bool {
    cell >> (8 * (SHORT_MAX - 1)) == u128::from(IS_LONG)
}

/// Texts in a row, each by its place.
#[derive(Debug)]
pub(super) struct Texts {
    /// The cells, one after the other.
    bytes: Vec<u8>,
    /// Bytes of a cell: one of [`WIDTHS`], into which every short text fits; the greatest where there is a
    /// long one.
    width: usize,
    count: usize,
    long: String,
}

impl Default for Texts {
    fn default() -> Self {
        Self { bytes: Vec::new(), width: WIDTHS[0], count: 0, long: String::new() }
    }
}

impl Texts {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Makes room for so many more, where there is such room.
    pub(super) fn try_reserve(&mut self, more: usize) {
        let _ = self.bytes.try_reserve(more.saturating_mul(self.width));
    }

    /// Whether all from a place on are short and each is greater than the one before it: then none
    /// stands twice among them.
    pub(super) fn is_rising_from(&self, first: usize, threads: Threads) -> bool {
        let first = first.saturating_sub(1);
        let parts = parts(threads, (self.count - first).saturating_sub(1), |range| {
            // With the first byte the highest, numbers are in the order of their texts.
            let mut before = self.cell(first + range.start).swap_bytes();
            let mut is_rising = !is_long(self.cell(first + range.start));
            for place in range {
                let cell = self.cell(first + place + 1);
                let number = cell.swap_bytes();
                is_rising &= before < number && !is_long(cell);
                before = number;
            }
            is_rising
        });
        parts.into_iter().all(|rises| rises)
    }

    pub(super) fn push(&mut self, key: Key<'_>) {
        match key {
            Key::Short(cell) => {
                self.widen(length_of(cell));
                self.push_cell(cell);
            }
            Key::Long(text) => {
                self.widen(SHORT_MAX);
                self.push_cell(long_cell(self.long.len(), text.len()));
                self.long.push_str(text);
            }
        }
    }

    fn push_cell(&mut self, cell: u128) {
        let bytes = cell.to_le_bytes();
        // Each of a size that is known beforehand.
        match self.width {
            8 => self.bytes.extend_from_slice(&bytes[..8]),
            12 => self.bytes.extend_from_slice(&bytes[..12]),
            _ => self.bytes.extend_from_slice(&bytes),
        }
        self.count += 1;
    }

    /// Makes cells wide enough for so many bytes, and keeps the room that there is for more texts.
    fn widen(&mut self, length: usize) {
        if length <= self.width {
            return;
        }
        let room = self.bytes.capacity() / self.width;
        let width = WIDTHS.into_iter().find(|width| *width >= length).unwrap_or(SHORT_MAX);
        let mut wider = Self { width, ..Self::default() };
        wider.try_reserve(room);
        (0..self.count).for_each(|place| wider.push_cell(self.cell(place)));
        // No cell was wide enough to say where a long text is.
        *self = wider;
    }

    /// Adds those of another row after these.
    pub(super) fn append(&mut self, other: &Self) {
        self.widen(other.width);
        if other.long.is_empty() && other.width == self.width {
            self.bytes.extend_from_slice(&other.bytes);
            self.count += other.count;
        } else {
            (0..other.count).for_each(|place| self.push(other.key(place)));
        }
    }

    /// Keeps those at the places for which `keeps` says so.
    pub(super) fn retain(&mut self, keeps: impl Fn(usize) -> bool) {
        let width = self.width;
        let mut kept = 0;
        for place in (0..self.count).filter(|place| keeps(*place)) {
            self.bytes.copy_within(place * width..(place + 1) * width, kept * width);
            kept += 1;
        }
        self.bytes.truncate(kept * width);
        self.count = kept;
    }

    /// Whether every text is of plain ASCII that can be seen, or blanks.
    pub(super) fn are_plain(&self, threads: Threads) -> bool {
        let is_odd = |byte: u8| !(0x20..0x7f).contains(&byte);
        // What fills a short text up is zero, which no short text holds. All bytes at once: no early end.
        let any_odd =
            |bytes: &[u8]| bytes.iter().fold(false, |odd, byte| odd | (*byte != 0 && is_odd(*byte)));
        let width = self.width;
        let found = parts(threads, self.count, |range| {
            let bytes = &self.bytes[range.start * width..range.end * width];
            let is_cell_odd = |cell: &[u8]| cell[width - 1] != IS_LONG && any_odd(cell);
            any_odd(bytes) && bytes.chunks_exact(width).any(is_cell_odd)
        });
        !found.into_iter().any(|is_odd| is_odd) && !self.long.bytes().any(is_odd)
    }

    /// Looks at the text at a place, so that it is near at hand when it is wanted; what is returned
    /// means nothing.
    pub(super) fn touch(&self, place: usize) -> u8 {
        // Its beginning and its end may lie apart.
        let start = place * self.width;
        self.bytes[start] ^ self.bytes[start + self.width - 1]
    }

    /// Reads no more than the cell: what follows may be far away.
    fn cell(&self, place: usize) -> u128 {
        let start = place * self.width;
        let bytes = &self.bytes[start..start + self.width];
        let whole = |bytes: &[u8]| {
            let mut cell = [0; SHORT_MAX];
            cell[..bytes.len()].copy_from_slice(bytes);
            u128::from_le_bytes(cell)
        };
        // Each of a size that is known beforehand.
        match self.width {
            8 => whole(&bytes[..8]),
            12 => whole(&bytes[..12]),
            _ => whole(&bytes[..SHORT_MAX]),
        }
    }

    /// The text at a place.
    pub(super) fn text(&self, place: usize) -> &str {
        let cell = self.cell(place);
        if is_long(cell) {
            return self.long_text(cell);
        }
        let start = place * self.width;
        std::str::from_utf8(&self.bytes[start..start + length_of(cell)]).unwrap_or_default()
    }

    fn long_text(&self, cell: u128) -> &str {
        let (start, length) = long_place(cell);
        &self.long[start..start + length]
    }

    fn key(&self, place: usize) -> Key<'_> {
        let cell = self.cell(place);
        if is_long(cell) { Key::Long(self.long_text(cell)) } else { Key::Short(cell) }
    }

    fn is(&self, place: usize, key: Key<'_>) -> bool {
        let cell = self.cell(place);
        match key {
            Key::Short(wanted) => cell == wanted,
            Key::Long(text) => is_long(cell) && self.long_text(cell) == text,
        }
    }
}

/// Where a long text stands: its start in the lower half, its length and the mark in the upper.
fn long_cell(start: usize, length: usize) -> u128 {
    let length = (length as u128) << 64 & first_bytes(SHORT_MAX - 1);
    u128::from(IS_LONG) << (8 * (SHORT_MAX - 1)) | length | start as u128
}

fn long_place(cell: u128) -> (usize, usize) {
    let start = cell & first_bytes(8);
    let length = (cell & first_bytes(SHORT_MAX - 1)) >> 64;
    (usize::try_from(start).unwrap_or(0), usize::try_from(length).unwrap_or(0))
}

/// Finds texts by their content. Several threads may add at once; of equal texts one is in it.
///
/// Slots hold a place, counted from one, and in the bits that places do not need a part of the text's hash, its
/// tag: a text of another tag is another text, and need not be compared. The hash is keyed anew in every run, so that nobody
/// can make a file whose texts all fall together; the key shows in no result.
#[derive(Debug, Default)]
pub(super) struct Index {
    slots: Vec<AtomicU32>,
    /// The bits of a slot that are the tag.
    tag_bits: u32,
    hasher: DefaultHashBuilder,
    count: usize,
}

const EMPTY: u32 = 0;

impl Index {
    /// An index with room for so many, of places below another number.
    fn with_room(count: usize, places: usize) -> Self {
        // Two slots of three are used at most.
        let slot_count = (count + count / 2).max(64);
        // Bits for as many places as the index can come to hold before it is made larger.
        let place_bits = usize::BITS - places.max(slot_count).leading_zeros();
        Self {
            slots: bytemuck::zeroed_vec(slot_count),
            tag_bits: u32::MAX.checked_shl(place_bits).unwrap_or(0),
            hasher: DefaultHashBuilder::default(),
            count: 0,
        }
    }

    /// Whether nothing was ever added.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    fn hash(&self, key: Key<'_>) -> u64 {
        match key {
            Key::Short(cell) => self.hasher.hash_one(cell),
            Key::Long(text) => self.hasher.hash_one(text),
        }
    }

    /// The first slot of a hash, and the part of it that the slot keeps.
    fn slot_of(&self, hash: u64) -> (usize, u32) {
        let wide = u128::from(hash) * self.slots.len() as u128;
        let slot = usize::try_from(wide >> 64).unwrap_or(0);
        // The lower half: the slot is of the upper.
        let [.., a, b, c, d] = hash.to_be_bytes();
        (slot, u32::from_be_bytes([a, b, c, d]) & self.tag_bits)
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
    fn likely(&self, mut slot: usize, tag: u32) -> (usize, u32) {
        loop {
            let found = self.slots[slot].load(Ordering::Relaxed);
            if found == EMPTY || found & self.tag_bits == tag {
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
        tag: u32,
        mut found: u32,
    ) -> Option<u32> {
        while found != EMPTY {
            let place = self.place_in(found);
            if texts.is(place as usize, key) {
                return Some(place);
            }
            (slot, found) = self.likely(self.next(slot), tag);
        }
        None
    }

    /// The place in a slot that is not empty.
    fn place_in(&self, found: u32) -> u32 {
        (found & !self.tag_bits).wrapping_sub(1)
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
                if likely.1 != EMPTY {
                    touched ^= texts.touch(self.place_in(likely.1) as usize);
                }
            }
            std::hint::black_box(touched);
            // ... which are then near at hand.
            for ((key, (_, tag)), (slot, likely)) in keys.iter().zip(slots).zip(likely) {
                found.push(self.find_from(texts, *key, slot, tag, likely));
            }
        }
    }

    /// Adds the text at a place. Where an equal one is in the index already, its place.
    fn add(&self, texts: &Texts, place: u32, key: Key<'_>, mut slot: usize, tag: u32) -> Option<u32> {
        let mine = tag | (place + 1);
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
            if found & self.tag_bits == tag && texts.is(self.place_in(found) as usize, key) {
                return Some(self.place_in(found));
            }
            slot = self.next(slot);
        }
    }

    /// Makes room for so many, with those from the texts that are in it already.
    fn make_room(&mut self, texts: &Texts, count: usize) {
        let has_bits = u32::try_from(texts.count()).is_ok_and(|last| last & self.tag_bits == 0);
        if count + count / 2 <= self.slots.len() && has_bits {
            return;
        }
        // Growing one by one, it doubles.
        let mut larger = Self::with_room(count.max(self.count * 2), texts.count());
        for found in
            self.slots.iter().map(|slot| slot.load(Ordering::Relaxed)).filter(|found| *found != EMPTY)
        {
            let place = self.place_in(found);
            let key = texts.key(place as usize);
            let (slot, tag) = larger.slot_of(larger.hash(key));
            larger.add(texts, place, key, slot, tag);
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
        let tag_bits = self.tag_bits;
        for slot in &mut self.slots {
            let found = *slot.get_mut();
            if found != EMPTY {
                *slot.get_mut() = (found & tag_bits) | (new((found & !tag_bits) - 1) + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::default();
        all.iter().for_each(|text| texts.push(Key::of(text)));
        texts
    }

    /// Texts of every length up to 18 bytes, so that each width of a cell is gone through; the last bytes of
    /// some are those of letters of several bytes.
    fn of_all_lengths() -> Vec<String> {
        (0..=18).flat_map(|length| ["x".repeat(length), format!("{}é", "y".repeat(length))]).collect()
    }

    #[test]
    fn texts_are_given_back_short_and_long() {
        let all = of_all_lengths();
        for (first, last) in
            (0..all.len()).flat_map(|first| (first..all.len()).map(move |last| (first, last)))
        {
            let mut one = texts(&[]);
            all[first..=last].iter().for_each(|text| one.push(Key::of(text)));
            // The shorter are narrower, and are added to wider ones; and the other way round.
            let mut other = texts(&["", "A-1"]);
            other.append(&one);
            other.append(&texts(&["A-2"]));
            one.append(&other);
            let wanted = || all[first..=last].iter().map(String::as_str);
            let wanted: Vec<&str> = wanted().chain(["", "A-1"]).chain(wanted()).chain(["A-2"]).collect();
            let found: Vec<&str> = (0..one.count()).map(|place| one.text(place)).collect();
            assert_eq!(found, wanted);
            for (place, text) in wanted.iter().enumerate() {
                let equal = |other: usize| one.is(other, Key::of(text));
                assert!(equal(place));
                assert!((0..wanted.len()).all(|other| equal(other) == (wanted[other] == *text)));
            }
            one.retain(|place| place % 3 != 1);
            let kept: Vec<&str> = wanted
                .iter()
                .enumerate()
                .filter(|(place, _)| place % 3 != 1)
                .map(|(_, text)| *text)
                .collect();
            assert_eq!((0..one.count()).map(|place| one.text(place)).collect::<Vec<_>>(), kept);
        }
    }

    /// A text may come from meeting.json, where a zero byte can be written.
    #[test]
    fn a_text_with_a_zero_byte_is_no_other() {
        let mut one = texts(&["A-1", "", "A-1\0"]);
        assert_eq!(one.text(2), "A-1\0");
        assert!(!one.is(0, Key::of("A-1\0")) && !one.is(1, Key::of("\0")) && one.is(2, Key::of("A-1\0")));
        let mut index = Index::default();
        assert!(index.insert_from(&one, 0, Threads::new(1)).is_empty());
        one.push(Key::of("A-1\0\0"));
        assert_eq!(index.find(&one, Key::of("A-1\0")), Some(2));
        assert_eq!(index.find(&one, Key::of("A-1\0\0")), None);
    }

    #[test]
    fn texts_rise_where_each_is_greater_than_the_one_before() {
        let rises = |all: &[&str]| texts(all).is_rising_from(0, Threads::new(1));
        assert!(rises(&[]) && rises(&["b"]));
        assert!(rises(&["", "A", "A-1", "A-1b", "A-2", "é", "ü"]));
        assert!(rises(&["C0000001", "C00000010", "C0000002", "sixteen letters!"]));
        assert!(!rises(&["A-1", "A-1"]) && !rises(&["A-2", "A-1"]) && !rises(&["A-1b", "A-1"]));
        // Of long ones it is not known.
        assert!(!rises(&["A-1", "seventeen letters"]) && !rises(&["seventeen letters", "x"]));
        let all = texts(&["D", "B", "C", "A"]);
        assert!(!all.is_rising_from(1, Threads::new(1)), "the one before is looked at");
        assert!(texts(&["D", "B", "C"]).is_rising_from(2, Threads::new(1)));
    }

    #[test]
    fn letters_that_cannot_be_seen_are_found() {
        let plain = |text: &str| texts(&["A-1", text, "B-1"]).are_plain(Threads::new(1));
        for text in of_all_lengths() {
            assert_eq!(plain(&text), text.is_ascii(), "{text}");
        }
        assert!(plain("a b ~") && !plain("tab\t") && !plain("del\u{7f}") && !plain("fifteen letters\t"));
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

    /// An index of three texts has few slots, but must have room in each for a place among seventy thousand.
    #[test]
    fn an_index_of_a_few_among_many_knows_their_places() {
        let numbers: Vec<String> = (0..70_000).map(|n| n.to_string()).collect();
        let mut texts = Texts::default();
        numbers.iter().for_each(|text| texts.push(Key::of(text)));
        let mut index = Index::default();
        for place in [0, 65_535, 69_999] {
            assert_eq!(index.insert(&texts, place), None);
            assert_eq!(index.find(&texts, Key::of(&numbers[place as usize])), Some(place));
        }
        index.renumber(|place| place - place % 2);
        assert_eq!(index.find(&texts, Key::of("65535")), None, "it is the place of 65534 now");
        assert_eq!(index.find(&texts, Key::of("0")), Some(0));
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
