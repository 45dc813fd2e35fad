//! Card files: proxies and ballots, a row each.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use hashbrown::DefaultHashBuilder;
use jiff::civil::Date;

use super::FileFigures;
use super::accounts::{AccountId, Accounts, Interner};
use super::details::{CardDetails, CardDetailsStore, NO_CLASS, NO_FORM, NONE};
use super::holdings::Holdings;
use super::others::{read_date, read_moment};
use super::problem::{Problems, not_known};
use super::register::{CoHolder, amount};
use super::runs::Runs;
use super::table::{CsvTable, Known, Row, RowReader, Rows, columns};
use super::texts::{Index, Key, Texts};
use crate::amount::{Shares, Votes};
use crate::ballot::{Cell, Layout, Mark, MarkingId, Markings, Percent};
use crate::meeting::{ItemKind, JointHolders, Meeting};
use crate::parallel::Threads;
use crate::text::{one_of, quoted};
use crate::time::{Moment, Times};

const REQUIRED: [&str; 3] = ["card", "account", "received"];
const OPTIONAL: [&str; 8] = ["kind", "form", "medium", "signed", "signer", "dated", "class", "shares"];
pub(super) const FIXED_COLUMNS: [&str; 11] =
    ["card", "account", "received", "kind", "form", "medium", "signed", "signer", "dated", "class", "shares"];
const CARD: usize = 0;
const ACCOUNT: usize = 1;
const RECEIVED: usize = 2;
const KIND: usize = 3;
const FORM: usize = 4;
const MEDIUM: usize = 5;
const SIGNED: usize = 6;
const SIGNER: usize = 7;
const DATED: usize = 8;
const CLASS: usize = 9;
const SHARES: usize = 10;
const MARKS: usize = 11;

/// A card, by its place in the order of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId(pub u32);

impl CardId {
    /// Its place, for indexing.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// How a card came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Medium {
    /// On paper.
    Mail,
    /// By telephone.
    Telephone,
    /// Over the Internet.
    Internet,
    /// Handed in at the meeting.
    InPerson,
}

impl Medium {
    /// In the order of the enumeration.
    const NAMES: [(&'static str, Self); 4] = [
        ("mail", Self::Mail),
        ("telephone", Self::Telephone),
        ("internet", Self::Internet),
        ("in_person", Self::InPerson),
    ];

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// Whether identity is shown otherwise than by a signature.
    #[must_use]
    pub fn is_electronic(self) -> bool {
        matches!(self, Self::Telephone | Self::Internet)
    }
}

/// What the tabulator saw of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignedState {
    /// Signed, or no signature is needed.
    Yes,
    /// Not signed.
    No,
    /// It looks like someone else's.
    Mismatch,
}

/// A proxy card or a ballot.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Whose.
    pub account: AccountId,
    /// When it reached the tabulator.
    pub received: Moment,
    /// The date on it; by telephone and Internet, the day it was received.
    pub dated: Option<Date>,
    /// Its marks.
    pub marking: MarkingId,
    details: u32,
    /// The form of a proxy; nothing for a ballot.
    pub form: Option<u16>,
    /// How it came.
    pub medium: Medium,
    /// Its signature.
    pub signed: SignedState,
}

/// A card as it is kept: there are tens of millions of them.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(4))]
struct CardRow {
    nanoseconds: i64,
    account: AccountId,
    marking: MarkingId,
    /// What else it says, by place.
    details: u32,
}

const _: () = assert!(size_of::<CardRow>() == 20);

impl Card {
    /// Whether it is a ballot.
    #[must_use]
    pub fn is_ballot(&self) -> bool {
        self.form.is_none()
    }
}

/// Cards on lines that follow each other: a file, or what stands between rows at fault. Card
/// `first + i` stands on line `line + i`.
#[derive(Debug, Clone)]
pub struct CardFile {
    /// The file, as it was named.
    pub path: String,
    /// The first card.
    pub first: CardId,
    /// Its line.
    pub line: u64,
}

/// Co-holders who signed, and those whom the register names.
#[derive(Debug, Default)]
pub(super) struct Signers {
    pub(super) names: Interner,
    pub(super) known: KnownSigners,
}

