//! The results as a workbook for a spreadsheet: results, figures, each item, dispositions, exceptions, ledger.
//!
//! Accounts and card numbers are text, so that no leading zero is lost. A number of at most fifteen digits,
//! which is what a spreadsheet keeps of a number, stands as one; a longer one is text. The same results give
//! the same bytes: the creation time is that of no clock.

use std::io::Read;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::tables::{self, DocumentTable};
use super::{csv, front, words};
use crate::certify::{Certificate, ItemFigures};
use crate::text::visible;

/// The most rows of a sheet, the header with them.
const ROWS_MAX: u32 = 1_048_576;

/// The most digits of a number that a spreadsheet keeps.
const DIGITS_MAX: usize = 15;

/// The most characters of a cell's text.
const CHARACTERS_MAX: usize = 32_767;

/// The most characters of a workbook's properties.
const NAME_MAX: usize = 255;

/// Columns of ledger.csv and exceptions.csv that hold amounts; all others are text.
const AMOUNTS: [&str; 2] = ["shares_claimed", "shares_counted"];

/// A workbook made.
pub struct Made {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Rows of the ledger that did not fit a sheet; they stand in ledger.csv.
    pub ledger_rows_left_out: u64,
}

/// What tells of single cards, as CSV.
pub struct Cards<R> {
    /// exceptions.csv.
    pub exceptions: R,
    /// ledger.csv.
    pub ledger: R,
}

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The workbook cannot be written.
    #[error("the workbook cannot be made: {0}")]
    Workbook(#[from] XlsxError),
    /// The ledger or the exceptions cannot be read back.
    #[error("the rows of the workbook cannot be read back: {0}")]
    Rows(#[from] ::csv::Error),
}

/// The workbook of a certificate; a public one has no cards.
///
/// # Errors
/// Rows that cannot be read, and what the workbook's format has no room for.
pub fn render<R: Read>(certificate: &Certificate, cards: Option<Cards<R>>) -> Result<Made, Failed> {
    let style = Style::of(certificate);
    let mut workbook = Workbook::new();
    // The clock is never read: the same results give the same bytes.
    let never = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(fitting(&certificate.meeting.title, NAME_MAX))
            .set_company(fitting(&certificate.meeting.company, NAME_MAX))
            .set_creation_datetime(&never),
    );
    results(style.sheet(workbook.add_worksheet(), "Results")?, &style, certificate)?;
    let figures = style.sheet(workbook.add_worksheet(), "Figures")?;
    style.rows_of_csv(figures, csv::render(certificate).as_bytes(), is_result_amount)?;
    for (place, item) in certificate.items.iter().enumerate() {
        // A sheet's name has at most 31 characters and not every one: items are told by their place.
        let sheet = style.sheet(workbook.add_worksheet(), &format!("Item {}", place + 1))?;
        of_item(sheet, &style, certificate, item)?;
    }
    let sheet = style.sheet(workbook.add_worksheet(), "Dispositions")?;
    let row = style.table(sheet, 0, &tables::cards(certificate))?;
    style.table(sheet, row + 1, &tables::reasons(certificate))?;
    sheet.set_column_width(0, 40)?.set_freeze_panes(1, 0)?;
    let mut ledger_rows_left_out = 0;
    if let Some(cards) = cards {
        let is_amount = |header: &str| AMOUNTS.contains(&header);
        // Sheets that go by the disk, row after row.
        let sheet = style.sheet(workbook.add_worksheet_with_constant_memory()?, "Exceptions")?;
        style.rows_of_csv(sheet, cards.exceptions, is_amount)?;
        let sheet = style.sheet(workbook.add_worksheet_with_constant_memory()?, "Ledger")?;
        ledger_rows_left_out = style.rows_of_csv(sheet, cards.ledger, is_amount)?;
    }
    Ok(Made { bytes: workbook.save_to_buffer()?, ledger_rows_left_out })
}

/// The sheet that is read first: what page one says.
fn results(sheet: &mut Worksheet, style: &Style, certificate: &Certificate) -> Result<(), XlsxError> {
    let meeting = &certificate.meeting;
    let mut row = 0;
    let fingerprint = words::fingerprint(certificate);
    for line in [&meeting.company, &meeting.title, words::heading(certificate), &fingerprint] {
        style.text(sheet, row, 0, &visible(line), row < 3)?;
        row += 1;
    }
    style.text(sheet, row, 0, &front::quorum(certificate), false)?;
    let head = row + 2;
    let after = style.table(sheet, head, &front::results(certificate))? + 1;
    for (row, sentence) in (after..).zip(front::against_signing(certificate)) {
        style.text(sheet, row, 0, &sentence, false)?;
    }
    sheet.set_column_width(0, 48)?.set_column_range_width(1, 4, 20)?;
    sheet.set_freeze_panes(head + 1, 1).map(drop)
}

