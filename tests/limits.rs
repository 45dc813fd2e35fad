//! Every limit that the README states, from both sides: at the limit the meeting is read, one past it
//! a message names the limit.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{folder_of, quorate, stderr};

/// A meeting with one holder of all shares.
fn meeting() -> Value {
    json!({
        "company": "Example Corporation",
        "title": "Annual Meeting",
        "date": "2002-12-05",
        "time_zone": "UTC",
        "record_date": "2002-11-01",
        "polls_close": "2002-12-05T11:00",
        "classes": [{ "id": "common", "outstanding": "100" }],
        "quorum": { "more_than": "1/2" },
        "proxy_forms": [{ "id": "board", "ballot_cast": "2002-12-05T10:40" }],
        "items": [{ "id": "2", "kind": "proposal", "standard": "majority_of_votes_cast" }],
    })
}

const REGISTER: &str = "account,name,shares\n1,Ann,100\n";
const CARDS: &str = "card,account,received,2\nC,1,2002-11-20,FOR\n";

/// The problems found in a meeting's files; none when it is read.
fn problems(json: &str, register: &str, cards: &str) -> String {
    let folder = folder_of(&[("meeting.json", json), ("register.csv", register), ("cards.csv", cards)]);
    let output = quorate(&["check", folder.path().to_str().unwrap()]);
    let found = stderr(&output);
    assert_eq!(output.status.code(), Some(i32::from(!found.is_empty())), "{found}");
    found
}

/// A change of the meeting is read at the limit, and refused past it with this problem first.
fn limit(change: impl Fn(&mut Value, usize), most: usize, refusal: &str) {
    let tried = |count: usize| {
        let mut json = meeting();
        change(&mut json, count);
        problems(&json.to_string(), REGISTER, "card,account,received\n")
    };
    assert_eq!(tried(most), "", "{refusal}");
    assert_starts(&tried(most + 1), refusal);
}

/// The code of the problem follows the message.
fn assert_starts(found: &str, start: &str) {
    let start = start.trim_end();
    assert!(found.starts_with(start), "expected {start}\nfound    {found}");
}

fn many(count: usize, of: impl Fn(usize) -> Value) -> Value {
    (0..count).map(of).collect()
}

/// The register must say the class of each position where there are several: here it does not, which
/// is found after the classes.
#[test]
fn classes() {
    let of = |count| {
        let mut json = meeting();
        json["classes"] = many(count, |place| json!({ "id": format!("c{place}"), "outstanding": "100" }));
        problems(&json.to_string(), REGISTER, "card,account,received\n")
    };
    assert_starts(&of(100), "error: register.csv:1: class: the column is required");
    assert_starts(&of(101), "error: meeting.json:1: classes: must hold 1 to 100 classes, but holds 101\n");
}

#[test]
fn forms() {
    limit(
        |json, count| json["proxy_forms"] = many(count, |place| json!({ "id": format!("f{place}") })),
        100,
        "error: meeting.json:1: proxy_forms: must hold 1 to 100 proxy forms, but holds 101\n",
    );
}

#[test]
fn items() {
    let item =
        |place| json!({ "id": format!("i{place}"), "kind": "proposal", "standard": "majority_of_present" });
    limit(
        |json, count| json["items"] = many(count, item),
        500,
        "error: meeting.json:1: items: must hold 1 to 500 items, but holds 501\n",
    );
}

#[test]
fn nominees_and_choices() {
    let ids = |count| many(count, |place| json!({ "id": format!("n{place}") }));
    limit(
        |json, count| {
            json["items"] = json!([{ "id": "1", "kind": "election", "seats": 1, "nominees": ids(count) }])
        },
        100,
        "error: meeting.json:1: item \"1\".nominees: must hold 1 to 100 nominees, but holds 101\n",
    );
    limit(
        |json, count| json["items"] = json!([{ "id": "1", "kind": "frequency", "choices": ids(count) }]),
        100,
        "error: meeting.json:1: item \"1\".choices: must hold 1 to 100 choices, but holds 101\n",
    );
}

