//! The manual: what files hold, what results mean, what the rules are and rest on. It is part of the
//! program, so that the pages and the program that they are about cannot be parted.
//!
//! Each page is a Markdown file beside this one. What the program knows by itself, its rules, what they
//! cite and its codes, is put into the pages from there.

use std::borrow::Cow;
use std::fmt::Write;

use crate::catalogue::{Entry, OPEN_MATTERS, PROBLEMS, REASONS, WARNINGS};
use crate::meeting::{ExchangeAct, Law, Rules};
use crate::rule::{Rule, authority};

/// Pages, each a module with the page as its documentation.
macro_rules! pages {
    ($($module:ident = $name:literal, $file:literal, $about:literal;)*) => {
        $(
            #[doc = include_str!($file)]
            pub mod $module {}
        )*

        /// Every page, in the order of the contents.
        pub const PAGES: &[Page] = &[$(Page { name: $name, about: $about, source: include_str!($file) },)*];

        /// The name of every page.
        pub const NAMES: &[&str] = &[$($name,)*];
    };
}

/// A page of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// What to type for it.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// As it was written, with places where parts of the program go.
    source: &'static str,
}

pages! {
    inspector = "inspector", "inspector.md", "for the inspector of elections: before, at and after the meeting";
    selftest = "selftest", "selftest.md", "for both sides: a deck whose figures are known, before and after the meeting";
    lots = "lots", "lots.md", "for the inspector: a tie broken by lot, in public, and drawn again by anybody";
    keying = "keying", "keying.md", "for the inspector's table: paper keyed in, twice, and set side by side";
    room = "room", "room.md", "for the room: one screen and a page for the projector, counted again as files change";
    agent = "agent", "agent.md", "for the transfer agent and the tabulator: exports, checks, many meetings";
    auditor = "auditor", "auditor.md", "for the auditor: replaying, comparing, tracing, building";
    audit = "audit", "audit.md", "for the auditor: the paper checked by a sample weighted by votes";
    signatures = "signatures", "signatures.md", "for whoever is handed results: who signed them, checked with OpenSSH alone";
    receipts = "receipts", "receipts.md", "for whoever is handed a receipt: one account's rows, and the proof of them";
    proxy_holders = "proxy-holders", "proxy-holders.md", "for proxy holders: what cumulated votes elect for sure";
    files = "files", "files.md", "the files of a meeting: columns, keys, amounts, times, marks";
    layouts = "layouts", "layouts.md", "reading the files of others as they are exported";
    standards = "standards", "standards.md", "the vote that an item needs: names, tests, bases";
    results = "results", "results.md", "exit codes, documents, certificate.json, margins, the second count";
    cards = "cards", "cards.md", "the rules on cards that a meeting may set, and what each law presets";
    law = "law", "law.md", "what a certificate rests on, law by law, and where it can be read";
    rules = "rules", "rules.md", "every rule with its sentence and its sources";
    exceptions = "exceptions", "exceptions.md", "where the program departs from the texts, or chooses between readings";
    codes = "codes", "codes.md", "every code that is printed: what it means, what to do";
    limits = "limits", "limits.md", "the most of everything";
    hostile_input = "hostile-input", "hostile-input.md", "what becomes of input that means harm";
    speed = "speed", "speed.md", "how long it takes and how much memory";
    programs = "programs", "programs.md", "for programs and shells: schemas, completions, the page for man";
}

/// What the program tells of itself on a page.
type Told = fn() -> String;

impl Page {
    /// The page of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<&'static Self> {
        PAGES.iter().find(|page| page.name == name)
    }

    /// Its text, in Markdown.
    #[must_use]
    pub fn text(&self) -> Cow<'static, str> {
        let parts: [(&str, Told); 6] = [
            ("<!-- the rules -->", rules_told),
            ("<!-- the authorities -->", authorities_told),
            ("<!-- the problems -->", || codes_told(PROBLEMS)),
            ("<!-- the warnings -->", || codes_told(WARNINGS)),
            ("<!-- the reasons -->", || codes_told(REASONS)),
            ("<!-- the open matters -->", || codes_told(OPEN_MATTERS)),
        ];
        let mut text = Cow::Borrowed(self.source);
        for (place, told) in parts {
            if text.contains(place) {
                text = Cow::Owned(text.replace(place, told().trim_end()));
            }
        }
        text
    }
}

