//! Forms of proxy of `meeting.json`: what they say of unmarked cards and of cumulated votes.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::json::{Fields, JsonNode, JsonReader};
use super::problem::{hint, not_known};
use crate::amount::Votes;
use crate::catalogue::Code;
use crate::meeting::{Allocation, Election, Item, ItemKind, Mark, ProxyForm, Unmarked};
use crate::text::{counted, one_of, quoted};
use crate::time::Moment;

/// The ids of items, as forms refer to them.
pub(super) struct ItemNames {
    ids: Vec<String>,
    /// Whether no item was left out because it is at fault itself.
    is_complete: bool,
}

impl ItemNames {
    pub(super) fn of(items: &[Item], is_complete: bool) -> Self {
        Self { ids: items.iter().map(|item| item.id.clone()).collect(), is_complete }
    }
}

/// A form for meetings that describe none: it says nothing on unmarked cards.
pub(super) fn default_form(item_count: usize) -> ProxyForm {
    ProxyForm {
        id: "proxy".to_owned(),
        holders: Vec::new(),
        unmarked: vec![Unmarked::NotVoted; item_count],
        ballot_cast: None,
        allocation: vec![Allocation::Level; item_count],
    }
}

/// Reads the forms of proxy.
pub(super) fn read_forms<'a>(
    reader: &mut JsonReader<'a, '_>,
    nodes: &[JsonNode<'_, 'a>],
    names: &ItemNames,
    items: &[Item],
    zone: &TimeZone,
) -> Vec<ProxyForm> {
    const KEYS: [&str; 5] = ["id", "holders", "unmarked", "ballot_cast", "cumulative_allocation"];
    let mut forms: Vec<ProxyForm> = Vec::new();
    for node in nodes {
        let Some(fields) = reader.object(node, &KEYS) else { continue };
        let Some(id_node) = reader.required(&fields, "id") else { continue };
        let Some(id) = reader.non_empty_string(&id_node) else { continue };
        if forms.iter().any(|form| form.id == id) {
            reader.problem(
                &id_node,
                Code::IdRepeated.fault(format!("the form {} is given twice", quoted(&id))),
            );
        }
        let mut form = ProxyForm { id, ..default_form(items.len()) };
        form.holders = fields.given("holders").and_then(|n| reader.all_words(&n)).unwrap_or_default();
        form.ballot_cast = fields
            .given("ballot_cast")
            .and_then(|n| reader.parsed(&n, Code::DateOrTime, |t| Moment::parse(t, zone)));
        for (place, n) in per_item(reader, &fields, "unmarked", names) {
            if let Some(unmarked) = read_unmarked(reader, &n, &items[place]) {
                form.unmarked[place] = unmarked;
            }
        }
        for (place, n) in per_item(reader, &fields, "cumulative_allocation", names) {
            if let Some(allocation) = read_allocation(reader, &n, &items[place]) {
                form.allocation[place] = allocation;
            }
        }
        forms.push(form);
    }
    forms
}

/// The values of an object whose keys are item ids.
fn per_item<'v, 'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'v, 'a>,
    key: &str,
    names: &ItemNames,
) -> Vec<(usize, JsonNode<'v, 'a>)> {
    let Some(node) = fields.given(key) else { return Vec::new() };
    let Some(object) = reader.open_object(&node) else { return Vec::new() };
    let mut found = Vec::new();
    for (id, n) in object.entries() {
        match names.ids.iter().position(|known| *known == id) {
            Some(place) => found.push((place, n)),
            None if !names.is_complete => {}
            None => {
                let known: Vec<&str> = names.ids.iter().map(String::as_str).collect();
                reader.problem(
                    &n,
                    Code::ReferenceUnknown.fault(format!(
                        "{} is not an item{}",
                        quoted(&id),
                        hint(&id, &known)
                    )),
                );
            }
        }
    }
    found
}

