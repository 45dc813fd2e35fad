//! The tests that a card must pass before it is ordered against others.

use jiff::Span;
use jiff::civil::Date;

use super::order::{OrderKey, Tier};
use super::ruled::Verdict;
use super::{Cause, Determination, Determined, Determiner, Disposition, Reason, StandingCard};
use crate::ascertain::Holding;
use crate::ballot::{Cell, Column};
use crate::load::{AccountId, Card, CardId, Cards, Manner, SignedState};
use crate::meeting::{AttendanceRevokes, Meeting, SignatureMismatch};
use crate::time::{Moment, add_months};

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
    /// Before the vote only because a date alone counts as before it on the day of the proxy holders' ballot.
    BeforeVoteByDayOnly,
    /// A ballot that says it is irrevocable, which is ignored.
    IrrevocableBallot,
    /// Marks on items of which it says that it does not speak.
    MarksOutsideItems,
}

/// The date that a proxy is taken to bear: its own, but not later than its receipt (VAL-6).
pub(crate) fn effective_date(card: &Card) -> Option<Date> {
    card.dated.map(|dated| dated.min(card.received.day))
}

impl Determined {
    /// What is noted of a card.
    pub(crate) fn notes(&self, cards: &Cards, card: &Card) -> impl Iterator<Item = Note> + use<> {
        let says_irrevocable = || cards.extra(card).is_some_and(|extra| extra.is_irrevocable);
        let is_dated_later = !card.is_ballot() && card.dated.is_some_and(|dated| dated > card.received.day);
        let is_by_day_only = self.cutoff.is_some_and(|close| card.received.is_in_time_by_day_only(&close));
        let is_before_vote = self.votes_cast.is_before_by_day_only(card);
        let scope = cards.scope(card);
        let is_outside = |(column, cell): (&Column, &Cell)| {
            *cell != Cell::Blank && !scope.iter().any(|item| usize::from(*item) == column.item)
        };
        let mut marks = cards.layout.columns.iter().zip(cards.markings.cells(card.marking));
        let has_marks_outside = !scope.is_empty() && marks.any(is_outside);
        [
            (has_marks_outside, Note::MarksOutsideItems),
            (is_dated_later, Note::DatedAfterReceipt),
            (is_by_day_only, Note::InTimeByDayOnly),
            (is_before_vote, Note::BeforeVoteByDayOnly),
            (card.is_ballot() && says_irrevocable(), Note::IrrevocableBallot),
        ]
        .into_iter()
        .filter_map(|(is_noted, note)| is_noted.then_some(note))
    }
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
        self.ruled_out(id, &self.card(id)).unwrap_or(rejected(Reason::UnknownAccount))
    }

    /// RUL-1.
    fn ruled_out(&self, id: CardId, card: &Card) -> Option<Determination> {
        match self.rulings.on_card(id, card) {
            Some((Verdict::Reject, ruling)) => {
                Some(Determination::new(Disposition::Rejected, Reason::RuledOut, Some(Cause::Ruling(ruling))))
            }
            Some((Verdict::Count, _)) | None => None,
        }
    }

    /// Tests a card in their order. A rejection or revocation goes before a hold. `first` are cards that a ruling
    /// makes stand before all others, by number.
    pub(super) fn examine(&self, id: CardId, first: &[CardId]) -> Examined {
        self.examine_as_of(id, first, None)
    }

    /// The same with the revocations that had come by some time.
    pub(super) fn examine_as_of(&self, id: CardId, first: &[CardId], as_of: Option<Moment>) -> Examined {
        let card = &self.card(id);
        let is_reversed = self.reversed == Some(id);
        if let Some(determination) = self.ruled_out(id, card).filter(|_| !is_reversed) {
            return Examined::Falls(determination);
        }
        // VAL-2.
        if !self.has_votes(card) {
            return Examined::Falls(rejected(Reason::NoVotingShares));
        }
        if is_reversed {
            let key = OrderKey { tier: Tier::First, ..self.order_key(card, true) };
            return Examined::Stands(StandingCard { id, key, hold: None, claim: None });
        }
        let is_ruled_count = self.rulings.counts(id, card);
        let mut hold = None;
        if is_ruled_count && self.has_not_come(card) {
            return Examined::Falls(rejected(Reason::NotYetReceived));
        }
        // RUL-6.
        if first.binary_search(&id).is_ok() {
            let key = OrderKey { tier: Tier::First, ..self.order_key(card, true) };
            return Examined::Stands(StandingCard { id, key, hold, claim: None });
        }
        if !is_ruled_count {
            match self.waivable(card) {
                Ok(found) => hold = found,
                Err(reason) => return Examined::Falls(rejected(reason)),
            }
        }
        if let Some(determination) = self.revoked(card, as_of) {
            return Examined::Falls(determination);
        }
        let key = self.order_key(card, is_ruled_count);
        Examined::Stands(StandingCard { id, key, hold, claim: None })
    }

    /// VAL-5: what has not come yet is not there to be ruled on.
    fn has_not_come(&self, card: &Card) -> bool {
        self.as_of.is_some_and(|at| card.received.is_after_close(&at))
    }

    fn has_votes(&self, card: &Card) -> bool {
        let wanted = self.loaded.cards.class(card);
        self.electorate.ids_of(card.account).any(|id| {
            let class = usize::from(self.electorate.get(id).class);
            self.may_vote(id) && wanted.is_none_or(|wanted| wanted == class)
        })
    }

    /// RUL-2: the tests that a ruling `count` waives: a rejection, or what to hold the card for.
    pub(super) fn waivable(&self, card: &Card) -> Result<Option<Reason>, Reason> {
        let mut hold = None;
        // VAL-3, VAL-4: Cal. Corp. Code § 705(a), Model Act § 7.24.
        match (card.signed, self.rules.signature_mismatch) {
            (SignedState::No, _) => return Err(Reason::Unsigned),
            (SignedState::Mismatch, SignatureMismatch::Reject) => return Err(Reason::SignatureMismatch),
            (SignedState::Mismatch, SignatureMismatch::Hold) => hold = Some(Reason::SignatureMismatch),
            (SignedState::Mismatch, SignatureMismatch::Accept) | (SignedState::Yes, _) => {}
        }
        // VAL-5: nothing is accepted after the close of the polls (8 Del. C. § 231(c)).
        if self.close_for(card).is_some_and(|close| card.received.is_after_close(&close)) {
            return Err(if self.has_not_come(card) { Reason::NotYetReceived } else { Reason::Late });
        }
        if card.is_ballot() {
            return Ok(hold.or_else(|| self.contradiction(card)));
        }
        // VOT-1: the inspector must say whether the proxy holders' ballot included it.
        if card
            .form
            .and_then(|form| self.votes_cast.at(form))
            .is_some_and(|cast| card.received.is_after_close(&cast))
        {
            hold = hold.or(Some(Reason::AfterVote));
        }
        // VAL-6.
        if card.dated.is_some_and(|dated| dated > self.meeting.date) {
            hold = hold.or(Some(Reason::PostDated));
        }
        // VAL-7: Cal. Corp. Code § 705(b), 8 Del. C. § 212(b); a proxy valid at the first session
        // stays valid at the adjourned one.
        // What the proxy itself says goes before the months of the statute; an undated one runs from its receipt.
        let is_expired = match self.loaded.cards.extra(card).and_then(|extra| extra.valid_until) {
            Some(until) => until < self.meeting.first_session(),
            None => effective_date(card).unwrap_or(card.received.day) < self.valid_from,
        };
        if is_expired {
            return Err(Reason::Expired);
        }
        Ok(hold.or_else(|| self.contradiction(card)))
    }

    /// VAL-10, JNT-5: what the inspector must say of a card that contradicts itself or the register.
    fn contradiction(&self, card: &Card) -> Option<Reason> {
        let cards = &self.loaded.cards;
        let extra = cards.extra(card);
        let contradicts_itself = extra.is_some_and(|extra| {
            let ends_early = extra.valid_until.zip(card.dated).is_some_and(|(until, dated)| until < dated);
            extra.is_ballot_with_form || !extra.contradiction.is_empty() || (ends_early && !card.is_ballot())
        });
        let limit = cards.limit(card);
        let signer = cards.signer_of(card);
        if !contradicts_itself && limit.is_none() && signer.is_none() {
            return None;
        }
        let class = cards.class(card);
        let is_partial = limit.is_some() && class.is_none() && self.electorate.of(card.account).len() > 1;
        if contradicts_itself || is_partial || signer.is_some_and(|signer| !self.names(card.account, signer))
        {
            return Some(Reason::Contradiction);
        }
        let is_joint = self.electorate.of(card.account).iter().any(|position| {
            position.holding() == Holding::Joint
                && class.is_none_or(|class| class == usize::from(position.class))
        });
        (limit.is_some() && is_joint && self.rules.joint_holders.is_together()).then_some(Reason::PartOfJoint)
    }

    /// Whether the register names a signer, or names nobody.
    fn names(&self, account: AccountId, signer: u32) -> bool {
        let name = self.loaded.cards.signer_name(signer);
        let mut holders = self
            .electorate
            .ids_of(account)
            .filter_map(|id| self.electorate.co_holders.get(&id))
            .flatten()
            .peekable();
        holders.peek().is_none() || holders.any(|holder| holder.name == name)
    }

    /// VAL-8, VAL-9: revocations of a proxy (Cal. Corp. Code § 705(b)).
    fn revoked(&self, card: &Card, as_of: Option<Moment>) -> Option<Determination> {
        // VOT-1: what came after the vote does not undo it.
        let voted = self.votes_cast.at(card.form?);
        // VAL-11: and an irrevocable proxy is not revoked.
        if self.is_irrevocable(card) {
            return None;
        }
        let ends = [voted, as_of];
        let of_card = effective_date(card).unwrap_or(card.received.day);
        let requests_count = self.rules.attendance_revokes == AttendanceRevokes::OnRequest;
        // RUL-5: a revocation that is ruled to count is in time. Of several, a writing before a request, then
        // the first received: the order of the rows must not matter.
        let first = &self.revocation_order.get(&card.account)?.first(
            self.loaded.cards.signer_of(card),
            (of_card, card.received),
            &ends,
            requests_count,
        )?;
        let reason = match self.loaded.revocations[*first as usize].manner {
            Manner::Written => Reason::Written,
            Manner::AtMeeting => Reason::AtMeeting,
            Manner::Death => Reason::Death,
        };
        Some(Determination::new(Disposition::Revoked, reason, Some(Cause::Revocation(*first))))
    }
}
