//! Defects that other tabulators had, each with a test of the opposite.
//!
//! | defect | here |
//! |---|---|
//! | the program ends with exit code 0 after a count that failed | `a_failed_count_is_no_success` |
//! | the order of tied names comes from a hash table | `tied_names_stand_in_ballot_order_on_every_run` |
//! | scores in binary floating point; sums that depend on the order | `sums_are_exact_in_any_order` |
//! | totals cut at eight digits, or stopped at 2^31 or 2^53 | `totals_are_printed_to_their_last_digit` |
//! | the limit of votes checked on the scale and not on each ballot, so that valid ones were refused | `each_card_is_held_to_its_own_pool` |
//! | negative votes accepted | `negative_votes_are_refused` |
//! | nothing of nothing approves: 0 of 0 passes | `nothing_of_nothing_approves_nothing` |
//! | percentages that differ from one format to another | `a_percentage_is_worked_out_in_one_way` |
//! | a file of another meeting accepted, with no votes in it | `a_file_of_another_meeting_is_noticed` |
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{folder_of, quorate, stderr, stdout};
use tempfile::TempDir;

const ITEM: &str = r#"{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }"#;
const ELECTION: &str = r#"{ "id": "1", "kind": "election", "seats": 2, "nominees": [
    { "id": "n3", "name": "Three" }, { "id": "n1", "name": "One" }, { "id": "n4", "name": "Four" },
    { "id": "n2", "name": "Two" }], "cumulative": { "notice": NOTICE } }"#;

/// A meeting of one class with so many shares outstanding.
fn meeting(outstanding: &str, item: &str, register: &str, cards: &str) -> TempDir {
    let json = r#"{ "company": "Example", "title": "Annual Meeting", "date": "2002-12-05", "time_zone": "UTC",
        "record_date": "2002-11-01", "polls_close": "2002-12-05T11:00",
        "classes": [{ "id": "common", "outstanding": "OUTSTANDING" }], "quorum": { "at_least": "1/3" },
        "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }], "items": [ITEM] }"#;
    let json = json.replace("OUTSTANDING", outstanding).replace("ITEM", item);
    let register = format!("account,name,shares\n{register}");
    folder_of(&[("meeting.json", &json), ("register.csv", &register), ("cards.csv", cards)])
}

fn certificate(folder: &TempDir) -> Value {
    let output = quorate(&["tabulate", folder.path().to_str().unwrap(), "--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

fn text(folder: &TempDir) -> String {
    stdout(&quorate(&["tabulate", folder.path().to_str().unwrap()]))
}

#[test]
fn a_failed_count_is_no_success() {
    let right = "1,A,60\n2,B,40\n";
    for (register, cards) in [
        ("1,A,60\n2,B,41\n", "card,account,received,2\nC,1,2002-11-20,FOR\n"),
        (right, "card,account,received,2\nC,1,2002-11-20,YES\n"),
        (right, "card,account,received,2\nC,1,2002-11-20\n"),
        (right, "card,account,received,3\nC,1,2002-11-20,FOR\n"),
    ] {
        let folder = meeting("100", ITEM, register, cards);
        for command in ["tabulate", "check"] {
            let output = quorate(&[command, folder.path().to_str().unwrap()]);
            assert_eq!(output.status.code(), Some(1), "{cards}");
            assert!(output.stdout.is_empty(), "{cards}");
            assert!(stderr(&output).starts_with("error: "), "{cards}");
        }
    }
    let folder = meeting("100", ITEM, right, "card,account,received,2\nC,1,2002-11-20,FOR\n");
    assert_eq!(quorate(&["tabulate", folder.path().to_str().unwrap()]).status.code(), Some(0));
}

/// Four names with 10 votes each for two seats. Every run hashes with another seed.
#[test]
fn tied_names_stand_in_ballot_order_on_every_run() {
    let cards = "card,account,received,1.n1,1.n2,1.n3,1.n4\n\
                 C1,1,2002-11-20,FOR,FOR,W,W\nC2,2,2002-11-20,W,W,FOR,FOR\n";
    let folder = meeting("20", &ELECTION.replace("NOTICE", "null"), "1,A,10\n2,B,10\n", cards);
    let first = certificate(&folder);
    assert_eq!(first["items"][0]["outcome"], "tied");
    assert_eq!(first["items"][0]["tied"], serde_json::json!(["n3", "n1", "n4", "n2"]));
    for _ in 0..20 {
        assert_eq!(certificate(&folder), first);
    }
}

/// 0.1 + 0.2 + 0.3 is 0.6 and half of 1.2, no more; 2^53 + 1 is not 2^53.
#[test]
fn sums_are_exact_in_any_order() {
    let register = "1,A,0.1\n2,B,0.2\n3,C,0.3\n4,D,0.6\n";
    let rows = [
        "C1,1,2002-11-20,FOR\n",
        "C2,2,2002-11-20,FOR\n",
        "C3,3,2002-11-20,FOR\n",
        "C4,4,2002-11-20,AGAINST\n",
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 2, 0, 3]] {
        let cards = order.iter().fold("card,account,received,2\n".to_owned(), |text, row| text + rows[*row]);
        let item = &certificate(&meeting("1.2", ITEM, register, &cards))["items"][0];
        assert_eq!((&item["for"], &item["against"]), (&"0.6".into(), &"0.6".into()));
        assert_eq!(item["outcome"], "not_approved", "half is not more than half");
    }
    let cards = "card,account,received,2\nC1,1,2002-11-20,FOR\nC2,2,2002-11-20,AGAINST\n";
    let register = "1,A,9007199254740993\n2,B,9007199254740992\n";
    // An amount is at most 10^15, so these are made of votes: a thousandth of the shares, 1,000 votes each.
    let register = register
        .replace("9007199254740993", "9007199254740.993")
        .replace("9007199254740992", "9007199254740.992");
    let folder = meeting("18014398509481.985", ITEM, &register, cards);
    let path = folder.path().join("meeting.json");
    let json = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        json.replace("\"id\": \"common\",", "\"id\": \"common\", \"votes_per_share\": \"1000\","),
    )
    .unwrap();
    let item = &certificate(&folder)["items"][0];
    assert_eq!((&item["for"], &item["against"]), (&"9007199254740993".into(), &"9007199254740992".into()));
    assert_eq!(item["outcome"], "approved", "one vote more is more");
}

#[test]
fn totals_are_printed_to_their_last_digit() {
    for total in [
        "99999999",
        "100000000",
        "2147483647",
        "2147483648",
        "4294967296",
        "123456789012345",
        "1000000000000000",
    ] {
        let cards = "card,account,received,2\nC1,1,2002-11-20,FOR\n";
        let folder = meeting(total, ITEM, &format!("1,A,{total}\n"), cards);
        assert_eq!(certificate(&folder)["items"][0]["for"], total);
        let shown = quorate::text::thousands(total);
        // The other columns are all zero; the form offers no box to withhold.
        let line = format!("  Votes  {shown}        0        0                 0");
        assert!(text(&folder).lines().any(|found| found == line), "{line}\n{}", text(&folder));
    }
}

/// Two seats: ten shares have 20 votes. The first card casts 21 and is void in the election; the
/// second casts 2 of its 20, and the third all of them on one name.
#[test]
fn each_card_is_held_to_its_own_pool() {
    let notice = r#"{ "by": "1", "given": "2002-12-05T09:00" }"#;
    let cards = "card,account,received,1.n1,1.n2,1.n3,1.n4\n\
                 C1,1,2002-11-20,21,,,\nC2,2,2002-11-20,1,1,,\nC3,3,2002-11-20,,,20,\n";
    let folder = meeting("30", &ELECTION.replace("NOTICE", notice), "1,A,10\n2,B,10\n3,C,10\n", cards);
    let item = &certificate(&folder)["items"][0];
    let votes: Vec<&str> =
        item["nominees"].as_array().unwrap().iter().map(|nominee| nominee["for"].as_str().unwrap()).collect();
    assert_eq!(votes, ["20", "1", "0", "1"]);
    let pool = &item["cumulative"];
    assert_eq!((&pool["pool"], &pool["void"], &pool["unused"]), (&"60".into(), &"20".into(), &"18".into()));
}

#[test]
fn negative_votes_are_refused() {
    let notice = r#"{ "by": "1", "given": "2002-12-05T09:00" }"#;
    let cards = "card,account,received,1.n1\nC1,1,2002-11-20,-5\n";
    let folder = meeting("30", &ELECTION.replace("NOTICE", notice), "1,A,30\n", cards);
    let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("error: cards.csv:2: 1.n1: `-5` "), "{}", stderr(&output));
    let folder = meeting("20", ITEM, "1,A,30\n2,B,-10\n", "card,account,received,2\n");
    let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    assert!(stderr(&output).starts_with("error: register.csv:3: shares: `-10` "), "{}", stderr(&output));
}

