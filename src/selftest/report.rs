//! What a self-test found, page by page.

use std::fmt::Write;

use super::accounts::Deck;
use super::{Compared, Figures};

/// On every page.
const BANNER: &str = "TEST - A TRIAL, NOT THE RESULT OF A MEETING";

/// Lines of a page, its head among them.
const PAGE_LINES: usize = 60;

/// What counting a deck came to.
#[derive(Debug)]
pub enum Counted {
    /// The figures, each with what was expected.
    Figures(Vec<Compared>),
    /// The deck was refused: every problem told.
    Refused(Vec<String>),
}

/// Everything that a report tells.
#[derive(Debug)]
pub struct Report<'a> {
    /// The company and the title of the meeting.
    pub meeting: String,
    /// Who signs.
    pub inspectors: &'a [String],
    /// The SHA-256 of the meeting.json that was approved, and of the one in use.
    pub digests: [String; 2],
    /// The program: its version and the SHA-256 of its file.
    pub program: String,
    /// The fingerprint of the certificate that was counted; nothing where there is none.
    pub fingerprint: Option<String>,
    /// Each file of the deck with its SHA-256.
    pub files: &'a [(String, String)],
    /// What the deck puts in place of the meeting's own.
    pub settings: &'a [String],
    /// What the deck does not show.
    pub not_shown: &'a [String],
    /// The deck.
    pub deck: &'a Deck,
    /// What came of it.
    pub counted: Counted,
    /// The figures of the same meeting without a card; nothing where it was refused.
    pub zero: Option<Figures>,
}

/// Figures that must be nothing where there is no card.
#[must_use]
fn is_of_votes(name: &str) -> bool {
    const ENDS: [&str; 15] = [
        ": for",
        ": against",
        ": abstain",
        ": withheld",
        ": broker non votes",
        ": not voted",
        ": present",
        ": votes present",
        ": pool",
        ": cast",
        ": unused",
        ": void",
        ": elected",
        ": tied",
        "quorum: present",
    ];
    ENDS.iter().any(|end| name.ends_with(end))
}

