//! Cards that a file states as shares for each way of voting: blocks.

use serde_json::Value;

use super::{Meeting, Random, matters};

/// Puts blocks of one matter in the place of a meeting's cards: a card for each way of voting, limited to its
/// shares, its number that of its record with the way behind it.
pub fn cards_of_blocks(random: &mut Random, meeting: &mut Meeting) {
    let json = meeting.json.clone();
    let register = meeting.rows("register");
    let accounts: Vec<String> = register
        .iter()
        .filter(|row| row["holders"].is_empty() && row["registration"] != "joint")
        .map(|row| row["account"].to_owned())
        .filter(|account| register.iter().filter(|row| row["account"] == account).count() == 1)
        .collect();
    if accounts.is_empty() {
        return;
    }
    let matters = matters(&json);
    let mut rows = Vec::new();
    for record in 1..=random.between(1, 6) {
        let matter = random.below(matters.len());
        let ways = ways_of(&json, &matters[matter]);
        let account = random.one_of(&accounts).clone();
        let received = random.pick(&["2002-05-02", "2002-05-13", "2002-05-14T11:59:59"]);
        for way in random.some_of(&ways, 50) {
            let shares = random.pick(&["1", "2", "5", "10", "33.5"]);
            let mut row = vec![format!("B{record}-{way}"), account.clone(), received.to_owned()];
            row.extend(["internet".to_owned(), shares.to_owned()]);
            row.extend(
                (0..matters.len()).map(|place| if place == matter { way.clone() } else { String::new() }),
            );
            rows.push(row);
        }
    }
    meeting.tables.retain(|table| !matches!(table.role, "cards" | "rulings"));
    let header = ["card", "account", "received", "medium", "shares"].map(str::to_owned);
    let header = header.into_iter().chain(matters).collect();
    let at = meeting.tables.iter().position(|table| !matches!(table.role, "register" | "omnibus"));
    let table = super::Table { role: "cards", file: "blocks.csv".to_owned(), header, rows };
    meeting.tables.insert(at.unwrap_or(meeting.tables.len()), table);
}

/// The ways of voting on a matter, in the order in which their columns stand.
pub fn ways_of(meeting: &Value, matter: &str) -> Vec<String> {
    let id = matter.split('.').next().unwrap();
    let item = meeting["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
    let marks = ["FOR", "AGAINST", "WITHHOLD", "ABSTAIN", "NONVOTE"].map(str::to_owned);
    match item["choices"].as_array() {
        None => marks.to_vec(),
        Some(choices) => {
            let choices = choices.iter().map(|choice| choice["id"].as_str().unwrap().to_owned());
            choices.chain(marks[3..].iter().cloned()).collect()
        }
    }
}
