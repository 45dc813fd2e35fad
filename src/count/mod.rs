//! Count: marks into totals (8 Del. C. § 231(b)(3)).
//!
//! Receives who votes how many shares by which card, hands on the votes on every line of every item.
//! Cards with the same marks are counted together; only caps and pools need each card's own votes.
//! The lines of every item are checked against the votes present before anything is handed on.

pub mod cumulative;
pub(crate) mod flow;
mod following;
mod holders;
pub(crate) mod level;
pub(crate) mod votes_present;

use std::collections::HashMap;

use hashbrown::DefaultHashBuilder;

use crate::amount::{Shares, Votes, multiply_divide};
use crate::ascertain::{Electorate, PositionId};
use crate::ballot::MarkingId;
use crate::ballot::reading::{Cumulated, ItemReading, Line, MarkReader, MarkSetting, NomineeVote};
use crate::determine::{
    Cover, CoveragePart, Determined, JointOutcome, JointPosition, StreetPosition, StreetVoted,
};
use crate::load::{AccountId, CardId, Loaded, StreetVote};
use crate::meeting::{Item, ItemKind, Mark, Meeting, VotingGroup};
use crate::parallel::{Threads, each};

pub use cumulative::{CumulativeCount, Cut, FormAllocation};
pub use following::{Followed, FollowingCount};
pub(crate) use holders::head_votes;
pub use holders::{HeadSides, HeadVotes, HolderCount};

/// The votes on each line of a nominee or an item.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// FOR.
    pub votes_for: Votes,
    /// AGAINST.
    pub against: Votes,
    /// ABSTAIN.
    pub abstain: Votes,
    /// WITHHOLD.
    pub withheld: Votes,
    /// Broker non-votes.
    pub broker_non_votes: Votes,
    /// Present and not voted.
    pub not_voted: Votes,
}

impl Lines {
    /// The votes of a line.
    pub fn line(&mut self, line: Line) -> &mut Votes {
        match line {
            Line::For => &mut self.votes_for,
            Line::Against => &mut self.against,
            Line::Abstain => &mut self.abstain,
            Line::Withheld => &mut self.withheld,
            Line::BrokerNonVote => &mut self.broker_non_votes,
            Line::NotVoted => &mut self.not_voted,
        }
    }

    /// All lines together.
    #[must_use]
    pub fn total(&self) -> Votes {
        self.votes_for + self.against + self.abstain + self.withheld + self.broker_non_votes + self.not_voted
    }

    /// Each line in units of 10^-18 votes: FOR, AGAINST, ABSTAIN, WITHHOLD, broker non-votes, not voted.
    #[must_use]
    pub fn units(&self) -> [u128; 6] {
        let lines = [
            self.votes_for,
            self.against,
            self.abstain,
            self.withheld,
            self.broker_non_votes,
            self.not_voted,
        ];
        lines.map(Votes::units)
    }

    /// Line by line with another.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            votes_for: self.votes_for + other.votes_for,
            against: self.against + other.against,
            abstain: self.abstain + other.abstain,
            withheld: self.withheld + other.withheld,
            broker_non_votes: self.broker_non_votes + other.broker_non_votes,
            not_voted: self.not_voted + other.not_voted,
        }
    }
}

/// An item's votes of one class.
#[derive(Debug, Clone)]
pub struct ClassCount {
    /// Votes present and entitled on the item.
    pub present: Votes,
    /// Votes present of accounts that are excluded from the item.
    pub excluded_present: Votes,
    /// Per nominee, or one.
    pub columns: Vec<Lines>,
    /// Per choice of a frequency item.
    pub choices: Vec<Votes>,
    /// Votes that cards and totals say anything with: of a card all its votes, of a total the most on one name.
    pub speaking: Votes,
}

/// An item's votes.
#[derive(Debug, Clone)]
pub struct ItemCount {
    /// Per class.
    pub classes: Vec<ClassCount>,
    /// The pools, where cumulative voting is in force.
    pub cumulative: Option<CumulativeCount>,
    /// Per nominee, or one: accounts on each side, where a test counts holders.
    pub holders: Option<Vec<HolderCount>>,
    /// The same for each voting group of the item.
    pub group_holders: Vec<Vec<HolderCount>>,
    /// Holders for the item's quorum, where that counts them.
    pub heads: Option<QuorumHeads>,
    /// Votes written for a nominee beyond the shares' votes, where votes are not cumulated.
    pub capped: Cut,
    /// What votes as others do, in the order of the meeting's `followers`.
    pub following: Vec<FollowingCount>,
}

