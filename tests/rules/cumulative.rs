//! Directors, voted cumulatively; the proxy holders' ballot; and that everything adds up.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::Meeting;

/// An election in which Ann gave notice a minute before the polls opened.
fn meeting(holders: &str, seats: u32, nominees: &str) -> Meeting {
    Meeting::of(holders)
        .election(seats, nominees)
        .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T09:59:00" } }))
}

/// The parts of the pool that hold votes, and the pool.
fn pool(counted: &Counted) -> String {
    let parts = ["cast", "unused", "withheld", "void", "broker_non_votes", "not_voted"];
    let of = |part: &str| counted.text(&format!("/items/0/cumulative/{part}"));
    let filled: Vec<String> =
        parts.iter().filter(|part| of(part) != "0").map(|part| format!("{} {part}", of(part))).collect();
    format!("{} of {}", filled.join(", "), of("pool"))
}

/// The votes that each nominee has.
fn votes(counted: &Counted) -> Vec<&str> {
    let nominees = counted.at("/items/0/nominees").as_array().unwrap();
    nominees.iter().map(|nominee| nominee["for"].as_str().unwrap()).collect()
}

/// CUM-1. Ann's ballot writes 200 for ann, Bob's 300 shares are for bob, two seats. Without notice: 100
/// capped and 300. With Ann's notice Bob's shares cumulate too: 200 and 600. A notice at the moment
/// the polls opened is in time; a second later it cannot be one.
#[test]
fn any_holders_notice_lets_every_holder_cumulate() {
    let meeting = |cumulative: Value| {
        Meeting::of("A 100, B 300").election(2, "ann bob").set("/items/0/cumulative", cumulative).cards(
            "card, account, kind,   received,            1.ann, 1.bob
             C-1,  A,       ballot, 2024-05-20T10:10:00, 200,
             C-2,  B,       ballot, 2024-05-20T10:10:00, ,      FOR",
        )
    };
    let given = |time: &str| json!({ "notice": { "by": "A", "given": format!("2024-05-20T{time}") } });
    let straight = meeting(json!({ "notice": null })).count();
    assert!(!straight.cites("CUM-1"));
    assert_eq!((straight.text("/items/0/voting"), votes(&straight)), ("straight", vec!["100", "300"]));

    let cumulative = meeting(given("09:59:00")).count();
    assert!(cumulative.cites("CUM-1"));
    assert_eq!((cumulative.text("/items/0/voting"), votes(&cumulative)), ("cumulative", vec!["200", "600"]));
    assert_eq!(votes(&meeting(given("10:00:00")).count()), ["200", "600"]);
    let refusal = meeting(given("10:00:01")).refusal();
    assert!(refusal.contains("meeting.json") && refusal.contains("notice"), "{refusal}");
}

/// CUM-2. Three seats, four names: 100 shares have 300 votes and not 400. Equal parts over four names are
/// 75 each; withholding one shrinks the choice and not the pool: 100 each for the other three.
#[test]
fn a_pool_is_votes_times_seats_and_a_withheld_name_does_not_shrink_it() {
    let meeting = |withheld: &str| {
        meeting("A 100", 3, "ann bob cat dan")
            .set("/proxy_forms/0/unmarked", json!({ "1": ["ann", "bob", "cat"] }))
            .set("/proxy_forms/0/cumulative_allocation", json!({ "1": "per_card" }))
            .cards(&format!(
                "card, account, received, 1, 1.ann, 1.dan\n C-1, A, 2024-05-10, FOR, {withheld}, FOR"
            ))
            .count()
    };
    let all = meeting("");
    assert!(all.cites("CUM-2"));
    assert_eq!((votes(&all), pool(&all).as_str()), (vec!["75", "75", "75", "75"], "300 cast of 300"));
    let without = meeting("WITHHOLD");
    assert_eq!(
        (votes(&without), pool(&without).as_str()),
        (vec!["0", "100", "100", "100"], "300 cast of 300")
    );
    assert_eq!(without.text("/items/0/nominees/0/withheld"), "100");
}

