//! street.csv: vote totals as participants report them.

use super::FileFigures;
use super::accounts::{AccountId, KnownAccounts, Named, SetAside};
use super::cells::{read_amount, read_moment};
use super::problem::{Problems, not_known};
use super::table::{CsvTable, Row};
use crate::amount::Shares;
use crate::catalogue::Code;
use crate::meeting::{Item, ItemKind, Mark, Meeting};
use crate::text::{one_of, quoted};
use crate::time::Moment;

pub(super) const REQUIRED: [&str; 4] = ["account", "item", "vote", "shares"];
pub(super) const OPTIONAL: [&str; 3] = ["nominee", "block", "received"];
pub(super) const COLUMNS: [&str; 7] = ["account", "item", "vote", "shares", "nominee", "block", "received"];
const ACCOUNT: usize = 0;
const ITEM: usize = 1;
const VOTE: usize = 2;
const SHARES: usize = 3;
const NOMINEE: usize = 4;
const BLOCK: usize = 5;
const RECEIVED: usize = 6;

/// What a total is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreetVote {
    /// A mark.
    Mark(Mark),
    /// A choice of a frequency item, by place.
    Choice(usize),
}

/// A total of shares voted one way.
#[derive(Debug, Clone)]
pub struct StreetRow {
    /// Its file, by its place among the inputs.
    pub file: u16,
    /// Its line in the file.
    pub line: u64,
    /// The participant.
    pub account: AccountId,
    /// The item, by place.
    pub item: usize,
    /// The nominee, by place; 0 on items without nominees.
    pub nominee: usize,
    /// What the shares are voted.
    pub vote: StreetVote,
    /// How many.
    pub shares: Shares,
    /// The block it belongs to; empty: none.
    pub block: String,
    /// When the delivery came.
    pub received: Option<Moment>,
}

pub(super) fn read(
    table: &CsvTable<'_>,
    meeting: &Meeting,
    known: &KnownAccounts<'_>,
    aside: &mut Vec<SetAside<StreetRow>>,
    problems: &mut Problems,
) -> Option<(Vec<StreetRow>, FileFigures)> {
    let mut rows = Vec::new();
    let mut shares = Some(Shares::ZERO);
    let mut is_nominee_missed = false;
    let (row_count, ended) = table.rows(problems, |row, problems| {
        let item = meeting.items.iter().find(|item| item.id == row.get(ITEM));
        let election = item.and_then(Item::election).filter(|election| !election.is_cumulative());
        if election.is_some() && !table.has(NOMINEE) && !is_nominee_missed {
            is_nominee_missed = true;
            let message = format!(
                "the column is required because line {} gives totals for the election {}",
                row.line,
                quoted(row.get(ITEM))
            );
            problems.at(table.label(), 1, "nominee", Code::HeaderMissing.fault(message));
        }
        if let Some((named, read)) = read_row(table, row, meeting, known, problems) {
            shares = shares.and_then(|sum| sum.checked_add(read.shares));
            SetAside::sort(named, read, &mut rows, aside);
        }
    })?;
    Some((rows, FileFigures { rows: row_count, shares, ended }))
}

fn read_row(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    meeting: &Meeting,
    known: &KnownAccounts<'_>,
    problems: &mut Problems,
) -> Option<(Named, StreetRow)> {
    let line = row.line;
    let account = known.find(table, row, ACCOUNT, problems);
    let shares = read_amount(table, row, SHARES, Shares::parse, problems);
    let received = match row.get(RECEIVED) {
        "" => Some(None),
        text => read_moment(table, line, RECEIVED, text, meeting, problems).map(Some),
    };
    let id = row.get(ITEM);
    let Some(place) = meeting.items.iter().position(|item| item.id == id) else {
        if !known.has_all_items {
            return None;
        }
        let names: Vec<&str> = meeting.items.iter().map(|item| item.id.as_str()).collect();
        table.problem(problems, line, ITEM, not_known(Code::ReferenceUnknown, id, "an item", &names));
        return None;
    };
    let item = &meeting.items[place];
    if !takes_totals(table, line, item, problems) {
        return None;
    }
    let nominee = read_nominee(table, row, item, problems);
    let vote = read_vote(table, row, item, problems);
    let account = account?;
    let read = StreetRow {
        file: table.file(),
        line,
        account: account.account(),
        item: place,
        nominee: nominee?,
        vote: vote?,
        shares: shares?,
        block: row.get(BLOCK).to_owned(),
        received: received?,
    };
    Some((account, read))
}

fn takes_totals(table: &CsvTable<'_>, line: u64, item: &Item, problems: &mut Problems) -> bool {
    let before = problems.count();
    if item.election().is_some_and(crate::meeting::Election::is_cumulative) {
        let message = format!(
            "street totals cannot be given for item {}, in which cumulative voting is in force; give those blocks as cards with `shares`",
            quoted(&item.id)
        );
        table.problem(problems, line, ITEM, Code::StreetRefused.fault(message));
    }
    if item.counts_holders() {
        let message =
            format!("street totals cannot be given for item {}, which counts holders", quoted(&item.id));
        table.problem(problems, line, ITEM, Code::StreetRefused.fault(message));
    }
    problems.count() == before
}

fn read_nominee(table: &CsvTable<'_>, row: &Row<'_>, item: &Item, problems: &mut Problems) -> Option<usize> {
    let text = row.get(NOMINEE);
    let Some(election) = item.election() else {
        if !text.is_empty() {
            table.problem(
                problems,
                row.line,
                NOMINEE,
                Code::StreetRefused.fault(format!("{} is given, but the item has no nominees", quoted(text))),
            );
            return None;
        }
        return Some(0);
    };
    let found = election.nominees.iter().position(|nominee| nominee.id == text);
    if found.is_none() && table.has(NOMINEE) {
        let names: Vec<&str> = election.nominees.iter().map(|nominee| nominee.id.as_str()).collect();
        let fault = not_known(Code::ReferenceUnknown, text, "a nominee of this election", &names);
        table.problem(problems, row.line, NOMINEE, fault);
    }
    found
}

fn read_vote(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    item: &Item,
    problems: &mut Problems,
) -> Option<StreetVote> {
    let text = row.get(VOTE);
    let mark = Mark::parse(text);
    let found = match &item.kind {
        ItemKind::Frequency(choices) => {
            let choice = choices
                .iter()
                .position(|choice| choice.id == text)
                .or_else(|| choices.iter().position(|choice| choice.id.eq_ignore_ascii_case(text)));
            let neutral =
                mark.filter(|mark| matches!(mark, Mark::Abstain | Mark::BrokerNonVote | Mark::Void));
            choice.map(StreetVote::Choice).or(neutral.map(StreetVote::Mark))
        }
        ItemKind::Election(_) | ItemKind::Proposal(_) => mark.map(StreetVote::Mark),
    };
    if found.is_none() {
        let expected = match &item.kind {
            ItemKind::Frequency(choices) => {
                let ids = choices.iter().map(|choice| choice.id.as_str());
                one_of(ids.chain(["ABSTAIN", "NONVOTE", "VOID"]))
            }
            ItemKind::Election(_) | ItemKind::Proposal(_) => {
                one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"])
            }
        };
        let fault = if text.is_empty() {
            Code::CellEmpty.fault(format!("must not be empty; expected {expected}"))
        } else {
            Code::Mark.fault(format!("{} is not a vote on this item; expected {expected}", quoted(text)))
        };
        table.problem(problems, row.line, VOTE, fault);
    }
    found
}
