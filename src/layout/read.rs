//! The layout as its JSON says it: every key known, every mistake with its own line.

use std::collections::HashSet;

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use jsonc_parser::ast::Value;

use super::amount::AmountForm;
use super::cell;
use super::{
    At, BoxWord, BoxedMark, ColumnRule, Comparison, Counts, DateForm, Except, Field, FieldAt, Format,
    HeaderRule, ItemOf, Layout, Marks, Meaning, NotRow, RecordTypes, Shape, Sheet, Stated, Statement,
    StatementOf, Take, Totals, Words,
};
use crate::catalogue::Code;
use crate::load::Role;
use crate::load::json::{self, Fields, JsonNode, JsonReader, is_null, kind};
use crate::load::problem::{Problems, not_known};
use crate::load::source::Source;
use crate::text::quoted;

const KEYS: [&str; 16] = [
    "layout",
    "role",
    "format",
    "encoding",
    "delimiter",
    "sheet",
    "header",
    "not_rows",
    "records",
    "columns",
    "marks",
    "ignore",
    "states",
    "same_account",
    "thousands",
    "decimal",
];
const AMOUNT_KEYS: [&str; 3] = ["thousands", "decimal", "implied_decimals"];
const COLUMN_KEYS: [&str; 18] = [
    "from",
    "take",
    "join",
    "value",
    "words",
    "numbers",
    "add",
    "line",
    "blank",
    "thousands",
    "decimal",
    "implied_decimals",
    "format",
    "century",
    "zone",
    "pad",
    "strip",
    "prefix",
];

/// Tells what is wrong with a layout.
trait Wrong<'a> {
    fn wrong(&mut self, node: &JsonNode<'_, 'a>, message: impl Into<String>);
}

impl<'a> Wrong<'a> for JsonReader<'a, '_> {
    fn wrong(&mut self, node: &JsonNode<'_, 'a>, message: impl Into<String>) {
        self.problem(node, Code::LayoutUnknown.fault(message));
    }
}

/// The version of layouts that is read.
const VERSION: &str = "quorate/layout/1";

/// Reads a layout for the files of a role. Its problems are reported, and nothing is returned where there
/// is one.
pub(crate) fn read(source: &Source, role: Role, problems: &mut Problems) -> Option<Layout> {
    problems.set_layout(&source.label);
    let before = problems.count();
    let value = json::parse(source, problems)?;
    let mut reader = JsonReader::new(source, problems);
    let root = JsonNode { value: &value, path: String::new() };
    let keys: Vec<&str> = KEYS.iter().copied().chain(["implied_decimals"]).collect();
    let fields = reader.object(&root, &keys)?;
    let layout = whole(&mut reader, &fields, source, role);
    if problems.count() == before { layout } else { None }
}

fn whole<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    source: &Source,
    role: Role,
) -> Option<Layout> {
    if let Some(node) = reader.required(fields, "layout") {
        reader.named(&node, &[VERSION], |name| (name == VERSION).then_some(()));
    }
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    if let Some(node) = reader.required(fields, "role")
        && let Some(own) = reader.named(&node, &roles, Role::from_name)
        && own != role
    {
        let message =
            format!("is the layout of {} files, but the file is named for {}", own.name(), role.name());
        reader.wrong(&node, message);
    }
    let format = read_format(reader, fields)?;
    let amounts = amount_form(reader, fields);
    let mut of = Of { reader, format: &format, amounts, role };
    let columns = fields.given("columns").map(|node| of.columns(&node, Place::Column)).unwrap_or_default();
    let marks = fields.given("marks").and_then(|node| of.marks(&node));
    if fields.given("columns").is_none() && fields.given("marks").is_none() {
        of.reader.required(fields, "columns");
    }
    let records = fields.given("records").and_then(|node| of.records(&node));
    let not_rows = fields.given("not_rows").and_then(|node| of.not_rows(&node)).unwrap_or_default();
    let states =
        fields.given("states").and_then(|node| of.states(&node, records.is_some())).unwrap_or_default();
    let ignore = match fields.given("ignore").and_then(|node| of.reader.array(&node)) {
        Some(nodes) => nodes.iter().filter_map(|node| of.field(node)).collect(),
        None => Vec::new(),
    };
    let adds_up = of.same_account(fields);
    let encoding = read_encoding(of.reader, fields, &format);
    let header = read_header(of.reader, fields, &format);
    Some(Layout {
        label: source.label.clone(),
        sha256: source.sha256.clone(),
        role,
        encoding: encoding?,
        header: header?,
        not_rows,
        records,
        columns,
        marks,
        ignore,
        states,
        amounts,
        adds_up,
        format,
    })
}

