//! The inspector's rulings, as determining looks them up (RUL-1 to RUL-8).

use std::collections::{BTreeMap, HashMap};

use super::{Determiner, Scenario, StreetCut};
use crate::load::{AccountId, Card, CardId, RulingKind, Subject};

/// Whether what is ruled on stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does.
    Count,
    /// It does not.
    Reject,
}

/// Rulings by what they are on. The numbers are their places among the rulings.
#[derive(Debug, Default)]
pub(super) struct Rulings {
    cards: HashMap<CardId, (Verdict, u32)>,
    forms: BTreeMap<u16, (Verdict, u32)>,
    revocations: HashMap<u32, Verdict>,
    street: HashMap<AccountId, Verdict>,
    /// The first ruling on an item of a card.
    pub(super) on_item: HashMap<CardId, u32>,
    /// Per card, items that are ruled out, by place.
    pub(super) out_of_items: HashMap<CardId, Vec<usize>>,
}

impl Rulings {
    pub(super) fn of(scenario: &Scenario<'_>) -> Self {
        let mut rulings = Self::default();
        for (place, ruling) in (0_u32..).zip(scenario.rulings) {
            let verdict = match ruling.kind {
                RulingKind::Count => Verdict::Count,
                RulingKind::Reject => Verdict::Reject,
                RulingKind::RejectItem(item) => {
                    if let Some(card) = ruling.card() {
                        rulings.on_item.entry(card).or_insert(place);
                        rulings.out_of_items.entry(card).or_default().push(item);
                    }
                    continue;
                }
                // Done when they were read.
                RulingKind::Mark { .. } | RulingKind::Account(_) => continue,
            };
            match ruling.subject {
                Subject::Card(card) => _ = rulings.cards.insert(card, (verdict, place)),
                Subject::Form(form) => _ = rulings.forms.insert(form, (verdict, place)),
                Subject::Revocation(row) => _ = rulings.revocations.insert(row, verdict),
                Subject::Street(account) => _ = rulings.street.insert(account, verdict),
                Subject::Aside { .. } => {}
            }
        }
        rulings
    }

    /// RUL-4: whether a card stands by a ruling, and by which: its own goes before its form's.
    pub(super) fn on_card(&self, id: CardId, card: &Card) -> Option<(Verdict, u32)> {
        if self.cards.is_empty() && self.forms.is_empty() {
            return None;
        }
        self.cards.get(&id).or_else(|| self.forms.get(&card.form?)).copied()
    }

    /// Whether a card is ruled to count.
    pub(super) fn counts(&self, id: CardId, card: &Card) -> bool {
        matches!(self.on_card(id, card), Some((Verdict::Count, _)))
    }

    /// Whether any card is ruled to count.
    pub(super) fn has_counts(&self) -> bool {
        let is_count = |(verdict, _): &(Verdict, u32)| *verdict == Verdict::Count;
        self.cards.values().any(is_count) || self.forms.values().any(is_count)
    }

    /// Whether a revocation stands by a ruling.
    pub(super) fn on_revocation(&self, place: u32) -> Option<Verdict> {
        self.revocations.get(&place).copied()
    }
}

impl Determiner<'_> {
    /// RUL-5: whether a revocation is in time by a ruling.
    pub(super) fn is_waived(&self, place: u32) -> bool {
        self.rulings.on_revocation(place) == Some(Verdict::Count)
    }

    /// RUL-8: whether a block that is held because all come to more than the position takes what is left.
    pub(super) fn is_released(&self, id: CardId) -> bool {
        self.released_blocks.contains(&id) || self.rulings.counts(id, &self.card(id))
    }

    /// RUL-8: what becomes of a participant's totals by a ruling.
    pub(super) fn settled(&self, account: AccountId) -> Option<StreetCut> {
        let tried = self.settled_totals.iter().find(|(of, _)| *of == account).map(|(_, cut)| *cut);
        tried.or_else(|| {
            self.rulings.street.get(&account).map(|verdict| match verdict {
                Verdict::Count => StreetCut::Cut,
                Verdict::Reject => StreetCut::Rejected,
            })
        })
    }

    /// Cards that are here of an account of some kind, and were not in the meeting as it was held.
    pub(super) fn moved_to(&self, is_wanted: impl Fn(AccountId) -> bool) -> Vec<CardId> {
        let mut found: Vec<CardId> =
            self.moved.iter().filter(|(_, account)| is_wanted(**account)).map(|(id, _)| *id).collect();
        found.sort_unstable();
        found
    }

    /// The cards of an account where some are here of another; nothing where they are as in the meeting.
    pub(super) fn with_moved(&self, account: AccountId, ids: &[CardId]) -> Option<Vec<CardId>> {
        if self.moved.is_empty() {
            return None;
        }
        let stay = ids.iter().copied().filter(|id| !self.moved.contains_key(id));
        let mut all: Vec<CardId> = stay.chain(self.moved_to(|of| of == account)).collect();
        all.sort_unstable();
        Some(all)
    }
}

/// RUL-7: cards whose account is ruled here and not in the meeting as it was held, or there and not here.
pub(super) fn moved(scenario: &Scenario<'_>) -> HashMap<CardId, AccountId> {
    let loaded = scenario.loaded;
    // As written, where no ruling here says otherwise.
    let mut of: HashMap<CardId, AccountId> = loaded.aside.written.iter().map(|(id, of)| (*id, *of)).collect();
    for ruling in scenario.rulings {
        if let (Some(card), RulingKind::Account(account)) = (ruling.card(), &ruling.kind) {
            of.insert(card, *account);
        }
    }
    of.retain(|id, account| loaded.cards.account(*id) != *account);
    of
}
