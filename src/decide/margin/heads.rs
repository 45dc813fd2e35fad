//! STD-5: margins where tests count holders by head: the votes of a few holders may do what as many votes
//! of others do not.
//!
//! Every vote that is marked otherwise becomes FOR, or AGAINST where a standard is to fail: no test by votes
//! or by heads is better served by another line. So what is asked is how many votes of which heads. For one
//! test alone that is found exactly; where several must turn at once, the dearest is a bound from below, a
//! way found one from above, and where the two differ and the heads are few, every way is tried.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::column::{Ask, Column, Fewest, Stock, Supply};
use super::knapsack::{self, Offer};
use super::whole;
use crate::amount::{Reach, UNITS_PER_ONE, Votes};
use crate::ballot::reading::Line;
use crate::count::Lines;
use crate::meeting::{Base, Counting, Expression, SplitHolders, Standard, Test};

/// So many sets of tests that turn a standard are looked at.
const SETS_MAX: usize = 64;

/// So many heads are tried as the one that must be FOR.
const FIRSTS_MAX: usize = 64;

/// So many ways of giving heads' votes are tried.
const WAYS_MAX: usize = 20_000;

/// What a standard is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Met.
    Met,
    /// Not met.
    Failed,
}

impl Goal {
    /// Which votes move, the best first, and where to.
    fn lines(self) -> (&'static [Line], Line) {
        match self {
            Self::Met => (
                &[Line::Against, Line::Withheld, Line::Abstain, Line::NotVoted, Line::BrokerNonVote],
                Line::For,
            ),
            Self::Failed => (
                &[Line::For, Line::Withheld, Line::Abstain, Line::NotVoted, Line::BrokerNonVote],
                Line::Against,
            ),
        }
    }
}

/// A head's votes on the column, by class.
#[derive(Debug, Clone)]
struct Head {
    lines: Vec<Lines>,
    absent: Vec<Votes>,
}

/// Where a head stands.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    on_for: bool,
    on_against: bool,
    is_entitled: bool,
    is_present: bool,
}

/// A test that must turn, of one of the column's standards.
#[derive(Clone, Copy)]
struct Turn<'t> {
    ask: usize,
    test: &'t Test,
}

/// Between which the fewest votes lie: at least so many, and a way that takes so many.
struct Between {
    at_least: u128,
    found: u128,
}

/// The column's heads, and what is to become of it.
struct ByHeads<'c, 'a> {
    column: &'c Column<'a>,
    goal: Goal,
    supply: Supply,
}

/// The fewest votes by which the column's standards are all met, or one of them not met.
pub(super) fn fewest(column: &Column<'_>, goal: Goal, supply: Supply) -> Option<Fewest> {
    let by_heads = ByHeads { column, goal, supply };
    let (sets, is_all) = by_heads.sets();
    let heads: Vec<Head> = column.heads().map(|(lines, absent)| Head { lines, absent }).collect();
    let between: Vec<Between> = sets.iter().filter_map(|set| by_heads.of_set(set, &heads)).collect();
    let found = between.iter().map(|between| between.found).min()?;
    let at_least = between.iter().map(|between| between.at_least).min()?;
    // Whose heads the votes are that the register lacks is not known.
    let is_known = supply == Supply::Present || column.all_absent_are_known();
    Some(Fewest {
        votes: whole(found),
        is_anyones: false,
        is_proved: is_all && is_known && at_least == found,
    })
}

impl ByHeads<'_, '_> {
    /// The sets of tests of which all must turn; and whether these are all.
    fn sets(&self) -> (Vec<Vec<Turn<'_>>>, bool) {
        let of_asks = self.column.asks().iter().enumerate();
        let of_asks = of_asks.map(|(ask, of)| sets_of(&of.standard.expression, ask, self.goal));
        let mut sets = match self.goal {
            Goal::Met => of_asks.fold(vec![Vec::new()], |sets, more| crossed(&sets, &more)),
            Goal::Failed => of_asks.flatten().collect(),
        };
        let is_all = sets.len() <= SETS_MAX;
        sets.truncate(SETS_MAX);
        (sets, is_all)
    }

    fn classes(&self, turn: Turn<'_>) -> &[usize] {
        &self.column.asks()[turn.ask].classes
    }

