//! Which cards stand by themselves: rulings, accounts, signatures, times and revocations.

use serde_json::Value;

use crate::counted::Counted;
use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// RUL-1. Ann's 600 are for, Bob's 400 against. The inspector rejects Ann's card: Bob's 400 are all that
/// is present, no quorum of 501.
#[test]
fn a_card_that_the_inspector_rejects_is_no_vote() {
    let meeting = Meeting::of("A 600, B 400")
        .proposal(MAJORITY)
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST");
    let before = meeting.count();
    assert_eq!((before.present(), before.outcome("1").as_str()), ("1000", "approved"));

    let ruled = meeting.file("rulings.csv", "card, ruling, reason\n C-1, reject, forged").count();
    assert!(ruled.cites("RUL-1"));
    assert_eq!(ruled.fate("C-1"), "rejected ruled_out rulings.csv:2");
    assert_eq!((ruled.present(), ruled.votes("1").as_str()), ("400", "400 against"));
    assert_eq!(ruled.outcome("1"), "no_quorum");
}

/// RUL-2. Five cards of 100 fail a test each: signature missing, signature doubtful, late, dated after
/// the meeting, expired. Ruled `count`, all five stand: 500 for. The ruling gives an unknown account no
/// shares.
#[test]
fn a_card_that_the_inspector_counts_is_not_tested_for_form_and_time() {
    let meeting = Meeting::of("A 100, B 100, C 100, D 100, E 100").proposal(MAJORITY).cards(
        "card, account, received,            dated,      signed,   1
         C-1,  A,       2024-05-10,          2024-05-10, no,       FOR
         C-2,  B,       2024-05-10,          2024-05-10, mismatch, FOR
         C-3,  C,       2024-05-20T11:00:01, 2024-05-20, yes,      FOR
         C-4,  D,       2024-05-10,          2024-05-21, yes,      FOR
         C-5,  E,       2024-05-10,          2023-06-19, yes,      FOR
         C-6,  X,       2024-05-10,          2024-05-10, yes,      FOR",
    );
    let tested = meeting.count();
    assert_eq!(tested.fate("C-1"), "rejected unsigned");
    assert_eq!(tested.fate("C-2"), "held signature_mismatch");
    assert_eq!(tested.fate("C-3"), "rejected late");
    assert_eq!(tested.fate("C-4"), "held post_dated");
    assert_eq!(tested.fate("C-5"), "rejected expired");
    assert_eq!(tested.votes("1"), "200 not_voted");

    let rulings = (1..=6).map(|card| format!("C-{card}, count, seen")).collect::<Vec<_>>().join("\n");
    let ruled = meeting.file("rulings.csv", &format!("card, ruling, reason\n{rulings}")).count();
    assert!(ruled.cites("RUL-2"));
    for card in ["C-1", "C-2", "C-3", "C-4", "C-5"] {
        assert_eq!(ruled.fate(card), "counted", "{card}");
    }
    assert_eq!(ruled.fate("C-6"), "rejected unknown_account");
    assert_eq!(ruled.votes("1"), "500 for");
}

/// RUL-3. Ann's 600 are ruled out on item 1: present there and not voted, though her form would vote a
/// blank for. On item 2 they vote. Where Bob's 400 are ruled out on item 2, each card is short by its own ruling.
#[test]
fn a_card_ruled_out_on_one_item_stands_on_the_others() {
    let meeting = Meeting::of("A 600, B 400")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .set("/proxy_forms/0/unmarked", serde_json::json!({ "1": "for", "2": "for" }))
        .cards(
            "card, account, received, 1, 2\n C-1, A, 2024-05-10, FOR, FOR\n C-2, B, 2024-05-10, AGAINST, FOR",
        );
    assert_eq!(meeting.count().votes("1"), "600 for, 400 against");

    let rulings = "card, ruling, item, reason\n C-1, reject, 1, altered";
    let ruled = meeting.clone().file("rulings.csv", rulings).count();
    assert!(ruled.cites("RUL-3"));
    assert_eq!(ruled.fate("C-1"), "counted_in_part ruled_out rulings.csv:2");
    assert_eq!(ruled.present(), "1000");
    assert_eq!(ruled.votes("1"), "400 against, 600 not_voted");
    assert_eq!(ruled.votes("2"), "1000 for");

    let rulings = "card, ruling, item, reason\n C-2, reject, 2, altered\n C-1, reject, 1, altered";
    let both = meeting.file("rulings.csv", rulings).count();
    assert_eq!(both.fate("C-1"), "counted_in_part ruled_out rulings.csv:3");
    assert_eq!(both.fate("C-2"), "counted_in_part ruled_out rulings.csv:2");
    assert_eq!([both.votes("1"), both.votes("2")], ["400 against, 600 not_voted", "600 for, 400 not_voted"]);
}

