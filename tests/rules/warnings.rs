//! Warnings: the slip that each catches, and the look-alike beside it that is no slip. None changes a figure.

use serde_json::json;

use crate::counted::Counted;
use crate::story::{Meeting, vote};

const MAJORITY: &str = "majority_of_votes_cast";

/// A nominee of 1,000 shares and a holder of 500, one proposal and an election of Ann and Bob to two seats.
fn with_totals(rows: &str) -> Meeting {
    Meeting::with_register(
        "1500",
        "account, name, shares, registration\n N, Alder Bank, 1000, nominee\n H, Hal, 500, individual",
    )
    .election(2, "ann bob")
    .proposal(MAJORITY)
    .cards("card, account, received, 1, 2\n C-1, H, 2024-05-10, FOR, FOR")
    .file("street.csv", &format!("account, item, nominee, vote, shares, received\n{rows}"))
}

const ELECTION: &str = "N, 1, ann, FOR, 900, 2024-05-10\n N, 1, bob, FOR, 900, 2024-05-10\n";

/// STR-1. The bank reports 900 in the election and 500 on item 2, with 100 non-votes: 400 less, of which the non-votes
/// explain 100. One message with the bank's name says where; nothing is said of 800 and 100 non-votes, which 900 and
/// 100 explain, nor of equal totals. Without a row on item 2 at all it says that it reports nothing.
#[test]
fn a_participants_missing_totals_are_told_once_with_its_name() {
    let on_2 = |rows: &str| with_totals(&format!("{ELECTION}{rows}")).count();
    let short = on_2("N, 2, , FOR, 400, 2024-05-10\n N, 2, , NONVOTE, 100, 2024-05-10");
    assert_eq!(short.warnings(), ["street_totals_differ"]);
    assert_eq!(
        short.warning("street_totals_differ"),
        "participant N (Alder Bank) reports 500 on 2 (400 less) and 900 elsewhere, which its non-votes (100) do not \
         explain"
    );
    assert!(on_2("N, 2, , FOR, 700, 2024-05-10\n N, 2, , NONVOTE, 100, 2024-05-10").warnings().is_empty());
    assert!(on_2("N, 2, , FOR, 900, 2024-05-10").warnings().is_empty());
    let nothing = on_2("");
    assert!(
        nothing.warning("street_totals_differ").contains("reports nothing on 2 (900 less) and 900 elsewhere")
    );
}

/// STR-1. One omission, told once: the bank leaves its 100 non-votes out on both names of the non-routine election and
/// reports 1,000 on item 2. Both names lack 400; that non-votes differ follows from it and is not said again.
#[test]
fn what_follows_from_an_omission_is_not_said_again() {
    let meeting = |second: &str| {
        with_totals(&format!(
            "N, 1, ann, FOR, 500, 2024-05-10
             N, 1, ann, NONVOTE, 100, 2024-05-10
             N, 1, bob, FOR, 500, 2024-05-10
             {second}
             N, 2, , FOR, 1000, 2024-05-10"
        ))
        .set("/items/0/routine", false)
        .set("/items/1/routine", true)
        .count()
    };
    let left_out = meeting("");
    assert_eq!(left_out.warnings(), ["street_totals_differ"]);
    assert!(
        left_out.warning("street_totals_differ").contains("500 on 1.bob (500 less), 600 on 1.ann (400 less)")
    );
    assert_eq!(meeting("N, 1, bob, NONVOTE, 100, 2024-05-10").warnings(), ["street_totals_differ"]);
}

