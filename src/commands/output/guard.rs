//! What must be so before anything is written: no document is replaced unasked, no input ever, and no
//! other run writes into the folder.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::super::CommandError;
use super::staged::is_leftover;
use crate::load::Input;
use crate::text::quoted;

fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Refuses a folder that is none, and documents that exist unless they may be replaced.
pub(in crate::commands) fn check(folder: &Path, names: &[&str], may_replace: bool) -> anyhow::Result<()> {
    if folder.exists() && !folder.is_dir() {
        return Err(CommandError::Usage(format!("--out: {} is not a folder", shown(folder))).into());
    }
    let existing: Vec<String> = names
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| shown(&path))
        .collect();
    if let Some(name) = names.iter().find(|name| folder.join(name).is_dir()) {
        anyhow::bail!("{} is a folder; nothing was written", shown(&folder.join(name)));
    }
    if may_replace || existing.is_empty() {
        return Ok(());
    }
    anyhow::bail!("{} already exists; nothing was written (--force replaces it)", existing.join(", "));
}

/// Refuses to write a document where an input lies, whatever either is called: the votes themselves would
/// be gone.
pub(in crate::commands) fn refuse_inputs(
    folder: &Path,
    names: &[&str],
    inputs: &[Input],
) -> anyhow::Result<()> {
    for name in names {
        let target = folder.join(name);
        if inputs.iter().any(|input| is_same_file(&target, &input.location)) {
            anyhow::bail!(
                "{} is an input of this meeting; nothing was written (write into another folder)",
                shown(&target)
            );
        }
    }
    Ok(())
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    match (real(one), real(other)) {
        (Some(one), Some(other)) => one == other || identity(&one) == identity(&other),
        _ => false,
    }
}

/// Which file it is, by whatever name.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    Some(path.to_owned())
}

/// Keeps every other run out of a folder until it is dropped. A run that is killed lets go of it.
pub(in crate::commands) struct Lock(#[expect(dead_code, reason = "held, not read")] Option<File>);

/// Makes the folder where it is missing, and locks it: by the file of that name in it where one is
/// given, else by itself.
pub(in crate::commands) fn lock(folder: &Path, name: Option<&str>) -> anyhow::Result<Lock> {
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let path: PathBuf = name.map_or_else(|| folder.to_owned(), |name| folder.join(name));
    // Where a folder cannot be opened, or the disk knows no locks, there is none to be had.
    let Ok(file) = File::open(&path) else { return Ok(Lock(None)) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!("another run is writing into {}; nothing was written", shown(folder));
        }
        Ok(()) => {
            clear_leftovers(folder)?;
            Ok(Lock(Some(file)))
        }
        Err(TryLockError::Error(_)) => Ok(Lock(None)),
    }
}

/// Takes away what a run that was killed left behind.
fn clear_leftovers(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("looking at {}", folder.display()))? {
        let entry = entry.with_context(|| format!("looking at {}", folder.display()))?;
        if is_leftover(&entry.file_name().to_string_lossy()) {
            let path = entry.path();
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}
