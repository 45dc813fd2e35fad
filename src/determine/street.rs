//! STR-1, street totals: what participants report, delivery by delivery, within what their
//! cards leave.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::TotalsState;
use super::nominee::cut;
use super::{Determined, Determiner, JointPosition};
use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::load::{AccountId, StreetRow, StreetVote};
use crate::meeting::{Mark, Overvote};
use crate::time::Moment;

/// What became of a participant's totals when they exceed what its cards leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreetCut {
    /// They fit.
    Whole,
    /// Cut to the position, by the rule.
    Cut,
    /// Rejected whole.
    Rejected,
    /// Held whole for the inspector.
    Held,
}

impl StreetPosition {
    /// The headline takes the item on which most is present, of which papers that are looked at item by item have
    /// theirs.
    pub(super) fn take_headline(&mut self, joint: Option<&JointPosition>) {
        let Some(by_item) = &self.by_item else { return };
        let of_papers = |item: usize| joint.map_or((Shares::ZERO, Votes::ZERO), |one| one.present_on(item));
        let together = by_item.iter().enumerate().map(|(item, (shares, votes))| {
            let (of_cards, their_votes) = of_papers(item);
            (of_cards + *shares, their_votes + *votes)
        });
        let (shares, votes) = together.max().unwrap_or_default();
        let (headline, its_votes) = joint.map_or((Shares::ZERO, Votes::ZERO), |one| (one.shares, one.votes));
        (self.present, self.votes) = (shares.saturating_sub(headline), votes.saturating_sub(its_votes));
    }

    /// FOL-2: what a total covers is the most that it reports on one name; the rest votes as others do. One that is
    /// held covers all that it reports.
    pub(super) fn leave_what_is_not_reported(&mut self, item_count: usize, joint: Option<&JointPosition>) {
        if self.cut != StreetCut::Held {
            let on_item = |item: usize| {
                let names = self.rows_of(item).chunk_by(|a, b| a.nominee == b.nominee);
                let sum = |name: &[StreetVoted]| {
                    name.iter().fold((Shares::ZERO, Votes::ZERO), |(shares, votes), row| {
                        (shares + row.shares, votes + row.votes)
                    })
                };
                names.map(sum).max().unwrap_or_default()
            };
            self.by_item = Some((0..item_count).map(on_item).collect());
        }
        self.take_headline(joint);
    }

    /// The votes present by it on an item.
    #[must_use]
    pub fn votes_on(&self, item: usize) -> Votes {
        self.by_item.as_ref().map_or(self.votes, |by_item| by_item[item].1)
    }
}

impl StreetCut {
    /// In plain words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut => "cut to the position",
            Self::Rejected => "rejected",
            Self::Held => "held",
        }
    }
}

/// Shares voted one way on one nominee or item.
#[derive(Debug, Clone)]
pub struct StreetVoted {
    /// The row of street.csv, by place.
    pub row: usize,
    /// The item, by place.
    pub item: usize,
    /// The nominee, by place; 0 where there is none.
    pub nominee: usize,
    /// What they vote.
    pub vote: StreetVote,
    /// Shares after the cut.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
}

/// A position with street totals.
#[derive(Debug, Clone)]
pub struct StreetPosition {
    /// Which.
    pub position: PositionId,
    /// The largest total on any one item, as reported.
    pub reported: Shares,
    /// What the cards left.
    pub left: Shares,
    /// Shares present by it.
    pub present: Shares,
    /// Their votes.
    pub votes: Votes,
    /// Per item, the same where papers are looked at item by item.
    pub by_item: Option<Vec<(Shares, Votes)>>,
    /// Whether and how it was cut.
    pub cut: StreetCut,
    /// Whether deliveries of a block differ and nothing says which is the later: only the participant can.
    pub is_in_doubt: bool,
    /// What counts, in the order of the items and their nominees.
    pub voted: Vec<StreetVoted>,
    /// Rows received after the polls closed, by place; they do not count.
    pub late: Vec<usize>,
    /// Rows that a later delivery of the same block replaced, by place.
    pub replaced: Vec<usize>,
}

