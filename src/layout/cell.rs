//! One cell of ours from the fields of a record: taken, joined, stripped, translated, padded.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::fmt::strtime::{self, BrokenDownTime};

use super::bind::{Bound, From};
use super::records::{Kind, Record};
use super::{DateForm, Meaning, Take, Words};
use crate::amount::Shares;
use crate::ballot::Percent;
use crate::catalogue::{self, Code};
use crate::text::{one_of, quoted};

/// What a format of dates has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) has_time: bool,
    pub(super) has_short_year: bool,
}

/// What a format has, or why it is none: a date written with it must be read back as the same day.
pub(super) fn parts_of(format: &str) -> Result<Parts, String> {
    let sample = jiff::civil::date(2026, 11, 28).at(16, 5, 9, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let sample = sample.map_err(|error| error.to_string())?;
    let unknown = "is not a format of dates; expected one such as `%m/%d/%Y`";
    let written = strtime::format(format, &sample).map_err(|error| format!("{unknown} ({error})"))?;
    let read = BrokenDownTime::parse(format, &written).map_err(|error| format!("{unknown} ({error})"))?;
    if read.to_date().ok() != Some(sample.date()) {
        return Err("does not say the whole date: expected a year, a month and a day".to_owned());
    }
    let has_time = read.hour().is_some();
    if has_time && read.to_time().ok().map(|time| time.hour()) != Some(16) {
        return Err("has an hour of twelve without `%p`, which says whether it is before noon".to_owned());
    }
    Ok(Parts { has_time, has_short_year: has_short_year(format) })
}

/// Whether the year of a format has two digits.
fn has_short_year(format: &str) -> bool {
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            continue;
        }
        // Flags and widths stand before the letter.
        let letter = characters.find(|c| !matches!(c, '-' | '_' | '^' | '#' | '0'..='9'));
        if matches!(letter, Some('y' | 'D' | 'x' | 'g')) {
            return true;
        }
    }
    false
}

/// Why a cell cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    Date(String),
    Amount(String),
    Word(String),
    Width(String),
}

impl Fault {
    /// What the user is told.
    pub(super) fn told(&self) -> catalogue::Fault {
        let code = match self {
            Self::Date(_) => Code::LayoutDate,
            Self::Amount(_) => Code::LayoutAmount,
            Self::Word(_) => Code::LayoutWord,
            Self::Width(_) => Code::LayoutWidth,
        };
        code.fault(self.message())
    }

    pub(super) fn message(&self) -> &str {
        let (Self::Date(message) | Self::Amount(message) | Self::Word(message) | Self::Width(message)) = self;
        message
    }
}

/// What the cells of a piece came to.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Per code table, how often each word was met.
    pub(super) words: Vec<Vec<u64>>,
    pub(super) amounts_changed: u64,
    pub(super) dates_changed: u64,
}

/// The most dates that are remembered: many rows have the same.
const DATES_MAX: usize = 1 << 12;

/// Reads cells, and remembers dates.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Per column, a text and the date or time that it is.
    dates: Vec<HashMap<String, String>>,
    found: String,
    pub(super) met: Met,
}

impl Cells {
    pub(super) fn new(column_count: usize, tables: &[usize]) -> Self {
        let met = Met { words: tables.iter().map(|count| vec![0; *count]).collect(), ..Met::default() };
        Self { dates: vec![HashMap::new(); column_count], found: String::new(), met }
    }

    /// The text that was found in the last cell, before anything was made of it.
    pub(super) fn found(&self) -> &str {
        &self.found
    }

    /// Writes a cell, without quotes, into `out`.
    pub(super) fn read(
        &mut self,
        column: &Bound,
        record: &Record<'_>,
        out: &mut String,
    ) -> Result<(), Fault> {
        let rule = &column.rule;
        self.found.clear();
        if let Some(value) = &rule.value {
            out.push_str(value);
            return Ok(());
        }
        if rule.is_line {
            out.push_str(&rule.prefix);
            out.push_str(itoa::Buffer::new().format(record.line));
            return Ok(());
        }
        if let Meaning::Sum(form) = rule.meaning {
            return self.sum(column, record, form, out);
        }
        let mut found = std::mem::take(&mut self.found);
        let result =
            gather(column, record, &mut found).and_then(|()| self.read_found(column, record, &found, out));
        self.found = found;
        result
    }

