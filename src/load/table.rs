//! CSV files as rows with true line numbers.
//!
//! A quoted field may not hold a line break, so a physical line is a record and line numbers are
//! right by construction, in CRLF files too. Lines without quotes are split at the delimiter; lines
//! with quotes go through `csv-core`, after a check that every quote stands where RFC 4180 allows it.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::problem::{Problems, hint, meant};
use super::source::{Ended, Pieces, Unreadable, text_of};
use super::texts::Key;
use crate::amount::Shares;
use crate::catalogue::{Code, Fault};
use crate::layout::{Converter, Gathered, LaidRows, Plan, RawPiece, RawSource, Reading, Tally};
use crate::parallel::{Threads, in_order, lock};
use crate::progress::Progress;
use crate::text::{counted, quoted};

/// The longest line read, in bytes.
pub const LINE_MAX: usize = 1 << 20;

/// The most columns a file may have.
pub const COLUMNS_MAX: usize = 10_000;

/// A column that a file may have.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its header.
    pub name: String,
    /// Whether every file of the kind has it.
    pub is_required: bool,
}

/// Tells which lines of a file later lines of it put right.
pub(super) type Corrections = fn(&CsvTable<'_>, &mut Problems) -> HashSet<u64>;

/// The columns of a kind of file.
#[must_use]
pub fn columns(required: &[&str], optional: &[&str]) -> Vec<Known> {
    let known = |is_required| move |name: &&str| Known { name: (*name).to_owned(), is_required };
    required.iter().map(known(true)).chain(optional.iter().map(known(false))).collect()
}

/// Headers that the files of a role use for ours; nothing: ignore the column.
pub type Renamed = BTreeMap<String, Option<String>>;

/// A file whose header was understood.
pub struct CsvTable<'a> {
    label: &'a str,
    /// Its place among the inputs.
    file: u16,
    /// In a workbook, the sheet.
    sheet: Option<String>,
    /// Whether a row could not be handed to its reader.
    is_broken: AtomicBool,
    delimiter: u8,
    /// Per known column, its place in the file.
    places: Vec<Option<usize>>,
    /// The headers as the file has them.
    headers: Vec<String>,
    /// Columns that `columns` of meeting.json drops, by place, and how many of their cells held something.
    dropped: Vec<(usize, AtomicU64)>,
    /// The rows, until they are read.
    body: Mutex<Option<Body>>,
    /// Lines that later lines of the file put right.
    corrected: HashSet<u64>,
    /// How a foreign file is read.
    plan: Option<Plan>,
    /// What was found while a foreign file was read.
    gathered: Mutex<Option<Gathered>>,
    threads: Threads,
    progress: &'a Progress,
}

/// What follows the header.
#[expect(clippy::large_enum_variant, reason = "there are few of them")]
enum Body {
    /// A file of our own.
    File {
        pieces: Pieces,
        /// The rest of the piece that the header stands in.
        first: Vec<u8>,
    },
    /// A foreign file, read through its layout.
    Laid(RawSource),
}

/// What comes next of a file.
#[derive(Default)]
enum Piece {
    #[default]
    Nothing,
    /// Lines of our own.
    Text,
    /// Records of a foreign file.
    Raw(RawPiece),
}

/// A row of a file.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Its line, counted from 1.
    pub line: u64,
    /// Whether quotes were taken away.
    pub(super) is_unquoted: bool,
    text: &'a str,
    ends: &'a [(u32, u32)],
    places: &'a [Option<usize>],
}

impl<'a> Row<'a> {
    /// The trimmed cell of a known column, empty when the file lacks the column.
    #[must_use]
    // Asked for each column that a file may have, of each row.
    #[inline(always)]
    pub fn get(&self, column: usize) -> &'a str {
        // Most files have few of the columns they may have.
        let Some(place) = self.places[column] else { return "" };
        let (start, end) = self.bounds(place);
        &self.text[start..end]
    }

    /// The text from the first of some columns to the last, where they follow each other in the file.
    pub(super) fn span(&self, first: usize, last: usize) -> &'a str {
        &self.text[self.ends[first].0 as usize..self.ends[last].1 as usize]
    }

    /// The key of the trimmed cell of a known column.
    pub(super) fn key(&self, column: usize) -> Key<'a> {
        let (start, end) = self.places[column].map_or((0, 0), |place| self.bounds(place));
        match self.text.as_bytes().get(start..start + 16).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) if end - start <= 16 => Key::of_first(bytes, end - start),
            _ => Key::of(&self.text[start..end]),
        }
    }

    /// Where the trimmed cell at a place in the file begins and ends.
    fn bounds(&self, place: usize) -> (usize, usize) {
        let (start, end) = (self.ends[place].0 as usize, self.ends[place].1 as usize);
        let bytes = self.text.as_bytes();
        // Nothing from `!` to `~` is trimmed.
        let is_plain = |at: usize| (0x21..0x7f).contains(&bytes[at]);
        if start == end || (is_plain(start) && is_plain(end - 1)) {
            return (start, end);
        }
        let cell = &self.text[start..end];
        let start = end - cell.trim_start().len();
        (start, start + cell.trim().len())
    }
}

/// Rows that follow each other.
pub(super) struct Rows<'a> {
    piece: &'a str,
    tape: &'a Tape,
    places: &'a [Option<usize>],
}

