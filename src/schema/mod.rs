//! What each file may hold, for programs that write or read it: JSON Schema 2020-12 for JSON, Table
//! Schema 2.0 for CSV. Tests hold them against what the reader knows and what the certificate has.

use clap::ValueEnum;

/// A file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// meeting.json
    Meeting,
    /// certificate.json
    Certificate,
    /// register.csv
    Register,
    /// omnibus.csv
    Omnibus,
    /// cards.csv
    Cards,
    /// street.csv
    Street,
    /// revocations.csv
    Revocations,
    /// rulings.csv
    Rulings,
    /// lots.csv
    Lots,
}

impl SchemaOf {
    /// The schema as JSON.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Meeting => include_str!("meeting.json"),
            Self::Certificate => include_str!("certificate.json"),
            Self::Register => include_str!("register.json"),
            Self::Omnibus => include_str!("omnibus.json"),
            Self::Cards => include_str!("cards.json"),
            Self::Street => include_str!("street.json"),
            Self::Revocations => include_str!("revocations.json"),
            Self::Rulings => include_str!("rulings.json"),
            Self::Lots => include_str!("lots.json"),
        }
    }
}
