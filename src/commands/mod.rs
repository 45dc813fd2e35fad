//! The verbs of the command line, a file each.

mod audit;
mod batch;
mod check;
mod compare;
mod convert;
mod explain;
mod init;
mod interrupt;
mod key;
mod layout;
mod lot;
mod manual;
mod output;
mod plan;
mod progress;
mod receipt;
mod reconcile;
mod selftest;
mod shell;
mod tabulate;
mod terminal;
mod verify;
mod watch;
mod workbook;

use std::path::Path;
use std::process::ExitCode;

use self::progress::watched;
use crate::ascertain;
use crate::cli::{Cli, Command, Files};
use crate::load::{self, Loaded, Overrides, Problems, Role};
use crate::parallel::Threads;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Final results.
    Certified,
    /// A problem with input, files or the machine.
    Problem,
    /// Wrong usage.
    Usage,
    /// Counted, but a matter is open.
    Preliminary,
    /// Two results differ.
    Differs,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Certified => 0,
            Exit::Problem => 1,
            Exit::Usage => 2,
            Exit::Preliminary => 3,
            Exit::Differs => 4,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The input has problems.
    #[error("{}", .0.report(.1))]
    Input(Problems, &'static str),
    /// The input has problems, and what to do about them is asked.
    #[error("{}{}", .0.report(.1), what_to_do(.0))]
    Checked(Problems, &'static str),
    /// The command line asks for something that is not there.
    #[error("error: {0}")]
    Usage(String),
}

/// What to do about each kind of problem, a line each.
fn what_to_do(problems: &Problems) -> String {
    let lines = problems.remedies().into_iter().map(|entry| format!("\n  {}: {}", entry.code, entry.remedy));
    format!("\n\nWhat to do:{}", lines.collect::<String>())
}

/// Runs a command.
///
/// # Errors
/// [`CommandError`] for problems of the user's; others for the machine's.
pub fn run(cli: &Cli) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Init(args) => init::run(args),
        Command::Tabulate(args) => tabulate::run(args, cli.color),
        Command::Check(args) => check::run(args, cli.color),
        Command::Batch(args) => batch::run(args, cli.color),
        Command::Explain(args) => explain::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Receipt(args) => receipt::run(args),
        Command::VerifyReceipt(args) => receipt::verify(args),
        Command::Compare(args) => compare::run(args),
        Command::Lot(args) => lot::run(args),
        Command::Selftest(args) => selftest::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Layout(args) => layout::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Key(args) => key::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Reconcile(args) => reconcile::run(args),
        Command::Schema(args) => output::print(args.file.text()).map(|()| Exit::Certified),
        Command::Completions(args) => shell::completions(args),
        Command::Man => shell::man(),
        Command::Manual(args) => manual::run(args),
    }
}

/// Loads the meeting of the command line; a terminal shows how far it is.
fn loaded(files: &Files) -> Result<Loaded, Problems> {
    with_meeting(files, |loaded| loaded)
}

/// Loads the meeting of the command line and makes something of it; a terminal shows how far that is, to its end.
fn with_meeting<T>(files: &Files, work: impl FnOnce(Result<Loaded, Problems>) -> T) -> T {
    let overrides = overrides(files);
    watched(&overrides.progress, false, || work(read(&files.meeting, &overrides)))
}

/// Loads a meeting. Where its files have problems, those of the register's sums and of what nominees passed on
/// are told in the same run.
fn read(meeting: &Path, overrides: &Overrides) -> Result<Loaded, Problems> {
    load::load_all(meeting, overrides).map_err(|(mut problems, loaded)| {
        if let Some(found) = loaded.and_then(|loaded| ascertain::ascertain(&loaded).err()) {
            problems.prepend(found);
        }
        problems
    })
}

/// The files named on the command line.
fn overrides(files: &Files) -> Overrides {
    let threads = files.threads.map_or_else(Threads::default, |count| Threads::new(usize::from(count)));
    let mut overrides = Overrides { threads, ..Overrides::default() };
    let named = [
        (Role::Register, &files.register),
        (Role::Omnibus, &files.omnibus),
        (Role::Cards, &files.cards),
        (Role::Street, &files.street),
        (Role::Revocations, &files.revocations),
        (Role::Rulings, &files.rulings),
        (Role::Lots, &files.lots),
    ];
    for (role, paths) in named {
        if !paths.is_empty() {
            overrides.files.insert(role, paths.clone());
        }
    }
    overrides
}
