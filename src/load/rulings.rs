//! rulings.csv: what the inspector ruled on cards, forms, revocations, totals and accounts (RUL-1 to RUL-8).

use std::collections::{HashMap, HashSet};

use super::accounts::{AccountId, Accounts, SetAside};
use super::aside::Aside;
use super::card::CardId;
use super::cards::Cards;
use super::cells::read_moment;
use super::mark_cells::read_mark;
use super::omnibus::OmnibusRow;
use super::problem::{Problems, not_known};
use super::revocations::Revocation;
use super::street::StreetRow;
use super::table::{CsvTable, Known, Row, columns};
use super::{FileFigures, Role};
use crate::audit::ledger::plain;
use crate::ballot::Cell;
use crate::catalogue::{Code, Fault};
use crate::meeting::{Item, Mark, Meeting};
use crate::text::quoted;
use crate::time::Moment;

pub(super) const REQUIRED: [&str; 2] = ["ruling", "reason"];
pub(super) const OPTIONAL: [&str; 11] =
    ["card", "form", "revocation", "street", "omnibus", "item", "nominee", "mark", "account", "by", "at"];
pub(super) const COLUMNS: [&str; 13] = [
    "ruling",
    "reason",
    "card",
    "form",
    "revocation",
    "street",
    "omnibus",
    "item",
    "nominee",
    "mark",
    "account",
    "by",
    "at",
];
const RULING: usize = 0;
const REASON: usize = 1;
const CARD: usize = 2;
const FORM: usize = 3;
const REVOCATION: usize = 4;
const STREET: usize = 5;
const OMNIBUS: usize = 6;
const ITEM: usize = 7;
const NOMINEE: usize = 8;
const MARK: usize = 9;
const ACCOUNT: usize = 10;
const BY: usize = 11;
const AT: usize = 12;

/// The columns of the challenge list before those that the inspector fills in; a file of rulings may be that list.
pub const CHALLENGE_COLUMNS: [&str; 10] = [
    "card",
    "of_account",
    "disposition",
    "because",
    "shares_claimed",
    "would_change",
    "votes_moved",
    "effects",
    "why",
    "challenged_by",
];

/// The columns that a file of rulings may have: its own, and those of the challenge list.
pub(super) fn known_columns() -> Vec<Known> {
    let of_list = CHALLENGE_COLUMNS.iter().rev().filter(|name| **name != "card");
    let of_list = of_list.map(|name| Known { name: (*name).to_owned(), is_required: false });
    columns(&REQUIRED, &OPTIONAL).into_iter().chain(of_list).collect()
}

/// The first of them: a file that has it is the challenge list.
const CHALLENGED_BY: usize = COLUMNS.len();

/// What `mark` says of a box that is ruled to be blank.
const BLANK: &str = "BLANK";

/// On what the inspector ruled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A card.
    Card(CardId),
    /// Every card of a form, by place.
    Form(u16),
    /// A revocation, by place.
    Revocation(u32),
    /// A participant's totals.
    Street(AccountId),
    /// Rows that were set aside because their account is not there.
    Aside {
        /// The file that they stand in.
        role: Role,
        /// The line of a revocation or of a row of omnibus.csv; 0 for a participant's totals.
        line: u64,
        /// The account as they have it.
        written: String,
    },
}

/// What the inspector ruled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulingKind {
    /// It stands, whatever the tests that may be waived say.
    Count,
    /// It is rejected.
    Reject,
    /// The card stands and is not voted on one item, by place.
    RejectItem(usize),
    /// What the paper says in one of its columns, by place.
    Mark {
        /// The column.
        column: usize,
        /// What the row has there.
        written: Cell,
        /// What it is ruled to say.
        ruled: Cell,
    },
    /// Whose it is.
    Account(AccountId),
}

/// The inspector's ruling.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// On what.
    pub subject: Subject,
    /// What was ruled.
    pub kind: RulingKind,
    /// The reason given for it.
    pub reason: String,
    /// Who ruled.
    pub by: Option<String>,
    /// When it was ruled.
    pub at: Option<Moment>,
    /// Who challenged what it is on.
    pub challenged_by: Option<String>,
}

