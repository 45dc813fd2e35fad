//! A logic and accuracy test of one meeting: a deck of cards whose figures are known beforehand, counted and compared.
//!
//! The deck is made from a meeting.json as it was approved. Every account has another power of two of shares, so that a
//! figure tells which cards are in it. What must come out is added up here while the deck is written: nothing of this
//! room asks `determine`, `count` or `decide`.

mod accounts;
mod cards;
mod expected;
mod foreign;
mod found;
mod report;
mod says;
mod setup;

use std::collections::BTreeMap;

pub use accounts::{Deck, DeckError};
pub use expected::expected;
pub use foreign::Headers;
pub use found::found;
pub use report::{Counted, Report};
pub use setup::{DeckFiles, adapted, deck};

/// Figures by their names, as `item 2: for`.
pub type Figures = BTreeMap<String, String>;

/// A figure that must come out, and what did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Its name.
    pub figure: String,
    /// What the deck adds up to.
    pub expected: String,
    /// What was counted; nothing where the count has no such figure.
    pub counted: Option<String>,
}

impl Compared {
    /// Whether they agree.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.counted.as_ref() == Some(&self.expected)
    }
}

/// Every figure expected against what was counted, in the order of their names.
#[must_use]
pub fn compared(expected: &Figures, found: &Figures) -> Vec<Compared> {
    expected
        .iter()
        .map(|(figure, value)| Compared {
            figure: figure.clone(),
            expected: value.clone(),
            counted: found.get(figure).cloned(),
        })
        .collect()
}
