//! The certificate as one HTML file: no script, nothing loaded, read on a screen, on paper and by a
//! screen reader. The words and tables are those of the text that is signed, in its order; the bars add
//! nothing to the figures beside them.

mod bars;
mod markup;

use self::markup::{Caption, entries, escaped, list, name, prose, table};
use super::tables::{self, DocumentTable};
use super::{interim, words};
use crate::certify::{Certificate, CumulativeFigures, GroupFigures, ItemFigures, NomineeFigures};

const STYLE: &str = include_str!("style.css");

/// The certificate as HTML.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let meeting = &certificate.meeting;
    let mut page = HtmlPage::default();
    page.raw(&format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}: {}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n",
        escaped(&meeting.company),
        escaped(words::heading(certificate)),
        if words::is_preliminary(certificate) { PRELIMINARY_STYLE } else { "" },
    ));
    page.raw(
        "<svg class=\"defs\" aria-hidden=\"true\" focusable=\"false\"><defs><pattern id=\"hatch\" width=\"16\" \
         height=\"24\" patternUnits=\"userSpaceOnUse\"><rect width=\"7\" height=\"24\"/></pattern></defs>\
         </svg>\n",
    );
    page.raw(&format!(
        "<header>\n<p class=\"company\">{}</p>\n<p>{}</p>\n<h1>{}</h1>\n</header>\n<main>\n",
        name(&meeting.company),
        name(&meeting.title),
        words::heading(certificate),
    ));
    open_matters(&mut page, certificate);
    page.section("Meeting", |page| page.raw(&entries(&words::meeting(certificate))));
    quorum(&mut page, certificate);
    if let Some(figures) = &certificate.interim {
        page.section("Interim count: what is still needed", |page| {
            page.raw(&list(interim::sentences(certificate, figures)));
            let present = interim::present_by(certificate, figures);
            page.raw(&table(Caption::Heard, "How the votes present came in", "", &present));
        });
    }
    for figures in &certificate.items {
        let title = format!("Item {}: {}", figures.id, figures.title);
        page.section(&title, |page| item(page, certificate, figures));
    }
    cards(&mut page, certificate);
    schedules(&mut page, certificate);
    signatures(&mut page, certificate);
    page.raw("</main>\n</body>\n</html>\n");
    page.text
}

/// On every printed page of a report that is not to be signed.
const PRELIMINARY_STYLE: &str = "@page { @top-center { content: \"PRELIMINARY - NOT CERTIFIED\"; \
     font: bold 8pt sans-serif; color: #8c1515; } }\n";

#[derive(Default)]
struct HtmlPage {
    text: String,
    sections: usize,
}

impl HtmlPage {
    fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// A paragraph; the class is the program's own.
    fn paragraph(&mut self, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.raw(&format!("<p{class}>{}</p>\n", prose(text)));
    }

    /// A section with a head that names it.
    fn section(&mut self, title: &str, content: impl FnOnce(&mut Self)) {
        self.section_of("", title, content);
    }

    fn section_of(&mut self, class: &str, title: &str, content: impl FnOnce(&mut Self)) {
        self.sections += 1;
        let id = self.sections;
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.raw(&format!(
            "<section{class} aria-labelledby=\"s{id}\">\n<h2 id=\"s{id}\">{}</h2>\n",
            prose(title)
        ));
        content(self);
        self.raw("</section>\n");
    }
}

fn open_matters(page: &mut HtmlPage, certificate: &Certificate) {
    if !words::is_preliminary(certificate) {
        return;
    }
    page.raw("<div class=\"stamp\" aria-hidden=\"true\">PRELIMINARY</div>\n");
    page.section_of("open", "PRELIMINARY - NOT CERTIFIED. The following is open:", |page| {
        page.raw(&list(certificate.open_matters.iter().map(words::open_matter)));
    });
}

fn quorum(page: &mut HtmlPage, certificate: &Certificate) {
    page.section("Shares outstanding and represented; quorum", |page| {
        page.raw(&entries(&words::quorum(certificate)));
        page.raw(&bars::quorum(certificate));
        page.paragraph("result", words::quorum_conclusion(certificate));
    });
}

fn item(page: &mut HtmlPage, certificate: &Certificate, item: &ItemFigures) {
    page.paragraph("", &words::item_base(item));
    if let Some(sentence) = words::not_voting(item) {
        page.paragraph("", &sentence);
    }
    match item.kind {
        "election" => election(page, item),
        "frequency" => {
            let head = ["Choice", "Votes", "Share"].map(str::to_owned).to_vec();
            let choices = DocumentTable { head, rows: tables::choices(item) };
            page.raw(&table(Caption::Heard, &format!("Votes on item {}", item.id), "", &choices));
            page.raw(&bars::choices(item));
        }
        _ => {
            if let Some(lines) = &item.lines {
                page.raw(&table(
                    Caption::Heard,
                    &format!("Votes on item {}", item.id),
                    "",
                    &tables::lines(lines),
                ));
            }
            page.raw(&bars::tests(item.tests.as_deref().unwrap_or(&[])));
            groups(page, &item.voting_groups);
        }
    }
    page.paragraph("result", &format!("RESULT: {}", words::marked_result(certificate, item)));
    if let Some(margin) = &item.margin {
        page.paragraph("margin", &format!("MARGIN: {}", words::margin_sentence(margin)));
    }
    if let Some(sentence) = words::seat_by_seat(item) {
        page.paragraph("margin", &sentence);
    }
}

