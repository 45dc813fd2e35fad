//! What the certificate says, sentence by sentence. Every document that a person reads takes its words
//! from here, so that none of them says anything else than the certificate that is signed.

mod items;

use super::front;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::amount::{Shares, UNITS_PER_MILLIONTH, Votes};
use crate::audit::Warning;
use crate::calendar::long_date;
use crate::catalogue::MatterCode;
use crate::certify::{
    AllocationRule, AsReadFigures, Certificate, ColumnFigures, ExceptionFigures, FormFigures, InputFigures,
    KeyedFigures, LayoutFigures, MeetingFigures, NotReadFigures, OpenMatter, RuleSource, RulingFigures,
    StatedFigures, UnmarkedFigures, WordFigures,
};
use crate::meeting::{DateStyle, Mode};
use crate::text::{counted, thousands, visible};
use crate::time::parse_date;

pub(crate) use items::follows;
pub use items::item_lines;
pub(super) use items::{
    LINE_HEADS, NOT_FOR, allocation, cells, following, group, guarantees, head_quorum, infeasible, item_base,
    lot, margin_sentence, marked_result, names, not_voting, notice, outcome, policy, pool, result,
    seat_by_seat, seats, sentence, standing,
};

pub(super) fn is_preliminary(certificate: &Certificate) -> bool {
    certificate.status != "certified"
}

pub(super) fn votes(votes: Votes) -> String {
    thousands(&votes.to_string())
}

/// Votes with their noun: `1 vote`, `2 votes`, `0.5 votes`.
pub(crate) fn of_votes(amount: Votes) -> String {
    format!("{} vote{}", votes(amount), if amount == Votes::whole(1) { "" } else { "s" })
}

/// Shares with their noun.
pub(super) fn of_shares(amount: Shares) -> String {
    format!("{} share{}", shares(amount), if amount == Shares::whole(1) { "" } else { "s" })
}

pub(super) fn shares(shares: Shares) -> String {
    thousands(&shares.to_string())
}

/// A percentage with two decimals, rounded half up; nothing of an empty base.
#[must_use]
pub fn percent(part: Votes, base: Votes) -> Option<String> {
    // Millionths keep both within the 28 digits of a Decimal; what is cut shows in no second decimal
    // that matters, and no decision rests on it.
    let decimal = |votes: Votes| {
        let millionths = i128::try_from(votes.units() / UNITS_PER_MILLIONTH).ok()?;
        Decimal::try_from_i128_with_scale(millionths, 6).ok()
    };
    let (part, base) = (decimal(part)?, decimal(base)?);
    if base.is_zero() {
        return None;
    }
    let share = part.checked_div(base)?.checked_mul(Decimal::ONE_HUNDRED)?;
    let rounded = share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(format!("{rounded:.2}%"))
}

/// A day of the certificate as the meeting writes dates: `December 5, 2002`, or as it is.
pub(super) fn shown_date(meeting: &MeetingFigures, text: &str) -> String {
    match meeting.dates {
        DateStyle::Us => parse_date(text).map_or_else(|_| text.to_owned(), long_date),
        DateStyle::Iso => text.to_owned(),
    }
}

/// A time of the certificate: `December 5, 2002, 11:00 a.m.`, or `2002-12-05, 11:00`.
pub(super) fn shown_time(meeting: &MeetingFigures, text: &str) -> String {
    let Some((date, clock)) = text.split_once('T') else { return shown_date(meeting, text) };
    let clock = clock.strip_suffix(":00").filter(|clock| clock.contains(':')).unwrap_or(clock);
    let clock = match meeting.dates {
        DateStyle::Us => twelve_hours(clock),
        DateStyle::Iso => clock.to_owned(),
    };
    format!("{}, {clock}", shown_date(meeting, date))
}

/// A clock of twelve hours: `11:00 a.m.`, `12:00 p.m.` at noon.
fn twelve_hours(clock: &str) -> String {
    let Some((hours, rest)) = clock.split_once(':') else { return clock.to_owned() };
    let Ok(hour) = hours.parse::<u8>() else { return clock.to_owned() };
    let half = if hour < 12 { "a.m." } else { "p.m." };
    let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{shown}:{rest} {half}")
}

/// What the report is called.
pub(super) fn heading(certificate: &Certificate) -> &'static str {
    if is_preliminary(certificate) {
        "PRELIMINARY REPORT OF THE INSPECTOR OF ELECTIONS"
    } else {
        "CERTIFICATE AND REPORT OF THE INSPECTOR OF ELECTIONS"
    }
}

