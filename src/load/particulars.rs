//! What cards say beside whose they are, when they came and their marks: of millions of cards, most say
//! what many others say.

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;
use jiff::civil::Date;

use super::cards::{Medium, SignedState};
use crate::amount::Shares;

/// What a card says beside its account, its time and its marks. A nominee's blocks each have their own, so it
/// is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Particular {
    /// The local day on which it was received.
    pub(super) day: Date,
    /// [`Date::ZERO`]: undated. No meeting is so long ago.
    pub(super) dated: Date,
    /// [`Shares::ZERO`]: not limited. A card limited to no shares is a problem of the input.
    pub(super) limit: Shares,
    /// The co-holder who signed, by place among the signers; else [`NONE`].
    pub(super) signer: u32,
    /// The only class that it speaks for, by place; else [`NO_CLASS`].
    pub(super) class: u16,
    /// By place; [`NO_FORM`]: a ballot.
    pub(super) form: u8,
    pub(super) medium: Medium,
    pub(super) signed: SignedState,
    /// Whether only the day on which it was received is known.
    pub(super) is_day_only: bool,
}

const _: () = assert!(size_of::<Particular>() == 32);

/// No place.
pub(super) const NONE: u32 = u32::MAX;

/// There are at most a hundred forms.
pub(super) const NO_FORM: u8 = u8::MAX;

/// A meeting has fewer classes.
pub(super) const NO_CLASS: u16 = u16::MAX;

impl Particular {
    /// Whether other cards are unlikely to say the same.
    fn is_own(&self) -> bool {
        !self.limit.is_zero() || self.signer != NONE
    }
}

/// What cards say, each by its place; what many say is nearly always kept once.
#[derive(Debug, Default)]
pub(super) struct Particulars {
    all: Vec<Particular>,
    known: HashMap<Particular, u32, DefaultHashBuilder>,
    /// The place asked for last: cards that follow each other mostly came on the same day.
    last: usize,
}

/// The most that are looked for: beyond it they hardly recur.
const KNOWN_MAX: usize = 1 << 16;

impl Particulars {
    /// What is said at a place.
    pub(super) fn get(&self, place: u32) -> &Particular {
        &self.all[place as usize]
    }

    /// The place of what a card says, known or new.
    pub(super) fn place(&mut self, said: Particular) -> u32 {
        if self.all.get(self.last) != Some(&said) {
            let known = if said.is_own() { None } else { self.known.get(&said).copied() };
            self.last = known.map_or_else(|| self.add(said), |place| place as usize);
        }
        u32::try_from(self.last).unwrap_or(NONE)
    }

    fn add(&mut self, said: Particular) -> usize {
        let place = self.all.len();
        self.all.push(said);
        if !said.is_own() && self.known.len() < KNOWN_MAX {
            self.known.insert(said, u32::try_from(place).unwrap_or(NONE));
        }
        place
    }

    /// Takes over those of others, whose signers are at other places here. Returns where each of them is
    /// here.
    pub(super) fn absorb(&mut self, others: &Self, signers: &[u32]) -> Vec<u32> {
        let here = |said: &Particular| match said.signer {
            NONE => *said,
            signer => Particular { signer: signers[signer as usize], ..*said },
        };
        others.all.iter().map(|said| self.place(here(said))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(day: i8) -> Particular {
        Particular {
            day: Date::constant(2026, 4, day),
            dated: Date::ZERO,
            limit: Shares::ZERO,
            signer: NONE,
            class: NO_CLASS,
            form: 0,
            medium: Medium::Mail,
            signed: SignedState::Yes,
            is_day_only: false,
        }
    }

    #[test]
    fn what_many_say_is_kept_once_and_every_place_says_what_was_said() {
        let limited = Particular { limit: Shares::whole(5), ..said(1) };
        let ballot = Particular { form: NO_FORM, ..said(1) };
        let all = [said(1), said(1), said(2), limited, said(1), ballot, limited, ballot, limited, limited];
        let mut particulars = Particulars::default();
        let places = all.map(|said| particulars.place(said));
        // A limit is looked for only where it is the last one.
        assert_eq!(places, [0, 0, 1, 2, 0, 3, 4, 3, 5, 5]);
        assert!(places.iter().zip(&all).all(|(place, said)| particulars.get(*place) == said));
    }

    #[test]
    fn what_others_say_keeps_its_signers() {
        let by = |signer: u32| Particular { signer, ..said(1) };
        let mut others = Particulars::default();
        let there = [by(1), said(1), by(0), said(2), by(1)].map(|said| others.place(said));
        let mut here = Particulars::default();
        here.place(said(2));
        let places = here.absorb(&others, &[7, 3]);
        let found = there.map(|place| *here.get(places[place as usize]));
        assert_eq!(found, [by(3), said(1), by(7), said(2), by(3)]);
        assert_eq!(places[there[3] as usize], 0, "it was known here");
    }
}
