//! The fewest votes that give as much gain as is needed, where every head offers a few ways: so many
//! votes, so much gain.
//!
//! A bound first, by giving heads up in parts; then only what could beat the best way found is combined,
//! in stated steps. Where these do not suffice, both ends are told.

use std::cmp::Ordering;
use std::collections::HashSet;

/// So many partial ways are looked at.
const LOOKS_MAX: usize = 400_000;

/// What a head offers: so many whole votes for so much gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) votes: u128,
    pub(super) gain: u128,
}

/// The fewest votes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed {
    /// How many.
    pub(super) votes: u128,
    /// No way takes fewer than these.
    pub(super) at_least: u128,
    /// Which offer of which heads, by place.
    pub(super) chosen: Vec<(usize, usize)>,
}

/// A step from one offer of a head to a better one.
#[derive(Clone, Copy)]
struct Step {
    head: usize,
    offer: usize,
    votes: u128,
    gain: u128,
}

impl Step {
    /// The cheaper for what it gains first.
    fn by_price(&self, other: &Self) -> Ordering {
        let (one, two) = (self.votes * other.gain, other.votes * self.gain);
        one.cmp(&two).then((self.head, self.offer).cmp(&(other.head, other.offer)))
    }
}

/// The fewest votes with which the heads' gains come to `need`; nothing where all of them do not.
/// Every head's offers gain something, and the more votes the more.
pub(super) fn fewest(heads: &[Vec<Offer>], need: u128) -> Option<Packed> {
    if need == 0 {
        return Some(Packed { votes: 0, at_least: 0, chosen: Vec::new() });
    }
    let most: u128 = heads.iter().filter_map(|offers| offers.last()).map(|offer| offer.gain).sum();
    if most < need {
        return None;
    }
    let mut steps: Vec<Step> =
        heads.iter().enumerate().flat_map(|(head, offers)| steps_of(head, offers)).collect();
    steps.sort_unstable_by(Step::by_price);
    let (mut votes, mut gain, mut last) = (0, 0, steps.len());
    for (place, step) in steps.iter().enumerate() {
        (votes, gain) = (votes + step.votes, gain + step.gain);
        if gain >= need {
            last = place;
            break;
        }
    }
    let price = steps[last];
    let beyond = gain - need;
    // In parts of the last step.
    let at_least = (votes * price.gain - beyond * price.votes).div_ceil(price.gain);
    let packed = trimmed(&steps[..=last], beyond, votes, at_least);
    if packed.votes == at_least { Some(packed) } else { Some(improved(heads, need, price, packed)) }
}

/// The steps from each offer to the next, without those that are dearer than a later one.
fn steps_of(head: usize, offers: &[Offer]) -> Vec<Step> {
    let mut hull: Vec<(usize, Offer)> = Vec::new();
    let slope_falls = |before: Offer, middle: Offer, next: Offer| {
        (middle.votes - before.votes) * (next.gain - middle.gain)
            >= (next.votes - middle.votes) * (middle.gain - before.gain)
    };
    let nothing = Offer { votes: 0, gain: 0 };
    for (place, next) in offers.iter().enumerate() {
        while let [rest @ .., (_, middle)] = hull.as_slice() {
            let before = rest.last().map_or(nothing, |(_, offer)| *offer);
            if !slope_falls(before, *middle, *next) {
                break;
            }
            hull.pop();
        }
        hull.push((place, *next));
    }
    let mut before = nothing;
    hull.into_iter()
        .map(|(offer, next)| {
            let step = Step { head, offer, votes: next.votes - before.votes, gain: next.gain - before.gain };
            before = next;
            step
        })
        .collect()
}

/// The steps taken, without those that turn out not to be needed.
fn trimmed(steps: &[Step], mut beyond: u128, mut votes: u128, at_least: u128) -> Packed {
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    let mut last_of: HashSet<usize> = HashSet::new();
    for step in steps.iter().rev() {
        // A head's step is given back only where no later one of it was taken.
        if step.gain <= beyond && !last_of.contains(&step.head) {
            beyond -= step.gain;
            votes -= step.votes;
        } else if last_of.insert(step.head) {
            chosen.push((step.head, step.offer));
        }
    }
    chosen.sort_unstable();
    Packed { votes, at_least, chosen }
}

/// A way so far: its gain and votes, the offer taken last and the way before it.
#[derive(Clone, Copy)]
struct Way {
    gain: u128,
    votes: u128,
    link: usize,
}

