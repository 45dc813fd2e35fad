//! Directors, voted straight.

use serde_json::json;

use crate::counted::Counted;
use crate::story::Meeting;

/// ELE-1. The form lists ann and bob; cat came from the floor. A 100: a box for, so ann and bob. B 200: the
/// same, ann withheld. C 400, a ballot: a box withheld and ann for, so bob and cat withheld. D 800: a box
/// abstaining, on all three. E 1,600: blank, as the form says. F 3,200: cat alone, and nothing else.
/// ann: 100 + 400 + 1,600 = 2,100; bob: 100 + 200 + 1,600 = 1,900; cat: 3,200; each column sums to 6,300.
#[test]
fn a_nominees_own_mark_goes_before_the_box_for_all() {
    let counted = Meeting::of("A 100, B 200, C 400, D 800, E 1600, F 3200")
        .election(2, "ann bob cat")
        .set("/proxy_forms/0/unmarked", json!({ "1": ["ann", "bob"] }))
        .cards(
            "card, account, kind,   received,            1,        1.ann,    1.cat
             C-1,  A,       proxy,  2024-05-10,          FOR,      ,
             C-2,  B,       proxy,  2024-05-10,          FOR,      WITHHOLD,
             C-3,  C,       ballot, 2024-05-20T10:10:00, WITHHOLD, FOR,
             C-4,  D,       proxy,  2024-05-10,          ABSTAIN,  ,
             C-5,  E,       proxy,  2024-05-10,          ,         ,
             C-6,  F,       proxy,  2024-05-10,          ,         ,         FOR",
        )
        .count();
    assert!(counted.cites("ELE-1"));
    assert_eq!(counted.votes("1.ann"), "2100 for, 800 abstain, 200 withheld, 3200 not_voted");
    assert_eq!(counted.votes("1.bob"), "1900 for, 800 abstain, 400 withheld, 3200 not_voted");
    assert_eq!(counted.votes("1.cat"), "3200 for, 800 abstain, 400 withheld, 1900 not_voted");
    assert_eq!(counted.outcome("1"), "elected cat ann");
}

/// ELE-2. Two seats. A's 100 for three names are void in the election and present; its mark on item 2
/// stands. B's 200 for two names and C's 400 for one count as marked: ann 600, bob 200, cat none.
#[test]
fn for_on_more_nominees_than_seats_is_void_and_on_fewer_counts() {
    let counted = Meeting::of("A 100, B 200, C 400")
        .election(2, "ann bob cat")
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, received,   1.ann, 1.bob, 1.cat, 2
             C-1,  A,       2024-05-10, FOR,   FOR,   FOR,   FOR
             C-2,  B,       2024-05-10, FOR,   FOR,   ,
             C-3,  C,       2024-05-10, FOR,   ,      ,",
        )
        .count();
    assert!(counted.cites("ELE-2"));
    assert_eq!((counted.present(), counted.fate("C-1").as_str()), ("700", "counted"));
    assert_eq!(counted.votes("1.ann"), "600 for, 100 not_voted");
    assert_eq!(counted.votes("1.bob"), "200 for, 500 not_voted");
    assert_eq!(counted.votes("1.cat"), "700 not_voted");
    assert_eq!(counted.votes("2"), "100 for, 600 not_voted");
}

/// ELE-3. Two seats; ann 300, bob 200, cat 200, and 5,000 withheld from all: ann is elected, bob and cat
/// tie for the other seat; with 201 cat has it. With three seats the tie is none. One vote against 999
/// withheld is enough, none is not and leaves the seat vacant.
#[test]
fn the_seats_go_to_those_with_the_most_votes() {
    let meeting = |seats: u32, cat: u32| {
        Meeting::of(&format!("A 300, B 200, C {cat}, D 5000"))
            .election(seats, "ann bob cat")
            .cards(
                "card, account, received,   1,        1.ann, 1.bob, 1.cat
                 C-1,  A,       2024-05-10, ,         FOR,   ,
                 C-2,  B,       2024-05-10, ,         ,      FOR,
                 C-3,  C,       2024-05-10, ,         ,      ,      FOR
                 C-4,  D,       2024-05-10, WITHHOLD, ,      ,",
            )
            .count()
    };
    let tie = meeting(2, 200);
    assert!(tie.cites("ELE-3"));
    assert_eq!(tie.outcome("1"), "tied ann (bob) (cat)");
    assert_eq!(tie.at("/items/0/vacancies"), 0);
    assert_eq!(tie.votes("1.bob"), "200 for, 5000 withheld, 500 not_voted");
    assert_eq!(meeting(2, 201).outcome("1"), "elected ann cat");
    assert_eq!(meeting(3, 200).outcome("1"), "elected ann bob cat");

    let one = |votes_for: u32| {
        Meeting::of(&format!("A {votes_for}, B 999"))
            .election(1, "ann")
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, WITHHOLD")
            .count()
    };
    assert_eq!(one(1).outcome("1"), "elected ann");
    assert_eq!(one(0).outcome("1"), "none_elected");
    assert_eq!((one(1).at("/items/0/vacancies"), one(0).at("/items/0/vacancies")), (&json!(0), &json!(1)));
}

