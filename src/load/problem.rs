//! What is wrong with the input: where, what, and what was expected. All problems of a run are
//! collected and shown together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::catalogue::{self, Code, Fault};
use crate::text::{counted, nearest, one_of, quoted, visible};

/// How many problems are shown; of the others only the number is.
const SHOWN_MAX: usize = 50;

/// How many are kept to choose the first ones from; a file of ten million bad rows must not fill
/// the memory.
const KEPT_MAX: usize = 5_000;

/// The most known words that a message lists.
const LISTED_MAX: usize = 20;

/// The most known words among which the nearest is sought.
const COMPARED_MAX: usize = 1_000;

/// What to say of a text that is none of the known ones, with the nearest of them or all.
pub(crate) fn not_known(code: Code, written: &str, what: &str, known: &[&str]) -> Fault {
    if written.is_empty() {
        return Code::CellEmpty.fault(format!("must not be empty; expected {}", listed(known)));
    }
    code.fault(format!("{} is not {what}{}", quoted(written), hint(written, known)))
}

/// `; did you mean …?` when a known word is near, else `; expected …` with all of them.
pub(crate) fn hint(written: &str, known: &[&str]) -> String {
    match meant(written, known) {
        Some(word) => format!("; did you mean {}?", quoted(word)),
        None if known.is_empty() => String::new(),
        None => format!("; expected {}", listed(known)),
    }
}

/// The known word that was probably meant. Between words of one or two letters every other one is
/// near: they are proposed only in other capitals.
pub(crate) fn meant<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    // Ten thousand headers against the columns of fifty thousand nominees would take minutes.
    if known.len() > COMPARED_MAX {
        return None;
    }
    let telling = |word: &&str| word.chars().count() > 2 || word.eq_ignore_ascii_case(written);
    nearest(written, known.iter().copied().filter(telling))
}

/// Words as a list, cut where it would be too long to read.
fn listed(known: &[&str]) -> String {
    if known.len() <= LISTED_MAX {
        return one_of(known.iter().copied());
    }
    let start: Vec<String> = known[..LISTED_MAX].iter().map(|word| quoted(word)).collect();
    format!("{}, … ({} in all)", start.join(", "), known.len())
}

/// A place in an input file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// In a workbook, the sheet.
    pub sheet: Option<String>,
    /// The line, counted from 1; nothing for the file as a whole.
    pub line: Option<u64>,
    /// The header of the column, or the path of the key; may be empty.
    pub column: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.file))?;
        match (&self.sheet, self.line) {
            (Some(sheet), Some(line)) => write!(f, ":{}!{line}", visible(sheet))?,
            (Some(sheet), None) => write!(f, ":{}", visible(sheet))?,
            (None, Some(line)) => write!(f, ":{line}")?,
            (None, None) => {}
        }
        if !self.column.is_empty() {
            write!(f, ": {}", visible(&self.column))?;
        }
        Ok(())
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    order: usize,
    /// Where it is.
    pub place: Place,
    /// What is wrong and what was expected, without the place.
    pub message: String,
    /// Its code in the catalogue.
    pub code: Code,
}

/// All problems found in the input. As an error: nothing was tabulated.
#[derive(Debug, Default, Clone, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Problems {
    kept: Vec<Problem>,
    count: u64,
    files: Vec<String>,
    files_at_fault: BTreeSet<String>,
    kinds: Box<FileKinds>,
}

/// What is known of files, for what is said of them.
#[derive(Debug, Default, Clone)]
struct FileKinds {
    /// Files that are layouts.
    layouts: BTreeSet<String>,
    /// Per workbook, the sheet that is read.
    sheets: BTreeMap<String, String>,
}

impl Problems {
    /// Names a file that is about to be read: problems are shown in the order of these.
    pub fn begin_file(&mut self, file: &str) {
        if !self.files.iter().any(|known| known == file) {
            self.files.push(file.to_owned());
        }
    }

    /// Says that a file is a layout: what is wrong in it has a code of its own.
    pub(crate) fn set_layout(&mut self, file: &str) {
        self.kinds.layouts.insert(file.to_owned());
    }

