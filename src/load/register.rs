//! register.csv: the holders of record at the record date.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::FileFigures;
use super::accounts::{AccountId, Accounts, Repeated};
use super::cells::{class_of, read_amount};
use super::problem::{Problems, not_known};
use super::runs::Runs;
use super::table::{CsvTable, Row, RowReader, Rows};
use super::texts::Texts;
use crate::amount::{Shares, Votes};
use crate::catalogue::Code;
use crate::meeting::Meeting;
use crate::parallel::Threads;
use crate::text::quoted;

pub(super) const REQUIRED: [&str; 3] = ["account", "name", "shares"];
pub(super) const OPTIONAL: [&str; 6] = ["class", "registration", "holders", "voting", "votes", "holder"];
pub(super) const COLUMNS: [&str; 9] =
    ["account", "name", "shares", "class", "registration", "holders", "voting", "votes", "holder"];
const ACCOUNT: usize = 0;
const NAME: usize = 1;
const SHARES: usize = 2;
const CLASS: usize = 3;
const REGISTRATION: usize = 4;
const HOLDERS: usize = 5;
const VOTING: usize = 6;
const VOTES: usize = 7;
const HOLDER: usize = 8;

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

    /// The names of all.
    #[must_use]
    pub(super) fn all_names() -> Vec<&'static str> {
        Self::NAMES.iter().map(|(name, _)| *name).collect()
    }

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

/// A position on the register. Whose it is, its place says: a meeting has tens of millions.
#[derive(Debug, Clone)]
pub struct RegisterRow {
    /// Shares held at the record date.
    pub shares: Shares,
    /// Of which class, by place.
    pub class: u16,
    /// In which capacity.
    pub registration: Registration,
    /// What else is known of it, a bit each.
    bits: u8,
}

const _: () = assert!(size_of::<RegisterRow>() == 16);

const IS_VOTING: u8 = 1;
const HAS_CO_HOLDERS: u8 = 2;
const HAS_STATED_VOTES: u8 = 4;

impl RegisterRow {
    /// A position of a nominee, to whom others passed it.
    #[must_use]
    pub fn passed_on(class: u16, shares: Shares, has_stated_votes: bool) -> Self {
        let stated = if has_stated_votes { HAS_STATED_VOTES } else { 0 };
        Self { shares, class, registration: Registration::Nominee, bits: IS_VOTING | stated }
    }

    /// Whether they may vote; treasury shares and a subsidiary's may not (Cal. Corp. Code § 703).
    #[must_use]
    pub fn is_voting(&self) -> bool {
        self.bits & IS_VOTING != 0
    }

    /// Whether a position has several holders: registered as joint, or with co-holders named. A nominee
    /// votes by blocks instead.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        match self.registration {
            Registration::Joint => true,
            Registration::Nominee => false,
            Registration::Individual
            | Registration::Corporation
            | Registration::Partnership
            | Registration::Fiduciary
            | Registration::Custodian => self.bits & HAS_CO_HOLDERS != 0,
        }
    }

    /// Whether its votes are stated rather than shares times votes per share.
    #[must_use]
    pub fn has_stated_votes(&self) -> bool {
        self.bits & HAS_STATED_VOTES != 0
    }
}

/// The register as read.
#[derive(Debug, Default)]
pub struct Register {
    /// Its rows. Where nobody passed anything on they are the positions that vote, so they are kept
    /// once.
    pub rows: Arc<Vec<RegisterRow>>,
    /// Per row, its account, where that is not always the one of the row's own place.
    accounts: Option<Vec<AccountId>>,
    /// Per row, votes that are not shares times votes per share (tenure voting, caps).
    pub votes: HashMap<usize, Votes>,
    /// Per row, the co-holders.
    pub holders: HashMap<usize, Vec<CoHolder>>,
    /// Per row that says so, the holder whose account it is: accounts with the same text are one head.
    pub heads: HashMap<usize, String>,
    /// Per row, the name: only where holders are counted by head or all names are asked for, those that a notice names,
    /// and nominees.
    pub names: HashMap<usize, String>,
    /// On which lines the rows stand.
    lines: Runs,
    /// The first row of each file, and the file's place among the inputs.
    files: Vec<(usize, u16)>,
}