/// ELE-4. bob cannot serve, sub takes his place. A's proxy, 100 for bob, is for sub. B's 200 withhold sub
/// by name and stay with bob, not voted. C's ballot, 400 for bob, is not voted. D's 800 withheld from
/// bob stay withheld from bob. Were bob able, he would have 700.
#[test]
fn proxies_for_a_nominee_who_cannot_serve_go_to_the_substitute() {
    let meeting = Meeting::of("A 100, B 200, C 400, D 800").election(2, "ann bob sub").cards(
        "card, account, kind,   received,            1.bob,    1.sub
         C-1,  A,       proxy,  2024-05-10,          FOR,
         C-2,  B,       proxy,  2024-05-10,          FOR,      WITHHOLD
         C-3,  C,       ballot, 2024-05-20T10:10:00, FOR,
         C-4,  D,       proxy,  2024-05-10,          WITHHOLD,",
    );
    let able = meeting.count();
    assert!(!able.cites("ELE-4"));
    assert_eq!(able.votes("1.bob"), "700 for, 800 withheld");
    assert_eq!(able.votes("1.sub"), "200 withheld, 1300 not_voted");

    let unable = meeting
        .set("/items/0/nominees/1/unable_to_serve", true)
        .set("/items/0/nominees/1/substitute", "sub")
        .count();
    assert!(unable.cites("ELE-4"));
    assert_eq!(unable.votes("1.bob"), "800 withheld, 700 not_voted");
    assert_eq!(unable.votes("1.sub"), "100 for, 200 withheld, 1200 not_voted");
    assert_eq!(unable.outcome("1"), "elected sub");
}

/// ELE-4. P reports 300 for ann and 200 for bob, who cannot serve: the 200 are for sub. Where it reports 50 for sub
/// itself, those for bob are for nobody. 100 withheld from bob stay withheld from him.
#[test]
fn totals_for_a_nominee_who_cannot_serve_go_to_the_substitute() {
    let meeting = |rows: &str| {
        let register = "account, name, shares, registration\n P, Participant, 1000, nominee";
        Meeting::with_register("1000", register)
            .set("/quorum", json!({ "at_least": "1/10" }))
            .election(2, "ann bob sub")
            .set("/items/0/nominees/1/unable_to_serve", true)
            .set("/items/0/nominees/1/substitute", "sub")
            .file(
                "street.csv",
                &format!(
                    "account, item, nominee, vote, shares\n P, 1, ann, FOR, 300\n P, 1, bob, FOR, 200
                     P, 1, bob, WITHHOLD, 100\n{rows}"
                ),
            )
            .count()
    };
    let moved = meeting("");
    assert_eq!(moved.votes("1.ann"), "300 for");
    assert_eq!(moved.votes("1.bob"), "100 withheld, 200 not_voted");
    assert_eq!(moved.votes("1.sub"), "200 for, 100 not_voted");
    let itself = meeting("P, 1, sub, FOR, 50");
    assert_eq!(itself.votes("1.bob"), "100 withheld, 200 not_voted");
    assert_eq!(itself.votes("1.sub"), "50 for, 250 not_voted");
}

/// ELE-5. Nobody gave notice. Cards of 100 shares write 101, 100 and 99 for ann: capped they are 100, 100
/// and 99, and one share is not voted. By the rule `void` none of them is voted. After a notice the
/// numbers are cast as written: 300.
#[test]
fn without_notice_nobody_may_give_a_nominee_more_votes_than_shares() {
    let meeting = Meeting::of("A 100, B 100, C 100")
        .election(2, "ann bob")
        .set("/items/0/cumulative", json!({ "notice": null }))
        .cards(
            "card, account, received,   1.ann
             C-1,  A,       2024-05-10, 101
             C-2,  B,       2024-05-10, 100
             C-3,  C,       2024-05-10, 99",
        );
    let capped = meeting.count();
    assert!(capped.cites("ELE-5"));
    assert_eq!(capped.votes("1.ann"), "299 for, 1 not_voted");
    assert_eq!(capped.votes("1.bob"), "300 not_voted");
    let void = meeting.clone().rule("cumulated_without_notice", "void").count();
    assert_eq!(void.votes("1.ann"), "300 not_voted");

    let notice = json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } });
    let cumulated = meeting.set("/items/0/cumulative", notice).count();
    assert!(!cumulated.cites("ELE-5"));
    assert_eq!(cumulated.text("/items/0/nominees/0/for"), "300");
}

