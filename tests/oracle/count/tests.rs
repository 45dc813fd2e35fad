//! Figures of the domain brief and of the rules, each worked by hand there. T-nn are its numbers.

mod cards;
mod cumulative;
mod golden;
mod standards;

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A meeting folder in memory.
#[derive(Clone)]
pub struct Papers {
    pub meeting: Value,
    pub files: BTreeMap<&'static str, String>,
}

impl Papers {
    /// One class, `outstanding` shares, polls closed at noon of 14 May 2002, one form cast on time.
    pub fn new(outstanding: &str, items: Value) -> Papers {
        let meeting = json!({
            "company": "Example Corporation",
            "title": "Annual Meeting",
            "date": "2002-05-14",
            "time_zone": "America/Los_Angeles",
            "record_date": "2002-03-22",
            "polls_close": "2002-05-14T12:00:00",
            "classes": [{"id": "common", "name": "Common Stock", "outstanding": outstanding}],
            "quorum": {"more_than": "1/2"},
            "rules": {"law": "california"},
            "proxy_forms": [{"id": "white", "holders": ["A. Holder"], "ballot_cast": "2002-05-14T11:00:00"}],
            "items": items,
        });
        Papers { meeting, files: BTreeMap::new() }
    }

    pub fn file(mut self, name: &'static str, text: &str) -> Papers {
        self.files.insert(name, text.to_string());
        self
    }

    /// Sets a value by its JSON pointer; the last key may be new.
    pub fn set(mut self, pointer: &str, value: Value) -> Papers {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        self.meeting.pointer_mut(parent).expect("the parent exists")[key] = value;
        self
    }

    pub fn count(&self) -> Value {
        let reader = |name: &str| match name {
            "meeting.json" => Some(self.meeting.to_string()),
            other => self.files.get(other).cloned(),
        };
        super::count(&reader, None)
    }
}

pub fn proposal(standard: Value) -> Value {
    json!([{"id": "1", "kind": "proposal", "title": "A proposal", "standard": standard}])
}

pub fn election(seats: usize, names: &[&str]) -> Value {
    let nominees: Vec<Value> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
    json!([{"id": "1", "kind": "election", "title": "Directors", "seats": seats, "nominees": nominees}])
}

/// `for against abstain withheld broker_non_votes not_voted` of an item or nominee.
pub fn lines(shown: &Value) -> String {
    let line = |name: &str| shown[name].as_str().unwrap_or("-").to_string();
    ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"].map(line).join(" ")
}

/// `disposition reason cause` of a card.
pub fn disposition(figures: &Value, card: &str) -> String {
    let entry = &figures["dispositions"][card];
    let part = |name: &str| entry[name].as_str().expect("a disposition has it").to_string();
    format!("{} {} {}", part("disposition"), part("reason"), part("cause")).trim().to_string()
}
