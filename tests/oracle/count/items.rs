//! Decide: each item, as the certificate shows it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::amounts::{Amount, show, zero};
use crate::count::bases::{Bases, Lines, bases, on};
use crate::count::cumulative::{Cumulated, Infeasible, count_cumulative};
use crate::count::pieces::{
    Determined, Entry, Line, Piece, entries_of, is_cumulative, one_piece_for_each_card, pieces_of,
};
use crate::count::quorum::{Quorate, of_group, of_item};
use crate::count::tests_of::decide;
use crate::meeting::{Item, Kind};
use crate::standards::Standard;

pub struct ItemResult {
    pub json: Value,
    pub joint_conflicts: BTreeSet<usize>,
    pub infeasible: Vec<Infeasible>,
}

pub fn count_item(all: &Determined, item_at: usize) -> ItemResult {
    let item = &all.folder.meeting.items[item_at];
    let (pieces, joint_conflicts) = pieces_of(all, item_at);
    let quorum = of_item(all, item);
    let groups: Vec<Quorate> = item.groups.iter().map(|group| of_group(all, item, &group.classes)).collect();
    let met = quorum.met && groups.iter().all(|group| group.met);
    let in_session = met || !item.needs_quorum;
    let mut infeasible = Vec::new();
    let mut json = if is_cumulative(item) {
        let pieces = one_piece_for_each_card(pieces);
        let mut cumulated = count_cumulative(&pieces, item, all.folder);
        infeasible = std::mem::take(&mut cumulated.infeasible);
        cumulative_election(&pieces, item, &cumulated, in_session)
    } else {
        let entries = entries_of(all, item_at, &pieces);
        match item.kind {
            Kind::Election => straight_election(all, item, &entries, &quorum, in_session),
            Kind::Proposal => proposal(all, item, &entries, (&quorum, &groups), in_session),
            Kind::Frequency => frequency(item, &entries, in_session),
        }
    };
    json["quorum"] = quorum.json;
    json["quorum"]["met"] = json!(met);
    if item.withdrawn {
        // "shown as withdrawn, its columns accepted and not counted"
        json = json!({"id": item.id, "outcome": "withdrawn"});
        infeasible.clear();
    }
    ItemResult { json, joint_conflicts, infeasible }
}

/// "Then the standard's tests, each printed …. A tie fails." "each group must also approve by its own standard"; "in a
/// voting group" the required quorum is "the quorum's fraction of the group's outstanding".
fn proposal(
    all: &Determined,
    item: &Item,
    entries: &[Entry],
    (quorum, group_quorums): (&Quorate, &[Quorate]),
    in_session: bool,
) -> Value {
    let whole_item = bases(all, item, entries, 0, &item.entitled_classes, quorum.required.clone());
    let (mut approved, tests) = decide(&item.standard, &whole_item);
    let mut groups = Vec::new();
    for (group, own) in item.groups.iter().zip(group_quorums) {
        let bases = bases(all, item, entries, 0, &group.classes, own.required.clone());
        let (met, tests) = decide(&group.standard, &bases);
        approved &= met;
        groups.push(json!({"classes": group.classes, "tests": tests, "met": met, "quorum": own.json}));
    }
    let mut shown = lines_json(&Lines::of(&entries.iter().collect::<Vec<_>>()));
    shown["id"] = json!(item.id);
    shown["kind"] = json!("proposal");
    shown["tests"] = json!(tests);
    if !groups.is_empty() {
        shown["voting_groups"] = json!(groups);
    }
    shown["outcome"] = json!(match (in_session, approved) {
        (false, _) => "no_quorum",
        (true, true) => "approved",
        (true, false) => "not_approved",
    });
    shown
}

fn lines_json(lines: &Lines) -> Value {
    json!({
        "for": show(&lines.for_),
        "against": show(&lines.against),
        "abstain": show(&lines.abstain),
        "withheld": show(&lines.withheld),
        "broker_non_votes": show(&lines.broker_non_votes),
        "not_voted": show(&lines.not_voted),
    })
}

/// "`frequency`: most votes." "`not_approved` (also a frequency item on which nobody voted)".
fn frequency(item: &Item, entries: &[Entry], in_session: bool) -> Value {
    let all: Vec<&Entry> = entries.iter().collect();
    let votes: Vec<Amount> = (0..item.choices.len()).map(|choice| on(&all, Line::Choice(choice))).collect();
    let most = votes.iter().max().cloned().unwrap_or(zero());
    let first: Vec<&String> = item
        .choices
        .iter()
        .zip(&votes)
        .filter(|(_, votes)| **votes == most)
        .map(|(choice, _)| choice)
        .collect();
    let outcome = match (in_session, most > zero(), first.len()) {
        (false, _, _) => "no_quorum",
        (true, false, _) => "not_approved",
        (true, true, 1) => "chosen",
        (true, true, _) => "tied",
    };
    let choices: Vec<Value> =
        item.choices.iter().zip(&votes).map(|(id, votes)| json!({"id": id, "for": show(votes)})).collect();
    let mut shown = lines_json(&Lines::of(&all));
    shown.as_object_mut().expect("lines are an object").remove("for");
    shown["id"] = json!(item.id);
    shown["kind"] = json!("frequency");
    shown["choices"] = json!(choices);
    shown["choice"] = if outcome == "chosen" { json!(first[0]) } else { Value::Null };
    shown["tied"] = if outcome == "tied" { json!(first) } else { json!([]) };
    shown["outcome"] = json!(outcome);
    shown
}

