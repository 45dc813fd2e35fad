//! The votes on one column, a proposal or a nominee, and the fewest that make its standards met or
//! not met.
//!
//! Every test compares the votes FOR with a share of a base, and the bases hold each other:
//! `votes_cast` (FOR, AGAINST) is part of `for_against_withheld`, that of `present_and_entitled`, that
//! of all present. So whatever the tests are, a vote does most to meet them when it becomes FOR, first
//! one AGAINST, then one withheld, then an abstention or a vote not cast, last a broker non-vote; and
//! most to fail them when it goes from FOR to AGAINST. What is left to find is how many, and of which
//! classes where voting groups must approve too.

use std::borrow::Cow;

use super::super::{ItemDecider, judge};
use super::heads::Goal;
use super::{heads, overlap, smallest};
use crate::amount::Votes;
use crate::ballot::reading::Line;
use crate::count::{ItemCount, Lines};
use crate::meeting::Standard;

/// The lines from which a vote does most when it becomes FOR, the best first.
const BEST_FIRST: [Line; 5] =
    [Line::Against, Line::Withheld, Line::Abstain, Line::NotVoted, Line::BrokerNonVote];

/// A standard that must be met on the column, and by which classes.
pub(super) struct Ask<'a> {
    pub(super) standard: Cow<'a, Standard>,
    /// The voting group, by place; nothing for all who vote on the item.
    pub(super) group: Option<usize>,
    pub(super) classes: Vec<usize>,
}

/// A column with the standards that it must meet.
pub(super) struct Column<'a> {
    decider: &'a ItemDecider<'a>,
    nominee: usize,
    /// What must be met, by the fewest classes first.
    asks: Vec<Ask<'a>>,
    /// Votes that are not present, by class.
    absent: Vec<Votes>,
}

/// Where the votes come from that become FOR or AGAINST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Supply {
    /// From the other lines.
    Present,
    /// From those who are absent.
    Absent,
}

/// The fewest votes that were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fewest {
    /// How many, in whole votes.
    pub(super) votes: Votes,
    /// Whether they may be anyone's who votes on the item.
    pub(super) is_anyones: bool,
    /// Whether no fewer would do; else at most so many are needed.
    pub(super) is_proved: bool,
}

impl<'a> Column<'a> {
    /// `standard` is that of the item; nothing where only its voting groups have one.
    pub(super) fn new(decider: &'a ItemDecider<'a>, nominee: usize, standard: Option<&'a Standard>) -> Self {
        let class_count = decider.votes.classes.len();
        let entitled: Vec<usize> =
            (0..class_count).filter(|class| decider.item.entitled_classes[*class]).collect();
        let own = standard.map(|standard| Ask {
            standard: Cow::Borrowed(standard),
            group: None,
            classes: entitled,
        });
        let groups = decider.item.voting_groups.iter().enumerate().map(|(place, group)| Ask {
            standard: Cow::Borrowed(&group.standard),
            group: Some(place),
            classes: group.classes.clone(),
        });
        let mut asks: Vec<Ask<'a>> = groups.chain(own).collect();
        asks.sort_by_key(|ask| ask.classes.len());
        Self { decider, nominee, asks, absent: decider.absent() }
    }

    /// The column by itself, as the item's only one.
    fn alone(&self) -> ItemCount {
        let votes = self.decider.votes;
        let mut alone = ItemCount {
            following: Vec::new(),
            classes: Vec::with_capacity(votes.classes.len()),
            cumulative: None,
            holders: votes.holders.as_ref().map(|holders| vec![holders[self.nominee]]),
            group_holders: votes.group_holders.iter().map(|holders| vec![holders[self.nominee]]).collect(),
            heads: votes.heads.clone(),
            capped: votes.capped,
        };
        for class in &votes.classes {
            let mut only = class.clone();
            only.columns = vec![class.columns[self.nominee]];
            alone.classes.push(only);
        }
        alone
    }

