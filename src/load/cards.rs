//! Every card of a meeting, in the order of the files: there are tens of millions of them.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::accounts::AccountId;
use super::card::{Card, CardId};
use super::details::{CardDetailsStore, NO_CLASS, NO_FORM, NONE};
use super::extras::{CardExtra, CardExtras};
use super::signers::Signers;
use super::texts::{Index, Key, Texts};
use crate::amount::Shares;
use crate::ballot::{Cell, Layout, MarkingId, Markings};
use crate::parallel::Threads;
use crate::time::Moment;

/// A card as it is kept: there are tens of millions of them.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(4))]
pub(super) struct CardRow {
    pub(super) nanoseconds: i64,
    pub(super) account: AccountId,
    pub(super) marking: MarkingId,
    /// What else it says, by place.
    pub(super) details: u32,
}

const _: () = assert!(size_of::<CardRow>() == 20);

/// Cards on lines that follow each other: a file, or what stands between rows at fault. Card
/// `first + i` stands on line `line + i`.
#[derive(Debug, Clone)]
pub struct CardFile {
    /// The file, as it was named.
    pub path: String,
    /// In a workbook, the sheet.
    pub sheet: Option<String>,
    /// The first card.
    pub first: CardId,
    /// Its line.
    pub line: u64,
}

/// Every card of a meeting, in the order of the files.
#[derive(Debug)]
pub struct Cards {
    pub(super) rows: Vec<CardRow>,
    /// Where they stand.
    pub files: Vec<CardFile>,
    /// The columns of marks.
    pub layout: Layout,
    /// The distinct rows of marks.
    pub markings: Markings,
    pub(super) numbers: Texts,
    /// Whether each number is greater than that of the card before, as text.
    pub(super) are_numbers_rising: bool,
    /// Finds a card by its number; made when it is first asked for.
    pub(super) by_number: OnceLock<Index>,
    pub(super) details: CardDetailsStore,
    pub(super) extras: CardExtras,
    pub(super) signers: Signers,
}

impl Cards {
    pub(super) fn new(layout: Layout, signers: Signers) -> Self {
        let markings = Markings::new(layout.columns.len());
        Self {
            rows: Vec::new(),
            files: Vec::new(),
            layout,
            markings,
            numbers: Texts::default(),
            are_numbers_rising: true,
            by_number: OnceLock::new(),
            details: CardDetailsStore::default(),
            extras: CardExtras::default(),
            signers,
        }
    }

