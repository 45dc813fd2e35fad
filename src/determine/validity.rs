//! The tests that a card must pass before it is ordered against others.

use jiff::Span;
use jiff::civil::Date;

use super::{Cause, Determination, Determiner, Disposition, Reason, StandingCard};
use crate::load::{Card, CardId, Manner, SignedState};
use crate::meeting::{AttendanceRevokes, Meeting, Order, SignatureMismatch, Undated};
use crate::time::{Moment, add_months};

/// Where a card stands in the order of its account: the greater, the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderKey {
    /// A card whose determination is reversed to see what would change.
    is_reversed: bool,
    is_ballot: bool,
    /// False for an undated proxy that yields to dated ones.
    has_rank: bool,
    date: Date,
    /// Nanoseconds, all by which moments are ordered.
    received: i64,
    /// The inspector's ruling decides between two that nothing else separates.
    is_ruled_count: bool,
}

impl OrderKey {
    /// What blocks are ordered by: one whose determination is reversed, then ballots, then as they were received.
    pub(super) fn by_receipt(&self) -> (bool, bool, i64) {
        (!self.is_reversed, !self.is_ballot, self.received)
    }
}

/// What the tests found.
pub(super) enum Examined {
    Stands(StandingCard),
    Falls(Determination),
}

/// What the certificate and the ledger note of a card that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// Dated after it was received, and taken as dated when received.
    DatedAfterReceipt,
    /// In time only because a date alone counts as in time on the day the polls closed.
    InTimeByDayOnly,
}

/// The date that a proxy is taken to bear: its own, but not later than its receipt (VAL-6).
pub(crate) fn effective_date(card: &Card) -> Option<Date> {
    card.dated.map(|dated| dated.min(card.received.day))
}

/// What is noted of a card.
pub(crate) fn notes(card: &Card, cutoff: Option<Moment>) -> impl Iterator<Item = Note> + use<> {
    let is_dated_later = !card.is_ballot() && card.dated.is_some_and(|dated| dated > card.received.day);
    let is_by_day_only = cutoff.is_some_and(|close| card.received.is_in_time_by_day_only(&close));
    let dated_later = is_dated_later.then_some(Note::DatedAfterReceipt);
    dated_later.into_iter().chain(is_by_day_only.then_some(Note::InTimeByDayOnly))
}

