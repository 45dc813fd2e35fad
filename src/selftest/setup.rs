//! The files of a deck, and the meeting.json that they are counted with: the one in use, but for what a trial needs.

use serde_json::{Map, Value, json};

use super::accounts::{Deck, DeckError, TestCard, Times};
use super::foreign::{Headers, LaidFile};
use crate::layout::Layout;
use crate::meeting::Meeting;

/// The deck of a meeting, with cards for what the layouts of its files of cards can say, each with its place among them.
///
/// # Errors
/// [`DeckError`] where a meeting is too large for one, or has no room for late cards.
pub fn deck(
    meeting: &Meeting,
    has_forms: bool,
    layouts: &[(usize, Layout, String)],
) -> Result<Deck, DeckError> {
    let words = layouts.iter().filter_map(|(place, layout, _)| Some((*place, LaidFile::of(layout)?.words())));
    Deck::with(meeting, has_forms, &words.collect::<Vec<_>>())
}

/// The files of a deck.
#[derive(Debug, Default)]
pub struct DeckFiles {
    /// Their names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// `files` of meeting.json; a layout stands in it by the place among the files of cards that it is of.
    pub named: Map<String, Value>,
    /// What of the meeting's own files the deck does not show.
    pub not_shown: Vec<String>,
}

const CARD_COLUMNS: [&str; 10] =
    ["card", "account", "received", "kind", "form", "medium", "signed", "signer", "dated", "shares"];

impl DeckFiles {
    /// The files of a deck, as the approved meeting has them written. `layouts` are those of its files of cards, each with
    /// its place and the name under which the layout in use will lie beside the deck.
    #[must_use]
    pub fn of(
        meeting: &Meeting,
        deck: &Deck,
        headers: &Headers,
        layouts: &[(usize, Layout, String)],
    ) -> Self {
        let mut files = Self::default();
        files.register(meeting, deck, headers);
        files.cards(meeting, deck, headers, layouts);
        let street: Vec<Vec<String>> = deck.street.iter().map(|row| row.to_vec()).collect();
        if !street.is_empty() {
            files.add(
                "street",
                headers.file("street", &["account", "item", "vote", "shares", "nominee"], &street),
            );
        }
        let revocations: Vec<Vec<String>> = deck.revocations.iter().map(|row| row.to_vec()).collect();
        files.add(
            "revocations",
            headers.file("revocations", &["account", "received", "manner"], &revocations),
        );
        files
    }

    fn add(&mut self, role: &str, bytes: Vec<u8>) {
        let name = format!("{role}.csv");
        self.named.insert(role.to_owned(), json!(name));
        self.files.push((name, bytes));
    }

    fn register(&mut self, meeting: &Meeting, deck: &Deck, headers: &Headers) {
        let class = |place: usize| match meeting.classes.len() {
            1 => String::new(),
            _ => meeting.classes[place].id.clone(),
        };
        let row = |row: &super::accounts::Position| {
            let voting = if row.is_voting { "" } else { "no" };
            [
                &row.account,
                &row.name,
                &row.shares.to_string(),
                &class(row.class),
                row.registration,
                row.holders,
                voting,
            ]
            .map(str::to_owned)
            .to_vec()
        };
        let rows: Vec<Vec<String>> = deck.register.iter().map(row).collect();
        let header = ["account", "name", "shares", "class", "registration", "holders", "voting"];
        self.add("register", headers.file("register", &header, &rows));
    }