/// On every page and document of a trial.
pub(super) fn test_banner(certificate: &Certificate) -> Option<&'static str> {
    (certificate.meeting.mode == Mode::Test).then_some("TEST - A TRIAL, NOT THE RESULT OF A MEETING")
}

/// An open matter, with what it concerns and could change.
pub(super) fn open_matter(matter: &OpenMatter) -> String {
    let mut what = format!("{}: {}", matter.code, matter.told.as_ref().unwrap_or(&matter.says));
    if matter.cards > 0 {
        what.push_str(&format!(" {} concerned", counted(matter.cards, "card")));
        what.push_str(&format!(", {}", of_votes(matter.votes)));
        if matter.card_numbers.is_empty() {
            what.push('.');
        } else {
            let more = matter.cards - matter.card_numbers.len() as u64;
            let rest =
                if more > 0 { format!(" and {} more", thousands(&more.to_string())) } else { String::new() };
            what.push_str(&format!(": {}{rest}.", matter.card_numbers.join(", ")));
        }
    } else if !matter.votes.is_zero() {
        what.push_str(&format!(" {} concerned.", of_votes(matter.votes)));
    }
    what
}

/// What the open matters together could change, a sentence for each thing that is so.
pub(super) fn open_matters_could_change(certificate: &Certificate) -> Vec<String> {
    let Some(first) = certificate.open_matters.first() else { return Vec::new() };
    let mut says: Vec<String> =
        first.examples.iter().filter(|one| one.shown).map(|one| one.says.clone()).collect();
    let open: Vec<&str> =
        first.examples.iter().filter(|one| !one.shown).map(|one| one.item.as_str()).collect();
    if !open.is_empty() {
        says.push(format!(
            "Neither shown nor excluded: that {} could come out otherwise.",
            items_named(&open)
        ));
    }
    let ways = match certificate.open_matters.as_slice() {
        [only] if only.code == MatterCode::HeldCards && only.cards == 1 => {
            "No way of ruling on the held card".to_owned()
        }
        [only] if only.code == MatterCode::HeldCards => {
            format!("No way of ruling on the {} held cards", thousands(&only.cards.to_string()))
        }
        [_] => "No way of settling the open matter".to_owned(),
        _ => "No way of settling the open matters".to_owned(),
    };
    let never: Vec<&str> = first.cannot_change.iter().map(String::as_str).collect();
    match (first.could_change.is_empty(), never.as_slice()) {
        (_, []) => {}
        (true, _) => says.push(format!("{ways} changes any result.")),
        (false, never) => says.push(format!("{ways} changes {}.", items_named(never))),
    }
    let is_of_cards =
        |matter: &OpenMatter| matches!(matter.code, MatterCode::HeldCards | MatterCode::NearAccounts);
    if !never.is_empty() && certificate.open_matters.iter().any(is_of_cards) {
        // What else a paper might be ruled to say is no part of the question.
        says.push("Each such card was tried left open, counted and rejected, as it is marked.".to_owned());
    }
    says
}

