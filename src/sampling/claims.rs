//! What the result claims, as sums over accounts that must be more than nothing.
//!
//! Each claim gives every account a value g between `low` and `high` times its votes; the result holds if
//! the values, with what no paper can change, add up to more than nothing. A winner over a loser: w − l. More
//! than a fraction f of a base: FOR − f × base; that it is not reached: f × base − FOR. A quorum: votes present
//! less an even part of one vote less than it takes. Votes that proxy holders allocated are taken as given.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use serde::{Deserialize, Serialize};

use super::said::Said;
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::ascertain::PositionId;
use crate::audit::attribution::{Slot, Source, attribute};
use crate::ballot::reading::Line;
use crate::decide::{Decision, ElectionDecision, FrequencyDecision, ItemDecision, Outcome, TestResult};
use crate::load::AccountId;
use crate::meeting::{
    Base, Counting, Election, ExcludedCountForQuorum, Expression, Item, ItemKind, Standard,
};
use crate::tabulate::Tabulation;

/// The accounts that can be drawn, in the order of their numbers as text.
#[derive(Debug, Clone)]
pub struct Population {
    /// Whether a unit is a vote; else it is the smallest part of one that is counted.
    pub is_whole: bool,
    /// The accounts.
    pub accounts: Vec<AccountUnits>,
}

/// An account with its votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountUnits {
    /// Its number.
    pub account: String,
    /// Its votes, in units of the population.
    pub units: u128,
}

impl Population {
    /// Votes of so many units.
    #[must_use]
    pub fn votes(&self, units: u128) -> Votes {
        Votes::from_units(if self.is_whole { units * UNITS_PER_ONE } else { units })
    }
}

/// What a claim is of: an item, and the place of the nominee in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matter {
    /// The item's id.
    pub item: String,
    /// The nominee's id; blank where the item is no election.
    pub nominee: String,
}

/// Which value a claim gives an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// The winner has more votes than the loser.
    WinnerOverLoser {
        /// Who won.
        winner: String,
        /// Who did not.
        loser: String,
    },
    /// The choice has more votes than the other.
    ChoiceOverChoice {
        /// The choice made.
        winner: String,
        /// The other.
        loser: String,
    },
    /// The votes FOR are more than a fraction of the base.
    MoreThan {
        /// The nominee; blank for a proposal.
        nominee: String,
        /// The base, by its name in meeting.json.
        base: String,
        /// The fraction.
        fraction: String,
    },
    /// The votes FOR are less than a fraction of the base.
    LessThan {
        /// The nominee; blank for a proposal.
        nominee: String,
        /// The base, by its name in meeting.json.
        base: String,
        /// The fraction.
        fraction: String,
    },
    /// A quorum is present: more than a fraction of the votes outstanding.
    Present {
        /// One vote less than the quorum, of the votes outstanding.
        fraction: String,
    },
}

/// A claim of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The item's id.
    pub item: String,
    /// What it claims.
    pub kind: ClaimKind,
    /// In a sentence.
    pub says: String,
    /// By how much it holds as counted, in votes: the sum of all values. A fraction as `a/b`.
    pub total: String,
    /// The least value of a vote.
    pub low: String,
    /// The greatest value of a vote.
    pub high: String,
}

/// The claims behind a result.
#[derive(Debug)]
pub struct Claims {
    /// Whom to draw from.
    pub population: Population,
    /// What must hold.
    pub claims: Vec<Claim>,
    /// What no sample of shares can show, and why, in sentences.
    pub not_covered: Vec<String>,
}

/// A fraction of whole numbers as `a/b`.
pub(super) fn rational(text: &str) -> Option<BigRational> {
    text.parse().ok()
}

/// Votes as an exact number.
pub(super) fn exact(votes: Votes) -> BigRational {
    BigRational::new(BigInt::from(votes.units()), BigInt::from(UNITS_PER_ONE))
}

