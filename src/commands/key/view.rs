//! The desk as lines: head, form, what stands beside it, the keys of the field, message, foot.

use super::desk::{Desk, Step, what};
use super::form::{Form, Paper, Takes};
use super::holders::pool_left;
use super::shelf::Shelf;
use crate::text::counted;

/// How wide the names of fields are.
const NAMES: usize = 14;

/// The keys of the steps.
const OF_FIELD: &str = "Enter next  Up back  Esc clear  ^U undo  ^R revoke  ^O more  ^T totals  ^Q leave";

/// What stands on the screen.
pub(super) struct View {
    pub(super) head: String,
    /// What the form is of.
    pub(super) title: &'static str,
    pub(super) form: Vec<String>,
    /// The line of the form that must be seen.
    pub(super) focus: usize,
    pub(super) side_title: &'static str,
    pub(super) side: Vec<String>,
    /// What may be typed into the field.
    pub(super) keys: Vec<String>,
    pub(super) message: String,
    pub(super) foot: &'static str,
}

impl Desk {
    /// What stands on the screen.
    pub(super) fn view(&self) -> View {
        let shown: Vec<usize> =
            (0..self.form.asked()).filter(|place| self.form.is_asked(&self.now, *place)).collect();
        let focus = shown.iter().position(|place| *place == self.form.at).unwrap_or(0);
        let title = match self.form.paper {
            Paper::Card => " Card ",
            Paper::Revocation => " Revocation ",
        };
        let (side_title, side) = self.side();
        View {
            head: self.head(),
            title,
            form: shown.into_iter().map(|place| self.line(place)).collect(),
            focus,
            side_title,
            side,
            keys: if self.step == Step::Field { self.keys() } else { Vec::new() },
            message: self.told(),
            foot: self.foot(),
        }
    }

    fn head(&self) -> String {
        let Shelf { path, rows, .. } = &self.shelves.cards;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let batch = &self.kept.batch;
        let in_batch = rows.iter().filter(|(_, row)| self.shelves.cards.cell(row, "batch") == batch).count();
        let in_batch = if batch.is_empty() { String::new() } else { format!(" | batch {batch}: {in_batch}") };
        let revocations = self.shelves.revocations.as_ref().map_or(0, |shelf| shelf.rows.len() as u64);
        let revocations = match revocations {
            0 => String::new(),
            count => format!(" + {}", counted(count, "revocation")),
        };
        let cards = counted(rows.len() as u64, "card");
        let company = &self.now.loaded.meeting.company;
        format!("{file}: {cards}{revocations}{in_batch} | {} | {company}", self.kept.clerk)
    }

    /// A field, with what was typed.
    fn line(&self, place: usize) -> String {
        let is_asked = place == self.form.at && self.step == Step::Field;
        let (mark, end) = if is_asked { ('>', "_") } else { (' ', "") };
        format!("{mark} {:<NAMES$} {}{end}", self.form.columns[place], self.form.cells[place])
    }

    fn side(&self) -> (&'static str, Vec<String>) {
        match &self.step {
            Step::Review => {
                let mut lines = Vec::new();
                if !self.differs.is_empty() {
                    lines.push("DIFFERS FROM THE FIRST KEYING:".to_owned());
                    lines.extend(self.differs.clone());
                    lines.push(String::new());
                }
                lines.extend(self.beside.first().cloned());
                lines.extend(self.verdict.says.clone());
                (" If it is saved ", lines)
            }
            Step::Totals(lines) => (" Totals ", lines.clone()),
            Step::Batch(_) => (" Totals ", self.beside.clone()),
            Step::Field | Step::Undo(_) | Step::Leave if self.form.at == 0 => (" Found ", self.found()),
            Step::Field | Step::Undo(_) | Step::Leave => (" Holder ", self.beside.clone()),
        }
    }

