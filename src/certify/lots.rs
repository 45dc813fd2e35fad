//! ELE-9: lots that broke ties, told on the certificate that was tied without them.
//!
//! The engine knows of no lot: margins, prospects and challenges speak of the votes, in which a tie is an outcome.

use serde::Serialize;

use super::{Certificate, InputFigures, ItemFigures, without_lots};
use crate::amount::Votes;
use crate::audit::Warning;
use crate::audit::ledger;
use crate::catalogue::WarningCode;
use crate::decide::{Decision, ElectionDecision, Outcome};
use crate::load::{Lot, Method, Role};
use crate::meeting::Election;
use crate::tabulate::{SECOND_COUNT_CARDS_MAX, Tabulation};
use crate::text::visible;

/// What breaks a tie.
#[derive(Debug, Clone, Serialize)]
pub struct TieFigures {
    /// `lot`.
    pub by: &'static str,
    /// Where that is provided.
    pub source: String,
}

/// A lot that broke a tie.
#[derive(Debug, Clone, Serialize)]
pub struct LotFigures {
    /// Its line in lots.csv.
    pub line: u64,
    /// Where it is provided that a lot breaks a tie.
    pub source: String,
    /// How many seats the tied were drawn for.
    pub seats: usize,
    /// Every tied nominee, by id, in the order drawn.
    pub order: Vec<String>,
    /// The first of them, who are elected, by id.
    pub elected: Vec<String>,
    /// How it was drawn: `dice`, or the words of who recorded it.
    pub method: String,
    /// The digits rolled, where the order follows from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// The fingerprint of the certificate that is tied without the lot: 64 hexadecimal digits.
    pub fingerprint: String,
    /// Whether the record itself states that fingerprint.
    pub bound: bool,
    /// When it was drawn.
    pub at: String,
    /// Who drew it.
    pub by: String,
    /// Who watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<String>,
}

/// The certificate without any lot, and its fingerprint, on which lots are drawn: 64 hexadecimal digits.
#[must_use]
pub fn before_lots(tabulation: &Tabulation) -> (Certificate, String) {
    let mut certificate = without_lots(tabulation, None);
    let fingerprint = fingerprint_of(&mut certificate, tabulation);
    (certificate, fingerprint)
}

/// The fingerprint of the certificate.json that `tabulate --out` writes where no lot is recorded. The ledger is in it, and
/// neither receipts nor how often the totals were counted.
fn fingerprint_of(certificate: &mut Certificate, tabulation: &Tabulation) -> String {
    let (ledger, second_count) = (certificate.ledger.clone(), certificate.second_count);
    // Nothing is written that could fail.
    let digest = ledger::write(tabulation, std::io::sink()).map(|digest| digest.sha256).ok();
    certificate.ledger.sha256 = digest;
    certificate.ledger.receipts = None;
    let is_small = tabulation.loaded.cards.count() <= SECOND_COUNT_CARDS_MAX;
    certificate.second_count = if is_small { "agrees" } else { "not_made" };
    let found = certificate.fingerprint().map(|found| found.to_string().replace(' ', "")).unwrap_or_default();
    (certificate.ledger, certificate.second_count) = (ledger, second_count);
    found
}

/// Breaks the ties of a certificate by the lots that were drawn on it, and tells of those that were not.
pub(super) fn settle(certificate: &mut Certificate, tabulation: &Tabulation) {
    let loaded = &tabulation.loaded;
    if !loaded.inputs.iter().any(|input| input.role == Role::Lots) {
        return;
    }
    let is_final = certificate.open_matters.is_empty();
    let fingerprint = fingerprint_of(certificate, tabulation);
    let inputs = loaded.inputs.iter().filter(|input| input.role == Role::Lots);
    certificate.inputs.extend(inputs.map(InputFigures::of));
    for lot in &loaded.lots {
        let told = match tied(tabulation, lot) {
            Err(why) => Some((WarningCode::LotNotUsed, why)),
            Ok(_) if !is_final => {
                Some((WarningCode::LotNotUsed, "while a matter is open the tie may still change".to_owned()))
            }
            Ok(_) if lot.fingerprint.as_ref().is_some_and(|of| *of != fingerprint) => {
                Some((WarningCode::LotNotUsed, of_another_count(lot, &fingerprint)))
            }
            Ok((election, source, result)) => {
                let figures = record(tabulation, lot, (election, source, result), &fingerprint);
                elect(&mut certificate.items[lot.item], figures);
                lot.fingerprint.is_none().then(|| (WarningCode::LotNotBound, unbound(&fingerprint)))
            }
        };
        if let Some((code, why)) = told {
            let item = visible(&loaded.meeting.items[lot.item].id);
            let used = if code == WarningCode::LotNotUsed { " is not used" } else { "" };
            let says =
                format!("{}: the lot on item {item}{used}: {why}", visible(&loaded.at(lot.file, lot.line)));
            certificate.warnings.push(Warning { code, account: None, says });
        }
    }
}

