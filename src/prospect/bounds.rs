//! Bounds that hold for every way of settling the open matters: of each comparison that decides an
//! item, the least and the most that it can come to.
//!
//! Every comparison is a sum of figures, each with its weight: twice the votes FOR less the votes cast,
//! one nominee's votes less another's. Of a sum the least is the sum of the leasts. Where no comparison
//! that matters can fall otherwise, no way of settling changes the item.

use ethnum::I256;

use super::figures::{Shape, Sparse};
use crate::amount::{Reach, Threshold, UNITS_PER_ONE, Votes};
use crate::decide::{
    Decision, GroupResult, ItemDecision, Outcome, StandardResult, TestResult, outstanding_on,
};
use crate::meeting::{Base, Counting, Expression, SplitHolders, Test};

/// A sum of figures with their weights, and a constant.
#[derive(Debug, Clone, Default)]
pub(super) struct Comparison {
    weights: Vec<(usize, I256)>,
    constant: I256,
}

impl Comparison {
    fn add(&mut self, places: impl IntoIterator<Item = usize>, weight: I256) {
        self.weights.extend(places.into_iter().map(|place| (place, weight)));
    }

    /// Puts its weights in order, each place once.
    fn sorted(mut self) -> Self {
        self.weights.sort_unstable_by_key(|(place, _)| *place);
        self.weights.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                first.1 += later.1;
            }
            is_same
        });
        self.weights.retain(|(_, weight)| *weight != I256::ZERO);
        self
    }

    /// The weight of the figure at a place.
    pub(super) fn weight(&self, place: usize) -> I256 {
        let found = self.weights.binary_search_by_key(&place, |(other, _)| *other);
        found.map_or(I256::ZERO, |found| self.weights[found].1)
    }

    pub(super) fn of(&self, row: &[u128]) -> I256 {
        let weighted = self.weights.iter().map(|(place, weight)| *weight * I256::from(row[*place]));
        weighted.fold(self.constant, |sum, part| sum + part)
    }

    /// What figures add to it.
    pub(super) fn of_sparse(&self, row: &Sparse) -> I256 {
        let mut sum = I256::ZERO;
        let mut row = row.iter().peekable();
        for (place, weight) in &self.weights {
            while row.next_if(|(other, _)| other < place).is_some() {}
            if let Some((_, figure)) = row.next_if(|(other, _)| other == place) {
                sum += *weight * I256::from(*figure);
            }
        }
        sum
    }
}

/// Between what a comparison lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) least: I256,
    pub(super) most: I256,
}

impl Span {
    pub(super) const NOTHING: Self = Self { least: I256::ZERO, most: I256::ZERO };

    pub(super) fn exactly(value: I256) -> Self {
        Self { least: value, most: value }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { least: self.least + other.least, most: self.most + other.most }
    }

    pub(super) fn with(self, value: I256) -> Self {
        Self { least: self.least.min(value), most: self.most.max(value) }
    }

    /// So many times, which is not less than none.
    pub(super) fn times(self, count: u128) -> Self {
        Self { least: self.least * I256::from(count), most: self.most * I256::from(count) }
    }

    /// Whether it is more than zero, where that is the same for all of it.
    fn is_positive(self) -> Option<bool> {
        if self.least > 0 { Some(true) } else { (self.most <= 0).then_some(false) }
    }

    /// Whether it is zero or more, where that is the same for all of it.
    fn is_not_negative(self) -> Option<bool> {
        if self.least >= 0 { Some(true) } else { (self.most < 0).then_some(false) }
    }
}

/// A test, by its comparisons.
#[derive(Debug)]
struct BoundTest {
    reach: Reach,
    value: usize,
    /// A test of an empty base is met only with at least one vote FOR.
    has_votes: usize,
    /// What must be present for it to be met at all.
    open: Option<(Reach, usize)>,
}

/// An expression of tests.
#[derive(Debug)]
enum BoundExpression {
    Test(BoundTest),
    AllOf(Vec<BoundExpression>),
    AnyOf(Vec<BoundExpression>),
}

/// A runner for a place: a nominee or a choice.
#[derive(Debug)]
struct Runner {
    votes: usize,
    standards: Vec<BoundExpression>,
}

/// What decides an item beside the quorum.
#[derive(Debug)]
enum Decides {
    Standards {
        of_item: Vec<BoundExpression>,
        is_approved: bool,
    },
    Race {
        runners: Vec<Runner>,
        /// The winners and those tied, each with its lead over every other that could win.
        elected: Vec<usize>,
        tied: Vec<usize>,
        others: Vec<usize>,
        has_vacancy: bool,
        /// By the one ahead and the other.
        leads: Vec<(usize, usize, usize)>,
    },
}

