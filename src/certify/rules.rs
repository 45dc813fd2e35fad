//! The rules that governed a count: those that decided a card, an item or a test of it, and those
//! that could have on what the files hold.

use std::collections::BTreeSet;

use super::scan::CertificateScan;
use super::{RuleFigures, RuleSource};
use crate::audit::near;
use crate::ballot::reading::only_withholds_names;
use crate::ballot::{Cell, MarkingId};
use crate::count::Lines;
use crate::decide::Outcome;
use crate::load::{Ruling, RulingKind, Subject};
use crate::meeting::{
    Allocation, Election, FractionalVotes, Item, ItemKind, JointHolders, Mark, Order, QuorumRule, Rules,
};
use crate::rule::{Rule, source_of_key};
use crate::tabulate::Tabulation;

/// Every rule that a meeting may set, with its source.
pub(super) fn sources(rules: &Rules) -> Vec<RuleSource> {
    let preset = Rules::preset(rules.law).entries();
    rules
        .entries()
        .into_iter()
        .zip(preset)
        .map(|((key, value), (_, preset))| RuleSource {
            key,
            source: source_of_key(key, rules),
            is_set_by_meeting: value != preset,
            value,
        })
        .collect()
}

/// The rules of a tabulation, in the order in which they apply.
pub(super) fn applied(tabulation: &Tabulation, scan: &CertificateScan) -> Vec<RuleFigures> {
    let mut applied =
        BTreeSet::from([Rule::RegisterAddsUp, Rule::Presence, Rule::Quorum, Rule::Conservation]);
    of_electorate(tabulation, scan, &mut applied);
    of_cards(tabulation, scan, &mut applied);
    of_marks(tabulation, &mut applied);
    for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
        of_item(tabulation, scan, place, item, &mut applied);
    }
    let rules = &tabulation.loaded.meeting.rules;
    applied
        .into_iter()
        .map(|rule| RuleFigures { id: rule.id(), sentence: rule.sentence(), source: rule.source(rules) })
        .collect()
}

fn of_electorate(tabulation: &Tabulation, scan: &CertificateScan, applied: &mut BTreeSet<Rule>) {
    let meeting = &tabulation.loaded.meeting;
    let joint = match meeting.rules.joint_holders {
        JointHolders::Statute => Rule::JointStatute,
        JointHolders::LatestCard => Rule::JointLatest,
        JointHolders::FirstNamed => Rule::JointFirstNamed,
        JointHolders::Unanimous => Rule::JointUnanimous,
    };
    let follows = !tabulation.determined.following.is_empty();
    let follows_in_election = follows && meeting.items.iter().any(|item| item.election().is_some());
    for (found, rule) in [
        (scan.has_non_voting, Rule::NonVotingShares),
        (scan.has_stated_votes, Rule::StatedVotes),
        (scan.has_nominee, Rule::BlocksAddUp),
        (scan.has_joint && tabulation.loaded.cards.count() > 0, joint),
        (!tabulation.electorate.nodes.is_empty(), Rule::OmnibusTree),
        (!tabulation.determined.street.is_empty(), Rule::StreetTotals),
        (follows, Rule::Following),
        (follows, Rule::FollowingRest),
        (follows, Rule::Followed),
        (follows_in_election, Rule::FollowingElection),
        (tabulation.determined.in_person.iter().any(|here| !here.is_by_ballot), Rule::RevokedAtMeeting),
        (tabulation.determined.in_person.iter().any(|here| here.is_by_ballot), Rule::LimitedBallot),
        (meeting.quorum.is_by_class, Rule::QuorumByClass),
        (!tabulation.decided.quorum.is_met, Rule::NoQuorum),
        (meeting.quorum.counts_holders(), Rule::HeadQuorum),
    ] {
        if found {
            applied.insert(rule);
        }
    }
}

