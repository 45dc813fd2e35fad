//! What the papers of a meeting say beside its result: who appointed the inspectors, whether their oath is
//! printed, how dates are written, and whether it is a test.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Who appointed the inspectors (8 Del. C. § 231(a); Cal. Corp. Code § 707(a); Model Act § 7.29(a)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// By whom.
    pub by: String,
    /// On which day, where it is told.
    pub on: Option<Date>,
}

/// How documents that a person reads write dates and hours. Files for programs keep ISO 8601.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateStyle {
    /// `December 5, 2002, 11:00 a.m.`
    #[default]
    Us,
    /// `2002-12-05, 11:00`
    Iso,
}

/// Whether a meeting is held, or tried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A meeting as it is held.
    #[default]
    Live,
    /// A trial: every page says so.
    Test,
}

/// What the papers say beside the result.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    /// Who appointed the inspectors.
    pub appointed: Option<Appointment>,
    /// Whether the inspectors' oath is printed above what they sign.
    pub has_oath: bool,
    /// How dates are written.
    pub dates: DateStyle,
    /// Whether it is a test.
    pub mode: Mode,
}
