//! What a meeting votes on, and by which rules: `meeting.json` as it is meant.
//!
//! `load` builds these types and refuses meetings that cannot be (a form that lists more nominees
//! than seats, cumulative voting by another standard than plurality, …), so the stages below need no
//! error of their own. Nothing here opens a file.

mod mark;
mod papers;
mod proportional;
mod rules;
mod standard;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::amount::{Shares, Threshold, Votes, VotesPerShare};
use crate::time::Moment;

pub use mark::Mark;
pub use papers::{Appointment, DateStyle, Mode, Papers};
pub use proportional::{Follower, Follows};
pub use rules::{
    AttendanceRevokes, CumulatedWithoutNotice, CumulativeNotice, ExchangeAct, ExcludedCountForQuorum,
    FractionalVotes, JointHolders, Law, Order, OverCumulated, Overvote, RevocableUntil, Rules,
    SameDateConflict, SignatureMismatch, Undated,
};
pub use standard::{Base, Counting, Expression, SplitHolders, Standard, Test};

/// A meeting of shareholders.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// The corporation.
    pub company: String,
    /// What the meeting is called.
    pub title: String,
    /// The day it is held.
    pub date: Date,
    /// Where it is held.
    pub place: Option<String>,
    /// The zone in which its times are meant.
    pub zone: TimeZone,
    /// The zone's name in the IANA database.
    pub zone_name: String,
    /// The day that fixes who may vote (Cal. Corp. Code § 701, 8 Del. C. § 213).
    pub record_date: Date,
    /// When the polls opened.
    pub polls_open: Option<Moment>,
    /// When the polls closed; nothing while they are open.
    pub polls_close: Option<Moment>,
    /// When proxies were received last; ballots go by the polls. Nothing: proxies go by them too.
    pub proxies_close: Option<Moment>,
    /// The inspectors of elections, who sign the certificate.
    pub inspectors: Vec<String>,
    /// The classes of shares, in the order of the file. Never empty.
    pub classes: Vec<Class>,
    /// Whether the register may fall short of the shares outstanding.
    pub is_register_partial: bool,
    /// What the quorum asks.
    pub quorum: QuorumRule,
    /// The rules on cards and votes.
    pub rules: Rules,
    /// The forms of proxy, the default one first.
    pub forms: Vec<ProxyForm>,
    /// What is voted on, in the order of the file. Never empty.
    pub items: Vec<Item>,
    /// Accounts that vote as others do, in the order of the file.
    pub followers: Vec<Follower>,
    /// Dates of earlier sessions that were adjourned to this one.
    pub adjourned_from: Vec<Date>,
    /// What the papers say beside the result.
    pub papers: Papers,
}

impl Meeting {
    /// The first session: proxies valid then stay valid at the adjourned meeting.
    #[must_use]
    pub fn first_session(&self) -> Date {
        self.adjourned_from.iter().copied().chain([self.date]).min().unwrap_or(self.date)
    }

    /// Whether the polls on any item are open.
    #[must_use]
    pub fn has_open_polls(&self) -> bool {
        self.items.iter().any(|item| item.close(self).is_none())
    }

    /// When the last polls closed; nothing while any are open.
    #[must_use]
    pub fn last_close(&self) -> Option<Moment> {
        let closes: Option<Vec<Moment>> = self.items.iter().map(|item| item.close(self)).collect();
        closes.and_then(|closes| closes.into_iter().max()).or(self.polls_close)
    }

    /// Whether a quorum or a standard counts holders by head.
    #[must_use]
    pub fn counts_holders(&self) -> bool {
        let of_item = |item: &Item| {
            item.counts_holders() || item.quorum.as_ref().is_some_and(QuorumRule::counts_holders)
        };
        self.quorum.counts_holders() || self.items.iter().any(of_item)
    }

    /// Who gave notice of cumulative voting, as written.
    #[must_use]
    pub fn notice_givers(&self) -> Vec<&str> {
        let elections = self.items.iter().filter_map(Item::election);
        let givers = elections.filter_map(|election| match &election.cumulative {
            Cumulative::Notice { by, .. } => Some(by.as_str()),
            Cumulative::NotAvailable | Cumulative::NoNotice | Cumulative::OfRight => None,
        });
        givers.collect()
    }
}

