//! The items of a certificate.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fewest::{LargeCoverage, fewest};
use super::following::{FollowingFigures, following};
use super::lots::{LotFigures, TieFigures};
use super::needed::{NeededFigures, needed};
use super::{ItemQuorumFigures, item_quorum};
use crate::amount::{Reach, Threshold, Votes};
use crate::audit::attribution::Slot;
use crate::ballot::reading::Line;
use crate::count::{CumulativeCount, Lines, head_votes};
use crate::decide::{
    Decision, ElectionDecision, FrequencyDecision, GroupResult, ItemDecision, NomineeDecision,
    ProposalDecision, Quorum, TestResult,
};
use crate::decide::{Margin, Marked, Stand, margins};
use crate::meeting::{Counting, Cumulative, Election, Item, ItemKind, Mark, Policy};
use crate::parallel::each;
use crate::tabulate::Tabulation;

/// Votes on each line.
#[derive(Debug, Clone, Serialize)]
pub struct LineFigures {
    /// FOR; cumulated votes where cumulative voting is in force.
    #[serde(rename = "for")]
    pub votes_for: Votes,
    /// AGAINST.
    pub against: Votes,
    /// ABSTAIN.
    pub abstain: Votes,
    /// WITHHOLD.
    pub withheld: Votes,
    /// Broker non-votes.
    pub broker_non_votes: Votes,
    /// Present and not voted.
    pub not_voted: Votes,
}

/// What must be present for a test to be met at all.
#[derive(Debug, Clone, Serialize)]
pub struct WhileFigures {
    /// How much must be present.
    #[serde(flatten)]
    pub threshold: BTreeMap<&'static str, String>,
    /// Of what.
    pub of: &'static str,
    /// Whether it is.
    pub met: bool,
}

/// A test with its figures.
#[derive(Debug, Clone, Serialize)]
pub struct TestFigures {
    /// `more_than` or `at_least`.
    #[serde(flatten)]
    pub threshold: BTreeMap<&'static str, String>,
    /// The base.
    pub of: &'static str,
    /// `holders` where accounts are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counting: Option<&'static str>,
    /// Where holders are counted, what is made of one who split: `majority`, `both`, `neither`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_holders: Option<&'static str>,
    /// Where holders are counted, those AGAINST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Votes>,
    /// The base's votes.
    pub base: Votes,
    /// FOR.
    #[serde(rename = "for")]
    pub votes_for: Votes,
    /// The smallest whole number that meets it.
    pub needed: Votes,
    /// Whether it is met.
    pub met: bool,
    /// What must be present.
    #[serde(rename = "while_present", skip_serializing_if = "Option::is_none")]
    pub while_present: Option<WhileFigures>,
}

/// A voting group.
#[derive(Debug, Clone, Serialize)]
pub struct GroupFigures {
    /// Its classes.
    pub classes: Vec<String>,
    /// Its votes.
    #[serde(flatten)]
    pub lines: LineFigures,
    /// Its own quorum, without which it cannot act.
    pub quorum: ItemQuorumFigures,
    /// Its tests.
    pub tests: Vec<TestFigures>,
    /// The ways to meet its standard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<NeededFigures>,
    /// Whether it approves.
    pub met: bool,
}

/// A nominee.
#[derive(Debug, Clone, Serialize)]
pub struct NomineeFigures {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The votes.
    #[serde(flatten)]
    pub lines: LineFigures,
    /// The election's tests, where it is not by plurality.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestFigures>,
    /// The ways to meet its standard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<NeededFigures>,
    /// The voting groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voting_groups: Vec<GroupFigures>,
    /// Whether elected.
    pub elected: bool,
    /// Whether elected by lot.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_lot: bool,
    /// One more than the nominees with more votes.
    pub rank: usize,
    /// Of the elected: votes ahead of the best of those who are not, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead_by: Option<Votes>,
    /// Of the others: votes behind the last elected, where every seat is filled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_by: Option<Votes>,
    /// Whether the nominee is a director already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub incumbent: bool,
    /// The term for which the nominee stands, in the words of the notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Whether the nominee can no longer serve.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unable_to_serve: bool,
    /// Whether nominated too late for cumulative voting.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nominated_late: bool,
}

