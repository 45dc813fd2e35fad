//! What a card of the deck says on an item, how it is marked there, and what that comes to.

use std::collections::BTreeMap;

use crate::ballot::reading::Line;
use crate::meeting::{Election, Item, ItemKind, Mark, Meeting, NamesOnly, ProxyForm, Unmarked};

/// A way of marking an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// A mark in the box of the item; in an election the box for all nominees.
    Box(Mark),
    /// For one choice of a frequency item.
    Choice(usize),
    /// FOR on one nominee and nothing else.
    Nominee(usize),
    /// WITHHOLD on one nominee and nothing else.
    Withheld(usize),
    /// A mark on each nominee, or none; FOR on as many as there are seats, or fewer.
    Names(Vec<Option<Mark>>),
    /// FOR on one nominee more than there are seats.
    TooMany,
    /// All cumulated votes on one nominee.
    AllVotes(usize),
    /// One cumulated vote on a nominee; the others unused.
    OneVote(usize),
    /// One cumulated vote more than there are, on a nominee.
    TooManyVotes(usize),
    /// Nothing.
    Blank,
}

/// What a share says on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    /// It stands on a line of a proposal or a frequency item.
    Line(Line),
    /// It is for a choice.
    Choice(usize),
    /// It stands on a line of each nominee.
    Nominees(Vec<Line>),
    /// Its cumulated votes.
    Pool(Pool),
}

/// What becomes of cumulated votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pool {
    /// All whole ones on a nominee.
    All(usize),
    /// One on a nominee.
    One(usize),
    /// More than there are were written, for a nominee.
    Over(usize),
    /// In equal parts.
    Equal(Vec<usize>),
    /// None is cast: why, as the certificate names it.
    Rest(&'static str),
}

/// Who speaks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice<'a> {
    /// The form of a proxy; nothing: a ballot in person.
    pub(super) form: Option<&'a ProxyForm>,
}

/// The cells of a card by their columns, and what they say.
pub(super) type Marked = (BTreeMap<String, String>, Says);

/// Whether the figures of an item can be foretold by the arithmetic of the deck.
pub(super) fn is_covered(item: &Item) -> bool {
    let is_able = |election: &Election| !election.nominees.iter().any(|n| n.is_unable_to_serve);
    !item.is_withdrawn && !item.counts_holders() && item.election().is_none_or(is_able)
}

/// Every way of marking an item that the deck shows.
pub(super) fn patterns(meeting: &Meeting, item: &Item) -> Vec<Pattern> {
    let boxes = [Mark::For, Mark::Against, Mark::Abstain, Mark::Withhold, Mark::BrokerNonVote, Mark::Void];
    match &item.kind {
        ItemKind::Proposal(_) => boxes.map(Pattern::Box).to_vec(),
        ItemKind::Frequency(choices) => {
            let neutral = [Mark::Abstain, Mark::BrokerNonVote, Mark::Void].map(Pattern::Box);
            (0..choices.len()).map(Pattern::Choice).chain(neutral).collect()
        }
        ItemKind::Election(election) if election.is_cumulative() => {
            let boxes = [Mark::Abstain, Mark::Withhold, Mark::BrokerNonVote, Mark::Void].map(Pattern::Box);
            let names = (0..election.nominees.len()).map(Pattern::AllVotes);
            let first = in_time(meeting, election);
            names.chain(boxes).chain([Pattern::OneVote(first), Pattern::TooManyVotes(first)]).collect()
        }
        ItemKind::Election(election) => {
            let names = (0..election.nominees.len()).map(Pattern::Nominee);
            let too_many = (election.nominees.len() > election.seats as usize).then_some(Pattern::TooMany);
            names.chain(boxes.map(Pattern::Box)).chain([Pattern::Withheld(0)]).chain(too_many).collect()
        }
    }
}

/// What a card that only stands or falls says: as plainly as can be.
pub(super) fn plain(item: &Item) -> Pattern {
    match &item.kind {
        ItemKind::Proposal(_) => Pattern::Box(Mark::For),
        ItemKind::Frequency(_) => Pattern::Choice(0),
        // A proxy without numbers would share its votes with others of its form.
        ItemKind::Election(election) if election.is_cumulative() => Pattern::Box(Mark::Withhold),
        ItemKind::Election(_) => Pattern::Nominee(0),
    }
}

/// The same, otherwise.
pub(super) fn other(item: &Item) -> Pattern {
    match &item.kind {
        ItemKind::Proposal(_) => Pattern::Box(Mark::Against),
        ItemKind::Frequency(choices) if choices.len() > 1 => Pattern::Choice(1),
        ItemKind::Election(election) if !election.is_cumulative() => Pattern::Box(Mark::Withhold),
        ItemKind::Frequency(_) | ItemKind::Election(_) => Pattern::Box(Mark::Abstain),
    }
}