    fn read_found(
        &mut self,
        column: &Bound,
        record: &Record<'_>,
        found: &str,
        out: &mut String,
    ) -> Result<(), Fault> {
        let rule = &column.rule;
        let is_exact = matches!(&rule.meaning, Meaning::Words(words) if words.is_exact);
        let mut text = if is_exact { found } else { found.trim() };
        let stripped: String;
        if !rule.strip.is_empty() {
            stripped = text.chars().filter(|c| !rule.strip.contains(*c)).collect();
            text = if is_exact { &stripped } else { stripped.trim() };
        }
        if text.is_empty() && !is_exact {
            out.push_str(&rule.blank);
            return Ok(());
        }
        let start = out.len();
        match &rule.meaning {
            Meaning::Text => push_one_line(text, out),
            Meaning::Words(words) => self.word(column, words, text, out)?,
            Meaning::Amount(form) if form.is_own() => out.push_str(text),
            Meaning::Amount(form) => {
                form.write(text, out).map_err(|why| Fault::Amount(format!("{} {why}", quoted(text))))?;
                self.met.amounts_changed += u64::from(out[start..] != *text);
            }
            Meaning::Sum(_) => {}
            Meaning::Date(_) | Meaning::OwnDate => {
                self.date(column, record, text, out)?;
                self.met.dates_changed += u64::from(out[start..] != *text);
            }
        }
        let length = out[start..].chars().count();
        if rule.pad > length && length > 0 {
            out.insert_str(start, &"0".repeat(rule.pad - length));
        }
        if !rule.prefix.is_empty() && out.len() > start {
            out.insert_str(start, &rule.prefix);
        }
        Ok(())
    }

    fn word(&mut self, column: &Bound, words: &Words, text: &str, out: &mut String) -> Result<(), Fault> {
        let is_code = |(code, _): &&(String, String)| {
            if words.is_exact { code == text } else { code.trim() == text }
        };
        if let Some(at) = words.table.iter().position(|entry| is_code(&entry)) {
            self.met.words[column.table][at] += 1;
            out.push_str(&words.table[at].1);
            return Ok(());
        }
        // A blank cell is unmarked without being a word.
        if text.trim().is_empty() {
            return Ok(());
        }
        if let Some(form) = words.numbers {
            if Percent::parse(text).is_some() {
                out.push_str(text);
                return Ok(());
            }
            if form.write(text, out).is_ok() {
                return Ok(());
            }
        }
        let expected = one_of(words.table.iter().map(|(code, _)| code.as_str()));
        Err(Fault::Word(format!("{} is not in words; expected {expected}", quoted(text))))
    }

    fn sum(
        &mut self,
        column: &Bound,
        record: &Record<'_>,
        form: super::AmountForm,
        out: &mut String,
    ) -> Result<(), Fault> {
        let mut sum: Option<Shares> = None;
        for from in &column.sources {
            let text = taken(record, *from)?.trim();
            if text.is_empty() {
                continue;
            }
            let mut digits = String::new();
            form.write(text, &mut digits).map_err(|why| Fault::Amount(format!("{} {why}", quoted(text))))?;
            let amount =
                Shares::parse(&digits).map_err(|error| Fault::Amount(format!("{} {error}", quoted(text))))?;
            let before = sum.unwrap_or(Shares::ZERO);
            let total = before.checked_add(amount);
            sum = Some(total.ok_or_else(|| Fault::Amount("comes to more than can be counted".to_owned()))?);
            if !self.found.is_empty() {
                self.found.push_str(" + ");
            }
            self.found.push_str(text);
        }
        match sum {
            Some(sum) => {
                out.push_str(&sum.to_string());
                self.met.amounts_changed += 1;
            }
            None => out.push_str(&column.rule.blank),
        }
        Ok(())
    }