/// ELE-5. The cap is the card's, not each class's. Ann's 10 of class a and 5 of class b are 15 votes: 12 written
/// for ann are 10 and 2, and three are not voted; 16 are all 15.
#[test]
fn a_number_for_a_nominee_is_of_all_classes_of_the_card_together() {
    let meeting = |written: u32| {
        let classes = [("a", "10"), ("b", "5")]
            .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
        Meeting::with_register("15", "account, name, shares, class\n A, Ann, 10, a\n A, Ann, 5, b")
            .set("/classes", classes.to_vec())
            .election(2, "ann bob")
            .set("/items/0/cumulative", json!({ "notice": null }))
            .cards(&format!("card, account, received, 1.ann\n C-1, A, 2024-05-10, {written}"))
            .count()
    };
    assert_eq!(meeting(12).votes("1.ann"), "12 for, 3 not_voted");
    assert_eq!(meeting(16).votes("1.ann"), "15 for");
}

/// ELE-6. By a majority of the votes cast ann is not elected with 500 of 1,000, and is with 501. With 400
/// to 600 she is not; where plurality decides contested elections and two stand for the seat, she is;
/// where one stands for it, the majority is asked all the same. Only where plurality stood in for the
/// majority does the certificate say so.
#[test]
fn by_majority_each_nominee_must_meet_the_standard() {
    let meeting = |names: &str, votes_for: u32, if_contested: bool| -> Counted {
        Meeting::of(&format!("A {votes_for}, B {}", 1000 - votes_for))
            .election(1, names)
            .set("/items/0/standard", "majority_of_votes_cast")
            .set("/items/0/plurality_if_contested", if_contested)
            .cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST")
            .count()
    };
    let half = meeting("ann", 500, false);
    assert!(half.cites("ELE-6"));
    assert_eq!(half.outcome("1"), "none_elected");
    assert_eq!(half.at("/items/0/nominees/0/tests/0/needed"), "501");
    assert_eq!(half.at("/items/0/vacancies"), 1);
    assert_eq!(meeting("ann", 501, false).outcome("1"), "elected ann");

    assert_eq!(meeting("ann bob", 400, false).outcome("1"), "none_elected");
    let contested = meeting("ann bob", 400, true);
    assert_eq!(contested.outcome("1"), "elected ann");
    assert_eq!(meeting("ann", 400, true).outcome("1"), "none_elected");

    let is_said = |counted: &Counted| counted.at("/items/0")["plurality_because_contested"] == true;
    assert!(is_said(&contested) && !is_said(&half));
    let plurality = Meeting::of("A 400").election(1, "ann bob");
    let plurality = plurality.cards("card, account, received, 1.ann\n C-1, A, 2024-05-10, FOR").count();
    assert_eq!((plurality.outcome("1").as_str(), is_said(&plurality)), ("elected ann", false));
}

/// ELE-9. Two seats; ann 500, bob and cat 300 each. The by-laws provide for a lot: cat, drawn first, has the second seat,
/// and the row, written by hand without the count's fingerprint, is warned of. Without the key the tie stays a tie, whatever
/// was drawn; and of names that are not tied no lot is read.
#[test]
fn a_tie_is_broken_by_a_lot_that_the_meeting_provides_for_and_by_nothing_else() {
    let meeting = |order: &str| {
        Meeting::of("A 500, B 300, C 300")
            .election(2, "ann bob cat")
            .cards(
                "card, account, received, kind, 1.ann, 1.bob, 1.cat
                 C-1, A, 2024-05-20T10:20:00, ballot, FOR, , \n C-2, B, 2024-05-20T10:20:00, ballot, , FOR,
                 C-3, C, 2024-05-20T10:20:00, ballot, , , FOR",
            )
            .file(
                "lots.csv",
                &format!(
                    "item, order, method, at, by, witnesses\n 1, {order}, a coin, 2024-05-20T11:30:00, I, J"
                ),
            )
    };
    let by_laws = || json!({ "by": "lot", "source": "By-laws § 2.9" });
    let drawn = meeting("cat;bob").set("/items/0/tie", by_laws()).count();
    assert_eq!(drawn.outcome("1"), "elected ann cat");
    assert_eq!(drawn.warnings(), ["lot_not_bound"]);
    assert!(drawn.cites("ELE-9"));
    let tied = meeting("cat;bob").count();
    assert_eq!((tied.text("/items/0/outcome"), tied.at("/items/0/elected")), ("tied", &json!(["ann"])));
    assert!(meeting("ann;bob").set("/items/0/tie", by_laws()).refusal().contains("lots.csv:2"));
}
