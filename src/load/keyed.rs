//! A file of cards that was made of two keyings: it must be what they make.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::arrangement::NamedKeyings;
use super::problem::Problems;
use super::source::{self, Source, hex};
use super::{Keyed, KeyedFile};
use crate::catalogue::Code;
use crate::keying::{Sheet, reconcile};
use crate::text::{counted, quoted};

/// Sets the keyings side by side again, and holds the file of cards, by its label and SHA-256, against what they make.
pub(super) fn check(
    folder: &Path,
    (label, sha256): (&str, &str),
    named: &NamedKeyings,
    problems: &mut Problems,
) -> Option<Keyed> {
    let before = problems.count();
    let mut read = |path: &String| -> Option<Source> { source::read(&folder.join(path), path, problems) };
    let sources = named.files.each_ref().map(&mut read);
    let resolved = named.resolved.as_ref().map(&mut read);
    let [Some(first), Some(second)] = sources else { return None };
    let resolved = match resolved {
        Some(Some(source)) => Some(source),
        Some(None) => return None,
        None => None,
    };
    let sheets = [&first, &second].map(|source| Sheet::read(source, &["card", "account"], problems));
    let [Some(one), Some(other)] = sheets else { return None };
    let found = reconcile(&one, &other, resolved.as_ref(), problems)?;
    let differences = found.differences.len() as u64;
    match found.settled_file() {
        None => {
            let open = counted(found.open().count() as u64, "difference");
            let message = format!(
                "{open} between {} and {} not settled; `quorate reconcile` names them",
                quoted(&first.label),
                quoted(&second.label)
            );
            problems.in_file(label, Code::KeyingDiffers.fault(message));
        }
        Some(text) if hex(&Sha256::digest(text.as_bytes())) != sha256 => {
            let message = format!(
                "is not what `quorate reconcile` makes of {} and {}",
                quoted(&first.label),
                quoted(&second.label)
            );
            problems.in_file(label, Code::KeyingDiffers.fault(message));
        }
        Some(_) => {}
    }
    let of = |source: Source| KeyedFile {
        location: folder.join(&source.label),
        path: source.label,
        sha256: source.sha256,
    };
    (problems.count() == before).then(|| Keyed {
        files: [first, second].map(of),
        resolved: resolved.map(of),
        differences,
    })
}
