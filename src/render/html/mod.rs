//! The certificate as one HTML file: no script, nothing loaded, read on a screen, on paper and by a
//! screen reader. The words and tables are those of the text that is signed, in its order; the bars add
//! nothing to the figures beside them.

mod bars;
pub(super) mod markup;
pub mod room;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::markup::{Caption, entries, list, name, prose, table};
use super::tables::{self, DocumentTable};
use super::{front, interim, words};
use crate::certify::{Certificate, CumulativeFigures, GroupFigures, ItemFigures, NomineeFigures};
use crate::text::visible;

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded and nothing runs, whatever a text may hold.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The certificate as HTML.
#[must_use]
pub fn render(certificate: &Certificate) -> String {
    let meeting = &certificate.meeting;
    let heading = words::heading(certificate);
    let page = html! {
        (DOCTYPE) "\n"
        html lang="en" { "\n"
            head { "\n"
                meta charset="utf-8"; "\n"
                meta http-equiv="Content-Security-Policy" content=(POLICY); "\n"
                meta name="viewport" content="width=device-width, initial-scale=1"; "\n"
                title { (visible(&meeting.company)) ": " (visible(heading)) } "\n"
                style { "\n"
                    (PreEscaped(STYLE))
                    (PreEscaped(page_head(certificate)))
                    (PreEscaped(page_foot(certificate)))
                } "\n"
            } "\n"
            body { "\n"
                (hatching()) "\n"
                header { "\n"
                    p class="company" { (name(&meeting.company)) } "\n"
                    p { (name(&meeting.title)) } "\n"
                    h1 { (heading) } "\n"
                } "\n"
                main { "\n" (sections(certificate)) } "\n"
            } "\n"
        } "\n"
    };
    page.into_string()
}

/// The head of every printed page: whose it is, and what it is not.
fn page_head(certificate: &Certificate) -> String {
    let preliminary = words::is_preliminary(certificate).then_some("PRELIMINARY - NOT CERTIFIED");
    let banners: Vec<&str> = words::test_banner(certificate).into_iter().chain(preliminary).collect();
    let company = css_text(&certificate.meeting.company);
    format!(
        "@page {{ @top-left {{ content: \"{company}\"; font: 6.5pt sans-serif; }}\n@top-center {{ content: \"{}\"; \
         font: bold 8pt sans-serif; color: #8c1515; }} }}\n",
        banners.join("; "),
    )
}

/// A text between quotation marks in a style sheet: whatever is no letter or digit stands as its code, so that nothing
/// of the user's ends the text, the rule or the style.
fn css_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        if c.is_alphanumeric() || c == ' ' {
            safe.push(c);
        } else {
            safe.push_str(&format!("\\{:06x}", u32::from(c)));
        }
    }
    safe
}

/// The foot of every printed page, beside its number.
fn page_foot(certificate: &Certificate) -> String {
    // Hexadecimal digits and a word of ours: nothing that CSS gives a meaning.
    words::foot(certificate).map_or_else(String::new, |foot| {
        format!("@page {{ @bottom-left {{ content: \"{foot}\"; font: 6.5pt sans-serif; }} }}\n")
    })
}

/// What bars that fall short are filled with.
fn hatching() -> Markup {
    html! {
        svg class="defs" aria-hidden="true" focusable="false" {
            defs {
                pattern id="hatch" width="16" height="24" patternUnits="userSpaceOnUse" {
                    rect width="7" height="24" {}
                }
                pattern id="withheld" width="10" height="24" patternUnits="userSpaceOnUse" {
                    rect width="5" height="24" {}
                }
                pattern id="abstain" width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect width="3" height="3" {}
                }
            }
        }
    }
}

/// Sections, each with a head that names it.
#[derive(Default)]
struct Sections {
    count: usize,
    content: Vec<Markup>,
}

impl Sections {
    fn add(&mut self, title: &str, content: Markup) {
        self.add_of("", title, content);
    }

    /// A section of a class, which is the program's own.
    fn add_of(&mut self, class: &str, title: &str, content: Markup) {
        self.count += 1;
        let id = format!("s{}", self.count);
        self.content.push(html! {
            section class=[(!class.is_empty()).then_some(class)] aria-labelledby=(id) { "\n"
                h2 id=(id) { (prose(title)) } "\n"
                (content)
            } "\n"
        });
    }
}

/// A paragraph; the class is the program's own.
fn paragraph(class: &str, text: &str) -> Markup {
    html! { p class=[(!class.is_empty()).then_some(class)] { (prose(text)) } "\n" }
}