#[test]
fn seats() {
    let nominees = json!([{ "id": "n" }]);
    limit(
        |json, count| {
            json["items"] = json!([{ "id": "1", "kind": "election", "seats": count, "nominees": nominees }]);
        },
        100,
        "error: meeting.json:1: item \"1\".seats: must be a whole number from 1 to 100, but is `101`\n",
    );
}

#[test]
fn tests_side_by_side_and_one_in_another() {
    let test = || json!({ "more_than": "1/2", "of": "present" });
    limit(
        |json, count| json["items"][0]["standard"] = json!({ "all_of": many(count, |_| test()) }),
        20,
        "error: meeting.json:1: item \"2\".standard.all_of: must hold 1 to 20 tests, but holds 21\n",
    );
    limit(
        |json, count| {
            json["items"][0]["standard"] = (0..count).fold(test(), |inner, _| json!({ "any_of": [inner] }));
        },
        8,
        "error: meeting.json:1: item \"2\".standard.any_of.0",
    );
}

/// Brackets in brackets, those in strings aside; a million of them do not exhaust the stack.
#[test]
fn depth_of_json() {
    let arrays = |depth: usize| format!("{}{}", "[\n".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}\"[[\\\"{{\"{}", "{\"a\": \n".repeat(depth), "}".repeat(depth));
    assert_starts(&problems(&arrays(100), REGISTER, CARDS), "error: meeting.json:1: must be an object");
    assert_starts(
        &problems(&objects(100), REGISTER, CARDS),
        "error: meeting.json:1: a: `a` is not a known key",
    );
    let refusal = "error: meeting.json:101: objects and arrays stand more than 100 deep in each other\n";
    for depth in [101, 1_000_000] {
        assert_starts(&problems(&arrays(depth), REGISTER, CARDS), refusal);
        assert_starts(&problems(&objects(depth), REGISTER, CARDS), refusal);
    }
}

#[test]
fn amounts() {
    let holds = |amount: &str| {
        let mut json = meeting();
        json["classes"][0]["outstanding"] = json!(amount);
        problems(&json.to_string(), &format!("account,name,shares\n1,Ann,{amount}\n"), CARDS)
    };
    for amount in ["1000000000000000", "999999999999999.999999", "0.000001"] {
        assert_eq!(holds(amount), "", "{amount}");
    }
    let too_much = "is more than 1000000000000000 (10^15), the largest amount counted";
    for amount in
        ["1000000000000000.000001", "1000000000000001", "99999999999999999999999999999999999999999999"]
    {
        let found = holds(amount);
        assert_starts(&found, "error: meeting.json:1: class \"common\".outstanding: `");
        assert!(found.contains(too_much), "{found}");
    }
    assert!(holds("0.0000001").contains("decimal"), "{}", holds("0.0000001"));
}

/// 10^15 shares of 100,000 votes each are 10^20 votes.
#[test]
fn votes_of_a_meeting() {
    let with = |ratio: &str| {
        let mut json = meeting();
        json["classes"][0]["outstanding"] = json!("1000000000000000");
        json["classes"][0]["votes_per_share"] = json!(ratio);
        problems(&json.to_string(), "account,name,shares\n1,Ann,1000000000000000\n", CARDS)
    };
    assert_eq!(with("100000"), "");
    assert!(
        with("100000.000001").contains("more votes than the 10^20 that are counted"),
        "{}",
        with("100000.000001")
    );
}

/// A line of 1 MiB, whatever stands in it; a name of so many letters is only a long line.
#[test]
fn length_of_a_line_and_of_a_name() {
    let row = |length: usize| format!("1,{},100", "x".repeat(length - "1,,100".len()));
    let register = |length| format!("account,name,shares\n{}\n", row(length));
    assert_eq!(problems(&meeting().to_string(), &register(1 << 20), CARDS), "");
    let found = problems(&meeting().to_string(), &register((1 << 20) + 1), CARDS);
    let refusal = "error: register.csv:2: the line has 1048577 bytes; at most 1048576 are read\n";
    assert_starts(&found, refusal);
}

