//! FOL-1: what votes as others do, line by line.

use serde::Serialize;

use super::items::{ChoiceFigures, LineFigures, lines};
use crate::amount::Votes;
use crate::count::{Followed, FollowingCount};
use crate::meeting::{Follower, Follows, Item, ItemKind};
use crate::tabulate::Tabulation;

/// An account whose votes that no card or total covers are cast as others are, on one item. Invariant: the lines of
/// the item, or of each nominee, come to `votes`.
#[derive(Debug, Clone, Serialize)]
pub struct FollowingFigures {
    /// The account.
    pub account: String,
    /// `own_instructions`, `class` or `all_others`.
    #[serde(rename = "as")]
    pub follows: &'static str,
    /// The class that is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The votes that say anything on the item and are followed.
    pub followed: Votes,
    /// The votes that follow them.
    pub votes: Votes,
    /// Where they were counted, on a proposal or a frequency item.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineFigures>,
    /// The same for each choice of a frequency item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<ChoiceFigures>>,
    /// The same for each nominee, in ballot order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominees: Option<Vec<FollowingNominee>>,
}

/// What follows others on a nominee.
#[derive(Debug, Clone, Serialize)]
pub struct FollowingNominee {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The lines.
    #[serde(flatten)]
    pub lines: LineFigures,
}

/// What votes as others do on an item, in the order of `proportional`; none of an account of which nothing is left.
pub(super) fn following(tabulation: &Tabulation, place: usize) -> Vec<FollowingFigures> {
    let meeting = &tabulation.loaded.meeting;
    let (item, counts) = (&meeting.items[place], &tabulation.count.items[place].following);
    if item.is_withdrawn {
        return Vec::new();
    }
    let found = meeting.followers.iter().zip(counts);
    found.filter_map(|(follower, count)| figures(tabulation, item, follower, count)).collect()
}

fn figures(
    tabulation: &Tabulation,
    item: &Item,
    follower: &Follower,
    count: &FollowingCount,
) -> Option<FollowingFigures> {
    let votes: Votes = count.rest.iter().copied().sum();
    if votes.is_zero() {
        return None;
    }
    let cast = count.cast_together();
    let of_column = |column: usize| lines(&cast.columns[column], cast.columns[column].votes_for);
    let (follows, class) = match follower.follows {
        Follows::OwnInstructions => ("own_instructions", None),
        Follows::Class(class) => ("class", Some(tabulation.loaded.meeting.classes[class].id.clone())),
        Follows::AllOthers => ("all_others", None),
    };
    let nominees = item.election().map(|election| {
        let one = |(column, nominee): (usize, &crate::meeting::Nominee)| FollowingNominee {
            id: nominee.id.clone(),
            name: nominee.name.clone(),
            lines: of_column(column),
        };
        election.nominees.iter().enumerate().map(one).collect()
    });
    Some(FollowingFigures {
        account: follower.account.clone(),
        follows,
        class,
        followed: count.followed.speaking,
        votes,
        lines: nominees.is_none().then(|| of_column(0)),
        choices: choices(item, &cast),
        nominees,
    })
}

fn choices(item: &Item, cast: &Followed) -> Option<Vec<ChoiceFigures>> {
    let ItemKind::Frequency(choices) = &item.kind else { return None };
    let figures = choices.iter().zip(&cast.choices).map(|(choice, votes)| ChoiceFigures {
        id: choice.id.clone(),
        name: choice.name.clone(),
        votes_for: *votes,
    });
    Some(figures.collect())
}
