//! STR-1, street totals: what participants report, delivery by delivery, within what their
//! cards leave.

use std::collections::BTreeMap;

use super::nominee::cut;
use super::{Determined, Determiner};
use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::load::{AccountId, StreetRow, StreetVote};
use crate::meeting::Overvote;

/// What became of a participant's totals when they exceed what its cards leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreetCut {
    /// They fit.
    Whole,
    /// Cut to the position, by the rule.
    Cut,
    /// Rejected whole.
    Rejected,
    /// Held whole for the inspector.
    Held,
}

/// Shares voted one way on one nominee or item.
#[derive(Debug, Clone)]
pub struct StreetVoted {
    /// The row of street.csv, by place.
    pub row: usize,
    /// The item, by place.
    pub item: usize,
    /// The nominee, by place; 0 where there is none.
    pub nominee: usize,
    /// What they vote.
    pub vote: StreetVote,
    /// Shares after the cut.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
}

/// A position with street totals.
#[derive(Debug, Clone)]
pub struct StreetPosition {
    /// Which.
    pub position: PositionId,
    /// The largest total on any one item, as reported.
    pub reported: Shares,
    /// What the cards left.
    pub left: Shares,
    /// Shares present by it.
    pub present: Shares,
    /// Their votes.
    pub votes: Votes,
    /// Whether and how it was cut.
    pub cut: StreetCut,
    /// What counts.
    pub voted: Vec<StreetVoted>,
    /// Rows received after the polls closed, by place; they do not count.
    pub late: Vec<usize>,
    /// Rows that a later delivery of the same block replaced, by place.
    pub replaced: Vec<usize>,
}

/// Applies every participant's totals.
pub(super) fn apply(determiner: &Determiner<'_>, determined: &mut Determined) {
    let mut by_account: BTreeMap<AccountId, Vec<usize>> = BTreeMap::new();
    for (place, row) in determiner.loaded.street.iter().enumerate() {
        by_account.entry(row.account).or_default().push(place);
    }
    for (account, rows) in by_account {
        let Some(position) = determiner.electorate.ids_of(account).next() else { continue };
        let of_cards = taken(determiner, determined, position);
        let street = of_position(determiner, position, of_cards, &rows);
        shrink_in_person(determined, &street);
        determined.street.push(street);
    }
}

/// What cards take of a position. What was determined is in the order of the positions.
fn taken(determiner: &Determiner<'_>, determined: &Determined, position: PositionId) -> (Shares, Votes) {
    if let Ok(place) = determined.joint.binary_search_by_key(&position, |joint| joint.position) {
        return (determiner.electorate.get(position).shares, determined.joint[place].votes);
    }
    determined.coverage.of(position, position).fold(Default::default(), |(shares, votes), cover| {
        (shares + cover.shares, votes + determiner.electorate.votes_of_part(position, cover.shares))
    })
}

/// What street totals make present is not present in person a second time.
fn shrink_in_person(determined: &mut Determined, street: &StreetPosition) {
    let place = determined.in_person.binary_search_by_key(&street.position, |here| here.position);
    if let Ok(place) = place {
        let here = &mut determined.in_person[place];
        here.shares = here.shares.saturating_sub(street.present);
        here.votes = here.votes.saturating_sub(street.votes);
    }
}

fn of_position(
    determiner: &Determiner<'_>,
    id: PositionId,
    (card_shares, card_votes): (Shares, Votes),
    rows: &[usize],
) -> StreetPosition {
    let position = determiner.electorate.get(id);
    let whole = if determiner.may_vote(id) { position.shares } else { Shares::ZERO };
    let left = whole.saturating_sub(card_shares);
    let (standing, late, replaced) = deliveries(determiner, rows);
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for place in standing {
        let row = &determiner.loaded.street[place];
        groups.entry((row.item, row.nominee)).or_default().push(place);
    }
    let asked_of = |places: &[usize]| -> Vec<Shares> {
        places.iter().map(|place| determiner.loaded.street[*place].shares).collect()
    };
    let sum = |asked: &[Shares]| -> Shares {
        let total = asked.iter().try_fold(Shares::ZERO, |sum, shares| sum.checked_add(*shares));
        total.unwrap_or(Shares::MAX)
    };
    let reported = groups.values().map(|places| sum(&asked_of(places))).max().unwrap_or_default();
    let policy = determiner.rules.overvote;
    let outcome = match policy {
        _ if reported <= left => StreetCut::Whole,
        Overvote::FirstIn | Overvote::LatestFirst | Overvote::Prorate => StreetCut::Cut,
        Overvote::RejectBlock | Overvote::RejectAll => StreetCut::Rejected,
        Overvote::Hold => {
            let settled = determiner
                .settled_totals
                .iter()
                .find(|(account, _)| *account == determiner.electorate.account(id));
            settled.map_or(StreetCut::Held, |(_, cut)| *cut)
        }
    };
    let present = if outcome == StreetCut::Rejected { Shares::ZERO } else { reported.min(left) };
    let votes = if present.is_zero() {
        Votes::ZERO
    } else if present == left {
        determiner.electorate.votes(id).saturating_sub(card_votes)
    } else {
        determiner.electorate.votes_of_part(id, present)
    };
    let mut voted = Vec::new();
    if matches!(outcome, StreetCut::Whole | StreetCut::Cut) {
        for ((item, nominee), places) in &groups {
            // Held totals that are taken to count do so from the first row.
            let policy = if policy == Overvote::Hold { Overvote::FirstIn } else { policy };
            let granted = cut(policy, left, &asked_of(places)).granted;
            for (row, shares) in places.iter().zip(granted) {
                let votes = determiner.electorate.votes_of_part(id, shares);
                let vote = determiner.loaded.street[*row].vote;
                voted.push(StreetVoted { row: *row, item: *item, nominee: *nominee, vote, shares, votes });
            }
        }
    }
    StreetPosition { position: id, reported, left, present, votes, cut: outcome, voted, late, replaced }
}

/// The rows that stand, those that came late, and those that a later delivery replaced. Rows of one
/// block that follow each other with the same receipt are one delivery; a later delivery, by receipt
/// and then by place, replaces the earlier ones of the block whole.
fn deliveries(determiner: &Determiner<'_>, rows: &[usize]) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let street = &determiner.loaded.street;
    let (mut standing, mut late, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    let mut blocks: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
    let mut previous: Option<usize> = None;
    let follows = |before: usize, place: usize| {
        let (a, b): (&StreetRow, &StreetRow) = (&street[before], &street[place]);
        before + 1 == place && a.block == b.block && a.received == b.received
    };
    for place in rows.iter().copied() {
        let row = &street[place];
        let is_late =
            determiner.cutoff.is_some_and(|close| row.received.is_some_and(|at| at.is_after_close(&close)));
        if is_late {
            late.push(place);
        } else if row.block.is_empty() {
            standing.push(place);
        } else {
            let of_block = blocks.entry(&row.block).or_default();
            match of_block.last_mut() {
                Some(delivery) if previous.is_some_and(|before| follows(before, place)) => {
                    delivery.push(place)
                }
                _ => of_block.push(vec![place]),
            }
        }
        previous = Some(place);
    }
    for (_, mut of_block) in blocks {
        // A stable sort: of deliveries received together, the later in the file is the later.
        of_block.sort_by_key(|delivery| street[delivery[0]].received);
        let last = of_block.pop().unwrap_or_default();
        standing.extend(last);
        replaced.extend(of_block.into_iter().flatten());
    }
    standing.sort_unstable();
    replaced.sort_unstable();
    (standing, late, replaced)
}
