//! What a card says on an item, after the box, the form's `unmarked` and the substitutes.

use crate::files::{Card, Folder, ItemMarks};
use crate::marks::Voice;
use crate::meeting::{Item, Kind, Unmarked};

/// One voice for a proposal or frequency item, one for each nominee of an election.
pub fn say_on(card: &Card, item_at: usize, nominee_account: bool, folder: &Folder) -> Vec<Voice> {
    let item = &folder.meeting.items[item_at];
    let marks = &card.marks[item_at];
    let unmarked = unmarked_of(card, item, folder);
    let discretion = unmarked.filter(|_| !(nominee_account && has_any_nonvote(card, folder)));
    let says = said(card, marks, item, unmarked, discretion, folder);
    if ballot_votes(card, item, folder) { says } else { says.into_iter().map(without_ballot).collect() }
}

/// "`false`: none was cast: the form's cards are present and not voted"; "`ballot_silent_on`: items on which the ballot
/// says nothing: not voted".
fn ballot_votes(card: &Card, item: &Item, folder: &Folder) -> bool {
    let form = folder.meeting.form(&card.form).filter(|_| !card.ballot);
    form.is_none_or(|form| !form.no_ballot && !form.silent_on.contains(&item.id))
}

/// "Broker non-votes on such cards stay broker non-votes; every other line is not voted; pools are `not_voted`; such a
/// card has not acted for joint holders."
fn without_ballot(voice: Voice) -> Voice {
    if voice == Voice::NonVote { voice } else { Voice::Silent }
}

fn said(
    card: &Card,
    marks: &ItemMarks,
    item: &Item,
    unmarked: Option<&Unmarked>,
    discretion: Option<&Unmarked>,
    folder: &Folder,
) -> Vec<Voice> {
    if item.kind != Kind::Election {
        return vec![mark_on(marks, discretion)];
    }
    let marks = &with_others_on_the_withhold_line(card, marks, item, discretion, folder);
    let says = names_marked(card, marks, item, unmarked, discretion);
    let says = substitute(says, card.ballot, &marks_itself(card, marks, item, unmarked), item);
    if item.cumulative_in_force { without_empty_numbers(says) } else { straight_limits(says, item, folder) }
}

/// "A proxy whose only marks in an election are withholding ones (WITHHOLD, AGAINST, ABSTAIN) on single names, with the
/// box blank: the other nominees that the form's `unmarked` lists are voted as `unmarked` says. So where the election is
/// uncontested …; in a contested one they are not voted. A form's key `names_only` sets it."
fn with_others_on_the_withhold_line(
    card: &Card,
    marks: &ItemMarks,
    item: &Item,
    discretion: Option<&Unmarked>,
    folder: &Folder,
) -> ItemMarks {
    let withholds = |voice: &Voice| matches!(voice, Voice::Withhold | Voice::Against | Voice::Abstain);
    let only = marks.all == Voice::Silent
        && marks.own.iter().any(withholds)
        && marks.own.iter().all(|own| *own == Voice::Silent || withholds(own));
    let by_form = folder.meeting.form(&card.form).map_or("", |form| form.names_only.as_str());
    let voted = match by_form {
        "as_unmarked" => true,
        "not_voted" => false,
        _ => !item.is_contested(),
    };
    let mut marks = marks.clone();
    if only && voted && !card.ballot {
        for (own, nominee) in marks.own.iter_mut().zip(&item.nominees) {
            if *own == Voice::Silent {
                *own = voted_when_unmarked(&nominee.id, discretion);
            }
        }
    }
    marks
}

/// Numbers that are all zero cast nothing, and "FOR marks beside them add nothing": the card's other marks are left.
fn without_empty_numbers(says: Vec<Voice>) -> Vec<Voice> {
    let numbers = says.iter().any(Voice::is_cumulated);
    if !numbers || says.iter().any(|voice| voice.is_cumulated() && voice.favours()) {
        return says;
    }
    let empty = |voice: &Voice| voice.is_cumulated() || *voice == Voice::For;
    says.into_iter().map(|voice| if empty(&voice) { Voice::Silent } else { voice }).collect()
}

/// "blank on a ballot → not voted; blank on a proxy → as its form's `unmarked` says"
fn unmarked_of<'a>(card: &Card, item: &Item, folder: &'a Folder) -> Option<&'a Unmarked> {
    if card.ballot {
        return None;
    }
    folder.meeting.form(&card.form)?.unmarked.get(&item.id)
}

/// "blank on a nominee's card with any `NONVOTE` on it → not voted"
///
/// "A NONVOTE on a withdrawn item is no non-vote for §5."
fn has_any_nonvote(card: &Card, folder: &Folder) -> bool {
    let marks = card.marks.iter().zip(&folder.meeting.items).filter(|(_, item)| !item.withdrawn);
    marks.into_iter().any(|(marks, _)| marks.all == Voice::NonVote || marks.own.contains(&Voice::NonVote))
}

