//! What each card is in a result and what it adds to its figures, for two results to be compared. Kept
//! small: both may have millions of cards.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use hashbrown::DefaultHashBuilder;

use super::attribution::{Slot, Source, attribute_some, attribute_whole};
use super::cells_read::{Beside, CellsRead};
use super::changes::{CardChange, figure, push};
use super::ledger;
use crate::amount::{UNITS_PER_ONE, Votes};
use crate::ballot::reading::MarkSetting;
use crate::determine::{Cover, Determination};
use crate::load::CardId;
use crate::tabulate::Tabulation;

/// Every card of a result, by its number.
#[derive(Debug, Default)]
pub struct CardStates {
    /// In the order of their numbers.
    cards: Vec<State>,
    numbers: String,
    /// What became of cards: `superseded (later_proxy)`.
    determinations: Names,
    /// Figures: votes as the certificate names them where a folder is counted, counted shares by mark where
    /// only a ledger is at hand.
    figures: Names,
    /// The figures of which many cards add to each as much.
    lists: Lists,
    /// Of other cards, what they add to each figure.
    own: Vec<Vec<(u32, Votes)>>,
    /// What was read of each card, in the order in which they came.
    read: CellsRead,
}

#[derive(Debug)]
struct State {
    /// Where its number stands among the numbers.
    number: (usize, u32),
    /// Its place in the order in which they came.
    place: u32,
    /// By place among the determinations.
    determination: u32,
    adds: Adds,
}

/// What a card adds to the figures; nothing where that is zero.
#[derive(Debug, Clone, Copy)]
enum Adds {
    /// So many votes to each figure of a list, by place: so it is with nearly all cards.
    ToEach(u32, Votes),
    /// To each figure its own, by place among what cards add each for itself.
    Own(u32),
}

/// The place of the list without figures.
const NO_FIGURES: u32 = 0;

/// Lists of figures, each once.
#[derive(Debug)]
struct Lists {
    all: Vec<Vec<u32>>,
    places: HashMap<Vec<u32>, u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { all: vec![Vec::new()], places: HashMap::from([(Vec::new(), NO_FIGURES)]) }
    }
}

impl Lists {
    fn place(&mut self, list: &[u32]) -> u32 {
        if let Some(place) = self.places.get(list) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).expect("fewer than 2^32 lists");
        self.all.push(list.to_vec());
        self.places.insert(list.to_vec(), place);
        place
    }
}