/// STR-1. A form of eight digits cut 200,000,400 to 400 on Bob alone: 200,000,000 are missing. Where item 2 is as short
/// it shows that nothing was cut, and no digits are guessed.
#[test]
fn lost_digits_are_not_guessed_where_another_item_shows_otherwise() {
    let meeting = |second: &str| {
        Meeting::with_register(
            "300000000",
            "account, name, shares, registration\n N, Alder Bank, 300000000, nominee",
        )
        .election(2, "ann bob")
        .proposal(MAJORITY)
        .cards("card, account, received, 1, 2")
        .file(
            "street.csv",
            &format!(
                "account, item, nominee, vote, shares
                 N, 1, ann, FOR, 200123456
                 N, 1, bob, FOR, 123456
                 N, 2, , FOR, {second}"
            ),
        )
        .count()
    };
    let cut = meeting("200123456");
    let hint = "its total 123,456 on line 3 may have lost its leading digits (200,123,456 would make it up)";
    assert!(cut.warning("street_lost_digits").contains(hint));
    let otherwise = meeting("123456");
    assert!(otherwise.warning("street_totals_differ").ends_with("do not explain"));
}

/// STR-1, NOM-2. Totals of 1,100 over 1,000 are told with the bank's name and what is too much; 1,000 are not.
#[test]
fn totals_over_the_position_are_told_with_name_and_excess() {
    let meeting = |shares: u32| {
        with_totals(&format!(
            "N, 1, ann, FOR, {shares}, 2024-05-10
             N, 1, bob, FOR, {shares}, 2024-05-10
             N, 2, , FOR, {shares}, 2024-05-10"
        ))
    };
    assert!(meeting(1000).count().warnings().is_empty());
    let over = meeting(1100).count();
    let says = over.warning("overvote");
    assert!(
        says.starts_with("the totals of participant N (Alder Bank) come to 1,100, 100 more than the 1,000"),
        "{says}"
    );
}

/// What street rows report is told with its mark, and a choice only as the choice.
#[test]
fn explain_says_what_street_rows_report() {
    let meeting = Meeting::with_register(
        "1500",
        "account, name, shares, registration\n N, Alder Bank, 1000, nominee\n H, Hal, 500, individual",
    )
    .election(1, "ann")
    .frequency("one two")
    .cards("card, account, received, 1, 2\n C-1, H, 2024-05-10, WITHHOLD, two")
    .file(
        "street.csv",
        "account, item, nominee, vote, shares
         N, 1, ann, FOR, 500
         N, 1, ann, WITHHOLD, 300
         N, 1, ann, NONVOTE, 200
         N, 2, , one, 1000",
    );
    let account = meeting.explain(&["--account", "N"]);
    for told in [
        "street.csv:2: reports 500 FOR on item 1, ann",
        "street.csv:3: reports 300 WITHHOLD on item 1, ann",
        "street.csv:4: reports 200 NONVOTE on item 1, ann",
        "street.csv:5: reports 1,000 one on item 2",
        "item 2: 1,000 votes for the choice one",
    ] {
        assert!(account.contains(told), "{told}\n{account}");
    }
    assert_eq!(account.matches("item 2: 1,000 votes").count(), 1, "{account}");
    let first = meeting.explain(&["--item", "1"]);
    assert!(first.contains("totals of N (street.csv:3, WITHHOLD) 300"), "{first}");
    let second = meeting.explain(&["--item", "2"]);
    assert!(
        second
            .contains("1,000 votes for the choice one from 1 source: totals of N (street.csv:5, one) 1,000")
    );
    assert!(!second.contains("1,500 votes for from"), "{second}");
}

