//! SCP-1, SCP-2: papers that speak of some items only, and items whose polls closed at times of their own
//! (8 Del. C. § 231(c): "the date and time of the opening and the closing of the polls for each matter").
//!
//! An account with such papers is determined once for each set of items of which the same papers speak, by the same
//! path as every other account. What comes out is put together as one position that is voted item by item.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::joint::{ItemPart, JointOutcome, JointPosition};
use super::validity::Examined;
use super::{
    Allotment, Determination, Determinations, Determiner, Disposition, Found, InPerson, Reason, Scratch,
    StandingCard, of_cards, voted_shares,
};
use crate::amount::{Shares, Votes};
use crate::ascertain::{Holding, Position, PositionId};
use crate::load::{AccountId, Card, CardId, Manner};
use crate::meeting::Meeting;
use crate::time::Moment;

/// When the polls closed on each item, or were taken to close.
#[derive(Debug, Clone, Default)]
pub(super) struct Closes {
    of_item: Vec<Option<Moment>>,
    /// The latest; nothing while any polls are open.
    pub(super) last: Option<Moment>,
    /// The earliest, where they differ.
    first_of_several: Option<Moment>,
    /// When proxies were received last, where that is not with the polls.
    proxies: Option<Moment>,
}

impl Closes {
    pub(super) fn of(meeting: &Meeting, as_of: Option<Moment>) -> Self {
        let of_item: Vec<Option<Moment>> = meeting
            .items
            .iter()
            .map(|item| match (as_of, item.polls_close) {
                // As though all polls closed then, but for those that had closed before.
                (Some(as_of), Some(close)) => Some(as_of.min(close)),
                (Some(as_of), None) => Some(as_of),
                (None, _) => item.close(meeting),
            })
            .collect();
        let all: Option<Vec<Moment>> = of_item.iter().copied().collect();
        let last = all.and_then(|all| all.into_iter().max()).or_else(|| as_of.or(meeting.polls_close));
        let first = of_item.iter().flatten().min().copied();
        let differ = of_item.windows(2).any(|pair| pair[0] != pair[1]);
        Self { last, first_of_several: first.filter(|_| differ), proxies: meeting.proxies_close, of_item }
    }

    /// When the polls closed on an item.
    pub(super) fn on(&self, item: usize) -> Option<Moment> {
        self.of_item.get(item).copied().flatten()
    }

    /// Whether the polls on some items closed before those on others.
    fn differ_for(&self, received: &Moment) -> bool {
        self.first_of_several.is_some_and(|first| received.is_after_close(&first))
    }
}

/// Which papers of an account speak of a set of items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Speaking {
    /// Those that speak of them.
    cards: Vec<CardId>,
    /// Those that came in time and speak of others: on these they make present.
    present_by: Vec<CardId>,
    /// The revocations that came before the polls closed, by place.
    rows: Vec<u32>,
    close: Option<Moment>,
}

/// Items of which the same papers speak.
struct ItemSet {
    speaking: Speaking,
    items: Vec<usize>,
}

