//! The plan as it is handed out: names in place of numbers, what it rests on in sentences, and what to
//! write into meeting.json. Documents are made of this and nothing else.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Asked, Check, OneMore, Plan, Rest};
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::meeting::{DateStyle, Election, Nominee};
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands};

/// The sheet.
#[derive(Debug, Serialize)]
pub struct PlanSheet {
    /// The corporation.
    pub company: String,
    /// The meeting.
    pub meeting: String,
    /// The day it is held.
    pub date: String,
    /// How papers write it.
    #[serde(skip)]
    pub dates: DateStyle,
    /// As though the polls closed then.
    pub as_of: Option<String>,
    /// The election.
    pub item: String,
    /// Its name.
    pub title: String,
    /// Directors to be elected.
    pub seats: u32,
    /// The form of proxy.
    pub form: String,
    /// Who holds the proxies.
    pub holders: Vec<String>,
    /// Cards whose pools are to be placed.
    pub cards: u64,
    /// Their cumulated votes.
    pub pool: Votes,
    /// The pools, by the names that the cards permit, the largest first.
    pub pools: Vec<Pool>,
    /// The cumulated votes of the rest.
    pub rest: Votes,
    /// `present` or `given`.
    pub rest_is: &'static str,
    /// The finest amount that is put on a name.
    pub unit: Votes,
    /// How many directors are sure.
    pub sure: usize,
    /// How many at most might be, where not every choice of names was looked at.
    pub sure_at_most: usize,
    /// Whether every choice was.
    pub is_exact: bool,
    /// How many are sure if nobody else is nominated, where there are seats for all who are.
    pub sure_as_nominated: Option<usize>,
    /// One director, two, and so on.
    pub checks: Vec<CheckLine>,
    /// The totals that make them sure.
    pub allocation: Vec<NameLine>,
    /// What the allocation leaves.
    pub unplaced: Votes,
    /// What one more director would need.
    pub one_more: OneMoreLine,
    /// What it rests on.
    pub assumptions: Vec<String>,
    /// The key `cumulative_allocation` for the form in meeting.json; nothing when nobody is sure.
    pub cumulative_allocation: Option<Value>,
}

/// A pool.
#[derive(Debug, Serialize)]
pub struct Pool {
    /// The ids of the names that the cards permit.
    pub nominees: Vec<String>,
    /// The cumulated votes.
    pub votes: Votes,
}

/// Whether so many directors are sure.
#[derive(Debug, Serialize)]
pub struct CheckLine {
    /// How many.
    pub directors: usize,
    /// The ids of the names for which it goes best.
    pub nominees: Vec<String>,
    /// The votes that each of them can have at once.
    pub least: Votes,
    /// What no other choice can pass.
    pub least_at_most: Votes,
    /// The other names that the rest must bring level.
    pub rest_names: usize,
    /// The most that the rest can put on each of them.
    pub rest_each: Votes,
    /// Whether it is sure.
    pub is_sure: bool,
}

/// Votes put on a name.
#[derive(Debug, Serialize)]
pub struct NameLine {
    /// The id.
    pub nominee: String,
    /// The name.
    pub name: String,
    /// The cumulated votes.
    pub votes: Votes,
}

/// What one more director would need.
#[derive(Debug, Serialize)]
pub struct OneMoreLine {
    /// How many directors that makes; nothing when there can be no more.
    pub directors: Option<usize>,
    /// Additional cumulated votes that permit every name.
    pub votes: Option<Votes>,
    /// The shares' votes that make them.
    pub shares_votes: Option<Votes>,
    /// The same in a sentence.
    pub says: String,
}

/// Writes the sheet of a plan; nothing where the item is no election.
#[must_use]
pub fn sheet(
    tabulation: &Tabulation,
    asked: &Asked,
    plan: &Plan,
    is_notice_assumed: bool,
) -> Option<PlanSheet> {
    let meeting = &tabulation.loaded.meeting;
    let (item, form) = (&meeting.items[asked.item], &meeting.forms[asked.form]);
    let question = &asked.question;
    let writer = Writer { election: item.election()?, asked, plan };
    let mut assumptions = writer.assumptions();
    assumptions.extend(is_notice_assumed.then(|| notice(tabulation, asked.item)));
    Some(PlanSheet {
        company: meeting.company.clone(),
        meeting: meeting.title.clone(),
        date: meeting.date.to_string(),
        dates: meeting.papers.dates,
        as_of: tabulation.as_of.map(|moment| moment.in_zone(&meeting.zone)),
        item: item.id.clone(),
        title: item.title.clone(),
        seats: question.seats,
        form: form.id.clone(),
        holders: form.holders.clone(),
        cards: asked.card_count,
        pool: question.pool(),
        pools: writer.pools(),
        rest: question.rest,
        rest_is: if asked.rest == Rest::Present { "present" } else { "given" },
        unit: Votes::from_units(question.unit),
        sure: plan.sure,
        sure_at_most: plan.sure_at_most,
        is_exact: plan.is_exact,
        sure_as_nominated: writer.sure_as_nominated(),
        checks: plan.checks.iter().map(|check| writer.check(check)).collect(),
        allocation: writer.allocation(),
        unplaced: plan.unplaced,
        one_more: writer.one_more(),
        assumptions,
        cumulative_allocation: (plan.sure > 0).then(|| writer.snippet(&item.id)),
    })
}

fn votes(votes: Votes) -> String {
    thousands(&votes.to_string())
}

