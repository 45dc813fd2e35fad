//! STD-5, QUO-6: holders by head, for tests and quorums that count them: on each side of an item, present and
//! outstanding.

use std::collections::{BTreeMap, BTreeSet};

use super::{CountContext, Heads, Lines, QuorumHeads, capped, votes_present};
use crate::amount::Votes;
use crate::ascertain::PositionId;
use crate::ballot::reading::{ItemReading, Line, PoolUse, Uncast};
use crate::load::AccountId;
use crate::meeting::{ExcludedCountForQuorum, SplitHolders};

/// Holders FOR and AGAINST, by head.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct HeadSides {
    /// FOR.
    pub on_for: u64,
    /// AGAINST.
    pub on_against: u64,
}

/// Holders by where they stand on a nominee or an item. Accounts that the register gives to one holder are one
/// head.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct HolderCount {
    /// Each on the side where it cast more of its votes, on neither when equal.
    pub by_majority: HeadSides,
    /// Each on every side where it cast any.
    pub on_both: HeadSides,
    /// Those who cast on both sides left out.
    pub without_split: HeadSides,
    /// With a share present that is no broker non-vote.
    pub present_and_entitled: u64,
    /// With any share present.
    pub present: u64,
    /// With votes.
    pub outstanding: u64,
}

/// A holder's votes on an item, by head: what margins and other questions of "what if" need.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct HeadVotes {
    /// Per nominee, or one: by class, the votes on each line.
    pub columns: Vec<Vec<Lines>>,
    /// Votes that are not present, by class.
    pub absent: Vec<Votes>,
}

/// A holder's votes on one column.
#[derive(Default, Clone, Copy)]
struct Sides {
    votes_for: Votes,
    against: Votes,
    is_entitled: bool,
}

impl Sides {
    fn add(&mut self, line: Line, votes: Votes) {
        match line {
            Line::For => self.votes_for += votes,
            Line::Against => self.against += votes,
            Line::Abstain | Line::Withheld | Line::BrokerNonVote | Line::NotVoted => {}
        }
        self.is_entitled |= line != Line::BrokerNonVote && !votes.is_zero();
    }
}

impl HolderCount {
    /// The sides, by what the test makes of a holder who split.
    #[must_use]
    pub fn sides(&self, split: SplitHolders) -> HeadSides {
        match split {
            SplitHolders::Majority => self.by_majority,
            SplitHolders::Both => self.on_both,
            SplitHolders::Neither => self.without_split,
        }
    }

    fn add(&mut self, sides: Sides) {
        let (votes_for, against) = (!sides.votes_for.is_zero(), !sides.against.is_zero());
        self.by_majority.on_for += u64::from(sides.votes_for > sides.against);
        self.by_majority.on_against += u64::from(sides.against > sides.votes_for);
        self.on_both.on_for += u64::from(votes_for);
        self.on_both.on_against += u64::from(against);
        self.without_split.on_for += u64::from(votes_for && !against);
        self.without_split.on_against += u64::from(against && !votes_for);
        self.present_and_entitled += u64::from(sides.is_entitled);
    }
}

/// The holders that the meeting's quorum counts.
pub(super) fn of_meeting(context: CountContext<'_>) -> QuorumHeads {
    let of = |class: usize| heads(context, None, |position| context.class(position) == class);
    QuorumHeads {
        whole: heads(context, None, |_| true),
        by_class: (0..context.meeting.classes.len()).map(of).collect(),
        groups: Vec::new(),
    }
}

/// The holders that an item's quorum counts: of excluded accounts too, where they count for it.
pub(super) fn of_item(context: CountContext<'_>, item: usize) -> QuorumHeads {
    let counts_excluded = context.meeting.rules.excluded_count_for_quorum == ExcludedCountForQuorum::Yes;
    let entitled = &context.meeting.items[item].entitled_classes;
    let counts = |position: PositionId| {
        entitled[context.class(position)] && (counts_excluded || context.votes_on(position, item))
    };
    let of = |wanted: &dyn Fn(usize) -> bool| {
        heads(context, Some(item), |position| counts(position) && wanted(context.class(position)))
    };
    let groups = context.meeting.items[item].voting_groups.iter();
    QuorumHeads {
        whole: of(&|_| true),
        by_class: (0..context.meeting.classes.len()).map(|class| of(&|other| other == class)).collect(),
        groups: groups.map(|group| of(&|class| group.classes.contains(&class))).collect(),
    }
}

/// Holders with votes, and with any share present, by some of their positions.
fn heads(context: CountContext<'_>, item: Option<usize>, counts: impl Fn(PositionId) -> bool) -> Heads {
    let mut present = BTreeSet::new();
    let add = |position, votes: Votes| {
        if counts(position) && !votes.is_zero() {
            present.insert(context.head(position));
        }
    };
    match item {
        Some(item) => context.each_presence_on(item, add),
        None => context.each_presence(add),
    }
    Heads { outstanding: outstanding(context, counts), present: present.len() as u64 }
}

