//! Shares that vote as others do (FOL-1): trustees of plans, mirrored classes, funds that echo.

/// An account whose votes that no card or total covers are cast in the proportion of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// The account, as written. Invariant: no account twice.
    pub account: String,
    /// Whose votes it follows.
    pub follows: Follows,
}

/// Whose votes an account follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Those that cards and totals cast of the account itself: a trustee's instructions.
    OwnInstructions,
    /// Those that cards and totals cast of a class, by place.
    Class(usize),
    /// Those that cards and totals cast of all other accounts.
    AllOthers,
}
