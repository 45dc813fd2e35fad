//! The shapes of totals and of blocks: a row each, or shares for each way of voting.

use serde_json::{Map, Value, json};

use super::super::Table;
use super::columns::codes;
use super::counts::ways_of;
use super::marks::{code_table, distinct, is_written};
use super::matters;
use super::sheet::{Cell, Record, Sheet, Writer};

pub fn long(writer: &mut Writer<'_>, table: &Table, sheet: &mut Sheet) -> Value {
    let of = |row: usize, column: &str| table.rows[row][table.place(column).unwrap()].clone();
    let mut targets: Vec<String> = (0..table.rows.len()).map(|row| matter_of(table, row)).collect();
    targets.sort_unstable();
    targets.dedup();
    let item_codes = codes(writer.random, targets.len(), 2);
    let item = sheet.field("Prop", |record, _| {
        let matter = matter_of(table, record.row);
        Cell::Text(item_codes[targets.iter().position(|known| *known == matter).unwrap()].clone())
    });
    let votes = code_table(writer, &distinct(table, &[table.place("vote").unwrap()]), 2, false);
    let vote = sheet.field("Vote", |record, _| votes.write(writer, &of(record.row, "vote")));
    let shares = sheet.field("Shares", |record, _| writer.amount(&of(record.row, "shares")));
    let mut says = writer.amounts();
    let shares = if says.is_empty() {
        shares
    } else {
        says.insert("from".to_owned(), shares);
        Value::Object(says)
    };
    ["item", "nominee", "vote", "shares"].iter().for_each(|column| is_written(writer, column));
    let items: Map<String, Value> =
        item_codes.iter().zip(&targets).map(|(code, target)| (code.clone(), json!(target))).collect();
    json!({ "shape": "long", "item": item, "vote": vote, "shares": shares, "items": items, "words": votes.json })
}

/// The matter of a total, or of a block.
fn matter_of(table: &Table, row: usize) -> String {
    if table.role == "cards" {
        let marked = table.rows[row].iter().zip(&table.header).skip(5).find(|(cell, _)| !cell.is_empty());
        return marked.unwrap().1.clone();
    }
    let of = |column: &str| table.cell(row, column);
    match of("nominee") {
        "" => of("item").to_owned(),
        nominee => format!("{}.{nominee}", of("item")),
    }
}

/// The way of voting of a total, or of a block.
fn way_of(table: &Table, row: usize) -> String {
    match table.role {
        "cards" => table.rows[row].iter().skip(5).find(|cell| !cell.is_empty()).unwrap().clone(),
        _ => table.cell(row, "vote").to_owned(),
    }
}

/// A matter and a way of voting, each by its place.
type Place = (usize, usize);

/// The matters and the ways of voting of a meeting, in the order of their columns.
struct Ways {
    matters: Vec<String>,
    ways: Vec<String>,
}

impl Ways {
    fn of(meeting: &Value) -> Ways {
        let matters = matters(meeting);
        let last = ["ABSTAIN", "NONVOTE"].map(str::to_owned);
        let mut ways: Vec<String> = Vec::new();
        for way in matters.iter().flat_map(|matter| ways_of(meeting, matter)) {
            if !ways.contains(&way) && !last.contains(&way) {
                ways.push(way);
            }
        }
        ways.extend(last);
        Ways { matters, ways }
    }

    fn place(&self, table: &Table, row: usize) -> Place {
        let matter = self.matters.iter().position(|matter| *matter == matter_of(table, row)).unwrap();
        (matter, self.way(&way_of(table, row)))
    }

    fn way(&self, way: &str) -> usize {
        self.ways.iter().position(|known| known == way).unwrap()
    }
}