impl Determiner<'_> {
    /// VAL-5, VAL-14: when a card is late: after the last polls of which it speaks, a proxy also after `proxies_close`.
    pub(super) fn close_for(&self, card: &Card) -> Option<Moment> {
        let scope = self.loaded.cards.scope(card);
        let close = if scope.is_empty() {
            self.closes.last
        } else {
            let closes: Option<Vec<Moment>> =
                scope.iter().map(|item| self.closes.on(usize::from(*item))).collect();
            closes.and_then(|closes| closes.into_iter().max())
        };
        let of_proxies = self.closes.proxies.filter(|_| !card.is_ballot());
        match (close, of_proxies) {
            (Some(close), Some(proxies)) => Some(close.min(proxies)),
            (close, proxies) => close.or(proxies),
        }
    }

    /// Whether papers of an account speak of different items.
    pub(super) fn speak_apart(&self, account: AccountId, ids: &[CardId]) -> bool {
        let has_scopes =
            self.has_scopes && ids.iter().any(|id| !self.loaded.cards.scope(&self.card(*id)).is_empty());
        if has_scopes || self.closes.first_of_several.is_none() {
            return has_scopes;
        }
        let rows = self.revocations.get(&account).map_or(&[][..], Vec::as_slice);
        ids.iter().any(|id| self.closes.differ_for(&self.card(*id).received))
            || rows.iter().any(|row| self.closes.differ_for(&self.loaded.revocations[*row as usize].received))
    }

    /// Determines the cards of an account item by item.
    pub(super) fn account_by_items(
        &self,
        account: AccountId,
        ids: &[CardId],
        scratch: &mut Scratch,
        determinations: &Determinations,
        found: &mut Found,
    ) {
        let sets = self.item_sets(account, ids);
        // What holds a card on one item takes its vote from it on the others, as with classes.
        let mut held: BTreeMap<CardId, Reason> = BTreeMap::new();
        let mut by_set: Vec<(Vec<Allotment>, Found)>;
        loop {
            by_set = sets.iter().map(|set| self.of_set(account, set, &held, scratch)).collect();
            let before = held.len();
            for one in by_set.iter().flat_map(|(allotments, _)| allotments) {
                let determination = one.determination;
                if determination.disposition == Disposition::Held
                    && determination.reason != Reason::JointConflict
                {
                    held.entry(one.id).or_insert(determination.reason);
                }
            }
            if held.len() == before {
                break;
            }
        }
        let mut all: Vec<Allotment> = by_set.iter().flat_map(|(allotments, _)| allotments.clone()).collect();
        let mut merged = Vec::new();
        self.merge_all(&mut all, &mut merged);
        for id in ids.iter().filter(|id| merged.binary_search_by_key(*id, |(one, _)| *one).is_err()) {
            let determination = self.outside(*id);
            self.conclude(*id, determination, determinations, found);
        }
        let most = most_voted(&mut by_set);
        for ((id, determination), allotments) in merged.iter().zip(of_cards(&all)) {
            self.conclude(*id, *determination, determinations, found);
            if self.is_other_than_claimed(*id, *determination, allotments) {
                found.in_part.push((*id, most.get(id).copied().unwrap_or_default()));
            }
        }
        self.put_together(account, &sets, by_set, found);
    }

    /// A card that speaks of no item of which the polls were open when it came, or that falls by itself.
    fn outside(&self, id: CardId) -> Determination {
        match self.examine(id, &[]) {
            Examined::Falls(determination) => determination,
            Examined::Stands(_) => Determination::new(Disposition::Rejected, Reason::Late, None),
        }
    }

    /// The items, by the papers that speak of them.
    fn item_sets(&self, account: AccountId, ids: &[CardId]) -> Vec<ItemSet> {
        let rows = self.revocations.get(&account).map_or(&[][..], Vec::as_slice);
        let mut sets: BTreeMap<Speaking, Vec<usize>> = BTreeMap::new();
        for item in 0..self.meeting.items.len() {
            let close = self.closes.on(item);
            let place = u16::try_from(item).unwrap_or(u16::MAX);
            let is_open = |received: &Moment| !close.is_some_and(|close| received.is_after_close(&close));
            let mut speaking =
                Speaking { cards: Vec::new(), present_by: Vec::new(), rows: Vec::new(), close };
            for id in ids {
                let card = &self.card(*id);
                let scope = self.loaded.cards.scope(card);
                let came =
                    is_open(&card.received) || self.rulings.counts(*id, card) || self.reversed == Some(*id);
                match came {
                    true if scope.is_empty() || scope.contains(&place) => speaking.cards.push(*id),
                    true => speaking.present_by.push(*id),
                    false => {}
                }
            }
            let is_in_time = |row: &&u32| {
                is_open(&self.loaded.revocations[**row as usize].received) || self.is_waived(**row)
            };
            speaking.rows = rows.iter().filter(is_in_time).copied().collect();
            sets.entry(speaking).or_default().push(item);
        }
        sets.into_iter().map(|(speaking, items)| ItemSet { speaking, items }).collect()
    }

    /// Determines the cards that speak of some items.
    fn of_set(
        &self,
        account: AccountId,
        set: &ItemSet,
        held: &BTreeMap<CardId, Reason>,
        scratch: &mut Scratch,
    ) -> (Vec<Allotment>, Found) {
        let Speaking { cards, present_by, rows, close } = &set.speaking;
        let first = self.ruled_first(account, cards, *close, scratch);
        let mut fallen = Vec::new();
        scratch.standing.clear();
        for id in cards {
            match self.examine_as_of(*id, &first, *close) {
                Examined::Stands(card) => {
                    let hold = card.hold.or_else(|| held.get(id).copied());
                    scratch.standing.push(StandingCard { hold, ..card });
                }
                Examined::Falls(determination) => fallen.push(Allotment {
                    id: *id,
                    determination,
                    shares: Shares::ZERO,
                    is_not_voted: true,
                    in_dispute: false,
                }),
            }
        }
        let mut found = Found::default();
        let is_there = |row: &u32| self.loaded.revocations[*row as usize].manner == Manner::AtMeeting;
        let is_present = rows.iter().any(is_there);
        self.settle_present(account, (cards, &first), is_present, scratch, &mut found);
        self.present_by_others(account, present_by, &mut found);
        let mut allotments = std::mem::take(&mut scratch.allotments);
        allotments.extend(fallen);
        (allotments, found)
    }

    /// SCP-2: a card makes its shares present on every item whose polls were open when it came, though it speaks
    /// of others.
    fn present_by_others(&self, account: AccountId, ids: &[CardId], found: &mut Found) {
        if ids.is_empty() {
            return;
        }
        let mut left = self.left_of(account, found);
        for id in ids {
            let Examined::Stands(card) = self.examine(*id, &[]) else { continue };
            let class = self.class(*id);
            for (position, left) in &mut left {
                let Position { class: of_position, shares: whole, .. } = *self.electorate.get(*position);
                if class.is_some_and(|wanted| wanted != usize::from(of_position)) {
                    continue;
                }
                // PRE-2: a ballot limited to some shares shows its holder present with all of them.
                let is_holders = self.electorate.get(*position).holding() != Holding::Nominee;
                let is_whole = is_holders && self.card(*id).is_ballot();
                let shares = if is_whole { *left } else { self.claim(&card, whole).min(*left) };
                if !shares.is_zero() {
                    self.take(*id, *position, (whole - *left, shares), true, found);
                    *left -= shares;
                }
            }
        }
    }

    /// What is not present yet of an account's positions.
    fn left_of(&self, account: AccountId, found: &Found) -> BTreeMap<PositionId, Shares> {
        let positions = self.electorate.ids_of(account).filter(|position| self.may_vote(*position));
        let mut left: BTreeMap<PositionId, Shares> =
            positions.map(|position| (position, self.electorate.get(position).shares)).collect();
        for cover in found.coverage.all(&self.electorate.positions).iter() {
            if let Some(left) = left.get_mut(&cover.position) {
                *left -= cover.shares;
            }
        }
        // Joint holders' cards, and a holder who is there, make all of it present.
        let joint = found.joint.iter().map(|joint| joint.position);
        for position in joint.chain(found.in_person.iter().map(|here| here.position)) {
            left.remove(&position);
        }
        left
    }

    /// One position that is voted item by item.
    fn put_together(
        &self,
        account: AccountId,
        sets: &[ItemSet],
        by_set: Vec<(Vec<Allotment>, Found)>,
        found: &mut Found,
    ) {
        let item_count = self.meeting.items.len();
        let mut overvotes: Vec<super::Overvoted> = Vec::new();
        for position in self.electorate.ids_of(account).filter(|position| self.may_vote(*position)) {
            let whole = self.electorate.get(position).shares;
            let mut outcomes = vec![JointOutcome::NotVoted; item_count];
            let mut headline = (Shares::ZERO, Votes::ZERO);
            let (mut cards, mut present_by) = (Vec::new(), Vec::new());
            for (set, (_, of_set)) in sets.iter().zip(&by_set) {
                let parts = Arc::new(self.parts_of(position, set, of_set));
                let joint = of_set.joint.iter().find(|joint| joint.position == position);
                let (shares, votes) = match joint {
                    Some(joint) => (whole, joint.votes),
                    None => parts.iter().fold((Shares::ZERO, Votes::ZERO), |(shares, votes), part| {
                        (shares + part.shares, votes + part.votes)
                    }),
                };
                for item in &set.items {
                    outcomes[*item] = match joint {
                        Some(joint) => joint.outcomes[*item].clone(),
                        None => JointOutcome::Parts(Arc::clone(&parts)),
                    };
                }
                if shares > headline.0 {
                    headline = (shares, votes);
                }
                cards.extend(joint.iter().flat_map(|joint| joint.cards.iter().copied()));
                cards.extend(parts.iter().filter_map(|part| part.card));
                present_by.extend(joint.iter().flat_map(|joint| joint.present_by.iter().copied()));
                let covers = of_set.coverage.all(&self.electorate.positions).iter();
                present_by.extend(covers.filter(|cover| cover.position == position).map(|cover| cover.card));
                overvotes.extend(of_set.overvotes.iter().filter(|over| over.position == position).cloned());
            }
            if headline.0.is_zero() {
                continue;
            }
            for list in [&mut cards, &mut present_by] {
                list.sort_unstable();
                list.dedup();
            }
            let (shares, votes) = headline;
            found.joint.push(JointPosition { position, votes, shares, cards, present_by, outcomes });
        }
        overvotes.sort_by_key(|over| (over.position, std::cmp::Reverse(over.asked)));
        overvotes.dedup_by_key(|over| over.position);
        found.overvotes.extend(overvotes);
    }

    /// Who votes how much of a position, and what is present and not voted.
    fn parts_of(&self, position: PositionId, set: &ItemSet, of_set: &Found) -> Vec<ItemPart> {
        let covers = of_set.coverage.all(&self.electorate.positions).iter();
        let covers = covers.filter(|cover| cover.position == position);
        // The cards of an account are in the order of the files.
        let others = |card: &CardId| set.speaking.present_by.binary_search(card).is_ok();
        let mut parts: Vec<ItemPart> = covers
            .map(|cover| ItemPart {
                is_only_there: others(&cover.card),
                card: (!cover.is_not_voted).then_some(cover.card),
                shares: cover.shares,
                votes: cover
                    .stated_votes
                    .unwrap_or_else(|| self.electorate.votes_of_part(position, Shares::ZERO, cover.shares)),
            })
            .collect();
        let here = of_set.in_person.iter().filter(|here| here.position == position);
        let of_here = |here: &InPerson| {
            let (card, is_only_there) = (None, true);
            ItemPart { card, shares: here.shares, votes: here.votes, is_only_there }
        };
        parts.extend(here.map(of_here));
        parts
    }
}

/// The most shares that each card votes on any item. The allotments of each set are put in the order of the cards.
fn most_voted(by_set: &mut [(Vec<Allotment>, Found)]) -> HashMap<CardId, Shares> {
    let mut most: HashMap<CardId, Shares> = HashMap::new();
    for (allotments, _) in by_set {
        allotments.sort_by_key(|one| one.id);
        for of_card in of_cards(allotments) {
            let voted = voted_shares(of_card.iter());
            most.entry(of_card[0].id).and_modify(|most| *most = voted.max(*most)).or_insert(voted);
        }
    }
    most
}
