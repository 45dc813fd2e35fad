//! The level allocation, and whether totals can be met at all. Both look at every set of nominees.

use crate::amounts::{Amount, smaller, sum, whole, zero};

/// The votes of one card, and the nominees on whom the proxy holders may cast them.
pub struct Pool {
    pub names: Vec<usize>,
    pub votes: Amount,
}

/// Every set of nominees but the empty one, as lists of places.
fn every_set(nominees: usize) -> Vec<Vec<usize>> {
    (1u32..1 << nominees).map(|bits| (0..nominees).filter(|name| bits >> name & 1 == 1).collect()).collect()
}

/// The pools of the cards that permit any name of the set.
fn pools_for(set: &[usize], pools: &[Pool]) -> Amount {
    let permits = |pool: &&Pool| pool.names.iter().any(|name| set.contains(name));
    sum(pools.iter().filter(permits).map(|pool| &pool.votes))
}

/// "for every set of nominees, the votes cast on them may not exceed the pools of the cards that permit any of them"
pub fn first_infeasible_set(totals: &[Amount], pools: &[Pool]) -> Option<Vec<usize>> {
    every_set(totals.len()).into_iter().find(|set| cast_on(set, totals) > pools_for(set, pools))
}

fn cast_on(set: &[usize], totals: &[Amount]) -> Amount {
    sum(set.iter().map(|&name| &totals[name]))
}

/// The most that each name of `raised` can be raised by, all of them alike.
fn room(raised: &[usize], totals: &[Amount], pools: &[Pool]) -> Amount {
    let mut room: Option<Amount> = None;
    for set in every_set(totals.len()) {
        let members = set.iter().filter(|name| raised.contains(name)).count();
        if members > 0 {
            let here = (pools_for(&set, pools) - cast_on(&set, totals)) / whole(members as i64);
            room = Some(room.map_or(here.clone(), |least| smaller(&least, &here)));
        }
    }
    room.expect("somebody is raised")
}

/// "unit by unit to the least-voted name that the cards still permit, ties in ballot order", and what is less than a
/// unit to the first name that can have it.
///
/// Whole rounds are taken at once: while all the least-voted names can be raised by k units, and none of them passes
/// the next name, unit by unit would raise just them, each in turn, k times. A name that cannot be raised once never
/// can be later, because votes are only ever added.
pub fn level(pools: &[Pool], nominees: usize, unit: &Amount) -> Vec<Amount> {
    let mut totals = vec![zero(); nominees];
    let mut open: Vec<usize> = (0..nominees).collect();
    while let Some(least) = open.iter().map(|&name| totals[name].clone()).min() {
        let lowest: Vec<usize> = open.iter().copied().filter(|&name| totals[name] == least).collect();
        let next = open.iter().map(|&name| &totals[name]).filter(|votes| **votes > least).min();
        let together = room(&lowest, &totals, pools);
        let rise = next.map_or(together.clone(), |next| smaller(&together, &(next - &least)));
        let rounds = (rise / unit).floor();
        if rounds > zero() {
            lowest.iter().for_each(|&name| totals[name] += &rounds * unit);
        } else if room(&lowest[..1], &totals, pools) >= *unit {
            totals[lowest[0]] += unit;
        } else {
            open.retain(|&name| name != lowest[0]);
        }
    }
    for name in 0..nominees {
        let rest = room(&[name], &totals, pools);
        totals[name] += rest;
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amounts::decimal;

    fn pool(names: &[usize], votes: &str) -> Pool {
        Pool { names: names.to_vec(), votes: decimal(votes) }
    }

    fn amounts(texts: &[&str]) -> Vec<Amount> {
        texts.iter().map(|text| decimal(text)).collect()
    }

    #[test]
    fn t54_withheld_names_make_it_a_flow_problem() {
        let pools = [pool(&[0, 1, 2], "300"), pool(&[2], "600")];
        assert_eq!(level(&pools, 3, &whole(1)), amounts(&["150", "150", "600"]));
        assert_eq!(first_infeasible_set(&amounts(&["300", "300", "300"]), &pools), Some(vec![0, 1]));
        assert_eq!(first_infeasible_set(&amounts(&["150", "150", "600"]), &pools), None);
    }

    #[test]
    fn left_over_units_go_in_ballot_order_and_a_fraction_to_the_first() {
        let pools = [pool(&[0, 1, 2], "500")];
        assert_eq!(level(&pools, 3, &whole(1)), amounts(&["167", "167", "166"]));
        let pools = [pool(&[0, 1], "2.5"), pool(&[1, 2], "2.5")];
        assert_eq!(level(&pools, 3, &whole(1)), amounts(&["2", "2", "1"]));
        let pools = [pool(&[1, 2], "2.5")];
        assert_eq!(level(&pools, 3, &whole(1)), amounts(&["0", "1.5", "1"]));
    }

    /// The sentence itself: one unit at a time.
    fn unit_by_unit(pools: &[Pool], nominees: usize) -> Vec<Amount> {
        let mut totals = vec![zero(); nominees];
        loop {
            let can = |name: &usize| {
                let mut more = totals.clone();
                more[*name] += whole(1);
                first_infeasible_set(&more, pools).is_none()
            };
            let Some(name) = (0..nominees).filter(can).min_by_key(|&name| totals[name].clone()) else {
                break;
            };
            totals[name] += whole(1);
        }
        totals
    }

    #[test]
    fn rounds_taken_at_once_are_the_same_as_unit_by_unit() {
        let cases = [
            vec![pool(&[0, 1, 2], "7"), pool(&[2], "11"), pool(&[0], "2")],
            vec![pool(&[0, 3], "13"), pool(&[1, 2], "4"), pool(&[1, 3], "5"), pool(&[0], "1")],
            vec![pool(&[1], "9"), pool(&[0, 1, 2, 3], "10"), pool(&[2, 3], "1")],
        ];
        for pools in cases {
            assert_eq!(level(&pools, 4, &whole(1)), unit_by_unit(&pools, 4));
        }
    }
}
