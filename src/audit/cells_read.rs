//! What was read of each card, cell by cell, for two results to be compared: a date keyed otherwise is told
//! even where it moves no figure. What is alike on many cards is kept once; of each card only its account and its
//! times are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::changes::CellChange;
use super::states::Names;
use crate::ballot::MarkingId;
use crate::load::{Card, SignedState};
use crate::tabulate::Tabulation;

/// Between the cells of a card. No cell holds it: control characters are refused.
const BETWEEN: char = '\u{1f}';

/// Between a column and its cell.
const IS: char = '\u{1e}';

/// The columns that are kept for each card.
const OWN: [&str; 3] = ["account", "received", "dated"];

/// The cells of cards, each card by its place.
#[derive(Debug, Default)]
pub(super) struct CellsRead {
    /// Account, time of receipt and date, one after the other.
    own: String,
    ends: Vec<usize>,
    /// Per card, its other cells and its marks, by place among those that there are.
    shared: Vec<(u32, u32)>,
    others: Names,
    marks: Names,
}

impl CellsRead {
    /// Adds a card: account, time of receipt, date; its other cells; its marks. Blank cells are left out.
    fn push(&mut self, own: [&str; 3], others: &str, marks: u32) {
        for (place, cell) in own.into_iter().enumerate() {
            if place > 0 {
                self.own.push(BETWEEN);
            }
            self.own.push_str(cell);
        }
        self.ends.push(self.own.len());
        let others = self.others.place_of(others);
        self.shared.push((others, marks));
    }

    /// The cells of every card of a tabulation, in the order of the files.
    pub(super) fn of(tabulation: &Tabulation) -> Self {
        let loaded = &tabulation.loaded;
        let mut read = Self::default();
        let mut known: HashMap<MarkingId, u32> = HashMap::new();
        let mut others = String::new();
        for id in loaded.cards.ids() {
            let card = loaded.cards.get(id);
            // By telephone and over the Internet it is the day of receipt, and no cell.
            let dated = card.dated.filter(|_| !card.medium.is_electronic());
            let dated = dated.map(|day| day.to_string()).unwrap_or_default();
            let received = card.received.in_zone(&loaded.meeting.zone);
            others.clear();
            other_cells(tabulation, &card, &mut others);
            let marks = match known.get(&card.marking) {
                Some(place) => *place,
                None => {
                    let place = read.marks.place_of(&marks_as_read(tabulation, card.marking));
                    known.insert(card.marking, place);
                    place
                }
            };
            read.push([loaded.accounts.text(card.account.0), &received, &dated], &others, marks);
        }
        read
    }

    /// Adds the row of a ledger, by column; its marks are not as they were read.
    pub(super) fn push_row<'a>(&mut self, cell: impl Fn(&str) -> &'a str) {
        let mut others = String::new();
        for column in ["form", "kind", "medium", "signed", "batch", "clerk", "items"] {
            push_cell(column, cell(column), &mut others);
        }
        let dated = if matches!(cell("medium"), "telephone" | "internet") { "" } else { cell("dated") };
        let none = self.marks.place_of("");
        self.push([cell("account"), cell("received"), dated], &others, none);
    }

    fn own_of(&self, card: usize) -> &str {
        let start = card.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.own[start..self.ends[card]]
    }

    /// What tells quickly whether cards of two results are alike.
    pub(super) fn beside<'a>(&'a self, after: &'a Self) -> Beside<'a> {
        let (others, marks) = (self.others.places_of(&after.others), self.marks.places_of(&after.marks));
        Beside { before: self, after, others, marks }
    }

    fn cells(&self, card: usize) -> BTreeMap<&str, &str> {
        let own = OWN.into_iter().zip(self.own_of(card).split(BETWEEN));
        let (others, marks) = self.shared[card];
        let shared = [self.others.text(others), self.marks.text(marks)];
        let cells = shared.into_iter().flat_map(|cells| cells.split(BETWEEN));
        own.chain(cells.filter_map(|cell| cell.split_once(IS))).collect()
    }
}

/// The cells of two results.
pub(super) struct Beside<'a> {
    before: &'a CellsRead,
    after: &'a CellsRead,
    others: Vec<Option<u32>>,
    marks: Vec<Option<u32>>,
}

impl Beside<'_> {
    /// Whether a card was read alike, by its place in each.
    pub(super) fn are_alike(&self, before: usize, after: usize) -> bool {
        let (others, marks) = self.after.shared[after];
        let there = (self.others[others as usize], self.marks[marks as usize]);
        let here = self.before.shared[before];
        there == (Some(here.0), Some(here.1)) && self.before.own_of(before) == self.after.own_of(after)
    }

    /// The cells that are not alike.
    pub(super) fn changes(&self, before: usize, after: usize) -> Vec<CellChange> {
        let (before, after) = (self.before.cells(before), self.after.cells(after));
        let columns: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let of =
            |cells: &BTreeMap<&str, &str>, column: &str| cells.get(column).copied().unwrap_or("").to_owned();
        let differing = columns.into_iter().filter(|column| of(&before, column) != of(&after, column));
        differing
            .map(|column| CellChange {
                column: column.to_owned(),
                before: of(&before, column),
                after: of(&after, column),
            })
            .collect()
    }
}

fn push_cell(column: &str, cell: &str, into: &mut String) {
    if cell.is_empty() {
        return;
    }
    if !into.is_empty() {
        into.push(BETWEEN);
    }
    into.push_str(column);
    into.push(IS);
    into.push_str(cell);
}

/// Form, kind and what few cards say.
fn other_cells(tabulation: &Tabulation, card: &Card, into: &mut String) {
    let loaded = &tabulation.loaded;
    let (meeting, cards) = (&loaded.meeting, &loaded.cards);
    match card.form {
        Some(form) => push_cell("form", &meeting.forms[usize::from(form)].id, into),
        None => push_cell("kind", "ballot", into),
    }
    push_cell("medium", card.medium.name(), into);
    let signed = match card.signed {
        SignedState::Yes => "yes",
        SignedState::No => "no",
        SignedState::Mismatch => "mismatch",
    };
    push_cell("signed", signed, into);
    if let Some(signer) = cards.signer_of(card) {
        push_cell("signer", cards.signer_name(signer), into);
    }
    if let Some(class) = cards.class(card) {
        push_cell("class", &meeting.classes[class].id, into);
    }
    if let Some(limit) = cards.limit(card) {
        push_cell("shares", &limit.to_string(), into);
    }
    let Some(extra) = cards.extra(card) else { return };
    push_cell("irrevocable", if extra.is_irrevocable { "yes" } else { "" }, into);
    push_cell("valid_until", &extra.valid_until.map(|day| day.to_string()).unwrap_or_default(), into);
    push_cell("batch", &extra.batch, into);
    push_cell("clerk", &extra.clerk, into);
    push_cell("contradiction", &extra.contradiction, into);
    let items: Vec<&str> =
        extra.items.iter().map(|item| meeting.items[usize::from(*item)].id.as_str()).collect();
    push_cell("items", &items.join(";"), into);
}

/// A card's marks as a card would write them, by column.
fn marks_as_read(tabulation: &Tabulation, marking: MarkingId) -> String {
    let cards = &tabulation.loaded.cards;
    let mut marks = String::new();
    for (column, cell) in cards.layout.columns.iter().zip(cards.markings.cells(marking)) {
        let item = &tabulation.loaded.meeting.items[column.item];
        push_cell(&column.header, &cards.markings.shown(*cell, item), &mut marks);
    }
    marks
}
