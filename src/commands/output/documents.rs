//! The documents of a result: what they are, what they hold, and the digests that bind them together.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::super::workbook;
use super::guard::{Lock, lock, refuse_inputs};
use super::staged::{Access, Staged};
use crate::audit::ledger::{self, LedgerDigest, ReceiptFigures};
use crate::certify::{Certificate, certify};
use crate::load::{self, Input, hex};
use crate::receipts::{ReceiptsKey, Salts};
use crate::render;
use crate::render::filing::Form;
use crate::tabulate::Tabulation;

/// The certificate as data, whose SHA-256 is the fingerprint of all.
pub(in crate::commands) const CERTIFICATE: &str = "certificate.json";

/// The digests of the documents, as `sha256sum --check` reads them; written last.
pub(in crate::commands) const SUMS: &str = "SHA256SUMS";

/// Which program made the documents. It differs from machine to machine and is no document.
pub(in crate::commands) const RUN: &str = "run.json";

/// Every card, a row each.
pub(in crate::commands) const LEDGER: &str = "ledger.csv";

const EXCEPTIONS: &str = "exceptions.csv";

/// The names of all documents, without [`SUMS`] and [`RUN`].
pub(in crate::commands) const DOCUMENTS: [&str; 6] =
    ["certificate.txt", CERTIFICATE, "certificate.html", "item507.md", LEDGER, EXCEPTIONS];

/// Everything that is written.
pub(in crate::commands) const WRITTEN: [&str; 8] =
    ["certificate.txt", CERTIFICATE, "certificate.html", "item507.md", LEDGER, EXCEPTIONS, SUMS, RUN];

/// How documents are made.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::commands) struct Manner<'a> {
    /// Whether those that exist are replaced.
    pub(in crate::commands) may_replace: bool,
    /// Who may read them.
    pub(in crate::commands) access: Access,
    /// Whether they leave out accounts, holders and cards.
    pub(in crate::commands) is_public: bool,
    /// The name of a workbook among them.
    pub(in crate::commands) workbook: Option<&'a str>,
}

impl<'a> Manner<'a> {
    /// The names of the documents so made: what tells of single cards is not public.
    pub(in crate::commands) fn documents(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let is_public = self.is_public;
        let plain =
            DOCUMENTS.into_iter().filter(move |name| !is_public || ![LEDGER, EXCEPTIONS].contains(name));
        plain.chain(self.workbook)
    }

    /// The names of everything that is written or must not lie there.
    fn written(&self) -> Vec<&'a str> {
        WRITTEN.into_iter().chain(self.workbook).collect()
    }
}

/// Where the root of the receipts comes from.
pub(in crate::commands) enum Receipts {
    /// There is none.
    None,
    /// It is computed.
    Key(ReceiptsKey),
    /// It is taken as a certificate states it.
    Stated(ReceiptFigures),
}

impl Receipts {
    /// Writes a ledger, with the figures of its receipts.
    fn ledger(&self, tabulation: &Tabulation, out: impl Write + Send) -> io::Result<LedgerDigest> {
        let salts = match self {
            Self::Key(key) => Some(Salts::of(key, tabulation)),
            Self::None | Self::Stated(_) => None,
        };
        let mut digest = ledger::write_with_receipts(tabulation, salts.as_ref(), out)?;
        if let Self::Stated(stated) = self {
            digest.receipts = Some(stated.clone());
        }
        Ok(digest)
    }
}

/// The SHA-256 of each document, by its name.
pub(in crate::commands) type Digests = Vec<(String, String)>;

/// SHA256SUMS of documents.
pub(in crate::commands) fn sums(digests: &Digests) -> String {
    digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect()
}

