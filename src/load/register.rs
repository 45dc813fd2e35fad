//! register.csv: the holders of record at the record date.

use std::collections::HashMap;

use super::accounts::{AccountId, Accounts};
use super::problem::{Problems, not_known};
use super::table::{Row, Table};
use crate::amount::{Shares, Votes};
use crate::meeting::Meeting;
use crate::text::quoted;

pub(super) const REQUIRED: [&str; 3] = ["account", "name", "shares"];
pub(super) const OPTIONAL: [&str; 5] = ["class", "registration", "holders", "voting", "votes"];
pub(super) const COLUMNS: [&str; 8] =
    ["account", "name", "shares", "class", "registration", "holders", "voting", "votes"];
const ACCOUNT: usize = 0;
const NAME: usize = 1;
const SHARES: usize = 2;
const CLASS: usize = 3;
const REGISTRATION: usize = 4;
const HOLDERS: usize = 5;
const VOTING: usize = 6;
const VOTES: usize = 7;

/// In which capacity shares are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// One person.
    Individual,
    /// Two or more persons.
    Joint,
    /// A corporation.
    Corporation,
    /// A partnership.
    Partnership,
    /// A trustee, executor or guardian.
    Fiduciary,
    /// A custodian.
    Custodian,
    /// A nominee, who holds for others and votes by blocks.
    Nominee,
}

