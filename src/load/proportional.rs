//! FOL-1: the accounts of `meeting.json` that vote as others do.

use super::json::{Fields, JsonNode, JsonReader};
use crate::catalogue::Code;
use crate::meeting::{Class, Follower, Follows, Item, QuorumRule};
use crate::text::quoted;

/// As meeting.json writes them where no class is followed.
const NAMES: [&str; 2] = ["own_instructions", "all_others"];

/// The most accounts that vote as others do: what each follows is added up by itself on every item.
const FOLLOWERS_MAX: usize = 1_000;

/// What followers cannot stand beside.
pub(super) struct Beside<'m> {
    pub(super) classes: &'m [Class],
    pub(super) items: &'m [Item],
    pub(super) quorum: Option<&'m QuorumRule>,
}

/// Reads `proportional`, and the line on which each account stands.
pub(super) fn read<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    beside: &Beside<'_>,
) -> (Vec<Follower>, Vec<u64>) {
    let Some(node) = fields.given("proportional") else { return Default::default() };
    let mut followers: Vec<Follower> = Vec::new();
    let mut lines = Vec::new();
    let elements = reader.array(&node).unwrap_or_default();
    if elements.len() > FOLLOWERS_MAX {
        let message = format!("must hold at most {FOLLOWERS_MAX} accounts, but holds {}", elements.len());
        reader.problem(&node, Code::ValueKind.fault(message));
        return Default::default();
    }
    for element in &elements {
        let Some((follower, line)) = read_one(reader, element, beside.classes) else { continue };
        if followers.iter().any(|other| other.account == follower.account) {
            let message = format!("the account {} is given twice", quoted(&follower.account));
            reader.problem(element, Code::IdRepeated.fault(message));
            continue;
        }
        followers.push(follower);
        lines.push(line);
    }
    if !elements.is_empty() {
        refuse(reader, &node, beside);
    }
    (followers, lines)
}

fn read_one<'a>(
    reader: &mut JsonReader<'a, '_>,
    element: &JsonNode<'_, 'a>,
    classes: &[Class],
) -> Option<(Follower, u64)> {
    let fields = reader.object(element, &["account", "as"])?;
    let account = reader.required(&fields, "account");
    let line = account.as_ref().map_or(1, |n| reader.line(n));
    let account = account.and_then(|n| reader.non_empty_string(&n));
    let follows = reader.required(&fields, "as").and_then(|n| read_follows(reader, &n, classes));
    Some((Follower { account: account?, follows: follows? }, line))
}

fn read_follows<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    classes: &[Class],
) -> Option<Follows> {
    if !matches!(node.value, jsonc_parser::ast::Value::Object(_)) {
        return reader.named(node, &NAMES, |name| match name {
            "own_instructions" => Some(Follows::OwnInstructions),
            "all_others" => Some(Follows::AllOthers),
            _ => None,
        });
    }
    let fields = reader.object(node, &["class"])?;
    let named = reader.required(&fields, "class")?;
    let id = reader.non_empty_string(&named)?;
    let place = classes.iter().position(|class| class.id == id);
    if place.is_none() && !classes.is_empty() {
        let message = format!("{} is no class of this meeting", quoted(&id));
        reader.problem(&named, Code::ReferenceUnknown.fault(message));
    }
    place.map(Follows::Class)
}

/// Cumulated votes have no lines to be followed on, and a head stands on one side or on none.
fn refuse<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>, beside: &Beside<'_>) {
    let is_cumulative = |item: &&Item| {
        !item.is_withdrawn && item.election().is_some_and(crate::meeting::Election::is_cumulative)
    };
    if let Some(item) = beside.items.iter().find(is_cumulative) {
        let message = format!(
            "shares cannot vote in proportion where votes are cumulated, as on item {}; give their votes as cards",
            quoted(&item.id)
        );
        reader.problem(node, Code::MeetingContradiction.fault(message));
    }
    let counts_holders =
        |item: &&Item| item.counts_holders() || item.quorum.as_ref().is_some_and(QuorumRule::counts_holders);
    let on_item = beside.items.iter().find(counts_holders).map(|item| format!("item {}", quoted(&item.id)));
    let in_quorum = beside.quorum.is_some_and(QuorumRule::counts_holders).then(|| "`quorum`".to_owned());
    if let Some(place) = on_item.or(in_quorum) {
        let message = format!(
            "shares cannot vote in proportion where holders are counted by head, as in {place}: one head stands on \
             one side; give their votes as cards"
        );
        reader.problem(node, Code::MeetingContradiction.fault(message));
    }
}
