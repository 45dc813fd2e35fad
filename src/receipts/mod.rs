//! Receipts: a tree of hashes over the rows of the ledger, by which one row can be shown to stand in it
//! without showing another.
//!
//! The tree is that of RFC 6962 section 2.1 over the rows in their order: a leaf is SHA-256(00 ‖ salt ‖
//! row), a node SHA-256(01 ‖ left ‖ right). Rows are easily guessed, so each has a salt that only
//! its receipt tells. There are no sums in the tree: from them a neighbour's votes would follow.

mod receipt;
mod tree;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::load::hex;
use crate::tabulate::Tabulation;

pub(crate) use receipt::cells_of;
pub use receipt::{Receipt, ReceiptError, Shown};
pub use tree::{HASH, Hash, Tree, climb, leaf, rows};
pub(crate) use tree::{Subtree, perfect};

/// The inspector's key, from which the salts come: 32 random bytes.
#[derive(Clone)]
pub struct ReceiptsKey([u8; HASH]);

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It has another length.
    #[error("a key is 32 random bytes, and it has {0}; `head -c 32 /dev/urandom > FILE` makes one")]
    Length(usize),
    /// It is no random number.
    #[error("all its bytes are the same; `head -c 32 /dev/urandom > FILE` makes a key")]
    NotRandom,
}

impl ReceiptsKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// Another length than 32, or one byte again and again.
    pub fn of(bytes: &[u8]) -> Result<Self, KeyError> {
        let key: [u8; HASH] = bytes.try_into().map_err(|_| KeyError::Length(bytes.len()))?;
        if key.iter().all(|byte| *byte == key[0]) {
            return Err(KeyError::NotRandom);
        }
        Ok(Self(key))
    }

    /// Its SHA-256, in hexadecimal, which says which key it was and nothing of it.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.0))
    }
}

/// The salts of one ledger.
///
/// A salt is HMAC-SHA-256 of the row's place, from 0, as eight bytes, the first the highest. Its key is
/// HMAC-SHA-256 by the inspector's key of what the ledger was made of: [`Salts::basis`]. So the same files
/// and key give the same salts, and a receipt of one day tells no salt of another day's ledger.
#[derive(Clone)]
pub struct Salts {
    keyed: Hmac<Sha256>,
    key_sha256: String,
}

impl Salts {
    /// Those of a ledger made of such a basis.
    #[must_use]
    pub fn new(key: &ReceiptsKey, basis: &str) -> Self {
        let mut mac = keyed(&key.0);
        mac.update(basis.as_bytes());
        let of_this_ledger: [u8; HASH] = mac.finalize().into_bytes().into();
        Self { keyed: keyed(&of_this_ledger), key_sha256: key.sha256() }
    }

    /// Those of the ledger of a tabulation.
    #[must_use]
    pub fn of(key: &ReceiptsKey, tabulation: &Tabulation) -> Self {
        let loaded = &tabulation.loaded;
        let inputs = loaded.inputs.iter().map(|input| {
            let layout = input.laid.as_ref().map(|laid| laid.sha256.as_str());
            (input.role.name(), input.sha256.as_str(), layout)
        });
        let as_of = tabulation.as_of.map(|as_of| as_of.in_zone(&loaded.meeting.zone));
        Self::new(key, &Self::basis(inputs, as_of.as_deref()))
    }

    /// What a ledger was made of: a line for each file in the order of the certificate, with its role, its
    /// SHA-256 and that of its layout, and one for the time as of which was counted.
    #[must_use]
    pub fn basis<'a>(
        inputs: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>,
        as_of: Option<&str>,
    ) -> String {
        let lines = inputs.map(|(role, file, layout)| format!("{role} {file} {}\n", layout.unwrap_or("")));
        format!("quorate receipts 1\n{}as of {}\n", lines.collect::<String>(), as_of.unwrap_or(""))
    }

    /// The salt of the row at a place, counted from 0.
    #[must_use]
    pub fn salt(&self, place: u64) -> Hash {
        let mut mac = self.keyed.clone();
        mac.update(&place.to_be_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The SHA-256 of the inspector's key, in hexadecimal.
    #[must_use]
    pub fn key_sha256(&self) -> &str {
        &self.key_sha256
    }
}

/// A MAC with its key, which zeros fill up to the length of a block (RFC 2104).
fn keyed(key: &[u8; HASH]) -> Hmac<Sha256> {
    let mut block = [0; 2 * HASH];
    block[..HASH].copy_from_slice(key);
    KeyInit::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Python's own `hmac` and `hashlib`:
    /// `k = bytes(range(32))`, `b = b"quorate receipts 1\nregister ab \ncards cd ef\nas of 2002-12-05T11:00:00-08:00\n"`,
    /// `s = hmac.digest(k, b, "sha256")`, `hmac.digest(s, (258).to_bytes(8, "big"), "sha256").hex()`.
    #[test]
    fn salts_are_as_anybody_with_the_key_computes_them() {
        let key = ReceiptsKey::of(&(0..32).collect::<Vec<u8>>()).expect("a key");
        let inputs = [("register", "ab", None), ("cards", "cd", Some("ef"))];
        let basis = Salts::basis(inputs.into_iter(), Some("2002-12-05T11:00:00-08:00"));
        assert_eq!(basis, "quorate receipts 1\nregister ab \ncards cd ef\nas of 2002-12-05T11:00:00-08:00\n");
        let salts = Salts::new(&key, &basis);
        assert_eq!(hex(&salts.salt(258)), "2cd891b4dba70fd5de28ff96e0dfaeb62c013d26d6bd50a5785492fa60eaa6cb");
        assert_ne!(salts.salt(258), salts.salt(259));
        assert_ne!(salts.salt(258), Salts::new(&key, "").salt(258));
        assert_eq!(salts.key_sha256(), "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
    }

    #[test]
    fn a_key_is_thirty_two_random_bytes() {
        assert_eq!(ReceiptsKey::of(&[1; 31]).err(), Some(KeyError::Length(31)));
        assert_eq!(ReceiptsKey::of(&[]).err(), Some(KeyError::Length(0)));
        assert_eq!(ReceiptsKey::of(&[1; 33]).err(), Some(KeyError::Length(33)));
        assert_eq!(ReceiptsKey::of(&[0; 32]).err(), Some(KeyError::NotRandom));
        let mut bytes = [0; 32];
        bytes[31] = 1;
        assert!(ReceiptsKey::of(&bytes).is_ok());
    }
}
