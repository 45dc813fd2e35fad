//! How the cells of a column are written, and what the layout says of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::Table;
use super::Random;
use super::sheet::{Cell, Record, Sheet, Writer};
use super::style::Format;

/// Names with the letters of the file's encoding, and with what needs quotes.
pub fn set_names(writer: &mut Writer<'_>, table: &mut Table) {
    let Some(place) = table.place("name") else { return };
    for row in &mut table.rows {
        let name = match writer.random.below(5) {
            0 => format!("{} {}", writer.style.letters, row[place]),
            1 => format!("{}, {}", row[place], writer.style.letters),
            2 => format!("{} \"Bud\" & Sons", row[place]),
            3 => format!("TOTAL {} FUND", row[place]),
            _ => row[place].clone(),
        };
        row[place] = name;
    }
}

/// Some positions as two rows each, which the layout adds up.
pub fn split_positions(
    writer: &mut Writer<'_>,
    table: &mut Table,
    sheet: &mut Sheet,
    says: &mut Map<String, Value>,
) {
    let votes = table.place("votes");
    says.insert("same_account".to_owned(), json!("add"));
    for (at, row) in table.rows.iter().enumerate() {
        let has_votes = votes.is_some_and(|votes| !row[votes].is_empty());
        let is_split = shares_of(table, row).is_some_and(|shares| halves(shares).is_some());
        if !has_votes && is_split && writer.random.percent(60) {
            // The second part stands anywhere behind the first.
            let first = sheet.records.iter().position(|record| record.row == at).unwrap();
            let place = writer.random.between(first + 1, sheet.records.len());
            sheet.records.insert(place, Record { row: at, cells: Vec::new() });
        }
    }
}

fn shares_of<'t>(table: &Table, row: &'t [String]) -> Option<&'t str> {
    table.place("shares").map(|place| row[place].as_str())
}

/// Two amounts that add up to a whole one.
fn halves(amount: &str) -> Option<(String, String)> {
    let whole: u64 = amount.parse().ok()?;
    (whole >= 2).then(|| ((whole / 3).max(1).to_string(), (whole - (whole / 3).max(1)).to_string()))
}

/// Writes every column of ours that the shape of the marks has not written.
pub fn write(writer: &mut Writer<'_>, table: &mut Table, sheet: &mut Sheet) {
    let parts = parts_of(sheet);
    for place in 0..table.header.len() {
        let name = table.header[place].clone();
        if writer.columns.contains_key(&name) || writer.columns.contains_key(&format!("#{name}")) {
            continue;
        }
        let rule = match name.as_str() {
            "account" => account(writer, table, place, sheet),
            "holder" if table.role == "omnibus" => account(writer, table, place, sheet),
            "shares" if !parts.is_empty() => part_amounts(writer, table, place, sheet, &parts),
            "shares" | "votes" => amounts(writer, table, place, sheet),
            "received" | "dated" | "valid_until" => dates(writer, table, place, sheet),
            "card" if table.role == "cards" => card(writer, table, place, sheet),
            "name" => text(writer, table, place, sheet),
            _ => words(writer, table, place, sheet),
        };
        writer.columns.insert(name, rule);
    }
    // What the shape has written itself.
    writer.columns.retain(|name, _| !name.starts_with('#'));
}

/// Records that are parts of a row: which part of which row each is.
fn parts_of(sheet: &Sheet) -> BTreeMap<usize, (usize, bool)> {
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let mut parts = BTreeMap::new();
    let is_long = sheet.records.iter().any(|record| !record.cells.is_empty());
    for (at, record) in sheet.records.iter().enumerate().filter(|_| !is_long) {
        if let Some(first) = seen.get(&record.row) {
            parts.insert(*first, (record.row, true));
            parts.insert(at, (record.row, false));
        }
        seen.entry(record.row).or_insert(at);
    }
    parts
}

fn part_amounts(
    writer: &mut Writer<'_>,
    table: &Table,
    place: usize,
    sheet: &mut Sheet,
    parts: &BTreeMap<usize, (usize, bool)>,
) -> Value {
    let field = sheet.field("Shares", |record, at| {
        let amount = &table.rows[record.row][place];
        match (parts.get(&at), halves(amount)) {
            (Some((_, true)), Some((first, _))) => writer.amount(&first),
            (Some((_, false)), Some((_, second))) => writer.amount(&second),
            _ => writer.amount(amount),
        }
    });
    rule(field, writer.amounts())
}

/// A column of a field, and what else is said of it.
fn rule(field: Value, mut says: Map<String, Value>) -> Value {
    if says.is_empty() {
        return field;
    }
    says.insert("from".to_owned(), field);
    Value::Object(says)
}

