//! Two keyings of the same paper, cell by cell, and what the paper says where they differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::sheet::{Sheet, SheetRow};
use crate::catalogue::Code;
use crate::load::problem::Problems;
use crate::load::source::Source;
use crate::text::{quoted, visible};

/// Columns that say who keyed, not what the paper says.
const NOT_COMPARED: [&str; 1] = ["clerk"];

/// How two keyings differ on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The first alone has it.
    OnlyInFirst,
    /// The second alone has it.
    OnlyInSecond,
    /// Both have it and say something else in a column.
    Cell,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The control number.
    pub card: String,
    /// The column; `card` where one keying alone has it.
    pub column: String,
    /// What it is.
    pub kind: Kind,
    /// What the first keying has there.
    pub first: String,
    /// What the second has.
    pub second: String,
    /// The lines of the card in both.
    pub lines: (Option<u64>, Option<u64>),
    /// How it was settled.
    pub settled: Option<Settled>,
}

/// What the paper says, and who looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What stands in the cell; for a card that one keying alone has: its number, or nothing where there is
    /// no such paper.
    pub value: String,
    /// Who looked at the paper.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
}

impl Difference {
    /// In a line.
    #[must_use]
    pub fn says(&self, first: &str, second: &str) -> String {
        let at = |label: &str, line: Option<u64>| {
            line.map_or_else(|| label.to_owned(), |line| format!("{label}:{line}"))
        };
        let (in_first, in_second) = (at(first, self.lines.0), at(second, self.lines.1));
        let card = visible(&self.card);
        match self.kind {
            Kind::OnlyInFirst => format!("card {card}: only in {in_first}"),
            Kind::OnlyInSecond => format!("card {card}: only in {in_second}"),
            Kind::Cell => {
                let what = if self.column == "account" {
                    "one control number on two accounts".to_owned()
                } else {
                    visible(&self.column).into_owned()
                };
                let (theirs, ours) = (quoted(&self.first), quoted(&self.second));
                format!("card {card}: {what}: {theirs} ({in_first}), {ours} ({in_second})")
            }
        }
    }
}

/// Two keyings set side by side.
#[derive(Debug)]
pub struct Reconciliation {
    /// The columns of both, those of the first before others of the second.
    pub columns: Vec<String>,
    /// Every difference, in the order of the cards.
    pub differences: Vec<Difference>,
    /// How many cards both have.
    pub cards_in_both: u64,
    /// Clerks of either keying.
    pub clerks: (BTreeSet<String>, BTreeSet<String>),
    /// Cards that the same clerk keyed both times.
    pub same_clerk: Vec<String>,
    rows: Vec<Merged>,
}

/// A card of both keyings or of one.
#[derive(Debug)]
struct Merged {
    card: String,
    /// Per column, what the keying says that has it, the first before the second.
    cells: Vec<String>,
    clerk: String,
}

/// Sets two keyings side by side; what is settled is settled by `resolved`. Nothing where that is at fault.
pub fn reconcile(
    first: &Sheet,
    second: &Sheet,
    resolved: Option<&Source>,
    problems: &mut Problems,
) -> Option<Reconciliation> {
    let mut reconciliation = Reconciliation::of(first, second);
    if let Some(resolved) = resolved {
        let before = problems.count();
        reconciliation.settle(resolved, problems);
        if problems.count() > before {
            return None;
        }
    }
    Some(reconciliation)
}

impl Reconciliation {
    fn of(first: &Sheet, second: &Sheet) -> Self {
        let mut columns = first.columns.clone();
        columns.extend(second.columns.iter().filter(|name| !first.columns.contains(name)).cloned());
        let by_number = |sheet: &Sheet| -> HashMap<String, usize> {
            let rows = sheet.rows.iter().enumerate();
            rows.map(|(place, row)| (sheet.cell(row, "card").to_owned(), place)).collect()
        };
        let (in_first, in_second) = (by_number(first), by_number(second));
        let mut found = Self {
            columns,
            differences: Vec::new(),
            cards_in_both: 0,
            clerks: (clerks(first), clerks(second)),
            same_clerk: Vec::new(),
            rows: Vec::new(),
        };
        for row in &first.rows {
            let card = first.cell(row, "card");
            let other = in_second.get(card).map(|place| &second.rows[*place]);
            found.add(card, Some((first, row)), other.map(|row| (second, row)));
        }
        for row in &second.rows {
            let card = second.cell(row, "card");
            if !in_first.contains_key(card) {
                found.add(card, None, Some((second, row)));
            }
        }
        found
    }

