//! The fewest absent votes that make a quorum.

use super::{ItemDecider, whole_up};
use crate::amount::Votes;
use crate::decide::Quorum;

impl ItemDecider<'_> {
    /// The votes that the item's quorum lacks: of all who vote, of each class that must have its own, and
    /// of each voting group. A vote of a class serves its groups too.
    pub(super) fn quorum_shortfall(&self) -> Option<Votes> {
        let lacks = |quorum: &Quorum| whole_up(quorum.required.saturating_sub(quorum.present));
        let of_class = |class: usize| {
            let of = self.quorum.by_class.iter().filter(|(place, _)| *place == class);
            of.map(|(_, quorum)| lacks(quorum)).sum::<Votes>()
        };
        let of_classes: Vec<Votes> = (0..self.votes.classes.len()).map(of_class).collect();
        let (mut given, mut by_groups) = (of_classes.clone(), Votes::ZERO);
        let mut groups: Vec<_> = self.item.voting_groups.iter().zip(&self.quorum.groups).collect();
        groups.sort_by_key(|(group, _)| group.classes.len());
        for (group, quorum) in groups {
            let has: Votes = group.classes.iter().map(|class| given[*class]).sum();
            let more = lacks(quorum).saturating_sub(has);
            if let Some(first) = group.classes.first() {
                given[*first] += more;
                by_groups += more;
            }
        }
        let of_classes: Votes = of_classes.into_iter().sum();
        let votes = lacks(&self.quorum).max(of_classes + by_groups);
        let absent = self.quorum.outstanding.saturating_sub(self.quorum.present);
        (!votes.is_zero() && votes <= whole_up(absent)).then_some(votes)
    }
}
