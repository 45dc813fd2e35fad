//! What is filed and announced of a meeting: Form 8-K, Item 5.07, and before it Form 10-Q, Part II, Item 4; what
//! British and Australian companies announce; the message of ISO 20022. Figures of the certificate and none of its own.
//!
//! The sentences between brackets are left to the filer: they are not in the certificate.

pub mod asx;
mod page;
pub mod rns;
pub mod seev008;

use jiff::civil::Date;

pub use self::page::Form;
use self::page::{Filing, Words};
use super::tables::{DocumentTable, is_offered};
use super::words::{self, cells, is_preliminary, names, percent, result, shares, votes};
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
pub fn item507(certificate: &Certificate, form: Form) -> String {
    finished(of_item507(certificate), certificate, form)
}

/// The text of Form 10-Q, Part II, Item 4.
#[must_use]
pub fn item4(certificate: &Certificate) -> String {
    finished(of_item4(certificate), certificate, Form::Markdown)
}

/// With the foot that every document of a result has.
fn finished(mut filing: Filing, certificate: &Certificate, form: Form) -> String {
    if let Some(foot) = words::foot(certificate) {
        filing.rule();
        filing.paragraph(foot);
    }
    filing.render(form)
}

fn of_item507(certificate: &Certificate) -> Filing {
    let mut filing = Filing::default();
    filing.head("Item 5.07. Submission of Matters to a Vote of Security Holders");
    let Some(day) = last_day(certificate).filter(|day| *day >= first_day_of_item_507()) else {
        filing.sentence(vec![
            Words::Plain(format!(
                "Does not apply: the meeting of {} ended before February 28, 2010, when Item 5.07 of Form 8-K took \
                 effect (SEC Release No. 33-9089). It is reported in Form 10-Q, Part II, Item 4: ",
                long_or_as_is(&certificate.meeting.date),
            )),
            Words::Command("quorate tabulate --format 10q-item4"),
            Words::Plain(".".to_owned()),
        ]);
        return filing;
    };
    standing(&mut filing, certificate);
    filing.paragraph(opening(certificate));
    filing.paragraph(quorum(certificate));
    let finality = if is_preliminary(certificate) { "preliminary" } else { "final" };
    filing.paragraph(format!(
        "The matters submitted to a vote of security holders and the {finality} voting results were:"
    ));
    certificate.items.iter().for_each(|item| matter(&mut filing, certificate, item));
    due(&mut filing, certificate, day);
    filing
}

fn of_item4(certificate: &Certificate) -> Filing {
    let mut filing = Filing::default();
    filing.head("Part II, Item 4. Submission of Matters to a Vote of Security Holders");
    if last_day(certificate).is_some_and(|day| day >= first_day_of_item_507()) {
        filing.sentence(vec![
            Words::Plain(format!(
                "Does not apply: the meeting of {} ended on or after February 28, 2010, when Item 5.07 of Form 8-K \
                 took the place of this item (SEC Release No. 33-9089): ",
                long_or_as_is(&certificate.meeting.date),
            )),
            Words::Command("quorate tabulate --format item507"),
            Words::Plain(".".to_owned()),
        ]);
        return filing;
    }
    standing(&mut filing, certificate);
    let title = certificate.meeting.title.to_lowercase();
    let kind = match (title.contains("annual"), title.contains("special")) {
        (true, false) => "an annual meeting",
        (false, true) => "a special meeting",
        _ => "[an annual or a special meeting]",
    };
    filing.sentence(vec![
        Words::Plain(format!("(a) {}", opening(certificate))),
        Words::Own(format!(" It was {kind}.")),
    ]);
    filing.paragraph(quorum(certificate));
    filing.sentence(directors(certificate));
    filing.paragraph("(c) The matters voted upon, and the votes on each:");
    certificate.items.iter().for_each(|item| matter(&mut filing, certificate, item));
    filing.own(
        "(d) [Terms of any settlement between the registrant and another participant in a solicitation in \
         opposition, or: not applicable.]",
    );
    filing.rule();
    filing.paragraph(
        "This item belongs in the quarterly report on Form 10-Q for the quarter of the meeting (in the annual report \
         on Form 10-K, Item 4, for the fourth quarter of the fiscal year).",
    );
    filing
}

/// Paragraph (b) of Item 4: who was elected, and whose term went on.
fn directors(certificate: &Certificate) -> Vec<Words> {
    let elections: Vec<&ItemFigures> =
        certificate.items.iter().filter(|item| item.kind == "election").collect();
    if elections.is_empty() {
        return vec![Words::Own("(b) The meeting did not involve the election of directors.".to_owned())];
    }
    let elected: Vec<&str> = elections
        .iter()
        .flat_map(|item| item.nominees.iter().flatten())
        .filter(|nominee| nominee.elected)
        .map(|nominee| nominee.name.as_str())
        .collect();
    let elected = match elected.as_slice() {
        [] => "no director was elected".to_owned(),
        names => format!("directors elected: {}", names.join("; ")),
    };
    vec![
        Words::Plain(format!("(b) The meeting involved the election of directors; {elected}.")),
        Words::Own(
            " [Name each other director whose term of office as a director continued after the meeting, or say that \
             there was none.]"
                .to_owned(),
        ),
    ]
}