/// Holders outstanding and present, by head.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// With votes.
    pub outstanding: u64,
    /// With any share present.
    pub present: u64,
}

/// Holders for a quorum that counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuorumHeads {
    /// Of all classes that vote.
    pub whole: Heads,
    /// Per class of the meeting.
    pub by_class: Vec<Heads>,
    /// Per voting group of the item.
    pub groups: Vec<Heads>,
}

impl ItemCount {
    /// The lines of a nominee or the item, of some classes together.
    #[must_use]
    pub fn lines(&self, column: usize, of: impl Fn(usize) -> bool) -> Lines {
        let classes = self.classes.iter().enumerate().filter(|(class, _)| of(*class));
        classes.fold(Lines::default(), |sum, (_, class)| sum.plus(&class.columns[column]))
    }

    /// Votes present and entitled, of some classes together.
    #[must_use]
    pub fn present(&self, of: impl Fn(usize) -> bool) -> Votes {
        self.classes.iter().enumerate().filter(|(class, _)| of(*class)).map(|(_, class)| class.present).sum()
    }

    /// Votes present of accounts excluded from the item, of some classes together.
    #[must_use]
    pub fn excluded_present(&self, of: impl Fn(usize) -> bool) -> Votes {
        let classes = self.classes.iter().enumerate().filter(|(class, _)| of(*class));
        classes.map(|(_, class)| class.excluded_present).sum()
    }

    /// The votes for each choice.
    #[must_use]
    pub fn choices(&self) -> Vec<Votes> {
        let count = self.classes.first().map_or(0, |class| class.choices.len());
        (0..count).map(|choice| self.classes.iter().map(|class| class.choices[choice]).sum()).collect()
    }
}

/// All votes of a meeting.
#[derive(Debug, Clone)]
pub struct Count {
    /// Per class, votes present, whatever the item.
    pub present: Vec<Votes>,
    /// Holders for the meeting's quorum, where that counts them.
    pub heads: Option<QuorumHeads>,
    /// Per item.
    pub items: Vec<ItemCount>,
}

/// The votes of one class that one card casts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CardVotes {
    pub(crate) card: CardId,
    pub(crate) setting: MarkSetting,
    pub(crate) class: usize,
    pub(crate) votes: Votes,
}

/// Everything that counting reads.
#[derive(Clone, Copy)]
pub(crate) struct CountContext<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) meeting: &'a Meeting,
    pub(crate) electorate: &'a Electorate,
    pub(crate) determined: &'a Determined,
}

/// Counts every item.
#[must_use]
pub fn count(loaded: &Loaded, electorate: &Electorate, determined: &Determined) -> Count {
    let context = CountContext { loaded, meeting: &loaded.meeting, electorate, determined };
    let (groups, presence) = sort(context);
    let places: Vec<usize> = (0..context.meeting.items.len()).collect();
    let over_items = loaded.threads_over_items();
    let within_item = loaded.threads.shared_by(over_items.count());
    let items = each(over_items, &places, |item| count_item(context, &groups, &presence, *item, within_item));
    let heads = context.meeting.quorum.counts_holders().then(|| holders::of_meeting(context));
    Count { present: presence.by_class, heads, items }
}

/// PRE-1: the votes present, whatever the item, and those of accounts that are excluded from some.
struct Presence {
    by_class: Vec<Votes>,
    excluded: Vec<(PositionId, Votes)>,
    /// Whether these are all that are present.
    is_all: bool,
}

impl Presence {
    fn nobody(context: CountContext<'_>) -> Self {
        let by_class = vec![Votes::ZERO; context.meeting.classes.len()];
        Self { by_class, excluded: Vec::new(), is_all: false }
    }

    fn append(&mut self, other: Self) {
        self.by_class.iter_mut().zip(other.by_class).for_each(|(all, votes)| *all += votes);
        self.excluded.extend(other.excluded);
    }

    fn add(&mut self, context: CountContext<'_>, position: PositionId, votes: Votes) {
        self.by_class[context.class(position)] += votes;
        if context.electorate.excluded.contains_key(&context.account(position)) {
            self.excluded.push((position, votes));
        }
    }