fn read_format<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Option<Format> {
    let node = reader.required(fields, "format")?;
    let name = reader.named(&node, &["delimited", "fixed", "xlsx"], |name| {
        ["delimited", "fixed", "xlsx"].into_iter().find(|known| *known == name)
    })?;
    for (key, of) in [("delimiter", "delimited"), ("sheet", "xlsx")] {
        if let Some(node) = fields.given(key).filter(|_| name != of) {
            reader.wrong(&node, format!("means something only in a file of format `{of}`"));
        }
    }
    match name {
        "fixed" => Some(Format::Fixed),
        "xlsx" => match fields.given("sheet") {
            None => Some(Format::Workbook(Sheet::Number(1))),
            Some(node) if matches!(node.value, Value::NumberLit(_)) => {
                let number = reader.whole(&node, 1..=10_000)?;
                Some(Format::Workbook(Sheet::Number(number as usize)))
            }
            Some(node) => reader.non_empty_string(&node).map(|name| Format::Workbook(Sheet::Named(name))),
        },
        _ => {
            let Some(node) = fields.given("delimiter") else { return Some(Format::Delimited(',')) };
            let text = reader.string(&node)?;
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(c), None) if !matches!(c, '"' | '\r' | '\n' | '\0') => Some(Format::Delimited(c)),
                _ => {
                    let message = "must be one character, and neither a quote nor a line end";
                    reader.wrong(&node, message);
                    None
                }
            }
        }
    }
}

fn read_encoding<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    format: &Format,
) -> Option<&'static Encoding> {
    let Some(node) = fields.given("encoding") else { return Some(encoding_rs::UTF_8) };
    if matches!(format, Format::Workbook(_)) {
        reader.wrong(&node, "means nothing in a workbook, whose text is Unicode");
        return None;
    }
    let label = reader.non_empty_string(&node)?;
    // The encoding of this name has no decoder: it turns every file into one replacement character.
    let found = Encoding::for_label_no_replacement(label.as_bytes());
    if found.is_none() {
        let message = format!(
            "{} is not a label of the Encoding Standard; expected one such as `utf-8`, `windows-1252` or `utf-16le`",
            quoted(&label)
        );
        reader.wrong(&node, message);
    }
    found
}

fn read_header<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    format: &Format,
) -> Option<HeaderRule> {
    let Some(node) = fields.given("header") else {
        return Some(if *format == Format::Fixed { HeaderRule::Absent } else { HeaderRule::Line(1) });
    };
    if *format == Format::Fixed && !matches!(node.value, Value::StringLit(_)) {
        reader.wrong(
            &node,
            "a fixed file has no headers; lines that are no rows are told by `records` or `not_rows`",
        );
        return None;
    }
    match node.value {
        Value::NumberLit(_) => reader.whole(&node, 1..=10_000).map(|line| HeaderRule::Line(line.into())),
        Value::Object(_) => {
            let fields = reader.object(&node, &["starts_with"])?;
            let start = reader.required(&fields, "starts_with")?;
            reader.non_empty_string(&start).map(HeaderRule::StartsWith)
        }
        Value::StringLit(_) => {
            reader.named(&node, &["none"], |name| (name == "none").then_some(HeaderRule::Absent))
        }
        Value::BooleanLit(_) | Value::Array(_) | Value::NullKeyword(_) => {
            let message = format!(
                "must be a line's number, `\"none\"` or {{\"starts_with\": …}}, but is {}",
                kind(node.value)
            );
            reader.wrong(&node, message);
            None
        }
    }
}

fn amount_form<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> AmountForm {
    let mut one = |key: &str, allowed: &[char]| {
        let node = fields.given(key)?;
        let text = reader.string(&node)?;
        let found = allowed.iter().copied().find(|c| text == c.to_string());
        if found.is_none() {
            let known: Vec<String> = allowed.iter().map(char::to_string).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            reader.problem(&node, not_known(Code::LayoutUnknown, &text, "known here", &known));
        }
        found
    };
    let thousands = one("thousands", &[',', '.', ' ', '\'']);
    let decimal = one("decimal", &['.', ',']);
    let implied_decimals = fields.given("implied_decimals").and_then(|node| reader.whole(&node, 0..=18));
    let form = AmountForm { thousands, decimal, implied_decimals };
    if form.is_contradictory()
        && let Some(node) = fields.given("thousands")
    {
        reader.wrong(&node, "thousands and decimals have the same mark");
    }
    if let (Some(node), Some(_)) = (fields.given("implied_decimals"), thousands.or(decimal)) {
        reader
            .wrong(&node, "cannot stand beside `thousands` or `decimal`: implied decimals are digits alone");
    }
    form
}

/// Where a column rule stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One of `columns`.
    Column,
    /// A column of marks.
    Mark,
    /// Text as it stands.
    Text,
    /// An amount.
    Amount,
}

/// Reads the parts of a layout of one format.
struct Of<'r, 'a, 'p, 'f> {
    reader: &'r mut JsonReader<'a, 'p>,
    format: &'f Format,
    amounts: AmountForm,
    role: Role,
}

