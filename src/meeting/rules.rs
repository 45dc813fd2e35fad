//! The rules that a meeting may set, and what each law presets.

use crate::text::{did_you_mean, one_of, quoted};

/// A rule whose values have names in `meeting.json`.
macro_rules! named_rule {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$value_doc])* $value,)* }

        impl $name {
            /// The values as files write them.
            pub const NAMES: &'static [&'static str] = &[$($text),*];

            /// The value of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$value),)* _ => None }
            }

            /// As files write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $text,)* }
            }
        }
    };
}

named_rule! {
    /// The law whose presets apply where a meeting sets nothing else.
    Law {
        /// California Corporations Code, chapters 6 and 7.
        California = "california",
        /// Delaware General Corporation Law, subchapter VII.
        Delaware = "delaware",
        /// Model Business Corporation Act, chapter 7.
        ModelAct = "model_act",
    }
}
named_rule! {
    /// Which of two proxies is later.
    Order {
        /// By the dates on the forms (Cal. Corp. Code § 705(b)), then by receipt.
        FormDate = "form_date",
        /// By receipt alone.
        Received = "received",
    }
}
named_rule! {
    /// How an undated proxy stands to a dated one.
    Undated {
        /// It is older than every dated one.
        YieldsToDated = "yields_to_dated",
        /// It is taken as dated when received.
        AsReceived = "as_received",
    }
}
named_rule! {
    /// What becomes of two different cards that the order cannot separate.
    SameDateConflict {
        /// Both are held for the inspector.
        Hold = "hold",
        /// Both count towards the quorum and vote on nothing.
        QuorumOnly = "quorum_only",
    }
}
named_rule! {
    /// How joint holders vote.
    JointHolders {
        /// One acts and binds all; a majority binds all; an even split divides (Cal. 704, DGCL 217).
        Statute = "statute",
        /// The latest card of any of them.
        LatestCard = "latest_card",
        /// The first named on the register who sent a card.
        FirstNamed = "first_named",
        /// All whom the register names must agree on an item.
        Unanimous = "unanimous",
    }
}

impl JointHolders {
    /// Whether co-holders vote all their shares together.
    #[must_use]
    pub fn is_together(self) -> bool {
        matches!(self, Self::Statute | Self::Unanimous)
    }
}
named_rule! {
    /// What a holder who is present does to a proxy.
    AttendanceRevokes {
        /// A request at the meeting revokes it.
        OnRequest = "on_request",
        /// Only a ballot does.
        VotingOnly = "voting_only",
    }
}
named_rule! {
    /// Until when a proxy may be revoked or displaced.
    RevocableUntil {
        /// Until the proxy holders have voted it (Cal. Corp. Code § 705(b)).
        Voted = "voted",
        /// Until the polls close (8 Del. C. § 231(c)).
        PollsClose = "polls_close",
    }
}
named_rule! {
    /// What becomes of a signature that looks like someone else's.
    SignatureMismatch {
        /// Held for the inspector.
        Hold = "hold",
        /// Rejected.
        Reject = "reject",
        /// Accepted as presumptively genuine.
        Accept = "accept",
    }
}
named_rule! {
    /// What becomes of a nominee's blocks that come to more than its position.
    Overvote {
        /// Filled from the first received.
        FirstIn = "first_in",
        /// Filled from the last received.
        LatestFirst = "latest_first",
        /// Each cut in proportion.
        Prorate = "prorate",
        /// Each block that no longer fits is rejected whole.
        RejectBlock = "reject_block",
        /// All are rejected.
        RejectAll = "reject_all",
        /// Each block that no longer fits is held.
        Hold = "hold",
    }
}
named_rule! {
    /// What becomes of more cumulated votes than the pool.
    OverCumulated {
        /// The card casts none in the election.
        Void = "void",
        /// They are cut in proportion.
        Prorate = "prorate",
    }
}
named_rule! {
    /// What numbers on a card mean when cumulative voting is not in force.
    CumulatedWithoutNotice {
        /// Each counts up to the shares' votes.
        Cap = "cap",
        /// The card casts none in the election.
        Void = "void",
    }
}
named_rule! {
    /// What notice cumulative voting takes.
    CumulativeNotice {
        /// By a shareholder, at the meeting, before the voting (Cal. 708(b)).
        AtMeeting = "at_meeting",
        /// By a shareholder 48 hours before, or in the notice of the meeting (Model Act 7.28(d)).
        Hours48Before = "48_hours_before",
        /// None: the charter or the law gives the right (DGCL 214).
        OfRight = "of_right",
    }
}
named_rule! {
    /// Whether accounts excluded from an item count for its quorum.
    ExcludedCountForQuorum {
        /// They do.
        Yes = "yes",
        /// They do not: an interested director's shares are not outstanding on the matter (Cal. 112).
        No = "no",
    }
}
named_rule! {
    /// How fine a division of cumulated votes goes.
    FractionalVotes {
        /// Whole votes.
        Whole = "whole",
        /// Millionths.
        SixDecimals = "six_decimals",
    }
}

named_rule! {
    /// Whether a class of the company's securities is registered under Section 12 of the Securities
    /// Exchange Act of 1934: it says which rules on forms of proxy bind, the SEC's or, in California,
    /// Cal. Corp. Code § 604. No figure depends on it.
    ExchangeAct {
        /// It is.
        Registered = "registered",
        /// It is not.
        NotRegistered = "not_registered",
    }
}

