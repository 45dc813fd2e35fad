//! Which of two papers goes first (ORD-1 to ORD-4, VOT-1, VAL-11).

use std::cmp::Ordering;

use jiff::civil::Date;

use super::{Determiner, StandingCard};
use crate::amount::Shares;
use crate::load::{Card, CardId};
use crate::meeting::{Order, Undated};
use crate::time::Moment;

/// In which order papers take from a position, the last first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// A proxy.
    Proxy,
    /// Cast in person.
    Ballot,
    /// A proxy that is irrevocable.
    Irrevocable,
    /// What the proxy holders voted on their ballot before other papers came.
    Voted,
    /// Made to stand before all others: by the inspector, or to see what would change.
    First,
}

/// Where a card stands in the order of its account: the greater goes first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrderKey {
    pub(super) tier: Tier,
    /// Its tier before it was voted.
    pub(super) before_vote: Tier,
    pub(super) age: Age,
    /// Whether its form was voted with it; this decides no order.
    pub(super) is_voted: bool,
}

/// What makes one paper newer than another of the same tier: the greater, the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Age {
    is_ballot: bool,
    /// False for an undated proxy that yields to dated ones.
    has_rank: bool,
    date: Date,
    /// Nanoseconds, all by which moments are ordered.
    received: i64,
    /// The inspector's ruling decides between two that nothing else separates.
    is_ruled_count: bool,
}

impl PartialEq for OrderKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for OrderKey {}

impl PartialOrd for OrderKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OrderKey {
    fn cmp(&self, other: &Self) -> Ordering {
        // VAL-11: of two irrevocable proxies the older one stands.
        let by_age = || match self.before_vote {
            Tier::Irrevocable => other.age.cmp(&self.age),
            Tier::Proxy | Tier::Ballot | Tier::Voted | Tier::First => self.age.cmp(&other.age),
        };
        let by_tier = self.tier.cmp(&other.tier).then_with(|| self.before_vote.cmp(&other.before_vote));
        by_tier.then_with(by_age)
    }
}

impl OrderKey {
    /// What blocks are ordered by: ballots, then as they were received.
    pub(super) fn by_receipt(&self) -> (bool, i64) {
        (!self.age.is_ballot, self.age.received)
    }

    /// Whether the paper goes before every ballot and proxy that nothing distinguishes.
    pub(super) fn is_leading(&self) -> bool {
        self.tier > Tier::Ballot
    }
}

/// The paper that took shares, for those that find them taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taker {
    pub(super) id: CardId,
    pub(super) key: OrderKey,
}

impl Taker {
    pub(super) fn of(card: &StandingCard) -> Self {
        Self { id: card.id, key: card.key }
    }
}

impl Determiner<'_> {
    /// ORD-1, ORD-2, ORD-3, ORD-4: a ballot before every proxy; proxies by the date on the form, then by receipt
    /// (Cal. Corp. Code § 705(b)), or by receipt alone; undated ones as the meeting's rule says.
    pub(super) fn order_key(&self, card: &Card, is_ruled_count: bool) -> OrderKey {
        let is_ballot = card.is_ballot();
        let yields = self.rules.undated == Undated::YieldsToDated;
        let has_rank = is_ballot || card.dated.is_some() || !yields;
        let by_date = !is_ballot && has_rank && self.rules.order == Order::FormDate;
        let date = if by_date { super::effective_date(card).unwrap_or(card.received.day) } else { Date::MIN };
        let received = card.received.nanoseconds();
        let tier = match (is_ballot, self.is_irrevocable(card)) {
            (true, _) => Tier::Ballot,
            (false, true) => Tier::Irrevocable,
            (false, false) => Tier::Proxy,
        };
        OrderKey {
            tier,
            before_vote: tier,
            age: Age { is_ballot, has_rank, date, received, is_ruled_count },
            is_voted: false,
        }
    }

    /// Newest first; cards that the order cannot separate by number, compared as text.
    pub(super) fn sort_newest_first(&self, cards: &mut [StandingCard]) {
        cards.sort_by(|a, b| b.key.cmp(&a.key).then_with(|| self.loaded.cards.order(a.id, b.id)));
    }

    /// What a card asks for of a position of so many shares.
    pub(super) fn claim(&self, card: &StandingCard, whole: Shares) -> Shares {
        card.claim.or_else(|| self.limit(card.id)).unwrap_or(whole)
    }

    /// Whether a proxy says that it is irrevocable; what a ballot says of it is ignored.
    pub(super) fn is_irrevocable(&self, card: &Card) -> bool {
        !card.is_ballot() && self.loaded.cards.extra(card).is_some_and(|extra| extra.is_irrevocable)
    }

    /// When the proxy holders voted the cards of a card's form; nothing for a ballot, and where the rule or
    /// the facts know no such time.
    pub(super) fn voted_at(&self, id: CardId) -> Option<Moment> {
        self.votes_cast.at(self.card(id).form?)
    }
}
