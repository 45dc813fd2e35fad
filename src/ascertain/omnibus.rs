//! The omnibus tree: voting power that nominees passed on, conserved at every node.

use std::collections::{HashMap, HashSet};

use super::{Held, Position, part_of_stated, positions_of_record};
use crate::amount::{Shares, Votes};
use crate::catalogue::{Code, Fault};
use crate::load::{AccountId, Loaded, OmnibusRow, Problems};
use crate::text::{one_of, quoted, thousands};

/// A row of omnibus.csv as it took effect: shares moved from a holder to an account.
#[derive(Debug, Clone)]
pub struct OmnibusNode {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line.
    pub line: u64,
    /// From whom.
    pub holder: AccountId,
    /// To whom.
    pub account: AccountId,
    /// The class, by place.
    pub class: u16,
    /// Shares moved.
    pub shares: Shares,
    /// Their votes.
    pub votes: Votes,
}

/// OMN-1: moves voting power down the tree, in the order of the file: a holder stands on the register or
/// higher in the file, and an account that has a position cannot receive another, so there are
/// neither cycles nor two ways to the same shares.
pub(super) fn apply(loaded: &Loaded, problems: &mut Problems) -> (Option<Vec<Held>>, Vec<OmnibusNode>) {
    let mut nodes = Vec::new();
    if loaded.omnibus.is_empty() && !loaded.aside.has_omnibus {
        return (None, nodes);
    }
    let mut positions = positions_of_record(loaded);
    let mut place_of: HashMap<(AccountId, u16), usize> = HashMap::new();
    for (place, held) in positions.iter().enumerate() {
        place_of.insert((held.account, held.position.class), place);
    }
    let mut line_of: HashMap<(AccountId, u16), u64> = HashMap::new();
    // Accounts to which a refused row would have passed something, or one set aside: what they pass on is not
    // judged.
    let mut without: HashSet<AccountId> =
        loaded.aside.omnibus.iter().map(|aside| aside.row.account).collect();
    for row in &loaded.omnibus {
        let class = match class_passed(loaded, row, &positions, &place_of, &line_of) {
            Ok(class) => class,
            Err((column, fault)) => {
                if !without.contains(&row.holder) {
                    problems.at(loaded.label(row.file), row.line, column, fault);
                }
                without.insert(row.account);
                continue;
            }
        };
        let holder = place_of[&(row.holder, class)];
        let ratio = loaded.meeting.classes[usize::from(class)].votes_per_share;
        let Held { position, votes: of_holder, .. } = &mut positions[holder];
        let has_stated_votes = position.has_stated_votes();
        let votes = if has_stated_votes {
            // Settled below, when all that the holder passes on is known.
            Votes::ZERO
        } else {
            ratio.votes_of(row.shares).unwrap_or(Votes::ZERO)
        };
        position.shares -= row.shares;
        *of_holder -= votes;
        place_of.insert((row.account, class), positions.len());
        line_of.insert((row.account, class), row.line);
        let position = Position::passed_on(class, row.shares, has_stated_votes);
        positions.push(Held { account: row.account, position, votes });
        nodes.push(OmnibusNode {
            file: row.file,
            line: row.line,
            holder: row.holder,
            account: row.account,
            class,
            shares: row.shares,
            votes,
        });
    }
    share_stated_votes(loaded, &mut positions, &mut nodes, &place_of);
    (Some(positions), nodes)
}

/// REG-3: the stated votes of what holders pass on: differences of running sums over the accounts as text, what
/// remains with the holder last. A holder stands before those who hold of it.
fn share_stated_votes(
    loaded: &Loaded,
    positions: &mut [Held],
    nodes: &mut [OmnibusNode],
    place_of: &HashMap<(AccountId, u16), usize>,
) {
    let mut of_holder: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut holders = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let holder = place_of[&(node.holder, node.class)];
        if positions[holder].position.has_stated_votes() {
            let children = of_holder.entry(holder).or_insert_with(|| {
                holders.push(holder);
                Vec::new()
            });
            children.push(place);
        }
    }
    // An account stands in the order of the file after the one that it holds of.
    holders.sort_unstable();
    for holder in holders {
        let mut children = of_holder.remove(&holder).unwrap_or_default();
        children.sort_by_key(|node| loaded.accounts.text(nodes[*node].account.0));
        let passed: Shares = children.iter().map(|node| nodes[*node].shares).sum();
        let Held { position, votes, .. } = &positions[holder];
        let (whole, all) = (position.shares + passed, *votes);
        let mut before = Shares::ZERO;
        let mut left = all;
        for node in children {
            let node = &mut nodes[node];
            node.votes = part_of_stated(all, whole, before, node.shares);
            before += node.shares;
            left -= node.votes;
            positions[place_of[&(node.account, node.class)]].votes = node.votes;
        }
        positions[holder].votes = left;
    }
}

/// The class of which a row passes shares on; the column and the reason when it cannot.
fn class_passed(
    loaded: &Loaded,
    row: &OmnibusRow,
    positions: &[Held],
    place_of: &HashMap<(AccountId, u16), usize>,
    line_of: &HashMap<(AccountId, u16), u64>,
) -> Result<u16, (&'static str, Fault)> {
    let name = |account: AccountId| quoted(loaded.accounts.text(account.0));
    if row.holder == row.account {
        return Err((
            "account",
            Code::OmnibusTree.fault(format!("{} cannot pass voting power to itself", name(row.holder))),
        ));
    }
    let classes = &loaded.meeting.classes;
    let held: Vec<u16> = (0..classes.len())
        .filter_map(|class| u16::try_from(class).ok())
        .filter(|class| place_of.contains_key(&(row.holder, *class)))
        .collect();
    let class = match (row.class, held.as_slice()) {
        (Some(class), held) if held.contains(&class) => class,
        (Some(class), _) => {
            let class = quoted(&classes[usize::from(class)].id);
            return Err((
                "class",
                Code::OmnibusTree.fault(format!("{} holds no shares of class {class}", name(row.holder))),
            ));
        }
        (None, [only]) => *only,
        (None, []) => {
            return Err((
                "holder",
                Code::OmnibusTree.fault(format!("{} has no shares to pass on", name(row.holder))),
            ));
        }
        (None, held) => {
            let ids = one_of(held.iter().map(|class| classes[usize::from(*class)].id.as_str()));
            return Err((
                "class",
                Code::ClassNeeded
                    .fault(format!("{} holds several classes; expected {ids}", name(row.holder))),
            ));
        }
    };
    if place_of.contains_key(&(row.account, class)) {
        let place = line_of
            .get(&(row.account, class))
            .map_or_else(|| "on the register".to_owned(), |line| format!("from line {line}"));
        let message =
            format!("{} already has a position {place} and cannot receive another", name(row.account));
        return Err(("account", Code::OmnibusTree.fault(message)));
    }
    let holder = &positions[place_of[&(row.holder, class)]].position;
    if !holder.is_voting() {
        let message = format!("the shares of {} may not vote and cannot be passed on", name(row.holder));
        return Err(("holder", Code::OmnibusTree.fault(message)));
    }
    if row.shares > holder.shares {
        let left = thousands(&holder.shares.to_string());
        let message = format!("`{}` is more than the {left} that {} has left", row.shares, name(row.holder));
        return Err(("shares", Code::OmnibusTree.fault(message)));
    }
    Ok(class)
}
