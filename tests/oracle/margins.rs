//! Margins against every way of marking or adding votes: tiny meetings whose votes are drawn at random,
//! and all ways of marking one vote otherwise, two votes, three, until the engine decides otherwise.

use std::collections::BTreeSet;

use quorate::amount::{UNITS_PER_ONE, Votes};
use quorate::count::{Count, CumulativeCount, Lines};
use quorate::decide::{Margin, decide, margins};
use quorate::load::{Overrides, load};
use quorate::meeting::{ItemKind, Meeting};
use quorate::prospect::{Answer, answers};
use quorate::tabulate::Tabulation;
use serde_json::{Value, json};

use crate::generate::random::Random;

/// Votes as they stand: per class, per column, on the six lines or for the choices; cumulated votes and
/// what nobody cast of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Votes6 {
    /// By class and column: FOR, AGAINST, ABSTAIN, WITHHOLD, non-vote, not voted. On a frequency item
    /// the choices come first and ABSTAIN, non-vote, not voted after them.
    lines: Vec<Vec<Vec<u64>>>,
    /// Cumulated votes for each nominee, and the uncast ones last.
    cumulated: Vec<u64>,
    /// Present, by class.
    present: Vec<u64>,
}

struct Tiny {
    tabulation: Tabulation,
    votes: Votes6,
    /// Absent, by class.
    absent: Vec<u64>,
}

const FOR: usize = 0;
const LINES: usize = 6;

/// So many ways of marking or adding votes are looked at.
const WAYS_MAX: usize = 6000;

#[derive(Debug)]
struct TooMany;

fn standard(random: &mut Random, depth: usize) -> Value {
    let bases = ["votes_cast", "present_and_entitled", "present", "outstanding", "required_quorum"];
    if depth > 0 && random.percent(30) {
        let parts: Vec<Value> = (0..random.between(1, 3)).map(|_| standard(random, depth - 1)).collect();
        return if random.percent(50) { json!({ "all_of": parts }) } else { json!({ "any_of": parts }) };
    }
    if depth > 0 && random.percent(20) {
        return json!(random.pick(&[
            "majority_of_outstanding_voting_securities",
            "two_thirds_of_outstanding",
            "majority_voting_and_majority_of_quorum",
            "majority_of_votes_cast"
        ]));
    }
    let reach = random.pick(&["more_than", "at_least"]);
    let fraction = random.pick(&["1/2", "1/2", "2/3", "3/4", "1/3", "1/4"]);
    let fraction = if random.percent(4) { random.pick(&["0", "1"]) } else { fraction };
    json!({ reach: fraction, "of": random.pick(&bases) })
}

/// Classes by id, each with so many shares outstanding.
pub fn classes_of(outstanding: &[u64], ids: &[&str]) -> Vec<Value> {
    let class = |(shares, id): (&u64, &&str)| json!({ "id": id, "outstanding": shares.to_string() });
    outstanding.iter().zip(ids).map(class).collect()
}

/// A meeting of one item with so many shares outstanding in each class.
fn meeting(random: &mut Random, outstanding: &[u64]) -> Value {
    let ids = ["a", "b", "c"];
    let classes = classes_of(outstanding, &ids);
    let mut item = match random.below(10) {
        0..=4 => json!({ "kind": "proposal", "standard": standard(random, 2) }),
        5 => {
            let choices: Vec<Value> = (0..random.between(1, 3))
                .map(|n| json!({ "id": format!("y{n}"), "name": format!("Y{n}") }))
                .collect();
            json!({ "kind": "frequency", "choices": choices })
        }
        kind => {
            let count = if outstanding.len() > 1 { random.between(1, 2) } else { random.between(1, 3) };
            let mut nominees: Vec<Value> =
                (0..count).map(|n| json!({ "id": format!("n{n}"), "name": format!("N{n}") })).collect();
            if random.percent(15) {
                nominees[0]["unable_to_serve"] = json!(true);
            }
            let mut item = json!({ "kind": "election", "seats": random.between(1, 2), "nominees": nominees });
            match kind {
                6 => item["cumulative"] = json!({ "notice": { "by": "A0", "given": "2024-05-20T09:00" } }),
                7 | 8 => {
                    item["standard"] = standard(random, 1);
                    item["plurality_if_contested"] = json!(random.percent(20));
                }
                _ => {}
            }
            item
        }
    };
    item["id"] = json!("1");
    item["title"] = json!("Matter");
    let may_have_groups = item["kind"] == "proposal" || item["standard"].is_object();
    if outstanding.len() > 1 && may_have_groups && random.percent(60) {
        let groups: Vec<Value> = (0..random.between(1, outstanding.len()))
            .map(|_| {
                let mut of: Vec<&str> =
                    ids[..outstanding.len()].iter().copied().filter(|_| random.percent(60)).collect();
                if of.is_empty() {
                    of.push(ids[0]);
                }
                json!({ "classes": of, "standard": standard(random, 1) })
            })
            .collect();
        item["voting_groups"] = json!(groups);
    }
    json!({
        "company": "Tiny", "title": "Meeting", "date": "2024-05-20", "time_zone": "UTC",
        "record_date": "2024-04-01", "polls_open": "2024-05-20T10:00", "polls_close": "2024-05-20T11:00",
        "classes": classes,
        "quorum": { "more_than": random.pick(&["1/2", "1/3", "1/4"]), "by_class": random.percent(15) },
        "items": [item],
    })
}

