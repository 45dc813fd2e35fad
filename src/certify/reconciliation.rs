//! The reconciliation of nominees and participants with their positions (OMN-1): the
//! inspector's hardest hour.

use std::collections::HashMap;

use serde::Serialize;

use crate::amount::Shares;
use crate::ascertain::{Holding, PositionId};
use crate::determine::{Reason, StreetPosition};
use crate::load::{AccountId, CardId};
use crate::tabulate::Tabulation;

/// A node of the omnibus tree, or a participant with street totals: position = moved on + voted by
/// cards + by totals + in person + as others do + not
/// represented.
#[derive(Debug, Clone, Serialize)]
pub struct NodeFigures {
    /// The account.
    pub account: String,
    /// The class.
    pub class: String,
    /// From whom the position came; nothing: it is of record.
    pub holder: Option<String>,
    /// Shares received or held of record.
    pub position: Shares,
    /// Shares passed on.
    pub moved_on: Shares,
    /// Shares that cards cover.
    pub by_cards: Shares,
    /// Shares that street totals cover.
    pub by_street: Shares,
    /// Shares present in person.
    pub in_person: Shares,
    /// Shares that vote as others do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proportional: Option<Shares>,
    /// Shares not represented.
    pub not_represented: Shares,
    /// Shares instructed beyond what there was.
    pub over: Shares,
}

/// What the positions of nominees, and others with street totals, became.
pub(super) fn reconciliation(tabulation: &Tabulation) -> Vec<NodeFigures> {
    let electorate = &tabulation.electorate;
    let street: HashMap<PositionId, &StreetPosition> =
        tabulation.determined.street.iter().map(|street| (street.position, street)).collect();
    let in_person: HashMap<PositionId, Shares> =
        tabulation.determined.in_person.iter().map(|here| (here.position, here.shares)).collect();
    let following: HashMap<PositionId, Shares> =
        tabulation.determined.following.iter().map(|rest| (rest.position, rest.shares)).collect();
    let mut passed_on: HashMap<(AccountId, u16), Shares> = HashMap::new();
    let mut came_from: HashMap<(AccountId, u16), AccountId> = HashMap::new();
    for node in &electorate.nodes {
        *passed_on.entry((node.holder, node.class)).or_default() += node.shares;
        came_from.insert((node.account, node.class), node.holder);
    }
    let joint: HashMap<PositionId, Shares> =
        tabulation.determined.joint.iter().map(|joint| (joint.position, joint.shares)).collect();
    let cut = shares_cut(tabulation);
    let name = |account: AccountId| tabulation.loaded.accounts.text(account.0).to_owned();
    let mut nodes = Vec::new();
    for (place, position) in electorate.positions.iter().enumerate() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        if position.holding() != Holding::Nominee && !street.contains_key(&id) {
            continue;
        }
        let account = electorate.account(id);
        let key = (account, position.class);
        let moved_on = passed_on.get(&key).copied().unwrap_or_default();
        let coverage = tabulation.determined.coverage_of(electorate, account);
        let by_coverage: Shares =
            coverage.filter(|cover| cover.position == id).map(|cover| cover.shares).sum();
        let by_cards = by_coverage + joint.get(&id).copied().unwrap_or_default();
        let by_street = street.get(&id).map_or(Shares::ZERO, |street| street.present);
        let over_street =
            street.get(&id).map_or(Shares::ZERO, |street| street.reported.saturating_sub(street.left));
        let in_person = in_person.get(&id).copied().unwrap_or_default();
        let proportional = following.get(&id).copied();
        let not_voted_alone = position.shares - by_cards - by_street - in_person;
        nodes.push(NodeFigures {
            account: name(account),
            class: tabulation.loaded.meeting.classes[usize::from(position.class)].id.clone(),
            holder: came_from.get(&key).map(|holder| name(*holder)),
            position: position.shares + moved_on,
            moved_on,
            by_cards,
            by_street,
            in_person,
            proportional,
            // What came in went somewhere.
            not_represented: not_voted_alone - proportional.unwrap_or_default(),
            over: cut.get(&key).copied().unwrap_or_default() + over_street,
        });
    }
    nodes
}

/// Per account and class, the shares that its blocks claim beyond what they got.
fn shares_cut(tabulation: &Tabulation) -> HashMap<(AccountId, u16), Shares> {
    let cards = &tabulation.loaded.cards;
    let is_cut = |id: &CardId| tabulation.determined.determinations.get(*id).reason == Reason::OverPosition;
    let mut cut: HashMap<(AccountId, u16), Shares> = HashMap::new();
    if !tabulation.determined.sums.has(|_, reason| reason == Reason::OverPosition) {
        return cut;
    }
    let mut got: HashMap<CardId, Shares> = HashMap::new();
    for cover in tabulation.determined.coverage.iter().filter(|cover| is_cut(&cover.card)) {
        *got.entry(cover.card).or_default() += cover.shares;
    }
    for id in cards.ids().filter(is_cut) {
        let card = &cards.get(id);
        let got = got.get(&id).copied().unwrap_or_default();
        // A card limited to some shares names their class where its account has several.
        let only_class = || tabulation.electorate.of(card.account).first().map(|position| position.class);
        let named_class = cards.class(card).and_then(|class| u16::try_from(class).ok());
        let Some(class) = named_class.or_else(only_class) else { continue };
        *cut.entry((card.account, class)).or_default() +=
            cards.limit(card).unwrap_or_default().saturating_sub(got);
    }
    cut
}
