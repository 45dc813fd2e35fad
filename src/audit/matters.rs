//! Warnings of what is voted on: numbers cut or capped, standards that leave most marks out, quorums and dates
//! that a statute would not have, holders counted twice.

use std::collections::{BTreeMap, BTreeSet};

use super::Warning;
use crate::ballot::{Cell, MarkingId};
use crate::catalogue::WarningCode;
use crate::count::Lines;
use crate::load::{CardId, Registration};
use crate::meeting::{Base, Election, Item, Law, Mark, QuorumRule, QuorumTest};
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands, visible};

/// The most cards, accounts or names told of one by one.
const TOLD_MAX: usize = 10;

/// Every such warning.
pub(super) fn warn(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let items = tabulation.loaded.meeting.items.iter().enumerate().filter(|(_, item)| !item.is_withdrawn);
    for (place, item) in items {
        numbers(tabulation, place, item, found);
        if let Some(election) = item.election() {
            withheld_ignored(tabulation, place, item, election, found);
        }
    }
    non_votes_of_individuals(tabulation, found);
    names_that_repeat(tabulation, found);
    quorum_floor(tabulation, found);
    dates(tabulation, found);
}

fn push(found: &mut Vec<Warning>, code: WarningCode, says: String) {
    found.push(Warning { code, account: None, says });
}

/// CUM-9, ELE-5: what was written and did not count.
fn numbers(tabulation: &Tabulation, place: usize, item: &Item, found: &mut Vec<Warning>) {
    let count = &tabulation.count.items[place];
    let shown = |votes: crate::amount::Votes| thousands(&votes.to_string());
    if let Some(cut) = count.cumulative.as_ref().map(|count| count.cut).filter(|cut| cut.cards > 0) {
        let says = format!(
            "item {}: numbers on {} were cut to whole votes; {} votes of them are unused",
            visible(&item.id),
            counted(cut.cards, "card"),
            shown(cut.votes),
        );
        push(found, WarningCode::NumbersCut, says);
    }
    if count.capped.cards > 0 {
        let says = format!(
            "item {}: numbers on {} were capped at the shares' votes, because votes are not cumulated; {} votes \
             written beyond them do not count",
            visible(&item.id),
            counted(count.capped.cards, "card"),
            shown(count.capped.votes),
        );
        push(found, WarningCode::NumbersCapped, says);
    }
}

/// A standard that leaves WITHHOLD out, on a form that offers nothing else against a nominee.
fn withheld_ignored(
    tabulation: &Tabulation,
    place: usize,
    item: &Item,
    election: &Election,
    found: &mut Vec<Warning>,
) {
    let leaves_out = |base: Base| base == Base::VotesCast;
    let standard = election.effective_standard();
    if !standard.is_some_and(|standard| standard.expression.tests().iter().any(|test| leaves_out(test.base)))
    {
        return;
    }
    let lines = |column: usize| tabulation.count.items[place].lines(column, |_| true);
    let most_withhold = |lines: &Lines| lines.withheld > lines.votes_for + lines.against + lines.abstain;
    for (column, nominee) in election.nominees.iter().enumerate() {
        let lines = lines(column);
        if most_withhold(&lines) {
            let says = format!(
                "item {}: most marks on {} withhold ({}), and the standard leaves them out of the votes cast",
                visible(&item.id),
                visible(&nominee.name),
                thousands(&lines.withheld.to_string()),
            );
            push(found, WarningCode::WithheldIgnored, says);
        }
    }
}

/// A broker non-vote is a broker's; an individual has none.
fn non_votes_of_individuals(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let cards = &tabulation.loaded.cards;
    let ids = (0..cards.markings.count()).filter_map(|id| u32::try_from(id).ok());
    let non_vote = Cell::Mark(Mark::BrokerNonVote);
    let has_non_vote: Vec<bool> =
        ids.map(|id| cards.markings.cells(MarkingId(id)).contains(&non_vote)).collect();
    if !has_non_vote.contains(&true) {
        return;
    }
    let is_individual = |id: &CardId| {
        let card = cards.get(*id);
        let mut positions = tabulation.electorate.of(card.account).iter().peekable();
        has_non_vote[card.marking.0 as usize]
            && positions.peek().is_some()
            && positions.all(|position| {
                matches!(position.registration, Registration::Individual | Registration::Joint)
            })
    };
    let wrong: Vec<&str> = cards.ids().filter(is_individual).map(|id| cards.number(id)).collect();
    if wrong.is_empty() {
        return;
    }
    let first: Vec<String> = wrong.iter().take(TOLD_MAX).map(|number| visible(number).into_owned()).collect();
    let more =
        if wrong.len() > TOLD_MAX { format!(" and {} more", wrong.len() - TOLD_MAX) } else { String::new() };
    let says = format!(
        "{} of individuals or joint holders with a broker non-vote, which only a broker has: {}{more}",
        counted(wrong.len() as u64, "card"),
        first.join(", "),
    );
    push(found, WarningCode::NonvoteOfIndividual, says);
}

