//! Margins where holders are counted by head, against every way of marking or adding single votes: tiny
//! meetings of a few holders, whose votes are drawn at random.

use std::collections::BTreeSet;

use quorate::amount::Votes;
use quorate::count::{Count, HeadSides, HeadVotes, Heads, HolderCount, Lines};
use quorate::decide::{Margin, decide, margins};
use quorate::load::{Overrides, load};
use quorate::meeting::Meeting;
use quorate::tabulate::Tabulation;
use serde_json::{Value, json};

use crate::generate::random::Random;
use crate::margins::{classes_of, whole};

const LINES: usize = 6;
const FOR: usize = 0;
const NON_VOTE: usize = 4;

/// So many ways of marking or adding votes are looked at.
const WAYS_MAX: usize = 8000;

/// A holder's votes: by class and column on each line; and those absent, by class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    lines: Vec<Vec<[u64; LINES]>>,
    absent: Vec<u64>,
}

struct Tiny {
    tabulation: Tabulation,
    holders: Vec<Holder>,
}

fn test(random: &mut Random) -> Value {
    let reach = random.pick(&["more_than", "at_least"]);
    let fraction = random.pick(&["1/2", "1/2", "2/3", "3/4", "1/3", "1/4", "1"]);
    if random.percent(65) {
        let bases = ["votes_cast", "votes_cast", "present_and_entitled", "present", "outstanding"];
        let split = random.pick(&["majority", "both", "neither"]);
        return json!({ reach: fraction, "of": random.pick(&bases), "counting": "holders", "split_holders": split });
    }
    let bases = ["votes_cast", "present_and_entitled", "present", "outstanding"];
    json!({ reach: fraction, "of": random.pick(&bases) })
}

fn standard(random: &mut Random) -> Value {
    match random.below(4) {
        0 | 1 => test(random),
        2 => json!({ "all_of": [test(random), test(random)] }),
        _ => json!({ "any_of": [test(random), { "all_of": [test(random), test(random)] }] }),
    }
}

fn meeting(random: &mut Random, outstanding: &[u64]) -> Value {
    let ids = ["a", "b"];
    let classes = classes_of(outstanding, &ids);
    let mut item = if random.percent(75) {
        json!({ "kind": "proposal", "standard": standard(random) })
    } else {
        let nominees: Vec<Value> = (0..random.between(1, 2))
            .map(|n| json!({ "id": format!("n{n}"), "name": format!("N{n}") }))
            .collect();
        json!({ "kind": "election", "seats": random.between(1, 2), "nominees": nominees, "standard": test(random) })
    };
    item["id"] = json!("1");
    item["title"] = json!("Matter");
    if outstanding.len() > 1 && random.percent(50) {
        item["voting_groups"] = json!([{ "classes": [random.pick(&ids)], "standard": test(random) }]);
    }
    let quorum = match random.below(4) {
        0 => json!({ "all_of": [{ "more_than": "1/3" }, { "at_least": "1/2", "counting": "holders" }] }),
        1 => json!({ "all_of": [{ "at_least": "1/4" }, { "at_least_holders": 2 }] }),
        _ => json!({ "at_least": "1/4" }),
    };
    json!({
        "company": "Tiny", "title": "Meeting", "date": "2024-05-20", "time_zone": "UTC",
        "record_date": "2024-04-01", "polls_close": "2024-05-20T11:00", "classes": classes,
        "quorum": quorum, "items": [item],
    })
}

