//! What a registrant files of a meeting: Form 8-K, Item 5.07, and before it Form 10-Q, Part II, Item 4.
//! Markdown, with the figures of the certificate and none of its own.
//!
//! The sentences between brackets are left to the filer: they are not in the certificate.

use jiff::civil::Date;

use super::markdown::{escaped, foot, table};
use super::tables::DocumentTable;
use super::words::{LINE_HEADS, cells, is_preliminary, percent, result, shares, votes};
use crate::calendar::{business_days_after, federal_holiday, long_date, weekday};
use crate::certify::{Certificate, GroupFigures, ItemFigures, NomineeFigures};
use crate::text::{counted, one_of};
use crate::time::parse_date;

/// Meetings from this day on are reported under Item 5.07 (SEC Release No. 33-9089).
fn first_day_of_item_507() -> Date {
    jiff::civil::date(2010, 2, 28)
}

/// The day on which the meeting ended, as far as the certificate tells: its date, or the day on which
/// the polls closed where that is later.
fn last_day(certificate: &Certificate) -> Option<Date> {
    let meeting = &certificate.meeting;
    let close = meeting.polls_close.as_deref().filter(|_| meeting.as_of.is_none());
    let days = [Some(meeting.date.as_str()), close.and_then(|close| close.get(..10))];
    days.into_iter().flatten().filter_map(|text| parse_date(text).ok()).max()
}

/// The text of Form 8-K, Item 5.07, and when it is due.
#[must_use]
pub fn item507(certificate: &Certificate) -> String {
    with_foot(text_of_item507(certificate), certificate)
}

/// The text of Form 10-Q, Part II, Item 4.
#[must_use]
pub fn item4(certificate: &Certificate) -> String {
    with_foot(text_of_item4(certificate), certificate)
}

fn with_foot(mut text: String, certificate: &Certificate) -> String {
    if let Some(foot) = foot(certificate) {
        text.push('\n');
        text.push_str(&foot);
    }
    text
}

fn text_of_item507(certificate: &Certificate) -> String {
    let mut text = "# Item 5.07. Submission of Matters to a Vote of Security Holders\n\n".to_owned();
    let Some(day) = last_day(certificate).filter(|day| *day >= first_day_of_item_507()) else {
        text.push_str(&format!(
            "Does not apply: the meeting of {} ended before February 28, 2010, when Item 5.07 of Form 8-K took \
             effect (SEC Release No. 33-9089). It is reported in Form 10-Q, Part II, Item 4: \
             `quorate tabulate --format 10q-item4`.\n",
            long_or_as_is(&certificate.meeting.date),
        ));
        return text;
    };
    preliminary(&mut text, certificate);
    text.push_str(&opening(certificate));
    text.push_str(&format!("\n\n{}\n", quorum(certificate)));
    let finality = if is_preliminary(certificate) { "preliminary" } else { "final" };
    text.push_str(&format!(
        "\nThe matters submitted to a vote of security holders and the {finality} voting results were:\n"
    ));
    certificate.items.iter().for_each(|item| matter(&mut text, certificate, item));
    due(&mut text, certificate, day);
    text
}

fn text_of_item4(certificate: &Certificate) -> String {
    let mut text = "# Part II, Item 4. Submission of Matters to a Vote of Security Holders\n\n".to_owned();
    if last_day(certificate).is_some_and(|day| day >= first_day_of_item_507()) {
        text.push_str(&format!(
            "Does not apply: the meeting of {} ended on or after February 28, 2010, when Item 5.07 of Form 8-K \
             took the place of this item (SEC Release No. 33-9089): `quorate tabulate --format item507`.\n",
            long_or_as_is(&certificate.meeting.date),
        ));
        return text;
    }
    preliminary(&mut text, certificate);
    let title = certificate.meeting.title.to_lowercase();
    let kind = match (title.contains("annual"), title.contains("special")) {
        (true, false) => "an annual meeting",
        (false, true) => "a special meeting",
        _ => "[an annual or a special meeting]",
    };
    text.push_str(&format!("(a) {} It was {kind}.\n\n{}\n", opening(certificate), quorum(certificate)));
    let elections: Vec<&ItemFigures> =
        certificate.items.iter().filter(|item| item.kind == "election").collect();
    if elections.is_empty() {
        text.push_str("\n(b) The meeting did not involve the election of directors.\n");
    } else {
        let elected: Vec<String> = elections
            .iter()
            .flat_map(|item| item.nominees.iter().flatten())
            .filter(|nominee| nominee.elected)
            .map(|nominee| escaped(&nominee.name))
            .collect();
        let elected = match elected.as_slice() {
            [] => "no director was elected".to_owned(),
            names => format!("directors elected: {}", names.join("; ")),
        };
        text.push_str(&format!(
            "\n(b) The meeting involved the election of directors; {elected}. [Name each other director whose \
             term of office as a director continued after the meeting, or say that there was none.]\n"
        ));
    }
    text.push_str("\n(c) The matters voted upon, and the votes on each:\n");
    certificate.items.iter().for_each(|item| matter(&mut text, certificate, item));
    text.push_str(
        "\n(d) [Terms of any settlement between the registrant and another participant in a solicitation in \
         opposition, or: not applicable.]\n\n---\n\nThis item belongs in the quarterly report on Form 10-Q for \
         the quarter of the meeting (in the annual report on Form 10-K, Item 4, for the fourth quarter of the \
         fiscal year).\n",
    );
    text
}

