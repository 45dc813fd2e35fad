//! The second opinion: every fixture and thousands of random meetings, counted once by the program
//! and once by a naive count straight from the sentences of the rules, and compared figure by figure.
//!
//! The naive count reads the files itself and shares nothing with the program. Each place where the
//! rules leave a choice is named beside the code that makes it.
//!
//! `QUORATE_SEEDS=from..to` chooses the random meetings; `QUORATE_KEEP=folder` keeps those that differ there.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::wildcard_enum_match_arm)]

mod amounts;
mod count;
mod files;
mod generate;
mod heads;
mod margins;
mod marks;
mod meeting;
mod properties;
mod prospects;
mod rules;
mod rulings;
mod standards;
mod times;

#[path = "../support/workbook.rs"]
#[allow(dead_code)]
mod book;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use quorate::audit::ledger;
use quorate::certify::certify;
use quorate::load::{Overrides, load};
use quorate::tabulate::Tabulation;
use quorate::time::Moment;
use serde_json::Value;

/// What the program says of a folder: its certificate, and every card's disposition.
fn by_program(folder: &Path, as_of: Option<&str>) -> (Value, Value) {
    let loaded = load(folder, &Overrides::default()).unwrap_or_else(|problems| {
        panic!("{}: {}", folder.display(), problems.report("a valid meeting was refused"))
    });
    let as_of = as_of.map(|text| Moment::parse(text, &loaded.meeting.zone).unwrap());
    let tabulation = Tabulation::of(loaded, as_of).unwrap_or_else(|problems| {
        panic!("{}: {}", folder.display(), problems.report("a valid meeting was refused"))
    });
    let mut rows = Vec::new();
    let digest = ledger::write(&tabulation, &mut rows).unwrap();
    let certificate = serde_json::to_value(certify(&tabulation, Some(digest))).unwrap();
    let mut dispositions = serde_json::Map::new();
    for row in
        csv::Reader::from_reader(rows.as_slice()).deserialize::<std::collections::HashMap<String, String>>()
    {
        let row = row.unwrap();
        dispositions.insert(row["card"].clone(), serde_json::to_value(row).unwrap());
    }
    (certificate, Value::Object(dispositions))
}

/// The differences between the two counts of a folder.
fn compare(folder: &Path, as_of: Option<&str>) -> Vec<String> {
    let reader = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let mut naive = count::count(&reader, as_of);
    let mut dispositions = naive["dispositions"].take();
    naive.as_object_mut().unwrap().remove("dispositions");
    for matter in naive["open_matters"].as_array_mut().unwrap() {
        matter.as_object_mut().unwrap().remove("sets");
    }
    for item in naive["items"].as_array_mut().unwrap() {
        if item["choice"].is_null() {
            item.as_object_mut().unwrap().remove("choice");
        }
    }
    for fate in dispositions.as_object_mut().unwrap().values_mut() {
        // The ledger names the row that caused a revocation or a ruling, and writes `in_order` for cards that stand.
        if fate["reason"] == "" {
            fate["reason"] = "in_order".into();
        }
        if fate["cause"].is_null() || fate["cause"] == "" {
            fate.as_object_mut().unwrap().remove("cause");
        }
    }
    let (certificate, ledger) = by_program(folder, as_of);
    let mut found = Vec::new();
    support::differences("", &naive, &certificate, &mut found);
    support::differences("card", &dispositions, &ledger, &mut found);
    found
}

fn seeds() -> std::ops::Range<u64> {
    seeds_or(0..1500)
}

/// The seeds that `QUORATE_SEEDS` names, or these.
fn seeds_or(default: std::ops::Range<u64>) -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("QUORATE_SEEDS") else { return default };
    let (from, to) = text.split_once("..").expect("QUORATE_SEEDS is from..to");
    from.parse().unwrap()..to.parse().unwrap()
}

/// Fails with the random meetings that the two counts count differently.
fn compare_random_meetings(seeds: std::ops::Range<u64>, as_of: impl Fn(u64) -> Option<&'static str>) {
    let mut failures = Vec::new();
    for seed in seeds.clone() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in generate::generate_with_inspector(seed) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let as_of = as_of(seed);
        let differences = std::panic::catch_unwind(|| compare(folder.path(), as_of))
            .unwrap_or_else(|_| vec!["one of the counts stopped".to_owned()]);
        if !differences.is_empty() {
            if let Ok(kept) = std::env::var("QUORATE_KEEP") {
                support::copy_folder(folder.path(), &Path::new(&kept).join(seed.to_string()));
            }
            let as_of = as_of.map_or(String::new(), |time| format!(" as of {time}"));
            failures.push(format!("seed {seed}{as_of}\n    {}", differences.join("\n    ")));
        }
    }
    let count = failures.len();
    failures.truncate(40);
    assert!(failures.is_empty(), "{count} of {seeds:?} differ:\n{}", failures.join("\n"));
}

#[test]
fn random_meetings_are_counted_as_the_naive_count_counts_them() {
    compare_random_meetings(seeds(), |_| None);
}

/// "`--as-of TIME` (as though the polls closed then; always preliminary)": before the meeting, during it, and later than
/// the polls closed.
#[test]
fn random_meetings_as_of_a_time_are_counted_as_the_naive_count_counts_them() {
    let times = [
        "2002-04-22",
        "2002-05-02",
        "2002-05-02T23:30:00Z",
        "2002-05-10T09:00:00",
        "2002-05-13",
        "2002-05-14T10:40",
        "2002-05-14",
        "2002-05-20T12:00:00",
    ];
    let seeds = seeds();
    let some = seeds.start..seeds.start + (seeds.end - seeds.start).div_ceil(3);
    compare_random_meetings(some, |seed| Some(times[seed as usize % times.len()]));
}

#[test]
fn fixtures_are_counted_as_the_naive_count_counts_them() {
    let mut failures = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(support::fixtures()).unwrap() {
        let path = entry.unwrap().path();
        if path.join("expected/figures.json").is_file() {
            folders.push(path);
        }
    }
    assert!(folders.len() > 60);
    for folder in folders {
        let differences = compare(&folder, None);
        if !differences.is_empty() {
            failures.push(format!("{}\n    {}", folder.display(), differences.join("\n    ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