    /// Through each layout the cards that it can say; the others in a file of quorate's own.
    fn cards(
        &mut self,
        meeting: &Meeting,
        deck: &Deck,
        headers: &Headers,
        layouts: &[(usize, Layout, String)],
    ) {
        let mut named: Vec<Value> = Vec::new();
        let mut laid: Vec<(usize, &String, LaidFile<'_>)> = Vec::new();
        for (place, layout, name) in layouts {
            match LaidFile::of(layout) {
                Some(file) => laid.push((*place, name, file)),
                None => self.not_shown.push(format!(
                    "the layout {}, which cannot be written by turning it round",
                    layout.label
                )),
            }
        }
        let mut own: Vec<&TestCard> = Vec::new();
        for card in &deck.cards {
            // The file that it was made for, else the one with the fewest cards first.
            laid.sort_by_key(|(place, _, file)| (card.layout != Some(*place), file.count(), *place));
            if !laid.iter_mut().any(|(_, _, file)| file.take(card)) {
                own.push(card);
            }
        }
        laid.sort_by_key(|(place, _, _)| *place);
        for (_, name, file) in &laid {
            let not_said = file.not_said();
            if !not_said.is_empty() {
                self.not_shown.push(format!("of the layout that is {name} here: {}", not_said.join(", ")));
            }
        }
        for (place, layout, file) in &laid {
            let name = format!("cards-{}.csv", place + 1);
            named.push(json!({ "path": name, "layout": layout }));
            self.files.push((name, file.bytes()));
        }
        let marks = mark_columns(meeting);
        let header: Vec<&str> = CARD_COLUMNS.into_iter().chain(marks.iter().map(String::as_str)).collect();
        let rows: Vec<Vec<String>> = own
            .iter()
            .map(|card| {
                let cell = |ours: &&str| match *ours {
                    "card" => card.number.clone(),
                    ours => {
                        card.cells.get(ours).or_else(|| card.marks.get(ours)).cloned().unwrap_or_default()
                    }
                };
                header.iter().map(cell).collect()
            })
            .collect();
        named.push(json!("cards.csv"));
        self.files.push(("cards.csv".to_owned(), headers.file("cards", &header, &rows)));
        self.named.insert("cards".to_owned(), Value::Array(named));
    }
}

/// Every column of marks, in ballot order.
fn mark_columns(meeting: &Meeting) -> Vec<String> {
    let of = |item: &crate::meeting::Item| {
        let nominees = item.election().into_iter().flat_map(|election| &election.nominees);
        let names: Vec<String> = nominees.map(|nominee| format!("{}.{}", item.id, nominee.id)).collect();
        [item.id.clone()].into_iter().chain(names)
    };
    meeting.items.iter().flat_map(of).collect()
}

/// The meeting.json in use as it counts a deck that was made from the approved one, and what is put in place of its own.
#[must_use]
pub fn adapted(
    in_use: &Value,
    approved: &Meeting,
    deck: &Deck,
    named: &Map<String, Value>,
) -> (Value, Vec<String>) {
    let mut meeting = in_use.clone();
    let mut told = vec![
        "mode: test".to_owned(),
        "files: those of the deck".to_owned(),
        "outstanding: the shares of the deck, class by class".to_owned(),
    ];
    meeting["mode"] = json!("test");
    meeting["files"] = Value::Object(named.clone());
    if let Some(keys) = meeting.as_object_mut() {
        for key in ["expect", "register", "proportional"] {
            if keys.remove(key).is_some() {
                told.push(format!("{key}: left out"));
            }
        }
    }
    for (place, class) in approved.classes.iter().enumerate() {
        let shares: u64 = deck
            .register
            .iter()
            .filter(|row| row.class == place && row.is_voting)
            .map(|row| row.shares)
            .sum();
        let classes = meeting["classes"].as_array_mut();
        if let Some(theirs) = classes.into_iter().flatten().find(|theirs| theirs["id"] == *class.id) {
            theirs["outstanding"] = json!(shares.to_string());
        }
    }
    if approved.polls_close.is_none() && meeting["polls_close"].is_null() {
        meeting["polls_close"] = json!(format!("{}T12:00:00", approved.date));
        told.push("polls_close: noon of the day of the meeting, as none is given yet".to_owned());
    }
    ballots(&mut meeting, approved, &mut told);
    (meeting, told)
}

/// Each form's ballot, where none is handed in yet; totals that its holders wrote are of the meeting's own cards.
fn ballots(meeting: &mut Value, approved: &Meeting, told: &mut Vec<String>) {
    let Some(close) = Times::of(approved).map(|times| times.close) else { return };
    for form in &approved.forms {
        let forms = meeting["proxy_forms"].as_array_mut();
        let Some(theirs) = forms.into_iter().flatten().find(|theirs| theirs["id"] == *form.id) else {
            continue;
        };
        if form.ballot_cast.is_none() && !form.casts_no_ballot && theirs["ballot_cast"].is_null() {
            theirs["ballot_cast"] = json!(close);
            told.push(format!("ballot_cast of form {}: as the polls close, as none is given yet", form.id));
        }
        let allocations = theirs["cumulative_allocation"].as_object_mut();
        for (item, manner) in allocations.into_iter().flatten() {
            if manner.is_object() {
                *manner = json!("level");
                told.push(format!(
                    "cumulative_allocation of form {} on item {item}: level, not its totals",
                    form.id
                ));
            }
        }
    }
}
