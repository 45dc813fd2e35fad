//! rulings.csv: the inspector's rulings on cards.

use std::collections::HashMap;

use super::FileFigures;
use super::card::CardId;
use super::cards::Cards;
use super::cells::read_moment;
use super::problem::{Problems, not_known};
use super::table::CsvTable;
use crate::catalogue::Code;
use crate::meeting::Meeting;
use crate::text::quoted;
use crate::time::Moment;

pub(super) const REQUIRED: [&str; 3] = ["card", "ruling", "reason"];
pub(super) const OPTIONAL: [&str; 3] = ["item", "by", "at"];
pub(super) const COLUMNS: [&str; 6] = ["card", "ruling", "reason", "item", "by", "at"];

/// What the inspector ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulingKind {
    /// The card stands, whatever the tests that may be waived say.
    Count,
    /// The card is rejected.
    Reject,
    /// The card stands and is not voted on one item, by place.
    RejectItem(usize),
}

/// The inspector's ruling on a card.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// On which card.
    pub card: CardId,
    /// What was ruled.
    pub kind: RulingKind,
    /// The reason given for it.
    pub reason: String,
    /// Who ruled.
    pub by: Option<String>,
    /// When it was ruled.
    pub at: Option<Moment>,
}

/// Reads rulings.
pub(super) fn read(
    table: &CsvTable<'_>,
    meeting: &Meeting,
    cards: &Cards,
    has_all_cards: bool,
    seen: &mut HashMap<(CardId, Option<usize>), String>,
    problems: &mut Problems,
) -> Option<(Vec<Ruling>, FileFigures)> {
    let mut rulings = Vec::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let line = row.line;
        let card = cards.find(row.get(0));
        if row.get(0).is_empty() {
            table.problem(problems, line, 0, Code::CellEmpty.fault("must not be empty"));
        } else if card.is_none() && has_all_cards {
            table.problem(
                problems,
                line,
                0,
                Code::RulingRefused.fault(format!("no card has the number {}", quoted(row.get(0)))),
            );
        }
        if row.get(2).is_empty() {
            table.problem(
                problems,
                line,
                2,
                Code::RulingRefused.fault("must not be empty: a ruling has a reason"),
            );
        }
        let item = match row.get(3) {
            "" => Some(None),
            id => {
                let found = meeting.items.iter().position(|item| item.id == id);
                if found.is_none() {
                    let names: Vec<&str> = meeting.items.iter().map(|item| item.id.as_str()).collect();
                    table.problem(
                        problems,
                        line,
                        3,
                        not_known(Code::ReferenceUnknown, id, "an item", &names),
                    );
                }
                found.map(Some)
            }
        };
        let kind = match (row.get(1), item) {
            ("count", Some(None)) => Some(RulingKind::Count),
            ("reject", Some(None)) => Some(RulingKind::Reject),
            ("reject", Some(Some(item))) => Some(RulingKind::RejectItem(item)),
            ("count", Some(Some(_))) => {
                table.problem(
                    problems,
                    line,
                    3,
                    Code::RulingRefused.fault("an item goes with the ruling `reject` only"),
                );
                None
            }
            ("count" | "reject", None) => None,
            (text, _) => {
                table.problem(
                    problems,
                    line,
                    1,
                    not_known(Code::WordUnknown, text, "a ruling", &["count", "reject"]),
                );
                None
            }
        };
        let at = match row.get(5) {
            "" => None,
            text => read_moment(table, line, 5, text, meeting, problems),
        };
        if let (Some(card), Some(item)) = (card, item) {
            if let Some(first) = seen.get(&(card, item)) {
                let own = format!(" of {}", table.label());
                let first = first.strip_suffix(&own).unwrap_or(first);
                let on = item.map(|item| format!(" on item {}", quoted(&meeting.items[item].id)));
                let message = format!(
                    "{} already has a ruling{} on {first}",
                    quoted(row.get(0)),
                    on.unwrap_or_default()
                );
                table.problem(problems, line, 0, Code::RulingRefused.fault(message));
            }
            seen.entry((card, item)).or_insert_with(|| format!("line {line} of {}", table.label()));
        }
        if let (Some(card), Some(kind)) = (card, kind) {
            let by = Some(row.get(4)).filter(|text| !text.is_empty()).map(str::to_owned);
            rulings.push(Ruling {
                file: table.file(),
                line,
                card,
                kind,
                reason: row.get(2).to_owned(),
                by,
                at,
            });
        }
    })?;
    Some((rulings, FileFigures { rows: row_count, shares: None, ended }))
}
