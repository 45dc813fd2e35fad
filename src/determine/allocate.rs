//! ORD-5 to ORD-9: cards take shares from a position, the newest first.
//! A later card takes them even if it leaves items blank, and whatever the form's colour.

use super::order::{Taker, Tier};
use super::{Allotment, Cause, Determination, Determiner, Disposition, Reason, StandingCard};
use crate::amount::Shares;
use crate::ascertain::PositionId;
use crate::load::CardId;
use crate::meeting::SameDateConflict;

/// A position while cards take from it.
struct Taken<'s, 'a, 'g> {
    determiner: &'s Determiner<'a>,
    whole: Shares,
    left: Shares,
    /// Those that took shares, in their order.
    takers: Vec<Taker>,
    allotments: &'g mut Vec<Allotment>,
    /// Whether it is a nominee's, whose cards for some of the shares are blocks.
    is_nominees: bool,
}

/// Allocates a position to the cards on it, sorted newest first, and adds what each gets to `allotments`.
pub(super) fn newest_first(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
    allotments: &mut Vec<Allotment>,
) {
    let whole = determiner.electorate.get(position).shares;
    let mut taken =
        Taken { determiner, whole, left: whole, takers: Vec::new(), allotments, is_nominees: false };
    taken.take_all(cards);
}

/// What papers that go before all blocks take of a nominee's position, and the first of them that took
/// shares.
pub(super) fn leading_first(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
    allotments: &mut Vec<Allotment>,
) -> (Shares, Option<Taker>) {
    let whole = determiner.electorate.get(position).shares;
    let mut taken =
        Taken { determiner, whole, left: whole, takers: Vec::new(), allotments, is_nominees: true };
    taken.take_all(cards);
    (taken.left, taken.takers.first().copied())
}

impl Taken<'_, '_, '_> {
    fn take_all(&mut self, cards: &[&StandingCard]) {
        for group in cards.chunk_by(|a, b| a.key == b.key) {
            match group {
                [only] => self.take(only),
                // Each takes what it held when it was voted.
                voted if voted[0].key.tier == Tier::Voted => voted.iter().for_each(|card| self.take(card)),
                // NOM-1: a nominee's blocks that say the same add up; which of them is cut does not matter.
                blocks if self.are_like_blocks(blocks) => blocks.iter().for_each(|card| self.take(card)),
                tied => self.take_tied(tied),
            }
        }
    }

    fn are_like_blocks(&self, cards: &[&StandingCard]) -> bool {
        self.is_nominees
            && cards.iter().all(|card| self.determiner.limit(card.id).is_some())
            && representatives(self.determiner, cards).len() == 1
    }

    fn take(&mut self, card: &StandingCard) {
        let claim = self.determiner.claim(card, self.whole);
        let shares = claim.min(self.left);
        let determination = self.determination(card, shares, claim);
        if !shares.is_zero() {
            self.takers.push(Taker::of(card));
        }
        self.left -= shares;
        let is_not_voted = determination.disposition == Disposition::Held;
        self.allotments.push(Allotment {
            id: card.id,
            determination,
            shares,
            is_not_voted,
            in_dispute: false,
        });
    }

    fn determination(&self, card: &StandingCard, shares: Shares, claim: Shares) -> Determination {
        match (self.determiner.taker_for(card, &self.takers), card.hold) {
            (Some(taker), _) if shares.is_zero() => self.determiner.superseded_by(card, taker),
            (_, Some(reason)) => Determination::new(Disposition::Held, reason, None),
            _ if shares == claim => Determination::COUNTED,
            (Some(taker), None) => {
                let reason = self.determiner.taken_by(card, taker);
                Determination::new(Disposition::CountedInPart, reason, Some(Cause::Card(taker.id)))
            }
            // ORD-8: a single card over the position is cut to it.
            (None, None) => Determination::new(Disposition::CountedInPart, Reason::OverPosition, None),
        }
    }

    /// ORD-6, ORD-7: cards that the order cannot separate. Where all find room, or all say the same, no
    /// order is needed; else neither votes.
    fn take_tied(&mut self, tied: &[&StandingCard]) {
        let claim = |card: &StandingCard| self.determiner.claim(card, self.whole);
        let claimed: Option<Shares> =
            tied.iter().try_fold(Shares::ZERO, |sum, card| sum.checked_add(claim(card)));
        let has_room = claimed.is_some_and(|claimed| claimed <= self.left);
        if self.left.is_zero() || has_room {
            tied.iter().for_each(|card| self.take(card));
            return;
        }
        // What says the same is counted once and claims nothing more.
        let parties = representatives(self.determiner, tied);
        let wanted: Option<Shares> = tied
            .iter()
            .filter(|card| parties.contains(&card.id))
            .try_fold(Shares::ZERO, |sum, card| sum.checked_add(claim(card)));
        let fits = parties.len() == 1 || wanted.is_some_and(|wanted| wanted <= self.left);
        let in_dispute =
            if fits { Shares::ZERO } else { wanted.map_or(self.left, |wanted| wanted.min(self.left)) };
        // One card carries the disputed shares: one that is held anyway, so that they are seen with it.
        let is_held = |card: &&&StandingCard| card.hold.is_some() && parties.contains(&card.id);
        let carrier = tied.iter().find(is_held).map(|card| card.id).or(parties.first().copied());
        for card in tied {
            if fits && parties.contains(&card.id) {
                self.take(card);
                continue;
            }
            let determination = conflict(self.determiner, card, &parties);
            let shares = if carrier == Some(card.id) { in_dispute } else { Shares::ZERO };
            self.allotments.push(Allotment {
                id: card.id,
                determination,
                shares,
                is_not_voted: true,
                in_dispute: !fits,
            });
        }
        if !fits {
            let first = tied.iter().find(|card| parties.first() == Some(&card.id));
            self.takers.extend(first.map(|card| Taker::of(card)));
            self.left -= in_dispute;
        }
    }
}

/// Of cards that the order cannot separate, the one of each kind of marks that stands for the
/// others that say the same: one that is not held before one that is, then the smaller number.
pub(super) fn representatives(determiner: &Determiner<'_>, tied: &[&StandingCard]) -> Vec<CardId> {
    let mut found: Vec<&StandingCard> = Vec::new();
    for card in tied {
        match found.iter_mut().find(|known| determiner.says_the_same(known.id, card.id)) {
            Some(known) if known.hold.is_some() && card.hold.is_none() => *known = card,
            Some(_) => {}
            None => found.push(card),
        }
    }
    found.sort_by_key(|card| determiner.number(card.id));
    found.into_iter().map(|card| card.id).collect()
}

/// The determination of one of several cards that nothing separates and that say different things: neither
/// votes and the shares are present (*Williams v. Sterling Oil*, 273 A.2d 264 (Del. 1971)).
pub(super) fn conflict(
    determiner: &Determiner<'_>,
    card: &StandingCard,
    parties: &[CardId],
) -> Determination {
    if !parties.contains(&card.id) {
        let same = parties.iter().find(|party| determiner.says_the_same(**party, card.id));
        let cause = same.copied().map(Cause::Card);
        return Determination::new(Disposition::Superseded, Reason::Duplicate, cause);
    }
    if let Some(reason) = card.hold {
        return Determination::new(Disposition::Held, reason, None);
    }
    let other = parties.iter().find(|party| **party != card.id).copied().map(Cause::Card);
    let disposition = match determiner.rules.same_date_conflict {
        SameDateConflict::Hold => Disposition::Held,
        SameDateConflict::QuorumOnly => Disposition::CountedInPart,
    };
    Determination::new(disposition, Reason::SameDateConflict, other)
}
