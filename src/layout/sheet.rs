//! A sheet of an xlsx workbook as records, row by row. A workbook is a ZIP file that anybody may have
//! packed, so it is looked through before it is opened: what would not fit into memory is refused.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxFormulaMetadata};
use jiff::civil::DateTime;

use super::reading::{Head, no_header, one_line};
use super::records::{Batch, Kind};
use super::{HeaderRule, Sheet};
use crate::catalogue::{Code, Fault};
use crate::load::COLUMNS_MAX;
use crate::load::source::{Ended, Pieces, Unreadable};
use crate::text::{one_of, quoted};

/// Rows and bytes that are handed on together.
const ROWS_TOGETHER: usize = 4096;
const BYTES_TOGETHER: usize = 1 << 19;

/// The last row that a sheet may have.
const ROWS_MAX: u32 = 1 << 20;

/// The most parts of a workbook.
const PARTS_MAX: usize = 10_000;

/// The most bytes that a part may have once it is unpacked: a sheet, which is read as it comes, and any other,
/// which is kept.
const SHEET_MAX: u64 = 8 << 30;
const KEPT_MAX: u64 = 256 << 20;

/// The longest piece of XML between two tags.
const TEXT_MAX: usize = 1 << 20;

/// A sheet that is being read.
pub(crate) struct SheetSource {
    pieces: Pieces,
    name: String,
    book: Option<Xlsx<BufReader<File>>>,
    rows: Option<Receiver<Result<Message, Fault>>>,
}

/// What the reading thread says.
enum Message {
    Head(Head),
    Rows(Batch),
}

impl SheetSource {
    /// Opens a workbook, digested to its end and looked through.
    pub(super) fn open(mut pieces: Pieces, sheet: &Sheet) -> Result<Self, String> {
        let mut bytes = Vec::new();
        while pieces.next_bytes(&mut bytes).map_err(|(_, fault)| fault.message)? {}
        look_through(pieces.path())?;
        let file = File::open(pieces.path()).map_err(|error| format!("cannot be read: {error}"))?;
        let book = Xlsx::new(BufReader::new(file)).map_err(|error| not_a_book(&error))?;
        let names = book.sheet_names();
        let name = match sheet {
            Sheet::Named(name) => names.iter().find(|known| *known == name).cloned().ok_or_else(|| {
                format!("has no sheet {}; it has {}", quoted(name), one_of(names.iter().map(String::as_str)))
            })?,
            Sheet::Number(number) => names
                .get(number - 1)
                .cloned()
                .ok_or_else(|| format!("has no sheet {number}; it has {}", names.len()))?,
        };
        Ok(Self { pieces, name, book: Some(book), rows: None })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn size(&self) -> u64 {
        self.pieces.size()
    }

    /// Begins to read. The cells of a workbook refer to it, so they are read in a thread of their own.
    pub(super) fn head(&mut self, rule: &HeaderRule) -> Result<Head, Unreadable> {
        let (to, from) = sync_channel(4);
        if let Some(mut book) = self.book.take() {
            let (name, rule) = (self.name.clone(), rule.clone());
            let read = move || {
                if let Err(why) = read_sheet(&mut book, &name, &rule, &to) {
                    // Nobody listens any more where the run has ended.
                    let _ = to.send(Err(why));
                }
            };
            thread::Builder::new()
                .name("workbook".to_owned())
                .spawn(read)
                .map_err(|error| (None, Code::FileUnreadable.fault(format!("cannot be read: {error}"))))?;
        }
        let message = from.recv();
        self.rows = Some(from);
        match message {
            Ok(Ok(Message::Head(head))) => Ok(head),
            Ok(Err(why)) => Err((None, why)),
            Ok(Ok(Message::Rows(_))) | Err(_) => Err((None, no_header(rule))),
        }
    }

    /// The next rows; none at the end.
    pub(super) fn next(&mut self) -> Result<Batch, Unreadable> {
        match self.rows.as_ref().map(Receiver::recv) {
            Some(Ok(Ok(Message::Rows(batch)))) => {
                // The end may be asked for more than once.
                if batch.is_empty() {
                    self.rows = None;
                }
                Ok(batch)
            }
            Some(Ok(Err(why))) => Err((None, why)),
            Some(Ok(Ok(Message::Head(_)))) | None => Ok(Batch::default()),
            Some(Err(_)) => Err((None, Code::Workbook.fault("cannot be read as a workbook"))),
        }
    }

    pub(super) fn end(self) -> Result<Ended, Fault> {
        self.pieces.end()
    }
}

/// The name of a sheet, and rows with their lines.
type NamedRows = (String, Vec<(u64, Vec<String>)>);

/// The name of the first sheet, and its first rows.
pub(crate) fn first_rows_of_book(pieces: Pieces) -> Result<NamedRows, String> {
    let mut source = SheetSource::open(pieces, &Sheet::Number(1))?;
    source.head(&HeaderRule::Absent).map_err(|(_, fault)| fault.message)?;
    let batch = source.next().map_err(|(_, fault)| fault.message)?;
    let cells = |record: super::records::Record<'_>| {
        let cells = (0..record.count()).map(|place| record.field(place).trim().to_owned()).collect();
        (record.line, cells)
    };
    let rows = batch.records().map(cells).collect();
    Ok((source.name, rows))
}

