//! The deck as the meeting's own files would be written: with its headers, its delimiter, and through its layouts of
//! cards where these can be written as well as read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::accounts::TestCard;
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

/// What each column of marks of a layout can say.
pub(super) type Words = BTreeMap<String, Vec<String>>;

/// A file of cards that is written through its layout.
pub(super) struct LaidFile<'l> {
    delimiter: u8,
    layout: &'l Layout,
    shape: &'l Shape,
    /// Every field that is written, in the order of the file.
    fields: Vec<Field>,
    rows: Vec<Cells>,
    /// The marks that its cards bear, with their columns.
    shown: BTreeSet<(String, String)>,
}

/// What the fields of a row hold.
type Cells = Vec<(Field, String)>;

/// The one field that makes a column as it stands.
fn field(rule: &ColumnRule) -> Option<&Field> {
    let is_plain = rule.take.is_none() && rule.strip.is_empty() && rule.pad == 0 && rule.prefix.is_empty();
    match rule.from.as_slice() {
        [only] if is_plain && !rule.is_line => Some(&only.field),
        _ => None,
    }
}

impl<'l> LaidFile<'l> {
    /// A file of a layout; nothing where the layout reads what cannot be written by turning it round.
    pub(super) fn of(layout: &'l Layout) -> Option<Self> {
        let Format::Delimited(delimiter) = layout.format else { return None };
        let is_plain = layout.records.is_none() && layout.states.is_empty();
        let marks = layout.marks.as_ref().filter(|marks| marks.except.is_none() && is_plain)?;
        let columns = layout.columns.iter().filter(|rule| rule.value.is_none());
        let mut fields: Vec<Field> = columns.map(|rule| field(rule).cloned()).collect::<Option<_>>()?;
        match &marks.shape {
            Shape::Wide(rules) => {
                let written = rules.iter().filter(|rule| rule.value.is_none());
                fields.extend(written.map(|rule| field(rule).cloned()).collect::<Option<Vec<Field>>>()?);
            }
            Shape::Boxes { boxes, .. } => {
                let boxes = boxes.iter().flat_map(|boxed| &boxed.boxes);
                fields.extend(boxes.map(|(_, at)| at.field.clone()));
            }
            Shape::String { text, .. } => fields.push(field(text)?.clone()),
            Shape::Long { .. } | Shape::Counts(_) => return None,
        }
        let is_written = |field: &Field| match field {
            Field::Header(_) => layout.header == HeaderRule::Line(1),
            Field::Number(_) => layout.header == HeaderRule::Absent,
            Field::Take(_) => false,
        };
        let delimiter = u8::try_from(delimiter).ok()?;
        let is_possible = fields.iter().all(is_written);
        is_possible.then(|| Self {
            delimiter,
            layout,
            shape: &marks.shape,
            fields,
            rows: Vec::new(),
            shown: BTreeSet::new(),
        })
    }

    /// Takes a card; false where the layout cannot say what it says.
    pub(super) fn take(&mut self, card: &TestCard) -> bool {
        let mut left: BTreeMap<&str, &str> =
            card.cells.iter().map(|(ours, text)| (*ours, text.as_str())).collect();
        left.insert("card", &card.number);
        left.extend(card.marks.iter().map(|(ours, text)| (ours.as_str(), text.as_str())));
        let mut cells: Cells = Vec::new();
        let is_said = self.layout.columns.iter().all(|rule| say(rule, &mut left, &mut cells))
            && self.say_marks(&mut left, &mut cells);
        if is_said && left.values().all(|text| text.is_empty()) {
            self.rows.push(cells);
            let marks = card.marks.iter().map(|(ours, text)| (ours.clone(), text.to_uppercase()));
            self.shown.extend(marks);
            return true;
        }
        false
    }

