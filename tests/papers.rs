//! What inspectors sign and counsel file: page one, the oath, who appointed them, dates, trials, advisory votes.
//! Figures and words worked out by hand.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{folder_of, quorate, stderr, stdout};

/// 1,000 shares under the law of Delaware, 700 of them present. Item 1, a plan: 400 for, 300 against; by votes cast
/// 351 are needed. Item 2: one seat, Ada with 700.
fn meeting() -> Value {
    json!({
        "company": "Example Corporation", "title": "Annual Meeting", "date": "2012-12-05",
        "time_zone": "America/New_York", "record_date": "2012-11-01", "polls_close": "2012-12-05T12:00",
        "inspectors": ["Ann Inspector"],
        "classes": [{ "id": "common", "name": "Common Stock", "outstanding": "1000" }],
        "quorum": { "more_than": "1/2" }, "rules": { "law": "delaware" },
        "proxy_forms": [{ "id": "board", "ballot_cast": "2012-12-05T00:05" }],
        "items": [
            { "id": "1", "kind": "proposal", "title": "Plan", "standard": "majority_of_votes_cast" },
            { "id": "2", "kind": "election", "title": "Director", "seats": 1,
              "nominees": [{ "id": "a", "name": "Ada" }] }
        ]
    })
}

const REGISTER: &str = "account,name,shares\n1,Ann,400\n2,Bob,300\n3,Carol,300\n";
const CARDS: &str = "card,account,received,1,2\nC1,1,2012-11-20,FOR,FOR\nC2,2,2012-11-21,AGAINST,FOR\n";

