//! Random small meetings, all of them valid input: amounts are small so that ties and exact edges are common.

mod agenda;
mod cards;
mod inspector;
mod people;
pub mod random;
mod slips;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use agenda::{Agenda, agenda};
use cards::cards_files;
use inspector::inspector;
use people::{People, people};
use random::Random;
use slips::{revocations_file, rulings_file, street_file};

/// One meeting folder: file names and texts.
pub fn generate(seed: u64) -> Vec<(String, String)> {
    generate_by(&mut Random::new(seed)).0
}

/// The same meeting, where some accounts vote as others do.
pub fn generate_with_followers(seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let (mut files, _) = generate_by(&mut random);
    following(&mut random, &mut files);
    files
}

/// The same meeting with more rulings of the inspector, and papers of accounts that lost their zeros.
pub fn generate_with_inspector(seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let (mut files, meeting) = generate_by(&mut random);
    inspector(&mut random, &meeting, &mut files);
    following(&mut random, &mut files);
    files
}

/// Some accounts vote as others do, where no votes are cumulated and no heads are counted.
fn following(random: &mut Random, files: &mut [(String, String)]) {
    let text = |name: &str| files.iter().find(|(other, _)| other == name).map(|(_, text)| text.clone());
    let mut meeting: Value =
        serde_json::from_str(&text("meeting.json").expect("a meeting")).expect("is JSON");
    let words = meeting.to_string();
    if words.contains("at_least_holders") || words.contains("\"counting\"") {
        return;
    }
    // In some meetings nobody gave notice of cumulative voting.
    let is_of_right = meeting["rules"]["cumulative_notice"] == "of_right";
    let is_without_notice = !is_of_right && random.percent(25);
    let mut is_cumulated = false;
    for item in meeting["items"].as_array_mut().expect("items") {
        if is_without_notice && item.get("cumulative").is_some() {
            item["cumulative"] = json!({ "notice": null });
        }
        let in_force =
            item.get("cumulative").is_some() && (is_of_right || !item["cumulative"]["notice"].is_null());
        is_cumulated |= in_force && item["withdrawn"] != true;
    }
    if is_cumulated || !random.percent(70) {
        return;
    }
    let register = text("register.csv").expect("a register");
    let mut rows = register.lines();
    let column = |header: &str, name: &str| header.split(',').position(|cell| cell == name);
    let header = rows.next().expect("a header");
    let at = column(header, "account").expect("accounts");
    let mut accounts: Vec<String> =
        rows.filter_map(|row| row.split(',').nth(at)).map(str::to_string).collect();
    accounts.sort();
    accounts.dedup();
    let classes: Vec<String> = meeting["classes"]
        .as_array()
        .expect("classes")
        .iter()
        .map(|class| class["id"].as_str().expect("an id").to_string())
        .collect();
    let mut followers = Vec::new();
    for account in accounts {
        if random.percent(30) && !account.contains('"') {
            let whom = match random.below(3) {
                0 => json!("own_instructions"),
                1 => json!("all_others"),
                _ => json!({ "class": random.one_of(&classes) }),
            };
            followers.push(json!({ "account": account, "as": whom }));
        }
    }
    meeting["proportional"] = json!(followers);
    let text = serde_json::to_string_pretty(&meeting).expect("a meeting is JSON") + "\n";
    files.iter_mut().find(|(name, _)| name == "meeting.json").expect("a meeting").1 = text;
}

fn generate_by(random: &mut Random) -> (Vec<(String, String)>, Value) {
    let people = people(random);
    let rules = rules(random);
    let agenda = agenda(random, &people, rules["cumulative_notice"] == "of_right");
    let mut meeting = meeting(random, &people, &agenda, rules);
    let mut files = people.files.clone();
    let cards = cards_files(random, &people, &agenda, &meeting);
    if cards.files.len() > 1 {
        let names: Vec<&String> = cards.files.iter().map(|(name, _)| name).collect();
        meeting["files"] = json!({"cards": names});
    }
    files.extend(cards.files);
    files.extend(street_file(random, &people, &agenda));
    files.extend(revocations_file(random, &people));
    files.extend(rulings_file(random, &cards.numbers, &agenda));
    rarities(random, &mut meeting, &mut files);
    let text = serde_json::to_string_pretty(&meeting).expect("a meeting is JSON") + "\n";
    files.push(("meeting.json".to_string(), text));
    (files, meeting)
}

