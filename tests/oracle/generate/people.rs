//! The register and omnibus.csv.

use serde_json::{Value, json};

use super::random::Random;
use crate::amounts::{Amount, decimal, fraction, show, whole, zero};

pub struct People {
    pub files: Vec<(String, String)>,
    pub classes: Vec<Value>,
    pub class_ids: Vec<String>,
    pub partial: bool,
    pub accounts: Vec<Person>,
}

/// An account as cards need to know it.
pub struct Person {
    pub id: String,
    pub nominee: bool,
    pub holders: Vec<String>,
    /// Class and shares.
    pub positions: Vec<(String, Amount)>,
    /// The class that a nominee or joint holders hold as one person for themselves.
    own: Option<String>,
    voting: bool,
}

impl Person {
    pub fn joint(&self) -> bool {
        !self.holders.is_empty()
    }
}

pub fn people(random: &mut Random) -> People {
    let class_ids: Vec<String> =
        ["a", "b"][..if random.percent(30) { 2 } else { 1 }].iter().map(|id| id.to_string()).collect();
    let fractional = random.percent(20);
    let alike = random.percent(35);
    let mut accounts = Vec::new();
    let mut register = Register::new(random, class_ids.len() > 1);
    for number in 1..=random.between(3, 10) {
        let mut person = person(random, number, &class_ids, fractional);
        if alike {
            person.positions.iter_mut().for_each(|(_, shares)| *shares = whole(10));
        }
        register.add(random, &person);
        accounts.push(person);
    }
    let partial = random.percent(12);
    let mut classes = Vec::new();
    for id in &class_ids {
        let in_class = |person: &Person| {
            person.positions.iter().filter(|(class, _)| class == id).map(|(_, shares)| shares.clone()).sum()
        };
        let mut outstanding: Amount =
            accounts.iter().filter(|person| person.voting).map(in_class).fold(zero(), |a, b: Amount| a + b);
        if partial && random.percent(70) {
            outstanding += whole(random.between(1, 60) as i64);
        }
        let mut class = json!({"id": id, "name": id.to_uppercase(), "outstanding": show(&outstanding)});
        if random.percent(40) {
            class["votes_per_share"] = json!(random.pick(&["1", "2", "10", "0.5", "3.335", "0.1"]));
        }
        classes.push(class);
    }
    let mut files = vec![("register.csv".to_string(), register.text)];
    files.extend(omnibus(random, &mut accounts, class_ids.len() > 1));
    People { files, classes, class_ids, partial, accounts }
}

/// A small number of shares.
pub fn shares(random: &mut Random, fractional: bool) -> Amount {
    let whole_part =
        decimal(random.pick(&["1", "2", "3", "5", "10", "10", "20", "33", "50", "100", "100", "101"]));
    let part = if fractional && random.percent(40) {
        random.pick(&["0.5", "0.25", "0.000001", "0.333333"])
    } else {
        "0"
    };
    whole_part + decimal(part)
}

fn person(random: &mut Random, number: usize, class_ids: &[String], fractional: bool) -> Person {
    let kind = random.below(10);
    let holders = match kind {
        0 | 1 => ["Ann", "Bob", "Cy"][..random.between(2, 3)].iter().map(|name| name.to_string()).collect(),
        _ => Vec::new(),
    };
    let mut held = random.some_of(class_ids, 60);
    if number <= class_ids.len() {
        held = vec![class_ids[number - 1].clone()];
    }
    if held.is_empty() {
        held.push(random.one_of(class_ids).clone());
    }
    let mut positions = Vec::new();
    for class in held {
        let empty = number > class_ids.len() && random.percent(2);
        positions.push((class, if empty { zero() } else { shares(random, fractional) }));
    }
    let nominee = (2..=4).contains(&kind);
    let voting = number <= class_ids.len() || nominee || !random.percent(5);
    let own = (positions.len() > 1 && random.percent(40)).then(|| random.one_of(&positions).0.clone());
    Person { id: format!("R{number}"), nominee, holders, positions, own, voting }
}

struct Register {
    text: String,
    class: bool,
    voting: bool,
    votes: bool,
}