    fn add(&mut self, card: &str, first: Option<(&Sheet, &SheetRow)>, second: Option<(&Sheet, &SheetRow)>) {
        let cell = |of: Option<(&Sheet, &SheetRow)>, column: &str| {
            of.map_or("", |(sheet, row)| sheet.cell(row, column)).to_owned()
        };
        let lines = (first.map(|(_, row)| row.line), second.map(|(_, row)| row.line));
        let told = |column: &str, kind, first, second| Difference {
            card: card.to_owned(),
            column: column.to_owned(),
            kind,
            first,
            second,
            lines,
            settled: None,
        };
        match (first, second) {
            (Some(_), None) => {
                self.differences.push(told("card", Kind::OnlyInFirst, card.to_owned(), String::new()));
            }
            (None, Some(_)) => {
                self.differences.push(told("card", Kind::OnlyInSecond, String::new(), card.to_owned()));
            }
            (Some(_), Some(_)) | (None, None) => {
                self.cards_in_both += 1;
                for column in self.columns.iter().filter(|name| !NOT_COMPARED.contains(&name.as_str())) {
                    let (one, other) = (cell(first, column), cell(second, column));
                    if one != other {
                        self.differences.push(told(column, Kind::Cell, one, other));
                    }
                }
            }
        }
        let (one, other) = (cell(first, "clerk"), cell(second, "clerk"));
        if is_same_name(&one, &other) && !one.is_empty() {
            self.same_clerk.push(card.to_owned());
        }
        let clerk = match (one.is_empty(), other.is_empty() || one == other) {
            (true, _) => other,
            (false, true) => one,
            (false, false) => format!("{one}; {other}"),
        };
        let kept = first.or(second);
        let cells = self.columns.iter().map(|column| cell(kept, column)).collect();
        self.rows.push(Merged { card: card.to_owned(), cells, clerk });
    }

    /// Reads how differences were settled.
    fn settle(&mut self, resolved: &Source, problems: &mut Problems) {
        let Some(sheet) = Resolutions::read(resolved, problems) else { return };
        let clerks: Vec<&String> = self.clerks.0.iter().chain(&self.clerks.1).collect();
        let mut seen: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (line, one) in sheet {
            let mut refuse = |column: &str, message: String| {
                problems.at(&resolved.label, line, column, Code::ResolutionRefused.fault(message));
            };
            if one.is_open() {
                continue;
            }
            let key = (one.card.clone(), one.column.clone());
            if let Some(first) = seen.insert(key, line) {
                refuse("card", format!("it is already settled on line {first}"));
                continue;
            }
            let found = self.differences.iter_mut().find(|it| it.card == one.card && it.column == one.column);
            let Some(difference) = found else {
                let (card, column) = (quoted(&one.card), quoted(&one.column));
                refuse("card", format!("the keyings do not differ on {card} in {column}"));
                continue;
            };
            if difference.kind != Kind::Cell && !one.value.is_empty() && one.value != one.card {
                refuse(
                    "value",
                    format!("expected {} where there is such a card, else nothing", quoted(&one.card)),
                );
            }
            for (column, cell) in [("by", &one.by), ("at", &one.at), ("reason", &one.reason)] {
                if cell.is_empty() {
                    refuse(
                        column,
                        "must not be empty: a difference is settled by somebody, at a time, for a reason"
                            .to_owned(),
                    );
                }
            }
            if !one.at.is_empty() && !is_time(&one.at) {
                refuse("at", format!("{} is no date or time such as 2002-12-05T10:40", quoted(&one.at)));
            }
            if clerks.iter().any(|clerk| is_same_name(clerk, &one.by)) {
                refuse(
                    "by",
                    format!("{} keyed one of the files: a third person settles it", quoted(&one.by)),
                );
            }
            let Resolution { value, by, at, reason, .. } = one;
            difference.settled = Some(Settled { value, by, at, reason });
        }
    }

