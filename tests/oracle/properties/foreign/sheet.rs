//! A file before it is bytes: fields of records, and a layout that names them.

use serde_json::{Map, Value, json};

use super::super::Table;
use super::style::{Format, Style};
use super::{Foreign, Random, bytes, columns, marks};

/// What stands in a field.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Text that blanks around it do not change.
    Text(String),
    /// Text to the last blank.
    Exact(String),
    /// In a workbook a number; else the same digits as text.
    Number(String),
    /// In a workbook a date or a time, as 2002-11-22 or 2002-11-22T16:05:00; never elsewhere.
    Date(String),
}

impl Cell {
    pub fn text(&self) -> &str {
        let (Cell::Text(text) | Cell::Exact(text) | Cell::Number(text) | Cell::Date(text)) = self;
        text
    }
}

/// A record: the row of ours that it is, or is a part of, and its fields.
pub struct Record {
    pub row: usize,
    pub cells: Vec<Cell>,
}

/// The key under which a layout names a field by its place here; no code is this.
pub const FIELD: &str = "the field at";

/// Fields and records. A layout names a field by its place here until it is known how it is called.
pub struct Sheet {
    pub headers: Vec<String>,
    pub records: Vec<Record>,
}

impl Sheet {
    /// Adds a field, and returns how a layout names it for now.
    pub fn field(&mut self, header: &str, mut cell: impl FnMut(&Record, usize) -> Cell) -> Value {
        let place = self.headers.len();
        // Names as they come, each once.
        self.headers.push(format!("{header} {place}"));
        for (at, record) in self.records.iter_mut().enumerate() {
            let cell = cell(record, at);
            record.cells.push(cell);
        }
        json!({ FIELD: place })
    }
}

/// Writes a table as somebody else would. Where a way of writing allows less than ours, the table is changed
/// first, so that it says the same as the file.
pub fn write(
    random: &mut Random,
    style: &Style,
    table: &mut Table,
    meeting: &Value,
    shapes: &mut Vec<String>,
) -> Foreign {
    shapes.push(table.role.to_owned());
    shapes.extend(style.told());
    let mut says = style.says();
    says.insert("layout".to_owned(), json!("quorate/layout/1"));
    says.insert("role".to_owned(), json!(table.role));
    let amounts_on_top = random.percent(50);
    if amounts_on_top {
        says.extend(style.amounts.says());
    }
    let mut writer = Writer { random, style, amounts_on_top, columns: Map::new(), states_shares: false };
    columns::set_names(&mut writer, table);
    let mut sheet = marks::write(&mut writer, table, meeting, &mut says, shapes);
    writer.states_shares = table.role != "cards" && says.get("marks").is_none();
    let may_add = says.get("marks").is_none() && matches!(table.role, "register" | "omnibus");
    if may_add && writer.random.percent(25) {
        columns::split_positions(&mut writer, table, &mut sheet, &mut says);
    }
    columns::write(&mut writer, table, &mut sheet);
    says.insert("columns".to_owned(), Value::Object(std::mem::take(&mut writer.columns)));
    let name = match style.format {
        Format::Workbook => format!("{}-agent.xlsx", table.role),
        _ => format!("{}-{}.txt", table.file.trim_end_matches(".csv"), writer.random.below(1000)),
    };
    let name = if table.role == "cards" && style.format == Format::Workbook {
        format!("{}-agent.xlsx", table.file.trim_end_matches(".csv"))
    } else {
        name
    };
    let (bytes, layout) = bytes::write(&mut writer, table, sheet, says);
    Foreign { name, bytes, layout }
}

/// What writing a file needs.
pub struct Writer<'a> {
    pub random: &'a mut Random,
    pub style: &'a Style,
    /// Whether the layout says once for all columns how amounts are written.
    pub amounts_on_top: bool,
    /// `columns` of the layout.
    pub columns: Map<String, Value>,
    /// Whether a total of shares may stand in the file: they are a column of it.
    pub states_shares: bool,
}

impl Writer<'_> {
    /// How amounts are written, for a column that must say it.
    pub fn amounts(&self) -> Map<String, Value> {
        if self.amounts_on_top { Map::new() } else { self.style.amounts.says() }
    }

    /// An amount as a field; blank where there is none.
    pub fn amount(&mut self, amount: &str) -> Cell {
        if amount.is_empty() {
            return Cell::Text(String::new());
        }
        let is_number = self.style.format == Format::Workbook && self.style.amounts.has_point();
        if is_number && self.random.percent(60) {
            return Cell::Number(amount.to_owned());
        }
        let written = self.style.amounts.write(self.random, amount);
        // Blanks between groups that do not break a line.
        let has_other = self.style.encoding.is_none_or(|encoding| encoding == encoding_rs::WINDOWS_1252);
        match has_other && self.random.percent(30) {
            true => Cell::Text(written.replace(' ', "\u{a0}")),
            false => Cell::Text(written),
        }
    }
}