impl Register {
    /// Whose a row is, by its place.
    #[must_use]
    pub fn account(&self, place: usize) -> AccountId {
        match &self.accounts {
            Some(accounts) => accounts[place],
            None => AccountId(u32::try_from(place).unwrap_or(u32::MAX)),
        }
    }

    /// Every row with its account.
    pub fn with_accounts(&self) -> impl Iterator<Item = (AccountId, &RegisterRow)> {
        self.rows.iter().enumerate().map(|(place, row)| (self.account(place), row))
    }

    /// Where a row stands: its file, by its place among the inputs, and its line.
    #[must_use]
    pub fn place(&self, row: usize) -> (u16, u64) {
        let file = self.files.partition_point(|(first, _)| *first <= row);
        (self.files.get(file.wrapping_sub(1)).map_or(0, |(_, file)| *file), self.lines.line(row))
    }
}

/// What is made of a piece of the register.
#[derive(Default)]
struct RegisterPiece {
    rows: Vec<RegisterRow>,
    /// The account of every row, and the lines of the rows: more than `rows` where some are at fault.
    accounts: Texts,
    lines: Runs,
    /// Which of those are no row.
    at_fault: Vec<u32>,
    votes: Vec<(usize, Votes)>,
    holders: Vec<(usize, Vec<CoHolder>)>,
    heads: Vec<(usize, String)>,
    names: Vec<(usize, String)>,
    sum: Option<Shares>,
}

struct RegisterReader<'a> {
    table: &'a CsvTable<'a>,
    meeting: &'a Meeting,
    /// Whether every name is kept, and the names that a notice gives.
    keeps_names: bool,
    notice_names: &'a [&'a str],
    piece: RegisterPiece,
}

impl RegisterReader<'_> {
    /// Keeps what only some meetings look for in a row.
    fn keep(&mut self, row: &Row<'_>, place: usize) {
        if self.table.has(HOLDER) && !row.get(HOLDER).is_empty() {
            self.piece.heads.push((place, row.get(HOLDER).to_owned()));
        }
        let is_nominee = || row.get(REGISTRATION) == Registration::Nominee.name();
        if self.keeps_names || is_nominee() || self.notice_names.contains(&row.get(NAME)) {
            self.piece.names.push((place, row.get(NAME).to_owned()));
        }
    }
}

impl RowReader for RegisterReader<'_> {
    type Output = RegisterPiece;

    fn read(&mut self, rows: &Rows<'_>, problems: &mut Problems) {
        for row in rows.iter() {
            let named = self.piece.accounts.count();
            let account = row.key(ACCOUNT);
            self.piece.accounts.push(account);
            self.piece.lines.push(row.line);
            if account.is_empty() {
                self.table.problem(problems, row.line, ACCOUNT, Code::CellEmpty.fault("must not be empty"));
            }
            let read = read_row(self.table, &row, self.meeting, problems);
            let Some((read, votes, holders)) = read else {
                self.piece.at_fault.push(u32::try_from(named).unwrap_or(u32::MAX));
                continue;
            };
            let place = self.piece.rows.len();
            self.keep(&row, place);
            self.piece.votes.extend(votes.map(|votes| (place, votes)));
            if !holders.is_empty() {
                self.piece.holders.push((place, holders));
            }
            self.piece.sum = self.piece.sum.and_then(|sum| sum.checked_add(read.shares));
            self.piece.rows.push(read);
        }
    }

    fn take(&mut self) -> RegisterPiece {
        std::mem::replace(
            &mut self.piece,
            RegisterPiece { sum: Some(Shares::ZERO), ..RegisterPiece::default() },
        )
    }
}

