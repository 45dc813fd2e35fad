//! What few cards say: that they are irrevocable, until when they are valid, the batch that they came in,
//! what contradicts itself on them.

use std::collections::HashMap;

use jiff::civil::Date;

use super::cells::{one_of_names, read_date};
use super::details::NONE;
use super::problem::{Problems, not_known};
use super::table::{CsvTable, Row};
use crate::catalogue::Code;
use crate::meeting::Item;
use crate::text::quoted;

/// What few cards say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CardExtra {
    /// Whether it says that it is irrevocable, being coupled with an interest.
    pub is_irrevocable: bool,
    /// Until when it says that it is valid, that day included.
    pub valid_until: Option<Date>,
    /// The batch in which it came.
    pub batch: String,
    /// Who keyed it.
    pub clerk: String,
    /// What the tabulator saw on it that contradicts itself.
    pub contradiction: String,
    /// Whether it is a ballot that names a form of proxy.
    pub is_ballot_with_form: bool,
    /// The only items that it speaks of, by place; empty: all.
    pub items: Vec<u16>,
}

/// The columns, by their place.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExtraColumns {
    pub(super) irrevocable: usize,
    pub(super) valid_until: usize,
    pub(super) batch: usize,
    pub(super) clerk: usize,
    pub(super) contradiction: usize,
    pub(super) items: usize,
}

impl ExtraColumns {
    /// Whether a file has any of them.
    pub(super) fn has_any(&self, table: &CsvTable<'_>) -> bool {
        let all =
            [self.irrevocable, self.valid_until, self.batch, self.clerk, self.contradiction, self.items];
        all.iter().any(|column| table.has(*column))
    }
}

/// Reads what a card says in these columns.
pub(super) fn read_extra(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    columns: ExtraColumns,
    items: &[Item],
    problems: &mut Problems,
) -> CardExtra {
    let names = [("yes", true), ("no", false)];
    let text = |column: usize| row.get(column).to_owned();
    CardExtra {
        is_irrevocable: one_of_names(table, row, columns.irrevocable, &names, problems).unwrap_or(false),
        valid_until: read_date(table, row.line, columns.valid_until, row.get(columns.valid_until), problems)
            .flatten(),
        batch: text(columns.batch),
        clerk: text(columns.clerk),
        contradiction: text(columns.contradiction),
        is_ballot_with_form: false,
        items: read_items(table, row, columns.items, items, problems),
    }
}

/// SCP-1: the items in a cell, with `;` between.
fn read_items(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    column: usize,
    items: &[Item],
    problems: &mut Problems,
) -> Vec<u16> {
    let mut found = Vec::new();
    let text = row.get(column);
    // Where the items are at fault, what refers to them is not judged.
    if text.is_empty() || items.is_empty() {
        return found;
    }
    for id in text.split(';').map(str::trim) {
        match items.iter().position(|item| item.id == id).and_then(|place| u16::try_from(place).ok()) {
            Some(place) if found.contains(&place) => {
                let message = format!("names item {} twice", quoted(id));
                table.problem(problems, row.line, column, Code::IdRepeated.fault(message));
            }
            Some(place) => found.push(place),
            None => {
                let names: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
                table.problem(
                    problems,
                    row.line,
                    column,
                    not_known(Code::ReferenceUnknown, id, "an item", &names),
                );
            }
        }
    }
    found.sort_unstable();
    found
}

/// What few cards say, each once.
#[derive(Debug, Default)]
pub(super) struct CardExtras {
    all: Vec<CardExtra>,
    known: HashMap<CardExtra, u32>,
}

impl CardExtras {
    /// Whether any speaks of some items only.
    pub(super) fn has_scopes(&self) -> bool {
        self.all.iter().any(|extra| !extra.items.is_empty())
    }

    /// Whether any says a batch or a clerk.
    pub(super) fn has_batches(&self) -> bool {
        self.all.iter().any(|extra| !extra.batch.is_empty() || !extra.clerk.is_empty())
    }

    /// The place of what a card says; [`NONE`]: nothing.
    pub(super) fn place(&mut self, extra: CardExtra) -> u32 {
        if extra == CardExtra::default() {
            return NONE;
        }
        if let Some(known) = self.known.get(&extra) {
            return *known;
        }
        let place = u32::try_from(self.all.len()).unwrap_or(NONE);
        self.all.push(extra.clone());
        self.known.insert(extra, place);
        place
    }

    /// What is said at a place.
    pub(super) fn get(&self, place: u32) -> Option<&CardExtra> {
        self.all.get(place as usize)
    }

    /// Takes over those of others. Returns where each of them is here.
    pub(super) fn absorb(&mut self, others: &Self) -> Vec<u32> {
        others.all.iter().map(|extra| self.place(extra.clone())).collect()
    }

    pub(super) fn all(&self) -> &[CardExtra] {
        &self.all
    }
}