impl StreetPosition {
    /// What counts on an item.
    pub(crate) fn rows_of(&self, item: usize) -> &[StreetVoted] {
        let place = |before: &dyn Fn(usize) -> bool| {
            self.voted.partition_point(|row| {
                crate::work::step();
                before(row.item)
            })
        };
        &self.voted[place(&|other| other < item)..place(&|other| other <= item)]
    }

    /// Whether something of a nominee counts on an item.
    pub(crate) fn reports(&self, item: usize, nominee: usize) -> bool {
        let found = self.voted.binary_search_by(|row| {
            crate::work::step();
            (row.item, row.nominee).cmp(&(item, nominee))
        });
        found.is_ok()
    }
}

/// Applies the totals of some participants.
pub(super) fn apply(
    determiner: &Determiner<'_>,
    determined: &mut Determined,
    is_wanted: impl Fn(AccountId) -> bool,
) {
    for (account, rows) in rows_by_account(determiner, is_wanted) {
        let Some(position) = determiner.electorate.ids_of(account).next() else { continue };
        let covered = Covered::of(determiner, determined, position);
        let mut street = of_position(determiner, position, &covered, &rows);
        shrink_in_person(determined, &street);
        let whole = (determiner.electorate.get(position).shares, determiner.electorate.votes(position));
        make_room(determined, whole, &mut street);
        determined.street.push(street);
    }
}

/// How the totals of some participants stand beside the cards of a meeting as it was held.
pub(super) fn states_of(
    determiner: &Determiner<'_>,
    determined: &Determined,
    accounts: &BTreeSet<AccountId>,
) -> BTreeMap<AccountId, TotalsState> {
    let state = |(account, rows): (AccountId, Vec<usize>)| {
        let position = determiner.electorate.ids_of(account).next()?;
        let found = of_position(determiner, position, &Covered::of(determiner, determined, position), &rows);
        Some((account, TotalsState { cut: found.cut, present: found.present }))
    };
    rows_by_account(determiner, |account| accounts.contains(&account)).into_iter().filter_map(state).collect()
}

/// The rows of some participants, by place.
fn rows_by_account(
    determiner: &Determiner<'_>,
    is_wanted: impl Fn(AccountId) -> bool,
) -> BTreeMap<AccountId, Vec<usize>> {
    let mut by_account: BTreeMap<AccountId, Vec<usize>> = BTreeMap::new();
    for (place, row) in determiner.loaded.street.iter().enumerate().filter(|(_, row)| is_wanted(row.account))
    {
        by_account.entry(row.account).or_default().push(place);
    }
    by_account
}

/// What cards cover of a position: on every item alike, or item by item.
enum Covered {
    OnAll(Shares, Votes),
    ByItem(Vec<(Shares, Votes)>),
}

impl Covered {
    /// What was determined is in the order of the positions.
    fn of(determiner: &Determiner<'_>, determined: &Determined, position: PositionId) -> Self {
        if let Ok(place) = determined.joint.binary_search_by_key(&position, |joint| joint.position) {
            let joint = &determined.joint[place];
            let items = 0..determiner.meeting.items.len();
            return Self::ByItem(items.map(|item| joint.covered_on(item)).collect());
        }
        let shares: Shares = determined.coverage.of(position, position).map(|cover| cover.shares).sum();
        Self::OnAll(shares, determiner.electorate.votes_of_part(position, Shares::ZERO, shares))
    }

    fn on(&self, item: usize) -> (Shares, Votes) {
        match self {
            Self::OnAll(shares, votes) => (*shares, *votes),
            Self::ByItem(items) => items[item],
        }
    }

    /// Where cards cover the fewest.
    fn fewest(&self) -> (Shares, Votes) {
        match self {
            Self::OnAll(shares, votes) => (*shares, *votes),
            Self::ByItem(items) => items.iter().min().copied().unwrap_or_default(),
        }
    }
}

/// What street totals make present is not present in person a second time.
fn shrink_in_person(determined: &mut Determined, street: &StreetPosition) {
    let place = determined.in_person.binary_search_by_key(&street.position, |here| here.position);
    if let Ok(place) = place {
        let here = &mut determined.in_person[place];
        here.shares = here.shares.saturating_sub(street.present);
        here.votes = here.votes.saturating_sub(street.votes);
    }
}

