//! CSV files as rows with true line numbers (formats.md § 1).
//!
//! A quoted field may not hold a line break, so a physical line is a record and line numbers are
//! right by construction, in CRLF files too. Lines without quotes are split at the delimiter; lines
//! with quotes go through `csv-core`, after a check that every quote stands where RFC 4180 allows it.

use std::collections::BTreeMap;

use super::problem::{Problems, hint, meant};
use super::source::Source;
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

/// The columns of a kind of file.
#[must_use]
pub fn columns(required: &[&str], optional: &[&str]) -> Vec<Known> {
    let known = |is_required| move |name: &&str| Known { name: (*name).to_owned(), is_required };
    required.iter().map(known(true)).chain(optional.iter().map(known(false))).collect()
}

/// Headers that the files of a role use for ours; nothing: ignore the column.
pub type Renamed = BTreeMap<String, Option<String>>;

/// A file whose header was understood.
pub struct Table<'a> {
    source: &'a Source,
    delimiter: u8,
    /// Per known column, its place in the file.
    places: Vec<Option<usize>>,
    /// The headers as the file has them.
    headers: Vec<String>,
    body: &'a str,
}

/// A row of a file.
pub struct Row<'a> {
    /// Its line, counted from 1.
    pub line: u64,
    text: &'a str,
    ends: &'a [(usize, usize)],
    places: &'a [Option<usize>],
}

impl<'a> Row<'a> {
    /// The trimmed cell of a known column, empty when the file lacks the column.
    #[must_use]
    pub fn get(&self, column: usize) -> &'a str {
        match self.places[column] {
            Some(place) => {
                let (start, end) = self.ends[place];
                self.text[start..end].trim()
            }
            None => "",
        }
    }
}

impl<'a> Table<'a> {
    /// Understands the header of a file. Problems are reported and nothing returned when it is not
    /// understood.
    pub fn open(
        source: &'a Source,
        known: &[Known],
        renamed: Option<&Renamed>,
        delimiter: u8,
        problems: &mut Problems,
    ) -> Option<Self> {
        let label = &source.label;
        let (first, body) = source.text.split_once('\n').unwrap_or((&source.text, ""));
        let first = first.strip_suffix('\r').unwrap_or(first);
        if first.trim().is_empty() {
            let names = known.iter().filter(|k| k.is_required).map(|k| k.name.as_str());
            let what =
                if source.text.trim().is_empty() { "the file is empty" } else { "the first line is blank" };
            problems.at(label, 1, "", format!("{what}; expected a header with {}", all_of(names)));
            return None;
        }
        let mut splitter = Splitter::new(delimiter);
        let headers: Vec<String> = match splitter.split(first) {
            Ok((text, ends)) => {
                ends.iter().map(|(start, end)| text[*start..*end].trim().to_owned()).collect()
            }
            Err(Malformed::Unclosed(message) | Malformed::Other(message)) => {
                problems.at(label, 1, "", message);
                return None;
            }
        };
        let before = problems.count();
        if headers.len() > COLUMNS_MAX {
            problems.at(
                label,
                1,
                "",
                format!("has {} columns; at most {COLUMNS_MAX} are read", headers.len()),
            );
            return None;
        }
        let places = place_headers(label, &headers, known, renamed, delimiter, problems);
        (problems.count() == before).then_some(Self { source, delimiter, places, headers, body })
    }

    /// Whether the file has a known column.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.places[column].is_some()
    }

    /// The header that the file uses for a known column.
    #[must_use]
    pub fn header(&self, column: usize) -> &str {
        self.places[column].map_or("", |place| &self.headers[place])
    }

    /// The file's label.
    #[must_use]
    pub fn label(&self) -> &'a str {
        &self.source.label
    }

    /// Reports a problem with a cell.
    pub fn problem(&self, problems: &mut Problems, line: u64, column: usize, message: impl Into<String>) {
        problems.at(&self.source.label, line, self.header(column), message);
    }

    /// Hands every row to `each`, in order; malformed lines are reported instead. Returns the number
    /// of rows.
    pub fn rows(&self, problems: &mut Problems, mut each: impl FnMut(&Row<'_>, &mut Problems)) -> u64 {
        let label = &self.source.label;
        let mut splitter = Splitter::new(self.delimiter);
        let mut line_number = 1;
        let mut row_count = 0;
        let mut blank: Option<u64> = None;
        // Lines after an unclosed quote may be the rest of its field: until a line is whole again, only
        // those that open another quote are reported.
        let mut is_in_quote = false;
        let mut rest = self.body;
        while !rest.is_empty() {
            line_number += 1;
            let (line, after) = match memchr::memchr(b'\n', rest.as_bytes()) {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, ""),
            };
            rest = after;
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.trim().is_empty() {
                blank.get_or_insert(line_number);
                continue;
            }
            if let Some(at) = blank.take() {
                problems.at(label, at, "", "the line is blank; blank lines may stand only at the end");
            }
            row_count += 1;
            match splitter.split(line) {
                Ok((_, ends)) if ends.len() != self.headers.len() => {
                    let (found, wanted) = (counted(ends.len() as u64, "field"), self.headers.len());
                    let message = format!("the row has {found}, but the header has {wanted}");
                    if !is_in_quote {
                        problems.at(label, line_number, "", message);
                    }
                }
                Ok((text, ends)) => {
                    is_in_quote = false;
                    let row = Row { line: line_number, text, ends, places: &self.places };
                    each(&row, problems);
                }
                Err(Malformed::Unclosed(message)) => {
                    is_in_quote = true;
                    problems.at(label, line_number, "", message);
                }
                Err(Malformed::Other(_)) if is_in_quote => {}
                Err(Malformed::Other(message)) => problems.at(label, line_number, "", message),
            }
        }
        row_count
    }
}