/// What only odd meetings have; drawn last, so that the rest of a seed's meeting does not depend on it.
fn rarities(random: &mut Random, meeting: &mut Value, files: &mut [(String, String)]) {
    let items = meeting["items"].as_array().expect("items").clone();
    for form in meeting["proxy_forms"].as_array_mut().expect("forms") {
        if !form["ballot_cast"].is_null() && random.percent(8) {
            form["ballot_cast"] = json!(random.pick(&[
                "2002-05-14T12:00:01",
                "2002-05-14",
                "2002-05-15",
                "2002-05-14T12:00:00"
            ]));
        }
        for item in &items {
            let id = item["id"].as_str().expect("an id");
            let listed = !form["unmarked"].is_null() && !form["unmarked"][id].is_null();
            if listed && item["kind"] != "proposal" && random.percent(5) {
                let mark = if item["kind"] == "election" { "withhold" } else { "abstain" };
                form["unmarked"][id] = json!(mark);
            }
        }
    }
    for item in meeting["items"].as_array_mut().expect("items") {
        if item["nominees"][0]["unable_to_serve"] == true && random.percent(25) {
            another_unable_to_serve(item);
        }
    }
    matters(random, meeting);
    papers(random, meeting);
    if random.percent(25) {
        heads(random, files);
    }
    if random.percent(5) {
        let register = files.iter_mut().find(|(name, _)| name == "register.csv").expect("a register");
        register.1 = register.1.replace(":50", ":0").replace(":30", ":0");
    }
}

/// Quorums of items, of heads; withdrawn items, contested elections; notice as the rule asks.
fn matters(random: &mut Random, meeting: &mut Value) {
    let asks = |item: &Value| {
        let text = item.to_string();
        text.contains("required_quorum") || text.contains("majority_of_quorum")
    };
    let in_votes = meeting["items"].as_array().expect("items").iter().any(asks);
    if random.percent(12) {
        meeting["quorum"] = quorum_of_heads(random, in_votes);
    }
    let notice = meeting["rules"]["cumulative_notice"].as_str().map(str::to_string);
    for item in meeting["items"].as_array_mut().expect("items") {
        let in_votes = asks(item);
        if random.percent(15) {
            item["quorum"] =
                if random.percent(30) { quorum_of_heads(random, in_votes) } else { quorum(random) };
        }
        if random.percent(5) {
            item["withdrawn"] = json!(true);
        }
        if item["kind"] == "election" && random.percent(12) {
            item["contested"] = json!(random.percent(50));
        }
        if notice.as_deref() == Some("48_hours_before") && !item["cumulative"]["notice"].is_null() {
            item["cumulative"]["notice"] = match random.percent(50) {
                true => json!({"by": "notice_of_meeting"}),
                false => json!({"by": "R1", "given": "2002-04-27T09:00:00"}),
            };
        }
    }
}

/// With a fraction of the votes where a standard is measured by the required quorum.
fn quorum_of_heads(random: &mut Random, in_votes: bool) -> Value {
    let heads = match random.percent(50) {
        true => json!({"at_least_holders": random.between(1, 4)}),
        false => json!({"at_least": random.pick(&["1/3", "1/2"]), "counting": "holders"}),
    };
    if in_votes || random.percent(60) {
        json!({"all_of": [{"at_least": random.pick(&["1/3", "1/10"])}, heads]})
    } else {
        heads
    }
}

