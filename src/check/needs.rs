//! What the standards of a meeting mean, in plain words, with the votes that each will need as far as
//! they are known before anybody votes.

use crate::amount::{Reach, Threshold, Votes};
use crate::ascertain::PositionId;
use crate::meeting::{
    Base, Counting, Cumulative, Election, Expression, Item, ItemKind, Meeting, QuorumRule, QuorumTest,
    Standard, Test,
};
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands};

/// What an item needs.
#[derive(Debug)]
pub struct ItemNeed {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Votes outstanding and entitled on it.
    pub outstanding: Votes,
    /// Sentences.
    pub says: Vec<String>,
}

/// What a standard is measured with before anybody votes.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Votes outstanding and entitled.
    pub outstanding: Votes,
    /// Accounts that have any of them.
    pub holders: u64,
    /// The required quorum.
    pub required_quorum: Votes,
}

/// What each item needs.
#[must_use]
pub fn needs(tabulation: &Tabulation) -> Vec<ItemNeed> {
    let meeting = &tabulation.loaded.meeting;
    meeting.items.iter().enumerate().map(|(place, item)| item_need(tabulation, place, item)).collect()
}

fn item_need(tabulation: &Tabulation, place: usize, item: &Item) -> ItemNeed {
    let meeting = &tabulation.loaded.meeting;
    let outstanding = tabulation.decided.items[place].outstanding;
    let need = Need {
        outstanding,
        holders: holders(tabulation, place, |_| true),
        required_quorum: tabulation.decided.items[place].quorum.required,
    };
    let mut says = match &item.kind {
        ItemKind::Election(election) => election_says(election, &need),
        ItemKind::Proposal(standard) => vec![format!("Needs {}.", in_words(&standard.expression, &need))],
        ItemKind::Frequency(_) => vec![
            "The choice with the most votes is chosen; one vote is enough, and a tie chooses none."
                .to_owned(),
        ],
    };
    for (at, group) in item.voting_groups.iter().enumerate() {
        let required = tabulation.decided.items[place].quorum.groups[at].required;
        says.push(group_says(tabulation, place, &group.classes, &group.standard, required));
    }
    if item.needs_quorum {
        says.extend(quorum_says(tabulation, place));
    } else {
        says.push("Needs no quorum.".to_owned());
    }
    if item.is_withdrawn {
        says.push("Was withdrawn: marks on it are read and not counted.".to_owned());
    }
    let excluded = item.excluded_accounts.len() as u64;
    if excluded > 0 {
        says.push(format!(
            "{} may not vote on it and left these figures.",
            capital(&counted(excluded, "account"))
        ));
    }
    if item.entitled_classes.contains(&false) {
        says.push(format!(
            "Only {} may vote on it.",
            class_names(meeting, |class| item.entitled_classes[class])
        ));
    }
    ItemNeed { id: item.id.clone(), title: item.title.clone(), outstanding, says }
}

/// QUO-4: what an item's own quorum asks, where that is not the meeting's.
fn quorum_says(tabulation: &Tabulation, place: usize) -> Option<String> {
    let (own, whole) = (&tabulation.decided.items[place].quorum, &tabulation.decided.quorum);
    let differs = own.required != whole.required || own.outstanding != whole.outstanding;
    differs.then(|| {
        format!(
            "Can be acted on only with a quorum of its own: {} of the {} votes outstanding on it.",
            shown(own.required),
            shown(own.outstanding)
        )
    })
}

fn group_says(
    tabulation: &Tabulation,
    place: usize,
    classes: &[usize],
    standard: &Standard,
    required_quorum: Votes,
) -> String {
    let electorate = &tabulation.electorate;
    let meeting = &tabulation.loaded.meeting;
    let of = |class: usize| classes.contains(&class);
    let listed = voters(tabulation, place, of).map(|id| electorate.votes(id)).sum::<Votes>();
    let missing: Votes = classes.iter().map(|class| electorate.classes[*class].missing_votes).sum();
    let outstanding = listed + missing;
    let need = Need { outstanding, holders: holders(tabulation, place, of), required_quorum };
    let names = class_names(meeting, of);
    format!("{names} must also approve, voting apart: needs {}.", in_words(&standard.expression, &need))
}