fn account(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let way = writer.random.below(6);
    let has_numbers = writer.style.format == Format::Workbook;
    let random = &mut *writer.random;
    let of = |record: &Record| table.rows[record.row][place].clone();
    match way {
        // Zeros that a spreadsheet took away.
        0 | 1 => {
            let has_hyphens = way == 1;
            let field = sheet.field("Acct", |record, _| {
                let digits = of(record).trim_start_matches('0').to_owned();
                match has_hyphens {
                    true => Cell::Text(hyphens(random, &digits)),
                    false if has_numbers => Cell::Number(digits),
                    false => Cell::Text(digits),
                }
            });
            match has_hyphens {
                true => json!({ "from": field, "strip": "-.", "pad": 10 }),
                false => json!({ "from": field, "pad": 10 }),
            }
        }
        2 => {
            let field = sheet.field("Account No.", |record, _| Cell::Text(hyphens(random, &of(record))));
            json!({ "from": field, "strip": "-." })
        }
        3 => {
            let field = sheet
                .field("Key", |record, at| Cell::Exact(format!("{}{:04}", of(record), at + random.below(9))));
            json!({ "from": field, "take": "1-10" })
        }
        4 => {
            let at = random.between(1, 9);
            let first = sheet.field("Acct A", |record, _| Cell::Text(of(record)[..at].to_owned()));
            let second = sheet.field("Acct B", |record, _| Cell::Text(of(record)[at..].to_owned()));
            json!({ "from": [first, second], "join": "" })
        }
        _ => sheet.field("ACCOUNT", |record, _| Cell::Text(of(record))),
    }
}

fn hyphens(random: &mut Random, digits: &str) -> String {
    let at = random.between(1, digits.len() - 1);
    format!("{}{}{}", &digits[..at], random.pick(&["-", ".", "--"]), &digits[at..])
}

fn card(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let is_shared = table.rows.iter().any(|row| !row[place].starts_with("C-"));
    let of = |record: &Record| table.rows[record.row][place].clone();
    if is_shared || writer.random.percent(50) {
        return sheet.field("Control", |record, _| Cell::Text(of(record)));
    }
    let is_number = writer.style.format == Format::Workbook;
    let field = sheet.field("No", |record, _| {
        let digits = of(record)["C-".len()..].to_owned();
        if is_number { Cell::Number(digits) } else { Cell::Text(digits) }
    });
    json!({ "from": field, "prefix": "C-" })
}

fn amounts(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let says = writer.amounts();
    let may_add = table.header[place] == "shares"
        && table.rows.iter().all(|row| row[place].is_empty() || row[place].parse::<u64>().is_ok());
    if may_add && writer.random.percent(30) {
        return sums(writer, table, place, sheet, says);
    }
    let field = sheet.field("Qty", |record, _| writer.amount(&table.rows[record.row][place]));
    rule(field, says)
}

/// An amount in two fields: what is held in certificates and what in book entry.
fn sums(
    writer: &mut Writer<'_>,
    table: &Table,
    place: usize,
    sheet: &mut Sheet,
    mut says: Map<String, Value>,
) -> Value {
    let both = |amount: &str| -> (String, String) {
        match halves(amount) {
            Some(halves) => halves,
            None => (amount.to_owned(), String::new()),
        }
    };
    let of = |record: &Record| both(&table.rows[record.row][place]);
    let first = sheet.field("Certificates", |record, _| writer.amount(&of(record).0));
    let second = sheet.field("Book entry", |record, _| writer.amount(&of(record).1));
    says.insert("add".to_owned(), json!([first, second]));
    Value::Object(says)
}

/// Texts as they are, some with line breaks for blanks.
fn text(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let may_break = writer.style.format != Format::Fixed;
    let random = &mut *writer.random;
    sheet.field("Registration", |record, _| {
        let text = &table.rows[record.row][place];
        match may_break && random.percent(15) {
            true => Cell::Text(text.replace(' ', random.pick(&["\n", "\r\n", " \n "]))),
            false => Cell::Text(text.clone()),
        }
    })
}

/// A code table, a constant, what a blank means, or the words as they are.
fn words(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let mut values: Vec<&String> = table.rows.iter().map(|row| &row[place]).collect();
    values.sort_unstable();
    values.dedup();
    if let [only] = values.as_slice()
        && !only.is_empty()
        && table.header[place] != "ruling"
        && writer.random.percent(50)
    {
        return json!({ "value": only });
    }
    let name = table.header[place].clone();
    let has_blank = values.first().is_some_and(|value| value.is_empty());
    // A ruling may be all constants, and a line of nothing but blanks is no row.
    let may_be_blank = !has_blank && table.role != "rulings";
    let blank = (may_be_blank && writer.random.percent(25)).then(|| (*writer.random.one_of(&values)).clone());
    let is_coded = writer.random.percent(60);
    let codes = codes(writer.random, values.len(), 1 + usize::from(values.len() > 20));
    let code_of = |value: &String| -> String {
        match values.iter().position(|known| *known == value) {
            Some(at) if is_coded && !value.is_empty() => codes[at].clone(),
            _ => value.clone(),
        }
    };
    let field = sheet.field(&name, |record, _| {
        let value = &table.rows[record.row][place];
        match &blank {
            Some(blank) if blank == value => Cell::Text(String::new()),
            _ => Cell::Text(code_of(value)),
        }
    });
    let mut says = Map::new();
    if let Some(blank) = blank {
        says.insert("blank".to_owned(), json!(blank));
    }
    if is_coded {
        let words: Map<String, Value> = values
            .iter()
            .filter(|value| !value.is_empty())
            .map(|value| (code_of(value), json!(value)))
            .collect();
        if !words.is_empty() {
            says.insert("words".to_owned(), Value::Object(words));
        }
    }
    rule(field, says)
}

