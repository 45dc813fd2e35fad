//! `quorate verify`: replays a certificate. Same inputs? same rules? same results? same bytes?

use std::fs;

use anyhow::Context;
use serde_json::Value;

use super::{CommandError, Exit, loaded, output, overrides};
use crate::audit::compare::{FigureChange, Side, compare};
use crate::audit::ledger;
use crate::certify::certify;
use crate::cli::Verify;
use crate::load;
use crate::render;
use crate::tabulate::{SecondCount, Tabulation};
use crate::text::{counted, quoted, visible};
use crate::time::Moment;

const UNDONE: &str = "the certificate could not be replayed";

/// Replays a certificate from the meeting's files and names every difference.
pub(super) fn run(args: &Verify) -> anyhow::Result<Exit> {
    let shown = args.certificate.display().to_string();
    let bytes = fs::read(&args.certificate).with_context(|| format!("reading {shown}"))?;
    let certificate: Value =
        serde_json::from_slice(&bytes).with_context(|| format!("{shown} is not JSON"))?;
    if certificate["schema"] != "quorate/certificate/1" {
        anyhow::bail!("{shown} is not a certificate: expected `\"schema\": \"quorate/certificate/1\"`");
    }
    let mut found: Vec<String> = Vec::new();
    version(&certificate, &mut found);
    inputs_as_they_lie(args, &certificate, &mut found);
    let loaded = match loaded(&args.files) {
        Ok(loaded) => loaded,
        // An input that changed may no longer be readable; what changed is the answer then.
        Err(problems) if !found.is_empty() => {
            eprintln!("{}", problems.report(UNDONE));
            return conclude(&shown, &found);
        }
        Err(problems) => return Err(CommandError::Input(problems, UNDONE).into()),
    };
    let as_of = match certificate["meeting"]["as_of"].as_str() {
        Some(text) => Some(
            Moment::parse(text, &loaded.meeting.zone)
                .map_err(|error| anyhow::anyhow!("{shown}: meeting.as_of: {} {error}", quoted(text)))?,
        ),
        None => None,
    };
    let mut tabulation =
        Tabulation::of(loaded, as_of).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    tabulation.second_count =
        if certificate["second_count"] == "not_made" { SecondCount::Never } else { SecondCount::Always };
    inputs_as_read(&tabulation, &certificate, &mut found);
    let replayed = certify(&tabulation, Some(ledger::write(&tabulation, std::io::sink())?));
    let text = render::json::render(&replayed);
    let replayed: Value = serde_json::from_str(&text).context("reading back the replayed certificate")?;
    let side = |label: &str, certificate: &Value| Side {
        label: label.to_owned(),
        certificate: certificate.clone(),
        cards: None,
    };
    let comparison = compare(&side("certificate", &certificate), &side("replay", &replayed));
    found.extend(comparison.figures.iter().map(|change| told("result", change)));
    if certificate["ledger"] != replayed["ledger"] {
        found.push("ledger: the replay writes another ledger.csv".to_owned());
    }
    if found.is_empty() && text.as_bytes() != bytes {
        found.push(
            "bytes: every figure compared is the same, but the file is not byte for byte the replay"
                .to_owned(),
        );
    }
    conclude(&shown, &found)
}

fn told(what: &str, change: &FigureChange) -> String {
    format!(
        "{what}: {} is {} in the certificate and {} in the replay",
        change.figure,
        quoted(&change.before),
        quoted(&change.after)
    )
}

fn version(certificate: &Value, found: &mut Vec<String>) {
    let theirs = certificate["program"]["version"].as_str().unwrap_or("unknown");
    if theirs != env!("CARGO_PKG_VERSION") {
        found.push(format!(
            "program: certified by version {theirs}, replayed by {}",
            env!("CARGO_PKG_VERSION")
        ));
    }
}

/// The digests of the files that the certificate lists, as they lie in the folder.
fn inputs_as_they_lie(args: &Verify, certificate: &Value, found: &mut Vec<String>) {
    let meeting = &args.files.meeting;
    let folder = if meeting.is_dir() { Some(meeting.as_path()) } else { meeting.parent() };
    for input in certificate["inputs"].as_array().into_iter().flatten() {
        let (Some(path), Some(theirs), Some(folder)) =
            (input["path"].as_str(), input["sha256"].as_str(), folder)
        else {
            continue;
        };
        let role = input["role"].as_str().unwrap_or("");
        // Files named on the command line are compared as they are read.
        let is_flag =
            load::Role::from_name(role).is_some_and(|role| overrides(&args.files).files.contains_key(&role));
        if is_flag {
            continue;
        }
        match load::digest(&folder.join(path)) {
            Ok(ours) if ours == theirs => {}
            Ok(ours) => {
                found.push(format!("input: {role} {path} has changed: SHA-256 {theirs} then, {ours} now"))
            }
            Err(error) => found.push(format!("input: {role} {path} {error}")),
        }
    }
}

/// The files read now against those that the certificate lists: one more, one less, another order.
fn inputs_as_read(tabulation: &Tabulation, certificate: &Value, found: &mut Vec<String>) {
    let theirs: Vec<(String, String)> = certificate["inputs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|input| {
            let text = |key: &str| input[key].as_str().unwrap_or("").to_owned();
            (text("role"), text("sha256"))
        })
        .collect();
    let mut missing = theirs.clone();
    for input in &tabulation.loaded.inputs {
        let key = (input.role.name().to_owned(), input.sha256.clone());
        match missing.iter().position(|known| *known == key) {
            Some(place) => _ = missing.remove(place),
            None if found.iter().any(|line| line.contains(&input.path)) => {}
            None => found
                .push(format!("input: {} {} is read now and is not in the certificate", key.0, input.path)),
        }
    }
}

fn conclude(shown: &str, found: &[String]) -> anyhow::Result<Exit> {
    if found.is_empty() {
        output::print(&format!(
            "{}: verified: the same inputs, rules, program, results and bytes\n",
            visible(shown)
        ))?;
        return Ok(Exit::Certified);
    }
    let mut text: String = found.iter().map(|line| format!("{}\n", visible(line))).collect();
    text.push_str(&format!(
        "{}: NOT verified: {}\n",
        visible(shown),
        counted(found.len() as u64, "difference")
    ));
    output::print(&text)?;
    Ok(Exit::Differs)
}