    /// The votes present on an item, by class: those entitled, and those of accounts excluded from it.
    fn on(&self, context: CountContext<'_>, item: usize) -> Vec<(Votes, Votes)> {
        let entitled = &context.meeting.items[item].entitled_classes;
        let here = self.by_class.iter().zip(entitled);
        let mut present: Vec<(Votes, Votes)> = here
            .map(|(votes, is_entitled)| (if *is_entitled { *votes } else { Votes::ZERO }, Votes::ZERO))
            .collect();
        for (position, votes) in &self.excluded {
            let class = context.class(*position);
            if entitled[class] && !context.votes_on(*position, item) {
                present[class].0 -= *votes;
                present[class].1 += *votes;
            }
        }
        // SCP-2: what is present on other items only.
        for (position, headline, here) in context.present_unevenly(item).filter(|_| self.is_all) {
            let class = context.class(position);
            let there = &mut present[class];
            let there = if context.votes_on(position, item) { &mut there.0 } else { &mut there.1 };
            if entitled[class] {
                *there = *there + here - headline;
            }
        }
        present
    }
}

impl<'a> CountContext<'a> {
    /// PRE-1: every position's votes present: by cards, by street totals, in person.
    pub(crate) fn each_presence(self, mut each: impl FnMut(PositionId, Votes)) {
        for cover in self.determined.coverage.iter() {
            each(cover.position, self.votes(&cover));
        }
        self.each_presence_without_coverage(each);
    }

    /// The same on one item: of positions whose papers are looked at item by item it may be less.
    pub(crate) fn each_presence_on(self, item: usize, mut each: impl FnMut(PositionId, Votes)) {
        for cover in self.determined.coverage.iter() {
            each(cover.position, self.votes(&cover));
        }
        for joint in &self.determined.joint {
            each(joint.position, joint.present_on(item).1);
        }
        for here in &self.determined.in_person {
            each(here.position, here.votes);
        }
        for street in &self.determined.street {
            each(street.position, street.votes_on(item));
        }
        for rest in &self.determined.following {
            each(rest.position, rest.on_items[item]);
        }
    }

    /// Positions whose votes present on an item differ from those that the headline takes: both.
    fn present_unevenly(self, item: usize) -> impl Iterator<Item = (PositionId, Votes, Votes)> {
        let of_joint =
            self.determined.joint.iter().map(move |one| (one.position, one.votes, one.present_on(item).1));
        let of_street =
            self.determined.street.iter().map(move |one| (one.position, one.votes, one.votes_on(item)));
        let of_following =
            self.determined.following.iter().map(move |one| (one.position, one.votes, one.on_items[item]));
        of_joint.chain(of_street).chain(of_following).filter(|(_, headline, here)| headline != here)
    }

    fn each_presence_without_coverage(self, mut each: impl FnMut(PositionId, Votes)) {
        for joint in &self.determined.joint {
            each(joint.position, joint.votes);
        }
        for here in &self.determined.in_person {
            each(here.position, here.votes);
        }
        for street in &self.determined.street {
            each(street.position, street.votes);
        }
        for rest in &self.determined.following {
            each(rest.position, rest.votes);
        }
    }

    /// The votes of what a card takes.
    pub(crate) fn votes(self, cover: &Cover) -> Votes {
        cover
            .stated_votes
            .unwrap_or_else(|| self.electorate.votes_of_part(cover.position, Shares::ZERO, cover.shares))
    }

    pub(crate) fn reader(self) -> MarkReader<'a> {
        MarkReader::new(self.meeting, &self.loaded.cards.layout, &self.loaded.cards.markings)
            .without_ballots(&self.determined.silent_forms)
    }

    pub(crate) fn setting(self, card: CardId, position: PositionId) -> MarkSetting {
        let is_nominee = self.electorate.is_nominee(self.account(position));
        MarkSetting { form: self.loaded.cards.get(card).form, is_nominee }
    }

    /// In which setting a card takes what it takes.
    pub(crate) fn setting_of(self, cover: &Cover) -> MarkSetting {
        let is_nominee = self.electorate.is_nominee(self.account(cover.position));
        MarkSetting { form: cover.form, is_nominee }
    }

    pub(crate) fn account(self, position: PositionId) -> AccountId {
        self.electorate.account(position)
    }

    /// The holder whose position it is, where holders are counted by head.
    pub(crate) fn head(self, position: PositionId) -> AccountId {
        self.electorate.head(self.account(position))
    }

    pub(crate) fn class(self, position: PositionId) -> usize {
        usize::from(self.electorate.get(position).class)
    }

    pub(crate) fn votes_on(self, position: PositionId, item: usize) -> bool {
        self.electorate.votes_on(self.meeting, position, item)
    }

    /// What each joint position's votes are on an item: parts with the card that says how, none where
    /// they are not voted.
    pub(crate) fn joint_parts(joint: &JointPosition, item: usize) -> Vec<(Option<CardId>, Votes)> {
        match &joint.outcomes[item] {
            JointOutcome::Binds(card) => vec![(Some(*card), joint.votes)],
            JointOutcome::Split(one, other) => {
                // Six decimals times six and a half are exact in units of 10^-18.
                let half = Votes::from_units(joint.votes.units() / 2);
                vec![(Some(*one), joint.votes - half), (Some(*other), half)]
            }
            JointOutcome::NotVoted | JointOutcome::Conflict => vec![(None, joint.votes)],
            JointOutcome::Parts(parts) => parts.iter().map(|part| (part.card, part.votes)).collect(),
        }
    }
}

