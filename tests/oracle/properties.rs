//! What must hold of every meeting, whoever counts it: random meetings are changed in ways that the
//! rules say change nothing, or only one thing, and the program counts both.
//!
//! `QUORATE_SEEDS=from..to` chooses the random meetings here too.

mod cards;
mod conservation;
mod foreign;
mod names;
mod order;
mod scopes;
mod votes;
mod weights;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::generate::generate;
use crate::generate::random::Random;
use crate::support::differences;

/// So many random meetings are tried unless `QUORATE_SEEDS` says otherwise.
const SEEDS: std::ops::Range<u64> = 0..300;

/// A meeting's files, to be changed.
#[derive(Clone)]
struct Meeting {
    json: Value,
    tables: Vec<Table>,
}

/// A CSV file; none of the random ones needs quotes.
#[derive(Clone)]
struct Table {
    role: &'static str,
    file: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What the program made of a meeting.
struct Outcome {
    certificate: Value,
    /// The rows of the ledger by card.
    ledger: BTreeMap<String, BTreeMap<String, String>>,
}

impl Meeting {
    fn of(seed: u64) -> Self {
        let files = generate(seed);
        let text = |name: &str| &files.iter().find(|(file, _)| file == name).unwrap().1;
        let json = serde_json::from_str(text("meeting.json")).unwrap();
        let tables = files.iter().filter(|(file, _)| file.ends_with(".csv")).map(|(file, text)| {
            let role = match file.as_str() {
                "register.csv" => "register",
                "omnibus.csv" => "omnibus",
                "street.csv" => "street",
                "revocations.csv" => "revocations",
                "rulings.csv" => "rulings",
                _ => "cards",
            };
            let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
            Table { role, file: file.clone(), header: lines.next().unwrap(), rows: lines.collect() }
        });
        Self { json, tables: tables.collect() }
    }

    fn outcome(&self) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("meeting.json"), self.json.to_string()).unwrap();
        for table in &self.tables {
            let lines = std::iter::once(&table.header).chain(&table.rows);
            let text: String = lines.map(|line| line.join(",") + "\n").collect();
            fs::write(folder.path().join(&table.file), text).unwrap();
        }
        let (certificate, ledger) = crate::by_program(folder.path(), None);
        Outcome { certificate, ledger: serde_json::from_value(ledger).unwrap() }
    }

    fn of_role(&self, role: &str) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.role == role)
    }

    fn of_role_mut(&mut self, role: &str) -> impl Iterator<Item = &mut Table> {
        self.tables.iter_mut().filter(move |table| table.role == role)
    }

    /// The cells of the rows of a role's files, by column.
    fn rows(&self, role: &str) -> Vec<BTreeMap<&str, &str>> {
        self.of_role(role)
            .flat_map(|table| table.rows.iter().map(move |row| (table, row)))
            .map(|(table, row)| {
                table.header.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect()
            })
            .collect()
    }

    fn items(&self) -> &Vec<Value> {
        self.json["items"].as_array().unwrap()
    }

    /// Accounts whose cards do not bear on each other through co-holders or blocks: in no class joint or nominees.
    fn plain_accounts(&self) -> Vec<String> {
        let rows = self.rows("register");
        let is_plain = |account: &str| {
            rows.iter()
                .filter(|row| row["account"] == account)
                .all(|row| row["holders"].is_empty() && !matches!(row["registration"], "joint" | "nominee"))
        };
        let mut accounts: Vec<String> =
            rows.iter().map(|row| row["account"].to_owned()).filter(|account| is_plain(account)).collect();
        accounts.dedup();
        accounts
    }

    /// Adds a card: its cells by column; the others are blank.
    fn add_card(&mut self, cells: &[(&str, &str)]) {
        if cells.iter().any(|(column, _)| *column == "signed") {
            self.state_signatures();
        }
        let table = self.of_role_mut("cards").last().unwrap();
        let row = table.rows.len();
        table.rows.push(vec![String::new(); table.header.len()]);
        for (column, cell) in cells {
            table.set(row, column, cell);
        }
    }

    /// "column absent means all were signed": the same in so many words.
    fn state_signatures(&mut self) {
        for table in self.of_role_mut("cards") {
            if table.has("signed") {
                continue;
            }
            table.header.push("signed".to_owned());
            for row in 0..table.rows.len() {
                let is_by_mail = matches!(table.cell(row, "medium"), "" | "mail");
                let signed = if is_by_mail && table.cell(row, "kind") != "ballot" { "yes" } else { "" };
                table.rows[row].push(signed.to_owned());
            }
        }
    }
}

