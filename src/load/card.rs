//! A card: a proxy or a ballot, with what it says beside its marks.

use jiff::civil::Date;

use super::accounts::AccountId;
use crate::ballot::MarkingId;
use crate::time::Moment;

/// A card, by its place in the order of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId(pub u32);

impl CardId {
    /// Its place, for indexing.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// How a card came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Medium {
    /// On paper.
    Mail,
    /// By telephone.
    Telephone,
    /// Over the Internet.
    Internet,
    /// Handed in at the meeting.
    InPerson,
}

impl Medium {
    /// In the order of the enumeration.
    pub(super) const NAMES: [(&'static str, Self); 4] = [
        ("mail", Self::Mail),
        ("telephone", Self::Telephone),
        ("internet", Self::Internet),
        ("in_person", Self::InPerson),
    ];

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// Whether identity is shown otherwise than by a signature.
    #[must_use]
    pub fn is_electronic(self) -> bool {
        matches!(self, Self::Telephone | Self::Internet)
    }
}

/// What the tabulator saw of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignedState {
    /// Signed, or no signature is needed.
    Yes,
    /// Not signed.
    No,
    /// It looks like someone else's.
    Mismatch,
}

/// A proxy card or a ballot.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// The account that it votes for.
    pub account: AccountId,
    /// When it reached the tabulator.
    pub received: Moment,
    /// The date on it; by telephone and Internet, the day it was received.
    pub dated: Option<Date>,
    /// Its marks.
    pub marking: MarkingId,
    pub(super) details: u32,
    /// The form of a proxy; nothing for a ballot.
    pub form: Option<u16>,
    /// How it came.
    pub medium: Medium,
    /// Its signature.
    pub signed: SignedState,
}

impl Card {
    /// Whether it is a ballot.
    #[must_use]
    pub fn is_ballot(&self) -> bool {
        self.form.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::Medium;

    #[test]
    fn each_medium_has_its_own_name() {
        for (name, medium) in Medium::NAMES {
            assert_eq!(medium.name(), name);
        }
    }
}
