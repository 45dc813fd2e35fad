//! The form as data: which field is asked, what was typed, what is shown. It draws nothing and waits for nothing.

use std::collections::BTreeMap;

use super::judge::{self, Judge, Verdict};
use super::shelf::Shelf;
use crate::amount::{Shares, Votes};
use crate::ballot::Column;
use crate::keying::{Correction, Sheet};
use crate::meeting::ItemKind;
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands};

/// The columns before the marks, in the order in which they are asked.
pub(super) const FIXED: [&str; 12] = [
    "account",
    "card",
    "received",
    "kind",
    "form",
    "medium",
    "dated",
    "signed",
    "signer",
    "class",
    "shares",
    "irrevocable",
];

/// The columns after the marks, which are not asked.
pub(super) const AFTER: [&str; 3] = ["batch", "clerk", "correction"];

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    Letter(char),
    Enter,
    Back,
    Up,
    Down,
    Escape,
    /// Takes the last card back.
    Undo,
    /// The totals of the batch.
    Totals,
    /// Leaves the desk.
    Quit,
}

/// What the desk shows.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// A field is asked.
    Field,
    /// The card as it would be saved, with what would become of it.
    Review,
    /// The last card is to be withdrawn: y or n.
    Undo(String),
    /// The totals of the batch.
    Totals(Vec<String>),
}

/// The desk.
pub(super) struct Desk {
    pub(super) shelf: Shelf,
    judge: Judge,
    now: Tabulation,
    names: Vec<(String, String)>,
    /// The first keying, which this one is held against.
    against: Option<Sheet>,
    /// Per column what was typed.
    cells: Vec<String>,
    field: usize,
    step: Step,
    /// What of the search was found, and which is chosen.
    found: Vec<(String, String)>,
    chosen: usize,
    verdict: Verdict,
    differs: Vec<String>,
    /// What goes into every card: batch, clerk, received.
    kept: BTreeMap<&'static str, String>,
    message: String,
    is_over: bool,
}