/// `item 1`, `items 1, 2 and 3`.
fn items_named(ids: &[&str]) -> String {
    let shown: Vec<_> = ids.iter().map(|id| visible(id)).collect();
    match shown.as_slice() {
        [only] => format!("item {only}"),
        [first @ .., last] => format!("items {} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// The meeting: labels and what stands beside them.
pub(super) fn meeting(certificate: &Certificate) -> Vec<(String, String)> {
    let appointment = front::appointment(certificate);
    let mut entries = Vec::new();
    let mut entry = |label: &str, text: &str| entries.push((label.to_owned(), text.to_owned()));
    let meeting = &certificate.meeting;
    entry("Date of the meeting", &shown_date(meeting, &meeting.date));
    if !meeting.adjourned_from.is_empty() {
        let sessions: Vec<String> =
            meeting.adjourned_from.iter().map(|date| shown_date(meeting, date)).collect();
        entry("Adjourned from", &sessions.join(", "));
    }
    if let Some(place) = &meeting.place {
        entry("Place", place);
    }
    entry("Record date", &shown_date(meeting, &meeting.record_date));
    let zone = &meeting.time_zone;
    if let Some(open) = &meeting.polls_open {
        entry("Polls opened", &format!("{} ({zone})", shown_time(meeting, open)));
    }
    match (&meeting.polls_close, &meeting.as_of) {
        (_, Some(as_of)) => entry("Counted as of", &format!("{} ({zone})", shown_time(meeting, as_of))),
        (Some(close), None) => entry("Polls closed", &format!("{} ({zone})", shown_time(meeting, close))),
        (None, None) => entry("Polls closed", "not yet"),
    }
    if let Some(close) = &meeting.proxies_close {
        entry("Proxies received until", &format!("{} ({zone})", shown_time(meeting, close)));
    }
    for item in &certificate.items {
        if let Some(close) = &item.polls_close {
            let label = format!("Polls closed on item {}", item.id);
            entry(&label, &format!("{} ({zone})", shown_time(meeting, close)));
        }
    }
    if !meeting.inspectors.is_empty() {
        entry(
            if meeting.inspectors.len() == 1 { "Inspector" } else { "Inspectors" },
            &meeting.inspectors.join(", "),
        );
    }
    if let Some(appointment) = &appointment {
        entry("Appointed by", appointment);
    }
    entries
}

/// The forms of proxy: labels and what stands beside them.
pub(super) fn forms(certificate: &Certificate) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut entry = |label: &str, text: &str| entries.push((label.to_owned(), text.to_owned()));
    let meeting = &certificate.meeting;
    for form in meeting.proxy_forms.iter().filter(|form| form.cards > 0 || !form.holders.is_empty()) {
        let holders = if form.holders.is_empty() {
            "holders not stated".to_owned()
        } else {
            form.holders.join(" and ")
        };
        let ballot = form.ballot_cast.as_ref().map_or_else(
            || "no ballot handed in".to_owned(),
            |cast| format!("ballot handed in {}", shown_time(meeting, cast)),
        );
        let stand = if form.cards == 1 { "stands" } else { "stand" };
        entry(
            &format!("Proxy form {}", visible(&form.id)),
            &format!("{holders}; {ballot}; {} {stand}", counted(form.cards, "card")),
        );
        entry("", &unmarked(form));
        if !form.cumulative_allocation.is_empty() {
            entry("", &allocated(form));
        }
    }
    entries
}

/// How a form votes what a signed card does not say.
fn unmarked(form: &FormFigures) -> String {
    let told: Vec<String> = form
        .unmarked
        .iter()
        .map(|(item, unmarked)| match unmarked {
            UnmarkedFigures::Mark(mark) => format!("item {item} {mark}"),
            UnmarkedFigures::Nominees(ids) if ids.is_empty() => format!("item {item} for nobody"),
            UnmarkedFigures::Nominees(ids) => format!("item {item} for {}", ids.join(", ")),
        })
        .collect();
    if told.is_empty() {
        return "where a signed card says nothing: present and not voted".to_owned();
    }
    format!("where a signed card says nothing: {}; on other items not voted", told.join("; "))
}

/// How a form's proxy holders allocate cumulated votes.
fn allocated(form: &FormFigures) -> String {
    let told: Vec<String> = form
        .cumulative_allocation
        .iter()
        .map(|(item, rule)| match rule {
            AllocationRule::Manner(manner) => format!("item {item} {}", manner.replace('_', " ")),
            AllocationRule::Totals(totals) => {
                let totals: Vec<String> =
                    totals.iter().map(|(id, amount)| format!("{id} {}", votes(*amount))).collect();
                format!("item {item} {}", totals.join(", "))
            }
        })
        .collect();
    format!("cumulated votes left to the proxy holders: {}", told.join("; "))
}

/// A ruling of the inspector, with what it changed.
pub(crate) fn ruling(meeting: &MeetingFigures, ruling: &RulingFigures) -> String {
    let of_account = || ruling.account.as_ref().map(|account| format!(" of {account}")).unwrap_or_default();
    let on = match (&ruling.card, &ruling.form, ruling.revocation, &ruling.street, ruling.omnibus) {
        (Some(card), ..) => format!("Card {card}"),
        (_, Some(form), ..) => format!("Every card of form {form}"),
        (_, _, Some(line), ..) => format!("Revocation on line {line}{}", of_account()),
        (_, _, _, Some(account), _) => format!("Totals of {account}"),
        (.., Some(line)) => format!("Line {line} of the omnibus proxies"),
        (None, None, None, None, None) => String::new(),
    };
    let item = ruling.item.as_ref().map(|item| format!(" on item {item}")).unwrap_or_default();
    let nominee = ruling.nominee.as_ref().map(|nominee| format!(", {nominee}")).unwrap_or_default();
    let says = match (ruling.ruling.as_str(), &ruling.mark, &ruling.account) {
        ("mark", Some(mark), _) => format!("says {mark}"),
        ("account", _, Some(account)) => format!("is of account {account}"),
        (word, _, _) => word.to_owned(),
    };
    let by = ruling.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    let at = ruling.at.as_ref().map(|at| format!(", {}", shown_time(meeting, at))).unwrap_or_default();
    let (before, after) = (&ruling.before, &ruling.after);
    let changed =
        if before == after { format!("as before, {after}") } else { format!("{before} -> {after}") };
    let challenged = ruling.challenged_by.as_ref().map(|who| format!(", challenged by {who}"));
    let challenged = challenged.unwrap_or_default();
    format!("{on}{challenged}: {says}{item}{nominee}{by}{at}: {} [{changed}]", ruling.reason)
}

/// The shares, votes and quorum: labels and what stands beside them.
pub(super) fn quorum(certificate: &Certificate) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut entry = |label: &str, text: &str| entries.push((label.to_owned(), text.to_owned()));
    for class in &certificate.classes {
        let ratio = if class.votes_per_share == "1" {
            "one vote each".to_owned()
        } else {
            format!("{} votes each", class.votes_per_share)
        };
        entry(
            &class.name,
            &format!(
                "{} outstanding, {ratio}: {}; {} represented, {} in person and {} by proxy",
                of_shares(class.shares_outstanding),
                of_votes(class.votes_outstanding),
                votes(class.votes_present),
                votes(class.votes_in_person),
                votes(class.votes_by_proxy),
            ),
        );
        if !class.shares_missing.is_zero() {
            entry("", &format!("of which {} shares are not on the register", shares(class.shares_missing)));
        }
    }
    let quorum = &certificate.quorum;
    let of = percent(quorum.present, quorum.outstanding)
        .map_or_else(String::new, |percent| format!(" ({percent} of votes outstanding)"));
    entry("Votes outstanding", &votes(quorum.outstanding));
    entry("Votes represented", &format!("{}{of}", votes(quorum.present)));
    entry("  in person", &votes(quorum.in_person));
    entry("  by proxy", &votes(quorum.by_proxy));
    let fraction = match words_of(&quorum.threshold) {
        words if words.is_empty() => "at least one vote".to_owned(),
        words => format!("{words} of the votes outstanding"),
    };
    entry("Required quorum", &format!("{} ({fraction})", votes(quorum.required)));
    for test in quorum.tests.iter().filter(|test| test.counting == "holders") {
        entry("  holders", &head_quorum(test));
    }
    for class in quorum.by_class.iter().flatten() {
        entry(
            &format!("  class {}", visible(&class.class)),
            &format!(
                "{} of {}; {} required: {}",
                votes(class.present),
                of_votes(class.outstanding),
                votes(class.required),
                met(class.met),
            ),
        );
    }
    entries
}

pub(super) fn words_of(threshold: &std::collections::BTreeMap<&'static str, String>) -> String {
    threshold.iter().map(|(key, fraction)| format!("{} {fraction}", key.replace('_', " "))).collect()
}

pub(super) fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "NOT MET" }
}