fn tiny(seed: u64) -> Option<Tiny> {
    let mut random = Random::new(seed);
    let classes = if random.percent(70) { 1 } else { random.between(2, 3) };
    let outstanding: Vec<u64> = (0..classes)
        .map(|_| if classes == 1 { random.between(1, 9) } else { random.between(1, 4) } as u64)
        .collect();
    let meeting = meeting(&mut random, &outstanding);
    let mut register = "account,name,shares,class\n".to_owned();
    for (place, shares) in outstanding.iter().enumerate() {
        register += &format!("A{place},Holder {place},{shares},{}\n", ["a", "b", "c"][place]);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("meeting.json"), meeting.to_string()).unwrap();
    std::fs::write(folder.path().join("register.csv"), register).unwrap();
    std::fs::write(folder.path().join("cards.csv"), "card,account,received\n").unwrap();
    let loaded = load(folder.path(), &Overrides::default()).ok()?;
    let tabulation = Tabulation::of(loaded, None).ok()?;
    let item = &tabulation.loaded.meeting.items[0];
    let columns = item.column_count();
    let present: Vec<u64> = outstanding
        .iter()
        .map(|shares| if random.percent(20) { *shares } else { random.below(*shares as usize + 1) as u64 })
        // So few that all ways of marking them can be looked at.
        .map(|votes| {
            votes.min([9, 9, 3, 2][..][(columns * classes).min(3)]).min(if columns * classes > 3 {
                1
            } else {
                9
            })
        })
        .collect();
    let absent: Vec<u64> = outstanding.iter().zip(&present).map(|(all, here)| all - here).collect();
    let slots = match &item.kind {
        ItemKind::Frequency(choices) => choices.len() + 3,
        _ => LINES,
    };
    let lines = present
        .iter()
        .map(|votes| {
            (0..columns)
                .map(|_| {
                    let mut lines = vec![0; slots];
                    (0..*votes).for_each(|_| {
                        lines[if random.percent(70) {
                            random.below(2.min(slots))
                        } else {
                            random.below(slots)
                        }] += 1
                    });
                    lines
                })
                .collect()
        })
        .collect();
    let mut cumulated = vec![0; columns + 1];
    if let Some(election) = item.election().filter(|election| election.is_cumulative()) {
        let pool = present.iter().sum::<u64>() * u64::from(election.seats);
        for _ in 0..pool {
            let to = random.below(columns + 1);
            let is_able = to == columns || !election.nominees[to].is_unable_to_serve;
            cumulated[if is_able { to } else { columns }] += 1;
        }
    }
    Some(Tiny { tabulation, votes: Votes6 { lines, cumulated, present }, absent })
}

impl Tiny {
    fn meeting(&self) -> &Meeting {
        &self.tabulation.loaded.meeting
    }

    fn count(&self, votes: &Votes6) -> Count {
        let mut count = self.tabulation.count.clone();
        count.present = votes.present.iter().map(whole).collect();
        let item = &mut count.items[0];
        let is_frequency = matches!(self.meeting().items[0].kind, ItemKind::Frequency(_));
        for (class, lines) in item.classes.iter_mut().zip(&votes.lines) {
            class.present = Votes::ZERO;
            for (column, lines) in class.columns.iter_mut().zip(lines) {
                let at: Vec<Votes> = lines.iter().map(whole).collect();
                *column = if is_frequency {
                    let choices = at.len() - 3;
                    class.choices = at[..choices].to_vec();
                    Lines {
                        votes_for: class.choices.iter().copied().sum(),
                        abstain: at[choices],
                        broker_non_votes: at[choices + 1],
                        not_voted: at[choices + 2],
                        ..Lines::default()
                    }
                } else {
                    Lines {
                        votes_for: at[0],
                        against: at[1],
                        abstain: at[2],
                        withheld: at[3],
                        broker_non_votes: at[4],
                        not_voted: at[5],
                    }
                };
            }
        }
        for (class, present) in item.classes.iter_mut().zip(&votes.present) {
            class.present = whole(present);
        }
        if let Some(cumulative) = &mut item.cumulative {
            let (uncast, cast) = votes.cumulated.split_last().unwrap();
            let votes_for: Vec<Votes> = cast.iter().map(whole).collect();
            let cast: Votes = votes_for.iter().copied().sum();
            *cumulative = CumulativeCount {
                pool: cast + whole(uncast),
                cast,
                not_voted: whole(uncast),
                votes_for,
                ..CumulativeCount::default()
            };
        }
        count
    }

