//! Decide: the quorum, then each item by its standard (8 Del. C. § 231(b)(4)).
//!
//! Receives the votes on every line, hands on outcomes with every test that led to them. A tie stays
//! a tie. Nothing here divides: fractions are compared.

mod election;
mod margin;
mod quorum;

use crate::amount::{Threshold, Votes};
use crate::ascertain::Electorate;
use crate::count::{Count, HeadSides, HeadVotes, HolderCount, ItemCount, Lines};
use crate::meeting::{Base, Counting, Expression, Item, ItemKind, Meeting, Standard, Test};

pub(crate) use election::fill_seats;
pub use election::{ElectionDecision, NomineeDecision};
pub use margin::{Added, Margin, Marked, Stand, margins, votes_to_carry};
pub use quorum::{HeadQuorum, Quorum};

/// What came of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A proposal that met its standard.
    Approved,
    /// A proposal that did not, or a frequency item on which nobody voted.
    NotApproved,
    /// Somebody was elected, and nothing is tied.
    Elected,
    /// The last seats, or the first choice, are tied.
    Tied,
    /// Nobody was elected.
    NoneElected,
    /// A choice was made.
    Chosen,
    /// No quorum.
    NoQuorum,
    /// Withdrawn before it was voted on.
    Withdrawn,
}

impl Outcome {
    /// As the certificate writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::NotApproved => "not_approved",
            Self::Elected => "elected",
            Self::Tied => "tied",
            Self::NoneElected => "none_elected",
            Self::Chosen => "chosen",
            Self::NoQuorum => "no_quorum",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A test with its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The test.
    pub test: Test,
    /// What it compares with, in votes or accounts.
    pub base: Votes,
    /// Votes or accounts FOR.
    pub votes_for: Votes,
    /// The smallest whole number that meets it.
    pub needed: Votes,
    /// Whether it is met.
    pub is_met: bool,
    /// Where it can only be met while something is present: whether it is.
    pub is_open: bool,
    /// Where holders are counted, those on each side.
    pub heads: Option<HeadSides>,
}

/// A standard with its tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandardResult {
    /// Every test, in the order written.
    pub tests: Vec<TestResult>,
    /// Whether the standard is met.
    pub is_met: bool,
}

/// A voting group with its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupResult {
    /// Its votes on each line.
    pub lines: Lines,
    /// Its standard.
    pub standard: StandardResult,
}

/// A proposal decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalDecision {
    /// Its votes.
    pub lines: Lines,
    /// Its standard.
    pub standard: StandardResult,
    /// Each voting group.
    pub groups: Vec<GroupResult>,
}

/// A frequency item decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrequencyDecision {
    /// Its votes; FOR is all choices together.
    pub lines: Lines,
    /// Per choice, its votes.
    pub choices: Vec<Votes>,
    /// The choice made, by place.
    pub chosen: Option<usize>,
    /// The choices tied for the most votes, by place.
    pub tied: Vec<usize>,
}

/// What was decided on an item, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Directors.
    Election(ElectionDecision),
    /// A proposal.
    Proposal(ProposalDecision),
    /// A frequency item.
    Frequency(FrequencyDecision),
}

/// An item decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDecision {
    /// Votes present and entitled on the item.
    pub present: Votes,
    /// Votes outstanding and entitled on the item.
    pub outstanding: Votes,
    /// Its own quorum, which alone decides whether it can be acted on.
    pub quorum: Quorum,
    /// The figures.
    pub decision: Decision,
    /// What came of it.
    pub outcome: Outcome,
}

impl ItemDecision {
    /// What could be different: the outcome, who is elected or tied, what is chosen. Without a quorum
    /// nothing is.
    #[must_use]
    pub fn verdict(&self) -> (Outcome, Vec<usize>, Vec<usize>) {
        match &self.decision {
            _ if matches!(self.outcome, Outcome::NoQuorum | Outcome::Withdrawn) => {
                (self.outcome, Vec::new(), Vec::new())
            }
            Decision::Election(election) => {
                let mut elected = election.elected.clone();
                elected.sort_unstable();
                (self.outcome, elected, election.tied.clone())
            }
            Decision::Proposal(_) => (self.outcome, Vec::new(), Vec::new()),
            Decision::Frequency(frequency) => {
                (self.outcome, frequency.chosen.into_iter().collect(), frequency.tied.clone())
            }
        }
    }
}

/// Everything decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The quorum.
    pub quorum: Quorum,
    /// Per item.
    pub items: Vec<ItemDecision>,
}