/// Whether there is a quorum.
pub(super) fn quorum_conclusion(certificate: &Certificate) -> &'static str {
    match (certificate.quorum.met, certificate.interim.is_some()) {
        (true, false) => "A quorum was present for the transaction of business.",
        (false, false) => "A QUORUM WAS NOT PRESENT. No business could be transacted that needs one.",
        (true, true) => "A quorum is present so far.",
        (false, true) => "A QUORUM IS NOT PRESENT so far.",
    }
}

/// What looks wrong.
pub(super) fn warning(warning: &Warning) -> String {
    format!("Warning ({}): {}.", warning.code, warning.says)
}

/// A card that was not plainly counted, and why.
pub(super) fn exception(exception: &ExceptionFigures) -> String {
    format!(
        "{} (account {}, {}): {}",
        exception.card,
        exception.account,
        of_shares(exception.shares_claimed),
        exception.told,
    )
}

/// How many more such cards there are than the certificate tells of, where there are any.
pub(super) fn more_exceptions(certificate: &Certificate) -> Option<String> {
    if certificate.public {
        return None;
    }
    let cards = &certificate.cards;
    let more = (cards.read - cards.counted).saturating_sub(certificate.exceptions.len() as u64);
    (more > 0).then(|| format!("… and {}, in exceptions.csv.", counted(more, "other card")))
}

