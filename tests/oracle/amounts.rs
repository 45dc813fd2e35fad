//! Amounts are exact fractions of big integers. Nothing here is fast and nothing rounds unless it says so.

use num_bigint::BigInt;
use num_rational::BigRational;

pub type Amount = BigRational;

/// A whole number as an amount.
pub fn whole(number: i64) -> Amount {
    Amount::from_integer(BigInt::from(number))
}

pub fn zero() -> Amount {
    whole(0)
}

/// "Shares and votes are decimal: digits with at most one point."
pub fn decimal(text: &str) -> Amount {
    let text = text.trim();
    let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{integer}{fraction}");
    let well_formed = !integer.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    assert!(well_formed, "not a decimal: `{text}`");
    let numerator: BigInt = digits.parse().expect("only digits");
    Amount::new(numerator, BigInt::from(10).pow(fraction.len() as u32))
}

/// "Fractions are exact (`2/3`, `0.6667` is what it says and no more)."
pub fn fraction(text: &str) -> Amount {
    match text.split_once('/') {
        Some((top, bottom)) => decimal(top) / decimal(bottom),
        None => decimal(text),
    }
}

/// "In results they are JSON strings without exponent or superfluous zeros (`6150`, `333.5`)."
pub fn show(amount: &Amount) -> String {
    let ten = whole(10);
    let mut scaled = amount.clone();
    let mut places = 0;
    while !scaled.is_integer() {
        scaled *= &ten;
        places += 1;
        assert!(places < 60, "{amount} is not a decimal");
    }
    let mut digits = scaled.to_integer().to_string();
    if places == 0 {
        return digits;
    }
    while digits.len() <= places {
        digits.insert(0, '0');
    }
    digits.insert(digits.len() - places, '.');
    digits
}

/// The largest multiple of `unit` that is not more than `amount`.
pub fn floor_to(amount: &Amount, unit: &Amount) -> Amount {
    (amount / unit).floor() * unit
}

/// Cut to six decimals.
pub fn cut_to_six_decimals(amount: &Amount) -> Amount {
    floor_to(amount, &(whole(1) / whole(1_000_000)))
}

pub fn smaller(a: &Amount, b: &Amount) -> Amount {
    if a < b { a.clone() } else { b.clone() }
}

pub fn sum<'a>(amounts: impl IntoIterator<Item = &'a Amount>) -> Amount {
    amounts.into_iter().fold(zero(), |total, amount| total + amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_shown_exactly() {
        for text in ["0", "6150", "333.5", "0.000001", "1000000000000000"] {
            assert_eq!(show(&decimal(text)), text);
        }
        assert_eq!(show(&decimal("10.500")), "10.5");
        assert_eq!(show(&(fraction("2/3") * whole(300_000))), "200000");
        assert_eq!(show(&(fraction("0.6667") * whole(300_000))), "200010");
    }
}