/// A card marked by a pattern on an item. `pool` is the whole number of its cumulated votes there.
pub(super) fn marked(
    meeting: &Meeting,
    place: usize,
    pattern: &Pattern,
    voice: Voice<'_>,
    pool: u128,
) -> Marked {
    let item = &meeting.items[place];
    let said = match &item.kind {
        ItemKind::Election(election) if election.is_cumulative() => {
            Says::Pool(pool_of((meeting, election), place, pattern, voice))
        }
        ItemKind::Election(election) => Says::Nominees(nominees(election, place, pattern, voice)),
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => line(place, pattern, voice),
    };
    (cells(item, pattern, pool), unless_uncast(said, place, voice))
}

/// The cells that a pattern fills.
fn cells(item: &Item, pattern: &Pattern, pool: u128) -> BTreeMap<String, String> {
    let election = item.election();
    let column = |nominee: usize| {
        format!("{}.{}", item.id, election.map_or("", |election| &election.nominees[nominee].id))
    };
    let one = |column: String, cell: String| BTreeMap::from([(column, cell)]);
    match pattern {
        Pattern::Box(mark) => one(item.id.clone(), mark.name().to_owned()),
        Pattern::Choice(choice) => match &item.kind {
            ItemKind::Frequency(choices) => one(item.id.clone(), choices[*choice].id.clone()),
            ItemKind::Election(_) | ItemKind::Proposal(_) => BTreeMap::new(),
        },
        Pattern::Nominee(nominee) => one(column(*nominee), "FOR".to_owned()),
        Pattern::Withheld(nominee) => one(column(*nominee), "WITHHOLD".to_owned()),
        Pattern::Names(marks) => {
            let marked = marks.iter().enumerate();
            marked
                .filter_map(|(nominee, mark)| Some((column(nominee), mark.as_ref()?.name().to_owned())))
                .collect()
        }
        Pattern::TooMany => {
            let seats = election.map_or(0, |election| election.seats as usize);
            (0..=seats).map(|nominee| (column(nominee), "FOR".to_owned())).collect()
        }
        Pattern::AllVotes(nominee) => one(column(*nominee), pool.to_string()),
        Pattern::OneVote(nominee) => one(column(*nominee), "1".to_owned()),
        Pattern::TooManyVotes(nominee) => one(column(*nominee), (pool + 1).to_string()),
        Pattern::Blank => BTreeMap::new(),
    }
}

fn line_of(mark: Mark) -> Line {
    match mark {
        Mark::For => Line::For,
        Mark::Against => Line::Against,
        Mark::Abstain => Line::Abstain,
        Mark::Withhold => Line::Withheld,
        Mark::BrokerNonVote => Line::BrokerNonVote,
        Mark::Void => Line::NotVoted,
    }
}

/// MRK-1: on a proposal or a frequency item.
fn line(place: usize, pattern: &Pattern, voice: Voice<'_>) -> Says {
    match (pattern, voice.form.map(|form| &form.unmarked[place])) {
        (Pattern::Box(mark), _) | (Pattern::Blank, Some(Unmarked::Mark(mark))) => Says::Line(line_of(*mark)),
        (Pattern::Choice(choice), _) | (Pattern::Blank, Some(Unmarked::Choice(choice))) => {
            Says::Choice(*choice)
        }
        _ => Says::Line(Line::NotVoted),
    }
}

/// ELE-1, ELE-2, ELE-7: on every nominee of a straight election.
fn nominees(election: &Election, place: usize, pattern: &Pattern, voice: Voice<'_>) -> Vec<Line> {
    let count = election.nominees.len();
    let unmarked = voice.form.map(|form| &form.unmarked[place]);
    // A box speaks of the names that the form lists, on a ballot of all.
    let listed: Vec<usize> = match unmarked {
        Some(Unmarked::Nominees(listed)) if !listed.is_empty() => listed.clone(),
        _ => (0..count).collect(),
    };
    let on = |names: &[usize], line: Line| -> Vec<Line> {
        let is_void = line == Line::For && names.len() > election.seats as usize;
        let of = |nominee: usize| if names.contains(&nominee) && !is_void { line } else { Line::NotVoted };
        (0..count).map(of).collect()
    };
    let all: Vec<usize> = (0..count).collect();
    let by_form = || match unmarked {
        Some(Unmarked::Nominees(listed)) => on(listed, Line::For),
        Some(Unmarked::Mark(mark)) => on(&all, line_of(*mark)),
        _ => on(&[], Line::NotVoted),
    };
    match pattern {
        Pattern::Box(mark @ (Mark::For | Mark::Against | Mark::Withhold)) => on(&listed, line_of(*mark)),
        Pattern::Box(mark) => on(&all, line_of(*mark)),
        Pattern::Nominee(nominee) => on(&[*nominee], Line::For),
        Pattern::Withheld(nominee) => {
            let as_form = match voice.form.map(|form| form.names_only) {
                Some(Some(NamesOnly::AsUnmarked)) => true,
                Some(None) => !election.is_contested(),
                Some(Some(NamesOnly::NotVoted)) | None => false,
            };
            let mut lines = if as_form { by_form() } else { on(&[], Line::NotVoted) };
            lines[*nominee] = Line::Withheld;
            lines
        }
        Pattern::Blank => by_form(),
        Pattern::Names(marks) => marks.iter().map(|mark| mark.map_or(Line::NotVoted, line_of)).collect(),
        Pattern::TooMany
        | Pattern::Choice(_)
        | Pattern::AllVotes(_)
        | Pattern::OneVote(_)
        | Pattern::TooManyVotes(_) => on(&[], Line::NotVoted),
    }
}