/// ELE-2. Two seats, Ann and Bob, and the ballots' box FOR all: once Cyd comes from the floor it names three, and is
/// void. The ledger, a note, the exceptions and `explain` say why. Before she came, and of a form that lists Ann and
/// Bob, it names two and counts; a ballot that marks three names itself was over-marked by its holder.
#[test]
fn a_box_that_a_nominee_from_the_floor_voids_is_told() {
    let meeting = |marks: &str, has_floor: bool| {
        let nominees = if has_floor { "ann bob cyd" } else { "ann bob" };
        let header = if has_floor { "1, 1.ann, 1.bob, 1.cyd" } else { "1, 1.ann, 1.bob" };
        let meeting = Meeting::of("A 600, B 400")
            .election(2, nominees)
            .set("/proxy_forms/0/unmarked", json!({ "1": ["ann", "bob"] }))
            .cards(&format!(
                "card, account, received, kind, {header}
                 C-1, A, 2024-05-20T10:15, ballot, {marks}
                 C-2, B, 2024-05-10, proxy, FOR, , {}",
                if has_floor { ", " } else { "" }
            ));
        if has_floor { meeting.set("/items/0/nominees/2/nominated", "2024-05-20T10:05:00") } else { meeting }
    };
    let void = meeting("FOR, , , ", true);
    let counted = void.count();
    assert_eq!(counted.votes("1.ann"), "400 for, 600 not_voted");
    assert_eq!(
        (counted.fate("C-1").as_str(), counted.cell("C-1", "on_items")),
        ("counted", Some("1: box void"))
    );
    assert_eq!(counted.cell("C-2", "on_items"), Some(""));
    assert!(counted.notes("1 card with a box FOR all that names more nominees than seats"));
    let why = "on item 1 its box FOR all names more nominees than there are seats since cyd was nominated from the \
               floor, so it is void there";
    assert!(void.explain(&["--card", "C-1"]).contains(why));
    assert!(void.explain(&["--challenges"]).contains(why));

    let before = meeting("FOR, , ", false).count();
    assert_eq!((before.votes("1.ann").as_str(), before.cell("C-1", "on_items")), ("1000 for", None));
    let by_holder = meeting(", FOR, FOR, FOR", true).count();
    assert_eq!(by_holder.votes("1.ann"), "400 for, 600 not_voted");
    assert_eq!(by_holder.cell("C-1", "on_items"), None);
}

/// Once the polls have closed, a meeting without a card and without a total is told; with one of either it is not, nor
/// while the polls are open.
#[test]
fn a_meeting_at_which_nobody_voted_is_told_once_the_polls_have_closed() {
    let none = || Meeting::of("A 600, B 400").proposal(MAJORITY).cards("card, account, received, 1");
    assert_eq!(none().count().warnings(), ["no_cards"]);
    assert!(!none().set("/polls_close", json!(null)).count().warnings().contains(&"no_cards"));
    let one = none().cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR");
    assert!(one.count().warnings().is_empty());
    let total = with_totals(&format!("{ELECTION}N, 2, , FOR, 900, 2024-05-10"))
        .cards("card, account, received, 1, 2");
    assert!(!total.count().warnings().contains(&"no_cards"));
}

/// A file that nothing names is told with the name that was probably meant; one that is named, one of another ending
/// and a hidden one are not.
#[test]
fn a_data_file_that_nothing_names_is_told() {
    let meeting = |name: &str| {
        let rows = "account, item, vote, shares\n A, 1, FOR, 100";
        vote(MAJORITY, [600, 300, 50, 50]).file(name, rows).count()
    };
    assert!(
        meeting("streets.csv")
            .warning("file_not_read")
            .contains("streets.csv was not read; is it street.csv?")
    );
    assert_eq!(meeting("STREET2.TXT").warnings(), ["file_not_read"]);
    for name in ["notes.md", ".streets.csv", "~$streets.xlsx"] {
        assert!(meeting(name).warnings().is_empty(), "{name}");
    }
}

fn codes(counted: &Counted) -> Vec<&str> {
    counted.warnings()
}

