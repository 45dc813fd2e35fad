//! The order of rows, where the rules treat them as equal.

use std::collections::HashMap;

use serde_json::Value;

use super::{Meeting, holds_for_random_meetings};
use crate::generate::random::Random;

/// Rows of the register, of cards, revocations and rulings in any order; of omnibus.csv, holders
/// above whom they pass to; of street.csv, each participant's in their order.
#[test]
fn the_order_of_rows_is_irrelevant() {
    holds_for_random_meetings(95, |meeting, random| {
        let mut other = meeting.clone();
        for role in ["register", "cards", "revocations", "rulings"] {
            other.of_role_mut(role).for_each(|table| random.shuffle(&mut table.rows));
        }
        // A position with votes of its own gives each part its votes cut to six decimals: which part lacks
        // the millionth that is left depends on the order.
        if !meeting.of_role("register").any(|table| table.has("votes")) {
            other.of_role_mut("omnibus").for_each(|table| table.rows = top_down(random, &table.rows));
        }
        other.of_role_mut("street").for_each(|table| table.rows = by_participant(random, &table.rows));
        let (first, second) = (meeting.outcome(), other.outcome());
        let mut wrong = first.differences(&second);
        wrong.extend(first.other_fates(&second));
        for key in ["cards", "classes", "reconciliation"] {
            let sorted = |value: &Value| {
                let mut parts: Vec<String> = value
                    .as_array()
                    .map_or(vec![value.clone()], Clone::clone)
                    .iter()
                    .map(Value::to_string)
                    .collect();
                parts.sort();
                parts
            };
            if sorted(&first.certificate[key]) != sorted(&second.certificate[key]) {
                wrong.push(format!("{key} differ"));
            }
        }
        Some(wrong)
    });
}

/// Rows of omnibus.csv in another order in which every holder has what it passes on.
fn top_down(random: &mut Random, rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut left = rows.to_vec();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |row: &Vec<String>| left.iter().any(|other| other[1] == row[0]);
        let ready: Vec<usize> = (0..left.len()).filter(|place| !waits(&left[*place])).collect();
        ordered.push(left.remove(*random.one_of(&ready)));
    }
    ordered
}

fn by_participant(random: &mut Random, rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut of: HashMap<&String, Vec<Vec<String>>> = HashMap::new();
    rows.iter().for_each(|row| of.entry(&row[0]).or_default().push(row.clone()));
    let mut accounts: Vec<&String> = of.keys().copied().collect();
    accounts.sort();
    random.shuffle(&mut accounts);
    accounts.iter().flat_map(|account| of[account].clone()).collect()
}

/// The random meetings must between them have every kind of thing that an order could matter to.
#[test]
fn the_random_meetings_are_of_every_kind() {
    let mut of_kind: HashMap<&str, usize> = HashMap::new();
    let meetings: Vec<Meeting> = super::SEEDS.map(Meeting::of).collect();
    for meeting in &meetings {
        let has = |role: &str| meeting.of_role(role).next().is_some();
        let register = meeting.rows("register");
        let kinds = [
            ("cards", !meeting.rows("cards").is_empty()),
            ("joint holders", register.iter().any(|row| row["registration"] == "joint")),
            ("several classes", meeting.json["classes"].as_array().unwrap().len() > 1),
            ("omnibus", has("omnibus")),
            ("street", has("street")),
            ("revocations", has("revocations")),
            ("rulings", has("rulings")),
            ("cumulative", meeting.items().iter().any(|item| item["cumulative"]["notice"].is_object())),
            (
                "votes of their own",
                register.iter().any(|row| row.get("votes").is_some_and(|v| !v.is_empty())),
            ),
            ("fractions", register.iter().any(|row| row["shares"].contains('.'))),
        ];
        for (kind, is_there) in kinds {
            *of_kind.entry(kind).or_default() += usize::from(is_there);
        }
    }
    assert!(of_kind.values().all(|count| *count >= 10), "{of_kind:?}");
}
