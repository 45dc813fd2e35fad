//! Paper keyed in by hand: files of cards as clerks key them, and two keyings of the same paper set side by
//! side.
//!
//! A keying is a file of cards. Nothing in it is changed once it is written: what was keyed wrong is put
//! right by a later row of the same card, with `replaces` or `withdraws` in its column `correction`.

mod reconcile;
mod sheet;

pub use reconcile::{Difference, Kind, Reconciliation, Settled, reconcile};
#[cfg(feature = "desk")]
pub(crate) use sheet::table;
pub use sheet::{CORRECTIONS, Correction, Sheet, SheetRow};
