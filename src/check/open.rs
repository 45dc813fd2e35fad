//! Whose proxies are still out, and the largest positions that no card or total covers yet.

use std::collections::{HashMap, HashSet};

use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::load::{AccountId, CardId};
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
    let mut heard: HashMap<AccountId, Option<CardId>> = HashMap::new();
    for id in loaded.cards.ids() {
        // The last one in the order of the files speaks for those before it.
        heard.insert(loaded.cards.get(id).account, Some(id));
    }
    for row in &loaded.street {
        heard.entry(row.account).or_insert(None);
    }
    let covered = covered(tabulation);
    let mut out = StillOut::default();
    let mut open: Vec<(Votes, PositionId)> = Vec::new();
    let mut last = None;
    for (place, position) in electorate.positions.iter().enumerate() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        let has = electorate.votes(id);
        if has.is_zero() {
            continue;
        }
        let of = if heard.contains_key(&position.account) { &mut out.sent } else { &mut out.nothing };
        of.0 += u64::from(last != Some(position.account));
        of.1 += has;
        last = Some(position.account);
        let left = position.shares.saturating_sub(covered.get(&id).copied().unwrap_or_default());
        if !left.is_zero() {
            let votes = electorate.votes_of_part(id, left);
            out.uncovered.0 += 1;
            out.uncovered.1 += votes;
            open.push((votes, id));
        }
    }
    out.unlisted = electorate.classes.iter().map(|class| class.missing_votes).sum();
    let name = |id: PositionId| loaded.accounts.text(electorate.get(id).account.0);
    open.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| name(*x).cmp(name(*y))).then(x.cmp(y)));
    out.largest = open
        .into_iter()
        .take(LARGEST_MAX)
        .map(|(votes, id)| {
            let (position, of) = (electorate.get(id), electorate.votes(id));
            Position {
                account: name(id).to_owned(),
                class: loaded.meeting.classes[usize::from(position.class)].name.clone(),
                votes,
                of,
                why: heard.get(&position.account).map(|card| why(tabulation, *card, votes < of)),
            }
        })
        .collect();
    out
}

/// Shares of each position that a card which stands, a total or a holder in person covers.
fn covered(tabulation: &Tabulation) -> HashMap<PositionId, Shares> {
    let determined = &tabulation.determined;
    let mut covered: HashMap<PositionId, Shares> = HashMap::new();
    for taking in determined.takings.iter() {
        *covered.entry(taking.position).or_default() += taking.shares;
    }
    let joint: HashSet<PositionId> = determined.joint.iter().map(|joint| joint.position).collect();
    for id in joint {
        *covered.entry(id).or_default() += tabulation.electorate.get(id).shares;
    }
    for here in &determined.in_person {
        *covered.entry(here.position).or_default() += here.shares;
    }
    for street in &determined.street {
        *covered.entry(street.position).or_default() += street.present;
    }
    covered
}

/// Why what an account sent leaves shares uncovered: part of the position, or what became of its card.
fn why(tabulation: &Tabulation, card: Option<CardId>, is_part: bool) -> String {
    match card {
        _ if is_part => "the rest of it is covered".to_owned(),
        None => "its totals do not stand".to_owned(),
        Some(id) => {
            let fate = tabulation.determined.fates.get(id);
            format!(
                "card {} {}: {}",
                tabulation.loaded.cards.number(id),
                fate.disposition.name(),
                fate.reason.name()
            )
        }
    }
}
