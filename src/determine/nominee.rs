//! A nominee's cards: blocks add up, and what exceeds the position goes by `overvote` (NOM-1, NOM-2;
//! *Seidman v. G.A. Financial*, 837 A.2d 21 (Del. Ch. 2003)).

use std::cmp::Reverse;

use super::allocate::{conflict, leading_first, representatives};
use super::order::{Taker, Tier};
use super::{Allotment, Cause, Determination, Determiner, Disposition, Overvoted, Reason, StandingCard};
use crate::amount::{Shares, UNITS_PER_ONE, multiply_divide, multiply_remainder};
use crate::ascertain::PositionId;
use crate::load::CardId;
use crate::meeting::Overvote;

/// NOM-1: allocates a nominee's position to its cards, sorted newest first: the newest card without
/// `shares` supersedes every older card; the blocks newer than it add up; it takes what is left.
pub(super) fn allocate(
    determiner: &Determiner<'_>,
    position: PositionId,
    cards: &[&StandingCard],
) -> (Vec<Allotment>, Option<Overvoted>) {
    let whole = determiner.electorate.get(position).shares;
    // VOT-1, VAL-11, RUL-2: what was voted, and what else goes before the rest, takes first.
    let (leading, cards) = cards.split_at(cards.partition_point(|card| card.key.is_leading()));
    let mut allotments = Vec::with_capacity(leading.len() + cards.len());
    let (room, first) = leading_first(determiner, position, leading, &mut allotments);
    // What came too late for that is superseded by it, where nothing is left; the rest stands as it did.
    let is_too_late = |card: &&&StandingCard| {
        first.is_some_and(|first| {
            room.is_zero()
                && (first.key.tier == Tier::First || determiner.taken_by(card, first).is_of_leading())
        })
    };
    let (too_late, cards): (Vec<&StandingCard>, Vec<&StandingCard>) =
        cards.iter().partition(|card| is_too_late(card));
    for (card, first) in too_late.into_iter().zip(first.into_iter().cycle()) {
        let determination = determiner.superseded_by(card, first);
        let shares = Shares::ZERO;
        allotments.push(Allotment {
            id: card.id,
            determination,
            shares,
            is_not_voted: true,
            in_dispute: false,
        });
    }
    // Of all cards without `shares`, also of those that went first, the newest supersedes what is older.
    let is_whole = |card: &&&StandingCard| determiner.limit(card.id).is_none();
    let all_whole: Vec<&StandingCard> = leading.iter().chain(&cards).filter(is_whole).copied().collect();
    let newest_age = all_whole.iter().map(|card| card.key.age).max();
    // Of several that say the same the one that stands for the others.
    let as_new = all_whole.iter().filter(|card| Some(card.key.age) == newest_age).copied();
    let standing_for = representatives(determiner, &as_new.collect::<Vec<_>>());
    let newest_whole = all_whole.into_iter().find(|card| standing_for.first() == Some(&card.id));
    let (current, older): (Vec<&StandingCard>, Vec<&StandingCard>) = match newest_whole {
        Some(newest) => cards.iter().partition(|card| card.key.age >= newest.key.age),
        None => (cards, Vec::new()),
    };
    let (mut blocks, wholes): (Vec<&StandingCard>, Vec<&StandingCard>) =
        current.iter().partition(|card| determiner.limit(card.id).is_some());
    blocks.sort_by(|a, b| {
        let by_receipt = a.key.by_receipt().cmp(&b.key.by_receipt());
        by_receipt.then_with(|| determiner.loaded.cards.order(a.id, b.id))
    });
    let asked = blocks.iter().filter_map(|card| determiner.limit(card.id));
    let asked = asked.fold(Shares::ZERO, |sum, asked| sum.checked_add(asked).unwrap_or(Shares::MAX));
    let overvote = (asked > room).then_some(Overvoted { position, asked, room });
    let policy = determiner.overvote(determiner.electorate.account(position));
    let of_blocks = allocate_blocks(determiner, policy, room, &blocks);
    let taken: Shares = of_blocks.iter().map(|allotment| allotment.shares).sum();
    // Held by `overvote`, blocks leave open what is left; held for their signature, they do not.
    let is_block_held = of_blocks.iter().any(|allotment| {
        allotment.determination.disposition == Disposition::Held
            && allotment.determination.reason == Reason::OverPosition
    });
    // The newest block that took shares, or that is held and keeps them from being taken.
    let takes = |allotment: &&Allotment| {
        !allotment.shares.is_zero() || allotment.determination.disposition == Disposition::Held
    };
    let mut taking: Vec<CardId> = of_blocks.iter().filter(takes).map(|allotment| allotment.id).collect();
    taking.sort_unstable();
    let newest_block = current.iter().find(|card| taking.binary_search(&card.id).is_ok());
    let takers: Vec<Taker> = first.into_iter().chain(newest_block.map(|card| Taker::of(card))).collect();
    allotments.extend(of_blocks);
    let parties = representatives(determiner, &wholes);
    let rest = Rest {
        left: if is_block_held { Shares::ZERO } else { room - taken },
        is_whole: room - taken == whole,
        takers,
    };
    take_rest(determiner, &wholes, &parties, &rest, &mut allotments);
    let newest = newest_whole.map(Taker::of);
    for card in older {
        let determination =
            newest.map_or(Determination::COUNTED, |newest| determiner.superseded_by(card, newest));
        allotments.push(Allotment {
            id: card.id,
            determination,
            shares: Shares::ZERO,
            is_not_voted: true,
            in_dispute: false,
        });
    }
    (allotments, overvote)
}

