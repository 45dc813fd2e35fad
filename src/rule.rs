//! Every rule that decides something: its id, its sentence, and what it rests on under each law.
//!
//! The code that applies a rule names its id. The certificate prints the sentences of the rules that
//! took effect, each with its source under the law in force at the meeting and no other. What a section
//! is about, where it can be read and when it was read last stands in [`authority`].

pub mod authority;

use std::sync::LazyLock;

use crate::meeting::{ExchangeAct, JointHolders, Law, Order, Rules, Undated};

/// What a rule rests on. A part that is empty is not cited; several sources in a part are separated by
/// semicolons, and each resolves to an entry of [`authority::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounds {
    /// Under the California Corporations Code.
    pub california: &'static str,
    /// Under the Delaware General Corporation Law, with the cases of its courts.
    pub delaware: &'static str,
    /// Under the Model Business Corporation Act, as a state enacted it.
    pub model_act: &'static str,
    /// Under every law, after the statute: federal law that binds every company, the corporation's own
    /// papers, or inspectors' practice in words.
    pub common: &'static str,
    /// The proxy rules of the Securities and Exchange Commission, which bind solicitations for
    /// securities registered under Section 12 of the Securities Exchange Act of 1934.
    pub registered: &'static str,
    /// In California, for a company that is not so registered (Cal. Corp. Code § 604(d)).
    pub unregistered: &'static str,
}

impl Grounds {
    const NONE: Self =
        Self { california: "", delaware: "", model_act: "", common: "", registered: "", unregistered: "" };

    /// Its parts that apply, in the order in which they are cited.
    fn cited(&self, law: Law, is_registered: bool) -> String {
        let statute = match law {
            Law::California => self.california,
            Law::Delaware => self.delaware,
            Law::ModelAct => self.model_act,
        };
        let of_registration = match (is_registered, law) {
            (true, _) => self.registered,
            (false, Law::California) => self.unregistered,
            (false, Law::Delaware | Law::ModelAct) => "",
        };
        let parts: Vec<&str> =
            [statute, self.common, of_registration].into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("; ")
    }
}

macro_rules! rules {
    ($($name:ident = $id:literal, $sentence:literal { $($part:ident: $source:literal,)+ })*) => {
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

            /// What it rests on, part by part.
            #[must_use]
            pub fn grounds(self) -> Grounds {
                match self {
                    $(Self::$name => {
                        let mut grounds = Grounds::NONE;
                        $(grounds.$part = $source;)+
                        grounds
                    })*
                }
            }
        }
    };
}

