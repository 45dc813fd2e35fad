//! "Shares that vote as others do": what is left of a follower is shared out over the lines of those it follows.

use crate::amounts::{Amount, cut_to_six_decimals, smaller, sum, whole, zero};
use crate::count::pieces::{Determined, Entry, Line, Piece, entitled};
use crate::count::positions::Position;
use crate::count::street::Street;
use crate::marks::Voice;
use crate::meeting::{Follower, Item};

/// "FOR, AGAINST, ABSTAIN, WITHHOLD; not broker non-votes"; "frequency: choices and ABSTAIN".
fn lines(item: &Item) -> Vec<Line> {
    let choices = (0..item.choices.len()).map(Line::Choice);
    choices.chain([Line::For, Line::Against, Line::Abstain, Line::Withheld]).collect()
}

pub fn follower_of<'a>(all: &'a Determined, position: &Position) -> Option<&'a Follower> {
    all.folder.meeting.followers.iter().find(|one| one.account == position.account)
}

/// "the votes of the position that … no total covers … item by item": of a total "its largest on one name"; one that is
/// held covers all that it reports.
pub fn covered_by_totals(all: &Determined, position: &Position, item_at: usize, item: &Item) -> Amount {
    let Some(street) = all.street_of(position) else { return zero() };
    if street.held {
        return all.votes_of_street(position);
    }
    let shares = (0..item.voices()).map(|name| reported(street, item_at, name)).max().unwrap_or(zero());
    position.votes_after(&all.covered_by_cards(position), &shares)
}

fn reported(street: &Street, item_at: usize, name: usize) -> Amount {
    sum(street.votes.iter().filter(|v| v.item == item_at && v.reported == name).map(|v| &v.shares))
}

/// "Followed are votes of cards and totals, before anyone follows; excluded accounts are not; another class only where it
/// votes on the item".
pub fn follow(all: &Determined, item_at: usize, pieces: &[Piece], entries: &[Entry]) -> Vec<Entry> {
    let item = &all.folder.meeting.items[item_at];
    let mut added = Vec::new();
    for position in all.ledger.positions.iter().filter(|position| entitled(position, item)) {
        let Some(follower) = follower_of(all, position) else { continue };
        let is_followed = |account: &str, class: &str| match follower.whom.as_str() {
            _ if follower.is_class => class == follower.whom,
            "own_instructions" => account == follower.account,
            _ => account != follower.account,
        };
        let whole_votes = position.votes_of(&position.votable());
        let by_cards = position.votes_of(&all.covered_by_cards(position));
        let rest = whole_votes - by_cards - covered_by_totals(all, position, item_at, item);
        let speaking = speaking(all, item_at, pieces, entries, &is_followed);
        for name in 0..item.voices() {
            let on_line = |line: &Line| {
                sum(entries
                    .iter()
                    .filter(|e| e.nominee == name && e.line == *line && is_followed(&e.account, &e.class))
                    .map(|e| &e.votes))
            };
            let mut weights: Vec<(Line, Amount)> =
                lines(item).into_iter().map(|line| (line, on_line(&line))).collect();
            // "on a name where some of these say nothing, that part of the rest is not voted"
            let silent = &speaking - sum(weights.iter().map(|(_, votes)| votes));
            weights.push((Line::NotVoted, silent));
            for (line, votes) in share_out(&rest, weights) {
                let (account, class) = (position.account.clone(), position.class.clone());
                added.push(Entry { account, class, nominee: name, line, votes, is_total: false });
            }
        }
    }
    added
}

/// "the votes that say anything in it (of a total: its largest on one name)"
fn speaking(
    all: &Determined,
    item_at: usize,
    pieces: &[Piece],
    entries: &[Entry],
    is_followed: &dyn Fn(&str, &str) -> bool,
) -> Amount {
    let item = &all.folder.meeting.items[item_at];
    let says = |voice: &Voice| match voice {
        Voice::Silent | Voice::Void | Voice::NonVote => false,
        Voice::Number(votes) => *votes > zero(),
        Voice::Percent(part) => *part > zero(),
        _ => true,
    };
    let of_cards = pieces.iter().filter(|p| is_followed(&p.account, &p.class) && p.say.iter().any(says));
    let mut votes = sum(of_cards.map(|piece| &piece.votes));
    for street in all.street.iter().filter(|street| is_followed(&street.account, &street.class)) {
        let Some(position) = all.ledger.position(&street.account, &street.class) else { continue };
        if !entitled(position, item) {
            continue;
        }
        // What entries say beyond the pieces of the account is its totals'.
        let on_name = |name: usize| {
            let spoken = |line: Line| !matches!(line, Line::BrokerNonVotes | Line::NotVoted);
            let here = entries.iter().filter(|e| {
                e.is_total && e.account == street.account && e.class == street.class && e.nominee == name
            });
            sum(here.filter(|e| spoken(e.line)).map(|e| &e.votes))
        };
        votes += (0..item.voices()).map(on_name).max().unwrap_or(zero());
    }
    votes
}

/// "millionths by largest remainder, ties in the order of the lines": one after another takes the next millionth.
fn share_out(rest: &Amount, weights: Vec<(Line, Amount)>) -> Vec<(Line, Amount)> {
    let total = sum(weights.iter().map(|(_, weight)| weight));
    if total == zero() {
        return vec![(Line::NotVoted, rest.clone())];
    }
    let millionth = whole(1) / whole(1_000_000);
    let quotas: Vec<Amount> =
        weights.iter().map(|(_, weight)| cut_to_six_decimals(rest) * weight / &total).collect();
    let mut parts: Vec<Amount> = quotas.iter().map(cut_to_six_decimals).collect();
    let mut left = rest - sum(&parts);
    let mut waiting: Vec<usize> = (0..weights.len()).filter(|&at| weights[at].1 > zero()).collect();
    while left > zero() {
        let next = waiting.iter().copied().fold(None, |best: Option<usize>, at| match best {
            Some(best) if &quotas[best] - &parts[best] >= &quotas[at] - &parts[at] => Some(best),
            _ => Some(at),
        });
        let next = next.expect("fewer millionths are left than lines");
        let one = smaller(&left, &millionth);
        waiting.retain(|&at| at != next);
        parts[next] += &one;
        left -= one;
    }
    weights.into_iter().zip(parts).map(|((line, _), part)| (line, part)).collect()
}
