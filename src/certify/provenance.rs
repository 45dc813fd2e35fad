//! What else made a result: how each form votes what is left unmarked, headers that were renamed or not
//! read, and the inspector's rulings.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::amount::{Shares, Votes};
use crate::ballot::Cell;
use crate::determine::{CardState, Disposition, StreetCut, StreetPosition};
use crate::load::{AccountId, CardId, Role, Ruling, RulingKind, Subject};
use crate::meeting::{Allocation, Item, ItemKind, ProxyForm, Unmarked};
use crate::tabulate::Tabulation;
use crate::text::thousands;

/// How a form votes an item on which a signed card says nothing: as meeting.json says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum UnmarkedFigures {
    /// A mark, or a choice's id.
    Mark(String),
    /// The nominees voted FOR, by id.
    Nominees(Vec<String>),
}

/// How a form's proxy holders allocate the cumulated votes left to them in an election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AllocationRule {
    /// `level` or `per_card`.
    Manner(String),
    /// Their own totals, by nominee.
    Totals(BTreeMap<String, Votes>),
}

/// A ruling of the inspector.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RulingFigures {
    /// Its line in rulings.csv.
    pub line: u64,
    /// The card that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The form, every card of which it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The line of the revocation that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<u64>,
    /// The participant whose totals it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The line of omnibus.csv that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omnibus: Option<u64>,
    /// `count`, `reject`, `mark` or `account`.
    pub ruling: String,
    /// The one item that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The one nominee that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominee: Option<String>,
    /// What the paper is ruled to say there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The account that it is ruled to be of; of a revocation, its account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why it was made.
    pub reason: String,
    /// Who ruled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Who challenged what it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenged_by: Option<String>,
    /// How what it is on would stand, or what the paper would say, without the inspector's rulings.
    pub before: String,
    /// How it stands.
    pub after: String,
}

/// Per item that a form says anything of, how unmarked cards are voted.
pub(super) fn unmarked(form: &ProxyForm, items: &[Item]) -> BTreeMap<String, UnmarkedFigures> {
    let of = |(item, unmarked): (&Item, &Unmarked)| {
        let told = match unmarked {
            Unmarked::NotVoted => return None,
            Unmarked::Mark(mark) => UnmarkedFigures::Mark(mark.name().to_lowercase()),
            Unmarked::Nominees(places) => {
                UnmarkedFigures::Nominees(places.iter().filter_map(|place| nominee(item, *place)).collect())
            }
            Unmarked::Choice(place) => match &item.kind {
                ItemKind::Frequency(choices) => UnmarkedFigures::Mark(choices[*place].id.clone()),
                ItemKind::Election(_) | ItemKind::Proposal(_) => return None,
            },
        };
        Some((item.id.clone(), told))
    };
    items.iter().zip(&form.unmarked).filter_map(of).collect()
}

/// Per election with cumulative voting in force, how a form's proxy holders allocate their votes.
pub(super) fn allocation(form: &ProxyForm, items: &[Item]) -> BTreeMap<String, AllocationRule> {
    let of = |(item, allocation): (&Item, &Allocation)| {
        let election = item.election().filter(|election| election.is_cumulative())?;
        let told = match allocation {
            Allocation::Level => AllocationRule::Manner("level".to_owned()),
            Allocation::PerCard => AllocationRule::Manner("per_card".to_owned()),
            Allocation::Totals(totals) => AllocationRule::Totals(
                totals.iter().map(|(place, votes)| (election.nominees[*place].id.clone(), *votes)).collect(),
            ),
        };
        Some((item.id.clone(), told))
    };
    items.iter().zip(&form.allocation).filter_map(of).collect()
}

fn nominee(item: &Item, place: usize) -> Option<String> {
    item.election().and_then(|election| election.nominees.get(place)).map(|nominee| nominee.id.clone())
}

/// The inspector's rulings, in the order of the file, with what they changed.
pub(super) fn rulings(tabulation: &Tabulation) -> Vec<RulingFigures> {
    let mut known = HashMap::new();
    tabulation.loaded.rulings.iter().map(|ruling| figures_with(tabulation, ruling, &mut known)).collect()
}

/// A ruling with what it changed.
pub(crate) fn figures(tabulation: &Tabulation, ruling: &Ruling) -> RulingFigures {
    figures_with(tabulation, ruling, &mut HashMap::new())
}

/// How the cards of an account stood and stand, once for all rulings on its revocations.
type Known = HashMap<AccountId, (String, String)>;

