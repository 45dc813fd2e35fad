//! Dates and times in the meeting's zone. Nothing here reads the clock.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use crate::calendar::long_date;
use crate::meeting::DateStyle;

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not `YYYY-MM-DD`.
    #[error("must be a date such as `2002-11-20`")]
    NotADate,
    /// Well formed, but no such day in the calendar.
    #[error("is not a day of the calendar")]
    NoSuchDay,
    /// Neither a date, a local time nor a time with an offset.
    #[error(
        "must be a date, a local time or a time with an offset, such as `2002-11-22`, `2002-11-22T16:05` or `2002-11-22T16:05:00-08:00`"
    )]
    NotATime,
    /// Well formed, but no such time of day.
    #[error("is not a time of day")]
    NoSuchTime,
    /// A year that no meeting of this program has.
    #[error("must lie in the years 1800 to 2200")]
    OutOfRange,
}

/// A point in time at which something was received, given or closed.
///
/// A date alone means the end of that day in the meeting's zone wherever times are compared;
/// `is_day_only` remembers that it was a date alone. `day` is the day in the
/// meeting's zone.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    nanoseconds: i64,
    /// The local day.
    pub day: Date,
    /// Whether only the day was given.
    pub is_day_only: bool,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.nanoseconds == other.nanoseconds
    }
}

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanoseconds.cmp(&other.nanoseconds)
    }
}

impl Moment {
    /// Stands in a row that is at fault and will not be tabulated.
    pub(crate) const UNKNOWN: Self = Self { nanoseconds: 0, day: Date::ZERO, is_day_only: true };

    /// A moment from what [`Moment::nanoseconds`] and its fields give.
    pub(crate) fn of_parts(nanoseconds: i64, day: Date, is_day_only: bool) -> Self {
        Self { nanoseconds, day, is_day_only }
    }

    /// Nanoseconds since 1970 in UTC.
    pub(crate) fn nanoseconds(&self) -> i64 {
        self.nanoseconds
    }

    /// Reads a date, a local time or an RFC 3339 time with an offset.
    ///
    /// # Errors
    /// [`TimeError`] for any other shape, for days and times that do not exist, and for years before
    /// 1800 or after 2200.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, TimeError> {
        let Some((date_text, time_text)) = text.split_once('T') else {
            return parse_date(text).map_err(not_a_time).and_then(|day| Self::end_of_day(day, zone));
        };
        let date = parse_date(date_text).map_err(not_a_time)?;
        let (clock, offset) = split_offset(time_text)?;
        let local = parse_clock(date, clock)?;
        let timestamp = match offset {
            Some(offset) => offset.to_timestamp(local).map_err(|_| TimeError::OutOfRange)?,
            None => zone.to_timestamp(local).map_err(|_| TimeError::OutOfRange)?,
        };
        let day = timestamp.to_zoned(zone.clone()).date();
        Ok(Self { nanoseconds: nanoseconds(timestamp)?, day, is_day_only: false })
    }

    /// The end of a day: the last instant before the next one begins.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] outside the years counted.
    pub fn end_of_day(day: Date, zone: &TimeZone) -> Result<Self, TimeError> {
        let next = day.tomorrow().map_err(|_| TimeError::OutOfRange)?;
        let start = next.to_zoned(zone.clone()).map_err(|_| TimeError::OutOfRange)?;
        Ok(Self { nanoseconds: nanoseconds(start.timestamp())? - 1, day, is_day_only: true })
    }

    /// The first instant of a day.
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] outside the years counted.
    pub fn start_of_day(day: Date, zone: &TimeZone) -> Result<Self, TimeError> {
        let start = day.to_zoned(zone.clone()).map_err(|_| TimeError::OutOfRange)?;
        Ok(Self { nanoseconds: nanoseconds(start.timestamp())?, day, is_day_only: false })
    }

    /// The moment so many hours before; nothing outside the years counted.
    #[must_use]
    pub fn earlier_by(&self, hours: u32, zone: &TimeZone) -> Option<Self> {
        let before = i64::from(hours) * 3_600_000_000_000;
        let nanoseconds = self.nanoseconds.checked_sub(before)?;
        let stamp = Timestamp::from_nanosecond(i128::from(nanoseconds)).ok()?;
        Some(Self { nanoseconds, day: stamp.to_zoned(zone.clone()).date(), is_day_only: false })
    }

    /// Whether it came after `close`. A date alone on the very day of the close counts as in time.
    #[must_use]
    pub fn is_after_close(&self, close: &Self) -> bool {
        self > close && !(self.is_day_only && self.day == close.day)
    }

    /// Whether it counts as in time only because it is a date alone on the day of the close.
    #[must_use]
    pub fn is_in_time_by_day_only(&self, close: &Self) -> bool {
        self > close && !self.is_after_close(close)
    }

    /// As a person writes it in the zone: `April 25, 2002, 4:05 p.m.` or `2002-04-25, 16:05`.
    #[must_use]
    pub fn shown(&self, zone: &TimeZone, dates: DateStyle) -> String {
        self.display(zone, dates).to_string()
    }

    /// The same, to be written where it is wanted.
    #[must_use]
    pub fn display(self, zone: &TimeZone, dates: DateStyle) -> DisplayMoment<'_> {
        DisplayMoment { moment: self, zone, dates }
    }

    /// As the formats write it: `2002-11-22` or `2002-11-22T16:05:00`, in the zone.
    #[must_use]
    pub fn in_zone(&self, zone: &TimeZone) -> String {
        if self.is_day_only {
            return self.day.to_string();
        }
        let stamp = Timestamp::from_nanosecond(i128::from(self.nanoseconds)).unwrap_or_default();
        zone.to_datetime(stamp).to_string()
    }
}

