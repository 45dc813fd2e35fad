//! Blocks and totals over a position, in the challenge list: what each way of cutting them alone would give
//! (NOM-2, STR-1).

use serde::Serialize;

use super::challenges::{Reversal, reversal};
use super::participants::Participants;
use crate::amount::Shares;
use crate::ascertain::PositionId;
use crate::determine::{Scenario, StreetCut};
use crate::meeting::Overvote;
use crate::tabulate::Tabulation;
use crate::text::{thousands, visible};

/// What a participant's papers come to over its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OverPosition {
    /// Which position.
    pub(super) position: PositionId,
    /// Whether totals are over, and not blocks.
    pub(super) is_totals: bool,
    /// What is asked for.
    pub(super) asked: Shares,
    /// What there is for it.
    pub(super) room: Shares,
}

/// Every participant whose blocks or totals come to more than its position, whatever the rule makes of them.
pub(super) fn over_position(tabulation: &Tabulation) -> Vec<OverPosition> {
    let determined = &tabulation.determined;
    let blocks = determined.overvotes.iter().map(|one| OverPosition {
        position: one.position,
        is_totals: false,
        asked: one.asked,
        room: one.room,
    });
    let is_over = |cut: StreetCut, reported: Shares, left: Shares| cut != StreetCut::Whole && reported > left;
    let totals = determined.street.iter().filter(|one| is_over(one.cut, one.reported, one.left));
    let totals = totals.map(|one| OverPosition {
        position: one.position,
        is_totals: true,
        asked: one.reported,
        room: one.left,
    });
    blocks.chain(totals).collect()
}

/// In a sentence: `the totals of participant P-1 (Bank) come to 1,100, 100 more than the 1,000 that it has for them`.
pub(super) fn told(tabulation: &Tabulation, participants: &Participants<'_>, over: &OverPosition) -> String {
    let shown = |shares: Shares| thousands(&shares.to_string());
    let rule = tabulation.loaded.meeting.rules.overvote.name();
    format!(
        "the {} of participant {} come to {}, {} more than the {} that it has for them; rule `{rule}`",
        if over.is_totals { "totals" } else { "blocks" },
        participants.told(tabulation.electorate.account(over.position)),
        shown(over.asked),
        shown(over.asked.saturating_sub(over.room)),
        shown(over.room),
    )
}

/// Blocks or totals over a position whose cutting can be challenged.
#[derive(Debug, Clone, Serialize)]
pub struct ChallengedTotals {
    /// The participant's account.
    pub account: String,
    /// `blocks` or `totals`.
    pub of: &'static str,
    /// The shares asked for.
    pub asked: Shares,
    /// The shares that there are for them.
    pub room: Shares,
    /// In a sentence.
    pub why: String,
    /// What each other way of cutting them would give.
    pub ways: Vec<OtherCut>,
}

/// Another way of cutting.
#[derive(Debug, Clone, Serialize)]
pub struct OtherCut {
    /// The value of `overvote`.
    pub overvote: &'static str,
    /// The items, by id, whose outcome it would change; nothing: it was not tried.
    pub would_change: Option<Vec<String>>,
    /// What would change, line by line.
    pub effects: Vec<String>,
}

/// Every participant over its position, with what each other way of cutting that one alone would give. `affordable`
/// counts may be tried; what was tried is taken from it.
pub(super) fn challenged(tabulation: &Tabulation, affordable: &mut usize) -> Vec<ChallengedTotals> {
    let participants = Participants::of(tabulation);
    let current = tabulation.loaded.meeting.rules.overvote;
    let of_participant = |over: OverPosition| {
        let account = tabulation.electorate.account(over.position);
        let others = Overvote::NAMES.iter().filter_map(|name| Overvote::from_name(name));
        let ways = others.filter(|other| *other != current).map(|other| {
            let is_tried = *affordable > 0;
            *affordable = affordable.saturating_sub(1);
            let tried = is_tried.then(|| {
                let as_held = Scenario::as_held(&tabulation.loaded, &tabulation.electorate, tabulation.as_of);
                reversal(tabulation, &Scenario { overvote_of: Some((account, other)), ..as_held })
            });
            let (would_change, effects) = match tried {
                Some(Reversal { would_change, effects, .. }) => (Some(would_change), effects),
                None => (None, Vec::new()),
            };
            OtherCut { overvote: other.name(), would_change, effects }
        });
        let ways = ways.collect();
        ChallengedTotals {
            account: visible(tabulation.loaded.accounts.text(account.0)).into_owned(),
            of: if over.is_totals { "totals" } else { "blocks" },
            asked: over.asked,
            room: over.room,
            why: told(tabulation, &participants, &over),
            ways,
        }
    };
    over_position(tabulation).into_iter().map(of_participant).collect()
}