/// What stands for the notice of the meeting where that puts cumulative voting in force (Model Act
/// § 7.28(d)(1)).
pub const NOTICE_OF_MEETING: &str = "notice_of_meeting";

/// A class of shares.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its id in the files.
    pub id: String,
    /// Its name on the certificate.
    pub name: String,
    /// Shares outstanding and entitled to vote at the record date.
    pub outstanding: Shares,
    /// Votes that a share carries.
    pub votes_per_share: VotesPerShare,
}

/// What a quorum is: every one of its tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuorumRule {
    /// What must be present. Never empty.
    pub tests: Vec<QuorumTest>,
    /// Whether each class must also have its own.
    pub is_by_class: bool,
}

/// One thing that a quorum asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuorumTest {
    /// A fraction of the votes outstanding.
    Votes(Threshold),
    /// A fraction of the holders with votes, by head.
    HolderFraction(Threshold),
    /// So many holders, by head.
    Holders(u32),
}

impl QuorumRule {
    /// A quorum of a fraction of the votes, of no class by itself.
    #[must_use]
    pub fn of_votes(threshold: Threshold) -> Self {
        Self { tests: vec![QuorumTest::Votes(threshold)], is_by_class: false }
    }

    /// QUO-1: the whole number of votes that it asks of so many outstanding, at least one: the largest, where
    /// it asks several fractions.
    #[must_use]
    pub fn votes_required(&self, outstanding: Votes) -> Votes {
        let asked = self.tests.iter().filter_map(|test| match test {
            QuorumTest::Votes(threshold) => Some(threshold.whole_votes_needed(outstanding)),
            QuorumTest::HolderFraction(_) | QuorumTest::Holders(_) => None,
        });
        asked.fold(Votes::whole(1), Votes::max)
    }

    /// Whether it counts holders by head.
    #[must_use]
    pub fn counts_holders(&self) -> bool {
        self.tests.iter().any(|test| !matches!(test, QuorumTest::Votes(_)))
    }

    /// Whether it asks for votes.
    #[must_use]
    pub fn counts_votes(&self) -> bool {
        self.tests.iter().any(|test| matches!(test, QuorumTest::Votes(_)))
    }
}

/// A solicitor's form of proxy.
#[derive(Debug, Clone)]
pub struct ProxyForm {
    /// Its id in the files.
    pub id: String,
    /// Who holds the proxies.
    pub holders: Vec<String>,
    /// Per item, how a signed card that says nothing on it is voted.
    pub unmarked: Vec<Unmarked>,
    /// When the proxy holders handed in their ballot.
    pub ballot_cast: Option<Moment>,
    /// Whether they are known to have cast none.
    pub casts_no_ballot: bool,
    /// Per item, whether their ballot says nothing on it.
    pub ballot_silent_on: Vec<bool>,
    /// What a card says of the other nominees that only withholds on single names; nothing: as the form votes
    /// unmarked cards in an uncontested election, not voted in a contested one.
    pub names_only: Option<NamesOnly>,
    /// Per item, how the proxy holders allocate the cumulated votes left to them.
    pub allocation: Vec<Allocation>,
}

/// How the other nominees are voted by a proxy that only withholds on single names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamesOnly {
    /// As the form votes an unmarked card.
    AsUnmarked,
    /// Present and not voted.
    NotVoted,
}

/// How a card that says nothing on an item is voted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmarked {
    /// The form does not say: present and not voted.
    NotVoted,
    /// As this mark, for all nominees in an election.
    Mark(Mark),
    /// FOR these nominees, by their place on the ballot.
    Nominees(Vec<usize>),
    /// For this choice of a frequency item, by its place.
    Choice(usize),
}