impl Registration {
    const NAMES: [(&'static str, Self); 7] = [
        ("individual", Self::Individual),
        ("joint", Self::Joint),
        ("corporation", Self::Corporation),
        ("partnership", Self::Partnership),
        ("fiduciary", Self::Fiduciary),
        ("custodian", Self::Custodian),
        ("nominee", Self::Nominee),
    ];

    /// As the register writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

/// One of several holders of the same shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoHolder {
    /// The name, as on the register.
    pub name: String,
    /// The interest, where the register gives it.
    pub interest: Option<Shares>,
}

/// A position on the register.
#[derive(Debug, Clone)]
pub struct RegisterRow {
    /// Its line in the file.
    pub line: u32,
    /// Shares held at the record date.
    pub shares: Shares,
    /// Whose.
    pub account: AccountId,
    /// Of which class, by place.
    pub class: u16,
    /// In which capacity.
    pub registration: Registration,
    /// Whether they may vote; treasury shares and a subsidiary's may not (Cal. Corp. Code § 703).
    pub is_voting: bool,
}

/// The register as read.
#[derive(Debug, Default)]
pub struct Register {
    /// Its rows.
    pub rows: Vec<RegisterRow>,
    /// Per row, votes that are not shares times votes per share (tenure voting, caps).
    pub votes: HashMap<usize, Votes>,
    /// Per row, the co-holders.
    pub holders: HashMap<usize, Vec<CoHolder>>,
}

/// Reads the register, its accounts into `accounts`.
pub(super) fn read(
    table: &Table<'_>,
    meeting: &Meeting,
    accounts: &mut Accounts,
    problems: &mut Problems,
) -> Register {
    let mut register = Register::default();
    let mut seen: HashMap<(AccountId, u16), u32> = HashMap::new();
    // Per account, its first line, at fault or not.
    let mut first_lines: Vec<u64> = Vec::new();
    if meeting.classes.len() > 1 && !table.has(CLASS) {
        problems.at(
            table.label(),
            1,
            "class",
            "the column is required because the meeting has several classes",
        );
    }
    table.rows(problems, |row, problems| {
        let account = row.get(ACCOUNT);
        let read = read_row(table, row, meeting, accounts, problems);
        if accounts.count() > first_lines.len() {
            first_lines.push(row.line);
        } else if meeting.classes.len() == 1 && !account.is_empty() {
            let first = accounts.find(account).map_or(0, |found| first_lines[found as usize]);
            table.problem(
                problems,
                row.line,
                ACCOUNT,
                format!("{} is already on line {first}", quoted(account)),
            );
            return;
        }
        let Some((read, votes, holders)) = read else { return };
        if meeting.classes.len() > 1
            && let Some(first) = seen.insert((read.account, read.class), read.line)
        {
            let class = quoted(&meeting.classes[usize::from(read.class)].id);
            let message = format!("{} is already on line {first} with class {class}", quoted(account));
            table.problem(problems, row.line, ACCOUNT, message);
            return;
        }
        let place = register.rows.len();
        if let Some(votes) = votes {
            register.votes.insert(place, votes);
        }
        if !holders.is_empty() {
            register.holders.insert(place, holders);
        }
        register.rows.push(read);
    });
    register
}

type ReadRow = (RegisterRow, Option<Votes>, Vec<CoHolder>);

fn read_row(
    table: &Table<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    accounts: &mut Accounts,
    problems: &mut Problems,
) -> Option<ReadRow> {
    let line = row.line;
    let account = row.get(ACCOUNT);
    if account.is_empty() {
        table.problem(problems, line, ACCOUNT, "must not be empty");
    }
    if row.get(NAME).is_empty() {
        table.problem(problems, line, NAME, "must not be empty");
    }
    let shares = amount(table, row, SHARES, Shares::parse, problems);
    let votes = match row.get(VOTES) {
        "" => None,
        _ => amount(table, row, VOTES, Votes::parse, problems),
    };
    let class = class_of(table, row, CLASS, meeting, problems);
    let registration = match row.get(REGISTRATION) {
        "" => Some(Registration::Individual),
        text => {
            let found = Registration::NAMES.iter().find(|(name, _)| *name == text);
            if found.is_none() {
                let names: Vec<&str> = Registration::NAMES.iter().map(|(name, _)| *name).collect();
                table.problem(problems, line, REGISTRATION, not_known(text, "a registration", &names));
            }
            found.map(|(_, value)| *value)
        }
    };
    let is_voting = match row.get(VOTING) {
        "" | "yes" => true,
        "no" => false,
        text => {
            table.problem(problems, line, VOTING, not_known(text, "known", &["yes", "no"]));
            true
        }
    };
    let holders = match row.get(HOLDERS) {
        "" => Vec::new(),
        text => read_holders(table, line, text, problems),
    };
    let interned = accounts.intern(account);
    if interned.is_none() {
        table.problem(problems, line, ACCOUNT, "the accounts come to more than 4 GiB of text");
    }
    let row = RegisterRow {
        line: u32::try_from(line).ok()?,
        shares: shares?,
        account: AccountId(interned?.0),
        class: class?,
        registration: registration?,
        is_voting,
    };
    Some((row, votes, holders))
}

fn read_holders(table: &Table<'_>, line: u64, text: &str, problems: &mut Problems) -> Vec<CoHolder> {
    let mut holders: Vec<CoHolder> = Vec::new();
    for part in text.split(';') {
        let (name, interest) = match part.rsplit_once(':') {
            Some((name, interest)) => match Shares::parse(interest.trim()) {
                Ok(interest) => (name.trim(), Some(interest)),
                Err(error) => {
                    let message = format!("the interest {} {error}", quoted(interest));
                    table.problem(problems, line, HOLDERS, message);
                    continue;
                }
            },
            None => (part.trim(), None),
        };
        if name.is_empty() {
            table.problem(problems, line, HOLDERS, format!("{} names a holder without a name", quoted(text)));
        } else if holders.iter().any(|holder| holder.name == name) {
            table.problem(problems, line, HOLDERS, format!("{} is named twice", quoted(name)));
        } else {
            holders.push(CoHolder { name: name.to_owned(), interest });
        }
    }
    holders
}

/// An amount in a cell; reported and nothing returned when it is none.
pub(super) fn amount<T>(
    table: &Table<'_>,
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Result<T, crate::amount::AmountError>,
    problems: &mut Problems,
) -> Option<T> {
    let text = row.get(column);
    if text.is_empty() {
        table.problem(problems, row.line, column, "must not be empty");
        return None;
    }
    match parse(text) {
        Ok(amount) => Some(amount),
        Err(error) => {
            table.problem(problems, row.line, column, format!("{} {error}", quoted(text)));
            None
        }
    }
}

/// The class in a cell; the only one where a meeting has one class and the cell is blank.
pub(super) fn class_of(
    table: &Table<'_>,
    row: &Row<'_>,
    column: usize,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<u16> {
    let text = row.get(column);
    if text.is_empty() && meeting.classes.len() == 1 {
        return Some(0);
    }
    if !table.has(column) {
        // Reported once, as a missing column.
        return None;
    }
    let found = meeting.classes.iter().position(|class| class.id == text);
    if found.is_none() {
        let names: Vec<&str> = meeting.classes.iter().map(|class| class.id.as_str()).collect();
        table.problem(problems, row.line, column, not_known(text, "a class", &names));
    }
    found.and_then(|place| u16::try_from(place).ok())
}