    /// Every card's id.
    pub fn ids(&self) -> impl Iterator<Item = CardId> + use<> {
        (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).map(CardId)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// A card.
    #[must_use]
    pub fn get(&self, id: CardId) -> Card {
        let row = &self.rows[id.place()];
        let details = self.details.get(row.details);
        Card {
            account: row.account,
            received: Moment::of_parts(row.nanoseconds, details.day, details.is_day_only),
            dated: (details.dated != Date::ZERO).then_some(details.dated),
            marking: row.marking,
            details: row.details,
            form: (details.form != NO_FORM).then_some(u16::from(details.form)),
            medium: details.medium,
            signed: details.signed,
        }
    }

    /// The account that a card votes for.
    #[must_use]
    pub fn account(&self, id: CardId) -> AccountId {
        self.rows[id.place()].account
    }

    /// The only items that a card speaks of, by place; empty: all.
    #[must_use]
    pub fn scope(&self, card: &Card) -> &[u16] {
        self.extra(card).map_or(&[], |extra| &extra.items)
    }

    /// Whether any card speaks of some items only.
    #[must_use]
    pub fn has_scopes(&self) -> bool {
        self.extras.has_scopes()
    }

    /// Whether any card says in which batch it came or who keyed it.
    #[must_use]
    pub fn has_batches(&self) -> bool {
        self.extras.has_batches()
    }

    /// Says whose a card is. Returns whose it was.
    pub(super) fn set_account(&mut self, id: CardId, account: AccountId) -> AccountId {
        let row = &mut self.rows[id.place()];
        let before = row.account;
        row.account = account;
        before
    }

    /// Says what a card has in one of its columns of marks.
    pub(super) fn set_cell(&mut self, id: CardId, column: usize, cell: Cell) {
        let mut cells = self.markings.cells(self.rows[id.place()].marking).to_vec();
        cells[column] = cell;
        self.rows[id.place()].marking = self.markings.intern(&cells);
    }

    /// Its control number.
    #[must_use]
    pub fn number(&self, id: CardId) -> &str {
        self.numbers.text(id.place())
    }

    /// The order of two cards by their control numbers, as text.
    #[must_use]
    pub fn order(&self, one: CardId, other: CardId) -> Ordering {
        if self.are_numbers_rising { one.cmp(&other) } else { self.number(one).cmp(self.number(other)) }
    }

    /// Looks at all of a card before it is wanted: its beginning and its end may lie apart.
    pub(crate) fn touch(&self, id: CardId) -> u8 {
        let row = &self.rows[id.place()];
        let [first, ..] = row.nanoseconds.to_le_bytes();
        let [last, ..] = row.details.to_le_bytes();
        first ^ last
    }

    /// Looks at a card's control number before it is wanted.
    pub(crate) fn touch_number(&self, id: CardId) -> u8 {
        self.numbers.touch(id.place())
    }

    /// Whether every control number is of plain ASCII that can be seen, or blanks.
    #[must_use]
    pub fn are_numbers_plain(&self, threads: Threads) -> bool {
        self.numbers.are_plain(threads)
    }

    /// The card of a control number.
    #[must_use]
    pub fn find(&self, number: &str) -> Option<CardId> {
        let index = self.by_number.get_or_init(|| {
            let mut index = Index::default();
            index.insert_from(&self.numbers, 0, Threads::default());
            index
        });
        let found = index.find(&self.numbers, Key::of(number));
        found.map(CardId).filter(|id| id.place() < self.rows.len())
    }

    /// What few cards say beside what all say.
    #[must_use]
    pub fn extra(&self, card: &Card) -> Option<&CardExtra> {
        self.extras.get(self.details.get(card.details).extra)
    }

    /// All that cards say so, each once.
    #[must_use]
    pub fn extras(&self) -> &[CardExtra] {
        self.extras.all()
    }

    /// The shares that a card is limited to.
    #[must_use]
    pub fn limit(&self, card: &Card) -> Option<Shares> {
        let limit = self.details.get(card.details).limit;
        (!limit.is_zero()).then_some(limit)
    }

    /// The only class that a card speaks for.
    #[must_use]
    pub fn class(&self, card: &Card) -> Option<usize> {
        let class = self.details.get(card.details).class;
        (class != NO_CLASS).then_some(usize::from(class))
    }

    /// Which co-holder signed a card, by place among the signers.
    #[must_use]
    pub fn signer_of(&self, card: &Card) -> Option<u32> {
        let signer = self.details.get(card.details).signer;
        (signer != NONE).then_some(signer)
    }

    /// The name of a signer.
    #[must_use]
    pub fn signer_name(&self, signer: u32) -> &str {
        self.signers.names.text(signer)
    }

    /// The signer of a name, if any card or revocation names it.
    #[must_use]
    pub fn signer(&self, name: &str) -> Option<u32> {
        self.signers.names.find(name)
    }

    /// The file and the line of a card.
    #[must_use]
    pub fn place(&self, id: CardId) -> (&str, u64) {
        let file = self.files.partition_point(|file| file.first <= id) - 1;
        (&self.files[file].path, u64::from(id.0 - self.files[file].first.0) + self.files[file].line)
    }

    /// The sheet of a card, where its file is a workbook.
    #[must_use]
    pub fn sheet(&self, id: CardId) -> Option<&str> {
        let file = self.files.partition_point(|file| file.first <= id) - 1;
        self.files[file].sheet.as_deref()
    }

    /// Where a card stands, as messages say it: `cards.csv:3`, or `cards.xlsx:Votes!3`.
    #[must_use]
    pub fn at(&self, id: CardId) -> String {
        let (file, line) = self.place(id);
        match self.sheet(id) {
            Some(sheet) => format!("{file}:{sheet}!{line}"),
            None => format!("{file}:{line}"),
        }
    }

    /// Cards on lines that follow each other, with their file.
    pub fn runs(&self) -> impl Iterator<Item = (&str, Range<u32>)> {
        let end = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let ends = self.files.iter().skip(1).map(|next| next.first.0).chain([end]);
        self.files.iter().zip(ends).map(|(file, end)| (file.path.as_str(), file.first.0..end))
    }

    /// Puts the index of the numbers away when every file is read; where a number is looked for after
    /// all, it is made again.
    pub(super) fn put_index_away(&mut self) {
        self.by_number = OnceLock::new();
        self.markings.put_index_away();
    }

    pub(super) fn signers_mut(&mut self) -> &mut Signers {
        &mut self.signers
    }
}