fn all_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(quoted).collect::<Vec<_>>().join(", ")
}

fn place_headers(
    label: &str,
    headers: &[String],
    known: &[Known],
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
        problems.at(label, 1, "", message);
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
            let hint = hint(ours, &unused);
            misspelt.extend(meant(ours, &unused));
            let message = if ours.is_empty() {
                format!("header {} is empty", place + 1)
            } else if ours == header {
                let remedy = match meant(ours, &unused) {
                    Some(_) => "",
                    None => ", or null for it in `columns` of meeting.json",
                };
                format!("{} is not a column of this file{hint}{remedy}", quoted(ours))
            } else {
                format!("is renamed to {}, which is not a column of this file{hint}", quoted(ours))
            };
            problems.at(label, 1, header, message);
            continue;
        };
        if let Some(first) = places[column] {
            let message = format!(
                "column {} is {} again; it is already column {}",
                place + 1,
                quoted(&known[column].name),
                first + 1,
            );
            problems.at(label, 1, header, message);
        } else {
            places[column] = Some(place);
        }
    }
    for (column, known) in known.iter().enumerate() {
        if known.is_required && places[column].is_none() && !misspelt.contains(&known.name.as_str()) {
            problems.at(label, 1, &known.name, "the required column is missing");
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
    Unclosed(String),
    /// Anything else.
    Other(String),
}

/// Splits a line into fields.
struct Splitter {
    delimiter: u8,
    reader: csv_core::Reader,
    buffer: Vec<u8>,
    unquoted: String,
    ends: Vec<(usize, usize)>,
    csv_ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: Vec::new(),
            unquoted: String::new(),
            ends: Vec::new(),
            csv_ends: vec![0; COLUMNS_MAX + 1],
        }
    }

    fn split<'s>(&'s mut self, line: &'s str) -> Result<SplitLine<'s>, Malformed> {
        if line.len() > LINE_MAX {
            let message = format!("the line has {} bytes; at most {LINE_MAX} are read", line.len());
            return Err(Malformed::Other(message));
        }
        if memchr::memchr(b'\r', line.as_bytes()).is_some() {
            let message = "a carriage return stands inside the line; lines end in LF or CRLF";
            return Err(Malformed::Other(message.to_owned()));
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
        let mut ended = line.as_bytes().to_vec();
        ended.push(b'\n');
        let (result, _, written, field_count) =
            self.reader.read_record(&ended, &mut self.buffer, &mut self.csv_ends);
        if result != csv_core::ReadRecordResult::Record {
            return Err(Malformed::Other(format!("the row has more than {COLUMNS_MAX} fields")));
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
            return Err(Malformed::Other(format!(
                "field {field} has a quote inside; quote the whole field and double the quotes in it"
            )));
        } else {
            let unclosed = || {
                Malformed::Unclosed(format!(
                    "the quote that opens field {field} is not closed on its line; a field may not hold a line break"
                ))
            };
            at = closing_quote(bytes, at + 1).ok_or_else(unclosed)? + 1;
            if at < bytes.len() && bytes[at] != delimiter {
                return Err(Malformed::Other(format!(
                    "field {field} goes on after its closing quote; quote the whole field and double the quotes in it"
                )));
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
            Malformed::Unclosed(message) | Malformed::Other(message) => message,
        })?;
        Ok(ends.iter().map(|(start, end)| text[*start..*end].to_owned()).collect())
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
