//! Results on standard output, documents in a folder: each whole or not there.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::CommandError;
use super::interrupt::{Publishing, Staging};
use crate::audit::ledger;
use crate::certify::{Certificate, certify};
use crate::render;
use crate::tabulate::Tabulation;
use crate::text::quoted;

/// The documents of a tabulation.
pub(super) const DOCUMENTS: [&str; 6] =
    ["certificate.txt", "certificate.json", "certificate.html", "item507.md", "ledger.csv", "exceptions.csv"];

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

/// Makes every document of a tabulation and puts them into a folder, which [`check`] approved.
pub(super) fn write_documents(
    tabulation: &Tabulation,
    folder: &Path,
    may_replace: bool,
) -> anyhow::Result<Certificate> {
    let mut staged = Staged::begin(folder)?;
    // The ledger first: the certificate bears its digest. It is the one document that grows with the
    // cards, so it goes to its file as it is made.
    let digest = staged.add("ledger.csv", |out| ledger::write(tabulation, out))?;
    staged.add("exceptions.csv", |out| ledger::write_exceptions(tabulation, out))?;
    let certificate = certify(tabulation, Some(digest));
    let rendered = [
        ("certificate.txt", render::text::render(&certificate)),
        ("certificate.json", render::json::render(&certificate)),
        ("certificate.html", render::html::render(&certificate)),
        ("item507.md", render::filing::item507(&certificate)),
    ];
    for (name, text) in rendered {
        staged.add(name, |out| out.write_all(text.as_bytes()))?;
    }
    staged.publish(may_replace)?;
    Ok(certificate)
}

/// Puts texts into a folder, made where it is missing, in place of those of the same names.
pub(super) fn replace(folder: &Path, texts: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
    let mut staged = Staged::begin(folder)?;
    for (name, text) in texts {
        staged.add(name, |out| out.write_all(text))?;
    }
    staged.publish(true)
}

/// Documents in temporary files beside their names, so that none of them is ever half there: what
/// fails or is interrupted before [`Staged::publish`] leaves the folder's documents as they were.
struct Staged<'a> {
    folder: &'a Path,
    ready: Vec<Ready>,
}

/// A document made, on its way to the disk.
struct Ready {
    path: PathBuf,
    file: NamedTempFile,
    staging: Staging,
    /// Sees it safely on the disk while others are made.
    synced: JoinHandle<io::Result<()>>,
}

impl<'a> Staged<'a> {
    /// Makes the folder where it is missing.
    fn begin(folder: &'a Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        Ok(Self { folder, ready: Vec::new() })
    }

    /// Makes a document, still under a temporary name.
    fn add<T>(
        &mut self,
        name: &str,
        make: impl FnOnce(&mut BufWriter<Flushed<'_>>) -> io::Result<T>,
    ) -> anyhow::Result<T> {
        let hidden = || tempfile::Builder::new().prefix(".quorate-").tempfile_in(self.folder);
        let (file, staging) = Staging::make(hidden, NamedTempFile::path)
            .with_context(|| format!("writing to {}", self.folder.display()))?;
        let (writer, synced) =
            Flushed::begin(file.as_file(), FLUSH_STEP).with_context(|| format!("writing {name}"))?;
        let made = Self::fill(writer, make)
            .with_context(|| format!("writing {name} to {}", self.folder.display()))?;
        self.ready.push(Ready { path: self.folder.join(name), file, staging, synced });
        Ok(made)
    }

    fn fill<T>(
        writer: Flushed<'_>,
        make: impl FnOnce(&mut BufWriter<Flushed<'_>>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut out = BufWriter::with_capacity(1 << 20, writer);
        let made = make(&mut out)?;
        out.flush()?;
        make_readable(out.get_ref().file)?;
        Ok(made)
    }

    /// Sees every document safely on the disk, then gives each its name.
    fn publish(self, may_replace: bool) -> anyhow::Result<()> {
        let mut safe = Vec::new();
        for Ready { path, file, staging, synced } in self.ready {
            let result = synced.join().unwrap_or_else(|_| Err(io::Error::other("not seen to the disk")));
            result.with_context(|| format!("writing {}", path.display()))?;
            safe.push((path, file, staging));
        }
        let _publishing = Publishing::begin();
        for (path, file, staging) in safe {
            let kept = if may_replace { file.persist(&path) } else { file.persist_noclobber(&path) };
            kept.map_err(|error| error.error).with_context(|| format!("writing {}", path.display()))?;
            drop(staging);
        }
        Ok(())
    }
}

/// So many bytes are worth telling the disk of.
const FLUSH_STEP: usize = 1 << 26;

/// A file that goes to the disk while it is written: of a large one little is left to wait for at the end.
struct Flushed<'a> {
    file: &'a fs::File,
    /// Bytes written since the disk was last told of any; of so many it is told.
    fresh: usize,
    step: usize,
    /// Tells of more; that there is no more, when it is dropped.
    more: SyncSender<()>,
}

impl<'a> Flushed<'a> {
    /// Returns with it what sees the whole safely on the disk once the writer is dropped, or fails.
    fn begin(file: &'a fs::File, step: usize) -> io::Result<(Self, JoinHandle<io::Result<()>>)> {
        let handle = file.try_clone()?;
        let (more, told) = mpsc::sync_channel(1);
        let synced = thread::spawn(move || {
            // What fails here must not be forgotten: the system may tell of it only once.
            told.iter().try_for_each(|()| handle.sync_data())?;
            handle.sync_all()
        });
        Ok((Self { file, fresh: 0, step, more }, synced))
    }
}

impl Write for Flushed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = (&mut &*self.file).write(bytes)?;
        self.fresh += written;
        // A disk still busy with what came before is told later.
        if self.fresh >= self.step && self.more.try_send(()).is_ok() {
            self.fresh = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&mut &*self.file).flush()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_however_often_the_disk_is_told_of_it() {
        for step in [1, 1000, usize::MAX] {
            let file = NamedTempFile::new().expect("a file");
            let (mut writer, synced) = Flushed::begin(file.as_file(), step).expect("begun");
            let pieces: Vec<Vec<u8>> = (0..50_u8).map(|piece| vec![piece; 999]).collect();
            pieces.iter().for_each(|piece| writer.write_all(piece).expect("written"));
            drop(writer);
            synced.join().expect("ended").expect("on the disk");
            assert_eq!(fs::read(file.path()).expect("readable"), pieces.concat());
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_nobody_waits() {
        let file = NamedTempFile::new().expect("a file");
        let only_read = fs::File::open(file.path()).expect("a file");
        let (mut writer, synced) = Flushed::begin(&only_read, 1).expect("begun");
        assert!(writer.write_all(b"more").is_err());
        drop(writer);
        // Nothing was written that the disk could fail to take.
        synced.join().expect("ended").expect("on the disk");
    }
}
