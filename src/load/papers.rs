//! The keys of meeting.json that concern its papers and not its result.

use super::json::{Fields, JsonReader};
use crate::catalogue::Code;
use crate::meeting::{Appointment, DateStyle, Mode, Papers};
use crate::time::parse_date;

/// Reads `appointed`, `oath`, `dates` and `mode`.
pub(super) fn read_papers<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Papers {
    let appointed = fields.given("appointed").and_then(|node| {
        let fields = reader.object(&node, &["by", "on"])?;
        let by = reader.required(&fields, "by").and_then(|n| reader.non_empty_string(&n));
        let on = fields.given("on").and_then(|n| reader.parsed(&n, Code::DateOrTime, parse_date));
        Some(Appointment { by: by?, on })
    });
    let has_oath = fields.given("oath").and_then(|n| reader.boolean(&n)).unwrap_or(false);
    let dates = fields.given("dates").and_then(|n| {
        reader.named(&n, &["us", "iso"], |name| match name {
            "us" => Some(DateStyle::Us),
            "iso" => Some(DateStyle::Iso),
            _ => None,
        })
    });
    let mode = fields.given("mode").and_then(|n| {
        reader.named(&n, &["live", "test"], |name| match name {
            "live" => Some(Mode::Live),
            "test" => Some(Mode::Test),
            _ => None,
        })
    });
    Papers { appointed, has_oath, dates: dates.unwrap_or_default(), mode: mode.unwrap_or_default() }
}
