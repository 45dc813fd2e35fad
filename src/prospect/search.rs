//! The search, item by item: bounds first, then the ways at the ends of each comparison, then every sum.

use std::collections::HashMap;

use super::bounds::{Bounds, PoolSpans, Span};
use super::figures::{Shape, Sparse, add, sparse, subtract};
use super::groups::{Group, accounts_with_matters, group};
use super::ways::{Allocated, Missing, Settled, Step};
use super::{Answer, Cost, Shown, Work, forms_without_ballot};
use crate::amount::Votes;
use crate::count::Count;
use crate::decide::ItemDecision;
use crate::tabulate::Tabulation;

/// So many forms without a ballot are tried in every combination.
const FORMS_MAX: usize = 6;

/// So many sums of an item's figures are kept at once.
const SUMS_MAX: usize = 20_000;

/// The meeting with some forms' ballots not cast, and what each account with open matters adds to it.
struct Base {
    ballots: Vec<Step>,
    count: Count,
    groups: Vec<Group>,
    is_complete: bool,
}

/// What one matter or account adds to an item, in each of its ways.
#[derive(Clone)]
struct Dimension {
    /// The steps of each way, and what it adds.
    ways: Vec<(Vec<Step>, Sparse)>,
    /// Whether there are more ways than these.
    is_sample: bool,
}

/// A way found: the steps, by base, and how some form's pools are cast anew.
struct Found {
    steps: Vec<Step>,
    anew: Option<Allocated>,
    then: ItemDecision,
}

/// What a search of an item comes to.
enum Outcome {
    Never,
    Found(Box<Found>),
    NotExcluded,
}

/// Answers the question for every item.
pub(super) fn answers(tabulation: &Tabulation, work: &mut Work) -> Vec<Answer> {
    let bases = bases(tabulation, work);
    let items = tabulation.loaded.meeting.items.len();
    let as_held = (Vec::new(), tabulation.count.clone(), tabulation.decided.items.clone());
    let mut counted = Counted { tabulation, known: vec![as_held] };
    (0..items)
        .map(|item| {
            // What is left is shared by the items that are left.
            let mut share = Work { left: work.left / (items - item) as u64, room: 0 };
            let before = share.left;
            let answer = answer(tabulation, &bases, item, &mut counted, &mut share);
            work.take(before - share.left);
            answer
        })
        .collect()
}

fn answer(
    tabulation: &Tabulation,
    bases: &(Vec<Base>, bool),
    item: usize,
    counted: &mut Counted<'_>,
    work: &mut Work,
) -> Answer {
    if tabulation.loaded.meeting.items[item].is_withdrawn {
        return Answer::Never;
    }
    match over_bases(tabulation, bases, item, None, work) {
        Outcome::Never => Answer::Never,
        Outcome::NotExcluded => Answer::NotExcluded,
        Outcome::Found(found) => {
            if !counted.confirms(item, &found, work) {
                return Answer::NotExcluded;
            }
            let is_only = match found.steps.as_slice() {
                [only] => matches!(over_bases(tabulation, bases, item, Some(only), work), Outcome::Never),
                _ => false,
            };
            Answer::Shown(Box::new(Shown { steps: found.steps, then: found.then, is_only }))
        }
    }
}

/// Searches every base, without a step where one is named.
fn over_bases(
    tabulation: &Tabulation,
    (bases, is_complete): &(Vec<Base>, bool),
    item: usize,
    without: Option<&Step>,
    work: &mut Work,
) -> Outcome {
    let mut is_proved = *is_complete;
    for base in bases.iter().filter(|base| without.is_none_or(|step| !base.ballots.contains(step))) {
        match (ItemSearch { tabulation, base, item, without }).search(work) {
            Outcome::Never => {}
            Outcome::NotExcluded => is_proved = false,
            Outcome::Found(found) => return Outcome::Found(found),
        }
    }
    if is_proved { Outcome::Never } else { Outcome::NotExcluded }
}

