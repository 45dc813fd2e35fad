//! Card files: proxies and ballots, a row each.

use std::collections::HashMap;

use jiff::civil::Date;

use super::accounts::{AccountId, Accounts, Interner};
use super::others::{read_date, read_moment};
use super::problem::{Problems, not_known};
use super::register::{CoHolder, amount};
use super::table::{Known, Row, Table, columns};
use crate::amount::{Shares, Votes};
use crate::ballot::{Cell, Layout, Mark, MarkingId, Markings, Percent};
use crate::meeting::{ItemKind, JointHolders, Meeting};
use crate::text::{one_of, quoted};
use crate::time::Moment;

const REQUIRED: [&str; 3] = ["card", "account", "received"];
const OPTIONAL: [&str; 8] = ["kind", "form", "medium", "signed", "signer", "dated", "class", "shares"];
pub(super) const FIXED_COLUMNS: [&str; 11] =
    ["card", "account", "received", "kind", "form", "medium", "signed", "signer", "dated", "class", "shares"];
const CARD: usize = 0;
const ACCOUNT: usize = 1;
const RECEIVED: usize = 2;
const KIND: usize = 3;
const FORM: usize = 4;
const MEDIUM: usize = 5;
const SIGNED: usize = 6;
const SIGNER: usize = 7;
const DATED: usize = 8;
const CLASS: usize = 9;
const SHARES: usize = 10;
const MARKS: usize = 11;

/// A card, by its place in the order of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId(pub u32);

impl CardId {
    /// Its place, for indexing.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// How a card came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// On paper.
    Mail,
    /// By telephone.
    Telephone,
    /// Over the Internet.
    Internet,
    /// Handed in at the meeting.
    InPerson,
}

impl Medium {
    const NAMES: [(&'static str, Self); 4] = [
        ("mail", Self::Mail),
        ("telephone", Self::Telephone),
        ("internet", Self::Internet),
        ("in_person", Self::InPerson),
    ];

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }

    /// Whether identity is shown otherwise than by a signature.
    #[must_use]
    pub fn is_electronic(self) -> bool {
        matches!(self, Self::Telephone | Self::Internet)
    }
}

/// What the tabulator saw of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedState {
    /// Signed, or no signature is needed.
    Yes,
    /// Not signed.
    No,
    /// It looks like someone else's.
    Mismatch,
}

/// A proxy card or a ballot.
#[derive(Debug, Clone)]
pub struct Card {
    /// Whose.
    pub account: AccountId,
    /// When it reached the tabulator.
    pub received: Moment,
    /// The date on it; by telephone and Internet, the day it was received.
    pub dated: Option<Date>,
    /// Its marks.
    pub marking: MarkingId,
    limit: u32,
    signer: u32,
    class: u16,
    /// The form of a proxy; nothing for a ballot.
    pub form: Option<u16>,
    /// How it came.
    pub medium: Medium,
    /// Its signature.
    pub signed: SignedState,
}

const NONE: u32 = u32::MAX;
const ALL_CLASSES: u16 = u16::MAX;

impl Card {
    /// Whether it is a ballot.
    #[must_use]
    pub fn is_ballot(&self) -> bool {
        self.form.is_none()
    }

    /// The only class it speaks for.
    #[must_use]
    pub fn class(&self) -> Option<usize> {
        (self.class != ALL_CLASSES).then_some(usize::from(self.class))
    }

    /// Which co-holder signed, by place among the signers.
    #[must_use]
    pub fn signer(&self) -> Option<u32> {
        (self.signer != NONE).then_some(self.signer)
    }
}

/// Cards on lines that follow each other: a file, or what stands between rows at fault. Card
/// `first + i` stands on line `line + i`.
#[derive(Debug, Clone)]
pub struct CardFile {
    /// The file, as it was named.
    pub path: String,
    /// The first card.
    pub first: CardId,
    /// Its line.
    pub line: u64,
}

