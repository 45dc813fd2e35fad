//! Accounts whose open matters are settled apart from those of all others, and what each way of
//! settling them comes to.

use std::collections::BTreeMap;

use super::ways::{Matter, Settled, Step, matters_of};
use super::{Cost, Work};
use crate::amount::Votes;
use crate::count::Count;
use crate::determine::Determined;
use crate::load::{AccountId, CardId};
use crate::tabulate::{Outcomes, Tabulation};

/// So many ways of settling one account's matters are all looked at.
const WAYS_MAX: usize = 729;

/// An account with open matters.
pub(super) struct Group {
    /// The ways of settling them; to leave all open is the first.
    pub(super) ways: Vec<GroupWay>,
    /// Whether these are all ways.
    pub(super) is_complete: bool,
    /// The account's votes by class, and in how many heads.
    pub(super) votes: Vec<Votes>,
}

/// A way of settling an account's matters.
pub(super) struct GroupWay {
    pub(super) steps: Vec<Step>,
    /// The account's votes then.
    pub(super) count: Count,
}

/// The cards of accounts with open matters.
pub(super) type CardsOf = BTreeMap<AccountId, Vec<CardId>>;

/// The accounts that have open matters in a count, with all their cards.
pub(super) fn accounts_with_matters(tabulation: &Tabulation, determined: &Determined) -> CardsOf {
    let loaded = &tabulation.loaded;
    let mut accounts: CardsOf = BTreeMap::new();
    // Cards that would join an account.
    let mut near: Vec<(CardId, AccountId)> = Vec::new();
    for matter in matters_of(tabulation, determined, loaded.cards.ids()) {
        let account = match matter {
            Matter::Card(card) | Matter::Block(card) => loaded.cards.account(card),
            Matter::Totals(account) => account,
            Matter::Near(card, account) => {
                near.push((card, account));
                account
            }
        };
        accounts.entry(account).or_default();
    }
    if !accounts.is_empty() {
        for card in loaded.cards.ids() {
            if let Some(cards) = accounts.get_mut(&loaded.cards.account(card)) {
                cards.push(card);
            }
        }
    }
    for (card, account) in near {
        accounts.entry(account).or_default().push(card);
    }
    accounts.values_mut().for_each(|cards| cards.sort_unstable());
    accounts
}

/// Looks for the ways of settling one account's matters. What becomes open when others are settled is
/// settled too.
pub(super) fn group(
    tabulation: &Tabulation,
    ballots: &[Step],
    (account, cards): (AccountId, &[CardId]),
    cost: Cost,
    work: &mut Work,
) -> Option<Group> {
    let only = [(account, cards.to_vec())];
    let run =
        |steps: &[Step]| Settled::by(tabulation, ballots.iter().chain(steps)).run(tabulation, Some(&only));
    let of_account = |outcomes: &Outcomes| matters_of(tabulation, &outcomes.0, cards.iter().copied());
    if !work.keep(&cost) {
        return None;
    }
    let as_held = run(&[]);
    let mut matters = of_account(&as_held);
    // STR-1: which of two deliveries is meant no ruling says, and none is tried.
    let is_in_doubt = |outcomes: &Outcomes| outcomes.0.street.iter().any(|street| street.is_in_doubt);
    let mut is_complete = !is_in_doubt(&as_held);
    let mut known: Vec<GroupWay> = vec![GroupWay { steps: Vec::new(), count: as_held.1 }];
    loop {
        let Some(all) = combinations(&matters) else {
            is_complete = false;
            break;
        };
        let mut newly: Vec<Matter> = Vec::new();
        for steps in all {
            if known.iter().any(|way| way.steps == steps) {
                continue;
            }
            if !work.keep(&cost) {
                is_complete = false;
                break;
            }
            let outcomes = run(&steps);
            let open = of_account(&outcomes).into_iter();
            newly.extend(open.filter(|matter| !matters.contains(matter)));
            known.push(GroupWay { steps, count: outcomes.1 });
        }
        newly.sort_unstable();
        newly.dedup();
        if newly.is_empty() || !is_complete {
            break;
        }
        matters.extend(newly);
    }
    if !is_complete {
        for steps in samples(&matters) {
            if known.iter().all(|way| way.steps != steps) && work.keep(&cost) {
                known.push(GroupWay { count: run(&steps).1, steps });
            }
        }
    }
    let mut votes = vec![Votes::ZERO; tabulation.loaded.meeting.classes.len()];
    for position in tabulation.electorate.ids_of(account) {
        votes[usize::from(tabulation.electorate.get(position).class)] +=
            tabulation.electorate.votes(position);
    }
    Some(Group { ways: known, is_complete, votes })
}

/// Every combination of the ways of some matters, that of leaving all open first; nothing where they are
/// too many.
fn combinations(matters: &[Matter]) -> Option<Vec<Vec<Step>>> {
    let count = 3_usize.checked_pow(u32::try_from(matters.len()).ok()?)?;
    if count > WAYS_MAX {
        return None;
    }
    let mut all: Vec<Vec<Step>> = vec![Vec::new()];
    for matter in matters {
        let with = |steps: &Vec<Step>| {
            let steps = steps.clone();
            matter.ways().into_iter().map(move |step| steps.iter().cloned().chain(step).collect())
        };
        all = all.iter().flat_map(with).collect();
    }
    Some(all)
}

/// Some ways, where all are too many: all settled alike, and each matter by itself.
fn samples(matters: &[Matter]) -> Vec<Vec<Step>> {
    let alike = |way: usize| matters.iter().filter_map(|matter| matter.ways()[way].clone()).collect();
    let single = matters.iter().flat_map(|matter| matter.ways()).flatten().map(|step| vec![step]);
    [alike(1), alike(2)].into_iter().chain(single).collect()
}
