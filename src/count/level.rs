//! The level allocation: the least-voted nominee gets as much as the withheld names permit, then the
//! next (CUM-6).
//!
//! Defined unit by unit: each unit goes to the least-voted name that the cards still permit, ties in
//! ballot order. A name that cannot take a unit can never take one again, so the names that still
//! can advance together; whole rounds are taken at once, and only the round in which a name drops
//! out is played unit by unit.

use super::flow::Flow;
use crate::amount::Votes;

/// What each nominee gets of the pools, in units and what is less than one to the first that can
/// take it.
pub(crate) fn allocate(nominees: usize, pools: &[(Vec<usize>, Votes)], unit: u128) -> Vec<Votes> {
    let mut flow = Flow::new(nominees, pools);
    let mut totals = vec![0_u128; nominees];
    let mut active: Vec<usize> = (0..nominees).collect();
    while !active.is_empty() {
        let rounds = whole_rounds(&mut flow, &active, &totals, pools, unit);
        for nominee in &active {
            totals[*nominee] += rounds * unit;
        }
        active.retain(|nominee| {
            let has_room = flow.supply_whole(*nominee, unit);
            totals[*nominee] += if has_room { unit } else { 0 };
            has_room
        });
    }
    for (nominee, total) in totals.iter_mut().enumerate() {
        *total += flow.supply_most(nominee);
    }
    totals.into_iter().map(Votes::from_units).collect()
}

