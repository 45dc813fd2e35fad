//! Ids that a reader cannot tell apart: with characters that nobody sees, or with letters of another
//! alphabet that look the same. They are different ids, so what they name is counted apart; a warning
//! shows them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use super::Warning;
use crate::catalogue::WarningCode;
use crate::tabulate::Tabulation;
use crate::text::{counted, is_hidden};

/// The most ids that a warning shows.
const SHOWN_MAX: usize = 5;

/// Letters that look like those of `LATIN` at the same place: Cyrillic, then Greek.
const OTHERS: &str = "аеорсхуіјѕһԁԛԝАВЕКМНОРСТХУІЈЅЗοανΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
const LATIN: &str = "aeopcxyijshdqwABEKMHOPCTXYIJS3oavABEZHIKMNOPTYX";

/// Warns of ids that hold hidden characters, and of ids that look alike.
pub(super) fn warn(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let accounts = &tabulation.loaded.accounts;
    let cards = &tabulation.loaded.cards;
    let account_count = u32::try_from(accounts.count()).unwrap_or(u32::MAX);
    let threads = tabulation.loaded.threads;
    // There may be tens of millions, nearly always all plain.
    if !accounts.are_plain(threads) {
        of_list("account number", || (0..account_count).map(|place| accounts.text(place)), found);
    }
    if !cards.are_numbers_plain(threads) {
        of_list("card number", || cards.ids().map(|id| cards.number(id)), found);
    }
    let meeting = &tabulation.loaded.meeting;
    of_list("class id", || meeting.classes.iter().map(|class| class.id.as_str()), found);
    of_list("form id", || meeting.forms.iter().map(|form| form.id.as_str()), found);
    of_list("item id", || meeting.items.iter().map(|item| item.id.as_str()), found);
    for item in &meeting.items {
        if let Some(election) = item.election() {
            of_list("nominee id", || election.nominees.iter().map(|nominee| nominee.id.as_str()), found);
        }
    }
}

/// Warns of the ids of one list, each of which stands for something else.
fn of_list<'a, I: Iterator<Item = &'a str>>(noun: &str, ids: impl Fn() -> I, found: &mut Vec<Warning>) {
    let odd: Vec<&str> = ids().filter(|id| !is_plain(id)).collect();
    if odd.is_empty() {
        return;
    }
    let hidden: Vec<String> = odd.iter().filter(|id| id.chars().any(is_unseen)).map(|id| shown(id)).collect();
    if !hidden.is_empty() {
        found.push(Warning {
            code: WarningCode::HiddenCharacters,
            account: None,
            says: format!(
                "{} {} characters that cannot be seen: {}",
                counted(hidden.len() as u64, noun),
                if hidden.len() == 1 { "holds" } else { "hold" },
                listed(&hidden),
            ),
        });
    }
    // Only an odd id can look like another one; the others are needed as what it looks like.
    let skeletons: HashMap<String, &str> = odd.iter().map(|id| (skeleton(id), *id)).collect();
    let mut alike: Vec<String> = Vec::new();
    for id in ids() {
        let of_id = if is_plain(id) { Cow::Borrowed(id) } else { Cow::Owned(skeleton(id)) };
        if let Some(other) = skeletons.get(of_id.as_ref()).filter(|other| **other != id) {
            alike.push(format!("{} like {}", shown(other), shown(id)));
        }
    }
    if !alike.is_empty() {
        let what = counted(alike.len() as u64, noun);
        let look = if alike.len() == 1 { "looks" } else { "look" };
        let says = format!("{what} {look} like another and counts apart: {}", listed(&alike));
        let says = if alike.len() == 1 { says } else { says.replace("counts", "count") };
        found.push(Warning { code: WarningCode::IdsLookAlike, account: None, says });
    }
}

fn listed(shown: &[String]) -> String {
    let rest = shown.len().saturating_sub(SHOWN_MAX);
    let start = shown[..shown.len() - rest].join(", ");
    if rest > 0 { format!("{start}, and {rest} more") } else { start }
}

fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Whether a character leaves no mark on the page, or only a blank that is not the usual one.
fn is_unseen(c: char) -> bool {
    is_hidden(c) || (c.is_whitespace() && c != ' ')
}

