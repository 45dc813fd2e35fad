//! A foreign file read through its layout: bytes to records one after the other, records to rows on several
//! threads, and what was found put together in the order of the file.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

use super::bind::{self, BoundStated, BoundTotals, Plan, Vocabulary};
use super::encoding::Decoding;
use super::records::{self, Batch, Ends};
use super::rows::Converter;
use super::sheet::SheetSource;
use super::tally::{ControlTotal, NotRead, Tally};
use super::{Format, HeaderRule, Layout};
use crate::amount::Shares;
use crate::catalogue::{Code, Fault};
use crate::load::problem::Problems;
use crate::load::source::{Ended, Pieces, Unreadable, hex};
use crate::load::table::Known;
use crate::parallel::{Threads, in_order};
use crate::text::{counted, quoted, thousands};

/// The most text in front of the headers, in bytes.
const HEADER_WITHIN: usize = 1 << 20;

/// Records that were read and are not yet rows.
#[derive(Debug, Default)]
pub(crate) enum RawPiece {
    #[default]
    Nothing,
    /// Whole records, and the line of the first.
    Text(String, u64),
    /// Rows of a workbook.
    Cells(Batch),
    /// Rows already.
    Ready(Box<LaidRows>),
}

impl RawPiece {
    /// About how many bytes of the file it is.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Text(text, _) => text.len() as u64,
            Self::Cells(batch) => batch.size() as u64,
            Self::Ready(rows) => rows.text.len() as u64,
        }
    }
}

/// A cell that is written otherwise as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) line: u64,
    pub(crate) column: String,
    pub(crate) found: String,
    pub(crate) became: String,
}

/// What a record states of the whole.
#[derive(Debug, Clone)]
pub(super) struct StatedTotal {
    pub(super) line: u64,
    /// Rows as stated, and how many that is.
    pub(super) rows: Option<(String, String)>,
    /// Shares as stated, and as digits.
    pub(super) shares: Option<(String, String)>,
}

/// Rows made of a piece.
#[derive(Debug, Default)]
pub(crate) struct LaidRows {
    /// As quorate's own files have them.
    pub(crate) text: String,
    /// The line of each in the original.
    pub(crate) lines: Vec<u64>,
    pub(crate) problems: Problems,
    /// The first of the blank lines at its end.
    pub(crate) blank: Option<u64>,
    /// Its first line that is not blank.
    pub(crate) first_row: Option<u64>,
    pub(super) found: Found,
    /// Rows that are parts of one.
    pub(super) parts: Vec<Part>,
}

/// A part of a row: of a card of several rows, or of a position of several.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) line: u64,
    pub(super) key: String,
    pub(super) values: Vec<String>,
    /// The output that it sets.
    pub(super) target: Option<usize>,
}

/// What a piece came to, beside its rows.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) record_count: u64,
    pub(super) not_read: Vec<NotRead>,
    pub(super) totals: Vec<StatedTotal>,
    pub(super) unread: Vec<u64>,
    /// Fields that nobody reads and that hold something, with the first line where they do.
    pub(super) unmapped: Vec<(usize, u64)>,
    pub(super) words: Vec<Vec<u64>>,
    pub(super) amounts_changed: u64,
    pub(super) dates_changed: u64,
    pub(super) dropped: u64,
    pub(super) formula_count: u64,
    /// Statements that were found to be true.
    pub(super) stated: Vec<usize>,
    pub(super) changes: Vec<Change>,
    pub(super) trailer_count: u64,
}

/// A file that is read through a layout.
pub(crate) struct Reading {
    pub(crate) plan: Plan,
    pub(crate) source: RawSource,
    pub(crate) gathered: Gathered,
    sheet: Option<String>,
}

/// Where records come from, one after the other.
pub(crate) enum RawSource {
    Text(Box<TextSource>),
    Sheet(Box<SheetSource>),
    Ready(VecDeque<LaidRows>, Result<Ended, Fault>),
}

