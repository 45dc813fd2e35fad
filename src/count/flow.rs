//! CUM-7: whether totals can be cast from pools that permit only some nominees: a flow from the pools
//! through the names they permit.

use crate::amount::Votes;

/// The nominees whose totals together exceed the pools of the cards that permit any of them; nothing
/// when the totals can be cast. The smallest such set that the flow finds.
pub(crate) fn violated_set(
    nominees: usize,
    pools: &[(Vec<usize>, Votes)],
    totals: &[Votes],
) -> Option<Vec<usize>> {
    let totals: Vec<u128> = totals.iter().map(|votes| votes.units()).collect();
    let mut flow = Flow::new(nominees, pools);
    for (nominee, total) in totals.iter().enumerate() {
        if let Err(set) = flow.supply(nominee, *total) {
            return Some(set);
        }
    }
    None
}

/// Votes drawn from pools for nominees.
pub(super) struct Flow<'p> {
    nominees: usize,
    pools: &'p [(Vec<usize>, Votes)],
    /// Per pool, what is not drawn yet.
    left: Vec<u128>,
    /// Per pool, what each of its names draws, in the order of its names.
    drawn: Vec<Vec<u128>>,
    /// Per nominee, the pools that permit it, with its place among their names.
    permits: Vec<Vec<(usize, usize)>>,
}

impl<'p> Flow<'p> {
    pub(super) fn new(nominees: usize, pools: &'p [(Vec<usize>, Votes)]) -> Self {
        let mut permits = vec![Vec::new(); nominees];
        for (pool, (names, _)) in pools.iter().enumerate() {
            assert!(names.is_sorted(), "the names of a pool stand in the order of the ballot");
            for (place, name) in names.iter().enumerate() {
                permits[*name].push((pool, place));
            }
        }
        Self {
            nominees,
            pools,
            left: pools.iter().map(|(_, pool)| pool.units()).collect(),
            drawn: pools.iter().map(|(names, _)| vec![0; names.len()]).collect(),
            permits,
        }
    }

    /// Draws `wanted` more for a nominee, moving other nominees' draws between pools as needed.
    ///
    /// # Errors
    /// The set of nominees that together exhaust every pool that permits any of them; what could be
    /// drawn stays drawn.
    pub(super) fn supply(&mut self, nominee: usize, wanted: u128) -> Result<(), Vec<usize>> {
        let mut missing = wanted - self.draw_free(nominee, wanted);
        while missing > 0 {
            missing -= self.augment(nominee, missing)?;
        }
        Ok(())
    }

    /// Draws what the nominee's own pools have left.
    fn draw_free(&mut self, nominee: usize, wanted: u128) -> u128 {
        let mut missing = wanted;
        for (pool, place) in &self.permits[nominee] {
            if missing == 0 {
                break;
            }
            crate::work::step();
            let drawn = missing.min(self.left[*pool]);
            self.left[*pool] -= drawn;
            self.drawn[*pool][*place] += drawn;
            missing -= drawn;
        }
        wanted - missing
    }

    /// Draws all of `wanted` for a nominee, or nothing.
    pub(super) fn supply_whole(&mut self, nominee: usize, wanted: u128) -> bool {
        let before = self.drawn_by(nominee);
        if self.supply(nominee, wanted).is_ok() {
            return true;
        }
        self.give_back(nominee, self.drawn_by(nominee) - before);
        false
    }

    /// Draws as much as there is for a nominee.
    pub(super) fn supply_most(&mut self, nominee: usize) -> u128 {
        let before = self.drawn_by(nominee);
        // The error is the point: it comes when nothing more can be drawn.
        let _ = self.supply(nominee, u128::MAX);
        self.drawn_by(nominee) - before
    }

    /// Draws `wanted` for each of several nominees, or nothing, with the set that stood in the way.
    pub(super) fn supply_all(&mut self, nominees: &[usize], wanted: u128) -> Option<Vec<usize>> {
        for (place, nominee) in nominees.iter().enumerate() {
            let before = self.drawn_by(*nominee);
            if let Err(set) = self.supply(*nominee, wanted) {
                self.give_back(*nominee, self.drawn_by(*nominee) - before);
                for earlier in &nominees[..place] {
                    self.give_back(*earlier, wanted);
                }
                return Some(set);
            }
        }
        None
    }

    fn drawn_by(&self, nominee: usize) -> u128 {
        self.permits[nominee].iter().map(|(pool, place)| self.drawn[*pool][*place]).sum()
    }