/// The documents that a certificate alone tells.
fn rendered(certificate: &Certificate) -> [(&'static str, String); 4] {
    [
        ("certificate.txt", render::text::render(certificate)),
        (CERTIFICATE, render::json::render(certificate)),
        ("certificate.html", render::html::render(certificate)),
        ("item507.md", render::filing::item507(certificate, Form::Markdown)),
    ]
}

/// What is written to the one goes through the digest of it.
struct Hashed<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn exceptions(tabulation: &Tabulation, out: impl Write + Send) -> io::Result<String> {
    let mut out = BufWriter::new(Hashed { inner: out, hasher: Sha256::new() });
    ledger::write_exceptions(tabulation, &mut out)?;
    let hashed = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(hex(&hashed.hasher.finalize()))
}

/// The certificate of a tabulation and the digest of every document, none of which is written.
pub(in crate::commands) fn digests(
    tabulation: &Tabulation,
    receipts: &Receipts,
    is_public: bool,
    workbook: Option<&str>,
) -> anyhow::Result<(Certificate, Digests)> {
    let ledger = receipts.ledger(tabulation, io::sink())?;
    let of_cards = [(LEDGER, ledger.sha256.clone()), (EXCEPTIONS, exceptions(tabulation, io::sink())?)];
    let certificate = made_public(certify(tabulation, Some(ledger)), is_public);
    let mut digests: Digests =
        rendered(&certificate).into_iter().map(|(name, text)| digested(name, text.as_bytes())).collect();
    if !is_public {
        digests.extend(of_cards.map(|(name, digest)| (name.to_owned(), digest)));
    }
    if let Some(name) = workbook {
        digests.push(digested(name, &workbook::made(tabulation, &certificate)?.bytes));
    }
    Ok((certificate, digests))
}

fn digested(name: &str, bytes: &[u8]) -> (String, String) {
    (name.to_owned(), hex(&Sha256::digest(bytes)))
}

fn made_public(certificate: Certificate, is_public: bool) -> Certificate {
    if is_public { certificate.public() } else { certificate }
}

/// Refuses a folder in which documents may not be written.
pub(in crate::commands) fn check(folder: &Path, manner: Manner) -> anyhow::Result<()> {
    super::check(folder, &manner.written(), manner.may_replace)?;
    if manner.is_public {
        // What tells of single cards would lie beside the public copy.
        super::check(folder, &[LEDGER, EXCEPTIONS], false)
            .context("a public copy needs a folder of its own")?;
    }
    Ok(())
}

/// Makes every document of a tabulation and puts them into a folder, which [`check`] approved.
pub(in crate::commands) fn write_documents(
    tabulation: &Tabulation,
    receipts: &Receipts,
    folder: &Path,
    manner: Manner,
) -> anyhow::Result<Certificate> {
    refuse_inputs(folder, &manner.written(), &tabulation.loaded.inputs)?;
    let _lock: Lock = lock(folder, None)?;
    let mut staged = Staged::begin(folder, manner.access)?;
    // The ledger first: the certificate bears its digest. It is the one document that grows with the
    // cards, so it goes to its file as it is made.
    let mut of_cards: Digests = Vec::new();
    let ledger = if manner.is_public {
        receipts.ledger(tabulation, io::sink())?
    } else {
        let ledger = staged.add(LEDGER, |out| receipts.ledger(tabulation, out))?;
        of_cards.push((LEDGER.to_owned(), ledger.sha256.clone()));
        of_cards.push((EXCEPTIONS.to_owned(), staged.add(EXCEPTIONS, |out| exceptions(tabulation, out))?));
        ledger
    };
    let certificate = made_public(certify(tabulation, Some(ledger)), manner.is_public);
    let mut digests: Digests = Vec::new();
    for (name, text) in rendered(&certificate) {
        staged.add(name, |out| out.write_all(text.as_bytes()))?;
        digests.push(digested(name, text.as_bytes()));
    }
    digests.extend(of_cards);
    if let Some(name) = manner.workbook {
        let made = workbook::made(tabulation, &certificate)?;
        staged.add(name, |out| out.write_all(&made.bytes))?;
        digests.push(digested(name, &made.bytes));
    }
    staged.add(RUN, |out| out.write_all(run()?.as_bytes()))?;
    // Last: until it is there, what a kill left mixed does not agree with it.
    staged.add(SUMS, |out| out.write_all(sums(&digests).as_bytes()))?;
    staged.publish(manner.may_replace)?;
    Ok(certificate)
}

/// run.json: the program, and the digest of the very file that ran.
#[derive(Serialize)]
struct Run<'a> {
    program: &'a str,
    version: &'a str,
    executable_sha256: &'a str,
}

