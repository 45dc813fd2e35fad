//! Exact amounts: shares, votes, and the fractions they are compared with.
//!
//! Every amount is a whole number of units of 10⁻¹⁸. Six decimals of a share, times six decimals of
//! votes per share, an even split between joint holders and a percentage with two decimals of a
//! cumulative pool are all exact at that scale, so nothing is ever rounded on the way to a decision.
//! Amounts are bounded where they enter (`load`, `ascertain`); comparisons with fractions are carried
//! out in 256 bits. What does not fit is an error of the input, never a wrong number.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use ethnum::U256;
use serde::{Serialize, Serializer};

/// Units in one share or one vote.
pub const UNITS_PER_ONE: u128 = 1_000_000_000_000_000_000;

/// Units in a millionth: the finest amount that a file may state.
pub const UNITS_PER_MILLIONTH: u128 = UNITS_PER_ONE / 1_000_000;

const MILLIONTHS_PER_ONE: u128 = 1_000_000;

/// The largest amount that a cell may state: 10¹⁵.
pub const CELL_MAX: u128 = 1_000_000_000_000_000 * UNITS_PER_ONE;

/// The most votes, cumulated ones included, that one meeting may come to: 10²⁰. Totals below it
/// cannot overflow, so the stages after `ascertain` need no error for it.
pub const VOTES_MAX: u128 = 100_000_000_000_000_000_000 * UNITS_PER_ONE;

/// Why a cell is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Something other than digits with at most one point between digits.
    #[error("must be digits with at most one decimal point, such as `1250` or `10.5`")]
    NotPlainDigits,
    /// More than six decimals.
    #[error("has more than 6 decimals")]
    TooFine,
    /// More than 10¹⁵.
    #[error("is more than 1000000000000000 (10^15), the largest amount counted")]
    TooLarge,
}

/// Reads an amount of at most 10¹⁵ with at most six decimals, in millionths.
fn parse_millionths(text: &str) -> Result<u128, AmountError> {
    let bytes = text.as_bytes();
    // Nearly every amount is a whole number of few digits.
    if let Some(whole) = up_to_eight_digits(bytes) {
        return Ok(u128::from(whole) * MILLIONTHS_PER_ONE);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return Err(AmountError::NotPlainDigits);
    }
    if decimals.len() > 6 {
        return Err(AmountError::TooFine);
    }
    let mut millionths: u128 = 0;
    for byte in whole.bytes() {
        millionths = millionths * 10 + u128::from(byte - b'0');
        if millionths > CELL_MAX / UNITS_PER_ONE {
            return Err(AmountError::TooLarge);
        }
    }
    let padding = std::iter::repeat_n(b'0', 6 - decimals.len());
    for byte in decimals.bytes().chain(padding) {
        millionths = millionths * 10 + u128::from(byte - b'0');
    }
    if millionths > CELL_MAX / UNITS_PER_MILLIONTH {
        return Err(AmountError::TooLarge);
    }
    Ok(millionths)
}

/// Up to eight bytes as a number, the first the lowest. Those in the middle may be read twice; nothing is
/// copied byte by byte.
fn up_to_eight_bytes(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first))
            | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4));
    }
    let [first, .., last] = *bytes else { return bytes.first().copied().map_or(0, u64::from) };
    let middle = bytes.len() / 2;
    u64::from(first) | u64::from(bytes[middle]) << (8 * middle) | u64::from(last) << (8 * (bytes.len() - 1))
}

/// The number that one to eight bytes are, where they are all digits. They are looked at all at once.
fn up_to_eight_digits(bytes: &[u8]) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    const HIGH_HALVES: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    if !(1..=8).contains(&bytes.len()) {
        return None;
    }
    // The last digit in the highest byte, zeros before the first.
    let missing = 8 * (8 - bytes.len());
    let word = up_to_eight_bytes(bytes) << missing | (ZEROS & !(u64::MAX << missing));
    // From `0` to `9`: the high half of the byte is three, and is it still with six more.
    if word & HIGH_HALVES != ZEROS || word.wrapping_add(SIXES) & HIGH_HALVES != ZEROS {
        return None;
    }
    let digits = word - ZEROS;
    // Pairs of digits, then of pairs, then of fours, each in the lower part of its place.
    let pairs = (digits & 0x00ff_00ff_00ff_00ff) * 10 + (digits >> 8 & 0x00ff_00ff_00ff_00ff);
    let fours = (pairs & 0x0000_ffff_0000_ffff) * 100 + (pairs >> 16 & 0x0000_ffff_0000_ffff);
    Some((fours & 0xffff_ffff) * 10_000 + (fours >> 32))
}