/// Cards with the same marks in the same setting, counted together.
#[derive(Debug, Default)]
struct Groups<'a> {
    /// Votes by marks, setting and class.
    together: Vec<(Group, Votes)>,
    /// What cards take that must be looked at one by one: with rulings on items, of accounts excluded from
    /// some, with numbers. Here each is all that its card takes, in parts to be worked on at once.
    alone: Vec<(CoveragePart<'a>, Vec<u32>)>,
    /// The same where a card may take of several positions.
    single: Vec<CardVotes>,
    /// What is present and not voted.
    not_voted: Vec<(PositionId, Votes)>,
}

type Group = (MarkingId, MarkSetting, usize);

/// Groups while they are added up, what must be looked at one by one, and who is present.
struct Sorted {
    together: HashMap<Group, Votes, DefaultHashBuilder>,
    /// By their places.
    alone: Vec<u32>,
    single: Vec<CardVotes>,
    not_voted: Vec<(PositionId, Votes)>,
    presence: Presence,
}

/// One look at all that cards take.
fn sort(context: CountContext<'_>) -> (Groups<'_>, Presence) {
    let markings = &context.loaded.cards.markings;
    let needs_card: Vec<bool> = (0..markings.count()).map(|place| needs_card(context, place)).collect();
    let coverage = &context.determined.coverage;
    let sorted = coverage.parts(context.loaded.threads, |coverage| {
        let mut sorted = Sorted {
            together: HashMap::default(),
            alone: Vec::new(),
            single: Vec::new(),
            not_voted: Vec::new(),
            presence: Presence::nobody(context),
        };
        for (place, cover) in (0_u32..).zip(coverage.iter()) {
            sorted.add(context, &needs_card, place, &cover);
        }
        (coverage, sorted)
    });
    let mut together: HashMap<Group, Votes, DefaultHashBuilder> = HashMap::default();
    let mut groups = Groups::default();
    let mut presence = Presence::nobody(context);
    for (coverage, part) in sorted {
        for (group, votes) in part.together {
            *together.entry(group).or_default() += votes;
        }
        groups.alone.push((coverage, part.alone));
        groups.single.extend(part.single);
        groups.not_voted.extend(part.not_voted);
        presence.append(part.presence);
    }
    groups.together = together.into_iter().collect();
    groups
        .together
        .sort_by_key(|((marking, setting, class), _)| (*marking, setting.form, setting.is_nominee, *class));
    groups.single.sort_by_key(|cast| cast.card);
    context.each_presence_without_coverage(|position, votes| presence.add(context, position, votes));
    presence.is_all = true;
    (groups, presence)
}

impl Sorted {
    /// Adds the cover at a place.
    fn add(&mut self, context: CountContext<'_>, needs_card: &[bool], place: u32, cover: &Cover) {
        let votes = context.votes(cover);
        self.presence.add(context, cover.position, votes);
        if cover.is_not_voted {
            self.not_voted.push((cover.position, votes));
            return;
        }
        let setting = context.setting_of(cover);
        let class = context.class(cover.position);
        let is_single = needs_card[cover.marking.0 as usize]
            || context.determined.ruled_out_items.contains_key(&cover.card)
            || context.electorate.excluded.contains_key(&context.account(cover.position));
        if is_single && context.electorate.of(context.account(cover.position)).len() == 1 {
            self.alone.push(place);
        } else if is_single {
            self.single.push(CardVotes { card: cover.card, setting, class, votes });
        } else {
            *self.together.entry((cover.marking, setting, class)).or_default() += votes;
        }
    }
}