/// A moment as a person writes it.
#[derive(Debug, Clone, Copy)]
pub struct DisplayMoment<'a> {
    moment: Moment,
    zone: &'a TimeZone,
    dates: DateStyle,
}

impl fmt::Display for DisplayMoment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.moment.is_day_only {
            return DisplayDate(self.moment.day, self.dates).fmt(f);
        }
        let stamp = Timestamp::from_nanosecond(i128::from(self.moment.nanoseconds)).unwrap_or_default();
        let local = self.zone.to_datetime(stamp);
        let (hour, half) = match self.dates {
            DateStyle::Iso => (format!("{:02}", local.hour()), ""),
            DateStyle::Us => {
                let hour = local.hour() % 12;
                let half = if local.hour() < 12 { " a.m." } else { " p.m." };
                (if hour == 0 { "12".to_owned() } else { hour.to_string() }, half)
            }
        };
        write!(f, "{}, {hour}:{:02}", DisplayDate(local.date(), self.dates), local.minute())?;
        if local.second() != 0 {
            write!(f, ":{:02}", local.second())?;
        }
        f.write_str(half)
    }
}

/// Days on which no clock is changed, remembered with the instant at which each begins: of ten million
/// times most fall on the same few days.
#[derive(Debug)]
pub struct Times {
    days: [Option<KnownDay>; 64],
}

impl Default for Times {
    fn default() -> Self {
        Self { days: [None; 64] }
    }
}

/// A day of 24 hours in one zone.
#[derive(Debug, Clone, Copy)]
struct KnownDay {
    text: [u8; 10],
    day: Date,
    start: i64,
}

const SECOND: i64 = 1_000_000_000;
const HOURS_24: i64 = 24 * 60 * 60 * SECOND;

impl Times {
    /// Reads a local time of the plain form `YYYY-MM-DDTHH:MM` or `…:SS`, always in the same zone.
    /// Nothing for anything else, right or wrong: see [`Moment::parse`].
    pub fn read(&mut self, text: &str, zone: &TimeZone) -> Option<Moment> {
        let bytes = text.as_bytes();
        let (date, clock) = (bytes.get(..10)?, bytes.get(10..)?);
        let two = |at: usize| {
            let (ten, one) = (clock.get(at)?.wrapping_sub(b'0'), clock.get(at + 1)?.wrapping_sub(b'0'));
            (ten < 10 && one < 10).then_some(i64::from(ten) * 10 + i64::from(one))
        };
        let has_form = match clock.len() {
            6 => clock[0] == b'T' && clock[3] == b':',
            9 => clock[0] == b'T' && clock[3] == b':' && clock[6] == b':',
            _ => false,
        };
        if !has_form {
            return None;
        }
        let (hours, minutes) = (two(1)?, two(4)?);
        let seconds = if clock.len() == 9 { two(7)? } else { 0 };
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let day = self.day(date, zone)?;
        let nanoseconds = day.start + ((hours * 60 + minutes) * 60 + seconds) * SECOND;
        Some(Moment { nanoseconds, day: day.day, is_day_only: false })
    }

