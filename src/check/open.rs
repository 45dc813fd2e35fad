//! Whose proxies are still out, and the largest positions that no card or total covers yet.

use std::cmp::Ordering;

use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::load::CardId;
use crate::tabulate::Tabulation;

/// How many of the largest positions are listed.
pub const LARGEST_MAX: usize = 10;

/// Who is still out. Accounts are those with votes.
#[derive(Debug, Default)]
pub struct StillOut {
    /// Accounts that a card or total names, and the votes they have.
    pub sent: (u64, Votes),
    /// Accounts that none names, and their votes.
    pub nothing: (u64, Votes),
    /// Votes of shares that a partial register lacks.
    pub unlisted: Votes,
    /// How many positions, or parts of one, no card or total covers.
    pub uncovered: (u64, Votes),
    /// The largest of them, most votes first, then by account.
    pub largest: Vec<Position>,
}

/// A position, or what is left of it, that no card or total covers.
#[derive(Debug)]
pub struct Position {
    /// Whose, as given.
    pub account: String,
    /// Of which class.
    pub class: String,
    /// Votes not covered.
    pub votes: Votes,
    /// The votes of the whole position.
    pub of: Votes,
    /// Why what was sent does not cover it; nothing: nothing was sent.
    pub why: Option<String>,
}

/// Finds who is still out.
#[must_use]
pub fn still_out(tabulation: &Tabulation) -> StillOut {
    let electorate = &tabulation.electorate;
    let loaded = &tabulation.loaded;
    let heard = heard(tabulation);
    let covered = covered(tabulation);
    let mut out = StillOut::default();
    let mut largest: Vec<(Votes, PositionId)> = Vec::new();
    let name = |id: PositionId| loaded.accounts.text(electorate.account(id).0);
    let mut last = None;
    for (place, position) in electorate.positions.iter().enumerate() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        let has = electorate.votes(id);
        if has.is_zero() {
            continue;
        }
        let account = electorate.account(id);
        let of = if heard[account.place()] == Heard::Nothing { &mut out.nothing } else { &mut out.sent };
        of.0 += u64::from(last != Some(account));
        of.1 += has;
        last = Some(account);
        let left = position.shares.saturating_sub(covered[place]);
        if !left.is_zero() {
            let votes = electorate.votes_of_part(id, covered[place].min(position.shares), left);
            out.uncovered.0 += 1;
            out.uncovered.1 += votes;
            keep_largest(&mut largest, (votes, id), |(a, x), (b, y)| {
                b.cmp(a).then_with(|| name(*x).cmp(name(*y))).then(x.cmp(y))
            });
        }
    }
    out.unlisted = electorate.classes.iter().map(|class| class.missing_votes).sum();
    out.largest = largest
        .into_iter()
        .map(|(votes, id)| {
            let (position, of) = (electorate.get(id), electorate.votes(id));
            Position {
                account: name(id).to_owned(),
                class: loaded.meeting.classes[usize::from(position.class)].name.clone(),
                votes,
                of,
                why: why(tabulation, heard[electorate.account(id).place()], votes < of),
            }
        })
        .collect();
    out
}

/// What an account sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Nothing,
    Totals,
    /// The last card in the order of the files, which speaks for those before it.
    Card(CardId),
}

/// What each account sent, by its place.
fn heard(tabulation: &Tabulation) -> Vec<Heard> {
    let loaded = &tabulation.loaded;
    let mut heard = vec![Heard::Nothing; loaded.accounts.count()];
    for row in &loaded.street {
        heard[row.account.place()] = Heard::Totals;
    }
    for id in loaded.cards.ids() {
        heard[loaded.cards.get(id).account.place()] = Heard::Card(id);
    }
    heard
}

/// Shares of each position, by its place, that a card which stands, a total or a holder in person covers, or
/// that vote as others do.
fn covered(tabulation: &Tabulation) -> Vec<Shares> {
    let determined = &tabulation.determined;
    let mut covered = vec![Shares::ZERO; tabulation.electorate.positions.len()];
    for cover in determined.coverage.iter() {
        covered[cover.position.place()] += cover.shares;
    }
    for joint in &determined.joint {
        // Its holders' cards act for the whole of it.
        covered[joint.position.place()] = joint.shares;
    }
    for here in &determined.in_person {
        covered[here.position.place()] += here.shares;
    }
    for street in &determined.street {
        covered[street.position.place()] += street.present;
    }
    for rest in &determined.following {
        // FOL-2: what nothing covers votes as others do.
        covered[rest.position.place()] += rest.shares;
    }
    covered
}

/// Adds to the first [`LARGEST_MAX`] of an order, where it is one of them.
fn keep_largest<T>(first: &mut Vec<T>, one: T, order: impl Fn(&T, &T) -> Ordering) {
    let at = first.partition_point(|kept| order(kept, &one) == Ordering::Less);
    if at < LARGEST_MAX {
        first.truncate(LARGEST_MAX - 1);
        first.insert(at, one);
    }
}

/// Why what an account sent leaves shares uncovered: part of the position, or what became of its card.
fn why(tabulation: &Tabulation, heard: Heard, is_part: bool) -> Option<String> {
    match heard {
        Heard::Nothing => None,
        Heard::Totals | Heard::Card(_) if is_part => Some("the rest of it is covered".to_owned()),
        Heard::Totals => Some("its totals do not stand".to_owned()),
        Heard::Card(id) => {
            let determination = tabulation.determined.determinations.get(id);
            let (what, reason) = (determination.disposition.name(), determination.reason.name());
            Some(format!("card {} {what}: {reason}", tabulation.loaded.cards.number(id)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_of_an_order_are_kept_whatever_order_they_come_in() {
        let largest = |all: &[u32]| {
            let mut first = Vec::new();
            all.iter().for_each(|one| keep_largest(&mut first, *one, |a, b| b.cmp(a)));
            first
        };
        let ten = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3];
        assert_eq!(largest(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ten);
        assert_eq!(largest(&[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), ten);
        assert_eq!(largest(&[7, 12, 1, 9, 4, 11, 2, 6, 3, 10, 5, 8]), ten);
        assert_eq!(largest(&[2, 3, 1]), [3, 2, 1]);
        assert_eq!(largest(&[]), [0_u32; 0]);
    }
}
