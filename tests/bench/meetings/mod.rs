//! Large meetings, made up from a seed: the same options give the same bytes. Shared by the generator,
//! the stage timings and the test that holds them against the program.
//!
//! Every meeting is made with what it comes to: while the rows are written their votes are added up from
//! what each holder is meant to do, so that the totals owe nothing to the program that they check.
#![allow(dead_code)]

mod agenda;
mod cards;
mod random;
mod roll;
mod street;
mod text;
mod totals;

use std::fs::{self, File};
use std::io::{self, BufWriter, Error, ErrorKind};
use std::path::Path;

use serde_json::{Value, json};

use agenda::{Agenda, Matter};
use cards::Cards;
use roll::{Kind, Large, Roll};
use street::Street;
pub use totals::Totals;

/// What is hard about a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// Four nominees and a proposal; whole positions, so that SQL can count it: the newest signed card
    /// in time of each account.
    Plain,
    /// An election with cumulated votes on every card.
    Cumulated,
    /// Street totals by block, some delivered again; `--cards` are their rows.
    Street,
    /// Ten cards on every account that votes.
    Ten,
    /// One account with all the cards.
    One,
    /// One nominee with all the cards, each for a block of shares.
    Blocks,
    /// One nominee whose blocks come to about twice its position; the first that came are counted.
    Overvoted,
    /// Two hundred items.
    Items200,
    /// Late, superseded, partial and joint cards, a nominee's blocks, street totals, cumulated votes.
    Mixed,
}

impl Shape {
    pub const ALL: [Self; 9] = [
        Self::Plain,
        Self::Cumulated,
        Self::Street,
        Self::Ten,
        Self::One,
        Self::Blocks,
        Self::Overvoted,
        Self::Items200,
        Self::Mixed,
    ];
}

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub shape: Shape,
    /// Rows of register.csv.
    pub holders: u64,
    /// Rows of cards.csv; of street.csv in the shape of that name.
    pub cards: u64,
    pub seed: u64,
    /// Of a thousand cards: those received after the close, those that a later one takes the place of,
    /// those for a part of a position, those without a signature.
    pub late: u64,
    pub superseded: u64,
    pub partial: u64,
    pub unsigned: u64,
    /// Of a thousand accounts: those held jointly.
    pub joint: u64,
}

impl Options {
    /// The shares that are usual for a shape.
    pub fn usual(shape: Shape, holders: u64, cards: u64, seed: u64) -> Self {
        let (partial, joint) = if shape == Shape::Mixed { (30, 80) } else { (0, 0) };
        Self { shape, holders, cards, seed, late: 5, superseded: 80, partial, unsigned: 7, joint }
    }
}

/// A meeting about to be written.
#[derive(Debug)]
pub struct Meeting {
    options: Options,
    agenda: Agenda,
    roll: Roll,
    street: Option<Street>,
}

impl Meeting {
    /// Plans a meeting.
    ///
    /// # Errors
    /// More cards than the holders of this shape hand in, or more of one kind than there is room for.
    pub fn new(options: Options) -> io::Result<Self> {
        let Options { shape, holders, cards, seed, joint, .. } = options;
        let nominees = |accounts, shares| Large { accounts, kind: Kind::Nominee, shares };
        let rich = Large { accounts: 1, kind: Kind::Individual, shares: 1_000_000_000_000 };
        let few = (holders / 1000).clamp(1, 1000);
        let usual = vec![Matter::Election, Matter::Proposal];
        let (matters, street, others) = match shape {
            Shape::Plain | Shape::Ten => (usual, None, None),
            Shape::One => (usual, None, Some(rich)),
            Shape::Blocks | Shape::Overvoted => (usual, None, Some(nominees(1, cards * 200))),
            Shape::Street => (usual, Some(Street::of_rows(cards, few)), None),
            Shape::Cumulated => (vec![Matter::Cumulated], None, None),
            Shape::Items200 => ([vec![Matter::Election], vec![Matter::Proposal; 199]].concat(), None, None),
            Shape::Mixed => {
                let street = Street::of_rows(cards / 10, few);
                ([usual, vec![Matter::Cumulated]].concat(), Some(street), Some(nominees(few, 20_000)))
            }
        };
        let participants = street.map(|street| nominees(street.participants, street.position()));
        let large = participants.into_iter().chain(others).collect();
        let agenda = Agenda { matters, is_short: shape == Shape::Items200 };
        let roll = Roll { seed, holders, large, joint };
        let meeting = Self { options, agenda, roll, street };
        meeting.check()?;
        Ok(meeting)
    }

