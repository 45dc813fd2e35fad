//! street.csv, revocations.csv and rulings.csv.

use super::agenda::{Agenda, Outline};
use super::people::{People, Person, shares};
use super::random::Random;
use crate::amounts::{Amount, show, zero};

type File = Option<(String, String)>;

/// Totals of nominees with one class, on items where street totals are allowed.
pub fn street_file(random: &mut Random, people: &People, agenda: &Agenda) -> File {
    let allowed = |item: &&Outline| !item.in_force && !item.counts_holders;
    let items: Vec<&Outline> = agenda.outlines.iter().filter(allowed).collect();
    let single = |person: &&Person| person.nominee && person.positions.len() == 1;
    let accounts: Vec<&Person> = people.accounts.iter().filter(single).collect();
    if items.is_empty() || accounts.is_empty() || !random.percent(45) {
        return None;
    }
    let with_blocks = random.percent(50);
    let with_times = random.percent(50);
    let mut rows = Vec::new();
    for person in accounts {
        if !random.percent(70) {
            continue;
        }
        for _ in 0..random.between(1, 3) {
            let block = if with_blocks { random.pick(&["", "b1", "b2"]) } else { "" };
            let times = ["", "2002-05-01", "2002-05-10T09:00:00", "2002-05-13", "2002-05-14T12:00:01"];
            let received = if with_times { random.pick(&times) } else { "" };
            delivery(random, person, &items, (block, received), &mut rows);
        }
    }
    let text = "account,item,nominee,vote,shares,block,received\n".to_string() + &rows.concat();
    Some(("street.csv".to_string(), text))
}

fn delivery(
    random: &mut Random,
    person: &Person,
    items: &[&Outline],
    label: (&str, &str),
    rows: &mut Vec<String>,
) {
    for item in items {
        if random.percent(15) {
            continue;
        }
        let nominees: Vec<&str> = match item.kind {
            "election" => item.nominees.iter().map(String::as_str).collect(),
            _ => vec![""],
        };
        for nominee in nominees {
            for _ in 0..random.between(1, 2) {
                let vote = match item.kind {
                    "frequency" if random.percent(80) => random.one_of(&item.choices).as_str(),
                    "frequency" => random.pick(&["ABSTAIN", "NONVOTE"]),
                    _ => random.weighted(&[
                        (5, "FOR"),
                        (3, "AGAINST"),
                        (2, "WITHHOLD"),
                        (1, "ABSTAIN"),
                        (2, "NONVOTE"),
                    ]),
                };
                let amount = show(&some_of_the_position(random, &person.positions[0].1));
                let (block, received) = label;
                rows.push(format!(
                    "{},{},{nominee},{vote},{amount},{block},{received}\n",
                    person.id, item.id
                ));
            }
        }
    }
}

/// Often the whole position, or a part of it: sometimes too much.
fn some_of_the_position(random: &mut Random, position: &Amount) -> Amount {
    let half = (position / crate::amounts::whole(2)).floor();
    match random.below(5) {
        0 if *position > zero() => position.clone(),
        1 | 2 if half > zero() => half,
        _ => shares(random, false),
    }
}

pub fn revocations_file(random: &mut Random, people: &People) -> File {
    if !random.percent(30) {
        return None;
    }
    let mut text = "account,received,manner,dated,signer\n".to_string();
    for _ in 0..random.between(1, 3) {
        let person = random.one_of(&people.accounts);
        let signer = match person.joint() && random.percent(60) {
            true => random.one_of(&person.holders).as_str(),
            false => "",
        };
        let row = if random.percent(12) {
            let received = random.pick(&["2002-04-26", "2002-05-13", "2002-05-14T11:30:00"]);
            let dated = random.pick(&["", "2002-04-20", "2002-04-26"]);
            format!("{},{received},death,{dated},{signer}\n", person.id)
        } else if random.percent(50) {
            let received = random.pick(&[
                "2002-04-26",
                "2002-05-02",
                "2002-05-13",
                "2002-05-14T11:15:00",
                "2002-05-14T12:00:01",
            ]);
            let dated = random.pick(&["", "2002-04-20", "2002-04-25", "2002-04-26"]);
            format!("{},{received},written,{dated},{signer}\n", person.id)
        } else {
            let received = random.pick(&["2002-05-14T09:30:00", "2002-05-14", "2002-05-14T12:00:01"]);
            format!("{},{received},at_meeting,,{signer}\n", person.id)
        };
        text += &row;
    }
    Some(("revocations.csv".to_string(), text))
}

pub fn rulings_file(random: &mut Random, numbers: &[String], agenda: &Agenda) -> File {
    if numbers.is_empty() || !random.percent(35) {
        return None;
    }
    let mut text = "card,ruling,reason,item\n".to_string();
    let mut ruled: Vec<(String, String)> = Vec::new();
    for _ in 0..random.between(1, 4) {
        let card = random.one_of(numbers).clone();
        let item =
            if random.percent(40) { random.one_of(&agenda.outlines).id.clone() } else { String::new() };
        let ruling = if item.is_empty() { random.pick(&["count", "count", "reject"]) } else { "reject" };
        if !ruled.contains(&(card.clone(), item.clone())) {
            text += &format!("{card},{ruling},As ruled,{item}\n");
            ruled.push((card, item));
        }
    }
    Some(("rulings.csv".to_string(), text))
}
