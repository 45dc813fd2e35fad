//! How a card's marks are read on each item.
//!
//! A reading depends on the marks, on whether the card is a ballot or a proxy and on which form, on
//! whether the account is a nominee, and on items the inspector ruled out; not on shares. The same
//! marks in the same setting are therefore read once.

use crate::amount::Votes;
use crate::ballot::{Cell, Layout, MarkingId, Markings};
use crate::meeting::{
    CumulatedWithoutNotice, Election, ItemKind, Mark, Meeting, NamesOnly, Nominee, Unmarked,
};

/// The line of a certificate on which votes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Line {
    /// FOR.
    For,
    /// AGAINST.
    Against,
    /// ABSTAIN.
    Abstain,
    /// WITHHOLD.
    Withheld,
    /// A broker non-vote.
    BrokerNonVote,
    /// Present and not voted on this matter.
    NotVoted,
}

impl Line {
    /// Whether it is a vote that can be followed: no broker non-vote, and not left unvoted.
    #[must_use]
    pub fn is_spoken(self) -> bool {
        !matches!(self, Self::BrokerNonVote | Self::NotVoted)
    }

    /// As the keys of the certificate write it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
            Self::Withheld => "withheld",
            Self::BrokerNonVote => "broker_non_votes",
            Self::NotVoted => "not_voted",
        }
    }
}

/// What a reading depends on beside the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarkSetting {
    /// The proxy form, by place; nothing for a ballot.
    pub form: Option<u16>,
    /// Whether the account is a nominee.
    pub is_nominee: bool,
}

/// A vote on one nominee in a straight election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NomineeVote {
    /// Where the shares' votes stand.
    pub line: Line,
    /// FOR with at most so many votes; the others are not voted.
    pub cap: Option<Cumulated>,
}

impl NomineeVote {
    /// Whether it says anything that can be followed; a number says so when it is more than none.
    #[must_use]
    pub fn is_spoken(&self) -> bool {
        let is_none = self.cap.is_some_and(|cap| !cap.is_something());
        self.line.is_spoken() && !is_none
    }
}

/// Cumulated votes written on a card for a nominee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cumulated {
    /// A number of votes.
    Votes(Votes),
    /// A percentage of the card's pool, in hundredths of a percent.
    Percent(u32),
}

impl Cumulated {
    /// Whether it is more than none.
    #[must_use]
    pub fn is_something(self) -> bool {
        match self {
            Self::Votes(votes) => !votes.is_zero(),
            Self::Percent(hundredths) => hundredths > 0,
        }
    }
}

/// Where a pool of cumulated votes goes when the card casts none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Uncast {
    /// A mark withholds, opposes or abstains.
    Withheld,
    /// A mark is void, or the name cannot receive votes.
    Void,
    /// A broker non-vote.
    BrokerNonVote,
    /// The card says nothing in the election.
    NotVoted,
}

/// Votes written for a nominee.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Written {
    /// The nominee, by place.
    pub nominee: usize,
    /// How many.
    pub votes: Cumulated,
    /// Whether the name can take none: nominated too late, or unable to serve.
    pub is_void: bool,
    /// Whether the nominee can serve.
    pub can_serve: bool,
}

impl Written {
    /// Whether it is more than none.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.votes.is_something()
    }

    /// Whether a joint holder who wrote it acted: more than none, for a name that can serve.
    fn is_act(&self) -> bool {
        self.is_something() && self.can_serve
    }
}

/// What becomes of a card's pool.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PoolUse {
    /// Cast as written, in ballot order.
    Written(Vec<Written>),
    /// A ballot with FOR on some and no numbers: equal parts, in ballot order. A name nominated too
    /// late takes its part, which is void.
    EqualParts(Vec<(usize, bool)>),
    /// A proxy without numbers: the proxy holders allocate it among these.
    ProxyHolders(Vec<usize>),
    /// Nothing is cast.
    Nothing(Uncast),
}

/// A vote in an election in which cumulative voting is in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CumulativeVote {
    /// Per nominee, the line on which the shares' votes stand; FOR where cumulated votes do.
    pub lines: Vec<Option<Line>>,
    /// What becomes of the pool.
    pub pool: PoolUse,
}