/// `meeting.json` of 64 MiB, most of them blanks; one byte more is not read.
#[test]
fn size_of_the_meeting_file() {
    let of = |bytes: usize| {
        let json = meeting().to_string();
        let blanks = " ".repeat(bytes - json.len());
        problems(&(json + &blanks), REGISTER, CARDS)
    };
    assert_eq!(of(1 << 26), "");
    let refusal = "error: meeting.json: has 67108865 bytes; at most 67108864 are read";
    assert_starts(&of((1 << 26) + 1), refusal);
}

#[test]
fn joint_holders_of_a_position() {
    let with = |count: usize| {
        let names: Vec<String> = (0..count).map(|place| format!("H{place}")).collect();
        let register =
            format!("account,name,shares,registration,holders\n1,Ann,100,joint,{}\n", names.join(";"));
        problems(&meeting().to_string(), &register, CARDS)
    };
    assert_eq!(with(1_000), "");
    let refusal = "error: register.csv:2: holders: must name at most 1000 holders, but names 1001";
    assert_starts(&with(1_001), refusal);
    assert_starts(&with(100_000), "error: register.csv:2: holders: must name at most 1000 holders");
}

/// A certificate of 1 GiB and a byte is not read; the file takes no room on the disk.
#[test]
fn size_of_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.json");
    std::fs::File::create(&path).unwrap().set_len((1 << 30) + 1).unwrap();
    let output = quorate(&["verify", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let found = stderr(&output);
    assert!(found.contains("1,073,741,825 bytes; no certificate is so large"), "{found}");
    let output = quorate(&["verify", "/dev/zero"]);
    assert!(stderr(&output).contains("is not a plain file"), "{}", stderr(&output));
}

#[test]
fn columns() {
    let with = |count: usize| {
        let mut json = meeting();
        let headers: Vec<String> = (0..count - 4).map(|place| format!("x{place}")).collect();
        json["columns"]["cards"] = headers.iter().map(|header| (header.clone(), Value::Null)).collect();
        let cells = ",".repeat(count - 4);
        let cards = format!("card,account,received,2,{}\nC,1,2002-11-20,FOR{cells}\n", headers.join(","));
        problems(&json.to_string(), REGISTER, &cards)
    };
    assert_eq!(with(10_000), "");
    assert_starts(&with(10_001), "error: cards.csv:1: has 10001 columns; at most 10000 are read\n");
}

#[test]
fn years_and_months() {
    let dated = |year: &str| {
        let mut json = meeting();
        json["record_date"] = json!(format!("{year}-11-01"));
        problems(&json.to_string(), REGISTER, CARDS)
    };
    assert_eq!(dated("1800"), "");
    assert!(dated("1799").contains("1800"), "{}", dated("1799"));
    limit(
        |json, months| json["rules"] = json!({ "law": "delaware", "proxy_valid_months": months }),
        1200,
        "error: meeting.json:1: rules.proxy_valid_months: must be a whole number from 1 to 1200, but is `1201`\n",
    );
}

#[test]
fn digits_of_a_fraction() {
    let with = |fraction: &str| {
        let mut json = meeting();
        json["quorum"] = json!({ "at_least": fraction });
        problems(&json.to_string(), REGISTER, CARDS)
    };
    assert_eq!(with("999999998/999999999"), "");
    assert_starts(
        &with("999999999/1000000000"),
        "error: meeting.json:1: quorum.at_least: `999999999/1000000000` ",
    );
}

/// Cards of one account: no limit but the rows.
#[test]
fn very_many_cards_of_one_account() {
    let rows = (0..20_000).map(|card| format!("C{card},1,2002-11-20,FOR\n"));
    let cards: String = std::iter::once("card,account,received,2\n".to_owned()).chain(rows).collect();
    assert_eq!(problems(&meeting().to_string(), REGISTER, &cards), "");
}