fn run() -> io::Result<String> {
    let run = Run {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        executable_sha256: &executable()?,
    };
    Ok(serde_json::to_string_pretty(&run)? + "\n")
}

/// The SHA-256 of the program that runs.
pub(in crate::commands) fn executable() -> io::Result<String> {
    static DIGEST: OnceLock<String> = OnceLock::new();
    if let Some(known) = DIGEST.get() {
        return Ok(known.clone());
    }
    let path = std::env::current_exe()?;
    let digest = load::digest(&path).map_err(io::Error::other)?;
    Ok(DIGEST.get_or_init(|| digest).clone())
}

/// What is wrong with the documents in a folder, held against what they must be.
///
/// Inputs may lie beside the documents.
pub(in crate::commands) fn compared(
    folder: &Path,
    digests: &Digests,
    inputs: &[Input],
) -> io::Result<Vec<String>> {
    let real = folder.canonicalize()?;
    let is_input = |name: &str| {
        let path = real.join(name);
        inputs.iter().any(|input| input.location.canonicalize().is_ok_and(|location| location == path))
    };
    let mut found = Vec::new();
    let sums = digested(SUMS, sums(digests).as_bytes());
    for (name, wanted) in digests.iter().chain([&sums]) {
        let path = folder.join(name);
        if path.symlink_metadata().is_err() {
            found.push(format!("{name} is missing"));
        } else if load::digest(&path).ok().as_ref() != Some(wanted) {
            found.push(format!("{name} is changed: it is not the one rendered from this certificate"));
        }
    }
    let mut others: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !is_known(&name, digests) && !is_input(&name) {
            others.push(format!("{name} is foreign: it is no document of this certificate"));
        }
    }
    others.sort();
    found.extend(others);
    Ok(found)
}

/// The documents in a folder that its own SHA256SUMS does not name so: of a set that a kill left mixed, or
/// altered since.
pub(in crate::commands) fn disagreeing(folder: &Path) -> Vec<String> {
    let Ok(sums) = fs::read_to_string(folder.join(SUMS)) else { return Vec::new() };
    let listed = sums.lines().filter_map(|line| line.split_once("  "));
    listed
        // A name with a path in it would lead elsewhere.
        .filter(|(_, name)| DOCUMENTS.contains(name) || is_workbook(name))
        .filter(|(digest, name)| load::digest(&folder.join(name)).ok().as_deref() != Some(*digest))
        .map(|(_, name)| format!("{name} is not the one that SHA256SUMS names"))
        .collect()
}

/// The workbook that a folder's SHA256SUMS names, which is then one of the documents.
pub(in crate::commands) fn listed_workbook(folder: &Path) -> Option<String> {
    let sums = fs::read_to_string(folder.join(SUMS)).ok()?;
    let names = sums.lines().filter_map(|line| line.split_once("  "));
    names.map(|(_, name)| name).find(|name| is_workbook(name)).map(str::to_owned)
}

/// Whether it is the bare name of a workbook, which leads nowhere else.
fn is_workbook(name: &str) -> bool {
    let is_bare = Path::new(name).file_name().is_some_and(|bare| bare == name);
    is_bare && name.to_ascii_lowercase().ends_with(".xlsx")
}

/// Whether a folder's SHA256SUMS names these bytes as its certificate.json, which must lie there.
pub(in crate::commands) fn is_listed(folder: &Path, path: &Path, bytes: &[u8]) -> bool {
    let line = format!("{}  {CERTIFICATE}", hex(&Sha256::digest(bytes)));
    let sums = fs::read_to_string(folder.join(SUMS)).unwrap_or_default();
    path.file_name().is_some_and(|name| name == CERTIFICATE) && sums.lines().any(|listed| listed == line)
}

/// Whether a file may stand beside the documents.
fn is_known(name: &str, digests: &Digests) -> bool {
    // Signatures, time stamps and receipts are made of the documents afterwards.
    let is_made_of_them =
        [".sig", ".tsq", ".tsr"].iter().any(|end| name.ends_with(end)) || name.contains("receipt");
    let is_known_signers = name == "allowed_signers";
    [SUMS, RUN].contains(&name)
        || is_made_of_them
        || is_known_signers
        || digests.iter().any(|(known, _)| known == name)
}
