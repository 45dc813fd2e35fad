//! The certificate as text: what the inspector reads, prints on paper and signs.

use super::page::{TextPage, WIDTH, WIDTHS, columns, wrap};
use super::tables::{self, DocumentTable};
use super::{front, interim, words};
use crate::certify::{Certificate, CumulativeFigures, GroupFigures, ItemFigures, NomineeFigures};
use crate::text::{counted, visible};

/// The certificate as text, at most a hundred columns wide: the document that is signed.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    render_within(certificate, WIDTH)
}

/// The same words for a terminal of so many columns, as far as [`WIDTHS`] go.
#[must_use]
pub fn render_within(certificate: &Certificate, columns: usize) -> String {
    let mut page = TextPage::of_width(columns.clamp(*WIDTHS.start(), *WIDTHS.end()));
    front_page(&mut page, certificate);
    annexes(&mut page, certificate);
    if let Some(foot) = words::foot(certificate) {
        page.blank();
        page.line(&"-".repeat(page.width()));
        page.line(&foot);
    }
    page.finish()
}

/// Page one: what is certified, and where it is signed.
fn front_page(page: &mut TextPage, certificate: &Certificate) {
    heading(page, certificate);
    open_matters(page, certificate);
    page.blank();
    words::meeting(certificate).iter().for_each(|(label, text)| page.entry(label, text));
    page.blank();
    page.paragraph("", 0, &front::quorum(certificate));
    page.head("RESULTS");
    headed(page, 0, &front::results(certificate));
    page.blank();
    page.paragraph("", 0, &words::fingerprint(certificate));
    page.head("WHAT STANDS AGAINST SIGNING");
    for sentence in front::against_signing(certificate) {
        page.paragraph("  - ", 4, &sentence);
    }
    page.blank();
    page.paragraph("", 0, &front::considered(certificate));
    signatures(page, certificate);
    page.blank();
    page.paragraph("", 0, words::FINGERPRINT);
}

/// What stands behind page one.
fn annexes(page: &mut TextPage, certificate: &Certificate) {
    page.blank();
    page.line(&"=".repeat(page.width()));
    page.centred("ANNEXES");
    page.line(&"=".repeat(page.width()));
    if !words::forms(certificate).is_empty() {
        page.head("FORMS OF PROXY");
        words::forms(certificate).iter().for_each(|(label, text)| page.entry(label, text));
    }
    quorum(page, certificate);
    if let Some(figures) = &certificate.interim {
        page.head("INTERIM COUNT: WHAT IS STILL NEEDED");
        for sentence in interim::sentences(certificate, figures) {
            page.paragraph("  - ", 4, &sentence);
        }
        page.blank();
        headed(page, 2, &interim::present_by(certificate, figures));
    }
    for item in &certificate.items {
        self::item(page, certificate, item);
    }
    cards(page, certificate);
    reconciliation(page, certificate);
    if !certificate.rulings.is_empty() {
        page.head("RULINGS OF THE INSPECTOR");
        certificate
            .rulings
            .iter()
            .for_each(|ruling| page.told(2, 4, &words::ruling(&certificate.meeting, ruling)));
    }
    notes(page, certificate);
    rules(page, certificate);
    inputs(page, certificate);
}

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[1;31m";
const GREEN: &str = "\u{1b}[1;32m";
const PLAIN: &str = "\u{1b}[0m";

/// Words of a line that tell what came of something, with their colours. One that holds another comes first.
const OUTCOMES: [(&str, &str); 12] = [
    ("not approved", RED),
    ("approved", GREEN),
    ("nobody elected", RED),
    ("nobody", RED),
    ("elected", GREEN),
    ("nothing chosen", RED),
    ("chosen", GREEN),
    ("tied", RED),
    ("vacant", RED),
    ("no quorum", RED),
    ("NOT MET", RED),
    ("met", GREEN),
];

/// The certificate's text for a terminal: heads bold, and of other lines the word that matters: green what is met or
/// carried, red what is open, failed or undecided.
#[must_use]
pub fn coloured(text: &str) -> String {
    text.lines().map(|line| coloured_line(line) + "\n").collect()
}

fn coloured_line(line: &str) -> String {
    let whole = |colour: &str| format!("{colour}{line}{PLAIN}");
    let is_head = !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || " ;:()".contains(c));
    if line.contains("PRELIMINARY") || line.contains("NOT PRESENT") {
        return whole(RED);
    }
    if is_head || line.starts_with("ITEM ") {
        return whole(BOLD);
    }
    if let Some(result) = line.strip_prefix("  RESULT: ") {
        let lower = result.to_lowercase();
        let (length, colour) = OUTCOMES
            .iter()
            .find(|(word, _)| lower.starts_with(word))
            .map_or((result.len(), BOLD), |(word, colour)| (word.len(), colour));
        // A word of ours has as many bytes in capitals.
        let (word, rest) = result.split_at(length.min(result.len()));
        return format!("  {BOLD}RESULT:{PLAIN} {colour}{word}{PLAIN}{rest}");
    }
    // The last column of a table, apart from what stands before it, or the end of a test. Words of the user's have
    // single blanks between them.
    let ending = OUTCOMES.iter().find(|(word, _)| {
        let before =
            line.strip_suffix(word).or_else(|| line.strip_suffix(&format!("{word} on an advisory basis")));
        before.is_some_and(|before| {
            (before.ends_with("  ") && !before.trim().is_empty()) || before.ends_with(": ")
        })
    });
    match ending {
        Some((word, colour)) => {
            let at = line.rfind(word).unwrap_or(0);
            let (before, rest) = line.split_at(at);
            let (word, rest) = rest.split_at(word.len());
            format!("{before}{colour}{word}{PLAIN}{rest}")
        }
        None => line.to_owned(),
    }
}

