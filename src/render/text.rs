//! The certificate as text: what the inspector reads, prints on paper and signs.

use rust_decimal::{Decimal, RoundingStrategy};

use super::page::Page;
use crate::amount::{Shares, UNITS_PER_MILLIONTH, Votes};
use crate::certify::{
    Certificate, CumulativeFigures, GroupFigures, ItemFigures, LineFigures, MarginFigures, NomineeFigures,
    TestFigures,
};
use crate::text::{counted, thousands, visible};
use crate::time::{parse_date, show_date};

/// The certificate as text, at most a hundred columns wide.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let mut page = Page::default();
    heading(&mut page, certificate);
    open_matters(&mut page, certificate);
    meeting(&mut page, certificate);
    quorum(&mut page, certificate);
    for item in &certificate.items {
        self::item(&mut page, certificate, item);
    }
    cards(&mut page, certificate);
    reconciliation(&mut page, certificate);
    notes(&mut page, certificate);
    rules(&mut page, certificate);
    inputs(&mut page, certificate);
    signatures(&mut page, certificate);
    page.finish()
}

/// The certificate's text for a terminal: heads bold, what is open or failed red, what is met green.
#[must_use]
pub fn coloured(text: &str) -> String {
    const BOLD: &str = "\u{1b}[1m";
    const RED: &str = "\u{1b}[1;31m";
    const GREEN: &str = "\u{1b}[32m";
    const PLAIN: &str = "\u{1b}[0m";
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let is_head = !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || " ;:()".contains(c));
        let colour =
            if line.contains("PRELIMINARY") || line.contains("NOT MET") || line.contains("NOT PRESENT") {
                Some(RED)
            } else if line.trim_end().ends_with(": met") {
                Some(GREEN)
            } else if is_head || line.starts_with("ITEM ") || line.trim_start().starts_with("RESULT:") {
                Some(BOLD)
            } else {
                None
            };
        lines.push(colour.map_or_else(|| line.to_owned(), |colour| format!("{colour}{line}{PLAIN}")));
    }
    lines.join("\n") + "\n"
}

fn is_preliminary(certificate: &Certificate) -> bool {
    certificate.status != "certified"
}

fn votes(votes: Votes) -> String {
    thousands(&votes.to_string())
}

fn shares(shares: Shares) -> String {
    thousands(&shares.to_string())
}

/// A paragraph as lines of at most a hundred columns, the first one led by `first`.
#[must_use]
pub fn wrapped(first: &str, indent: usize, text: &str) -> Vec<String> {
    let mut page = Page::default();
    page.paragraph(first, indent, text);
    page.finish().lines().map(str::to_owned).collect()
}

/// A percentage with two decimals, rounded half up; nothing of an empty base.
#[must_use]
pub fn percent(part: Votes, base: Votes) -> Option<String> {
    // Millionths keep both within the 28 digits of a Decimal; what is cut shows in no second decimal
    // that matters, and no decision rests on it.
    let decimal = |votes: Votes| {
        let millionths = i128::try_from(votes.units() / UNITS_PER_MILLIONTH).ok()?;
        Decimal::try_from_i128_with_scale(millionths, 6).ok()
    };
    let (part, base) = (decimal(part)?, decimal(base)?);
    if base.is_zero() {
        return None;
    }
    let share = part.checked_div(base)?.checked_mul(Decimal::ONE_HUNDRED)?;
    let rounded = share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(format!("{rounded:.2} %"))
}

fn heading(page: &mut Page, certificate: &Certificate) {
    let meeting = &certificate.meeting;
    page.line(&"=".repeat(super::page::WIDTH));
    page.centred(&meeting.company);
    page.centred(&meeting.title);
    page.centred(if is_preliminary(certificate) {
        "PRELIMINARY REPORT OF THE INSPECTOR OF ELECTIONS"
    } else {
        "CERTIFICATE AND REPORT OF THE INSPECTOR OF ELECTIONS"
    });
    page.line(&"=".repeat(super::page::WIDTH));
}