/// What a card says on one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemReading {
    /// A proposal.
    Proposal(Line),
    /// A choice of a frequency item.
    Choice(usize),
    /// A frequency item without a choice: abstained, a broker non-vote or not voted.
    NoChoice(Line),
    /// A straight election.
    Straight(Vec<NomineeVote>),
    /// An election with cumulative voting in force.
    Cumulative(CumulativeVote),
}

impl ItemReading {
    /// OPN-2: what it comes to where the proxy holders' ballot does not vote it: present and not voted, but a
    /// broker non-vote stays one.
    fn without_ballot(self) -> Self {
        let line = |line: Line| if line == Line::BrokerNonVote { line } else { Line::NotVoted };
        match self {
            Self::Proposal(marked) => Self::Proposal(line(marked)),
            Self::NoChoice(marked) => Self::NoChoice(line(marked)),
            Self::Choice(_) => Self::NoChoice(Line::NotVoted),
            Self::Straight(votes) => {
                let not_voted = |vote: NomineeVote| NomineeVote { line: line(vote.line), cap: None };
                Self::Straight(votes.into_iter().map(not_voted).collect())
            }
            Self::Cumulative(vote) => {
                let non_vote = |said: Option<Line>| said.filter(|said| *said == Line::BrokerNonVote);
                let lines: Vec<Option<Line>> = vote.lines.into_iter().map(non_vote).collect();
                let has_non_vote = lines.iter().any(Option::is_some);
                let uncast = if has_non_vote { Uncast::BrokerNonVote } else { Uncast::NotVoted };
                Self::Cumulative(CumulativeVote { lines, pool: PoolUse::Nothing(uncast) })
            }
        }
    }

    /// Whether a joint holder who sent this acted on the item.
    #[must_use]
    pub fn is_act(&self) -> bool {
        let acts = |line: Line| match line {
            Line::For | Line::Against | Line::Abstain | Line::Withheld => true,
            Line::BrokerNonVote | Line::NotVoted => false,
        };
        match self {
            Self::Proposal(line) | Self::NoChoice(line) => acts(*line),
            Self::Choice(_) => true,
            Self::Straight(votes) => votes.iter().any(|vote| acts(vote.line)),
            Self::Cumulative(vote) => match vote.pool {
                PoolUse::Written(ref written) => {
                    written.iter().any(Written::is_act) || vote.lines.iter().flatten().any(|line| acts(*line))
                }
                PoolUse::EqualParts(_) | PoolUse::ProxyHolders(_) => true,
                PoolUse::Nothing(_) => vote.lines.iter().flatten().any(|line| acts(*line)),
            },
        }
    }

    /// Whether it says the same as another on every nominee: joint holders who do so go the same way,
    /// whoever casts the pool.
    #[must_use]
    pub fn is_same_way(&self, other: &Self) -> bool {
        // A written 0 gives a name nothing, as a blank does; nor does a number give a name that cannot serve any.
        let written = |vote: &CumulativeVote| match &vote.pool {
            PoolUse::Written(written) => written.iter().filter(|one| one.is_act()).cloned().collect(),
            PoolUse::EqualParts(_) | PoolUse::ProxyHolders(_) | PoolUse::Nothing(_) => Vec::new(),
        };
        match (self, other) {
            (Self::Cumulative(one), Self::Cumulative(other)) => {
                one.lines == other.lines && written(one) == written(other)
            }
            _ => self == other,
        }
    }

    /// Whether counting it needs each card's own votes: caps and pools do.
    #[must_use]
    pub fn depends_on_card(&self) -> bool {
        match self {
            Self::Proposal(_) | Self::Choice(_) | Self::NoChoice(_) => false,
            Self::Straight(votes) => votes.iter().any(|vote| vote.cap.is_some()),
            Self::Cumulative(_) => true,
        }
    }
}

/// Reads markings on the items of a meeting.
pub struct MarkReader<'a> {
    meeting: &'a Meeting,
    layout: &'a Layout,
    markings: &'a Markings,
    /// Forms whose proxy holders are taken to cast no ballot.
    silent_forms: &'a [u16],
}

/// What a card says on one nominee before the kind of election is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NomineeMark {
    Nothing,
    Mark(Mark),
    Cumulated(Cumulated),
}

impl<'a> MarkReader<'a> {
    /// A reader of these markings.
    #[must_use]
    pub fn new(meeting: &'a Meeting, layout: &'a Layout, markings: &'a Markings) -> Self {
        Self { meeting, layout, markings, silent_forms: &[] }
    }

