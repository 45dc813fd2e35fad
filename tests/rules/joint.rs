//! Joint holders, by the statute and by a meeting's own rule.

use crate::counted::Counted;
use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// 101 shares held jointly as the register says; each signer's card came a day after the one before,
/// with marks on two items.
fn joint(rule: &str, holders: &str, cards: &[(&str, &str, &str)]) -> Counted {
    joint_meeting(rule, holders, cards).count()
}

fn joint_meeting(rule: &str, holders: &str, cards: &[(&str, &str, &str)]) -> Meeting {
    let register = format!("account, name, shares, registration, holders\n J, Joint, 101, joint, {holders}");
    let row = |(place, (signer, first, second)): (usize, &(&str, &str, &str))| {
        format!("C-{0}, J, 2024-05-1{0}, {signer}, {first}, {second}", place + 1)
    };
    let rows: Vec<String> = cards.iter().enumerate().map(row).collect();
    Meeting::with_register("101", &register)
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .rule("joint_holders", rule)
        .cards(&format!("card, account, received, signer, 1, 2\n{}", rows.join("\n")))
}

/// The votes on item 1 under the statute.
fn by_statute(holders: &str, cards: &[(&str, &str)]) -> String {
    let cards: Vec<(&str, &str, &str)> = cards.iter().map(|(signer, mark)| (*signer, *mark, "FOR")).collect();
    let counted = joint("statute", holders, &cards);
    assert!(counted.cites("JNT-1"));
    counted.votes("1")
}

/// JNT-1. One of two binds all 101; two of three bind all; one against one is an even split, 50.5 each,
/// and the later card does not decide. With interests of 51, 30 and 19 the holder of 51 binds all
/// against the two of 49, of 50, 30 and 20 neither side does: 50.5 each. Where one interest is unknown,
/// heads count, and the two bind all; so they do where the one whose interest is unknown sent no card, 51
/// against 30 being one head each. Of interests of nothing two heads bind all, as of 60 and nothing the 60 does.
#[test]
fn a_majority_of_joint_holders_binds_all_and_an_even_split_divides() {
    assert_eq!(by_statute("Ann;Bob", &[("Ann", "FOR")]), "101 for");
    assert_eq!(by_statute("Ann;Bob", &[("Ann", "FOR"), ("Bob", "AGAINST")]), "50.5 for, 50.5 against");
    assert_eq!(by_statute("Ann;Bob", &[("Ann", "FOR"), ("Bob", "FOR")]), "101 for");
    let one_against_two = [("Ann", "FOR"), ("Bob", "AGAINST"), ("Cat", "AGAINST")];
    assert_eq!(by_statute("Ann;Bob;Cat", &one_against_two), "101 against");

    assert_eq!(by_statute("Ann:51;Bob:30;Cat:19", &one_against_two), "101 for");
    assert_eq!(by_statute("Ann:50;Bob:30;Cat:20", &one_against_two), "50.5 for, 50.5 against");
    assert_eq!(by_statute("Ann:49;Bob:31;Cat:20", &one_against_two), "101 against");
    assert_eq!(by_statute("Ann:51;Bob:30;Cat", &one_against_two), "101 against");
    assert_eq!(by_statute("Ann:51;Bob:30;Cat", &one_against_two[..2]), "50.5 for, 50.5 against");
    let both = [("Ann", "AGAINST"), ("Bob", "AGAINST")];
    assert_eq!(by_statute("Ann:0;Bob:0;Cat:100", &both), "101 against");
    assert_eq!(by_statute("Ann:60;Bob:0;Cat:40", &one_against_two[..2]), "101 for");
}

