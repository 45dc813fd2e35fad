//! `quorate selftest`: a deck that every fixture counts as the deck adds up, and that no mistake in meeting.json or a
//! layout survives.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use support::{fixtures, quorate, stderr, stdout};

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Two classes, a contested election, proposals with standards of both kinds, a frequency, a form with defaults, headers of
/// an agent's own, and cards that come through a layout.
fn approved() -> Value {
    json!({
        "company": "Alder Corporation", "title": "Annual Meeting", "date": "2024-05-14", "time_zone": "America/New_York",
        "record_date": "2024-03-22", "polls_close": "2024-05-14T11:00", "inspectors": ["A. Inspector"],
        "classes": [
            { "id": "a", "name": "Class A", "outstanding": "1000", "votes_per_share": "1" },
            { "id": "b", "name": "Class B", "outstanding": "100", "votes_per_share": "10" }
        ],
        "quorum": { "more_than": "1/2" }, "rules": { "law": "delaware" },
        "columns": { "register": { "ACCT": "account", "HOLDER": "name", "SHS": "shares" } },
        "files": { "cards": [{ "path": "web.csv", "layout": "web.layout.json" }] },
        "proxy_forms": [{
            "id": "management", "holders": ["Pat Proxy"], "ballot_cast": "2024-05-14T10:40",
            "unmarked": { "1": ["hale", "ito"], "2": "for", "3": "against", "4": "1_year" }
        }],
        "items": [
            { "id": "1", "kind": "election", "title": "Directors", "seats": 2,
              "nominees": [{ "id": "hale", "name": "Hale" }, { "id": "ito", "name": "Ito" }, { "id": "novak", "name": "Novak" }] },
            { "id": "2", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" },
            { "id": "3", "kind": "proposal", "title": "Charter", "standard": "majority_of_outstanding",
              "voting_groups": [{ "classes": ["b"], "standard": "majority_of_outstanding" }] },
            { "id": "4", "kind": "frequency", "title": "How often", "advisory": true,
              "choices": [{ "id": "1_year", "name": "One year" }, { "id": "3_years", "name": "Three years" }] },
            { "id": "5", "kind": "proposal", "title": "Merger", "standard": "majority_of_present_and_entitled",
              "excluded_accounts": ["PARENT"] }
        ]
    })
}

fn layout() -> Value {
    json!({
        "layout": "quorate/layout/1", "role": "cards", "format": "delimited",
        "columns": {
            "card": "Control", "account": "Acct", "received": "Time", "medium": { "value": "internet" }
        },
        "marks": {
            "shape": "wide",
            "columns": {
                "1.hale": "Q1A", "1.ito": "Q1B", "1.novak": "Q1C", "1": "Q1",
                "2": "Q2", "3": "Q3", "4": { "from": "Q4", "words": { "1": "1_year", "3": "3_years", "A": "ABSTAIN", "V": "VOID", "N": "NONVOTE" } },
                "5": "Q5"
            },
            "words": { "F": "FOR", "G": "AGAINST", "A": "ABSTAIN", "W": "WITHHOLD", "N": "NONVOTE", "V": "VOID" }
        }
    })
}

struct Meeting {
    folder: tempfile::TempDir,
}

impl Meeting {
    fn new(meeting: &Value, layout: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("meeting.json"), meeting.to_string()).unwrap();
        fs::write(folder.path().join("web.layout.json"), layout.to_string()).unwrap();
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("meeting.json")
    }
}

/// Counts the deck of the approved meeting with another meeting.json.
fn tested(in_use: &Meeting, approved: &Meeting, out: &Path) -> Output {
    quorate(&[
        "selftest",
        path(in_use.folder.path()),
        "--approved",
        path(&approved.file()),
        "--out",
        path(out),
    ])
}

