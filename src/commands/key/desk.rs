//! The desk: which step is on, what a key does in it. It draws nothing and waits for nothing.

use std::collections::HashSet;
use std::path::PathBuf;

use super::form::{Form, Paper, Takes};
use super::holders::{Found, Holders, beside};
use super::judge::{Judge, Verdict};
use super::piles;
use super::shelf::Shelf;
use super::twice::{First, told};
use crate::keying::Correction;
use crate::load::Role;
use crate::tabulate::Tabulation;
use crate::text::quoted;

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    Letter(char),
    Enter,
    Back,
    Up,
    Down,
    Escape,
    /// Takes the last paper back.
    Undo,
    /// The totals of the batches.
    Totals,
    /// A revocation instead of a card, or a card again.
    Revocation,
    /// The fields that few cards use.
    More,
    /// Leaves the desk.
    Quit,
}

/// What the desk shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A field is asked.
    Field,
    /// The paper as it would be saved, with what would become of it.
    Review,
    /// A row is to be withdrawn: y or n.
    Undo(Vec<String>),
    /// The totals of the batches.
    Totals(Vec<String>),
    /// The name of the next batch.
    Batch(String),
    /// Leaving, though a paper was begun.
    Leave,
}

/// What goes into every card.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    pub(super) clerk: String,
    pub(super) batch: String,
    /// When paper was received, as the last card has it.
    pub(super) received: String,
}

/// The files keyed into.
pub(super) struct Shelves {
    pub(super) cards: Shelf,
    /// Nothing before the first revocation.
    pub(super) revocations: Option<Shelf>,
    pub(super) revocations_path: PathBuf,
}

/// The desk.
pub(super) struct Desk {
    pub(super) shelves: Shelves,
    judge: Judge,
    pub(super) now: Tabulation,
    holders: Holders,
    /// The first keying, which this one is held against.
    first: Option<First>,
    pub(super) kept: Kept,
    pub(super) form: Form,
    pub(super) step: Step,
    pub(super) found: Found,
    /// Which of what was found is chosen.
    pub(super) chosen: Option<usize>,
    /// What stands beside the paper once its account is known.
    pub(super) beside: Vec<String>,
    pub(super) verdict: Verdict,
    /// How the paper differs from the first keying.
    pub(super) differs: Vec<String>,
    /// Fields where something was told that the clerk goes on with all the same.
    looked_at: HashSet<usize>,
    pub(super) message: String,
    is_over: bool,
}

