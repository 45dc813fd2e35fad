//! The signatures beside the documents, checked by OpenSSH: no key and no cryptography of signatures is in here.
//!
//! A signature names neither its time nor its signer: who it is says the file of allowed signers, which
//! whoever verifies must have from the signers themselves.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::UNIX_EPOCH;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;

use super::super::CommandError;
use super::super::output::documents;
use crate::cli::Verify;
use crate::text::{counted, quoted, visible};

/// What a signature must be for, so that one made for something else proves nothing here.
pub(in crate::commands) const NAMESPACE: &str = "quorate-certificate-v1";

/// The program that checks signatures.
const PROGRAM: &str = "ssh-keygen";

/// The largest file of a signature that is read, in bytes: the largest keys make some thousands.
const BYTES_MAX: u64 = 1 << 16;

/// What the signatures beside the documents came to.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// A line for each that is good, or that none was looked at.
    pub(super) says: Vec<String>,
    /// What is wrong.
    pub(super) faults: Vec<String>,
}

/// Those who may sign, and the day on which their keys must be good.
struct Allowed<'a> {
    file: &'a Path,
    /// As OpenSSH takes it; nothing: now.
    on: Option<String>,
}

/// Checks every signature in the folder of a certificate, where signers are named.
pub(super) fn check(args: &Verify, folder: &Path) -> anyhow::Result<Checked> {
    let names = signature_files(folder)?;
    let Some(file) = &args.signers else {
        let mut checked = Checked::default();
        if !names.is_empty() {
            let count = counted(names.len() as u64, "signature");
            checked.says.push(format!("{count} beside it, not checked: --signers FILE names who may sign"));
        }
        return Ok(checked);
    };
    let allowed = Allowed { file, on: args.signed_on.as_deref().map(day).transpose()? };
    File::open(file).with_context(|| format!("--signers: reading {}", file.display()))?;
    let mut checked = Checked::default();
    if names.is_empty() {
        checked.faults.push(format!("signature: there is no *.sig in {}", folder.display()));
    }
    for name in names {
        match allowed.check(folder, &name)? {
            Ok(says) => checked.says.push(says),
            Err(fault) => checked.faults.push(format!("signature: {name}: {fault}")),
        }
    }
    Ok(checked)
}

/// A day as OpenSSH takes it: its last second, in UTC.
fn day(text: &str) -> anyhow::Result<String> {
    let date: Date = text.trim().parse().map_err(|_| {
        CommandError::Usage(format!("--signed-on: {} is no date such as 2002-12-05", quoted(text)))
    })?;
    Ok(format!("{:04}{:02}{:02}235959Z", date.year(), date.month(), date.day()))
}

/// The names of all signatures in a folder.
fn signature_files(folder: &Path) -> anyhow::Result<Vec<String>> {
    let looking = || format!("looking at {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(looking)? {
        let name = entry.with_context(looking)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sig") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Which document a signature is of, by its name: `SHA256SUMS.sig`, `SHA256SUMS.able.sig`,
/// `certificate.json.sig`; any other name signs the digests of all.
fn signed_document(name: &str) -> &'static str {
    let is_of = |document: &&&str| name.strip_prefix(**document).is_some_and(|rest| rest.starts_with('.'));
    documents::DOCUMENTS
        .iter()
        .filter(is_of)
        .max_by_key(|known| known.len())
        .copied()
        .unwrap_or(documents::SUMS)
}

impl Allowed<'_> {
    /// Checks one signature; the inner error says what is wrong with it, the outer that nothing can be checked.
    fn check(&self, folder: &Path, name: &str) -> anyhow::Result<Result<String, String>> {
        let path = folder.join(name);
        let document = signed_document(name);
        if let Err(fault) = envelope_fault(&path) {
            return Ok(Err(fault));
        }
        let signed = folder.join(document);
        if !signed.is_file() {
            return Ok(Err(format!("{document}, which it signs, is missing")));
        }
        let found = self.ask("find-principals", &path, &[], None)?;
        let principals: Vec<String> = String::from_utf8_lossy(&found.stdout)
            .lines()
            .map(|line| visible(line.trim()).into_owned())
            .filter(|line| !line.is_empty())
            .collect();
        let (true, Some(signer)) = (found.status.success(), principals.first()) else {
            let namespace = ["-n", NAMESPACE];
            let anybody = self.ask("check-novalidate", &path, &namespace, Some(&signed))?;
            return Ok(Err(if anybody.status.success() {
                let said = first_line(&anybody.stdout);
                let on = if self.on.is_some() { "that day" } else { "now" };
                format!("{said}, which is not in {} or not valid {on}", self.file.display())
            } else {
                format!("it is no signature of {document}")
            }));
        };
        let identity = ["-I", signer, "-n", NAMESPACE];
        let verified = self.ask("verify", &path, &identity, Some(&signed))?;
        if !verified.status.success() {
            let said = [&verified.stderr, &verified.stdout].map(|text| first_line(text));
            return Ok(Err(format!("it is no signature of {document} by {signer}: {}", said.join("; "))));
        }
        let said = first_line(&verified.stdout);
        let key = said.rsplit_once(" with ").map_or(said.as_str(), |(_, key)| key);
        let who = principals.join(", ");
        Ok(Ok(format!("{name}: {who} signed {document} with {key}; {}", dated(&path))))
    }

    /// Runs OpenSSH. What was signed goes to its standard input.
    fn ask(
        &self,
        what: &str,
        signature: &Path,
        more: &[&str],
        signed: Option<&Path>,
    ) -> anyhow::Result<Output> {
        let mut command = Command::new(PROGRAM);
        command.args(["-Y", what]).arg("-s").arg(signature).args(more).env("LC_ALL", "C");
        if what != "check-novalidate" {
            command.arg("-f").arg(self.file);
            command.args(self.on.iter().map(|on| format!("-Overify-time={on}")));
        }
        command.stdin(match signed {
            Some(path) => File::open(path).with_context(|| format!("reading {}", path.display()))?.into(),
            None => Stdio::null(),
        });
        command.output().map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                anyhow::anyhow!(
                    "{PROGRAM}, which checks signatures, was not found: install OpenSSH 8.7 or later"
                )
            } else {
                anyhow::anyhow!("running {PROGRAM}: {error}")
            }
        })
    }
}

