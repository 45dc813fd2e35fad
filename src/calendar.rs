//! Business days of the Securities and Exchange Commission: the days that are no Saturday, no Sunday
//! and no federal holiday. Nothing here reads the clock.
//!
//! The holidays are those of 5 U.S.C. § 6103(a) as they have stood since 2010, Juneteenth since 2021
//! (Pub. L. 117-17). One that falls on a Saturday is observed on the Friday before it (§ 6103(b)),
//! one on a Sunday on the Monday after it (Executive Order 11582, § 3). Days on which the Commission
//! is closed by an order of the day, and the day of an inauguration (§ 6103(c), in and around
//! Washington only), are not in any table and are not known here.

use jiff::civil::{Date, Weekday};

/// Holidays of a fixed date: month, day, the first year, name.
const FIXED: [(i8, i8, i16, &str); 5] = [
    (1, 1, 0, "New Year's Day"),
    (6, 19, 2021, "Juneteenth National Independence Day"),
    (7, 4, 0, "Independence Day"),
    (11, 11, 0, "Veterans Day"),
    (12, 25, 0, "Christmas Day"),
];

/// The federal holiday that is observed on a day from 2010 on, or that the day itself is.
#[must_use]
pub fn federal_holiday(day: Date) -> Option<&'static str> {
    let is_fixed = |day: Date| {
        let of_year = FIXED.iter().filter(|(_, _, from, _)| day.year() >= *from);
        of_year.into_iter().find(|(month, date, _, _)| (day.month(), day.day()) == (*month, *date))
    };
    let observed = match day.weekday() {
        Weekday::Friday => day.tomorrow().ok().and_then(is_fixed),
        Weekday::Monday => day.yesterday().ok().and_then(is_fixed),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Saturday | Weekday::Sunday => {
            None
        }
    };
    is_fixed(day).or(observed).map(|(_, _, _, name)| *name).or_else(|| of_a_week(day))
}

/// Holidays of a weekday in its week of the month.
fn of_a_week(day: Date) -> Option<&'static str> {
    let week = (day.day() - 1) / 7 + 1;
    let is_last = day.day() + 7 > day.days_in_month();
    match (day.month(), day.weekday(), week) {
        (1, Weekday::Monday, 3) => Some("Birthday of Martin Luther King, Jr."),
        (2, Weekday::Monday, 3) => Some("Washington's Birthday"),
        (5, Weekday::Monday, _) if is_last => Some("Memorial Day"),
        (9, Weekday::Monday, 1) => Some("Labor Day"),
        (10, Weekday::Monday, 2) => Some("Columbus Day"),
        (11, Weekday::Thursday, 4) => Some("Thanksgiving Day"),
        _ => None,
    }
}

/// Whether the Commission does business on a day.
#[must_use]
pub fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && federal_holiday(day).is_none()
}

/// The first so many business days after a day.
///
/// Form 8-K, General Instruction B.1: the period for an event on a business day begins on the next one
/// (C&DI 121A.01), and for an event on a day of no business on the first business day after it; either
/// way its days are those after the event.
#[must_use]
pub fn business_days_after(day: Date, count: usize) -> Vec<Date> {
    let days = std::iter::successors(day.tomorrow().ok(), |day| day.tomorrow().ok());
    days.filter(|day| is_business_day(*day)).take(count).collect()
}

/// A day as an American filing writes it: `December 5, 2002`.
#[must_use]
pub fn long_date(day: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(day.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    format!("{month} {}, {}", day.day(), day.year())
}

/// The day of the week: `Thursday`.
#[must_use]
pub fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_date;

    fn day(text: &str) -> Date {
        parse_date(text).expect("a test date")
    }

    /// The weekdays of a year on which federal offices close, as the Office of Personnel Management
    /// lists them.
    #[test]
    fn the_holidays_of_a_year_are_those_that_are_published() {
        let published: [(i16, &[&str]); 5] = [
            // 4 July, 25 December and (of 2011) 1 January fall on a Sunday, a Saturday and a Saturday.
            (
                2010,
                &[
                    "01-01", "01-18", "02-15", "05-31", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24",
                    "12-31",
                ],
            ),
            // Before Juneteenth. Independence Day on a Saturday.
            (
                2020,
                &["01-01", "01-20", "02-17", "05-25", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"],
            ),
            // The first Juneteenth, on a Saturday; New Year's Day of 2022 is observed in 2021.
            (
                2021,
                &[
                    "01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25",
                    "12-24", "12-31",
                ],
            ),
            (
                2022,
                &["01-17", "02-21", "05-30", "06-20", "07-04", "09-05", "10-10", "11-11", "11-24", "12-26"],
            ),
            (
                2024,
                &[
                    "01-01", "01-15", "02-19", "05-27", "06-19", "07-04", "09-02", "10-14", "11-11", "11-28",
                    "12-25",
                ],
            ),
        ];
        for (year, expected) in published {
            let first = Date::new(year, 1, 1).expect("a day");
            let all = std::iter::successors(Some(first), |day| day.tomorrow().ok());
            let found: Vec<String> = all
                .take_while(|day| day.year() == year)
                .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
                .filter(|day| federal_holiday(*day).is_some())
                .map(|day| day.to_string()[5..].to_owned())
                .collect();
            assert_eq!(found, expected, "{year}");
        }
    }

    #[test]
    fn a_holiday_on_a_weekend_moves_to_the_friday_or_the_monday_and_no_further() {
        // Independence Day of 2026 is a Saturday, of 2027 a Sunday.
        assert_eq!(federal_holiday(day("2026-07-03")), Some("Independence Day"));
        assert_eq!(federal_holiday(day("2026-07-06")), None);
        assert_eq!(federal_holiday(day("2027-07-05")), Some("Independence Day"));
        assert_eq!(federal_holiday(day("2027-07-02")), None);
        // 19 June 2020 was a Friday like any other.
        assert!(is_business_day(day("2020-06-19")));
        assert!(!is_business_day(day("2021-06-18")));
    }

    #[test]
    fn four_business_days_after_an_event_skip_weekends_and_holidays() {
        let due = |text| business_days_after(day(text), 4).last().expect("four days").to_string();
        // The example of C&DI 121A.01: a meeting on a Tuesday, due on Monday.
        assert_eq!(due("2024-05-14"), "2024-05-20");
        // From Monday to Friday of one week; from Friday, Saturday and Sunday to the next Thursday.
        assert_eq!(due("2024-05-13"), "2024-05-17");
        for meeting in ["2024-05-17", "2024-05-18", "2024-05-19"] {
            assert_eq!(due(meeting), "2024-05-23", "{meeting}");
        }
        // Memorial Day, 27 May 2024: passed over when it lies among the days, not when it follows them.
        assert_eq!(due("2024-05-20"), "2024-05-24");
        assert_eq!(due("2024-05-21"), "2024-05-28");
        assert_eq!(due("2024-05-24"), "2024-05-31");
        // A meeting on the holiday itself: Tuesday is day one.
        assert_eq!(due("2024-05-27"), "2024-05-31");
        // Juneteenth, a Wednesday in 2024 and no holiday in 2020.
        assert_eq!(due("2024-06-14"), "2024-06-21");
        assert_eq!(due("2020-06-15"), "2020-06-19");
        // Over the New Year of 2022, observed on 31 December 2021.
        assert_eq!(due("2021-12-28"), "2022-01-04");
    }

    #[test]
    fn days_are_written_as_in_a_filing() {
        assert_eq!(long_date(day("2002-12-05")), "December 5, 2002");
        assert_eq!(weekday(day("2002-12-05")), "Thursday");
    }
}
