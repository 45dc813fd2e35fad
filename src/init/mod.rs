//! The meetings that `quorate init` begins with: small, invented, and adding up as their README says.

use clap::ValueEnum;

/// A kind of meeting to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// Three seats, a vote on pay, an auditor
    Annual,
    /// Two slates on universal proxy cards
    Contested,
    /// Cumulative voting in force
    Cumulative,
    /// Shares in street name: an omnibus proxy, participants' totals, blocks
    Street,
}

/// What every template's README closes with: each file, key and column.
const COMMON: &str = include_str!("templates/common.md");

macro_rules! files {
    ($folder:literal, $($name:literal),+) => {
        vec![$(($name, include_str!(concat!("templates/", $folder, "/", $name)).to_owned())),+]
    };
}

impl Template {
    /// The files of the meeting: name and text.
    #[must_use]
    pub fn files(self) -> Vec<(&'static str, String)> {
        let mut files = match self {
            Self::Annual => files!("annual", "meeting.json", "register.csv", "cards.csv", "README.md"),
            Self::Contested => files!("contested", "meeting.json", "register.csv", "cards.csv", "README.md"),
            Self::Cumulative => {
                files!("cumulative", "meeting.json", "register.csv", "cards.csv", "README.md")
            }
            Self::Street => files!(
                "street",
                "meeting.json",
                "register.csv",
                "omnibus.csv",
                "cards.csv",
                "street.csv",
                "README.md"
            ),
        };
        for (name, text) in &mut files {
            if *name == "README.md" {
                text.push_str(COMMON);
            }
        }
        files
    }
}
