//! Cumulative voting (Cal. Corp. Code § 708): pools, what is cast from them, and what
//! the proxy holders allocate.

use std::collections::BTreeMap;

use super::{flow, level, percent_of};
use crate::amount::{UNITS_PER_MILLIONTH, UNITS_PER_ONE, Votes, multiply_divide};
use crate::ballot::reading::{Cumulated, CumulativeVote, Line, PoolUse, Uncast, Written};
use crate::meeting::{Allocation, Election, FractionalVotes, Meeting, OverCumulated};

/// The cumulated votes of an election. Invariant: `pool` is the sum of the others, `cast` that of
/// `votes_for`.
#[derive(Debug, Default, Clone)]
pub struct CumulativeCount {
    /// Votes present times seats.
    pub pool: Votes,
    /// Cast for nominees.
    pub cast: Votes,
    /// Left unused.
    pub unused: Votes,
    /// Of cards that withhold, oppose or abstain and cast nothing.
    pub withheld: Votes,
    /// Void.
    pub void: Votes,
    /// Of broker non-votes.
    pub broker_non_votes: Votes,
    /// Of shares that say nothing in the election.
    pub not_voted: Votes,
    /// Per nominee, cumulated votes.
    pub votes_for: Vec<Votes>,
    /// What the proxy holders of each form allocate.
    pub allocations: Vec<FormAllocation>,
    /// What was cut from written numbers because only whole votes count.
    pub cut: Cut,
}

/// Parts of votes that were written and do not count.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Cards whose numbers were cut.
    pub cards: u64,
    /// The parts of votes cut from them.
    pub votes: Votes,
}

impl Cut {
    /// Adds what was cut from a card's numbers.
    fn add(&mut self, written: Vec<Votes>, counted: &[Votes]) {
        let cut: Votes = written.iter().zip(counted).map(|(written, counted)| *written - *counted).sum();
        self.cards += u64::from(!cut.is_zero());
        self.votes += cut;
    }
}

/// The pools that proxy holders allocate.
#[derive(Debug, Clone)]
pub struct FormAllocation {
    /// The form, by place.
    pub form: usize,
    /// Pools by the nominees that the cards permit.
    pub pools: Vec<(Vec<usize>, Votes)>,
    /// Per nominee, what is allocated.
    pub votes: Vec<Votes>,
    /// The nominees whose totals exceed what the cards permit, when the proxy holders' totals are
    /// infeasible: nothing of these pools is cast then.
    pub infeasible: Option<Vec<usize>>,
    /// Cards whose pools these are.
    pub card_count: u64,
}

impl CumulativeVote {
    /// Per nominee, the line on which the shares' votes stand beside the cumulated ones: withheld,
    /// against, abstained, broker non-votes; not voted where the card says nothing in the election.
    pub(crate) fn share_lines(&self) -> impl Iterator<Item = Option<Line>> + '_ {
        let says_nothing = self.pool == PoolUse::Nothing(Uncast::NotVoted);
        self.lines.iter().map(move |line| match line {
            _ if says_nothing => Some(Line::NotVoted),
            Some(Line::For) | None => None,
            Some(line) => Some(*line),
        })
    }
}

/// The pools of an election while they are added up.
pub(super) struct Pools<'a> {
    meeting: &'a Meeting,
    election: &'a Election,
    place: usize,
    unit: u128,
    count: CumulativeCount,
    of_forms: BTreeMap<usize, OfForm>,
}

#[derive(Default)]
struct OfForm {
    pools: BTreeMap<Vec<usize>, Votes>,
    per_card: Vec<Votes>,
    card_count: u64,
}

impl<'a> Pools<'a> {
    pub(super) fn new(meeting: &'a Meeting, election: &'a Election, place: usize) -> Self {
        let unit = unit(meeting);
        let count = CumulativeCount {
            votes_for: vec![Votes::ZERO; election.nominees.len()],
            ..CumulativeCount::default()
        };
        Self { meeting, election, place, unit, count, of_forms: BTreeMap::new() }
    }