/// Reads an amount of at most 10¹⁵ with at most six decimals, in units.
///
/// # Errors
/// [`AmountError`] for signs, exponents, separators, blanks, a point without digits on both sides,
/// and amounts too fine or too large.
pub fn parse_units(text: &str) -> Result<u128, AmountError> {
    parse_millionths(text).map(|millionths| millionths * UNITS_PER_MILLIONTH)
}

/// Writes units as digits without exponent or superfluous zeros: `6150`, `333.5`.
fn write_units(units: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let whole = units / UNITS_PER_ONE;
    let rest = units % UNITS_PER_ONE;
    if rest == 0 {
        return f.pad_integral(true, "", &whole.to_string());
    }
    let decimals = format!("{rest:018}");
    f.pad_integral(true, "", &format!("{whole}.{}", decimals.trim_end_matches('0')))
}

/// `a × b ÷ c`, rounded down, through 256 bits.
///
/// # Panics
/// When `c` is zero or the quotient does not fit: callers hold totals below [`VOTES_MAX`].
#[must_use]
pub fn multiply_divide(a: u128, b: u128, c: u128) -> u128 {
    let quotient = U256::from(a) * U256::from(b) / U256::from(c);
    assert!(quotient <= U256::from(u128::MAX), "a quotient of amounts does not fit");
    quotient.as_u128()
}

/// What `a × b ÷ c` leaves over, through 256 bits.
#[must_use]
pub fn multiply_remainder(a: u128, b: u128, c: u128) -> u128 {
    (U256::from(a) * U256::from(b) % U256::from(c)).as_u128()
}

macro_rules! amount_traits {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_units(self.units(), f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                amounts.fold(Self::ZERO, Add::add)
            }
        }
    };
}

/// A number of shares of one class, in whole millionths: files state no finer amounts, and shares are
/// only added, subtracted and cut to whole ones. Additions are checked: what does not fit ends the run.
// 96 bits, the most significant first so that the derived order is that of the numbers: a meeting
// keeps tens of millions of these.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shares([u32; 3]);

impl Shares {
    /// None at all.
    pub const ZERO: Self = Self([0; 3]);

    /// More than any meeting has.
    pub const MAX: Self = Self([u32::MAX; 3]);

    #[expect(clippy::cast_possible_truncation, reason = "each word is cut out by a shift")]
    const fn of_millionths(millionths: u128) -> Option<Self> {
        if millionths >> 96 != 0 {
            return None;
        }
        Some(Self([(millionths >> 64) as u32, (millionths >> 32) as u32, millionths as u32]))
    }

    const fn millionths(self) -> u128 {
        let [high, middle, low] = self.0;
        ((high as u128) << 64) | ((middle as u128) << 32) | low as u128
    }

    /// The shares of so many units of 10⁻¹⁸.
    ///
    /// # Panics
    /// When they are no whole millionths or do not fit.
    #[must_use]
    pub const fn from_units(units: u128) -> Self {
        assert!(units.is_multiple_of(UNITS_PER_MILLIONTH), "shares have at most six decimals");
        Self::of_millionths(units / UNITS_PER_MILLIONTH).expect("a number of shares that fits")
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(count: u64) -> Self {
        Self::of_millionths(count as u128 * MILLIONTHS_PER_ONE).expect("a number of shares that fits")
    }

    /// Units of 10⁻¹⁸.
    #[must_use]
    pub const fn units(self) -> u128 {
        self.millionths() * UNITS_PER_MILLIONTH
    }

    /// Whether it is none at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.millionths() == 0
    }

