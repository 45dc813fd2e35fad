//! What is asked of a paper: its fields at this meeting, what each takes, and what a single key stands for in it.

use crate::ascertain::Holding;
use crate::ballot::Column;
use crate::load::AccountId;
use crate::meeting::ItemKind;
use crate::tabulate::Tabulation;

/// The columns before the marks of a card, in the order in which they are asked.
const BEFORE_MARKS: [&str; 15] = [
    "account",
    "card",
    "received",
    "kind",
    "form",
    "medium",
    "dated",
    "signed",
    "signer",
    "class",
    "shares",
    "irrevocable",
    "valid_until",
    "items",
    "contradiction",
];

/// Those that few cards say anything in: asked only when the clerk wants them.
const RARE: [&str; 4] = ["irrevocable", "valid_until", "items", "contradiction"];

/// The columns after the marks, which are not asked.
const AFTER_MARKS: [&str; 3] = ["batch", "clerk", "correction"];

/// The columns of a revocation; the last is not asked.
const OF_REVOCATION: [&str; 6] = ["account", "received", "manner", "dated", "signer", "correction"];

/// The most that single digits stand for.
const DIGITS: usize = 9;

/// What is keyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paper {
    /// A proxy or a ballot.
    Card,
    /// A revocation, or a request at the meeting.
    Revocation,
}

impl Paper {
    /// The columns of its file at a meeting.
    pub(super) fn columns(self, meeting: &Tabulation) -> Vec<String> {
        let owned = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        match self {
            Self::Card => {
                let marks = meeting.loaded.cards.layout.columns.iter().map(|column| column.header.clone());
                owned(&BEFORE_MARKS).into_iter().chain(marks).chain(owned(&AFTER_MARKS)).collect()
            }
            Self::Revocation => owned(&OF_REVOCATION),
        }
    }

    fn not_asked(self) -> usize {
        match self {
            Self::Card => AFTER_MARKS.len(),
            Self::Revocation => 1,
        }
    }
}

/// A word that a single key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The key, a small letter or a digit.
    pub(super) key: char,
    /// As it stands in the file.
    pub(super) written: String,
    /// What the screen says beside the key.
    pub(super) says: String,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Takes {
    /// Whatever is typed.
    Text,
    /// One of these, each by its key.
    Words(Vec<Word>),
    /// One of these, or a number or percentage.
    WordsOrNumber(Vec<Word>),
}

impl Takes {
    /// The words, each by its key.
    pub(super) fn words(&self) -> &[Word] {
        match self {
            Self::Text => &[],
            Self::Words(words) | Self::WordsOrNumber(words) => words,
        }
    }
}

/// A paper being typed.
pub(super) struct Form {
    pub(super) paper: Paper,
    pub(super) columns: Vec<String>,
    /// Per column what was typed.
    pub(super) cells: Vec<String>,
    /// The column that is asked.
    pub(super) at: usize,
    /// Whether the field was just come to: what is typed takes the place of what stands there.
    pub(super) is_fresh: bool,
    /// Whether the fields that few cards use are asked too.
    pub(super) asks_rare: bool,
}

impl Form {
    pub(super) fn new(paper: Paper, columns: Vec<String>) -> Self {
        let cells = vec![String::new(); columns.len()];
        Self { paper, columns, cells, at: 0, is_fresh: true, asks_rare: false }
    }

    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    pub(super) fn set(&mut self, column: &str, value: &str) {
        if let Some(place) = self.place(column) {
            value.clone_into(&mut self.cells[place]);
        }
    }

    /// What stands in a column, without blanks around it; nothing where there is no such column.
    pub(super) fn cell(&self, column: &str) -> &str {
        self.place(column).map_or("", |place| self.cells[place].trim())
    }

    /// The column that is asked.
    pub(super) fn column(&self) -> &str {
        &self.columns[self.at]
    }

    /// How many columns are asked at most.
    pub(super) fn asked(&self) -> usize {
        self.columns.len() - self.paper.not_asked()
    }

    /// Goes to a field.
    pub(super) fn go(&mut self, place: usize) {
        (self.at, self.is_fresh) = (place, true);
    }

    /// The next field that this paper has at this meeting; nothing after the last. A box that is marked leads past its
    /// nominees, unless their exceptions are asked for.
    pub(super) fn after(&self, meeting: &Tabulation, with_exceptions: bool) -> Option<usize> {
        let is_next = |place: &usize| {
            self.is_asked(meeting, *place) && (with_exceptions || !self.is_covered(meeting, *place))
        };
        (self.at + 1..self.asked()).find(is_next)
    }

    /// Whether a place is that of a nominee without a mark, whose box is asked and marked.
    fn is_covered(&self, meeting: &Tabulation, place: usize) -> bool {
        let (Some(of_box), Some(mark)) = (self.mark(meeting, self.at), self.mark(meeting, place)) else {
            return false;
        };
        of_box.nominee.is_none()
            && of_box.item == mark.item
            && !self.cells[self.at].is_empty()
            && self.cells[place].is_empty()
    }

    /// The field before.
    pub(super) fn before(&self, meeting: &Tabulation) -> Option<usize> {
        (0..self.at).rev().find(|place| self.is_asked(meeting, *place))
    }