/// The files of a register, one after the other.
#[derive(Default)]
pub(super) struct RegisterFiles {
    rows: Vec<RegisterRow>,
    /// The account of every row, and the lines of the rows: more than `rows` where some are at fault.
    accounts: Texts,
    lines: Runs,
    /// Which of those are no row.
    at_fault: Vec<u32>,
    votes: HashMap<usize, Votes>,
    holders: HashMap<usize, Vec<CoHolder>>,
    heads: HashMap<usize, String>,
    names: HashMap<usize, String>,
    files: Vec<RegisterFile>,
    keeps_names: bool,
}

/// Where a file of a register begins.
struct RegisterFile {
    label: String,
    /// What it calls the account.
    header: String,
    /// Its place among the inputs.
    place: u16,
    first_row: usize,
    /// The first of its lines.
    first_named: usize,
}

impl RegisterFiles {
    /// None yet; of those to come every name is kept, or those that the meeting needs.
    pub(super) fn keeping_names(keeps_names: bool) -> Self {
        Self { keeps_names, ..Self::default() }
    }

    /// Reads a file.
    pub(super) fn read(
        &mut self,
        table: &CsvTable<'_>,
        meeting: &Meeting,
        problems: &mut Problems,
    ) -> Option<FileFigures> {
        if meeting.classes.len() > 1 && !table.has(CLASS) {
            problems.at(
                table.label(),
                1,
                "class",
                Code::HeaderMissing.fault("the column is required because the meeting has several classes"),
            );
        }
        self.files.push(RegisterFile {
            label: table.label().to_owned(),
            header: table.header(ACCOUNT).to_owned(),
            place: table.file(),
            first_row: self.rows.len(),
            first_named: self.accounts.count(),
        });
        let expected = table.rows_expected();
        // A file may be much larger on paper than what it holds; where there is no such room, rows take it one
        // by one.
        let _ = self.rows.try_reserve(expected);
        self.accounts.try_reserve(expected);
        let mut sum = Some(Shares::ZERO);
        let keeps_names = self.keeps_names || meeting.counts_holders();
        let notice_names = meeting.notice_givers();
        let reader = || {
            let piece = RegisterPiece { sum: Some(Shares::ZERO), ..RegisterPiece::default() };
            RegisterReader { table, meeting, keeps_names, notice_names: &notice_names, piece }
        };
        let commit = |piece: RegisterPiece| {
            sum = sum.and_then(|sum| sum.checked_add(piece.sum?));
            self.add(piece);
        };
        let ended = table.read(reader, commit, problems);
        if u32::try_from(self.accounts.count()).is_err() {
            let fault = Code::FileLimit.fault("has more than the 4,294,967,295 rows that are read");
            problems.in_file(table.label(), fault);
            return None;
        }
        let (row_count, ended) = ended?;
        Some(FileFigures { rows: row_count, shares: sum, ended })
    }

    fn add(&mut self, piece: RegisterPiece) {
        let (row, account) = (self.rows.len(), self.accounts.count());
        self.lines.append(&piece.lines);
        self.accounts.append(&piece.accounts);
        let base = u32::try_from(account).unwrap_or(u32::MAX);
        self.at_fault.extend(piece.at_fault.into_iter().map(|named| base.saturating_add(named)));
        self.rows.extend(piece.rows);
        self.votes.extend(piece.votes.into_iter().map(|(place, votes)| (row + place, votes)));
        self.holders.extend(piece.holders.into_iter().map(|(place, holders)| (row + place, holders)));
        self.heads.extend(piece.heads.into_iter().map(|(place, head)| (row + place, head)));
        self.names.extend(piece.names.into_iter().map(|(place, name)| (row + place, name)));
    }

