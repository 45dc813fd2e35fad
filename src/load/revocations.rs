//! revocations.csv: proxies that their holders revoked.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::FileFigures;
use super::accounts::{AccountId, KnownAccounts, Named, SetAside};
use super::cells::{read_date, read_moment};
use super::problem::{Problems, not_known};
use super::signers::{CardContext, Signers, read_signer};
use super::table::{Corrections, CsvTable};
use crate::catalogue::Code;
use crate::keying::Correction;
use crate::time::Moment;

pub(super) const REQUIRED: [&str; 3] = ["account", "received", "manner"];
pub(super) const OPTIONAL: [&str; 3] = ["dated", "signer", "correction"];
pub(super) const COLUMNS: [&str; 6] = ["account", "received", "manner", "dated", "signer", "correction"];
const CORRECTION: usize = 5;

/// How a proxy was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By a writing delivered to the corporation.
    Written,
    /// By a request of a holder present at the meeting.
    AtMeeting,
    /// By the holder's death or incapacity, of which a writing told.
    Death,
}

/// A revocation.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// The account whose proxies are revoked.
    pub account: AccountId,
    /// When it came.
    pub received: Moment,
    /// In writing, at the meeting, or by death.
    pub manner: Manner,
    /// The date on it.
    pub dated: Option<Date>,
    /// Which co-holder's proxies; nothing: all of the account.
    pub signer: Option<u32>,
}

/// How rows of a file take away rows before them, where they may.
pub(super) fn corrections(table: &CsvTable<'_>) -> Option<Corrections> {
    table.has(CORRECTION).then_some(corrected as Corrections)
}

/// The lines of a file that later lines of it take away, and of those. A revocation has no number: one that
/// `withdraws` says again in its other cells what it takes away.
fn corrected(table: &CsvTable<'_>, problems: &mut Problems) -> HashSet<u64> {
    let withdraws = Correction::Withdraws.name();
    // Per row as written, the lines that stand.
    let mut standing: HashMap<[String; CORRECTION], Vec<u64>> = HashMap::new();
    let mut lines = HashSet::new();
    table.rows(&mut Problems::default(), |row, _| {
        let cells = std::array::from_fn(|column| row.get(column).to_owned());
        let said = row.get(CORRECTION);
        if said.is_empty() {
            standing.entry(cells).or_default().push(row.line);
        } else if said != withdraws {
            let fault = not_known(Code::WordUnknown, said, "a correction of a revocation", &[withdraws]);
            table.problem(problems, row.line, CORRECTION, fault);
        } else if let Some(before) = standing.get_mut(&cells).and_then(Vec::pop) {
            lines.extend([before, row.line]);
        } else {
            let message = "no row that is the same but for this cell stands before it in this file";
            table.problem(problems, row.line, CORRECTION, Code::CorrectionRefused.fault(message));
        }
    });
    lines
}

/// Reads revocations.
pub(super) fn read(
    table: &CsvTable<'_>,
    context: &CardContext<'_>,
    known: &KnownAccounts<'_>,
    signers: &mut Signers,
    aside: &mut Vec<SetAside<Revocation>>,
    problems: &mut Problems,
) -> Option<(Vec<Revocation>, FileFigures)> {
    let meeting = context.meeting;
    let mut revocations = Vec::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        if table.is_corrected(row.line) {
            return;
        }
        let account = known.find(table, row, 0, problems);
        let received = read_moment(table, row.line, 1, row.get(1), meeting, problems);
        let manner = match row.get(2) {
            "written" => Some(Manner::Written),
            "at_meeting" => Some(Manner::AtMeeting),
            "death" => Some(Manner::Death),
            text => {
                table.problem(
                    problems,
                    row.line,
                    2,
                    not_known(Code::WordUnknown, text, "a manner", &["written", "at_meeting", "death"]),
                );
                None
            }
        };
        let dated = read_date(table, row.line, 3, row.get(3), problems);
        let signer = account.as_ref().map(Named::account).and_then(|account| {
            let Signers { names, known } = &mut *signers;
            read_signer(table, row.line, 4, row.get(4), account, context, known, names, problems)
        });
        if let (Some(account), Some(received), Some(manner), Some(dated)) = (account, received, manner, dated)
        {
            let read = Revocation {
                file: table.file(),
                line: row.line,
                account: account.account(),
                received,
                manner,
                dated,
                signer,
            };
            SetAside::sort(account, read, &mut revocations, aside);
        }
    })?;
    Some((revocations, FileFigures { rows: row_count, shares: None, ended }))
}