    /// The same, where the proxy holders of these forms are taken to cast no ballot.
    #[must_use]
    pub fn without_ballots(self, silent_forms: &'a [u16]) -> Self {
        Self { silent_forms, ..self }
    }

    /// OPN-2: whether the proxy holders' ballot votes the form's cards on an item: they cast one, and it says
    /// something on it.
    fn is_voted(&self, form: Option<u16>, item: usize) -> bool {
        form.is_none_or(|form| {
            let of = &self.meeting.forms[usize::from(form)];
            !(of.casts_no_ballot || of.ballot_silent_on[item] || self.silent_forms.contains(&form))
        })
    }

    /// What the marking says on an item.
    #[must_use]
    pub fn read(&self, marking: MarkingId, setting: MarkSetting, item_place: usize) -> ItemReading {
        let item = &self.meeting.items[item_place];
        if item.is_withdrawn {
            return self.not_voted(item_place);
        }
        let marking = self.markings.cells(marking);
        let cells = self.layout.cells(marking, item_place);
        let unmarked = self.unmarked(marking, setting, item_place);
        let reading = match &item.kind {
            ItemKind::Proposal(_) => ItemReading::Proposal(read_line(cells[0], unmarked)),
            ItemKind::Frequency(_) => read_choice(cells[0], unmarked),
            ItemKind::Election(election) => {
                let marked = self.nominee_marks(election, cells, setting, item_place, unmarked);
                if election.is_cumulative() {
                    ItemReading::Cumulative(self.cumulative(election, &marked, setting))
                } else {
                    ItemReading::Straight(self.straight(election, &marked))
                }
            }
        };
        if self.is_voted(setting.form, item_place) { reading } else { reading.without_ballot() }
    }

    /// An item on which the card is not voted, by the inspector's ruling.
    #[must_use]
    pub fn not_voted(&self, item: usize) -> ItemReading {
        match &self.meeting.items[item].kind {
            ItemKind::Proposal(_) => ItemReading::Proposal(Line::NotVoted),
            ItemKind::Frequency(_) => ItemReading::NoChoice(Line::NotVoted),
            ItemKind::Election(election) if election.is_cumulative() => {
                ItemReading::Cumulative(CumulativeVote {
                    lines: vec![None; election.nominees.len()],
                    pool: PoolUse::Nothing(Uncast::NotVoted),
                })
            }
            ItemKind::Election(election) => {
                let vote = NomineeVote { line: Line::NotVoted, cap: None };
                ItemReading::Straight(vec![vote; election.nominees.len()])
            }
        }
    }

