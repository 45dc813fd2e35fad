//! Input files as bytes: opened once, digested on the way, refused when they are not plain files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::problem::Problems;

/// An input file, read to its end.
#[derive(Debug)]
pub struct Source {
    /// As messages name it: as in `meeting.json` or on the command line.
    pub label: String,
    /// Its text: UTF-8 without a byte order mark.
    pub text: String,
    /// Its size in bytes, as it lies on disk.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Reads a whole file. A problem is reported and nothing returned when it cannot be read, is not a
/// plain file, or is not UTF-8.
pub fn read(path: &Path, label: &str, problems: &mut Problems) -> Option<Source> {
    problems.begin_file(label);
    match read_bytes(path) {
        Ok(bytes) => {
            let sha256 = hex(&Sha256::digest(&bytes));
            let size = bytes.len() as u64;
            let text = decode(bytes, label, problems)?;
            Some(Source { label: label.to_owned(), text, bytes: size, sha256 })
        }
        Err(message) => {
            problems.in_file(label, message);
            None
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let describe = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            "there is no such file".to_owned()
        } else {
            format!("cannot be read: {error}")
        }
    };
    let found = fs::metadata(path).map_err(describe)?;
    // A pipe or a device could block or never end, and could not be replayed.
    if !found.is_file() {
        return Err("is not a plain file".to_owned());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0) + 1);
    let mut file = File::open(path).map_err(describe)?;
    file.read_to_end(&mut bytes).map_err(describe)?;
    let after = fs::metadata(path).map_err(describe)?;
    let is_same = after.len() == bytes.len() as u64
        && after.len() == found.len()
        && after.modified().ok() == found.modified().ok();
    if is_same { Ok(bytes) } else { Err("changed while it was being read".to_owned()) }
}

fn decode(mut bytes: Vec<u8>, label: &str, problems: &mut Problems) -> Option<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        problems.in_file(label, "is UTF-16; save it as UTF-8");
        return None;
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    if let Some(at) = memchr::memchr(0, &bytes) {
        let line = line_of(&bytes, at);
        problems.at(label, line, "", "holds a zero byte; expected a text file in UTF-8 (is it UTF-16?)");
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = line_of(bytes, at);
            let message = format!("holds the byte 0x{:02x}, which is not UTF-8; save it as UTF-8", bytes[at]);
            problems.at(label, line, "", message);
            None
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1
}

/// The SHA-256 of a plain file, in hexadecimal.
///
/// # Errors
/// Why it cannot be read, for the user.
pub fn digest(path: &Path) -> Result<String, String> {
    read_bytes(path).map(|bytes| hex(&Sha256::digest(&bytes)))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path named in `meeting.json`, which may not leave the meeting's folder, not even through a link.
///
/// # Errors
/// Why it is refused, for the user.
pub fn inside(folder: &Path, named: &str) -> Result<PathBuf, String> {
    let relative = Path::new(named);
    let is_plain = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if named.contains('\\') {
        return Err("must have `/` and no backslash between its parts".to_owned());
    }
    if named.is_empty() || !is_plain {
        return Err("must be a path inside the meeting's folder, without `..`".to_owned());
    }
    let path = folder.join(relative);
    if let (Ok(real), Ok(home)) = (path.canonicalize(), folder.canonicalize())
        && !real.starts_with(&home)
    {
        return Err("leads outside the meeting's folder through a link".to_owned());
    }
    Ok(path)
}
