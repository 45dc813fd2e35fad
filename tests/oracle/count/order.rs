//! Determine, continued: which of several cards takes the shares.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::amounts::{Amount, smaller, zero};
use crate::count::blocks::settle_nominee;
use crate::count::positions::{Ledger, Position};
use crate::count::standing::Standing;
use crate::files::{Card, Folder};

/// What one card got of one position.
pub struct Take {
    /// The card's place in the folder's cards.
    pub card: usize,
    pub account: String,
    pub class: String,
    /// The shares that it covers: they are present, and voted where the card votes.
    pub got: Amount,
    pub end: End,
}

/// Why it got so much. A reason goes with the card that caused it.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    Whole,
    Short(&'static str, Option<usize>),
    Nothing(&'static str, Option<usize>),
    /// A block that `overvote` rejects.
    Rejected,
    /// A block that `overvote` holds, or two cards that the order cannot separate.
    Held(&'static str, Option<usize>),
    /// Two cards that the order cannot separate, present only.
    QuorumOnly(usize),
}

/// Everything that the settling of one position looks at.
pub struct Desk<'a> {
    pub folder: &'a Folder,
    pub standings: &'a [Standing],
    pub position: &'a Position,
}

/// "For each account and class (for joint holders: each signer)".
pub fn settle_all(folder: &Folder, ledger: &Ledger, standings: &[Standing]) -> Vec<Take> {
    let mut takes = Vec::new();
    for account in &ledger.accounts {
        for position in ledger.positions_of(&account.id, folder) {
            if position.votable() > zero() {
                let desk = Desk { folder, standings, position };
                takes.extend(settle_position(&desk));
            }
        }
    }
    takes
}

fn settle_position(desk: &Desk) -> Vec<Take> {
    let cards = desk.cards();
    if desk.position.nominee {
        return settle_nominee(desk, &cards);
    }
    match (desk.position.joint, desk.folder.meeting.rules.joint_holders.as_str()) {
        (true, "statute") => signers(desk, &cards)
            .iter()
            .flat_map(|signer| settle_stack(desk, &desk.of_signer(&cards, signer)))
            .collect(),
        (true, "first_named") => settle_first_named(desk, &cards),
        _ => settle_stack(desk, &cards),
    }
}

/// "a card without `signer` counts as one more holder"
fn signers(desk: &Desk, cards: &[usize]) -> Vec<String> {
    let mut names: Vec<String> = cards.iter().map(|&card| desk.card(card).signer.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// "`first_named`: the first of `holders` with a card left; the others' are superseded." A card that names no signer,
/// or one that the register does not know, comes after the named ones.
fn settle_first_named(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    let has_card = |name: &&String| cards.iter().any(|&card| desk.card(card).signer == **name);
    let Some(first) = desk.position.holders.iter().map(|(name, _)| name).find(has_card) else {
        return settle_stack(desk, cards);
    };
    let mut takes = settle_stack(desk, &desk.of_signer(cards, first));
    let newest = takes.first().map(|take| take.card);
    for &card in cards.iter().filter(|&&card| desk.card(card).signer != *first) {
        takes.push(desk.take(card, zero(), End::Nothing("first_named", newest)));
    }
    takes
}

/// "Cards take shares from the position from the newest to the oldest: a card without `shares` takes all that is left,
/// one with `shares` takes up to that many."
fn settle_stack(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    let mut takes: Vec<Take> = Vec::new();
    let mut left = desk.position.votable();
    for group in desk.newest_first(cards) {
        let claim_the_same = |cards: &[usize]| left > zero() && desk.ask_together(cards) > left;
        let (kept, duplicates) =
            if claim_the_same(&group) { drop_duplicates(desk, &group) } else { (group, Vec::new()) };
        if kept.len() > 1 && claim_the_same(&kept) {
            takes.extend(conflict(desk, &kept, &left));
            left = zero();
        } else {
            for &card in &kept {
                let take = take_what_is_left(desk, card, &left, newest_taker(&takes));
                left -= &take.got;
                takes.push(take);
            }
        }
        takes.extend(duplicates);
    }
    takes
}

/// "the newest card that took its shares": of cards that the order cannot separate, the smallest number.
fn newest_taker(takes: &[Take]) -> Option<usize> {
    let took = |take: &&Take| take.got > zero() || matches!(take.end, End::Held(..) | End::QuorumOnly(_));
    takes.iter().find(took).map(|take| take.card)
}

/// "A card that gets nothing is `superseded` …; one that gets some is `counted_in_part`. The newest card that took its
/// shares is the cause." "A single card over the position is cut to it, `counted_in_part` / `over_position`."
pub fn take_what_is_left(desk: &Desk, card: usize, left: &Amount, newest: Option<usize>) -> Take {
    let got = smaller(left, &desk.ask(card));
    let end = match newest {
        _ if got == desk.ask(card) => End::Whole,
        Some(cause) if got == zero() => End::Nothing(desk.supersession(card, cause), Some(cause)),
        Some(cause) => End::Short(desk.later(cause), Some(cause)),
        None => End::Short("over_position", None),
    };
    desk.take(card, got, end)
}

/// "9. Two cards that the order cannot separate and that claim the same shares: same marks → the smaller card number
/// counts, the other is `duplicate`"; a card that is not held counts before one that is.
pub fn drop_duplicates(desk: &Desk, group: &[usize]) -> (Vec<usize>, Vec<Take>) {
    let mut best_first = group.to_vec();
    best_first.sort_by_key(|&card| (desk.standings[card].hold.is_some(), desk.card(card).number.clone()));
    let mut kept: Vec<usize> = Vec::new();
    let mut duplicates = Vec::new();
    for card in best_first {
        match kept.iter().find(|&&first| desk.same_marks(first, card)) {
            Some(&first) => duplicates.push(desk.take(card, zero(), End::Nothing("duplicate", Some(first)))),
            None => kept.push(card),
        }
    }
    kept.sort_by_key(|&card| desk.card(card).number.clone());
    (kept, duplicates)
}

/// "different marks → `same_date_conflict`: neither votes, the shares are present; `hold` holds both, `quorum_only`
/// makes both `counted_in_part`." One take carries the shares of all: that of a card held anyway, else the first.
pub fn conflict(desk: &Desk, cards: &[usize], present: &Amount) -> Vec<Take> {
    let mut takes = Vec::new();
    let carrier = cards.iter().find(|&&card| desk.standings[card].hold.is_some()).unwrap_or(&cards[0]);
    for &card in cards {
        let other = *cards.iter().find(|&&other| other != card).expect("a conflict has two sides");
        let end = match desk.folder.meeting.rules.same_date_conflict.as_str() {
            "hold" => End::Held("same_date_conflict", Some(other)),
            _ => End::QuorumOnly(other),
        };
        let got = if card == *carrier { present.clone() } else { zero() };
        takes.push(desk.take(card, got, end));
    }
    takes
}

/// Larger is newer.
type Key = (bool, bool, Option<Date>, Timestamp, bool);

impl Desk<'_> {
    pub fn card(&self, card: usize) -> &Card {
        &self.folder.cards[card]
    }

    /// The cards that claim this position: not rejected, not revoked. "A card that is itself rejected supersedes
    /// nothing."
    fn cards(&self) -> Vec<usize> {
        let claims = |&at: &usize| {
            let card = self.card(at);
            let covers = card.class.as_deref().is_none_or(|only| only == self.position.class);
            card.account == self.position.account && covers && self.standings[at].out.is_none()
        };
        (0..self.folder.cards.len()).filter(claims).collect()
    }

    fn of_signer(&self, cards: &[usize], signer: &str) -> Vec<usize> {
        cards.iter().copied().filter(|&card| self.card(card).signer == signer).collect()
    }

    /// "a ballot goes before every proxy; among proxies the order key is `dated` then `received` (or `received` alone,
    /// by `order`). An undated proxy that yields is older than every dated one; undated ones go by `received`." "A card
    /// ruled `count` is the newer of the two."
    fn key(&self, at: usize) -> Key {
        let card = self.card(at);
        let standing = &self.standings[at];
        let received = card.received.instant;
        if card.ballot {
            return (true, true, None, received, standing.ruled_count);
        }
        let rules = &self.folder.meeting.rules;
        let yields = standing.dated.is_none() && rules.undated == "yields_to_dated";
        let by_date = rules.order == "form_date" && !yields;
        let dated = by_date.then(|| standing.dated.unwrap_or(card.received.date));
        (false, !yields, dated, received, standing.ruled_count)
    }

    /// Newest first; cards that the order cannot separate stand in one group, by their numbers: "Card numbers are
    /// compared as text."
    pub fn newest_first(&self, cards: &[usize]) -> Vec<Vec<usize>> {
        let mut sorted = cards.to_vec();
        sorted.sort_by(|&a, &b| {
            self.key(b).cmp(&self.key(a)).then(self.card(a).number.cmp(&self.card(b).number))
        });
        sorted.chunk_by(|&a, &b| self.key(a) == self.key(b)).map(<[usize]>::to_vec).collect()
    }

    /// The shares that a card asks for.
    pub fn ask(&self, card: usize) -> Amount {
        self.card(card).shares.clone().unwrap_or(self.position.votable())
    }

    pub fn ask_together(&self, cards: &[usize]) -> Amount {
        cards.iter().fold(zero(), |total, &card| total + self.ask(card))
    }

    /// "of the same kind and form and has the same marks on every item and nominee"
    pub fn same_marks(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.card(a), self.card(b));
        a.ballot == b.ballot && a.form == b.form && a.marks == b.marks
    }

    /// "`superseded` (`later_proxy`; `ballot` where a ballot took it; `duplicate` where the newest card that took its
    /// shares is of the same kind and form and has the same marks on every item and nominee)"
    pub fn supersession(&self, card: usize, cause: usize) -> &'static str {
        if self.same_marks(card, cause) { "duplicate" } else { self.later(cause) }
    }

    pub fn later(&self, cause: usize) -> &'static str {
        if self.card(cause).ballot { "ballot" } else { "later_proxy" }
    }

    pub fn take(&self, card: usize, got: Amount, end: End) -> Take {
        let (account, class) = (self.position.account.clone(), self.position.class.clone());
        Take { card, account, class, got, end }
    }
}
