//! What cards say beside whose they are, when they came and their marks: of millions of cards, most say
//! what many others say.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;
use jiff::civil::Date;

use super::card::{Medium, SignedState};
use crate::amount::Shares;

/// What a card says beside its account, its time and its marks. A nominee's blocks each have their own, so it
/// is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CardDetails {
    /// The local day on which it was received.
    pub(super) day: Date,
    /// [`Date::ZERO`]: undated. No meeting is so long ago.
    pub(super) dated: Date,
    /// [`Shares::ZERO`]: not limited. A card limited to no shares is a problem of the input.
    pub(super) limit: Shares,
    /// The co-holder who signed, by place among the signers; else [`NONE`].
    pub(super) signer: u32,
    /// What few cards say, by place among the extras; else [`NONE`].
    pub(super) extra: u32,
    /// The only class that it speaks for, by place; else [`NO_CLASS`].
    pub(super) class: u16,
    /// By place; [`NO_FORM`]: a ballot.
    pub(super) form: u8,
    pub(super) medium: Medium,
    pub(super) signed: SignedState,
    /// Whether only the day on which it was received is known.
    pub(super) is_day_only: bool,
}

const _: () = assert!(size_of::<CardDetails>() == 36);

/// No place.
pub(super) const NONE: u32 = u32::MAX;

/// There are at most a hundred forms.
pub(super) const NO_FORM: u8 = u8::MAX;

/// A meeting has fewer classes.
pub(super) const NO_CLASS: u16 = u16::MAX;

impl CardDetails {
    /// Whether other cards are unlikely to say the same.
    fn is_own(&self) -> bool {
        !self.limit.is_zero() || self.signer != NONE
    }
}

/// What cards say, each by its place; what many say is nearly always kept once.
#[derive(Debug, Default)]
pub(super) struct CardDetailsStore {
    all: Vec<CardDetails>,
    known: HashMap<CardDetails, u32, DefaultHashBuilder>,
    /// The place asked for last: cards that follow each other mostly came on the same day.
    last: usize,
}

/// The most that are looked for: beyond it they hardly recur.
const KNOWN_MAX: usize = 1 << 16;

impl CardDetailsStore {
    /// What is said at a place.
    pub(super) fn get(&self, place: u32) -> &CardDetails {
        &self.all[place as usize]
    }

    /// The place of what a card says, known or new.
    pub(super) fn place(&mut self, details: CardDetails) -> u32 {
        if self.all.get(self.last) != Some(&details) {
            let known = if details.is_own() { None } else { self.known.get(&details).copied() };
            self.last = known.map_or_else(|| self.add(details), |place| place as usize);
        }
        u32::try_from(self.last).unwrap_or(NONE)
    }

    fn add(&mut self, details: CardDetails) -> usize {
        let place = self.all.len();
        self.all.push(details);
        if !details.is_own() && self.known.len() < KNOWN_MAX {
            self.known.insert(details, u32::try_from(place).unwrap_or(NONE));
        }
        place
    }

    /// Takes over those of others, whose signers and extras are at other places here. Returns where each of them is
    /// here.
    pub(super) fn absorb(&mut self, others: &Self, signers: &[u32], extras: &[u32]) -> Vec<u32> {
        let place_of = |place: u32, places: &[u32]| if place == NONE { NONE } else { places[place as usize] };
        let here = |details: &CardDetails| CardDetails {
            signer: place_of(details.signer, signers),
            extra: place_of(details.extra, extras),
            ..*details
        };
        others.all.iter().map(|details| self.place(here(details))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(day: i8) -> CardDetails {
        CardDetails {
            day: Date::constant(2026, 4, day),
            dated: Date::ZERO,
            limit: Shares::ZERO,
            signer: NONE,
            extra: NONE,
            class: NO_CLASS,
            form: 0,
            medium: Medium::Mail,
            signed: SignedState::Yes,
            is_day_only: false,
        }
    }

    #[test]
    fn what_many_say_is_kept_once_and_every_place_says_what_was_said() {
        let limited = CardDetails { limit: Shares::whole(5), ..details(1) };
        let ballot = CardDetails { form: NO_FORM, ..details(1) };
        let all = [
            details(1),
            details(1),
            details(2),
            limited,
            details(1),
            ballot,
            limited,
            ballot,
            limited,
            limited,
        ];
        let mut store = CardDetailsStore::default();
        let places = all.map(|details| store.place(details));
        // A limit is looked for only where it is the last one.
        assert_eq!(places, [0, 0, 1, 2, 0, 3, 4, 3, 5, 5]);
        assert!(places.iter().zip(&all).all(|(place, details)| store.get(*place) == details));
    }

    #[test]
    fn what_others_say_keeps_its_signers() {
        let by = |signer: u32| CardDetails { signer, ..details(1) };
        let mut others = CardDetailsStore::default();
        let there = [by(1), details(1), by(0), details(2), by(1)].map(|details| others.place(details));
        let mut here = CardDetailsStore::default();
        here.place(details(2));
        let places = here.absorb(&others, &[7, 3], &[]);
        let found = there.map(|place| *here.get(places[place as usize]));
        assert_eq!(found, [by(3), details(1), by(7), details(2), by(3)]);
        assert_eq!(places[there[3] as usize], 0, "it was known here");
    }
}