impl Claim {
    /// The value of an account of so many votes entitled on the item, by what it says on each matter.
    ///
    /// Invariant: between `low` and `high` times the votes.
    #[must_use]
    pub fn value(&self, says: &BTreeMap<Matter, Said>, entitled: Votes) -> BigRational {
        let of = |nominee: &str| {
            says.get(&Matter { item: self.item.clone(), nominee: nominee.to_owned() })
                .cloned()
                .unwrap_or_default()
        };
        let part = |fraction: &str| rational(fraction).unwrap_or_else(BigRational::zero);
        let leaning = |nominee: &str, base: &str, fraction: &str| {
            let said = of(nominee);
            exact(said.line(Line::For)) - part(fraction) * exact(base_of(&said, base, entitled))
        };
        match &self.kind {
            ClaimKind::WinnerOverLoser { winner, loser } => {
                let votes_for = |nominee: &str| {
                    let said = of(nominee);
                    exact(said.line(Line::For) + said.cumulated())
                };
                votes_for(winner) - votes_for(loser)
            }
            ClaimKind::ChoiceOverChoice { winner, loser } => {
                let said = of("");
                exact(said.choice(winner)) - exact(said.choice(loser))
            }
            ClaimKind::MoreThan { nominee, base, fraction } => leaning(nominee, base, fraction),
            ClaimKind::LessThan { nominee, base, fraction } => -leaning(nominee, base, fraction),
            ClaimKind::Present { fraction } => {
                let present = says
                    .iter()
                    .filter(|(matter, _)| matter.item == self.item)
                    .map(|(_, said)| said.present().max(said.on_lines()))
                    .max()
                    .unwrap_or_default();
                exact(present) - part(fraction) * exact(entitled)
            }
        }
    }
}

/// What an account adds to a base.
fn base_of(said: &Said, base: &str, entitled: Votes) -> Votes {
    let line = |line| said.line(line);
    match Base::from_name(base) {
        Some(Base::VotesCast) => line(Line::For) + line(Line::Against),
        Some(Base::PresentAndEntitled) => said.on_lines().saturating_sub(line(Line::BrokerNonVote)),
        Some(Base::Present) => said.on_lines(),
        Some(Base::ForAgainstWithheld) => line(Line::For) + line(Line::Against) + line(Line::Withheld),
        // A fraction of the required quorum was turned into one of the votes outstanding.
        Some(Base::Outstanding | Base::RequiredQuorum) | None => entitled,
    }
}

/// The claims that the results of some items rest on; of all items where none is named.
#[must_use]
pub fn claims(tabulation: &Tabulation, items: &[usize]) -> Claims {
    let mut found =
        Claims { population: population(tabulation), claims: Vec::new(), not_covered: Vec::new() };
    for place in items {
        let item = &tabulation.loaded.meeting.items[*place];
        let decision = &tabulation.decided.items[*place];
        let counts_excluded =
            tabulation.loaded.meeting.rules.excluded_count_for_quorum == ExcludedCountForQuorum::Yes;
        let has_followers = !tabulation.loaded.meeting.followers.is_empty();
        Claimant { counts_excluded, has_followers, item, decision, found: &mut found }.all();
    }
    found
}

fn population(tabulation: &Tabulation) -> Population {
    let electorate = &tabulation.electorate;
    let mut votes: BTreeMap<AccountId, Votes> = BTreeMap::new();
    for place in 0..electorate.positions.len() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        *votes.entry(electorate.account(id)).or_default() += electorate.votes(id);
    }
    let is_whole = votes.values().all(|votes| votes.units().is_multiple_of(UNITS_PER_ONE));
    let unit = if is_whole { UNITS_PER_ONE } else { 1 };
    let mut accounts: Vec<AccountUnits> = votes
        .into_iter()
        .map(|(account, votes)| AccountUnits {
            account: tabulation.loaded.accounts.text(account.0).to_owned(),
            units: votes.units() / unit,
        })
        .collect();
    accounts.sort_by(|a, b| a.account.cmp(&b.account));
    Population { is_whole, accounts }
}

