//! The vote that an item needs: named standards and expressions.

use crate::amount::Threshold;

/// What a test compares the votes FOR with, in votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// FOR and AGAINST.
    VotesCast,
    /// All present and able to vote on the item; not broker non-votes.
    PresentAndEntitled,
    /// All present, with broker non-votes.
    Present,
    /// All outstanding and entitled on the item.
    Outstanding,
    /// The required quorum.
    RequiredQuorum,
    /// FOR, AGAINST and WITHHOLD.
    ForAgainstWithheld,
}

impl Base {
    /// The names in `meeting.json`.
    pub const NAMES: &'static [&'static str] = &[
        "votes_cast",
        "present_and_entitled",
        "present",
        "outstanding",
        "required_quorum",
        "for_against_withheld",
    ];

    /// The base of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::VotesCast,
            Self::PresentAndEntitled,
            Self::Present,
            Self::Outstanding,
            Self::RequiredQuorum,
            Self::ForAgainstWithheld,
        ]
        .into_iter()
        .find(|base| base.name() == name)
    }

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::VotesCast => "votes_cast",
            Self::PresentAndEntitled => "present_and_entitled",
            Self::Present => "present",
            Self::Outstanding => "outstanding",
            Self::RequiredQuorum => "required_quorum",
            Self::ForAgainstWithheld => "for_against_withheld",
        }
    }

    /// In the certificate's words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::VotesCast => "votes cast",
            Self::PresentAndEntitled => "votes present and entitled",
            Self::Present => "votes present",
            Self::Outstanding => "votes outstanding",
            Self::RequiredQuorum => "votes of the required quorum",
            Self::ForAgainstWithheld => "votes for, against and withheld",
        }
    }
}

/// What a test counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Votes.
    Votes,
    /// Accounts, each on the side where it cast more of its votes.
    Holders,
}

/// What a test that counts holders makes of one who cast votes on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitHolders {
    /// On the side where the holder cast more.
    Majority,
    /// On both, as scrutineers of schemes of arrangement count.
    Both,
    /// On neither.
    Neither,
}

impl SplitHolders {
    /// The values as files write them.
    pub const NAMES: &'static [&'static str] = &["majority", "both", "neither"];

    /// The value of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Majority, Self::Both, Self::Neither].into_iter().find(|value| value.name() == name)
    }

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Majority => "majority",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// How much is needed.
    pub threshold: Threshold,
    /// Of what.
    pub base: Base,
    /// Votes or accounts.
    pub counting: Counting,
    /// Where holders are counted, those who split their votes.
    pub split: SplitHolders,
    /// The test can only be met while this much of this other base is present (1940 Act).
    pub while_present: Option<(Threshold, Base)>,
}

impl Test {
    fn votes(threshold: Threshold, base: Base) -> Expression {
        Expression::Test(Self {
            threshold,
            base,
            counting: Counting::Votes,
            split: SplitHolders::Majority,
            while_present: None,
        })
    }
}

/// Tests joined by all-of and any-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One test.
    Test(Test),
    /// Every one of these.
    AllOf(Vec<Expression>),
    /// At least one of these.
    AnyOf(Vec<Expression>),
}

impl Expression {
    /// The tests in it, in the order written.
    #[must_use]
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::Test(test) => vec![test],
            Self::AllOf(parts) | Self::AnyOf(parts) => parts.iter().flat_map(Self::tests).collect(),
        }
    }
}

/// A standard: its name, if it has one, and what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// The name in `meeting.json`, if a name was given.
    pub name: Option<&'static str>,
    /// What it asks.
    pub expression: Expression,
}

impl Standard {
    /// The named standards but `plurality`, which is no test.
    pub const NAMES: &'static [&'static str] = &[
        "majority_of_votes_cast",
        "majority_of_present_and_entitled",
        "majority_of_present",
        "majority_of_outstanding",
        "two_thirds_of_outstanding",
        "majority_voting_and_majority_of_quorum",
        "majority_of_outstanding_voting_securities",
    ];

    /// The standard of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let half = || Threshold::more_than(1, 2);
        let expression = match name {
            "majority_of_votes_cast" => Test::votes(half(), Base::VotesCast),
            // 8 Del. C. § 216(2).
            "majority_of_present_and_entitled" => Test::votes(half(), Base::PresentAndEntitled),
            "majority_of_present" => Test::votes(half(), Base::Present),
            // Cal. Corp. Code § 152.
            "majority_of_outstanding" => Test::votes(half(), Base::Outstanding),
            "two_thirds_of_outstanding" => Test::votes(Threshold::at_least(2, 3), Base::Outstanding),
            // STD-2: Cal. Corp. Code §§ 153, 602(a).
            "majority_voting_and_majority_of_quorum" => Expression::AllOf(vec![
                Test::votes(half(), Base::VotesCast),
                Test::votes(half(), Base::RequiredQuorum),
            ]),
            // STD-3: Investment Company Act of 1940 § 2(a)(42).
            "majority_of_outstanding_voting_securities" => Expression::AnyOf(vec![
                Test::votes(half(), Base::Outstanding),
                Expression::Test(Test {
                    threshold: Threshold::at_least(67, 100),
                    base: Base::Present,
                    counting: Counting::Votes,
                    split: SplitHolders::Majority,
                    while_present: Some((half(), Base::Outstanding)),
                }),
            ]),
            _ => return None,
        };
        let name = Self::NAMES.iter().find(|known| **known == name).copied();
        Some(Self { name, expression })
    }

    /// Whether a test counts accounts.
    #[must_use]
    pub fn counts_holders(&self) -> bool {
        self.expression.tests().iter().any(|test| test.counting == Counting::Holders)
    }
}