/// JNT-2. Three act in three ways: no majority and no even split, so the 101 are held on item 1, present
/// and not voted, each card for the first of the others; on item 2 two of the three agree. Four who act
/// 2 : 1 : 1 are held too, 2 : 2 divide.
#[test]
fn joint_holders_who_act_in_three_ways_are_held_on_that_item() {
    let three = [("Ann", "FOR", "FOR"), ("Bob", "AGAINST", "FOR"), ("Cat", "ABSTAIN", "AGAINST")];
    let held = joint("statute", "Ann;Bob;Cat", &three);
    assert!(held.cites("JNT-2"));
    for (card, other) in [("C-1", "C-2"), ("C-2", "C-1"), ("C-3", "C-1")] {
        assert_eq!(held.fate(card), format!("held joint_conflict {other}"), "{card}");
    }
    assert_eq!((held.present(), held.votes("1").as_str()), ("101", "101 not_voted"));
    assert_eq!(held.votes("2"), "101 for");
    assert_eq!(held.open(), ["held_cards"]);

    let four = |third: &'static str| [("Ann", "FOR"), ("Bob", "FOR"), ("Cat", "AGAINST"), ("Dan", third)];
    assert_eq!(by_statute("Ann;Bob;Cat;Dan", &four("ABSTAIN")), "101 not_voted");
    assert_eq!(by_statute("Ann;Bob;Cat;Dan", &four("AGAINST")), "50.5 for, 50.5 against");
    assert_eq!(by_statute("Ann;Bob;Cat;Dan", &four("FOR")), "101 for");
}

/// JNT-1, ORD-7. Ann, Bob and Cat hold 10 of class a and 4 of class b. Ann's C-1, for both classes, and her
/// C-4, for b only, bear the same date and receipt and differ, so both are held and C-1 votes in no class.
/// In a, then, Bob and Cat alone acted, one each way: 5 and 5; in b the 4 are present and not voted. That
/// class a stands first, where the three would be in conflict, changes nothing.
#[test]
fn a_joint_holders_card_that_is_held_in_one_class_is_in_no_conflict_in_another() {
    let meeting = |first: &str, second: &str| {
        let classes = [("a", "10"), ("b", "4")]
            .map(|(id, outstanding)| serde_json::json!({ "id": id, "name": id, "outstanding": outstanding }));
        let row = |class: &str| {
            let shares = if class == "a" { "10" } else { "4" };
            format!("J, Joint, {shares}, {class}, joint, Ann;Bob;Cat")
        };
        let register =
            format!("account, name, shares, class, registration, holders\n{}\n{}", row(first), row(second));
        Meeting::with_register("14", &register)
            .set("/classes", classes.to_vec())
            .rule("joint_holders", "statute")
            .rule("same_date_conflict", "hold")
            .proposal(MAJORITY)
            .cards(
                "card, account, received,   dated,      signer, class, 1
                 C-1,  J,       2024-05-10, 2024-05-01, Ann,    ,      FOR
                 C-2,  J,       2024-05-10, 2024-05-01, Bob,    a,     AGAINST
                 C-3,  J,       2024-05-10, 2024-05-01, Cat,    a,     ABSTAIN
                 C-4,  J,       2024-05-10, 2024-05-01, Ann,    b,     AGAINST",
            )
            .count()
    };
    for (first, second) in [("a", "b"), ("b", "a")] {
        let counted = meeting(first, second);
        assert_eq!(counted.votes("1"), "5 against, 5 abstain, 4 not_voted");
        assert_eq!(counted.fate("C-1"), "held same_date_conflict C-4");
        assert_eq!(counted.fate("C-4"), "held same_date_conflict C-1");
        assert_eq!([counted.fate("C-2"), counted.fate("C-3")], ["counted", "counted"]);
    }
}