    fn verdict(&self, votes: &Votes6) -> (quorate::decide::Outcome, Vec<usize>, Vec<usize>) {
        decide(self.meeting(), &self.tabulation.electorate, &self.count(votes)).items[0].verdict()
    }

    fn margin(&self) -> Margin {
        let count = self.count(&self.votes);
        let decided = decide(self.meeting(), &self.tabulation.electorate, &count);
        margins(self.meeting(), &self.tabulation.electorate, &count, &decided, &|_| Vec::new()).remove(0)
    }

    /// Every way of marking one vote otherwise.
    fn marked_otherwise(&self, votes: &Votes6) -> Vec<Votes6> {
        let mut ways = Vec::new();
        let election = self.meeting().items[0].election();
        if election.is_some_and(|election| election.is_cumulative()) {
            let last = votes.cumulated.len() - 1;
            for from in (0..=last).filter(|from| votes.cumulated[*from] > 0) {
                let may_get = |to: &usize| *to == last || !election.unwrap().nominees[*to].is_unable_to_serve;
                for to in (0..=last).filter(|to| *to != from).filter(may_get) {
                    let mut way = votes.clone();
                    way.cumulated[from] -= 1;
                    way.cumulated[to] += 1;
                    ways.push(way);
                }
            }
            return ways;
        }
        for (class, columns) in votes.lines.iter().enumerate() {
            for (column, lines) in columns.iter().enumerate() {
                for from in (0..lines.len()).filter(|from| lines[*from] > 0) {
                    for to in (0..lines.len()).filter(|to| *to != from) {
                        let mut way = votes.clone();
                        way.lines[class][column][from] -= 1;
                        way.lines[class][column][to] += 1;
                        // From one nominee to another: there any line becomes FOR, or none.
                        if from == FOR && election.is_some() {
                            for other in (0..columns.len()).filter(|other| *other != column) {
                                for line in (1..LINES).filter(|line| columns[other][*line] > 0) {
                                    let mut way = way.clone();
                                    way.lines[class][other][line] -= 1;
                                    way.lines[class][other][FOR] += 1;
                                    ways.push(way);
                                }
                            }
                        }
                        ways.push(way);
                    }
                }
            }
        }
        ways
    }

    /// Every way in which one absent vote of a class is present.
    fn present_too(&self, votes: &Votes6, class: usize) -> Vec<Votes6> {
        let election = self.meeting().items[0].election();
        let mut here = votes.clone();
        here.present[class] += 1;
        let mut ways = vec![here];
        if let Some(election) = election.filter(|election| election.is_cumulative()) {
            // On a nominee's lines nothing is counted that decides.
            for column in 0..election.nominees.len() {
                ways.iter_mut().for_each(|way| way.lines[class][column][5] += 1);
            }
            for _ in 0..election.seats {
                let each = |way: &Votes6| {
                    let may_get = |to: &usize| {
                        *to == election.nominees.len() || !election.nominees[*to].is_unable_to_serve
                    };
                    let to = (0..=election.nominees.len()).filter(may_get);
                    to.map(|to| {
                        let mut way = way.clone();
                        way.cumulated[to] += 1;
                        way
                    })
                    .collect::<Vec<_>>()
                };
                ways = ways.iter().flat_map(each).collect::<BTreeSet<_>>().into_iter().collect();
            }
            return ways;
        }
        let seats = election.map_or(usize::MAX, |election| election.seats as usize);
        let mut marks = vec![(ways.remove(0), 0)];
        for column in 0..votes.lines[class].len() {
            let each = |(way, given): &(Votes6, usize)| {
                let lines = 0..way.lines[class][column].len();
                let given = *given;
                let allowed = lines.filter(move |line| *line != FOR || given < seats);
                allowed
                    .map(|line| {
                        let mut way = way.clone();
                        way.lines[class][column][line] += 1;
                        (way, given + usize::from(line == FOR))
                    })
                    .collect::<Vec<_>>()
            };
            marks = marks.iter().flat_map(each).collect();
        }
        marks.into_iter().map(|(way, _)| way).collect()
    }

