//! `quorate audit`: draws that a line of shell recomputes, and what the pulled paper makes of the result.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use num_bigint::BigUint;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{quorate, stderr, stdout};

const SEED: &str = "31415926535897932384";

const MEETING: &str = r#"{ "company": "Alder", "title": "Annual Meeting", "date": "2002-12-05", "time_zone": "UTC",
  "record_date": "2002-11-01", "polls_open": "2002-12-05T10:15:00", "polls_close": "2002-12-05T11:00:00",
  "classes": [{ "id": "c", "outstanding": "13000" }], "quorum": { "more_than": "1/2" }, "rules": { "law": "delaware" },
  "proxy_forms": [{ "id": "m", "ballot_cast": "2002-12-05T10:50:00" }],
  "items": [{ "id": "1", "kind": "proposal", "title": "Plan", "standard": "majority_of_votes_cast" }] }"#;

/// 130 holders of 100: 78 FOR, 40 AGAINST, 12 sent nothing. 7,800 to 4,000 of 13,000.
fn meeting(folder: &Path) -> PathBuf {
    let mut register = "account,name,shares\n".to_owned();
    let mut cards = "card,account,received,1\n".to_owned();
    for place in 0..130 {
        writeln!(register, "A{place:03},Holder {place},100").unwrap();
        if place < 118 {
            let mark = if place < 78 { "FOR" } else { "AGAINST" };
            writeln!(cards, "C{place:03},A{place:03},2002-11-20,{mark}").unwrap();
        }
    }
    let meeting = folder.join("meeting");
    fs::create_dir(&meeting).unwrap();
    fs::write(meeting.join("meeting.json"), MEETING).unwrap();
    fs::write(meeting.join("register.csv"), register).unwrap();
    fs::write(meeting.join("cards.csv"), cards).unwrap();
    meeting
}

/// Draws and returns the folder of the lists.
fn draw(folder: &Path, more: &[&str]) -> PathBuf {
    let meeting = meeting(folder);
    let out = folder.join("audit");
    let (meeting, shown) = (meeting.to_str().unwrap(), out.to_str().unwrap().to_owned());
    let args =
        [&["audit", "draw", meeting, "--seed", SEED, "--risk", "1/10", "--out", &shown], more].concat();
    let output = quorate(&args);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    out
}

fn plan(out: &Path) -> Value {
    serde_json::from_slice(&fs::read(out.join("claims.json")).unwrap()).unwrap()
}

/// Fills in the paper: what was counted, but for the accounts that `other` names.
fn fill(out: &Path, other: impl Fn(&str) -> Option<&'static str>) {
    let path = out.join("pulls.csv");
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(&header).unwrap();
    for row in rows {
        let mut cells: Vec<&str> = row.iter().collect();
        cells[7] = other(cells[2]).unwrap_or(cells[6]);
        writer.write_record(&cells).unwrap();
    }
    writer.flush().unwrap();
}

fn assess(out: &Path) -> (Option<i32>, String, String) {
    let output = quorate(&["audit", "assess", out.join("pulls.csv").to_str().unwrap()]);
    (output.status.code(), stdout(&output), stderr(&output))
}

#[test]
fn as_many_are_drawn_as_suffice_and_each_draw_can_be_recomputed() {
    let folder = tempfile::tempdir().unwrap();
    let out = draw(folder.path(), &[]);
    let plan = plan(&out);
    // Majority: 7,800 − 5,900 = 1,900 of 13,000: 17 draws. Quorum: 11,800 − 6,500 = 5,300: fewer. Nobody has as
    // many votes as one of 17 draws stands for, 764.7.
    assert_eq!(plan["claims"].as_array().unwrap().len(), 2);
    assert_eq!(
        (plan["claims"][0]["total"].as_str(), plan["claims"][1]["total"].as_str()),
        (Some("5300"), Some("1900"))
    );
    assert_eq!((plan["certain"].as_array().unwrap().len(), plan["drawn_from"].as_str()), (0, Some("13000")));
    // What is audited is the certificate that tabulate writes.
    let results = folder.path().join("results");
    let meeting = folder.path().join("meeting");
    quorate(&["tabulate", meeting.to_str().unwrap(), "--out", results.to_str().unwrap(), "--quiet"]);
    let digest = quorate::load::digest(&results.join("certificate.json")).unwrap();
    assert_eq!(plan["fingerprint"].as_str().unwrap().replace(' ', ""), digest);
    assert_eq!(plan["status"], "certified");
    let draws = plan["draws"].as_array().unwrap();
    assert_eq!(draws.len(), 17);
    for (number, draw) in (1..).zip(draws) {
        let hash = Sha256::digest(format!("{SEED},{number},1"));
        let unit = BigUint::from_bytes_be(&hash) % 13_000_u32;
        assert_eq!(draw["unit"].as_str().unwrap(), unit.to_string());
        // Each account has a run of 100 votes, in the order of their numbers.
        assert_eq!(draw["account"].as_str().unwrap(), format!("A{:0>3}", (unit / 100_u32).to_string()));
    }
    let accounts = fs::read_to_string(out.join("accounts.csv")).unwrap();
    assert!(
        accounts.starts_with("account,votes,first,last\nA000,100,0,99\nA001,100,100,199\n"),
        "{accounts}"
    );
}

