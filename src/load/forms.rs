//! Forms of proxy of `meeting.json`: what they say of unmarked cards and of cumulated votes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::json::{Fields, JsonNode, JsonReader};
use super::problem::{hint, not_known};
use crate::amount::Votes;
use crate::catalogue::Code;
use crate::meeting::{Allocation, Election, Item, ItemKind, Mark, NamesOnly, ProxyForm, Unmarked};
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
        casts_no_ballot: false,
        ballot_silent_on: vec![false; item_count],
        names_only: None,
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
    const KEYS: [&str; 7] = [
        "id",
        "holders",
        "unmarked",
        "ballot_cast",
        "ballot_silent_on",
        "names_only",
        "cumulative_allocation",
    ];
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
        read_ballot(reader, &fields, names, zone, &mut form);
        form.names_only = fields.given("names_only").and_then(|n| {
            reader.named(&n, &["as_unmarked", "not_voted"], |name| match name {
                "as_unmarked" => Some(NamesOnly::AsUnmarked),
                "not_voted" => Some(NamesOnly::NotVoted),
                _ => None,
            })
        });
        for (place, n) in per_item(reader, &fields, "unmarked", names) {
            if let Some(unmarked) = read_unmarked(reader, &n, &items[place]) {
                form.unmarked[place] = unmarked;
            }
        }
        for (place, n) in per_item(reader, &fields, "cumulative_allocation", names) {
            if let Some(allocation) = read_allocation(reader, &n, &items[place]) {
                if matches!(allocation, Allocation::Totals(_))
                    && (form.casts_no_ballot || form.ballot_silent_on[place])
                {
                    reader.problem(
                        &n,
                        Code::MeetingContradiction
                            .fault("totals were written on a ballot that was not cast on this item"),
                    );
                }
                form.allocation[place] = allocation;
            }
        }
        forms.push(form);
    }
    forms
}

/// OPN-1: when the proxy holders cast their ballot, that they cast none, and on what it says nothing.
fn read_ballot<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    names: &ItemNames,
    zone: &TimeZone,
    form: &mut ProxyForm,
) {
    if let Some(n) = fields.given("ballot_cast") {
        if let jsonc_parser::ast::Value::BooleanLit(literal) = n.value {
            form.casts_no_ballot = !literal.value;
            if literal.value {
                let says = "must be the time at which the ballot was cast, or false where none was";
                reader.problem(&n, Code::DateOrTime.fault(says));
            }
        } else {
            form.ballot_cast = reader.parsed(&n, Code::DateOrTime, |text| Moment::parse(text, zone));
        }
    }
    let Some(list) = fields.given("ballot_silent_on") else { return };
    for n in reader.array(&list).unwrap_or_default() {
        let Some(id) = reader.non_empty_string(&n) else { continue };
        match names.ids.iter().position(|known| *known == id) {
            Some(place) => form.ballot_silent_on[place] = true,
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
    let standing = standing_of(election, &listed);
    if standing > election.seats as usize {
        let listed = counted(standing as u64, "nominee");
        let seats = counted(u64::from(election.seats), "seat");
        reader.problem(node, Code::FormListsTooMany.fault(format!("the form lists {listed} for {seats}")));
        return None;
    }
    listed.sort_unstable();
    Some(Unmarked::Nominees(listed))
}

/// How many names some nominees stand for: one who cannot serve stands for the substitute, or for nobody.
fn standing_of(election: &Election, listed: &[usize]) -> usize {
    let stands_for = |place: &usize| match &election.nominees[*place] {
        nominee if nominee.is_unable_to_serve => nominee.substitute,
        _ => Some(*place),
    };
    listed.iter().filter_map(stands_for).collect::<BTreeSet<_>>().len()
}

/// A form on which every unmarked card is FOR: all nominees where they are no more than the seats; where names
/// were placed in nomination since, those that it was printed with. More than the seats cannot be voted FOR.
fn read_for_all<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    election: &Election,
) -> Option<Unmarked> {
    let all: Vec<usize> = (0..election.nominees.len()).collect();
    if standing_of(election, &all) <= election.seats as usize {
        return Some(Unmarked::Mark(Mark::For));
    }
    let is_printed = |place: &usize| election.nominees[*place].nominated.is_none();
    let printed: Vec<usize> = all.into_iter().filter(is_printed).collect();
    if !printed.is_empty() && standing_of(election, &printed) <= election.seats as usize {
        return Some(Unmarked::Nominees(printed));
    }
    let listed = counted(printed.len() as u64, "nominee");
    let seats = counted(u64::from(election.seats), "seat");
    let ids = printed
        .iter()
        .take(election.seats as usize)
        .map(|place| format!("\"{}\"", election.nominees[*place].id));
    let list = ids.collect::<Vec<_>>().join(", ");
    reader.problem(
        node, Code::FormListsTooMany.fault(format!(
            "the form lists {listed} for {seats}, and an unmarked card cannot be voted for all of them; list those \
             that it is voted for, such as [{list}]"
        )));
    None
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
        Some(Mark::For) if item.election().is_some() => read_for_all(reader, node, item.election()?),
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