fn class_names(meeting: &Meeting, is_in: impl Fn(usize) -> bool) -> String {
    let classes = meeting.classes.iter().enumerate().filter(|(place, _)| is_in(*place));
    let names: Vec<&str> = classes.map(|(_, class)| class.name.as_str()).collect();
    names.join(" and ")
}

/// Holders with votes on an item in these classes.
fn holders(tabulation: &Tabulation, item: usize, is_in: impl Fn(usize) -> bool) -> u64 {
    let electorate = &tabulation.electorate;
    let heads = voters(tabulation, item, is_in).map(|id| electorate.head(electorate.account(id)));
    let mut heads: Vec<_> = heads.collect();
    heads.sort_unstable();
    heads.dedup();
    heads.len() as u64
}

/// The positions with votes on an item in these classes.
fn voters(
    tabulation: &Tabulation,
    item: usize,
    is_in: impl Fn(usize) -> bool,
) -> impl Iterator<Item = PositionId> {
    let electorate = &tabulation.electorate;
    let ids = (0..electorate.positions.len()).map(|at| PositionId(u32::try_from(at).unwrap_or(u32::MAX)));
    ids.filter(move |id| {
        is_in(usize::from(electorate.get(*id).class))
            && electorate.votes_on(&tabulation.loaded.meeting, *id, item)
            && !electorate.votes(*id).is_zero()
    })
}

fn election_says(election: &Election, need: &Need) -> Vec<String> {
    let seats = u64::from(election.seats);
    let names = election.nominees.len() as u64;
    let mut says = vec![format!("{} for {}.", capital(&counted(names, "nominee")), counted(seats, "seat"),)];
    match election.effective_standard() {
        None => {
            if election.standard.is_some() {
                says.push(
                    "The election is contested, so plurality decides and no majority is needed.".to_owned(),
                );
            }
            says.push(plurality_says(names, seats));
        }
        Some(standard) => says.push(format!(
            "Each nominee needs {}; the seats go to those who have it, most votes first.",
            in_words(&standard.expression, need)
        )),
    }
    match &election.cumulative {
        Cumulative::NotAvailable => {}
        Cumulative::NoNotice => says.push(
            "Cumulative voting is available, but nobody gave notice of it: votes are counted straight."
                .to_owned(),
        ),
        Cumulative::Notice { .. } | Cumulative::OfRight => {
            // ⌊S·n/(D+1)⌋ + 1, as the certificate states it of the votes present.
            let sure = Threshold::more_than(1, seats + 1).whole_votes_needed(need.outstanding);
            says.push(format!(
                "Votes are cumulated: every vote counts {} and may be placed at will. If all {} votes come in, {} \
                 of them surely elect one director; fewer do when fewer come in.",
                times(seats),
                shown(need.outstanding),
                shown(sure),
            ));
        }
    }
    says
}

fn plurality_says(names: u64, seats: u64) -> String {
    if names <= seats {
        return "Every nominee with at least one vote FOR is elected.".to_owned();
    }
    let winners = match seats {
        1 => "The nominee with the most votes FOR is".to_owned(),
        _ => format!("The {} nominees with the most votes FOR are", thousands(&seats.to_string())),
    };
    format!("{winners} elected; one vote is enough, and a tie for the last seat elects none of those tied.")
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{} times", thousands(&count.to_string())),
    }
}

/// A standard in words.
fn in_words(expression: &Expression, need: &Need) -> String {
    match expression {
        Expression::Test(test) => test_in_words(test, need),
        Expression::AllOf(parts) => joined(parts, "; and ", need),
        Expression::AnyOf(parts) => format!("either {}", joined(parts, "; or ", need)),
    }
}

fn joined(parts: &[Expression], by: &str, need: &Need) -> String {
    let words = |part: &Expression| match part {
        Expression::Test(test) => test_in_words(test, need),
        Expression::AllOf(_) | Expression::AnyOf(_) => format!("({})", in_words(part, need)),
    };
    parts.iter().map(words).collect::<Vec<_>>().join(by)
}

fn test_in_words(test: &Test, need: &Need) -> String {
    let says = match test.counting {
        Counting::Votes => votes_in_words(test, need),
        Counting::Holders => holders_in_words(test, need),
    };
    match &test.while_present {
        None => says,
        Some((threshold, base)) => format!(
            "{says}, as long as {} the {} are present{}",
            amount_in_words(threshold),
            base.in_words(),
            if *base == Base::Outstanding {
                format!(" (at least {})", shown(threshold.whole_votes_needed(need.outstanding)))
            } else {
                String::new()
            },
        ),
    }
}

