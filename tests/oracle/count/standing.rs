//! Determine: the tests of single cards. Each looks at one card by itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::count::dispositions::Disposition;
use crate::count::positions::Ledger;
use crate::files::{Card, Folder, Revocation};
use crate::times::{Moment, is_after, months_later};

/// What tests 1 to 7 say of a card.
pub struct Standing {
    /// `rejected` or `revoked`, with the reason: the card is out.
    pub out: Option<(&'static str, &'static str)>,
    /// The reason for which the card is held.
    pub hold: Option<&'static str>,
    /// The date that counts; none for an undated card.
    pub dated: Option<Date>,
    pub ruled_count: bool,
    /// "stands before all others"
    pub first: bool,
}

pub fn examine(card: &Card, folder: &Folder, ledger: &Ledger) -> Standing {
    examine_at(card, folder, ledger, None)
}

/// "A card that without the ruling would be `revoked` or `superseded` stands before all others; one that would be rejected
/// or held only has the ★ tests, `after_vote` and `contradiction` waived and keeps its place". These are the former; every
/// card that is ruled to count has its tests waived already, and one that fails them is none of them.
pub fn ruled_first(folder: &Folder, ledger: &Ledger, dispositions: &[Disposition]) -> BTreeSet<String> {
    // A ruling on a form says of no card of it that it goes before another of it.
    let by_its_like = |card: &Card, disposition: &Disposition| {
        disposition.what == "superseded"
            && disposition.cause.is_some_and(|cause| {
                let cause = &folder.cards[cause];
                cause.verdict == Some(true)
                    && card.verdict_of_form
                    && cause.verdict_of_form
                    && cause.form == card.form
            })
    };
    let is_first = |(card, disposition): &(&Card, &Disposition)| {
        let is_ruled = card.verdict == Some(true);
        let dated = effective_date(card);
        let fails = [signature_rejection(card, folder), late(card, folder), expired(card, dated, folder)];
        is_ruled
            && unentitled(card, folder, ledger).is_none()
            && fails.iter().all(Option::is_none)
            && matches!(disposition.what, "revoked" | "superseded")
            && !by_its_like(card, disposition)
    };
    let all = folder.cards.iter().zip(dispositions);
    all.filter(is_first).map(|(card, _)| card.number.clone()).collect()
}

/// The same when only the revocations received by some time are known.
pub fn examine_at(card: &Card, folder: &Folder, ledger: &Ledger, at: Option<&Moment>) -> Standing {
    let ruled_count = card.verdict == Some(true);
    let ruled_reject = card.verdict == Some(false);
    let dated = effective_date(card);
    let first = folder.first.contains(&card.number);
    let starred = |reason: Option<&'static str>| if ruled_count { None } else { reason };
    let rejected = [
        ruled_reject.then_some("ruled_out"),
        unentitled(card, folder, ledger),
        starred(signature_rejection(card, folder)),
        not_yet_received(card, folder),
        starred(late(card, folder)),
        starred(expired(card, dated, folder)),
    ];
    let holds = [
        starred(signature_hold(card, folder)),
        starred(after_vote(card, folder)),
        starred(post_dated(card, folder)),
        starred(contradiction(card, folder, ledger)),
        starred(part_of_joint(card, folder, ledger)),
    ];
    let mut out = rejected.into_iter().flatten().next().map(|reason| ("rejected", reason));
    if out.is_none() && !card.ballot && !first {
        out = revoked(card, dated, folder, at).map(|reason| ("revoked", reason));
    }
    Standing { out, hold: holds.into_iter().flatten().next(), dated, ruled_count, first }
}

/// "dated after it was received → treated as dated when received". "Telephone and internet …: their `dated` is their
/// `received`." A ballot's `dated` is ignored.
fn effective_date(card: &Card) -> Option<Date> {
    if card.ballot {
        return None;
    }
    if card.electronic {
        return Some(card.received.date);
    }
    card.dated.map(|dated| dated.min(card.received.date))
}

