//! The cards of each account, found for many accounts at a time.
//!
//! Cards come in any order, and what an account's cards come to is determined account by account. So
//! they are sorted into groups of accounts first, and within a group when its turn comes: then all its
//! cards are near at hand when each account is worked on.

use std::ops::Range;

use crate::load::{CardId, Loaded};
use crate::parallel::{Threads, each};

/// Accounts whose cards are determined together: so many that their cards stay near at hand.
const ACCOUNTS_TOGETHER: usize = 1 << 9;

/// Cards that are sorted together.
const CARDS_TOGETHER: usize = 1 << 18;

/// Every card, sorted by group of accounts.
pub(super) struct ByAccount {
    known_accounts: usize,
    /// Runs of cards, in their order.
    runs: Vec<CardRun>,
}

/// Cards that followed each other, sorted by group; those of a group in their order.
struct CardRun {
    cards: Vec<CardId>,
    /// Where each group's begin; cards of unknown accounts are the last group.
    starts: Vec<u32>,
}

impl ByAccount {
    pub(super) fn of(loaded: &Loaded) -> Self {
        let known_accounts = loaded.known_accounts;
        let mut by_account = Self { known_accounts, runs: Vec::new() };
        let count = loaded.cards.count();
        let ranges: Vec<Range<usize>> = (0..count)
            .step_by(CARDS_TOGETHER)
            .map(|start| start..count.min(start + CARDS_TOGETHER))
            .collect();
        by_account.runs = each(loaded.threads, &ranges, |range| by_account.run(loaded, range));
        by_account
    }

    fn run(&self, loaded: &Loaded, range: &Range<usize>) -> CardRun {
        let ids = || range.clone().map(|place| CardId(u32::try_from(place).unwrap_or(u32::MAX)));
        let group_of = |id: CardId| {
            let place = loaded.cards.account(id).place();
            if place < self.known_accounts { place / ACCOUNTS_TOGETHER } else { self.group_count() }
        };
        let (cards, starts) = sorted(self.group_count() + 1, ids, group_of);
        CardRun { cards, starts }
    }

    fn group_count(&self) -> usize {
        self.known_accounts.div_ceil(ACCOUNTS_TOGETHER)
    }

    fn of_group(&self, group: usize) -> impl Iterator<Item = CardId> {
        self.runs
            .iter()
            .flat_map(move |run| &run.cards[run.starts[group] as usize..run.starts[group + 1] as usize])
            .copied()
    }

    /// Cards of accounts that are neither on the register nor in omnibus.csv.
    pub(super) fn unknown(&self) -> impl Iterator<Item = CardId> {
        self.of_group(self.group_count())
    }

    /// All groups, cut into ranges to be worked on at once.
    pub(super) fn ranges(&self, threads: Threads) -> Vec<Range<usize>> {
        let all = self.group_count();
        let together = all.div_ceil(threads.count() * 8).max(1);
        (0..all).step_by(together).map(|first| first..all.min(first + together)).collect()
    }

    /// How many cards some groups have.
    pub(super) fn card_count(&self, groups: &Range<usize>) -> usize {
        self.runs.iter().map(|run| (run.starts[groups.end] - run.starts[groups.start]) as usize).sum()
    }

    /// The cards of a group, sorted by account.
    pub(super) fn group(&self, loaded: &Loaded, group: usize) -> Group {
        let first = group * ACCOUNTS_TOGETHER;
        let count = ACCOUNTS_TOGETHER.min(self.known_accounts - first);
        let place = |id: CardId| {
            // The loads of these do not wait for each other; those of the next look would.
            std::hint::black_box(loaded.cards.touch(id));
            loaded.cards.account(id).place() - first
        };
        let (cards, starts) = sorted(count, || self.of_group(group), place);
        Group { first, cards, starts }
    }
}

/// The cards of accounts that follow each other.
pub(super) struct Group {
    first: usize,
    cards: Vec<CardId>,
    starts: Vec<u32>,
}

impl Group {
    /// Each account, by place, with its cards in the order of the files.
    pub(super) fn accounts(&self) -> impl Iterator<Item = (usize, &[CardId])> {
        let cards = self.starts.windows(2).map(|ends| &self.cards[ends[0] as usize..ends[1] as usize]);
        (self.first..).zip(cards)
    }
}

/// Sorts cards by kind, those of a kind in the order in which they come, and says where each kind
/// begins, and where the last ends.
fn sorted<I: Iterator<Item = CardId>>(
    kind_count: usize,
    cards: impl Fn() -> I,
    kind_of: impl Fn(CardId) -> usize,
) -> (Vec<CardId>, Vec<u32>) {
    let kinds: Vec<u32> = cards().map(|id| u32::try_from(kind_of(id)).unwrap_or(u32::MAX)).collect();
    let mut starts = vec![0_u32; kind_count + 1];
    for kind in &kinds {
        starts[*kind as usize + 1] += 1;
    }
    for kind in 0..kind_count {
        starts[kind + 1] += starts[kind];
    }
    let mut next = starts.clone();
    let mut sorted = vec![CardId(0); kinds.len()];
    for (id, kind) in cards().zip(kinds) {
        let place = &mut next[kind as usize];
        sorted[*place as usize] = id;
        *place += 1;
    }
    (sorted, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_sorted_by_kind_and_keep_their_order() {
        let kinds = [2, 0, 2, 3, 0, 2];
        let ids = || (0..6).map(CardId);
        let (cards, starts) = sorted(4, ids, |id| kinds[id.place()]);
        assert_eq!(cards, [1, 4, 0, 2, 5, 3].map(CardId));
        assert_eq!(starts, [0, 2, 2, 5, 6]);
    }
}
