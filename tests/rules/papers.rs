//! What a paper may be: voted, irrevocable, at odds with itself, limited; and totals that nothing orders.

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// VOT-1. The proxy holders cast their ballot at 10:30. Ann's ballot of 10:30 exactly is in time and takes her 600;
/// a second later her proxy is voted: 600 for. Where proxies may be revoked until the polls close, the ballot of
/// 10:30:01 takes them too: 600 against.
#[test]
fn what_the_proxy_holders_voted_stays_voted() {
    let meeting = |time: &str, rule: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .rule("revocable_until", rule)
            .cards(&format!(
                "card, account, kind,   received,              1
                 C-1,  A,       proxy,  2024-05-10,            FOR
                 C-2,  A,       ballot, 2024-05-20T10:30:{time}, AGAINST"
            ))
            .count()
    };
    let before = meeting("00", "voted");
    assert_eq!(
        (before.fate("C-1").as_str(), before.votes("1").as_str()),
        ("superseded ballot C-2", "600 against")
    );

    let after = meeting("01", "voted");
    assert!(after.cites("VOT-1"));
    assert_eq!(after.fate("C-2"), "superseded after_vote C-1");
    assert_eq!((after.fate("C-1").as_str(), after.votes("1").as_str()), ("counted", "600 for"));
    assert_eq!(after.at("/warnings/0/code"), "ballot_after_vote");

    assert_eq!(meeting("01", "polls_close").votes("1"), "600 against");
}

/// VOT-1. A proxy of the form itself that comes after its ballot finds Bob's 400 free and is held: the inspector must
/// say whether the ballot included it. Ruled `count` it votes. A revocation of 10:31 does not reach Ann's voted
/// proxy; one of 10:29 does.
#[test]
fn a_proxy_after_the_vote_is_held_and_a_revocation_after_it_does_nothing() {
    let meeting = Meeting::of("A 600, B 400").proposal(MAJORITY).cards(
        "card, account, received,            1
         C-1,  A,       2024-05-10,          FOR
         C-2,  B,       2024-05-20T10:31:00, FOR",
    );
    let held = meeting.count();
    assert_eq!(
        (held.fate("C-2").as_str(), held.votes("1").as_str()),
        ("held after_vote", "600 for, 400 not_voted")
    );
    let meeting = meeting.file("rulings.csv", "card, ruling, reason\n C-2, count, the ballot lists it");
    assert_eq!(meeting.count().votes("1"), "1000 for");
    let revoked = |time: &str| {
        let row = format!("account, received, manner\n A, 2024-05-20T{time}, written");
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
            .file("revocations.csv", &row)
            .count()
    };
    assert_eq!(revoked("10:29").fate("C-1"), "revoked written revocations.csv:2");
    let late = revoked("10:31");
    assert_eq!(
        (late.fate("C-1").as_str(), late.at("/warnings/0/code").as_str()),
        ("counted", Some("revocation_without_effect"))
    );
}

/// VOT-1. Ann's newer proxy for 250 of 600 is of another form; at 10:30 the white card holds the other 350, and keeps
/// them. Her ballot of 10:40 for all takes what is not voted: 250.
#[test]
fn a_ballot_after_the_vote_takes_what_was_not_voted() {
    let counted = Meeting::of("A 600, B 400")
        .set(
            "/proxy_forms",
            serde_json::json!([{ "id": "white", "ballot_cast": "2024-05-20T10:30:00" }, { "id": "gold" }]),
        )
        .proposal(MAJORITY)
        .cards(
            "card, account, kind,   form,  received,            dated,      shares, 1
             C-1,  A,       proxy,  white, 2024-05-10,          2024-05-10, ,       FOR
             C-2,  A,       proxy,  gold,  2024-05-11,          2024-05-11, 250,    FOR
             C-3,  A,       ballot, ,      2024-05-20T10:40:00, ,           ,       AGAINST",
        )
        .count();
    assert_eq!(counted.fate("C-1"), "counted_in_part later_proxy C-2");
    assert_eq!(counted.fate("C-2"), "superseded ballot C-3");
    assert_eq!(counted.fate("C-3"), "counted_in_part after_vote C-1");
    assert_eq!(counted.votes("1"), "350 for, 250 against");
}

/// PRE-2. Ann casts a ballot for 100 of her 600: she is there with all, 500 not voted. A proxy for 100 speaks for
/// those only. An unsigned ballot shows nobody.
#[test]
fn who_casts_a_ballot_for_some_shares_is_present_with_all() {
    let meeting = |kind: &str, signed: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, kind, received, signed, shares, 1\n C-1, A, {kind}, 2024-05-20T10:10:00, {signed}, 100, FOR"
            ))
            .count()
    };
    let ballot = meeting("ballot", "yes");
    assert!(ballot.cites("PRE-2"));
    assert_eq!((ballot.present(), ballot.votes("1").as_str()), ("600", "100 for, 500 not_voted"));
    assert_eq!(meeting("proxy", "yes").present(), "100");
    assert_eq!(meeting("ballot", "no").present(), "0");
    let doubtful = meeting("ballot", "mismatch");
    assert_eq!((doubtful.present(), doubtful.votes("1").as_str()), ("600", "600 not_voted"));
}

