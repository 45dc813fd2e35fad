//! The deck as the meeting's own files would be written: with its headers, its delimiter, and through its layouts of
//! cards where these can be written as well as read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::deck::TestCard;
use crate::layout::{ColumnRule, Field, Format, HeaderRule, Layout, Meaning, Shape};

/// How the files of a meeting are written.
#[derive(Debug, Clone)]
pub struct Headers {
    delimiter: u8,
    /// Per role, their header for ours.
    theirs: BTreeMap<String, BTreeMap<String, String>>,
}

impl Headers {
    /// As an approved meeting.json says.
    #[must_use]
    pub fn of(approved: &Value) -> Self {
        let delimiter = approved["delimiter"].as_str().and_then(|text| text.bytes().next()).unwrap_or(b',');
        let mut theirs: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (role, renamed) in approved["columns"].as_object().into_iter().flatten() {
            for (header, ours) in renamed.as_object().into_iter().flatten() {
                if let Some(ours) = ours.as_str() {
                    theirs.entry(role.clone()).or_default().insert(ours.to_owned(), header.clone());
                }
            }
        }
        Self { delimiter, theirs }
    }

    /// A file of a role, with our headers as theirs. Columns that are blank throughout are left out.
    #[must_use]
    pub fn file(&self, role: &str, header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
        let used: Vec<usize> =
            (0..header.len()).filter(|at| *at < 3 || rows.iter().any(|row| !row[*at].is_empty())).collect();
        let theirs = self.theirs.get(role);
        let name = |at: &usize| {
            let ours = header[*at];
            theirs.and_then(|theirs| theirs.get(ours)).map_or(ours, String::as_str).to_owned()
        };
        let mut text = line(self.delimiter, &used.iter().map(name).collect::<Vec<_>>());
        for row in rows {
            let cells: Vec<String> = used.iter().map(|at| row[*at].clone()).collect();
            text.extend(line(self.delimiter, &cells));
        }
        text
    }
}

/// A row as CSV.
fn line(delimiter: u8, cells: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    // Nothing is written that could fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// A file of cards that is written through its layout.
pub(super) struct LaidFile<'l> {
    delimiter: u8,
    columns: Vec<&'l ColumnRule>,
    marks: &'l [ColumnRule],
    rows: Vec<Vec<String>>,
}

/// The header of a column that one field makes as it stands.
fn header(rule: &ColumnRule) -> Option<&str> {
    let is_plain = rule.take.is_none() && rule.strip.is_empty() && rule.pad == 0 && rule.prefix.is_empty();
    match rule.from.as_slice() {
        [only] => match &only.field {
            Field::Header(name) if is_plain => Some(name),
            Field::Header(_) | Field::Number(_) | Field::Take(_) => None,
        },
        _ => None,
    }
}

impl<'l> LaidFile<'l> {
    /// A file of a layout; nothing where the layout reads what cannot be written by turning it round.
    pub(super) fn of(layout: &'l Layout) -> Option<Self> {
        let Format::Delimited(delimiter) = layout.format else { return None };
        let is_plain =
            layout.header == HeaderRule::Line(1) && layout.records.is_none() && layout.states.is_empty();
        let marks = layout.marks.as_ref().filter(|marks| marks.except.is_none())?;
        let Shape::Wide(marks) = &marks.shape else { return None };
        let columns: Vec<&ColumnRule> = layout.columns.iter().collect();
        let is_written = |rule: &&ColumnRule| rule.value.is_some() || header(rule).is_some();
        let has_all = columns.iter().chain(&marks.iter().collect::<Vec<_>>()).all(is_written);
        let delimiter = u8::try_from(delimiter).ok()?;
        (is_plain && has_all).then(|| Self { delimiter, columns, marks, rows: Vec::new() })
    }

    /// Takes a card; false where the layout cannot say what it says.
    pub(super) fn take(&mut self, card: &TestCard) -> bool {
        let mut left: BTreeMap<&str, &str> =
            card.cells.iter().map(|(ours, text)| (*ours, text.as_str())).collect();
        left.insert("card", &card.number);
        left.extend(card.marks.iter().map(|(ours, text)| (ours.as_str(), text.as_str())));
        let mut row = Vec::new();
        for rule in self.columns.iter().copied().chain(self.marks) {
            let wanted = left.remove(rule.ours.as_str()).unwrap_or("");
            match &rule.value {
                Some(value) if value == wanted => {}
                Some(_) => return false,
                None => match written(rule, wanted) {
                    Some(cell) => row.push(cell),
                    None => return false,
                },
            }
        }
        if left.values().any(|text| !text.is_empty()) {
            return false;
        }
        self.rows.push(row);
        true
    }

    /// How many cards it took.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let rules = self.columns.iter().copied().chain(self.marks);
        let headers: Vec<String> =
            rules.filter(|rule| rule.value.is_none()).filter_map(header).map(str::to_owned).collect();
        let rows = self.rows.iter().flat_map(|row| line(self.delimiter, row));
        line(self.delimiter, &headers).into_iter().chain(rows).collect()
    }
}

/// What a cell must hold for a layout to read what is wanted.
fn written(rule: &ColumnRule, wanted: &str) -> Option<String> {
    if wanted.is_empty() {
        return rule.blank.is_empty().then(String::new);
    }
    match &rule.meaning {
        Meaning::Text | Meaning::OwnDate => Some(wanted.to_owned()),
        Meaning::Words(words) => {
            let found = words.table.iter().find(|(_, means)| means.eq_ignore_ascii_case(wanted));
            found.map(|(word, _)| word.clone()).filter(|word| !word.is_empty())
        }
        Meaning::Date(form) => {
            let time: jiff::civil::DateTime = wanted.parse().ok()?;
            jiff::fmt::strtime::format(&form.format, time).ok().filter(|_| form.zone.is_none())
        }
        Meaning::Amount(_) | Meaning::Sum(_) => None,
    }
}
