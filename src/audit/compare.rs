//! Two results side by side: which figures changed, and which cards moved which figure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::attribution::{Slot, Source, attribute};
use crate::amount::Votes;
use crate::ballot::reading::{Line, Uncast};
use crate::meeting::{Item, ItemKind};
use crate::tabulate::Tabulation;

/// What a card is in a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardState {
    /// Its disposition.
    pub disposition: String,
    /// Its reason.
    pub reason: String,
    /// Its amounts by figure, as text: votes where a folder is counted, counted shares by mark where
    /// only a ledger is at hand.
    pub figures: BTreeMap<String, String>,
}

/// One of two results.
#[derive(Debug)]
pub struct Side {
    /// As the user named it.
    pub label: String,
    /// The certificate.
    pub certificate: Value,
    /// Every card, where they are known.
    pub cards: Option<BTreeMap<String, CardState>>,
}

/// A figure that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FigureChange {
    /// Which: `items.2.for`.
    pub figure: String,
    /// On the one side.
    pub before: String,
    /// On the other.
    pub after: String,
}

/// A card that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardChange {
    /// Its number.
    pub card: String,
    /// On the one side; nothing: it is not there.
    pub before: Option<String>,
    /// On the other.
    pub after: Option<String>,
    /// The figures that it moved.
    pub moved: Vec<FigureChange>,
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
    let cards = before.cards.as_ref().zip(after.cards.as_ref()).map(|(old, new)| card_changes(old, new));
    Comparison {
        schema: "quorate/comparison/1",
        before: before.label.clone(),
        after: after.label.clone(),
        same: figures.is_empty() && cards.as_ref().is_none_or(Vec::is_empty),
        figures,
        cards,
    }
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

fn push(figure: &str, before: &str, after: &str, into: &mut Vec<FigureChange>) {
    if before != after {
        let (before, after) = (before.to_owned(), after.to_owned());
        into.push(FigureChange { figure: figure.to_owned(), before, after });
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

fn card_changes(
    before: &BTreeMap<String, CardState>,
    after: &BTreeMap<String, CardState>,
) -> Vec<CardChange> {
    let numbers: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let told = |state: &CardState| match state.reason.as_str() {
        "in_order" => state.disposition.clone(),
        reason => format!("{} ({reason})", state.disposition),
    };
    numbers
        .into_iter()
        .filter(|number| before.get(*number) != after.get(*number))
        .map(|number| {
            let (old, new) = (before.get(number), after.get(number));
            let none = BTreeMap::new();
            let figures = (old.map_or(&none, |s| &s.figures), new.map_or(&none, |s| &s.figures));
            let keys: BTreeSet<&String> = figures.0.keys().chain(figures.1.keys()).collect();
            let mut moved = Vec::new();
            for key in keys {
                let of = |figures: &BTreeMap<String, String>| {
                    figures.get(key).cloned().unwrap_or_else(|| "0".to_owned())
                };
                push(key, &of(figures.0), &of(figures.1), &mut moved);
            }
            CardChange { card: number.clone(), before: old.map(told), after: new.map(told), moved }
        })
        .collect()
}

/// Every card of a tabulation with the votes it adds to each figure.
#[must_use]
pub fn cards_of(tabulation: &Tabulation) -> BTreeMap<String, CardState> {
    let cards = &tabulation.loaded.cards;
    let mut states: BTreeMap<String, CardState> = cards
        .ids()
        .map(|id| {
            let fate = tabulation.determined.fates.get(id);
            let state = CardState {
                disposition: fate.disposition.name().to_owned(),
                reason: fate.reason.name().to_owned(),
                figures: BTreeMap::new(),
            };
            (cards.number(id).to_owned(), state)
        })
        .collect();
    for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
        let mut sums: BTreeMap<(Source, Slot), Votes> = BTreeMap::new();
        attribute(tabulation, place, |source, slot, votes| {
            if matches!(source, Source::Card(_)) && !votes.is_zero() {
                *sums.entry((source, slot)).or_default() += votes;
            }
        });
        for ((source, slot), votes) in sums {
            let Source::Card(id) = source else { continue };
            if let Some(state) = states.get_mut(cards.number(id)) {
                state.figures.insert(figure(tabulation, item, slot), votes.to_string());
            }
        }
    }
    states
}

/// The figure of a slot, as the certificate's JSON would name it.
fn figure(tabulation: &Tabulation, item: &Item, slot: Slot) -> String {
    let nominee = |place: usize| {
        item.election()
            .map_or_else(String::new, |election| format!(".nominees.{}", election.nominees[place].id))
    };
    let of = match slot {
        Slot::Line(place, line) => {
            let line = match line {
                Line::For => "for",
                Line::Against => "against",
                Line::Abstain => "abstain",
                Line::Withheld => "withheld",
                Line::BrokerNonVote => "broker_non_votes",
                Line::NotVoted => "not_voted",
            };
            format!("{}.{line}", nominee(place))
        }
        Slot::Choice(place) => match &item.kind {
            ItemKind::Frequency(choices) => format!(".choices.{}.for", choices[place].id),
            ItemKind::Election(_) | ItemKind::Proposal(_) => String::new(),
        },
        Slot::Cumulated(place) => format!("{}.for", nominee(place)),
        Slot::Discretion(form) => {
            format!(".cumulative.pool_of_form.{}", tabulation.loaded.meeting.forms[usize::from(form)].id)
        }
        Slot::Uncast(Uncast::Withheld) => ".cumulative.withheld".to_owned(),
        Slot::Uncast(Uncast::Void) => ".cumulative.void".to_owned(),
        Slot::Uncast(Uncast::BrokerNonVote) => ".cumulative.broker_non_votes".to_owned(),
        Slot::Uncast(Uncast::NotVoted) => ".cumulative.not_voted".to_owned(),
        Slot::Unused => ".cumulative.unused".to_owned(),
    };
    format!("items.{}{of}", item.id)
}

/// Every card of a ledger with its counted shares by mark.
///
/// # Errors
/// What is wrong with the ledger.
pub fn cards_of_ledger(bytes: &[u8]) -> Result<BTreeMap<String, CardState>, String> {
    const FIXED: usize = 15;
    let mut reader = csv::Reader::from_reader(bytes);
    let header: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    let place = |name: &str| {
        header
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| format!("the ledger has no column `{name}`"))
    };
    let (card, disposition, reason, shares) =
        (place("card")?, place("disposition")?, place("reason")?, place("shares_counted")?);
    let mut cards = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let marks = header.iter().zip(row.iter()).skip(FIXED).filter(|(_, mark)| !mark.is_empty());
        let figures =
            marks.map(|(column, mark)| (format!("{column} {mark}, shares"), row[shares].to_owned()));
        let state = CardState {
            disposition: row[disposition].to_owned(),
            reason: row[reason].to_owned(),
            figures: figures.filter(|(_, shares)| shares != "0").collect(),
        };
        cards.insert(row[card].to_owned(), state);
    }
    Ok(cards)
}
