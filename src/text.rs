//! The user's text in messages and documents: control characters made visible, near words found.

use std::borrow::Cow;
use std::fmt::Write as _;

#[cfg(feature = "desk")]
use unicode_width::UnicodeWidthStr;

/// The longest piece of the user's text that a message repeats, in characters.
const QUOTED_MAX: usize = 80;

/// Whether a character would act on a terminal or hide instead of being seen.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Default_Ignorable_Code_Point of Unicode, line and paragraph separators, interlinear marks.
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
            // A Braille cell without dots: a blank that no program takes for one.
            | '\u{2800}')
}

/// The text with terminal controls and invisible or direction-changing characters escaped.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The text as it is seen, in so many columns of a terminal: where it is longer, `…` stands for the rest.
#[cfg(feature = "desk")]
#[must_use]
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let text = visible(text);
    if UnicodeWidthStr::width(&*text) <= columns {
        return text.into_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if UnicodeWidthStr::width(kept.as_str()) >= columns {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

/// JSON without raw control or direction-changing characters: each stands as an escape, which says the
/// same to every program and does nothing to a terminal.
#[must_use]
pub fn json_visible(json: &str) -> String {
    if !json.chars().any(|c| is_hidden(c) && c != '\n') {
        return json.to_owned();
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        // Outside of strings JSON as it is written here has plain blanks and line feeds only.
        if is_hidden(c) && c != '\n' {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The user's text in backticks, visible and not too long.
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.chars().count() > QUOTED_MAX {
        let start: String = text.chars().take(QUOTED_MAX).collect();
        return format!("`{}…`", visible(&start));
    }
    format!("`{}`", visible(text))
}

/// The known word nearest to what was written, when it is near.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let short: String = written.chars().take(QUOTED_MAX).collect::<String>().to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&short, &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= 1.max(word.chars().count() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// `; did you mean …?` when a known word is near, else nothing.
#[must_use]
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(written, known).map_or_else(String::new, |word| format!("; did you mean {}?", quoted(word)))
}

/// Words as a list: `a`, `b` or `c`.
#[must_use]
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [start @ .., last] => format!("{} or {last}", start.join(", ")),
    }
}

/// A count with its noun in the singular or plural: `1 card`, `2 cards`.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", thousands(&count.to_string())) }
}

/// Digits with commas between thousands: `9,014,232`, `1,000.5`.
#[must_use]
pub fn thousands(digits: &str) -> String {
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(w, d)| (w, Some(d)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    decimals.map_or(grouped.clone(), |decimals| format!("{grouped}.{decimals}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_without_raw_controls() {
        let text = "{\n  \"a\": \"\u{202e}x\u{7f}\u{e0101}Zo\u{eb}\"\n}";
        let safe = json_visible(text);
        assert_eq!(safe, "{\n  \"a\": \"\\u202ex\\u007f\\udb40\\udd01Zo\u{eb}\"\n}");
        let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).expect("JSON");
        assert_eq!(read(&safe), read(text));
    }

    #[test]
    fn terminal_controls_and_direction_marks_are_shown_escaped() {
        assert_eq!(visible("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(visible("abc\u{202e}def"), "abc\\u{202e}def");
        assert_eq!(visible("Zoë 木"), "Zoë 木");
        assert_eq!(quoted(&"x".repeat(100)), format!("`{}…`", "x".repeat(80)));
    }

    #[test]
    fn the_nearest_known_word_is_near() {
        let known = ["account", "name", "shares"];
        assert_eq!(nearest("acount", known), Some("account"));
        assert_eq!(nearest("SHARES", known), Some("shares"));
        assert_eq!(nearest("quorum", known), None);
    }

    #[test]
    fn thousands_are_grouped_and_decimals_are_not() {
        for (digits, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("9014232", "9,014,232"),
            ("1000.123456", "1,000.123456"),
        ] {
            assert_eq!(thousands(digits), shown);
        }
        assert_eq!(counted(1, "card"), "1 card");
        assert_eq!(counted(1200, "card"), "1,200 cards");
    }
}