impl Register {
    fn new(random: &mut Random, several_classes: bool) -> Register {
        let register = Register {
            text: String::new(),
            class: several_classes || random.percent(20),
            voting: true,
            votes: random.percent(12),
        };
        let mut header = "account,name,shares,registration,holders".to_string();
        for (column, wanted) in
            [("class", register.class), ("voting", register.voting), ("votes", register.votes)]
        {
            if wanted {
                header += &format!(",{column}");
            }
        }
        Register { text: header + "\n", ..register }
    }

    fn add(&mut self, random: &mut Random, person: &Person) {
        let interests = random.percent(40);
        let weights = random.one_of(&[["50", "30", "20"], ["50", "50", "100"], ["60", "40", "20"]]);
        let holder = |(place, name): (usize, &String)| match interests {
            true => format!("{name}:{}", weights[place]),
            false => name.clone(),
        };
        let holders: Vec<String> = person.holders.iter().enumerate().map(holder).collect();
        for (class, amount) in &person.positions {
            let own = person.own.as_ref() == Some(class);
            let registration = match (person.nominee, person.joint()) {
                (true, _) if !own => "nominee",
                (_, true) if !own => "joint",
                _ => random.pick(&["individual", "corporation", "partnership", "fiduciary", "custodian", ""]),
            };
            let holders = if own { String::new() } else { holders.join(";") };
            self.text += &format!("{0},Holder {0},{1},{registration},{holders}", person.id, show(amount));
            if self.class {
                self.text += &format!(",{class}");
            }
            if self.voting {
                self.text += if person.voting { "," } else { ",no" };
            }
            if self.votes {
                self.text += &format!(",{}", votes(random, amount, person.voting));
            }
            self.text += "\n";
        }
    }
}

/// Tenure voting and caps: mostly even, seldom such that a share's votes do not come out.
fn votes(random: &mut Random, shares: &Amount, voting: bool) -> String {
    if !voting || *shares == zero() {
        return String::new();
    }
    match random.below(10) {
        0 | 1 => show(&(shares * whole(2))),
        2 => show(&(shares * fraction("1/2")).floor().max(whole(1))),
        3 => "7".to_string(),
        _ => String::new(),
    }
}

/// "a tree of any depth": here up to three below the register. What is moved does not exceed what the holder has.
fn omnibus(
    random: &mut Random,
    accounts: &mut Vec<Person>,
    several_classes: bool,
) -> Option<(String, String)> {
    if !random.percent(40) {
        return None;
    }
    let mut rows = Vec::new();
    let mut depth: Vec<usize> = vec![0; accounts.len()];
    let mut at = 0;
    while at < accounts.len() && accounts.len() < 14 {
        let may_pass_on = accounts[at].nominee && depth[at] < 3;
        let children = if may_pass_on { random.below(3) } else { 0 };
        for _ in 0..children {
            let place = random.below(accounts[at].positions.len());
            let (class, has) = accounts[at].positions[place].clone();
            let half = has.floor() / whole(2);
            let moved = if random.percent(20) { has.clone() } else { half.ceil() };
            if moved == zero() || moved > has || accounts[at].own.as_ref() == Some(&class) {
                continue;
            }
            accounts[at].positions[place].1 -= &moved;
            let id = format!("S{}", rows.len() + 1);
            rows.push((accounts[at].id.clone(), id.clone(), moved.clone(), class.clone()));
            depth.push(depth[at] + 1);
            accounts.push(Person {
                id,
                nominee: true,
                holders: Vec::new(),
                positions: vec![(class, moved)],
                own: None,
                voting: true,
            });
        }
        at += 1;
    }
    if rows.is_empty() {
        return None;
    }
    let mut text =
        if several_classes { "holder,account,name,shares,class\n" } else { "holder,account,name,shares\n" }
            .to_string();
    for (holder, id, moved, class) in rows {
        let class = if several_classes { format!(",{class}") } else { String::new() };
        text += &format!("{holder},{id},Participant {id},{}{class}\n", show(&moved));
    }
    Some(("omnibus.csv".to_string(), text))
}
