//! Who is present, and whether that is a quorum.

use serde_json::json;

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// PRE-1. Of 1,200 outstanding 601 are a quorum. For, abstaining, withheld, a non-vote, a blank card and
/// a holder in person are present with 100 each: 600. The unsigned card's 100 make the quorum once they
/// are signed for.
#[test]
fn abstentions_withheld_votes_and_non_votes_are_present() {
    let meeting = |signed: &str| {
        Meeting::of("A 100, B 100, C 100, D 100, E 100, F 100, G 100, H 500")
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, received,   signed,   1
                 C-1,  A,       2024-05-10, yes,      FOR
                 C-2,  B,       2024-05-10, yes,      ABSTAIN
                 C-3,  C,       2024-05-10, yes,      WITHHOLD
                 C-4,  D,       2024-05-10, yes,      NONVOTE
                 C-5,  E,       2024-05-10, yes,
                 C-6,  G,       2024-05-10, {signed}, AGAINST"
            ))
            .file("revocations.csv", "account, received, manner\n F, 2024-05-20T10:00:00, at_meeting")
            .count()
    };
    let short = meeting("no");
    assert!(short.cites("PRE-1"));
    assert_eq!((short.present(), short.text("/quorum/required")), ("600", "601"));
    assert_eq!(short.votes("1"), "100 for, 100 abstain, 100 withheld, 100 broker_non_votes, 200 not_voted");
    assert_eq!(short.outcome("1"), "no_quorum");

    let met = meeting("yes");
    assert_eq!((met.present(), met.outcome("1").as_str()), ("700", "not_approved"));
}

/// QUO-1. More than half: 501 of 1,000, 501 of 1,001 and 502 of 1,002; at least a third: 334 of 1,000 and
/// 333 of 999, more than a third of 999 is 334; Point.360's 9,014,232 need 4,507,117. One less is none.
#[test]
fn the_quorum_is_the_smallest_number_that_satisfies_the_fraction() {
    let cases = [
        (1000, "more_than", "1/2", 501),
        (1001, "more_than", "1/2", 501),
        (1002, "more_than", "1/2", 502),
        (1000, "at_least", "1/2", 500),
        (1000, "at_least", "1/3", 334),
        (999, "at_least", "1/3", 333),
        (999, "more_than", "1/3", 334),
        (9_014_232, "more_than", "1/2", 4_507_117),
    ];
    for (outstanding, reach, fraction, required) in cases {
        for (present, outcome) in [(required - 1, "no_quorum"), (required, "approved")] {
            let counted = Meeting::of(&format!("A {present}, B {}", outstanding - present))
                .set("/quorum", json!({ reach: fraction }))
                .proposal(MAJORITY)
                .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
                .count();
            assert!(counted.cites("QUO-1"));
            let case = format!("{present} of {outstanding}, {reach} {fraction}");
            assert_eq!(counted.text("/quorum/required"), required.to_string(), "{case}");
            assert_eq!(counted.outcome("1"), outcome, "{case}");
        }
    }
}

/// QUO-2. 500 of 1,000, all for, are no quorum: nothing is approved, nobody elected, but the meeting
/// adjourns. With 501 all three carry.
#[test]
fn without_a_quorum_nothing_is_approved_but_a_motion_to_adjourn() {
    let meeting = |present: u32| {
        Meeting::of(&format!("A {present}, B {}", 1000 - present))
            .proposal(MAJORITY)
            .election(1, "ann")
            .proposal("majority_of_present")
            .set("/items/2/needs_quorum", false)
            .cards("card, account, received, 1, 2, 3\n C-1, A, 2024-05-10, FOR, FOR, FOR")
            .count()
    };
    let short = meeting(500);
    assert!(short.cites("QUO-2"));
    assert_eq!(short.at("/quorum/met"), false);
    assert_eq!(
        [short.outcome("1"), short.outcome("2"), short.outcome("3")],
        ["no_quorum", "no_quorum", "approved"]
    );
    assert_eq!(short.votes("1"), "500 for");

    let met = meeting(501);
    assert!(!met.cites("QUO-2"));
    assert_eq!(
        [met.outcome("1"), met.outcome("2"), met.outcome("3")],
        ["approved", "elected ann", "approved"]
    );
}

/// QUO-3. Four classes of 100 need 51 each. Present are 100 + 100 + 100 + 50 = 350 of 400, far over 201,
/// and the fourth class lacks a vote; with 51 of it all four meet. Without the rule 350 are enough.
#[test]
fn where_classes_vote_apart_each_needs_its_own_quorum() {
    let meeting = |fourth: u32, by_class: bool| {
        let class = |id: &str| json!({ "id": id, "outstanding": "100" });
        Meeting::with_register(
            "100",
            "account, name, shares, class
             A, Ann, 100, a
             B, Bob, 100, b
             C, Cat, 100, c
             D, Dan, 100, d",
        )
        .set("/classes", ["a", "b", "c", "d"].map(class).to_vec())
        .set("/quorum/by_class", by_class)
        .proposal(MAJORITY)
        .cards(&format!(
            "card, account, received, shares, 1
             C-1, A, 2024-05-10, , FOR
             C-2, B, 2024-05-10, , FOR
             C-3, C, 2024-05-10, , FOR
             C-4, D, 2024-05-10, {fourth}, FOR"
        ))
        .count()
    };
    let short = meeting(50, true);
    assert!(short.cites("QUO-3"));
    assert_eq!((short.present(), short.text("/quorum/required")), ("350", "201"));
    assert_eq!(short.at("/quorum/by_class/2/met"), true);
    assert_eq!(short.text("/quorum/by_class/3/required"), "51");
    assert_eq!(short.at("/quorum/by_class/3/met"), false);
    assert_eq!(short.outcome("1"), "no_quorum");

    assert_eq!(meeting(51, true).outcome("1"), "approved");
    assert_eq!(meeting(50, false).outcome("1"), "approved");
}
