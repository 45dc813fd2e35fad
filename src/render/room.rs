//! What the room sees: where the quorum and each item stand, and what is still needed; the same words as on the
//! certificate, with bars of letters for a terminal.

use super::front;
use super::interim::sentences;
use super::words::{is_preliminary, names, of_votes, percent, standing, test_banner, votes};
use crate::amount::{Votes, multiply_divide, multiply_remainder};
use crate::certify::{Certificate, InterimItem, ItemFigures, NomineeFigures};
use crate::text::{counted, thousands};

/// What the letters of a bar mean.
pub const LEGEND: &str = "# for, present  - against  ~ neither  . absent  | needed";

/// A bar: what there is of what there could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gauge {
    /// What it is of; empty where the line above says it.
    pub label: String,
    /// The letter of each part, and its votes, in their order.
    pub parts: Vec<(char, Votes)>,
    /// Where the first part had to reach, in votes; nothing where no one figure says it.
    pub needed: Option<Votes>,
    /// What the whole width stands for, in votes.
    pub scale: Votes,
}

/// An item, or the quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub title: String,
    /// Where it stands, and what is still needed.
    pub says: String,
    /// Its bars.
    pub bars: Vec<Gauge>,
}

/// What the room sees. Invariant: no account, holder or card stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Whose meeting it is, and how far the result is.
    pub heading: String,
    /// The quorum, then each item.
    pub standings: Vec<Standing>,
    /// Cards by disposition.
    pub cards: String,
    /// The open matters, each with how many cards and votes it concerns.
    pub open: Vec<String>,
}

impl Gauge {
    /// The bar in so many letters. A part is as long as its votes, rounded down; the line of what is needed is never
    /// covered while it is not reached.
    #[must_use]
    pub fn drawn(&self, width: usize) -> String {
        let sum: Votes = self.parts.iter().map(|(_, votes)| *votes).sum();
        let scale = self.needed.into_iter().fold(self.scale.max(sum), Votes::max);
        let mut letters = vec!['.'; width];
        let mut reached = Votes::ZERO;
        for (letter, votes) in &self.parts {
            let from = place(reached, scale, width);
            reached += *votes;
            letters[from..place(reached, scale, width)].fill(*letter);
        }
        if let Some(needed) = self.needed.filter(|needed| !needed.is_zero()) {
            let before = place(needed, scale, width);
            // A line between two letters stands on the second, one at a letter's end on that letter.
            let is_at_end = is_whole(needed, scale, width);
            letters[before.saturating_sub(usize::from(is_at_end)).min(width.saturating_sub(1))] = '|';
        }
        letters.into_iter().collect()
    }
}

/// How many letters of a width a part takes, rounded down; in integers.
fn place(part: Votes, scale: Votes, width: usize) -> usize {
    if scale.is_zero() {
        return 0;
    }
    let letters = multiply_divide(part.units(), width as u128, scale.units());
    usize::try_from(letters).unwrap_or(width).min(width)
}

/// Whether a part takes a whole number of letters.
fn is_whole(part: Votes, scale: Votes, width: usize) -> bool {
    !scale.is_zero() && multiply_remainder(part.units(), width as u128, scale.units()) == 0
}

impl Room {
    /// The room's view of a count.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let meeting = &certificate.meeting;
        let status = if is_preliminary(certificate) { "PRELIMINARY" } else { "as it would be certified" };
        let test = test_banner(certificate).map_or_else(String::new, |banner| format!(" | {banner}"));
        let interim = certificate.interim.as_ref();
        let told: Vec<String> = interim.map_or_else(Vec::new, |figures| sentences(certificate, figures));
        // The quorum's sentence comes first, each item's then begins with its name.
        let of_item = |place: usize, item: &ItemFigures| {
            let sentence =
                told.get(place + 1).and_then(|told| told.strip_prefix(&format!("Item {}: ", item.id)));
            sentence.map_or_else(|| said(certificate, item), str::to_owned)
        };
        let items = certificate.items.iter().enumerate().map(|(place, item)| Standing {
            title: format!("{}. {}", item.id, item.title),
            says: of_item(place, item),
            bars: bars(item, interim.and_then(|figures| figures.items.get(place))),
        });
        Self {
            heading: format!("{} | {} | {status}{test}", meeting.company, meeting.title),
            standings: [quorum(certificate)].into_iter().chain(items).collect(),
            cards: cards(certificate),
            open: open(certificate),
        }
    }
}

