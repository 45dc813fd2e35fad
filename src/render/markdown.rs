//! The certificate as Markdown: the same words and tables as the text that is signed.

use super::tables::{self, DocumentTable};
use super::{front, interim, words};
use crate::certify::{Certificate, CumulativeFigures, GroupFigures, ItemFigures, NomineeFigures};
use crate::text::visible;

/// The user's text in Markdown: nothing in it is markup, opens a cell, or hides.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// A table: the first column to the left, the others to the right.
pub(super) fn table(table: &DocumentTable) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule: Vec<&str> =
        (0..table.head.len()).map(|place| if place == 0 { ":---" } else { "---:" }).collect();
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    format!("{}| {} |\n{rows}", line(&table.head), rule.join(" | "))
}

/// A document while it is written.
#[derive(Default)]
struct Document(String);

impl Document {
    fn block(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    fn paragraph(&mut self, text: &str) {
        self.block(&escaped(text));
    }

    fn head(&mut self, text: &str) {
        self.block(&format!("## {}", escaped(text)));
    }

    fn list<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        let lines: Vec<String> =
            lines.into_iter().map(|line| format!("- {}", escaped(line.as_ref()))).collect();
        if !lines.is_empty() {
            self.block(&lines.join("\n"));
        }
    }

    fn table(&mut self, content: &DocumentTable) {
        self.block(&table(content));
    }

    /// A table of what stands beside labels; it has no head of its own.
    fn bare(&mut self, rows: Vec<Vec<String>>) {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        if width > 0 {
            self.table(&DocumentTable { head: vec![String::new(); width], rows });
        }
    }

    fn entries(&mut self, entries: Vec<(String, String)>) {
        let lines = entries.into_iter().map(|(label, text)| {
            let label = label.trim();
            if label.is_empty() {
                format!("- {}", escaped(&text))
            } else {
                format!("- **{}:** {}", escaped(label), escaped(&text))
            }
        });
        self.block(&lines.collect::<Vec<_>>().join("\n"));
    }
}

/// The certificate as Markdown.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let mut page = Document::default();
    let meeting = &certificate.meeting;
    page.block(&format!("# {}: {}", escaped(&meeting.company), escaped(&meeting.title)));
    page.block(&format!("**{}**", words::heading(certificate)));
    if !certificate.open_matters.is_empty() {
        page.block("**PRELIMINARY - NOT CERTIFIED. The following is open:**");
        page.list(certificate.open_matters.iter().map(words::open_matter));
        page.list(words::open_matters_could_change(certificate));
    }
    if let Some(banner) = words::test_banner(certificate) {
        page.block(&format!("**{banner}**"));
    }
    page.entries(words::meeting(certificate));
    page.paragraph(&front::quorum(certificate));
    page.head("Results");
    page.table(&front::results(certificate));
    page.paragraph(&words::fingerprint(certificate));
    page.head("What stands against signing");
    page.list(front::against_signing(certificate));
    page.paragraph(&front::considered(certificate));
    signatures(&mut page, certificate);
    page.paragraph(words::FINGERPRINT);
    if !words::forms(certificate).is_empty() {
        page.head("Forms of proxy");
        page.entries(words::forms(certificate));
    }
    page.head("Shares outstanding and represented; quorum");
    page.entries(words::quorum(certificate));
    page.paragraph(words::quorum_conclusion(certificate));
    if let Some(figures) = &certificate.interim {
        page.head("Interim count: what is still needed");
        page.list(interim::sentences(certificate, figures));
        page.table(&interim::present_by(certificate, figures));
    }
    certificate.items.iter().for_each(|figures| item(&mut page, certificate, figures));
    cards(&mut page, certificate);
    if !certificate.reconciliation.is_empty() {
        page.head("Reconciliation of nominees (shares)");
        page.table(&tables::reconciliation(certificate));
    }
    if !certificate.rulings.is_empty() {
        page.head("Rulings of the inspector");
        page.list(certificate.rulings.iter().map(|ruling| words::ruling(&certificate.meeting, ruling)));
    }
    if !certificate.notes.is_empty() || !certificate.warnings.is_empty() {
        page.head("Notes");
        page.list(certificate.warnings.iter().map(words::warning).chain(certificate.notes.iter().cloned()));
    }
    page.head("Rules applied");
    page.list(certificate.rule_sources.iter().map(words::rule_value));
    let applied = certificate.rules_applied.iter();
    page.list(applied.map(|rule| format!("{} {} [{}]", rule.id, rule.sentence, rule.source)));
    inputs(&mut page, certificate);
    if let Some(foot) = foot(certificate) {
        page.block(&foot);
    }
    page.0
}

