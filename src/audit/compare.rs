//! Two results side by side: which figures changed, and which cards moved which figure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::changes::push;
pub use super::changes::{CardChange, CellChange, FigureChange};
use super::figure_names::FigureNames;
use super::states::CardStates;

/// One of two results.
#[derive(Debug)]
pub struct Side {
    /// As the user named it.
    pub label: String,
    /// The certificate.
    pub certificate: Value,
    /// Every card, where they are known.
    pub cards: Option<CardStates>,
}

/// What differs between two results.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The format and its version.
    pub schema: &'static str,
    /// The one side.
    pub before: String,
    /// The other.
    pub after: String,
    /// Whether no figure and no card differs.
    pub same: bool,
    /// Items whose outcome differs, with what came of them in words.
    pub outcomes: Vec<FigureChange>,
    /// Figures that differ.
    pub figures: Vec<FigureChange>,
    /// Cards that differ; nothing when a side tells no cards.
    pub cards: Option<Vec<CardChange>>,
}

/// Compares two results.
#[must_use]
pub fn compare(before: &Side, after: &Side) -> Comparison {
    let mut figures = Vec::new();
    for (key, name) in [("status", "status"), ("quorum", "quorum"), ("cards", "cards"), ("rules", "rules")] {
        differences(name, &before.certificate[key], &after.certificate[key], &mut figures);
    }
    // How far an unfinished count is; beside a finished one it says nothing that the figures do not.
    if [before, after].iter().all(|side| side.certificate["interim"].is_object()) {
        differences("interim", &before.certificate["interim"], &after.certificate["interim"], &mut figures);
    }
    compare_items(&before.certificate["items"], &after.certificate["items"], &mut figures);
    let codes = |side: &Side| -> Vec<String> {
        let matters = side.certificate["open_matters"].as_array().into_iter().flatten();
        matters.map(|matter| text(&matter["code"])).collect()
    };
    push("open_matters", &codes(before).join(", "), &codes(after).join(", "), &mut figures);
    let mut cards = before.cards.as_ref().zip(after.cards.as_ref()).map(|(old, new)| old.changes(new));
    let names = FigureNames::of(&before.certificate, &after.certificate);
    let of_cards = cards.iter_mut().flatten().flat_map(|card| &mut card.moved);
    // A ledger's figures are words already.
    for change in figures.iter_mut().chain(of_cards.filter(|change| change.figure.starts_with("items."))) {
        change.name = names.name(&change.figure);
    }
    let outcomes = names.outcomes(ids(&before.certificate["items"], &after.certificate["items"]));
    Comparison {
        schema: "quorate/comparison/1",
        before: before.label.clone(),
        after: after.label.clone(),
        same: figures.is_empty() && cards.as_ref().is_none_or(Vec::is_empty),
        outcomes,
        figures,
        cards,
    }
}

/// The ids of the items of either side.
fn ids(before: &Value, after: &Value) -> BTreeSet<String> {
    let items = [before, after].into_iter().flat_map(|items| items.as_array().into_iter().flatten());
    items.map(|item| text(&item["id"])).collect()
}

fn compare_items(before: &Value, after: &Value, into: &mut Vec<FigureChange>) {
    let by_id = |items: &Value| -> BTreeMap<String, Value> {
        let items = items.as_array().into_iter().flatten();
        items.map(|item| (text(&item["id"]), item.clone())).collect()
    };
    let (before, after) = (by_id(before), by_id(after));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in ids {
        let none = Value::Null;
        let pair = (before.get(id).unwrap_or(&none), after.get(id).unwrap_or(&none));
        differences(&format!("items.{id}"), pair.0, pair.1, into);
    }
}

/// Every leaf that differs; lists of things with ids are compared by id.
fn differences(path: &str, before: &Value, after: &Value, into: &mut Vec<FigureChange>) {
    let keyed = |value: &Value| -> Option<BTreeMap<String, Value>> {
        let list = value.as_array()?;
        let with_id = |one: &Value| one.get("id").map(|id| (text(id), one.clone()));
        if list.is_empty() { None } else { list.iter().map(with_id).collect() }
    };
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let none = Value::Null;
                let pair = (old.get(key).unwrap_or(&none), new.get(key).unwrap_or(&none));
                differences(&format!("{path}.{key}"), pair.0, pair.1, into);
            }
        }
        // Tests have no ids; they stand in the order of the standard.
        (Value::Array(old), Value::Array(new))
            if old.len() == new.len()
                && keyed(before).is_none()
                && old.iter().chain(new).all(Value::is_object) =>
        {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                differences(&format!("{path}.{place}"), old, new, into);
            }
        }
        _ => match (keyed(before), keyed(after)) {
            (Some(old), Some(new)) => {
                let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for id in ids {
                    let none = Value::Null;
                    let pair = (old.get(id).unwrap_or(&none), new.get(id).unwrap_or(&none));
                    differences(&format!("{path}.{id}"), pair.0, pair.1, into);
                }
            }
            _ => push(path, &text(before), &text(after), into),
        },
    }
}

/// A value as a reader would write it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        Value::Array(list) if list.iter().all(|one| !one.is_object() && !one.is_array()) => {
            list.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
