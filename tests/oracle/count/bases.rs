//! What a standard is measured against: the bases, in votes and in holders.

use crate::amounts::{Amount, sum, whole, zero};
use crate::count::pieces::{Determined, Entry, Line, entitled};
use crate::count::positions::Position;
use crate::meeting::Item;

/// The totals of one nominee, or of an item.
#[derive(Clone, Debug)]
pub struct Lines {
    pub for_: Amount,
    pub against: Amount,
    pub abstain: Amount,
    pub withheld: Amount,
    pub broker_non_votes: Amount,
    pub not_voted: Amount,
}

impl Lines {
    pub fn of(entries: &[&Entry]) -> Lines {
        Lines {
            for_: on(entries, Line::For),
            against: on(entries, Line::Against),
            abstain: on(entries, Line::Abstain),
            withheld: on(entries, Line::Withheld),
            broker_non_votes: on(entries, Line::BrokerNonVotes),
            not_voted: on(entries, Line::NotVoted),
        }
    }
}

pub fn on(entries: &[&Entry], line: Line) -> Amount {
    sum(entries.iter().filter(|entry| entry.line == line).map(|entry| &entry.votes))
}

/// The bases for one nominee or item, over all entitled classes or those of one voting group.
pub struct Bases {
    pub votes: Counts,
    /// By what is made of a holder who split: `majority`, `both`, `neither`.
    pub holders: [(&'static str, Counts); 3],
    pub required_quorum: Amount,
}

#[derive(Clone)]
pub struct Counts {
    pub for_: Amount,
    pub against: Amount,
    pub votes_cast: Amount,
    pub present_and_entitled: Amount,
    pub present: Amount,
    pub outstanding: Amount,
    pub for_against_withheld: Amount,
}

/// `classes` are those of the item, or of a voting group.
pub fn bases(
    all: &Determined,
    item: &Item,
    entries: &[Entry],
    nominee: usize,
    classes: &[String],
    required: Amount,
) -> Bases {
    let here: Vec<&Entry> =
        entries.iter().filter(|e| e.nominee == nominee && classes.contains(&e.class)).collect();
    let positions: Vec<&Position> =
        all.ledger.positions.iter().filter(|p| entitled(p, item) && classes.contains(&p.class)).collect();
    Bases {
        votes: in_votes(&here, outstanding(all, item, classes)),
        holders: ["majority", "both", "neither"]
            .map(|split| (split, in_holders(all, &here, &positions, split))),
        required_quorum: required,
    }
}

/// "all votes outstanding and entitled on the item": "`excluded_accounts` leave the item's totals and its
/// `outstanding`".
pub fn outstanding(all: &Determined, item: &Item, classes: &[String]) -> Amount {
    let mut votes = zero();
    for class in item.entitled_classes.iter().filter(|class| classes.contains(class)) {
        votes += &all.ledger.outstanding[class];
        for position in all.ledger.positions.iter().filter(|p| p.class == *class && !entitled(p, item)) {
            votes -= position.votes_of(&position.votable());
        }
    }
    votes
}

/// What each base counts.
fn in_votes(entries: &[&Entry], outstanding: Amount) -> Counts {
    let present = sum(entries.iter().map(|entry| &entry.votes));
    Counts {
        for_: on(entries, Line::For),
        against: on(entries, Line::Against),
        for_against_withheld: on(entries, Line::For)
            + on(entries, Line::Against)
            + on(entries, Line::Withheld),
        votes_cast: on(entries, Line::For) + on(entries, Line::Against),
        present_and_entitled: &present - on(entries, Line::BrokerNonVotes),
        present,
        outstanding,
    }
}

/// "an account stands on the side, FOR or AGAINST, where it cast more of its votes, on neither when equal; `votes_cast`
/// are the accounts on a side, `present` those with any share present, `outstanding` those with votes".
/// `present_and_entitled` leaves out an account that is present by broker non-votes alone.
///
/// "`split_holders`: `majority` (today's), `both` (a holder who split stands on both sides, …), `neither`. Register column
/// `holder`: accounts with the same text are one head."
fn in_holders(all: &Determined, entries: &[&Entry], positions: &[&Position], split: &str) -> Counts {
    let mut heads: Vec<String> = positions.iter().map(|p| all.ledger.head_of(&p.account)).collect();
    heads.sort();
    heads.dedup();
    let (mut for_, mut against, mut entitled_, mut present, mut outstanding) = (0, 0, 0, 0, 0);
    for head in heads {
        let is_of = |account: &str| all.ledger.head_of(account) == head;
        let own: Vec<&Entry> = entries.iter().copied().filter(|entry| is_of(&entry.account)).collect();
        let own_positions = || positions.iter().filter(|p| is_of(&p.account));
        let lines = Lines::of(&own);
        let (is_for, is_against) = match split {
            "majority" => (lines.for_ > lines.against, lines.against > lines.for_),
            "both" => (lines.for_ > zero(), lines.against > zero()),
            _ => (
                lines.for_ > zero() && lines.against == zero(),
                lines.against > zero() && lines.for_ == zero(),
            ),
        };
        for_ += i64::from(is_for);
        against += i64::from(is_against);
        let all_lines = sum(own.iter().map(|entry| &entry.votes));
        let is_present = own_positions().any(|p| all.shares_present(p) > zero());
        present += i64::from(is_present);
        entitled_ += i64::from(is_present && (all_lines == zero() || all_lines > lines.broker_non_votes));
        outstanding += i64::from(own_positions().any(|p| p.votes_of(&p.votable()) > zero()));
    }
    Counts {
        for_: whole(for_),
        against: whole(against),
        for_against_withheld: zero(),
        votes_cast: whole(for_ + against),
        present_and_entitled: whole(entitled_),
        present: whole(present),
        outstanding: whole(outstanding),
    }
}
