//! Shares: a position in two accounts counts as in one, and all shares times a number give all votes
//! times it.

use serde_json::{Value, json};

use super::{Meeting, holds_for_random_meetings};
use crate::amounts::{Amount, decimal, show, whole};

/// A holder's position, its cards and its revocations in two accounts, half of the shares in each.
#[test]
fn a_position_in_two_accounts_counts_as_in_one() {
    holds_for_random_meetings(20, |meeting, random| {
        let accounts: Vec<String> =
            meeting.plain_accounts().into_iter().filter(|account| can_be_split(meeting, account)).collect();
        // Two accounts are two holders to a quorum that counts them.
        let text = meeting.json.to_string();
        let quorum_counts_holders =
            text.contains("at_least_holders") || text.contains("\"counting\":\"holders\"");
        if accounts.is_empty() || quorum_counts_holders {
            return None;
        }
        let account = random.one_of(&accounts).clone();
        let first = meeting.outcome();
        let second = split(meeting, &account).outcome();
        let (mut before, mut after) = (first.figures(), second.figures());
        for (place, item) in meeting.items().iter().enumerate() {
            for figures in [&mut before, &mut after] {
                figures["items"][place].as_object_mut().unwrap().remove("excluded_accounts");
            }
            if counts_holders(item) || before["items"][place]["voting"] == "cumulative" {
                // Two accounts are two holders; and each card's pool is divided and cut for itself.
                for figures in [&mut before, &mut after] {
                    let item = figures["items"][place].as_object_mut().unwrap();
                    item.retain(|key, _| matches!(key.as_str(), "id" | "present" | "outstanding"));
                }
            }
        }
        let mut wrong = Vec::new();
        crate::support::differences("", &before, &after, &mut wrong);
        for (card, row) in first.ledger.iter().filter(|(_, row)| row["account"] == account) {
            for other in [card.clone(), format!("{card}!")] {
                if second.fate(&other) != (row["disposition"].as_str(), row["reason"].as_str()) {
                    wrong.push(format!(
                        "{other} is {:?} and not {}",
                        second.fate(&other),
                        row["disposition"]
                    ));
                }
            }
        }
        Some(wrong)
    });
}

fn counts_holders(item: &Value) -> bool {
    item.to_string().contains("\"counting\":\"holders\"")
}

/// An account of one class in whole shares, an even number of them, whose cards give no amounts.
fn can_be_split(meeting: &Meeting, account: &str) -> bool {
    let positions: Vec<_> =
        meeting.rows("register").into_iter().filter(|row| row["account"] == account).collect();
    let [row] = positions.as_slice() else { return false };
    let is_even = row["shares"].parse::<u64>().is_ok_and(|shares| shares > 0 && shares.is_multiple_of(2));
    let has_own_votes = row.get("votes").is_some_and(|votes| !votes.is_empty());
    let notices = meeting.items().iter().any(|item| item["cumulative"]["notice"]["by"] == account);
    let mut cards = meeting.rows("cards").into_iter().filter(|row| row["account"] == account).peekable();
    let has_cards = cards.peek().is_some();
    let gives_amounts = cards.any(|row| {
        let has_number = row.iter().any(|(column, cell)| {
            column.contains('.') && cell.bytes().any(|byte| byte.is_ascii_digit()) && !cell.is_empty()
        });
        has_number || !row["shares"].is_empty()
    });
    is_even && !has_own_votes && !notices && has_cards && !gives_amounts
}

fn split(meeting: &Meeting, account: &str) -> Meeting {
    let mut other = meeting.clone();
    let second = format!("{account}~");
    let register = other.of_role_mut("register").next().unwrap();
    let row = (0..register.rows.len()).find(|row| register.cell(*row, "account") == account).unwrap();
    let half = show(&(decimal(register.cell(row, "shares")) / whole(2)));
    register.set(row, "shares", &half);
    register.rows.push(register.rows[row].clone());
    register.set(register.rows.len() - 1, "account", &second);
    for role in ["cards", "revocations"] {
        for table in other.of_role_mut(role) {
            for row in 0..table.rows.len() {
                if table.cell(row, "account") == account {
                    table.rows.push(table.rows[row].clone());
                    let copy = table.rows.len() - 1;
                    table.set(copy, "account", &second);
                    if role == "cards" {
                        table.set(copy, "card", &format!("{}!", table.cell(row, "card")));
                    }
                }
            }
        }
    }
    let of_account: Vec<String> = meeting
        .rows("cards")
        .iter()
        .filter(|row| row["account"] == account)
        .map(|row| row["card"].to_owned())
        .collect();
    for table in other.of_role_mut("rulings") {
        for row in 0..table.rows.len() {
            if of_account.iter().any(|card| card == table.cell(row, "card")) {
                table.rows.push(table.rows[row].clone());
                table.set(table.rows.len() - 1, "card", &format!("{}!", table.cell(row, "card")));
            }
        }
    }
    for item in other.json["items"].as_array_mut().unwrap() {
        if let Some(excluded) = item["excluded_accounts"].as_array_mut()
            && excluded.iter().any(|id| id == account)
        {
            excluded.push(json!(second));
        }
    }
    other
}

