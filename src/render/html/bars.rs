//! Bars: where the votes stand, with a mark where it was needed. The figures stand in words beside each bar; it is
//! drawn in whole permille, and parts differ by pattern as well as by colour.

use maud::{Markup, html};

use super::markup::{list, name, prose};
use crate::amount::{Votes, multiply_divide};
use crate::certify::{
    Certificate, ChoiceFigures, ItemFigures, LineFigures, NeededFigures, NomineeFigures, TestFigures,
};
use crate::render::words::{percent, sentence, standing, votes};
use crate::text::visible;

/// One bar.
struct Bar {
    /// What it is of.
    label: String,
    /// Its figures in words.
    figures: String,
    /// What was reached.
    have: Votes,
    /// What was needed, where something was.
    needed: Option<Votes>,
    /// What the whole width stands for.
    scale: Votes,
    /// Whether it was enough.
    is_enough: bool,
}

/// A part of a scale in permille, rounded down, in integers; the whole where it is as much or more.
fn permille(part: Votes, scale: Votes) -> u128 {
    match (part.is_zero(), part >= scale) {
        (true, _) => 0,
        (false, true) => 1000,
        (false, false) => multiply_divide(part.units(), 1000, scale.units()),
    }
}

impl Bar {
    fn drawn(&self) -> Markup {
        let scale = self.needed.into_iter().fold(self.scale.max(self.have), Votes::max);
        let class = if self.is_enough { "have" } else { "lack" };
        let needed = self.needed.map(|needed| format!("M{} 0V24", permille(needed, scale)));
        let told = match self.label.as_str() {
            "" => self.figures.clone(),
            label => format!("{label}: {}", self.figures),
        };
        html! {
            figure {
                figcaption {
                    @if !self.label.is_empty() { span { (name(&self.label)) } " " }
                    span { (prose(&self.figures)) }
                } "\n"
                svg class="bar" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label=(visible(&told)) {
                    rect class="frame" width="1000" height="24" {}
                    rect class=(class) y="3" width=(permille(self.have, scale)) height="18" {}
                    @if let Some(line) = needed {
                        path class="edge" d=(line) {}
                        path class="mark" d=(line) {}
                    }
                }
            } "\n"
        }
    }
}

/// Bars under each other, or on paper in two columns, and what they mean.
fn drawn(bars: &[Bar], is_wide: bool, key: &str) -> Markup {
    let class = if is_wide || bars.len() == 1 { "bars wide" } else { "bars" };
    html! {
        @if !bars.is_empty() {
            div class=(class) { "\n"
                @for bar in bars { (bar.drawn()) }
            } "\n"
            p class="key" { (key) } "\n"
        }
    }
}

/// The quorum, and that of each class where each needs its own.
pub(super) fn quorum(certificate: &Certificate) -> Markup {
    let quorum = &certificate.quorum;
    let bar = |label: String, present: Votes, required: Votes, outstanding: Votes| {
        let share = percent(present, outstanding).map_or_else(String::new, |share| format!(" ({share})"));
        let is_enough = present >= required;
        let whether = if is_enough { "met" } else { "NOT MET" };
        Bar {
            label,
            figures: format!(
                "{} present{share}, {} required, of {}: {whether}",
                votes(present),
                votes(required),
                votes(outstanding)
            ),
            have: present,
            needed: Some(required),
            scale: outstanding,
            is_enough,
        }
    };
    let classes = quorum.by_class.iter().flatten();
    let of_class =
        classes.map(|c| bar(format!("Quorum of class {}", c.class), c.present, c.required, c.outstanding));
    let all: Vec<Bar> = [bar("Quorum".to_owned(), quorum.present, quorum.required, quorum.outstanding)]
        .into_iter()
        .chain(of_class)
        .collect();
    drawn(
        &all,
        false,
        "The whole bar is all votes outstanding, the filled part those present; the upright line is the \
                 required quorum. What falls short is hatched.",
    )
}

/// The parts of a stacked bar in their order, and the class that each is drawn by.
const PARTS: [(&str, &str); 6] = [
    ("For", "for"),
    ("Against", "against"),
    ("Withheld", "withheld"),
    ("Abstain", "abstain"),
    ("Broker non-votes", "nonvote"),
    ("Not voted", "unvoted"),
];

