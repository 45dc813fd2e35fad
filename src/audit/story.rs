//! Why a card fared as it did, in a plain sentence with the rule and its source.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::fared::Fares;
use crate::count::CountContext;
use crate::determine::{Cause, Determination, Disposition, Exception, Reason, claimed, effective_date};
use crate::load::CardId;
use crate::meeting::{DateStyle, Order, SameDateConflict, Undated};
use crate::parallel::{TOGETHER, merged, parts};
use crate::rule::Rule;
use crate::tabulate::Tabulation;
use crate::text::{thousands, visible};
use crate::time::{DisplayDate, add_months, show_date};

/// The rule behind a reason.
#[must_use]
pub fn rule_of(tabulation: &Tabulation, id: CardId, determination: Determination) -> Option<Rule> {
    if let Some(Cause::Card(taker)) = determination.cause
        && tabulation.stands_first(taker)
    {
        return Some(Rule::RuledFirst);
    }
    Some(match determination.reason {
        Reason::InOrder => return None,
        Reason::RuledOut if determination.disposition == Disposition::CountedInPart => Rule::RuledOutItem,
        Reason::RuledOut => Rule::RuledOut,
        Reason::UnknownAccount => Rule::UnknownAccount,
        Reason::NoVotingShares => Rule::NoVotingShares,
        Reason::Unsigned => Rule::Unsigned,
        Reason::SignatureMismatch => Rule::SignatureMismatch,
        Reason::Late | Reason::NotYetReceived => Rule::Late,
        Reason::PostDated => Rule::PostDated,
        Reason::Expired => Rule::Expired,
        Reason::Written => Rule::RevokedInWriting,
        Reason::AtMeeting => Rule::RevokedAtMeeting,
        Reason::LaterProxy => later_rule(tabulation, id, determination),
        Reason::Ballot => Rule::BallotFirst,
        Reason::Duplicate => Rule::Duplicate,
        Reason::SameDateConflict => Rule::Conflict,
        Reason::OverPosition => over_rule(tabulation, id),
        Reason::JointConflict => Rule::JointConflict,
        Reason::FirstNamed => Rule::JointFirstNamed,
        Reason::AfterVote => Rule::AfterVote,
        Reason::IrrevocableProxy => Rule::Irrevocable,
        Reason::Contradiction => Rule::Contradiction,
        Reason::PartOfJoint => Rule::PartOfJoint,
        Reason::Death => Rule::RevokedByDeath,
    })
}

fn over_rule(tabulation: &Tabulation, id: CardId) -> Rule {
    let account = tabulation.loaded.cards.get(id).account;
    if tabulation.electorate.is_nominee(account) { Rule::Overvote } else { Rule::OverPosition }
}

/// What made one proxy later than another: the date on the form, an undated one that yields, receipt,
/// or, where nothing else separates them, the inspector's ruling.
fn later_rule(tabulation: &Tabulation, id: CardId, determination: Determination) -> Rule {
    let loaded = &tabulation.loaded;
    let Some(Cause::Card(taker)) = determination.cause else { return Rule::LaterSupersedes };
    let (older, newer) = (&loaded.cards.get(id), &loaded.cards.get(taker));
    let rules = &loaded.meeting.rules;
    let is_form_date = rules.order == Order::FormDate;
    let day = |card: &crate::load::Card| {
        let dated = effective_date(card).filter(|_| is_form_date);
        let is_undated = card.dated.is_none() && rules.undated == Undated::YieldsToDated;
        (is_undated, dated.or(is_form_date.then_some(card.received.day)))
    };
    if day(older) == day(newer) && older.received == newer.received {
        return Rule::RuledCount;
    }
    match (older.dated.is_some(), newer.dated.is_some()) {
        (false, _) | (_, false) => Rule::Undated,
        (true, true) if is_form_date => Rule::LaterByForm,
        (true, true) => Rule::LaterByReceipt,
    }
}

/// What happened and what the rule says here, without the rule's name and source.
#[must_use]
pub fn told(tabulation: &Tabulation, id: CardId) -> String {
    let determination = tabulation.determined.determinations.get(id);
    let dates = tabulation.loaded.meeting.papers.dates;
    let fact = Fact { tabulation, id, determination, dates };
    match rule_of(tabulation, id, determination) {
        Some(rule) => format!("{fact}: {}", fact.clause(rule)),
        None => fact.to_string(),
    }
}