/// The same where papers are looked at item by item. The headline takes the item on which most is present.
fn make_room(determined: &mut Determined, whole: (Shares, Votes), street: &mut StreetPosition) {
    let Ok(place) = determined.joint.binary_search_by_key(&street.position, |joint| joint.position) else {
        return;
    };
    let joint = &mut determined.joint[place];
    let Some(by_item) = street.by_item.as_ref() else { return };
    for (item, (shares, votes)) in by_item.iter().enumerate() {
        let (there, their_votes) = joint.present_on(item);
        joint.make_room(
            item,
            ((there + *shares).saturating_sub(whole.0), (their_votes + *votes).saturating_sub(whole.1)),
        );
    }
    let items = 0..by_item.len();
    (joint.shares, joint.votes) = items.map(|item| joint.present_on(item)).max().unwrap_or_default();
    street.take_headline(Some(joint));
}

fn of_position(
    determiner: &Determiner<'_>,
    id: PositionId,
    covered: &Covered,
    rows: &[usize],
) -> StreetPosition {
    let position = determiner.electorate.get(id);
    let whole = if determiner.may_vote(id) { position.shares } else { Shares::ZERO };
    let left_on = |item: usize| whole.saturating_sub(covered.on(item).0);
    let Deliveries { standing, late, replaced, is_in_doubt } = deliveries(determiner, rows);
    let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for place in standing {
        let row = &determiner.loaded.street[place];
        groups.entry((row.item, row.nominee)).or_default().push(place);
    }
    for places in groups.values_mut() {
        places.sort_by_key(|place| line_order(&determiner.loaded.street[*place]));
    }
    let reported = groups.values().map(|places| asked_together(determiner, places)).max().unwrap_or_default();
    let grant_all = |policy: Overvote| -> Vec<Option<Vec<Shares>>> {
        groups.iter().map(|((item, _), places)| grant(determiner, policy, left_on(*item), places)).collect()
    };
    let is_over =
        groups.iter().any(|((item, _), places)| asked_together(determiner, places) > left_on(*item));
    let mut granted = Vec::new();
    let policy = determiner.overvote(determiner.electorate.account(id));
    let mut outcome = street_cut(policy, is_over, is_in_doubt);
    if outcome == StreetCut::Whole || outcome == StreetCut::Cut {
        granted = grant_all(policy);
        if granted.contains(&None) {
            outcome = StreetCut::Held;
        }
    }
    match determiner.settled(determiner.electorate.account(id)) {
        Some(StreetCut::Rejected) => outcome = StreetCut::Rejected,
        // NOM-2: a total that is settled by hand is cut in proportion. Which of two deliveries is meant that does not say.
        Some(cut) if outcome == StreetCut::Held && !is_in_doubt => {
            outcome = cut;
            granted = grant_all(Overvote::Prorate);
        }
        Some(_) | None => {}
    }
    let present_beside = |(card_shares, card_votes): (Shares, Votes)| {
        let left = whole.saturating_sub(card_shares);
        let present = if outcome == StreetCut::Rejected { Shares::ZERO } else { reported.min(left) };
        let votes = if present.is_zero() {
            Votes::ZERO
        } else if present == left {
            determiner.electorate.votes(id).saturating_sub(card_votes)
        } else {
            determiner.electorate.votes_of_part(id, card_shares, present)
        };
        (present, votes)
    };
    let (present, votes) = present_beside(covered.fewest());
    let by_item = match covered {
        Covered::OnAll(..) => None,
        Covered::ByItem(items) => Some(items.iter().map(|of_cards| present_beside(*of_cards)).collect()),
    };
    let mut voted = Vec::new();
    if matches!(outcome, StreetCut::Whole | StreetCut::Cut) {
        for (((item, nominee), places), granted) in groups.iter().zip(granted) {
            let mut before = covered.on(*item).0;
            for (row, shares) in places.iter().zip(granted.unwrap_or_default()) {
                let votes = determiner.electorate.votes_of_part(id, before, shares);
                before += shares;
                let vote = determiner.loaded.street[*row].vote;
                voted.push(StreetVoted { row: *row, item: *item, nominee: *nominee, vote, shares, votes });
            }
        }
    }
    let left = whole.saturating_sub(covered.fewest().0);
    StreetPosition {
        position: id,
        reported,
        left,
        present,
        votes,
        by_item,
        cut: outcome,
        is_in_doubt,
        voted,
        late,
        replaced,
    }
}

