//! An audit of the paper by a sample weighted by votes: does what was keyed say what the paper says, as far
//! as any outcome rests on it?
//!
//! Accounts are the units, with all their paper together; an account without paper is one too, so that a
//! lost card is found. The largest are looked at in any case; of the others one is drawn for each of so many
//! votes drawn at random from a public seed, so that an account with twice the votes is drawn twice as
//! often, as auditors draw monetary units. Each claim that the result rests on (a winner over a loser, more
//! than a fraction, a quorum) is a sum over all accounts that must be more than nothing. After each draw a
//! product is formed that, were a claim false, would not grow on average; how far it has grown is the
//! evidence against that, and what it leaves open is the risk (Ville's inequality: the risk that it ever
//! reaches 1/α where the claim is false is at most α).
//!
//! Sources: P. B. Stark, "Sets of Half-Average Nulls Generate Risk-Limiting Audits: SHANGRLA" (2020), for
//! claims as means and the product of bets; P. B. Stark, "ONEAudit: Overstatement-Net-Equivalent Risk-
//! Limiting Audit" (2023), for overstatements as the thing sampled; American Institute of Certified Public
//! Accountants, Audit Guide: Audit Sampling, for monetary-unit samples and the items examined in any case;
//! I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting" (2023), for the
//! product with a stake fixed beforehand. The value of a claim for each kind of standard, and a stratum
//! examined in full beside the draws, are this program's own derivation, told in the manual.
//!
//! Everything is exact: fractions of whole numbers, no rounding. Nothing here changes a result.

mod assess;
mod claims;
mod draw;
mod pulls;
mod said;

pub use assess::{AssessError, Assessment, ClaimRisk, Verdict, assess, draws_needed};
pub use claims::{AccountUnits, Claim, ClaimKind, Claims, Matter, Population, as_counted, claims};
pub use draw::{Draw, Seed, SeedError, certain_accounts, draws};
pub use pulls::{Pull, PulledMatter, pulls_of, read_pulls, write_accounts, write_pulls};
pub use said::{Said, SaidError};
