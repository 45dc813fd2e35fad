//! What must come of a deck, added up from its cards: no stage of the count is asked.

use std::collections::BTreeMap;

use ethnum::U256;

use super::Figures;
use super::accounts::{Deck, Standing, UNITS, pool_units, votes_of};
use super::says::{Pool, Says, is_covered};
use crate::amount::{Reach, Threshold, Votes};
use crate::ballot::reading::Line;
use crate::meeting::{
    Base, Election, ExcludedCountForQuorum, Expression, FractionalVotes, Item, ItemKind, Meeting,
    OverCumulated, QuorumRule, QuorumTest, Standard, Test,
};

const LINES: [Line; 6] =
    [Line::For, Line::Against, Line::Abstain, Line::Withheld, Line::BrokerNonVote, Line::NotVoted];

/// Votes on each line, in the order of [`LINES`], in units.
type Sums = [u128; 6];

fn at(line: Line) -> usize {
    LINES.iter().position(|other| *other == line).unwrap_or(LINES.len() - 1)
}

/// As the certificate writes votes.
fn shown(units: u128) -> String {
    Votes::from_units(units).to_string()
}

/// Every figure that must come of a deck.
#[must_use]
pub fn expected(meeting: &Meeting, deck: &Deck) -> Figures {
    let sum = Sum { meeting, deck };
    let mut figures = stated(meeting);
    for card in &deck.cards {
        figures.insert(format!("card {}", card.number), format!("{}, {}", card.fate.0, card.fate.1));
    }
    figures.insert("open matters".to_owned(), deck.open_matters.join(", "));
    sum.quorum(&mut figures);
    for (place, item) in meeting.items.iter().enumerate() {
        sum.item(place, item, &mut figures);
    }
    figures
}

/// What meeting.json says by itself, as the certificate repeats it.
fn stated(meeting: &Meeting) -> Figures {
    let list = |ids: Vec<&str>| ids.join(", ");
    let mut figures = Figures::new();
    let mut tell = |figure: &str, value: String| _ = figures.insert(figure.to_owned(), value);
    tell("meeting: company", meeting.company.clone());
    tell("meeting: title", meeting.title.clone());
    tell("meeting: date", meeting.date.to_string());
    tell("meeting: time zone", meeting.zone_name.clone());
    tell("meeting: record date", meeting.record_date.to_string());
    let days: Vec<String> = meeting.adjourned_from.iter().map(ToString::to_string).collect();
    tell("meeting: adjourned from", days.join(", "));
    tell("meeting: inspectors", meeting.inspectors.join(", "));
    if let Some(close) = meeting.polls_close {
        tell("meeting: polls close", close.in_zone(&meeting.zone));
    }
    tell("classes", list(meeting.classes.iter().map(|class| class.id.as_str()).collect()));
    tell("forms", list(meeting.forms.iter().map(|form| form.id.as_str()).collect()));
    tell("items", list(meeting.items.iter().map(|item| item.id.as_str()).collect()));
    for (key, value) in meeting.rules.entries() {
        tell(&format!("rule {key}"), value);
    }
    for item in &meeting.items {
        let name = |what: &str| format!("item {}: {what}", item.id);
        tell(&name("title"), item.title.clone());
        tell(&name("advisory"), item.is_advisory.to_string());
        let excluded = item.excluded_accounts.join(", ");
        tell(&name("excluded accounts"), excluded);
        match &item.kind {
            ItemKind::Proposal(_) => tell(&name("kind"), "proposal".to_owned()),
            ItemKind::Frequency(choices) => {
                tell(&name("kind"), "frequency".to_owned());
                let told: Vec<String> = choices.iter().map(|c| format!("{} ({})", c.id, c.name)).collect();
                tell(&name("choices"), told.join(", "));
            }
            ItemKind::Election(election) => {
                tell(&name("kind"), "election".to_owned());
                let told: Vec<String> =
                    election.nominees.iter().map(|n| format!("{} ({})", n.id, n.name)).collect();
                tell(&name("nominees"), told.join(", "));
                tell(&name("seats"), election.seats.to_string());
                let voting = if election.is_cumulative() { "cumulative" } else { "straight" };
                tell(&name("voting"), voting.to_owned());
            }
        }
    }
    figures
}

