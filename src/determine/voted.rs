//! VOT-1: what the proxy holders voted on their ballot is not taken back (Cal. Corp. Code § 705(b): a proxy
//! may be revoked "before the vote pursuant to that proxy").
//!
//! When a form's ballot is cast, the shares that its cards then hold are voted for good. Papers that come
//! later share the rest.

use super::order::Tier;
use super::{Allotment, Determination, Determiner, Disposition, Found, Papers, Reason, StandingCard};
use crate::amount::Shares;
use crate::ascertain::{Holding, PositionId};
use crate::load::{AccountId, Card, CardId};
use crate::meeting::{Meeting, RevocableUntil};
use crate::time::Moment;

/// When the ballots of the forms were cast, of those that bind.
#[derive(Debug, Default, Clone)]
pub(super) struct VotesCast {
    /// Per form.
    of_form: Vec<Option<Moment>>,
    /// The forms with their times, the earliest first.
    in_order: Vec<(Moment, u16)>,
}

impl VotesCast {
    /// A ballot that was not cast, that came after the polls closed or later than the count is made binds
    /// nothing.
    pub(super) fn of(meeting: &Meeting, rule: RevocableUntil, cutoff: Option<Moment>) -> Self {
        if rule == RevocableUntil::PollsClose {
            return Self::default();
        }
        let is_in_time = |cast: &Moment| {
            ![meeting.last_close(), cutoff].iter().flatten().any(|close| cast.is_after_close(close))
        };
        let of_form: Vec<Option<Moment>> =
            meeting.forms.iter().map(|form| form.ballot_cast.filter(is_in_time)).collect();
        let mut in_order: Vec<(Moment, u16)> =
            (0_u16..).zip(&of_form).filter_map(|(form, cast)| Some(((*cast)?, form))).collect();
        in_order.sort_unstable();
        Self { of_form, in_order }
    }

    /// Whether a paper came before a vote only because a date alone counts as before it on that day: the vote of
    /// its own form, for a ballot that of any.
    pub(super) fn is_before_by_day_only(&self, card: &Card) -> bool {
        let by_day_only = |cast: &Moment| card.received.is_in_time_by_day_only(cast);
        match card.form {
            Some(form) => self.at(form).is_some_and(|cast| by_day_only(&cast)),
            None => self.in_order.iter().any(|(cast, _)| by_day_only(cast)),
        }
    }

    /// When the ballot of a form was cast.
    pub(super) fn at(&self, form: u16) -> Option<Moment> {
        self.of_form.get(usize::from(form)).copied().flatten()
    }
}

/// Shares of a position that a card holds for good.
#[derive(Debug, Clone)]
pub(super) struct Voted {
    pub(super) card: CardId,
    pub(super) position: PositionId,
    pub(super) shares: Shares,
    /// What the card came to when it was voted.
    pub(super) determination: Determination,
}