/// What proxy holders of a form allocated.
#[derive(Debug, Clone, Serialize)]
pub struct AllocationFigures {
    /// The form.
    pub form: String,
    /// `level`, `per_card` or `totals`.
    pub manner: &'static str,
    /// Cards whose pools these are.
    pub cards: u64,
    /// Pools by the nominees that the cards permit.
    pub pools: Vec<PoolFigures>,
    /// Per nominee, what was allocated.
    pub votes: BTreeMap<String, Votes>,
    /// The nominees whose totals the cards do not permit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub infeasible: Vec<String>,
}

/// The pools of cards that permit the same nominees.
#[derive(Debug, Clone, Serialize)]
pub struct PoolFigures {
    /// The nominees.
    pub permits: Vec<String>,
    /// Their pools together.
    pub votes: Votes,
}

/// The pools of an election with cumulative voting. Invariant: `pool` is the sum of the others.
#[derive(Debug, Clone, Serialize)]
pub struct CumulativeFigures {
    /// Who gave notice; nothing where the right needs none.
    pub notice_by: Option<String>,
    /// When; nothing where the right needs none, or the notice of the meeting says it.
    pub notice_given: Option<String>,
    /// Votes present times seats.
    pub pool: Votes,
    /// Cast.
    pub cast: Votes,
    /// Unused.
    pub unused: Votes,
    /// Withheld.
    pub withheld: Votes,
    /// Void.
    pub void: Votes,
    /// Broker non-votes.
    pub broker_non_votes: Votes,
    /// Not voted.
    pub not_voted: Votes,
    /// What the proxy holders allocated.
    pub allocations: Vec<AllocationFigures>,
    /// Per seat from the first, the smallest number of shares' votes that guarantees that many seats
    /// against all the others present, where whole votes do not come in between.
    pub votes_that_guarantee: Vec<Votes>,
}

/// A choice of a frequency item.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceFigures {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its votes.
    #[serde(rename = "for")]
    pub votes_for: Votes,
}

/// An item of the certificate.
#[derive(Debug, Clone, Serialize)]
pub struct ItemFigures {
    /// Its id.
    pub id: String,
    /// `election`, `proposal` or `frequency`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// `straight` or `cumulative`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voting: Option<&'static str>,
    /// The name of its standard, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<&'static str>,
    /// Votes present and entitled on it.
    pub present: Votes,
    /// Votes outstanding and entitled on it.
    pub outstanding: Votes,
    /// Whether it needs a quorum.
    pub needs_quorum: bool,
    /// Its own quorum, which alone decides whether it can be acted on.
    pub quorum: ItemQuorumFigures,
    /// When the polls on it opened, where not with the meeting's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polls_open: Option<String>,
    /// When the polls on it closed, where not with the meeting's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polls_close: Option<String>,
    /// Whether it advises and does not bind.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub advisory: bool,
    /// Accounts that may not vote on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_accounts: Vec<String>,
    /// Directors to be elected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// The nominees in ballot order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominees: Option<Vec<NomineeFigures>>,
    /// The pools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cumulative: Option<CumulativeFigures>,
    /// The elected, most votes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elected: Option<Vec<String>>,
    /// Nominees or choices tied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tied: Option<Vec<String>>,
    /// Seats that nobody was elected to or tied for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vacancies: Option<usize>,
    /// What breaks a tie, where the meeting provides for something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie: Option<TieFigures>,
    /// The lot that broke the tie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotFigures>,
    /// Whether plurality decided although a majority is the standard.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub plurality_because_contested: bool,
    /// The votes of a proposal or frequency item.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineFigures>,
    /// The choices of a frequency item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<ChoiceFigures>>,
    /// The choice made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The tests of a proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Vec<TestFigures>>,
    /// The voting groups of a proposal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voting_groups: Vec<GroupFigures>,
    /// What the corporation's policy on resignations makes of the votes; it changes no result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyFigures>,
    /// The boxes that the form of proxy offers on an election or a proposal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<&'static str>,
    /// The ways to meet a proposal's standard.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<NeededFigures>,
    /// What came of it.
    pub outcome: &'static str,
    /// Shares that vote as others do, which the lines above count too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proportional: Vec<FollowingFigures>,
    /// How far it is from another verdict.
    pub margin: MarginFigures,
}