/// What blocks leave of a position.
struct Rest {
    left: Shares,
    /// Whether nothing was taken.
    is_whole: bool,
    /// What took, or holds, the rest of the shares.
    takers: Vec<Taker>,
}

/// The newest card without `shares` takes what the blocks leave; several that nothing separates go
/// as ORD-6 and ORD-7 say.
fn take_rest(
    determiner: &Determiner<'_>,
    wholes: &[&StandingCard],
    parties: &[CardId],
    rest: &Rest,
    allotments: &mut Vec<Allotment>,
) {
    // Of several in conflict, one that is held anyway carries the shares.
    let is_held = |card: &&&StandingCard| card.hold.is_some() && parties.contains(&card.id);
    let held = wholes.iter().find(is_held).filter(|_| parties.len() > 1);
    let carrier = held.map(|card| card.id).or(parties.first().copied());
    for card in wholes {
        let is_party = parties.contains(&card.id);
        let determination = match determiner.taker_for(card, &rest.takers) {
            Some(taker) if rest.left.is_zero() => determiner.superseded_by(card, taker),
            _ if parties.len() > 1 || !is_party => conflict(determiner, card, parties),
            _ if card.hold.is_some() => {
                Determination::new(Disposition::Held, card.hold.unwrap_or(Reason::InOrder), None)
            }
            Some(taker) if !rest.is_whole => {
                let reason = determiner.taken_by(card, taker);
                Determination::new(Disposition::CountedInPart, reason, Some(Cause::Card(taker.id)))
            }
            Some(_) | None => Determination::COUNTED,
        };
        let shares = if carrier == Some(card.id) { rest.left } else { Shares::ZERO };
        let in_dispute = parties.len() > 1;
        let is_not_voted = in_dispute || card.hold.is_some();
        allotments.push(Allotment { id: card.id, determination, shares, is_not_voted, in_dispute });
    }
}

