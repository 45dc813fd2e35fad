//! Files of a meeting's folder that nobody reads, though they look as though they were meant to be.

use std::fs;
use std::path::{Path, PathBuf};

use super::source;

/// Endings of files of rows, and of layouts.
const ENDINGS: [&str; 9] = [".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".xls", ".xlsx", ".layout.json"];

/// The names of such files in a folder, in their order; those that are read are left out.
pub(super) fn of(folder: &Path, read: &[PathBuf]) -> Vec<String> {
    // A folder that cannot be listed has had its files read by name: there is nothing to tell.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let read: Vec<PathBuf> = read.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let sums = sums(folder);
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
        .filter(|entry| entry.path().canonicalize().is_ok_and(|path| !read.contains(&path)))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| is_data(name) && !is_document(folder, name, &sums))
        .collect();
    names.sort_unstable();
    names
}

/// Whether it is a name of a file of rows, or of a layout.
pub(super) fn is_data(name: &str) -> bool {
    let lower = name.to_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending)) && !name.starts_with('.') && !name.starts_with("~$")
}

/// Digests and names of the documents that quorate wrote there.
fn sums(folder: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(folder.join("SHA256SUMS")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(digest, name)| (digest.to_owned(), name.to_owned())).collect()
}

fn is_document(folder: &Path, name: &str, sums: &[(String, String)]) -> bool {
    let stated = sums.iter().find(|(_, known)| known == name);
    stated.is_some_and(|(digest, _)| source::digest(&folder.join(name)).is_ok_and(|ours| ours == *digest))
}
