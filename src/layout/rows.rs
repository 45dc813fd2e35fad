//! Records into rows of ours: which records are rows, what each of their cells says, and what is wrong.

use super::bind::{Bound, BoundNotRow, BoundTotals, Made, Plan};
use super::cell::{Cells, Fault};
use super::marks::{BoundCount, BoundItem, MarkFault, RowShape, Said};
use super::reading::{Change, Found, LaidRows, Part, RawPiece, StatedTotal};
use super::records::{Batch, Record};
use super::tally::NotRead;
use super::{Comparison, bind};
use crate::amount::Shares;
use crate::catalogue::Code;
use crate::load::Role;
use crate::load::source::Unreadable;
use crate::text::{counted, one_of, quoted};

pub(super) const BLANK_INSIDE: &str = "the line is blank; blank lines may stand only at the end";

/// The longest text of a line that is no row, in characters.
const SHOWN_MAX: usize = 120;

pub(super) fn not_read(line: u64, why: &'static str, text: &str) -> NotRead {
    NotRead { line, why, text: text.trim().chars().take(SHOWN_MAX).collect() }
}

/// Makes rows of pieces, one after the other.
pub(crate) struct Converter<'p> {
    plan: &'p Plan,
    cells: Cells,
    said: Said,
    values: Vec<String>,
    is_recording: bool,
    slots: Slots,
}

/// Which outputs the shapes set that make several rows of a record, or one of several.
#[derive(Debug, Default)]
struct Slots {
    item: Option<usize>,
    nominee: Option<usize>,
    vote: Option<usize>,
    shares: Option<usize>,
    card: Option<usize>,
    account: Option<usize>,
    received: Option<usize>,
    class: Option<usize>,
    holder: Option<usize>,
    /// Whether the card's number is its line.
    is_card_line: bool,
}

impl Slots {
    fn of(plan: &Plan) -> Self {
        let find = |ours: &str| plan.outputs.iter().position(|output| output.ours == ours);
        let card = find("card");
        let is_card_line = card.is_none_or(|card| match &plan.outputs[card].made {
            Made::Column(bound) => bound.rule.is_line,
            Made::Mark(_) | Made::Contradiction => true,
        });
        Self {
            item: find("item"),
            nominee: find("nominee"),
            vote: find("vote"),
            shares: find("shares"),
            card,
            account: find("account"),
            received: find("received"),
            class: find("class"),
            holder: find("holder"),
            is_card_line,
        }
    }
}

impl Plan {
    /// Whether rows are put together of several records.
    pub(super) fn makes_parts(&self) -> bool {
        let is_long = matches!(self.marks.rows, Some(RowShape::Long { .. })) && self.role == Role::Cards;
        is_long || self.adds_up
    }

    /// Why a statement does not hold.
    pub(super) fn not_stated(&self, state: &bind::BoundStatement) -> String {
        let place = match (&state.line, &state.record) {
            (Some(line), _) => format!("line {line}"),
            (None, Some((is, _))) => format!("the record {}", quoted(is)),
            (None, None) => String::new(),
        };
        let what = match &state.comparison {
            Comparison::Is(words) => format!("is not {}", one_of(words.iter().map(String::as_str))),
            Comparison::StartsWith(start) => format!("does not begin with {}", quoted(start)),
            Comparison::Contains(part) => format!("does not contain {}", quoted(part)),
        };
        format!("{place} of {} {what}: is it the file of another meeting?", quoted(&self.label))
    }
}

impl<'p> Converter<'p> {
    pub(crate) fn new(plan: &'p Plan, is_recording: bool) -> Self {
        let tables: Vec<usize> = plan.tables.iter().map(|(_, table)| table.len()).collect();
        Self {
            plan,
            cells: Cells::new(plan.bound_count, &tables),
            said: Said::default(),
            values: vec![String::new(); plan.outputs.len()],
            is_recording,
            slots: Slots::of(plan),
        }
    }