fn figures_with(tabulation: &Tabulation, ruling: &Ruling, known: &mut Known) -> RulingFigures {
    let loaded = &tabulation.loaded;
    let account = |id: AccountId| loaded.accounts.text(id.0).to_owned();
    let (before, after) = effect(tabulation, ruling, known);
    let mut figures = RulingFigures {
        line: ruling.line,
        reason: ruling.reason.clone(),
        by: ruling.by.clone(),
        at: ruling.at.map(|at| at.in_zone(&loaded.meeting.zone)),
        challenged_by: ruling.challenged_by.clone(),
        before,
        after,
        ..RulingFigures::default()
    };
    match &ruling.subject {
        Subject::Card(card) => figures.card = Some(loaded.cards.number(*card).to_owned()),
        Subject::Form(form) => figures.form = Some(loaded.meeting.forms[usize::from(*form)].id.clone()),
        Subject::Revocation(place) => {
            let row = &loaded.revocations[*place as usize];
            (figures.revocation, figures.account) = (Some(row.line), Some(account(row.account)));
        }
        Subject::Street(of) => figures.street = Some(account(*of)),
        Subject::Aside { role: Role::Street, written, .. } => figures.street = Some(written.clone()),
        Subject::Aside { role: Role::Revocations, line, .. } => figures.revocation = Some(*line),
        Subject::Aside { line, .. } => figures.omnibus = Some(*line),
    }
    let item = |place: usize| loaded.meeting.items[place].id.clone();
    let word = match &ruling.kind {
        RulingKind::Count => "count",
        RulingKind::Reject => "reject",
        RulingKind::RejectItem(place) => {
            figures.item = Some(item(*place));
            "reject"
        }
        RulingKind::Mark { column, ruled, .. } => {
            let column = &loaded.cards.layout.columns[*column];
            figures.item = Some(item(column.item));
            figures.nominee =
                column.nominee.and_then(|place| nominee(&loaded.meeting.items[column.item], place));
            figures.mark = Some(shown(tabulation, column.item, *ruled));
            "mark"
        }
        RulingKind::Account(of) => {
            figures.account = Some(account(*of));
            "account"
        }
    };
    word.clone_into(&mut figures.ruling);
    figures
}

/// A cell as a card would write it; `BLANK` for one that says nothing.
fn shown(tabulation: &Tabulation, item: usize, cell: Cell) -> String {
    let loaded = &tabulation.loaded;
    match cell {
        Cell::Blank => "BLANK".to_owned(),
        Cell::Mark(_) | Cell::Choice(_) | Cell::Whole(_) | Cell::Number(_) | Cell::Percent(_) => {
            loaded.cards.markings.shown(cell, &loaded.meeting.items[item])
        }
    }
}

/// RUL-7: how what a ruling is on would stand without the rulings, and how it stands.
fn effect(tabulation: &Tabulation, ruling: &Ruling, known: &mut Known) -> (String, String) {
    let loaded = &tabulation.loaded;
    let without = &tabulation.without_rulings;
    let of_cards = |ids: Vec<CardId>| {
        let before: Vec<CardState> = ids.iter().map(|id| without.cards[id]).collect();
        let after: Vec<CardState> = ids.iter().map(|id| tabulation.card_state(*id)).collect();
        (told_of(&before), told_of(&after))
    };
    match (&ruling.subject, &ruling.kind) {
        (Subject::Card(_), RulingKind::Mark { column, written, ruled }) => {
            let item = loaded.cards.layout.columns[*column].item;
            (shown(tabulation, item, *written), shown(tabulation, item, *ruled))
        }
        (Subject::Card(card), _) => of_cards(vec![*card]),
        (Subject::Form(form), _) => {
            let ids = without.cards.keys().copied();
            of_cards(ids.filter(|id| loaded.cards.get(*id).form == Some(*form)).collect())
        }
        (Subject::Revocation(place), _) => {
            let account = loaded.revocations[*place as usize].account;
            let told = || of_cards(without.of_account.get(&account).cloned().unwrap_or_default());
            known.entry(account).or_insert_with(told).clone()
        }
        (Subject::Street(account), _) => {
            let of_account =
                |street: &&StreetPosition| tabulation.electorate.account(street.position) == *account;
            let after = tabulation.determined.street.iter().find(of_account);
            let told = |cut: StreetCut, present: Shares| {
                format!("{}, {} shares present", cut.words(), thousands(&present.to_string()))
            };
            let before = without.totals.get(account).map(|before| told(before.cut, before.present));
            (
                before.unwrap_or_default(),
                after.map(|after| told(after.cut, after.present)).unwrap_or_default(),
            )
        }
        (Subject::Aside { written, .. }, RulingKind::Account(account)) => {
            let account = loaded.accounts.text(account.0);
            (format!("of account {written}, which is not there"), format!("of account {account}"))
        }
        (Subject::Aside { written, .. }, _) => {
            (format!("of account {written}, which is not there"), "of no account".to_owned())
        }
    }
}

/// How a card stands, or how many stand how.
fn told_of(states: &[CardState]) -> String {
    if let [only] = states {
        let determination = only.determination;
        let disposition = determination.disposition.name().replace('_', " ");
        return match (determination.disposition, determination.reason) {
            (Disposition::Counted, _) => disposition,
            (Disposition::CountedInPart, reason) => format!(
                "{disposition} ({}; {} shares)",
                reason.name().replace('_', " "),
                thousands(&only.shares.to_string())
            ),
            (_, reason) => format!("{disposition} ({})", reason.name().replace('_', " ")),
        };
    }
    let of = |disposition: Disposition| {
        let count = states.iter().filter(|state| state.determination.disposition == disposition).count();
        (count > 0).then(|| format!("{count} {}", disposition.name().replace('_', " ")))
    };
    let told: Vec<String> = Disposition::ALL.into_iter().filter_map(of).collect();
    if told.is_empty() { "no card".to_owned() } else { told.join(", ") }
}