/// Decides the quorum and every item.
#[must_use]
pub fn decide(meeting: &Meeting, electorate: &Electorate, count: &Count) -> Decided {
    let quorum = quorum::of_meeting(meeting, electorate, count);
    let items = meeting
        .items
        .iter()
        .zip(&count.items)
        .enumerate()
        .map(|(place, (item, votes))| ItemDecider::new(meeting, electorate, place, item, votes).decide())
        .collect();
    Decided { quorum, items }
}

/// Decides one item.
pub(crate) fn decide_item(
    meeting: &Meeting,
    electorate: &Electorate,
    place: usize,
    votes: &ItemCount,
) -> ItemDecision {
    ItemDecider::new(meeting, electorate, place, &meeting.items[place], votes).decide()
}

/// Votes outstanding and entitled on an item, of some classes.
pub(crate) fn outstanding_on(
    meeting: &Meeting,
    electorate: &Electorate,
    place: usize,
    classes: &[usize],
) -> Votes {
    let of = |class: usize| classes.contains(&class);
    quorum::outstanding(electorate, place, &meeting.items[place], of).voting
}

/// Decides an item, with what its tests compare.
struct ItemDecider<'a> {
    electorate: &'a Electorate,
    place: usize,
    item: &'a Item,
    votes: &'a ItemCount,
    quorum: Quorum,
    /// Every head's votes, where margins ask for them.
    heads: &'a [HeadVotes],
}

/// What the tests of an item or a voting group compare.
struct Figures {
    lines: Lines,
    present: Votes,
    outstanding: Votes,
    required_quorum: Votes,
    holders: Option<HolderCount>,
}

impl<'a> ItemDecider<'a> {
    fn new(
        meeting: &'a Meeting,
        electorate: &'a Electorate,
        place: usize,
        item: &'a Item,
        votes: &'a ItemCount,
    ) -> Self {
        let quorum = quorum::of_item(meeting, electorate, place, item, votes);
        Self { electorate, place, item, votes, quorum, heads: &[] }
    }

    /// The same item with other votes; its quorum asks what it asked.
    fn with<'v>(&'v self, votes: &'v ItemCount) -> ItemDecider<'v> {
        ItemDecider { votes, quorum: self.quorum.clone(), ..*self }
    }

    fn decide(&self) -> ItemDecision {
        // QUO-2, QUO-4: Cal. Corp. Code § 602(a) and (c); 8 Del. C. § 216(4): of its own quorum, not the meeting's.
        let has_quorum = (self.quorum.is_met || !self.item.needs_quorum) && !self.item.is_withdrawn;
        let decision = match &self.item.kind {
            ItemKind::Proposal(standard) => {
                let figures = self.figures(0);
                let groups = self.groups(0);
                let standard = judge(standard, &figures);
                Decision::Proposal(ProposalDecision { lines: figures.lines, standard, groups })
            }
            ItemKind::Frequency(_) => Decision::Frequency(self.frequency()),
            ItemKind::Election(election) => Decision::Election(self.election(election, has_quorum)),
        };
        let outcome = match has_quorum {
            _ if self.item.is_withdrawn => Outcome::Withdrawn,
            true => outcome(&decision),
            false => Outcome::NoQuorum,
        };
        let present = self.votes.present(|_| true);
        let (outstanding, quorum) = (self.outstanding(|_| true), self.quorum.clone());
        ItemDecision { present, outstanding, quorum, decision, outcome }
    }

    /// STD-6: votes outstanding and entitled on the item, excluded accounts left out, of some classes.
    fn outstanding(&self, of: impl Fn(usize) -> bool) -> Votes {
        quorum::outstanding(self.electorate, self.place, self.item, of).voting
    }

    fn figures(&self, column: usize) -> Figures {
        Figures {
            lines: self.votes.lines(column, |_| true),
            present: self.votes.present(|_| true),
            outstanding: self.outstanding(|_| true),
            required_quorum: self.quorum.required,
            holders: self.votes.holders.as_ref().map(|holders| holders[column]),
        }
    }

    /// STD-4: the item's voting groups on a column, each by its own standard.
    fn groups(&self, column: usize) -> Vec<GroupResult> {
        let groups = self.item.voting_groups.iter().enumerate();
        groups
            .map(|(place, group)| {
                let figures = self.group_figures(place, column);
                GroupResult { lines: figures.lines, standard: judge(&group.standard, &figures) }
            })
            .collect()
    }

    /// What the tests of a voting group compare.
    fn group_figures(&self, group: usize, column: usize) -> Figures {
        let classes = &self.item.voting_groups[group].classes;
        let of = |class: usize| classes.contains(&class);
        Figures {
            lines: self.votes.lines(column, of),
            present: self.votes.present(of),
            outstanding: self.outstanding(of),
            required_quorum: self.quorum.groups[group].required,
            holders: self.votes.group_holders.get(group).map(|holders| holders[column]),
        }
    }