/// VAL-10. A ballot that names a form contradicts itself: held, and counted once the inspector says so. A proxy valid
/// until the day before its date too; until its date itself it is only expired.
#[test]
fn a_card_that_contradicts_itself_is_held_and_stops_no_count() {
    let meeting = |cards: &str| Meeting::of("A 600, B 400").proposal(MAJORITY).cards(cards);
    let ballot =
        meeting("card, account, kind, form, received, 1\n C-1, A, ballot, white, 2024-05-20T10:10:00, FOR");
    let held = ballot.count();
    assert!(held.cites("VAL-10"));
    assert_eq!(
        (held.fate("C-1").as_str(), held.votes("1").as_str()),
        ("held contradiction", "600 not_voted")
    );
    assert_eq!(held.open(), ["held_cards"]);
    let ruled = ballot.file("rulings.csv", "card, ruling, reason\n C-1, count, a ballot");
    assert_eq!(ruled.count().votes("1"), "600 for");
    let noted =
        meeting("card, account, received, contradiction, 1\n C-1, A, 2024-05-10, two boxes on one line, FOR");
    assert_eq!(noted.count().fate("C-1"), "held contradiction");
    let until = |date: &str| {
        let cards = format!(
            "card, account, received, dated, valid_until, 1\n C-1, A, 2024-05-19, 2024-05-19, {date}, FOR"
        );
        meeting(&cards).set("/adjourned_from", serde_json::json!(["2024-05-18"])).count().fate("C-1")
    };
    assert_eq!(until("2024-05-18"), "held contradiction");
    assert_eq!(until("2024-05-19"), "counted");
}

/// VAL-11. The lender's irrevocable proxy for 250 of Ann's 600 stands against her later proxy and her ballot; these
/// share the other 350: the ballot takes them. Without the word the ballot takes all.
#[test]
fn nothing_displaces_an_irrevocable_proxy() {
    let meeting = |word: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, kind,   received,            shares, irrevocable, 1
                 C-1,  A,       proxy,  2024-05-10,          250,    {word},      FOR
                 C-2,  A,       proxy,  2024-05-12,          ,       ,            AGAINST
                 C-3,  A,       ballot, 2024-05-20T10:10:00, ,       ,            AGAINST"
            ))
            .file("revocations.csv", "account, received, manner\n A, 2024-05-11, written")
            .count()
    };
    let stands = meeting("yes");
    assert!(stands.cites("VAL-11"));
    assert_eq!(
        (stands.fate("C-1").as_str(), stands.votes("1").as_str()),
        ("counted", "250 for, 350 against")
    );
    assert_eq!(stands.fate("C-2"), "superseded irrevocable_proxy C-1");
    assert_eq!(stands.fate("C-3"), "counted_in_part irrevocable_proxy C-1");
    let plain = meeting("no");
    assert_eq!(
        (plain.fate("C-1").as_str(), plain.votes("1").as_str()),
        ("revoked written revocations.csv:2", "600 against")
    );
}

/// VAL-7, VAL-11. A proxy valid until the meeting's day stands, one day less and it has expired, whatever the eleven
/// months; of two irrevocable proxies the older stands.
#[test]
fn a_term_in_the_proxy_goes_before_the_statutes_and_the_older_irrevocable_proxy_stands() {
    let meeting = |cards: &str| Meeting::of("A 600, B 400").proposal(MAJORITY).cards(cards).count();
    let until = |day: &str| {
        meeting(&format!(
            "card, account, received, dated, valid_until, 1\n C-1, A, 2022-05-10, 2022-05-10, {day}, FOR"
        ))
        .fate("C-1")
    };
    assert_eq!((until("2024-05-20").as_str(), until("2024-05-19").as_str()), ("counted", "rejected expired"));
    let two = meeting(
        "card, account, received,   dated,      irrevocable, 1
         C-1,  A,       2024-05-10, 2024-05-10, yes,         FOR
         C-2,  A,       2024-05-11, 2024-05-11, yes,         AGAINST",
    );
    assert_eq!(
        (two.fate("C-2").as_str(), two.votes("1").as_str()),
        ("superseded irrevocable_proxy C-1", "600 for")
    );
}