/// Cal. Corp. Code § 602(a), 8 Del. C. § 216. A third is enough, a millionth less is told with its section; the model
/// act has no floor.
#[test]
fn a_quorum_under_a_third_is_told() {
    let meeting = |law: &str, quorum: &str| {
        let meeting = vote(MAJORITY, [600, 300, 50, 50]).set("/quorum", json!({ "at_least": quorum }));
        meeting.rule("law", law).count()
    };
    assert!(codes(&meeting("california", "1/3")).is_empty());
    let low = meeting("california", "0.333333");
    assert!(
        low.warning("quorum_floor").contains("less than a third of the votes (Cal. Corp. Code § 602(a))")
    );
    assert!(meeting("delaware", "0.333333").warning("quorum_floor").contains("8 Del. C. § 216"));
    assert!(codes(&meeting("model_act", "0.333333")).is_empty());
    let of_item =
        vote(MAJORITY, [600, 300, 50, 50]).set("/items/0/quorum", json!({ "at_least": "1/4" })).count();
    assert!(of_item.warning("quorum_floor").starts_with("the quorum of item 1 asks"));
}

/// Cal. Corp. Code § 701, 8 Del. C. § 213, Model Act § 7.07. The meeting is on 20 May: 10 days before it is 10 May,
/// 60 days 21 March, 70 days 11 March. A day beyond is told, counted from the first session.
#[test]
fn a_record_date_outside_the_window_of_the_law_is_told() {
    let meeting =
        |law: &str, date: &str| vote(MAJORITY, [600, 300, 50, 50]).set("/record_date", date).rule("law", law);
    for law in ["california", "delaware"] {
        for date in ["2024-05-10", "2024-03-21"] {
            assert!(codes(&meeting(law, date).count()).is_empty(), "{law} {date}");
        }
        for (date, days) in [("2024-05-11", "9 days"), ("2024-03-20", "61 days")] {
            let counted = meeting(law, date).count();
            assert!(
                counted.warning("record_date_window").contains(&format!("is {days} before")),
                "{law} {date}"
            );
        }
    }
    assert!(codes(&meeting("model_act", "2024-03-11").count()).is_empty());
    assert!(
        meeting("model_act", "2024-03-10").count().warning("record_date_window").contains("Model Act § 7.07")
    );
    let adjourned = meeting("delaware", "2024-03-20").set("/adjourned_from", json!(["2024-05-19"])).count();
    assert!(codes(&adjourned).is_empty());
}

/// Cal. Corp. Code § 701 (45 days), 8 Del. C. § 222 (30), Model Act § 7.07 (120): so long a meeting may be adjourned;
/// a day longer is told.
#[test]
fn an_adjournment_that_asks_for_a_new_date_or_notice_is_told() {
    let meeting = |law: &str, first: &str, record: &str| {
        let meeting = vote(MAJORITY, [600, 300, 50, 50]).set("/record_date", record).rule("law", law);
        meeting.set("/adjourned_from", json!([first])).count()
    };
    for (law, last, over, record) in [
        ("california", "2024-04-05", "2024-04-04", "2024-03-01"),
        ("delaware", "2024-04-20", "2024-04-19", "2024-03-01"),
        ("model_act", "2024-01-21", "2024-01-20", "2024-01-02"),
    ] {
        assert!(codes(&meeting(law, last, record)).is_empty(), "{law}");
        assert_eq!(codes(&meeting(law, over, record)), ["adjourned_too_long"], "{law}");
    }
}

/// VAL-8, VAL-9. A writing that comes before a later proxy revokes nothing, and so does a request at the meeting where
/// only a ballot revokes; a writing that revokes, and a request where that is enough, are not told.
#[test]
fn a_revocation_without_effect_is_told() {
    let meeting = |manner: &str, received: &str, attendance: &str| {
        vote(MAJORITY, [600, 300, 50, 50])
            .rule("attendance_revokes", attendance)
            .file("revocations.csv", &format!("account, received, manner\n A, {received}, {manner}"))
            .count()
    };
    let idle = meeting("written", "2024-05-09", "on_request");
    assert!(idle.warning("revocation_without_effect").contains("line 2 (A)"));
    assert!(codes(&meeting("written", "2024-05-11", "on_request")).is_empty());
    let at = "2024-05-20T10:15";
    assert_eq!(codes(&meeting("at_meeting", at, "voting_only")), ["revocation_without_effect"]);
    assert!(codes(&meeting("at_meeting", at, "on_request")).is_empty());
}