/// The bases, and whether they are all: every combination of forms whose proxy holders cast no ballot.
fn bases(tabulation: &Tabulation, work: &mut Work) -> (Vec<Base>, bool) {
    let forms = forms_without_ballot(tabulation);
    let mut is_sent = vec![false; tabulation.loaded.meeting.forms.len()];
    let cards = &tabulation.loaded.cards;
    if !forms.is_empty() {
        let sent = cards.ids().filter_map(|card| cards.get(card).form);
        sent.for_each(|form| is_sent[usize::from(form)] = true);
    }
    let forms: Vec<u16> = forms.into_iter().filter(|form| is_sent[usize::from(*form)]).collect();
    let mut combinations: Vec<Vec<Step>> = vec![Vec::new()];
    let mut is_complete = forms.len() <= FORMS_MAX;
    if is_complete {
        for form in forms {
            let with: Vec<Vec<Step>> = combinations
                .iter()
                .map(|steps| steps.iter().cloned().chain([Step::NoBallot(form)]).collect())
                .collect();
            combinations.extend(with);
        }
    } else {
        combinations.extend(forms.iter().map(|form| vec![Step::NoBallot(*form)]));
        combinations.push(forms.into_iter().map(Step::NoBallot).collect());
    }
    let mut bases = Vec::new();
    for ballots in combinations {
        match base(tabulation, ballots, work) {
            Some(base) => bases.push(base),
            None => is_complete = false,
        }
    }
    (bases, is_complete)
}

fn base(tabulation: &Tabulation, ballots: Vec<Step>, work: &mut Work) -> Option<Base> {
    let figures = figure_count(tabulation);
    let cards = tabulation.loaded.cards.count() as u64;
    if !work.take(figures + cards) {
        return None;
    }
    let (accounts, count) = if ballots.is_empty() {
        (accounts_with_matters(tabulation, &tabulation.determined), tabulation.count.clone())
    } else {
        let (determined, count, _) = Settled::by(tabulation, &ballots).run(tabulation, None);
        (accounts_with_matters(tabulation, &determined), count)
    };
    let mut base = Base { ballots, count, groups: Vec::new(), is_complete: true };
    let marks = tabulation.loaded.cards.markings.count() as u64;
    let rows = tabulation.loaded.street.len() as u64;
    for (account, cards) in &accounts {
        let cost = Cost { steps: figures + marks + rows + cards.len() as u64, figures };
        match group(tabulation, &base.ballots, (*account, cards), cost, work) {
            Some(group) => base.groups.push(group),
            None => base.is_complete = false,
        }
    }
    Some(base)
}

/// The figures of all items.
fn figure_count(tabulation: &Tabulation) -> u64 {
    let classes = tabulation.loaded.meeting.classes.len();
    let items = tabulation.loaded.meeting.items.iter();
    items.map(|item| (item.column_count() * classes * 6 + classes * 2) as u64).sum()
}

/// One item before the search.
struct ItemSearch<'a> {
    tabulation: &'a Tabulation,
    base: &'a Base,
    item: usize,
    without: Option<&'a Step>,
}

/// An item's figures, ready to be combined.
struct Sums<'a> {
    bounds: Bounds<'a>,
    shape: &'a Shape<'a>,
    dimensions: Vec<Dimension>,
    /// What is the same in every way.
    rest: Vec<u128>,
    now: &'a ItemDecision,
    anew: Option<Allocated>,
    /// Accounts of which not all ways are known: their votes by class, and in how many heads.
    loose: Option<Loose>,
    /// Whether there is a quorum, where that is the same in every way.
    has_quorum: Option<bool>,
}

/// Votes that may be absent, or stand on any line.
#[derive(Clone)]
struct Loose {
    votes: Vec<Votes>,
    heads: u64,
}