    /// MRK-1, MRK-2: how the form votes a card that says nothing on the item. A ballot, and a nominee's card that
    /// bears a broker non-vote anywhere, is not voted.
    fn unmarked(&self, marking: &[Cell], setting: MarkSetting, item: usize) -> &'a Unmarked {
        // A non-vote on an item that was withdrawn is none.
        let has_non_vote = || {
            let items = self.meeting.items.iter().enumerate().filter(|(_, item)| !item.is_withdrawn);
            let mut cells = items.map(|(place, _)| self.layout.cells(marking, place));
            cells.any(|cells| cells.contains(&Cell::Mark(Mark::BrokerNonVote)))
        };
        match setting.form {
            None => &Unmarked::NotVoted,
            Some(_) if setting.is_nominee && has_non_vote() => &Unmarked::NotVoted,
            Some(form) => &self.meeting.forms[usize::from(form)].unmarked[item],
        }
    }

    /// ELE-1: what the card says on each nominee: its own column, else the box for all, else, when it says
    /// nothing at all in the election, the form's `unmarked`; then substitutes.
    fn nominee_marks(
        &self,
        election: &Election,
        cells: &[Cell],
        setting: MarkSetting,
        item: usize,
        unmarked: &Unmarked,
    ) -> Vec<NomineeMark> {
        let is_silent = cells.iter().all(|cell| *cell == Cell::Blank)
            || (only_withholds_names(cells) && self.votes_others(election, setting));
        let spoken_of = self.nominees_of_box(setting, item);
        let mut marked: Vec<NomineeMark> = (0..election.nominees.len())
            .map(|nominee| match (cells[nominee + 1], cells[0]) {
                (Cell::Mark(mark), _) => NomineeMark::Mark(mark),
                (Cell::Whole(votes), _) => {
                    NomineeMark::Cumulated(Cumulated::Votes(Votes::whole(votes.into())))
                }
                (Cell::Number(place), _) => {
                    NomineeMark::Cumulated(Cumulated::Votes(self.markings.number(place)))
                }
                (Cell::Percent(hundredths), _) => NomineeMark::Cumulated(Cumulated::Percent(hundredths)),
                (Cell::Blank | Cell::Choice(_), Cell::Mark(mark)) => {
                    let speaks = match mark {
                        Mark::For | Mark::Withhold | Mark::Against => {
                            spoken_of.is_none_or(|listed| listed.contains(&nominee))
                        }
                        Mark::BrokerNonVote | Mark::Void | Mark::Abstain => true,
                    };
                    if speaks { NomineeMark::Mark(mark) } else { NomineeMark::Nothing }
                }
                _ if is_silent => marked_by_form(unmarked, nominee),
                _ => NomineeMark::Nothing,
            })
            .collect();
        substitute(election, &mut marked, setting);
        marked
    }

    /// The nominees that a box FOR, WITHHOLD or AGAINST speaks of: those that the form lists, or all.
    fn nominees_of_box(&self, setting: MarkSetting, item: usize) -> Option<&'a [usize]> {
        match &self.meeting.forms[usize::from(setting.form?)].unmarked[item] {
            Unmarked::Nominees(listed) if !listed.is_empty() => Some(listed),
            Unmarked::Nominees(_) | Unmarked::NotVoted | Unmarked::Mark(_) | Unmarked::Choice(_) => None,
        }
    }

    /// ELE-7: whether a proxy that only withholds on single names votes the others as the form votes an unmarked
    /// card: in an uncontested election, unless the form says otherwise (SEC C&DI 139.08).
    fn votes_others(&self, election: &Election, setting: MarkSetting) -> bool {
        let Some(form) = setting.form else { return false };
        match self.meeting.forms[usize::from(form)].names_only {
            Some(NamesOnly::AsUnmarked) => true,
            Some(NamesOnly::NotVoted) => false,
            None => !election.is_contested(),
        }
    }

    fn straight(&self, election: &Election, marked: &[NomineeMark]) -> Vec<NomineeVote> {
        let not_voted = NomineeVote { line: Line::NotVoted, cap: None };
        let has_numbers = marked.iter().any(|marked| matches!(marked, NomineeMark::Cumulated(_)));
        let void = self.meeting.rules.cumulated_without_notice == CumulatedWithoutNotice::Void;
        // ELE-2: SEC C&DI 139.07; Broadridge contested procedures: FOR more nominees than seats voids
        // the card's vote in this election; the shares stay present. A name that cannot serve is none of them.
        let counted = marked.iter().enumerate();
        let counted = counted.filter(|(nominee, marked)| is_for(marked) && can_take(election, *nominee));
        if counted.count() > election.seats as usize || (has_numbers && void) {
            return vec![not_voted; election.nominees.len()];
        }
        marked
            .iter()
            .enumerate()
            .map(|(nominee, marked)| match marked {
                NomineeMark::Nothing => not_voted,
                _ if is_for(marked) && !can_take(election, nominee) => not_voted,
                NomineeMark::Mark(mark) => NomineeVote { line: line_of(*mark), cap: None },
                NomineeMark::Cumulated(_) if !is_for(marked) => not_voted,
                // without notice nobody may give a nominee more votes than shares held.
                NomineeMark::Cumulated(cumulated) => NomineeVote { line: Line::For, cap: Some(*cumulated) },
            })
            .collect()
    }

    /// ELE-2: whether a box FOR all names more nominees than seats only since somebody was nominated from the floor.
    #[must_use]
    pub fn is_box_void_by_floor(&self, marking: MarkingId, setting: MarkSetting, item: usize) -> bool {
        let Some(election) = self.meeting.items[item].election().filter(|election| !election.is_cumulative())
        else {
            return false;
        };
        let marking = self.markings.cells(marking);
        let cells = self.layout.cells(marking, item);
        if cells[0] != Cell::Mark(Mark::For) || !self.is_voted(setting.form, item) {
            return false;
        }
        let unmarked = self.unmarked(marking, setting, item);
        let marked = self.nominee_marks(election, cells, setting, item, unmarked);
        let takes: Vec<usize> = (0..marked.len())
            .filter(|nominee| is_for(&marked[*nominee]) && can_take(election, *nominee))
            .collect();
        let is_by_box_from_floor = |nominee: &usize| {
            election.nominees[*nominee].nominated.is_some() && cells[nominee + 1] == Cell::Blank
        };
        let seats = election.seats as usize;
        takes.len() > seats && takes.iter().filter(|nominee| !is_by_box_from_floor(nominee)).count() <= seats
    }

    fn cumulative(
        &self,
        election: &Election,
        marked: &[NomineeMark],
        setting: MarkSetting,
    ) -> CumulativeVote {
        // FOR marks beside numbers add nothing, not even beside numbers that are all zero.
        let mut numbers =
            marked.iter().filter(|marked| matches!(marked, NomineeMark::Cumulated(_))).peekable();
        let casts_nothing = numbers.peek().is_some() && !numbers.any(is_for);
        let lines = marked
            .iter()
            .enumerate()
            .map(|(nominee, marked)| match marked {
                NomineeMark::Nothing | NomineeMark::Mark(Mark::Void) => None,
                NomineeMark::Mark(Mark::For) if casts_nothing => None,
                // Not voted: a name that cannot serve, and a number that gives it nothing.
                _ if is_for(marked) && !can_take(election, nominee) => None,
                NomineeMark::Cumulated(_) => is_for(marked).then_some(Line::For),
                NomineeMark::Mark(mark) => Some(line_of(*mark)),
            })
            .collect();
        let pool = if marked.iter().any(|marked| matches!(marked, NomineeMark::Cumulated(_))) {
            self.written(election, marked)
        } else {
            self.without_numbers(election, marked, setting)
        };
        CumulativeVote { lines, pool: pool.unwrap_or_else(|| PoolUse::Nothing(uncast(marked))) }
    }

    /// CUM-3, CUM-8: numbers on the card: cast as written; FOR marks beside them add nothing.
    fn written(&self, election: &Election, marked: &[NomineeMark]) -> Option<PoolUse> {
        let mut written = Vec::new();
        let mut is_something = false;
        for (nominee, marked) in marked.iter().enumerate() {
            let NomineeMark::Cumulated(votes) = marked else { continue };
            // Cal. Corp. Code § 708(b). A name that is unable to serve takes none either.
            let can_serve = can_take(election, nominee);
            let is_void = !(election.is_nominated_in_time(nominee, self.meeting) && can_serve);
            let one = Written { nominee, votes: *votes, is_void, can_serve };
            is_something |= one.is_something();
            written.push(one);
        }
        is_something.then_some(PoolUse::Written(written))
    }

    /// CUM-5: a ballot casts its pool in equal parts among the names it votes FOR; a proxy leaves it to the
    /// proxy holders, among the names it votes FOR, here without a limit by the number of seats.
    fn without_numbers(
        &self,
        election: &Election,
        marked: &[NomineeMark],
        setting: MarkSetting,
    ) -> Option<PoolUse> {
        let named: Vec<(usize, bool)> = marked
            .iter()
            .enumerate()
            .filter(|(nominee, marked)| {
                **marked == NomineeMark::Mark(Mark::For) && can_take(election, *nominee)
            })
            .map(|(nominee, _)| (nominee, election.is_nominated_in_time(nominee, self.meeting)))
            .collect();
        if named.is_empty() {
            return None;
        }
        if setting.form.is_none() {
            return Some(PoolUse::EqualParts(named));
        }
        let permitted: Vec<usize> =
            named.iter().filter(|(_, in_time)| *in_time).map(|(nominee, _)| *nominee).collect();
        Some(if permitted.is_empty() {
            let withholds = uncast(marked) == Uncast::Withheld;
            PoolUse::Nothing(if withholds { Uncast::Withheld } else { Uncast::Void })
        } else {
            PoolUse::ProxyHolders(permitted)
        })
    }
}

