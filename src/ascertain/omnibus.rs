//! The omnibus tree: voting power that nominees passed on, conserved at every node.

use std::collections::{HashMap, HashSet};

use super::{Held, Position, even_part, positions_of_record};
use crate::amount::{Shares, Votes};
use crate::catalogue::{Code, Fault};
use crate::load::{AccountId, Loaded, OmnibusRow, Problems, Role};
use crate::text::{one_of, quoted, thousands};

/// A row of omnibus.csv as it took effect: shares moved from a holder to an account.
#[derive(Debug, Clone)]
pub struct OmnibusNode {
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
    if loaded.omnibus.is_empty() {
        return (None, nodes);
    }
    let mut positions = positions_of_record(loaded);
    let label = loaded.path_of(Role::Omnibus);
    let mut place_of: HashMap<(AccountId, u16), usize> = HashMap::new();
    for (place, held) in positions.iter().enumerate() {
        place_of.insert((held.account, held.position.class), place);
    }
    let mut line_of: HashMap<(AccountId, u16), u64> = HashMap::new();
    // Accounts to which a refused row would have passed something: what they pass on is not judged.
    let mut without: HashSet<AccountId> = HashSet::new();
    for row in &loaded.omnibus {
        let class = match class_passed(loaded, row, &positions, &place_of, &line_of) {
            Ok(class) => class,
            Err((column, fault)) => {
                if !without.contains(&row.holder) {
                    problems.at(label, row.line, column, fault);
                }
                without.insert(row.account);
                continue;
            }
        };
        let holder = place_of[&(row.holder, class)];
        let ratio = loaded.meeting.classes[usize::from(class)].votes_per_share;
        let Held { position, votes: of_holder, .. } = &mut positions[holder];
        let has_stated_votes = position.has_stated_votes();
        let votes = if row.shares == position.shares {
            *of_holder
        } else if has_stated_votes {
            even_part(*of_holder, position.shares, row.shares)
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
            line: row.line,
            holder: row.holder,
            account: row.account,
            class,
            shares: row.shares,
            votes,
        });
    }
    (Some(positions), nodes)
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
