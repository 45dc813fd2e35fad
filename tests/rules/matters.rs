//! What is asked of one matter: its own quorum, whole votes, notice, the proxy holders' ballot, names on the
//! withhold line, heads.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::Meeting;

fn votes(counted: &Counted) -> Vec<&str> {
    let nominees = counted.at("/items/0/nominees").as_array().unwrap();
    nominees.iter().map(|nominee| nominee["for"].as_str().unwrap()).collect()
}

fn pool(counted: &Counted, part: &str) -> String {
    counted.text(&format!("/items/0/cumulative/{part}")).to_owned()
}

/// QUO-4, STD-6. Of 1,000 shares an interested director holds 600, which are not outstanding on the matter: 400 are, 201
/// are a quorum and 101 a majority of it. 130 for and 120 against are 250 present: approved; with 80 for and 70
/// against 150 are no quorum. Where excluded shares count, they are present by their own card or not at all: 501 of
/// 1,000 are asked, and 250 are not enough.
#[test]
fn interested_shares_are_not_outstanding_on_the_matter() {
    let meeting = |votes_for: u32, against: u32, counts: Option<&str>| {
        let absent = 400 - votes_for - against;
        let meeting = Meeting::of(&format!("D 600, A {votes_for}, B {against}, C {absent}"))
            .proposal("majority_voting_and_majority_of_quorum")
            .set("/items/0/excluded_accounts", json!(["D"]))
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST");
        match counts {
            Some(counts) => meeting.rule("excluded_count_for_quorum", counts),
            None => meeting,
        }
    };
    let approved = meeting(130, 120, None).count();
    assert!(approved.cites("QUO-4") && approved.cites("STD-6"));
    assert_eq!(approved.outcome("1"), "approved");
    assert_eq!(approved.test("1", 1), "130 of 201, 101 needed: met");
    assert_eq!(approved.at("/items/0/quorum/required"), "201");
    assert_eq!(approved.at("/items/0/quorum/outstanding"), "400");
    assert_eq!((approved.text("/quorum/required"), approved.at("/quorum/met")), ("501", &json!(false)));
    assert_eq!(meeting(101, 99, None).count().outcome("1"), "no_quorum");
    assert_eq!(meeting(101, 100, None).count().outcome("1"), "approved");
    let counted = meeting(130, 120, Some("yes")).count();
    assert_eq!((counted.outcome("1"), counted.text("/items/0/quorum/required")), ("no_quorum".into(), "501"));
    // The director's own card makes the 600 present for the quorum, and votes nothing.
    let with_card = meeting(130, 120, Some("yes"))
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST\n C-3, D, 2024-05-10, AGAINST")
        .count();
    assert_eq!(with_card.text("/items/0/quorum/present"), "850");
    assert_eq!(with_card.test("1", 1), "130 of 501, 251 needed: not met");
}

/// QUO-4, QUO-3. Common 700 of 1,000 present, preferred 10 of 100 present, an election each: the common seat is
/// filled; the preferred item has no quorum (51 of 100), asked of each class or not. A quorum of its own, a tenth of
/// the preferred, is 10 and is there; 11 preferred of 110 would need 11.
#[test]
fn a_class_votes_with_its_own_quorum_and_no_others() {
    let meeting = |by_class: bool| {
        let classes = [("common", "1000"), ("preferred", "100")]
            .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
        Meeting::with_register(
            "1100",
            "account, name, shares, class
             A, Ann, 700, common
             B, Bob, 300, common
             C, Cyd, 10, preferred
             D, Dan, 90, preferred",
        )
        .set("/classes", classes.to_vec())
        .set("/quorum/by_class", by_class)
        .election(1, "ann bob")
        .set("/items/0/entitled_classes", json!(["common"]))
        .election(1, "cyd dan")
        .set("/items/1/entitled_classes", json!(["preferred"]))
        .cards(
            "card, account, received, 1.ann, 2.cyd
             C-1, A, 2024-05-10, FOR, FOR
             C-2, C, 2024-05-10, FOR, FOR",
        )
    };
    for by_class in [false, true] {
        let counted = meeting(by_class).count();
        assert!(counted.cites("QUO-4"));
        assert_eq!((counted.outcome("1"), counted.outcome("2")), ("elected ann".into(), "no_quorum".into()));
        assert_eq!(counted.text("/items/0/quorum/required"), "501");
        assert_eq!(counted.text("/items/1/quorum/required"), "51");
    }
    let own = |share: &str| {
        meeting(false).set("/items/1/quorum", json!({ "at_least": share })).count().outcome("2")
    };
    assert_eq!((own("1/10"), own("11/100")), ("elected cyd".to_owned(), "no_quorum".to_owned()));
}

