//! Records into the bytes of a file, with what else stands in such files: titles, totals, trailers, blank lines,
//! headers again, fields that nobody needs.

use serde_json::{Map, Value, json};

use super::super::Table;
use super::sheet::{Cell, FIELD, Sheet, Writer};
use super::style::Format;
use super::workbook;

/// A line of the file.
pub enum Line {
    Title(String),
    Header,
    Record(Vec<Cell>),
    Blank,
}

/// The bytes of a file, and its layout.
pub fn write(
    writer: &mut Writer<'_>,
    table: &Table,
    mut sheet: Sheet,
    mut says: Map<String, Value>,
) -> (Vec<u8>, Value) {
    let junk = junk(writer, &mut sheet);
    if !junk.is_empty() {
        says.insert("ignore".to_owned(), json!(junk));
    }
    let has_header = match writer.style.format {
        Format::Delimited { has_header, .. } => has_header,
        Format::Fixed => false,
        Format::Workbook => writer.random.percent(80),
    };
    let mut specials = specials(writer, table, &mut sheet, &mut says, has_header);
    // The fields in any order.
    let mut order: Vec<usize> = (0..sheet.headers.len()).collect();
    writer.random.shuffle(&mut order);
    let turn = |cells: Vec<Cell>| -> Vec<Cell> { order.iter().map(|place| cells[*place].clone()).collect() };
    let headers: Vec<String> = order.iter().map(|place| sheet.headers[*place].clone()).collect();
    let mut lines: Vec<Line> = Vec::new();
    if has_header {
        titles(writer, &headers, &mut lines, &mut says);
    } else if writer.style.format != Format::Fixed {
        says.insert("header".to_owned(), json!("none"));
    }
    lines.extend(specials.first.take().map(|cells| Line::Record(turn(cells))));
    let count = sheet.records.len();
    for (at, record) in sheet.records.into_iter().enumerate() {
        if at > 0 && at < count && specials.may_interrupt && writer.random.percent(10) {
            lines.push(if has_header && writer.random.percent(50) { Line::Header } else { Line::Blank });
        }
        lines.push(Line::Record(turn(record.cells)));
    }
    lines.extend(specials.last.take().map(|cells| Line::Record(turn(cells))));
    let widths = widths(writer, headers.len(), &lines);
    let names =
        Names { format: writer.style.format, headers: &headers, order: &order, widths: &widths, has_header };
    let layout = names.resolve(writer, &Value::Object(says));
    let bytes = match writer.style.format {
        Format::Workbook => workbook::write(&headers, &lines),
        Format::Fixed => encoded(writer, &fixed(writer, &widths, &lines)),
        Format::Delimited { delimiter, .. } => {
            let text = delimited(writer, delimiter, &headers, &lines);
            encoded(writer, &text)
        }
    };
    (bytes, layout)
}

/// Fields that are ignored.
fn junk(writer: &mut Writer<'_>, sheet: &mut Sheet) -> Vec<Value> {
    let mut fields = Vec::new();
    for _ in 0..writer.random.below(3) {
        let letters = writer.style.letters;
        let random = &mut *writer.random;
        fields.push(sheet.field(letters, |_, at| {
            Cell::Text(match random.below(4) {
                0 => String::new(),
                1 => format!("{letters}; {at}"),
                2 => "FOR".to_owned(),
                _ => format!("\"{at}\", 'x'"),
            })
        }));
    }
    fields
}

/// Records that are no rows.
struct Specials {
    first: Option<Vec<Cell>>,
    last: Option<Vec<Cell>>,
    /// Whether blank lines and headers stand among the rows.
    may_interrupt: bool,
}

