//! Nominees: blocks that add up, and what happens when they exceed the position.

use crate::amounts::{Amount, smaller, sum, whole, zero};
use crate::count::order::{
    Desk, End, Take, conflict, drop_duplicates, settle_stack_apart, take_what_is_left,
};

/// How much of what it asked for a block gets, by `overvote`.
#[derive(Clone, Debug, PartialEq)]
pub enum Share {
    Got(Amount),
    Rejected,
    Held,
}

/// "the newest card without `shares` supersedes every older card of the account; the cards with `shares` that are newer
/// than it (all of them, where there is none) add up …; the newest card without `shares` takes what is left
/// (nothing while a block is held)." A block that the order cannot separate from that card is one of the blocks.
pub fn settle_nominee(desk: &Desk, cards: &[usize]) -> Vec<Take> {
    // "Voted blocks come first whatever `overvote` says."
    let leading: Vec<usize> = cards.iter().copied().filter(|&card| desk.leads(card)).collect();
    let first = settle_stack_apart(desk, &leading);
    let room = desk.position.votable() - sum(first.iter().map(|take| &take.got));
    let is_done = |card: usize| desk.standings[card].first || desk.is_settled(card) || desk.irrevocable(card);
    let open: Vec<usize> = cards.iter().copied().filter(|&card| !is_done(card)).collect();
    let mut all = first;
    let mut still_open = Vec::new();
    for card in open {
        let late = |cause: &usize| {
            desk.standings[*cause].first
                || matches!(desk.later(card, *cause), "after_vote" | "irrevocable_proxy")
        };
        match all.first().map(|take| take.card).filter(|cause| room == zero() && late(cause)) {
            Some(cause) => {
                all.push(desk.take(card, zero(), End::Nothing(desk.supersession(card, cause), Some(cause))));
            }
            None => still_open.push(card),
        }
    }
    let open = still_open;
    // "the newest card without `shares` supersedes every older card of the account", also where it went first.
    let whole = |card: &usize| desk.card(*card).shares.is_none();
    let newer = |card: usize| {
        let wholes = leading.iter().copied().filter(whole).filter(|&other| desk.plainly_newer(other, card));
        wholes.fold(None, |best, one| match best {
            Some(best) if !desk.plainly_newer(one, best) => Some(best),
            _ => Some(one),
        })
    };
    let newest_open = open.iter().copied().filter(whole).collect::<Vec<usize>>();
    let mut current = Vec::new();
    for card in open {
        let by_lead = newer(card).filter(|&lead| {
            !newest_open
                .iter()
                .any(|&other| desk.plainly_newer(other, lead) && desk.plainly_newer(other, card))
        });
        match by_lead {
            Some(lead) => {
                all.push(desk.take(card, zero(), End::Nothing(desk.supersession(card, lead), Some(lead))));
            }
            None => current.push(card),
        }
    }
    let open = current;
    let newest = all.first().map(|take| take.card);
    all.extend(settle_rest(desk, &open, &room, newest));
    desk.join(all)
}

fn settle_rest(desk: &Desk, cards: &[usize], room: &Amount, promised: Option<usize>) -> Vec<Take> {
    let groups = desk.newest_first(cards);
    let limited = |card: &usize| desk.card(*card).shares.is_some();
    let base_at = groups.iter().position(|group| !group.iter().all(limited)).unwrap_or(groups.len());
    let current = groups.iter().take(base_at + 1).flatten().copied();
    let (blocks, base): (Vec<usize>, Vec<usize>) = current.partition(limited);
    let mut takes = settle_blocks(desk, &blocks, room);
    if base.is_empty() {
        return takes;
    }

    let left = room - sum(takes.iter().map(|take| &take.got));
    let block_held = takes.iter().any(|take| matches!(take.end, End::Held("over_position", _)));
    let available = if block_held { zero() } else { left };
    let block = blocks.iter().copied().find(|block| took(&takes, *block));
    let took: Vec<usize> = promised.into_iter().chain(block).collect();
    let newest = |card: usize| desk.displacer(card, &took);
    let (kept, duplicates) = drop_duplicates(desk, &base);
    if available == zero() {
        for &card in &base {
            takes.push(take_what_is_left(desk, card, &available, newest(card)));
        }
    } else {
        match kept[..] {
            [only] => takes.push(take_what_is_left(desk, only, &available, newest(only))),
            _ => takes.extend(conflict(desk, &kept, &available)),
        }
        takes.extend(duplicates);
    }
    for &older in groups[base_at + 1..].iter().flatten() {
        let reason = desk.supersession(older, kept[0]);
        takes.push(desk.take(older, zero(), End::Nothing(reason, Some(kept[0]))));
    }
    takes
}

