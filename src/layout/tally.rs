//! What a certificate says of a file that was read through a layout.

use crate::amount::Shares;

/// A line that is no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRead {
    /// Its line, from 1.
    pub line: u64,
    /// Why it is none.
    pub why: &'static str,
    /// What stands there, cut where it is long.
    pub text: String,
}

/// A control total that agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlTotal {
    /// The line that states it.
    pub line: u64,
    /// `rows` or `shares`.
    pub of: &'static str,
    /// As the file states it.
    pub stated: String,
}

/// A word of a code table that the file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordMet {
    /// The column of ours; `marks` for those of a table of marks.
    pub column: String,
    /// As written.
    pub found: String,
    /// What it was read as; empty: unmarked, or blank.
    pub became: String,
    /// In how many cells.
    pub count: u64,
}

/// What reading through a layout found, beside the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records of the file that are rows.
    pub record_count: u64,
    /// Rows as read: a record may be several, or a part of one.
    pub row_count: u64,
    /// The sum of their shares; nothing where they state none or it does not fit.
    pub shares: Option<Shares>,
    /// Lines that are no rows.
    pub not_read: Vec<NotRead>,
    /// Control totals that agreed.
    pub control_totals: Vec<ControlTotal>,
    /// Amounts that are written otherwise as read.
    pub amounts_changed: u64,
    /// Dates and times that are written otherwise as read.
    pub dates_changed: u64,
    /// Columns that are not read, and how many of their cells held something.
    pub columns_not_read: Vec<(String, u64)>,
    /// Words of code tables, and what each became.
    pub words: Vec<WordMet>,
    /// Marks dropped because the layout says so of their item or position.
    pub dropped: u64,
    /// Cells of a workbook that are formulas, of which the last value was read.
    pub formula_count: u64,
    /// Rows added to another of the same account whose name is written otherwise.
    pub other_names: u64,
}