fn specials(
    writer: &mut Writer<'_>,
    table: &Table,
    sheet: &mut Sheet,
    says: &mut Map<String, Value>,
    has_header: bool,
) -> Specials {
    let mut not_rows: Vec<Value> = Vec::new();
    let may_interrupt = writer.random.percent(30);
    if may_interrupt {
        not_rows.push(json!({ "blank": true }));
        if has_header {
            not_rows.push(json!({ "repeats_header": true }));
        }
    }
    let mut specials = Specials { first: None, last: None, may_interrupt };
    match writer.random.below(3) {
        0 => {}
        1 => {
            let kind = sheet.field("Kind", |_, _| Cell::Text(String::new()));
            let (rows, shares, last) = totals(writer, table, sheet, "TOTAL");
            let mut rule = json!({ "column": kind, "is": "TOTAL", "rows": rows });
            if let Some(shares) = shares {
                rule["shares"] = shares;
            }
            not_rows.push(rule);
            specials.last = Some(last);
        }
        _ => {
            let kind = sheet.field("Type", |_, _| Cell::Text("D".to_owned()));
            let (rows, shares, last) = totals(writer, table, sheet, "T");
            let mut trailer = json!({ "is": "T", "rows": rows });
            if let Some(shares) = shares {
                trailer["shares"] = shares;
            }
            let mut first = vec![Cell::Text(String::new()); sheet.headers.len()];
            let at = kind[FIELD].as_u64().unwrap() as usize;
            first[at] = Cell::Text("H".to_owned());
            let told = sheet.headers.len() - 1;
            first[told] = Cell::Text("20020514".to_owned());
            says.insert(
                "records".to_owned(),
                json!({ "field": kind, "is": "D", "ignore": ["H"], "trailer": trailer }),
            );
            let state = json!({ "record": "H", "field": { FIELD: told }, "is": "20020514" });
            says.insert("states".to_owned(), json!([state]));
            // Which record comes first does not matter.
            (specials.first, specials.last) =
                if writer.random.percent(15) { (Some(last), Some(first)) } else { (Some(first), Some(last)) };
        }
    }
    if !not_rows.is_empty() {
        says.insert("not_rows".to_owned(), json!(not_rows));
    }
    specials
}

/// Where the control totals stand, and their record.
fn totals(
    writer: &mut Writer<'_>,
    table: &Table,
    sheet: &mut Sheet,
    kind: &str,
) -> (Value, Option<Value>, Vec<Cell>) {
    let of_kind = sheet.headers.len() - 1;
    let count = sheet.records.len().to_string();
    let mut rows = sheet.field("Count", |_, _| Cell::Text(String::new()));
    let mut cells = vec![(of_kind, kind.to_owned())];
    let of_rows = sheet.headers.len() - 1;
    if writer.random.percent(30) {
        rows = json!({ "from": rows, "after": "ROWS:" });
        cells.push((of_rows, format!("ROWS: {count}")));
    } else {
        cells.push((of_rows, count));
    }
    let sum = if writer.states_shares { sum_of(table) } else { None };
    let shares = sum.map(|sum| {
        let field = sheet.field("Sum", |_, _| Cell::Text(String::new()));
        cells.push((sheet.headers.len() - 1, writer.style.amounts.write(writer.random, &sum)));
        field
    });
    let mut record = vec![Cell::Text(String::new()); sheet.headers.len()];
    cells.into_iter().for_each(|(place, text)| record[place] = Cell::Text(text));
    (rows, shares, record)
}

/// The sum of the shares, in millionths while it is added up.
fn sum_of(table: &Table) -> Option<String> {
    let place = table.place("shares")?;
    let mut millionths: u128 = 0;
    for row in &table.rows {
        let (whole, decimals) = row[place].split_once('.').unwrap_or((&row[place], ""));
        millionths += format!("{whole}{decimals:0<6}").parse::<u128>().ok()?;
    }
    let decimals = format!("{:06}", millionths % 1_000_000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    Some(format!("{}{point}{decimals}", millionths / 1_000_000))
}

/// Lines above the header, and the header.
fn titles(writer: &mut Writer<'_>, headers: &[String], lines: &mut Vec<Line>, says: &mut Map<String, Value>) {
    let count = writer.random.below(4);
    for at in 0..count {
        lines.push(Line::Title(format!("LIST {at} OF 2002-03-22 {}", writer.style.letters)));
    }
    lines.push(Line::Header);
    let is_told_by_text = writer.random.percent(40);
    if is_told_by_text {
        says.insert("header".to_owned(), json!({ "starts_with": headers[0] }));
    } else if count > 0 || writer.random.percent(30) {
        says.insert("header".to_owned(), json!(count + 1));
    }
    if count > 0 && says.get("states").is_none() && writer.random.percent(60) {
        says.insert("states".to_owned(), json!([{ "line": 1, "contains": "2002-03-22" }]));
    }
}

/// How many characters each field has in a fixed file, and a blank or more behind it.
fn widths(writer: &mut Writer<'_>, count: usize, lines: &[Line]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut next = 1;
    for field in 0..count {
        let mut width = 1;
        let mut is_exact = false;
        for line in lines {
            if let Line::Record(cells) = line {
                width = width.max(cells[field].text().chars().count());
                is_exact |= matches!(cells[field], Cell::Exact(_));
            }
        }
        // What is exact has no blank behind it.
        let width = width + if is_exact { 0 } else { writer.random.below(3) };
        places.push((next, next + width - 1));
        next += width + writer.random.below(2);
    }
    places
}

/// How the layout names fields.
struct Names<'a> {
    format: Format,
    headers: &'a [String],
    order: &'a [usize],
    widths: &'a [(usize, usize)],
    has_header: bool,
}