fn open_matters(page: &mut Page, certificate: &Certificate) {
    if certificate.open_matters.is_empty() {
        return;
    }
    page.blank();
    page.line("*** PRELIMINARY - NOT CERTIFIED. The following is open: ***");
    for matter in &certificate.open_matters {
        let mut what = format!("{}: {}", matter.code, matter.says);
        if matter.cards > 0 {
            what.push_str(&format!(" {} concerned", counted(matter.cards, "card")));
            what.push_str(&format!(", {} votes", votes(matter.votes)));
            if matter.card_numbers.is_empty() {
                what.push('.');
            } else {
                let more = matter.cards - matter.card_numbers.len() as u64;
                let rest = if more > 0 {
                    format!(" and {} more", thousands(&more.to_string()))
                } else {
                    String::new()
                };
                what.push_str(&format!(": {}{rest}.", matter.card_numbers.join(", ")));
            }
        } else if !matter.votes.is_zero() {
            what.push_str(&format!(" {} votes concerned.", votes(matter.votes)));
        }
        let ids = matter.could_change.join(", ");
        what.push_str(&match (matter.could_change.is_empty(), matter.is_exact) {
            (true, _) => " It cannot change the outcome of any item.".to_owned(),
            (false, true) => format!(" It could change the outcome of item {ids}."),
            (false, false) => format!(" It could change the outcome of no item but {ids}."),
        });
        page.paragraph("  * ", 4, &what);
    }
}

fn shown_date(text: &str) -> String {
    parse_date(text).map_or_else(|_| text.to_owned(), show_date)
}

/// A time of the certificate as a person writes it: `5 Dec 2002, 11:00`.
fn shown_time(text: &str) -> String {
    match text.split_once('T') {
        Some((date, clock)) => {
            let clock = clock.strip_suffix(":00").unwrap_or(clock);
            format!("{}, {clock}", shown_date(date))
        }
        None => shown_date(text),
    }
}

fn meeting(page: &mut Page, certificate: &Certificate) {
    let meeting = &certificate.meeting;
    page.blank();
    page.entry("Date of the meeting", &shown_date(&meeting.date));
    if !meeting.adjourned_from.is_empty() {
        let sessions: Vec<String> = meeting.adjourned_from.iter().map(|date| shown_date(date)).collect();
        page.entry("Adjourned from", &sessions.join(", "));
    }
    if let Some(place) = &meeting.place {
        page.entry("Place", place);
    }
    page.entry("Record date", &shown_date(&meeting.record_date));
    let zone = &meeting.time_zone;
    if let Some(open) = &meeting.polls_open {
        page.entry("Polls opened", &format!("{} ({zone})", shown_time(open)));
    }
    match (&meeting.polls_close, &meeting.as_of) {
        (_, Some(as_of)) => page.entry("Counted as of", &format!("{} ({zone})", shown_time(as_of))),
        (Some(close), None) => page.entry("Polls closed", &format!("{} ({zone})", shown_time(close))),
        (None, None) => page.entry("Polls closed", "not yet"),
    }
    if !meeting.inspectors.is_empty() {
        page.entry(
            if meeting.inspectors.len() == 1 { "Inspector" } else { "Inspectors" },
            &meeting.inspectors.join(", "),
        );
    }
    for form in meeting.proxy_forms.iter().filter(|form| form.cards > 0 || !form.holders.is_empty()) {
        let holders = if form.holders.is_empty() {
            "holders not stated".to_owned()
        } else {
            form.holders.join(" and ")
        };
        let ballot = form.ballot_cast.as_ref().map_or_else(
            || "no ballot handed in".to_owned(),
            |cast| format!("ballot handed in {}", shown_time(cast)),
        );
        page.entry(
            &format!("Proxy form {}", visible(&form.id)),
            &format!("{holders}; {ballot}; {} stand", counted(form.cards, "card")),
        );
    }
}