fn read_unmarked<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    item: &Item,
) -> Option<Unmarked> {
    let is_list = matches!(node.value, jsonc_parser::ast::Value::Array(_));
    let election = match &item.kind {
        ItemKind::Election(election) if is_list => election,
        ItemKind::Election(_) | ItemKind::Proposal(_) | ItemKind::Frequency(_) => {
            return read_unmarked_mark(reader, node, item);
        }
    };
    let mut listed = Vec::new();
    for n in reader.array(node)? {
        let Some(id) = reader.non_empty_string(&n) else { continue };
        let Some(place) = nominee_place(reader, &n, election, &id) else { continue };
        if listed.contains(&place) {
            reader.problem(&n, Code::IdRepeated.fault(format!("{} is listed twice", quoted(&id))));
        }
        listed.push(place);
    }
    if listed.len() > election.seats as usize {
        refuse_too_many(reader, node, listed.len(), election.seats);
        return None;
    }
    listed.sort_unstable();
    Some(Unmarked::Nominees(listed))
}

fn refuse_too_many<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>, listed: usize, seats: u32) {
    let listed = counted(listed as u64, "nominee");
    reader.problem(
        node,
        Code::FormListsTooMany
            .fault(format!("the form lists {listed} for {}", counted(u64::from(seats), "seat"))),
    );
}

fn nominee_place<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    election: &Election,
    id: &str,
) -> Option<usize> {
    let found = election.nominees.iter().position(|nominee| nominee.id == id);
    if found.is_none() {
        let names: Vec<&str> = election.nominees.iter().map(|nominee| nominee.id.as_str()).collect();
        reader.problem(node, not_known(Code::ReferenceUnknown, id, "a nominee of this election", &names));
    }
    found
}

fn read_unmarked_mark<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    item: &Item,
) -> Option<Unmarked> {
    let text = reader.non_empty_string(node)?;
    if let ItemKind::Frequency(choices) = &item.kind
        && let Some(place) = choices.iter().position(|choice| choice.id == text)
    {
        return Some(Unmarked::Choice(place));
    }
    let permitted: &[Mark] = match &item.kind {
        ItemKind::Frequency(_) => &[Mark::Abstain],
        // A broker non-vote is only ever reported; a form cannot make one.
        ItemKind::Election(_) | ItemKind::Proposal(_) => {
            &[Mark::For, Mark::Against, Mark::Abstain, Mark::Withhold]
        }
    };
    match Mark::parse(&text).filter(|mark| permitted.contains(mark)) {
        Some(Mark::For) if item.election().is_some_and(|e| e.nominees.len() > e.seats as usize) => {
            let election = item.election()?;
            refuse_too_many(reader, node, election.nominees.len(), election.seats);
            None
        }
        Some(mark) => Some(Unmarked::Mark(mark)),
        None => {
            let names: Vec<String> = permitted.iter().map(|mark| mark.name().to_lowercase()).collect();
            let choices = match &item.kind {
                ItemKind::Frequency(choices) => choices.iter().map(|choice| choice.id.as_str()).collect(),
                ItemKind::Election(_) | ItemKind::Proposal(_) => Vec::new(),
            };
            let expected = one_of(choices.into_iter().chain(names.iter().map(String::as_str)));
            reader.problem(
                node,
                Code::MeetingContradiction.fault(format!(
                    "{} does not say how an unmarked card is voted; expected {expected}",
                    quoted(&text)
                )),
            );
            None
        }
    }
}

fn read_allocation<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    item: &Item,
) -> Option<Allocation> {
    let Some(election) = item.election() else {
        reader.problem(node, Code::MeetingContradiction.fault("votes are cumulated in elections only"));
        return None;
    };
    if matches!(node.value, jsonc_parser::ast::Value::StringLit(_)) {
        return reader.named(node, &["level", "per_card"], |name| match name {
            "level" => Some(Allocation::Level),
            "per_card" => Some(Allocation::PerCard),
            _ => None,
        });
    }
    let object = reader.open_object(node)?;
    let mut totals = BTreeMap::new();
    for (id, n) in object.entries() {
        let place = nominee_place(reader, &n, election, &id);
        let votes = reader.amount(&n, Votes::parse);
        if let (Some(place), Some(votes)) = (place, votes) {
            totals.insert(place, votes);
        }
    }
    Some(Allocation::Totals(totals))
}