/// What a policy on resignations makes of an election.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyFigures {
    /// When a director must tender a resignation: `withheld_exceeds_for` or `fails_majority_of_votes_cast`.
    pub resignation_if: &'static str,
    /// Each nominee.
    pub nominees: Vec<PolicyNominee>,
}

/// A nominee under a policy on resignations.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyNominee {
    /// The id.
    pub id: String,
    /// FOR.
    #[serde(rename = "for")]
    pub votes_for: Votes,
    /// AGAINST.
    pub against: Votes,
    /// WITHHOLD.
    pub withheld: Votes,
    /// Whether the policy's condition is met.
    pub applies: bool,
}

/// How far an item is from another verdict, in whole votes.
#[derive(Debug, Clone, Serialize)]
pub struct MarginFigures {
    /// The fewest votes present that would do it, had they been marked otherwise; cumulated votes where
    /// votes are cumulated. Nothing where no marks would.
    pub votes: Option<Votes>,
    /// The fewest absent votes that would do it, present and marked as one likes.
    pub added: Option<Votes>,
    /// Where the votes to be marked otherwise stand, where one place holds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<StandFigures>,
    /// Where they would have to stand, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<StandFigures>,
    /// Where the votes added would have to stand, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_to: Option<StandFigures>,
    /// The smallest number of cards or street totals that hold the votes to be marked otherwise; nothing
    /// where these do not stand in one place.
    pub cards: Option<u64>,
    /// Where fewer might do too: the standards of overlapping groups left more ways than were tried.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
    /// Whether it was looked for.
    #[serde(skip)]
    pub is_known: bool,
    /// Whether it was not because votes follow others: a vote that moves takes some of them with it.
    #[serde(skip)]
    pub is_followed: bool,
}

/// Where votes stand.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct StandFigures {
    /// The nominee's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominee: Option<String>,
    /// The choice's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The line, as `for`; nothing for a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<&'static str>,
    /// The nominee's or the choice's name.
    #[serde(skip)]
    pub name: String,
    /// Whether the votes are cumulated ones.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cumulated: bool,
}

/// `more_than` or `at_least` with the fraction as written.
pub(super) fn threshold(threshold: &Threshold) -> BTreeMap<&'static str, String> {
    let key = match threshold.reach {
        Reach::MoreThan => "more_than",
        Reach::AtLeast => "at_least",
    };
    BTreeMap::from([(key, threshold.fraction.to_string())])
}

/// The items of a tabulation.
pub(super) fn figures(tabulation: &Tabulation) -> Vec<ItemFigures> {
    let meeting = &tabulation.loaded.meeting;
    let heads = |item| head_votes(tabulation.context(), item);
    let margins = margins(meeting, &tabulation.electorate, &tabulation.count, &tabulation.decided, &heads);
    let decided = meeting.items.iter().zip(&tabulation.decided.items).zip(margins).enumerate();
    let decided: Vec<_> = decided.collect();
    let over_items = tabulation.loaded.threads_over_items();
    let large = LargeCoverage::of(tabulation, tabulation.loaded.threads.shared_by(over_items.count()));
    each(over_items, &decided, |(place, ((item, decision), margin))| ItemFigures {
        margin: margin_figures(tabulation, *place, margin, &large),
        ..item_figures(tabulation, *place, item, decision)
    })
}

