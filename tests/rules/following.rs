//! Shares that vote as others do: what is left of them, whose votes they follow, and where they are counted.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

fn follows(account: &str, whom: impl Into<Value>) -> Value {
    json!([{ "account": account, "as": whom.into() }])
}

/// What `proportional` of the first item says of its first account: votes that follow, and that are followed.
fn told(counted: &Counted) -> (&str, &str) {
    (counted.text("/items/0/proportional/0/votes"), counted.text("/items/0/proportional/0/followed"))
}

/// FOL-1. A trustee's participants instruct 300 FOR and 100 AGAINST of its 1,000: the other 600 are 450 and 150. With
/// Z's 500 AGAINST, whom a trustee does not follow, 750 to 750 fails; a trustee that follows all others casts 600
/// AGAINST.
#[test]
fn a_trustee_votes_the_rest_as_it_is_instructed() {
    let meeting = |whom: &str| {
        Meeting::of("T 1000, Z 500").proposal(MAJORITY).set("/proportional", follows("T", whom)).cards(
            "card, account, received, shares, 1
             C-1, T, 2024-05-10, 300, FOR
             C-2, T, 2024-05-11, 100, AGAINST
             C-3, Z, 2024-05-10, , AGAINST",
        )
    };
    let own = meeting("own_instructions").count();
    assert_eq!((own.votes("1"), own.present()), ("750 for, 750 against".to_owned(), "1500"));
    assert_eq!(told(&own), ("600", "400"));
    assert_eq!(own.text("/items/0/proportional/0/for"), "450");
    assert_eq!(own.text("/items/0/proportional/0/against"), "150");
    assert!(own.cites("FOL-1") && own.cites("FOL-2") && own.cites("FOL-3") && !own.cites("FOL-4"));
    assert_eq!(own.at("/items/0/margin/votes"), &Value::Null);
    let others = meeting("all_others").count();
    assert_eq!((others.votes("1"), told(&others)), ("300 for, 1200 against".to_owned(), ("600", "500")));
    // Without the key the rest is not there.
    let without = Meeting::of("T 1000, Z 500")
        .proposal(MAJORITY)
        .cards("card, account, received, shares, 1\n C-1, T, 2024-05-10, 300, FOR\n C-3, Z, 2024-05-10, , AGAINST")
        .count();
    assert_eq!((without.votes("1"), without.present()), ("300 for, 500 against".to_owned(), "800"));
    let explained = meeting("own_instructions").explain(&["--account", "T"]);
    assert!(
        explained.contains(
            "item 1: Account T votes as its own instructions: 600 votes that no card or total covers, in the \
             proportion of 400 votes: For 450, Against 150."
        ),
        "{explained}"
    );
}

/// FOL-1. 100 as one to one to one is 33.333333 each; the millionth left is the first line's. 2 as one FOR to two
/// AGAINST is 0.666666… and 1.333333…: the larger remainder is FOR's.
#[test]
fn millionths_go_by_largest_remainder() {
    let meeting = |rest: u32, cards: [u32; 3]| {
        let [votes_for, against, abstain] = cards;
        Meeting::of(&format!("T {rest}, A {votes_for}, B {against}, C {abstain}"))
            .proposal(MAJORITY)
            .set("/proportional", follows("T", "all_others"))
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST\n C-3, C, 2024-05-10, ABSTAIN",
            )
            .count()
    };
    assert_eq!(meeting(100, [1, 1, 1]).votes("1"), "34.333334 for, 34.333333 against, 34.333333 abstain");
    assert_eq!(meeting(2, [1, 2, 0]).votes("1"), "1.666667 for, 3.333333 against");
}

/// FOL-3. Followed are 300 FOR, 100 AGAINST and 100 withheld; not N's 200 non-votes, not X, which may not vote on the
/// item, and not what F2 follows: both cast 500 as 300, 100 and 100. An excluded account that would follow is not
/// counted.
#[test]
fn who_is_followed_and_who_is_not() {
    let register = "account, name, shares, registration
        F, F, 500, individual\n G, G, 500, individual\n A, A, 300, individual\n B, B, 100, individual
        C, C, 100, individual\n N, N, 200, nominee\n X, X, 900, individual";
    let meeting = |excluded: &[&str]| {
        Meeting::with_register("2600", register)
            .proposal(MAJORITY)
            .set("/items/0/excluded_accounts", excluded.to_vec())
            .set(
                "/proportional",
                json!([{ "account": "F", "as": "all_others" }, { "account": "G", "as": "all_others" }]),
            )
            .cards(
                "card, account, received, shares, 1
                 C-1, A, 2024-05-10, , FOR\n C-2, B, 2024-05-10, , AGAINST\n C-3, C, 2024-05-10, , WITHHOLD
                 C-4, N, 2024-05-10, 200, NONVOTE\n C-5, X, 2024-05-10, , AGAINST",
            )
            .count()
    };
    let counted = meeting(&["X"]);
    assert_eq!(counted.votes("1"), "900 for, 300 against, 300 withheld, 200 broker_non_votes");
    assert_eq!(counted.at("/items/0/proportional").as_array().map(Vec::len), Some(2));
    let without = meeting(&["X", "F"]);
    assert_eq!(without.votes("1"), "600 for, 200 against, 200 withheld, 200 broker_non_votes");
    assert_eq!((without.present(), without.text("/items/0/present")), ("2600", "1200"));
    // X, where it may vote, is followed: 300, 1,000 and 100 of 1,400.
    assert_eq!(meeting(&[]).text("/items/0/proportional/0/followed"), "1400");
}

