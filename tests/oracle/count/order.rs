//! Determine, continued: which of several cards takes the shares.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::amounts::{Amount, smaller, sum, zero};
use crate::count::blocks::settle_nominee;
use crate::count::positions::{Ledger, Position};
use crate::count::standing::{Standing, examine_at, vote_of};
use crate::files::{Card, Folder};
use crate::times::{Moment, is_after};

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
    pub ledger: &'a Ledger,
    pub standings: &'a [Standing],
    pub position: &'a Position,
    /// The cards that claim this position.
    pub at_hand: Vec<usize>,
    /// "the shares that its cards then hold are theirs for good": cards, and how many.
    pub voted: Vec<(usize, Amount, End)>,
}

/// "For each account and class (for joint holders: each signer)".
pub fn settle_all(folder: &Folder, ledger: &Ledger, standings: &[Standing]) -> Vec<Take> {
    let mut takes = Vec::new();
    for account in &ledger.accounts {
        for position in ledger.positions_of(&account.id, folder) {
            if position.votable() > zero() {
                let mut desk =
                    Desk { folder, ledger, standings, position, at_hand: Vec::new(), voted: Vec::new() };
                vote(&mut desk);
                desk.at_hand = desk.cards();
                takes.extend(settle_position(&desk));
            }
        }
    }
    takes
}

/// "At each form's `ballot_cast` the shares that its cards then hold are theirs for good; later papers share the rest."
/// Cards that contradict each other hold none, nor does a block that `overvote` holds. "Order of taking: ruled to stand
/// first, voted": no vote holds anything against a card that stands first, whenever it came. One that is ruled in and keeps
/// its place has it behind the voted.
fn vote(desk: &mut Desk) {
    let folder = desk.folder;
    let mut casts: Vec<&Moment> =
        folder.meeting.forms.iter().filter_map(|form| vote_of(&form.id, folder)).collect();
    casts.sort_by_key(|cast| cast.instant);
    casts.dedup_by_key(|cast| cast.instant);
    if !casts.iter().any(|cast| makes_a_difference(desk, cast)) {
        return;
    }
    for cast in casts {
        let then: Vec<Standing> =
            folder.cards.iter().map(|card| examine_at(card, folder, desk.ledger, Some(cast))).collect();
        let mut earlier = Desk {
            folder,
            ledger: desk.ledger,
            standings: &then,
            position: desk.position,
            at_hand: Vec::new(),
            voted: desk.voted.clone(),
        };
        let in_time = |at: usize| !is_after(&folder.cards[at].received, cast);
        earlier.at_hand = earlier.cards().into_iter().filter(|&at| in_time(at) || then[at].first).collect();
        for take in settle_position(&earlier) {
            let of_form =
                vote_of(&folder.cards[take.card].form, folder).map(|vote| vote.instant) == Some(cast.instant);
            let holds = matches!(take.end, End::Whole | End::Short(..)) && take.got > zero();
            if of_form && holds && in_time(take.card) {
                desk.voted.retain(|(card, _, _)| *card != take.card);
                desk.voted.push((take.card, take.got, take.end));
            }
        }
    }
}

/// Where nothing came after a vote, it takes from nobody and changes neither who goes first nor why.
fn makes_a_difference(desk: &Desk, cast: &Moment) -> bool {
    let folder = desk.folder;
    let cards = desk.cards();
    let was_voted = |&at: &usize| {
        let of_form = vote_of(&folder.cards[at].form, folder).map(|vote| vote.instant) == Some(cast.instant);
        of_form && !is_after(&folder.cards[at].received, cast)
    };
    let came_after = |&at: &usize| is_after(&folder.cards[at].received, cast);
    let revoked_after = folder
        .revocations
        .iter()
        .any(|row| row.account == desk.position.account && is_after(&row.received, cast));
    cards.iter().any(was_voted) && (cards.iter().any(came_after) || revoked_after)
}

fn settle_position(desk: &Desk) -> Vec<Take> {
    let cards = desk.at_hand.clone();
    if desk.position.nominee {
        return settle_nominee(desk, &cards);
    }
    match (desk.position.joint, desk.folder.meeting.rules.joint_holders.as_str()) {
        (true, "statute" | "unanimous") => signers(desk, &cards)
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
        // Only cards that name no known holder are left beside those that go first.
        return settle_stack(desk, cards);
    };
    let is_of_first = |card: &usize| desk.card(*card).signer == *first || desk.leads(*card);
    let of_first: Vec<usize> = cards.iter().copied().filter(is_of_first).collect();
    let mut takes = settle_stack(desk, &of_first);
    let leading: Vec<usize> = cards.iter().copied().filter(|&card| desk.leads(card)).collect();
    let promised = settle_stack(desk, &leading);
    let all_promised = sum(promised.iter().map(|take| &take.got)) == desk.position.votable();
    let newest = takes.iter().find(|take| !matches!(take.end, End::Nothing(..))).map(|take| take.card);
    for &card in cards.iter().filter(|card| !is_of_first(card)) {
        let cause = promised.first().map(|take| take.card).filter(|_| all_promised);
        let late = |cause: &usize| matches!(desk.later(card, *cause), "after_vote" | "irrevocable_proxy");
        if let Some(cause) = cause.filter(late) {
            takes.push(desk.take(card, zero(), End::Nothing(desk.later(card, cause), Some(cause))));
            continue;
        }
        takes.push(desk.take(card, zero(), End::Nothing("first_named", newest)));
    }
    takes
}

