//! Proxy cards and ballots.

use serde_json::Value;

use super::agenda::{Agenda, Outline};
use super::people::{People, Person, shares};
use super::random::Random;
use crate::amounts::show;

pub struct Cards {
    pub files: Vec<(String, String)>,
    pub numbers: Vec<String>,
}

/// The cells of a card by column, in the order of the columns.
type Cells = Vec<(String, String)>;

/// Columns that a whole file may leave out.
struct Columns {
    signed: bool,
    medium: bool,
    class: bool,
    statute: bool,
    fractional: bool,
}

pub fn cards_files(random: &mut Random, people: &People, agenda: &Agenda, meeting: &Value) -> Cards {
    let rules = &meeting["rules"];
    let columns = Columns {
        signed: random.percent(70),
        medium: random.percent(70),
        class: people.class_ids.len() > 1 || random.percent(10),
        statute: rules["joint_holders"].as_str().is_none_or(|rule| rule == "statute"),
        fractional: random.percent(10),
    };
    let mut cards: Vec<Cells> = Vec::new();
    for number in 1..=random.below(26) {
        let earlier =
            (!cards.is_empty() && random.percent(30)).then(|| cards[random.below(cards.len())].clone());
        let mut card = match earlier {
            Some(card) => variation(random, card, agenda),
            None => new_card(random, people, agenda, &columns),
        };
        set(&mut card, "card", format!("C-{number}"));
        cards.push(card);
    }
    let numbers = cards.iter().map(|card| get(card, "card").to_string()).collect();
    let header = header(agenda, &columns);
    if random.percent(15) && cards.len() > 1 {
        let middle = cards.len() / 2;
        let files = vec![
            ("mail.csv".to_string(), text(&header, &cards[..middle])),
            ("web.csv".to_string(), text(&header, &cards[middle..])),
        ];
        return Cards { files, numbers };
    }
    Cards { files: vec![("cards.csv".to_string(), text(&header, &cards))], numbers }
}

fn header(agenda: &Agenda, columns: &Columns) -> Vec<String> {
    let mut header: Vec<String> = [
        "card",
        "account",
        "received",
        "kind",
        "form",
        "signer",
        "dated",
        "shares",
        "irrevocable",
        "valid_until",
        "contradiction",
    ]
    .map(str::to_string)
    .to_vec();
    let optional = [("signed", columns.signed), ("medium", columns.medium), ("class", columns.class)];
    header.extend(optional.iter().filter(|(_, wanted)| *wanted).map(|(column, _)| column.to_string()));
    for item in &agenda.outlines {
        header.push(item.id.clone());
        header.extend(item.nominees.iter().map(|name| format!("{}.{name}", item.id)));
    }
    header
}

fn text(header: &[String], cards: &[Cells]) -> String {
    let mut text = header.join(",") + "\n";
    for card in cards {
        let row: Vec<&str> = header.iter().map(|column| get(card, column)).collect();
        text += &(row.join(",") + "\n");
    }
    text
}

fn get<'a>(card: &'a Cells, column: &str) -> &'a str {
    card.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell)
}

fn set(card: &mut Cells, column: &str, cell: impl Into<String>) {
    card.retain(|(name, _)| name != column);
    card.push((column.to_string(), cell.into()));
}

/// The same holder again: a duplicate, other marks with the same dates, or the same marks at another time.
fn variation(random: &mut Random, mut card: Cells, agenda: &Agenda) -> Cells {
    let ballot = get(&card, "kind") == "ballot";
    match random.below(4) {
        0 => {}
        1 => mark_items(random, &mut card, agenda),
        2 => set_times(random, &mut card, ballot),
        _ => {
            mark_items(random, &mut card, agenda);
            set_times(random, &mut card, ballot);
        }
    }
    card
}

fn new_card(random: &mut Random, people: &People, agenda: &Agenda, columns: &Columns) -> Cells {
    let mut card = Vec::new();
    let person = holder(random, people);
    let stranger = random.percent(3);
    set(&mut card, "account", if stranger { "Nobody" } else { &person.id });
    let ballot = random.percent(20);
    if ballot {
        set(&mut card, "kind", "ballot");
    } else {
        set(&mut card, "kind", random.pick(&["", "proxy"]));
        let form = random.one_of(&agenda.forms)["id"].as_str().expect("a form has an id");
        set(&mut card, "form", if random.percent(30) { "" } else { form });
    }
    let medium = random.weighted(&[(5, ""), (3, "mail"), (2, "internet"), (1, "telephone")]);
    if columns.medium && !ballot {
        set(&mut card, "medium", medium);
    }
    let by_mail = !columns.medium || matches!(medium, "" | "mail");
    if columns.signed && by_mail && !(ballot && random.percent(70)) {
        set(&mut card, "signed", random.weighted(&[(17, "yes"), (2, "no"), (2, "mismatch")]));
    }
    if person.joint() && !stranger && random.percent(85) {
        set(&mut card, "signer", random.one_of(&person.holders).clone());
    }
    limit(random, &mut card, person, columns);
    set_times(random, &mut card, ballot);
    mark_items(random, &mut card, agenda);
    oddities(random, &mut card, person, agenda);
    card
}

