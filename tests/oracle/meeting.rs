//! meeting.json, read without checking: the folder is known to be valid.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::amounts::{Amount, decimal, fraction, whole};
use crate::marks::{Voice, read_mark};
use crate::rules::Rules;
use crate::standards::{Fraction, Standard, read_fraction, read_standard};
use crate::times::{Clock, Moment, date, is_after};

pub struct Meeting {
    pub json: Value,
    pub clock: Clock,
    pub date: Date,
    pub polls_close: Option<Moment>,
    pub adjourned_from: Vec<Date>,
    pub classes: Vec<Class>,
    pub quorum: Fraction,
    pub quorum_by_class: bool,
    pub rules: Rules,
    pub forms: Vec<Form>,
    pub items: Vec<Item>,
}

pub struct Class {
    pub id: String,
    /// In shares.
    pub outstanding: Amount,
    pub votes_per_share: Amount,
}

/// A solicitor's form of proxy.
pub struct Form {
    pub id: String,
    pub unmarked: BTreeMap<String, Unmarked>,
    /// The proxy holders handed in their ballot before the polls closed.
    pub ballot_cast: bool,
    /// When they did, in time or not.
    pub cast: Option<Moment>,
    pub allocation: BTreeMap<String, Allocation>,
}

/// How a signed card that says nothing on an item is voted.
pub enum Unmarked {
    Mark(Voice),
    /// The nominees voted FOR, by id.
    Names(Vec<String>),
}

#[derive(Clone)]
pub enum Allocation {
    Level,
    PerCard,
    Totals(BTreeMap<String, Amount>),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Election,
    Proposal,
    Frequency,
}

pub struct Item {
    pub id: String,
    pub kind: Kind,
    pub seats: i64,
    pub nominees: Vec<Nominee>,
    pub choices: Vec<String>,
    pub standard: Standard,
    pub plurality_if_contested: bool,
    /// Cumulative voting is available and notice was given.
    pub cumulative_in_force: bool,
    pub entitled_classes: Vec<String>,
    pub excluded_accounts: Vec<String>,
    pub groups: Vec<Group>,
    pub needs_quorum: bool,
}

pub struct Nominee {
    pub id: String,
    pub unable_to_serve: bool,
    /// The place of the substitute among the nominees.
    pub substitute: Option<usize>,
    /// "a name nominated after `polls_open` is too late for cumulative voting"
    pub nominated_in_time: bool,
}

pub struct Group {
    pub classes: Vec<String>,
    pub standard: Standard,
}

impl Item {
    /// How many separate marks the item takes: one, or one for each nominee.
    pub fn voices(&self) -> usize {
        if self.kind == Kind::Election { self.nominees.len() } else { 1 }
    }
}

impl Meeting {
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }

    pub fn read(text: &str) -> Meeting {
        let json: Value = serde_json::from_str(text).expect("meeting.json is JSON");
        let clock = Clock::new(text_at(&json, "time_zone"));
        let polls_open = moment_at(&clock, &json, "polls_open");
        let classes: Vec<Class> = list_at(&json, "classes").iter().map(read_class).collect();
        let items: Vec<Item> = list_at(&json, "items")
            .iter()
            .map(|item| read_item(item, &classes, &clock, polls_open.as_ref()))
            .collect();
        let polls_close = moment_at(&clock, &json, "polls_close");
        let forms = list_at(&json, "proxy_forms")
            .iter()
            .map(|form| Form {
                ballot_cast: cast_in_time(moment_at(&clock, form, "ballot_cast"), polls_close.as_ref()),
                cast: moment_at(&clock, form, "ballot_cast"),
                ..read_form(form, &items)
            })
            .collect();
        let adjourned_from = texts_at(&json, "adjourned_from").iter().map(|text| date(text)).collect();
        let quorum = &json["quorum"];
        Meeting {
            date: date(text_at(&json, "date")),
            polls_close,
            adjourned_from,
            quorum: read_fraction(quorum),
            quorum_by_class: quorum["by_class"].as_bool().unwrap_or(false),
            rules: Rules::read(&json["rules"]),
            clock,
            classes,
            forms,
            items,
            json,
        }
    }
}

fn read_class(json: &Value) -> Class {
    Class {
        id: text_at(json, "id").to_string(),
        outstanding: decimal(text_at(json, "outstanding")),
        votes_per_share: json["votes_per_share"].as_str().map_or(whole(1), decimal),
    }
}

