//! What becomes of a card: the disposition, the reason and the cause.

use crate::load::CardId;

/// What became of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// It stands for all the shares it claims.
    Counted,
    /// It stands for some of them, or not on every item.
    CountedInPart,
    /// Newer cards took its shares.
    Superseded,
    /// Its holder revoked it.
    Revoked,
    /// It is no vote.
    Rejected,
    /// The inspector must rule on it: present and not voted.
    Held,
}

impl Disposition {
    /// Every disposition, in the order of the certificate.
    pub const ALL: [Self; 6] =
        [Self::Counted, Self::CountedInPart, Self::Superseded, Self::Revoked, Self::Rejected, Self::Held];

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::CountedInPart => "counted_in_part",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
            Self::Rejected => "rejected",
            Self::Held => "held",
        }
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nothing speaks against it.
    InOrder,
    /// The inspector ruled it out, wholly or on an item.
    RuledOut,
    /// The account is neither on the register nor in omnibus.csv.
    UnknownAccount,
    /// The position is zero or may not vote.
    NoVotingShares,
    /// Not signed.
    Unsigned,
    /// The signature looks like someone else's.
    SignatureMismatch,
    /// Received after the polls closed.
    Late,
    /// Received after the time as of which is counted.
    NotYetReceived,
    /// Dated after the meeting.
    PostDated,
    /// Older than a proxy is valid.
    Expired,
    /// Revoked in writing.
    Written,
    /// Revoked by a request at the meeting.
    AtMeeting,
    /// A later proxy took the shares.
    LaterProxy,
    /// A ballot took the shares.
    Ballot,
    /// The card that took the shares says the same.
    Duplicate,
    /// It cannot be ordered against a different card.
    SameDateConflict,
    /// More shares than the position.
    OverPosition,
    /// Joint holders who acted differently, without a majority or an even split.
    JointConflict,
    /// The holder named first acts for the others.
    FirstNamed,
    /// The proxy holders had voted the shares, or the form's proxies, before it came.
    AfterVote,
    /// An irrevocable proxy has the shares.
    IrrevocableProxy,
    /// It contradicts itself.
    Contradiction,
    /// For some of the shares that joint holders vote together.
    PartOfJoint,
    /// Revoked by the holder's death or incapacity.
    Death,
}

impl Reason {
    /// Whether the paper came too late for what went before all others.
    pub(super) fn is_of_leading(self) -> bool {
        matches!(self, Self::AfterVote | Self::IrrevocableProxy)
    }

    /// Every reason.
    pub const ALL: [Self; 24] = [
        Self::InOrder,
        Self::RuledOut,
        Self::UnknownAccount,
        Self::NoVotingShares,
        Self::Unsigned,
        Self::SignatureMismatch,
        Self::Late,
        Self::NotYetReceived,
        Self::PostDated,
        Self::Expired,
        Self::Written,
        Self::AtMeeting,
        Self::LaterProxy,
        Self::Ballot,
        Self::Duplicate,
        Self::SameDateConflict,
        Self::OverPosition,
        Self::JointConflict,
        Self::FirstNamed,
        Self::AfterVote,
        Self::IrrevocableProxy,
        Self::Contradiction,
        Self::PartOfJoint,
        Self::Death,
    ];

    /// As files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::RuledOut => "ruled_out",
            Self::UnknownAccount => "unknown_account",
            Self::NoVotingShares => "no_voting_shares",
            Self::Unsigned => "unsigned",
            Self::SignatureMismatch => "signature_mismatch",
            Self::Late => "late",
            Self::NotYetReceived => "not_yet_received",
            Self::PostDated => "post_dated",
            Self::Expired => "expired",
            Self::Written => "written",
            Self::AtMeeting => "at_meeting",
            Self::LaterProxy => "later_proxy",
            Self::Ballot => "ballot",
            Self::Duplicate => "duplicate",
            Self::SameDateConflict => "same_date_conflict",
            Self::OverPosition => "over_position",
            Self::JointConflict => "joint_conflict",
            Self::FirstNamed => "first_named",
            Self::AfterVote => "after_vote",
            Self::IrrevocableProxy => "irrevocable_proxy",
            Self::Contradiction => "contradiction",
            Self::PartOfJoint => "part_of_joint",
            Self::Death => "death",
        }
    }
}

/// The card or row that caused a determination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A card.
    Card(CardId),
    /// A row of revocations.csv, by place.
    Revocation(u32),
    /// A row of rulings.csv, by place.
    Ruling(u32),
}

/// A card's disposition with its reason and its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Determination {
    /// What became of it.
    pub disposition: Disposition,
    /// Why.
    pub reason: Reason,
    /// What caused it, where something did.
    pub cause: Option<Cause>,
}

impl Determination {
    pub(crate) fn new(disposition: Disposition, reason: Reason, cause: Option<Cause>) -> Self {
        Self { disposition, reason, cause }
    }

    pub(crate) const COUNTED: Self =
        Self { disposition: Disposition::Counted, reason: Reason::InOrder, cause: None };
}