/// "Cards take shares from the position from the newest to the oldest: a card without `shares` takes all that is left,
/// one with `shares` takes up to that many."
pub fn settle_stack(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    let (mut takes, mut left) = take_first(desk, cards);
    let rest: Vec<usize> = cards.iter().copied().filter(|&card| !desk.standings[card].first).collect();
    settle_groups(desk, &rest, &mut takes, &mut left);
    desk.join(takes)
}

/// "Order of taking: ruled to stand first, voted": what these take, and what they leave.
fn take_first(desk: &Desk, cards: &[usize]) -> (Vec<Take>, Amount) {
    let (first, others): (Vec<usize>, Vec<usize>) =
        cards.iter().copied().partition(|&card| desk.standings[card].first);
    let mut takes = promised(desk, &first);
    let mut left = desk.position.votable() - sum(takes.iter().map(|take| &take.got));
    settle_groups(desk, &first, &mut takes, &mut left);
    takes.extend(promised(desk, &others));
    let left = desk.position.votable() - sum(takes.iter().map(|take| &take.got));
    (takes, left)
}

fn settle_groups(desk: &Desk, cards: &[usize], takes: &mut Vec<Take>, left_over: &mut Amount) {
    let mut left = left_over.clone();
    for group in desk.newest_first(cards) {
        let group: Vec<usize> = group.into_iter().filter(|&card| !desk.is_settled(card)).collect();
        let claim_the_same = |cards: &[usize]| left > zero() && desk.ask_together(cards) > left;
        // "the cards with `shares` … add up", those of a nominee that say the same too.
        let like_blocks = desk.position.nominee
            && group.iter().all(|&card| desk.card(card).shares.is_some() && desk.same_marks(card, group[0]));
        let (kept, duplicates) = if claim_the_same(&group) && !like_blocks {
            drop_duplicates(desk, &group)
        } else {
            (group, Vec::new())
        };
        if kept.len() > 1 && claim_the_same(&kept) && !like_blocks {
            takes.extend(conflict(desk, &kept, &left));
            left = zero();
        } else {
            for &card in &kept {
                let take = take_what_is_left(desk, card, &left, newest_taker(desk, card, takes));
                left -= &take.got;
                takes.push(take);
            }
        }
        takes.extend(duplicates);
    }
    *left_over = left;
}

/// What goes before all blocks: cards ruled to stand first, voted shares, then irrevocable proxies; what a voted card asks
/// for beyond that stands in its ordinary place.
pub fn settle_stack_apart(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    let (mut takes, mut left) = take_first(desk, cards);
    let rest = |card: &usize| desk.irrevocable(*card) && !desk.standings[*card].first;
    let irrevocable: Vec<usize> = cards.iter().copied().filter(rest).collect();
    settle_groups(desk, &irrevocable, &mut takes, &mut left);
    takes
}

/// What cards hold for good: they take it before all others, the newest first.
pub fn promised(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    let ordered = desk.newest_first(cards).concat();
    let held = |card: usize| desk.voted.iter().find(|(voted, _, _)| *voted == card);
    ordered
        .into_iter()
        .filter_map(held)
        .map(|(card, got, end)| desk.take(*card, got.clone(), end.clone()))
        .collect()
}

/// "the newest card that took its shares": of cards that the order cannot separate, the smallest number.
fn newest_taker(desk: &Desk, card: usize, takes: &[Take]) -> Option<usize> {
    let took = |take: &&Take| take.got > zero() || matches!(take.end, End::Held(..) | End::QuorumOnly(_));
    let took: Vec<usize> = takes.iter().filter(took).map(|take| take.card).collect();
    desk.displacer(card, &took)
}

