//! Rows whose account is not there but near one that is, until the inspector says whose they are (VAL-13).

use std::collections::HashMap;

use super::Role;
use super::accounts::{AccountId, SetAside};
use super::card::CardId;
use super::cards::Cards;
use super::omnibus::OmnibusRow;
use super::revocations::Revocation;
use super::rulings::{Ruling, RulingKind, Subject};
use super::street::StreetRow;

/// What counts for nothing because its account is not there, and what the inspector made of it.
#[derive(Debug, Default)]
pub struct Aside {
    /// Participants' totals.
    pub street: Vec<SetAside<StreetRow>>,
    /// Revocations.
    pub revocations: Vec<SetAside<Revocation>>,
    /// Rows of omnibus.csv, by their holder.
    pub omnibus: Vec<SetAside<OmnibusRow>>,
    /// Per account that only cards name, the known one that it is near.
    pub cards: HashMap<AccountId, AccountId>,
    /// Per card whose account was ruled on, the account as the card's row has it.
    pub written: HashMap<CardId, AccountId>,
    /// Whether any row of omnibus.csv was set aside, whatever was ruled on it.
    pub has_omnibus: bool,
}

/// The rows that rulings may add to.
pub(super) struct Rows<'a> {
    pub(super) cards: &'a mut Cards,
    pub(super) street: &'a mut Vec<StreetRow>,
    pub(super) revocations: &'a mut Vec<Revocation>,
    pub(super) omnibus: &'a mut Vec<OmnibusRow>,
}

/// A row that was set aside: its file, its line (0 for all totals of a participant) and its account as written.
type Key = (Role, u64, String);

impl Aside {
    /// Does what rulings on accounts and marks say: afterwards each row is of the account, and each card says, what
    /// was ruled.
    pub(super) fn apply(&mut self, rulings: &[Ruling], rows: &mut Rows<'_>) {
        let mut ruled: HashMap<Key, Option<AccountId>> = HashMap::new();
        for ruling in rulings {
            match (&ruling.subject, &ruling.kind) {
                (Subject::Card(card), RulingKind::Account(account)) => {
                    let written = rows.cards.set_account(*card, *account);
                    if written != *account {
                        self.written.insert(*card, written);
                    }
                }
                (Subject::Card(card), RulingKind::Mark { column, ruled, .. }) => {
                    rows.cards.set_cell(*card, *column, *ruled);
                }
                (Subject::Aside { role, line, written }, RulingKind::Account(account)) => {
                    ruled.insert((*role, *line, written.clone()), Some(*account));
                }
                (Subject::Aside { role, line, written }, _) => {
                    ruled.insert((*role, *line, written.clone()), None);
                }
                (Subject::Card(_) | Subject::Form(_) | Subject::Revocation(_) | Subject::Street(_), _) => {}
            }
        }
        let of = |role, line, written: &str| ruled.get(&(role, line, written.to_owned())).copied();
        take(&mut self.street, rows.street, |row, written| {
            of(Role::Street, 0, written)
                .map(|account| account.map(|account| StreetRow { account, ..row.clone() }))
        });
        take(&mut self.revocations, rows.revocations, |row, written| {
            let account = of(Role::Revocations, row.line, written);
            account.map(|account| account.map(|account| Revocation { account, ..row.clone() }))
        });
        take(&mut self.omnibus, rows.omnibus, |row, written| {
            let holder = of(Role::Omnibus, row.line, written);
            holder.map(|holder| holder.map(|holder| OmnibusRow { holder, ..row.clone() }))
        });
        rows.street.sort_by_key(|row| (row.file, row.line));
        rows.omnibus.sort_by_key(|row| (row.file, row.line));
    }
}

/// Takes the rows that were ruled on from those set aside, and puts them among the others where they are of an
/// account. `ruled` says what became of one: nothing while none ruled on it, else the row where it is of an account.
fn take<R>(aside: &mut Vec<SetAside<R>>, rows: &mut Vec<R>, ruled: impl Fn(&R, &str) -> Option<Option<R>>) {
    aside.retain(|one| match ruled(&one.row, &one.written) {
        None => true,
        Some(row) => {
            rows.extend(row);
            false
        }
    });
}
