//! The deck: accounts with distinct powers of two, the cards, and what the shares of each come to.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::DateTime;

use super::says::{Pattern, Says, Voice, marked, silent};
use crate::amount::UNITS_PER_ONE;
use crate::meeting::{Class, Election, Item, Meeting};
use crate::time::Moment;

/// The smallest power: quarters of it are whole.
const FIRST_POWER: u32 = 2;

/// The largest power: with all below it, it is under the 10^15 shares that can be counted.
const LAST_POWER: u32 = 48;

/// How many accounts a deck may have.
pub const ACCOUNTS_MAX: usize = (LAST_POWER - FIRST_POWER + 1) as usize;

/// Why there is no deck for a meeting.
#[derive(Debug, thiserror::Error)]
pub enum DeckError {
    /// It needs more accounts than there are powers of two.
    #[error(
        "a deck for this meeting needs {0} accounts, and there are {ACCOUNTS_MAX} powers of two to tell them apart"
    )]
    TooMany(usize),
    /// Its times cannot be reckoned with.
    #[error("the times of the meeting leave no room for late and expired cards")]
    Times,
}

/// An account of one class.
#[derive(Debug, Clone)]
pub struct Position {
    /// The account.
    pub account: String,
    /// The holder.
    pub name: String,
    /// Its class, by place.
    pub class: usize,
    /// Its shares: a power of two.
    pub shares: u64,
    /// Its kind.
    pub registration: &'static str,
    /// Its co-holders, as the register has them.
    pub holders: &'static str,
    /// Whether it may vote at all.
    pub is_voting: bool,
}

/// A card of the deck.
#[derive(Debug, Clone, Default)]
pub struct TestCard {
    /// Its number, which begins with `TEST-`.
    pub number: String,
    /// Its cells but for the marks, by column.
    pub cells: BTreeMap<&'static str, String>,
    /// Its marks, by column.
    pub marks: BTreeMap<String, String>,
    /// What must become of it, and why.
    pub fate: (&'static str, &'static str),
    /// What it is in the deck for.
    pub shows: String,
    /// The file of cards, by place, through whose layout it comes.
    pub layout: Option<usize>,
}

/// Shares that are present, and what they say on each item.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) account: String,
    pub(super) class: usize,
    pub(super) shares: u64,
    pub(super) says: Vec<Says>,
}

/// Everything that is counted, and what must come of it.
#[derive(Debug, Default)]
pub struct Deck {
    /// The register.
    pub register: Vec<Position>,
    /// The cards.
    pub cards: Vec<TestCard>,
    /// The rows of street.csv: account, item, vote, shares, nominee.
    pub street: Vec<[String; 5]>,
    /// The rows of revocations.csv: account, received, manner.
    pub revocations: Vec<[String; 3]>,
    /// The codes of the open matters that must stand.
    pub open_matters: Vec<&'static str>,
    pub(super) standing: Vec<Standing>,
}

/// The times at which the cards of a deck come.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// The day after the record date, before anything is voted.
    pub(super) early: DateTime,
    /// As the first polls close: a ballot is still in time.
    pub(super) close: String,
    /// A minute after the last polls, and proxies, close.
    pub(super) late: String,
}

impl Times {
    pub(super) fn of(meeting: &Meeting) -> Option<Self> {
        let noon = meeting.date.at(12, 0, 0, 0);
        let local = |moment: Moment| -> Option<DateTime> {
            let text = moment.in_zone(&meeting.zone);
            if moment.is_day_only { Some(moment.day.at(23, 59, 59, 0)) } else { text.parse().ok() }
        };
        let closes: Vec<DateTime> = meeting
            .items
            .iter()
            .map(|item| item.close(meeting).map_or(Some(noon), local))
            .collect::<Option<_>>()?;
        let proxies = meeting.proxies_close.map_or(Some(noon), local)?;
        let first = closes.iter().min().copied()?;
        let last = closes.iter().max().copied()?.max(proxies);
        let second = |time: DateTime| time.round(jiff::Unit::Second).ok();
        Some(Self {
            early: meeting.record_date.tomorrow().ok()?.at(9, 0, 0, 0),
            close: second(first)?.to_string(),
            late: second(last.checked_add(1.minute()).ok()?)?.to_string(),
        })
    }

    /// So many minutes after the early time.
    pub(super) fn early_plus(&self, minutes: i64) -> String {
        self.early.checked_add(minutes.minutes()).unwrap_or(self.early).to_string()
    }
}

/// What a card is beside its marks.
#[derive(Debug, Clone, Default)]
pub(super) struct CardOf<'a> {
    pub(super) cells: Vec<(&'static str, String)>,
    /// The form by place; nothing: a ballot.
    pub(super) form: Option<usize>,
    pub(super) fate: (&'static str, &'static str),
    pub(super) shows: &'a str,
    pub(super) layout: Option<usize>,
}

