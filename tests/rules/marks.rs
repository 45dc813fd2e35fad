//! What a card says on an item.

use serde_json::json;

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// MRK-1. The form votes a blank for on item 1 and says nothing of item 2. A blank proxy: for, and not
/// voted. A proxy that abstains keeps its mark. A blank ballot is not voted on either.
#[test]
fn a_blank_proxy_is_voted_as_its_form_says_and_a_blank_ballot_is_not() {
    let counted = Meeting::of("A 100, B 200, C 400")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .set("/proxy_forms/0/unmarked", json!({ "1": "for" }))
        .cards(
            "card, account, kind,   received,            1,       2
             C-1,  A,       proxy,  2024-05-10,          ,
             C-2,  B,       proxy,  2024-05-10,          ABSTAIN, ABSTAIN
             C-3,  C,       ballot, 2024-05-20T10:10:00, ,",
        )
        .count();
    assert!(counted.cites("MRK-1"));
    assert_eq!(counted.votes("1"), "100 for, 200 abstain, 400 not_voted");
    assert_eq!(counted.votes("2"), "200 abstain, 500 not_voted");
}

/// MRK-1. Business from the floor (item 2) has no column on the cards: the proxies, 100, are voted at the
/// proxy holders' discretion, which the form states, against; the ballot of 400 is not voted on it.
#[test]
fn business_from_the_floor_is_voted_at_the_proxy_holders_discretion() {
    let counted = Meeting::of("A 100, C 400")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .set("/proxy_forms/0/unmarked", json!({ "1": "for", "2": "against" }))
        .cards(
            "card, account, kind,   received,            1
             C-1,  A,       proxy,  2024-05-10,          FOR
             C-2,  C,       ballot, 2024-05-20T10:10:00, FOR",
        )
        .count();
    assert_eq!(counted.votes("1"), "500 for");
    assert_eq!(counted.votes("2"), "100 against, 400 not_voted");
}

/// MRK-2. P's 400 are a non-vote on item 2 and blank on item 3; its form would vote both for. The
/// non-vote stays one, and beside it the blank is not voted. Q's 300 report none: its blanks go as the
/// form says. Ann's 250 are against: of 550 cast on item 2, 300 are for; P's non-votes count in neither.
#[test]
fn a_broker_non_vote_is_only_reported_and_never_turned_into_a_vote() {
    let register = "
        account, name, shares, registration
        P, Participant, 400, nominee
        Q, Participant, 300, nominee
        A, Ann, 250, individual";
    let counted = Meeting::with_register("950", register)
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .proposal("majority_of_present_and_entitled")
        .set("/proxy_forms/0/unmarked", json!({ "1": "for", "2": "for", "3": "for" }))
        .cards(
            "card, account, received,   1,       2,       3
             C-1,  P,       2024-05-10, FOR,     NONVOTE,
             C-2,  Q,       2024-05-10, FOR,     ,
             C-3,  A,       2024-05-10, AGAINST, AGAINST, AGAINST",
        )
        .count();
    assert!(counted.cites("MRK-2"));
    assert_eq!(counted.votes("1"), "700 for, 250 against");
    assert_eq!(counted.votes("2"), "300 for, 250 against, 400 broker_non_votes");
    assert_eq!(counted.test("2", 0), "300 of 550, 276 needed: met");
    assert_eq!(counted.votes("3"), "300 for, 250 against, 400 not_voted");
    assert_eq!(counted.test("3", 0), "300 of 950, 476 needed: not met");
}

/// MRK-3. Ann marked item 1 both ways: her 100 are present and not voted, though her form votes a blank
/// for, as Bob's 100. On item 2 her mark stands.
#[test]
fn a_matter_marked_both_ways_is_present_and_not_voted() {
    let counted = Meeting::of("A 100, B 100")
        .proposal("majority_of_present")
        .proposal(MAJORITY)
        .set("/proxy_forms/0/unmarked", json!({ "1": "for" }))
        .cards(
            "card, account, received, 1, 2\n C-1, A, 2024-05-10, VOID, AGAINST\n C-2, B, 2024-05-10, , FOR",
        )
        .count();
    assert_eq!((counted.present(), counted.fate("C-1").as_str()), ("200", "counted"));
    assert_eq!(counted.votes("1"), "100 for, 100 not_voted");
    assert_eq!(counted.test("1", 0), "100 of 200, 101 needed: not met");
    assert_eq!(counted.votes("2"), "100 for, 100 against");
    assert!(counted.cites("MRK-3"), "the certificate does not name the rule");
}