    /// Writes a time as [`Moment::in_zone`] does, where its day is a plain one and it has no parts of a
    /// second; else writes nothing and says so.
    pub fn write(&mut self, moment: Moment, zone: &TimeZone, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        push_day(moment.day, out);
        if moment.is_day_only {
            return true;
        }
        let since = |day: KnownDay| moment.nanoseconds - day.start;
        let text: Option<[u8; 10]> = out[start..].try_into().ok();
        let since = text.and_then(|text| self.day(&text, zone)).map(since);
        let Some(since) = since.filter(|since| (0..HOURS_24).contains(since) && since % SECOND == 0) else {
            out.truncate(start);
            return false;
        };
        let seconds = since / SECOND;
        for (mark, number) in [(b'T', seconds / 3600), (b':', seconds / 60 % 60), (b':', seconds % 60)] {
            out.push(mark);
            push_two(number, out);
        }
        true
    }

    fn day(&mut self, text: &[u8], zone: &TimeZone) -> Option<KnownDay> {
        let slot = usize::from(text[6].wrapping_mul(31) ^ text[8].wrapping_mul(10) ^ text[9]) % 64;
        if let Some(known) = self.days[slot].filter(|known| known.text == text) {
            return Some(known);
        }
        let day = parse_date(std::str::from_utf8(text).ok()?).ok()?;
        let begins = |day: Date| nanoseconds(day.to_zoned(zone.clone()).ok()?.timestamp()).ok();
        let start = begins(day)?;
        let is_plain = begins(day.tomorrow().ok()?)? == start + HOURS_24;
        // Two changes of the clock on one day could make up 24 hours again; none may fall into it.
        let stamp = Timestamp::from_nanosecond(i128::from(start)).ok()?;
        let next = zone.following(stamp).next().map(|change| change.timestamp());
        let has_change = next.is_some_and(|next| nanoseconds(next).is_ok_and(|at| at < start + HOURS_24));
        let known = KnownDay { text: text.try_into().ok()?, day, start };
        if !is_plain || has_change {
            return None;
        }
        self.days[slot] = Some(known);
        Some(known)
    }
}

/// Writes a day as the formats do: `2002-11-22`.
pub fn push_day(day: Date, out: &mut Vec<u8>) {
    let year = i64::from(day.year());
    push_two(year / 100, out);
    push_two(year % 100, out);
    for part in [day.month(), day.day()] {
        out.push(b'-');
        push_two(i64::from(part), out);
    }
}

fn push_two(number: i64, out: &mut Vec<u8>) {
    let digit = |digit: i64| b'0' + u8::try_from(digit).unwrap_or(0);
    out.extend_from_slice(&[digit(number / 10), digit(number % 10)]);
}

/// A day as a person writes it: `April 25, 2002` or `2002-04-25`.
#[must_use]
pub fn show_date(day: Date, dates: DateStyle) -> String {
    DisplayDate(day, dates).to_string()
}

/// The same, to be written where it is wanted.
#[derive(Debug, Clone, Copy)]
pub struct DisplayDate(pub Date, pub DateStyle);

impl fmt::Display for DisplayDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            DateStyle::Us => f.write_str(&long_date(self.0)),
            DateStyle::Iso => self.0.fmt(f),
        }
    }
}

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// [`TimeError`] for another shape, a day that does not exist, or a year out of range.
pub fn parse_date(text: &str) -> Result<Date, TimeError> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return Err(TimeError::NotADate);
    }
    let year = digits(&bytes[..4]).ok_or(TimeError::NotADate)?;
    let month = digits(&bytes[5..7]).ok_or(TimeError::NotADate)?;
    let day = digits(&bytes[8..]).ok_or(TimeError::NotADate)?;
    if !(1800..=2200).contains(&year) {
        return Err(TimeError::OutOfRange);
    }
    let small = |n: i16| i8::try_from(n).map_err(|_| TimeError::NoSuchDay);
    Date::new(year, small(month)?, small(day)?).map_err(|_| TimeError::NoSuchDay)
}

