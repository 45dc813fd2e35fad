//! What to say where no meeting is: what was probably meant, and what to type.

use std::fs;
use std::path::Path;

use crate::catalogue::{Code, Fault};
use crate::text::{nearest, one_of, quoted};

const MEETING: &str = "meeting.json";

/// The most folders that are proposed.
const PROPOSED_MAX: usize = 3;

/// The names in a folder, in their order; those of folders alone where so asked.
fn names(folder: &Path, folders_only: bool) -> Vec<String> {
    // A folder that cannot be listed proposes nothing.
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries
        .filter(|entry| !folders_only || entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort_unstable();
    names
}

/// The folder in which a file lies.
fn above(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder without meeting.json, or a path at which nothing is.
pub(super) fn meeting(path: &Path) -> Fault {
    let says = if path.is_dir() {
        format!("there is no such file{}", in_folder(path))
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = above(path);
        let known = names(folder, false);
        let near = nearest(&name, known.iter().map(String::as_str));
        let meant = near.map(|near| format!("; did you mean {}?", shown(&folder.join(near))));
        format!("there is no such file or folder{}", meant.unwrap_or_default())
    };
    Code::FileMissing.fault(says)
}

fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    quoted(shown.strip_prefix("./").unwrap_or(&shown))
}

/// What a folder without meeting.json is instead.
fn in_folder(folder: &Path) -> String {
    if folder.join("certificate.json").is_file() {
        return "; this folder holds results: name the folder of the meeting, or `quorate verify` results and meeting"
            .to_owned();
    }
    let is_meant = |name: &String| {
        let lower = name.to_lowercase();
        lower == MEETING || (lower.starts_with("meeting.") && lower.contains("json"))
    };
    if let Some(name) = names(folder, false).into_iter().find(is_meant) {
        return format!("; {} lies there: rename it to `{MEETING}`", quoted(&name));
    }
    let meetings: Vec<String> = names(folder, true)
        .into_iter()
        .map(|name| folder.join(name))
        .filter(|below| below.join(MEETING).is_file())
        .take(PROPOSED_MAX)
        .map(|below| below.display().to_string())
        .collect();
    if !meetings.is_empty() {
        return format!("; did you mean {}?", one_of(meetings.iter().map(String::as_str)));
    }
    if folder.join("..").join(MEETING).is_file() {
        return "; the folder above it is a meeting".to_owned();
    }
    "; a meeting is a folder with meeting.json (`quorate init DIR` begins one)".to_owned()
}

/// A file that is no meeting.json, by its name: a file of rows, a page, a workbook.
pub(super) fn other_file(path: &Path) -> Option<Fault> {
    const OTHERS: [&str; 10] = ["csv", "tsv", "txt", "xls", "xlsx", "html", "md", "pdf", "tab", "dat"];
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    if !OTHERS.contains(&ending.as_str()) {
        return None;
    }
    let folder = above(path);
    let what = if folder.join(MEETING).is_file() {
        format!("is a file of a meeting; name the meeting's folder instead: {}", shown(folder))
    } else {
        "is no meeting; name a folder with meeting.json, or a meeting.json".to_owned()
    };
    Some(Code::FileMissing.fault(what))
}

/// A file of a meeting that is absent: what lies there under another name.
pub(super) fn proposed(folder: &Path, label: &str) -> String {
    let mut known = names(folder, false);
    known.retain(|name| name != label);
    let meant = meant(label, known.iter().map(String::as_str));
    meant.map_or_else(String::new, |name| format!("; is it {}, which lies there?", quoted(name)))
}

/// The name that was probably meant by another: the same with an ending too many, or one written nearly so.
pub(super) fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let has_ending_too_many = |known: &&str| {
        let known = known.to_lowercase();
        let longer = |one: &str, other: &str| {
            one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'))
        };
        longer(&known, &lower) || longer(&lower, &known)
    };
    known.clone().into_iter().find(has_ending_too_many).or_else(|| nearest(name, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_too_many_is_seen() {
        let known = ["cards.csv", "register.csv"];
        assert_eq!(meant("cards.csv.csv", known), Some("cards.csv"));
        assert_eq!(meant("Register.CSV.txt", known), Some("register.csv"));
        assert_eq!(meant("card.csv", known), Some("cards.csv"));
        assert_eq!(meant("minutes.txt", known), None);
        assert_eq!(meant("register.csv", ["register.csv.txt"]), Some("register.csv.txt"));
    }
}
