//! Which of several cards speaks for the shares.

use serde_json::json;

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// Ann 600 and Bob 400, one proposal.
fn meeting(cards: &str) -> Meeting {
    Meeting::of("A 600, B 400").proposal(MAJORITY).cards(cards)
}

/// ORD-1. Ann's ballot of ten o'clock goes before the proxy that came in half an hour later: 600
/// against. Were it a proxy of the same day, the one received later would vote: 600 for.
#[test]
fn a_ballot_goes_before_every_proxy() {
    let cast = |kind: &str| {
        meeting(&format!(
            "card, account, kind,   received,            dated,      1
             C-1,  A,       {kind}, 2024-05-20T10:00:00, 2024-05-20, AGAINST
             C-2,  A,       proxy,  2024-05-20T10:30:00, 2024-05-20, FOR"
        ))
        .count()
    };
    let ballot = cast("ballot");
    assert!(ballot.cites("ORD-1"));
    assert_eq!((ballot.fate("C-1").as_str(), ballot.votes("1").as_str()), ("counted", "600 against"));
    assert_eq!(ballot.fate("C-2"), "superseded ballot C-1");

    let proxy = cast("proxy");
    assert_eq!(proxy.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(proxy.votes("1"), "600 for");
}

/// ORD-1. The date on a ballot is ignored: of Ann's two the one received later votes, though it bears the day
/// before.
#[test]
fn of_two_ballots_the_one_received_later_votes_whatever_their_dates() {
    let counted = meeting(
        "card, account, kind,   received,            dated,      1
         C-1,  A,       ballot, 2024-05-20T10:00:00, 2024-05-20, FOR
         C-2,  A,       ballot, 2024-05-20T10:10:00, 2024-05-19, AGAINST",
    )
    .count();
    assert_eq!(counted.fate("C-1"), "superseded ballot C-2");
    assert_eq!((counted.fate("C-2").as_str(), counted.votes("1").as_str()), ("counted", "600 against"));
}

const POSTMARKS: &str = "
    card, account, received,            dated,      1
    C-1,  A,       2024-05-15,          2024-05-10, FOR
    C-2,  A,       2024-05-18,          2024-05-09, AGAINST
    C-3,  B,       2024-05-15T09:00:00, 2024-05-10, FOR
    C-4,  B,       2024-05-15T09:00:01, 2024-05-10, AGAINST";

/// ORD-2. Ann's form of the 10th is later than hers of the 9th, though that one came in three days after
/// it. Bob's forms bear the same day, so a second of receipt decides.
#[test]
fn the_date_on_the_form_decides_whatever_the_postmark() {
    let counted = meeting(POSTMARKS).count();
    assert!(counted.cites("ORD-2") && !counted.cites("ORD-3"));
    assert_eq!(counted.fate("C-1"), "counted");
    assert_eq!(counted.fate("C-2"), "superseded later_proxy C-1");
    assert_eq!(counted.fate("C-3"), "superseded later_proxy C-4");
    assert_eq!(counted.votes("1"), "600 for, 400 against");
}

/// ORD-3. The same four proxies in Delaware: the one received later is the later one, for Ann too.
#[test]
fn in_delaware_the_proxy_received_later_is_the_later_one() {
    let counted = meeting(POSTMARKS).rule("law", "delaware").count();
    assert!(counted.cites("ORD-3") && !counted.cites("ORD-2"));
    assert_eq!(counted.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(counted.fate("C-2"), "counted");
    assert_eq!(counted.fate("C-3"), "superseded later_proxy C-4");
    assert_eq!(counted.votes("1"), "1000 against");
}

/// ORD-4. Ann's undated proxy came in on the 15th, her dated one is of the 10th: the undated one yields.
/// Taken as dated when received it is of the 15th, and the later one; Bob's of the 16th is later still.
/// Among undated ones receipt decides.
#[test]
fn an_undated_proxy_yields_to_a_dated_one() {
    let cards = "
        card, account, received,   dated,      1
        C-1,  A,       2024-05-12, 2024-05-10, FOR
        C-2,  A,       2024-05-14, ,           ABSTAIN
        C-3,  A,       2024-05-15, ,           AGAINST
        C-4,  B,       2024-05-15, ,           AGAINST
        C-5,  B,       2024-05-17, 2024-05-16, FOR";
    let yields = meeting(cards).count();
    assert!(yields.cites("ORD-4"));
    assert_eq!(yields.fate("C-1"), "counted");
    assert_eq!(yields.fate("C-2"), "superseded later_proxy C-1");
    assert_eq!(yields.fate("C-3"), "superseded later_proxy C-1");
    assert_eq!(yields.votes("1"), "1000 for");

    let as_received = meeting(cards).rule("undated", "as_received").count();
    assert_eq!(as_received.fate("C-1"), "superseded later_proxy C-3");
    assert_eq!(as_received.fate("C-2"), "superseded later_proxy C-3");
    assert_eq!(as_received.fate("C-3"), "counted");
    assert_eq!(as_received.fate("C-4"), "superseded later_proxy C-5");
    assert_eq!(as_received.votes("1"), "400 for, 600 against");
}

/// ORD-5. Ann's later proxy is blank and takes her 600 all the same: not voted. Bob's later one is
/// unsigned, is rejected and takes nothing: 400 for.
#[test]
fn a_later_blank_card_supersedes_and_a_rejected_one_does_not() {
    let cards = "
        card, account, received,   dated,      signed, 1
        C-1,  A,       2024-05-10, 2024-05-09, yes,    FOR
        C-2,  A,       2024-05-11, 2024-05-10, yes,
        C-3,  B,       2024-05-10, 2024-05-09, yes,    FOR
        C-4,  B,       2024-05-11, 2024-05-10, no,     AGAINST";
    let counted = meeting(cards).count();
    assert!(counted.cites("ORD-5"));
    assert_eq!(counted.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(counted.fate("C-3"), "counted");
    assert_eq!(counted.fate("C-4"), "rejected unsigned");
    assert_eq!(counted.votes("1"), "400 for, 600 not_voted");
}

/// ORD-6. Ann's two cards say the same on both items: the older is a duplicate. Bob's differ on one item
/// and Cat's are of two forms: their older ones are superseded. Each 100 votes once: 300 for. Of two
/// that nothing orders, the smaller number counts.
#[test]
fn cards_that_say_the_same_are_counted_once() {
    let form = |id: &str| json!({ "id": id, "ballot_cast": "2024-05-20T10:30:00" });
    let counted = Meeting::of("A 100, B 100, C 100, D 100")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .set("/proxy_forms", vec![form("white"), form("gold")])
        .cards(
            "card, account, form,  received,            1,   2
             C-1,  A,       white, 2024-05-10,          FOR, FOR
             C-2,  A,       white, 2024-05-11,          FOR, FOR
             C-3,  B,       white, 2024-05-10,          FOR, ABSTAIN
             C-4,  B,       white, 2024-05-11,          FOR, FOR
             C-5,  C,       white, 2024-05-10,          FOR, FOR
             C-6,  C,       gold,  2024-05-11,          FOR, FOR
             C-7,  D,       white, 2024-05-12T09:00:00, FOR, FOR
             C-8,  D,       white, 2024-05-12T09:00:00, FOR, FOR",
        )
        .count();
    assert!(counted.cites("ORD-6"));
    assert_eq!(counted.fate("C-1"), "superseded duplicate C-2");
    assert_eq!(counted.fate("C-3"), "superseded later_proxy C-4");
    assert_eq!(counted.fate("C-5"), "superseded later_proxy C-6");
    assert_eq!(counted.fate("C-7"), "counted");
    assert_eq!(counted.fate("C-8"), "superseded duplicate C-7");
    assert_eq!((counted.votes("1").as_str(), counted.votes("2").as_str()), ("400 for", "400 for"));
}

/// ORD-6. Ann's newest card takes 200 of her 600. Of the two before it, which say the same and which nothing
/// orders, one takes the 400 left. Bob's three of one second claim 500 of his 400, two of them the same 150: with
/// the third's 200 they are 350, which find room.
#[test]
fn cards_that_nothing_orders_claim_once_what_they_say_twice() {
    let counted = meeting(
        "card, account, received,            dated,      shares, 1
         C-1,  A,       2024-05-15T09:00:00, 2024-05-15, ,       FOR
         C-2,  A,       2024-05-15T09:00:00, 2024-05-15, ,       FOR
         C-3,  A,       2024-05-16,          2024-05-16, 200,    ABSTAIN
         C-4,  B,       2024-05-15T09:00:00, 2024-05-15, 150,    FOR
         C-5,  B,       2024-05-15T09:00:00, 2024-05-15, 150,    FOR
         C-6,  B,       2024-05-15T09:00:00, 2024-05-15, 200,    AGAINST",
    )
    .count();
    assert_eq!(counted.fate("C-1"), "counted_in_part later_proxy C-3");
    assert_eq!((counted.shares("C-1"), counted.fate("C-2").as_str()), ("400", "superseded duplicate C-1"));
    assert_eq!([counted.fate("C-4"), counted.fate("C-6")], ["counted", "counted"]);
    assert_eq!(counted.fate("C-5"), "superseded duplicate C-4");
    assert_eq!(counted.votes("1"), "550 for, 200 against, 200 abstain");
}

/// ORD-6. Two of one second say the same, and the smaller number is held for its signature: the other stands for
/// both and votes.
#[test]
fn of_two_that_say_the_same_one_that_is_not_held_counts() {
    let counted = meeting(
        "card, account, received,            dated,      signed,   1
         C-1,  A,       2024-05-15T09:00:00, 2024-05-15, mismatch, FOR
         C-2,  A,       2024-05-15T09:00:00, 2024-05-15, yes,      FOR",
    )
    .count();
    assert_eq!(counted.fate("C-1"), "superseded duplicate C-2");
    assert_eq!((counted.fate("C-2").as_str(), counted.votes("1").as_str()), ("counted", "600 for"));
    assert!(counted.open().is_empty());
}

/// ORD-6. C-2 speaks of Ann's 10 of class a and says what C-1, for her 5 of class b too, said before it. In part C-1
/// votes, so it is no duplicate: of a the later proxy took all, of b it has 5. It claims 15, and C-2 claims 10.
#[test]
fn a_card_that_is_repeated_for_one_class_is_short_by_the_later_one() {
    let classes = [("a", "10"), ("b", "5")]
        .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
    let counted = Meeting::with_register("15", "account, name, shares, class\n A, Ann, 10, a\n A, Ann, 5, b")
        .set("/classes", classes.to_vec())
        .proposal(MAJORITY)
        .cards(
            "card, account, received,   dated,      class, 1
             C-1,  A,       2024-05-10, 2024-05-01, ,      FOR
             C-2,  A,       2024-05-11, 2024-05-02, a,     FOR",
        )
        .count();
    assert_eq!(counted.fate("C-1"), "counted_in_part later_proxy C-2");
    assert_eq!((counted.shares("C-1"), counted.shares("C-2")), ("5", "10"));
    assert_eq!(counted.votes("1"), "15 for");
    let claimed = |place: usize| counted.text(&format!("/reasons/{place}/shares_claimed"));
    assert_eq!((claimed(0), claimed(1)), ("10", "15"));
}

/// ORD-7. Ann's two cards of one day and one second differ: neither of her 600 votes, and all 1,000 are
/// present. Held, they keep the result open; counted for the quorum only, they do not. A second
/// apart, the later one votes.
#[test]
fn cards_that_nothing_orders_and_that_differ_do_not_vote() {
    let meeting = |received: &str, rule: &str| {
        meeting(&format!(
            "card, account, received,            dated,      1
             C-1,  A,       2024-05-15T09:00:00, 2024-05-15, FOR
             C-2,  A,       {received},          2024-05-15, AGAINST
             C-3,  B,       2024-05-15,          2024-05-15, AGAINST"
        ))
        .rule("same_date_conflict", rule)
        .count()
    };
    let held = meeting("2024-05-15T09:00:00", "hold");
    assert!(held.cites("ORD-7"));
    assert_eq!(held.fate("C-1"), "held same_date_conflict C-2");
    assert_eq!(held.fate("C-2"), "held same_date_conflict C-1");
    assert_eq!((held.present(), held.votes("1").as_str()), ("1000", "400 against, 600 not_voted"));
    assert_eq!(held.open(), ["held_cards"]);

    let quorum_only = meeting("2024-05-15T09:00:00", "quorum_only");
    assert_eq!(quorum_only.fate("C-1"), "counted_in_part same_date_conflict C-2");
    assert_eq!(quorum_only.fate("C-2"), "counted_in_part same_date_conflict C-1");
    assert_eq!(
        (quorum_only.present(), quorum_only.votes("1").as_str()),
        ("1000", "400 against, 600 not_voted")
    );
    assert!(quorum_only.open().is_empty());

    let a_second_apart = meeting("2024-05-15T09:00:01", "hold");
    assert_eq!(a_second_apart.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(a_second_apart.votes("1"), "1000 against");
}

/// ORD-7. Nothing orders Ann's two cards, and the second is held for its signature anyway. The first is for the
/// quorum only, and her 600 are among those of held cards, whether she is a holder or a nominee.
#[test]
fn shares_in_conflict_are_seen_with_a_card_that_is_held_anyway() {
    for registration in ["individual", "nominee"] {
        let register =
            format!("account, name, shares, registration\n A, Ann, 600, {registration}\n B, Bob, 400,");
        let counted = Meeting::with_register("1000", &register)
            .proposal(MAJORITY)
            .rule("same_date_conflict", "quorum_only")
            .cards(
                "card, account, received,            dated,      signed,   1
                 C-1,  A,       2024-05-15T09:00:00, 2024-05-15, yes,      FOR
                 C-2,  A,       2024-05-15T09:00:00, 2024-05-15, mismatch, AGAINST",
            )
            .count();
        assert_eq!(counted.fate("C-1"), "counted_in_part same_date_conflict C-2", "{registration}");
        assert_eq!(counted.fate("C-2"), "held signature_mismatch", "{registration}");
        assert_eq!((counted.present(), counted.votes("1").as_str()), ("600", "600 not_voted"));
        assert_eq!(counted.open(), ["held_cards"], "{registration}");
        assert_eq!(counted.text("/open_matters/0/votes"), "600", "{registration}");
    }
}

/// ORD-7. Ann's C-1 speaks of her 10 of class a and her 5 of class b, her C-2, which nothing orders against it, of a
/// only. Both are held, and a held card votes in none of its classes: 15 present, none voted.
#[test]
fn a_card_held_in_one_class_votes_in_none() {
    let classes = [("a", "10"), ("b", "5")]
        .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
    let counted = Meeting::with_register("15", "account, name, shares, class\n A, Ann, 10, a\n A, Ann, 5, b")
        .set("/classes", classes.to_vec())
        .rule("same_date_conflict", "hold")
        .proposal(MAJORITY)
        .cards(
            "card, account, received,   dated,      class, 1
             C-1,  A,       2024-05-10, 2024-05-01, ,      FOR
             C-2,  A,       2024-05-10, 2024-05-01, a,     AGAINST",
        )
        .count();
    assert_eq!(counted.fate("C-1"), "held same_date_conflict C-2");
    assert_eq!(counted.fate("C-2"), "held same_date_conflict C-1");
    assert_eq!((counted.present(), counted.votes("1").as_str()), ("15", "15 not_voted"));
}

/// ORD-8. Ann holds 600 and her card speaks of 600.000001: it is cut to 600. Bob's speaks of his 400.
#[test]
fn a_card_for_more_than_the_position_is_cut_to_it() {
    let counted = meeting(
        "card, account, received, shares, 1
         C-1, A, 2024-05-10, 600.000001, FOR
         C-2, B, 2024-05-10, 400, AGAINST",
    )
    .count();
    assert!(counted.cites("ORD-8"));
    assert_eq!(counted.fate("C-1"), "counted_in_part over_position");
    assert_eq!(counted.shares("C-1"), "600");
    assert_eq!(counted.fate("C-2"), "counted");
    assert_eq!(counted.votes("1"), "600 for, 400 against");
}

/// ORD-9. Ann's newer card speaks for 500 of her 600: alone, 100 are absent, and 500 of 1,000 are no
/// quorum. Her older one for all takes those 100; where the newer takes all 600, nothing is left.
#[test]
fn a_card_limited_to_some_shares_speaks_for_those_only() {
    let newer = |shares: u32| format!("C-2, A, 2024-05-11, {shares}, FOR");
    let header = "card, account, received, shares, 1";
    let alone = meeting(&format!("{header}\n{}", newer(500))).count();
    assert!(alone.cites("ORD-9"));
    assert_eq!((alone.present(), alone.votes("1").as_str()), ("500", "500 for"));
    assert_eq!((alone.fate("C-2").as_str(), alone.outcome("1").as_str()), ("counted", "no_quorum"));

    let older = "C-1, A, 2024-05-10, , AGAINST";
    let both = meeting(&format!("{header}\n{older}\n{}", newer(500))).count();
    assert_eq!(both.fate("C-1"), "counted_in_part later_proxy C-2");
    assert_eq!((both.shares("C-1"), both.votes("1").as_str()), ("100", "500 for, 100 against"));
    let whole = meeting(&format!("{header}\n{older}\n{}", newer(600))).count();
    assert_eq!(whole.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(whole.votes("1"), "600 for");
}

/// ORD-6. Two cards of one date that differ on a withdrawn item alone say the same: one counts, nobody must rule. On an item
/// that is voted they are in conflict.
#[test]
fn cards_that_differ_on_a_withdrawn_item_alone_say_the_same() {
    let count = |withdrawn: bool| {
        Meeting::of("A 600, B 400")
            .proposal("majority_of_votes_cast")
            .proposal("majority_of_votes_cast")
            .set("/items/1/withdrawn", withdrawn)
            .rule("same_date_conflict", "hold")
            .cards(
                "card, account, received, dated, 1, 2
                 C-1, A, 2024-05-10, 2024-05-09, FOR, FOR
                 C-2, A, 2024-05-10, 2024-05-09, FOR, AGAINST",
            )
            .count()
    };
    let same = count(true);
    assert_eq!(
        (same.fate("C-1").as_str(), same.fate("C-2").as_str()),
        ("counted", "superseded duplicate C-1")
    );
    assert_eq!((same.votes("1").as_str(), same.open()), ("600 for", vec![]));
    let other = count(false);
    assert_eq!((other.votes("1").as_str(), other.open()), ("600 not_voted", vec!["held_cards"]));
}