/// Whole shares, each position and limit a thousand times as many: every total is a thousand times
/// as large, and every outcome the same.
#[test]
fn a_thousand_times_the_shares_give_a_thousand_times_the_votes() {
    holds_for_random_meetings(20, |meeting, _| {
        if !scales(meeting) {
            return None;
        }
        let first = meeting.outcome();
        let second = scaled(meeting, 1000).outcome();
        let mut wrong = Vec::new();
        for card in first.ledger.keys() {
            if first.fate(card) != second.fate(card) {
                wrong.push(format!("card {card}: {:?}, then {:?}", first.fate(card), second.fate(card)));
            }
        }
        let (before, after) = (first.figures(), second.figures());
        for place in 0..meeting.items().len() {
            let at = format!("items[{place}]");
            if before["items"][place]["voting"] == "cumulative" {
                // What a division leaves goes to the first names, whatever the scale.
                let pool = |figures: &Value| figures["items"][place]["cumulative"]["pool"].clone();
                compare(&at, &pool(&before), &pool(&after), &mut wrong);
            } else {
                let (one, other) = (&before["items"][place], &after["items"][place]);
                compare(&at, &without_required(one), &without_required(other), &mut wrong);
            }
        }
        compare("present", &before["quorum"]["present"], &after["quorum"]["present"], &mut wrong);
        if before["quorum"]["met"] != after["quorum"]["met"] {
            wrong.push("the quorum is met at one scale only".to_owned());
        }
        Some(wrong)
    });
}

/// An item but for its required quorum, which is made whole.
fn without_required(item: &Value) -> Value {
    match item {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, _)| *key != "required");
            kept.map(|(key, value)| (key.clone(), without_required(value))).collect()
        }
        Value::Array(list) => list.iter().map(without_required).collect(),
        other => other.clone(),
    }
}

/// Whether nothing in the meeting is made whole: then the scale is not seen.
fn scales(meeting: &Meeting) -> bool {
    let amounts = ["register", "cards", "omnibus", "street"].into_iter().flat_map(|role| {
        meeting.rows(role).into_iter().map(|row| row.get("shares").unwrap_or(&"").to_string())
    });
    let are_whole = amounts.into_iter().all(|amount| !amount.contains('.'));
    let text = meeting.json.to_string();
    let is_of_required_quorum = text.contains("required_quorum") || text.contains("majority_of_quorum");
    let ratios_are_short = !text.contains("3.335") && !text.contains("\"0.");
    let is_prorated = text.contains("\"prorate\"");
    let has_own_votes = meeting.of_role("register").any(|table| table.has("votes"));
    are_whole && !is_of_required_quorum && ratios_are_short && !is_prorated && !has_own_votes
}

fn scaled(meeting: &Meeting, by: i64) -> Meeting {
    let mut other = meeting.clone();
    let times = |text: &str| show(&(decimal(text) * whole(by)));
    for table in &mut other.tables {
        let header = table.header.clone();
        for row in &mut table.rows {
            for (column, cell) in header.iter().zip(row) {
                let is_votes = table.role == "cards" && column.contains('.') && !cell.contains('%');
                let is_number = cell.bytes().any(|b| b.is_ascii_digit());
                if (column == "shares" || is_votes) && is_number {
                    *cell = times(cell);
                }
            }
        }
    }
    for class in other.json["classes"].as_array_mut().unwrap() {
        class["outstanding"] = json!(times(class["outstanding"].as_str().unwrap()));
    }
    for form in other.json["proxy_forms"].as_array_mut().unwrap() {
        for allocation in
            form["cumulative_allocation"].as_object_mut().into_iter().flat_map(|of| of.values_mut())
        {
            for total in allocation.as_object_mut().into_iter().flat_map(|totals| totals.values_mut()) {
                *total = json!(times(total.as_str().unwrap()));
            }
        }
    }
    other
}

/// Every amount a thousand times as large, but those that a whole number is needed for; all else the same.
fn compare(path: &str, before: &Value, after: &Value, wrong: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                let is_scaled =
                    !matches!(key.as_str(), "needed" | "id" | "seats" | "short_by" | "surplus" | "shortfall");
                if key == "counting" && value == "holders" {
                    return;
                }
                if is_scaled {
                    compare(&format!("{path}.{key}"), value, &other[key], wrong);
                }
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (place, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}[{place}]"), one, other, wrong);
            }
        }
        (Value::String(one), Value::String(other)) if is_amount(one) => {
            let expected: Amount = decimal(one) * whole(1000);
            if !is_amount(other) || decimal(other) != expected {
                wrong.push(format!("{path}: {one}, then {other}"));
            }
        }
        _ if before == after => {}
        _ => wrong.push(format!("{path}: {before}, then {after}")),
    }
}

fn is_amount(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
