//! Workbooks made by hand: a ZIP file without compression, or with what a hostile one holds.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Votes" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook with one sheet, and other parts.
pub fn book(rows: &str, others: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    for (name, text) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    for (name, bytes) in others {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

const HEADERS: [&str; 7] = ["card", "account", "received", "1.hale", "1.ito", "1.novak", "2"];

/// Rows of a header and one card, of which the account is given as a cell.
fn rows(account: &str) -> String {
    let headers: String = HEADERS
        .iter()
        .zip("ABCDEFG".chars())
        .map(|(header, column)| text(&format!("{column}1"), header))
        .collect();
    let card = text("A2", "101") + account + &text("C2", "2002-11-22");
    let marks: String = "DEFG".chars().map(|column| format!(r#"<c r="{column}2"><v>1</v></c>"#)).collect();
    format!(r#"<row r="1">{headers}</row><row r="2">{card}{marks}</row>"#)
}

/// A book whose account is a number.
pub fn with_cell(_column: &str, number: &str) -> Vec<u8> {
    book(&rows(&format!(r#"<c r="B2"><v>{number}</v></c>"#)), &[])
}

/// Workbooks that mean harm, and what is said of each.
pub fn hostile() -> Vec<(Vec<u8>, &'static str)> {
    let bomb = vec![b' '; 300 << 20];
    let wide = r#"<row r="1"><c r="BDWGN1"><v>1</v></c></row>"#;
    let count = br#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="99999999999999"></sst>"#;
    vec![
        (book(&rows(""), &[("xl/sharedStrings.xml", bomb)]), "[workbook]"),
        (book(wide, &[]), "[workbook]"),
        (
            book(&rows(""), &[("xl/sharedStrings.xml", count.to_vec())]),
            "says that it has 99999999999999 texts",
        ),
        (
            book(&rows(r#"<c r="B2"><f>A1</f></c>"#), &[]),
            "votes.xlsx:Votes!2: account: is a formula without a value; open the workbook in its program, and save it [layout_amount]",
        ),
        (
            book(&rows(r#"<c r="B2"><f>[1]Sheet1!A1</f><v>1</v></c>"#), &[]),
            "takes its value from another workbook; write the value itself",
        ),
        (b"PK\x03\x04 and no more".to_vec(), "is not an xlsx workbook"),
        (b"card,account\n".to_vec(), "is not an xlsx workbook"),
    ]
}
