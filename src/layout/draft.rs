//! A draft of a layout for a file that nobody has described yet. Looks at the first megabyte at most. What could
//! be read two ways stays open: an empty string in the draft, and a reason for the person who fills it in.

use encoding_rs::Encoding;
use jiff::fmt::strtime::BrokenDownTime;
use serde_json::{Map, Value, json};

use super::amount::AmountForm;
use super::records::Batch;
use crate::load::Role;
use crate::text::quoted;

/// Bytes that a draft looks at.
pub(crate) const LOOKED_AT: usize = 1 << 20;

/// A draft.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The layout, with its open places as empty strings.
    pub(crate) layout: Value,
    /// The same without what is open, to show the first rows by.
    pub(crate) preview: Value,
    /// What is open, and why.
    pub(crate) open: Vec<String>,
    pub(crate) role: Role,
}

/// What the file looks like.
struct Look {
    format: &'static str,
    encoding: &'static str,
    delimiter: Option<char>,
    records: Vec<(u64, Vec<String>)>,
    sheet: Option<String>,
}

/// Formats of dates and times that are tried.
const FORMATS: [&str; 24] = [
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%y %I:%M %p",
    "%d/%m/%y %I:%M %p",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y%m%d",
    "%m%d%Y",
    "%d%m%Y",
    "%d-%b-%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%b %d, %Y",
    "%Y%m%d%H%M%S",
];

/// Headers by which columns are known, written without case, blanks and punctuation.
const HEADERS: [(&str, &[&str]); 11] = [
    (
        "account",
        &[
            "account",
            "acct",
            "accountnumber",
            "acctnumber",
            "acctno",
            "accountno",
            "accountid",
            "konto",
            "holderid",
            "accountnbr",
        ],
    ),
    (
        "name",
        &[
            "name",
            "registration",
            "holdername",
            "shareholder",
            "shareholdername",
            "registeredname",
            "participant",
            "participantname",
        ],
    ),
    (
        "shares",
        &[
            "shares",
            "totalshares",
            "shs",
            "quantity",
            "qty",
            "aktien",
            "sharesheld",
            "position",
            "sharequantity",
            "shareqty",
        ],
    ),
    ("class", &["class", "shareclass", "issue"]),
    ("card", &["card", "ctl", "control", "controlnumber", "controlno", "ctlno", "cardnumber", "cardno"]),
    (
        "received",
        &[
            "received",
            "when",
            "date",
            "timestamp",
            "votedate",
            "votetime",
            "receiveddate",
            "datereceived",
            "submitted",
            "submittedat",
        ],
    ),
    ("dated", &["dated", "signeddate", "datesigned", "signaturedate"]),
    ("medium", &["medium", "channel", "source", "method", "votemethod"]),
    ("form", &["form", "proxyform"]),
    ("signed", &["signed", "signature"]),
    ("holder", &["holder", "nominee", "depository"]),
];

const ITEM_HEADERS: [&str; 8] =
    ["prop", "proposal", "item", "matter", "proposalnumber", "propno", "agendaitem", "resolution"];
const VOTE_HEADERS: [&str; 4] = ["vote", "mark", "choice", "response"];
const COUNTS: [(&str, &[&str]); 5] = [
    ("FOR", &["for", "votesfor", "sharesfor"]),
    ("AGAINST", &["against", "votesagainst", "sharesagainst"]),
    ("ABSTAIN", &["abstain", "abstained", "abstentions"]),
    ("WITHHOLD", &["withhold", "withheld"]),
    ("NONVOTE", &["bnv", "nonvote", "nonvotes", "brokernonvotes", "brokernonvote", "uninstructed"]),
];