/// Writes a deck.
pub(super) struct DeckWriter<'m> {
    pub(super) meeting: &'m Meeting,
    pub(super) times: Times,
    pub(super) deck: Deck,
    /// Accounts asked for beyond the last power.
    beyond: usize,
}

impl<'m> DeckWriter<'m> {
    pub(super) fn new(meeting: &'m Meeting) -> Result<Self, DeckError> {
        let times = Times::of(meeting).ok_or(DeckError::Times)?;
        Ok(Self { meeting, times, deck: Deck::default(), beyond: 0 })
    }

    /// A new account with the next power of two, in the next class.
    pub(super) fn account(&mut self, registration: &'static str) -> Position {
        let class = self.deck.register.len() % self.meeting.classes.len();
        self.account_of(class, registration)
    }

    pub(super) fn account_of(&mut self, class: usize, registration: &'static str) -> Position {
        let place = self.deck.register.len();
        if place >= ACCOUNTS_MAX {
            self.beyond += 1;
        }
        let power = FIRST_POWER + u32::try_from(place).unwrap_or(0).min(LAST_POWER - FIRST_POWER);
        let account = format!("TEST-A{:02}", place + 1);
        let position = Position {
            name: format!("Test Holder {:02}", place + 1),
            account,
            class,
            shares: 1 << power,
            registration,
            holders: "",
            is_voting: true,
        };
        self.deck.register.push(position.clone());
        position
    }

    /// Changes the account that was made last.
    pub(super) fn change_last(&mut self, change: impl FnOnce(&mut Position)) -> Position {
        let last = self.deck.register.len() - 1;
        change(&mut self.deck.register[last]);
        self.deck.register[last].clone()
    }

    /// A card of an account, marked on every item as it is told; returns what it says.
    pub(super) fn card(
        &mut self,
        account: &str,
        (class, shares): (usize, u64),
        of: CardOf<'_>,
        pattern: impl Fn(usize, &Item) -> Pattern,
    ) -> Vec<Says> {
        let mut card = TestCard {
            number: format!("TEST-{:03}", self.deck.cards.len() + 1),
            cells: of.cells.into_iter().collect(),
            fate: of.fate,
            shows: of.shows.to_owned(),
            layout: of.layout,
            ..TestCard::default()
        };
        card.cells.insert("account", account.to_owned());
        let form = of.form.map(|place| &self.meeting.forms[place]);
        match of.form {
            None => _ = card.cells.insert("kind", "ballot".to_owned()),
            // The first form is the default.
            Some(0) => {}
            Some(place) => _ = card.cells.insert("form", self.meeting.forms[place].id.clone()),
        }
        let mut said = Vec::new();
        for (place, item) in self.meeting.items.iter().enumerate() {
            let pool = pool_units(self.meeting, item, class, shares) / UNITS;
            let (cells, says) = marked(self.meeting, place, &pattern(place, item), Voice { form }, pool);
            let is_entitled = item.entitled_classes[class];
            if is_entitled && !item.is_withdrawn {
                card.marks.extend(cells);
            }
            said.push(says);
        }
        self.deck.cards.push(card);
        said
    }

    /// Shares that are present and say something.
    pub(super) fn stands(&mut self, position: &Position, shares: u64, says: Vec<Says>) {
        let (account, class) = (position.account.clone(), position.class);
        self.deck.standing.push(Standing { account, class, shares, says });
    }

    /// Shares that are present and say nothing.
    pub(super) fn stands_silent(&mut self, position: &Position, shares: u64) {
        let says = self.meeting.items.iter().map(silent).collect();
        self.stands(position, shares, says);
    }

    pub(super) fn finish(mut self) -> Result<Deck, DeckError> {
        if self.beyond > 0 {
            return Err(DeckError::TooMany(self.deck.register.len()));
        }
        self.deck.open_matters.sort_unstable();
        self.deck.open_matters.dedup();
        Ok(self.deck)
    }
}

/// The units of a vote.
pub(super) const UNITS: u128 = UNITS_PER_ONE;

/// The votes of shares, in units.
pub(super) fn votes_of(class: &Class, shares: u64) -> u128 {
    let votes = class.votes_per_share.votes_of(crate::amount::Shares::whole(shares));
    votes.map_or(0, crate::amount::Votes::units)
}

/// The cumulated votes of shares in an election, in units: their votes times the seats.
pub(super) fn pool_units(meeting: &Meeting, item: &Item, class: usize, shares: u64) -> u128 {
    let seats = item.election().map_or(0, |election: &Election| u128::from(election.seats));
    votes_of(&meeting.classes[class], shares) * seats
}
