//! A layout with the headers of one file in hand: which field each column comes from. What the layout
//! names and the file lacks, what the file has and nobody reads, and words that mean nothing are told here,
//! before the first row.

use std::collections::{BTreeSet, HashMap};

use super::marks::{self, BoundMarks};
use super::records::Record;
use super::tally::WordMet;
use super::{
    AmountForm, At, ColumnRule, Comparison, Field, FieldAt, Format, Layout, Meaning, NotRow, Stated,
    StatementOf, Take, Totals,
};
use crate::catalogue::Code;
use crate::load::Role;
use crate::load::problem::{Problems, hint, meant};
use crate::load::table::Known;
use crate::text::quoted;

/// What the words of the meeting are.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Per column that holds only certain words, those words.
    pub(crate) words: HashMap<String, Vec<String>>,
    /// Per item, its nominees.
    pub(crate) items: Vec<(String, Vec<String>)>,
}

/// Where text comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    /// A field, by place, or characters of it; whether it may be cut off.
    Field(usize, Option<(Take, bool)>),
}

/// A column that knows its fields.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) rule: ColumnRule,
    pub(super) sources: Vec<From>,
    /// As messages name where it comes from.
    pub(super) header: String,
    /// Its place among all bound columns.
    pub(super) place: usize,
    /// The place of its code table.
    pub(super) table: usize,
}

/// What a cell of a row of ours is made of.
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
#[derive(Debug)]
pub(super) enum Made {
    Column(Bound),
    /// One of the marks: see [`BoundMarks`].
    Mark(usize),
    /// What the marks say of the card's account with itself.
    Contradiction,
}

/// A column of ours in the rows that are made.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) ours: String,
    pub(super) made: Made,
}

/// A layout bound to a file.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) label: String,
    pub(super) role: Role,
    pub(super) outputs: Vec<Output>,
    pub(super) marks: BoundMarks,
    pub(super) delimiter: Option<char>,
    pub(super) not_rows: Vec<BoundNotRow>,
    pub(super) records: Option<BoundRecords>,
    pub(super) states: Vec<BoundStatement>,
    /// The header's fields, where there is one.
    pub(super) headers: Option<Vec<String>>,
    pub(super) header_line: u64,
    /// Fields that are not read, with their names.
    pub(super) unread: Vec<(usize, String)>,
    /// Without headers: fields that are read or ignored.
    pub(super) known_fields: BTreeSet<usize>,
    /// In fixed files: the characters that are read.
    pub(super) known_characters: Vec<Take>,
    pub(super) is_fixed: bool,
    pub(super) adds_up: bool,
    /// Per code table, the column it is of and its entries.
    pub(super) tables: Vec<(String, Vec<(String, String)>)>,
    pub(super) bound_count: usize,
    /// The place of the shares among the outputs.
    pub(super) shares: Option<usize>,
}

#[expect(clippy::large_enum_variant, reason = "there are few of them")]
#[derive(Debug)]
pub(super) enum BoundNotRow {
    Blank,
    RepeatsHeader,
    Cell { from: From, comparison: Comparison, totals: BoundTotals },
}

#[derive(Debug)]
pub(super) struct BoundRecords {
    pub(super) from: From,
    pub(super) header: String,
    pub(super) rows: Vec<String>,
    pub(super) ignored: Vec<String>,
    pub(super) trailer: Option<(Vec<String>, BoundTotals)>,
}

#[derive(Debug, Default)]
pub(super) struct BoundTotals {
    pub(super) rows: Option<BoundStated>,
    pub(super) shares: Option<BoundStated>,
}

#[derive(Debug)]
pub(super) struct BoundStated {
    pub(super) from: From,
    pub(super) header: String,
    pub(super) take: Option<Take>,
    pub(super) after: Option<String>,
    pub(super) form: AmountForm,
}

