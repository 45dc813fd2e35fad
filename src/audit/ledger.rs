//! ledger.csv: every card with its disposition and its effective marks, a row each in the order of
//! the files; exceptions.csv: those not plainly counted, the largest first.

use std::collections::HashMap;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::amount::Shares;
use crate::ascertain::Holding;
use crate::audit::story;
use crate::ballot::reading::{Cumulated, ItemReading, Line, PoolUse, Reader, Setting};
use crate::determine::{Cause, Disposition};
use crate::load::{Card, CardId, SignedState};
use crate::meeting::{Item, ItemKind};
use crate::tabulate::Tabulation;

/// The digest of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerDigest {
    /// Its rows, without the header.
    pub rows: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Makes a cell harmless in a spreadsheet: one that would run as a formula, and one that already
/// begins with an apostrophe, gets an apostrophe before it. Taking one leading apostrophe away gives
/// the text back.
#[must_use]
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Shares that each card claims and those counted for it.
#[derive(Debug)]
pub struct CardShares {
    counted: Vec<Shares>,
}

impl CardShares {
    /// Adds up what every card got.
    #[must_use]
    pub fn of(tabulation: &Tabulation) -> Self {
        let mut counted = vec![Shares::ZERO; tabulation.loaded.cards.rows.len()];
        for taking in tabulation.determined.takings.iter().filter(|taking| !taking.is_silent) {
            counted[taking.card.place()] += taking.shares;
        }
        for joint in &tabulation.determined.joint {
            for card in &joint.cards {
                counted[card.place()] += tabulation.electorate.get(joint.position).shares;
            }
        }
        Self { counted }
    }

    /// The shares that a card votes; a held card votes none.
    #[must_use]
    pub fn counted(&self, id: CardId) -> Shares {
        self.counted[id.place()]
    }

    /// The shares that a card claims: its limit, or its account's positions.
    #[must_use]
    pub fn claimed(tabulation: &Tabulation, card: &Card) -> Shares {
        tabulation.loaded.cards.limit(card).unwrap_or_else(|| {
            let positions = tabulation.electorate.of(card.account).iter();
            positions
                .filter(|position| card.class().is_none_or(|class| class == usize::from(position.class)))
                .filter(|position| position.is_voting)
                .map(|position| position.shares)
                .sum()
        })
    }
}

/// Writes the ledger.
///
/// # Errors
/// What the writer reports.
pub fn write(tabulation: &Tabulation, out: impl Write) -> io::Result<LedgerDigest> {
    let mut digest = Digesting { out, hasher: Sha256::new() };
    let rows = {
        let mut csv = csv::Writer::from_writer(&mut digest);
        csv.write_record(header(tabulation))?;
        let mut writer = RowWriter::new(tabulation);
        for id in tabulation.loaded.cards.ids() {
            csv.write_record(writer.row(id))?;
        }
        csv.flush()?;
        tabulation.loaded.cards.rows.len() as u64
    };
    Ok(LedgerDigest { rows, sha256: crate::load::hex(&digest.hasher.finalize()) })
}

/// Writes the exceptions: every card that is not plainly counted, the largest first.
///
/// # Errors
/// What the writer reports.
pub fn write_exceptions(tabulation: &Tabulation, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut header = header(tabulation);
    header.push("why".to_owned());
    csv.write_record(&header)?;
    let mut writer = RowWriter::new(tabulation);
    for id in story::exceptions(tabulation) {
        let mut row = writer.row(id);
        row.push(harmless(&story::why(tabulation, id)));
        csv.write_record(&row)?;
    }
    csv.flush()
}

fn header(tabulation: &Tabulation) -> Vec<String> {
    let fixed = [
        "file",
        "line",
        "card",
        "account",
        "form",
        "kind",
        "medium",
        "dated",
        "received",
        "signed",
        "disposition",
        "reason",
        "cause",
        "shares_claimed",
        "shares_counted",
    ];
    let marks = tabulation.loaded.cards.layout.columns.iter().filter(|column| is_shown(tabulation, column));
    fixed.into_iter().map(str::to_owned).chain(marks.map(|column| harmless(&column.header))).collect()
}

/// An election's box is spread over its nominees; it has no column of its own.
fn is_shown(tabulation: &Tabulation, column: &crate::ballot::Column) -> bool {
    let is_election = tabulation.loaded.meeting.items[column.item].election().is_some();
    !is_election || column.nominee.is_some()
}

struct RowWriter<'a> {
    tabulation: &'a Tabulation,
    reader: Reader<'a>,
    shares: CardShares,
    marks: HashMap<(crate::ballot::MarkingId, Setting), Vec<String>>,
}

impl<'a> RowWriter<'a> {
    fn new(tabulation: &'a Tabulation) -> Self {
        let cards = &tabulation.loaded.cards;
        let reader = Reader::new(&tabulation.loaded.meeting, &cards.layout, &cards.markings);
        Self { tabulation, reader, shares: CardShares::of(tabulation), marks: HashMap::new() }
    }

