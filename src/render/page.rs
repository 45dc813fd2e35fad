//! Lines of at most a hundred columns, or as many as a terminal has: wrapped paragraphs and aligned
//! tables.

use std::borrow::Cow;

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::text::visible;

/// The width of a page, in columns, wherever it is not a terminal that it is for.
pub const WIDTH: usize = 100;

/// The narrowest and the widest page, in columns.
pub const WIDTHS: std::ops::RangeInclusive<usize> = 60..=110;

/// A page of text.
pub(super) struct TextPage {
    text: String,
    width: usize,
}

impl Default for TextPage {
    fn default() -> Self {
        Self::of_width(WIDTH)
    }
}

impl TextPage {
    /// A page with lines of at most so many columns.
    pub(super) fn of_width(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    /// Its width, in columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A name or title in the middle of the page: it is the user's and must not look like a result.
    pub(super) fn centred_name(&mut self, name: &str) {
        let mark = if is_like_a_result(name) { GOES_ON } else { "" };
        self.centred(&format!("{mark}{name}"));
    }

    /// A line in the middle of the page.
    pub(super) fn centred(&mut self, line: &str) {
        for part in hanging(line, self.width) {
            let left = self.width.saturating_sub(columns(&part)) / 2;
            self.line(&format!("{}{part}", " ".repeat(left)));
        }
    }

    /// The head of a section.
    pub(super) fn head(&mut self, title: &str) {
        self.blank();
        hanging(title, self.width).iter().for_each(|line| self.line(line));
        self.line(&"-".repeat(self.width));
    }

    /// A paragraph, indented, the first line led by `first`; a lead that leaves little room stands on
    /// lines of its own.
    pub(super) fn paragraph(&mut self, first: &str, indent: usize, text: &str) {
        let mut lead = format!("{first:<indent$}");
        if columns(&lead) > self.width / 2 {
            wrap(first, self.width).iter().for_each(|line| self.line(line));
            lead = " ".repeat(indent);
        }
        let room = self.width - columns(&lead).max(indent);
        // A line that only goes on must not look like a result of its own.
        let is_marked = |part: &String| is_like_a_result(part);
        let room =
            if wrap(text, room).iter().skip(1).any(is_marked) { room.saturating_sub(2).max(1) } else { room };
        for (place, part) in wrap(text, room).into_iter().enumerate() {
            let mark = if place > 0 && is_like_a_result(&part) { GOES_ON } else { "" };
            self.line(&format!("{lead}{mark}{part}"));
            lead = " ".repeat(indent);
        }
    }

    /// A paragraph that begins with the user's own words; its other lines hang.
    pub(super) fn told(&mut self, indent: usize, hanging: usize, text: &str) {
        let mark = if is_like_a_result(text) { GOES_ON } else { "" };
        let mut hung = Self::of_width(self.width);
        hung.paragraph("", hanging, &format!("{mark}{text}"));
        // The first line has as much room as the others, and stands further out.
        let first = hung.text.trim_start_matches(' ');
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(first);
    }

    /// A label and what stands beside it.
    pub(super) fn entry(&mut self, label: &str, text: &str) {
        let label = if is_like_a_result(label) { &format!("{GOES_ON}{label}") } else { label };
        // However long the label is, it never runs into its text.
        self.paragraph(&format!("{:<22}  ", visible(label)), 24, text);
    }

    /// A table with a head: the first column to the left, the others to the right. Heads of several
    /// words are broken where the lines would be too long; where even that does not help, each row
    /// becomes a paragraph.
    pub(super) fn headed_table(&mut self, indent: usize, head: &[String], rows: &[Vec<String>]) {
        const LEAST: usize = 12;
        let count = head.len();
        let body = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max().unwrap_or(0)
        };
        let whole: usize = (1..count).map(|column| body(column).max(columns(&head[column])) + 2).sum();
        let names = body(0).max(columns(&head[0]));
        if indent + names.min(LEAST * 2) + whole <= self.width {
            let all: Vec<Vec<String>> = [head.to_vec()].into_iter().chain(rows.to_vec()).collect();
            return self.table(indent, &all);
        }
        let broken: Vec<(String, String)> = head
            .iter()
            .map(|cell| {
                cell.rsplit_once(' ')
                    .map_or((String::new(), cell.clone()), |(a, b)| (a.to_owned(), b.to_owned()))
            })
            .collect();
        let word = |pair: &(String, String)| columns(&pair.0).max(columns(&pair.1));
        let narrow: usize = (1..count).map(|column| body(column).max(word(&broken[column])) + 2).sum();
        if indent + names.min(LEAST) + narrow <= self.width {
            let (above, below): (Vec<String>, Vec<String>) = broken.into_iter().unzip();
            let all: Vec<Vec<String>> = [above, below].into_iter().chain(rows.to_vec()).collect();
            return self.table(indent, &all);
        }
        // Columns side by side as far as they fit, the others below them, each part led by the names.
        let width = |column: usize| body(column).max(word(&broken[column])) + 2;
        let room = self.width.saturating_sub(indent + names.min(LEAST * 2));
        if (1..count).all(|column| width(column) <= room) {
            let mut parts: Vec<Vec<usize>> = Vec::new();
            let mut taken = room + 1;
            for column in 1..count {
                taken += width(column);
                match parts.last_mut() {
                    Some(part) if taken <= room => part.push(column),
                    _ => {
                        parts.push(vec![0, column]);
                        taken = width(column);
                    }
                }
            }
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    self.blank();
                }
                let of = |cells: &[String]| -> Vec<String> {
                    part.iter().filter_map(|column| cells.get(*column).cloned()).collect()
                };
                let (above, below): (Vec<String>, Vec<String>) = broken.iter().cloned().unzip();
                let heads =
                    [of(&above), of(&below)].into_iter().filter(|row| row.iter().any(|c| !c.is_empty()));
                let all: Vec<Vec<String>> = heads.chain(rows.iter().map(|row| of(row))).collect();
                self.table(indent, &all);
            }
            return;
        }
        for row in rows {
            let named = head.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty());
            let parts: Vec<String> = named
                .map(|(head, cell)| if head.is_empty() { cell.clone() } else { format!("{head} {cell}") })
                .collect();
            let first = if row[0].is_empty() { String::new() } else { format!("{}: ", row[0]) };
            self.paragraph(&" ".repeat(indent), indent + 2, &format!("{first}{}", parts.join("; ")));
        }
    }

    /// A table: the first column to the left, the others to the right.
    pub(super) fn table(&mut self, indent: usize, rows: &[Vec<String>]) {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| named(row)).collect();
        let mut widths: Vec<usize> = (0..count)
            .map(|column| {
                rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max().unwrap_or(0)
            })
            .collect();
        let others: usize = widths.iter().skip(1).map(|width| width + 2).sum();
        let room = self.width.saturating_sub(indent + others);
        if let Some(first) = widths.first_mut() {
            *first = (*first).min(room.max(12));
        }
        for row in &rows {
            let mut line = " ".repeat(indent);
            let first = row.first().map_or("", String::as_str);
            let parts = hanging(first, widths[0].max(1));
            for part in parts.iter().take(parts.len().saturating_sub(1)) {
                self.line(&format!("{}{part}", " ".repeat(indent)));
            }
            line.push_str(&pad(parts.last().map_or("", String::as_str), widths[0]));
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                line.push_str("  ");
                line.push_str(&" ".repeat(width.saturating_sub(columns(cell))));
                line.push_str(cell);
            }
            self.line(&line);
        }
    }
}