struct Sum<'a> {
    meeting: &'a Meeting,
    deck: &'a Deck,
}

impl Sum<'_> {
    /// Votes outstanding of some classes, without some accounts.
    fn outstanding(&self, of: impl Fn(usize) -> bool, without: &[String]) -> u128 {
        let rows = self.deck.register.iter().filter(|row| row.is_voting && of(row.class));
        rows.filter(|row| !without.contains(&row.account))
            .map(|row| votes_of(&self.meeting.classes[row.class], row.shares))
            .sum()
    }

    /// The shares that are present, of some classes, without some accounts.
    fn present<'s>(
        &'s self,
        of: impl Fn(usize) -> bool + 's,
        without: &'s [String],
    ) -> impl Iterator<Item = &'s Standing> + 's {
        let standing = self.deck.standing.iter();
        standing.filter(move |one| of(one.class) && !without.contains(&one.account))
    }

    fn votes(&self, one: &Standing) -> u128 {
        votes_of(&self.meeting.classes[one.class], one.shares)
    }

    fn votes_present(&self, of: impl Fn(usize) -> bool, without: &[String]) -> u128 {
        self.present(of, without).map(|one| self.votes(one)).sum()
    }

    fn quorum(&self, figures: &mut Figures) {
        let (outstanding, present) = (self.outstanding(|_| true, &[]), self.votes_present(|_| true, &[]));
        figures.insert("quorum: outstanding".to_owned(), shown(outstanding));
        figures.insert("quorum: present".to_owned(), shown(present));
        if let Some(required) = required(&self.meeting.quorum, outstanding) {
            figures.insert("quorum: required".to_owned(), shown(required));
        }
        for (place, class) in self.meeting.classes.iter().enumerate() {
            let name = |what: &str| format!("class {}: {what}", class.id);
            figures.insert(name("name"), class.name.clone());
            figures.insert(name("votes outstanding"), shown(self.outstanding(|of| of == place, &[])));
            figures.insert(name("votes present"), shown(self.votes_present(|of| of == place, &[])));
        }
    }

    fn item(&self, place: usize, item: &Item, figures: &mut Figures) {
        if !is_covered(item) {
            return;
        }
        let name = |what: &str| format!("item {}: {what}", item.id);
        let entitled = |class: usize| item.entitled_classes[class];
        let without = item.excluded_accounts.as_slice();
        let bases = self.bases(item, entitled);
        figures.insert(name("present"), shown(bases.present));
        figures.insert(name("outstanding"), shown(bases.outstanding));
        let counted_too = self.meeting.rules.excluded_count_for_quorum == ExcludedCountForQuorum::Yes;
        let of_quorum = self.outstanding(entitled, if counted_too { &[] } else { without });
        let of_item = Bases { required: required(item.quorum_rule(self.meeting), of_quorum), ..bases };
        if let Some(required) = of_item.required {
            figures.insert(name("quorum required"), shown(required));
        }
        match &item.kind {
            ItemKind::Proposal(standard) => {
                let sums = self.lines(place, entitled, without, None);
                lines(&name, sums, figures);
                let is_met = tests(&name, standard, sums, &of_item, figures);
                let groups = self.groups(place, item, figures);
                let is_approved = is_met.and_then(|own| groups.map(|groups| own && groups));
                if let Some(is_approved) = is_approved.filter(|_| self.has_quorum(item, &of_item)) {
                    let outcome = if is_approved { "approved" } else { "not_approved" };
                    figures.insert(name("outcome"), outcome.to_owned());
                }
            }
            ItemKind::Frequency(choices) => {
                let for_each: Vec<u128> =
                    (0..choices.len()).map(|choice| self.for_choice(place, choice, without)).collect();
                for (choice, votes) in choices.iter().zip(&for_each) {
                    figures.insert(name(&format!("{}: for", choice.id)), shown(*votes));
                }
                let mut sums = self.lines(place, entitled, without, None);
                sums[0] = for_each.iter().sum();
                lines(&name, sums, figures);
            }
            ItemKind::Election(election) if election.is_cumulative() => {
                self.cumulative(place, item, election, figures);
            }
            ItemKind::Election(election) => self.straight(place, item, (election, &of_item), figures),
        }
    }

    fn bases(&self, item: &Item, of: impl Fn(usize) -> bool + Copy) -> Bases {
        let without = item.excluded_accounts.as_slice();
        Bases {
            present: self.votes_present(of, without),
            outstanding: self.outstanding(of, without),
            required: None,
        }
    }

    /// Whether the deck makes a quorum on the item for sure: of its votes, and of no class or group by itself.
    fn has_quorum(&self, item: &Item, bases: &Bases) -> bool {
        let is_plain = !item.quorum_rule(self.meeting).is_by_class && item.voting_groups.is_empty();
        !item.needs_quorum || (is_plain && bases.required.is_some_and(|required| bases.present >= required))
    }

    /// The votes of an item, or of one nominee of it, on each line.
    fn lines(
        &self,
        place: usize,
        of: impl Fn(usize) -> bool,
        without: &[String],
        nominee: Option<usize>,
    ) -> Sums {
        let mut sums = Sums::default();
        for one in self.present(of, without) {
            let line = match (&one.says[place], nominee) {
                (Says::Line(line), _) => *line,
                (Says::Nominees(lines), Some(nominee)) => lines[nominee],
                // Told choice by choice.
                _ => continue,
            };
            sums[at(line)] += self.votes(one);
        }
        sums
    }

    fn for_choice(&self, place: usize, choice: usize, without: &[String]) -> u128 {
        let item = &self.meeting.items[place];
        let standing = self.present(|class| item.entitled_classes[class], without);
        standing.filter(|one| one.says[place] == Says::Choice(choice)).map(|one| self.votes(one)).sum()
    }

    /// STD-4: each voting group; whether all approve, where that can be told.
    fn groups(&self, place: usize, item: &Item, figures: &mut Figures) -> Option<bool> {
        let mut all = Some(true);
        for (number, group) in item.voting_groups.iter().enumerate() {
            let name = |what: &str| format!("item {}: voting group {}: {what}", item.id, number + 1);
            let of = |class: usize| group.classes.contains(&class);
            let ids: Vec<&str> =
                group.classes.iter().map(|class| self.meeting.classes[*class].id.as_str()).collect();
            figures.insert(name("classes"), ids.join(", "));
            let sums = self.lines(place, of, &item.excluded_accounts, None);
            lines(&name, sums, figures);
            let is_met = tests(&name, &group.standard, sums, &self.bases(item, of), figures);
            all = all.and_then(|all| is_met.map(|met| all && met));
        }
        all
    }

    fn straight(
        &self,
        place: usize,
        item: &Item,
        (election, bases): (&Election, &Bases),
        figures: &mut Figures,
    ) {
        let entitled = |class: usize| item.entitled_classes[class];
        let mut may_have: Vec<(u128, usize)> = Vec::new();
        let mut is_known = item.voting_groups.is_empty() && self.has_quorum(item, bases);
        for (nominee, one) in election.nominees.iter().enumerate() {
            let name = |what: &str| format!("item {}: {}: {what}", item.id, one.id);
            let sums = self.lines(place, entitled, &item.excluded_accounts, Some(nominee));
            lines(&name, sums, figures);
            let is_met = match election.effective_standard() {
                Some(standard) => tests(&name, standard, sums, bases, figures),
                None => Some(true),
            };
            is_known &= is_met.is_some();
            if is_met == Some(true) && sums[0] > 0 {
                may_have.push((sums[0], nominee));
            }
        }
        if is_known {
            elected(item, election, may_have, figures);
        }
    }

    /// CUM-2: the cumulated votes of an election: where each is, and the pool that they come from.
    fn cumulative(&self, place: usize, item: &Item, election: &Election, figures: &mut Figures) {
        let mut for_each = vec![0_u128; election.nominees.len()];
        let mut rest: BTreeMap<&str, u128> = BTreeMap::new();
        let (mut pool, mut unused) = (0, 0);
        let standing = self.present(|class| item.entitled_classes[class], &item.excluded_accounts);
        for one in standing {
            let Says::Pool(says) = &one.says[place] else { continue };
            let votes = pool_units(self.meeting, item, one.class, one.shares);
            pool += votes;
            let whole = votes / UNITS * UNITS;
            match says {
                Pool::All(nominee) => for_each[*nominee] += whole,
                Pool::One(nominee) => for_each[*nominee] += UNITS,
                Pool::Over(nominee) if self.meeting.rules.over_cumulated == OverCumulated::Prorate => {
                    for_each[*nominee] += votes;
                }
                Pool::Over(_) => *rest.entry("void").or_default() += votes,
                Pool::Equal(names) => {
                    let is_whole = self.meeting.rules.fractional_votes == FractionalVotes::Whole;
                    for (nominee, part) in names.iter().zip(equal_parts(votes, names.len(), is_whole)) {
                        for_each[*nominee] += part;
                    }
                }
                Pool::Rest(why) => *rest.entry(why).or_default() += votes,
            }
            match says {
                Pool::All(_) => unused += votes - whole,
                Pool::One(_) => unused += votes - UNITS,
                Pool::Over(_) | Pool::Equal(_) | Pool::Rest(_) => {}
            }
        }
        let name = |what: &str| format!("item {}: cumulated votes: {what}", item.id);
        figures.insert(name("pool"), shown(pool));
        figures.insert(name("cast"), shown(for_each.iter().sum()));
        figures.insert(name("unused"), shown(unused));
        for why in ["withheld", "void", "broker_non_votes", "not_voted"] {
            let votes = rest.get(why).copied().unwrap_or(0);
            figures.insert(name(&why.replace('_', " ")), shown(votes));
        }
        let mut may_have = Vec::new();
        for (nominee, (one, votes)) in election.nominees.iter().zip(for_each).enumerate() {
            figures.insert(format!("item {}: {}: for", item.id, one.id), shown(votes));
            if votes > 0 {
                may_have.push((votes, nominee));
            }
        }
        elected(item, election, may_have, figures);
    }
}