    fn found(&self) -> Vec<String> {
        let line = |(place, (account, name)): (usize, &(String, String))| {
            let mark = if self.chosen == Some(place) { '>' } else { ' ' };
            format!("{mark} {account}  {name}")
        };
        let mut lines: Vec<String> = self.found.shown.iter().enumerate().map(line).collect();
        if self.found.more > 0 {
            lines.push(format!("  … and {} more: type on", self.found.more));
        }
        lines
    }

    /// What may be typed into the field asked; with cumulated votes how many are left.
    fn keys(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(mark) = self.form.mark(&self.now, self.form.at) {
            let item = &self.now.loaded.meeting.items[mark.item];
            let nominee = mark.nominee.and_then(|place| item.election()?.nominees.get(place));
            lines.push(nominee.map_or_else(|| item.title.clone(), |nominee| nominee.name.clone()));
            lines.extend(pool_left(&self.now, &self.form, mark.item));
        }
        let takes = self.form.takes(&self.now);
        lines.extend(in_rows(&takes));
        let has_exceptions = self.form.mark(&self.now, self.form.at).is_some_and(|mark| {
            let item = &self.now.loaded.meeting.items[mark.item];
            mark.nominee.is_none() && item.election().is_some()
        });
        let also = match &takes {
            Takes::Words(_) if has_exceptions => "Down: nominees one by one",
            Takes::WordsOrNumber(_) => "or cumulated votes, or 60% of them",
            Takes::Words(_) | Takes::Text => of_column(&self.form),
        };
        if !also.is_empty() {
            lines.push(also.to_owned());
        }
        lines
    }

    fn told(&self) -> String {
        match &self.step {
            Step::Undo(row) => {
                let columns = self.form.columns.clone();
                let mut form = Form::new(self.form.paper, columns);
                form.cells.iter_mut().zip(row).for_each(|(cell, was)| was.clone_into(cell));
                format!("Take back {}? A row that withdraws it is added; nothing is deleted.", what(&form))
            }
            Step::Batch(name) => format!("Name of the next batch: {name}_"),
            Step::Leave => "This paper is NOT SAVED: Ctrl-Q again leaves without it.".to_owned(),
            Step::Field | Step::Review | Step::Totals(_) => self.message.clone(),
        }
    }

    fn foot(&self) -> &'static str {
        match &self.step {
            Step::Field => OF_FIELD,
            Step::Review => "Enter SAVES  Esc back to the form",
            Step::Undo(_) => "y takes it back  any other key leaves it",
            Step::Totals(_) => "n next batch  any other key goes on",
            Step::Batch(_) => "Enter takes the name  Esc leaves it",
            Step::Leave => "^Q leaves  any other key stays",
        }
    }
}

/// The keys of the words, several in a row where they are short.
fn in_rows(takes: &Takes) -> Vec<String> {
    const WIDTH: usize = 36;
    let mut rows: Vec<String> = Vec::new();
    for word in takes.words() {
        let says = format!("{} {}", word.key, word.says);
        match rows.last_mut() {
            Some(row) if row.chars().count() + 2 + says.chars().count() <= WIDTH => {
                row.push_str("  ");
                row.push_str(&says);
            }
            Some(_) | None => rows.push(says),
        }
    }
    rows
}

/// What else is to be said of a field.
fn of_column(form: &Form) -> &'static str {
    match form.column() {
        "account" => "account, number, or part of a name",
        "card" => "the control number",
        "received" => "2002-12-05T10:40, or 2002-12-05",
        "kind" => "blank: proxy",
        "medium" => "blank: mail",
        "dated" => "2002-12-04; blank: undated",
        "shares" => "blank: all of them",
        "signer" => "who signed; blank: all of them",
        "class" => "blank: all",
        "form" => "blank: the first",
        "valid_until" => "the last day that it names",
        "items" => "the only items it speaks of: 1;2",
        "contradiction" => "what contradicts itself on it",
        _ => "",
    }
}