/// STD-5, QUO-6: where holders are counted by head, accounts of one name may be one holder.
fn names_that_repeat(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    if !tabulation.loaded.meeting.counts_holders() {
        return;
    }
    let register = &tabulation.loaded.register;
    let mut heads: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (place, name) in &register.names {
        let head = tabulation.electorate.head(register.account(*place));
        heads.entry(name).or_default().insert(head.0);
    }
    let repeated: Vec<String> = heads
        .into_iter()
        .filter(|(_, heads)| heads.len() > 1)
        .map(|(name, heads)| format!("{} ({})", visible(name), counted(heads.len() as u64, "account")))
        .collect();
    if !repeated.is_empty() {
        let first = repeated.iter().take(TOLD_MAX).cloned().collect::<Vec<_>>().join(", ");
        let more = repeated.len().saturating_sub(TOLD_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let says =
            format!("holders are counted by head, and accounts of one name are counted apart: {first}{more}");
        push(found, WarningCode::NamesRepeat, says);
    }
}

/// A quorum under a third of the votes (Cal. Corp. Code § 602(a); 8 Del. C. § 216).
fn quorum_floor(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let meeting = &tabulation.loaded.meeting;
    let source = match meeting.rules.law {
        Law::California => "Cal. Corp. Code § 602(a)",
        Law::Delaware => "8 Del. C. § 216",
        Law::ModelAct => return,
    };
    let is_low = |rule: &QuorumRule| {
        !rule.tests.iter().any(|test| match test {
            QuorumTest::Votes(threshold) => !threshold.fraction.is_less_than(1, 3),
            QuorumTest::HolderFraction(_) | QuorumTest::Holders(_) => false,
        })
    };
    let own =
        meeting.items.iter().filter(|item| item.needs_quorum && item.quorum.as_ref().is_some_and(is_low));
    let of_items = own.map(|item| format!("the quorum of item {}", visible(&item.id)));
    let whole = is_low(&meeting.quorum).then(|| "the meeting's quorum".to_owned());
    for what in whole.into_iter().chain(of_items) {
        let says = format!("{what} asks for less than a third of the votes ({source})");
        push(found, WarningCode::QuorumFloor, says);
    }
}

/// The record date and adjournments against the days that the law allows.
fn dates(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let meeting = &tabulation.loaded.meeting;
    let first = meeting.first_session();
    let days =
        |from: jiff::civil::Date, to: jiff::civil::Date| from.until(to).map_or(0, |span| span.get_days());
    let before = days(meeting.record_date, first);
    let (least, most, source) = match meeting.rules.law {
        Law::California => (10, 60, "Cal. Corp. Code § 701"),
        Law::Delaware => (10, 60, "8 Del. C. § 213"),
        Law::ModelAct => (0, 70, "Model Act § 7.07"),
    };
    if before < least || before > most {
        let allowed = if least > 0 { format!("{least} to {most}") } else { format!("at most {most}") };
        let says = format!(
            "the record date is {} before the first session; {allowed} are allowed ({source})",
            counted(u64::try_from(before).unwrap_or(0), "day"),
        );
        push(found, WarningCode::RecordDateWindow, says);
    }
    let adjourned = days(first, meeting.date);
    let (limit, asks) = match meeting.rules.law {
        Law::California => (45, "a new record date (Cal. Corp. Code § 701)"),
        Law::Delaware => (30, "a new notice (8 Del. C. § 222)"),
        Law::ModelAct => (120, "a new record date (Model Act § 7.07)"),
    };
    if adjourned > limit {
        let says = format!(
            "the meeting sits {} after its first session; after {limit} {asks} is asked",
            counted(u64::try_from(adjourned).unwrap_or(0), "day"),
        );
        push(found, WarningCode::AdjournedTooLong, says);
    }
}
