//! What a figure of two results is called by those who read it: `item "2" (Ratification of auditors): For`.

use serde_json::Value;

use super::changes::FigureChange;
use crate::text::visible;

/// The titles and names of two results; those of the later one go before.
pub(super) struct FigureNames<'a> {
    before: &'a Value,
    after: &'a Value,
}

impl<'a> FigureNames<'a> {
    pub(super) fn of(before: &'a Value, after: &'a Value) -> Self {
        Self { before, after }
    }

    /// The figure of a path, as `items.2.for`, in words.
    pub(super) fn name(&self, path: &str) -> String {
        match path.split_once('.') {
            Some(("items", rest)) => self.of_item(rest),
            Some((top, rest)) => format!("{}: {}", capital(top), words(rest)),
            None => capital(path),
        }
    }

    fn of_item(&self, rest: &str) -> String {
        let (id, rest) = rest.split_once('.').unwrap_or((rest, ""));
        let Some(item) = self.item(id) else { return format!("item \"{}\": {}", visible(id), words(rest)) };
        let item_name = item_name(item);
        for (list, noun) in [("nominees", "nominee"), ("choices", "choice")] {
            let Some(of) = rest.strip_prefix(list).and_then(|rest| rest.strip_prefix('.')) else { continue };
            let all = item[list].as_array().into_iter().flatten();
            // An id may hold a dot: the longest that fits is meant.
            let found = all
                .filter_map(|one| Some((one["id"].as_str()?, one["name"].as_str()?)))
                .filter(|(id, _)| {
                    of.strip_prefix(*id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
                .max_by_key(|(id, _)| id.len());
            let (name, leaf) = match found {
                Some((id, name)) => (visible(name).into_owned(), of[id.len()..].trim_start_matches('.')),
                None => (format!("{noun} {}", visible(of)), ""),
            };
            return if leaf.is_empty() {
                format!("{item_name}: {name}")
            } else {
                format!("{item_name}: {name}: {}", words(leaf))
            };
        }
        if rest.is_empty() { item_name } else { format!("{item_name}: {}", words(rest)) }
    }

    pub(super) fn item(&self, id: &str) -> Option<&'a Value> {
        let of = |certificate: &'a Value| {
            certificate["items"].as_array().into_iter().flatten().find(|item| item["id"] == id)
        };
        of(self.after).or_else(|| of(self.before))
    }

    /// Each item whose outcome differs, before and after, in words.
    pub(super) fn outcomes(&self, ids: impl IntoIterator<Item = String>) -> Vec<FigureChange> {
        let told = |certificate: &Value, id: &str| {
            let mut items = certificate["items"].as_array().into_iter().flatten();
            items.find(|item| item["id"] == id).map_or_else(|| "not there".to_owned(), outcome)
        };
        ids.into_iter()
            .filter_map(|id| {
                let (before, after) = (told(self.before, &id), told(self.after, &id));
                let name = self.item(&id).map(item_name).unwrap_or_default();
                (before != after).then(|| FigureChange { figure: format!("items.{id}"), name, before, after })
            })
            .collect()
    }
}

fn item_name(item: &Value) -> String {
    let text = |key: &str| visible(item[key].as_str().unwrap_or("")).into_owned();
    format!("item \"{}\" ({})", text("id"), text("title"))
}

/// What came of an item: its outcome with those elected, chosen or tied, by name and in ballot order.
fn outcome(item: &Value) -> String {
    let word = item["outcome"].as_str().unwrap_or("").replace('_', " ");
    let names = |ids: &Value| -> Vec<String> {
        let is_meant = |id: &Value| ids == id || ids.as_array().is_some_and(|ids| ids.contains(id));
        let all =
            ["nominees", "choices"].into_iter().flat_map(|list| item[list].as_array().into_iter().flatten());
        all.filter(|one| is_meant(&one["id"]))
            .map(|one| visible(one["name"].as_str().unwrap_or("")).into_owned())
            .collect()
    };
    let mut told = word;
    for (key, lead) in [("elected", ": "), ("choice", ": "), ("tied", "; tied: ")] {
        let named = names(&item[key]);
        if !named.is_empty() {
            told.push_str(lead);
            told.push_str(&named.join(", "));
        }
    }
    let drawn = names(&item["lot"]["elected"]);
    if !drawn.is_empty() {
        told.push_str("; by lot: ");
        told.push_str(&drawn.join(", "));
    }
    match item["vacancies"].as_u64() {
        Some(count) if count > 0 => format!("{told}; {}", crate::text::counted(count, "vacant seat")),
        _ => told,
    }
}

fn capital(text: &str) -> String {
    let text = words(text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The keys of a path in words: `broker_non_votes` is broker non-votes, `tests.0` is test 1.
fn words(path: &str) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut is_test = false;
    for key in path.split('.') {
        match (key, key.parse::<usize>()) {
            ("tests", _) => is_test = true,
            (_, Ok(place)) if is_test => told.push(format!("test {}", place + 1)),
            ("broker_non_votes", _) => told.push("broker non-votes".to_owned()),
            _ => told.push(visible(key).replace('_', " ")),
        }
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_by_name() {
        let certificate = serde_json::json!({ "items": [
            { "id": "1", "title": "Directors", "outcome": "elected", "elected": ["b.x"], "vacancies": 1,
              "nominees": [{ "id": "b", "name": "Ben" }, { "id": "b.x", "name": "Bea" }] },
            { "id": "2", "title": "Plan", "outcome": "not_approved" }
        ] });
        let names = FigureNames::of(&Value::Null, &certificate);
        for (path, told) in [
            ("items.2.for", "item \"2\" (Plan): for"),
            ("items.2.tests.0.needed", "item \"2\" (Plan): test 1, needed"),
            ("items.1.nominees.b.broker_non_votes", "item \"1\" (Directors): Ben: broker non-votes"),
            ("items.1.nominees.b.x.for", "item \"1\" (Directors): Bea: for"),
            ("items.9.for", "item \"9\": for"),
            ("quorum.present", "Quorum: present"),
            ("open_matters", "Open matters"),
            ("status", "Status"),
        ] {
            assert_eq!(names.name(path), told);
        }
        let items = certificate["items"].as_array().unwrap_or_else(|| panic!("items"));
        assert_eq!(outcome(&items[0]), "elected: Bea; 1 vacant seat");
        assert_eq!(outcome(&items[1]), "not approved");
    }
}