impl Report<'_> {
    /// The figures that are not nothing without a card.
    #[must_use]
    pub fn not_zero(&self) -> Vec<String> {
        let figures = self.zero.iter().flatten();
        figures
            .filter(|(name, value)| is_of_votes(name) && !matches!(value.as_str(), "0" | ""))
            .map(|(name, value)| format!("{name} is {value}"))
            .collect()
    }

    /// Whether everything came out as the deck has it.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        let is_right = match &self.counted {
            Counted::Figures(figures) => figures.iter().all(Compared::agrees),
            Counted::Refused(_) => false,
        };
        is_right && self.zero.is_some() && self.not_zero().is_empty()
    }

    /// In a sentence.
    #[must_use]
    pub fn result(&self) -> String {
        let wrong = match &self.counted {
            Counted::Refused(problems) => {
                return format!("FAILED: the count refuses the deck: {} problems", problems.len());
            }
            Counted::Figures(figures) => figures.iter().filter(|figure| !figure.agrees()).count(),
        };
        let all = match &self.counted {
            Counted::Figures(figures) => figures.len(),
            Counted::Refused(_) => 0,
        };
        match (wrong, self.is_passed()) {
            (0, true) => format!("PASSED: all {all} figures are those of the deck"),
            (0, false) => "FAILED: without a card the count is not nothing".to_owned(),
            (wrong, _) => format!("FAILED: {wrong} of {all} figures are not those of the deck"),
        }
    }

    /// What differs, a line each.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let mut told: Vec<String> = match &self.counted {
            Counted::Refused(problems) => problems.clone(),
            Counted::Figures(figures) => figures
                .iter()
                .filter(|figure| !figure.agrees())
                .map(|figure| match &figure.counted {
                    Some(counted) => format!(
                        "{}: expected {}, counted {}",
                        figure.figure,
                        quoted(&figure.expected),
                        quoted(counted)
                    ),
                    None => format!("{}: expected {}, not counted", figure.figure, quoted(&figure.expected)),
                })
                .collect(),
        };
        told.extend(self.not_zero().into_iter().map(|what| format!("without a card: {what}")));
        told
    }

    /// The report, in pages; each begins with what it is not.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = self.head();
        let mut section = |title: &str, told: Vec<String>| {
            lines.push(String::new());
            lines.push(title.to_owned());
            let none = if told.is_empty() { vec!["none".to_owned()] } else { told };
            lines.extend(none.into_iter().map(|line| format!("  {line}")));
        };
        section("WHAT DIFFERS", self.differences());
        section("ZERO REPORT, COUNTED WITHOUT A CARD", self.zero_lines());
        section("PUT IN PLACE OF THE MEETING'S OWN", self.settings.to_vec());
        section("NOT SHOWN BY THE DECK", self.not_shown.to_vec());
        section(
            "FILES OF THE DECK",
            self.files.iter().map(|(name, digest)| format!("{digest}  {name}")).collect(),
        );
        let cards = self.deck.cards.iter();
        let told = |card: &super::accounts::TestCard| {
            format!("{}  {}: must be {}, {}", card.number, card.shows, card.fate.0, card.fate.1)
        };
        section("CARDS", cards.map(told).collect());
        if let Counted::Figures(figures) = &self.counted {
            let told = |figure: &Compared| {
                let mark = if figure.agrees() { "     " } else { "WRONG" };
                let counted = figure.counted.as_deref().unwrap_or("nothing");
                format!("{mark} {}: {} | {}", figure.figure, quoted(&figure.expected), quoted(counted))
            };
            section("FIGURES: EXPECTED | COUNTED", figures.iter().map(told).collect());
        }
        paged(&lines)
    }

    fn head(&self) -> Vec<String> {
        let same = if self.digests[0] == self.digests[1] { " (the same)" } else { "" };
        let mut lines = vec![
            "LOGIC AND ACCURACY TEST".to_owned(),
            self.meeting.clone(),
            String::new(),
            self.result(),
            String::new(),
            format!("deck written from:  meeting.json, SHA-256 {}", self.digests[0]),
            format!("counted with:       meeting.json, SHA-256 {}{same}", self.digests[1]),
            format!("program:            {}", self.program),
            format!(
                "fingerprint:        {}",
                self.fingerprint.as_deref().unwrap_or("none, nothing was certified")
            ),
            format!("accounts, cards:    {}, {}", self.deck.register.len(), self.deck.cards.len()),
            String::new(),
        ];
        let nobody = ["Inspector".to_owned()];
        let signers = if self.inspectors.is_empty() { &nobody[..] } else { self.inspectors };
        for name in signers {
            lines.push(String::new());
            lines.push("________________________________________        ____________________".to_owned());
            lines.push(format!("{name:<48}Date"));
        }
        lines
    }

    fn zero_lines(&self) -> Vec<String> {
        match (&self.zero, self.not_zero()) {
            (None, _) => vec!["refused, as above".to_owned()],
            (Some(figures), wrong) if wrong.is_empty() => {
                let of_votes = figures.iter().filter(|(name, _)| is_of_votes(name));
                of_votes.map(|(name, value)| format!("{name}: {}", quoted(value))).collect()
            }
            (Some(_), wrong) => wrong,
        }
    }
}

fn quoted(value: &str) -> String {
    let value = crate::text::visible(value);
    if value.is_empty() { "nothing".to_owned() } else { value.into_owned() }
}

/// Lines in pages, each with the banner and its number; a form feed before all but the first.
fn paged(lines: &[String]) -> String {
    let body = PAGE_LINES - 2;
    let count = lines.len().div_ceil(body);
    let mut text = String::new();
    for (number, page) in lines.chunks(body).enumerate() {
        let feed = if number == 0 { "" } else { "\u{c}" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{feed}{BANNER}    page {} of {count}\n", number + 1);
        for line in page {
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}