/// The comparisons that decide an item, and how.
pub(super) struct Bounds<'a> {
    shape: &'a Shape<'a>,
    pub(super) comparisons: Vec<Comparison>,
    decides: Decides,
    has_quorum: bool,
}

/// What proxy holders' pools can come to for each nominee.
pub(super) type PoolSpans = Vec<(Votes, Votes)>;

impl<'a> Bounds<'a> {
    /// The comparisons that decide an item, as it was decided.
    pub(super) fn of(shape: &'a Shape<'a>, now: &ItemDecision) -> Self {
        let mut bounds = Self {
            shape,
            comparisons: Vec::new(),
            decides: Decides::Standards { of_item: Vec::new(), is_approved: false },
            has_quorum: now.outcome != Outcome::NoQuorum,
        };
        bounds.decides = match &now.decision {
            Decision::Proposal(proposal) => Decides::Standards {
                of_item: bounds.standards(0, Some(&proposal.standard), &proposal.groups),
                is_approved: now.outcome == Outcome::Approved,
            },
            Decision::Frequency(frequency) => {
                let runners = (0..shape.choices).map(|choice| bounds.choice(choice)).collect();
                let elected: Vec<usize> = frequency.chosen.into_iter().collect();
                let has_vacancy = elected.is_empty() && frequency.tied.is_empty();
                bounds.race(runners, elected, frequency.tied.clone(), |_| true, has_vacancy)
            }
            Decision::Election(result) => {
                let election = shape.tabulation.loaded.meeting.items[shape.item].election();
                let runners = result.nominees.iter().enumerate();
                let runners = runners
                    .map(|(place, nominee)| {
                        let standards = bounds.standards(place, nominee.standard.as_ref(), &nominee.groups);
                        Runner { votes: bounds.nominee(place), standards }
                    })
                    .collect();
                let is_able = |nominee: usize| {
                    election.is_some_and(|election| !election.nominees[nominee].is_unable_to_serve)
                };
                let has_vacancy = result.vacancies > 0;
                bounds.race(runners, result.elected.clone(), result.tied.clone(), is_able, has_vacancy)
            }
        };
        bounds
    }

    fn keep(&mut self, comparison: Comparison) -> usize {
        self.comparisons.push(comparison.sorted());
        self.comparisons.len() - 1
    }

    /// The votes for a choice.
    fn choice(&mut self, choice: usize) -> Runner {
        let mut votes = Comparison::default();
        votes.add((0..self.shape.classes).map(|class| self.shape.choice(class, choice)), I256::ONE);
        Runner { votes: self.keep(votes), standards: Vec::new() }
    }

    fn nominee(&mut self, nominee: usize) -> usize {
        let mut votes = Comparison::default();
        votes.add(self.for_nominee(nominee), I256::ONE);
        self.keep(votes)
    }

    /// Where the votes for a nominee stand, those that proxy holders allocate aside.
    fn for_nominee(&self, nominee: usize) -> Vec<usize> {
        if self.shape.is_cumulative {
            return vec![self.shape.direct(nominee)];
        }
        (0..self.shape.classes).map(|class| self.shape.line(class, nominee, 0)).collect()
    }

    fn race(
        &mut self,
        runners: Vec<Runner>,
        elected: Vec<usize>,
        tied: Vec<usize>,
        is_able: impl Fn(usize) -> bool,
        has_vacancy: bool,
    ) -> Decides {
        let is_other =
            |runner: &usize| !elected.contains(runner) && !tied.contains(runner) && is_able(*runner);
        let others: Vec<usize> = (0..runners.len()).filter(is_other).collect();
        let mut leads = Vec::new();
        let mut lead = |bounds: &mut Self, ahead: usize, behind: usize| {
            let mut comparison = Comparison::default();
            for (runner, weight) in [(ahead, I256::ONE), (behind, I256::MINUS_ONE)] {
                let votes = bounds.comparisons[runners[runner].votes].weights.clone();
                comparison.weights.extend(votes.into_iter().map(|(place, _)| (place, weight)));
            }
            leads.push((ahead, behind, bounds.keep(comparison)));
        };
        for ahead in elected.iter().chain(&tied) {
            others.iter().for_each(|behind| lead(self, *ahead, *behind));
        }
        for ahead in &elected {
            tied.iter().for_each(|behind| lead(self, *ahead, *behind));
        }
        tied.windows(2).for_each(|pair| lead(self, pair[0], pair[1]));
        Decides::Race { runners, elected, tied, others, has_vacancy, leads }
    }

