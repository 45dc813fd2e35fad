//! Ascertain: who may vote how many shares (8 Del. C. § 231(b)(1); Cal. Corp. Code § 707(b)).
//!
//! Receives the register and omnibus.csv as read, promises positions that add up to the shares
//! outstanding, and refuses a register that does not. Every sum of votes that a later stage can form
//! is bounded here.

mod omnibus;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::amount::{Shares, UNITS_PER_MILLIONTH, VOTES_MAX, Votes, VotesPerShare, multiply_divide};
use crate::catalogue::Code;
use crate::load::{AccountId, CoHolder, Loaded, Problems, Register, Registration, Role};
use crate::meeting::Meeting;
use crate::parallel::parts;
use crate::text::{quoted, thousands};

pub use omnibus::OmnibusNode;

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
pub use crate::load::RegisterRow as Position;

impl Position {
    /// How its cards go together.
    #[must_use]
    pub fn holding(&self) -> Holding {
        match self.registration {
            Registration::Nominee => Holding::Nominee,
            _ if self.is_joint() => Holding::Joint,
            Registration::Individual
            | Registration::Joint
            | Registration::Corporation
            | Registration::Partnership
            | Registration::Fiduciary
            | Registration::Custodian => Holding::Single,
        }
    }
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

/// Who has which position.
#[derive(Debug)]
struct Owners {
    /// Per position, its account.
    accounts: Vec<AccountId>,
    /// Per account, its first position; and where the last account's end.
    first: Vec<u32>,
}

/// Everybody who may vote.
#[derive(Debug)]
pub struct Electorate {
    /// The positions, sorted by account.
    pub positions: Arc<Vec<Position>>,
    /// Whose they are; nothing where each account has the position of its own place.
    owners: Option<Owners>,
    /// The votes of positions that state them.
    stated_votes: HashMap<PositionId, Votes>,
    known_accounts: usize,
    /// Per class, its totals.
    pub classes: Vec<ClassTotals>,
    /// All votes outstanding.
    pub outstanding: Votes,
    /// The omnibus tree, in the order of its file.
    pub nodes: Vec<OmnibusNode>,
    /// Per account excluded anywhere, the items, by place.
    pub excluded: HashMap<AccountId, Vec<usize>>,
    /// The accounts that vote as others do, in the order of the meeting's `followers`.
    pub followers: Vec<AccountId>,
    /// Per joint position, the co-holders.
    pub co_holders: HashMap<PositionId, Vec<CoHolder>>,
    votes_per_share: Vec<VotesPerShare>,
    /// Per account whose holder has several, the first of them.
    heads: HashMap<AccountId, AccountId>,
}

impl Electorate {
    /// The positions of an account.
    #[must_use]
    pub fn of(&self, account: AccountId) -> &[Position] {
        let (start, end) = self.range(account);
        &self.positions[start..end]
    }

    /// The account by which its holder is counted as one head: the first of those that the register gives to the
    /// same holder.
    #[must_use]
    pub fn head(&self, account: AccountId) -> AccountId {
        self.heads.get(&account).copied().unwrap_or(account)
    }

    /// Whether some holder's accounts are counted as one head.
    #[must_use]
    pub fn has_shared_heads(&self) -> bool {
        self.heads.iter().any(|(account, head)| account != head)
    }

    /// Whether an account is a nominee: it holds shares for others, in one class at least.
    #[must_use]
    pub fn is_nominee(&self, account: AccountId) -> bool {
        self.of(account).iter().any(|position| position.holding() == Holding::Nominee)
    }

    /// The ids of an account's positions.
    pub fn ids_of(&self, account: AccountId) -> impl Iterator<Item = PositionId> + use<> {
        let (start, end) = self.range(account);
        (start..end).map(|place| PositionId(u32::try_from(place).unwrap_or(u32::MAX)))
    }