/// Counts the holders on each side of an item, per nominee or for the item, by their positions in
/// some classes.
pub(super) fn count(context: CountContext<'_>, item: usize, of: impl Fn(usize) -> bool) -> Vec<HolderCount> {
    let votes_on = |position| context.votes_on(position, item) && of(context.class(position));
    let columns = context.meeting.items[item].column_count();
    let mut sides: BTreeMap<AccountId, Vec<Sides>> = BTreeMap::new();
    context.each_presence_on(item, |position, votes| {
        if votes_on(position) && !votes.is_zero() {
            let head = context.head(position);
            sides.entry(head).or_insert_with(|| vec![Sides::default(); columns]);
        }
    });
    each_vote(context, item, &votes_on, |position, column, line, votes| {
        if let Some(of_head) = sides.get_mut(&context.head(position)) {
            of_head[column].add(line, votes);
        }
    });
    let outstanding = outstanding(context, votes_on);
    (0..columns)
        .map(|column| {
            let mut count =
                HolderCount { present: sides.len() as u64, outstanding, ..HolderCount::default() };
            sides.values().for_each(|of_head| count.add(of_head[column]));
            count
        })
        .collect()
}

/// Every holder's votes on an item, those present by line and those absent, in the order of the heads.
pub(crate) fn head_votes(context: CountContext<'_>, item: usize) -> Vec<HeadVotes> {
    let votes_on = |position| context.votes_on(position, item);
    let classes = context.meeting.classes.len();
    let columns = context.meeting.items[item].column_count();
    let nothing = || HeadVotes {
        columns: vec![vec![Lines::default(); classes]; columns],
        absent: vec![Votes::ZERO; classes],
    };
    let mut heads: BTreeMap<AccountId, HeadVotes> = BTreeMap::new();
    for place in 0..context.electorate.positions.len() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        let votes = context.electorate.votes(id);
        if votes_on(id) && !votes.is_zero() {
            heads.entry(context.head(id)).or_insert_with(nothing).absent[context.class(id)] += votes;
        }
    }
    context.each_presence_on(item, |position, votes| {
        if let Some(head) = heads.get_mut(&context.head(position)).filter(|_| votes_on(position)) {
            let absent = &mut head.absent[context.class(position)];
            *absent = absent.saturating_sub(votes);
        }
    });
    each_vote(context, item, &votes_on, |position, column, line, votes| {
        if let Some(head) = heads.get_mut(&context.head(position)) {
            *head.columns[column][context.class(position)].line(line) += votes;
        }
    });
    heads.into_values().collect()
}

/// Every vote present on an item, of some positions: on which column, on which line.
fn each_vote(
    context: CountContext<'_>,
    item: usize,
    votes_on: &(impl Fn(PositionId) -> bool + Copy),
    mut each: impl FnMut(PositionId, usize, Line, Votes),
) {
    let columns = context.meeting.items[item].column_count();
    let reader = context.reader();
    let parts: Vec<votes_present::VotesPresent> =
        votes_present::parts(context, item, votes_on, context.determined.coverage.iter()).collect();
    let of_card = votes_present::of_cards(&parts);
    for part in parts {
        let reading = part.card.map(|(card, setting)| {
            (context.determined.reading(&reader, context.loaded, card, setting, item), of_card[&card])
        });
        for column in 0..columns {
            let (line, counted) = match &reading {
                Some((reading, of_card)) => read(reading, column, part.votes, *of_card, context, item),
                None => (Line::NotVoted, part.votes),
            };
            each(part.position, column, line, counted);
            // What a cap leaves is not voted.
            each(part.position, column, Line::NotVoted, part.votes.saturating_sub(counted));
        }
    }
    // Street totals on other items are present and not voted on this one.
    for street in context.determined.street.iter().filter(|street| votes_on(street.position)) {
        (0..columns).for_each(|column| each(street.position, column, Line::NotVoted, street.votes_on(item)));
    }
}

fn outstanding(context: CountContext<'_>, votes_on: impl Fn(PositionId) -> bool) -> u64 {
    let mut accounts = BTreeSet::new();
    for place in 0..context.electorate.positions.len() {
        let id = PositionId(u32::try_from(place).unwrap_or(u32::MAX));
        if votes_on(id) && !context.electorate.votes(id).is_zero() {
            accounts.insert(context.head(id));
        }
    }
    accounts.len() as u64
}

/// On which line of a column a reading puts votes, and how many of them; the rest is not voted.
fn read(
    reading: &ItemReading,
    column: usize,
    votes: Votes,
    of_card: Votes,
    context: CountContext<'_>,
    item: usize,
) -> (Line, Votes) {
    match reading {
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
    }
}
