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
    pub vote: Voice,
    pub shares: Amount,
}

/// "Street totals take what the account's cards leave, item by item: a nominee's rows in file order as the blocks, by
/// the same rule; `hold` and `reject_…` then concern the whole street total of that account."
pub fn settle_street(folder: &Folder, position: &Position, left: &Amount) -> Option<Street> {
    let rows: Vec<&StreetRow> =
        rows_that_count(folder).into_iter().filter(|row| row.account == position.account).collect();
    if rows.is_empty() {
        return None;
    }
    let overvote = folder.meeting.rules.overvote.as_str();
    let groups = group_rows(&rows);
    let over = groups.iter().any(|group| total(group) > *left);
    let largest = groups.iter().map(|group| total(group)).max().unwrap_or(zero());
    let held = over && overvote == "hold";
    let rejected = over && overvote.starts_with("reject_");
    let mut votes = Vec::new();
    for group in groups.iter().filter(|_| !held && !rejected) {
        let asked: Vec<Amount> = group.iter().map(|row| row.shares.clone()).collect();
        for (row, share) in group.iter().zip(fit(&asked, left, overvote)) {
            if let Share::Got(shares) = share {
                votes.push(StreetVote {
                    item: row.item,
                    nominee: row.nominee,
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

/// "Rows with the same account, `block` and `received` that follow each other are one delivery; a later delivery (by
/// `received`, then by place in the file) of the same block replaces the earlier one whole; different blocks, and rows
/// without a block, add up. Rows received after the polls closed do not count and are listed."
fn rows_that_count(folder: &Folder) -> Vec<&StreetRow> {
    let late = |row: &&StreetRow| match (&row.received, folder.close()) {
        (Some(received), Some(close)) => is_after(received, close),
        _ => false,
    };
    let same = |a: &StreetRow, b: &StreetRow| {
        a.account == b.account && a.block == b.block && a.received == b.received
    };
    let deliveries: Vec<&[StreetRow]> =
        folder.street.chunk_by(same).filter(|rows| !late(&&rows[0])).collect();
    let mut counted = Vec::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        let replaced = deliveries.iter().enumerate().any(|(other_place, other)| {
            let same_block = other[0].account == delivery[0].account && other[0].block == delivery[0].block;
            same_block
                && !delivery[0].block.is_empty()
                && (time(other), other_place) > (time(delivery), place)
        });
        if !replaced {
            counted.extend(delivery.iter());
        }
    }
    counted
}

fn time(delivery: &[StreetRow]) -> Option<jiff::Timestamp> {
    delivery[0].received.as_ref().map(|received| received.instant)
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
