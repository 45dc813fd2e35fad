//! Documents in temporary files beside their names until all of them are whole.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::super::interrupt::{Publishing, Staging};

/// What the names of documents begin with while they are made.
const PART: &str = ".quorate-part-";

/// Whether a file is one that a run which was killed left behind.
pub(super) fn is_leftover(name: &str) -> bool {
    name.starts_with(PART)
}

/// Who may read what is written. Documents hold how people voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::commands) enum Access {
    /// Their owner alone: mode 0600.
    #[default]
    Private,
    /// Everybody: mode 0644.
    Shared,
}

impl Access {
    /// As `--shared` was given or not.
    pub(in crate::commands) fn of(is_shared: bool) -> Self {
        if is_shared { Self::Shared } else { Self::Private }
    }
}

/// Documents in temporary files beside their names, so that none of them is ever half there: what
/// fails or is interrupted before [`Staged::publish`] leaves the folder's documents as they were.
pub(super) struct Staged<'a> {
    folder: &'a Path,
    access: Access,
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
    pub(super) fn begin(folder: &'a Path, access: Access) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        Ok(Self { folder, access, ready: Vec::new() })
    }

    /// Makes a document, still under a temporary name.
    pub(super) fn add<T>(
        &mut self,
        name: &str,
        make: impl FnOnce(&mut BufWriter<Flushed<'_>>) -> io::Result<T>,
    ) -> anyhow::Result<T> {
        let hidden = || tempfile::Builder::new().prefix(PART).tempfile_in(self.folder);
        let (file, staging) = Staging::make(hidden, NamedTempFile::path)
            .with_context(|| format!("writing to {}", self.folder.display()))?;
        let (writer, synced) =
            Flushed::begin(file.as_file(), FLUSH_STEP).with_context(|| format!("writing {name}"))?;
        let made = Self::fill(writer, self.access, make)
            .with_context(|| format!("writing {name} to {}", self.folder.display()))?;
        self.ready.push(Ready { path: self.folder.join(name), file, staging, synced });
        Ok(made)
    }

    fn fill<T>(
        writer: Flushed<'_>,
        access: Access,
        make: impl FnOnce(&mut BufWriter<Flushed<'_>>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut out = BufWriter::with_capacity(1 << 20, writer);
        let made = make(&mut out)?;
        out.flush()?;
        if access == Access::Shared {
            share(out.get_ref().file)?;
        }
        Ok(made)
    }

    /// Sees every document safely on the disk, then gives each its name.
    pub(super) fn publish(self, may_replace: bool) -> anyhow::Result<()> {
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
pub(super) struct Flushed<'a> {
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

/// Temporary files are private, and so are documents unless they are to be shared.
#[cfg(unix)]
fn share(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_file: &fs::File) -> io::Result<()> {
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
