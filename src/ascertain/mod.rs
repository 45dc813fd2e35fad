//! Ascertain: who may vote how many shares (8 Del. C. § 231(b)(1); Cal. Corp. Code § 707(b)).
//!
//! Receives the register and omnibus.csv as read, promises positions that add up to the shares
//! outstanding, and refuses a register that does not. Every sum of votes that a later stage can form
//! is bounded here.

mod omnibus;

use std::collections::HashMap;

use crate::amount::{Shares, UNITS_PER_MILLIONTH, VOTES_MAX, Votes, VotesPerShare, multiply_divide};
use crate::load::{AccountId, CoHolder, Loaded, Problems, Registration, Role, is_joint};
use crate::meeting::Meeting;
use crate::text::{quoted, thousands};

pub use omnibus::Node;

/// A position, by its place in [`Electorate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionId(pub u32);

impl PositionId {
    /// Its place, for indexing.
    #[must_use]
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// Who votes a position, and how several cards on it go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// One holder: the newest card.
    Single,
    /// Joint holders.
    Joint,
    /// A nominee: blocks add up.
    Nominee,
}

/// Shares of one class that one account may vote: for a nominee, what it did not pass on.
#[derive(Debug, Clone)]
pub struct Position {
    /// Shares.
    pub shares: Shares,
    /// The votes they carry together.
    pub votes: Votes,
    /// Whose.
    pub account: AccountId,
    /// Of which class, by place.
    pub class: u16,
    /// How its cards go together.
    pub holding: Holding,
    /// Whether they may vote at all.
    pub is_voting: bool,
    /// Whether the votes are stated rather than shares times votes per share.
    pub has_stated_votes: bool,
}

/// What a class comes to.
#[derive(Debug, Clone, Default)]
pub struct ClassTotals {
    /// Voting shares on the register.
    pub registered_shares: Shares,
    /// Votes outstanding, with those of shares missing on a partial register.
    pub votes: Votes,
    /// Shares that a partial register lacks.
    pub missing_shares: Shares,
    /// The votes of those.
    pub missing_votes: Votes,
}

/// Everybody who may vote.
#[derive(Debug)]
pub struct Electorate {
    /// The positions, sorted by account.
    pub positions: Vec<Position>,
    first: Vec<u32>,
    /// Per class, its totals.
    pub classes: Vec<ClassTotals>,
    /// All votes outstanding.
    pub outstanding: Votes,
    /// The omnibus tree, in the order of its file.
    pub nodes: Vec<Node>,
    /// Per account excluded anywhere, the items, by place.
    pub excluded: HashMap<AccountId, Vec<usize>>,
    /// Per joint position, the co-holders.
    pub co_holders: HashMap<PositionId, Vec<CoHolder>>,
    votes_per_share: Vec<VotesPerShare>,
}

impl Electorate {
    /// The positions of an account.
    #[must_use]
    pub fn of(&self, account: AccountId) -> &[Position] {
        let (start, end) = self.range(account);
        &self.positions[start..end]
    }

    /// The ids of an account's positions.
    pub fn ids_of(&self, account: AccountId) -> impl Iterator<Item = PositionId> + use<> {
        let (start, end) = self.range(account);
        (start..end).map(|place| PositionId(u32::try_from(place).unwrap_or(u32::MAX)))
    }

    fn range(&self, account: AccountId) -> (usize, usize) {
        match self.first.get(account.place()..account.place() + 2) {
            Some([start, end]) => (*start as usize, *end as usize),
            _ => (0, 0),
        }
    }

    /// A position.
    #[must_use]
    pub fn get(&self, id: PositionId) -> &Position {
        &self.positions[id.place()]
    }

    /// REG-3: the votes of a part of a position: shares times votes per share; of stated votes an even
    /// part, cut to six decimals (rules.md § 4).
    #[must_use]
    pub fn votes_of_part(&self, id: PositionId, part: Shares) -> Votes {
        let position = self.get(id);
        votes_of_part(position, self.votes_per_share[usize::from(position.class)], part)
    }

