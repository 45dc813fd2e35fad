//! ledger.csv: every card with its disposition and its effective marks, a row each in the order of
//! the files; exceptions.csv: those not plainly counted, the largest first.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::{ControlFlow, Range};
use std::sync::Mutex;

use hashbrown::DefaultHashBuilder;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::amount::Shares;
use crate::audit::fared::Fares;
use crate::audit::story;
use crate::ballot::MarkingId;
use crate::ballot::reading::{Cumulated, ItemReading, Line, MarkReader, MarkSetting, PoolUse};
use crate::determine::{Cause, Determination, Disposition, claimed};
use crate::load::{Card, CardId, Loaded, Medium, SignedState, hex};
use crate::meeting::{DateStyle, Item, ItemKind};
use crate::parallel::{TOGETHER, in_order, lock};
use crate::receipts::{Salts, Subtree, Tree, cells_of, leaf, perfect, rows};
use crate::tabulate::Tabulation;
use crate::time::{Times, push_day};

/// The digest of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerDigest {
    /// Its rows, without the header.
    pub rows: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The tree of receipts over its rows, where one is asked for.
    pub receipts: Option<ReceiptFigures>,
}

/// What the certificate says of the tree of receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFigures {
    /// Its root, in hexadecimal.
    pub root: String,
    /// The SHA-256 of the inspector's key, in hexadecimal.
    pub key_sha256: String,
    /// The columns of the ledger, by which a row is read.
    pub columns: Vec<String>,
}

/// Makes a cell harmless in a spreadsheet: one that would run as a formula, and one that already
/// begins with an apostrophe, gets an apostrophe before it. Taking one leading apostrophe away gives
/// the text back.
#[must_use]
pub fn harmless(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before it was made [`harmless`].
#[must_use]
pub(crate) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Whether a spreadsheet would run a cell, or it begins with the apostrophe that keeps one from that.
fn is_formula(cell: &str) -> bool {
    matches!(cell.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\''))
}

/// Up to so many cards the ledger is made for its digest alone, where nobody asks for the ledger.
pub const DIGEST_CARDS_MAX: usize = 500_000;

/// The most cards whose rows are made together. A power of two, so that they make whole subtrees of the receipts' tree.
const ROWS_TOGETHER: usize = 4096;
const _: () = assert!(ROWS_TOGETHER.is_power_of_two());

/// The most cells that are made together, or remembered: rows of many columns are made a few at a time.
const CELLS_TOGETHER: usize = 1 << 22;

/// Cards whose rows are made together in a ledger of so many columns of marks.
fn rows_together(columns: usize) -> usize {
    let fit = (CELLS_TOGETHER / columns.max(1)).clamp(1, ROWS_TOGETHER);
    1 << fit.ilog2()
}

/// Writes the ledger.
///
/// # Errors
/// What the writer reports.
pub fn write(tabulation: &Tabulation, out: impl Write + Send) -> io::Result<LedgerDigest> {
    write_with_receipts(tabulation, None, out)
}

/// Writes the ledger, and makes the tree of receipts over its rows where there are salts for them.
///
/// # Errors
/// What the writer reports.
pub fn write_with_receipts(
    tabulation: &Tabulation,
    salts: Option<&Salts>,
    mut out: impl Write + Send,
) -> io::Result<LedgerDigest> {
    let count = tabulation.loaded.cards.count();
    let mut hasher = Sha256::new();
    let head = header(tabulation, None)?;
    hasher.update(&head);
    let mut done = out.write_all(&head);
    let progress = &tabulation.loaded.progress;
    progress.begin("writing the ledger", count as u64);
    let id = |place: usize| CardId(u32::try_from(place).unwrap_or(u32::MAX));
    let subtrees = |first: usize, piece: &[u8]| {
        let salts = salts?;
        let leaf = |(place, row)| leaf(&salts.salt(place), row);
        Some(perfect((first as u64..).zip(rows(piece)).map(leaf)))
    };
    let mut tree = Tree::default();
    let together = rows_together(shown_columns(tabulation)) as u64;
    let take = |piece: &[u8], subtrees: Option<Vec<Subtree>>| {
        progress.advance(together);
        hasher.update(piece);
        subtrees.into_iter().flatten().for_each(|subtree| tree.add(subtree));
        done = out.write_all(piece);
        done.is_ok()
    };
    each_row(tabulation, count, id, |writer, id, rows| writer.row(id, rows), subtrees, take);
    done?;
    out.flush()?;
    let receipts = salts.map(|salts| ReceiptFigures {
        root: hex(&tree.finish().0),
        key_sha256: salts.key_sha256().to_owned(),
        columns: cells_of(&String::from_utf8_lossy(&head)),
    });
    Ok(LedgerDigest { rows: count as u64, sha256: hex(&hasher.finalize()), receipts })
}