    /// Looks at an account's first position before it is wanted.
    pub(crate) fn touch(&self, account: AccountId) -> u8 {
        let owners = self.owners.as_ref();
        let first = owners.map_or(Some(account.0), |owners| owners.first.get(account.place()).copied());
        let position = first.and_then(|first| self.positions.get(first as usize));
        u8::from(position.is_some_and(Position::is_voting))
    }

    fn range(&self, account: AccountId) -> (usize, usize) {
        let place = account.place();
        if !self.knows(account) {
            return (0, 0);
        }
        self.owners.as_ref().map_or((place, place + 1), |owners| {
            (owners.first[place] as usize, owners.first[place + 1] as usize)
        })
    }

    /// Whether the register or omnibus.csv names the account.
    #[must_use]
    pub fn knows(&self, account: AccountId) -> bool {
        account.place() < self.known_accounts
    }

    /// The votes of a position: none where it may not vote.
    #[must_use]
    pub fn votes(&self, id: PositionId) -> Votes {
        let position = self.get(id);
        if !position.is_voting() {
            return Votes::ZERO;
        }
        if position.has_stated_votes() {
            return self.stated_votes.get(&id).copied().unwrap_or(Votes::ZERO);
        }
        self.ratio_votes(position, position.shares)
    }

    /// A part of the shares of a position whose votes fit has votes that fit.
    fn ratio_votes(&self, position: &Position, shares: Shares) -> Votes {
        self.votes_per_share[usize::from(position.class)].votes_of(shares).unwrap_or(Votes::ZERO)
    }

    /// Whose a position is.
    #[must_use]
    pub fn account(&self, id: PositionId) -> AccountId {
        self.owners.as_ref().map_or(AccountId(id.0), |owners| owners.accounts[id.place()])
    }

    /// A position.
    #[must_use]
    pub fn get(&self, id: PositionId) -> &Position {
        &self.positions[id.place()]
    }

    /// REG-3: the votes of a part of a position of which so many shares were taken before: shares times votes per
    /// share. Stated votes are spread evenly and cut to six decimals, each part being the difference of what all
    /// up to it come to, so that the parts together come to exactly the whole.
    #[must_use]
    pub fn votes_of_part(&self, id: PositionId, before: Shares, part: Shares) -> Votes {
        let position = self.get(id);
        if part == position.shares {
            return self.votes(id);
        }
        if position.has_stated_votes() {
            return part_of_stated(self.votes(id), position.shares, before, part);
        }
        self.ratio_votes(position, part)
    }

    /// Whether a position votes on an item: its class is entitled, and its account is not excluded.
    #[must_use]
    pub fn votes_on(&self, meeting: &Meeting, id: PositionId, item: usize) -> bool {
        let position = self.get(id);
        meeting.items[item].entitled_classes[usize::from(position.class)]
            && !self.is_excluded(self.account(id), item)
    }

