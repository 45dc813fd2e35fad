//! The fewest votes that meet standards whose classes overlap without one holding the other's, as
//! groups of classes A and B, and B and C: there it matters whose votes they are.

use std::collections::BTreeSet;

use super::column::{Column, Fewest, Stock, Supply};
use super::whole;
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::ballot::reading::Line;

/// So many ways of giving votes to classes are looked at; beyond that the fewest found are told as such.
const LOOKS_MAX: usize = 20_000;

/// A search over the whole votes that each class gives.
struct Search<'s, 'a> {
    column: &'s Column<'a>,
    start: &'s Stock,
    supply: Supply,
    best: Option<Votes>,
    seen: BTreeSet<Vec<u128>>,
    looks: usize,
}

/// The fewest votes by which all standards of a column are met.
pub(super) fn fewest(column: &Column<'_>, start: &Stock, supply: Supply) -> Option<Fewest> {
    let best = column.one_after_another(start, supply);
    let mut search = Search { column, start, supply, best, seen: BTreeSet::new(), looks: 0 };
    search.look(&vec![0; column.class_count()]);
    let is_proved = search.looks <= LOOKS_MAX;
    search.best.map(|votes| Fewest { votes, is_anyones: false, is_proved })
}

impl Search<'_, '_> {
    /// Looks at every way in which each class gives at least so many votes. Where a standard needs `n`
    /// more of `k` classes, one of them gives at least `n ÷ k`, and so each is tried.
    fn look(&mut self, gives: &[u128]) {
        self.looks += 1;
        if self.looks > LOOKS_MAX || !self.seen.insert(gives.to_vec()) {
            return;
        }
        let given: u128 = gives.iter().sum();
        let Some(stock) = self.stock(gives) else { return };
        let mut needs: Option<(u128, &[usize])> = None;
        for (classes, more) in self.column.needs(&stock, self.supply) {
            let Some(more) = more else { return };
            let more = more.units() / UNITS_PER_ONE;
            if needs.is_none_or(|(most, _)| more > most) {
                needs = Some((more, classes));
            }
        }
        let (more, classes) = needs.unwrap_or((0, &[]));
        if self.best.is_some_and(|best| whole(given + more) >= best) {
            return;
        }
        if more == 0 {
            self.best = Some(whole(given));
            return;
        }
        let step = more.div_ceil(classes.len() as u128);
        for class in classes {
            let mut gives = gives.to_vec();
            gives[*class] += step;
            self.look(&gives);
        }
    }

    /// The column with that given; nothing where a class does not have it.
    fn stock(&self, gives: &[u128]) -> Option<Stock> {
        let mut stock = self.start.clone();
        for (class, votes) in gives.iter().enumerate() {
            let before = stock.left(&[class], Line::For, self.supply);
            if whole(*votes) > super::whole_up(before) {
                return None;
            }
            stock = stock.given(&[class], Line::For, whole(*votes), self.supply);
        }
        Some(stock)
    }
}