impl<'a> Of<'_, 'a, '_, '_> {
    fn at(&self, node: &JsonNode<'_, 'a>) -> At {
        At { line: self.reader.line(node), path: node.path.clone() }
    }

    fn same_account(&mut self, fields: &Fields<'_, 'a>) -> bool {
        let Some(node) = fields.given("same_account") else { return false };
        if !matches!(self.role, Role::Register | Role::Omnibus) {
            self.reader.wrong(&node, "means something only in a register or omnibus file");
        }
        self.reader.named(&node, &["add"], |name| (name == "add").then_some(())).is_some()
    }

    fn columns(&mut self, node: &JsonNode<'_, 'a>, place: Place) -> Vec<ColumnRule> {
        let Some(fields) = self.reader.open_object(node) else { return Vec::new() };
        let known = crate::load::columns_of(self.role);
        let mut columns = Vec::new();
        for (ours, node) in fields.entries() {
            // Marks of cards are columns too; whether an item is there is seen with the meeting.
            if place == Place::Column && self.role != Role::Cards && !known.contains(&ours.as_str()) {
                let what = format!("a column of {}", self.role.default_file());
                self.reader.problem(&node, not_known(Code::LayoutUnknown, &ours, &what, &known));
                continue;
            }
            let is_mark =
                place == Place::Mark || (self.role == Role::Cards && !known.contains(&ours.as_str()));
            let rule = self.rule(&node, &ours, if is_mark { Place::Mark } else { place });
            columns.extend(rule);
        }
        columns
    }

    fn field(&mut self, node: &JsonNode<'_, 'a>) -> Option<FieldAt> {
        let at = self.at(node);
        let field = match node.value {
            Value::NumberLit(_) => Field::Number(self.reader.whole(node, 1..=10_000)? as usize),
            Value::Object(_) => {
                let fields = self.reader.object(node, &["take"])?;
                let take = self.reader.required(&fields, "take")?;
                Field::Take(self.take(&take)?)
            }
            Value::StringLit(_) => Field::Header(self.reader.non_empty_string(node)?),
            Value::BooleanLit(_) | Value::Array(_) | Value::NullKeyword(_) => {
                let message = format!("must be a header or a field's number, but is {}", kind(node.value));
                self.reader.wrong(node, message);
                return None;
            }
        };
        let is_take = matches!(field, Field::Take(_));
        if is_take != (*self.format == Format::Fixed) {
            let message = if is_take {
                "a field of this format is a header or a number; `take` alone is of fixed files"
            } else {
                "a fixed file has characters and no fields: write `{\"take\": \"2-11\"}`"
            };
            self.reader.wrong(node, message);
            return None;
        }
        Some(FieldAt { field, at })
    }

    fn fields(&mut self, node: &JsonNode<'_, 'a>) -> Vec<FieldAt> {
        if matches!(node.value, Value::Array(_)) {
            let nodes = self.reader.array(node).unwrap_or_default();
            if nodes.is_empty() {
                self.reader.wrong(node, "must not be empty: name a header or a field's number");
            }
            nodes.iter().filter_map(|node| self.field(node)).collect()
        } else {
            self.field(node).into_iter().collect()
        }
    }

    /// `1-10`, or `7` for one character.
    fn take(&mut self, node: &JsonNode<'_, 'a>) -> Option<Take> {
        let text = self.reader.non_empty_string(node)?;
        let number = |part: &str| part.parse::<usize>().ok().filter(|n| (1..=1_000_000).contains(n));
        let (first, last) = text.split_once('-').unwrap_or((&text, &text));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Some(Take { first, last }),
            _ => {
                let message =
                    format!("{} must be characters such as `\"1-10\"`, counted from 1", quoted(&text));
                self.reader.wrong(node, message);
                None
            }
        }
    }

    /// A column, as a header, a field's number, a list of them, or an object.
    fn rule(&mut self, node: &JsonNode<'_, 'a>, ours: &str, place: Place) -> Option<ColumnRule> {
        let at = self.at(node);
        let mut rule = ColumnRule {
            ours: ours.to_owned(),
            at,
            from: Vec::new(),
            join: " ".to_owned(),
            take: None,
            value: None,
            is_line: false,
            blank: String::new(),
            strip: String::new(),
            pad: 0,
            prefix: String::new(),
            meaning: Meaning::Text,
        };
        if !matches!(node.value, Value::Object(_)) {
            rule.from = self.fields(node);
            rule.meaning = self.meaning(ours, place, AmountForm::default());
            return (!rule.from.is_empty()).then_some(rule);
        }
        let fields = self.reader.object(node, &COLUMN_KEYS)?;
        self.sources(node, &fields, &mut rule)?;
        let mut text = |key: &str| fields.given(key).and_then(|node| self.reader.string(&node));
        rule.join = text("join").unwrap_or(rule.join);
        rule.blank = text("blank").map(|text| text.trim().to_owned()).unwrap_or_default();
        rule.strip = text("strip").unwrap_or_default();
        rule.prefix = text("prefix").unwrap_or_default();
        let pad = fields.given("pad").and_then(|node| self.reader.whole(&node, 1..=100));
        rule.pad = pad.map_or(0, |pad| pad as usize);
        let own = amount_form(self.reader, &fields);
        rule.meaning = self.meaning(ours, place, own);
        self.transforms(&fields, own, &mut rule);
        Some(rule)
    }

    /// Where its text comes from: exactly one of the ways.
    fn sources(
        &mut self,
        node: &JsonNode<'_, 'a>,
        fields: &Fields<'_, 'a>,
        rule: &mut ColumnRule,
    ) -> Option<()> {
        let take = fields.given("take").and_then(|node| self.take(&node));
        let ways: Vec<&str> =
            ["from", "value", "add", "line"].into_iter().filter(|key| fields.given(key).is_some()).collect();
        match ways.as_slice() {
            [only] if *only == "from" => {
                rule.from = fields.given("from").map(|node| self.fields(&node)).unwrap_or_default();
                rule.take = take;
            }
            [only] if *only == "value" => {
                let value = fields.given("value").and_then(|node| self.reader.non_empty_string(&node))?;
                rule.value = Some(value);
            }
            [only] if *only == "add" => {
                let nodes = fields.given("add").and_then(|node| self.reader.array(&node))?;
                rule.from = nodes.iter().filter_map(|node| self.field(node)).collect();
            }
            [_] => {
                let node = fields.given("line")?;
                rule.is_line = self.reader.boolean(&node)?;
                if !rule.is_line {
                    self.reader.wrong(&node, "means something only as true");
                    return None;
                }
            }
            [] if *self.format == Format::Fixed && take.is_some() => {
                rule.from = take
                    .map(|take| FieldAt { field: Field::Take(take), at: rule.at.clone() })
                    .into_iter()
                    .collect();
            }
            [] => {
                // A take that is at fault is reported already.
                if fields.given("take").is_none() || *self.format != Format::Fixed {
                    self.reader.wrong(node, "must say where it comes from: `from`, `value`, `add` or `line`");
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("has both `{first}` and `{second}`; a column comes from one of them");
                self.reader.wrong(node, message);
                return None;
            }
        }
        if rule.from.is_empty() && rule.value.is_none() && !rule.is_line {
            return None;
        }
        Some(())
    }

    /// What a column is where nothing more is said of it.
    fn meaning(&self, ours: &str, place: Place, own: AmountForm) -> Meaning {
        match place {
            Place::Text => Meaning::Text,
            Place::Amount => Meaning::Amount(own.or(self.amounts)),
            Place::Mark => Meaning::Text,
            Place::Column => match ours {
                "shares" | "votes" => Meaning::Amount(own.or(self.amounts)),
                "received" | "dated" | "at" | "valid_until" => Meaning::OwnDate,
                _ => Meaning::Text,
            },
        }
    }

    fn transforms(&mut self, fields: &Fields<'_, 'a>, own: AmountForm, rule: &mut ColumnRule) {
        let is_date = matches!(rule.meaning, Meaning::OwnDate);
        let is_amount = matches!(rule.meaning, Meaning::Amount(_));
        for key in ["format", "century", "zone"] {
            if let Some(node) = fields.given(key).filter(|_| !is_date) {
                self.reader.wrong(&node, "means something only in a column of dates or times");
            }
        }
        if let Some(node) = fields.given("format").filter(|_| is_date)
            && let Some(form) = self.date_form(&node, fields)
        {
            rule.meaning = Meaning::Date(form);
        }
        if let Some(node) = fields.given("add") {
            if is_amount {
                rule.meaning = Meaning::Sum(own.or(self.amounts));
            } else {
                self.reader.wrong(&node, "means something only in a column of amounts");
            }
        }
        if let Some(node) = fields.given("words") {
            let numbers = self.numbers(fields, own);
            if let Some(table) = self.words(&node) {
                rule.meaning = Meaning::Words(Words { table, numbers, is_exact: false });
            }
        } else if let Some(node) = fields.given("numbers") {
            self.reader.wrong(&node, "means something only beside `words`");
        }
        let has_amounts = is_amount || fields.given("numbers").is_some();
        for key in AMOUNT_KEYS {
            if let Some(node) = fields.given(key).filter(|_| !has_amounts) {
                self.reader.wrong(&node, "means something only in a column of amounts");
            }
        }
    }

    fn numbers(&mut self, fields: &Fields<'_, 'a>, own: AmountForm) -> Option<AmountForm> {
        let node = fields.given("numbers")?;
        self.reader.boolean(&node)?.then_some(own.or(self.amounts))
    }

    fn date_form(&mut self, node: &JsonNode<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<DateForm> {
        let format = self.reader.string(node)?;
        if format.trim().is_empty() {
            self.reader.wrong(node, "must not be empty: say how the date is written, such as `%m/%d/%Y`");
            return None;
        }
        let parts = match cell::parts_of(&format) {
            Ok(parts) => parts,
            Err(why) => {
                self.reader.wrong(node, format!("{} {why}", quoted(&format)));
                return None;
            }
        };
        let century = fields.given("century").and_then(|node| {
            let text = match node.value {
                Value::NumberLit(literal) => literal.value.to_owned(),
                Value::StringLit(_)
                | Value::BooleanLit(_)
                | Value::Object(_)
                | Value::Array(_)
                | Value::NullKeyword(_) => self.reader.non_empty_string(&node)?,
            };
            let century = text.parse::<i16>().ok().filter(|century| (18..=21).contains(century));
            if century.is_none() {
                let message =
                    format!("{} must be the first two digits of the years, such as `\"20\"`", quoted(&text));
                self.reader.wrong(&node, message);
            }
            century
        });
        if parts.has_short_year && fields.given("century").is_none() {
            let message = "has a year of two digits: `century` must say which hundred years are meant, such as `\"20\"`";
            self.reader.wrong(node, message);
        }
        if let Some(node) = fields.given("century").filter(|_| !parts.has_short_year) {
            self.reader.wrong(&node, "means something only beside a year of two digits (`%y`)");
        }
        let zone = fields.given("zone").and_then(|node| {
            let name = self.reader.non_empty_string(&node)?;
            let found = if name == "UTC" { Some(TimeZone::UTC) } else { TimeZone::get(&name).ok() };
            if found.is_none() {
                let message = format!(
                    "{} is not a time zone; expected `UTC` or a name such as `America/New_York`",
                    quoted(&name)
                );
                self.reader.wrong(&node, message);
            }
            found
        });
        Some(DateForm { format, has_time: parts.has_time, century, zone })
    }

    /// A code table; codes that mean the same may be many, a code stands once.
    fn words(&mut self, node: &JsonNode<'_, 'a>) -> Option<Vec<(String, String)>> {
        let fields = self.reader.open_object(node)?;
        let mut table = Vec::new();
        for (code, node) in fields.entries() {
            let target = if is_null(&node) { Some(String::new()) } else { self.reader.string(&node) };
            let Some(target) = target else { continue };
            // A draft leaves open what it could not decide, and a code that says nothing says so with null.
            if target.trim().is_empty() && !code.trim().is_empty() && !is_null(&node) {
                let message = format!(
                    "must not be empty: say what {} means, or null where it means that nothing is marked",
                    quoted(&code)
                );
                self.reader.wrong(&node, message);
            }
            table.push((code, target.trim().to_owned()));
        }
        Some(table)
    }

    fn comparison(&mut self, node: &JsonNode<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Comparison> {
        let ways: Vec<&str> =
            ["is", "starts_with", "contains"].into_iter().filter(|key| fields.given(key).is_some()).collect();
        let [way] = ways.as_slice() else {
            self.reader.wrong(node, "must have one of `is`, `starts_with` and `contains`");
            return None;
        };
        let value = fields.given(way)?;
        match *way {
            "is" => Some(Comparison::Is(self.one_or_more(&value)?)),
            "starts_with" => self.reader.non_empty_string(&value).map(Comparison::StartsWith),
            _ => self.reader.non_empty_string(&value).map(Comparison::Contains),
        }
    }

    fn one_or_more(&mut self, node: &JsonNode<'_, 'a>) -> Option<Vec<String>> {
        if matches!(node.value, Value::Array(_)) {
            self.reader.all_words(node)
        } else {
            self.reader.non_empty_string(node).map(|word| vec![word])
        }
    }

    fn not_rows(&mut self, node: &JsonNode<'_, 'a>) -> Option<Vec<NotRow>> {
        let nodes = self.reader.array(node)?;
        Some(nodes.iter().filter_map(|node| self.not_row(node)).collect())
    }

    fn not_row(&mut self, node: &JsonNode<'_, 'a>) -> Option<NotRow> {
        let keys = ["column", "is", "starts_with", "contains", "rows", "shares", "blank", "repeats_header"];
        let fields = self.reader.object(node, &keys)?;
        for (key, rule) in [("blank", NotRow::Blank), ("repeats_header", NotRow::RepeatsHeader)] {
            let Some(value) = fields.given(key) else { continue };
            if fields.entries().count() > 1 {
                self.reader.wrong(node, format!("`{key}` stands alone"));
            }
            return self.reader.boolean(&value)?.then_some(rule);
        }
        let column = self.reader.required(&fields, "column")?;
        let field = self.field(&column);
        let comparison = self.comparison(node, &fields);
        let totals = self.totals(&fields);
        Some(NotRow::Cell { field: field?, comparison: comparison?, totals })
    }

    fn totals(&mut self, fields: &Fields<'_, 'a>) -> Totals {
        Totals {
            rows: fields.given("rows").and_then(|node| self.stated(&node)),
            shares: fields.given("shares").and_then(|node| self.stated(&node)),
        }
    }

    fn stated(&mut self, node: &JsonNode<'_, 'a>) -> Option<Stated> {
        if !matches!(node.value, Value::Object(_)) {
            return self.field(node).map(|from| Stated { from, take: None, after: None, amounts: None });
        }
        let keys = ["from", "take", "after", "thousands", "decimal", "implied_decimals"];
        let fields = self.reader.object(node, &keys)?;
        let after = fields.given("after").and_then(|node| self.reader.string(&node));
        let amounts = Some(amount_form(self.reader, &fields)).filter(|form| !form.is_own());
        let take = fields.given("take").and_then(|node| self.take(&node));
        if fields.given("from").is_none() && *self.format == Format::Fixed {
            let from = FieldAt { field: Field::Take(take?), at: self.at(node) };
            return Some(Stated { from, take: None, after, amounts });
        }
        let from = self.reader.required(&fields, "from").and_then(|node| self.field(&node))?;
        Some(Stated { from, take, after, amounts })
    }

    fn records(&mut self, node: &JsonNode<'_, 'a>) -> Option<RecordTypes> {
        let fields = self.reader.object(node, &["field", "take", "is", "ignore", "trailer"])?;
        let field = if *self.format == Format::Fixed {
            let take = self.reader.required(&fields, "take").and_then(|node| self.take(&node))?;
            FieldAt { field: Field::Take(take), at: self.at(node) }
        } else {
            self.reader.required(&fields, "field").and_then(|node| self.field(&node))?
        };
        let rows = self.reader.required(&fields, "is").and_then(|node| self.one_or_more(&node))?;
        let ignored = fields.given("ignore").and_then(|node| self.one_or_more(&node)).unwrap_or_default();
        let trailer = fields.given("trailer").and_then(|node| {
            let fields = self.reader.object(&node, &["is", "rows", "shares"])?;
            let is = self.reader.required(&fields, "is").and_then(|node| self.one_or_more(&node))?;
            Some((is, self.totals(&fields)))
        });
        Some(RecordTypes { field, rows, ignored, trailer })
    }

    fn states(&mut self, node: &JsonNode<'_, 'a>, has_records: bool) -> Option<Vec<Statement>> {
        let nodes = self.reader.array(node)?;
        Some(nodes.iter().filter_map(|node| self.statement(node, has_records)).collect())
    }

    fn statement(&mut self, node: &JsonNode<'_, 'a>, has_records: bool) -> Option<Statement> {
        let keys = ["line", "record", "field", "take", "is", "starts_with", "contains"];
        let fields = self.reader.object(node, &keys)?;
        let of = match (fields.given("line"), fields.given("record")) {
            (Some(line), None) => StatementOf::Line(self.reader.whole(&line, 1..=u32::MAX)?.into()),
            (None, Some(record)) if has_records => {
                let is = self.reader.non_empty_string(&record)?;
                let field = match (fields.given("field"), fields.given("take")) {
                    (Some(node), _) => Some(self.field(&node)?),
                    (None, Some(node)) => {
                        Some(FieldAt { field: Field::Take(self.take(&node)?), at: self.at(&node) })
                    }
                    (None, None) => None,
                };
                StatementOf::Record { is, field }
            }
            (None, Some(record)) => {
                self.reader.wrong(&record, "means something only beside `records`");
                return None;
            }
            (None, None) | (Some(_), Some(_)) => {
                self.reader.wrong(node, "must have either `line` or `record`");
                return None;
            }
        };
        let comparison = self.comparison(node, &fields)?;
        Some(Statement { of, comparison })
    }

    fn marks(&mut self, node: &JsonNode<'_, 'a>) -> Option<Marks> {
        if !matches!(self.role, Role::Cards | Role::Street) {
            self.reader.wrong(node, "means something only in a file of cards or of street totals");
            return None;
        }
        const KEYS: [&str; 18] = [
            "shape",
            "columns",
            "words",
            "numbers",
            "except",
            "item",
            "vote",
            "items",
            "shares",
            "from",
            "take",
            "width",
            "positions",
            "boxes",
            "ticked",
            "counts",
            "thousands",
            "decimal",
        ];
        let fields = self.reader.object(node, &KEYS)?;
        let shapes = ["wide", "long", "string", "boxes", "counts"];
        let shape = self.reader.required(&fields, "shape").and_then(|node| {
            self.reader.named(&node, &shapes, |name| shapes.into_iter().find(|shape| *shape == name))
        })?;
        self.refuse_other_keys(shape, &fields);
        if self.role == Role::Street && !matches!(shape, "long" | "counts") {
            let node = fields.get("shape")?;
            self.reader.wrong(
                &node,
                "totals have the shape `long` or `counts`, or columns `item`, `vote` and `shares`",
            );
            return None;
        }
        let own = amount_form(self.reader, &fields);
        let numbers = self.numbers(&fields, own);
        let words = fields.given("words").and_then(|node| self.words(&node));
        let words = words.map(|table| Words { table, numbers, is_exact: false });
        let except = fields.given("except").and_then(|node| self.except(&node));
        let shape = match shape {
            "wide" => self.wide(&fields, words.as_ref(), except.is_some()),
            "long" => self.long(&fields, words),
            "string" => self.string(&fields, words),
            "boxes" => self.boxes(&fields),
            _ => self.counts(&fields, own),
        };
        Some(Marks { shape: shape?, except })
    }

    fn refuse_other_keys(&mut self, shape: &str, fields: &Fields<'_, 'a>) {
        let own: &[&str] = match shape {
            "wide" => &["columns", "words", "numbers", "except", "thousands", "decimal"],
            "long" => &["item", "vote", "items", "words", "numbers", "shares", "thousands", "decimal"],
            "string" => &["from", "take", "width", "positions", "words", "except"],
            "boxes" => &["boxes", "ticked", "except"],
            _ => &["item", "items", "counts", "thousands", "decimal"],
        };
        for (key, node) in fields.entries() {
            let is_known_elsewhere = [
                "columns",
                "words",
                "numbers",
                "except",
                "item",
                "vote",
                "items",
                "shares",
                "from",
                "take",
                "width",
                "positions",
                "boxes",
                "ticked",
                "counts",
                "thousands",
                "decimal",
            ]
            .contains(&key.as_str());
            if is_known_elsewhere && !own.contains(&key.as_str()) {
                self.reader.wrong(&node, format!("means nothing beside the shape `{shape}`"));
            }
        }
    }

    fn wide(&mut self, fields: &Fields<'_, 'a>, words: Option<&Words>, has_except: bool) -> Option<Shape> {
        let node = match fields.given("columns") {
            Some(node) => node,
            None if has_except => return Some(Shape::Wide(Vec::new())),
            None => self.reader.required(fields, "columns")?,
        };
        let mut columns = self.columns(&node, Place::Mark);
        for column in &mut columns {
            if let (Meaning::Text, Some(words), None) = (&column.meaning, words, &column.value) {
                column.meaning = Meaning::Words(words.clone());
            }
        }
        Some(Shape::Wide(columns))
    }

    fn item_of(&mut self, fields: &Fields<'_, 'a>) -> Option<ItemOf> {
        let node = self.reader.required(fields, "item")?;
        let rule = self.rule(&node, "item", Place::Text)?;
        if let Some(value) = rule.value {
            return Some(ItemOf::Value(value, rule.at));
        }
        let codes = match fields.given("items") {
            None => None,
            Some(node) => {
                let items = self.reader.open_object(&node)?;
                let mut codes = Vec::new();
                for (code, node) in items.entries() {
                    let at = self.at(&node);
                    let target =
                        if is_null(&node) { None } else { Some(self.reader.non_empty_string(&node)?) };
                    codes.push((code.trim().to_owned(), target, at));
                }
                Some(codes)
            }
        };
        Some(ItemOf::Field { rule: Box::new(rule), codes })
    }

    fn long(&mut self, fields: &Fields<'_, 'a>, words: Option<Words>) -> Option<Shape> {
        let item = self.item_of(fields);
        let vote =
            self.reader.required(fields, "vote").and_then(|node| self.rule(&node, "vote", Place::Mark));
        let shares = match (self.role, fields.given("shares")) {
            (Role::Street, None) => {
                self.reader.required(fields, "shares");
                None
            }
            (_, Some(node)) => self.rule(&node, "shares", Place::Amount).map(Box::new),
            (_, None) => None,
        };
        if let Some(node) = fields.given("shares").filter(|_| self.role == Role::Cards) {
            self.reader.wrong(&node, "is of totals; the shares of a card stand in `columns`");
        }
        let mut vote = vote?;
        if let (Meaning::Text, Some(words)) = (&vote.meaning, words) {
            vote.meaning = Meaning::Words(words);
        }
        Some(Shape::Long { item: item?, vote: Box::new(vote), shares })
    }

    fn string(&mut self, fields: &Fields<'_, 'a>, words: Option<Words>) -> Option<Shape> {
        let at = fields.get("shape").map(|node| self.at(&node)).unwrap_or_default();
        let mut text = ColumnRule {
            ours: "marks".to_owned(),
            at,
            from: Vec::new(),
            join: String::new(),
            take: None,
            value: None,
            is_line: false,
            blank: String::new(),
            strip: String::new(),
            pad: 0,
            prefix: String::new(),
            meaning: Meaning::Text,
        };
        let take = fields.given("take").and_then(|node| self.take(&node));
        match fields.given("from") {
            Some(node) => {
                text.from = self.fields(&node);
                text.take = take;
            }
            None if *self.format == Format::Fixed && take.is_some() => {
                let at = text.at.clone();
                text.from = take.map(|take| FieldAt { field: Field::Take(take), at }).into_iter().collect();
            }
            None => {
                self.reader.required(fields, "from");
            }
        }
        let width = fields.given("width").map_or(Some(1), |node| self.reader.whole(&node, 1..=100))? as usize;
        let nodes = self.reader.required(fields, "positions").and_then(|node| self.reader.array(&node))?;
        let mut positions = Vec::new();
        for node in &nodes {
            let at = self.at(node);
            positions.push(if is_null(node) {
                None
            } else {
                Some((self.reader.non_empty_string(node)?, at))
            });
        }
        if words.is_none() {
            self.reader.required(fields, "words");
        }
        let words = Words { is_exact: true, ..words? };
        (!text.from.is_empty()).then(|| Shape::String { text: Box::new(text), width, positions, words })
    }

    fn boxes(&mut self, fields: &Fields<'_, 'a>) -> Option<Shape> {
        let node = self.reader.required(fields, "boxes")?;
        let ticked = self.reader.required(fields, "ticked").and_then(|node| self.reader.all_words(&node));
        let of_matters = self.reader.open_object(&node)?;
        let mut boxes = Vec::new();
        for (ours, node) in of_matters.entries() {
            let Some(of_matter) = self.reader.open_object(&node) else { continue };
            let mut of_marks = Vec::new();
            for (mark, node) in of_matter.entries() {
                of_marks.extend(self.field(&node).map(|field| (mark, field)));
            }
            boxes.push(BoxedMark { ours, at: self.at(&node), boxes: of_marks });
        }
        Some(Shape::Boxes { boxes, ticked: ticked? })
    }

    fn counts(&mut self, fields: &Fields<'_, 'a>, own: AmountForm) -> Option<Shape> {
        let node = self.reader.required(fields, "counts")?;
        let of_matters = self.reader.open_object(&node)?;
        let is_long = fields.given("item").is_some();
        let before = self.amounts;
        self.amounts = own.or(before);
        let mut wide = Vec::new();
        let mut votes = Vec::new();
        for (key, node) in of_matters.entries() {
            if is_long {
                votes.extend(self.rule(&node, &key, Place::Amount).map(|rule| (key, rule)));
                continue;
            }
            let Some(of_matter) = self.reader.open_object(&node) else { continue };
            let mut of_votes = Vec::new();
            for (vote, node) in of_matter.entries() {
                of_votes.extend(self.rule(&node, &vote, Place::Amount).map(|rule| (vote, rule)));
            }
            wide.push((key, self.at(&node), of_votes));
        }
        self.amounts = before;
        let counts =
            if is_long { Counts::Long { item: self.item_of(fields)?, votes } } else { Counts::Wide(wide) };
        Some(Shape::Counts(counts))
    }

    fn except(&mut self, node: &JsonNode<'_, 'a>) -> Option<Except> {
        let keys = ["item", "box", "names", "separator", "words", "nominees"];
        let fields = self.reader.object(node, &keys)?;
        let item_node = self.reader.required(&fields, "item");
        let item = item_node.as_ref().and_then(|node| self.reader.non_empty_string(node));
        let box_text =
            self.reader.required(&fields, "box").and_then(|node| self.rule(&node, "box", Place::Text));
        let names =
            self.reader.required(&fields, "names").and_then(|node| self.rule(&node, "names", Place::Text));
        let separator = match fields.given("separator") {
            Some(node) => self.reader.string(&node).filter(|text| !text.is_empty()),
            None => Some(";".to_owned()),
        };
        let words = self.reader.required(&fields, "words").and_then(|node| self.box_words(&node));
        let nominees = self.reader.required(&fields, "nominees").and_then(|node| self.words(&node));
        let mut seen: HashSet<String> = HashSet::new();
        let nominees = nominees.map(|nominees| {
            nominees
                .into_iter()
                .map(|(name, id)| (name.trim().to_owned(), id))
                .filter(|(name, _)| seen.insert(name.clone()))
                .collect()
        });
        Some(Except {
            item: item?,
            at: item_node.map(|node| self.at(&node)).unwrap_or_default(),
            box_text: Box::new(box_text?),
            names: Box::new(names?),
            separator: separator?,
            words: words?,
            nominees: nominees?,
        })
    }

    fn box_words(&mut self, node: &JsonNode<'_, 'a>) -> Option<Vec<(String, BoxWord)>> {
        const KNOWN: [&str; 4] = ["FOR", "WITHHOLD", "AGAINST", "ABSTAIN"];
        let table = self.words(node)?;
        let fields = self.reader.open_object(node)?;
        let mut words = Vec::new();
        for (code, target) in table {
            let word = match target.as_str() {
                "EXCEPT" => BoxWord::Except,
                "" => BoxWord::Blank,
                other => match KNOWN.into_iter().find(|known| *known == other) {
                    Some(mark) => BoxWord::All(mark),
                    None => {
                        if let Some(node) = fields.get(&code) {
                            let known: Vec<&str> = KNOWN.into_iter().chain(["EXCEPT"]).collect();
                            self.reader.problem(
                                &node,
                                not_known(Code::LayoutUnknown, &target, "what such a box says", &known),
                            );
                        }
                        continue;
                    }
                },
            };
            words.push((code.trim().to_owned(), word));
        }
        Some(words)
    }
}
