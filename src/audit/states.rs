//! What each card is in a result and what it adds to its figures, for two results to be compared. Kept
//! small: both may have millions of cards.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::attribution::{Slot, Source, attribute};
use super::changes::{CardChange, figure, push};
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::determine::Determination;
use crate::tabulate::Tabulation;

/// Every card of a result, by its number.
#[derive(Debug, Default)]
pub struct CardStates {
    /// In the order of their numbers.
    cards: Vec<State>,
    /// What became of cards: `superseded (later_proxy)`.
    determinations: Names,
    /// Figures: votes as the certificate names them where a folder is counted, counted shares by mark where
    /// only a ledger is at hand.
    figures: Names,
}

#[derive(Debug)]
struct State {
    number: Box<str>,
    /// By place among the determinations.
    determination: u32,
    /// What it adds to each figure, by place among the figures; nothing where it is zero.
    amounts: Vec<(u32, Votes)>,
}

impl State {
    fn add(&mut self, figure: u32, votes: Votes) {
        match self.amounts.iter_mut().find(|(known, _)| *known == figure) {
            Some((_, sum)) => *sum += votes,
            None => self.amounts.push((figure, votes)),
        }
    }
}

/// Texts that recur, each once.
#[derive(Debug, Default)]
struct Names {
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    fn place(&mut self, text: String) -> u32 {
        let next = u32::try_from(self.texts.len()).expect("fewer than 2^32 names");
        let place = *self.places.entry(text.clone()).or_insert(next);
        if place == next {
            self.texts.push(text);
        }
        place
    }

    fn text(&self, place: u32) -> &str {
        &self.texts[place as usize]
    }

    /// The place that each of other names has here.
    fn places_of(&self, others: &Self) -> Vec<Option<u32>> {
        others.texts.iter().map(|text| self.places.get(text).copied()).collect()
    }
}

fn told(disposition: &str, reason: &str) -> String {
    if reason == "in_order" { disposition.to_owned() } else { format!("{disposition} ({reason})") }
}

/// An amount as a ledger has it. Over several classes it may be more than a cell of an input.
fn amount(text: &str) -> Option<Votes> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals: u128 = format!("{decimals:0<18}").parse().ok()?;
    let units = whole.parse::<u128>().ok()?.checked_mul(UNITS_PER_ONE)?.checked_add(decimals)?;
    Some(Votes::from_units(units))
}

impl CardStates {
    /// The cards of a tabulation with the votes that each adds to each figure.
    #[must_use]
    pub fn of(tabulation: &Tabulation) -> Self {
        let cards = &tabulation.loaded.cards;
        let mut states = Self::default();
        let mut known = HashMap::new();
        states.cards.reserve_exact(cards.count());
        for id in cards.ids() {
            let Determination { disposition, reason, .. } = tabulation.determined.determinations.get(id);
            let determination = *known
                .entry((disposition, reason))
                .or_insert_with(|| states.determinations.place(told(disposition.name(), reason.name())));
            states.cards.push(State { number: cards.number(id).into(), determination, amounts: Vec::new() });
        }
        for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
            let mut known: BTreeMap<Slot, u32> = BTreeMap::new();
            attribute(tabulation, place, |source, slot, votes| {
                let Source::Card(id) = source else { return };
                if !votes.is_zero() {
                    let name = || states.figures.place(figure(tabulation, item, slot));
                    let figure = *known.entry(slot).or_insert_with(name);
                    states.cards[id.place()].add(figure, votes);
                }
            });
        }
        states.sorted()
    }

    /// The cards of a ledger with their counted shares by mark.
    ///
    /// # Errors
    /// What is wrong with the ledger.
    pub fn of_ledger(bytes: &[u8]) -> Result<Self, String> {
        const FIXED: usize = 15;
        let mut reader = csv::Reader::from_reader(bytes);
        let header: Vec<String> =
            reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
        let place = |name: &str| {
            header
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| format!("the ledger has no column `{name}`"))
        };
        let (card, disposition, reason, shares) =
            (place("card")?, place("disposition")?, place("reason")?, place("shares_counted")?);
        let mut states = Self::default();
        // Per column of marks, the figure of each mark.
        let mut figures: Vec<HashMap<String, u32>> = vec![HashMap::new(); header.len()];
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(|error| error.to_string())? {
            let counted = amount(&row[shares])
                .ok_or_else(|| format!("card {}: `{}` is no number of shares", &row[card], &row[shares]))?;
            let determination = states.determinations.place(told(&row[disposition], &row[reason]));
            let mut state = State { number: row[card].into(), determination, amounts: Vec::new() };
            let marks = row.iter().enumerate().skip(FIXED).filter(|(_, mark)| !mark.is_empty());
            for (column, mark) in marks.filter(|_| !counted.is_zero()) {
                let figure = match figures[column].get(mark) {
                    Some(known) => *known,
                    None => {
                        let figure = states.figures.place(format!("{} {mark}, shares", header[column]));
                        figures[column].insert(mark.to_owned(), figure);
                        figure
                    }
                };
                state.amounts.push((figure, counted));
            }
            states.cards.push(state);
        }
        Ok(states.sorted())
    }

    fn sorted(mut self) -> Self {
        self.cards.sort_unstable_by(|a, b| a.number.cmp(&b.number));
        self
    }

    /// The cards that are not the same in another result, by number.
    pub(super) fn changes(&self, after: &Self) -> Vec<CardChange> {
        let determinations = self.determinations.places_of(&after.determinations);
        let figures = self.figures.places_of(&after.figures);
        let is_same = |old: &State, new: &State| {
            let has_determination = determinations[new.determination as usize] == Some(old.determination);
            let pairs = || old.amounts.iter().zip(&new.amounts);
            let has_amounts = old.amounts.len() == new.amounts.len()
                && pairs().all(|(a, b)| figures[b.0 as usize] == Some(a.0) && a.1 == b.1);
            // Another meeting may name its figures in another order.
            has_determination && (has_amounts || self.amounts(old) == after.amounts(new))
        };
        let (mut old, mut new) = (self.cards.iter().peekable(), after.cards.iter().peekable());
        let mut found = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return found,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.number.cmp(&new.number),
            };
            let of_old = old.next_if(|_| order.is_le());
            let of_new = new.next_if(|_| order.is_ge());
            if !of_old.zip(of_new).is_some_and(|(old, new)| is_same(old, new)) {
                found.extend(self.change(of_old, after, of_new));
            }
        }
    }

    fn amounts(&self, state: &State) -> BTreeMap<&str, Votes> {
        state.amounts.iter().map(|(figure, votes)| (self.figures.text(*figure), *votes)).collect()
    }

    fn change(&self, old: Option<&State>, after: &Self, new: Option<&State>) -> Option<CardChange> {
        let of_old = old.map(|state| self.amounts(state)).unwrap_or_default();
        let of_new = new.map(|state| after.amounts(state)).unwrap_or_default();
        let names: BTreeSet<&str> = of_old.keys().chain(of_new.keys()).copied().collect();
        let mut moved = Vec::new();
        for name in names {
            let shown = |of: &BTreeMap<&str, Votes>| of.get(name).copied().unwrap_or_default().to_string();
            push(name, &shown(&of_old), &shown(&of_new), &mut moved);
        }
        Some(CardChange {
            card: old.or(new)?.number.to_string(),
            before: old.map(|state| self.determinations.text(state.determination).to_owned()),
            after: new.map(|state| after.determinations.text(state.determination).to_owned()),
            moved,
        })
    }
}