/// Codes that mean one thing wherever they stand.
const WORDS: [(&str, &str); 12] = [
    ("FOR", "FOR"),
    ("F", "FOR"),
    ("YES", "FOR"),
    ("AGAINST", "AGAINST"),
    ("ABSTAIN", "ABSTAIN"),
    ("ABSTAINED", "ABSTAIN"),
    ("WITHHOLD", "WITHHOLD"),
    ("WITHHELD", "WITHHOLD"),
    ("W", "WITHHOLD"),
    ("VOID", "VOID"),
    ("NONVOTE", "NONVOTE"),
    ("BNV", "NONVOTE"),
];
const MEDIA: [(&str, &str); 9] = [
    ("I", "internet"),
    ("INTERNET", "internet"),
    ("WEB", "internet"),
    ("ONLINE", "internet"),
    ("T", "telephone"),
    ("TELEPHONE", "telephone"),
    ("PHONE", "telephone"),
    ("M", "mail"),
    ("MAIL", "mail"),
];

fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Drafts a layout from the beginning of a text file.
pub(crate) fn of_text(bytes: &[u8], is_whole: bool, role: Option<Role>) -> Result<Draft, String> {
    let (encoding, text) = decode(bytes, is_whole)?;
    if text.trim().is_empty() {
        return Err("the file is empty; expected rows".to_owned());
    }
    let delimiter = delimiter_of(&text);
    let batch = Batch::of_text(text, 1, delimiter);
    let fields = |record: super::records::Record<'_>| {
        let fields = (0..record.count()).map(|place| record.field(place).trim().to_owned()).collect();
        (record.line, fields)
    };
    let format = if delimiter.is_some() { "delimited" } else { "fixed" };
    let look =
        Look { format, encoding, delimiter, records: batch.records().map(fields).collect(), sheet: None };
    Ok(Drafting::new(&look, role).finish())
}

/// Drafts a layout from the first rows of a sheet.
pub(crate) fn of_rows(sheet: &str, records: Vec<(u64, Vec<String>)>, role: Option<Role>) -> Draft {
    let look =
        Look { format: "xlsx", encoding: "utf-8", delimiter: None, records, sheet: Some(sheet.to_owned()) };
    Drafting::new(&look, role).finish()
}

/// The encoding and the text, up to the last whole line.
fn decode(bytes: &[u8], is_whole: bool) -> Result<(&'static str, String), String> {
    let zeros = |at: usize| bytes.iter().skip(at).step_by(2).take(512).filter(|byte| **byte == 0).count();
    let wide = if bytes.starts_with(&[0xff, 0xfe]) || zeros(1) > 64 {
        Some("utf-16le")
    } else if bytes.starts_with(&[0xfe, 0xff]) || zeros(0) > 64 {
        Some("utf-16be")
    } else {
        None
    };
    let candidates: Vec<&'static str> = wide.map_or_else(|| vec!["utf-8", "windows-1252"], |wide| vec![wide]);
    let last = "holds bytes of neither UTF-8 nor windows-1252; name its encoding to whoever sent it";
    for label in candidates {
        let Some(encoding) = Encoding::for_label(label.as_bytes()) else { continue };
        let mut decoding = super::encoding::Decoding::new(encoding);
        let mut text = String::new();
        if decoding.add(bytes, is_whole, &mut text).is_ok() {
            if !is_whole {
                text.truncate(text.rfind('\n').map_or(text.len(), |at| at + 1));
            }
            return Ok((label, text));
        }
    }
    Err(last.to_owned())
}

/// The delimiter by which most lines have the same number of fields, more than one.
fn delimiter_of(text: &str) -> Option<char> {
    let head: String = text.lines().take(400).flat_map(|line| [line, "\n"]).collect();
    let score = |delimiter: char| {
        let batch = Batch::of_text(head.clone(), 1, Some(delimiter));
        let counts: Vec<usize> = batch.records().map(|record| record.count()).collect();
        let modal = modal(&counts);
        let same = counts.iter().filter(|count| **count == modal).count();
        (if modal > 1 { same * 100 / counts.len().max(1) } else { 0 }, modal)
    };
    let best = [',', ';', '\t', '|'].into_iter().max_by_key(|delimiter| score(*delimiter))?;
    (score(best).0 >= 50).then_some(best)
}

fn modal(counts: &[usize]) -> usize {
    let often = |wanted: usize| counts.iter().filter(|count| **count == wanted).count();
    counts.iter().copied().max_by_key(|count| (often(*count), *count)).unwrap_or(0)
}