fn quorum(page: &mut Page, certificate: &Certificate) {
    page.head("SHARES OUTSTANDING AND REPRESENTED; QUORUM");
    for class in &certificate.classes {
        let ratio = if class.votes_per_share == "1" {
            "one vote each".to_owned()
        } else {
            format!("{} votes each", class.votes_per_share)
        };
        page.entry(
            &class.name,
            &format!(
                "{} shares outstanding, {ratio}: {} votes; {} represented",
                shares(class.shares_outstanding),
                votes(class.votes_outstanding),
                votes(class.votes_present),
            ),
        );
        if !class.shares_missing.is_zero() {
            page.entry(
                "",
                &format!("of which {} shares are not on the register", shares(class.shares_missing)),
            );
        }
    }
    let quorum = &certificate.quorum;
    let of = percent(quorum.present, quorum.outstanding)
        .map_or_else(String::new, |percent| format!(" ({percent} of votes outstanding)"));
    page.entry("Votes outstanding", &votes(quorum.outstanding));
    page.entry("Votes represented", &format!("{}{of}", votes(quorum.present)));
    let fraction = words_of(&quorum.threshold);
    page.entry(
        "Required quorum",
        &format!("{} ({fraction} of the votes outstanding)", votes(quorum.required)),
    );
    for class in quorum.by_class.iter().flatten() {
        page.entry(
            &format!("  class {}", visible(&class.class)),
            &format!(
                "{} of {} votes; {} required: {}",
                votes(class.present),
                votes(class.outstanding),
                votes(class.required),
                met(class.met),
            ),
        );
    }
    page.blank();
    page.paragraph(
        "",
        0,
        if quorum.met {
            "A quorum was present for the transaction of business."
        } else {
            "A QUORUM WAS NOT PRESENT. No business could be transacted that needs one."
        },
    );
}

fn words_of(threshold: &std::collections::BTreeMap<&'static str, String>) -> String {
    threshold.iter().map(|(key, fraction)| format!("{} {fraction}", key.replace('_', " "))).collect()
}

fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "NOT MET" }
}

fn item(page: &mut Page, certificate: &Certificate, item: &ItemFigures) {
    page.head(&format!("ITEM {}: {}", visible(&item.id), visible(&item.title)));
    let is_final = if is_preliminary(certificate) { " (preliminary)" } else { "" };
    let base = format!(
        "{} votes present and entitled, of {} outstanding and entitled",
        votes(item.present),
        votes(item.outstanding)
    );
    page.paragraph("", 0, &base);
    if !item.excluded_accounts.is_empty() {
        page.paragraph(
            "",
            0,
            &format!("Not voting on this item: accounts {}", item.excluded_accounts.join(", ")),
        );
    }
    match item.kind {
        "election" => election(page, item),
        "frequency" => frequency(page, item),
        _ => proposal(page, item),
    }
    page.blank();
    page.paragraph("  RESULT: ", 10, &format!("{}{is_final}", result(certificate, item)));
    if let Some(margin) = &item.margin {
        page.paragraph("  MARGIN: ", 10, &margin_sentence(margin));
    }
    let seats: Vec<String> = item.nominees.iter().flatten().filter_map(seat_margin).collect();
    if !seats.is_empty() {
        page.paragraph("", 10, &format!("Seat by seat: {}.", seats.join("; ")));
    }
}

/// How far a nominee is from losing or winning a seat.
fn seat_margin(nominee: &NomineeFigures) -> Option<String> {
    let ahead = nominee.ahead_by.map(|by| format!("{} {} ahead", nominee.name, votes(by)));
    ahead.or_else(|| nominee.behind_by.map(|by| format!("{} {} behind", nominee.name, votes(by))))
}

/// How far the result is from another one, in a sentence.
fn margin_sentence(margin: &MarginFigures) -> String {
    let mut parts = Vec::new();
    if let Some(moved) = margin.votes_to_move {
        let cards = match margin.cards {
            Some(1) => " (the largest card or total there holds them)".to_owned(),
            Some(cards) => {
                format!(" (the {} largest cards or totals there hold them)", thousands(&cards.to_string()))
            }
            None => String::new(),
        };
        parts.push(format!("{} votes moved away from {}{cards}", votes(moved), visible(&margin.from)));
    }
    if let Some(added) = margin.votes_to_add {
        parts.push(format!("{} votes added to the other side", votes(added)));
    }
    if parts.is_empty() {
        "no votes moved or added could change this result.".to_owned()
    } else {
        format!("it would take {} to change this result.", parts.join(", or "))
    }
}

