//! Rows of ours that several records make: the marks of one card, the certificates of one position.

use std::collections::{HashMap, VecDeque};

use super::bind::{Made, Plan};
use super::reading::{LaidRows, Part};
use super::rows::write_row;
use crate::amount::Shares;
use crate::catalogue::Code;
use crate::load::Role;
use crate::load::problem::Problems;
use crate::text::quoted;

/// Rows as they are put together, in the order of their first records.
pub(super) struct Together<'p> {
    plan: &'p Plan,
    place_of: HashMap<String, usize>,
    rows: Vec<Row>,
    other_names: u64,
}

struct Row {
    line: u64,
    values: Vec<String>,
    /// Per matter that was set, its output and its line.
    set: Vec<(usize, u64)>,
}

/// Rows that are handed on together.
const TOGETHER: usize = 4096;

impl<'p> Together<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, place_of: HashMap::new(), rows: Vec::new(), other_names: 0 }
    }

    pub(super) fn add(&mut self, parts: Vec<Part>, problems: &mut Problems) {
        for part in parts {
            match self.place_of.get(&part.key) {
                None => {
                    self.place_of.insert(part.key, self.rows.len());
                    let set = part.target.map(|target| (target, part.line)).into_iter().collect();
                    self.rows.push(Row { line: part.line, values: part.values, set });
                }
                Some(place) if self.plan.role == Role::Cards => {
                    add_marks(self.plan, &mut self.rows[*place], part, problems);
                }
                Some(place) => {
                    self.other_names +=
                        u64::from(add_shares(self.plan, &mut self.rows[*place], part, problems));
                }
            }
        }
    }

    /// The rows, and how many records had another name than the first of their position.
    pub(super) fn rows(self) -> (VecDeque<LaidRows>, u64) {
        let piece = |rows: &[Row]| {
            let mut laid = LaidRows::default();
            for row in rows {
                write_row(&row.values, &mut laid.text);
                laid.lines.push(row.line);
            }
            laid
        };
        (self.rows.chunks(TOGETHER).map(piece).collect(), self.other_names)
    }
}

/// Adds a mark to a card. The other cells say the same on each of its records, and a matter comes once.
fn add_marks(plan: &Plan, row: &mut Row, part: Part, problems: &mut Problems) {
    for (place, output) in plan.outputs.iter().enumerate() {
        let Made::Column(bound) = &output.made else { continue };
        if !bound.rule.is_line && row.values[place] != part.values[place] {
            let message = format!(
                "is {} here and {} on line {}, which is of the same card",
                quoted(&part.values[place]),
                quoted(&row.values[place]),
                row.line
            );
            problems.at(&plan.label, part.line, &bound.header, Code::LayoutRows.fault(message));
        }
    }
    let Some(target) = part.target else { return };
    if let Some((_, line)) = row.set.iter().find(|(known, _)| *known == target) {
        let message =
            format!("{} stands on line {line} of the same card too", quoted(&plan.outputs[target].ours));
        problems.at(&plan.label, part.line, plan.shown(target), Code::LayoutRows.fault(message));
        return;
    }
    row.set.push((target, part.line));
    row.values[target].clone_from(&part.values[target]);
}

/// Adds shares to a position; true where its name is written otherwise.
fn add_shares(plan: &Plan, row: &mut Row, part: Part, problems: &mut Problems) -> bool {
    let mut has_other_name = false;
    for (place, output) in plan.outputs.iter().enumerate() {
        let Made::Column(bound) = &output.made else { continue };
        let (one, other) = (&row.values[place], &part.values[place]);
        if matches!(output.ours.as_str(), "shares" | "votes") {
            // What is no amount is reported when the row is read.
            let sum = match (Shares::parse(one), Shares::parse(other)) {
                (Ok(one), Ok(other)) => one.checked_add(other).map(|sum| sum.to_string()),
                (Ok(_), Err(_)) => Some(other.clone()),
                (Err(_), _) => Some(one.clone()),
            };
            match sum {
                Some(sum) => row.values[place] = sum,
                None => {
                    let fault = Code::AmountTotal.fault("comes to more than can be counted");
                    problems.at(&plan.label, part.line, &bound.header, fault);
                }
            }
        } else if one != other && output.ours == "name" {
            has_other_name = true;
        } else if one != other {
            let message = format!(
                "is {} here and {} on line {}, which is of the same position",
                quoted(other),
                quoted(one),
                row.line
            );
            problems.at(&plan.label, part.line, &bound.header, Code::LayoutRows.fault(message));
        }
    }
    has_other_name
}