impl Desk {
    pub(super) fn new(
        judge: Judge,
        shelves: Shelves,
        now: Tabulation,
        first: Option<First>,
        kept: Kept,
    ) -> Self {
        let columns = Paper::Card.columns(&now);
        let mut desk = Self {
            shelves,
            judge,
            holders: Holders::of(&now.loaded),
            now,
            first,
            kept,
            form: Form::new(Paper::Card, columns),
            step: Step::Field,
            found: Found::default(),
            chosen: None,
            beside: Vec::new(),
            verdict: Verdict::default(),
            differs: Vec::new(),
            looked_at: HashSet::new(),
            message: String::new(),
            is_over: false,
        };
        desk.begin(Paper::Card);
        if let Some(cut) = &desk.shelves.cards.cut {
            desk.message = format!("a row that was cut off, and never called saved, was taken away: {cut}");
        }
        desk
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// A new paper.
    fn begin(&mut self, paper: Paper) {
        let asks_rare = self.form.asks_rare;
        self.form = Form { asks_rare, ..Form::new(paper, paper.columns(&self.now)) };
        let Kept { clerk, batch, received } = self.kept.clone();
        for (column, value) in [("clerk", clerk), ("batch", batch), ("received", received)] {
            self.form.set(column, &value);
        }
        self.step = Step::Field;
        (self.found, self.chosen) = (Found::default(), None);
        self.beside.clear();
        self.verdict = Verdict::default();
        self.differs.clear();
        self.looked_at.clear();
    }

    fn is_begun(&self) -> bool {
        self.form.at > 0 || !self.form.cells[0].is_empty()
    }

    /// Takes a key.
    pub(super) fn press(&mut self, key: Pressed) {
        if !matches!(key, Pressed::Up | Pressed::Down) {
            self.message.clear();
        }
        match (std::mem::replace(&mut self.step, Step::Field), key) {
            (Step::Leave, Pressed::Quit) => self.is_over = true,
            (_, Pressed::Quit) if self.is_begun() => self.step = Step::Leave,
            (_, Pressed::Quit) => self.is_over = true,
            (Step::Field, key) => self.press_in_field(key),
            (Step::Review, Pressed::Enter) => self.save(),
            (Step::Review, Pressed::Escape | Pressed::Up) => self.form.go(self.form.at),
            (Step::Review, _) => {
                self.step = Step::Review;
                "Enter saves, Esc goes back".clone_into(&mut self.message);
            }
            (Step::Undo(row), Pressed::Letter('y' | 'Y')) => self.withdraw(&row),
            (Step::Totals(_), Pressed::Letter('n' | 'N')) => self.step = Step::Batch(String::new()),
            (Step::Batch(name), key) => self.press_in_batch(name, key),
            (Step::Undo(_) | Step::Totals(_) | Step::Leave, _) => {}
        }
    }

    fn press_in_field(&mut self, key: Pressed) {
        match key {
            Pressed::Letter(letter) => self.letter(letter),
            Pressed::Back => {
                self.form.cells[self.form.at].pop();
                self.typed();
            }
            Pressed::Down if self.form.at == 0 => self.choose(|chosen| chosen.map_or(0, |at| at + 1)),
            Pressed::Up if self.form.at == 0 => {
                self.choose(|chosen| chosen.map_or(0, |at| at.saturating_sub(1)))
            }
            Pressed::Up => {
                if let Some(place) = self.form.before(&self.now) {
                    self.form.go(place);
                    self.search();
                }
            }
            Pressed::Enter if self.form.at == 0 => self.take_account(),
            Pressed::Enter => self.next(),
            Pressed::Down => self.go_on(true),
            Pressed::Escape => self.begin(self.form.paper),
            Pressed::Undo => self.ask_undo(),
            Pressed::Totals => self.step = Step::Totals(self.totals()),
            Pressed::Revocation if self.is_begun() => {
                "save this paper, or clear it with Esc, before the other form".clone_into(&mut self.message);
            }
            Pressed::Revocation => self.begin(match self.form.paper {
                Paper::Card => Paper::Revocation,
                Paper::Revocation => Paper::Card,
            }),
            Pressed::More => self.form.asks_rare = !self.form.asks_rare,
            Pressed::Quit => {}
        }
    }

    fn choose(&mut self, to: impl FnOnce(Option<usize>) -> usize) {
        let last = self.found.shown.len().checked_sub(1);
        self.chosen = last.map(|last| to(self.chosen).min(last));
    }

    /// A letter: where words are asked, one key is the whole word.
    fn letter(&mut self, letter: char) {
        let at = self.form.at;
        let takes = self.form.takes(&self.now);
        let key = letter.to_ascii_lowercase();
        if let Some(word) = takes.words().iter().find(|word| word.key == key) {
            word.written.clone_into(&mut self.form.cells[at]);
            self.looked_at.remove(&at);
            return self.next();
        }
        let is_number = letter.is_ascii_digit() || matches!(letter, '.' | '%');
        match takes {
            Takes::Words(_) => return self.not_a_key(letter, "one of the keys shown"),
            Takes::WordsOrNumber(_) if !is_number => {
                return self.not_a_key(letter, "one of the keys shown, or a number of votes");
            }
            Takes::WordsOrNumber(ref words)
                if words.iter().any(|word| word.written == self.form.cells[at]) =>
            {
                self.form.cells[at].clear();
            }
            Takes::Text | Takes::WordsOrNumber(_) => {}
        }
        if self.form.is_fresh {
            self.form.cells[at].clear();
        }
        self.form.cells[at].push(letter);
        self.typed();
    }

    fn not_a_key(&mut self, letter: char, expected: &str) {
        self.message = format!("{} is no key here: expected {expected}", quoted(&letter.to_string()));
    }

    /// After what stands in a field was changed.
    fn typed(&mut self) {
        self.form.is_fresh = false;
        self.looked_at.remove(&self.form.at);
        self.search();
    }

    /// Looks up what is typed as the account.
    fn search(&mut self) {
        if self.form.at == 0 {
            self.found = self.holders.search(&self.now.loaded, &self.form.cells[0]);
            self.chosen = None;
        }
    }

    fn take_account(&mut self) {
        let typed = self.form.cells[0].trim().to_owned();
        let exact = || self.found.is_exact || self.found.shown.len() == 1;
        let place = self.chosen.or_else(|| exact().then_some(0));
        match place.and_then(|place| self.found.shown.get(place)) {
            Some((account, _)) => self.form.cells[0] = account.clone(),
            None if typed.is_empty() => {
                "type or scan an account, a control number, or part of a name".clone_into(&mut self.message);
                return;
            }
            None if !self.found.shown.is_empty() => {
                "several are meant: Down and Up choose, or type on".clone_into(&mut self.message);
                return;
            }
            None if self.looked_at.insert(0) => {
                self.message = format!(
                    "no account, control number or name is like {}; Enter again keys it as it stands",
                    quoted(&typed)
                );
                return;
            }
            None => {}
        }
        self.beside = beside(&self.now, &self.holders, &self.form);
        self.next();
    }

    fn next(&mut self) {
        self.go_on(false);
    }

    /// Goes to the next field that the paper has, or to the review.
    fn go_on(&mut self, with_exceptions: bool) {
        if self.stops_at_difference() {
            return;
        }
        match self.form.after(&self.now, with_exceptions) {
            Some(place) => self.form.go(place),
            None => self.review(),
        }
    }

    /// The second keying stops at each field that differs from the first, while the paper is in hand. What is told
    /// once stays as it is when the clerk goes on.
    fn stops_at_difference(&mut self) -> bool {
        let Some(first) = self.first.as_ref().filter(|_| self.form.paper == Paper::Card) else {
            return false;
        };
        let column = self.form.column();
        // Before the number is known nothing can be compared: the account is, with it.
        if column == "account" {
            return false;
        }
        let is_here = |of: &str| of == column || (column == "card" && of == "account");
        let differences = first.differences(&self.form);
        let mut here: Vec<String> =
            differences.iter().filter(|difference| is_here(&difference.column)).map(told).collect();
        if column == "card" && first.is_keyed_by(self.form.cell("card"), &self.kept.clerk) {
            here.push("you keyed it the first time too, and the second is another clerk's".to_owned());
        }
        if here.is_empty() || !self.looked_at.insert(self.form.at) {
            return false;
        }
        self.message = format!("DIFFERS: {}. Look at the paper; Enter keeps what you have.", here.join("; "));
        self.form.is_fresh = true;
        true
    }

    /// Reads and counts the meeting with the paper as it is typed.
    fn review(&mut self) {
        self.verdict = match self.judge.of(&self.form, &self.now) {
            Ok(verdict) => verdict,
            Err(error) => {
                self.message = format!("{error:#}");
                return;
            }
        };
        if self.verdict.then.is_some() {
            let first = self.first.as_ref().filter(|_| self.form.paper == Paper::Card);
            self.differs =
                first.map_or_else(Vec::new, |first| first.differences(&self.form).iter().map(told).collect());
            self.step = Step::Review;
            return;
        }
        let problems = &self.verdict.problems;
        let told: Vec<&str> = problems.iter().map(|(_, message)| message.as_str()).collect();
        self.message = told.join("; ");
        let asked = self.form.asked();
        let place = problems.iter().find_map(|(column, _)| self.form.place(column.as_ref()?));
        if let Some(place) = place.filter(|place| *place < asked) {
            self.form.go(place);
            self.search();
        }
    }

    /// The file of the paper that is typed; it is begun with the first paper of its kind.
    fn shelf(&mut self) -> anyhow::Result<&mut Shelf> {
        let paper = self.form.paper;
        if paper == Paper::Card {
            return Ok(&mut self.shelves.cards);
        }
        let path = self.shelves.revocations_path.clone();
        if self.shelves.revocations.is_none() {
            self.shelves.revocations = Some(Shelf::open(paper, &path, paper.columns(&self.now))?);
            self.judge.keyed.push((Role::Revocations, path));
        }
        self.shelves.revocations.as_mut().ok_or_else(|| anyhow::anyhow!("there is no file of revocations"))
    }

    fn save(&mut self) {
        let cells = self.form.cells.clone();
        if let Err(error) = self.shelf().and_then(|shelf| shelf.add(&cells, None)) {
            self.message = format!("NOT SAVED: {error:#}");
            self.step = Step::Review;
            return;
        }
        let what = what(&self.form);
        if let Some(then) = self.verdict.then.take() {
            self.counted(then);
        }
        self.form.cell("received").clone_into(&mut self.kept.received);
        self.begin(Paper::Card);
        self.message = format!("SAVED {what}");
    }

    /// Takes over a new count.
    fn counted(&mut self, now: Tabulation) {
        self.now = now;
        if !self.holders.are_of(&self.now.loaded) {
            self.holders = Holders::of(&self.now.loaded);
        }
    }

    /// Asks whether to take back the card whose number is typed, else the paper that was keyed last.
    fn ask_undo(&mut self) {
        let shelf = match self.form.paper {
            Paper::Card => Some(&self.shelves.cards),
            Paper::Revocation => self.shelves.revocations.as_ref(),
        };
        let named = |shelf: &'_ Shelf| shelf.of_card(self.form.cell("account")).map(<[String]>::to_vec);
        let row = shelf.and_then(|shelf| named(shelf).or_else(|| shelf.last().map(<[String]>::to_vec)));
        match row {
            Some(row) => self.step = Step::Undo(row),
            None => "nothing was keyed that could be taken back".clone_into(&mut self.message),
        }
    }

    /// Adds the row that takes a paper back; the form then holds what it said, to be put right.
    fn withdraw(&mut self, row: &[String]) {
        if let Err(error) = self.shelf().and_then(|shelf| shelf.add(row, Some(Correction::Withdraws))) {
            self.message = format!("NOT TAKEN BACK: {error:#}");
            return;
        }
        let uncounted = match self.judge.counted() {
            Ok(now) => {
                self.counted(now);
                String::new()
            }
            Err(problems) => format!(", but the meeting cannot be counted: {}", problems.report("")),
        };
        self.begin(self.form.paper);
        for (cell, was) in self.form.cells.iter_mut().zip(row) {
            was.clone_into(cell);
        }
        let clerk = self.kept.clerk.clone();
        self.form.set("clerk", &clerk);
        self.search();
        self.message =
            format!("WITHDRAWN {}: the form holds what it said; Esc clears it{uncounted}", what(&self.form));
    }

    fn totals(&self) -> Vec<String> {
        piles::totals(&self.now, &self.shelves.cards, &self.kept.batch, self.first.as_ref())
    }

    /// The name of the next batch, as it is typed.
    fn press_in_batch(&mut self, mut name: String, key: Pressed) {
        match key {
            Pressed::Enter => {
                name.trim().clone_into(&mut self.kept.batch);
                let batch = self.kept.batch.clone();
                self.form.set("batch", &batch);
                self.message = format!("the next cards are of batch {}", quoted(&batch));
                return;
            }
            Pressed::Escape => return,
            Pressed::Letter(letter) => name.push(letter),
            Pressed::Back => _ = name.pop(),
            Pressed::Up
            | Pressed::Down
            | Pressed::Undo
            | Pressed::Totals
            | Pressed::Revocation
            | Pressed::More
            | Pressed::Quit => {}
        }
        self.step = Step::Batch(name);
    }
}

/// What a paper is called.
pub(super) fn what(form: &Form) -> String {
    match form.paper {
        Paper::Card => form.cell("card").to_owned(),
        Paper::Revocation => {
            format!("revocation of {}, {}", form.cell("account"), form.cell("received"))
        }
    }
}
