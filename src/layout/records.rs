//! Text into records and fields: delimited as RFC 4180 says, with line breaks inside quotes, or lines of fixed
//! fields. A record's line is the one that it begins on.

use memchr::{memchr, memchr2, memchr3};

use crate::catalogue::{Code, Fault};
use crate::load::{COLUMNS_MAX, LINE_MAX};

/// What a cell of a workbook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Date,
    /// Its text says what is wrong with it.
    Wrong,
}

/// Where a field lies: in the text, or in what was written apart because quotes in it were doubled.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldPlace {
    start: u32,
    end: u32,
    is_apart: bool,
}

/// Some records.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    text: String,
    apart: String,
    fields: Vec<FieldPlace>,
    /// What the fields are; nothing where all are text.
    kinds: Vec<Kind>,
    /// Per record, its line and its first field.
    records: Vec<(u64, usize)>,
    /// Lines that are no records, and why.
    pub(super) malformed: Vec<(u64, Fault)>,
    /// Cells that are formulas.
    pub(super) formula_count: u64,
}

/// A record.
#[derive(Clone, Copy)]
pub(crate) struct Record<'b> {
    pub(super) line: u64,
    batch: &'b Batch,
    fields: &'b [FieldPlace],
    kinds: &'b [Kind],
}

impl<'b> Record<'b> {
    pub(super) fn count(&self) -> usize {
        self.fields.len()
    }

    /// A field, untrimmed; empty where there is none.
    pub(super) fn field(&self, place: usize) -> &'b str {
        let Some(field) = self.fields.get(place) else { return "" };
        let text = if field.is_apart { &self.batch.apart } else { &self.batch.text };
        &text[field.start as usize..field.end as usize]
    }

    pub(super) fn kind(&self, place: usize) -> Kind {
        self.kinds.get(place).copied().unwrap_or(Kind::Text)
    }

    pub(super) fn is_blank(&self) -> bool {
        (0..self.count()).all(|place| self.field(place).trim().is_empty())
    }

    /// All of it, as messages and certificates show it.
    pub(super) fn shown(&self) -> String {
        let fields: Vec<&str> = (0..self.count()).map(|place| self.field(place)).collect();
        fields.join(" | ").chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }).collect()
    }
}