/// The first nominee for whom votes may be cumulated.
pub(super) fn in_time(meeting: &Meeting, election: &Election) -> usize {
    let mut all = 0..election.nominees.len();
    all.find(|nominee| election.is_nominated_in_time(*nominee, meeting)).unwrap_or(0)
}

/// CUM-3 to CUM-6, CUM-8: what becomes of cumulated votes; those for a name nominated too late are void.
fn pool_of(
    (meeting, election): (&Meeting, &Election),
    place: usize,
    pattern: &Pattern,
    voice: Voice<'_>,
) -> Pool {
    let is_late = |nominee: &usize| !election.is_nominated_in_time(*nominee, meeting);
    let equal = |mut names: Vec<usize>| {
        names.retain(|nominee| !is_late(nominee));
        if names.is_empty() { Pool::Rest("void") } else { Pool::Equal(names) }
    };
    match pattern {
        Pattern::AllVotes(nominee) | Pattern::Nominee(nominee) if is_late(nominee) => Pool::Rest("void"),
        Pattern::AllVotes(nominee) => Pool::All(*nominee),
        Pattern::OneVote(nominee) => Pool::One(*nominee),
        Pattern::TooManyVotes(nominee) => Pool::Over(*nominee),
        // On a ballot; on a proxy it would be the proxy holders' to place, and the deck has none such.
        Pattern::Nominee(nominee) => Pool::Equal(vec![*nominee]),
        Pattern::Box(Mark::BrokerNonVote) => Pool::Rest("broker_non_votes"),
        Pattern::Box(Mark::Void) => Pool::Rest("void"),
        Pattern::Box(_) | Pattern::Withheld(_) => Pool::Rest("withheld"),
        Pattern::Blank => match voice.form.map(|form| &form.unmarked[place]) {
            Some(Unmarked::Nominees(listed)) if !listed.is_empty() => equal(listed.clone()),
            Some(Unmarked::Mark(Mark::For)) => equal((0..election.nominees.len()).collect()),
            Some(Unmarked::Mark(Mark::Void)) => Pool::Rest("void"),
            Some(Unmarked::Mark(_)) => Pool::Rest("withheld"),
            _ => Pool::Rest("not_voted"),
        },
        Pattern::TooMany | Pattern::Names(_) | Pattern::Choice(_) => Pool::Rest("void"),
    }
}

/// OPN-1: a proxy whose holders cast no ballot, or one that is silent on the item, is present and not voted.
fn unless_uncast(said: Says, place: usize, voice: Voice<'_>) -> Says {
    let is_uncast = voice.form.is_some_and(|form| form.casts_no_ballot || form.ballot_silent_on[place]);
    if !is_uncast {
        return said;
    }
    let uncast = |line: Line| if line == Line::BrokerNonVote { line } else { Line::NotVoted };
    match said {
        Says::Line(line) => Says::Line(uncast(line)),
        Says::Choice(_) => Says::Line(Line::NotVoted),
        Says::Nominees(lines) => Says::Nominees(lines.into_iter().map(uncast).collect()),
        Says::Pool(_) => Says::Pool(Pool::Rest("not_voted")),
    }
}

/// What shares say that are present and not voted.
pub(super) fn silent(item: &Item) -> Says {
    match &item.kind {
        ItemKind::Election(election) if election.is_cumulative() => Says::Pool(Pool::Rest("not_voted")),
        ItemKind::Election(election) => Says::Nominees(vec![Line::NotVoted; election.nominees.len()]),
        ItemKind::Proposal(_) | ItemKind::Frequency(_) => Says::Line(Line::NotVoted),
    }
}