/// What the colours and patterns of all stacked bars mean, once for the page.
pub(super) fn legend() -> Markup {
    html! {
        p class="legend" {
            @for (name, class) in PARTS {
                span { svg class="swatch" viewBox="0 0 24 24" preserveAspectRatio="none" aria-hidden="true" { rect class=(class) width="24" height="24" {} } " " (name) } " "
            }
            span { svg class="swatch" viewBox="0 0 24 24" preserveAspectRatio="none" aria-hidden="true" { path class="mark" d="M12 0V24" {} } " what was needed" }
        } "\n"
    }
}

/// One part of a bar, from one place to another, in permille of its width.
fn part(class: &str, from: u128, width: u128) -> Markup {
    html! { rect class=(class) x=(from) y="3" width=(width) height="18" {} }
}

/// A bar of all votes of an item or nominee, stacked, with a mark where the votes FOR had to reach.
struct Stacked<'a> {
    label: &'a str,
    /// Its figures in words.
    figures: String,
    /// In the order of [`PARTS`].
    parts: [Votes; 6],
    /// What was needed, and of votes FOR it is.
    needed: Option<Votes>,
    /// What the whole width stands for.
    scale: Votes,
}

impl Stacked<'_> {
    fn drawn(&self) -> Markup {
        let sum: Votes = self.parts.iter().copied().sum();
        let scale = self.needed.into_iter().fold(self.scale.max(sum), Votes::max);
        // Each part from the sum before it to that after it: rounding never opens a gap.
        let mut reached = Votes::ZERO;
        let ends: Vec<(u128, u128)> = self
            .parts
            .iter()
            .map(|votes| {
                let from = permille(reached, scale);
                reached += *votes;
                (from, permille(reached, scale) - from)
            })
            .collect();
        let needed = self.needed.map(|needed| format!("M{} 0V24", permille(needed, scale)));
        let told = match self.label {
            "" => self.figures.clone(),
            label => format!("{label}: {}", self.figures),
        };
        html! {
            figure {
                figcaption {
                    @if !self.label.is_empty() { span { (name(self.label)) } " " }
                    span { (prose(&self.figures)) }
                } "\n"
                svg class="bar" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label=(visible(&told)) {
                    rect class="frame" width="1000" height="24" {}
                    @for ((_, class), (from, width)) in PARTS.iter().zip(&ends) {
                        @if *width > 0 { (part(class, *from, *width)) }
                    }
                    @if let Some(line) = needed {
                        path class="edge" d=(line) {}
                        path class="mark" d=(line) {}
                    }
                }
            } "\n"
        }
    }
}

fn parts(lines: &LineFigures) -> [Votes; 6] {
    [lines.votes_for, lines.against, lines.withheld, lines.abstain, lines.broker_non_votes, lines.not_voted]
}

/// The least of what is needed in votes, where one figure says it.
fn line_of(ways: &[NeededFigures]) -> Option<Votes> {
    match ways {
        [NeededFigures { votes: Some(votes), holders: None }] => Some(*votes),
        _ => None,
    }
}

