//! What the loader and the engine say of a paper before it is saved: the meeting is read and counted with it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::form::{Form, Paper};
use super::shelf::line;
use crate::audit::story;
use crate::load::{AccountId, CardId, Overrides, Problem, Problems, Role, load};
use crate::tabulate::Tabulation;
use crate::text::counted;

/// The most other cards of which is said what would become of them.
const CHANGES_MAX: usize = 3;

/// Reads and counts the meeting with what was keyed.
pub(super) struct Judge {
    meeting: PathBuf,
    overrides: Overrides,
    /// The files keyed into.
    pub(super) keyed: Vec<(Role, PathBuf)>,
}

/// What would become of a paper.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// What is wrong with it, and in which column; nothing where it is not in the paper.
    pub(super) problems: Vec<(Option<String>, String)>,
    /// What would become of it, and of others by it.
    pub(super) says: Vec<String>,
    /// The count with it; nothing where there are problems.
    pub(super) then: Option<Tabulation>,
}

impl Judge {
    /// Of a meeting, `left_out` being the first keying of the same paper.
    pub(super) fn new(meeting: &Path, overrides: Overrides, left_out: Option<&Path>) -> Self {
        let left_out = left_out.into_iter().map(Path::to_owned).collect();
        let overrides = Overrides { left_out, keeps_names: true, ..overrides };
        Self { meeting: meeting.to_owned(), overrides, keyed: Vec::new() }
    }

    /// The meeting without files that are to be keyed into: their last row may have been cut off.
    pub(super) fn without(&self, files: &[&Path]) -> Result<Tabulation, Problems> {
        let mut overrides = self.overrides.clone();
        overrides.left_out.extend(files.iter().map(|path| (*path).to_owned()));
        Tabulation::of(load(&self.meeting, &overrides)?, None)
    }

    /// The meeting with what was keyed so far.
    pub(super) fn counted(&self) -> Result<Tabulation, Problems> {
        self.with(None)
    }

    fn with(&self, more: Option<(Role, &Path)>) -> Result<Tabulation, Problems> {
        let mut overrides = self.overrides.clone();
        let more = more.map(|(role, path)| (role, path.to_owned()));
        overrides.more = self.keyed.iter().cloned().chain(more).collect();
        Tabulation::of(load(&self.meeting, &overrides)?, None)
    }

    /// What would become of a paper, `now` being the count without it.
    ///
    /// # Errors
    /// Where it cannot be written down to be read.
    pub(super) fn of(&self, form: &Form, now: &Tabulation) -> anyhow::Result<Verdict> {
        let mut file = tempfile::Builder::new()
            .prefix("this paper, ")
            .suffix(".csv")
            .tempfile()
            .context("writing the paper to be checked")?;
        write!(file, "{}{}", line(&form.columns), line(&form.cells))
            .and_then(|()| file.flush())
            .context("writing the paper to be checked")?;
        let role = match form.paper {
            Paper::Card => Role::Cards,
            Paper::Revocation => Role::Revocations,
        };
        let then = match self.with(Some((role, file.path()))) {
            Ok(then) => then,
            Err(problems) => {
                let label = file.path().display().to_string();
                let problems = problems.shown().into_iter().map(|problem| told(problem, &label)).collect();
                return Ok(Verdict { problems, ..Verdict::default() });
            }
        };
        let says = match form.paper {
            Paper::Card => of_card(form, now, &then),
            Paper::Revocation => of_revocation(form, now, &then),
        };
        Ok(Verdict { problems: Vec::new(), says, then: Some(then) })
    }
}

/// A problem with its column, where it is one of the paper; one of another file with its place.
fn told(problem: &Problem, label: &str) -> (Option<String>, String) {
    let (place, message, code) = (&problem.place, &problem.message, problem.code);
    if place.file == label {
        return (Some(place.column.clone()), format!("{}: {message} [{code}]", place.column));
    }
    (None, format!("{place}: {message} [{code}]"))
}

fn of_card(form: &Form, now: &Tabulation, then: &Tabulation) -> Vec<String> {
    let cards = &then.loaded.cards;
    let Some(id) = cards.find(form.cell("card")) else { return Vec::new() };
    let mut says = vec![format!("this card: {}", fate(then, id))];
    says.extend(changes(now, then, cards.account(id), Some(id)));
    says
}

fn of_revocation(form: &Form, now: &Tabulation, then: &Tabulation) -> Vec<String> {
    let account = then.loaded.accounts.find(form.cell("account")).map(AccountId);
    let says = account.map(|account| changes(now, then, account, None)).unwrap_or_default();
    if says.is_empty() { vec!["no card would fare otherwise by it".to_owned()] } else { says }
}

/// What became of a card.
pub(super) fn fate(tabulation: &Tabulation, id: CardId) -> String {
    let found = tabulation.determined.determinations.get(id);
    let name = found.disposition.name();
    if name == "counted" {
        name.to_owned()
    } else {
        story::why(tabulation, id, tabulation.loaded.meeting.papers.dates)
    }
}

/// Cards of the account that would fare otherwise by the new paper.
fn changes(now: &Tabulation, then: &Tabulation, account: AccountId, new: Option<CardId>) -> Vec<String> {
    let cards = &then.loaded.cards;
    let mut told = Vec::new();
    for id in cards.ids().filter(|id| Some(*id) != new && cards.account(*id) == account) {
        let number = cards.number(id);
        let Some(before) = now.loaded.cards.find(number) else { continue };
        let (old, new) = (fate(now, before), fate(then, id));
        if old != new {
            told.push(format!("{number}: {new}"));
        }
    }
    let more = told.len().saturating_sub(CHANGES_MAX);
    told.truncate(CHANGES_MAX);
    if more > 0 {
        told.push(format!("… and {} of this account", counted(more as u64, "more card")));
    }
    told
}