    /// The standards of a column: the item's, and each voting group's.
    fn standards(
        &mut self,
        column: usize,
        own: Option<&StandardResult>,
        groups: &[GroupResult],
    ) -> Vec<BoundExpression> {
        let meeting = &self.shape.tabulation.loaded.meeting;
        let item = &meeting.items[self.shape.item];
        let own_standard = match &item.election() {
            Some(election) => election.effective_standard(),
            None => item.standards().next(),
        };
        let all: Vec<usize> = (0..self.shape.classes).collect();
        let mut found = Vec::new();
        if let (Some(standard), Some(result)) = (own_standard, own) {
            let of = Of { column, heads: 0, classes: &all };
            found.push(self.expression(&standard.expression, &of, &mut result.tests.iter()));
        }
        for (place, (group, result)) in item.voting_groups.iter().zip(groups).enumerate() {
            let of = Of { column, heads: place + 1, classes: &group.classes };
            let tests = &mut result.standard.tests.iter();
            found.push(self.expression(&group.standard.expression, &of, tests));
        }
        found
    }

    fn expression(
        &mut self,
        expression: &Expression,
        of: &Of<'_>,
        results: &mut std::slice::Iter<'_, TestResult>,
    ) -> BoundExpression {
        match expression {
            Expression::AllOf(all) => {
                BoundExpression::AllOf(all.iter().map(|part| self.expression(part, of, results)).collect())
            }
            Expression::AnyOf(any) => {
                BoundExpression::AnyOf(any.iter().map(|part| self.expression(part, of, results)).collect())
            }
            Expression::Test(_) => match results.next() {
                Some(result) => BoundExpression::Test(self.test(of, result)),
                None => unreachable!("every test of a standard has its result"),
            },
        }
    }

    fn test(&mut self, of: &Of<'_>, result: &TestResult) -> BoundTest {
        let test = &result.test;
        let votes_for = if test.counting == Counting::Holders && self.shape.is_counted_by_heads {
            vec![self.shape.heads(of.heads, of.column, 2 * split(test))]
        } else {
            of.classes.iter().map(|class| self.shape.line(*class, of.column, 0)).collect()
        };
        let (base, constant) = self.base(of, test.base, (test.counting, split(test)), result.base);
        let value = self.less(&votes_for, &base, constant, &test.threshold);
        let mut has_votes = Comparison { constant: I256::from(constant.units()), ..Comparison::default() };
        has_votes.add(votes_for.iter().copied().chain(base), I256::ONE);
        let has_votes = self.keep(has_votes);
        let open = test.while_present.as_ref().map(|(threshold, outstanding)| {
            let (present, _) = self.base(of, Base::Present, (Counting::Votes, 0), Votes::ZERO);
            let (base, constant) = self.base(of, *outstanding, (Counting::Votes, 0), self.outstanding(of));
            (threshold.reach, self.less(&present, &base, constant, threshold))
        });
        BoundTest { reach: test.threshold.reach, value, has_votes, open }
    }

    /// Part times the denominator less base times the numerator.
    fn less(&mut self, part: &[usize], base: &[usize], constant: Votes, threshold: &Threshold) -> usize {
        let (numerator, denominator) = threshold.fraction.parts();
        let (numerator, denominator) = (I256::from(numerator), I256::from(denominator));
        let mut comparison =
            Comparison { constant: -numerator * I256::from(constant.units()), ..Comparison::default() };
        comparison.add(part.iter().copied(), denominator);
        comparison.add(base.iter().copied(), -numerator);
        self.keep(comparison)
    }

    /// Where the votes or heads of a base stand; one that no card changes is what it was.
    fn base(
        &self,
        of: &Of<'_>,
        base: Base,
        (counting, split): (Counting, usize),
        was: Votes,
    ) -> (Vec<usize>, Votes) {
        let lines = |lines: &[usize]| -> Vec<usize> {
            let of_class = |class: &usize| {
                let class = *class;
                lines.iter().map(move |line| self.shape.line(class, of.column, *line))
            };
            of.classes.iter().flat_map(of_class).collect()
        };
        let heads = |figures: &[usize]| -> Vec<usize> {
            figures.iter().map(|figure| self.shape.heads(of.heads, of.column, *figure)).collect()
        };
        let by_heads = counting == Counting::Holders && self.shape.is_counted_by_heads;
        match base {
            // Heads stand in the rows as numbers, not in units of votes.
            Base::Outstanding if by_heads => (Vec::new(), Votes::from_units(was.units() / UNITS_PER_ONE)),
            Base::Outstanding | Base::RequiredQuorum => (Vec::new(), was),
            Base::VotesCast if by_heads => (heads(&[2 * split, 2 * split + 1]), Votes::ZERO),
            Base::PresentAndEntitled if by_heads => (heads(&[6]), Votes::ZERO),
            Base::Present if by_heads => (heads(&[7]), Votes::ZERO),
            Base::VotesCast => (lines(&[0, 1]), Votes::ZERO),
            Base::ForAgainstWithheld => (lines(&[0, 1, 3]), Votes::ZERO),
            Base::PresentAndEntitled => (lines(&[0, 1, 2, 3, 5]), Votes::ZERO),
            Base::Present => {
                (of.classes.iter().map(|class| self.shape.present(*class)).collect(), Votes::ZERO)
            }
        }
    }