/// The contents: each page with what it is about.
#[must_use]
pub fn contents() -> String {
    let width = NAMES.iter().map(|name| name.len()).max().unwrap_or_default();
    let mut text = "# The manual of quorate\n\n".to_owned();
    for Page { name, about, .. } in PAGES {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    quorate manual {name:width$}   {about}");
    }
    text
}

/// The exceptions that speak of a rule, as `E-1`.
fn exceptions_of(id: &str) -> Vec<&'static str> {
    let entries = include_str!("exceptions.md").split("\n- **").skip(1);
    let named = entries.filter_map(|entry| {
        let (name, rest) = entry.split_once("** (")?;
        let (ids, _) = rest.split_once(')')?;
        ids.split(", ").any(|one| one == id).then_some(name)
    });
    named.collect()
}

/// Every rule with what it rests on under each law.
fn rules_told() -> String {
    let mut text = String::new();
    for rule in Rule::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "## {}\n\n{}\n", rule.id(), rule.sentence());
        for (law, shown) in
            [(Law::California, "California"), (Law::Delaware, "Delaware"), (Law::ModelAct, "Model Act")]
        {
            let _ = writeln!(text, "- {shown}: {}", rule.source(&Rules::preset(law)));
        }
        let unregistered =
            Rules { exchange_act: ExchangeAct::NotRegistered, ..Rules::preset(Law::California) };
        if !rule.grounds().unregistered.is_empty() {
            let source = rule.source(&unregistered);
            let _ = writeln!(text, "- California, securities not registered under Section 12: {source}");
        }
        let exceptions = exceptions_of(rule.id());
        if !exceptions.is_empty() {
            let _ = writeln!(text, "- Readings: {}", exceptions.join(", "));
        }
        text.push('\n');
    }
    text
}

/// Everything that is cited.
fn authorities_told() -> String {
    let mut text = String::new();
    for entry in authority::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "- **{}**: {}", entry.name, entry.subject);
        match (entry.address, entry.read) {
            (Some(address), Some(day)) => _ = writeln!(text, "  <{address}>, read {day}"),
            (Some(address), None) => _ = writeln!(text, "  <{address}>"),
            (None, _) => {}
        }
    }
    text
}

/// Codes with what they mean and what to do.
fn codes_told(entries: &[Entry]) -> String {
    let mut text = String::new();
    for Entry { code, means, remedy } in entries {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "- `{code}`: {means}.\n  What to do: {remedy}.");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_code_has_its_place() {
        let text = |name| Page::of_name(name).map(Page::text).unwrap_or_default();
        for rule in Rule::ALL {
            assert!(text("rules").contains(&format!("## {}\n\n{}\n", rule.id(), rule.sentence())));
        }
        for entry in [PROBLEMS, WARNINGS, REASONS, OPEN_MATTERS].into_iter().flatten() {
            assert!(text("codes").contains(&format!("- `{}`: {}.", entry.code, entry.means)));
        }
        for entry in authority::ALL {
            assert!(text("law").contains(&format!("- **{}**: {}", entry.name, entry.subject)));
        }
    }

    /// A reading that speaks of a rule which is none would be lost.
    #[test]
    fn the_exceptions_speak_of_rules() {
        let ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        for entry in include_str!("exceptions.md").split("\n- **").skip(1) {
            let named = entry.split_once("** (").and_then(|(_, rest)| rest.split_once(')'));
            let (named, _) = named.unwrap_or_else(|| panic!("no rule is named: {entry}"));
            assert!(named.split(", ").all(|id| ids.contains(&id)), "{named} is no list of rules");
        }
    }

    #[test]
    fn nothing_is_left_out_of_a_page() {
        for page in PAGES {
            assert!(page.text().starts_with("# "), "{} has no title", page.name);
            assert!(!page.text().contains("<!--"), "{}: a part is missing", page.name);
        }
    }
}
