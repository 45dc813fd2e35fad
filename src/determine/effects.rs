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
    /// The same cards by the account that they are of.
    pub of_account: BTreeMap<AccountId, Vec<CardId>>,
    /// Accounts of which any card stands otherwise than without the rulings.
    pub changed: BTreeSet<AccountId>,
    /// Participants whose totals a ruling is on.
    pub totals: BTreeMap<AccountId, TotalsState>,
    /// Per card or form ruled to count or not, the place of the ruling.
    pub verdicts: HashMap<Subject, usize>,
    /// Rulings that make no difference, by place.
    pub idle: BTreeSet<usize>,
}

/// The most rulings for which it is tried what each alone changes, where several bear on an account; and the most work
/// spent on it, in cards.
const TRIED_MAX: usize = 64;
const WORK_MAX: usize = 40_000_000;

/// Looks what rulings changed.
pub(crate) fn without_rulings(scenario: &Scenario<'_>, determined: &Determined) -> WithoutRulings {
    let loaded = scenario.loaded;
    if loaded.rulings.is_empty() {
        return WithoutRulings::default();
    }
    let bears_on: Vec<BTreeSet<AccountId>> =
        loaded.rulings.iter().map(|ruling| accounts_of(scenario, ruling)).collect();
    let mut rulings_on: BTreeMap<AccountId, usize> = BTreeMap::new();
    for account in bears_on.iter().flatten() {
        *rulings_on.entry(*account).or_default() += 1;
    }
    let all: BTreeSet<AccountId> = rulings_on.keys().copied().collect();
    let verdicts = loaded.rulings.iter().enumerate().filter(|(_, ruling)| ruling.is_verdict());
    let mut without = WithoutRulings {
        cards: states(scenario, &[], &all),
        totals: totals(scenario, &[], determined),
        verdicts: verdicts.map(|(place, ruling)| (ruling.subject.clone(), place)).collect(),
        ..WithoutRulings::default()
    };
    for (id, before) in &without.cards {
        let account = loaded.cards.account(*id);
        without.of_account.entry(account).or_default().push(*id);
        if *before != state_of(scenario, determined, *id) {
            without.changed.insert(account);
        }
    }
    let after = totals(scenario, &loaded.rulings, determined);
    let affordable = TRIED_MAX.min(WORK_MAX / loaded.cards.count().max(1));
    let mut tried = 0;
    for (place, ruling) in loaded.rulings.iter().enumerate() {
        let seen = Seen { scenario, determined, without: &without, after: &after };
        if seen.changes(ruling, None) {
            continue;
        }
        if bears_on[place].iter().any(|account| rulings_on[account] > 1) {
            tried += 1;
            // Beyond what is tried nothing is said of it.
            if tried > affordable {
                continue;
            }
            let others = loaded.rulings.iter().enumerate().filter(|(at, _)| *at != place);
            let others: Vec<Ruling> = others.map(|(_, one)| one.clone()).collect();
            if seen.changes(ruling, Some(&states(scenario, &others, &bears_on[place]))) {
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

/// How participants' totals stand under some rulings, of those on whose totals there is one.
fn totals(
    scenario: &Scenario<'_>,
    rulings: &[Ruling],
    determined: &Determined,
) -> BTreeMap<AccountId, TotalsState> {
    let on_totals = |ruling: &Ruling| match ruling.subject {
        Subject::Street(account) => Some(account),
        Subject::Card(_) | Subject::Form(_) | Subject::Revocation(_) | Subject::Aside { .. } => None,
    };
    let wanted: BTreeSet<AccountId> = scenario.loaded.rulings.iter().filter_map(on_totals).collect();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    street::states_of(&Determiner::new(&Scenario { rulings, ..*scenario }), determined, &wanted)
}

/// What a ruling is looked at beside.
struct Seen<'a> {
    scenario: &'a Scenario<'a>,
    determined: &'a Determined,
    without: &'a WithoutRulings,
    /// The totals that rulings are on, as they stand.
    after: &'a BTreeMap<AccountId, TotalsState>,
}

impl Seen<'_> {
    /// Whether something stands otherwise in the meeting as it was held than under other rulings; without any, where
    /// none are given.
    fn changes(&self, ruling: &Ruling, others: Option<&BTreeMap<CardId, CardState>>) -> bool {
        let loaded = self.scenario.loaded;
        let before = others.unwrap_or(&self.without.cards);
        let differs = |id: &CardId| {
            before.get(id).is_some_and(|before| *before != state_of(self.scenario, self.determined, *id))
        };
        let stands = |card: CardId| {
            matches!(
                self.determined.determinations.get(card).disposition,
                Disposition::Counted | Disposition::CountedInPart | Disposition::Held
            )
        };
        match (&ruling.subject, &ruling.kind) {
            (Subject::Card(card), RulingKind::Mark { written, ruled, .. }) => {
                written != ruled && stands(*card)
            }
            (Subject::Card(card), RulingKind::RejectItem(_)) => stands(*card),
            (Subject::Card(card), RulingKind::Account(_)) => {
                let near = loaded.aside.written.get(card);
                // Said of a card near another account, it settles what else is open.
                near.is_some_and(|written| {
                    differs(card) || stands(*card) || loaded.aside.cards.contains_key(written)
                })
            }
            (Subject::Card(card), RulingKind::Count | RulingKind::Reject) => {
                let settles = ruling.kind == RulingKind::Reject
                    && loaded.aside.cards.contains_key(&loaded.cards.account(*card));
                settles || differs(card)
            }
            (Subject::Form(form), _) => {
                before.keys().filter(|id| loaded.cards.get(**id).form == Some(*form)).any(differs)
            }
            (Subject::Revocation(place), _) => {
                let account = loaded.revocations[*place as usize].account;
                match others {
                    // Thousands of rulings may be on revocations of one account.
                    None => self.without.changed.contains(&account),
                    Some(_) => {
                        self.without.of_account.get(&account).is_some_and(|ids| ids.iter().any(differs))
                    }
                }
            }
            (Subject::Street(account), _) => self.without.totals.get(account) != self.after.get(account),
            // It settles what else is open.
            (Subject::Aside { .. }, _) => true,
        }
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