/// VAL-7: the first date of a proxy that is still valid at the meeting's first session.
pub(super) fn valid_from(meeting: &Meeting, months: u32) -> Date {
    let session = meeting.first_session();
    // A month back and a month forth may end some days apart; from before those, day by day.
    let mut date = session.saturating_sub(Span::new().months(i64::from(months.min(MONTHS_MAX))).days(5));
    while session > add_months(date, months) {
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    date
}

/// As many as make a difference.
const MONTHS_MAX: u32 = 12_000;

fn rejected(reason: Reason) -> Determination {
    Determination::new(Disposition::Rejected, reason, None)
}

impl Determiner<'_> {
    /// VAL-1: a card from an account that nobody has: ruled out by the inspector, else unknown.
    pub(super) fn unknown_account(&self, id: CardId) -> Determination {
        self.ruled_out(id).unwrap_or(rejected(Reason::UnknownAccount))
    }

    /// RUL-1.
    fn ruled_out(&self, id: CardId) -> Option<Determination> {
        let ruling = self.ruled_reject.get(&id)?;
        Some(Determination::new(Disposition::Rejected, Reason::RuledOut, Some(Cause::Ruling(*ruling))))
    }

    /// Tests a card in the order of VAL-1 to VAL-9. A rejection or revocation goes before a hold.
    pub(super) fn examine(&self, id: CardId) -> Examined {
        let card = &self.card(id);
        let is_reversed = self.reversed == Some(id);
        if let Some(determination) = self.ruled_out(id).filter(|_| !is_reversed) {
            return Examined::Falls(determination);
        }
        // VAL-2.
        if !self.has_votes(card) {
            return Examined::Falls(rejected(Reason::NoVotingShares));
        }
        if is_reversed {
            let key = OrderKey { is_reversed, ..self.order_key(card, true) };
            return Examined::Stands(StandingCard { id, key, hold: None });
        }
        let is_ruled_count = self.ruled_count.contains_key(&id);
        let mut hold = None;
        if !is_ruled_count {
            match self.waivable(card) {
                Ok(found) => hold = found,
                Err(reason) => return Examined::Falls(rejected(reason)),
            }
        }
        if let Some(determination) = self.revoked(card) {
            return Examined::Falls(determination);
        }
        Examined::Stands(StandingCard { id, key: self.order_key(card, is_ruled_count), hold })
    }

    fn has_votes(&self, card: &Card) -> bool {
        let wanted = self.loaded.cards.class(card);
        self.electorate.ids_of(card.account).any(|id| {
            let class = usize::from(self.electorate.get(id).class);
            self.may_vote(id) && wanted.is_none_or(|wanted| wanted == class)
        })
    }

    /// RUL-2: the tests that a ruling `count` waives: a rejection, or what to hold the card for.
    fn waivable(&self, card: &Card) -> Result<Option<Reason>, Reason> {
        let mut hold = None;
        // VAL-3, VAL-4: Cal. Corp. Code § 705(a), Model Act § 7.24.
        match (card.signed, self.rules.signature_mismatch) {
            (SignedState::No, _) => return Err(Reason::Unsigned),
            (SignedState::Mismatch, SignatureMismatch::Reject) => return Err(Reason::SignatureMismatch),
            (SignedState::Mismatch, SignatureMismatch::Hold) => hold = Some(Reason::SignatureMismatch),
            (SignedState::Mismatch, SignatureMismatch::Accept) | (SignedState::Yes, _) => {}
        }
        // VAL-5: nothing is accepted after the close of the polls (8 Del. C. § 231(c)).
        if self.cutoff.is_some_and(|close| card.received.is_after_close(&close)) {
            return Err(Reason::Late);
        }
        if card.is_ballot() {
            return Ok(hold);
        }
        // VAL-6.
        if card.dated.is_some_and(|dated| dated > self.meeting.date) {
            hold = hold.or(Some(Reason::PostDated));
        }
        // VAL-7: Cal. Corp. Code § 705(b), 8 Del. C. § 212(b); a proxy valid at the first session
        // stays valid at the adjourned one.
        if effective_date(card).is_some_and(|date| date < self.valid_from) {
            return Err(Reason::Expired);
        }
        Ok(hold)
    }

    /// VAL-8, VAL-9: revocations of a proxy (Cal. Corp. Code § 705(b)).
    fn revoked(&self, card: &Card) -> Option<Determination> {
        if card.is_ballot() {
            return None;
        }
        let rows = self.revocations.get(&card.account)?;
        let applies = |place: &&u32| {
            let revocation = &self.loaded.revocations[**place as usize];
            let is_of_signer =
                revocation.signer.is_none() || revocation.signer == self.loaded.cards.signer_of(card);
            is_of_signer
                && match revocation.manner {
                    Manner::Written => {
                        let dated = revocation.dated.unwrap_or(revocation.received.day);
                        let of_card = effective_date(card).unwrap_or(card.received.day);
                        (of_card, card.received) <= (dated, revocation.received)
                    }
                    Manner::AtMeeting => self.rules.attendance_revokes == AttendanceRevokes::OnRequest,
                }
        };
        // Of several, a writing before a request, then the first received: the order of the rows must
        // not matter.
        let first = rows.iter().filter(applies).min_by_key(|place| {
            let revocation = &self.loaded.revocations[**place as usize];
            (revocation.manner == Manner::AtMeeting, revocation.received, revocation.dated)
        })?;
        let reason = match self.loaded.revocations[*first as usize].manner {
            Manner::Written => Reason::Written,
            Manner::AtMeeting => Reason::AtMeeting,
        };
        Some(Determination::new(Disposition::Revoked, reason, Some(Cause::Revocation(*first))))
    }

    /// ORD-1, ORD-2, ORD-3, ORD-4: a ballot before every proxy; proxies by the date on the form, then by receipt
    /// (Cal. Corp. Code § 705(b)), or by receipt alone; undated ones as the meeting's rule says.
    fn order_key(&self, card: &Card, is_ruled_count: bool) -> OrderKey {
        let is_ballot = card.is_ballot();
        let yields = self.rules.undated == Undated::YieldsToDated;
        let has_rank = is_ballot || card.dated.is_some() || !yields;
        let by_date = !is_ballot && has_rank && self.rules.order == Order::FormDate;
        let date = if by_date { effective_date(card).unwrap_or(card.received.day) } else { Date::MIN };
        let received = card.received.nanoseconds();
        OrderKey { is_reversed: false, is_ballot, has_rank, date, received, is_ruled_count }
    }
}