/// Whether cards with these marks must be looked at one by one: numbers stand in them, or cumulative
/// voting is in force somewhere.
fn needs_card(context: CountContext<'_>, place: usize) -> bool {
    let is_cumulative = |item: &Item| item.election().is_some_and(crate::meeting::Election::is_cumulative);
    let marking = MarkingId(u32::try_from(place).unwrap_or(u32::MAX));
    let has_numbers = || {
        let cells = context.loaded.cards.markings.cells(marking);
        cells.iter().any(|cell| cell.is_cumulated())
    };
    context.meeting.items.iter().any(is_cumulative) || has_numbers()
}

fn count_item(
    context: CountContext<'_>,
    groups: &Groups<'_>,
    presence: &Presence,
    place: usize,
    threads: Threads,
) -> ItemCount {
    let item = &context.meeting.items[place];
    let mut tally = Tally::new(context, presence, place);
    each(threads, &groups.alone, |(coverage, alone)| tally.of_alone(*coverage, alone))
        .into_iter()
        .for_each(|part| tally.append(part));
    let reader = context.reader();
    for ((marking, setting, class), votes) in &groups.together {
        if item.entitled_classes[*class] {
            tally.add(&reader.read(*marking, *setting, place), setting.form, &[(*class, *votes)]);
        }
    }
    let mut joint: Vec<CardVotes> = Vec::new();
    for position in context.determined.joint.iter().filter(|joint| context.votes_on(joint.position, place)) {
        let class = context.class(position.position);
        for (card, votes) in CountContext::joint_parts(position, place) {
            match card {
                Some(card) => {
                    let setting = context.setting(card, position.position);
                    joint.push(CardVotes { card, setting, class, votes });
                }
                None => tally.not_voted(class, votes),
            }
        }
    }
    joint.sort_by_key(|cast| cast.card);
    tally.cards(&reader, &groups.single, &joint);
    for (position, votes) in
        groups.not_voted.iter().filter(|(position, _)| context.votes_on(*position, place))
    {
        tally.not_voted(context.class(*position), *votes);
    }
    for here in context.determined.in_person.iter().filter(|here| context.votes_on(here.position, place)) {
        tally.not_voted(context.class(here.position), here.votes);
    }
    for street in context.determined.street.iter().filter(|street| context.votes_on(street.position, place)) {
        tally.street(street);
    }
    let following = (0..context.meeting.followers.len()).map(|follower| tally.following(&reader, follower));
    let following: Vec<FollowingCount> = following.collect();
    if let Some(pools) = &mut tally.cumulative {
        // Votes are cumulated and followed on one item only where that is withdrawn: nothing of it is counted.
        following.iter().flat_map(|one| &one.rest).for_each(|rest| pools.not_voted(*rest));
    }
    tally.finish(following)
}

/// Each card that is in one of two lists, with its votes in both: an account may hold one class jointly and
/// another not, and what its card writes is for all its shares together.
fn by_card<'v>(
    one: &'v [CardVotes],
    other: &'v [CardVotes],
) -> impl Iterator<Item = (&'v [CardVotes], &'v [CardVotes])> {
    let of = |casts: &'v [CardVotes], card: CardId| {
        let start = casts.partition_point(|cast| cast.card < card);
        let end = casts.partition_point(|cast| cast.card <= card);
        &casts[start..end]
    };
    let cards = |casts: &'v [CardVotes]| casts.chunk_by(|a, b| a.card == b.card);
    let only_other = cards(other).map(move |of_card| (of(one, of_card[0].card), of_card));
    cards(one)
        .map(move |of_card| (of_card, of(other, of_card[0].card)))
        .chain(only_other.filter(|(of_one, _)| of_one.is_empty()))
}

/// An item's votes while they are added up.
struct Tally<'a> {
    context: CountContext<'a>,
    place: usize,
    classes: Vec<ClassCount>,
    cumulative: Option<cumulative::Pools<'a>>,
    capped: Cut,
}

