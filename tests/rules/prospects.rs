//! OPN-1: what open matters could change, all of them together: shown, proved not, or left open.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::Meeting;

/// What the first open matter says: the items that could change, those that cannot, and what the first
/// example needs.
fn told(counted: &Counted) -> (Value, Value, Value) {
    let matter = counted.at("/open_matters/0");
    let needs = matter["examples"][0]["needs"].clone();
    (matter["could_change"].clone(), matter["cannot_change"].clone(), needs)
}

/// X's newer card c2 is AGAINST and held, the older c1, which it supersedes, is FOR and its signature held too; Y is 30
/// AGAINST, Z 20 FOR. To reject c2 leaves 20 to 30; c1, ruled to count, stands before c2 (RUL-6): 40 + 20 to 30.
#[test]
fn a_ruling_on_a_card_that_a_held_one_superseded_is_found() {
    let counted = Meeting::of("X 40, Y 30, Z 20, W 10")
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, received, dated, signed, 1
             c1, X, 2024-05-12, 2024-05-09, mismatch, FOR
             c2, X, 2024-05-12, 2024-05-11, mismatch, AGAINST
             c3, Y, 2024-05-12, 2024-05-10, yes, AGAINST
             c4, Z, 2024-05-12, 2024-05-10, yes, FOR",
        )
        .count();
    assert_eq!(counted.outcome("1"), "not_approved");
    let (could, cannot, needs) = told(&counted);
    assert_eq!((could, cannot), (json!(["1"]), json!([])));
    assert_eq!(needs, json!(["count c1"]));
    assert_eq!(counted.at("/open_matters/0/examples/0/shown"), &json!(true));
}

/// Two forms without a ballot, 100 FOR on one and 150 AGAINST on the other: only together or only one of
/// them is cast. With the ballot of form m alone the item carries.
#[test]
fn ballots_not_cast_are_tried_form_by_form() {
    let counted = Meeting::of("A 100, B 150, C 50")
        .set("/proxy_forms", json!([{ "id": "m", "ballot_cast": null }, { "id": "o", "ballot_cast": null }]))
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, received, form, 1
             c1, A, 2024-05-10, m, FOR
             c2, B, 2024-05-10, o, AGAINST",
        )
        .count();
    assert_eq!(counted.outcome("1"), "not_approved");
    assert_eq!(told(&counted), (json!(["1"]), json!([]), json!(["no ballot for form o"])));
}

/// A held block and a held card: 30 FOR each, 50 AGAINST, 90 ABSTAIN. Either alone makes 30 to 50, both 60.
#[test]
fn matters_of_different_kinds_are_settled_together() {
    let register = "account, name, shares, registration
                    X, X, 30, individual\n N, N, 30, nominee\n Y, Y, 50, individual\n Z, Z, 90, individual";
    let counted = Meeting::with_register("200", register)
        .rule("overvote", "hold")
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, received, signed, shares, 1
             c1, X, 2024-05-10, mismatch,, FOR
             c2, N, 2024-05-10, yes, 31, FOR
             c3, Y, 2024-05-10, yes,, AGAINST
             c4, Z, 2024-05-10, yes,, ABSTAIN",
        )
        .count();
    assert_eq!(counted.open(), ["held_cards", "overvote_held"]);
    let expected = (json!(["1"]), json!([]), json!(["count c1", "count c2 as far as there is room"]));
    assert_eq!(told(&counted), expected);
    let [first, second] = [0, 1].map(|place| counted.at(&format!("/open_matters/{place}/examples")).clone());
    assert_eq!(first, second);
}

/// Two seats: a 1,000, b and c tied at 10 for the second; the register is 5 short. Five votes elect b.
#[test]
fn votes_that_the_register_lacks_may_break_a_tie() {
    let counted = Meeting::with_register("1025", "account, name, shares\n X, X, 1000\n Y, Y, 10\n Z, Z, 10")
        .set("/register", "partial")
        .election(2, "a b c")
        .cards(
            "card, account, received,   1.a, 1.b, 1.c
             c1,   X,       2024-05-10, FOR,,
             c2,   Y,       2024-05-10, ,FOR,
             c3,   Z,       2024-05-10, ,,FOR",
        )
        .count();
    assert_eq!(counted.open(), ["register_short"]);
    let (could, _, needs) = told(&counted);
    assert_eq!(could, json!(["1"]));
    assert_eq!(needs, json!(["up to 5 votes of class common that the register lacks: for b"]));
}

/// 600 FOR, 300 AGAINST and a held card of 100: no ruling on it matters. One of 300 AGAINST more makes a tie,
/// at which the item fails, and nothing else could.
#[test]
fn what_no_way_changes_is_proved_and_the_only_card_that_could_is_named() {
    let meeting = |held: u32| {
        Meeting::of(&format!("A 600, B 300, C {held}"))
            .proposal("majority_of_votes_cast")
            .cards(
                "card, account, received, signed, 1
                 c1, A, 2024-05-10, yes, FOR
                 c2, B, 2024-05-10, yes, AGAINST
                 c3, C, 2024-05-10, mismatch, AGAINST",
            )
            .count()
    };
    assert_eq!(told(&meeting(100)), (json!([]), json!(["1"]), Value::Null));
    assert_eq!(told(&meeting(299)), (json!([]), json!(["1"]), Value::Null));
    let counted = meeting(300);
    assert_eq!(told(&counted), (json!(["1"]), json!([]), json!(["count c3"])));
    assert_eq!(
        counted.at("/open_matters/0/examples/0/says"),
        "Item 1 would fail if c3 (300 shares) were counted; nothing else could change it."
    );
}

/// Ten held cards of one account are 59,049 ways, too many to look at; but their 90 votes, marked at will,
/// cannot turn 600 to 300, while of 600 to 520 they might.
#[test]
fn a_bound_proves_what_ways_without_number_cannot_change() {
    let meeting = |against: u32| {
        let register = format!(
            "account, name, shares, registration
             A, A, 600, individual\n B, B, {against}, individual\n N, N, 90, nominee"
        );
        let mut cards = "card, account, received, signed, shares, 1
                         c1, A, 2024-05-10, yes,, FOR\n c2, B, 2024-05-10, yes,, AGAINST"
            .to_owned();
        for place in 0..10 {
            cards += &format!("\n h{place}, N, 2024-05-10, mismatch, 9, AGAINST");
        }
        Meeting::with_register(&(690 + against).to_string(), &register)
            .proposal("majority_of_votes_cast")
            .cards(&cards)
            .count()
    };
    assert_eq!(told(&meeting(300)).1, json!(["1"]));
    // All ten counted are 610 against 600.
    let counted = meeting(520);
    assert_eq!(told(&counted).0, json!(["1"]));
    assert_eq!(counted.at("/open_matters/0/examples/0/shown"), &json!(true));
}

/// More than a third of six holders is three. Two are FOR and a third one's card is held.
#[test]
fn heads_outstanding_are_compared_as_heads() {
    let counted = Meeting::of("A 10, B 10, C 10, D 10, E 10, F 10")
        .set("/quorum", json!({ "at_least": "1/3" }))
        .proposal(json!({ "more_than": "1/3", "of": "outstanding", "counting": "holders" }))
        .cards(
            "card, account, received, signed, 1
             c1, A, 2024-05-10, yes, FOR\n c2, B, 2024-05-10, yes, FOR\n c3, C, 2024-05-10, mismatch, FOR",
        )
        .count();
    assert_eq!(counted.outcome("1"), "not_approved");
    assert_eq!(told(&counted), (json!(["1"]), json!([]), json!(["count c3"])));
}
