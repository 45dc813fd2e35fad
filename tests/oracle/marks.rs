//! What stands in a cell of cards.csv or street.csv.

use crate::amounts::{Amount, decimal, whole};
use crate::meeting::{Item, Kind};

#[derive(Clone, Debug, PartialEq)]
pub enum Voice {
    /// Blank, or not voted for another reason.
    Silent,
    For,
    Against,
    Abstain,
    Withhold,
    NonVote,
    Void,
    /// A frequency item's choice, by its place.
    Choice(usize),
    /// Cumulated votes.
    Number(Amount),
    /// Cumulated votes as a part of the pool (`60%` is 3/5).
    Percent(Amount),
}

impl Voice {
    pub fn is_cumulated(&self) -> bool {
        matches!(self, Voice::Number(_) | Voice::Percent(_))
    }

    /// FOR, or a number of votes FOR that is more than none.
    pub fn favours(&self) -> bool {
        match self {
            Voice::For => true,
            Voice::Number(n) | Voice::Percent(n) => *n > whole(0),
            _ => false,
        }
    }

    /// "A signer acted on an item if the card's effective mark is FOR, AGAINST, ABSTAIN, WITHHOLD or a choice."
    pub fn acts(&self) -> bool {
        !matches!(self, Voice::Silent | Voice::NonVote | Voice::Void)
            && (!self.is_cumulated() || self.favours())
    }
}

/// "Marks, in any case: `FOR`/`F`, … For `frequency` the choice's id. A nominee's column may hold a number of cumulated
/// votes (`500`) or a percentage of the card's votes (`60%`)."
pub fn read_mark(text: &str, item: &Item) -> Voice {
    let text = text.trim();
    if item.kind == Kind::Frequency
        && let Some(place) = item.choices.iter().position(|choice| choice.eq_ignore_ascii_case(text))
    {
        return Voice::Choice(place);
    }
    match text.to_ascii_uppercase().as_str() {
        "" => Voice::Silent,
        "FOR" | "F" => Voice::For,
        "AGAINST" | "A" => Voice::Against,
        "ABSTAIN" | "B" => Voice::Abstain,
        "WITHHOLD" | "W" => Voice::Withhold,
        "NONVOTE" | "N" => Voice::NonVote,
        "VOID" | "V" => Voice::Void,
        other => match other.strip_suffix('%') {
            Some(percentage) => Voice::Percent(decimal(percentage) / whole(100)),
            None => Voice::Number(decimal(other)),
        },
    }
}