    /// Returns votes that a nominee drew to their pools; which of them does not matter.
    fn give_back(&mut self, nominee: usize, mut amount: u128) {
        for (pool, place) in &self.permits[nominee] {
            let back = amount.min(self.drawn[*pool][*place]);
            self.drawn[*pool][*place] -= back;
            self.left[*pool] += back;
            amount -= back;
        }
        assert_eq!(amount, 0, "a nominee gives back no more than it drew");
    }

    /// Draws along a shortest way: from the nominee over others, each of which gives up votes for votes
    /// elsewhere, to one whose pools have votes left; in all pools at once.
    fn augment(&mut self, nominee: usize, missing: u128) -> Result<u128, Vec<usize>> {
        // Per nominee reached, the one before it; itself for the first.
        let mut reached: Vec<Option<usize>> = vec![None; self.nominees];
        let mut seen_pool = vec![false; self.pools.len()];
        reached[nominee] = Some(nominee);
        let mut queue = std::collections::VecDeque::from([nominee]);
        while let Some(name) = queue.pop_front() {
            for (pool, _) in &self.permits[name] {
                crate::work::step();
                if std::mem::replace(&mut seen_pool[*pool], true) {
                    continue;
                }
                if self.left[*pool] > 0 {
                    return Ok(self.draw_along(&reached, name, missing));
                }
                for (place, other) in self.pools[*pool].0.iter().enumerate() {
                    crate::work::step();
                    if reached[*other].is_none() && self.drawn[*pool][place] > 0 {
                        reached[*other] = Some(name);
                        queue.push_back(*other);
                    }
                }
            }
        }
        Err((0..self.nominees).filter(|name| reached[*name].is_some()).collect())
    }

    /// Draws on the way to the last that was reached, as much as every part of it lets through.
    fn draw_along(&mut self, reached: &[Option<usize>], last: usize, missing: u128) -> u128 {
        let mut hops = Vec::new();
        let mut name = last;
        while let Some(before) = reached[name].filter(|before| *before != name) {
            hops.push((name, before));
            name = before;
        }
        let free: u128 = self.permits[last].iter().map(|(pool, _)| self.left[*pool]).sum();
        let amount = hops.iter().fold(missing.min(free), |amount, (gives, takes)| {
            let shared: u128 =
                self.shared(*gives, *takes).map(|(pool, place, _)| self.drawn[pool][place]).sum();
            amount.min(shared)
        });
        for (gives, takes) in hops {
            let shared: Vec<(usize, usize, usize)> = self.shared(gives, takes).collect();
            let mut left = amount;
            for (pool, giver, taker) in shared {
                let votes = left.min(self.drawn[pool][giver]);
                self.drawn[pool][giver] -= votes;
                self.drawn[pool][taker] += votes;
                left -= votes;
            }
        }
        assert_eq!(self.draw_free(last, amount), amount, "what is free can be drawn");
        amount
    }

    /// The pools that permit both of two nominees, with the place of each among the names.
    fn shared(&self, one: usize, other: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        self.permits[one].iter().filter_map(move |(pool, place)| {
            crate::work::step();
            let found = self.pools[*pool].0.binary_search(&other).ok()?;
            Some((*pool, *place, found))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_that_a_withheld_name_forbids_are_refused_with_the_set() {
        let pools = [(vec![0, 1, 2], Votes::whole(300)), (vec![2], Votes::whole(600))];
        let totals = |a, b, c| [Votes::whole(a), Votes::whole(b), Votes::whole(c)];
        assert_eq!(violated_set(3, &pools, &totals(150, 150, 600)), None);
        assert_eq!(violated_set(3, &pools, &totals(300, 0, 600)), None);
        assert_eq!(violated_set(3, &pools, &totals(300, 300, 300)), Some(vec![0, 1]));
        assert_eq!(violated_set(3, &pools, &totals(0, 0, 901)), Some(vec![2]));
    }

    /// Pools of which no two permit the same names: four times as many take about four times the steps.
    #[test]
    fn the_steps_of_a_level_allocation_grow_with_the_pools() {
        use crate::amount::UNITS_PER_ONE;
        let steps = |count: u64| {
            let pools: Vec<(Vec<usize>, Votes)> = (0..count)
                .map(|pool| {
                    let bits = (pool + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 34;
                    let names: Vec<usize> = (0..30).filter(|name| bits >> name & 1 > 0).collect();
                    (names, Votes::whole(1 + pool % 97))
                })
                .filter(|(names, _)| !names.is_empty())
                .collect();
            crate::work::steps_of(|| {
                crate::count::level::allocate(30, &pools, UNITS_PER_ONE);
            })
        };
        let (few, many) = (steps(500), steps(2_000));
        assert!(many < 6 * few, "{few} {many}");
    }
}