impl Desk {
    pub(super) fn new(
        judge: Judge,
        shelf: Shelf,
        now: Tabulation,
        against: Option<Sheet>,
        kept: BTreeMap<&'static str, String>,
    ) -> Self {
        let names = judge::names(&now.loaded);
        let cells = vec![String::new(); shelf.columns.len()];
        let mut desk = Self {
            shelf,
            judge,
            now,
            names,
            against,
            cells,
            field: 0,
            step: Step::Field,
            found: Vec::new(),
            chosen: 0,
            verdict: Verdict::default(),
            differs: Vec::new(),
            kept,
            message: String::new(),
            is_over: false,
        };
        desk.begin();
        desk
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The columns that a meeting's cards are keyed into.
    pub(super) fn columns(tabulation: &Tabulation) -> Vec<String> {
        let marks = tabulation.loaded.cards.layout.columns.iter().map(|column| column.header.clone());
        FIXED.iter().map(|name| (*name).to_owned()).chain(marks).chain(AFTER.map(str::to_owned)).collect()
    }

    /// A new card.
    fn begin(&mut self) {
        self.cells = vec![String::new(); self.shelf.columns.len()];
        for (name, value) in self.kept.clone() {
            self.set(name, value);
        }
        (self.field, self.step, self.chosen) = (0, Step::Field, 0);
        self.found.clear();
        self.verdict = Verdict::default();
        self.differs.clear();
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.shelf.columns.iter().position(|name| name == column)
    }

    fn set(&mut self, column: &str, value: String) {
        if let Some(place) = self.place(column) {
            self.cells[place] = value;
        }
    }

    fn cell(&self, column: &str) -> &str {
        self.place(column).map_or("", |place| self.cells[place].as_str())
    }

    /// How many fields are asked.
    fn asked(&self) -> usize {
        self.shelf.columns.len() - AFTER.len()
    }

    /// The column of marks that is asked.
    fn mark(&self) -> Option<&Column> {
        let place = self.field.checked_sub(FIXED.len())?;
        self.now.loaded.cards.layout.columns.get(place)
    }

    /// Takes a key.
    pub(super) fn press(&mut self, key: Pressed) -> anyhow::Result<()> {
        if !matches!(key, Pressed::Up | Pressed::Down) {
            self.message.clear();
        }
        match (&self.step, key) {
            (_, Pressed::Quit) => self.is_over = true,
            (Step::Field, Pressed::Undo) => match self.shelf.last() {
                Some(card) => self.step = Step::Undo(card),
                None => self.message = "nothing was keyed that could be taken back".to_owned(),
            },
            (Step::Undo(card), Pressed::Letter('y')) => {
                let card = card.clone();
                self.withdraw(&card)?;
            }
            (Step::Undo(_), _) => self.step = Step::Field,
            (Step::Field, Pressed::Totals) => self.step = Step::Totals(self.totals()),
            (Step::Totals(_), _) => self.step = Step::Field,
            (Step::Field, key) => self.press_in_field(key)?,
            (Step::Review, Pressed::Enter) => self.save()?,
            (Step::Review, Pressed::Escape | Pressed::Up) => self.step = Step::Field,
            (Step::Review, _) => self.message = "Enter saves, Esc goes back".to_owned(),
        }
        Ok(())
    }

    fn press_in_field(&mut self, key: Pressed) -> anyhow::Result<()> {
        match key {
            Pressed::Letter(letter) => self.letter(letter)?,
            Pressed::Back => {
                self.cells[self.field].pop();
                self.search();
            }
            Pressed::Down if self.field == 0 => {
                self.chosen = (self.chosen + 1).min(self.found.len().saturating_sub(1));
            }
            Pressed::Up if self.field == 0 => self.chosen = self.chosen.saturating_sub(1),
            Pressed::Up => self.field -= 1,
            Pressed::Down => self.next()?,
            Pressed::Enter if self.field == 0 => self.take_account()?,
            Pressed::Enter => self.next()?,
            Pressed::Escape => self.begin(),
            Pressed::Undo | Pressed::Totals | Pressed::Quit => {}
        }
        Ok(())
    }

    /// A letter: for marks one key is the whole mark.
    fn letter(&mut self, letter: char) -> anyhow::Result<()> {
        if let Some(word) = self.word_of(letter).filter(|_| self.cells[self.field].is_empty()) {
            word.clone_into(&mut self.cells[self.field]);
            return self.next();
        }
        self.cells[self.field].push(letter);
        self.search();
        Ok(())
    }

    /// The whole word that a single key stands for in the field asked.
    fn word_of(&self, letter: char) -> Option<String> {
        const MARKS: [(char, &str); 6] = [
            ('f', "FOR"),
            ('a', "AGAINST"),
            ('b', "ABSTAIN"),
            ('w', "WITHHOLD"),
            ('n', "NONVOTE"),
            ('v', "VOID"),
        ];
        const WORDS: [(&str, char, &str); 9] = [
            ("kind", 'p', "proxy"),
            ("kind", 'b', "ballot"),
            ("medium", 'm', "mail"),
            ("medium", 'p', "in_person"),
            ("signed", 'y', "yes"),
            ("signed", 'n', "no"),
            ("signed", 'm', "mismatch"),
            ("irrevocable", 'y', "yes"),
            ("irrevocable", 'n', "no"),
        ];
        let letter = letter.to_ascii_lowercase();
        let Some(mark) = self.mark() else {
            let column = self.shelf.columns.get(self.field)?;
            let found = WORDS.iter().find(|(of, key, _)| of == column && *key == letter);
            return found.map(|(_, _, word)| (*word).to_owned());
        };
        if let ItemKind::Frequency(choices) = &self.now.loaded.meeting.items[mark.item].kind {
            let place = usize::try_from(letter.to_digit(10)?).ok()?.checked_sub(1);
            if let Some(choice) = place.and_then(|place| choices.get(place)) {
                return Some(choice.id.clone());
            }
        }
        MARKS.iter().find(|(key, _)| *key == letter).map(|(_, word)| (*word).to_owned())
    }

    /// Looks up what is typed as account, as control number keyed before, and as part of a name.
    fn search(&mut self) {
        if self.field != 0 {
            return;
        }
        let typed = self.cells[0].to_lowercase();
        (self.found, self.chosen) = (Vec::new(), 0);
        if typed.is_empty() {
            return;
        }
        let loaded = &self.now.loaded;
        if let Some(card) = loaded.cards.find(&self.cells[0]) {
            let account = loaded.accounts.text(loaded.cards.account(card).0).to_owned();
            self.found.push((account, format!("of card {}", self.cells[0])));
        }
        let hits = self.names.iter().filter(|(account, name)| {
            account.to_lowercase().starts_with(&typed) || name.to_lowercase().contains(&typed)
        });
        self.found.extend(hits.take(8).cloned());
    }

    fn take_account(&mut self) -> anyhow::Result<()> {
        let is_account = self.now.loaded.accounts.find(&self.cells[0]).is_some();
        match self.found.get(self.chosen) {
            Some((account, _)) if !is_account || self.chosen > 0 => self.cells[0] = account.clone(),
            Some(_) | None => {}
        }
        if self.cells[0].is_empty() {
            self.message = "type or scan an account, a control number, or part of a name".to_owned();
            return Ok(());
        }
        self.found.clear();
        self.next()
    }

    /// The next field that the card has, or the review.
    fn next(&mut self) -> anyhow::Result<()> {
        loop {
            self.field += 1;
            if self.field >= self.asked() {
                self.field = self.asked() - 1;
                return self.review();
            }
            if self.is_needed(self.field) {
                return Ok(());
            }
        }
    }

    /// Whether a field can say anything at this meeting.
    fn is_needed(&self, field: usize) -> bool {
        let meeting = &self.now.loaded.meeting;
        let is_ballot = self.cell("kind") == "ballot";
        match self.shelf.columns[field].as_str() {
            "form" => !is_ballot && meeting.forms.len() > 1,
            "dated" | "signed" => !matches!(self.cell("medium"), "telephone" | "internet"),
            "medium" | "irrevocable" => !is_ballot,
            "signer" => {
                let loaded = &self.now.loaded;
                let account = loaded.accounts.find(self.cell("account"));
                account.is_some_and(|account| {
                    let mut rows = loaded.register.with_accounts();
                    rows.any(|(of, row)| of.0 == account && row.is_joint())
                })
            }
            "class" => meeting.classes.len() > 1,
            _ => true,
        }
    }

    /// Reads and counts the meeting with the card as it is typed.
    fn review(&mut self) -> anyhow::Result<()> {
        self.verdict = self.judge.of(&self.shelf.columns, &self.cells, &self.now)?;
        self.differs = self.differences();
        if self.verdict.problems.is_empty() {
            self.step = Step::Review;
        } else {
            self.message = self.verdict.problems.join("; ");
            let at = |problem: &String| {
                let column = problem.split(": ").next().unwrap_or_default();
                self.place(column).filter(|place| *place < self.asked())
            };
            if let Some(place) = self.verdict.problems.iter().find_map(at) {
                self.field = place;
            }
        }
        Ok(())
    }

    /// How the card differs from the first keying's.
    fn differences(&self) -> Vec<String> {
        let Some(first) = &self.against else { return Vec::new() };
        let card = self.cell("card");
        let Some(row) = first.rows.iter().find(|row| first.cell(row, "card") == card) else {
            return vec![format!("the first keying has no card {card}")];
        };
        let columns = self.shelf.columns.iter().zip(&self.cells);
        let compared = columns.filter(|(column, _)| !["clerk", "correction"].contains(&column.as_str()));
        compared
            .filter(|(column, cell)| first.cell(row, column) != cell.as_str())
            .map(|(column, cell)| format!("{column}: you `{cell}`, first `{}`", first.cell(row, column)))
            .collect()
    }

    fn save(&mut self) -> anyhow::Result<()> {
        let cells = self.cells.clone();
        self.shelf.add(&cells, None)?;
        let saved = format!("SAVED {}", self.cell("card"));
        self.kept.insert("received", self.cell("received").to_owned());
        self.count()?;
        self.begin();
        self.message = saved;
        Ok(())
    }

    fn withdraw(&mut self, card: &str) -> anyhow::Result<()> {
        let Some(row) = self.shelf.row(card) else { return Ok(()) };
        self.shelf.add(&row, Some(Correction::Withdraws))?;
        self.count()?;
        self.begin();
        self.message = format!("WITHDRAWN {card}: the row that takes it back is saved");
        Ok(())
    }

    fn count(&mut self) -> anyhow::Result<()> {
        self.now = self.judge.counted().map_err(|problems| anyhow::anyhow!("{problems}"))?;
        Ok(())
    }

    /// Cards and shares of the batch, to compare with the slip on the pile.
    fn totals(&self) -> Vec<String> {
        let batch = self.kept.get("batch").cloned().unwrap_or_default();
        let cards = self.shelf.cards_of_batch(&batch);
        let loaded = &self.now.loaded;
        let shares = cards
            .iter()
            .filter_map(|number| loaded.cards.find(number))
            .map(|id| crate::determine::claimed(loaded, &self.now.electorate, &loaded.cards.get(id)));
        let sum = shares.try_fold(Shares::ZERO, Shares::checked_add);
        let sum = sum.map_or("too many".to_owned(), |sum| thousands(&sum.to_string()));
        let name = if batch.is_empty() { "without a name".to_owned() } else { batch };
        vec![
            format!("Batch {name}"),
            format!("  cards   {}", cards.len()),
            format!("  shares  {sum}"),
            String::new(),
            "Compare with the slip on the pile. Any key goes on.".to_owned(),
        ]
    }

    /// The screen, as lines: head, form, side, foot.
    pub(super) fn view(&self) -> View {
        let loaded = &self.now.loaded;
        let keyed = counted(self.shelf.sheet.as_ref().map_or(0, |sheet| sheet.rows.len() as u64), "card");
        let batch = self.kept.get("batch").filter(|batch| !batch.is_empty());
        let batch = batch.map_or_else(String::new, |batch| format!(" | batch {batch}"));
        let clerk = self.kept.get("clerk").cloned().unwrap_or_default();
        let head =
            format!("{} | {keyed} in {}{batch} | {clerk}", loaded.meeting.company, self.shelf.path.display());
        let foot = match &self.step {
            Step::Field => "Enter next  Up back  Esc clear  Ctrl-U undo  Ctrl-B batch totals  Ctrl-Q leave",
            Step::Review => "Enter SAVES  Esc back to the form",
            Step::Undo(_) => "y withdraws it  any other key leaves it",
            Step::Totals(_) => "any key goes on",
        };
        let message = match &self.step {
            Step::Undo(card) => {
                format!("Take back {card}? A row that withdraws it is added; nothing is deleted.")
            }
            Step::Field | Step::Review | Step::Totals(_) => self.message.clone(),
        };
        View {
            head,
            form: self.form(),
            focus: self.field_line(),
            side: self.side(),
            message,
            foot: foot.to_owned(),
        }
    }

    fn shown_fields(&self) -> Vec<usize> {
        (0..self.asked()).filter(|field| self.is_needed(*field)).collect()
    }

    fn field_line(&self) -> usize {
        self.shown_fields().iter().position(|field| *field == self.field).unwrap_or(0)
    }

    fn form(&self) -> Vec<String> {
        if let Step::Totals(lines) = &self.step {
            return lines.clone();
        }
        let line = |field: usize| {
            let is_asked = field == self.field && self.step == Step::Field;
            let mark = if is_asked { '>' } else { ' ' };
            let end = if is_asked { "_" } else { "" };
            format!("{mark} {:<14} {}{end}", self.shelf.columns[field], self.cells[field])
        };
        self.shown_fields().into_iter().map(line).collect()
    }

    fn side(&self) -> Vec<String> {
        if self.step == Step::Review {
            let mut lines = vec!["This card, if it is saved:".to_owned()];
            lines.extend(self.verdict.says.clone());
            if !self.differs.is_empty() {
                lines.push("DIFFERS FROM THE FIRST KEYING: look at the paper".to_owned());
                lines.extend(self.differs.clone());
            }
            return lines;
        }
        if self.field == 0 {
            let line = |(place, (account, name)): (usize, &(String, String))| {
                let mark = if place == self.chosen { '>' } else { ' ' };
                format!("{mark} {account}  {name}")
            };
            return self.found.iter().enumerate().map(line).collect();
        }
        let mut lines = judge::position(&self.now, &self.names, self.cell("account"));
        lines.extend(self.help());
        lines
    }

    /// What may be typed into the field asked; with cumulated votes how many are left.
    fn help(&self) -> Vec<String> {
        let Some(mark) = self.mark() else {
            let words = match self.shelf.columns[self.field].as_str() {
                "kind" => "p proxy  b ballot  (blank: proxy)",
                "medium" => "m mail  p in person  (blank: mail)",
                "signed" => "y yes  n no  m mismatch",
                "dated" => "2002-12-04; blank: undated",
                "received" => "2002-12-05T10:40",
                "shares" => "blank: all",
                _ => "",
            };
            return vec![String::new(), words.to_owned()];
        };
        let item = &self.now.loaded.meeting.items[mark.item];
        let mut lines = vec![String::new(), item.title.clone()];
        if let (Some(election), Some(nominee)) = (item.election(), mark.nominee) {
            lines.push(election.nominees[nominee].name.clone());
        }
        if let ItemKind::Frequency(choices) = &item.kind {
            lines.extend(
                choices.iter().enumerate().map(|(place, choice)| format!("{} {}", place + 1, choice.name)),
            );
        }
        lines.push("f FOR  a AGAINST  b ABSTAIN".to_owned());
        lines.push("w WITHHOLD  n NONVOTE  v VOID".to_owned());
        if let Some(pool) = judge::pool(&self.now, self.cell("account"), mark.item) {
            lines.push(self.left_of(pool, mark.item));
        }
        lines
    }

    /// What is left of the pool after the numbers typed for nominees of the item.
    fn left_of(&self, pool: Votes, item: usize) -> String {
        let columns = self.now.loaded.cards.layout.columns.iter().zip(&self.cells[FIXED.len()..]);
        let numbers = columns.filter(|(column, _)| column.item == item && column.nominee.is_some());
        let placed = numbers.filter_map(|(_, cell)| Votes::parse(cell).ok()).sum::<Votes>();
        let shown = |votes: Votes| thousands(&votes.to_string());
        if placed > pool {
            return format!("pool {}: OVER by {}", shown(pool), shown(placed - pool));
        }
        format!("pool {}: {} left", shown(pool), shown(pool - placed))
    }
}

/// What stands on the screen.
pub(super) struct View {
    pub(super) head: String,
    pub(super) form: Vec<String>,
    /// The line of the form that must be seen.
    pub(super) focus: usize,
    pub(super) side: Vec<String>,
    pub(super) message: String,
    pub(super) foot: String,
}