fn votes_in_words(test: &Test, need: &Need) -> String {
    let is_majority = test.threshold == Threshold::more_than(1, 2);
    let of = |base: Votes| shown(test.threshold.whole_votes_needed(base));
    let amount = amount_in_words(&test.threshold);
    let at_most = |what: &str| {
        format!("at least {} if every vote outstanding is {what}, fewer if fewer are", of(need.outstanding))
    };
    match test.base {
        Base::VotesCast if is_majority => {
            format!("more votes FOR than AGAINST ({})", at_most("cast"))
        }
        Base::VotesCast => {
            format!("votes FOR of {amount} the votes cast FOR and AGAINST ({})", at_most("cast"))
        }
        Base::PresentAndEntitled => format!(
            "votes FOR of {amount} the votes present and entitled, so that an abstention counts against ({})",
            at_most("present")
        ),
        Base::Present => format!(
            "votes FOR of {amount} the votes present, so that abstentions and broker non-votes count against ({})",
            at_most("present")
        ),
        Base::Outstanding => format!(
            "votes FOR of {amount} the {} outstanding, so that every vote not cast counts against: at least {} votes",
            shown(need.outstanding),
            of(need.outstanding)
        ),
        Base::RequiredQuorum => format!(
            "votes FOR of {amount} the required quorum of {}: at least {} votes",
            shown(need.required_quorum),
            of(need.required_quorum)
        ),
        Base::ForAgainstWithheld => {
            format!("votes FOR of {amount} the votes FOR, AGAINST and WITHHOLD ({})", at_most("cast"))
        }
    }
}

fn holders_in_words(test: &Test, need: &Need) -> String {
    let amount = amount_in_words(&test.threshold);
    let of = |count: u64| shown(test.threshold.whole_votes_needed(Votes::whole(count)));
    let all = of(need.holders);
    let accounts = format!("{all} if all {} take part, fewer if fewer do", counted(need.holders, "account"));
    match test.base {
        Base::VotesCast => format!("accounts FOR, not votes, of {amount} those on either side ({accounts})"),
        Base::PresentAndEntitled | Base::Present => {
            format!("accounts FOR, not votes, of {amount} those present ({accounts})")
        }
        Base::Outstanding => {
            format!(
                "accounts FOR, not votes, of {amount} all {}: at least {all}",
                counted(need.holders, "account")
            )
        }
        Base::RequiredQuorum | Base::ForAgainstWithheld => {
            unreachable!("`load` refuses these bases counted in holders")
        }
    }
}

/// What a quorum asks: `more than half of`; `at least one third of the holders and at least 2 holders and …`.
pub(super) fn quorum_in_words(rule: &QuorumRule) -> String {
    let of_holders = |test: &QuorumTest| match test {
        QuorumTest::Votes(_) => None,
        QuorumTest::HolderFraction(threshold) => Some(format!("{} the holders", amount_in_words(threshold))),
        QuorumTest::Holders(count) => Some(format!("at least {}", counted(u64::from(*count), "holder"))),
    };
    let of_votes = rule.tests.iter().filter_map(|test| match test {
        QuorumTest::Votes(threshold) => Some(amount_in_words(threshold)),
        QuorumTest::HolderFraction(_) | QuorumTest::Holders(_) => None,
    });
    let mut parts: Vec<String> = rule.tests.iter().filter_map(of_holders).collect();
    let votes: Vec<String> = of_votes.collect();
    parts.push(if votes.is_empty() { "at least one of".to_owned() } else { votes.join(" and ") });
    parts.join(" and ")
}

/// `more than half of`, `at least two thirds of`.
pub(super) fn amount_in_words(threshold: &Threshold) -> String {
    let fraction = match threshold.fraction.in_words() {
        "one half" => "half",
        words => words,
    };
    match threshold.reach {
        Reach::MoreThan => format!("more than {fraction} of"),
        Reach::AtLeast => format!("at least {fraction} of"),
    }
}

fn shown(votes: Votes) -> String {
    thousands(&votes.to_string())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