/// What the certificate says of an item, sentence by sentence: its tests, result and margin.
#[must_use]
pub fn item_lines(certificate: &Certificate, item: &ItemFigures) -> Vec<String> {
    let mut lines = vec![format!(
        "{} votes present and entitled, of {} outstanding and entitled",
        votes(item.present),
        votes(item.outstanding)
    )];
    if let Some(figures) = &item.lines {
        let named = LINE_HEADS
            .iter()
            .zip(cells(figures))
            .map(|(head, cell)| format!("{} {cell}", head.to_lowercase()));
        lines.push(named.collect::<Vec<_>>().join(", "));
    }
    for nominee in item.nominees.iter().flatten() {
        let named = LINE_HEADS
            .iter()
            .zip(cells(&nominee.lines))
            .map(|(head, cell)| format!("{} {cell}", head.to_lowercase()));
        lines.push(format!("{}: {}", nominee.name, named.collect::<Vec<_>>().join(", ")));
        lines.extend(nominee.tests.iter().map(|test| format!("{}: {}", nominee.name, sentence(test))));
    }
    lines.extend(item.tests.iter().flatten().map(sentence));
    for group in &item.voting_groups {
        let classes = group.classes.join(", ");
        lines.extend(group.tests.iter().map(|test| format!("voting group {classes}: {}", sentence(test))));
    }
    lines.push(result(certificate, item));
    lines.extend(item.margin.as_ref().map(margin_sentence));
    lines.extend(item.nominees.iter().flatten().filter_map(seat_margin));
    lines
}

/// The most sets of permitted names whose pools the text lists one by one.
const POOLS_MAX: usize = 40;

const LINE_HEADS: [&str; 6] = ["For", "Against", "Abstain", "Withheld", "Broker non-votes", "Not voted"];

fn cells(lines: &LineFigures) -> Vec<String> {
    [lines.votes_for, lines.against, lines.abstain, lines.withheld, lines.broker_non_votes, lines.not_voted]
        .into_iter()
        .map(votes)
        .collect()
}

fn row(first: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    [first.to_owned()].into_iter().chain(cells).collect()
}

fn proposal(page: &mut Page, item: &ItemFigures) {
    let Some(lines) = &item.lines else { return };
    page.blank();
    page.headed_table(2, &row("", LINE_HEADS.map(str::to_owned)), &[row("Votes", cells(lines))]);
    page.blank();
    for test in item.tests.iter().flatten() {
        page.paragraph("  - ", 4, &sentence(test));
    }
    groups(page, &item.voting_groups);
}

fn groups(page: &mut Page, groups: &[GroupFigures]) {
    for group in groups {
        page.blank();
        page.paragraph("  ", 2, &format!("Voting group {}: {}", group.classes.join(", "), met(group.met)));
        page.headed_table(4, &row("", LINE_HEADS.map(str::to_owned)), &[row("Votes", cells(&group.lines))]);
        for test in &group.tests {
            page.paragraph("    - ", 6, &sentence(test));
        }
    }
}

/// A test in words and figures: `6,150 for of 7,500 votes cast (82.00 %); more than 1/2 is needed,
/// 3,751 or more: met`.
fn sentence(test: &TestFigures) -> String {
    let base = match (test.counting, test.of) {
        (Some(_), of) => format!("holders ({})", of.replace('_', " ")),
        (None, "votes_cast") => "votes cast (for and against)".to_owned(),
        (None, "present_and_entitled") => "votes present and entitled".to_owned(),
        (None, "present") => "votes present".to_owned(),
        (None, "outstanding") => "votes outstanding".to_owned(),
        (None, _) => "votes of the required quorum".to_owned(),
    };
    let share =
        percent(test.votes_for, test.base).map_or_else(String::new, |percent| format!(" = {percent}"));
    let closed = test.while_present.as_ref().filter(|open| !open.met).map_or_else(String::new, |open| {
        format!(
            ", but only while {} of votes {} is present, which it is not",
            words_of(&open.threshold),
            open.of
        )
    });
    format!(
        "{} for, of {} {base}{share}; {} is needed, at least {}{closed}: {}",
        votes(test.votes_for),
        votes(test.base),
        words_of(&test.threshold),
        votes(test.needed),
        met(test.met),
    )
}

