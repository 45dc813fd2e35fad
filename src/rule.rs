//! Every rule that decides something: its id, its sentence and its source, in one place.
//!
//! The code that applies a rule names its id; the certificate prints the sentences of the rules that
//! took effect. "The statement" is the Point.360 proxy statement of 4 November 2002; P-numbers are
//! common practice. Statutes were read in secondary copies.

macro_rules! rules {
    ($($name:ident = $id:literal, $sentence:literal, $source:literal;)*) => {
        /// A rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $sentence] $name,)*
        }

        impl Rule {
            /// Every rule, in the order in which they apply.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its id, as code, tests and documents name it.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it says.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// Where it comes from.
            #[must_use]
            pub fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)* }
            }
        }
    };
}

rules! {
    RegisterAddsUp = "REG-1",
        "The voting shares of the register add up to the shares outstanding; a partial register may fall short.",
        "Cal. Corp. Code §§ 701, 707(b); 8 Del. C. §§ 213, 231(b)";
    NonVotingShares = "REG-2",
        "Treasury shares and shares held by a subsidiary are listed, not outstanding, and do not vote.",
        "Cal. Corp. Code § 703(b); 8 Del. C. § 160(c)";
    StatedVotes = "REG-3",
        "A position's stated votes are spread evenly over its shares, cut to six decimals when only part of them votes.",
        "the corporation's articles (tenure voting, caps); Cal. Corp. Code § 700(a)";
    OmnibusTree = "OMN-1",
        "A nominee passes on no more than it has; what it passes on is voted below, the rest stays with it.",
        "depository practice; Kurz v. Holbrook, 989 A.2d 140 (Del. Ch. 2010)";
    RuledOut = "RUL-1",
        "A card that the inspector rejects is no vote.",
        "Cal. Corp. Code § 707(b); 8 Del. C. § 231(b)";
    RuledCount = "RUL-2",
        "A card that the inspector counts is not tested for signature, lateness, post-dating or expiry.",
        "Cal. Corp. Code § 707(b); 8 Del. C. § 231(b)";
    RuledOutItem = "RUL-3",
        "A card that the inspector rejects on one item stands and is not voted on it.",
        "Cal. Corp. Code § 707(b)";
    UnknownAccount = "VAL-1",
        "Only holders of record at the record date, and those to whom they passed their votes, may vote.",
        "Cal. Corp. Code § 701; 8 Del. C. §§ 213, 219; P41";
    NoVotingShares = "VAL-2",
        "A position of nothing, or of shares that may not vote, casts no vote.",
        "Cal. Corp. Code § 703(b)";
    Unsigned = "VAL-3",
        "An unsigned card is no proxy, and its shares are not present by it.",
        "Cal. Corp. Code § 178; P01";
    SignatureMismatch = "VAL-4",
        "A signature that looks like someone else's is held, rejected or accepted, as the meeting's rule says.",
        "Cal. Corp. Code § 705(a); Model Act § 7.24; P05, P06";
    Late = "VAL-5",
        "Nothing received after the polls closed is counted; a date alone on the closing day is in time.",
        "8 Del. C. § 231(c); Cal. Corp. Code § 707(b); P31";
    PostDated = "VAL-6",
        "A card dated after its receipt is taken as dated when received; one dated after the meeting is held.",
        "P23";
    Expired = "VAL-7",
        "A proxy is void so many months after its date, but one valid at the first session stays valid when adjourned.",
        "Cal. Corp. Code § 705(b); 8 Del. C. § 212(b); Model Act § 7.22";
    RevokedInWriting = "VAL-8",
        "A writing revokes the holder's proxies that are not later than it.",
        "Cal. Corp. Code § 705(b); the statement, Revocability of Proxy; P28";
    RevokedAtMeeting = "VAL-9",
        "A holder who is present is present in person; by the meeting's rule a request, or only a ballot, revokes the proxy.",
        "the statement, Revocability of Proxy; Cal. Corp. Code § 705(b); P29";
    BallotFirst = "ORD-1",
        "A ballot goes before every proxy of the same holder.",
        "Cal. Corp. Code § 705(b)";
    LaterByForm = "ORD-2",
        "The date on the form decides which proxy is later, whatever the postmark; then receipt.",
        "Cal. Corp. Code § 705(b)";
    LaterByReceipt = "ORD-3",
        "The proxy received later is the later one.",
        "8 Del. C. § 212; Model Act § 7.22";
    Undated = "ORD-4",
        "An undated proxy yields to dated ones, or is taken as dated when received, as the meeting's rule says.",
        "P18 to P20; Williams v. Sterling Oil, 273 A.2d 264 (Del. 1971)";
    LaterSupersedes = "ORD-5",
        "A later card takes the shares even if it leaves items blank; one that is itself rejected takes none.",
        "Cal. Corp. Code § 705(b); P25 to P27";
    Duplicate = "ORD-6",
        "Cards that say the same are counted once.",
        "P22";
    Conflict = "ORD-7",
        "Cards that nothing orders and that differ do not vote; their shares are present.",
        "Williams v. Sterling Oil, 273 A.2d 264 (Del. 1971); Concord v. Tri-State (Del. Ch. 1989); P21";
    OverPosition = "ORD-8",
        "A card for more shares than the position is cut to it.",
        "P37";
    LimitedCard = "ORD-9",
        "A card limited to some shares speaks for those only.",
        "Cal. Corp. Code § 700(b); P38";
    JointStatute = "JNT-1",
        "One joint holder who acts binds all; a majority binds all, in interest where the register gives every one's; an even split divides the shares.",
        "Cal. Corp. Code § 704; 8 Del. C. § 217(b)";
    JointConflict = "JNT-2",
        "Joint holders who act in three or more ways without a majority are held on that item.",
        "Cal. Corp. Code § 704 (which provides for a majority and an even split only)";
    JointLatest = "JNT-3",
        "The latest card of any joint holder votes the shares.",
        "the meeting's rule; Model Act § 7.24(b)(5)";
    JointFirstNamed = "JNT-4",
        "The joint holder named first on the register votes the shares.",
        "the meeting's rule; the practice in the United Kingdom and India";
    BlocksAddUp = "NOM-1",
        "A nominee's blocks add up to its position; its newest card without shares takes what they leave.",
        "Schott v. Climax Molybdenum, 154 A.2d 221 (Del. Ch. 1959); P45";
    Overvote = "NOM-2",
        "Blocks or totals over the position are cut, rejected or held, as the meeting's rule says.",
        "Seidman v. G.A. Financial, 837 A.2d 21 (Del. Ch. 2003); 8 Del. C. § 231(d)";
    StreetTotals = "STR-1",
        "A participant's totals take what its cards leave; its largest total on an item is present; a later delivery replaces a block.",
        "8 Del. C. § 231(d); street practice";
    Presence = "PRE-1",
        "Shares are present when a card that stands, a street total or the holder in person covers them; abstentions, withheld votes and broker non-votes are present.",
        "the statement, Quorum; Shareholder Vote; Cal. Corp. Code § 602";
    Quorum = "QUO-1",
        "The quorum is the smallest whole number of votes that satisfies the fraction of the votes outstanding.",
        "Cal. Corp. Code § 602(a); 8 Del. C. § 216(1)";
    NoQuorum = "QUO-2",
        "Without a quorum nothing is approved or elected but what needs none, such as a motion to adjourn.",
        "Cal. Corp. Code § 602(c)";
    QuorumByClass = "QUO-3",
        "Where classes vote apart each must have its own quorum.",
        "8 Del. C. § 216(4)";
    Unmarked = "MRK-1",
        "A signed proxy that says nothing on an item is voted as its form says; a ballot is not voted.",
        "SEC Rule 14a-4(b)(1); the statement, Persons Making the Solicitation; P42";
    BrokerNonVote = "MRK-2",
        "A broker non-vote is only ever reported, never inferred, and never turned into a vote.",
        "NYSE Rule 452; the statement, Quorum; Shareholder Vote";
    VoidMark = "MRK-3",
        "A matter marked both ways is present and not voted.",
        "P34";
    ExactTests = "STD-1",
        "Votes are compared with fractions exactly; a tie fails; an empty base needs a vote for.",
        "8 Del. C. § 216; Cal. Corp. Code § 153";
    DualTest = "STD-2",
        "A majority of the votes cast, which must also be a majority of the required quorum.",
        "Cal. Corp. Code §§ 153, 602(a); the statement, Quorum; Shareholder Vote";
    Act1940 = "STD-3",
        "More than half outstanding, or 67 in 100 of those present while more than half are present.",
        "Investment Company Act of 1940 § 2(a)(42)";
    VotingGroups = "STD-4",
        "Each voting group must also approve by its own standard.",
        "8 Del. C. § 242(b)(2); Model Act § 7.26";
    CountingHolders = "STD-5",
        "A test may count accounts, each on the side where it cast more of its votes.",
        "schemes of arrangement; fund rules";
    ExcludedAccounts = "STD-6",
        "Interested shares leave every base of the item, not the quorum.",
        "Cal. Corp. Code § 310(a); the meeting's articles";
    Frequency = "STD-7",
        "The choice with the most votes is chosen; a tie is reported.",
        "SEC Rule 14a-21(b)";
    ElectionMark = "ELE-1",
        "A nominee's own mark goes before the box for all; a box speaks of the nominees that the form lists.",
        "SEC Rule 14a-4(b)(2); P35, P36";
    Overmarked = "ELE-2",
        "FOR on more nominees than seats voids the card in that election; fewer count as marked.",
        "SEC C&DI 139.07 and 139.08 (2023)";
    MostVotes = "ELE-3",
        "The seats go to those with the most votes; withheld and against have no effect unless the standard counts them; a tie for the last seats is reported.",
        "Cal. Corp. Code § 708(c); 8 Del. C. § 216(3); the statement, Quorum; Shareholder Vote";
    Substitute = "ELE-4",
        "Proxies for a nominee who cannot serve are voted for the substitute; withheld votes stay.",
        "the statement, Election of Directors; SEC Rule 14a-4(c)(5)";
    NoNotice = "ELE-5",
        "Without notice nobody may give a nominee more votes than shares held.",
        "Cal. Corp. Code § 708(b); the statement, Voting Rights";
    MajorityElection = "ELE-6",
        "Each nominee must meet the standard with the votes for that nominee; plurality decides when contested, where the bylaws say so.",
        "Cal. Corp. Code § 708.5; 8 Del. C. § 216; the corporation's bylaws";
    CumulativeNotice = "CUM-1",
        "Votes may be cumulated once any shareholder gives notice before the voting, then by every holder, for names nominated before it.",
        "Cal. Corp. Code § 708(b); the statement, Voting Rights";
    Pool = "CUM-2",
        "A pool is votes times directors to be elected; a withheld name shrinks the choice and not the pool.",
        "Cal. Corp. Code § 708(a); the statement, Voting Rights";
    WrittenVotes = "CUM-3",
        "Numbers on a card are cast as written; fewer than the pool leave the rest unused.",
        "Cal. Corp. Code § 708(a)";
    OverCumulated = "CUM-4",
        "More votes than the pool void the card in the election, or are cut in proportion, as the meeting's rule says.",
        "the meeting's rule; Cal. Corp. Code § 708(a)";
    EqualParts = "CUM-5",
        "A ballot that marks names and no numbers casts its pool in equal parts among them.",
        "the meeting's rule; Cal. Corp. Code § 708(a)";
    Level = "CUM-6",
        "The proxy holders' level allocation gives the least-voted nominee as much as the withheld names permit, then the next.",
        "the statement, Voting Rights (sole discretion); Cal. Corp. Code § 604(b)";
    Totals = "CUM-7",
        "Totals that the proxy holders wrote must be possible under the cards' withheld names.",
        "Cal. Corp. Code § 604(b); SEC Rule 14a-4(e)";
    LateName = "CUM-8",
        "Votes cumulated for somebody not nominated in time are void.",
        "Cal. Corp. Code § 708(b)";
    ProxyHolderBallot = "OPN-1",
        "Proxies are voted by the proxy holders' ballot; without it they are represented, and their votes provisional.",
        "inspectors' practice (the master ballot)";
    Conservation = "CON-1",
        "Every share lands exactly once: the lines of every item add up to the votes present and entitled.",
        "inspectors' practice (the cross-foot of every row); 8 Del. C. § 231(b)";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct() {
        let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