/// CUM-3. A pool of 300. 200 written for ann and a mark for bob: 200 cast, the mark adds nothing, 100 are
/// unused. 200 and 100 use it up; 200 and 99 leave one.
#[test]
fn numbers_are_cast_as_written_and_the_rest_is_unused() {
    let meeting = |bob: &str| {
        meeting("A 100", 3, "ann bob cat")
            .cards(&format!(
                "card, account, kind, received, 1.ann, 1.bob\n C-1, A, ballot, 2024-05-20T10:10:00, 200, {bob}"
            ))
            .count()
    };
    let marked = meeting("FOR");
    assert!(marked.cites("CUM-3"));
    assert_eq!(
        (votes(&marked), pool(&marked).as_str()),
        (vec!["200", "0", "0"], "200 cast, 100 unused of 300")
    );
    assert_eq!(pool(&meeting("99")), "299 cast, 1 unused of 300");
    let full = meeting("100");
    assert_eq!((votes(&full), pool(&full).as_str()), (vec!["200", "100", "0"], "300 cast of 300"));
}

/// CUM-4. 200 + 101 = 301 of a pool of 300: void, all 300. In proportion 200 × 300 ÷ 301 = 199.33 and
/// 101 × 300 ÷ 301 = 100.66: 199 and 100, and the one left over goes to ann, first on the ballot: 200
/// and 100. 200 + 100 are the pool, and stand under both rules.
#[test]
fn more_votes_than_the_pool_are_void_or_cut_in_proportion() {
    let meeting = |rule: &str, bob: u32| {
        meeting("A 100", 3, "ann bob cat")
            .rule("over_cumulated", rule)
            .cards(&format!(
                "card, account, kind, received, 1.ann, 1.bob\n C-1, A, ballot, 2024-05-20T10:10:00, 200, {bob}"
            ))
            .count()
    };
    let void = meeting("void", 101);
    assert_eq!((votes(&void), pool(&void).as_str()), (vec!["0", "0", "0"], "300 void of 300"));
    assert_eq!(void.outcome("1"), "none_elected");
    let cut = meeting("prorate", 101);
    assert_eq!((votes(&cut), pool(&cut).as_str()), (vec!["200", "100", "0"], "300 cast of 300"));
    for rule in ["void", "prorate"] {
        assert_eq!(votes(&meeting(rule, 100)), ["200", "100", "0"], "{rule}");
    }
    assert!(void.cites("CUM-4"));
    assert!(cut.cites("CUM-4"), "the certificate does not name the rule");
}

/// CUM-5. A ballot of 101 shares for two seats marks three names: 202 ÷ 3 = 67.33, in whole votes 67 each
/// and the one left over to the first: 68, 67, 67; in millionths 67.333334, 67.333333, 67.333333. Two
/// names get 101 each.
#[test]
fn a_ballot_with_names_and_no_numbers_casts_equal_parts() {
    let meeting = |rule: &str, cat: &str| {
        meeting("A 101", 2, "ann bob cat")
            .rule("fractional_votes", rule)
            .cards(&format!(
                "card, account, kind, received, 1.ann, 1.bob, 1.cat
                 C-1, A, ballot, 2024-05-20T10:10:00, FOR, FOR, {cat}"
            ))
            .count()
    };
    let whole = meeting("whole", "FOR");
    assert!(whole.cites("CUM-5"));
    assert_eq!(votes(&whole), ["68", "67", "67"]);
    assert_eq!(votes(&meeting("six_decimals", "FOR")), ["67.333334", "67.333333", "67.333333"]);
    assert_eq!(votes(&meeting("whole", "")), ["101", "101", "0"]);
    assert_eq!(pool(&whole), "202 cast of 202");
}

/// Ann's 100 shares withhold cat, so her 300 votes are for ann and bob; Bob's card permits all three.
fn withholding(bob: u32, allocation: Value) -> Counted {
    meeting(&format!("A 100, B {bob}"), 3, "ann bob cat")
        .set("/proxy_forms/0/unmarked", json!({ "1": ["ann", "bob", "cat"] }))
        .set("/proxy_forms/0/cumulative_allocation", json!({ "1": allocation }))
        .cards("card, account, received, 1, 1.cat\n C-1, A, 2024-05-10, FOR, WITHHOLD\n C-2, B, 2024-05-10, FOR,")
        .count()
}

