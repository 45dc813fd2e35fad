//! What a proposal needs.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::{self, Meeting};

/// What came of so many votes for, against, abstaining and absent.
fn vote(standard: impl Into<Value>, votes: [u32; 4]) -> Counted {
    story::vote(standard, votes).count()
}

/// STD-1. 500 of 1,000 is a tie and fails, 501 of 1,000 passes; so does 500.000001 against 499.999999.
/// Two thirds of 1,000 are 667, of 999 exactly 666; 0.6667 of 999 are 666.0333, so 667. Where nobody
/// votes for or against, "at least half" of nothing needs one vote, and so does "at least none"; of ten votes
/// cast "at least none" are met by none.
#[test]
fn votes_are_compared_exactly_and_a_tie_fails() {
    let majority = "majority_of_votes_cast";
    assert!(vote(majority, [500, 500, 0, 0]).cites("STD-1"));
    assert_eq!(vote(majority, [500, 500, 0, 0]).test("1", 0), "500 of 1000, 501 needed: not met");
    assert_eq!(vote(majority, [501, 499, 0, 0]).test("1", 0), "501 of 1000, 501 needed: met");
    let register = "account, name, shares\n A, Ann, 500.000001\n B, Bob, 499.999999";
    let cards = "card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST";
    let hair = Meeting::with_register("1000", register).proposal(majority).cards(cards).count();
    assert_eq!(hair.outcome("1"), "approved");

    let two_thirds = "two_thirds_of_outstanding";
    assert_eq!(vote(two_thirds, [666, 1, 0, 333]).test("1", 0), "666 of 1000, 667 needed: not met");
    assert_eq!(vote(two_thirds, [667, 0, 0, 333]).test("1", 0), "667 of 1000, 667 needed: met");
    assert_eq!(vote(two_thirds, [666, 0, 0, 333]).test("1", 0), "666 of 999, 666 needed: met");
    let decimal = json!({ "at_least": "0.6667", "of": "outstanding" });
    assert_eq!(vote(decimal.clone(), [666, 0, 0, 333]).test("1", 0), "666 of 999, 667 needed: not met");
    assert_eq!(vote(decimal, [667, 0, 0, 332]).test("1", 0), "667 of 999, 667 needed: met");

    let half = json!({ "at_least": "1/2", "of": "votes_cast" });
    assert_eq!(vote(half.clone(), [0, 0, 600, 400]).test("1", 0), "0 of 0, 1 needed: not met");
    assert_eq!(vote(half, [1, 0, 600, 399]).test("1", 0), "1 of 1, 1 needed: met");
    let any = json!({ "at_least": "0", "of": "votes_cast" });
    assert_eq!(vote(any.clone(), [0, 0, 600, 400]).test("1", 0), "0 of 0, 1 needed: not met");
    assert_eq!(vote(any, [0, 10, 600, 390]).test("1", 0), "0 of 10, 0 needed: met");
}

/// STD-2. Of 1,002 outstanding 502 are a quorum and 252 a majority of it. 251 to 100 is a majority of
/// those voting and one short of the other (a quarter of 1,002, 250.5, would have passed it); 252 to 100
/// passes; 252 to 252 fails the first.
#[test]
fn a_majority_of_those_voting_must_also_be_a_majority_of_the_quorum() {
    let vote = |votes: [u32; 3]| {
        let [votes_for, against, abstain] = votes;
        let absent = 1002 - votes_for - against - abstain;
        Meeting::of(&format!("A {votes_for}, B {against}, C {abstain}, D {absent}"))
            .proposal("majority_voting_and_majority_of_quorum")
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, FOR
                 C-2, B, 2024-05-10, AGAINST
                 C-3, C, 2024-05-10, ABSTAIN",
            )
            .count()
    };
    let short = vote([251, 100, 151]);
    assert!(short.cites("STD-2"));
    assert_eq!(short.test("1", 0), "251 of 351, 176 needed: met");
    assert_eq!(short.test("1", 1), "251 of 502, 252 needed: not met");
    assert_eq!(short.outcome("1"), "not_approved");
    assert_eq!(vote([252, 100, 150]).outcome("1"), "approved");

    let tie = vote([252, 252, 0]);
    assert_eq!(tie.test("1", 0), "252 of 504, 253 needed: not met");
    assert_eq!(tie.test("1", 1), "252 of 502, 252 needed: met");
    assert_eq!(tie.outcome("1"), "not_approved");
}

