//! Whose votes stand where: every vote of an item traced to the card, the street row or the holder in
//! person it comes from. Plain and one by one, apart from the grouped count.

use std::collections::BTreeMap;

use crate::amount::{UNITS_PER_MILLIONTH, UNITS_PER_ONE, Votes};
use crate::ascertain::PositionId;
use crate::ballot::reading::{CumulativeVote, ItemReading, Line, PoolUse, Uncast};
use crate::count::cumulative::{equal_parts, prorated, written_votes};
use crate::count::{CountContext, capped, street_line, votes_present};
use crate::determine::Cover;
use crate::load::CardId;
use crate::meeting::{Election, FractionalVotes, OverCumulated, Rules};
use crate::tabulate::Tabulation;

/// Where votes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A card.
    Card(CardId),
    /// A row of street.csv, by place; nothing: what a participant's totals leave unsaid.
    Street(PositionId, Option<usize>),
    /// Shares present of which no card speaks: held, in person, or in conflict.
    Silent(PositionId),
    /// Shares that no card or total covers and that vote as others do.
    Following(PositionId),
}

/// Where votes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// On a line of a nominee, or of the item.
    Line(usize, Line),
    /// For a choice.
    Choice(usize),
    /// Cumulated for a nominee.
    Cumulated(usize),
    /// In a pool that a form's proxy holders allocate.
    Discretion(u16),
    /// In a pool, cast for nobody.
    Uncast(Uncast),
    /// In a pool, left unused.
    Unused,
}

/// Hands every vote of an item to `each`.
pub fn attribute(tabulation: &Tabulation, item: usize, each: impl FnMut(Source, Slot, Votes)) {
    attribute_some(tabulation, item, tabulation.determined.coverage.iter(), each);
}

/// Hands the votes of an item to `each`, of what cards take only those of some.
pub(crate) fn attribute_some(
    tabulation: &Tabulation,
    item: usize,
    coverage: impl Iterator<Item = Cover>,
    mut each: impl FnMut(Source, Slot, Votes),
) {
    let context = tabulation.context();
    let reader = context.reader();
    let columns = context.meeting.items[item].column_count();
    let election = context.meeting.items[item].election();
    let is_cumulative = election.is_some_and(Election::is_cumulative);
    let seats = election.map_or(1, |election| election.seats);
    let parts = votes_present::parts(context, item, |position| context.votes_on(position, item), coverage);
    let mut pooled: BTreeMap<CardId, (Votes, ItemReading)> = BTreeMap::new();
    for part in parts {
        let not_voted = |each: &mut dyn FnMut(Source, Slot, Votes)| {
            let source = Source::Silent(part.position);
            (0..columns).for_each(|column| each(source, Slot::Line(column, Line::NotVoted), part.votes));
            if is_cumulative {
                each(source, Slot::Uncast(Uncast::NotVoted), part.votes.times(seats));
            }
        };
        let Some((card, setting)) = part.card else {
            not_voted(&mut each);
            continue;
        };
        let reading = context.determined.reading(&reader, context.loaded, card, setting, item);
        if reading.depends_on_card() {
            // What a card writes for a nominee, and its pool, is of all its shares together.
            pooled.entry(card).or_insert((Votes::ZERO, reading)).0 += part.votes;
        } else {
            attribute_whole(context, item, &reading, setting.form, part.votes, |slot, votes| {
                each(Source::Card(card), slot, votes);
            });
        }
    }
    for (card, (votes, reading)) in pooled {
        let form = context.loaded.cards.get(card).form;
        attribute_whole(context, item, &reading, form, votes, |slot, votes| {
            each(Source::Card(card), slot, votes);
        });
    }
    attribute_street(context, item, columns, is_cumulative.then_some(seats), &mut each);
    attribute_following(tabulation, item, is_cumulative.then_some(seats), each);
}

/// FOL-1: an account's rest of a class is that of its position in it.
fn attribute_following(
    tabulation: &Tabulation,
    item: usize,
    cumulative_seats: Option<u32>,
    mut each: impl FnMut(Source, Slot, Votes),
) {
    let context = tabulation.context();
    for rest in context.determined.following.iter().filter(|rest| context.votes_on(rest.position, item)) {
        let cast = &tabulation.count.items[item].following[rest.follower].cast[context.class(rest.position)];
        let source = Source::Following(rest.position);
        for (column, mut lines) in cast.columns.iter().copied().enumerate() {
            for line in [Line::For, Line::Against, Line::Abstain, Line::Withheld, Line::NotVoted] {
                each(source, Slot::Line(column, line), *lines.line(line));
            }
        }
        cast.choices
            .iter()
            .enumerate()
            .for_each(|(choice, votes)| each(source, Slot::Choice(choice), *votes));
        if let Some(seats) = cumulative_seats {
            each(source, Slot::Uncast(Uncast::NotVoted), rest.on_items[item].times(seats));
        }
    }
}