impl Ruling {
    /// A ruling on a card that is tried out and stands in no file.
    #[must_use]
    pub fn tried(card: CardId, kind: RulingKind) -> Self {
        let subject = Subject::Card(card);
        Self {
            file: 0,
            line: 0,
            subject,
            kind,
            reason: String::new(),
            by: None,
            at: None,
            challenged_by: None,
        }
    }

    /// Whether it says that something counts, or does not.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        matches!(self.kind, RulingKind::Count | RulingKind::Reject)
    }

    /// The card that it is on, where it is on one.
    #[must_use]
    pub fn card(&self) -> Option<CardId> {
        match self.subject {
            Subject::Card(card) => Some(card),
            Subject::Form(_) | Subject::Revocation(_) | Subject::Street(_) | Subject::Aside { .. } => None,
        }
    }
}

/// What rulings refer to.
pub(super) struct Ruled<'a> {
    pub(super) meeting: &'a Meeting,
    pub(super) accounts: &'a Accounts,
    pub(super) known_accounts: usize,
    pub(super) revocations: &'a [Revocation],
    pub(super) rows: RuledRows<'a>,
    /// Whether the files that rulings refer to could be read whole: otherwise what is not found may stand on a line
    /// that could not be read.
    pub(super) has_all: [(Role, bool); 4],
    /// The same of the files that accounts stand in.
    pub(super) has_all_accounts: bool,
}

/// Rows that rulings may be on, each found without looking at the others.
pub(super) struct RuledRows<'a> {
    /// Revocations by line, by place.
    revocations: HashMap<u64, Vec<u32>>,
    /// Participants with totals.
    with_totals: HashSet<AccountId>,
    /// Accounts that totals set aside name.
    aside_totals: HashSet<&'a str>,
    aside_revocations: HashMap<u64, Vec<&'a SetAside<Revocation>>>,
    aside_omnibus: HashMap<u64, &'a SetAside<OmnibusRow>>,
}

impl<'a> RuledRows<'a> {
    pub(super) fn of(revocations: &[Revocation], street: &[StreetRow], aside: &'a Aside) -> Self {
        let mut rows = Self {
            revocations: HashMap::new(),
            with_totals: street.iter().map(|row| row.account).collect(),
            aside_totals: aside.street.iter().map(|aside| aside.written.as_str()).collect(),
            aside_revocations: HashMap::new(),
            aside_omnibus: aside.omnibus.iter().map(|aside| (aside.row.line, aside)).collect(),
        };
        for (place, row) in (0_u32..).zip(revocations) {
            rows.revocations.entry(row.line).or_default().push(place);
        }
        for row in &aside.revocations {
            rows.aside_revocations.entry(row.row.line).or_default().push(row);
        }
        rows
    }
}

impl Ruled<'_> {
    fn has_all(&self, role: Role) -> bool {
        self.has_all.iter().any(|(of, has_all)| *of == role && *has_all)
    }

    fn account(&self, text: &str) -> Option<AccountId> {
        let found = self.accounts.find(text).map(AccountId);
        found.filter(|account| account.place() < self.known_accounts)
    }
}