/// JNT-3. By the meeting's rule Bob's card, a day later, votes the 101 alone; by the statute they divide.
#[test]
fn by_the_meetings_rule_the_latest_card_of_any_joint_holder_votes() {
    let cards = [("Ann", "FOR", "FOR"), ("Bob", "AGAINST", "FOR")];
    let latest = joint("latest_card", "Ann;Bob", &cards);
    assert_eq!(latest.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!((latest.fate("C-2").as_str(), latest.votes("1").as_str()), ("counted", "101 against"));
    let statute = joint("statute", "Ann;Bob", &cards);
    assert_eq!(
        (statute.fate("C-1").as_str(), statute.votes("1").as_str()),
        ("counted", "50.5 for, 50.5 against")
    );
    assert!(!statute.cites("JNT-3"));
    assert!(latest.cites("JNT-3"), "the certificate does not name the rule");
}

/// JNT-4. Ann stands first on the register: her card votes the 101, though Bob's is later. Registered the
/// other way round, Bob's does. Where the first named sent none, the next one's votes.
#[test]
fn by_the_meetings_rule_the_joint_holder_named_first_votes() {
    let cards = [("Ann", "FOR", "FOR"), ("Bob", "AGAINST", "FOR")];
    let ann = joint("first_named", "Ann;Bob", &cards);
    assert!(ann.cites("JNT-4"));
    assert_eq!(ann.fate("C-2"), "superseded first_named C-1");
    assert_eq!((ann.fate("C-1").as_str(), ann.votes("1").as_str()), ("counted", "101 for"));

    let bob = joint("first_named", "Bob;Ann", &cards);
    assert_eq!(bob.fate("C-1"), "superseded first_named C-2");
    assert_eq!(bob.votes("1"), "101 against");
    assert_eq!(joint("first_named", "Cat;Bob;Ann", &cards).votes("1"), "101 against");
}

/// JNT-1. Of three, Ann is outvoted on item 1 by Bob and Cat and agrees with them on item 2: she is counted, and the
/// ledger, the notes, exceptions and `explain` say on which item she is not heard. Where all agree nothing is said, and
/// the ledger has no column for it; of one for and one against each is told that the 101 are divided.
#[test]
fn an_outvoted_joint_holder_is_not_counted_without_a_word() {
    let cards =
        |first: &'static str| [("Ann", first, "FOR"), ("Bob", "AGAINST", "FOR"), ("Cat", "AGAINST", "")];
    let meeting = || joint_meeting("statute", "Ann;Bob;Cat", &cards("FOR"));
    let outvoted = meeting().count();
    assert_eq!(outvoted.votes("1"), "101 against");
    assert_eq!(outvoted.fate("C-1"), "counted");
    assert_eq!(outvoted.cell("C-1", "on_items"), Some("1: outvoted by C-2, C-3"));
    assert_eq!(outvoted.cell("C-2", "on_items"), Some(""));
    assert_eq!(outvoted.cell("C-3", "on_items"), Some("2: bound by C-1, C-2"));
    assert!(
        outvoted.notes("1 card outvoted on an item by the cards of the other joint holders (JNT-1): C-1.")
    );
    let told = meeting().explain(&["--card", "C-1"]);
    let on_item = "on item 1 it is outvoted: cards C-2, C-3 of the joint holders bind all the shares the other way \
                   [JNT-1; Cal. Corp. Code § 704]";
    assert!(told.contains(on_item), "{told}");
    assert!(meeting().explain(&["--account", "J"]).contains(on_item));
    let challenges = meeting().explain(&["--challenges"]);
    assert!(challenges.contains(&format!("counted; {on_item}")), "{challenges}");
    assert!(!challenges.contains("C-2 (account"), "C-2 is plainly counted");

    let agreed = joint("statute", "Ann;Bob;Cat", &cards("AGAINST")[..2]);
    assert_eq!(agreed.cell("C-1", "on_items"), None);
    assert!(!agreed.notes("joint holders"));

    let divided = joint("statute", "Ann;Bob", &cards("FOR")[..2]);
    assert_eq!(divided.cell("C-1", "on_items"), Some("1: divided with C-2"));
    assert_eq!(divided.cell("C-2", "on_items"), Some("1: divided with C-1"));
    assert!(divided.notes("2 cards whose joint holders are evenly split on an item"));
}