/// All present abstain: no votes are cast, and not one of them is more or at least a part of none.
#[test]
fn nothing_of_nothing_approves_nothing() {
    let at_least =
        r#"{ "id": "2", "kind": "proposal", "standard": { "at_least": "1/2", "of": "votes_cast" } }"#;
    for item in [ITEM, at_least] {
        for mark in ["ABSTAIN", "NONVOTE", ""] {
            let cards = format!("card,account,received,2\nC1,1,2002-11-20,{mark}\n");
            let folder = meeting("100", item, "1,A,100\n", &cards);
            assert_eq!(certificate(&folder)["items"][0]["outcome"], "not_approved", "{mark}");
        }
    }
}

/// Percentages are for the reader of the certificate's text; its data has none that could differ.
#[test]
fn a_percentage_is_worked_out_in_one_way() {
    let cards = "card,account,received,2\nC1,1,2002-11-20,FOR\nC2,2,2002-11-20,AGAINST\n";
    // 2 of 3 is 66.666…: rounded 66.67, the same wherever it is printed.
    let folder = meeting("3", ITEM, "1,A,2\n2,B,1\n", cards);
    let shown = text(&folder);
    assert!(shown.contains("2 for, of 3 votes cast (for and against) = 66.67%"), "{shown}");
    assert!(!shown.contains("66.66") && !shown.contains("66.7 "), "{shown}");
    assert!(!certificate(&folder).to_string().contains("66.6"));
}

/// Columns of other items stop the run; where the columns are the same and nobody is known, a warning asks.
#[test]
fn a_file_of_another_meeting_is_noticed() {
    let folder = meeting("100", ITEM, "1,A,100\n", "card,account,received,7\nC1,1,2002-11-20,FOR\n");
    let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("error: cards.csv:1: 7: `7` is not a column of this file"),
        "{}",
        stderr(&output)
    );
    let strangers = "card,account,received,2\nC1,X-1,2002-11-20,FOR\nC2,X-2,2002-11-20,FOR\n";
    let folder = meeting("100", ITEM, "1,A,100\n", strangers);
    let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
    let warning = "warning: cards_of_no_account: cards.csv: not one of the cards is of an account on the register or \
                   in omnibus.csv (2 cards); is the file of another meeting?\n";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
    let one_known = format!("{strangers}C3,1,2002-11-20,FOR\n");
    let output =
        quorate(&["tabulate", meeting("100", ITEM, "1,A,100\n", &one_known).path().to_str().unwrap()]);
    assert!(!stderr(&output).contains("cards_of_no_account"), "{}", stderr(&output));
}