/// Every combination that could still take fewer votes. An offer is weighed at the price of the last step:
/// what a way costs beyond its gains at that price is lost for good.
fn improved(heads: &[Vec<Offer>], need: u128, price: Step, known: Packed) -> Packed {
    let weighed = |offer: &Offer| (offer.votes * price.gain, offer.gain * price.votes);
    // Of each head the best loss, a negative one where it is worth its price.
    let best: Vec<i128> = heads
        .iter()
        .map(|offers| offers.iter().map(|offer| loss(weighed(offer))).chain([0]).min().unwrap_or(0))
        .collect();
    let mut after: Vec<i128> = vec![0; heads.len() + 1];
    for place in (0..heads.len()).rev() {
        after[place] = after[place + 1] + best[place];
    }
    let goal = signed(need * price.votes);
    let mut links: Vec<(usize, usize, usize)> = vec![(usize::MAX, 0, 0)];
    let mut ways = vec![Way { gain: 0, votes: 0, link: 0 }];
    let mut bound = known.votes;
    let mut found: Option<Way> = None;
    let mut looks = 0;
    for (head, offers) in heads.iter().enumerate() {
        let mut next: Vec<Way> = Vec::new();
        for way in &ways {
            for offer in [None].into_iter().chain((0..offers.len()).map(Some)) {
                looks += 1;
                if looks > LOOKS_MAX {
                    return known;
                }
                let adds = offer.map_or(Offer { votes: 0, gain: 0 }, |offer| offers[offer]);
                let (gain, votes) = (way.gain + adds.gain, way.votes + adds.votes);
                let so_far = loss((votes * price.gain, gain * price.votes));
                if so_far + after[head + 1] + goal >= signed(bound * price.gain) {
                    continue;
                }
                let link = offer.map_or(way.link, |offer| {
                    links.push((way.link, head, offer));
                    links.len() - 1
                });
                let with = Way { gain: gain.min(need + price.gain), votes, link };
                if gain >= need {
                    if votes < bound {
                        bound = votes;
                        found = Some(with);
                    }
                } else {
                    next.push(with);
                }
            }
        }
        ways = undominated(next);
    }
    let Some(found) = found else { return Packed { at_least: known.votes, ..known } };
    let mut chosen = Vec::new();
    let mut link = found.link;
    while link > 0 {
        let (before, head, offer) = links[link];
        chosen.push((head, offer));
        link = before;
    }
    chosen.reverse();
    Packed { votes: found.votes, at_least: found.votes, chosen }
}

/// The ways that no other beats in gain without more votes.
fn undominated(mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort_unstable_by(|a, b| a.votes.cmp(&b.votes).then(b.gain.cmp(&a.gain)));
    let mut kept: Vec<Way> = Vec::new();
    for way in ways {
        if kept.last().is_none_or(|last| way.gain > last.gain) {
            kept.push(way);
        }
    }
    kept
}

fn signed(value: u128) -> i128 {
    i128::try_from(value).unwrap_or(i128::MAX)
}

fn loss((votes, gain): (u128, u128)) -> i128 {
    signed(votes) - signed(gain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fewest votes of all ways, each tried.
    fn by_trying(heads: &[Vec<Offer>], need: u128) -> Option<u128> {
        let Some((first, rest)) = heads.split_first() else { return (need == 0).then_some(0) };
        let with = first.iter().filter_map(|offer| {
            by_trying(rest, need.saturating_sub(offer.gain)).map(|votes| votes + offer.votes)
        });
        with.chain(by_trying(rest, need)).min()
    }

    /// Heads of up to three offers, as many as all ways of which can be tried; seeded, no two alike.
    #[test]
    fn the_fewest_votes_are_found_as_by_trying_all_ways() {
        let mut state: u64 = 7;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u128::from((state >> 33) % below)
        };
        for _ in 0..3_000 {
            let heads: Vec<Vec<Offer>> = (0..1 + random(7))
                .map(|_| {
                    let mut offers: Vec<Offer> = Vec::new();
                    for _ in 0..random(4) {
                        let last = offers.last().copied().unwrap_or(Offer { votes: 0, gain: 0 });
                        let votes = last.votes + 1 + random(9);
                        offers.push(Offer { votes, gain: last.gain + 1 + random(3) });
                    }
                    offers
                })
                .collect();
            let need = random(14);
            let packed = fewest(&heads, need);
            assert_eq!(
                packed.as_ref().map(|packed| packed.votes),
                by_trying(&heads, need),
                "{heads:?} {need}"
            );
            let Some(packed) = packed else { continue };
            assert_eq!(packed.at_least, packed.votes, "{heads:?} {need}");
            let offers = packed.chosen.iter().map(|(head, offer)| heads[*head][*offer]);
            let (votes, gain) = offers.fold((0, 0), |sum, offer| (sum.0 + offer.votes, sum.1 + offer.gain));
            assert!(votes == packed.votes && gain >= need, "{heads:?} {need}");
        }
    }
}
