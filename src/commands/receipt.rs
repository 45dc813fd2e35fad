//! `quorate receipt` and `quorate verify-receipt`: one account's rows of the ledger, and the proof that they
//! stand in it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use memchr::memmem;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Exit;
use super::output::{self, documents};
use super::verify::{CertificateFile, read_certificate};
use crate::audit::ledger::{ReceiptFigures, harmless};
use crate::certify::Fingerprint;
use crate::cli::{ReceiptOf, VerifyReceipt};
use crate::load::hex;
use crate::receipts::{Receipt, ReceiptsKey, Salts, Shown, Tree, cells_of, leaf};
use crate::text::{counted, quoted, visible};

/// The largest receipt that is read, in bytes: some ten thousand rows.
const BYTES_MAX: u64 = 1 << 26;

/// Reads the inspector's key; who else may read it is told.
pub(super) fn key(path: &Path, quiet: bool) -> anyhow::Result<ReceiptsKey> {
    let shown = || format!("--receipts-key: reading {}", path.display());
    let found = fs::metadata(path).with_context(shown)?;
    if !found.is_file() || found.len() > BYTES_MAX {
        anyhow::bail!("--receipts-key: {} is no file of 32 bytes", path.display());
    }
    let bytes = fs::read(path).with_context(shown)?;
    let key = ReceiptsKey::of(&bytes)
        .map_err(|error| anyhow::anyhow!("--receipts-key: {}: {error}", path.display()))?;
    if !quiet && is_open_to_others(&found) {
        eprintln!("warning: {} can be read by others; `chmod 600` keeps it to you", path.display());
    }
    Ok(key)
}

#[cfg(unix)]
fn is_open_to_others(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    found.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_found: &fs::Metadata) -> bool {
    false
}

/// What a certificate says of its receipts.
pub(super) fn stated(certificate: &Value) -> Option<ReceiptFigures> {
    serde_json::from_value(certificate["ledger"]["receipts"].clone()).ok()
}

/// Writes the receipt of an account.
pub(super) fn run(args: &ReceiptOf) -> anyhow::Result<Exit> {
    let file = read_certificate(&args.folder.join(documents::CERTIFICATE))?;
    let Some(stated) = stated(&file.certificate) else {
        anyhow::bail!(
            "{} states no root of receipts: `quorate tabulate --out DIR --receipts-key FILE` makes one",
            file.shown
        );
    };
    let key = key(&args.receipts_key, false)?;
    if key.sha256() != stated.key_sha256 {
        anyhow::bail!(
            "--receipts-key: {} is another key than that of the certificate, whose SHA-256 is {}",
            args.receipts_key.display(),
            visible(&stated.key_sha256)
        );
    }
    if let Some(out) = args.out.as_ref().filter(|out| out.symlink_metadata().is_ok()) {
        anyhow::bail!("{} already exists; nothing was written", quoted(&out.display().to_string()));
    }
    let salts = Salts::new(&key, &basis(&file.certificate));
    let path = args.folder.join(documents::LEDGER);
    let ledger =
        Ledger::read(&path, &salts, &args.account).with_context(|| format!("reading {}", path.display()))?;
    if hex(&ledger.root) != stated.root
        || file.certificate["ledger"]["sha256"].as_str() != Some(&ledger.sha256)
    {
        anyhow::bail!("{} is not the ledger of the certificate beside it", path.display());
    }
    if ledger.rows.is_empty() {
        anyhow::bail!(
            "account {} has no row in {}: a receipt is of cards, not of street totals or presence",
            quoted(&args.account),
            path.display()
        );
    }
    let text = receipt(&file.certificate, &args.account, ledger).to_text();
    match &args.out {
        Some(out) => output::write_file(out, text.as_bytes(), false)?,
        None => output::print(&text)?,
    }
    Ok(Exit::Certified)
}

fn receipt(certificate: &Value, account: &str, ledger: Ledger) -> Receipt {
    let of_meeting =
        |key: &str| visible(certificate["meeting"][key].as_str().unwrap_or("not stated")).into_owned();
    Receipt {
        company: of_meeting("company"),
        meeting: of_meeting("title"),
        date: of_meeting("date"),
        account: visible(account).into_owned(),
        size: ledger.size,
        root: ledger.root,
        columns: ledger.columns,
        rows: ledger.rows,
    }
}

/// What the ledger of a certificate was made of.
fn basis(certificate: &Value) -> String {
    let inputs = certificate["inputs"].as_array().into_iter().flatten().map(|input| {
        let text = |value: &'_ Value| value.as_str().unwrap_or("").to_owned();
        (text(&input["role"]), text(&input["sha256"]), input["layout"]["sha256"].as_str())
    });
    let inputs: Vec<(String, String, Option<&str>)> = inputs.collect();
    let lines = inputs.iter().map(|(role, file, layout)| (role.as_str(), file.as_str(), *layout));
    Salts::basis(lines, certificate["meeting"]["as_of"].as_str())
}

/// A ledger read once from end to end: its root, and the rows of one account.
struct Ledger {
    columns: String,
    size: u64,
    root: crate::receipts::Hash,
    sha256: String,
    rows: Vec<Shown>,
}

