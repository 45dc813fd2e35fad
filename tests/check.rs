//! What `check` says before any result: control totals, what the standards need, who is still out, the
//! zero report. The figures are worked out by hand beside them.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use support::{fixtures, folder_of, quorate, stderr, stdout};

fn check(folder: &Path) -> String {
    let output = quorate(&["check", folder.to_str().unwrap()]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    stdout(&output)
}

/// A section of the sheet, without its head.
fn section(sheet: &str, head: &str) -> String {
    let rest = sheet.split(&format!("\n{head}\n")).nth(1).unwrap_or_else(|| panic!("no {head} in\n{sheet}"));
    let lines: Vec<&str> = rest.lines().skip(1).take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The words of a text, so that line breaks do not matter.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const ITEMS: &str = r#"[
  { "id": "1", "kind": "election", "title": "Directors", "seats": 2, "cumulative": { "notice": { "by": "A", "given": "2024-05-14T10:00" } },
    "nominees": [{ "id": "x", "name": "X. Ray" }, { "id": "y" }, { "id": "z" }] },
  { "id": "2", "kind": "proposal", "title": "Amendment", "standard": "majority_voting_and_majority_of_quorum" },
  { "id": "3", "kind": "proposal", "title": "Merger", "standard": { "at_least": "2/3", "of": "outstanding" }, "needs_quorum": false },
  { "id": "4", "kind": "frequency", "choices": [{ "id": "1_year" }, { "id": "3_years" }] },
  { "id": "5", "kind": "proposal", "title": "Scheme", "standard": { "more_than": "1/2", "of": "outstanding", "counting": "holders" } }
]"#;

fn meeting() -> String {
    format!(
        r#"{{ "company": "Synthetic Corporation", "title": "Annual Meeting", "date": "2024-05-14",
  "time_zone": "America/New_York", "record_date": "2024-03-22", "polls_open": "2024-05-14T10:30",
  "classes": [{{ "id": "common", "name": "Common Stock", "outstanding": "1000" }}],
  "quorum": {{ "at_least": "1/3" }}, "rules": {{ "law": "california" }}, "items": {ITEMS} }}"#
    )
}

/// 1,000 votes of five accounts; T is treasury.
const REGISTER: &str = "account,name,shares,registration,voting\nA,Ann,400,individual,yes\nB,Ben,250,individual,yes\n\
                        C,Cy,150,individual,yes\nD,Dee,150,individual,yes\nN,Nominee,50,nominee,yes\nT,Treasury,70,individual,no\n";

#[test]
fn standards_are_told_in_words_with_the_votes_they_need() {
    let folder = folder_of(&[("meeting.json", &meeting()), ("register.csv", REGISTER)]);
    let sheet = check(folder.path());
    // A third of 1,000 is 333 1/3: the smallest whole number that reaches it is 334.
    assert_eq!(
        words(&section(&sheet, "QUORUM")),
        "334 votes are needed: at least one third of the 1,000 outstanding."
    );
    let items = words(&section(&sheet, "WHAT EACH ITEM NEEDS"));
    for said in [
        // Two seats: more than a third of 1,000, so 334, leaves fewer for each of two others.
        "3 nominees for 2 seats. The 2 nominees with the most votes FOR are elected; one vote is enough, and a tie for the \
         last seat elects none of those tied. Votes are cumulated: every vote counts twice and may be placed at will. If all \
         1,000 votes come in, 334 of them surely elect one director; fewer do when fewer come in.",
        // Half of 1,000 is 500; half of the required 334 is 167.
        "Item 2: Amendment Needs more votes FOR than AGAINST (at least 501 if every vote outstanding is cast, fewer if fewer \
         are); and votes FOR of more than half of the required quorum of 334: at least 168 votes.",
        // Two thirds of 1,000 is 666 2/3.
        "Item 3: Merger Needs votes FOR of at least two thirds of the 1,000 outstanding, so that every vote not cast counts \
         against: at least 667 votes. Needs no quorum.",
        "Item 4: 4 The choice with the most votes is chosen; one vote is enough, and a tie chooses none.",
        // Five accounts have votes: three are more than half.
        "Item 5: Scheme Needs accounts FOR, not votes, of more than half of all 5 accounts: at least 3.",
    ] {
        assert!(items.contains(said), "{said}\nis not in\n{items}");
    }
}