/// Looks at what lies far apart before it is worked on: one kind after the other, so that little stands
/// between one look and the next.
fn fetch(tabulation: &Tabulation, ids: impl Iterator<Item = CardId> + Clone) {
    let Loaded { cards, accounts, .. } = &tabulation.loaded;
    let causes = ids.clone().map(|id| match tabulation.determined.determinations.get(id).cause {
        Some(Cause::Card(taker)) => cards.touch(taker) ^ cards.touch_number(taker),
        None | Some(Cause::Revocation(_) | Cause::Ruling(_)) => 0,
    });
    let numbers = ids.clone().map(|id| cards.touch(id) ^ cards.touch_number(id));
    let touched = causes.chain(numbers).fold(0, |all, one| all ^ one);
    let texts = ids.clone().fold(0, |all, id| all ^ accounts.touch(cards.account(id).0));
    let positions = ids.fold(0, |all, id| all ^ tabulation.electorate.touch(cards.account(id)));
    std::hint::black_box(touched ^ texts ^ positions);
}

/// Makes rows on several threads, and something of each piece of them that begins at a place; hands both on in
/// order, as long as they are taken.
fn each_row<T: Send>(
    tabulation: &Tabulation,
    count: usize,
    id: impl Fn(usize) -> CardId + Sync,
    row: impl Fn(&mut RowWriter<'_>, CardId, &mut Vec<u8>) + Sync,
    of_piece: impl Fn(usize, &[u8]) -> T + Sync,
    mut take: impl FnMut(&[u8], T) -> bool + Send,
) {
    // Rows handed on leave their room to those made next.
    let used: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
    let has_fared = Fares::of(tabulation).is_any();
    let together = rows_together(shown_columns(tabulation));
    let mut next = 0;
    in_order(
        tabulation.loaded.threads,
        || (RowWriter::new(tabulation, has_fared), 0..0),
        |(_, range): &mut (RowWriter<'_>, Range<usize>)| {
            *range = next..count.min(next + together);
            next = range.end;
            range.start < range.end
        },
        |(writer, range)| {
            let mut rows = lock(&used).pop().unwrap_or_default();
            rows.clear();
            for start in range.clone().step_by(TOGETHER) {
                let ids = (start..range.end.min(start + TOGETHER)).map(&id);
                fetch(tabulation, ids.clone());
                for id in ids {
                    row(writer, id, &mut rows);
                    rows.push(b'\n');
                }
            }
            let of_piece = of_piece(range.start, &rows);
            (rows, of_piece)
        },
        |(rows, of_piece)| {
            let goes_on = take(&rows, of_piece);
            lock(&used).push(rows);
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    );
}

/// Writes the exceptions: every card that is not plainly counted, the largest first.
///
/// # Errors
/// What the writer reports.
pub fn write_exceptions(tabulation: &Tabulation, mut out: impl Write + Send) -> io::Result<()> {
    let mut done = out.write_all(&header(tabulation, Some("why"))?);
    let exceptions = story::exceptions(tabulation);
    tabulation.loaded.progress.begin("writing the exceptions", exceptions.len() as u64);
    let row = |writer: &mut RowWriter<'_>, id: CardId, rows: &mut Vec<u8>| {
        writer.row(id, rows);
        rows.push(b',');
        push_text(rows, &writer.fares.why(id, DateStyle::Iso));
    };
    let together = rows_together(shown_columns(tabulation)) as u64;
    let write = |rows: &[u8], ()| {
        tabulation.loaded.progress.advance(together);
        done = out.write_all(rows);
        done.is_ok()
    };
    each_row(tabulation, exceptions.len(), |place| exceptions[place], row, |_, _| (), write);
    done?;
    out.flush()
}

/// How many columns of marks the ledger has.
fn shown_columns(tabulation: &Tabulation) -> usize {
    let columns = tabulation.loaded.cards.layout.columns.iter();
    columns.filter(|column| is_shown(tabulation, column)).count()
}

fn header(tabulation: &Tabulation, last: Option<&str>) -> io::Result<Vec<u8>> {
    let fixed = [
        "file",
        "line",
        "card",
        "account",
        "form",
        "kind",
        "medium",
        "dated",
        "received",
        "signed",
        "disposition",
        "reason",
        "cause",
        "shares_claimed",
        "shares_counted",
    ];
    let marks = tabulation.loaded.cards.layout.columns.iter().filter(|column| is_shown(tabulation, column));
    // Batch and clerk stand there where any card says them.
    let batch = tabulation.loaded.cards.has_batches().then_some(["batch", "clerk"]);
    let items = tabulation.loaded.cards.has_scopes().then_some("items");
    // So does how cards fared on single items otherwise than as they are marked.
    let fared = Fares::of(tabulation).is_any().then_some(ON_ITEMS);
    let fixed = fixed.into_iter().chain(batch.into_iter().flatten()).chain(items).chain(fared);
    let names = fixed.map(str::to_owned).chain(marks.map(|column| harmless(&column.header)));
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(names.chain(last.map(str::to_owned)))?;
    csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// An election's box is spread over its nominees; it has no column of its own.
fn is_shown(tabulation: &Tabulation, column: &crate::ballot::Column) -> bool {
    let is_election = tabulation.loaded.meeting.items[column.item].election().is_some();
    !is_election || column.nominee.is_some()
}

/// Writes a cell, [`harmless`] and in quotes where it needs them.
fn push_text(row: &mut Vec<u8>, text: &str) {
    let needs_quotes = text.bytes().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r'));
    if needs_quotes {
        row.push(b'"');
    }
    if is_formula(text) {
        row.push(b'\'');
    }
    if needs_quotes {
        row.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        row.push(b'"');
    } else {
        row.extend_from_slice(text.as_bytes());
    }
}

/// A form of proxy, none for a ballot, how the card came, and its date.
type FormAndDate = (Option<u16>, Medium, Option<Date>);

struct RowWriter<'a> {
    tabulation: &'a Tabulation,
    reader: MarkReader<'a>,
    times: Times,
    /// The cells from `form` to `dated` written before, between their commas.
    forms: HashMap<FormAndDate, Vec<u8>, DefaultHashBuilder>,
    /// The cells of marks read before, each after its comma.
    marks: HashMap<(MarkingId, MarkSetting), Vec<u8>, DefaultHashBuilder>,
    /// The commas of a card whose marks do not count.
    no_marks: Vec<u8>,
    has_batches: bool,
    has_scopes: bool,
    fares: Fares<'a>,
    /// Whether there is a column of how cards fared on single items.
    has_fared: bool,
}

/// The column of how cards fared on single items otherwise than as they are marked.
const ON_ITEMS: &str = "on_items";

/// Columns of a ledger between `shares_counted` and the marks, each there where a card needs it.
pub(super) const SOMETIMES: [&str; 4] = ["batch", "clerk", "items", ON_ITEMS];

/// The most kinds of cells that are remembered; beyond it they hardly recur.
const CELLS_MAX: usize = 1 << 16;

impl<'a> RowWriter<'a> {
    fn new(tabulation: &'a Tabulation, has_fared: bool) -> Self {
        let cards = &tabulation.loaded.cards;
        let reader = MarkReader::new(&tabulation.loaded.meeting, &cards.layout, &cards.markings);
        let columns = shown_columns(tabulation);
        let (times, forms, marks) = (Times::default(), HashMap::default(), HashMap::default());
        Self {
            tabulation,
            reader,
            times,
            forms,
            marks,
            no_marks: vec![b','; columns],
            has_batches: cards.has_batches(),
            has_scopes: cards.has_scopes(),
            fares: Fares::of(tabulation),
            has_fared,
        }
    }

    /// Writes a card's row, without the end of the line.
    fn row(&mut self, id: CardId, row: &mut Vec<u8>) {
        let loaded = &self.tabulation.loaded;
        let card = &loaded.cards.get(id);
        let determination = self.tabulation.determined.determinations.get(id);
        let (file, line) = loaded.cards.place(id);
        push_text(row, file);
        row.push(b',');
        if let Some(sheet) = loaded.cards.sheet(id) {
            push_text(row, &format!("{sheet}!{line}"));
        } else {
            push_number(row, line);
        }
        for text in [loaded.cards.number(id), loaded.accounts.text(card.account.0)] {
            row.push(b',');
            push_text(row, text);
        }
        self.form_to_dated(card, row);
        if !self.times.write(card.received, &loaded.meeting.zone, row) {
            row.extend_from_slice(card.received.in_zone(&loaded.meeting.zone).as_bytes());
        }
        row.extend_from_slice(match card.signed {
            SignedState::Yes => b",yes,",
            SignedState::No => b",no,",
            SignedState::Mismatch => b",mismatch,",
        });
        row.extend_from_slice(determination.disposition.name().as_bytes());
        row.push(b',');
        row.extend_from_slice(determination.reason.name().as_bytes());
        row.push(b',');
        let ruled = || self.tabulation.ruled_count(id).and_then(|place| u32::try_from(place).ok());
        // RUL-2: what counts by a ruling names it.
        let is_counted = determination.disposition == Disposition::Counted;
        let by = determination.cause.or_else(|| ruled().filter(|_| is_counted).map(Cause::Ruling));
        if by.is_some() {
            push_text(row, &cause(self.tabulation, by));
        }
        let claimed = claimed(loaded, &self.tabulation.electorate, card);
        for shares in [claimed, self.tabulation.determined.counted(id, claimed)] {
            row.push(b',');
            push_shares(row, shares);
        }
        if self.has_batches {
            let extra = loaded.cards.extra(card);
            for text in [extra.map(|extra| &extra.batch), extra.map(|extra| &extra.clerk)] {
                row.push(b',');
                push_text(row, text.map_or("", String::as_str));
            }
        }
        if self.has_scopes {
            let items = loaded.cards.scope(card).iter();
            let ids: Vec<&str> =
                items.map(|item| loaded.meeting.items[usize::from(*item)].id.as_str()).collect();
            row.push(b',');
            push_text(row, &ids.join(";"));
        }
        if self.has_fared {
            row.push(b',');
            push_text(row, &self.fares.cell(id));
        }
        self.effective_marks(id, card, determination, row);
    }

    /// The cells from `form` to `dated`, between their commas.
    fn form_to_dated(&mut self, card: &Card, row: &mut Vec<u8>) {
        let kind = (card.form, card.medium, card.dated);
        if let Some(cells) = self.forms.get(&kind) {
            row.extend_from_slice(cells);
            return;
        }
        let start = row.len();
        row.push(b',');
        let forms = &self.tabulation.loaded.meeting.forms;
        push_text(row, card.form.map_or("", |form| &forms[usize::from(form)].id));
        row.extend_from_slice(if card.is_ballot() { b",ballot," } else { b",proxy," });
        row.extend_from_slice(card.medium.name().as_bytes());
        row.push(b',');
        if let Some(dated) = card.dated {
            push_day(dated, row);
        }
        row.push(b',');
        if self.forms.len() < CELLS_MAX {
            self.forms.insert(kind, row[start..].to_vec());
        }
    }

    /// The marks of a card that stands, after the form's defaults; of others nothing.
    fn effective_marks(&mut self, id: CardId, card: &Card, determination: Determination, row: &mut Vec<u8>) {
        let loaded = &self.tabulation.loaded;
        let determined = &self.tabulation.determined;
        if matches!(
            determination.disposition,
            Disposition::Superseded | Disposition::Revoked | Disposition::Rejected
        ) {
            row.extend_from_slice(&self.no_marks);
            return;
        }
        let is_nominee = self.tabulation.electorate.is_nominee(card.account);
        let setting = MarkSetting { form: card.form, is_nominee };
        let kind = (card.marking, setting);
        let is_ruled = determined.ruled_out_items.contains_key(&id);
        if let Some(cells) = self.marks.get(&kind).filter(|_| !is_ruled) {
            row.extend_from_slice(cells);
            return;
        }
        let start = row.len();
        for (place, item) in loaded.meeting.items.iter().enumerate() {
            for cell in marks_of(&determined.reading(&self.reader, loaded, id, setting, place), item) {
                row.push(b',');
                push_text(row, &cell);
            }
        }
        if !is_ruled && self.marks.len() < CELLS_MAX.min(CELLS_TOGETHER / self.no_marks.len().max(1)) {
            self.marks.insert(kind, row[start..].to_vec());
        }
    }
}

fn push_number(row: &mut Vec<u8>, number: u64) {
    row.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn push_shares(row: &mut Vec<u8>, shares: Shares) {
    match shares.whole_number() {
        Some(whole) => push_number(row, whole),
        None => row.extend_from_slice(shares.to_string().as_bytes()),
    }
}

/// The effective marks of an item, a cell for each nominee or one.
fn marks_of(reading: &ItemReading, item: &Item) -> Vec<String> {
    let name = |line: Line| match line {
        Line::For => "FOR",
        Line::Against => "AGAINST",
        Line::Abstain => "ABSTAIN",
        Line::Withheld => "WITHHOLD",
        Line::BrokerNonVote => "NONVOTE",
        Line::NotVoted => "NOT_VOTED",
    };
    let written = |votes: &Cumulated| match votes {
        Cumulated::Votes(votes) => votes.to_string(),
        Cumulated::Percent(hundredths) => crate::ballot::Percent(*hundredths).to_string(),
    };
    match reading {
        ItemReading::Proposal(line) | ItemReading::NoChoice(line) => vec![name(*line).to_owned()],
        ItemReading::Choice(place) => match &item.kind {
            ItemKind::Frequency(choices) => vec![choices[*place].id.clone()],
            ItemKind::Election(_) | ItemKind::Proposal(_) => vec![String::new()],
        },
        ItemReading::Straight(votes) => votes
            .iter()
            .map(|vote| vote.cap.as_ref().map_or_else(|| name(vote.line).to_owned(), &written))
            .collect(),
        ItemReading::Cumulative(vote) => {
            let mut cells: Vec<String> =
                vote.lines.iter().map(|line| line.map_or("NOT_VOTED", name).to_owned()).collect();
            match &vote.pool {
                PoolUse::Written(all) => {
                    for one in all {
                        cells[one.nominee] = written(&one.votes);
                    }
                }
                PoolUse::ProxyHolders(permitted) => {
                    for nominee in permitted {
                        cells[*nominee] = "DISCRETION".to_owned();
                    }
                }
                PoolUse::EqualParts(_) | PoolUse::Nothing(_) => {}
            }
            cells
        }
    }
}

/// What caused a determination: a card's number, or the file and line of a row.
#[must_use]
pub fn cause(tabulation: &Tabulation, cause: Option<Cause>) -> String {
    let loaded = &tabulation.loaded;
    match cause {
        None => String::new(),
        Some(Cause::Card(id)) => loaded.cards.number(id).to_owned(),
        Some(Cause::Revocation(place)) => {
            let row = &loaded.revocations[place as usize];
            loaded.at(row.file, row.line)
        }
        Some(Cause::Ruling(place)) => {
            let row = &loaded.rulings[place as usize];
            loaded.at(row.file, row.line)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CELLS_TOGETHER, ROWS_TOGETHER, harmless, rows_together};

    /// However many columns there are, the cells made together are bounded; the rows are a power of two.
    #[test]
    fn rows_of_many_columns_are_made_a_few_at_a_time() {
        assert_eq!([0, 1, 10, 1024].map(rows_together), [ROWS_TOGETHER; 4]);
        assert_eq!((rows_together(1025), rows_together(50_000)), (2048, 64));
        for columns in [1025, 10_000, 50_000, CELLS_TOGETHER, 2 * CELLS_TOGETHER] {
            let rows = rows_together(columns);
            assert!(rows.is_power_of_two() && (rows == 1 || rows * columns <= CELLS_TOGETHER));
        }
    }

    #[test]
    fn a_formula_is_made_harmless_and_can_be_had_back() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "plain", ""] {
            let safe = harmless(text);
            assert!(!safe.starts_with(['=', '+', '-', '@']));
            assert_eq!(safe.strip_prefix('\'').unwrap_or(&safe), text);
        }
    }
}