fn took(takes: &[Take], card: usize) -> bool {
    takes.iter().any(|take| take.card == card && (take.got > zero() || matches!(take.end, End::Held(..))))
}

/// "ballots before proxies and then in order of receipt, then of card number; where they exceed the position,
/// `overvote` says what happens, reason `over_position`". "Cut blocks are `counted_in_part`, those that get nothing
/// `rejected`." A held block "is present as far as what is left at the end goes".
fn settle_blocks(desk: &Desk, blocks: &[usize], room: &Amount) -> Vec<Take> {
    let mut queue = blocks.to_vec();
    queue.sort_by_key(|&at| {
        let card = desk.card(at);
        (!card.ballot, card.received.instant, card.number.clone())
    });
    let asked: Vec<Amount> = queue.iter().map(|&card| desk.ask(card)).collect();
    let position = room.clone();
    let overvote = desk.folder.meeting.rules.overvote.as_str();
    let ruled: Vec<bool> = queue.iter().map(|&card| desk.standings[card].ruled_count).collect();
    let shares = match overvote {
        "hold" => hold(&asked, &ruled, &position),
        _ => fit(&asked, &position, overvote),
    };
    let mut left = &position - got_by_all(&shares);
    let mut takes = Vec::new();
    for ((&card, ask), share) in queue.iter().zip(&asked).zip(&shares) {
        let take = match share {
            Share::Got(got) if got == ask => desk.take(card, got.clone(), End::Whole),
            Share::Got(got) if *got > zero() => {
                desk.take(card, got.clone(), End::Short("over_position", None))
            }
            Share::Got(_) | Share::Rejected => desk.take(card, zero(), End::Rejected),
            Share::Held => {
                let present = smaller(ask, &left);
                left -= &present;
                desk.take(card, present, End::Held("over_position", None))
            }
        };
        takes.push(take);
    }
    takes
}

pub fn got_by_all(shares: &[Share]) -> Amount {
    let got = |share: &Share| if let Share::Got(got) = share { got.clone() } else { zero() };
    shares.iter().map(got).fold(zero(), |total, got| total + got)
}

/// "`overvote`, over the blocks in that order".
pub fn fit(asked: &[Amount], position: &Amount, overvote: &str) -> Vec<Share> {
    if sum(asked) <= *position {
        return asked.iter().cloned().map(Share::Got).collect();
    }
    match overvote {
        "first_in" => fill(asked.iter(), position),
        "latest_first" => {
            let mut shares = fill(asked.iter().rev(), position);
            shares.reverse();
            shares
        }
        "prorate" => prorate(asked, position).into_iter().map(Share::Got).collect(),
        "reject_block" => leave_out_what_does_not_fit(asked, position, &Share::Rejected),
        "hold" => leave_out_what_does_not_fit(asked, position, &Share::Held),
        "reject_all" => asked.iter().map(|_| Share::Rejected).collect(),
        other => panic!("overvote `{other}`"),
    }
}

