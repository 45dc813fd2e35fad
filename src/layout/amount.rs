//! Amounts as other programs write them: separators, decimal commas, decimals that are implied. Everything
//! is done with digits; nothing is rounded.

/// How amounts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AmountForm {
    /// Between groups of three digits.
    pub(crate) thousands: Option<char>,
    /// Before the decimals, where not a point.
    pub(crate) decimal: Option<char>,
    /// How many of the last digits are decimals.
    pub(crate) implied_decimals: Option<u32>,
}

impl AmountForm {
    /// Whether the layout says nothing of amounts, so that they are quorate's own.
    pub(crate) fn is_own(self) -> bool {
        self == Self::default()
    }

    /// What is not said here, as said there.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            thousands: self.thousands.or(other.thousands),
            decimal: self.decimal.or(other.decimal),
            implied_decimals: self.implied_decimals.or(other.implied_decimals),
        }
    }

    /// The character before the decimals.
    pub(crate) fn decimal_mark(self) -> char {
        self.decimal.unwrap_or(if self.thousands == Some('.') { ',' } else { '.' })
    }

    /// Whether two of its characters are the same.
    pub(crate) fn is_contradictory(self) -> bool {
        self.thousands == Some(self.decimal_mark())
    }

    /// Writes an amount as quorate's own files do: digits, a point where there are decimals, no superfluous
    /// zero. Says why where it is none.
    pub(crate) fn write(self, text: &str, out: &mut String) -> Result<(), String> {
        let (whole, decimals) = match self.implied_decimals {
            Some(count) => {
                if !is_digits(text) {
                    return Err(format!("must be digits alone, of which the last {count} are decimals"));
                }
                let count = count as usize;
                let at = text.len().saturating_sub(count);
                // A short number has zeros before it.
                let decimals = format!("{:0>count$}", &text[at..]);
                (text[..at].to_owned(), decimals)
            }
            None => self.split(text).ok_or_else(|| self.expected())?,
        };
        let whole = whole.trim_start_matches('0');
        let decimals = decimals.trim_end_matches('0');
        out.push_str(if whole.is_empty() { "0" } else { whole });
        if !decimals.is_empty() {
            out.push('.');
            out.push_str(decimals);
        }
        Ok(())
    }

    /// The digits before and after the decimal mark.
    fn split(self, text: &str) -> Option<(String, String)> {
        let (whole, decimals) = match text.split_once(self.decimal_mark()) {
            Some((whole, decimals)) if is_digits(decimals) => (whole, decimals),
            Some(_) => return None,
            None => (text, ""),
        };
        let Some(mark) = self.thousands else {
            return is_digits(whole).then(|| (whole.to_owned(), decimals.to_owned()));
        };
        let is_mark = |c: char| c == mark || (mark == ' ' && matches!(c, '\u{a0}' | '\u{202f}'));
        let groups: Vec<&str> = whole.split(is_mark).collect();
        let are_groups = match groups.as_slice() {
            [only] => is_digits(only),
            [first, rest @ ..] => {
                is_digits(first)
                    && first.len() <= 3
                    && rest.iter().all(|group| group.len() == 3 && is_digits(group))
            }
            [] => false,
        };
        are_groups.then(|| (groups.concat(), decimals.to_owned()))
    }

    fn expected(self) -> String {
        let mark = self.decimal_mark();
        match self.thousands {
            Some(thousands) => format!(
                "must be digits in groups of three with `{thousands}` between them, and decimals after `{mark}`, such as `1{thousands}250{mark}5`"
            ),
            None => format!("must be digits, and decimals after `{mark}`, such as `1250{mark}5`"),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::AmountForm;

    fn read(form: AmountForm, text: &str) -> Option<String> {
        let mut out = String::new();
        form.write(text, &mut out).ok().map(|()| out)
    }

    #[test]
    fn groups_must_be_groups() {
        let form = AmountForm { thousands: Some(','), ..AmountForm::default() };
        for (text, read_as) in [
            ("120,000.000", Some("120000")),
            ("1,234,567", Some("1234567")),
            ("999", Some("999")),
            ("1234", Some("1234")),
            ("0.50", Some("0.5")),
            ("000,120", Some("120")),
            ("12,00", None),
            ("1234,567", None),
            (",123", None),
            ("1,,234", None),
            ("1,234.", None),
            (".5", None),
            ("-1,234", None),
            ("1.234,5", None),
            ("", None),
        ] {
            assert_eq!(read(form, text).as_deref(), read_as, "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_and_blanks_of_every_kind() {
        let german = AmountForm { thousands: Some('.'), ..AmountForm::default() };
        assert_eq!(read(german, "120.000,00").as_deref(), Some("120000"));
        assert_eq!(read(german, "1.5"), None, "a decimal point is a thousand's point that is no group");
        let french = AmountForm { thousands: Some(' '), decimal: Some(','), implied_decimals: None };
        for text in ["1 234,5", "1\u{a0}234,5", "1\u{202f}234,5"] {
            assert_eq!(read(french, text).as_deref(), Some("1234.5"));
        }
        let swiss = AmountForm { thousands: Some('\''), ..AmountForm::default() };
        assert_eq!(read(swiss, "1'234.25").as_deref(), Some("1234.25"));
    }

    #[test]
    fn implied_decimals_are_the_last_digits() {
        let form = AmountForm { implied_decimals: Some(3), ..AmountForm::default() };
        for (text, read_as) in [
            ("000000120000000", Some("120000")),
            ("1500", Some("1.5")),
            ("5", Some("0.005")),
            ("0", Some("0")),
            ("1.5", None),
        ] {
            assert_eq!(read(form, text).as_deref(), read_as, "{text}");
        }
    }
}
