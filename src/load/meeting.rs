//! `meeting.json`: read, understood, and refused where it describes a meeting that cannot be.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jsonc_parser::ast::Value;

use super::arrangement::{self, Arrangement};
use super::forms::{ItemNames, default_form, read_forms};
use super::items;
use super::json::{self, Fields, JsonNode, JsonReader};
use super::papers;
use super::problem::Problems;
use super::proportional;
use super::quorum::read_quorum;
use super::source::Source;
use crate::amount::{Shares, Threshold, VotesPerShare};
use crate::catalogue::{Code, Fault};
use crate::meeting::{
    AttendanceRevokes, Class, CumulatedWithoutNotice, CumulativeNotice, ExchangeAct, ExcludedCountForQuorum,
    FractionalVotes, JointHolders, Law, Meeting, Order, OverCumulated, Overvote, QuorumRule, RevocableUntil,
    Rules, SameDateConflict, SignatureMismatch, Undated,
};
use crate::text::quoted;
use crate::time::{Moment, parse_date};

/// The most classes, forms and items of a meeting.
const CLASSES_MAX: usize = 100;
const FORMS_MAX: usize = 100;
const ITEMS_MAX: usize = 500;

const KEYS: [&str; 26] = [
    "company",
    "title",
    "date",
    "place",
    "time_zone",
    "record_date",
    "polls_open",
    "polls_close",
    "proxies_close",
    "inspectors",
    "classes",
    "register",
    "quorum",
    "rules",
    "proxy_forms",
    "items",
    "files",
    "columns",
    "delimiter",
    "expect",
    "adjourned_from",
    "appointed",
    "oath",
    "dates",
    "mode",
    "proportional",
];

/// Reads the meeting. Where it is at fault, what is needed to go on and read its files is made up, so
/// that their problems are found in the same run; nothing is returned when even that cannot be.
pub fn read(
    source: &Source,
    folder: &std::path::Path,
    problems: &mut Problems,
) -> Option<(Meeting, Arrangement)> {
    let value = json::parse(source, problems)?;
    let mut reader = JsonReader::new(source, problems);
    let root = JsonNode { value: &value, path: String::new() };
    let fields = reader.object(&root, &KEYS)?;
    let mut arrangement = arrangement::read(&mut reader, &fields, folder);
    let meeting = read_meeting(&mut reader, &fields, &mut arrangement)?;
    Some((meeting, arrangement))
}