fn stacked(bars: &[Stacked<'_>]) -> Markup {
    html! {
        @if !bars.is_empty() {
            div class="bars wide" { "\n" @for bar in bars { (bar.drawn()) } } "\n"
        }
    }
}

/// The bar of a proposal or a voting group, with what came of it.
pub(super) fn proposal(label: &str, lines: &LineFigures, needed: &[NeededFigures], outcome: &str) -> Markup {
    let line = line_of(needed);
    let beside = line.map_or_else(String::new, |needed| format!(", {} needed", votes(needed)));
    let figures = format!("{} for{beside}: {outcome}", votes(lines.votes_for));
    let parts = parts(lines);
    let scale = parts.iter().copied().sum();
    stacked(&[Stacked { label, figures, parts, needed: line, scale }])
}

/// The tests of a proposal, a nominee or a voting group, in words.
pub(super) fn tests(tests: &[TestFigures]) -> Markup {
    list(tests.iter().map(sentence))
}

/// The bars of a frequency item's choices.
pub(super) fn choices(item: &ItemFigures) -> Markup {
    let all = item.lines.as_ref().map_or(Votes::ZERO, |lines| lines.votes_for);
    let bar = |choice: &ChoiceFigures| {
        let is_chosen = item.choice.as_ref() == Some(&choice.id);
        let is_tied = item.tied.iter().flatten().any(|id| *id == choice.id);
        let mark = match (is_chosen, is_tied) {
            (true, _) => ": chosen",
            (false, true) => ": TIED",
            (false, false) => "",
        };
        Bar {
            label: choice.name.clone(),
            figures: format!("{} of {} for a choice{mark}", votes(choice.votes_for), votes(all)),
            have: choice.votes_for,
            needed: None,
            scale: all,
            is_enough: true,
        }
    };
    let bars: Vec<Bar> = item.choices.iter().flatten().map(bar).collect();
    drawn(&bars, true, "The whole bar is all votes for a choice.")
}

/// The bars of an election's nominees. Where votes alone decide, the line is the votes to stay ahead of
/// or to reach; where each must meet a standard, what that needs.
pub(super) fn nominees(item: &ItemFigures, nominees: &[NomineeFigures]) -> Markup {
    let most = nominees.iter().map(|nominee| nominee.lines.votes_for).max().unwrap_or_default();
    let is_cumulated = item.cumulative.is_some();
    let is_decided = item.outcome != "no_quorum";
    let bar = |nominee: &'_ NomineeFigures| -> (String, [Votes; 6], Option<Votes>) {
        let have = nominee.lines.votes_for;
        let (needed, beside) = match (line_of(&nominee.needed), nominee.ahead_by, nominee.behind_by) {
            (Some(needed), ..) => (Some(needed), format!(", {} needed", votes(needed))),
            (None, Some(by), _) => (Some(have.saturating_sub(by)), format!(", {} ahead", votes(by))),
            (None, None, Some(by)) => (Some(have + by), format!(", {} behind", votes(by))),
            (None, None, None) => (None, String::new()),
        };
        let mark = match standing(item, nominee).as_str() {
            "" if !is_decided => "nothing decided".to_owned(),
            "" => "not elected".to_owned(),
            mark => mark.to_owned(),
        };
        // Cumulated votes are no part of the votes present, and stand alone.
        let parts = if is_cumulated {
            [have, Votes::ZERO, Votes::ZERO, Votes::ZERO, Votes::ZERO, Votes::ZERO]
        } else {
            parts(&nominee.lines)
        };
        (format!("{} for{beside}: {mark}", votes(have)), parts, needed)
    };
    let bars: Vec<Stacked<'_>> = nominees
        .iter()
        .map(|nominee| {
            let (figures, parts, needed) = bar(nominee);
            let scale = if is_cumulated { most } else { item.present };
            Stacked { label: &nominee.name, figures, parts, needed, scale }
        })
        .collect();
    let has_line = bars.iter().any(|bar| bar.needed.is_some());
    let is_by_votes = nominees.iter().any(|nominee| nominee.ahead_by.or(nominee.behind_by).is_some());
    html! {
        (stacked(&bars))
        @if has_line && is_by_votes {
            p class="key" {
                "The upright line: for the elected, the most votes of anybody not elected; for the others, the votes \
                 of the last elected."
            } "\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_part_in_whole_permille() {
        // 5,912,173 of 9,014,232 are 655.87 permille.
        assert_eq!(permille(Votes::whole(5_912_173), Votes::whole(9_014_232)), 655);
        assert_eq!(permille(Votes::whole(1), Votes::whole(2)), 500);
        assert_eq!(permille(Votes::whole(999), Votes::whole(1_000_000)), 0);
        assert_eq!(permille(Votes::whole(3), Votes::whole(3)), 1000);
        assert_eq!(permille(Votes::whole(4), Votes::whole(3)), 1000);
        assert_eq!(permille(Votes::ZERO, Votes::ZERO), 0);
        assert_eq!(permille(Votes::whole(1), Votes::ZERO), 1000);
    }
}