/// NOM-2: what becomes of totals, as far as it can be told before they are cut.
fn street_cut(policy: Overvote, is_over: bool, is_in_doubt: bool) -> StreetCut {
    match policy {
        _ if is_in_doubt => StreetCut::Held,
        _ if !is_over => StreetCut::Whole,
        Overvote::FirstIn | Overvote::LatestFirst | Overvote::Prorate => StreetCut::Cut,
        Overvote::RejectBlock | Overvote::RejectAll => StreetCut::Rejected,
        Overvote::Hold => StreetCut::Held,
    }
}

/// The order of the lines in which a total's votes are parted: choices, FOR, AGAINST, ABSTAIN, WITHHOLD, NONVOTE,
/// VOID; rows of one line by receipt. The order of the rows in the file decides nothing.
fn line_order(row: &StreetRow) -> (usize, usize, Option<Moment>) {
    match row.vote {
        StreetVote::Choice(choice) => (0, choice, row.received),
        StreetVote::Mark(mark) => {
            let place = match mark {
                Mark::For => 0,
                Mark::Against => 1,
                Mark::Abstain => 2,
                Mark::Withhold => 3,
                Mark::BrokerNonVote => 4,
                Mark::Void => 5,
            };
            (1, place, row.received)
        }
    }
}

fn asked_together(determiner: &Determiner<'_>, places: &[usize]) -> Shares {
    let asked = places.iter().map(|place| determiner.loaded.street[*place].shares);
    asked.fold(Shares::ZERO, |sum, shares| sum.checked_add(shares).unwrap_or(Shares::MAX))
}

/// What rows for one nominee or item are granted of what the cards left; nothing where only their place in the
/// file could say which of different votes are cut.
fn grant(
    determiner: &Determiner<'_>,
    policy: Overvote,
    left: Shares,
    places: &[usize],
) -> Option<Vec<Shares>> {
    let street = &determiner.loaded.street;
    let asked: Vec<Shares> = places.iter().map(|place| street[*place].shares).collect();
    if asked_together(determiner, places) <= left {
        return Some(asked);
    }
    let is_latest_first = policy == Overvote::LatestFirst;
    if policy == Overvote::Prorate {
        // Of equal remainders the earlier received goes first.
        let mut by_receipt: Vec<usize> = (0..places.len()).collect();
        by_receipt.sort_by_key(|at| street[places[*at]].received);
        let sorted: Vec<Shares> = by_receipt.iter().map(|at| asked[*at]).collect();
        let mut granted = vec![Shares::ZERO; places.len()];
        for (at, shares) in by_receipt.iter().zip(cut(policy, left, &sorted).granted) {
            granted[*at] = shares;
        }
        return Some(granted);
    }
    // Without a time of receipt a row stands in no order to any other.
    let has_order = places.iter().all(|place| street[*place].received.is_some());
    let time = |at: &usize| street[places[*at]].received.filter(|_| has_order);
    let mut in_order: Vec<usize> = (0..places.len()).collect();
    in_order.sort_by(|a, b| if is_latest_first { time(b).cmp(&time(a)) } else { time(a).cmp(&time(b)) });
    let mut granted = vec![Shares::ZERO; places.len()];
    let mut room = left;
    for at_once in in_order.chunk_by(|a, b| time(a) == time(b)) {
        let wanted: Vec<usize> = at_once.iter().map(|at| places[*at]).collect();
        let is_cut = asked_together(determiner, &wanted) > room && !room.is_zero();
        if is_cut && at_once.iter().any(|at| street[places[*at]].vote != street[wanted[0]].vote) {
            return None;
        }
        for at in at_once {
            granted[*at] = asked[*at].min(room);
            room -= granted[*at];
        }
    }
    Some(granted)
}