impl<'a> Rows<'a> {
    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let (piece, tape, places) = (self.piece, self.tape, self.places);
        tape.rows.iter().enumerate().map(move |(at, row)| {
            let end = tape.rows.get(at + 1).map_or(tape.ends.len(), |next| next.first);
            let text = if row.is_unquoted { tape.unquoted.as_str() } else { piece };
            Row {
                line: row.line,
                is_unquoted: row.is_unquoted,
                text,
                ends: &tape.ends[row.first..end],
                places,
            }
        })
    }
}

/// Makes something of the rows of a piece, apart from all other pieces.
pub(super) trait RowReader {
    /// What it makes.
    type Output: Send;

    /// Reads some rows, in order.
    fn read(&mut self, rows: &Rows<'_>, problems: &mut Problems);

    /// What was made of the rows since the last time.
    fn take(&mut self) -> Self::Output;
}

/// What a worker makes of a piece.
struct Read<M> {
    output: M,
    /// Of a foreign file, what was made of its records.
    laid: Option<Box<LaidRows>>,
    problems: Problems,
    rows: u64,
    /// The first of the blank lines at its end.
    blank: Option<u64>,
    /// Its first line that is not blank.
    first_row: Option<u64>,
}

/// A worker with its reader.
struct Worker<'p, R> {
    reader: R,
    next: Piece,
    converter: Option<Converter<'p>>,
    piece: Vec<u8>,
    line: u64,
    splitter: Splitter,
}

impl<'a> CsvTable<'a> {
    /// Understands the header of a file; headers that are not known are passed over where `is_lenient`.
    /// Problems are reported and nothing returned when it is not
    /// understood, or when the file is none.
    pub(super) fn open(
        (label, mut pieces): (&'a str, Pieces),
        (known, is_lenient): (&[Known], bool),
        renamed: Option<&Renamed>,
        delimiter: u8,
        (threads, progress): (Threads, &'a Progress),
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut piece = Vec::new();
        let read = pieces.next(&mut piece);
        let text = match read.and_then(|_| text_of(&piece, 1)) {
            Ok(text) => text,
            Err((line, fault)) => {
                problems.of_file(label, line, fault);
                return None;
            }
        };
        let (first, _) = text.split_once('\n').unwrap_or((text, ""));
        let body_start = (first.len() + 1).min(text.len());
        let first = first.strip_suffix('\r').unwrap_or(first);
        if first.trim().is_empty() {
            let names = known.iter().filter(|k| k.is_required).map(|k| k.name.as_str());
            let is_empty = pieces.is_small() && text.trim().is_empty();
            let what = if is_empty { "the file is empty" } else { "the first line is blank" };
            problems.at(
                label,
                1,
                "",
                Code::FileEmpty.fault(format!("{what}; expected a header with {}", all_of(names))),
            );
            return None;
        }
        let mut splitter = Splitter::new(delimiter);
        let headers: Vec<String> = match splitter.split(first) {
            Ok((text, ends)) => {
                ends.iter().map(|(start, end)| text[*start..*end].trim().to_owned()).collect()
            }
            Err(Malformed::Unclosed(fault) | Malformed::Other(fault)) => {
                problems.at(label, 1, "", fault);
                return None;
            }
        };
        let before = problems.count();
        if headers.len() > COLUMNS_MAX {
            problems.at(
                label,
                1,
                "",
                Code::FileLimit
                    .fault(format!("has {} columns; at most {COLUMNS_MAX} are read", headers.len())),
            );
            return None;
        }
        let places = place_headers(label, &headers, (known, is_lenient), renamed, delimiter, problems);
        if problems.count() != before {
            return None;
        }
        let is_dropped = |header: &String| renamed.is_some_and(|renamed| renamed.get(header) == Some(&None));
        let dropped = headers.iter().enumerate().filter(|(_, header)| is_dropped(header));
        let dropped = dropped.map(|(place, _)| (place, AtomicU64::new(0))).collect();
        piece.drain(..body_start);
        let threads = if pieces.is_small() { Threads::new(1) } else { threads };
        let body = Mutex::new(Some(Body::File { pieces, first: piece }));
        let gathered = Mutex::new(None);
        Some(Self {
            label,
            file: 0,
            sheet: None,
            is_broken: AtomicBool::new(false),
            delimiter,
            places,
            headers,
            dropped,
            body,
            corrected: HashSet::new(),
            plan: None,
            gathered,
            threads,
            progress,
        })
    }

    /// A foreign file that is read through its layout: its rows are those of our own files.
    pub(super) fn of_reading(
        label: &'a str,
        reading: Reading,
        known: &[Known],
        (threads, progress): (Threads, &'a Progress),
    ) -> Self {
        let sheet = reading.sheet();
        let Reading { plan, source, gathered, .. } = reading;
        let ours: Vec<&str> = plan.headers().collect();
        let places = known.iter().map(|known| ours.iter().position(|name| *name == known.name)).collect();
        let headers = (0..ours.len()).map(|place| plan.shown(place).to_owned()).collect();
        let threads = if source.is_small() { Threads::new(1) } else { threads };
        Self {
            label,
            file: 0,
            sheet,
            is_broken: AtomicBool::new(false),
            delimiter: b',',
            places,
            headers,
            dropped: Vec::new(),
            body: Mutex::new(Some(Body::Laid(source))),
            corrected: HashSet::new(),
            plan: Some(plan),
            gathered: Mutex::new(Some(gathered)),
            threads,
            progress,
        }
    }

    /// What a foreign file says of itself is compared with what was read, once it is; returns what reading
    /// it came to, and the SHA-256 of its rows as read. `shares`: their sum, where it can be told.
    pub(super) fn finish(
        &self,
        shares: Option<Shares>,
        layout: &str,
        problems: &mut Problems,
    ) -> Option<(Tally, String)> {
        let gathered = lock(&self.gathered).take()?;
        Some(gathered.finish(self.plan.as_ref()?, shares, layout, problems))
    }

    /// What `columns` of meeting.json makes of the headers: nothing for a column that is dropped, with the
    /// number of its cells that held something.
    pub(super) fn renamings(&self, renamed: Option<&Renamed>) -> Vec<Renaming> {
        let of = |(place, header): (usize, &String)| {
            let ours = renamed?.get(header)?;
            let dropped = self.dropped.iter().find(|(dropped, _)| *dropped == place);
            let cell_count = dropped.map_or(0, |(_, count)| count.load(Ordering::Relaxed));
            Some(Renaming { header: header.clone(), ours: ours.clone(), cell_count })
        };
        self.headers.iter().enumerate().filter_map(of).collect()
    }

    /// Whether the file has a known column.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.places[column].is_some()
    }

    /// The place in the file of a known column.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        self.places[column]
    }

    /// The header that the file uses for a known column.
    #[must_use]
    pub fn header(&self, column: usize) -> &str {
        self.places[column].map_or("", |place| &self.headers[place])
    }

    /// The file's place among the inputs.
    #[must_use]
    pub fn file(&self) -> u16 {
        self.file
    }

    /// The sheet, where the file is a workbook.
    pub(super) fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Whether every row was handed to its reader.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_broken.load(Ordering::Relaxed)
    }

