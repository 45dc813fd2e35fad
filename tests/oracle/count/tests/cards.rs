use serde_json::{Value, json};

use super::{Papers, disposition, lines, proposal};

const JOINT: &str = "account,name,shares,registration,holders\nJ,A B C,1000,joint,A;B;C\n";

fn two_proposals() -> Value {
    let item =
        |id: &str| json!({"id": id, "kind": "proposal", "title": id, "standard": "majority_of_votes_cast"});
    json!([item("1"), item("2")])
}

fn joint(register: &str, outstanding: &str, cards: &str) -> Value {
    let cards = format!("card,account,signer,received,dated,1,2\n{cards}");
    Papers::new(outstanding, two_proposals()).file("register.csv", register).file("cards.csv", &cards).count()
}

#[test]
fn t07_for_without_a_number_is_for_all() {
    let figures = Papers::new("1000", proposal(json!("majority_of_votes_cast")))
        .file("register.csv", "account,name,shares\nA,A,1000\n")
        .file("cards.csv", "card,account,received,1\n1,A,2002-05-01,FOR\n")
        .count();
    assert_eq!(lines(&figures["items"][0]), "1000 0 0 0 0 0");
    assert_eq!(figures["status"], "certified");
}

#[test]
fn t08_one_signer_binds_all() {
    let figures = joint(JOINT, "1000", "1,J,A,2002-05-01,2002-04-30,F,\n");
    assert_eq!(lines(&figures["items"][0]), "1000 0 0 0 0 0");
    assert_eq!(lines(&figures["items"][1]), "0 0 0 0 0 1000");
}

#[test]
fn t09_a_majority_binds_all() {
    let cards =
        "1,J,A,2002-05-01,2002-04-30,F,\n2,J,B,2002-05-01,2002-04-30,F,\n3,J,C,2002-05-01,2002-04-30,A,\n";
    assert_eq!(lines(&joint(JOINT, "1000", cards)["items"][0]), "1000 0 0 0 0 0");
}

#[test]
fn t10_t11_an_even_split_is_per_matter() {
    let figures = joint(JOINT, "1000", "1,J,A,2002-05-01,2002-04-30,F,F\n2,J,B,2002-05-01,2002-04-30,A,F\n");
    assert_eq!(lines(&figures["items"][0]), "500 500 0 0 0 0");
    assert_eq!(lines(&figures["items"][1]), "1000 0 0 0 0 0");
    assert_eq!(disposition(&figures, "1"), "counted");
    assert_eq!(disposition(&figures, "2"), "counted");
}

#[test]
fn t12_a_majority_in_interest() {
    let register = "account,name,shares,registration,holders\nJ,A B,1000,joint,A:60;B:40\n";
    let figures = joint(register, "1000", "1,J,A,2002-05-01,2002-04-30,F,\n2,J,B,2002-05-01,2002-04-30,A,\n");
    assert_eq!(lines(&figures["items"][0]), "1000 0 0 0 0 0");
}

#[test]
fn t13_half_a_share() {
    let register = "account,name,shares,registration,holders\nJ,A B,101,joint,A;B\n";
    let figures = joint(register, "101", "1,J,A,2002-05-01,2002-04-30,F,\n2,J,B,2002-05-01,2002-04-30,A,\n");
    assert_eq!(lines(&figures["items"][0]), "50.5 50.5 0 0 0 0");
}

#[test]
fn t14_three_ways_are_held_and_counted_elsewhere() {
    let cards =
        "1,J,A,2002-05-01,2002-04-30,F,F\n2,J,B,2002-05-01,2002-04-30,A,F\n3,J,C,2002-05-01,2002-04-30,B,\n";
    let figures = joint(JOINT, "1000", cards);
    assert_eq!(lines(&figures["items"][0]), "0 0 0 0 0 1000");
    assert_eq!(lines(&figures["items"][1]), "1000 0 0 0 0 0");
    assert_eq!(disposition(&figures, "3"), "held joint_conflict");
    assert_eq!(figures["status"], "preliminary");
    assert_eq!(figures["open_matters"], json!([{"code": "held_cards", "cards": 3, "votes": "1000"}]));
}

