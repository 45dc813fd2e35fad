//! Joint holders: JNT-1 to JNT-4 (Cal. Corp. Code § 704, 8 Del. C. § 217).

use std::collections::HashMap;
use std::sync::Arc;

use super::allocate::{conflict, leading_first, newest_first, representatives};
use super::order::Taker;
use super::{Allotment, Cause, Determination, Determiner, Disposition, Reason, StandingCard};
use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::ballot::reading::{ItemReading, MarkReader, MarkSetting};
use crate::load::CardId;
use crate::meeting::JointHolders;

/// How joint holders vote a position on one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JointOutcome {
    /// As this card says.
    Binds(CardId),
    /// Half as one card says and half as the other.
    Split(CardId, CardId),
    /// Present and not voted.
    NotVoted,
    /// Present and not voted until the inspector rules: no majority and no even split.
    Conflict,
    /// Papers that speak of some items: what each votes here, and what is present and not voted.
    Parts(Arc<Vec<ItemPart>>),
}

/// A part of a position on one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPart {
    /// The card that votes it; nothing: present and not voted.
    pub card: Option<CardId>,
    /// How many shares.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
    /// Whether it is only there because its holder is, or by a paper on other items: totals go before it.
    pub is_only_there: bool,
}

/// A position whose papers are looked at item by item: of joint holders on which a card stands, or of any holder with
/// papers that speak of some items only.
#[derive(Debug, Clone)]
pub struct JointPosition {
    /// Which.
    pub position: PositionId,
    /// Its votes present; on the item on which most are.
    pub votes: Votes,
    /// The shares.
    pub shares: Shares,
    /// The newest card of each signer, those that are held or for the quorum only left out.
    pub cards: Vec<CardId>,
    /// Every card on which the position is present.
    pub present_by: Vec<CardId>,
    /// Per item, how it is voted.
    pub outcomes: Vec<JointOutcome>,
}

impl JointPosition {
    /// What cards cover on an item, for totals to take the rest.
    #[must_use]
    pub fn covered_on(&self, item: usize) -> (Shares, Votes) {
        match &self.outcomes[item] {
            JointOutcome::Parts(parts) => sum(parts.iter().filter(|part| !part.is_only_there)),
            JointOutcome::Binds(_)
            | JointOutcome::Split(..)
            | JointOutcome::NotVoted
            | JointOutcome::Conflict => (self.shares, self.votes),
        }
    }

    /// Leaves room on an item for what totals make present.
    pub(super) fn make_room(&mut self, item: usize, (shares, votes): (Shares, Votes)) {
        let JointOutcome::Parts(parts) = &mut self.outcomes[item] else { return };
        if shares.is_zero() && votes.is_zero() {
            return;
        }
        let parts = Arc::make_mut(parts);
        let (mut shares, mut votes) = (shares, votes);
        for part in parts.iter_mut().filter(|part| part.is_only_there) {
            let (fewer_shares, fewer_votes) = (shares.min(part.shares), votes.min(part.votes));
            (part.shares, part.votes) = (part.shares - fewer_shares, part.votes - fewer_votes);
            (shares, votes) = (shares - fewer_shares, votes - fewer_votes);
        }
        parts.retain(|part| !part.shares.is_zero());
    }

    /// FOL-2: what is only there votes as others do: papers leave it.
    pub(super) fn leave_what_is_only_there(&mut self) {
        for outcome in &mut self.outcomes {
            if let JointOutcome::Parts(parts) = outcome {
                Arc::make_mut(parts).retain(|part| !part.is_only_there);
            }
        }
        let items = 0..self.outcomes.len();
        (self.shares, self.votes) = items.map(|item| self.present_on(item)).max().unwrap_or_default();
    }