/// ORD-5. A later proxy that leaves item 2 blank takes the shares of one that marked it: told; one that marks it the
/// other way, and one that is blank where the earlier was blank too, are not.
#[test]
fn a_blank_that_displaces_a_mark_is_told() {
    let meeting = |first: &str, second: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, received, dated, 1, 2
                 C-1, A, 2024-05-10, 2024-05-01, FOR, {first}
                 C-2, A, 2024-05-11, 2024-05-02, AGAINST, {second}"
            ))
            .count()
    };
    assert!(meeting("FOR", "").warning("blank_displaces_marks").ends_with(": C-1"));
    assert!(codes(&meeting("FOR", "AGAINST")).is_empty());
    assert!(codes(&meeting("", "")).is_empty());
}

/// STD-5. Where heads are counted, two accounts in the name of Ann may be one holder: told, unless the register's
/// column `holder` says that they are one, or the vote is by shares.
#[test]
fn accounts_of_one_name_are_told_where_heads_are_counted() {
    let meeting = |standard: serde_json::Value, holder: &str| {
        Meeting::with_register(
            "100",
            &format!(
                "account, name, shares, holder\n A, Ann, 60, {holder}\n B, Ann, 30, {holder}\n C, Cyd, 10,"
            ),
        )
        .proposal(standard)
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
        .count()
    };
    let heads = || json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" });
    assert!(meeting(heads(), "").warning("names_repeat").ends_with("Ann (2 accounts)"));
    assert!(codes(&meeting(heads(), "Ann")).is_empty());
    assert!(codes(&meeting(json!(MAJORITY), "")).is_empty());
}

/// ELE-5. Nobody gave notice: 900 written for Ann by a holder of 600 are capped at 600, and 300 are told; 600 are not
/// over, and under notice nothing is capped.
#[test]
fn numbers_that_are_capped_are_told_with_their_votes() {
    let meeting = |number: u32, notice: serde_json::Value| {
        Meeting::of("A 600, B 400")
            .election(2, "ann bob")
            .set("/items/0/cumulative", json!({ "notice": notice }))
            .cards(&format!("card, account, received, 1.ann, 1.bob\n C-1, A, 2024-05-10, {number},"))
            .count()
    };
    let capped = meeting(900, json!(null));
    assert_eq!(capped.votes("1.ann"), "600 for");
    let says = capped.warning("numbers_capped");
    assert!(
        says.contains("numbers on 1 card were capped") && says.contains("300 votes written beyond them"),
        "{says}"
    );
    assert!(codes(&meeting(600, json!(null))).is_empty());
    let notice = json!({ "by": "B", "given": "2024-05-20T09:30:00" });
    assert!(codes(&meeting(900, notice)).is_empty());
}

/// A broker non-vote on a card of an individual is told; on a nominee's it is what it should be.
#[test]
fn a_non_vote_of_an_individual_is_told() {
    let meeting = |registration: &str| {
        let register = format!(
            "account, name, shares, registration\n A, Ann, 600, {registration}\n B, Bob, 400, individual"
        );
        Meeting::with_register("1000", &register)
            .proposal(MAJORITY)
            .set("/items/0/routine", true)
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, NONVOTE\n C-2, B, 2024-05-10, FOR")
            .count()
    };
    assert!(meeting("individual").warning("nonvote_of_individual").ends_with(": C-1"));
    assert_eq!(codes(&meeting("joint")), ["nonvote_of_individual"]);
    assert!(codes(&meeting("nominee")).is_empty());
}