    /// Whether an account may not vote on an item.
    #[must_use]
    pub fn is_excluded(&self, account: AccountId, item: usize) -> bool {
        self.excluded.get(&account).is_some_and(|items| items.contains(&item))
    }
}

/// Accounts with the same text in the register's column `holder` are one head: each goes by one of them.
fn heads(register: &Register) -> HashMap<AccountId, AccountId> {
    let named = register.heads.iter().map(|(place, holder)| (register.account(*place), holder.as_str()));
    let holder_of: BTreeMap<AccountId, &str> = named.collect();
    let mut first_of: HashMap<&str, AccountId> = HashMap::new();
    let first = |(account, holder)| (account, *first_of.entry(holder).or_insert(account));
    holder_of.into_iter().map(first).collect()
}

/// An account is one holder's: its rows may not name two.
fn check_heads(loaded: &Loaded, problems: &mut Problems) {
    let register = &loaded.register;
    let mut places: Vec<&usize> = register.heads.keys().collect();
    places.sort_unstable();
    let mut known: HashMap<AccountId, &String> = HashMap::new();
    for place in places {
        let holder = &register.heads[place];
        let first = *known.entry(register.account(*place)).or_insert(holder);
        if first != holder {
            let message = format!(
                "{} is another holder than {} on an earlier row of the account",
                quoted(holder),
                quoted(first)
            );
            let fault = Code::HolderDiffers.fault(message);
            loaded.problem_of_record(problems, *place, "holder", fault);
        }
    }
}

/// A part of stated votes, of which the shares before it have theirs.
fn part_of_stated(votes: Votes, whole: Shares, before: Shares, part: Shares) -> Votes {
    let up_to = |shares: Shares| if shares == whole { votes } else { even_part(votes, whole, shares) };
    up_to(before + part) - up_to(before)
}

/// An even part of stated votes.
fn even_part(votes: Votes, shares: Shares, part: Shares) -> Votes {
    let units = multiply_divide(votes.units(), part.units(), shares.units());
    Votes::from_units(units / UNITS_PER_MILLIONTH * UNITS_PER_MILLIONTH)
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
    let sums = sums_of_record(loaded, &mut problems);
    check_heads(loaded, &mut problems);
    let classes = class_totals(loaded, &sums, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let (held, nodes) = omnibus::apply(loaded, &mut problems);
    check_votes(&loaded.meeting, loaded.path_of(Role::Meeting), &classes, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(assemble(loaded, held, classes, nodes))
}

/// The votes of a row of the register; nothing when they are too many.
fn votes_of_row(loaded: &Loaded, place: usize) -> Option<Votes> {
    let row = &loaded.register.rows[place];
    if row.has_stated_votes() {
        return loaded.register.votes.get(&place).copied();
    }
    loaded.meeting.classes[usize::from(row.class)].votes_per_share.votes_of(row.shares)
}

/// Voting shares and votes on the register.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    shares: Shares,
    votes: Votes,
}

impl Sum {
    fn checked_add(self, other: Self) -> Option<Self> {
        let shares = self.shares.checked_add(other.shares)?;
        Some(Self { shares, votes: self.votes.checked_add(other.votes)? })
    }
}

/// Per class, what the register comes to; nothing when it is more than can be counted.
fn sums_of_record(loaded: &Loaded, problems: &mut Problems) -> Vec<Option<Sum>> {
    let class_count = loaded.meeting.classes.len();
    let parts = parts(loaded.threads, loaded.register.rows.len(), |range| {
        let mut sums = vec![Some(Sum::default()); class_count];
        let mut problems = Problems::default();
        for place in range {
            let row = &loaded.register.rows[place];
            let votes = votes_of_row(loaded, place).unwrap_or_else(|| {
                let message = format!("`{}` carry more votes than the 10^20 that are counted", row.shares);
                loaded.problem_of_record(&mut problems, place, "shares", Code::AmountTotal.fault(message));
                Votes::ZERO
            });
            if row.shares.is_zero() && !votes.is_zero() {
                let message = format!("`{votes}` votes stand beside no shares");
                loaded.problem_of_record(&mut problems, place, "votes", Code::RegisterVotes.fault(message));
            }
            if row.is_voting() {
                let sum = &mut sums[usize::from(row.class)];
                *sum = sum.and_then(|sum| sum.checked_add(Sum { shares: row.shares, votes }));
            }
        }
        (sums, problems)
    });
    let mut sums = vec![Some(Sum::default()); class_count];
    for (part, found) in parts {
        problems.append(found);
        for (sum, part) in sums.iter_mut().zip(part) {
            *sum = sum.and_then(|sum| sum.checked_add(part?));
        }
    }
    sums
}

/// REG-1, REG-2: the register's voting shares against the shares outstanding (`register`;
/// Cal. Corp. Code §§ 701, 703(b)).
fn class_totals(loaded: &Loaded, sums: &[Option<Sum>], problems: &mut Problems) -> Vec<ClassTotals> {
    let meeting = &loaded.meeting;
    let label = loaded.path_of(Role::Register);
    let mut totals = vec![ClassTotals::default(); meeting.classes.len()];
    for (total, sum) in totals.iter_mut().zip(sums) {
        let Some(sum) = sum else {
            problems.in_file(
                label,
                Code::AmountTotal
                    .fault("the shares or votes of the register come to more than can be counted"),
            );
            return totals;
        };
        (total.registered_shares, total.votes) = (sum.shares, sum.votes);
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
            problems.in_file(label, Code::RegisterTotal.fault(message));
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
        problems.in_file(label, Code::AmountTotal.fault(message));
    }
}

fn assemble(
    loaded: &Loaded,
    held: Option<Vec<Held>>,
    classes: Vec<ClassTotals>,
    nodes: Vec<OmnibusNode>,
) -> Electorate {
    let register = &loaded.register;
    // The rows of a register with one class stand in the order of their accounts, each on its own.
    let is_own = loaded.meeting.classes.len() == 1 && held.is_none();
    let (positions, owners, stated_votes) = if is_own {
        let stated = register.votes.iter().map(|(row, votes)| (position_id(*row), *votes));
        (Arc::clone(&register.rows), None, stated.collect())
    } else {
        let mut held = held.unwrap_or_else(|| positions_of_record(loaded));
        held.sort_by_key(|held| (held.account, held.position.class));
        let owners = owners_of(&held, loaded.known_accounts);
        let stated = held.iter().enumerate().filter(|(_, held)| held.position.has_stated_votes());
        let stated = stated.map(|(place, held)| (position_id(place), held.votes)).collect();
        (Arc::new(held.into_iter().map(|held| held.position).collect()), Some(owners), stated)
    };
    let mut excluded: HashMap<AccountId, Vec<usize>> = HashMap::new();
    for (place, item) in loaded.meeting.items.iter().enumerate() {
        for account in item.excluded_accounts.iter().filter_map(|text| loaded.accounts.find(text)) {
            let items = excluded.entry(AccountId(account)).or_default();
            if !items.contains(&place) {
                items.push(place);
            }
        }
    }
    // One that is not known, which is an input error, has no position.
    let account_of = |text: &String| AccountId(loaded.accounts.find(text).unwrap_or(u32::MAX));
    let followers = loaded.meeting.followers.iter().map(|one| account_of(&one.account)).collect();
    let outstanding = classes.iter().map(|class| class.votes).sum();
    let votes_per_share = loaded.meeting.classes.iter().map(|class| class.votes_per_share).collect();
    let mut electorate = Electorate {
        positions,
        owners,
        stated_votes,
        known_accounts: loaded.known_accounts,
        classes,
        outstanding,
        nodes,
        heads: heads(&loaded.register),
        excluded,
        followers,
        co_holders: HashMap::new(),
        votes_per_share,
    };
    for (place, holders) in &register.holders {
        let row = &register.rows[*place];
        if row.is_joint() {
            let mut ids = electorate.ids_of(register.account(*place));
            if let Some(id) = ids.find(|id| electorate.get(*id).class == row.class) {
                electorate.co_holders.insert(id, holders.clone());
            }
        }
    }
    electorate
}

/// Of positions sorted by account.
fn owners_of(held: &[Held], known_accounts: usize) -> Owners {
    let mut first = vec![0_u32; known_accounts + 1];
    for held in held {
        first[held.account.place() + 1] += 1;
    }
    for place in 1..first.len() {
        first[place] += first[place - 1];
    }
    Owners { accounts: held.iter().map(|held| held.account).collect(), first }
}

fn position_id(place: usize) -> PositionId {
    PositionId(u32::try_from(place).unwrap_or(u32::MAX))
}

/// A position with its votes, while voting power is passed on.
#[derive(Debug, Clone)]
struct Held {
    account: AccountId,
    position: Position,
    votes: Votes,
}

fn positions_of_record(loaded: &Loaded) -> Vec<Held> {
    let rows = loaded.register.with_accounts().enumerate();
    rows.map(|(place, (account, row))| {
        let votes = votes_of_row(loaded, place).filter(|_| row.is_voting()).unwrap_or(Votes::ZERO);
        Held { account, position: row.clone(), votes }
    })
    .collect()
}
