//! Cards and shares of each batch, to compare with the slip on the pile.

use std::collections::{BTreeMap, HashSet};

use super::shelf::Shelf;
use super::twice::First;
use crate::amount::Shares;
use crate::determine::claimed;
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands};

/// The most batches and the most card numbers that are shown.
const BATCHES_MAX: usize = 9;
const MISSING_MAX: usize = 6;

/// What came in a batch.
#[derive(Debug, Default)]
struct Pile {
    cards: u64,
    /// Nothing: more than can be counted.
    shares: Option<Shares>,
    last: u64,
}

/// The batches of a file, the one that is keyed first, then the others from the newest on; with the second keying, what
/// the first has and this one has not.
pub(super) fn totals(now: &Tabulation, shelf: &Shelf, batch: &str, first: Option<&First>) -> Vec<String> {
    let loaded = &now.loaded;
    let mut piles: BTreeMap<&str, Pile> = BTreeMap::new();
    let mut all = Pile { shares: Some(Shares::ZERO), ..Pile::default() };
    for (line, row) in &shelf.rows {
        let shares = loaded
            .cards
            .find(shelf.cell(row, "card"))
            .map(|id| claimed(loaded, &now.electorate, &loaded.cards.get(id)));
        let of_batch = piles
            .entry(shelf.cell(row, "batch"))
            .or_insert_with(|| Pile { shares: Some(Shares::ZERO), ..Pile::default() });
        for pile in [of_batch, &mut all] {
            pile.cards += 1;
            pile.last = pile.last.max(*line);
            pile.shares = pile.shares.and_then(|sum| sum.checked_add(shares?));
        }
    }
    piles.entry(batch).or_insert_with(|| Pile { shares: Some(Shares::ZERO), ..Pile::default() });
    let mut sorted: Vec<(&str, &Pile)> = piles.iter().map(|(name, pile)| (*name, pile)).collect();
    sorted.sort_by_key(|(name, pile)| (*name != batch, u64::MAX - pile.last));
    let mut lines = vec![format!("{:<16}{:>6}{:>15}", "Batch", "cards", "shares")];
    lines.extend(sorted.iter().take(BATCHES_MAX).map(|(name, pile)| row(named(name), pile)));
    if sorted.len() > BATCHES_MAX {
        lines.push(format!("… and {} before", sorted.len() - BATCHES_MAX));
    }
    lines.push(row("in all", &all));
    if let Some(first) = first {
        let keyed: HashSet<&str> = shelf.rows.iter().map(|(_, row)| shelf.cell(row, "card")).collect();
        let (count, missing) = first.missing(&keyed);
        lines.push(format!("First keying: {}", counted(count as u64, "card")));
        if !missing.is_empty() {
            let more = if missing.len() > MISSING_MAX { ", …" } else { "" };
            let some = missing[..missing.len().min(MISSING_MAX)].join(", ");
            lines.push(format!("not keyed here: {}: {some}{more}", missing.len()));
        }
    }
    lines
}

fn named(batch: &str) -> &str {
    if batch.is_empty() { "(without a name)" } else { batch }
}

fn row(name: &str, pile: &Pile) -> String {
    let shares = pile.shares.map_or_else(|| "too many".to_owned(), |sum| thousands(&sum.to_string()));
    let short: String = name.chars().take(16).collect();
    format!("{short:<16}{:>6}{shares:>15}", pile.cards)
}
