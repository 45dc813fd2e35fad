//! The pipeline: ascertain → determine → count → decide, told in one place.

use crate::ascertain::{Electorate, ascertain};
use crate::catalogue::Code;
use crate::count::{Count, CountContext, count};
use crate::decide::{Decided, Decision, decide};
use crate::determine::{
    CardState, Determined, Disposition, Scenario, WithoutRulings, determine, state_of, without_rulings,
};
use crate::load::{CardId, Loaded, Problems, RulingKind, Subject};
use crate::text::quoted;
use crate::time::Moment;

/// A meeting tabulated.
#[derive(Debug)]
pub struct Tabulation {
    /// Everything read.
    pub loaded: Loaded,
    /// Who may vote.
    pub electorate: Electorate,
    /// As though the polls closed then.
    pub as_of: Option<Moment>,
    /// Which cards stand.
    pub determined: Determined,
    /// The votes.
    pub count: Count,
    /// The outcomes.
    pub decided: Decided,
    /// Whether the totals are counted a second time.
    pub second_count: SecondCount,
    /// How what was ruled on would stand without the inspector's rulings.
    pub without_rulings: WithoutRulings,
}

/// Whether the totals are counted a second time, vote by vote, when the result is certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondCount {
    /// Up to [`SECOND_COUNT_CARDS_MAX`] cards.
    Auto,
    /// Whatever the size.
    Always,
    /// Not at all.
    Never,
}

/// Up to so many cards the second count is always made.
pub const SECOND_COUNT_CARDS_MAX: usize = 500_000;

impl Tabulation {
    /// Tabulates a meeting.
    ///
    /// # Errors
    /// A register or an omnibus tree that does not add up; a lot between others than those who are tied.
    pub fn of(loaded: Loaded, as_of: Option<Moment>) -> Result<Self, Problems> {
        loaded.progress.begin("counting", 0);
        let electorate = ascertain(&loaded)?;
        let as_held = Scenario::as_held(&loaded, &electorate, as_of);
        let (determined, count, decided) = run(&as_held);
        if as_of.is_none() {
            check_lots(&loaded, &decided)?;
        }
        let without_rulings = without_rulings(&as_held, &determined);
        let second_count = SecondCount::Auto;
        Ok(Self { loaded, electorate, as_of, determined, count, decided, second_count, without_rulings })
    }
}

impl Tabulation {
    /// Everything that counting reads, for those who count again.
    pub(crate) fn context(&self) -> CountContext<'_> {
        CountContext {
            loaded: &self.loaded,
            meeting: &self.loaded.meeting,
            electorate: &self.electorate,
            determined: &self.determined,
        }
    }

    /// How a card stands.
    #[must_use]
    pub fn card_state(&self, id: CardId) -> CardState {
        let as_held = Scenario::as_held(&self.loaded, &self.electorate, self.as_of);
        state_of(&as_held, &self.determined, id)
    }

    /// RUL-6: whether a ruling makes a card stand before all others.
    #[must_use]
    pub fn stands_first(&self, id: CardId) -> bool {
        let before = self.without_rulings.cards.get(&id).map(|before| before.determination.disposition);
        matches!(before, Some(Disposition::Revoked | Disposition::Superseded))
            && self.ruled_count(id).is_some()
    }

    /// The ruling, by place, by which a card counts: its own, else its form's.
    #[must_use]
    pub fn ruled_count(&self, id: CardId) -> Option<usize> {
        let verdicts = &self.without_rulings.verdicts;
        if verdicts.is_empty() {
            return None;
        }
        let of_form = || verdicts.get(&Subject::Form(self.loaded.cards.get(id).form?));
        let found = verdicts.get(&Subject::Card(id)).or_else(of_form).copied();
        found.filter(|place| self.loaded.rulings[*place].kind == RulingKind::Count)
    }

    /// Whether the second count is to be made.
    #[must_use]
    pub fn is_counted_twice(&self) -> bool {
        match self.second_count {
            SecondCount::Auto => self.loaded.cards.count() <= SECOND_COUNT_CARDS_MAX,
            SecondCount::Always => true,
            SecondCount::Never => false,
        }
    }
}

/// What the stages after `ascertain` come to.
pub type Outcomes = (Determined, Count, Decided);

/// ELE-9: a lot on an election that is tied names those who are tied, all of them and nobody else.
fn check_lots(loaded: &Loaded, decided: &Decided) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for lot in &loaded.lots {
        let (item, decided) = (&loaded.meeting.items[lot.item], &decided.items[lot.item]);
        let (Some(election), Decision::Election(result)) = (item.election(), &decided.decision) else {
            continue;
        };
        let (mut tied, mut drawn) = (result.tied.clone(), lot.order.clone());
        tied.sort_unstable();
        drawn.sort_unstable();
        if election.tie_by_lot.is_none() || tied.is_empty() || tied == drawn {
            continue;
        }
        let ids = |places: &[usize]| {
            places.iter().map(|place| election.nominees[*place].id.as_str()).collect::<Vec<_>>().join(";")
        };
        let message = format!(
            "{} are not those who are tied on item {}: {}; a lot is drawn between all of them and nobody else",
            quoted(&ids(&lot.order)),
            quoted(&item.id),
            quoted(&ids(&tied)),
        );
        problems.at(loaded.label(lot.file), lot.line, "order", Code::LotRefused.fault(message));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The stages after `ascertain`, for the meeting as it was held or for what might have been.
#[must_use]
pub fn run(scenario: &Scenario<'_>) -> Outcomes {
    let determined = determine(scenario);
    let count = count(scenario.loaded, scenario.electorate, &determined);
    let decided = decide(&scenario.loaded.meeting, scenario.electorate, &count);
    (determined, count, decided)
}