/// The sheet of an item: its title, what came of it, its tables and sentences.
fn of_item(
    sheet: &mut Worksheet,
    style: &Style,
    certificate: &Certificate,
    item: &ItemFigures,
) -> Result<(), XlsxError> {
    style.text(sheet, 0, 0, &format!("Item {}: {}", item.id, item.title), true)?;
    style.text(sheet, 1, 0, &words::marked_result(certificate, item), false)?;
    let mut row = 3;
    for table in tables::of_item(item) {
        row = style.table(sheet, row, &table)? + 1;
    }
    for (row, sentence) in (row..).zip(words::item_lines(certificate, item)) {
        style.text(sheet, row, 0, &sentence, false)?;
    }
    sheet.set_column_width(0, 32)?.set_freeze_panes(2, 1).map(drop)
}

fn is_result_amount(header: &str) -> bool {
    let of_lines = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];
    let of_meeting = ["seats", "present", "outstanding", "rank"];
    of_lines.contains(&header)
        || of_meeting.contains(&header)
        || header.starts_with("pool")
        || (header.starts_with("quorum_") && header != "quorum_met")
}

/// How cells and sheets look, and what stands at the head and foot of each printed page.
struct Style {
    head: Format,
    text: Format,
    amount: Format,
    page_head: String,
    page_foot: String,
}

impl Style {
    fn of(certificate: &Certificate) -> Self {
        let preliminary = words::is_preliminary(certificate).then_some("PRELIMINARY - NOT CERTIFIED");
        let banners: Vec<&str> = words::test_banner(certificate).into_iter().chain(preliminary).collect();
        // An ampersand begins a code there; no words of ours have one.
        let foot = words::foot(certificate).unwrap_or_default();
        Self {
            head: Format::new().set_bold().set_num_format("@"),
            text: Format::new().set_num_format("@"),
            amount: Format::new().set_num_format("#,##0.######"),
            page_head: format!("&C{}", banners.join("; ")),
            page_foot: format!("&L{foot}&RPage &P of &N"),
        }
    }

    fn sheet<'a>(&self, sheet: &'a mut Worksheet, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
        sheet.set_name(name)?.set_header(&self.page_head).set_footer(&self.page_foot).set_landscape();
        Ok(sheet)
    }

    /// A table from a row on; returns the row after it.
    fn table(&self, sheet: &mut Worksheet, first: u32, table: &DocumentTable) -> Result<u32, XlsxError> {
        for (column, head) in (0_u16..).zip(&table.head) {
            self.text(sheet, first, column, head, true)?;
        }
        let mut row = first + 1;
        for cells in &table.rows {
            for (column, cell) in (0_u16..).zip(cells) {
                // Figures of a table stand with separators; the first cell names the row.
                let plain = cell.replace(',', "");
                if column > 0 && is_number(&plain) {
                    self.amount(sheet, row, column, &plain)?;
                } else {
                    self.text(sheet, row, column, cell, false)?;
                }
            }
            row += 1;
        }
        Ok(row)
    }

    /// The rows of a CSV file under a frozen header; returns how many did not fit.
    fn rows_of_csv(
        &self,
        sheet: &mut Worksheet,
        rows: impl Read,
        is_amount: impl Fn(&str) -> bool,
    ) -> Result<u64, Failed> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(rows);
        sheet.set_freeze_panes(1, 0)?;
        let mut amounts: Vec<bool> = Vec::new();
        let (mut row, mut left_out) = (0, 0);
        let mut record = ::csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            if row == ROWS_MAX {
                left_out += 1;
                continue;
            }
            let is_head = row == 0;
            if is_head {
                amounts = record.iter().map(&is_amount).collect();
            }
            for ((column, cell), is_amount) in (0_u16..).zip(&record).zip(&amounts) {
                if !is_head && *is_amount && is_number(cell) {
                    self.amount(sheet, row, column, cell)?;
                } else if !cell.is_empty() {
                    // What keeps a spreadsheet from running a cell of a CSV file: here every cell is a text.
                    self.text(sheet, row, column, cell.strip_prefix('\'').unwrap_or(cell), is_head)?;
                }
            }
            row += 1;
        }
        Ok(left_out)
    }

    fn text(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        text: &str,
        is_head: bool,
    ) -> Result<(), XlsxError> {
        let style = if is_head { &self.head } else { &self.text };
        sheet.write_string_with_format(row, column, fitting(text, CHARACTERS_MAX), style).map(drop)
    }

    /// A number that a spreadsheet keeps to its last digit.
    fn amount(&self, sheet: &mut Worksheet, row: u32, column: u16, number: &str) -> Result<(), XlsxError> {
        // At most fifteen digits pass through a double and back unchanged, and nothing is reckoned with it.
        match number.parse::<f64>() {
            Ok(value) => sheet.write_number_with_format(row, column, value, &self.amount).map(drop),
            Err(_) => self.text(sheet, row, column, number, false),
        }
    }
}

/// As much of a text as there is room for.
fn fitting(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Whether a cell is a decimal of at most [`DIGITS_MAX`] digits.
fn is_number(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let is_plain = cell.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_plain && (1..=DIGITS_MAX).contains(&digits) && cell.matches('.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_at_most_fifteen_digits() {
        for number in ["0", "123456789012345", "1234567890.12345", "333.5"] {
            assert!(is_number(number), "{number}");
        }
        for text in ["", "1234567890123456", "12345678901.123456", "-1", "1e5", "1.2.3", "A1", "."] {
            assert!(!is_number(text), "{text}");
        }
    }
}