/// Where an item stands once nothing more can come.
fn said(certificate: &Certificate, item: &ItemFigures) -> String {
    let needed = match item.needed.as_slice() {
        [one] => one.votes.map_or_else(String::new, |needed| format!(", {} needed", votes(needed))),
        _ => String::new(),
    };
    let votes_for = match &item.lines {
        Some(lines) if item.kind == "proposal" => format!("{} for{needed}: ", votes(lines.votes_for)),
        Some(_) | None => String::new(),
    };
    format!("{votes_for}{}", front::in_a_word(certificate, item))
}

fn quorum(certificate: &Certificate) -> Standing {
    let quorum = &certificate.quorum;
    let share =
        percent(quorum.present, quorum.outstanding).map_or_else(String::new, |share| format!(" ({share})"));
    let whether = if quorum.met {
        "a quorum is present".to_owned()
    } else if quorum.shortfall.is_zero() {
        "NO QUORUM YET".to_owned()
    } else {
        format!("NO QUORUM YET, {} still needed", of_votes(quorum.shortfall))
    };
    let gauge = |label: String, present: Votes, required: Votes, outstanding: Votes| Gauge {
        label,
        parts: vec![('#', present)],
        needed: Some(required),
        scale: outstanding,
    };
    let of_class = quorum.by_class.iter().flatten().map(|class| {
        gauge(format!("class {}", class.class), class.present, class.required, class.outstanding)
    });
    Standing {
        title: "Quorum".to_owned(),
        says: format!(
            "{} of {} present{share}, {} required: {whether}",
            votes(quorum.present),
            votes(quorum.outstanding),
            votes(quorum.required)
        ),
        bars: [gauge(String::new(), quorum.present, quorum.required, quorum.outstanding)]
            .into_iter()
            .chain(of_class)
            .collect(),
    }
}

fn bars(item: &ItemFigures, interim: Option<&InterimItem>) -> Vec<Gauge> {
    if item.outcome == "withdrawn" {
        return Vec::new();
    }
    let choices = item.choices.iter().flatten().map(|choice| Gauge {
        label: format!("{} {}", choice.name, votes(choice.votes_for)),
        parts: vec![('#', choice.votes_for)],
        needed: None,
        scale: item.outstanding,
    });
    let nominees = item.nominees.iter().flatten().map(|nominee| of_nominee(item, nominee, interim));
    let own = item.lines.as_ref().filter(|_| item.kind == "proposal").map(|lines| {
        let needed = match item.needed.as_slice() {
            [one] if one.holders.is_none() => one.votes,
            _ => None,
        };
        let others = lines.withheld + lines.abstain + lines.broker_non_votes + lines.not_voted;
        Gauge {
            label: String::new(),
            parts: vec![('#', lines.votes_for), ('-', lines.against), ('~', others)],
            needed,
            scale: item.outstanding,
        }
    });
    own.into_iter().chain(choices).chain(nominees).collect()
}

fn of_nominee(item: &ItemFigures, nominee: &NomineeFigures, interim: Option<&InterimItem>) -> Gauge {
    // While votes may come nobody is elected.
    let mark = match interim {
        Some(interim) if interim.leading.iter().flatten().any(|id| *id == nominee.id) => "leading".to_owned(),
        Some(_) => String::new(),
        None => standing(item, nominee),
    };
    let mark = if mark.is_empty() { mark } else { format!(", {mark}") };
    let scale = match &item.cumulative {
        Some(cumulative) => cumulative.pool,
        None => item.outstanding,
    };
    Gauge {
        label: format!("{} {}{mark}", nominee.name, votes(nominee.lines.votes_for)),
        parts: vec![('#', nominee.lines.votes_for)],
        needed: None,
        scale,
    }
}