    /// The number, where it is whole and of ordinary size.
    #[must_use]
    pub fn whole_number(self) -> Option<u64> {
        let millionths = u64::try_from(self.millionths()).ok()?;
        millionths.is_multiple_of(1_000_000).then_some(millionths / 1_000_000)
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// See [`parse_units`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Self::of_millionths(parse_millionths(text)?).ok_or(AmountError::TooLarge)
    }

    /// The sum, or nothing when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::of_millionths(self.millionths() + other.millionths())
    }

    /// What is left after `other`, nothing when `other` is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        if other > self { Self::ZERO } else { self - other }
    }
}

impl Add for Shares {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("a sum of shares that fits")
    }
}

impl Sub for Shares {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::of_millionths(self.millionths() - other.millionths()).expect("a difference of shares fits")
    }
}

amount_traits!(Shares);

/// A number of votes: shares times votes per share, or cumulated votes (times seats too). Additions
/// are checked: release builds keep overflow checks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Votes(u128);

impl Votes {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// The votes of so many units of 10⁻¹⁸.
    #[must_use]
    pub const fn from_units(units: u128) -> Self {
        Self(units)
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(count: u64) -> Self {
        Self(count as u128 * UNITS_PER_ONE)
    }

    /// Units of 10⁻¹⁸.
    #[must_use]
    pub const fn units(self) -> u128 {
        self.0
    }

    /// Whether it is none at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// See [`parse_units`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        parse_units(text).map(Self)
    }

    /// The sum, or nothing when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// What is left after `other`, nothing when `other` is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Votes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Votes {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

amount_traits!(Votes);

/// Votes that one share of a class carries: whole millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotesPerShare(u128);

impl VotesPerShare {
    /// One vote per share, the rule unless the articles say otherwise (Cal. Corp. Code § 700(a)).
    pub const ONE: Self = Self(MILLIONTHS_PER_ONE);

    /// Reads an amount.
    ///
    /// # Errors
    /// See [`parse_units`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        parse_millionths(text).map(Self)
    }

    /// The votes of these shares; nothing when they are more than [`VOTES_MAX`].
    #[must_use]
    pub fn votes_of(self, shares: Shares) -> Option<Votes> {
        // Millionths times millionths are 10⁶ units: nothing is divided, nothing lost.
        let product = match (u64::try_from(shares.millionths()), u64::try_from(self.0)) {
            // As nearly always: their product fits.
            (Ok(shares), Ok(votes)) => u128::from(shares) * u128::from(votes),
            _ => shares.millionths().checked_mul(self.0)?,
        };
        // What is at most that cannot overflow, so that need not be looked at again.
        (product <= VOTES_MAX / MILLIONTHS_PER_ONE).then(|| Votes(product.wrapping_mul(MILLIONTHS_PER_ONE)))
    }
}

impl fmt::Display for VotesPerShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(self.0 * UNITS_PER_MILLIONTH, f)
    }
}

impl Votes {
    /// These votes for each of so many seats: the pool of cumulative voting.
    #[must_use]
    pub fn times(self, seats: u32) -> Self {
        Self(self.0 * u128::from(seats))
    }

    /// The whole votes in it.
    #[must_use]
    pub fn whole_part(self) -> Self {
        Self(self.0 / UNITS_PER_ONE * UNITS_PER_ONE)
    }

    /// The number, where it is whole and no more than 2^64.
    #[must_use]
    pub fn whole_number(self) -> Option<u64> {
        if self.0.is_multiple_of(UNITS_PER_ONE) { u64::try_from(self.0 / UNITS_PER_ONE).ok() } else { None }
    }
}

/// Why a text is not a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a fraction from 0 to 1 such as `1/2`, `67/100` or `0.6667`")]
pub struct FractionError;

/// A fraction from 0 to 1, exactly as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fraction {
    numerator: u64,
    denominator: u64,
    text: String,
}