    /// Says which of the inputs it is.
    pub(super) fn set_file(&mut self, file: u16) {
        self.file = file;
    }

    /// Says which lines later lines put right.
    pub(super) fn set_corrected(&mut self, lines: HashSet<u64>) {
        self.corrected = lines;
    }

    /// How many there are.
    pub(super) fn corrected_count(&self) -> u64 {
        self.corrected.len() as u64
    }

    /// Whether a line was put right by a later one, and is passed over.
    pub(super) fn is_corrected(&self, line: u64) -> bool {
        !self.corrected.is_empty() && self.corrected.contains(&line)
    }

    /// The file's label.
    #[must_use]
    pub fn label(&self) -> &'a str {
        self.label
    }

    /// How many threads read it.
    pub(super) fn threads(&self) -> Threads {
        self.threads
    }

    /// About how many rows there are, from the size of the first: to make room.
    pub(super) fn rows_expected(&self) -> usize {
        let body = lock(&self.body);
        let Some(Body::File { pieces, first }) = body.as_ref() else { return 0 };
        let lines = memchr::memchr_iter(b'\n', first).count().max(1) as u64;
        let rows = pieces.size() / (first.len() as u64 / lines).max(1);
        usize::try_from(rows + rows / 64 + 16).unwrap_or(0)
    }

    /// Reports a problem with a cell.
    pub fn problem(&self, problems: &mut Problems, line: u64, column: usize, fault: Fault) {
        problems.at(self.label, line, self.header(column), fault);
    }

    /// Hands every row to `each`, in order; malformed lines are reported instead. Returns the number
    /// of rows and what the file is; nothing when it is no text file.
    pub(super) fn rows(
        &self,
        problems: &mut Problems,
        each: impl FnMut(&Row<'_>, &mut Problems) + Send,
    ) -> Option<(u64, Ended)> {
        struct Each<F>(F);
        impl<F: FnMut(&Row<'_>, &mut Problems)> RowReader for &mut Each<F> {
            type Output = ();
            fn read(&mut self, rows: &Rows<'_>, problems: &mut Problems) {
                rows.iter().for_each(|row| self.0(&row, problems));
            }
            fn take(&mut self) {}
        }
        // One after the other: each row may depend on those before it.
        let mut each = Each(each);
        let only = Mutex::new(Some(&mut each));
        self.read_with(Threads::new(1), || lock(&only).take(), |()| {}, problems)
    }

    /// Reads the rows on several threads: each piece of the file by one reader, the results handed to
    /// `commit` in the order of the file. Returns as [`CsvTable::rows`] does.
    pub(super) fn read<R: RowReader + Send>(
        &self,
        reader: impl Fn() -> R + Sync,
        commit: impl FnMut(R::Output) + Send,
        problems: &mut Problems,
    ) -> Option<(u64, Ended)> {
        self.read_with(self.threads, || Some(reader()), commit, problems)
    }

    fn read_with<R: RowReader + Send>(
        &self,
        threads: Threads,
        reader: impl Fn() -> Option<R> + Sync,
        mut commit: impl FnMut(R::Output) + Send,
        problems: &mut Problems,
    ) -> Option<(u64, Ended)> {
        let mut body = lock(&self.body).take()?;
        let mut unreadable: Option<Unreadable> = None;
        let mut not_read: Option<Unreadable> = None;
        let mut found = Problems::default();
        found.begin_file(self.label);
        let mut row_count = 0;
        let mut blank: Option<u64> = None;
        in_order(
            threads,
            || Worker {
                reader: reader(),
                next: Piece::Nothing,
                converter: self.plan.as_ref().map(|plan| Converter::new(plan, false)),
                piece: Vec::new(),
                line: 0,
                splitter: Splitter::new(self.delimiter),
            },
            |worker| {
                let next = self.next_piece(&mut body, worker);
                next.unwrap_or_else(|why| {
                    not_read = Some(why);
                    false
                })
            },
            |worker| self.read_piece(worker),
            |read| {
                let read = match read {
                    Ok(read) => read,
                    Err(why) => {
                        unreadable = Some(why);
                        return ControlFlow::Break(());
                    }
                };
                if read.first_row.is_some()
                    && let Some(at) = blank.take()
                {
                    found.at(self.label, at, "", Code::LineBlank.fault(BLANK_INSIDE));
                }
                blank = blank.or(read.blank);
                row_count += read.rows;
                if let (Some(mut laid), Some(gathered)) = (read.laid, lock(&self.gathered).as_mut()) {
                    gathered.commit(&mut laid);
                    found.append(laid.problems);
                }
                found.append(read.problems);
                commit(read.output);
                ControlFlow::Continue(())
            },
        );
        // What is no text is not judged line by line.
        let ended = match unreadable.or(not_read) {
            Some(why) => Err(why),
            None => body.end().map_err(|fault| (None, fault)),
        };
        match ended {
            Ok(ended) => {
                problems.append(found);
                Some((row_count, ended))
            }
            Err((line, fault)) => {
                problems.of_file(self.label, line, fault);
                None
            }
        }
    }

    /// Fetches what comes next; false at the end.
    fn next_piece<R>(&self, body: &mut Body, worker: &mut Worker<'_, R>) -> Result<bool, Unreadable> {
        match body {
            Body::File { pieces, first } => {
                worker.next = Piece::Text;
                if !first.is_empty() {
                    (worker.piece, worker.line) = (std::mem::take(first), 2);
                    return Ok(true);
                }
                self.progress.advance(worker.piece.len() as u64);
                let line = pieces.next(&mut worker.piece)?;
                worker.line = line.unwrap_or(0);
                Ok(line.is_some())
            }
            Body::Laid(source) => {
                let mut raw = RawPiece::Nothing;
                let is_more = source.next(&mut raw)?;
                self.progress.advance(raw.size());
                worker.next = Piece::Raw(raw);
                Ok(is_more)
            }
        }
    }

    fn read_piece<R: RowReader>(
        &self,
        worker: &mut Worker<'_, Option<R>>,
    ) -> Result<Read<R::Output>, Unreadable> {
        let mut laid = None;
        if let (Piece::Raw(raw), Some(converter)) =
            (std::mem::take(&mut worker.next), worker.converter.as_mut())
        {
            laid = Some(Box::new(converter.convert(raw)?));
        }
        let text = match &laid {
            Some(laid) => laid.text.as_str(),
            None => text_of(&worker.piece, worker.line)?,
        };
        let reader = worker.reader.as_mut().expect("a worker has a reader");
        let mut problems = Problems::default();
        let mut lines = Lines {
            label: self.label,
            field_count: self.headers.len(),
            text,
            at: 0,
            // Rows of a foreign file are counted, and say themselves where they stood.
            line: if laid.is_some() { 0 } else { worker.line },
            has_quotes: memchr::memchr(b'"', text.as_bytes()).is_some(),
            has_returns_inside: has_returns_inside(text.as_bytes()),
            row_count: 0,
            first_row: None,
            blank: None,
            is_in_quote: false,
        };
        let mut tape = std::mem::take(&mut worker.splitter.tape);
        let mut handed_on = 0;
        while lines.fill(&mut tape, &mut worker.splitter, &mut problems) {
            handed_on += tape.rows.len() as u64;
            if let Some(laid) = &laid {
                let line_of = |row: u64| usize::try_from(row).ok().and_then(|row| laid.lines.get(row));
                tape.rows.iter_mut().for_each(|row| row.line = line_of(row.line).copied().unwrap_or(0));
            }
            self.count_dropped(&Rows { piece: text, tape: &tape, places: &self.places });
            reader.read(&Rows { piece: text, tape: &tape, places: &self.places }, &mut problems);
        }
        worker.splitter.tape = tape;
        let row_count = lines.row_count;
        if handed_on != row_count || laid.as_ref().is_some_and(|laid| !laid.problems.is_empty()) {
            self.is_broken.store(true, Ordering::Relaxed);
        }
        let (blank, first_row) = match &laid {
            Some(laid) => (laid.blank, laid.first_row),
            None => (lines.blank, lines.first_row),
        };
        Ok(Read { output: reader.take(), laid, problems, rows: row_count, blank, first_row })
    }

    /// Counts the cells of dropped columns that hold something.
    fn count_dropped(&self, rows: &Rows<'_>) {
        for (place, count) in &self.dropped {
            let holds = |row: &Row<'_>| {
                let (start, end) = row.bounds(*place);
                start < end
            };
            count.fetch_add(rows.iter().filter(holds).count() as u64, Ordering::Relaxed);
        }
    }
}