/// As many rounds as every active name can take, drawn from the flow. Starts from more than there
/// is and comes down by the set of names that stood in the way, as in Newton's method: every set
/// found gives an upper bound, and the last one is met.
fn whole_rounds(
    flow: &mut Flow<'_>,
    active: &[usize],
    totals: &[u128],
    pools: &[(Vec<usize>, Votes)],
    unit: u128,
) -> u128 {
    let all: u128 = pools.iter().map(|(_, pool)| pool.units()).sum();
    let mut rounds = (all - totals.iter().sum::<u128>()) / unit / active.len() as u128;
    while rounds > 0 {
        let Some(set) = flow.supply_all(active, rounds * unit) else { return rounds };
        let mut is_in = vec![false; totals.len()];
        set.iter().for_each(|name| is_in[*name] = true);
        let permits_any = |names: &[usize]| names.iter().any(|name| is_in[*name]);
        let capacity: u128 =
            pools.iter().filter(|(names, _)| permits_any(names)).map(|(_, pool)| pool.units()).sum();
        let taken: u128 = set.iter().map(|name| totals[*name]).sum();
        let sharing = active.iter().filter(|name| is_in[**name]).count() as u128;
        rounds = (capacity - taken) / unit / sharing;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::UNITS_PER_ONE;

    fn level(nominees: usize, pools: &[(&[usize], u64)]) -> Vec<String> {
        let pools: Vec<(Vec<usize>, Votes)> =
            pools.iter().map(|(names, pool)| (names.to_vec(), Votes::whole(*pool))).collect();
        allocate(nominees, &pools, UNITS_PER_ONE).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn withheld_names_limit_the_level() {
        assert_eq!(level(3, &[(&[0, 1, 2], 300), (&[2], 600)]), ["150", "150", "600"]);
    }

    #[test]
    fn what_is_left_over_goes_in_ballot_order() {
        assert_eq!(level(3, &[(&[0, 1, 2], 500)]), ["167", "167", "166"]);
        // 1 and 2 share 5; 0 has 1: first round 1 1 1, second 1 2 2.
        assert_eq!(level(3, &[(&[0], 1), (&[1, 2], 4)]), ["1", "2", "2"]);
        assert_eq!(level(2, &[(&[1], 7)]), ["0", "7"]);
    }

    #[test]
    fn g_1_levels_at_6250() {
        // pools 3,000 without M3; 750, 6,000, 4,500 and 4,500 for all three.
        assert_eq!(level(3, &[(&[0, 1], 3000), (&[0, 1, 2], 15750)]), ["6250", "6250", "6250"]);
    }

    /// Unit by unit, as the rule says, each time asking every set of names.
    fn by_the_letter(nominees: usize, pools: &[(Vec<usize>, u64)]) -> Vec<u64> {
        let mut totals = vec![0_u64; nominees];
        let fits = |totals: &[u64]| {
            (1_u32..1 << nominees).all(|set| {
                let has = |name: &usize| set & (1 << *name) != 0;
                let wanted: u64 = (0..nominees).filter(has).map(|name| totals[name]).sum();
                let permits = |names: &Vec<usize>| names.iter().any(has);
                let there: u64 = pools.iter().filter(|(names, _)| permits(names)).map(|(_, pool)| pool).sum();
                wanted <= there
            })
        };
        loop {
            let mut order: Vec<usize> = (0..nominees).collect();
            order.sort_by_key(|name| (totals[*name], *name));
            let next = order.into_iter().find(|name| {
                totals[*name] += 1;
                let fits = fits(&totals);
                totals[*name] -= 1;
                fits
            });
            match next {
                Some(name) => totals[name] += 1,
                None => return totals,
            }
        }
    }

    /// Seeded random numbers (SplitMix64).
    fn random(state: &mut u64, below: u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    /// A few pools, each with the names that its cards permit.
    fn random_pools(state: &mut u64, nominees: usize, pools: u64, most: u64) -> Vec<(Vec<usize>, u64)> {
        (0..1 + random(state, pools))
            .map(|_| {
                let set = 1 + random(state, (1 << nominees) - 1);
                ((0..nominees).filter(|name| set & (1 << name) != 0).collect(), random(state, most))
            })
            .collect()
    }

    fn exact(pools: &[(Vec<usize>, u64)]) -> Vec<(Vec<usize>, Votes)> {
        pools.iter().map(|(names, pool)| (names.clone(), Votes::whole(*pool))).collect()
    }

    #[test]
    fn rounds_at_once_agree_with_unit_by_unit_on_random_pools() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for case in 0..400 {
            let nominees = 1 + usize::try_from(random(&mut state, 5)).expect("small");
            let pools = random_pools(&mut state, nominees, 6, 30);
            let expected: Vec<Votes> =
                by_the_letter(nominees, &pools).into_iter().map(Votes::whole).collect();
            let found = allocate(nominees, &exact(&pools), UNITS_PER_ONE);
            assert_eq!(found, expected, "case {case}: {pools:?}");
        }
    }

    /// Every way to hand out every pool in whole votes, as totals per nominee.
    fn every_allocation(
        nominees: usize,
        pools: &[(Vec<usize>, u64)],
    ) -> std::collections::BTreeSet<Vec<u64>> {
        let mut found = std::collections::BTreeSet::from([vec![0; nominees]]);
        for (names, pool) in pools {
            for _ in 0..*pool {
                found = found
                    .iter()
                    .flat_map(|totals| {
                        names.iter().map(|name| {
                            let mut totals = totals.clone();
                            totals[*name] += 1;
                            totals
                        })
                    })
                    .collect();
            }
        }
        found
    }

    #[test]
    fn level_is_the_best_of_every_integer_allocation() {
        let mut state = 7_u64;
        for case in 0..300 {
            let nominees = 1 + usize::try_from(random(&mut state, 4)).expect("small");
            let pools = random_pools(&mut state, nominees, 4, 8);
            let all = every_allocation(nominees, &pools);
            // The least-voted as high as can be, then the next, and so on.
            let ascending = |totals: &Vec<u64>| {
                let mut sorted = totals.clone();
                sorted.sort_unstable();
                sorted
            };
            let best = all.iter().map(ascending).max().expect("there is an allocation");
            let found: Vec<u64> = allocate(nominees, &exact(&pools), UNITS_PER_ONE)
                .iter()
                .map(|votes| u64::try_from(votes.units() / UNITS_PER_ONE).expect("small"))
                .collect();
            assert!(all.contains(&found), "case {case}: {found:?} cannot be cast from {pools:?}");
            assert_eq!(ascending(&found), best, "case {case}: {pools:?}");
        }
    }

    #[test]
    fn totals_are_possible_exactly_when_some_integer_allocation_covers_them() {
        use crate::count::flow::violated_set;
        let mut state = 11_u64;
        for case in 0..300 {
            let nominees = 1 + usize::try_from(random(&mut state, 4)).expect("small");
            let pools = random_pools(&mut state, nominees, 4, 7);
            let all = every_allocation(nominees, &pools);
            let wanted: Vec<u64> = (0..nominees).map(|_| random(&mut state, 9)).collect();
            let covers =
                |totals: &Vec<u64>| totals.iter().zip(&wanted).all(|(there, wanted)| there >= wanted);
            let votes: Vec<Votes> = wanted.iter().copied().map(Votes::whole).collect();
            let violated = violated_set(nominees, &exact(&pools), &votes);
            assert_eq!(violated.is_none(), all.iter().any(covers), "case {case}: {wanted:?} from {pools:?}");
            if let Some(set) = violated {
                // The set named does break them: its totals exceed the pools that permit any of it.
                let asked: u64 = set.iter().map(|name| wanted[*name]).sum();
                let permits = |names: &[usize]| names.iter().any(|name| set.contains(name));
                let there: u64 = pools.iter().filter(|(names, _)| permits(names)).map(|(_, pool)| pool).sum();
                assert!(asked > there, "case {case}: {set:?} is no obstacle to {wanted:?} from {pools:?}");
            }
        }
    }

    #[test]
    fn per_card_is_the_most_even_of_every_integer_split_of_a_card() {
        use crate::count::cumulative::equal_parts;
        let mut state = 13_u64;
        for _ in 0..300 {
            let names = 1 + usize::try_from(random(&mut state, 5)).expect("small");
            let pool = random(&mut state, 12);
            let all = every_allocation(names, &[((0..names).collect(), pool)]);
            // Most even; of equally even ones, what is left over first in ballot order.
            let best = all
                .iter()
                .min_by_key(|parts| {
                    let (most, least) = (parts.iter().max(), parts.iter().min());
                    let descending: Vec<_> = parts.iter().copied().map(std::cmp::Reverse).collect();
                    (most.copied().zip(least.copied()).map(|(most, least)| most - least), descending)
                })
                .expect("there is a split");
            let expected: Vec<Votes> = best.iter().copied().map(Votes::whole).collect();
            assert_eq!(equal_parts(Votes::whole(pool), names, UNITS_PER_ONE), expected);
        }
    }
}
