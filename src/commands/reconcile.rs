//! `quorate reconcile`: two keyings of the same paper.

use std::path::Path;

use super::{CommandError, Exit, output};
use crate::cli::{Reconcile, ReconcileFormat};
use crate::keying::{Reconciliation, Sheet, reconcile};
use crate::load::Problems;
use crate::load::source::{self, Source};
use crate::text::{counted, quoted, visible};

const UNDONE: &str = "nothing was reconciled";

/// What both keyings must have.
const NEEDED: [&str; 2] = ["card", "account"];

/// Sets two keyings side by side, and writes the cards once nothing is open.
pub(super) fn run(args: &Reconcile) -> anyhow::Result<Exit> {
    let mut problems = Problems::default();
    let read =
        |path: &Path, problems: &mut Problems| source::read(path, &path.display().to_string(), problems);
    if is_same(&args.first, &args.second) {
        let shown = quoted(&args.first.display().to_string());
        return Err(CommandError::Usage(format!("FIRST and SECOND are one file, {shown}")).into());
    }
    if let Some(out) = &args.out {
        refuse(args, out)?;
    }
    let sources = [&args.first, &args.second].map(|path| read(path, &mut problems));
    let sheets = sources.map(|source| Sheet::read(&source?, &NEEDED, &mut problems));
    let resolved: Option<Source> = args.resolved.as_ref().and_then(|path| read(path, &mut problems));
    let [Some(first), Some(second)] = sheets else {
        return Err(CommandError::Input(problems, UNDONE).into());
    };
    let found = reconcile(&first, &second, resolved.as_ref(), &mut problems);
    let Some(found) = found.filter(|_| problems.is_empty()) else {
        return Err(CommandError::Input(problems, UNDONE).into());
    };
    warn(&found);
    let settled = found.settled_file();
    let text = match args.format {
        ReconcileFormat::Text => text(&found, &first.label, &second.label),
        ReconcileFormat::Csv => found.to_settle(),
    };
    output::print(&text)?;
    let (Some(settled), Some(out)) = (&settled, &args.out) else {
        return Ok(if settled.is_some() { Exit::Certified } else { Exit::Differs });
    };
    output::write_file(out, settled.as_bytes(), args.force)?;
    eprintln!("wrote {}", quoted(&out.display().to_string()));
    Ok(Exit::Certified)
}

/// Refuses to write over what is read, or over another file unasked.
fn refuse(args: &Reconcile, out: &Path) -> anyhow::Result<()> {
    let shown = quoted(&out.display().to_string());
    let read = [Some(&args.first), Some(&args.second), args.resolved.as_ref()];
    if read.into_iter().flatten().any(|path| is_same(path, out)) {
        return Err(CommandError::Usage(format!("--out: {shown} is one of the files read")).into());
    }
    if !args.force && out.symlink_metadata().is_ok() {
        anyhow::bail!("{shown} already exists; nothing was written (--force replaces it)");
    }
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// What makes two keyings worth less than two.
fn warn(found: &Reconciliation) {
    if let Some(card) = found.same_clerk.first() {
        let count = counted(found.same_clerk.len() as u64, "card");
        eprintln!("warning: {count} keyed both times by the same clerk, {} first", visible(card));
    }
    for (clerks, which) in [(&found.clerks.0, "first"), (&found.clerks.1, "second")] {
        if clerks.is_empty() {
            eprintln!(
                "warning: the {which} keying names no clerk: who settles differences cannot be held against it"
            );
        }
    }
}

fn text(found: &Reconciliation, first: &str, second: &str) -> String {
    let (first, second) = (visible(first), visible(second));
    let mut text = String::new();
    for difference in &found.differences {
        text.push_str(&difference.says(&first, &second));
        if let Some(settled) = &difference.settled {
            let value = match settled.value.as_str() {
                "" if difference.column == "card" => "no such card".to_owned(),
                value => quoted(value),
            };
            let (by, at, reason) = (visible(&settled.by), visible(&settled.at), visible(&settled.reason));
            text.push_str(&format!("; settled: {value}, by {by}, {at}: {reason}"));
        }
        text.push('\n');
    }
    let (all, open) = (found.differences.len() as u64, found.open().count() as u64);
    let both = counted(found.cards_in_both, "card");
    let sum = match (all, open) {
        (0, _) => "nothing differs".to_owned(),
        (all, 0) => format!("{} settled", counted(all, "difference")),
        (all, open) => format!("{}, {open} open", counted(all, "difference")),
    };
    text.push_str(&format!("{both} keyed twice: {sum}\n"));
    text
}
