//! An unfinished count: how far the quorum and every item are, what each still needs, and how the
//! votes present came in. Only while the polls are open, or in a count as of a time.
//!
//! What is still needed is a difference of figures that the tests themselves gave, at the base as it
//! stands; what would carry an item is found by trying the tests.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::amount::{Shares, Votes};
use crate::decide::{
    Decision, ElectionDecision, GroupResult, StandardResult, TestResult, fill_seats, votes_to_carry,
};
use crate::load::{CardId, Medium};
use crate::meeting::{Counting, Election, Expression, Item, ItemKind, Standard};
use crate::tabulate::Tabulation;

/// An unfinished count.
#[derive(Debug, Clone, Serialize)]
pub struct InterimFigures {
    /// Votes that a quorum still needs; zero when it is reached.
    pub quorum_still_needed: Votes,
    /// How the votes present came in. Invariant: their votes add up to the quorum's `present`.
    pub present_by: Vec<PresenceFigures>,
    /// Each item.
    pub items: Vec<InterimItem>,
}

/// Votes present that came in one way.
#[derive(Debug, Clone, Serialize)]
pub struct PresenceFigures {
    /// Kind, form and medium as one word: `proxy/management/mail`, `ballot`, `street_totals`,
    /// `no_card`, `proportional`.
    pub id: String,
    /// `proxy`, `ballot`, `street_totals`, `no_card` for holders in person whom no card covers, or
    /// `proportional` for shares that vote as others do.
    pub kind: &'static str,
    /// The form of proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// How the proxy card came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<&'static str>,
    /// Shares present.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
}

/// How far an item is.
#[derive(Debug, Clone, Serialize)]
pub struct InterimItem {
    /// Its id.
    pub id: String,
    /// Of a proposal: votes FOR that its standard still needs at the bases as they stand; zero when it
    /// is met, nothing where more votes FOR alone would not do or accounts are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_needed: Option<Votes>,
    /// Of a proposal: further votes FOR that would meet its standard if nothing else came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub votes_to_carry: Option<Votes>,
    /// What each of its tests still needs, in the order of the item's `tests`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<StillNeeded>,
    /// Nominees or choices ahead for the seats or the choice, most votes first, whether or not there
    /// is a quorum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leading: Option<Vec<String>>,
    /// Those with equal votes for what seats are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Vec<String>>,
    /// In an election by another standard than plurality: per nominee, votes FOR still needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nominees: Vec<InterimNominee>,
}

/// What one test still needs.
#[derive(Debug, Clone, Serialize)]
pub struct StillNeeded {
    /// The test's base.
    pub of: &'static str,
    /// The smallest whole number that meets it.
    pub needed: Votes,
    /// FOR so far.
    #[serde(rename = "for")]
    pub votes_for: Votes,
    /// What is still needed, in votes or accounts; zero when it is met.
    pub still_needed: Option<Votes>,
}

/// What one nominee still needs.
#[derive(Debug, Clone, Serialize)]
pub struct InterimNominee {
    /// The id.
    pub id: String,
    /// Votes FOR still needed; nothing where more votes FOR alone would not do.
    pub still_needed: Option<Votes>,
}

/// The interim figures, where the polls are open or the count is as of a time.
pub(super) fn interim(tabulation: &Tabulation) -> Option<InterimFigures> {
    let is_unfinished = tabulation.as_of.is_some() || tabulation.loaded.meeting.has_open_polls();
    is_unfinished.then(|| {
        let quorum = &tabulation.decided.quorum;
        let figures = InterimFigures {
            quorum_still_needed: quorum.required.saturating_sub(quorum.present),
            present_by: present_by(tabulation),
            items: (0..tabulation.loaded.meeting.items.len()).map(|place| item(tabulation, place)).collect(),
        };
        let sum: Votes = figures.present_by.iter().map(|present| present.votes).sum();
        assert_eq!(sum, quorum.present, "the ways in which votes came do not add up to those present");
        figures
    })
}

/// How votes came in; the order is that of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Proxy(Option<u16>, Medium),
    Ballot,
    StreetTotals,
    NoCard,
    Following,
}

