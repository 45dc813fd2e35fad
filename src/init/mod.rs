//! The meetings that `quorate init` begins with: small, invented, and adding up as their README says. The
//! foreign one is in the files of others, so a file is bytes and not always text.

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
    /// The files of others, each with its layout: an agent's list, a vote file, a workbook, totals
    Foreign,
}

/// What every template's README closes with: each file, key and column.
const COMMON: &str = include_str!("templates/common.md");

macro_rules! files {
    ($folder:literal, $($name:literal),+) => {
        vec![$(($name, include_bytes!(concat!("templates/", $folder, "/", $name)).to_vec())),+]
    };
}

impl Template {
    /// The files of the meeting: name and bytes.
    #[must_use]
    pub fn files(self) -> Vec<(&'static str, Vec<u8>)> {
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
            Self::Foreign => files!(
                "foreign",
                "meeting.json",
                "RegList.csv",
                "RegList.layout.json",
                "votes.txt",
                "votes.layout.json",
                "desk.xlsx",
                "desk.layout.json",
                "totals.csv",
                "totals.layout.json",
                "README.md"
            ),
        };
        for (name, bytes) in &mut files {
            if *name == "README.md" {
                bytes.extend_from_slice(COMMON.as_bytes());
            }
        }
        files
    }
}
