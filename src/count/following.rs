//! FOL-1 to FOL-4: shares that vote as others do, in a stage of their own, when the rest is counted.

use super::{ClassCount, ItemCount, Lines};
use crate::amount::{UNITS_PER_MILLIONTH, Votes, multiply_divide, multiply_remainder};
use crate::ballot::reading::Line;
use crate::meeting::{Follower, Follows, Item};

/// The lines that are followed, in their order: broker non-votes are not.
const LINES: [Line; 4] = [Line::For, Line::Against, Line::Abstain, Line::Withheld];

/// Votes that cards and totals cast on an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// Per nominee, or one: their lines.
    pub columns: Vec<Lines>,
    /// Per choice of a frequency item.
    pub choices: Vec<Votes>,
    /// Votes that say anything on the item: of a card all its votes, of a total the most on one name.
    pub speaking: Votes,
}

/// What votes as others do on an item, by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowingCount {
    /// What cards and totals cast of the account itself.
    pub own: Followed,
    /// Per class, the votes that no card and no total covers.
    pub rest: Vec<Votes>,
    /// What was followed.
    pub followed: Followed,
    /// Per class, where the rest was counted. Invariant: the lines of each nominee come to the class's `rest`.
    pub cast: Vec<Followed>,
}

impl FollowingCount {
    /// Where the rest was counted, all classes together.
    #[must_use]
    pub fn cast_together(&self) -> Followed {
        let mut all = Followed::nothing(self.own.columns.len(), self.own.choices.len());
        for cast in &self.cast {
            all.columns.iter_mut().zip(&cast.columns).for_each(|(lines, more)| *lines = lines.plus(more));
            all.choices.iter_mut().zip(&cast.choices).for_each(|(votes, more)| *votes += *more);
        }
        all
    }
}

impl Followed {
    /// Nothing cast on an item of so many nominees and choices.
    #[must_use]
    pub fn nothing(columns: usize, choices: usize) -> Self {
        Self {
            columns: vec![Lines::default(); columns],
            choices: vec![Votes::ZERO; choices],
            speaking: Votes::ZERO,
        }
    }

    /// Adds what was cast of a class.
    pub(super) fn add_class(&mut self, class: &ClassCount) {
        self.columns.iter_mut().zip(&class.columns).for_each(|(lines, more)| *lines = lines.plus(more));
        self.choices.iter_mut().zip(&class.choices).for_each(|(votes, more)| *votes += *more);
        self.speaking += class.speaking;
    }

    fn take_away(&mut self, other: &Self) {
        for (lines, less) in self.columns.iter_mut().zip(&other.columns) {
            let mut less = *less;
            for line in LINES {
                *lines.line(line) -= *less.line(line);
            }
        }
        self.choices.iter_mut().zip(&other.choices).for_each(|(votes, less)| *votes -= *less);
        self.speaking -= other.speaking;
    }
}

impl ItemCount {
    /// A class's votes before anyone follows.
    #[must_use]
    pub fn before_following(&self, class: usize) -> Followed {
        let of_class = &self.classes[class];
        let mut before = Followed {
            columns: of_class.columns.clone(),
            choices: of_class.choices.clone(),
            speaking: of_class.speaking,
        };
        for cast in self.following.iter().filter_map(|following| following.cast.get(class)) {
            before.take_away(cast);
            for (lines, less) in before.columns.iter_mut().zip(&cast.columns) {
                lines.not_voted -= less.not_voted;
            }
        }
        before
    }

    /// FOL-1: casts the rest of every account that votes as others do. What is followed is what cards and totals
    /// cast, before anyone follows.
    pub(crate) fn follow(&mut self, item: &Item, followers: &[Follower]) {
        let followed: Vec<Followed> = followers
            .iter()
            .zip(&self.following)
            .map(|(one, count)| self.followed(item, one, count))
            .collect();
        for (place, followed) in followed.into_iter().enumerate() {
            let cast: Vec<Followed> =
                self.following[place].rest.iter().map(|rest| cast(*rest, &followed)).collect();
            for (class, cast) in self.classes.iter_mut().zip(&cast) {
                for (lines, more) in class.columns.iter_mut().zip(&cast.columns) {
                    *lines = lines.plus(more);
                }
                class.choices.iter_mut().zip(&cast.choices).for_each(|(votes, more)| *votes += *more);
            }
            (self.following[place].followed, self.following[place].cast) = (followed, cast);
        }
    }

    fn followed(&self, item: &Item, follower: &Follower, count: &FollowingCount) -> Followed {
        let mut all = Followed::nothing(count.own.columns.len(), count.own.choices.len());
        match follower.follows {
            Follows::OwnInstructions => all = count.own.clone(),
            // FOL-3: another class is followed only where it votes on the item.
            Follows::Class(class) if item.entitled_classes[class] => all.add_class(&self.classes[class]),
            Follows::Class(_) => {}
            Follows::AllOthers => {
                self.classes.iter().for_each(|class| all.add_class(class));
                all.take_away(&count.own);
            }
        }
        all
    }
}