/// QUO-5, STD-4. Preferred vote as a group of their own: 51 of 100 present are a quorum and 26 for of 51 approve; 50
/// present are none, and the item has no quorum though 750 of 1,100 are present; a motion that needs no quorum frees
/// the group too.
#[test]
fn a_voting_group_acts_only_with_its_own_quorum() {
    let meeting = |preferred: u32, needs: bool| {
        let classes = [("common", "1000"), ("preferred", "100")]
            .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
        let rest = 100 - preferred;
        Meeting::with_register(
            "1100",
            &format!(
                "account, name, shares, class
                 A, Ann, 700, common
                 B, Bob, 300, common
                 C, Cyd, {preferred}, preferred
                 D, Dan, {rest}, preferred"
            ),
        )
        .set("/classes", classes.to_vec())
        .proposal("majority_of_votes_cast")
        .set(
            "/items/0/voting_groups",
            json!([{ "classes": ["preferred"], "standard": "majority_of_votes_cast" }]),
        )
        .set("/items/0/needs_quorum", needs)
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, C, 2024-05-10, FOR")
        .count()
    };
    let met = meeting(51, true);
    assert!(met.cites("QUO-5"));
    assert_eq!(met.outcome("1"), "approved");
    assert_eq!(met.at("/items/0/voting_groups/0/quorum/required"), "51");
    assert_eq!(meeting(50, true).outcome("1"), "no_quorum");
    assert_eq!(meeting(50, false).outcome("1"), "approved");
}

/// QUO-6, STD-5. A quorum of a third of the votes and a third of the heads: of five holders two are present. Accounts A
/// and B are one holder's: of four heads one is present, which is no third (two are asked). `at_least_holders` 2 asks
/// for two.
#[test]
fn a_quorum_may_ask_for_heads() {
    let meeting = |holder: &str, quorum: Value| {
        Meeting::with_register(
            "500",
            &format!(
                "account, name, shares, holder
                 A, Ann, 200, {holder}
                 B, Ann, 100, {holder}
                 C, Cyd, 100,
                 D, Dan, 50,
                 E, Eve, 50,"
            ),
        )
        .set("/quorum", quorum)
        .proposal("majority_of_votes_cast")
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR")
        .count()
    };
    let both = json!({ "all_of": [{ "at_least": "1/3" }, { "at_least": "1/3", "counting": "holders" }] });
    let apart = meeting("", both.clone());
    assert!(apart.cites("QUO-6"));
    assert_eq!(apart.outcome("1"), "approved");
    assert_eq!(apart.at("/quorum/tests/1/required"), "2");
    let one = meeting("Ann Alder", both);
    assert_eq!((one.outcome("1"), one.text("/quorum/tests/1/present")), ("no_quorum".into(), "1"));
    assert_eq!(meeting("Ann Alder", json!({ "at_least_holders": 2 })).outcome("1"), "no_quorum");
    assert_eq!(meeting("", json!({ "at_least_holders": 2 })).outcome("1"), "approved");
}

/// STD-5. A nominee votes 60 for and 40 against; Bob is against with 10. By majority one head is for and one against;
/// on both sides one for and two against; on neither none for and one against.
#[test]
fn a_holder_who_split_stands_as_the_test_says() {
    let meeting = |split: &str| {
        Meeting::with_register(
            "110",
            "account, name, shares, registration\n N, Nominee, 100, nominee\n B, Bob, 10, individual",
        )
        .proposal(json!({
            "at_least": "1/2", "of": "votes_cast", "counting": "holders", "split_holders": split
        }))
        .cards(
            "card, account, received, shares, 1
             C-1, N, 2024-05-10, 60, FOR
             C-2, N, 2024-05-10, 40, AGAINST
             C-3, B, 2024-05-10, , AGAINST",
        )
        .count()
    };
    assert_eq!(meeting("majority").test("1", 0), "1 of 2, 1 needed: met");
    assert_eq!(meeting("both").test("1", 0), "1 of 3, 2 needed: not met");
    assert_eq!(meeting("both").at("/items/0/tests/0/against"), "2");
    assert_eq!(meeting("neither").test("1", 0), "0 of 1, 1 needed: not met");
}