/// A rule that a meeting may set: its value and source.
pub(super) fn rule_value(rule: &RuleSource) -> String {
    let set = if rule.is_set_by_meeting { ", set by this meeting" } else { "" };
    format!("{} = {}{set} [{}]", rule.key, rule.value, rule.source)
}

/// A file's size, rows and shares.
pub(super) fn input(input: &InputFigures) -> String {
    let mut figures = vec![counted(input.bytes, "byte")];
    figures.extend(input.rows.map(|rows| counted(rows, "row")));
    figures.extend(input.shares.filter(|sum| !sum.is_zero()).map(of_shares));
    figures.join(", ")
}

/// How an input was read, where not as it stands: a sentence each.
pub(super) fn reading(input: &InputFigures) -> Vec<String> {
    let mut says = Vec::new();
    if let (Some(layout), Some(read)) = (&input.layout, &input.as_read) {
        says.push(format!("read through {}, SHA-256 {}", visible(&layout.path), layout.sha256));
        let mut figures = vec![counted(read.rows, "row")];
        figures.extend(read.shares.filter(|sum| !sum.is_zero()).map(of_shares));
        says.push(format!("as read: {}, SHA-256 {}", figures.join(", "), read.sha256));
        says.extend(how_read(read));
    }
    says.extend(input.keyed.as_ref().map(keyed_twice));
    if let Some(rows) = input.corrected_rows {
        says.push(format!("{} put right or withdrawn by later rows of the file", counted(rows, "row")));
    }
    let of_columns = |column: &ColumnFigures| match &column.column {
        Some(ours) => format!("{} is {ours}", visible(&column.header)),
        None => not_read(column),
    };
    if !input.columns.is_empty() {
        let columns: Vec<String> = input.columns.iter().map(of_columns).collect();
        says.push(format!("columns: {}", columns.join("; ")));
    }
    says
}

/// The keyings of a file, and how their differences were settled.
fn keyed_twice(keyed: &KeyedFigures) -> String {
    let file = |file: &LayoutFigures| format!("{}, SHA-256 {}", visible(&file.path), file.sha256);
    let files: Vec<String> = keyed.files.iter().map(file).collect();
    let settled = match (keyed.differences, &keyed.resolved) {
        (0, _) | (_, None) => "nothing differed".to_owned(),
        (count, Some(resolved)) => format!("{} settled by {}", counted(count, "difference"), file(resolved)),
    };
    format!("keyed twice, {settled}; keyings: {}", files.join("; "))
}

/// The same, each with the file's name.
pub(super) fn how_inputs_were_read(input: &InputFigures) -> Vec<String> {
    let name = visible(&input.path);
    reading(input).into_iter().map(|says| format!("{name}: {says}")).collect()
}

fn not_read(column: &ColumnFigures) -> String {
    format!("{} is not read ({} held something)", visible(&column.header), counted(column.cells, "cell"))
}

/// Lines that are no rows are listed up to so many; all of them stand in the data.
const NOT_READ_MAX: usize = 8;

fn how_read(read: &AsReadFigures) -> Vec<String> {
    let mut says = Vec::new();
    says.extend(read.encoding.as_ref().map(|encoding| format!("encoding {encoding}")));
    says.extend(read.sheet.as_ref().map(|sheet| format!("sheet {}", visible(sheet))));
    if !read.not_read.is_empty() {
        let line = |line: &NotReadFigures| match line.text.as_str() {
            "" => format!("{} ({})", line.line, line.why),
            text => format!("{} ({}: {})", line.line, line.why, visible(text)),
        };
        let lines: Vec<String> = read.not_read.iter().take(NOT_READ_MAX).map(line).collect();
        let more = read.not_read.len().saturating_sub(NOT_READ_MAX);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        says.push(format!("lines not read: {}{more}", lines.join("; ")));
    }
    if !read.control_totals.is_empty() {
        let total = |total: &StatedFigures| format!("{} {} (line {})", total.stated, total.of, total.line);
        let totals: Vec<String> = read.control_totals.iter().map(total).collect();
        says.push(format!("control totals that agree: {}", totals.join(", ")));
    }
    let counts = [
        (read.amounts_changed, "amount", "written otherwise as read"),
        (read.dates_changed, "date", "written otherwise as read"),
        (read.marks_dropped, "mark", "dropped by the layout"),
        (read.formulas, "formula", "of which the last value was read"),
        (read.other_names, "row", "of a position under another name than its first row"),
    ];
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, noun, what)| format!("{} {what}", counted(*count, noun)))
        .collect();
    if !told.is_empty() {
        says.push(told.join("; "));
    }
    if !read.columns_not_read.is_empty() {
        let columns: Vec<String> = read.columns_not_read.iter().map(not_read).collect();
        says.push(format!("columns: {}", columns.join("; ")));
    }
    let mut columns: Vec<&str> = read.words.iter().map(|word| word.column.as_str()).collect();
    columns.dedup();
    for column in columns {
        let word = |word: &WordFigures| {
            let became = if word.became.is_empty() { "nothing" } else { &word.became };
            format!("{} {} → {became}", visible(&word.found), thousands(&word.count.to_string()))
        };
        let words: Vec<String> = read.words.iter().filter(|word| word.column == column).map(word).collect();
        says.push(format!("{column}: {}", words.join(", ")));
    }
    says
}