    fn say_marks(&self, left: &mut BTreeMap<&str, &str>, cells: &mut Cells) -> bool {
        match self.shape {
            Shape::Wide(rules) => rules.iter().all(|rule| say(rule, left, cells)),
            Shape::Boxes { boxes, ticked } => boxes.iter().all(|boxed| {
                let wanted = left.remove(boxed.ours.as_str()).unwrap_or("");
                let found = boxed.boxes.iter().find(|(mark, _)| mark.eq_ignore_ascii_case(wanted));
                if let (Some((_, at)), Some(tick)) = (found, ticked.first()) {
                    cells.push((at.field.clone(), tick.clone()));
                }
                wanted.is_empty() || (found.is_some() && !ticked.is_empty())
            }),
            Shape::String { text, width, positions, words } => {
                let mut said = String::new();
                for position in positions {
                    let wanted = position.as_ref().map(|(ours, _)| left.remove(ours.as_str()).unwrap_or(""));
                    let word = match wanted {
                        None => Some(" ".repeat(*width)),
                        Some(wanted) => words
                            .table
                            .iter()
                            .find(|(_, means)| means.eq_ignore_ascii_case(wanted))
                            .map(|(word, _)| word.clone()),
                    };
                    let Some(word) = word.filter(|word| word.chars().count() <= *width) else { return false };
                    said.push_str(&word);
                    said.extend(std::iter::repeat_n(' ', *width - word.chars().count()));
                }
                field(text).is_some_and(|field| {
                    cells.push((field.clone(), said));
                    true
                })
            }
            Shape::Long { .. } | Shape::Counts(_) => false,
        }
    }

    /// What each column of marks can say, as cards write it.
    pub(super) fn words(&self) -> Words {
        let of_table = |words: &crate::layout::Words| -> Vec<String> {
            let mut means: Vec<String> = words
                .table
                .iter()
                .map(|(_, means)| means.clone())
                .filter(|means| !means.is_empty())
                .collect();
            means.sort_unstable();
            means.dedup();
            means
        };
        let of_rule = |rule: &ColumnRule| match &rule.meaning {
            Meaning::Words(words) => of_table(words),
            Meaning::Text | Meaning::Amount(_) | Meaning::Sum(_) | Meaning::Date(_) | Meaning::OwnDate => {
                Vec::new()
            }
        };
        match self.shape {
            Shape::Wide(rules) => rules.iter().map(|rule| (rule.ours.clone(), of_rule(rule))).collect(),
            Shape::Boxes { boxes, .. } => boxes
                .iter()
                .map(|one| (one.ours.clone(), one.boxes.iter().map(|(mark, _)| mark.clone()).collect()))
                .collect(),
            Shape::String { positions, words, .. } => {
                positions.iter().flatten().map(|(ours, _)| (ours.clone(), of_table(words))).collect()
            }
            Shape::Long { .. } | Shape::Counts(_) => Words::new(),
        }
    }

    /// What it can say, and none of its cards says: `2 ABSTAIN`.
    pub(super) fn not_said(&self) -> Vec<String> {
        let all = self.words().into_iter();
        let each = all
            .flat_map(|(ours, words)| words.into_iter().map(move |word| (ours.clone(), word.to_uppercase())));
        each.filter(|said| !self.shown.contains(said)).map(|(ours, word)| format!("{ours} {word}")).collect()
    }

    /// How many cards it took.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.layout.header != HeaderRule::Absent {
            let name = |field: &Field| match field {
                Field::Header(name) => name.clone(),
                Field::Number(_) | Field::Take(_) => String::new(),
            };
            bytes.extend(line(self.delimiter, &self.fields.iter().map(name).collect::<Vec<_>>()));
        }
        for row in &self.rows {
            let text = |field: &Field| {
                row.iter().find(|(other, _)| other == field).map(|(_, text)| text.clone()).unwrap_or_default()
            };
            bytes.extend(line(
                self.delimiter,
                &self
                    .ordered()
                    .iter()
                    .map(|field| field.as_ref().map_or_else(String::new, text))
                    .collect::<Vec<_>>(),
            ));
        }
        bytes
    }

    /// The fields of a row in their order; of those told by number also the ones between.
    fn ordered(&self) -> Vec<Option<Field>> {
        let number = |field: &Field| match field {
            Field::Number(number) => Some(*number),
            Field::Header(_) | Field::Take(_) => None,
        };
        match self.fields.iter().filter_map(number).max() {
            None => self.fields.iter().cloned().map(Some).collect(),
            Some(last) => {
                let field = |at: usize| self.fields.iter().find(|field| number(field) == Some(at)).cloned();
                (1..=last).map(field).collect()
            }
        }
    }
}

/// Says what a column of ours is to hold; false where the layout cannot.
fn say(rule: &ColumnRule, left: &mut BTreeMap<&str, &str>, cells: &mut Cells) -> bool {
    let wanted = left.remove(rule.ours.as_str()).unwrap_or("");
    match (&rule.value, field(rule)) {
        // A telephone is as good as the Internet: neither is signed.
        (Some(value), _) => value == wanted || (wanted == "internet" && value == "telephone"),
        (None, Some(field)) => written(rule, wanted).is_some_and(|text| {
            cells.push((field.clone(), text));
            true
        }),
        (None, None) => false,
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