/// Co-holders who signed, and those whom the register names.
#[derive(Debug, Default)]
pub struct Signers {
    names: Interner,
    known: HashMap<AccountId, Vec<CoHolder>>,
}

impl Signers {
    pub(super) fn new(known: HashMap<AccountId, Vec<CoHolder>>) -> Self {
        Self { names: Interner::default(), known }
    }
}

/// Every card of a meeting, in the order of the files.
#[derive(Debug)]
pub struct Cards {
    /// The cards.
    pub rows: Vec<Card>,
    /// Where they stand.
    pub files: Vec<CardFile>,
    /// The columns of marks.
    pub layout: Layout,
    /// The distinct rows of marks.
    pub markings: Markings,
    numbers: Interner,
    limits: Vec<Shares>,
    signers: Signers,
}

impl Cards {
    pub(super) fn new(layout: Layout, signers: Signers) -> Self {
        let markings = Markings::new(layout.columns.len());
        Self {
            rows: Vec::new(),
            files: Vec::new(),
            layout,
            markings,
            numbers: Interner::default(),
            limits: Vec::new(),
            signers,
        }
    }

    /// Every card's id.
    pub fn ids(&self) -> impl Iterator<Item = CardId> + use<> {
        (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).map(CardId)
    }

    /// A card.
    #[must_use]
    pub fn get(&self, id: CardId) -> &Card {
        &self.rows[id.place()]
    }

    /// Its control number.
    #[must_use]
    pub fn number(&self, id: CardId) -> &str {
        self.numbers.text(id.0)
    }

    /// The card of a control number.
    #[must_use]
    pub fn find(&self, number: &str) -> Option<CardId> {
        self.numbers.find(number).map(CardId).filter(|id| id.place() < self.rows.len())
    }

    /// The shares that a card is limited to.
    #[must_use]
    pub fn limit(&self, card: &Card) -> Option<Shares> {
        (card.limit != NONE).then(|| self.limits[card.limit as usize])
    }

    /// The name of a signer.
    #[must_use]
    pub fn signer_name(&self, signer: u32) -> &str {
        self.signers.names.text(signer)
    }

    /// The signer of a name, if any card or revocation names it.
    #[must_use]
    pub fn signer(&self, name: &str) -> Option<u32> {
        self.signers.names.find(name)
    }

    /// The file and the line of a card.
    #[must_use]
    pub fn place(&self, id: CardId) -> (&str, u64) {
        let file = self.files.partition_point(|file| file.first <= id) - 1;
        (&self.files[file].path, u64::from(id.0 - self.files[file].first.0) + self.files[file].line)
    }

    pub(super) fn signers_mut(&mut self) -> &mut Signers {
        &mut self.signers
    }
}

/// The columns that a card file may have.
pub(super) fn known_columns(layout: &Layout) -> Vec<Known> {
    let marks = layout.columns.iter().map(|c| Known { name: c.header.clone(), is_required: false });
    columns(&REQUIRED, &OPTIONAL).into_iter().chain(marks).collect()
}

/// What cards refer to.
pub(super) struct Setting<'a> {
    pub(super) meeting: &'a Meeting,
    /// Accounts of the register and omnibus.csv; those after them are unknown.
    pub(super) known_accounts: usize,
    /// Per known account, how many classes it holds and whether co-holders vote by statute.
    pub(super) holdings: &'a [Holding],
}

/// What loading needs to know of an account.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holding {
    pub(super) class_count: u16,
    pub(super) is_joint: bool,
}

/// Reads a file of cards. Returns its rows and the sum of the shares it states.
pub(super) fn read(
    table: &Table<'_>,
    setting: &Setting<'_>,
    accounts: &mut Accounts,
    cards: &mut Cards,
    problems: &mut Problems,
) -> (u64, Option<Shares>) {
    let first = CardId(u32::try_from(cards.rows.len()).unwrap_or(u32::MAX));
    cards.files.push(CardFile { path: table.label().to_owned(), first, line: 2 });
    let mut sum = Some(Shares::ZERO);
    let mut cells = vec![Cell::Blank; cards.layout.columns.len()];
    let row_count = table.rows(problems, |row, problems| {
        if let Some(limit) = read_row(table, row, setting, accounts, cards, &mut cells, problems) {
            sum = sum.and_then(|sum| sum.checked_add(limit));
        }
    });
    (row_count, sum)
}