/// VAL-1. A is on the register, P has its 400 from B by the omnibus proxy, X is on neither; `a` is not A.
#[test]
fn only_holders_at_the_record_date_and_those_they_passed_votes_to_may_vote() {
    let meeting = Meeting::of("A 600, B 400").proposal(MAJORITY).cards(
        "card, account, received, 1
         C-1, A, 2024-05-10, FOR
         C-2, P, 2024-05-10, AGAINST
         C-3, X, 2024-05-10, AGAINST
         C-4, a, 2024-05-10, AGAINST",
    );
    let without = meeting.count();
    assert!(without.cites("VAL-1"));
    for card in ["C-2", "C-3", "C-4"] {
        assert_eq!(without.fate(card), "rejected unknown_account", "{card}");
    }
    assert_eq!(without.votes("1"), "600 for");

    let passed = meeting.file("omnibus.csv", "holder, account, name, shares\n B, P, Pat, 400").count();
    assert_eq!(passed.fate("C-2"), "counted");
    assert_eq!(passed.fate("C-3"), "rejected unknown_account");
    assert_eq!(passed.votes("1"), "600 for, 400 against");
}

/// VAL-2. Positions of 0 and of 0.000001: nothing casts nothing, a millionth of a share casts its
/// millionth. 999.999999 + 0.000001 = 1,000.
#[test]
fn a_position_of_nothing_casts_no_vote() {
    let register = "account, name, shares\n A, Ann, 999.999999\n B, Bob, 0.000001\n C, Cat, 0";
    let counted = Meeting::with_register("1000", register)
        .proposal(MAJORITY)
        .cards(
            "card, account, received, 1
             C-1, A, 2024-05-10, FOR
             C-2, B, 2024-05-10, AGAINST
             C-3, C, 2024-05-10, AGAINST",
        )
        .count();
    assert!(counted.cites("VAL-2"));
    assert_eq!(counted.fate("C-2"), "counted");
    assert_eq!(counted.fate("C-3"), "rejected no_voting_shares");
    assert_eq!(counted.votes("1"), "999.999999 for, 0.000001 against");
}

/// VAL-3. Without a signature Ann's 200 are not present: 400 of 1,000 are no quorum, with them 600 are.
/// A vote by telephone needs no signature.
#[test]
fn an_unsigned_card_is_no_proxy_and_not_present() {
    let meeting = |medium: &str, signed: &str| {
        Meeting::of("A 200, B 400, C 400")
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, received, medium, signed, 1
                 C-1, A, 2024-05-10, {medium}, {signed}, FOR
                 C-2, B, 2024-05-10, mail, yes, FOR"
            ))
            .count()
    };
    let unsigned = meeting("mail", "no");
    assert!(unsigned.cites("VAL-3"));
    assert_eq!(unsigned.fate("C-1"), "rejected unsigned");
    assert_eq!((unsigned.present(), unsigned.outcome("1").as_str()), ("400", "no_quorum"));

    let signed = meeting("mail", "yes");
    assert_eq!((signed.present(), signed.outcome("1").as_str()), ("600", "approved"));
    assert_eq!(meeting("telephone", "").fate("C-1"), "counted");
}