fn present_by(tabulation: &Tabulation) -> Vec<PresenceFigures> {
    let cards = &tabulation.loaded.cards;
    let determined = &tabulation.determined;
    let way_of = |id: CardId| {
        let card = cards.get(id);
        if card.is_ballot() { Way::Ballot } else { Way::Proxy(card.form, card.medium) }
    };
    let mut sums: BTreeMap<Way, (Shares, Votes)> = BTreeMap::new();
    let mut add = |way: Way, shares: Shares, votes: Votes| {
        let sum = sums.entry(way).or_default();
        sum.0 += shares;
        sum.1 += votes;
    };
    for cover in determined.coverage.iter() {
        add(way_of(cover.card), cover.shares, tabulation.context().votes(&cover));
    }
    for joint in &determined.joint {
        // Several holders' cards make the same shares present; they are told by the first.
        let way = joint.present_by.first().map_or(Way::NoCard, |card| way_of(*card));
        add(way, joint.shares, joint.votes);
    }
    for street in &determined.street {
        add(Way::StreetTotals, street.present, street.votes);
    }
    for here in &determined.in_person {
        add(Way::NoCard, here.shares, here.votes);
    }
    for rest in &determined.following {
        add(Way::Following, rest.shares, rest.votes);
    }
    let present = sums.into_iter().filter(|(_, (shares, _))| !shares.is_zero());
    present.map(|(way, (shares, votes))| presence(tabulation, way, shares, votes)).collect()
}

/// Per class, the votes present that are no proxy's and no participant's: cast by ballot, or of holders present
/// whom no card covers (Cal. Corp. Code § 602: "in person or by proxy").
pub(super) fn in_person(tabulation: &Tabulation) -> Vec<Votes> {
    let context = tabulation.context();
    let cards = &tabulation.loaded.cards;
    let mut votes = vec![Votes::ZERO; tabulation.loaded.meeting.classes.len()];
    for cover in tabulation.determined.coverage.iter().filter(|cover| cover.form.is_none()) {
        votes[context.class(cover.position)] += context.votes(&cover);
    }
    for joint in &tabulation.determined.joint {
        // Several holders' cards make the same shares present; they are told by the first.
        let is_ballot = joint.present_by.first().is_none_or(|card| cards.get(*card).is_ballot());
        if is_ballot {
            votes[context.class(joint.position)] += joint.votes;
        }
    }
    for here in &tabulation.determined.in_person {
        votes[context.class(here.position)] += here.votes;
    }
    for rest in tabulation.determined.following.iter().filter(|rest| rest.is_in_person) {
        votes[context.class(rest.position)] += rest.votes;
    }
    votes
}

fn presence(tabulation: &Tabulation, way: Way, shares: Shares, votes: Votes) -> PresenceFigures {
    let (kind, form, medium) = match way {
        Way::Proxy(form, medium) => {
            let form = form.map(|form| tabulation.loaded.meeting.forms[usize::from(form)].id.clone());
            ("proxy", form, Some(medium.name()))
        }
        Way::Ballot => ("ballot", None, None),
        Way::StreetTotals => ("street_totals", None, None),
        Way::NoCard => ("no_card", None, None),
        Way::Following => ("proportional", None, None),
    };
    let parts = [Some(kind), form.as_deref(), medium];
    let id = parts.into_iter().flatten().collect::<Vec<_>>().join("/");
    PresenceFigures { id, kind, form, medium, shares, votes }
}

fn item(tabulation: &Tabulation, place: usize) -> InterimItem {
    let item = &tabulation.loaded.meeting.items[place];
    let blank = InterimItem {
        id: item.id.clone(),
        still_needed: None,
        votes_to_carry: None,
        tests: Vec::new(),
        leading: None,
        level: None,
        nominees: Vec::new(),
    };
    match (&tabulation.decided.items[place].decision, &item.kind) {
        (Decision::Proposal(result), ItemKind::Proposal(standard)) => InterimItem {
            still_needed: with_groups(item, still_needed(standard, &result.standard), &result.groups),
            votes_to_carry: votes_to_carry(
                &tabulation.loaded.meeting,
                &tabulation.electorate,
                &tabulation.count,
                place,
            ),
            tests: result.standard.tests.iter().map(of_test).collect(),
            ..blank
        },
        (Decision::Frequency(result), ItemKind::Frequency(choices)) => {
            let (leading, level) = ahead(&result.choices, |_| true, 1);
            let ids =
                |places: Vec<usize>| places.into_iter().map(|place| choices[place].id.clone()).collect();
            InterimItem { leading: Some(ids(leading)), level: Some(ids(level)), ..blank }
        }
        (Decision::Election(result), ItemKind::Election(election)) => {
            of_election(item, election, result, blank)
        }
        _ => unreachable!("an item is decided by its kind"),
    }
}

