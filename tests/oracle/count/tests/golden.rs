//! G-1: "one complete California meeting", domain brief §5.4, with its what-ifs.

use serde_json::json;

use super::{Papers, disposition, lines};

fn g1() -> Papers {
    let nominees: Vec<_> = ["m1", "m2", "m3"].iter().map(|id| json!({"id": id, "name": id})).collect();
    let mut nominees = nominees;
    nominees.push(json!({"id": "d1", "name": "Floor nominee", "nominated": "2002-05-14T10:05:00"}));
    let items = json!([
        {"id": "1", "kind": "election", "title": "Directors", "seats": 3, "nominees": nominees,
         "cumulative": {"notice": {"by": "R5", "given": "2002-05-14T10:06:00"}}},
        {"id": "2", "kind": "proposal", "title": "Ratification", "standard": "majority_voting_and_majority_of_quorum"}
    ]);
    Papers::new("10001", items)
        .set("/polls_open", json!("2002-05-14T10:30:00"))
        .set("/proxy_forms/0/unmarked", json!({"1": ["m1", "m2", "m3"], "2": "for"}))
        .file(
            "register.csv",
            "account,name,shares,registration,holders\n\
             R1,Alice,1000,individual,\nR2,Bob & Carol,500,joint,Bob;Carol\nR3,Acme Corp.,2000,corporation,\n\
             R4,Dan,301,fiduciary,\nR5,Eve,700,individual,\nR6,Frank,500,individual,\nR7,Grace,1000,individual,\n\
             Cede,Cede & Co.,4000,nominee,\n",
        )
        .file("omnibus.csv", "holder,account,name,shares\nCede,0005,Participant,2500\nCede,0226,Participant,1500\n")
        .file(
            "cards.csv",
            "card,account,kind,received,signed,signer,dated,shares,1,1.m3,1.d1,2\n\
             a,R1,,2002-04-28,yes,,2002-04-20,,F,,,F\n\
             b,R1,,2002-04-27,yes,,2002-04-25,,F,W,,A\n\
             bob,R2,,2002-04-30,yes,Bob,2002-04-20,,F,,,F\n\
             carol,R2,,2002-04-30,yes,Carol,2002-04-28,,W,,,A\n\
             acme,R3,,2002-04-30,yes,,2002-04-28,,,,,\n\
             dan,R4,,2002-04-30,no,,2002-04-28,,F,,,F\n\
             eve,R5,,2002-04-12,yes,,2002-04-10,,F,,,F\n\
             eve-b,R5,ballot,2002-05-14T10:40:00,,,,,,,2100,B\n\
             frank,R6,,2002-04-30,yes,,2001-05-01,,F,,,F\n\
             p1,0005,,2002-05-01,yes,,2002-04-30,1500,F,,,F\n\
             p2,0005,,2002-05-01,yes,,2002-04-30,200,W,,,F\n\
             p3,0005,,2002-05-01,yes,,2002-04-30,100,W,,,A\n\
             p4,0005,,2002-05-01,yes,,2002-04-30,700,N,,,F\n\
             p5,0226,,2002-05-01,yes,,2002-04-30,1600,F,,,F\n",
        )
}

#[test]
fn cumulative() {
    let figures = g1().count();
    assert_eq!(
        figures["quorum"],
        json!({"outstanding": "10001", "required": "5001", "present": "8200", "met": true})
    );
    let election = &figures["items"][0];
    let votes: Vec<_> = (0..4).map(|place| election["nominees"][place]["for"].clone()).collect();
    assert_eq!(json!(votes), json!(["6250", "6250", "6250", "2100"]));
    assert_eq!(election["elected"], json!(["m1", "m2", "m3"]));
    assert_eq!(
        election["cumulative"],
        json!({"pool": "24600", "cast": "20850", "unused": "0", "withheld": "1650", "void": "0",
               "broker_non_votes": "2100", "not_voted": "0"})
    );
    assert_eq!(lines(&figures["items"][1]), "6150 1350 700 0 0 0");
    assert_eq!(figures["items"][1]["outcome"], "approved");
    assert_eq!(figures["items"][1]["tests"][0]["needed"], "3751");
    assert_eq!(figures["items"][1]["tests"][1]["needed"], "2501");
    assert_eq!(
        figures["cards"],
        json!({"read": 14, "counted": 9, "counted_in_part": 1, "superseded": 2, "revoked": 0, "rejected": 2, "held": 0})
    );
    assert_eq!(disposition(&figures, "eve"), "superseded ballot eve-b");
    assert_eq!(figures["status"], "certified");
}

#[test]
fn straight() {
    let figures = g1().set("/items/0/cumulative", json!({"notice": null})).count();
    let nominees = &figures["items"][0]["nominees"];
    assert_eq!(lines(&nominees[0]), "6250 0 0 550 700 700");
    assert_eq!(lines(&nominees[2]), "5250 0 0 1550 700 700");
    assert_eq!(nominees[3]["for"], "700");
}

#[test]
fn what_ifs() {
    let straight = || g1().set("/items/0/cumulative", json!({"notice": null}));
    let later = straight().set("/rules/joint_holders", json!("latest_card")).count();
    assert_eq!(lines(&later["items"][1]), "5900 1600 700 0 0 0");
    let rejected = straight().set("/rules/overvote", json!("reject_block")).count();
    assert_eq!(rejected["quorum"]["present"], "6700");
    assert_eq!(lines(&rejected["items"][1]), "4650 1350 700 0 0 0");
    let by_receipt = straight().set("/rules/order", json!("received")).count();
    assert_eq!(lines(&by_receipt["items"][1]), "7150 350 700 0 0 0");
    assert_eq!(by_receipt["items"][0]["nominees"][2]["for"], "6250");
}
