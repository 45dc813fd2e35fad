//! A receipt as a small text file, which its holder can read, keep and check with any SHA-256.

use std::fmt::Write as _;

use super::tree::{Hash, climb, leaf};
use crate::audit::ledger::plain;
use crate::load::hex;
use crate::text::{counted, quoted, visible};

/// The first line of a receipt.
const FIRST: &str = "quorate receipt 1";

/// A row that a receipt shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its place among the rows of the ledger, from 0.
    pub place: u64,
    /// Its salt.
    pub salt: Hash,
    /// The row as it stands in the ledger, without the end of its line.
    pub text: String,
    /// The hashes beside its way to the root, from the leaf's side on.
    pub path: Vec<Hash>,
}

/// A receipt: that these rows of an account stand in the ledger whose root a certificate states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The corporation, as the certificate has it.
    pub company: String,
    /// What the meeting is called.
    pub meeting: String,
    /// Its day.
    pub date: String,
    /// Whose rows are shown.
    pub account: String,
    /// The rows of the ledger.
    pub size: u64,
    /// The root that the certificate states.
    pub root: Hash,
    /// The header of the ledger.
    pub columns: String,
    /// The rows, in the order of their places. Invariant: at least one.
    pub rows: Vec<Shown>,
}

/// Why a text is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {message}")]
pub struct ReceiptError {
    /// The line, from 1.
    pub line: usize,
    /// What was expected.
    pub message: String,
}

impl Receipt {
    /// As it is written.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{FIRST}\ncompany: {}\nmeeting: {}\ndate: {}\naccount: {}\nsize: {}\nroot: {}\ncolumns: {}\n",
            visible(&self.company),
            visible(&self.meeting),
            visible(&self.date),
            visible(&self.account),
            self.size,
            hex(&self.root),
            self.columns,
        );
        for row in &self.rows {
            // Writing to a String cannot fail.
            let _ = write!(text, "\nrow: {}\nsalt: {}\ntext: {}\n", row.place, hex(&row.salt), row.text);
            for side in &row.path {
                let _ = writeln!(text, "side: {}", hex(side));
            }
        }
        text
    }

    /// Reads a receipt. Ends of lines of Windows and a mark at the beginning, as mail and editors add
    /// them, are taken away.
    ///
    /// # Errors
    /// The first line that is not as [`Receipt::to_text`] writes it.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut lines = Lines { lines: text.split('\n').collect(), at: 0 };
        if lines.next() != FIRST {
            return Err(lines.error(&format!("expected `{FIRST}`")));
        }
        let mut receipt = Self {
            company: lines.after("company: ")?.to_owned(),
            meeting: lines.after("meeting: ")?.to_owned(),
            date: lines.after("date: ")?.to_owned(),
            account: lines.after("account: ")?.to_owned(),
            size: lines.number("size: ")?,
            root: lines.hash("root: ")?,
            columns: lines.after("columns: ")?.to_owned(),
            rows: Vec::new(),
        };
        while lines.more() {
            if !lines.next().is_empty() {
                return Err(lines.error("expected a blank line before a row"));
            }
            let place = lines.number("row: ")?;
            if receipt.rows.last().is_some_and(|before| before.place >= place) {
                return Err(lines.error("the rows are not in the order of their places"));
            }
            let mut row = Shown {
                place,
                salt: lines.hash("salt: ")?,
                text: lines.after("text: ")?.to_owned(),
                path: Vec::new(),
            };
            while lines.peek().starts_with("side: ") {
                row.path.push(lines.hash("side: ")?);
            }
            receipt.rows.push(row);
        }
        if receipt.rows.is_empty() {
            return Err(lines.error("expected a row"));
        }
        Ok(receipt)
    }

    /// What does not hold: rows that do not lead to the root, or are of another account.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for row in &self.rows {
            let of = leaf(&row.salt, row.text.as_bytes());
            if climb(of, row.place, self.size, &row.path) != Some(self.root) {
                faults.push(format!("row {} does not lead to the root", row.place));
            }
            let account = self.cells(row).into_iter().find(|(column, _)| column == "account");
            match account {
                Some((_, account)) if visible(&account) == self.account => {}
                Some((_, account)) => faults.push(format!(
                    "row {} is of account {}, not {}",
                    row.place,
                    quoted(&account),
                    quoted(&self.account)
                )),
                None => faults.push(format!("row {} names no account", row.place)),
            }
        }
        faults
    }

    /// The cells of a row with their columns' names, as their files have them.
    #[must_use]
    pub fn cells(&self, row: &Shown) -> Vec<(String, String)> {
        cells_of(&self.columns).into_iter().zip(cells_of(&row.text)).collect()
    }

    /// The rows, for its reader.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = format!(
            "company: {}\nmeeting: {}, {}\naccount: {}\n",
            visible(&self.company),
            visible(&self.meeting),
            visible(&self.date),
            visible(&self.account)
        );
        for row in &self.rows {
            let _ = writeln!(text, "\nrow {}, counted from 0, of {}:", row.place, counted(self.size, "row"));
            let cells = self.cells(row);
            let width = cells.iter().map(|(column, _)| column.chars().count()).max().unwrap_or(0);
            for (column, cell) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
                let _ = writeln!(text, "  {:width$}  {}", visible(column), visible(cell));
            }
        }
        text.push('\n');
        text
    }
}

