//! The items and the proxy forms.

use serde_json::{Map, Value, json};

use super::people::People;
use super::random::Random;

pub struct Agenda {
    pub items: Vec<Value>,
    pub forms: Vec<Value>,
    pub polls_open: bool,
    /// What cards and street totals need to know of each item.
    pub outlines: Vec<Outline>,
}

#[derive(Clone)]
pub struct Outline {
    pub id: String,
    pub kind: &'static str,
    pub seats: usize,
    pub nominees: Vec<String>,
    pub choices: Vec<String>,
    pub cumulative: bool,
    pub in_force: bool,
    pub counts_holders: bool,
}

pub fn agenda(random: &mut Random, people: &People, of_right: bool) -> Agenda {
    let polls_open = random.percent(60);
    let mut items = Vec::new();
    let mut outlines = Vec::new();
    for number in 1..=random.between(1, 3) {
        let (item, outline) = match random.below(10) {
            0..=4 => election(random, number, polls_open, of_right),
            5..=8 => proposal(random, number, people),
            _ => frequency(random, number),
        };
        items.push(common_keys(random, item, people));
        outlines.push(outline);
    }
    let forms = (0..random.between(1, 3)).map(|number| form(random, number, &outlines)).collect();
    Agenda { items, forms, polls_open, outlines }
}

fn common_keys(random: &mut Random, mut item: Value, people: &People) -> Value {
    if random.percent(30) {
        item["routine"] = json!(random.percent(50));
    }
    if random.percent(15) {
        item["needs_quorum"] = json!(false);
    }
    if random.percent(15) {
        let ids: Vec<&String> = people.accounts.iter().map(|person| &person.id).collect();
        item["excluded_accounts"] = json!(random.some_of(&ids, 20));
    }
    if people.class_ids.len() > 1 && random.percent(15) && item["voting_groups"].is_null() {
        item["entitled_classes"] = json!([random.one_of(&people.class_ids)]);
    }
    item
}

fn outline(number: usize, kind: &'static str) -> Outline {
    Outline {
        id: number.to_string(),
        kind,
        seats: 0,
        nominees: Vec::new(),
        choices: Vec::new(),
        cumulative: false,
        in_force: false,
        counts_holders: false,
    }
}

fn election(random: &mut Random, number: usize, polls_open: bool, of_right: bool) -> (Value, Outline) {
    let count = random.between(1, 5);
    let names: Vec<String> = (1..=count).map(|name| format!("n{name}")).collect();
    let seats = random.between(1, 4);
    let mut nominees: Vec<Value> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
    if polls_open && random.percent(25) {
        nominees[count - 1]["nominated"] =
            json!(random.pick(&["2002-05-14T09:30:00", "2002-05-14T10:00:00", "2002-05-14T10:15:00"]));
    }
    if count > 2 && random.percent(20) {
        nominees[0]["unable_to_serve"] = json!(true);
        if random.percent(80) {
            nominees[0]["substitute"] = json!(names[random.between(1, count - 1)]);
        }
    }
    let mut item = json!({
        "id": number.to_string(), "kind": "election", "title": "Election", "seats": seats, "nominees": nominees,
    });
    let mut about = Outline { seats, nominees: names, ..outline(number, "election") };
    if random.percent(45) {
        about.cumulative = true;
        about.in_force = random.percent(60);
        item["cumulative"] = json!({"notice": null});
        if about.in_force {
            item["cumulative"] = json!({"notice": {"by": "R1", "given": "2002-05-14T09:45:00"}});
        }
        about.in_force |= of_right;
    } else if random.percent(45) {
        item["standard"] = standard(random, &mut about);
        if random.percent(40) {
            item["plurality_if_contested"] = json!(true);
        }
    } else if random.percent(50) {
        item["standard"] = json!("plurality");
    }
    (item, about)
}

fn proposal(random: &mut Random, number: usize, people: &People) -> (Value, Outline) {
    let mut about = outline(number, "proposal");
    let mut item = json!({"id": number.to_string(), "kind": "proposal", "title": "Proposal"});
    item["standard"] = standard(random, &mut about);
    if random.percent(if people.class_ids.len() > 1 { 35 } else { 5 }) {
        let mut groups = Vec::new();
        for class in random.some_of(&people.class_ids, 70) {
            groups.push(json!({"classes": [class], "standard": standard(random, &mut about)}));
        }
        if !groups.is_empty() {
            item["voting_groups"] = json!(groups);
        }
    }
    (item, about)
}

