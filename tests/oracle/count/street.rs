//! street.csv: vote totals as a participant reports them.

use crate::amounts::{Amount, smaller, sum, zero};
use crate::count::blocks::{Share, fit};
use crate::count::positions::Position;
use crate::files::{Folder, StreetRow};
use crate::marks::Voice;
use crate::meeting::Item;
use crate::times::is_after;

/// What the street totals of one account come to.
pub struct Street {
    pub account: String,
    pub class: String,
    /// The shares that the totals make present.
    pub present: Amount,
    /// `overvote` holds them: present, not voted.
    pub held: bool,
    pub votes: Vec<StreetVote>,
}

pub struct StreetVote {
    pub item: usize,
    pub nominee: usize,
    /// The nominee whose total it was reported as.
    pub reported: usize,
    pub vote: Voice,
    pub shares: Amount,
}

/// "Street totals take what the account's cards leave, item by item: a nominee's rows in file order as the blocks, by
/// the same rule; `hold` and `reject_…` then concern the whole street total of that account."
pub fn settle_street(folder: &Folder, position: &Position, left: &Amount) -> Option<Street> {
    let (rows, doubtful) = rows_that_count(folder, &position.account);
    if rows.is_empty() {
        return None;
    }
    let verdict = folder.street_verdicts.get(&position.account).copied();
    // "`reject` on a total: none of it, not present."
    if verdict == Some(false) {
        return None;
    }
    let mut overvote = folder.meeting.rules.overvote.as_str();
    let groups = group_rows(&rows);
    let over = groups.iter().any(|group| total(group) > *left);
    let largest = groups.iter().map(|group| total(group)).max().unwrap_or(zero());
    // "Equal `received` is no order. Two differing deliveries of a block that `received` does not order: the total is held."
    let unordered = groups.iter().any(|group| cut_unordered(group, left, overvote));
    let mut held = doubtful || (over && (overvote == "hold" || unordered));
    // "A `count` on a held block or total settles `overvote: hold` for it"; "on a total: prorated per item."
    // Which of two deliveries is meant it does not say.
    if held && !doubtful && verdict == Some(true) {
        (held, overvote) = (false, "prorate");
    }
    let rejected = !held && over && overvote.starts_with("reject_");
    let mut votes = Vec::new();
    for group in groups.iter().filter(|_| !held && !rejected) {
        let mut group = group.clone();
        group.sort_by_key(|row| {
            (row.received.as_ref().map(|at| at.instant), crate::count::pieces::line_order(&row.vote))
        });
        let asked: Vec<Amount> = group.iter().map(|row| row.shares.clone()).collect();
        for (row, share) in group.iter().zip(fit(&asked, left, overvote)) {
            if let Share::Got(shares) = share {
                votes.push(StreetVote {
                    item: row.item,
                    nominee: row.nominee,
                    reported: row.nominee,
                    vote: row.vote.clone(),
                    shares,
                });
            }
        }
    }
    let votes = substitute_street(votes, &rows, &folder.meeting.items);
    let present = if rejected { zero() } else { smaller(left, &largest) };
    Some(Street { account: position.account.clone(), class: position.class.clone(), present, held, votes })
}

fn total(rows: &[&StreetRow]) -> Amount {
    sum(rows.iter().map(|row| &row.shares))
}