/// How proxy holders allocate a pool of cumulated votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allocation {
    /// So that the least-voted nominee gets as much as the withheld names permit, then the next.
    Level,
    /// Each card's pool in equal parts.
    PerCard,
    /// The totals that they wrote on their ballot, per nominee.
    Totals(BTreeMap<usize, crate::amount::Votes>),
}

/// A matter voted on.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id in the files.
    pub id: String,
    /// Its name on the certificate.
    pub title: String,
    /// What kind of vote it is.
    pub kind: ItemKind,
    /// Whether brokers may vote uninstructed shares on it (NYSE Rule 452); for warnings only.
    pub is_routine: Option<bool>,
    /// Per class, whether it may vote on the item.
    pub entitled_classes: Vec<bool>,
    /// Accounts that may not vote on the item, as on the register.
    pub excluded_accounts: Vec<String>,
    /// Groups of classes that must each approve.
    pub voting_groups: Vec<VotingGroup>,
    /// False for a motion to adjourn, which needs no quorum.
    pub needs_quorum: bool,
    /// Its own quorum; nothing: the meeting's.
    pub quorum: Option<QuorumRule>,
    /// The boxes that the form offers.
    pub options: Vec<Mark>,
    /// Whether it was withdrawn before it was voted on: its marks are not counted.
    pub is_withdrawn: bool,
    /// When the polls on it opened, where not with the meeting's.
    pub polls_open: Option<Moment>,
    /// When the polls on it closed, where not with the meeting's (8 Del. C. § 231(c): "each matter").
    pub polls_close: Option<Moment>,
    /// Whether the vote advises and does not bind, as on executive compensation (SEC Rule 14a-21).
    pub is_advisory: bool,
}

impl Item {
    /// The election, if it is one.
    #[must_use]
    pub fn election(&self) -> Option<&Election> {
        match &self.kind {
            ItemKind::Election(election) => Some(election),
            ItemKind::Proposal(_) | ItemKind::Frequency(_) => None,
        }
    }

    /// The columns that its votes are counted in: its nominees, or one.
    #[must_use]
    pub fn column_count(&self) -> usize {
        self.election().map_or(1, |election| election.nominees.len())
    }

    /// Every standard that decides it.
    pub fn standards(&self) -> impl Iterator<Item = &Standard> {
        let own = match &self.kind {
            ItemKind::Election(election) => election.standard.as_ref(),
            ItemKind::Proposal(standard) => Some(standard),
            ItemKind::Frequency(_) => None,
        };
        own.into_iter().chain(self.voting_groups.iter().map(|group| &group.standard))
    }

    /// Whether a test of it counts accounts instead of votes.
    #[must_use]
    pub fn counts_holders(&self) -> bool {
        self.standards().any(Standard::counts_holders)
    }

    /// When the polls on it closed; nothing while they are open.
    #[must_use]
    pub fn close(&self, meeting: &Meeting) -> Option<Moment> {
        self.polls_close.or(meeting.polls_close)
    }

    /// The quorum that decides it.
    #[must_use]
    pub fn quorum_rule<'a>(&'a self, meeting: &'a Meeting) -> &'a QuorumRule {
        self.quorum.as_ref().unwrap_or(&meeting.quorum)
    }
}

/// What kind of vote an item is.
#[derive(Debug, Clone)]
pub enum ItemKind {
    /// Directors are elected.
    Election(Election),
    /// Something is approved or not, by a standard.
    Proposal(Standard),
    /// One of several choices is chosen, as how often to vote on pay.
    Frequency(Vec<Choice>),
}

/// An election of directors.
#[derive(Debug, Clone)]
pub struct Election {
    /// Directors to be elected; also the multiplier of cumulative voting.
    pub seats: u32,
    /// The nominees in ballot order.
    pub nominees: Vec<Nominee>,
    /// What a nominee must meet beside having the most votes; nothing for plurality.
    pub standard: Option<Standard>,
    /// Whether plurality decides when nominees outnumber seats.
    pub is_plurality_if_contested: bool,
    /// Whether votes may be cumulated.
    pub cumulative: Cumulative,
    /// Whether it was contested on the date that the law or the by-laws fix; nothing: counted from the
    /// nominees.
    pub contested: Option<bool>,
    /// What the corporation's policy makes of the votes, which changes no result.
    pub policy: Option<Policy>,
    /// Where it is provided that a lot breaks a tie, as `By-laws § 2.9`; nothing: a tie stays a tie.
    pub tie_by_lot: Option<String>,
}

