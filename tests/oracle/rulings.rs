//! rulings.csv, and the accounts that are not there but near one that is: what the inspector rules is written into the rows
//! of the other files before they are read.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{Row, cell, filled};

/// Columns that no file has: how a row is ruled on, what of it is ruled out, and that its account is near another.
pub const VERDICT: &str = "\u{1}ruling";
pub const OUT: &str = "\u{1}out ";
pub const BY_FORM: &str = "\u{1}by form";
pub const NEAR: &str = "\u{1}near";

/// The rows of the files.
pub struct Tables {
    pub register: Vec<Row>,
    pub omnibus: Vec<Row>,
    pub cards: Vec<Row>,
    pub street: Vec<Row>,
    pub revocations: Vec<Row>,
    pub rulings: Vec<Row>,
    /// What a card without a form has.
    pub first_form: Option<String>,
    pub in_omnibus: BTreeSet<String>,
    pub waits: bool,
}

impl Tables {
    /// Applies the rulings; the answer are those on street totals.
    pub fn settle(&mut self) -> BTreeMap<String, bool> {
        let known = accounts(&self.register);
        // "an omnibus row's `holder`": on the register or in omnibus.csv.
        let holders: BTreeSet<String> = known.union(&accounts(&self.omnibus)).cloned().collect();
        self.in_omnibus = accounts(&self.omnibus);
        let omnibus = std::mem::take(&mut self.omnibus);
        self.omnibus = self.settle_rows(omnibus, "omnibus", "holder", &holders);
        // "neither on the register nor in omnibus.csv": an account of a row that counts for nothing is there, without shares.
        let known = holders;
        let revocations = std::mem::take(&mut self.revocations);
        self.revocations = self.settle_rows(revocations, "revocation", "account", &known);
        let street = self.settle_street(&known);
        self.settle_cards(&known);
        street
    }

    fn ruling(&self, column: &str, on: &str, kinds: &[&str]) -> Option<&Row> {
        let is_on = |row: &&Row| {
            cell(row, column) == on && kinds.contains(&cell(row, "ruling")) && cell(row, "item").is_empty()
        };
        self.rulings.iter().find(is_on)
    }

    /// omnibus.csv and revocations.csv: rulings name the line. "Until it is ruled on, the row counts for nothing".
    fn settle_rows(&mut self, rows: Vec<Row>, of: &str, column: &str, known: &BTreeSet<String>) -> Vec<Row> {
        let mut kept = Vec::new();
        for (place, mut row) in rows.into_iter().enumerate() {
            let line = (place + 2).to_string();
            let ruling =
                self.ruling(of, &line, &["count", "reject"]).map(|row| cell(row, "ruling").to_string());
            if ruling.as_deref() == Some("reject") {
                continue;
            }
            if !known.contains(cell(&row, column)) {
                match self.ruling(of, &line, &["account"]).and_then(|row| filled(row, "account")) {
                    Some(account) => _ = row.insert(column.to_string(), account),
                    None => {
                        assert!(is_near(cell(&row, column), known), "an account that nobody knows");
                        self.waits = true;
                        continue;
                    }
                }
            }
            row.extend(ruling.map(|ruling| (VERDICT.to_string(), ruling)));
            kept.push(row);
        }
        kept
    }

    /// "a participant's totals (`street`, its account)".
    fn settle_street(&mut self, known: &BTreeSet<String>) -> BTreeMap<String, bool> {
        let rows = std::mem::take(&mut self.street);
        for mut row in rows {
            let written = cell(&row, "account").to_string();
            if !known.contains(&written) {
                if self.ruling("street", &written, &["reject"]).is_some() {
                    continue;
                }
                match self.ruling("street", &written, &["account"]).and_then(|row| filled(row, "account")) {
                    Some(account) => _ = row.insert("account".to_string(), account),
                    None => {
                        assert!(is_near(&written, known), "an account that nobody knows");
                        self.waits = true;
                        continue;
                    }
                }
            }
            self.street.push(row);
        }
        let is_on_totals =
            |row: &&Row| known.contains(cell(row, "street")) && cell(row, "ruling") != "account";
        let verdict = |row: &Row| (cell(row, "street").to_string(), cell(row, "ruling") == "count");
        self.rulings.iter().filter(is_on_totals).map(verdict).collect()
    }

    /// "A card's ruling beats its form's".
    fn settle_cards(&mut self, known: &BTreeSet<String>) {
        let mut cards = std::mem::take(&mut self.cards);
        for card in &mut cards {
            let number = cell(card, "card").to_string();
            let both = ["count", "reject"];
            let own = self.ruling("card", &number, &both);
            let form =
                filled(card, "form").or(self.first_form.clone()).filter(|_| cell(card, "kind") != "ballot");
            let of_form = || self.rulings.iter().find(|row| form.is_some() && form == filled(row, "form"));
            let by_form = own.is_none();
            let verdict = own.or_else(of_form).map(|row| cell(row, "ruling").to_string());
            if let Some(account) =
                self.ruling("card", &number, &["account"]).and_then(|row| filled(row, "account"))
            {
                card.insert("account".to_string(), account);
            }
            if !known.contains(cell(card, "account")) && is_near(cell(card, "account"), known) {
                card.insert(NEAR.to_string(), "yes".to_string());
            }
            if by_form {
                card.insert(BY_FORM.to_string(), "yes".to_string());
            }
            card.extend(verdict.map(|verdict| (VERDICT.to_string(), verdict)));
            for ruling in self.rulings.iter().filter(|row| cell(row, "card") == number) {
                let (item, nominee) = (cell(ruling, "item"), cell(ruling, "nominee"));
                let place = if nominee.is_empty() { item.to_string() } else { format!("{item}.{nominee}") };
                match cell(ruling, "ruling") {
                    "mark" => {
                        let mark = cell(ruling, "mark");
                        let blank = mark.eq_ignore_ascii_case("BLANK");
                        card.insert(place, if blank { String::new() } else { mark.to_string() });
                    }
                    // "the card stands and is not voted there": a rejected name's box is void.
                    "reject" if !nominee.is_empty() => _ = card.insert(place, "VOID".to_string()),
                    "reject" if !item.is_empty() => _ = card.insert(format!("{OUT}{place}"), String::new()),
                    _ => {}
                }
            }
        }
        self.cards = cards;
    }
}

fn accounts(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(|row| cell(row, "account").to_string()).collect()
}

/// "equals exactly one that is, when case, spaces, punctuation and leading zeros are set aside"; "An account of which only
/// zeros or punctuation remains is compared as written."
fn is_near(account: &str, known: &BTreeSet<String>) -> bool {
    let key = |text: &str| {
        let kept: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let kept = kept.to_lowercase().trim_start_matches('0').to_string();
        if kept.is_empty() { text.to_string() } else { kept }
    };
    known.iter().filter(|other| key(other) == key(account)).count() == 1
}