fn frequency(page: &mut Page, item: &ItemFigures) {
    let (Some(lines), Some(choices)) = (&item.lines, &item.choices) else { return };
    page.blank();
    let mut rows: Vec<Vec<String>> = choices
        .iter()
        .map(|choice| {
            let share = percent(choice.votes_for, lines.votes_for)
                .map_or_else(String::new, |p| format!("{p} of votes for a choice"));
            vec![visible(&choice.name).into_owned(), votes(choice.votes_for), share]
        })
        .collect();
    for (head, cell) in LINE_HEADS
        .iter()
        .zip(cells(lines))
        .skip(1)
        .filter(|(head, _)| !matches!(**head, "Against" | "Withheld"))
    {
        rows.push(vec![(*head).to_owned(), cell, String::new()]);
    }
    page.table(2, &rows);
}

fn election(page: &mut Page, item: &ItemFigures) {
    let (Some(nominees), Some(seats)) = (&item.nominees, item.seats) else { return };
    let by = match item.standard {
        Some("plurality") => "plurality: most votes win, one is enough".to_owned(),
        Some(name) => name.replace('_', " "),
        None => "the tests below".to_owned(),
    };
    let by = if item.plurality_because_contested {
        format!("{by}; plurality, because nominees outnumber seats")
    } else {
        by
    };
    page.paragraph("", 0, &format!("{} to be elected by {by}.", counted(u64::from(seats), "director")));
    page.blank();
    if let Some(cumulative) = &item.cumulative {
        cumulated(page, item, nominees, cumulative);
    } else {
        let head = row("Nominee", LINE_HEADS.map(str::to_owned).into_iter().chain([String::new()]));
        let mut rows = Vec::new();
        for nominee in nominees {
            let mark = standing(item, nominee);
            rows.push(row(&visible(&nominee.name), cells(&nominee.lines).into_iter().chain([mark])));
        }
        page.headed_table(2, &head, &rows);
    }
    for nominee in nominees {
        if !nominee.tests.is_empty() {
            page.blank();
            page.paragraph("  ", 2, &nominee.name);
            for test in &nominee.tests {
                page.paragraph("    - ", 6, &sentence(test));
            }
        }
        if !nominee.voting_groups.is_empty() {
            page.paragraph("  ", 2, &format!("{}, by voting group", nominee.name));
            groups(page, &nominee.voting_groups);
        }
    }
}

fn standing(item: &ItemFigures, nominee: &NomineeFigures) -> String {
    let is_tied = item.tied.iter().flatten().any(|id| *id == nominee.id);
    match (nominee.elected, is_tied) {
        (true, _) => "elected".to_owned(),
        (false, true) => "TIED".to_owned(),
        (false, false) if nominee.unable_to_serve => "unable to serve".to_owned(),
        (false, false) => String::new(),
    }
}