fn sections(certificate: &Certificate) -> Markup {
    let mut sections = Sections::default();
    let is_preliminary = words::is_preliminary(certificate);
    if is_preliminary {
        let matters = html! {
            (list(certificate.open_matters.iter().map(words::open_matter)))
            (list(words::open_matters_could_change(certificate)))
        };
        sections.add_of("open", "PRELIMINARY - NOT CERTIFIED. The following is open:", matters);
    }
    front_page(&mut sections, certificate);
    let front_count = sections.content.len();
    if !words::forms(certificate).is_empty() {
        sections.add("Forms of proxy", entries(&words::forms(certificate)));
    }
    sections.add("Shares outstanding and represented; quorum", quorum(certificate));
    if let Some(figures) = &certificate.interim {
        let present = interim::present_by(certificate, figures);
        let needed = html! {
            (list(interim::sentences(certificate, figures)))
            (table(Caption::Heard, "How the votes present came in", "", &present))
        };
        sections.add("Interim count: what is still needed", needed);
    }
    sections.content.push(bars::legend());
    for figures in &certificate.items {
        let title = format!("Item {}: {}", figures.id, figures.title);
        sections.add(&title, item(certificate, figures));
    }
    sections.add("Cards and ballots", cards(certificate));
    schedules(&mut sections, certificate);
    html! {
        @if is_preliminary { div class="stamp" aria-hidden="true" { "PRELIMINARY" } "\n" }
        @if let Some(banner) = words::test_banner(certificate) { (paragraph("result", banner)) }
        div class="front" { "\n" @for section in sections.content.iter().take(front_count) { (section) } } "\n"
        div class="annexes" { "\n" @for section in sections.content.iter().skip(front_count) { (section) } } "\n"
        @if let Some(foot) = words::foot(certificate) { (paragraph("foot", &foot)) }
    }
}

/// Quorum and outcomes at one glance.
fn glance(certificate: &Certificate) -> Markup {
    html! {
        p class="glance" { (prose(&front::quorum(certificate))) } "\n"
        ul class="glance" { "\n"
            @for item in &certificate.items {
                li {
                    span { (name(&format!("{}. {}", item.id, item.title))) } " "
                    strong class=(front::tone(item)) { (prose(&front::in_a_word(certificate, item))) }
                } "\n"
            }
        } "\n"
    }
}

/// What is certified, and where it is signed: a whole by itself.
fn front_page(sections: &mut Sections, certificate: &Certificate) {
    let results = html! {
        (glance(certificate))
        (bars::quorum(certificate))
        (table(Caption::Heard, "Every matter with its outcome", "", &front::results(certificate)))
        (paragraph("fingerprint", &words::fingerprint(certificate)))
    };
    sections.add("Quorum and results", results);
    sections.add("Meeting", entries(&words::meeting(certificate)));
    let standing = html! {
        (list(front::against_signing(certificate)))
        (paragraph("", &front::considered(certificate)))
    };
    sections.add("What stands against signing", standing);
    sections.add_of("signatures", "Signature", signatures(certificate));
    sections.content.push(paragraph("fingerprint", words::FINGERPRINT));
}

fn quorum(certificate: &Certificate) -> Markup {
    html! {
        (entries(&words::quorum(certificate)))
        (bars::quorum(certificate))
        (paragraph("result", words::quorum_conclusion(certificate)))
    }
}

fn item(certificate: &Certificate, item: &ItemFigures) -> Markup {
    html! {
        (paragraph("", &words::item_base(certificate, item)))
        @if let Some(sentence) = words::not_voting(item) { (paragraph("", &sentence)) }
        (votes(certificate, item))
        @for sentence in words::following(item) { (paragraph("", &sentence)) }
        (paragraph("result", &format!("RESULT: {}", words::marked_result(certificate, item))))
        (paragraph("margin", &format!("MARGIN: {}", words::margin_sentence(&item.margin))))
        @if let Some(sentence) = words::lot(certificate, item) { (paragraph("", &sentence)) }
        @if let Some(sentence) = words::policy(item) { (paragraph("", &sentence)) }
        @if let Some(sentence) = words::seat_by_seat(item) { (paragraph("margin", &sentence)) }
    }
}

/// An item's votes, by its kind.
fn votes(certificate: &Certificate, item: &ItemFigures) -> Markup {
    let caption = format!("Votes on item {}", item.id);
    match item.kind {
        "election" => election(certificate, item),
        "frequency" => {
            let head = ["Choice", "Votes", "Share"].map(str::to_owned).to_vec();
            let choices = DocumentTable { head, rows: tables::choices(item) };
            html! { (table(Caption::Heard, &caption, "", &choices)) (bars::choices(item)) }
        }
        _ => html! {
            @if let Some(lines) = &item.lines {
                (bars::proposal("", lines, &item.needed, &words::outcome(item)))
                (table(Caption::Heard, &caption, "", &tables::lines(item, lines)))
            }
            (bars::tests(item.tests.as_deref().unwrap_or(&[])))
            (groups(item, &item.voting_groups))
        },
    }
}

fn groups(item: &ItemFigures, groups: &[GroupFigures]) -> Markup {
    html! {
        @for group in groups {
            (bars::proposal("", &group.lines, &group.needed, words::met(group.met)))
            (table(Caption::Shown, &words::group(group), "", &tables::lines(item, &group.lines)))
            (bars::tests(&group.tests))
        }
    }
}

