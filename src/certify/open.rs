//! Open matters: what keeps a certificate preliminary, the cards and votes concerned, and the items
//! that all of them together could change.

use serde::Serialize;

use super::prospects;
use crate::amount::Votes;
use crate::audit::near;
use crate::catalogue::MatterCode;
use crate::determine::{Cover, Disposition, JointPosition, Reason, StreetCut, StreetPosition};
use crate::load::CardId;
use crate::meeting::{Cumulative, DateStyle};
use crate::prospect::{self, Answer, forms_without_ballot};
use crate::tabulate::Tabulation;
use crate::text::visible;

/// The most cards named with a matter.
const NAMED_MAX: usize = 20;

/// A matter that is open.
#[derive(Debug, Clone, Serialize)]
pub struct OpenMatter {
    /// Its code.
    pub code: MatterCode,
    /// Cards concerned.
    pub cards: u64,
    /// Votes concerned.
    pub votes: Votes,
    /// The items, by id, that some way of settling all open matters together changes or may change;
    /// alike in each matter.
    pub could_change: Vec<String>,
    /// The items, by id, that no way of settling them changes: proved.
    pub cannot_change: Vec<String>,
    /// For each item that could change, what it takes; alike in each matter.
    pub examples: Vec<Example>,
    /// The first of the cards concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub card_numbers: Vec<String>,
    /// In plain words.
    pub says: String,
    /// The same as papers tell it, with dates as the meeting writes them, where it has one.
    #[serde(skip)]
    pub told: Option<String>,
}

/// How an item could change.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// The item, by id.
    pub item: String,
    /// Whether the meeting was counted again with what it needs, and came out otherwise; else it is
    /// neither shown nor excluded.
    pub shown: bool,
    /// What it needs, all of it together.
    pub needs: Vec<String>,
    /// In a sentence.
    pub says: String,
}

/// The open matters of a tabulation, in the order in which certificates list them.
pub(super) fn matters(tabulation: &Tabulation) -> Vec<OpenMatter> {
    let found = [
        held_cards(tabulation),
        polls_open(tabulation),
        as_of(tabulation),
        no_proxy_holder_ballot(tabulation),
        register_short(tabulation),
        overvote_held(tabulation),
        notice_after_ballot(tabulation),
        near_accounts(tabulation),
        allocation_infeasible(tabulation),
    ];
    let mut matters: Vec<OpenMatter> = found.into_iter().flatten().collect();
    if matters.is_empty() {
        return matters;
    }
    let items = &tabulation.loaded.meeting.items;
    let answers = answers(tabulation, &matters);
    let (mut could_change, mut cannot_change, mut examples) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (item, answer)) in items.iter().zip(&answers).enumerate() {
        match answer {
            Answer::Never => cannot_change.push(item.id.clone()),
            Answer::Shown(_) | Answer::NotExcluded => {
                could_change.push(item.id.clone());
                examples.push(prospects::example(tabulation, place, answer));
            }
        }
    }
    for matter in &mut matters {
        matter.could_change.clone_from(&could_change);
        matter.cannot_change.clone_from(&cannot_change);
        matter.examples.clone_from(&examples);
    }
    matters
}