    /// The shares and votes present on an item.
    #[must_use]
    pub fn present_on(&self, item: usize) -> (Shares, Votes) {
        match &self.outcomes[item] {
            JointOutcome::Parts(parts) => sum(parts.iter()),
            JointOutcome::Binds(_)
            | JointOutcome::Split(..)
            | JointOutcome::NotVoted
            | JointOutcome::Conflict => (self.shares, self.votes),
        }
    }
}

fn sum<'p>(parts: impl Iterator<Item = &'p ItemPart>) -> (Shares, Votes) {
    parts
        .fold((Shares::ZERO, Votes::ZERO), |(shares, votes), part| (shares + part.shares, votes + part.votes))
}

/// Each signer's newest card stands; per item, they bind, divide or are held.
pub(super) fn by_statute(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
    silenced: &[CardId],
) -> (Vec<Allotment>, Option<JointPosition>) {
    let mut allotments = Vec::with_capacity(cards.len());
    let mut acting = Vec::new();
    let mut present_by = Vec::new();
    for of_signer in by_signer(determiner, cards) {
        newest_of_signer(determiner, position, &of_signer, &mut allotments, &mut acting, &mut present_by);
    }
    if present_by.is_empty() {
        return (allotments, None);
    }
    // A card that is held in another class votes in none.
    acting.retain(|id| !silenced.contains(id));
    acting.sort_by_key(|id| determiner.number(*id));
    let outcomes: Vec<JointOutcome> = (0..determiner.meeting.items.len())
        .map(|item| outcome(determiner, position, (&acting, present_by.len()), item))
        .collect();
    for allotment in &mut allotments {
        let is_counted = allotment.determination.disposition == Disposition::Counted;
        let in_conflict = outcomes.iter().enumerate().any(|(item, outcome)| {
            *outcome == JointOutcome::Conflict && read(determiner, allotment.id, item).is_act()
        });
        if is_counted && in_conflict {
            let other = acting.iter().find(|id| **id != allotment.id).copied().map(Cause::Card);
            allotment.determination = Determination::new(Disposition::Held, Reason::JointConflict, other);
        }
    }
    let votes = determiner.electorate.votes(position);
    let shares = determiner.electorate.get(position).shares;
    (allotments, Some(JointPosition { position, votes, shares, cards: acting, present_by, outcomes }))
}

