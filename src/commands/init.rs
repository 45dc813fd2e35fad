//! `quorate init`: a new meeting's folder from a template, whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Exit, output};
use crate::cli::Init;
use crate::text::{quoted, visible};

/// Writes a template's files into a folder that is new or empty.
pub(super) fn run(args: &Init) -> anyhow::Result<Exit> {
    let shown = args.folder.display().to_string();
    refuse_what_is_there(&args.folder)?;
    let files = args.template.files();
    write(&args.folder, &files).with_context(|| format!("making {}", quoted(&shown)))?;
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let folder = in_shell(&shown);
    output::print(&format!(
        "{}: {}\n\nREADME.md says what each file, key and column means. Next:\n  quorate check {folder}\n  \
         quorate tabulate {folder}\n",
        visible(&shown),
        names.join(", "),
    ))?;
    Ok(Exit::Certified)
}

/// A path as it is typed in a shell.
fn in_shell(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,\\".contains(c);
    if path.chars().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", visible(path).replace('\'', "'\\''"))
}

fn refuse_what_is_there(folder: &Path) -> anyhow::Result<()> {
    let shown = quoted(&folder.display().to_string());
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => anyhow::bail!("{shown} already exists and is not empty; nothing was written"),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder.symlink_metadata().is_err() => Ok(()),
        Err(error) if folder.symlink_metadata().is_ok() => {
            anyhow::bail!("{shown} already exists ({error}); nothing was written")
        }
        Err(error) => Err(error).with_context(|| format!("looking at {shown}")),
    }
}

/// Writes the files beside the folder first, so that no half of a meeting is ever there under its name.
fn write(folder: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    let made = missing(&parent);
    fs::create_dir_all(&parent)?;
    let result = stage(&parent, folder, files);
    if result.is_err() {
        // The folders made on the way are taken back; one that is not empty stays.
        for path in made {
            let _ = fs::remove_dir(path);
        }
    }
    result
}

/// The folders on a path that are not there, the innermost first.
fn missing(path: &Path) -> Vec<PathBuf> {
    let parts = path.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
    parts.map(Path::to_owned).collect()
}

fn stage(parent: &Path, folder: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    let is_there = folder.is_dir();
    // A folder that is there, as `.` is, keeps its place, and may be on another disk than its parent.
    let staged =
        tempfile::Builder::new().prefix(".quorate-").tempdir_in(if is_there { folder } else { parent })?;
    // Inside the private one, so that it gets the rights of any new folder.
    let ready = staged.path().join("meeting");
    fs::create_dir(&ready)?;
    for (name, bytes) in files {
        fs::write(ready.join(name), bytes)?;
    }
    if !is_there {
        return fs::rename(&ready, folder);
    }
    for (place, (name, _)) in files.iter().enumerate() {
        if let Err(error) = fs::rename(ready.join(name), folder.join(name)) {
            for (name, _) in &files[..place] {
                let _ = fs::remove_file(folder.join(name));
            }
            return Err(error);
        }
    }
    Ok(())
}
