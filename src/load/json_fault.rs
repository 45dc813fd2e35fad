//! What is wrong with a text that is not JSON, in the words of whoever wrote it, and where it was written: a comma too
//! many, a curly quotation mark, a comment, a backslash.

/// How deep the text is looked into; deeper ones are told otherwise.
const DEPTH_MAX: usize = 100;

/// A fault of syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonFault {
    /// Where it stands, in bytes.
    pub(super) at: usize,
    /// What it is, and what to do.
    pub(super) says: String,
}

/// The first fault of a text; nothing where it looks well.
pub(super) fn fault(text: &str) -> Option<JsonFault> {
    let mut scan = Scan { text, at: 0, open: Vec::new() };
    scan.document().err()
}

/// A reader of strict JSON that stops at the first fault.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Where each bracket stands that is still open.
    open: Vec<usize>,
}

type Found = Result<(), JsonFault>;

impl Scan<'_> {
    fn document(&mut self) -> Found {
        self.value()?;
        self.blanks()?;
        match self.peek() {
            None => Ok(()),
            Some(c) => self
                .fail(self.at, format!("more follows after the end: `{c}`; is a bracket closed too early?")),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn fail(&self, at: usize, says: impl Into<String>) -> Found {
        Err(JsonFault { at, says: says.into() })
    }

    /// Blanks, and what is none although it is meant as one.
    fn blanks(&mut self) -> Found {
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | '\r' => self.at += 1,
                '/' | '#' => return self.fail(self.at, "a comment; JSON has none: take it away"),
                '\u{a0}' | '\u{feff}' | '\u{200b}' | '\u{3000}' => {
                    let says = format!("an invisible character ({}); take it away", c.escape_unicode());
                    return self.fail(self.at, says);
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Found {
        self.blanks()?;
        match self.peek() {
            None => self.ended(),
            Some('{') => self.list('}'),
            Some('[') => self.list(']'),
            Some('"') => self.string(),
            Some(c) if is_quote(c) => self.fail(self.at, quote(c)),
            Some(',') => self.fail(self.at, "a value is missing before the comma"),
            Some(c @ ('}' | ']')) => self.fail(self.at, format!("a value is missing before `{c}`")),
            Some(_) => self.word(),
        }
    }

    /// What stands between brackets, with commas between.
    fn list(&mut self, close: char) -> Found {
        self.open.push(self.at);
        if self.open.len() > DEPTH_MAX {
            // Told by the depth itself.
            return Ok(());
        }
        self.at += 1;
        self.blanks()?;
        if self.peek() == Some(close) {
            return self.closed();
        }
        loop {
            if close == '}' {
                self.key()?;
            }
            self.value()?;
            let end = self.at;
            self.blanks()?;
            match self.peek() {
                None => return self.ended(),
                Some(c) if c == close => return self.closed(),
                Some(',') => {
                    let comma = self.at;
                    self.at += 1;
                    self.blanks()?;
                    match self.peek() {
                        Some('}' | ']') => {
                            return self.fail(
                                comma,
                                "a comma after the last one, before the closing bracket; take it away",
                            );
                        }
                        Some(',') => return self.fail(self.at, "two commas in a row; take one away"),
                        _ => {}
                    }
                }
                Some(c @ ('}' | ']')) => {
                    return self.fail(self.at, format!("`{c}` where `{close}` is expected"));
                }
                Some(':') => {
                    return self.fail(self.at, "a colon where a comma or a closing bracket is expected");
                }
                Some(c) if is_quote(c) && c != '"' => return self.fail(self.at, quote(c)),
                Some(_) => return self.fail(end, "a comma is missing after this value"),
            }
        }
    }

    fn closed(&mut self) -> Found {
        self.at += 1;
        self.open.pop();
        Ok(())
    }

    fn key(&mut self) -> Found {
        self.blanks()?;
        match self.peek() {
            None => return self.ended(),
            Some('"') => self.string()?,
            Some(c) if is_quote(c) => return self.fail(self.at, quote(c)),
            Some(_) => {
                return self.fail(self.at, "a key must stand between straight double quotation marks (\")");
            }
        }
        let end = self.at;
        self.blanks()?;
        match self.peek() {
            Some(':') => self.at += 1,
            None => return self.ended(),
            Some(_) => return self.fail(end, "a colon is missing after this key"),
        }
        Ok(())
    }

    fn string(&mut self) -> Found {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return self.unclosed(start),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => {
                    let backslash = self.at;
                    self.at += 1;
                    let next = self.peek();
                    let hex = self.text.get(self.at + 1..self.at + 5);
                    let is_code = hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
                    match next {
                        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => self.at += 1,
                        Some('u') if is_code => self.at += 5,
                        _ => {
                            let says = "a backslash in a text; write it twice (`\\\\`), in a path write `/`";
                            return self.fail(backslash, says);
                        }
                    }
                }
                Some('\n' | '\r') => return self.unclosed(start),
                Some(c) if (c as u32) < 0x20 => {
                    let says =
                        format!("a control character in a text ({}); take it away", c.escape_unicode());
                    return self.fail(self.at, says);
                }
                Some(c) => self.at += c.len_utf8(),
            }
        }
    }

    /// A text that does not end on its line.
    fn unclosed(&self, start: usize) -> Found {
        let line = &self.text[start + 1..self.at];
        let curly = line.char_indices().rfind(|(_, c)| is_quote(*c) && *c != '\'' && *c != '`');
        match curly {
            Some((at, c)) => self.fail(start + 1 + at, quote(c)),
            None => self
                .fail(start, "a text that begins here does not end on its line; a quotation mark is missing"),
        }
    }

    /// A number, `true`, `false` or `null`, or what is meant as one.
    fn word(&mut self) -> Found {
        let start = self.at;
        let is_end = |c: char| c.is_whitespace() || ",:{}[]\"".contains(c) || is_quote(c);
        let rest = &self.text[start..];
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        if matches!(word, "true" | "false" | "null") || is_number(word) {
            return Ok(());
        }
        let lower = word.to_lowercase();
        let shown: String = word.chars().take(40).collect();
        let says = match lower.as_str() {
            "true" | "false" | "null" => format!("`{shown}` must be written `{lower}`"),
            "none" | "nil" => format!("`{shown}` must be written `null`"),
            _ if word.starts_with(['\\']) => "a backslash outside of a text".to_owned(),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                format!("`{shown}` is not a number of JSON; a text must stand between quotation marks")
            }
            _ => format!("`{shown}` must stand between straight double quotation marks (\")"),
        };
        self.fail(start, says)
    }

    /// The text ends too early.
    fn ended(&self) -> Found {
        match self.open.last() {
            Some(open) => {
                let bracket = &self.text[*open..=*open];
                let line = self.text[..*open].matches('\n').count() + 1;
                let end = self.text.trim_end().len().saturating_sub(1);
                self.fail(
                    end,
                    format!("the file ends here, but the `{bracket}` of line {line} is not closed"),
                )
            }
            None => self.fail(self.text.len(), "the file ends where a value is expected"),
        }
    }
}