/// VAL-7. An undated proxy's term runs from its receipt: received on 20 June 2023 it is good for eleven months to the day
/// of the meeting, a day earlier it is not.
#[test]
fn an_undated_proxy_expires_by_its_receipt() {
    let fate = |day: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!("card, account, received, 1\n C-1, A, 2023-06-{day}, FOR"))
            .count()
            .fate("C-1")
    };
    assert_eq!((fate("20").as_str(), fate("19").as_str()), ("counted", "rejected expired"));
}

/// VAL-12. Word of Ann's death on the 12th revokes her proxy of the 10th, not her executor's of the 15th; nobody is
/// present by it.
#[test]
fn death_revokes_the_proxies_before_it() {
    let meeting = |cards: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!("card, account, received, dated, 1\n {cards}"))
            .file("revocations.csv", "account, received, manner, dated\n A, 2024-05-17, death, 2024-05-12")
            .count()
    };
    let dead = meeting("C-1, A, 2024-05-10, 2024-05-10, FOR");
    assert!(dead.cites("VAL-12"));
    assert_eq!((dead.fate("C-1").as_str(), dead.present()), ("revoked death revocations.csv:2", "0"));
    assert_eq!(meeting("C-1, A, 2024-05-15, 2024-05-15, FOR").votes("1"), "600 for");
}

fn joint(rule: &str, cards: &str) -> Meeting {
    let register = "account, name, shares, registration, holders\n J, Joint, 600, joint, Ann;Bob\n B, B, 400, individual,";
    Meeting::with_register("1000", register).rule("joint_holders", rule).proposal(MAJORITY).cards(cards)
}

/// JNT-5. Ann signs for 100 of the 600 that she holds with Bob: held, all 600 present. Bob's card for all acts alone. Ruled
/// `count`, Ann's speaks for all.
#[test]
fn a_joint_holders_card_for_a_part_is_held() {
    let alone = "card, account, received, signer, shares, 1\n C-1, J, 2024-05-10, Ann, 100, FOR";
    let held = joint("statute", alone).count();
    assert!(held.cites("JNT-5"));
    assert_eq!(held.fate("C-1"), "held part_of_joint");
    assert_eq!((held.present(), held.votes("1").as_str()), ("600", "600 not_voted"));
    let with_bob = format!("{alone}\n C-2, J, 2024-05-10, Bob, , AGAINST");
    assert_eq!(joint("statute", &with_bob).count().votes("1"), "600 against");
    let ruled = joint("statute", alone)
        .file("rulings.csv", "card, ruling, reason\n C-1, count, she meant all")
        .count();
    assert_eq!((ruled.votes("1").as_str(), ruled.shares("C-1")), ("600 for", "600"));
}

/// JNT-6. All named must agree: Ann alone does not vote, nor Ann for and Bob against; both for do, and a card that names
/// no signer is signed by all.
#[test]
fn unanimous_joint_holders_vote_only_together() {
    let head = "card, account, received, signer, 1";
    let votes = |rows: &str| joint("unanimous", &format!("{head}\n {rows}")).count().votes("1");
    assert_eq!(votes("C-1, J, 2024-05-10, Ann, FOR"), "600 not_voted");
    assert_eq!(votes("C-1, J, 2024-05-10, Ann, FOR\n C-2, J, 2024-05-10, Bob, AGAINST"), "600 not_voted");
    assert_eq!(votes("C-1, J, 2024-05-10, Ann, FOR\n C-2, J, 2024-05-10, Bob, FOR"), "600 for");
    assert_eq!(votes("C-1, J, 2024-05-10, , FOR"), "600 for");
    assert!(joint("unanimous", &format!("{head}\n C-1, J, 2024-05-10, , FOR")).count().cites("JNT-6"));
}

fn totals(rule: &str, rows: &str) -> Meeting {
    Meeting::with_register("1000", "account, name, shares, registration\n P, Participant, 1000, nominee")
        .proposal(MAJORITY)
        .rule("overvote", rule)
        .cards("card, account, received, 1")
        .file("street.csv", &format!("account, item, vote, shares, received\n {rows}"))
}

/// STR-1, NOM-2. 900 for and 200 against of 1,000 shares, of one time: nothing says which is cut, so the total is held, and
/// the warning names the excess of 100. Received one after the other, the first goes in whole: 900 and 100. Both
/// for, no order is needed.
#[test]
fn totals_over_the_position_are_cut_by_receipt_and_never_by_their_rows() {
    let held = totals("first_in", "P, 1, FOR, 900,\n P, 1, AGAINST, 200,").count();
    assert_eq!((held.open(), held.votes("1").as_str()), (vec!["overvote_held"], "1000 not_voted"));
    assert_eq!(held.at("/warnings/0/code"), "overvote");
    assert!(held.text("/warnings/0/says").contains("come to 1,100, 100 more than the 1,000"));
    let in_time = "P, 1, FOR, 900, 2024-05-10\n P, 1, AGAINST, 200, 2024-05-11";
    assert_eq!(totals("first_in", in_time).count().votes("1"), "900 for, 100 against");
    assert_eq!(totals("latest_first", in_time).count().votes("1"), "800 for, 200 against");
    assert_eq!(totals("first_in", "P, 1, FOR, 900,\n P, 1, FOR, 200,").count().votes("1"), "1000 for");
    let fits = totals("first_in", "P, 1, FOR, 900,\n P, 1, AGAINST, 100,").count();
    assert_eq!(
        (fits.votes("1").as_str(), fits.at("/warnings").as_array().map(Vec::len)),
        ("900 for, 100 against", Some(0))
    );
}

