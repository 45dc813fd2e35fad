//! The percentages of published results, from the figures that the program certifies for them.
//!
//! The totals and outcomes are compared in `tests/figures.rs`. Here each printed percentage is worked
//! out exactly from the certificate's figures, with the base that its folder names; where the
//! publication's own percentage does not follow from its votes, that it does not is asserted too.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;

/// An amount in millionths.
fn millionths(text: &str) -> i128 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{decimals:0<6}").parse().unwrap()
}

/// Sets of figures that belong together: a nominee's, an item's or a voting group's lines, with the
/// votes present and outstanding there and at the meeting.
fn figure_sets(certificate: &Value) -> Vec<Value> {
    let quorum = &certificate["quorum"];
    let mut sets = vec![quorum.clone()];
    let classes = certificate["classes"].as_array().unwrap();
    for item in certificate["items"].as_array().unwrap() {
        let nominees = item["nominees"].as_array().into_iter().flatten();
        let groups = item["voting_groups"].as_array().into_iter().flatten();
        for lines in nominees.chain(groups).chain([item]) {
            for whole in [item, quorum] {
                let mut set = lines.clone();
                set["present"] = whole["present"].clone();
                set["outstanding"] = whole["outstanding"].clone();
                sets.push(set);
            }
        }
    }
    for class in classes {
        let (present, outstanding) = (&class["votes_present"], &class["votes_outstanding"]);
        sets.push(serde_json::json!({ "present": present, "outstanding": outstanding }));
    }
    sets
}

/// A sum of figures such as `(for+against)`; nothing when the set lacks one.
fn sum(expression: &str, set: &Value) -> Option<i128> {
    let names = expression.trim_matches(['(', ')']).split('+');
    names.map(|name| set[name.trim()].as_str().map(millionths)).sum()
}

/// The percentage to so many decimals, rounded half up and cut off, in its last decimal.
fn percentages(part: i128, base: i128, decimals: u32) -> (i128, i128) {
    let scaled = part * 100 * 10_i128.pow(decimals);
    ((2 * scaled + base) / (2 * base), scaled / base)
}

fn check(folder: &Path, printed: &Value, sets: &[Value], faults: &mut Vec<String>) -> bool {
    let Some((part, base)) = printed["fraction"].as_str().and_then(|fraction| fraction.split_once('/'))
    else {
        return false;
    };
    let text = printed["printed"].as_str().unwrap().trim_end_matches('%');
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return false;
    }
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let last = text.replace('.', "").parse::<i128>().unwrap();
    let (part, base) = (millionths(part), millionths(base));
    let (rounded, cut_off) = percentages(part, base, u32::try_from(decimals).unwrap());
    let name = format!("{}: {}: {text}%", folder.display(), printed["of"]);
    let follows = match printed["reproduced"].as_str().unwrap() {
        "rounded" => last == rounded,
        "cut off" => last == cut_off && last != rounded,
        "no" => last != cut_off && last != rounded,
        _ => return false,
    };
    if !follows {
        faults.push(format!("{name} does not follow as said: {rounded} rounded, {cut_off} cut off"));
    }
    // Bases in words are of figures that the certificate sums otherwise.
    let (over, under) = printed["base"].as_str().unwrap().split_once('/').unwrap();
    if printed["base"].as_str().unwrap().contains(' ') || over == "shortfall" {
        return false;
    }
    let is_there = sets.iter().any(|set| sum(over, set) == Some(part) && sum(under, set) == Some(base));
    // fngr-2023 says that 25,677,415 votes were present; the rows of its election come to 2,000 more.
    let is_known = folder.ends_with("fngr-2023") && printed["of"] == "present";
    if is_there == is_known {
        faults.push(format!("{name}: figures of the certificate against {}", printed["fraction"]));
    }
    true
}

#[test]
fn published_percentages_follow_from_the_certified_figures() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for entry in fs::read_dir(support::fixtures().join("published")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(folder.join("expected/figures.json")) else { continue };
        let figures: Value = serde_json::from_str(&text).unwrap();
        let args = ["tabulate", folder.to_str().unwrap(), "--format", "json", "--quiet"];
        let certificate: Value = serde_json::from_slice(&support::quorate(&args).stdout).unwrap();
        let sets = figure_sets(&certificate);
        for printed in figures["published"]["percentages"].as_array().into_iter().flatten() {
            count += usize::from(check(&folder, printed, &sets, &mut faults));
        }
    }
    assert!(count > 250, "only {count} percentages were compared");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
