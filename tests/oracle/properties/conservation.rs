//! Every card one disposition, every vote on one line: added up from the certificate and the ledger,
//! against what the files say.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Meeting, Outcome, holds_for_random_meetings};
use crate::amounts::{Amount, decimal, whole, zero};

#[test]
fn every_card_has_one_disposition_and_every_vote_one_line() {
    holds_for_random_meetings(100, |meeting, _| {
        let outcome = meeting.outcome();
        let mut wrong = Vec::new();
        cards(meeting, &outcome, &mut wrong);
        positions(meeting, &outcome, &mut wrong);
        presence(&outcome, &mut wrong);
        for item in outcome.certificate["items"].as_array().unwrap() {
            lines(item, &mut wrong);
            if item["kind"] == "election" {
                seats(item, &mut wrong);
            }
        }
        Some(wrong)
    });
}

fn amount(value: &Value) -> Amount {
    decimal(value.as_str().unwrap_or_else(|| panic!("not an amount: {value}")))
}

fn equal(what: &str, one: &Amount, other: &Amount, wrong: &mut Vec<String>) {
    if one != other {
        wrong.push(format!("{what}: {one} and not {other}"));
    }
}

/// "cards read = the sum over dispositions".
fn cards(meeting: &Meeting, outcome: &Outcome, wrong: &mut Vec<String>) {
    let counts = outcome.certificate["cards"].as_object().unwrap();
    let read = counts["read"].as_u64().unwrap();
    let sum: u64 =
        counts.iter().filter(|(key, _)| *key != "read").map(|(_, count)| count.as_u64().unwrap()).sum();
    let rows = meeting.rows("cards").len() as u64;
    let ledger_rows = outcome.certificate["ledger"]["rows"].as_u64().unwrap();
    if [read, sum, ledger_rows, outcome.ledger.len() as u64] != [rows; 4] {
        wrong.push(format!("{rows} cards: {counts:?}, {ledger_rows} in the ledger"));
    }
    for row in outcome.ledger.values() {
        let count = counts.iter().filter(|(key, _)| **key == row["disposition"] && *key != "read").count();
        if count != 1 || row["reason"].is_empty() {
            wrong.push(format!("card {} is {:?}, {:?}", row["card"], row["disposition"], row["reason"]));
        }
    }
}

/// "per account, shares counted ≤ position; per node of omnibus.csv, in = out".
fn positions(meeting: &Meeting, outcome: &Outcome, wrong: &mut Vec<String>) {
    let mut held: BTreeMap<&str, Amount> = BTreeMap::new();
    for row in meeting.rows("register") {
        *held.entry(row["account"]).or_insert_with(zero) += decimal(row["shares"]);
    }
    let mut moved: BTreeMap<&str, Amount> = BTreeMap::new();
    for row in meeting.rows("omnibus") {
        *moved.entry(row["holder"]).or_insert_with(zero) += decimal(row["shares"]);
        *held.entry(row["account"]).or_insert_with(zero) += decimal(row["shares"]);
    }
    let joint: Vec<&str> = meeting
        .rows("register")
        .into_iter()
        .filter(|row| !row["holders"].is_empty() || row["registration"] == "joint")
        .map(|row| row["account"])
        .collect();
    let mut counted: BTreeMap<&str, Amount> = BTreeMap::new();
    for row in outcome.ledger.values().filter(|row| !joint.contains(&row["account"].as_str())) {
        *counted.entry(&row["account"]).or_insert_with(zero) += decimal(&row["shares_counted"]);
    }
    for (account, counted) in &counted {
        let own = held.get(account).cloned().unwrap_or_else(zero)
            - moved.get(account).cloned().unwrap_or_else(zero);
        if *counted > own {
            wrong.push(format!("{account} votes {counted} of {own}"));
        }
    }
    let mut moved_on: BTreeMap<String, Amount> = BTreeMap::new();
    let mut by_cards: BTreeMap<String, Amount> = BTreeMap::new();
    for row in outcome.certificate["reconciliation"].as_array().into_iter().flatten() {
        let account = row["account"].as_str().unwrap();
        let parts = ["moved_on", "by_cards", "by_street", "in_person", "not_represented"];
        let sum = parts.iter().map(|part| amount(&row[*part])).fold(zero(), |sum, part| sum + part);
        equal(&format!("the reconciliation of {account}"), &sum, &amount(&row["position"]), wrong);
        *moved_on.entry(account.to_owned()).or_insert_with(zero) += amount(&row["moved_on"]);
        *by_cards.entry(account.to_owned()).or_insert_with(zero) += amount(&row["by_cards"]);
    }
    // The reconciliation is of what an account holds for others.
    let is_own = |row: &&BTreeMap<&str, &str>| row["registration"] != "nominee";
    let own: Vec<&str> = meeting.rows("register").iter().filter(is_own).map(|row| row["account"]).collect();
    for (account, by_cards) in by_cards.into_iter().filter(|(account, _)| !own.contains(&account.as_str())) {
        // A card that is held, or in conflict, is present and votes nothing.
        let is_silent = |row: &BTreeMap<String, String>| {
            row["disposition"] == "held" || row["reason"] == "same_date_conflict"
        };
        let mut cards = outcome.ledger.values().filter(|row| row["account"] == account);
        let voted = counted.get(account.as_str()).cloned().unwrap_or_else(zero);
        if !cards.any(is_silent) {
            equal(&format!("the cards of {account}"), &by_cards, &voted, wrong);
        } else if by_cards < voted {
            wrong.push(format!("the cards of {account}: {by_cards} are fewer than the {voted} voted"));
        }
    }
    for (account, moved) in moved {
        let shown = moved_on.get(account).cloned().unwrap_or_else(zero);
        equal(&format!("moved on by {account}"), &shown, &moved, wrong);
    }
}