fn of_election(
    item: &Item,
    election: &Election,
    result: &ElectionDecision,
    blank: InterimItem,
) -> InterimItem {
    let votes: Vec<Votes> = result.nominees.iter().map(|nominee| nominee.votes_for).collect();
    let (leading, level) =
        ahead(&votes, |place| !election.nominees[place].is_unable_to_serve, election.seats as usize);
    let ids =
        |places: Vec<usize>| places.into_iter().map(|place| election.nominees[place].id.clone()).collect();
    let nominees = election.nominees.iter().zip(&result.nominees);
    let needs = nominees.filter_map(|(nominee, decision)| {
        let standard = election.effective_standard()?;
        let own = decision.standard.as_ref().and_then(|result| still_needed(standard, result));
        let still_needed = with_groups(item, own, &decision.groups);
        Some(InterimNominee { id: nominee.id.clone(), still_needed })
    });
    InterimItem { leading: Some(ids(leading)), level: Some(ids(level)), nominees: needs.collect(), ..blank }
}

/// Those with a vote, most votes first, for so many places; and those level for the last of them.
fn ahead(votes: &[Votes], may_win: impl Fn(usize) -> bool, places: usize) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> =
        (0..votes.len()).filter(|place| !votes[*place].is_zero() && may_win(*place)).collect();
    order.sort_by_key(|place| std::cmp::Reverse(votes[*place]));
    fill_seats(&order, votes, places)
}

fn of_test(result: &TestResult) -> StillNeeded {
    StillNeeded {
        of: result.test.base.name(),
        needed: result.needed,
        votes_for: result.votes_for,
        still_needed: lacking(result),
    }
}

/// What a test lacks; nothing where it is closed because too little is present.
fn lacking(result: &TestResult) -> Option<Votes> {
    match (result.is_met, result.is_open) {
        (true, _) => Some(Votes::ZERO),
        (false, true) => Some(result.needed.saturating_sub(result.votes_for)),
        (false, false) => None,
    }
}

/// Votes FOR that a standard lacks at its present bases: all of several tests need the most of them,
/// any of several the least.
fn still_needed(standard: &Standard, result: &StandardResult) -> Option<Votes> {
    let counts_holders = result.tests.iter().any(|test| test.test.counting == Counting::Holders);
    let mut tests = result.tests.iter();
    (!counts_holders).then(|| needs(&standard.expression, &mut tests)).flatten()
}

fn needs<'a>(expression: &Expression, results: &mut impl Iterator<Item = &'a TestResult>) -> Option<Votes> {
    match expression {
        Expression::Test(_) => results.next().and_then(lacking),
        // Every part is looked at, so that each takes its own results.
        Expression::AllOf(parts) => {
            let all: Vec<Option<Votes>> = parts.iter().map(|part| needs(part, &mut *results)).collect();
            all.into_iter().collect::<Option<Vec<Votes>>>().and_then(|all| all.into_iter().max())
        }
        Expression::AnyOf(parts) => {
            let any: Vec<Option<Votes>> = parts.iter().map(|part| needs(part, &mut *results)).collect();
            any.into_iter().flatten().min()
        }
    }
}

/// With voting groups, what is needed is within each of them; one number for the whole would mislead
/// unless nothing is.
fn with_groups(item: &Item, own: Option<Votes>, groups: &[GroupResult]) -> Option<Votes> {
    let is_all_met = groups.iter().all(|group| group.standard.is_met);
    own.filter(|_| item.voting_groups.is_empty() || is_all_met)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_ahead_have_a_vote_and_equal_ones_are_level_for_the_last_place() {
        let votes = [5, 9, 0, 5, 7].map(Votes::whole);
        assert_eq!(ahead(&votes, |_| true, 2), (vec![1, 4], vec![]));
        assert_eq!(ahead(&votes, |_| true, 3), (vec![1, 4], vec![0, 3]));
        assert_eq!(ahead(&votes, |_| true, 4), (vec![1, 4, 0, 3], vec![]));
        // Nobody leads without a vote, and somebody who cannot serve leads nobody.
        assert_eq!(ahead(&votes, |_| true, 5), (vec![1, 4, 0, 3], vec![]));
        assert_eq!(ahead(&votes, |place| place != 1, 1), (vec![4], vec![]));
        assert_eq!(ahead(&[Votes::ZERO; 2], |_| true, 1), (vec![], vec![]));
    }
}
