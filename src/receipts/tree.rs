//! The tree itself, made while the rows go by: it holds a hash for each bit of their number and no more.

use sha2::{Digest, Sha256};

/// The length of a hash, of a salt and of a key, in bytes.
pub const HASH: usize = 32;

/// A SHA-256.
pub type Hash = [u8; HASH];

/// The hash of a row with its salt.
#[must_use]
pub fn leaf(salt: &[u8], row: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(salt).chain_update(row).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The rows of a piece of a ledger that begins with a row: what stands between line feeds that are in no quotes.
pub fn rows(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut is_quoted = false;
        let mut end = rest.len();
        for place in memchr::memchr2_iter(b'"', b'\n', rest) {
            if rest[place] == b'"' {
                is_quoted = !is_quoted;
            } else if !is_quoted {
                end = place;
                break;
            }
        }
        let row = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(row)
    })
}

/// A whole tree of 2^`height` leaves, and which of the wanted leaves are in it.
#[derive(Debug, Clone)]
pub(crate) struct Subtree {
    height: u32,
    hash: Hash,
    wanted: Vec<usize>,
}

/// The whole subtrees over the first leaves of a tree, the largest first: one for each bit of their number.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    stack: Vec<Subtree>,
    size: u64,
    paths: Vec<Vec<Hash>>,
}

impl Tree {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.add(Subtree { height: 0, hash: leaf, wanted: Vec::new() });
    }

    /// Adds the next leaf, whose path to the root is wanted.
    pub fn push_wanted(&mut self, leaf: Hash) {
        self.paths.push(Vec::new());
        self.add(Subtree { height: 0, hash: leaf, wanted: vec![self.paths.len() - 1] });
    }

    /// Adds a whole subtree over the next leaves. Their number so far is a multiple of its own.
    pub(crate) fn add(&mut self, subtree: Subtree) {
        self.size += 1 << subtree.height;
        let mut right = subtree;
        while let Some(left) = self.stack.pop_if(|left| left.height == right.height) {
            right = self.joined(left, right);
        }
        self.stack.push(right);
    }

    fn joined(&mut self, left: Subtree, right: Subtree) -> Subtree {
        left.wanted.iter().for_each(|wanted| self.paths[*wanted].push(right.hash));
        right.wanted.iter().for_each(|wanted| self.paths[*wanted].push(left.hash));
        let hash = node(&left.hash, &right.hash);
        let mut wanted = left.wanted;
        wanted.extend(right.wanted);
        Subtree { height: left.height + 1, hash, wanted }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root, and the path of each wanted leaf to it, from the leaf's side on, in their order.
    ///
    /// The root of no leaves is the SHA-256 of nothing.
    #[must_use]
    pub fn finish(mut self) -> (Hash, Vec<Vec<Hash>>) {
        let Some(mut right) = self.stack.pop() else { return (Sha256::digest([]).into(), self.paths) };
        while let Some(left) = self.stack.pop() {
            right = self.joined(left, right);
        }
        (right.hash, self.paths)
    }
}

/// The whole subtrees over the leaves of a piece that begins where a multiple of its own leaves ends.
pub(crate) fn perfect(leaves: impl Iterator<Item = Hash>) -> Vec<Subtree> {
    let mut tree = Tree::default();
    leaves.for_each(|leaf| tree.push(leaf));
    tree.stack
}

/// The root that a path leads to from the leaf at a place of a tree of so many leaves; nothing where the
/// path has not the length that it must have.
///
/// RFC 6962 section 2.1.1: the left part of a tree has as many leaves as the largest power of two below
/// its size.
#[must_use]
pub fn climb(leaf: Hash, place: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if size <= 1 {
        return (size == 1 && place == 0 && path.is_empty()).then_some(leaf);
    }
    let left = 1 << (size - 1).ilog2();
    let (beside, path) = path.split_last()?;
    if place < left {
        Some(node(&climb(leaf, place, left, path)?, beside))
    } else {
        Some(node(beside, &climb(leaf, place - left, size - left, path)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::hex;

    /// The leaves that implementations of Certificate Transparency test with.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    /// Their roots, from none to all.
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_roots_are_those_of_rfc_6962() {
        for (count, expected) in ROOTS.iter().enumerate() {
            let mut tree = Tree::default();
            LEAVES[..count].iter().for_each(|row| tree.push(leaf(&[], row)));
            assert_eq!(tree.size(), count as u64);
            assert_eq!(hex(&tree.finish().0), **expected, "{count} leaves");
        }
    }

    /// The definition of RFC 6962 section 2.1, word for word.
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [only] => *only,
            many => {
                let left = 1 << (many.len() - 1).ilog2();
                node(&root(&many[..left]), &root(&many[left..]))
            }
        }
    }

    fn numbered(count: u32) -> Vec<Hash> {
        (0..count).map(|number| leaf(&[7], &number.to_be_bytes())).collect()
    }

    #[test]
    fn every_leaf_climbs_to_the_root_and_to_no_other_from_another_place() {
        for count in 1..70_u32 {
            let leaves = numbered(count);
            let mut tree = Tree::default();
            leaves.iter().for_each(|leaf| tree.push_wanted(*leaf));
            let (found, paths) = tree.finish();
            assert_eq!(found, root(&leaves));
            let size = u64::from(count);
            for (place, path) in paths.iter().enumerate() {
                let (of, at) = (leaves[place], place as u64);
                assert_eq!(climb(of, at, size, path), Some(found), "{place} of {count}");
                for other in (0..size + 2).filter(|other| *other != at) {
                    assert_ne!(climb(of, other, size, path), Some(found), "{place} at {other} of {count}");
                }
                let longer = [&path[..], &[found]].concat();
                assert_eq!(climb(of, at, size, &longer), None);
                assert!(path.is_empty() || climb(of, at, size, &path[1..]).is_none());
                let another = leaf(&[7], b"another");
                assert_ne!(climb(another, at, size, path), Some(found));
            }
        }
        assert_eq!(climb(numbered(1)[0], 0, 0, &[]), None);
    }

    #[test]
    fn pieces_of_a_power_of_two_make_the_same_tree() {
        for count in [0, 1, 3, 4, 5, 8, 11, 16, 31, 64, 65] {
            let leaves = numbered(count);
            let mut tree = Tree::default();
            for piece in leaves.chunks(4) {
                perfect(piece.iter().copied()).into_iter().for_each(|subtree| tree.add(subtree));
            }
            assert_eq!(tree.size(), u64::from(count));
            assert_eq!(tree.finish().0, root(&leaves), "{count}");
        }
    }

    #[test]
    fn a_row_ends_at_a_line_feed_that_is_in_no_quotes() {
        let piece = b"a,b\n\"x\n\"\"y\",2\n\nlast";
        let found: Vec<&[u8]> = rows(piece).collect();
        assert_eq!(found, [&b"a,b"[..], b"\"x\n\"\"y\",2", b"", b"last"]);
        assert_eq!(rows(b"").count(), 0);
        assert_eq!(rows(b"one\n").count(), 1);
    }
}
