//! lots.csv: lots drawn between tied nominees, a row each.

use super::FileFigures;
use super::cells::read_moment;
use super::problem::{Problems, not_known};
use super::table::{CsvTable, Row};
use crate::catalogue::Code;
use crate::lot::{self, DICE, FINGERPRINT_LENGTH, ON};
use crate::meeting::{Election, Item, Meeting};
use crate::text::quoted;
use crate::time::Moment;

pub(super) const REQUIRED: [&str; 6] = ["item", "order", "method", "at", "by", "witnesses"];
pub(super) const OPTIONAL: [&str; 0] = [];
pub(super) const COLUMNS: [&str; 6] = REQUIRED;
const ITEM: usize = 0;
const ORDER: usize = 1;
const METHOD: usize = 2;
const AT: usize = 3;
const BY: usize = 4;
const WITNESSES: usize = 5;

/// A lot that was drawn.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// The election, by place.
    pub item: usize,
    /// The nominees in the order drawn, by place; two or more.
    pub order: Vec<usize>,
    /// How it was drawn.
    pub method: Method,
    /// The fingerprint of the count on which it was drawn: 64 hexadecimal digits; nothing where the row does not say.
    pub fingerprint: Option<String>,
    /// When.
    pub at: Moment,
    /// Who drew.
    pub by: String,
    /// Who watched; may be empty.
    pub witnesses: String,
}

/// How a lot was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// By digits rolled in public; the order follows from them, and was checked.
    Dice(String),
    /// By hand, in the words of the row.
    Physical(String),
}

/// Reads lots.
pub(super) fn read(
    table: &CsvTable<'_>,
    meeting: &Meeting,
    known: &[Lot],
    problems: &mut Problems,
) -> Option<(Vec<Lot>, FileFigures)> {
    let mut lots: Vec<Lot> = Vec::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let Some(read) = read_row(table, row, meeting, problems) else { return };
        if let Some(first) = known.iter().chain(&lots).find(|lot| lot.item == read.item) {
            let message = format!(
                "the lot on item {} is already on line {}; strike out the one that does not stand",
                quoted(row.get(ITEM)),
                first.line
            );
            table.problem(problems, row.line, ITEM, Code::LotRefused.fault(message));
            return;
        }
        lots.push(read);
    })?;
    Some((lots, FileFigures { rows: row_count, shares: None, ended }))
}

fn read_row(table: &CsvTable<'_>, row: &Row<'_>, meeting: &Meeting, problems: &mut Problems) -> Option<Lot> {
    let at = read_moment(table, row.line, AT, row.get(AT), meeting, problems);
    if row.get(BY).is_empty() {
        table.problem(problems, row.line, BY, Code::CellEmpty.fault("must not be empty: who drew the lot"));
    }
    let method = read_method(table, row, problems);
    let place = read_item(table, row, meeting, problems)?;
    let item = &meeting.items[place];
    let order = read_order(table, row, item.election()?, problems)?;
    let (method, fingerprint) = method?;
    if let (Method::Dice(digits), Some(fingerprint)) = (&method, &fingerprint) {
        check_drawn(table, row, (item, &order), (fingerprint, digits), problems)?;
    }
    Some(Lot {
        file: table.file(),
        line: row.line,
        item: place,
        order,
        method,
        fingerprint,
        at: at?,
        by: row.get(BY).to_owned(),
        witnesses: row.get(WITNESSES).to_owned(),
    })
}

