//! The sheet of a workbook, with dates as workbooks count them.

use jiff::civil::Date;

use super::bytes::Line;
use super::sheet::Cell;

/// The second style is a date with a time.
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// The bytes of a workbook.
pub fn write(headers: &[String], lines: &[Line]) -> Vec<u8> {
    let mut rows = String::new();
    for (at, line) in lines.iter().enumerate() {
        let cells: Vec<Cell> = match line {
            Line::Title(title) => vec![Cell::Text(title.clone())],
            Line::Header => headers.iter().map(|header| Cell::Text(header.clone())).collect(),
            Line::Record(cells) => cells.clone(),
            Line::Blank => continue,
        };
        rows.push_str(&format!("<row r=\"{}\">", at + 1));
        for (column, cell) in cells.iter().enumerate() {
            rows.push_str(&cell_of(&format!("{}{}", letters(column), at + 1), cell));
        }
        rows.push_str("</row>");
    }
    crate::book::book(&rows, &[("xl/styles.xml", STYLES.as_bytes().to_vec())])
}

/// The letters of a column, counted from 0.
fn letters(column: usize) -> String {
    let letter = |place: usize| char::from(b'A' + u8::try_from(place).unwrap());
    match column / 26 {
        0 => letter(column).to_string(),
        more => format!("{}{}", letters(more - 1), letter(column % 26)),
    }
}

fn cell_of(at: &str, cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Exact(text) if text.is_empty() => String::new(),
        Cell::Text(text) | Cell::Exact(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            format!(r#"<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
        }
        Cell::Number(number) => format!(r#"<c r="{at}"><v>{number}</v></c>"#),
        Cell::Date(date) => format!(r#"<c r="{at}" s="1"><v>{}</v></c>"#, serial(date)),
    }
}

/// A date or time as workbooks count: days from 30 December 1899, with ten decimals.
fn serial(text: &str) -> String {
    let date: Date = text[.."2002-11-22".len()].parse().unwrap();
    let first = jiff::civil::date(1899, 12, 30);
    let days = first.until(date).unwrap().get_days();
    let part = |from: usize| text.get(from..from + 2).map_or(0, |part| part.parse::<u64>().unwrap());
    let seconds = part(11) * 3600 + part(14) * 60 + part(17);
    format!("{days}.{:010}", seconds * 10_000_000_000 / 86_400)
}