rules! {
    RegisterAddsUp = "REG-1",
        "The voting shares of the register add up to the shares outstanding; a partial register may fall short." {
        california: "Cal. Corp. Code §§ 701, 707(b)",
        delaware: "8 Del. C. §§ 213, 219, 231(b)",
        model_act: "Model Act §§ 7.07, 7.20, 7.29(b)",
    }
    NonVotingShares = "REG-2",
        "Treasury shares and shares held by a subsidiary are listed, not outstanding, and do not vote." {
        california: "Cal. Corp. Code § 703(b)",
        delaware: "8 Del. C. § 160(c)",
        model_act: "Model Act § 7.21(b)",
    }
    StatedVotes = "REG-3",
        "A position's stated votes are spread evenly over its shares, cut to six decimals when only part of them votes." {
        california: "Cal. Corp. Code § 700(a)",
        delaware: "8 Del. C. § 212(a)",
        model_act: "Model Act § 7.21(a)",
        common: "the corporation's articles, which may give a share more or less than one vote",
    }
    OmnibusTree = "OMN-1",
        "A nominee passes on no more than it has; what it passes on is voted below, the rest stays with it." {
        delaware: "Kurz v. Holbrook, 989 A.2d 140 (Del. Ch. 2010)",
        model_act: "Model Act § 7.23",
        common: "inspectors' practice: an omnibus proxy hands on part of the position of the holder who gives it",
    }
    RuledOut = "RUL-1",
        "A card that the inspector rejects is no vote." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledCount = "RUL-2",
        "A card that the inspector counts is not tested for signature, lateness, post-dating, expiry, the proxy holders' vote or what contradicts itself." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledOutItem = "RUL-3",
        "A card that the inspector rejects on one item stands and is not voted on it." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledForm = "RUL-4",
        "A ruling on a form is on every card of it; a card's own ruling goes before it." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledRevocation = "RUL-5",
        "A revocation that the inspector rejects revokes nothing; one that is counted is in time, and before the proxy holders' vote." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledFirst = "RUL-6",
        "A card that would be revoked or superseded and is ruled to count stands before all others; one that would be rejected or held is freed of that and keeps its place." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledAccount = "RUL-7",
        "A paper is of the account, and says in a box, what the inspector rules." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    RuledTotals = "RUL-8",
        "A held block or total that is ruled to count takes what is left, totals in proportion; a total that is rejected is not present." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
    }
    UnknownAccount = "VAL-1",
        "Only holders of record at the record date, and those to whom they passed their votes, may vote." {
        california: "Cal. Corp. Code § 701",
        delaware: "8 Del. C. §§ 213, 219",
        model_act: "Model Act §§ 7.07, 7.21",
    }
    NoVotingShares = "VAL-2",
        "A position of nothing, or of shares that may not vote, casts no vote." {
        california: "Cal. Corp. Code §§ 700(a), 703(b)",
        delaware: "8 Del. C. §§ 160(c), 212(a)",
        model_act: "Model Act § 7.21",
    }
    Unsigned = "VAL-3",
        "An unsigned card is no proxy, and its shares are not present by it." {
        california: "Cal. Corp. Code § 178",
        delaware: "8 Del. C. § 212(c)",
        model_act: "Model Act § 7.22(b)",
    }
    SignatureMismatch = "VAL-4",
        "A signature that looks like someone else's is held, rejected or accepted, as the meeting's rule says." {
        california: "Cal. Corp. Code §§ 705(a), 707(b)",
        delaware: "8 Del. C. § 231(b), (d)",
        model_act: "Model Act § 7.24",
    }
    Late = "VAL-5",
        "Nothing received after the polls closed is counted; a date alone on the closing day is in time." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(c)",
        model_act: "Model Act § 7.08",
    }
    ProxiesClose = "VAL-14",
        "Where proxies were received until a time of their own, a later proxy is late and a ballot is not." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(c)",
        model_act: "Model Act §§ 7.08, 7.29(b)",
        common: "inspectors' practice: proxies go by the time that the by-laws, or the law of the seat, set for them",
    }
    PostDated = "VAL-6",
        "A card dated after its receipt is taken as dated when received; one dated after the meeting is held." {
        common: "inspectors' practice: a card cannot have been signed after it came, so its later date is a slip of the pen, \
                 and one dated after the meeting is put to the inspector",
    }
    Expired = "VAL-7",
        "A proxy is void so many months after its date, but one valid at the first session stays valid when adjourned." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "8 Del. C. § 212(b)",
        model_act: "Model Act § 7.22(c)",
    }
    RevokedInWriting = "VAL-8",
        "A writing revokes the holder's proxies that are not later than it." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "8 Del. C. § 212(e)",
        model_act: "Model Act § 7.22(d)",
    }
    RevokedAtMeeting = "VAL-9",
        "A holder who is present is present in person; by the meeting's rule a request, or only a ballot, revokes the proxy." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "8 Del. C. § 212(e)",
        model_act: "Model Act § 7.22(d)",
        common: "the meeting's rule on attendance, as its proxy statement tells the holders",
    }
    RevokedByDeath = "VAL-12",
        "Word of the holder's death or incapacity, received before the polls close, revokes the proxies that are not later than it and not yet voted; the holder is not present." {
        california: "Cal. Corp. Code § 705(c)",
        delaware: "8 Del. C. § 212(e)",
        model_act: "Model Act § 7.22(e)",
    }
    NearAccount = "VAL-13",
        "A paper of an account that is not there, but equals exactly one that is when case, spaces, punctuation and leading zeros are set aside, waits for the inspector and counts for nothing until then." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
        common: "inspectors' practice: whose a paper is, the inspector says",
    }
    Irrevocable = "VAL-11",
        "An irrevocable proxy is displaced by no later proxy, ballot or revocation; of two the older stands." {
        california: "Cal. Corp. Code § 705(e)",
        delaware: "8 Del. C. § 212(e)",
        model_act: "Model Act § 7.22(d)",
    }
    AfterVote = "VOT-1",
        "Shares that the proxy holders voted on their ballot stay voted; papers that come after it share the rest." {
        california: "Cal. Corp. Code § 705(b) (a proxy is revoked before the vote pursuant to it)",
        common: "the meeting's rule on revocation",
    }
    Contradiction = "VAL-10",
        "A card that contradicts itself is held until the inspector says what it is." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act § 7.29(b)",
        common: "inspectors' practice: one paper at fault is put to the inspector and stops no count",
    }
    Scope = "SCP-1",
        "A paper speaks of the items that it names, or of all, as far as their polls were open when it came; on others it is as if it had not come." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(c)",
        model_act: "Model Act §§ 7.08, 7.29(b)",
    }
    ScopePresent = "SCP-2",
        "A paper that names some items makes its shares present on every item whose polls were open when it came; the headline takes the item on which most are." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(c)",
        model_act: "Model Act §§ 7.08, 7.29(b)",
        common: "inspectors' practice: who hands in a ballot on one matter is at the meeting for all that are open",
    }
    Following = "FOL-1",
        "Where an account votes as others do, the votes of its position that no card and no total covers are voted item by item in the proportion of the votes that it follows, in millionths by largest remainder; of equal remainders the earlier line goes first: FOR (or the choices), AGAINST, ABSTAIN, WITHHOLD." {
        common: "inspectors' practice: the plan, the articles or the undertaking that binds the holder says whose votes are followed, and the inspector is given it",
    }
    FollowingRest = "FOL-2",
        "What no card and no total covers of such an account is present on every item, before a holder who is there in person or by a ballot for part of the shares; a total covers the most that it reports on one name of an item." {
        common: "inspectors' practice: a holder who must vote all its shares is present with all of them",
    }
    Followed = "FOL-3",
        "Followed are votes that cards and totals cast, before anyone follows: not broker non-votes, not those of accounts excluded from the item, and another class only where it votes on the item; where there are none, what would follow is present and not voted." {
        common: "inspectors' practice: instructions that were given are followed, not votes that follow instructions",
    }
    FollowingElection = "FOL-4",
        "In an election the proportion is of the votes that say anything in it, of a total the most that it says on one name; on a name on which some of them say nothing, that part of what follows is not voted." {
        common: "inspectors' practice: who follows others votes for no more names than they do",
    }
    BallotFirst = "ORD-1",
        "A ballot goes before every proxy of the same holder." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "8 Del. C. § 212(b)",
        model_act: "Model Act § 7.22(a), (d)",
        common: "inspectors' practice: who votes in person takes back the proxy",
    }
    LaterByForm = "ORD-2",
        "The date on the form decides which proxy is later, whatever the postmark; then receipt." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "the meeting's rule on the order of proxies",
        model_act: "the meeting's rule on the order of proxies",
    }
    LaterByReceipt = "ORD-3",
        "The proxy received later is the later one." {
        california: "the meeting's rule on the order of proxies",
        delaware: "inspectors' practice: the proxy given last governs, and receipt shows which that is",
        model_act: "Model Act § 7.22(c)",
    }
    Undated = "ORD-4",
        "An undated proxy yields to dated ones, or is taken as dated when received, as the meeting's rule says." {
        california: "Cal. Corp. Code § 705(b)",
        common: "inspectors' practice: a date on a form goes before none, since only the dated form tells when it was signed",
    }
    LaterSupersedes = "ORD-5",
        "A later card takes the shares even if it leaves items blank; one that is itself rejected takes none." {
        california: "Cal. Corp. Code § 705(b)",
        delaware: "Parshalle v. Roy, 567 A.2d 19 (Del. Ch. 1989)",
        model_act: "Model Act § 7.22(d)",
        common: "inspectors' practice: the later paper speaks for the whole position, item by item nothing is merged",
    }
    Duplicate = "ORD-6",
        "Cards that say the same are counted once." {
        common: "inspectors' practice: two papers of one holder that say the same are one vote, so their order does not matter",
    }
    Conflict = "ORD-7",
        "Cards that nothing orders and that differ do not vote; their shares are present." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "Williams v. Sterling Oil of Oklahoma, 273 A.2d 264 (Del. 1971); \
                   Concord Financial v. Tri-State Motor Transit, 567 A.2d 1 (Del. Ch. 1989)",
        model_act: "Model Act §§ 7.24, 7.29(b)",
        common: "inspectors' practice: neither of two papers is preferred that no date and no receipt orders",
    }
    OverPosition = "ORD-8",
        "A card for more shares than the position is cut to it." {
        common: "inspectors' practice: nobody votes more shares than stand in the name at the record date, \
                 and the excess does not spoil the rest",
    }
    LimitedCard = "ORD-9",
        "A card limited to some shares speaks for those only." {
        california: "Cal. Corp. Code § 700(b)",
        common: "inspectors' practice: a holder may give a proxy for part of the shares",
    }
    JointStatute = "JNT-1",
        "One joint holder who acts binds all; a majority binds all, in interest where the register gives every one's; an even split divides the shares." {
        california: "Cal. Corp. Code § 704",
        delaware: "8 Del. C. § 217(b)",
        model_act: "Model Act § 7.24(b); inspectors' practice: of several who sign the majority decides, \
                    and an even split divides the shares",
    }
    JointConflict = "JNT-2",
        "Joint holders who act in three or more ways without a majority are held on that item." {
        california: "Cal. Corp. Code § 704 (which provides for a majority and an even split only)",
        delaware: "8 Del. C. § 217(b) (which provides for a majority and an even split only)",
        model_act: "Model Act §§ 7.24(b), 7.29(b)",
    }
    JointLatest = "JNT-3",
        "The latest card of any joint holder votes the shares." {
        model_act: "Model Act § 7.24(b)",
        common: "the meeting's rule on joint holders",
    }
    JointUnanimous = "JNT-6",
        "All whom the register names must act the same way on an item, else the shares are present and not voted." {
        common: "the meeting's rule on joint holders",
    }
    JointFirstNamed = "JNT-4",
        "The joint holder named first on the register votes the shares." {
        common: "the meeting's rule on joint holders; the practice in the United Kingdom and India",
    }
    PartOfJoint = "JNT-5",
        "Joint holders vote all their shares: a card of one for a part of them is held, and the whole position is present." {
        california: "Cal. Corp. Code § 704",
        delaware: "8 Del. C. § 217(b)",
        model_act: "Model Act § 7.24(b)",
        common: "inspectors' practice: a paper for a part of an undivided holding is put to the inspector",
    }
    BlocksAddUp = "NOM-1",
        "A nominee's blocks add up to its position; its newest card without shares takes what they leave." {
        delaware: "Schott v. Climax Molybdenum, 154 A.2d 221 (Del. Ch. 1959)",
        common: "inspectors' practice: a broker's proxies for parts of its position are a series, and add up",
    }
    Overvote = "NOM-2",
        "Blocks or totals over the position are cut, rejected or held, as the meeting's rule says." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(d); Seidman v. G.A. Financial, 837 A.2d 21 (Del. Ch. 2003)",
        model_act: "Model Act § 7.29",
        common: "the meeting's rule on over-votes",
    }
    StreetTotals = "STR-1",
        "A participant's totals take what its cards leave; its largest total on an item is present; a later delivery replaces a block." {
        delaware: "8 Del. C. § 231(d)",
        common: "inspectors' practice: brokers' agents report totals for each participant of the depository, \
                 and report them again as they change",
    }
    Presence = "PRE-1",
        "Shares are present when a card that stands, a street total or the holder in person covers them; abstentions, withheld votes and broker non-votes are present." {
        california: "Cal. Corp. Code § 602(a)",
        delaware: "8 Del. C. § 216(1)",
        model_act: "Model Act § 7.25(b)",
    }
    LimitedBallot = "PRE-2",
        "A holder who casts a ballot for some of the shares is present with all of them; what the ballot leaves is present and not voted." {
        california: "Cal. Corp. Code §§ 602(a), 700(b)",
        common: "inspectors' practice: who votes in person is present in person with the whole holding",
    }
    Quorum = "QUO-1",
        "The quorum is the smallest whole number of votes that satisfies the fraction of the votes outstanding." {
        california: "Cal. Corp. Code § 602(a)",
        delaware: "8 Del. C. § 216(1)",
        model_act: "Model Act § 7.25(a)",
    }
    NoQuorum = "QUO-2",
        "Without a quorum nothing is approved or elected but what needs none, such as a motion to adjourn." {
        california: "Cal. Corp. Code § 602(c)",
        delaware: "8 Del. C. § 216",
        model_act: "Model Act § 7.25(a)",
    }
    QuorumByClass = "QUO-3",
        "Where classes vote apart each must have its own quorum." {
        california: "Cal. Corp. Code §§ 152, 602(a)",
        delaware: "8 Del. C. § 216(4)",
        model_act: "Model Act §§ 7.25(a), 7.26",
    }
    ItemQuorum = "QUO-4",
        "A quorum is per matter: of the votes outstanding and entitled on it, and of no others." {
        california: "Cal. Corp. Code §§ 112, 602(a)",
        delaware: "8 Del. C. § 216",
        model_act: "Model Act § 7.25(a)",
    }
    GroupQuorum = "QUO-5",
        "A voting group can act only if its own quorum is present." {
        california: "Cal. Corp. Code §§ 152, 602(a)",
        delaware: "8 Del. C. § 216(4)",
        model_act: "Model Act § 7.25(a)",
    }
    HeadQuorum = "QUO-6",
        "A quorum may also ask for holders, by head." {
        common: "the corporation's articles or bylaws",
    }
    Unmarked = "MRK-1",
        "A signed proxy that says nothing on an item is voted as its form says; a ballot is not voted." {
        common: "the form of proxy, which says how a signed card without a mark is voted",
        registered: "SEC Rule 14a-4(b)(1)",
    }
    BrokerNonVote = "MRK-2",
        "A broker non-vote is only ever reported, never inferred, and never turned into a vote." {
        common: "NYSE Rule 452",
    }
    VoidMark = "MRK-3",
        "A matter marked both ways is present and not voted." {
        common: "inspectors' practice: a mark that says both yes and no says nothing, and is not left to the proxy holders",
    }
    ExactTests = "STD-1",
        "Votes are compared with fractions exactly; a tie fails; an empty base needs a vote for." {
        california: "Cal. Corp. Code §§ 153, 602(a)",
        delaware: "8 Del. C. § 216(2)",
        model_act: "Model Act § 7.25(c)",
    }
    DualTest = "STD-2",
        "A majority of the votes cast, which must also be a majority of the required quorum." {
        california: "Cal. Corp. Code §§ 153, 602(a)",
        common: "the standard that the meeting names for the item",
    }
    Act1940 = "STD-3",
        "More than half outstanding, or 67 in 100 of those present while more than half are present." {
        common: "Investment Company Act of 1940 § 2(a)(42)",
    }
    VotingGroups = "STD-4",
        "Each voting group must also approve by its own standard." {
        california: "Cal. Corp. Code § 152",
        delaware: "8 Del. C. § 242(b)(2)",
        model_act: "Model Act § 7.26",
    }
    CountingHolders = "STD-5",
        "A test may count holders by head; one who split stands where more votes were cast, on both sides or on neither, as the test says." {
        common: "the standard that the meeting names for the item, as for schemes of arrangement",
    }
    ExcludedAccounts = "STD-6",
        "Interested shares leave every base of the item; by the meeting's rule its quorum too, never the meeting's." {
        california: "Cal. Corp. Code §§ 112, 310(a)",
        delaware: "8 Del. C. § 144",
        model_act: "Model Act § 8.63",
        common: "the corporation's articles or the terms of the matter",
    }
    Frequency = "STD-7",
        "The choice with the most votes is chosen; a tie is reported." {
        common: "the standard that the meeting names for the item",
        registered: "SEC Rule 14a-21(b)",
    }
    ElectionMark = "ELE-1",
        "A nominee's own mark goes before the box for all; a box speaks of the nominees that the form lists." {
        common: "inspectors' practice: what is said of one name goes before what is said of all",
        registered: "SEC Rule 14a-4(b)(2)",
    }
    Overmarked = "ELE-2",
        "FOR on more nominees than seats voids the card in that election; fewer count as marked." {
        common: "inspectors' practice: of too many names none can be chosen for the holder",
        registered: "SEC C&DI 139.07; SEC C&DI 139.08",
    }
    MostVotes = "ELE-3",
        "The seats go to those with the most votes; withheld and against have no effect unless the standard counts them; a tie for the last seats is reported." {
        california: "Cal. Corp. Code § 708(c)",
        delaware: "8 Del. C. § 216(3)",
        model_act: "Model Act § 7.28(a)",
    }
    Substitute = "ELE-4",
        "Proxies for a nominee who cannot serve are voted for the substitute; withheld votes stay." {
        common: "the form of proxy, which names a substitute or leaves it to the proxy holders",
        registered: "SEC Rule 14a-4(c)(5)",
    }
    NoNotice = "ELE-5",
        "Without notice nobody may give a nominee more votes than shares held." {
        california: "Cal. Corp. Code § 708(b)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(b), (d)",
    }
    MajorityElection = "ELE-6",
        "Each nominee must meet the standard with the votes for that nominee; plurality decides when contested, where the bylaws say so." {
        california: "Cal. Corp. Code § 708.5",
        delaware: "8 Del. C. § 216",
        model_act: "Model Act § 7.28(a)",
        common: "the corporation's bylaws",
    }
    NamesOnly = "ELE-7",
        "A proxy that only withholds on single names votes the others that the form lists as the form votes unmarked cards; in a contested election they are not voted." {
        registered: "SEC Rule 14a-4(b)(2); SEC C&DI 139.08",
        common: "the form of proxy, which says how a signed card without a mark is voted",
    }
    Policy = "ELE-8",
        "A policy on resignations is stated with its figures, and changes no result." {
        common: "the corporation's policy",
    }
    Lot = "ELE-9",
        "A tie for the last seats is broken only by a lot that the meeting provides for, drawn between all who are tied on this very count, and recorded; those drawn first are elected." {
        common: "the corporation's bylaws, as the meeting names them",
    }
    CumulativeNotice = "CUM-1",
        "Votes may be cumulated once any shareholder gives the notice that the meeting's rule asks, or of right, then by every holder, for names nominated before the voting." {
        california: "Cal. Corp. Code § 708(b)",
        delaware: "8 Del. C. § 214; the certificate of incorporation",
        model_act: "Model Act § 7.28(d)",
    }
    Pool = "CUM-2",
        "A pool is votes times directors to be elected; a withheld name shrinks the choice and not the pool." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
    }
    WrittenVotes = "CUM-3",
        "Numbers on a card are cast as written; fewer than the pool leave the rest unused." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
    }
    OverCumulated = "CUM-4",
        "More votes than the pool void the card in the election, or are cut in proportion, as the meeting's rule says." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
        common: "the meeting's rule on too many cumulated votes",
    }
    EqualParts = "CUM-5",
        "A ballot that marks names and no numbers casts its pool in equal parts among them." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
        common: "inspectors' practice: names without numbers are meant alike",
    }
    Level = "CUM-6",
        "The proxy holders' level allocation gives the least-voted nominee as much as the withheld names permit, then the next." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
        common: "the form of proxy, which leaves the distribution to the proxy holders",
        registered: "SEC Rule 14a-4(b)(2); SEC C&DI 124.01",
        unregistered: "Cal. Corp. Code § 604(b)",
    }
    Totals = "CUM-7",
        "Totals that the proxy holders wrote must be possible under the cards' withheld names." {
        california: "Cal. Corp. Code § 708(a)",
        delaware: "8 Del. C. § 214",
        model_act: "Model Act § 7.28(c)",
        registered: "SEC Rule 14a-4(e)",
        unregistered: "Cal. Corp. Code § 604(b)",
    }
    LateName = "CUM-8",
        "Votes cumulated for somebody not nominated in time are void." {
        california: "Cal. Corp. Code § 708(b)",
        common: "inspectors' practice: a vote for a name that is not in nomination elects nobody",
    }
    WholeVotes = "CUM-9",
        "Only whole votes count: a written number or percentage is cut, and what is cut is unused." {
        california: "Garnier v. Garnier, 248 Cal. App. 2d 255 (1967)",
        common: "the meeting's rule on fractional votes",
    }
    ProxyHolderBallot = "OPN-1",
        "Proxies are voted by the proxy holders' ballot; without it they are represented, and their votes provisional." {
        common: "inspectors' practice: a proxy authorizes a vote and is none until the proxy holders cast their ballot",
    }
    NoBallotCast = "OPN-2",
        "Where the proxy holders cast no ballot, or it says nothing on an item, the form's cards are present and not voted; broker non-votes stay." {
        common: "inspectors' practice: a proxy authorizes a vote and is none until the proxy holders cast their ballot",
    }
    Conservation = "CON-1",
        "Every share lands exactly once: the lines of every item add up to the votes present and entitled." {
        california: "Cal. Corp. Code § 707(b)",
        delaware: "8 Del. C. § 231(b)",
        model_act: "Model Act § 7.29(b)",
        common: "inspectors' practice: every row is footed across",
    }
}