    /// The fewest votes by which all tests of a set turn; nothing where they cannot.
    fn of_set(&self, set: &[Turn<'_>], heads: &[Head]) -> Option<Between> {
        let is_by_heads = |turn: &&Turn<'_>| turn.test.counting == Counting::Holders;
        let by_heads: Vec<Turn<'_>> = set.iter().filter(is_by_heads).copied().collect();
        let by_votes: Vec<Turn<'_>> = set.iter().filter(|turn| !is_by_heads(turn)).copied().collect();
        let of_votes = self.column.with_asks(self.asks_of(&by_votes));
        let fill = |stock: &Stock| {
            let filled = match self.goal {
                Goal::Met => of_votes.fewest_to_meet_from(stock, self.supply),
                Goal::Failed => of_votes.fewest_to_fail_from(stock, self.supply),
            };
            let none = Fewest { votes: Votes::ZERO, is_anyones: true, is_proved: true };
            if by_votes.is_empty() { Some(none) } else { filled }
        };
        let start = self.column.start();
        let of_votes_alone = fill(&start)?;
        let mut at_least =
            if of_votes_alone.is_proved { of_votes_alone.votes.units() / UNITS_PER_ONE } else { 0 };
        for turn in &by_heads {
            at_least = at_least.max(self.packed(*turn, heads)?.at_least);
        }
        let (mut given, mut stock, mut found) = (heads.to_vec(), start.clone(), 0);
        for turn in &by_heads {
            let plan = self.packed(*turn, &given)?;
            found += plan.votes;
            for (head, votes) in plan.gives {
                self.give(&mut given[head], &mut stock, self.classes(*turn), votes);
            }
        }
        found += fill(&stock)?.votes.units() / UNITS_PER_ONE;
        if at_least < found {
            let tried = Trying { by_heads: self, turns: &by_heads, fill: &fill, best: found, ways: 0 };
            if let Some(best) = tried.all(heads, &start) {
                return Some(Between { at_least: best, found: best });
            }
        }
        Some(Between { at_least, found })
    }

    /// The standards that tests by votes make: all of them to be met, or one of which all must fail.
    fn asks_of(&self, turns: &[Turn<'_>]) -> Vec<Ask<'static>> {
        let mut asks: Vec<Ask<'static>> = Vec::new();
        for (place, ask) in self.column.asks().iter().enumerate() {
            let tests: Vec<Expression> = turns
                .iter()
                .filter(|turn| turn.ask == place)
                .map(|turn| Expression::Test(turn.test.clone()))
                .collect();
            if !tests.is_empty() {
                let expression = match self.goal {
                    Goal::Met => Expression::AllOf(tests),
                    Goal::Failed => Expression::AnyOf(tests),
                };
                let standard = Cow::Owned(Standard { name: None, expression });
                asks.push(Ask { standard, group: ask.group, classes: ask.classes.clone() });
            }
        }
        asks
    }

    /// The fewest votes by which one test by heads turns.
    fn packed(&self, turn: Turn<'_>, heads: &[Head]) -> Option<Plan> {
        let measure = Measure::of(turn.test);
        let classes = self.classes(turn);
        let stands: Vec<Stands> = heads.iter().map(|head| head.stands(classes, turn.test.split)).collect();
        let now = stands.iter().map(|stands| measure.value(*stands)).sum::<i128>()
            - measure.outstanding(heads.iter().filter(|head| head.has_votes(classes)).count());
        let reached = i128::from(turn.test.threshold.reach == Reach::MoreThan);
        let moved: Vec<Vec<(u128, Stands)>> = heads
            .iter()
            .map(|head| {
                let then = |votes: u128| {
                    let mut given = head.clone();
                    given.give(self, classes, whole(votes), |_, _, _| {});
                    (votes, given.stands(classes, turn.test.split))
                };
                self.candidates(head, classes).into_iter().map(then).collect()
            })
            .collect();
        match self.goal {
            Goal::Met => {
                let offers =
                    offered(&stands, &moved, |then, before| measure.value(then) - measure.value(before));
                let need = u128::try_from(reached - now).unwrap_or(0);
                if stands.iter().any(|stands| stands.on_for) || measure.base == Base::Outstanding {
                    return Some(Plan::of(knapsack::fewest(&offers, need)?, &offers));
                }
                // A test of an empty base is met only with at least one FOR.
                with_one_for(&offers, &moved, need, |then, head| {
                    measure.value(then) - measure.value(stands[head])
                })
            }
            Goal::Failed => {
                let offers =
                    offered(&stands, &moved, |then, before| measure.value(before) - measure.value(then));
                let need = u128::try_from(now - reached + 1).unwrap_or(0);
                let below = knapsack::fewest(&offers, need).map(|packed| Plan::of(packed, &offers));
                let without = (measure.numerator > 0).then(|| none_for(&stands, &moved)).flatten();
                Plan::better(below, without)
            }
        }
    }

    /// The numbers of a head's votes at which it may come to stand elsewhere.
    fn candidates(&self, head: &Head, classes: &[usize]) -> BTreeSet<u128> {
        let (sources, to) = self.goal.lines();
        let mut all = head.all(classes);
        let (from, has) = (all.line(sources[0]).units(), all.line(to).units());
        let ahead = from.saturating_sub(has);
        let (movable, counts): (u128, Vec<u128>) = match self.supply {
            Supply::Present => {
                let movable: Votes = sources.iter().map(|line| *all.line(*line)).sum();
                let half = ahead / (2 * UNITS_PER_ONE) + 1;
                (
                    movable.units(),
                    vec![1, ahead.div_ceil(2 * UNITS_PER_ONE), half, from.div_ceil(UNITS_PER_ONE)],
                )
            }
            Supply::Absent => {
                let absent: Votes = classes.iter().map(|class| head.absent[*class]).sum();
                (absent.units(), vec![1, ahead.div_ceil(UNITS_PER_ONE), ahead / UNITS_PER_ONE + 1])
            }
        };
        let most = movable.div_ceil(UNITS_PER_ONE);
        // The last of a line that holds no whole votes counts as one.
        counts.into_iter().map(|votes| votes.min(most)).filter(|votes| *votes > 0).collect()
    }

    /// Gives so many of a head's votes.
    fn give(&self, head: &mut Head, stock: &mut Stock, classes: &[usize], votes: u128) {
        let (_, to) = self.goal.lines();
        head.give(self, classes, whole(votes), |class, from, votes| stock.move_votes(class, from, to, votes));
    }
}

/// What each head gains for so many votes.
fn offered(
    stands: &[Stands],
    moved: &[Vec<(u128, Stands)>],
    gain: impl Fn(Stands, Stands) -> i128,
) -> Vec<Vec<Offer>> {
    let of_head = |(before, moved): (&Stands, &Vec<(u128, Stands)>)| {
        rising(moved.iter().filter_map(|(votes, then)| {
            let gain = u128::try_from(gain(*then, *before)).ok().filter(|gain| *gain > 0)?;
            Some(Offer { votes: *votes, gain })
        }))
    };
    stands.iter().zip(moved).map(of_head).collect()
}

/// A head that becomes FOR: its votes and gain, and what else it offers.
type Alike = (u128, u128, Vec<(u128, u128)>);

/// The fewest votes for so much gain, one of the heads at least FOR; none is now.
fn with_one_for(
    offers: &[Vec<Offer>],
    moved: &[Vec<(u128, Stands)>],
    need: u128,
    gain: impl Fn(Stands, usize) -> i128,
) -> Option<Plan> {
    let at_least = knapsack::fewest(offers, need)?.at_least;
    // Heads that offer the same serve alike.
    let mut seen: BTreeSet<Alike> = BTreeSet::new();
    let mut best: Option<Plan> = None;
    let firsts = moved.iter().enumerate().flat_map(|(head, moved)| {
        let is_for = moved.iter().filter(|(_, then)| then.on_for);
        is_for.map(move |(votes, then)| (head, *votes, *then))
    });
    for (head, votes, then) in firsts {
        let gained = u128::try_from(gain(then, head)).unwrap_or(0);
        let others: Vec<(u128, u128)> = offers[head].iter().map(|offer| (offer.votes, offer.gain)).collect();
        if seen.len() < FIRSTS_MAX && seen.insert((votes, gained, others)) {
            let rest: Vec<Vec<Offer>> = offers
                .iter()
                .enumerate()
                .map(|(place, of)| if place == head { Vec::new() } else { of.clone() })
                .collect();
            let packed = knapsack::fewest(&rest, need.saturating_sub(gained));
            let plan = packed.map(|packed| Plan::of(packed, &rest).and(head, votes));
            best = Plan::better(best, plan);
        }
    }
    let is_all = seen.len() < FIRSTS_MAX;
    best.map(|best| Plan { at_least: if is_all { best.at_least } else { at_least }, ..best })
}

/// The votes with which no head is FOR any more.
fn none_for(stands: &[Stands], moved: &[Vec<(u128, Stands)>]) -> Option<Plan> {
    let mut plan = Plan { votes: 0, at_least: 0, gives: Vec::new() };
    for (head, (_, moved)) in stands.iter().zip(moved).enumerate().filter(|(_, (stands, _))| stands.on_for) {
        let (votes, _) = moved.iter().find(|(_, then)| !then.on_for)?;
        plan = plan.and(head, *votes);
    }
    Some(plan)
}

/// Which heads give how many votes.
struct Plan {
    votes: u128,
    /// No way takes fewer than these.
    at_least: u128,
    gives: Vec<(usize, u128)>,
}

impl Plan {
    fn of(packed: knapsack::Packed, offers: &[Vec<Offer>]) -> Self {
        let gives = packed.chosen.iter().map(|(head, offer)| (*head, offers[*head][*offer].votes)).collect();
        Self { votes: packed.votes, at_least: packed.at_least, gives }
    }

    fn and(mut self, head: usize, votes: u128) -> Self {
        self.gives.push((head, votes));
        Self { votes: self.votes + votes, at_least: self.at_least + votes, gives: self.gives }
    }

    /// The plan of fewer votes; no way takes fewer than either says.
    fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let at_least = one.iter().chain(&other).map(|plan| plan.at_least).min();
        let best = one.into_iter().chain(other).min_by_key(|plan| plan.votes)?;
        Some(Self { at_least: at_least.unwrap_or(0), ..best })
    }
}

/// The sets of tests of an expression of which all must be met, or all fail, for it to be or do so.
fn sets_of(expression: &Expression, ask: usize, goal: Goal) -> Vec<Vec<Turn<'_>>> {
    match (expression, goal) {
        (Expression::Test(test), _) => vec![vec![Turn { ask, test }]],
        (Expression::AllOf(parts), Goal::Met) | (Expression::AnyOf(parts), Goal::Failed) => {
            parts.iter().fold(vec![Vec::new()], |sets, part| crossed(&sets, &sets_of(part, ask, goal)))
        }
        (Expression::AllOf(parts), Goal::Failed) | (Expression::AnyOf(parts), Goal::Met) => {
            parts.iter().flat_map(|part| sets_of(part, ask, goal)).collect()
        }
    }
}

/// Every set of the one with every set of the other; more than are looked at are left.
fn crossed<'t>(sets: &[Vec<Turn<'t>>], more: &[Vec<Turn<'t>>]) -> Vec<Vec<Turn<'t>>> {
    let with = |set: &Vec<Turn<'t>>| {
        let set = set.clone();
        more.iter().map(move |other| set.iter().chain(other).copied().collect())
    };
    sets.iter().flat_map(with).take(SETS_MAX + 1).collect()
}