/// What all open matters together could change. While more can come, nothing is excluded.
fn answers(tabulation: &Tabulation, matters: &[OpenMatter]) -> Vec<Answer> {
    // Rows set aside because their account is not there are not tried.
    let aside = &tabulation.loaded.aside;
    let has_rows = !(aside.street.is_empty() && aside.revocations.is_empty() && aside.omnibus.is_empty());
    let more_can_come = has_rows
        || matters.iter().any(|matter| matches!(matter.code, MatterCode::PollsOpen | MatterCode::AsOf));
    let mut answers = prospect::answers(tabulation);
    for answer in answers.iter_mut().filter(|answer| more_can_come && **answer == Answer::Never) {
        *answer = Answer::NotExcluded;
    }
    let items = &tabulation.loaded.meeting.items;
    for (answer, item) in answers.iter_mut().zip(items).filter(|(answer, _)| **answer == Answer::Never) {
        if matters.iter().any(|matter| matter.could_change.contains(&item.id)) {
            *answer = Answer::NotExcluded;
        }
    }
    answers
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

/// A matter, what it could change not yet said.
fn matter(code: MatterCode, cards: u64, votes: Votes, says: String) -> OpenMatter {
    OpenMatter {
        code,
        cards,
        votes,
        could_change: Vec::new(),
        cannot_change: Vec::new(),
        examples: Vec::new(),
        card_numbers: Vec::new(),
        says,
        told: None,
    }
}

fn held_cards(tabulation: &Tabulation) -> Option<OpenMatter> {
    let ids = held(tabulation, false);
    let says = "Cards are held until the inspector rules on them in rulings.csv; their shares are present and not voted.";
    let matter = matter(MatterCode::HeldCards, ids.len() as u64, votes_of(tabulation, &ids), says.to_owned());
    (!ids.is_empty()).then(|| OpenMatter { card_numbers: names(tabulation, &ids), ..matter })
}

/// VAL-13: papers of accounts that are not there, each near one that is.
fn near_accounts(tabulation: &Tabulation) -> Option<OpenMatter> {
    let near = near::of(tabulation);
    if near.pairs.is_empty() {
        return None;
    }
    let listed: Vec<String> = near.pairs.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let more = near.pairs.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let says = format!(
        "Accounts that are not there each equal exactly one that is, but for case, spaces, punctuation and leading \
         zeros. What is of them counts for nothing until the inspector rules `account` or `reject` in rulings.csv: \
         {}{more}.",
        listed.join("; ")
    );
    let matter = matter(MatterCode::NearAccounts, near.cards.len() as u64, near.votes(tabulation), says);
    Some(OpenMatter { card_numbers: names(tabulation, &near.cards), ..matter })
}

fn polls_open(tabulation: &Tabulation) -> Option<OpenMatter> {
    let is_open = tabulation.loaded.meeting.has_open_polls() && tabulation.as_of.is_none();
    let says = "The polls are open: cards, ballots and revocations may still come.";
    is_open.then(|| matter(MatterCode::PollsOpen, 0, Votes::ZERO, says.to_owned()))
}

fn as_of(tabulation: &Tabulation) -> Option<OpenMatter> {
    let (meeting, as_of) = (&tabulation.loaded.meeting, tabulation.as_of?);
    let says = |dates| {
        let time = as_of.shown(&meeting.zone, dates);
        format!("Counted as though the polls had closed at {time}; what came later is left out.")
    };
    let told = Some(says(meeting.papers.dates));
    Some(OpenMatter { told, ..matter(MatterCode::AsOf, 0, Votes::ZERO, says(DateStyle::Iso)) })
}

fn no_proxy_holder_ballot(tabulation: &Tabulation) -> Option<OpenMatter> {
    let forms = forms_without_ballot(tabulation);
    if forms.is_empty() {
        return None;
    }
    // Cards that vote: neither held nor for the quorum only.
    let coverage = tabulation.determined.coverage.iter().filter(|cover| !cover.is_not_voted);
    let joint = tabulation.determined.joint.iter().flat_map(|joint| joint.cards.iter().copied());
    let mut is_voting = vec![false; tabulation.loaded.cards.count()];
    coverage.map(|cover| cover.card).chain(joint).for_each(|id| is_voting[id.place()] = true);
    let votes_now = |id: &CardId| {
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
    let without: Vec<&str> =
        forms.iter().map(|form| tabulation.loaded.meeting.forms[usize::from(*form)].id.as_str()).collect();
    // What is present only, in a class where the card conflicts with another, is not provisional.
    let votes = votes_covered(tabulation, &ids, |cover| !cover.is_not_voted, |joint| &joint.cards);
    let says = format!(
        "No ballot of the proxy holders is on file for form {}: its proxies are represented, their votes provisional.",
        visible(&without.join(", "))
    );
    Some(matter(MatterCode::NoProxyHolderBallot, ids.len() as u64, votes, says))
}

fn register_short(tabulation: &Tabulation) -> Option<OpenMatter> {
    let missing = tabulation.electorate.classes.iter().any(|class| !class.missing_shares.is_zero());
    let votes = tabulation.electorate.classes.iter().map(|class| class.missing_votes).sum();
    let says = "The register falls short of the shares outstanding; the votes it lacks are outstanding and not present.";
    missing.then(|| matter(MatterCode::RegisterShort, 0, votes, says.to_owned()))
}

fn overvote_held(tabulation: &Tabulation) -> Option<OpenMatter> {
    let ids = held(tabulation, true);
    let street = || tabulation.determined.street.iter().filter(|street| street.cut == StreetCut::Held);
    if ids.is_empty() && street().next().is_none() {
        return None;
    }
    let votes = votes_of(tabulation, &ids) + street().map(|street| street.votes).sum();
    let account = |street: &StreetPosition| {
        let account = tabulation.electorate.account(street.position);
        visible(tabulation.loaded.accounts.text(account.0)).into_owned()
    };
    let in_doubt: Vec<String> =
        street().filter(|street| street.is_in_doubt).map(account).take(NAMED_MAX).collect();
    let mut says = Vec::new();
    if !ids.is_empty() || street().any(|street| !street.is_in_doubt) {
        says.push("Blocks or totals exceed their position and are held until the participant or the inspector settles them.".to_owned());
    }
    if !in_doubt.is_empty() {
        says.push(format!(
            "Deliveries of a block differ and nothing says which is the later ({}): enter `received` as the participant has \
             it, or reject the totals; a ruling to count them does not say which is meant.",
            in_doubt.join(", ")
        ));
    }
    let matter = matter(MatterCode::OvervoteHeld, ids.len() as u64, votes, says.join(" "));
    Some(OpenMatter { card_numbers: names(tabulation, &ids), ..matter })
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
    let says = "Ballots came before the notice of cumulative voting, which is given before the voting: the inspector must say when the voting began.";
    let matter =
        matter(MatterCode::NoticeAfterBallot, ids.len() as u64, votes_of(tabulation, &ids), says.to_owned());
    // Whether votes are cumulated at all is not among the ways that are tried.
    let could_change = concerned.map(|(id, _)| id).collect();
    Some(OpenMatter { could_change, card_numbers: names(tabulation, &ids), ..matter })
}

fn allocation_infeasible(tabulation: &Tabulation) -> Option<OpenMatter> {
    let meeting = &tabulation.loaded.meeting;
    let mut cards = 0;
    let mut votes = Votes::ZERO;
    let mut says = Vec::new();
    for (item, count) in meeting.items.iter().zip(&tabulation.count.items) {
        // What the proxy holders wrote on an item that was withdrawn is not counted.
        let Some(election) = item.election().filter(|_| !item.is_withdrawn) else { continue };
        for allocation in count.cumulative.iter().flat_map(|count| &count.allocations) {
            let Some(set) = &allocation.infeasible else { continue };
            let pools: Votes = allocation.pools.iter().map(|(_, pool)| *pool).sum();
            cards += allocation.card_count;
            votes += Votes::from_units(pools.units() / u128::from(election.seats));
            let names: Vec<&str> =
                set.iter().map(|nominee| election.nominees[*nominee].id.as_str()).collect();
            says.push(format!(
                "Item {}, form {}: the totals for {} together exceed the pools of the cards that permit any of them; nothing of these pools is cast.",
                visible(&item.id), visible(&meeting.forms[allocation.form].id), visible(&names.join(", ")),
            ));
        }
    }
    (!says.is_empty()).then(|| matter(MatterCode::AllocationInfeasible, cards, votes, says.join(" ")))
}
