//! Papers that speak of some items, and polls that close item by item: each item is counted as though the papers that speak of
//! it, as far as its polls were open, were all there are.

use serde_json::{Value, json};

use super::{Meeting, Outcome, holds_for_random_meetings};
use crate::generate::random::Random;

/// When the polls on an item close, later than every notice and ballot of proxy holders.
const CLOSES: [&str; 3] = ["2002-05-14T11:00:00", "2002-05-14T11:10:00", "2002-05-14T11:30:00"];

/// Totals are dropped: a participant's are held or rejected whole, whatever item they are over.
fn without_totals(meeting: &Meeting) -> Meeting {
    let mut other = meeting.clone();
    other.tables.retain(|table| table.role != "street");
    if let Some(files) = other.json["files"].as_object_mut() {
        files.remove("street");
    }
    other
}

/// Some items close their polls at times of their own.
fn close_apart(meeting: &mut Meeting, random: &mut Random) {
    for item in meeting.json["items"].as_array_mut().unwrap() {
        if random.percent(60) {
            item["polls_close"] = json!(random.pick(&CLOSES));
        }
    }
}

/// Some cards speak of some items.
fn limit(meeting: &mut Meeting, random: &mut Random) {
    let ids: Vec<String> =
        meeting.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    for table in meeting.of_role_mut("cards") {
        for row in 0..table.rows.len() {
            let named: Vec<&str> = ids.iter().filter(|_| random.percent(50)).map(String::as_str).collect();
            if random.percent(40) {
                table.set(row, "items", &named.join(";"));
            }
        }
    }
}

/// The meeting as it was on one item: its polls, and the cards that speak of it.
fn on_item(meeting: &Meeting, place: usize) -> Meeting {
    let mut other = meeting.clone();
    let id = other.items()[place]["id"].as_str().unwrap().to_owned();
    if let Some(close) = other.items()[place].get("polls_close").cloned() {
        other.json["polls_close"] = close;
    }
    for item in other.json["items"].as_array_mut().unwrap() {
        item.as_object_mut().unwrap().remove("polls_close");
    }
    let mut dropped: Vec<String> = Vec::new();
    for table in other.of_role_mut("cards") {
        let speaks = |cell: &str| cell.is_empty() || cell.split(';').any(|one| one == id);
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        let (kept, out): (Vec<usize>, Vec<usize>) =
            rows.into_iter().partition(|row| speaks(table.cell(*row, "items")));
        dropped.extend(out.iter().map(|row| table.cell(*row, "card").to_owned()));
        table.rows = kept.into_iter().map(|row| table.rows[row].clone()).collect();
        if table.has("items") {
            (0..table.rows.len()).for_each(|row| table.set(row, "items", ""));
        }
    }
    for table in other.of_role_mut("rulings") {
        let rows =
            (0..table.rows.len()).filter(|row| !dropped.iter().any(|card| card == table.cell(*row, "card")));
        table.rows = rows.map(|row| table.rows[row].clone()).collect();
    }
    other
}

/// Whether a card is held: what holds it on one item takes its vote on all.
fn is_any_held(outcome: &Outcome) -> bool {
    outcome
        .fates()
        .values()
        .any(|[disposition, reason, ..]| *disposition == "held" && *reason != "joint_conflict")
}

/// The votes of an item, with those that are only present or without.
fn votes(outcome: &Outcome, place: usize, with_present: bool) -> Value {
    let item = &outcome.certificate["items"][place];
    let mut keys = vec!["for", "against", "abstain", "withheld", "broker_non_votes"];
    if with_present {
        keys.push("not_voted");
    }
    let lines = |of: &Value| -> Value { keys.iter().map(|key| of[*key].clone()).collect() };
    let nominees: Vec<Value> = item["nominees"].as_array().into_iter().flatten().map(lines).collect();
    let present = with_present.then(|| item["quorum"]["present"].clone());
    json!({ "lines": lines(item), "nominees": nominees, "choices": item["choices"], "present": present })
}

fn differences(meeting: &Meeting, with_present: bool) -> Option<Vec<String>> {
    let whole = meeting.outcome();
    if is_any_held(&whole) {
        return None;
    }
    let mut wrong = Vec::new();
    for place in 0..meeting.items().len() {
        let alone = on_item(meeting, place).outcome();
        let (found, expected) = (votes(&whole, place, with_present), votes(&alone, place, with_present));
        if !is_any_held(&alone) && found != expected {
            wrong.push(format!("item {place}: {expected} alone, {found} with the others"));
        }
    }
    Some(wrong)
}

#[test]
fn an_item_whose_polls_close_apart_is_counted_as_though_all_closed_with_it() {
    holds_for_random_meetings(30, |meeting, random| {
        let mut meeting = without_totals(meeting);
        close_apart(&mut meeting, random);
        differences(&meeting, true)
    });
}

#[test]
fn an_item_is_voted_by_the_papers_that_speak_of_it() {
    holds_for_random_meetings(20, |meeting, random| {
        let mut meeting = without_totals(meeting);
        close_apart(&mut meeting, random);
        limit(&mut meeting, random);
        differences(&meeting, false)
    });
}