    /// The fewest steps after which the engine decides otherwise; nothing when no steps do. An error where
    /// the ways are too many to be looked at.
    fn fewest(&self, steps: impl Fn(&Votes6) -> Vec<Votes6>) -> Result<Option<u64>, TooMany> {
        let now = self.verdict(&self.votes);
        let mut seen = BTreeSet::from([self.votes.clone()]);
        let mut reached = vec![self.votes.clone()];
        for count in 1.. {
            let mut next = Vec::new();
            for way in reached.iter().flat_map(&steps) {
                if seen.insert(way.clone()) {
                    if self.verdict(&way) != now {
                        return Ok(Some(count));
                    }
                    if seen.len() > WAYS_MAX {
                        return Err(TooMany);
                    }
                    next.push(way);
                }
            }
            if next.is_empty() {
                break;
            }
            reached = next;
        }
        Ok(None)
    }

    fn fewest_added(&self) -> Result<Option<u64>, TooMany> {
        let limits: Vec<u64> =
            self.votes.present.iter().zip(&self.absent).map(|(here, absent)| here + absent).collect();
        self.fewest(|votes| {
            let free = (0..limits.len()).filter(|class| votes.present[*class] < limits[*class]);
            free.flat_map(|class| self.present_too(votes, class)).collect()
        })
    }
}

/// Where the register lacks as many votes as are absent, an item could change where some of them, marked
/// somehow, change it.
#[test]
fn votes_that_a_register_lacks_could_change_what_some_way_of_marking_them_changes() {
    let (mut failures, mut tried) = (Vec::new(), 0);
    let seeds = crate::seeds_or(0..300);
    for seed in seeds.clone() {
        let Some(mut tiny) = tiny(seed) else { panic!("seed {seed} is no meeting") };
        for (class, absent) in tiny.tabulation.electorate.classes.iter_mut().zip(&tiny.absent) {
            class.missing_votes = Votes::whole(*absent);
        }
        tiny.tabulation.count = tiny.count(&tiny.votes);
        tiny.tabulation.decided = decide(tiny.meeting(), &tiny.tabulation.electorate, &tiny.tabulation.count);
        let answer = answers(&tiny.tabulation).remove(0);
        let Ok(added) = tiny.fewest_added() else { continue };
        tried += 1;
        let is_right = match (&answer, added) {
            (Answer::Shown(_), Some(_)) | (Answer::Never, None) => true,
            (Answer::Shown(_) | Answer::Never | Answer::NotExcluded, _) => false,
        };
        if !is_right {
            failures.push(format!(
                "seed {seed}: {answer:?}: {:?} absent {:?} {:?} {:?}",
                tiny.votes,
                tiny.absent,
                tiny.verdict(&tiny.votes),
                tiny.meeting().items[0].kind
            ));
        }
    }
    let count = failures.len();
    failures.truncate(10);
    assert!(failures.is_empty(), "{count} of {seeds:?} differ:\n{}", failures.join("\n"));
    assert!(tried * 4 > seeds.count() * 3, "{tried} tried");
}

pub fn whole(count: &u64) -> Votes {
    Votes::whole(*count)
}

pub fn shown(votes: Option<Votes>) -> Option<u64> {
    votes.map(|votes| {
        assert_eq!(votes.units() % UNITS_PER_ONE, 0, "a whole number of votes");
        (votes.units() / UNITS_PER_ONE) as u64
    })
}

#[test]
fn margins_are_the_fewest_votes_of_all_ways_of_marking_and_adding_them() {
    let (mut failures, mut tried) = (Vec::new(), 0);
    let seeds = crate::seeds_or(0..300);
    for seed in seeds.clone() {
        let Some(tiny) = tiny(seed) else { panic!("seed {seed} is no meeting") };
        let margin = tiny.margin();
        let told =
            (shown(margin.marked.map(|marked| marked.votes)), shown(margin.added.map(|added| added.votes)));
        let (Ok(marked), Ok(added)) =
            (tiny.fewest(|votes| tiny.marked_otherwise(votes)), tiny.fewest_added())
        else {
            continue;
        };
        let all = (marked, added);
        tried += 1;
        if told != all {
            let item = &tiny.meeting().items[0];
            failures.push(format!(
                "seed {seed}: told {told:?}, found {all:?}: {:?} absent {:?} {:?} {:?}",
                tiny.votes,
                tiny.absent,
                tiny.verdict(&tiny.votes),
                item.kind
            ));
        }
    }
    let count = failures.len();
    failures.truncate(10);
    assert!(failures.is_empty(), "{count} of {seeds:?} differ:\n{}", failures.join("\n"));
    assert!(tried * 4 > seeds.count() * 3, "{tried} tried");
}