/// VAL-4. Ann's 400 bear somebody else's name. Held: present and not voted, preliminary. Rejected: 200
/// are present, no quorum. Accepted: 400 for, 200 against.
#[test]
fn a_doubtful_signature_is_held_rejected_or_accepted() {
    let meeting = |rule: &str| {
        Meeting::of("A 400, B 200, C 400")
            .proposal(MAJORITY)
            .rule("signature_mismatch", rule)
            .cards(
                "card, account, received, signed, 1
                 C-1, A, 2024-05-10, mismatch, FOR
                 C-2, B, 2024-05-10, yes, AGAINST",
            )
            .count()
    };
    let held = meeting("hold");
    assert!(held.cites("VAL-4"));
    assert_eq!(held.fate("C-1"), "held signature_mismatch");
    assert_eq!((held.present(), held.votes("1").as_str()), ("600", "200 against, 400 not_voted"));
    assert_eq!(held.open(), ["held_cards"]);
    assert_eq!(held.at("/open_matters/0/could_change"), &serde_json::json!(["1"]));

    let rejected = meeting("reject");
    assert_eq!(rejected.fate("C-1"), "rejected signature_mismatch");
    assert_eq!((rejected.present(), rejected.outcome("1").as_str()), ("200", "no_quorum"));

    let accepted = meeting("accept");
    assert_eq!(accepted.fate("C-1"), "counted");
    assert_eq!(accepted.votes("1"), "400 for, 200 against");
    assert!(accepted.open().is_empty());
}

/// VAL-5. The polls close at 11:00:00. That second is in time, the next is not, on a ballot either; the
/// day alone is in time, and noted, the next day is not. As of 10:59:59 the card of 11:00:00 has not come yet.
#[test]
fn nothing_received_after_the_polls_closed_is_counted() {
    let meeting = Meeting::of("A 100, B 100, C 100, D 100, E 100");
    let meeting = meeting.rule("revocable_until", "polls_close").proposal(MAJORITY).cards(
        "card, account, received,            kind,   1
         C-1,  A,       2024-05-20T11:00:00, proxy,  FOR
         C-2,  B,       2024-05-20T11:00:01, proxy,  FOR
         C-3,  C,       2024-05-20,          proxy,  FOR
         C-4,  D,       2024-05-21,          proxy,  FOR
         C-5,  E,       2024-05-20T11:00:01, ballot, FOR",
    );
    let closed = meeting.count();
    assert!(closed.cites("VAL-5"));
    assert_eq!(closed.fate("C-1"), "counted");
    assert_eq!(closed.fate("C-2"), "rejected late");
    assert_eq!(closed.fate("C-3"), "counted");
    assert_eq!(closed.fate("C-4"), "rejected late");
    assert_eq!(closed.fate("C-5"), "rejected late");
    assert_eq!(closed.votes("1"), "200 for");
    let noted =
        "1 card received on the day the polls closed, without an hour, counted as in time (VAL-5): C-3.";
    assert_eq!(closed.at("/notes"), &serde_json::json!([noted]));

    let earlier = meeting.flag("--as-of", "2024-05-20T10:59:59").count();
    assert_eq!(earlier.fate("C-1"), "rejected not_yet_received");
    assert_eq!(earlier.fate("C-3"), "counted");
    assert_eq!(earlier.open(), ["as_of"]);
}

/// VAL-6. Dated the day of the meeting, received on the 10th: it stands. Dated the day after: held.
/// C-3 is dated the 18th and was received on the 10th, so it counts as of the 10th, and C-4 of the 11th
/// is the later one. The three are noted; C-4, dated when received, is not, nor the ballot, whose date is
/// ignored.
#[test]
fn a_card_dated_after_its_receipt_is_as_of_its_receipt() {
    let counted = Meeting::of("A 100, B 100, C 100, D 100")
        .proposal(MAJORITY)
        .cards(
            "card, account, received,            dated,      kind,   1
             C-1,  A,       2024-05-10,          2024-05-20, proxy,  FOR
             C-2,  B,       2024-05-10,          2024-05-21, proxy,  FOR
             C-3,  C,       2024-05-10,          2024-05-18, proxy,  FOR
             C-4,  C,       2024-05-11,          2024-05-11, proxy,  AGAINST
             C-5,  D,       2024-05-20T10:10:00, 2024-05-21, ballot, ABSTAIN",
        )
        .count();
    assert!(counted.cites("VAL-6"));
    assert_eq!(counted.fate("C-1"), "counted");
    assert_eq!(counted.fate("C-2"), "held post_dated");
    assert_eq!(counted.fate("C-3"), "superseded later_proxy C-4");
    assert_eq!(counted.votes("1"), "100 for, 100 against, 100 abstain, 100 not_voted");
    let noted = "3 cards dated after receipt, taken as dated when received (VAL-6): C-1, C-2, C-3.";
    assert_eq!(counted.at("/notes"), &serde_json::json!([noted]));
}