/// "A card's mark on an item: as marked …; `VOID` → not voted".
fn mark_on(marks: &ItemMarks, discretion: Option<&Unmarked>) -> Voice {
    match (&marks.all, discretion) {
        (Voice::Silent, Some(Unmarked::Mark(mark))) => mark.clone(),
        (mark, _) => mark.clone(),
    }
}

/// "Each nominee's mark is its own column, else the box for all, else, when the card says nothing at all in this
/// election, the form's `unmarked`; else not voted."
fn names_marked(
    card: &Card,
    marks: &ItemMarks,
    item: &Item,
    form: Option<&Unmarked>,
    discretion: Option<&Unmarked>,
) -> Vec<Voice> {
    let says_nothing = marks.all == Voice::Silent && marks.own.iter().all(|own| *own == Voice::Silent);
    let mut says = Vec::new();
    for (place, own) in marks.own.iter().enumerate() {
        let voice = if *own != Voice::Silent {
            own.clone()
        } else if says_nothing {
            voted_when_unmarked(&item.nominees[place].id, discretion)
        } else {
            box_for(&item.nominees[place].id, &marks.all, card, form)
        };
        says.push(voice);
    }
    says
}

/// "A nominee that the form's `unmarked` does not list is not voted by an unmarked card."
fn voted_when_unmarked(nominee: &str, discretion: Option<&Unmarked>) -> Voice {
    match discretion {
        Some(Unmarked::Names(names)) if names.iter().any(|name| name == nominee) => Voice::For,
        Some(Unmarked::Mark(mark)) => mark.clone(),
        _ => Voice::Silent,
    }
}

/// "A box FOR, WITHHOLD or AGAINST speaks of the nominees that the form's `unmarked` lists (on a ballot, or where the
/// form lists none: of all nominees); a box NONVOTE, VOID or ABSTAIN of all nominees."
fn box_for(nominee: &str, mark: &Voice, card: &Card, form: Option<&Unmarked>) -> Voice {
    let of_the_listed = matches!(mark, Voice::For | Voice::Withhold | Voice::Against) && !card.ballot;
    match form {
        Some(Unmarked::Names(names)) if of_the_listed && !names.is_empty() => {
            if names.iter().any(|name| name == nominee) { mark.clone() } else { Voice::Silent }
        }
        _ => mark.clone(),
    }
}

/// "FOR on more nominees than seats: `void` for this election, present." "`cumulated_without_notice`: numbers on
/// a card though cumulative voting is not in force: `cap` (each at the shares' votes), `void`".
fn straight_limits(says: Vec<Voice>, item: &Item, folder: &Folder) -> Vec<Voice> {
    let rules = &folder.meeting.rules;
    // "Able names and substitutes only are counted against the seats."
    let able = says.iter().zip(&item.nominees).filter(|(_, nominee)| !nominee.unable_to_serve);
    let in_favour = able.filter(|(voice, _)| voice.favours()).count() as i64;
    let overmarked = in_favour > item.seats && rules.overmarked_election == "void";
    let cumulated = says.iter().any(Voice::is_cumulated) && rules.cumulated_without_notice == "void";
    if overmarked || cumulated { vec![Voice::Void; says.len()] } else { says }
}

/// Which nominees the card marks itself, in their own column or by a box that speaks of them.
fn marks_itself(card: &Card, marks: &ItemMarks, item: &Item, form: Option<&Unmarked>) -> Vec<bool> {
    let mut marked = Vec::new();
    for (own, nominee) in marks.own.iter().zip(&item.nominees) {
        marked.push(*own != Voice::Silent || box_for(&nominee.id, &marks.all, card, form) != Voice::Silent);
    }
    marked
}

/// "Substitutes: a proxy (or street total) FOR a nominee unable to serve is FOR the substitute, unless the card marks
/// the substitute itself; a ballot FOR such a nominee is not voted; WITHHOLD stays with the old name."
pub fn substitute(mut says: Vec<Voice>, ballot: bool, marks_itself: &[bool], item: &Item) -> Vec<Voice> {
    for (place, nominee) in item.nominees.iter().enumerate() {
        let in_favour = says[place] == Voice::For || says[place].is_cumulated();
        if !nominee.unable_to_serve || !in_favour {
            continue;
        }
        let vote = std::mem::replace(&mut says[place], Voice::Silent);
        match nominee.substitute {
            Some(other) if !ballot && !marks_itself[other] => says[other] = vote,
            _ if item.cumulative_in_force && vote.is_cumulated() => says[place] = vote,
            _ => {}
        }
    }
    says
}
