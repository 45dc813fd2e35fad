//! What a standard asks in votes FOR: the tests of an expression put together, so that one figure stands beside
//! an outcome.

use serde::Serialize;

use crate::amount::Votes;
use crate::decide::TestResult;
use crate::meeting::{Counting, Expression};

/// One way to meet a standard. Where holders are counted beside votes, both are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NeededFigures {
    /// The smallest whole number of votes FOR, of the bases as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// The smallest number of holders FOR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<Votes>,
}

impl NeededFigures {
    /// Whether it asks no less than another way in anything.
    fn is_no_easier(self, other: Self) -> bool {
        self.votes >= other.votes && self.holders >= other.holders
    }

    fn together(self, other: Self) -> Self {
        Self { votes: self.votes.max(other.votes), holders: self.holders.max(other.holders) }
    }
}

/// The ways to meet an expression, the fewest votes first; none where it cannot be met as things are. The tests
/// are those of the expression in the order written.
pub(super) fn needed(expression: &Expression, tests: &[TestResult]) -> Vec<NeededFigures> {
    ways(expression, &mut tests.iter())
}

fn ways<'a>(expression: &Expression, tests: &mut impl Iterator<Item = &'a TestResult>) -> Vec<NeededFigures> {
    match expression {
        Expression::Test(_) => tests.next().and_then(of_test).into_iter().collect(),
        Expression::AnyOf(parts) => easiest(parts.iter().flat_map(|part| ways(part, tests)).collect()),
        Expression::AllOf(parts) => {
            let mut all = vec![NeededFigures { votes: None, holders: None }];
            for part in parts {
                let these = ways(part, tests);
                let pairs = all.iter().flat_map(|way| these.iter().map(|other| way.together(*other)));
                all = easiest(pairs.collect());
            }
            all
        }
    }
}

/// What one test asks; nothing where it is closed, as under the 1940 Act while too few are present.
fn of_test(result: &TestResult) -> Option<NeededFigures> {
    let needed = Some(result.needed).filter(|_| result.test.while_present.is_none() || result.is_open)?;
    Some(match result.test.counting {
        Counting::Votes => NeededFigures { votes: Some(needed), holders: None },
        Counting::Holders => NeededFigures { votes: None, holders: Some(needed) },
    })
}

/// Without those that ask no less than another.
fn easiest(mut ways: Vec<NeededFigures>) -> Vec<NeededFigures> {
    ways.sort_unstable();
    ways.dedup();
    let all = ways.clone();
    ways.retain(|way| !all.iter().any(|other| other != way && way.is_no_easier(*other)));
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::Threshold;
    use crate::meeting::{Base, SplitHolders, Test};

    fn test(counting: Counting, needed: u64, is_open: bool) -> (Expression, TestResult) {
        let threshold = Threshold::more_than(1, 2);
        let while_present = (!is_open).then(|| (Threshold::more_than(1, 2), Base::Outstanding));
        let split = SplitHolders::Majority;
        let test = Test { threshold, base: Base::Present, counting, split, while_present };
        let result = TestResult {
            test: test.clone(),
            base: Votes::ZERO,
            votes_for: Votes::ZERO,
            needed: Votes::whole(needed),
            is_met: false,
            is_open,
            heads: None,
        };
        (Expression::Test(test), result)
    }

    fn of(votes: Option<u64>, holders: Option<u64>) -> NeededFigures {
        NeededFigures { votes: votes.map(Votes::whole), holders: holders.map(Votes::whole) }
    }

    #[test]
    fn all_of_asks_the_most_and_any_of_the_least() {
        let (a, ra) = test(Counting::Votes, 501, true);
        let (b, rb) = test(Counting::Votes, 300, true);
        let tests = [ra, rb];
        let all = Expression::AllOf(vec![a.clone(), b.clone()]);
        let any = Expression::AnyOf(vec![a, b]);
        assert_eq!(needed(&all, &tests), [of(Some(501), None)]);
        assert_eq!(needed(&any, &tests), [of(Some(300), None)]);
    }

    #[test]
    fn votes_and_holders_stand_beside_each_other_and_a_closed_test_is_no_way() {
        let (votes, by_votes) = test(Counting::Votes, 750, true);
        let (holders, by_holders) = test(Counting::Holders, 6, true);
        let (closed, by_closed) = test(Counting::Votes, 10, false);
        let scheme = Expression::AllOf(vec![votes.clone(), holders.clone()]);
        assert_eq!(needed(&scheme, &[by_votes.clone(), by_holders.clone()]), [of(Some(750), Some(6))]);
        let either = Expression::AnyOf(vec![votes.clone(), holders]);
        assert_eq!(
            needed(&either, &[by_votes.clone(), by_holders]),
            [of(None, Some(6)), of(Some(750), None)]
        );
        let open = Expression::AnyOf(vec![closed.clone(), votes]);
        assert_eq!(needed(&open, &[by_closed.clone(), by_votes]), [of(Some(750), None)]);
        assert_eq!(needed(&closed, &[by_closed]), []);
    }
}