/// Per joint account, the co-holders whom the register names.
pub(super) type KnownSigners = HashMap<AccountId, Vec<CoHolder>>;

impl Signers {
    pub(super) fn new(known: KnownSigners) -> Self {
        Self { names: Interner::default(), known }
    }
}

/// Every card of a meeting, in the order of the files.
#[derive(Debug)]
pub struct Cards {
    rows: Vec<CardRow>,
    /// Where they stand.
    pub files: Vec<CardFile>,
    /// The columns of marks.
    pub layout: Layout,
    /// The distinct rows of marks.
    pub markings: Markings,
    numbers: Texts,
    /// Whether each number is greater than that of the card before, as text.
    are_numbers_rising: bool,
    /// Finds a card by its number; made when it is first asked for.
    by_number: OnceLock<Index>,
    details: CardDetailsStore,
    signers: Signers,
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

    /// Whose a card is.
    #[must_use]
    pub fn account(&self, id: CardId) -> AccountId {
        self.rows[id.place()].account
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
    }

    pub(super) fn signers_mut(&mut self) -> &mut Signers {
        &mut self.signers
    }
}

/// The columns that a card file may have.
pub(super) fn known_columns(layout: &Layout) -> Vec<Known> {
    let marks = layout.columns.iter().map(|c| Known { name: c.header.clone(), is_required: false });
    columns(&REQUIRED, &OPTIONAL).into_iter().chain(marks).collect()
}

/// What cards refer to.
pub(super) struct CardContext<'a> {
    pub(super) meeting: &'a Meeting,
    /// Accounts of the register and omnibus.csv; those after them are unknown.
    pub(super) known_accounts: usize,
    /// How many classes each known account holds and whether co-holders vote by statute.
    pub(super) holdings: &'a Holdings,
}

/// What is made of a piece of a file of cards. Places in it are its own.
struct CardsPiece {
    rows: Vec<CardRow>,
    numbers: Texts,
    lines: Runs,
    /// Rows whose account is neither on the register nor in omnibus.csv.
    unknown: Vec<(usize, String)>,
    details: CardDetailsStore,
    signers: Interner,
    markings: Markings,
    sum: Option<Shares>,
}

impl CardsPiece {
    /// Nothing yet, with room for so many cards.
    fn new(width: usize, expected: usize) -> Self {
        let mut numbers = Texts::default();
        numbers.try_reserve(expected);
        Self {
            rows: Vec::with_capacity(expected),
            numbers,
            lines: Runs::default(),
            unknown: Vec::new(),
            details: CardDetailsStore::default(),
            signers: Interner::default(),
            markings: Markings::new(width),
            sum: Some(Shares::ZERO),
        }
    }
}

struct CardReader<'a> {
    table: &'a CsvTable<'a>,
    context: &'a CardContext<'a>,
    accounts: &'a Accounts,
    layout: &'a Layout,
    known_signers: &'a KnownSigners,
    /// Where the columns stand that [`CommonCells`] is read from.
    spans: Vec<(usize, usize)>,
    /// What was read of them before, by what the file has there, and the text looked for.
    common: HashMap<Box<[u8]>, CommonCells, DefaultHashBuilder>,
    wanted: Vec<u8>,
    times: Times,
    cells: Vec<Cell>,
    found: Vec<Option<u32>>,
    piece: CardsPiece,
}

/// What a card says in the columns that say the same on many cards.
#[derive(Debug, Clone, Copy)]
struct CommonCells {
    /// Nothing: a ballot.
    form: Option<u16>,
    medium: Medium,
    signed: SignedState,
    class: Option<u16>,
    marking: MarkingId,
}

/// The most such texts that a reader remembers: beyond it they hardly recur.
const COMMON_CELLS_MAX: usize = 1 << 14;

impl RowReader for CardReader<'_> {
    type Output = CardsPiece;

    fn read(&mut self, rows: &Rows<'_>, problems: &mut Problems) {
        let keys: Vec<Key<'_>> = rows.iter().map(|row| row.key(ACCOUNT)).collect();
        let mut found = std::mem::take(&mut self.found);
        self.accounts.find_all(&keys, &mut found);
        for ((row, account), found) in rows.iter().zip(keys).zip(&found) {
            self.read_row(&row, account, *found, problems);
        }
        self.found = found;
    }

    fn take(&mut self) -> CardsPiece {
        // The places of the marks are those of the piece.
        self.common.clear();
        let next = CardsPiece::new(self.layout.columns.len(), self.piece.rows.len());
        std::mem::replace(&mut self.piece, next)
    }
}