/// What ORD-4 rests on where undated proxies are taken as dated when received.
const UNDATED_AS_RECEIVED: Grounds = Grounds {
    model_act: "Model Act § 7.22(c)",
    common: "inspectors' practice: a form that bears no date is taken as given on the day it came",
    ..Grounds::NONE
};

/// The sources of every rule under every law, for registered companies and others; last, ORD-4's where
/// undated proxies are taken as received.
static CITED: LazyLock<Vec<[String; 6]>> = LazyLock::new(|| {
    let grounds = Rule::ALL.iter().map(|rule| rule.grounds()).chain([UNDATED_AS_RECEIVED]);
    let cited = |grounds: Grounds| {
        let [california, delaware, model_act] = [Law::California, Law::Delaware, Law::ModelAct]
            .map(|law| [false, true].map(|is_registered| grounds.cited(law, is_registered)));
        let [[a, b], [c, d], [e, f]] = [california, delaware, model_act];
        [a, b, c, d, e, f]
    };
    grounds.map(cited).collect()
});

impl Rule {
    /// What it rests on under the law and by the values of the rules in effect at a meeting.
    #[must_use]
    pub fn source(self, rules: &Rules) -> &'static str {
        let as_received = self == Self::Undated && rules.undated == Undated::AsReceived;
        let row = if as_received { Self::ALL.len() } else { self as usize };
        let law = match rules.law {
            Law::California => 0,
            Law::Delaware => 2,
            Law::ModelAct => 4,
        };
        &CITED[row][law + usize::from(rules.exchange_act == ExchangeAct::Registered)]
    }

    /// The rule that a key of `rules` in `meeting.json` sets.
    #[must_use]
    pub fn of_key(key: &str, rules: &Rules) -> Option<Self> {
        Some(match key {
            "proxy_valid_months" => Self::Expired,
            "order" => match rules.order {
                Order::FormDate => Self::LaterByForm,
                Order::Received => Self::LaterByReceipt,
            },
            "undated" => Self::Undated,
            "same_date_conflict" => Self::Conflict,
            "joint_holders" => match rules.joint_holders {
                JointHolders::Statute => Self::JointStatute,
                JointHolders::LatestCard => Self::JointLatest,
                JointHolders::FirstNamed => Self::JointFirstNamed,
                JointHolders::Unanimous => Self::JointUnanimous,
            },
            "attendance_revokes" => Self::RevokedAtMeeting,
            "revocable_until" => Self::AfterVote,
            "signature_mismatch" => Self::SignatureMismatch,
            "overvote" => Self::Overvote,
            "overmarked_election" => Self::Overmarked,
            "over_cumulated" => Self::OverCumulated,
            "cumulated_without_notice" => Self::NoNotice,
            "fractional_votes" => Self::WholeVotes,
            "cumulative_notice" => Self::CumulativeNotice,
            "excluded_count_for_quorum" => Self::ExcludedAccounts,
            _ => return None,
        })
    }
}