    /// The register of all files, and its accounts.
    pub(super) fn finish(
        self,
        meeting: &Meeting,
        threads: Threads,
        problems: &mut Problems,
    ) -> (Register, Accounts) {
        let Self { rows, accounts, lines, at_fault, votes, holders, heads, names, files, .. } = self;
        let (accounts, account_of, repeated) = Accounts::of_rows(accounts, threads);
        let places = NamedPlaces { files: &files, lines: &lines };
        if meeting.classes.len() > 1 {
            let named = named_by_rows(rows.len(), &at_fault);
            let rows = rows.iter().zip(&named).map(|(row, named)| (*named, row.class));
            refuse_repeated_classes(&places, meeting, rows, &accounts, &repeated, problems);
        } else {
            refuse_repeated(&places, &accounts, &repeated, problems);
        }
        let accounts_of_rows = match account_of {
            None if at_fault.is_empty() => None,
            account_of => {
                let named = named_by_rows(rows.len(), &at_fault).into_iter();
                let account = |named: u32| account_of.as_ref().map_or(named, |of| of[named as usize]);
                Some(named.map(|named| AccountId(account(named))).collect())
            }
        };
        let files = files.iter().map(|file| (file.first_row, file.place)).collect();
        let register = Register {
            rows: Arc::new(rows),
            accounts: accounts_of_rows,
            votes,
            holders,
            heads,
            names,
            lines,
            files,
        };
        (register, accounts)
    }
}

/// Where the lines of all files stand.
struct NamedPlaces<'a> {
    files: &'a [RegisterFile],
    lines: &'a Runs,
}

impl NamedPlaces<'_> {
    fn file(&self, named: u32) -> &RegisterFile {
        let after = self.files.partition_point(|file| file.first_named <= named as usize);
        &self.files[after.saturating_sub(1)]
    }

    fn line(&self, named: u32) -> u64 {
        self.lines.line(named as usize)
    }

    /// Where an earlier line stands, as seen from a later one.
    fn earlier(&self, named: u32, from: u32) -> String {
        let (file, line) = (self.file(named), self.line(named));
        if file.place == self.file(from).place {
            format!("line {line}")
        } else {
            format!("line {line} of {}", file.label)
        }
    }

    fn problem(&self, problems: &mut Problems, named: u32, message: String) {
        let file = self.file(named);
        problems.at(&file.label, self.line(named), &file.header, Code::RowRepeated.fault(message));
    }
}

/// Per row, the place of its account among those of all lines; some of the lines are no row.
fn named_by_rows(row_count: usize, at_fault: &[u32]) -> Vec<u32> {
    let mut at_fault = at_fault.iter().peekable();
    let named = (0..u32::MAX).filter(|named| at_fault.next_if_eq(&named).is_none());
    named.take(row_count).collect()
}

/// Of one class, an account has one position.
fn refuse_repeated(
    places: &NamedPlaces<'_>,
    accounts: &Accounts,
    repeated: &Repeated,
    problems: &mut Problems,
) {
    for (first, again) in &repeated.rows {
        let account = accounts.text(repeated.account(*first));
        if !account.is_empty() {
            let message = format!("{} is already on {}", quoted(account), places.earlier(*first, *again));
            places.problem(problems, *again, message);
        }
    }
}

/// Of several classes, it has one position in each. Rows come as the place of their line's account and
/// their class.
fn refuse_repeated_classes(
    places: &NamedPlaces<'_>,
    meeting: &Meeting,
    rows: impl Iterator<Item = (u32, u16)>,
    accounts: &Accounts,
    repeated: &Repeated,
    problems: &mut Problems,
) {
    let mut first_of: HashMap<u32, u32> = HashMap::new();
    for (first, again) in &repeated.rows {
        first_of.insert(*first, *first);
        first_of.insert(*again, *first);
    }
    let mut seen: HashMap<(u32, u16), u32> = HashMap::new();
    for (named, class) in rows {
        let Some(first) = first_of.get(&named) else { continue };
        if let Some(before) = seen.get(&(*first, class)) {
            let account = quoted(accounts.text(repeated.account(*first)));
            let class = quoted(&meeting.classes[usize::from(class)].id);
            let earlier = places.earlier(*before, named);
            let message = format!("{account} is already on {earlier} with class {class}");
            places.problem(problems, named, message);
        }
        // The next one is told of this one.
        seen.insert((*first, class), named);
    }
}

