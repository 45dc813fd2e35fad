//! What several files have in a cell: amounts, times, dates, classes, names from a list.
//!
//! Each reader reports a cell that does not hold what it must, and returns nothing then.

use jiff::civil::Date;

use super::problem::{Problems, not_known};
use super::table::{CsvTable, Row};
use crate::catalogue::Code;
use crate::meeting::Meeting;
use crate::text::quoted;
use crate::time::{Moment, parse_date};

/// An amount in a cell; reported and nothing returned when it is none.
pub(super) fn read_amount<T>(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Result<T, crate::amount::AmountError>,
    problems: &mut Problems,
) -> Option<T> {
    let text = row.get(column);
    if text.is_empty() {
        table.problem(problems, row.line, column, Code::CellEmpty.fault("must not be empty"));
        return None;
    }
    match parse(text) {
        Ok(amount) => Some(amount),
        Err(error) => {
            table.problem(
                problems,
                row.line,
                column,
                Code::Amount.fault(format!("{} {error}", quoted(text))),
            );
            None
        }
    }
}

/// The class in a cell; the only one where a meeting has one class and the cell is blank.
pub(super) fn class_of(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    column: usize,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<u16> {
    let text = row.get(column);
    if text.is_empty() && meeting.classes.len() == 1 {
        return Some(0);
    }
    if !table.has(column) {
        // Reported once, as a missing column.
        return None;
    }
    let found = meeting.classes.iter().position(|class| class.id == text);
    if found.is_none() {
        let names: Vec<&str> = meeting.classes.iter().map(|class| class.id.as_str()).collect();
        table.problem(problems, row.line, column, not_known(Code::ReferenceUnknown, text, "a class", &names));
    }
    found.and_then(|place| u16::try_from(place).ok())
}

/// A time in a cell; reported and nothing returned when it is none.
pub(super) fn read_moment(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<Moment> {
    if text.is_empty() {
        table.problem(problems, line, column, Code::CellEmpty.fault("must not be empty"));
        return None;
    }
    match Moment::parse(text, &meeting.zone) {
        Ok(moment) => Some(moment),
        Err(error) => {
            table.problem(
                problems,
                line,
                column,
                Code::DateOrTime.fault(format!("{} {error}", quoted(text))),
            );
            None
        }
    }
}

/// A date in a cell that may be blank; nothing outside when it is no date.
pub(super) fn read_date(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    problems: &mut Problems,
) -> Option<Option<Date>> {
    if text.is_empty() {
        return Some(None);
    }
    match parse_date(text) {
        Ok(date) => Some(Some(date)),
        Err(error) => {
            table.problem(
                problems,
                line,
                column,
                Code::DateOrTime.fault(format!("{} {error}", quoted(text))),
            );
            None
        }
    }
}

/// The value of a name in a cell that may be blank.
pub(super) fn one_of_names<T: Copy>(
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
        table.problem(problems, row.line, column, not_known(Code::WordUnknown, text, "known", &names));
    }
    found.map(|(_, value)| *value)
}