impl Fraction {
    /// A fraction known to the program.
    #[must_use]
    pub fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator, text: format!("{numerator}/{denominator}") }
    }

    /// Its numerator.
    #[must_use]
    pub const fn numerator(&self) -> u64 {
        self.numerator
    }

    /// Its denominator, more than zero.
    #[must_use]
    pub const fn denominator(&self) -> u64 {
        self.denominator
    }

    /// Reads `2/3` or `0.6667`; parts of at most nine digits.
    ///
    /// # Errors
    /// [`FractionError`] for anything else, and for more than the whole.
    pub fn parse(text: &str) -> Result<Self, FractionError> {
        let number = |part: &str| -> Result<u64, FractionError> {
            let is_plain = (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if is_plain { part.parse().map_err(|_| FractionError) } else { Err(FractionError) }
        };
        let (numerator, denominator) = if let Some((over, under)) = text.split_once('/') {
            (number(over)?, number(under)?)
        } else if let Some((whole, decimals)) = text.split_once('.') {
            let scale = number(decimals).map(|_| decimals.bytes().fold(1_u64, |scale, _| scale * 10))?;
            (number(whole)?.saturating_mul(scale) + number(decimals)?, scale)
        } else {
            (number(text)?, 1)
        };
        if denominator == 0 || numerator > denominator {
            return Err(FractionError);
        }
        Ok(Self { numerator, denominator, text: text.to_owned() })
    }

    /// Whether it is less than another.
    #[must_use]
    pub fn is_less_than(&self, numerator: u64, denominator: u64) -> bool {
        u128::from(self.numerator) * u128::from(denominator)
            < u128::from(numerator) * u128::from(self.denominator)
    }

    /// The numerator and the denominator.
    pub(crate) const fn parts(&self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }

    /// The fraction in words where English has one, else as written.
    #[must_use]
    pub fn in_words(&self) -> &str {
        match (self.numerator, self.denominator) {
            (1, 2) => "one half",
            (1, 3) => "one third",
            (2, 3) => "two thirds",
            (3, 4) => "three quarters",
            _ => &self.text,
        }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How a part must stand to a fraction of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Strictly more than the fraction.
    MoreThan,
    /// The fraction or more.
    AtLeast,
}

/// A fraction and how it must be reached: `more than 1/2`, `at least 2/3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Strictly more, or the fraction itself suffices.
    pub reach: Reach,
    /// The fraction.
    pub fraction: Fraction,
}

impl Threshold {
    /// Strictly more than a fraction.
    #[must_use]
    pub fn more_than(numerator: u64, denominator: u64) -> Self {
        Self { reach: Reach::MoreThan, fraction: Fraction::new(numerator, denominator) }
    }

    /// A fraction or more.
    #[must_use]
    pub fn at_least(numerator: u64, denominator: u64) -> Self {
        Self { reach: Reach::AtLeast, fraction: Fraction::new(numerator, denominator) }
    }

    /// Whether `part` reaches the fraction of `base`, cross-multiplied so that nothing is rounded.
    #[must_use]
    pub fn is_met(&self, part: Votes, base: Votes) -> bool {
        let part = U256::from(part.0) * U256::from(self.fraction.denominator);
        let base = U256::from(base.0) * U256::from(self.fraction.numerator);
        match self.reach {
            Reach::MoreThan => part > base,
            Reach::AtLeast => part >= base,
        }
    }

