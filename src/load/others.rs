//! revocations.csv and rulings.csv.

use std::collections::HashMap;

use jiff::civil::Date;

use super::FileFigures;
use super::accounts::{AccountId, KnownAccounts};
use super::cards::{CardContext, CardId, Cards, Signers, signer_of};
use super::problem::{Problems, not_known};
use super::table::CsvTable;
use crate::meeting::Meeting;
use crate::text::quoted;
use crate::time::{Moment, parse_date};

pub(super) const REVOCATION_REQUIRED: [&str; 3] = ["account", "received", "manner"];
pub(super) const REVOCATION_OPTIONAL: [&str; 2] = ["dated", "signer"];
pub(super) const REVOCATION_COLUMNS: [&str; 5] = ["account", "received", "manner", "dated", "signer"];
pub(super) const RULING_REQUIRED: [&str; 3] = ["card", "ruling", "reason"];
pub(super) const RULING_OPTIONAL: [&str; 3] = ["item", "by", "at"];
pub(super) const RULING_COLUMNS: [&str; 6] = ["card", "ruling", "reason", "item", "by", "at"];

/// How a proxy was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By a writing delivered to the corporation.
    Written,
    /// By a request of a holder present at the meeting.
    AtMeeting,
}

/// A revocation.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Its line in the file.
    pub line: u64,
    /// Whose proxies.
    pub account: AccountId,
    /// When it came.
    pub received: Moment,
    /// How.
    pub manner: Manner,
    /// The date on it.
    pub dated: Option<Date>,
    /// Which co-holder's proxies; nothing: all of the account.
    pub signer: Option<u32>,
}

/// Reads revocations.
pub(super) fn read_revocations(
    table: &CsvTable<'_>,
    context: &CardContext<'_>,
    known: &KnownAccounts<'_>,
    signers: &mut Signers,
    problems: &mut Problems,
) -> Option<(Vec<Revocation>, FileFigures)> {
    let meeting = context.meeting;
    let mut revocations = Vec::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let account = known.find(table, row, 0, problems);
        let received = read_moment(table, row.line, 1, row.get(1), meeting, problems);
        let manner = match row.get(2) {
            "written" => Some(Manner::Written),
            "at_meeting" => Some(Manner::AtMeeting),
            text => {
                table.problem(problems, row.line, 2, not_known(text, "a manner", &["written", "at_meeting"]));
                None
            }
        };
        let dated = read_date(table, row.line, 3, row.get(3), problems);
        let signer = account.and_then(|account| {
            let Signers { names, known } = &mut *signers;
            signer_of(table, row.line, 4, row.get(4), account, context, known, names, problems)
        });
        if let (Some(account), Some(received), Some(manner), Some(dated)) = (account, received, manner, dated)
        {
            revocations.push(Revocation { line: row.line, account, received, manner, dated, signer });
        }
    })?;
    Some((revocations, FileFigures { rows: row_count, shares: None, ended }))
}

/// What the inspector ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulingKind {
    /// The card stands, whatever the tests that may be waived say.
    Count,
    /// The card is rejected.
    Reject,
    /// The card stands and is not voted on one item, by place.
    RejectItem(usize),
}

/// The inspector's ruling on a card.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Its line in the file.
    pub line: u64,
    /// On which card.
    pub card: CardId,
    /// What was ruled.
    pub kind: RulingKind,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: Option<String>,
    /// When.
    pub at: Option<Moment>,
}

/// Reads rulings.
pub(super) fn read_rulings(
    table: &CsvTable<'_>,
    meeting: &Meeting,
    cards: &Cards,
    has_all_cards: bool,
    problems: &mut Problems,
) -> Option<(Vec<Ruling>, FileFigures)> {
    let mut rulings = Vec::new();
    let mut seen: HashMap<(CardId, Option<usize>), u64> = HashMap::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let line = row.line;
        let card = cards.find(row.get(0));
        if row.get(0).is_empty() {
            table.problem(problems, line, 0, "must not be empty");
        } else if card.is_none() && has_all_cards {
            table.problem(problems, line, 0, format!("no card has the number {}", quoted(row.get(0))));
        }
        if row.get(2).is_empty() {
            table.problem(problems, line, 2, "must not be empty: a ruling has a reason");
        }
        let item = match row.get(3) {
            "" => Some(None),
            id => {
                let found = meeting.items.iter().position(|item| item.id == id);
                if found.is_none() {
                    let names: Vec<&str> = meeting.items.iter().map(|item| item.id.as_str()).collect();
                    table.problem(problems, line, 3, not_known(id, "an item", &names));
                }
                found.map(Some)
            }
        };
        let kind = match (row.get(1), item) {
            ("count", Some(None)) => Some(RulingKind::Count),
            ("reject", Some(None)) => Some(RulingKind::Reject),
            ("reject", Some(Some(item))) => Some(RulingKind::RejectItem(item)),
            ("count", Some(Some(_))) => {
                table.problem(problems, line, 3, "an item goes with the ruling `reject` only");
                None
            }
            ("count" | "reject", None) => None,
            (text, _) => {
                table.problem(problems, line, 1, not_known(text, "a ruling", &["count", "reject"]));
                None
            }
        };
        let at = match row.get(5) {
            "" => None,
            text => read_moment(table, line, 5, text, meeting, problems),
        };
        if let (Some(card), Some(item)) = (card, item) {
            if let Some(first) = seen.get(&(card, item)) {
                let on = item.map(|item| format!(" on item {}", quoted(&meeting.items[item].id)));
                let message = format!(
                    "{} already has a ruling{} on line {first}",
                    quoted(row.get(0)),
                    on.unwrap_or_default()
                );
                table.problem(problems, line, 0, message);
            }
            seen.entry((card, item)).or_insert(line);
        }
        if let (Some(card), Some(kind)) = (card, kind) {
            let by = Some(row.get(4)).filter(|text| !text.is_empty()).map(str::to_owned);
            rulings.push(Ruling { line, card, kind, reason: row.get(2).to_owned(), by, at });
        }
    })?;
    Some((rulings, FileFigures { rows: row_count, shares: None, ended }))
}

/// A time in a cell; reported and nothing returned when it is none.
pub(super) fn read_moment(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<Moment> {
    if text.is_empty() {
        table.problem(problems, line, column, "must not be empty");
        return None;
    }
    match Moment::parse(text, &meeting.zone) {
        Ok(moment) => Some(moment),
        Err(error) => {
            table.problem(problems, line, column, format!("{} {error}", quoted(text)));
            None
        }
    }
}

/// A date in a cell that may be blank; nothing outside when it is no date.
pub(super) fn read_date(
    table: &CsvTable<'_>,
    line: u64,
    column: usize,
    text: &str,
    problems: &mut Problems,
) -> Option<Option<Date>> {
    if text.is_empty() {
        return Some(None);
    }
    match parse_date(text) {
        Ok(date) => Some(Some(date)),
        Err(error) => {
            table.problem(problems, line, column, format!("{} {error}", quoted(text)));
            None
        }
    }
}
