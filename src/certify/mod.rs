//! Certify: the result as data, with its open matters and what it rests on.
//!
//! Receives a tabulation, hands on a [`Certificate`] from which every document is rendered. The JSON
//! names are those that users and their scripts bind to.

mod fewest;
mod fingerprint;
mod following;
mod interim;
mod items;
mod lots;
mod needed;
mod open;
mod prospects;
mod provenance;
mod public;
mod reading;
mod reconciliation;
mod rules;
mod scan;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::amount::{Shares, Threshold, Votes};
use crate::audit::Warning;
use crate::audit::fared::{self, Fares};
use crate::audit::ledger::{LedgerDigest, ReceiptFigures};
use crate::audit::recount::recount;
use crate::audit::warnings::warnings;
use crate::decide::{HeadQuorum, Quorum};
use crate::determine::{Disposition, Largest, Note, claimed};
use crate::load::{Input, Role};
use crate::meeting::{DateStyle, Meeting, Mode, QuorumRule, QuorumTest};
use crate::tabulate::Tabulation;

pub use following::{FollowingFigures, FollowingNominee};
pub use interim::{InterimFigures, InterimItem, InterimNominee, PresenceFigures, StillNeeded};
pub use reading::{
    AsReadFigures, ColumnFigures, KeyedFigures, LayoutFigures, NotReadFigures, StatedFigures, WordFigures,
};
use scan::CertificateScan;

pub use fingerprint::Fingerprint;
pub use items::{
    AllocationFigures, ChoiceFigures, CumulativeFigures, GroupFigures, ItemFigures, LineFigures,
    MarginFigures, NomineeFigures, PolicyFigures, PolicyNominee, StandFigures, TestFigures, WhileFigures,
};
pub use lots::{LotFigures, TieFigures, before_lots};
pub use needed::NeededFigures;
pub use open::{Example, OpenMatter};
pub(crate) use provenance::figures as ruling_figures;
pub use provenance::{AllocationRule, RulingFigures, UnmarkedFigures};
pub(crate) use public::AN_ACCOUNT;
pub use reconciliation::NodeFigures;

/// The format of a certificate and its version.
pub const SCHEMA: &str = "quorate/certificate/2";

/// Whether a JSON value is a certificate: of this format, or of the one before it, which is still read.
#[must_use]
pub fn is_certificate(value: &serde_json::Value) -> bool {
    value["schema"] == SCHEMA || value["schema"] == "quorate/certificate/1"
}

/// The most cards whose story the certificate tells; the others stand in ledger.csv.
pub const STORIES_MAX: usize = Largest::MOST;

/// The certified result of a meeting.
#[derive(Debug, Clone, Serialize)]
pub struct Certificate {
    /// The format and its version.
    pub schema: &'static str,
    /// True where accounts, holders and cards are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// `certified`, or `preliminary` while a matter is open.
    pub status: &'static str,
    /// The matters that are open.
    pub open_matters: Vec<OpenMatter>,
    /// The meeting.
    pub meeting: MeetingFigures,
    /// The classes of shares.
    pub classes: Vec<ClassFigures>,
    /// The quorum.
    pub quorum: QuorumFigures,
    /// How far an unfinished count is, and what it still needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interim: Option<InterimFigures>,
    /// Each item.
    pub items: Vec<ItemFigures>,
    /// Cards by disposition.
    pub cards: CardFigures,
    /// Cards by disposition and reason.
    pub reasons: Vec<ReasonFigures>,
    /// The story of each card not plainly counted, the largest first, up to [`STORIES_MAX`].
    pub exceptions: Vec<ExceptionFigures>,
    /// What looks wrong, and changed nothing.
    pub warnings: Vec<Warning>,
    /// What else the reader should know.
    pub notes: Vec<String>,
    /// The omnibus tree and street totals against their positions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reconciliation: Vec<NodeFigures>,
    /// The inspector's rulings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rulings: Vec<RulingFigures>,
    /// The files.
    pub inputs: Vec<InputFigures>,
    /// The rules on cards and votes.
    pub rules: BTreeMap<&'static str, String>,
    /// Where each of them comes from, and whether the meeting set it against the law's preset.
    pub rule_sources: Vec<RuleSource>,
    /// The rules that took effect.
    pub rules_applied: Vec<RuleFigures>,
    /// What made this.
    pub program: ProgramFigures,
    /// The ledger of every card.
    pub ledger: LedgerFigures,
    /// Whether every total was counted a second time, vote by vote; it agrees, or there would be no
    /// certificate.
    pub second_count: &'static str,
}

