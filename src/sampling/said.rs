//! What an account says on a matter: votes on each line, as it was counted or as the paper has it.

use std::collections::BTreeMap;

use crate::amount::Votes;
use crate::ballot::reading::Line;
use crate::text::quoted;

/// Votes of one account on one matter: an item, a nominee, or the quorum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said(BTreeMap<Word, Votes>);

/// A line of a matter, as pulls.csv writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Line(Line),
    /// Present, on the row of the quorum.
    Present,
    /// A choice of a frequency item.
    Choice(String),
    /// Votes cumulated for the nominee of the row.
    Cumulated,
}

/// Words of the lines.
const LINES: [(&str, Line); 6] = [
    ("FOR", Line::For),
    ("AGAINST", Line::Against),
    ("ABSTAIN", Line::Abstain),
    ("WITHHOLD", Line::Withheld),
    ("NONVOTE", Line::BrokerNonVote),
    ("NOTHING", Line::NotVoted),
];

const PRESENT: &str = "PRESENT";
const ABSENT: &str = "ABSENT";
const CUMULATED: &str = "CUMULATED";
const CHOICE: &str = "CHOICE ";

/// Why a cell of pulls.csv cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SaidError {
    /// Nothing was filled in.
    #[error("is blank; write what the paper says, or ABSENT where there is none")]
    Blank,
    /// A word that is none of ours.
    #[error(
        "{0} is no vote; expected FOR, AGAINST, ABSTAIN, WITHHOLD, NONVOTE, NOTHING, PRESENT, CUMULATED or \
         CHOICE and a choice, each with its votes where there are several, or ABSENT"
    )]
    Word(String),
    /// Votes that are no amount.
    #[error("{0} is no number of votes")]
    Votes(String),
    /// More votes than the account has.
    #[error("comes to {0} votes, more than the account's {1}")]
    TooMany(String, String),
}

impl Said {
    /// Adds votes to a line.
    pub(super) fn add_line(&mut self, line: Line, votes: Votes) {
        *self.0.entry(Word::Line(line)).or_default() += votes;
    }

    /// Adds votes present.
    pub(super) fn add_present(&mut self, votes: Votes) {
        *self.0.entry(Word::Present).or_default() += votes;
    }

    /// Adds votes for a choice.
    pub(super) fn add_choice(&mut self, choice: &str, votes: Votes) {
        *self.0.entry(Word::Choice(choice.to_owned())).or_default() += votes;
    }

    /// Adds cumulated votes.
    pub(super) fn add_cumulated(&mut self, votes: Votes) {
        *self.0.entry(Word::Cumulated).or_default() += votes;
    }

    /// The votes on a line.
    #[must_use]
    pub fn line(&self, line: Line) -> Votes {
        self.0.get(&Word::Line(line)).copied().unwrap_or_default()
    }

    /// The votes present, on the row of the quorum.
    #[must_use]
    pub fn present(&self) -> Votes {
        self.0.get(&Word::Present).copied().unwrap_or_default()
    }

    /// The votes for a choice.
    #[must_use]
    pub fn choice(&self, choice: &str) -> Votes {
        self.0.get(&Word::Choice(choice.to_owned())).copied().unwrap_or_default()
    }

    /// The votes cumulated.
    #[must_use]
    pub fn cumulated(&self) -> Votes {
        self.0.get(&Word::Cumulated).copied().unwrap_or_default()
    }

    /// All votes that lie on a line, whichever.
    #[must_use]
    pub fn on_lines(&self) -> Votes {
        LINES.iter().map(|(_, line)| self.line(*line)).sum()
    }

    /// Reads a cell: a word alone stands for all the account's votes; several stand with their votes,
    /// between semicolons.
    ///
    /// # Errors
    /// A blank cell, an unknown word, votes that are no amount, or more than `most` on the lines.
    pub fn parse(cell: &str, all: Votes, most: Votes) -> Result<Self, SaidError> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err(SaidError::Blank);
        }
        let mut said = Self::default();
        if cell.eq_ignore_ascii_case(ABSENT) {
            return Ok(said);
        }
        for part in cell.split(';').map(str::trim) {
            let (word, votes) = match part.rsplit_once(' ') {
                Some((word, number)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                    let votes = Votes::parse(number).map_err(|_| SaidError::Votes(quoted(number)))?;
                    (word.trim(), votes)
                }
                _ => (part, all),
            };
            *said.0.entry(parsed_word(word)?).or_default() += votes;
        }
        // Cumulated votes are a multiple of the shares' votes; their bound is the claim's.
        let choices = said.0.iter().filter(|(word, _)| matches!(word, Word::Choice(_)));
        let cast = said.on_lines() + choices.map(|(_, votes)| *votes).sum();
        let sum = cast.max(said.present());
        if sum > most {
            return Err(SaidError::TooMany(sum.to_string(), most.to_string()));
        }
        Ok(said)
    }

    /// As [`Said::parse`] reads it back.
    #[must_use]
    pub fn shown(&self) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .filter(|(_, votes)| !votes.is_zero())
            .map(|(word, votes)| format!("{} {votes}", shown_word(word)))
            .collect();
        if parts.is_empty() { ABSENT.to_owned() } else { parts.join("; ") }
    }
}

fn parsed_word(text: &str) -> Result<Word, SaidError> {
    let upper = text.to_ascii_uppercase();
    if let Some((_, line)) = LINES.iter().find(|(word, _)| *word == upper) {
        return Ok(Word::Line(*line));
    }
    match upper.as_str() {
        PRESENT => Ok(Word::Present),
        CUMULATED => Ok(Word::Cumulated),
        _ if upper.starts_with(CHOICE) => Ok(Word::Choice(text[CHOICE.len()..].trim().to_owned())),
        _ => Err(SaidError::Word(quoted(text))),
    }
}

fn shown_word(word: &Word) -> String {
    match word {
        Word::Line(line) => {
            LINES.iter().find(|(_, one)| one == line).map_or("", |(word, _)| *word).to_owned()
        }
        Word::Present => PRESENT.to_owned(),
        Word::Choice(choice) => format!("{CHOICE}{choice}"),
        Word::Cumulated => CUMULATED.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(cell: &str) -> Result<Said, SaidError> {
        Said::parse(cell, Votes::whole(500), Votes::whole(500))
    }

    #[test]
    fn a_word_alone_is_all_the_votes_and_several_stand_with_theirs() {
        assert_eq!(parse("for").expect("a vote").line(Line::For), Votes::whole(500));
        let both = parse("FOR 300; AGAINST 200").expect("votes");
        assert_eq!((both.line(Line::For), both.line(Line::Against)), (Votes::whole(300), Votes::whole(200)));
        assert_eq!(both.shown(), "FOR 300; AGAINST 200");
        assert_eq!(parse("ABSENT").expect("nothing"), Said::default());
        assert_eq!(Said::default().shown(), "ABSENT");
        assert_eq!(parse("CHOICE 1_year 20").expect("a choice").choice("1_year"), Votes::whole(20));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(parse(" "), Err(SaidError::Blank));
        assert_eq!(parse("YES"), Err(SaidError::Word("`YES`".to_owned())));
        assert_eq!(parse("FOR 1x"), Err(SaidError::Votes("`1x`".to_owned())));
        let over = parse("FOR 300; AGAINST 201");
        assert_eq!(over, Err(SaidError::TooMany("501".to_owned(), "500".to_owned())));
        assert!(parse("FOR 300; AGAINST 200").is_ok());
    }
}
