//! The order in which public digits draw tied names, so that anybody can draw it again.
//!
//! Nothing here picks: the digits are rolled before witnesses, after the count that is tied has its
//! fingerprint.

use sha2::{Digest, Sha256};

use crate::load::hex;

/// The fewest digits of a lot: twenty ten-sided dice, about 66 bits.
pub const DIGITS_MIN: usize = 20;

/// What follows the manner of drawing in `method`, before the fingerprint of the count.
pub const ON: &str = " on ";

/// How a lot by dice begins in `method`, before the digits.
pub const DICE: &str = "dice ";

/// Hexadecimal digits of a fingerprint.
pub const FINGERPRINT_LENGTH: usize = 64;

/// Whether these are digits enough for a lot.
#[must_use]
pub fn are_digits(text: &str) -> bool {
    text.len() >= DIGITS_MIN && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// SHA-256 of `fingerprint,item,digits,nominee` in hexadecimal, as a line of shell has it.
#[must_use]
pub fn number(fingerprint: &str, item: &str, digits: &str, nominee: &str) -> String {
    hex(&Sha256::digest(format!("{fingerprint},{item},{digits},{nominee}")))
}

/// The nominees' ids in the order drawn: the smallest number first.
#[must_use]
pub fn order<'a>(fingerprint: &str, item: &str, digits: &str, nominees: &[&'a str]) -> Vec<&'a str> {
    let mut drawn = nominees.to_vec();
    drawn.sort_by_cached_key(|nominee| (number(fingerprint, item, digits, nominee), *nominee));
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_digits_and_enough_of_them() {
        assert!(are_digits("31415926535897932384"));
        assert!(!are_digits("3141592653589793238"), "nineteen");
        assert!(!are_digits("3141592653589793238x"));
    }
}
