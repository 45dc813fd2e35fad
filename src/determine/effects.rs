//! What the inspector's rulings changed: how what they are on would stand without any of them, and whether each
//! makes a difference (RUL-1 to RUL-8).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Determination, Determined, Determiner, Disposition, Scenario, StreetCut, determine, ruled, street,
};
use crate::amount::Shares;
use crate::load::{AccountId, CardId, Ruling, RulingKind, Subject};

/// How a card stands, and for how many shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardState {
    /// Its determination.
    pub determination: Determination,
    /// The shares that it votes.
    pub shares: Shares,
}

/// How a participant's totals stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalsState {
    /// Whether and how they were cut.
    pub cut: StreetCut,
    /// Shares present by them.
    pub present: Shares,
}

/// How what rulings are on would stand without any ruling.
#[derive(Debug, Default)]
pub struct WithoutRulings {
    /// The cards of every account that a ruling bears on.
    pub cards: BTreeMap<CardId, CardState>,
    /// Participants whose totals a ruling is on.
    pub totals: BTreeMap<AccountId, TotalsState>,
    /// Per card or form ruled to count or not, the place of the ruling.
    pub verdicts: HashMap<Subject, usize>,
    /// Rulings that make no difference, by place.
    pub idle: BTreeSet<usize>,
}

/// The most rulings for which it is tried what each alone changes, where several bear on an account.
const TRIED_MAX: usize = 64;

/// Looks what rulings changed.
pub(crate) fn without_rulings(scenario: &Scenario<'_>, determined: &Determined) -> WithoutRulings {
    let loaded = scenario.loaded;
    if loaded.rulings.is_empty() {
        return WithoutRulings::default();
    }
    let bears_on: Vec<BTreeSet<AccountId>> =
        loaded.rulings.iter().map(|ruling| accounts_of(scenario, ruling)).collect();
    let all: BTreeSet<AccountId> = bears_on.iter().flatten().copied().collect();
    let cards = states(scenario, &[], &all);
    let verdicts = loaded.rulings.iter().enumerate().filter(|(_, ruling)| ruling.is_verdict());
    let verdicts = verdicts.map(|(place, ruling)| (ruling.subject.clone(), place)).collect();
    let mut without = WithoutRulings { cards, verdicts, ..WithoutRulings::default() };
    let determiner = Determiner::new(&Scenario { rulings: &[], ..*scenario });
    for ruling in &loaded.rulings {
        if let Subject::Street(account) = ruling.subject {
            let before = street::state_of(&determiner, determined, account);
            without.totals.extend(before.map(|before| (account, before)));
        }
    }
    let mut tried = 0;
    for (place, ruling) in loaded.rulings.iter().enumerate() {
        let differs =
            |before: &BTreeMap<CardId, CardState>| changes(scenario, determined, ruling, before, &without);
        if differs(&without.cards) {
            continue;
        }
        let is_alone = |other: usize| other == place || bears_on[other].is_disjoint(&bears_on[place]);
        if !(0..bears_on.len()).all(is_alone) {
            tried += 1;
            let others: Vec<Ruling> = loaded
                .rulings
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != place)
                .map(|(_, one)| one.clone())
                .collect();
            // Beyond what is tried nothing is said of it.
            if tried > TRIED_MAX || differs(&states(scenario, &others, &bears_on[place])) {
                continue;
            }
        }
        without.idle.insert(place);
    }
    without
}

/// The accounts whose papers a ruling may change.
fn accounts_of(scenario: &Scenario<'_>, ruling: &Ruling) -> BTreeSet<AccountId> {
    let loaded = scenario.loaded;
    match &ruling.subject {
        Subject::Card(card) => {
            let written = loaded.aside.written.get(card).copied();
            written.into_iter().chain([loaded.cards.account(*card)]).collect()
        }
        Subject::Form(form) => {
            let is_of_form = |id: &CardId| loaded.cards.get(*id).form == Some(*form);
            loaded.cards.ids().filter(is_of_form).map(|id| loaded.cards.account(id)).collect()
        }
        Subject::Revocation(place) => [loaded.revocations[*place as usize].account].into(),
        Subject::Street(_) | Subject::Aside { .. } => BTreeSet::new(),
    }
}

/// How the cards of some accounts stand under some rulings.
fn states(
    scenario: &Scenario<'_>,
    rulings: &[Ruling],
    accounts: &BTreeSet<AccountId>,
) -> BTreeMap<CardId, CardState> {
    let loaded = scenario.loaded;
    let of_scenario = Scenario { rulings, ..*scenario };
    let moved = ruled::moved(&of_scenario);
    let mut of_account: BTreeMap<AccountId, Vec<CardId>> =
        accounts.iter().map(|account| (*account, Vec::new())).collect();
    for id in loaded.cards.ids() {
        let account = moved.get(&id).copied().unwrap_or_else(|| loaded.cards.account(id));
        if let Some(ids) = of_account.get_mut(&account) {
            ids.push(id);
        }
    }
    let only: Vec<(AccountId, Vec<CardId>)> = of_account.into_iter().collect();
    let determined = determine(&Scenario { only: Some(&only), ..of_scenario });
    let ids = only.iter().flat_map(|(_, ids)| ids);
    ids.map(|id| (*id, state_of(&of_scenario, &determined, *id))).collect()
}

/// Whether something stands otherwise in the meeting as it was held than before.
fn changes(
    scenario: &Scenario<'_>,
    determined: &Determined,
    ruling: &Ruling,
    before: &BTreeMap<CardId, CardState>,
    without: &WithoutRulings,
) -> bool {
    let loaded = scenario.loaded;
    let differs =
        |id: &CardId| before.get(id).is_some_and(|before| *before != state_of(scenario, determined, *id));
    let stands = |card: CardId| {
        matches!(
            determined.determinations.get(card).disposition,
            Disposition::Counted | Disposition::CountedInPart | Disposition::Held
        )
    };
    match (&ruling.subject, &ruling.kind) {
        (Subject::Card(card), RulingKind::Mark { written, ruled, .. }) => written != ruled && stands(*card),
        (Subject::Card(card), RulingKind::RejectItem(_)) => stands(*card),
        (Subject::Card(card), RulingKind::Account(_)) => {
            loaded.aside.written.contains_key(card)
                && (differs(card) || stands(*card) || !loaded.aside.cards.is_empty())
        }
        (Subject::Card(card), RulingKind::Count | RulingKind::Reject) => differs(card),
        (Subject::Form(form), _) => {
            before.keys().filter(|id| loaded.cards.get(**id).form == Some(*form)).any(differs)
        }
        (Subject::Revocation(place), _) => {
            let account = loaded.revocations[*place as usize].account;
            before.keys().filter(|id| loaded.cards.account(**id) == account).any(differs)
        }
        (Subject::Street(account), _) => {
            let after =
                determined.street.iter().find(|one| scenario.electorate.account(one.position) == *account);
            let after = after.map(|one| TotalsState { cut: one.cut, present: one.present });
            without.totals.get(account) != after.as_ref()
        }
        // It settles what else is open.
        (Subject::Aside { .. }, _) => true,
    }
}

/// How a card stands in the meeting as it was held.
pub(crate) fn state_of(scenario: &Scenario<'_>, determined: &Determined, id: CardId) -> CardState {
    let mut card = scenario.loaded.cards.get(id);
    card.account = determined.account_of(scenario.loaded, id);
    let claimed = super::claimed(scenario.loaded, scenario.electorate, &card);
    let determination = determined.determinations.get(id);
    CardState { determination, shares: determined.counted(id, claimed) }
}