fn cumulated(
    page: &mut Page,
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) {
    page.paragraph(
        "",
        0,
        &format!(
            "Votes were cumulated: notice was given by {}, {}. Every holder's pool is votes times {}.",
            cumulative.notice_by,
            shown_time(&cumulative.notice_given),
            counted(u64::from(item.seats.unwrap_or(0)), "seat"),
        ),
    );
    page.blank();
    let heads = ["Cumulated for", "of cast", "of pool", ""].map(str::to_owned);
    let mut rows = vec![row("Nominee", heads)];
    for nominee in nominees {
        let of = |base| percent(nominee.lines.votes_for, base).unwrap_or_default();
        let mark =
            if nominee.nominated_late { "nominated too late".to_owned() } else { standing(item, nominee) };
        let cells = [votes(nominee.lines.votes_for), of(cumulative.cast), of(cumulative.pool), mark];
        rows.push(row(&visible(&nominee.name), cells));
    }
    page.headed_table(2, &rows[0], &rows[1..]);
    page.blank();
    page.paragraph("  ", 2, "The shares' votes that did not go FOR, per nominee:");
    let mut rows = vec![row("Nominee", LINE_HEADS[1..].iter().map(|head| (*head).to_owned()))];
    for nominee in nominees {
        rows.push(row(&visible(&nominee.name), cells(&nominee.lines).into_iter().skip(1)));
    }
    page.headed_table(2, &rows[0], &rows[1..]);
    page.blank();
    page.paragraph(
        "  ",
        2,
        &format!(
            "Where the pool went ({} votes present x {}):",
            votes(item.present),
            counted(u64::from(item.seats.unwrap_or(0)), "seat"),
        ),
    );
    let mut rows: Vec<Vec<String>> = [
        ("cast for nominees", cumulative.cast),
        ("left unused", cumulative.unused),
        ("withheld", cumulative.withheld),
        ("void", cumulative.void),
        ("broker non-votes", cumulative.broker_non_votes),
        ("not voted", cumulative.not_voted),
    ]
    .into_iter()
    .map(|(what, amount)| vec![what.to_owned(), votes(amount)])
    .collect();
    rows.push(vec!["pool".to_owned(), votes(cumulative.pool)]);
    page.table(4, &rows);
    for allocation in &cumulative.allocations {
        page.blank();
        page.paragraph(
            "  ",
            2,
            &format!(
                "Proxy holders of form {}: {}, allocated {}.",
                allocation.form,
                counted(allocation.cards, "card"),
                allocation.manner.replace('_', " "),
            ),
        );
        let mut rows: Vec<Vec<String>> = allocation
            .pools
            .iter()
            .take(POOLS_MAX)
            .map(|pool| {
                vec![format!("pools of cards that permit {}", pool.permits.join(", ")), votes(pool.votes)]
            })
            .collect();
        if allocation.pools.len() > POOLS_MAX {
            let more = counted((allocation.pools.len() - POOLS_MAX) as u64, "other set");
            let rest = allocation.pools[POOLS_MAX..].iter().map(|pool| pool.votes).sum();
            rows.push(vec![format!("pools of {more} of names, listed in certificate.json"), votes(rest)]);
        }
        rows.extend(nominees.iter().filter_map(|nominee| {
            let given = allocation.votes.get(&nominee.id)?;
            Some(vec![format!("given to {}", nominee.id), votes(*given)])
        }));
        page.table(4, &rows);
        if !allocation.infeasible.is_empty() {
            page.paragraph(
                "    ",
                4,
                &format!(
                    "NOT POSSIBLE: the totals for {} exceed the pools of the cards that permit any of them.",
                    allocation.infeasible.join(", "),
                ),
            );
        }
    }
    page.blank();
    let guarantees: Vec<String> = cumulative
        .votes_that_guarantee
        .iter()
        .zip(1_u64..)
        .map(|(needed, seats)| format!("{} for {}", votes(*needed), counted(seats, "seat")))
        .collect();
    page.paragraph(
        "  ",
        2,
        &format!(
            "Of the {} votes present, before they are multiplied, so many guarantee: {}.",
            votes(item.present),
            guarantees.join(", "),
        ),
    );
}

/// A list that ends a sentence: `Jr.` needs no second full stop.
fn ended(list: &str) -> String {
    if list.ends_with('.') { list.to_owned() } else { format!("{list}.") }
}

fn names(item: &ItemFigures, ids: &[String]) -> String {
    let name = |id: &String| {
        let nominee =
            item.nominees.iter().flatten().find(|nominee| nominee.id == *id).map(|n| n.name.clone());
        let choice = item.choices.iter().flatten().find(|choice| choice.id == *id).map(|c| c.name.clone());
        nominee.or(choice).unwrap_or_else(|| id.clone())
    };
    ids.iter().map(name).collect::<Vec<_>>().join("; ")
}

