//! The marks in a card's cells.

use super::problem::Problems;
use super::table::{CsvTable, Row};
use crate::amount::Votes;
use crate::ballot::{Cell, Column, Markings, Percent};
use crate::catalogue::Code;
use crate::meeting::{Cumulative, ItemKind, Mark, Meeting};
use crate::text::{one_of, quoted};

/// The mark in a cell, which stands in a column of marks; a cell that holds none is reported and read as blank.
pub(super) fn read_mark(
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    (meeting, column): (&Meeting, &Column),
    markings: &mut Markings,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(place);
    if text.is_empty() {
        return Cell::Blank;
    }
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
            let item = &meeting.items[column.item];
            if is_nominee && item.election().is_some_and(|e| e.cumulative != Cumulative::NotAvailable) {
                return read_cumulated(table, row, place, markings, problems);
            }
            let is_number = Votes::parse(text).is_ok() || Percent::parse(text).is_some();
            if is_nominee && is_number {
                // A code such as 1, 2 or 3 never becomes votes by accident.
                let message = format!(
                    "{} is a number, but no votes are cumulated in election {}: is it a code? say what it means in a layout",
                    quoted(text),
                    quoted(&item.id),
                );
                table.problem(problems, row.line, place, Code::Mark.fault(message));
                return Cell::Blank;
            }
            let marks = one_of(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD", "NONVOTE", "VOID"]);
            let remedy = match item.election().and_then(|election| election.nominees.first()) {
                Some(nominee) if is_number => {
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
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    markings: &mut Markings,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(place);
    if let Some(Percent(hundredths)) = Percent::parse(text) {
        return Cell::Percent(hundredths);
    }
    let looks_like_amount = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    match Votes::parse(text) {
        Ok(votes) => markings.number_cell(votes),
        Err(error) if looks_like_amount && !text.ends_with('%') => {
            table.problem(problems, row.line, place, Code::Amount.fault(format!("{} {error}", quoted(text))));
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
    table: &CsvTable<'_>,
    row: &Row<'_>,
    place: usize,
    expected: &str,
    problems: &mut Problems,
) -> Cell {
    let text = row.get(place);
    table.problem(
        problems,
        row.line,
        place,
        Code::Mark.fault(format!("{} is not a mark; expected {expected}", quoted(text))),
    );
    Cell::Blank
}
