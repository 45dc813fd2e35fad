//! ELE-9: ties broken by lot. What is tied, who is drawn and for how many seats is worked out by hand beside each
//! meeting; the order of dice is found again with sha256sum.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::{folder_of, quorate, stderr, stdout};

const DIGITS: &str = "31415926535897932384";

/// Holders by the number of their votes, and what each votes FOR; the rest is absent.
const REGISTER: &str = "account,name,shares\nH1,Ada,500\nH2,Ben,300\nH3,Cora,300\nH4,Dan,300\nH5,Eve,600\n";
const CARDS: &str = "card,account,received,kind,1.ash,1.beech,1.clay,1.dale\n\
    C1,H1,2002-05-14T10:31,ballot,FOR,,,\nC2,H2,2002-05-14T10:32,ballot,,FOR,,\n\
    C3,H3,2002-05-14T10:33,ballot,,,FOR,\nC4,H4,2002-05-14T10:34,ballot,,,,FOR\n";

/// Ash 500, Beech, Clay and Dale 300 each, of 2,000 votes outstanding.
fn meeting(seats: u32) -> Value {
    json!({
        "company": "Fennel Farms", "title": "Annual Meeting", "date": "2002-05-14",
        "time_zone": "America/Los_Angeles", "record_date": "2002-03-22", "polls_close": "2002-05-14T11:00",
        "inspectors": ["A. Inspector"], "classes": [{ "id": "common", "outstanding": "2000" }],
        "quorum": { "more_than": "1/2" }, "rules": { "law": "california" },
        "items": [{
            "id": "1", "kind": "election", "title": "Directors", "seats": seats,
            "tie": { "by": "lot", "source": "By-laws § 2.9" },
            "nominees": [{ "id": "ash", "name": "Ash" }, { "id": "beech", "name": "Beech" },
                         { "id": "clay", "name": "Clay" }, { "id": "dale", "name": "Dale" }]
        }]
    })
}