/// Whether the only marks in an election withhold, oppose or abstain on single names, with the box blank.
pub(crate) fn only_withholds_names(cells: &[Cell]) -> bool {
    let is_withholding =
        |cell: &Cell| matches!(cell, Cell::Mark(Mark::Withhold | Mark::Against | Mark::Abstain));
    let (of_all, names) = (&cells[..1], &cells[1..]);
    of_all == [Cell::Blank]
        && names.iter().all(|cell| *cell == Cell::Blank || is_withholding(cell))
        && names.iter().any(is_withholding)
}

/// Whether votes FOR a nominee can count. A nominee unable to serve takes none: a proxy's went to the
/// substitute, a ballot's are not voted (ELE-4).
fn can_take(election: &Election, nominee: usize) -> bool {
    !election.nominees[nominee].is_unable_to_serve
}

/// ELE-4: a proxy FOR a nominee unable to serve is FOR the substitute, unless the card marks the substitute
/// itself. WITHHOLD stays with the old name.
fn substitute(election: &Election, marked: &mut [NomineeMark], setting: MarkSetting) {
    let has_substitute = |nominee: &Nominee| nominee.is_unable_to_serve && nominee.substitute.is_some();
    if setting.form.is_none() || !election.nominees.iter().any(has_substitute) {
        return;
    }
    let written = marked.to_vec();
    for (place, nominee) in election.nominees.iter().enumerate() {
        let Some(substitute) = nominee.substitute.filter(|_| nominee.is_unable_to_serve) else { continue };
        let moves = match written[place] {
            NomineeMark::Mark(mark) => mark == Mark::For,
            NomineeMark::Cumulated(_) => true,
            NomineeMark::Nothing => false,
        };
        if moves && marked[substitute] == NomineeMark::Nothing {
            marked[substitute] = written[place];
            marked[place] = NomineeMark::Nothing;
        }
    }
}