fn frequency(random: &mut Random, number: usize) -> (Value, Outline) {
    let ids = &["1_year", "2_years", "3_years"][..random.between(2, 3)];
    let choices: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": id})).collect();
    let mut item =
        json!({"id": number.to_string(), "kind": "frequency", "title": "How often", "choices": choices});
    if random.percent(50) {
        item["standard"] = json!("plurality");
    }
    (item, Outline { choices: ids.iter().map(|id| id.to_string()).collect(), ..outline(number, "frequency") })
}

fn standard(random: &mut Random, about: &mut Outline) -> Value {
    if random.percent(60) {
        return json!(random.pick(&[
            "majority_of_votes_cast",
            "majority_of_present_and_entitled",
            "majority_of_present",
            "majority_of_outstanding",
            "two_thirds_of_outstanding",
            "majority_voting_and_majority_of_quorum",
            "majority_voting_and_majority_of_quorum",
            "majority_of_outstanding_voting_securities",
        ]));
    }
    expression(random, about, 2)
}

fn expression(random: &mut Random, about: &mut Outline, depth: usize) -> Value {
    if depth > 0 && random.percent(40) {
        let parts: Vec<Value> =
            (0..random.between(1, 3)).map(|_| expression(random, about, depth - 1)).collect();
        return if random.percent(50) { json!({"all_of": parts}) } else { json!({"any_of": parts}) };
    }
    let comparison = random.pick(&["more_than", "at_least"]);
    let fraction = random.pick(&["1/2", "1/2", "2/3", "3/4", "1/3", "0.6667", "67/100", "1/10"]);
    let counting_holders = random.percent(15);
    let bases = [
        "votes_cast",
        "present_and_entitled",
        "present",
        "outstanding",
        "required_quorum",
        "for_against_withheld",
    ];
    let base = random.pick(&bases[..if counting_holders { 4 } else { 6 }]);
    let mut test = json!({comparison: fraction, "of": base});
    if counting_holders {
        about.counts_holders = true;
        test["counting"] = json!("holders");
        if random.percent(60) {
            test["split_holders"] = json!(random.pick(&["majority", "both", "neither"]));
        }
    }
    test
}

fn form(random: &mut Random, number: usize, outlines: &[Outline]) -> Value {
    let mut form = json!({"id": format!("form{number}"), "holders": ["A. Holder"]});
    if random.percent(80) {
        form["ballot_cast"] = json!(random.pick(&[
            "2002-05-14T11:00:00",
            "2002-05-14T11:00:00",
            "2002-05-14T10:45:00",
            "2002-05-13T09:00:00",
            "2002-05-02T12:00:00"
        ]));
    }
    let mut unmarked = Map::new();
    let mut allocation = Map::new();
    for item in outlines {
        if random.percent(75) {
            unmarked.insert(item.id.clone(), when_unmarked(random, item));
        }
        if item.in_force && random.percent(60) {
            allocation.insert(item.id.clone(), allocated(random, item));
        }
    }
    unmarked.retain(|_, value| value.as_array().is_none_or(|names| !names.is_empty()));
    if !unmarked.is_empty() {
        form["unmarked"] = Value::Object(unmarked);
    }
    if !allocation.is_empty() {
        form["cumulative_allocation"] = Value::Object(allocation);
    }
    form
}

/// "a form that lists more nominees than seats" is an input error.
fn when_unmarked(random: &mut Random, item: &Outline) -> Value {
    match item.kind {
        "election" => {
            let mut names = random.some_of(&item.nominees, 80);
            names.truncate(item.seats);
            json!(names)
        }
        "frequency" => json!(random.one_of(&item.choices)),
        _ => json!(random.weighted(&[(6, "for"), (2, "against"), (1, "abstain"), (1, "withhold")])),
    }
}

fn allocated(random: &mut Random, item: &Outline) -> Value {
    match random.below(3) {
        0 => json!("level"),
        1 => json!("per_card"),
        _ => {
            let mut totals = Map::new();
            for name in random.some_of(&item.nominees, 60) {
                totals.insert(name, json!(random.between(0, 40).to_string()));
            }
            Value::Object(totals)
        }
    }
}