fn of_cards(tabulation: &Tabulation, scan: &CertificateScan, applied: &mut BTreeSet<Rule>) {
    let loaded = &tabulation.loaded;
    applied.extend(scan.rules());
    if scan.has_proxy {
        applied.insert(Rule::Unmarked);
        applied.insert(match loaded.meeting.rules.order {
            Order::FormDate => Rule::LaterByForm,
            Order::Received => Rule::LaterByReceipt,
        });
    }
    if scan.has_limit {
        applied.insert(Rule::LimitedCard);
    }
    if loaded.meeting.proxies_close.is_some() {
        applied.insert(Rule::ProxiesClose);
    }
    let has_own_polls = loaded.meeting.items.iter().any(|item| item.polls_close.is_some());
    if has_own_polls || loaded.cards.has_scopes() {
        applied.extend([Rule::Scope, Rule::ScopePresent]);
    }
    applied.extend(loaded.rulings.iter().flat_map(of_ruling));
    if tabulation.without_rulings.cards.keys().any(|id| tabulation.stands_first(*id)) {
        applied.insert(Rule::RuledFirst);
    }
    if !near::of(tabulation).pairs.is_empty() {
        applied.insert(Rule::NearAccount);
    }
    if loaded.meeting.forms.iter().any(|form| form.ballot_cast.is_some()) {
        applied.insert(Rule::ProxyHolderBallot);
    }
    if loaded.meeting.forms.iter().any(|form| form.casts_no_ballot || form.ballot_silent_on.contains(&true)) {
        applied.insert(Rule::NoBallotCast);
    }
}

/// The rules by which a ruling has its effect.
fn of_ruling(ruling: &Ruling) -> Vec<Rule> {
    match (&ruling.subject, &ruling.kind) {
        (Subject::Card(_), RulingKind::Count) => vec![Rule::RuledCount],
        (Subject::Form(_), RulingKind::Count) => vec![Rule::RuledForm, Rule::RuledCount],
        (Subject::Form(_), _) => vec![Rule::RuledForm],
        (Subject::Revocation(_), _) => vec![Rule::RuledRevocation],
        (Subject::Street(_), _) => vec![Rule::RuledTotals],
        (_, RulingKind::Mark { .. } | RulingKind::Account(_)) => vec![Rule::RuledAccount],
        // Told with the cards that it concerns.
        (_, RulingKind::Count | RulingKind::Reject | RulingKind::RejectItem(_)) => Vec::new(),
    }
}

/// Every distinct mark that the cards bear.
fn marks(tabulation: &Tabulation) -> impl Iterator<Item = &Cell> {
    let markings = &tabulation.loaded.cards.markings;
    let ids = (0..markings.count()).filter_map(|place| u32::try_from(place).ok());
    ids.flat_map(|place| markings.cells(MarkingId(place)))
}

fn has_numbers(tabulation: &Tabulation) -> bool {
    marks(tabulation).any(|cell| cell.is_cumulated())
}

/// Whether a card only withholds on single names in an election.
fn has_names_only(tabulation: &Tabulation, place: usize) -> bool {
    let cards = &tabulation.loaded.cards;
    let ids = (0..cards.markings.count()).filter_map(|id| u32::try_from(id).ok());
    let mut rows = ids.map(|id| cards.layout.cells(cards.markings.cells(MarkingId(id)), place));
    rows.any(only_withholds_names)
}

fn of_marks(tabulation: &Tabulation, applied: &mut BTreeSet<Rule>) {
    let street = || tabulation.loaded.street.iter().map(|row| row.vote);
    let is_void = |cell: &Cell| *cell == Cell::Mark(Mark::Void);
    let is_street_void = street().any(|vote| vote == crate::load::StreetVote::Mark(Mark::Void));
    if is_street_void || marks(tabulation).any(is_void) {
        applied.insert(Rule::VoidMark);
    }
}

