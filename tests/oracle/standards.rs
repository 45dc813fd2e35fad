//! The standards, as meeting.json writes them. What they are measured against is in `count::tests_of`.

use serde_json::Value;

use crate::amounts::{Amount, fraction, whole};

#[derive(Clone)]
pub struct Fraction {
    /// `more_than`, or else `at_least`.
    pub more_than: bool,
    pub value: Amount,
    pub text: String,
}

#[derive(Clone)]
pub enum Standard {
    Plurality,
    Test(Test),
    AllOf(Vec<Standard>),
    AnyOf(Vec<Standard>),
}

#[derive(Clone)]
pub struct Test {
    pub fraction: Fraction,
    /// The name of the base.
    pub of: String,
    pub counting_holders: bool,
    /// `split_holders`.
    pub split: String,
    /// The 1940 Act's condition: "while `present` is more than 1/2 of `outstanding`".
    pub while_half_is_present: bool,
}

impl Fraction {
    /// Does this many meet the fraction of the base, compared exactly?
    pub fn is_met_by(&self, votes: &Amount, base: &Amount) -> bool {
        let threshold = &self.value * base;
        if self.more_than { *votes > threshold } else { *votes >= threshold }
    }

    /// "generally the smallest whole number of votes that satisfies it"
    pub fn smallest_whole_number(&self, base: &Amount) -> Amount {
        let threshold = &self.value * base;
        if self.more_than { threshold.floor() + whole(1) } else { threshold.ceil() }
    }
}

pub fn read_fraction(json: &Value) -> Fraction {
    let (more_than, text) = match (json["more_than"].as_str(), json["at_least"].as_str()) {
        (Some(text), None) => (true, text),
        (None, Some(text)) => (false, text),
        _ => panic!("a test says more_than or at_least: {json}"),
    };
    Fraction { more_than, value: fraction(text), text: text.to_string() }
}

pub fn read_standard(json: &Value) -> Standard {
    if let Some(name) = json.as_str() {
        return named(name);
    }
    let parts =
        |key: &str| json[key].as_array().map(|list| list.iter().map(read_standard).collect::<Vec<_>>());
    if let Some(parts) = parts("all_of") {
        return Standard::AllOf(parts);
    }
    if let Some(parts) = parts("any_of") {
        return Standard::AnyOf(parts);
    }
    Standard::Test(Test {
        fraction: read_fraction(json),
        of: json["of"].as_str().expect("a test has a base").to_string(),
        counting_holders: json["counting"] == "holders",
        split: json["split_holders"].as_str().unwrap_or("majority").to_string(),
        while_half_is_present: false,
    })
}

/// The named standards.
fn named(name: &str) -> Standard {
    let half_of = |base: &str| Standard::Test(test(true, "1/2", base, false));
    match name {
        "plurality" => Standard::Plurality,
        "majority_of_votes_cast" => half_of("votes_cast"),
        "majority_of_present_and_entitled" => half_of("present_and_entitled"),
        "majority_of_present" => half_of("present"),
        "majority_of_outstanding" => half_of("outstanding"),
        "two_thirds_of_outstanding" => Standard::Test(test(false, "2/3", "outstanding", false)),
        "majority_voting_and_majority_of_quorum" => {
            Standard::AllOf(vec![half_of("votes_cast"), half_of("required_quorum")])
        }
        "majority_of_outstanding_voting_securities" => Standard::AnyOf(vec![
            half_of("outstanding"),
            Standard::Test(test(false, "67/100", "present", true)),
        ]),
        other => panic!("standard `{other}`"),
    }
}

fn test(more_than: bool, text: &str, base: &str, while_half_is_present: bool) -> Test {
    Test {
        fraction: Fraction { more_than, value: fraction(text), text: text.to_string() },
        of: base.to_string(),
        counting_holders: false,
        split: "majority".to_string(),
        while_half_is_present,
    }
}