/// Rulings that were read, by what they are on and of what kind: each may stand once.
pub(super) type Seen = HashMap<(Subject, &'static str, Option<usize>), String>;

/// Reads rulings.
pub(super) fn read(
    table: &CsvTable<'_>,
    ruled: &Ruled<'_>,
    cards: &mut Cards,
    seen: &mut Seen,
    problems: &mut Problems,
) -> Option<(Vec<Ruling>, FileFigures)> {
    let mut rulings = Vec::new();
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let mut reader = RowReading { table, row, ruled, problems };
        if reader.is_not_ruled_on() {
            return;
        }
        let subject = reader.subject(cards);
        if row.get(REASON).is_empty() {
            reader.refuse(REASON, "must not be empty: a ruling has a reason");
        }
        let kind = reader.kind(subject.as_ref(), cards);
        let at = match row.get(AT) {
            "" => None,
            text => read_moment(table, row.line, AT, text, ruled.meeting, problems),
        };
        let (Some(subject), Some(kind)) = (subject, kind) else { return };
        let key = (subject.clone(), sort_of(&kind), place_of(&kind));
        let here = format!("line {} of {}", row.line, table.label());
        match seen.get(&key) {
            Some(first) => {
                let column = [CARD, FORM, REVOCATION, STREET, OMNIBUS]
                    .into_iter()
                    .find(|column| !row.get(*column).is_empty())
                    .unwrap_or(CARD);
                let own = format!(" of {}", table.label());
                let first = first.strip_suffix(&own).unwrap_or(first);
                let on = on_item(&kind, ruled.meeting, cards);
                let message = format!("{} already has a ruling{on} on {first}", quoted(row.get(column)));
                table.problem(problems, row.line, column, Code::RulingRefused.fault(message));
            }
            None => _ = seen.insert(key, here),
        }
        let given = |column: usize| Some(row.get(column)).filter(|text| !text.is_empty()).map(str::to_owned);
        let (by, challenged_by) = (given(BY), given(CHALLENGED_BY));
        let (file, line, reason) = (table.file(), row.line, row.get(REASON).to_owned());
        rulings.push(Ruling { file, line, subject, kind, reason, by, at, challenged_by });
    })?;
    Some((rulings, FileFigures { rows: row_count, shares: None, ended }))
}

/// Of what sort a ruling is: a card has at most one on whether it counts, one on whose it is, and one on each of
/// its boxes.
fn sort_of(kind: &RulingKind) -> &'static str {
    match kind {
        RulingKind::Count | RulingKind::Reject => "whole",
        RulingKind::RejectItem(_) => "item",
        RulingKind::Mark { .. } => "column",
        RulingKind::Account(_) => "account",
    }
}

fn place_of(kind: &RulingKind) -> Option<usize> {
    match kind {
        RulingKind::Count | RulingKind::Reject | RulingKind::Account(_) => None,
        RulingKind::RejectItem(place) | RulingKind::Mark { column: place, .. } => Some(*place),
    }
}

fn on_item(kind: &RulingKind, meeting: &Meeting, cards: &Cards) -> String {
    match kind {
        RulingKind::Count | RulingKind::Reject | RulingKind::Account(_) => String::new(),
        RulingKind::RejectItem(item) => format!(" on item {}", quoted(&meeting.items[*item].id)),
        RulingKind::Mark { column, .. } => format!(" on {}", quoted(&cards.layout.columns[*column].header)),
    }
}

/// A row on its way to a ruling.
struct RowReading<'a, 'r> {
    table: &'a CsvTable<'a>,
    row: &'a Row<'r>,
    ruled: &'a Ruled<'a>,
    problems: &'a mut Problems,
}

impl RowReading<'_, '_> {
    fn report(&mut self, column: usize, fault: Fault) {
        self.table.problem(self.problems, self.row.line, column, fault);
    }

    fn refuse(&mut self, column: usize, message: impl Into<String>) {
        self.report(column, Code::RulingRefused.fault(message));
    }

    /// Whether the row is one of the challenge list on which nothing was filled in. One that was challenged has to
    /// be ruled on.
    fn is_not_ruled_on(&mut self) -> bool {
        if !self.table.has(CHALLENGED_BY) || !self.row.get(RULING).is_empty() {
            return false;
        }
        let filled =
            [CHALLENGED_BY, REASON, BY, AT].into_iter().find(|column| !self.row.get(*column).is_empty());
        if let Some(column) = filled {
            let message = format!(
                "must not be empty where {} is filled in: rule `count` or `reject`, or leave the row as it was",
                COLUMNS.get(column).unwrap_or(&"challenged_by"),
            );
            self.report(RULING, Code::CellEmpty.fault(message));
        }
        true
    }