/// CUM-6. Bob's 49 shares have 147 votes, all for cat: 150, 150, 147. His 50 have 150: 150 each. His 51
/// have 153; 453 ÷ 3 = 151 each, two of his going elsewhere. Card by card it would be 150 + 51 = 201,
/// 201 and 51.
#[test]
fn the_level_allocation_gives_the_least_voted_as_much_as_withheld_names_permit() {
    let level = withholding(49, "level".into());
    assert!(level.cites("CUM-6"));
    assert_eq!(votes(&level), ["150", "150", "147"]);
    assert_eq!(votes(&withholding(50, "level".into())), ["150", "150", "150"]);
    assert_eq!(votes(&withholding(51, "level".into())), ["151", "151", "151"]);
    assert_eq!(votes(&withholding(51, "per_card".into())), ["201", "201", "51"]);
}

/// CUM-7. Pools of 300 and 150, cat only from the second: 150 for cat can be, 151 cannot, though 450 are
/// written both times; 450 for ann can be, 451 cannot. Impossible totals cast nothing, and the matter
/// is open.
#[test]
fn totals_that_the_proxy_holders_wrote_must_be_possible() {
    let possible = withholding(50, json!({ "ann": "150", "bob": "150", "cat": "150" }));
    assert!(possible.cites("CUM-7") && possible.open().is_empty());
    assert_eq!(votes(&possible), ["150", "150", "150"]);
    let impossible = withholding(50, json!({ "ann": "149", "bob": "150", "cat": "151" }));
    assert_eq!(impossible.open(), ["allocation_infeasible"]);
    assert_eq!((votes(&impossible), pool(&impossible).as_str()), (vec!["0", "0", "0"], "450 unused of 450"));

    assert_eq!(votes(&withholding(50, json!({ "ann": "450" }))), ["450", "0", "0"]);
    assert_eq!(withholding(50, json!({ "ann": "451" })).open(), ["allocation_infeasible"]);
}

/// CUM-7. What is written on an item that was withdrawn keeps nothing open: there is no pool for it, and none is asked.
#[test]
fn totals_written_on_an_item_that_was_withdrawn_are_no_matter() {
    let on = |is_withdrawn: bool| {
        meeting("A 100", 3, "ann bob cat")
            .set("/items/0/withdrawn", is_withdrawn)
            .set("/proxy_forms/0/cumulative_allocation", json!({ "1": { "ann": "301" } }))
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
            .count()
    };
    assert_eq!(on(false).open(), ["allocation_infeasible"]);
    assert_eq!((on(true).open(), on(true).outcome("1")), (Vec::<&str>::new(), "withdrawn".to_owned()));
}

/// CUM-8. A ballot of 100 shares, two seats, writes 120 for ann and 80 for bob. bob was nominated a second
/// after the polls opened: 80 void. At that moment he was in time: 80 for bob.
#[test]
fn votes_for_a_name_nominated_too_late_are_void() {
    let meeting = |nominated: &str| {
        meeting("A 100", 2, "ann bob")
            .set("/items/0/nominees/1/nominated", format!("2024-05-20T{nominated}"))
            .cards(
                "card, account, kind, received, 1.ann, 1.bob\n C-1, A, ballot, 2024-05-20T10:10:00, 120, 80",
            )
            .count()
    };
    let late = meeting("10:00:01");
    assert!(late.cites("CUM-8"));
    assert_eq!((votes(&late), pool(&late).as_str()), (vec!["120", "0"], "120 cast, 80 void of 200"));
    assert_eq!(late.outcome("1"), "elected ann");
    let in_time = meeting("10:00:00");
    assert_eq!((votes(&in_time), pool(&in_time).as_str()), (vec!["120", "80"], "200 cast of 200"));
}

