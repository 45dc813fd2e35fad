//! What a certificate says of how its files were read.

use serde::Serialize;

use crate::amount::Shares;
use crate::load::{Input, Keyed, KeyedFile, Laid};

/// The two keyings that a file of cards was made of.
#[derive(Debug, Clone, Serialize)]
pub struct KeyedFigures {
    /// The first and the second keying.
    pub files: Vec<LayoutFigures>,
    /// How their differences were settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved: Option<LayoutFigures>,
    /// How many differences there were; all of them are settled.
    pub differences: u64,
}

impl KeyedFigures {
    /// Those of an input that was keyed twice.
    pub(super) fn of(keyed: &Keyed) -> Self {
        let of = |file: &KeyedFile| LayoutFigures { path: file.path.clone(), sha256: file.sha256.clone() };
        Self {
            files: keyed.files.iter().map(of).collect(),
            resolved: keyed.resolved.as_ref().map(of),
            differences: keyed.differences,
        }
    }
}

/// A layout.
#[derive(Debug, Clone, Serialize)]
pub struct LayoutFigures {
    /// As it was named.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// A file as its layout reads it.
#[derive(Debug, Clone, Serialize)]
pub struct AsReadFigures {
    /// Rows as read.
    pub rows: u64,
    /// The sum of their shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// The SHA-256 of the rows as read, in quorate's own form.
    pub sha256: String,
    /// The encoding of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Records of the file that are rows, or parts of one.
    pub records: u64,
    /// Lines that are no rows.
    pub not_read: Vec<NotReadFigures>,
    /// Control totals that agreed.
    pub control_totals: Vec<StatedFigures>,
    /// Amounts that are written otherwise as read.
    pub amounts_changed: u64,
    /// Dates and times that are written otherwise as read.
    pub dates_changed: u64,
    /// Columns that are not read.
    pub columns_not_read: Vec<ColumnFigures>,
    /// Words of code tables that were met.
    pub words: Vec<WordFigures>,
    /// Marks that the layout drops.
    pub marks_dropped: u64,
    /// Cells of a workbook that are formulas, of which the last value was read.
    pub formulas: u64,
    /// Rows of one position whose name is written otherwise than on its first.
    pub other_names: u64,
}

/// A line that is no row.
#[derive(Debug, Clone, Serialize)]
pub struct NotReadFigures {
    /// Its line.
    pub line: u64,
    /// Why it is none.
    pub why: String,
    /// What stands there, cut where it is long.
    pub text: String,
}

/// A control total that agreed.
#[derive(Debug, Clone, Serialize)]
pub struct StatedFigures {
    /// The line that states it.
    pub line: u64,
    /// `rows` or `shares`.
    pub of: String,
    /// As the file states it.
    pub stated: String,
}

/// A word of a code table.
#[derive(Debug, Clone, Serialize)]
pub struct WordFigures {
    /// The column of ours; `marks` for all of them.
    pub column: String,
    /// As written.
    pub found: String,
    /// What it was read as; empty: nothing.
    pub became: String,
    /// In how many cells.
    pub count: u64,
}

/// A column that is renamed, or not read.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnFigures {
    /// Its header in the file.
    pub header: String,
    /// The column of ours that it is; nothing: not read.
    pub column: Option<String>,
    /// Of a column that is not read, how many cells held something.
    pub cells: u64,
}

impl AsReadFigures {
    pub(super) fn of(input: &Input, laid: &Laid) -> Self {
        let tally = &laid.tally;
        let not_read = tally.not_read.iter().map(|line| NotReadFigures {
            line: line.line,
            why: line.why.to_owned(),
            text: line.text.clone(),
        });
        let stated = tally.control_totals.iter().map(|total| StatedFigures {
            line: total.line,
            of: total.of.to_owned(),
            stated: total.stated.clone(),
        });
        let words = tally.words.iter().map(|word| WordFigures {
            column: word.column.clone(),
            found: word.found.clone(),
            became: word.became.clone(),
            count: word.count,
        });
        let unread = tally.columns_not_read.iter().map(|(header, cells)| ColumnFigures {
            header: header.clone(),
            column: None,
            cells: *cells,
        });
        Self {
            rows: tally.row_count,
            shares: input.shares.filter(|_| input.role.states_shares()),
            sha256: laid.as_read_sha256.clone(),
            encoding: laid.encoding.map(str::to_owned),
            sheet: laid.sheet.clone(),
            records: tally.record_count,
            not_read: not_read.collect(),
            control_totals: stated.collect(),
            amounts_changed: tally.amounts_changed,
            dates_changed: tally.dates_changed,
            columns_not_read: unread.collect(),
            words: words.collect(),
            marks_dropped: tally.dropped,
            formulas: tally.formula_count,
            other_names: tally.other_names,
        }
    }
}

impl ColumnFigures {
    pub(super) fn of(input: &Input) -> Vec<Self> {
        let of = |renaming: &crate::load::Renaming| Self {
            header: renaming.header.clone(),
            column: renaming.ours.clone(),
            cells: renaming.cell_count,
        };
        input.renamings.iter().map(of).collect()
    }
}
