//! Dates and times as the files write them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A point in time that was written as a date, a local time, or a time with an offset.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub instant: Timestamp,
    /// The day it falls on in the meeting's time zone.
    pub date: Date,
    /// Only a date was written.
    pub date_only: bool,
}

/// Reads times in one time zone.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    pub fn new(zone: &str) -> Clock {
        let zone = TimeZone::get(zone).unwrap_or_else(|e| panic!("time zone `{zone}`: {e}"));
        Clock { zone }
    }

    /// "`received` and the times in meeting.json are a date, a local time in the meeting's `time_zone` or RFC 3339
    /// with an offset. A date alone means the end of that day wherever times are compared."
    pub fn moment(&self, text: &str) -> Moment {
        let text = text.trim();
        if !text.contains(['T', 't']) {
            let date = date(text);
            let end_of_day = date.at(23, 59, 59, 999_999_999);
            return Moment { instant: self.instant(end_of_day), date, date_only: true };
        }
        if has_offset(text) {
            let instant: Timestamp = text.parse().unwrap_or_else(|e| panic!("time `{text}`: {e}"));
            let date = instant.to_zoned(self.zone.clone()).date();
            return Moment { instant, date, date_only: false };
        }
        let local: DateTime = text.parse().unwrap_or_else(|e| panic!("time `{text}`: {e}"));
        Moment { instant: self.instant(local), date: local.date(), date_only: false }
    }

    fn instant(&self, local: DateTime) -> Timestamp {
        let zoned = self.zone.to_zoned(local).unwrap_or_else(|e| panic!("{local}: {e}"));
        zoned.timestamp()
    }
}

fn has_offset(text: &str) -> bool {
    let time_of_day = &text[text.find(['T', 't']).expect("a time has a T")..];
    time_of_day.ends_with(['Z', 'z']) || time_of_day.contains(['+', '-'])
}

pub fn date(text: &str) -> Date {
    text.trim().parse().unwrap_or_else(|e| panic!("date `{text}`: {e}"))
}

/// "A date without such a day in the target month ends on that month's last day."
pub fn months_later(date: Date, months: i64) -> Date {
    date.checked_add(months.months()).unwrap_or_else(|e| panic!("{date} + {months} months: {e}"))
}

/// "on the day the polls closed it counts as in time": a date alone is late only on a later day.
pub fn is_after(received: &Moment, close: &Moment) -> bool {
    if received.date_only { received.date > close.date } else { received.instant > close.instant }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_alone_is_the_end_of_its_day_but_in_time_on_the_last() {
        let clock = Clock::new("America/Los_Angeles");
        let close = clock.moment("2002-12-05T11:00:00");
        assert!(!is_after(&clock.moment("2002-12-05"), &close));
        assert!(is_after(&clock.moment("2002-12-06"), &close));
        assert!(is_after(&clock.moment("2002-12-05T11:00:01"), &close));
        assert!(!is_after(&clock.moment("2002-12-05T11:00"), &close));
        assert!(!is_after(&clock.moment("2002-12-05T19:00:00Z"), &close));
        assert!(is_after(&clock.moment("2002-12-05T14:01:00-05:00"), &close));
        assert!(clock.moment("2002-12-04").instant > clock.moment("2002-12-04T23:59:59").instant);
    }

    #[test]
    fn t16_month_ends() {
        assert_eq!(months_later(date("2001-06-14"), 11), date("2002-05-14"));
        assert_eq!(months_later(date("2001-03-31"), 11), date("2002-02-28"));
    }
}