/// "What a proxy may say of itself", and what contradicts itself on a card.
fn oddities(random: &mut Random, card: &mut Cells, person: &Person, agenda: &Agenda) {
    if random.percent(6) {
        set(card, "irrevocable", random.pick(&["yes", "yes", "no"]));
    }
    if random.percent(5) {
        set(
            card,
            "valid_until",
            random.pick(&["2002-05-14", "2002-05-13", "2002-04-30", "2002-12-31", "2001-01-01"]),
        );
    }
    match random.below(60) {
        0 => set(card, "contradiction", "two boxes on one line"),
        1 if get(card, "kind") == "ballot" => {
            set(card, "form", random.one_of(&agenda.forms)["id"].as_str().expect("an id"));
        }
        2 if person.joint() => set(card, "signer", "Zoe"),
        3 | 4 if person.joint() => set(card, "shares", "5"),
        5 => set(card, "shares", "5"),
        _ => {}
    }
}

/// Anybody; joint holders more often than others.
fn holder<'a>(random: &mut Random, people: &'a People) -> &'a Person {
    let joint: Vec<&Person> = people.accounts.iter().filter(|person| person.joint()).collect();
    if !joint.is_empty() && random.percent(30) {
        random.pick(&joint)
    } else {
        random.one_of(&people.accounts)
    }
}

/// "`shares` limits the card to so many shares (of one class)"; on a joint holder's card under `statute` it is an error.
fn limit(random: &mut Random, card: &mut Cells, person: &Person, columns: &Columns) {
    let mut class_named = person.positions.len() == 1;
    let class = random.one_of(&person.positions).0.clone();
    if columns.class && random.percent(30) {
        set(card, "class", class);
        class_named = true;
    }
    let allowed = class_named && !(person.joint() && columns.statute);
    if allowed && random.percent(if person.nominee { 65 } else { 12 }) {
        let limited = shares(random, columns.fractional);
        set(card, "shares", show(&limited));
    }
}

fn set_times(random: &mut Random, card: &mut Cells, ballot: bool) {
    if ballot {
        let time = [
            (4, "2002-05-14T10:40:00"),
            (3, "2002-05-14T11:00"),
            (1, "2002-05-14"),
            (1, "2002-05-14T12:00:01"),
        ];
        set(card, "received", random.weighted(&time));
        set(card, "dated", random.pick(&["", "", "2002-05-14"]));
        return;
    }
    let received = random.weighted(&[
        (3, "2002-04-22"),
        (3, "2002-04-26T09:00:00"),
        (3, "2002-05-02"),
        (2, "2002-05-02T16:05"),
        (1, "2002-05-02T23:30:00Z"),
        (1, "2002-05-02T23:59:59-04:00"),
        (2, "2002-05-13"),
        (1, "2002-05-14T11:59:59"),
        (1, "2002-05-14T12:00:00"),
        (1, "2002-05-14"),
        (1, "2002-05-14T12:00:01"),
        (1, "2002-05-15"),
    ]);
    let dated = random.weighted(&[
        (5, "2002-04-20"),
        (5, "2002-04-25"),
        (3, "2002-05-01"),
        (2, "2002-05-10"),
        (1, "2002-05-20"),
        (1, "2001-05-01"),
        (1, "2001-06-14"),
        (1, "2001-06-13"),
        (3, ""),
    ]);
    set(card, "received", received);
    let electronic = matches!(get(card, "medium"), "internet" | "telephone");
    set(card, "dated", if electronic { "" } else { dated });
}

fn mark_items(random: &mut Random, card: &mut Cells, agenda: &Agenda) {
    let blank = random.percent(10);
    for item in &agenda.outlines {
        set(card, &item.id, "");
        item.nominees.iter().for_each(|name| set(card, &format!("{}.{name}", item.id), ""));
        if blank {
            continue;
        }
        match item.kind {
            "election" => mark_election(random, card, item),
            "frequency" => {
                let choice = random.one_of(&item.choices).clone();
                let other = random.pick(&["", "ABSTAIN", "b", "NONVOTE", "VOID"]);
                set(card, &item.id, if random.percent(70) { &choice } else { other });
            }
            _ => set(card, &item.id, mark(random)),
        }
    }
}

fn mark(random: &mut Random) -> &'static str {
    random.weighted(&[
        (6, "FOR"),
        (3, "f"),
        (4, "AGAINST"),
        (1, "a"),
        (2, "ABSTAIN"),
        (1, "WITHHOLD"),
        (2, "NONVOTE"),
        (1, "V"),
        (3, ""),
    ])
}

fn mark_election(random: &mut Random, card: &mut Cells, item: &Outline) {
    let style = random.below(10);
    if matches!(style, 0..=3) {
        let all = [(5, "FOR"), (3, "WITHHOLD"), (1, "AGAINST"), (2, "NONVOTE"), (1, "VOID"), (1, "ABSTAIN")];
        set(card, &item.id, random.weighted(&all));
    }
    if style == 9 {
        return;
    }
    let numbers = (2..=9).contains(&style) && item.cumulative && random.percent(40);
    let chance = if style < 2 { 0 } else { random.between(20, 90) };
    for name in &item.nominees {
        if !random.percent(chance) {
            continue;
        }
        let own = if numbers && random.percent(85) { number(random) } else { name_mark(random).to_string() };
        set(card, &format!("{}.{name}", item.id), own);
    }
}

fn name_mark(random: &mut Random) -> &'static str {
    random.weighted(&[(8, "FOR"), (4, "W"), (1, "A"), (1, "B"), (1, "N"), (1, "VOID")])
}

fn number(random: &mut Random) -> String {
    match random.below(6) {
        0 => random.pick(&["50%", "60%", "33.33%", "100%", "12.5%"]).to_string(),
        1 => random.pick(&["0", "1", "0.5", "2.5"]).to_string(),
        _ => random.pick(&["2", "5", "10", "20", "30", "50", "100", "150", "300"]).to_string(),
    }
}
