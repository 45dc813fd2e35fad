//! Other names for the same things: the results bear the other names, and nothing else changes.

use serde_json::Value;

use super::{Meeting, Outcome, holds_for_random_meetings};
use crate::generate::random::Random;

/// What every renamed id begins with, so that the old one can be told from the new.
const MARK: &str = "zz";

#[test]
fn other_ids_change_nothing_but_the_ids() {
    holds_for_random_meetings(85, |meeting, random| {
        // Of stated votes that an omnibus list divides, the order of its accounts places the last millionth (REG-3).
        let has_own_votes = meeting.of_role("register").any(|table| table.has("votes"));
        if has_own_votes && !meeting.rows("omnibus").is_empty() {
            return None;
        }
        let first = meeting.outcome();
        let second = back(&renamed(meeting, random).outcome());
        let mut wrong = first.differences(&second);
        wrong.extend(first.other_fates(&second));
        Some(wrong)
    });
}

/// The random part makes the new ids sort otherwise than the old ones.
fn other(random: &mut Random, id: &str) -> String {
    format!("{MARK}{}_{id}", random.below(10))
}

/// Card numbers are compared as text by the rules, so they keep their order.
fn other_card(number: &str) -> String {
    if number.is_empty() { String::new() } else { format!("{MARK}5_{number}") }
}

fn renamed(meeting: &Meeting, random: &mut Random) -> Meeting {
    let mut names = Names { random, known: Vec::new() };
    let mut meeting = meeting.clone();
    let json = &mut meeting.json;
    names.ids(&mut json["classes"], 'c');
    let forms = json["proxy_forms"].as_array_mut().unwrap();
    for form in forms {
        names.text(&mut form["id"], 'f');
        if let Some(silent_on) = form["ballot_silent_on"].as_array_mut() {
            silent_on.iter_mut().for_each(|item| *item = names.value(item, 'i'));
        }
        for key in ["unmarked", "cumulative_allocation"] {
            let Some(by_item) = form[key].as_object() else { continue };
            let by_item = by_item.iter().map(|(item, says)| {
                let says = match says {
                    Value::Array(list) => {
                        Value::Array(list.iter().map(|name| names.value(name, 'n')).collect())
                    }
                    Value::Object(totals) => {
                        totals.iter().map(|(n, v)| (names.of('n', n), v.clone())).collect()
                    }
                    Value::String(text) if text.contains("year") => Value::String(names.of('n', text)),
                    says => says.clone(),
                };
                (names.of('i', item), says)
            });
            form[key] = by_item.collect();
        }
    }
    for item in json["items"].as_array_mut().unwrap() {
        names.text(&mut item["id"], 'i');
        for list in ["nominees", "choices"] {
            names.ids(&mut item[list], 'n');
        }
        for nominee in item["nominees"].as_array_mut().into_iter().flatten() {
            if nominee["substitute"].is_string() {
                names.text(&mut nominee["substitute"], 'n');
            }
        }
        names.list(&mut item["excluded_accounts"], 'a');
        names.list(&mut item["entitled_classes"], 'c');
        for group in item["voting_groups"].as_array_mut().into_iter().flatten() {
            names.list(&mut group["classes"], 'c');
        }
        let notice = &item["cumulative"]["notice"];
        if notice.is_object() && notice["by"] != "notice_of_meeting" {
            names.text(&mut item["cumulative"]["notice"]["by"], 'a');
        }
    }
    for table in &mut meeting.tables {
        let header = table.header.clone();
        for row in &mut table.rows {
            for (column, cell) in header.iter().zip(row) {
                let kind = match (table.role, column.as_str()) {
                    (_, "account" | "holder") => 'a',
                    (_, "class") => 'c',
                    ("cards", "form") => 'f',
                    ("street" | "rulings", "item") => 'i',
                    ("street", "nominee") => 'n',
                    (_, "card") => {
                        *cell = other_card(cell);
                        continue;
                    }
                    // The choice of a frequency item.
                    _ if cell.contains("_year") => 'n',
                    _ => continue,
                };
                if !cell.is_empty() {
                    *cell = names.of(kind, cell);
                }
            }
        }
        if table.role == "cards" {
            for header in &mut table.header {
                if let Some((item, nominee)) = header.clone().split_once('.') {
                    *header = format!("{}.{}", names.of('i', item), names.of('n', nominee));
                } else if header.bytes().all(|byte| byte.is_ascii_digit()) {
                    *header = names.of('i', header);
                }
            }
        }
    }
    meeting
}

/// The new ids by kind and old id, drawn when first met.
struct Names<'r> {
    random: &'r mut Random,
    known: Vec<(char, String, String)>,
}

impl Names<'_> {
    fn of(&mut self, kind: char, id: &str) -> String {
        if let Some((_, _, new)) = self.known.iter().find(|(k, old, _)| *k == kind && old == id) {
            return new.clone();
        }
        let new = other(self.random, id);
        self.known.push((kind, id.to_owned(), new.clone()));
        new
    }

    fn value(&mut self, id: &Value, kind: char) -> Value {
        Value::String(self.of(kind, id.as_str().unwrap()))
    }

    fn text(&mut self, id: &mut Value, kind: char) {
        *id = self.value(id, kind);
    }

    fn list(&mut self, ids: &mut Value, kind: char) {
        ids.as_array_mut().into_iter().flatten().for_each(|id| self.text(id, kind));
    }

    /// The ids of the objects of a list.
    fn ids(&mut self, list: &mut Value, kind: char) {
        list.as_array_mut().into_iter().flatten().for_each(|of| self.text(&mut of["id"], kind));
    }
}

/// The outcome with the old ids.
fn back(outcome: &Outcome) -> Outcome {
    let old = |text: String| -> String {
        let mut parts = text.split(MARK);
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |text, part| text + part.split_once('_').unwrap().1)
    };
    Outcome {
        certificate: serde_json::from_str(&old(outcome.certificate.to_string())).unwrap(),
        ledger: serde_json::from_str(&old(serde_json::to_string(&outcome.ledger).unwrap())).unwrap(),
    }
}
