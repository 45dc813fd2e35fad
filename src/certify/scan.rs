//! One look at every card and every position for all that the certificate tells of them.

use std::collections::BTreeMap;

use crate::ascertain::Holding;
use crate::audit::story;
use crate::determine::{Cause, Disposition, Note, Reason};
use crate::load::CardId;
use crate::parallel::parts;
use crate::rule::Rule;
use crate::tabulate::Tabulation;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct CertificateScan {
    /// Per form, its cards that stand.
    pub(super) standing: Vec<u64>,
    /// Cards with a note, in order.
    pub(super) notes: BTreeMap<Note, Vec<CardId>>,
    /// Per rule, whether it decided a card's determination.
    rules: Vec<bool>,
    /// Whether there is a proxy, a ballot, a card for some shares only.
    pub(super) has_proxy: bool,
    pub(super) has_ballot: bool,
    pub(super) has_limit: bool,
    /// Whether there are such positions.
    pub(super) has_joint: bool,
    pub(super) has_nominee: bool,
    pub(super) has_stated_votes: bool,
    pub(super) has_non_voting: bool,
}

impl CertificateScan {
    pub(super) fn of(tabulation: &Tabulation) -> Self {
        let nothing = || {
            let standing = vec![0; tabulation.loaded.meeting.forms.len()];
            Self { standing, rules: vec![false; Rule::ALL.len()], ..Self::default() }
        };
        let threads = tabulation.loaded.threads;
        let of_cards = parts(threads, tabulation.loaded.cards.count(), |range| {
            let mut scan = nothing();
            range.for_each(|place| scan.card(tabulation, CardId(u32::try_from(place).unwrap_or(u32::MAX))));
            scan
        });
        let of_positions = parts(threads, tabulation.electorate.positions.len(), |range| {
            let mut scan = nothing();
            for position in &tabulation.electorate.positions[range] {
                scan.has_joint |= position.holding() == Holding::Joint;
                scan.has_nominee |= position.holding() == Holding::Nominee;
                scan.has_stated_votes |= position.has_stated_votes();
                scan.has_non_voting |= !position.is_voting();
            }
            scan
        });
        let mut all = nothing();
        of_cards.into_iter().chain(of_positions).for_each(|part| all.append(part));
        all
    }

    fn card(&mut self, tabulation: &Tabulation, id: CardId) {
        let cards = &tabulation.loaded.cards;
        let card = &cards.get(id);
        let determination = tabulation.determined.determinations.get(id);
        let stands = matches!(determination.disposition, Disposition::Counted | Disposition::CountedInPart);
        if let Some(form) = card.form.filter(|_| stands) {
            self.standing[usize::from(form)] += 1;
        }
        if !matches!(determination.disposition, Disposition::Rejected | Disposition::Revoked) {
            for note in tabulation.determined.notes(&tabulation.loaded.cards, card) {
                self.notes.entry(note).or_default().push(id);
            }
        }
        if determination.reason != Reason::InOrder
            && let Some(rule) = story::rule_of(tabulation, id, determination)
        {
            self.rules[rule as usize] = true;
        }
        if matches!(determination.cause, Some(Cause::Card(_))) {
            self.rules[Rule::LaterSupersedes as usize] = true;
        }
        self.has_proxy |= !card.is_ballot();
        self.has_ballot |= card.is_ballot();
        self.has_limit |= cards.limit(card).is_some();
    }

    /// Rules that decided a card's determination.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> {
        Rule::ALL.iter().zip(&self.rules).filter(|(_, found)| **found).map(|(rule, _)| *rule)
    }

    /// Adds what was seen of later cards.
    fn append(&mut self, other: Self) {
        self.standing.iter_mut().zip(other.standing).for_each(|(all, cards)| *all += cards);
        for (note, cards) in other.notes {
            self.notes.entry(note).or_default().extend(cards);
        }
        self.rules.iter_mut().zip(other.rules).for_each(|(all, found)| *all |= found);
        self.has_proxy |= other.has_proxy;
        self.has_ballot |= other.has_ballot;
        self.has_limit |= other.has_limit;
        self.has_joint |= other.has_joint;
        self.has_nominee |= other.has_nominee;
        self.has_stated_votes |= other.has_stated_votes;
        self.has_non_voting |= other.has_non_voting;
    }
}