/// REG-3. Three shares with 10 votes, cards of 1 and 2: 3.333333 and what is left, 6.666667. No millionth is lost.
#[test]
fn the_parts_of_stated_votes_come_to_the_whole() {
    let register = "account, name, shares, votes\n A, Ann, 3, 10";
    let counted = Meeting::with_register("3", register)
        .proposal(MAJORITY)
        .cards(
            "card, account, received,   dated,      shares, 1
             C-1,  A,       2024-05-11, 2024-05-11, 1,      FOR
             C-2,  A,       2024-05-10, 2024-05-10, 2,      AGAINST",
        )
        .count();
    assert_eq!((counted.present(), counted.votes("1").as_str()), ("10", "3.333333 for, 6.666667 against"));
}

/// VAL-1, ORD-5. A card of nobody's account is named in a warning; so is one whose marks a later blank card displaces, and
/// not one that a card with marks displaces.
#[test]
fn unknown_accounts_and_blank_cards_that_displace_marks_are_told() {
    let codes = |cards: &str| -> Vec<String> {
        let counted = Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!("card, account, received, 1\n {cards}"))
            .count();
        let warnings = counted.at("/warnings").as_array().unwrap();
        warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("C-1, A, 2024-05-10, FOR\n C-2, X, 2024-05-10, FOR"), ["unknown_accounts"]);
    assert_eq!(codes("C-1, A, 2024-05-10, FOR\n C-2, A, 2024-05-11,"), ["blank_displaces_marks"]);
    assert_eq!(codes("C-1, A, 2024-05-10, FOR\n C-2, A, 2024-05-11, AGAINST"), Vec::<String>::new());
}

/// VAL-5. Counted as of 15 May, Ann's card of the 16th has not come yet, though the inspector has ruled on it; as of the 16th
/// it is there.
#[test]
fn what_has_not_come_yet_is_not_late_and_not_ruled_on() {
    let fate = |as_of: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, A, 2024-05-16, FOR")
            .file("rulings.csv", "card, ruling, reason\n C-1, count, seen")
            .flag("--as-of", as_of)
            .count()
            .fate("C-1")
    };
    assert_eq!(
        (fate("2024-05-15").as_str(), fate("2024-05-16").as_str()),
        ("rejected not_yet_received", "counted")
    );
}

/// VAL-11, NOM-1. A nominee's two irrevocable blocks of 20 add up though they say the same and nothing orders them: of 33
/// the first has 20, the second 13; of 50 each has its 20. Two that speak for the whole position are one, and what is
/// older is displaced by the one that stands.
#[test]
fn irrevocable_blocks_of_a_nominee_add_up() {
    let counted = |shares: u32, cards: &str| {
        let register = format!(
            "account, name, shares, registration\n N, N, {shares}, nominee\n Z, Z, {}, individual",
            100 - shares
        );
        Meeting::with_register("100", &register)
            .proposal(MAJORITY)
            .cards(&format!("card, account, received, dated, shares, irrevocable, 1{cards}"))
            .count()
    };
    let blocks =
        "\n C-1, N, 2024-05-10, 2024-05-09, 20, yes, FOR\n C-2, N, 2024-05-10, 2024-05-09, 20, yes, FOR";
    let over = counted(33, blocks);
    assert_eq!((over.votes("1"), over.present()), ("33 for".to_owned(), "33"));
    assert_eq!((over.shares("C-1"), over.shares("C-2")), ("20", "13"));
    assert_eq!(over.fate("C-2"), "counted_in_part later_proxy C-1");
    assert_eq!(counted(50, blocks).votes("1"), "40 for");
    let whole = "\n C-1, N, 2024-05-10, 2024-05-09, , yes, FOR\n C-2, N, 2024-05-10, 2024-05-09, , yes, FOR
                 C-3, N, 2024-05-08, 2024-05-07, 5, , AGAINST";
    let one = counted(33, whole);
    assert_eq!(one.votes("1"), "33 for");
    assert_eq!(
        (one.fate("C-2").as_str(), one.fate("C-3").as_str()),
        ("superseded duplicate C-1", "superseded later_proxy C-1")
    );
}