/// The cells of a line of the ledger, as they were before they were made harmless for spreadsheets.
#[must_use]
pub(crate) fn cells_of(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|cell| plain(cell).to_owned()).collect()
}

/// The lines of a receipt, and which is read.
struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> &'a str {
        self.lines.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> &'a str {
        let line = self.peek();
        self.at += 1;
        line
    }

    /// Whether anything but the end of the last line follows.
    fn more(&self) -> bool {
        self.lines.get(self.at..).unwrap_or_default().iter().any(|line| !line.is_empty())
    }

    /// An error in the line that was read last.
    fn error(&self, message: &str) -> ReceiptError {
        ReceiptError { line: self.at.min(self.lines.len()), message: message.to_owned() }
    }

    fn after(&mut self, key: &str) -> Result<&'a str, ReceiptError> {
        self.next().strip_prefix(key).ok_or_else(|| self.error(&format!("expected `{key}…`")))
    }

    fn number(&mut self, key: &str) -> Result<u64, ReceiptError> {
        let digits = self.after(key)?;
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_plain);
        number.ok_or_else(|| self.error(&format!("{} is no number", quoted(digits))))
    }

    fn hash(&mut self, key: &str) -> Result<Hash, ReceiptError> {
        let digits = self.after(key)?;
        from_hex(digits)
            .ok_or_else(|| self.error(&format!("{} is not 64 hexadecimal digits", quoted(digits))))
    }
}

fn from_hex(digits: &str) -> Option<Hash> {
    let value = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut hash = Hash::default();
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = value(pair[0])? * 16 + value(pair[1])?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipts::Tree;

    fn receipt() -> Receipt {
        let ledger = ["f.csv,2,C1,A1", "f.csv,3,C2,\"B,2\"", "f.csv,4,C3,'=A1", "f.csv,5,C4,A1"];
        let mut tree = Tree::default();
        let salt = |place: usize| [u8::try_from(place).expect("few rows"); 32];
        let is_wanted = |place: usize| [0, 3].contains(&place);
        for (place, row) in ledger.iter().enumerate() {
            let of = leaf(&salt(place), row.as_bytes());
            if is_wanted(place) { tree.push_wanted(of) } else { tree.push(of) }
        }
        let size = tree.size();
        let (root, paths) = tree.finish();
        let places = (0..ledger.len()).filter(|place| is_wanted(*place));
        let rows = places.zip(paths).map(|(place, path)| Shown {
            place: place as u64,
            salt: salt(place),
            text: ledger[place].to_owned(),
            path,
        });
        Receipt {
            company: "Example: a corporation".to_owned(),
            meeting: "Annual Meeting".to_owned(),
            date: "2002-12-05".to_owned(),
            account: "A1".to_owned(),
            size,
            root,
            columns: "file,line,card,account".to_owned(),
            rows: rows.collect(),
        }
    }

    #[test]
    fn a_receipt_reads_back_as_it_was_written_and_holds() {
        let receipt = receipt();
        let text = receipt.to_text();
        assert_eq!(Receipt::parse(&text), Ok(receipt.clone()));
        assert_eq!(Receipt::parse(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), Ok(receipt.clone()));
        assert!(receipt.faults().is_empty(), "{:?}", receipt.faults());
        assert!(receipt.shown().contains("row 3, counted from 0, of 4 rows:\n  file     f.csv\n"));
    }

    /// Every character of every line but those that say whose receipt it is: changed, the receipt holds no
    /// longer, or is none.
    #[test]
    fn a_change_anywhere_is_noticed() {
        let text = receipt().to_text();
        let said = text.find("account: ").expect("an account");
        for (at, letter) in text.char_indices().filter(|(at, _)| *at >= said) {
            let other = if letter == '0' { "1" } else { "0" };
            let altered = format!("{}{other}{}", &text[..at], &text[at + letter.len_utf8()..]);
            let holds = Receipt::parse(&altered).is_ok_and(|receipt| receipt.faults().is_empty());
            // The header is no part of the tree: the certificate's own has to be compared.
            let is_header = text[..at].lines().last().is_some_and(|line| line.starts_with("columns: "))
                && !text[at..].starts_with('\n');
            assert!(!holds || is_header, "{at}: {altered}");
        }
    }

    #[test]
    fn what_is_no_receipt_is_told_with_its_line() {
        let text = receipt().to_text();
        for (from, to, line, message) in [
            ("quorate receipt 1", "quorate receipt 2", 1, "expected `quorate receipt 1`"),
            ("date: ", "day: ", 4, "expected `date: …`"),
            ("size: 4", "size: +4", 6, "`+4` is no number"),
            ("root: ", "root: 0", 7, "is not 64 hexadecimal digits"),
            ("\nrow: 3", "\nrow: 0", 16, "the rows are not in the order of their places"),
            ("\n\nrow: 0", "\nrow: 0", 9, "expected a blank line before a row"),
        ] {
            let error = Receipt::parse(&text.replacen(from, to, 1)).expect_err(from);
            assert!(error.line == line && error.message.contains(message), "{from}: {error}");
        }
        let head = text.split("\n\n").next().expect("a head");
        assert!(Receipt::parse(head).is_err_and(|error| error.message == "expected a row"));
        assert!(Receipt::parse("").is_err());
    }
}