/// Texts that recur, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    fn place(&mut self, text: String) -> u32 {
        self.place_of(&text)
    }

    /// The place of a text, which is kept where it is new.
    pub(super) fn place_of(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let next = u32::try_from(self.texts.len()).expect("fewer than 2^32 names");
        self.places.insert(text.to_owned(), next);
        self.texts.push(text.to_owned());
        next
    }

    pub(super) fn text(&self, place: u32) -> &str {
        &self.texts[place as usize]
    }

    /// The place that each of other names has here.
    pub(super) fn places_of(&self, others: &Self) -> Vec<Option<u32>> {
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
            states.push(cards.number(id), determination, Adds::ToEach(NO_FIGURES, Votes::ZERO));
        }
        states.read = CellsRead::of(tabulation);
        let others = states.add_whole(tabulation);
        for (place, item) in tabulation.loaded.meeting.items.iter().enumerate() {
            let mut known: BTreeMap<Slot, u32> = BTreeMap::new();
            attribute_some(tabulation, place, others.iter().cloned(), |source, slot, votes| {
                let Source::Card(id) = source else { return };
                if !votes.is_zero() {
                    let name = || states.figures.place(figure(tabulation, item, slot));
                    let figure = *known.entry(slot).or_insert_with(name);
                    states.add(id, figure, votes);
                }
            });
        }
        states.sorted()
    }

    /// Adds the votes of cards that stand whole wherever they stand: where each stands is the same for all that
    /// bear the same marks. Returns what other cards cover.
    fn add_whole(&mut self, tabulation: &Tabulation) -> Vec<Cover> {
        let context = tabulation.context();
        let mut known: HashMap<_, Option<u32>, DefaultHashBuilder> = HashMap::default();
        let mut others = Vec::new();
        for cover in tabulation.determined.coverage.iter().filter(|cover| !cover.is_not_voted) {
            let account = context.account(cover.position);
            let is_alike = context.electorate.of(account).len() == 1
                && !context.electorate.excluded.contains_key(&account)
                && !context.determined.ruled_out_items.contains_key(&cover.card);
            let setting = context.setting_of(&cover);
            let kind = (cover.marking, setting, context.class(cover.position));
            let list = if is_alike {
                *known.entry(kind).or_insert_with(|| self.list_of(tabulation, &cover, setting))
            } else {
                None
            };
            match list {
                Some(list) => {
                    let votes = context.votes(&cover);
                    let list = if votes.is_zero() { NO_FIGURES } else { list };
                    self.cards[cover.card.place()].adds = Adds::ToEach(list, votes);
                }
                None => others.push(cover),
            }
        }
        others
    }

    /// The figures to each of which all votes of such a card go; nothing where that depends on the card.
    fn list_of(&mut self, tabulation: &Tabulation, cover: &Cover, setting: MarkSetting) -> Option<u32> {
        let context = tabulation.context();
        let reader = context.reader();
        let mut list = Vec::new();
        for (place, item) in context.meeting.items.iter().enumerate() {
            if !context.votes_on(cover.position, place) {
                continue;
            }
            let reading = reader.read(cover.marking, setting, place);
            if reading.depends_on_card() {
                return None;
            }
            attribute_whole(context, place, &reading, setting.form, Votes::whole(1), |slot, _| {
                list.push(self.figures.place(figure(tabulation, item, slot)));
            });
        }
        Some(self.lists.place(&list))
    }

    fn push(&mut self, number: &str, determination: u32, adds: Adds) {
        let length = u32::try_from(number.len()).expect("a line is shorter than 4 GiB");
        let place = u32::try_from(self.cards.len()).expect("fewer than 2^32 cards");
        self.cards.push(State { number: (self.numbers.len(), length), place, determination, adds });
        self.numbers.push_str(number);
    }

    /// Adds votes of a card to a figure.
    fn add(&mut self, id: CardId, figure: u32, votes: Votes) {
        let place = match self.cards[id.place()].adds {
            Adds::Own(place) => place,
            Adds::ToEach(..) => {
                let place = u32::try_from(self.own.len()).expect("fewer than 2^32 cards");
                self.own.push(self.added(&self.cards[id.place()]).collect());
                self.cards[id.place()].adds = Adds::Own(place);
                place
            }
        };
        let own = &mut self.own[place as usize];
        match own.iter_mut().find(|(known, _)| *known == figure) {
            Some((_, sum)) => *sum += votes,
            None => own.push((figure, votes)),
        }
    }

    /// What a card adds to each figure.
    fn added(&self, state: &State) -> impl Iterator<Item = (u32, Votes)> {
        let (list, votes, own) = match state.adds {
            Adds::ToEach(list, votes) => (self.lists.all[list as usize].as_slice(), votes, &[][..]),
            Adds::Own(place) => (&[][..], Votes::ZERO, self.own[place as usize].as_slice()),
        };
        list.iter().map(move |figure| (*figure, votes)).chain(own.iter().copied())
    }

    fn number(&self, state: &State) -> &str {
        let (start, length) = state.number;
        &self.numbers[start..start + length as usize]
    }

    /// The cards of a ledger with their counted shares by mark.
    ///
    /// # Errors
    /// What is wrong with the ledger.
    pub fn of_ledger(bytes: &[u8]) -> Result<Self, String> {
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
        let is_before_marks = |name: &&String| ledger::SOMETIMES.contains(&name.as_str());
        let first_mark = shares + 1 + header.iter().skip(shares + 1).take_while(is_before_marks).count();
        let mut states = Self::default();
        // Per column of marks, the figure of each mark.
        let mut figures: Vec<HashMap<String, u32>> = vec![HashMap::new(); header.len()];
        let (mut row, mut list) = (csv::StringRecord::new(), Vec::new());
        while reader.read_record(&mut row).map_err(|error| error.to_string())? {
            let counted = amount(&row[shares])
                .ok_or_else(|| format!("card {}: `{}` is no number of shares", &row[card], &row[shares]))?;
            let determination = states.determinations.place(told(&row[disposition], &row[reason]));
            list.clear();
            let marks = row.iter().enumerate().skip(first_mark).filter(|(_, mark)| !mark.is_empty());
            for (column, mark) in marks.filter(|_| !counted.is_zero()) {
                let figure = match figures[column].get(mark) {
                    Some(known) => *known,
                    None => {
                        let figure = states.figures.place(format!("{} {mark}, shares", header[column]));
                        figures[column].insert(mark.to_owned(), figure);
                        figure
                    }
                };
                list.push(figure);
            }
            let adds = Adds::ToEach(states.lists.place(&list), counted);
            states.push(&row[card], determination, adds);
            states.read.push_row(|column| {
                let place = header.iter().position(|known| known == column);
                place.and_then(|place| row.get(place)).map_or("", ledger::plain)
            });
        }
        Ok(states.sorted())
    }

    fn sorted(mut self) -> Self {
        let mut cards = std::mem::take(&mut self.cards);
        cards.sort_unstable_by(|a, b| self.number(a).cmp(self.number(b)));
        Self { cards, ..self }
    }

    /// The cards that are not the same in another result, by number.
    pub(super) fn changes(&self, after: &Self) -> Vec<CardChange> {
        let determinations = self.determinations.places_of(&after.determinations);
        let figures = self.figures.places_of(&after.figures);
        let here = |list: &Vec<u32>| list.iter().map(|figure| figures[*figure as usize]).collect();
        let same_list = |list: &Vec<u32>| {
            let here: Option<Vec<u32>> = here(list);
            here.and_then(|here| self.lists.places.get(&here).copied())
        };
        let lists: Vec<Option<u32>> = after.lists.all.iter().map(same_list).collect();
        let read = self.read.beside(&after.read);
        let is_same = |old: &State, new: &State| {
            let has_determination = determinations[new.determination as usize] == Some(old.determination);
            let has_same_adds = match (old.adds, new.adds) {
                (Adds::ToEach(one, votes), Adds::ToEach(other, after)) => {
                    lists[other as usize] == Some(one) && votes == after
                }
                _ => false,
            };
            // Another meeting may name its figures in another order.
            has_determination
                && read.are_alike(old.place as usize, new.place as usize)
                && (has_same_adds || self.amounts(old) == after.amounts(new))
        };
        let (mut old, mut new) = (self.cards.iter().peekable(), after.cards.iter().peekable());
        let mut found = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return found,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => self.number(old).cmp(after.number(new)),
            };
            let of_old = old.next_if(|_| order.is_le());
            let of_new = new.next_if(|_| order.is_ge());
            if !of_old.zip(of_new).is_some_and(|(old, new)| is_same(old, new)) {
                found.extend(self.change(of_old, after, of_new, &read));
            }
        }
    }

    fn amounts(&self, state: &State) -> BTreeMap<&str, Votes> {
        self.added(state).map(|(figure, votes)| (self.figures.text(figure), votes)).collect()
    }

    fn change(
        &self,
        old: Option<&State>,
        after: &Self,
        new: Option<&State>,
        read: &Beside<'_>,
    ) -> Option<CardChange> {
        let of_old = old.map(|state| self.amounts(state)).unwrap_or_default();
        let of_new = new.map(|state| after.amounts(state)).unwrap_or_default();
        let names: BTreeSet<&str> = of_old.keys().chain(of_new.keys()).copied().collect();
        let mut moved = Vec::new();
        for name in names {
            let shown = |of: &BTreeMap<&str, Votes>| of.get(name).copied().unwrap_or_default().to_string();
            push(name, &shown(&of_old), &shown(&of_new), &mut moved);
        }
        let number = old.map(|old| self.number(old)).or_else(|| new.map(|new| after.number(new)))?;
        Some(CardChange {
            card: number.to_owned(),
            before: old.map(|state| self.determinations.text(state.determination).to_owned()),
            after: new.map(|state| after.determinations.text(state.determination).to_owned()),
            moved,
            read: old
                .zip(new)
                .map(|(old, new)| read.changes(old.place as usize, new.place as usize))
                .unwrap_or_default(),
        })
    }
}
