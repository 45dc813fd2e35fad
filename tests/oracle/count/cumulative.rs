//! Cumulative voting.

use std::collections::BTreeMap;

use crate::amounts::{Amount, floor_to, sum, whole, zero};
use crate::count::level::{Pool, first_infeasible_set, level};
use crate::count::pieces::Piece;
use crate::files::Folder;
use crate::marks::Voice;
use crate::meeting::{Allocation, Item};

/// Where the cumulated votes of an election went.
pub struct Cumulated {
    /// Votes cast on each nominee.
    pub cast: Vec<Amount>,
    pub pool: Amount,
    pub unused: Amount,
    pub withheld: Amount,
    pub void: Amount,
    pub broker_non_votes: Amount,
    pub not_voted: Amount,
    /// The pieces that say nothing in the election, by place.
    pub silent_pieces: Vec<usize>,
    /// The pieces whose marks are void in the election.
    pub void_pieces: Vec<usize>,
    pub infeasible: Vec<Infeasible>,
}

/// A form whose proxy holders wrote totals that its cards do not permit.
pub struct Infeasible {
    pub form: String,
    /// The ids of a set of nominees that asks for too much.
    pub set: Vec<String>,
    pub cards: Vec<usize>,
    pub votes: Amount,
}

pub fn count_cumulative(pieces: &[Piece], item: &Item, folder: &Folder) -> Cumulated {
    let mut result = Cumulated {
        cast: vec![zero(); item.nominees.len()],
        pool: zero(),
        unused: zero(),
        withheld: zero(),
        void: zero(),
        broker_non_votes: zero(),
        not_voted: zero(),
        silent_pieces: Vec::new(),
        void_pieces: Vec::new(),
        infeasible: Vec::new(),
    };
    let mut for_holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, piece) in pieces.iter().enumerate() {
        let pool = &piece.votes * whole(item.seats);
        result.pool += &pool;
        let card = piece.card.map(|card| &folder.cards[card]);
        let names: Vec<usize> = (0..piece.say.len()).filter(|&n| piece.say[n] == Voice::For).collect();
        let in_time = names.iter().any(|&n| item.nominees[n].nominated_in_time);
        if piece.say.iter().any(Voice::is_cumulated) {
            cast_as_written(&mut result, place, piece, &pool, item, folder);
        } else if !names.is_empty() && card.is_some_and(|card| card.ballot) {
            let parts = equal_parts(&pool, names.len(), folder);
            names.into_iter().zip(parts).for_each(|(name, part)| give(&mut result, name, part, item));
        } else if in_time {
            for_holders.entry(card.expect("a mark is on a card").form.clone()).or_default().push(place);
        } else {
            cast_nothing(&mut result, place, piece, &pool);
        }
    }
    for form in &folder.meeting.forms {
        let places = for_holders.remove(&form.id).unwrap_or_default();
        let allocation = form.allocation.get(&item.id).cloned().unwrap_or(Allocation::Level);
        allocate(&mut result, &form.id, &allocation, &places, pieces, item, folder);
    }
    let parts = [&result.unused, &result.withheld, &result.void, &result.broker_non_votes, &result.not_voted];
    assert_eq!(result.pool, sum(parts) + sum(&result.cast), "cumulated votes went astray");
    result
}

/// "Votes for somebody not nominated in time are void". Nor can a nominee unable to serve be given any.
fn give(result: &mut Cumulated, nominee: usize, votes: Amount, item: &Item) {
    if item.nominees[nominee].nominated_in_time && !item.nominees[nominee].unable_to_serve {
        result.cast[nominee] += votes;
    } else {
        result.void += votes;
    }
}

/// "Numbers on the card: cast as written, FOR marks beside them add nothing; fewer than the pool: the rest is unused;
/// more: `over_cumulated`. … Percentages are of the pool, exact; `prorate` is made whole like equal parts."
fn cast_as_written(
    result: &mut Cumulated,
    place: usize,
    piece: &Piece,
    pool: &Amount,
    item: &Item,
    folder: &Folder,
) {
    let written: Vec<(usize, Amount)> = piece
        .say
        .iter()
        .enumerate()
        .filter_map(|(nominee, voice)| match voice {
            Voice::Number(votes) => Some((nominee, votes.clone())),
            Voice::Percent(part) => Some((nominee, part * pool)),
            _ => None,
        })
        .collect();
    // "Under `fractional_votes: whole` a written number or percentage is cut to whole votes; the rest of it is unused";
    // "Numbers and percentages are cut first; the pool is compared with, and `prorate` divides by, what is left."
    let cut = |votes: Amount| match folder.meeting.rules.fractional_votes.as_str() {
        "whole" => votes.floor(),
        _ => votes,
    };
    let written: Vec<(usize, Amount)> = written.into_iter().map(|(name, votes)| (name, cut(votes))).collect();
    let total = sum(written.iter().map(|(_, votes)| votes));
    let over = total > *pool;
    if over && folder.meeting.rules.over_cumulated == "void" {
        result.void += pool;
        result.void_pieces.push(place);
        return;
    }
    let mut votes: Vec<Amount> = written.iter().map(|(_, votes)| votes.clone()).collect();
    if over {
        // "Left-overs go only to names that were written more than 0."
        let given: Vec<usize> = (0..votes.len()).filter(|&place| votes[place] > zero()).collect();
        let shares = given.iter().map(|&place| &votes[place] * pool / &total).collect();
        for (place, part) in given.into_iter().zip(make_whole(shares, pool, folder)) {
            votes[place] = part;
        }
    }
    result.unused += pool - sum(&votes);
    written.iter().zip(votes).for_each(|((nominee, _), votes)| give(result, *nominee, votes, item));
}

