//! Layouts: how the bytes of a foreign file are read. Receives a layout as its JSON says it and a file as
//! others write it, and hands on the same rows that quorate's own files have, each with its line in the
//! original. Nothing is guessed here: what is not mapped, ignored or in a code table is an error.

mod amount;
mod bind;
mod cell;
pub(crate) mod draft;
mod encoding;
mod marks;
mod read;
mod reading;
mod records;
mod rows;
#[cfg(feature = "xlsx")]
mod sheet;
#[cfg(not(feature = "xlsx"))]
#[path = "no_sheet.rs"]
mod sheet;
mod tally;
mod together;

use encoding_rs::Encoding;

use crate::load::Role;

pub(crate) use amount::AmountForm;
pub(crate) use bind::{Plan, Vocabulary};
pub(crate) use draft::Draft;
pub(crate) use read::read;
pub(crate) use reading::{Change, Gathered, LaidRows, Opening, RawPiece, RawSource, Reading};
pub(crate) use rows::Converter;
pub(crate) use sheet::first_rows_of_book;
pub use tally::{ControlTotal, NotRead, Tally, WordMet};

/// How a file of a role is read.
#[derive(Debug, Clone)]
pub struct Layout {
    /// As messages name it.
    pub label: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The role that its files have.
    pub role: Role,
    /// How records and fields are told apart.
    pub format: Format,
    /// The characters of its bytes; of no meaning in a workbook.
    pub encoding: &'static Encoding,
    /// Where the headers stand.
    pub header: HeaderRule,
    /// Records that are no rows.
    pub(crate) not_rows: Vec<NotRow>,
    /// Types of records.
    pub(crate) records: Option<RecordTypes>,
    /// Our columns.
    pub(crate) columns: Vec<ColumnRule>,
    /// The marks of cards, or the votes of totals.
    pub(crate) marks: Option<Marks>,
    /// Fields that are not read.
    pub(crate) ignore: Vec<FieldAt>,
    /// What the file says of itself.
    pub(crate) states: Vec<Statement>,
    /// How amounts are written where a column does not say otherwise.
    pub(crate) amounts: AmountForm,
    /// Whether rows of one account and class are one position.
    pub(crate) adds_up: bool,
}

/// How records and fields are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Fields between delimiters, in quotes where needed, with line breaks inside quotes allowed.
    Delimited(char),
    /// Lines whose fields stand at fixed characters.
    Fixed,
    /// A sheet of a workbook, by its name or its number from 1.
    Workbook(Sheet),
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// By its name.
    Named(String),
    /// By its place, from 1.
    Number(usize),
}

/// Where the headers stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderRule {
    /// There are none: fields are told by number.
    Absent,
    /// On a line, counted from 1.
    Line(u64),
    /// On the first line that begins so.
    StartsWith(String),
}

/// A place in the layout, for what is found wrong once the file is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct At {
    pub(crate) line: u64,
    pub(crate) path: String,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Header(String),
    /// From 1.
    Number(usize),
    /// Characters of the line, in a fixed file.
    Take(Take),
}

/// A field, and where the layout names it.
#[derive(Debug, Clone)]
pub(crate) struct FieldAt {
    pub(crate) field: Field,
    pub(crate) at: At,
}

/// Characters from the first to the last, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// How a column of ours is made.
#[derive(Debug, Clone)]
pub(crate) struct ColumnRule {
    pub(crate) ours: String,
    pub(crate) at: At,
    pub(crate) from: Vec<FieldAt>,
    pub(crate) join: String,
    pub(crate) take: Option<Take>,
    /// A constant.
    pub(crate) value: Option<String>,
    /// The line of the row.
    pub(crate) is_line: bool,
    /// What a blank cell means.
    pub(crate) blank: String,
    /// Characters taken away.
    pub(crate) strip: String,
    /// To so many characters, with zeros on the left.
    pub(crate) pad: usize,
    pub(crate) prefix: String,
    pub(crate) meaning: Meaning,
}

/// What a cell is, once it is found.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    Text,
    Words(Words),
    Amount(AmountForm),
    /// The amounts of all fields, summed.
    Sum(AmountForm),
    Date(DateForm),
    /// A date or a time in one of quorate's own forms, or as a workbook keeps it.
    OwnDate,
}

/// A code table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// What is written, and what it means.
    pub(crate) table: Vec<(String, String)>,
    /// Whether numbers and percentages pass.
    pub(crate) numbers: Option<AmountForm>,
    /// Whether blanks around a word belong to it.
    pub(crate) is_exact: bool,
}

