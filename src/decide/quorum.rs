//! QUO-1 to QUO-5: the quorum of the meeting, of every item, of its classes and voting groups (Cal. Corp.
//! Code §§ 112, 602(a); 8 Del. C. § 216; Model Act § 7.25).
//!
//! A quorum is per matter: the votes outstanding and entitled on an item decide whether it can be acted on.
//! The meeting's own, of all votes outstanding, is the headline of the certificate and decides nothing.

use crate::amount::Votes;
use crate::ascertain::Electorate;
use crate::count::{Count, Heads, ItemCount};
use crate::meeting::{ExcludedCountForQuorum, Item, Meeting, QuorumRule, QuorumTest};

/// The quorum of the meeting, an item, a class or a voting group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// Votes outstanding that it is a fraction of.
    pub outstanding: Votes,
    /// The smallest whole number of votes that is a quorum, at least one.
    pub required: Votes,
    /// Votes present.
    pub present: Votes,
    /// Whether it is met: every test of it, and in every class and voting group that needs its own.
    pub is_met: bool,
    /// What it asks of holders by head.
    pub heads: Vec<HeadQuorum>,
    /// Per class that must have its own, by place.
    pub by_class: Vec<(usize, Quorum)>,
    /// Per voting group of the item, in their order.
    pub groups: Vec<Quorum>,
}

/// What a quorum asks of holders by head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadQuorum {
    /// The test.
    pub test: QuorumTest,
    /// Holders with votes.
    pub outstanding: u64,
    /// The smallest number of them that meets it.
    pub required: u64,
    /// Holders with any share present.
    pub present: u64,
    /// Whether it is met.
    pub is_met: bool,
}

/// Votes outstanding on an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outstanding {
    /// That may vote on it.
    pub(super) voting: Votes,
    /// Of accounts excluded from it.
    pub(super) excluded: Votes,
}

/// What the votes and heads of some classes come to.
struct Basis {
    outstanding: Votes,
    present: Votes,
    heads: Heads,
}

/// QUO-1: the smallest whole number of votes that satisfies the fraction (Cal. Corp. Code § 602(a)).
fn judge(rule: &QuorumRule, basis: &Basis) -> Quorum {
    let Basis { outstanding, present, heads } = *basis;
    let required = rule.votes_required(outstanding);
    let heads: Vec<HeadQuorum> =
        rule.tests.iter().filter_map(|test| judge_heads(test, heads.outstanding, heads.present)).collect();
    let is_met = present >= required && heads.iter().all(|test| test.is_met);
    Quorum { outstanding, required, present, is_met, heads, by_class: Vec::new(), groups: Vec::new() }
}

fn judge_heads(test: &QuorumTest, outstanding: u64, present: u64) -> Option<HeadQuorum> {
    let required = match test {
        QuorumTest::Votes(_) => return None,
        QuorumTest::Holders(count) => u64::from(*count),
        QuorumTest::HolderFraction(threshold) => {
            let needed = threshold.whole_votes_needed(Votes::whole(outstanding));
            needed.whole_number().unwrap_or(u64::MAX).max(1)
        }
    };
    Some(HeadQuorum { test: test.clone(), outstanding, required, present, is_met: present >= required })
}

/// The quorum of all votes outstanding, whatever the item.
pub(super) fn of_meeting(meeting: &Meeting, electorate: &Electorate, count: &Count) -> Quorum {
    let present = count.present.iter().copied().sum();
    let heads = count.heads.as_ref();
    let basis = Basis {
        outstanding: electorate.outstanding,
        present,
        heads: heads.map(|heads| heads.whole).unwrap_or_default(),
    };
    let mut whole = judge(&meeting.quorum, &basis);
    // QUO-3.
    if meeting.quorum.is_by_class {
        let classes = electorate.classes.iter().zip(&count.present).enumerate();
        whole.by_class = classes
            .map(|(place, (class, present))| {
                let heads = heads.map(|heads| heads.by_class[place]).unwrap_or_default();
                (place, judge(&meeting.quorum, &Basis { outstanding: class.votes, present: *present, heads }))
            })
            .collect();
        whole.is_met &= whole.by_class.iter().all(|(_, class)| class.is_met);
    }
    whole
}

/// QUO-4, QUO-5: the quorum of the votes outstanding and entitled on an item; of each class that votes on it,
/// where that is asked; and of each of its voting groups, which cannot act without its own.
pub(super) fn of_item(
    meeting: &Meeting,
    electorate: &Electorate,
    place: usize,
    item: &Item,
    votes: &ItemCount,
) -> Quorum {
    let rule = item.quorum_rule(meeting);
    // STD-6: whether the shares that may not vote on the item count for its quorum.
    let counts_excluded = meeting.rules.excluded_count_for_quorum == ExcludedCountForQuorum::Yes;
    let of = |wanted: &dyn Fn(usize) -> bool, heads: Heads| {
        let all = outstanding(electorate, place, item, wanted);
        let mut basis = Basis { outstanding: all.voting, present: votes.present(wanted), heads };
        if counts_excluded {
            basis.outstanding += all.excluded;
            basis.present += votes.excluded_present(wanted);
        }
        judge(rule, &basis)
    };
    let heads = votes.heads.as_ref();
    let mut whole = of(&|_| true, heads.map(|heads| heads.whole).unwrap_or_default());
    if rule.is_by_class {
        let classes = (0..meeting.classes.len()).filter(|class| item.entitled_classes[*class]);
        whole.by_class = classes
            .map(|class| {
                let heads = heads.map(|heads| heads.by_class[class]).unwrap_or_default();
                (class, of(&|other| other == class, heads))
            })
            .collect();
    }
    let groups = item.voting_groups.iter().enumerate();
    whole.groups = groups
        .map(|(at, group)| {
            let heads = heads.map(|heads| heads.groups[at]).unwrap_or_default();
            of(&|class| group.classes.contains(&class), heads)
        })
        .collect();
    whole.is_met &= whole.by_class.iter().all(|(_, class)| class.is_met);
    whole.is_met &= whole.groups.iter().all(|group| group.is_met);
    whole
}

/// STD-6: votes outstanding on an item, of some classes: those entitled, and those of accounts that are
/// excluded from it.
pub(super) fn outstanding(
    electorate: &Electorate,
    place: usize,
    item: &Item,
    of: impl Fn(usize) -> bool,
) -> Outstanding {
    let is_here = |class: usize| item.entitled_classes[class] && of(class);
    let classes = electorate.classes.iter().enumerate();
    let all: Votes = classes.filter(|(class, _)| is_here(*class)).map(|(_, class)| class.votes).sum();
    let left_out = electorate.excluded.iter().filter(|(_, items)| items.contains(&place));
    let excluded: Votes = left_out
        .flat_map(|(account, _)| electorate.ids_of(*account))
        .filter(|id| is_here(usize::from(electorate.get(*id).class)))
        .map(|id| electorate.votes(id))
        .sum();
    Outstanding { voting: all - excluded, excluded }
}