/// A pool in equal parts of whole votes or millionths, those left over one each to the first, what is less than one to
/// the very first.
fn equal_parts(pool: u128, count: usize, is_whole: bool) -> Vec<u128> {
    let unit = if is_whole { UNITS } else { UNITS / 1_000_000 };
    let (parts, of) = (pool / unit, count as u128);
    let mut all: Vec<u128> =
        (0..of).map(|place| (parts / of + u128::from(place < parts % of)) * unit).collect();
    if let Some(first) = all.first_mut() {
        *first += pool % unit;
    }
    all
}

/// ELE-3: most votes first, as many as there are seats, and who is tied for the last of them.
fn elected(item: &Item, election: &Election, mut may_have: Vec<(u128, usize)>, figures: &mut Figures) {
    may_have.sort_by_key(|(votes, nominee)| (std::cmp::Reverse(*votes), *nominee));
    let seats = election.seats as usize;
    let mut named: Vec<&str> = Vec::new();
    let mut tied: Vec<&str> = Vec::new();
    let edge = may_have.get(seats).map(|(votes, _)| *votes);
    for (votes, nominee) in &may_have {
        let id = election.nominees[*nominee].id.as_str();
        match edge {
            Some(edge) if *votes < edge || (*votes == edge && may_have[seats - 1].0 != edge) => {}
            Some(edge) if *votes == edge => tied.push(id),
            Some(_) | None => named.push(id),
        }
    }
    let outcome = match (tied.is_empty(), named.is_empty()) {
        (false, _) => "tied",
        (true, false) => "elected",
        (true, true) => "none_elected",
    };
    let mut tell = |what: &str, value: String| figures.insert(format!("item {}: {what}", item.id), value);
    tell("elected", named.join(", "));
    tell("tied", tied.join(", "));
    tell("outcome", outcome.to_owned());
}

