//! What keeps a result preliminary.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::amounts::{Amount, show, zero};
use crate::count::cumulative::Infeasible;
use crate::count::dispositions::{Disposition, votes};
use crate::count::order::{End, Take};
use crate::count::pieces::Determined;

/// "`status` is `preliminary` while any of these `open_matters[].code` stands: `held_cards`, `polls_open`, `as_of`,
/// `no_proxy_holder_ballot`, `register_short`, `overvote_held` (blocks and street totals held by `overvote`, and only
/// those), `allocation_infeasible`. Each says how many cards and votes it concerns".
pub fn open_matters(all: &Determined, last: &[Disposition], infeasible: &[Infeasible]) -> Vec<Value> {
    let folder = all.folder;
    let mut matters = Vec::new();
    let mut matter = |code: &str, cards: usize, votes: &Amount| {
        matters.push(json!({"code": code, "cards": cards, "votes": show(votes)}));
    };

    let held = |card: usize| last[card].what == "held";
    let by_overvote = |card: usize| held(card) && last[card].reason == "over_position";
    let held_cards = (0..last.len()).filter(|&card| held(card) && !by_overvote(card)).count();
    if held_cards > 0 {
        matter(
            "held_cards",
            held_cards,
            &votes_of_cards(all, &|take| held(take.card) && !by_overvote(take.card)),
        );
    }
    match (&folder.as_of, &folder.meeting.polls_close) {
        (Some(_), _) => matter("as_of", 0, &zero()),
        (None, None) => matter("polls_open", 0, &zero()),
        _ => {}
    }
    let no_ballot = |take: &Take| {
        let card = &folder.cards[take.card];
        let form = folder.meeting.form(&card.form);
        // Joint holders' cards in conflict on one item "count on their other items".
        let conflict = last[take.card].what == "held" && last[take.card].reason == "joint_conflict";
        let voted = (votes(&last[take.card]) || conflict) && matches!(take.end, End::Whole | End::Short(..));
        voted && !card.ballot && form.is_none_or(|form| !form.ballot_cast && !form.no_ballot)
    };
    let provisional: BTreeSet<usize> =
        all.takes.iter().filter(|take| no_ballot(take)).map(|take| take.card).collect();
    if !provisional.is_empty() {
        matter("no_proxy_holder_ballot", provisional.len(), &votes_of_cards(all, &no_ballot));
    }
    if all.ledger.missing_votes > zero() {
        matter("register_short", 0, &all.ledger.missing_votes);
    }
    let held_blocks = (0..last.len()).filter(|&card| by_overvote(card)).count();
    let held_street: Vec<_> = all.street.iter().filter(|street| street.held).collect();
    if held_blocks > 0 || !held_street.is_empty() {
        let mut total = votes_of_cards(all, &|take| by_overvote(take.card));
        for street in held_street {
            let position = all.ledger.position(&street.account, &street.class).expect("a known position");
            total += all.votes_of_street(position);
        }
        matter("overvote_held", held_blocks, &total);
    }
    // "Until it is ruled on, the row counts for nothing". What votes it concerns the rules do not say.
    let near = folder.cards.iter().filter(|card| card.near).count();
    if near > 0 || folder.waits {
        matters.push(json!({"code": "near_accounts", "cards": near}));
    }
    let mut matter = |code: &str, cards: usize, votes: &Amount| {
        matters.push(json!({"code": code, "cards": cards, "votes": show(votes)}));
    };
    if !infeasible.is_empty() {
        let cards = infeasible.iter().map(|one| one.cards.len()).sum();
        matter(
            "allocation_infeasible",
            cards,
            &infeasible.iter().fold(zero(), |total, one| total + &one.votes),
        );
        let sets: Vec<_> =
            infeasible.iter().map(|one| json!({"form": one.form, "nominees": one.set})).collect();
        matters.last_mut().expect("just added")["sets"] = json!(sets);
    }
    matters
}

/// The votes that some cards cover, each share once: joint holders' cards cover the same shares, and of two cards that
/// the order cannot separate one carries the shares of both.
fn votes_of_cards(all: &Determined, wanted: &dyn Fn(&Take) -> bool) -> Amount {
    let mut total = zero();
    for position in &all.ledger.positions {
        let takes: Vec<&Take> = all.takes_of(position).into_iter().filter(|take| wanted(take)).collect();
        let parts: Vec<Amount> = takes
            .iter()
            .filter(|take| take.end != End::Rejected)
            .map(|take| all.votes_of_take(position, take))
            .collect();
        total += if all.by_statute(position) {
            parts.into_iter().max().unwrap_or(zero())
        } else {
            crate::amounts::sum(&parts)
        };
    }
    total
}