fn long_or_as_is(text: &str) -> String {
    parse_date(text).map_or_else(|_| escaped(text), long_date)
}

fn preliminary(text: &mut String, certificate: &Certificate) {
    if is_preliminary(certificate) {
        let codes: Vec<&str> = certificate.open_matters.iter().map(|matter| matter.code.code()).collect();
        text.push_str(&format!(
            "> **PRELIMINARY VOTING RESULTS.** Not certified: {} ({}).\n\n",
            counted(codes.len() as u64, "matter") + if codes.len() == 1 { " is open" } else { " are open" },
            one_of(codes).replace(" or ", " and "),
        ));
    }
}

fn opening(certificate: &Certificate) -> String {
    let meeting = &certificate.meeting;
    let verb = if certificate.interim.is_some() { "called" } else { "held" };
    let adjourned = if meeting.adjourned_from.is_empty() {
        String::new()
    } else {
        let days: Vec<String> = meeting.adjourned_from.iter().map(|day| long_or_as_is(day)).collect();
        format!(", adjourned from {}", days.join(" and "))
    };
    format!(
        "On {}, {} (the \"Company\") {verb} its {}{adjourned}.",
        long_or_as_is(&meeting.date),
        escaped(&meeting.company),
        escaped(&meeting.title),
    )
}

/// Shares entitled, votes present, and whether that was a quorum.
fn quorum(certificate: &Certificate) -> String {
    let classes: Vec<String> = certificate
        .classes
        .iter()
        .map(|class| {
            let each = match class.votes_per_share.as_str() {
                "1" => "one vote each".to_owned(),
                ratio => format!("{ratio} votes each"),
            };
            format!("{} shares of {} ({each})", shares(class.shares_outstanding), escaped(&class.name))
        })
        .collect();
    let quorum = &certificate.quorum;
    let share =
        percent(quorum.present, quorum.outstanding).map_or_else(String::new, |p| format!(", or {p},"));
    let by_class: Vec<String> = quorum
        .by_class
        .iter()
        .flatten()
        .map(|class| {
            let (present, required) = (votes(class.present), votes(class.required));
            format!("{} {present} of {required} required", escaped(&class.class))
        })
        .collect();
    let by_class = if by_class.is_empty() {
        String::new()
    } else {
        format!(" Each class needed a quorum of its own: {}.", by_class.join("; "))
    };
    let whether = if quorum.met { "constituted" } else { "did not constitute" };
    format!(
        "As of the record date, {}, {} were outstanding and entitled to vote, {} votes in all. Holders of {}{share} \
         of these votes were present in person or represented by proxy, which {whether} a quorum ({} were \
         required).{by_class}",
        long_or_as_is(&certificate.meeting.record_date),
        classes.join(" and "),
        votes(quorum.outstanding),
        votes(quorum.present),
        votes(quorum.required),
    )
}

/// Which lines the form asks for, in its order: for, against or withheld, abstentions, broker
/// non-votes. Votes present and not voted stand beside them where there are any, so that rows add up.
const FORM_LINES: [(usize, &str); 6] = [
    (0, "For"),
    (1, "Against"),
    (3, "Withheld"),
    (2, "Abstentions"),
    (4, "Broker non-votes"),
    (5, "Not voted"),
];

/// A table of rows of the certificate's lines.
fn lines_table(first: &str, rows: &[(String, Vec<String>)]) -> String {
    debug_assert!(rows.iter().all(|(_, cells)| cells.len() == LINE_HEADS.len()));
    let not_voted = rows.iter().any(|(_, cells)| cells.get(5).is_some_and(|cell| cell != "0"));
    let shown = || FORM_LINES.iter().filter(|(place, _)| *place != 5 || not_voted);
    let head = [first].into_iter().chain(shown().map(|(_, name)| *name)).map(str::to_owned).collect();
    let of = |(name, cells): &(String, Vec<String>)| {
        let cells = shown().map(|(place, _)| cells.get(*place).cloned().unwrap_or_default());
        [name.clone()].into_iter().chain(cells).collect()
    };
    table(&DocumentTable { head, rows: rows.iter().map(of).collect() })
}