/// The election that the lot is on, by place.
fn read_item(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<usize> {
    let id = row.get(ITEM);
    let Some(place) = meeting.items.iter().position(|item| item.id == id) else {
        let names: Vec<&str> = meeting.items.iter().map(|item| item.id.as_str()).collect();
        table.problem(problems, row.line, ITEM, not_known(Code::ReferenceUnknown, id, "an item", &names));
        return None;
    };
    if meeting.items[place].election().is_none() {
        let message = format!("item {} elects nobody; a lot is drawn between nominees", quoted(id));
        table.problem(problems, row.line, ITEM, Code::LotRefused.fault(message));
        return None;
    }
    Some(place)
}

/// The nominees in the order drawn, `;` between.
fn read_order(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    election: &Election,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let text = row.get(ORDER);
    let mut order: Vec<usize> = Vec::new();
    let mut is_sound = true;
    for id in text.split(';').map(str::trim) {
        let fault = match election.nominees.iter().position(|nominee| nominee.id == id) {
            None => {
                let names: Vec<&str> = election.nominees.iter().map(|nominee| nominee.id.as_str()).collect();
                not_known(Code::ReferenceUnknown, id, "a nominee of this election", &names)
            }
            Some(place) if order.contains(&place) => {
                Code::LotRefused.fault(format!("{} is drawn twice", quoted(id)))
            }
            Some(place) => {
                order.push(place);
                continue;
            }
        };
        is_sound = false;
        table.problem(problems, row.line, ORDER, fault);
    }
    if is_sound && order.len() < 2 {
        let message =
            format!("{} is one name; a lot is drawn between two or more, `;` between", quoted(text));
        table.problem(problems, row.line, ORDER, Code::LotRefused.fault(message));
        is_sound = false;
    }
    is_sound.then_some(order)
}

/// How it was drawn, and on which count: `dice DIGITS on FINGERPRINT`, or words, which may end so too.
fn read_method(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    problems: &mut Problems,
) -> Option<(Method, Option<String>)> {
    let text = row.get(METHOD);
    let mut refuse = |fault| table.problem(problems, row.line, METHOD, fault);
    if text.is_empty() {
        refuse(Code::CellEmpty.fault("must not be empty: how the lot was drawn"));
        return None;
    }
    let (manner, fingerprint) = match text.rsplit_once(ON) {
        Some((manner, end)) if is_hexadecimal(end) => (manner, Some(end.replace(' ', "").to_lowercase())),
        Some(_) | None => (text, None),
    };
    if let Some(fingerprint) = fingerprint.as_ref().filter(|digits| digits.len() != FINGERPRINT_LENGTH) {
        let message = format!(
            "{} has {} digits; expected the {FINGERPRINT_LENGTH} of the fingerprint of a certificate",
            quoted(fingerprint),
            fingerprint.len()
        );
        refuse(Code::LotRefused.fault(message));
        return None;
    }
    let digits = manner.strip_prefix(DICE).map(str::trim);
    let Some(digits) = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return Some((Method::Physical(manner.to_owned()), fingerprint));
    };
    if !lot::are_digits(digits) || fingerprint.is_none() {
        let message = format!(
            "{} is no lot by dice; expected `{DICE}DIGITS{ON}FINGERPRINT`, with at least {} digits as they fell",
            quoted(text),
            lot::DIGITS_MIN
        );
        refuse(Code::LotRefused.fault(message));
        return None;
    }
    Some((Method::Dice(digits.to_owned()), fingerprint))
}

/// Whether a text looks like a fingerprint, whole or mistyped: sixteen hexadecimal digits or more.
fn is_hexadecimal(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' ')
}

/// ELE-9: what dice drew follows from the digits.
fn check_drawn(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    (item, order): (&Item, &[usize]),
    (fingerprint, digits): (&str, &str),
    problems: &mut Problems,
) -> Option<()> {
    let nominees = item.election().map_or(&[][..], |election| &election.nominees);
    let written: Vec<&str> = order.iter().map(|place| nominees[*place].id.as_str()).collect();
    let drawn = lot::order(fingerprint, &item.id, digits, &written);
    if drawn == written {
        return Some(());
    }
    let message =
        format!("{} is not the order that the digits draw: {}", quoted(row.get(ORDER)), drawn.join(";"));
    table.problem(problems, row.line, ORDER, Code::LotRefused.fault(message));
    None
}