fn margin_figures(
    tabulation: &Tabulation,
    place: usize,
    margin: &Margin,
    large: &LargeCoverage,
) -> MarginFigures {
    let item = &tabulation.loaded.meeting.items[place];
    let stand = |stand: Option<Stand>| stand.map(|stand| stand_figures(item, stand));
    let (marked, added) = (margin.marked.as_ref(), margin.added.as_ref());
    MarginFigures {
        votes: marked.map(|marked| marked.votes),
        added: added.map(|added| added.votes),
        from: stand(marked.and_then(|marked| marked.from)),
        to: stand(marked.and_then(|marked| marked.to)),
        added_to: stand(added.and_then(|added| added.to)),
        cards: marked.and_then(|marked| fewest_cards(tabulation, place, marked, large)),
        at_most: marked.is_some_and(|marked| !marked.is_proved)
            || added.is_some_and(|added| !added.is_proved),
        is_known: margin.is_known,
        is_followed: !tabulation.count.items[place].following.is_empty(),
    }
}

fn stand_figures(item: &Item, stand: Stand) -> StandFigures {
    let blank =
        StandFigures { nominee: None, choice: None, line: None, name: String::new(), cumulated: false };
    match (&item.kind, stand) {
        (ItemKind::Election(election), Stand::Line(nominee, _) | Stand::Cumulated(nominee)) => {
            let nominee = &election.nominees[nominee];
            let line = match stand {
                Stand::Line(_, line) => line,
                Stand::Cumulated(_) | Stand::Choice(_) => Line::For,
            };
            StandFigures {
                nominee: Some(nominee.id.clone()),
                line: Some(line.key()),
                name: nominee.name.clone(),
                cumulated: matches!(stand, Stand::Cumulated(_)),
                ..blank
            }
        }
        (ItemKind::Frequency(choices), Stand::Choice(choice)) => StandFigures {
            choice: Some(choices[choice].id.clone()),
            name: choices[choice].name.clone(),
            ..blank
        },
        (_, Stand::Line(_, line)) => StandFigures { line: Some(line.key()), ..blank },
        (_, Stand::Choice(_) | Stand::Cumulated(_)) => blank,
    }
}

/// The fewest cards or street totals that together hold the votes where they would be marked otherwise.
fn fewest_cards(
    tabulation: &Tabulation,
    place: usize,
    marked: &Marked,
    large: &LargeCoverage,
) -> Option<u64> {
    let from = marked.from.filter(|_| marked.is_anyones)?;
    let is_there = |slot: Slot| match (from, slot) {
        (Stand::Choice(from), Slot::Choice(choice)) => choice == from,
        (Stand::Cumulated(from), Slot::Cumulated(nominee)) => nominee == from,
        (Stand::Line(from, line), Slot::Line(column, at)) => column == from && at == line,
        _ => false,
    };
    fewest(tabulation, place, marked.votes, is_there, large)
}

