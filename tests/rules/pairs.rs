//! Rules that meet: papers, holders and rulings that are several things at once.

use serde_json::json;

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// VAL-11, JNT-1. Ann's irrevocable FOR stands against her own later AGAINST; with Bob's AGAINST the two divide the 100,
/// 50 each. Were it revocable, her later card would agree with Bob, and all 100 be AGAINST.
#[test]
fn an_irrevocable_joint_card_stands_against_its_signers_later_one() {
    let meeting = |irrevocable: &str| {
        Meeting::with_register(
            "200",
            "account, name, shares, registration, holders\n J, J, 100, joint, Ann;Bob\n Z, Z, 100, individual,",
        )
        .proposal(MAJORITY)
        .cards(&format!(
            "card, account, received, signer, irrevocable, 1
             C-1, J, 2024-05-10, Ann, {irrevocable}, FOR
             C-2, J, 2024-05-11, Ann, , AGAINST
             C-3, J, 2024-05-12, Bob, , AGAINST
             C-4, Z, 2024-05-12, , , ABSTAIN"
        ))
        .count()
    };
    let stands = meeting("yes");
    assert_eq!(stands.votes("1"), "50 for, 50 against, 100 abstain");
    assert_eq!(stands.fate("C-2"), "superseded irrevocable_proxy C-1");
    let revocable = meeting("");
    assert_eq!(revocable.votes("1"), "100 against, 100 abstain");
    assert_eq!(revocable.fate("C-1"), "superseded later_proxy C-2");
}

/// VAL-11, SCP-1. An irrevocable proxy for item 1 alone keeps it from the holder's later proxy for all; on item 2 that
/// one votes.
#[test]
fn an_irrevocable_proxy_for_one_item_yields_on_the_others() {
    let counted = Meeting::of("A 600, B 400")
        .proposal(MAJORITY)
        .proposal(MAJORITY)
        .cards(
            "card, account, received, items, irrevocable, 1, 2
             C-1, A, 2024-05-10, 1, yes, FOR,
             C-2, A, 2024-05-11, , , AGAINST, AGAINST",
        )
        .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), ("600 for".into(), "600 against".into()));
    assert_eq!(counted.fate("C-2"), "counted_in_part irrevocable_proxy C-1");
}

/// SCP-1, ORD-9, PRE-2. A proxy for 400 of Ann's 600 and her ballot for item 2 alone: on item 1 the proxy votes 400, and
/// the ballot makes the other 200 present; on item 2 the ballot takes all 600. A ballot for 500 of them leaves the proxy
/// 100 there.
#[test]
fn a_ballot_on_one_item_meets_a_proxy_for_part_of_the_shares() {
    let meeting = |limit: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .proposal(MAJORITY)
            .cards(&format!(
                "card, account, received, kind, items, shares, 1, 2
                 C-1, A, 2024-05-10, proxy, , 400, FOR, FOR
                 C-2, A, 2024-05-20T10:20:00, ballot, 2, {limit}, , AGAINST"
            ))
            .count()
    };
    let whole = meeting("");
    assert_eq!((whole.votes("1"), whole.votes("2")), ("400 for, 200 not_voted".into(), "600 against".into()));
    assert_eq!(whole.present(), "600");
    let part = meeting("500");
    assert_eq!(
        (part.votes("1"), part.votes("2")),
        ("400 for, 200 not_voted".into(), "100 for, 500 against".into())
    );
}

/// RUL-7, ORD-4. A mark ruled on a card that a later one superseded changes no vote, and the ruling is told to be without
/// effect; where the later one is rejected, the ruled mark is what counts.
#[test]
fn a_mark_ruled_on_a_superseded_card_counts_only_where_the_card_does() {
    let meeting = |rest: &str| {
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, ABSTAIN\n C-2, A, 2024-05-11, AGAINST",
            )
            .file(
                "rulings.csv",
                &format!(
                    "card, ruling, item, mark, reason, by, at
                     C-1, mark, 1, FOR, the box is ticked, I, 2024-05-20T12:00:00{rest}"
                ),
            )
            .count()
    };
    let superseded = meeting("");
    assert_eq!(
        (superseded.votes("1"), superseded.warnings()),
        ("600 against".into(), vec!["ruling_without_effect"])
    );
    let stands = meeting("\n C-2, reject, , , a copy, I, 2024-05-20T12:00:00");
    assert_eq!(stands.votes("1"), "600 for");
    assert!(!stands.warnings().contains(&"ruling_without_effect"));
}

/// VAL-11, VAL-12. The holder's death revokes her proxies but for the irrevocable one, and what that one leaves of the
/// account is not present.
#[test]
fn death_spares_an_irrevocable_proxy_for_part_of_the_shares() {
    let counted = Meeting::of("A 600, B 400")
        .proposal(MAJORITY)
        .cards(
            "card, account, received, shares, irrevocable, 1
             C-1, A, 2024-05-10, 250, yes, FOR\n C-2, A, 2024-05-09, , , AGAINST\n C-3, B, 2024-05-09, , , FOR",
        )
        .file("revocations.csv", "account, received, dated, manner\n A, 2024-05-15, 2024-05-14, death")
        .count();
    assert_eq!((counted.votes("1"), counted.present()), ("650 for".into(), "650"));
}

/// QUO-4, JNT-1. Joint holders who may not vote on item 1 are present and vote on item 2 alone.
#[test]
fn an_excluded_joint_account_is_counted_on_the_other_items_alone() {
    let counted = Meeting::with_register(
        "200",
        "account, name, shares, registration, holders\n J, J, 100, joint, Ann;Bob\n Z, Z, 100, individual,",
    )
    .proposal(MAJORITY)
    .proposal(MAJORITY)
    .set("/items/0/excluded_accounts", json!(["J"]))
    .cards(
        "card, account, received, signer, 1, 2
         C-1, J, 2024-05-10, Ann, AGAINST, AGAINST\n C-2, Z, 2024-05-12, , FOR, FOR",
    )
    .count();
    assert_eq!((counted.votes("1"), counted.votes("2")), ("100 for".into(), "100 for, 100 against".into()));
    assert_eq!(counted.present(), "200");
}