#[test]
fn a_deck_comes_out_as_it_adds_up() {
    let meeting = Meeting::new(&approved(), &layout());
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("deck");
    let output = tested(&meeting, &meeting, &out);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let report = fs::read_to_string(out.join("report.txt")).unwrap();
    assert!(report.contains("\nPASSED: all "), "{report}");
    assert!(report.contains("counted with:       meeting.json, SHA-256"), "{report}");
    assert!(report.contains("A. Inspector                                    Date"), "{report}");
    let certificate: Value =
        serde_json::from_slice(&fs::read(out.join("results/certificate.json")).unwrap()).unwrap();
    let deck = out.join("deck");
    let counted = stdout(&quorate(&["tabulate", path(&deck), "--format", "json", "--quiet"]));
    let results = fs::read_to_string(out.join("results/certificate.json")).unwrap();
    assert!(counted == results, "the deck is a meeting by itself");
    let verified = quorate(&["verify", path(&out.join("results")), path(&deck)]);
    assert_eq!(verified.status.code(), Some(3), "{}", stdout(&verified));
    assert_eq!(certificate["meeting"]["mode"], "test");
    // Every account has another power of two.
    let register = fs::read_to_string(deck.join("register.csv")).unwrap();
    let header = register.lines().next().unwrap();
    assert!(header.starts_with("ACCT,HOLDER,SHS,class"), "{header}");
    let shares: Vec<u64> =
        register.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect();
    assert!(shares.iter().all(|shares| shares.is_power_of_two()), "{shares:?}");
    assert_eq!(shares.iter().collect::<BTreeSet<_>>().len(), shares.len());
    // Cards come both through the layout and by themselves.
    let laid = fs::read_to_string(deck.join("cards-1.csv")).unwrap();
    assert!(laid.starts_with("Control,Acct,Time,Q1A,Q1B,Q1C,Q1,Q2,Q3,Q4,Q5\nTEST-"), "{laid}");
    assert!(laid.lines().count() > 10, "{laid}");
    // Every page and every document says what it is.
    assert!(report.split('\u{c}').count() > 1);
    for page in report.split('\u{c}') {
        assert!(page.starts_with("TEST - A TRIAL, NOT THE RESULT OF A MEETING    page "), "{page}");
    }
    for name in ["certificate.txt", "certificate.html", "item507.md"] {
        assert!(
            fs::read_to_string(out.join("results").join(name)).unwrap().contains("TEST - A TRIAL"),
            "{name}"
        );
    }
    // The same again, to the byte: before and after the meeting.
    let again = work.path().join("again");
    assert_eq!(tested(&meeting, &meeting, &again).status.code(), Some(0));
    assert_eq!(report, fs::read_to_string(again.join("report.txt")).unwrap());
    // Over a deck that is there none is written.
    assert_eq!(tested(&meeting, &meeting, &out).status.code(), Some(1));
}

/// What the deck adds up, worked by hand: of the first ten accounts the powers from 4 on, of both classes in turn.
#[test]
fn the_figures_of_a_small_deck_by_hand() {
    let meeting = json!({
        "company": "Alder", "title": "Meeting", "date": "2024-05-14", "time_zone": "UTC", "record_date": "2024-03-22",
        "polls_close": "2024-05-14T11:00", "classes": [{ "id": "c", "outstanding": "1" }],
        "quorum": { "more_than": "1/2" }, "rules": { "law": "delaware" },
        "proxy_forms": [{ "id": "f", "ballot_cast": "2024-05-14T10:00", "unmarked": { "1": "against" } }],
        "items": [{ "id": "1", "kind": "proposal", "title": "Plan", "standard": "majority_of_votes_cast" }]
    });
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("meeting.json"), meeting.to_string()).unwrap();
    let out = work.path().join("deck");
    let output = quorate(&["selftest", path(work.path()), "--out", path(&out)]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let report = fs::read_to_string(out.join("report.txt")).unwrap();
    // Accounts, in order: treasury 4, unsigned 8, doubtful 16 (held), late 32, ballot in time 64 (FOR), valid 128 (FOR),
    // expired 256, post-dated 512 (held), two cards 1024 (by receipt: AGAINST), the same twice 2048 (FOR), revoked 4096, present
    // 8192 (FOR: presence alone revokes nothing), blocks 16384 (12288 FOR, 4096 AGAINST), joint 32768 (halves), totals 65536
    // (49152 FOR, 16384 AGAINST), blank 131072 (AGAINST), one item 262144 (FOR), then FOR 524288, AGAINST 1048576, ABSTAIN 2097152,
    // WITHHOLD 4194304, NONVOTE 8388608, VOID 16777216.
    let for_ = 64 + 128 + 2048 + 8192 + 12288 + 16384 + 49152 + 262_144 + 524_288;
    let against = 1024 + 4096 + 16384 + 16384 + 131_072 + 1_048_576;
    let not_voted = 16 + 512 + 16_777_216;
    let present = for_ + against + not_voted + 2_097_152 + 4_194_304 + 8_388_608;
    // All powers from 4 to 16777216, but for the treasury's 4.
    let outstanding = (1_u64 << 25) - 4 - 4;
    for (figure, votes) in [
        ("item 1: for", for_),
        ("item 1: against", against),
        ("item 1: abstain", 2_097_152),
        ("item 1: withheld", 4_194_304),
        ("item 1: broker non votes", 8_388_608),
        ("item 1: not voted", not_voted),
        ("item 1: present", present),
        ("item 1: outstanding", outstanding),
        ("quorum: required", outstanding / 2 + 1),
    ] {
        assert!(
            report.contains(&format!("  {figure}: {votes} | {votes}\n")),
            "{figure} should be {votes}\n{report}"
        );
    }
    assert!(report.contains("item 1: outcome: not_approved | not_approved"), "{report}");
    for (card, fate) in [
        ("TEST-001", "rejected, unknown_account"),
        ("TEST-003", "rejected, unsigned"),
        ("TEST-005", "rejected, late"),
        ("TEST-008", "rejected, expired"),
        ("TEST-010", "superseded, later_proxy"),
        ("TEST-012", "superseded, duplicate"),
        ("TEST-014", "revoked, written"),
        ("TEST-017", "counted_in_part, over_position"),
    ] {
        assert!(
            report.contains(&format!(
                "  card {card}: {fate} | {fate}
"
            )),
            "{card} should be {fate}
{report}"
        );
    }
}

