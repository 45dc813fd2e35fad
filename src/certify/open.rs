//! Open matters: what keeps a certificate preliminary, the cards and votes concerned, and the items
//! whose outcome each could turn.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::amount::Votes;
use crate::catalogue::MatterCode;
use crate::decide::Decided;
use crate::determine::{Cover, Disposition, JointPosition, Reason, Scenario, StreetCut};
use crate::load::{AccountId, CardId, Ruling, RulingKind};
use crate::meeting::{Cumulative, ProxyForm};
use crate::tabulate::{Tabulation, run};
use crate::text::visible;

/// The most cards named with a matter.
const NAMED_MAX: usize = 20;

/// The most held cards whose rulings are all tried, and the most work spent on it, in cards.
const TRIED_MAX: usize = 10;
const WORK_MAX: usize = 4_000_000;

/// A matter that is open.
#[derive(Debug, Clone, Serialize)]
pub struct OpenMatter {
    /// Its code.
    pub code: MatterCode,
    /// Cards concerned.
    pub cards: u64,
    /// Votes concerned.
    pub votes: Votes,
    /// The items, by id, whose outcome it could turn.
    pub could_change: Vec<String>,
    /// Whether `could_change` was found by trying every way the matter could end; otherwise it names
    /// at least the items that could turn.
    pub is_exact: bool,
    /// The first of the cards concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub card_numbers: Vec<String>,
    /// In plain words.
    pub says: String,
}

