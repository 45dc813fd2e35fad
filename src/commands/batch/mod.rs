//! `quorate batch`: many meetings in one run. Each is counted by itself; one that fails does not stop
//! the others. What is printed and written does not depend on the number of threads.

mod manifest;
mod meeting;
mod results;

use std::collections::HashMap;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::Context;
use clap::ColorChoice;

use self::manifest::Manifest;
use self::meeting::{Done, Work};
use self::results::ResultsTable;
use super::output::{self, Access, Lock};
use super::{CommandError, Exit, terminal};
use crate::cli::Batch;
use crate::parallel::Threads;
use crate::text::{counted, quoted, visible};

/// Says that a folder is a batch's: what is in it may be replaced by the next run.
const MARK: &str = ".quorate-batch";

/// The results of the whole run.
const RESULTS: [&str; 3] = ["results.csv", "results.jsonl", manifest::NAME];

/// Counts many meetings.
pub(super) fn run(args: &Batch, color: ColorChoice) -> anyhow::Result<Exit> {
    let names = names(&args.meetings)?;
    let _lock = prepare(&args.out)?;
    let access = Access::of(args.shared);
    let manifest = Manifest::read(&args.out)?;
    let cores = Threads::default().count();
    let jobs = args.jobs.map_or(cores, usize::from).clamp(1, names.len());
    // Jobs share the cores: threads must not multiply.
    let threads = Threads::new(cores / jobs);
    let work: Vec<Work<'_>> = args
        .meetings
        .iter()
        .zip(&names)
        .map(|(path, name)| Work {
            path,
            name,
            folder: args.out.join(name),
            is_forced: args.all,
            known: manifest.of(name),
            access,
            is_public: args.public,
            threads,
        })
        .collect();
    let mut screen = Screen::begin(&names, args.quiet, color)?;
    let done = each(&work, jobs, |done, all| screen.show(done, all))?;
    output::replace(
        &args.out,
        access,
        &[(RESULTS[0], results::csv(&names, &done)?), (RESULTS[1], results::jsonl(&names, &done)?)],
    )?;
    screen.finish(&done)?;
    let exit = worst(&done);
    drop(work);
    manifest.write(&args.out, access, &names, done)?;
    Ok(exit)
}

/// A problem is worse than an open matter, and that is worse than a final result.
fn worst(done: &[Done]) -> Exit {
    let is = |exit: Exit| done.iter().any(|done| done.exit() == exit);
    if is(Exit::Problem) {
        Exit::Problem
    } else if is(Exit::Preliminary) {
        Exit::Preliminary
    } else {
        Exit::Certified
    }
}

/// The folder of each meeting's documents: the name of the meeting's own. Two meetings may not share
/// one, nor differ in capitals only, which some disks do not tell apart.
fn names(meetings: &[PathBuf]) -> Result<Vec<String>, CommandError> {
    let mut names = Vec::new();
    let mut seen: HashMap<String, &Path> = HashMap::new();
    for path in meetings {
        let shown = quoted(&path.display().to_string());
        let Some(name) = name_of(path) else {
            return Err(CommandError::Usage(format!(
                "{shown} has no folder name to keep its documents under"
            )));
        };
        let folded = name.to_lowercase();
        if RESULTS.contains(&folded.as_str()) || folded == MARK {
            return Err(CommandError::Usage(format!(
                "{shown}: {} is a file of the batch itself",
                quoted(&name)
            )));
        }
        if let Some(first) = seen.insert(folded, path) {
            let first = quoted(&first.display().to_string());
            return Err(CommandError::Usage(format!(
                "{first} and {shown} would both be kept under {}; rename one, or run two batches",
                quoted(&name)
            )));
        }
        names.push(name);
    }
    Ok(names)
}

fn name_of(path: &Path) -> Option<String> {
    let is_file = path.is_file() || (!path.is_dir() && path.extension().is_some_and(|end| end == "json"));
    let folder = if is_file { path.parent()? } else { path };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // `.` and `..` have a name too, where they lead.
    let real = folder.canonicalize();
    let named = real.as_deref().unwrap_or(folder).file_name()?;
    Some(named.to_string_lossy().into_owned())
}