/// What was gathered, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    hasher: Sha256,
    row_count: u64,
    found: Found,
    other_names: u64,
}

/// How a file is opened.
pub(crate) struct Opening<'a> {
    pub(crate) label: &'a str,
    pub(crate) layout: &'a Layout,
    pub(crate) known: &'a [Known],
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) threads: Threads,
    pub(crate) is_recording: bool,
}

impl Reading {
    /// Opens a file, finds its header and binds the layout to it. Problems are reported, and nothing is
    /// returned where the file cannot be read by it.
    pub(crate) fn open(opening: &Opening<'_>, pieces: Pieces, problems: &mut Problems) -> Option<Self> {
        let Opening { label, layout, known, vocabulary, .. } = opening;
        let mut gathered = Gathered::default();
        let mut source = match &layout.format {
            Format::Workbook(sheet) => match SheetSource::open(pieces, sheet) {
                Ok(source) => RawSource::Sheet(Box::new(source)),
                Err(why) => {
                    problems.of_file(label, None, Code::Workbook.fault(why));
                    return None;
                }
            },
            Format::Delimited(_) | Format::Fixed => {
                RawSource::Text(Box::new(TextSource::new(pieces, layout)))
            }
        };
        if let RawSource::Sheet(source) = &source {
            problems.set_sheet(label, source.name());
        }
        let head = match source.head(&layout.header) {
            Ok(head) => head,
            Err((line, why)) => {
                problems.of_file(label, line, why);
                return None;
            }
        };
        let plan = bind::bind(layout, label, head.header, known, vocabulary, problems)?;
        gathered.head(&plan, head.titles);
        let headers: Vec<&str> = plan.headers().collect();
        gathered.hasher.update(headers.join(",").as_bytes());
        gathered.hasher.update(b"\n");
        let sheet = match &source {
            RawSource::Sheet(source) => Some(source.name().to_owned()),
            RawSource::Text(_) | RawSource::Ready(..) => None,
        };
        let mut reading = Self { plan, source, gathered, sheet };
        if reading.plan.makes_parts() && !reading.put_together(opening, problems) {
            return None;
        }
        Some(reading)
    }

    /// The sheet, where the file is a workbook.
    pub(crate) fn sheet(&self) -> Option<String> {
        self.sheet.clone()
    }

    /// The header line of the rows as read.
    pub(crate) fn header(&self) -> String {
        let headers: Vec<&str> = self.plan.headers().collect();
        headers.join(",") + "\n"
    }

    /// Reads the whole file, where rows are put together of several records.
    fn put_together(&mut self, opening: &Opening<'_>, problems: &mut Problems) -> bool {
        let (plan, source, gathered) = (&self.plan, &mut self.source, &mut self.gathered);
        let is_recording = opening.is_recording;
        let mut together = super::together::Together::new(plan);
        let mut wrong: Option<Unreadable> = None;
        let mut unreadable: Option<Unreadable> = None;
        let mut found = Problems::default();
        found.begin_file(opening.label);
        let mut blank: Option<u64> = None;
        in_order(
            opening.threads,
            || (RawPiece::Nothing, Converter::new(plan, is_recording)),
            |(piece, _)| match source.next(piece) {
                Ok(is_more) => is_more,
                Err(why) => {
                    wrong = Some(why);
                    false
                }
            },
            |(piece, converter)| converter.convert(std::mem::take(piece)),
            |rows| {
                let mut rows = match rows {
                    Ok(rows) => rows,
                    Err(why) => {
                        unreadable = Some(why);
                        return ControlFlow::Break(());
                    }
                };
                refuse_blank(opening.label, &mut blank, &rows, &mut found);
                found.append(std::mem::take(&mut rows.problems));
                gathered.add(std::mem::take(&mut rows.found));
                together.add(rows.parts, &mut found);
                ControlFlow::Continue(())
            },
        );
        let source =
            std::mem::replace(source, RawSource::Ready(VecDeque::new(), Err(Code::FileUnreadable.fault(""))));
        let ended = match unreadable.or(wrong) {
            Some(why) => Err(why),
            None => source.end().map_err(|why| (None, why)),
        };
        match ended {
            Ok(ended) => {
                problems.append(found);
                let (ready, other_names) = together.rows();
                self.gathered.other_names = other_names;
                self.source = RawSource::Ready(ready, Ok(ended));
                true
            }
            Err((line, why)) => {
                problems.of_file(opening.label, line, why);
                false
            }
        }
    }
}

