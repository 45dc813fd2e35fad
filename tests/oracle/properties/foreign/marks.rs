//! The shapes of marks: a column each, a row each, one string, boxes, shares for each way of voting, and the
//! paper card's line "for all except".

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::Table;
use super::columns::codes;
use super::counts::ways_of;
use super::sheet::{Cell, Record, Sheet, Writer};
use super::{matters, totals};

/// Writes the marks, and makes the records: one for each row, or as the shape has them.
pub fn write(
    writer: &mut Writer<'_>,
    table: &mut Table,
    meeting: &Value,
    says: &mut Map<String, Value>,
    shapes: &mut Vec<String>,
) -> Sheet {
    let mut of_rows = one_each(table);
    match table.role {
        "street" => match writer.random.below(4) {
            0 => of_rows,
            1 => {
                shapes.push("long".to_owned());
                let marks = totals::long(writer, table, &mut of_rows);
                says.insert("marks".to_owned(), marks);
                of_rows
            }
            way => {
                shapes.push("counts".to_owned());
                let (sheet, marks) = totals::counts(writer, table, meeting, way == 2);
                says.insert("marks".to_owned(), marks);
                sheet
            }
        },
        "cards" if table.file == "blocks.csv" && writer.random.percent(75) => {
            shapes.push("counts".to_owned());
            let is_long = writer.random.percent(50);
            let (sheet, marks) = totals::counts(writer, table, meeting, is_long);
            says.insert("marks".to_owned(), marks);
            sheet
        }
        "cards" => {
            let (sheet, marks) = of_cards(writer, table, meeting, shapes);
            says.insert("marks".to_owned(), marks);
            sheet
        }
        _ => of_rows,
    }
}

fn one_each(table: &Table) -> Sheet {
    let records = (0..table.rows.len()).map(|row| Record { row, cells: Vec::new() }).collect();
    Sheet { headers: Vec::new(), records }
}

/// Says that a column is written, beside `columns`.
pub fn is_written(writer: &mut Writer<'_>, ours: &str) {
    writer.columns.insert(format!("#{ours}"), Value::Null);
}

