//! Input files as bytes: opened once, digested on the way, refused when they are not plain files.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::fingerprint::{Fingerprint, PIECE};
use super::problem::Problems;
use super::table::LINE_MAX;
use crate::catalogue::{Code, Fault};

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
    /// What its bytes are compared by at the end.
    pub(super) fingerprint: Fingerprint,
}

impl Source {
    /// A text that lies in no file.
    pub(super) fn of_text(label: &str, text: String) -> Self {
        let fingerprint = Fingerprint::of(text.as_bytes());
        let sha256 = hex(&Sha256::digest(text.as_bytes()));
        Self { label: label.to_owned(), bytes: text.len() as u64, text, sha256, fingerprint }
    }
}

/// Reads a whole file. A problem is reported and nothing returned when it cannot be read, is not a
/// plain file, or is not UTF-8.
pub fn read(path: &Path, label: &str, problems: &mut Problems) -> Option<Source> {
    problems.begin_file(label);
    match read_bytes(path) {
        Ok(bytes) => {
            let sha256 = hex(&Sha256::digest(&bytes));
            let size = bytes.len() as u64;
            let fingerprint = Fingerprint::of(&bytes);
            let text = decode(bytes, label, problems)?;
            Some(Source { label: label.to_owned(), text, bytes: size, sha256, fingerprint })
        }
        Err(fault) => {
            problems.in_file(label, fault);
            None
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    let (mut file, found) = open(path)?;
    let too_large =
        |size: u64| Code::FileLimit.fault(format!("has {size} bytes; at most {WHOLE_MAX} are read"));
    if found.len() > WHOLE_MAX {
        return Err(too_large(found.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0) + 1);
    (&mut file).take(WHOLE_MAX + 1).read_to_end(&mut bytes).map_err(|error| describe(&error))?;
    if bytes.len() as u64 > WHOLE_MAX {
        return Err(too_large(bytes.len() as u64));
    }
    let now = fs::metadata(path).map_err(|error| describe(&error))?;
    let is_whole = is_same(&found, &now, bytes.len() as u64);
    if is_whole { Ok(bytes) } else { Err(Code::FileUnreadable.fault("changed while it was being read")) }
}

fn decode(mut bytes: Vec<u8>, label: &str, problems: &mut Problems) -> Option<String> {
    if let Err(fault) = strip_mark(&mut bytes) {
        problems.in_file(label, fault);
        return None;
    }
    match text_of(&bytes, 1) {
        Ok(text) => Some(text.to_owned()),
        Err((line, fault)) => {
            problems.at(label, line.unwrap_or(1), "", fault);
            None
        }
    }
}

/// The largest file that is read whole, as `meeting.json` is.
const WHOLE_MAX: u64 = 1 << 26;

/// The longest line that is kept to be measured, its end not yet read: one that is read, with the end of a
/// line. Beyond it the file is refused.
pub(crate) const LINE_KEPT_MAX: usize = LINE_MAX + 2;

/// A file read from its start to its end in pieces of whole lines, and digested on the way.
#[derive(Debug)]
pub(crate) struct Pieces {
    path: PathBuf,
    file: File,
    found: Metadata,
    hasher: Sha256,
    fingerprint: Fingerprint,
    byte_count: u64,
    line: u64,
    /// The beginning of a line whose end is not yet read.
    rest: Vec<u8>,
}

/// What is known of a file when it was read to its end.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// What its bytes are compared by at the end.
    pub(super) fingerprint: Fingerprint,
}

/// Why a file cannot be read: the line, where one is to blame, and what is wrong.
pub(crate) type Unreadable = (Option<u64>, Fault);

impl Pieces {
    /// Opens a plain file.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let (file, found) = open(path)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            found,
            hasher: Sha256::new(),
            fingerprint: Fingerprint::default(),
            byte_count: 0,
            line: 1,
            rest: Vec::new(),
        })
    }

    /// The size that the file had when it was opened.
    pub(crate) fn size(&self) -> u64 {
        self.found.len()
    }

    /// Where it lies.
    #[cfg(feature = "xlsx")]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills `piece` with the next bytes, whatever they are; false at the end of the file. Not to be mixed
    /// with [`Pieces::next`].
    pub(crate) fn next_bytes(&mut self, piece: &mut Vec<u8>) -> Result<bool, Unreadable> {
        piece.clear();
        let mut some = (&mut self.file).take(PIECE as u64);
        some.read_to_end(piece)
            .map_err(|error| (None, Code::FileUnreadable.fault(format!("cannot be read: {error}"))))?;
        if piece.is_empty() {
            return Ok(false);
        }
        self.hasher.update(&*piece);
        self.fingerprint.add(piece);
        self.byte_count += piece.len() as u64;
        Ok(true)
    }

    /// Whether the file is one piece.
    pub(super) fn is_small(&self) -> bool {
        self.found.len() <= PIECE as u64
    }

    /// Fills `piece` with the next whole lines and returns the number of the first of them; nothing
    /// at the end of the file. Bytes of a byte order mark are left out.
    pub(super) fn next(&mut self, piece: &mut Vec<u8>) -> Result<Option<u64>, Unreadable> {
        piece.clear();
        piece.append(&mut self.rest);
        let end = loop {
            let before = piece.len();
            let mut some = (&mut self.file).take(PIECE as u64);
            some.read_to_end(piece).map_err(|error| (None, describe(&error)))?;
            let fresh = &piece[before..];
            if fresh.is_empty() {
                break piece.len();
            }
            self.hasher.update(fresh);
            self.fingerprint.add(fresh);
            self.byte_count += fresh.len() as u64;
            if let Some(at) = memchr::memrchr(b'\n', fresh) {
                break before + at + 1;
            }
            if piece.len() > LINE_KEPT_MAX {
                let message = format!("the line has more than {LINE_MAX} bytes; at most {LINE_MAX} are read");
                return Err((Some(self.line), Code::FileLimit.fault(message)));
            }
        };
        self.rest.extend_from_slice(&piece[end..]);
        piece.truncate(end);
        if self.line == 1 {
            strip_mark(piece).map_err(|fault| (None, fault))?;
        }
        if piece.is_empty() && self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', piece).count() as u64;
        Ok(Some(line))
    }

    /// What was read, once it is read to its end. A file that changed meanwhile is refused.
    pub(crate) fn end(self) -> Result<Ended, Fault> {
        let now = fs::metadata(&self.path).map_err(|error| describe(&error))?;
        if !is_same(&self.found, &now, self.byte_count) {
            return Err(Code::FileUnreadable.fault("changed while it was being read"));
        }
        let sha256 = hex(&self.hasher.finalize());
        Ok(Ended { bytes: self.byte_count, sha256, fingerprint: self.fingerprint })
    }
}

