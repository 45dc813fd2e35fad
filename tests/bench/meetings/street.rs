//! street.csv: participants report their clients' votes block by block, some of them again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use super::Meeting;
use super::agenda::{Matter, NOMINEES, Say};
use super::random::Random;
use super::text::{self, CLOSE, DAY};
use super::totals::{Lines, Totals};

/// No block is larger; the participants' positions have room for all of theirs.
pub const BLOCK_SHARES_MAX: u64 = 2000;

/// What the participants report.
#[derive(Debug, Clone, Copy)]
pub struct Street {
    pub participants: u64,
    pub blocks: u64,
}

impl Street {
    /// The blocks that make so many rows, nearly a fifth of them delivered twice.
    pub fn of_rows(rows: u64, participants: u64) -> Self {
        Self { participants, blocks: (rows * 5 / 6 / rows_of(&[Matter::Election, Matter::Proposal])).max(1) }
    }

    /// Shares enough for a participant's blocks.
    pub fn position(&self) -> u64 {
        (self.blocks / self.participants + 1) * BLOCK_SHARES_MAX
    }

    /// Writes the file and returns its rows.
    pub fn write(&self, meeting: &Meeting, totals: &mut Totals, mut out: impl Write) -> io::Result<u64> {
        let mut random = Random::of(meeting.options.seed, u64::MAX - 1);
        let mut pending: BinaryHeap<Reverse<(u64, Vec<u8>)>> = BinaryHeap::new();
        let rows_each = rows_of(&meeting.agenda.matters);
        let mut rows = 0;
        out.write_all(b"account,item,nominee,vote,shares,block,received\n")?;
        for block in 0..self.blocks {
            while pending.peek().is_some_and(|Reverse((due, _))| *due <= block) {
                let Some(Reverse((_, rows))) = pending.pop() else { break };
                out.write_all(&rows)?;
            }
            let account = block % self.participants;
            let received = random.between(0, CLOSE - 1);
            let mut rows_now = Vec::with_capacity(1024);
            let delivery = Delivery { account, block, received };
            match random.below(100) {
                // Delivered again, and the later delivery stands.
                0..15 => {
                    delivery.write(meeting, &mut random, None, &mut rows_now);
                    let mut again = Vec::with_capacity(1024);
                    let received = random.between(received + 1, CLOSE);
                    let later = Delivery { received, ..delivery };
                    later.write(meeting, &mut random, Some(totals), &mut again);
                    pending.push(Reverse((random.between(block + 1, self.blocks), again)));
                    rows += 2 * rows_each;
                }
                // Delivered again too late.
                15..18 => {
                    delivery.write(meeting, &mut random, Some(totals), &mut rows_now);
                    let mut again = Vec::with_capacity(1024);
                    let late = Delivery { received: CLOSE + random.between(1, DAY), ..delivery };
                    late.write(meeting, &mut random, None, &mut again);
                    pending.push(Reverse((self.blocks, again)));
                    rows += 2 * rows_each;
                }
                _ => {
                    delivery.write(meeting, &mut random, Some(totals), &mut rows_now);
                    rows += rows_each;
                }
            }
            out.write_all(&rows_now)?;
        }
        while let Some(Reverse((_, rows))) = pending.pop() {
            out.write_all(&rows)?;
        }
        out.flush()?;
        Ok(rows)
    }
}

/// The rows of one delivery. Street totals cannot stand in a cumulated election.
fn rows_of(matters: &[Matter]) -> u64 {
    let rows = matters.iter().map(|matter| match matter {
        Matter::Election => NOMINEES.len() as u64 * 3,
        Matter::Proposal => 3,
        Matter::Cumulated => 0,
    });
    rows.sum()
}

struct Delivery {
    account: u64,
    block: u64,
    received: u64,
}

impl Delivery {
    /// Appends the rows; adds them up where they stand.
    fn write(&self, meeting: &Meeting, random: &mut Random, totals: Option<&mut Totals>, into: &mut Vec<u8>) {
        let shares = random.between(100, BLOCK_SHARES_MAX);
        let unvoted = random.between(1, shares / 4);
        let mut lines = vec![Lines::default(); meeting.agenda.columns()];
        let mut column = 0;
        for (item, matter) in meeting.agenda.matters.iter().enumerate() {
            for place in 0..matter.columns() {
                let says = match matter {
                    // A quarter at most is not instructed, and an election is not routine.
                    Matter::Election => [Say::For, Say::Withhold, Say::Nonvote],
                    Matter::Proposal => [Say::For, Say::Against, Say::Abstain],
                    Matter::Cumulated => continue,
                };
                let second = random.between(1, shares / 4);
                let nominee = if *matter == Matter::Election { NOMINEES[place] } else { "" };
                for (say, part) in says.into_iter().zip([shares - second - unvoted, second, unvoted]) {
                    self.row(item + 1, nominee, say, part, into);
                    lines[column + place].add(say, part);
                }
            }
            column += matter.columns();
        }
        if let Some(totals) = totals {
            totals.present += u128::from(shares);
            for (total, line) in totals.lines.iter_mut().zip(&lines) {
                total.plus(line);
            }
        }
    }

    fn row(&self, item: usize, nominee: &str, say: Say, shares: u64, into: &mut Vec<u8>) {
        text::numbered(into, b'A', self.account);
        into.push(b',');
        text::number(into, item as u64);
        into.push(b',');
        into.extend_from_slice(nominee.as_bytes());
        into.push(b',');
        say.write(into, false);
        into.push(b',');
        text::number(into, shares);
        into.push(b',');
        text::numbered(into, b'B', self.block);
        into.push(b',');
        text::time(into, self.received);
        into.push(b'\n');
    }
}
