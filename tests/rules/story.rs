//! A meeting told in a few lines.

use std::process::Output;

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::support;

/// A meeting on 20 May 2024 in Los Angeles under California law: a majority is a quorum, the proxy
/// holders handed in their ballot at half past ten, and the polls closed at eleven.
#[derive(Clone)]
pub struct Meeting {
    settings: Value,
    files: Vec<(String, String)>,
    flags: Vec<String>,
}

impl Meeting {
    /// One class, held as in `"A 600, B 400"`; all of it is outstanding.
    pub fn of(holders: &str) -> Self {
        let rows: Vec<(&str, &str)> =
            holders.split(',').filter_map(|holder| holder.trim().split_once(' ')).collect();
        let outstanding: u64 = rows.iter().map(|(_, shares)| shares.parse::<u64>().unwrap()).sum();
        let rows: Vec<String> =
            rows.iter().map(|(account, shares)| format!("{account}, {account}, {shares}")).collect();
        let register = format!("account, name, shares\n{}", rows.join("\n"));
        Self::with_register(&outstanding.to_string(), &register)
    }

    /// One class with so many shares outstanding, and the register as it is written.
    pub fn with_register(outstanding: &str, register: &str) -> Self {
        let settings = json!({
            "company": "Story", "title": "Annual Meeting", "date": "2024-05-20",
            "time_zone": "America/Los_Angeles", "record_date": "2024-04-01",
            "polls_open": "2024-05-20T10:00:00", "polls_close": "2024-05-20T11:00:00",
            "classes": [{ "id": "common", "outstanding": outstanding }],
            "quorum": { "more_than": "1/2" },
            "rules": { "law": "california" },
            "proxy_forms": [{ "id": "white", "ballot_cast": "2024-05-20T10:30:00" }],
            "items": []
        });
        Self { settings, files: Vec::new(), flags: Vec::new() }.file("register.csv", register)
    }

    /// A file; cells may be spaced so that they stand under each other.
    pub fn file(mut self, name: &str, rows: &str) -> Self {
        let lines: Vec<&str> = rows.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        self.files.retain(|(other, _)| other != name);
        self.files.push((name.to_owned(), lines.join("\n") + "\n"));
        self
    }

    pub fn cards(self, rows: &str) -> Self {
        self.file("cards.csv", rows)
    }

    /// Sets a value of meeting.json by its JSON pointer.
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        self.settings.pointer_mut(parent).unwrap()[key] = value.into();
        self
    }

    pub fn rule(self, key: &str, value: impl Into<Value>) -> Self {
        self.set(&format!("/rules/{key}"), value)
    }

    pub fn flag(mut self, name: &str, value: &str) -> Self {
        self.flags.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// An item; ids are 1, 2, 3 in the order in which items are added.
    fn item(mut self, mut item: Value) -> Self {
        let items = self.settings["items"].as_array_mut().unwrap();
        item["id"] = (items.len() + 1).to_string().into();
        item["title"] = "Matter".into();
        items.push(item);
        self
    }

    pub fn proposal(self, standard: impl Into<Value>) -> Self {
        self.item(json!({ "kind": "proposal", "standard": standard.into() }))
    }

    /// An election by plurality of the nominees `"ann bob cat"`.
    pub fn election(self, seats: u32, nominees: &str) -> Self {
        let nominees: Vec<Value> =
            nominees.split(' ').map(|name| json!({ "id": name, "name": name })).collect();
        self.item(json!({ "kind": "election", "seats": seats, "nominees": nominees }))
    }

    pub fn frequency(self, choices: &str) -> Self {
        let choices: Vec<Value> =
            choices.split(' ').map(|name| json!({ "id": name, "name": name })).collect();
        self.item(json!({ "kind": "frequency", "choices": choices }))
    }

    /// Runs the program over a folder of its own, with its results in `out` there.
    fn run(&self) -> (tempfile::TempDir, Output) {
        let settings = self.settings.to_string();
        let mut files: Vec<(&str, &str)> = vec![("meeting.json", &settings)];
        files.extend(self.files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let folder = support::folder_of(&files);
        let out = folder.path().join("out");
        let [path, out] = [folder.path(), &out].map(|path| path.to_str().unwrap());
        let mut args = vec!["tabulate", path, "--format", "json", "--out", out];
        args.extend(self.flags.iter().map(String::as_str));
        let output = support::quorate(&args);
        (folder, output)
    }

    /// Counts the meeting.
    pub fn count(&self) -> Counted {
        let (folder, output) = self.run();
        Counted::of(&output, &folder.path().join("out/ledger.csv"))
    }

    /// What `explain` says, on lines as wide as they need.
    pub fn explain(&self, args: &[&str]) -> String {
        let settings = self.settings.to_string();
        let mut files: Vec<(&str, &str)> = vec![("meeting.json", &settings)];
        files.extend(self.files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let folder = support::folder_of(&files);
        let mut all = vec!["explain", folder.path().to_str().unwrap()];
        all.extend(args);
        let output = support::quorate(&all);
        assert_eq!(output.status.code(), Some(0), "{}", support::stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the program says when it refuses to count.
    pub fn refusal(&self) -> String {
        let (folder, output) = self.run();
        assert_eq!(output.status.code(), Some(1), "it was not refused");
        let wrote = folder.path().join("out").exists() || !output.stdout.is_empty();
        assert!(!wrote, "something was written all the same");
        support::stderr(&output)
    }
}

/// A meeting with one proposal: one account for, one against, one abstaining and one absent, in votes.
pub fn vote(standard: impl Into<Value>, [votes_for, against, abstain, absent]: [u32; 4]) -> Meeting {
    Meeting::of(&format!("A {votes_for}, B {against}, C {abstain}, D {absent}"))
        .set("/quorum", json!({ "at_least": "1/3" }))
        .proposal(standard)
        .cards(
            "card, account, received, 1
             C-1, A, 2024-05-10, FOR
             C-2, B, 2024-05-10, AGAINST
             C-3, C, 2024-05-10, ABSTAIN",
        )
}