/// The meeting, as the certificate heads it.
#[derive(Debug, Clone, Serialize)]
pub struct MeetingFigures {
    /// The corporation.
    pub company: String,
    /// What the meeting is called.
    pub title: String,
    /// Its day.
    pub date: String,
    /// Where it is held.
    pub place: Option<String>,
    /// The zone of its times.
    pub time_zone: String,
    /// The record date.
    pub record_date: String,
    /// When the polls opened.
    pub polls_open: Option<String>,
    /// When they closed.
    pub polls_close: Option<String>,
    /// When proxies were received last, where not with the polls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxies_close: Option<String>,
    /// As though they closed then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Earlier sessions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjourned_from: Vec<String>,
    /// Who signs.
    pub inspectors: Vec<String>,
    /// Who appointed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointed: Option<AppointmentFigures>,
    /// Whether their oath is printed above what they sign.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub oath: bool,
    /// How documents that a person reads write dates.
    pub dates: DateStyle,
    /// `test` where the meeting is a trial.
    pub mode: Mode,
    /// The forms of proxy.
    pub proxy_forms: Vec<FormFigures>,
}

/// Who appointed the inspectors.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentFigures {
    /// By whom.
    pub by: String,
    /// On which day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// A form of proxy.
#[derive(Debug, Clone, Serialize)]
pub struct FormFigures {
    /// Its id.
    pub id: String,
    /// Who holds the proxies.
    pub holders: Vec<String>,
    /// When their ballot was handed in.
    pub ballot_cast: Option<String>,
    /// Cards of it that stand.
    pub cards: u64,
    /// Per item, how a signed card that says nothing on it is voted; an item left out is not voted.
    pub unmarked: BTreeMap<String, UnmarkedFigures>,
    /// Per election with cumulative voting in force, how the proxy holders allocate their votes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cumulative_allocation: BTreeMap<String, AllocationRule>,
}

/// A class of shares.
#[derive(Debug, Clone, Serialize)]
pub struct ClassFigures {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Shares outstanding.
    pub shares_outstanding: Shares,
    /// Votes per share.
    pub votes_per_share: String,
    /// Votes outstanding.
    pub votes_outstanding: Votes,
    /// Votes present.
    pub votes_present: Votes,
    /// Of these, votes of holders in person: by ballot, or present without a card.
    pub votes_in_person: Votes,
    /// Of these, votes represented by proxy: by proxy cards and street totals.
    pub votes_by_proxy: Votes,
    /// Shares that a partial register lacks.
    pub shares_missing: Shares,
}

/// The quorum.
#[derive(Debug, Clone, Serialize)]
pub struct QuorumFigures {
    /// `more_than` or `at_least`.
    #[serde(flatten)]
    pub threshold: BTreeMap<&'static str, String>,
    /// Votes outstanding.
    pub outstanding: Votes,
    /// Votes required.
    pub required: Votes,
    /// Votes present.
    pub present: Votes,
    /// Of these, votes of holders in person: by ballot, or present without a card.
    pub in_person: Votes,
    /// Of these, votes represented by proxy: by proxy cards and street totals.
    pub by_proxy: Votes,
    /// Whether it was met.
    pub met: bool,
    /// What it asks of holders by head, with what it asks in votes; where it asks any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<QuorumTestFigures>,
    /// Votes present beyond the quorum.
    pub surplus: Votes,
    /// Votes that a quorum lacks.
    pub shortfall: Votes,
    /// Per class, where asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_class: Option<Vec<ClassQuorumFigures>>,
}