/// How dates or times are written.
#[derive(Debug, Clone)]
pub(crate) struct DateForm {
    pub(crate) format: String,
    pub(crate) has_time: bool,
    /// For a year of two digits.
    pub(crate) century: Option<i16>,
    /// Where not the meeting's.
    pub(crate) zone: Option<jiff::tz::TimeZone>,
}

/// What a cell is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Comparison {
    Is(Vec<String>),
    StartsWith(String),
    Contains(String),
}

impl Comparison {
    pub(crate) fn fits(&self, text: &str) -> bool {
        match self {
            Self::Is(words) => words.iter().any(|word| word == text.trim()),
            Self::StartsWith(start) => text.trim_start().starts_with(start.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
        }
    }
}

/// Where a control total stands in its record.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    pub(crate) from: FieldAt,
    pub(crate) take: Option<Take>,
    /// What stands before it.
    pub(crate) after: Option<String>,
    /// How it is written, where not as the shares are.
    pub(crate) amounts: Option<AmountForm>,
}

/// The totals that a record states.
#[derive(Debug, Clone, Default)]
pub(crate) struct Totals {
    pub(crate) rows: Option<Stated>,
    pub(crate) shares: Option<Stated>,
}

/// A record that is no row.
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
#[derive(Debug, Clone)]
pub(crate) enum NotRow {
    Blank,
    RepeatsHeader,
    Cell { field: FieldAt, comparison: Comparison, totals: Totals },
}

/// Types of records.
#[derive(Debug, Clone)]
pub(crate) struct RecordTypes {
    pub(crate) field: FieldAt,
    /// Those that are rows.
    pub(crate) rows: Vec<String>,
    pub(crate) ignored: Vec<String>,
    pub(crate) trailer: Option<(Vec<String>, Totals)>,
}

/// What the file must say of itself.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) of: StatementOf,
    pub(crate) comparison: Comparison,
}

/// Where it says it.
#[derive(Debug, Clone)]
pub(crate) enum StatementOf {
    Line(u64),
    Record { is: String, field: Option<FieldAt> },
}

/// Where marks stand.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    pub(crate) shape: Shape,
    pub(crate) except: Option<Except>,
}

/// The shapes of marks.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// A column for each.
    Wide(Vec<ColumnRule>),
    /// A row for each.
    Long { item: ItemOf, vote: Box<ColumnRule>, shares: Option<Box<ColumnRule>> },
    /// Characters one after the other, of so many each; what is dropped is nothing.
    String { text: Box<ColumnRule>, width: usize, positions: Vec<Option<(String, At)>>, words: Words },
    /// A column for each box.
    Boxes { boxes: Vec<BoxedMark>, ticked: Vec<String> },
    /// Shares for each way of voting.
    Counts(Counts),
}

/// The matter that a row is about.
#[derive(Debug, Clone)]
pub(crate) enum ItemOf {
    /// Always the same.
    Value(String, At),
    /// By a code, where there are codes; nothing: dropped.
    Field { rule: Box<ColumnRule>, codes: Option<Vec<(String, Option<String>, At)>> },
}

/// The boxes of a matter.
#[derive(Debug, Clone)]
pub(crate) struct BoxedMark {
    pub(crate) ours: String,
    pub(crate) at: At,
    /// The mark of each.
    pub(crate) boxes: Vec<(String, FieldAt)>,
}

/// Shares per way of voting.
#[derive(Debug, Clone)]
pub(crate) enum Counts {
    /// A row for each matter.
    Long { item: ItemOf, votes: Vec<(String, ColumnRule)> },
    /// All matters in one row.
    Wide(Vec<MatterCounts>),
}

/// A matter, where the layout names it, and the column of each way of voting.
pub(crate) type MatterCounts = (String, At, Vec<(String, ColumnRule)>);

/// The paper card's line "for all except".
#[derive(Debug, Clone)]
pub(crate) struct Except {
    pub(crate) item: String,
    pub(crate) at: At,
    pub(crate) box_text: Box<ColumnRule>,
    pub(crate) names: Box<ColumnRule>,
    pub(crate) separator: String,
    pub(crate) words: Vec<(String, BoxWord)>,
    /// As written there, and the id.
    pub(crate) nominees: Vec<(String, String)>,
}

/// What the box of such a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoxWord {
    /// This mark for all.
    All(&'static str),
    /// For all but the names.
    Except,
    /// Nothing.
    Blank,
}
