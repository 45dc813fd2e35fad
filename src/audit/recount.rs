//! The second count: every item's totals added up again, vote by vote, apart from the grouped count,
//! and compared to the last vote. A difference is a bug of ours and stops the program.

use std::collections::BTreeMap;

use super::attribution::{Slot, Source, attribute};
use crate::amount::Votes;
use crate::ballot::reading::{Line, Uncast};
use crate::count::ItemCount;
use crate::load::AccountId;
use crate::meeting::{Follows, Item};
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
        let mut followed = FollowedAgain::of(tabulation);
        attribute(tabulation, *place, |source, slot, votes| {
            *sums.entry(slot).or_default() += votes;
            followed.add(source, slot, votes);
        });
        compare(&items[*place], &tabulation.count.items[*place], &sums);
        followed.compare(*place);
    });
}

/// FOL-3: what is followed, added up again source by source.
struct FollowedAgain<'a> {
    tabulation: &'a Tabulation,
    /// Per account that follows, what is followed on each line and for each choice.
    sums: Vec<BTreeMap<Slot, Votes>>,
    /// Whether an account holds several classes: what its card says of each is not told apart here.
    has_several_classes: bool,
}

impl<'a> FollowedAgain<'a> {
    fn of(tabulation: &'a Tabulation) -> Self {
        let followers = tabulation.loaded.meeting.followers.len();
        let electorate = &tabulation.electorate;
        let mut accounts =
            (0..u32::try_from(tabulation.loaded.known_accounts).unwrap_or(u32::MAX)).map(AccountId);
        let has_several_classes = followers > 0
            && tabulation.loaded.meeting.classes.len() > 1
            && accounts.any(|account| electorate.of(account).len() > 1);
        Self { tabulation, sums: vec![BTreeMap::new(); followers], has_several_classes }
    }

    fn add(&mut self, source: Source, slot: Slot, votes: Votes) {
        if self.sums.is_empty() || matches!(slot, Slot::Line(_, Line::BrokerNonVote | Line::NotVoted)) {
            return;
        }
        let (determined, electorate) = (&self.tabulation.determined, &self.tabulation.electorate);
        let account = match source {
            Source::Card(card) => determined.account_of(&self.tabulation.loaded, card),
            Source::Street(position, _) => electorate.account(position),
            Source::Silent(_) | Source::Following(_) => return,
        };
        let followers = self.tabulation.loaded.meeting.followers.iter().zip(&electorate.followers);
        for ((follower, its_account), sums) in followers.zip(&mut self.sums) {
            let is_followed = match follower.follows {
                Follows::OwnInstructions => account == *its_account,
                Follows::AllOthers => account != *its_account,
                Follows::Class(class) => {
                    electorate.of(account).iter().all(|position| usize::from(position.class) == class)
                }
            };
            if is_followed {
                *sums.entry(slot).or_default() += votes;
            }
        }
    }

    fn compare(&self, place: usize) {
        let meeting = &self.tabulation.loaded.meeting;
        let (item, count) = (&meeting.items[place], &self.tabulation.count.items[place]);
        for ((follower, following), sums) in meeting.followers.iter().zip(&count.following).zip(&self.sums) {
            if matches!(follower.follows, Follows::Class(_)) && self.has_several_classes {
                continue;
            }
            for (column, mut lines) in following.followed.columns.iter().copied().enumerate() {
                for line in [Line::For, Line::Against, Line::Abstain, Line::Withheld] {
                    let again = sums.get(&Slot::Line(column, line)).copied().unwrap_or_default();
                    assert_eq!(*lines.line(line), again, "what is followed differs on item {}", item.id);
                }
            }
            for (cast, rest) in following.cast.iter().zip(&following.rest) {
                for lines in &cast.columns {
                    assert_eq!(lines.total(), *rest, "what follows does not add up on item {}", item.id);
                }
            }
        }
    }
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
