//! Nominees' blocks and participants' totals.

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// A nominee of record with 1,000 shares.
fn nominee() -> Meeting {
    let register = "account, name, shares, registration\n P, Participant, 1000, nominee";
    Meeting::with_register("1000", register).proposal(MAJORITY)
}

/// NOM-1. C-2 speaks for the whole position and supersedes the older block. The newer blocks, 300 for and
/// 300 against, add up to 600; C-2 takes the other 400. Blocks of 300 + 699 leave it one share, of
/// 300 + 700 none.
#[test]
fn a_nominees_blocks_add_up_and_its_card_takes_the_rest() {
    let meeting = |block: u32| {
        nominee()
            .cards(&format!(
                "card, account, received,   shares,  1
                 C-1,  P,       2024-05-09, 100,     FOR
                 C-2,  P,       2024-05-10, ,        ABSTAIN
                 C-3,  P,       2024-05-11, 300,     FOR
                 C-4,  P,       2024-05-12, {block}, AGAINST"
            ))
            .count()
    };
    let counted = meeting(300);
    assert!(counted.cites("NOM-1"));
    assert_eq!(counted.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(counted.fate("C-2"), "counted_in_part later_proxy C-4");
    assert_eq!(counted.votes("1"), "300 for, 300 against, 400 abstain");

    assert_eq!(meeting(699).votes("1"), "300 for, 699 against, 1 abstain");
    let full = meeting(700);
    assert_eq!(full.fate("C-2"), "superseded later_proxy C-4");
    assert_eq!(full.votes("1"), "300 for, 700 against");
}

/// NOM-2. Blocks of 900 for, then 200 against, on 1,000. From the first: 900 and 100. From the last: 200
/// and 800. In proportion: 900 × 1000 ÷ 1100 = 818.18 and 200 × 1000 ÷ 1100 = 181.82, whole shares 818
/// and 181, the one left over to the larger remainder: 182. Rejecting or holding the block that no
/// longer fits: 900, and the 100 left are absent or present. Rejecting all: none. Blocks of 900 + 100
/// fit, and no rule touches them.
#[test]
fn blocks_over_the_position_fare_as_the_meetings_rule_says() {
    let meeting = |rule: &str, second: u32| {
        nominee()
            .rule("overvote", rule)
            .cards(&format!(
                "card, account, received,   shares,   1
                 C-1,  P,       2024-05-10, 900,      FOR
                 C-2,  P,       2024-05-11, {second}, AGAINST"
            ))
            .count()
    };
    let over = [
        ("first_in", "counted", "counted_in_part over_position", "900 for, 100 against"),
        ("latest_first", "counted_in_part over_position", "counted", "800 for, 200 against"),
        ("prorate", "counted_in_part over_position", "counted_in_part over_position", "818 for, 182 against"),
        ("reject_block", "counted", "rejected over_position", "900 for"),
        ("hold", "counted", "held over_position", "900 for, 100 not_voted"),
        ("reject_all", "rejected over_position", "rejected over_position", "nothing"),
    ];
    for (rule, first, second, votes) in over {
        let counted = meeting(rule, 200);
        assert!(counted.cites("NOM-2"), "{rule}");
        assert_eq!(counted.fate("C-1"), first, "{rule}");
        assert_eq!(counted.fate("C-2"), second, "{rule}");
        assert_eq!(counted.votes("1"), votes, "{rule}");
        let open: &[&str] = if rule == "hold" { &["overvote_held"] } else { &[] };
        assert_eq!(counted.open(), open, "{rule}");
        let fits = meeting(rule, 100);
        assert_eq!(fits.fate("C-2"), "counted", "{rule}");
        assert_eq!(fits.votes("1"), "900 for, 100 against", "{rule}");
    }
}

/// STR-1. The card takes 200 of 1,000. Totals of 700 for on item 1 and 100 against on item 2: the larger,
/// 700, is present beside the 200. Totals of 800 fit; of 801 are cut to 800. A later delivery of the
/// block replaces it: 300 instead of 700; another block adds up: 700 + 50; one received after the close
/// does nothing.
#[test]
fn street_totals_take_what_the_cards_leave() {
    let meeting = |rows: &str| {
        nominee()
            .proposal(MAJORITY)
            .cards("card, account, received, shares, 1, 2\n C-1, P, 2024-05-10, 200, ABSTAIN, ABSTAIN")
            .file("street.csv", &format!("account, item, vote, shares, block, received\n{rows}"))
            .count()
    };
    let first = "P, 1, FOR, 700, B1, 2024-05-10\n P, 2, AGAINST, 100, B1, 2024-05-10";
    let counted = meeting(first);
    assert!(counted.cites("STR-1"));
    assert_eq!(counted.present(), "900");
    assert_eq!(counted.votes("1"), "700 for, 200 abstain");
    assert_eq!(counted.votes("2"), "100 against, 200 abstain, 600 not_voted");

    assert_eq!(meeting("P, 1, FOR, 800, B1, 2024-05-10").votes("1"), "800 for, 200 abstain");
    let over = meeting("P, 1, FOR, 801, B1, 2024-05-10");
    assert_eq!((over.present(), over.votes("1").as_str()), ("1000", "800 for, 200 abstain"));

    let with = |row: &str| meeting(&format!("{first}\n{row}")).votes("1");
    assert_eq!(with("P, 1, FOR, 300, B1, 2024-05-11"), "300 for, 200 abstain");
    assert_eq!(with("P, 1, FOR, 50, B2, 2024-05-11"), "750 for, 200 abstain");
    assert_eq!(with("P, 1, FOR, 300, B1, 2024-05-20T11:00:01"), "700 for, 200 abstain");
    assert_eq!(with("P, 1, FOR, 300, B1, 2024-05-20T11:00:00"), "300 for, 200 abstain");
}

/// STR-1, NOM-2. P reports 1,100 for on its 1,000, which are held; Q reports 999 against, which fit. Settled for P
/// the 1,000 would carry the item, so the result waits for it. Against 1,000 they would tie, and nothing that
/// P may say would change the item.
#[test]
fn totals_held_over_the_position_are_settled_for_their_account() {
    let meeting = |against: u32| {
        let register = "account, name, shares, registration\n P, One, 1000, nominee\n Q, Two, 1000, nominee";
        Meeting::with_register("2000", register)
            .set("/quorum", serde_json::json!({ "at_least": "1/10" }))
            .rule("overvote", "hold")
            .proposal(MAJORITY)
            .file(
                "street.csv",
                &format!("account, item, vote, shares\n P, 1, FOR, 1100\n Q, 1, AGAINST, {against}"),
            )
            .count()
    };
    for (against, could_change) in [(999, serde_json::json!(["1"])), (1000, serde_json::json!([]))] {
        let counted = meeting(against);
        assert_eq!(counted.votes("1"), format!("{against} against, 1000 not_voted"));
        assert_eq!(counted.open(), ["overvote_held"]);
        assert_eq!(counted.text("/open_matters/0/votes"), "1000");
        assert_eq!(counted.at("/open_matters/0/could_change"), &could_change);
    }
}
