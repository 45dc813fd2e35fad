//! Results on standard output, documents in a folder: each whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

use super::CommandError;
use crate::text::quoted;

/// Prints a result. A reader that stops reading, as `head` does, is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("writing to standard output"),
    }
}

/// Refuses a folder that is none, and documents that exist unless they may be replaced.
pub(super) fn check(folder: &Path, names: &[&str], may_replace: bool) -> anyhow::Result<()> {
    let shown = |path: &Path| quoted(&path.display().to_string());
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

/// Writes documents into a folder, made where it is missing: all to temporary files first, so that
/// none of them is ever half there, then each to its name.
pub(super) fn write(
    folder: &Path,
    names: &[&str],
    documents: &[Vec<u8>],
    may_replace: bool,
) -> anyhow::Result<()> {
    let shown = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", shown()))?;
    let mut ready = Vec::new();
    for (name, document) in names.iter().zip(documents) {
        let mut file = tempfile::Builder::new()
            .prefix(".quorate-")
            .tempfile_in(folder)
            .with_context(|| format!("writing to {}", shown()))?;
        file.write_all(document)
            .and_then(|()| file.as_file().sync_all())
            .with_context(|| format!("writing {name} to {}", shown()))?;
        make_readable(file.as_file()).with_context(|| format!("writing {name} to {}", shown()))?;
        ready.push((folder.join(name), file));
    }
    for (path, file) in ready {
        let kept = if may_replace { file.persist(&path) } else { file.persist_noclobber(&path) };
        kept.map_err(|error| error.error).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Temporary files are private; documents are not.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}
