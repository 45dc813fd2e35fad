//! The plan for the proxy holders, as text and as JSON.

use super::page::TextPage;
use crate::amount::Votes;
use crate::plan::PlanSheet;
use crate::text::{counted, is_hidden, thousands, visible};
use crate::time::{parse_date, show_date};

/// The most pools that the text lists; the JSON has all.
const POOLS_SHOWN: usize = 12;

/// The plan as indented JSON with a line feed at its end.
#[must_use]
pub fn json(sheet: &PlanSheet) -> String {
    // Strings, numbers and lists only: there is nothing that could fail to be written.
    let mut text = crate::text::json_visible(&serde_json::to_string_pretty(sheet).unwrap_or_default());
    text.push('\n');
    text
}

/// The plan as text, in lines of so many columns.
#[must_use]
pub fn text(sheet: &PlanSheet, width: usize) -> String {
    let mut page = TextPage::of_width(width);
    heading(&mut page, sheet);
    result(&mut page, sheet);
    checks(&mut page, sheet);
    allocation(&mut page, sheet);
    page.head("ONE MORE DIRECTOR");
    page.paragraph("", 0, &sheet.one_more.says);
    pools(&mut page, sheet);
    page.head("WHAT THIS RESTS ON");
    for (place, sentence) in sheet.assumptions.iter().enumerate() {
        page.paragraph(&format!("{}.", place + 1), 4, sentence);
    }
    to_use(&mut page, sheet);
    page.finish()
}

fn votes(votes: Votes) -> String {
    thousands(&votes.to_string())
}

fn heading(page: &mut TextPage, sheet: &PlanSheet) {
    let date = parse_date(&sheet.date).map_or_else(|_| sheet.date.clone(), |day| show_date(day, sheet.dates));
    page.line(&"=".repeat(page.width()));
    page.centred_name(&sheet.company);
    page.centred(&format!("{}, {date}", sheet.meeting));
    page.centred("PLAN FOR THE PROXY HOLDERS' BALLOT");
    page.line(&"=".repeat(page.width()));
    let seats = counted(u64::from(sheet.seats), "seat");
    page.entry("Item", &format!("{}, {}: {seats}", sheet.item, sheet.title));
    let holders =
        if sheet.holders.is_empty() { String::new() } else { format!(" ({})", sheet.holders.join(", ")) };
    page.entry("Form of proxy", &format!("{}{holders}", sheet.form));
    if let Some(as_of) = &sheet.as_of {
        page.entry("As of", as_of);
    }
    let cards = counted(sheet.cards, "card");
    page.entry("Votes to place", &format!("{} cumulated votes, of {cards}", votes(sheet.pool)));
    let whose = match sheet.rest_is {
        "given" => "as given",
        _ => "everything else present",
    };
    page.entry("Against", &format!("{} cumulated votes, {whose}", votes(sheet.rest)));
}

fn result(page: &mut TextPage, sheet: &PlanSheet) {
    let seats = thousands(&sheet.seats.to_string());
    let sure = thousands(&sheet.sure.to_string());
    let names: Vec<&str> = sheet.allocation.iter().map(|line| line.name.as_str()).collect();
    let says = match sheet.sure {
        0 => format!("RESULT: none of {seats} directors is sure."),
        1 => format!("RESULT: 1 of {seats} directors is sure: {}.", names.join(", ")),
        _ => format!("RESULT: {sure} of {seats} directors are sure: {}.", names.join(", ")),
    };
    let bound = if sheet.is_exact || sheet.sure_at_most == sheet.sure {
        String::new()
    } else {
        format!(
            " At least: not every choice of names was looked at; no choice makes more than {} sure.",
            sheet.sure_at_most
        )
    };
    page.blank();
    page.paragraph("", 0, &format!("{says}{bound}"));
}

fn checks(page: &mut TextPage, sheet: &PlanSheet) {
    page.head("HOW MANY ARE SURE");
    let head = ["Directors", "Least votes of ours", "Other names needed", "Most of the rest on each", "Sure"]
        .map(str::to_owned);
    let mut rows = Vec::new();
    for check in &sheet.checks {
        rows.push(vec![
            check.directors.to_string(),
            votes(check.least),
            check.rest_names.to_string(),
            votes(check.rest_each),
            if check.is_sure { "yes" } else { "no" }.to_owned(),
        ]);
    }
    page.headed_table(2, &head, &rows);
    if sheet.checks.is_empty() {
        page.line("  The form's cards name nobody.");
    }
}

fn allocation(page: &mut TextPage, sheet: &PlanSheet) {
    page.head("THE TOTALS THAT DO IT");
    let mut rows: Vec<Vec<String>> = sheet
        .allocation
        .iter()
        .map(|line| vec![visible(&line.name).into_owned(), votes(line.votes)])
        .collect();
    if sheet.sure == 0 {
        page.paragraph("", 0, "No totals make a director sure.");
    } else {
        rows.push(vec!["Not placed".to_owned(), votes(sheet.unplaced)]);
        page.table(2, &rows);
    }
    if sheet.sure > 0 && !sheet.unplaced.is_zero() {
        page.paragraph(
            "",
            0,
            "What is not placed is of cards that permit none of these names, or less than one vote: \
            on another name it would only spare the rest votes.",
        );
    }
}

fn pools(page: &mut TextPage, sheet: &PlanSheet) {
    page.head("WHAT THE CARDS PERMIT");
    let shown = sheet.pools.iter().take(POOLS_SHOWN);
    let mut rows: Vec<Vec<String>> =
        shown.map(|pool| vec![pool.nominees.join(", "), votes(pool.votes)]).collect();
    if let Some(others) = sheet.pools.get(POOLS_SHOWN..).filter(|others| !others.is_empty()) {
        let sum = others.iter().map(|pool| pool.votes).sum();
        rows.push(vec![format!("{} more", counted(others.len() as u64, "set of names")), votes(sum)]);
    }
    page.table(2, &rows);
    if sheet.pools.is_empty() {
        page.line("  No card leaves votes to the proxy holders.");
    }
}

fn to_use(page: &mut TextPage, sheet: &PlanSheet) {
    page.head("TO USE IT");
    let Some(totals) = &sheet.cumulative_allocation else {
        page.paragraph("", 0, "Nothing of this enters a count.");
        return;
    };
    page.paragraph(
        "",
        0,
        &format!(
            "Nothing of this enters a count by itself: the allocation is the proxy holders' act, on \
            their ballot. Once they cast it so, write the totals into meeting.json, for the form {}:",
            sheet.form
        ),
    );
    page.blank();
    let text = serde_json::to_string_pretty(totals).unwrap_or_default();
    for (place, line) in text.lines().enumerate() {
        let lead = if place == 0 { "\"cumulative_allocation\": " } else { "" };
        page.line(&format!("{lead}{}", escaped(line)));
    }
}

/// A line of JSON with what a terminal would act on or hide as JSON escapes: it means the same.
fn escaped(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for c in line.chars() {
        if is_hidden(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_character_in_an_id_is_escaped_and_means_the_same() {
        let line = "\"a\u{202e}b\u{e0001}\": \"5\"";
        assert_eq!(escaped(line), "\"a\\u202eb\\udb40\\udc01\": \"5\"");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(&format!("{{{text}}}")).ok();
        assert_eq!(read(&escaped(line)), read(line));
    }
}
