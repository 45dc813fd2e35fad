//! What the program is built of: crates.io only, known licences, no crate twice in the program.
//! It needs no network: `cargo metadata --offline` reads what the build has downloaded. Advisories need
//! a list from outside: `cargo deny check`, with `.cargo/deny.toml`.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than to be named.
const LICENCES: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of Cargo.lock: name, version, source.
fn locked() -> Vec<(String, String, Option<String>)> {
    let text = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.map(|line| line.trim_matches('"').to_owned())
    };
    let blocks = text.split("[[package]]").skip(1);
    blocks
        .map(|block| {
            (value(block, "name").unwrap(), value(block, "version").unwrap(), value(block, "source"))
        })
        .collect()
}

#[test]
fn every_crate_comes_from_crates_io_with_its_checksum() {
    let text = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let packages = locked();
    assert!(packages.len() > 30, "{}", packages.len());
    for (name, version, source) in &packages {
        match source {
            None => assert_eq!(name, "quorate", "{name} {version} comes from a folder"),
            Some(source) => {
                assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name}")
            }
        }
    }
    assert_eq!(text.matches("\nchecksum = ").count(), packages.len() - 1);
}

fn cargo(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(args).args(["--locked", "--offline"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The program holds no crate twice in the program. Cargo.lock also lists what no build here takes, and two macros
/// may be built with two versions of what reads Rust for them: that is no part of the program.
#[test]
fn the_program_holds_no_crate_in_two_versions() {
    let tree = |more: &[&str]| {
        cargo(&[&["tree", "--edges", "normal,no-proc-macro", "--prefix", "none"], more].concat())
    };
    assert!(tree(&[]).lines().count() > 20);
    assert_eq!(tree(&["--duplicates"]), "");
}

#[test]
fn every_licence_is_a_known_one() {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        // One of the alternatives must be known, or all where all apply.
        let is_known = |name: &str| LICENCES.contains(&name.trim().trim_matches(['(', ')']));
        let all = |part: &str| part.split(" AND ").all(is_known);
        let allowed = match licence.split_once(") AND ") {
            // `(MIT OR Apache-2.0) AND Unicode-3.0`
            Some((either, also)) => either.split(" OR ").any(is_known) && all(also),
            None => licence.replace('/', " OR ").split(" OR ").any(all),
        };
        assert!(allowed, "{} is under {licence}", package["name"]);
    }
}

/// The crates that a build of the program for this machine takes, with those that build them.
fn built(features: &[&str]) -> Vec<String> {
    let tree = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let text = cargo(&[&tree, features].concat());
    text.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

/// Where no C compiler is at hand, `--no-default-features` builds all the same: what it takes compiles no
/// C, and only the allocator does otherwise.
#[test]
fn without_its_features_the_program_needs_no_c_compiler() {
    let compile_c = ["cc", "cmake", "bindgen", "pkg-config"];
    let needs_c = |crates: &[String]| crates.iter().any(|name| compile_c.contains(&name.as_str()));
    let without = built(&["--no-default-features"]);
    assert!(without.iter().any(|name| name == "clap"), "{without:?}");
    assert!(!needs_c(&without), "{without:?}");
    assert!(!needs_c(&built(&["--no-default-features", "--features", "desk,xlsx"])));
    assert!(needs_c(&built(&[])), "if nothing compiles C any more, README can say so");
}
