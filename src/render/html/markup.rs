//! The user's text in HTML, and tables: every text escaped, nothing hidden, directions kept apart.

use maud::{Markup, html};

use crate::render::tables::DocumentTable;
use crate::text::visible;

/// A name: whatever its direction, what stands beside it keeps its place.
pub(in crate::render) fn name(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// A sentence in which names may stand: each run of words written from right to left is kept apart, so
/// that it cannot change the places of the figures beside it.
pub(in crate::render) fn prose(text: &str) -> Markup {
    if !text.chars().any(is_right_to_left) {
        return html! { (visible(text)) };
    }
    let words: Vec<&str> = text.split(' ').collect();
    let runs = words.chunk_by(|a, b| a.contains(is_right_to_left) == b.contains(is_right_to_left));
    html! {
        @for (place, run) in runs.enumerate() {
            @if place > 0 { " " }
            (told(&run.join(" ")))
        }
    }
}

/// Words of one direction, between blanks.
fn told(run: &str) -> Markup {
    if !run.contains(is_right_to_left) {
        return html! { (visible(run)) };
    }
    // The sentence's own punctuation stays in the sentence.
    let word = run.trim_matches(|c: char| c.is_ascii_punctuation());
    let (before, after) = run.split_once(word).unwrap_or(("", ""));
    html! { (visible(before)) (name(word)) (visible(after)) }
}

/// Whether a character belongs to a script that is written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// How a table's caption stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Caption {
    /// Above the table.
    Shown,
    /// For those who hear the page: the head of the section says the same to those who see it.
    Heard,
    /// The same, and the table is set in two halves on paper.
    HeardInHalves,
    /// None.
    None,
}

/// A table; the first cell of a row is its head. Columns of anything but figures are set to the left. A
/// column without a name gets `unnamed`.
pub(in crate::render) fn table(
    kind: Caption,
    caption: &str,
    unnamed: &str,
    content: &DocumentTable,
) -> Markup {
    let is_figure = |cell: &String| cell.chars().all(|c| c.is_ascii_digit() || ",. %".contains(c));
    let is_word = |place: usize| !content.rows.iter().filter_map(|row| row.get(place)).all(is_figure);
    let class = |place: usize| (place > 0 && is_word(place)).then_some("word");
    let region = if kind == Caption::HeardInHalves { "scroll half" } else { "scroll" };
    html! {
        div class=(region) role="region" tabindex="0" aria-label=(visible(caption)) {
            table { "\n"
                @if kind != Caption::None {
                    caption {
                        @if kind == Caption::Shown { (prose(caption)) }
                        @else { span class="aside" { (prose(caption)) } }
                    } "\n"
                }
                thead { tr {
                    @for (place, head) in content.head.iter().enumerate() {
                        @if place == 0 && head.is_empty() { td {} }
                        @else if head.is_empty() { th scope="col" class=[class(place)] { (unnamed) } }
                        @else { th scope="col" class=[class(place)] { (visible(head)) } }
                    }
                } } "\n"
                tbody { "\n"
                    @for cells in &content.rows {
                        tr {
                            @for (place, cell) in cells.iter().enumerate() {
                                @if place == 0 { th scope="row" class=[cell.starts_with("  ").then_some("sub")] { (name(cell.trim_start())) } }
                                @else if is_figure(cell) { td class=[class(place)] { (visible(cell)) } }
                                @else { td class=[class(place)] { (name(cell)) } }
                            }
                        } "\n"
                    }
                } "\n"
            }
        } "\n"
    }
}

/// A list; nothing where there is nothing to list.
pub(in crate::render) fn list(sentences: impl IntoIterator<Item = String>) -> Markup {
    let sentences: Vec<String> = sentences.into_iter().collect();
    html! {
        @if !sentences.is_empty() {
            ul { "\n"
                @for sentence in &sentences { li { (prose(sentence)) } "\n" }
            } "\n"
        }
    }
}

/// Labels and what stands beside them; a label that is blank continues the one before.
pub(in crate::render) fn entries(entries: &[(String, String)]) -> Markup {
    html! {
        dl { "\n"
            @for (label, text) in entries {
                dt { @if !label.trim().is_empty() { (name(label.trim())) } }
                dd { (prose(text)) } "\n"
            }
        } "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(
            prose("<script>alert(\"1\")</script> & 'x' \u{202e}").into_string(),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'x' \\u{202e}"
        );
        let row = DocumentTable { head: vec!["<i>".to_owned()], rows: vec![vec!["<td>".to_owned()]] };
        let table = table(Caption::Shown, "\"><b>", "", &row).into_string();
        assert!(table.contains("aria-label=\"&quot;&gt;&lt;b&gt;\""), "{table}");
        assert!(table.contains("&lt;i&gt;") && table.contains("<bdi>&lt;td&gt;</bdi>"), "{table}");
    }

    #[test]
    fn words_from_right_to_left_are_kept_apart_from_the_figures_beside_them() {
        assert_eq!(prose("ELECTED: שרה כהן 12 votes").into_string(), "ELECTED: <bdi>שרה כהן</bdi> 12 votes");
        assert_eq!(prose("by (שרה). x").into_string(), "by (<bdi>שרה</bdi>). x");
        assert_eq!(prose("plain <b>").into_string(), "plain &lt;b&gt;");
    }
}