    /// Makes rows of a piece.
    pub(crate) fn convert(&mut self, piece: RawPiece) -> Result<LaidRows, Unreadable> {
        let batch = match piece {
            RawPiece::Nothing => Batch::default(),
            RawPiece::Ready(rows) => return Ok(*rows),
            RawPiece::Cells(batch) => batch,
            RawPiece::Text(text, line) => Batch::of_text(text, line, self.plan.delimiter),
        };
        let mut rows = LaidRows::default();
        rows.text.reserve(batch.size());
        rows.found.unread = vec![0; self.plan.unread.len().max(usize::from(self.plan.is_fixed))];
        for (line, message) in &batch.malformed {
            rows.first_row = Some(rows.first_row.map_or(*line, |first| first.min(*line)));
            rows.problems.at(&self.plan.label, *line, "", message.clone());
        }
        for record in batch.records() {
            self.record(&record, &mut rows);
        }
        let met = &mut self.cells.met;
        rows.found.formula_count = batch.formula_count;
        rows.found.words.clone_from(&met.words);
        met.words.iter_mut().for_each(|counts| counts.fill(0));
        rows.found.amounts_changed = std::mem::take(&mut met.amounts_changed);
        rows.found.dates_changed = std::mem::take(&mut met.dates_changed);
        Ok(rows)
    }

    fn record(&mut self, record: &Record<'_>, rows: &mut LaidRows) {
        let plan = self.plan;
        self.states(record, rows);
        if record.is_blank() {
            if plan.not_rows.iter().any(|rule| matches!(rule, BoundNotRow::Blank)) {
                rows.found.not_read.push(not_read(record.line, "blank", ""));
            } else {
                rows.blank.get_or_insert(record.line);
            }
            return;
        }
        rows.first_row.get_or_insert(record.line);
        if let Some(at) = rows.blank.take() {
            rows.problems.at(&plan.label, at, "", Code::LineBlank.fault(BLANK_INSIDE));
        }
        if self.is_no_row(record, rows) || !self.is_row_type(record, rows) || !self.has_fields(record, rows) {
            return;
        }
        rows.found.record_count += 1;
        self.unread(record, &mut rows.found);
        if self.cells(record, rows) {
            self.emit(record, rows);
        }
    }

    fn states(&self, record: &Record<'_>, rows: &mut LaidRows) {
        for (place, state) in self.plan.states.iter().enumerate() {
            let text = match (&state.line, &state.record) {
                (Some(line), _) if *line == record.line => record.shown(),
                (None, Some((is, field))) if self.record_type(record) == Some(is.as_str()) => match field {
                    Some(from) => super::cell::taken(record, *from).unwrap_or("").to_owned(),
                    None => record.shown(),
                },
                _ => continue,
            };
            if state.comparison.fits(&text) {
                rows.found.stated.push(place);
            }
        }
    }

