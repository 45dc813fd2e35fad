//! An unfinished count in words and as a table: how far the quorum and each item are.

use super::tables::DocumentTable;
use super::words::{names, percent, shares, votes};
use crate::certify::{Certificate, InterimFigures, InterimItem, ItemFigures, PresenceFigures};

/// How far the quorum and every item are, a sentence for each.
pub(super) fn sentences(certificate: &Certificate, interim: &InterimFigures) -> Vec<String> {
    let items = certificate.items.iter().zip(&interim.items);
    let told = items.map(|(item, figures)| format!("Item {}: {}", item.id, item_sentence(item, figures)));
    [quorum(certificate, interim)].into_iter().chain(told).collect()
}

fn quorum(certificate: &Certificate, interim: &InterimFigures) -> String {
    let quorum = &certificate.quorum;
    let is = format!("Quorum: {} present of {} required", votes(quorum.present), votes(quorum.required));
    let whole = if interim.quorum_still_needed.is_zero() {
        format!("{is}; {} more than required", votes(quorum.surplus))
    } else {
        format!("{is}; {} still needed", votes(interim.quorum_still_needed))
    };
    let lacking: Vec<String> = quorum
        .by_class
        .iter()
        .flatten()
        .filter(|class| !class.met)
        .map(|class| {
            let short = class.required.saturating_sub(class.present);
            format!("class {} still needs {} of its own", class.class, votes(short))
        })
        .collect();
    if lacking.is_empty() { format!("{whole}.") } else { format!("{whole}; {}.", lacking.join("; ")) }
}

fn item_sentence(item: &ItemFigures, figures: &InterimItem) -> String {
    match item.kind {
        "election" => election(item, figures),
        "frequency" => ahead(item, figures, "the choice"),
        _ => proposal(item, figures),
    }
}

fn proposal(item: &ItemFigures, figures: &InterimItem) -> String {
    let is_met =
        |still_needed: Option<crate::amount::Votes>| still_needed.is_some_and(|votes| votes.is_zero());
    let votes_for = item.lines.as_ref().map_or_else(String::new, |lines| votes(lines.votes_for));
    if is_met(figures.still_needed) {
        return format!("{votes_for} for; its standard is met so far.");
    }
    let tests: Vec<String> = figures
        .tests
        .iter()
        .filter(|test| !is_met(test.still_needed))
        .map(|test| {
            let lacks = match test.still_needed {
                Some(still_needed) => format!("{} more", votes(still_needed)),
                None => "not open with so few present".to_owned(),
            };
            let of = test.of.replace('_', " ");
            format!("{} of {} needed of {of}: {lacks}", votes(test.votes_for), votes(test.needed))
        })
        .collect();
    let own = match figures.still_needed {
        Some(still_needed) => {
            format!("{} more needed for its standard, of what has come", votes(still_needed))
        }
        None => "its standard is not met so far".to_owned(),
    };
    let carry = figures.votes_to_carry.map_or_else(String::new, |carry| {
        format!(" {} further votes for would carry it if nothing else came.", votes(carry))
    });
    let tests = if tests.is_empty() { String::new() } else { format!(" ({})", tests.join("; ")) };
    format!("{votes_for} for; {own}{tests}.{carry}")
}

fn election(item: &ItemFigures, figures: &InterimItem) -> String {
    let seats = item.seats.unwrap_or(0);
    let places = if seats == 1 { "the seat".to_owned() } else { format!("the {seats} seats") };
    let lacking: Vec<String> = figures
        .nominees
        .iter()
        .filter(|nominee| nominee.still_needed.is_none_or(|votes| !votes.is_zero()))
        .map(|nominee| {
            let name = names(item, std::slice::from_ref(&nominee.id));
            match nominee.still_needed {
                Some(still_needed) => format!("{name} needs {} more for", votes(still_needed)),
                None => format!("{name} does not meet the standard so far"),
            }
        })
        .collect();
    let ahead = ahead(item, figures, &places);
    if lacking.is_empty() { ahead } else { format!("{ahead} {}.", lacking.join("; ")) }
}

fn ahead(item: &ItemFigures, figures: &InterimItem, places: &str) -> String {
    let with_votes = |ids: &[String]| {
        let one = |id: &String| {
            let nominee = item.nominees.iter().flatten().find(|nominee| nominee.id == *id);
            let choice = item.choices.iter().flatten().find(|choice| choice.id == *id);
            let votes_for =
                nominee.map(|nominee| nominee.lines.votes_for).or(choice.map(|choice| choice.votes_for));
            format!("{} {}", names(item, std::slice::from_ref(id)), votes(votes_for.unwrap_or_default()))
        };
        ids.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    let leading = figures.leading.as_deref().unwrap_or(&[]);
    let level = figures.level.as_deref().unwrap_or(&[]);
    match (leading.is_empty(), level.is_empty()) {
        (true, true) => "nobody has a vote yet.".to_owned(),
        (false, true) => format!("leading for {places}: {}.", with_votes(leading)),
        (true, false) => format!("level for {places}: {}.", with_votes(level)),
        (false, false) => format!(
            "leading for {places}: {}; level for what is left: {}.",
            with_votes(leading),
            with_votes(level)
        ),
    }
}

/// How the votes present came in, by form and channel.
pub(super) fn present_by(certificate: &Certificate, interim: &InterimFigures) -> DocumentTable {
    let outstanding = certificate.quorum.outstanding;
    let head = ["Present by", "Shares", "Votes", "Of votes outstanding"].map(str::to_owned).to_vec();
    let of = |votes| percent(votes, outstanding).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = interim
        .present_by
        .iter()
        .map(|present| vec![way(present), shares(present.shares), votes(present.votes), of(present.votes)])
        .collect();
    let all = interim.present_by.iter().map(|present| present.shares).sum();
    let present = certificate.quorum.present;
    rows.push(vec!["together".to_owned(), shares(all), votes(present), of(present)]);
    DocumentTable { head, rows }
}

fn way(present: &PresenceFigures) -> String {
    let medium = present.medium.unwrap_or_default().replace('_', " ");
    let by = match medium.as_str() {
        "" => String::new(),
        "internet" => ", by Internet".to_owned(),
        "in person" => ", handed in".to_owned(),
        other => format!(", by {other}"),
    };
    let what = match (present.kind, &present.form) {
        ("proxy", Some(form)) => format!("proxies of form {}", crate::text::visible(form)),
        ("proxy", None) => "proxies".to_owned(),
        ("ballot", _) => "ballots".to_owned(),
        ("street_totals", _) => "street totals".to_owned(),
        _ => "in person, no card".to_owned(),
    };
    format!("{what}{by}")
}
