//! The figures on which an item's outcome depends, in a row: sums of rows are the figures of the sum.

use std::collections::BTreeMap;

use ethnum::I256;

use super::bounds::{Comparison, Span};
use super::ways::{Allocated, MarkedAs, Missing};
use crate::amount::Votes;
use crate::count::cumulative::allocate;
use crate::count::{Count, CumulativeCount, Followed, HolderCount, ItemCount, Lines};
use crate::decide::{ItemDecision, decide_item};
use crate::meeting::{Allocation, ItemKind};
use crate::tabulate::Tabulation;

/// The lines of a column.
const LINES: usize = 6;
/// The figures of the heads on a column.
const HEADS: usize = 8;
/// The figure of the heads that are present.
const PRESENT: usize = 7;

/// A row's figures that are not zero, by place.
pub(super) type Sparse = Vec<(usize, u128)>;

/// Which figures stand where.
pub(super) struct Shape<'a> {
    pub(super) tabulation: &'a Tabulation,
    pub(super) item: usize,
    pub(super) classes: usize,
    pub(super) columns: usize,
    pub(super) choices: usize,
    /// Voting groups whose heads are counted, and one more for all.
    head_counts: usize,
    /// Counts of heads that are present for the quorum.
    quorum_head_counts: usize,
    /// Pools that proxy holders allocate together, by form and the nominees that the cards permit.
    pub(super) pools: Vec<(usize, Vec<usize>)>,
    pub(super) is_cumulative: bool,
    pub(super) is_counted_by_heads: bool,
    /// How many accounts vote as others do.
    followers: usize,
}

