//! What became of each card, a word each: a meeting has tens of millions of cards.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Cause, Determination, Disposition, Reason};
use crate::amount::Shares;
use crate::load::CardId;

/// Every card's determination. Several threads may set determinations at once, each those of its own cards.
#[derive(Debug, Default)]
pub struct Determinations(Vec<AtomicU64>);

/// What the two bits beside the cause's place say it is.
const NO_CAUSE: u64 = 0;
const CARD: u64 = 1;
const REVOCATION: u64 = 2;
const RULING: u64 = 3;

impl Determinations {
    /// So many cards, all counted until something else is found.
    pub(super) fn new(count: usize) -> Self {
        debug_assert_eq!(word(Determination::COUNTED), 0);
        Self(bytemuck::zeroed_vec(count))
    }

    /// What became of a card.
    #[must_use]
    pub fn get(&self, id: CardId) -> Determination {
        determination(self.0[id.place()].load(Ordering::Relaxed))
    }

    pub(super) fn set(&self, id: CardId, determination: Determination) {
        self.0[id.place()].store(word(determination), Ordering::Relaxed);
    }
}

/// Cards and the shares they claim, by disposition and reason.
#[derive(Debug, Clone)]
pub struct DeterminationSums(Vec<(u64, Option<Shares>)>);

impl Default for DeterminationSums {
    fn default() -> Self {
        Self(vec![(0, Some(Shares::ZERO)); Disposition::ALL.len() * Reason::ALL.len()])
    }
}

impl DeterminationSums {
    pub(super) fn add(&mut self, determination: Determination, claimed: Shares) {
        let sum = &mut self.0
            [determination.disposition as usize * Reason::ALL.len() + determination.reason as usize];
        *sum = (sum.0 + 1, sum.1.and_then(|sum| sum.checked_add(claimed)));
    }

    pub(super) fn append(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            *sum = (sum.0 + other.0, sum.1.zip(other.1).and_then(|(sum, other)| sum.checked_add(other)));
        }
    }

    /// Whether any card has such a disposition and reason.
    pub fn has(&self, is_wanted: impl Fn(Disposition, Reason) -> bool) -> bool {
        self.iter().any(|((disposition, reason), _, _)| is_wanted(disposition, reason))
    }

    /// Each disposition and reason that occurs, the cards, and the shares they claim; nothing when
    /// these are more than can be counted.
    pub fn iter(&self) -> impl Iterator<Item = ((Disposition, Reason), u64, Option<Shares>)> {
        let determinations = Disposition::ALL
            .into_iter()
            .flat_map(|disposition| Reason::ALL.into_iter().map(move |reason| (disposition, reason)));
        determinations
            .zip(&self.0)
            .filter(|(_, sum)| sum.0 > 0)
            .map(|(determination, sum)| (determination, sum.0, sum.1))
    }
}

fn word(determination: Determination) -> u64 {
    let (kind, place) = match determination.cause {
        None => (NO_CAUSE, 0),
        Some(Cause::Card(id)) => (CARD, id.0),
        Some(Cause::Revocation(place)) => (REVOCATION, place),
        Some(Cause::Ruling(place)) => (RULING, place),
    };
    u64::from(place)
        | kind << 32
        | (determination.reason as u64) << 40
        | (determination.disposition as u64) << 48
}

fn determination(word: u64) -> Determination {
    let byte = |shift: u32| usize::from(word.to_le_bytes()[(shift / 8) as usize]);
    let place = u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    let cause = match word >> 32 & 3 {
        CARD => Some(Cause::Card(CardId(place))),
        REVOCATION => Some(Cause::Revocation(place)),
        RULING => Some(Cause::Ruling(place)),
        _ => None,
    };
    Determination { disposition: Disposition::ALL[byte(48)], reason: Reason::ALL[byte(40)], cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_is_kept_as_it_is() {
        assert_eq!(Determinations::new(1).get(CardId(0)), Determination::COUNTED);
        let causes = [
            None,
            Some(Cause::Card(CardId(0))),
            Some(Cause::Card(CardId(u32::MAX))),
            Some(Cause::Revocation(7)),
            Some(Cause::Ruling(u32::MAX - 1)),
        ];
        for disposition in Disposition::ALL {
            for reason in Reason::ALL {
                for cause in causes {
                    let one = Determination { disposition, reason, cause };
                    assert_eq!(determination(word(one)), one);
                }
            }
        }
    }
}