    /// On what the row rules: exactly one thing.
    fn subject(&mut self, cards: &Cards) -> Option<Subject> {
        let given: Vec<usize> = [CARD, FORM, REVOCATION, STREET, OMNIBUS]
            .into_iter()
            .filter(|column| !self.row.get(*column).is_empty())
            .collect();
        match given.as_slice() {
            [only] => match *only {
                CARD => self.card(cards),
                FORM => self.form(),
                REVOCATION => self.revocation(),
                STREET => self.street(),
                _ => self.omnibus(),
            },
            [] => {
                let message = "must not be empty, where no form, revocation, street or omnibus is named: a ruling is \
                               on something";
                self.report(CARD, Code::CellEmpty.fault(message));
                None
            }
            [first, second, ..] => {
                let message = format!(
                    "{} is given beside {} {}: a ruling is on one of them",
                    quoted(self.row.get(*second)),
                    COLUMNS[*first],
                    quoted(self.row.get(*first)),
                );
                self.refuse(*second, message);
                None
            }
        }
    }

    fn card(&mut self, cards: &Cards) -> Option<Subject> {
        let text = self.row.get(CARD);
        // The list keeps a spreadsheet from taking a number for a formula.
        let unmarked = || cards.find(plain(text)).filter(|_| self.table.has(CHALLENGED_BY));
        let found = cards.find(text).or_else(unmarked);
        if found.is_none() && self.ruled.has_all(Role::Cards) {
            self.refuse(CARD, format!("no card has the number {}", quoted(text)));
        }
        found.map(Subject::Card)
    }

    fn form(&mut self) -> Option<Subject> {
        let text = self.row.get(FORM);
        let forms = &self.ruled.meeting.forms;
        let found = forms.iter().position(|form| form.id == text);
        if found.is_none() {
            let names: Vec<&str> = forms.iter().map(|form| form.id.as_str()).collect();
            self.report(FORM, not_known(Code::ReferenceUnknown, text, "a proxy form", &names));
        }
        found.and_then(|place| u16::try_from(place).ok()).map(Subject::Form)
    }

    /// A line number, as a row names a line of another file.
    fn line(&mut self, column: usize) -> Option<u64> {
        let text = self.row.get(column);
        let line = text.parse().ok().filter(|line| *line > 1);
        if line.is_none() {
            let message = format!("{} is no line; expected the number of a line, such as 2", quoted(text));
            self.refuse(column, message);
        }
        line
    }

    /// RUL-5: a revocation is named by its line and its account, since a file that is sorted again shifts its lines.
    fn revocation(&mut self) -> Option<Subject> {
        let line = self.line(REVOCATION)?;
        let account = self.row.get(ACCOUNT);
        let is_whose = self.row.get(RULING) == "account";
        if account.is_empty() {
            let message = "must not be empty: a ruling on a revocation names its account too";
            self.report(ACCOUNT, Code::CellEmpty.fault(message));
            return None;
        }
        let name = |id: AccountId| self.ruled.accounts.text(id.0);
        let rows = self.ruled.rows.revocations.get(&line).into_iter().flatten();
        let rows = rows.map(|place| (*place, &self.ruled.revocations[*place as usize]));
        let there: Vec<(u32, &str)> = rows.map(|(place, row)| (place, name(row.account))).collect();
        let aside = self
            .ruled
            .rows
            .aside_revocations
            .get(&line)
            .into_iter()
            .flatten()
            .find(|aside| is_whose || aside.written == account || name(aside.row.account) == account);
        if let Some(aside) = aside {
            return Some(Subject::Aside { role: Role::Revocations, line, written: aside.written.clone() });
        }
        let of_account: Vec<u32> =
            there.iter().filter(|(_, of)| *of == account).map(|(place, _)| *place).collect();
        match (of_account.as_slice(), there.as_slice()) {
            ([place], _) => return Some(Subject::Revocation(*place)),
            ([], []) if !self.ruled.has_all(Role::Revocations) => {}
            ([], []) => self.refuse(REVOCATION, format!("no revocation stands on line {line}")),
            ([], [(_, other), ..]) => {
                let message = format!(
                    "the revocation on line {line} is of {}, not of {}",
                    quoted(other),
                    quoted(account)
                );
                self.refuse(ACCOUNT, message);
            }
            ([_, _, ..], _) => {
                let message = format!("line {line} of several files is a revocation of {}", quoted(account));
                self.refuse(REVOCATION, message);
            }
        }
        None
    }

