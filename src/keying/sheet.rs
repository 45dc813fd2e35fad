//! A keying: a CSV file of cards with its rows as they stand after their corrections.

use std::collections::HashMap;

use crate::catalogue::Code;
use crate::load::problem::{Problems, not_known};
use crate::load::source::Source;
use crate::text::quoted;

/// What the column `correction` may say.
pub const CORRECTIONS: [&str; 2] = ["replaces", "withdraws"];

/// What a row does to the row of the same card before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// It stands in its place.
    Replaces,
    /// It takes it away.
    Withdraws,
}

impl Correction {
    /// As the column says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaces => CORRECTIONS[0],
            Self::Withdraws => CORRECTIONS[1],
        }
    }

    /// That of a cell; nothing where it is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Replaces, Self::Withdraws].into_iter().find(|one| one.name() == name)
    }
}

/// A row of a keying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Its line, from 1.
    pub line: u64,
    /// Its cells, trimmed, one for each column.
    pub cells: Vec<String>,
}

/// A keying. Invariant: it has the column `card`, and every row another number in it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// As messages name it.
    pub label: String,
    /// Its headers, without `correction`.
    pub columns: Vec<String>,
    /// Its rows after their corrections, in the order in which the cards were first keyed.
    pub rows: Vec<SheetRow>,
    /// Rows that corrected others.
    pub corrections: u64,
}

impl Sheet {
    /// Reads a keying; nothing where there are problems.
    pub fn read(source: &Source, needed: &[&str], problems: &mut Problems) -> Option<Self> {
        let before = problems.count();
        let (header, rows) = table(source, needed, problems)?;
        let correction = header.iter().position(|name| name == "correction");
        let kept = |cells: Vec<String>| -> Vec<String> {
            let places = cells.into_iter().enumerate();
            places.filter(|(place, _)| Some(*place) != correction).map(|(_, cell)| cell).collect()
        };
        let card = header.iter().position(|name| name == "card")?;
        let mut sheet =
            Self { label: source.label.clone(), columns: kept(header), rows: Vec::new(), corrections: 0 };
        let mut standing = Standing::default();
        for (line, cells) in rows {
            let said = correction.map(|place| cells[place].clone()).unwrap_or_default();
            let number = cells[card].clone();
            if number.is_empty() {
                problems.at(&source.label, line, "card", Code::CellEmpty.fault("must not be empty"));
                continue;
            }
            sheet.corrections += u64::from(!said.is_empty());
            let row = SheetRow { line, cells: kept(cells) };
            standing.add(&source.label, &number, &said, row, problems);
        }
        sheet.rows = standing.rows();
        (problems.count() == before).then_some(sheet)
    }

    /// The place of a column.
    #[must_use]
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// A cell of a row; empty where the keying has no such column.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a SheetRow, column: &str) -> &'a str {
        self.place(column).and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }
}

/// A header, and the rows with their lines.
pub(crate) type Table = (Vec<String>, Vec<(u64, Vec<String>)>);

/// The header and the rows of a file, each with as many cells; nothing where the header is not understood. Rows at
/// fault are reported and left out.
pub(crate) fn table(source: &Source, needed: &[&str], problems: &mut Problems) -> Option<Table> {
    let before = problems.count();
    let mut lines = Lines::of(source);
    let Some((_, header)) = lines.next(problems) else {
        problems.at(&source.label, 1, "", Code::FileEmpty.fault("the file is empty; expected a header"));
        return None;
    };
    for (place, name) in header.iter().enumerate() {
        if name.is_empty() {
            problems.at(&source.label, 1, "", Code::HeaderBlank.fault("a column has no header"));
        } else if let Some(first) = header[..place].iter().position(|other| other == name) {
            let message = format!("stands twice, as columns {} and {}", first + 1, place + 1);
            problems.at(&source.label, 1, name, Code::HeaderRepeated.fault(message));
        }
    }
    for name in needed.iter().filter(|name| !header.iter().any(|known| known == *name)) {
        problems.at(&source.label, 1, name, Code::HeaderMissing.fault("the required column is missing"));
    }
    if problems.count() > before {
        return None;
    }
    let mut rows = Vec::new();
    while let Some((line, cells)) = lines.next(problems) {
        if cells.len() == header.len() {
            rows.push((line, cells));
        } else {
            let message = format!("has {} fields, and the header has {}", cells.len(), header.len());
            problems.at(&source.label, line, "", Code::RowFields.fault(message));
        }
    }
    Some((header, rows))
}

/// The rows that stand, while a keying is read.
#[derive(Default)]
struct Standing {
    /// Per card, its place among the cards.
    places: HashMap<String, usize>,
    /// The row of each; nothing where it was withdrawn.
    rows: Vec<Option<SheetRow>>,
}

impl Standing {
    fn add(&mut self, label: &str, number: &str, said: &str, row: SheetRow, problems: &mut Problems) {
        let line = row.line;
        let place = self.places.get(number).copied();
        let before = place.and_then(|place| self.rows[place].as_ref());
        if said.is_empty() {
            match (place, before) {
                (_, Some(before)) => {
                    let message = format!("{} is already on line {}", quoted(number), before.line);
                    problems.at(label, line, "card", Code::RowRepeated.fault(message));
                }
                // Keyed again after it was withdrawn.
                (Some(place), None) => self.rows[place] = Some(row),
                (None, None) => {
                    self.places.insert(number.to_owned(), self.rows.len());
                    self.rows.push(Some(row));
                }
            }
            return;
        }
        let Some(correction) = Correction::from_name(said) else {
            let fault = not_known(Code::WordUnknown, said, "a correction", &CORRECTIONS);
            problems.at(label, line, "correction", fault);
            return;
        };
        let (Some(place), Some(_)) = (place, before) else {
            let message = format!("no row of card {} stands before it in this file", quoted(number));
            problems.at(label, line, "correction", Code::CorrectionRefused.fault(message));
            return;
        };
        self.rows[place] = (correction == Correction::Replaces).then_some(row);
    }

    fn rows(self) -> Vec<SheetRow> {
        self.rows.into_iter().flatten().collect()
    }
}

/// The lines of a file, split into trimmed fields. A field may not hold a line break, as in all files here.
struct Lines<'a> {
    label: &'a str,
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn of(source: &'a Source) -> Self {
        let mut lines: Vec<&str> =
            source.text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        Self { label: &source.label, lines, at: 0 }
    }

    /// The next line that could be split, and its number.
    fn next(&mut self, problems: &mut Problems) -> Option<(u64, Vec<String>)> {
        loop {
            let line = self.lines.get(self.at)?;
            self.at += 1;
            let number = self.at as u64;
            if line.trim().is_empty() {
                problems.at(self.label, number, "", Code::LineBlank.fault("the line is blank"));
                continue;
            }
            if line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
                let message = "a quote is not closed on its line; a field may not hold a line break";
                problems.at(self.label, number, "", Code::RowQuotes.fault(message));
                continue;
            }
            return Some((number, fields(line)));
        }
    }
}

/// The trimmed fields of a line.
fn fields(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|cell| cell.trim().to_owned()).collect()
}