#[test]
fn paper_that_agrees_confirms_and_paper_that_does_not_asks_for_more() {
    let folder = tempfile::tempdir().unwrap();
    let out = draw(folder.path(), &[]);
    fill(&out, |_| None);
    let (code, told, _) = assess(&out);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("All paper pulled says what was counted."), "{told}");
    // The first draw of this seed, vote 4,290, is A042's, FOR. On paper it abstains: seventeen draws no longer do.
    fill(&out, |account| (account == "A042").then_some("ABSTAIN"));
    let (code, told, _) = assess(&out);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("The paper says otherwise of: A042"), "{told}");
    assert!(told.contains("item 1: has more than 1/2 of votes cast: GO ON"), "{told}");
}

#[test]
fn an_account_without_paper_can_be_drawn_and_a_lost_card_found() {
    let folder = tempfile::tempdir().unwrap();
    let out = draw(folder.path(), &["--draws", "200"]);
    let list = fs::read_to_string(out.join("pulls.csv")).unwrap();
    let absent = list.lines().find(|line| line.contains(",ABSENT,")).expect("one of 12 in 130");
    let account = absent.split(',').nth(2).unwrap().to_owned();
    fill(&out, |drawn| (drawn == account).then_some("AGAINST"));
    let (_, told, _) = assess(&out);
    assert!(told.contains(&format!("The paper says otherwise of: {account}")), "{told}");
}

#[test]
fn a_list_that_is_not_filled_in_or_is_not_what_was_drawn_is_refused_with_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let out = draw(folder.path(), &[]);
    let (code, _, told) = assess(&out);
    assert_eq!(code, Some(1));
    assert!(told.contains("pulls.csv:2: on_paper: `` is blank"), "{told}");
    assert!(told.contains("pulls.csv:3: on_paper: `` is blank"), "{told}");
    fill(&out, |_| Some("FOR 101"));
    let (code, _, told) = assess(&out);
    assert_eq!(code, Some(1));
    assert!(told.contains("comes to 101 votes, more than the account's 100"), "{told}");
    fill(&out, |_| Some("FOR 100"));
    let list = fs::read_to_string(out.join("pulls.csv")).unwrap();
    let without_last = list.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
    fs::write(out.join("pulls.csv"), without_last).unwrap();
    let (code, _, told) = assess(&out);
    assert_eq!(code, Some(1));
    assert!(told.contains("its rows in pulls.csv are not those that were drawn"), "{told}");
}

#[test]
fn a_preliminary_result_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let meeting = meeting(folder.path());
    let json = fs::read_to_string(meeting.join("meeting.json")).unwrap();
    fs::write(meeting.join("meeting.json"), json.replace(r#", "ballot_cast": "2002-12-05T10:50:00""#, ""))
        .unwrap();
    let out = folder.path().join("audit");
    let output = quorate(&[
        "audit",
        "draw",
        meeting.to_str().unwrap(),
        "--seed",
        SEED,
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("The result is preliminary"), "{}", stdout(&output));
}

#[test]
fn a_seed_too_short_and_a_risk_that_is_none_are_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let meeting = meeting(folder.path());
    let out = folder.path().join("audit");
    for (seed, risk) in [("123", "1/20"), (SEED, "0"), (SEED, "1"), (SEED, "5%")] {
        let args = ["audit", "draw", meeting.to_str().unwrap(), "--seed", seed, "--risk", risk, "--out"];
        let output = quorate(&[&args[..], &[out.to_str().unwrap()]].concat());
        assert_eq!(output.status.code(), Some(2), "{seed} {risk}: {}", stderr(&output));
        assert!(!out.exists());
    }
}

#[test]
fn a_cumulative_election_claims_each_winner_over_each_loser() {
    // g1: m1, m2, m3 with 6,250 each over d1 with 2,100, at most three votes a share; item 2 by its two tests.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("audit");
    let g1 = support::fixtures().join("g1");
    let args = ["audit", "draw", g1.to_str().unwrap(), "--seed", SEED, "--out", out.to_str().unwrap()];
    let output = quorate(&args);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    let plan = plan(&out);
    let claims = plan["claims"].as_array().unwrap();
    let over: Vec<&Value> =
        claims.iter().filter(|claim| claim["kind"].get("winner_over_loser").is_some()).collect();
    assert_eq!(over.len(), 3);
    for claim in over {
        assert_eq!(
            (claim["total"].as_str(), claim["low"].as_str(), claim["high"].as_str()),
            (Some("4150"), Some("-3"), Some("3"))
        );
    }
    fill(&out, |_| None);
    let (code, told, problems) = assess(&out);
    assert_eq!(code, Some(0), "{told}{problems}");
}
