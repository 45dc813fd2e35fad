//! Warnings of papers: cards of accounts that nobody has, ballots that came after the vote, revocations that
//! revoke nothing, blank papers that displace marked ones, blocks and totals over their positions.

use std::collections::BTreeSet;

use super::participants::Participants;
use super::totals::{over_position, told};
use super::{Warning, sorted_numbers};
use crate::ballot::{Cell, MarkingId};
use crate::catalogue::WarningCode;
use crate::determine::{Cause, Disposition, Reason};
use crate::load::{CardId, Manner, Revocation};
use crate::meeting::AttendanceRevokes;
use crate::parallel::parts;
use crate::tabulate::Tabulation;
use crate::text::{counted, visible};

/// The most cards or rows named in a warning.
const NAMED_MAX: usize = 5;

/// Adds what is to be told of papers.
pub(super) fn warn(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let told = [
        unknown_accounts(tabulation),
        ballots_after_vote(tabulation),
        revocations_without_effect(tabulation),
        blanks_displace_marks(tabulation),
        undated_rows(tabulation),
        counted_by_ruling(tabulation),
        rulings_without_effect(tabulation),
    ];
    found.extend(told.into_iter().flatten());
    overvotes(tabulation, found);
}

fn warning(code: WarningCode, says: String) -> Warning {
    Warning { code, account: None, says }
}

/// The cards for which something is so, by number.
fn cards_that(tabulation: &Tabulation, is_so: impl Fn(CardId) -> bool + Sync) -> Vec<CardId> {
    let found = parts(tabulation.loaded.threads, tabulation.loaded.cards.count(), |range| {
        let ids = range.map(|place| CardId(u32::try_from(place).unwrap_or(u32::MAX)));
        ids.filter(|id| is_so(*id)).collect::<Vec<CardId>>()
    });
    found.into_iter().flatten().collect()
}