/// "each nominee must meet it with the votes FOR that nominee, and the seats go to those that do, most votes first".
/// "`plurality_if_contested`: true beside it falls back to plurality when nominees outnumber seats".
fn straight_election(
    all: &Determined,
    item: &Item,
    entries: &[Entry],
    quorum: &Quorate,
    in_session: bool,
) -> Value {
    let contested = item.plurality_if_contested && item.is_contested();
    let standard = if contested { &Standard::Plurality } else { &item.standard };
    let mut votes = Vec::new();
    let mut eligible = Vec::new();
    let mut nominees = Vec::new();
    for (place, nominee) in item.nominees.iter().enumerate() {
        let of_nominee: Vec<&Entry> = entries.iter().filter(|entry| entry.nominee == place).collect();
        let lines = Lines::of(&of_nominee);
        let bases: Bases = bases(all, item, entries, place, &item.entitled_classes, quorum.required.clone());
        let (met, tests) = decide(standard, &bases);
        let mut shown = lines_json(&lines);
        shown["id"] = json!(nominee.id);
        if !matches!(standard, Standard::Plurality) {
            shown["tests"] = json!(tests);
        }
        nominees.push(shown);
        eligible.push(met && lines.for_ > zero() && !nominee.unable_to_serve);
        votes.push(lines.for_);
    }
    elect(item, "straight", nominees, &votes, &eligible, in_session)
}

/// "Plurality: the seats go to those with the most votes; one vote is enough, none is not. A tie for the last seats
/// elects those above it and reports the others `tied`. Seats that nobody was elected to or tied for are `vacancies`."
fn elect(
    item: &Item,
    voting: &str,
    mut nominees: Vec<Value>,
    votes: &[Amount],
    eligible: &[bool],
    in_session: bool,
) -> Value {
    let seats = item.seats as usize;
    let mut standing: Vec<usize> = (0..votes.len()).filter(|&place| in_session && eligible[place]).collect();
    standing.sort_by(|&a, &b| votes[b].cmp(&votes[a]).then(a.cmp(&b)));
    let mut elected = standing.clone();
    let mut tied = Vec::new();
    if standing.len() > seats {
        let last = &votes[standing[seats - 1]];
        let best_left_out = &votes[standing[seats]];
        elected.truncate(seats);
        if last == best_left_out {
            elected.retain(|&place| votes[place] > *last);
            tied = standing.iter().copied().filter(|&place| votes[place] == *last).collect();
        }
    }
    for (place, shown) in nominees.iter_mut().enumerate() {
        shown["elected"] = json!(elected.contains(&place));
        shown["rank"] = json!(1 + votes.iter().filter(|other| **other > votes[place]).count());
    }
    let ids = |places: &[usize]| -> Vec<&str> {
        places.iter().map(|&place| item.nominees[place].id.as_str()).collect()
    };
    let vacancies = if tied.is_empty() { seats - elected.len() } else { 0 };
    let outcome = match (in_session, tied.is_empty(), elected.is_empty()) {
        (false, _, _) => "no_quorum",
        (true, false, _) => "tied",
        (true, true, false) => "elected",
        (true, true, true) => "none_elected",
    };
    json!({
        "id": item.id,
        "kind": "election",
        "voting": voting,
        "seats": item.seats,
        "nominees": nominees,
        "elected": ids(&elected),
        "tied": ids(&tied),
        "vacancies": vacancies,
        "outcome": outcome,
    })
}

/// "Cumulative: `for` is cumulated votes, the others are shares' votes; …; a nominee's `not_voted` is then the votes of
/// shares that say nothing in the election."
fn cumulative_election(pieces: &[Piece], item: &Item, cumulated: &Cumulated, in_session: bool) -> Value {
    use crate::marks::Voice;
    let mut nominees = Vec::new();
    for (place, nominee) in item.nominees.iter().enumerate() {
        let marked = |voice: Voice| {
            let mut votes = zero();
            for (at, piece) in pieces.iter().enumerate() {
                if piece.say[place] == voice && !cumulated.void_pieces.contains(&at) {
                    votes += &piece.votes;
                }
            }
            votes
        };
        let mut not_voted = zero();
        cumulated.silent_pieces.iter().for_each(|&at| not_voted += &pieces[at].votes);
        let lines = Lines {
            for_: cumulated.cast[place].clone(),
            against: marked(Voice::Against),
            abstain: marked(Voice::Abstain),
            withheld: marked(Voice::Withhold),
            broker_non_votes: marked(Voice::NonVote),
            not_voted,
        };
        let mut shown = lines_json(&lines);
        shown["id"] = json!(nominee.id);
        nominees.push(shown);
    }
    let eligible: Vec<bool> = cumulated.cast.iter().map(|votes| *votes > zero()).collect();
    let mut shown = elect(item, "cumulative", nominees, &cumulated.cast, &eligible, in_session);
    shown["cumulative"] = json!({
        "pool": show(&cumulated.pool),
        "cast": show(&crate::amounts::sum(&cumulated.cast)),
        "unused": show(&cumulated.unused),
        "withheld": show(&cumulated.withheld),
        "void": show(&cumulated.void),
        "broker_non_votes": show(&cumulated.broker_non_votes),
        "not_voted": show(&cumulated.not_voted),
    });
    shown
}
