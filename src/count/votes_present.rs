//! Every part of the votes present on an item, one by one: who they belong to, and which card says
//! how they are voted. The plain path beside the grouped count: holders, audit and recount use it.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;

use super::CountContext;
use crate::amount::Votes;
use crate::ascertain::PositionId;
use crate::ballot::reading::MarkSetting;
use crate::determine::Cover;
use crate::load::CardId;

/// A part of the votes present on an item.
#[derive(Debug, Clone)]
pub(crate) struct VotesPresent {
    /// Of which position.
    pub(crate) position: PositionId,
    /// The card that says how they are voted; nothing: they are not.
    pub(crate) card: Option<(CardId, MarkSetting)>,
    /// How many.
    pub(crate) votes: Votes,
}

/// The parts that cards and holders in person make present on an item, for some positions and some of
/// what cards take. Street totals are not among them.
pub(crate) fn parts<'a>(
    context: CountContext<'a>,
    item: usize,
    votes_on: impl Fn(PositionId) -> bool + Copy + 'a,
    coverage: impl Iterator<Item = Cover> + 'a,
) -> impl Iterator<Item = VotesPresent> + 'a {
    let determined = context.determined;
    let of_coverage = coverage.filter(move |cover| votes_on(cover.position)).map(move |cover| {
        let card = (!cover.is_not_voted).then(|| (cover.card, context.setting_of(&cover)));
        VotesPresent { position: cover.position, card, votes: context.votes(&cover) }
    });
    let joint = determined.joint.iter().filter(move |joint| votes_on(joint.position));
    let of_joint = joint.flat_map(move |joint| {
        let position = joint.position;
        CountContext::joint_parts(joint, item).into_iter().map(move |(card, votes)| VotesPresent {
            position,
            card: card.map(|card| (card, context.setting(card, position))),
            votes,
        })
    });
    let in_person = determined.in_person.iter().filter(move |here| votes_on(here.position));
    let of_in_person =
        in_person.map(|here| VotesPresent { position: here.position, card: None, votes: here.votes });
    of_coverage.chain(of_joint).chain(of_in_person)
}

/// Each card's votes in some parts together.
pub(crate) fn of_cards(parts: &[VotesPresent]) -> HashMap<CardId, Votes, DefaultHashBuilder> {
    let mut of_card: HashMap<CardId, Votes, DefaultHashBuilder> = HashMap::default();
    for part in parts {
        if let Some((card, _)) = part.card {
            *of_card.entry(card).or_default() += part.votes;
        }
    }
    of_card
}