fn not_a_book(error: &dyn std::fmt::Display) -> String {
    format!("is not an xlsx workbook: {error}")
}

/// Unpacks every part once, keeping none of it, and refuses what no honest workbook holds.
fn look_through(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut parts = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| not_a_book(&error))?;
    if parts.len() > PARTS_MAX {
        return Err(format!("has {} parts; at most {PARTS_MAX} are read", parts.len()));
    }
    for place in 0..parts.len() {
        let mut part = parts.by_index(place).map_err(|error| not_a_book(&error))?;
        let name = part.name().map_err(|error| not_a_book(&error))?.into_owned();
        // What is not XML is never opened.
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        look_through_part(&name, &mut part)?;
    }
    Ok(())
}

fn look_through_part(name: &str, part: &mut impl Read) -> Result<(), String> {
    let is_sheet = name.contains("worksheets/");
    let most = if is_sheet { SHEET_MAX } else { KEPT_MAX };
    let mut bytes = vec![0; 1 << 16];
    let (mut size, mut since_tag, mut begins) = (0_u64, 0_usize, Vec::new());
    loop {
        let count = part.read(&mut bytes).map_err(|error| not_a_book(&error))?;
        let piece = &bytes[..count];
        if piece.is_empty() {
            break;
        }
        if begins.len() < 4096 {
            begins.extend_from_slice(&piece[..count.min(4096)]);
        }
        size += count as u64;
        if size > most {
            return Err(format!("unpacks {} to more than the {most} bytes that are read", quoted(name)));
        }
        let mut from = 0;
        for at in memchr::memchr2_iter(b'<', b'>', piece) {
            since_tag += at - from;
            if since_tag > TEXT_MAX {
                break;
            }
            (since_tag, from) = (0, at);
        }
        since_tag += count - from;
        if since_tag > TEXT_MAX {
            return Err(format!("has a text of more than {TEXT_MAX} bytes in {}", quoted(name)));
        }
    }
    // Room is made for as many texts as the part says it has, so it must be able to have them.
    let begins = String::from_utf8_lossy(&begins);
    let said = begins.split("uniqueCount=").nth(1).map(|rest| rest.trim_start_matches(['"', '\'']));
    let said = said.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    if let Some(digits) = said
        && digits.parse::<u64>().map_or(!digits.is_empty(), |count| count > size / 5)
    {
        return Err(format!("says that it has {digits} texts, more than {} can hold", quoted(name)));
    }
    Ok(())
}

fn read_sheet(
    book: &mut Xlsx<BufReader<File>>,
    name: &str,
    rule: &HeaderRule,
    to: &SyncSender<Result<Message, Fault>>,
) -> Result<(), Fault> {
    let mut cells =
        book.worksheet_cells_reader(name).map_err(|error| Code::Workbook.fault(not_a_book(&error)))?;
    let mut rows =
        SheetRows { to, batch: Batch::default(), row_count: 0, head: Some((rule, Vec::new())), last: None };
    if *rule == HeaderRule::Absent {
        rows.send_head(None)?;
    }
    while let Some(cell) =
        cells.next_cell_with_formula_metadata().map_err(|error| Code::Workbook.fault(not_a_book(&error)))?
    {
        let formula = cell.formula.as_ref();
        // Formulas that were never worked out have no value; an empty cell with a format has none either.
        if matches!(cell.value, DataRef::Empty) && formula.is_none() {
            continue;
        }
        if !rows.cell(cell.pos, &cell.value, formula)? {
            return Ok(());
        }
    }
    rows.end()
}