/// A draft that is being made.
struct Drafting<'a> {
    look: &'a Look,
    role: Option<Role>,
    layout: Map<String, Value>,
    preview: Map<String, Value>,
    open: Vec<String>,
}

impl<'a> Drafting<'a> {
    fn new(look: &'a Look, role: Option<Role>) -> Self {
        Self { look, role, layout: Map::new(), preview: Map::new(), open: Vec::new() }
    }

    fn set(&mut self, key: &str, value: Value) {
        self.layout.insert(key.to_owned(), value.clone());
        self.preview.insert(key.to_owned(), value);
    }

    fn finish(mut self) -> Draft {
        let counts: Vec<usize> = self.look.records.iter().map(|(_, fields)| fields.len()).collect();
        let width = modal(&counts);
        let header = self.header(width);
        let role = self.role.unwrap_or_else(|| self.guess_role(header.as_ref().map(|(_, headers)| *headers)));
        self.set("layout", json!("quorate/layout/1"));
        self.set("role", json!(role.name()));
        self.set("format", json!(self.look.format));
        if let Some(sheet) = &self.look.sheet {
            self.set("sheet", json!(sheet));
        } else {
            self.set("encoding", json!(self.look.encoding));
        }
        if let Some(delimiter) = self.look.delimiter {
            self.set("delimiter", json!(delimiter.to_string()));
        }
        match header {
            Some((line, headers)) => {
                self.set("header", json!(line));
                self.with_headers(role, line, headers);
            }
            None if self.look.format == "fixed" => {
                self.layout.insert("columns".to_owned(), json!({ "account": { "take": "" } }));
                self.preview.insert("columns".to_owned(), json!({}));
                self.open.push(
                    "columns: the fields stand at fixed characters, and where each begins and ends cannot be told; write `{\"take\": \"2-11\"}` for each"
                        .to_owned(),
                );
            }
            None => self.without_headers(role),
        }
        Draft {
            layout: Value::Object(self.layout),
            preview: Value::Object(self.preview),
            open: self.open,
            role,
        }
    }

    /// The first record of the usual width whose fields are all different words and no numbers.
    fn header(&self, width: usize) -> Option<(u64, &'a [String])> {
        if self.look.format == "fixed" {
            return None;
        }
        let is_word = |text: &String| text.chars().any(char::is_alphabetic);
        let is_header = |fields: &&(u64, Vec<String>)| {
            let (_, fields) = fields;
            let named = fields.iter().filter(|field| !field.is_empty()).count();
            fields.len() == width
                && named * 2 > width
                && fields
                    .iter()
                    .filter(|field| !field.is_empty())
                    .all(|field| is_word(field) || field.len() < 3)
                && fields
                    .iter()
                    .enumerate()
                    .all(|(place, field)| !fields[..place].contains(field) || field.is_empty())
                && fields.iter().any(|field| known_header(field).is_some() || plain(field).len() > 2)
        };
        let found = self.look.records.iter().take(20).find(is_header)?;
        // Typed records look like headers too: their first field comes again.
        let again = self.look.records.iter().filter(|(_, fields)| fields.first() == found.1.first()).count();
        (again < 2 && !self.has_types()).then_some((found.0, found.1.as_slice()))
    }