#[derive(Debug)]
pub(super) struct BoundStatement {
    pub(super) line: Option<u64>,
    pub(super) record: Option<(String, Option<From>)>,
    pub(super) comparison: Comparison,
}

/// Binds columns, one after the other.
pub(super) struct Binder<'a, 'p> {
    layout: &'a Layout,
    /// The file, as messages name it.
    file: &'a str,
    headers: Option<&'a [String]>,
    used: BTreeSet<usize>,
    characters: Vec<Take>,
    pub(super) problems: &'p mut Problems,
    bound_count: usize,
    pub(super) tables: Vec<(String, Vec<(String, String)>)>,
    pub(super) vocabulary: &'a Vocabulary,
}

impl<'a> Binder<'a, '_> {
    /// Reports a mistake of the layout.
    pub(super) fn problem(&mut self, at: &At, message: impl Into<String>) {
        self.problems.at(&self.layout.label, at.line, &at.path, Code::LayoutUnknown.fault(message));
    }

    /// Where a field lies, and its name.
    fn field(&mut self, field: &FieldAt, is_text: bool) -> Option<(From, String)> {
        match &field.field {
            Field::Take(take) => {
                self.characters.push(*take);
                let name = format!("characters {}-{}", take.first, take.last);
                Some((From::Field(0, Some((*take, is_text))), name))
            }
            Field::Number(number) => {
                if let Some(headers) = self.headers
                    && *number > headers.len()
                {
                    let message = format!("{} has {} fields", quoted(self.file), headers.len());
                    self.problem(&field.at, message);
                    return None;
                }
                self.used.insert(number - 1);
                let header =
                    self.headers.and_then(|headers| headers.get(number - 1)).filter(|h| !h.is_empty());
                let name = header.map_or_else(|| format!("field {number}"), Clone::clone);
                Some((From::Field(number - 1, None), name))
            }
            Field::Header(name) => {
                self.header(name, &field.at).map(|place| (From::Field(place, None), name.clone()))
            }
        }
    }

    fn header(&mut self, name: &str, at: &At) -> Option<usize> {
        let Some(headers) = self.headers else {
            self.problem(
                at,
                format!("{} is a header, but the file has none; name the field by its number", quoted(name)),
            );
            return None;
        };
        let mut places = (0..headers.len()).filter(|place| headers[*place] == name);
        let Some(place) = places.next() else {
            let known: Vec<&str> =
                headers.iter().map(String::as_str).filter(|header| !header.is_empty()).collect();
            let message =
                format!("{} is not a header of {}{}", quoted(name), quoted(self.file), hint(name, &known));
            self.problem(at, message);
            return None;
        };
        if let Some(other) = places.next() {
            let message = format!(
                "{} is the header of fields {} and {}; name the one that is meant by its number",
                quoted(name),
                place + 1,
                other + 1
            );
            self.problem(at, message);
            return None;
        }
        self.used.insert(place);
        Some(place)
    }

    /// A column that knows its fields.
    pub(super) fn column(&mut self, rule: &ColumnRule) -> Option<Bound> {
        let mut sources = Vec::new();
        let mut names = Vec::new();
        let is_text = super::cell::is_text(&rule.ours);
        let mut is_whole = true;
        for field in &rule.from {
            match self.field(field, is_text) {
                Some((from, name)) => {
                    sources.push(from);
                    names.push(name);
                }
                None => is_whole = false,
            }
        }
        if !is_whole {
            return None;
        }
        let place = self.bound_count;
        self.bound_count += 1;
        let mut table = usize::MAX;
        if let Meaning::Words(words) = &rule.meaning {
            table = self.table(&rule.ours, &words.table);
        }
        let header = if names.is_empty() { rule.ours.clone() } else { names.join(" + ") };
        Some(Bound { rule: rule.clone(), sources, header, place, table })
    }

    /// The place of a code table; those of marks are shown together.
    pub(super) fn table(&mut self, ours: &str, table: &[(String, String)]) -> usize {
        self.tables.push((ours.to_owned(), table.to_vec()));
        self.tables.len() - 1
    }

    /// The words that a code table may lead to.
    pub(super) fn check_words(&mut self, ours: &str, at: &At, targets: &[(String, String)]) {
        self.check_shared_words(&[ours], at, targets);
    }

    /// The words of a code table that several columns share: a word of one of them will do, as the years of a
    /// frequency vote stand in one string with FOR and AGAINST. What is no mark of its item is seen in its row.
    pub(super) fn check_shared_words(&mut self, columns: &[&str], at: &At, targets: &[(String, String)]) {
        let known: Vec<&Vec<String>> =
            columns.iter().filter_map(|ours| self.vocabulary.words.get(*ours)).collect();
        if known.len() < columns.len() {
            return;
        }
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        for (code, target) in targets {
            if target.is_empty() || known.iter().any(|word| word.eq_ignore_ascii_case(target)) {
                continue;
            }
            let mut words: Vec<&str> = Vec::new();
            for word in known.iter().copied().filter(|word| word.chars().count() > 1) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            let message = format!(
                "{} is read as {}, which is not a word of {}{}",
                quoted(code),
                quoted(target),
                crate::text::one_of(columns.iter().copied()),
                hint(target, &words)
            );
            self.problem(at, message);
        }
    }

    fn stated(&mut self, stated: &Stated, form: AmountForm) -> Option<BoundStated> {
        let (from, header) = self.field(&stated.from, true)?;
        let form = stated.amounts.unwrap_or(form);
        Some(BoundStated { from, header, take: stated.take, after: stated.after.clone(), form })
    }

    fn totals(&mut self, totals: &Totals, form: AmountForm) -> BoundTotals {
        // Counts of rows have no decimals.
        let of_rows = AmountForm { thousands: form.thousands, ..AmountForm::default() };
        BoundTotals {
            rows: totals.rows.as_ref().and_then(|stated| self.stated(stated, of_rows)),
            shares: totals.shares.as_ref().and_then(|stated| self.stated(stated, form)),
        }
    }
}