/// "A card that gets nothing is `superseded` …; one that gets some is `counted_in_part`. The newest card that took its
/// shares is the cause." "A single card over the position is cut to it, `counted_in_part` / `over_position`."
pub fn take_what_is_left(desk: &Desk, card: usize, left: &Amount, newest: Option<usize>) -> Take {
    let got = smaller(left, &desk.ask(card));
    let end = match newest {
        _ if got == desk.ask(card) => End::Whole,
        Some(cause) if got == zero() => End::Nothing(desk.supersession(card, cause), Some(cause)),
        Some(cause) => End::Short(desk.later(card, cause), Some(cause)),
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
type Key = (u8, bool, Option<Date>, Timestamp, bool);

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

    /// A voted card asks for nothing more: it has all that it wants, or it is a block, which was cut when it was voted.
    pub fn is_settled(&self, card: usize) -> bool {
        let voted = self.voted.iter().any(|(voted, _, _)| *voted == card);
        let block = self.position.nominee && self.card(card).shares.is_some();
        voted && (block || self.ask(card) == zero())
    }

    /// What a voted card took and what it took of the rest is one take.
    pub fn join(&self, takes: Vec<Take>) -> Vec<Take> {
        let mut joined: Vec<Take> = Vec::new();
        for take in takes {
            let before = joined.iter_mut().find(|other| other.card == take.card);
            let Some(before) = before else {
                joined.push(take);
                continue;
            };
            if !matches!(take.end, End::Whole | End::Short(..) | End::Nothing(..)) {
                continue;
            }
            before.end = match (&take.end, take.got > zero()) {
                (End::Whole, _) => End::Whole,
                (_, false) => before.end.clone(),
                _ => take.end,
            };
            before.got += take.got;
        }
        joined
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
        let before_all = if standing.first { 10 } else { 0 };
        if card.ballot {
            return (before_all + 1, true, None, received, standing.ruled_count);
        }
        let rules = &self.folder.meeting.rules;
        let yields = standing.dated.is_none() && rules.undated == "yields_to_dated";
        let by_date = rules.order == "form_date" && !yields;
        let dated = by_date.then(|| standing.dated.unwrap_or(card.received.date));
        let tier = if card.irrevocable { 2 } else { 0 };
        (before_all + tier, !yields, dated, received, standing.ruled_count)
    }

    /// Newest first; cards that the order cannot separate stand in one group, by their numbers: "Card numbers are
    /// compared as text."
    pub fn newest_first(&self, cards: &[usize]) -> Vec<Vec<usize>> {
        let mut sorted = cards.to_vec();
        sorted.sort_by(|&a, &b| self.goes_first(a, b).then(self.card(a).number.cmp(&self.card(b).number)));
        sorted.chunk_by(|&a, &b| self.key(a) == self.key(b)).map(<[usize]>::to_vec).collect()
    }

    /// "Order of taking: ruled to stand first, voted, irrevocable (the older first), ballots, proxies."
    fn goes_first(&self, a: usize, b: usize) -> Ordering {
        let (a, b) = (self.key(a), self.key(b));
        if a.0 == 2 && b.0 == 2 { a.cmp(&b) } else { b.cmp(&a) }
    }

    pub fn irrevocable(&self, card: usize) -> bool {
        self.card(card).irrevocable && !self.card(card).ballot
    }

    /// Whether one card is newer than another when nothing is said of votes and irrevocability.
    pub fn plainly_newer(&self, a: usize, b: usize) -> bool {
        let plain = |card: usize| {
            let key = self.key(card);
            (self.card(card).ballot, key.1, key.2, key.3, key.4)
        };
        plain(a) > plain(b)
    }

    /// The first of those that took shares that is newer than a card, stands before all by a ruling, or that it came too
    /// late for: what was voted goes first and may be older.
    pub fn displacer(&self, card: usize, took: &[usize]) -> Option<usize> {
        let displaces = |other: &&usize| {
            self.standings[**other].first
                || self.plainly_newer(**other, card)
                || matches!(self.later(card, **other), "after_vote" | "irrevocable_proxy")
        };
        took.iter().find(displaces).or(took.first()).copied()
    }

    /// Voted or irrevocable.
    pub fn leads(&self, card: usize) -> bool {
        self.standings[card].first
            || self.irrevocable(card)
            || self.voted.iter().any(|(voted, _, _)| *voted == card)
    }

    /// The shares that a card asks for.
    pub fn ask(&self, card: usize) -> Amount {
        // "the whole position is present"; "`count` reads it as if `shares` were blank"
        let together = matches!(self.folder.meeting.rules.joint_holders.as_str(), "statute" | "unanimous");
        let limit = self.card(card).shares.clone();
        let limit = limit.filter(|_| !(together && self.position.joint && !self.position.nominee));
        let all = limit.unwrap_or(self.position.votable());
        let has =
            self.voted.iter().find(|(voted, _, _)| *voted == card).map_or(zero(), |(_, got, _)| got.clone());
        all - has
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
        match self.later(card, cause) {
            "ballot" | "later_proxy" if self.same_marks(card, cause) => "duplicate",
            reason => reason,
        }
    }

    /// "later papers share the rest. One left nothing is `superseded` / `after_vote`".
    pub fn later(&self, card: usize, cause: usize) -> &'static str {
        let voted = self.voted.iter().any(|(voted, _, _)| *voted == cause);
        let vote = vote_of(&self.card(cause).form, self.folder);
        if voted && vote.is_some_and(|vote| is_after(&self.card(card).received, vote)) {
            return "after_vote";
        }
        // "no later proxy, ballot or revocation of the holder displaces it; those are `superseded` / `irrevocable_proxy`"
        if self.irrevocable(cause) && (self.card(card).ballot || self.plainly_newer(card, cause)) {
            return "irrevocable_proxy";
        }
        if self.card(cause).ballot { "ballot" } else { "later_proxy" }
    }

    pub fn take(&self, card: usize, got: Amount, end: End) -> Take {
        let (account, class) = (self.position.account.clone(), self.position.class.clone());
        Take { card, account, class, got, end }
    }
}
