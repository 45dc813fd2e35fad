//! CUM-1: the notice that puts cumulative voting in force.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::items::Voting;
use super::json::{Fields, JsonReader, is_null};
use crate::catalogue::Code;
use crate::meeting::{Cumulative, CumulativeNotice, DateStyle, NOTICE_OF_MEETING};
use crate::time::Moment;

/// Whether votes may be cumulated in an election.
pub(super) fn read_cumulative<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    voting: &Voting,
) -> Option<Cumulative> {
    let Some(node) = fields.given("cumulative") else { return Some(Cumulative::NotAvailable) };
    let fields = reader.object(&node, &["notice"])?;
    let notice = reader.required(&fields, "notice")?;
    if is_null(&notice) {
        let is_of_right = voting.cumulative_notice == CumulativeNotice::OfRight;
        return Some(if is_of_right { Cumulative::OfRight } else { Cumulative::NoNotice });
    }
    let fields = reader.object(&notice, &["by", "given"])?;
    if voting.cumulative_notice == CumulativeNotice::OfRight {
        // No notice is needed; one that was given is not looked for.
        return Some(Cumulative::OfRight);
    }
    let by = reader.required(&fields, "by").and_then(|n| reader.non_empty_string(&n))?;
    if by == NOTICE_OF_MEETING {
        return by_notice_of_meeting(reader, &fields, voting, by);
    }
    let given_node = reader.required(&fields, "given")?;
    let given = reader.parsed(&given_node, Code::DateOrTime, |text| Moment::parse(text, &voting.zone))?;
    if !voting.has_hour(reader, &given_node, &given, "a notice") {
        return None;
    }
    if let Some(why) = refusal(voting, &given) {
        reader.problem(&given_node, Code::NoticeLate.fault(why));
        return None;
    }
    Some(Cumulative::Notice { by, given: Some(given) })
}

/// Model Act § 7.28(d)(1): the notice of the meeting states conspicuously that votes may be cumulated.
fn by_notice_of_meeting<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    voting: &Voting,
    by: String,
) -> Option<Cumulative> {
    if voting.cumulative_notice != CumulativeNotice::Hours48Before {
        if let Some(n) = fields.get("by") {
            reader.problem(
                &n,
                Code::NoticeLate.fault(
                    "the notice of the meeting puts cumulative voting in force under `48_hours_before` only; \
                 Cal. Corp. Code § 708(b) asks for a shareholder's notice at the meeting",
                ),
            );
        }
        return None;
    }
    let given = match fields.given("given") {
        Some(n) => Some(reader.parsed(&n, Code::DateOrTime, |text| Moment::parse(text, &voting.zone))?),
        None => None,
    };
    Some(Cumulative::Notice { by, given })
}

/// Why a notice given then is none.
fn refusal(voting: &Voting, given: &Moment) -> Option<String> {
    let is_after = |poll: Option<Moment>| poll.is_some_and(|poll| *given > poll);
    if is_after(voting.polls_open) {
        return Some("the notice was given after the polls opened, so votes cannot be cumulated".to_owned());
    }
    if voting.polls_close.is_some_and(|close| given.is_after_close(&close)) {
        return Some("the notice was given after the polls closed, so votes cannot be cumulated".to_owned());
    }
    let (first, last) = (voting.sessions.first()?, voting.sessions.last()?);
    match voting.cumulative_notice {
        CumulativeNotice::AtMeeting if given.day > *last => {
            Some("the notice was given after the meeting, so votes cannot be cumulated".to_owned())
        }
        CumulativeNotice::AtMeeting if !voting.sessions.contains(&given.day) => Some(format!(
            "the notice was given on {}, which is no day of the meeting; Cal. Corp. Code § 708(b) asks for a \
             notice at the meeting, before the voting (the rule `cumulative_notice`)",
            given.day,
        )),
        CumulativeNotice::Hours48Before => {
            let limit = forty_eight_hours_before(voting.polls_open, *first, &voting.zone)?;
            (*given > limit).then(|| {
                format!(
                    "the notice was given less than 48 hours before the voting; Model Act § 7.28(d) asks for it \
                     by {} (the rule `cumulative_notice`)",
                    limit.shown(&voting.zone, DateStyle::Iso),
                )
            })
        }
        CumulativeNotice::AtMeeting | CumulativeNotice::OfRight => None,
    }
}

/// 48 hours before the polls opened, else before the beginning of the first day.
fn forty_eight_hours_before(polls_open: Option<Moment>, first: Date, zone: &TimeZone) -> Option<Moment> {
    let from = match polls_open {
        Some(open) => open,
        None => Moment::start_of_day(first, zone).ok()?,
    };
    from.earlier_by(48, zone)
}