/// Reads a row into `cards`; returns the shares it states.
fn read_row(
    table: &Table<'_>,
    row: &Row<'_>,
    setting: &Setting<'_>,
    accounts: &mut Accounts,
    cards: &mut Cards,
    cells: &mut [Cell],
    problems: &mut Problems,
) -> Option<Shares> {
    let line = row.line;
    let before = problems.count();
    for column in [CARD, ACCOUNT] {
        if row.get(column).is_empty() {
            table.problem(problems, line, column, "must not be empty");
        }
    }
    let received = read_moment(table, line, RECEIVED, row.get(RECEIVED), setting.meeting, problems);
    let is_ballot =
        one_of_names(table, row, KIND, &[("proxy", false), ("ballot", true)], problems).unwrap_or(false);
    let medium = one_of_names(table, row, MEDIUM, &Medium::NAMES, problems).unwrap_or(Medium::Mail);
    let form = read_form(table, row, setting.meeting, is_ballot, problems);
    let signed = read_signed(table, row, is_ballot, medium, problems);
    let dated = read_date(table, line, DATED, row.get(DATED), problems).flatten();
    let account = accounts.intern(row.get(ACCOUNT)).map(|(place, _)| AccountId(place));
    if account.is_none() {
        table.problem(problems, line, ACCOUNT, "the accounts come to more than 4 GiB of text");
    }
    let known = account.filter(|account| account.place() < setting.known_accounts);
    let holding = known.map(|account| setting.holdings[account.place()]);
    let class = read_class(table, row, setting.meeting, problems);
    let limit = read_limit(table, row, holding, class, setting.meeting, problems);
    let signer = known.and_then(|account| {
        signer_of(table, line, SIGNER, row.get(SIGNER), account, &mut cards.signers, problems)
    });
    for (place, cell) in cells.iter_mut().enumerate() {
        *cell = read_mark(table, row, place, setting.meeting, cards, problems);
    }
    if row.get(CARD).is_empty() {
        return limit;
    }
    let Some((number, is_new)) = cards.numbers.intern(row.get(CARD)) else {
        table.problem(problems, line, CARD, "the card numbers come to more than 4 GiB of text");
        return limit;
    };
    if !is_new {
        report_repeated(table, row, cards, number, problems);
        return limit;
    }
    let next = CardId(u32::try_from(cards.rows.len()).ok()?);
    if cards.files.last().is_some_and(|file| u64::from(next.0 - file.first.0) + file.line != line) {
        // Rows at fault were left out before this one.
        cards.files.push(CardFile { path: table.label().to_owned(), first: next, line });
    }
    if problems.count() > before {
        cards.rows.push(placeholder(account?, received));
        return limit;
    }
    let received = received?;
    let limit_place = limit.map_or(NONE, |limit| {
        cards.limits.push(limit);
        u32::try_from(cards.limits.len() - 1).unwrap_or(NONE)
    });
    cards.rows.push(Card {
        account: account?,
        received,
        // Rule: by telephone and Internet the date is that of receipt (formats.md § 4).
        dated: if medium.is_electronic() { Some(received.day) } else { dated },
        marking: cards.markings.intern(cells),
        limit: limit_place,
        signer: signer.unwrap_or(NONE),
        class: class.unwrap_or(ALL_CLASSES),
        form,
        medium,
        signed,
    });
    limit
}

/// A row at fault, kept so that the places of the others stay right.
fn placeholder(account: AccountId, received: Option<Moment>) -> Card {
    Card {
        account,
        received: received.unwrap_or(Moment::UNKNOWN),
        dated: None,
        marking: MarkingId(0),
        limit: NONE,
        signer: NONE,
        class: ALL_CLASSES,
        form: None,
        medium: Medium::Mail,
        signed: SignedState::Yes,
    }
}