type ReadRow = (RegisterRow, Option<Votes>, Vec<CoHolder>);

/// Reads a row, but for its account.
fn read_row(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<ReadRow> {
    let line = row.line;
    if row.get(NAME).is_empty() {
        table.problem(problems, line, NAME, Code::CellEmpty.fault("must not be empty"));
    }
    let shares = read_amount(table, row, SHARES, Shares::parse, problems);
    let votes = match row.get(VOTES) {
        "" => None,
        _ => read_amount(table, row, VOTES, Votes::parse, problems),
    };
    let class = class_of(table, row, CLASS, meeting, problems);
    let registration = match row.get(REGISTRATION) {
        "" => Some(Registration::Individual),
        text => {
            let found = Registration::NAMES.iter().find(|(name, _)| *name == text);
            if found.is_none() {
                let names: Vec<&str> = Registration::NAMES.iter().map(|(name, _)| *name).collect();
                table.problem(
                    problems,
                    line,
                    REGISTRATION,
                    not_known(Code::WordUnknown, text, "a registration", &names),
                );
            }
            found.map(|(_, value)| *value)
        }
    };
    let is_voting = match row.get(VOTING) {
        "" | "yes" => true,
        "no" => false,
        text => {
            table.problem(
                problems,
                line,
                VOTING,
                not_known(Code::WordUnknown, text, "known", &["yes", "no"]),
            );
            true
        }
    };
    let holders = match row.get(HOLDERS) {
        "" => Vec::new(),
        text => read_holders(table, line, text, problems),
    };
    let bit = |is_so: bool, bit: u8| if is_so { bit } else { 0 };
    let bits = bit(is_voting, IS_VOTING)
        | bit(holders.len() > 1, HAS_CO_HOLDERS)
        | bit(votes.is_some(), HAS_STATED_VOTES);
    let row = RegisterRow { shares: shares?, class: class?, registration: registration?, bits };
    Some((row, votes, holders))
}

/// The most joint holders of a position.
const HOLDERS_MAX: usize = 1_000;

fn read_holders(table: &CsvTable<'_>, line: u64, text: &str, problems: &mut Problems) -> Vec<CoHolder> {
    let mut holders: Vec<CoHolder> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let count = text.split(';').count();
    if count > HOLDERS_MAX {
        let message = format!("must name at most {HOLDERS_MAX} holders, but names {count}");
        table.problem(problems, line, HOLDERS, Code::HolderList.fault(message));
        return holders;
    }
    for part in text.split(';') {
        let (name, interest) = match part.rsplit_once(':') {
            Some((name, interest)) => match Shares::parse(interest.trim()) {
                Ok(interest) => (name.trim(), Some(interest)),
                Err(error) => {
                    let message = format!("the interest {} {error}", quoted(interest));
                    table.problem(problems, line, HOLDERS, Code::Amount.fault(message));
                    continue;
                }
            },
            None => (part.trim(), None),
        };
        if name.is_empty() {
            table.problem(
                problems,
                line,
                HOLDERS,
                Code::HolderList.fault(format!("{} names a holder without a name", quoted(text))),
            );
        } else if !known.insert(name) {
            table.problem(
                problems,
                line,
                HOLDERS,
                Code::IdRepeated.fault(format!("{} is named twice", quoted(name))),
            );
        } else {
            holders.push(CoHolder { name: name.to_owned(), interest });
        }
    }
    holders
}
