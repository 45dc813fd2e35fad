//! STD-5: accounts on each side of an item, for tests that count holders.

use std::collections::{BTreeMap, BTreeSet};

use super::{CountContext, capped, votes_present};
use crate::amount::Votes;
use crate::ascertain::PositionId;
use crate::ballot::reading::{ItemReading, Line, PoolUse, Uncast};
use crate::load::AccountId;

/// Accounts by where they stand on a nominee or an item.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct HolderCount {
    /// That cast more of their votes FOR.
    pub on_for: u64,
    /// That cast more of their votes AGAINST.
    pub on_against: u64,
    /// With a share present that is no broker non-vote.
    pub present_and_entitled: u64,
    /// With any share present.
    pub present: u64,
    /// With votes.
    pub outstanding: u64,
}

/// An account's votes on one column.
#[derive(Default, Clone, Copy)]
struct Sides {
    votes_for: Votes,
    against: Votes,
    is_entitled: bool,
}

/// Counts the accounts on each side of an item, per nominee or for the item, by their positions in
/// some classes.
pub(super) fn count(context: CountContext<'_>, item: usize, of: impl Fn(usize) -> bool) -> Vec<HolderCount> {
    let votes_on = |position| context.votes_on(position, item) && of(context.class(position));
    let columns = context.meeting.items[item].column_count();
    let mut sides: BTreeMap<AccountId, Vec<Sides>> = BTreeMap::new();
    context.each_presence(|position, votes| {
        if votes_on(position) && !votes.is_zero() {
            let account = context.account(position);
            sides.entry(account).or_insert_with(|| vec![Sides::default(); columns]);
        }
    });
    let reader = context.reader();
    let parts: Vec<votes_present::VotesPresent> =
        votes_present::parts(context, item, &votes_on, context.determined.coverage.iter()).collect();
    let of_card = votes_present::of_cards(&parts);
    for part in parts {
        let Some(of_account) = sides.get_mut(&context.account(part.position)) else { continue };
        let reading = part.card.map(|(card, setting)| {
            (context.determined.reading(&reader, context.loaded, card, setting, item), of_card[&card])
        });
        for (column, sides) in of_account.iter_mut().enumerate() {
            match &reading {
                Some((reading, of_card)) => add(sides, reading, column, part.votes, *of_card, context, item),
                None => sides.is_entitled = true,
            }
        }
    }
    // Street totals on other items are present and not voted on this one.
    for street in context.determined.street.iter().filter(|street| !street.votes.is_zero()) {
        if let Some(of_account) =
            sides.get_mut(&context.account(street.position)).filter(|_| votes_on(street.position))
        {
            of_account.iter_mut().for_each(|sides| sides.is_entitled = true);
        }
    }
    let outstanding = outstanding(context, votes_on);
    (0..columns)
        .map(|column| {
            let mut count =
                HolderCount { present: sides.len() as u64, outstanding, ..HolderCount::default() };
            for sides in sides.values().map(|of_account| of_account[column]) {
                count.on_for += u64::from(sides.votes_for > sides.against);
                count.on_against += u64::from(sides.against > sides.votes_for);
                count.present_and_entitled += u64::from(sides.is_entitled);
            }
            count
        })
        .collect()
}

fn outstanding(context: CountContext<'_>, votes_on: impl Fn(PositionId) -> bool) -> u64 {
    let mut accounts = BTreeSet::new();
    for place in 0..context.electorate.positions.len() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        if votes_on(id) && !context.electorate.votes(id).is_zero() {
            accounts.insert(context.account(id));
        }
    }
    accounts.len() as u64
}

fn add(
    sides: &mut Sides,
    reading: &ItemReading,
    column: usize,
    votes: Votes,
    of_card: Votes,
    context: CountContext<'_>,
    item: usize,
) {
    let (line, counted) = match reading {
        ItemReading::Proposal(line) | ItemReading::NoChoice(line) => (*line, votes),
        ItemReading::Choice(_) => (Line::For, votes),
        ItemReading::Straight(nominees) => {
            let seats = context.meeting.items[item].election().map_or(1, |election| election.seats);
            let vote = nominees[column];
            // A cap is the card's; its parts share it in proportion to their votes.
            let counted = vote.cap.map_or(votes, |cap| {
                let of_all = capped(cap, of_card, seats);
                let part =
                    crate::amount::multiply_divide(of_all.units(), votes.units(), of_card.units().max(1));
                Votes::from_units(part)
            });
            (vote.line, counted)
        }
        // Holders are counted only where a standard is tested, and cumulative voting has none.
        ItemReading::Cumulative(vote) => match vote.pool {
            PoolUse::Nothing(Uncast::BrokerNonVote) => (Line::BrokerNonVote, votes),
            PoolUse::Nothing(_) | PoolUse::Written(_) | PoolUse::EqualParts(_) | PoolUse::ProxyHolders(_) => {
                (Line::NotVoted, votes)
            }
        },
    };
    match line {
        Line::For => sides.votes_for += counted,
        Line::Against => sides.against += counted,
        Line::Abstain | Line::Withheld | Line::BrokerNonVote | Line::NotVoted => {}
    }
    sides.is_entitled |= line != Line::BrokerNonVote && !votes.is_zero();
}