/// CUM-9. A pool of 200. 100.9 and 99.9 written are cut to 100 and 99: 199 cast, one unused; to six decimals they are
/// 200.8 and void the card. 0.9 alone is a number and cut to nothing: the pool is unused. Cut first, 100.5 and
/// 100.5 are the pool and are not prorated.
#[test]
fn only_whole_votes_count() {
    let meeting = |ann: &str, bob: &str, rule: &str| {
        Meeting::of("A 100")
            .election(2, "ann bob")
            .rule("fractional_votes", rule)
            .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } }))
            .cards(&format!("card, account, received, 1.ann, 1.bob\n C-1, A, 2024-05-10, {ann}, {bob}"))
            .count()
    };
    let whole = meeting("100.9", "99.9", "whole");
    assert!(whole.cites("CUM-9"));
    assert_eq!((votes(&whole), pool(&whole, "unused")), (vec!["100", "99"], "1".into()));
    let fine = meeting("100.9", "99.9", "six_decimals");
    assert!(!fine.cites("CUM-9"));
    assert_eq!((votes(&fine), pool(&fine, "void")), (vec!["0", "0"], "200".into()));
    let nothing = meeting("0.9", "", "whole");
    assert_eq!((votes(&nothing), pool(&nothing, "unused")), (vec!["0", "0"], "200".into()));
    assert_eq!(votes(&meeting("100.5", "100.5", "whole")), ["100", "100"]);
    assert_eq!(votes(&meeting("50.25%", "49.9%", "whole")), ["100", "99"]);
}

/// CUM-4. A pool of 500 and 0 + 300 + 333 written: 300 × 500 ÷ 633 = 236.9, 333 × 500 ÷ 633 = 263.03; the vote left over
/// goes to bob, the first who was given any; ann was given none and is not elected.
#[test]
fn a_name_that_was_given_none_gets_none_of_what_is_left_over() {
    let counted = Meeting::of("A 100")
        .election(5, "ann bob cyd")
        .rule("over_cumulated", "prorate")
        .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } }))
        .cards("card, account, received, 1.ann, 1.bob, 1.cyd\n C-1, A, 2024-05-10, 0, 300, 333")
        .count();
    assert_eq!(votes(&counted), ["0", "237", "263"]);
    assert_eq!(counted.outcome("1"), "elected cyd bob");
}

/// CUM-1. In California notice is given at the meeting: the day before is none, nor is the day alone; a holder gives it,
/// by account or by the name on the register, and nobody else. Under the model act 48 hours before the polls open are
/// in time and a second less is not, and the notice of the meeting will do. Of right nothing is asked.
#[test]
fn notice_to_cumulate_is_what_the_law_asks() {
    let meeting = |rule: &str, notice: Value| {
        Meeting::with_register("100", "account, name, shares\n A, Ann Alder, 100")
            .election(2, "ann bob")
            .rule("cumulative_notice", rule)
            .set("/items/0/cumulative", json!({ "notice": notice }))
            .cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, 200")
    };
    let notice = |by: &str, given: &str| json!({ "by": by, "given": given });
    for by in ["A", "Ann Alder", "white"] {
        assert_eq!(votes(&meeting("at_meeting", notice(by, "2024-05-20T09:59:00")).count()), ["200", "0"]);
    }
    for (by, given, expected) in [
        ("Ann", "2024-05-20T09:59:00", "is no shareholder"),
        ("A", "2024-05-19T09:59:00", "no day of the meeting"),
        ("A", "2024-05-20", "needs its hour"),
    ] {
        let refusal = meeting("at_meeting", notice(by, given)).refusal();
        assert!(refusal.contains(expected), "{refusal}");
    }
    let early = notice("A", "2024-05-18T10:00:00");
    assert_eq!(votes(&meeting("48_hours_before", early).count()), ["200", "0"]);
    let refusal = meeting("48_hours_before", notice("A", "2024-05-18T10:00:01")).refusal();
    assert!(refusal.contains("less than 48 hours"), "{refusal}");
    let by_notice = json!({ "by": "notice_of_meeting" });
    assert_eq!(votes(&meeting("48_hours_before", by_notice).count()), ["200", "0"]);
    assert_eq!(votes(&meeting("of_right", Value::Null).count()), ["200", "0"]);
    assert_eq!(votes(&meeting("at_meeting", Value::Null).count()), ["100", "0"]);
}

