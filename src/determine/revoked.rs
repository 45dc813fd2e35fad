//! Which revocation takes a proxy: of very many of one account found in a few steps.
//!
//! Of those that apply the first counts: a writing before a request, then the first received. What makes one
//! apply to a card is that it is not earlier than the card, and that it came in time. Revocations stand in the
//! order in which they count, each with the latest of all up to it: the first that is not earlier than a card is
//! found by halving. Those that came in time stand before those that did not.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::load::{Manner, Revocation};
use crate::time::Moment;

/// When a card or a revocation is of: its date, then its receipt.
pub(super) type Of = (Date, Moment);

/// The order in which revocations count.
type Rank = (bool, Moment, Option<Date>, bool, u32);

/// An account's revocations, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct RevocationOrder {
    lanes: HashMap<Kind, Lane>,
}

/// Revocations that the same question fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    signer: Option<u32>,
    is_request: bool,
    /// A date alone is in time on the day of the close.
    is_day_only: bool,
    /// Ruled to count, and so in time.
    is_waived: bool,
}

/// Revocations in their order.
#[derive(Debug, Default)]
struct Lane {
    rows: Vec<(Rank, Moment)>,
    /// Of each and those before it, the latest date.
    latest: Vec<Of>,
}

impl RevocationOrder {
    /// The revocations of one account, by place, with whether each is ruled to count.
    pub(super) fn of<'r>(rows: impl Iterator<Item = (u32, &'r Revocation, bool)>) -> Self {
        let mut found: HashMap<Kind, Vec<(Rank, Moment, Of)>> = HashMap::new();
        for (place, row, is_waived) in rows {
            let is_request = row.manner == Manner::AtMeeting;
            let kind =
                Kind { signer: row.signer, is_request, is_day_only: row.received.is_day_only, is_waived };
            let rank = (is_request, row.received, row.dated, row.manner == Manner::Death, place);
            let of = (row.dated.unwrap_or(row.received.day), row.received);
            found.entry(kind).or_default().push((rank, row.received, of));
        }
        let lane = |mut rows: Vec<(Rank, Moment, Of)>| {
            rows.sort_unstable();
            let mut latest: Vec<Of> = Vec::with_capacity(rows.len());
            for (_, _, of) in &rows {
                latest.push(latest.last().map_or(*of, |last| *last.max(of)));
            }
            Lane { rows: rows.into_iter().map(|(rank, received, _)| (rank, received)).collect(), latest }
        };
        Self { lanes: found.into_iter().map(|(kind, rows)| (kind, lane(rows))).collect() }
    }

    /// The first that takes a card of some signer, by place: none received after any of the ends. Requests
    /// count where the meeting's rule says so.
    pub(super) fn first(
        &self,
        signer: Option<u32>,
        card: Of,
        ends: &[Option<Moment>],
        requests_count: bool,
    ) -> Option<u32> {
        let signers = [None, signer];
        let signers = &signers[..if signer.is_some() { 2 } else { 1 }];
        let mut best: Option<Rank> = None;
        for signer in signers {
            for (is_request, is_day_only, is_waived) in kinds() {
                let kind = Kind { signer: *signer, is_request, is_day_only, is_waived };
                let lane = self.lanes.get(&kind).filter(|_| requests_count || !is_request);
                let ends = if is_waived { &[] } else { ends };
                let found = lane.and_then(|lane| lane.first((!is_request).then_some(card), ends));
                best = [best, found].into_iter().flatten().min();
            }
        }
        best.map(|(_, _, _, _, place)| place)
    }
}

fn kinds() -> impl Iterator<Item = (bool, bool, bool)> {
    (0..8_u8).map(|kind| (kind & 1 > 0, kind & 2 > 0, kind & 4 > 0))
}