    /// The differences that nobody settled.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.settled.is_none())
    }

    /// The cards as they are on the paper, as a file of cards; nothing while a difference is open.
    ///
    /// `clerk` names both clerks.
    #[must_use]
    pub fn settled_file(&self) -> Option<String> {
        if self.open().next().is_some() {
            return None;
        }
        let mut by_card: HashMap<&str, Vec<&Difference>> = HashMap::new();
        for difference in &self.differences {
            by_card.entry(&difference.card).or_default().push(difference);
        }
        let mut lines = vec![line(self.columns.iter().map(String::as_str))];
        for row in &self.rows {
            let mut cells = row.cells.clone();
            let mut is_there = true;
            for difference in by_card.get(row.card.as_str()).into_iter().flatten() {
                let value =
                    difference.settled.as_ref().map(|settled| settled.value.as_str()).unwrap_or_default();
                if difference.kind != Kind::Cell {
                    is_there = !value.is_empty();
                } else if let Some(place) = self.columns.iter().position(|name| *name == difference.column) {
                    value.clone_into(&mut cells[place]);
                }
            }
            if let Some(place) = self.columns.iter().position(|name| name == "clerk") {
                row.clerk.clone_into(&mut cells[place]);
            }
            if is_there {
                lines.push(line(cells.iter().map(String::as_str)));
            }
        }
        Some(lines.concat())
    }

    /// The differences that are open, as a file to be filled in and named by `--resolved`.
    #[must_use]
    pub fn to_settle(&self) -> String {
        let mut lines =
            vec![line(["card", "column", "first", "second", "value", "by", "at", "reason"].into_iter())];
        for open in self.open() {
            let cells = [&open.card, &open.column, &open.first, &open.second].map(String::as_str);
            lines.push(line(cells.into_iter().chain([""; 4])));
        }
        lines.concat()
    }
}

/// A line of CSV, with its end.
fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Nothing that is written to memory can fail.
    let _ = writer.write_record(cells);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn clerks(sheet: &Sheet) -> BTreeSet<String> {
    let named = sheet.rows.iter().map(|row| sheet.cell(row, "clerk").to_owned());
    named.filter(|name| !name.is_empty()).collect()
}

/// Whether two names are one, in whatever capitals.
fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok() || text.parse::<Date>().is_ok()
}

/// A row of the file that settles differences.
struct Resolution {
    card: String,
    column: String,
    value: String,
    by: String,
    at: String,
    reason: String,
}

impl Resolution {
    /// Whether nobody filled it in.
    fn is_open(&self) -> bool {
        [&self.value, &self.by, &self.at, &self.reason].iter().all(|cell| cell.is_empty())
    }
}

struct Resolutions;

impl Resolutions {
    /// The columns of the file; `first` and `second` may stand in it for the reader.
    const NEEDED: [&str; 6] = ["card", "column", "value", "by", "at", "reason"];
    const FOR_THE_READER: [&str; 2] = ["first", "second"];

    fn read(source: &Source, problems: &mut Problems) -> Option<Vec<(u64, Resolution)>> {
        let before = problems.count();
        let (columns, rows) = super::sheet::table(source, &Self::NEEDED, problems)?;
        for name in &columns {
            if !Self::NEEDED.iter().chain(&Self::FOR_THE_READER).any(|known| known == name) {
                let fault =
                    crate::load::problem::not_known(Code::HeaderUnknown, name, "a column", &Self::NEEDED);
                problems.at(&source.label, 1, name, fault);
            }
        }
        let cell = |row: &[String], column: &str| -> String {
            let place = columns.iter().position(|name| name == column);
            place.and_then(|place| row.get(place)).cloned().unwrap_or_default()
        };
        let resolutions = rows
            .iter()
            .map(|(line, row)| {
                let [card, column, value, by, at, reason] = Self::NEEDED.map(|name| cell(row, name));
                (*line, Resolution { card, column, value, by, at, reason })
            })
            .collect();
        (problems.count() == before).then_some(resolutions)
    }
}