/// Makes the folder, or sees that it is a batch's, so that nothing else is ever replaced; and keeps every
/// other run out of it.
fn prepare(out: &Path) -> anyhow::Result<Lock> {
    let shown = quoted(&out.display().to_string());
    if out.exists() && !out.is_dir() {
        return Err(CommandError::Usage(format!("--out: {shown} is not a folder")).into());
    }
    if !out.join(MARK).exists() {
        let is_empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
        if !is_empty {
            anyhow::bail!("{shown} is not empty and not the folder of an earlier batch; nothing was written");
        }
        fs::create_dir_all(out).with_context(|| format!("making the folder {}", out.display()))?;
        let says = "The folder of a batch: the next run replaces what it wrote here.\n";
        fs::write(out.join(MARK), says).with_context(|| format!("writing to {}", out.display()))?;
    }
    let lock = output::lock(out, Some(MARK))?;
    // What a run that was interrupted left behind.
    for entry in fs::read_dir(out).with_context(|| format!("looking at {}", out.display()))? {
        let path = entry.with_context(|| format!("looking at {}", out.display()))?.path();
        let is_left =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(meeting::STAGED));
        if is_left && path.is_dir() {
            fs::remove_dir_all(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(lock)
}

/// Does the work in so many threads and tells of each meeting in the order given, as soon as all before
/// it are done.
fn each(
    work: &[Work<'_>],
    jobs: usize,
    mut tell: impl FnMut(&[Done], usize) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Done>> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let send = send.clone();
            let next = &next;
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(work) = work.get(place) else { return };
                    // Even our own error in one meeting must not stop the others.
                    let done = catch_unwind(AssertUnwindSafe(|| work.run())).unwrap_or_else(|_| {
                        Done::failed("the program itself failed; its message is on standard error".to_owned())
                    });
                    if send.send((place, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut waiting: HashMap<usize, Done> = HashMap::new();
        let mut told: Vec<Done> = Vec::new();
        for (place, done) in receive {
            waiting.insert(place, done);
            while let Some(done) = waiting.remove(&told.len()) {
                told.push(done);
                tell(&told, work.len())?;
            }
        }
        Ok(told)
    })
}

/// The table as it goes, and on a terminal how far the run is.
struct Screen {
    names: Vec<String>,
    table: ResultsTable,
    is_quiet: bool,
    has_progress: bool,
    is_coloured: bool,
}

impl Screen {
    fn begin(names: &[String], is_quiet: bool, color: ColorChoice) -> anyhow::Result<Self> {
        let table = ResultsTable::of(names, terminal::width());
        let screen = Self {
            names: names.to_vec(),
            table,
            is_quiet,
            has_progress: !is_quiet && io::stderr().is_terminal(),
            is_coloured: terminal::is_coloured(color),
        };
        screen.print(&screen.table.head())?;
        Ok(screen)
    }

    fn print(&self, text: &str) -> anyhow::Result<()> {
        if self.is_quiet { Ok(()) } else { output::print(text) }
    }

    /// Shows the meeting that was told last.
    fn show(&mut self, told: &[Done], all: usize) -> anyhow::Result<()> {
        let Some(done) = told.last() else { return Ok(()) };
        self.clear();
        self.print(&self.table.row(told.len() - 1, done, self.is_coloured))?;
        if let Done::Counted { altered, is_unchanged: false, .. } = done
            && !self.is_quiet
        {
            for what in altered {
                let name = visible(&self.names[told.len() - 1]);
                eprintln!("note: {name}: {}; all its documents were written again", visible(what));
            }
        }
        if self.has_progress && told.len() < all {
            eprint!("{} of {}", told.len(), counted(all as u64, "meeting"));
            // The line is for the eye; where it cannot be shown nothing is lost.
            let _ = io::stderr().flush();
        }
        Ok(())
    }

    fn clear(&self) {
        if self.has_progress {
            eprint!("\r\u{1b}[K");
        }
    }

    fn finish(&self, done: &[Done]) -> anyhow::Result<()> {
        self.clear();
        self.print(&results::sum(done))
    }
}