/// Shares for each way of voting: a record for each matter, or all matters in one.
pub fn counts(writer: &mut Writer<'_>, table: &mut Table, meeting: &Value, is_long: bool) -> (Sheet, Value) {
    let of = Ways::of(meeting);
    let groups = groups(table, is_long, &of);
    if table.role == "cards" && !is_long {
        for row in 0..table.rows.len() {
            let matter = matter_of(table, row);
            let (record, way) = table.rows[row][0].split_once('-').unwrap();
            table.rows[row][0] = format!("{record}-{matter}-{way}");
        }
    }
    let records = groups.iter().map(|rows| Record { row: rows[0], cells: Vec::new() }).collect();
    let mut sheet = Sheet { headers: Vec::new(), records };
    let mut counts = Map::new();
    for way in of.ways.iter().filter(|_| is_long) {
        let amounts = amounts_of(table, &groups, |row| of.place(table, row).1 == of.way(way));
        counts.insert(way.clone(), column(writer, &mut sheet, &amounts));
    }
    for (place, matter) in of.matters.iter().enumerate().filter(|_| !is_long) {
        let mut of_matter = Map::new();
        for way in ways_of(meeting, matter) {
            let amounts = amounts_of(table, &groups, |row| of.place(table, row) == (place, of.way(&way)));
            of_matter.insert(way, column(writer, &mut sheet, &amounts));
        }
        counts.insert(matter.clone(), Value::Object(of_matter));
    }
    let mut marks = json!({ "shape": "counts", "counts": counts });
    if is_long {
        let item_codes = codes(writer.random, of.matters.len(), 2);
        let code = |row: usize| Cell::Text(item_codes[of.place(table, row).0].clone());
        marks["item"] = sheet.field("Prop", |record, _| code(record.row));
        let items: Map<String, Value> =
            item_codes.iter().zip(&of.matters).map(|(code, matter)| (code.clone(), json!(matter))).collect();
        marks["items"] = Value::Object(items);
    }
    if table.role == "cards" {
        let number = |row: usize| table.rows[row][0].split('-').next().unwrap().to_owned();
        let card = sheet.field("No", |record, _| Cell::Text(number(record.row)));
        writer.columns.insert("card".to_owned(), card);
        of.matters.iter().for_each(|matter| is_written(writer, matter));
    }
    ["item", "nominee", "vote", "shares"].iter().for_each(|column| is_written(writer, column));
    (sheet, marks)
}

/// Per record, the shares of its row that is wanted; blank where there is none.
fn amounts_of(table: &Table, groups: &[Vec<usize>], is_wanted: impl Fn(usize) -> bool) -> Vec<String> {
    let of_group = |rows: &Vec<usize>| {
        let row = rows.iter().find(|row| is_wanted(**row));
        row.map_or_else(String::new, |row| table.cell(*row, "shares").to_owned())
    };
    groups.iter().map(of_group).collect()
}

/// A column of amounts, where none is a blank or a zero.
fn column(writer: &mut Writer<'_>, sheet: &mut Sheet, amounts: &[String]) -> Value {
    let field = sheet.field("Count", |_, at| match amounts[at].as_str() {
        "" => Cell::Text(writer.random.pick(&["", "0"]).to_owned()),
        amount => writer.amount(amount),
    });
    let mut says = writer.amounts();
    if says.is_empty() {
        return field;
    }
    says.insert("from".to_owned(), field);
    Value::Object(says)
}

/// Rows that stand in one record: what follows each other, is alike in all else, and comes in the order of the
/// record's columns.
fn groups(table: &Table, is_long: bool, of: &Ways) -> Vec<Vec<usize>> {
    let alike = |row: usize| -> Vec<String> {
        let cell = |column: &str| table.cell(row, column).to_owned();
        match table.role {
            "cards" => vec![table.rows[row][0].split('-').next().unwrap().to_owned()],
            _ => vec![cell("account"), cell("block"), cell("received")],
        }
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in 0..table.rows.len() {
        let place = of.place(table, row);
        let fits = |group: &Vec<usize>| {
            let last = group[group.len() - 1];
            let before = of.place(table, last);
            let is_of_matter = !is_long || before.0 == place.0;
            alike(last) == alike(row) && is_of_matter && before < place
        };
        match groups.last_mut().filter(|group| fits(group)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}
