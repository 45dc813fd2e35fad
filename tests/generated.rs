//! Meetings made up from a seed, against the totals that their generator added up while it wrote them.
#![allow(clippy::unwrap_used)]

#[path = "bench/meetings/mod.rs"]
mod meetings;
mod support;

use std::fs;
use std::path::Path;

use meetings::{Meeting, Options, Shape};
use serde_json::Value;

fn write(options: Options, folder: &Path) -> Value {
    Meeting::new(options).unwrap().write(folder).unwrap();
    serde_json::from_str(&fs::read_to_string(folder.join("expected/figures.json")).unwrap()).unwrap()
}

/// The number of cards of a fate.
fn cards(figures: &Value, fate: &str) -> u64 {
    figures["certificate"]["cards"][fate].as_u64().unwrap()
}

fn assert_agrees(options: &Options) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let figures = write(options.clone(), folder.path());
    let path = folder.path().display().to_string();
    let output = support::quorate(&["tabulate", &path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{options:?}\n{}", support::stderr(&output));
    let found: Value = serde_json::from_str(&support::stdout(&output)).unwrap();
    let mut differences = Vec::new();
    support::differences("certificate", &figures["certificate"], &found, &mut differences);
    assert!(differences.is_empty(), "{options:?}\n{}", differences.join("\n"));
    figures
}

#[test]
fn every_shape_comes_to_what_its_generator_added_up() {
    for shape in Shape::ALL {
        // Two hundred items make as many cells as the other shapes with a tenth of the cards.
        let rows = if shape == Shape::Items200 { 200 } else { 2000 };
        let figures = assert_agrees(&Options::usual(shape, rows, rows, 7));
        let first = &figures["certificate"]["items"][0]["nominees"][0];
        assert_ne!(first["for"], "0", "{shape:?} has votes to count");
    }
}

#[test]
fn many_cards_of_each_fate() {
    let usual = Options::usual(Shape::Mixed, 2000, 2000, 8);
    let options = Options { late: 120, superseded: 150, partial: 150, unsigned: 80, joint: 300, ..usual };
    let figures = assert_agrees(&options);
    for fate in ["counted", "counted_in_part", "superseded", "rejected"] {
        assert!(cards(&figures, fate) > 100, "{fate}: {}", cards(&figures, fate));
    }
    let options = Options { late: 200, superseded: 250, ..Options::usual(Shape::Plain, 2000, 2000, 9) };
    let figures = assert_agrees(&options);
    assert!((450..550).contains(&cards(&figures, "superseded")), "a quarter of 2,000");
    assert!(
        (360..460).contains(&cards(&figures, "rejected")),
        "a fifth of 2,000 late, and 7 in 1,000 unsigned"
    );
}

/// Accounts are determined a few hundred at a time, and what cards say that cumulate is added up part by part.
#[test]
fn meetings_of_several_parts_are_the_same_on_any_number_of_threads() {
    for shape in [Shape::Cumulated, Shape::Mixed, Shape::Overvoted] {
        let options = Options::usual(shape, 20_000, 20_000, 12);
        assert_agrees(&options);
        let folder = tempfile::tempdir().unwrap();
        write(options, folder.path());
        let path = folder.path().display().to_string();
        let on = |threads: &str| {
            support::quorate(&["tabulate", &path, "--format", "json", "--threads", threads]).stdout
        };
        let one = on("1");
        assert!(one.len() > 1000, "a certificate");
        for threads in ["2", "5"] {
            assert!(on(threads) == one, "{shape:?} on {threads} threads");
        }
    }
}

#[test]
fn the_smallest_meetings() {
    for shape in Shape::ALL {
        for cards in 1..=3 {
            assert_agrees(&Options::usual(shape, 3, cards, 10));
        }
    }
}

#[test]
fn the_same_seed_is_the_same_meeting_and_another_is_not() {
    let files = ["meeting.json", "register.csv", "cards.csv", "street.csv"];
    let bytes = |seed| {
        let folder = tempfile::tempdir().unwrap();
        write(Options::usual(Shape::Mixed, 500, 500, seed), folder.path());
        files.map(|file| fs::read(folder.path().join(file)).unwrap())
    };
    let (first, again, other) = (bytes(1), bytes(1), bytes(2));
    assert!(first == again, "the same bytes");
    for ((file, one), another) in files.iter().zip(first).zip(other) {
        assert!(one != another, "{file} follows from the seed");
    }
}

#[test]
fn cards_are_as_many_as_asked_for_or_refused() {
    let figures = |shape, holders, cards| {
        let folder = tempfile::tempdir().unwrap();
        write(Options::usual(shape, holders, cards, 1), folder.path())
    };
    assert_eq!(cards(&figures(Shape::Plain, 100, 100), "read"), 100);
    assert_eq!(cards(&figures(Shape::Ten, 100, 1000), "read"), 1000);
    assert_eq!(cards(&figures(Shape::One, 1, 1000), "read"), 1000);
    for (shape, holders, cards) in [(Shape::Plain, 100, 101), (Shape::Ten, 100, 1001), (Shape::Mixed, 1, 1)] {
        assert!(Meeting::new(Options::usual(shape, holders, cards, 1)).is_err(), "{shape:?}");
    }
}