/// The text of a piece, or the line and the message when it is none.
pub(super) fn text_of(piece: &[u8], first_line: u64) -> Result<&str, Unreadable> {
    if let Some(at) = memchr::memchr(0, piece) {
        let message = "holds a zero byte; expected a text file in UTF-8 (is it UTF-16?)";
        return Err((Some(first_line + line_of(piece, at) - 1), Code::FileEncoding.fault(message)));
    }
    std::str::from_utf8(piece).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("holds the byte 0x{:02x}, which is not UTF-8; save it as UTF-8", piece[at]);
        (Some(first_line + line_of(piece, at) - 1), Code::FileEncoding.fault(message))
    })
}

/// What a file is by its first bytes, where it is no text at all, whatever its name.
fn no_text(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] = [
        (
            b"PK\x03\x04",
            "is a workbook (.xlsx) or another archive, whatever its name; save the sheet as CSV, or name it .xlsx and \
             read it through a layout: `quorate layout FILE`",
        ),
        (b"\xd0\xcf\x11\xe0", "is a workbook of old (.xls), whatever its name; save the sheet as CSV"),
        (b"%PDF", "is a PDF, whatever its name; get the figures as CSV"),
        (b"\x1f\x8b", "is packed (gzip), whatever its name; unpack it"),
    ];
    KINDS.iter().find(|(first, _)| bytes.starts_with(first)).map(|(_, says)| *says)
}

/// Takes a byte order mark off; that of UTF-16 is refused, and so is what is no text.
fn strip_mark(bytes: &mut Vec<u8>) -> Result<(), Fault> {
    if let Some(says) = no_text(bytes) {
        return Err(Code::FileEncoding.fault(says));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Code::FileEncoding.fault("is UTF-16; save it as UTF-8"));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    Ok(())
}

