//! What open matters could change, against every way of settling them: random meetings, counted again by
//! the engine with every set of rulings and of ballots not cast; and votes that a register lacks, marked
//! in every way.

use std::collections::{BTreeMap, BTreeSet};

use quorate::decide::Decided;
use quorate::determine::{Determined, Disposition, Reason, Scenario, StreetCut};
use quorate::load::{AccountId, CardId, Overrides, Ruling, RulingKind, load};
use quorate::prospect::{Answer, answers, forms_without_ballot};
use quorate::tabulate::{Tabulation, run};

use crate::generate;

/// So many ways are tried.
const WAYS_MAX: usize = 800;

/// An open matter with the way in which it is settled: left open, counted, rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Card(CardId),
    Block(CardId),
    Totals(AccountId),
    Form(u16),
}

impl Matter {
    fn ways(self) -> usize {
        if matches!(self, Self::Form(_)) { 2 } else { 3 }
    }
}

fn settled(tabulation: &Tabulation, ways: &[(Matter, usize)]) -> (Determined, Decided) {
    let mut rulings = tabulation.loaded.rulings.clone();
    let (mut released, mut totals, mut silent) = (Vec::new(), Vec::new(), Vec::new());
    for (matter, way) in ways {
        let mut rule = |card: CardId, kind| {
            rulings.push(Ruling::tried(card, kind));
        };
        match (matter, way) {
            (_, 0) => {}
            (Matter::Card(card), 1) => rule(*card, RulingKind::Count),
            (Matter::Card(card) | Matter::Block(card), 2) => rule(*card, RulingKind::Reject),
            (Matter::Block(card), 1) => released.push(*card),
            (Matter::Totals(account), 1) => totals.push((*account, StreetCut::Cut)),
            (Matter::Totals(account), 2) => totals.push((*account, StreetCut::Rejected)),
            (Matter::Form(form), _) => silent.push(*form),
            _ => unreachable!("three ways"),
        }
    }
    let scenario = Scenario {
        rulings: &rulings,
        released_blocks: &released,
        settled_totals: &totals,
        silent_forms: &silent,
        ..Scenario::as_held(&tabulation.loaded, &tabulation.electorate, tabulation.as_of)
    };
    let (determined, _, decided) = run(&scenario);
    (determined, decided)
}

fn open_in(tabulation: &Tabulation, determined: &Determined) -> Vec<Matter> {
    let cards = tabulation.loaded.cards.ids().filter_map(|card| {
        let determination = determined.determinations.get(card);
        match (determination.disposition, determination.reason) {
            (Disposition::Held, Reason::OverPosition) => Some(Matter::Block(card)),
            (Disposition::Held, _) => Some(Matter::Card(card)),
            _ => None,
        }
    });
    let totals = determined.street.iter().filter(|street| street.cut == StreetCut::Held);
    cards.chain(totals.map(|street| Matter::Totals(tabulation.electorate.account(street.position)))).collect()
}

/// The items that some way changes, all ways tried; nothing where they are too many.
fn changed_by_some_way(tabulation: &Tabulation) -> Option<BTreeSet<usize>> {
    let mut matters = open_in(tabulation, &tabulation.determined);
    matters.extend(forms_without_ballot(tabulation).into_iter().map(Matter::Form));
    let now: Vec<_> = tabulation.decided.items.iter().map(|item| item.verdict()).collect();
    let mut known: BTreeMap<Vec<(Matter, usize)>, ()> = BTreeMap::new();
    let mut changed = BTreeSet::new();
    loop {
        let count: usize = matters.iter().map(|matter| matter.ways()).product();
        if count > WAYS_MAX {
            return None;
        }
        let mut newly = BTreeSet::new();
        for way in 0..count {
            let mut rest = way;
            let mut ways: Vec<(Matter, usize)> = Vec::new();
            for matter in &matters {
                ways.push((*matter, rest % matter.ways()));
                rest /= matter.ways();
            }
            ways.retain(|(_, way)| *way > 0);
            ways.sort_unstable();
            if known.insert(ways.clone(), ()).is_some() {
                continue;
            }
            let (determined, decided) = settled(tabulation, &ways);
            newly.extend(open_in(tabulation, &determined));
            for (place, item) in decided.items.iter().enumerate() {
                if item.verdict() != now[place] {
                    changed.insert(place);
                }
            }
        }
        newly.retain(|matter| !matters.contains(matter));
        if newly.is_empty() {
            return Some(changed);
        }
        matters.extend(newly);
    }
}

#[test]
fn what_open_matters_could_change_is_what_some_way_of_settling_them_changes() {
    let mut failures = Vec::new();
    let (mut meetings, mut changing) = (0, 0);
    let seeds = crate::seeds_or(0..300);
    for seed in seeds.clone() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in generate::generate_with_followers(seed) {
            // As many open matters as there may be: signatures that look like someone else's are held.
            let text = text.replace("\"signature_mismatch\": \"accept\"", "\"signature_mismatch\": \"hold\"");
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let Ok(loaded) = load(folder.path(), &Overrides::default()) else { continue };
        let Ok(tabulation) = Tabulation::of(loaded, None) else { continue };
        // No ruling says which of two deliveries is meant, and none is tried.
        let is_in_doubt = tabulation.determined.street.iter().any(|street| street.is_in_doubt);
        let lacks_shares = tabulation.electorate.classes.iter().any(|class| !class.missing_votes.is_zero());
        let is_infeasible = tabulation.count.items.iter().any(|item| {
            item.cumulative.iter().flat_map(|count| &count.allocations).any(|one| one.infeasible.is_some())
        });
        let Some(changed) = changed_by_some_way(&tabulation) else { continue };
        meetings += 1;
        changing += usize::from(!changed.is_empty());
        for (place, answer) in answers(&tabulation).into_iter().enumerate() {
            let is_right = match answer {
                Answer::Never => !changed.contains(&place),
                // Votes that the register lacks, and pools cast anew, change more than these ways.
                Answer::Shown(_) => changed.contains(&place) || lacks_shares || is_infeasible,
                // Heads of several accounts are not combined.
                Answer::NotExcluded => {
                    lacks_shares || is_in_doubt || tabulation.electorate.has_shared_heads()
                }
            };
            if !is_right {
                failures.push(format!("seed {seed}, item {place}: {answer:?}, all ways change {changed:?}"));
            }
        }
    }
    let count = failures.len();
    failures.truncate(10);
    assert!(failures.is_empty(), "{count} of {seeds:?} differ:\n{}", failures.join("\n"));
    assert!(meetings * 2 > seeds.clone().count() && changing * 20 > meetings, "{meetings} {changing}");
}