fn is_number(cell: &str) -> bool {
    let digits = cell.trim_end_matches('%');
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// The places of the columns of marks, and whether cumulated numbers stand in them.
fn marks_of(table: &Table, meeting: &Value) -> (Vec<usize>, bool) {
    let places: Vec<usize> = matters(meeting).iter().map(|matter| table.place(matter).unwrap()).collect();
    let has_numbers = table.rows.iter().any(|row| places.iter().any(|place| is_number(&row[*place])));
    (places, has_numbers)
}

fn of_cards(
    writer: &mut Writer<'_>,
    table: &mut Table,
    meeting: &Value,
    shapes: &mut Vec<String>,
) -> (Sheet, Value) {
    let election = if writer.random.percent(25) { an_election(writer, meeting) } else { None };
    if election.is_some() && !table.has("contradiction") {
        // What the line contradicts is read into this column.
        let first = table.place(&matters(meeting)[0]).unwrap();
        table.header.insert(first, "contradiction".to_owned());
        table.rows.iter_mut().for_each(|row| row.insert(first, String::new()));
    }
    let (mut places, mut has_numbers) = marks_of(table, meeting);
    let mut sheet = one_each(table);
    let mut except = Value::Null;
    if let Some(item) = election {
        shapes.push("except".to_owned());
        except = for_all_except(writer, table, &item, &mut sheet);
        let id = item["id"].as_str().unwrap();
        places.retain(|place| table.header[*place].split('.').next() != Some(id));
        has_numbers = table.rows.iter().any(|row| places.iter().any(|place| is_number(&row[*place])));
    }
    let mut possible = vec!["wide", "wide"];
    if !has_numbers && !places.is_empty() {
        possible.extend(["string", "string", "boxes", "boxes"]);
    }
    if except.is_null() {
        possible.extend(["long", "long"]);
    }
    let shape = *writer.random.one_of(&possible);
    shapes.push(shape.to_owned());
    let mut marks = match shape {
        "wide" => wide(writer, table, &places, &mut sheet),
        "string" => string(writer, table, &places, &mut sheet),
        "boxes" => boxes(writer, table, &places, meeting, &mut sheet),
        _ => long(writer, table, &places, &mut sheet),
    };
    places.iter().for_each(|place| is_written(writer, &table.header[*place]));
    if !except.is_null() {
        marks["except"] = except;
    }
    (sheet, marks)
}

fn an_election(writer: &mut Writer<'_>, meeting: &Value) -> Option<Value> {
    let items = meeting["items"].as_array().unwrap();
    let elections: Vec<&Value> = items.iter().filter(|item| item["kind"] == "election").collect();
    (!elections.is_empty()).then(|| (*writer.random.one_of(&elections)).clone())
}

/// The distinct marks of some columns, without numbers and blanks.
pub fn distinct(table: &Table, places: &[usize]) -> Vec<String> {
    let cells = table.rows.iter().flat_map(|row| places.iter().map(|place| row[*place].clone()));
    let mut marks: Vec<String> = cells.filter(|cell| !cell.is_empty() && !is_number(cell)).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// A code table for some marks; sometimes a code for what is not marked.
pub struct Codes {
    of: BTreeMap<String, String>,
    blank: String,
    pub json: Value,
}

pub fn code_table(writer: &mut Writer<'_>, marks: &[String], width: usize, may_be_digits: bool) -> Codes {
    let mut written = codes(writer.random, marks.len() + 1, width);
    if !may_be_digits {
        written.iter_mut().for_each(|code| *code = format!("k{code}"));
    }
    let blank_code = written.pop().unwrap();
    let mut json: Map<String, Value> =
        marks.iter().zip(&written).map(|(mark, code)| (code.clone(), json!(mark))).collect();
    let of = marks.iter().cloned().zip(written).collect();
    let blank = if writer.random.percent(30) {
        json.insert(blank_code.clone(), Value::Null);
        blank_code
    } else {
        String::new()
    };
    Codes { of, blank, json: Value::Object(json) }
}

impl Codes {
    /// A mark as the file has it; numbers as amounts are written there.
    pub fn write(&self, writer: &mut Writer<'_>, mark: &str) -> Cell {
        if mark.is_empty() {
            return Cell::Text(self.blank.clone());
        }
        if mark.ends_with('%') {
            return Cell::Text(mark.to_owned());
        }
        match self.of.get(mark) {
            Some(code) if code.bytes().all(|b| b.is_ascii_digit()) => Cell::Number(code.clone()),
            Some(code) => Cell::Text(code.clone()),
            None => writer.amount(mark),
        }
    }
}

fn wide(writer: &mut Writer<'_>, table: &Table, places: &[usize], sheet: &mut Sheet) -> Value {
    let is_shared = writer.random.percent(50);
    let shared = code_table(writer, &distinct(table, places), 1, false);
    let mut columns = Map::new();
    for place in places {
        let own = code_table(writer, &distinct(table, &[*place]), 1, false);
        let codes = if is_shared { &shared } else { &own };
        let name = &table.header[*place];
        let field = sheet.field("Vote", |record, _| codes.write(writer, &table.rows[record.row][*place]));
        let rule = if is_shared {
            field
        } else {
            let mut says = writer.amounts();
            says.insert("from".to_owned(), field);
            says.insert("words".to_owned(), own.json.clone());
            says.insert("numbers".to_owned(), json!(true));
            Value::Object(says)
        };
        columns.insert(name.clone(), rule);
    }
    let mut marks = json!({ "shape": "wide" });
    if !columns.is_empty() {
        marks["columns"] = Value::Object(columns);
    }
    if is_shared && !places.is_empty() {
        marks["words"] = shared.json.clone();
        marks["numbers"] = json!(true);
        writer.amounts().into_iter().for_each(|(key, value)| marks[key] = value);
    }
    marks
}

fn long(writer: &mut Writer<'_>, table: &Table, places: &[usize], sheet: &mut Sheet) -> Value {
    // A record for each mark, in the order of the cards by their first; a card without a mark has a record that
    // is dropped.
    let mut records: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let marked: Vec<usize> = places.iter().copied().filter(|place| !row[*place].is_empty()).collect();
        let first = records.len();
        match marked.is_empty() {
            true => records.push((at, None)),
            false => records.extend(marked.into_iter().map(|place| (at, Some(place)))),
        }
        // The other records of earlier cards may follow later ones.
        if first > 1 && writer.random.percent(40) {
            let moved = writer.random.between(1, first - 1);
            if records[..moved].iter().any(|(row, _)| *row == records[moved].0) {
                let record = records.remove(moved);
                records.push(record);
            }
        }
    }
    let targets: Vec<String> = places.iter().map(|place| table.header[*place].clone()).collect();
    let must_drop = records.iter().any(|(_, place)| place.is_none());
    let is_coded = must_drop || writer.random.percent(60);
    let item_codes = codes(writer.random, targets.len() + 1, 2);
    let dropped = item_codes[targets.len()].clone();
    let votes = code_table(writer, &distinct(table, places), 1, false);
    sheet.records = records.iter().map(|(row, _)| Record { row: *row, cells: Vec::new() }).collect();
    let item = sheet.field("Prop", |_, at| match records[at].1 {
        None => Cell::Text(dropped.clone()),
        Some(place) => {
            let target = places.iter().position(|known| *known == place).unwrap();
            Cell::Text(if is_coded { item_codes[target].clone() } else { targets[target].clone() })
        }
    });
    let vote = sheet.field("Vote", |record, at| match records[at].1 {
        None => Cell::Text(String::new()),
        Some(place) => votes.write(writer, &table.rows[record.row][place]),
    });
    let mut marks =
        json!({ "shape": "long", "item": item, "vote": vote, "words": votes.json, "numbers": true });
    writer.amounts().into_iter().for_each(|(key, value)| marks[key] = value);
    if is_coded {
        let mut items: Map<String, Value> =
            item_codes.iter().zip(&targets).map(|(code, target)| (code.clone(), json!(target))).collect();
        items.insert(dropped, Value::Null);
        marks["items"] = Value::Object(items);
    }
    marks
}

fn string(writer: &mut Writer<'_>, table: &Table, places: &[usize], sheet: &mut Sheet) -> Value {
    let width = writer.random.between(1, 2);
    let codes = code_table(writer, &distinct(table, places), width, true);
    let blank = if codes.blank.is_empty() { " ".repeat(width) } else { codes.blank.clone() };
    // Positions in any order, and some that are dropped.
    let mut positions: Vec<Option<usize>> = places.iter().copied().map(Some).collect();
    for _ in 0..writer.random.below(3) {
        positions.push(None);
    }
    writer.random.shuffle(&mut positions);
    let random = &mut *writer.random;
    let field = sheet.field("Marks", |record, _| {
        let row = &table.rows[record.row];
        let code = |position: &Option<usize>| match position {
            None => random.pick(&["?", "Z", " ", "0"]).repeat(width),
            Some(place) if row[*place].is_empty() => blank.clone(),
            Some(place) => codes.of[&row[*place]].clone(),
        };
        Cell::Exact(positions.iter().map(code).collect())
    });
    let names: Vec<Option<&String>> =
        positions.iter().map(|position| position.map(|place| &table.header[place])).collect();
    let mut marks = json!({ "shape": "string", "from": field, "positions": names, "words": codes.json });
    if width > 1 {
        marks["width"] = json!(width);
    }
    marks
}

fn boxes(
    writer: &mut Writer<'_>,
    table: &mut Table,
    places: &[usize],
    meeting: &Value,
    sheet: &mut Sheet,
) -> Value {
    let ticks = ["X", "x", "1", "yes"];
    let mut of_matters = Map::new();
    for place in places {
        let name = table.header[*place].clone();
        for row in &mut table.rows {
            if row[*place].eq_ignore_ascii_case("V") {
                row[*place] = "VOID".to_owned();
            }
        }
        let mut marks = distinct(table, &[*place]);
        marks.retain(|mark| mark != "VOID");
        for way in ways_of(meeting, &name) {
            if marks.len() < 2 && !marks.contains(&way) {
                marks.push(way);
            }
        }
        let mut of_matter = Map::new();
        for (at, mark) in marks.iter().enumerate() {
            let random = &mut *writer.random;
            let field = sheet.field("Box", |record, _| {
                let cell = &table.rows[record.row][*place];
                // Two ticks are void: the first two boxes.
                let is_ticked = cell == mark || (cell == "VOID" && at < 2);
                let blank = random.pick(&["", "", "0"]);
                Cell::Text(if is_ticked { random.pick(&ticks) } else { blank }.to_owned())
            });
            of_matter.insert(mark.clone(), field);
        }
        of_matters.insert(name, Value::Object(of_matter));
    }
    json!({ "shape": "boxes", "boxes": of_matters, "ticked": ticks })
}

/// The line of a paper card: a box for all, and the names of those from whom the vote is withheld. Other marks of
/// that election are first made such a line.
fn for_all_except(writer: &mut Writer<'_>, table: &mut Table, item: &Value, sheet: &mut Sheet) -> Value {
    let id = item["id"].as_str().unwrap();
    let nominees: Vec<&str> =
        item["nominees"].as_array().unwrap().iter().map(|nominee| nominee["id"].as_str().unwrap()).collect();
    let all = table.place(id).unwrap();
    let places: Vec<usize> =
        nominees.iter().map(|nominee| table.place(&format!("{id}.{nominee}")).unwrap()).collect();
    for row in &mut table.rows {
        let is_named = places.iter().any(|place| !row[*place].is_empty());
        for place in &places {
            row[*place] = if row[*place].is_empty() { "" } else { "WITHHOLD" }.to_owned();
        }
        row[all] = match row[all].as_str() {
            _ if is_named && writer.random.percent(70) => "FOR",
            _ if is_named => "",
            "FOR" | "WITHHOLD" | "AGAINST" | "ABSTAIN" => continue,
            _ => "",
        }
        .to_owned();
    }
    // What the line contradicts is said by whoever reads it, not by the file.
    if let Some(place) = table.place("contradiction") {
        table.rows.iter_mut().for_each(|row| row[place].clear());
    }
    is_written(writer, "contradiction");
    is_written(writer, id);
    places.iter().for_each(|place| is_written(writer, &table.header[*place]));
    let words = [("FOR ALL", "FOR"), ("WITHHOLD ALL", "WITHHOLD"), ("AGAINST ALL", "AGAINST")];
    let box_text = sheet.field("Box", |record, _| {
        let row = &table.rows[record.row];
        let is_named = places.iter().any(|place| !row[*place].is_empty());
        Cell::Text(
            match row[all].as_str() {
                "" => "",
                "FOR" if is_named => "ALL BUT",
                "ABSTAIN" => "ABSTAIN",
                mark => words.iter().find(|(_, known)| *known == mark).unwrap().0,
            }
            .to_owned(),
        )
    });
    let separator = writer.random.pick(&[";", "/", " and "]);
    let random = &mut *writer.random;
    let names = sheet.field("Except", |record, _| {
        let named =
            places.iter().enumerate().filter(|(_, place)| !table.rows[record.row][**place].is_empty());
        let written: Vec<String> = named
            .map(|(at, _)| match random.percent(50) {
                true => format!("{:02}", at + 1),
                false => format!("Name {}", nominees[at]),
            })
            .collect();
        Cell::Text(written.join(separator))
    });
    let mut words: Map<String, Value> =
        words.iter().map(|(word, mark)| ((*word).to_owned(), json!(mark))).collect();
    words.insert("ABSTAIN".to_owned(), json!("ABSTAIN"));
    words.insert("ALL BUT".to_owned(), json!("EXCEPT"));
    let mut written = Map::new();
    for (at, nominee) in nominees.iter().enumerate() {
        written.insert(format!("{:02}", at + 1), json!(nominee));
        written.insert(format!("Name {nominee}"), json!(nominee));
    }
    json!({
        "item": id, "box": box_text, "names": names, "separator": separator,
        "words": words, "nominees": written
    })
}