    /// STD-7.
    fn frequency(&self) -> FrequencyDecision {
        let choices = self.votes.choices();
        let most = choices.iter().copied().max().unwrap_or_default();
        let first: Vec<usize> =
            (0..choices.len()).filter(|choice| !most.is_zero() && choices[*choice] == most).collect();
        let (chosen, tied) = match first.as_slice() {
            [only] => (Some(*only), Vec::new()),
            _ => (None, first),
        };
        FrequencyDecision { lines: self.votes.lines(0, |_| true), choices, chosen, tied }
    }
}

fn outcome(decision: &Decision) -> Outcome {
    match decision {
        Decision::Proposal(proposal) => {
            let is_approved =
                proposal.standard.is_met && proposal.groups.iter().all(|group| group.standard.is_met);
            if is_approved { Outcome::Approved } else { Outcome::NotApproved }
        }
        Decision::Frequency(frequency) => match (frequency.chosen, frequency.tied.is_empty()) {
            (Some(_), _) => Outcome::Chosen,
            (None, true) => Outcome::NotApproved,
            (None, false) => Outcome::Tied,
        },
        Decision::Election(election) => match (election.tied.is_empty(), election.elected.is_empty()) {
            (false, _) => Outcome::Tied,
            (true, false) => Outcome::Elected,
            (true, true) => Outcome::NoneElected,
        },
    }
}

/// Applies a standard to figures; every test is worked out, whether it decides or not.
fn judge(standard: &Standard, figures: &Figures) -> StandardResult {
    let mut tests = Vec::new();
    let is_met = evaluate(&standard.expression, figures, &mut tests);
    StandardResult { tests, is_met }
}

fn evaluate(expression: &Expression, figures: &Figures, tests: &mut Vec<TestResult>) -> bool {
    match expression {
        Expression::Test(test) => {
            let result = apply(test, figures);
            let is_met = result.is_met;
            tests.push(result);
            is_met
        }
        // No short circuit: every test is printed.
        Expression::AllOf(parts) => {
            parts.iter().map(|part| evaluate(part, figures, tests)).fold(true, |all, met| all & met)
        }
        Expression::AnyOf(parts) => {
            parts.iter().map(|part| evaluate(part, figures, tests)).fold(false, |any, met| any | met)
        }
    }
}

/// STD-1: one test (8 Del. C. § 216). A test of an empty base is met only with at least one vote FOR.
fn apply(test: &Test, figures: &Figures) -> TestResult {
    let (votes_for, base) = match (test.counting, figures.holders) {
        (Counting::Holders, Some(holders)) => {
            let base = holders_base(&holders, test);
            (Votes::whole(holders.sides(test.split).on_for), Votes::whole(base))
        }
        (Counting::Votes | Counting::Holders, _) => (figures.lines.votes_for, figures.base(test.base)),
    };
    let is_open = match &test.while_present {
        Some((threshold, of)) => threshold.is_met(figures.present, figures.base(*of)),
        None => true,
    };
    let needed = needed(&test.threshold, base);
    let has_votes = !base.is_zero() || !votes_for.is_zero();
    let is_met = is_open && has_votes && test.threshold.is_met(votes_for, base);
    let heads = figures.holders.filter(|_| test.counting == Counting::Holders);
    let heads = heads.map(|holders| holders.sides(test.split));
    TestResult { test: test.clone(), base, votes_for, needed, is_met, is_open, heads }
}

fn needed(threshold: &Threshold, base: Votes) -> Votes {
    let needed = threshold.whole_votes_needed(base);
    if base.is_zero() { needed.max(Votes::whole(1)) } else { needed }
}

fn holders_base(holders: &HolderCount, test: &Test) -> u64 {
    let sides = holders.sides(test.split);
    match test.base {
        Base::VotesCast => sides.on_for + sides.on_against,
        Base::PresentAndEntitled => holders.present_and_entitled,
        Base::Present => holders.present,
        Base::Outstanding => holders.outstanding,
        Base::RequiredQuorum | Base::ForAgainstWithheld => {
            unreachable!("`load` refuses these bases counted in holders")
        }
    }
}

impl Figures {
    fn base(&self, base: Base) -> Votes {
        let lines = &self.lines;
        match base {
            Base::VotesCast => lines.votes_for + lines.against,
            Base::PresentAndEntitled => {
                lines.votes_for + lines.against + lines.abstain + lines.withheld + lines.not_voted
            }
            Base::Present => self.present,
            Base::Outstanding => self.outstanding,
            Base::RequiredQuorum => self.required_quorum,
            Base::ForAgainstWithheld => lines.votes_for + lines.against + lines.withheld,
        }
    }
}