    fn record_type<'b>(&self, record: &Record<'b>) -> Option<&'b str> {
        let records = self.plan.records.as_ref()?;
        Some(super::cell::taken(record, records.from).unwrap_or("").trim())
    }

    /// Whether it is one of those that are no rows.
    fn is_no_row(&mut self, record: &Record<'_>, rows: &mut LaidRows) -> bool {
        for rule in &self.plan.not_rows {
            match rule {
                BoundNotRow::Blank => {}
                BoundNotRow::RepeatsHeader => {
                    if self.plan.is_header(record) {
                        rows.found.not_read.push(not_read(record.line, "the header again", &record.shown()));
                        return true;
                    }
                }
                BoundNotRow::Cell { from, comparison, totals } => {
                    if super::cell::taken(record, *from).is_ok_and(|text| comparison.fits(text)) {
                        rows.found.not_read.push(not_read(record.line, "not a row", &record.shown()));
                        self.totals(record, totals, rows);
                        return true;
                    }
                }
            }
        }
        false
    }

    fn totals(&self, record: &Record<'_>, totals: &BoundTotals, rows: &mut LaidRows) {
        if totals.is_none() {
            return;
        }
        let mut read = |stated: &Option<bind::BoundStated>| {
            let stated = stated.as_ref()?;
            let found = super::cell::taken(record, stated.from).map_err(|fault| fault.message().to_owned());
            match found.and_then(|text| stated.read(text)) {
                Ok(read) => Some(read),
                Err(why) => {
                    rows.problems.at(
                        &self.plan.label,
                        record.line,
                        &stated.header,
                        Code::ControlTotal.fault(why),
                    );
                    None
                }
            }
        };
        let stated =
            StatedTotal { line: record.line, rows: read(&totals.rows), shares: read(&totals.shares) };
        rows.found.totals.push(stated);
    }

    /// Whether its type is that of rows.
    fn is_row_type(&mut self, record: &Record<'_>, rows: &mut LaidRows) -> bool {
        let Some(records) = &self.plan.records else { return true };
        let of = self.record_type(record).unwrap_or("");
        let is_in = |words: &[String]| words.iter().any(|word| word == of);
        if is_in(&records.rows) {
            return true;
        }
        if let Some((_, totals)) = records.trailer.as_ref().filter(|(is, _)| is_in(is)) {
            rows.found.trailer_count += 1;
            rows.found.not_read.push(not_read(record.line, "control totals", &record.shown()));
            self.totals(record, totals, rows);
        } else if is_in(&records.ignored) {
            rows.found.not_read.push(not_read(record.line, "another type of record", &record.shown()));
        } else {
            let trailer = records.trailer.iter().flat_map(|(is, _)| is);
            let known =
                one_of(records.rows.iter().chain(&records.ignored).chain(trailer).map(String::as_str));
            let message = format!("{} is not a record of the layout; expected {known}", quoted(of));
            rows.problems.at(&self.plan.label, record.line, &records.header, Code::LayoutWord.fault(message));
        }
        false
    }

    /// Whether it has as many fields as it should.
    fn has_fields(&self, record: &Record<'_>, rows: &mut LaidRows) -> bool {
        let plan = self.plan;
        if plan.is_fixed {
            return true;
        }
        let found = record.count();
        let message = match &plan.headers {
            // A sheet's row ends with its last cell.
            Some(headers) if plan.delimiter.is_none() => {
                let is_over = (headers.len()..found).any(|place| !record.field(place).trim().is_empty());
                is_over.then(|| format!("the row has {found} cells, but the header has {}", headers.len()))
            }
            Some(headers) => (found != headers.len()).then(|| {
                format!(
                    "the row has {}, but the header has {}",
                    counted(found as u64, "field"),
                    headers.len()
                )
            }),
            None => {
                for place in (0..found).filter(|place| !plan.known_fields.contains(place)) {
                    let is_new = !rows.found.unmapped.iter().any(|(known, _)| *known == place);
                    if is_new && !record.field(place).trim().is_empty() {
                        rows.found.unmapped.push((place, record.line));
                    }
                }
                let last = plan.known_fields.last().map_or(0, |last| last + 1);
                let is_short = found < last && plan.delimiter.is_some();
                is_short.then(|| {
                    format!(
                        "the record has {}, but the layout reads field {last}",
                        counted(found as u64, "field")
                    )
                })
            }
        };
        let Some(message) = message else { return true };
        rows.problems.at(&plan.label, record.line, "", Code::RowFields.fault(message));
        false
    }

    fn unread(&self, record: &Record<'_>, found: &mut Found) {
        for ((place, _), count) in self.plan.unread.iter().zip(&mut found.unread) {
            *count += u64::from(!record.field(*place).trim().is_empty());
        }
        if self.plan.is_fixed {
            let is_known = |at: usize| {
                self.plan.known_characters.iter().any(|take| (take.first..=take.last).contains(&(at + 1)))
            };
            let is_other = |(at, c): (usize, char)| !c.is_whitespace() && !is_known(at);
            found.unread[0] += u64::from(record.field(0).chars().enumerate().any(is_other));
        }
    }

    /// Reads every cell; false where the row cannot be read further.
    fn cells(&mut self, record: &Record<'_>, rows: &mut LaidRows) -> bool {
        let plan = self.plan;
        let mut is_whole = true;
        for (output, value) in plan.outputs.iter().zip(&mut self.values) {
            value.clear();
            let Made::Column(bound) = &output.made else { continue };
            match self.cells.read(bound, record, value) {
                Ok(()) => {
                    if self.is_recording {
                        record_change(record.line, bound, self.cells.found(), value, rows);
                    }
                }
                Err(fault) => {
                    value.clear();
                    rows.problems.at(&plan.label, record.line, &bound.header, fault.told());
                    is_whole &= stand_in(&fault, bound, plan, value);
                }
            }
        }
        let mut faults: Vec<(crate::catalogue::Fault, &str)> = Vec::new();
        plan.marks.read(&mut self.cells, record, &mut self.said, &mut |fault| match fault {
            MarkFault::Cell(fault, header) => faults.push((fault.told(), header)),
            MarkFault::Nominee(message, header) => faults.push((Code::LayoutNominee.fault(message), header)),
        });
        for (fault, header) in faults {
            rows.problems.at(&plan.label, record.line, header, fault);
        }
        rows.found.dropped += self.said.dropped;
        for (output, value) in plan.outputs.iter().zip(&mut self.values) {
            match output.made {
                Made::Mark(mark) => {
                    value.push_str(&self.said.marks[mark]);
                    if self.is_recording && !value.is_empty() {
                        let change = Change {
                            line: record.line,
                            column: plan.marks.header(mark).to_owned(),
                            found: plan.marks.written(mark, record),
                            became: format!("{}: {value}", output.ours),
                        };
                        rows.found.changes.push(change);
                    }
                }
                Made::Contradiction => value.push_str(&self.said.contradiction),
                Made::Column(_) => {}
            }
        }
        is_whole
    }

    /// Writes the row, or the rows that a record is.
    fn emit(&mut self, record: &Record<'_>, rows: &mut LaidRows) {
        let plan = self.plan;
        match &plan.marks.rows {
            None if plan.adds_up => {
                let of = |slot: Option<usize>| slot.map_or("", |slot| self.values[slot].as_str());
                let key = [of(self.slots.account), of(self.slots.class), of(self.slots.holder)].join("\n");
                rows.parts.push(Part { line: record.line, key, values: self.values.clone(), target: None });
            }
            None => self.write(record.line, rows),
            Some(RowShape::Long { item, vote, shares }) => {
                self.emit_long(record, item, vote, shares.as_deref(), rows);
            }
            Some(RowShape::Counts { item, amounts }) => {
                self.emit_counts(record, item.as_ref(), amounts, rows);
            }
        }
    }

    fn emit_long(
        &mut self,
        record: &Record<'_>,
        item: &BoundItem,
        vote: &Bound,
        shares: Option<&Bound>,
        rows: &mut LaidRows,
    ) {
        let plan = self.plan;
        let mut report = |(fault, header): (Fault, &str)| {
            rows.problems.at(&plan.label, record.line, header, fault.told());
        };
        let mut text = String::new();
        let item = item.of(&mut self.cells, record, &mut text);
        let mut said = String::new();
        let read = self.cells.read(vote, record, &mut said);
        let found = self.cells.found().to_owned();
        let mut amount = String::new();
        let read_shares = match shares {
            Some(shares) => {
                self.cells.read(shares, record, &mut amount).map_err(|fault| (fault, shares.header.as_str()))
            }
            None => Ok(()),
        };
        let is_whole = item.is_ok() && read.is_ok() && read_shares.is_ok();
        let item = match item {
            Ok(item) => item,
            Err(why) => {
                report(why);
                None
            }
        };
        if let Err(fault) = read {
            report((fault, &vote.header));
        }
        if let Err(why) = read_shares {
            report(why);
        }
        if !is_whole {
            return;
        }
        rows.found.dropped += u64::from(item.is_none() && !said.is_empty());
        if plan.role == Role::Street {
            let Some(item) = item else { return };
            self.set_matter(item, &said, &amount);
            self.write(record.line, rows);
            return;
        }
        if self.is_recording {
            let became = format!("{}: {said}", item.unwrap_or("dropped"));
            let change = Change { line: record.line, column: vote.header.clone(), found, became };
            rows.found.changes.push(change);
        }
        let target = item.and_then(|item| plan.outputs.iter().position(|output| output.ours == item));
        let mut values = self.values.clone();
        if let Some(target) = target {
            values[target] = said;
        }
        if let Some(card) = self.slots.card.filter(|_| self.slots.is_card_line)
            && values[card].is_empty()
        {
            values[card] = record.line.to_string();
        }
        let of = |slot: Option<usize>| slot.map_or("", |slot| values[slot].as_str());
        let key = if self.slots.is_card_line {
            [of(self.slots.account), of(self.slots.received)].join("\n")
        } else {
            of(self.slots.card).to_owned()
        };
        rows.parts.push(Part { line: record.line, key, values, target });
    }

    /// Sets what a total is of.
    fn set_matter(&mut self, item: &str, vote: &str, shares: &str) {
        let (item, nominee) = item.split_once('.').unwrap_or((item, ""));
        for (slot, text) in [
            (self.slots.item, item),
            (self.slots.nominee, nominee),
            (self.slots.vote, vote),
            (self.slots.shares, shares),
        ] {
            if let Some(slot) = slot {
                self.values[slot].clear();
                self.values[slot].push_str(text);
            }
        }
    }

    fn emit_counts(
        &mut self,
        record: &Record<'_>,
        item: Option<&BoundItem>,
        amounts: &[BoundCount],
        rows: &mut LaidRows,
    ) {
        let plan = self.plan;
        let mut text = String::new();
        let matter = match item.map(|item| item.of(&mut self.cells, record, &mut text)) {
            None => None,
            Some(Ok(Some(matter))) => Some(matter),
            Some(Ok(None)) => {
                rows.found.dropped += 1;
                return;
            }
            Some(Err((fault, header))) => {
                rows.problems.at(&plan.label, record.line, header, fault.told());
                return;
            }
        };
        let number = self.slots.card.map(|card| match self.values[card].as_str() {
            "" => record.line.to_string(),
            number => number.to_owned(),
        });
        let mut amount = String::new();
        for count in amounts {
            amount.clear();
            if let Err(fault) = self.cells.read(&count.column, record, &mut amount) {
                rows.problems.at(&plan.label, record.line, &count.column.header, fault.told());
                continue;
            }
            if amount.is_empty() || Shares::parse(&amount).is_ok_and(|shares| shares.is_zero()) {
                continue;
            }
            if self.is_recording {
                let of = count.ours.as_deref().or(matter).unwrap_or("");
                let became = format!("{of}: {} {amount}", count.vote);
                let found = self.cells.found().trim().to_owned();
                rows.found.changes.push(Change {
                    line: record.line,
                    column: count.column.header.clone(),
                    found,
                    became,
                });
            }
            let Some(of) = count.ours.as_deref().or(matter) else { continue };
            if plan.role == Role::Street {
                self.set_matter(of, &count.vote, &amount);
                self.write(record.line, rows);
                continue;
            }
            let of_row = count.ours.as_ref().map_or_else(String::new, |ours| format!("-{ours}"));
            for (output, value) in plan.outputs.iter().zip(&mut self.values) {
                if matches!(output.made, Made::Mark(_)) {
                    value.clear();
                    if output.ours == of {
                        value.push_str(&count.vote);
                    }
                }
            }
            if let (Some(card), Some(number)) = (self.slots.card, &number) {
                self.values[card] = format!("{number}{of_row}-{}", count.vote);
            }
            if let Some(shares) = self.slots.shares {
                self.values[shares].clone_from(&amount);
            }
            self.write(record.line, rows);
        }
    }

    fn write(&self, line: u64, rows: &mut LaidRows) {
        write_row(&self.values, &mut rows.text);
        rows.lines.push(line);
    }
}