/// OPN-1, ORD-7. X holds 10 of class a and 5 of class b. C-1, for both, and C-2, for a only, conflict there and
/// are present for the quorum only; 5 votes of b are voted. Without the proxy holders' ballot those 5 are
/// provisional, and the 10 are not voted either way.
#[test]
fn what_is_for_the_quorum_only_is_not_provisional() {
    let classes = [("a", "10"), ("b", "5")]
        .map(|(id, outstanding)| serde_json::json!({ "id": id, "name": id, "outstanding": outstanding }));
    let register = "account, name, shares, class\n X, X, 10, a\n X, X, 5, b";
    let counted = Meeting::with_register("15", register)
        .set("/classes", classes.to_vec())
        .set("/proxy_forms/0/ballot_cast", serde_json::Value::Null)
        .rule("same_date_conflict", "quorum_only")
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, received,   dated,      class, 1
             C-1,  X,       2024-05-10, 2024-05-01, ,      FOR
             C-2,  X,       2024-05-10, 2024-05-01, a,     AGAINST",
        )
        .count();
    assert_eq!(counted.votes("1"), "5 for, 10 not_voted");
    assert_eq!(counted.open(), ["no_proxy_holder_ballot"]);
    assert_eq!(
        (counted.at("/open_matters/0/cards"), counted.text("/open_matters/0/votes")),
        (&1.into(), "5")
    );
}

/// OPN-1. The proxy of 600 is represented, and provisional until the proxy holders hand in their ballot:
/// eleven o'clock is in time, a second later is not. A holder's own ballot waits for nobody.
#[test]
fn proxies_are_provisional_until_the_proxy_holders_ballot() {
    let meeting = |kind: &str, ballot_cast: Option<&str>| {
        Meeting::of("A 600, B 400")
            .proposal("majority_of_votes_cast")
            .set("/proxy_forms/0/ballot_cast", ballot_cast.map(|time| format!("2024-05-20T{time}")))
            .cards(&format!("card, account, kind, received, 1\n C-1, A, {kind}, 2024-05-20T09:00:00, FOR"))
            .count()
    };
    let cast = meeting("proxy", Some("11:00:00"));
    assert!(cast.cites("OPN-1") && cast.open().is_empty());
    for ballot_cast in [None, Some("11:00:01")] {
        let provisional = meeting("proxy", ballot_cast);
        assert_eq!(provisional.open(), ["no_proxy_holder_ballot"]);
        assert_eq!(provisional.text("/status"), "preliminary");
        assert_eq!((provisional.present(), provisional.votes("1").as_str()), ("600", "600 for"));
    }
    assert!(meeting("ballot", None).open().is_empty());
}

/// OPN-1. Without the proxy holders' ballot Ann's 600 for are not voted: with Bob's ballot of 400 against the item
/// would fail, with his 400 for it would carry all the same. So it is where Ann's shares are held jointly.
#[test]
fn what_is_provisional_could_change_an_item_that_fails_without_it() {
    let could_change = |registration: &str, bob: &str| {
        let register = format!(
            "account, name, shares, registration, holders
             A, Ann, 600, {registration}\n B, Bob, 400, individual,"
        );
        let counted = Meeting::with_register("1000", &register)
            .set("/proxy_forms/0/ballot_cast", Value::Null)
            .proposal("majority_of_votes_cast")
            .cards(&format!(
                "card, account, kind,   received,            1
                 C-1,  A,       proxy,  2024-05-10,          FOR
                 C-2,  B,       ballot, 2024-05-20T10:10:00, {bob}"
            ))
            .count();
        assert_eq!(counted.open(), ["no_proxy_holder_ballot"]);
        assert_eq!(
            (counted.outcome("1").as_str(), counted.text("/open_matters/0/votes")),
            ("approved", "600")
        );
        counted.at("/open_matters/0/could_change").clone()
    };
    for registration in ["individual,", "joint, Ann;Cat"] {
        assert_eq!(could_change(registration, "AGAINST"), json!(["1"]), "{registration}");
        assert_eq!(could_change(registration, "FOR"), json!([]), "{registration}");
    }
}