/// FOL-3. Mirrored preferred shares: 100 votes as the common's 300 to 100. On an item on which the common does not
/// vote there is nobody to follow, and they are present and not voted.
#[test]
fn a_class_is_followed_where_it_votes() {
    let classes = [("common", "400"), ("pref", "100")]
        .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
    let counted = Meeting::with_register(
        "500",
        "account, name, shares, class\n A, A, 300, common\n B, B, 100, common\n P, P, 100, pref",
    )
    .set("/classes", classes.to_vec())
    .proposal(MAJORITY)
    .proposal(MAJORITY)
    .set("/items/1/entitled_classes", vec!["pref"])
    .set("/proportional", follows("P", json!({ "class": "common" })))
    .cards("card, account, received, 1, 2\n C-1, A, 2024-05-10, FOR, FOR\n C-2, B, 2024-05-10, AGAINST, FOR");
    let says = counted.explain(&["--account", "P"]);
    assert!(says.contains("nobody says anything that it could follow, so its 100 votes"), "{says}");
    let counted = counted.count();
    assert_eq!(
        (counted.votes("1"), counted.votes("2")),
        ("375 for, 125 against".into(), "100 not_voted".into())
    );
    assert_eq!(counted.text("/items/0/proportional/0/class"), "common");
    assert_eq!(counted.text("/items/1/proportional/0/followed"), "0");
    assert_eq!(counted.present(), "500");
}

/// FOL-4. Two seats. Of 200 votes that say anything all 200 are for ann, 100 for bob; cat has none. The trustee's 600
/// are 600 for ann, 300 for bob, 300 not voted there, and none for cat. A and B alone would make 600 + 600 of it.
#[test]
fn in_an_election_no_more_names_are_voted_for_than_are_followed() {
    let counted = Meeting::of("T 600, A 100, B 100, C 100")
        .election(2, "ann bob cat")
        .set("/proportional", follows("T", "all_others"))
        .cards(
            "card, account, received, 1, 1.ann, 1.bob, 1.cat
             C-1, A, 2024-05-10, , FOR, FOR, \n C-2, B, 2024-05-10, , FOR, , \n C-3, C, 2024-05-10, , , ,",
        )
        .count();
    assert_eq!(counted.votes("1.ann"), "800 for, 100 not_voted");
    assert_eq!(counted.votes("1.bob"), "400 for, 500 not_voted");
    assert_eq!(counted.votes("1.cat"), "900 not_voted");
    assert_eq!(told(&counted), ("600", "200"));
    assert_eq!(counted.text("/items/0/proportional/0/nominees/1/for"), "300");
    assert!(counted.cites("FOL-4"));
}

/// FOL-4. Choices are followed, and ABSTAIN: of 90 as 10 to 20 to 60 abstaining, 10, 20 and 60.
#[test]
fn choices_are_followed_one_by_one() {
    let counted = Meeting::of("T 90, A 10, B 20, C 60")
        .frequency("one two three")
        .set("/proportional", follows("T", "all_others"))
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, one\n C-2, B, 2024-05-10, three\n C-3, C, 2024-05-10, ABSTAIN")
        .count();
    assert_eq!(counted.votes("1"), "60 for, 120 abstain");
    let choice = |place: usize| counted.text(&format!("/items/0/choices/{place}/for")).to_owned();
    assert_eq!((choice(0), choice(1), choice(2)), ("20".into(), "0".into(), "40".into()));
    assert_eq!(counted.text("/items/0/proportional/0/choices/2/for"), "20");
}