/// One test of a quorum that counts holders.
#[derive(Debug, Clone, Serialize)]
pub struct QuorumTestFigures {
    /// `more_than` or `at_least`; nothing where a number of holders is asked.
    #[serde(flatten)]
    pub threshold: BTreeMap<&'static str, String>,
    /// The number of holders asked, where no fraction is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least_holders: Option<u32>,
    /// `votes` or `holders`.
    pub counting: &'static str,
    /// Votes outstanding, or holders with votes.
    pub outstanding: Votes,
    /// The smallest whole number that meets it.
    pub required: Votes,
    /// Votes present, or holders with any share present.
    pub present: Votes,
    /// Whether it is met.
    pub met: bool,
}

/// The quorum of an item, or of one of its voting groups: of the votes outstanding and entitled on it.
#[derive(Debug, Clone, Serialize)]
pub struct ItemQuorumFigures {
    /// Votes outstanding.
    pub outstanding: Votes,
    /// Votes required.
    pub required: Votes,
    /// Votes present.
    pub present: Votes,
    /// Whether it was met, in its classes and voting groups too.
    pub met: bool,
    /// What it asks of holders by head, with what it asks in votes; where it asks any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<QuorumTestFigures>,
    /// Per class that votes on the item, where asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_class: Option<Vec<ClassQuorumFigures>>,
}

/// The quorum of a class.
#[derive(Debug, Clone, Serialize)]
pub struct ClassQuorumFigures {
    /// The class.
    pub class: String,
    /// Votes outstanding.
    pub outstanding: Votes,
    /// Votes required.
    pub required: Votes,
    /// Votes present.
    pub present: Votes,
    /// Whether it was met.
    pub met: bool,
}

/// Cards by disposition. Invariant: `read` is the sum of the others.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CardFigures {
    /// All.
    pub read: u64,
    /// Whole.
    pub counted: u64,
    /// In part.
    pub counted_in_part: u64,
    /// By newer cards.
    pub superseded: u64,
    /// By their holder.
    pub revoked: u64,
    /// No votes.
    pub rejected: u64,
    /// For the inspector.
    pub held: u64,
}

/// Cards of one disposition and reason.
#[derive(Debug, Clone, Serialize)]
pub struct ReasonFigures {
    /// What became of them.
    pub disposition: &'static str,
    /// Why.
    pub reason: &'static str,
    /// How many.
    pub cards: u64,
    /// The shares they claimed; nothing when they come to more than can be counted.
    pub shares_claimed: Option<Shares>,
}

/// A card that is not plainly counted.
#[derive(Debug, Clone, Serialize)]
pub struct ExceptionFigures {
    /// Its number.
    pub card: String,
    /// Whose.
    pub account: String,
    /// What became of it.
    pub disposition: &'static str,
    /// Why.
    pub reason: &'static str,
    /// The shares it claimed.
    pub shares_claimed: Shares,
    /// In a sentence.
    pub why: String,
    /// The same as papers tell it, with dates as the meeting writes them.
    #[serde(skip)]
    pub told: String,
}

/// A file.
#[derive(Debug, Clone, Serialize)]
pub struct InputFigures {
    /// What it is for.
    pub role: &'static str,
    /// As it was named.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The sum of the shares it states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// Its SHA-256.
    pub sha256: String,
    /// The layout that it was read through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutFigures>,
    /// What it is as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_read: Option<AsReadFigures>,
    /// The two keyings that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyed: Option<KeyedFigures>,
    /// Rows of it that later rows of it put right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_rows: Option<u64>,
    /// What `columns` of meeting.json makes of its headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnFigures>,
}