/// What is assumed where nobody gave notice.
fn notice(tabulation: &Tabulation, item: usize) -> String {
    let mut says =
        "Nobody has given notice of cumulative voting yet; this counts as though notice were given \
        before the voting."
            .to_owned();
    if tabulation.loaded.street.iter().any(|row| row.item == item) {
        says.push_str(
            " Street totals cannot be cumulated: they stand with the rest until they are given as \
            cards with `shares`.",
        );
    }
    says
}

struct Writer<'a> {
    election: &'a Election,
    asked: &'a Asked,
    plan: &'a Plan,
}

impl Writer<'_> {
    fn ids(&self, names: &[usize]) -> Vec<String> {
        names.iter().map(|name| self.election.nominees[*name].id.clone()).collect()
    }

    fn pools(&self) -> Vec<Pool> {
        let mut pools = self.asked.question.pools.clone();
        pools.sort_by_key(|(_, pool)| std::cmp::Reverse(*pool));
        pools.iter().map(|(names, pool)| Pool { nominees: self.ids(names), votes: *pool }).collect()
    }

    fn check(&self, check: &Check) -> CheckLine {
        CheckLine {
            directors: check.directors,
            nominees: self.ids(&check.names),
            least: check.least,
            least_at_most: check.least_at_most,
            rest_names: check.rest_names,
            rest_each: check.rest_each,
            is_sure: check.is_sure(),
        }
    }

    /// ELE-3: with no more names than seats, one vote elects.
    fn sure_as_nominated(&self) -> Option<usize> {
        let is_uncontested = self.asked.eligible <= self.asked.question.seats as usize;
        is_uncontested.then(|| self.plan.checks.iter().take_while(|check| !check.least.is_zero()).count())
    }

    fn allocation(&self) -> Vec<NameLine> {
        let nominees = self.election.nominees.iter().zip(&self.plan.allocation);
        let line = |(nominee, votes): (&Nominee, &Votes)| NameLine {
            nominee: nominee.id.clone(),
            name: nominee.name.clone(),
            votes: *votes,
        };
        nominees.filter(|(_, votes)| !votes.is_zero()).map(line).collect()
    }

    fn snippet(&self, item: &str) -> Value {
        let totals =
            self.allocation().into_iter().map(|line| (line.nominee, Value::from(line.votes.to_string())));
        Value::Object(Map::from_iter([(item.to_owned(), Value::Object(totals.collect()))]))
    }

    fn one_more(&self) -> OneMoreLine {
        let next = self.plan.sure + 1;
        let none = |says: &str| OneMoreLine {
            directors: None,
            votes: None,
            shares_votes: None,
            says: says.to_owned(),
        };
        match self.plan.one_more {
            OneMore::NoSeatLeft => none("There is no seat left: every one of them is sure."),
            OneMore::NoNameLeft => none(
                "There is no name left: the form's cards name no others, so one more director would \
                need another name and cards for it.",
            ),
            OneMore::OutOfReach => none("One more director would need more votes than a meeting can have."),
            OneMore::Needs { votes: more, shares_votes } => {
                let at_most = if self.plan.is_exact {
                    ""
                } else {
                    ", or fewer (not every choice of names was looked at)"
                };
                let says = format!(
                    "{} sure would need {} more cumulated votes{at_most}: the shares' votes of {} \
                    more, times {}, on cards that withhold none of the names, the rest having no \
                    more than they have.",
                    counted(next as u64, "director"),
                    votes(more),
                    votes(shares_votes),
                    counted(u64::from(self.asked.question.seats), "seat"),
                );
                OneMoreLine {
                    directors: Some(next),
                    votes: Some(more),
                    shares_votes: Some(shares_votes),
                    says,
                }
            }
        }
    }

    fn assumptions(&self) -> Vec<String> {
        let question = &self.asked.question;
        let against = votes(question.rest);
        let against = match (self.asked.rest, self.asked.idle) {
            (Rest::Present, Some(idle)) => format!(
                "The rest are {against} cumulated votes: everything present that is not this form's \
                to place. They count as free to go to any names but these, in the worst way, \
                whatever they were cast for; {} of them are withheld, void, broker non-votes or not \
                voted.",
                votes(idle)
            ),
            (Rest::Present | Rest::Given(_), _) => format!(
                "The rest are {against} cumulated votes, as given. They count as free to go to any \
                names but these, in the worst way."
            ),
        };
        let finest = if question.unit == UNITS_PER_ONE { "Whole votes" } else { "Millionths of a vote" };
        let mut says = vec![
            against,
            "Withheld names bind: no card's votes go to a name that the card does not permit.".to_owned(),
            format!("{finest} are put on each name, as `fractional_votes` has it."),
            "Sure means more votes than the rest can bring; as many would be a tie, and a tie for \
            the last seats elects nobody of it."
                .to_owned(),
            "A quorum is present, and the form's cards and their pools stay what they are.".to_owned(),
        ];
        says.extend(self.as_nominated());
        if !self.plan.is_exact {
            says.push(
                "There are too many choices of names to look at all: names were dropped one by one, \
                and a bound says what another choice could reach at most."
                    .to_owned(),
            );
        }
        says
    }

    fn as_nominated(&self) -> Option<String> {
        let sure = self.sure_as_nominated()?;
        let eligible = self.asked.eligible as u64;
        let seats = u64::from(self.asked.question.seats);
        Some(format!(
            "The rest are taken to have names enough. In fact votes can be cumulated for {} only, \
            with {} to fill: if it stays so, one vote on a name elects it, and {} can be made sure.",
            counted(eligible, "nominee"),
            counted(seats, "seat"),
            thousands(&sure.to_string())
        ))
    }
}
