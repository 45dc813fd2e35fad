//! What lies in the meeting's folder, from outside: sizes and times, looked at a few times a second, so that network
//! shares work too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::load::Loaded;

/// How the names of files end that a meeting may be made of, in small letters.
const ENDINGS: [&str; 9] = ["json", "csv", "tsv", "tab", "psv", "txt", "dat", "xls", "xlsx"];

/// Per file its size and when it was last changed, as the file system says.
pub(super) type Looks = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// What is looked at.
pub(super) struct Eye {
    folder: PathBuf,
    /// Files that were read, and lie elsewhere.
    others: BTreeSet<PathBuf>,
    /// Files of text that ended with a line end when they were last counted.
    whole: BTreeSet<PathBuf>,
}

impl Eye {
    pub(super) fn new(meeting: &Path) -> Self {
        let is_folder = meeting.is_dir();
        let folder = if is_folder { Some(meeting) } else { meeting.parent() };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self { folder: folder.to_owned(), others: BTreeSet::new(), whole: BTreeSet::new() }
    }

    /// Takes note of what was read.
    pub(super) fn remember(&mut self, loaded: &Loaded) {
        for input in &loaded.inputs {
            self.others.insert(input.location.clone());
            self.others.extend(input.laid.iter().map(|laid| laid.location.clone()));
            let keyed = input.keyed.iter().flat_map(|keyed| keyed.files.iter().chain(&keyed.resolved));
            self.others.extend(keyed.map(|file| file.location.clone()));
        }
        let texts = loaded.inputs.iter().filter(|input| input.laid.is_none() && input.rows.is_some());
        self.whole = texts.map(|input| input.location.clone()).filter(|path| ends_with_line(path)).collect();
    }

    /// What lies there now. Names that begin with a point are files in the making.
    pub(super) fn look(&self) -> Looks {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let in_folder = entries
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| entry.path())
            .filter(|path| {
                let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
                ENDINGS.contains(&ending.as_str())
            });
        let look = |path: PathBuf| {
            let found = fs::metadata(&path).ok().filter(Metadata::is_file)?;
            Some((path, (found.len(), found.modified().ok())))
        };
        in_folder.chain(self.others.iter().cloned()).filter_map(look).collect()
    }

    /// A file that ended with a line end when it was last counted, and now ends within a line: it is being written.
    pub(super) fn half_written(&self) -> Option<&Path> {
        self.whole.iter().find(|path| path.is_file() && !ends_with_line(path)).map(PathBuf::as_path)
    }
}

/// Whether a file's last byte is a line end; an empty one has none.
fn ends_with_line(path: &Path) -> bool {
    let last = || -> std::io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        Ok(byte[0])
    };
    last().is_ok_and(|byte| byte == b'\n')
}
