//! What reading cards and totals needs to know of an account's positions.

use std::collections::HashMap;
use std::sync::Arc;

use super::accounts::AccountId;
use super::omnibus::OmnibusRow;
use super::register::{Register, RegisterRow};
use crate::meeting::Meeting;

/// What loading needs to know of an account.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holding {
    pub(super) class_count: u16,
    pub(super) is_joint: bool,
}

/// Per known account, how many classes it holds and whether co-holders vote its shares.
pub(super) enum Holdings {
    /// Each account has one row of the register, in the same order.
    OfRows(Arc<Vec<RegisterRow>>),
    /// What all rows come to.
    Counted(Vec<Holding>),
}

impl Holdings {
    /// Of a register that is sound or not.
    pub(super) fn new(
        known_accounts: usize,
        meeting: &Meeting,
        (register, is_sound): (&Register, bool),
        omnibus: &[OmnibusRow],
    ) -> Self {
        if meeting.classes.len() == 1 && omnibus.is_empty() && is_sound {
            return Self::OfRows(Arc::clone(&register.rows));
        }
        let mut holdings = vec![Holding::default(); known_accounts];
        for (account, row) in register.with_accounts() {
            let holding = &mut holdings[account.place()];
            // A register at fault may name an account any number of times.
            holding.class_count = holding.class_count.saturating_add(1);
            holding.is_joint |= row.is_joint();
        }
        // In `ascertain` a second position in a class is refused; here it is no second class.
        let is_only_class = meeting.classes.len() == 1;
        let mut held: HashMap<AccountId, Vec<u16>> = HashMap::new();
        if !omnibus.is_empty() && !is_only_class {
            for (account, row) in register.with_accounts() {
                held.entry(account).or_default().push(row.class);
            }
        }
        for row in omnibus {
            let holding = &mut holdings[row.account.place()];
            if is_only_class {
                holding.class_count = 1;
                continue;
            }
            let only_of_holder = held.get(&row.holder).and_then(|classes| classes.first()).copied();
            let Some(class) = row.class.or(only_of_holder) else { continue };
            let of_account = held.entry(row.account).or_default();
            if !of_account.contains(&class) {
                of_account.push(class);
                holding.class_count = holding.class_count.saturating_add(1);
            }
        }
        Self::Counted(holdings)
    }

    pub(super) fn of(&self, account: AccountId) -> Holding {
        let found = match self {
            Self::OfRows(rows) => {
                rows.get(account.place()).map(|row| Holding { class_count: 1, is_joint: row.is_joint() })
            }
            Self::Counted(holdings) => holdings.get(account.place()).copied(),
        };
        found.unwrap_or_default()
    }
}