fn report_repeated(
    table: &Table<'_>,
    row: &Row<'_>,
    cards: &mut Cards,
    number: u32,
    problems: &mut Problems,
) {
    let (file, line) = cards.place(CardId(number));
    let place = if file == table.label() { format!("line {line}") } else { format!("line {line} of {file}") };
    table.problem(problems, row.line, CARD, format!("{} is already on {place}", quoted(row.get(CARD))));
}

fn one_of_names<T: Copy>(
    table: &Table<'_>,
    row: &Row<'_>,
    column: usize,
    names: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let text = row.get(column);
    if text.is_empty() {
        return None;
    }
    let found = names.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        table.problem(problems, row.line, column, not_known(text, "known", &names));
    }
    found.map(|(_, value)| *value)
}

fn read_form(
    table: &Table<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    is_ballot: bool,
    problems: &mut Problems,
) -> Option<u16> {
    let text = row.get(FORM);
    if is_ballot {
        if !text.is_empty() {
            table.problem(
                problems,
                row.line,
                FORM,
                format!("a ballot has no form of proxy, but {} is given", quoted(text)),
            );
        }
        return None;
    }
    if text.is_empty() {
        return Some(0);
    }
    let found = meeting.forms.iter().position(|form| form.id == text);
    if found.is_none() {
        let names: Vec<&str> = meeting.forms.iter().map(|form| form.id.as_str()).collect();
        table.problem(problems, row.line, FORM, not_known(text, "a form of proxy", &names));
    }
    Some(u16::try_from(found.unwrap_or(0)).unwrap_or(0))
}

/// The signature. A proxy by mail must say where the file has the column; a ballot's blank means
/// signed, and telephone and Internet need none (formats.md § 4, rules.md § 3).
fn read_signed(
    table: &Table<'_>,
    row: &Row<'_>,
    is_ballot: bool,
    medium: Medium,
    problems: &mut Problems,
) -> SignedState {
    const STATES: [(&str, SignedState); 3] =
        [("yes", SignedState::Yes), ("no", SignedState::No), ("mismatch", SignedState::Mismatch)];
    if !table.has(SIGNED) {
        return SignedState::Yes;
    }
    if row.get(SIGNED).is_empty() {
        if !is_ballot && medium == Medium::Mail {
            table.problem(problems, row.line, SIGNED, "a proxy by mail must say `yes`, `no` or `mismatch`");
        }
        return SignedState::Yes;
    }
    let state = one_of_names(table, row, SIGNED, &STATES, problems).unwrap_or(SignedState::Yes);
    if medium.is_electronic() { SignedState::Yes } else { state }
}

fn read_class(table: &Table<'_>, row: &Row<'_>, meeting: &Meeting, problems: &mut Problems) -> Option<u16> {
    if row.get(CLASS).is_empty() {
        return None;
    }
    super::register::class_of(table, row, CLASS, meeting, problems)
}

fn read_limit(
    table: &Table<'_>,
    row: &Row<'_>,
    holding: Option<Holding>,
    class: Option<u16>,
    meeting: &Meeting,
    problems: &mut Problems,
) -> Option<Shares> {
    if row.get(SHARES).is_empty() {
        return None;
    }
    let limit = amount(table, row, SHARES, Shares::parse, problems)?;
    if limit.is_zero() {
        let message = format!("{} must be more than zero", quoted(row.get(SHARES)));
        table.problem(problems, row.line, SHARES, message);
    }
    if let Some(holding) = holding {
        if holding.class_count > 1 && class.is_none() {
            let message = "needs `class`, because the account holds several classes";
            table.problem(problems, row.line, SHARES, message);
        }
        if holding.is_joint && meeting.rules.joint_holders == JointHolders::Statute {
            let message = "joint holders who vote by statute vote all their shares; the cell must be empty";
            table.problem(problems, row.line, SHARES, message);
        }
    }
    Some(limit)
}

