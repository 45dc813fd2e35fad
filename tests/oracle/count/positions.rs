//! Ascertain: who may vote how many shares (register.csv and omnibus.csv).

use std::collections::BTreeMap;

use crate::amounts::{Amount, cut_to_six_decimals, decimal, zero};
use crate::files::{Folder, Row, cell};

pub struct Account {
    pub id: String,
    /// "Nominees (registration `nominee`, and all of omnibus.csv)": in one class at least.
    pub nominee: bool,
}

/// What an account has of one class, after omnibus.csv moved its part.
#[derive(Clone)]
pub struct Position {
    pub account: String,
    pub class: String,
    pub shares: Amount,
    pub voting: bool,
    /// In which capacity this class is held; an account may hold another class in another one.
    pub nominee: bool,
    pub joint: bool,
    /// The co-holders, with their interest where the register gives it.
    pub holders: Vec<(String, Option<Amount>)>,
    /// The votes of all its shares.
    pub votes: Amount,
    votes_per_share: Amount,
    /// The register's `votes` column was given: a part of the position is cut to six decimals.
    stated: bool,
}

pub struct Ledger {
    pub accounts: Vec<Account>,
    pub positions: Vec<Position>,
    /// Votes outstanding by class.
    pub outstanding: BTreeMap<String, Amount>,
    /// Votes of the shares that a partial register leaves out.
    pub missing_votes: Amount,
    /// The register's column `holder`, by account.
    pub holders: BTreeMap<String, String>,
}

impl Position {
    /// The shares that may vote.
    pub fn votable(&self) -> Amount {
        if self.voting { self.shares.clone() } else { zero() }
    }

    /// "Parts of a position's stated votes are differences of running sums, so that all parts together come to exactly the
    /// whole".
    pub fn votes_after(&self, before: &Amount, shares: &Amount) -> Amount {
        self.votes_of(&(before + shares)) - self.votes_of(before)
    }

    /// "`votes`: this position's votes where they are not shares × votes per share"; "spread evenly over the
    /// position's shares, cut to six decimals, when only part of them votes".
    pub fn votes_of(&self, shares: &Amount) -> Amount {
        if self.stated && self.shares > zero() {
            let all = *shares == self.shares;
            return if all {
                self.votes.clone()
            } else {
                cut_to_six_decimals(&(shares * &self.votes / &self.shares))
            };
        }
        shares * &self.votes_per_share
    }
}

impl Ledger {
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub fn position(&self, account: &str, class: &str) -> Option<&Position> {
        self.positions.iter().find(|p| p.account == account && p.class == class)
    }

    /// The positions of an account, in the order of the classes in meeting.json.
    pub fn positions_of(&self, account: &str, folder: &Folder) -> Vec<&Position> {
        folder.meeting.classes.iter().filter_map(|class| self.position(account, &class.id)).collect()
    }
}

impl Ledger {
    /// "Register column `holder`: accounts with the same text are one head."
    pub fn head_of(&self, account: &str) -> String {
        match self.holders.get(account) {
            Some(holder) => format!("holder {holder}"),
            None => format!("account {account}"),
        }
    }
}

pub fn ascertain(folder: &Folder) -> Ledger {
    let mut ledger = Ledger {
        accounts: Vec::new(),
        positions: Vec::new(),
        outstanding: BTreeMap::new(),
        missing_votes: zero(),
        holders: BTreeMap::new(),
    };
    for row in &folder.register_rows {
        let (account, holder) = (cell(row, "account"), cell(row, "holder"));
        if !holder.is_empty() {
            ledger.holders.insert(account.to_string(), holder.to_string());
        }
        add_register_row(&mut ledger, row, folder);
    }
    count_outstanding(&mut ledger, folder);
    move_omnibus(&mut ledger, folder);
    ledger
}

fn add_register_row(ledger: &mut Ledger, row: &Row, folder: &Folder) {
    let id = cell(row, "account").to_string();
    let class = class_of(row, folder);
    let shares = decimal(cell(row, "shares"));
    let per_share =
        &folder.meeting.classes.iter().find(|c| c.id == class).expect("a known class").votes_per_share;
    let votes = cell(row, "votes");
    let stated = !votes.is_empty();
    let votes = if stated { decimal(votes) } else { &shares * per_share };
    let nominee = cell(row, "registration") == "nominee";
    match ledger.accounts.iter_mut().find(|account| account.id == id) {
        Some(known) => known.nominee |= nominee,
        None => ledger.accounts.push(Account { id: id.clone(), nominee }),
    }
    let joint = cell(row, "registration") == "joint";
    let holders = read_holders(cell(row, "holders"));
    let voting = cell(row, "voting") != "no";
    let votes_per_share = per_share.clone();
    ledger.positions.push(Position {
        account: id,
        class,
        shares,
        voting,
        nominee,
        joint,
        holders,
        votes,
        votes_per_share,
        stated,
    });
}