/// A blank line between rows.
pub(crate) fn refuse_blank(label: &str, blank: &mut Option<u64>, rows: &LaidRows, found: &mut Problems) {
    if rows.first_row.is_some()
        && let Some(at) = blank.take()
    {
        found.at(label, at, "", Code::LineBlank.fault(super::rows::BLANK_INSIDE));
    }
    *blank = blank.or(rows.blank);
}

/// What stands before the rows.
pub(super) struct Head {
    pub(super) titles: Vec<(u64, String)>,
    pub(super) header: Option<(u64, Vec<String>)>,
}

impl RawSource {
    /// The size of the file.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Text(source) => source.pieces.size(),
            Self::Sheet(source) => source.size(),
            Self::Ready(_, ended) => ended.as_ref().map_or(0, |ended| ended.bytes),
        }
    }

    /// Whether one thread is enough.
    pub(crate) fn is_small(&self) -> bool {
        self.size() <= crate::load::PIECE as u64
    }

    fn head(&mut self, rule: &HeaderRule) -> Result<Head, Unreadable> {
        match self {
            Self::Text(source) => source.head(rule),
            Self::Sheet(source) => source.head(rule),
            Self::Ready(..) => Ok(Head { titles: Vec::new(), header: None }),
        }
    }

    /// Reads the next records; false at the end.
    pub(crate) fn next(&mut self, piece: &mut RawPiece) -> Result<bool, Unreadable> {
        match self {
            Self::Text(source) => {
                let Some((text, line)) = source.next()? else { return Ok(false) };
                *piece = RawPiece::Text(text, line);
                Ok(true)
            }
            Self::Sheet(source) => {
                let batch = source.next()?;
                let is_more = !batch.is_empty();
                *piece = RawPiece::Cells(batch);
                Ok(is_more)
            }
            Self::Ready(rows, _) => {
                let Some(rows) = rows.pop_front() else { return Ok(false) };
                *piece = RawPiece::Ready(Box::new(rows));
                Ok(true)
            }
        }
    }

    /// What the file is, once it is read.
    pub(crate) fn end(self) -> Result<Ended, Fault> {
        match self {
            Self::Text(source) => source.pieces.end(),
            Self::Sheet(source) => source.end(),
            Self::Ready(_, ended) => ended,
        }
    }
}

/// A text file as records.
pub(crate) struct TextSource {
    pieces: Pieces,
    decoding: Decoding,
    bytes: Vec<u8>,
    /// What is decoded and not yet handed on.
    text: String,
    line: u64,
    delimiter: Option<char>,
    is_over: bool,
}

impl TextSource {
    fn new(pieces: Pieces, layout: &Layout) -> Self {
        let delimiter = match layout.format {
            Format::Delimited(delimiter) => Some(delimiter),
            Format::Fixed | Format::Workbook(_) => None,
        };
        Self {
            pieces,
            decoding: Decoding::new(layout.encoding),
            bytes: Vec::new(),
            text: String::new(),
            line: 1,
            delimiter,
            is_over: false,
        }
    }

    /// Decodes some more.
    fn fill(&mut self) -> Result<(), Unreadable> {
        if self.is_over {
            return Ok(());
        }
        self.is_over = !self.pieces.next_bytes(&mut self.bytes)?;
        self.decoding
            .add(&self.bytes, self.is_over, &mut self.text)
            .map_err(|(line, why)| (Some(line), Code::FileEncoding.fault(why)))
    }