    fn date(
        &mut self,
        column: &Bound,
        record: &Record<'_>,
        text: &str,
        out: &mut String,
    ) -> Result<(), Fault> {
        let is_day = column.rule.ours != "received" && column.rule.ours != "at";
        let kind = match column.sources.as_slice() {
            [From::Field(place, None)] => record.kind(*place),
            _ => Kind::Text,
        };
        let form = match (&column.rule.meaning, kind) {
            (_, Kind::Date) => return push_iso(text, is_day, out),
            (Meaning::OwnDate, Kind::Number) => {
                return Err(Fault::Date(format!(
                    "{} is a number and not a date in the workbook; format the cells as dates, or say in `format` how the digits are written",
                    quoted(text)
                )));
            }
            (Meaning::Date(form), Kind::Text | Kind::Number | Kind::Wrong) => form,
            _ => {
                push_one_line(text, out);
                return Ok(());
            }
        };
        let known = &mut self.dates[column.place];
        if let Some(date) = known.get(text) {
            out.push_str(date);
            return Ok(());
        }
        let start = out.len();
        write_date(form, text, is_day, out)?;
        if known.len() < DATES_MAX {
            known.insert(text.to_owned(), out[start..].to_owned());
        }
        Ok(())
    }
}

/// A date that the workbook keeps as one.
fn push_iso(text: &str, is_day: bool, out: &mut String) -> Result<(), Fault> {
    out.push_str(if is_day { text.split('T').next().unwrap_or(text) } else { text });
    Ok(())
}

fn write_date(form: &DateForm, text: &str, is_day: bool, out: &mut String) -> Result<(), Fault> {
    let fault = |why: &str| {
        Fault::Date(format!("{} is not a date of the format `{}`{why}", quoted(text), form.format))
    };
    let read = BrokenDownTime::parse(&form.format, text).map_err(|_| fault(""))?;
    let mut date = read.to_date().map_err(|_| fault(": there is no such day"))?;
    if let Some(century) = form.century {
        let year = century * 100 + date.year() % 100;
        date = Date::new(year, date.month(), date.day()).map_err(|_| fault(": there is no such day"))?;
    }
    if !(1800..=2200).contains(&date.year()) {
        return Err(fault(": the year must lie between 1800 and 2200"));
    }
    if is_day || !form.has_time {
        out.push_str(&date.to_string());
        return Ok(());
    }
    let time = read.to_time().map_err(|_| fault(": there is no such time of day"))?;
    let local = date.to_datetime(time);
    let offset = match (read.offset(), &form.zone) {
        (Some(offset), _) => Some(offset),
        (None, Some(zone)) => {
            let zoned =
                local.to_zoned(zone.clone()).map_err(|_| fault(": there is no such time in its zone"))?;
            Some(zoned.offset())
        }
        (None, None) => None,
    };
    out.push_str(&local.to_string());
    if let Some(offset) = offset {
        let seconds = offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        out.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    }
    Ok(())
}

/// The text of the fields, joined and taken.
fn gather(column: &Bound, record: &Record<'_>, found: &mut String) -> Result<(), Fault> {
    let rule = &column.rule;
    match column.sources.as_slice() {
        [only] => found.push_str(taken(record, *only)?),
        several => {
            for (at, from) in several.iter().enumerate() {
                let text = taken(record, *from)?.trim();
                if text.is_empty() && rule.join.trim().is_empty() {
                    continue;
                }
                if at > 0 && !found.is_empty() {
                    found.push_str(&rule.join);
                }
                found.push_str(text);
            }
        }
    }
    if let Some(take) = rule.take {
        let part = characters(found, take, is_text(&rule.ours))?.to_owned();
        *found = part;
    }
    Ok(())
}

/// A field, or characters of one.
pub(super) fn taken<'b>(record: &Record<'b>, from: From) -> Result<&'b str, Fault> {
    match from {
        From::Field(place, None) if record.kind(place) == Kind::Wrong => {
            Err(Fault::Amount(record.field(place).to_owned()))
        }
        From::Field(place, None) => Ok(record.field(place)),
        From::Field(place, Some((take, is_text))) => characters(record.field(place), take, is_text),
    }
}