    fn street(&mut self) -> Option<Subject> {
        let text = self.row.get(STREET);
        let known = self.ruled.account(text);
        let has_totals = known.is_some_and(|id| self.ruled.rows.with_totals.contains(&id));
        if let Some(account) = known.filter(|_| has_totals) {
            return Some(Subject::Street(account));
        }
        if self.ruled.rows.aside_totals.contains(text) {
            return Some(Subject::Aside { role: Role::Street, line: 0, written: text.to_owned() });
        }
        if self.ruled.has_all(Role::Street) {
            self.refuse(STREET, format!("{} has no totals", quoted(text)));
        }
        None
    }

    fn omnibus(&mut self) -> Option<Subject> {
        let line = self.line(OMNIBUS)?;
        let found = self.ruled.rows.aside_omnibus.get(&line).copied();
        if found.is_none() && self.ruled.has_all(Role::Omnibus) {
            let message = format!(
                "line {line} of omnibus.csv needs no ruling: only a row whose `holder` is not there, but near an account that is, takes one"
            );
            self.refuse(OMNIBUS, message);
        }
        let written = found?.written.clone();
        Some(Subject::Aside { role: Role::Omnibus, line, written })
    }

    fn kind(&mut self, subject: Option<&Subject>, cards: &mut Cards) -> Option<RulingKind> {
        const KINDS: [&str; 4] = ["count", "reject", "mark", "account"];
        let word = self.row.get(RULING);
        if !KINDS.contains(&word) {
            self.report(RULING, not_known(Code::WordUnknown, word, "a ruling", &KINDS));
            return None;
        }
        let before = self.problems.count();
        let item = self.item();
        self.refuse_what_is_beside(word, subject);
        if self.problems.count() > before {
            return None;
        }
        let is_aside = matches!(subject, Some(Subject::Aside { .. }));
        match word {
            "count" if is_aside => {
                self.refuse(
                    RULING,
                    "its account is not there: rule `account` and say whose it is, or `reject`",
                );
                None
            }
            "count" => Some(RulingKind::Count),
            "account" => self.whose().map(RulingKind::Account),
            "mark" => self.mark(item?, subject, cards),
            _ => match item {
                None => Some(RulingKind::Reject),
                Some(place) if self.row.get(NOMINEE).is_empty() => Some(RulingKind::RejectItem(place)),
                Some(place) => self.mark_of(place, Some(Cell::Mark(Mark::Void)), subject, cards),
            },
        }
    }

    fn item(&mut self) -> Option<usize> {
        let id = self.row.get(ITEM);
        if id.is_empty() {
            return None;
        }
        let items = &self.ruled.meeting.items;
        let found = items.iter().position(|item| item.id == id);
        if found.is_none() {
            let names: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
            self.report(ITEM, not_known(Code::ReferenceUnknown, id, "an item", &names));
        }
        found
    }

