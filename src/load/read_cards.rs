//! Card files: proxies and ballots, a row each.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use hashbrown::DefaultHashBuilder;
use jiff::civil::Date;

use super::FileFigures;
use super::accounts::{AccountId, Accounts, Interner};
use super::card::{CardId, Medium, SignedState};
use super::cards::{CardFile, CardRow, Cards};
use super::cells::{class_of, one_of_names, read_amount, read_date, read_moment};
use super::details::{CardDetails, CardDetailsStore, NO_CLASS, NO_FORM, NONE};
use super::extras::{CardExtra, CardExtras, ExtraColumns, read_extra};
use super::mark_cells::read_mark;
use super::problem::{Problems, not_known};
use super::runs::Runs;
use super::signers::CardContext;
use super::table::{Corrections, CsvTable, Known, Row, RowReader, Rows, columns};
use super::texts::{Key, Texts};
use crate::amount::Shares;
use crate::ballot::{Cell, Layout, MarkingId, Markings};
use crate::catalogue::Code;
use crate::keying::{CORRECTIONS, Correction};
use crate::meeting::{Meeting, Mode};
use crate::text::quoted;
use crate::time::{Moment, Times};

const REQUIRED: [&str; 3] = ["card", "account", "received"];
const OPTIONAL: [&str; 15] = [
    "kind",
    "form",
    "medium",
    "signed",
    "signer",
    "dated",
    "class",
    "shares",
    "irrevocable",
    "valid_until",
    "batch",
    "clerk",
    "contradiction",
    "items",
    "correction",
];
pub(super) const FIXED_COLUMNS: [&str; 18] = [
    "card",
    "account",
    "received",
    "kind",
    "form",
    "medium",
    "signed",
    "signer",
    "dated",
    "class",
    "shares",
    "irrevocable",
    "valid_until",
    "batch",
    "clerk",
    "contradiction",
    "items",
    "correction",
];
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
const EXTRA: ExtraColumns =
    ExtraColumns { irrevocable: 11, valid_until: 12, batch: 13, clerk: 14, contradiction: 15, items: 16 };
const CORRECTION: usize = 17;
const MARKS: usize = FIXED_COLUMNS.len();

/// The columns that a card file may have.
pub(super) fn known_columns(layout: &Layout) -> Vec<Known> {
    let marks = layout.columns.iter().map(|c| Known { name: c.header.clone(), is_required: false });
    columns(&REQUIRED, &OPTIONAL).into_iter().chain(marks).collect()
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
    extras: CardExtras,
    markings: Markings,
    sum: Option<Shares>,
}

impl CardsPiece {
    /// Nothing yet, with room for so many cards.
    fn new(markings: Markings, expected: usize) -> Self {
        let mut numbers = Texts::default();
        numbers.try_reserve(expected);
        Self {
            rows: Vec::with_capacity(expected),
            numbers,
            lines: Runs::default(),
            unknown: Vec::new(),
            details: CardDetailsStore::default(),
            signers: Interner::default(),
            extras: CardExtras::default(),
            markings,
            sum: Some(Shares::ZERO),
        }
    }
}

struct CardReader<'a> {
    table: &'a CsvTable<'a>,
    context: &'a CardContext<'a>,
    accounts: &'a Accounts,
    layout: &'a Layout,
    /// Where the columns stand that [`CommonCells`] is read from.
    spans: Vec<(usize, usize)>,
    has_extras: bool,
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
    /// Whether it is a ballot that names a form.
    is_ballot_with_form: bool,
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
        let next = CardsPiece::new(self.piece.markings.apart(), self.piece.rows.len());
        std::mem::replace(&mut self.piece, next)
    }
}

