//! The files that a certificate lists against those that are there.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::overrides;
use crate::catalogue::WarningCode;
use crate::cli::Verify;
use crate::load::{self, FileNotRead, Loaded, Role};
use crate::tabulate::Tabulation;
use crate::text::{counted, visible};

/// The digests of the files that the certificate lists, as they lie in the folder.
pub(super) fn as_they_lie(args: &Verify, certificate: &Value, found: &mut Vec<String>) {
    let meeting = &args.files.meeting;
    let folder = if meeting.is_dir() { Some(meeting.as_path()) } else { meeting.parent() };
    let flags = overrides(&args.files).files;
    for input in certificate["inputs"].as_array().into_iter().flatten() {
        let (Some(path), Some(theirs), Some(folder)) =
            (input["path"].as_str(), input["sha256"].as_str(), folder)
        else {
            continue;
        };
        let role = input["role"].as_str().unwrap_or("");
        // Files named on the command line are compared as they are read.
        if Role::from_name(role).is_some_and(|role| flags.contains_key(&role)) {
            continue;
        }
        let named = format!("input: {role} {path}");
        // What a certificate names may be anything on this machine: nothing outside the meeting is read.
        let inside = match load::inside(folder, path) {
            Ok(inside) => inside,
            Err(fault) => {
                found.push(format!("{named} {}; it is not read (name it again by its flag)", fault.message));
                continue;
            }
        };
        layout_as_it_lies(folder, input, found);
        let then = input["bytes"].as_u64();
        let now = fs::metadata(&inside).ok().filter(fs::Metadata::is_file).map(|found| found.len());
        if let (Some(then), Some(now)) = (then, now)
            && then != now
        {
            let (then, now) = (counted(then, "byte"), counted(now, "byte"));
            found.push(format!("{named} has changed: {then} then, {now} now"));
            continue;
        }
        match load::digest(&inside) {
            Ok(ours) if ours == theirs => {}
            Ok(ours) => found.push(format!("{named} has changed: SHA-256 {theirs} then, {ours} now")),
            Err(error) => found.push(format!("{named} {error}")),
        }
    }
}

/// The digests of the layout that a file was read through, and of the keyings that it was made of.
fn layout_as_it_lies(folder: &Path, input: &Value, found: &mut Vec<String>) {
    let keyed = &input["keyed"];
    let keyings = keyed["files"].as_array().into_iter().flatten().map(|file| ("keying", file));
    let others = [("layout", &input["layout"]), ("resolved", &keyed["resolved"])];
    for (what, file) in others.into_iter().chain(keyings) {
        let (Some(path), Some(theirs)) = (file["path"].as_str(), file["sha256"].as_str()) else { continue };
        let ours =
            load::inside(folder, path).map_err(|fault| fault.message).and_then(|path| load::digest(&path));
        match ours {
            Ok(ours) if ours == theirs => {}
            Ok(ours) => {
                found.push(format!("input: {what} {path} has changed: SHA-256 {theirs} then, {ours} now"));
            }
            Err(error) => found.push(format!("input: {what} {path} {error}")),
        }
    }
}

/// The files read now against those that the certificate lists: one more, one less, another order.
pub(super) fn as_read(tabulation: &Tabulation, certificate: &Value, found: &mut Vec<String>) {
    let mut missing: Vec<(String, String)> = certificate["inputs"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|input| {
            let text = |key: &str| input[key].as_str().unwrap_or("").to_owned();
            (text("role"), text("sha256"))
        })
        .collect();
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

/// Files of the folder that came or went since, and that nobody read then or reads now: they are news and no
/// difference. The certificate's word is taken for which there were, and for nothing more: what is said of each
/// follows from its name.
pub(super) fn news(loaded: &mut Loaded, certificate: &Value) -> Vec<String> {
    let says = certificate["warnings"].as_array().into_iter().flatten();
    let says = says.filter(|warning| warning["code"] == WarningCode::FileNotRead.code());
    let names = says.filter_map(|warning| warning["says"].as_str()?.split(" was not read").next());
    let then: Vec<FileNotRead> = names.filter_map(|name| loaded.names_not_read.of(name)).collect();
    let now = std::mem::replace(&mut loaded.not_read, then);
    let then = &loaded.not_read;
    let is_in = |files: &[FileNotRead], name: &str| files.iter().any(|file| visible(&file.name) == name);
    let mut news = Vec::new();
    for name in now.iter().map(|file| visible(&file.name)).filter(|name| !is_in(then, name)) {
        news.push(format!("{name} lies in the meeting's folder now, and is not read"));
    }
    for name in then.iter().map(|file| visible(&file.name)).filter(|name| !is_in(&now, name)) {
        news.push(format!("{name} lay in the meeting's folder then, was not read, and is no longer there"));
    }
    news
}