/// A block before anything else is known of it.
fn block(card: &StandingCard, shares: Shares, asked: Shares) -> Allotment {
    let determination = match card.hold {
        _ if shares.is_zero() => Determination::new(Disposition::Rejected, Reason::OverPosition, None),
        Some(reason) => Determination::new(Disposition::Held, reason, None),
        None if shares < asked => Determination::new(Disposition::CountedInPart, Reason::OverPosition, None),
        None => Determination::COUNTED,
    };
    Allotment { id: card.id, determination, shares, is_not_voted: card.hold.is_some(), in_dispute: false }
}

fn allocate_blocks(
    determiner: &Determiner<'_>,
    policy: Overvote,
    whole: Shares,
    blocks: &[&StandingCard],
) -> Vec<Allotment> {
    let asked: Vec<Shares> =
        blocks.iter().map(|card| determiner.limit(card.id).unwrap_or(Shares::ZERO)).collect();
    let mut cut = cut(policy, whole, &asked);
    let is_released = |place: usize| blocks[place].hold.is_none() && determiner.is_released(blocks[place].id);
    let are_held = policy == Overvote::Hold && cut.is_over;
    if are_held {
        cut.granted = fitting(whole, &asked, is_released);
    }
    let mut allotments: Vec<Allotment> = blocks
        .iter()
        .zip(cut.granted.iter().zip(&asked))
        .map(|(card, (shares, asked))| block(card, *shares, *asked))
        .collect();
    if are_held {
        // Held blocks are present as far as what is left at the end goes.
        let mut left = whole - cut.granted.iter().copied().sum();
        for (place, allotment) in allotments.iter_mut().enumerate() {
            if !allotment.shares.is_zero() || is_released(place) {
                continue;
            }
            allotment.determination = Determination::new(
                Disposition::Held,
                blocks[place].hold.unwrap_or(Reason::OverPosition),
                None,
            );
            allotment.shares = left.min(asked[place]);
            allotment.is_not_voted = true;
            left -= allotment.shares;
        }
    }
    allotments
}

/// In their order each block that fits whole, and of those ruled to count what is left (RUL-8).
fn fitting(whole: Shares, asked: &[Shares], is_released: impl Fn(usize) -> bool) -> Vec<Shares> {
    let mut left = whole;
    let fit = |(place, asked): (usize, &Shares)| {
        let granted = if *asked <= left || is_released(place) { left.min(*asked) } else { Shares::ZERO };
        left -= granted;
        granted
    };
    asked.iter().enumerate().map(fit).collect()
}

/// What blocks are granted of a position.
pub(super) struct Cut {
    /// Per block, in the order given.
    pub(super) granted: Vec<Shares>,
    /// Whether they come to more than the position.
    pub(super) is_over: bool,
}

/// NOM-2: cuts blocks that come to more than the position, in their order.
pub(super) fn cut(policy: Overvote, whole: Shares, asked: &[Shares]) -> Cut {
    let total = asked.iter().try_fold(Shares::ZERO, |sum, shares| sum.checked_add(*shares));
    let Some(total) = total.filter(|total| *total > whole) else {
        let is_over = total.is_none();
        let granted = if is_over { vec![Shares::ZERO; asked.len()] } else { asked.to_vec() };
        return Cut { granted, is_over };
    };
    let granted = match policy {
        Overvote::FirstIn => fill(whole, asked.iter()),
        Overvote::LatestFirst => {
            let mut granted = fill(whole, asked.iter().rev());
            granted.reverse();
            granted
        }
        Overvote::Prorate => prorate(whole, total, asked),
        Overvote::RejectAll => vec![Shares::ZERO; asked.len()],
        Overvote::RejectBlock | Overvote::Hold => fitting(whole, asked, |_| false),
    };
    Cut { granted, is_over: true }
}

fn fill<'s>(whole: Shares, asked: impl Iterator<Item = &'s Shares>) -> Vec<Shares> {
    let mut left = whole;
    asked
        .map(|asked| {
            let granted = left.min(*asked);
            left -= granted;
            granted
        })
        .collect()
}

