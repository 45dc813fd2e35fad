//! quorate tabulates the votes of a shareholder meeting and certifies the result.
//!
//! Data flows down the page, and a room uses only rooms above it:
//!
//! 1. [`amount`], [`time`], [`text`], [`rule`], [`catalogue`]: exact amounts and fractions, times in the
//!    meeting's zone, words, every rule with its source, every code with what to do; [`parallel`] and
//!    [`progress`]: work on several threads with the result of one, and how far it is.
//! 2. [`meeting`] and [`ballot`]: what is voted on and by which rules; what a card's marks say.
//! 3. [`load`]: files to rows, with every problem and its place.
//!    [`keying`]: two keyings of the same paper.
//! 4. [`ascertain`]: who may vote how many shares.
//! 5. [`determine`]: which cards stand, and for how many shares.
//! 6. [`count`]: marks into totals.
//! 7. [`decide`]: the quorum, then each item by its standard.
//! 8. [`tabulate`]: these stages in a row.
//! 9. [`prospect`]: what open matters could still change, proved or shown.
//! 10. [`audit`]: the ledger, the second count, warnings, challenges, comparisons.
//! 11. [`certify`] and [`render`]: the certificate as data and as documents; [`calendar`]: when a filing
//!     is due.
//! 12. [`explain`], [`plan`] and [`check`]: why a card fared as it did; what proxy holders can elect; what
//!     can be said before any result.
//! 13. [`sampling`]: an audit of the paper by a sample weighted by votes.
//! 14. [`init`] and [`schema`]: meetings to begin with; what each file may hold.
//! 15. [`manual`]: its pages are documentation of the files, the results and the rules.
//! 16. [`cli`] and [`commands`]: the command line, a file for each verb.
//!
//! Only `load`, `commands` and `main` touch the outside. The clock is read for the progress that a
//! terminal shows, and for nothing else.

pub mod amount;
pub mod ascertain;
pub mod audit;
pub mod ballot;
pub mod calendar;
pub mod catalogue;
pub mod certify;
pub mod check;
pub mod cli;
pub mod commands;
pub mod count;
pub mod decide;
pub mod determine;
pub mod explain;
pub mod init;
pub mod keying;
pub mod layout;
pub mod load;
pub mod lot;
pub mod manual;
pub mod meeting;
pub mod parallel;
pub mod plan;
pub mod progress;
pub mod prospect;
pub mod receipts;
pub mod render;
pub mod rule;
pub mod sampling;
pub mod schema;
pub mod selftest;
pub mod tabulate;
pub mod text;
pub mod time;
mod work;
