//! What may be marked on a matter.

/// A mark that a card may bear on a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// For it.
    For,
    /// Against it.
    Against,
    /// Deliberately neither; present and entitled.
    Abstain,
    /// No authority given for a nominee (Rule 14a-4(b)(2)).
    Withhold,
    /// A broker present without authority on this matter (NYSE Rule 452).
    BrokerNonVote,
    /// Marked both ways, or unreadable.
    Void,
}

impl Mark {
    /// Reads a mark, in any case, long or short.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const MARKS: [(&str, &str, Mark); 6] = [
            ("FOR", "F", Mark::For),
            ("AGAINST", "A", Mark::Against),
            ("ABSTAIN", "B", Mark::Abstain),
            ("WITHHOLD", "W", Mark::Withhold),
            ("NONVOTE", "N", Mark::BrokerNonVote),
            ("VOID", "V", Mark::Void),
        ];
        MARKS
            .iter()
            .find(|(long, short, _)| text.eq_ignore_ascii_case(long) || text.eq_ignore_ascii_case(short))
            .map(|(_, _, mark)| *mark)
    }

    /// As cards write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::For => "FOR",
            Self::Against => "AGAINST",
            Self::Abstain => "ABSTAIN",
            Self::Withhold => "WITHHOLD",
            Self::BrokerNonVote => "NONVOTE",
            Self::Void => "VOID",
        }
    }
}