/// A mistake: what it is, how it is made, and a figure or problem by which the count finds it.
type Mistake = (&'static str, fn(&mut Value, &mut Value), &'static str);

const MISTAKES: [Mistake; 26] = [
    ("a nominee dropped", |m, _| _ = m["items"][0]["nominees"].as_array_mut().unwrap().pop(), "1.novak"),
    (
        "two nominees' ids swapped",
        |m, _| {
            m["items"][0]["nominees"][0]["id"] = json!("ito");
            m["items"][0]["nominees"][1]["id"] = json!("hale");
        },
        "item 1: nominees",
    ),
    ("a seat too many", |m, _| m["items"][0]["seats"] = json!(3), "item 1: hale: for"),
    (
        "a seat too few",
        |m, _| {
            m["items"][0]["seats"] = json!(1);
            m["proxy_forms"][0]["unmarked"]["1"] = json!(["hale"]);
        },
        "item 1: elected",
    ),
    (
        "another standard",
        |m, _| m["items"][1]["standard"] = json!("majority_of_outstanding"),
        "item 2: test 1: base",
    ),
    (
        "a supermajority left out",
        |m, _| m["items"][2]["standard"] = json!("majority_of_votes_cast"),
        "item 3: test 1: base",
    ),
    ("the votes of a class", |m, _| m["classes"][1]["votes_per_share"] = json!("1"), "item 2: for"),
    (
        "a class that may not vote",
        |m, _| m["items"][1]["entitled_classes"] = json!(["a"]),
        "item 2: outstanding",
    ),
    (
        "the wrong voting group",
        |m, _| m["items"][2]["voting_groups"][0]["classes"] = json!(["a"]),
        "item 3: voting group 1: for",
    ),
    (
        "no voting group",
        |m, _| _ = m["items"][2].as_object_mut().unwrap().remove("voting_groups"),
        "item 3: voting group 1: for",
    ),
    ("a default turned round", |m, _| m["proxy_forms"][0]["unmarked"]["2"] = json!("against"), "item 2: for"),
    (
        "a default left out",
        |m, _| _ = m["proxy_forms"][0]["unmarked"].as_object_mut().unwrap().remove("3"),
        "item 3: against",
    ),
    (
        "a default for other names",
        |m, _| m["proxy_forms"][0]["unmarked"]["1"] = json!(["hale", "novak"]),
        "item 1: ito: for",
    ),
    (
        "a default choice",
        |m, _| m["proxy_forms"][0]["unmarked"]["4"] = json!("3_years"),
        "item 4: 1_year: for",
    ),
    (
        "items in each other's place",
        |m, _| {
            m["items"][1]["id"] = json!("5");
            m["items"][4]["id"] = json!("2");
        },
        "item 2: for",
    ),
    (
        "an excluded account forgotten",
        |m, _| _ = m["items"][4].as_object_mut().unwrap().remove("excluded_accounts"),
        "item 5: for",
    ),
    ("the quorum", |m, _| m["quorum"] = json!({ "at_least": "1/3" }), "quorum: required"),
    ("another law", |m, _| m["rules"]["law"] = json!("california"), "card TEST-"),
    ("the term of proxies", |m, _| m["rules"]["proxy_valid_months"] = json!(35), "card TEST-"),
    ("the day of the meeting", |m, _| m["date"] = json!("2024-05-15"), "card TEST-"),
    ("the polls", |m, _| m["polls_close"] = json!("2024-05-14T10:59"), "card TEST-"),
    ("a choice dropped", |m, _| _ = m["items"][3]["choices"].as_array_mut().unwrap().pop(), "3_years"),
    (
        "a header for another column",
        |m, _| {
            m["columns"]["register"] = json!({ "ACCT": "name", "HOLDER": "account", "SHS": "shares" });
        },
        "account_unknown",
    ),
    (
        "swapped columns of a layout",
        |_, l| {
            l["marks"]["columns"]["2"] = json!("Q3");
            l["marks"]["columns"]["3"] = json!("Q2");
        },
        "item 2: for",
    ),
    (
        "swapped words of a layout",
        |_, l| {
            l["marks"]["words"]["A"] = json!("AGAINST");
            l["marks"]["words"]["G"] = json!("ABSTAIN");
        },
        "item 2: against",
    ),
    (
        "swapped nominees of a layout",
        |_, l| {
            l["marks"]["columns"]["1.hale"] = json!("Q1B");
            l["marks"]["columns"]["1.ito"] = json!("Q1A");
        },
        "item 1: hale: for",
    ),
];