impl CardReader<'_> {
    fn read_row(&mut self, row: &Row<'_>, account: Key<'_>, found: Option<u32>, problems: &mut Problems) {
        let table = self.table;
        let line = row.line;
        let number = row.key(CARD);
        for (column, key) in [(CARD, number), (ACCOUNT, account)] {
            if key.is_empty() {
                table.problem(problems, line, column, "must not be empty");
            }
        }
        let received = self.moment(row, problems);
        let common = self.common_cells(row, problems);
        let dated = read_date(table, line, DATED, row.get(DATED), problems).flatten();
        let known = found.map(AccountId).filter(|account| account.place() < self.context.known_accounts);
        let limit = read_limit(table, row, known, common.class, self.context, problems);
        let signer = known.and_then(|account| {
            let text = row.get(SIGNER);
            let names = &mut self.piece.signers;
            signer_of(table, line, SIGNER, text, account, self.context, self.known_signers, names, problems)
        });
        if let Some(limit) = limit {
            self.piece.sum = self.piece.sum.and_then(|sum| sum.checked_add(limit));
        }
        if number.is_empty() {
            return;
        }
        let place = self.piece.rows.len();
        if found.is_none() {
            self.piece.unknown.push((place, row.get(ACCOUNT).to_owned()));
        }
        self.piece.numbers.push(number);
        self.piece.lines.push(line);
        // A row at fault keeps its place: nothing is tabulated anyway.
        let received = received.unwrap_or(Moment::UNKNOWN);
        // Rule: by telephone and Internet the date is that of receipt (formats.md § 4).
        let dated = if common.medium.is_electronic() { Some(received.day) } else { dated };
        let details = self.piece.details.place(CardDetails {
            day: received.day,
            dated: dated.unwrap_or(Date::ZERO),
            limit: limit.unwrap_or(Shares::ZERO),
            signer: signer.unwrap_or(NONE),
            class: common.class.unwrap_or(NO_CLASS),
            form: common
                .form
                .map_or(NO_FORM, |form| u8::try_from(form).expect("there are at most a hundred forms")),
            medium: common.medium,
            signed: common.signed,
            is_day_only: received.is_day_only,
        });
        self.piece.rows.push(CardRow {
            nanoseconds: received.nanoseconds(),
            account: AccountId(found.unwrap_or(0)),
            marking: common.marking,
            details,
        });
    }

    fn moment(&mut self, row: &Row<'_>, problems: &mut Problems) -> Option<Moment> {
        let text = row.get(RECEIVED);
        if let Some(moment) = self.times.read(text, &self.context.meeting.zone) {
            return Some(moment);
        }
        read_moment(self.table, row.line, RECEIVED, text, self.context.meeting, problems)
    }

    /// What the row says in those columns. The same letters say the same.
    fn common_cells(&mut self, row: &Row<'_>, problems: &mut Problems) -> CommonCells {
        // Without its quotes a row no longer shows where its fields end.
        if row.is_unquoted {
            return self.read_common_cells(row, problems);
        }
        let mut several = std::mem::take(&mut self.wanted);
        let wanted = match self.spans.as_slice() {
            [(first, last)] => row.span(*first, *last).as_bytes(),
            spans => {
                several.clear();
                for (first, last) in spans {
                    several.extend_from_slice(row.span(*first, *last).as_bytes());
                    // No field holds a line end.
                    several.push(b'\n');
                }
                several.as_slice()
            }
        };
        let known = self.common.get(wanted).copied();
        let common = known.unwrap_or_else(|| {
            let before = problems.count();
            let common = self.read_common_cells(row, problems);
            if problems.count() == before && self.common.len() < COMMON_CELLS_MAX {
                self.common.insert(wanted.into(), common);
            }
            common
        });
        self.wanted = several;
        common
    }

    fn read_common_cells(&mut self, row: &Row<'_>, problems: &mut Problems) -> CommonCells {
        let (table, meeting) = (self.table, self.context.meeting);
        let is_ballot =
            one_of_names(table, row, KIND, &[("proxy", false), ("ballot", true)], problems).unwrap_or(false);
        let medium = one_of_names(table, row, MEDIUM, &Medium::NAMES, problems).unwrap_or(Medium::Mail);
        let form = read_form(table, row, meeting, is_ballot, problems);
        let signed = read_signed(table, row, is_ballot, medium, problems);
        let class = read_class(table, row, meeting, problems);
        for place in 0..self.cells.len() {
            self.cells[place] =
                read_mark(table, row, place, meeting, self.layout, &mut self.piece.markings, problems);
        }
        let marking = self.piece.markings.intern(&self.cells);
        CommonCells { form, medium, signed, class, marking }
    }
}