fn groups(page: &mut HtmlPage, groups: &[GroupFigures]) {
    for group in groups {
        page.raw(&table(Caption::Shown, &words::group(group), "", &tables::lines(&group.lines)));
        page.raw(&bars::tests(&group.tests));
    }
}

fn election(page: &mut HtmlPage, item: &ItemFigures) {
    let Some(nominees) = &item.nominees else { return };
    page.paragraph("", &words::seats(item));
    match &item.cumulative {
        Some(cumulative) => cumulated(page, item, nominees, cumulative),
        None => {
            let caption = format!("Votes on item {}, by nominee", item.id);
            page.raw(&table(Caption::Heard, &caption, "Result", &tables::nominees(item, nominees)));
            page.raw(&bars::nominees(item, nominees));
        }
    }
    for nominee in nominees {
        if !nominee.tests.is_empty() || !nominee.voting_groups.is_empty() {
            page.raw(&format!("<h3>{}</h3>\n", name(&nominee.name)));
            page.raw(&bars::tests(&nominee.tests));
            groups(page, &nominee.voting_groups);
        }
    }
}

fn cumulated(
    page: &mut HtmlPage,
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) {
    page.paragraph("", &words::notice(item, cumulative));
    let caption = format!("Cumulated votes on item {}, by nominee", item.id);
    page.raw(&table(Caption::Heard, &caption, "Result", &tables::cumulated(item, nominees, cumulative)));
    page.raw(&bars::nominees(item, nominees));
    page.raw(&table(Caption::Shown, words::NOT_FOR, "", &tables::not_for(nominees)));
    let amounts = |rows| DocumentTable { head: vec![String::new(), "Votes".to_owned()], rows };
    page.raw(&table(Caption::Shown, &words::pool(item), "", &amounts(tables::pool(cumulative))));
    for allocation in &cumulative.allocations {
        let rows = amounts(tables::allocation(allocation, nominees));
        page.raw(&table(Caption::Shown, &words::allocation(allocation), "", &rows));
        if let Some(sentence) = words::infeasible(allocation) {
            page.paragraph("result", &sentence);
        }
    }
    page.paragraph("", &words::guarantees(item, cumulative));
}

fn cards(page: &mut HtmlPage, certificate: &Certificate) {
    page.section("Cards and ballots", |page| {
        page.raw(&table(Caption::Heard, "Cards by disposition", "", &tables::cards(certificate)));
        if certificate.cards.read > certificate.cards.counted {
            let reasons = tables::reasons(certificate);
            // Too few rows are not worth a second column.
            let kind = if reasons.rows.len() < 6 { Caption::Heard } else { Caption::HeardInHalves };
            page.raw(&table(kind, "Cards not plainly counted", "", &reasons));
            page.raw("<div class=\"fine\">\n");
            let told = certificate.exceptions.iter().map(words::exception);
            page.raw(&list(told.chain(words::more_exceptions(certificate))));
            page.raw("</div>\n");
        }
    });
}

/// What the result rests on.
fn schedules(page: &mut HtmlPage, certificate: &Certificate) {
    if !certificate.reconciliation.is_empty() {
        page.section("Reconciliation of nominees (shares)", |page| {
            let caption = "Each nominee's position against what was voted of it, in shares";
            page.raw(&table(Caption::Heard, caption, "", &tables::reconciliation(certificate)));
        });
    }
    if !certificate.notes.is_empty() || !certificate.warnings.is_empty() {
        page.section("Notes", |page| {
            let warnings = certificate.warnings.iter().map(words::warning);
            page.raw(&list(warnings.chain(certificate.notes.iter().cloned())));
        });
    }
    page.section("Rules applied", |page| {
        page.raw("<div class=\"fine\">\n");
        page.raw(&list(certificate.rule_sources.iter().map(words::rule_value)));
        let applied = certificate.rules_applied.iter();
        page.raw(&list(applied.map(|rule| format!("{}: {} [{}]", rule.id, rule.sentence, rule.source))));
        page.raw("</div>\n");
    });
    page.section_of("files", "Input files", |page| {
        page.raw(&table(
            Caption::Heard,
            "Files read, and the ledger of every card",
            "",
            &tables::inputs(certificate),
        ));
        page.paragraph("", words::second_count(certificate));
        page.paragraph("", &words::program(certificate));
    });
}

fn signatures(page: &mut HtmlPage, certificate: &Certificate) {
    page.section_of("signatures", "Signature", |page| {
        if words::is_preliminary(certificate) {
            page.paragraph("result", words::UNSIGNED);
            return;
        }
        page.paragraph("", words::SIGNED);
        for signer in words::signers(certificate) {
            page.raw(&format!(
                "<div class=\"sign\"><div class=\"name\">{}</div><div class=\"date\">Date</div></div>\n",
                name(&signer)
            ));
        }
    });
}
