//! The one disposition of each card.

use std::collections::BTreeSet;

use crate::amounts::{Amount, sum, zero};
use crate::count::order::{End, Take};
use crate::count::standing::Standing;
use crate::files::Folder;

#[derive(Clone, Debug)]
pub struct Disposition {
    pub what: &'static str,
    pub reason: &'static str,
    /// The place of the card that caused it.
    pub cause: Option<usize>,
}

/// Dispositions before the items are looked at: a ruling on one item and joint holders' conflicts come later.
pub fn first_dispositions(folder: &Folder, standings: &[Standing], takes: &[Take]) -> Vec<Disposition> {
    let mut all = Vec::new();
    for (card, standing) in standings.iter().enumerate() {
        let of_card: Vec<&Take> = takes.iter().filter(|take| take.card == card).collect();
        all.push(combine(folder, standing, &of_card));
    }
    all
}

/// "A card over several classes has one disposition: held if held in any, counted if whole in all, counted in part if
/// it got any share in any, with its first short class's reason, else superseded." The takes are in the order of the
/// classes.
fn combine(folder: &Folder, standing: &Standing, takes: &[&Take]) -> Disposition {
    let disposition = |what, reason, cause| Disposition { what, reason, cause };
    if let Some((what, reason)) = standing.out {
        return disposition(what, reason, None);
    }
    if !takes.is_empty() && takes.iter().all(|take| take.end == End::Rejected) {
        return disposition("rejected", "over_position", None);
    }
    let got_nothing = |take: &&Take| matches!(take.end, End::Nothing(..) | End::Rejected);
    if let Some(reason) = standing.hold
        && !takes.iter().all(got_nothing)
    {
        return disposition("held", reason, None);
    }
    for take in takes {
        if let End::Held(reason, cause) = take.end {
            return disposition("held", reason, cause);
        }
    }
    let Some(short) = takes.iter().find(|take| take.end != End::Whole) else {
        return disposition("counted", "", None);
    };
    let in_part = !takes.iter().all(got_nothing);
    match short.end {
        End::Short(reason, cause) => disposition("counted_in_part", reason, cause),
        End::QuorumOnly(cause) => disposition("counted_in_part", "same_date_conflict", Some(cause)),
        End::Nothing("duplicate", Some(cause)) if in_part => {
            let reason = if folder.cards[cause].ballot { "ballot" } else { "later_proxy" };
            disposition("counted_in_part", reason, Some(cause))
        }
        End::Nothing(reason, cause) if in_part => disposition("counted_in_part", reason, cause),
        End::Nothing(reason, cause) => disposition("superseded", reason, cause),
        End::Rejected if in_part => disposition("counted_in_part", "over_position", None),
        End::Rejected => disposition("rejected", "over_position", None),
        End::Whole | End::Held(..) => unreachable!("handled above"),
    }
}

/// "the cards that acted on it are `held` / `joint_conflict`"; a ruling on one item: "the card stands
/// (`counted_in_part`, `ruled_out`)".
pub fn final_dispositions(
    first: &[Disposition],
    folder: &Folder,
    joint_conflicts: &BTreeSet<usize>,
) -> Vec<Disposition> {
    let mut all = first.to_vec();
    for (card, disposition) in all.iter_mut().enumerate() {
        if !votes(disposition) {
            continue;
        }
        if joint_conflicts.contains(&card) {
            *disposition = Disposition { what: "held", reason: "joint_conflict", cause: None };
        } else if !folder.cards[card].ruled_out.is_empty() {
            *disposition = Disposition { what: "counted_in_part", reason: "ruled_out", cause: None };
        }
    }
    all
}

/// "A held card's shares are present, and not voted."
pub fn votes(disposition: &Disposition) -> bool {
    matches!(disposition.what, "counted" | "counted_in_part")
}

/// The shares that a card votes.
pub fn shares_counted(card: usize, disposition: &Disposition, takes: &[Take]) -> Amount {
    if !votes(disposition) {
        return zero();
    }
    let voted = |take: &&Take| take.card == card && matches!(take.end, End::Whole | End::Short(..));
    sum(takes.iter().filter(voted).map(|take| &take.got))
}