/// The tie that a lot is of; or why there is none for it.
fn tied<'a>(
    tabulation: &'a Tabulation,
    lot: &Lot,
) -> Result<(&'a Election, &'a str, &'a ElectionDecision), String> {
    let item = &tabulation.loaded.meeting.items[lot.item];
    let decided = &tabulation.decided.items[lot.item];
    let (Some(election), Decision::Election(result)) = (item.election(), &decided.decision) else {
        return Err("it elects nobody".to_owned());
    };
    let Some(source) = election.tie_by_lot.as_deref() else {
        return Err("meeting.json has no `tie` on it, and a tie stays a tie".to_owned());
    };
    if decided.outcome != Outcome::Tied {
        return Err("nobody is tied on it in this count".to_owned());
    }
    Ok((election, source, result))
}

fn of_another_count(lot: &Lot, fingerprint: &str) -> String {
    let start = |digits: &str| digits.get(..16).unwrap_or_default().to_owned();
    let theirs = lot.fingerprint.as_deref().unwrap_or_default();
    format!(
        "it was drawn on the count with the fingerprint {}…, and this one has {}…: it has to be drawn again",
        start(theirs),
        start(fingerprint)
    )
}

fn unbound(fingerprint: &str) -> String {
    format!("it does not say on which count it was drawn; this one has the fingerprint {fingerprint}")
}

fn record(
    tabulation: &Tabulation,
    lot: &Lot,
    (election, source, result): (&Election, &str, &ElectionDecision),
    fingerprint: &str,
) -> LotFigures {
    let id = |place: &usize| election.nominees[*place].id.clone();
    let seats = (election.seats as usize).saturating_sub(result.elected.len());
    let (method, digits) = match &lot.method {
        Method::Dice(digits) => ("dice".to_owned(), Some(digits.clone())),
        Method::Physical(words) => (words.clone(), None),
    };
    LotFigures {
        line: lot.line,
        source: source.to_owned(),
        seats,
        order: lot.order.iter().map(id).collect(),
        elected: lot.order.iter().take(seats).map(id).collect(),
        method,
        digits,
        fingerprint: fingerprint.to_owned(),
        bound: lot.fingerprint.is_some(),
        at: lot.at.in_zone(&tabulation.loaded.meeting.zone),
        by: lot.by.clone(),
        witnesses: Some(lot.witnesses.clone()).filter(|witnesses| !witnesses.is_empty()),
    }
}

/// Those drawn first have the seats; nobody is tied any more.
fn elect(item: &mut ItemFigures, lot: LotFigures) {
    item.tied = Some(Vec::new());
    item.elected.get_or_insert_default().extend(lot.elected.iter().cloned());
    item.outcome = Outcome::Elected.name();
    let nominees = item.nominees.as_deref_mut().unwrap_or_default();
    for nominee in nominees.iter_mut() {
        nominee.by_lot = lot.elected.contains(&nominee.id);
        nominee.elected |= nominee.by_lot;
    }
    // Where votes alone elect, how far each is from the other side of the line that is now drawn.
    let is_by_votes = nominees.iter().all(|nominee| nominee.tests.is_empty());
    let can_serve = |nominee: &&super::NomineeFigures| !nominee.unable_to_serve;
    let votes_of = |is_elected: bool| -> Vec<Votes> {
        let of = nominees.iter().filter(can_serve).filter(|nominee| nominee.elected == is_elected);
        of.map(|nominee| nominee.lines.votes_for).collect()
    };
    let best_other = votes_of(false).into_iter().max().filter(|_| is_by_votes);
    let last_elected = votes_of(true).into_iter().min().filter(|_| is_by_votes);
    for nominee in nominees.iter_mut() {
        let votes_for = nominee.lines.votes_for;
        nominee.ahead_by =
            best_other.filter(|_| nominee.elected).map(|other| votes_for.saturating_sub(other));
        nominee.behind_by = last_elected
            .filter(|_| !nominee.elected && !nominee.unable_to_serve)
            .map(|last| last.saturating_sub(votes_for));
    }
    item.lot = Some(lot);
}