fn read_meeting<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    arrangement: &mut Arrangement,
) -> Option<Meeting> {
    let company = reader.required(fields, "company").and_then(|n| reader.non_empty_string(&n));
    let title = reader.required(fields, "title").and_then(|n| reader.non_empty_string(&n));
    let place = fields.given("place").and_then(|n| reader.non_empty_string(&n));
    let date = reader.required(fields, "date").and_then(|n| reader.parsed(&n, Code::DateOrTime, parse_date));
    let record_date =
        reader.required(fields, "record_date").and_then(|n| reader.parsed(&n, Code::DateOrTime, parse_date));
    let zone_name = reader.required(fields, "time_zone").and_then(|n| {
        let name = reader.non_empty_string(&n)?;
        if TimeZone::get(&name).is_err() {
            let message =
                format!("{} is not a time zone; expected a name such as `America/New_York`", quoted(&name));
            reader.problem(&n, Code::TimeZone.fault(message));
            return None;
        }
        Some(name)
    });
    let zone =
        zone_name.as_deref().map_or(TimeZone::UTC, |name| TimeZone::get(name).unwrap_or(TimeZone::UTC));
    let polls_open = moment(reader, fields, "polls_open", &zone);
    let polls_close = moment(reader, fields, "polls_close", &zone);
    let proxies_close = moment(reader, fields, "proxies_close", &zone);
    let inspectors = fields.given("inspectors").and_then(|n| reader.all_words(&n)).unwrap_or_default();
    let before = reader.problems.count();
    let classes = reader.required(fields, "classes").and_then(|n| read_classes(reader, &n));
    arrangement.has_all_classes = reader.problems.count() == before;
    let is_register_partial = fields
        .given("register")
        .and_then(|n| {
            reader.named(&n, &["complete", "partial"], |name| match name {
                "complete" => Some(false),
                "partial" => Some(true),
                _ => None,
            })
        })
        .unwrap_or(false);
    let quorum = reader.required(fields, "quorum").and_then(|n| read_quorum(reader, &n, false));
    let rules = read_rules(reader, fields);
    let adjourned_from = fields.given("adjourned_from").and_then(|n| reader.array(&n)).unwrap_or_default();
    let adjourned_from = adjourned_from
        .iter()
        .filter_map(|n| reader.parsed(n, Code::DateOrTime, parse_date))
        .collect::<Vec<_>>();
    check_dates(reader, fields, date, record_date, polls_open, polls_close, &adjourned_from);

    let class_ids: Vec<String> = classes.iter().flatten().map(|class: &Class| class.id.clone()).collect();
    let mut sessions: Vec<Date> = adjourned_from.iter().copied().chain(date).collect();
    sessions.sort_unstable();
    let voting = items::Voting {
        zone: zone.clone(),
        polls_open,
        polls_close,
        sessions,
        class_ids,
        is_quorum_by_class: quorum.as_ref().is_some_and(|quorum| quorum.is_by_class),
        quorum_counts_votes: quorum.as_ref().is_none_or(QuorumRule::counts_votes),
        cumulative_notice: rules.cumulative_notice,
    };
    let before = reader.problems.count();
    let items = reader
        .required(fields, "items")
        .and_then(|n| bounded(reader, &n, ITEMS_MAX, "items"))
        .map(|nodes| items::read_items(reader, &nodes, &voting))
        .unwrap_or_default();
    arrangement.excluded_lines = excluded_lines(reader, fields);
    arrangement.notice_lines = notice_lines(reader, fields);
    arrangement.has_all_items = reader.problems.count() == before;
    let names = ItemNames::of(&items, arrangement.has_all_items && classes.is_some());
    let mut forms = fields
        .given("proxy_forms")
        .and_then(|n| bounded(reader, &n, FORMS_MAX, "proxy forms"))
        .map(|nodes| read_forms(reader, &nodes, &names, &items, &zone))
        .unwrap_or_default();
    if forms.is_empty() {
        forms.push(default_form(items.len()));
    }
    let beside = proportional::Beside {
        classes: classes.as_deref().unwrap_or_default(),
        items: &items,
        quorum: quorum.as_ref(),
    };
    let followers;
    (followers, arrangement.follower_lines) = proportional::read(reader, fields, &beside);
    let half = QuorumRule::of_votes(Threshold::more_than(1, 2));
    Some(Meeting {
        company: company.unwrap_or_default(),
        title: title.unwrap_or_default(),
        date: date.unwrap_or(Date::MAX),
        place,
        zone,
        zone_name: zone_name.unwrap_or_default(),
        record_date: record_date.unwrap_or(Date::MIN),
        polls_open,
        polls_close,
        proxies_close,
        inspectors,
        // Where they are at fault, something stands in for them, so that the files can be read.
        classes: classes.unwrap_or_else(|| vec![stand_in()]),
        is_register_partial,
        quorum: quorum.unwrap_or(half),
        rules,
        forms,
        items,
        followers,
        adjourned_from,
        papers: papers::read_papers(reader, fields),
    })
}

fn moment<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    key: &str,
    zone: &TimeZone,
) -> Option<Moment> {
    let node = fields.given(key)?;
    reader.parsed(&node, Code::DateOrTime, |text| Moment::parse(text, zone))
}