/// The rules in effect at a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The law that preset them.
    pub law: Law,
    /// Months for which a proxy is valid after its date.
    pub proxy_valid_months: u32,
    /// Which of two proxies is later.
    pub order: Order,
    /// How undated proxies stand.
    pub undated: Undated,
    /// Same order, different marks.
    pub same_date_conflict: SameDateConflict,
    /// Joint holders.
    pub joint_holders: JointHolders,
    /// Attendance.
    pub attendance_revokes: AttendanceRevokes,
    /// Until when a proxy may be revoked or displaced.
    pub revocable_until: RevocableUntil,
    /// Doubtful signatures.
    pub signature_mismatch: SignatureMismatch,
    /// Nominees' blocks over the position.
    pub overvote: Overvote,
    /// Too many cumulated votes.
    pub over_cumulated: OverCumulated,
    /// Numbers without notice.
    pub cumulated_without_notice: CumulatedWithoutNotice,
    /// Division of cumulated votes.
    pub fractional_votes: FractionalVotes,
    /// Registration of the securities.
    pub exchange_act: ExchangeAct,
    /// Notice of cumulative voting.
    pub cumulative_notice: CumulativeNotice,
    /// Excluded accounts and the quorum.
    pub excluded_count_for_quorum: ExcludedCountForQuorum,
}

impl Rules {
    /// What the law presets.
    #[must_use]
    pub fn preset(law: Law) -> Self {
        let common = Self {
            law,
            proxy_valid_months: 11,
            order: Order::Received,
            undated: Undated::AsReceived,
            same_date_conflict: SameDateConflict::Hold,
            joint_holders: JointHolders::Statute,
            attendance_revokes: AttendanceRevokes::VotingOnly,
            revocable_until: RevocableUntil::PollsClose,
            signature_mismatch: SignatureMismatch::Hold,
            overvote: Overvote::FirstIn,
            over_cumulated: OverCumulated::Void,
            cumulated_without_notice: CumulatedWithoutNotice::Cap,
            fractional_votes: FractionalVotes::Whole,
            exchange_act: ExchangeAct::Registered,
            cumulative_notice: CumulativeNotice::Hours48Before,
            excluded_count_for_quorum: ExcludedCountForQuorum::Yes,
        };
        match law {
            Law::California => Self {
                cumulative_notice: CumulativeNotice::AtMeeting,
                excluded_count_for_quorum: ExcludedCountForQuorum::No,
                order: Order::FormDate,
                undated: Undated::YieldsToDated,
                attendance_revokes: AttendanceRevokes::OnRequest,
                revocable_until: RevocableUntil::Voted,
                ..common
            },
            Law::Delaware => Self {
                proxy_valid_months: 36,
                same_date_conflict: SameDateConflict::QuorumOnly,
                cumulative_notice: CumulativeNotice::OfRight,
                ..common
            },
            Law::ModelAct => common,
        }
    }

    /// Sets a rule by its key and the name of its value, as files write them.
    ///
    /// # Errors
    /// What was expected.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        fn named<T>(key: &str, value: &str, found: Option<T>, names: &[&str]) -> Result<T, String> {
            let expected = || one_of(names.iter().copied());
            found.ok_or_else(|| {
                format!("{} is not a value of `{key}`; expected {}", quoted(value), expected())
            })
        }
        macro_rules! set {
            ($($field:ident: $kind:ident),*) => {
                match key {
                    $(stringify!($field) => {
                        self.$field = named(key, value, $kind::from_name(value), $kind::NAMES)?;
                    })*
                    "law" => *self = Self::preset(named(key, value, Law::from_name(value), Law::NAMES)?),
                    "proxy_valid_months" => {
                        let months = value.parse().ok().filter(|months| (1..=1200).contains(months));
                        self.proxy_valid_months = months
                            .ok_or_else(|| format!("{} is not a number of months from 1 to 1200", quoted(value)))?;
                    }
                    "overmarked_election" => named(key, value, (value == "void").then_some(()), &["void"])?,
                    _ => {
                        let keys: Vec<&str> = self.entries().iter().map(|(key, _)| *key).collect();
                        let hint = did_you_mean(key, keys.iter().copied());
                        return Err(format!("{} is not a rule{hint}; expected one of {}", quoted(key), keys.join(", ")));
                    }
                }
            };
        }
        set!(
            order: Order, undated: Undated, same_date_conflict: SameDateConflict, joint_holders: JointHolders,
            attendance_revokes: AttendanceRevokes, revocable_until: RevocableUntil, signature_mismatch: SignatureMismatch, overvote: Overvote,
            over_cumulated: OverCumulated, cumulated_without_notice: CumulatedWithoutNotice,
            fractional_votes: FractionalVotes, cumulative_notice: CumulativeNotice,
            excluded_count_for_quorum: ExcludedCountForQuorum, exchange_act: ExchangeAct
        );
        Ok(())
    }

    /// Every key with its value, as the certificate prints them.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        vec![
            ("law", self.law.name().to_owned()),
            ("proxy_valid_months", self.proxy_valid_months.to_string()),
            ("order", self.order.name().to_owned()),
            ("undated", self.undated.name().to_owned()),
            ("same_date_conflict", self.same_date_conflict.name().to_owned()),
            ("joint_holders", self.joint_holders.name().to_owned()),
            ("attendance_revokes", self.attendance_revokes.name().to_owned()),
            ("revocable_until", self.revocable_until.name().to_owned()),
            ("signature_mismatch", self.signature_mismatch.name().to_owned()),
            ("overvote", self.overvote.name().to_owned()),
            ("overmarked_election", "void".to_owned()),
            ("over_cumulated", self.over_cumulated.name().to_owned()),
            ("cumulated_without_notice", self.cumulated_without_notice.name().to_owned()),
            ("fractional_votes", self.fractional_votes.name().to_owned()),
            ("exchange_act", self.exchange_act.name().to_owned()),
            ("cumulative_notice", self.cumulative_notice.name().to_owned()),
            ("excluded_count_for_quorum", self.excluded_count_for_quorum.name().to_owned()),
        ]
    }
}