fn result(certificate: &Certificate, item: &ItemFigures) -> String {
    let elected = item.elected.as_deref().unwrap_or(&[]);
    let tied = item.tied.as_deref().unwrap_or(&[]);
    let vacancies = match item.vacancies.unwrap_or(0) {
        0 => String::new(),
        count => format!(" {} left vacant.", counted(count as u64, "seat")),
    };
    match item.outcome {
        "approved" => "APPROVED.".to_owned(),
        "not_approved" if item.kind == "frequency" => "Nobody voted for a choice; none is chosen.".to_owned(),
        "not_approved" => "NOT APPROVED.".to_owned(),
        "elected" => format!("ELECTED: {}{vacancies}", ended(&names(item, elected))),
        "none_elected" => format!("NOBODY IS ELECTED.{vacancies}"),
        "tied" if item.kind == "frequency" => {
            format!("TIED between {} This program breaks no tie.", ended(&names(item, tied)))
        }
        "tied" => {
            let seats = item.seats.unwrap_or(0) as usize;
            let open = counted((seats - elected.len()) as u64, "seat");
            let above = if elected.is_empty() {
                String::new()
            } else {
                format!("ELECTED: {} ", ended(&names(item, elected)))
            };
            format!(
                "{above}TIED for {open}: {} This program breaks no tie.{vacancies}",
                ended(&names(item, tied))
            )
        }
        "chosen" => {
            format!("CHOSEN: {}", ended(&names(item, &item.choice.iter().cloned().collect::<Vec<_>>())))
        }
        _ => {
            let quorum = &certificate.quorum;
            format!(
                "NO QUORUM: {} votes present, {} required. Nothing is decided.",
                votes(quorum.present),
                votes(quorum.required)
            )
        }
    }
}

fn cards(page: &mut Page, certificate: &Certificate) {
    page.head("CARDS AND BALLOTS");
    let cards = &certificate.cards;
    let head = ["Read", "Counted", "In part", "Superseded", "Revoked", "Rejected", "Held"].map(str::to_owned);
    let counts = [
        cards.read,
        cards.counted,
        cards.counted_in_part,
        cards.superseded,
        cards.revoked,
        cards.rejected,
        cards.held,
    ];
    let cells = counts.map(|count| thousands(&count.to_string()));
    page.headed_table(2, &row("", head), &[row("Cards", cells)]);
    if cards.read > cards.counted {
        page.blank();
        let mut rows = vec![vec![
            "What became of them, and why".to_owned(),
            "Cards".to_owned(),
            "Shares claimed".to_owned(),
        ]];
        for reason in certificate.reasons.iter().filter(|reason| reason.disposition != "counted") {
            let what =
                format!("{}: {}", reason.disposition.replace('_', " "), reason.reason.replace('_', " "));
            rows.push(vec![
                what,
                thousands(&reason.cards.to_string()),
                reason.shares_claimed.map_or_else(|| "too many".to_owned(), shares),
            ]);
        }
        page.headed_table(2, &rows[0], &rows[1..]);
        page.blank();
        for exception in &certificate.exceptions {
            let who = format!(
                "{} (account {}, {} shares): {}",
                exception.card,
                exception.account,
                shares(exception.shares_claimed),
                exception.why,
            );
            page.paragraph("  ", 6, &who);
        }
        let more = (cards.read - cards.counted).saturating_sub(certificate.exceptions.len() as u64);
        if more > 0 {
            page.paragraph("  ", 6, &format!("… and {}, in exceptions.csv.", counted(more, "other card")));
        }
    }
}

fn reconciliation(page: &mut Page, certificate: &Certificate) {
    if certificate.reconciliation.is_empty() {
        return;
    }
    page.head("RECONCILIATION OF NOMINEES (shares)");
    let head = ["Position", "Moved on", "By cards", "By totals", "In person", "Not repr.", "Over"]
        .map(str::to_owned);
    let mut rows = vec![row("Account", head)];
    for node in &certificate.reconciliation {
        let name = match &node.holder {
            Some(holder) => format!("{} (from {})", node.account, holder),
            None => node.account.clone(),
        };
        let figures = [
            node.position,
            node.moved_on,
            node.by_cards,
            node.by_street,
            node.in_person,
            node.not_represented,
            node.over,
        ];
        rows.push(row(&visible(&name), figures.map(shares)));
    }
    page.headed_table(2, &rows[0], &rows[1..]);
}