impl<'a> Shape<'a> {
    /// The shape of an item in all of some counts.
    pub(super) fn of<'c>(
        tabulation: &'a Tabulation,
        item: usize,
        counts: impl Iterator<Item = &'c Count>,
    ) -> Self {
        let meeting = &tabulation.loaded.meeting;
        let of = &meeting.items[item];
        let mut pools: BTreeMap<(usize, Vec<usize>), ()> = BTreeMap::new();
        for count in counts {
            for allocation in count.items[item].cumulative.iter().flat_map(|count| &count.allocations) {
                if meeting.forms[allocation.form].allocation[item] != Allocation::PerCard {
                    for (permitted, _) in &allocation.pools {
                        pools.insert((allocation.form, permitted.clone()), ());
                    }
                }
            }
        }
        let count = &tabulation.count.items[item];
        let is_counted_by_heads = count.holders.is_some();
        Self {
            tabulation,
            item,
            classes: meeting.classes.len(),
            columns: of.column_count(),
            choices: if let ItemKind::Frequency(choices) = &of.kind { choices.len() } else { 0 },
            head_counts: if is_counted_by_heads { 1 + count.group_holders.len() } else { 0 },
            quorum_head_counts: count
                .heads
                .as_ref()
                .map_or(0, |heads| 1 + heads.by_class.len() + heads.groups.len()),
            pools: pools.into_keys().collect(),
            is_cumulative: count.cumulative.is_some(),
            is_counted_by_heads,
            followers: count.following.len(),
        }
    }

    pub(super) fn present(&self, class: usize) -> usize {
        self.classes + class
    }

    pub(super) fn line(&self, class: usize, column: usize, line: usize) -> usize {
        2 * self.classes + (class * self.columns + column) * LINES + line
    }

    pub(super) fn choice(&self, class: usize, choice: usize) -> usize {
        self.line(self.classes, 0, 0) + class * self.choices + choice
    }

    /// Heads of all (0) or of a voting group (1 and on): for, against, present and entitled, present.
    pub(super) fn heads(&self, of: usize, column: usize, figure: usize) -> usize {
        self.choice(self.classes, 0) + (of * self.columns + column) * HEADS + figure
    }

    /// Heads present for the quorum: of all, of each class, of each voting group.
    fn quorum_heads(&self, of: usize) -> usize {
        self.heads(self.head_counts, 0, 0) + of
    }

    /// Cumulated votes for a nominee that no proxy holder may move.
    pub(super) fn direct(&self, nominee: usize) -> usize {
        self.quorum_heads(self.quorum_head_counts) + nominee
    }

    pub(super) fn pool(&self, pool: usize) -> usize {
        self.direct(if self.is_cumulative { self.columns } else { 0 }) + pool
    }

    /// Where accounts vote as others do: votes of a class that say anything.
    fn speaking(&self, class: usize) -> usize {
        self.pool(self.pools.len()) + class
    }

    /// What a follower cast itself: its lines by nominee, its choices, what it says anything with; and by class what
    /// is left of it.
    fn follower(&self, follower: usize) -> usize {
        self.speaking(self.classes) + follower * (self.columns * LINES + self.choices + 1 + self.classes)
    }

    /// Whether votes depend on how others are cast, so that an item is no sum of what accounts add.
    pub(super) fn has_followers(&self) -> bool {
        self.followers > 0
    }

    /// How many figures there are.
    pub(super) fn len(&self) -> usize {
        if self.has_followers() { self.follower(self.followers) } else { self.pool(self.pools.len()) }
    }

    /// The steps in deciding it once: its figures, and where proxy holders' pools are allocated anew, each name
    /// of each pool for every name and again for every name that drops out.
    pub(super) fn cost(&self) -> u64 {
        let names: usize = self.pools.iter().map(|(_, names)| names.len()).sum();
        let allocating = names as u64 * (self.columns * self.columns) as u64 / 4;
        self.len() as u64 * 2 + allocating
    }

    /// The figures of a count.
    pub(super) fn read(&self, count: &Count) -> Vec<u128> {
        let item = &count.items[self.item];
        let mut row = Vec::with_capacity(self.len());
        row.extend(item.classes.iter().map(|class| class.excluded_present.units()));
        row.extend(item.classes.iter().map(|class| class.present.units()));
        // Before anyone follows, the rows are sums of what accounts add.
        let before: Vec<Followed> =
            (0..item.classes.len()).map(|class| item.before_following(class)).collect();
        row.extend(before.iter().flat_map(|class| &class.columns).flat_map(|lines| lines.units()));
        row.extend(before.iter().flat_map(|class| &class.choices).map(|votes| votes.units()));
        for heads in item.holders.iter().chain(&item.group_holders).flatten() {
            let sides = [heads.by_majority, heads.on_both, heads.without_split];
            row.extend(sides.iter().flat_map(|sides| [sides.on_for, sides.on_against]).map(u128::from));
            let heads = [heads.present_and_entitled, heads.present];
            row.extend(heads.map(u128::from));
        }
        if let Some(heads) = &item.heads {
            let all = [&heads.whole].into_iter().chain(&heads.by_class).chain(&heads.groups);
            row.extend(all.map(|heads| u128::from(heads.present)));
        }
        if let Some(cumulative) = &item.cumulative {
            row.extend(self.direct_votes(cumulative).iter().map(|votes| votes.units()));
            let mut pools = vec![0; self.pools.len()];
            for allocation in &cumulative.allocations {
                for (permitted, votes) in &allocation.pools {
                    let place = self
                        .pools
                        .iter()
                        .position(|(form, names)| *form == allocation.form && names == permitted);
                    if let Some(place) = place {
                        pools[place] += votes.units();
                    }
                }
            }
            row.extend(pools);
        }
        if self.has_followers() {
            row.extend(before.iter().map(|class| class.speaking.units()));
            for following in &item.following {
                row.extend(following.own.columns.iter().flat_map(|lines| lines.units()));
                row.extend(following.own.choices.iter().map(|votes| votes.units()));
                row.push(following.own.speaking.units());
                row.extend(following.rest.iter().map(|votes| votes.units()));
            }
        }
        row
    }

    /// What is cast for each nominee but for the pools that are allocated together.
    fn direct_votes(&self, cumulative: &CumulativeCount) -> Vec<Votes> {
        let mut direct = cumulative.votes_for.clone();
        let meeting = &self.tabulation.loaded.meeting;
        for allocation in &cumulative.allocations {
            if meeting.forms[allocation.form].allocation[self.item] != Allocation::PerCard {
                direct.iter_mut().zip(&allocation.votes).for_each(|(votes, by_form)| *votes -= *by_form);
            }
        }
        direct
    }

    /// Whether heads decide anything of it.
    pub(super) fn counts_heads(&self) -> bool {
        self.head_counts + self.quorum_head_counts > 0
    }

    /// Directors to be elected; 1 elsewhere.
    pub(super) fn seats(&self) -> u32 {
        self.tabulation.loaded.meeting.items[self.item].election().map_or(1, |election| election.seats)
    }

    /// Where the figures stand that say who is present.
    pub(super) fn presence(&self) -> impl Iterator<Item = usize> {
        let heads = self.heads(0, 0, PRESENT)..self.heads(self.head_counts, 0, 0);
        let for_quorum = self.quorum_heads(0)..self.quorum_heads(self.quorum_head_counts);
        (0..2 * self.classes).chain(heads.step_by(HEADS)).chain(for_quorum)
    }

    /// So many more votes of each class present, in so many heads.
    pub(super) fn all_present(&self, row: &mut [u128], votes: &[Votes], heads: u64) {
        for (class, votes) in votes.iter().enumerate() {
            row[class] += votes.units();
            row[self.present(class)] += votes.units();
        }
        for place in self.presence().skip(2 * self.classes).collect::<Vec<_>>() {
            row[place] += u128::from(heads);
        }
    }

    /// Between what a comparison lies by votes that may be absent or stand on any line.
    pub(super) fn anywhere(&self, comparison: &Comparison, votes: &[Votes], heads: u64) -> Span {
        let weight = |place: usize| comparison.weight(place);
        let ends = |places: &mut dyn Iterator<Item = usize>| -> Span {
            let mut places = places.map(weight);
            let first = places.next().map_or(Span::NOTHING, Span::exactly);
            places.fold(first, Span::with)
        };
        let mut all = Span::NOTHING;
        for (class, votes) in votes.iter().enumerate() {
            let mut one = Span::exactly(weight(class) + weight(self.present(class)));
            for column in 0..self.columns {
                one = one.plus(ends(&mut (0..LINES).map(|line| self.line(class, column, line))));
            }
            let choices = ends(&mut (0..self.choices).map(|choice| self.choice(class, choice)));
            one = one.plus(choices.with(I256::ZERO));
            for nominee in 0..if self.is_cumulative { self.columns } else { 0 } {
                let cumulated = weight(self.direct(nominee)) * I256::from(self.seats());
                one = one.plus(Span::exactly(cumulated).with(I256::ZERO));
            }
            all = all.plus(one.with(I256::ZERO).times(votes.units()));
        }
        for place in self.heads(0, 0, 0)..self.heads(self.head_counts, 0, 0) {
            all = all.plus(Span::exactly(weight(place)).with(I256::ZERO).times(u128::from(heads)));
        }
        all
    }

    /// Whether there is a quorum with these figures, which need not say how anybody voted.
    pub(super) fn decide_presence(&self, row: &[u128]) -> ItemDecision {
        let item = self.written(row);
        decide_item(&self.tabulation.loaded.meeting, &self.tabulation.electorate, self.item, &item)
    }

    /// What the item comes to with these figures, where some form's pools are cast anew or not.
    pub(super) fn decide(&self, row: &[u128], anew: Option<&Allocated>) -> ItemDecision {
        let mut item = self.written(row);
        let votes = |place: usize| Votes::from_units(row[place]);
        if self.is_cumulative {
            let mut votes_for: Vec<Votes> =
                (0..self.columns).map(|nominee| votes(self.direct(nominee))).collect();
            let allocated = self.allocated(row, anew);
            votes_for.iter_mut().zip(allocated).for_each(|(votes, by_forms)| *votes += by_forms);
            item.cumulative = Some(CumulativeCount { votes_for, ..CumulativeCount::default() });
        }
        decide_item(&self.tabulation.loaded.meeting, &self.tabulation.electorate, self.item, &item)
    }

    /// The figures as a count, cumulated votes aside.
    fn written(&self, row: &[u128]) -> ItemCount {
        let votes = |place: usize| Votes::from_units(row[place]);
        let now = &self.tabulation.count.items[self.item];
        let lines = |first: usize| Lines {
            votes_for: votes(first),
            against: votes(first + 1),
            abstain: votes(first + 2),
            withheld: votes(first + 3),
            broker_non_votes: votes(first + 4),
            not_voted: votes(first + 5),
        };
        let mut item = ItemCount {
            following: Vec::new(),
            classes: now.classes.clone(),
            cumulative: None,
            holders: now.holders.clone(),
            group_holders: now.group_holders.clone(),
            heads: now.heads.clone(),
            capped: now.capped,
        };
        if let Some(heads) = &mut item.heads {
            let all = [&mut heads.whole].into_iter().chain(&mut heads.by_class).chain(&mut heads.groups);
            for (of, heads) in all.enumerate() {
                heads.present = u64::try_from(row[self.quorum_heads(of)]).unwrap_or(u64::MAX);
            }
        }
        for (place, class) in item.classes.iter_mut().enumerate() {
            class.excluded_present = votes(place);
            class.present = votes(self.present(place));
            for (column, of_column) in class.columns.iter_mut().enumerate() {
                *of_column = lines(self.line(place, column, 0));
            }
            for (choice, of_choice) in class.choices.iter_mut().enumerate() {
                *of_choice = votes(self.choice(place, choice));
            }
        }
        let heads = item.holders.iter_mut().chain(&mut item.group_holders).enumerate();
        for (of, columns) in heads {
            columns
                .iter_mut()
                .enumerate()
                .for_each(|(column, heads)| self.write_heads(row, of, column, heads));
        }
        if self.has_followers() {
            let meeting = &self.tabulation.loaded.meeting;
            for (place, class) in item.classes.iter_mut().enumerate() {
                class.speaking = votes(self.speaking(place));
            }
            for follower in 0..self.followers {
                let mut following = now.following[follower].clone();
                let first = self.follower(follower);
                for (column, of_column) in following.own.columns.iter_mut().enumerate() {
                    *of_column = lines(first + column * LINES);
                }
                let rest = [&mut following.own.speaking].into_iter().chain(&mut following.rest);
                let figures = following.own.choices.iter_mut().chain(rest);
                (first + self.columns * LINES..).zip(figures).for_each(|(at, figure)| *figure = votes(at));
                item.following.push(following);
            }
            item.follow(&meeting.items[self.item], &meeting.followers);
        }
        item
    }

    fn write_heads(&self, row: &[u128], of: usize, column: usize, heads: &mut HolderCount) {
        let figure = |figure| u64::try_from(row[self.heads(of, column, figure)]).unwrap_or(u64::MAX);
        for (place, sides) in
            [&mut heads.by_majority, &mut heads.on_both, &mut heads.without_split].into_iter().enumerate()
        {
            sides.on_for = figure(2 * place);
            sides.on_against = figure(2 * place + 1);
        }
        heads.present_and_entitled = figure(6);
        heads.present = figure(PRESENT);
    }

    /// What the proxy holders' pools come to, nominee by nominee.
    pub(super) fn allocated(&self, row: &[u128], anew: Option<&Allocated>) -> Vec<Votes> {
        let mut all = vec![Votes::ZERO; self.columns];
        let mut forms: Vec<usize> = self.pools.iter().map(|(form, _)| *form).collect();
        forms.dedup();
        for form in forms {
            let of_form = self.pools.iter().enumerate().filter(|(_, (of, _))| *of == form);
            let pools: Vec<(Vec<usize>, Votes)> = of_form
                .map(|(place, (_, names))| (names.clone(), Votes::from_units(row[self.pool(place)])))
                .filter(|(_, votes)| !votes.is_zero())
                .collect();
            match anew.filter(|anew| anew.form == form) {
                Some(Allocated { nominee: Some(nominee), .. }) => {
                    let permitted = pools.iter().filter(|(names, _)| names.contains(nominee));
                    all[*nominee] += permitted.map(|(_, votes)| *votes).sum();
                }
                anew => {
                    let meeting = &self.tabulation.loaded.meeting;
                    let manner = match anew {
                        Some(_) => &Allocation::Level,
                        None => &meeting.forms[form].allocation[self.item],
                    };
                    let (votes, _) = allocate(meeting, self.columns, manner, &pools);
                    all.iter_mut().zip(votes).for_each(|(all, votes)| *all += votes);
                }
            }
        }
        all
    }

    /// Votes that the register lacks, present and marked alike.
    pub(super) fn missing(&self, missing: &Missing, votes: Votes) -> Sparse {
        let (class, units) = (missing.class, votes.units());
        let mut row = Sparse::new();
        let item = &self.tabulation.loaded.meeting.items[self.item];
        if !item.entitled_classes[class] {
            return row;
        }
        row.push((self.present(class), units));
        for column in 0..self.columns {
            let line = match missing.marked {
                MarkedAs::NotVoted => 5,
                MarkedAs::For | MarkedAs::Choice(_) => 0,
                MarkedAs::Against => 1,
                MarkedAs::Nominee(nominee) => usize::from(nominee != column),
            };
            row.push((self.line(class, column, line), units));
        }
        if let MarkedAs::Choice(choice) = missing.marked {
            row.push((self.choice(class, choice), units));
        }
        if self.has_followers() && missing.marked != MarkedAs::NotVoted {
            row.push((self.speaking(class), units));
        }
        if let (MarkedAs::Nominee(nominee), Some(election)) = (missing.marked, item.election())
            && self.is_cumulative
            && election.is_nominated_in_time(nominee, &self.tabulation.loaded.meeting)
        {
            row.push((self.direct(nominee), votes.times(election.seats).units()));
        }
        row.sort_unstable();
        row
    }

    /// Every way of marking votes that the register lacks between which all others lie.
    pub(super) fn marked_as(&self) -> Vec<MarkedAs> {
        let mut ways = vec![MarkedAs::NotVoted];
        match &self.tabulation.loaded.meeting.items[self.item].kind {
            ItemKind::Proposal(_) => ways.extend([MarkedAs::For, MarkedAs::Against]),
            ItemKind::Frequency(choices) => ways.extend((0..choices.len()).map(MarkedAs::Choice)),
            ItemKind::Election(election) => {
                ways.push(MarkedAs::Against);
                ways.extend((0..election.nominees.len()).map(MarkedAs::Nominee));
            }
        }
        ways
    }
}

/// A row's figures that are not zero.
pub(super) fn sparse(row: &[u128]) -> Sparse {
    row.iter().copied().enumerate().filter(|(_, figure)| *figure != 0).collect()
}

/// Adds to a row.
pub(super) fn add(row: &mut [u128], other: &Sparse) {
    other.iter().for_each(|(place, figure)| row[*place] += figure);
}

/// Takes away from a row; nothing where it has not so much, which it has where figures add up.
pub(super) fn subtract(row: &mut [u128], other: &Sparse) -> Option<()> {
    other.iter().try_for_each(|(place, figure)| {
        row[*place] = row[*place].checked_sub(*figure)?;
        Some(())
    })
}