/// Finds the claims of one item.
struct Claimant<'a> {
    counts_excluded: bool,
    /// Whether shares vote as others do.
    has_followers: bool,
    item: &'a Item,
    decision: &'a ItemDecision,
    found: &'a mut Claims,
}

impl Claimant<'_> {
    fn all(&mut self) {
        if self.decision.outcome == Outcome::Withdrawn {
            return;
        }
        if self.decision.outcome == Outcome::NoQuorum {
            return self.not_covered(
                "no quorum was present; that is shown by the register and the door, not by a sample of cards",
            );
        }
        if self.has_followers {
            return self.not_covered(
                "shares vote as others do; a vote counted wrongly would take some of them with it, which a sample of \
                 papers does not measure",
            );
        }
        if !self.item.voting_groups.is_empty() {
            self.not_covered("its voting groups approve apart; their votes are not sampled");
        }
        self.quorum();
        match (&self.decision.decision, &self.item.kind) {
            (Decision::Proposal(proposal), ItemKind::Proposal(standard)) => {
                let is_met = proposal.standard.is_met;
                self.standard("", standard, &proposal.standard.tests, is_met);
            }
            (Decision::Election(result), ItemKind::Election(election)) => self.election(election, result),
            (Decision::Frequency(result), ItemKind::Frequency(choices)) => {
                let ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
                self.frequency(&ids, result);
            }
            _ => {}
        }
    }

    fn not_covered(&mut self, why: &str) {
        self.found.not_covered.push(format!("item {}: {why}.", self.item.id));
    }

    fn add(
        &mut self,
        kind: ClaimKind,
        says: String,
        total: BigRational,
        low: BigRational,
        high: BigRational,
    ) {
        self.found.claims.push(Claim {
            item: self.item.id.clone(),
            kind,
            says,
            total: total.to_string(),
            low: low.to_string(),
            high: high.to_string(),
        });
    }

    fn quorum(&mut self) {
        if !self.item.needs_quorum {
            return;
        }
        let quorum = &self.decision.quorum;
        if quorum.outstanding.is_zero() {
            return;
        }
        if self.counts_excluded && !self.item.excluded_accounts.is_empty() {
            return self.not_covered("its quorum counts accounts that do not vote on it");
        }
        if !quorum.heads.is_empty() {
            return self.not_covered("its quorum counts holders; a sample of votes says nothing of them");
        }
        if !quorum.by_class.is_empty() {
            self.not_covered("each class needs a quorum of its own; only that of all of them is sampled");
        }
        // One vote less than the quorum is too few where votes are whole.
        let least = if self.found.population.is_whole {
            quorum.required.saturating_sub(Votes::whole(1))
        } else {
            quorum.required
        };
        let fraction = exact(least) / exact(quorum.outstanding);
        let total = exact(quorum.present) - exact(least);
        let says = format!("a quorum is present for item {}", self.item.id);
        let kind = ClaimKind::Present { fraction: fraction.to_string() };
        let high = exact(Votes::whole(1)) - &fraction;
        self.add(kind, says, total, -fraction, high);
    }

    /// The tests that a standard rests on: every one of `all_of`, the best of `any_of`.
    fn standard(&mut self, nominee: &str, standard: &Standard, tests: &[TestResult], is_met: bool) {
        let mut at = 0;
        let mut resting = Vec::new();
        rests_on(&standard.expression, tests, &mut at, is_met, &mut resting);
        for test in resting {
            self.test(nominee, &test, is_met);
        }
    }

    fn test(&mut self, nominee: &str, result: &TestResult, is_met: bool) {
        let test = &result.test;
        if test.counting == Counting::Holders {
            return self.not_covered("a test counts holders; a sample of votes says nothing of them");
        }
        if test.while_present.is_some() {
            return self.not_covered("a test that counts only while so many are present is not sampled");
        }
        let fraction = &test.threshold.fraction;
        let mut part =
            BigRational::new(BigInt::from(fraction.numerator()), BigInt::from(fraction.denominator()));
        if test.base == Base::RequiredQuorum {
            part *= exact(result.base) / exact(self.decision.outstanding);
        }
        let lean = exact(result.votes_for)
            - &part
                * exact(if test.base == Base::RequiredQuorum {
                    self.decision.outstanding
                } else {
                    result.base
                });
        let who = if nominee.is_empty() { String::new() } else { format!(" {nominee}") };
        let (base, one) = (test.base.name().to_owned(), exact(Votes::whole(1)));
        let of = format!("{} of {}", part, test.base.in_words());
        let fraction = part.to_string();
        let nominee = nominee.to_owned();
        if is_met {
            let says = format!("item {}:{who} has more than {of}", self.item.id);
            self.add(ClaimKind::MoreThan { nominee, base, fraction }, says, lean, -part.clone(), one - part);
        } else {
            let says = format!("item {}:{who} has less than {of}", self.item.id);
            self.add(ClaimKind::LessThan { nominee, base, fraction }, says, -lean, part.clone() - one, part);
        }
    }

    fn election(&mut self, election: &Election, result: &ElectionDecision) {
        if !result.tied.is_empty() {
            return self.not_covered("a tie rests on single votes: count all");
        }
        let able = |place: usize| !election.nominees[place].is_unable_to_serve;
        let meets = |place: usize| result.nominees[place].standard.as_ref().is_none_or(|one| one.is_met);
        for (place, nominee) in result.nominees.iter().enumerate().filter(|(place, _)| able(*place)) {
            let is_chosen = nominee.is_elected || !meets(place);
            if let (Some(standard), Some(of_nominee), true) =
                (election.effective_standard(), &nominee.standard, is_chosen)
            {
                let id = election.nominees[place].id.clone();
                self.standard(&id, standard, &of_nominee.tests, of_nominee.is_met);
            }
        }
        if result.vacancies > 0 && election.effective_standard().is_none() {
            self.not_covered("a seat is vacant, and one vote would fill it: count all");
        }
        let multiplier = if election.is_cumulative() { election.seats } else { 1 };
        let most = exact(Votes::whole(u64::from(multiplier)));
        for winner in &result.elected {
            for loser in 0..result.nominees.len() {
                if result.nominees[loser].is_elected || !able(loser) || !meets(loser) {
                    continue;
                }
                let id = |place: usize| election.nominees[place].id.clone();
                let votes = |place: usize| exact(result.nominees[place].votes_for);
                let says =
                    format!("item {}: {} has more votes than {}", self.item.id, id(*winner), id(loser));
                let kind = ClaimKind::WinnerOverLoser { winner: id(*winner), loser: id(loser) };
                self.add(kind, says, votes(*winner) - votes(loser), -most.clone(), most.clone());
            }
        }
    }

    fn frequency(&mut self, ids: &[&str], result: &FrequencyDecision) {
        let Some(chosen) = result.chosen else {
            return self.not_covered("no choice was made");
        };
        let one = exact(Votes::whole(1));
        for other in (0..ids.len()).filter(|other| *other != chosen) {
            let says = format!("item {}: {} has more votes than {}", self.item.id, ids[chosen], ids[other]);
            let kind =
                ClaimKind::ChoiceOverChoice { winner: ids[chosen].to_owned(), loser: ids[other].to_owned() };
            let total = exact(result.choices[chosen]) - exact(result.choices[other]);
            self.add(kind, says, total, -one.clone(), one.clone());
        }
    }
}