fn notes(page: &mut Page, certificate: &Certificate) {
    if certificate.notes.is_empty() && certificate.warnings.is_empty() {
        return;
    }
    page.head("NOTES");
    for warning in &certificate.warnings {
        page.paragraph("  ! ", 4, &format!("Warning ({}): {}.", warning.code, warning.says));
    }
    for note in &certificate.notes {
        page.paragraph("  - ", 4, note);
    }
}

fn rules(page: &mut Page, certificate: &Certificate) {
    page.head("RULES APPLIED");
    for rule in &certificate.rule_sources {
        let set = if rule.is_set_by_meeting { ", set by this meeting" } else { "" };
        let text = format!("{} = {}{set} [{}]", rule.key, rule.value, rule.source);
        page.paragraph("", 2, &text);
    }
    page.blank();
    for rule in &certificate.rules_applied {
        page.paragraph(&format!("{:<6} ", rule.id), 7, &format!("{} [{}]", rule.sentence, rule.source));
    }
}

fn inputs(page: &mut Page, certificate: &Certificate) {
    page.head("INPUT FILES");
    for input in &certificate.inputs {
        let mut figures = vec![counted(input.bytes, "byte")];
        figures.extend(input.rows.map(|rows| counted(rows, "row")));
        figures
            .extend(input.shares.filter(|sum| !sum.is_zero()).map(|sum| format!("{} shares", shares(sum))));
        page.paragraph(
            &format!("{:<12} ", input.role),
            13,
            &format!("{}: {}", input.path, figures.join(", ")),
        );
        page.line(&format!("             SHA-256 {}", input.sha256));
    }
    page.paragraph(&format!("{:<12} ", "ledger"), 13, &counted(certificate.ledger.rows, "row"));
    page.line(&match &certificate.ledger.sha256 {
        Some(sha256) => format!("             SHA-256 {sha256}"),
        None => "             not made for this certificate; --out makes it, with its SHA-256".to_owned(),
    });
    page.blank();
    page.paragraph(
        "",
        0,
        if certificate.second_count == "agrees" {
            "Every total was counted a second time, vote by vote, and agrees to the last vote."
        } else {
            "The second count of the totals was not made."
        },
    );
    page.paragraph("", 0, &format!(
        "Tabulated by {} {}. Percentages are rounded to two decimals and decide nothing; every test compares exact numbers.",
        certificate.program.name, certificate.program.version,
    ));
}

fn signatures(page: &mut Page, certificate: &Certificate) {
    page.blank();
    if is_preliminary(certificate) {
        page.line("PRELIMINARY - not to be signed while the matters named above are open.");
        return;
    }
    page.paragraph("", 0,
        "The undersigned determined the shares outstanding and their voting power, the shares represented, the \
         existence of a quorum and the validity of proxies and ballots, counted all votes and ballots, and \
         certify the results above.");
    let unnamed = [String::new()];
    let inspectors: &[String] =
        if certificate.meeting.inspectors.is_empty() { &unnamed } else { &certificate.meeting.inspectors };
    for inspector in inspectors {
        page.blank();
        page.blank();
        page.line("________________________________________        ____________________");
        page.line(&format!(
            "{:<48}Date",
            format!("{}, Inspector of Elections", visible(inspector)).trim_start_matches(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_half_up_and_only_beside_a_base() {
        // T-34: 4,999,999 of 10,000,000 prints 50.00 % and fails all the same.
        assert_eq!(percent(Votes::whole(4_999_999), Votes::whole(10_000_000)).as_deref(), Some("50.00 %"));
        assert_eq!(percent(Votes::whole(12_437_408), Votes::whole(15_086_032)).as_deref(), Some("82.44 %"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(3)).as_deref(), Some("33.33 %"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(800)).as_deref(), Some("0.13 %"));
        assert_eq!(percent(Votes::ZERO, Votes::ZERO), None);
    }
}