impl Body {
    fn end(self) -> Result<Ended, Fault> {
        match self {
            Self::File { pieces, .. } => pieces.end(),
            Self::Laid(source) => source.end(),
        }
    }
}

/// A header that `columns` of meeting.json renames or drops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renaming {
    /// As the file has it.
    pub header: String,
    /// The column that it is; nothing: dropped.
    pub ours: Option<String>,
    /// Of a dropped column, how many cells held something.
    pub cell_count: u64,
}

const BLANK_INSIDE: &str = "the line is blank; blank lines may stand only at the end";

/// Rows read together.
const ROWS_TOGETHER: usize = 256;

/// Where the fields of some rows begin and end.
#[derive(Default)]
struct Tape {
    ends: Vec<(u32, u32)>,
    rows: Vec<RowPlace>,
    /// Rows whose quotes were taken away.
    unquoted: String,
}

/// A row on the tape.
struct RowPlace {
    line: u64,
    /// Its first field on the tape.
    first: usize,
    /// Whether its fields lie in the tape's own text.
    is_unquoted: bool,
}

impl Tape {
    fn clear(&mut self) {
        self.ends.clear();
        self.rows.clear();
        self.unquoted.clear();
    }
}

/// The lines of a piece.
struct Lines<'a> {
    label: &'a str,
    field_count: usize,
    text: &'a str,
    at: usize,
    line: u64,
    /// Whether a quote stands anywhere in it.
    has_quotes: bool,
    /// Whether a carriage return stands anywhere but before a line feed.
    has_returns_inside: bool,
    row_count: u64,
    first_row: Option<u64>,
    blank: Option<u64>,
    /// Lines after an unclosed quote may be the rest of its field: until a line is whole again, only
    /// those that open another quote are reported.
    is_in_quote: bool,
}