    /// Whether the first field tells types of records: few words, and one of them on most lines.
    fn has_types(&self) -> bool {
        let firsts: Vec<&str> =
            self.look.records.iter().filter_map(|(_, fields)| fields.first().map(String::as_str)).collect();
        let mut words: Vec<&str> = firsts.clone();
        words.sort_unstable();
        words.dedup();
        let widths: Vec<usize> = self.look.records.iter().map(|(_, fields)| fields.len()).collect();
        (2..=6).contains(&words.len())
            && firsts.len() >= words.len()
            && words
                .iter()
                .all(|word| (1..=4).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase()))
            && widths.iter().any(|width| *width != widths[0])
    }

    fn guess_role(&self, headers: Option<&[String]>) -> Role {
        let Some(headers) = headers else { return Role::Cards };
        let has = |ours: &str| headers.iter().any(|header| known_header(header) == Some(ours));
        let count = headers.iter().filter(|header| count_of(header).is_some()).count();
        if count >= 2 {
            Role::Street
        } else if has("holder") && has("shares") {
            Role::Omnibus
        } else if has("shares") && has("name") {
            Role::Register
        } else {
            Role::Cards
        }
    }

    /// The cells of a column below the header, blank ones left out, in rows that are not totals.
    fn cells(&self, line: u64, place: usize) -> Vec<&'a str> {
        let rows = self.look.records.iter().filter(|(at, fields)| *at > line && !is_total(fields));
        rows.filter_map(|(_, fields)| fields.get(place).map(String::as_str))
            .filter(|cell| !cell.is_empty())
            .collect()
    }

    fn with_headers(&mut self, role: Role, line: u64, headers: &[String]) {
        self.totals(line, headers);
        let mut columns = Map::new();
        let mut shown = Map::new();
        let mut others: Vec<usize> = Vec::new();
        let known = crate::load::columns_of(role);
        for (place, header) in headers.iter().enumerate() {
            let ours = known
                .iter()
                .copied()
                .find(|ours| ours == header)
                .or_else(|| known_header(header).filter(|ours| known.contains(ours)));
            match ours.filter(|ours| !columns.contains_key(*ours)) {
                Some(ours) => {
                    let cells = self.cells(line, place);
                    let (draft, preview) = self.column(ours, header, &cells);
                    columns.insert(ours.to_owned(), draft);
                    shown.insert(ours.to_owned(), preview);
                }
                None => others.push(place),
            }
        }
        self.required(role, &mut columns, &mut shown);
        self.layout.insert("columns".to_owned(), Value::Object(columns));
        self.preview.insert("columns".to_owned(), Value::Object(shown));
        let ignored = match role {
            Role::Cards | Role::Street => self.marks(role, line, headers, others),
            Role::Meeting
            | Role::Register
            | Role::Omnibus
            | Role::Revocations
            | Role::Rulings
            | Role::Lots => others,
        };
        let ignored: Vec<Value> = ignored
            .into_iter()
            .map(|place| if headers[place].is_empty() { json!(place + 1) } else { json!(headers[place]) })
            .collect();
        self.set("ignore", Value::Array(ignored));
    }

    /// Columns that the role needs and the file does not seem to have.
    fn required(&mut self, role: Role, columns: &mut Map<String, Value>, shown: &mut Map<String, Value>) {
        let needed: &[&str] = match role {
            Role::Register => &["account", "name", "shares"],
            Role::Omnibus => &["holder", "account", "name", "shares"],
            Role::Cards => &["card", "account", "received"],
            Role::Street => &["account"],
            Role::Revocations => &["account", "received", "manner"],
            Role::Rulings => &["card", "ruling", "reason"],
            Role::Lots => &["item", "order", "method", "at", "by", "witnesses"],
            Role::Meeting => &[],
        };
        for ours in needed {
            if columns.contains_key(*ours) {
                continue;
            }
            if *ours == "card" {
                columns.insert("card".to_owned(), json!({ "line": true }));
                shown.insert("card".to_owned(), json!({ "line": true }));
                self.open.push(
                    "columns.card: no column of card numbers is known; the line of each row stands for it"
                        .to_owned(),
                );
                continue;
            }
            columns.insert((*ours).to_owned(), json!(""));
            shown.insert((*ours).to_owned(), json!({ "value": "2000-01-01" }));
            self.open.push(format!(
                "columns.{ours}: no header is known to be it; name one, or a constant `{{\"value\": …}}`"
            ));
        }
    }

    fn column(&mut self, ours: &str, header: &str, cells: &[&str]) -> (Value, Value) {
        match ours {
            "received" | "dated" => self.date_column(ours, header, cells),
            "shares" | "votes" => self.amount_column(ours, header, cells),
            "medium" => self.word_column(ours, header, cells, &MEDIA),
            _ => (json!(header), json!(header)),
        }
    }

    fn date_column(&mut self, ours: &str, header: &str, cells: &[&str]) -> (Value, Value) {
        let plain = json!(header);
        let is_own = |cell: &&str| crate::time::Moment::parse(cell, &jiff::tz::TimeZone::UTC).is_ok();
        if cells.iter().all(is_own) {
            return (plain.clone(), plain);
        }
        let read =
            |format: &str| -> Option<Vec<String>> { cells.iter().map(|cell| day_of(format, cell)).collect() };
        let mut readings: Vec<(&str, Vec<String>)> = Vec::new();
        for format in FORMATS {
            if let Some(days) = read(format)
                && !readings.iter().any(|(_, known)| *known == days)
            {
                readings.push((format, days));
            }
        }
        let with = |format: &str| {
            if format.contains("%y") {
                json!({ "from": header, "format": format, "century": "20" })
            } else {
                json!({ "from": header, "format": format })
            }
        };
        match readings.as_slice() {
            [(format, _)] => {
                if format.contains("%y") {
                    self.open.push(format!("columns.{ours}.century: the years of {} have two digits; 20 is written, see whether it is right", quoted(header)));
                }
                (with(format), with(format))
            }
            [] => {
                self.open.push(format!("columns.{ours}.format: {} is in no format that is known; write it with %Y, %m, %d, %H, %M, %S", quoted(cells.first().unwrap_or(&""))));
                (json!({ "from": header, "format": "" }), plain)
            }
            [(one, _), (other, _), ..] => {
                let first = cells.iter().find(|cell| day_of(one, cell) != day_of(other, cell)).unwrap_or(&"");
                self.open.push(format!(
                    "columns.{ours}.format: {} could be `{one}` or `{other}`, and no row of {} settles which",
                    quoted(first),
                    quoted(header)
                ));
                (json!({ "from": header, "format": "" }), plain)
            }
        }
    }

    fn amount_column(&mut self, ours: &str, header: &str, cells: &[&str]) -> (Value, Value) {
        let plain = json!(header);
        let form = |thousands: Option<char>, decimal: char| AmountForm {
            thousands,
            decimal: Some(decimal),
            implied_decimals: None,
        };
        let reads = |form: AmountForm| -> Option<Vec<String>> {
            let read = |cell: &&str| {
                let mut out = String::new();
                form.write(cell, &mut out).ok().map(|()| out)
            };
            cells.iter().map(read).collect()
        };
        let mut readings: Vec<(AmountForm, Vec<String>)> = Vec::new();
        for form in [
            form(None, '.'),
            form(Some(','), '.'),
            form(Some('.'), ','),
            form(Some(' '), ','),
            form(Some('\''), '.'),
            form(Some(' '), '.'),
        ] {
            if let Some(amounts) = reads(form)
                && !readings.iter().any(|(_, known)| *known == amounts)
            {
                readings.push((form, amounts));
            }
        }
        let with = |form: &AmountForm| match form.thousands {
            None => plain.clone(),
            Some(thousands) => json!({
                "from": header, "thousands": thousands.to_string(), "decimal": form.decimal_mark().to_string()
            }),
        };
        match readings.as_slice() {
            [(form, _)] => (with(form), with(form)),
            [] => {
                self.open.push(format!("columns.{ours}.thousands: {} is written in no way that is known; say `thousands`, `decimal` or `implied_decimals`", quoted(cells.first().unwrap_or(&""))));
                (json!({ "from": header, "thousands": "" }), json!(header))
            }
            [(_, one), (_, other), ..] => {
                let place = one.iter().zip(other).position(|(one, other)| one != other).unwrap_or(0);
                self.open.push(format!(
                    "columns.{ours}.thousands: {} could be {} or {}, and no row settles which",
                    quoted(cells.get(place).unwrap_or(&"")),
                    one[place],
                    other[place]
                ));
                (json!({ "from": header, "thousands": "" }), json!(header))
            }
        }
    }

    /// A code table; codes that are not known stay open.
    fn word_column(
        &mut self,
        ours: &str,
        header: &str,
        cells: &[&str],
        known: &[(&str, &str)],
    ) -> (Value, Value) {
        let table = self.words(&format!("columns.{ours}.words"), cells, known);
        let is_same = table.iter().all(|(code, word)| word == code);
        if is_same {
            return (json!(header), json!(header));
        }
        (json!({ "from": header, "words": table }), json!(header))
    }

    fn words(&mut self, path: &str, cells: &[&str], known: &[(&str, &str)]) -> Map<String, Value> {
        let mut codes: Vec<&str> = cells.to_vec();
        codes.sort_unstable();
        codes.dedup();
        let mut table = Map::new();
        for code in codes.into_iter().take(50) {
            let own = known.iter().find(|(_, word)| *word == code).map(|(_, word)| *word);
            let word = own.or_else(|| {
                known.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, word)| *word)
            });
            if word.is_none() {
                self.open.push(format!(
                    "{path}: what {} means is not known; null where it means that nothing is marked",
                    quoted(code)
                ));
            }
            table.insert(code.to_owned(), json!(word.unwrap_or("")));
        }
        table
    }

    /// Rows of totals at the end.
    fn totals(&mut self, line: u64, headers: &[String]) {
        let Some((_, total)) =
            self.look.records.iter().filter(|(at, _)| *at > line).find(|(_, fields)| is_total(fields))
        else {
            return;
        };
        let Some(place) = total.iter().position(|field| !field.is_empty()) else { return };
        let mut rule = json!({ "column": headers.get(place), "is": total[place] });
        let shares = headers.iter().position(|header| known_header(header) == Some("shares"));
        if let Some(shares) = shares.filter(|shares| total.get(*shares).is_some_and(|text| !text.is_empty()))
        {
            rule["shares"] = json!(headers[shares]);
        }
        self.set("not_rows", json!([rule]));
    }

    /// The marks; returns the fields that nobody reads.
    fn marks(&mut self, role: Role, line: u64, headers: &[String], others: Vec<usize>) -> Vec<usize> {
        let find = |words: &[&str]| {
            others.iter().copied().find(|place| words.contains(&plain(&headers[*place]).as_str()))
        };
        let counts: Vec<(usize, &str)> =
            others.iter().filter_map(|place| Some((*place, count_of(&headers[*place])?))).collect();
        if let (Some(item), true) = (find(&ITEM_HEADERS), counts.len() >= 2) {
            let items = self.items(line, item);
            let table: Map<String, Value> =
                counts.iter().map(|(place, vote)| ((*vote).to_owned(), json!(headers[*place]))).collect();
            let cells: Vec<&str> = counts.iter().flat_map(|(place, _)| self.cells(line, *place)).collect();
            if cells.iter().any(|cell| cell.contains(',')) {
                self.layout.insert("thousands".to_owned(), json!(","));
            }
            self.layout.insert(
                "marks".to_owned(),
                json!({ "shape": "counts", "item": headers[item], "items": items, "counts": table }),
            );
            return others
                .into_iter()
                .filter(|place| *place != item && !counts.iter().any(|(count, _)| count == place))
                .collect();
        }
        if let (Some(item), Some(vote)) = (find(&ITEM_HEADERS), find(&VOTE_HEADERS)) {
            let items = self.items(line, item);
            let cells = self.cells(line, vote);
            let words = self.words("marks.words", &cells, &WORDS);
            let mut marks = json!({ "shape": "long", "item": headers[item], "vote": headers[vote], "items": items, "words": words });
            if role == Role::Street {
                marks["shares"] = json!("");
                self.open.push("marks.shares: name the column of shares".to_owned());
            }
            self.layout.insert("marks".to_owned(), marks);
            return others.into_iter().filter(|place| *place != item && *place != vote).collect();
        }
        if role == Role::Street {
            return others;
        }
        let mut columns = Map::new();
        let mut cells: Vec<&str> = Vec::new();
        for place in &others {
            let of_column = self.cells(line, *place);
            let is_marks =
                !headers[*place].is_empty() && of_column.iter().all(|cell| cell.chars().count() <= 12);
            if is_marks {
                cells.extend(of_column);
                columns.insert(headers[*place].clone(), json!(headers[*place]));
            }
        }
        if columns.is_empty() {
            return others;
        }
        self.open.push(format!(
            "marks.columns: on the left side write the item or nominee that each is, as `1.hale` or `2`; a column that is none goes into `ignore`: {}",
            columns.keys().map(|key| quoted(key)).collect::<Vec<_>>().join(", ")
        ));
        let marked: Vec<String> = columns.keys().cloned().collect();
        let words = self.words("marks.words", &cells, &WORDS);
        self.layout.insert(
            "marks".to_owned(),
            json!({ "shape": "wide", "columns": columns.clone(), "words": words }),
        );
        self.preview.insert("marks".to_owned(), json!({ "shape": "wide", "columns": columns }));
        others.into_iter().filter(|place| !marked.contains(&headers[*place])).collect()
    }

    /// The codes of items, each open.
    fn items(&mut self, line: u64, place: usize) -> Map<String, Value> {
        let mut codes: Vec<&str> = self.cells(line, place);
        codes.sort_unstable();
        codes.dedup();
        self.open.push(format!(
            "marks.items: write the item or nominee that each code is, as `1.hale` or `2`, or null to drop it: {}",
            codes.iter().map(|code| quoted(code)).collect::<Vec<_>>().join(", ")
        ));
        codes.into_iter().map(|code| (code.to_owned(), json!(""))).collect()
    }

    /// A file of typed records, or of fields that only their numbers tell.
    fn without_headers(&mut self, role: Role) {
        self.set("header", json!("none"));
        if self.has_types() {
            let mut words: Vec<(&str, usize)> = Vec::new();
            for (_, fields) in &self.look.records {
                let first = fields.first().map_or("", String::as_str);
                match words.iter_mut().find(|(word, _)| *word == first) {
                    Some((_, count)) => *count += 1,
                    None => words.push((first, 1)),
                }
            }
            let rows = words.iter().max_by_key(|(_, count)| *count).map_or("", |(word, _)| *word);
            let last =
                self.look.records.last().and_then(|(_, fields)| fields.first()).map_or("", String::as_str);
            let ignored: Vec<&str> =
                words.iter().map(|(word, _)| *word).filter(|word| *word != rows && *word != last).collect();
            let mut records = json!({ "field": 1, "is": rows, "ignore": ignored });
            if last != rows {
                records["trailer"] = json!({ "is": last, "rows": 2 });
                self.open.push(format!(
                    "records.trailer: {} closes the file; see whether its second field is the number of rows",
                    quoted(last)
                ));
            }
            self.set("records", records);
        }
        let width = self.look.records.iter().map(|(_, fields)| fields.len()).max().unwrap_or(0);
        let mut columns = Map::new();
        for ours in crate::load::columns_of(role).iter().take(3) {
            columns.insert((*ours).to_owned(), json!(""));
        }
        self.layout.insert("columns".to_owned(), Value::Object(columns));
        self.preview.insert("columns".to_owned(), json!({}));
        self.open
            .push(format!("columns: the fields have no headers; write the number, 1 to {width}, of each"));
    }
}

/// The day and time of a text in a format, where it is one.
fn day_of(format: &str, text: &str) -> Option<String> {
    let read = BrokenDownTime::parse(format, text).ok()?;
    let date = read.to_date().ok().filter(|date| (1800..=2200).contains(&date.year()))?;
    let time = read.to_time().map_or_else(|_| String::new(), |time| time.to_string());
    Some(format!("{date}T{time}"))
}

fn is_total(fields: &[String]) -> bool {
    let first = fields.iter().find(|field| !field.is_empty());
    first.is_some_and(|field| {
        let upper = field.to_uppercase();
        matches!(upper.as_str(), "TOTAL" | "TOTALS" | "GRAND TOTAL" | "TOTAL SHARES" | "TOTAL:" | "SUMME")
    })
}

fn known_header(header: &str) -> Option<&'static str> {
    let plain = plain(header);
    HEADERS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(ours, _)| *ours)
}

fn count_of(header: &str) -> Option<&'static str> {
    let plain = plain(header);
    COUNTS.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(vote, _)| *vote)
}
