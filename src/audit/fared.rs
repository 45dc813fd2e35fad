//! How a card that stands fared on single items otherwise than as it is marked: outvoted by other joint holders,
//! divided with them, or with a box for all that a nominee from the floor made void. One card has one disposition,
//! and `counted` alone would not say it.

use crate::ascertain::Holding;
use crate::ballot::MarkingId;
use crate::ballot::reading::{ItemReading, MarkReader, MarkSetting};
use crate::determine::{Disposition, JointOutcome, JointPosition};
use crate::load::CardId;
use crate::meeting::{DateStyle, JointHolders};
use crate::rule::Rule;
use crate::tabulate::Tabulation;
use crate::text::visible;

/// How a card fared on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fare {
    /// JNT-1: it goes one way, and these, which go another, bind all the shares.
    Outvoted(Vec<CardId>),
    /// JNT-1: half the shares go as it says, half as these say.
    Divided(Vec<CardId>),
    /// JNT-1: it does not act on the item; these do, and all the shares go as they say.
    Bound(Vec<CardId>),
    /// JNT-2: it acts, and nothing decides between the ways.
    Held,
    /// JNT-6: it acts, and not all whom the register names act the same way.
    NotAgreed,
    /// ELE-2: its box for all names too many since somebody was nominated from the floor.
    BoxVoid,
}

impl Fare {
    /// Whether the shares go otherwise than the card is marked.
    #[must_use]
    pub fn is_otherwise(&self) -> bool {
        !matches!(self, Self::Bound(_))
    }

    /// The rule behind it.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Outvoted(_) | Self::Divided(_) | Self::Bound(_) => Rule::JointStatute,
            Self::Held => Rule::JointConflict,
            Self::NotAgreed => Rule::JointUnanimous,
            Self::BoxVoid => Rule::Overmarked,
        }
    }
}

/// How a card fared on one item, in one class where it votes several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fared {
    /// The item, by place.
    pub item: usize,
    /// The class, by place, where the meeting has several and it matters.
    pub class: Option<usize>,
    /// How.
    pub fare: Fare,
}

/// Tells how cards fared.
pub struct Fares<'a> {
    tabulation: &'a Tabulation,
    reader: MarkReader<'a>,
    has_joint: bool,
    /// Elections with a nominee from the floor, by place.
    floor: Vec<usize>,
}

impl<'a> Fares<'a> {
    /// Of a tabulation.
    #[must_use]
    pub fn of(tabulation: &'a Tabulation) -> Self {
        let is_floor = |item: &crate::meeting::Item| {
            item.election().is_some_and(|election| {
                !election.is_cumulative()
                    && election.nominees.iter().any(|nominee| nominee.nominated.is_some())
            })
        };
        let items = tabulation.loaded.meeting.items.iter().enumerate();
        let floor = items.filter(|(_, item)| !item.is_withdrawn && is_floor(item)).map(|(place, _)| place);
        Self {
            tabulation,
            reader: tabulation.context().reader(),
            has_joint: tabulation.determined.joint.iter().any(|joint| joint.cards.len() > 1),
            floor: floor.collect(),
        }
    }

    /// Whether a card may have fared so.
    #[must_use]
    pub fn may_be(&self) -> bool {
        self.has_joint || !self.floor.is_empty()
    }

    /// Whether any card fared so.
    #[must_use]
    pub fn is_any(&self) -> bool {
        let joint = self.tabulation.determined.joint.iter();
        joint.filter(|joint| joint.cards.len() > 1).any(|joint| {
            joint
                .cards
                .iter()
                .any(|card| (0..joint.outcomes.len()).any(|i| self.joint(joint, *card, i).is_some()))
        }) || (!self.floor.is_empty()
            && self
                .tabulation
                .loaded
                .cards
                .ids()
                .any(|id| self.floor.iter().any(|item| self.is_box_void(id, *item))))
    }

    /// How a card fared, item by item; nothing where it is counted as it is marked.
    #[must_use]
    pub fn card(&self, id: CardId) -> Vec<Fared> {
        let mut found = Vec::new();
        if self.has_joint {
            self.of_joint(id, &mut found);
        }
        for item in &self.floor {
            if self.is_box_void(id, *item) {
                found.push(Fared { item: *item, class: None, fare: Fare::BoxVoid });
            }
        }
        found.sort_by_key(|fared| fared.item);
        found
    }

