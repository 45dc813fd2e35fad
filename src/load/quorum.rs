//! What a quorum of `meeting.json` asks.

use super::json::{Fields, JsonNode, JsonReader};
use super::standards::read_threshold;
use crate::catalogue::Code;
use crate::meeting::{QuorumRule, QuorumTest};

/// The most tests of a quorum.
const TESTS_MAX: usize = 20;

/// A quorum: one test, or `all_of` several.
pub(super) fn read_quorum<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    default_by_class: bool,
) -> Option<QuorumRule> {
    const KEYS: [&str; 6] = ["more_than", "at_least", "counting", "at_least_holders", "all_of", "by_class"];
    let fields = reader.object(node, &KEYS)?;
    let is_by_class = fields.given("by_class").and_then(|n| reader.boolean(&n)).unwrap_or(default_by_class);
    let Some(list) = fields.get("all_of") else {
        return Some(QuorumRule { tests: vec![read_test(reader, node, &fields)?], is_by_class });
    };
    for key in ["more_than", "at_least", "counting", "at_least_holders"] {
        if let Some(n) = fields.get(key) {
            reader.problem(&n, Code::KeyMisplaced.fault("cannot stand beside `all_of`"));
        }
    }
    let nodes = reader.array(&list)?;
    if nodes.is_empty() || nodes.len() > TESTS_MAX {
        reader.problem(
            &list,
            Code::ValueKind.fault(format!("must hold 1 to {TESTS_MAX} tests, but holds {}", nodes.len())),
        );
        return None;
    }
    let mut tests = Vec::new();
    for n in &nodes {
        let Some(fields) = reader.object(n, &["more_than", "at_least", "counting", "at_least_holders"])
        else {
            continue;
        };
        tests.extend(read_test(reader, n, &fields));
    }
    (tests.len() == nodes.len()).then_some(QuorumRule { tests, is_by_class })
}

fn read_test<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    fields: &Fields<'_, 'a>,
) -> Option<QuorumTest> {
    if let Some(n) = fields.get("at_least_holders") {
        for key in ["more_than", "at_least", "counting"] {
            if let Some(other) = fields.get(key) {
                reader.problem(&other, Code::KeyMisplaced.fault("cannot stand beside `at_least_holders`"));
            }
        }
        return reader.whole(&n, 1..=u32::MAX).map(QuorumTest::Holders);
    }
    let threshold = read_threshold(reader, node, fields);
    let counts_holders = match fields.given("counting") {
        Some(n) => reader.named(&n, &["votes", "holders"], |name| match name {
            "votes" => Some(false),
            "holders" => Some(true),
            _ => None,
        }),
        None => Some(false),
    };
    let test = if counts_holders? { QuorumTest::HolderFraction } else { QuorumTest::Votes };
    threshold.map(test)
}