impl Names<'_> {
    /// A layout whose fields are named as the file has them.
    fn resolve(&self, writer: &mut Writer<'_>, value: &Value) -> Value {
        match value {
            Value::Object(object) if object.contains_key(FIELD) => {
                let place = object[FIELD].as_u64().unwrap() as usize;
                let at = self.order.iter().position(|known| *known == place).unwrap();
                if self.format == Format::Fixed {
                    let (first, last) = self.widths[at];
                    return json!({ "take": format!("{first}-{last}") });
                }
                match self.has_header && writer.random.percent(80) {
                    true => json!(self.headers[at]),
                    false => json!(at + 1),
                }
            }
            Value::Object(object) => {
                let mut resolved = Map::new();
                for (key, value) in object {
                    let is_field = key == "field" && self.format == Format::Fixed;
                    let value = self.resolve(writer, value);
                    match is_field {
                        true => resolved.insert("take".to_owned(), value["take"].clone()),
                        false => resolved.insert(key.clone(), value),
                    };
                }
                Value::Object(resolved)
            }
            Value::Array(values) => values.iter().map(|value| self.resolve(writer, value)).collect(),
            other => other.clone(),
        }
    }
}

fn delimited(writer: &mut Writer<'_>, delimiter: char, headers: &[String], lines: &[Line]) -> String {
    let quotes_all = writer.random.percent(30);
    let mut text = String::new();
    let field = |writer: &mut Writer<'_>, cell: &Cell| -> String {
        let inner = cell.text();
        let is_needed = inner.contains([delimiter, '"', '\n', '\r']);
        let blanks = match cell {
            Cell::Exact(_) => "",
            _ if writer.random.percent(5) => " ",
            _ => "",
        };
        match is_needed || quotes_all || writer.random.percent(10) {
            true => format!("\"{blanks}{}{blanks}\"", inner.replace('"', "\"\"")),
            false => format!("{blanks}{inner}{blanks}"),
        }
    };
    let join = |writer: &mut Writer<'_>, cells: Vec<Cell>| -> String {
        let fields: Vec<String> = cells.iter().map(|cell| field(writer, cell)).collect();
        fields.join(&delimiter.to_string())
    };
    for line in lines {
        let line = match line {
            Line::Title(title) => title.clone(),
            Line::Header => join(writer, headers.iter().map(|header| Cell::Exact(header.clone())).collect()),
            Line::Record(cells) => join(writer, cells.clone()),
            Line::Blank => String::new(),
        };
        text.push_str(&line);
        text.push_str(writer.style.line_end);
    }
    if writer.random.percent(20) {
        text.truncate(text.len() - writer.style.line_end.len());
    }
    text
}

fn fixed(writer: &Writer<'_>, widths: &[(usize, usize)], lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        if let Line::Record(cells) = line {
            let mut length = 0;
            for (cell, (first, last)) in cells.iter().zip(widths) {
                text.push_str(&" ".repeat(first - 1 - length));
                text.push_str(cell.text());
                let width = last + 1 - first;
                text.push_str(&" ".repeat(width - cell.text().chars().count()));
                length = *last;
            }
        }
        text.push_str(writer.style.line_end);
    }
    text
}

fn encoded(writer: &Writer<'_>, text: &str) -> Vec<u8> {
    let mark = if writer.style.has_mark { "\u{feff}" } else { "" };
    let text = format!("{mark}{text}");
    match writer.style.encoding {
        None => text.into_bytes(),
        Some(encoding) if encoding == encoding_rs::UTF_16LE => {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }
        Some(encoding) if encoding == encoding_rs::UTF_16BE => {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        }
        Some(encoding) => {
            let (bytes, _, has_other) = encoding.encode(&text);
            assert!(!has_other, "{} has not all of {text}", encoding.name());
            bytes.into_owned()
        }
    }
}