/// When a director in office must tender a resignation, by the corporation's own policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// When more votes are withheld than are for.
    WithheldExceedsFor,
    /// When the votes for are no majority of those for and against.
    FailsMajorityOfVotesCast,
}

impl Policy {
    /// The values as files write them.
    pub const NAMES: &'static [&'static str] = &["withheld_exceeds_for", "fails_majority_of_votes_cast"];

    /// The value of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "withheld_exceeds_for" => Some(Self::WithheldExceedsFor),
            "fails_majority_of_votes_cast" => Some(Self::FailsMajorityOfVotesCast),
            _ => None,
        }
    }

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WithheldExceedsFor => "withheld_exceeds_for",
            Self::FailsMajorityOfVotesCast => "fails_majority_of_votes_cast",
        }
    }
}

impl Election {
    /// The standard in effect: none when plurality decides.
    #[must_use]
    pub fn effective_standard(&self) -> Option<&Standard> {
        self.standard.as_ref().filter(|_| !(self.is_plurality_if_contested && self.is_contested()))
    }

    /// Whether nominees outnumber seats: as it stood on the date fixed where the meeting says so, else by the
    /// nominees who can serve (Cal. Corp. Code § 708.5(a)(1)).
    #[must_use]
    pub fn is_contested(&self) -> bool {
        let able = || self.nominees.iter().filter(|nominee| !nominee.is_unable_to_serve).count();
        self.contested.unwrap_or_else(|| able() > self.seats as usize)
    }

    /// Whether cumulative voting is in force.
    #[must_use]
    pub fn is_cumulative(&self) -> bool {
        matches!(self.cumulative, Cumulative::Notice { .. } | Cumulative::OfRight)
    }

    /// Whether a nominee was nominated in time for votes to be cumulated for that name
    /// (Cal. Corp. Code § 708(b)).
    #[must_use]
    pub fn is_nominated_in_time(&self, nominee: usize, meeting: &Meeting) -> bool {
        match (self.nominees[nominee].nominated, meeting.polls_open) {
            (Some(nominated), Some(voting)) => nominated <= voting,
            (None, _) | (Some(_), None) => true,
        }
    }
}

/// Whether votes may be cumulated in an election.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cumulative {
    /// The articles do not provide it.
    NotAvailable,
    /// Available, but nobody gave notice: voted straight.
    NoNotice,
    /// In force for every holder, because one gave notice before the voting.
    Notice {
        /// Who gave it: an account, a holder's name, a form of proxy, or the notice of the meeting.
        by: String,
        /// When; nothing where the notice of the meeting says it.
        given: Option<Moment>,
    },
    /// In force for every holder without notice, by the charter or the law.
    OfRight,
}

/// A candidate.
#[derive(Debug, Clone)]
pub struct Nominee {
    /// The id in the files.
    pub id: String,
    /// The name on the certificate.
    pub name: String,
    /// Whether the nominee can no longer serve.
    pub is_unable_to_serve: bool,
    /// The nominee for whom proxies for this one are voted, by place on the ballot.
    pub substitute: Option<usize>,
    /// When placed in nomination; nothing: in the notice of the meeting.
    pub nominated: Option<Moment>,
    /// Whether in office at the time of the meeting.
    pub is_incumbent: bool,
    /// The term for which the nominee stands, in the words of the notice.
    pub term: Option<String>,
}

/// A choice of a frequency item.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its id, which is also its mark.
    pub id: String,
    /// Its name on the certificate.
    pub name: String,
}

/// Classes that must approve by themselves.
#[derive(Debug, Clone)]
pub struct VotingGroup {
    /// The classes, by place.
    pub classes: Vec<usize>,
    /// What they must reach.
    pub standard: Standard,
}