/// The rows of a participant by what became of their deliveries.
struct Deliveries {
    standing: Vec<usize>,
    /// Received after the polls closed.
    late: Vec<usize>,
    /// Replaced by a later delivery.
    replaced: Vec<usize>,
    /// Whether deliveries of a block differ and nothing says which is the later.
    is_in_doubt: bool,
}

/// Rows of one block that follow each other with the same receipt are one delivery; a later delivery, by
/// receipt, replaces the earlier ones of the block whole.
fn deliveries(determiner: &Determiner<'_>, rows: &[usize]) -> Deliveries {
    let street = &determiner.loaded.street;
    let (mut standing, mut late, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    let mut blocks: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
    let mut previous: Option<usize> = None;
    let follows = |before: usize, place: usize| {
        let (a, b): (&StreetRow, &StreetRow) = (&street[before], &street[place]);
        before + 1 == place && a.block == b.block && a.received == b.received
    };
    for place in rows.iter().copied() {
        let row = &street[place];
        let is_late = determiner
            .closes
            .on(row.item)
            .is_some_and(|close| row.received.is_some_and(|at| at.is_after_close(&close)));
        if is_late {
            late.push(place);
        } else if row.block.is_empty() {
            standing.push(place);
        } else {
            let of_block = blocks.entry(&row.block).or_default();
            match of_block.last_mut() {
                Some(delivery) if previous.is_some_and(|before| follows(before, place)) => {
                    delivery.push(place)
                }
                _ => of_block.push(vec![place]),
            }
        }
        previous = Some(place);
    }
    let mut is_in_doubt = false;
    for (_, mut of_block) in blocks {
        let received = |delivery: &[usize]| street[delivery[0]].received;
        let content = |delivery: &[usize]| {
            let row = |place: &usize| {
                let row = &street[*place];
                let (kind, line, _) = line_order(row);
                (row.item, row.nominee, kind, line, row.shares)
            };
            let mut rows: Vec<_> = delivery.iter().map(row).collect();
            rows.sort_unstable();
            rows
        };
        // The last, with those that no receipt separates from it; of these the one that reports most stands
        // until the inspector rules.
        let has_order = of_block.iter().all(|delivery| received(delivery).is_some());
        let last = of_block.iter().map(|delivery| received(delivery)).max().flatten();
        let is_last = |delivery: &Vec<usize>| !has_order || received(delivery) == last;
        let (mut latest, earlier): (Vec<Vec<usize>>, Vec<Vec<usize>>) = of_block.drain(..).partition(is_last);
        latest.sort_by_key(|delivery| (asked_together(determiner, delivery), content(delivery)));
        is_in_doubt |= latest.iter().any(|delivery| content(delivery) != content(&latest[0]));
        standing.extend(latest.pop().unwrap_or_default());
        replaced.extend(latest.into_iter().chain(earlier).flatten());
    }
    standing.sort_unstable();
    replaced.sort_unstable();
    Deliveries { standing, late, replaced, is_in_doubt }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::steps_of;

    /// Totals of so many items and nominees, one row each, looked up one by one: the steps grow as the
    /// rows and their logarithm do, not as their square.
    #[test]
    fn rows_are_found_without_looking_at_all_of_them() {
        let steps = |items: usize, nominees: usize| {
            let row = |place: usize| StreetVoted {
                row: place,
                item: place / nominees,
                nominee: place % nominees,
                vote: StreetVote::Mark(Mark::For),
                shares: Shares::ZERO,
                votes: Votes::ZERO,
            };
            let street = StreetPosition {
                position: PositionId(0),
                reported: Shares::ZERO,
                left: Shares::ZERO,
                present: Shares::ZERO,
                votes: Votes::ZERO,
                by_item: None,
                cut: StreetCut::Whole,
                is_in_doubt: false,
                voted: (0..items * nominees).map(row).collect(),
                late: Vec::new(),
                replaced: Vec::new(),
            };
            steps_of(|| {
                for item in 0..items {
                    assert_eq!(street.rows_of(item).len(), nominees);
                    assert!((0..nominees).all(|nominee| street.reports(item, nominee)));
                    assert!(!street.reports(item, nominees));
                }
            })
        };
        let (few, many) = (steps(500, 10), steps(500, 100));
        assert!(many < 15 * few && many < 500 * 100 * 20, "{few} {many}");
    }
}