/// Where the columns stand in the file that [`CommonCells`] is read from: the first and the last field of each
/// run of them.
fn spans_of_common_cells(table: &CsvTable<'_>, layout: &Layout) -> Vec<(usize, usize)> {
    let marks = (0..layout.columns.len()).map(|column| MARKS + column);
    let columns = [KIND, FORM, MEDIUM, SIGNED, CLASS].into_iter().chain(marks);
    let mut places: Vec<usize> = columns.filter_map(|column| table.place(column)).collect();
    places.sort_unstable();
    places.chunk_by(|one, next| one + 1 == *next).map(|run| (run[0], run[run.len() - 1])).collect()
}

/// Reads a file of cards, and adds accounts that nobody has.
pub(super) fn read(
    table: &CsvTable<'_>,
    context: &CardContext<'_>,
    accounts: &mut Accounts,
    cards: &mut Cards,
    problems: &mut Problems,
) -> Option<FileFigures> {
    let first = cards.rows.len();
    let expected = table.rows_expected();
    let _ = cards.rows.try_reserve(expected);
    cards.numbers.try_reserve(expected);
    let layout = &cards.layout;
    let width = layout.columns.len();
    let reader = || CardReader {
        table,
        context,
        accounts: &*accounts,
        layout,
        known_signers: &cards.signers.known,
        spans: spans_of_common_cells(table, layout),
        common: HashMap::default(),
        wanted: Vec::new(),
        times: Times::default(),
        cells: vec![Cell::Blank; width],
        found: Vec::new(),
        piece: CardsPiece::new(width, 0),
    };
    let mut lines = Runs::default();
    let mut unknown: Vec<(usize, String)> = Vec::new();
    let mut sum = Some(Shares::ZERO);
    let commit = |piece: CardsPiece| {
        let base = cards.rows.len();
        lines.append(&piece.lines);
        cards.numbers.append(&piece.numbers);
        unknown.extend(piece.unknown.into_iter().map(|(place, text)| (base + place, text)));
        let signers: Vec<u32> =
            piece.signers.texts().iter().map(|name| cards.signers.names.intern(name)).collect();
        let details = cards.details.absorb(&piece.details, &signers);
        let markings = cards.markings.absorb(&piece.markings);
        cards.rows.extend(piece.rows.into_iter().map(|card| CardRow {
            marking: markings.get(card.marking.0 as usize).copied().unwrap_or(MarkingId(0)),
            details: details.get(card.details as usize).copied().unwrap_or(NONE),
            ..card
        }));
        sum = sum.and_then(|sum| sum.checked_add(piece.sum?));
    };
    let (row_count, ended) = table.read(reader, commit, problems)?;
    if u32::try_from(cards.rows.len()).is_err() {
        problems.in_file(table.label(), "has more than the 4,294,967,295 cards that are read");
        return None;
    }
    for (place, text) in unknown {
        if let Some(account) = accounts.intern(&text) {
            cards.rows[place].account = AccountId(account);
        }
    }
    for (row, line) in lines.starts() {
        let first = CardId(u32::try_from(first + row).unwrap_or(u32::MAX));
        cards.files.push(CardFile { path: table.label().to_owned(), first, line });
    }
    refuse_repeated(table, cards, first, problems);
    Some(FileFigures { rows: row_count, shares: sum, ended })
}

