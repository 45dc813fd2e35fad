//! Which accounts are pulled: the largest in any case, then one for each vote drawn from a public seed.

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::claims::Population;

/// A public seed: digits rolled in front of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed(String);

/// A seed that is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a seed is at least {} digits, rolled before everybody and written as they fell", Seed::DIGITS_MIN)]
pub struct SeedError;

impl Seed {
    /// Twenty decimal digits are about 66 bits.
    pub const DIGITS_MIN: usize = 20;

    /// Reads a seed.
    ///
    /// # Errors
    /// Fewer than [`Seed::DIGITS_MIN`] digits, or anything but digits.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let is_seed = text.len() >= Self::DIGITS_MIN && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_seed { Ok(Self(text.to_owned())) } else { Err(SeedError) }
    }

    /// As it was rolled.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The number of SHA-256("seed,n,try") as a line of shell has it.
    fn number(&self, n: u64, attempt: u64) -> BigUint {
        BigUint::from_bytes_be(&Sha256::digest(format!("{},{n},{attempt}", self.0)))
    }
}

/// A vote drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Which draw, from 1.
    pub number: u64,
    /// Which attempt it took, from 1; a number that would make some votes likelier than others is passed over.
    pub attempt: u64,
    /// The vote's place among those that are drawn from, from 0, in units of the population.
    pub unit: u128,
    /// Whose it is, by place in the population.
    pub account: usize,
}

/// Accounts looked at in any case: those that have as many votes as one of so many draws stands for, or more;
/// at most so many of them. Places in the population, the largest first.
#[must_use]
pub fn certain_accounts(population: &Population, draws: u64, most: usize) -> Vec<usize> {
    let whole: u128 = population.accounts.iter().map(|account| account.units).sum();
    // units ≥ whole / draws, without a division.
    let is_large = |place: &usize| {
        let units = population.accounts[*place].units;
        units > 0 && BigUint::from(units) * BigUint::from(draws) >= BigUint::from(whole)
    };
    let mut large: Vec<usize> = (0..population.accounts.len()).filter(is_large).collect();
    large.sort_by_key(|place| (std::cmp::Reverse(population.accounts[*place].units), *place));
    large.truncate(most);
    large
}

/// Draws votes, each as likely as every other, of all accounts but the certain ones; from draw `first` on.
#[must_use]
pub fn draws(population: &Population, certain: &[usize], seed: &Seed, first: u64, count: u64) -> Vec<Draw> {
    let mut ends: Vec<(u128, usize)> = Vec::new();
    let mut end = 0_u128;
    for (place, account) in population.accounts.iter().enumerate() {
        if account.units > 0 && !certain.contains(&place) {
            end += account.units;
            ends.push((end, place));
        }
    }
    if end == 0 {
        return Vec::new();
    }
    let whole = BigUint::from(end);
    // The numbers below the largest multiple of all votes: each vote has as many of them.
    let limit = (BigUint::from(1_u8) << 256_u32) / &whole * &whole;
    (first..first + count)
        .map(|number| {
            let mut attempt = 1;
            loop {
                let value = seed.number(number, attempt);
                if value < limit {
                    let unit = u128::try_from(value % &whole).unwrap_or_default();
                    let at = ends.partition_point(|(end, _)| *end <= unit);
                    return Draw { number, attempt, unit, account: ends[at].1 };
                }
                attempt += 1;
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::claims::AccountUnits;

    fn population(units: &[u128]) -> Population {
        let account =
            |(place, units): (usize, &u128)| AccountUnits { account: format!("A{place}"), units: *units };
        Population { is_whole: true, accounts: units.iter().enumerate().map(account).collect() }
    }

    #[test]
    fn a_seed_is_digits_and_enough_of_them() {
        assert!(Seed::parse("31415926535897932384").is_ok());
        assert_eq!(Seed::parse("3141592653589793238"), Err(SeedError));
        assert_eq!(Seed::parse("3141592653589793238x"), Err(SeedError));
    }

    #[test]
    fn a_draw_is_what_a_line_of_shell_says() {
        // for n in 1 2 3; do printf %s 31415926535897932384,$n,1 | sha256sum; done, each modulo 13,000.
        let seed = Seed::parse("31415926535897932384").expect("a seed");
        let units: Vec<u128> =
            draws(&population(&[13_000]), &[], &seed, 1, 3).iter().map(|d| d.unit).collect();
        assert_eq!(units, [4290, 11342, 3392]);
    }

    #[test]
    fn a_unit_belongs_to_the_account_in_whose_run_it_lies() {
        let seed = Seed::parse("27182818284590452353").expect("a seed");
        let all = population(&[3, 0, 5, 2]);
        for draw in draws(&all, &[], &seed, 1, 200) {
            let expected = match draw.unit {
                0..=2 => 0,
                3..=7 => 2,
                _ => 3,
            };
            assert_eq!(draw.account, expected);
        }
        assert!(draws(&all, &[2], &seed, 1, 200).iter().all(|draw| draw.account != 2 && draw.unit < 5));
    }

    #[test]
    fn an_account_of_as_many_votes_as_a_draw_stands_for_is_certain() {
        // 1,000 votes: one of ten draws stands for 100, one of twenty for 50.
        let all = population(&[49, 500, 50, 401]);
        assert_eq!(certain_accounts(&all, 10, usize::MAX), [1, 3]);
        assert_eq!(certain_accounts(&all, 20, usize::MAX), [1, 3, 2]);
        assert_eq!(certain_accounts(&all, 1, usize::MAX), [] as [usize; 0]);
        assert_eq!(certain_accounts(&all, 10, 1), [1]);
    }
}