/// The rest of a position, in the proportion of what is followed.
fn cast(rest: Votes, followed: &Followed) -> Followed {
    let nothing = Followed::nothing(followed.columns.len(), followed.choices.len());
    let mut cast = Followed { speaking: Votes::ZERO, ..nothing };
    if !followed.choices.is_empty() {
        // FOL-4: choices, and ABSTAIN.
        let abstain = followed.columns[0].abstain;
        let weights: Vec<Votes> = followed.choices.iter().copied().chain([abstain]).collect();
        let parts = in_proportion(rest, &weights);
        let for_choices: Votes = parts[..followed.choices.len()].iter().copied().sum();
        cast.choices.copy_from_slice(&parts[..followed.choices.len()]);
        let abstain = parts[followed.choices.len()];
        let not_voted = rest - for_choices - abstain;
        cast.columns[0] = Lines { votes_for: for_choices, abstain, not_voted, ..Lines::default() };
        return cast;
    }
    for (lines, mut followed_lines) in cast.columns.iter_mut().zip(followed.columns.iter().copied()) {
        let mut weights: Vec<Votes> = LINES.iter().map(|line| *followed_lines.line(*line)).collect();
        // FOL-4: where some that say anything in the election say nothing on a name, neither do so many of the rest.
        let spoken: Votes = weights.iter().copied().sum();
        weights.push(followed.speaking.saturating_sub(spoken));
        let parts = in_proportion(rest, &weights);
        for (line, part) in LINES.iter().zip(&parts) {
            *lines.line(*line) = *part;
        }
        lines.not_voted = rest - parts[..LINES.len()].iter().copied().sum();
    }
    cast
}

/// Votes parted in the proportion of some weights, in millionths by largest remainder; of equal remainders the
/// earlier goes first. Nothing for anyone where all weights are zero.
fn in_proportion(votes: Votes, weights: &[Votes]) -> Vec<Votes> {
    let total: Votes = weights.iter().copied().sum();
    if total.is_zero() {
        return vec![Votes::ZERO; weights.len()];
    }
    let millionths = votes.units() / UNITS_PER_MILLIONTH;
    let share = |weight: &Votes| multiply_divide(millionths, weight.units(), total.units());
    let mut parts: Vec<u128> = weights.iter().map(|weight| share(weight) * UNITS_PER_MILLIONTH).collect();
    let mut left = votes.units() - parts.iter().sum::<u128>();
    let remainder = |place: usize| multiply_remainder(millionths, weights[place].units(), total.units());
    let mut order: Vec<usize> = (0..weights.len()).filter(|place| !weights[*place].is_zero()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(remainder(*place)));
    // Fewer millionths are left than there are weights; what is less than one goes to the next.
    for place in order.into_iter().cycle() {
        if left == 0 {
            break;
        }
        let one = left.min(UNITS_PER_MILLIONTH);
        parts[place] += one;
        left -= one;
    }
    parts.into_iter().map(Votes::from_units).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(votes: &str, weights: &[&str]) -> Vec<String> {
        let amount = |text: &str| Votes::parse(text).expect("an amount");
        let weights: Vec<Votes> = weights.iter().map(|weight| amount(weight)).collect();
        in_proportion(amount(votes), &weights).iter().map(ToString::to_string).collect()
    }

    /// 600 as 300 to 100: 450 to 150. 100 as 1 to 1 to 1: 33.333333 each leaves one millionth, to the first. 1 as
    /// 1 to 2: 0.333333… and 0.666666…: the larger remainder is the second's.
    #[test]
    fn votes_are_parted_by_largest_remainder() {
        assert_eq!(shown("600", &["300", "100"]), ["450", "150"]);
        assert_eq!(shown("100", &["1", "1", "1"]), ["33.333334", "33.333333", "33.333333"]);
        assert_eq!(shown("1", &["1", "2"]), ["0.333333", "0.666667"]);
        assert_eq!(shown("5", &["0", "7"]), ["0", "5"]);
        assert_eq!(shown("5", &["0", "0"]), ["0", "0"]);
    }

    /// Less than a millionth goes where the next millionth would.
    #[test]
    fn what_is_less_than_a_millionth_is_not_lost() {
        let half = Votes::from_units(UNITS_PER_MILLIONTH / 2);
        let parts = in_proportion(half, &[Votes::whole(1), Votes::whole(2)]);
        assert_eq!(parts, [half, Votes::ZERO]);
    }
}