impl ItemSearch<'_> {
    fn search(&self, work: &mut Work) -> Outcome {
        let groups = || self.base.groups.iter().flat_map(|group| &group.ways);
        let counts = groups().map(|way| &way.count).chain([&self.base.count]);
        let shape = Shape::of(self.tabulation, self.item, counts);
        let now = &self.tabulation.decided.items[self.item];
        // What is said of every two names is worked out before anything is compared.
        if !work.take((shape.columns * shape.columns) as u64 * 4) {
            return Outcome::NotExcluded;
        }
        let mut outcome = if self.base.is_complete { Outcome::Never } else { Outcome::NotExcluded };
        for anew in self.allocations(&shape) {
            let Some((rest, dimensions)) = self.dimensions(&shape, work) else { return Outcome::NotExcluded };
            let bounds = Bounds::of(&shape, now);
            let loose = self.loose(&shape);
            let shape = &shape;
            let sums = Sums { bounds, shape, dimensions, rest, now, anew, loose, has_quorum: None };
            match sums.search(work) {
                Outcome::Never => {}
                Outcome::Found(mut found) => {
                    found.steps.splice(0..0, self.base.ballots.iter().cloned());
                    found.steps.extend(found.anew.clone().map(Step::Allocate));
                    return Outcome::Found(found);
                }
                Outcome::NotExcluded => outcome = Outcome::NotExcluded,
            }
        }
        // It is not known in how many heads the votes are that the register lacks; heads of several accounts are
        // not the sum of what these add; and where votes follow others, what the missing ones would do does not
        // lie between a few ways of marking them.
        let is_unproved = (shape.counts_heads()
            && (self.lacks_any() || self.tabulation.electorate.has_shared_heads()))
            || (shape.has_followers() && self.lacks_any());
        if is_unproved && matches!(outcome, Outcome::Never) { Outcome::NotExcluded } else { outcome }
    }

    fn lacks_any(&self) -> bool {
        self.tabulation.electorate.classes.iter().any(|class| !class.missing_votes.is_zero())
    }

    /// How pools may be cast: as the form says; and where the totals written for a form cannot be cast,
    /// each way between which all that could lie.
    fn allocations(&self, shape: &Shape<'_>) -> Vec<Option<Allocated>> {
        let mut ways = vec![None];
        let cumulative = self.base.count.items[self.item].cumulative.iter();
        for allocation in cumulative.flat_map(|count| &count.allocations) {
            if allocation.infeasible.is_some() {
                let form = allocation.form;
                let each = (0..shape.columns).map(|nominee| Some(Allocated { form, nominee: Some(nominee) }));
                ways.push(Some(Allocated { form, nominee: None }));
                ways.extend(each);
            }
        }
        let step = |way: &Option<Allocated>| way.clone().map(Step::Allocate);
        ways.retain(|way| self.without.is_none() || step(way).as_ref() != self.without);
        ways
    }

    /// What is the same in every way, and what each matter adds in each of its ways.
    fn dimensions(&self, shape: &Shape<'_>, work: &mut Work) -> Option<(Vec<u128>, Vec<Dimension>)> {
        let mut rest = shape.read(&self.base.count);
        let mut dimensions = Vec::new();
        for group in &self.base.groups {
            let mut ways: Vec<(Vec<Step>, Sparse)> = Vec::new();
            for way in &group.ways {
                let is_left_out = self.without.is_some_and(|step| way.steps.contains(step));
                if !work.take(shape.len() as u64) {
                    return None;
                }
                let row = sparse(&shape.read(&way.count));
                if way.steps.is_empty() {
                    // Figures that do not add up are not the sum of what accounts add.
                    subtract(&mut rest, &row)?;
                }
                if !is_left_out {
                    keep_shorter(&mut ways, &way.steps, row);
                }
            }
            dimensions.push(Dimension { ways, is_sample: !group.is_complete });
        }
        for (class, of_class) in self.tabulation.electorate.classes.iter().enumerate() {
            if of_class.missing_votes.is_zero() {
                continue;
            }
            let mut ways = vec![(Vec::new(), Sparse::new())];
            for marked in shape.marked_as() {
                let missing = Missing { class, marked };
                let row = shape.missing(&missing, of_class.missing_votes);
                let step = Step::Missing(missing);
                if self.without != Some(&step) {
                    keep_shorter(&mut ways, &[step], row);
                }
            }
            dimensions.push(Dimension { ways, is_sample: false });
        }
        // What is the same in all its ways is part of the rest.
        dimensions.retain(|dimension| match dimension.ways.as_slice() {
            [(_, only)] if !dimension.is_sample => {
                add(&mut rest, only);
                false
            }
            _ => true,
        });
        Some((rest, dimensions))
    }

    fn loose(&self, shape: &Shape<'_>) -> Option<Loose> {
        let of_groups: Vec<&Group> = self.base.groups.iter().filter(|group| !group.is_complete).collect();
        let votes = |class: usize| of_groups.iter().map(|group| group.votes[class]).sum();
        let votes: Vec<Votes> = (0..shape.classes).map(votes).collect();
        (!of_groups.is_empty()).then_some(Loose { votes, heads: of_groups.len() as u64 })
    }
}

