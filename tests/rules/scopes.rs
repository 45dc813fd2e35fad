//! Papers that speak of some items only, polls that close item by item, and a time of their own for proxies.

use serde_json::json;

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

fn meeting() -> Meeting {
    Meeting::of("A 600, B 400").proposal(MAJORITY).proposal(MAJORITY)
}

fn votes(meeting: &Meeting) -> (String, String) {
    let counted = meeting.count();
    (counted.votes("1"), counted.votes("2"))
}

fn both(one: &str, two: &str) -> (String, String) {
    (one.to_owned(), two.to_owned())
}

/// SCP-1. Ann's proxy is for both; her ballot on item 2 alone takes her 600 there and leaves them on item 1. Without
/// `items` it would take them on both.
#[test]
fn a_ballot_on_one_item_leaves_the_proxy_on_the_others() {
    let cards = |items: &str| {
        meeting().cards(&format!(
            "card, account, received, kind, items, 1, 2
             C-1, A, 2024-05-10, proxy, , FOR, FOR
             C-2, A, 2024-05-20T10:20:00, ballot, {items}, , AGAINST
             C-3, B, 2024-05-10, proxy, , FOR, FOR"
        ))
    };
    let scoped = cards("2").count();
    assert_eq!((scoped.votes("1"), scoped.votes("2")), both("1000 for", "400 for, 600 against"));
    assert_eq!(
        (scoped.fate("C-1").as_str(), scoped.fate("C-2").as_str()),
        ("counted_in_part ballot C-2", "counted")
    );
    assert_eq!((scoped.present(), scoped.shares("C-1")), ("1000", "600"));
    assert!(scoped.cites("SCP-1"));
    // It displaces nothing where it does not speak; for all items it would.
    assert!(scoped.at("/warnings").as_array().is_some_and(Vec::is_empty));
    assert_eq!(cards("").count().at("/warnings/0/code"), "blank_displaces_marks");
    assert_eq!(votes(&cards("")), both("400 for, 600 not_voted", "400 for, 600 against"));
    assert_eq!(votes(&cards("1;2")), both("400 for, 600 not_voted", "400 for, 600 against"));
}

/// SCP-2. A ballot on item 2 alone makes Ann present on item 1, whose polls were open, and not voted there.
#[test]
fn who_speaks_of_one_item_is_present_on_all_that_are_open() {
    let counted = meeting()
        .cards("card, account, received, kind, items, 1, 2\n C-1, A, 2024-05-20T10:20:00, ballot, 2, FOR, AGAINST")
        .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), both("600 not_voted", "600 against"));
    assert_eq!((counted.fate("C-1").as_str(), counted.present()), ("counted", "600"));
    let notes = counted.at("/notes").to_string();
    assert!(
        notes.contains("1 card marked beyond the items that it speaks of, which is not read (SCP-1): C-1."),
        "{notes}"
    );
}

/// SCP-1, SCP-2. The polls on item 1 closed at 10:25. Ann's ballot of 10:25:00 is in time for both; a second later it speaks
/// of item 2 only, and her proxy votes on item 1. Without a proxy she is not present on item 1, and the headline takes item 2.
#[test]
fn polls_that_close_item_by_item() {
    let cards = |time: &str, proxy: &str| {
        meeting().set("/items/0/polls_close", json!("2024-05-20T10:25:00")).cards(&format!(
            "card, account, received, kind, 1, 2
             C-2, A, 2024-05-20T10:25:{time}, ballot, AGAINST, AGAINST{proxy}"
        ))
    };
    let proxy = "\n C-1, A, 2024-05-10, proxy, FOR, FOR";
    assert_eq!(votes(&cards("00", proxy)), both("600 against", "600 against"));
    let late = cards("01", proxy).count();
    assert_eq!((late.votes("1"), late.votes("2")), both("600 for", "600 against"));
    assert_eq!(
        (late.fate("C-1").as_str(), late.fate("C-2").as_str()),
        ("counted_in_part ballot C-2", "counted")
    );
    let alone = cards("01", "").count();
    assert_eq!((alone.votes("1"), alone.votes("2")), both("nothing", "600 against"));
    assert_eq!(alone.present(), "600");
    assert_eq!((alone.text("/items/0/quorum/present"), alone.text("/items/1/quorum/present")), ("0", "600"));
    assert_eq!(alone.text("/items/0/polls_close"), "2024-05-20T10:25:00");
    // Of items whose polls had all closed it is late.
    let out = meeting()
        .set("/items/0/polls_close", json!("2024-05-20T10:25:00"))
        .cards(
            "card, account, received, kind, items, 1, 2\n C-1, A, 2024-05-20T10:25:01, ballot, 1, FOR, FOR",
        )
        .count();
    assert_eq!((out.fate("C-1").as_str(), out.present()), ("rejected late", "0"));
}