#[test]
fn every_mistake_is_found_by_what_is_counted() {
    let right = Meeting::new(&approved(), &layout());
    let work = tempfile::tempdir().unwrap();
    let mut missed = Vec::new();
    for (number, (name, make, figure)) in MISTAKES.into_iter().enumerate() {
        let (mut meeting, mut layout) = (approved(), layout());
        make(&mut meeting, &mut layout);
        let wrong = Meeting::new(&meeting, &layout);
        let out = work.path().join(number.to_string());
        let output = tested(&wrong, &right, &out);
        let told = stdout(&output);
        let is_found = output.status.code() == Some(4)
            && told.contains("\nFAILED: ")
            && told.lines().any(|line| line.starts_with("  ") && line.contains(figure));
        if !is_found || !fs::read_to_string(out.join("report.txt")).unwrap().contains("FAILED: ") {
            missed.push(format!("{name}, by {figure}: {:?}\n{told}{}", output.status, stderr(&output)));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// The arithmetic of the deck and the count are two; they agree on every fixture.
#[test]
fn the_deck_of_every_fixture_comes_out_as_it_adds_up() {
    let work = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for folder in [fixtures(), fixtures().join("layouts")] {
        let mut folders: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for meeting in folders.into_iter().filter(|folder| folder.join("meeting.json").is_file()) {
            let name = meeting.file_name().unwrap().to_str().unwrap();
            let output = quorate(&["selftest", path(&meeting), "--out", path(&work.path().join(name))]);
            count += 1;
            if output.status.code() != Some(0) {
                wrong.push(format!("{name}: {}{}", stdout(&output), stderr(&output)));
            }
        }
    }
    assert!(count > 85, "only {count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every policy on blocks, joint holders, signatures, order and cumulated votes has cards in the deck.
#[test]
fn the_deck_follows_the_rules_of_the_meeting() {
    let work = tempfile::tempdir().unwrap();
    for (key, values) in [
        ("overvote", &["first_in", "latest_first", "prorate", "reject_block", "reject_all", "hold"][..]),
        ("joint_holders", &["statute", "latest_card", "first_named", "unanimous"]),
        ("signature_mismatch", &["hold", "reject", "accept"]),
        ("order", &["form_date", "received"]),
        ("attendance_revokes", &["on_request", "voting_only"]),
        ("over_cumulated", &["void", "prorate"]),
        ("fractional_votes", &["whole", "six_decimals"]),
        ("excluded_count_for_quorum", &["yes", "no"]),
        ("revocable_until", &["voted", "polls_close"]),
    ] {
        for (place, value) in values.iter().enumerate() {
            let law = ["california", "delaware", "model_act"][place % 3];
            // At the meeting, or 48 hours before it.
            let given = if law == "model_act" { "2024-05-10T09:45" } else { "2024-05-14T09:45" };
            let mut meeting = approved();
            meeting["rules"] = json!({ "law": law, key: value });
            meeting["items"].as_array_mut().unwrap().push(json!({
                "id": "6", "kind": "election", "title": "Trustees", "seats": 3,
                "cumulative": { "notice": { "by": "H-7", "given": given } },
                "nominees": [{ "id": "x", "name": "X" }, { "id": "y", "name": "Y" }]
            }));
            meeting["polls_open"] = json!("2024-05-14T10:00");
            let with = Meeting::new(&meeting, &layout());
            let out = work.path().join(format!("{key}-{value}-{law}"));
            let output = tested(&with, &with, &out);
            let told = format!("{key} {value} {law}: {}{}", stdout(&output), stderr(&output));
            assert_eq!(output.status.code(), Some(0), "{told}");
        }
    }
}

/// Test cards left in the folder of the meeting are an error there.
#[test]
fn a_deck_is_no_part_of_a_meeting() {
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("deck");
    assert_eq!(
        quorate(&["selftest", path(&fixtures().join("point360")), "--out", path(&out)]).status.code(),
        Some(0)
    );
    let deck = out.join("deck");
    let text = fs::read_to_string(deck.join("meeting.json")).unwrap();
    fs::write(deck.join("meeting.json"), text.replace("\"mode\": \"test\"", "\"mode\": \"live\"")).unwrap();
    let output = quorate(&["tabulate", path(&deck)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("TEST-001"), "{}", stderr(&output));
}

/// Before the polls: no close and no ballot is given yet. The deck sets both, and says so.
#[test]
fn a_meeting_whose_polls_are_open_has_a_deck() {
    let mut meeting = approved();
    meeting["polls_close"] = Value::Null;
    _ = meeting["proxy_forms"][0].as_object_mut().unwrap().remove("ballot_cast");
    let with = Meeting::new(&meeting, &layout());
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("deck");
    let output = tested(&with, &with, &out);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let report = fs::read_to_string(out.join("report.txt")).unwrap();
    assert!(report.contains("polls_close: noon of the day of the meeting"), "{report}");
    assert!(report.contains("ballot_cast of form management: as the polls close"), "{report}");
    // Nothing is counted where there is no card, and that is told figure by figure.
    assert!(
        report.contains("  item 1: hale: for: 0\n") && report.contains("  quorum: present: 0\n"),
        "{report}"
    );
}

/// More accounts than there are powers of two under what can be counted: no deck, and it is said.
#[test]
fn a_meeting_too_large_for_a_deck_is_told() {
    let mut meeting = approved();
    let names: Vec<Value> =
        (0..60).map(|number| json!({ "id": format!("n{number}"), "name": format!("N {number}") })).collect();
    meeting["items"][0]["nominees"] = json!(names);
    meeting["proxy_forms"][0]["unmarked"]["1"] = json!(["n0", "n1"]);
    _ = meeting.as_object_mut().unwrap().remove("files");
    let with = Meeting::new(&meeting, &layout());
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("deck");
    let output = tested(&with, &with, &out);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("powers of two to tell them apart; no deck was written"),
        "{}",
        stderr(&output)
    );
    assert!(!out.exists());
}

/// Code tables, boxes: whatever is exchanged in a layout of a fixture, a figure differs.
#[test]
fn whatever_is_exchanged_in_a_layout_is_found() {
    let work = tempfile::tempdir().unwrap();
    let mut missed = Vec::new();
    for (name, file, exchanges) in [
        (
            "codes_1_2_3",
            "codes.layout.json",
            &[
                ("/marks/words/1", "/marks/words/2"),
                ("/marks/columns/1.hale", "/marks/columns/1.ito"),
                ("/marks/columns/1.ito", "/marks/columns/1.novak"),
                ("/marks/columns/2/words/1", "/marks/columns/2/words/2"),
                ("/marks/columns/2/words/2", "/marks/columns/2/words/3"),
            ][..],
        ),
        (
            "boxes",
            "boxes.layout.json",
            &[
                ("/marks/boxes/1.hale/FOR", "/marks/boxes/1.hale/WITHHOLD"),
                ("/marks/boxes/1.ito/FOR", "/marks/boxes/1.novak/FOR"),
                ("/marks/boxes/2/FOR", "/marks/boxes/2/AGAINST"),
                ("/columns/card", "/columns/account"),
            ],
        ),
    ] {
        let approved = fixtures().join("layouts").join(name);
        for (number, (one, other)) in exchanges.iter().enumerate() {
            let in_use = work.path().join(format!("{name}-{number}"));
            support::copy_folder(&approved, &in_use);
            let mut layout: Value = serde_json::from_slice(&fs::read(in_use.join(file)).unwrap()).unwrap();
            let (first, second) =
                (layout.pointer(one).unwrap().clone(), layout.pointer(other).unwrap().clone());
            *layout.pointer_mut(one).unwrap() = second;
            *layout.pointer_mut(other).unwrap() = first;
            fs::write(in_use.join(file), layout.to_string()).unwrap();
            let out = work.path().join(format!("{name}-{number}-deck"));
            let file = approved.join("meeting.json");
            let output =
                quorate(&["selftest", path(&in_use), "--approved", path(&file), "--out", path(&out)]);
            if output.status.code() != Some(4) || !stdout(&output).contains("FAILED: ") {
                missed.push(format!("{name}: {one} for {other}: {}{}", stdout(&output), stderr(&output)));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