    fn meets(&self, ask: &Ask<'_>, count: &ItemCount) -> bool {
        let decider = self.decider.with(count);
        let figures = match ask.group {
            None => decider.figures(0),
            Some(group) => decider.group_figures(group, 0),
        };
        judge(&ask.standard, &figures).is_met
    }

    /// The fewest votes by which one of the standards, all of them met, is met no longer.
    pub(super) fn fewest_to_fail(&self, supply: Supply) -> Option<Fewest> {
        if self.counts_heads() {
            return heads::fewest(self, Goal::Failed, supply);
        }
        self.fewest_to_fail_from(&self.start(), supply)
    }

    /// The same by votes, where some were marked otherwise or added already.
    pub(super) fn fewest_to_fail_from(&self, start: &Stock, supply: Supply) -> Option<Fewest> {
        let of_ask = |ask: &Ask<'_>| {
            let fails = |to: Line| {
                smallest(start.left(&ask.classes, to, supply), |votes| {
                    !self.meets(ask, &start.given(&ask.classes, to, votes, supply).count)
                })
            };
            // A test that any vote meets, as at least nothing of the votes cast, fails of an empty base.
            let votes = fails(Line::Against).or_else(|| fails(Line::BrokerNonVote))?;
            Some(Fewest { votes, is_anyones: ask.group.is_none(), is_proved: true })
        };
        self.asks.iter().filter_map(of_ask).min_by_key(|fewest| (fewest.votes, !fewest.is_anyones))
    }

    /// The fewest votes by which all the standards are met.
    pub(super) fn fewest_to_meet(&self, supply: Supply) -> Option<Fewest> {
        if self.counts_heads() {
            return heads::fewest(self, Goal::Met, supply);
        }
        self.fewest_to_meet_from(&self.start(), supply)
    }

    /// The same by votes, where some were marked otherwise or added already.
    pub(super) fn fewest_to_meet_from(&self, start: &Stock, supply: Supply) -> Option<Fewest> {
        let is_anyones = self.asks.iter().all(|ask| ask.group.is_none());
        if self.is_nested() {
            let votes = self.one_after_another(start, supply)?;
            return Some(Fewest { votes, is_anyones, is_proved: true });
        }
        overlap::fewest(self, start, supply)
    }

    /// Whether a test of it counts holders.
    fn counts_heads(&self) -> bool {
        self.asks.iter().any(|ask| ask.standard.counts_holders())
    }

    pub(super) fn asks(&self) -> &[Ask<'a>] {
        &self.asks
    }

    /// The same column with other standards.
    pub(super) fn with_asks<'b>(&'b self, asks: Vec<Ask<'b>>) -> Column<'b>
    where
        'a: 'b,
    {
        Column { decider: self.decider, nominee: self.nominee, asks, absent: self.absent.clone() }
    }

    /// Every head's votes on the column, by class: by line, and those absent.
    pub(super) fn heads(&self) -> impl Iterator<Item = (Vec<Lines>, Vec<Votes>)> {
        self.decider.heads.iter().map(|head| (head.columns[self.nominee].clone(), head.absent.clone()))
    }

    /// Whether it is known whose all absent votes are.
    pub(super) fn all_absent_are_known(&self) -> bool {
        let known: Votes = self.decider.heads.iter().flat_map(|head| &head.absent).copied().sum();
        known >= self.absent.iter().copied().sum()
    }

    /// Whether of any two standards the classes of one hold those of the other, or they share none.
    fn is_nested(&self) -> bool {
        self.asks.iter().enumerate().all(|(place, inner)| {
            self.asks[place + 1..].iter().all(|outer| {
                let shared = inner.classes.iter().filter(|class| outer.classes.contains(class)).count();
                shared == 0 || shared == inner.classes.len()
            })
        })
    }

    /// Votes given to the standards of the fewest classes first. Where classes are nested this is the
    /// fewest: what an inner standard needs, the outer ones need it to have, and whose the rest are is the
    /// same to them.
    pub(super) fn one_after_another(&self, start: &Stock, supply: Supply) -> Option<Votes> {
        let mut given = Votes::ZERO;
        let mut stock = start.clone();
        for ask in &self.asks {
            let more = self.more_to_meet(ask, &stock, supply)?;
            stock = stock.given(&ask.classes, Line::For, more, supply);
            given += more;
        }
        Some(given)
    }

    /// The fewest further votes by which one standard is met.
    fn more_to_meet(&self, ask: &Ask<'_>, stock: &Stock, supply: Supply) -> Option<Votes> {
        smallest(stock.left(&ask.classes, Line::For, supply), |votes| {
            self.meets(ask, &stock.given(&ask.classes, Line::For, votes, supply).count)
        })
    }

    /// The further votes that each standard needs by itself, with its classes; nothing where it has not
    /// so many.
    pub(super) fn needs<'s>(
        &'s self,
        stock: &'s Stock,
        supply: Supply,
    ) -> impl Iterator<Item = (&'s [usize], Option<Votes>)> {
        self.asks.iter().map(move |ask| (ask.classes.as_slice(), self.more_to_meet(ask, stock, supply)))
    }

    pub(super) fn class_count(&self) -> usize {
        self.absent.len()
    }

    /// Whether the standards are all met.
    pub(super) fn is_met(&self) -> bool {
        let count = self.alone();
        self.asks.iter().all(|ask| self.meets(ask, &count))
    }

    pub(super) fn start(&self) -> Stock {
        Stock { count: self.alone(), absent: self.absent.clone() }
    }
}