/// A card number stands once in all files together.
fn refuse_repeated(table: &CsvTable<'_>, cards: &mut Cards, first: usize, problems: &mut Problems) {
    // Numbers in their order need no index. The first of a later file is compared with the last before.
    let has_index = cards.by_number.get().is_some_and(|index| !index.is_empty());
    if !has_index && cards.numbers.is_rising_from(first, table.threads()) {
        return;
    }
    cards.are_numbers_rising = false;
    let mut index = cards.by_number.take().unwrap_or_default();
    let first = if index.is_empty() { 0 } else { first };
    let found = index.insert_from(&cards.numbers, first, table.threads());
    cards.by_number = OnceLock::from(index);
    // Earlier files hold no repeated ones that are not reported, so the least place is the first.
    let mut first_of: HashMap<&str, u32> = HashMap::new();
    for place in found {
        let number = cards.numbers.text(place as usize);
        let first = *first_of.entry(number).or_insert(place);
        if first != place {
            let (file, line) = cards.place(CardId(first));
            let at =
                if file == table.label() { format!("line {line}") } else { format!("line {line} of {file}") };
            let (_, again) = cards.place(CardId(place));
            table.problem(problems, again, CARD, format!("{} is already on {at}", quoted(number)));
        }
    }
}

fn one_of_names<T: Copy>(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    column: usize,
    names: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let text = row.get(column);
    if text.is_empty() {
        return None;
    }
    let found = names.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        table.problem(problems, row.line, column, not_known(text, "known", &names));
    }
    found.map(|(_, value)| *value)
}

fn read_form(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    is_ballot: bool,
    problems: &mut Problems,
) -> Option<u16> {
    let text = row.get(FORM);
    if is_ballot {
        if !text.is_empty() {
            table.problem(
                problems,
                row.line,
                FORM,
                format!("a ballot has no form of proxy, but {} is given", quoted(text)),
            );
        }
        return None;
    }
    if text.is_empty() {
        return Some(0);
    }
    let found = meeting.forms.iter().position(|form| form.id == text);
    if found.is_none() {
        let names: Vec<&str> = meeting.forms.iter().map(|form| form.id.as_str()).collect();
        table.problem(problems, row.line, FORM, not_known(text, "a form of proxy", &names));
    }
    Some(u16::try_from(found.unwrap_or(0)).unwrap_or(0))
}

/// The signature. A proxy by mail must say where the file has the column; a ballot's blank means
/// signed, and telephone and Internet need none (formats.md § 4, rules.md § 3).
fn read_signed(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    is_ballot: bool,
    medium: Medium,
    problems: &mut Problems,
) -> SignedState {
    const STATES: [(&str, SignedState); 3] =
        [("yes", SignedState::Yes), ("no", SignedState::No), ("mismatch", SignedState::Mismatch)];
    if !table.has(SIGNED) {
        return SignedState::Yes;
    }
    if row.get(SIGNED).is_empty() {
        if !is_ballot && medium == Medium::Mail {
            table.problem(problems, row.line, SIGNED, "a proxy by mail must say `yes`, `no` or `mismatch`");
        }
        return SignedState::Yes;
    }
    let state = one_of_names(table, row, SIGNED, &STATES, problems).unwrap_or(SignedState::Yes);
    if medium.is_electronic() { SignedState::Yes } else { state }
}