impl Lane {
    /// The first not earlier than a card, where that is asked, and in time.
    fn first(&self, card: Option<Of>, ends: &[Option<Moment>]) -> Option<Rank> {
        let place = card.map_or(0, |card| {
            self.latest.partition_point(|of| {
                crate::work::step();
                *of < card
            })
        });
        let (rank, received) = self.rows.get(place)?;
        let is_too_late = ends.iter().flatten().any(|end| received.is_after_close(end));
        (!is_too_late).then_some(*rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::AccountId;
    use crate::work::steps_of;

    fn moment(second: i64, is_day_only: bool) -> Moment {
        let day = jiff::civil::date(2024, 5, 1 + i8::try_from(second / 10).expect("small"));
        let end = if is_day_only { (second / 10 + 1) * 10 - 1 } else { second };
        Moment::of_parts(end, day, is_day_only)
    }

    fn random(state: &mut u64, below: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % below
    }

    fn row(state: &mut u64) -> Revocation {
        let manner = [Manner::Written, Manner::Written, Manner::Death, Manner::AtMeeting];
        let second = i64::try_from(random(state, 60)).expect("small");
        let day = i8::try_from(1 + random(state, 6)).expect("small");
        Revocation {
            file: 0,
            line: 0,
            account: AccountId(0),
            signer: (random(state, 2) > 0).then(|| u32::try_from(random(state, 3)).expect("small")),
            manner: manner[usize::try_from(random(state, 4)).expect("small")],
            dated: (random(state, 2) > 0).then(|| jiff::civil::date(2024, 5, day)),
            received: moment(second, random(state, 3) == 0),
        }
    }

    /// By looking at every one, as the rule says.
    fn by_the_letter(
        rows: &[(Revocation, bool)],
        signer: Option<u32>,
        card: Of,
        ends: &[Option<Moment>],
        requests_count: bool,
    ) -> Option<u32> {
        let applies = |(_, (row, is_waived)): &(u32, &(Revocation, bool))| {
            let is_too_late = !is_waived && ends.iter().flatten().any(|end| row.received.is_after_close(end));
            (row.signer.is_none() || row.signer == signer)
                && !is_too_late
                && match row.manner {
                    Manner::Written | Manner::Death => {
                        card <= (row.dated.unwrap_or(row.received.day), row.received)
                    }
                    Manner::AtMeeting => requests_count,
                }
        };
        let first = (0_u32..).zip(rows).filter(applies).min_by_key(|(_, (row, _))| {
            (row.manner == Manner::AtMeeting, row.received, row.dated, row.manner == Manner::Death)
        });
        first.map(|(place, _)| place)
    }

    #[test]
    fn the_revocation_found_is_the_one_that_looking_at_all_of_them_finds() {
        let mut state = 3;
        for case in 0..4_000 {
            let count = random(&mut state, 7);
            let rows: Vec<(Revocation, bool)> =
                (0..count).map(|_| (row(&mut state), random(&mut state, 5) == 0)).collect();
            let order =
                RevocationOrder::of((0_u32..).zip(&rows).map(|(place, (row, waived))| (place, row, *waived)));
            let like = row(&mut state);
            let card = (like.dated.unwrap_or(like.received.day), like.received);
            let ends =
                [Some(row(&mut state).received).filter(|_| case % 3 > 0), Some(row(&mut state).received)];
            for requests_count in [true, false] {
                assert_eq!(
                    order.first(like.signer, card, &ends, requests_count),
                    by_the_letter(&rows, like.signer, card, &ends, requests_count),
                    "case {case}: {rows:?} {card:?} {ends:?}"
                );
            }
        }
    }

    /// 80,000 revocations and as many cards of one account: some twenty steps for each card.
    #[test]
    fn the_steps_for_each_card_grow_as_the_logarithm_of_the_revocations() {
        let day = jiff::civil::date(2024, 5, 1);
        let rows: Vec<Revocation> = (0..80_000)
            .map(|at| Revocation {
                file: 0,
                line: 0,
                account: AccountId(0),
                signer: None,
                manner: Manner::Written,
                dated: None,
                received: Moment::of_parts(at, day, false),
            })
            .collect();
        let order = RevocationOrder::of((0_u32..).zip(&rows).map(|(place, row)| (place, row, false)));
        let steps = steps_of(|| {
            for at in 0..80_000 {
                let found = order.first(None, (day, Moment::of_parts(at, day, false)), &[], true);
                assert_eq!(found, u32::try_from(at).ok());
            }
        });
        assert!(steps < 80_000 * 40, "{steps}");
    }
}
