//! The challenge list: every card rejected, revoked, held, superseded or cut, with what reversing
//! that alone would change (the "snake pit" review; 8 Del. C. § 231(b): a record of the disposition
//! of challenges).

use serde::Serialize;

use super::fared::Fares;
use super::story;
use super::totals::{self, ChallengedTotals};
use crate::amount::{Shares, Votes};
use crate::count::Count;
use crate::determine::{Disposition, Reason, Scenario, claimed};
use crate::load::CardId;
use crate::tabulate::{Tabulation, run};

/// The most work spent on trying reversals, in cards counted.
const WORK_MAX: usize = 40_000_000;

/// A card whose determination can be challenged.
#[derive(Debug, Clone, Serialize)]
pub struct Challenge {
    /// Its number.
    pub card: String,
    /// Whose.
    pub account: String,
    /// What became of it.
    pub disposition: &'static str,
    /// Why.
    pub reason: &'static str,
    /// The shares it claims.
    pub shares_claimed: Shares,
    /// In a sentence, with the rule and its source.
    pub why: String,
    /// The items, by id, whose outcome reversing it alone would change; nothing: it was not tried.
    pub would_change: Option<Vec<String>>,
    /// The most votes that reversing it alone would move on any line.
    pub votes_moved: Votes,
    /// What would change, line by line.
    pub effects: Vec<String>,
}

/// The challenge list of a tabulation.
#[derive(Debug, Clone, Serialize)]
pub struct ChallengeList {
    /// Cards: what changes an outcome first, then by votes moved, then by shares claimed.
    pub challenges: Vec<Challenge>,
    /// Participants whose blocks or totals come to more than their position.
    pub over_position: Vec<ChallengedTotals>,
}

/// The challenge list. Reversing means that the card stands, before every other card of its account.
#[must_use]
pub fn challenges(tabulation: &Tabulation) -> ChallengeList {
    let ids = story::exceptions(tabulation);
    let mut affordable = WORK_MAX / tabulation.loaded.cards.count().max(1);
    let over_position = totals::challenged(tabulation, &mut affordable);
    let fares = Fares::of(tabulation);
    let of_place = |(place, id): (usize, &CardId)| challenge(tabulation, &fares, *id, place < affordable);
    let mut list: Vec<Challenge> = ids.iter().enumerate().map(of_place).collect();
    list.sort_by(|a, b| {
        let key = |one: &Challenge| {
            let turned = one.would_change.as_ref().map_or(0, Vec::len);
            (turned, one.votes_moved, one.shares_claimed)
        };
        key(b).cmp(&key(a)).then_with(|| a.card.cmp(&b.card))
    });
    ChallengeList { challenges: list, over_position }
}

/// What another count would change.
pub(super) struct Reversal {
    /// The items, by id, whose outcome it would change.
    pub(super) would_change: Vec<String>,
    /// The most votes that it would move on any line.
    pub(super) votes_moved: Votes,
    /// What would change, line by line.
    pub(super) effects: Vec<String>,
}

/// Counts what might have been, and tells what it would change.
pub(super) fn reversal(tabulation: &Tabulation, scenario: &Scenario<'_>) -> Reversal {
    let (_, count, decided) = run(scenario);
    let items = &tabulation.loaded.meeting.items;
    let verdicts = tabulation.decided.items.iter().zip(&decided.items).zip(items);
    let turned = verdicts.filter(|((now, then), _)| now.verdict() != then.verdict());
    let changes = changes(tabulation, &tabulation.count, &count);
    let moved = changes.iter().map(|(_, before, after)| difference(*before, *after));
    let effect = |(what, before, after): &(String, Votes, Votes)| {
        let sign = if after >= before { '+' } else { '-' };
        format!("{what} {sign}{}", crate::text::thousands(&difference(*before, *after).to_string()))
    };
    Reversal {
        would_change: turned.map(|(_, item)| item.id.clone()).collect(),
        votes_moved: moved.max().unwrap_or_default(),
        effects: changes.iter().map(effect).collect(),
    }
}

fn challenge(tabulation: &Tabulation, fares: &Fares<'_>, id: CardId, is_tried: bool) -> Challenge {
    let cards = &tabulation.loaded.cards;
    let card = &cards.get(id);
    let determination = tabulation.determined.determinations.get(id);
    let mut challenge = Challenge {
        card: cards.number(id).to_owned(),
        account: tabulation.loaded.accounts.text(card.account.0).to_owned(),
        disposition: determination.disposition.name(),
        reason: determination.reason.name(),
        shares_claimed: claimed(&tabulation.loaded, &tabulation.electorate, card),
        why: fares.why(id, tabulation.loaded.meeting.papers.dates),
        would_change: None,
        votes_moved: Votes::ZERO,
        effects: Vec::new(),
    };
    // No ruling gives votes to an account that has none; in a joint conflict no single card is at issue.
    let is_fixed = matches!(
        determination.reason,
        Reason::UnknownAccount | Reason::NoVotingShares | Reason::JointConflict
    );
    // One of several joint holders' papers, or a void box, is no question of which card stands.
    if determination.disposition == Disposition::Counted {
        return challenge;
    }
    if is_fixed {
        challenge.would_change = Some(Vec::new());
        return challenge;
    }
    if !is_tried {
        return challenge;
    }
    let as_held = Scenario::as_held(&tabulation.loaded, &tabulation.electorate, tabulation.as_of);
    let reversal = reversal(tabulation, &Scenario { reversed: Some(id), ..as_held });
    challenge.would_change = Some(reversal.would_change);
    challenge.votes_moved = reversal.votes_moved;
    challenge.effects = reversal.effects;
    challenge
}

fn difference(before: Votes, after: Votes) -> Votes {
    before.saturating_sub(after) + after.saturating_sub(before)
}

/// Every line that differs between two counts: its name, before, after.
#[must_use]
pub fn changes(tabulation: &Tabulation, before: &Count, after: &Count) -> Vec<(String, Votes, Votes)> {
    let mut found = Vec::new();
    let mut note = |what: String, before: Votes, after: Votes| {
        if before != after {
            found.push((what, before, after));
        }
    };
    let present = |count: &Count| -> Votes { count.present.iter().copied().sum() };
    note("present".to_owned(), present(before), present(after));
    for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
        let (old, new) = (&before.items[place], &after.items[place]);
        for column in 0..item.column_count() {
            let name = item.election().map_or_else(
                || item.id.clone(),
                |election| format!("{}.{}", item.id, election.nominees[column].id),
            );
            let lines = (old.lines(column, |_| true), new.lines(column, |_| true));
            let cumulated = old.cumulative.as_ref().zip(new.cumulative.as_ref());
            let votes_for = cumulated.map_or((lines.0.votes_for, lines.1.votes_for), |(old, new)| {
                (old.votes_for[column], new.votes_for[column])
            });
            note(format!("{name} for"), votes_for.0, votes_for.1);
            note(format!("{name} against"), lines.0.against, lines.1.against);
            note(format!("{name} abstain"), lines.0.abstain, lines.1.abstain);
            note(format!("{name} withheld"), lines.0.withheld, lines.1.withheld);
            note(format!("{name} broker non-votes"), lines.0.broker_non_votes, lines.1.broker_non_votes);
            note(format!("{name} not voted"), lines.0.not_voted, lines.1.not_voted);
        }
        for (choice, (before, after)) in old.choices().into_iter().zip(new.choices()).enumerate() {
            if let crate::meeting::ItemKind::Frequency(choices) = &item.kind {
                note(format!("{}.{} for", item.id, choices[choice].id), before, after);
            }
        }
    }
    found
}
