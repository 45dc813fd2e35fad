//! What proxies were told to do: of the votes that proxies and street totals cast, those that the holder directed and
//! those left to the proxy holders, as Australian companies disclose them (Corporations Act 2001 (Cth) s 251AA).

use super::attribution::{Slot, Source, attribute};
use crate::amount::Votes;
use crate::ballot::reading::{ItemReading, Line, MarkReader, MarkSetting};
use crate::load::CardId;
use crate::tabulate::Tabulation;

/// The votes of proxies on a matter or a nominee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Instructions {
    /// Directed to vote for.
    pub votes_for: Votes,
    /// Directed to vote against.
    pub against: Votes,
    /// Left to the proxy holders, who vote as the form says.
    pub discretion: Votes,
    /// Directed to abstain, or authority withheld.
    pub abstain: Votes,
}

/// Per item and column, what proxies were told.
#[must_use]
pub fn instructions(tabulation: &Tabulation) -> Vec<Vec<Instructions>> {
    let items = &tabulation.loaded.meeting.items;
    (0..items.len()).map(|item| of_item(tabulation, item, items[item].column_count())).collect()
}

fn of_item(tabulation: &Tabulation, item: usize, columns: usize) -> Vec<Instructions> {
    let mut told = vec![Instructions::default(); columns];
    let reader = tabulation.context().reader();
    // A card's votes come together: what it says by itself is read once.
    let mut last: Option<(CardId, Option<ItemReading>)> = None;
    attribute(tabulation, item, |source, slot, votes| {
        let Slot::Line(column, line) = slot else { return };
        let is_directed = match source {
            Source::Silent(_) | Source::Following(_) => return,
            Source::Street(..) => true,
            Source::Card(card) => {
                if last.as_ref().is_none_or(|(known, _)| *known != card) {
                    last = Some((card, own_words(tabulation, &reader, card, item)));
                }
                match last.as_ref().and_then(|(_, own)| own.as_ref()) {
                    None => return,
                    Some(own) => line_of(own, column) != Some(Line::NotVoted),
                }
            }
        };
        let of = &mut told[column];
        match (line, is_directed) {
            (Line::NotVoted | Line::BrokerNonVote, _) => {}
            (_, false) => of.discretion += votes,
            (Line::For, true) => of.votes_for += votes,
            (Line::Against, true) => of.against += votes,
            (Line::Abstain | Line::Withheld, true) => of.abstain += votes,
        }
    });
    told
}

/// What a proxy says by itself, without what its form makes of silence; nothing of a ballot.
fn own_words(
    tabulation: &Tabulation,
    reader: &MarkReader<'_>,
    card: CardId,
    item: usize,
) -> Option<ItemReading> {
    let card = tabulation.loaded.cards.get(card);
    let as_marked = MarkSetting { form: None, is_nominee: false };
    (!card.is_ballot()).then(|| reader.read(card.marking, as_marked, item))
}

fn line_of(reading: &ItemReading, column: usize) -> Option<Line> {
    match reading {
        ItemReading::Proposal(line) | ItemReading::NoChoice(line) => Some(*line),
        ItemReading::Choice(_) => Some(Line::For),
        ItemReading::Straight(votes) => votes.get(column).map(|vote| vote.line),
        ItemReading::Cumulative(vote) => vote.lines.get(column).copied().flatten(),
    }
}