/// Writes a row of ours: quotes only where they are needed.
pub(super) fn write_row(values: &[String], out: &mut String) {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        if memchr::memchr2(b',', b'"', value.as_bytes()).is_some() {
            out.push('"');
            out.push_str(&value.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(value);
        }
    }
    out.push('\n');
}

fn record_change(line: u64, bound: &Bound, found: &str, value: &str, rows: &mut LaidRows) {
    let found = found.trim();
    if found != value && !(found.is_empty() && bound.rule.value.is_none() && value.is_empty()) {
        let column = bound.header.clone();
        rows.found.changes.push(Change { line, column, found: found.to_owned(), became: value.to_owned() });
    }
}

/// Something that stands in for a cell at fault, so that the other cells of its row are looked at too; nothing
/// is tabulated anyway. False where there is no such thing.
fn stand_in(fault: &Fault, bound: &Bound, plan: &Plan, value: &mut String) -> bool {
    let is_mark =
        plan.role == Role::Cards && !crate::load::columns_of(Role::Cards).contains(&bound.rule.ours.as_str());
    match fault {
        Fault::Date(_) => value.push_str("2000-01-01"),
        Fault::Amount(_) => value.push('1'),
        Fault::Word(_) | Fault::Width(_) => return is_mark,
    }
    true
}