/// A sentence without the card's own number: `superseded by card C-0042, dated April 25, 2002: …`.
#[must_use]
pub fn why(tabulation: &Tabulation, id: CardId, dates: DateStyle) -> String {
    let determination = tabulation.determined.determinations.get(id);
    let fact = Fact { tabulation, id, determination, dates };
    // Millions of these are written: most fit, so that none is moved while it grows.
    let mut told = String::with_capacity(256);
    // Writing to a String cannot fail.
    let _ = match rule_of(tabulation, id, determination) {
        Some(rule) => {
            let clause = fact.clause(rule);
            write!(
                told,
                "{fact}: {clause} [{}; {}]",
                rule.id(),
                rule.source(&tabulation.loaded.meeting.rules)
            )
        }
        None => write!(told, "{fact}"),
    };
    told
}

/// What happened to a card.
struct Fact<'a> {
    tabulation: &'a Tabulation,
    id: CardId,
    determination: Determination,
    dates: DateStyle,
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tabulation, id, determination, dates } = *self;
        let card = &tabulation.loaded.cards.get(id);
        let zone = &tabulation.loaded.meeting.zone;
        let cause = ToldCause { tabulation, cause: determination.cause, dates };
        let is_in_part = determination.disposition == Disposition::CountedInPart;
        let disposition = if is_in_part { "counted in part" } else { determination.disposition.name() };
        match (determination.disposition, determination.reason) {
            (Disposition::Counted, _) => f.write_str(disposition),
            (Disposition::CountedInPart, Reason::RuledOut) => write!(f, "{disposition} by {cause}"),
            (Disposition::CountedInPart, Reason::SameDateConflict)
            | (Disposition::Held, Reason::SameDateConflict) => {
                write!(f, "{disposition}, in conflict with {cause}")
            }
            (Disposition::CountedInPart, Reason::OverPosition) => {
                write!(f, "{disposition}, {}", shares_phrase(tabulation, id))
            }
            (Disposition::CountedInPart, _) => {
                write!(f, "{disposition}, {}, after {cause}", shares_phrase(tabulation, id))
            }
            (Disposition::Superseded | Disposition::Revoked, _) => write!(f, "{disposition} by {cause}"),
            (Disposition::Rejected, Reason::RuledOut) => write!(f, "{disposition} by {cause}"),
            (Disposition::Rejected, Reason::Late | Reason::NotYetReceived) => {
                write!(f, "{disposition}, received {}", card.received.display(zone, dates))
            }
            (Disposition::Rejected, Reason::Expired) | (Disposition::Held, Reason::PostDated) => {
                write!(f, "{disposition}, dated ")?;
                card.dated.map_or(Ok(()), |dated| DisplayDate(dated, dates).fmt(f))
            }
            (Disposition::Rejected, _) => f.write_str(disposition),
            (Disposition::Held, Reason::JointConflict) => write!(f, "{disposition} with {cause}"),
            (Disposition::Held, _) => f.write_str(disposition),
        }
    }
}

/// What caused a determination.
struct ToldCause<'a> {
    tabulation: &'a Tabulation,
    cause: Option<Cause>,
    dates: DateStyle,
}

impl fmt::Display for ToldCause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loaded = &self.tabulation.loaded;
        let zone = &loaded.meeting.zone;
        match self.cause {
            Some(Cause::Card(id)) => {
                let card = &loaded.cards.get(id);
                let number = visible(loaded.cards.number(id));
                let received = card.received.display(zone, self.dates);
                match (card.is_ballot(), card.dated) {
                    (true, _) => write!(f, "ballot {number}, received {received}"),
                    (false, Some(dated)) => {
                        let dated = DisplayDate(dated, self.dates);
                        write!(f, "card {number}, dated {dated}, received {received}")
                    }
                    (false, None) => write!(f, "card {number}, undated, received {received}"),
                }
            }
            Some(Cause::Revocation(place)) => {
                let revocation = &loaded.revocations[place as usize];
                let received = revocation.received.display(zone, self.dates);
                write!(f, "line {} of the revocations, received {received}", revocation.line)
            }
            Some(Cause::Ruling(place)) => {
                let ruling = &loaded.rulings[place as usize];
                f.write_str("the ruling")?;
                if let Some(by) = ruling.by.as_deref() {
                    write!(f, " by {}", visible(by))?;
                }
                write!(f, " ({})", visible(&ruling.reason))
            }
            None => Ok(()),
        }
    }
}

/// How many of its shares a card that is counted in part votes.
fn shares_phrase(tabulation: &Tabulation, id: CardId) -> String {
    let claimed = claimed(&tabulation.loaded, &tabulation.electorate, &tabulation.loaded.cards.get(id));
    let counted = tabulation.determined.counted(id, claimed);
    let shown = |shares: crate::amount::Shares| thousands(&shares.to_string());
    if counted == claimed {
        // SCP-1: whole on some items only.
        let items = items_voted(tabulation, id);
        return format!("{} shares on item {} only", shown(counted), items.join(", "));
    }
    format!("{} of {} shares", shown(counted), shown(claimed))
}