/// VAL-7. Eleven months from 20 June 2023 end on 20 May 2024, the day of the meeting; from 19 June a day
/// earlier. Thirty-six from 20 May 2021 end that day too. From 31 March 2023 eleven months end on
/// 29 February 2024, that month's last day. A meeting adjourned from 19 May looks to 19 May.
#[test]
fn a_proxy_is_valid_on_its_last_day_and_expired_a_day_later() {
    let meeting = |dated: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(&format!("card, account, received, dated, 1\n C-1, A, 2024-02-20, {dated}, FOR"))
    };
    assert_eq!(meeting("2023-06-20").count().fate("C-1"), "counted");
    let expired = meeting("2023-06-19").count();
    assert!(expired.cites("VAL-7"));
    assert_eq!(expired.fate("C-1"), "rejected expired");
    assert_eq!(expired.present(), "0");
    assert_eq!(meeting("").count().fate("C-1"), "counted", "an undated proxy does not expire");

    let adjourned = meeting("2023-06-19").set("/adjourned_from", vec!["2024-05-19"]);
    assert_eq!(adjourned.count().fate("C-1"), "counted");
    let adjourned_too_late = meeting("2023-06-18").set("/adjourned_from", vec!["2024-05-19"]);
    assert_eq!(adjourned_too_late.count().fate("C-1"), "rejected expired");

    let delaware = |dated: &str| meeting(dated).rule("law", "delaware").count().fate("C-1");
    assert_eq!(delaware("2021-05-20"), "counted");
    assert_eq!(delaware("2021-05-19"), "rejected expired");

    let winter = |date: &str| {
        let meeting = meeting("2023-03-31").set("/date", date).set("/record_date", "2024-01-15");
        let meeting = meeting.set("/polls_open", format!("{date}T10:00:00"));
        let meeting = meeting.set("/polls_close", format!("{date}T11:00:00"));
        meeting.set("/proxy_forms/0/ballot_cast", format!("{date}T10:30:00")).count().fate("C-1")
    };
    assert_eq!(winter("2024-02-29"), "counted");
    assert_eq!(winter("2024-03-01"), "rejected expired");
}

/// VAL-8. A revocation dated the 10th and received on the 12th takes Ann's proxy of the 10th, which came
/// in before it, and not Bob's of the 11th. Undated ones go by receipt: 08:59 takes what came at 08:58
/// (Cat) and at 08:59 itself (Fay), and not what came at 09:00 (Dan). One received a second after the
/// polls closed takes nothing.
#[test]
fn a_writing_revokes_the_proxies_that_are_not_later_than_it() {
    let counted = Meeting::of("A 100, B 100, C 100, D 100, E 100, F 100")
        .proposal(MAJORITY)
        .cards(
            "card, account, received,            dated,      1
             C-1,  A,       2024-05-11,          2024-05-10, FOR
             C-2,  B,       2024-05-11,          2024-05-11, FOR
             C-3,  C,       2024-05-12T08:58:00, 2024-05-12, FOR
             C-4,  D,       2024-05-12T09:00:00, 2024-05-12, FOR
             C-5,  E,       2024-05-11,          2024-05-10, FOR
             C-6,  F,       2024-05-12T08:59:00, 2024-05-12, FOR",
        )
        .file(
            "revocations.csv",
            "account, received,            dated,      manner
             A,       2024-05-12,          2024-05-10, written
             B,       2024-05-12,          2024-05-10, written
             C,       2024-05-12T08:59:00, ,           written
             D,       2024-05-12T08:59:00, ,           written
             E,       2024-05-20T11:00:01, 2024-05-20, written
             F,       2024-05-12T08:59:00, ,           written",
        )
        .count();
    assert!(counted.cites("VAL-8"));
    assert_eq!(counted.fate("C-1"), "revoked written revocations.csv:2");
    assert_eq!(counted.fate("C-2"), "counted");
    assert_eq!(counted.fate("C-3"), "revoked written revocations.csv:4");
    assert_eq!(counted.fate("C-4"), "counted");
    assert_eq!(counted.fate("C-5"), "counted");
    assert_eq!(counted.fate("C-6"), "revoked written revocations.csv:7");
    assert_eq!((counted.present(), counted.votes("1").as_str()), ("300", "300 for"));
}