/// A rule that a meeting may set.
#[derive(Debug, Clone, Serialize)]
pub struct RuleSource {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Where it comes from.
    pub source: &'static str,
    /// Whether the meeting set something else than the law presets.
    pub is_set_by_meeting: bool,
}

/// A rule.
#[derive(Debug, Clone, Serialize)]
pub struct RuleFigures {
    /// Its id.
    pub id: &'static str,
    /// Its sentence.
    pub sentence: &'static str,
    /// Its source.
    pub source: &'static str,
}

/// The program.
#[derive(Debug, Clone, Serialize)]
pub struct ProgramFigures {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The ledger.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerFigures {
    /// Its rows.
    pub rows: u64,
    /// Its SHA-256; null where so large a ledger was not made.
    pub sha256: Option<String>,
    /// The tree of receipts over its rows, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts: Option<ReceiptFigures>,
}

/// Certifies a tabulation, with the digest of its ledger where that was made.
#[must_use]
pub fn certify(tabulation: &Tabulation, ledger: Option<LedgerDigest>) -> Certificate {
    let mut certificate = without_lots(tabulation, ledger);
    lots::settle(&mut certificate, tabulation);
    certificate
}

/// The certificate as it stands before any lot: what is tied is tied in it.
fn without_lots(tabulation: &Tabulation, ledger: Option<LedgerDigest>) -> Certificate {
    tabulation.loaded.progress.begin("certifying", 0);
    if tabulation.is_counted_twice() {
        recount(tabulation);
    }
    let open_matters = open::matters(tabulation);
    let scan = CertificateScan::of(tabulation);
    let cards = card_figures(tabulation);
    Certificate {
        schema: SCHEMA,
        public: false,
        status: if open_matters.is_empty() { "certified" } else { "preliminary" },
        open_matters,
        meeting: meeting_figures(tabulation, &scan),
        classes: class_figures(tabulation),
        quorum: quorum_figures(tabulation),
        interim: interim::interim(tabulation),
        items: items::figures(tabulation),
        cards,
        reasons: reason_figures(tabulation),
        exceptions: exception_figures(tabulation),
        warnings: warnings(tabulation),
        notes: remarks(tabulation, &scan),
        reconciliation: reconciliation::reconciliation(tabulation),
        rulings: provenance::rulings(tabulation),
        inputs: input_figures(tabulation),
        rules: tabulation.loaded.meeting.rules.entries().into_iter().collect(),
        rule_sources: rules::sources(&tabulation.loaded.meeting.rules),
        rules_applied: rules::applied(tabulation, &scan),
        program: ProgramFigures { name: "quorate", version: env!("CARGO_PKG_VERSION") },
        ledger: LedgerFigures {
            rows: tabulation.loaded.cards.count() as u64,
            receipts: ledger.as_ref().and_then(|ledger| ledger.receipts.clone()),
            sha256: ledger.map(|ledger| ledger.sha256),
        },
        second_count: if tabulation.is_counted_twice() { "agrees" } else { "not_made" },
    }
}

fn meeting_figures(tabulation: &Tabulation, scan: &CertificateScan) -> MeetingFigures {
    let meeting = &tabulation.loaded.meeting;
    let shown = |moment: crate::time::Moment| moment.in_zone(&meeting.zone);
    let form = |(form, cards): (&crate::meeting::ProxyForm, u64)| FormFigures {
        id: form.id.clone(),
        holders: form.holders.clone(),
        ballot_cast: form.ballot_cast.map(shown),
        cards,
        unmarked: provenance::unmarked(form, &meeting.items),
        cumulative_allocation: provenance::allocation(form, &meeting.items),
    };
    MeetingFigures {
        company: meeting.company.clone(),
        title: meeting.title.clone(),
        date: meeting.date.to_string(),
        place: meeting.place.clone(),
        time_zone: meeting.zone_name.clone(),
        record_date: meeting.record_date.to_string(),
        polls_open: meeting.polls_open.map(shown),
        polls_close: meeting.polls_close.map(shown),
        proxies_close: meeting.proxies_close.map(shown),
        as_of: tabulation.as_of.map(shown),
        adjourned_from: meeting.adjourned_from.iter().map(ToString::to_string).collect(),
        inspectors: meeting.inspectors.clone(),
        appointed: meeting.papers.appointed.as_ref().map(|appointed| AppointmentFigures {
            by: appointed.by.clone(),
            on: appointed.on.map(|day| day.to_string()),
        }),
        oath: meeting.papers.has_oath,
        dates: meeting.papers.dates,
        mode: meeting.papers.mode,
        proxy_forms: meeting.forms.iter().zip(scan.standing.iter().copied()).map(form).collect(),
    }
}

fn class_figures(tabulation: &Tabulation) -> Vec<ClassFigures> {
    let in_person = interim::in_person(tabulation);
    let present = tabulation.count.present.iter().copied().zip(in_person);
    let totals = tabulation.electorate.classes.iter().zip(present);
    tabulation
        .loaded
        .meeting
        .classes
        .iter()
        .zip(totals)
        .map(|(class, (totals, (present, in_person)))| ClassFigures {
            id: class.id.clone(),
            name: class.name.clone(),
            shares_outstanding: class.outstanding,
            votes_per_share: class.votes_per_share.to_string(),
            votes_outstanding: totals.votes,
            votes_present: present,
            votes_in_person: in_person,
            votes_by_proxy: present - in_person,
            shares_missing: totals.missing_shares,
        })
        .collect()
}

fn quorum_figures(tabulation: &Tabulation) -> QuorumFigures {
    let quorum = &tabulation.decided.quorum;
    let meeting = &tabulation.loaded.meeting;
    let rule = &meeting.quorum;
    let in_person: Votes = interim::in_person(tabulation).into_iter().sum();
    QuorumFigures {
        threshold: most_asked(rule, quorum).map(items::threshold).unwrap_or_default(),
        outstanding: quorum.outstanding,
        required: quorum.required,
        present: quorum.present,
        in_person,
        by_proxy: quorum.present - in_person,
        met: quorum.is_met,
        tests: quorum_tests(rule, quorum),
        surplus: quorum.present.saturating_sub(quorum.required),
        shortfall: quorum.required.saturating_sub(quorum.present),
        by_class: class_quorums(meeting, rule, quorum),
    }
}

/// The fraction of the votes that asks most of a quorum's.
fn most_asked<'a>(rule: &'a QuorumRule, quorum: &Quorum) -> Option<&'a Threshold> {
    let fractions = rule.tests.iter().filter_map(|test| match test {
        QuorumTest::Votes(threshold) => Some(threshold),
        QuorumTest::HolderFraction(_) | QuorumTest::Holders(_) => None,
    });
    fractions.max_by_key(|threshold| threshold.whole_votes_needed(quorum.outstanding))
}