fn class_of(row: &Row, folder: &Folder) -> String {
    match cell(row, "class") {
        "" => folder.meeting.classes[0].id.clone(),
        class => class.to_string(),
    }
}

/// "`holders` (co-holders, `;` between, an interest after `:` as in `Bob:60;Carol:40`)"
fn read_holders(text: &str) -> Vec<(String, Option<Amount>)> {
    let mut holders = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(':') {
            Some((name, interest)) => holders.push((name.trim().to_string(), Some(decimal(interest)))),
            None => holders.push((part.to_string(), None)),
        }
    }
    holders
}

/// "Votes outstanding are the register's … and, on a partial register, the missing shares' votes."
fn count_outstanding(ledger: &mut Ledger, folder: &Folder) {
    for class in &folder.meeting.classes {
        let mut shares = zero();
        let mut votes = zero();
        for position in ledger.positions.iter().filter(|p| p.class == class.id && p.voting) {
            shares += &position.shares;
            votes += position.votes_of(&position.shares);
        }
        let missing = &class.outstanding - &shares;
        assert!(missing >= zero(), "the register has more of {} than is outstanding", class.id);
        let partial = folder.meeting.json["register"] == "partial";
        assert!(partial || missing == zero(), "the register falls short of {}", class.id);
        let missing_votes = missing * &class.votes_per_share;
        ledger.missing_votes += &missing_votes;
        ledger.outstanding.insert(class.id.clone(), votes + missing_votes);
    }
}

/// omnibus.csv "moves voting power from `holder` to `account`; a tree of any depth … what remains stays with the
/// holder. These accounts are nominees." A row may stand before the row that its holder receives from.
fn move_omnibus(ledger: &mut Ledger, folder: &Folder) {
    let given: Vec<Position> = folder.omnibus_rows.iter().map(|row| received_position(row, folder)).collect();
    let mut open: Vec<usize> = (0..given.len()).collect();
    // "Order of the running sum: omnibus accounts as text, the holder's remainder last".
    while !open.is_empty() {
        let holder =
            |at: usize| (cell(&folder.omnibus_rows[at], "holder").to_string(), given[at].class.clone());
        let ready = |at: &usize| ledger.position(&holder(*at).0, &holder(*at).1).is_some();
        let next = open.iter().copied().find(ready).expect("omnibus.csv has a holder that nobody knows");
        let mut children: Vec<usize> =
            open.iter().copied().filter(|&at| holder(at) == holder(next)).collect();
        children.sort_by_key(|&at| given[at].account.clone());
        open.retain(|at| !children.contains(at));
        let whole = ledger.position(&holder(next).0, &holder(next).1).expect("it is ready").clone();
        let mut before = zero();
        for at in children {
            move_one(ledger, &holder(at).0, &given[at], whole.votes_after(&before, &given[at].shares));
            before += &given[at].shares;
        }
    }
    for position in &ledger.positions {
        assert!(position.shares >= zero(), "{} passed on more than it has", position.account);
    }
}

fn received_position(row: &Row, folder: &Folder) -> Position {
    Position {
        account: cell(row, "account").to_string(),
        class: class_of(row, folder),
        shares: decimal(cell(row, "shares")),
        voting: true,
        nominee: true,
        joint: false,
        holders: Vec::new(),
        votes: zero(),
        votes_per_share: zero(),
        stated: false,
    }
}

/// "per node of omnibus.csv, in = out": the holder keeps the exact rest of the votes too.
///
/// Moves one row's shares.
fn move_one(ledger: &mut Ledger, holder: &str, given: &Position, votes: Amount) {
    let found = ledger.positions.iter_mut().find(|p| p.account == holder && p.class == given.class);
    let from = found.expect("its holder has a position");
    from.shares -= &given.shares;
    from.votes -= &votes;
    let received = Position {
        votes,
        votes_per_share: from.votes_per_share.clone(),
        stated: from.stated,
        voting: from.voting,
        ..given.clone()
    };
    ledger.positions.push(received);
    match ledger.accounts.iter_mut().find(|account| account.id == given.account) {
        Some(known) => known.nominee = true,
        None => {
            let id = given.account.clone();
            ledger.accounts.push(Account { id, nominee: true });
        }
    }
}
