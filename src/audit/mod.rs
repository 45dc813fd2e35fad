//! Audit: what became of every card, and why, for those who check the certificate.

pub mod attribution;
mod cells_read;
pub mod challenges;
mod changes;
pub mod compare;
pub mod fared;
mod figure_names;
pub mod instructions;
pub mod ledger;
mod lookalikes;
mod matters;
pub mod near;
mod papers;
mod participants;
pub mod recount;
pub mod states;
pub mod story;
pub mod totals;
pub mod warnings;

use serde::Serialize;

use crate::catalogue::WarningCode;

/// Something that looks wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Warning {
    /// Its code.
    pub code: WarningCode,
    /// The account concerned, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// In plain words.
    pub says: String,
}

/// Card numbers in their order, as text.
pub(crate) fn sorted_numbers<'a>(
    tabulation: &'a crate::tabulate::Tabulation,
    ids: &[crate::load::CardId],
) -> Vec<&'a str> {
    let mut numbers: Vec<&str> = ids.iter().map(|id| tabulation.loaded.cards.number(*id)).collect();
    numbers.sort_unstable();
    numbers
}