/// Every test of a quorum, where it counts holders.
fn quorum_tests(rule: &QuorumRule, quorum: &Quorum) -> Vec<QuorumTestFigures> {
    if !rule.counts_holders() {
        return Vec::new();
    }
    let mut of_heads = quorum.heads.iter();
    let figures = |test: &QuorumTest| {
        let (threshold, at_least_holders) = match test {
            QuorumTest::Votes(threshold) | QuorumTest::HolderFraction(threshold) => {
                (items::threshold(threshold), None)
            }
            QuorumTest::Holders(count) => (BTreeMap::new(), Some(*count)),
        };
        if let QuorumTest::Votes(asked) = test {
            let required = asked.whole_votes_needed(quorum.outstanding).max(Votes::whole(1));
            return QuorumTestFigures {
                threshold,
                at_least_holders,
                counting: "votes",
                outstanding: quorum.outstanding,
                required,
                present: quorum.present,
                met: quorum.present >= required,
            };
        }
        let heads = of_heads.next();
        let number = |of: &dyn Fn(&HeadQuorum) -> u64| Votes::whole(heads.map_or(0, of));
        QuorumTestFigures {
            threshold,
            at_least_holders,
            counting: "holders",
            outstanding: number(&|heads| heads.outstanding),
            required: number(&|heads| heads.required),
            present: number(&|heads| heads.present),
            met: heads.is_some_and(|heads| heads.is_met),
        }
    };
    rule.tests.iter().map(figures).collect()
}

