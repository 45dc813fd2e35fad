//! The CSV files of a meeting folder, read without checking.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use crate::amounts::{Amount, decimal};
use crate::marks::{Voice, read_mark};
use crate::meeting::{Item, Kind, Meeting};
use crate::rulings::{BY_FORM, NEAR, OUT, Tables, VERDICT};
use crate::times::{Moment, date};

/// Gives the text of a file of the folder, or nothing where there is none.
pub type Reader<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A row: header to trimmed cell.
pub type Row = BTreeMap<String, String>;

pub struct Folder {
    pub meeting: Meeting,
    pub as_of: Option<Moment>,
    pub register_rows: Vec<Row>,
    pub omnibus_rows: Vec<Row>,
    pub cards: Vec<Card>,
    pub street: Vec<StreetRow>,
    pub revocations: Vec<Revocation>,
    /// Accounts whose totals a ruling counts or rejects.
    pub street_verdicts: BTreeMap<String, bool>,
    /// Something of an account that is not there waits for the inspector.
    pub waits: bool,
    /// The accounts of omnibus.csv, of rows that count for nothing too.
    pub in_omnibus: BTreeSet<String>,
    /// Numbers of cards that a ruling makes stand before all others.
    pub first: BTreeSet<String>,
}

pub struct Card {
    pub number: String,
    pub account: String,
    /// Its account is not there and near one that is, and nobody has ruled on it.
    pub near: bool,
    pub received: Moment,
    pub ballot: bool,
    /// The id of the proxy form; empty for ballots.
    pub form: String,
    /// By telephone or internet.
    pub electronic: bool,
    /// `yes`, `no`, `mismatch` or blank.
    pub signed: String,
    pub signer: String,
    pub dated: Option<Date>,
    pub class: Option<String>,
    pub shares: Option<Amount>,
    pub irrevocable: bool,
    pub valid_until: Option<Date>,
    /// The tabulator's word for what contradicts itself, or a ballot that names a form.
    pub contradicts: bool,
    /// One for each item, in their order.
    pub marks: Vec<ItemMarks>,
    /// Items that a ruling took away.
    pub ruled_out: BTreeSet<String>,
    /// The ruling `count` or `reject` that it stands under.
    pub verdict: Option<bool>,
    /// It is its form's, if there is one.
    pub verdict_of_form: bool,
}

#[derive(Clone, PartialEq)]
pub struct ItemMarks {
    /// The mark on the item; for an election the box for all nominees.
    pub all: Voice,
    /// For an election, each nominee's own column.
    pub own: Vec<Voice>,
}

pub struct StreetRow {
    pub account: String,
    /// The item's place.
    pub item: usize,
    /// The nominee's place; 0 where the item is not an election.
    pub nominee: usize,
    pub vote: Voice,
    pub shares: Amount,
    pub block: String,
    pub received: Option<Moment>,
}

pub struct Revocation {
    pub account: String,
    pub received: Moment,
    pub at_meeting: bool,
    pub death: bool,
    pub dated: Option<Date>,
    pub signer: String,
    /// "`count` on a revocation waives time and `after_vote`."
    pub ruled_count: bool,
}

impl Folder {
    pub fn read(reader: Reader, as_of: Option<&str>) -> Folder {
        let meeting = Meeting::read(&reader("meeting.json").expect("a folder has a meeting.json"));
        let table = |role: &str| -> Vec<Row> {
            names_of(&meeting.json["files"][role], role)
                .iter()
                .flat_map(|name| rows(reader(name), name))
                .collect()
        };
        let mut tables = Tables {
            register: table("register"),
            omnibus: table("omnibus"),
            cards: table("cards"),
            street: table("street"),
            revocations: table("revocations"),
            rulings: table("rulings"),
            first_form: meeting.forms.first().map(|form| form.id.clone()),
            in_omnibus: BTreeSet::new(),
            waits: false,
        };
        let settled = tables.settle();
        let cards = tables.cards.iter().map(|row| read_card(row, &meeting)).collect();
        let street = tables.street.iter().map(|row| read_street_row(row, &meeting)).collect();
        let revocations = tables.revocations.iter().map(|row| read_revocation(row, &meeting)).collect();
        Folder {
            as_of: as_of.map(|text| meeting.clock.moment(text)),
            register_rows: tables.register,
            omnibus_rows: tables.omnibus,
            cards,
            street,
            revocations,
            street_verdicts: settled,
            waits: tables.waits,
            in_omnibus: tables.in_omnibus,
            first: BTreeSet::new(),
            meeting,
        }
    }