impl Batch {
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.records.iter().enumerate().map(|(at, (line, first))| {
            let end = self.records.get(at + 1).map_or(self.fields.len(), |next| next.1);
            let kinds = self.kinds.get(*first..end).unwrap_or_default();
            Record { line: *line, batch: self, fields: &self.fields[*first..end], kinds }
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.malformed.is_empty()
    }

    pub(super) fn size(&self) -> usize {
        self.text.len()
    }

    /// Adds a record of a workbook's row.
    pub(super) fn begin(&mut self, line: u64) {
        self.records.push((line, self.fields.len()));
    }

    /// Adds a cell to the last record.
    pub(super) fn push(&mut self, text: &str, kind: Kind) {
        let start = offset(self.text.len());
        self.text.push_str(text);
        self.fields.push(FieldPlace { start, end: offset(self.text.len()), is_apart: false });
        self.kinds.push(kind);
    }

    /// Takes the last record out.
    pub(super) fn take_last(&mut self) -> Option<(u64, Vec<String>)> {
        let (line, first) = self.records.pop()?;
        let cells = self.fields.drain(first..);
        let text = |field: FieldPlace| self.text[field.start as usize..field.end as usize].to_owned();
        let cells = cells.map(text).collect();
        self.kinds.truncate(first);
        Some((line, cells))
    }

    /// The number of cells of the last record.
    pub(super) fn width(&self) -> usize {
        self.records.last().map_or(0, |(_, first)| self.fields.len() - first)
    }

    /// The records of whole lines.
    pub(super) fn of_text(text: String, first_line: u64, delimiter: Option<char>) -> Self {
        let mut batch = Self { text: String::new(), ..Self::default() };
        let mut line = first_line;
        let mut at = 0;
        let mut is_in_quote = false;
        while at < text.len() {
            let first = batch.fields.len();
            let end = match delimiter {
                None => {
                    let (end, next) = line_end(&text, at);
                    batch.fields.push(FieldPlace { start: offset(at), end: offset(end), is_apart: false });
                    if end - at > LINE_MAX {
                        batch.fields.truncate(first);
                        batch.malformed.push((line, too_long(end - at)));
                    } else {
                        batch.records.push((line, first));
                    }
                    next
                }
                Some(delimiter) => {
                    match next_record(&text, at, delimiter, true, Some((&mut batch.fields, &mut batch.apart)))
                    {
                        Ends::At(next) => {
                            is_in_quote = false;
                            batch.records.push((line, first));
                            next
                        }
                        Ends::Open => text.len(),
                        Ends::Malformed(next, message, is_unclosed) => {
                            batch.fields.truncate(first);
                            // Lines after an unclosed quote may be the rest of its field.
                            if !is_in_quote || is_unclosed {
                                batch.malformed.push((line, message));
                            }
                            is_in_quote |= is_unclosed;
                            next
                        }
                    }
                }
            };
            line += memchr::memchr_iter(b'\n', &text.as_bytes()[at..end]).count() as u64;
            at = end;
        }
        batch.text = text;
        batch
    }
}

fn too_long(length: usize) -> Fault {
    Code::FileLimit.fault(format!("the line has {length} bytes; at most {LINE_MAX} are read"))
}

/// Where a line's text ends, and where the next line begins.
fn line_end(text: &str, from: usize) -> (usize, usize) {
    let (end, next) = match memchr(b'\n', &text.as_bytes()[from..]) {
        Some(at) => (from + at, from + at + 1),
        None => (text.len(), text.len()),
    };
    let is_crlf = end > from && text.as_bytes()[end - 1] == b'\r';
    (end - usize::from(is_crlf), next)
}

/// Where a record ends.
pub(super) enum Ends {
    /// Where the next one begins.
    At(usize),
    /// Not in this text.
    Open,
    /// It is none; where the next line begins, why, and whether a quote was never closed.
    Malformed(usize, Fault, bool),
}

/// Where the whole records of a text end; what follows has no end yet.
pub(super) fn end_of_records(text: &str, delimiter: Option<char>) -> usize {
    let last = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1);
    let Some(delimiter) = delimiter.filter(|_| memchr(b'"', text.as_bytes()).is_some()) else { return last };
    let mut at = 0;
    while at < last {
        // Lines without a quote need no closer look.
        let quote = memchr(b'"', &text.as_bytes()[at..last]).map_or(last, |found| at + found);
        at = memchr::memrchr(b'\n', &text.as_bytes()[at..quote]).map_or(at, |found| at + found + 1);
        if quote == last {
            return last;
        }
        match next_record(text, at, delimiter, false, None) {
            Ends::At(next) | Ends::Malformed(next, ..) => at = next,
            Ends::Open => return at,
        }
    }
    at
}

