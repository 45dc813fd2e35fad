//! The fingerprint of a result: what binds every document to one certificate.json.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Certificate;
use crate::load::hex;

/// How many hexadecimal digits stand together.
const GROUP: usize = 4;

/// How many groups stand in the foot of a page.
const GROUPS_IN_FOOT: usize = 4;

/// The SHA-256 of certificate.json, in groups of four hexadecimal digits that can be read aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of the bytes of a certificate.json.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digits = hex(&Sha256::digest(bytes));
        let groups: Vec<&str> =
            (0..digits.len()).step_by(GROUP).filter_map(|at| digits.get(at..at + GROUP)).collect();
        Self(groups.join(" "))
    }

    /// Its first four groups, for the foot of a page.
    #[must_use]
    pub fn foot(&self) -> &str {
        self.0.get(..GROUPS_IN_FOOT * (GROUP + 1) - 1).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Certificate {
    /// The fingerprint; nothing where so large a ledger was not made that its digest is not known. The
    /// certificate.json that `--out` writes then has it.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.ledger.sha256.as_ref()?;
        Some(Fingerprint::of(self.to_json().as_bytes()))
    }

    /// The certificate as indented JSON with a line feed at its end: the bytes of certificate.json.
    ///
    /// Strings hold no control or direction-changing character as such: each is escaped.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists only: there is nothing that could fail to be written.
        let mut text = crate::text::json_visible(&serde_json::to_string_pretty(self).unwrap_or_default());
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf abc | sha256sum`, as FIPS 180-4 gives it.
    #[test]
    fn it_is_the_sha_256_in_sixteen_groups_of_four() {
        let fingerprint = Fingerprint::of(b"abc");
        assert_eq!(
            fingerprint.to_string(),
            "ba78 16bf 8f01 cfea 4141 40de 5dae 2223 b003 61a3 9617 7a9c b410 ff61 f200 15ad"
        );
        assert_eq!(fingerprint.foot(), "ba78 16bf 8f01 cfea");
    }
}