    pub(super) fn not_voted(&mut self, votes: Votes) {
        let pool = votes.times(self.election.seats);
        self.count.pool += pool;
        self.count.not_voted += pool;
    }

    /// Adds a card's vote: its pool is its votes times the seats, not times the nominees (CUM-2).
    pub(super) fn add(&mut self, vote: &CumulativeVote, form: Option<u16>, votes: Votes) {
        let pool = votes.times(self.election.seats);
        self.count.pool += pool;
        match &vote.pool {
            PoolUse::Nothing(uncast) => self.uncast(*uncast, pool),
            PoolUse::EqualParts(named) => {
                let parts = equal_parts(pool, named.len(), self.unit);
                for ((nominee, is_in_time), part) in named.iter().zip(parts) {
                    if *is_in_time { self.cast(*nominee, part) } else { self.uncast(Uncast::Void, part) }
                }
            }
            PoolUse::Written(written) => self.written(written, pool),
            PoolUse::ProxyHolders(permitted) => self.proxy_holders(permitted, form, pool),
        }
    }

    /// Adds the pools of other cards, before any is allocated.
    pub(super) fn append(&mut self, other: Self) {
        let count = &mut self.count;
        count.pool += other.count.pool;
        count.cast += other.count.cast;
        count.unused += other.count.unused;
        count.withheld += other.count.withheld;
        count.void += other.count.void;
        count.broker_non_votes += other.count.broker_non_votes;
        count.not_voted += other.count.not_voted;
        count.cut.cards += other.count.cut.cards;
        count.cut.votes += other.count.cut.votes;
        add_each(&mut count.votes_for, &other.count.votes_for);
        for (form, other) in other.of_forms {
            let of_form = self.of_forms.entry(form).or_default();
            of_form.card_count += other.card_count;
            for (permitted, votes) in other.pools {
                *of_form.pools.entry(permitted).or_default() += votes;
            }
            add_each(&mut of_form.per_card, &other.per_card);
        }
    }

    fn cast(&mut self, nominee: usize, votes: Votes) {
        self.count.votes_for[nominee] += votes;
        self.count.cast += votes;
    }

    fn uncast(&mut self, uncast: Uncast, votes: Votes) {
        match uncast {
            Uncast::Withheld => self.count.withheld += votes,
            Uncast::Void => self.count.void += votes,
            Uncast::BrokerNonVote => self.count.broker_non_votes += votes,
            Uncast::NotVoted => self.count.not_voted += votes,
        }
    }

    /// CUM-4: whether a card writes more votes than its pool and casts none for it.
    pub(super) fn is_voided(&self, vote: &CumulativeVote, votes: Votes) -> bool {
        let PoolUse::Written(written) = &vote.pool else { return false };
        let pool = votes.times(self.election.seats);
        let total: Votes = self.amounts(written, pool).into_iter().sum();
        self.meeting.rules.over_cumulated == OverCumulated::Void && total > pool
    }

    fn written(&mut self, written: &[Written], pool: Votes) {
        let amounts = self.amounts(written, pool);
        let total: Votes = amounts.iter().copied().sum();
        let amounts = if total <= pool {
            self.count.unused += pool - total;
            amounts
        } else if self.meeting.rules.over_cumulated == OverCumulated::Void {
            // present, but casts none.
            self.count.void += pool;
            return;
        } else {
            prorated(&amounts, total, pool, self.unit)
        };
        let counted = self.amounts(written, pool);
        self.count.cut.add(written_votes(written, pool, false), &counted);
        for (written, votes) in written.iter().zip(amounts) {
            if written.is_void { self.uncast(Uncast::Void, votes) } else { self.cast(written.nominee, votes) }
        }
    }

    /// CUM-9: the votes written on a card, in its order, cut to what the meeting's rule counts.
    fn amounts(&self, written: &[Written], pool: Votes) -> Vec<Votes> {
        let whole = self.meeting.rules.fractional_votes == FractionalVotes::Whole;
        written_votes(written, pool, whole)
    }