impl Determiner<'_> {
    /// What the forms' cards held when their ballots were cast, as far as it makes a difference: where a
    /// paper or a revocation came after.
    pub(super) fn voted(
        &self,
        account: AccountId,
        (ids, first): (&[CardId], &[CardId]),
        standing: &[StandingCard],
    ) -> Vec<Voted> {
        let is_after = |card: &StandingCard, cast: &Moment| self.card(card.id).received.is_after_close(cast);
        let rows = self.revocations.get(&account).map_or(&[][..], Vec::as_slice);
        let is_revoked_after = |cast: &Moment| {
            rows.iter().any(|row| self.loaded.revocations[*row as usize].received.is_after_close(cast))
        };
        let matters = self.votes_cast.in_order.iter().any(|(cast, form)| {
            let is_of_form = |card: &StandingCard| self.card(card.id).form == Some(*form);
            standing.iter().any(|card| is_of_form(card) && !is_after(card, cast))
                && (standing.iter().any(|card| is_after(card, cast)) || is_revoked_after(cast))
        });
        if !matters {
            return Vec::new();
        }
        let mut voted: Vec<Voted> = Vec::new();
        for at_once in self.votes_cast.in_order.chunk_by(|a, b| a.0 == b.0) {
            let cast = at_once[0].0;
            let mut then: Vec<StandingCard> = Vec::new();
            for id in ids.iter().filter(|id| !self.card(**id).received.is_after_close(&cast)) {
                if let super::validity::Examined::Stands(card) = self.examine_as_of(*id, first, Some(cast)) {
                    then.push(card);
                }
            }
            self.sort_newest_first(&mut then);
            let forms: Vec<u16> = at_once.iter().map(|(_, form)| *form).collect();
            for position in self.electorate.ids_of(account).filter(|position| self.may_vote(*position)) {
                self.vote(position, &then, &forms, &mut voted);
            }
        }
        voted
    }

    /// The proxy holders of some forms vote what their cards hold of a position.
    fn vote(&self, position: PositionId, then: &[StandingCard], forms: &[u16], voted: &mut Vec<Voted>) {
        let mut allotments = Vec::new();
        let papers = Papers { standing: then, silenced: &[], voted, is_present: false };
        self.position(position, &papers, &mut allotments, &mut Found::default());
        let is_of_forms = |id: CardId| self.card(id).form.is_some_and(|form| forms.contains(&form));
        for allotment in allotments.iter().filter(|one| is_of_forms(one.id)) {
            if !allotment.shares.is_zero() && !allotment.in_dispute && holds(allotment.determination) {
                voted.push(Voted {
                    card: allotment.id,
                    position,
                    shares: allotment.shares,
                    determination: allotment.determination,
                });
            }
        }
    }

    /// The cards on a position, where some of them have voted shares of it: these take them before all
    /// others, and what else they ask for in their ordinary place. A block asks for nothing else: it was cut
    /// when it was voted.
    pub(super) fn with_voted(
        &self,
        position: PositionId,
        cards: &[&StandingCard],
        voted: &[Voted],
    ) -> Vec<StandingCard> {
        let whole = self.electorate.get(position).shares;
        let is_nominee = self.electorate.get(position).holding() == Holding::Nominee;
        let mut found = Vec::with_capacity(cards.len() + voted.len());
        for card in cards.iter().copied() {
            let of_card = voted.iter().find(|one| (one.card, one.position) == (card.id, position));
            let Some(of_card) = of_card else {
                found.push(card.clone());
                continue;
            };
            let asked = self.claim(card, whole).min(whole);
            let mut card = card.clone();
            card.key.is_voted = true;
            let mut first = card.clone();
            first.key.tier = first.key.tier.max(Tier::Voted);
            first.claim = Some(of_card.shares);
            found.push(first);
            if of_card.shares < asked && !(is_nominee && self.limit(card.id).is_some()) {
                found.push(StandingCard { claim: Some(asked - of_card.shares), ..card });
            }
        }
        self.sort_newest_first(&mut found);
        found
    }
}

impl Determiner<'_> {
    /// A card that took what it had voted and then of the rest is told once: with all that it got.
    pub(super) fn join_parts(
        &self,
        position: PositionId,
        voted: &[Voted],
        before: usize,
        allotments: &mut Vec<Allotment>,
    ) {
        let whole = self.electorate.get(position).shares;
        for one in voted.iter().filter(|one| one.position == position) {
            let of_card = |allotment: &Allotment| allotment.id == one.card;
            let Some(first) = allotments[before..].iter().position(of_card) else { continue };
            let first = before + first;
            let rest = allotments[first + 1..].iter().position(of_card).map(|place| first + 1 + place);
            if let Some(rest) =
                rest.filter(|rest| allotments[*rest].is_not_voted != allotments[first].is_not_voted)
            {
                // The rest is in dispute; what was voted is not.
                allotments[rest].determination = one.determination;
                allotments[first].determination = one.determination;
                continue;
            }
            let rest = rest.map(|rest| allotments.remove(rest));
            let more = rest.as_ref().map_or(Shares::ZERO, |rest| rest.shares);
            let allotment = &mut allotments[first];
            if allotment.shares < one.shares || allotment.determination.disposition == Disposition::Held {
                allotment.shares += more;
                continue;
            }
            allotment.shares += more;
            allotment.determination = match rest {
                _ if allotment.shares == self.limit(one.card).unwrap_or(whole) => Determination::COUNTED,
                Some(rest) if !more.is_zero() => rest.determination,
                _ => one.determination,
            };
        }
    }
}

/// Whether a card holds the shares that stand beside it: two that contradict each other, and a block that
/// exceeds the position and is held, hold none.
fn holds(determination: Determination) -> bool {
    match determination.disposition {
        Disposition::Counted | Disposition::CountedInPart => determination.reason != Reason::SameDateConflict,
        Disposition::Held => !matches!(determination.reason, Reason::SameDateConflict | Reason::OverPosition),
        Disposition::Superseded | Disposition::Revoked | Disposition::Rejected => false,
    }
}