impl<'a> Tally<'a> {
    fn new(context: CountContext<'a>, presence: &Presence, place: usize) -> Self {
        let item = &context.meeting.items[place];
        let choice_count = match &item.kind {
            ItemKind::Frequency(choices) => choices.len(),
            ItemKind::Election(_) | ItemKind::Proposal(_) => 0,
        };
        let class = ClassCount {
            present: Votes::ZERO,
            excluded_present: Votes::ZERO,
            columns: vec![Lines::default(); item.column_count()],
            choices: vec![Votes::ZERO; choice_count],
            speaking: Votes::ZERO,
        };
        let is_cumulative = item.election().filter(|election| election.is_cumulative());
        let cumulative =
            is_cumulative.map(|election| cumulative::Pools::new(context.meeting, election, place));
        let mut classes = vec![class; context.meeting.classes.len()];
        for (class, present) in classes.iter_mut().zip(presence.on(context, place)) {
            (class.present, class.excluded_present) = present;
        }
        Self { context, place, classes, cumulative, capped: Cut::default() }
    }

    /// The votes of cards that each take no more than this.
    fn of_alone(&self, coverage: CoveragePart<'_>, alone: &[u32]) -> Self {
        let mut part = Self::new(self.context, &Presence::nobody(self.context), self.place);
        let reader = self.context.reader();
        let alone = alone.iter().map(|place| coverage.get(*place));
        for cover in alone.filter(|cover| self.context.votes_on(cover.position, self.place)) {
            let setting = self.context.setting_of(&cover);
            let reading = self.context.determined.reading_of(&reader, &cover, setting, self.place);
            let votes = (self.context.class(cover.position), self.context.votes(&cover));
            part.add(&reading, setting.form, &[votes]);
        }
        part
    }

    /// Adds the votes of other cards. Who is present is known from the beginning.
    fn append(&mut self, other: Self) {
        for (class, other) in self.classes.iter_mut().zip(other.classes) {
            for (lines, other) in class.columns.iter_mut().zip(other.columns) {
                *lines = lines.plus(&other);
            }
            for (votes, other) in class.choices.iter_mut().zip(other.choices) {
                *votes += other;
            }
            class.speaking += other.speaking;
        }
        self.capped.cards += other.capped.cards;
        self.capped.votes += other.capped.votes;
        if let (Some(pools), Some(other)) = (&mut self.cumulative, other.cumulative) {
            pools.append(other);
        }
    }

    fn not_voted(&mut self, class: usize, votes: Votes) {
        for column in &mut self.classes[class].columns {
            column.not_voted += votes;
        }
        if let Some(pools) = &mut self.cumulative {
            pools.not_voted(votes);
        }
    }

    fn add(&mut self, reading: &ItemReading, form: Option<u16>, votes: &[(usize, Votes)]) {
        match reading {
            ItemReading::Proposal(line) | ItemReading::NoChoice(line) => {
                for (class, votes) in votes {
                    *self.classes[*class].columns[0].line(*line) += *votes;
                    self.speak(*class, line.is_spoken(), *votes);
                }
            }
            ItemReading::Choice(choice) => {
                for (class, votes) in votes {
                    self.classes[*class].columns[0].votes_for += *votes;
                    self.classes[*class].choices[*choice] += *votes;
                    self.speak(*class, true, *votes);
                }
            }
            ItemReading::Straight(nominees) => {
                let speaks = nominees.iter().any(NomineeVote::is_spoken);
                votes.iter().for_each(|(class, votes)| self.speak(*class, speaks, *votes));
                self.capped.add_over(nominees, votes.iter().map(|(_, votes)| *votes).sum(), self.seats());
                for (column, vote) in nominees.iter().enumerate() {
                    self.straight(column, *vote, votes);
                }
            }
            ItemReading::Cumulative(vote) => {
                let total = votes.iter().map(|(_, votes)| *votes).sum();
                let is_voided = self.cumulative.as_ref().is_some_and(|pools| pools.is_voided(vote, total));
                for (class, votes) in votes.iter().filter(|_| !is_voided) {
                    for (lines, line) in self.classes[*class].columns.iter_mut().zip(vote.share_lines()) {
                        if let Some(line) = line {
                            *lines.line(line) += *votes;
                        }
                    }
                }
                if let Some(pools) = &mut self.cumulative {
                    pools.add(vote, form, total);
                }
            }
        }
    }