    /// Says which sheet of a workbook is read: problems name it.
    pub(crate) fn set_sheet(&mut self, file: &str, sheet: &str) {
        self.kinds.sheets.insert(file.to_owned(), sheet.to_owned());
    }

    /// Adds a problem at a line and column of a file.
    pub fn at(&mut self, file: &str, line: u64, column: &str, fault: Fault) {
        self.push(file, Some(line), column, fault);
    }

    /// Adds a problem of a file as a whole.
    pub fn in_file(&mut self, file: &str, fault: Fault) {
        self.push(file, None, "", fault);
    }

    /// Adds a problem for which a whole file is not read, with the line to blame where there is one.
    pub(crate) fn of_file(&mut self, file: &str, line: Option<u64>, fault: Fault) {
        self.push(file, line, "", fault);
    }

    /// Adds problems found apart from these, after them.
    pub(crate) fn append(&mut self, other: Self) {
        other.files.iter().for_each(|file| self.begin_file(file));
        self.count += other.count;
        self.files_at_fault.extend(other.files_at_fault);
        for mut problem in other.kept {
            if self.kept.len() >= KEPT_MAX {
                return;
            }
            problem.place.sheet = self.kinds.sheets.get(&problem.place.file).cloned();
            problem.order =
                self.files.iter().position(|known| *known == problem.place.file).unwrap_or(usize::MAX);
            self.kept.push(problem);
        }
    }

    /// Adds problems found apart from these, in front of them where only the first are kept.
    pub(crate) fn prepend(&mut self, other: Self) {
        let mut first = Self { files: self.files.clone(), kinds: self.kinds.clone(), ..Self::default() };
        first.append(other);
        first.append(std::mem::take(self));
        *self = first;
    }

    fn push(&mut self, file: &str, line: Option<u64>, column: &str, fault: Fault) {
        self.count += 1;
        self.files_at_fault.insert(file.to_owned());
        self.begin_file(file);
        if self.kept.len() >= KEPT_MAX {
            return;
        }
        let order = self.files.iter().position(|known| known == file).unwrap_or(usize::MAX);
        let sheet = self.kinds.sheets.get(file).cloned();
        let place = Place { file: file.to_owned(), sheet, line, column: column.to_owned() };
        let Fault { mut code, message } = fault;
        let is_of_file = matches!(
            code,
            Code::JsonSyntax
                | Code::JsonDepth
                | Code::FileMissing
                | Code::FileUnreadable
                | Code::FileEncoding
        );
        if self.kinds.layouts.contains(file) && !is_of_file {
            code = Code::LayoutUnknown;
        }
        self.kept.push(Problem { order, place, message, code });
    }

    /// Whether a file has any.
    #[must_use]
    pub fn has_in(&self, file: &str) -> bool {
        self.files_at_fault.contains(file)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first ones, by file and line, as many as are shown.
    #[must_use]
    pub fn shown(&self) -> Vec<&Problem> {
        let mut sorted: Vec<&Problem> = self.kept.iter().collect();
        sorted.sort_by_key(|problem| (problem.order, problem.place.line));
        sorted.truncate(SHOWN_MAX);
        sorted
    }

    /// Every problem on a line of its own, then how many more, then the sum.
    #[must_use]
    pub fn report(&self, undone: &str) -> String {
        let mut lines: Vec<String> =
            self.shown().iter().map(|p| format!("error: {}: {} [{}]", p.place, p.message, p.code)).collect();
        let rest = self.count - lines.len() as u64;
        if rest > 0 {
            lines.push(format!("error: … and {}", counted(rest, "more problem")));
        }
        lines.push(format!("error: {}; {undone}", self.summary()));
        lines.join("\n")
    }

    /// What to do, for each code of the problems shown, in the order of the catalogue.
    #[must_use]
    pub fn remedies(&self) -> Vec<&'static catalogue::Entry> {
        // Codes compare in the order of the catalogue.
        let codes: BTreeSet<Code> = self.shown().iter().map(|problem| problem.code).collect();
        codes.into_iter().map(Code::entry).collect()
    }

    fn summary(&self) -> String {
        let files = self.files_at_fault.len() as u64;
        format!("{} in {}", counted(self.count, "problem"), counted(files, "file"))
    }
}