    fn row(&mut self, id: CardId) -> Vec<String> {
        let loaded = &self.tabulation.loaded;
        let card = loaded.cards.get(id);
        let fate = self.tabulation.determined.fates[id.place()];
        let (file, line) = loaded.cards.place(id);
        let zone = &loaded.meeting.zone;
        let form = card.form.map_or("", |form| &loaded.meeting.forms[usize::from(form)].id);
        let signed = match card.signed {
            SignedState::Yes => "yes",
            SignedState::No => "no",
            SignedState::Mismatch => "mismatch",
        };
        let mut row = vec![
            harmless(file),
            line.to_string(),
            harmless(loaded.cards.number(id)),
            harmless(loaded.accounts.text(card.account.0)),
            harmless(form),
            if card.is_ballot() { "ballot" } else { "proxy" }.to_owned(),
            card.medium.name().to_owned(),
            card.dated.map_or_else(String::new, |dated| dated.to_string()),
            card.received.in_zone(zone),
            signed.to_owned(),
            fate.disposition.name().to_owned(),
            fate.reason.name().to_owned(),
            harmless(&cause(self.tabulation, fate.cause)),
            CardShares::claimed(self.tabulation, card).to_string(),
            if fate.disposition == Disposition::Held {
                Shares::ZERO.to_string()
            } else {
                self.shares.counted(id).to_string()
            },
        ];
        row.extend(self.effective_marks(id));
        row
    }

    /// The marks of a card that stands, after the form's defaults; of others nothing.
    fn effective_marks(&mut self, id: CardId) -> Vec<String> {
        let loaded = &self.tabulation.loaded;
        let columns = loaded.cards.layout.columns.iter().filter(|column| is_shown(self.tabulation, column));
        let fate = self.tabulation.determined.fates[id.place()];
        if matches!(fate.disposition, Disposition::Superseded | Disposition::Revoked | Disposition::Rejected)
        {
            return columns.map(|_| String::new()).collect();
        }
        let card = loaded.cards.get(id);
        let positions = self.tabulation.electorate.of(card.account);
        let is_nominee = positions.iter().any(|position| position.holding == Holding::Nominee);
        let setting = Setting { form: card.form, is_nominee };
        let is_ruled = self.tabulation.determined.ruled_out_items.contains_key(&id);
        let read = |reader: &Reader<'_>| -> Vec<String> {
            let items = loaded.meeting.items.iter().enumerate();
            items
                .flat_map(|(place, item)| {
                    let determined = &self.tabulation.determined;
                    marks_of(&determined.reading(reader, loaded, id, setting, place), item)
                })
                .collect()
        };
        if is_ruled {
            return read(&self.reader);
        }
        let reader = &self.reader;
        self.marks.entry((card.marking, setting)).or_insert_with(|| read(reader)).clone()
    }
}

/// The effective marks of an item, a cell for each nominee or one.
fn marks_of(reading: &ItemReading, item: &Item) -> Vec<String> {
    let name = |line: Line| match line {
        Line::For => "FOR",
        Line::Against => "AGAINST",
        Line::Abstain => "ABSTAIN",
        Line::Withheld => "WITHHOLD",
        Line::BrokerNonVote => "NONVOTE",
        Line::NotVoted => "NOT_VOTED",
    };
    let written = |votes: &Cumulated| match votes {
        Cumulated::Votes(votes) => votes.to_string(),
        Cumulated::Percent(hundredths) => crate::ballot::Percent(*hundredths).to_string(),
    };
    match reading {
        ItemReading::Proposal(line) | ItemReading::NoChoice(line) => vec![name(*line).to_owned()],
        ItemReading::Choice(place) => match &item.kind {
            ItemKind::Frequency(choices) => vec![harmless(&choices[*place].id)],
            ItemKind::Election(_) | ItemKind::Proposal(_) => vec![String::new()],
        },
        ItemReading::Straight(votes) => votes
            .iter()
            .map(|vote| vote.cap.as_ref().map_or_else(|| name(vote.line).to_owned(), &written))
            .collect(),
        ItemReading::Cumulative(vote) => {
            let mut cells: Vec<String> =
                vote.lines.iter().map(|line| line.map_or("NOT_VOTED", name).to_owned()).collect();
            match &vote.pool {
                PoolUse::Written(all) => {
                    for one in all {
                        cells[one.nominee] = written(&one.votes);
                    }
                }
                PoolUse::ProxyHolders(permitted) => {
                    for nominee in permitted {
                        cells[*nominee] = "DISCRETION".to_owned();
                    }
                }
                PoolUse::EqualParts(_) | PoolUse::Nothing(_) => {}
            }
            cells
        }
    }
}

/// What caused a fate: a card's number, or the file and line of a row.
#[must_use]
pub fn cause(tabulation: &Tabulation, cause: Option<Cause>) -> String {
    use crate::load::Role;
    let loaded = &tabulation.loaded;
    match cause {
        None => String::new(),
        Some(Cause::Card(id)) => loaded.cards.number(id).to_owned(),
        Some(Cause::Revocation(place)) => {
            format!("{}:{}", loaded.path_of(Role::Revocations), loaded.revocations[place as usize].line)
        }
        Some(Cause::Ruling(place)) => {
            format!("{}:{}", loaded.path_of(Role::Rulings), loaded.rulings[place as usize].line)
        }
    }
}

/// A writer that digests what passes through.
struct Digesting<W> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_is_made_harmless_and_can_be_had_back() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "plain", ""] {
            let safe = harmless(text);
            assert!(!safe.starts_with(['=', '+', '-', '@']));
            assert_eq!(safe.strip_prefix('\'').unwrap_or(&safe), text);
        }
    }
}