fn item(page: &mut Document, certificate: &Certificate, item: &ItemFigures) {
    page.head(&format!("Item {}: {}", item.id, item.title));
    page.paragraph(&words::item_base(certificate, item));
    if let Some(sentence) = words::not_voting(item) {
        page.paragraph(&sentence);
    }
    match item.kind {
        "election" => election(page, certificate, item),
        "frequency" => page.bare(tables::choices(item)),
        _ => {
            if let Some(lines) = &item.lines {
                page.table(&tables::lines(item, lines));
            }
            page.list(item.tests.iter().flatten().map(words::sentence));
            groups(page, item, &item.voting_groups);
        }
    }
    page.list(words::following(item));
    page.block(&format!("**RESULT:** {}", escaped(&words::marked_result(certificate, item))));
    page.block(&format!("**MARGIN:** {}", escaped(&words::margin_sentence(&item.margin))));
    if let Some(sentence) = words::lot(certificate, item) {
        page.block(&escaped(&sentence));
    }
    if let Some(sentence) = words::policy(item) {
        page.paragraph(&sentence);
    }
    if let Some(sentence) = words::seat_by_seat(item) {
        page.paragraph(&sentence);
    }
}

fn groups(page: &mut Document, item: &ItemFigures, groups: &[GroupFigures]) {
    for group in groups {
        page.paragraph(&words::group(group));
        page.table(&tables::lines(item, &group.lines));
        page.list(group.tests.iter().map(words::sentence));
    }
}

fn election(page: &mut Document, certificate: &Certificate, item: &ItemFigures) {
    let Some(nominees) = &item.nominees else { return };
    page.paragraph(&words::seats(item));
    match &item.cumulative {
        Some(cumulative) => cumulated(page, certificate, item, nominees, cumulative),
        None => page.table(&tables::nominees(item, nominees)),
    }
    for nominee in nominees {
        if !nominee.tests.is_empty() {
            page.paragraph(&nominee.name);
            page.list(nominee.tests.iter().map(words::sentence));
        }
        if !nominee.voting_groups.is_empty() {
            page.paragraph(&format!("{}, by voting group", nominee.name));
            groups(page, item, &nominee.voting_groups);
        }
    }
}

fn cumulated(
    page: &mut Document,
    certificate: &Certificate,
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) {
    page.paragraph(&words::notice(certificate, item, cumulative));
    page.table(&tables::cumulated(item, nominees, cumulative));
    page.paragraph(words::NOT_FOR);
    page.table(&tables::not_for(item, nominees));
    page.paragraph(&words::pool(item));
    page.bare(tables::pool(cumulative));
    for allocation in &cumulative.allocations {
        page.paragraph(&words::allocation(allocation));
        page.bare(tables::allocation(allocation, nominees));
        if let Some(sentence) = words::infeasible(allocation) {
            page.paragraph(&sentence);
        }
    }
    page.paragraph(&words::guarantees(item, cumulative));
}

fn cards(page: &mut Document, certificate: &Certificate) {
    page.head("Cards and ballots");
    page.table(&tables::cards(certificate));
    if certificate.cards.read > certificate.cards.counted {
        page.table(&tables::reasons(certificate));
        page.list(
            certificate.exceptions.iter().map(words::exception).chain(words::more_exceptions(certificate)),
        );
    }
}

fn inputs(page: &mut Document, certificate: &Certificate) {
    page.head("Input files");
    page.table(&tables::inputs(certificate));
    page.list(certificate.inputs.iter().flat_map(words::how_inputs_were_read));
    if let Some(receipts) = words::receipts(certificate) {
        page.paragraph(&receipts);
    }
    page.paragraph(words::second_count(certificate));
    page.paragraph(&words::program(certificate));
}

/// The foot of a document in Markdown.
pub(super) fn foot(certificate: &Certificate) -> Option<String> {
    words::foot(certificate).map(|foot| format!("---\n\n{foot}\n"))
}

fn signatures(page: &mut Document, certificate: &Certificate) {
    page.head("Signature");
    if words::is_preliminary(certificate) {
        page.paragraph(words::UNSIGNED);
        return;
    }
    if let Some(oath) = front::oath(certificate) {
        page.paragraph(&oath);
    }
    page.paragraph(&front::certification(certificate));
    page.paragraph(&words::fingerprint(certificate));
    for signer in words::signers(certificate) {
        page.paragraph(&format!("{signer}: ____________________  Date: ____________"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(
            escaped("a|b <i>*x*</i> [l](u) \u{202e}"),
            "a\\|b &lt;i&gt;\\*x\\*&lt;/i&gt; \\[l\\](u) \\\\u\\{202e\\}"
        );
        let cell = table(&DocumentTable { head: vec!["|".to_owned()], rows: vec![vec!["x|y\\".to_owned()]] });
        assert_eq!(cell, "| \\| |\n| :--- |\n| x\\|y\\\\ |\n");
    }
}