impl Ledger {
    fn read(path: &Path, salts: &Salts, account: &str) -> anyhow::Result<Self> {
        let mut lines = LedgerLines {
            reader: BufReader::with_capacity(1 << 20, File::open(path)?),
            hasher: Sha256::new(),
            line: Vec::new(),
        };
        lines.next()?;
        let columns = lines.text()?;
        let place_of_account = cells_of(&columns)
            .iter()
            .position(|column| column == "account")
            .context("its header names no column account")?;
        let written = harmless(account);
        // Quotes are doubled in a cell; a row without them that lacks the account's text is not its.
        let finder = (!written.contains('"')).then(|| memmem::Finder::new(written.as_bytes()));
        let mut tree = Tree::default();
        let mut rows = Vec::new();
        while lines.next()? {
            let place = tree.size();
            let salt = salts.salt(place);
            let of = leaf(&salt, lines.row());
            let may_be = finder.as_ref().is_none_or(|finder| finder.find(lines.row()).is_some());
            let is_wanted =
                may_be && cells_of(&lines.text()?).get(place_of_account).is_some_and(|cell| cell == account);
            if is_wanted {
                tree.push_wanted(of);
                rows.push(Shown { place, salt, text: lines.text()?, path: Vec::new() });
            } else {
                tree.push(of);
            }
        }
        if let Some(row) = rows.iter().find(|row| row.text.contains('\n')) {
            anyhow::bail!("row {} has a line break in a cell, which no receipt can show", row.place);
        }
        let size = tree.size();
        let (root, paths) = tree.finish();
        rows.iter_mut().zip(paths).for_each(|(row, path)| row.path = path);
        Ok(Self { columns, size, root, sha256: hex(&lines.hasher.finalize()), rows })
    }
}

/// The rows of a ledger as they come, a row at a time.
struct LedgerLines {
    reader: BufReader<File>,
    hasher: Sha256,
    line: Vec<u8>,
}

impl LedgerLines {
    /// Reads the next row; whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        loop {
            let start = self.line.len();
            if self.reader.read_until(b'\n', &mut self.line)? == 0 {
                break;
            }
            self.hasher.update(&self.line[start..]);
            // A line feed between quotes is no end.
            if memchr::memchr_iter(b'"', &self.line).count().is_multiple_of(2) {
                break;
            }
        }
        Ok(!self.line.is_empty())
    }

    fn row(&self) -> &[u8] {
        self.line.strip_suffix(b"\n").unwrap_or(&self.line)
    }

    fn text(&self) -> anyhow::Result<String> {
        Ok(std::str::from_utf8(self.row()).context("it is not UTF-8")?.to_owned())
    }
}

/// Checks a receipt, and compares it with a certificate where one is named.
pub(super) fn verify(args: &VerifyReceipt) -> anyhow::Result<Exit> {
    let shown = args.receipt.display().to_string();
    let receipt = read_receipt(&args.receipt)?;
    output::print(&receipt.shown())?;
    let mut faults = receipt.faults();
    let mut with_certificate = String::new();
    if let Some(path) = &args.certificate {
        let path = if path.is_dir() { path.join(documents::CERTIFICATE) } else { path.clone() };
        let file = read_certificate(&path)?;
        faults.extend(unlike(&receipt, &file));
        with_certificate =
            format!(", which {} states; its fingerprint is {}", file.shown, Fingerprint::of(&file.bytes));
    }
    let shown = visible(&shown);
    if !faults.is_empty() {
        let lines: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        let count = counted(faults.len() as u64, "fault");
        output::print(&format!("{lines}{shown}: does NOT hold: {count}\n"))?;
        return Ok(Exit::Differs);
    }
    let (rows, size) = (counted(receipt.rows.len() as u64, "row"), counted(receipt.size, "row"));
    let root = hex(&receipt.root);
    let mut text = format!(
        "{shown}: holds: {rows} of account {}, as above, in a ledger of {size} with the root {root}{with_certificate}\n",
        receipt.account
    );
    if args.certificate.is_none() {
        text.push_str(
            "Compare the root and the number of rows with those on the certificate, or name its file with \
             --certificate: the names of the columns, the company and the meeting are proved only so.\n",
        );
    }
    output::print(&text)?;
    Ok(Exit::Certified)
}

fn read_receipt(path: &Path) -> anyhow::Result<Receipt> {
    let shown = path.display().to_string();
    let found = fs::metadata(path).with_context(|| format!("reading {shown}"))?;
    if !found.is_file() || found.len() > BYTES_MAX {
        anyhow::bail!("{shown} is no file of a receipt");
    }
    let bytes = fs::read(path).with_context(|| format!("reading {shown}"))?;
    let text = String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{shown} is not UTF-8"))?;
    Receipt::parse(&text).map_err(|error| anyhow::anyhow!("{shown}:{error}"))
}

/// How a receipt differs from what a certificate says.
fn unlike(receipt: &Receipt, file: &CertificateFile) -> Vec<String> {
    let Some(stated) = stated(&file.certificate) else {
        return vec![format!("{} states no root of receipts", file.shown)];
    };
    let mut faults = Vec::new();
    let mut compare = |what: &str, theirs: &str, ours: &str| {
        if theirs != ours {
            faults.push(format!(
                "{what} is {} in the receipt and {} in {}",
                quoted(ours),
                quoted(theirs),
                file.shown
            ));
        }
    };
    let meeting = &file.certificate["meeting"];
    let of_meeting = |key: &str| visible(meeting[key].as_str().unwrap_or("not stated")).into_owned();
    compare("root", &stated.root, &hex(&receipt.root));
    compare("size", &file.certificate["ledger"]["rows"].to_string(), &receipt.size.to_string());
    compare("company", &of_meeting("company"), &receipt.company);
    compare("meeting", &of_meeting("title"), &receipt.meeting);
    compare("date", &of_meeting("date"), &receipt.date);
    if stated.columns != cells_of(&receipt.columns) {
        faults.push(format!("the columns are not those of {}", file.shown));
    }
    faults
}