/// The co-holder in a cell. On a joint account whose holders the register names it must be one of
/// them; on other accounts whoever signed acts for the account, and the cell is ignored.
pub(super) fn signer_of(
    table: &Table<'_>,
    line: u64,
    column: usize,
    text: &str,
    account: AccountId,
    signers: &mut Signers,
    problems: &mut Problems,
) -> Option<u32> {
    let holders = signers.known.get(&account).filter(|_| !text.is_empty())?;
    if !holders.is_empty() && !holders.iter().any(|holder| holder.name == text) {
        let names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
        table.problem(problems, line, column, not_known(text, "a holder of this account", &names));
        return None;
    }
    signers.names.intern(text).map(|(place, _)| place)
}

fn read_mark(
    table: &Table<'_>,
    row: &Row<'_>,
    place: usize,
    meeting: &Meeting,
    cards: &mut Cards,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    if text.is_empty() {
        return Cell::Blank;
    }
    let column = &cards.layout.columns[place];
    let mark = Mark::parse(text);
    let is_nominee = column.nominee.is_some();
    match &meeting.items[column.item].kind {
        ItemKind::Frequency(choices) => {
            let choice = choices
                .iter()
                .position(|choice| choice.id == text)
                .or_else(|| choices.iter().position(|choice| choice.id.eq_ignore_ascii_case(text)));
            if let Some(choice) = choice {
                return Cell::Choice(u16::try_from(choice).unwrap_or(u16::MAX));
            }
            if let Some(mark @ (Mark::Abstain | Mark::BrokerNonVote | Mark::Void)) = mark {
                return Cell::Mark(mark);
            }
            let ids = choices.iter().map(|choice| choice.id.as_str());
            let expected = one_of(ids.chain(["ABSTAIN", "NONVOTE", "VOID"]));
            refuse_mark(table, row, place, &format!("{expected}, or nothing"), problems)
        }
        ItemKind::Election(_) | ItemKind::Proposal(_) => {
            if let Some(mark) = mark {
                return Cell::Mark(mark);
            }
            if is_nominee {
                return read_cumulated(table, row, place, cards, problems);
            }
            let marks = one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"]);
            let item = &meeting.items[column.item];
            let remedy = match item.election().and_then(|election| election.nominees.first()) {
                Some(nominee) if Votes::parse(text).is_ok() || Percent::parse(text).is_some() => {
                    let header = quoted(&format!("{}.{}", item.id, nominee.id));
                    format!(" (cumulated votes stand in the column of a nominee, such as {header})")
                }
                _ => String::new(),
            };
            refuse_mark(table, row, place, &format!("{marks}, or nothing{remedy}"), problems)
        }
    }
}

fn read_cumulated(
    table: &Table<'_>,
    row: &Row<'_>,
    place: usize,
    cards: &mut Cards,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    if let Some(Percent(hundredths)) = Percent::parse(text) {
        return Cell::Percent(hundredths);
    }
    let looks_like_amount = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    match Votes::parse(text) {
        Ok(votes) => cards.markings.number_cell(votes),
        Err(error) if looks_like_amount && !text.ends_with('%') => {
            table.problem(problems, row.line, MARKS + place, format!("{} {error}", quoted(text)));
            Cell::Blank
        }
        Err(_) => {
            let marks = one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"]);
            let expected = format!(
                "{marks}, a number of votes such as `500`, a percentage such as `60%` or `33.33%`, or nothing"
            );
            refuse_mark(table, row, place, &expected, problems)
        }
    }
}

fn refuse_mark(
    table: &Table<'_>,
    row: &Row<'_>,
    place: usize,
    expected: &str,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(MARKS + place);
    table.problem(
        problems,
        row.line,
        MARKS + place,
        format!("{} is not a mark; expected {expected}", quoted(text)),
    );
    Cell::Blank
}