    fn check(&self) -> io::Result<()> {
        let Options { shape, holders, cards, late, superseded, partial, unsigned, joint, .. } = self.options;
        let refuse = |message: String| Err(Error::new(ErrorKind::InvalidInput, message));
        let Some(small) = holders.checked_sub(self.roll.large()) else {
            return refuse(format!("this shape takes {} holders or more", self.roll.large()));
        };
        let cards_max = match shape {
            Shape::Plain | Shape::Cumulated | Shape::Items200 => small,
            // The nominees of blocks hand in three each, which is more than the large accounts take away.
            Shape::Mixed => holders,
            Shape::Ten => small * 10,
            // A second is the finest that the times of these cards differ by.
            Shape::One => text::CLOSE,
            Shape::Street | Shape::Blocks | Shape::Overvoted => u64::MAX / 1_000_000,
        };
        if cards == 0 || cards > cards_max {
            return refuse(format!("so many holders take 1 to {cards_max} cards in this shape"));
        }
        // Every late, superseded or partial card needs one beside it that stands.
        if 2 * (late + superseded + partial) + unsigned > 1000 || joint > 1000 {
            return refuse(
                "late, superseded and partial twice, and unsigned: 1000 together at most".to_owned(),
            );
        }
        Ok(())
    }

    /// Writes the folder of the meeting: its files, and in `expected/figures.json` what it comes to, in
    /// the form of the fixtures.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn write(&self, folder: &Path) -> io::Result<Totals> {
        fs::create_dir_all(folder.join("expected"))?;
        for name in ["cards.csv", "street.csv"] {
            match fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let create =
            |name: &str| File::create(folder.join(name)).map(|file| BufWriter::with_capacity(1 << 20, file));
        let mut totals = Totals::new(&self.agenda);
        let outstanding = self.roll.write(create("register.csv")?)?;
        let mut expect = json!({
            "register": { "rows": self.options.holders, "shares": outstanding.to_string() },
        });
        if let Some(street) = &self.street {
            let rows = street.write(self, &mut totals, create("street.csv")?)?;
            expect["street"] = json!({ "rows": rows });
        }
        if self.options.shape != Shape::Street {
            Cards::new(self, &mut totals, create("cards.csv")?).write()?;
            expect["cards"] = json!({ "rows": totals.cards_read });
        }
        let write = |name: &str, value: &Value| fs::write(folder.join(name), format!("{value:#}\n"));
        write("meeting.json", &self.json(outstanding, &expect))?;
        write("expected/figures.json", &self.figures(&totals))?;
        Ok(totals)
    }

    fn json(&self, outstanding: u64, expect: &Value) -> Value {
        let allocation: serde_json::Map<String, Value> = self
            .agenda
            .matters
            .iter()
            .enumerate()
            .filter(|(_, matter)| **matter == Matter::Cumulated)
            .map(|(place, _)| ((place + 1).to_string(), json!("per_card")))
            .collect();
        let mut form = json!({
            "id": "management",
            "holders": ["P. Holder"],
            "ballot_cast": "2026-05-20T10:40:00",
        });
        if !allocation.is_empty() {
            form["cumulative_allocation"] = Value::Object(allocation);
        }
        let mut notice_by = Vec::new();
        text::numbered(&mut notice_by, b'A', self.options.holders - 1);
        let mut rules = json!({ "law": "delaware" });
        if self.options.shape == Shape::Overvoted {
            rules["overvote"] = json!("first_in");
        }
        json!({
            "company": "Synthetic Corporation",
            "title": "Annual Meeting of Shareholders",
            "date": "2026-05-20",
            "time_zone": "America/New_York",
            "record_date": "2026-03-27",
            "polls_open": "2026-05-20T10:30:00",
            "polls_close": "2026-05-20T11:00:00",
            "classes": [{ "id": "common", "name": "Common Stock", "outstanding": outstanding.to_string() }],
            "quorum": { "more_than": "1/2" },
            "rules": rules,
            "proxy_forms": [form],
            "items": self.agenda.items(&String::from_utf8_lossy(&notice_by)),
            "expect": expect,
        })
    }

    fn figures(&self, totals: &Totals) -> Value {
        json!({
            "shows": format!("a meeting made up by {:?}", self.options),
            "exit": 0,
            "certificate": totals.certificate(&self.agenda),
        })
    }
}