/// STD-3. Of 1,000 outstanding: 600 present, 67 in 100 are 402, 401 fail. 501 present: 335.67, so 336,
/// 335 fail. 500 present, all for, are not more than half and fail. 900 present: 67 in 100 are 603, but
/// 501 are more than half outstanding; 500 fail.
#[test]
fn a_fund_needs_the_lesser_of_half_outstanding_and_67_in_100_present() {
    let vote = |votes: [u32; 4]| vote("majority_of_outstanding_voting_securities", votes);
    assert!(vote([402, 198, 0, 400]).cites("STD-3"));
    for (votes_for, present, outcome) in [
        (401, 600, "not_approved"),
        (402, 600, "approved"),
        (335, 501, "not_approved"),
        (336, 501, "approved"),
        (500, 500, "not_approved"),
        (500, 900, "not_approved"),
        (501, 900, "approved"),
    ] {
        let counted = vote([votes_for, present - votes_for, 0, 1000 - present]);
        assert_eq!(counted.outcome("1"), outcome, "{votes_for} of {present}");
    }
}

/// STD-4. The 1,000 common are all for. The 100 preferred must also approve by a majority of their own:
/// 50 are half and stop the item, 51 are enough; all together it had 1,050 of 1,100.
#[test]
fn each_voting_group_must_also_approve() {
    let meeting = |votes_for: u32| {
        let register = format!(
            "account, name, shares, class
             A, Ann, 1000, common
             B, Bob, {votes_for}, preferred
             C, Cat, {}, preferred",
            100 - votes_for
        );
        let class = |id: &str, outstanding: &str| json!({ "id": id, "outstanding": outstanding });
        let group = json!({ "classes": ["preferred"], "standard": "majority_of_outstanding" });
        Meeting::with_register("1000", &register)
            .set("/classes", vec![class("common", "1000"), class("preferred", "100")])
            .proposal("majority_of_outstanding")
            .set("/items/0/voting_groups", vec![group])
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, FOR
                 C-2, B, 2024-05-10, FOR
                 C-3, C, 2024-05-10, AGAINST",
            )
            .count()
    };
    let half = meeting(50);
    assert!(half.cites("STD-4"));
    assert_eq!(half.test("1", 0), "1050 of 1100, 551 needed: met");
    assert_eq!(half.text("/items/0/voting_groups/0/for"), "50");
    assert_eq!(half.at("/items/0/voting_groups/0/met"), false);
    assert_eq!(half.outcome("1"), "not_approved");
    assert_eq!(meeting(51).outcome("1"), "approved");
}

/// STD-5. Ann's 900 are for, Bob's and Cat's 10 each against; Dan splits his 100. With 50 to 50 he stands
/// on neither side: one account of three. With 51 for he makes it two of four, a tie, and with Eve's 1
/// it is three of five. In votes it is 950 and more of 1,021 each time.
#[test]
fn a_test_may_count_the_holders_on_each_side() {
    let meeting = |dan: u32, eve: &str| {
        Meeting::of("A 900, B 10, C 10, D 100, E 1")
            .proposal(json!({ "all_of": [
                { "more_than": "1/2", "of": "votes_cast", "counting": "holders" },
                { "at_least": "3/4", "of": "votes_cast" },
            ] }))
            .cards(&format!(
                "card, account, received,   shares,   1
                 C-1,  A,       2024-05-10, ,         FOR
                 C-2,  B,       2024-05-10, ,         AGAINST
                 C-3,  C,       2024-05-10, ,         AGAINST
                 C-4,  D,       2024-05-10, {dan},    FOR
                 C-5,  D,       2024-05-11, {},       AGAINST
                 C-6,  E,       2024-05-10, ,         {eve}",
                100 - dan
            ))
            .count()
    };
    let neither = meeting(50, "ABSTAIN");
    assert!(neither.cites("STD-5"));
    assert_eq!(neither.test("1", 0), "1 of 3, 2 needed: not met");
    assert_eq!(neither.test("1", 1), "950 of 1020, 765 needed: met");
    assert_eq!(neither.outcome("1"), "not_approved");
    let tie = meeting(51, "ABSTAIN");
    assert_eq!(
        (tie.test("1", 0).as_str(), tie.outcome("1").as_str()),
        ("2 of 4, 3 needed: not met", "not_approved")
    );
    let more = meeting(51, "FOR");
    assert_eq!(
        (more.test("1", 0).as_str(), more.outcome("1").as_str()),
        ("3 of 5, 3 needed: met", "approved")
    );
}