impl Table {
    fn place(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|header| header == column)
    }

    fn has(&self, column: &str) -> bool {
        self.place(column).is_some()
    }

    fn cell(&self, row: usize, column: &str) -> &str {
        self.place(column).map_or("", |place| &self.rows[row][place])
    }

    /// Sets a cell; the column is added where it is missing.
    fn set(&mut self, row: usize, column: &str, cell: &str) {
        let place = self.place(column).unwrap_or_else(|| {
            self.header.push(column.to_owned());
            self.rows.iter_mut().for_each(|row| row.push(String::new()));
            self.header.len() - 1
        });
        self.rows[row][place] = cell.to_owned();
    }
}

impl Outcome {
    /// What the inspector certifies, without how many cards a margin or an open matter is made of.
    fn figures(&self) -> Value {
        let mut figures = serde_json::json!({
            "status": self.certificate["status"],
            "quorum": self.certificate["quorum"],
            "items": self.certificate["items"],
        });
        for item in figures["items"].as_array_mut().unwrap() {
            item.as_object_mut().unwrap().remove("margin");
        }
        figures
    }

    /// A card's disposition and reason.
    fn fate(&self, card: &str) -> (&str, &str) {
        let row = &self.ledger[card];
        (&row["disposition"], &row["reason"])
    }

    /// Every card's disposition, reason and shares, and the card that caused it.
    fn fates(&self) -> BTreeMap<&str, [&str; 4]> {
        self.ledger
            .iter()
            .map(|(card, row)| {
                let cell = |column: &str| row[column].as_str();
                // A revocation or a ruling is named by its line, which another order of rows changes.
                let cause = if cell("cause").contains(".csv") { "" } else { cell("cause") };
                let fate = [cell("disposition"), cell("reason"), cell("shares_counted"), cause];
                (card.as_str(), fate)
            })
            .collect()
    }

    /// The differences of another outcome's figures from these.
    fn differences(&self, other: &Outcome) -> Vec<String> {
        let mut found = Vec::new();
        differences("", &self.figures(), &other.figures(), &mut found);
        found
    }

    /// The differences of another outcome's dispositions from these, of the cards that this one has.
    fn other_fates(&self, other: &Outcome) -> Vec<String> {
        let others = other.fates();
        let changed = |(card, fate): (&str, [&str; 4])| {
            let found = others.get(card);
            (found != Some(&fate)).then(|| format!("card {card}: {fate:?}, then {found:?}"))
        };
        self.fates().into_iter().filter_map(changed).collect()
    }
}

/// Checks random meetings. `check` returns what is wrong, or nothing where the meeting has nothing to
/// try; of each hundred meetings at least `tried_of_hundred` must be tried.
fn holds_for_random_meetings(
    tried_of_hundred: u64,
    check: impl Fn(&Meeting, &mut Random) -> Option<Vec<String>>,
) {
    let seeds = crate::seeds_or(SEEDS);
    let mut failures = Vec::new();
    let mut tried = 0;
    for seed in seeds.clone() {
        let meeting = Meeting::of(seed);
        match check(&meeting, &mut Random::new(!seed)) {
            Some(wrong) if wrong.is_empty() => tried += 1,
            Some(wrong) => failures.push(format!("seed {seed}\n    {}", wrong.join("\n    "))),
            None => {}
        }
    }
    let count = failures.len();
    failures.truncate(20);
    assert!(failures.is_empty(), "{count} of {seeds:?}:\n{}", failures.join("\n"));
    let all = seeds.end - seeds.start;
    assert!(all < 100 || tried * 100 >= tried_of_hundred * all, "only {tried} of {all} meetings were tried");
}