/// Quotation marks, of which JSON takes one kind.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{ff02}')
}

fn quote(c: char) -> String {
    let which = if c == '\'' || c == '`' { "single" } else { "curly" };
    format!("a {which} quotation mark (`{c}`); JSON takes the straight double one (\")")
}

/// As JSON writes a number.
fn is_number(word: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(word).is_ok()
        && word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and column, counted from one in characters, and what is said.
    fn told(text: &str) -> (usize, usize, String) {
        let fault = fault(text).unwrap_or_else(|| panic!("{text} looks well"));
        let before = &text[..fault.at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column, fault.says)
    }

    #[test]
    fn each_fault_is_told_where_it_was_written() {
        for (text, line, column, says) in [
            ("{\"a\": 1,\n}\n", 1, 8, "a comma after the last one"),
            ("[1,\n2,\n\n]", 2, 2, "a comma after the last one"),
            ("{\n  \u{201c}a\": 1\n}", 2, 3, "a curly quotation mark (`\u{201c}`)"),
            ("{\"a\": \"Foo\u{201d},\n\"b\": 1}", 1, 11, "a curly quotation mark (`\u{201d}`)"),
            ("{'a': 1}", 1, 2, "a single quotation mark"),
            ("{\n\"a\": 1 // note\n}", 2, 8, "a comment"),
            ("{\n/* note */\n\"a\": 1}", 2, 1, "a comment"),
            ("# note\n{}", 1, 1, "a comment"),
            ("{\"path\": \"dtc\\reg\\1.csv\"}", 1, 18, "a backslash in a text"),
            ("{\"a\": 1\n\"b\": 2}", 1, 8, "a comma is missing"),
            ("{\"a\" 1}", 1, 5, "a colon is missing"),
            ("{a: 1}", 1, 2, "a key must stand"),
            ("{\"a\": True}", 1, 7, "`True` must be written `true`"),
            ("{\"a\": 007}", 1, 7, "is not a number"),
            ("{\"a\": 50%}", 1, 7, "is not a number"),
            ("{\"a\": yes}", 1, 7, "`yes` must stand between"),
            ("{\"a\": \"b\n\"}", 1, 7, "does not end on its line"),
            ("{\n\"a\": [1,\n2\n", 3, 1, "the `[` of line 2 is not closed"),
            ("{\"a\": 1}}", 1, 9, "more follows after the end"),
            ("[1}", 1, 3, "`}` where `]` is expected"),
            ("{\"a\":\u{a0}1}", 1, 6, "an invisible character"),
            ("{\"a\": ,}", 1, 7, "a value is missing"),
        ] {
            let found = told(text);
            assert_eq!((found.0, found.1), (line, column), "{text}: {}", found.2);
            assert!(found.2.contains(says), "{text}: {}", found.2);
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_json_has_no_fault() {
        for text in
            ["{}", "[]", " {\"a\": [1, -2.5e3, \"\\u00e9\\\\ \u{201c}x\u{201d}\", null, true]} \n", "\"x\""]
        {
            assert_eq!(fault(text), None, "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
    }
}