    /// Whether a position votes on an item: its class is entitled, and its account is not excluded.
    #[must_use]
    pub fn votes_on(&self, meeting: &Meeting, id: PositionId, item: usize) -> bool {
        let position = self.get(id);
        meeting.items[item].entitled_classes[usize::from(position.class)]
            && !self.is_excluded(position.account, item)
    }

    /// Whether an account may not vote on an item.
    #[must_use]
    pub fn is_excluded(&self, account: AccountId, item: usize) -> bool {
        self.excluded.get(&account).is_some_and(|items| items.contains(&item))
    }
}

pub(crate) fn votes_of_part(position: &Position, ratio: VotesPerShare, part: Shares) -> Votes {
    if part == position.shares {
        return position.votes;
    }
    if position.has_stated_votes {
        let units = multiply_divide(position.votes.units(), part.units(), position.shares.units());
        return Votes::from_units(units / UNITS_PER_MILLIONTH * UNITS_PER_MILLIONTH);
    }
    // A part of a position whose votes fit has votes that fit.
    ratio.votes_of(part).unwrap_or(Votes::ZERO)
}

/// Ascertains the electorate of a meeting.
///
/// # Errors
/// A register that does not add up, an omnibus tree that moves more than there is, and totals of
/// votes that do not fit.
pub fn ascertain(loaded: &Loaded) -> Result<Electorate, Problems> {
    let mut problems = Problems::default();
    for input in &loaded.inputs {
        problems.begin_file(&input.path);
    }
    let mut held = positions_of_record(loaded, &mut problems);
    let classes = class_totals(loaded, &held, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let nodes = omnibus::apply(loaded, &mut held, &mut problems);
    check_votes(&loaded.meeting, loaded.path_of(Role::Meeting), &classes, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(assemble(loaded, held, classes, nodes))
}

fn positions_of_record(loaded: &Loaded, problems: &mut Problems) -> Vec<Position> {
    let register = &loaded.register;
    let label = loaded.path_of(Role::Register);
    let mut positions = Vec::with_capacity(register.rows.len());
    for (place, row) in register.rows.iter().enumerate() {
        let class = &loaded.meeting.classes[usize::from(row.class)];
        let stated = register.votes.get(&place).copied();
        let votes = stated.or_else(|| class.votes_per_share.votes_of(row.shares)).unwrap_or_else(|| {
            let message = format!("`{}` carry more votes than the 10^20 that are counted", row.shares);
            problems.at(label, u64::from(row.line), "shares", message);
            Votes::ZERO
        });
        if row.shares.is_zero() && !votes.is_zero() {
            problems.at(
                label,
                u64::from(row.line),
                "votes",
                format!("`{votes}` votes stand beside no shares"),
            );
        }
        let holding = match row.registration {
            Registration::Nominee => Holding::Nominee,
            _ if is_joint(register, place) => Holding::Joint,
            Registration::Individual
            | Registration::Joint
            | Registration::Corporation
            | Registration::Partnership
            | Registration::Fiduciary
            | Registration::Custodian => Holding::Single,
        };
        positions.push(Position {
            shares: row.shares,
            votes: if row.is_voting { votes } else { Votes::ZERO },
            account: row.account,
            class: row.class,
            holding,
            is_voting: row.is_voting,
            has_stated_votes: stated.is_some(),
        });
    }
    positions
}

/// REG-1, REG-2: the register's voting shares against the shares outstanding (formats.md § 2, `register`;
/// Cal. Corp. Code §§ 701, 703(b)).
fn class_totals(loaded: &Loaded, positions: &[Position], problems: &mut Problems) -> Vec<ClassTotals> {
    let meeting = &loaded.meeting;
    let label = loaded.path_of(Role::Register);
    let mut totals = vec![ClassTotals::default(); meeting.classes.len()];
    for position in positions.iter().filter(|position| position.is_voting) {
        let class = &mut totals[usize::from(position.class)];
        let shares = class.registered_shares.checked_add(position.shares);
        let votes = class.votes.checked_add(position.votes);
        let (Some(shares), Some(votes)) = (shares, votes) else {
            problems.in_file(label, "the shares or votes of the register come to more than can be counted");
            return totals;
        };
        (class.registered_shares, class.votes) = (shares, votes);
    }
    for (class, total) in meeting.classes.iter().zip(&mut totals) {
        let shown = |shares: Shares| thousands(&shares.to_string());
        let (found, wanted) = (total.registered_shares, class.outstanding);
        let is_short = found < wanted;
        if found > wanted || (is_short && !meeting.is_register_partial) {
            let difference = if is_short { wanted - found } else { found - wanted };
            let side = if is_short { "short" } else { "too many" };
            let message = format!(
                "the voting shares of class {} add up to {}, but {} are outstanding: {} {side}",
                quoted(&class.id),
                shown(found),
                shown(wanted),
                shown(difference),
            );
            problems.in_file(label, message);
            continue;
        }
        total.missing_shares = wanted - found;
        total.missing_votes = class.votes_per_share.votes_of(total.missing_shares).unwrap_or(Votes::ZERO);
        total.votes = total.votes.checked_add(total.missing_votes).unwrap_or(Votes::from_units(u128::MAX));
    }
    totals
}

/// Totals of votes, cumulated ones too, must stay below what the stages count.
fn check_votes(meeting: &Meeting, label: &str, classes: &[ClassTotals], problems: &mut Problems) {
    let seats = meeting.items.iter().filter_map(|item| item.election()).map(|e| e.seats).max().unwrap_or(1);
    let total = classes.iter().try_fold(Votes::ZERO, |sum, class| sum.checked_add(class.votes));
    let fits = total.is_some_and(|votes| votes.units() <= VOTES_MAX / u128::from(seats));
    if !fits {
        let message = "the votes outstanding, times the seats, come to more than the 10^20 that are counted";
        problems.in_file(label, message);
    }
}

fn assemble(
    loaded: &Loaded,
    mut held: Vec<Position>,
    classes: Vec<ClassTotals>,
    nodes: Vec<Node>,
) -> Electorate {
    let holders_of = |row: usize| loaded.register.holders.get(&row);
    let mut keyed: Vec<(AccountId, u16, Vec<CoHolder>)> = Vec::new();
    for (row, position) in held.iter().enumerate() {
        if position.holding == Holding::Joint {
            keyed.push((position.account, position.class, holders_of(row).cloned().unwrap_or_default()));
        }
    }
    held.sort_by_key(|position| (position.account, position.class));
    let mut first = vec![0_u32; loaded.known_accounts + 1];
    for position in &held {
        first[position.account.place() + 1] += 1;
    }
    for place in 1..first.len() {
        first[place] += first[place - 1];
    }
    let mut excluded: HashMap<AccountId, Vec<usize>> = HashMap::new();
    for (place, item) in loaded.meeting.items.iter().enumerate() {
        for account in item.excluded_accounts.iter().filter_map(|text| loaded.accounts.find(text)) {
            let items = excluded.entry(AccountId(account)).or_default();
            if !items.contains(&place) {
                items.push(place);
            }
        }
    }
    let outstanding = classes.iter().map(|class| class.votes).sum();
    let votes_per_share = loaded.meeting.classes.iter().map(|class| class.votes_per_share).collect();
    let mut electorate = Electorate {
        positions: held,
        first,
        classes,
        outstanding,
        nodes,
        excluded,
        co_holders: HashMap::new(),
        votes_per_share,
    };
    for (account, class, holders) in keyed {
        let found = electorate.ids_of(account).find(|id| electorate.get(*id).class == class);
        if let Some(id) = found {
            electorate.co_holders.insert(id, holders);
        }
    }
    electorate
}