/// STD-3. In an election by a majority of the votes cast 501 of 1,000 withhold from Ann, which that base leaves out:
/// told. 500 are not most of the marks, and the base of for, against and withheld leaves none out.
#[test]
fn a_standard_that_leaves_out_what_most_mark_is_told() {
    let meeting = |withheld: u32, base: &str| {
        Meeting::of(&format!("A {}, B {withheld}", 1000 - withheld))
            .election(1, "ann")
            .set("/items/0/standard", json!({ "more_than": "1/2", "of": base }))
            .cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, WITHHOLD")
            .count()
    };
    let ignored = meeting(501, "votes_cast");
    assert_eq!(ignored.outcome("1"), "elected ann");
    assert!(ignored.warning("withheld_ignored").contains("most marks on ann withhold (501)"));
    assert!(codes(&meeting(500, "votes_cast")).is_empty());
    assert!(codes(&meeting(501, "for_against_withheld")).is_empty());
}

/// VAL-5. As of 15 May a total without `received` cannot be told to have come: it is counted, and told; one with its
/// day, and a count of the whole meeting, are not.
#[test]
fn undated_totals_are_told_in_a_count_as_of_a_time() {
    let meeting = |received: &str| {
        with_totals(&format!(
            "N, 1, ann, FOR, 900, {received}\n N, 1, bob, FOR, 900, {received}\n N, 2, , FOR, 900, {received}"
        ))
    };
    let as_of = |received: &str| meeting(received).flag("--as-of", "2024-05-15T12:00:00").count();
    let undated = as_of("");
    assert_eq!(undated.present(), "1400");
    assert!(
        undated.warning("undated_rows_as_of").starts_with("3 rows of the street totals have no `received`")
    );
    assert!(codes(&as_of("2024-05-10")).is_empty());
    assert!(codes(&meeting("").count()).is_empty());
}

/// STR-1. One block of 400 delivered as b1 and as b2 counts twice, and is told; two blocks that differ by a share are two.
#[test]
fn the_same_totals_under_two_names_are_told() {
    let meeting = |second: u32| {
        let rows = format!("N, 2, , FOR, 400, 2024-05-10, b1\n N, 2, , FOR, {second}, 2024-05-11, b2");
        with_totals("")
            .file("street.csv", &format!("account, item, nominee, vote, shares, received, block\n {rows}"))
            .count()
    };
    let says = meeting(400).warning("street_same_block").to_owned();
    assert!(
        says.starts_with("blocks b1 and b2 of participant N (Alder Bank) hold the same totals"),
        "{says}"
    );
    assert!(!meeting(401).warnings().contains(&"street_same_block"));
}

/// STR-1, RUL-8. N delivers block b1 twice, 400 FOR and 400 AGAINST, and nothing orders them: the total is held, and a ruling
/// to count it does not say which is meant. Neither is counted, item 2 is not said to be out of reach, and the ruling is
/// told to be without effect. Where both say when they came, the later counts.
#[test]
fn a_ruling_does_not_choose_between_two_deliveries() {
    let meeting = |first: &str, second: &str| {
        let rows = format!(
            "N, 2, , FOR, 400, {first}, b1\n N, 1, ann, FOR, 400, 2024-05-10, b2\n N, 2, , AGAINST, 400, {second}, b1"
        );
        with_totals("")
            .file("street.csv", &format!("account, item, nominee, vote, shares, received, block\n {rows}"))
            .file(
                "rulings.csv",
                "street, ruling, reason, by, at\n N, count, by telephone, I, 2024-05-20T12:00:00",
            )
            .count()
    };
    assert_eq!(meeting("2024-05-10", "2024-05-11").votes("2"), "500 for, 400 against");
    let held = meeting("", "");
    assert_eq!(held.open(), ["overvote_held"]);
    assert!(held.warnings().contains(&"ruling_without_effect"), "{:?}", held.warnings());
    assert!(held.at("/open_matters/0/could_change").as_array().unwrap().contains(&json!("2")));
    let says = held.text("/open_matters/0/says");
    assert!(
        says.starts_with("Deliveries of a block differ and nothing says which is the later (N)"),
        "{says}"
    );
}

