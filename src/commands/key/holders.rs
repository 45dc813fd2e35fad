//! Who the holders are: found by account, by control number, by a part of a name or of a co-holder's; what stands
//! beside the form of one.

use std::collections::HashMap;

use super::form::{Form, Paper, co_holders};
use super::judge::fate;
use crate::amount::{Shares, Votes};
use crate::ballot::Percent;
use crate::count::percent_of;
use crate::load::{AccountId, CardId, Loaded, Manner, Role};
use crate::meeting::Election;
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands};

/// The most that are shown of what a search finds, and of each kind of paper that came from a holder.
const FOUND_MAX: usize = 12;
const CAME_MAX: usize = 5;

/// A holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) account: String,
    pub(super) name: String,
    /// Account, name and co-holders in small letters, to be searched.
    folded: String,
}

/// Holders of record and those to whom nominees passed votes, in the order of their files.
pub(super) struct Holders {
    all: Vec<Holder>,
    by_account: HashMap<String, usize>,
    /// Of which files they were taken.
    files: Vec<String>,
}

/// What a search found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Accounts, with whose they are.
    pub(super) shown: Vec<(String, String)>,
    /// How many more there are.
    pub(super) more: usize,
    /// Whether the first is the very account or control number that was typed.
    pub(super) is_exact: bool,
}

impl Holders {
    pub(super) fn of(loaded: &Loaded) -> Self {
        let mut holders = Self { all: Vec::new(), by_account: HashMap::new(), files: files(loaded) };
        let register = &loaded.register;
        for place in 0..register.rows.len() {
            let name = register.names.get(&place).map_or("", String::as_str);
            let others = register.holders.get(&place).into_iter().flatten();
            let others: Vec<&str> = others.map(|holder| holder.name.as_str()).collect();
            holders.add(loaded.accounts.text(register.account(place).0), name, &others);
        }
        for row in &loaded.omnibus {
            holders.add(loaded.accounts.text(row.account.0), &row.name, &[]);
        }
        holders
    }

    /// Whether the files that they were taken of are still the same.
    pub(super) fn are_of(&self, loaded: &Loaded) -> bool {
        self.files == files(loaded)
    }

    fn add(&mut self, account: &str, name: &str, others: &[&str]) {
        let words = format!("\n{name}\n{}", others.join("\n")).to_lowercase();
        if let Some(known) = self.by_account.get(account) {
            // A position in another class; it may name other co-holders.
            self.all[*known].folded.push_str(&words);
            return;
        }
        self.by_account.insert(account.to_owned(), self.all.len());
        let folded = account.to_lowercase() + &words;
        self.all.push(Holder { account: account.to_owned(), name: name.to_owned(), folded });
    }

    /// The name of an account's holder; empty where it is not there.
    pub(super) fn name(&self, account: &str) -> &str {
        self.by_account.get(account).map_or("", |place| self.all[*place].name.as_str())
    }

    /// What is meant by a text: an account, a control number that is there, the beginning of an account, or words that
    /// all stand in the names of a holder.
    pub(super) fn search(&self, loaded: &Loaded, typed: &str) -> Found {
        let typed = typed.trim();
        let mut found = Found::default();
        if typed.is_empty() {
            return found;
        }
        if let Some(place) = self.by_account.get(typed) {
            found.shown.push((typed.to_owned(), self.all[*place].name.clone()));
        }
        if let Some(card) = loaded.cards.find(typed) {
            let account = loaded.accounts.text(loaded.cards.account(card).0).to_owned();
            let says = format!("{} (card {typed})", self.name(&account));
            found.shown.push((account, says));
        }
        found.is_exact = !found.shown.is_empty();
        let folded = typed.to_lowercase();
        let words: Vec<&str> = folded.split_whitespace().collect();
        let is_meant = |holder: &&Holder| {
            holder.account != typed
                && (holder.folded.starts_with(&folded)
                    || words.iter().all(|word| {
                        holder.folded.split_once('\n').is_some_and(|(_, names)| names.contains(word))
                    }))
        };
        for holder in self.all.iter().filter(is_meant) {
            if found.shown.len() < FOUND_MAX {
                found.shown.push((holder.account.clone(), holder.name.clone()));
            } else {
                found.more += 1;
            }
        }
        found
    }
}

/// The files that name holders, by what is in them.
fn files(loaded: &Loaded) -> Vec<String> {
    let named = loaded.inputs.iter().filter(|input| matches!(input.role, Role::Register | Role::Omnibus));
    named.map(|input| input.sha256.clone()).collect()
}

