//! What there is to place and against how many votes, from the count of a meeting.

use std::collections::BTreeSet;

use super::Question;
use crate::amount::{UNITS_PER_MILLIONTH, UNITS_PER_ONE, Votes};
use crate::meeting::{Cumulative, Election, FractionalVotes, ItemKind, Mark, Meeting, Unmarked};
use crate::tabulate::Tabulation;
use crate::time::Moment;

/// The votes of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Everything present that is not the form's to place.
    Present,
    /// So many cumulated votes.
    Given(Votes),
}

/// A question with what the count says around it.
#[derive(Debug)]
pub struct Asked {
    /// The election, by place.
    pub item: usize,
    /// The form, by place.
    pub form: usize,
    /// Whose votes the rest are.
    pub rest: Rest,
    /// The question.
    pub question: Question,
    /// Cards whose pools are to be placed.
    pub card_count: u64,
    /// Of the votes of the rest, where they are those present, the ones that stand for nobody:
    /// withheld, void, of broker non-votes or of shares that say nothing in the election.
    pub idle: Option<Votes>,
    /// Nominees for whom votes can be cumulated: nominated in time and able to serve.
    pub eligible: usize,
}

/// CUM-1: has the meeting counted as though notice of cumulative voting were given, where it is
/// available and nobody gave it; says whether that changed anything. Only a plan may do this, before
/// it tabulates; the time of the notice enters no count.
pub fn assume_notice(meeting: &mut Meeting, item: usize) -> bool {
    let given = meeting.polls_open.or(meeting.polls_close).unwrap_or(Moment::UNKNOWN);
    match &mut meeting.items[item].kind {
        ItemKind::Election(election) if election.cumulative == Cumulative::NoNotice => {
            election.cumulative = Cumulative::Notice { by: String::new(), given: Some(given) };
            true
        }
        ItemKind::Election(_) | ItemKind::Proposal(_) | ItemKind::Frequency(_) => false,
    }
}

/// Asks for a form's proxy holders in an election; nothing where the count is not cumulative.
#[must_use]
pub fn ask(tabulation: &Tabulation, item: usize, form: usize, against: Rest) -> Option<Asked> {
    let meeting = &tabulation.loaded.meeting;
    let election = meeting.items[item].election()?;
    let count = tabulation.count.items[item].cumulative.as_ref()?;
    let own = count.allocations.iter().find(|allocation| allocation.form == form);
    let pools = own.map_or_else(Vec::new, |allocation| allocation.pools.clone());
    let pool: Votes = pools.iter().map(|(_, pool)| *pool).sum();
    let idle = count.withheld + count.void + count.broker_non_votes + count.not_voted;
    let (rest, idle) = match against {
        Rest::Present => (count.pool - pool, Some(idle)),
        Rest::Given(votes) => (votes, None),
    };
    let unit = match meeting.rules.fractional_votes {
        FractionalVotes::Whole => UNITS_PER_ONE,
        FractionalVotes::SixDecimals => UNITS_PER_MILLIONTH,
    };
    let nominees = election.nominees.len();
    let mut names: BTreeSet<usize> = pools.iter().flat_map(|(names, _)| names.iter().copied()).collect();
    names.extend(names_of_form(meeting, election, &meeting.forms[form].unmarked[item]));
    let question =
        Question { seats: election.seats, nominees, names: names.into_iter().collect(), pools, rest, unit };
    let eligible = (0..nominees).filter(|nominee| is_eligible(meeting, election, *nominee)).count();
    let card_count = own.map_or(0, |allocation| allocation.card_count);
    Some(Asked { item, form, rest: against, question, card_count, idle, eligible })
}

fn is_eligible(meeting: &Meeting, election: &Election, nominee: usize) -> bool {
    !election.nominees[nominee].is_unable_to_serve && election.is_nominated_in_time(nominee, meeting)
}

/// The names that an unmarked card of the form is voted FOR, substitutes in their places (ELE-4).
fn names_of_form(meeting: &Meeting, election: &Election, unmarked: &Unmarked) -> Vec<usize> {
    let listed: Vec<usize> = match unmarked {
        Unmarked::Nominees(listed) => listed.clone(),
        Unmarked::Mark(Mark::For) => (0..election.nominees.len()).collect(),
        Unmarked::Mark(_) | Unmarked::NotVoted | Unmarked::Choice(_) => Vec::new(),
    };
    let stands = |name: usize| match &election.nominees[name] {
        nominee if nominee.is_unable_to_serve => nominee.substitute,
        _ => Some(name),
    };
    listed.into_iter().filter_map(stands).filter(|name| is_eligible(meeting, election, *name)).collect()
}
