//! What the program certified of a meeting, in words that a test can compare.

use std::collections::HashMap;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support;

/// What was certified, with the ledger's row of every card.
pub struct Counted {
    certificate: Value,
    ledger: HashMap<String, HashMap<String, String>>,
}

impl Counted {
    /// Reads a certificate and its ledger. The exit code must say whether it is certified.
    pub fn of(output: &Output, ledger: &Path) -> Self {
        let certificate: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("nothing was certified:\n{}", support::stderr(output)));
        let expected = if certificate["status"] == "certified" { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(expected), "{}", certificate["open_matters"]);
        let mut reader = csv::Reader::from_path(ledger).unwrap();
        let rows = reader.deserialize::<HashMap<String, String>>().map(Result::unwrap);
        Self { certificate, ledger: rows.map(|row| (row["card"].clone(), row)).collect() }
    }

    pub fn at(&self, pointer: &str) -> &Value {
        self.certificate.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the certificate"))
    }

    pub fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("{pointer} is no text"))
    }

    fn item(&self, id: &str) -> &Value {
        let items = self.certificate["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no item {id}"))
    }

    /// The lines that hold votes, of an item (`"2"`) or of a nominee (`"1.ann"`): `600 for, 400 abstain`.
    pub fn votes(&self, path: &str) -> String {
        let (id, nominee) = path.split_once('.').map_or((path, None), |(id, name)| (id, Some(name)));
        let mut at = self.item(id);
        if let Some(nominee) = nominee {
            let nominees = at["nominees"].as_array().unwrap();
            at = nominees.iter().find(|one| one["id"] == nominee).unwrap();
        }
        let lines = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];
        let filled = lines.iter().filter(|line| at[**line].as_str().is_some_and(|votes| votes != "0"));
        let filled: Vec<String> =
            filled.map(|line| format!("{} {line}", at[*line].as_str().unwrap())).collect();
        if filled.is_empty() { "nothing".to_owned() } else { filled.join(", ") }
    }

    /// What came of an item; of an election also who was elected and who is tied.
    pub fn outcome(&self, id: &str) -> String {
        let item = self.item(id);
        let mut words = vec![item["outcome"].as_str().unwrap().to_owned()];
        let names = |key: &str| item[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        words.extend(names("elected").map(str::to_owned));
        words.extend(names("tied").map(|name| format!("({name})")));
        words.extend(item["choice"].as_str().map(str::to_owned));
        words.join(" ")
    }

    /// A test of an item: `251 of 500, 251 needed: met`.
    pub fn test(&self, id: &str, place: usize) -> String {
        let test = &self.item(id)["tests"][place];
        let [votes, base, needed] = ["for", "base", "needed"].map(|key| test[key].as_str().unwrap());
        let met = if test["met"] == true { "met" } else { "not met" };
        format!("{votes} of {base}, {needed} needed: {met}")
    }

    /// Disposition, reason and cause of a card: `superseded later_proxy C-2`.
    pub fn fate(&self, card: &str) -> String {
        let row = &self.ledger[card];
        let words = ["disposition", "reason", "cause"].map(|column| row[column].as_str());
        let shown = if words[0] == "counted" { &words[..1] } else { &words[..] };
        shown.iter().copied().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The shares counted for a card.
    pub fn shares(&self, card: &str) -> &str {
        &self.ledger[card]["shares_counted"]
    }

    pub fn present(&self) -> &str {
        self.text("/quorum/present")
    }

    /// The matters that keep the result preliminary.
    pub fn open(&self) -> Vec<&str> {
        let matters = self.certificate["open_matters"].as_array().unwrap();
        matters.iter().map(|matter| matter["code"].as_str().unwrap()).collect()
    }

    /// The codes of the warnings.
    pub fn warnings(&self) -> Vec<&str> {
        self.at("/warnings").as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
    }

    /// What the warning of a code says; there is one and no more.
    pub fn warning(&self, code: &str) -> &str {
        let all = self.at("/warnings").as_array().unwrap();
        let said: Vec<&str> =
            all.iter().filter(|one| one["code"] == code).map(|one| one["says"].as_str().unwrap()).collect();
        assert_eq!(said.len(), 1, "{code}: {all:?}");
        said[0]
    }

    /// Whether a note of the certificate holds a text.
    pub fn notes(&self, text: &str) -> bool {
        self.at("/notes").as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains(text))
    }

    /// A cell of the ledger; nothing where the ledger has no such column.
    pub fn cell(&self, card: &str, column: &str) -> Option<&str> {
        self.ledger[card].get(column).map(String::as_str)
    }

    /// Whether the certificate names a rule among those that took effect.
    pub fn cites(&self, id: &str) -> bool {
        let rules = self.certificate["rules_applied"].as_array().unwrap();
        rules.iter().any(|rule| rule["id"] == id)
    }
}
