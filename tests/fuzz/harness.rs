//! What every fuzz target does: writes the bytes into a meeting's folder and tabulates it. Whatever
//! the bytes are, the program must end, with problems or with a certificate that adds up; what it
//! asserts on the way is a finding like any panic.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use quorate::audit::ledger;
use quorate::certify::certify;
use quorate::load::{Overrides, load};
use quorate::tabulate::Tabulation;

/// The meeting around the file that is fuzzed: joint holders, a nominee with participants, two
/// classes, cumulative votes, blocks, revocations and rulings.
const BASE: [(&str, &str); 7] = [
    ("meeting.json", include_str!("base/meeting.json")),
    ("register.csv", include_str!("base/register.csv")),
    ("omnibus.csv", include_str!("base/omnibus.csv")),
    ("cards.csv", include_str!("base/cards.csv")),
    ("street.csv", include_str!("base/street.csv")),
    ("revocations.csv", include_str!("base/revocations.csv")),
    ("rulings.csv", include_str!("base/rulings.csv")),
];

thread_local! {
    static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
}

/// The folder of this process.
fn in_folder(act: impl FnOnce(&Path)) {
    FOLDER.with(|folder| act(folder.get_or_init(|| tempfile::tempdir().expect("a folder")).path()));
}

/// Tabulates the base meeting with one of its files replaced.
pub fn replace(name: &str, bytes: &[u8]) {
    in_folder(|folder| {
        for (other, text) in BASE {
            let path = folder.join(other);
            if other != name && !path.exists() {
                fs::write(path, text).expect("written");
            }
        }
        fs::write(folder.join(name), bytes).expect("written");
        tabulate(folder);
    });
}

/// Tabulates a meeting whose files stand one after the other, each below a line `=== name`.
pub fn whole(bytes: &[u8]) {
    in_folder(|folder| {
        for (name, _) in BASE {
            let _ = fs::remove_file(folder.join(name));
        }
        let mut file: Option<PathBuf> = None;
        let mut content: Vec<u8> = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if let Some(name) = line.strip_prefix(b"=== ") {
                if let Some(path) = file.take() {
                    fs::write(path, &content).expect("written");
                }
                content.clear();
                let name = String::from_utf8_lossy(name);
                file = BASE.iter().find(|(known, _)| *known == name.trim()).map(|(known, _)| folder.join(known));
            } else {
                content.extend(line);
            }
        }
        if let Some(path) = file {
            fs::write(path, &content).expect("written");
        }
        tabulate(folder);
    });
}

/// The meeting of the samples of layouts, up to the files that it names.
const LAID: &str = include_str!("../../fixtures/layouts/codes_1_2_3/meeting.json");
const LAID_REGISTER: &str = include_str!("../../fixtures/layouts/codes_1_2_3/register.csv");

/// Tabulates a meeting of which one file is read through a layout: the layout, a line `=== file`, the file.
pub fn laid(bytes: &[u8]) {
    const BETWEEN: &[u8] = b"\n=== file\n";
    let at = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (layout, file) = match at {
        Some(at) => (&bytes[..at], &bytes[at + BETWEEN.len()..]),
        None => (bytes, &b""[..]),
    };
    let text = String::from_utf8_lossy(layout);
    let roles = ["register", "omnibus", "street", "revocations", "rulings"];
    let role = roles.into_iter().find(|role| text.contains(&format!("\"{role}\""))).unwrap_or("cards");
    in_folder(|folder| {
        let (before, _) = LAID.split_once("\"files\"").expect("the sample names files");
        let files = format!("\"files\": {{ \"{role}\": {{ \"path\": \"laid.txt\", \"layout\": \"l.json\" }} }} }}");
        fs::write(folder.join("meeting.json"), format!("{before}{files}")).expect("written");
        fs::write(folder.join("register.csv"), LAID_REGISTER).expect("written");
        fs::write(folder.join("l.json"), layout).expect("written");
        fs::write(folder.join("laid.txt"), file).expect("written");
        tabulate(folder);
    });
}

fn tabulate(folder: &Path) {
    let Ok(loaded) = load(folder, &Overrides::default()).map_err(|problems| problems.report("refused")) else {
        return;
    };
    let Ok(tabulation) = Tabulation::of(loaded, None) else { return };
    let digest = ledger::write(&tabulation, &mut std::io::sink()).expect("a sink takes everything");
    ledger::write_exceptions(&tabulation, &mut std::io::sink()).expect("a sink takes everything");
    let certificate = certify(&tabulation, Some(digest));
    let _ = quorate::render::text::render(&certificate);
}