/// A paragraph as lines of at most so many columns, the first one led by `first`.
#[must_use]
pub fn wrapped(width: usize, first: &str, indent: usize, text: &str) -> Vec<String> {
    let mut page = TextPage::of_width(width);
    page.paragraph(first, indent, text);
    page.finish().lines().map(str::to_owned).collect()
}

fn heading(page: &mut TextPage, certificate: &Certificate) {
    let meeting = &certificate.meeting;
    page.line(&"=".repeat(page.width()));
    page.centred_name(&meeting.company);
    page.centred_name(&meeting.title);
    page.centred(words::heading(certificate));
    if let Some(banner) = words::test_banner(certificate) {
        page.centred(banner);
    }
    page.line(&"=".repeat(page.width()));
}

fn open_matters(page: &mut TextPage, certificate: &Certificate) {
    if certificate.open_matters.is_empty() {
        return;
    }
    page.blank();
    page.paragraph("", 0, "*** PRELIMINARY - NOT CERTIFIED. The following is open: ***");
    for matter in &certificate.open_matters {
        page.paragraph("  * ", 4, &words::open_matter(matter));
    }
    for sentence in words::open_matters_could_change(certificate) {
        page.paragraph("  > ", 4, &sentence);
    }
}

fn quorum(page: &mut TextPage, certificate: &Certificate) {
    page.head("SHARES OUTSTANDING AND REPRESENTED; QUORUM");
    words::quorum(certificate).iter().for_each(|(label, text)| page.entry(label, text));
    page.blank();
    page.paragraph("", 0, words::quorum_conclusion(certificate));
}

fn headed(page: &mut TextPage, indent: usize, table: &DocumentTable) {
    page.headed_table(indent, &table.head, &table.rows);
}

fn item(page: &mut TextPage, certificate: &Certificate, item: &ItemFigures) {
    page.head(&format!("ITEM {}: {}", visible(&item.id), visible(&item.title)));
    page.paragraph("", 0, &words::item_base(certificate, item));
    if let Some(sentence) = words::not_voting(item) {
        page.paragraph("", 0, &sentence);
    }
    match item.kind {
        "election" => election(page, certificate, item),
        "frequency" => {
            page.blank();
            page.table(2, &tables::choices(item));
        }
        _ => proposal(page, item),
    }
    for sentence in words::following(item) {
        page.blank();
        page.paragraph("  - ", 4, &sentence);
    }
    page.blank();
    page.paragraph("  RESULT: ", 10, &words::marked_result(certificate, item));
    page.paragraph("  MARGIN: ", 10, &words::margin_sentence(&item.margin));
    if let Some(sentence) = words::lot(certificate, item) {
        page.paragraph("", 10, &sentence);
    }
    if let Some(sentence) = words::policy(item) {
        page.paragraph("", 10, &sentence);
    }
    if let Some(sentence) = words::seat_by_seat(item) {
        page.paragraph("", 10, &sentence);
    }
}