/// "A card that casts nothing: its pool is `withheld` if any of its marks in the election withholds, opposes or
/// abstains; else `void` if one is void; else `broker_non_votes` if one is a non-vote; else `not_voted`." Marks FOR
/// nobody but names that came too late are void.
fn cast_nothing(result: &mut Cumulated, place: usize, piece: &Piece, pool: &Amount) {
    let any = |wanted: &[Voice]| piece.say.iter().any(|voice| wanted.contains(voice));
    if any(&[Voice::Withhold, Voice::Against, Voice::Abstain]) {
        result.withheld += pool;
    } else if any(&[Voice::Void, Voice::For]) {
        result.void += pool;
    } else if any(&[Voice::NonVote]) {
        result.broker_non_votes += pool;
    } else {
        result.not_voted += pool;
        result.silent_pieces.push(place);
    }
}

/// "Equal parts are whole votes (`six_decimals`: millionths), the left-over ones go one each in ballot order (the order
/// of `nominees`), what is less than one to the first."
pub fn equal_parts(pool: &Amount, names: usize, folder: &Folder) -> Vec<Amount> {
    let part = pool / whole(names as i64);
    make_whole(vec![part; names], pool, folder)
}

fn make_whole(exact: Vec<Amount>, pool: &Amount, folder: &Folder) -> Vec<Amount> {
    let unit = unit(folder);
    let mut parts: Vec<Amount> = exact.iter().map(|part| floor_to(part, &unit)).collect();
    let mut left = pool - sum(&parts);
    for part in &mut parts {
        if left >= unit {
            *part += &unit;
            left -= &unit;
        }
    }
    parts[0] += left;
    parts
}

pub fn unit(folder: &Folder) -> Amount {
    match folder.meeting.rules.fractional_votes.as_str() {
        "whole" => whole(1),
        "six_decimals" => whole(1) / whole(1_000_000),
        other => panic!("fractional_votes `{other}`"),
    }
}

/// The votes of the proxy holders of one form: "`per_card`, each card's pool in equal parts; `level`, the pools of all
/// the form's cards together …; or totals that the proxy holders wrote on their ballot, which must be feasible".
fn allocate(
    result: &mut Cumulated,
    form: &str,
    allocation: &Allocation,
    places: &[usize],
    pieces: &[Piece],
    item: &Item,
    folder: &Folder,
) {
    let pools: Vec<Pool> = places.iter().map(|&place| pool_of(&pieces[place], item)).collect();
    let all = sum(pools.iter().map(|pool| &pool.votes));
    match allocation {
        Allocation::PerCard => {
            for pool in &pools {
                let parts = equal_parts(&pool.votes, pool.names.len(), folder);
                pool.names.iter().zip(parts).for_each(|(&name, part)| give(result, name, part, item));
            }
        }
        Allocation::Level => {
            let totals = level(&pools, item.nominees.len(), &unit(folder));
            totals.into_iter().enumerate().for_each(|(name, votes)| give(result, name, votes, item));
        }
        Allocation::Totals(written) => {
            // "totals that the proxy holders wrote are cut too"
            let whole_votes = folder.meeting.rules.fractional_votes == "whole";
            let cut = |votes: Amount| if whole_votes { votes.floor() } else { votes };
            let total_of = |name: &str| cut(written.get(name).cloned().unwrap_or(zero()));
            let totals: Vec<Amount> = item.nominees.iter().map(|nominee| total_of(&nominee.id)).collect();
            if let Some(set) = first_infeasible_set(&totals, &pools) {
                let cards = places.iter().filter_map(|&place| pieces[place].card).collect();
                let votes = sum(places.iter().map(|&place| &pieces[place].votes));
                let set = set.iter().map(|&name| item.nominees[name].id.clone()).collect();
                result.infeasible.push(Infeasible { form: form.to_string(), set, cards, votes });
                result.unused += all;
                return;
            }
            result.unused += all - sum(&totals);
            totals.into_iter().enumerate().for_each(|(name, votes)| give(result, name, votes, item));
        }
    }
}

/// "the names that the card votes FOR by the straight rules above (its own marks, the box, or `unmarked`; here there is
/// no limit by the number of seats)"; "the proxy holders cannot give such a name any" that came too late. "A withheld
/// name shrinks the choice, not the pool."
fn pool_of(piece: &Piece, item: &Item) -> Pool {
    let permitted = |&name: &usize| piece.say[name] == Voice::For && item.nominees[name].nominated_in_time;
    Pool { names: (0..piece.say.len()).filter(permitted).collect(), votes: &piece.votes * whole(item.seats) }
}