/// Of ways that add the same, that of the fewest steps is kept.
fn keep_shorter(ways: &mut Vec<(Vec<Step>, Sparse)>, steps: &[Step], row: Sparse) {
    match ways.iter_mut().find(|(_, known)| *known == row) {
        Some((known, _)) if known.len() > steps.len() => *known = steps.to_vec(),
        Some(_) => {}
        None => ways.push((steps.to_vec(), row)),
    }
}

impl Sums<'_> {
    fn search(&self, work: &mut Work) -> Outcome {
        let comparisons = self.bounds.comparisons.len() as u64;
        let ways: u64 = self.dimensions.iter().map(|dimension| dimension.ways.len() as u64).sum();
        if !work.take(comparisons * (ways + 1) * 4 + self.shape.len() as u64) {
            return Outcome::NotExcluded;
        }
        // As held, but for the base and the pools.
        if let Some(found) = self.try_ways(&vec![0; self.dimensions.len()], work) {
            return found;
        }
        let sums = self.bounded_loosely();
        if !sums.may_change(&sums.rest, &sums.spans()[0], 0) {
            return Outcome::Never;
        }
        if let Some(found) = self.ends(work) {
            return found;
        }
        let sums = Sums { loose: None, ..self.copied(self.dimensions.clone()) };
        let sums = Sums { has_quorum: sums.quorum(&sums.rest, 0), ..sums };
        match sums.every_sum(&sums.spans(), work) {
            Outcome::Never if self.loose.is_some() => Outcome::NotExcluded,
            outcome @ (Outcome::Never | Outcome::Found(_) | Outcome::NotExcluded) => outcome,
        }
    }

    fn copied(&self, dimensions: Vec<Dimension>) -> Sums<'_> {
        Sums {
            bounds: Bounds::of(self.shape, self.now),
            shape: self.shape,
            dimensions,
            rest: self.rest.clone(),
            now: self.now,
            anew: self.anew.clone(),
            loose: self.loose.clone(),
            has_quorum: None,
        }
    }

    /// With the accounts of which not all ways are known among what may be anywhere.
    fn bounded_loosely(&self) -> Sums<'_> {
        let known = self.dimensions.iter().filter(|dimension| !dimension.is_sample);
        let sums = self.copied(known.cloned().collect());
        Sums { has_quorum: sums.quorum(&sums.rest, 0), ..sums }
    }

    /// Of each comparison, what the dimensions from each on add at least and at most.
    fn spans(&self) -> Vec<Vec<Span>> {
        let mut after: Vec<Span> = match &self.loose {
            None => vec![Span::NOTHING; self.bounds.comparisons.len()],
            Some(loose) => {
                let of = |comparison| self.shape.anywhere(comparison, &loose.votes, loose.heads);
                self.bounds.comparisons.iter().map(of).collect()
            }
        };
        let mut spans = vec![after.clone()];
        for dimension in self.dimensions.iter().rev() {
            for (comparison, after) in self.bounds.comparisons.iter().zip(&mut after) {
                let mut of_ways = dimension.ways.iter().map(|(_, row)| comparison.of_sparse(row));
                let first = of_ways.next().map_or(Span::NOTHING, Span::exactly);
                *after = after.plus(of_ways.fold(first, Span::with));
            }
            spans.push(after.clone());
        }
        spans.reverse();
        spans
    }

    /// Whether some way of what follows a dimension could change the item.
    fn may_change(&self, sum: &[u128], after: &[Span], from: usize) -> bool {
        let comparisons = self.bounds.comparisons.iter().zip(after);
        let spans: Vec<Span> =
            comparisons.map(|(comparison, after)| after.plus(Span::exactly(comparison.of(sum)))).collect();
        self.bounds.may_change(
            &spans,
            &self.pools(sum, from),
            self.has_quorum.or_else(|| self.quorum(sum, from)),
        )
    }

    /// What proxy holders' pools can come to for each nominee.
    fn pools(&self, sum: &[u128], from: usize) -> PoolSpans {
        if self.shape.pools.is_empty() {
            return Vec::new();
        }
        let pools: Vec<usize> = (0..self.shape.pools.len()).map(|pool| self.shape.pool(pool)).collect();
        let mut most: Vec<u128> = pools.iter().map(|pool| sum[*pool]).collect();
        let mut is_fixed = self.loose.is_none();
        for dimension in &self.dimensions[from..] {
            for (place, of_pool) in pools.iter().zip(&mut most) {
                let in_ways = dimension.ways.iter().map(|(_, row)| {
                    row.binary_search_by_key(place, |(at, _)| *at).map_or(0, |found| row[found].1)
                });
                let (least, greatest) = in_ways
                    .fold((u128::MAX, 0), |(least, greatest), votes| (least.min(votes), greatest.max(votes)));
                is_fixed &= least == greatest;
                *of_pool += greatest;
            }
        }
        if is_fixed {
            let mut sum = sum.to_vec();
            pools.iter().zip(&most).for_each(|(place, votes)| sum[*place] = *votes);
            let allocated = self.shape.allocated(&sum, self.anew.as_ref());
            return allocated.into_iter().map(|votes| (votes, votes)).collect();
        }
        let loosely: Votes = self.loose.iter().flat_map(|loose| &loose.votes).copied().sum();
        let loosely = loosely.times(self.shape.seats());
        (0..self.shape.columns)
            .map(|nominee| {
                let permit =
                    self.shape.pools.iter().zip(&most).filter(|((_, names), _)| names.contains(&nominee));
                let most: Votes = permit.map(|(_, votes)| Votes::from_units(*votes)).sum();
                (Votes::ZERO, most + loosely)
            })
            .collect()
    }

    /// Whether there is a quorum in every way or in none: more present never break it.
    fn quorum(&self, sum: &[u128], from: usize) -> Option<bool> {
        let (mut least, mut most) = (sum.to_vec(), sum.to_vec());
        for dimension in &self.dimensions[from..] {
            for place in self.shape.presence() {
                let in_ways = dimension.ways.iter().map(|(_, row)| {
                    row.binary_search_by_key(&place, |(at, _)| *at).map_or(0, |found| row[found].1)
                });
                let (low, high) =
                    in_ways.fold((u128::MAX, 0), |(low, high), figure| (low.min(figure), high.max(figure)));
                least[place] += low;
                most[place] += high;
            }
        }
        if let Some(loose) = &self.loose {
            self.shape.all_present(&mut most, &loose.votes, loose.heads);
        }
        let has_quorum =
            |row: &[u128]| self.shape.decide_presence(row).outcome != crate::decide::Outcome::NoQuorum;
        let (at_least, at_most) = (has_quorum(&least), has_quorum(&most));
        (at_least == at_most).then_some(at_least)
    }

    /// The ways at the ends of each comparison, and all settled alike.
    fn ends(&self, work: &mut Work) -> Option<Outcome> {
        let end = |dimension: &Dimension, comparison: &super::bounds::Comparison, is_most: bool| {
            let ways = dimension.ways.iter().enumerate();
            let of = ways.map(|(place, (_, row))| (comparison.of_sparse(row), place));
            let best = if is_most {
                of.max_by_key(|(value, place)| (*value, std::cmp::Reverse(*place)))
            } else {
                of.min_by_key(|(value, place)| (*value, *place))
            };
            best.map_or(0, |(_, place)| place)
        };
        for comparison in &self.bounds.comparisons {
            for is_most in [true, false] {
                let ways: Vec<usize> =
                    self.dimensions.iter().map(|dimension| end(dimension, comparison, is_most)).collect();
                if let Some(found) = self.try_ways(&ways, work) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Looks at one way of each dimension; says what was found, or that no steps are left.
    fn try_ways(&self, ways: &[usize], work: &mut Work) -> Option<Outcome> {
        if !work.take(self.shape.cost()) {
            return Some(Outcome::NotExcluded);
        }
        let then = self.decided(ways);
        (then.verdict() != self.now.verdict()).then(|| self.shortest(ways.to_vec(), work))
    }

    fn decided(&self, ways: &[usize]) -> ItemDecision {
        let mut sum = self.rest.clone();
        for (dimension, way) in self.dimensions.iter().zip(ways) {
            add(&mut sum, &dimension.ways[*way].1);
        }
        self.shape.decide(&sum, self.anew.as_ref())
    }

    /// A way that changes the item, with nothing in it that need not be.
    fn shortest(&self, mut ways: Vec<usize>, work: &mut Work) -> Outcome {
        for place in 0..ways.len() {
            let dimension = &self.dimensions[place];
            let steps = |way: usize| dimension.ways[way].0.len();
            let mut shorter: Vec<usize> =
                (0..dimension.ways.len()).filter(|way| steps(*way) < steps(ways[place])).collect();
            shorter.sort_by_key(|way| steps(*way));
            for way in shorter {
                let mut other = ways.clone();
                other[place] = way;
                if work.take(self.shape.cost()) && self.decided(&other).verdict() != self.now.verdict() {
                    ways = other;
                    break;
                }
            }
        }
        let chosen = self.dimensions.iter().zip(&ways);
        let steps = chosen.flat_map(|(dimension, way)| dimension.ways[*way].0.iter().cloned()).collect();
        let then = self.decided(&ways);
        Outcome::Found(Box::new(Found { steps, anew: self.anew.clone(), then }))
    }

    /// Every sum that the ways come to, equal ones once; those that no further way could change are left.
    fn every_sum(&self, spans: &[Vec<Span>], work: &mut Work) -> Outcome {
        let mut sums: HashMap<Vec<u128>, Vec<usize>> = HashMap::from([(self.rest.clone(), Vec::new())]);
        let look = self.shape.cost() + self.bounds.comparisons.len() as u64 * 4;
        for (place, dimension) in self.dimensions.iter().enumerate() {
            let mut next: HashMap<Vec<u128>, Vec<usize>> = HashMap::new();
            for (sum, ways) in &sums {
                for (way, (_, row)) in dimension.ways.iter().enumerate() {
                    if !work.take(look) || next.len() > SUMS_MAX {
                        return Outcome::NotExcluded;
                    }
                    let mut with = sum.clone();
                    add(&mut with, row);
                    if !next.contains_key(&with) && self.may_change(&with, &spans[place + 1], place + 1) {
                        let ways = ways.iter().copied().chain([way]).collect();
                        next.insert(with, ways);
                    }
                }
            }
            sums = next;
        }
        let mut last: Vec<Vec<usize>> = sums.into_values().collect();
        // The same example on every machine.
        last.sort_unstable();
        for ways in last {
            if let Some(found) = self.try_ways(&ways, work) {
                return found;
            }
        }
        Outcome::Never
    }
}

/// Ways counted again by the engine, each once.
struct Counted<'a> {
    tabulation: &'a Tabulation,
    known: Vec<(Vec<Step>, Count, Vec<ItemDecision>)>,
}

impl Counted<'_> {
    /// Whether the engine itself comes to the same when it counts the meeting with these steps.
    fn confirms(&mut self, item: usize, found: &Found, work: &mut Work) -> bool {
        let by_engine: Vec<Step> = found
            .steps
            .iter()
            .filter(|step| !matches!(step, Step::Missing(_) | Step::Allocate(_)))
            .cloned()
            .collect();
        let place = match self.known.iter().position(|(steps, _, _)| *steps == by_engine) {
            Some(place) => place,
            None => {
                if !work.take(figure_count(self.tabulation) + self.tabulation.loaded.cards.count() as u64) {
                    return false;
                }
                let (_, count, decided) = Settled::by(self.tabulation, &by_engine).run(self.tabulation, None);
                self.known.push((by_engine.clone(), count, decided.items));
                self.known.len() - 1
            }
        };
        let (_, count, decided) = &self.known[place];
        let then = if by_engine.len() == found.steps.len() {
            decided[item].verdict()
        } else {
            self.with_the_rest(item, count, found).verdict()
        };
        then == found.then.verdict() && then != self.tabulation.decided.items[item].verdict()
    }

    /// The count with the votes that the register lacks, and with totals written anew.
    fn with_the_rest(&self, item: usize, count: &Count, found: &Found) -> ItemDecision {
        let shape = Shape::of(self.tabulation, item, [count].into_iter());
        let mut row = shape.read(count);
        for step in &found.steps {
            if let Step::Missing(missing) = step {
                let votes = self.tabulation.electorate.classes[missing.class].missing_votes;
                add(&mut row, &shape.missing(missing, votes));
            }
        }
        shape.decide(&row, found.anew.as_ref())
    }
}