/// The form of the column of shares, which control totals are written in too.
fn share_form(layout: &Layout) -> AmountForm {
    let of_column = layout.columns.iter().find(|column| column.ours == "shares");
    match of_column.map(|column| &column.meaning) {
        Some(Meaning::Amount(form) | Meaning::Sum(form)) => *form,
        _ => layout.amounts,
    }
}

/// Binds a layout to a file. Its problems are reported, and nothing is returned where there is one.
pub(super) fn bind(
    layout: &Layout,
    file: &str,
    headers: Option<(u64, Vec<String>)>,
    known: &[Known],
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Option<Plan> {
    let before = problems.count();
    let (header_line, headers) = match headers {
        Some((line, headers)) => (line, Some(headers)),
        None => (0, None),
    };
    let mut binder = Binder {
        layout,
        file,
        headers: headers.as_deref(),
        used: BTreeSet::new(),
        characters: Vec::new(),
        problems,
        bound_count: 0,
        tables: Vec::new(),
        vocabulary,
    };
    let mut made: Vec<(String, At, Made)> = Vec::new();
    for rule in &layout.columns {
        if let Meaning::Words(words) = &rule.meaning {
            binder.check_words(&rule.ours, &rule.at, &words.table);
        }
        if let Some(value) = &rule.value {
            binder.check_words(&rule.ours, &rule.at, &[(value.clone(), value.clone())]);
        }
        made.extend(
            binder.column(rule).map(|bound| (rule.ours.clone(), rule.at.clone(), Made::Column(bound))),
        );
    }
    let marks = marks::bind(layout, &mut binder, &mut made);
    let form = share_form(layout);
    let not_rows = layout.not_rows.iter().filter_map(|rule| bind_not_row(&mut binder, rule, form)).collect();
    let records = layout.records.as_ref().and_then(|records| {
        let (from, header) = binder.field(&records.field, true)?;
        let trailer = records.trailer.as_ref().map(|(is, totals)| (is.clone(), binder.totals(totals, form)));
        Some(BoundRecords {
            from,
            header,
            rows: records.rows.clone(),
            ignored: records.ignored.clone(),
            trailer,
        })
    });
    let states = layout.states.iter().filter_map(|state| bind_statement(&mut binder, state)).collect();
    let ignored: Vec<usize> = layout.ignore.iter().filter_map(|field| ignored(&mut binder, field)).collect();
    let (used, characters, bound_count) = (binder.used, binder.characters, binder.bound_count);
    let tables = binder.tables;
    if let Some(headers) = &headers {
        refuse_unmapped(layout, file, header_line, headers, &used, &ignored, problems);
    }
    let outputs = place(layout, file, made, known, problems);
    let name = |place: usize| match headers.as_ref().and_then(|headers| headers.get(place)) {
        Some(header) if !header.is_empty() => header.clone(),
        _ => format!("field {}", place + 1),
    };
    let unread: Vec<(usize, String)> = ignored
        .iter()
        .copied()
        .filter(|place| !used.contains(place))
        .map(|place| (place, name(place)))
        .collect();
    if problems.count() != before {
        return None;
    }
    Some(Plan {
        label: file.to_owned(),
        role: layout.role,
        shares: outputs.iter().position(|output| output.ours == "shares"),
        outputs,
        marks,
        delimiter: match layout.format {
            Format::Delimited(delimiter) => Some(delimiter),
            Format::Fixed | Format::Workbook(_) => None,
        },
        not_rows,
        records,
        states,
        header_line,
        unread,
        known_fields: used.into_iter().chain(ignored).collect(),
        known_characters: characters,
        is_fixed: layout.format == Format::Fixed,
        adds_up: layout.adds_up,
        tables,
        bound_count,
        headers,
    })
}

fn ignored(binder: &mut Binder<'_, '_>, field: &FieldAt) -> Option<usize> {
    match &field.field {
        Field::Number(number) => Some(number - 1),
        // A header that this file lacks needs no ignoring.
        Field::Header(name) => {
            binder.headers.and_then(|headers| headers.iter().position(|header| header == name))
        }
        Field::Take(take) => {
            binder.characters.push(*take);
            None
        }
    }
}

fn bind_not_row(binder: &mut Binder<'_, '_>, rule: &NotRow, form: AmountForm) -> Option<BoundNotRow> {
    match rule {
        NotRow::Blank => Some(BoundNotRow::Blank),
        NotRow::RepeatsHeader => Some(BoundNotRow::RepeatsHeader),
        NotRow::Cell { field, comparison, totals, .. } => {
            let (from, _) = binder.field(field, true)?;
            let totals = binder.totals(totals, form);
            Some(BoundNotRow::Cell { from, comparison: comparison.clone(), totals })
        }
    }
}

fn bind_statement(binder: &mut Binder<'_, '_>, state: &super::Statement) -> Option<BoundStatement> {
    let (line, record) = match &state.of {
        StatementOf::Line(line) => (Some(*line), None),
        StatementOf::Record { is, field } => {
            let from = match field {
                Some(field) => Some(binder.field(field, true)?.0),
                None => None,
            };
            (None, Some((is.clone(), from)))
        }
    };
    Some(BoundStatement { line, record, comparison: state.comparison.clone() })
}

/// Every header is mapped or ignored.
fn refuse_unmapped(
    layout: &Layout,
    file: &str,
    line: u64,
    headers: &[String],
    used: &BTreeSet<usize>,
    ignored: &[usize],
    problems: &mut Problems,
) {
    for (place, header) in headers.iter().enumerate() {
        if used.contains(&place) || ignored.contains(&place) {
            continue;
        }
        if header.is_empty() {
            let message = format!(
                "header {} is empty; {} must map or ignore it by its number",
                place + 1,
                quoted(&layout.label)
            );
            problems.at(file, line, "", Code::HeaderBlank.fault(message));
        } else {
            let message = format!("is neither mapped nor ignored by {}", quoted(&layout.label));
            problems.at(file, line, header, Code::HeaderUnknown.fault(message));
        }
    }
}

/// The columns in the order of ours. What is no column of the file's kind, or stands twice, or is missing, is
/// reported.
fn place(
    layout: &Layout,
    file: &str,
    made: Vec<(String, At, Made)>,
    known: &[Known],
    problems: &mut Problems,
) -> Vec<Output> {
    let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
    let mut placed: Vec<(usize, Output)> = Vec::new();
    for (ours, at, made) in made {
        let Some(place) = names.iter().position(|name| *name == ours) else {
            if matches!(made, Made::Contradiction) {
                continue;
            }
            let unused: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| !layout.columns.iter().any(|c| c.ours == *name))
                .collect();
            let nearest = meant(&ours, &unused)
                .map_or_else(String::new, |word| format!("; did you mean {}?", quoted(word)));
            let message = format!(
                "{} is neither a column nor an item or nominee of this meeting{nearest}",
                quoted(&ours)
            );
            problems.at(&layout.label, at.line, &at.path, Code::LayoutUnknown.fault(message));
            continue;
        };
        if placed.iter().any(|(other, _)| *other == place) {
            let fault = Code::LayoutUnknown.fault(format!("{} is made twice", quoted(&ours)));
            problems.at(&layout.label, at.line, &at.path, fault);
            continue;
        }
        placed.push((place, Output { ours, made }));
    }
    placed.sort_by_key(|(place, _)| *place);
    for known in known.iter().filter(|known| known.is_required) {
        let is_named = placed.iter().any(|(_, output)| output.ours == known.name)
            || layout.columns.iter().any(|column| column.ours == known.name);
        if !is_named {
            let message =
                format!("does not say where {} of {} comes from", quoted(&known.name), quoted(file));
            problems.at(&layout.label, 1, "columns", Code::LayoutUnknown.fault(message));
        }
    }
    placed.into_iter().map(|(_, output)| output).collect()
}