fn made(meeting: &Value) -> tempfile::TempDir {
    folder_of(&[("meeting.json", &meeting.to_string()), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn lots(folder: &Path, rows: &str) {
    fs::write(folder.join("lots.csv"), format!("item,order,method,at,by,witnesses\n{rows}")).unwrap();
}

fn tabulated(folder: &Path) -> (Value, i32) {
    let output = quorate(&["tabulate", path(folder), "--format", "json", "--quiet"]);
    let code = output.status.code().unwrap();
    assert!(code == 0 || code == 3, "{}", stderr(&output));
    (serde_json::from_str(&stdout(&output)).unwrap(), code)
}

fn item(folder: &Path) -> Value {
    tabulated(folder).0["items"][0].clone()
}

fn text(folder: &Path) -> String {
    stdout(&quorate(&["tabulate", path(folder), "--quiet"]))
}

/// One line, whatever its breaks.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn warnings(certificate: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    certificate["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (text(&warning["code"]), text(&warning["says"])))
        .collect()
}

/// Draws by dice; returns what was printed.
fn draw(folder: &Path, item: &str) -> String {
    let output = dice(folder, item, DIGITS);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

fn dice(folder: &Path, item: &str, digits: &str) -> Output {
    quorate(&[
        "lot",
        path(folder),
        "--item",
        item,
        "--digits",
        digits,
        "--at",
        "2002-05-14T11:30",
        "--by",
        "A. Inspector",
        "--witnesses",
        "B. Holder; C. Counsel",
    ])
}

/// SHA-256 by a program of its own.
fn sha256(text: &str) -> String {
    let mut child =
        Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sha256sum");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// The fingerprint of the certificate.json that is written before there is a lot.
fn tied_fingerprint(folder: &Path) -> String {
    let out = tempfile::tempdir().unwrap();
    let into = out.path().join("tied");
    let output = quorate(&["tabulate", path(folder), "--out", path(&into), "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    sha256(&fs::read_to_string(into.join("certificate.json")).unwrap())
}

/// The tied in the order of their numbers.
fn order_by_hand(fingerprint: &str, item: &str, names: &[&str]) -> Vec<String> {
    let mut drawn: Vec<(String, String)> = names
        .iter()
        .map(|name| (sha256(&format!("{fingerprint},{item},{DIGITS},{name}")), (*name).to_owned()))
        .collect();
    drawn.sort();
    drawn.into_iter().map(|(_, name)| name).collect()
}

/// Three tied for two of three seats: the two drawn first, after Ash, who has the most votes.
#[test]
fn those_drawn_first_have_the_seats() {
    let folder = made(&meeting(3));
    let before = item(folder.path());
    assert_eq!(
        (before["outcome"].as_str(), &before["tied"]),
        (Some("tied"), &json!(["beech", "clay", "dale"]))
    );
    let fingerprint = tied_fingerprint(folder.path());
    let told = draw(folder.path(), "1");
    assert!(told.contains(&format!("fingerprint of this count: {fingerprint}\n")), "{told}");
    let drawn = order_by_hand(&fingerprint, "1", &["beech", "clay", "dale"]);
    let (certificate, code) = tabulated(folder.path());
    assert_eq!((code, certificate["status"].as_str()), (0, Some("certified")));
    assert_eq!(warnings(&certificate), []);
    let item = &certificate["items"][0];
    assert_eq!(item["outcome"], "elected");
    assert_eq!(item["elected"], json!(["ash", drawn[0], drawn[1]]));
    assert_eq!((&item["tied"], &item["vacancies"]), (&json!([]), &json!(0)));
    let wanted = json!({
        "line": 2, "source": "By-laws § 2.9", "seats": 2, "order": drawn, "elected": drawn[..2], "method": "dice",
        "digits": DIGITS, "fingerprint": fingerprint, "bound": true, "at": "2002-05-14T11:30:00-07:00",
        "by": "A. Inspector", "witnesses": "B. Holder; C. Counsel"
    });
    let mut found = item["lot"].clone();
    // The zone may be written with its offset or without.
    found["at"] = wanted["at"].clone();
    assert_eq!(found, wanted);
    assert!(item["lot"]["at"].as_str().unwrap().starts_with("2002-05-14T11:30"), "{}", item["lot"]["at"]);
    for nominee in item["nominees"].as_array().unwrap() {
        let id = nominee["id"].as_str().unwrap();
        let by_lot = drawn[..2].iter().any(|name| name == id);
        assert_eq!(nominee["by_lot"] == true, by_lot, "{id}");
        assert_eq!(nominee["elected"] == true, by_lot || id == "ash", "{id}");
        // The votes are as they were: Ash is first, the others second.
        assert_eq!(nominee["rank"], if id == "ash" { 1 } else { 2 }, "{id}");
        // Ash has 500 and the best of those left out 300; those drawn have as many as that one.
        let distance = (&nominee["ahead_by"], &nominee["behind_by"]);
        let wanted = match (id, by_lot) {
            ("ash", _) => (json!("200"), Value::Null),
            (_, true) => (json!("0"), Value::Null),
            (_, false) => (Value::Null, json!("0")),
        };
        assert_eq!(distance, (&wanted.0, &wanted.1), "{id}");
    }
    // A tie is an outcome: how far it is from another one is what it was.
    assert_eq!(item["margin"], before["margin"]);
    assert!(certificate["rules_applied"].as_array().unwrap().iter().any(|rule| rule["id"] == "ELE-9"));
    let roles: Vec<&str> = certificate["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["meeting", "register", "cards", "lots"]);
}

/// Every document says it, and the words of the record.
#[test]
fn every_document_says_elected_by_lot() {
    let folder = made(&meeting(3));
    lots(folder.path(), "1,dale;beech;clay,slips from a hat,2002-05-14T11:30,A. Inspector,B. Holder\n");
    let shown = unwrapped(&text(folder.path()));
    let record = "Lot for 2 seats among those tied (By-laws § 2.9): slips from a hat. Drawn in this order: Dale; Beech; \
                  Clay. Drawn May 14, 2002, 11:30 a.m. by A. Inspector, watched by B. Holder, on the count with the fingerprint";
    assert!(shown.contains("RESULT: ELECTED: Ash. ELECTED BY LOT: Dale; Beech."), "{shown}");
    assert!(shown.contains(record), "{shown}");
    assert!(shown.contains("Beech 300 0 elected by lot"), "{shown}");
    let of = |format: &str| {
        let output = quorate(&["tabulate", path(folder.path()), "--quiet", "--format", format]);
        assert_eq!(output.status.code(), Some(0), "{format}: {}", stderr(&output));
        unwrapped(&stdout(&output))
    };
    assert!(of("html").contains("ELECTED BY LOT: Dale; Beech."));
    assert!(of("html").contains("slips from a hat"));
    assert!(of("markdown").contains("slips from a hat"));
    let csv = of("csv");
    assert!(csv.contains(",elected_by_lot,") && csv.contains(",not_elected,"), "{csv}");
    // Before 2010 the meeting is told in Form 10-Q; a later one in Item 5.07.
    let filed = "Elected: Ash; Dale; Beech. There was a tie for 2 seats among 3 nominees, which was broken by lot (By-laws § 2.9): \
                 Dale; Beech.";
    assert!(of("10q-item4").contains(filed), "{}", of("10q-item4"));
    let explained = unwrapped(&stdout(&quorate(&["explain", path(folder.path()), "--item", "1"])));
    assert!(explained.contains("ELECTED BY LOT: Dale; Beech.") && explained.contains(record), "{explained}");
    let public =
        stdout(&quorate(&["tabulate", path(folder.path()), "--public", "--format", "json", "--quiet"]));
    let public: Value = serde_json::from_str(&public).unwrap();
    assert_eq!(public["items"][0]["lot"]["witnesses"], Value::Null);
    assert_eq!(public["items"][0]["lot"]["elected"], json!(["dale", "beech"]));
    let out = tempfile::tempdir().unwrap();
    let book = out.path().join("results.xlsx");
    assert_eq!(
        quorate(&["tabulate", path(folder.path()), "--workbook", path(&book), "--quiet"]).status.code(),
        Some(0)
    );
    assert!(book.is_file());
}

/// Without the key, and without a lot, it is a tie.
#[test]
fn a_tie_stays_a_tie() {
    let mut without = meeting(3);
    without["items"][0].as_object_mut().unwrap().remove("tie");
    let folder = made(&without);
    let tied = text(folder.path());
    assert!(tied.contains("TIED for 2 seats: Beech; Clay; Dale. This program breaks no tie."), "{tied}");
    lots(folder.path(), "1,dale;beech;clay,slips from a hat,2002-05-14T11:30,A. Inspector,\n");
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(certificate["items"][0]["outcome"], "tied");
    assert_eq!(
        warnings(&certificate),
        [(
            "lot_not_used".to_owned(),
            "lots.csv:2: the lot on item 1 is not used: meeting.json has no `tie` on it, and a tie stays a tie".to_owned()
        )]
    );
    let refused = dice(folder.path(), "1", DIGITS);
    assert_eq!(refused.status.code(), Some(1));
    fs::remove_file(folder.path().join("lots.csv")).unwrap();
    let refused = dice(folder.path(), "1", DIGITS);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("item `1` has no `tie` in meeting.json"), "{}", stderr(&refused));
    let with = made(&meeting(3));
    let tied = unwrapped(&text(with.path()));
    let wanted =
        "TIED for 2 seats: Beech; Clay; Dale. A lot breaks it (By-laws § 2.9); none stands on this count.";
    assert!(tied.contains(wanted), "{tied}");
}

/// A lot is between all who are tied for the last seats and nobody else: with four seats nobody is tied, with one
/// seat and Ash at 500 nobody either; with two, three are tied for one.
#[test]
fn a_lot_names_those_who_are_tied() {
    let folder = made(&meeting(2));
    for (order, is_right) in
        [("beech;clay;dale", true), ("clay;dale", false), ("ash;beech;clay;dale", false), ("ash;clay", false)]
    {
        lots(folder.path(), &format!("1,{order},slips,2002-05-14T11:30,A. Inspector,\n"));
        let output = quorate(&["tabulate", path(folder.path()), "--quiet"]);
        assert_eq!(output.status.code(), Some(if is_right { 0 } else { 1 }), "{order}");
        let message = format!(
            "error: lots.csv:2: order: `{order}` are not those who are tied on item `1`: `beech;clay;dale`; a lot is drawn \
             between all of them and nobody else [lot_refused]\n"
        );
        assert_eq!(stderr(&output).starts_with(&message), !is_right, "{}", stderr(&output));
    }
    for seats in [1, 4] {
        let folder = made(&meeting(seats));
        lots(folder.path(), "1,beech;clay;dale,slips,2002-05-14T11:30,A. Inspector,\n");
        let (certificate, _) = tabulated(folder.path());
        assert_eq!(certificate["items"][0]["outcome"], "elected");
        assert_eq!(certificate["items"][0]["lot"], Value::Null);
        let says = "lots.csv:2: the lot on item 1 is not used: nobody is tied on it in this count";
        assert_eq!(warnings(&certificate), [("lot_not_used".to_owned(), says.to_owned())]);
    }
}

/// A lot of one count is not one of another, also where the same names are tied in both.
#[test]
fn a_lot_is_of_one_count() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    assert_eq!(item(folder.path())["outcome"], "elected");
    // Eve's ballot gives each of the three tied 600 more: 900 each, and Ash 500 is now behind; still three seats, so all
    // three are elected by votes.
    let all = format!("{CARDS}C5,H5,2002-05-14T10:35,ballot,,FOR,FOR,FOR\n");
    fs::write(folder.path().join("cards.csv"), all).unwrap();
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(certificate["items"][0]["elected"], json!(["beech", "clay", "dale"]));
    assert!(warnings(&certificate)[0].1.ends_with("nobody is tied on it in this count"));
    // For Ash alone: 1,100, and the same three are tied for the same two seats: it has to be drawn again.
    let ash = format!("{CARDS}C5,H5,2002-05-14T10:35,ballot,FOR,,,\n");
    fs::write(folder.path().join("cards.csv"), ash).unwrap();
    let (certificate, code) = tabulated(folder.path());
    assert_eq!(code, 0);
    assert_eq!(certificate["items"][0]["outcome"], "tied");
    assert_eq!(certificate["items"][0]["tied"], json!(["beech", "clay", "dale"]));
    let [(code, says)] = warnings(&certificate).try_into().unwrap();
    assert_eq!(code, "lot_not_used");
    assert!(
        says.contains("it was drawn on the count with the fingerprint") && says.ends_with("drawn again"),
        "{says}"
    );
    // It is not drawn again over the row that is there.
    let refused = dice(folder.path(), "1", DIGITS);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("lots.csv:2: a lot on item `1` is recorded already"),
        "{}",
        stderr(&refused)
    );
    // The tie as it was: the lot is of it again.
    fs::write(folder.path().join("cards.csv"), CARDS).unwrap();
    assert_eq!(item(folder.path())["outcome"], "elected");
}

/// Who records a lot by hand may leave out of which count it is; then it is told.
#[test]
fn a_lot_that_names_no_count_is_used_and_told() {
    let folder = made(&meeting(3));
    let fingerprint = tied_fingerprint(folder.path());
    lots(folder.path(), "1,dale;beech;clay,slips,2002-05-14T11:30,A. Inspector,\n");
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(certificate["items"][0]["lot"]["bound"], false);
    assert_eq!(
        warnings(&certificate),
        [(
            "lot_not_bound".to_owned(),
            format!(
                "lots.csv:2: the lot on item 1: it does not say on which count it was drawn; this one has the fingerprint \
                 {fingerprint}"
            )
        )]
    );
    // With it, in groups as it is printed elsewhere, nothing is left to tell.
    let groups: Vec<&str> = (0..64).step_by(4).map(|at| &fingerprint[at..at + 4]).collect();
    let method = format!("slips on {}", groups.join(" "));
    lots(folder.path(), &format!("1,dale;beech;clay,{method},2002-05-14T11:30,A. Inspector,\n"));
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(warnings(&certificate), []);
    let lot = &certificate["items"][0]["lot"];
    assert_eq!((lot["bound"].as_bool(), lot["method"].as_str()), (Some(true), Some("slips")));
    assert_eq!(lot["digits"], Value::Null);
}

/// By hand: every tied name, in the order drawn, with the count.
#[test]
fn a_lot_drawn_by_hand_is_recorded() {
    let folder = made(&meeting(3));
    let by_hand = |drawn: &str| {
        quorate(&[
            "lot",
            path(folder.path()),
            "--item",
            "1",
            "--drawn",
            drawn,
            "--method",
            "coins, twice",
            "--at",
            "2002-05-14T11:30",
            "--by",
            "A. \"Al\" Inspector",
            "--witnesses",
            "",
        ])
    };
    let refused = by_hand("clay;beech");
    assert_eq!(refused.status.code(), Some(2), "{}", stdout(&refused));
    assert!(!folder.path().join("lots.csv").exists());
    let fingerprint = tied_fingerprint(folder.path());
    let drawn = by_hand("clay; beech; dale");
    assert_eq!(drawn.status.code(), Some(0), "{}", stderr(&drawn));
    let written = fs::read_to_string(folder.path().join("lots.csv")).unwrap();
    let row = format!(
        "item,order,method,at,by,witnesses\n1,clay;beech;dale,\"coins, twice on {fingerprint}\",2002-05-14T11:30,\
         \"A. \"\"Al\"\" Inspector\",\n"
    );
    assert_eq!(written, row);
    let item = item(folder.path());
    assert_eq!(item["elected"], json!(["ash", "clay", "beech"]));
    assert_eq!(item["lot"]["method"], "coins, twice");
}

/// What is not given is asked for, after the fingerprint was told.
#[test]
fn what_is_not_given_is_asked_for() {
    let folder = made(&meeting(3));
    let run = |typed: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["lot", path(folder.path()), "--item", "1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let nothing = run("");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(stdout(&nothing).contains("fingerprint of this count: "), "{}", stdout(&nothing));
    assert!(stderr(&nothing).contains("nothing was given"), "{}", stderr(&nothing));
    let few = run("3141592653589793238\n2002-05-14T11:30\nA\nB\n");
    assert_eq!(few.status.code(), Some(2), "nineteen digits are too few");
    assert!(!folder.path().join("lots.csv").exists());
    let drawn = run("31415 92653 58979 32384\n2002-05-14T11:30\nA. Inspector\nB. Holder\n");
    assert_eq!(drawn.status.code(), Some(0), "{}", stderr(&drawn));
    let item = item(folder.path());
    assert_eq!((&item["lot"]["digits"], &item["lot"]["witnesses"]), (&json!(DIGITS), &json!("B. Holder")));
}

/// Two ties in one meeting, of seats by class: both lots are drawn on one fingerprint.
#[test]
fn seats_by_class_are_drawn_on_one_count() {
    let election = |id: &str, class: &str| {
        json!({
            "id": id, "kind": "election", "title": format!("Directors of {class}"), "seats": 1,
            "entitled_classes": [class], "tie": { "by": "lot", "source": "Articles, IV" },
            "nominees": [{ "id": "x", "name": "Xa" }, { "id": "y", "name": "Yo" }]
        })
    };
    let mut two = meeting(1);
    two["classes"] = json!([{ "id": "a", "outstanding": "200" }, { "id": "b", "outstanding": "100" }]);
    two["items"] = json!([election("1", "a"), election("2", "b")]);
    let folder = folder_of(&[
        ("meeting.json", &two.to_string()),
        ("register.csv", "account,name,class,shares\nP,Pa,a,100\nQ,Qi,a,100\nR,Ro,b,50\nS,So,b,50\n"),
        (
            "cards.csv",
            "card,account,received,kind,1.x,1.y,2.x,2.y\nC1,P,2002-05-14T10:31,ballot,FOR,,,\n\
             C2,Q,2002-05-14T10:31,ballot,,FOR,,\nC3,R,2002-05-14T10:31,ballot,,,FOR,\nC4,S,2002-05-14T10:31,ballot,,,,FOR\n",
        ),
    ]);
    let fingerprint = tied_fingerprint(folder.path());
    draw(folder.path(), "1");
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(
        (&certificate["items"][0]["outcome"], &certificate["items"][1]["outcome"]),
        (&json!("elected"), &json!("tied"))
    );
    let second = draw(folder.path(), "2");
    assert!(second.contains(&fingerprint), "{second}");
    let (certificate, _) = tabulated(folder.path());
    assert_eq!(warnings(&certificate), []);
    for (place, id) in ["1", "2"].into_iter().enumerate() {
        let item = &certificate["items"][place];
        assert_eq!(item["elected"], json!([order_by_hand(&fingerprint, id, &["x", "y"])[0]]));
        assert_eq!((&item["lot"]["line"], &item["lot"]["seats"]), (&json!(place + 2), &json!(1)));
    }
}

/// Cumulated: 100 shares × 2 seats = 200 votes for each of three names.
#[test]
fn cumulated_votes_tie_as_others_do() {
    let mut cumulated = meeting(2);
    let item_of = &mut cumulated["items"][0];
    item_of["cumulative"] = json!({ "notice": { "by": "H1", "given": "2002-05-14T09:45" } });
    cumulated["polls_open"] = json!("2002-05-14T10:00");
    cumulated["classes"] = json!([{ "id": "common", "outstanding": "300" }]);
    let folder = folder_of(&[
        ("meeting.json", &cumulated.to_string()),
        ("register.csv", "account,name,shares\nH1,Ada,100\nH2,Ben,100\nH3,Cora,100\n"),
        (
            "cards.csv",
            "card,account,received,kind,1.ash,1.beech,1.clay\nC1,H1,2002-05-14T10:31,ballot,200,,\n\
             C2,H2,2002-05-14T10:32,ballot,,200,\nC3,H3,2002-05-14T10:33,ballot,,,200\n",
        ),
    ]);
    let before = item(folder.path());
    assert_eq!((&before["tied"], &before["elected"]), (&json!(["ash", "beech", "clay"]), &json!([])));
    lots(folder.path(), "1,clay;ash;beech,slips,2002-05-14T11:30,A. Inspector,\n");
    let after = item(folder.path());
    assert_eq!((&after["elected"], &after["outcome"]), (&json!(["clay", "ash"]), &json!("elected")));
    assert_eq!(after["lot"]["seats"], 2);
    assert_eq!(after["margin"], before["margin"]);
}

/// Two nominees for three seats: one seat is vacant, nobody is tied though both have the same votes.
#[test]
fn a_vacant_seat_is_no_tie() {
    let mut vacant = meeting(3);
    vacant["items"][0]["nominees"] =
        json!([{ "id": "beech", "name": "Beech" }, { "id": "clay", "name": "Clay" }]);
    let folder = folder_of(&[
        ("meeting.json", &vacant.to_string()),
        ("register.csv", REGISTER),
        (
            "cards.csv",
            "card,account,received,kind,1.beech,1.clay\nC2,H2,2002-05-14T10:32,ballot,FOR,\n\
             C3,H3,2002-05-14T10:33,ballot,,FOR\nC5,H5,2002-05-14T10:33,ballot,,\n",
        ),
    ]);
    lots(folder.path(), "1,beech;clay,slips,2002-05-14T11:30,A. Inspector,\n");
    let (certificate, _) = tabulated(folder.path());
    let item = &certificate["items"][0];
    assert_eq!((&item["elected"], &item["vacancies"]), (&json!(["beech", "clay"]), &json!(1)));
    assert_eq!(item["lot"], Value::Null);
    assert_eq!(warnings(&certificate)[0].0, "lot_not_used");
    let refused = dice(folder.path(), "1", DIGITS);
    assert_eq!(refused.status.code(), Some(1));
}

/// While a matter is open the count may change, and the tie with it: nobody draws, and no lot is used. What could
/// change speaks of the votes: Eve's 600, held, would put one of the tied ahead.
#[test]
fn no_lot_is_used_while_a_matter_is_open() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    // An unsigned look of a signature: held for the inspector.
    let held = format!(
        "{}C5,H5,2002-05-13T10:35,proxy,,FOR,,,mismatch\n",
        CARDS
            .replace("1.dale\n", "1.dale,signed\n")
            .replace("FOR,,,\n", "FOR,,,,\n")
            .replace(",,FOR,,\n", ",,FOR,,,\n")
            .replace(",,,FOR,\n", ",,,FOR,,\n")
            .replace(",,,,FOR\n", ",,,,FOR,\n")
    );
    fs::write(folder.path().join("cards.csv"), held).unwrap();
    let mut forms = meeting(3);
    forms["proxy_forms"] = json!([{ "id": "management", "ballot_cast": "2002-05-14T10:40" }]);
    fs::write(folder.path().join("meeting.json"), forms.to_string()).unwrap();
    let (certificate, code) = tabulated(folder.path());
    assert_eq!((code, certificate["status"].as_str()), (3, Some("preliminary")));
    assert_eq!(certificate["items"][0]["outcome"], "tied");
    assert_eq!(certificate["open_matters"][0]["could_change"], json!(["1"]));
    let says = "lots.csv:2: the lot on item 1 is not used: while a matter is open the tie may still change";
    assert!(
        warnings(&certificate).contains(&("lot_not_used".to_owned(), says.to_owned())),
        "{:?}",
        warnings(&certificate)
    );
    fs::remove_file(folder.path().join("lots.csv")).unwrap();
    let refused = dice(folder.path(), "1", DIGITS);
    assert_eq!(refused.status.code(), Some(3));
    assert!(stdout(&refused).contains("PRELIMINARY: held_cards"), "{}", stdout(&refused));
    assert!(!stdout(&refused).contains("fingerprint"), "nothing is to be read out yet");
    assert!(!folder.path().join("lots.csv").exists());
}

#[test]
fn no_lot_is_used_as_of_a_time() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    let output = quorate(&[
        "tabulate",
        path(folder.path()),
        "--as-of",
        "2002-05-14T10:50",
        "--format",
        "json",
        "--quiet",
    ]);
    assert_eq!(output.status.code(), Some(3));
    let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(certificate["items"][0]["outcome"], "tied");
    // At 10:31:30 only Ash has votes: nobody is tied, and that the lot names three others is no error.
    let output = quorate(&[
        "tabulate",
        path(folder.path()),
        "--as-of",
        "2002-05-14T10:31:30",
        "--format",
        "json",
        "--quiet",
    ]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

/// The files replay to the same bytes, alone, in a batch, with any number of threads; a changed lot is found.
#[test]
fn a_lot_replays_to_the_same_bytes() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    let out = tempfile::tempdir().unwrap();
    let (results, night) = (out.path().join("results"), out.path().join("night"));
    let output =
        quorate(&["tabulate", path(folder.path()), "--out", path(&results), "--quiet", "--threads", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let verified = quorate(&["verify", path(&results), path(folder.path())]);
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    for how in [&["--second-count", "never"][..], &["--second-count", "always", "--threads", "3"][..]] {
        let shown =
            quorate(&[&["tabulate", path(folder.path()), "--format", "json", "--quiet"][..], how].concat());
        let found: Value = serde_json::from_str(&stdout(&shown)).unwrap();
        assert_eq!(
            found["items"][0]["outcome"], "elected",
            "{how:?}: the lot is of the count, however it is counted"
        );
    }
    let batch = quorate(&["batch", path(folder.path()), "--out", path(&night), "--quiet"]);
    assert_eq!(batch.status.code(), Some(0), "{}", stderr(&batch));
    let name = folder.path().file_name().unwrap();
    assert_eq!(
        fs::read(results.join("certificate.json")).unwrap(),
        fs::read(night.join(name).join("certificate.json")).unwrap()
    );
    let tied = tempfile::tempdir().unwrap();
    let before = tied.path().join("before");
    let row = fs::read_to_string(folder.path().join("lots.csv")).unwrap();
    fs::remove_file(folder.path().join("lots.csv")).unwrap();
    assert_eq!(
        quorate(&["tabulate", path(folder.path()), "--out", path(&before), "--quiet"]).status.code(),
        Some(0)
    );
    fs::write(folder.path().join("lots.csv"), &row).unwrap();
    let compared = quorate(&[
        "compare",
        path(&before.join("certificate.json")),
        path(&results.join("certificate.json")),
    ]);
    assert_eq!(compared.status.code(), Some(4));
    assert!(unwrapped(&stdout(&compared)).contains("; by lot: "), "{}", stdout(&compared));
    fs::write(folder.path().join("lots.csv"), row.replace("C. Counsel", "D. Counsel")).unwrap();
    let differs = quorate(&["verify", path(&results), path(folder.path())]);
    assert_eq!(differs.status.code(), Some(4));
    assert!(stdout(&differs).contains("lots lots.csv has changed"), "{}", stdout(&differs));
    // Receipts are no part of what was drawn on.
    fs::write(folder.path().join("lots.csv"), &row).unwrap();
    let key = out.path().join("key");
    fs::write(&key, std::array::from_fn::<u8, 32, _>(|place| u8::try_from(place).unwrap())).unwrap();
    let with = out.path().join("with");
    let receipts = quorate(&[
        "tabulate",
        path(folder.path()),
        "--out",
        path(&with),
        "--receipts-key",
        path(&key),
        "--quiet",
    ]);
    assert_eq!(receipts.status.code(), Some(0), "{}", stderr(&receipts));
    let found: Value = serde_json::from_slice(&fs::read(with.join("certificate.json")).unwrap()).unwrap();
    assert_eq!(found["items"][0]["outcome"], "elected");
    assert!(found["ledger"]["receipts"].is_object());
}

/// Under other rules it is another count, on which nobody drew.
#[test]
fn other_rules_have_no_lot() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    let compared = quorate(&["compare", path(folder.path()), "--rules", "delaware", "--format", "json"]);
    assert_eq!(compared.status.code(), Some(4), "{}", stderr(&compared));
    let found: Value = serde_json::from_str(&stdout(&compared)).unwrap();
    let outcome = &found["outcomes"][0];
    assert!(outcome["before"].as_str().unwrap().starts_with("elected: "), "{found}");
    assert!(outcome["after"].as_str().unwrap().starts_with("tied: Ash; tied: "), "{found}");
}

/// A trial is drawn as a trial.
#[test]
fn a_trial_says_so() {
    let mut trial = meeting(3);
    trial["mode"] = json!("test");
    let folder = made(&trial);
    let told = draw(folder.path(), "1");
    assert!(told.starts_with("TEST: this is no meeting\n"), "{told}");
    assert_eq!(item(folder.path())["outcome"], "elected");
}

/// Challenges speak of the votes: none of the ballots is anything but counted, so nothing is disputed by a lot.
#[test]
fn challenges_and_audits_see_the_tie() {
    let folder = made(&meeting(3));
    draw(folder.path(), "1");
    let challenges = quorate(&["explain", path(folder.path()), "--challenges", "--format", "json"]);
    let found: Value = serde_json::from_str(&stdout(&challenges)).unwrap();
    assert_eq!(found["challenges"], json!([]));
    let out = tempfile::tempdir().unwrap();
    let audit = quorate(&[
        "audit",
        "draw",
        path(folder.path()),
        "--seed",
        DIGITS,
        "--out",
        path(&out.path().join("audit")),
    ]);
    let told = unwrapped(&format!("{}{}", stdout(&audit), stderr(&audit)));
    assert!(told.contains("a tie rests on single votes: count all"), "{told}");
}

/// The line of shell that the manual shows orders the names as lots.csv has them.
#[test]
fn the_line_of_shell_draws_what_the_program_drew() {
    let page = quorate::manual::Page::of_name("lots").unwrap().text().into_owned();
    let lines: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let (tied, shell) = (lines[0], lines.iter().find(|line| line.starts_with("f=$(sha256sum")).unwrap());
    let work = tempfile::tempdir().unwrap();
    support::copy_folder(&support::fixtures().join("tie_by_lot"), &work.path().join("fixtures/tie_by_lot"));
    let run = |line: &str| {
        let program = env!("CARGO_BIN_EXE_quorate");
        let line = line.replacen("quorate ", &format!("{program} "), 1);
        let output = Command::new("sh").args(["-c", &line]).current_dir(work.path()).output().unwrap();
        assert!(output.status.success(), "{line}\n{}", stderr(&output));
        stdout(&output)
    };
    run(tied);
    run(lines[1]);
    let drawn = run(shell);
    let names: Vec<&str> = drawn.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    let written = fs::read_to_string(work.path().join("fixtures/tie_by_lot/lots.csv")).unwrap();
    let order = written.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    assert_eq!(names.join(";"), order);
    assert_eq!(names.len(), 3);
}