    /// The cards of some dispositions that do not vote on every item as they are marked, in the order of the files.
    #[must_use]
    pub fn otherwise(&self, of: &[Disposition]) -> Vec<CardId> {
        if !self.may_be() {
            return Vec::new();
        }
        let determinations = &self.tabulation.determined.determinations;
        let is_of = |id: &CardId| of.contains(&determinations.get(*id).disposition);
        let is_otherwise = |id: &CardId| self.card(*id).iter().any(|fared| fared.fare.is_otherwise());
        let mut ids: Vec<CardId> = if self.floor.is_empty() {
            self.tabulation.determined.joint.iter().flat_map(|joint| joint.cards.iter().copied()).collect()
        } else {
            self.tabulation.loaded.cards.ids().collect()
        };
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| is_of(id) && is_otherwise(id));
        ids
    }

    fn of_joint(&self, id: CardId, found: &mut Vec<Fared>) {
        let Tabulation { loaded, electorate, determined, .. } = self.tabulation;
        let account = loaded.cards.account(id);
        for position in electorate.ids_of(account) {
            if electorate.get(position).holding() != Holding::Joint {
                continue;
            }
            let Ok(place) = determined.joint.binary_search_by_key(&position, |joint| joint.position) else {
                continue;
            };
            let joint = &determined.joint[place];
            // Papers that speak of some items stand item by item, and their parts say how.
            let is_by_item =
                joint.cards.iter().any(|card| !loaded.cards.scope(&loaded.cards.get(*card)).is_empty());
            if joint.cards.len() < 2 || !joint.cards.contains(&id) || is_by_item {
                continue;
            }
            let class = usize::from(electorate.get(position).class);
            for item in 0..loaded.meeting.items.len() {
                if let Some(fare) = self.joint(joint, id, item) {
                    let same = found.iter_mut().find(|one| one.item == item && one.fare == fare);
                    match same {
                        // Alike in every class, it need not be said of each.
                        Some(one) => one.class = None,
                        None => {
                            let class = (loaded.meeting.classes.len() > 1).then_some(class);
                            found.push(Fared { item, class, fare });
                        }
                    }
                }
            }
        }
    }

    fn joint(&self, joint: &JointPosition, id: CardId, item: usize) -> Option<Fare> {
        if !self.tabulation.context().votes_on(joint.position, item) {
            return None;
        }
        let own = self.reading(id, item);
        let like = |way: &ItemReading| -> Vec<CardId> {
            let is_like = |id: &CardId| {
                let reading = self.reading(*id, item);
                reading.is_act() && reading.is_same_way(way)
            };
            joint.cards.iter().copied().filter(is_like).collect()
        };
        match &joint.outcomes[item] {
            JointOutcome::Binds(card) => {
                let way = self.reading(*card, item);
                match (way.is_act(), own.is_act()) {
                    (false, _) => None,
                    (true, false) => Some(Fare::Bound(like(&way))),
                    (true, true) => (!own.is_same_way(&way)).then(|| Fare::Outvoted(like(&way))),
                }
            }
            JointOutcome::Split(one, other) => {
                let [one, other] = [self.reading(*one, item), self.reading(*other, item)];
                Some(if !own.is_act() {
                    let mut both = like(&one);
                    both.extend(like(&other));
                    Fare::Bound(both)
                } else if own.is_same_way(&one) {
                    Fare::Divided(like(&other))
                } else {
                    Fare::Divided(like(&one))
                })
            }
            JointOutcome::Conflict => own.is_act().then_some(Fare::Held),
            JointOutcome::NotVoted => {
                let is_asked = self.tabulation.loaded.meeting.rules.joint_holders == JointHolders::Unanimous;
                (is_asked && own.is_act()).then_some(Fare::NotAgreed)
            }
            // Of papers that speak of some items each has its own part, as its disposition says.
            JointOutcome::Parts(_) => None,
        }
    }

    fn setting(&self, id: CardId) -> (MarkingId, MarkSetting) {
        let card = &self.tabulation.loaded.cards.get(id);
        let is_nominee = self.tabulation.electorate.is_nominee(card.account);
        (card.marking, MarkSetting { form: card.form, is_nominee })
    }

    fn reading(&self, id: CardId, item: usize) -> ItemReading {
        let (_, setting) = self.setting(id);
        self.tabulation.determined.reading(&self.reader, &self.tabulation.loaded, id, setting, item)
    }

    fn is_box_void(&self, id: CardId, item: usize) -> bool {
        let determined = &self.tabulation.determined;
        let stands = matches!(
            determined.determinations.get(id).disposition,
            Disposition::Counted | Disposition::CountedInPart
        );
        let is_ruled = || determined.ruled_out_items.get(&id).is_some_and(|items| items.contains(&item));
        let (marking, setting) = self.setting(id);
        stands && self.reader.is_box_void_by_floor(marking, setting, item) && !is_ruled()
    }

    /// In a few words for a cell: `1: outvoted by C-2, C-3; 2: divided with C-4`.
    #[must_use]
    pub fn cell(&self, id: CardId) -> String {
        let meeting = &self.tabulation.loaded.meeting;
        let one = |fared: &Fared| {
            let class =
                fared.class.map_or_else(String::new, |class| format!(" ({})", meeting.classes[class].id));
            let what = match &fared.fare {
                Fare::Outvoted(by) => format!("outvoted by {}", self.numbers(by)),
                Fare::Divided(with) => format!("divided with {}", self.numbers(with)),
                Fare::Bound(by) => format!("bound by {}", self.numbers(by)),
                Fare::Held => "held".to_owned(),
                Fare::NotAgreed => "not agreed".to_owned(),
                Fare::BoxVoid => "box void".to_owned(),
            };
            format!("{}{class}: {what}", meeting.items[fared.item].id)
        };
        self.card(id).iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// In a sentence: `on item 1 cards C-2, C-3 of the other joint holders go the other way and bind all`.
    #[must_use]
    pub fn sentence(&self, fared: &Fared) -> String {
        let meeting = &self.tabulation.loaded.meeting;
        let item = visible(&meeting.items[fared.item].id);
        let class = fared.class.map_or_else(String::new, |class| {
            let class = &meeting.classes[class];
            format!(", shares of {},", visible(&class.name))
        });
        let cards =
            |ids: &[CardId]| format!("card{} {}", if ids.len() == 1 { "" } else { "s" }, self.numbers(ids));
        let s = |ids: &[CardId]| if ids.len() == 1 { "s" } else { "" };
        match &fared.fare {
            Fare::Outvoted(by) => format!(
                "on item {item}{class} it is outvoted: {} of the joint holders bind{} all the shares the other way",
                cards(by),
                s(by)
            ),
            Fare::Divided(with) => format!(
                "on item {item}{class} the shares are divided: half go as it says, half as {} say{}",
                cards(with),
                s(with)
            ),
            Fare::Bound(by) => format!(
                "on item {item}{class} it does not act, and all the shares go as {} say{}",
                cards(by),
                s(by)
            ),
            Fare::Held => format!(
                "on item {item}{class} the shares are present and not voted until the inspector rules"
            ),
            Fare::NotAgreed => format!(
                "on item {item}{class} not all the joint holders act the same way, and the shares are present and \
                 not voted"
            ),
            Fare::BoxVoid => format!(
                "on item {item} its box FOR all names more nominees than there are seats since {}, so it is void \
                 there and the shares are present and not voted",
                self.nominated_late(fared.item)
            ),
        }
    }

    /// Why a card fared as it did, with how it fared on single items.
    #[must_use]
    pub fn why(&self, id: CardId, dates: DateStyle) -> String {
        let mut told = super::story::why(self.tabulation, id, dates);
        if !self.may_be() {
            return told;
        }
        let rules = &self.tabulation.loaded.meeting.rules;
        for fared in self.card(id).iter().filter(|fared| fared.fare.is_otherwise()) {
            let rule = fared.fare.rule();
            told.push_str(&format!("; {} [{}; {}]", self.sentence(fared), rule.id(), rule.source(rules)));
        }
        told
    }

    /// `Eve was nominated`, `Eve and Flo were nominated`.
    fn nominated_late(&self, item: usize) -> String {
        let election = self.tabulation.loaded.meeting.items[item].election();
        let nominees = election.into_iter().flat_map(|election| &election.nominees);
        let floor = nominees.filter(|nominee| nominee.nominated.is_some() && !nominee.is_unable_to_serve);
        let names: Vec<String> = floor.map(|nominee| visible(&nominee.name).into_owned()).collect();
        let verb = if names.len() == 1 { "was" } else { "were" };
        format!("{} {verb} nominated from the floor", names.join(" and "))
    }

    fn numbers(&self, ids: &[CardId]) -> String {
        let numbers = super::sorted_numbers(self.tabulation, ids);
        numbers.iter().map(|number| visible(number)).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a card fared in some way.
type IsFare = fn(&Fare) -> bool;

/// What the certificate notes of cards that do not vote on every item as they are marked, with the cards.
#[must_use]
pub fn notes(tabulation: &Tabulation) -> Vec<(&'static str, Vec<CardId>)> {
    let fares = Fares::of(tabulation);
    let ids = fares.otherwise(&[Disposition::Counted, Disposition::CountedInPart]);
    let of = |is_so: IsFare| -> Vec<CardId> {
        ids.iter().copied().filter(|id| fares.card(*id).iter().any(|fared| is_so(&fared.fare))).collect()
    };
    let kinds: [(&'static str, IsFare); 4] = [
        ("outvoted on an item by the cards of the other joint holders (JNT-1)", |fare| {
            matches!(fare, Fare::Outvoted(_))
        }),
        ("whose joint holders are evenly split on an item, which divides the shares (JNT-1)", |fare| {
            matches!(fare, Fare::Divided(_))
        }),
        ("not voted on an item, because not all the joint holders act the same way (JNT-6)", |fare| {
            matches!(fare, Fare::NotAgreed)
        }),
        (
            "with a box FOR all that names more nominees than seats since a nomination from the floor, void in that \
             election (ELE-2)",
            |fare| matches!(fare, Fare::BoxVoid),
        ),
    ];
    kinds.into_iter().map(|(what, is_so)| (what, of(is_so))).filter(|(_, ids)| !ids.is_empty()).collect()
}
