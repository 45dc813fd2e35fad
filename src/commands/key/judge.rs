//! What the loader and the engine say of a card before it is saved: the meeting is read and counted with it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::shelf::line;
use crate::amount::Votes;
use crate::audit::story;
use crate::load::{AccountId, CardId, Loaded, Overrides, Problems, load};
use crate::tabulate::Tabulation;
use crate::text::thousands;

/// Reads and counts the meeting with what was keyed.
pub(super) struct Judge {
    pub(super) meeting: PathBuf,
    pub(super) overrides: Overrides,
    pub(super) into: PathBuf,
}

/// What would become of a card.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// What the loader finds wrong with it.
    pub(super) problems: Vec<String>,
    /// What would become of it, and of others by it.
    pub(super) says: Vec<String>,
}

impl Judge {
    /// The meeting with what was keyed so far.
    pub(super) fn counted(&self) -> Result<Tabulation, Problems> {
        self.with(&[&self.into])
    }

    fn with(&self, more: &[&Path]) -> Result<Tabulation, Problems> {
        let mut overrides = self.overrides.clone();
        overrides.more_cards =
            more.iter().filter(|path| super::shelf::is_begun(path)).map(|path| (*path).to_owned()).collect();
        Tabulation::of(load(&self.meeting, &overrides)?, None)
    }

    /// What would become of a card, `now` being the count without it.
    pub(super) fn of(
        &self,
        columns: &[String],
        cells: &[String],
        now: &Tabulation,
    ) -> anyhow::Result<Verdict> {
        let mut file = tempfile::Builder::new()
            .prefix("this card, ")
            .suffix(".csv")
            .tempfile()
            .context("writing the card to be checked")?;
        write!(file, "{}{}", line(columns), line(cells)).context("writing the card to be checked")?;
        file.flush()?;
        let mut verdict = Verdict::default();
        match self.with(&[&self.into, file.path()]) {
            Err(problems) => {
                for problem in problems.shown() {
                    let column = &problem.place.column;
                    verdict.problems.push(format!("{column}: {} [{}]", problem.message, problem.code));
                }
            }
            Ok(then) => {
                let place = columns.iter().position(|name| name == "card").and_then(|place| cells.get(place));
                let Some(id) = place.and_then(|number| then.loaded.cards.find(number)) else {
                    return Ok(verdict);
                };
                verdict.says.push(format!("this card: {}", fate(&then, id)));
                let account = then.loaded.cards.account(id);
                verdict.says.extend(changes(now, &then, account, id));
            }
        }
        Ok(verdict)
    }
}

/// What became of a card.
fn fate(tabulation: &Tabulation, id: CardId) -> String {
    let found = tabulation.determined.determinations.get(id);
    let name = found.disposition.name();
    if name == "counted" { "counted".to_owned() } else { story::why(tabulation, id) }
}

/// Cards of the account that would fare otherwise by the new one.
fn changes(now: &Tabulation, then: &Tabulation, account: AccountId, new: CardId) -> Vec<String> {
    let cards = &then.loaded.cards;
    let of_account = cards.ids().filter(|id| *id != new && cards.account(*id) == account);
    let mut told = Vec::new();
    for id in of_account {
        let number = cards.number(id);
        let Some(before) = now.loaded.cards.find(number) else { continue };
        let (old, new) = (fate(now, before), fate(then, id));
        if old != new {
            told.push(format!("{number}: {new}"));
        }
    }
    told
}

/// Whose an account is and what came from it, for the side of the form.
pub(super) fn position(now: &Tabulation, names: &[(String, String)], account: &str) -> Vec<String> {
    let Some(id) = now.loaded.accounts.find(account).map(AccountId) else {
        return vec![format!("{account}: no such account")];
    };
    let mut says: Vec<String> =
        names.iter().filter(|(of, _)| of == account).map(|(_, name)| format!("{account}  {name}")).collect();
    if says.is_empty() {
        says.push(account.to_owned());
    }
    let loaded = &now.loaded;
    for (place, row) in
        loaded.register.rows.iter().enumerate().filter(|(place, _)| loaded.register.account(*place) == id)
    {
        let holders: Vec<&str> = loaded
            .register
            .holders
            .get(&place)
            .into_iter()
            .flatten()
            .map(|holder| holder.name.as_str())
            .collect();
        if !holders.is_empty() {
            says.push(format!("  held by {}", holders.join("; ")));
        }
        if !row.is_voting() {
            says.push("  no voting shares".to_owned());
        }
    }
    for position in now.electorate.of(id) {
        let class = &loaded.meeting.classes[usize::from(position.class)];
        says.push(format!("  {} shares of {}", thousands(&position.shares.to_string()), class.name));
    }
    let cards = &loaded.cards;
    for card in cards.ids().filter(|card| cards.account(*card) == id) {
        says.push(format!("  {}: {}", cards.number(card), fate(now, card)));
    }
    says
}

/// The votes that an account may place in an election with cumulative voting in force; nothing where it is not.
pub(super) fn pool(now: &Tabulation, account: &str, item: usize) -> Option<Votes> {
    let election =
        now.loaded.meeting.items.get(item)?.election().filter(|election| election.is_cumulative())?;
    let id = now.loaded.accounts.find(account).map(AccountId)?;
    let votes: Votes = now.electorate.ids_of(id).map(|position| now.electorate.votes(position)).sum();
    Some(votes.times(election.seats))
}

/// The names of holders, by account, from registers that are plain files of the form that is read here.
pub(super) fn names(loaded: &Loaded) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for input in loaded.inputs.iter().filter(|input| input.role == crate::load::Role::Register) {
        let mut unread = Problems::default();
        let Some(source) = crate::load::source::read(&input.location, &input.path, &mut unread) else {
            continue;
        };
        names.extend(crate::keying::named_accounts(&source).unwrap_or_default());
    }
    names
}