fn read_item(json: &Value, classes: &[Class], clock: &Clock, polls_open: Option<&Moment>) -> Item {
    let kind = match text_at(json, "kind") {
        "election" => Kind::Election,
        "proposal" => Kind::Proposal,
        "frequency" => Kind::Frequency,
        other => panic!("kind `{other}`"),
    };
    let all_classes = || classes.iter().map(|class| class.id.clone()).collect();
    let groups = list_at(json, "voting_groups")
        .iter()
        .map(|group| Group {
            classes: texts_at(group, "classes"),
            standard: read_standard(&group["standard"]),
        })
        .collect();
    Item {
        id: text_at(json, "id").to_string(),
        kind,
        seats: json["seats"].as_i64().unwrap_or(0),
        nominees: read_nominees(json, clock, polls_open),
        choices: list_at(json, "choices").iter().map(|choice| text_at(choice, "id").to_string()).collect(),
        standard: if json["standard"].is_null() {
            Standard::Plurality
        } else {
            read_standard(&json["standard"])
        },
        plurality_if_contested: json["plurality_if_contested"].as_bool().unwrap_or(false),
        cumulative_in_force: !json["cumulative"]["notice"].is_null(),
        entitled_classes: match json["entitled_classes"].is_null() {
            true => all_classes(),
            false => texts_at(json, "entitled_classes"),
        },
        excluded_accounts: texts_at(json, "excluded_accounts"),
        groups,
        needs_quorum: json["needs_quorum"].as_bool().unwrap_or(true),
    }
}

fn read_nominees(item: &Value, clock: &Clock, polls_open: Option<&Moment>) -> Vec<Nominee> {
    let list = list_at(item, "nominees");
    let place_of = |id: &str| list.iter().position(|nominee| nominee["id"] == id);
    let mut nominees = Vec::new();
    for json in list {
        let nominated = moment_at(clock, json, "nominated");
        let too_late = match (&nominated, polls_open) {
            (Some(nominated), Some(open)) => nominated.instant > open.instant,
            _ => false,
        };
        nominees.push(Nominee {
            id: text_at(json, "id").to_string(),
            unable_to_serve: json["unable_to_serve"].as_bool().unwrap_or(false),
            substitute: json["substitute"].as_str().and_then(place_of),
            nominated_in_time: !too_late,
        });
    }
    nominees
}

fn read_form(json: &Value, items: &[Item]) -> Form {
    let item_of = |id: &str| items.iter().find(|item| item.id == id).expect("a form names an item");
    let mut unmarked = BTreeMap::new();
    for (id, value) in json["unmarked"].as_object().into_iter().flatten() {
        let meaning = match value.as_str() {
            Some(mark) => Unmarked::Mark(read_mark(mark, item_of(id))),
            None => Unmarked::Names(texts_at(&json["unmarked"], id)),
        };
        unmarked.insert(id.clone(), meaning);
    }
    let mut allocation = BTreeMap::new();
    for (id, value) in json["cumulative_allocation"].as_object().into_iter().flatten() {
        allocation.insert(id.clone(), read_allocation(value));
    }
    Form { id: text_at(json, "id").to_string(), unmarked, ballot_cast: false, cast: None, allocation }
}

/// "`ballot_cast`: when the proxy holders handed in their ballot for this form." One that came after the polls closed is
/// no ballot.
fn cast_in_time(cast: Option<Moment>, polls_close: Option<&Moment>) -> bool {
    match (cast, polls_close) {
        (Some(cast), Some(close)) => !is_after(&cast, close),
        (cast, None) => cast.is_some(),
        (None, _) => false,
    }
}

fn read_allocation(json: &Value) -> Allocation {
    match json.as_str() {
        Some("level") => Allocation::Level,
        Some("per_card") => Allocation::PerCard,
        Some(other) => panic!("allocation `{other}`"),
        None => {
            let totals = json.as_object().expect("totals are an object");
            let amount = |value: &Value| fraction(value.as_str().expect("amounts are strings"));
            Allocation::Totals(totals.iter().map(|(name, value)| (name.clone(), amount(value))).collect())
        }
    }
}

pub fn text_at<'a>(json: &'a Value, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_else(|| panic!("`{key}` should be a string in {json}"))
}

pub fn list_at<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    json[key].as_array().map_or(&[], Vec::as_slice)
}

pub fn texts_at(json: &Value, key: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a list of strings").to_string();
    list_at(json, key).iter().map(text).collect()
}

fn moment_at(clock: &Clock, json: &Value, key: &str) -> Option<Moment> {
    json[key].as_str().map(|text| clock.moment(text))
}