fn proposal(page: &mut TextPage, item: &ItemFigures) {
    let Some(lines) = &item.lines else { return };
    page.blank();
    headed(page, 2, &tables::lines(item, lines));
    page.blank();
    for test in item.tests.iter().flatten() {
        page.paragraph("  - ", 4, &words::sentence(test));
    }
    groups(page, item, &item.voting_groups);
}

fn groups(page: &mut TextPage, item: &ItemFigures, groups: &[GroupFigures]) {
    for group in groups {
        page.blank();
        page.paragraph("  ", 2, &words::group(group));
        headed(page, 4, &tables::lines(item, &group.lines));
        for test in &group.tests {
            page.paragraph("    - ", 6, &words::sentence(test));
        }
    }
}

fn election(page: &mut TextPage, certificate: &Certificate, item: &ItemFigures) {
    let Some(nominees) = &item.nominees else { return };
    page.paragraph("", 0, &words::seats(item));
    page.blank();
    match &item.cumulative {
        Some(cumulative) => cumulated(page, certificate, item, nominees, cumulative),
        None => headed(page, 2, &tables::nominees(item, nominees)),
    }
    for nominee in nominees {
        if !nominee.tests.is_empty() {
            page.blank();
            page.told(2, 2, &nominee.name);
            for test in &nominee.tests {
                page.paragraph("    - ", 6, &words::sentence(test));
            }
        }
        if !nominee.voting_groups.is_empty() {
            page.told(2, 2, &format!("{}, by voting group", nominee.name));
            groups(page, item, &nominee.voting_groups);
        }
    }
}

fn cumulated(
    page: &mut TextPage,
    certificate: &Certificate,
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) {
    page.paragraph("", 0, &words::notice(certificate, item, cumulative));
    page.blank();
    headed(page, 2, &tables::cumulated(item, nominees, cumulative));
    page.blank();
    page.paragraph("  ", 2, words::NOT_FOR);
    headed(page, 2, &tables::not_for(item, nominees));
    page.blank();
    page.paragraph("  ", 2, &words::pool(item));
    page.table(4, &tables::pool(cumulative));
    for allocation in &cumulative.allocations {
        page.blank();
        page.paragraph("  ", 2, &words::allocation(allocation));
        page.table(4, &tables::allocation(allocation, nominees));
        if let Some(sentence) = words::infeasible(allocation) {
            page.paragraph("    ", 4, &sentence);
        }
    }
    page.blank();
    page.paragraph("  ", 2, &words::guarantees(item, cumulative));
}

fn cards(page: &mut TextPage, certificate: &Certificate) {
    page.head("CARDS AND BALLOTS");
    headed(page, 2, &tables::cards(certificate));
    if certificate.cards.read > certificate.cards.counted {
        page.blank();
        headed(page, 2, &tables::reasons(certificate));
        page.blank();
        for exception in &certificate.exceptions {
            page.told(2, 6, &words::exception(exception));
        }
        if let Some(more) = words::more_exceptions(certificate) {
            page.paragraph("  ", 6, &more);
        }
    }
}

fn reconciliation(page: &mut TextPage, certificate: &Certificate) {
    if certificate.reconciliation.is_empty() {
        return;
    }
    page.head("RECONCILIATION OF NOMINEES (shares)");
    headed(page, 2, &tables::reconciliation(certificate));
}

fn notes(page: &mut TextPage, certificate: &Certificate) {
    if certificate.notes.is_empty() && certificate.warnings.is_empty() {
        return;
    }
    page.head("NOTES");
    for warning in &certificate.warnings {
        page.paragraph("  ! ", 4, &words::warning(warning));
    }
    for note in &certificate.notes {
        page.paragraph("  - ", 4, note);
    }
}