/// What a key of `rules` rests on.
#[must_use]
pub fn source_of_key(key: &str, rules: &Rules) -> &'static str {
    match key {
        "law" => "the law under which the meeting is held",
        "exchange_act" => "Section 12 of the Securities Exchange Act of 1934",
        _ => Rule::of_key(key, rules).map_or("the meeting's rule", |rule| rule.source(rules)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every law, for registered companies and others, with undated cards taken either way.
    fn meetings() -> impl Iterator<Item = Rules> {
        let laws = Law::NAMES.iter().filter_map(|name| Law::from_name(name));
        let presets = laws.map(Rules::preset);
        presets.flat_map(|rules| {
            [Undated::YieldsToDated, Undated::AsReceived].into_iter().flat_map(move |undated| {
                let rules = Rules { undated, ..rules.clone() };
                [ExchangeAct::Registered, ExchangeAct::NotRegistered]
                    .map(move |exchange_act| Rules { exchange_act, ..rules.clone() })
            })
        })
    }

    #[test]
    fn ids_are_distinct() {
        let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }

    /// A rule without a source is a rule that somebody made up.
    #[test]
    fn every_rule_cites_something_under_every_law() {
        for rules in meetings() {
            for rule in Rule::ALL {
                let source = rule.source(&rules);
                assert!(!source.is_empty(), "{} under {}", rule.id(), rules.law.name());
            }
        }
    }

    /// No law's rules cite another's code.
    #[test]
    fn each_law_cites_its_own_code() {
        for rules in meetings() {
            for rule in Rule::ALL {
                let source = rule.source(&rules);
                for (law, code) in
                    [("california", "Cal. "), ("delaware", "Del. "), ("model_act", "Model Act")]
                {
                    let is_foreign = law != rules.law.name() && source.contains(code);
                    assert!(!is_foreign, "{} under {}: {source}", rule.id(), rules.law.name());
                }
            }
        }
    }

    /// Cal. Corp. Code § 604(d): § 604 is not for companies registered under Section 12, and the SEC's
    /// proxy rules are for no others.
    #[test]
    fn section_604_and_the_proxy_rules_exclude_each_other() {
        let sources = |exchange_act| {
            let rules = Rules { exchange_act, ..Rules::preset(Law::California) };
            Rule::ALL.iter().map(move |rule| rule.source(&rules)).collect::<Vec<_>>().join("\n")
        };
        assert!(!sources(ExchangeAct::Registered).contains("604"));
        assert!(sources(ExchangeAct::Registered).contains("SEC Rule 14a-4(e)"));
        assert!(sources(ExchangeAct::NotRegistered).contains("Cal. Corp. Code § 604(b)"));
        assert!(!sources(ExchangeAct::NotRegistered).contains("SEC "));
    }

    #[test]
    fn an_undated_card_cites_what_supports_its_treatment() {
        let source = |law, undated| Rule::Undated.source(&Rules { undated, ..Rules::preset(law) });
        assert!(source(Law::California, Undated::YieldsToDated).starts_with("Cal. Corp. Code § 705(b); "));
        let practice = "inspectors' practice: a form that bears no date is taken as given on the day it came";
        assert_eq!(source(Law::California, Undated::AsReceived), practice);
        assert_eq!(source(Law::Delaware, Undated::AsReceived), practice);
        assert_eq!(source(Law::ModelAct, Undated::AsReceived), format!("Model Act § 7.22(c); {practice}"));
    }

    /// Whatever is cited can be looked up: each section, case and rule has its entry.
    #[test]
    fn every_citation_has_its_entry() {
        for rule in Rule::ALL.iter().copied().map(Rule::grounds).chain([UNDATED_AS_RECEIVED]) {
            let parts = [
                rule.california,
                rule.delaware,
                rule.model_act,
                rule.common,
                rule.registered,
                rule.unregistered,
            ];
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                let unknown = authority::unknown(part);
                assert!(unknown.is_empty(), "{part}: nothing is said of {unknown:?}");
            }
        }
    }
}
