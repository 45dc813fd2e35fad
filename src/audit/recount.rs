//! The second count: every item's totals added up again, vote by vote, apart from the grouped count,
//! and compared to the last vote. A difference is a bug of ours and stops the program.

use std::collections::BTreeMap;

use super::attribution::{Slot, attribute};
use crate::amount::Votes;
use crate::ballot::reading::{Line, Uncast};
use crate::count::ItemCount;
use crate::meeting::Item;
use crate::parallel::each;
use crate::tabulate::Tabulation;

/// Counts every item again.
///
/// # Panics
/// When the two counts differ.
pub fn recount(tabulation: &Tabulation) {
    let items = &tabulation.loaded.meeting.items;
    let places: Vec<usize> = (0..items.len()).collect();
    each(tabulation.loaded.threads_over_items(), &places, |place| {
        let mut sums: BTreeMap<Slot, Votes> = BTreeMap::new();
        attribute(tabulation, *place, |_, slot, votes| *sums.entry(slot).or_default() += votes);
        compare(&items[*place], &tabulation.count.items[*place], &sums);
    });
}

fn compare(item: &Item, count: &ItemCount, sums: &BTreeMap<Slot, Votes>) {
    let sum = |slot: Slot| sums.get(&slot).copied().unwrap_or_default();
    for column in 0..item.column_count() {
        let lines = count.lines(column, |_| true);
        let pairs = [
            (Line::Against, lines.against),
            (Line::Abstain, lines.abstain),
            (Line::Withheld, lines.withheld),
            (Line::BrokerNonVote, lines.broker_non_votes),
            (Line::NotVoted, lines.not_voted),
            (Line::For, lines.votes_for),
        ];
        for (line, counted) in pairs {
            let again = sum(Slot::Line(column, line));
            assert_eq!(counted, again, "the second count differs on item {}, {line:?}", item.id);
        }
    }
    for (choice, counted) in count.choices().into_iter().enumerate() {
        assert_eq!(counted, sum(Slot::Choice(choice)), "the second count differs on item {}", item.id);
    }
    let Some(cumulative) = &count.cumulative else { return };
    for (nominee, counted) in cumulative.votes_for.iter().enumerate() {
        let allocated: Votes =
            cumulative.allocations.iter().map(|allocation| allocation.votes[nominee]).sum();
        let again = sum(Slot::Cumulated(nominee)) + allocated;
        assert_eq!(*counted, again, "the second count differs on item {}", item.id);
    }
    for (uncast, counted) in [
        (Uncast::Withheld, cumulative.withheld),
        (Uncast::Void, cumulative.void),
        (Uncast::BrokerNonVote, cumulative.broker_non_votes),
        (Uncast::NotVoted, cumulative.not_voted),
    ] {
        assert_eq!(counted, sum(Slot::Uncast(uncast)), "the second count differs on item {}", item.id);
    }
    let (mut pools, mut allocated) = (Votes::ZERO, Votes::ZERO);
    for allocation in &cumulative.allocations {
        let form = u16::try_from(allocation.form).unwrap_or(u16::MAX);
        let pool: Votes = allocation.pools.iter().map(|(_, pool)| *pool).sum();
        assert_eq!(pool, sum(Slot::Discretion(form)), "the second count differs on item {}", item.id);
        pools += pool;
        allocated += allocation.votes.iter().copied().sum();
    }
    let unused = sum(Slot::Unused) + (pools - allocated);
    assert_eq!(cumulative.unused, unused, "the second count differs on item {}", item.id);
}
