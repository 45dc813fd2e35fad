//! From files to rows: reads a meeting's folder, reports every problem in every file, and hands on
//! data that needs no further checking of its form. The only room, with `commands`, that opens files.

mod accounts;
mod arrangement;
mod aside;
mod card;
mod cards;
mod cells;
mod conversion;
mod details;
mod extras;
mod fingerprint;
mod folder;
mod forms;
mod holdings;
mod items;
pub(crate) mod json;
mod json_fault;
mod keyed;
mod lots;
mod mark_cells;
mod meeting;
mod near_accounts;
mod not_there;
mod notice;
mod omnibus;
mod papers;
pub(crate) mod problem;
mod proportional;
mod quorum;
mod read_cards;
mod register;
mod revocations;
mod rulings;
mod runs;
mod signers;
pub(crate) mod source;
mod standards;
mod street;
pub(crate) mod table;
mod texts;
mod unread;
mod vocabulary;

use crate::amount::Shares;
use crate::layout::Tally;
use fingerprint::Fingerprint;

pub use accounts::{AccountId, Accounts, SetAside};
pub use aside::Aside;
pub use card::{Card, CardId, Medium, SignedState};
pub use cards::{CardFile, Cards};
pub use conversion::{CellChange, ConversionError, Drafted, draft_layout, write_as_read};
pub use extras::CardExtra;
pub(crate) use fingerprint::PIECE;
pub use folder::{FileNotRead, Loaded, NamesNotRead, Overrides, load, load_all, meeting_of};
pub use lots::{Lot, Method};
pub use omnibus::OmnibusRow;
pub use problem::{Place, Problem, Problems};
pub use register::{CoHolder, Register, RegisterRow, Registration};
pub use revocations::{Manner, Revocation};
pub use rulings::{CHALLENGE_COLUMNS, Ruling, RulingKind, Subject};
pub use source::{digest, hex, inside};
pub use street::{StreetRow, StreetVote};
pub use table::Renaming;
pub(crate) use table::{COLUMNS_MAX, LINE_MAX};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// meeting.json.
    Meeting,
    /// Holders of record.
    Register,
    /// Whom a nominee passed its voting power to.
    Omnibus,
    /// Proxy cards and ballots.
    Cards,
    /// Totals as participants report them.
    Street,
    /// Written revocations and requests at the meeting.
    Revocations,
    /// The inspector's rulings.
    Rulings,
    /// Lots drawn between tied nominees.
    Lots,
}

impl Role {
    /// The roles of CSV files.
    pub const ALL: [Self; 7] = [
        Self::Register,
        Self::Omnibus,
        Self::Cards,
        Self::Street,
        Self::Revocations,
        Self::Rulings,
        Self::Lots,
    ];

    /// As `meeting.json` and the certificate name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::Register => "register",
            Self::Omnibus => "omnibus",
            Self::Cards => "cards",
            Self::Street => "street",
            Self::Revocations => "revocations",
            Self::Rulings => "rulings",
            Self::Lots => "lots",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether its files state shares.
    #[must_use]
    pub fn states_shares(self) -> bool {
        matches!(self, Self::Register | Self::Omnibus | Self::Cards | Self::Street)
    }

    /// The name of its file where `meeting.json` names no other.
    #[must_use]
    pub fn default_file(self) -> &'static str {
        match self {
            Self::Meeting => "meeting.json",
            Self::Register => "register.csv",
            Self::Omnibus => "omnibus.csv",
            Self::Cards => "cards.csv",
            Self::Street => "street.csv",
            Self::Revocations => "revocations.csv",
            Self::Rulings => "rulings.csv",
            Self::Lots => "lots.csv",
        }
    }
}

/// The columns of a role's files, but for the marks of cards.
#[must_use]
pub fn columns_of(role: Role) -> Vec<&'static str> {
    match role {
        Role::Meeting => Vec::new(),
        Role::Register => register::COLUMNS.to_vec(),
        Role::Omnibus => omnibus::COLUMNS.to_vec(),
        Role::Cards => read_cards::FIXED_COLUMNS.to_vec(),
        Role::Street => street::COLUMNS.to_vec(),
        Role::Revocations => revocations::COLUMNS.to_vec(),
        Role::Rulings => rulings::COLUMNS.to_vec(),
        Role::Lots => lots::COLUMNS.to_vec(),
    }
}

/// What reading a file of rows found.
struct FileFigures {
    /// Its rows, without the header.
    rows: u64,
    /// The sum of its shares; nothing when it does not fit, or the file states none.
    shares: Option<Shares>,
    ended: source::Ended,
}

/// A file that was read, as the certificate lists it.
#[derive(Debug, Clone)]
pub struct Input {
    /// What it is for.
    pub role: Role,
    /// As it was named.
    pub path: String,
    /// Where it lies.
    pub location: std::path::PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its rows, without the header; for meeting.json nothing.
    pub rows: Option<u64>,
    /// The sum of its shares, where it states shares.
    pub shares: Option<Shares>,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How it was read through a layout.
    pub laid: Option<Laid>,
    /// The two keyings that it was made of.
    pub keyed: Option<Keyed>,
    /// Rows of it that later rows of it put right.
    pub corrected_rows: u64,
    /// What `columns` of meeting.json makes of its headers.
    pub renamings: Vec<Renaming>,
    /// What its bytes are compared by at the end.
    fingerprint: Fingerprint,
}

/// The two keyings that a file of cards was made of, by the same comparison as was just made again.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// The first and the second keying.
    pub files: [KeyedFile; 2],
    /// How their differences were settled.
    pub resolved: Option<KeyedFile>,
    /// How many differences there were, all of them settled.
    pub differences: u64,
}

/// A file that a file of cards was made of.
#[derive(Debug, Clone)]
pub struct KeyedFile {
    /// As it was named.
    pub path: String,
    /// Where it lies.
    pub location: std::path::PathBuf,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A layout that a file was read through, and what reading it came to.
#[derive(Debug, Clone)]
pub struct Laid {
    /// The layout, as it was named.
    pub path: String,
    /// Where it lies.
    pub location: std::path::PathBuf,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The encoding of the file; nothing in a workbook.
    pub encoding: Option<&'static str>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// What reading it came to.
    pub tally: Tally,
    /// The SHA-256 of the rows as read, as `quorate convert` writes them.
    pub as_read_sha256: String,
}