/// OPN-2. No ballot was cast: Ann's card is present and not voted and can be certified; a broker non-vote stays one. A
/// ballot that is silent on item 1 votes item 2. A holder's own ballot is not the proxy holders'.
#[test]
fn proxies_without_a_ballot_are_present_and_not_voted() {
    let meeting = || {
        Meeting::of("A 60, B 30, C 10")
            .proposal("majority_of_votes_cast")
            .proposal("majority_of_votes_cast")
            .cards(
                "card, account, received, kind, 1, 2
             C-1, A, 2024-05-10, , FOR, FOR
             C-2, B, 2024-05-10, , NONVOTE, FOR
             C-3, C, 2024-05-20T10:20:00, ballot, FOR, AGAINST",
            )
    };
    let none = meeting().set("/proxy_forms/0/ballot_cast", false).count();
    assert!(none.cites("OPN-2"));
    assert_eq!(none.at("/status"), "certified");
    assert_eq!(none.votes("1"), "10 for, 30 broker_non_votes, 60 not_voted");
    assert_eq!(none.votes("2"), "10 against, 90 not_voted");
    assert_eq!(none.present(), "100");
    let silent = meeting().set("/proxy_forms/0/ballot_silent_on", json!(["1"])).count();
    assert_eq!(silent.votes("1"), "10 for, 30 broker_non_votes, 60 not_voted");
    assert_eq!(silent.votes("2"), "90 for, 10 against");
    let voted = meeting().count();
    assert!(!voted.cites("OPN-2"));
    assert_eq!(voted.votes("1"), "70 for, 30 broker_non_votes");
}

/// ELE-7, CUM-2. The statement's card: bell on the withhold line and nothing else. Four names for five seats: the other
/// three are voted FOR; cumulated, the whole pool of 500 goes to them. With five names on four seats they are not
/// voted, unless the form says so; a mark FOR beside it, and the card is taken as marked; a ballot too.
#[test]
fn a_name_on_the_withhold_line_leaves_the_others_to_the_form() {
    let meeting = |seats: u32, marks: &str, kind: &str| {
        let received = if kind == "ballot" { "2024-05-20T10:20:00" } else { "2024-05-10" };
        Meeting::of("A 100")
            .election(seats, "bag bak hut bell")
            .set("/proxy_forms/0/unmarked", json!({ "1": ["bag", "bak", "hut"] }))
            .cards(&format!(
                "card, account, kind, received, 1.bag, 1.bak, 1.hut, 1.bell\n C-1, A, {kind}, {received}, {marks}"
            ))
    };
    let plain = meeting(5, ", , , WITHHOLD", "").count();
    assert!(plain.cites("ELE-7"));
    assert_eq!(votes(&plain), ["100", "100", "100", "0"]);
    assert_eq!(plain.votes("1.bell"), "100 withheld");
    assert_eq!(votes(&meeting(3, ", , , WITHHOLD", "").count()), ["0", "0", "0", "0"]);
    let as_unmarked =
        meeting(3, ", , , WITHHOLD", "").set("/proxy_forms/0/names_only", "as_unmarked").count();
    assert_eq!(votes(&as_unmarked), ["100", "100", "100", "0"]);
    let fixed = meeting(3, ", , , WITHHOLD", "").set("/items/0/contested", false).count();
    assert_eq!(votes(&fixed), ["100", "100", "100", "0"]);
    let contested = meeting(5, ", , , WITHHOLD", "").set("/items/0/contested", true).count();
    assert_eq!(votes(&contested), ["0", "0", "0", "0"]);
    assert_eq!(votes(&meeting(5, "FOR, , , WITHHOLD", "").count()), ["100", "0", "0", "0"]);
    assert_eq!(votes(&meeting(5, ", VOID, , WITHHOLD", "").count()), ["0", "0", "0", "0"]);
    assert_eq!(votes(&meeting(5, ", , , WITHHOLD", "ballot").count()), ["0", "0", "0", "0"]);
    let notice = json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } });
    let cumulated = meeting(5, ", , , WITHHOLD", "").set("/items/0/cumulative", notice).count();
    assert_eq!(votes(&cumulated), ["167", "167", "166", "0"]);
}