impl Plan {
    /// The headers of ours that the rows have.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|output| output.ours.as_str())
    }

    /// The header of the file that a column of ours comes from.
    pub(crate) fn shown(&self, place: usize) -> &str {
        match self.outputs.get(place).map(|output| &output.made) {
            Some(Made::Column(bound)) => &bound.header,
            Some(Made::Mark(mark)) => self.marks.header(*mark),
            Some(Made::Contradiction) | None => "",
        }
    }

    /// The words that were met.
    pub(super) fn words_met(&self, counts: &[Vec<u64>]) -> Vec<WordMet> {
        let mut met: Vec<WordMet> = Vec::new();
        for ((column, table), counts) in self.tables.iter().zip(counts) {
            let is_mark =
                self.role == Role::Cards && !crate::load::columns_of(Role::Cards).contains(&column.as_str());
            let column = if is_mark || column == "vote" { "marks" } else { column };
            for ((found, became), count) in table.iter().zip(counts).filter(|(_, count)| **count > 0) {
                let known = met
                    .iter_mut()
                    .find(|word| word.column == column && word.found == *found && word.became == *became);
                match known {
                    Some(word) => word.count += count,
                    None => met.push(WordMet {
                        column: column.to_owned(),
                        found: found.clone(),
                        became: became.clone(),
                        count: *count,
                    }),
                }
            }
        }
        met
    }

    /// Whether a record is the header again.
    pub(super) fn is_header(&self, record: &Record<'_>) -> bool {
        self.headers.as_ref().is_some_and(|headers| {
            record.count() == headers.len()
                && headers.iter().enumerate().all(|(place, header)| record.field(place).trim() == header)
        })
    }
}