    fn next(&mut self) -> Result<Option<(String, u64)>, Unreadable> {
        loop {
            self.fill()?;
            let end = if self.is_over {
                self.text.len()
            } else {
                records::end_of_records(&self.text, self.delimiter)
            };
            if end > 0 {
                let rest = self.text.split_off(end);
                let text = std::mem::replace(&mut self.text, rest);
                let line = self.line;
                self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
                return Ok(Some((text, line)));
            }
            if self.is_over {
                return Ok(None);
            }
            if self.text.len() > crate::load::source::LINE_KEPT_MAX {
                let most = crate::load::LINE_MAX;
                let message = format!("the line has more than {most} bytes; at most {most} are read");
                let fault = Code::FileLimit.fault(message);
                return Err((Some(self.line), fault));
            }
        }
    }

    fn head(&mut self, rule: &HeaderRule) -> Result<Head, Unreadable> {
        while !self.is_over && self.text.len() < HEADER_WITHIN {
            self.fill()?;
        }
        if self.text.trim().is_empty() && self.is_over {
            return Err((Some(1), Code::FileEmpty.fault("the file is empty; expected rows")));
        }
        let mut titles = Vec::new();
        let (mut at, mut line) = (0, 1);
        let delimiter = match (rule, self.delimiter) {
            (HeaderRule::Absent, _) | (_, None) => return Ok(Head { titles, header: None }),
            (_, Some(delimiter)) => delimiter,
        };
        loop {
            let rest = &self.text[at..];
            if rest.is_empty() {
                return Err((None, no_header(rule)));
            }
            let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            let text = rest[..end].trim_end_matches(['\n', '\r']);
            let is_header = match rule {
                HeaderRule::StartsWith(start) => {
                    let text = text.trim_start();
                    text.starts_with(start.as_str())
                        || text.strip_prefix('"').is_some_and(|text| text.starts_with(start.as_str()))
                }
                HeaderRule::Line(wanted) => line == *wanted,
                HeaderRule::Absent => true,
            };
            if is_header {
                break;
            }
            titles.push((line, text.to_owned()));
            (at, line) = (at + end, line + 1);
        }
        let mut places = Vec::new();
        let mut apart = String::new();
        let ends = records::next_record(&self.text, at, delimiter, true, Some((&mut places, &mut apart)));
        let next = match ends {
            Ends::At(next) => next,
            Ends::Open => self.text.len(),
            Ends::Malformed(_, why, _) => return Err((Some(line), why)),
        };
        let batch = Batch::of_text(self.text[at..next].to_owned(), line, Some(delimiter));
        let Some(record) = batch.records().next() else { return Err((Some(line), no_header(rule))) };
        let headers: Vec<String> = (0..record.count()).map(|place| one_line(record.field(place))).collect();
        if headers.iter().all(String::is_empty) {
            let fault = Code::HeaderMissing.fault("the line is blank where the layout expects the headers");
            return Err((Some(line), fault));
        }
        self.line = line + memchr::memchr_iter(b'\n', &self.text.as_bytes()[at..next]).count() as u64;
        self.text.drain(..next);
        Ok(Head { titles, header: Some((line, headers)) })
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) fn no_header(rule: &HeaderRule) -> Fault {
    Code::HeaderMissing.fault(match rule {
        HeaderRule::Line(line) => format!("ends before line {line}, where the layout expects the headers"),
        HeaderRule::StartsWith(start) => {
            format!("no line begins with {}, where the layout expects the headers", quoted(start))
        }
        HeaderRule::Absent => "the file is empty; expected rows".to_owned(),
    })
}

impl Gathered {
    /// Takes what stands above the header.
    fn head(&mut self, plan: &Plan, titles: Vec<(u64, String)>) {
        let above = |(line, text): (u64, String)| {
            for (place, state) in plan.states.iter().enumerate() {
                if state.line == Some(line) && state.comparison.fits(&text) {
                    self.found.stated.push(place);
                }
            }
            super::rows::not_read(line, "above the header", &text)
        };
        let not_read: Vec<NotRead> = titles.into_iter().map(above).collect();
        self.found.not_read.extend(not_read);
        if let Some(headers) = &plan.headers {
            let text = headers.join(" | ");
            let holds = |state: &bind::BoundStatement| {
                state.line == Some(plan.header_line) && state.comparison.fits(&text)
            };
            self.found.stated.extend((0..plan.states.len()).filter(|place| holds(&plan.states[*place])));
        }
    }

