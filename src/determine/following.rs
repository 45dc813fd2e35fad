//! FOL-1, FOL-2: positions of which the rest votes as others do: what no card and no total covers, item by item.

use super::{Determined, Determiner};
use crate::amount::{Shares, Votes};
use crate::ascertain::PositionId;
use crate::load::AccountId;

/// A position of which the rest votes as others do. Invariant: with what cards and totals cover, its shares and
/// votes are the whole position, on every item.
#[derive(Debug, Clone)]
pub struct FollowingPosition {
    /// Which.
    pub position: PositionId,
    /// By whose rule, by place among the meeting's `followers`.
    pub follower: usize,
    /// The rest that the headline takes.
    pub shares: Shares,
    /// Its votes.
    pub votes: Votes,
    /// Per item, the votes of the rest.
    pub on_items: Vec<Votes>,
    /// Whether the holder is present in person.
    pub is_in_person: bool,
}

/// Finds the rest of the positions that vote as others do, of some accounts. It is present, whoever else says so.
pub(super) fn apply(
    determiner: &Determiner<'_>,
    determined: &mut Determined,
    is_wanted: impl Fn(AccountId) -> bool,
) {
    for (follower, account) in determiner.electorate.followers.iter().enumerate() {
        for position in determiner.electorate.ids_of(*account).filter(|_| is_wanted(*account)) {
            if determiner.may_vote(position) {
                let rest = rest_of(determiner, determined, position, follower);
                determined.following.push(rest);
            }
        }
    }
    determined.following.sort_by_key(|rest| rest.position);
}

fn rest_of(
    determiner: &Determiner<'_>,
    determined: &mut Determined,
    position: PositionId,
    follower: usize,
) -> FollowingPosition {
    let electorate = determiner.electorate;
    let here = determined.in_person.binary_search_by_key(&position, |here| here.position);
    if let Ok(place) = here {
        determined.in_person.remove(place);
    }
    let item_count = determiner.meeting.items.len();
    let joint = determined.joint.binary_search_by_key(&position, |joint| joint.position).ok();
    if let Some(place) = joint {
        determined.joint[place].leave_what_is_only_there();
    }
    let of_papers = joint.map(|place| determined.joint[place].clone());
    let street = determined.street.iter_mut().find(|street| street.position == position);
    if let Some(street) = street {
        street.leave_what_is_not_reported(item_count, of_papers.as_ref());
    }
    let (whole, whole_votes) = (electorate.get(position).shares, electorate.votes(position));
    let covers = determined.coverage.of(position, position);
    let by_cards: Shares = covers.map(|cover| cover.shares).sum();
    let by_cards_votes = electorate.votes_of_part(position, Shares::ZERO, by_cards);
    let street = determined.street.iter().find(|street| street.position == position);
    let on_item = |item: usize| {
        let papers = of_papers.as_ref().map_or(by_cards_votes, |joint| joint.present_on(item).1);
        let totals = street.map_or(Votes::ZERO, |street| street.votes_on(item));
        whole_votes.saturating_sub(papers + totals)
    };
    let headline = |papers: (Shares, Votes)| {
        let (shares, votes) = street.map_or((Shares::ZERO, Votes::ZERO), |one| (one.present, one.votes));
        (whole.saturating_sub(papers.0 + shares), whole_votes.saturating_sub(papers.1 + votes))
    };
    let papers = of_papers.as_ref().map_or((by_cards, by_cards_votes), |joint| (joint.shares, joint.votes));
    let (shares, votes) = headline(papers);
    let on_items = (0..item_count).map(on_item).collect();
    if let Some(place) = joint.filter(|place| determined.joint[*place].shares.is_zero()) {
        determined.joint.remove(place);
    }
    FollowingPosition { position, follower, shares, votes, on_items, is_in_person: here.is_ok() }
}