/// SCP-1. A revocation of 10:25:01 reaches item 2 and not item 1, whose polls had closed.
#[test]
fn a_revocation_goes_by_the_polls_of_each_item() {
    let counted = |time: &str| {
        meeting()
            .set("/items/0/polls_close", json!("2024-05-20T10:25:00"))
            .cards("card, account, received, 1, 2\n C-1, A, 2024-05-10, FOR, FOR")
            .file(
                "revocations.csv",
                &format!("account, received, manner\n A, 2024-05-20T10:25:{time}, written"),
            )
            .count()
    };
    let both_items = counted("00");
    assert_eq!(
        (both_items.votes("1"), both_items.fate("C-1").as_str()),
        ("nothing".to_owned(), "revoked written revocations.csv:2")
    );
    let second = counted("01");
    assert_eq!((second.votes("1"), second.votes("2")), both("600 for", "nothing"));
    assert_eq!(second.fate("C-1"), "counted_in_part written revocations.csv:2");
}

/// VAL-14. Proxies close on 10 May at noon: a second later a proxy is late, a ballot is not.
#[test]
fn proxies_close_before_the_polls() {
    let counted = |kind: &str, time: &str| {
        meeting()
            .set("/proxies_close", json!("2024-05-10T12:00:00"))
            .cards(&format!(
                "card, account, received, kind, 1, 2\n C-1, A, 2024-05-10T12:00:{time}, {kind}, FOR, FOR"
            ))
            .count()
    };
    assert_eq!(counted("proxy", "00").fate("C-1"), "counted");
    let late = counted("proxy", "01");
    assert_eq!((late.fate("C-1").as_str(), late.present()), ("rejected late", "0"));
    assert!(late.cites("VAL-14"));
    assert_eq!(counted("ballot", "01").fate("C-1"), "counted");
}

/// SCP-1 with STR-1: a participant's card on item 2 takes 600 of its 1,000 there; its totals fill what is left of each item:
/// 1,000 on item 1, 400 on item 2.
#[test]
fn totals_take_what_papers_leave_item_by_item() {
    let counted =
        Meeting::with_register("1000", "account, name, shares, registration\n P, Participant, 1000, nominee")
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .rule("overvote", "prorate")
            .cards("card, account, received, shares, items, 1, 2\n C-1, P, 2024-05-10, 600, 2, , AGAINST")
            .file("street.csv", "account, item, vote, shares\n P, 1, FOR, 1000\n P, 2, FOR, 1000")
            .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), both("1000 for", "400 for, 600 against"));
    assert_eq!(counted.present(), "1000");
}

/// SCP-1 with JNT-1: Ann and Bob hold together; Ann's card on item 2 alone and Bob's on both: on item 1 Bob binds, on item 2
/// they divide.
#[test]
fn joint_holders_act_item_by_item() {
    let register = "account, name, shares, registration, holders\n J, Ann and Bob, 600, joint, Ann;Bob";
    let counted = Meeting::with_register("600", register)
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .rule("joint_holders", "statute")
        .cards(
            "card, account, received, signer, items, 1, 2
             C-1, J, 2024-05-10, Ann, 2, , AGAINST
             C-2, J, 2024-05-10, Bob, , FOR, FOR",
        )
        .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), both("600 for", "300 for, 300 against"));
    assert_eq!((counted.fate("C-1").as_str(), counted.fate("C-2").as_str()), ("counted", "counted"));
}