/// "2. `unknown_account`: neither on the register nor in omnibus.csv at the record date → rejected.
/// `no_voting_shares`: the position is zero or not voting → rejected."
fn unentitled(card: &Card, folder: &Folder, ledger: &Ledger) -> Option<&'static str> {
    if ledger.account(&card.account).is_none() && !folder.in_omnibus.contains(&card.account) {
        return Some("unknown_account");
    }
    let covered = |class: &str| card.class.as_deref().is_none_or(|only| only == class);
    let positions = ledger.positions_of(&card.account, folder);
    let may_vote = positions.iter().any(|p| covered(&p.class) && p.votable() > crate::amounts::zero());
    (!may_vote).then_some("no_voting_shares")
}

/// "3. ★ `unsigned` → rejected; not present. ★ `signature_mismatch` by its rule." "Telephone and internet need no
/// signature"; "a blank `signed` on a ballot means signed".
fn signature_rejection(card: &Card, folder: &Folder) -> Option<&'static str> {
    if card.electronic {
        return None;
    }
    match (card.signed.as_str(), folder.meeting.rules.signature_mismatch.as_str()) {
        ("no", _) => Some("unsigned"),
        ("mismatch", "reject") => Some("signature_mismatch"),
        _ => None,
    }
}

fn signature_hold(card: &Card, folder: &Folder) -> Option<&'static str> {
    let mismatch = !card.electronic && card.signed == "mismatch";
    (mismatch && folder.meeting.rules.signature_mismatch == "hold").then_some("signature_mismatch")
}

/// "4. ★ `late`: received after the polls closed (after `--as-of`) → rejected. A ballot too."
fn late(card: &Card, folder: &Folder) -> Option<&'static str> {
    let close = folder.close()?;
    is_after(&card.received, close).then_some("late")
}

/// "Under `--as-of` what has not come yet is `not_yet_received`, not late"; "a ruling never makes a card count before it
/// came".
fn not_yet_received(card: &Card, folder: &Folder) -> Option<&'static str> {
    is_after(&card.received, folder.as_of.as_ref()?).then_some("not_yet_received")
}

/// "5. ★ `post_dated`: dated after the meeting → held".
fn post_dated(card: &Card, folder: &Folder) -> Option<&'static str> {
    let written = if card.electronic { Some(card.received.date) } else { card.dated };
    (!card.ballot && written? > folder.meeting.date).then_some("post_dated")
}

/// "6. ★ `expired`: the meeting (the earliest of `adjourned_from`, if any) is later than its date plus
/// `proxy_valid_months` → rejected; an undated one does not expire."
fn expired(card: &Card, dated: Option<Date>, folder: &Folder) -> Option<&'static str> {
    let meeting = folder.meeting.adjourned_from.iter().min().unwrap_or(&folder.meeting.date);
    // "`valid_until` (a date in the proxy, instead of the statute's months). An undated proxy's term runs from its
    // receipt under every law." "`valid_until` is good on that day, compared with the earliest session."
    let last_day = match card.valid_until {
        Some(until) => until,
        None => months_later(dated.unwrap_or(card.received.date), folder.meeting.rules.proxy_valid_months),
    };
    (!card.ballot && *meeting > last_day).then_some("expired")
}

/// "Held `contradiction` (after tests 2 to 7): a ballot with a form, a signer whom the register does not name, `shares`
/// without `class` over several, `valid_until` before `dated`." A signer on an account that nobody holds jointly is not
/// read.
fn contradiction(card: &Card, folder: &Folder, ledger: &Ledger) -> Option<&'static str> {
    let positions = ledger.positions_of(&card.account, folder);
    let named: Vec<&String> = positions.iter().flat_map(|p| p.holders.iter().map(|(name, _)| name)).collect();
    let of_joint = positions.iter().any(|p| p.joint);
    let stranger = of_joint && !card.signer.is_empty() && !named.is_empty() && !named.contains(&&card.signer);
    let which_class = card.shares.is_some() && card.class.is_none() && positions.len() > 1;
    // "Telephone and internet …: their `dated` is their `received`."
    let dated = if card.electronic { Some(card.received.date) } else { card.dated };
    let ends_early =
        !card.ballot && card.valid_until.is_some_and(|until| dated.is_some_and(|dated| until < dated));
    (card.contradicts || stranger || which_class || ends_early).then_some("contradiction")
}