/// FOL-2. The participant reports 300 FOR, 100 AGAINST and 200 non-votes on item 1, 100 AGAINST on item 2: its other 400
/// there are 300 and 100, its other 900 here all AGAINST. Without the key 600 and 100 are what it reports, of 600
/// present.
#[test]
fn what_totals_leave_follows_item_by_item() {
    let meeting = |proportional: Value| {
        Meeting::of("T 1000, Z 100")
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .set("/proportional", proportional)
            .file(
                "street.csv",
                "account, item, vote, shares
                 T, 1, FOR, 300\n T, 1, AGAINST, 100\n T, 1, NONVOTE, 200\n T, 2, AGAINST, 100",
            )
            .cards("card, account, received, 1, 2\n C-1, Z, 2024-05-10, FOR, FOR")
            .count()
    };
    let counted = meeting(follows("T", "own_instructions"));
    assert_eq!(counted.votes("1"), "700 for, 200 against, 200 broker_non_votes");
    assert_eq!((counted.votes("2"), counted.present()), ("100 for, 1000 against".to_owned(), "1100"));
    assert_eq!(counted.text("/reconciliation/0/by_street"), "600");
    assert_eq!(counted.text("/reconciliation/0/proportional"), "400");
    assert_eq!(counted.text("/reconciliation/0/not_represented"), "0");
    let without = meeting(json!([]));
    assert_eq!(without.votes("1"), "400 for, 100 against, 200 broker_non_votes");
    assert_eq!(without.votes("2"), "100 for, 100 against, 500 not_voted");
}

/// FOL-2, PRE-2. A ballot for 100 of 500 leaves 400 to follow, where without the key they are present and not voted; so
/// does a holder who asks at the meeting.
#[test]
fn what_a_holder_in_person_leaves_follows() {
    let meeting = |proportional: Value| {
        Meeting::of("T 500, Z 100").proposal(MAJORITY).set("/proportional", proportional)
    };
    let ballot = |proportional| {
        let cards = "card, account, received, kind, shares, 1
                     C-1, T, 2024-05-20T10:20:00, ballot, 100, AGAINST\n C-2, Z, 2024-05-10, proxy, , FOR";
        meeting(proportional).cards(cards).count()
    };
    assert_eq!(ballot(json!([])).votes("1"), "100 for, 100 against, 400 not_voted");
    let counted = ballot(follows("T", "own_instructions"));
    assert_eq!(counted.votes("1"), "100 for, 500 against");
    assert_eq!(counted.text("/quorum/in_person"), "500");
    let present = |proportional| {
        meeting(proportional)
            .cards("card, account, received, 1\n C-2, Z, 2024-05-10, FOR")
            .file("revocations.csv", "account, received, manner\n T, 2024-05-20T10:00:00, at_meeting")
            .count()
    };
    assert_eq!(present(json!([])).votes("1"), "100 for, 500 not_voted");
    assert_eq!(present(follows("T", "all_others")).votes("1"), "600 for");
}

/// FOL-2, SCP-1. The trustee's ballot speaks of item 2 alone: there 200 are AGAINST and 300 follow it, on item 1 all
/// 500 follow Z; the headline has 600.
#[test]
fn what_a_paper_on_one_item_leaves_follows_on_the_others() {
    let counted = Meeting::of("T 500, Z 100")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .set("/proportional", follows("T", "all_others"))
        .cards(
            "card, account, received, kind, items, shares, 1, 2
             C-1, T, 2024-05-20T10:20:00, ballot, 2, 200, , AGAINST\n C-2, Z, 2024-05-10, proxy, , , FOR, FOR",
        )
        .count();
    assert_eq!(
        (counted.votes("1"), counted.votes("2"), counted.present()),
        ("600 for".into(), "400 for, 200 against".into(), "600")
    );
    assert_eq!(counted.text("/items/0/proportional/0/votes"), "500");
    assert_eq!(counted.text("/items/1/proportional/0/votes"), "300");
}

/// FOL-2. Joint holders of 100, of whom Ann signs FOR: the card covers all of it, and nothing follows. Without a card
/// all of it follows Z's AGAINST.
#[test]
fn a_joint_card_leaves_nothing_to_follow() {
    let meeting = |cards: &str| {
        Meeting::with_register(
            "150",
            "account, name, shares, registration, holders\n J, J, 100, joint, Ann;Bob\n Z, Z, 50, individual,",
        )
        .proposal(MAJORITY)
        .set("/proportional", follows("J", "all_others"))
        .cards(&format!("card, account, received, signer, 1\n C-1, Z, 2024-05-10, , AGAINST{cards}"))
        .count()
    };
    let signed = meeting("\n C-2, J, 2024-05-10, Ann, FOR");
    assert_eq!(signed.votes("1"), "100 for, 50 against");
    assert!(signed.at("/items/0").get("proportional").is_none());
    assert_eq!(meeting("").votes("1"), "150 against");
}