fn rules(page: &mut TextPage, certificate: &Certificate) {
    page.head("RULES APPLIED");
    for rule in &certificate.rule_sources {
        page.paragraph("", 2, &words::rule_value(rule));
    }
    page.blank();
    for rule in &certificate.rules_applied {
        page.paragraph(&format!("{:<6} ", rule.id), 7, &format!("{} [{}]", rule.sentence, rule.source));
    }
}

fn inputs(page: &mut TextPage, certificate: &Certificate) {
    page.head("INPUT FILES");
    for input in &certificate.inputs {
        let text = format!("{}: {}", input.path, words::input(input));
        page.paragraph(&format!("{:<12} ", input.role), 13, &text);
        page.paragraph("", 13, &format!("SHA-256 {}", input.sha256));
        for says in words::reading(input) {
            page.paragraph("", 15, &says);
        }
    }
    page.paragraph(&format!("{:<12} ", "ledger"), 13, &counted(certificate.ledger.rows, "row"));
    page.paragraph("", 13, &words::ledger(certificate));
    if let Some(receipts) = words::receipts(certificate) {
        page.paragraph("", 13, &receipts);
    }
    page.blank();
    page.paragraph("", 0, words::second_count(certificate));
    page.paragraph("", 0, &words::program(certificate));
}

fn signatures(page: &mut TextPage, certificate: &Certificate) {
    page.blank();
    if words::is_preliminary(certificate) {
        page.paragraph("", 0, words::UNSIGNED);
        return;
    }
    if let Some(oath) = front::oath(certificate) {
        page.paragraph("", 0, &oath);
        page.blank();
    }
    page.paragraph("", 0, &front::certification(certificate));
    page.paragraph("", 2, &words::fingerprint(certificate));
    for signer in words::signers(certificate) {
        page.blank();
        page.blank();
        let name = if page.width() < 68 { 30 } else { 40 };
        page.line(&format!("{}        {}", "_".repeat(name), "_".repeat(20)));
        let mut lines = wrap(&signer, name + 6);
        let beside = name + 8;
        if let Some(first) = lines.first_mut() {
            *first = format!("{first}{}Date", " ".repeat(beside.saturating_sub(columns(first))));
        }
        lines.iter().for_each(|line| page.line(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_matters_is_coloured_and_no_word_of_the_users() {
        for (line, marked) in [
            ("  RESULT: APPROVED.", "  <b>RESULT:<0> <g>APPROVED<0>."),
            ("  RESULT: NOT APPROVED.", "  <b>RESULT:<0> <r>NOT APPROVED<0>."),
            (
                "  RESULT: ELECTED: Ann. 1 seat left vacant.",
                "  <b>RESULT:<0> <g>ELECTED<0>: Ann. 1 seat left vacant.",
            ),
            ("  RESULT: TIED for 1 seat: Ann, Bob.", "  <b>RESULT:<0> <r>TIED<0> for 1 seat: Ann, Bob."),
            ("  RESULT: NOBODY IS ELECTED.", "  <b>RESULT:<0> <r>NOBODY<0> IS ELECTED."),
            ("    1/2 is needed, at least 5: met", "    1/2 is needed, at least 5: <g>met<0>"),
            ("    1/2 is needed, at least 5: NOT MET", "    1/2 is needed, at least 5: <r>NOT MET<0>"),
            ("2. Plan  1  2  approved", "2. Plan  1  2  <g>approved<0>"),
            ("2. Plan  1  2  not approved", "2. Plan  1  2  <r>not approved<0>"),
            (
                "2. Plan  1  2  approved on an advisory basis",
                "2. Plan  1  2  <g>approved<0> on an advisory basis",
            ),
            ("  Ann  1  2  elected", "  Ann  1  2  <g>elected<0>"),
            ("  1 seat                vacant", "  1 seat                <r>vacant<0>"),
            ("ITEM 2: Plan", "<b>ITEM 2: Plan<0>"),
            // Names and titles.
            ("  approved", "  approved"),
            ("2. That the plan be approved", "2. That the plan be approved"),
            ("the auditor was elected", "the auditor was elected"),
        ] {
            let found = [(BOLD, "<b>"), (RED, "<r>"), (GREEN, "<g>"), (PLAIN, "<0>")]
                .iter()
                .fold(coloured_line(line), |text, (code, mark)| text.replace(code, mark));
            assert_eq!(found, marked);
        }
    }
}
