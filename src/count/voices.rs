//! Every part of the votes present on an item, one by one: who they belong to, and which card says
//! how they are voted. The plain path beside the grouped count: holders, audit and recount use it.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;

use super::Floor;
use crate::amount::Votes;
use crate::ascertain::PositionId;
use crate::ballot::reading::Setting;
use crate::determine::Taking;
use crate::load::CardId;

/// A part of the votes present on an item.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Of which position.
    pub(crate) position: PositionId,
    /// The card that says how they are voted; nothing: they are not.
    pub(crate) card: Option<(CardId, Setting)>,
    /// How many.
    pub(crate) votes: Votes,
}

/// The parts that cards and holders in person make present on an item, for some positions and some of
/// what cards take, and each card's votes on it together. Street totals are not among them.
pub(crate) fn parts(
    floor: Floor<'_>,
    item: usize,
    votes_on: impl Fn(PositionId) -> bool,
    takes_part: impl Fn(&Taking) -> bool,
) -> (Vec<Part>, HashMap<CardId, Votes, DefaultHashBuilder>) {
    let mut parts: Vec<Part> = Vec::new();
    let takings = floor.determined.takings.iter().filter(|taking| votes_on(taking.position));
    for taking in takings.filter(|taking| takes_part(taking)) {
        let setting = floor.setting_of(taking);
        let card = (!taking.is_silent).then_some((taking.card, setting));
        parts.push(Part { position: taking.position, card, votes: floor.votes(taking) });
    }
    for joint in floor.determined.joint.iter().filter(|joint| votes_on(joint.position)) {
        for (card, votes) in Floor::joint_parts(joint, item) {
            let card = card.map(|card| (card, floor.setting(card, joint.position)));
            parts.push(Part { position: joint.position, card, votes });
        }
    }
    for here in floor.determined.in_person.iter().filter(|here| votes_on(here.position)) {
        parts.push(Part { position: here.position, card: None, votes: here.votes });
    }
    let mut of_card: HashMap<CardId, Votes, DefaultHashBuilder> = HashMap::default();
    for part in &parts {
        if let Some((card, _)) = part.card {
            *of_card.entry(card).or_default() += part.votes;
        }
    }
    (parts, of_card)
}
