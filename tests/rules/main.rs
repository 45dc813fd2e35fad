//! Every rule of `src/rule.rs`: a small meeting for each, with the arithmetic worked by hand, on both
//! sides of the edge that the rule draws. The tests are named for the law, their comments for the ids.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod citations;
mod counted;
mod cumulative;
mod elections;
mod following;
mod joint;
mod margins;
mod marks;
mod matters;
mod nominees;
mod order;
mod pairs;
mod papers;
mod presence;
mod prospects;
mod register;
mod rulings;
mod scopes;
mod standards;
mod story;
mod validity;
mod warnings;
