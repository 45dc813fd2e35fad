//! What else made a result: how each form votes what is left unmarked, headers that were renamed or not
//! read, and the inspector's rulings.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::amount::Votes;
use crate::load::{Ruling, RulingKind};
use crate::meeting::{Allocation, Item, ItemKind, ProxyForm, Unmarked};
use crate::tabulate::Tabulation;

/// How a form votes an item on which a signed card says nothing: as meeting.json says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum UnmarkedFigures {
    /// A mark, or a choice's id.
    Mark(String),
    /// The nominees voted FOR, by id.
    Nominees(Vec<String>),
}

/// How a form's proxy holders allocate the cumulated votes left to them in an election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AllocationRule {
    /// `level` or `per_card`.
    Manner(String),
    /// Their own totals, by nominee.
    Totals(BTreeMap<String, Votes>),
}

/// A ruling of the inspector.
#[derive(Debug, Clone, Serialize)]
pub struct RulingFigures {
    /// Its line in rulings.csv.
    pub line: u64,
    /// The card that it is on.
    pub card: String,
    /// `count` or `reject`.
    pub ruling: String,
    /// The one item that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Why it was made.
    pub reason: String,
    /// Who ruled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Per item that a form says anything of, how unmarked cards are voted.
pub(super) fn unmarked(form: &ProxyForm, items: &[Item]) -> BTreeMap<String, UnmarkedFigures> {
    let of = |(item, unmarked): (&Item, &Unmarked)| {
        let told = match unmarked {
            Unmarked::NotVoted => return None,
            Unmarked::Mark(mark) => UnmarkedFigures::Mark(mark.name().to_lowercase()),
            Unmarked::Nominees(places) => {
                UnmarkedFigures::Nominees(places.iter().filter_map(|place| nominee(item, *place)).collect())
            }
            Unmarked::Choice(place) => match &item.kind {
                ItemKind::Frequency(choices) => UnmarkedFigures::Mark(choices[*place].id.clone()),
                ItemKind::Election(_) | ItemKind::Proposal(_) => return None,
            },
        };
        Some((item.id.clone(), told))
    };
    items.iter().zip(&form.unmarked).filter_map(of).collect()
}

/// Per election with cumulative voting in force, how a form's proxy holders allocate their votes.
pub(super) fn allocation(form: &ProxyForm, items: &[Item]) -> BTreeMap<String, AllocationRule> {
    let of = |(item, allocation): (&Item, &Allocation)| {
        let election = item.election().filter(|election| election.is_cumulative())?;
        let told = match allocation {
            Allocation::Level => AllocationRule::Manner("level".to_owned()),
            Allocation::PerCard => AllocationRule::Manner("per_card".to_owned()),
            Allocation::Totals(totals) => AllocationRule::Totals(
                totals.iter().map(|(place, votes)| (election.nominees[*place].id.clone(), *votes)).collect(),
            ),
        };
        Some((item.id.clone(), told))
    };
    items.iter().zip(&form.allocation).filter_map(of).collect()
}

fn nominee(item: &Item, place: usize) -> Option<String> {
    item.election().and_then(|election| election.nominees.get(place)).map(|nominee| nominee.id.clone())
}

/// The inspector's rulings, in the order of the file.
pub(super) fn rulings(tabulation: &Tabulation) -> Vec<RulingFigures> {
    let loaded = &tabulation.loaded;
    let of = |ruling: &Ruling| {
        let (word, item) = match &ruling.kind {
            RulingKind::Count => ("count", None),
            RulingKind::Reject => ("reject", None),
            RulingKind::RejectItem(place) => ("reject", Some(loaded.meeting.items[*place].id.clone())),
        };
        RulingFigures {
            line: ruling.line,
            card: loaded.cards.number(ruling.card).to_owned(),
            ruling: word.to_owned(),
            item,
            reason: ruling.reason.clone(),
            by: ruling.by.clone(),
            at: ruling.at.map(|at| at.in_zone(&loaded.meeting.zone)),
        }
    };
    loaded.rulings.iter().map(of).collect()
}