    /// Whether a field can say anything on this paper at this meeting.
    pub(super) fn is_asked(&self, of: &Tabulation, place: usize) -> bool {
        let meeting = &of.loaded.meeting;
        let is_ballot = self.cell("kind") == "ballot";
        if let Some(mark) = self.mark(of, place) {
            return !meeting.items[mark.item].is_withdrawn;
        }
        let column = self.columns[place].as_str();
        match column {
            // Whatever stands there must be seen.
            _ if !self.cells[place].is_empty() => true,
            "form" => !is_ballot && meeting.forms.len() > 1,
            "medium" => !is_ballot,
            "signer" => is_joint(of, self.cell("account")),
            "class" => meeting.classes.len() > 1,
            "irrevocable" | "valid_until" if is_ballot => false,
            _ => self.asks_rare || !RARE.contains(&column),
        }
    }

    /// The column of marks at a place.
    pub(super) fn mark<'a>(&self, of: &'a Tabulation, place: usize) -> Option<&'a Column> {
        match self.paper {
            Paper::Card => of.loaded.cards.layout.columns.get(place.checked_sub(BEFORE_MARKS.len())?),
            Paper::Revocation => None,
        }
    }

    /// The columns of marks of an item, with what was typed.
    pub(super) fn marks_of<'a>(
        &'a self,
        of: &'a Tabulation,
        item: usize,
    ) -> impl Iterator<Item = (&'a Column, &'a str)> {
        let cells = self.cells.iter().skip(BEFORE_MARKS.len()).map(|cell| cell.trim());
        of.loaded.cards.layout.columns.iter().zip(cells).filter(move |(column, _)| column.item == item)
    }

    /// What the field that is asked takes.
    pub(super) fn takes(&self, of: &Tabulation) -> Takes {
        let meeting = &of.loaded.meeting;
        if let Some(mark) = self.mark(of, self.at) {
            return takes_marks(of, mark);
        }
        match self.column() {
            "kind" => Takes::Words(words(&[('p', "proxy"), ('b', "ballot")])),
            "medium" => Takes::Words(words(&[
                ('m', "mail"),
                ('p', "in_person"),
                ('t', "telephone"),
                ('i', "internet"),
            ])),
            "signed" => Takes::Words(words(&[('y', "yes"), ('n', "no"), ('m', "mismatch")])),
            "irrevocable" => Takes::Words(words(&[('y', "yes"), ('n', "no")])),
            "manner" => Takes::Words(words(&[('w', "written"), ('m', "at_meeting"), ('d', "death")])),
            "form" => numbered(meeting.forms.iter().map(|form| (form.id.clone(), form.id.clone()))),
            "class" => numbered(meeting.classes.iter().map(|class| (class.id.clone(), class.name.clone()))),
            "signer" => {
                numbered(co_holders(of, self.cell("account")).into_iter().map(|name| (name.clone(), name)))
            }
            _ => Takes::Text,
        }
    }
}

/// What a column of marks takes.
fn takes_marks(of: &Tabulation, mark: &Column) -> Takes {
    let item = &of.loaded.meeting.items[mark.item];
    if let ItemKind::Frequency(choices) = &item.kind {
        let choices = numbered(choices.iter().map(|choice| (choice.id.clone(), choice.name.clone())));
        let rest = words(&[('b', "ABSTAIN"), ('n', "NONVOTE"), ('v', "VOID")]);
        return match choices {
            Takes::Words(choices) => Takes::Words(choices.into_iter().chain(rest).collect()),
            Takes::Text | Takes::WordsOrNumber(_) => Takes::Text,
        };
    }
    let marks = words(&[
        ('f', "FOR"),
        ('a', "AGAINST"),
        ('b', "ABSTAIN"),
        ('w', "WITHHOLD"),
        ('n', "NONVOTE"),
        ('v', "VOID"),
    ]);
    if mark.nominee.is_some() { Takes::WordsOrNumber(marks) } else { Takes::Words(marks) }
}

fn words(known: &[(char, &str)]) -> Vec<Word> {
    let word = |(key, written): &(char, &str)| Word {
        key: *key,
        written: (*written).to_owned(),
        says: (*written).to_owned(),
    };
    known.iter().map(word).collect()
}

/// Words as written and as the screen says them, by digits; where there are none, or more than digits, what is typed.
fn numbered(known: impl Iterator<Item = (String, String)>) -> Takes {
    let known: Vec<(String, String)> = known.collect();
    if known.is_empty() || known.len() > DIGITS {
        return Takes::Text;
    }
    let word = |(key, (written, says)): (char, (String, String))| Word { key, written, says };
    Takes::Words(('1'..='9').zip(known).map(word).collect())
}

/// Whether an account has several holders who vote by statute.
fn is_joint(of: &Tabulation, account: &str) -> bool {
    let account = of.loaded.accounts.find(account).map(AccountId);
    let mut positions = account.into_iter().flat_map(|account| of.electorate.of(account));
    positions.any(|position| position.holding() == Holding::Joint)
}

/// The co-holders of an account whom the register names.
pub(super) fn co_holders(of: &Tabulation, account: &str) -> Vec<String> {
    let Some(account) = of.loaded.accounts.find(account).map(AccountId) else { return Vec::new() };
    let register = &of.loaded.register;
    let mut places: Vec<&usize> =
        register.holders.keys().filter(|place| register.account(**place) == account).collect();
    places.sort_unstable();
    let mut names: Vec<String> = Vec::new();
    for holder in places.into_iter().flat_map(|place| &register.holders[place]) {
        if !names.contains(&holder.name) {
            names.push(holder.name.clone());
        }
    }
    names
}