impl Lines<'_> {
    /// Puts the next rows on the tape; false at the end of the piece.
    fn fill(&mut self, tape: &mut Tape, splitter: &mut Splitter, problems: &mut Problems) -> bool {
        tape.clear();
        self.fill_plain(tape, splitter, problems);
        while tape.rows.len() < ROWS_TOGETHER && self.at < self.text.len() {
            self.one(tape, splitter, problems);
        }
        !tape.rows.is_empty()
    }

    /// Splits lines in one go, quoted fields too where no quote stands inside them; others, and those that are not
    /// in order, are handed to [`Lines::one`].
    fn fill_plain(&mut self, tape: &mut Tape, splitter: &mut Splitter, problems: &mut Problems) {
        if self.has_returns_inside {
            return;
        }
        let bytes = self.text.as_bytes();
        let mut row = tape.ends.len();
        let mut start = self.at;
        let mut scan = Scan::new(bytes, self.at, splitter.delimiter, self.has_quotes);
        while let Some(mut at) = scan.next() {
            let mut end = at;
            if self.has_quotes && bytes[at] == b'"' {
                let Some((close, after)) = scan.quoted(start, at) else {
                    tape.ends.truncate(row);
                    self.one(tape, splitter, problems);
                    (row, start) = (tape.ends.len(), self.at);
                    if tape.rows.len() >= ROWS_TOGETHER {
                        return;
                    }
                    scan = Scan::new(bytes, start, splitter.delimiter, true);
                    continue;
                };
                (start, end, at) = (start + 1, close, after);
            } else if bytes[at] == b'\n' && bytes[start..at].last() == Some(&b'\r') {
                end = at - 1;
            }
            tape.ends.push((offset(start), offset(end)));
            start = at + 1;
            if bytes[at] != b'\n' {
                continue;
            }
            let has_all = tape.ends.len() - row == self.field_count && self.field_count > 1;
            if has_all && at - self.at <= LINE_MAX && self.blank.is_none() && !self.is_in_quote {
                self.first_row.get_or_insert(self.line);
                self.row_count += 1;
                tape.rows.push(RowPlace { line: self.line, first: row, is_unquoted: false });
                (self.at, self.line) = (start, self.line + 1);
            } else {
                tape.ends.truncate(row);
                self.one(tape, splitter, problems);
            }
            row = tape.ends.len();
            if tape.rows.len() >= ROWS_TOGETHER {
                return;
            }
        }
        // A last line without its end is left for the other way.
        tape.ends.truncate(row);
    }

    /// Splits one line, whatever it holds.
    fn one(&mut self, tape: &mut Tape, splitter: &mut Splitter, problems: &mut Problems) {
        let start = self.at;
        let rest = &self.text[start..];
        let (line, next) = match memchr::memchr(b'\n', rest.as_bytes()) {
            Some(at) => (&rest[..at], start + at + 1),
            None => (rest, self.text.len()),
        };
        let line_number = self.line;
        (self.at, self.line) = (next, line_number + 1);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            self.blank.get_or_insert(line_number);
            return;
        }
        self.first_row.get_or_insert(line_number);
        if let Some(at) = self.blank.take() {
            problems.at(self.label, at, "", Code::LineBlank.fault(BLANK_INSIDE));
        }
        self.row_count += 1;
        match splitter.split(line) {
            Ok((_, ends)) if ends.len() != self.field_count => {
                let (found, wanted) = (counted(ends.len() as u64, "field"), self.field_count);
                let message = format!("the row has {found}, but the header has {wanted}");
                if !self.is_in_quote {
                    problems.at(self.label, line_number, "", Code::RowFields.fault(message));
                }
            }
            Ok((text, ends)) => {
                self.is_in_quote = false;
                let first = tape.ends.len();
                let is_unquoted = !std::ptr::eq(text.as_ptr(), line.as_ptr());
                let base = if is_unquoted { tape.unquoted.len() } else { start };
                tape.ends.extend(ends.iter().map(|(from, to)| (offset(base + from), offset(base + to))));
                if is_unquoted {
                    tape.unquoted.push_str(text);
                }
                tape.rows.push(RowPlace { line: line_number, first, is_unquoted });
            }
            Err(Malformed::Unclosed(fault)) => {
                self.is_in_quote = true;
                problems.at(self.label, line_number, "", fault);
            }
            Err(Malformed::Other(_)) if self.is_in_quote => {}
            Err(Malformed::Other(fault)) => problems.at(self.label, line_number, "", fault),
        }
    }
}

