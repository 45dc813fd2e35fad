//! Participants by account and name, as messages call them.

use std::collections::HashMap;

use crate::load::AccountId;
use crate::tabulate::Tabulation;
use crate::text::visible;

/// The names of nominees and of those to whom votes were passed on.
pub(super) struct Participants<'a> {
    tabulation: &'a Tabulation,
    names: HashMap<AccountId, &'a str>,
}

impl<'a> Participants<'a> {
    pub(super) fn of(tabulation: &'a Tabulation) -> Self {
        let loaded = &tabulation.loaded;
        let mut names: HashMap<AccountId, &str> =
            loaded.omnibus.iter().rev().map(|row| (row.account, row.name.as_str())).collect();
        let mut of_register: Vec<(&usize, &String)> = loaded.register.names.iter().collect();
        of_register.sort_unstable_by(|a, b| b.cmp(a));
        names.extend(
            of_register.iter().map(|(place, name)| (loaded.register.account(**place), name.as_str())),
        );
        Self { tabulation, names }
    }

    /// The account with its name: `0226 (Alder Bank)`.
    pub(super) fn told(&self, account: AccountId) -> String {
        let text = visible(self.tabulation.loaded.accounts.text(account.0));
        match self.names.get(&account) {
            Some(name) if !name.is_empty() => format!("{text} ({})", visible(name)),
            Some(_) | None => text.into_owned(),
        }
    }
}