/// The same day so many months later; where the target month has no such day, its last day
/// (31 Mar 2001 plus 11 months is 28 Feb 2002).
#[must_use]
pub fn add_months(day: Date, months: u32) -> Date {
    day.saturating_add(Span::new().months(i64::from(months.min(12_000))))
}

/// Where a time may stand, what is no date is no time.
fn not_a_time(error: TimeError) -> TimeError {
    if error == TimeError::NotADate { TimeError::NotATime } else { error }
}

fn digits(bytes: &[u8]) -> Option<i16> {
    let mut number = 0_i16;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i16::from(byte - b'0');
    }
    Some(number)
}

fn split_offset(text: &str) -> Result<(&str, Option<Offset>), TimeError> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Ok((clock, Some(Offset::UTC)));
    }
    let Some(at) = text.find(['+', '-']) else { return Ok((text, None)) };
    let (clock, offset) = text.split_at(at);
    let bytes = offset.as_bytes();
    if bytes.len() != 6 || bytes[3] != b':' {
        return Err(TimeError::NotATime);
    }
    let hours = digits(&bytes[1..3]).ok_or(TimeError::NotATime)?;
    let minutes = digits(&bytes[4..6]).ok_or(TimeError::NotATime)?;
    if hours > 23 || minutes > 59 {
        return Err(TimeError::NoSuchTime);
    }
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    let signed = if bytes[0] == b'-' { -seconds } else { seconds };
    Offset::from_seconds(signed).map(|o| (clock, Some(o))).map_err(|_| TimeError::NoSuchTime)
}

fn parse_clock(date: Date, clock: &str) -> Result<DateTime, TimeError> {
    let (hms, fraction) = clock.split_once('.').map_or((clock, None), |(a, b)| (a, Some(b)));
    let bytes = hms.as_bytes();
    let has_seconds = bytes.len() == 8 && bytes[5] == b':';
    if !(bytes.len() == 5 || has_seconds) || bytes[2] != b':' || (fraction.is_some() && !has_seconds) {
        return Err(TimeError::NotATime);
    }
    let part = |range: std::ops::Range<usize>| digits(&bytes[range]).ok_or(TimeError::NotATime);
    let second = if has_seconds { part(6..8)? } else { 0 };
    let mut subsecond = 0_i32;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TimeError::NotATime);
        }
        subsecond = format!("{fraction:0<9}").parse().map_err(|_| TimeError::NotATime)?;
    }
    let small = |n: i16| i8::try_from(n).map_err(|_| TimeError::NoSuchTime);
    DateTime::new(
        date.year(),
        date.month(),
        date.day(),
        small(part(0..2)?)?,
        small(part(3..5)?)?,
        small(second)?,
        subsecond,
    )
    .map_err(|_| TimeError::NoSuchTime)
}