/// A place in a piece. A piece is at most as long as the longest line that is kept.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a piece of a file is shorter than 4 GiB")
}

/// Whether a carriage return stands anywhere but before a line feed.
fn has_returns_inside(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// Finds delimiters and line ends, and quotes where there are any, a block at a time.
struct Scan<'a> {
    bytes: &'a [u8],
    /// Where the block looked at begins, and which of its bytes are still to be told, the first by the
    /// lowest bit.
    at: usize,
    marks: u64,
    delimiter: u8,
    /// Whether to find quotes too.
    has_quotes: bool,
}

/// As many bytes as there are bits in the marks.
const BLOCK: usize = 64;

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8], at: usize, delimiter: u8, has_quotes: bool) -> Self {
        let mut scan = Self { bytes, at, marks: 0, delimiter, has_quotes };
        scan.marks = scan.look();
        scan
    }

    /// Marks the delimiters and line ends in the next block.
    fn look(&self) -> u64 {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if let Some(block) = rest.first_chunk() {
            return self.marks_of(block);
        }
        // What fills the last block up is no mark.
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        self.marks_of(&block)
    }

    fn marks_of(&self, block: &[u8; BLOCK]) -> u64 {
        let delimiter = self.delimiter;
        if self.has_quotes {
            bits(&block.map(|byte| u8::from(byte == delimiter || matches!(byte, b'\n' | b'"'))))
        } else {
            bits(&block.map(|byte| u8::from(byte == delimiter || byte == b'\n')))
        }
    }

    fn next(&mut self) -> Option<usize> {
        while self.marks == 0 {
            self.at += BLOCK;
            if self.at >= self.bytes.len() {
                return None;
            }
            self.marks = self.look();
        }
        let place = self.at + self.marks.trailing_zeros() as usize;
        self.marks &= self.marks - 1;
        Some(place)
    }

    /// Of a quote found at `at`: where the field that it opens is closed, and the delimiter or line feed that
    /// follows. Nothing where it opens none, or more than that stands in the field: see [`Splitter::split`].
    fn quoted(&mut self, field_start: usize, at: usize) -> Option<(usize, usize)> {
        if at != field_start {
            return None;
        }
        let mut close = self.next()?;
        while self.bytes[close] == self.delimiter {
            close = self.next()?;
        }
        let after = self.next().filter(|_| self.bytes[close] == b'"')?;
        let is_ended =
            self.bytes[after] != b'"' && matches!(&self.bytes[close + 1..=after], [_] | [b'\r', b'\n']);
        is_ended.then_some((close, after))
    }
}

/// Zeros and ones as bits, the first the lowest.
fn bits(flags: &[u8; BLOCK]) -> u64 {
    // The product has the ones of its eight bytes side by side in its highest byte.
    const SIDE_BY_SIDE: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    let highest = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(SIDE_BY_SIDE) >> 56;
    eights.iter().rev().fold(0, |bits, eight| bits << 8 | highest(eight))
}

fn all_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(quoted).collect::<Vec<_>>().join(", ")
}