/// "`first_in` fills the position from the first, `latest_first` from the last"
fn fill<'a>(asked: impl Iterator<Item = &'a Amount>, position: &Amount) -> Vec<Share> {
    let mut left = position.clone();
    let mut shares = Vec::new();
    for ask in asked {
        let got = smaller(ask, &left);
        left -= &got;
        shares.push(Share::Got(got));
    }
    shares
}

/// "`reject_block` rejects each block that no longer fits whole, `hold` holds it instead (it uses up no room for the
/// next …)"
fn leave_out_what_does_not_fit(asked: &[Amount], position: &Amount, otherwise: &Share) -> Vec<Share> {
    let mut left = position.clone();
    let mut shares = Vec::new();
    for ask in asked {
        if *ask <= left {
            left -= ask;
            shares.push(Share::Got(ask.clone()));
        } else {
            shares.push(otherwise.clone());
        }
    }
    shares
}

/// "`count` on a held block: it takes what is left, cut, in its order".
fn hold(asked: &[Amount], ruled: &[bool], position: &Amount) -> Vec<Share> {
    let mut left = position.clone();
    let mut shares = Vec::new();
    for (ask, is_ruled) in asked.iter().zip(ruled) {
        if *ask <= left || *is_ruled {
            let got = smaller(ask, &left);
            left -= &got;
            shares.push(Share::Got(got));
        } else {
            shares.push(Share::Held);
        }
    }
    shares
}

/// "`prorate` gives each block × position ÷ total, in whole shares by largest remainder (ties to the earlier block; a
/// fraction of a share left over to the first block that has not all it asked for)". No block gets more than it asked.
pub fn prorate(asked: &[Amount], position: &Amount) -> Vec<Amount> {
    let total = sum(asked);
    let exact: Vec<Amount> = asked.iter().map(|ask| ask * position / &total).collect();
    let mut got: Vec<Amount> = exact.iter().map(Amount::floor).collect();
    let mut left = position - sum(&got);
    let mut by_remainder: Vec<usize> = (0..asked.len()).collect();
    by_remainder.sort_by(|&a, &b| {
        (&exact[b] - exact[b].floor()).cmp(&(&exact[a] - exact[a].floor())).then(a.cmp(&b))
    });
    for at in by_remainder {
        if left >= whole(1) {
            let more = smaller(&whole(1), &(&asked[at] - &got[at]));
            got[at] += &more;
            left -= more;
        }
    }
    for at in 0..asked.len() {
        let more = smaller(&left, &(&asked[at] - &got[at]));
        got[at] += &more;
        left -= more;
    }
    got
}

#[cfg(test)]
mod tests {
    use super::*;

    fn got(overvote: &str) -> Vec<Share> {
        fit(&[whole(900), whole(200)], &whole(1000), overvote)
    }

    #[test]
    fn t21_one_file_and_as_many_answers_as_policies() {
        let both = |a, b| vec![Share::Got(whole(a)), Share::Got(whole(b))];
        assert_eq!(got("first_in"), both(900, 100));
        assert_eq!(got("latest_first"), both(800, 200));
        assert_eq!(got("prorate"), both(818, 182));
        assert_eq!(got("reject_block"), vec![Share::Got(whole(900)), Share::Rejected]);
        assert_eq!(got("hold"), vec![Share::Got(whole(900)), Share::Held]);
        assert_eq!(got("reject_all"), vec![Share::Rejected, Share::Rejected]);
    }

    #[test]
    fn t23_only_the_block_that_no_longer_fits_is_rejected() {
        let asked = [whole(625_771), whole(1_500), whole(233_200)];
        let shares = fit(&asked, &whole(859_647), "reject_block");
        assert_eq!(shares, vec![Share::Got(whole(625_771)), Share::Got(whole(1_500)), Share::Rejected]);
    }

    #[test]
    fn a_fraction_left_over_goes_to_the_first_block_that_is_not_full() {
        let half = whole(1) / whole(2);
        let position = whole(10) + &half;
        assert_eq!(prorate(&[whole(7), whole(7)], &position), vec![whole(5) + half, whole(5)]);
    }
}