/// Rows as they come.
struct SheetRows<'a> {
    to: &'a SyncSender<Result<Message, Fault>>,
    batch: Batch,
    row_count: usize,
    /// Until the header is found: where it stands, and the titles before it.
    head: Option<(&'a HeaderRule, Vec<(u64, String)>)>,
    /// The row that is read.
    last: Option<u32>,
}

impl SheetRows<'_> {
    /// Adds a cell; false where nobody listens any more.
    fn cell(
        &mut self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        formula: Option<&XlsxFormulaMetadata>,
    ) -> Result<bool, Fault> {
        let (line, place) = (u64::from(row) + 1, column as usize);
        if row >= ROWS_MAX || place >= COLUMNS_MAX {
            return Err(Code::Workbook.fault(format!(
                "has a cell in row {line} and column {}; at most {ROWS_MAX} rows and {COLUMNS_MAX} columns are read",
                place + 1
            )));
        }
        if self.last != Some(row) {
            if self.last.is_some_and(|last| last > row) {
                return Err(Code::Workbook.fault(format!("has row {line} after a later one")));
            }
            if !self.end_row()? {
                return Ok(false);
            }
            let next = self.last.map_or(0, |last| last + 1);
            if next < row {
                // Rows that are not there are blank; one of them stands for all.
                self.batch.begin(u64::from(next) + 1);
                self.batch.push("", Kind::Text);
                self.last = Some(next);
                if !self.end_row()? {
                    return Ok(false);
                }
            }
            self.batch.begin(line);
            self.last = Some(row);
        }
        if place < self.batch.width() {
            return Err(Code::Workbook.fault(format!("has two cells in row {line} and column {}", place + 1)));
        }
        while self.batch.width() < place {
            self.batch.push("", Kind::Text);
        }
        let (text, kind) = text_of(value, formula);
        self.batch.push(&text, kind);
        self.batch.formula_count += u64::from(formula.is_some());
        Ok(true)
    }

    /// Looks for the header while it is not found, and hands rows on when there are enough.
    fn end_row(&mut self) -> Result<bool, Fault> {
        if self.last.is_none() {
            return Ok(true);
        }
        if let Some((rule, titles)) = &mut self.head {
            let Some((line, cells)) = self.batch.take_last() else { return Ok(true) };
            let is_header = match rule {
                HeaderRule::Line(wanted) if line > *wanted => return Err(no_header(rule)),
                HeaderRule::Line(wanted) => line == *wanted,
                HeaderRule::StartsWith(start) => cells
                    .iter()
                    .find(|cell| !cell.trim().is_empty())
                    .is_some_and(|cell| cell.trim_start().starts_with(start.as_str())),
                HeaderRule::Absent => true,
            };
            if is_header {
                let mut headers: Vec<String> = cells.iter().map(|cell| one_line(cell)).collect();
                while headers.last().is_some_and(String::is_empty) {
                    headers.pop();
                }
                return self.send_head(Some((line, headers)));
            }
            titles.push((line, cells.join(" | ")));
            return Ok(true);
        }
        self.row_count += 1;
        if self.row_count >= ROWS_TOGETHER || self.batch.size() >= BYTES_TOGETHER {
            return Ok(self.send_rows());
        }
        Ok(true)
    }

    fn send_head(&mut self, header: Option<(u64, Vec<String>)>) -> Result<bool, Fault> {
        let titles = self.head.take().map(|(_, titles)| titles).unwrap_or_default();
        if header.as_ref().is_some_and(|(_, headers)| headers.is_empty()) {
            return Err(Code::HeaderMissing.fault("the row is blank where the layout expects the headers"));
        }
        Ok(self.to.send(Ok(Message::Head(Head { titles, header }))).is_ok())
    }

    fn send_rows(&mut self) -> bool {
        self.row_count = 0;
        let batch = std::mem::take(&mut self.batch);
        self.to.send(Ok(Message::Rows(batch))).is_ok()
    }

    fn end(mut self) -> Result<(), Fault> {
        if !self.end_row()? {
            return Ok(());
        }
        if let Some((rule, _)) = &self.head {
            return Err(no_header(rule));
        }
        if !self.batch.is_empty() && !self.send_rows() {
            return Ok(());
        }
        // The end is told by a batch without rows.
        let _ = self.to.send(Ok(Message::Rows(Batch::default())));
        Ok(())
    }
}

