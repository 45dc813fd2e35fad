//! Standards of `meeting.json`: thresholds, tests and expressions of them.

use super::json::{Fields, JsonNode, JsonReader};
use super::problem::{meant, not_known};
use crate::amount::{Fraction, Reach, Threshold};
use crate::catalogue::Code;
use crate::meeting::{Base, Counting, Expression, SplitHolders, Standard, Test};

/// How deep expressions may be nested.
const EXPRESSION_DEPTH_MAX: usize = 8;

/// A standard; nothing inside for `plurality`.
pub(super) fn read_standard<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
) -> Option<Option<Standard>> {
    if matches!(node.value, jsonc_parser::ast::Value::StringLit(_)) {
        let name = reader.string(node)?;
        if name == "plurality" {
            return Some(None);
        }
        let found = Standard::from_name(&name);
        if found.is_none() {
            let known: Vec<&str> = Standard::NAMES.iter().copied().chain(["plurality"]).collect();
            let or_else = if meant(&name, &known).is_none() { ", or an expression" } else { "" };
            let fault = not_known(Code::Standard, &name, "a standard", &known);
            reader.problem(node, fault.code.fault(fault.message + or_else));
        }
        return found.map(Some);
    }
    let expression = read_expression(reader, node, 0)?;
    Some(Some(Standard { name: None, expression }))
}

const TEST_KEYS: [&str; 7] = ["more_than", "at_least", "of", "counting", "split_holders", "all_of", "any_of"];

fn read_expression<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    depth: usize,
) -> Option<Expression> {
    if depth > EXPRESSION_DEPTH_MAX {
        reader
            .problem(node, Code::ValueKind.fault(format!("is nested more than {EXPRESSION_DEPTH_MAX} deep")));
        return None;
    }
    if matches!(node.value, jsonc_parser::ast::Value::StringLit(_)) {
        let standard = read_standard(reader, node)?;
        if standard.is_none() {
            reader.problem(
                node,
                Code::Standard.fault("`plurality` is no test and cannot stand in an expression"),
            );
        }
        return standard.map(|standard| standard.expression);
    }
    let fields = reader.object(node, &TEST_KEYS)?;
    let parts = match (fields.get("all_of"), fields.get("any_of")) {
        (Some(n), None) => Some((n, true)),
        (None, Some(n)) => Some((n, false)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            reader
                .problem(node, Code::Standard.fault("has both `all_of` and `any_of`; nest one in the other"));
            return None;
        }
    };
    let Some((list, is_all)) = parts else { return read_test(reader, node, &fields).map(Expression::Test) };
    for key in ["more_than", "at_least", "of", "counting", "split_holders"] {
        if let Some(n) = fields.get(key) {
            reader.problem(&n, Code::KeyMisplaced.fault("cannot stand beside `all_of` or `any_of`"));
        }
    }
    let nodes = reader.array(&list)?;
    if nodes.is_empty() || nodes.len() > 20 {
        reader.problem(
            &list,
            Code::ValueKind.fault(format!("must hold 1 to 20 tests, but holds {}", nodes.len())),
        );
        return None;
    }
    let count = nodes.len();
    let parts: Vec<Expression> = nodes.iter().filter_map(|n| read_expression(reader, n, depth + 1)).collect();
    if parts.len() != count {
        return None;
    }
    Some(if is_all { Expression::AllOf(parts) } else { Expression::AnyOf(parts) })
}

fn read_test<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    fields: &Fields<'_, 'a>,
) -> Option<Test> {
    let threshold = read_threshold(reader, node, fields);
    let base = reader.required(fields, "of").and_then(|n| reader.named(&n, Base::NAMES, Base::from_name));
    let counting = match fields.given("counting") {
        Some(n) => reader.named(&n, &["votes", "holders"], |name| match name {
            "votes" => Some(Counting::Votes),
            "holders" => Some(Counting::Holders),
            _ => None,
        }),
        None => Some(Counting::Votes),
    };
    if counting == Some(Counting::Holders) {
        let why = match base {
            Some(Base::RequiredQuorum) => "the required quorum is in votes and cannot be counted in holders",
            Some(Base::ForAgainstWithheld) => {
                "a holder stands for or against; `for_against_withheld` cannot be counted in holders"
            }
            _ => "",
        };
        if !why.is_empty() {
            reader.problem(node, Code::Standard.fault(why));
            return None;
        }
    }
    let split = match fields.given("split_holders") {
        Some(n) if counting == Some(Counting::Votes) => {
            reader
                .problem(&n, Code::Standard.fault("means something only beside `\"counting\": \"holders\"`"));
            None
        }
        Some(n) => reader.named(&n, SplitHolders::NAMES, SplitHolders::from_name),
        None => Some(SplitHolders::Majority),
    };
    Some(Test { threshold: threshold?, base: base?, counting: counting?, split: split?, while_present: None })
}

/// `more_than` or `at_least`, one of them.
pub(super) fn read_threshold<'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'_, 'a>,
    fields: &Fields<'_, 'a>,
) -> Option<Threshold> {
    let (reach, fraction) = match (fields.get("more_than"), fields.get("at_least")) {
        (Some(n), None) => (Reach::MoreThan, n),
        (None, Some(n)) => (Reach::AtLeast, n),
        (None, None) | (Some(_), Some(_)) => {
            reader.problem(
                node,
                Code::Fraction
                    .fault("must have either `more_than` or `at_least`, with a fraction such as `\"1/2\"`"),
            );
            return None;
        }
    };
    Some(Threshold { reach, fraction: reader.parsed(&fraction, Code::Fraction, Fraction::parse)? })
}
