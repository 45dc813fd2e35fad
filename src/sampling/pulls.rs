//! The pull list: a row for each matter of each account pulled, with what was counted and a blank column for
//! what the paper says; and the list of all accounts by which every draw can be checked.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use super::claims::{Matter, Population};
use super::draw::Draw;
use super::said::Said;
use crate::amount::Votes;
use crate::audit::ledger::harmless;
use crate::text::quoted;

/// An account pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub account: String,
    /// Its votes.
    pub votes: Votes,
    /// The draws that pulled it; none where it is examined in any case.
    pub draws: Vec<u64>,
    /// Each matter.
    pub matters: BTreeMap<Matter, PulledMatter>,
}

/// A matter of an account pulled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PulledMatter {
    /// Votes entitled on it.
    pub entitled: Votes,
    /// What was counted.
    pub counted: Said,
    /// What the paper says.
    pub paper: Said,
}

const HEADER: [&str; 8] = ["pull", "draws", "account", "votes", "item", "nominee", "as_counted", "on_paper"];

/// In the column of draws where an account is examined in any case.
const CERTAIN: &str = "certain";

/// Writes the pull list: accounts in the order of their numbers.
///
/// # Errors
/// What cannot be written.
pub fn write_pulls(pulls: &[Pull], out: impl Write) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for (number, pull) in (1..).zip(pulls) {
        let draws = if pull.draws.is_empty() {
            CERTAIN.to_owned()
        } else {
            pull.draws.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        for (matter, one) in &pull.matters {
            let cells = [
                i32::to_string(&number),
                draws.clone(),
                harmless(&pull.account),
                one.entitled.to_string(),
                harmless(&matter.item),
                harmless(&matter.nominee),
                harmless(&one.counted.shown()),
                String::new(),
            ];
            writer.write_record(&cells)?;
        }
    }
    Ok(writer.flush()?)
}

/// Writes every account with the run of votes that is its own, from 0, so that a draw can be looked up.
///
/// # Errors
/// What cannot be written.
pub fn write_accounts(population: &Population, certain: &[usize], out: impl Write) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["account", "votes", "first", "last"])?;
    let mut end = 0_u128;
    for (place, account) in population.accounts.iter().enumerate() {
        let votes = population.votes(account.units).to_string();
        if certain.contains(&place) || account.units == 0 {
            writer.write_record([&harmless(&account.account), &votes, "", ""])?;
        } else {
            let (first, last) = (end.to_string(), (end + account.units - 1).to_string());
            writer.write_record([&harmless(&account.account), &votes, &first, &last])?;
            end += account.units;
        }
    }
    Ok(writer.flush()?)
}

/// Reads a pull list that was filled in. `votes` are the accounts' votes, by number.
///
/// # Errors
/// Every problem, with its line and column.
pub fn read_pulls(
    label: &str,
    text: impl Read,
    votes: &BTreeMap<String, Votes>,
) -> Result<Vec<Pull>, Vec<String>> {
    let mut problems = Vec::new();
    let mut pulls: BTreeMap<String, Pull> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(text);
    let is_ours = reader.headers().is_ok_and(|headers| headers.iter().eq(HEADER));
    if !is_ours {
        return Err(vec![format!("{label}:1: expected the header {}", HEADER.join(","))]);
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(format!("{label}: {error}"));
                break;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if let Err(problem) = read_row(&record, votes, &mut pulls) {
            problems.push(format!("{label}:{line}: {problem}"));
        }
    }
    if problems.is_empty() { Ok(pulls.into_values().collect()) } else { Err(problems) }
}

fn read_row(
    record: &csv::StringRecord,
    votes: &BTreeMap<String, Votes>,
    pulls: &mut BTreeMap<String, Pull>,
) -> Result<(), String> {
    let cell = |column: usize| {
        let cell = record.get(column).unwrap_or_default().trim();
        // What a spreadsheet would run as a formula was written behind an apostrophe.
        cell.strip_prefix('\'').unwrap_or(cell)
    };
    let account = cell(2);
    let of_account =
        votes.get(account).ok_or_else(|| format!("account: {} was not pulled", quoted(account)))?;
    let draws: Option<Vec<u64>> = match cell(1) {
        CERTAIN => Some(Vec::new()),
        draws => draws.split(' ').map(|draw| draw.parse().ok()).collect(),
    };
    let draws = draws.ok_or_else(|| format!("draws: {} are no draws", quoted(cell(1))))?;
    let entitled = Votes::parse(cell(3)).map_err(|_| format!("votes: {} is no amount", quoted(cell(3))))?;
    let said = |column: usize| {
        Said::parse(cell(column), entitled, entitled)
            .map_err(|problem| format!("{}: {} {problem}", HEADER[column], quoted(cell(column))))
    };
    let one = PulledMatter { entitled, counted: said(6)?, paper: said(7)? };
    let matter = Matter { item: cell(4).to_owned(), nominee: cell(5).to_owned() };
    let pull = pulls.entry(account.to_owned()).or_insert_with(|| Pull {
        account: account.to_owned(),
        votes: *of_account,
        draws,
        matters: BTreeMap::new(),
    });
    if pull.matters.insert(matter, one).is_some() {
        return Err("item: stands twice for this account".to_owned());
    }
    Ok(())
}

/// The pulls of draws and of accounts examined in any case, in the order of the accounts.
#[must_use]
pub fn pulls_of(
    population: &Population,
    certain: &[usize],
    draws: &[Draw],
    counted: &BTreeMap<String, BTreeMap<Matter, (Votes, Said)>>,
) -> Vec<Pull> {
    let mut by_place: BTreeMap<usize, Vec<u64>> = certain.iter().map(|place| (*place, Vec::new())).collect();
    for draw in draws {
        by_place.entry(draw.account).or_default().push(draw.number);
    }
    by_place
        .into_iter()
        .map(|(place, draws)| {
            let account = &population.accounts[place];
            let matters =
                counted.get(&account.account).into_iter().flatten().map(|(matter, (entitled, said))| {
                    let one =
                        PulledMatter { entitled: *entitled, counted: said.clone(), paper: Said::default() };
                    (matter.clone(), one)
                });
            Pull {
                account: account.account.clone(),
                votes: population.votes(account.units),
                draws,
                matters: matters.collect(),
            }
        })
        .collect()
}
