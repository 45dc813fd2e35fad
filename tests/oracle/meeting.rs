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
    pub quorum: Quorum,
    pub rules: Rules,
    pub forms: Vec<Form>,
    pub items: Vec<Item>,
    pub followers: Vec<Follower>,
}

/// "`proportional`: `[{\"account\": \"TR-1\", \"as\": \"own_instructions\"}, …]`".
pub struct Follower {
    pub account: String,
    /// `own_instructions`, `all_others`, or the class.
    pub whom: String,
    pub is_class: bool,
}

pub struct Class {
    pub id: String,
    /// In shares.
    pub outstanding: Amount,
    pub votes_per_share: Amount,
}

/// "`{\"all_of\": [{\"at_least\": \"1/3\"}, {\"at_least\": \"1/3\", \"counting\": \"holders\"}]}`, `{\"at_least_holders\": 2}`."
#[derive(Clone)]
pub struct Quorum {
    pub tests: Vec<QuorumTest>,
    pub by_class: bool,
}

#[derive(Clone)]
pub enum QuorumTest {
    Votes(Fraction),
    Heads(Fraction),
    AtLeastHeads(i64),
}

/// A solicitor's form of proxy.
pub struct Form {
    pub id: String,
    pub unmarked: BTreeMap<String, Unmarked>,
    /// The proxy holders handed in their ballot before the polls closed.
    pub ballot_cast: bool,
    /// "`false`: none was cast".
    pub no_ballot: bool,
    /// "items on which the ballot says nothing", by id.
    pub silent_on: Vec<String>,
    /// `as_unmarked`, `not_voted` or blank.
    pub names_only: String,
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
    pub quorum: Option<Quorum>,
    pub withdrawn: bool,
    pub contested: Option<bool>,
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
    /// "`items[].contested`: as it stood on the date that the law or by-laws fix; absent: counted from the nominees"
    /// who can serve.
    pub fn is_contested(&self) -> bool {
        let able = self.nominees.iter().filter(|nominee| !nominee.unable_to_serve).count() as i64;
        self.contested.unwrap_or(able > self.seats)
    }

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
        let rules = Rules::read(&json["rules"]);
        let quorum = read_quorum(&json["quorum"], false);
        let mut items: Vec<Item> = list_at(&json, "items")
            .iter()
            .map(|item| read_item(item, &classes, &clock, polls_open.as_ref()))
            .collect();
        for (item, of) in items.iter_mut().zip(list_at(&json, "items")) {
            // "With `of_right` no notice is needed or looked for."
            let of_right = !of["cumulative"].is_null() && rules.cumulative_notice == "of_right";
            item.cumulative_in_force |= of_right;
            item.quorum = (!of["quorum"].is_null()).then(|| read_quorum(&of["quorum"], quorum.by_class));
        }
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
        Meeting {
            date: date(text_at(&json, "date")),
            polls_close,
            adjourned_from,
            quorum,
            rules,
            clock,
            classes,
            forms,
            items,
            followers: list_at(&json, "proportional").iter().map(read_follower).collect(),
            json,
        }
    }
}

fn read_follower(json: &Value) -> Follower {
    let class = json["as"]["class"].as_str();
    let whom = class.or(json["as"].as_str()).expect("whom it follows");
    Follower {
        account: text_at(json, "account").to_string(),
        whom: whom.to_string(),
        is_class: class.is_some(),
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
        quorum: None,
        withdrawn: json["withdrawn"] == true,
        contested: json["contested"].as_bool(),
    }
}

/// "`items[].quorum` takes the forms of `quorum`; a `by_class` it leaves out is the meeting's."
fn read_quorum(json: &Value, by_class: bool) -> Quorum {
    let read_test = |json: &Value| match json["at_least_holders"].as_i64() {
        Some(count) => QuorumTest::AtLeastHeads(count),
        None if json["counting"] == "holders" => QuorumTest::Heads(read_fraction(json)),
        None => QuorumTest::Votes(read_fraction(json)),
    };
    let tests = match json["all_of"].as_array() {
        Some(list) => list.iter().map(read_test).collect(),
        None => vec![read_test(json)],
    };
    Quorum { tests, by_class: json["by_class"].as_bool().unwrap_or(by_class) }
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
    Form {
        id: text_at(json, "id").to_string(),
        unmarked,
        ballot_cast: false,
        cast: None,
        no_ballot: json["ballot_cast"] == false,
        silent_on: texts_at(json, "ballot_silent_on"),
        names_only: json["names_only"].as_str().unwrap_or("").to_string(),
        allocation,
    }
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