fn tiny(seed: u64) -> Option<Tiny> {
    let mut random = Random::new(seed);
    let classes = if random.percent(75) { 1 } else { 2 };
    let count = random.between(2, 4);
    let shares: Vec<Vec<u64>> = (0..count)
        .map(|_| (0..classes).map(|_| random.below(if classes == 1 { 4 } else { 3 }) as u64).collect())
        .collect();
    let outstanding: Vec<u64> = (0..classes).map(|class| shares.iter().map(|of| of[class]).sum()).collect();
    if outstanding.contains(&0) {
        return None;
    }
    let meeting = meeting(&mut random, &outstanding);
    let mut register = "account,name,shares,class\n".to_owned();
    for (place, of) in shares.iter().enumerate() {
        for (class, shares) in of.iter().enumerate().filter(|(_, shares)| **shares > 0) {
            register += &format!("A{place},Holder {place},{shares},{}\n", ["a", "b"][class]);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("meeting.json"), meeting.to_string()).unwrap();
    std::fs::write(folder.path().join("register.csv"), register).unwrap();
    std::fs::write(folder.path().join("cards.csv"), "card,account,received\n").unwrap();
    let loaded = load(folder.path(), &Overrides::default()).ok()?;
    let tabulation = Tabulation::of(loaded, None).ok()?;
    let columns = tabulation.loaded.meeting.items[0].column_count();
    let holders = shares
        .iter()
        .map(|of| {
            let present: Vec<u64> = of
                .iter()
                .map(
                    |shares| {
                        if random.percent(60) { *shares } else { random.below(*shares as usize + 1) as u64 }
                    },
                )
                .collect();
            let line =
                |random: &mut Random| if random.percent(70) { random.below(2) } else { random.below(LINES) };
            let of_class = |random: &mut Random, votes: u64| {
                (0..columns)
                    .map(|_| {
                        let mut lines = [0; LINES];
                        (0..votes).for_each(|_| lines[line(random)] += 1);
                        lines
                    })
                    .collect()
            };
            Holder {
                lines: present.iter().map(|votes| of_class(&mut random, *votes)).collect(),
                absent: of.iter().zip(&present).map(|(all, here)| all - here).collect(),
            }
        })
        .collect();
    Some(Tiny { tabulation, holders })
}

/// Holders by where they stand, counted anew from the rules' sentences.
fn count_heads(holders: &[Holder], column: usize, of: &dyn Fn(usize) -> bool) -> HolderCount {
    let mut count = HolderCount::default();
    for holder in holders {
        let classes = (0..holder.absent.len()).filter(|class| of(*class));
        let on =
            |line: usize| -> u64 { classes.clone().map(|class| holder.lines[class][column][line]).sum() };
        let (votes_for, against) = (on(0), on(1));
        let add = |sides: &mut HeadSides, on_for: bool, on_against: bool| {
            sides.on_for += u64::from(on_for);
            sides.on_against += u64::from(on_against);
        };
        add(&mut count.by_majority, votes_for > against, against > votes_for);
        add(&mut count.on_both, votes_for > 0, against > 0);
        add(&mut count.without_split, votes_for > 0 && against == 0, against > 0 && votes_for == 0);
        let all: u64 = (0..LINES).map(on).sum();
        count.present_and_entitled += u64::from(all > on(NON_VOTE));
        count.present += u64::from(all > 0);
        let absent: u64 = classes.clone().map(|class| holder.absent[class]).sum();
        count.outstanding += u64::from(all + absent > 0);
    }
    count
}

impl Tiny {
    fn meeting(&self) -> &Meeting {
        &self.tabulation.loaded.meeting
    }

    fn count(&self, holders: &[Holder]) -> Count {
        let mut count = self.tabulation.count.clone();
        let item = &self.meeting().items[0];
        let classes = self.meeting().classes.len();
        let columns = item.column_count();
        let on = |class: usize, column: usize, line: usize| -> Votes {
            whole(&holders.iter().map(|holder| holder.lines[class][column][line]).sum())
        };
        for class in 0..classes {
            let present = (0..LINES).map(|line| on(class, 0, line)).sum();
            count.present[class] = present;
            count.items[0].classes[class].present = present;
            for column in 0..columns {
                count.items[0].classes[class].columns[column] = Lines {
                    votes_for: on(class, column, 0),
                    against: on(class, column, 1),
                    abstain: on(class, column, 2),
                    withheld: on(class, column, 3),
                    broker_non_votes: on(class, column, 4),
                    not_voted: on(class, column, 5),
                };
            }
        }
        let of_all = |of: &dyn Fn(usize) -> bool| -> Vec<HolderCount> {
            (0..columns).map(|column| count_heads(holders, column, of)).collect()
        };
        if count.items[0].holders.is_some() {
            count.items[0].holders = Some(of_all(&|_| true));
            let groups = item.voting_groups.iter();
            count.items[0].group_holders =
                groups.map(|group| of_all(&|class| group.classes.contains(&class))).collect();
        }
        if let Some(heads) = &mut count.items[0].heads {
            let heads_of = |of: &dyn Fn(usize) -> bool| {
                let all = count_heads(holders, 0, of);
                Heads { outstanding: all.outstanding, present: all.present }
            };
            heads.whole = heads_of(&|_| true);
            heads.by_class = (0..classes).map(|class| heads_of(&|other| other == class)).collect();
            let groups = item.voting_groups.iter();
            heads.groups = groups.map(|group| heads_of(&|class| group.classes.contains(&class))).collect();
        }
        count
    }

    fn verdict(&self, holders: &[Holder]) -> (quorate::decide::Outcome, Vec<usize>, Vec<usize>) {
        decide(self.meeting(), &self.tabulation.electorate, &self.count(holders)).items[0].verdict()
    }

    fn margin(&self) -> Margin {
        let count = self.count(&self.holders);
        let decided = decide(self.meeting(), &self.tabulation.electorate, &count);
        let columns = self.meeting().items[0].column_count();
        let lines = |at: &[u64; LINES]| Lines {
            votes_for: whole(&at[0]),
            against: whole(&at[1]),
            abstain: whole(&at[2]),
            withheld: whole(&at[3]),
            broker_non_votes: whole(&at[4]),
            not_voted: whole(&at[5]),
        };
        let head = |holder: &Holder| HeadVotes {
            columns: (0..columns)
                .map(|column| holder.lines.iter().map(|of_class| lines(&of_class[column])).collect())
                .collect(),
            absent: holder.absent.iter().map(whole).collect(),
        };
        let heads = |_| self.holders.iter().map(head).collect();
        margins(self.meeting(), &self.tabulation.electorate, &count, &decided, &heads).remove(0)
    }

    /// Every way of marking one vote otherwise.
    fn marked_otherwise(&self, holders: &[Holder]) -> Vec<Vec<Holder>> {
        let columns = self.meeting().items[0].column_count();
        let classes = self.meeting().classes.len();
        let places = |column: usize| {
            (0..holders.len()).flat_map(move |holder| (0..classes).map(move |class| (holder, class, column)))
        };
        let mut ways = Vec::new();
        for (holder, class, column) in (0..columns).flat_map(places) {
            let lines = holders[holder].lines[class][column];
            for from in (0..LINES).filter(|from| lines[*from] > 0) {
                for to in (0..LINES).filter(|to| *to != from) {
                    let mut way = holders.to_vec();
                    way[holder].lines[class][column][from] -= 1;
                    way[holder].lines[class][column][to] += 1;
                    // From one nominee to another of the same class.
                    if from == FOR {
                        for (other, other_class, other_column) in (0..columns).flat_map(places) {
                            if other_class != class || other_column == column {
                                continue;
                            }
                            for line in 1..LINES {
                                if way[other].lines[class][other_column][line] > 0 {
                                    let mut way = way.clone();
                                    way[other].lines[class][other_column][line] -= 1;
                                    way[other].lines[class][other_column][FOR] += 1;
                                    ways.push(way);
                                }
                            }
                        }
                    }
                    ways.push(way);
                }
            }
        }
        ways
    }

    /// Every way in which one absent vote is present.
    fn present_too(&self, holders: &[Holder]) -> Vec<Vec<Holder>> {
        let election = self.meeting().items[0].election();
        let seats = election.map_or(usize::MAX, |election| election.seats as usize);
        let columns = self.meeting().items[0].column_count();
        let mut ways = Vec::new();
        for holder in 0..holders.len() {
            for class in (0..self.meeting().classes.len()).filter(|class| holders[holder].absent[*class] > 0)
            {
                for mark in 0..LINES.pow(columns as u32) {
                    let lines: Vec<usize> =
                        (0..columns).map(|column| mark / LINES.pow(column as u32) % LINES).collect();
                    if lines.iter().filter(|line| **line == FOR).count() > seats {
                        continue;
                    }
                    let mut way = holders.to_vec();
                    way[holder].absent[class] -= 1;
                    for (column, line) in lines.into_iter().enumerate() {
                        way[holder].lines[class][column][line] += 1;
                    }
                    ways.push(way);
                }
            }
        }
        ways
    }

    /// The fewest steps after which the engine decides otherwise; nothing when no steps do; an error where the
    /// ways are too many.
    fn fewest(&self, steps: impl Fn(&[Holder]) -> Vec<Vec<Holder>>) -> Result<Option<u64>, ()> {
        let now = self.verdict(&self.holders);
        let mut seen = BTreeSet::from([self.holders.clone()]);
        let mut reached = vec![self.holders.clone()];
        for count in 1.. {
            let mut next = Vec::new();
            for way in reached.iter().flat_map(|way| steps(way)) {
                if seen.insert(way.clone()) {
                    if self.verdict(&way) != now {
                        return Ok(Some(count));
                    }
                    if seen.len() > WAYS_MAX {
                        return Err(());
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
}

#[test]
fn margins_by_heads_are_the_fewest_votes_of_all_ways() {
    let (mut failures, mut tried, mut by_heads, mut at_most) = (Vec::new(), 0_usize, 0_usize, 0_usize);
    let seeds = crate::seeds_or(0..250);
    for seed in seeds.clone() {
        let Some(tiny) = tiny(seed) else { continue };
        let margin = tiny.margin();
        let is_proved = margin.marked.is_none_or(|marked| marked.is_proved)
            && margin.added.is_none_or(|added| added.is_proved);
        let told = (
            crate::margins::shown(margin.marked.map(|marked| marked.votes)),
            crate::margins::shown(margin.added.map(|added| added.votes)),
        );
        let marked = tiny.fewest(|holders| tiny.marked_otherwise(holders));
        let added = tiny.fewest(|holders| tiny.present_too(holders));
        let (Ok(marked), Ok(added)) = (marked, added) else { continue };
        tried += 1;
        by_heads += usize::from(tiny.meeting().counts_holders());
        at_most += usize::from(!is_proved);
        // What is not proved is told as at most so many.
        let is_no_less =
            |told: Option<u64>, found: Option<u64>| told >= found && found.is_some() == told.is_some();
        let is_right = if is_proved {
            told == (marked, added)
        } else {
            is_no_less(told.0, marked) && is_no_less(told.1, added)
        };
        if !is_right || !margin.is_known {
            failures.push(format!(
                "seed {seed}: told {told:?} proved {is_proved}, found {:?}: {:?} {:?} {:?} {:?}",
                (marked, added),
                tiny.holders,
                tiny.verdict(&tiny.holders),
                tiny.meeting().items[0].kind,
                tiny.meeting().items[0].voting_groups,
            ));
        }
    }
    let count = failures.len();
    failures.truncate(10);
    assert!(failures.is_empty(), "{count} of {seeds:?} differ:\n{}", failures.join("\n"));
    let all = seeds.count();
    assert!(tried * 2 > all && by_heads * 2 > tried && at_most * 20 <= tried, "{tried} {by_heads} {at_most}");
}