fn election(certificate: &Certificate, item: &ItemFigures) -> Markup {
    let Some(nominees) = &item.nominees else { return html! {} };
    html! {
        (paragraph("", &words::seats(item)))
        @if let Some(cumulative) = &item.cumulative {
            (cumulated(certificate, item, nominees, cumulative))
        } @else {
            (table(Caption::Heard, &format!("Votes on item {}, by nominee", item.id), "Result",
                &tables::nominees(item, nominees)))
            (bars::nominees(item, nominees))
        }
        @for nominee in nominees {
            @if !nominee.tests.is_empty() || !nominee.voting_groups.is_empty() {
                h3 { (name(&nominee.name)) } "\n"
                (bars::tests(&nominee.tests))
                (groups(item, &nominee.voting_groups))
            }
        }
    }
}

fn cumulated(
    certificate: &Certificate,
    item: &ItemFigures,
    nominees: &[NomineeFigures],
    cumulative: &CumulativeFigures,
) -> Markup {
    let caption = format!("Cumulated votes on item {}, by nominee", item.id);
    let amounts = |rows| DocumentTable { head: vec![String::new(), "Votes".to_owned()], rows };
    html! {
        (paragraph("", &words::notice(certificate, item, cumulative)))
        (table(Caption::Heard, &caption, "Result", &tables::cumulated(item, nominees, cumulative)))
        (bars::nominees(item, nominees))
        (table(Caption::Shown, words::NOT_FOR, "", &tables::not_for(item, nominees)))
        (table(Caption::Shown, &words::pool(item), "", &amounts(tables::pool(cumulative))))
        @for allocation in &cumulative.allocations {
            (table(Caption::Shown, &words::allocation(allocation), "",
                &amounts(tables::allocation(allocation, nominees))))
            @if let Some(sentence) = words::infeasible(allocation) { (paragraph("result", &sentence)) }
        }
        (paragraph("", &words::guarantees(item, cumulative)))
    }
}

fn cards(certificate: &Certificate) -> Markup {
    let reasons = tables::reasons(certificate);
    // Too few rows are not worth a second column.
    let kind = if reasons.rows.len() < 6 { Caption::Heard } else { Caption::HeardInHalves };
    let told = certificate.exceptions.iter().map(words::exception);
    html! {
        (table(Caption::Heard, "Cards by disposition", "", &tables::cards(certificate)))
        @if certificate.cards.read > certificate.cards.counted {
            (table(kind, "Cards not plainly counted", "", &reasons))
            div class="fine" { "\n" (list(told.chain(words::more_exceptions(certificate)))) } "\n"
        }
    }
}

/// What the result rests on.
fn schedules(sections: &mut Sections, certificate: &Certificate) {
    if !certificate.reconciliation.is_empty() {
        let caption = "Each nominee's position against what was voted of it, in shares";
        let positions = table(Caption::Heard, caption, "", &tables::reconciliation(certificate));
        sections.add("Reconciliation of nominees (shares)", positions);
    }
    if !certificate.rulings.is_empty() {
        sections.add(
            "Rulings of the inspector",
            list(certificate.rulings.iter().map(|ruling| words::ruling(&certificate.meeting, ruling))),
        );
    }
    if !certificate.notes.is_empty() || !certificate.warnings.is_empty() {
        let warnings = certificate.warnings.iter().map(words::warning);
        sections.add("Notes", list(warnings.chain(certificate.notes.iter().cloned())));
    }
    let applied = certificate.rules_applied.iter();
    let rules = html! {
        div class="fine" { "\n"
            (list(certificate.rule_sources.iter().map(words::rule_value)))
            (list(applied.map(|rule| format!("{}: {} [{}]", rule.id, rule.sentence, rule.source))))
        } "\n"
    };
    sections.add("Rules applied", rules);
    let caption = "Files read, and the ledger of every card";
    let files = html! {
        (table(Caption::Heard, caption, "", &tables::inputs(certificate)))
        (list(certificate.inputs.iter().flat_map(words::how_inputs_were_read)))
        @if let Some(receipts) = words::receipts(certificate) { (paragraph("", &receipts)) }
        (paragraph("", words::second_count(certificate)))
        (paragraph("", &words::program(certificate)))
    };
    sections.add_of("files", "Input files", files);
}

fn signatures(certificate: &Certificate) -> Markup {
    if words::is_preliminary(certificate) {
        return paragraph("result", words::UNSIGNED);
    }
    html! {
        @if let Some(oath) = front::oath(certificate) { (paragraph("", &oath)) }
        (paragraph("", &front::certification(certificate)))
        (paragraph("fingerprint", &words::fingerprint(certificate)))
        @for signer in words::signers(certificate) {
            div class="sign" { div class="name" { (name(&signer)) } div class="date" { "Date" } } "\n"
        }
    }
}
