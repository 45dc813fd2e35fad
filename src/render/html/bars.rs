//! Bars: what was reached of what there is, with a mark where it was needed. The figures stand in words
//! beside each bar; it is drawn in whole permille, and what fell short is hatched.

use maud::{Markup, html};

use super::markup::{name, prose};
use crate::amount::{Votes, multiply_divide};
use crate::certify::{Certificate, ChoiceFigures, ItemFigures, NomineeFigures, TestFigures};
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

/// A bar for each test of a proposal, a nominee or a voting group, with the test in words.
pub(super) fn tests(tests: &[TestFigures]) -> Markup {
    let bar = |test: &TestFigures| Bar {
        label: String::new(),
        figures: sentence(test),
        have: test.votes_for,
        needed: Some(test.needed),
        scale: test.base,
        is_enough: test.met,
    };
    let bars: Vec<Bar> = tests.iter().map(bar).collect();
    drawn(&bars, true, "Filled: for. The upright line is what was needed; what falls short is hatched.")
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
            is_enough: is_chosen,
        }
    };
    let bars: Vec<Bar> = item.choices.iter().flatten().map(bar).collect();
    drawn(&bars, false, "Filled: chosen. Hatched: not chosen.")
}

/// The bars of an election's nominees. Where votes alone decide, the line is the votes to stay ahead of
/// or to reach; where each must meet a standard, that has bars of its own.
pub(super) fn nominees(item: &ItemFigures, nominees: &[NomineeFigures]) -> Markup {
    let most = nominees.iter().map(|nominee| nominee.lines.votes_for).max().unwrap_or_default();
    // Cumulated votes are not a part of the votes present.
    let scale = if item.cumulative.is_some() { most } else { item.present };
    let is_decided = item.outcome != "no_quorum";
    let bar = |nominee: &NomineeFigures| {
        let have = nominee.lines.votes_for;
        let (needed, beside) = match (nominee.ahead_by, nominee.behind_by) {
            (Some(by), _) => (Some(have.saturating_sub(by)), format!(", {} ahead", votes(by))),
            (None, Some(by)) => (Some(have + by), format!(", {} behind", votes(by))),
            (None, None) => (None, String::new()),
        };
        let mark = match standing(item, nominee).as_str() {
            "" if !is_decided => "nothing decided".to_owned(),
            "" => "not elected".to_owned(),
            mark => mark.to_owned(),
        };
        Bar {
            label: nominee.name.clone(),
            figures: format!("{} for{beside}: {mark}", votes(have)),
            have,
            needed,
            scale,
            is_enough: nominee.elected || !is_decided,
        }
    };
    let bars: Vec<Bar> = nominees.iter().map(bar).collect();
    let whole =
        if item.cumulative.is_some() { "the most votes for one nominee" } else { "all votes present" };
    let line = if bars.iter().any(|bar| bar.needed.is_some()) {
        " The upright line: for the elected, the most votes of anybody not elected; for the others, the votes of \
         the last elected."
    } else {
        ""
    };
    let fill = if is_decided {
        "Filled: elected. Hatched: not elected."
    } else {
        "Without a quorum nothing is decided."
    };
    drawn(&bars, false, &format!("The whole bar is {whole}.{line} {fill}"))
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