/// VAL-8, VAL-9. Ann asked at ten and her writing came at half past: both take her proxy, and the writing is the
/// cause. Of Bob's two writings it is the one received first, though it stands second.
#[test]
fn of_several_revocations_a_writing_and_the_first_received_is_the_cause() {
    let counted = Meeting::of("A 300, B 300")
        .proposal(MAJORITY)
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR")
        .file(
            "revocations.csv",
            "account, received,            manner
             A,       2024-05-20T10:00:00, at_meeting
             A,       2024-05-20T10:30:00, written
             B,       2024-05-13,          written
             B,       2024-05-12,          written",
        )
        .count();
    assert_eq!(counted.fate("C-1"), "revoked written revocations.csv:3");
    assert_eq!(counted.fate("C-2"), "revoked written revocations.csv:5");
}

/// VAL-9, PRE-1. Where only a ballot revokes, Ann (300) comes and her proxy for 100 stands: the other 200 are present
/// without a card and not voted. Bob's proxy speaks of all his 300, and nothing of them is present without it; so
/// it is with Ann's, once it speaks of 300.
#[test]
fn what_a_proxy_does_not_cover_of_a_holder_who_came_is_present_without_a_card() {
    let meeting = |shares: u32| {
        Meeting::of("A 300, B 300, C 400")
            .proposal(MAJORITY)
            .rule("attendance_revokes", "voting_only")
            .cards(&format!(
                "card, account, received,   shares,   1
                 C-1,  A,       2024-05-10, {shares}, FOR
                 C-2,  B,       2024-05-10, ,         AGAINST"
            ))
            .file(
                "revocations.csv",
                "account, received, manner\n A, 2024-05-20T10:00:00, at_meeting\n B, 2024-05-20T10:00:00, at_meeting",
            )
            .flag("--as-of", "2024-05-20T10:45:00")
            .count()
    };
    let ways = |counted: &Counted| -> Vec<String> {
        let ways = counted.at("/interim/present_by").as_array().unwrap();
        let text = |way: &Value, key: &str| way[key].as_str().unwrap().to_owned();
        ways.iter().map(|way| ["kind", "shares", "votes"].map(|key| text(way, key)).join(" ")).collect()
    };
    let part = meeting(100);
    assert_eq!((part.present(), part.votes("1").as_str()), ("600", "100 for, 300 against, 200 not_voted"));
    assert_eq!(ways(&part), ["proxy 400 400", "no_card 200 200"]);
    let whole = meeting(300);
    assert_eq!((whole.present(), whole.votes("1").as_str()), ("600", "300 for, 300 against"));
    assert_eq!(ways(&whole), ["proxy 600 600"]);
}

/// VAL-9. Ann (300) asks for her proxy at ten o'clock; Bob (300) comes and says nothing else. Both are
/// present: 600 of 1,000. On request her proxies fall, also the one that came in at 10:15: 600 not
/// voted. Where only a ballot revokes, the later proxy stands: 300 for, 300 not voted.
#[test]
fn a_holder_who_asks_at_the_meeting_is_present_and_the_proxy_falls() {
    let meeting = |rule: &str| {
        Meeting::of("A 300, B 300, C 400")
            .proposal(MAJORITY)
            .rule("attendance_revokes", rule)
            .cards(
                "card, account, received,            dated,      1
                 C-1,  A,       2024-05-10,          2024-05-10, AGAINST
                 C-2,  A,       2024-05-20T10:15:00, 2024-05-20, FOR",
            )
            .file(
                "revocations.csv",
                "account, received, manner\n A, 2024-05-20T10:00:00, at_meeting\n B, 2024-05-20T10:00:00, at_meeting",
            )
            .count()
    };
    let on_request = meeting("on_request");
    assert!(on_request.cites("VAL-9"));
    assert_eq!(on_request.fate("C-1"), "revoked at_meeting revocations.csv:2");
    assert_eq!(on_request.fate("C-2"), "revoked at_meeting revocations.csv:2");
    assert_eq!((on_request.present(), on_request.votes("1").as_str()), ("600", "600 not_voted"));

    let voting_only = meeting("voting_only");
    assert_eq!(voting_only.fate("C-1"), "superseded later_proxy C-2");
    assert_eq!(voting_only.fate("C-2"), "counted");
    assert_eq!((voting_only.present(), voting_only.votes("1").as_str()), ("600", "300 for, 300 not_voted"));
}