fn class_quorums(meeting: &Meeting, rule: &QuorumRule, quorum: &Quorum) -> Option<Vec<ClassQuorumFigures>> {
    let of_class = |(class, quorum): &(usize, Quorum)| ClassQuorumFigures {
        class: meeting.classes[*class].id.clone(),
        outstanding: quorum.outstanding,
        required: quorum.required,
        present: quorum.present,
        met: quorum.is_met,
    };
    rule.is_by_class.then(|| quorum.by_class.iter().map(of_class).collect())
}

/// The quorum of an item, or of one of its voting groups.
fn item_quorum(meeting: &Meeting, rule: &QuorumRule, quorum: &Quorum) -> ItemQuorumFigures {
    ItemQuorumFigures {
        outstanding: quorum.outstanding,
        required: quorum.required,
        present: quorum.present,
        met: quorum.is_met,
        tests: quorum_tests(rule, quorum),
        by_class: class_quorums(meeting, rule, quorum).filter(|classes| !classes.is_empty()),
    }
}

fn card_figures(tabulation: &Tabulation) -> CardFigures {
    let mut cards = CardFigures { read: tabulation.loaded.cards.count() as u64, ..CardFigures::default() };
    for ((disposition, _), count, _) in tabulation.determined.sums.iter() {
        *match disposition {
            Disposition::Counted => &mut cards.counted,
            Disposition::CountedInPart => &mut cards.counted_in_part,
            Disposition::Superseded => &mut cards.superseded,
            Disposition::Revoked => &mut cards.revoked,
            Disposition::Rejected => &mut cards.rejected,
            Disposition::Held => &mut cards.held,
        } += count;
    }
    // CON-1: cards read are the sum over dispositions.
    let sum = cards.counted
        + cards.counted_in_part
        + cards.superseded
        + cards.revoked
        + cards.rejected
        + cards.held;
    assert_eq!(cards.read, sum, "the dispositions do not add up to the cards read");
    cards
}

fn reason_figures(tabulation: &Tabulation) -> Vec<ReasonFigures> {
    let sums = tabulation.determined.sums.iter();
    sums.map(|((disposition, reason), cards, shares_claimed)| ReasonFigures {
        disposition: disposition.name(),
        reason: reason.name(),
        cards,
        shares_claimed,
    })
    .collect()
}

fn exception_figures(tabulation: &Tabulation) -> Vec<ExceptionFigures> {
    let cards = &tabulation.loaded.cards;
    let largest = tabulation.determined.largest.ids(cards);
    let fares = Fares::of(tabulation);
    largest
        .into_iter()
        .map(|id| {
            let determination = tabulation.determined.determinations.get(id);
            let card = &cards.get(id);
            ExceptionFigures {
                card: cards.number(id).to_owned(),
                account: tabulation.loaded.accounts.text(card.account.0).to_owned(),
                disposition: determination.disposition.name(),
                reason: determination.reason.name(),
                shares_claimed: claimed(&tabulation.loaded, &tabulation.electorate, card),
                why: fares.why(id, DateStyle::Iso),
                told: fares.why(id, tabulation.loaded.meeting.papers.dates),
            }
        })
        .collect()
}