/// So many codes, each another, of so many characters.
pub fn codes(random: &mut Random, count: usize, width: usize) -> Vec<String> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789*#?abcdefgh";
    let mut codes: Vec<String> = Vec::new();
    while codes.len() < count {
        let code: String = (0..width).map(|_| char::from(*random.one_of(LETTERS))).collect();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// The parts of a date or a time of ours.
struct Parts {
    date: [u32; 3],
    time: [u32; 3],
}

fn parts(text: &str) -> Parts {
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse().ok());
    let of = |range| number(range).unwrap_or(0);
    Parts { date: [of(0..4), of(5..7), of(8..10)], time: [of(11..13), of(14..16), of(17..19)] }
}

/// Dates that the file writes otherwise. A column of times is first made one in which each has a time or none.
fn dates(writer: &mut Writer<'_>, table: &mut Table, place: usize, sheet: &mut Sheet) -> Value {
    let is_time = table.header[place] == "received";
    if writer.random.percent(20) {
        return sheet.field("When", |record, _| Cell::Text(table.rows[record.row][place].clone()));
    }
    let has_times = is_time && writer.random.percent(60);
    for cell in table.rows.iter_mut().map(|row| &mut row[place]).filter(|cell| !cell.is_empty()) {
        let Parts { time: [hour, minute, second], .. } = parts(cell);
        cell.truncate("2002-11-22".len());
        if has_times {
            // A time of midnight is a date alone in a workbook.
            let second = if [hour, minute, second] == [0; 3] { 1 } else { second };
            cell.push_str(&format!("T{hour:02}:{minute:02}:{second:02}"));
        }
    }
    let of = |table: &Table, record: &Record| table.rows[record.row][place].clone();
    if writer.style.format == Format::Workbook && writer.random.percent(60) {
        return sheet.field("Date", |record, _| match of(table, record) {
            blank if blank.is_empty() => Cell::Text(blank),
            date => Cell::Date(date),
        });
    }
    if has_times { times(writer, table, place, sheet) } else { days(writer, table, place, sheet) }
}

fn days(writer: &mut Writer<'_>, table: &Table, place: usize, sheet: &mut Sheet) -> Value {
    let format = writer.random.pick(&["%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%m/%d/%y", "%d/%m/%y"]);
    let field = sheet.field("Date", |record, _| Cell::Text(written(format, &table.rows[record.row][place])));
    let mut says = json!({ "from": field, "format": format });
    if format.contains("%y") {
        says["century"] = json!("20");
    }
    says
}

/// Times in one field or in two, local ones or in a zone.
fn times(writer: &mut Writer<'_>, table: &mut Table, place: usize, sheet: &mut Sheet) -> Value {
    let of = |table: &Table, record: &Record| table.rows[record.row][place].clone();
    let day = writer.random.pick(&["%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%m/%d/%y"]);
    let clock = writer.random.pick(&["%H:%M:%S", "%H%M%S", "%I:%M:%S %p"]);
    let mut says = if writer.random.percent(40) {
        let days = sheet.field("Day", |record, _| Cell::Text(written(day, &of(table, record))));
        let clocks = sheet.field("Time", |record, _| Cell::Text(written(clock, &of(table, record))));
        json!({ "from": [days, clocks], "join": " ", "format": format!("{day} {clock}") })
    } else {
        let format = format!("{day} {clock}");
        let field = sheet.field("Stamp", |record, _| Cell::Text(written(&format, &of(table, record))));
        json!({ "from": field, "format": format })
    };
    if day.contains("%y") {
        says["century"] = json!("20");
    }
    if writer.random.percent(30) {
        // All times are of spring, when New York is four hours behind.
        let (zone, offset) = *writer.random.one_of(&[("UTC", "+00:00"), ("America/New_York", "-04:00")]);
        says["zone"] = json!(zone);
        let cells = table.rows.iter_mut().map(|row| &mut row[place]);
        cells.filter(|cell| !cell.is_empty()).for_each(|cell| cell.push_str(offset));
    }
    says
}

/// A date or time of ours in a format.
fn written(format: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let Parts { date: [year, month, day], time: [hour, minute, second] } = parts(text);
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format
        .replace("%m", &format!("{month:02}"))
        .replace("%d", &format!("{day:02}"))
        .replace("%Y", &year.to_string())
        .replace("%y", &format!("{:02}", year % 100))
        .replace("%b", MONTHS[month as usize - 1])
        .replace("%H", &format!("{hour:02}"))
        .replace("%I", &format!("{:02}", if hour % 12 == 0 { 12 } else { hour % 12 }))
        .replace("%M", &format!("{minute:02}"))
        .replace("%S", &format!("{second:02}"))
        .replace("%p", if hour < 12 { "AM" } else { "PM" })
}