fn presence(outcome: &Outcome, wrong: &mut Vec<String>) {
    let quorum = &outcome.certificate["quorum"];
    let present = amount(&quorum["present"]);
    let classes = outcome.certificate["classes"].as_array().unwrap();
    let of_classes = classes.iter().map(|class| amount(&class["votes_present"])).fold(zero(), |a, b| a + b);
    equal("the classes' votes present", &of_classes, &present, wrong);
    if present > amount(&quorum["outstanding"]) {
        wrong.push(format!("{present} of {} present", quorum["outstanding"]));
    }
    for item in outcome.certificate["items"].as_array().unwrap() {
        if amount(&item["present"]) > present || amount(&item["present"]) > amount(&item["outstanding"]) {
            wrong.push(format!("item {}: more present than there are", item["id"]));
        }
    }
}

/// "per item, the lines add up to the votes present and entitled; over nominees of a straight
/// election, equal sums; cumulative: pool = votes present × seats = cast + unused + …".
fn lines(item: &Value, wrong: &mut Vec<String>) {
    let present = amount(&item["present"]);
    let add = |of: &Value, keys: &[&str]| keys.iter().map(|key| amount(&of[*key])).fold(zero(), |a, b| a + b);
    let all = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];
    let nominees = item["nominees"].as_array();
    let what = |part: &str| format!("item {}: {part}", item["id"]);
    if item["voting"] == "cumulative" {
        let of = &item["cumulative"];
        let pool = amount(&of["pool"]);
        let seats = whole(item["seats"].as_i64().unwrap());
        equal(&what("the pool"), &pool, &(&present * seats), wrong);
        let used = ["cast", "unused", "withheld", "void", "broker_non_votes", "not_voted"];
        equal(&what("what became of the pool"), &add(of, &used), &pool, wrong);
        let votes =
            nominees.unwrap().iter().map(|nominee| amount(&nominee["for"])).fold(zero(), |a, b| a + b);
        equal(&what("the votes cast"), &votes, &amount(&of["cast"]), wrong);
        return;
    }
    for part in nominees.map_or(std::slice::from_ref(item), Vec::as_slice) {
        equal(&what("the lines"), &add(part, &all), &present, wrong);
    }
    if let Some(choices) = item["choices"].as_array() {
        let votes = choices.iter().map(|choice| amount(&choice["for"])).fold(zero(), |a, b| a + b);
        equal(&what("the choices"), &votes, &amount(&item["for"]), wrong);
    }
}

/// No more are elected than there are seats, and a seat is filled, vacant, or one that a tie leaves open.
fn seats(item: &Value, wrong: &mut Vec<String>) {
    let seats = item["seats"].as_u64().unwrap();
    let count = |key: &str| item[key].as_array().unwrap().len() as u64;
    let vacancies = item["vacancies"].as_u64().unwrap_or(0);
    let filled = count("elected") + vacancies;
    let is_right = match count("tied") {
        0 => filled == seats || item["outcome"] == "no_quorum",
        tied => filled < seats && filled + tied > seats,
    };
    if !is_right {
        wrong.push(format!(
            "item {}: {} seats, {} elected, {vacancies} vacant",
            item["id"],
            seats,
            count("elected")
        ));
    }
}
