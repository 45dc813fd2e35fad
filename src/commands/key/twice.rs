//! The first keying, that a second one of the same paper is held against while the paper is in hand.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::form::Form;
use crate::keying::{Difference, Kind, Sheet, SheetRow, reconcile};
use crate::load::{Problems, source};
use crate::text::quoted;

/// The first keying.
pub(super) struct First {
    sheet: Sheet,
    /// Per card, its place among the rows.
    places: HashMap<String, usize>,
}

impl First {
    /// Reads it.
    pub(super) fn read(path: &Path) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let sheet = source::read(path, &path.display().to_string(), &mut problems)
            .and_then(|source| Sheet::read(&source, &["card", "account"], &mut problems));
        let Some(sheet) = sheet else { return Err(problems) };
        let rows = sheet.rows.iter().enumerate();
        let places = rows.map(|(place, row)| (sheet.cell(row, "card").to_owned(), place)).collect();
        Ok(Self { sheet, places })
    }

    /// Whether a clerk keyed a card there.
    pub(super) fn is_keyed_by(&self, card: &str, clerk: &str) -> bool {
        let row = self.places.get(card).map(|place| &self.sheet.rows[*place]);
        let by = row.map_or("", |row| self.sheet.cell(row, "clerk"));
        !by.is_empty() && by.to_lowercase() == clerk.trim().to_lowercase()
    }

    /// How many cards it has, and those that are not among others.
    pub(super) fn missing(&self, keyed: &HashSet<&str>) -> (usize, Vec<&str>) {
        let cards = self.sheet.rows.iter().map(|row| self.sheet.cell(row, "card"));
        (self.sheet.rows.len(), cards.filter(|card| !keyed.contains(card)).collect())
    }

    /// How a paper differs from what the first keying has of it, as `quorate reconcile` will see it.
    pub(super) fn differences(&self, form: &Form) -> Vec<Difference> {
        let asked = form.columns.iter().zip(&form.cells).filter(|(column, _)| *column != "correction");
        let (columns, cells) = asked.map(|(column, cell)| (column.clone(), cell.trim().to_owned())).unzip();
        let card = form.cell("card");
        let rows = self.places.get(card).map(|place| self.sheet.rows[*place].clone());
        let sheet = |columns, rows| Sheet { label: String::new(), columns, rows, corrections: 0 };
        let first = sheet(self.sheet.columns.clone(), rows.into_iter().collect());
        let second = sheet(columns, vec![SheetRow { line: 1, cells }]);
        reconcile(&first, &second, None, &mut Problems::default())
            .map(|found| found.differences)
            .unwrap_or_default()
    }
}

/// A difference, as the second clerk is told of it.
pub(super) fn told(difference: &Difference) -> String {
    match difference.kind {
        Kind::Cell => {
            let (first, second) = (quoted(&difference.first), quoted(&difference.second));
            format!("{}: you {second}, first {first}", difference.column)
        }
        Kind::OnlyInFirst | Kind::OnlyInSecond => {
            format!("the first keying has no card {}", quoted(&difference.card))
        }
    }
}