    /// When the polls closed, or `--as-of`: "as though the polls closed then".
    pub fn close(&self) -> Option<&Moment> {
        self.as_of.as_ref().or(self.meeting.polls_close.as_ref())
    }
}

/// "`files` in meeting.json names others."
fn names_of(json: &Value, role: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a file name").to_string();
    match json {
        Value::Null => vec![format!("{role}.csv")],
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn rows(text: Option<String>, name: &str) -> Vec<Row> {
    let text = text.unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().unwrap_or_else(|e| panic!("{name}: {e}")).clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.unwrap_or_else(|e| panic!("{name}: {e}"));
        rows.push(
            headers.iter().zip(record.iter()).map(|(h, cell)| (h.to_string(), cell.to_string())).collect(),
        );
    }
    rows
}

/// A cell; blank where the column is absent.
pub fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

pub fn filled(row: &Row, column: &str) -> Option<String> {
    let text = cell(row, column);
    (!text.is_empty()).then(|| text.to_string())
}

fn read_card(row: &Row, meeting: &Meeting) -> Card {
    let ballot = cell(row, "kind") == "ballot";
    let first_form = meeting.forms.first().map_or("", |form| form.id.as_str());
    let form = match (ballot, cell(row, "form")) {
        (true, _) => "",
        (false, "") => first_form,
        (false, named) => named,
    };
    let marks = meeting.items.iter().map(|item| read_item_marks(row, item)).collect();
    let verdict = filled(row, VERDICT).map(|ruling| ruling == "count");
    let ruled_out = row.keys().filter_map(|key| key.strip_prefix(OUT)).map(str::to_string).collect();
    Card {
        number: cell(row, "card").to_string(),
        account: cell(row, "account").to_string(),
        near: !cell(row, NEAR).is_empty() && verdict != Some(false),
        received: meeting.clock.moment(cell(row, "received")),
        ballot,
        form: form.to_string(),
        electronic: matches!(cell(row, "medium"), "telephone" | "internet"),
        signed: cell(row, "signed").to_string(),
        signer: cell(row, "signer").to_string(),
        dated: filled(row, "dated").map(|text| date(&text)),
        class: filled(row, "class"),
        shares: filled(row, "shares").map(|text| decimal(&text)),
        irrevocable: cell(row, "irrevocable") == "yes",
        valid_until: filled(row, "valid_until").map(|text| date(&text)),
        contradicts: !cell(row, "contradiction").is_empty() || (ballot && !cell(row, "form").is_empty()),
        marks,
        ruled_out,
        verdict,
        verdict_of_form: !cell(row, BY_FORM).is_empty(),
    }
}

fn read_item_marks(row: &Row, item: &Item) -> ItemMarks {
    if item.withdrawn {
        // "its columns accepted and not counted"
        return ItemMarks { all: Voice::Silent, own: vec![Voice::Silent; item.nominees.len()] };
    }
    let all = read_mark(cell(row, &item.id), item);
    let column = |nominee: &str| format!("{}.{nominee}", item.id);
    let own = item.nominees.iter().map(|nominee| read_mark(cell(row, &column(&nominee.id)), item)).collect();
    ItemMarks { all, own }
}

fn read_street_row(row: &Row, meeting: &Meeting) -> StreetRow {
    let item = meeting.items.iter().position(|item| item.id == cell(row, "item")).expect("a known item");
    let entry = &meeting.items[item];
    let nominee = match entry.kind {
        Kind::Election => {
            entry.nominees.iter().position(|n| n.id == cell(row, "nominee")).expect("a nominee")
        }
        _ => 0,
    };
    StreetRow {
        account: cell(row, "account").to_string(),
        item,
        nominee,
        vote: read_mark(cell(row, "vote"), entry),
        shares: decimal(cell(row, "shares")),
        block: cell(row, "block").to_string(),
        received: filled(row, "received").map(|text| meeting.clock.moment(&text)),
    }
}

fn read_revocation(row: &Row, meeting: &Meeting) -> Revocation {
    Revocation {
        account: cell(row, "account").to_string(),
        received: meeting.clock.moment(cell(row, "received")),
        at_meeting: cell(row, "manner") == "at_meeting",
        death: cell(row, "manner") == "death",
        dated: filled(row, "dated").map(|text| date(&text)),
        signer: cell(row, "signer").to_string(),
        ruled_count: cell(row, VERDICT) == "count",
    }
}