/// The column while votes are marked otherwise or added.
#[derive(Clone)]
pub(super) struct Stock {
    count: ItemCount,
    /// Votes not yet added, by class.
    absent: Vec<Votes>,
}

impl Stock {
    /// All the votes of a standard's classes that can become FOR or AGAINST.
    pub(super) fn left(&self, classes: &[usize], to: Line, supply: Supply) -> Votes {
        let of_class = |class: &usize| -> Votes {
            match supply {
                Supply::Absent => self.absent[*class],
                Supply::Present => {
                    let mut lines = self.count.classes[*class].columns[0];
                    sources(to).iter().map(|line| *lines.line(*line)).sum()
                }
            }
        };
        classes.iter().map(of_class).sum()
    }

    /// As many votes of a standard's classes, or as are left, become FOR or AGAINST.
    pub(super) fn given(&self, classes: &[usize], to: Line, votes: Votes, supply: Supply) -> Self {
        let mut given = self.clone();
        let mut left = votes;
        match supply {
            Supply::Absent => classes.iter().for_each(|class| given.add(*class, to, &mut left)),
            Supply::Present => {
                for from in sources(to) {
                    classes.iter().for_each(|class| given.mark(*class, *from, to, &mut left));
                }
            }
        }
        given
    }

    /// So many votes of a class become what is wanted: from a line, or absent ones.
    pub(super) fn move_votes(&mut self, class: usize, from: Option<Line>, to: Line, votes: Votes) {
        let mut left = votes;
        match from {
            Some(from) => self.mark(class, from, to, &mut left),
            None => self.add(class, to, &mut left),
        }
    }

    fn add(&mut self, class: usize, to: Line, left: &mut Votes) {
        let votes = self.absent[class].min(*left);
        self.absent[class] -= votes;
        self.count.classes[class].present += votes;
        *self.count.classes[class].columns[0].line(to) += votes;
        *left -= votes;
    }

    fn mark(&mut self, class: usize, from: Line, to: Line, left: &mut Votes) {
        let lines = &mut self.count.classes[class].columns[0];
        let votes = (*lines.line(from)).min(*left);
        *lines.line(from) -= votes;
        *lines.line(to) += votes;
        *left -= votes;
    }
}

/// The lines from which votes become FOR, or AGAINST, or leave every base that they can leave.
fn sources(to: Line) -> &'static [Line] {
    match to {
        Line::For => &BEST_FIRST,
        Line::Against => &[Line::For],
        Line::Abstain | Line::Withheld | Line::BrokerNonVote | Line::NotVoted => {
            &[Line::For, Line::Against, Line::Withheld, Line::Abstain, Line::NotVoted]
        }
    }
}