    fn proxy_holders(&mut self, permitted: &[usize], form: Option<u16>, pool: Votes) {
        let form = usize::from(form.unwrap_or(0));
        let of_form = self.of_forms.entry(form).or_default();
        of_form.card_count += 1;
        match of_form.pools.get_mut(permitted) {
            Some(of_set) => *of_set += pool,
            None => _ = of_form.pools.insert(permitted.to_vec(), pool),
        }
        if self.meeting.forms[form].allocation[self.place] == Allocation::PerCard {
            of_form.per_card.resize(self.election.nominees.len(), Votes::ZERO);
            for (nominee, part) in permitted.iter().zip(equal_parts(pool, permitted.len(), self.unit)) {
                of_form.per_card[*nominee] += part;
            }
        }
    }

    /// Allocates the proxy holders' pools and checks that pool = votes present × seats = what became
    /// of it.
    pub(super) fn finish(mut self, present: Votes) -> CumulativeCount {
        for (form, of_form) in self.meeting.forms.iter().enumerate() {
            // Totals written for cards that are not there are infeasible too.
            let writes_totals = matches!(&of_form.allocation[self.place], Allocation::Totals(totals)
                if totals.values().any(|votes| !votes.is_zero()));
            if writes_totals {
                self.of_forms.entry(form).or_default();
            }
        }
        for (form, of_form) in std::mem::take(&mut self.of_forms) {
            let allocation = self.allocate(form, of_form);
            let allocated: Votes = allocation.votes.iter().copied().sum();
            let pools: Votes = allocation.pools.iter().map(|(_, pool)| *pool).sum();
            for (nominee, votes) in allocation.votes.iter().enumerate() {
                self.cast(nominee, *votes);
            }
            self.count.unused += pools - allocated;
            self.count.allocations.push(allocation);
        }
        let count = self.count;
        let became = count.cast
            + count.unused
            + count.withheld
            + count.void
            + count.broker_non_votes
            + count.not_voted;
        assert_eq!(
            count.pool,
            present.times(self.election.seats),
            "the pool is not the votes present times the seats"
        );
        assert_eq!(count.pool, became, "the pool does not add up to what became of it");
        count
    }

    fn allocate(&self, form: usize, of_form: OfForm) -> FormAllocation {
        let nominees = self.election.nominees.len();
        let pools: Vec<(Vec<usize>, Votes)> = of_form.pools.into_iter().collect();
        let (votes, infeasible) = match &self.meeting.forms[form].allocation[self.place] {
            Allocation::PerCard => (of_form.per_card, None),
            manner @ (Allocation::Level | Allocation::Totals(_)) => {
                allocate(self.meeting, nominees, manner, &pools)
            }
        };
        FormAllocation { form, pools, votes, infeasible, card_count: of_form.card_count }
    }
}

/// The finest amount of cumulated votes that is cast.
fn unit(meeting: &Meeting) -> u128 {
    match meeting.rules.fractional_votes {
        FractionalVotes::Whole => UNITS_PER_ONE,
        FractionalVotes::SixDecimals => UNITS_PER_MILLIONTH,
    }
}

/// What pools that are allocated together come to for each nominee, and the nominees whose written totals
/// the cards do not permit.
pub(crate) fn allocate(
    meeting: &Meeting,
    nominees: usize,
    manner: &Allocation,
    pools: &[(Vec<usize>, Votes)],
) -> (Vec<Votes>, Option<Vec<usize>>) {
    match manner {
        Allocation::PerCard => unreachable!("each card's pool is cast by itself"),
        Allocation::Level => (level::allocate(nominees, pools, unit(meeting)), None),
        Allocation::Totals(totals) => {
            // CUM-9: whole votes, where only those count.
            let is_whole = meeting.rules.fractional_votes == FractionalVotes::Whole;
            let of = |nominee: usize| {
                let votes = totals.get(&nominee).copied().unwrap_or_default();
                if is_whole { votes.whole_part() } else { votes }
            };
            let wanted: Vec<Votes> = (0..nominees).map(of).collect();
            match flow::violated_set(nominees, pools, &wanted) {
                Some(set) => (vec![Votes::ZERO; nominees], Some(set)),
                None => (wanted, None),
            }
        }
    }
}

