//! A change of a figure or of a card, and how figures are named in one.

use serde::Serialize;

use super::attribution::Slot;
use crate::ballot::reading::Uncast;
use crate::meeting::{Item, ItemKind};
use crate::tabulate::Tabulation;

/// A figure that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FigureChange {
    /// Which: `items.2.for`.
    pub figure: String,
    /// The same in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// On the one side.
    pub before: String,
    /// On the other.
    pub after: String,
}

/// A card that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardChange {
    /// Its number.
    pub card: String,
    /// On the one side; nothing: it is not there.
    pub before: Option<String>,
    /// On the other.
    pub after: Option<String>,
    /// The figures that it moved.
    pub moved: Vec<FigureChange>,
    /// Its cells that were read otherwise, of effect or not.
    pub read: Vec<CellChange>,
}

/// A cell of a card that was read otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// Its column in cards.csv.
    pub column: String,
    /// On the one side; nothing where it is blank.
    pub before: String,
    /// On the other.
    pub after: String,
}

pub(super) fn push(figure: &str, before: &str, after: &str, into: &mut Vec<FigureChange>) {
    if before != after {
        let (before, after) = (before.to_owned(), after.to_owned());
        into.push(FigureChange { figure: figure.to_owned(), name: String::new(), before, after });
    }
}

/// The figure of a slot, as the certificate's JSON would name it.
pub(super) fn figure(tabulation: &Tabulation, item: &Item, slot: Slot) -> String {
    let nominee = |place: usize| {
        item.election()
            .map_or_else(String::new, |election| format!(".nominees.{}", election.nominees[place].id))
    };
    let of = match slot {
        Slot::Line(place, line) => format!("{}.{}", nominee(place), line.key()),
        Slot::Choice(place) => match &item.kind {
            ItemKind::Frequency(choices) => format!(".choices.{}.for", choices[place].id),
            ItemKind::Election(_) | ItemKind::Proposal(_) => String::new(),
        },
        Slot::Cumulated(place) => format!("{}.for", nominee(place)),
        Slot::Discretion(form) => {
            format!(".cumulative.pool_of_form.{}", tabulation.loaded.meeting.forms[usize::from(form)].id)
        }
        Slot::Uncast(Uncast::Withheld) => ".cumulative.withheld".to_owned(),
        Slot::Uncast(Uncast::Void) => ".cumulative.void".to_owned(),
        Slot::Uncast(Uncast::BrokerNonVote) => ".cumulative.broker_non_votes".to_owned(),
        Slot::Uncast(Uncast::NotVoted) => ".cumulative.not_voted".to_owned(),
        Slot::Unused => ".cumulative.unused".to_owned(),
    };
    format!("items.{}{of}", item.id)
}