/// Offers of more and more votes, without those that gain no more than a smaller one.
fn rising(offers: impl Iterator<Item = Offer>) -> Vec<Offer> {
    let mut kept: Vec<Offer> = Vec::new();
    for offer in offers {
        if kept.last().is_none_or(|last| offer.gain > last.gain) {
            kept.push(offer);
        }
    }
    kept
}

/// How much a head is for a test: the heads FOR, times the denominator, less the base, times the numerator.
struct Measure {
    base: Base,
    numerator: i128,
    denominator: i128,
}

impl Measure {
    fn of(test: &Test) -> Self {
        let (numerator, denominator) = test.threshold.fraction.parts();
        Self { base: test.base, numerator: i128::from(numerator), denominator: i128::from(denominator) }
    }

    fn is_in_base(&self, stands: Stands) -> bool {
        match self.base {
            Base::VotesCast => stands.on_for || stands.on_against,
            Base::PresentAndEntitled => stands.is_entitled,
            Base::Present => stands.is_present,
            Base::Outstanding | Base::RequiredQuorum | Base::ForAgainstWithheld => false,
        }
    }

    fn value(&self, stands: Stands) -> i128 {
        let base = match self.base {
            Base::VotesCast => i128::from(stands.on_for) + i128::from(stands.on_against),
            Base::PresentAndEntitled
            | Base::Present
            | Base::Outstanding
            | Base::RequiredQuorum
            | Base::ForAgainstWithheld => i128::from(self.is_in_base(stands)),
        };
        i128::from(stands.on_for) * self.denominator - base * self.numerator
    }

