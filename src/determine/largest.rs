//! The largest cards that are not plainly counted: the certificate tells their stories.

use std::cmp::Ordering;

use crate::amount::Shares;
use crate::load::{CardId, Cards};

/// A card that is not plainly counted, with what it is sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exception {
    /// The shares that it claims.
    shares: Shares,
    /// The beginning of its number, in which most numbers differ.
    start: [u8; 12],
    pub(crate) id: CardId,
}

impl Exception {
    pub(crate) fn new(cards: &Cards, shares: Shares, id: CardId) -> Self {
        let mut start = [0; 12];
        for (byte, of_number) in start.iter_mut().zip(cards.number(id).bytes()) {
            *byte = of_number;
        }
        Self { shares, start, id }
    }

    /// The largest claim first; among equals by number, as the order of the rows must not show.
    pub(crate) fn order(&self, other: &Self, cards: &Cards) -> Ordering {
        let numbers = || cards.number(self.id).cmp(cards.number(other.id));
        other.shares.cmp(&self.shares).then_with(|| self.start.cmp(&other.start)).then_with(numbers)
    }
}

/// The largest of some exceptions, at least [`Largest::MOST`] where there are so many.
#[derive(Debug, Default)]
pub(crate) struct Largest {
    kept: Vec<Exception>,
    /// There are enough that claim as much.
    least: Shares,
}

impl Largest {
    /// How many are wanted.
    pub(crate) const MOST: usize = 200;

    pub(super) fn add(&mut self, cards: &Cards, shares: Shares, id: CardId) {
        if shares < self.least {
            return;
        }
        self.kept.push(Exception::new(cards, shares, id));
        if self.kept.len() >= 2 * Self::MOST {
            self.cut(cards);
        }
    }

    /// Adds those of other cards.
    pub(super) fn append(&mut self, cards: &Cards, other: Self) {
        self.kept.extend(other.kept);
        self.cut(cards);
    }

    fn cut(&mut self, cards: &Cards) {
        if self.kept.len() > Self::MOST {
            let (_, last, _) = self.kept.select_nth_unstable_by(Self::MOST - 1, |a, b| a.order(b, cards));
            self.least = last.shares;
            self.kept.truncate(Self::MOST);
        }
    }

    /// The [`Largest::MOST`] largest in their order.
    pub(crate) fn ids(&self, cards: &Cards) -> Vec<CardId> {
        let mut kept = self.kept.clone();
        kept.sort_unstable_by(|a, b| a.order(b, cards));
        kept.into_iter().take(Self::MOST).map(|one| one.id).collect()
    }
}
