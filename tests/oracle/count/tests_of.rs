//! Decide: the tests of a standard against the bases.

use serde_json::{Value, json};

use crate::amounts::{Amount, show, whole, zero};
use crate::count::bases::{Bases, Counts};
use crate::standards::{Standard, Test};

/// Whether the standard is met, and its tests one after another as they are written.
pub fn decide(standard: &Standard, bases: &Bases) -> (bool, Vec<Value>) {
    match standard {
        Standard::Plurality => (bases.votes.for_ > zero(), Vec::new()),
        Standard::Test(test) => {
            let (met, shown) = run(test, bases);
            (met, vec![shown])
        }
        Standard::AllOf(parts) => {
            let results: Vec<_> = parts.iter().map(|part| decide(part, bases)).collect();
            (results.iter().all(|(met, _)| *met), results.into_iter().flat_map(|(_, shown)| shown).collect())
        }
        Standard::AnyOf(parts) => {
            let results: Vec<_> = parts.iter().map(|part| decide(part, bases)).collect();
            (results.iter().any(|(met, _)| *met), results.into_iter().flat_map(|(_, shown)| shown).collect())
        }
    }
}

/// "each printed with its base, what was needed and what it got". "A test of an empty base is met only with at least
/// one vote FOR. Tests compare exactly; `needed` is the smallest whole number of votes that meets them."
fn run(test: &Test, bases: &Bases) -> (bool, Value) {
    let of_split = |(split, _): &&(&str, Counts)| *split == test.split;
    let counts = match bases.holders.iter().find(of_split).filter(|_| test.counting_holders) {
        Some((_, counts)) => counts,
        None => &bases.votes,
    };
    let base = base(test, counts, &bases.required_quorum);
    let empty = base == zero();
    let reached = if empty { counts.for_ >= whole(1) } else { test.fraction.is_met_by(&counts.for_, &base) };
    let half_is_present = &counts.present + &counts.present > counts.outstanding;
    let met = reached && (half_is_present || !test.while_half_is_present);
    let needed = if empty { whole(1) } else { test.fraction.smallest_whole_number(&base) };
    let comparison = if test.fraction.more_than { "more_than" } else { "at_least" };
    let mut shown = json!({
        "of": test.of,
        "base": show(&base),
        "for": show(&counts.for_),
        "needed": show(&needed),
        "met": met,
    });
    shown[comparison] = json!(test.fraction.text);
    if test.counting_holders {
        shown["counting"] = json!("holders");
        shown["against"] = json!(show(&counts.against));
    }
    (met, shown)
}

fn base(test: &Test, counts: &Counts, required_quorum: &Amount) -> Amount {
    match test.of.as_str() {
        "votes_cast" => counts.votes_cast.clone(),
        "present_and_entitled" => counts.present_and_entitled.clone(),
        "present" => counts.present.clone(),
        "outstanding" => counts.outstanding.clone(),
        "required_quorum" => required_quorum.clone(),
        "for_against_withheld" => counts.for_against_withheld.clone(),
        other => panic!("base `{other}`"),
    }
}