    /// What a base of all heads takes away.
    fn outstanding(&self, heads: usize) -> i128 {
        if self.base == Base::Outstanding { heads as i128 * self.numerator } else { 0 }
    }
}

impl Head {
    fn all(&self, classes: &[usize]) -> Lines {
        classes.iter().fold(Lines::default(), |sum, class| sum.plus(&self.lines[*class]))
    }

    fn has_votes(&self, classes: &[usize]) -> bool {
        classes.iter().any(|class| !self.absent[*class].is_zero() || !self.lines[*class].total().is_zero())
    }

    fn stands(&self, classes: &[usize], split: SplitHolders) -> Stands {
        let all = self.all(classes);
        let (has_for, has_against) = (!all.votes_for.is_zero(), !all.against.is_zero());
        let (on_for, on_against) = match split {
            SplitHolders::Majority => (all.votes_for > all.against, all.against > all.votes_for),
            SplitHolders::Both => (has_for, has_against),
            SplitHolders::Neither => (has_for && !has_against, has_against && !has_for),
        };
        let total = all.total();
        Stands { on_for, on_against, is_entitled: total > all.broker_non_votes, is_present: !total.is_zero() }
    }

    /// So many votes of some classes, or as many as there are, become what is wanted; each part is told: of
    /// which class, from which line or from the absent ones, how many.
    fn give(
        &mut self,
        by_heads: &ByHeads<'_, '_>,
        classes: &[usize],
        votes: Votes,
        mut tell: impl FnMut(usize, Option<Line>, Votes),
    ) {
        let (sources, to) = by_heads.goal.lines();
        let mut left = votes;
        let mut part = |has: &mut Votes| {
            let votes = (*has).min(left);
            *has -= votes;
            left -= votes;
            votes
        };
        match by_heads.supply {
            Supply::Absent => {
                for class in classes {
                    let votes = part(&mut self.absent[*class]);
                    *self.lines[*class].line(to) += votes;
                    tell(*class, None, votes);
                }
            }
            Supply::Present => {
                for (from, class) in
                    sources.iter().flat_map(|line| classes.iter().map(move |class| (*line, *class)))
                {
                    let votes = part(self.lines[class].line(from));
                    *self.lines[class].line(to) += votes;
                    tell(class, Some(from), votes);
                }
            }
        }
    }
}

