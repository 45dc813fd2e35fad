//! cards.csv: holder after holder sends in a card or several, and what each of them is due is added up
//! on the way, from what the generator meant and not from what it wrote.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use super::agenda::Say;
use super::random::{Random, Scattered, place};
use super::roll::{Kind, Roll, SIGNERS};
use super::text::{self, CLOSE, DAY};
use super::{Meeting, Options, Shape, Totals};

/// The columns beside the marks.
#[derive(Debug, Clone, Copy)]
struct Layout {
    has_signer: bool,
    has_shares: bool,
}

/// A card as it is handed in.
#[derive(Debug, Clone, Copy)]
struct Card {
    account: u64,
    received: u64,
    is_signed: bool,
    signer: Option<usize>,
    limit: Option<u64>,
}

pub struct Cards<'a, W: Write> {
    meeting: &'a Meeting,
    options: &'a Options,
    roll: &'a Roll,
    layout: Layout,
    out: W,
    /// Rows that stand further down in the file, by the row where they are due.
    pending: BinaryHeap<Reverse<(u64, u64, Vec<u8>)>>,
    random: Random,
    written: u64,
    /// Rows written or pending.
    promised: u64,
    totals: &'a mut Totals,
    row: Vec<u8>,
    marks: Vec<Say>,
}

impl<'a, W: Write> Cards<'a, W> {
    pub fn new(meeting: &'a Meeting, totals: &'a mut Totals, out: W) -> Self {
        let (options, roll) = (&meeting.options, &meeting.roll);
        let layout = Layout {
            has_signer: roll.joint > 0,
            has_shares: options.partial > 0 || roll.large.iter().any(|large| large.kind == Kind::Nominee),
        };
        let random = Random::of(options.seed, u64::MAX);
        let (pending, row, marks) = (BinaryHeap::new(), Vec::new(), Vec::new());
        Self {
            meeting,
            options,
            roll,
            layout,
            out,
            pending,
            random,
            written: 0,
            promised: 0,
            totals,
            row,
            marks,
        }
    }

    /// Writes the file.
    pub fn write(mut self) -> io::Result<()> {
        self.header()?;
        let holders = Scattered::new(self.roll.holders - self.roll.large());
        let mut next = 0;
        match self.options.shape {
            Shape::One => self.one_account()?,
            Shape::Blocks => self.blocks(0, self.options.cards)?,
            Shape::Overvoted => self.overvoted()?,
            Shape::Mixed => {
                let [participants, nominees] = [0, 1].map(|place: usize| self.roll.large[place].accounts);
                for nominee in participants..participants + nominees {
                    let left = self.options.cards - self.promised;
                    self.blocks(nominee, left.min(3))?;
                }
            }
            Shape::Plain | Shape::Cumulated | Shape::Street | Shape::Ten | Shape::Items200 => {}
        }
        while self.written < self.options.cards {
            let is_due = self.pending.peek().is_some_and(|Reverse((row, ..))| *row <= self.written);
            if is_due || self.promised == self.options.cards {
                let Some(Reverse((_, _, row))) = self.pending.pop() else { break };
                self.put(&row)?;
            } else {
                self.holder(self.roll.large() + holders.at(next))?;
                next += 1;
            }
        }
        self.totals.cards_read = self.written;
        self.out.flush()
    }

    fn header(&mut self) -> io::Result<()> {
        let signer = if self.layout.has_signer { ",signer" } else { "" };
        let shares = if self.layout.has_shares { ",shares" } else { "" };
        let marks = self.meeting.agenda.header();
        writeln!(self.out, "card,account,received,signed{signer}{shares}{marks}")
    }

    /// What one holder does.
    fn holder(&mut self, account: u64) -> io::Result<()> {
        let shares = self.roll.shares(account);
        let first = self.arrival();
        let card = Card { account, received: first, is_signed: true, signer: None, limit: None };
        if self.options.shape == Shape::Ten {
            return self.ten(card, shares);
        }
        if self.roll.kind(account) == Kind::Joint {
            return self.joint(card, shares);
        }
        let Options { late, superseded, partial, unsigned, .. } = *self.options;
        // In a thousand cards, which are fewer holders: some of them send two.
        let fate = self.random.below(1000 - (late + superseded + partial));
        if self.options.cards - self.promised < 2 || fate >= late + superseded + partial + unsigned {
            self.stand(card, shares)
        } else if fate < superseded {
            let received = self.random.between(first + 1, CLOSE);
            self.stand(Card { received, ..card }, shares)?;
            self.totals.superseded += 1;
            self.ignore(card, shares)
        } else if fate < superseded + late {
            self.stand(card, shares)?;
            self.totals.rejected += 1;
            let received = CLOSE + self.random.between(1, 3 * DAY);
            self.ignore(Card { received, ..card }, shares)
        } else if fate < superseded + late + partial {
            let newer = self.random.between(1, shares - 1);
            let received = self.random.between(first + 1, CLOSE);
            self.stand(Card { received, limit: Some(newer), ..card }, newer)?;
            self.totals.counted -= 1;
            self.totals.counted_in_part += 1;
            self.stand(card, shares - newer)
        } else {
            self.totals.rejected += 1;
            self.ignore(Card { is_signed: false, ..card }, shares)
        }
    }