#[test]
fn t15_one_holder_does_not_revoke_the_other_but_a_switch_may() {
    let cards = "1,J,A,2002-05-02,2002-05-01,F,\n2,J,B,2002-05-06,2002-05-05,A,\n";
    assert_eq!(lines(&joint(JOINT, "1000", cards)["items"][0]), "500 500 0 0 0 0");
    let count = |rule: &str| {
        Papers::new("1000", two_proposals())
            .set("/rules/joint_holders", json!(rule))
            .file("register.csv", JOINT)
            .file("cards.csv", &format!("card,account,signer,received,dated,1,2\n{cards}"))
            .count()
    };
    let latest = count("latest_card");
    assert_eq!(lines(&latest["items"][0]), "0 1000 0 0 0 0");
    assert_eq!(disposition(&latest, "1"), "superseded later_proxy 2");
    let first = count("first_named");
    assert_eq!(lines(&first["items"][0]), "1000 0 0 0 0 0");
    assert_eq!(disposition(&first, "2"), "superseded first_named 1");
}

#[test]
fn t16_the_last_valid_day() {
    let figures = Papers::new("300", proposal(json!("majority_of_votes_cast")))
        .file("register.csv", "account,name,shares\nA,A,100\nB,B,100\nC,C,100\n")
        .file(
            "cards.csv",
            "card,account,received,dated,1\n1,A,2002-05-01,2001-06-14,F\n2,B,2002-05-01,2001-06-13,F\n3,C,2002-05-01,2001-05-31,F\n",
        )
        .count();
    assert_eq!(disposition(&figures, "1"), "counted");
    assert_eq!(disposition(&figures, "2"), "rejected expired");
    assert_eq!(disposition(&figures, "3"), "rejected expired");
}

#[test]
fn order_by_form_date_or_by_receipt() {
    let count = |order: &str| {
        Papers::new("1000", proposal(json!("majority_of_votes_cast")))
            .set("/rules/order", json!(order))
            .file("register.csv", "account,name,shares\nA,A,1000\n")
            .file(
                "cards.csv",
                "card,account,received,dated,1\na,A,2002-04-24,2002-04-20,F\nb,A,2002-04-23,2002-04-25,A\n",
            )
            .count()
    };
    // Card b is dated after it was received: it is treated as dated on 23 April, still later than the 20th.
    assert_eq!(disposition(&count("form_date"), "a"), "superseded later_proxy b");
    assert_eq!(disposition(&count("received"), "b"), "superseded later_proxy a");
}

#[test]
fn the_first_test_that_applies_decides() {
    let figures = Papers::new("700", proposal(json!("majority_of_votes_cast")))
        .file("register.csv", "account,name,shares,voting\nA,A,700,yes\nT,Treasury,50,no\n")
        .file(
            "cards.csv",
            "card,account,received,dated,signed,1\n\
             1,X,2002-05-01,2002-04-30,no,F\n\
             2,T,2002-05-01,2002-04-30,yes,F\n\
             3,A,2002-05-01,2002-04-30,no,F\n\
             4,A,2002-05-15,2002-04-30,yes,F\n\
             5,A,2002-05-01,2000-04-30,mismatch,F\n\
             6,A,2002-05-01,2002-04-29,mismatch,F\n\
             7,A,2002-05-01,2002-04-28,yes,F\n\
             8,A,2002-05-01,2002-04-27,yes,F\n",
        )
        .file("rulings.csv", "card,ruling,reason\n8,reject,Not ours\n")
        .count();
    let expected = [
        "rejected unknown_account",
        "rejected no_voting_shares",
        "rejected unsigned",
        "rejected late",
        "rejected expired",
        "held signature_mismatch",
        "superseded duplicate 6",
        "rejected ruled_out",
    ];
    for (card, expected) in ["1", "2", "3", "4", "5", "6", "7", "8"].iter().zip(expected) {
        assert_eq!(disposition(&figures, card), expected, "card {card}");
    }
    assert_eq!(figures["quorum"]["present"], "700");
    assert_eq!(lines(&figures["items"][0]), "0 0 0 0 0 700");
}