fn folder(change: impl Fn(&mut Value)) -> tempfile::TempDir {
    let mut meeting = meeting();
    change(&mut meeting);
    folder_of(&[("meeting.json", &meeting.to_string()), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

fn shown(folder: &Path, format: &str) -> String {
    let output = quorate(&["tabulate", folder.to_str().unwrap(), "--format", format]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// In one line, however it was broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

// ---- Page one

/// Everything that is certified stands before the line to sign on, and that before every annex.
#[test]
fn page_one_is_a_whole() {
    let folder = folder(|_| {});
    let text = shown(folder.path(), "text");
    let places: Vec<usize> = [
        "Example Corporation",
        "Record date             November 1, 2012",
        "Polls closed            December 5, 2012, 12:00 p.m. (America/New_York)",
        "700 of 1,000 votes outstanding were present in person or by proxy (70.00%); 501 were",
        "1. Plan      400                  300         351  approved",
        "2. Director                             plurality   elected",
        "  Ada        700                    0               elected",
        "Fingerprint of these results: ",
        "  - Nothing: no matter is open and there is no warning.",
        "Nothing was considered beside the proxies, ballots, revocations and the register (8 Del. C. §",
        "The undersigned Inspector of Elections ascertained",
        "Ann Inspector, Inspector of Elections",
        "ANNEXES",
        "ballot handed in December 5, 2012, 12:05 a.m.",
        "ITEM 1: Plan",
    ]
    .iter()
    .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}\n{text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
    assert!(text[..places[12]].lines().count() < 58, "page one fits a page");
}

/// One inspector certifies, two certify; the oath and who appointed them stand where the meeting says so.
#[test]
fn one_inspector_certifies_and_two_certify() {
    let one = words(&shown(folder(|_| {}).path(), "text"));
    assert!(one.contains("The undersigned Inspector of Elections ascertained"), "{one}");
    assert!(one.contains("and certifies the results above"), "{one}");
    assert!(!one.contains("OATH") && !one.contains("Appointed by"), "{one}");
    let two = folder(|meeting| {
        meeting["inspectors"] = json!(["Ann Inspector", "Ben Inspector"]);
        meeting["appointed"] = json!({ "by": "the Board of Directors", "on": "2012-11-20" });
        meeting["oath"] = json!(true);
    });
    for format in ["text", "html", "markdown"] {
        let two = words(&shown(two.path(), format));
        for said in [
            "the Board of Directors on November 20, 2012",
            "The undersigned Inspectors of Elections, duly appointed, ascertained",
            "and certify the results above",
            "We, the inspectors of elections, swear to execute faithfully the duties of inspector at this meeting \
             with strict impartiality and according to the best of our ability (8 Del. C. § 231(a)).",
        ] {
            assert!(two.contains(said), "{format}: {said}\n{two}");
        }
        assert!(two.find("OATH.").unwrap() < two.find("The undersigned").unwrap(), "the oath is above");
    }
    let other_law = folder(|meeting| {
        meeting["oath"] = json!(true);
        meeting["rules"] = json!({ "law": "model_act" });
    });
    let other_law = words(&shown(other_law.path(), "text"));
    assert!(other_law.contains("according to the best of such inspector's ability."), "{other_law}");
    assert!(!other_law.contains("Del. C."), "{other_law}");
}

#[test]
fn dates_are_written_as_the_meeting_says_and_data_stays_iso() {
    let iso = folder(|meeting| meeting["dates"] = json!("iso"));
    let text = shown(iso.path(), "text");
    assert!(text.contains("Polls closed            2012-12-05, 12:00 (America/New_York)"), "{text}");
    assert!(!text.contains("December"), "{text}");
    let data: Value = serde_json::from_str(&shown(folder(|_| {}).path(), "json")).unwrap();
    assert_eq!(data["meeting"]["date"], "2012-12-05");
    assert_eq!(data["meeting"]["dates"], "us");
}

#[test]
fn an_advisory_vote_says_so_and_another_does_not() {
    let folder = folder(|meeting| meeting["items"][0]["advisory"] = json!(true));
    let text = shown(folder.path(), "text");
    assert!(text.contains("RESULT: APPROVED on an advisory basis."), "{text}");
    assert!(text.contains("351  approved on an advisory basis"), "{text}");
    let plain = shown(self::folder(|_| {}).path(), "text");
    assert!(!plain.contains("advisory"), "{plain}");
}

/// A plurality form offers FOR and WITHHOLD (SEC Rule 14a-4(b)(2)): what it does not offer is a column only where
/// somebody marked it.
#[test]
fn columns_that_the_form_does_not_offer_are_left_out_while_they_are_zero() {
    let text = shown(folder(|_| {}).path(), "text");
    assert!(text.contains("  Nominee  For  Withheld  Broker non-votes\n"), "{text}");
    assert!(text.contains("         For  Against  Abstain  Broker non-votes\n"), "{text}");
    let asked = folder(|meeting| {
        meeting["items"][1]["options"] = json!(["for", "against", "abstain"]);
        meeting["items"][0]["options"] = json!(["for", "withhold"]);
    });
    let text = shown(asked.path(), "text");
    assert!(text.contains("  Nominee  For  Against  Abstain  Broker non-votes\n"), "{text}");
    // 300 stand against although the form of item 1 does not offer it.
    assert!(text.contains("         For  Against  Withheld  Broker non-votes\n"), "{text}");
}

/// What is needed of several tests: 2/3 of the 700 votes cast are 467, a majority of the 1,000 outstanding 501.
#[test]
fn what_is_needed_is_the_whole_standard() {
    let needed = |standard: Value| {
        let folder = folder(|meeting| meeting["items"][0]["standard"] = standard.clone());
        let text = shown(folder.path(), "text");
        let row = text.lines().find(|line| line.starts_with("1. Plan")).unwrap();
        row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).nth(3).unwrap().to_owned()
    };
    let two_thirds = json!({ "at_least": "2/3", "of": "votes_cast" });
    let majority = json!({ "more_than": "1/2", "of": "outstanding" });
    let heads = json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" });
    assert_eq!(needed(json!({ "all_of": [two_thirds, majority] })), "501");
    assert_eq!(needed(json!({ "any_of": [two_thirds, majority] })), "467");
    // Of the two holders on a side, two are more than one half.
    assert_eq!(needed(json!({ "all_of": [two_thirds, heads] })), "467 and 2 holders");
    assert_eq!(needed(json!({ "any_of": [two_thirds, heads] })), "2 holders or 467");
}

// ---- Trials

#[test]
fn a_trial_says_so_on_every_document() {
    let folder = folder(|meeting| meeting["mode"] = json!("test"));
    for format in ["text", "html", "markdown"] {
        assert!(
            shown(folder.path(), format).contains("TEST - A TRIAL, NOT THE RESULT OF A MEETING"),
            "{format}"
        );
    }
}