/// Whose an account is, its positions, and what came from it already.
pub(super) fn position(now: &Tabulation, holders: &Holders, account: &str) -> Vec<String> {
    let loaded = &now.loaded;
    let found = loaded.accounts.find(account).map(AccountId).filter(|id| now.electorate.knows(*id));
    let Some(id) = found else {
        return vec![
            format!("{account}: NO SUCH ACCOUNT"),
            "Such a card is kept and not counted.".to_owned(),
        ];
    };
    let mut says = vec![format!("{account}  {}", holders.name(account))];
    let others = co_holders(now, account);
    if !others.is_empty() {
        says.push(format!("  held by {}", others.join("; ")));
    }
    for position in now.electorate.of(id) {
        let class = &loaded.meeting.classes[usize::from(position.class)];
        let not_voting = if position.is_voting() { "" } else { ", NOT VOTING" };
        let shares = thousands(&position.shares.to_string());
        says.push(format!("  {shares} shares of {}{not_voting}", class.name));
    }
    says.extend(came_from(now, id));
    says
}

/// The cards and revocations that came from an account, of each kind the last first.
fn came_from(now: &Tabulation, account: AccountId) -> Vec<String> {
    let loaded = &now.loaded;
    let cards = &loaded.cards;
    let of_account: Vec<CardId> = cards.ids().filter(|card| cards.account(*card) == account).collect();
    let last = of_account.iter().rev().take(CAME_MAX);
    let mut came: Vec<String> =
        last.map(|card| format!("  {}: {}", cards.number(*card), fate(now, *card))).collect();
    if of_account.len() > CAME_MAX {
        came.push(format!("  … and {} before", counted((of_account.len() - CAME_MAX) as u64, "card")));
    }
    let revoked = loaded.revocations.iter().rev().filter(|row| row.account == account).take(CAME_MAX);
    came.extend(revoked.map(|row| {
        let manner = match row.manner {
            Manner::Written => "revoked in writing",
            Manner::AtMeeting => "asks at the meeting to vote in person",
            Manner::Death => "word of death or incapacity",
        };
        format!("  {manner}, {}", row.received.day)
    }));
    came
}

/// With cumulative voting in force, the votes that a card may place in an election, and what is left of them after the
/// numbers typed; nothing where it is not in force or the account is not there.
pub(super) fn pool_left(now: &Tabulation, form: &Form, item: usize) -> Option<String> {
    let election = now.loaded.meeting.items[item].election().filter(|election| election.is_cumulative())?;
    let pool = pool(now, form, item, election)?;
    let placed =
        form.marks_of(now, item).filter(|(column, _)| column.nominee.is_some()).filter_map(|(_, cell)| {
            let percent = || Percent::parse(cell).map(|percent| percent_of(pool, percent.0));
            Votes::parse(cell).ok().or_else(percent)
        });
    let placed: Votes = placed.sum();
    let shown = |votes: Votes| thousands(&votes.to_string());
    Some(if placed > pool {
        format!("pool {}: OVER by {}", shown(pool), shown(placed - pool))
    } else {
        format!("pool {}: {} left", shown(pool), shown(pool - placed))
    })
}

/// CUM-2: the votes of the shares that the card is for, times the seats.
fn pool(now: &Tabulation, form: &Form, item: usize, election: &Election) -> Option<Votes> {
    let (loaded, electorate) = (&now.loaded, &now.electorate);
    let id = loaded.accounts.find(form.cell("account")).map(AccountId).filter(|id| electorate.knows(*id))?;
    let class = form.cell("class");
    let limit = Shares::parse(form.cell("shares")).ok();
    let of_card = electorate.ids_of(id).filter(|place| {
        let of_class = &loaded.meeting.classes[usize::from(electorate.get(*place).class)];
        (class.is_empty() || of_class.id == class) && electorate.votes_on(&loaded.meeting, *place, item)
    });
    let votes = of_card.map(|place| {
        let shares = electorate.get(place).shares;
        electorate.votes_of_part(place, Shares::ZERO, limit.map_or(shares, |limit| limit.min(shares)))
    });
    Some(votes.sum::<Votes>().times(election.seats))
}

/// What stands beside a paper once its account is known.
pub(super) fn beside(now: &Tabulation, holders: &Holders, form: &Form) -> Vec<String> {
    let mut says = position(now, holders, form.cell("account"));
    if form.paper == Paper::Revocation {
        says.push(String::new());
        says.push("This is a REVOCATION, no card.".to_owned());
    }
    says
}