    /// Cells that say nothing beside the ruling of the row.
    fn refuse_what_is_beside(&mut self, word: &str, subject: Option<&Subject>) {
        let is_card = matches!(subject, None | Some(Subject::Card(_)));
        let is_there = |column: usize| !self.row.get(column).is_empty();
        let (has_item, has_nominee, has_mark, has_account) =
            (is_there(ITEM), is_there(NOMINEE), is_there(MARK), is_there(ACCOUNT));
        if word == "mark" && !is_card {
            self.refuse(RULING, "the ruling `mark` is on a card");
        }
        if has_item && (matches!(word, "count" | "account") || (word == "reject" && !is_card)) {
            self.refuse(ITEM, "an item goes with the ruling `reject` or `mark` on a card only");
        }
        if word == "mark" && !has_item {
            self.report(ITEM, Code::CellEmpty.fault("must not be empty: the ruling `mark` is on an item"));
        }
        if has_nominee && !has_item {
            self.refuse(NOMINEE, "a nominee goes with an item");
        }
        if word == "mark" && !has_mark {
            let message = format!("must not be empty; `{BLANK}` says that the box is blank");
            self.report(MARK, Code::CellEmpty.fault(message));
        }
        if word != "mark" && has_mark {
            self.refuse(MARK, "a mark goes with the ruling `mark` only");
        }
        if word == "account"
            && matches!(subject, Some(Subject::Form(_) | Subject::Revocation(_) | Subject::Street(_)))
        {
            self.refuse(RULING, "the ruling `account` is on a card, or on rows whose account is not there");
        }
        let names_its_account = matches!(
            subject,
            Some(Subject::Revocation(_) | Subject::Aside { role: Role::Revocations, .. }) | None
        );
        if word != "account" && has_account && !names_its_account {
            self.refuse(ACCOUNT, "an account goes with the ruling `account`, and with a revocation");
        }
    }

    /// Whose a paper is.
    fn whose(&mut self) -> Option<AccountId> {
        let text = self.row.get(ACCOUNT);
        if text.is_empty() {
            self.report(ACCOUNT, Code::CellEmpty.fault("must not be empty: the ruling says whose it is"));
            return None;
        }
        let found = self.ruled.account(text);
        if found.is_none() && self.ruled.has_all_accounts {
            let message = format!("{} is neither on the register nor in omnibus.csv", quoted(text));
            self.report(ACCOUNT, Code::AccountUnknown.fault(message));
        }
        found
    }

    fn mark(&mut self, item: usize, subject: Option<&Subject>, cards: &mut Cards) -> Option<RulingKind> {
        let is_blank = self.row.get(MARK).eq_ignore_ascii_case(BLANK);
        self.mark_of(item, is_blank.then_some(Cell::Blank), subject, cards)
    }

    /// What a card is ruled to say in a column; nothing: what the row's mark says.
    fn mark_of(
        &mut self,
        item: usize,
        ruled: Option<Cell>,
        subject: Option<&Subject>,
        cards: &mut Cards,
    ) -> Option<RulingKind> {
        let text = self.row.get(NOMINEE);
        let of_item = &self.ruled.meeting.items[item];
        let nominee = if text.is_empty() { None } else { Some(self.nominee(of_item, text)?) };
        let is_column = |place: &usize| {
            let column = &cards.layout.columns[*place];
            (column.item, column.nominee) == (item, nominee)
        };
        let column = (0..cards.layout.columns.len()).find(is_column)?;
        let ruled = match ruled {
            Some(ruled) => ruled,
            None => {
                let before = self.problems.count();
                let of_column = (self.ruled.meeting, &cards.layout.columns[column]);
                let cell =
                    read_mark(self.table, self.row, MARK, of_column, &mut cards.markings, self.problems);
                if self.problems.count() > before {
                    return None;
                }
                cell
            }
        };
        let Some(Subject::Card(card)) = subject else { return None };
        let written = cards.markings.cells(cards.get(*card).marking)[column];
        Some(RulingKind::Mark { column, written, ruled })
    }

    fn nominee(&mut self, item: &Item, text: &str) -> Option<usize> {
        let nominees = item.election().map_or(&[][..], |election| &election.nominees);
        let found = nominees.iter().position(|nominee| nominee.id == text);
        if found.is_none() {
            let names: Vec<&str> = nominees.iter().map(|nominee| nominee.id.as_str()).collect();
            self.report(NOMINEE, not_known(Code::ReferenceUnknown, text, "a nominee of this item", &names));
        }
        found
    }
}