/// The open matters of a tabulation, in the order of the catalogue.
pub(super) fn matters(tabulation: &Tabulation) -> Vec<OpenMatter> {
    [
        held_cards(tabulation),
        polls_open(tabulation),
        as_of(tabulation),
        no_proxy_holder_ballot(tabulation),
        register_short(tabulation),
        overvote_held(tabulation),
        notice_after_ballot(tabulation),
        allocation_infeasible(tabulation),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn all_items(tabulation: &Tabulation) -> Vec<String> {
    tabulation.loaded.meeting.items.iter().map(|item| item.id.clone()).collect()
}

fn names(tabulation: &Tabulation, ids: &[CardId]) -> Vec<String> {
    let mut numbers: Vec<&str> = ids.iter().map(|id| tabulation.loaded.cards.number(*id)).collect();
    numbers.sort_unstable();
    numbers.into_iter().take(NAMED_MAX).map(str::to_owned).collect()
}

/// Votes of the shares that cards stand for, each share once.
fn votes_of(tabulation: &Tabulation, ids: &[CardId]) -> Votes {
    votes_covered(tabulation, ids, |_| true, |joint| &joint.present_by)
}

/// Votes that cards cover in some of what they take and of the joint positions.
fn votes_covered(
    tabulation: &Tabulation,
    ids: &[CardId],
    takes_part: impl Fn(&Cover) -> bool,
    cards_of: impl Fn(&JointPosition) -> &[CardId],
) -> Votes {
    if ids.is_empty() {
        return Votes::ZERO;
    }
    let mut is_wanted = vec![false; tabulation.loaded.cards.count()];
    ids.iter().for_each(|id| is_wanted[id.place()] = true);
    let taken: Votes = tabulation
        .determined
        .coverage
        .iter()
        .filter(|cover| is_wanted[cover.card.place()] && takes_part(cover))
        .map(|cover| tabulation.context().votes(&cover))
        .sum();
    let joint: Votes = tabulation
        .determined
        .joint
        .iter()
        .filter(|joint| cards_of(joint).iter().any(|card| is_wanted[card.place()]))
        .map(|joint| joint.votes)
        .sum();
    taken + joint
}

fn held(tabulation: &Tabulation, is_over: bool) -> Vec<CardId> {
    let is_held = |disposition: Disposition, reason: Reason| {
        disposition == Disposition::Held && (reason == Reason::OverPosition) == is_over
    };
    if !tabulation.determined.sums.has(is_held) {
        return Vec::new();
    }
    let is_wanted = |id: &CardId| {
        let determination = tabulation.determined.determinations.get(*id);
        is_held(determination.disposition, determination.reason)
    };
    tabulation.loaded.cards.ids().filter(is_wanted).collect()
}

fn held_cards(tabulation: &Tabulation) -> Option<OpenMatter> {
    let ids = held(tabulation, false);
    if ids.is_empty() {
        return None;
    }
    let votes = votes_of(tabulation, &ids);
    let (could_change, is_exact) =
        rulings_tried(tabulation, &ids, &[RulingKind::Count, RulingKind::Reject], votes);
    Some(OpenMatter {
        code: MatterCode::HeldCards,
        cards: ids.len() as u64,
        votes,
        could_change,
        is_exact,
        card_numbers: names(tabulation, &ids),
        says: "Cards are held until the inspector rules on them in rulings.csv; their shares are present and not voted.".to_owned(),
    })
}

fn polls_open(tabulation: &Tabulation) -> Option<OpenMatter> {
    let is_open = tabulation.loaded.meeting.polls_close.is_none() && tabulation.as_of.is_none();
    is_open.then(|| OpenMatter {
        code: MatterCode::PollsOpen,
        cards: 0,
        votes: Votes::ZERO,
        could_change: all_items(tabulation),
        is_exact: false,
        card_numbers: Vec::new(),
        says: "The polls are open: cards, ballots and revocations may still come.".to_owned(),
    })
}

fn as_of(tabulation: &Tabulation) -> Option<OpenMatter> {
    let as_of = tabulation.as_of?;
    let shown = as_of.shown(&tabulation.loaded.meeting.zone);
    Some(OpenMatter {
        code: MatterCode::AsOf,
        cards: 0,
        votes: Votes::ZERO,
        could_change: all_items(tabulation),
        is_exact: false,
        card_numbers: Vec::new(),
        says: format!("Counted as though the polls had closed at {shown}; what came later is left out."),
    })
}

/// OPN-1: the forms whose proxy holders handed in no ballot before the polls closed.
fn forms_without_ballot(tabulation: &Tabulation) -> Vec<u16> {
    let meeting = &tabulation.loaded.meeting;
    let in_time = |form: &ProxyForm| {
        form.casts_no_ballot
            || form
                .ballot_cast
                .is_some_and(|cast| !meeting.polls_close.is_some_and(|close| cast.is_after_close(&close)))
    };
    (0_u16..).zip(&meeting.forms).filter(|(_, form)| !in_time(form)).map(|(place, _)| place).collect()
}

/// Every way in which the ballots of these forms may or may not come: all of them where they are few, else each
/// form by itself and all together. Returns whether all were tried.
fn ballots_tried(tabulation: &Tabulation, forms: &[u16], turned: &mut BTreeSet<usize>) -> bool {
    let mut try_out = |silent: &[u16]| {
        let scenario = Scenario { silent_forms: silent, ..as_held(tabulation) };
        compare(tabulation, &run(&scenario).2, turned);
    };
    if let Some(combinations) = combinations(tabulation, forms.len(), 2) {
        for combination in 1..combinations {
            let is_not_voted = |place: &usize| combination >> place & 1 == 1;
            let silent: Vec<u16> = (0..forms.len()).filter(is_not_voted).map(|place| forms[place]).collect();
            try_out(&silent);
        }
        return true;
    }
    forms.chunks(1).for_each(&mut try_out);
    try_out(forms);
    forms.len() == 1
}

fn no_proxy_holder_ballot(tabulation: &Tabulation) -> Option<OpenMatter> {
    let forms = forms_without_ballot(tabulation);
    if forms.is_empty() {
        return None;
    }
    // Cards that vote: neither held nor for the quorum only.
    let cover = tabulation.determined.coverage.iter().filter(|cover| !cover.is_not_voted);
    let joint = tabulation.determined.joint.iter().flat_map(|joint| joint.cards.iter().copied());
    let mut is_voting = vec![false; tabulation.loaded.cards.count()];
    cover.map(|cover| cover.card).chain(joint).for_each(|id| is_voting[id.place()] = true);
    let votes_now = |id: &CardId| {
        // Joint holders' cards that are held on one item count on their others.
        let determination = tabulation.determined.determinations.get(*id);
        is_voting[id.place()]
            && (determination.disposition != Disposition::Held
                || determination.reason == Reason::JointConflict)
            && tabulation.loaded.cards.get(*id).form.is_some_and(|form| forms.contains(&form))
    };
    let ids: Vec<CardId> = tabulation.loaded.cards.ids().filter(votes_now).collect();
    if ids.is_empty() {
        return None;
    }
    let mut turned = BTreeSet::new();
    let tried = ballots_tried(tabulation, &forms, &mut turned);
    let without: Vec<&str> =
        forms.iter().map(|form| tabulation.loaded.meeting.forms[usize::from(*form)].id.as_str()).collect();
    Some(OpenMatter {
        code: MatterCode::NoProxyHolderBallot,
        cards: ids.len() as u64,
        // What is present only, in a class where the card conflicts with another, is not provisional.
        votes: votes_covered(tabulation, &ids, |cover| !cover.is_not_voted, |joint| &joint.cards),
        could_change: ids_of(tabulation, &turned),
        is_exact: tried,
        card_numbers: Vec::new(),
        says: format!(
            "No ballot of the proxy holders is on file for form {}: its proxies are represented, their votes provisional.",
            visible(&without.join(", "))
        ),
    })
}

fn register_short(tabulation: &Tabulation) -> Option<OpenMatter> {
    let missing = tabulation.electorate.classes.iter().any(|class| !class.missing_shares.is_zero());
    let votes = tabulation.electorate.classes.iter().map(|class| class.missing_votes).sum();
    missing.then(|| OpenMatter {
        code: MatterCode::RegisterShort,
        cards: 0,
        votes,
        could_change: could_turn(tabulation, votes, true),
        is_exact: false,
        card_numbers: Vec::new(),
        says: "The register falls short of the shares outstanding; the votes it lacks are outstanding and not present.".to_owned(),
    })
}

fn overvote_held(tabulation: &Tabulation) -> Option<OpenMatter> {
    let ids = held(tabulation, true);
    let street = || tabulation.determined.street.iter().filter(|street| street.cut == StreetCut::Held);
    if ids.is_empty() && street().next().is_none() {
        return None;
    }
    let votes = votes_of(tabulation, &ids) + street().map(|street| street.votes).sum();
    let totals: Vec<AccountId> =
        street().map(|street| tabulation.electorate.account(street.position)).collect();
    let (could_change, is_exact) = settlements_tried(tabulation, &ids, &totals, votes);
    Some(OpenMatter {
        code: MatterCode::OvervoteHeld,
        cards: ids.len() as u64,
        votes,
        could_change,
        is_exact,
        card_numbers: names(tabulation, &ids),
        says: "Blocks or totals exceed their position and are held until the participant or the inspector settles them.".to_owned(),
    })
}

/// CUM-1: ballots that came before the notice of cumulative voting: the voting may have begun before it.
fn notice_after_ballot(tabulation: &Tabulation) -> Option<OpenMatter> {
    let meeting = &tabulation.loaded.meeting;
    let notices = meeting.items.iter().filter(|item| !item.is_withdrawn).filter_map(|item| {
        match item.election()?.cumulative {
            Cumulative::Notice { given: Some(given), .. } => Some((item.id.clone(), given)),
            Cumulative::Notice { .. }
            | Cumulative::NotAvailable
            | Cumulative::NoNotice
            | Cumulative::OfRight => None,
        }
    });
    let notices: Vec<_> = notices.collect();
    let last = notices.iter().map(|(_, given)| *given).max()?;
    let cards = &tabulation.loaded.cards;
    let is_before = |id: &CardId| {
        let card = cards.get(*id);
        card.is_ballot()
            && card.received < last
            && tabulation.determined.determinations.get(*id).disposition != Disposition::Rejected
    };
    let ids: Vec<CardId> = cards.ids().filter(is_before).collect();
    let first = ids.iter().map(|id| cards.get(*id).received).min()?;
    let concerned = notices.into_iter().filter(|(_, given)| first < *given);
    Some(OpenMatter {
        code: MatterCode::NoticeAfterBallot,
        cards: ids.len() as u64,
        votes: votes_of(tabulation, &ids),
        could_change: concerned.map(|(id, _)| id).collect(),
        is_exact: false,
        card_numbers: names(tabulation, &ids),
        says: "Ballots came before the notice of cumulative voting, which is given before the voting: the inspector must say when the voting began.".to_owned(),
    })
}

fn allocation_infeasible(tabulation: &Tabulation) -> Option<OpenMatter> {
    let meeting = &tabulation.loaded.meeting;
    let mut cards = 0;
    let mut votes = Votes::ZERO;
    let mut could_change = Vec::new();
    let mut says = Vec::new();
    for (item, count) in meeting.items.iter().zip(&tabulation.count.items) {
        let Some(election) = item.election().filter(|_| !item.is_withdrawn) else { continue };
        for allocation in count.cumulative.iter().flat_map(|count| &count.allocations) {
            let Some(set) = &allocation.infeasible else { continue };
            let pools: Votes = allocation.pools.iter().map(|(_, pool)| *pool).sum();
            cards += allocation.card_count;
            votes += Votes::from_units(pools.units() / u128::from(election.seats));
            could_change.push(item.id.clone());
            let names: Vec<&str> =
                set.iter().map(|nominee| election.nominees[*nominee].id.as_str()).collect();
            says.push(format!(
                "Item {}, form {}: the totals for {} together exceed the pools of the cards that permit any of them; nothing of these pools is cast.",
                visible(&item.id), visible(&meeting.forms[allocation.form].id), visible(&names.join(", ")),
            ));
        }
    }
    could_change.dedup();
    (!says.is_empty()).then(|| OpenMatter {
        code: MatterCode::AllocationInfeasible,
        cards,
        votes,
        could_change,
        is_exact: false,
        card_numbers: Vec::new(),
        says: says.join(" "),
    })
}

fn as_held(tabulation: &Tabulation) -> Scenario<'_> {
    Scenario::as_held(&tabulation.loaded, &tabulation.electorate, tabulation.as_of)
}

/// Adds the items whose verdict differs.
fn compare(tabulation: &Tabulation, other: &Decided, turned: &mut BTreeSet<usize>) {
    for (place, (now, then)) in tabulation.decided.items.iter().zip(&other.items).enumerate() {
        if now.verdict() != then.verdict() {
            turned.insert(place);
        }
    }
}

fn ids_of(tabulation: &Tabulation, places: &BTreeSet<usize>) -> Vec<String> {
    places.iter().map(|place| tabulation.loaded.meeting.items[*place].id.clone()).collect()
}

/// The items that some combination of rulings on these cards would turn: all tried where they are
/// few, else a bound.
fn rulings_tried(
    tabulation: &Tabulation,
    ids: &[CardId],
    kinds: &[RulingKind],
    votes: Votes,
) -> (Vec<String>, bool) {
    let ways = kinds.len() + 1;
    let Some(combinations) = combinations(tabulation, ids.len(), ways) else {
        return (could_turn(tabulation, votes, false), false);
    };
    let mut turned = BTreeSet::new();
    for combination in 1..combinations {
        let mut rulings = tabulation.loaded.rulings.clone();
        let mut rest = combination;
        for id in ids {
            if rest % ways > 0 {
                rulings.push(tried(*id, kinds[rest % ways - 1].clone()));
            }
            rest /= ways;
        }
        compare(tabulation, &run(&Scenario { rulings: &rulings, ..as_held(tabulation) }).2, &mut turned);
    }
    (ids_of(tabulation, &turned), true)
}

/// The items that some way of settling held blocks and totals would turn: each is left held, counted
/// as far as there is room, or rejected.
fn settlements_tried(
    tabulation: &Tabulation,
    blocks: &[CardId],
    totals: &[AccountId],
    votes: Votes,
) -> (Vec<String>, bool) {
    let Some(combinations) = combinations(tabulation, blocks.len() + totals.len(), 3) else {
        return (could_turn(tabulation, votes, false), false);
    };
    let mut turned = BTreeSet::new();
    for combination in 1..combinations {
        let mut rest = combination;
        let mut rulings = tabulation.loaded.rulings.clone();
        let mut released = Vec::new();
        let mut settled = Vec::new();
        for block in blocks {
            match rest % 3 {
                1 => released.push(*block),
                2 => rulings.push(tried(*block, RulingKind::Reject)),
                _ => {}
            }
            rest /= 3;
        }
        for account in totals {
            match rest % 3 {
                1 => settled.push((*account, StreetCut::Cut)),
                2 => settled.push((*account, StreetCut::Rejected)),
                _ => {}
            }
            rest /= 3;
        }
        let scenario = Scenario {
            rulings: &rulings,
            released_blocks: &released,
            settled_totals: &settled,
            ..as_held(tabulation)
        };
        compare(tabulation, &run(&scenario).2, &mut turned);
    }
    (ids_of(tabulation, &turned), true)
}

/// How many combinations there are, where they are few enough to be tried.
fn combinations(tabulation: &Tabulation, matters: usize, ways: usize) -> Option<usize> {
    let combinations = ways.checked_pow(u32::try_from(matters).ok()?)?;
    let work = combinations.checked_mul(tabulation.loaded.cards.count().max(100))?;
    (matters <= TRIED_MAX && work <= WORK_MAX).then_some(combinations)
}

fn tried(card: CardId, kind: RulingKind) -> Ruling {
    Ruling { file: 0, line: 0, card, kind, reason: String::new(), by: None, at: None }
}

/// A bound: the items that so many votes, cast at will, could turn. Where they are not present yet
/// they also add to the votes present, and could make or break a quorum.
fn could_turn(tabulation: &Tabulation, votes: Votes, is_absent: bool) -> Vec<String> {
    use crate::decide::Decision;
    let quorum = &tabulation.decided.quorum;
    let makes_quorum = is_absent && !quorum.is_met;
    let breaks_quorum = !is_absent && quorum.is_met && quorum.present.saturating_sub(votes) < quorum.required;
    let can_turn = |place: usize| -> bool {
        let item = &tabulation.loaded.meeting.items[place];
        if item.needs_quorum && (makes_quorum || breaks_quorum) {
            return true;
        }
        match &tabulation.decided.items[place].decision {
            Decision::Proposal(proposal) => {
                let tests = || {
                    let groups = proposal.groups.iter().flat_map(|group| &group.standard.tests);
                    proposal.standard.tests.iter().chain(groups)
                };
                tests().any(|test| {
                    let gap = if test.is_met {
                        test.votes_for.saturating_sub(test.needed)
                    } else {
                        test.needed.saturating_sub(test.votes_for)
                    };
                    // A vote can move the base by itself as well as the votes FOR.
                    gap <= votes + votes || !test.is_open
                })
            }
            Decision::Frequency(frequency) => {
                close(&frequency.choices, &frequency.chosen.into_iter().collect::<Vec<_>>(), votes)
            }
            Decision::Election(result) => {
                let seats = item.election().map_or(1, |election| election.seats);
                let reach = if result.nominees.iter().any(|nominee| nominee.standard.is_some()) {
                    return true;
                } else {
                    votes.times(seats)
                };
                let all: Vec<Votes> = result.nominees.iter().map(|nominee| nominee.votes_for).collect();
                close(&all, &result.elected, reach) || result.vacancies > 0
            }
        }
    };
    let places: BTreeSet<usize> =
        (0..tabulation.loaded.meeting.items.len()).filter(|place| can_turn(*place)).collect();
    ids_of(tabulation, &places)
}

/// Whether anybody who did not win is within reach of anybody who did.
fn close(votes: &[Votes], winners: &[usize], reach: Votes) -> bool {
    let least = winners.iter().map(|winner| votes[*winner]).min();
    let most = (0..votes.len()).filter(|place| !winners.contains(place)).map(|place| votes[place]).max();
    match (least, most) {
        (Some(least), Some(most)) => most + reach + reach >= least,
        (None, Some(_)) => true,
        (_, None) => false,
    }
}