impl CardReader<'_> {
    fn read_row(&mut self, row: &Row<'_>, account: Key<'_>, found: Option<u32>, problems: &mut Problems) {
        let table = self.table;
        let line = row.line;
        if table.is_corrected(line) {
            return;
        }
        let number = row.key(CARD);
        for (column, key) in [(CARD, number), (ACCOUNT, account)] {
            if key.is_empty() {
                table.problem(problems, line, column, Code::CellEmpty.fault("must not be empty"));
            }
        }
        if self.context.meeting.papers.mode == Mode::Live && is_of_a_test(row.get(CARD)) {
            let message =
                format!("{} is the number of a test card, and the meeting is no test", quoted(row.get(CARD)));
            table.problem(problems, line, CARD, Code::TestCard.fault(message));
        }
        let received = self.moment(row, problems);
        let common = self.common_cells(row, problems);
        let dated = read_date(table, line, DATED, row.get(DATED), problems).flatten();
        let known = found.map(AccountId).filter(|account| account.place() < self.context.known_accounts);
        let limit = read_limit(table, row, problems);
        let extra = self.extra(row, common, problems);
        let text = row.get(SIGNER);
        // Of an account that is not there, the inspector may yet say whose it is.
        let is_of_joint = || known.is_none_or(|account| self.context.holdings.of(account).is_joint);
        let signer = (!text.is_empty() && is_of_joint()).then(|| self.piece.signers.intern(text));
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
        // Rule: by telephone and Internet the date is that of receipt.
        let dated = if common.medium.is_electronic() { Some(received.day) } else { dated };
        let details = self.piece.details.place(CardDetails {
            day: received.day,
            dated: dated.unwrap_or(Date::ZERO),
            limit: limit.unwrap_or(Shares::ZERO),
            signer: signer.unwrap_or(NONE),
            extra,
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

    fn extra(&mut self, row: &Row<'_>, common: CommonCells, problems: &mut Problems) -> u32 {
        if !self.has_extras && !common.is_ballot_with_form {
            return NONE;
        }
        let read = read_extra(self.table, row, EXTRA, &self.context.meeting.items, problems);
        let extra = CardExtra { is_ballot_with_form: common.is_ballot_with_form, ..read };
        self.piece.extras.place(extra)
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
        let columns = self.layout.columns.iter().enumerate();
        for (cell, (place, column)) in self.cells.iter_mut().zip(columns) {
            let markings = &mut self.piece.markings;
            *cell = read_mark(table, row, MARKS + place, (meeting, column), markings, problems);
            // The columns of an item that was withdrawn are accepted and not counted.
            if meeting.items[column.item].is_withdrawn {
                *cell = Cell::Blank;
            }
        }
        let marking = self.piece.markings.intern(&self.cells);
        let is_ballot_with_form = is_ballot && !row.get(FORM).is_empty();
        CommonCells { form, medium, signed, class, is_ballot_with_form, marking }
    }
}

/// Whether a card number is one that test cards have.
fn is_of_a_test(number: &str) -> bool {
    number.get(..5).is_some_and(|first| first.eq_ignore_ascii_case("TEST-"))
}

/// How rows of a file put right rows before them, where they may.
pub(super) fn corrections(table: &CsvTable<'_>) -> Option<Corrections> {
    table.has(CORRECTION).then_some(corrected as Corrections)
}

/// The lines of a file that later lines of it put right, and of those that only take others away.
fn corrected(table: &CsvTable<'_>, problems: &mut Problems) -> HashSet<u64> {
    // Per card, the line that stands.
    let mut standing: HashMap<String, u64> = HashMap::new();
    let mut lines = HashSet::new();
    table.rows(&mut Problems::default(), |row, _| {
        let number = row.get(CARD);
        let said = row.get(CORRECTION);
        if said.is_empty() {
            standing.entry(number.to_owned()).or_insert(row.line);
            return;
        }
        let Some(correction) = Correction::from_name(said) else {
            let fault = not_known(Code::WordUnknown, said, "a correction", &CORRECTIONS);
            table.problem(problems, row.line, CORRECTION, fault);
            return;
        };
        let Some(before) = standing.remove(number) else {
            let message = format!("no row of card {} stands before it in this file", quoted(number));
            table.problem(problems, row.line, CORRECTION, Code::CorrectionRefused.fault(message));
            return;
        };
        lines.insert(before);
        match correction {
            Correction::Replaces => _ = standing.insert(number.to_owned(), row.line),
            Correction::Withdraws => _ = lines.insert(row.line),
        }
    });
    lines
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
    let (width, markings) = (layout.columns.len(), cards.markings.apart());
    let reader = || CardReader {
        table,
        context,
        accounts: &*accounts,
        layout,
        spans: spans_of_common_cells(table, layout),
        has_extras: EXTRA.has_any(table),
        common: HashMap::default(),
        wanted: Vec::new(),
        times: Times::default(),
        cells: vec![Cell::Blank; width],
        found: Vec::new(),
        piece: CardsPiece::new(markings.apart(), 0),
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
        let extras = cards.extras.absorb(&piece.extras);
        let details = cards.details.absorb(&piece.details, &signers, &extras);
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
        problems.in_file(
            table.label(),
            Code::FileLimit.fault("has more than the 4,294,967,295 cards that are read"),
        );
        return None;
    }
    for (place, text) in unknown {
        if let Some(account) = accounts.intern(&text) {
            cards.rows[place].account = AccountId(account);
        }
    }
    for (row, line) in lines.starts() {
        let first = CardId(u32::try_from(first + row).unwrap_or(u32::MAX));
        cards.files.push(CardFile {
            path: table.label().to_owned(),
            sheet: table.sheet().map(str::to_owned),
            first,
            line,
        });
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
            table.problem(
                problems,
                again,
                CARD,
                Code::RowRepeated.fault(format!("{} is already on {at}", quoted(number))),
            );
        }
    }
}

fn read_form(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    is_ballot: bool,
    problems: &mut Problems,
) -> Option<u16> {
    let text = row.get(FORM);
    if text.is_empty() {
        return (!is_ballot).then_some(0);
    }
    let found = meeting.forms.iter().position(|form| form.id == text);
    if found.is_none() {
        let names: Vec<&str> = meeting.forms.iter().map(|form| form.id.as_str()).collect();
        table.problem(
            problems,
            row.line,
            FORM,
            not_known(Code::ReferenceUnknown, text, "a form of proxy", &names),
        );
    }
    // VAL-10: a ballot that names a form is held.
    (!is_ballot).then(|| u16::try_from(found.unwrap_or(0)).unwrap_or(0))
}

/// The signature. A proxy by mail must say where the file has the column; a ballot's blank means
/// signed, and telephone and Internet need none.
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
            table.problem(
                problems,
                row.line,
                SIGNED,
                Code::CardContradiction.fault("a proxy by mail must say `yes`, `no` or `mismatch`"),
            );
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
    class_of(table, row, CLASS, meeting, problems)
}

fn read_limit(table: &CsvTable<'_>, row: &Row<'_>, problems: &mut Problems) -> Option<Shares> {
    if row.get(SHARES).is_empty() {
        return None;
    }
    let limit = read_amount(table, row, SHARES, Shares::parse, problems)?;
    if limit.is_zero() {
        let message = format!("{} must be more than zero", quoted(row.get(SHARES)));
        table.problem(problems, row.line, SHARES, Code::CardContradiction.fault(message));
    }
    Some(limit)
}