/// The items on which a card votes shares that papers of different items share out.
fn items_voted(tabulation: &Tabulation, id: CardId) -> Vec<&str> {
    let items = tabulation.loaded.meeting.items.iter().enumerate();
    let votes = |item: usize| {
        let joint = tabulation.determined.joint.iter().filter(|joint| joint.cards.contains(&id));
        joint.flat_map(|joint| CountContext::joint_parts(joint, item)).any(|(card, _)| card == Some(id))
    };
    items.filter(|(place, _)| votes(*place)).map(|(_, item)| item.id.as_str()).collect()
}

impl Fact<'_> {
    /// What the rule says here.
    fn clause(&self, rule: Rule) -> Cow<'static, str> {
        clause(self, rule)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other rules are told by their sentence")]
fn clause(fact: &Fact<'_>, rule: Rule) -> Cow<'static, str> {
    let Fact { tabulation, id, determination, dates } = *fact;
    let meeting = &tabulation.loaded.meeting;
    let text = match rule {
        Rule::LaterByForm => {
            let cards = &tabulation.loaded.cards;
            let same_date = matches!(determination.cause, Some(Cause::Card(taker))
                if effective_date(&cards.get(taker)) == effective_date(&cards.get(id)));
            if same_date {
                "the forms bear the same date, so the later receipt decides"
            } else {
                "the date on the form decides"
            }
        }
        Rule::RuledCount => "nothing else separates them, and the inspector ruled that one to count",
        Rule::LaterByReceipt => "the later receipt decides",
        Rule::Undated => match meeting.rules.undated {
            Undated::YieldsToDated => "an undated proxy yields to a dated one, else receipt decides",
            Undated::AsReceived => "an undated proxy is taken as dated when received",
        },
        Rule::AfterVote if determination.disposition == Disposition::Held => {
            return format!("it came after the ballot of the proxy holders{}; the inspector must say whether that ballot included it", cast(tabulation, Some(id), dates)).into();
        }
        Rule::AfterVote => {
            let taker = match determination.cause {
                Some(Cause::Card(taker)) => Some(taker),
                Some(Cause::Revocation(_) | Cause::Ruling(_)) | None => None,
            };
            return format!(
                "the proxy holders had voted these shares on their ballot{} before it came",
                cast(tabulation, taker, dates)
            )
            .into();
        }
        Rule::Contradiction => return contradiction(tabulation, id, dates).into(),
        Rule::PartOfJoint => {
            "it is for a part of shares that joint holders vote together; the inspector must say what it is"
        }
        Rule::Irrevocable => "an irrevocable proxy has the shares, and no later paper displaces it",
        Rule::RevokedByDeath => {
            "word of the holder's death or incapacity revokes the proxies not later than it"
        }
        Rule::RuledFirst => "the inspector ruled that that one counts, and so it stands before all others",
        Rule::BallotFirst => "a ballot goes before every proxy, a later ballot before an earlier one",
        Rule::LaterSupersedes => "a later card takes the shares",
        Rule::Duplicate => "it says the same, and is counted once",
        Rule::Conflict => match meeting.rules.same_date_conflict {
            SameDateConflict::Hold => {
                "nothing orders them and they differ; neither votes until the inspector rules"
            }
            SameDateConflict::QuorumOnly => {
                "nothing orders them and they differ; they count for the quorum only"
            }
        },
        Rule::OverPosition => "a card for more than the position is cut to it",
        Rule::Overvote => {
            let rule = meeting.rules.overvote.name();
            return format!("the blocks exceed the position; rule `{rule}`").into();
        }
        Rule::Unsigned => "the card is not signed",
        Rule::SignatureMismatch => "the signature looks like someone else's",
        Rule::Late if determination.reason == Reason::NotYetReceived => {
            "it had not come by the time of this count"
        }
        Rule::Late => {
            let close = tabulation.determined.cutoff;
            let close = close.map_or_else(String::new, |close| close.shown(&meeting.zone, dates));
            return format!("the polls closed {close}").into();
        }
        Rule::Expired => {
            let card = &tabulation.loaded.cards.get(id);
            if let Some(until) = tabulation.loaded.cards.extra(card).and_then(|extra| extra.valid_until) {
                return format!("it says it is valid until {}", show_date(until, dates)).into();
            }
            let until = Some(effective_date(card).unwrap_or(card.received.day))
                .map(|date| add_months(date, meeting.rules.proxy_valid_months));
            let until = until.map_or_else(String::new, |until| show_date(until, dates));
            return format!("valid {} months, until {until}", meeting.rules.proxy_valid_months).into();
        }
        Rule::PostDated => {
            return format!("dated after the meeting on {}", show_date(meeting.date, dates)).into();
        }
        Rule::RevokedInWriting => "a writing revokes the proxies that are not later than it",
        Rule::RevokedAtMeeting => "the holder asked for it at the meeting",
        Rule::UnknownAccount => {
            "the account is neither on the register nor in omnibus.csv at the record date"
        }
        Rule::NoVotingShares => "the position is nothing or may not vote",
        Rule::JointConflict => "they acted in three or more ways and none has a majority",
        Rule::JointFirstNamed => "the holder named first on the register votes the shares",
        Rule::RuledOut | Rule::RuledOutItem => "the inspector ruled",
        _ => rule.sentence(),
    };
    text.into()
}

/// What contradicts itself on a card.
fn contradiction(tabulation: &Tabulation, id: CardId, dates: DateStyle) -> String {
    let cards = &tabulation.loaded.cards;
    let card = &cards.get(id);
    let extra = cards.extra(card);
    let is_ballot_with_form = extra.is_some_and(|extra| extra.is_ballot_with_form);
    let noted = extra.map_or("", |extra| extra.contradiction.as_str());
    let until =
        extra.and_then(|extra| extra.valid_until).zip(card.dated).filter(|(until, dated)| until < dated);
    let what = if is_ballot_with_form {
        "it is a ballot and names a form of proxy".to_owned()
    } else if !noted.is_empty() {
        visible(noted).into_owned()
    } else if let Some((until, dated)) = until {
        let (until, dated) = (show_date(until, dates), show_date(dated, dates));
        format!("it says it is valid until {until}, before its date of {dated}")
    } else if cards.limit(card).is_some() && cards.class(card).is_none() {
        "it is for some shares and does not say of which class".to_owned()
    } else {
        "the register does not name its signer".to_owned()
    };
    format!("{what}; the inspector must say what it is")
}

/// When the ballot of a card's form was cast: ` of May 14, 2002, 10:40 a.m.`.
fn cast(tabulation: &Tabulation, id: Option<CardId>, dates: DateStyle) -> String {
    let form = id.and_then(|id| tabulation.loaded.cards.get(id).form);
    let cast = form.and_then(|form| tabulation.loaded.meeting.forms[usize::from(form)].ballot_cast);
    cast.map_or_else(String::new, |cast| {
        format!(" of {}", cast.shown(&tabulation.loaded.meeting.zone, dates))
    })
}

/// The cards that are not plainly counted, the largest claim first, then by number; after them in the same order
/// those that are counted and do not vote on every item as they are marked.
#[must_use]
pub fn exceptions(tabulation: &Tabulation) -> Vec<CardId> {
    let cards = &tabulation.loaded.cards;
    let mut found = not_counted(tabulation);
    let claimed = |id| claimed(&tabulation.loaded, &tabulation.electorate, &cards.get(id));
    let otherwise = Fares::of(tabulation).otherwise(&[Disposition::Counted]);
    let mut otherwise: Vec<Exception> =
        otherwise.into_iter().map(|id| Exception::new(cards, claimed(id), id)).collect();
    otherwise.sort_unstable_by(|a, b| a.order(b, cards));
    found.extend(otherwise.into_iter().map(|one| one.id));
    found
}

/// The cards that are not plainly counted, the largest claim first, then by number.
fn not_counted(tabulation: &Tabulation) -> Vec<CardId> {
    let cards = &tabulation.loaded.cards;
    let found = parts(tabulation.loaded.threads, cards.count(), |range| {
        let ids = range.map(|place| CardId(u32::try_from(place).unwrap_or(u32::MAX)));
        let is_cut =
            |id: &CardId| tabulation.determined.determinations.get(*id).disposition != Disposition::Counted;
        let cut: Vec<CardId> = ids.filter(is_cut).collect();
        let mut found: Vec<Exception> = Vec::with_capacity(cut.len());
        for cut in cut.chunks(TOGETHER) {
            // Positions lie far apart: the memory is waited for once and not for each.
            let touched = cut.iter().map(|id| tabulation.electorate.touch(cards.account(*id)));
            std::hint::black_box(touched.fold(0, |all, one| all ^ one));
            let claimed = |id| claimed(&tabulation.loaded, &tabulation.electorate, &cards.get(id));
            found.extend(cut.iter().map(|id| Exception::new(cards, claimed(*id), *id)));
        }
        found.sort_unstable_by(|a, b| a.order(b, cards));
        found
    });
    merged(tabulation.loaded.threads, &found, |a, b| a.order(b, cards), |one| one.id)
}