#[test]
fn who_is_still_out_is_counted_and_the_largest_are_listed() {
    let cards = "card,account,received,signed,dated,shares\n\
                 K1,B,2024-05-01,no,2024-04-30,\nK2,N,2024-05-02,yes,2024-04-30,20\nK3,A,2024-05-02,yes,2024-04-30,\n\
                 K4,X,2024-05-02,yes,2024-04-30,\n";
    let folder = folder_of(&[("meeting.json", &meeting()), ("register.csv", REGISTER), ("cards.csv", cards)]);
    let sheet = check(folder.path());
    let out = section(&sheet, "PROXIES STILL OUT");
    // A, B and N sent something: 400 + 250 + 50. C and D: 150 each. T has no votes.
    let lines: Vec<String> = out.lines().map(words).collect();
    assert_eq!(lines, ["Accounts Votes", "sent a card or a total 3 700", "sent nothing 2 300"]);
    let list = sheet.split("No card that stands").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(
        list.lines().map(words).collect::<Vec<_>>(),
        [
            // B's 250 unsigned, C's and D's 150, and 30 of N's 50.
            "and no total covers 4 positions with 580 votes:",
            "250 B: card K1 rejected: unsigned",
            "150 C: sent nothing",
            "150 D: sent nothing",
            "30 N, of its 50: the rest of it is covered",
        ]
    );
    let cards: Vec<String> = section(&sheet, "CARDS AND BALLOTS").lines().map(words).collect();
    assert_eq!(
        cards,
        [
            "read 4",
            "form proxy 4",
            "ballots 0",
            "by mail 4",
            "not signed 1",
            "account not known 1",
            "1 card for part of a position: 20 shares together."
        ]
    );
    let register: Vec<String> = section(&sheet, "REGISTER").lines().map(words).collect();
    assert_eq!(
        register,
        ["Class Positions Voting shares Not voting Votes outstanding", "Common Stock 6 1,000 70 1,000"]
    );
    assert!(!sheet.contains("ZERO REPORT"), "cards were read");
}

#[test]
fn before_anything_is_received_every_counter_stands_at_zero() {
    for cards in [None, Some("card,account,received\n")] {
        let (meeting, mut files) = (meeting(), Vec::new());
        files.push(("meeting.json", meeting.as_str()));
        files.push(("register.csv", REGISTER));
        files.extend(cards.map(|cards| ("cards.csv", cards)));
        let sheet = check(folder_of(&files).path());
        let report: Vec<String> = section(&sheet, "ZERO REPORT").lines().map(words).collect();
        assert_eq!(
            report,
            [
                "No card, ballot, total, revocation or ruling has been read. Every counter stands at zero:",
                "For Against Abstain Withheld Non-votes Not voted",
                "item 1, X. Ray 0 0 0 0 0 0",
                "item 1, y 0 0 0 0 0 0",
                "item 1, z 0 0 0 0 0 0",
                "item 2 0 0 0 0 0 0",
                "item 3 0 0 0 0 0 0",
                "item 4 0 0 0 0 0 0",
                "item 5 0 0 0 0 0 0",
            ]
        );
    }
    let revoked = "account,received,manner\nA,2024-05-01,at_meeting\n";
    let folder =
        folder_of(&[("meeting.json", &meeting()), ("register.csv", REGISTER), ("revocations.csv", revoked)]);
    assert!(!check(folder.path()).contains("ZERO REPORT"), "a holder is present");
}

#[test]
fn digests_are_those_of_sha256sum_and_no_outcome_is_told() {
    let sheet = check(&fixtures().join("point360"));
    assert!(
        sheet.contains("b074f7f8e85cd6945b935ae9134a5cb694d8e067a8a5bbe0e3ef36a7c4bffbee register.csv\n")
    );
    for figure in ["5,471,897", "327,270", "5,768,038", "APPROVED", "ELECTED", "approved"] {
        assert!(!sheet.contains(figure), "check tells {figure}");
    }
}

/// A warning has its code and what to do about it; the exit code stays 0.
#[test]
fn warnings_come_with_a_remedy() {
    let sheet = check(&fixtures().join("street_lost_digits"));
    let text = words(&section(&sheet, "WARNINGS"));
    assert!(
        text.starts_with("warning: street_lost_digits: participant 0005 (Participant 0005) reports 1,123,456 on 1.q (200,000,000 less)"),
        "{text}"
    );
    assert!(text.ends_with("What to do: compare the total with the participant's own report."), "{text}");
    assert!(sheet.ends_with("\nno problems found, 1 warning\n"));
}

#[test]
fn a_page_in_a_pipe_is_a_hundred_columns_wide_and_has_no_colour_unless_asked() {
    let folder = fixtures().join("point360");
    let plain = check(&folder);
    assert!(plain.lines().all(|line| line.chars().count() <= 100));
    assert!(!plain.contains('\u{1b}'));
    let coloured = quorate(&["check", folder.to_str().unwrap(), "--color", "always"]);
    assert!(stdout(&coloured).contains("\u{1b}[1mQUORUM\u{1b}[0m"));
}

/// FOL-2. What votes as others do is not out: of the fixture's holders only H-3's 100 are.
#[test]
fn shares_that_vote_as_others_do_are_not_out() {
    let sheet = check(&fixtures().join("proportional_voting"));
    let list = sheet.split("No card that stands").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(
        list.lines().map(words).collect::<Vec<_>>(),
        ["and no total covers 1 position with 100 votes:", "100 H-3 of Common Stock: sent nothing"]
    );
}