/// The tests that make an expression met, or not met, gathered in the order written.
fn rests_on(
    expression: &Expression,
    tests: &[TestResult],
    at: &mut usize,
    is_met: bool,
    resting: &mut Vec<TestResult>,
) -> bool {
    match expression {
        Expression::Test(_) => {
            let Some(result) = tests.get(*at) else { return false };
            *at += 1;
            if result.is_met == is_met {
                resting.push(result.clone());
            }
            result.is_met
        }
        Expression::AllOf(parts) | Expression::AnyOf(parts) => {
            // Met all of them, or failed all of any: each counts. Otherwise the first that is so suffices.
            let is_all = matches!(expression, Expression::AllOf(_));
            let mut kept: Vec<TestResult> = Vec::new();
            let mut met = Vec::new();
            for part in parts {
                let mut here = Vec::new();
                let part_met = rests_on(part, tests, at, is_met, &mut here);
                if part_met == is_met && (is_all == is_met || kept.is_empty()) {
                    kept.extend(here);
                }
                met.push(part_met);
            }
            resting.extend(kept);
            if is_all { met.iter().all(|met| *met) } else { met.iter().any(|met| *met) }
        }
    }
}

/// What some accounts say on some items as counted, and the votes each is entitled to there.
#[must_use]
pub fn as_counted(
    tabulation: &Tabulation,
    items: &[usize],
    accounts: &[String],
) -> BTreeMap<String, BTreeMap<Matter, (Votes, Said)>> {
    let electorate = &tabulation.electorate;
    let mut wanted: BTreeMap<AccountId, &String> = BTreeMap::new();
    for account in accounts {
        if let Some(id) = tabulation.loaded.accounts.find(account) {
            wanted.insert(AccountId(id), account);
        }
    }
    let mut found: BTreeMap<String, BTreeMap<Matter, (Votes, Said)>> = BTreeMap::new();
    for place in items {
        let item = &tabulation.loaded.meeting.items[*place];
        let matters = matters_of(item);
        for (id, account) in &wanted {
            let entitled: Votes = electorate
                .ids_of(*id)
                .filter(|position| electorate.votes_on(&tabulation.loaded.meeting, *position, *place))
                .map(|position| electorate.votes(position))
                .sum();
            let of_account = found.entry((*account).clone()).or_default();
            for matter in &matters {
                of_account.insert(matter.clone(), (entitled, Said::default()));
            }
        }
        if item.election().is_some_and(Election::is_cumulative) {
            // Cumulated votes stand on no line: who is present is told apart.
            tabulation.context().each_presence_on(*place, |position, votes| {
                let account = wanted.get(&electorate.account(position));
                let is_here = electorate.votes_on(&tabulation.loaded.meeting, position, *place);
                if let Some(of_account) =
                    account.filter(|_| is_here).and_then(|account| found.get_mut(*account))
                {
                    let of_item = of_account.iter_mut().filter(|(matter, _)| matter.item == item.id);
                    of_item.for_each(|(_, (_, said))| said.add_present(votes));
                }
            });
        }
        attribute(tabulation, *place, |source, slot, votes| {
            let account = match source {
                Source::Card(card) => tabulation.loaded.cards.get(card).account,
                Source::Street(position, _) | Source::Silent(position) | Source::Following(position) => {
                    electorate.account(position)
                }
            };
            let Some(of_account) = wanted.get(&account).and_then(|account| found.get_mut(*account)) else {
                return;
            };
            let column = match slot {
                Slot::Line(column, _) | Slot::Cumulated(column) => column,
                Slot::Choice(_) | Slot::Discretion(_) | Slot::Uncast(_) | Slot::Unused => 0,
            };
            let Some((_, said)) = of_account.get_mut(&matters[column]) else { return };
            match slot {
                // A choice stands on its own line beside FOR.
                Slot::Line(_, Line::For) if matches!(item.kind, ItemKind::Frequency(_)) => {}
                Slot::Line(_, line) => said.add_line(line, votes),
                Slot::Cumulated(_) => said.add_cumulated(votes),
                Slot::Choice(choice) => {
                    if let ItemKind::Frequency(choices) = &item.kind {
                        said.add_choice(&choices[choice].id, votes);
                    }
                }
                Slot::Discretion(_) | Slot::Uncast(_) | Slot::Unused => {}
            }
        });
    }
    found
}

/// An item's matters: one, or each nominee.
fn matters_of(item: &Item) -> Vec<Matter> {
    let matter = |nominee: &str| Matter { item: item.id.clone(), nominee: nominee.to_owned() };
    match &item.kind {
        ItemKind::Election(election) => election.nominees.iter().map(|nominee| matter(&nominee.id)).collect(),
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => vec![matter("")],
    }
}