fn long_or_as_is(text: &str) -> String {
    parse_date(text).map_or_else(|_| text.to_owned(), long_date)
}

/// What the results are not: those of a meeting, or final.
fn standing(filing: &mut Filing, certificate: &Certificate) {
    if let Some(banner) = words::test_banner(certificate) {
        filing.notice(vec![Words::Strong(banner.to_owned())]);
    }
    if is_preliminary(certificate) {
        let codes: Vec<&str> = certificate.open_matters.iter().map(|matter| matter.code.code()).collect();
        filing.notice(vec![
            Words::Strong("PRELIMINARY VOTING RESULTS.".to_owned()),
            Words::Own(format!(
                " Not certified: {} ({}).",
                counted(codes.len() as u64, "matter")
                    + if codes.len() == 1 { " is open" } else { " are open" },
                one_of(codes).replace(" or ", " and "),
            )),
        ]);
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
        meeting.company,
        meeting.title,
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
            format!("{} shares of {} ({each})", shares(class.shares_outstanding), class.name)
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
            format!("{} {present} of {required} required", class.class)
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

/// The lines of a filing in the order of the form, each with its place among the certificate's: for, against or
/// withheld, abstentions, broker non-votes. Those that the card did not offer stand where there are any, and so do
/// votes present and not voted, so that rows add up.
const FORM_LINES: [(usize, &str, &str); 6] = [
    (0, "For", "For"),
    (1, "Against", "Against"),
    (3, "Withheld", "Withheld"),
    (2, "Abstain", "Abstentions"),
    (4, "Broker non-votes", "Broker Non-Votes"),
    (5, "Not voted", "Not Voted"),
];

/// A table of rows of the certificate's lines.
fn lines_table(item: &ItemFigures, first: &str, rows: &[(String, Vec<String>)]) -> DocumentTable {
    let has_any =
        |place: usize| rows.iter().any(|(_, cells)| cells.get(place).is_some_and(|cell| cell != "0"));
    let shown = || FORM_LINES.iter().filter(|(place, line, _)| is_offered(item, line) || has_any(*place));
    let head = [first].into_iter().chain(shown().map(|(.., name)| *name)).map(str::to_owned).collect();
    let of = |(name, cells): &(String, Vec<String>)| {
        let cells = shown().map(|(place, ..)| cells.get(*place).cloned().unwrap_or_default());
        [name.clone()].into_iter().chain(cells).collect()
    };
    DocumentTable { head, rows: rows.iter().map(of).collect() }
}

fn matter(filing: &mut Filing, certificate: &Certificate, item: &ItemFigures) {
    filing.strong(format!("Item {}. {}", item.id, item.title));
    match item.kind {
        "election" => {
            let nominees = item.nominees.as_deref().unwrap_or(&[]);
            if let Some(cumulative) = &item.cumulative {
                filing.paragraph(format!(
                    "Voted cumulatively: votes for are cumulated votes, of {} cast; the others are votes of shares.",
                    votes(cumulative.cast)
                ));
            }
            filing.table(lines_table(item, "Nominee", &rows_of(nominees)));
            for nominee in nominees.iter().filter(|nominee| !nominee.voting_groups.is_empty()) {
                filing.paragraph(format!("{}, by voting group:", nominee.name));
                filing.table(lines_table(item, "Voting group", &groups(&nominee.voting_groups)));
            }
        }
        "frequency" => frequency(filing, item),
        _ => {
            let rows: Vec<(String, Vec<String>)> =
                item.lines.iter().map(|lines| ("Votes".to_owned(), cells(lines))).collect();
            filing.table(lines_table(item, "", &rows));
            if !item.voting_groups.is_empty() {
                filing.paragraph("By voting group:");
                filing.table(lines_table(item, "Voting group", &groups(&item.voting_groups)));
            }
        }
    }
    let mark = if is_preliminary(certificate) { " (preliminary)" } else { "" };
    filing.paragraph(format!("{}{mark}", told(item)));
}

/// What came of a matter, as filings say it.
fn told(item: &ItemFigures) -> String {
    let advisory = if item.advisory { ", on an advisory basis" } else { "" };
    let elected = item.elected.as_deref().unwrap_or(&[]);
    match item.outcome {
        "approved" => format!("The proposal was approved{advisory}."),
        "not_approved" if item.kind == "proposal" => format!("The proposal was not approved{advisory}."),
        "chosen" => {
            let choice: Vec<String> = item.choice.iter().cloned().collect();
            format!("The choice with the most votes was: {}.", names(item, &choice))
        }
        "elected" => {
            let vacant = match item.vacancies.unwrap_or(0) {
                0 => String::new(),
                count => format!(" {} left vacant.", counted(count as u64, "seat")),
            };
            let names = names(item, elected);
            // `Jr.` needs no second full stop.
            let stop = if names.ends_with('.') { "" } else { "." };
            format!("Elected: {names}{stop}{}{vacant}", by_lot(item))
        }
        _ => result(item),
    }
}

/// Who of the elected was tied, and drawn by lot.
fn by_lot(item: &ItemFigures) -> String {
    let Some(lot) = &item.lot else { return String::new() };
    let drawn = names(item, &lot.elected);
    let stop = if drawn.ends_with('.') { "" } else { "." };
    format!(
        " There was a tie for {} among {}, which was broken by lot ({}): {drawn}{stop}",
        counted(lot.seats as u64, "seat"),
        counted(lot.order.len() as u64, "nominee"),
        lot.source
    )
}

fn rows_of(nominees: &[NomineeFigures]) -> Vec<(String, Vec<String>)> {
    nominees.iter().map(|nominee| (nominee.name.clone(), cells(&nominee.lines))).collect()
}

fn groups(groups: &[GroupFigures]) -> Vec<(String, Vec<String>)> {
    groups.iter().map(|group| (group.classes.join(", "), cells(&group.lines))).collect()
}

/// A frequency item: a column for each choice, then abstentions. Broker non-votes need not be reported
/// (C&DI 121A.03); they are, so that the row adds up.
fn frequency(filing: &mut Filing, item: &ItemFigures) {
    let (Some(lines), Some(choices)) = (&item.lines, &item.choices) else { return };
    let mut columns: Vec<(String, String)> =
        choices.iter().map(|choice| (choice.name.clone(), votes(choice.votes_for))).collect();
    columns.push(("Abstentions".to_owned(), votes(lines.abstain)));
    columns.push(("Broker Non-Votes".to_owned(), votes(lines.broker_non_votes)));
    if !lines.not_voted.is_zero() {
        columns.push(("Not Voted".to_owned(), votes(lines.not_voted)));
    }
    let (heads, cells): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
    let led = |first: &str, rest: Vec<String>| [first.to_owned()].into_iter().chain(rest).collect();
    filing.table(DocumentTable { head: led("", heads), rows: vec![led("Votes", cells)] });
}

/// When the report is due, day by day, and what else the filer should know. Not part of the filing.
fn due(filing: &mut Filing, certificate: &Certificate, day: Date) {
    let days = business_days_after(day, 4);
    let Some(due) = days.last() else { return };
    let when = if certificate.interim.is_some() { "if the meeting ends on" } else { "the meeting ended on" };
    let on = |day: &Date| format!("{}, {}", weekday(*day), long_date(*day));
    let between = std::iter::successors(Some(day), |day| day.tomorrow().ok()).take_while(|day| day <= due);
    let holidays: Vec<String> =
        between.filter_map(|day| Some(format!("{}, {}", federal_holiday(day)?, long_date(day)))).collect();
    let passed_over = match holidays.as_slice() {
        [] => String::new(),
        holidays => format!(" Passed over: {}.", holidays.join("; ")),
    };
    filing.rule();
    filing.sentence(vec![
        Words::Plain("Not part of the filing. ".to_owned()),
        Words::Strong(format!("Due {}", on(due))),
        Words::Plain(format!(
            ": four business days after the day on which the meeting ends (Form 8-K, General Instruction B.1; \
             Instruction 1 to Item 5.07); {when} {}. Counted: {}.{passed_over} Saturdays, Sundays and federal holidays \
             are not counted; days on which the Commission is closed by an order of the day are not known to this \
             program.",
            on(&day),
            days.iter().map(on).collect::<Vec<_>>().join("; "),
        )),
    ]);
    if is_preliminary(certificate) {
        filing.paragraph(
            "These results are preliminary. If final results are not known by the due date, the preliminary ones are \
             filed by then and marked as such, and an amended report on Form 8-K/A follows within four business days \
             after the final results are known (Instruction 1 to Item 5.07).",
        );
    }
    if certificate.items.iter().any(|item| item.kind == "frequency") {
        filing.paragraph(
            "After a vote on the frequency of votes on executive compensation an amended report also discloses how \
             often the company will hold them: within 150 days after the meeting ends, and no later than 60 days \
             before shareholder proposals for the next annual meeting must be in (Item 5.07(d)).",
        );
    }
}
