//! What a meeting votes on, and what its cards say.

use serde_json::{Value, json};

use super::random::Random;
use super::text;
use super::totals::{HUNDREDTHS, Lines};

/// One matter of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// As many seats as nominees; FOR or WITHHOLD.
    Election,
    /// The same nominees for three seats, cumulative voting in force.
    Cumulated,
    /// FOR, AGAINST or ABSTAIN.
    Proposal,
}

/// The nominees of every election.
pub const NOMINEES: [&str; 4] = ["adams", "brooks", "chen", "diaz"];
/// The seats of a cumulated election.
pub const SEATS: u64 = 3;

impl Matter {
    /// Its columns in cards.csv.
    pub fn columns(self) -> usize {
        if self == Self::Proposal { 1 } else { NOMINEES.len() }
    }
}

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    For,
    Against,
    Abstain,
    Withhold,
    Nonvote,
    /// Cumulated votes.
    Votes(u64),
    /// Cumulated votes, in hundredths of the pool.
    Percent(u64),
    Nothing,
}

impl Say {
    /// Appends the cell, marks as words or as letters.
    pub fn write(self, into: &mut Vec<u8>, is_short: bool) {
        let (word, letter) = match self {
            Self::For => ("FOR", "F"),
            Self::Against => ("AGAINST", "A"),
            Self::Abstain => ("ABSTAIN", "B"),
            Self::Withhold => ("WITHHOLD", "W"),
            Self::Nonvote => ("NONVOTE", "N"),
            Self::Votes(votes) => return text::number(into, votes),
            Self::Percent(percent) => {
                text::number(into, percent);
                return into.push(b'%');
            }
            Self::Nothing => return,
        };
        into.extend_from_slice(if is_short { letter } else { word }.as_bytes());
    }
}

/// What a meeting votes on.
#[derive(Debug, Clone)]
pub struct Agenda {
    pub matters: Vec<Matter>,
    /// Whether marks are written as letters.
    pub is_short: bool,
}

impl Agenda {
    /// The mark columns of cards.csv, each after a comma.
    pub fn header(&self) -> String {
        let mut header = String::new();
        for (place, matter) in self.matters.iter().enumerate() {
            let id = place + 1;
            match matter {
                Matter::Proposal => header.push_str(&format!(",{id}")),
                Matter::Election | Matter::Cumulated => {
                    for nominee in NOMINEES {
                        header.push_str(&format!(",{id}.{nominee}"));
                    }
                }
            }
        }
        header
    }

    pub fn columns(&self) -> usize {
        self.matters.iter().map(|matter| matter.columns()).sum()
    }

    /// Fills in a card that is voted for so many shares. Eight in ten follow management throughout.
    pub fn mark(&self, random: &mut Random, shares: u64, into: &mut Vec<Say>) {
        into.clear();
        let follows = random.below(10) < 8;
        for matter in &self.matters {
            match matter {
                Matter::Election if follows => into.extend([Say::For; NOMINEES.len()]),
                Matter::Election => {
                    let withholds_all = random.below(4) == 0;
                    for nominee in 0..NOMINEES.len() as u64 {
                        let withholds = withholds_all || random.below(20) < 2 + nominee;
                        into.push(if withholds { Say::Withhold } else { Say::For });
                    }
                }
                Matter::Proposal if follows => into.push(Say::For),
                Matter::Proposal => into.push(random.pick(&[Say::For, Say::For, Say::Against, Say::Abstain])),
                Matter::Cumulated => cumulate(random, shares * SEATS, into),
            }
        }
    }

    /// Fills in a card as one that leaves its pool to the proxy holders: FOR every name.
    pub fn leave_to_holders(&self, marks: &mut [Say]) {
        let mut column = 0;
        for matter in &self.matters {
            let columns = column..column + matter.columns();
            column = columns.end;
            if *matter == Matter::Cumulated {
                marks[columns].fill(Say::For);
            }
        }
    }

    /// Adds what a card says, for so many shares and, where it cumulates, a pool of so many.
    pub fn add(&self, lines: &mut [Lines], marks: &[Say], shares: u64, pooled: u64) {
        let mut column = 0;
        for matter in &self.matters {
            let columns = column..column + matter.columns();
            column = columns.end;
            let (lines, marks) = (&mut lines[columns.clone()], &marks[columns]);
            if *matter == Matter::Cumulated {
                add_cumulated(lines, marks, pooled * SEATS);
                continue;
            }
            for (line, mark) in lines.iter_mut().zip(marks) {
                line.add(*mark, shares);
            }
        }
    }

    /// The items of meeting.json.
    pub fn items(&self, notice_by: &str) -> Value {
        let names: Vec<Value> = NOMINEES.iter().map(|id| json!({ "id": id, "name": capital(id) })).collect();
        let items = self.matters.iter().enumerate().map(|(place, matter)| {
            let id = (place + 1).to_string();
            match matter {
                Matter::Election => json!({
                    "id": id, "kind": "election", "title": "Election of directors", "seats": NOMINEES.len(),
                    "nominees": names, "standard": "plurality",
                }),
                Matter::Cumulated => json!({
                    "id": id, "kind": "election", "title": "Election of trustees", "seats": SEATS,
                    "nominees": names, "standard": "plurality",
                    "cumulative": { "notice": { "by": notice_by, "given": "2026-05-20T09:00:00" } },
                }),
                Matter::Proposal => json!({
                    "id": id, "kind": "proposal", "title": format!("Proposal {id}"),
                    "standard": "majority_of_votes_cast",
                }),
            }
        });
        items.collect()
    }
}

/// Votes on one name, in equal parts, at will, or in percentages.
fn cumulate(random: &mut Random, pool: u64, into: &mut Vec<Say>) {
    let mut cells = [Say::Nothing; NOMINEES.len()];
    let names = NOMINEES.len() as u64;
    let first = random.below(names);
    let at = |step: u64| super::random::place((first + step) % names);
    match random.below(10) {
        0..4 => cells[at(0)] = Say::Votes(pool),
        4..7 => {
            let among = random.between(2, names);
            for step in 0..among {
                cells[at(step)] = Say::Votes(pool / among);
            }
        }
        7..9 => {
            let part = random.between(0, pool);
            cells[at(0)] = Say::Votes(part);
            cells[at(1)] = Say::Votes((pool - part) / 2);
        }
        _ => {
            let part = random.between(1, 99);
            cells[at(0)] = Say::Percent(part);
            cells[at(2)] = Say::Percent(100 - part);
        }
    }
    into.extend(cells);
}

/// votes as written, percentages of the pool, and where a card only says FOR its pool in
/// equal parts of whole votes, those left over one each in the order of the nominees.
fn add_cumulated(lines: &mut [Lines], marks: &[Say], pool: u64) {
    let names = marks.iter().filter(|mark| **mark == Say::For).count() as u64;
    let mut left = pool.checked_rem(names).unwrap_or(0);
    for (line, mark) in lines.iter_mut().zip(marks) {
        let hundredths = match mark {
            Say::Votes(votes) => votes * HUNDREDTHS,
            // Only whole votes count (CUM-9).
            Say::Percent(percent) => pool * percent / 100 * 100,
            Say::For => {
                let extra = u64::from(left > 0);
                left = left.saturating_sub(1);
                (pool / names + extra) * HUNDREDTHS
            }
            Say::Against | Say::Abstain | Say::Withhold | Say::Nonvote | Say::Nothing => 0,
        };
        line.votes_for += u128::from(hundredths);
    }
}

fn capital(id: &str) -> String {
    let (first, rest) = id.split_at(1);
    first.to_uppercase() + rest
}