/// The first of some cards by number: `C-1, C-2 and 3 more`.
fn named(tabulation: &Tabulation, ids: &[CardId]) -> String {
    let numbers = sorted_numbers(tabulation, ids);
    let first: Vec<String> =
        numbers.iter().take(NAMED_MAX).map(|number| visible(number).into_owned()).collect();
    match numbers.len().saturating_sub(NAMED_MAX) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// VAL-1: a card of an account that nobody has may bear a slip of the pen.
fn unknown_accounts(tabulation: &Tabulation) -> Option<Warning> {
    if !tabulation.determined.sums.has(|_, reason| reason == Reason::UnknownAccount) {
        return None;
    }
    let determinations = &tabulation.determined.determinations;
    let ids = cards_that(tabulation, |id| determinations.get(id).reason == Reason::UnknownAccount);
    let name = |id: &CardId| {
        let account = tabulation.loaded.cards.account(*id);
        visible(tabulation.loaded.accounts.text(account.0)).into_owned()
    };
    let accounts: BTreeSet<String> = ids.iter().map(name).collect();
    let listed: Vec<&str> = accounts.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = accounts.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(warning(
        WarningCode::UnknownAccounts,
        format!(
            "{} of accounts that are neither on the register nor in omnibus.csv ({}): accounts {}{more}",
            counted(ids.len() as u64, "card"),
            named(tabulation, &ids),
            listed.join(", "),
        ),
    ))
}

/// VOT-1: a holder who votes in person after the proxy holders did will ask why the ballot does not count.
fn ballots_after_vote(tabulation: &Tabulation) -> Option<Warning> {
    if !tabulation.determined.sums.has(|_, reason| reason == Reason::AfterVote) {
        return None;
    }
    let ids = cards_that(tabulation, |id| {
        tabulation.determined.determinations.get(id).reason == Reason::AfterVote
            && tabulation.loaded.cards.get(id).is_ballot()
    });
    (!ids.is_empty()).then(|| {
        let count = counted(ids.len() as u64, "ballot");
        let listed = named(tabulation, &ids);
        warning(
            WarningCode::BallotAfterVote,
            format!(
                "{count} came after the proxy holders had voted the shares, and fail against the voted proxies \
                 (VOT-1): {listed}"
            ),
        )
    })
}

/// VAL-8, VAL-9, VAL-12: a revocation that revokes nothing is told, as its holder thinks that it does.
fn revocations_without_effect(tabulation: &Tabulation) -> Option<Warning> {
    let loaded = &tabulation.loaded;
    let is_there = |row: &Revocation| !tabulation.as_of.is_some_and(|at| row.received.is_after_close(&at));
    let rows: Vec<&Revocation> = loaded.revocations.iter().filter(|row| is_there(row)).collect();
    if rows.is_empty() {
        return None;
    }
    let revoked: BTreeSet<u32> = cards_that(tabulation, |id| {
        tabulation.determined.determinations.get(id).disposition == Disposition::Revoked
    })
    .into_iter()
    .map(|id| loaded.cards.account(id).0)
    .collect();
    let presence_counts = loaded.meeting.rules.attendance_revokes == AttendanceRevokes::OnRequest;
    let is_idle = |row: &&&Revocation| match row.manner {
        // A request on which a holder without a proxy is present has that effect.
        Manner::AtMeeting => !presence_counts,
        Manner::Written | Manner::Death => !revoked.contains(&row.account.0),
    };
    let idle: Vec<String> = rows
        .iter()
        .filter(is_idle)
        .map(|row| format!("line {} ({})", row.line, visible(loaded.accounts.text(row.account.0))))
        .collect();
    (!idle.is_empty()).then(|| {
        let more = idle.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let count = counted(idle.len() as u64, "row");
        let listed = idle.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        warning(
            WarningCode::RevocationWithoutEffect,
            format!("{count} of the revocations without effect on any proxy: {listed}{more}"),
        )
    })
}

/// ORD-5: a later paper takes the shares even where it is blank on what the earlier one marked.
fn blanks_displace_marks(tabulation: &Tabulation) -> Option<Warning> {
    let is_taken = |reason: Reason| matches!(reason, Reason::LaterProxy | Reason::Ballot);
    if !tabulation.determined.sums.has(|_, reason| is_taken(reason)) {
        return None;
    }
    let ids = cards_that(tabulation, |id| {
        let determination = tabulation.determined.determinations.get(id);
        match determination.cause {
            Some(Cause::Card(taker)) if is_taken(determination.reason) => {
                is_blank_where_marked(tabulation, id, taker)
            }
            Some(Cause::Card(_) | Cause::Revocation(_) | Cause::Ruling(_)) | None => false,
        }
    });
    (!ids.is_empty()).then(|| {
        let count = counted(ids.len() as u64, "card");
        let listed = named(tabulation, &ids);
        warning(
            WarningCode::BlankDisplacesMarks,
            format!(
                "{count} marked an item on which the later paper that took the shares is blank (ORD-5): {listed}"
            ),
        )
    })
}

/// Whether one card marks an item on which another, which speaks of it, says nothing at all.
fn is_blank_where_marked(tabulation: &Tabulation, earlier: CardId, later: CardId) -> bool {
    let cards = &tabulation.loaded.cards;
    let (earlier, taker) = (cards.get(earlier).marking, cards.get(later));
    let meeting = &tabulation.loaded.meeting;
    let speaks_of = |item: usize| {
        let scope = cards.scope(&taker);
        let is_named = scope.is_empty() || scope.iter().any(|of| usize::from(*of) == item);
        // SCP-1: on an item whose polls had closed it is as if it had not come.
        let is_open =
            !meeting.items[item].polls_close.is_some_and(|close| taker.received.is_after_close(&close));
        is_named && is_open
    };
    let items_of = |marking: MarkingId| {
        let columns = cards.layout.columns.iter().zip(cards.markings.cells(marking));
        columns.filter(|(_, cell)| **cell != Cell::Blank).map(|(column, _)| column.item)
    };
    let later: BTreeSet<usize> = items_of(taker.marking).collect();
    items_of(earlier).any(|item| speaks_of(item) && !later.contains(&item))
}

/// Rows without a time cannot be told to have come by one.
fn undated_rows(tabulation: &Tabulation) -> Option<Warning> {
    tabulation.as_of?;
    let count = tabulation.loaded.street.iter().filter(|row| row.received.is_none()).count();
    (count > 0).then(|| {
        let rows = counted(count as u64, "row");
        warning(
            WarningCode::UndatedRowsAsOf,
            format!("{rows} of the street totals have no `received` and are counted whatever the time"),
        )
    })
}

/// NOM-2, STR-1: blocks and totals over the position, whatever the rule makes of them.
fn overvotes(tabulation: &Tabulation, found: &mut Vec<Warning>) {
    let participants = Participants::of(tabulation);
    for over in over_position(tabulation) {
        let account = tabulation.electorate.account(over.position);
        let account = visible(tabulation.loaded.accounts.text(account.0)).into_owned();
        let says = told(tabulation, &participants, &over);
        found.push(Warning { code: WarningCode::Overvote, account: Some(account), says });
    }
}

/// RUL-2, RUL-6: cards that stand by a ruling alone; what is held waits for one and is not among them.
fn counted_by_ruling(tabulation: &Tabulation) -> Option<Warning> {
    let determinations = &tabulation.determined.determinations;
    let stands = |id: CardId| {
        matches!(determinations.get(id).disposition, Disposition::Counted | Disposition::CountedInPart)
    };
    let without = tabulation.without_rulings.cards.iter();
    let cards: Vec<(CardId, Reason)> = without
        .filter(|(_, before)| {
            let fell = before.determination.disposition;
            matches!(fell, Disposition::Rejected | Disposition::Revoked | Disposition::Superseded)
        })
        .filter(|(id, _)| stands(**id) && tabulation.ruled_count(**id).is_some())
        .map(|(id, before)| (*id, before.determination.reason))
        .collect();
    let mut named: Vec<(&str, Reason)> =
        cards.iter().map(|(id, reason)| (tabulation.loaded.cards.number(*id), *reason)).collect();
    named.sort_unstable();
    let first: Vec<String> = named
        .iter()
        .take(NAMED_MAX)
        .map(|(number, reason)| format!("{} ({})", visible(number), reason.name().replace('_', " ")))
        .collect();
    let more = named.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| {
        let count = counted(named.len() as u64, "card");
        let verb = if named.len() == 1 { "stands" } else { "stand" };
        let says = format!("{count} {verb} by the inspector's ruling alone: {}{more}", first.join(", "));
        warning(WarningCode::CountedByRuling, says)
    })
}

/// A ruling that makes no difference is probably on the wrong card.
fn rulings_without_effect(tabulation: &Tabulation) -> Option<Warning> {
    let idle = &tabulation.without_rulings.idle;
    let loaded = &tabulation.loaded;
    let listed: Vec<String> = idle
        .iter()
        .take(NAMED_MAX)
        .map(|place| {
            let ruling = &loaded.rulings[*place];
            let on = ruling.card().map(|card| format!(" (card {})", visible(loaded.cards.number(card))));
            format!("line {}{}", ruling.line, on.unwrap_or_default())
        })
        .collect();
    let more = idle.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!idle.is_empty()).then(|| {
        let (count, verb) =
            (counted(idle.len() as u64, "ruling"), if idle.len() == 1 { "changes" } else { "change" });
        let says = format!("{count} {verb} nothing: {}{more}", listed.join(", "));
        warning(WarningCode::RulingWithoutEffect, says)
    })
}