fn item_figures(tabulation: &Tabulation, place: usize, item: &Item, decision: &ItemDecision) -> ItemFigures {
    let blank = ItemFigures {
        id: item.id.clone(),
        kind: "",
        title: item.title.clone(),
        voting: None,
        standard: None,
        present: decision.present,
        outstanding: decision.outstanding,
        needs_quorum: item.needs_quorum,
        quorum: item_quorum(
            &tabulation.loaded.meeting,
            item.quorum_rule(&tabulation.loaded.meeting),
            &decision.quorum,
        ),
        polls_open: item.polls_open.map(|at| at.in_zone(&tabulation.loaded.meeting.zone)),
        polls_close: item.polls_close.map(|at| at.in_zone(&tabulation.loaded.meeting.zone)),
        advisory: item.is_advisory,
        excluded_accounts: item.excluded_accounts.clone(),
        seats: None,
        nominees: None,
        cumulative: None,
        elected: None,
        tied: None,
        vacancies: None,
        tie: None,
        lot: None,
        plurality_because_contested: false,
        lines: None,
        choices: None,
        choice: None,
        tests: None,
        voting_groups: Vec::new(),
        policy: None,
        options: match item.kind {
            ItemKind::Frequency(_) => Vec::new(),
            ItemKind::Election(_) | ItemKind::Proposal(_) => {
                item.options.iter().filter_map(|mark| box_name(*mark)).collect()
            }
        },
        needed: Vec::new(),
        outcome: decision.outcome.name(),
        proportional: following(tabulation, place),
        margin: MarginFigures {
            votes: None,
            added: None,
            from: None,
            to: None,
            added_to: None,
            cards: None,
            at_most: false,
            is_known: true,
            is_followed: false,
        },
    };
    match (&decision.decision, &item.kind) {
        (Decision::Election(result), ItemKind::Election(election)) => {
            election_figures(tabulation, place, election, result, blank)
        }
        (Decision::Proposal(result), ItemKind::Proposal(standard)) => ItemFigures {
            standard: standard.name,
            needed: needed(&standard.expression, &result.standard.tests),
            ..proposal_figures(tabulation, place, item, result, blank)
        },
        (Decision::Frequency(result), ItemKind::Frequency(choices)) => {
            frequency_figures(choices, result, blank)
        }
        _ => unreachable!("an item is decided by its kind"),
    }
}

/// A box of a form of proxy, as meeting.json writes it.
fn box_name(mark: Mark) -> Option<&'static str> {
    match mark {
        Mark::For => Some("for"),
        Mark::Against => Some("against"),
        Mark::Abstain => Some("abstain"),
        Mark::Withhold => Some("withhold"),
        Mark::BrokerNonVote | Mark::Void => None,
    }
}

fn proposal_figures(
    tabulation: &Tabulation,
    place: usize,
    item: &Item,
    result: &ProposalDecision,
    blank: ItemFigures,
) -> ItemFigures {
    let quorum = &tabulation.decided.items[place].quorum;
    ItemFigures {
        kind: "proposal",
        lines: Some(lines(&result.lines, result.lines.votes_for)),
        tests: Some(result.standard.tests.iter().map(test_figures).collect()),
        voting_groups: groups(tabulation, item, quorum, &result.groups),
        ..blank
    }
}

fn frequency_figures(
    choices: &[crate::meeting::Choice],
    result: &FrequencyDecision,
    blank: ItemFigures,
) -> ItemFigures {
    let is_decided = blank.outcome != "no_quorum";
    let id = |place: &usize| choices[*place].id.clone();
    let figures = choices.iter().zip(&result.choices).map(|(choice, votes)| ChoiceFigures {
        id: choice.id.clone(),
        name: choice.name.clone(),
        votes_for: *votes,
    });
    ItemFigures {
        kind: "frequency",
        standard: Some("plurality"),
        lines: Some(lines(&result.lines, result.lines.votes_for)),
        choices: Some(figures.collect()),
        choice: result.chosen.as_ref().filter(|_| is_decided).map(id),
        tied: Some(if is_decided { result.tied.iter().map(id).collect() } else { Vec::new() }),
        ..blank
    }
}

