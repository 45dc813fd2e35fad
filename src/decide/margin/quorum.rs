//! The fewest absent votes that make a quorum.

use std::collections::BTreeSet;

use super::{Added, ItemDecider, whole};
use crate::amount::UNITS_PER_ONE;
use crate::decide::{Quorum, quorum};

/// So many ways of giving votes to classes are looked at; beyond that the fewest found are told as such.
const LOOKS_MAX: usize = 20_000;

/// What is lacking, and of which classes.
struct Lacking {
    classes: Vec<usize>,
    votes: u128,
}

/// A search over the whole votes that each class gives.
struct Search<'a> {
    lacking: &'a [Lacking],
    /// What each class can give.
    absent: &'a [u128],
    best: Option<u128>,
    seen: BTreeSet<Vec<u128>>,
    looks: usize,
}

impl ItemDecider<'_> {
    /// The votes that the item's quorum lacks: of all who vote, of each class that must have its own, and
    /// of each voting group; a vote serves all that it is part of. QUO-6: of each holder who is lacking one
    /// vote is enough.
    pub(super) fn quorum_shortfall(&self) -> Option<Added> {
        let lacks = |quorum: &Quorum| {
            let votes = quorum.required.saturating_sub(quorum.present).units().div_ceil(UNITS_PER_ONE);
            let heads = quorum.heads.iter().map(|heads| heads.required.saturating_sub(heads.present));
            votes.max(u128::from(heads.max().unwrap_or_default()))
        };
        let all = (0..self.votes.classes.len()).filter(|class| self.item.entitled_classes[*class]).collect();
        let by_class = self.quorum.by_class.iter().map(|(class, quorum)| (vec![*class], quorum));
        let groups = self.item.voting_groups.iter().zip(&self.quorum.groups);
        let by_group = groups.map(|(group, quorum)| (group.classes.clone(), quorum));
        let parts: Vec<(Vec<usize>, &Quorum)> =
            [(all, &self.quorum)].into_iter().chain(by_class).chain(by_group).collect();
        let are_there =
            |quorum: &Quorum| quorum.heads.iter().all(|heads| heads.required <= heads.outstanding);
        if !parts.iter().all(|(_, quorum)| are_there(quorum)) {
            return None;
        }
        // A holder who is lacking in two classes is one holder of all: whose the votes are then matters.
        let is_of_one = parts.len() == 1 || parts.iter().all(|(_, quorum)| quorum.heads.is_empty());
        let lacking: Vec<Lacking> =
            parts.into_iter().map(|(classes, quorum)| Lacking { classes, votes: lacks(quorum) }).collect();
        let absent = self.absent_for_quorum();
        let mut search =
            Search { lacking: &lacking, absent: &absent, best: None, seen: BTreeSet::new(), looks: 0 };
        search.look(&vec![0; absent.len()]);
        let is_proved = is_of_one && search.looks <= LOOKS_MAX;
        search.best.filter(|votes| *votes > 0).map(|votes| Added { votes: whole(votes), to: None, is_proved })
    }

    /// The absent votes of each class that would count for the quorum, the last of them as a whole one.
    fn absent_for_quorum(&self) -> Vec<u128> {
        let outstanding =
            |of: &dyn Fn(usize) -> bool| quorum::outstanding(self.electorate, self.place, self.item, of);
        // STD-6: accounts excluded from the item count where its quorum is of more than may vote.
        let counts_excluded = self.quorum.outstanding > outstanding(&|_| true).voting;
        let of_class = |class: usize| {
            let all = outstanding(&|other| other == class);
            let here = &self.votes.classes[class];
            let (mut votes, mut present) = (all.voting, here.present);
            if counts_excluded {
                votes += all.excluded;
                present += here.excluded_present;
            }
            votes.saturating_sub(present)
        };
        let classes = 0..self.votes.classes.len();
        classes.map(|class| of_class(class).units().div_ceil(UNITS_PER_ONE)).collect()
    }
}

impl Search<'_> {
    /// Looks at every way in which each class gives at least so many votes. Where `n` more of `k` classes
    /// are lacking, one of them gives at least `n ÷ k`, and so each is tried.
    fn look(&mut self, gives: &[u128]) {
        self.looks += 1;
        let has_all = gives.iter().zip(self.absent).all(|(gives, absent)| gives <= absent);
        if self.looks > LOOKS_MAX || !has_all || !self.seen.insert(gives.to_vec()) {
            return;
        }
        let given: u128 = gives.iter().sum();
        let more = |lacking: &Lacking| {
            let has: u128 = lacking.classes.iter().map(|class| gives[*class]).sum();
            lacking.votes.saturating_sub(has)
        };
        let Some(most) = self.lacking.iter().max_by_key(|lacking| more(lacking)) else { return };
        let votes = more(most);
        if self.best.is_some_and(|best| given + votes >= best) {
            return;
        }
        if votes == 0 {
            self.best = Some(given);
            return;
        }
        let step = votes.div_ceil(most.classes.len().max(1) as u128);
        for class in &most.classes {
            let mut gives = gives.to_vec();
            gives[*class] += step;
            self.look(&gives);
        }
    }
}