/// What tests compare votes with, in units.
struct Bases {
    present: u128,
    outstanding: u128,
    /// The required quorum; nothing where it cannot be told.
    required: Option<u128>,
}

fn lines(name: &impl Fn(&str) -> String, sums: Sums, figures: &mut Figures) {
    for (line, votes) in LINES.iter().zip(sums) {
        figures.insert(name(&line.key().replace('_', " ")), shown(votes));
    }
}

/// Every test of a standard with its base; whether the standard is met, where that can be told.
fn tests(
    name: &impl Fn(&str) -> String,
    standard: &Standard,
    sums: Sums,
    bases: &Bases,
    figures: &mut Figures,
) -> Option<bool> {
    for (number, test) in standard.expression.tests().into_iter().enumerate() {
        let name = |what: &str| name(&format!("test {}: {what}", number + 1));
        let key = if test.threshold.reach == Reach::MoreThan { "more than" } else { "at least" };
        figures.insert(name("asks"), format!("{key} {} of {}", test.threshold.fraction, test.base.name()));
        if let Some(base) = base(test.base, sums, bases) {
            figures.insert(name("base"), shown(base));
        }
    }
    is_met(&standard.expression, sums, bases)
}

fn is_met(expression: &Expression, sums: Sums, bases: &Bases) -> Option<bool> {
    match expression {
        Expression::Test(test) => is_test_met(test, sums, bases),
        Expression::AllOf(parts) => {
            let met: Option<Vec<bool>> = parts.iter().map(|part| is_met(part, sums, bases)).collect();
            met.map(|met| met.into_iter().all(|met| met))
        }
        Expression::AnyOf(parts) => {
            let met: Option<Vec<bool>> = parts.iter().map(|part| is_met(part, sums, bases)).collect();
            met.map(|met| met.into_iter().any(|met| met))
        }
    }
}

