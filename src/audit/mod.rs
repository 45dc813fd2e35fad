//! Audit: what became of every card, and why, for those who check the certificate.

pub mod attribution;
pub mod challenges;
pub mod compare;
pub mod ledger;
mod lookalikes;
pub mod recount;
pub mod states;
pub mod story;
pub mod warnings;