/// Ballots that were not cast, or are silent on an item; what a name on the withhold line says of the others.
fn papers(random: &mut Random, meeting: &mut Value) {
    let items: Vec<Value> =
        meeting["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect();
    for form in meeting["proxy_forms"].as_array_mut().expect("forms") {
        // "Written totals beside it: input error."
        let writes =
            |form: &Value, id: &Value| form["cumulative_allocation"][id.as_str().expect("an id")].is_object();
        if random.percent(7) && !items.iter().any(|id| writes(form, id)) {
            form["ballot_cast"] = json!(false);
        }
        let silent: Vec<&Value> = random.some_of(&items.iter().collect::<Vec<_>>(), 40).into_iter().collect();
        let silent: Vec<&Value> = silent.into_iter().filter(|id| !writes(form, id)).collect();
        if random.percent(8) && !silent.is_empty() {
            form["ballot_silent_on"] = json!(silent);
        }
        if random.percent(15) {
            form["names_only"] = json!(random.pick(&["as_unmarked", "not_voted"]));
        }
    }
}

/// Some accounts of the register are one holder's.
fn heads(random: &mut Random, files: &mut [(String, String)]) {
    let register = files.iter_mut().find(|(name, _)| name == "register.csv").expect("a register");
    let mut text = String::new();
    // All rows of an account name one holder.
    let mut of_account: BTreeMap<String, &str> = BTreeMap::new();
    for (place, line) in register.1.lines().enumerate() {
        let picked = random.pick(&["", "", "", "H1", "H1", "H2"]);
        let account = line.split(',').next().unwrap_or_default().to_owned();
        let cell = if place == 0 { "holder" } else { *of_account.entry(account).or_insert(picked) };
        text += &format!("{line},{cell}\n");
    }
    register.1 = text;
}

/// A second nominee who cannot serve, with another substitute than the first where there is a name left.
fn another_unable_to_serve(item: &mut Value) {
    let first_substitute = item["nominees"][0]["substitute"].clone();
    let mut others: Vec<&mut Value> =
        item["nominees"].as_array_mut().expect("nominees").iter_mut().skip(1).collect();
    others.retain(|nominee| nominee["id"] != first_substitute);
    let last = others.pop().map(|nominee| nominee["id"].clone());
    if let (Some(second), Some(last)) = (others.first_mut(), last) {
        second["unable_to_serve"] = json!(true);
        second["substitute"] = last;
    }
}

fn meeting(random: &mut Random, people: &People, agenda: &Agenda, rules: Value) -> Value {
    let mut meeting = json!({
        "company": "Random Corporation",
        "title": "Annual Meeting of Shareholders",
        "date": "2002-05-14",
        "time_zone": random.pick(&["America/Los_Angeles", "America/New_York", "UTC"]),
        "record_date": "2002-03-22",
        "polls_close": random.pick(&["2002-05-14T12:00:00", "2002-05-14T12:00:00", "2002-05-14T12:00", "2002-05-14"]),
        "classes": people.classes,
        "quorum": quorum(random),
        "rules": rules,
        "proxy_forms": agenda.forms,
        "items": agenda.items,
    });
    if random.percent(10) {
        meeting["polls_close"] = Value::Null;
    }
    if agenda.polls_open {
        meeting["polls_open"] = json!("2002-05-14T10:00:00");
    }
    if people.partial {
        meeting["register"] = json!("partial");
    }
    if random.percent(15) {
        meeting["adjourned_from"] =
            random.pick::<Value>(&[&json!(["2002-05-01"]), &json!(["2002-05-07", "2002-04-30"])]).clone();
    }
    meeting
}

fn quorum(random: &mut Random) -> Value {
    let mut quorum = match random.below(10) {
        0..=2 => json!({"at_least": "1/3"}),
        3..=6 => json!({"at_least": "1/10"}),
        _ => json!({"more_than": "1/2"}),
    };
    if random.percent(20) {
        quorum["by_class"] = json!(true);
    }
    quorum
}

/// A law, and every rule of its own with some probability.
fn rules(random: &mut Random) -> Value {
    let keys: [(&str, &[&str]); 12] = [
        ("order", &["form_date", "received"]),
        ("undated", &["yields_to_dated", "as_received"]),
        ("same_date_conflict", &["hold", "quorum_only"]),
        ("joint_holders", &["statute", "statute", "latest_card", "first_named", "unanimous"]),
        ("attendance_revokes", &["on_request", "voting_only"]),
        ("revocable_until", &["voted", "polls_close"]),
        ("signature_mismatch", &["hold", "reject", "accept"]),
        ("overvote", &["first_in", "latest_first", "prorate", "reject_block", "reject_all", "hold"]),
        ("over_cumulated", &["void", "prorate"]),
        ("cumulated_without_notice", &["cap", "void"]),
        ("fractional_votes", &["whole", "six_decimals"]),
        ("excluded_count_for_quorum", &["yes", "no"]),
    ];
    let mut rules = json!({"law": random.pick(&["california", "delaware", "model_act"])});
    for (key, values) in keys {
        if random.percent(45) {
            rules[key] = json!(random.pick(values));
        }
    }
    let notice = [(3, "at_meeting"), (1, "48_hours_before"), (1, "of_right")];
    rules["cumulative_notice"] = json!(random.weighted(&notice));
    if random.percent(10) {
        rules["overmarked_election"] = json!("void");
    }
    if random.percent(10) {
        rules["proxy_valid_months"] = json!(random.one_of(&[1, 6, 11, 12]));
    }
    rules
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::generate;
    use crate::amounts::{Amount, decimal, sum};

    fn sum_of_lines(shown: &Value) -> Amount {
        let lines = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];
        sum(&lines.map(|line| decimal(shown[line].as_str().expect("a line"))))
    }

    /// "over nominees of a straight election, equal sums"; no item has more than is present.
    fn check_conservation(figures: &Value, seed: u64) {
        let present = decimal(figures["quorum"]["present"].as_str().expect("an amount"));
        for item in figures["items"].as_array().expect("items") {
            let rows: Vec<&Value> = match (item["kind"].as_str(), item["voting"].as_str()) {
                (Some("election"), Some("straight")) => {
                    item["nominees"].as_array().expect("nominees").iter().collect()
                }
                (Some("proposal"), _) => vec![item],
                _ => continue,
            };
            let sums: Vec<Amount> = rows.into_iter().map(sum_of_lines).collect();
            assert!(sums.iter().all(|sum| *sum == sums[0] && *sum <= present), "seed {seed}: {item}");
        }
    }

    /// Every generated meeting can be counted, and conserves what the count asserts on its way.
    #[test]
    fn generated_meetings_can_be_counted() {
        for seed in 0..400 {
            let files = generate(seed);
            let reader =
                |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, text)| text.clone());
            let figures = crate::count::count(&reader, None);
            let as_of = crate::count::count(&reader, Some("2002-05-02"));
            assert_eq!(
                figures["dispositions"].as_object().expect("dispositions").len(),
                figures["cards"]["read"]
            );
            assert_eq!(as_of["status"], "preliminary");
            check_conservation(&figures, seed);
            check_conservation(&as_of, seed);
        }
    }
}