/// What else the reader should know: dates taken otherwise than written, cards in time by their day
/// only, late and replaced street rows.
fn remarks(tabulation: &Tabulation, scan: &CertificateScan) -> Vec<String> {
    use crate::text::counted;
    let cards = &tabulation.loaded.cards;
    let mut remarks = Vec::new();
    for (note, ids) in &scan.notes {
        let count = counted(ids.len() as u64, "card");
        let listed = list(ids.iter().map(|id| cards.number(*id)));
        let what = match note {
            Note::DatedAfterReceipt => "dated after receipt, taken as dated when received (VAL-6)",
            Note::InTimeByDayOnly => {
                "received on the day the polls closed, without an hour, counted as in time (VAL-5)"
            }
            Note::MarksOutsideItems => "marked beyond the items that it speaks of, which is not read (SCP-1)",
            Note::IrrevocableBallot => "a ballot that says it is irrevocable, which is ignored (VAL-11)",
            Note::BeforeVoteByDayOnly => {
                "received on the day of the proxy holders' ballot, without an hour, counted as before it (VOT-1)"
            }
        };
        remarks.push(format!("{count} {what}: {listed}."));
    }
    for (what, ids) in fared::notes(tabulation) {
        let count = counted(ids.len() as u64, "card");
        let listed = list(ids.iter().map(|id| cards.number(*id)));
        remarks.push(format!("{count} {what}: {listed}."));
    }
    for form in &tabulation.loaded.meeting.forms {
        if let (Some(cast), Some(close)) = (form.ballot_cast, tabulation.loaded.meeting.last_close())
            && cast.is_after_close(&close)
        {
            remarks.push(format!("The ballot of the proxy holders of form {} came after the polls closed and is not counted as cast (VAL-5, OPN-1).", form.id));
        }
    }
    let lines = |of: &dyn Fn(&crate::determine::StreetPosition) -> &Vec<usize>| -> BTreeMap<u16, Vec<u64>> {
        let mut lines: BTreeMap<u16, Vec<u64>> = BTreeMap::new();
        let rows = tabulation
            .determined
            .street
            .iter()
            .flat_map(|street| of(street).iter().map(|row| &tabulation.loaded.street[*row]));
        rows.for_each(|row| lines.entry(row.file).or_default().push(row.line));
        lines.values_mut().for_each(|lines| lines.sort_unstable());
        lines
    };
    for (rows, what) in [
        (lines(&|street| &street.late), "received after the polls closed and not counted (VAL-5)"),
        (lines(&|street| &street.replaced), "replaced by a later delivery of the same block (STR-1)"),
    ] {
        for (file, rows) in rows {
            let label = tabulation.loaded.label(file);
            let count = counted(rows.len() as u64, "row");
            let texts: Vec<String> = rows.iter().map(ToString::to_string).collect();
            let listed = list(texts.iter().map(String::as_str));
            remarks.push(format!("{count} of {label} {what}: lines {listed}."));
        }
    }
    remarks
}

/// Up to twenty of a list, then how many more.
fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = words.collect();
    all.sort_by_key(|word| (word.len(), *word));
    let start = all.iter().take(20).map(|word| crate::text::visible(word)).collect::<Vec<_>>().join(", ");
    if all.len() > 20 { format!("{start} and {} more", all.len() - 20) } else { start }
}

fn input_figures(tabulation: &Tabulation) -> Vec<InputFigures> {
    // A lot is drawn on a certificate that does not know of it.
    let inputs = tabulation.loaded.inputs.iter().filter(|input| input.role != Role::Lots);
    inputs.map(InputFigures::of).collect()
}

impl InputFigures {
    fn of(input: &Input) -> Self {
        Self {
            role: input.role.name(),
            path: input.path.clone(),
            bytes: input.bytes,
            rows: input.rows,
            shares: input.shares,
            sha256: input.sha256.clone(),
            layout: input
                .laid
                .as_ref()
                .map(|laid| LayoutFigures { path: laid.path.clone(), sha256: laid.sha256.clone() }),
            as_read: input.laid.as_ref().map(|laid| AsReadFigures::of(input, laid)),
            keyed: input.keyed.as_ref().map(KeyedFigures::of),
            corrected_rows: (input.corrected_rows > 0).then_some(input.corrected_rows),
            columns: ColumnFigures::of(input),
        }
    }
}
