//! Runs the program over folders and compares what it prints with what was worked out beforehand.
#![allow(dead_code, clippy::unwrap_used)]

pub mod random;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The repository's fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Runs the program; standard input is empty.
pub fn quorate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quorate")).args(args).output().expect("the program starts")
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

/// Copies a folder's plain files, and those of its folders but `expected`.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a fixture folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            if entry.file_name() != "expected" {
                copy_folder(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// A folder of a meeting made of texts.
pub fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    folder
}

/// Every difference between what is expected and what was found. Objects are compared key by key for
/// the keys expected, arrays element by element.
pub fn differences(path: &str, expected: &Value, found: &Value, into: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let path = format!("{path}.{key}");
                match found.get(key) {
                    Some(found) => differences(&path, value, found, into),
                    None => into.push(format!("{path}: expected {value}, found nothing")),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{path}[{place}]"), expected, found, into);
            }
        }
        _ if expected == found => {}
        _ => into.push(format!("{path}: expected {expected}, found {found}")),
    }
}