/// The elements of a list that is neither empty nor too long.
fn bounded<'v, 'a>(
    reader: &mut JsonReader<'a, '_>,
    node: &JsonNode<'v, 'a>,
    max: usize,
    what: &str,
) -> Option<Vec<JsonNode<'v, 'a>>> {
    let nodes = reader.array(node)?;
    if nodes.is_empty() || nodes.len() > max {
        reader.problem(
            node,
            Code::ValueKind.fault(format!("must hold 1 to {max} {what}, but holds {}", nodes.len())),
        );
        return None;
    }
    Some(nodes)
}

fn stand_in() -> Class {
    Class {
        id: String::new(),
        name: String::new(),
        outstanding: Shares::ZERO,
        votes_per_share: VotesPerShare::ONE,
    }
}

fn read_classes<'a>(reader: &mut JsonReader<'a, '_>, node: &JsonNode<'_, 'a>) -> Option<Vec<Class>> {
    let nodes = bounded(reader, node, CLASSES_MAX, "classes")?;
    let mut classes: Vec<Class> = Vec::new();
    for node in &nodes {
        let Some(fields) = reader.object(node, &["id", "name", "outstanding", "votes_per_share"]) else {
            continue;
        };
        let id_node = reader.required(&fields, "id");
        let id = id_node.as_ref().and_then(|n| reader.non_empty_string(n));
        if let (Some(id), Some(n)) = (&id, &id_node)
            && classes.iter().any(|class| class.id == *id)
        {
            reader.problem(n, Code::IdRepeated.fault(format!("the class {} is given twice", quoted(id))));
            continue;
        }
        let outstanding_node = reader.required(&fields, "outstanding");
        let outstanding = outstanding_node.as_ref().and_then(|n| reader.amount(n, Shares::parse));
        let votes_per_share = match fields.given("votes_per_share") {
            Some(n) => reader.amount(&n, VotesPerShare::parse),
            None => Some(VotesPerShare::ONE),
        };
        let name = fields.given("name").and_then(|n| reader.non_empty_string(&n)).or_else(|| id.clone());
        if let (Some(shares), Some(ratio), Some(n)) = (outstanding, votes_per_share, &outstanding_node)
            && ratio.votes_of(shares).is_none()
        {
            reader.problem(n, Code::AmountTotal.fault("carries more votes than the 10^20 that are counted"));
        }
        if let (Some(id), Some(outstanding), Some(votes_per_share), Some(name)) =
            (id, outstanding, votes_per_share, name)
        {
            classes.push(Class { id, name, outstanding, votes_per_share });
        }
    }
    (classes.len() == nodes.len()).then_some(classes)
}

fn read_rules<'a>(reader: &mut JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Rules {
    const RULE_KEYS: [&str; 17] = [
        "law",
        "proxy_valid_months",
        "order",
        "undated",
        "same_date_conflict",
        "joint_holders",
        "attendance_revokes",
        "revocable_until",
        "signature_mismatch",
        "overvote",
        "overmarked_election",
        "over_cumulated",
        "cumulated_without_notice",
        "fractional_votes",
        "exchange_act",
        "cumulative_notice",
        "excluded_count_for_quorum",
    ];
    let unnamed =
        || Rules { excluded_count_for_quorum: ExcludedCountForQuorum::Yes, ..Rules::preset(Law::California) };
    let Some(node) = fields.given("rules") else { return unnamed() };
    let Some(fields) = reader.object(&node, &RULE_KEYS) else { return unnamed() };
    let law = fields.given("law").and_then(|n| reader.named(&n, Law::NAMES, Law::from_name));
    let mut rules = Rules::preset(law.unwrap_or(Law::California));
    if let Some(months) = fields.given("proxy_valid_months").and_then(|n| reader.whole(&n, 1..=1200)) {
        rules.proxy_valid_months = months;
    }
    if let Some(n) = fields.given("overmarked_election") {
        // Its one value; anything else is reported.
        let _ = reader.named(&n, &["void"], |name| (name == "void").then_some(()));
    }
    macro_rules! rule {
        ($key:ident, $kind:ident) => {
            let found = fields.given(stringify!($key));
            if let Some(value) = found.and_then(|n| reader.named(&n, $kind::NAMES, $kind::from_name)) {
                rules.$key = value;
            }
        };
    }
    rule!(order, Order);
    rule!(undated, Undated);
    rule!(same_date_conflict, SameDateConflict);
    rule!(joint_holders, JointHolders);
    rule!(attendance_revokes, AttendanceRevokes);
    rule!(revocable_until, RevocableUntil);
    rule!(signature_mismatch, SignatureMismatch);
    rule!(overvote, Overvote);
    rule!(over_cumulated, OverCumulated);
    rule!(cumulated_without_notice, CumulatedWithoutNotice);
    rule!(fractional_votes, FractionalVotes);
    rule!(exchange_act, ExchangeAct);
    // Cal. Corp. Code § 112 is applied where the meeting says that it is held under that law.
    if law.is_none() {
        rules.excluded_count_for_quorum = ExcludedCountForQuorum::Yes;
    }
    rule!(cumulative_notice, CumulativeNotice);
    rule!(excluded_count_for_quorum, ExcludedCountForQuorum);
    rules
}