fn election_figures(
    tabulation: &Tabulation,
    place: usize,
    election: &Election,
    result: &ElectionDecision,
    blank: ItemFigures,
) -> ItemFigures {
    let meeting = &tabulation.loaded.meeting;
    let item = &meeting.items[place];
    let quorum = &tabulation.decided.items[place].quorum;
    let id = |nominee: &usize| election.nominees[*nominee].id.clone();
    let nominees = election.nominees.iter().zip(&result.nominees).enumerate();
    // Seats are lost and won by votes where plurality decides between more names than seats.
    let is_by_votes = result.nominees.iter().all(|nominee| nominee.standard.is_none());
    let votes_of = |place: usize| result.nominees[place].votes_for;
    let is_other =
        |place: &usize| !result.elected.contains(place) && !election.nominees[*place].is_unable_to_serve;
    let best_other =
        (0..election.nominees.len()).filter(is_other).map(votes_of).max().filter(|_| is_by_votes);
    let is_full = result.elected.len() == election.seats as usize;
    let last_elected = result.elected.last().map(|last| votes_of(*last)).filter(|_| is_by_votes && is_full);
    let nominee = |(at, (nominee, decision)): (usize, (&crate::meeting::Nominee, &NomineeDecision))| {
        let tests = decision.standard.iter().flat_map(|standard| &standard.tests);
        NomineeFigures {
            id: nominee.id.clone(),
            name: nominee.name.clone(),
            lines: lines(&decision.lines, decision.votes_for),
            tests: tests.map(test_figures).collect(),
            needed: match (&election.standard, &decision.standard) {
                (Some(standard), Some(result)) => needed(&standard.expression, &result.tests),
                _ => Vec::new(),
            },
            voting_groups: groups(tabulation, item, quorum, &decision.groups),
            elected: decision.is_elected,
            by_lot: false,
            rank: decision.rank,
            ahead_by: best_other
                .filter(|_| decision.is_elected)
                .map(|other| decision.votes_for.saturating_sub(other)),
            behind_by: last_elected
                .filter(|_| !decision.is_elected && !nominee.is_unable_to_serve)
                .map(|last| last.saturating_sub(decision.votes_for)),
            incumbent: nominee.is_incumbent,
            term: nominee.term.clone(),
            unable_to_serve: nominee.is_unable_to_serve,
            nominated_late: election.is_cumulative() && !election.is_nominated_in_time(at, meeting),
        }
    };
    let count = tabulation.count.items[place].cumulative.as_ref();
    ItemFigures {
        kind: "election",
        voting: Some(if election.is_cumulative() { "cumulative" } else { "straight" }),
        standard: match &election.standard {
            None => Some("plurality"),
            Some(standard) => standard.name,
        },
        seats: Some(election.seats),
        nominees: Some(nominees.map(nominee).collect()),
        cumulative: count.map(|count| cumulative_figures(tabulation, place, election, count)),
        elected: Some(result.elected.iter().map(id).collect()),
        tied: Some(result.tied.iter().map(id).collect()),
        vacancies: Some(result.vacancies),
        tie: election.tie_by_lot.clone().map(|source| TieFigures { by: "lot", source }),
        plurality_because_contested: result.is_plurality_by_contest,
        policy: election.policy.map(|policy| policy_figures(policy, election, result)),
        ..blank
    }
}

/// ELE-8: the figures of a policy, which change no result.
fn policy_figures(policy: Policy, election: &Election, result: &ElectionDecision) -> PolicyFigures {
    let half = Threshold::more_than(1, 2);
    let of_nominee = |(nominee, decision): (&crate::meeting::Nominee, &NomineeDecision)| {
        let (lines, votes_for) = (&decision.lines, decision.votes_for);
        PolicyNominee {
            id: nominee.id.clone(),
            votes_for,
            against: lines.against,
            withheld: lines.withheld,
            applies: match policy {
                Policy::WithheldExceedsFor => lines.withheld > votes_for,
                Policy::FailsMajorityOfVotesCast => !half.is_met(votes_for, votes_for + lines.against),
            },
        }
    };
    PolicyFigures {
        resignation_if: policy.name(),
        nominees: election.nominees.iter().zip(&result.nominees).map(of_nominee).collect(),
    }
}

