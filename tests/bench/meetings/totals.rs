//! What a meeting comes to, added up while its rows are written.

use serde_json::{Value, json};

use super::agenda::{Agenda, Matter, NOMINEES, Say};

/// Hundredths of a vote per vote: the finest that a whole percentage makes.
pub const HUNDREDTHS: u64 = 100;

/// The lines of one column, in hundredths of votes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lines {
    pub votes_for: u128,
    pub against: u128,
    pub abstain: u128,
    pub withheld: u128,
    pub broker_non_votes: u128,
}

impl Lines {
    /// Adds shares that say so; cumulated votes are not shares and have no line of their own.
    pub fn add(&mut self, say: Say, shares: u64) {
        let line = match say {
            Say::For => &mut self.votes_for,
            Say::Against => &mut self.against,
            Say::Abstain => &mut self.abstain,
            Say::Withhold => &mut self.withheld,
            Say::Nonvote => &mut self.broker_non_votes,
            Say::Votes(_) | Say::Percent(_) | Say::Nothing => return,
        };
        *line += u128::from(shares * HUNDREDTHS);
    }

    pub fn plus(&mut self, other: &Self) {
        self.votes_for += other.votes_for;
        self.against += other.against;
        self.abstain += other.abstain;
        self.withheld += other.withheld;
        self.broker_non_votes += other.broker_non_votes;
    }

    fn sum(&self) -> u128 {
        self.votes_for + self.against + self.abstain + self.withheld + self.broker_non_votes
    }
}

/// What a meeting comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Per column of marks.
    pub lines: Vec<Lines>,
    /// Shares.
    pub present: u128,
    pub cards_read: u64,
    pub counted: u64,
    pub counted_in_part: u64,
    pub superseded: u64,
    pub rejected: u64,
}

impl Totals {
    pub fn new(agenda: &Agenda) -> Self {
        Self { lines: vec![Lines::default(); agenda.columns()], ..Self::default() }
    }

    /// What certificate.json must say.
    pub fn certificate(&self, agenda: &Agenda) -> Value {
        json!({
            "status": "certified",
            "open_matters": [],
            "quorum": { "present": self.present.to_string() },
            "items": self.items(agenda),
            "cards": {
                "read": self.cards_read,
                "counted": self.counted,
                "counted_in_part": self.counted_in_part,
                "superseded": self.superseded,
                "revoked": 0,
                "rejected": self.rejected,
                "held": 0,
            },
        })
    }

    fn items(&self, agenda: &Agenda) -> Value {
        let (lines, present) = (&self.lines, self.present);
        let mut column = 0;
        let items = agenda.matters.iter().enumerate().map(|(place, matter)| {
            let id = (place + 1).to_string();
            let columns = column..column + matter.columns();
            column = columns.end;
            match matter {
                Matter::Proposal => {
                    let mut figures = straight(&lines[columns.start], present);
                    figures["id"] = json!(id);
                    figures
                }
                Matter::Election | Matter::Cumulated => {
                    let nominees = NOMINEES.iter().zip(&lines[columns]).map(|(nominee, lines)| {
                        let mut figures = match matter {
                            Matter::Cumulated => json!({ "for": amount(lines.votes_for) }),
                            Matter::Election | Matter::Proposal => straight(lines, present),
                        };
                        figures["id"] = json!(nominee);
                        figures
                    });
                    json!({ "id": id, "nominees": nominees.collect::<Vec<_>>() })
                }
            }
        });
        items.collect()
    }
}

fn straight(lines: &Lines, present: u128) -> Value {
    json!({
        "for": amount(lines.votes_for),
        "against": amount(lines.against),
        "abstain": amount(lines.abstain),
        "withheld": amount(lines.withheld),
        "broker_non_votes": amount(lines.broker_non_votes),
        "not_voted": amount(present * u128::from(HUNDREDTHS) - lines.sum()),
    })
}

/// Hundredths as the certificate writes them: no superfluous zeros.
fn amount(hundredths: u128) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => whole.to_string(),
        _ => format!("{whole}.{part:02}").trim_end_matches('0').to_owned(),
    }
}
