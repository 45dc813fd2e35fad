//! Whether a file still holds at the end what was read of it.

use std::fs::{File, Metadata};
use std::hash::BuildHasher;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use hashbrown::DefaultHashBuilder;

use crate::parallel::{Threads, each};

/// How much of a file is read and worked on at a time. The same whatever the threads, so that every
/// message is the same too.
pub(crate) const PIECE: usize = 1 << 19;

/// A hash of each piece of a file, [`PIECE`] bytes but for the last, to be compared with a second look.
///
/// The hash is keyed anew in every run and tells that a file changed, not that nobody can forge one. Which
/// bytes a certificate rests on is told by their SHA-256, which anyone can redo.
#[derive(Debug, Clone, Default)]
pub(super) struct Fingerprint {
    hasher: DefaultHashBuilder,
    pieces: Vec<u64>,
    bytes: u64,
}

/// Pieces that one thread looks at in one go.
const TOGETHER: usize = 64;

impl Fingerprint {
    /// That of a whole file.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut fingerprint = Self::default();
        bytes.chunks(PIECE).for_each(|piece| fingerprint.add(piece));
        fingerprint
    }

    /// Adds the next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.pieces.push(self.hasher.hash_one(piece));
        self.bytes += piece.len() as u64;
    }

    /// Whether a file holds the same bytes, neither more nor fewer. One that cannot be read does not.
    pub(super) fn is_of(&self, path: &Path, threads: Threads) -> bool {
        // What is there now may be a pipe, which could not even be opened.
        let has_size = |found: Metadata| found.is_file() && found.len() == self.bytes;
        if !path.metadata().is_ok_and(has_size) {
            return false;
        }
        let count = self.pieces.len();
        let ranges: Vec<Range<usize>> =
            (0..count).step_by(TOGETHER).map(|first| first..count.min(first + TOGETHER)).collect();
        let same = each(threads, &ranges, |range| self.is_in(path, range).unwrap_or(false));
        same.into_iter().all(|same| same) && path.metadata().is_ok_and(has_size)
    }

    fn is_in(&self, path: &Path, range: &Range<usize>) -> io::Result<bool> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(range.start as u64 * PIECE as u64))?;
        let mut piece = Vec::with_capacity(PIECE);
        for hash in &self.pieces[range.clone()] {
            piece.clear();
            (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            if self.hasher.hash_one(piece.as_slice()) != *hash {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_from_one_with_another_byte_anywhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cards.csv");
        let bytes: Vec<u8> = (0_u32..700).flat_map(|n| n.to_le_bytes()).collect();
        let bytes = bytes.repeat(1 + TOGETHER * PIECE / bytes.len());
        assert!(bytes.len() > TOGETHER * PIECE, "more than one thread looks at in one go");
        std::fs::write(&path, &bytes).expect("written");
        let fingerprint = Fingerprint::of(&bytes);
        for threads in [1, 3] {
            assert!(fingerprint.is_of(&path, Threads::new(threads)));
        }
        let differs = |changed: &[u8]| {
            std::fs::write(&path, changed).expect("written");
            !fingerprint.is_of(&path, Threads::new(2))
        };
        for place in [0, 1, PIECE - 1, PIECE, TOGETHER * PIECE, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(differs(&changed), "{place}");
        }
        assert!(differs(&bytes[..bytes.len() - 1]), "one byte fewer");
        assert!(differs(&[&bytes[..], b"x"].concat()), "one byte more");
        std::fs::remove_file(&path).expect("removed");
        assert!(!fingerprint.is_of(&path, Threads::new(2)), "gone");
        std::fs::create_dir(&path).expect("made");
        assert!(!fingerprint.is_of(&path, Threads::new(2)), "a folder now");
    }

    #[test]
    fn a_file_of_whole_pieces_may_not_grow() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cards.csv");
        let bytes = vec![b'x'; 2 * PIECE];
        std::fs::write(&path, &bytes).expect("written");
        let fingerprint = Fingerprint::of(&bytes);
        assert!(fingerprint.is_of(&path, Threads::new(1)));
        std::fs::write(&path, [&bytes[..], b"x"].concat()).expect("written");
        assert!(!fingerprint.is_of(&path, Threads::new(1)));
        std::fs::write(&path, []).expect("written");
        assert!(Fingerprint::of(&[]).is_of(&path, Threads::new(1)));
    }
}