/// "`shares` on a joint holder's card under `statute` is held `part_of_joint`"; "also under `unanimous`".
fn part_of_joint(card: &Card, folder: &Folder, ledger: &Ledger) -> Option<&'static str> {
    let together = matches!(folder.meeting.rules.joint_holders.as_str(), "statute" | "unanimous");
    let speaks_for = |class: &str| card.class.as_deref().is_none_or(|only| only == class);
    let positions = ledger.positions_of(&card.account, folder);
    let joint = positions.iter().any(|p| p.joint && !p.nominee && speaks_for(&p.class));
    (together && joint && card.shares.is_some()).then_some("part_of_joint")
}

/// The `ballot_cast` of a form where it binds: "Under `voted`"; "A ballot not cast, not counting, or later than `--as-of`
/// locks nothing."
pub fn vote_of<'a>(form: &str, folder: &'a Folder) -> Option<&'a Moment> {
    if folder.meeting.rules.revocable_until != "voted" {
        return None;
    }
    let form = folder.meeting.form(form).filter(|form| form.ballot_cast)?;
    let cast = form.cast.as_ref()?;
    folder.close().is_none_or(|close| !is_after(cast, close)).then_some(cast)
}

/// "a proxy received after its form's `ballot_cast` is held `after_vote`". "a date alone on the day of `ballot_cast` counts
/// as before it".
fn after_vote(card: &Card, folder: &Folder) -> Option<&'static str> {
    let vote = vote_of(&card.form, folder)?;
    (!card.ballot && is_after(&card.received, vote)).then_some("after_vote")
}

/// "7. Revocation."
fn revoked(card: &Card, dated: Option<Date>, folder: &Folder, at: Option<&Moment>) -> Option<&'static str> {
    let of_this = |r: &&Revocation| {
        r.account == card.account && (r.signer.is_empty() || r.signer == card.signer) && in_time(r, folder)
    };
    // "a revocation … received after the `ballot_cast` of the form whose card it would displace has no effect on that
    // card"
    let vote = vote_of(&card.form, folder);
    let heeded = |r: &&Revocation| {
        r.ruled_count
            || vote.is_none_or(|vote| !is_after(&r.received, vote))
                && at.is_none_or(|at| !is_after(&r.received, at))
    };
    // "no later proxy, ballot or revocation of the holder displaces it"; death "spares irrevocable … proxies".
    if card.irrevocable {
        return None;
    }
    let revocations: Vec<&Revocation> = folder.revocations.iter().filter(of_this).filter(heeded).collect();
    // "Death compares as `written` does". Of several the first received is named.
    let mut writings: Vec<&&Revocation> =
        revocations.iter().filter(|r| !r.at_meeting && !is_later(card, dated, r)).collect();
    writings.sort_by_key(|r| (r.received.instant, r.dated, r.death));
    if let Some(first) = writings.first() {
        return Some(if first.death { "death" } else { "written" });
    }
    let on_request = folder.meeting.rules.attendance_revokes == "on_request";
    (on_request && revocations.iter().any(|r| r.at_meeting)).then_some("at_meeting")
}

/// "a revocation received after the polls closed does nothing"
fn in_time(revocation: &Revocation, folder: &Folder) -> bool {
    let closed =
        folder.as_of.as_ref().or(folder.meeting.polls_close.as_ref().filter(|_| !revocation.ruled_count));
    closed.is_none_or(|close| !is_after(&revocation.received, close))
}

/// "(`dated`, `received`) of each compared, an undated one by the day it was received"
fn is_later(card: &Card, dated: Option<Date>, revocation: &Revocation) -> bool {
    let of_card: (Date, Timestamp) = (dated.unwrap_or(card.received.date), card.received.instant);
    let of_revocation = (revocation.dated.unwrap_or(revocation.received.date), revocation.received.instant);
    of_card > of_revocation
}

/// "the holder is always present in person"
pub fn present_in_person(account: &str, folder: &Folder) -> bool {
    folder.revocations.iter().any(|r| r.account == account && r.at_meeting && in_time(r, folder))
}