    /// Two holders of one account: one of them speaks, or both do; where they differ on an item, each
    /// has half of it (8 Del. C. § 217). Cumulated votes both leave to the proxy holders.
    fn joint(&mut self, card: Card, shares: u64) -> io::Result<()> {
        self.totals.present += u128::from(shares);
        self.totals.counted += 1;
        let speak = if self.options.cards - self.promised < 2 { 1 } else { self.random.between(1, 2) };
        for signer in 0..place(speak) {
            self.mark(shares);
            self.meeting.agenda.leave_to_holders(&mut self.marks);
            let pooled = if signer == 0 { shares } else { 0 };
            self.meeting.agenda.add(&mut self.totals.lines, &self.marks, shares / speak, pooled);
            let received = (card.received + signer as u64).min(CLOSE);
            self.hand_in(Card { received, signer: Some(signer), ..card })?;
        }
        self.totals.counted += speak - 1;
        Ok(())
    }

    /// Ten cards on one account; the last in time stands.
    fn ten(&mut self, card: Card, shares: u64) -> io::Result<()> {
        let cards = 10.min(self.options.cards - self.promised);
        self.totals.superseded += cards - 1;
        let mut received = card.received;
        for number in 1..=cards {
            let card = Card { received, ..card };
            if number == cards {
                self.stand(card, shares)?;
            } else {
                self.ignore(card, shares)?;
            }
            received += self.random.between(1, (CLOSE - received - (cards - number)).clamp(1, 4 * DAY));
        }
        Ok(())
    }

    /// All cards on the first account, in no order, a second apart or more; the last in time stands.
    fn one_account(&mut self) -> io::Result<()> {
        let cards = self.options.cards;
        let scattered = Scattered::new(cards);
        let shares = self.roll.shares(0);
        self.totals.superseded += cards - 1;
        for number in 0..cards {
            let step = scattered.at(number);
            let received = CLOSE - (cards - 1 - step) * (CLOSE / cards);
            let card = Card { account: 0, received, is_signed: true, signer: None, limit: None };
            if step == cards - 1 {
                self.stand(card, shares)?;
            } else {
                self.ignore(card, shares)?;
            }
        }
        Ok(())
    }

    /// Cards of a nominee for so many shares each: they add up.
    fn blocks(&mut self, account: u64, cards: u64) -> io::Result<()> {
        for _ in 0..cards {
            let shares = self.random.between(1, self.roll.shares(account) / cards);
            let received = self.random.between(0, CLOSE);
            let card = Card { account, received, is_signed: true, signer: None, limit: Some(shares) };
            self.stand(card, shares)?;
        }
        Ok(())
    }

    /// Cards of a nominee that come to about twice its position, in the order in which they came.
    fn overvoted(&mut self) -> io::Result<()> {
        let cards = self.options.cards;
        let mut left = self.roll.shares(0);
        let most = left / cards * 4;
        for number in 0..cards {
            let shares = self.random.between(1, most);
            let received = CLOSE * number / cards;
            let card = Card { account: 0, received, is_signed: true, signer: None, limit: Some(shares) };
            let fits = shares.min(left);
            left -= fits;
            if fits == 0 {
                self.totals.rejected += 1;
                self.ignore(card, shares)?;
                continue;
            }
            self.stand(card, fits)?;
            if fits < shares {
                self.totals.counted -= 1;
                self.totals.counted_in_part += 1;
            }
        }
        Ok(())
    }

    /// When the next holder's first card arrives: more or less in the order of the file.
    fn arrival(&mut self) -> u64 {
        let due = u128::from(CLOSE) * u128::from(self.promised) / u128::from(self.options.cards);
        let due = u64::try_from(due).expect("not after the close") + self.random.below(DAY);
        // Leaves room for those that follow it in time.
        due.min(CLOSE - 64)
    }

    /// A card that is voted for so many shares.
    fn stand(&mut self, card: Card, shares: u64) -> io::Result<()> {
        self.mark(shares);
        self.meeting.agenda.add(&mut self.totals.lines, &self.marks, shares, shares);
        self.totals.present += u128::from(shares);
        self.totals.counted += 1;
        self.hand_in(card)
    }

    /// A card that comes to nothing.
    fn ignore(&mut self, card: Card, shares: u64) -> io::Result<()> {
        self.mark(shares);
        self.hand_in(card)
    }

    fn mark(&mut self, shares: u64) {
        self.meeting.agenda.mark(&mut self.random, shares, &mut self.marks);
    }

    /// Writes the card now, or keeps it for where its time of receipt belongs.
    fn hand_in(&mut self, card: Card) -> io::Result<()> {
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        row.push(b',');
        text::numbered(&mut row, b'A', card.account);
        row.push(b',');
        text::time(&mut row, card.received);
        row.extend_from_slice(if card.is_signed { b",yes" } else { b",no" });
        if self.layout.has_signer {
            row.push(b',');
            row.extend_from_slice(card.signer.map_or("", |signer| SIGNERS[signer]).as_bytes());
        }
        if self.layout.has_shares {
            row.push(b',');
            if let Some(limit) = card.limit {
                text::number(&mut row, limit);
            }
        }
        for mark in &self.marks {
            row.push(b',');
            mark.write(&mut row, self.meeting.agenda.is_short);
        }
        row.push(b'\n');
        let due = u128::from(self.options.cards) * u128::from(card.received) / u128::from(CLOSE);
        let due = u64::try_from(due).unwrap_or(u64::MAX);
        let order = self.promised;
        self.promised += 1;
        let is_scattered_already =
            matches!(self.options.shape, Shape::One | Shape::Blocks | Shape::Overvoted);
        if is_scattered_already || due <= self.written + self.options.cards / 32 {
            self.put(&row)?;
            self.row = row;
        } else {
            self.pending.push(Reverse((due, order, row)));
        }
        Ok(())
    }

    /// Writes a row under the next control number.
    fn put(&mut self, row: &[u8]) -> io::Result<()> {
        let mut number = Vec::with_capacity(24);
        text::numbered(&mut number, b'C', self.written);
        self.written += 1;
        self.out.write_all(&number)?;
        self.out.write_all(row)
    }
}