fn describe(error: &std::io::Error) -> Fault {
    if error.kind() == std::io::ErrorKind::NotFound {
        Code::FileMissing.fault("there is no such file")
    } else {
        Code::FileUnreadable.fault(format!("cannot be read: {error}"))
    }
}

fn open(path: &Path) -> Result<(File, Metadata), Fault> {
    let found = fs::metadata(path).map_err(|error| describe(&error))?;
    // A pipe or a device could block or never end, and could not be replayed.
    if !found.is_file() {
        return Err(Code::FileUnreadable.fault("is not a plain file"));
    }
    let file = File::open(path).map_err(|error| describe(&error))?;
    Ok((file, found))
}

fn is_same(found: &Metadata, now: &Metadata, read: u64) -> bool {
    now.len() == read
        && now.len() == found.len()
        && now.modified().ok() == found.modified().ok()
        && identity(found) == identity(now)
}

/// Which file it is, and when its content or its times were last set: that time nobody can set back.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) {}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1
}

/// The SHA-256 of a plain file, in hexadecimal. However large the file is, little of it is in memory.
///
/// # Errors
/// Why it cannot be read, for the user.
pub fn digest(path: &Path) -> Result<String, String> {
    let (mut file, _) = open(path).map_err(|fault| fault.message)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece).map_err(|error| describe(&error).message)?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&piece[..count]);
    }
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
pub fn inside(folder: &Path, named: &str) -> Result<PathBuf, Fault> {
    let relative = Path::new(named);
    let is_plain = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if named.contains('\\') {
        return Err(Code::PathRefused.fault("must have `/` and no backslash between its parts"));
    }
    if named.is_empty() || !is_plain {
        return Err(Code::PathRefused.fault("must be a path inside the meeting's folder, without `..`"));
    }
    let path = folder.join(relative);
    if let (Ok(real), Ok(home)) = (path.canonicalize(), folder.canonicalize())
        && !real.starts_with(&home)
    {
        return Err(Code::PathRefused.fault("leads outside the meeting's folder through a link"));
    }
    Ok(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// The same size and the same time of change, set back: what the file says of itself is not enough.
    #[test]
    fn a_file_rewritten_while_it_is_read_is_refused_even_with_its_old_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cards.csv");
        fs::write(&path, "card,account\nC1,A1\n").expect("written");
        let read = |pieces: &mut Pieces| {
            let mut piece = Vec::new();
            while pieces.next(&mut piece).expect("readable").is_some() {}
        };
        let mut pieces = Pieces::open(&path).expect("a file");
        read(&mut pieces);
        assert!(pieces.end().is_ok());
        let mut pieces = Pieces::open(&path).expect("a file");
        read(&mut pieces);
        let time = fs::metadata(&path).and_then(|found| found.modified()).expect("a time");
        // The clock of the disk may be coarse.
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&path, "card,account\nC1,A2\n").expect("written");
        File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("set back");
        assert_eq!(fs::metadata(&path).and_then(|found| found.modified()).expect("a time"), time);
        assert_eq!(pieces.end().expect_err("it changed").message, "changed while it was being read");
    }

    /// Of a line of 8 MiB no more is read than the first MiB and the pieces in which it comes; one of 1 MiB is
    /// read.
    #[test]
    fn a_line_that_is_too_long_is_told_at_the_first_mebibyte() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cards.csv");
        let read = |length: usize| {
            let text = format!("card\n{}\n", "x".repeat(length));
            fs::write(&path, text).expect("written");
            let mut pieces = Pieces::open(&path).expect("opened");
            let mut piece = Vec::new();
            let refusal = loop {
                match pieces.next(&mut piece) {
                    Ok(Some(_)) => {}
                    Ok(None) => break None,
                    Err((line, fault)) => break Some((line, fault.message)),
                }
            };
            (refusal, pieces.byte_count)
        };
        let (refusal, bytes) = read(8 << 20);
        let message = "the line has more than 1048576 bytes; at most 1048576 are read";
        assert_eq!(refusal, Some((Some(2), message.to_owned())));
        assert!(bytes <= (LINE_MAX + 2 * PIECE) as u64, "{bytes}");
        assert_eq!(read(LINE_MAX), (None, (LINE_MAX + 6) as u64));
    }
}
