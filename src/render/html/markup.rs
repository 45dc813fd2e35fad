//! The user's text in HTML, and tables: every text escaped, nothing hidden, directions kept apart.

use crate::render::tables::DocumentTable;
use crate::text::visible;

/// Text with every character that HTML gives a meaning escaped, and hidden ones made visible. It may
/// stand between tags and in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// A name: whatever its direction, what stands beside it keeps its place.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// A sentence in which names may stand: each run of words written from right to left is kept apart, so
/// that it cannot change the places of the figures beside it.
pub(super) fn prose(text: &str) -> String {
    if !text.chars().any(is_right_to_left) {
        return escaped(text);
    }
    let words: Vec<&str> = text.split(' ').collect();
    let runs = words.chunk_by(|a, b| a.contains(is_right_to_left) == b.contains(is_right_to_left));
    let told = runs.map(|run| {
        let run = run.join(" ");
        if !run.contains(is_right_to_left) {
            return escaped(&run);
        }
        // The sentence's own punctuation stays in the sentence.
        let word = run.trim_matches(|c: char| c.is_ascii_punctuation());
        let (before, after) = run.split_once(word).unwrap_or(("", ""));
        format!("{}{}{}", escaped(before), name(word), escaped(after))
    });
    told.collect::<Vec<_>>().join(" ")
}

/// Whether a character belongs to a script that is written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// How a table's caption stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caption {
    /// Above the table.
    Shown,
    /// For those who hear the page: the head of the section says the same to those who see it.
    Heard,
    /// The same, and the table is set in two halves on paper.
    HeardInHalves,
}

/// A table; the first cell of a row is its head. Columns of anything but figures are set to the left. A
/// column without a name gets `unnamed`.
pub(super) fn table(kind: Caption, caption: &str, unnamed: &str, content: &DocumentTable) -> String {
    let is_figure = |cell: &String| cell.chars().all(|c| c.is_ascii_digit() || ",. %".contains(c));
    let is_word = |place: usize| !content.rows.iter().filter_map(|row| row.get(place)).all(is_figure);
    let class = |place: usize| if place > 0 && is_word(place) { " class=\"word\"" } else { "" };
    let head: String = content
        .head
        .iter()
        .enumerate()
        .map(|(place, head)| match (place, head.is_empty()) {
            (0, true) => "<td></td>".to_owned(),
            (_, true) => format!("<th scope=\"col\"{}>{unnamed}</th>", class(place)),
            (_, false) => format!("<th scope=\"col\"{}>{}</th>", class(place), escaped(head)),
        })
        .collect();
    let row = |cells: &Vec<String>| {
        let cells = cells.iter().enumerate().map(|(place, cell)| match place {
            0 => format!("<th scope=\"row\">{}</th>", name(cell)),
            _ => format!(
                "<td{}>{}</td>",
                class(place),
                if is_figure(cell) { escaped(cell) } else { name(cell) }
            ),
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let rows: String = content.rows.iter().map(row).collect();
    let half = if kind == Caption::HeardInHalves { " half" } else { "" };
    let aside = if kind == Caption::Shown { "" } else { "<span class=\"aside\">" };
    let end = if aside.is_empty() { "" } else { "</span>" };
    format!(
        "<div class=\"scroll{half}\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table>\n\
         <caption>{aside}{1}{end}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table></div>\n",
        escaped(caption),
        prose(caption),
    )
}

/// A list.
pub(super) fn list(sentences: impl IntoIterator<Item = String>) -> String {
    let lines: String =
        sentences.into_iter().map(|sentence| format!("<li>{}</li>\n", prose(&sentence))).collect();
    if lines.is_empty() { lines } else { format!("<ul>\n{lines}</ul>\n") }
}

/// Labels and what stands beside them; a label that is blank continues the one before.
pub(super) fn entries(entries: &[(String, String)]) -> String {
    let lines: String = entries
        .iter()
        .map(|(label, text)| {
            let label = if label.trim().is_empty() { String::new() } else { name(label.trim()) };
            format!("<dt>{label}</dt><dd>{}</dd>\n", prose(text))
        })
        .collect();
    format!("<dl>\n{lines}</dl>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(
            escaped("<script>alert(\"1\")</script> & 'x' \u{202e}"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; \\u{202e}"
        );
    }

    #[test]
    fn words_from_right_to_left_are_kept_apart_from_the_figures_beside_them() {
        assert_eq!(prose("ELECTED: שרה כהן 12 votes"), "ELECTED: <bdi>שרה כהן</bdi> 12 votes");
        assert_eq!(prose("by (שרה). x"), "by (<bdi>שרה</bdi>). x");
        assert_eq!(prose("plain <b>"), "plain &lt;b&gt;");
    }
}