fn matter(text: &mut String, certificate: &Certificate, item: &ItemFigures) {
    text.push_str(&format!("\n**Item {}. {}**\n\n", escaped(&item.id), escaped(&item.title)));
    match item.kind {
        "election" => {
            let nominees = item.nominees.as_deref().unwrap_or(&[]);
            if let Some(cumulative) = &item.cumulative {
                text.push_str(&format!(
                    "Voted cumulatively: votes for are cumulated votes, of {} cast; the others are votes of \
                     shares.\n\n",
                    votes(cumulative.cast)
                ));
            }
            text.push_str(&lines_table("Nominee", &rows_of(nominees)));
            for nominee in nominees.iter().filter(|nominee| !nominee.voting_groups.is_empty()) {
                text.push_str(&format!("\n{}, by voting group:\n\n", escaped(&nominee.name)));
                text.push_str(&lines_table("Voting group", &groups(&nominee.voting_groups)));
            }
        }
        "frequency" => frequency(text, item),
        _ => {
            let rows: Vec<(String, Vec<String>)> =
                item.lines.iter().map(|lines| ("Votes".to_owned(), cells(lines))).collect();
            text.push_str(&lines_table("", &rows));
            if !item.voting_groups.is_empty() {
                text.push_str("\nBy voting group:\n\n");
                text.push_str(&lines_table("Voting group", &groups(&item.voting_groups)));
            }
        }
    }
    let mark = if is_preliminary(certificate) { " (preliminary)" } else { "" };
    text.push_str(&format!("\n{}{mark}\n", escaped(&result(item))));
}

fn rows_of(nominees: &[NomineeFigures]) -> Vec<(String, Vec<String>)> {
    nominees.iter().map(|nominee| (nominee.name.clone(), cells(&nominee.lines))).collect()
}

fn groups(groups: &[GroupFigures]) -> Vec<(String, Vec<String>)> {
    groups.iter().map(|group| (group.classes.join(", "), cells(&group.lines))).collect()
}

/// A frequency item: a column for each choice, then abstentions. Broker non-votes need not be reported
/// (C&DI 121A.03); they are, so that the row adds up.
fn frequency(text: &mut String, item: &ItemFigures) {
    let (Some(lines), Some(choices)) = (&item.lines, &item.choices) else { return };
    let mut columns: Vec<(String, String)> =
        choices.iter().map(|choice| (choice.name.clone(), votes(choice.votes_for))).collect();
    columns.push(("Abstentions".to_owned(), votes(lines.abstain)));
    columns.push(("Broker non-votes".to_owned(), votes(lines.broker_non_votes)));
    if !lines.not_voted.is_zero() {
        columns.push(("Not voted".to_owned(), votes(lines.not_voted)));
    }
    let (heads, cells): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
    let led = |first: &str, rest: Vec<String>| [first.to_owned()].into_iter().chain(rest).collect();
    text.push_str(&table(&DocumentTable { head: led("", heads), rows: vec![led("Votes", cells)] }));
}

/// When the report is due, day by day, and what else the filer should know. Not part of the filing.
fn due(text: &mut String, certificate: &Certificate, day: Date) {
    let days = business_days_after(day, 4);
    let Some(due) = days.last() else { return };
    let when = if certificate.interim.is_some() { "if the meeting ends on" } else { "the meeting ended on" };
    text.push_str(&format!(
        "\n---\n\nNot part of the filing. **Due {}, {}**: four business days after the day on which the meeting \
         ends (Form 8-K, General Instruction B.1; Instruction 1 to Item 5.07); {when} {}, {}. Counted: {}.",
        weekday(*due),
        long_date(*due),
        weekday(day),
        long_date(day),
        days.iter().map(|day| format!("{}, {}", weekday(*day), long_date(*day))).collect::<Vec<_>>().join("; "),
    ));
    let between = std::iter::successors(Some(day), |day| day.tomorrow().ok()).take_while(|day| day <= due);
    let holidays: Vec<String> =
        between.filter_map(|day| Some(format!("{}, {}", federal_holiday(day)?, long_date(day)))).collect();
    if !holidays.is_empty() {
        text.push_str(&format!(" Passed over: {}.", holidays.join("; ")));
    }
    text.push_str(
        " Saturdays, Sundays and federal holidays are not counted; days on which the Commission is closed by an \
         order of the day are not known to this program.\n",
    );
    if is_preliminary(certificate) {
        text.push_str(
            "\nThese results are preliminary. If final results are not known by the due date, the preliminary \
             ones are filed by then and marked as such, and an amended report on Form 8-K/A follows within four \
             business days after the final results are known (Instruction 1 to Item 5.07).\n",
        );
    }
    if certificate.items.iter().any(|item| item.kind == "frequency") {
        text.push_str(
            "\nAfter a vote on the frequency of votes on executive compensation an amended report also discloses \
             how often the company will hold them: within 150 days after the meeting ends, and no later than 60 \
             days before shareholder proposals for the next annual meeting must be in (Item 5.07(d)).\n",
        );
    }
}