/// The id in backticks, with every character that is not plain ASCII by its number.
fn shown(id: &str) -> String {
    let mut text = String::from("`");
    for c in id.chars() {
        if c.is_ascii() && !c.is_control() {
            text.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}", c.escape_unicode());
        }
    }
    text.push('`');
    text
}

/// What the eye sees of an id: without what cannot be seen, in the compatibility form of Unicode (NFKC),
/// in which composed and decomposed, full-width and other letters that differ in shape alone are one, and
/// with the Latin letter in place of one that looks like it.
fn skeleton(id: &str) -> String {
    let seen = |c: char| match c {
        c if is_hidden(c) => None,
        c if c.is_whitespace() => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        c => Some(
            OTHERS.chars().zip(LATIN.chars()).find(|(other, _)| *other == c).map_or(c, |(_, latin)| latin),
        ),
    };
    // Hidden characters first: one between a letter and its accent keeps them from being composed.
    id.chars().filter(|c| !is_hidden(*c)).nfkc().filter_map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(ids: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        of_list("account number", || ids.iter().copied(), &mut found);
        found.into_iter().map(|warning| format!("{}: {}", warning.code, warning.says)).collect()
    }

    #[test]
    fn letters_of_other_alphabets_stand_at_the_place_of_those_they_look_like() {
        assert_eq!(OTHERS.chars().count(), LATIN.len());
        assert!(OTHERS.chars().all(|c| !c.is_ascii()) && LATIN.is_ascii());
        assert_eq!(skeleton("СОРУ"), "COPY");
        assert_eq!(skeleton("Ａ\u{2013}１\u{a0}x\u{200b}"), "A-1 x");
    }

    #[test]
    fn plain_and_foreign_ids_that_resemble_no_other_are_no_warning() {
        assert_eq!(says(&["A-1", "a-1", "O", "0", "Zoë", "木村", "Ж-1"]), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(
            says(&["A-1\u{200b}", "B"]),
            ["hidden_characters: 1 account number holds characters that cannot be seen: `A-1\\u{200b}`"]
        );
        assert_eq!(
            says(&["A\u{a0}1", "A 1", "soft\u{ad}hyphen"]),
            [
                "hidden_characters: 2 account numbers hold characters that cannot be seen: `A\\u{a0}1`, \
                 `soft\\u{ad}hyphen`",
                "ids_look_alike: 1 account number looks like another and counts apart: `A\\u{a0}1` like `A 1`",
            ]
        );
    }

    /// Unicode code points that leave no mark, composed and decomposed letters, and compatibility forms.
    #[test]
    fn what_only_the_computer_tells_apart_looks_alike() {
        for hidden in
            ['\u{3164}', '\u{2800}', '\u{115f}', '\u{ffa0}', '\u{fe0f}', '\u{34f}', '\u{17b4}', '\u{e0101}']
        {
            let id = format!("A{hidden}1");
            let told = says(&[&id, "A1"]);
            assert_eq!(told.len(), 2, "{hidden:?}: {told:?}");
            assert!(told[0].starts_with("hidden_characters: ") && told[1].starts_with("ids_look_alike: "));
        }
        for (one, other) in [
            ("Zo\u{eb}", "Zoe\u{308}"),
            ("\u{fb01}ve", "five"),
            ("A\u{b2}", "A2"),
            ("\u{ff21}1", "A1"),
            ("\u{2163}", "IV"),
            ("\u{1d400}1", "A1"),
        ] {
            let told = says(&[one, other]);
            assert!(told.len() == 1 && told[0].starts_with("ids_look_alike: "), "{one} {other}: {told:?}");
        }
        assert_eq!(says(&["Zo\u{eb}", "Zoe"]), Vec::<String>::new());
    }

    #[test]
    fn ids_that_look_alike_are_told_apart() {
        let expected = "ids_look_alike: 1 account number looks like another and counts apart: \
                        `b\\u{435}ll` like `bell`";
        assert_eq!(says(&["bell", "baker", "b\u{435}ll"]), [expected]);
        // Two that are odd both.
        assert_eq!(says(&["\u{435}", "\u{ff45}"]).len(), 1);
    }
}