fn cards(certificate: &Certificate) -> String {
    let cards = &certificate.cards;
    let all = [
        (cards.counted, "counted"),
        (cards.counted_in_part, "in part"),
        (cards.superseded, "superseded"),
        (cards.revoked, "revoked"),
        (cards.rejected, "rejected"),
        (cards.held, "held"),
    ];
    let told: Vec<String> = all
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", thousands(&count.to_string())))
        .collect();
    let read = counted(cards.read, "card");
    if told.is_empty() { read } else { format!("{read}: {}", told.join(", ")) }
}

fn open(certificate: &Certificate) -> Vec<String> {
    let told = certificate.open_matters.iter().map(|matter| {
        let cards =
            if matter.cards > 0 { format!(": {}", counted(matter.cards, "card")) } else { String::new() };
        let of_votes =
            if matter.votes.is_zero() { String::new() } else { format!(", {}", of_votes(matter.votes)) };
        format!("{}{cards}{of_votes}", matter.code.to_string().replace('_', " "))
    });
    let told: Vec<String> = told.collect();
    let could = certificate.open_matters.first().map(|matter| matter.could_change.join(", "));
    match could.filter(|items| !items.is_empty()) {
        Some(items) => told.into_iter().chain([format!("they could change item {items}")]).collect(),
        None => told,
    }
}

/// How each item stands, by its id: for what changed meanwhile.
#[must_use]
pub fn outcomes(certificate: &Certificate) -> Vec<(String, String)> {
    let interim = certificate.interim.as_ref().map_or(&[][..], |figures| &figures.items);
    let told = |(place, item): (usize, &ItemFigures)| {
        let says =
            interim.get(place).map_or_else(|| front::in_a_word(certificate, item), |far| so_far(item, far));
        (item.id.clone(), says)
    };
    certificate.items.iter().enumerate().map(told).collect()
}

/// How an item stands while votes may come.
fn so_far(item: &ItemFigures, far: &InterimItem) -> String {
    match far.leading.as_deref() {
        Some([]) => "nobody ahead".to_owned(),
        Some(leading) => format!("{} ahead", names(item, leading)),
        None if far.still_needed.is_some_and(|votes| votes.is_zero()) => {
            "its standard is met so far".to_owned()
        }
        None => "its standard is not met so far".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(parts: &[(char, u64)], needed: Option<u64>, scale: u64) -> Gauge {
        Gauge {
            label: String::new(),
            parts: parts.iter().map(|(letter, count)| (*letter, Votes::whole(*count))).collect(),
            needed: needed.map(Votes::whole),
            scale: Votes::whole(scale),
        }
    }

    /// Ten letters for 100 votes.
    #[test]
    fn a_bar_is_as_long_as_its_votes_and_reaches_the_line_only_where_it_is_met() {
        let drawn = |gauge: Gauge| gauge.drawn(10);
        assert_eq!(drawn(gauge(&[('#', 30), ('-', 20), ('~', 9)], None, 100)), "###--.....");
        // 50 needed: the end of the fifth letter. 49 leave it open, 50 reach it.
        assert_eq!(drawn(gauge(&[('#', 49)], Some(50), 100)), "####|.....");
        assert_eq!(drawn(gauge(&[('#', 50)], Some(50), 100)), "####|.....");
        assert_eq!(drawn(gauge(&[('#', 60)], Some(50), 100)), "####|#....");
        // 51 needed lie within the sixth letter.
        assert_eq!(drawn(gauge(&[('#', 50)], Some(51), 100)), "#####|....");
        assert_eq!(drawn(gauge(&[('#', 100)], Some(100), 100)), "#########|");
        // Nothing present, nothing outstanding, and more needed than there is.
        assert_eq!(drawn(gauge(&[('#', 0)], Some(51), 100)), ".....|....");
        assert_eq!(drawn(gauge(&[('#', 0)], None, 0)), "..........");
        assert_eq!(drawn(gauge(&[('#', 50)], Some(200), 100)), "##.......|");
    }
}