/// STR-1. Rows of one delivery that another row parts are two deliveries of one time: nothing orders them, the larger is held
/// and the other told. Rows that follow each other are one; a later delivery replaces an earlier one as it is meant to.
#[test]
fn a_delivery_that_other_rows_part_is_told() {
    let meeting = |rows: &str| {
        with_totals("")
            .file("street.csv", &format!("account, item, nominee, vote, shares, received, block\n {rows}"))
            .count()
    };
    let (first, second) = ("N, 2, , FOR, 400, 2024-05-10, b1", "N, 2, , AGAINST, 100, 2024-05-10, b1");
    let other = "N, 1, ann, FOR, 500, 2024-05-10, b2";
    let parted = meeting(&format!("{first}\n {other}\n {second}"));
    assert!(
        parted.warning("street_split_delivery").starts_with(
            "line 4 of block b1 of participant N (Alder Bank) does not count beside other lines"
        ),
        "{:?}",
        parted.warnings()
    );
    assert_eq!(parted.open(), ["overvote_held"]);
    let together = meeting(&format!("{first}\n {second}\n {other}"));
    assert!(!together.warnings().contains(&"street_split_delivery"));
    let later = meeting(&format!("{first}\n {other}\n N, 2, , AGAINST, 100, 2024-05-11, b1"));
    assert!(!later.warnings().contains(&"street_split_delivery"));
}

/// MRK-2. A broker votes none of its uninstructed shares on any non-routine item: 300 non-votes on item 1 and 200 on item 2
/// are told, 300 on both are not. Where no item is routine it cannot be present on them at all.
#[test]
fn non_votes_are_the_same_on_every_item_that_is_not_routine() {
    let meeting = |second: u32, third: bool| {
        let marks = |item: u32, non_votes: u32| {
            format!("N, {item}, FOR, {}\n N, {item}, NONVOTE, {non_votes}\n ", 1000 - non_votes)
        };
        let rows = format!("{}{}N, 3, FOR, 1000", marks(1, 300), marks(2, second));
        Meeting::with_register("1000", "account, name, shares, registration\n N, Alder Bank, 1000, nominee")
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .set("/items/0/routine", false)
            .set("/items/1/routine", false)
            .set("/items/2/routine", third)
            .cards("card, account, received, 1")
            .file("street.csv", &format!("account, item, vote, shares\n {rows}"))
            .count()
    };
    let uneven = meeting(200, true);
    assert!(uneven.warning("non_votes_differ").contains("300 on 1 and 200 on 2"), "{:?}", uneven.warnings());
    assert!(meeting(300, true).warnings().is_empty());
    assert!(meeting(300, false).warnings().contains(&"non_votes_without_routine_item"));
}

/// CUM-9. Ten shares have 20 votes for two seats: 10.5 and 9.5 are cut to 10 and 9, and one vote is unused: told. 11 and 9
/// are whole.
#[test]
fn numbers_cut_to_whole_votes_are_told() {
    let meeting = |marks: &str| {
        Meeting::with_register("10", "account, name, shares\n A, Ann, 10")
            .election(2, "ann bob")
            .rule("fractional_votes", "whole")
            .rule("cumulative_notice", "of_right")
            .set("/items/0/cumulative", json!({ "notice": null }))
            .cards(&format!("card, account, received, 1.ann, 1.bob\n C-1, A, 2024-05-10, {marks}"))
            .count()
    };
    let cut = meeting("10.5, 9.5");
    assert_eq!(cut.warnings(), ["numbers_cut"]);
    assert!(
        cut.warning("numbers_cut")
            .contains("numbers on 1 card were cut to whole votes; 1 votes of them are unused")
    );
    assert_eq!((cut.votes("1.ann"), cut.votes("1.bob")), ("10 for".to_owned(), "9 for".to_owned()));
    assert!(meeting("11, 9").warnings().is_empty());
}