/// What a program said, in one line that does nothing to a terminal.
fn first_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    visible(text.lines().next().unwrap_or_default().trim()).into_owned()
}

/// When a signature was written, as far as anybody knows.
fn dated(path: &Path) -> String {
    let seconds = fs::metadata(path)
        .and_then(|found| found.modified())
        .ok()
        .and_then(|time| i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok());
    let of = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    of.map_or_else(
        || "it bears no time".to_owned(),
        |time| format!("the file is of {time}, the signature bears no time"),
    )
}

/// What is wrong with the envelope of a signature, before its key is looked at.
fn envelope_fault(path: &PathBuf) -> Result<(), String> {
    let found = fs::metadata(path).map_err(|error| error.to_string())?;
    if !found.is_file() || found.len() > BYTES_MAX {
        return Err("it is no file of a signature".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let namespace = namespace(&bytes).ok_or("it is no signature of OpenSSH")?;
    if namespace != NAMESPACE.as_bytes() {
        let theirs = String::from_utf8_lossy(&namespace).into_owned();
        return Err(format!("it was made for {}, not for `{NAMESPACE}`", quoted(&theirs)));
    }
    Ok(())
}

/// What a signature was made for: the second text after the magic word and the version, as OpenSSH's
/// PROTOCOL.sshsig lays the envelope out.
fn namespace(file: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(file).ok()?;
    let body = text.trim_start().strip_prefix("-----BEGIN SSH SIGNATURE-----")?;
    let (body, _) = body.split_once("-----END SSH SIGNATURE-----")?;
    let blob = from_base64(body)?;
    let rest = blob.strip_prefix(b"SSHSIG")?.get(4..)?;
    let (_, rest) = length_and_text(rest)?;
    length_and_text(rest).map(|(namespace, _)| namespace.to_vec())
}

/// A text after its length, and what follows it.
fn length_and_text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Base64 between line ends (RFC 4648 section 4).
fn from_base64(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = LETTERS.iter().position(|known| *known == letter)?;
        held = (held << 6) | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_rfc_4648_gives_it() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v\nYmFy", "foobar")] {
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base64("Zm9v*"), None);
    }

    #[test]
    fn what_a_signature_is_of_stands_in_its_name() {
        for (name, document) in [
            ("SHA256SUMS.sig", "SHA256SUMS"),
            ("SHA256SUMS.able.sig", "SHA256SUMS"),
            ("able.sig", "SHA256SUMS"),
            ("certificate.json.sig", "certificate.json"),
            ("certificate.json.baker.sig", "certificate.json"),
            ("certificate.jsonx.sig", "SHA256SUMS"),
        ] {
            assert_eq!(signed_document(name), document, "{name}");
        }
    }

    #[test]
    fn a_day_is_its_last_second() {
        assert_eq!(day("2002-12-05").ok().as_deref(), Some("20021205235959Z"));
        assert!(day("5 December").is_err());
    }
}