/// Every way of giving the votes of a few heads.
struct Trying<'t, 'b, 'c, 'a> {
    by_heads: &'b ByHeads<'c, 'a>,
    turns: &'t [Turn<'t>],
    fill: &'t dyn Fn(&Stock) -> Option<Fewest>,
    best: u128,
    ways: usize,
}

impl Trying<'_, '_, '_, '_> {
    /// The fewest votes of all ways; nothing where they are too many, or where it matters of which class a
    /// head's votes are.
    fn all(mut self, heads: &[Head], start: &Stock) -> Option<u128> {
        let classes =
            self.by_heads.column.asks().iter().flat_map(|ask| &ask.classes).collect::<BTreeSet<_>>();
        if classes.len() > 1 && self.by_heads.column.asks().len() > 1 {
            return None;
        }
        self.look(&mut heads.to_vec(), 0, start, 0).then_some(self.best)
    }

    fn look(&mut self, heads: &mut Vec<Head>, place: usize, stock: &Stock, given: u128) -> bool {
        self.ways += 1;
        if self.ways > WAYS_MAX {
            return false;
        }
        if given >= self.best {
            return true;
        }
        if place == heads.len() {
            let is_turned =
                |turn: &Turn<'_>| self.by_heads.packed(*turn, heads).is_some_and(|plan| plan.votes == 0);
            if self.turns.iter().all(is_turned)
                && let Some(filled) = (self.fill)(stock)
                && filled.is_proved
            {
                self.best = self.best.min(given + filled.votes.units() / UNITS_PER_ONE);
            }
            return true;
        }
        let Some(turn) = self.turns.first() else { return true };
        let classes = self.by_heads.classes(*turn).to_vec();
        let before = heads[place].clone();
        let counts = self.by_heads.candidates(&before, &classes);
        for votes in [0].into_iter().chain(counts) {
            let mut with = stock.clone();
            self.by_heads.give(&mut heads[place], &mut with, &classes, votes);
            let is_complete = self.look(heads, place + 1, &with, given + votes);
            heads[place] = before.clone();
            if !is_complete {
                return false;
            }
        }
        true
    }
}
