//! Determine: the tests of single cards. Each looks at one card by itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::count::positions::Ledger;
use crate::files::{Card, Folder, Revocation};
use crate::times::{is_after, months_later};

/// What tests 1 to 7 say of a card.
pub struct Standing {
    /// `rejected` or `revoked`, with the reason: the card is out.
    pub out: Option<(&'static str, &'static str)>,
    /// The reason for which the card is held.
    pub hold: Option<&'static str>,
    /// The date that counts; none for an undated card.
    pub dated: Option<Date>,
    pub ruled_count: bool,
    /// Items that a ruling took away.
    pub ruled_out: BTreeSet<String>,
}

pub fn examine(card: &Card, folder: &Folder, ledger: &Ledger) -> Standing {
    let rulings = || folder.rulings.iter().filter(|ruling| ruling.card == card.number);
    let ruled_count = rulings().any(|ruling| ruling.count && ruling.item.is_none());
    let ruled_reject = rulings().any(|ruling| !ruling.count && ruling.item.is_none());
    let dated = effective_date(card);
    let starred = |reason: Option<&'static str>| if ruled_count { None } else { reason };
    let rejected = [
        ruled_reject.then_some("ruled_out"),
        unentitled(card, folder, ledger),
        starred(signature_rejection(card, folder)),
        starred(late(card, folder)),
        starred(expired(card, dated, folder)),
    ];
    let holds = [starred(signature_hold(card, folder)), starred(post_dated(card, folder))];
    let mut out = rejected.into_iter().flatten().next().map(|reason| ("rejected", reason));
    if out.is_none() && !card.ballot {
        out = revoked(card, dated, folder).map(|reason| ("revoked", reason));
    }
    Standing {
        out,
        hold: holds.into_iter().flatten().next(),
        dated,
        ruled_count,
        ruled_out: rulings().filter_map(|ruling| ruling.item.clone()).collect(),
    }
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
    if ledger.account(&card.account).is_none() {
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

/// "5. ★ `post_dated`: dated after the meeting → held".
fn post_dated(card: &Card, folder: &Folder) -> Option<&'static str> {
    let written = if card.electronic { Some(card.received.date) } else { card.dated };
    (!card.ballot && written? > folder.meeting.date).then_some("post_dated")
}

/// "6. ★ `expired`: the meeting (the earliest of `adjourned_from`, if any) is later than its date plus
/// `proxy_valid_months` → rejected; an undated one does not expire."
fn expired(card: &Card, dated: Option<Date>, folder: &Folder) -> Option<&'static str> {
    let meeting = folder.meeting.adjourned_from.iter().min().unwrap_or(&folder.meeting.date);
    let last_day = months_later(dated?, folder.meeting.rules.proxy_valid_months);
    (!card.ballot && *meeting > last_day).then_some("expired")
}

/// "7. Revocation."
fn revoked(card: &Card, dated: Option<Date>, folder: &Folder) -> Option<&'static str> {
    let of_this = |r: &&Revocation| {
        r.account == card.account && (r.signer.is_empty() || r.signer == card.signer) && in_time(r, folder)
    };
    let revocations: Vec<&Revocation> = folder.revocations.iter().filter(of_this).collect();
    if revocations.iter().any(|r| !r.at_meeting && !is_later(card, dated, r)) {
        return Some("written");
    }
    let on_request = folder.meeting.rules.attendance_revokes == "on_request";
    (on_request && revocations.iter().any(|r| r.at_meeting)).then_some("at_meeting")
}

/// "a revocation received after the polls closed does nothing"
fn in_time(revocation: &Revocation, folder: &Folder) -> bool {
    folder.close().is_none_or(|close| !is_after(&revocation.received, close))
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