    /// Votes outstanding and entitled on the item, of some classes.
    fn outstanding(&self, of: &Of<'_>) -> Votes {
        let tabulation = self.shape.tabulation;
        outstanding_on(&tabulation.loaded.meeting, &tabulation.electorate, self.shape.item, of.classes)
    }

    /// Whether some way could change the item, as far as its comparisons tell. `pools` says what proxy
    /// holders' pools can come to.
    pub(super) fn may_change(&self, spans: &[Span], pools: &PoolSpans, quorum: Option<bool>) -> bool {
        match quorum {
            Some(has_quorum) if has_quorum != self.has_quorum => return true,
            None => return true,
            // Without a quorum nothing is decided.
            Some(false) => return false,
            Some(true) => {}
        }
        // FOL-1: what follows shifts with what is followed, which no comparison of sums tells.
        if self.shape.has_followers() {
            return true;
        }
        match &self.decides {
            Decides::Standards { of_item, is_approved } => all(of_item, spans) != Some(*is_approved),
            Decides::Race { .. } => self.race_may_change(spans, pools),
        }
    }

    fn race_may_change(&self, spans: &[Span], pools: &PoolSpans) -> bool {
        let Decides::Race { runners, elected, tied, others, has_vacancy, leads } = &self.decides else {
            return true;
        };
        let units = |votes: Votes| I256::from(votes.units());
        let pool = |runner: usize| pools.get(runner).copied().unwrap_or_default();
        let most = |runner: usize| spans[runners[runner].votes].most + units(pool(runner).1);
        let least = |runner: usize| spans[runners[runner].votes].least + units(pool(runner).0);
        let stays =
            |runner: &usize| least(*runner) > 0 && all(&runners[*runner].standards, spans) == Some(true);
        if !elected.iter().chain(tied).all(stays) {
            return true;
        }
        let is_out =
            |runner: &usize| most(*runner) <= 0 || all(&runners[*runner].standards, spans) == Some(false);
        if *has_vacancy && !others.iter().all(is_out) {
            return true;
        }
        leads.iter().any(|(ahead, behind, lead)| {
            let span = spans[*lead];
            let least = span.least + units(pool(*ahead).0) - units(pool(*behind).1);
            let most = span.most + units(pool(*ahead).1) - units(pool(*behind).0);
            if tied.contains(ahead) && tied.contains(behind) {
                return least != 0 || most != 0;
            }
            least <= 0 && !(others.contains(behind) && is_out(behind))
        })
    }
}

/// By which reading of holders who split a test counts.
fn split(test: &Test) -> usize {
    match test.split {
        SplitHolders::Majority => 0,
        SplitHolders::Both => 1,
        SplitHolders::Neither => 2,
    }
}

/// On which column, of which heads and classes.
struct Of<'a> {
    column: usize,
    heads: usize,
    classes: &'a [usize],
}

/// Whether all of these are met, where that is certain.
fn all(expressions: &[BoundExpression], spans: &[Span]) -> Option<bool> {
    let mut is_met = Some(true);
    for expression in expressions {
        match expression.is_met(spans) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => is_met = None,
        }
    }
    is_met
}

impl BoundExpression {
    /// Whether it is met, where that is certain.
    fn is_met(&self, spans: &[Span]) -> Option<bool> {
        match self {
            Self::Test(test) => test.is_met(spans),
            Self::AllOf(parts) => all(parts, spans),
            Self::AnyOf(parts) => {
                let mut is_met = Some(false);
                for part in parts {
                    match part.is_met(spans) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => is_met = None,
                    }
                }
                is_met
            }
        }
    }
}

impl BoundTest {
    fn is_met(&self, spans: &[Span]) -> Option<bool> {
        let reaches = |reach: Reach, value: usize| match reach {
            Reach::MoreThan => spans[value].is_positive(),
            Reach::AtLeast => spans[value].is_not_negative(),
        };
        let open = self.open.map_or(Some(true), |(reach, value)| reaches(reach, value));
        let parts = [reaches(self.reach, self.value), spans[self.has_votes].is_positive(), open];
        if parts.contains(&Some(false)) {
            return Some(false);
        }
        parts.iter().all(|part| *part == Some(true)).then_some(true)
    }
}