/// "rows add up per account, item and nominee"
fn group_rows<'a>(rows: &[&'a StreetRow]) -> Vec<Vec<&'a StreetRow>> {
    let mut groups: Vec<Vec<&StreetRow>> = Vec::new();
    for &row in rows {
        let same =
            |group: &&mut Vec<&StreetRow>| (group[0].item, group[0].nominee) == (row.item, row.nominee);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// "An order is needed only where rows of one time with different votes would be cut part-way". A row without a time stands
/// in no order to any other.
fn cut_unordered(group: &[&StreetRow], left: &Amount, overvote: &str) -> bool {
    if !matches!(overvote, "first_in" | "latest_first") || total(group) <= *left {
        return false;
    }
    let untimed = group.iter().any(|row| row.received.is_none());
    let time = |row: &StreetRow| row.received.as_ref().filter(|_| !untimed).map(|at| at.instant);
    group.iter().any(|row| {
        let before = |other: &&&StreetRow| match overvote {
            "first_in" => time(other) < time(row),
            _ => time(other) > time(row),
        };
        let room = left - sum(group.iter().filter(before).map(|other| &other.shares));
        let at_once: Vec<&StreetRow> =
            group.iter().copied().filter(|other| time(other) == time(row)).collect();
        let differ = at_once.iter().any(|other| other.vote != row.vote);
        differ && room > zero() && total(&at_once) > room
    })
}

/// "Rows with the same account, `block` and `received` that follow each other are one delivery; a later delivery (by
/// `received`) of the same block replaces the earlier one whole; different blocks, and rows without a block, add up. Rows
/// received after the polls closed do not count". Also whether two deliveries differ that nothing orders: then the one that
/// reports most shares on anything stands for what is present.
fn rows_that_count<'a>(folder: &'a Folder, account: &str) -> (Vec<&'a StreetRow>, bool) {
    let late = |row: &StreetRow| match (&row.received, folder.close()) {
        (Some(received), Some(close)) => is_after(received, close),
        _ => false,
    };
    let same = |a: &StreetRow, b: &StreetRow| {
        a.account == b.account && a.block == b.block && a.received == b.received
    };
    let deliveries: Vec<&[StreetRow]> =
        folder.street.chunk_by(same).filter(|rows| rows[0].account == account && !late(&rows[0])).collect();
    let mut counted: Vec<&StreetRow> = Vec::new();
    let mut doubtful = false;
    let mut blocks: Vec<&str> = deliveries.iter().map(|rows| rows[0].block.as_str()).collect();
    blocks.sort_unstable();
    blocks.dedup();
    for block in blocks {
        let of_block: Vec<&[StreetRow]> =
            deliveries.iter().copied().filter(|rows| rows[0].block == block).collect();
        if block.is_empty() {
            counted.extend(of_block.into_iter().flatten());
            continue;
        }
        let time = |rows: &[StreetRow]| rows[0].received.as_ref().map(|at| at.instant);
        let timed = of_block.iter().all(|rows| time(rows).is_some());
        let last = of_block.iter().map(|rows| time(rows)).max().expect("a block has a delivery");
        let latest: Vec<&[StreetRow]> =
            of_block.into_iter().filter(|rows| !timed || time(rows) == last).collect();
        let content = |rows: &[StreetRow]| {
            let mut all: Vec<String> =
                rows.iter().map(|r| format!("{} {} {:?} {}", r.item, r.nominee, r.vote, r.shares)).collect();
            all.sort();
            all
        };
        doubtful |= latest.iter().any(|rows| content(rows) != content(latest[0]));
        let reports = |rows: &&&[StreetRow]| sum(rows.iter().map(|row| &row.shares));
        counted.extend(latest.iter().max_by_key(reports).expect("there is a latest one").iter());
    }
    (counted, doubtful)
}

/// "a proxy (or street total) FOR a nominee unable to serve is FOR the substitute, unless the card marks the substitute
/// itself"
fn substitute_street(votes: Vec<StreetVote>, rows: &[&StreetRow], items: &[Item]) -> Vec<StreetVote> {
    let reports_on =
        |item: usize, nominee: usize| rows.iter().any(|r| r.item == item && r.nominee == nominee);
    let mut changed = Vec::new();
    for mut vote in votes {
        let nominee = items[vote.item].nominees.get(vote.nominee);
        if let Some(nominee) = nominee.filter(|n| n.unable_to_serve && vote.vote == Voice::For) {
            match nominee.substitute {
                Some(other) if !reports_on(vote.item, other) => vote.nominee = other,
                _ => vote.vote = Voice::Silent,
            }
        }
        changed.push(vote);
    }
    changed
}