/// SCP-1 with ORD-7: two cards of one date that differ on item 2 are held, and neither votes on item 1 either, though only
/// one of them speaks of it.
#[test]
fn what_holds_a_card_on_one_item_takes_its_vote_on_all() {
    let counted = meeting()
        .cards(
            "card, account, received, dated, items, 1, 2
             C-1, A, 2024-05-10, 2024-05-09, , FOR, FOR
             C-2, A, 2024-05-10, 2024-05-09, 2, , AGAINST",
        )
        .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), both("600 not_voted", "600 not_voted"));
    assert_eq!(counted.open(), vec!["held_cards"]);
}

/// Scoped and limited: a supplemental card on item 2 for 250 of Ann's 600; her older card keeps 350 there and 600 on item 1.
#[test]
fn a_limited_card_on_one_item_takes_its_part_there() {
    let counted = meeting()
        .cards(
            "card, account, received, dated, shares, items, 1, 2
             C-1, A, 2024-05-10, 2024-05-09, , , FOR, FOR
             C-2, A, 2024-05-11, 2024-05-11, 250, 2, , AGAINST",
        )
        .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), both("600 for", "350 for, 250 against"));
    assert_eq!((counted.shares("C-1"), counted.shares("C-2")), ("600", "250"));
}

/// An item that is not there, or twice, is refused; so are polls on an item that opened after they closed.
#[test]
fn a_scope_names_items_that_there_are() {
    let refusal = |items: &str| {
        meeting()
            .cards(&format!("card, account, received, items, 1, 2\n C-1, A, 2024-05-10, {items}, FOR, FOR"))
            .refusal()
    };
    assert!(
        refusal("3")
            .contains("cards.csv:2: items: `3` is not an item; expected `1` or `2` [reference_unknown]")
    );
    assert!(refusal("1;1").contains("cards.csv:2: items: names item `1` twice [id_repeated]"));
    let polls = meeting()
        .set("/items/0/polls_open", json!("2024-05-20T10:30:00"))
        .set("/items/0/polls_close", json!("2024-05-20T10:25:00"))
        .cards("card, account, received, 1, 2");
    assert!(polls.refusal().contains("the polls on the item opened after they closed [dates_contradict]"));
}

/// SCP-2 with PRE-2: a ballot for 200 of Ann's 600 on item 2 shows her present with all 600, on item 1 too. A nominee's block of
/// 200 is present with 200.
#[test]
fn a_limited_ballot_on_one_item_shows_its_holder_on_all() {
    let counted = |registration: &str| {
        let register = format!("account, name, shares, registration\n A, Ann, 600, {registration}");
        Meeting::with_register("600", &register)
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .cards(
                "card, account, received, kind, shares, items, 1, 2
                 C-1, A, 2024-05-20T10:20:00, ballot, 200, 2, , AGAINST",
            )
            .count()
    };
    let hers = counted("individual");
    assert_eq!((hers.votes("1"), hers.votes("2")), both("600 not_voted", "200 against, 400 not_voted"));
    let block = counted("nominee");
    assert_eq!((block.votes("1"), block.votes("2")), both("200 not_voted", "200 against"));
}

/// RUL-6 with SCP-1: Ann revoked her proxy at 10:25:01, after the polls on item 1 had closed: it was revoked for item 2 only.
/// Ruled to count it stands on both.
#[test]
fn a_ruling_on_a_card_goes_by_the_polls_of_each_item() {
    let counted = |ruling: &str| {
        meeting()
            .set("/items/0/polls_close", json!("2024-05-20T10:25:00"))
            .cards("card, account, received, 1, 2\n C-1, A, 2024-05-10, FOR, FOR\n C-2, B, 2024-05-10, AGAINST, AGAINST")
            .file("revocations.csv", "account, received, manner\n A, 2024-05-20T10:25:01, written")
            .file("rulings.csv", &format!("card, ruling, reason{ruling}"))
            .count()
    };
    let revoked = counted("");
    assert_eq!((revoked.votes("1"), revoked.votes("2")), both("600 for, 400 against", "400 against"));
    let stands = counted("\n C-1, count, she took the revocation back");
    assert_eq!((stands.votes("1"), stands.votes("2")), both("600 for, 400 against", "600 for, 400 against"));
    assert_eq!((stands.fate("C-1").as_str(), stands.shares("C-1")), ("counted", "600"));
}