/// A cell as text, and what it is.
fn text_of(value: &DataRef<'_>, formula: Option<&XlsxFormulaMetadata>) -> (String, Kind) {
    if let Some(formula) = formula {
        if matches!(value, DataRef::Empty) {
            let why =
                "is a formula without a value; open the workbook in its program, and save it".to_owned();
            return (why, Kind::Wrong);
        }
        if format!("{formula:?}").split('[').skip(1).any(|rest| {
            rest.split_once(']')
                .is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty())
        }) {
            return ("takes its value from another workbook; write the value itself".to_owned(), Kind::Wrong);
        }
    }
    match value {
        DataRef::Empty => (String::new(), Kind::Text),
        DataRef::String(text) => (text.clone(), Kind::Text),
        DataRef::SharedString(text) => ((*text).to_owned(), Kind::Text),
        DataRef::Bool(is_true) => (if *is_true { "TRUE" } else { "FALSE" }.to_owned(), Kind::Text),
        DataRef::Int(number) => number_text(&format!("{number:.14e}")),
        DataRef::Float(number) => number_text(&format!("{number:.14e}")),
        DataRef::DateTime(date) => date_text(date),
        DataRef::DateTimeIso(text) => {
            (text.trim_end_matches('Z').strip_suffix("T00:00:00").unwrap_or(text).to_owned(), Kind::Date)
        }
        DataRef::DurationIso(text) => (text.clone(), Kind::Text),
        DataRef::Error(error) => (format!("is the error {}", error_name(error)), Kind::Wrong),
    }
}

fn error_name(error: &CellErrorType) -> String {
    error.to_string()
}

/// A number of scientific notation with fifteen digits as it is written in full. A workbook keeps no more
/// digits, so a longer number is not what was typed.
fn number_text(scientific: &str) -> (String, Kind) {
    let parsed =
        scientific.split_once('e').and_then(|(digits, power)| Some((digits, power.parse::<i32>().ok()?)));
    let Some((digits, power)) = parsed else { return ("is not a number".to_owned(), Kind::Wrong) };
    if power >= 15 {
        let why = "is a number of more than 15 digits, of which a workbook does not keep every one; keep it as text";
        return (why.to_owned(), Kind::Wrong);
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (whole, decimals) = match usize::try_from(power + 1) {
        Ok(count) if count > 0 => (digits[..count].to_owned(), digits[count..].to_owned()),
        _ => {
            let zeros = usize::try_from(-power - 1).unwrap_or(0);
            ("0".to_owned(), "0".repeat(zeros) + &digits)
        }
    };
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    (format!("{sign}{whole}{point}{decimals}"), Kind::Number)
}

/// A date of the workbook, to the second; without a time where it is midnight, and a time alone where it has no
/// day.
fn date_text(date: &ExcelDateTime) -> (String, Kind) {
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let small = |n: u8| i8::try_from(n).unwrap_or(0);
    let read = i16::try_from(year).ok().and_then(|year| {
        DateTime::new(year, small(month), small(day), small(hour), small(minute), small(second), 0).ok()
    });
    let Some(mut read) = read else { return ("is not a date".to_owned(), Kind::Wrong) };
    if milli >= 500 {
        read = read.saturating_add(jiff::Span::new().seconds(1));
    }
    if date.is_duration() || (0.0..1.0).contains(&date.as_f64()) {
        return (read.time().to_string(), Kind::Date);
    }
    let is_midnight = read.time() == jiff::civil::Time::midnight();
    (if is_midnight { read.date().to_string() } else { read.to_string() }, Kind::Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_digits_that_the_workbook_shows() {
        for (number, text) in [
            (104_417.0, "104417"),
            (0.1 + 0.2, "0.3"),
            (123_456_789_012_345.0, "123456789012345"),
            (1.5, "1.5"),
            (0.000_001, "0.000001"),
            (0.0, "0"),
            (-2.25, "-2.25"),
        ] {
            assert_eq!(number_text(&format!("{number:.14e}")), (text.to_owned(), Kind::Number));
        }
        assert_eq!(number_text(&format!("{:.14e}", 1e15)).1, Kind::Wrong);
        assert_eq!(number_text(&format!("{:.14e}", f64::NAN)).1, Kind::Wrong);
    }

    #[test]
    fn dates_are_days_or_times_to_the_second() {
        let date =
            |value| date_text(&ExcelDateTime::new(value, calamine::ExcelDateTimeType::DateTime, false)).0;
        // 22 November 2002 is the 37,582nd day as workbooks count.
        assert_eq!(date(37_582.0), "2002-11-22");
        assert_eq!(date(37_582.670_138_888_89), "2002-11-22T16:05:00");
        assert_eq!(date(0.670_138_888_89), "16:05:00");
    }
}