    /// Takes over a piece of rows, before they are read further.
    pub(crate) fn commit(&mut self, rows: &mut LaidRows) {
        self.hasher.update(rows.text.as_bytes());
        self.row_count += rows.lines.len() as u64;
        self.add(std::mem::take(&mut rows.found));
    }

    fn add(&mut self, piece: Found) {
        let all = &mut self.found;
        all.record_count += piece.record_count;
        all.not_read.extend(piece.not_read);
        all.totals.extend(piece.totals);
        add_up(&mut all.unread, &piece.unread);
        for (field, line) in piece.unmapped {
            if !all.unmapped.iter().any(|(known, _)| *known == field) {
                all.unmapped.push((field, line));
            }
        }
        if all.words.len() < piece.words.len() {
            all.words.resize(piece.words.len(), Vec::new());
        }
        for (all, piece) in all.words.iter_mut().zip(&piece.words) {
            add_up(all, piece);
        }
        all.amounts_changed += piece.amounts_changed;
        all.dates_changed += piece.dates_changed;
        all.dropped += piece.dropped;
        all.formula_count += piece.formula_count;
        all.stated.extend(piece.stated);
        all.changes.extend(piece.changes);
        all.trailer_count += piece.trailer_count;
    }

    /// The cells that are written otherwise as read, where they were recorded.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.found.changes)
    }

    /// Compares what the file says of itself with what was read, and says what it came to: the tally, and
    /// the SHA-256 of the rows as read. `shares`: the sum of the rows, where it can be told.
    pub(crate) fn finish(
        self,
        plan: &Plan,
        shares: Option<Shares>,
        layout: &str,
        problems: &mut Problems,
    ) -> (Tally, String) {
        let Self { hasher, row_count, found, other_names, .. } = self;
        let mut tally = Tally {
            record_count: found.record_count,
            row_count,
            shares: plan.shares.and(shares),
            amounts_changed: found.amounts_changed,
            dates_changed: found.dates_changed,
            words: plan.words_met(&found.words),
            dropped: found.dropped,
            formula_count: found.formula_count,
            other_names,
            ..Tally::default()
        };
        for (field, line) in &found.unmapped {
            let message = format!("holds something that is neither mapped nor ignored by {}", quoted(layout));
            problems.at(
                &plan.label,
                *line,
                &format!("field {}", field + 1),
                Code::HeaderUnknown.fault(message),
            );
        }
        for (_, state) in plan.states.iter().enumerate().filter(|(place, _)| !found.stated.contains(place)) {
            problems.at(
                &plan.label,
                state.line.unwrap_or(1),
                "",
                Code::LayoutStates.fault(plan.not_stated(state)),
            );
        }
        let is_sound = !problems.has_in(&plan.label);
        for total in &found.totals {
            check_total(plan, total, found.record_count, shares.filter(|_| is_sound), problems, &mut tally);
        }
        refuse_absent_totals(plan, &found, problems);
        tally.not_read = found.not_read;
        tally.columns_not_read = plan
            .unread
            .iter()
            .map(|(_, name)| name.clone())
            .zip(found.unread.iter().copied().chain(std::iter::repeat(0)))
            .collect();
        if plan.is_fixed
            && let Some(count) = found.unread.first().filter(|count| **count > 0)
        {
            tally.columns_not_read = vec![("other characters".to_owned(), *count)];
        }
        (tally, hex(&hasher.finalize()))
    }
}

