//! The audit trail from the command line: explain, verify, compare, the challenge list, margins.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{copy_folder, fixtures, quorate, stderr, stdout};

fn fixture(name: &str) -> String {
    fixtures().join(name).to_str().unwrap().to_owned()
}

/// A copy of a fixture that a test may change.
fn copy(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let meeting = folder.path().join("meeting");
    copy_folder(&fixtures().join(name), &meeting);
    (folder, meeting)
}

fn json(args: &[&str]) -> Value {
    let output = quorate(args);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {}", stderr(&output)))
}

fn certify(meeting: &Path, out: &Path) {
    let output = quorate(&["tabulate", meeting.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
}

fn ledger(meeting: &Path) -> Vec<std::collections::HashMap<String, String>> {
    let out = tempfile::tempdir().unwrap();
    quorate(&["tabulate", meeting.to_str().unwrap(), "--out", out.path().to_str().unwrap(), "--quiet"]);
    let mut reader = csv::Reader::from_path(out.path().join("ledger.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_disposition_is_explained_with_its_place_and_its_source() {
    for name in ["point360", "g1"] {
        let meeting = fixture(name);
        for row in ledger(Path::new(&meeting)) {
            let output = quorate(&["explain", &meeting, "--card", &row["card"]]);
            let text = stdout(&output);
            let place = format!("{}:{}:", row["file"], row["line"]);
            assert!(output.status.success(), "{}", stderr(&output));
            assert!(text.contains(&place), "{place} is missing in\n{text}");
            let said = row["disposition"].replace('_', " ");
            assert!(text.contains(&format!("card {} is {said}", row["card"])), "{text}");
            let is_plain = row["reason"] == "in_order";
            let explanation = json(&["explain", &meeting, "--card", &row["card"], "--format", "json"]);
            let sections = explanation["sections"].as_array().unwrap();
            let fate = sections.iter().find(|section| section["title"] == "What became of it").unwrap();
            assert_eq!(fate["sentences"][0]["rule"].is_null(), is_plain, "{explanation}");
            assert_eq!(fate["sentences"][0]["source"].is_null(), is_plain, "{explanation}");
        }
    }
}

#[test]
fn a_shareholders_vote_is_followed_from_the_register_to_the_certificate() {
    // G-1, R1 Alice, 1,000 shares: her card of 25 April governs. It withholds M3 and votes AGAINST
    // item 2; its pool of 3,000 is the proxy holders' among M1 and M2.
    let text = stdout(&quorate(&["explain", &fixture("g1"), "--account", "R1"]));
    for said in [
        "register.csv:2: account R1: 1,000 shares of Common Stock",
        "cards-mail.csv:2: card C-1a",
        "the date on the form decides [ORD-2; Cal. Corp. Code § 705(b)]",
        "item 1: 1,000 votes withheld on M. Three",
        "item 1: 3,000 cumulated votes left to the proxy holders of form management",
        "item 2: 1,000 votes against",
    ] {
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(folded.contains(said), "`{said}` is missing in\n{text}");
    }
    let item = stdout(&quorate(&["explain", &fixture("g1"), "--item", "2"]));
    let folded = item.split_whitespace().collect::<Vec<_>>().join(" ");
    // FOR: R2's half 250, R3 2,000, participant 0005 1,700 + 700 instructed and discretionary, 0226 1,500.
    assert!(folded.contains("6,150 votes for from"), "{item}");
    assert!(folded.contains("6,150 for, of 7,500 votes cast"), "{item}");
}

#[test]
fn explain_refuses_what_is_not_there_and_says_what_it_expected() {
    let meeting = fixture("point360");
    for (args, said) in [
        (["--card", "C-9999"], "--card: no card has the number `C-9999`"),
        (["--account", "nobody"], "--account: `nobody` is neither on the register"),
        (["--item", "3"], "--item: `3` is not an item"),
    ] {
        let output = quorate(&["explain", &meeting, args[0], args[1]]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
    }
    let output = quorate(&["explain", &meeting]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn verify_finds_one_changed_byte_of_any_input_and_names_the_file() {
    for name in ["point360", "g1"] {
        let (folder, meeting) = copy(name);
        let out = folder.path().join("out");
        certify(&meeting, &out);
        let certificate = out.join("certificate.json");
        let args = ["verify", certificate.to_str().unwrap(), meeting.to_str().unwrap()];
        let output = quorate(&args);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        for entry in fs::read_dir(&meeting).unwrap() {
            let path = entry.unwrap().path();
            let before = fs::read(&path).unwrap();
            for at in [0, before.len() / 2, before.len() - 1] {
                let mut after = before.clone();
                after[at] ^= 1;
                fs::write(&path, &after).unwrap();
                let output = quorate(&args);
                let file = path.file_name().unwrap().to_str().unwrap();
                assert_eq!(output.status.code(), Some(4), "{file} byte {at}: {}", stderr(&output));
                assert!(stdout(&output).contains(&format!("{file} has changed")), "{}", stdout(&output));
            }
            fs::write(&path, &before).unwrap();
        }
    }
}

#[test]
fn verify_names_each_figure_that_was_altered_in_the_certificate() {
    let (folder, meeting) = copy("g1");
    let out = folder.path().join("out");
    certify(&meeting, &out);
    let path = out.join("certificate.json");
    let args = ["verify", path.to_str().unwrap(), meeting.to_str().unwrap()];
    let text = fs::read_to_string(&path).unwrap();
    // 6,150 votes for item 2 become 6,151.
    fs::write(&path, text.replacen("\"for\": \"6150\"", "\"for\": \"6151\"", 1)).unwrap();
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("items.2.for is `6151` in the certificate and `6150` in the replay"));
    // The same figures in other bytes.
    fs::write(&path, text.replacen('\n', "\n ", 1)).unwrap();
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("not byte for byte the replay"), "{}", stdout(&output));
    fs::write(&path, "{}").unwrap();
    assert_eq!(quorate(&args).status.code(), Some(1));
}

#[test]
fn verify_replays_an_interim_count_as_of_its_time() {
    let (folder, meeting) = copy("point360");
    let out = folder.path().join("out");
    let (meeting, out) = (meeting.to_str().unwrap(), out.to_str().unwrap());
    let args = ["tabulate", meeting, "--as-of", "2002-11-22", "--out", out];
    assert_eq!(quorate(&args).status.code(), Some(3));
    let output = quorate(&["verify", &format!("{out}/certificate.json"), meeting]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
}

#[test]
fn compare_names_exactly_the_cards_that_the_order_of_proxies_moves() {
    // Two holders of point360 sent a later-dated card that came first: C-0093 and C-0094 (12,000
    // shares), C-0095 and C-0096 (6,500). By receipt the earlier-dated ones stand.
    let meeting = fixture("point360");
    let args = ["compare", &meeting, "--set", "order=received", "--format", "json"];
    let output = quorate(&args);
    assert_eq!(output.status.code(), Some(4));
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cards = comparison["cards"].as_array().unwrap();
    let moved: BTreeSet<&str> = cards.iter().map(|card| card["card"].as_str().unwrap()).collect();
    assert_eq!(moved, BTreeSet::from(["C-0093", "C-0094", "C-0095", "C-0096"]));
    let figure = |name: &str| -> (String, String) {
        let found = comparison["figures"].as_array().unwrap().iter().find(|f| f["figure"] == name).unwrap();
        (found["before"].as_str().unwrap().to_owned(), found["after"].as_str().unwrap().to_owned())
    };
    // 5,471,897 + 12,000 + 6,500 = 5,490,397; 327,270 − 18,500 = 308,770.
    assert_eq!(figure("items.2.for"), ("5471897".to_owned(), "5490397".to_owned()));
    assert_eq!(figure("items.2.against"), ("327270".to_owned(), "308770".to_owned()));
    let first = cards.iter().find(|card| card["card"] == "C-0093").unwrap();
    let votes_for = first["moved"].as_array().unwrap().iter().find(|m| m["figure"] == "items.2.for").unwrap();
    assert_eq!((&votes_for["before"], &votes_for["after"]), (&"0".into(), &"12000".into()));
    let same = quorate(&["compare", &meeting, "--set", "order=form_date"]);
    assert_eq!(same.status.code(), Some(0));
}

#[test]
fn compare_reads_yesterdays_and_todays_certificate_with_their_ledgers() {
    let (folder, meeting) = copy("point360");
    let meeting = meeting.to_str().unwrap();
    let of = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    quorate(&["tabulate", meeting, "--as-of", "2002-11-20", "--out", &of("day1"), "-q"]);
    quorate(&["tabulate", meeting, "--as-of", "2002-11-21", "--out", &of("day2"), "-q"]);
    let certificate = |day: &str| format!("{}/certificate.json", of(day));
    let comparison = json(&["compare", &certificate("day1"), &certificate("day2"), "--format", "json"]);
    let cards = comparison["cards"].as_array().unwrap();
    assert!(!cards.is_empty());
    // Every card that moved between the two days was received on the second or answers one that was.
    let late =
        |card: &Value| card["before"].as_str().is_some_and(|before| before.contains("not_yet_received"));
    assert!(cards.iter().any(late));
    fs::remove_file(folder.path().join("day1/ledger.csv")).unwrap();
    let comparison = json(&["compare", &certificate("day1"), &certificate("day2"), "--format", "json"]);
    assert!(comparison["cards"].is_null());
    assert!(!comparison["figures"].as_array().unwrap().is_empty());
}

/// C1 is superseded by C2 whatever it says. Its date keyed as 20 April and its mark keyed otherwise move nothing,
/// and are told; of two certificates the ledgers tell the date, and no mark of a card that does not count.
#[test]
fn compare_names_cards_that_were_read_otherwise_without_effect() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware"}, "classes": [{"id": "a", "outstanding": "100"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let folder = |first: &str| {
        let cards =
            format!("card,account,received,dated,signer,1\n{first}\nC2,A,2024-05-03,2024-05-02,,AGAINST\n");
        support::folder_of(&[
            ("meeting.json", meeting),
            ("register.csv", "account,name,shares\nA,Ann,100\n"),
            ("cards.csv", &cards),
        ])
    };
    let (one, other) =
        (folder("C1,A,2024-05-02,2024-05-01,,FOR"), folder("C1,A,2024-05-02,2024-04-20,,ABSTAIN"));
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let output = quorate(&["compare", &path(&one), &path(&other)]);
    assert_eq!(output.status.code(), Some(4));
    let text = stdout(&output);
    let lines: Vec<&str> =
        text.lines().map(str::trim).skip_while(|line| !line.starts_with("Figures")).collect();
    assert_eq!(
        lines,
        [
            "Figures that differ: 0",
            "",
            "Cards that differ: 1 card",
            "C1: superseded (later_proxy)",
            "1 was read as `FOR`, now `ABSTAIN`",
            "dated was read as `2024-05-01`, now `2024-04-20`",
        ]
    );
    let certificate = |folder: &tempfile::TempDir| {
        let out = folder.path().join("out").to_str().unwrap().to_owned();
        quorate(&["tabulate", &path(folder), "--out", &out, "-q"]);
        format!("{out}/certificate.json")
    };
    let comparison = json(&["compare", &certificate(&one), &certificate(&other), "--format", "json"]);
    let card = &comparison["cards"][0];
    assert_eq!(card["card"], "C1");
    assert_eq!(card["moved"].as_array().unwrap().len(), 0);
    assert_eq!(
        card["read"],
        serde_json::json!([{ "column": "dated", "before": "2024-05-01", "after": "2024-04-20" }])
    );
    assert_eq!(comparison["same"], false);
    let same = quorate(&["compare", &path(&one), &certificate(&one)]);
    assert_eq!(same.status.code(), Some(0), "{}", stdout(&same));
}

#[test]
fn compare_refuses_what_it_does_not_know() {
    let meeting = fixture("g1");
    for (args, said) in [
        (vec!["--set", "overvot=prorate"], "did you mean `overvote`?"),
        (vec!["--set", "overvote=cut"], "`cut` is not a value of `overvote`; expected `first_in`"),
        (vec!["--set", "overvote"], "must be KEY=VALUE"),
        (vec!["--rules", "texas"], "`texas` is not a law; expected `california`, `delaware` or `model_act`"),
        (vec![], "compare needs a second result"),
    ] {
        let output = quorate(&[vec!["compare", &meeting], args].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn the_challenge_list_says_what_reversing_each_ruling_alone_would_change() {
    // majority_fails…: one holder's rejected card decides. 100 shares: A 51 FOR, unsigned; B 49 AGAINST.
    // As counted 0 for and 49 against: not approved; with A's card 51 to 49: approved.
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "classes": [{"id": "common", "outstanding": "101"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let folder = support::folder_of(&[
        ("meeting.json", meeting),
        ("register.csv", "account,name,shares\nA,Ann,51\nB,Ben,49\nC,Cy,1\n"),
        (
            "cards.csv",
            "card,account,received,dated,signed,1\n1,A,2024-05-01,2024-05-01,no,FOR\n\
             2,B,2024-05-01,2024-05-01,yes,AGAINST\n3,C,2024-05-20,2024-05-01,yes,FOR\n4,X,2024-05-01,2024-05-01,yes,FOR\n",
        ),
    ]);
    let path = folder.path().to_str().unwrap();
    let list = json(&["explain", path, "--challenges", "--format", "json"])["challenges"].take();
    let told: Vec<(&str, &str, String)> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap();
            (text("card"), text("votes_moved"), one["would_change"].to_string())
        })
        .collect();
    // Sorted by effect: card 1 turns item 1; card 3 adds one vote; card 4 can never vote.
    assert_eq!(
        told,
        [("1", "51", "[\"1\"]".to_owned()), ("3", "1", "[]".to_owned()), ("4", "0", "[]".to_owned())]
    );
    let text = stdout(&quorate(&["explain", path, "--challenges"]));
    assert!(
        text.contains("Reversed, it would change the outcome of item 1: present +51; 1 for +51"),
        "{text}"
    );
    let csv = stdout(&quorate(&["explain", path, "--challenges", "--format", "csv"]));
    assert!(csv.starts_with("card,of_account,disposition,because,shares_claimed,would_change"), "{csv}");
    assert_eq!(csv.lines().count(), 4);
}

/// A nominee's position of 100 shares and two blocks: 60 FOR, then 60 AGAINST, which no longer fits and is rejected.
/// Reversed it stands before the other, which then does not fit: 60 FOR become 60 AGAINST.
#[test]
fn a_block_whose_rejection_is_reversed_goes_before_the_others() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware", "overvote": "reject_block"},
        "classes": [{"id": "common", "outstanding": "100"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let folder = support::folder_of(&[
        ("meeting.json", meeting),
        ("register.csv", "account,name,shares,registration\nN,Cede & Co.,100,nominee\n"),
        (
            "cards.csv",
            "card,account,received,dated,shares,1\n1,N,2024-05-01,2024-05-01,60,FOR\n\
             2,N,2024-05-02,2024-05-02,60,AGAINST\n",
        ),
    ]);
    let path = folder.path().to_str().unwrap();
    let list = json(&["explain", path, "--challenges", "--format", "json"])["challenges"].take();
    assert_eq!(list.as_array().unwrap().len(), 1);
    let challenge = &list[0];
    assert_eq!((&challenge["card"], &challenge["disposition"]), (&"2".into(), &"rejected".into()));
    assert_eq!(challenge["would_change"], serde_json::json!(["1"]));
    assert_eq!(challenge["votes_moved"], "60");
    assert_eq!(challenge["effects"], serde_json::json!(["1 for -60", "1 against +60"]));
}

/// A participant's totals of 900 FOR and 200 AGAINST for 1,000 shares, held. In proportion they are 818 and 182 and carry the
/// item, 818 of 1,000; rejected, nobody is present. They stand in the list with each other way of cutting them, and as a row
/// to be ruled on. Totals of 900 and 100 fit and do not.
#[test]
fn totals_over_the_position_stand_in_the_list_with_each_way_of_cutting_them() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware", "overvote": "hold"},
        "classes": [{"id": "common", "outstanding": "1000"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let of = |against: &str| {
        let folder = support::folder_of(&[
            ("meeting.json", meeting),
            ("register.csv", "account,name,shares,registration\nP,Bank,1000,nominee\n"),
            ("cards.csv", "card,account,received,1\n"),
            ("street.csv", &format!("account,item,vote,shares\nP,1,FOR,900\nP,1,AGAINST,{against}\n")),
        ]);
        let path = folder.path().to_str().unwrap();
        let list = json(&["explain", path, "--challenges", "--format", "json"]);
        (list, stdout(&quorate(&["explain", path, "--challenges", "--format", "csv"])))
    };
    let (list, csv) = of("200");
    let over = &list["over_position"][0];
    assert_eq!((&over["account"], &over["of"]), (&"P".into(), &"totals".into()));
    assert_eq!((&over["asked"], &over["room"]), (&"1100".into(), &"1000".into()));
    let way = |name: &str| {
        let ways = over["ways"].as_array().unwrap();
        let way = ways.iter().find(|way| way["overvote"] == name).unwrap();
        (way["would_change"].clone(), way["effects"].clone())
    };
    let changes = serde_json::json!(["1 for +818", "1 against +182", "1 not voted -1,000"]);
    assert_eq!(way("prorate"), (serde_json::json!(["1"]), changes));
    let changes = serde_json::json!(["present -1,000", "1 not voted -1,000"]);
    assert_eq!(way("reject_all"), (serde_json::json!(["1"]), changes));
    // Nothing orders the two rows, so this would hold them too.
    assert_eq!(way("first_in"), (serde_json::json!([]), serde_json::json!([])));
    let row = csv.lines().nth(1).unwrap();
    assert!(row.starts_with(",P,overvote,over_position,1100,"), "{csv}");
    assert!(row.contains(",P,,,,"), "the column `street` names it: {csv}");
    let (list, csv) = of("100");
    assert_eq!((&list["over_position"], csv.lines().count()), (&serde_json::json!([]), 1));
}

/// Ann's first card, FOR, is unsigned and rejected, and her second stands: 60 AGAINST. Reversed, the first stands before
/// the newer one: 60 FOR.
#[test]
fn a_card_whose_rejection_is_reversed_goes_before_a_newer_one() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware"}, "classes": [{"id": "common", "outstanding": "60"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let folder = support::folder_of(&[
        ("meeting.json", meeting),
        ("register.csv", "account,name,shares\nA,Ann,60\n"),
        (
            "cards.csv",
            "card,account,received,dated,signed,1\n1,A,2024-05-01,2024-05-01,no,FOR\n\
             2,A,2024-05-02,2024-05-02,yes,AGAINST\n",
        ),
    ]);
    let list =
        json(&["explain", folder.path().to_str().unwrap(), "--challenges", "--format", "json"])["challenges"]
            .take();
    assert_eq!(list.as_array().unwrap().len(), 1);
    let challenge = &list[0];
    assert_eq!((&challenge["card"], &challenge["reason"]), (&"1".into(), &"unsigned".into()));
    assert_eq!(challenge["would_change"], serde_json::json!(["1"]));
    assert_eq!(challenge["effects"], serde_json::json!(["1 for +60", "1 against -60"]));
}

/// MRK-2 looks at the account: one that holds class a for others and class b for itself is a nominee in
/// both. Its card is for at most 50 votes on x (there is no cumulative voting), blank on item 2, whose form
/// says FOR, and a broker non-vote on item 3.
#[test]
fn a_card_of_an_account_that_is_a_nominee_in_one_class_is_a_nominees_card_in_all() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware", "cumulative_notice": "at_meeting"},
        "classes": [{"id": "a", "outstanding": "100"}, {"id": "b", "outstanding": "40"}],
        "items": [{"id": "1", "kind": "election", "title": "E", "seats": 1, "standard": "plurality",
                "nominees": [{"id": "x"}, {"id": "y"}], "cumulative": {"notice": null}},
            {"id": "2", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"},
            {"id": "3", "kind": "proposal", "title": "Q", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00", "unmarked": {"2": "FOR"}}]}"#;
    for registrations in [["nominee", "individual"], ["individual", "nominee"], ["nominee", "joint"]] {
        let [a, b] = registrations;
        let register = format!("account,name,shares,registration,class\nN,Bank,100,{a},a\nN,Bank,40,{b},b\n");
        let folder = support::folder_of(&[
            ("meeting.json", meeting),
            ("register.csv", &register),
            ("cards.csv", "card,account,received,dated,1.x,2,3\n1,N,2024-05-01,2024-05-01,50,,NONVOTE\n"),
        ]);
        let certificate = json(&["tabulate", folder.path().to_str().unwrap(), "--format", "json"]);
        let item = |place: usize, key: &str| certificate["items"][place][key].as_str().unwrap().to_owned();
        let x = &certificate["items"][0]["nominees"][0];
        assert_eq!(
            (x["for"].as_str(), x["not_voted"].as_str()),
            (Some("50"), Some("90")),
            "{registrations:?}"
        );
        assert_eq!([item(1, "for"), item(1, "not_voted")], ["0", "140"], "{registrations:?}");
        assert_eq!([item(2, "broker_non_votes"), item(2, "not_voted")], ["140", "0"], "{registrations:?}");
        assert_eq!(certificate["second_count"], "agrees");
    }
}

/// A nominee with 100 shares of one class and 40 of another passes 30 of the first on. Its blocks: 20 of
/// the first; 50 of the second, of which there are 40.
#[test]
fn the_reconciliation_says_where_each_share_of_a_nominee_went() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware", "overvote": "first_in"},
        "classes": [{"id": "a", "outstanding": "100"}, {"id": "b", "outstanding": "40"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let folder = support::folder_of(&[
        ("meeting.json", meeting),
        (
            "register.csv",
            "account,name,shares,registration,class\nN,Cede,100,nominee,a\nN,Cede,40,nominee,b\n",
        ),
        ("omnibus.csv", "holder,account,name,shares,class\nN,P,Participant,30,a\n"),
        (
            "cards.csv",
            "card,account,received,dated,class,shares,1\n1,N,2024-05-01,2024-05-01,a,20,FOR\n\
             2,N,2024-05-02,2024-05-02,b,50,AGAINST\n3,P,2024-05-02,2024-05-02,,,FOR\n",
        ),
    ]);
    let certificate = json(&["tabulate", folder.path().to_str().unwrap(), "--format", "json"]);
    let figures = |row: usize| {
        ["account", "class", "position", "moved_on", "by_cards", "not_represented", "over"]
            .map(|key| certificate["reconciliation"][row][key].as_str().unwrap().to_owned())
    };
    assert_eq!(figures(0), ["N", "a", "100", "30", "20", "50", "0"]);
    assert_eq!(figures(1), ["N", "b", "40", "0", "40", "0", "10"]);
    assert_eq!(figures(2), ["P", "a", "30", "0", "30", "0", "0"]);
    let why = certificate["exceptions"][0]["why"].as_str().unwrap();
    assert!(why.contains("40 of 50 shares"), "{why}");
}

#[test]
fn removing_a_ruling_shows_whether_it_matters() {
    // Without the rulings five cards of point360 are held; no way of ruling on them turns an item.
    let (_folder, meeting) = copy("point360");
    fs::remove_file(meeting.join("rulings.csv")).unwrap();
    let certificate = json(&["tabulate", meeting.to_str().unwrap(), "--format", "json", "--quiet"]);
    let matter = &certificate["open_matters"][0];
    assert_eq!((&matter["code"], &matter["cards"]), (&"held_cards".into(), &5.into()));
    assert_eq!(matter["could_change"], Value::Array(Vec::new()));
    let items = certificate["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(matter["cannot_change"], Value::Array(items));
}

#[test]
fn the_second_count_is_made_unless_it_is_switched_off_and_the_certificate_says_so() {
    let meeting = fixture("point360-cumulative");
    for (when, said) in [("auto", "agrees"), ("always", "agrees"), ("never", "not_made")] {
        let certificate = json(&["tabulate", &meeting, "--format", "json", "--second-count", when]);
        assert_eq!(certificate["second_count"], said);
    }
    let (folder, meeting) = copy("g1");
    let out = folder.path().join("out").to_str().unwrap().to_owned();
    let meeting = meeting.to_str().unwrap();
    quorate(&["tabulate", meeting, "--second-count", "never", "--out", &out]);
    let output = quorate(&["verify", &format!("{out}/certificate.json"), meeting]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn the_certificate_names_every_rule_with_its_source_and_whether_the_meeting_set_it() {
    let certificate = json(&["tabulate", &fixture("g1"), "--format", "json"]);
    let sources = certificate["rule_sources"].as_array().unwrap();
    assert_eq!(sources.len(), certificate["rules"].as_object().unwrap().len());
    assert!(sources.iter().all(|rule| !rule["source"].as_str().unwrap().is_empty()));
    assert!(sources.iter().all(|rule| rule["is_set_by_meeting"] == false));
    let (_folder, meeting) = copy("g1");
    let path = meeting.join("meeting.json");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("\"law\": \"california\"", "\"law\": \"california\", \"overvote\": \"prorate\"");
    fs::write(&path, text).unwrap();
    let certificate = json(&["tabulate", meeting.to_str().unwrap(), "--format", "json"]);
    let is_set = |rule: &&Value| rule["is_set_by_meeting"] == true;
    let set: Vec<&Value> = certificate["rule_sources"].as_array().unwrap().iter().filter(is_set).collect();
    assert_eq!(set.len(), 1);
    assert_eq!((&set[0]["key"], &set[0]["value"]), (&"overvote".into(), &"prorate".into()));
}

#[test]
fn margins_say_how_many_votes_and_cards_would_turn_an_item() {
    // G-1, item 2: 6,150 for, 1,350 against of 7,500. Moving v from for to against fails the majority
    // of the votes cast when 6,150 − v ≤ 3,750, v = 2,400; the majority of the quorum would hold until
    // 6,150 − v ≤ 2,500. The two largest blocks there: 2,000 (R3) and 1,700 or 1,500: two hold 2,400.
    let certificate = json(&["tabulate", &fixture("g1"), "--format", "json"]);
    let margin = &certificate["items"][1]["margin"];
    assert_eq!((&margin["votes"], &margin["cards"]), (&"2400".into(), &2.into()));
    // Adding 4,800 against would do it too, but only 10,001 − 8,200 = 1,801 votes are absent.
    assert!(margin["added"].is_null());
    // Item 1: the last elected has 6,250, the next 2,100: 4,150 apart; 2,075 changed make a tie, and so do
    // the cumulated votes of 1,384 absent shares: 1,383 x 3 = 4,149, 1,384 x 3 = 4,152.
    let race = &certificate["items"][0]["margin"];
    assert_eq!((&race["votes"], &race["added"]), (&"2075".into(), &"1384".into()));
    // Seat by seat: each elected is 6,250 − 2,100 = 4,150 ahead of D1, who is as far behind.
    let nominees = certificate["items"][0]["nominees"].as_array().unwrap();
    let ahead: Vec<&Value> = nominees.iter().map(|nominee| &nominee["ahead_by"]).collect();
    let far = &Value::from("4150");
    assert_eq!(ahead, [far, far, far, &Value::Null]);
    assert_eq!(&nominees[3]["behind_by"], far);
    // 8,200 present, 5,001 required.
    assert_eq!(certificate["quorum"]["surplus"], "3199");
    assert_eq!(certificate["second_count"], "agrees");
}

/// Two classes of 10^15 shares each: a card counts for more than a cell of an input may hold.
#[test]
fn compare_reads_a_ledger_whose_card_counts_for_more_than_any_cell() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "delaware"},
        "classes": [{"id": "a", "outstanding": "1000000000000000"}, {"id": "b", "outstanding": "1000000000000000"}],
        "items": [{"id": "1", "kind": "proposal", "title": "P", "standard": "majority_of_votes_cast"}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let register = "account,name,shares,class\nA,Ann,1000000000000000,a\nA,Ann,1000000000000000,b\n";
    let folder = support::folder_of(&[
        ("meeting.json", meeting),
        ("register.csv", register),
        ("cards.csv", "card,account,received,dated,1\n1,A,2024-05-01,2024-05-01,FOR\n"),
    ]);
    let path = folder.path().to_str().unwrap();
    let out = folder.path().join("results");
    let output = support::quorate(&["tabulate", path, "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", support::stderr(&output));
    std::fs::write(
        folder.path().join("cards.csv"),
        "card,account,received,dated,1\n1,A,2024-05-01,2024-05-01,AGAINST\n",
    )
    .unwrap();
    let certificate = out.join("certificate.json");
    let output = support::quorate(&["compare", certificate.to_str().unwrap(), path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(4), "{}", support::stderr(&output));
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let moved = &comparison["cards"][0]["moved"];
    let figures = |place: usize| ["figure", "before", "after"].map(|key| moved[place][key].as_str().unwrap());
    assert_eq!(figures(0), ["1 AGAINST, shares", "0", "2000000000000000"]);
    assert_eq!(figures(1), ["1 FOR, shares", "2000000000000000", "0"]);
}

/// One seat, cumulative voting: 36 cards of 9,108 shares, so those from 4 × 253 = 1,012 on are looked at
/// first. Three of 1,100 shares write 1,007 votes for X, three of 1,009 write all of theirs: 6,048; Z has
/// 18 × 112 = 2,016. 2,016 votes moved make a tie, and two cards of 1,009 hold them; two of 1,007 do not.
#[test]
fn the_fewest_cards_are_found_though_smaller_cards_wrote_more() {
    let meeting = r#"{"company": "C", "title": "T", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "quorum": {"at_least": "1/3"},
        "rules": {"law": "california"}, "classes": [{"id": "a", "outstanding": "9108"}],
        "items": [{"id": "1", "kind": "election", "title": "E", "seats": 1, "standard": "plurality",
            "nominees": [{"id": "x"}, {"id": "y"}, {"id": "z"}],
            "cumulative": {"notice": {"by": "A0", "given": "2024-05-14T09:00"}}}],
        "proxy_forms": [{"id": "m", "ballot_cast": "2024-05-14T10:00"}]}"#;
    let large = [(1100, "x", 1007), (1009, "x", 1009)].map(|card| vec![card; 3]).concat();
    let small = [vec![(112, "z", 112); 18], vec![(64, "y", 64); 11], vec![(61, "y", 61)]].concat();
    let cards: Vec<(u32, &str, u32)> = [large, small].concat();
    let mut register = "account,name,shares\n".to_owned();
    let mut rows = "card,account,received,dated,1.x,1.y,1.z\n".to_owned();
    for (place, (shares, nominee, votes)) in cards.into_iter().enumerate() {
        register += &format!("A{place},Holder,{shares}\n");
        let cells = ["x", "y", "z"].map(|id| if id == nominee { votes.to_string() } else { String::new() });
        rows += &format!("{place},A{place},2024-05-01,2024-05-01,{}\n", cells.join(","));
    }
    let folder =
        support::folder_of(&[("meeting.json", meeting), ("register.csv", &register), ("cards.csv", &rows)]);
    let certificate = json(&["tabulate", folder.path().to_str().unwrap(), "--format", "json"]);
    let item = &certificate["items"][0];
    let votes = |place: usize| item["nominees"][place]["for"].as_str().unwrap().to_owned();
    assert_eq!([votes(0), votes(1), votes(2)], ["6048", "765", "2016"]);
    assert_eq!(item["margin"]["from"]["nominee"], "x");
    assert_eq!(item["margin"]["votes"], "2016");
    assert_eq!(item["margin"]["cards"], 2);
}

/// five cards leave their pools to the proxy holders: 3,000 without M3, and 750, 6,000, 4,500
/// and 4,500 for all three.
#[test]
fn the_pools_that_proxy_holders_allocate_are_told_with_their_cards() {
    let certificate = json(&["tabulate", &fixture("g1"), "--format", "json"]);
    let allocation = &certificate["items"][0]["cumulative"]["allocations"][0];
    assert_eq!(allocation["cards"], 5);
    let pool = |place: usize| {
        let pool = &allocation["pools"][place];
        (pool["permits"].as_array().unwrap().len(), pool["votes"].as_str().unwrap())
    };
    assert_eq!([pool(0), pool(1)], [(2, "3000"), (3, "15750")]);
}

/// The challenge list, filled in at the table, is the file of rulings.
#[test]
fn the_challenge_list_filled_in_is_read_back_as_rulings() {
    let folder = tempfile::tempdir().unwrap();
    let meeting = folder.path().join("meeting");
    support::copy_folder(&support::fixtures().join("point360"), &meeting);
    let _ = std::fs::remove_file(meeting.join("rulings.csv"));
    let path = meeting.to_str().unwrap();
    let list = stdout(&quorate(&["explain", path, "--challenges", "--format", "csv"]));
    let mut rows: Vec<Vec<String>> = {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let places: Vec<usize> = ["card", "challenged_by", "ruling", "reason", "by", "at"]
        .into_iter()
        .map(|name| rows[0].iter().position(|column| column == name).unwrap())
        .collect();
    let unsigned = rows.iter().position(|row| row[3] == "unsigned").unwrap();
    let card = rows[unsigned][places[0]].clone();
    let write = |rows: &[Vec<String>]| {
        let mut writer = csv::Writer::from_path(meeting.join("challenges.csv")).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.flush().unwrap();
    };
    let mut value: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(meeting.join("meeting.json")).unwrap()).unwrap();
    let before = json(&["tabulate", path, "--quiet", "--format", "json"]);
    value["files"]["rulings"] = "challenges.csv".into();
    std::fs::write(meeting.join("meeting.json"), value.to_string()).unwrap();
    // Nothing filled in: nothing ruled.
    write(&rows);
    let unruled = json(&["tabulate", path, "--quiet", "--format", "json"]);
    assert_eq!(unruled["items"], before["items"]);
    assert!(unruled.get("rulings").is_none());
    let filled =
        ["", "counsel for Able", "count", "signed in our presence", "A. Inspector", "2002-12-05T10:00"];
    for (place, text) in places.iter().zip(filled).skip(1) {
        rows[unsigned][*place] = text.to_owned();
    }
    write(&rows);
    let ruled = json(&["tabulate", path, "--quiet", "--format", "json"]);
    let ruling = &ruled["rulings"][0];
    assert_eq!(ruled["rulings"].as_array().unwrap().len(), 1);
    assert_eq!((&ruling["card"], &ruling["ruling"]), (&card.as_str().into(), &"count".into()));
    assert_eq!(ruling["challenged_by"], "counsel for Able");
    assert_eq!(ruling["reason"], "signed in our presence");
    let count = |of: &serde_json::Value, key: &str| of["cards"][key].as_u64().unwrap();
    assert_eq!(count(&ruled, "rejected") + 1, count(&before, "rejected"));
    let text =
        stdout(&quorate(&["tabulate", path, "--quiet"])).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("challenged by counsel for Able"), "{text}");
    // Challenged, and not ruled on.
    rows[unsigned][places[2]].clear();
    write(&rows);
    let output = quorate(&["tabulate", path, "--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    let said = support::stderr(&output);
    assert!(said.contains("ruling: must not be empty where challenged_by is filled in"), "{said}");
}