/// OPN-1, FOL-1. A's 30 FOR carry the trustee's 50 with them: 80 to 0. If B's held 40 are counted AGAINST, the trustee
/// casts 50 × 30/70 = 21.428571 FOR: 51.43 to 68.57. If B held 20, counting them makes 60 to 40 and changes nothing.
#[test]
fn what_could_change_follows_what_is_followed() {
    let meeting = |held: u32| {
        Meeting::of(&format!("T 50, A 30, B {held}"))
            .proposal(MAJORITY)
            .set("/proportional", follows("T", "all_others"))
            .cards("card, account, received, signed, 1\n C-1, A, 2024-05-10, yes, FOR\n C-2, B, 2024-05-10, mismatch, AGAINST")
            .count()
    };
    let turned = meeting(40);
    assert_eq!(
        (turned.votes("1"), turned.outcome("1").as_str()),
        ("80 for, 40 not_voted".into(), "approved")
    );
    let matter = turned.at("/open_matters/0");
    assert_eq!(
        (&matter["could_change"], &matter["examples"][0]["needs"]),
        (&json!(["1"]), &json!(["count C-2"]))
    );
    let kept = meeting(20);
    let matter = kept.at("/open_matters/0");
    assert_eq!((&matter["could_change"], &matter["cannot_change"]), (&json!([]), &json!(["1"])));
}

/// FOL-2. A held card of the trustee covers its 100: they are present and follow nobody until it is ruled on. Counted,
/// it votes them; rejected, they follow.
#[test]
fn what_a_held_card_covers_does_not_follow() {
    let meeting = |ruling: &str| {
        let meeting = Meeting::of("T 400, Z 100")
            .proposal(MAJORITY)
            .set("/proportional", follows("T", "all_others"))
            .cards(
                "card, account, received, signed, shares, 1
                 C-1, T, 2024-05-10, mismatch, 100, AGAINST\n C-2, Z, 2024-05-10, yes, , FOR",
            );
        if ruling.is_empty() {
            return meeting.count();
        }
        meeting
            .file(
                "rulings.csv",
                &format!(
                    "card, ruling, reason, by, at\n C-1, {ruling}, the signature, I, 2024-05-20T12:00:00"
                ),
            )
            .count()
    };
    assert_eq!(meeting("").votes("1"), "400 for, 100 not_voted");
    assert_eq!(meeting("count").votes("1"), "400 for, 100 against");
    assert_eq!(meeting("reject").votes("1"), "500 for");
}

/// FOL-1. Cumulated votes and heads are refused, and whoever is not there, is named twice or follows no class.
#[test]
fn what_cannot_follow_is_refused() {
    let base = || Meeting::of("A 600, B 400").cards("card, account, received\n C-1, A, 2024-05-10");
    let refusal =
        |meeting: Meeting, proportional: Value| meeting.set("/proportional", proportional).refusal();
    let cumulated = base()
        .election(2, "ann bob")
        .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T09:30:00" } }));
    let says = refusal(cumulated, follows("A", "all_others"));
    assert!(
        says.contains("shares cannot vote in proportion where votes are cumulated, as on item `1`"),
        "{says}"
    );
    let available = base().election(2, "ann bob").set("/items/0/cumulative", json!({ "notice": null }));
    assert_eq!(available.set("/proportional", follows("A", "all_others")).count().present(), "600");
    let heads = base().proposal(json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" }));
    let says = refusal(heads, follows("A", "all_others"));
    assert!(says.contains("where holders are counted by head, as in item `1`"), "{says}");
    let quorum = base().proposal(MAJORITY).set("/quorum", json!({ "at_least_holders": 2 }));
    assert!(refusal(quorum, follows("A", "all_others")).contains("as in `quorum`"));
    let plain = || base().proposal(MAJORITY);
    let says = refusal(plain(), follows("Q", "all_others"));
    assert!(
        says.contains("proportional.0.account: `Q` is neither on the register nor in omnibus.csv"),
        "{says}"
    );
    let twice = json!([{ "account": "A", "as": "all_others" }, { "account": "A", "as": "own_instructions" }]);
    assert!(refusal(plain(), twice).contains("the account `A` is given twice"));
    assert!(refusal(plain(), follows("A", json!({ "class": "pref" }))).contains("`pref` is no class"));
    assert!(refusal(plain(), follows("A", "others")).contains("`others` is not known"));
    assert!(refusal(plain(), json!([{ "account": "A" }])).contains("the required key is missing"));
}