fn add_up(all: &mut Vec<u64>, piece: &[u64]) {
    if all.len() < piece.len() {
        all.resize(piece.len(), 0);
    }
    all.iter_mut().zip(piece).for_each(|(all, piece)| *all += piece);
}

fn check_total(
    plan: &Plan,
    total: &StatedTotal,
    record_count: u64,
    shares: Option<Shares>,
    problems: &mut Problems,
    tally: &mut Tally,
) {
    if let Some((stated, digits)) = &total.rows {
        if *digits == record_count.to_string() {
            tally.control_totals.push(ControlTotal { line: total.line, of: "rows", stated: stated.clone() });
        } else {
            let said =
                digits.parse().map_or_else(|_| format!("{digits} rows"), |count| counted(count, "row"));
            let verb = if record_count == 1 { "was" } else { "were" };
            let message =
                format!("the file says {said}, {} {verb} read", thousands(&record_count.to_string()));
            problems.at(&plan.label, total.line, "", Code::ControlTotal.fault(message));
        }
    }
    if let (Some((stated, digits)), Some(shares)) = (&total.shares, shares) {
        if *digits == shares.to_string() {
            tally.control_totals.push(ControlTotal {
                line: total.line,
                of: "shares",
                stated: stated.clone(),
            });
        } else {
            let message = format!(
                "the file says {stated} shares, the rows add up to {}",
                thousands(&shares.to_string())
            );
            problems.at(&plan.label, total.line, "", Code::ControlTotal.fault(message));
        }
    }
}

/// A file whose totals are not there may have been cut off.
fn refuse_absent_totals(plan: &Plan, found: &Found, problems: &mut Problems) {
    let has_trailer = plan.records.as_ref().and_then(|records| records.trailer.as_ref());
    if let Some((is, _)) = has_trailer.filter(|_| found.trailer_count == 0) {
        let message = format!(
            "the record {} with the control totals is missing; is the file cut off?",
            quoted(&is.join(", "))
        );
        problems.in_file(&plan.label, Code::ControlTotal.fault(message));
        return;
    }
    let states_totals = plan.not_rows.iter().any(|rule| {
        matches!(
            rule, bind::BoundNotRow::Cell { totals, .. } if totals.rows.is_some() || totals.shares.is_some()
        )
    });
    if has_trailer.is_none() && states_totals && found.totals.is_empty() {
        let message = "the row with the control totals is missing; is the file cut off?";
        problems.in_file(&plan.label, Code::ControlTotal.fault(message));
    }
}

impl BoundTotals {
    pub(super) fn is_none(&self) -> bool {
        self.rows.is_none() && self.shares.is_none()
    }
}

impl BoundStated {
    /// A total as stated, and as digits.
    pub(super) fn read(&self, text: &str) -> Result<(String, String), String> {
        let mut text = text.trim();
        if let Some(after) = &self.after {
            text = match text.find(after.trim()) {
                Some(at) => text[at + after.trim().len()..].trim(),
                None => return Err(format!("{} does not hold {}", quoted(text), quoted(after))),
            };
        }
        if let Some(take) = self.take {
            let start = text.char_indices().nth(take.first - 1).map_or(text.len(), |(at, _)| at);
            let end = text.char_indices().nth(take.last).map_or(text.len(), |(at, _)| at);
            text = text[start..end].trim();
        }
        let mut digits = String::new();
        self.form.write(text, &mut digits).map_err(|why| format!("{} {why}", quoted(text)))?;
        let stated = if self.form.implied_decimals.is_some() { thousands(&digits) } else { text.to_owned() };
        Ok((stated, digits))
    }
}