/// Where the votes of one card on an item stand, all of them together.
pub(crate) fn attribute_whole(
    context: CountContext<'_>,
    item: usize,
    reading: &ItemReading,
    form: Option<u16>,
    votes: Votes,
    mut each: impl FnMut(Slot, Votes),
) {
    let election = context.meeting.items[item].election();
    match reading {
        ItemReading::Proposal(line) | ItemReading::NoChoice(line) => each(Slot::Line(0, *line), votes),
        ItemReading::Choice(choice) => {
            each(Slot::Line(0, Line::For), votes);
            each(Slot::Choice(*choice), votes);
        }
        ItemReading::Straight(nominees) => {
            let seats = election.map_or(1, |election| election.seats);
            for (column, vote) in nominees.iter().enumerate() {
                let counted = vote.cap.map_or(votes, |cap| capped(cap, votes, seats));
                each(Slot::Line(column, vote.line), counted);
                if counted < votes {
                    each(Slot::Line(column, Line::NotVoted), votes - counted);
                }
            }
        }
        ItemReading::Cumulative(vote) => {
            if let Some(election) = election {
                pool(election, &context.meeting.rules, vote, form, votes, each);
            }
        }
    }
}

/// Where the pool of one card goes, and its shares' votes beside it.
fn pool(
    election: &Election,
    rules: &Rules,
    vote: &CumulativeVote,
    form: Option<u16>,
    votes: Votes,
    mut each: impl FnMut(Slot, Votes),
) {
    let unit = match rules.fractional_votes {
        FractionalVotes::Whole => UNITS_PER_ONE,
        FractionalVotes::SixDecimals => UNITS_PER_MILLIONTH,
    };
    let pool = votes.times(election.seats);
    if let PoolUse::Written(written) = &vote.pool {
        let is_whole = rules.fractional_votes == FractionalVotes::Whole;
        let mut amounts = written_votes(written, pool, is_whole);
        let total: Votes = amounts.iter().copied().sum();
        if total > pool && rules.over_cumulated == OverCumulated::Void {
            each(Slot::Uncast(Uncast::Void), pool);
            return;
        }
        if total > pool {
            amounts = prorated(&amounts, total, pool, unit);
        }
        for (one, votes) in written.iter().zip(amounts) {
            each(if one.is_void { Slot::Uncast(Uncast::Void) } else { Slot::Cumulated(one.nominee) }, votes);
        }
        each(Slot::Unused, pool.saturating_sub(total));
    }
    match &vote.pool {
        PoolUse::Written(_) => {}
        PoolUse::EqualParts(named) => {
            for ((nominee, in_time), part) in named.iter().zip(equal_parts(pool, named.len(), unit)) {
                each(if *in_time { Slot::Cumulated(*nominee) } else { Slot::Uncast(Uncast::Void) }, part);
            }
        }
        PoolUse::ProxyHolders(_) => each(Slot::Discretion(form.unwrap_or(0)), pool),
        PoolUse::Nothing(uncast) => each(Slot::Uncast(*uncast), pool),
    }
    for (nominee, line) in vote.share_lines().enumerate() {
        if let Some(line) = line {
            each(Slot::Line(nominee, line), votes);
        }
    }
}

fn attribute_street(
    context: CountContext<'_>,
    item: usize,
    columns: usize,
    cumulative_seats: Option<u32>,
    mut each: impl FnMut(Source, Slot, Votes),
) {
    for street in context.determined.street.iter().filter(|street| context.votes_on(street.position, item)) {
        let mut unsaid = vec![street.votes_on(item); columns];
        for row in street.rows_of(item) {
            let place = street_line(&context.meeting.items[item], row, street);
            let Some((column, line, choice)) = place else { continue };
            let source = Source::Street(street.position, Some(row.row));
            each(source, Slot::Line(column, line), row.votes);
            if let Some(choice) = choice {
                each(source, Slot::Choice(choice), row.votes);
            }
            unsaid[column] = unsaid[column].saturating_sub(row.votes);
        }
        let source = Source::Street(street.position, None);
        for (column, votes) in unsaid.into_iter().enumerate() {
            each(source, Slot::Line(column, Line::NotVoted), votes);
        }
        if let Some(seats) = cumulative_seats {
            each(source, Slot::Uncast(Uncast::NotVoted), street.votes_on(item).times(seats));
        }
    }
}