/// STD-5. Ann is for, Cat abstains; Bob's card, from his broker, votes nothing. Present are three accounts, and
/// two of them may vote on the item: one of two is half, where all three are asked one of three. Dan, absent,
/// is one of the four outstanding. That Bob came, whose card speaks of all he has, makes him no more entitled.
#[test]
fn an_account_of_broker_non_votes_is_present_and_not_entitled() {
    let test = |base: &str| {
        Meeting::of("A 100, B 100, C 100, D 100")
            .proposal(json!({ "more_than": "1/2", "of": base, "counting": "holders" }))
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, FOR
                 C-2, B, 2024-05-10, NONVOTE
                 C-3, C, 2024-05-10, ABSTAIN",
            )
            .rule("attendance_revokes", "voting_only")
            .file("revocations.csv", "account, received, manner\n B, 2024-05-20T10:00:00, at_meeting")
            .count()
            .test("1", 0)
    };
    assert_eq!(test("votes_cast"), "1 of 1, 1 needed: met");
    assert_eq!(test("present_and_entitled"), "1 of 2, 2 needed: not met");
    assert_eq!(test("present"), "1 of 3, 2 needed: not met");
    assert_eq!(test("outstanding"), "1 of 4, 3 needed: not met");
}

/// STD-6. Ann's 600 are interested and leave the item: of the other 400, 200 are half and fail, 201 pass.
/// They stay in the quorum: without them 400 of 1,000 would be none. With them Ann would carry it.
#[test]
fn interested_shares_leave_every_base_of_the_item_and_not_the_quorum() {
    let meeting = |votes_for: u32, excluded: &[&str]| {
        Meeting::of(&format!("A 600, B {votes_for}, C {}", 400 - votes_for))
            .proposal("majority_of_outstanding")
            .set("/items/0/excluded_accounts", excluded)
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, FOR
                 C-2, B, 2024-05-10, FOR
                 C-3, C, 2024-05-10, AGAINST",
            )
            .count()
    };
    let half = meeting(200, &["A"]);
    assert!(half.cites("STD-6"));
    assert_eq!((half.present(), half.votes("1").as_str()), ("1000", "200 for, 200 against"));
    assert_eq!(half.test("1", 0), "200 of 400, 201 needed: not met");
    let more = meeting(201, &["A"]);
    assert_eq!(
        (more.test("1", 0).as_str(), more.outcome("1").as_str()),
        ("201 of 400, 201 needed: met", "approved")
    );
    assert_eq!(meeting(200, &[]).test("1", 0), "800 of 1000, 501 needed: met");
}

/// STD-7. 301 for every year, 300 for every two, 299 for every three, 600 abstain: 301 of 1,500 are no
/// majority and the most. 300 to 300 is a tie, and where all abstain nothing is chosen.
#[test]
fn the_frequency_with_the_most_votes_is_chosen() {
    let meeting = |votes: [u32; 3]| {
        let [one, two, three] = votes;
        Meeting::of(&format!("A {one}, B {two}, C {three}, D 600"))
            .frequency("one two three")
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, one
                 C-2, B, 2024-05-10, two
                 C-3, C, 2024-05-10, three
                 C-4, D, 2024-05-10, ABSTAIN",
            )
            .count()
    };
    let chosen = meeting([301, 300, 299]);
    assert!(chosen.cites("STD-7"));
    assert_eq!(chosen.outcome("1"), "chosen one");
    assert_eq!((chosen.text("/items/0/choices/0/for"), chosen.text("/items/0/abstain")), ("301", "600"));
    assert_eq!(meeting([300, 300, 299]).outcome("1"), "tied (one) (two)");
    assert_eq!(meeting([0, 0, 0]).outcome("1"), "not_approved");
}