fn is_test_met(test: &Test, sums: Sums, bases: &Bases) -> Option<bool> {
    let of = base(test.base, sums, bases)?;
    let is_open = match &test.while_present {
        Some((threshold, of)) => reaches(threshold, bases.present, base(*of, sums, bases)?),
        None => true,
    };
    Some(is_open && (of > 0 || sums[0] > 0) && reaches(&test.threshold, sums[0], of))
}

fn base(base: Base, sums: Sums, bases: &Bases) -> Option<u128> {
    let [votes_for, against, abstain, withheld, _, not_voted] = sums;
    Some(match base {
        Base::VotesCast => votes_for + against,
        Base::PresentAndEntitled => votes_for + against + abstain + withheld + not_voted,
        Base::Present => bases.present,
        Base::Outstanding => bases.outstanding,
        Base::RequiredQuorum => return bases.required,
        Base::ForAgainstWithheld => votes_for + against + withheld,
    })
}

/// `part` against a fraction of `whole`, multiplied crosswise.
fn reaches(threshold: &Threshold, part: u128, whole: u128) -> bool {
    let (over, under) = threshold.fraction.parts();
    let (part, whole) = (U256::from(part) * U256::from(under), U256::from(whole) * U256::from(over));
    if threshold.reach == Reach::MoreThan { part > whole } else { part >= whole }
}

/// QUO-1: the smallest whole number of votes that every fraction asks, at least one; nothing where heads are asked.
fn required(rule: &QuorumRule, outstanding: u128) -> Option<u128> {
    let mut most = UNITS;
    for test in &rule.tests {
        let QuorumTest::Votes(threshold) = test else { return None };
        let (over, under) = threshold.fraction.parts();
        let product = U256::from(outstanding) * U256::from(over);
        let per_vote = U256::from(under) * U256::from(UNITS);
        let (whole, rest) = (product / per_vote, product % per_vote);
        let is_one_more = threshold.reach == Reach::MoreThan || rest > U256::ZERO;
        most = most.max((whole + U256::from(u128::from(is_one_more))).as_u128() * UNITS);
    }
    Some(most)
}