#[test]
fn revocations_written_and_at_the_meeting() {
    let count = |rule: &str| {
        Papers::new("300", proposal(json!("majority_of_votes_cast")))
            .set("/rules/attendance_revokes", json!(rule))
            .file("register.csv", "account,name,shares\nA,A,100\nB,B,200\n")
            .file(
                "cards.csv",
                "card,account,received,dated,1\n1,A,2002-05-01,2002-04-30,F\n2,A,2002-05-09,2002-05-05,A\n3,B,2002-05-01,2002-04-30,F\n",
            )
            .file(
                "revocations.csv",
                "account,received,manner,dated\nA,2002-05-03,written,2002-05-02\nB,2002-05-14T10:00,at_meeting,\n",
            )
            .count()
    };
    let on_request = count("on_request");
    assert_eq!(disposition(&on_request, "1"), "revoked written");
    assert_eq!(disposition(&on_request, "2"), "counted");
    assert_eq!(disposition(&on_request, "3"), "revoked at_meeting");
    assert_eq!(lines(&on_request["items"][0]), "0 100 0 0 0 200");
    let voting_only = count("voting_only");
    assert_eq!(disposition(&voting_only, "3"), "counted");
    assert_eq!(lines(&voting_only["items"][0]), "200 100 0 0 0 0");
}

#[test]
fn same_date_conflicts() {
    let count = |rule: &str, second: &str| {
        Papers::new("100", proposal(json!("majority_of_votes_cast")))
            .set("/rules/same_date_conflict", json!(rule))
            .file("register.csv", "account,name,shares\nA,A,100\n")
            .file(
                "cards.csv",
                &format!(
                    "card,account,received,dated,1\n1,A,2002-05-01,2002-04-30,F\n2,A,2002-05-01,2002-04-30,{second}\n"
                ),
            )
            .count()
    };
    let hold = count("hold", "A");
    assert_eq!(disposition(&hold, "1"), "held same_date_conflict 2");
    assert_eq!(hold["open_matters"], json!([{"code": "held_cards", "cards": 2, "votes": "100"}]));
    let quorum_only = count("quorum_only", "A");
    assert_eq!(disposition(&quorum_only, "2"), "counted_in_part same_date_conflict 1");
    assert_eq!(quorum_only["status"], "certified");
    assert_eq!(lines(&quorum_only["items"][0]), "0 0 0 0 0 100");
    let same = count("hold", "FOR");
    assert_eq!(disposition(&same, "1"), "counted");
    assert_eq!(disposition(&same, "2"), "superseded duplicate 1");
}

#[test]
fn t20_an_overvote_stays_at_its_node() {
    let figures = Papers::new("1000", proposal(json!("majority_of_votes_cast")))
        .file("register.csv", "account,name,shares,registration\nCede,Cede & Co.,1000,nominee\n")
        .file(
            "omnibus.csv",
            "holder,account,name,shares\nB,C,Respondent,150\nCede,A,Participant,600\nCede,B,Participant,400\n",
        )
        .file(
            "cards.csv",
            "card,account,received,shares,1\n1,C,2002-05-01,150,F\n2,B,2002-05-01,260,F\n3,Cede,2002-05-01,,F\n",
        )
        .count();
    // B has 400 less the 150 that it passed on.
    assert_eq!(disposition(&figures, "1"), "counted");
    assert_eq!(disposition(&figures, "2"), "counted_in_part over_position");
    assert_eq!(disposition(&figures, "3"), "rejected no_voting_shares");
    assert_eq!(lines(&figures["items"][0]), "400 0 0 0 0 0");
}

#[test]
fn t21_overvotes_from_blocks() {
    let count = |rule: &str| {
        Papers::new("1000", proposal(json!("majority_of_votes_cast")))
            .set("/rules/overvote", json!(rule))
            .file("register.csv", "account,name,shares,registration\nP,P,1000,nominee\n")
            .file("cards.csv", "card,account,received,shares,1\n1,P,2002-05-01,900,F\n2,P,2002-05-02,200,A\n")
            .count()
    };
    for (rule, expected, second) in [
        ("first_in", "900 100 0 0 0 0", "counted_in_part over_position"),
        ("latest_first", "800 200 0 0 0 0", "counted"),
        ("prorate", "818 182 0 0 0 0", "counted_in_part over_position"),
        ("reject_block", "900 0 0 0 0 0", "rejected over_position"),
        ("reject_all", "0 0 0 0 0 0", "rejected over_position"),
        ("hold", "900 0 0 0 0 100", "held over_position"),
    ] {
        let figures = count(rule);
        assert_eq!(lines(&figures["items"][0]), expected, "{rule}");
        assert_eq!(disposition(&figures, "2"), second, "{rule}");
    }
    assert_eq!(count("hold")["open_matters"], json!([{"code": "overvote_held", "cards": 1, "votes": "100"}]));
}