    /// The smallest whole number of votes that reaches the fraction of `base`.
    #[must_use]
    pub fn whole_votes_needed(&self, base: Votes) -> Votes {
        let over = U256::from(base.0) * U256::from(self.fraction.numerator);
        let under = U256::from(self.fraction.denominator) * U256::from(UNITS_PER_ONE);
        let whole = over / under;
        let is_reached = self.reach == Reach::AtLeast && over % under == U256::from(0_u8);
        let count = if is_reached { whole } else { whole + U256::from(1_u8) };
        Votes(count.as_u128() * UNITS_PER_ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(text: &str) -> Votes {
        Votes::parse(text).expect("a test amount")
    }

    #[test]
    fn digits_looked_at_together_are_those_looked_at_one_by_one() {
        let one_by_one = |text: &str| {
            let is_number = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.bytes().fold(0, |number, byte| number * 10 + u64::from(byte - b'0')))
        };
        for length in 0..=9 {
            let sound: String = (0..length).map(|at| char::from(b'0' + (7 * at + 2) % 10)).collect();
            // Each place in turn holds each character, those beside the digits too.
            for place in 0..usize::from(length) {
                for character in 0..=127_u8 {
                    let mut text = sound.clone().into_bytes();
                    text[place] = character;
                    let text = String::from_utf8(text).expect("ASCII");
                    assert_eq!(up_to_eight_digits(text.as_bytes()), one_by_one(&text), "{text:?}");
                }
            }
        }
        assert_eq!(up_to_eight_digits(b"99999999"), Some(99_999_999));
        assert_eq!(votes("99999999").to_string(), "99999999");
        assert_eq!(Votes::parse("١"), Err(AmountError::NotPlainDigits));
    }

    #[test]
    fn an_amount_is_digits_with_at_most_one_point() {
        for (text, shown) in [
            ("0", "0"),
            ("1250", "1250"),
            ("10.5", "10.5"),
            ("10.500000", "10.5"),
            ("007", "7"),
            ("0.000001", "0.000001"),
            ("1000000000000000", "1000000000000000"),
            ("999999999999999.999999", "999999999999999.999999"),
        ] {
            assert_eq!(votes(text).to_string(), shown);
        }
        use AmountError::{NotPlainDigits, TooFine, TooLarge};
        for (text, error) in [
            ("", NotPlainDigits),
            ("+5", NotPlainDigits),
            ("-5", NotPlainDigits),
            ("1e3", NotPlainDigits),
            ("1_000", NotPlainDigits),
            ("1,000", NotPlainDigits),
            (".5", NotPlainDigits),
            ("5.", NotPlainDigits),
            ("1.2.3", NotPlainDigits),
            ("1 000", NotPlainDigits),
            ("١", NotPlainDigits),
            ("1.0000000", TooFine),
            ("1000000000000000.000001", TooLarge),
            ("1000000000000001", TooLarge),
            ("99999999999999999999999999999999999999999999", TooLarge),
        ] {
            assert_eq!(Votes::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_what_it_says_and_no_more() {
        // two thirds of 300,000 is 200,000; 66.67 % of it is 200,010.
        let base = votes("300000");
        let needed = |text| {
            let fraction = Fraction::parse(text).expect("a fraction");
            Threshold { reach: Reach::AtLeast, fraction }.whole_votes_needed(base).to_string()
        };
        assert_eq!(needed("2/3"), "200000");
        assert_eq!(needed("0.6667"), "200010");
        for text in ["", "1/0", "3/2", "1.1", "-1/2", "50%", "1/2/3", "1 / 2", ".5", "0.", "1e-1"] {
            assert_eq!(Fraction::parse(text), Err(FractionError), "{text}");
        }
    }

    #[test]
    fn a_majority_is_strictly_more_than_half_and_two_thirds_includes_itself() {
        let half = Threshold::more_than(1, 2);
        assert!(!half.is_met(votes("5"), votes("10")));
        assert!(half.is_met(votes("5.000001"), votes("10")));
        assert_eq!(half.whole_votes_needed(votes("10")), votes("6"));
        assert_eq!(half.whole_votes_needed(votes("11")), votes("6"));
        let two_thirds = Threshold::at_least(2, 3);
        assert!(two_thirds.is_met(votes("6"), votes("9")));
        assert!(!two_thirds.is_met(votes("5.999999"), votes("9")));
        assert_eq!(two_thirds.whole_votes_needed(votes("10")), votes("7"));
    }

    #[test]
    fn votes_of_fractional_shares_are_exact_and_too_many_are_refused() {
        // 100 shares at 3.335 votes each carry 333.5 votes.
        let ratio = VotesPerShare::parse("3.335").expect("a ratio");
        assert_eq!(ratio.votes_of(Shares::whole(100)).expect("fits").to_string(), "333.5");
        let fine = VotesPerShare::parse("0.000001").expect("a ratio");
        let sliver = Shares::parse("0.000001").expect("an amount");
        assert_eq!(fine.votes_of(sliver).expect("fits").to_string(), "0.000000000001");
        let huge = VotesPerShare::parse("1000000000000000").expect("a ratio");
        assert_eq!(huge.votes_of(Shares::parse("1000000000000000").expect("an amount")), None);
    }
}