/// Whether what is cut off a line's end can only be blanks that nobody misses.
pub(super) fn is_text(ours: &str) -> bool {
    matches!(ours, "name" | "holders" | "reason" | "by" | "block" | "signer")
}

/// Characters of a text. Where all of them are missing there is nothing; where some are, the text was cut off.
fn characters(text: &str, take: Take, may_be_short: bool) -> Result<&str, Fault> {
    let (start, end) = if text.is_ascii() {
        (take.first - 1, take.last)
    } else {
        let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let Some(start) = places.nth(take.first - 1) else { return Ok("") };
        let end = places.nth(take.last - take.first);
        (start, end.unwrap_or(text.len() + 1))
    };
    if start >= text.len() {
        return Ok("");
    }
    if end > text.len() {
        if may_be_short {
            return Ok(&text[start..]);
        }
        let found = text.chars().count();
        return Err(Fault::Width(format!(
            "{} has {found} characters, but characters {} to {} are taken",
            quoted(text),
            take.first,
            take.last
        )));
    }
    Ok(&text[start..end])
}

/// A text without line breaks, which no row of ours holds.
pub(super) fn push_one_line(text: &str, out: &mut String) {
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        out.push_str(text);
        return;
    }
    let parts: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect();
    out.push_str(&parts.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, century: Option<i16>, text: &str) -> Result<String, String> {
        let parts = parts_of(format)?;
        let form = DateForm { format: format.to_owned(), has_time: parts.has_time, century, zone: None };
        let mut out = String::new();
        write_date(&form, text, false, &mut out).map(|()| out).map_err(|fault| fault.message().to_owned())
    }

    #[test]
    fn a_format_consumes_the_whole_value() {
        for (format, century, text, read_as) in [
            ("%m/%d/%y %I:%M %p", Some(20), "11/22/02 4:05 PM", "2002-11-22T16:05:00"),
            ("%m/%d/%y %I:%M %p", Some(20), "11/22/02 12:05 AM", "2002-11-22T00:05:00"),
            ("%m%d%Y %H%M%S", None, "11222002 160500", "2002-11-22T16:05:00"),
            ("%d.%m.%Y", None, "3.4.2002", "2002-04-03"),
            ("%d-%b-%Y", None, "22-NOV-2002", "2002-11-22"),
            ("%m/%d/%y", Some(19), "11/22/99", "1999-11-22"),
            ("%Y-%m-%dT%H:%M:%S%z", None, "2002-11-22T16:05:00-0500", "2002-11-22T16:05:00-05:00"),
        ] {
            assert_eq!(read(format, century, text).as_deref(), Ok(read_as), "{format}");
        }
        for (format, text) in [
            ("%m/%d/%Y", "11/22/2002 x"),
            ("%m/%d/%Y", "13/22/2002"),
            ("%m/%d/%Y", "02/30/2002"),
            ("%m/%d/%Y", "11/22/02"),
            ("%Y-%m-%d", "2002-11-22T16:05"),
        ] {
            assert!(read(format, None, text).is_err(), "{format} {text}");
        }
    }

    #[test]
    fn a_format_says_the_whole_date() {
        assert!(parts_of("%m/%d").is_err());
        assert!(parts_of("%Q/%d").is_err());
        assert!(parts_of("%m/%d/%Y %I:%M").is_err(), "before or after noon is not said");
        assert!(parts_of("%m/%d/%y").is_ok_and(|parts| parts.has_short_year && !parts.has_time));
        assert!(parts_of("%m/%d/%Y %H:%M").is_ok_and(|parts| !parts.has_short_year && parts.has_time));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let take = Take { first: 2, last: 3 };
        assert_eq!(characters("abcd", take, false).ok(), Some("bc"));
        assert_eq!(characters("éüöa", take, false).ok(), Some("üö"));
        assert_eq!(characters("a", take, false).ok(), Some(""));
        assert_eq!(characters("éü", take, true).ok(), Some("ü"));
        assert!(characters("ab", take, false).is_err() && characters("éü", take, false).is_err());
    }
}
