//! Accounts that are not there, beside the one that was probably meant: `A1` for `00A1`, `ab 12` for `AB-12`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use super::accounts::{AccountId, Accounts};

/// An account as a person compares it: case, spaces, punctuation and leading zeros set aside. Empty where
/// only those are there.
fn loosened(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    kept.skip_while(|c| *c == '0').collect()
}

/// Known accounts by what a person compares; made when the first account is not found.
#[derive(Debug)]
pub(super) struct NearAccounts<'a> {
    accounts: &'a Accounts,
    count: usize,
    by_key: OnceLock<(RandomState, HashMap<u64, Meant>)>,
}

/// Which account is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    One(u32),
    /// More than one would be.
    Several,
}

impl<'a> NearAccounts<'a> {
    /// Of the first so many accounts: those of the register and omnibus.csv.
    pub(super) fn new(accounts: &'a Accounts, count: usize) -> Self {
        Self { accounts, count, by_key: OnceLock::new() }
    }

    /// The only known account that equals one that is not there, but for case, spaces, punctuation and leading
    /// zeros.
    pub(super) fn meant_by(&self, written: &str) -> Option<AccountId> {
        let wanted = loosened(written);
        if wanted.is_empty() {
            return None;
        }
        let (hasher, by_key) = self.by_key.get_or_init(|| self.index());
        match by_key.get(&hasher.hash_one(&wanted))? {
            // Of two that share a hash and differ, neither is named.
            Meant::One(place) if loosened(self.accounts.text(*place)) == wanted => Some(AccountId(*place)),
            Meant::One(_) | Meant::Several => None,
        }
    }

    fn index(&self) -> (RandomState, HashMap<u64, Meant>) {
        let hasher = RandomState::new();
        let mut by_key = HashMap::with_capacity(self.count);
        for place in 0..u32::try_from(self.count).unwrap_or(u32::MAX) {
            let key = loosened(self.accounts.text(place));
            by_key
                .entry(hasher.hash_one(&key))
                .and_modify(|meant| *meant = Meant::Several)
                .or_insert(Meant::One(place));
        }
        (hasher, by_key)
    }
}

#[cfg(test)]
mod tests {
    use super::loosened;

    #[test]
    fn case_spaces_punctuation_and_leading_zeros_are_set_aside() {
        assert_eq!(loosened("00A1"), "a1");
        assert_eq!(loosened("ab 12"), loosened("AB-12"));
        // A zero that does not lead is one.
        assert_ne!(loosened("A10"), loosened("A1"));
        assert_ne!(loosened("A-01"), loosened("A-1"));
        assert_eq!(loosened("000"), "");
        assert_eq!(loosened("-/-"), "");
    }
}
