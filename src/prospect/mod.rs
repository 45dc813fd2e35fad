//! What the open matters could still change: one question, asked of all of them together.
//!
//! Receives a tabulation with open matters, and says of each item whether some way of settling every
//! held card, block, total, form's ballot and missing share gives another outcome, other directors or
//! other ties. There are three answers, and no fourth: *shown*, with steps that were counted again by the
//! same engine; *proved not*, by looking at every way or by a bound that holds for all of them; and *not
//! excluded*, where the ways are too many. The work is counted in steps, never by the clock.
//!
//! Outcomes depend on totals only. So what each account's cards come to is counted once for each way of
//! settling that account's matters, equal totals are looked at once, and only the sums are combined.

mod bounds;
mod figures;
mod groups;
mod search;
mod ways;

use crate::decide::ItemDecision;
use crate::meeting::ProxyForm;
use crate::tabulate::Tabulation;

pub use ways::{Allocated, MarkedAs, Missing, Step};

/// The most work for one certificate, in steps: a step is one figure of one item, one card or one mark
/// looked at once.
pub const STEPS_MAX: u64 = 60_000_000;

/// The most figures of ways of settling that are kept at once: some 200 MB.
pub const FIGURES_MAX: u64 = 12_000_000;

/// What is said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// No way of settling the open matters changes it.
    Never,
    /// These steps change it: they were counted.
    Shown(Box<Shown>),
    /// The ways are too many: neither proved nor shown.
    NotExcluded,
}

/// A way that changes an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it takes, nothing of it idle.
    pub steps: Vec<Step>,
    /// What the item comes to then.
    pub then: ItemDecision,
    /// Whether no way without the only step changes it; never where there are several steps.
    pub is_only: bool,
}

/// The steps that may still be taken.
#[derive(Debug)]
pub(crate) struct Work {
    left: u64,
    /// The figures that may still be kept.
    room: u64,
}

/// What it takes to count a way of settling and keep what it comes to.
pub(crate) struct Cost {
    steps: u64,
    figures: u64,
}

impl Work {
    /// Takes so many steps; false, and none are left, when there are not so many.
    pub(crate) fn take(&mut self, steps: u64) -> bool {
        let is_enough = steps <= self.left;
        self.left = self.left.saturating_sub(steps);
        is_enough
    }

    /// Takes the steps of a way and the room for its figures.
    pub(crate) fn keep(&mut self, cost: &Cost) -> bool {
        let has_room = cost.figures <= self.room;
        if has_room {
            self.room -= cost.figures;
        }
        has_room && self.take(cost.steps)
    }
}

/// The answer for every item.
#[must_use]
pub fn answers(tabulation: &Tabulation) -> Vec<Answer> {
    let mut work = Work { left: STEPS_MAX, room: FIGURES_MAX };
    search::answers(tabulation, &mut work)
}

/// OPN-1: the forms whose proxy holders handed in no ballot before the polls closed, by place.
#[must_use]
pub fn forms_without_ballot(tabulation: &Tabulation) -> Vec<u16> {
    let meeting = &tabulation.loaded.meeting;
    let in_time = |form: &ProxyForm| {
        form.casts_no_ballot
            || form
                .ballot_cast
                .is_some_and(|cast| !meeting.last_close().is_some_and(|close| cast.is_after_close(&close)))
    };
    (0_u16..).zip(&meeting.forms).filter(|(_, form)| !in_time(form)).map(|(place, _)| place).collect()
}
