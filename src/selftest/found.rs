//! The figures of a certificate by the names that the deck gives them.

use serde_json::Value;

use super::Figures;

/// A value of the certificate as a text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

const LINES: [&str; 6] = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];

const POOLS: [&str; 7] = ["pool", "cast", "unused", "withheld", "void", "broker_non_votes", "not_voted"];

fn each<'a>(value: &'a Value) -> impl Iterator<Item = &'a Value> + 'a {
    value.as_array().into_iter().flatten()
}

/// Ids with their names: `bell (Sam P. Bell)`.
fn named(values: &Value) -> String {
    each(values)
        .map(|one| format!("{} ({})", text(&one["id"]), text(&one["name"])))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The figures of a certificate as data, and of each card in the ledger: number, disposition, reason.
#[must_use]
pub fn found(certificate: &Value, cards: &[[String; 3]]) -> Figures {
    let mut figures = Figures::new();
    let meeting = &certificate["meeting"];
    for (name, key) in [
        ("company", "company"),
        ("title", "title"),
        ("date", "date"),
        ("time zone", "time_zone"),
        ("record date", "record_date"),
        ("adjourned from", "adjourned_from"),
        ("inspectors", "inspectors"),
        ("polls close", "polls_close"),
    ] {
        figures.insert(format!("meeting: {name}"), text(&meeting[key]));
    }
    let ids = |values: &Value| each(values).map(|one| text(&one["id"])).collect::<Vec<_>>().join(", ");
    figures.insert("classes".to_owned(), ids(&certificate["classes"]));
    figures.insert("forms".to_owned(), ids(&meeting["proxy_forms"]));
    figures.insert("items".to_owned(), ids(&certificate["items"]));
    for (key, value) in certificate["rules"].as_object().into_iter().flatten() {
        figures.insert(format!("rule {key}"), text(value));
    }
    for key in ["outstanding", "present", "required"] {
        figures.insert(format!("quorum: {key}"), text(&certificate["quorum"][key]));
    }
    for class in each(&certificate["classes"]) {
        for (name, key) in
            [("name", "name"), ("votes outstanding", "votes_outstanding"), ("votes present", "votes_present")]
        {
            figures.insert(format!("class {}: {name}", text(&class["id"])), text(&class[key]));
        }
    }
    let codes: Vec<String> = each(&certificate["open_matters"]).map(|matter| text(&matter["code"])).collect();
    let mut codes = codes;
    codes.sort_unstable();
    figures.insert("open matters".to_owned(), codes.join(", "));
    for [number, disposition, reason] in cards {
        figures.insert(format!("card {number}"), format!("{disposition}, {reason}"));
    }
    each(&certificate["items"]).for_each(|item| of_item(item, &mut figures));
    figures
}

fn of_item(item: &Value, figures: &mut Figures) {
    let start = format!("item {}", text(&item["id"]));
    let mut tell = |what: &str, value: String| _ = figures.insert(format!("{start}: {what}"), value);
    for (name, key) in [
        ("title", "title"),
        ("kind", "kind"),
        ("present", "present"),
        ("outstanding", "outstanding"),
        ("outcome", "outcome"),
        ("voting", "voting"),
        ("seats", "seats"),
        ("elected", "elected"),
        ("tied", "tied"),
        ("excluded accounts", "excluded_accounts"),
    ] {
        tell(name, text(&item[key]));
    }
    tell("advisory", (item["advisory"] == true).to_string());
    tell("quorum required", text(&item["quorum"]["required"]));
    tell("nominees", named(&item["nominees"]));
    tell("choices", named(&item["choices"]));
    if item["kind"] != "election" {
        lines(&start, item, figures);
        tests(&start, item, figures);
    }
    for (number, group) in each(&item["voting_groups"]).enumerate() {
        let start = format!("{start}: voting group {}", number + 1);
        figures.insert(format!("{start}: classes"), text(&group["classes"]));
        lines(&start, group, figures);
        tests(&start, group, figures);
    }
    for choice in each(&item["choices"]) {
        figures.insert(format!("{start}: {}: for", text(&choice["id"])), text(&choice["for"]));
    }
    for nominee in each(&item["nominees"]) {
        let start = format!("{start}: {}", text(&nominee["id"]));
        lines(&start, nominee, figures);
        tests(&start, nominee, figures);
    }
    let pools: &[&str] = if item["cumulative"].is_object() { &POOLS } else { &[] };
    for key in pools {
        let name = format!("{start}: cumulated votes: {}", key.replace('_', " "));
        figures.insert(name, text(&item["cumulative"][*key]));
    }
}

fn lines(start: &str, of: &Value, figures: &mut Figures) {
    for key in LINES {
        figures.insert(format!("{start}: {}", key.replace('_', " ")), text(&of[key]));
    }
}

fn tests(start: &str, of: &Value, figures: &mut Figures) {
    for (number, test) in each(&of["tests"]).enumerate() {
        let asked =
            ["more_than", "at_least"].into_iter().find(|key| test.get(key).is_some()).unwrap_or_default();
        let asks = format!("{} {} of {}", asked.replace('_', " "), text(&test[asked]), text(&test["of"]));
        figures.insert(format!("{start}: test {}: asks", number + 1), asks);
        figures.insert(format!("{start}: test {}: base", number + 1), text(&test["base"]));
    }
}
