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

impl Aside {
    /// Does what rulings on accounts and marks say: afterwards each row is of the account, and each card says, what
    /// was ruled.
    pub(super) fn apply(&mut self, rulings: &[Ruling], rows: &mut Rows<'_>) {
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
                (Subject::Aside { role, line, written }, kind) => {
                    let account = match kind {
                        RulingKind::Account(account) => Some(*account),
                        RulingKind::Count
                        | RulingKind::Reject
                        | RulingKind::RejectItem(_)
                        | RulingKind::Mark { .. } => None,
                    };
                    self.settle(*role, (*line, written), account, rows);
                }
                (Subject::Card(_) | Subject::Form(_) | Subject::Revocation(_) | Subject::Street(_), _) => {}
            }
        }
        rows.street.sort_by_key(|row| (row.file, row.line));
        rows.omnibus.sort_by_key(|row| (row.file, row.line));
    }

    /// Rows that are ruled to be of an account, or of none.
    fn settle(
        &mut self,
        role: Role,
        (line, written): (u64, &str),
        account: Option<AccountId>,
        rows: &mut Rows<'_>,
    ) {
        match role {
            Role::Street => take(
                &mut self.street,
                |aside| aside.written == written,
                account,
                |row, account| StreetRow { account, ..row },
                rows.street,
            ),
            Role::Revocations => take(
                &mut self.revocations,
                |aside| aside.row.line == line && aside.written == written,
                account,
                |row, account| Revocation { account, ..row },
                rows.revocations,
            ),
            Role::Omnibus | Role::Meeting | Role::Register | Role::Cards | Role::Rulings => take(
                &mut self.omnibus,
                |aside| aside.row.line == line && aside.written == written,
                account,
                |row, holder| OmnibusRow { holder, ..row },
                rows.omnibus,
            ),
        }
    }
}

/// Takes rows that were ruled on from those set aside, and puts them among the others where they are of an account.
fn take<R>(
    aside: &mut Vec<SetAside<R>>,
    is_ruled: impl Fn(&SetAside<R>) -> bool,
    account: Option<AccountId>,
    with_account: impl Fn(R, AccountId) -> R,
    rows: &mut Vec<R>,
) {
    let (ruled, left): (Vec<_>, Vec<_>) = aside.drain(..).partition(is_ruled);
    *aside = left;
    let Some(account) = account else { return };
    rows.extend(ruled.into_iter().map(|aside| with_account(aside.row, account)));
}