fn place_headers(
    label: &str,
    headers: &[String],
    (known, is_lenient): (&[Known], bool),
    renamed: Option<&Renamed>,
    delimiter: u8,
    problems: &mut Problems,
) -> Vec<Option<usize>> {
    let mut places: Vec<Option<usize>> = vec![None; known.len()];
    let names = || known.iter().map(|k| k.name.as_str());
    if let [only] = headers
        && let Some(other) = [';', '\t', '|', ','].iter().find(|other| only.contains(**other))
    {
        let (found, wanted) = (quoted(only), quoted(delimiter_name(delimiter)));
        let other = quoted(delimiter_name(u8::try_from(*other).unwrap_or(b',')));
        let message = format!("the header is one field, {found}; is the delimiter {other} and not {wanted}?");
        problems.at(label, 1, "", Code::HeaderDelimiter.fault(message));
        return places;
    }
    let unused: Vec<&str> = names().filter(|name| !headers.iter().any(|header| header == name)).collect();
    // Columns whose header is misspelt: to call them missing too would say the same twice.
    let mut misspelt: Vec<&str> = Vec::new();
    for (place, header) in headers.iter().enumerate() {
        let ours = match renamed.and_then(|renamed| renamed.get(header)) {
            Some(None) => continue,
            Some(Some(ours)) => ours,
            None => header,
        };
        let Some(column) = names().position(|name| name == ours) else {
            if is_lenient {
                continue;
            }
            let all: Vec<&str> = names().collect();
            let hint = match (meant(ours, &unused), meant(ours, &all)) {
                (None, Some(known)) => format!("; did you mean {}, which is there too?", quoted(known)),
                _ => hint(ours, &unused),
            };
            misspelt.extend(meant(ours, &unused));
            let fault = if ours.is_empty() {
                Code::HeaderBlank.fault(format!("header {} is empty", place + 1))
            } else if ours == header {
                let remedy = match meant(ours, &unused) {
                    Some(_) => "",
                    None => ", or null for it in `columns` of meeting.json",
                };
                Code::HeaderUnknown
                    .fault(format!("{} is not a column of this file{hint}{remedy}", quoted(ours)))
            } else {
                let renamed = quoted(ours);
                Code::HeaderUnknown
                    .fault(format!("is renamed to {renamed}, which is not a column of this file{hint}"))
            };
            problems.at(label, 1, header, fault);
            continue;
        };
        if let Some(first) = places[column] {
            let message = format!(
                "column {} is {} again; it is already column {}",
                place + 1,
                quoted(&known[column].name),
                first + 1,
            );
            problems.at(label, 1, header, Code::HeaderRepeated.fault(message));
        } else {
            places[column] = Some(place);
        }
    }
    for (column, known) in known.iter().enumerate() {
        if known.is_required && places[column].is_none() && !misspelt.contains(&known.name.as_str()) {
            problems.at(label, 1, &known.name, Code::HeaderMissing.fault("the required column is missing"));
        }
    }
    places
}

fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b'\t' => "\\t",
        b'|' => "|",
        b';' => ";",
        _ => ",",
    }
}

/// A line's text, unquoted, and where its fields begin and end in it.
type SplitLine<'s> = (&'s str, &'s [(usize, usize)]);

/// Why a line cannot be split.
#[derive(Debug)]
enum Malformed {
    /// A quote is open at its end.
    Unclosed(Fault),
    /// Anything else.
    Other(Fault),
}

/// Splits a line into fields.
struct Splitter {
    delimiter: u8,
    reader: csv_core::Reader,
    buffer: Vec<u8>,
    unquoted: String,
    ends: Vec<(usize, usize)>,
    csv_ends: Vec<usize>,
    tape: Tape,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: Vec::new(),
            unquoted: String::new(),
            ends: Vec::new(),
            csv_ends: Vec::new(),
            tape: Tape::default(),
        }
    }

    fn split<'s>(&'s mut self, line: &'s str) -> Result<SplitLine<'s>, Malformed> {
        if line.len() > LINE_MAX {
            let message = format!("the line has {} bytes; at most {LINE_MAX} are read", line.len());
            return Err(Malformed::Other(Code::FileLimit.fault(message)));
        }
        if memchr::memchr(b'\r', line.as_bytes()).is_some() {
            let message = "a carriage return stands inside the line; lines end in LF or CRLF";
            return Err(Malformed::Other(Code::LineEnds.fault(message)));
        }
        self.ends.clear();
        if memchr::memchr(b'"', line.as_bytes()).is_some() {
            return self.split_quoted(line);
        }
        let mut start = 0;
        for at in memchr::memchr_iter(self.delimiter, line.as_bytes()) {
            self.ends.push((start, at));
            start = at + 1;
        }
        self.ends.push((start, line.len()));
        Ok((line, &self.ends))
    }

    fn split_quoted<'s>(&'s mut self, line: &'s str) -> Result<SplitLine<'s>, Malformed> {
        check_quotes(line, self.delimiter)?;
        self.reader.reset();
        self.buffer.clear();
        self.buffer.resize(line.len() + 1, 0);
        self.csv_ends.resize(COLUMNS_MAX + 1, 0);
        let mut ended = line.as_bytes().to_vec();
        ended.push(b'\n');
        let (result, _, written, field_count) =
            self.reader.read_record(&ended, &mut self.buffer, &mut self.csv_ends);
        if result != csv_core::ReadRecordResult::Record {
            return Err(Malformed::Other(
                Code::FileLimit.fault(format!("the row has more than {COLUMNS_MAX} fields")),
            ));
        }
        let text = String::from_utf8_lossy(&self.buffer[..written]).into_owned();
        self.unquoted = text;
        let mut start = 0;
        for end in &self.csv_ends[..field_count] {
            self.ends.push((start, *end));
            start = *end;
        }
        Ok((&self.unquoted, &self.ends))
    }
}

