//! omnibus.csv: whom a nominee passed its voting power to. The tree itself is checked in `ascertain`.

use super::FileFigures;
use super::accounts::{AccountId, Accounts, SetAside};
use super::cells::{class_of, read_amount};
use super::near_accounts::NearAccounts;
use super::problem::Problems;
use super::table::CsvTable;
use crate::amount::Shares;
use crate::catalogue::Code;
use crate::meeting::Meeting;
use crate::text::quoted;

pub(super) const REQUIRED: [&str; 4] = ["holder", "account", "name", "shares"];
pub(super) const OPTIONAL: [&str; 1] = ["class"];
pub(super) const COLUMNS: [&str; 5] = ["holder", "account", "name", "shares", "class"];
const HOLDER: usize = 0;
const ACCOUNT: usize = 1;
const NAME: usize = 2;
const SHARES: usize = 3;
const CLASS: usize = 4;

/// Voting power moved from a holder to an account, which votes it as a nominee.
#[derive(Debug, Clone)]
pub struct OmnibusRow {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// From whom; an unknown account is a problem that `ascertain` reports.
    pub holder: AccountId,
    /// To whom.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// How many shares.
    pub shares: Shares,
    /// Of which class; nothing: the only one that the holder has.
    pub class: Option<u16>,
}

pub(super) fn read(
    table: &CsvTable<'_>,
    meeting: &Meeting,
    accounts: &mut Accounts,
    has_register: bool,
    aside: &mut Vec<SetAside<OmnibusRow>>,
    problems: &mut Problems,
) -> Option<(Vec<OmnibusRow>, FileFigures)> {
    let mut rows = Vec::new();
    let mut unplaced = Vec::new();
    let mut sum = Some(Shares::ZERO);
    let mut read_count = 0;
    let (row_count, ended) = table.rows(problems, |row, problems| {
        read_count += 1;
        // A holder that is not found may be on a line that could not be read.
        let has_all_above = has_register && read_count + 1 == row.line;
        for column in [HOLDER, ACCOUNT, NAME] {
            if row.get(column).is_empty() {
                table.problem(problems, row.line, column, Code::CellEmpty.fault("must not be empty"));
            }
        }
        let shares = read_amount(table, row, SHARES, Shares::parse, problems);
        let class = match row.get(CLASS) {
            "" => Some(None),
            _ => class_of(table, row, CLASS, meeting, problems).map(Some),
        };
        let holder = accounts.find(row.get(HOLDER));
        let is_missed = holder.is_none() && !row.get(HOLDER).is_empty() && has_all_above;
        let interned = accounts.intern(row.get(ACCOUNT));
        if interned.is_none() {
            table.problem(
                problems,
                row.line,
                ACCOUNT,
                Code::FileLimit.fault("there are more accounts than the 4,294,967,295 that are read"),
            );
        }
        let read = shares.zip(class).zip(interned).map(|((shares, class), account)| OmnibusRow {
            file: table.file(),
            line: row.line,
            holder: AccountId(holder.unwrap_or(0)),
            account: AccountId(account),
            name: row.get(NAME).to_owned(),
            shares,
            class,
        });
        if is_missed {
            unplaced.push((row.line, row.get(HOLDER).to_owned(), read));
        } else if let (Some(read), Some(_)) = (read, holder) {
            sum = sum.and_then(|sum| sum.checked_add(read.shares));
            rows.push(read);
        }
    })?;
    let near = NearAccounts::new(accounts, accounts.count());
    for (line, written, read) in unplaced {
        // One that stands lower in the file is there, though not where it may be.
        let holder = near.meant_by(&written).filter(|_| accounts.find(&written).is_none());
        let Some(holder) = holder else {
            let message = format!("{} is neither on the register nor higher in this file", quoted(&written));
            table.problem(problems, line, HOLDER, Code::AccountUnknown.fault(message));
            continue;
        };
        let Some(read) = read else { continue };
        sum = sum.and_then(|sum| sum.checked_add(read.shares));
        aside.push(SetAside { row: OmnibusRow { holder, ..read }, written });
    }
    Some((rows, FileFigures { rows: row_count, shares: sum, ended }))
}
