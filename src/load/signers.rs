//! Which co-holder of a joint account signed a card or a revocation.

use std::collections::HashMap;

use super::accounts::{AccountId, Interner};
use super::holdings::Holdings;
use super::problem::{Problems, not_known};
use super::register::CoHolder;
use super::table::CsvTable;
use crate::catalogue::Code;
use crate::meeting::Meeting;

/// What the cells of cards and revocations refer to.
pub(super) struct CardContext<'a> {
    pub(super) meeting: &'a Meeting,
    /// Accounts of the register and omnibus.csv; those after them are unknown.
    pub(super) known_accounts: usize,
    /// How many classes each known account holds and whether co-holders vote by statute.
    pub(super) holdings: &'a Holdings,
}

/// Co-holders who signed, and those whom the register names.
#[derive(Debug, Default)]
pub(super) struct Signers {
    pub(super) names: Interner,
    pub(super) known: KnownSigners,
}

/// Per joint account, the co-holders whom the register names.
pub(super) type KnownSigners = HashMap<AccountId, Vec<CoHolder>>;

impl Signers {
    pub(super) fn new(known: KnownSigners) -> Self {
        Self { names: Interner::default(), known }
    }
}

/// The co-holder in a cell. On a joint account whose holders the register names it must be one of
/// them; on other accounts whoever signed acts for the account, and the cell is ignored.
#[expect(clippy::too_many_arguments, reason = "a cell, its place and what it refers to")]
pub(super) fn read_signer(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    account: AccountId,
    context: &CardContext<'_>,
    known: &KnownSigners,
    names: &mut Interner,
    problems: &mut Problems,
) -> Option<u32> {
    if text.is_empty() || !context.holdings.of(account).is_joint {
        return None;
    }
    let holders = known.get(&account).map_or(&[][..], Vec::as_slice);
    if !holders.is_empty() && !holders.iter().any(|holder| holder.name == text) {
        let names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
        table.problem(
            problems,
            line,
            column,
            not_known(Code::SignerUnknown, text, "a holder of this account", &names),
        );
        return None;
    }
    Some(names.intern(text))
}