fn nanoseconds(stamp: Timestamp) -> Result<i64, TimeError> {
    i64::try_from(stamp.as_nanosecond()).map_err(|_| TimeError::OutOfRange)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(&TimeZone::UTC, DateStyle::Iso))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn los_angeles() -> TimeZone {
        TimeZone::get("America/Los_Angeles").expect("a zone of the bundled database")
    }

    fn moment(text: &str) -> Moment {
        Moment::parse(text, &los_angeles()).expect("a test time")
    }

    #[test]
    fn a_date_alone_is_the_end_of_its_day_and_in_time_on_the_day_of_the_close() {
        let close = moment("2002-12-05T11:00:00");
        assert!(!moment("2002-12-05T11:00:00").is_after_close(&close));
        assert!(moment("2002-12-05T11:00:01").is_after_close(&close));
        assert!(!moment("2002-12-05").is_after_close(&close));
        assert!(moment("2002-12-05").is_in_time_by_day_only(&close));
        assert!(moment("2002-12-06").is_after_close(&close));
        assert!(moment("2002-12-05") > moment("2002-12-05T23:59:59.999999998"));
        assert!(moment("2002-12-05") < moment("2002-12-06T00:00"));
        assert!(!moment("2002-12-04").is_in_time_by_day_only(&close));
    }

    #[test]
    fn remembered_days_give_the_same_times_as_reading_each() {
        let zone = los_angeles();
        let mut times = Times::default();
        let mut read = 0;
        // Clocks in Los Angeles were changed on 7 April and 27 October 2002.
        for date in ["2002-04-06", "2002-04-07", "2002-04-08", "2002-10-26", "2002-10-27", "2002-10-28"] {
            for clock in ["T00:00", "T01:30", "T02:30:00", "T03:00", "T23:59:59", "T12:00:00.5", "", "T24:00"]
            {
                let text = format!("{date}{clock}");
                for _ in 0..2 {
                    let Some(found) = times.read(&text, &zone) else { continue };
                    let expected = moment(&text);
                    assert_eq!(
                        (found, found.day, found.is_day_only),
                        (expected, expected.day, false),
                        "{text}"
                    );
                    let mut written = Vec::new();
                    assert!(times.write(found, &zone, &mut written));
                    assert_eq!(written, found.in_zone(&zone).as_bytes());
                    read += 1;
                }
            }
        }
        // Four days without a change, five plain clocks, twice.
        assert_eq!(read, 40);
    }

    #[test]
    fn a_time_with_an_offset_is_the_same_instant_in_the_zone_of_the_meeting() {
        assert_eq!(moment("2002-12-05T19:00:00Z"), moment("2002-12-05T11:00"));
        assert_eq!(moment("2002-12-06T02:30:00+05:30").day, parse_date("2002-12-05").expect("a day"));
        for (text, us, iso) in [
            ("2002-12-05T11:00", "December 5, 2002, 11:00 a.m.", "2002-12-05, 11:00"),
            ("2002-12-05T00:05:09", "December 5, 2002, 12:05:09 a.m.", "2002-12-05, 00:05:09"),
            ("2002-12-05T12:00", "December 5, 2002, 12:00 p.m.", "2002-12-05, 12:00"),
            ("2002-12-05T23:59", "December 5, 2002, 11:59 p.m.", "2002-12-05, 23:59"),
            ("2002-12-05", "December 5, 2002", "2002-12-05"),
        ] {
            assert_eq!(moment(text).shown(&los_angeles(), DateStyle::Us), us);
            assert_eq!(moment(text).shown(&los_angeles(), DateStyle::Iso), iso);
        }
    }

    #[test]
    fn only_the_documented_shapes_are_read() {
        use TimeError::{NoSuchDay, NoSuchTime, NotADate, NotATime, OutOfRange};
        for (text, error) in [
            ("2002-02-30", NoSuchDay),
            ("2002-13-01", NoSuchDay),
            ("20021122", NotATime),
            ("2002-11-22 16:05", NotATime),
            ("2002-11-22T16", NotATime),
            ("2002-11-22T25:00", NoSuchTime),
            ("2002-11-22T16:05:61", NoSuchTime),
            ("2002-11-22T16:05.5", NotATime),
            ("2002-11-22T16:05:00+8", NotATime),
            ("11/22/2002", NotATime),
            ("", NotATime),
            ("0002-11-22", OutOfRange),
            ("2002-11-22T", NotATime),
            ("２００２-11-22", NotATime),
        ] {
            assert_eq!(Moment::parse(text, &los_angeles()), Err(error), "{text}");
        }
        assert_eq!(parse_date("2002-1-1"), Err(NotADate));
    }

    #[test]
    fn eleven_months_end_on_the_same_day_or_the_last_of_the_month() {
        // Cal. Corp. Code § 705(b).
        let plus = |text| add_months(parse_date(text).expect("a day"), 11).to_string();
        assert_eq!(plus("2001-06-14"), "2002-05-14");
        assert_eq!(plus("2001-06-13"), "2002-05-13");
        assert_eq!(plus("2001-03-31"), "2002-02-28");
    }
}