/// Finds the end of the record that begins at a place, and its fields where they are wanted. Where the text
/// may go on (`!is_whole`), a record that is not ended is open.
pub(super) fn next_record(
    text: &str,
    from: usize,
    delimiter: char,
    is_whole: bool,
    mut fields: Option<(&mut Vec<FieldPlace>, &mut String)>,
) -> Ends {
    let bytes = text.as_bytes();
    let mut mark = [0; 4];
    let mark = delimiter.encode_utf8(&mut mark).as_bytes();
    let mut at = from;
    let mut number = 1;
    loop {
        if number > COLUMNS_MAX {
            let (_, next) = line_end(text, at);
            let fault = Code::FileLimit.fault(format!("the row has more than {COLUMNS_MAX} fields"));
            return Ends::Malformed(next, fault, false);
        }
        let (place, end) = if bytes.get(at) == Some(&b'"') {
            match quoted_field(text, from, at, number, is_whole, fields.as_mut()) {
                Ok(found) => found,
                Err(ends) => return ends,
            }
        } else {
            match plain_field(bytes, at, mark) {
                Some(end) => (FieldPlace { start: offset(at), end: offset(end), is_apart: false }, end),
                None => {
                    let (_, next) = line_end(text, at);
                    let message = format!(
                        "field {number} has a quote inside; quote the whole field and double the quotes in it"
                    );
                    return Ends::Malformed(next, Code::RowQuotes.fault(message), false);
                }
            }
        };
        if bytes[end..].starts_with(mark) {
            push(&mut fields, place);
            (at, number) = (end + mark.len(), number + 1);
            continue;
        }
        return last_field(text, from, end, number, is_whole, &mut fields, place);
    }
}

fn push(fields: &mut Option<(&mut Vec<FieldPlace>, &mut String)>, place: FieldPlace) {
    if let Some((fields, _)) = fields {
        fields.push(place);
    }
}

/// The end of a record, whose last field ends at `end`.
fn last_field(
    text: &str,
    from: usize,
    end: usize,
    number: usize,
    is_whole: bool,
    fields: &mut Option<(&mut Vec<FieldPlace>, &mut String)>,
    mut place: FieldPlace,
) -> Ends {
    let bytes = text.as_bytes();
    let next = match &bytes[end..] {
        [b'\n', ..] => end + 1,
        [b'\r', b'\n', ..] => end + 2,
        [] | [b'\r'] if is_whole => text.len(),
        [] | [b'\r'] => return Ends::Open,
        _ => {
            let (_, next) = line_end(text, end);
            let fault = if bytes[end] == b'\r' {
                Code::LineEnds.fault("a carriage return stands inside the line; lines end in LF or CRLF")
            } else {
                Code::RowQuotes.fault(format!(
                    "field {number} goes on after its closing quote; quote the whole field and double the quotes in it"
                ))
            };
            return Ends::Malformed(next, fault, false);
        }
    };
    // A carriage return before the line's end is no part of a field without quotes.
    if !place.is_apart && place.end as usize == end && bytes.get(end.wrapping_sub(1)) == Some(&b'\r') {
        place.end -= u32::from(place.end > place.start);
    }
    if next - from > LINE_MAX {
        return Ends::Malformed(next, too_long(next - from), false);
    }
    push(fields, place);
    Ends::At(next)
}

/// Where a field without quotes ends; nothing where a quote stands in it.
fn plain_field(bytes: &[u8], from: usize, mark: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = &bytes[at..];
        // A carriage return ends a field: what may follow it is seen there.
        let found = memchr3(mark[0], b'\n', b'"', rest);
        let carriage = memchr2(b'\r', b'\n', &rest[..found.unwrap_or(rest.len())]);
        let Some(found) = carriage.or(found).map(|found| at + found) else { return Some(bytes.len()) };
        match bytes[found] {
            b'"' => return None,
            b'\n' | b'\r' => return Some(found),
            _ if bytes[found..].starts_with(mark) => return Some(found),
            _ => at = found + 1,
        }
    }
}