fn read_class(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<u16> {
    if row.get(CLASS).is_empty() {
        return None;
    }
    super::register::class_of(table, row, CLASS, meeting, problems)
}

fn read_limit(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    known: Option<AccountId>,
    class: Option<u16>,
    context: &CardContext<'_>,
    problems: &mut Problems,
) -> Option<Shares> {
    if row.get(SHARES).is_empty() {
        return None;
    }
    let limit = amount(table, row, SHARES, Shares::parse, problems)?;
    if limit.is_zero() {
        let message = format!("{} must be more than zero", quoted(row.get(SHARES)));
        table.problem(problems, row.line, SHARES, message);
    }
    if let Some(holding) = known.map(|account| context.holdings.of(account)) {
        if holding.class_count > 1 && class.is_none() {
            let message = "needs `class`, because the account holds several classes";
            table.problem(problems, row.line, SHARES, message);
        }
        if holding.is_joint && context.meeting.rules.joint_holders == JointHolders::Statute {
            let message = "joint holders who vote by statute vote all their shares; the cell must be empty";
            table.problem(problems, row.line, SHARES, message);
        }
    }
    Some(limit)
}

/// The co-holder in a cell. On a joint account whose holders the register names it must be one of
/// them; on other accounts whoever signed acts for the account, and the cell is ignored.
#[expect(clippy::too_many_arguments, reason = "a cell, its place and what it refers to")]
pub(super) fn signer_of(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    account: AccountId,
    context: &CardContext<'_>,
    known: &KnownSigners,
    names: &mut Interner,
    problems: &mut Problems,
) -> Option<u32> {
    if text.is_empty() || !context.holdings.of(account).is_joint {
        return None;
    }
    let holders = known.get(&account).map_or(&[][..], Vec::as_slice);
    if !holders.is_empty() && !holders.iter().any(|holder| holder.name == text) {
        let names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
        table.problem(problems, line, column, not_known(text, "a holder of this account", &names));
        return None;
    }
    Some(names.intern(text))
}

fn read_mark(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    meeting: &Meeting,
    layout: &Layout,
    markings: &mut Markings,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    if text.is_empty() {
        return Cell::Blank;
    }
    let column = &layout.columns[place];
    let mark = Mark::parse(text);
    let is_nominee = column.nominee.is_some();
    match &meeting.items[column.item].kind {
        ItemKind::Frequency(choices) => {
            let choice = choices
                .iter()
                .position(|choice| choice.id == text)
                .or_else(|| choices.iter().position(|choice| choice.id.eq_ignore_ascii_case(text)));
            if let Some(choice) = choice {
                return Cell::Choice(u16::try_from(choice).unwrap_or(u16::MAX));
            }
            if let Some(mark @ (Mark::Abstain | Mark::BrokerNonVote | Mark::Void)) = mark {
                return Cell::Mark(mark);
            }
            let ids = choices.iter().map(|choice| choice.id.as_str());
            let expected = one_of(ids.chain(["ABSTAIN", "NONVOTE", "VOID"]));
            refuse_mark(table, row, place, &format!("{expected}, or nothing"), problems)
        }
        ItemKind::Election(_) | ItemKind::Proposal(_) => {
            if let Some(mark) = mark {
                return Cell::Mark(mark);
            }
            if is_nominee {
                return read_cumulated(table, row, place, markings, problems);
            }
            let marks = one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"]);
            let item = &meeting.items[column.item];
            let remedy = match item.election().and_then(|election| election.nominees.first()) {
                Some(nominee) if Votes::parse(text).is_ok() || Percent::parse(text).is_some() => {
                    let header = quoted(&format!("{}.{}", item.id, nominee.id));
                    format!(" (cumulated votes stand in the column of a nominee, such as {header})")
                }
                _ => String::new(),
            };
            refuse_mark(table, row, place, &format!("{marks}, or nothing{remedy}"), problems)
        }
    }
}

fn read_cumulated(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    markings: &mut Markings,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    if let Some(Percent(hundredths)) = Percent::parse(text) {
        return Cell::Percent(hundredths);
    }
    let looks_like_amount = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    match Votes::parse(text) {
        Ok(votes) => markings.number_cell(votes),
        Err(error) if looks_like_amount && !text.ends_with('%') => {
            table.problem(problems, row.line, MARKS + place, format!("{} {error}", quoted(text)));
            Cell::Blank
        }
        Err(_) => {
            let marks = one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"]);
            let expected = format!(
                "{marks}, a number of votes such as `500`, a percentage such as `60%` or `33.33%`, or nothing"
            );
            refuse_mark(table, row, place, &expected, problems)
        }
    }
}

fn refuse_mark(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    expected: &str,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    table.problem(
        problems,
        row.line,
        MARKS + place,
        format!("{} is not a mark; expected {expected}", quoted(text)),
    );
    Cell::Blank
}

#[cfg(test)]
mod tests {
    use super::Medium;

    #[test]
    fn each_medium_has_its_own_name() {
        for (name, medium) in Medium::NAMES {
            assert_eq!(medium.name(), name);
        }
    }
}