    /// Adds the votes of cards that are looked at one by one; each may vote some jointly and some not.
    fn cards(&mut self, reader: &MarkReader<'_>, single: &[CardVotes], joint: &[CardVotes]) {
        let (context, place) = (self.context, self.place);
        let item = &context.meeting.items[place];
        let mut votes: Vec<(usize, Votes)> = Vec::new();
        for (alone, joint) in by_card(single, joint) {
            let of_card = || alone.iter().chain(joint);
            let Some(CardVotes { card, setting, .. }) = of_card().next().copied() else { continue };
            let account = context.determined.account_of(context.loaded, card);
            if context.electorate.is_excluded(account, place) {
                continue;
            }
            votes.clear();
            let entitled = of_card().filter(|cast| item.entitled_classes[cast.class]);
            votes.extend(entitled.map(|cast| (cast.class, cast.votes)));
            if votes.is_empty() {
                continue;
            }
            votes.sort_by_key(|(class, _)| *class);
            let reading = context.determined.reading(reader, context.loaded, card, setting, place);
            self.add(&reading, setting.form, &votes);
        }
    }

    /// What an account that votes as others do has cast by cards and totals, and what is left of it.
    fn following(&self, reader: &MarkReader<'_>, follower: usize) -> FollowingCount {
        let (context, place) = (self.context, self.place);
        let account = context.electorate.followers[follower];
        let mut own = Self::new(context, &Presence::nobody(context), place);
        let votes_on = |position: PositionId| context.votes_on(position, place);
        let covers = context.determined.coverage_of(context.electorate, account);
        let covers = covers.filter(|cover| !cover.is_not_voted && votes_on(cover.position));
        let mut single: Vec<CardVotes> = covers
            .map(|cover| CardVotes {
                card: cover.card,
                setting: context.setting_of(&cover),
                class: context.class(cover.position),
                votes: context.votes(&cover),
            })
            .collect();
        single.sort_by_key(|cast| cast.card);
        let mut joint = Vec::new();
        for position in context.electorate.ids_of(account).filter(|position| votes_on(*position)) {
            let found = context.determined.joint.binary_search_by_key(&position, |one| one.position);
            let parts = found.map(|found| CountContext::joint_parts(&context.determined.joint[found], place));
            for (card, votes) in parts.unwrap_or_default() {
                let class = context.class(position);
                joint.extend(card.map(|card| CardVotes {
                    card,
                    setting: context.setting(card, position),
                    class,
                    votes,
                }));
            }
            let street = context.determined.street.binary_search_by_key(&position, |one| one.position);
            if let Ok(found) = street {
                own.street(&context.determined.street[found]);
            }
        }
        joint.sort_by_key(|cast: &CardVotes| cast.card);
        own.cards(reader, &single, &joint);
        let choices = own.classes.first().map_or(0, |class| class.choices.len());
        let item = &context.meeting.items[place];
        let mut cast = Followed::nothing(item.column_count(), choices);
        for class in &own.classes {
            cast.add_class(class);
        }
        let mut rest = vec![Votes::ZERO; own.classes.len()];
        let following = context.determined.following.iter();
        for one in following.filter(|one| one.follower == follower && votes_on(one.position)) {
            rest[context.class(one.position)] += one.on_items[place];
        }
        let nothing = Followed::nothing(item.column_count(), choices);
        FollowingCount { own: cast, rest, followed: nothing, cast: Vec::new() }
    }

    fn seats(&self) -> u32 {
        self.context.meeting.items[self.place].election().map_or(1, |election| election.seats)
    }

    /// FOL-4: votes that say anything on the item.
    fn speak(&mut self, class: usize, is_spoken: bool, votes: Votes) {
        if is_spoken {
            self.classes[class].speaking += votes;
        }
    }

    fn straight(&mut self, column: usize, vote: NomineeVote, votes: &[(usize, Votes)]) {
        let total: Votes = votes.iter().map(|(_, votes)| *votes).sum();
        let seats = self.seats();
        let mut left = vote.cap.map(|cap| capped(cap, total, seats));
        for (class, votes) in votes {
            let lines = &mut self.classes[*class].columns[column];
            let counted = left.map_or(*votes, |left| left.min(*votes));
            *lines.line(vote.line) += counted;
            lines.not_voted += *votes - counted;
            left = left.map(|left| left - counted);
        }
    }