fn check_dates<'a>(
    reader: &mut JsonReader<'a, '_>,
    fields: &Fields<'_, 'a>,
    date: Option<Date>,
    record_date: Option<Date>,
    polls_open: Option<Moment>,
    polls_close: Option<Moment>,
    adjourned_from: &[Date],
) {
    let mut report = |key: &str, fault: Fault| {
        if let Some(node) = fields.get(key) {
            reader.problem(&node, fault);
        }
    };
    if let (Some(date), Some(record)) = (date, record_date) {
        if record > date {
            report(
                "record_date",
                Code::DatesContradict.fault(format!("`{record}` is after the meeting on {date}")),
            );
        }
        if let Some(late) = adjourned_from.iter().find(|session| **session > date) {
            report(
                "adjourned_from",
                Code::DatesContradict.fault(format!("`{late}` is after the meeting on {date}")),
            );
        }
    }
    if let (Some(record), Some(close)) = (record_date, polls_close)
        && close.day < record
        && date.is_none_or(|date| record <= date)
    {
        report(
            "polls_close",
            Code::DatesContradict
                .fault(format!("the polls closed on {}, before the record date {record}", close.day)),
        );
    }
    if let (Some(open), Some(close)) = (polls_open, polls_close)
        && open > close
        && !open.is_in_time_by_day_only(&close)
    {
        report("polls_open", Code::DatesContradict.fault("the polls opened after they closed".to_owned()));
    }
}

/// Per item, the line of each excluded account: whether they are known is found when the register is.
fn excluded_lines<'a>(reader: &JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Vec<Vec<u64>> {
    let Some(Value::Array(items)) = fields.get("items").map(|n| n.value) else { return Vec::new() };
    let lines_of = |item: &Value<'a>| {
        let Value::Object(item) = item else { return None };
        item.get("excluded_accounts").map(|property| reader.element_lines(&property.value))
    };
    items.elements.iter().map(|item| lines_of(item).unwrap_or_default()).collect()
}

/// Per item, the line that says who gave notice of cumulative voting: whether it is a holder is found when the
/// register is.
fn notice_lines<'a>(reader: &JsonReader<'a, '_>, fields: &Fields<'_, 'a>) -> Vec<Option<u64>> {
    let Some(Value::Array(items)) = fields.get("items").map(|n| n.value) else { return Vec::new() };
    let inside = |value: &'_ Value<'a>, key: &str| -> Option<u64> {
        let Value::Object(object) = value else { return None };
        let Value::Object(cumulative) = &object.get("cumulative")?.value else { return None };
        let Value::Object(notice) = &cumulative.get("notice")?.value else { return None };
        Some(reader.line_of(&notice.get(key)?.value))
    };
    items.elements.iter().map(|item| inside(item, "by")).collect()
}
