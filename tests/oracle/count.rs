//! The count: ascertain, determine, count, decide, as plainly as the sentences allow.

pub mod bases;
pub mod blocks;
pub mod cumulative;
pub mod dispositions;
pub mod following;
pub mod items;
pub mod joint;
pub mod level;
pub mod open_matters;
pub mod order;
pub mod pieces;
pub mod positions;
pub mod quorum;
pub mod says;
pub mod standing;
pub mod street;
pub mod tests_of;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::amounts::{show, zero};
use crate::files::{Folder, Reader};
use dispositions::{Disposition, final_dispositions, first_dispositions, shares_counted};
use items::count_item;
use open_matters::open_matters;
use order::settle_all;
use pieces::Determined;
use positions::ascertain;
use quorum::headline;
use standing::{Standing, examine, ruled_first};
use street::settle_street;

/// Counts a valid meeting; the reader gives the text of a file of its folder.
pub fn count(reader: Reader, as_of: Option<&str>) -> Value {
    let mut folder = Folder::read(reader, as_of);
    let ledger = ascertain(&folder);
    let examined = |folder: &Folder| -> Vec<Standing> {
        folder.cards.iter().map(|card| examine(card, folder, &ledger)).collect()
    };
    if folder.cards.iter().any(|card| card.verdict == Some(true)) {
        let standings = examined(&folder);
        let takes = settle_all(&folder, &ledger, &standings);
        folder.first = ruled_first(&folder, &ledger, &first_dispositions(&folder, &standings, &takes));
    }
    let folder = folder;
    let standings = examined(&folder);
    let takes = settle_all(&folder, &ledger, &standings);
    let first = first_dispositions(&folder, &standings, &takes);
    let mut determined =
        Determined { folder: &folder, ledger: &ledger, takes: &takes, dispositions: &first, street: &[] };
    let mut street = Vec::new();
    for position in ledger.positions.iter() {
        let left = position.votable() - determined.covered_by_cards(position);
        street.extend(settle_street(&folder, position, &left));
    }
    determined.street = &street;

    let quorum = headline(&determined);
    let mut joint_conflicts = BTreeSet::new();
    let mut items = Vec::new();
    let mut infeasible = Vec::new();
    for item_at in 0..folder.meeting.items.len() {
        let result = count_item(&determined, item_at);
        joint_conflicts.extend(result.joint_conflicts);
        infeasible.extend(result.infeasible);
        items.push(result.json);
    }
    let last = final_dispositions(&first, &folder, &joint_conflicts);
    let matters = open_matters(&determined, &last, &infeasible);
    let mut dispositions = Map::new();
    for (card, disposition) in last.iter().enumerate() {
        let shares =
            if disposition.what == "held" { zero() } else { shares_counted(card, disposition, &takes) };
        let cause = disposition.cause.map_or("", |cause| &folder.cards[cause].number);
        let shown = json!({
            "disposition": disposition.what,
            "reason": disposition.reason,
            "cause": cause,
            "shares_counted": show(&shares),
        });
        dispositions.insert(folder.cards[card].number.clone(), shown);
    }
    json!({
        "status": if matters.is_empty() { "certified" } else { "preliminary" },
        "open_matters": matters,
        "quorum": quorum.json,
        "items": items,
        "cards": number_of_each(&last),
        "dispositions": dispositions,
    })
}

/// "cards read = the sum over dispositions"
fn number_of_each(dispositions: &[Disposition]) -> Value {
    let mut cards = json!({"read": dispositions.len()});
    for what in ["counted", "counted_in_part", "superseded", "revoked", "rejected", "held"] {
        cards[what] = json!(dispositions.iter().filter(|disposition| disposition.what == what).count());
    }
    cards
}