/// Adds to each sum; one that is not there yet is zero.
fn add_each(sums: &mut Vec<Votes>, others: &[Votes]) {
    sums.resize(sums.len().max(others.len()), Votes::ZERO);
    sums.iter_mut().zip(others).for_each(|(sum, votes)| *sum += *votes);
}

/// CUM-9: the votes written on a card, in its order: whole ones where only those count (Garnier v. Garnier, 248
/// Cal. App. 2d 255 (1967)), else as written.
pub(crate) fn written_votes(written: &[Written], pool: Votes, is_whole: bool) -> Vec<Votes> {
    let amount = |written: &Written| match written.votes {
        Cumulated::Votes(votes) => votes,
        Cumulated::Percent(hundredths) => percent_of(pool, hundredths),
    };
    let counted = |votes: Votes| if is_whole { votes.whole_part() } else { votes };
    written.iter().map(|written| counted(amount(written))).collect()
}

/// A pool in equal parts: whole units, the left-over ones one each from the first, what is less than
/// one to the first (500 among three is 167, 167, 166).
pub(crate) fn equal_parts(pool: Votes, count: usize, unit: u128) -> Vec<Votes> {
    let count_units = count as u128;
    let each = pool.units() / unit / count_units * unit;
    let mut parts = vec![each; count];
    hand_out(parts.iter_mut(), pool.units() - each * count_units, unit);
    parts.into_iter().map(Votes::from_units).collect()
}

/// More votes than the pool, cut in proportion and made whole like equal parts; a name that was given none gets
/// none of what is left over.
pub(crate) fn prorated(amounts: &[Votes], total: Votes, pool: Votes, unit: u128) -> Vec<Votes> {
    let mut parts: Vec<u128> = amounts
        .iter()
        .map(|votes| multiply_divide(votes.units(), pool.units(), total.units()) / unit * unit)
        .collect();
    let left = pool.units() - parts.iter().sum::<u128>();
    let given = parts.iter_mut().zip(amounts).filter(|(_, votes)| !votes.is_zero());
    hand_out(given.map(|(part, _)| part), left, unit);
    parts.into_iter().map(Votes::from_units).collect()
}

/// Hands out what is left over, a unit each from the first, what is less than one to the first.
fn hand_out<'p>(parts: impl Iterator<Item = &'p mut u128>, mut left: u128, unit: u128) {
    let mut parts: Vec<&mut u128> = parts.collect();
    while left >= unit && !parts.is_empty() {
        for part in &mut parts {
            if left >= unit {
                **part += unit;
                left -= unit;
            }
        }
    }
    if let Some(first) = parts.first_mut() {
        **first += left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[Votes]) -> Vec<String> {
        parts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn equal_parts_give_what_is_left_over_in_ballot_order() {
        assert_eq!(shown(&equal_parts(Votes::whole(500), 3, UNITS_PER_ONE)), ["167", "167", "166"]);
        // 500 ÷ 3 in millionths: 166.666666 each makes 499.999998; two millionths are left.
        let fine = equal_parts(Votes::whole(500), 3, UNITS_PER_MILLIONTH);
        assert_eq!(shown(&fine), ["166.666667", "166.666667", "166.666666"]);
        // 252.5 among two: 126 each, .5 to the first.
        let half = Votes::parse("252.5").expect("an amount");
        assert_eq!(shown(&equal_parts(half, 2, UNITS_PER_ONE)), ["126.5", "126"]);
    }

    #[test]
    fn too_many_votes_are_cut_in_proportion_to_the_pool() {
        // 300 and 250 of a pool of 500: 272.7 and 227.2; whole 272 + 227 = 499, one left to the first.
        let amounts = [Votes::whole(300), Votes::whole(250)];
        let cut = prorated(&amounts, Votes::whole(550), Votes::whole(500), UNITS_PER_ONE);
        assert_eq!(shown(&cut), ["273", "227"]);
        let fine = prorated(&amounts, Votes::whole(550), Votes::whole(500), UNITS_PER_MILLIONTH);
        assert_eq!(shown(&fine), ["272.727273", "227.272727"]);
    }
}