/// CON-1. Ten cards: five counted, for 100, 100, 100, 100 and 60, one in part, one superseded, one revoked, one
/// rejected, one held, each for 100, and no reason but theirs is told. Present
/// are 100 (A) + 100 (B) + 100 (C) + 100 (D) + 100 (E) + 100 (F, whose two cards share them) = 600 of
/// 800; G is unsigned and H is gone. The election's pool is 600 × 2 = 1,200: A 150 cast and 50 unused, B
/// 200 cast, C 200 withheld, D 200 non-votes, E held 200 not voted, F 2 × 60 cast and 2 × 40 withheld.
#[test]
fn every_share_lands_exactly_once() {
    let counted = meeting("A 100, B 100, C 100, D 100, E 100, F 100, G 100, H 100", 2, "ann bob")
        .proposal("majority_of_votes_cast")
        .cards(
            "card, account, kind,   received,            signed,   shares, 1,        1.ann, 2
             C-1,  A,       ballot, 2024-05-20T10:10:00, yes,      ,       ,         150,   FOR
             C-2,  B,       proxy,  2024-05-10,          yes,      ,       ,         FOR,   AGAINST
             C-3,  C,       proxy,  2024-05-10,          yes,      ,       WITHHOLD, ,      ABSTAIN
             C-4,  D,       proxy,  2024-05-10,          yes,      ,       NONVOTE,  ,      FOR
             C-5,  E,       proxy,  2024-05-10,          mismatch, ,       FOR,      ,      FOR
             C-6,  F,       proxy,  2024-05-11,          yes,      60,     ,         FOR,   VOID
             C-7,  F,       proxy,  2024-05-10,          yes,      ,       WITHHOLD, ,      WITHHOLD
             C-8,  F,       proxy,  2024-05-09,          yes,      ,       FOR,      ,      FOR
             C-9,  G,       proxy,  2024-05-10,          no,       ,       FOR,      ,      FOR
             C-10, H,       proxy,  2024-05-10,          yes,      ,       FOR,      ,      FOR",
        )
        .file("revocations.csv", "account, received, manner\n H, 2024-05-15, written")
        .count();
    assert!(counted.cites("CON-1"));
    let cards = counted.at("/cards");
    let by_disposition = ["counted", "counted_in_part", "superseded", "revoked", "rejected", "held"];
    assert_eq!(by_disposition.map(|name| cards[name].as_u64().unwrap()), [5, 1, 1, 1, 1, 1]);
    assert_eq!(cards["read"], 10);
    let reasons = counted.at("/reasons").as_array().unwrap();
    let told = |reason: &Value| {
        let words = ["disposition", "reason", "shares_claimed"].map(|key| reason[key].as_str().unwrap());
        format!("{} {} of {}", reason["cards"], words[..2].join(" "), words[2])
    };
    assert_eq!(
        reasons.iter().map(told).collect::<Vec<_>>(),
        [
            "5 counted in_order of 460",
            "1 counted_in_part later_proxy of 100",
            "1 superseded later_proxy of 100",
            "1 revoked written of 100",
            "1 rejected unsigned of 100",
            "1 held signature_mismatch of 100",
        ]
    );
    assert_eq!(counted.present(), "600");
    assert_eq!(counted.votes("2"), "200 for, 100 against, 100 abstain, 40 withheld, 160 not_voted");
    assert_eq!(
        pool(&counted),
        "470 cast, 50 unused, 280 withheld, 200 broker_non_votes, 200 not_voted of 1200"
    );
}

/// CUM-1. Notice is given before the voting: a ballot of 10:14:59 came before Ann's notice of 10:15, and the inspector must say
/// when the voting began. One of 10:15:00 did not, nor does a proxy that came days before.
#[test]
fn a_ballot_before_the_notice_is_put_to_the_inspector() {
    let meeting = |time: &str| {
        Meeting::of("A 600, B 400")
            .election(2, "ann bob")
            .rule("cumulative_notice", "at_meeting")
            .set("/polls_open", "2024-05-20T10:15:00")
            .set("/items/0/cumulative", json!({ "notice": { "by": "A", "given": "2024-05-20T10:15:00" } }))
            .cards(&format!(
                "card, account, kind, received, 1.ann, 1.bob
                 C-1, A, ballot, 2024-05-20T10:{time}, 1200,
                 C-2, B, proxy, 2024-05-10, , 800"
            ))
            .count()
    };
    let before = meeting("14:59");
    assert_eq!(before.open(), ["notice_after_ballot"]);
    assert_eq!(before.at("/open_matters/0/cards"), 1);
    assert_eq!(before.text("/open_matters/0/votes"), "600");
    assert_eq!(before.at("/open_matters/0/could_change"), &json!(["1"]));
    let after = meeting("15:00");
    assert!(after.open().is_empty());
    assert_eq!((after.votes("1.ann"), after.votes("1.bob")), ("1200 for".to_owned(), "800 for".to_owned()));
}