/// Whether every quote opens a field, closes one, or is doubled inside one (RFC 4180).
fn check_quotes(line: &str, delimiter: u8) -> Result<(), Malformed> {
    let bytes = line.as_bytes();
    let mut at = 0;
    let mut field = 1;
    let mut is_field_start = true;
    while at < bytes.len() {
        if bytes[at] == delimiter {
            field += 1;
            is_field_start = true;
            at += 1;
        } else if bytes[at] != b'"' {
            is_field_start = false;
            at += 1;
        } else if !is_field_start {
            return Err(Malformed::Other(Code::RowQuotes.fault(format!(
                "field {field} has a quote inside; quote the whole field and double the quotes in it"
            ))));
        } else {
            let unclosed = || {
                Malformed::Unclosed(Code::RowQuotes.fault(format!(
                    "the quote that opens field {field} is not closed on its line; a field may not hold a line break"
                )))
            };
            at = closing_quote(bytes, at + 1).ok_or_else(unclosed)? + 1;
            if at < bytes.len() && bytes[at] != delimiter {
                return Err(Malformed::Other(Code::RowQuotes.fault(format!(
                    "field {field} goes on after its closing quote; quote the whole field and double the quotes in it"
                ))));
            }
        }
    }
    Ok(())
}

fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Result<Vec<String>, String> {
        let mut splitter = Splitter::new(b',');
        let (text, ends) = splitter.split(line).map_err(|malformed| match malformed {
            Malformed::Unclosed(fault) | Malformed::Other(fault) => fault.message,
        })?;
        Ok(ends.iter().map(|(start, end)| text[*start..*end].to_owned()).collect())
    }

    #[test]
    fn a_scan_finds_every_mark_and_nothing_else() {
        // Marks near the ends of blocks, and every length of a last block.
        for length in 0..200 {
            let text: Vec<u8> =
                (0..length).map(|at| b"a;\n\"b\r,c"[at * at % 7 + usize::from(at % 5 == 0)]).collect();
            for has_quotes in [false, true] {
                for start in [0, 1, length / 2] {
                    let mut scan = Scan::new(&text, start, b';', has_quotes);
                    let found: Vec<usize> = std::iter::from_fn(|| scan.next()).collect();
                    let is_mark = |byte: u8| byte == b';' || byte == b'\n' || (has_quotes && byte == b'"');
                    let expected: Vec<usize> = (start..length).filter(|at| is_mark(text[*at])).collect();
                    assert_eq!(found, expected, "{length} from {start}");
                }
            }
        }
    }

    /// A row's line and its fields.
    type Fields = (u64, Vec<String>);

    /// Every row of a text, how many there are, and what is reported.
    fn rows(text: &str, is_slow: bool) -> (Vec<Fields>, u64, Vec<String>) {
        let mut lines = Lines {
            label: "file",
            field_count: 2,
            text,
            at: 0,
            line: 2,
            has_quotes: text.contains('"'),
            has_returns_inside: is_slow || has_returns_inside(text.as_bytes()),
            row_count: 0,
            first_row: None,
            blank: None,
            is_in_quote: false,
        };
        let (mut splitter, mut tape) = (Splitter::new(b','), Tape::default());
        let (mut found, mut problems) = (Vec::new(), Problems::default());
        while lines.fill(&mut tape, &mut splitter, &mut problems) {
            let places = [Some(0), Some(1)];
            for row in (Rows { piece: text, tape: &tape, places: &places }).iter() {
                let fields =
                    row.ends.iter().map(|(from, to)| row.text[*from as usize..*to as usize].to_owned());
                found.push((row.line, fields.collect()));
            }
        }
        let reported = problems.shown().into_iter().map(|problem| format!("{problem:?}")).collect();
        (found, lines.row_count, reported)
    }

    /// Seeded random texts of a few letters, so that every order of quotes, delimiters and line ends comes up.
    #[test]
    fn the_short_way_splits_as_the_long_way_does() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut quoted = 0;
        for _ in 0..2_000 {
            let mut text = String::new();
            for _ in 0..24 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let pieces = ["a", ",", "\"", "\r\n", "\n", "b,c\n", "\"d\",", "\"e\"\r\n", "\"f,g\"", "\r"];
                text.push_str(
                    pieces[usize::try_from(state >> 40).expect("small")
                        % if state >> 62 == 0 { 10 } else { 9 }],
                );
            }
            let short = rows(&text, false);
            assert_eq!(short, rows(&text, true), "{text:?}");
            quoted += short.0.iter().filter(|(_, fields)| fields[0].contains(',')).count();
        }
        assert!(quoted > 50, "{quoted} fields held a delimiter");
    }

    #[test]
    fn quoted_fields_are_unquoted_and_others_left_alone() {
        assert_eq!(fields("a,b,,d").expect("plain"), ["a", "b", "", "d"]);
        assert_eq!(fields(r#""Smith, John",x"#).expect("quoted"), ["Smith, John", "x"]);
        assert_eq!(fields(r#""say ""hi""","",z"#).expect("doubled"), ["say \"hi\"", "", "z"]);
        assert_eq!(fields(r#"x,"last""#).expect("at the end"), ["x", "last"]);
    }

    #[test]
    fn a_quote_out_of_place_is_an_error_and_never_a_guess() {
        assert!(fields(r#"a,"open"#).expect_err("unclosed").contains("field 2 is not closed"));
        assert!(fields(r#"a,b"c,d"#).expect_err("inside").contains("field 2 has a quote inside"));
        assert!(fields(r#""a"b,c"#).expect_err("after").contains("field 1 goes on"));
        assert!(fields("a,\"b\"\"").expect_err("doubled, then open").contains("not closed"));
    }
}