/// The cards of each signer, in their order. Where the register names no holders, anybody may have signed.
fn by_signer<'s>(determiner: &Determiner<'_>, cards: &[&'s StandingCard]) -> Vec<Vec<&'s StandingCard>> {
    let mut by_signer: Vec<Vec<&StandingCard>> = Vec::new();
    let mut places: HashMap<Option<u32>, usize> = HashMap::new();
    for card in cards {
        let place = *places.entry(determiner.signer(card.id)).or_insert(by_signer.len());
        if place == by_signer.len() {
            by_signer.push(Vec::new());
        }
        by_signer[place].push(card);
    }
    by_signer
}

/// The newest of one signer's cards, sorted newest first, stands for all the shares; the others are
/// superseded.
fn newest_of_signer(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
    allotments: &mut Vec<Allotment>,
    acting: &mut Vec<CardId>,
    present_by: &mut Vec<CardId>,
) {
    let shares = determiner.electorate.get(position).shares;
    let newest_key = cards[0].key;
    let (tied, older): (Vec<&StandingCard>, Vec<&StandingCard>) =
        cards.iter().partition(|card| card.key == newest_key);
    let parties = representatives(determiner, &tied);
    for card in &tied {
        let is_party = parties.contains(&card.id);
        let determination = match (parties.len(), card.hold) {
            (1, Some(reason)) if is_party => Determination::new(Disposition::Held, reason, None),
            (1, _) if is_party => Determination::COUNTED,
            _ => conflict(determiner, card, &parties),
        };
        let is_not_voted = parties.len() > 1 || card.hold.is_some();
        if is_party {
            present_by.push(card.id);
            if !is_not_voted {
                acting.push(card.id);
            }
        }
        let shares = if is_party { shares } else { Shares::ZERO };
        allotments.push(Allotment {
            id: card.id,
            determination,
            shares,
            is_not_voted,
            in_dispute: parties.len() > 1,
        });
    }
    let newest = tied.iter().find(|card| card.id == parties[0]).map_or(cards[0], |card| card);
    for card in older {
        let determination = determiner.superseded_by(card, Taker::of(newest));
        allotments.push(Allotment {
            id: card.id,
            determination,
            shares: Shares::ZERO,
            is_not_voted: true,
            in_dispute: false,
        });
    }
}

fn read(determiner: &Determiner<'_>, id: CardId, item: usize) -> ItemReading {
    let cards = &determiner.loaded.cards;
    let reader = MarkReader::new(determiner.meeting, &cards.layout, &cards.markings)
        .without_ballots(determiner.silent_forms);
    if determiner.rulings.out_of_items.get(&id).is_some_and(|items| items.contains(&item)) {
        return reader.not_voted(item);
    }
    let card = &determiner.card(id);
    let is_nominee = determiner.electorate.is_nominee(card.account);
    reader.read(card.marking, MarkSetting { form: card.form, is_nominee }, item)
}

/// JNT-1: one who acts binds all; a majority of those who acted the same way binds all, in interest
/// where the register gives every one's; an even split between two ways divides the shares.
fn outcome(
    determiner: &Determiner<'_>,
    position: PositionId,
    (cards, sent): (&[CardId], usize),
    item: usize,
) -> JointOutcome {
    if !determiner.electorate.votes_on(determiner.meeting, position, item) {
        return JointOutcome::NotVoted;
    }
    if determiner.rules.joint_holders == JointHolders::Unanimous {
        return unanimous(determiner, position, (cards, sent), item);
    }
    let readings: Vec<(CardId, ItemReading)> =
        cards.iter().map(|id| (*id, read(determiner, *id, item))).collect();
    let acted: Vec<&(CardId, ItemReading)> =
        readings.iter().filter(|(_, reading)| reading.is_act()).collect();
    if acted.is_empty() {
        // Nobody acted: a broker non-vote or a void mark on which all agree is reported as such.
        return match readings.as_slice() {
            [(first, reading), others @ ..] if others.iter().all(|(_, other)| other == reading) => {
                JointOutcome::Binds(*first)
            }
            _ => JointOutcome::NotVoted,
        };
    }
    let weights = weights(determiner, position, &acted);
    let mut ways: Vec<(CardId, &ItemReading, u128)> = Vec::new();
    for ((id, reading), weight) in acted.iter().map(|pair| (pair.0, &pair.1)).zip(weights) {
        match ways.iter_mut().find(|(_, way, _)| way.is_same_way(reading)) {
            Some(way) => way.2 += weight,
            None => ways.push((id, reading, weight)),
        }
    }
    let total: u128 = ways.iter().map(|way| way.2).sum();
    if let Some(majority) = ways.iter().find(|way| way.2 * 2 > total) {
        return JointOutcome::Binds(majority.0);
    }
    match ways.as_slice() {
        [one, other] => JointOutcome::Split(one.0, other.0),
        // JNT-2: the statute provides for a majority and an even split only.
        _ => JointOutcome::Conflict,
    }
}

/// JNT-6: all whom the register names must act the same way; a card without a signer is signed by all. Where
/// it names nobody, all who sent cards must agree.
fn unanimous(
    determiner: &Determiner<'_>,
    position: PositionId,
    (cards, sent): (&[CardId], usize),
    item: usize,
) -> JointOutcome {
    let readings: Vec<ItemReading> = cards.iter().map(|id| read(determiner, *id, item)).collect();
    let Some((first, others)) = readings.split_first() else { return JointOutcome::NotVoted };
    let do_agree = first.is_act() && others.iter().all(|other| other.is_act() && other.is_same_way(first));
    if !first.is_act() && others.iter().all(|other| other == first) {
        return JointOutcome::Binds(cards[0]);
    }
    let signers: Vec<Option<u32>> = cards.iter().map(|id| determiner.signer(*id)).collect();
    let holders = determiner.electorate.co_holders.get(&position).map_or(&[][..], Vec::as_slice);
    let is_there = |name: &str| {
        signers.iter().flatten().any(|signer| determiner.loaded.cards.signer_name(*signer) == name)
    };
    let is_complete = match holders {
        // Who sent a card that is held has not agreed.
        [] => cards.len() == sent,
        _ => signers.contains(&None) || holders.iter().all(|holder| is_there(&holder.name)),
    };
    if do_agree && is_complete { JointOutcome::Binds(cards[0]) } else { JointOutcome::NotVoted }
}

/// Heads, or interests where the register gives every holder's and every card names its signer.
fn weights(determiner: &Determiner<'_>, position: PositionId, acted: &[&(CardId, ItemReading)]) -> Vec<u128> {
    let holders = determiner.electorate.co_holders.get(&position).map_or(&[][..], Vec::as_slice);
    let interest_of = |id: CardId| -> Option<u128> {
        let signer = determiner.signer(id)?;
        let name = determiner.loaded.cards.signer_name(signer);
        let holder = holders.iter().find(|holder| holder.name == name)?;
        holder.interest.map(Shares::units)
    };
    let is_given = !holders.is_empty() && holders.iter().all(|holder| holder.interest.is_some());
    let interests: Option<Vec<u128>> = acted.iter().map(|pair| interest_of(pair.0)).collect();
    match interests {
        // An interest of nothing decides nothing: heads count where all who acted have none.
        Some(interests) if is_given && interests.iter().any(|interest| *interest > 0) => interests,
        _ => vec![1; acted.len()],
    }
}

/// JNT-4: the first of the register's holders with a card left acts for all; a card that names no signer
/// comes after those that do.
pub(super) fn by_first_named(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
) -> Vec<Allotment> {
    let holders = determiner.electorate.co_holders.get(&position).map_or(&[][..], Vec::as_slice);
    let rank = |card: &StandingCard| -> usize {
        let Some(signer) = determiner.signer(card.id) else { return usize::MAX };
        let name = determiner.loaded.cards.signer_name(signer);
        holders.iter().position(|holder| holder.name == name).unwrap_or(usize::MAX)
    };
    // VOT-1, RUL-2: what was voted, and what else goes before the rest, takes first.
    let (leading, cards) = cards.split_at(cards.partition_point(|card| card.key.is_leading()));
    let mut allotments = Vec::with_capacity(leading.len() + cards.len());
    let (room, taker) = leading_first(determiner, position, leading, &mut allotments);
    let Some(first) = leading.iter().chain(cards).map(|card| rank(card)).min() else { return allotments };
    let (of_first, others): (Vec<&StandingCard>, Vec<&StandingCard>) =
        cards.iter().copied().partition(|card| rank(card) == first);
    let of_leading_and_first: Vec<&StandingCard> =
        leading.iter().copied().chain(of_first.iter().copied()).collect();
    allotments.clear();
    newest_first(determiner, position, &of_leading_and_first, &mut allotments);
    let stands = |allotment: &&Allotment| allotment.determination.disposition != Disposition::Superseded;
    let newest = allotments.iter().find(stands).or(allotments.first()).map(|allotment| allotment.id);
    for card in others {
        let determination = match taker.filter(|_| room.is_zero()) {
            Some(taker) if determiner.taken_by(card, taker).is_of_leading() => {
                determiner.superseded_by(card, taker)
            }
            Some(_) | None => {
                Determination::new(Disposition::Superseded, Reason::FirstNamed, newest.map(Cause::Card))
            }
        };
        allotments.push(Allotment {
            id: card.id,
            determination,
            shares: Shares::ZERO,
            is_not_voted: true,
            in_dispute: false,
        });
    }
    allotments
}