/// The digest of the ledger, or why there is none.
pub(super) fn ledger(certificate: &Certificate) -> String {
    certificate.ledger.sha256.as_ref().map_or_else(
        || "not made for this certificate; --out makes it, with its SHA-256".to_owned(),
        |sha256| format!("SHA-256 {sha256}"),
    )
}

/// The root of the receipts, where there is one.
pub(super) fn receipts(certificate: &Certificate) -> Option<String> {
    let receipts = certificate.ledger.receipts.as_ref()?;
    Some(format!(
        "Root of the receipts, over the rows of the ledger: {}; SHA-256 of the inspector's key to them: {}",
        visible(&receipts.root),
        visible(&receipts.key_sha256)
    ))
}

/// The fingerprint, beside the outcomes and the signature.
pub(super) fn fingerprint(certificate: &Certificate) -> String {
    certificate.fingerprint().map_or_else(
        || "Fingerprint: with --out".to_owned(),
        |fingerprint| format!("Fingerprint of these results: {fingerprint}"),
    )
}

/// What the fingerprint is, and how anybody finds it again.
pub(super) const FINGERPRINT: &str = "The fingerprint is the SHA-256 of certificate.json, as sha256sum prints it, in \
     groups of four; its first four groups stand in the foot of every document of this result.";

/// The foot of a document; nothing where there is no fingerprint.
pub(super) fn foot(certificate: &Certificate) -> Option<String> {
    certificate.fingerprint().map(|fingerprint| format!("Fingerprint {}", fingerprint.foot()))
}

/// Whether the totals were counted a second time.
pub(super) fn second_count(certificate: &Certificate) -> &'static str {
    if certificate.second_count == "agrees" {
        "Every total was counted a second time, vote by vote, and agrees to the last vote."
    } else {
        "The second count of the totals was not made."
    }
}

/// What made the certificate, and what its percentages are.
pub(super) fn program(certificate: &Certificate) -> String {
    format!(
        "Tabulated by {} {}. Percentages are rounded to two decimals and decide nothing; every test compares exact numbers.",
        certificate.program.name, certificate.program.version,
    )
}

/// In place of signatures while a matter is open.
pub(super) const UNSIGNED: &str = "PRELIMINARY - not to be signed while the matters named above are open.";

/// Who signs, a line for each; one without a name where none is known.
pub(super) fn signers(certificate: &Certificate) -> Vec<String> {
    let inspectors = &certificate.meeting.inspectors;
    if inspectors.is_empty() {
        return vec!["Inspector of Elections".to_owned()];
    }
    inspectors.iter().map(|name| format!("{}, Inspector of Elections", visible(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_half_up_and_only_beside_a_base() {
        // 4,999,999 of 10,000,000 prints 50.00% and fails all the same.
        assert_eq!(percent(Votes::whole(4_999_999), Votes::whole(10_000_000)).as_deref(), Some("50.00%"));
        assert_eq!(percent(Votes::whole(12_437_408), Votes::whole(15_086_032)).as_deref(), Some("82.44%"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(3)).as_deref(), Some("33.33%"));
        assert_eq!(percent(Votes::whole(1), Votes::whole(800)).as_deref(), Some("0.13%"));
        assert_eq!(percent(Votes::ZERO, Votes::ZERO), None);
    }
}