fn of_item(
    tabulation: &Tabulation,
    scan: &CertificateScan,
    place: usize,
    item: &Item,
    applied: &mut BTreeSet<Rule>,
) {
    let count = &tabulation.count.items[place];
    let meeting = &tabulation.loaded.meeting;
    let (own, whole) = (&tabulation.decided.items[place].quorum, &tabulation.decided.quorum);
    let names: Vec<&str> = item.standards().filter_map(|standard| standard.name).collect();
    let lines: Vec<Lines> = (0..item.column_count()).map(|column| count.lines(column, |_| true)).collect();
    for (found, rule) in [
        (names.contains(&"majority_voting_and_majority_of_quorum"), Rule::DualTest),
        (names.contains(&"majority_of_outstanding_voting_securities"), Rule::Act1940),
        (lines.iter().any(|lines| !lines.broker_non_votes.is_zero()), Rule::BrokerNonVote),
        (item.counts_holders(), Rule::CountingHolders),
        (!item.voting_groups.is_empty(), Rule::VotingGroups),
        (!item.voting_groups.is_empty() && item.needs_quorum, Rule::GroupQuorum),
        (item.needs_quorum && own.outstanding != whole.outstanding, Rule::ItemQuorum),
        (item.needs_quorum && own.required != whole.required, Rule::ItemQuorum),
        (item.needs_quorum && !own.is_met, Rule::NoQuorum),
        (item.quorum.as_ref().is_some_and(QuorumRule::counts_holders), Rule::HeadQuorum),
        (item.quorum_rule(meeting).is_by_class && item.needs_quorum, Rule::QuorumByClass),
        (!item.excluded_accounts.is_empty(), Rule::ExcludedAccounts),
    ] {
        if found {
            applied.insert(rule);
        }
    }
    match &item.kind {
        ItemKind::Proposal(_) => _ = applied.insert(Rule::ExactTests),
        ItemKind::Frequency(_) => _ = applied.insert(Rule::Frequency),
        ItemKind::Election(election) => of_election(tabulation, scan, place, election, applied),
    }
}

fn of_election(
    tabulation: &Tabulation,
    scan: &CertificateScan,
    place: usize,
    election: &Election,
    applied: &mut BTreeSet<Rule>,
) {
    let meeting = &tabulation.loaded.meeting;
    let numbers = has_numbers(tabulation);
    let is_cumulative = election.is_cumulative();
    let is_tied = tabulation.decided.items[place].outcome == Outcome::Tied;
    applied.extend([Rule::ElectionMark, Rule::MostVotes]);
    let is_late = |nominee: usize| !election.is_nominated_in_time(nominee, meeting);
    let allocations = tabulation.count.items[place].cumulative.iter().flat_map(|count| &count.allocations);
    for allocation in allocations {
        match meeting.forms[allocation.form].allocation[place] {
            Allocation::Level => _ = applied.insert(Rule::Level),
            Allocation::Totals(_) => _ = applied.insert(Rule::Totals),
            Allocation::PerCard => {}
        }
    }
    for (found, rule) in [
        (election.standard.is_some(), Rule::MajorityElection),
        (election.nominees.iter().any(|nominee| nominee.is_unable_to_serve), Rule::Substitute),
        (!is_cumulative && election.nominees.len() > election.seats as usize, Rule::Overmarked),
        (!is_cumulative && numbers, Rule::NoNotice),
        (is_cumulative, Rule::CumulativeNotice),
        (is_cumulative, Rule::Pool),
        (is_cumulative && numbers, Rule::WrittenVotes),
        (is_cumulative && numbers, Rule::OverCumulated),
        (
            is_cumulative && numbers && meeting.rules.fractional_votes == FractionalVotes::Whole,
            Rule::WholeVotes,
        ),
        (scan.has_proxy && !meeting.forms.is_empty() && has_names_only(tabulation, place), Rule::NamesOnly),
        (election.policy.is_some(), Rule::Policy),
        (election.tie_by_lot.is_some() && is_tied, Rule::Lot),
        (is_cumulative && scan.has_ballot, Rule::EqualParts),
        (is_cumulative && (0..election.nominees.len()).any(is_late), Rule::LateName),
    ] {
        if found {
            applied.insert(rule);
        }
    }
}