/// Whether it gives the nominee any vote.
fn is_for(marked: &NomineeMark) -> bool {
    match marked {
        NomineeMark::Mark(mark) => *mark == Mark::For,
        NomineeMark::Cumulated(Cumulated::Votes(votes)) => !votes.is_zero(),
        NomineeMark::Cumulated(Cumulated::Percent(hundredths)) => *hundredths > 0,
        NomineeMark::Nothing => false,
    }
}

fn marked_by_form(unmarked: &Unmarked, nominee: usize) -> NomineeMark {
    match unmarked {
        Unmarked::Mark(mark) => NomineeMark::Mark(*mark),
        Unmarked::Nominees(listed) if listed.contains(&nominee) => NomineeMark::Mark(Mark::For),
        Unmarked::Nominees(_) | Unmarked::NotVoted | Unmarked::Choice(_) => NomineeMark::Nothing,
    }
}

/// Where the pool of a card that casts nothing goes.
fn uncast(marked: &[NomineeMark]) -> Uncast {
    let has = |wanted: &[Mark]| {
        marked.iter().any(|marked| matches!(marked, NomineeMark::Mark(mark) if wanted.contains(mark)))
    };
    if has(&[Mark::Withhold, Mark::Against, Mark::Abstain]) {
        Uncast::Withheld
    } else if has(&[Mark::Void]) {
        Uncast::Void
    } else if has(&[Mark::BrokerNonVote]) {
        Uncast::BrokerNonVote
    } else {
        Uncast::NotVoted
    }
}

fn line_of(mark: Mark) -> Line {
    match mark {
        Mark::For => Line::For,
        Mark::Against => Line::Against,
        Mark::Abstain => Line::Abstain,
        Mark::Withhold => Line::Withheld,
        Mark::BrokerNonVote => Line::BrokerNonVote,
        // MRK-3, marked both ways is present and not voted, never "unmarked, hence FOR".
        Mark::Void => Line::NotVoted,
    }
}

fn read_line(cell: Cell, unmarked: &Unmarked) -> Line {
    match (cell, unmarked) {
        (Cell::Mark(mark), _) => line_of(mark),
        (Cell::Blank, Unmarked::Mark(mark)) => line_of(*mark),
        _ => Line::NotVoted,
    }
}

fn read_choice(cell: Cell, unmarked: &Unmarked) -> ItemReading {
    match (cell, unmarked) {
        (Cell::Choice(place), _) => ItemReading::Choice(usize::from(place)),
        (Cell::Mark(mark), _) => ItemReading::NoChoice(line_of(mark)),
        (Cell::Blank, Unmarked::Choice(place)) => ItemReading::Choice(*place),
        (Cell::Blank, Unmarked::Mark(mark)) => ItemReading::NoChoice(line_of(*mark)),
        _ => ItemReading::NoChoice(Line::NotVoted),
    }
}