fn cumulative_figures(
    tabulation: &Tabulation,
    place: usize,
    election: &Election,
    count: &CumulativeCount,
) -> CumulativeFigures {
    let meeting = &tabulation.loaded.meeting;
    let (by, given) = match &election.cumulative {
        Cumulative::Notice { by, given } => {
            (Some(by.clone()), given.map(|given| given.in_zone(&meeting.zone)))
        }
        Cumulative::NotAvailable | Cumulative::NoNotice | Cumulative::OfRight => (None, None),
    };
    let id = |nominee: &usize| election.nominees[*nominee].id.clone();
    let allocation = |allocation: &crate::count::FormAllocation| {
        let form = &meeting.forms[allocation.form];
        let votes = allocation.votes.iter().enumerate().map(|(nominee, votes)| (id(&nominee), *votes));
        AllocationFigures {
            form: form.id.clone(),
            manner: match form.allocation[place] {
                crate::meeting::Allocation::Level => "level",
                crate::meeting::Allocation::PerCard => "per_card",
                crate::meeting::Allocation::Totals(_) => "totals",
            },
            cards: allocation.card_count,
            pools: allocation
                .pools
                .iter()
                .map(|(permits, votes)| PoolFigures {
                    permits: permits.iter().map(id).collect(),
                    votes: *votes,
                })
                .collect(),
            votes: votes.collect(),
            infeasible: allocation.infeasible.iter().flatten().map(id).collect(),
        }
    };
    let voting = tabulation.decided.items[place].present;
    CumulativeFigures {
        notice_by: by,
        notice_given: given,
        pool: count.pool,
        cast: count.cast,
        unused: count.unused,
        withheld: count.withheld,
        void: count.void,
        broker_non_votes: count.broker_non_votes,
        not_voted: count.not_voted,
        allocations: count.allocations.iter().map(allocation).collect(),
        votes_that_guarantee: (1..=election.seats)
            .map(|seats| guarantee(voting, seats, election.seats))
            .collect(),
    }
}

/// The whole number of votes that guarantees `n` of `seats` seats among all the votes present:
/// ⌊S·n/(D+1)⌋ + 1.
fn guarantee(present: Votes, n: u32, seats: u32) -> Votes {
    let threshold = Threshold::more_than(u64::from(n), u64::from(seats) + 1);
    threshold.whole_votes_needed(present)
}

pub(super) fn lines(lines: &Lines, votes_for: Votes) -> LineFigures {
    LineFigures {
        votes_for,
        against: lines.against,
        abstain: lines.abstain,
        withheld: lines.withheld,
        broker_non_votes: lines.broker_non_votes,
        not_voted: lines.not_voted,
    }
}

fn test_figures(result: &TestResult) -> TestFigures {
    let test = &result.test;
    TestFigures {
        threshold: threshold(&test.threshold),
        of: test.base.name(),
        counting: (test.counting == Counting::Holders).then_some("holders"),
        split_holders: result.heads.map(|_| test.split.name()),
        against: result.heads.map(|heads| Votes::whole(heads.on_against)),
        base: result.base,
        votes_for: result.votes_for,
        needed: result.needed,
        met: result.is_met,
        while_present: test.while_present.as_ref().map(|(needed, of)| WhileFigures {
            threshold: threshold(needed),
            of: of.name(),
            met: result.is_open,
        }),
    }
}

fn groups(
    tabulation: &Tabulation,
    item: &Item,
    quorum: &Quorum,
    results: &[GroupResult],
) -> Vec<GroupFigures> {
    let meeting = &tabulation.loaded.meeting;
    let class = |place: &usize| meeting.classes[*place].id.clone();
    item.voting_groups
        .iter()
        .zip(results)
        .zip(&quorum.groups)
        .map(|((group, result), quorum)| GroupFigures {
            classes: group.classes.iter().map(class).collect(),
            lines: lines(&result.lines, result.lines.votes_for),
            quorum: item_quorum(meeting, item.quorum_rule(meeting), quorum),
            tests: result.standard.tests.iter().map(test_figures).collect(),
            needed: needed(&group.standard.expression, &result.standard.tests),
            met: result.standard.is_met,
        })
        .collect()
}