/// Each block times position ÷ total, in whole shares by largest remainder, ties to the earlier
/// block; a fraction of a share left over goes to the first block that has not all it asked for.
fn prorate(whole: Shares, total: Shares, asked: &[Shares]) -> Vec<Shares> {
    let one = Shares::whole(1);
    let exact = |asked: &Shares| multiply_divide(asked.units(), whole.units(), total.units());
    let mut granted: Vec<Shares> =
        asked.iter().map(|asked| Shares::from_units(exact(asked) / UNITS_PER_ONE * UNITS_PER_ONE)).collect();
    let mut left = whole - granted.iter().copied().sum();
    // The remainder of a whole share: units below one, then what the division left.
    let remainder = |place: &usize| {
        let asked = &asked[*place];
        let below = exact(asked) % UNITS_PER_ONE;
        Reverse((below, multiply_remainder(asked.units(), whole.units(), total.units())))
    };
    let mut by_remainder: Vec<usize> = (0..asked.len()).collect();
    by_remainder.sort_by_key(remainder);
    for place in by_remainder {
        if left >= one && granted[place] + one <= asked[place] {
            granted[place] += one;
            left -= one;
        }
    }
    for (granted, asked) in granted.iter_mut().zip(asked) {
        let more = left.min(*asked - *granted);
        *granted += more;
        left -= more;
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(texts: &[&str]) -> Vec<Shares> {
        texts.iter().map(|text| Shares::parse(text).expect("an amount")).collect()
    }

    fn granted(policy: Overvote, whole: &str, asked: &[&str]) -> Vec<String> {
        let cut = cut(policy, Shares::parse(whole).expect("an amount"), &shares(asked));
        cut.granted.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_file_has_as_many_answers_as_policies() {
        // Position 1,000; 900 then 200. In proportion: 900 × 1,000 ÷ 1,100 = 818.18, 200 × … = 181.81;
        // whole shares 818 + 181 = 999, the last one to the larger remainder, .81.
        let asked = ["900", "200"];
        assert_eq!(granted(Overvote::FirstIn, "1000", &asked), ["900", "100"]);
        assert_eq!(granted(Overvote::LatestFirst, "1000", &asked), ["800", "200"]);
        assert_eq!(granted(Overvote::Prorate, "1000", &asked), ["818", "182"]);
        assert_eq!(granted(Overvote::RejectBlock, "1000", &asked), ["900", "0"]);
        assert_eq!(granted(Overvote::Hold, "1000", &asked), ["900", "0"]);
        assert_eq!(granted(Overvote::RejectAll, "1000", &asked), ["0", "0"]);
    }

    #[test]
    fn blocks_that_fit_are_not_cut_and_a_millionth_over_is_over() {
        assert_eq!(granted(Overvote::RejectAll, "1000", &["900", "100"]), ["900", "100"]);
        assert_eq!(granted(Overvote::RejectAll, "1000", &["900", "100.000001"]), ["0", "0"]);
    }

    #[test]
    fn a_fraction_left_over_goes_to_the_first_block_that_lacks_some() {
        // 10.5 for 7, 7 and 7: 3.5 each; whole 3 + 3 + 3 = 9, one more to the first (equal
        // remainders), .5 to the first that lacks some, which is the first again.
        assert_eq!(granted(Overvote::Prorate, "10.5", &["7", "7", "7"]), ["4.5", "3", "3"]);
        // 1 for 0.5 and 2: 0.2 and 0.8; no whole shares; the one share to the larger remainder.
        assert_eq!(granted(Overvote::Prorate, "1", &["0.5", "2"]), ["0", "1"]);
        // 10.5 for 2.2 and 9.8: 1.925 and 8.575; whole 1 + 8, one more to .925; of the .5 left the first
        // lacks .2, the second the rest.
        assert_eq!(granted(Overvote::Prorate, "10.5", &["2.2", "9.8"]), ["2.2", "8.3"]);
    }
}