    fn street(&mut self, street: &StreetPosition) {
        let class = self.context.class(street.position);
        let item = &self.context.meeting.items[self.place];
        let mut voted = vec![Votes::ZERO; item.column_count()];
        let mut spoken = voted.clone();
        for row in street.rows_of(self.place) {
            let Some((column, line, choice)) = street_line(item, row, street) else {
                continue;
            };
            *self.classes[class].columns[column].line(line) += row.votes;
            if let Some(choice) = choice {
                self.classes[class].choices[choice] += row.votes;
            }
            voted[column] += row.votes;
            if line.is_spoken() {
                spoken[column] += row.votes;
            }
        }
        self.speak(class, true, spoken.into_iter().max().unwrap_or_default());
        for (column, voted) in voted.into_iter().enumerate() {
            self.classes[class].columns[column].not_voted +=
                street.votes_on(self.place).saturating_sub(voted);
        }
        if let Some(pools) = &mut self.cumulative {
            pools.not_voted(street.votes_on(self.place));
        }
    }

    /// CON-1: checks that every vote present landed exactly once.
    fn finish(self, following: Vec<FollowingCount>) -> ItemCount {
        let present: Votes = self.classes.iter().map(|class| class.present).sum();
        let cumulative = self.cumulative.map(|pools| pools.finish(present));
        let item = &self.context.meeting.items[self.place];
        let mut count = ItemCount {
            classes: self.classes,
            cumulative,
            holders: None,
            group_holders: Vec::new(),
            heads: None,
            capped: self.capped,
            following,
        };
        count.follow(item, &self.context.meeting.followers);
        if count.cumulative.is_none() {
            for class in &count.classes {
                for lines in &class.columns {
                    assert_eq!(lines.total(), class.present, "the lines do not add up to the votes present");
                }
            }
        }
        if item.counts_holders() {
            count.holders = Some(holders::count(self.context, self.place, |_| true));
            let of_group = |group: &VotingGroup| {
                holders::count(self.context, self.place, |class| group.classes.contains(&class))
            };
            count.group_holders = item.voting_groups.iter().map(of_group).collect();
        }
        if item.quorum_rule(self.context.meeting).counts_holders() {
            count.heads = Some(holders::of_item(self.context, self.place));
        }
        count
    }
}

/// ELE-5: votes written for a nominee when cumulative voting is not in force: at most the shares' votes
/// (Cal. Corp. Code § 708(b)). A percentage is of the pool that the card would have had.
pub(crate) fn capped(cap: Cumulated, votes: Votes, seats: u32) -> Votes {
    written(cap, votes, seats).min(votes)
}

/// Votes as written; a percentage is of the pool that the card would have had.
fn written(cap: Cumulated, votes: Votes, seats: u32) -> Votes {
    match cap {
        Cumulated::Votes(written) => written,
        Cumulated::Percent(hundredths) => percent_of(votes.times(seats), hundredths),
    }
}

impl Cut {
    /// Adds what a card writes for its nominees beyond its shares' votes.
    fn add_over(&mut self, nominees: &[NomineeVote], votes: Votes, seats: u32) {
        let over = nominees.iter().filter_map(|vote| vote.cap);
        let over: Votes = over.map(|cap| written(cap, votes, seats).saturating_sub(votes)).sum();
        self.cards += u64::from(!over.is_zero());
        self.votes += over;
    }
}

/// So many hundredths of a percent of a pool, exact.
pub(crate) fn percent_of(pool: Votes, hundredths: u32) -> Votes {
    Votes::from_units(multiply_divide(pool.units(), u128::from(hundredths), 10_000))
}

/// The column and line of a street total, and the choice. ELE-4: a total FOR a nominee unable to serve is
/// for the substitute, unless the participant reports the substitute itself.
pub(crate) fn street_line(
    item: &Item,
    row: &StreetVoted,
    street: &StreetPosition,
) -> Option<(usize, Line, Option<usize>)> {
    let nominee = row.nominee;
    if item.is_withdrawn {
        return None;
    }
    let line = match row.vote {
        StreetVote::Choice(choice) => return Some((0, Line::For, Some(choice))),
        StreetVote::Mark(Mark::For) => Line::For,
        StreetVote::Mark(Mark::Against) => Line::Against,
        StreetVote::Mark(Mark::Abstain) => Line::Abstain,
        StreetVote::Mark(Mark::Withhold) => Line::Withheld,
        StreetVote::Mark(Mark::BrokerNonVote) => Line::BrokerNonVote,
        StreetVote::Mark(Mark::Void) => Line::NotVoted,
    };
    if let Some(election) = item.election()
        && election.nominees[nominee].is_unable_to_serve
        && line == Line::For
    {
        let substitute = election.nominees[nominee].substitute?;
        return (!street.reports(row.item, substitute)).then_some((substitute, Line::For, None));
    }
    Some((nominee, line, None))
}