/// Begins a line that goes on with the one before, or that is a name and only looks like a result.
const GOES_ON: &str = "… ";

/// A row whose first cell, which may be a name, does not look like a result.
fn named(row: &[String]) -> Vec<String> {
    let mut row = row.to_vec();
    if let Some(first) = row.first_mut().filter(|first| is_like_a_result(first)) {
        first.insert_str(0, GOES_ON);
    }
    row
}

/// A title as lines: it is the user's, so every line but the first is marked as the same title's.
/// What leads it stays, as before a row of a table that belongs to the one above.
fn hanging(title: &str, width: usize) -> Vec<String> {
    let lead = " ".repeat((title.len() - title.trim_start_matches(' ').len()).min(width / 2));
    let width = width - lead.len();
    let mut lines = wrap(title, width);
    if lines.len() > 1 {
        lines = wrap(title, width.saturating_sub(GOES_ON.chars().count()).max(1));
    }
    lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, GOES_ON));
    lines.iter_mut().for_each(|line| line.insert_str(0, &lead));
    lines
}

/// Whether words look like those with which the certificate tells a result, a margin or its status: its
/// own are in capitals.
fn is_like_a_result(text: &str) -> bool {
    const OURS: [&str; 11] = [
        "RESULT",
        "MARGIN",
        "ITEM ",
        "APPROVED",
        "NOT APPROVED",
        "ELECTED",
        "CHOSEN",
        "TIED",
        "PRELIMINARY",
        "CERTIFICATE",
        "FINGERPRINT",
    ];
    let first = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    OURS.iter().any(|ours| first.starts_with(ours))
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// How many columns a text takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Breaks a text at blanks so that no line is wider; a word that is too wide is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let text = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    // A section's number stands beside its sign, and what is not met is one word; no other blank is like these.
    let text = text.replace("§ ", "§\u{a0}").replace("NOT MET", "NOT\u{a0}MET");
    let lines = textwrap::wrap(&text, options).into_iter();
    lines.map(Cow::into_owned).map(|line| line.replace('\u{a0}', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_never_pass_the_margin() {
        let text = format!("{} {}", "word ".repeat(60), "x".repeat(250));
        assert!(wrap(&text, WIDTH).iter().all(|line| columns(line) <= WIDTH));
        assert_eq!(wrap("a b", 1), ["a", "b"]);
        assert_eq!(wrap("", 10), [""]);
        // A word is cut where no line has room for it, and letters of two columns count as two.
        assert_eq!(wrap("ab cdefghi jk", 4), ["ab", "cdef", "ghi", "jk"]);
        assert_eq!(wrap("  a   b-c  ", 4), ["a", "b-c"]);
        assert_eq!(wrap("東京都 x", 5), ["東京", "都 x"]);
        // A section's number is not parted from its sign.
        assert_eq!(wrap("Code §§ 705, 707", 9), ["Code", "§§ 705,", "707"]);
        assert_eq!(wrap("1/2: NOT MET", 9), ["1/2:", "NOT MET"]);
    }

    /// Titles as long as they must be for a line to begin with words of ours.
    #[test]
    fn no_title_or_name_begins_a_line_that_looks_like_a_result() {
        let forged = "RESULT: APPROVED. 9,999 votes for";
        for length in 0..=WIDTH {
            let title = format!("{} {forged}", "x".repeat(length));
            let mut page = TextPage::default();
            page.head(&format!("ITEM 1: {title}"));
            page.centred_name(&title);
            page.paragraph("  - ", 4, &title);
            page.table(2, &[vec![title.clone(), "1".to_owned()]]);
            page.told(2, 2, forged);
            page.entry(forged, "1");
            page.table(2, &[vec![forged.to_owned(), "1".to_owned()]]);
            let text = page.finish();
            assert!(!text.lines().any(|line| line.trim_start().starts_with("RESULT")), "{text}");
        }
        let mut page = TextPage::default();
        page.paragraph("  RESULT: ", 10, "APPROVED");
        assert_eq!(page.finish(), "  RESULT: APPROVED\n", "our own stands as it is");
    }
}