/// A field in quotes: its place, and where what follows the closing quote begins.
fn quoted_field(
    text: &str,
    record: usize,
    from: usize,
    number: usize,
    is_whole: bool,
    fields: Option<&mut (&mut Vec<FieldPlace>, &mut String)>,
) -> Result<(FieldPlace, usize), Ends> {
    let bytes = text.as_bytes();
    let mut at = from + 1;
    let mut is_doubled = false;
    let close = loop {
        let Some(found) = memchr(b'"', &bytes[at..]).map(|found| at + found) else {
            if !is_whole && text.len() - record <= LINE_MAX {
                return Err(Ends::Open);
            }
            let (_, next) = line_end(text, record);
            let message = format!("the quote that opens field {number} is not closed");
            return Err(Ends::Malformed(next, Code::RowQuotes.fault(message), true));
        };
        match bytes.get(found + 1) {
            Some(b'"') => (at, is_doubled) = (found + 2, true),
            // Whether the quote is doubled is not yet read.
            None if !is_whole => return Err(Ends::Open),
            Some(_) | None => break found,
        }
    };
    let inner = &text[from + 1..close];
    let place = match fields {
        Some((_, apart)) if is_doubled => {
            let start = offset(apart.len());
            apart.push_str(&inner.replace("\"\"", "\""));
            FieldPlace { start, end: offset(apart.len()), is_apart: true }
        }
        Some(_) | None => FieldPlace { start: offset(from + 1), end: offset(close), is_apart: false },
    };
    Ok((place, close + 1))
}

/// A place in a text. A piece is at most as long as the longest line that is kept.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a piece of a file is shorter than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Vec<(u64, Vec<String>)>, Vec<(u64, String)>);

    fn read(text: &str, delimiter: char) -> Read {
        let batch = Batch::of_text(text.to_owned(), 1, Some(delimiter));
        let malformed = batch.malformed.iter().map(|(line, fault)| (*line, fault.message.clone())).collect();
        let fields =
            |record: Record<'_>| (0..record.count()).map(|place| record.field(place).to_owned()).collect();
        (batch.records().map(|record| (record.line, fields(record))).collect(), malformed)
    }

    #[test]
    fn line_breaks_stand_inside_quotes_and_lines_are_those_of_the_beginning() {
        let (records, malformed) = read("a,\"12 Elm St\nApt 3\",1\r\nb,\"say \"\"hi\"\"\",2\nc,,\n", ',');
        assert_eq!(malformed, []);
        let expected = [
            (1, vec!["a", "12 Elm St\nApt 3", "1"]),
            (3, vec!["b", "say \"hi\"", "2"]),
            (4, vec!["c", "", ""]),
        ];
        for ((line, fields), (wanted, of)) in records.iter().zip(expected) {
            assert_eq!((*line, fields.iter().map(String::as_str).collect::<Vec<_>>()), (wanted, of));
        }
        assert_eq!(records.len(), 3);
    }

    #[test]
    fn any_one_character_delimits() {
        assert_eq!(read("a§b§c", '§').0, [(1, vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])]);
        // Half of its bytes is another character.
        assert_eq!(read("a\u{a8}b§c\n", '§').0[0].1, ["a\u{a8}b", "c"]);
    }

    #[test]
    fn what_is_no_record_is_told_and_the_next_line_is_read() {
        let (records, malformed) = read("a,b\"c\nd,e\n\"x\"y,1\nf,g", ',');
        assert_eq!(records.iter().map(|record| record.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(malformed.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3]);
        let (records, malformed) = read("a,\"open\nd,e\n", ',');
        assert_eq!(malformed, [(1, "the quote that opens field 2 is not closed".to_owned())]);
        assert_eq!(records[0].0, 2);
        assert!(read("a\rb,c\n", ',').1[0].1.contains("carriage return"));
    }

    #[test]
    fn a_text_is_cut_between_records_wherever_it_ends() {
        let text = "a,\"1\n2\"\nb,\"x\"\"\ny\"\nc,3\n";
        let whole = read(text, ',').0;
        for cut in 0..=text.len() {
            let end = end_of_records(&text[..cut], Some(','));
            assert!(end <= cut);
            let lines = text[..end].matches('\n').count() as u64;
            let mut records = read(&text[..end], ',').0;
            let rest = Batch::of_text(text[end..].to_owned(), lines + 1, Some(','));
            records.extend(rest.records().map(|record| {
                (record.line, (0..record.count()).map(|place| record.field(place).to_owned()).collect())
            }));
            assert_eq!(records, whole, "cut at {cut}");
        }
    }
}
