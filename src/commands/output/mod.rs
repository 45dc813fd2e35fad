//! Results on standard output, documents in a folder: each whole or not there.

pub(super) mod documents;
mod guard;
mod staged;

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

pub(super) use self::guard::{Lock, check, lock, refuse_inputs};
pub(super) use self::staged::Access;
use self::staged::Staged;

/// Prints a result. A reader that stops reading, as `head` does, is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("writing to standard output"),
    }
}

/// Writes a file for its owner alone; one that is there only where it may be replaced.
pub(super) fn write_file(path: &Path, text: &[u8], may_replace: bool) -> anyhow::Result<()> {
    let name =
        path.file_name().and_then(|name| name.to_str()).context("--out: expected the name of a file")?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut staged = Staged::begin(folder, Access::Private)?;
    staged.add(name, |out| out.write_all(text))?;
    staged.publish(may_replace)
}

/// Puts texts into a folder, made where it is missing, in place of those of the same names.
pub(super) fn replace(folder: &Path, access: Access, texts: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
    let mut staged = Staged::begin(folder, access)?;
    for (name, text) in texts {
        staged.add(name, |out| out.write_all(text))?;
    }
    staged.publish(true)
}