/// ELE-2, ELE-4. One seat; old cannot serve and new stands in the place: a ballot FOR all is FOR new and not for two; one
/// of old, new and other is FOR two names and void.
#[test]
fn a_name_that_cannot_serve_is_not_counted_against_the_seats() {
    let meeting = |names: &str| {
        Meeting::of("A 100")
            .election(1, names)
            .set("/items/0/nominees/0/unable_to_serve", true)
            .set("/items/0/nominees/0/substitute", "new")
            .cards("card, account, kind, received, 1\n C-1, A, ballot, 2024-05-20T10:20:00, FOR")
            .count()
    };
    assert_eq!(votes(&meeting("old new")), ["0", "100"]);
    assert_eq!(meeting("old new").outcome("1"), "elected new");
    assert_eq!(votes(&meeting("old new other")), ["0", "0", "0"]);
}

/// JNT-1. Al leaves ivy blank and Bo writes 0: the same way, and both bind all 1,000; Bo writing 1 is another way, and
/// each casts from half the pool.
#[test]
fn a_written_none_is_the_same_way_as_a_blank() {
    let meeting = |ivy: u32| {
        Meeting::with_register(
            "1000",
            "account, name, shares, registration, holders\n A, Al Bo, 1000, joint, Al;Bo",
        )
        .election(1, "ivy jon")
        .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } }))
        .cards(&format!(
            "card, account, received, signer, 1.ivy, 1.jon
             C-1, A, 2024-05-10, Al, , 400
             C-2, A, 2024-05-10, Bo, {ivy}, 400"
        ))
        .count()
    };
    assert_eq!(votes(&meeting(0)), ["0", "400"]);
    assert_eq!(votes(&meeting(1)), ["1", "800"]);
}

/// STD-1. Withheld in the base: 60 for, 40 withheld are 60 of 100; of votes cast they are 60 of 60.
#[test]
fn a_base_may_count_withheld_votes() {
    let meeting = |base: &str| {
        Meeting::of("A 60, B 40")
            .proposal(json!({ "at_least": "2/3", "of": base }))
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, WITHHOLD")
            .count()
    };
    assert_eq!(meeting("for_against_withheld").test("1", 0), "60 of 100, 67 needed: not met");
    assert_eq!(meeting("votes_cast").test("1", 0), "60 of 60, 40 needed: met");
}

/// ELE-8. A policy changes no result.
#[test]
fn a_policy_on_resignations_changes_no_result() {
    let counted = Meeting::of("A 40, B 60")
        .election(1, "ann")
        .set("/items/0/policy", json!({ "resignation_if": "withheld_exceeds_for" }))
        .cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, WITHHOLD")
        .count();
    assert!(counted.cites("ELE-8"));
    assert_eq!(counted.outcome("1"), "elected ann");
    assert_eq!(counted.at("/items/0/policy/nominees/0/applies"), &json!(true));
}

/// A number in an election without cumulative voting is a code and refused; with the key it is capped.
#[test]
fn a_number_is_no_code() {
    let meeting = || {
        Meeting::of("A 100")
            .election(1, "ann bob")
            .cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, 1")
    };
    let refusal = meeting().refusal();
    assert!(refusal.contains("is it a code? say what it means in a layout"), "{refusal}");
    let counted = meeting().set("/items/0/cumulative", json!({ "notice": null })).count();
    assert_eq!(votes(&counted), ["1", "0"]);
}

/// MRK-2. A withdrawn item is shown and not counted, and a non-vote on it is none: the nominee's card is voted on item 2
/// as the form says.
#[test]
fn a_withdrawn_item_is_shown_and_not_counted() {
    let counted = Meeting::with_register("100", "account, name, shares, registration\n N, Nom, 100, nominee")
        .proposal("majority_of_votes_cast")
        .proposal("majority_of_votes_cast")
        .set("/items/0/withdrawn", true)
        .set("/proxy_forms/0/unmarked", json!({ "1": "for", "2": "for" }))
        .cards("card, account, received, 1, 2\n C-1, N, 2024-05-10, NONVOTE,")
        .count();
    assert_eq!((counted.outcome("1"), counted.outcome("2")), ("withdrawn".into(), "approved".into()));
    assert_eq!(counted.votes("1"), "100 not_voted");
}
