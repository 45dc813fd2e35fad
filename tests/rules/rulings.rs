//! The inspector's rulings on cards, forms, revocations, totals and accounts, and what they changed.

use serde_json::json;

use crate::counted::Counted;
use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

fn meeting() -> Meeting {
    Meeting::of("A 600, B 400").proposal(MAJORITY)
}

fn rules(rows: &str) -> String {
    format!("card, form, revocation, street, ruling, item, nominee, mark, account, reason\n {rows}")
}

fn warnings(counted: &Counted) -> Vec<String> {
    let all = counted.at("/warnings");
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter().map(|warning| warning["code"].as_str().unwrap_or("").to_owned()).collect()
}

fn effect(counted: &Counted) -> (String, String) {
    (counted.text("/rulings/0/before").to_owned(), counted.text("/rulings/0/after").to_owned())
}

/// RUL-7. Ann's 600 are ruled to say AGAINST, not FOR: 1,000 against. A ruling that says what the paper says already
/// changes nothing and is told.
#[test]
fn a_mark_is_what_the_inspector_rules() {
    let cards = "card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST";
    let ruled = |row: &str| meeting().cards(cards).file("rulings.csv", &rules(row)).count();
    let turned = ruled("C-1, , , , mark, 1, , AGAINST, , as the paper has it");
    assert_eq!((turned.votes("1").as_str(), turned.fate("C-1").as_str()), ("1000 against", "counted"));
    assert_eq!(effect(&turned), ("FOR".to_owned(), "AGAINST".to_owned()));
    assert!(turned.cites("RUL-7"));
    assert_eq!(warnings(&turned), Vec::<String>::new());
    let idle = ruled("C-1, , , , mark, 1, , FOR, , as the paper has it");
    assert_eq!(
        (idle.votes("1").as_str(), warnings(&idle)),
        ("600 for, 400 against", vec!["ruling_without_effect".to_owned()])
    );
    // A box that is ruled blank is voted as the form says of blank boxes: here not at all.
    let blank = ruled("C-1, , , , mark, 1, , blank, , a stray stroke");
    assert_eq!(blank.votes("1"), "400 against, 600 not_voted");
}

/// RUL-4. Every card of the form is rejected; Bob's own ruling goes before that of its form.
#[test]
fn a_ruling_on_a_form_is_on_all_its_cards_and_a_cards_own_goes_before_it() {
    let cards = "card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST";
    let ruled = |rows: &str| meeting().cards(cards).file("rulings.csv", &rules(rows)).count();
    let all = ruled(", white, , , reject, , , , , the form was never sent");
    assert_eq!(
        (all.fate("C-1").as_str(), all.fate("C-2").as_str()),
        ("rejected ruled_out rulings.csv:2", "rejected ruled_out rulings.csv:2")
    );
    assert_eq!(effect(&all), ("2 counted".to_owned(), "2 rejected".to_owned()));
    let but_bob = ruled(", white, , , reject, , , , , never sent\n C-2, , , , count, , , , , he had one");
    assert_eq!((but_bob.votes("1").as_str(), but_bob.present()), ("400 against", "400"));
    // Bob's ruling keeps his card from the form's: it is not idle, and his card stands by no ruling alone.
    assert_eq!(warnings(&but_bob), Vec::<String>::new());
}

/// RUL-6. Ann's older card is superseded by her newer one; ruled to count it stands before it. Unsigned and older, it
/// is only freed of the test of signature and keeps its place: the newer one still has the shares.
#[test]
fn a_superseded_card_that_is_ruled_to_count_stands_first_and_a_rejected_one_keeps_its_place() {
    let cards = |signed: &str| {
        format!(
            "card, account, received, dated, signed, 1\n C-1, A, 2024-05-10, 2024-05-10, {signed}, FOR\n C-2, A, 2024-05-11, 2024-05-11, yes, AGAINST"
        )
    };
    let ruled = |signed: &str| {
        let file = rules("C-1, , , , count, , , , , she meant the first");
        meeting().cards(&cards(signed)).file("rulings.csv", &file).count()
    };
    let first = ruled("yes");
    assert_eq!((first.votes("1").as_str(), first.fate("C-1").as_str()), ("600 for", "counted"));
    assert_eq!(first.fate("C-2"), "superseded later_proxy C-1");
    assert_eq!(effect(&first), ("superseded (later proxy)".to_owned(), "counted".to_owned()));
    assert_eq!(warnings(&first), vec!["counted_by_ruling".to_owned()]);
    assert!(first.text("/warnings/0/says").contains("C-1 (later proxy)"));
    let unsigned = ruled("no");
    assert_eq!(
        (unsigned.votes("1").as_str(), unsigned.fate("C-1").as_str()),
        ("600 against", "superseded later_proxy C-2")
    );
    assert_eq!(effect(&unsigned), ("rejected (unsigned)".to_owned(), "superseded (later proxy)".to_owned()));
}

/// RUL-6. A form that is ruled good admits its cards and leaves their order: Ann's newer card of it has her shares, not the
/// older one that it displaced. Her card of another form displaced both: then the newer of the two stands before it.
#[test]
fn a_ruling_on_a_form_does_not_turn_the_order_of_its_cards() {
    let form = |id: &str| serde_json::json!({"id": id, "holders": ["P. Holder"], "ballot_cast": "2024-05-20T10:30:00"});
    let count = |third: &str| {
        let cards = format!(
            "card, account, received, form, 1\n C-1, A, 2024-05-10, white, FOR\n C-2, A, 2024-05-11, white, AGAINST\n {third}"
        );
        Meeting::of("A 600, B 400")
            .proposal(MAJORITY)
            .set("/proxy_forms", serde_json::json!([form("white"), form("gold")]))
            .cards(&cards)
            .file("rulings.csv", &rules(", white, , , count, , , , , the form is good"))
            .count()
    };
    let alone = count("");
    assert_eq!(
        (alone.votes("1").as_str(), alone.fate("C-1").as_str()),
        ("600 against", "superseded later_proxy C-2")
    );
    assert_eq!(warnings(&alone), vec!["ruling_without_effect".to_owned()]);
    let beside = count("C-3, A, 2024-05-12, gold, ABSTAIN");
    assert_eq!(
        (beside.votes("1").as_str(), beside.fate("C-3").as_str()),
        ("600 against", "superseded later_proxy C-2")
    );
}

/// RUL-6. A revoked card that is ruled to count stands; so does a ballot that came after the vote.
#[test]
fn a_revoked_card_and_a_ballot_after_the_vote_stand_by_a_ruling() {
    let revoked = |row: &str| {
        meeting()
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
            .file("revocations.csv", "account, received, manner\n A, 2024-05-11, written")
            .file("rulings.csv", &rules(row))
            .count()
    };
    assert_eq!(revoked("C-1, , , , count, , , , , she took it back").votes("1"), "600 for");
    let cards = "card, account, kind, received, 1\n C-1, A, proxy, 2024-05-10, FOR\n C-2, A, ballot, 2024-05-20T10:30:01, AGAINST";
    let late = meeting().rule("revocable_until", "voted").cards(cards);
    assert_eq!(late.count().votes("1"), "600 for");
    let counted =
        late.file("rulings.csv", &rules("C-2, , , , count, , , , , the ballot left it out")).count();
    assert_eq!(
        (counted.votes("1").as_str(), counted.fate("C-1").as_str()),
        ("600 against", "superseded ballot C-2")
    );
}

/// RUL-5. A revocation rejected revokes nothing; one of 11:00:01, after the polls, revokes when it is ruled to count. It
/// is named by line and account, and another account on that line is refused.
#[test]
fn a_revocation_is_rejected_or_counted_by_its_line_and_account() {
    let with = |received: &str, row: &str| {
        meeting()
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR")
            .file("revocations.csv", &format!("account, received, manner\n A, {received}, written"))
            .file("rulings.csv", &rules(row))
    };
    let rejected = with("2024-05-11", ", , 2, , reject, , , , A, a forgery").count();
    assert_eq!(
        (rejected.votes("1").as_str(), effect(&rejected).0.as_str()),
        ("1000 for", "revoked (written)")
    );
    assert!(rejected.cites("RUL-5"));
    let late = "2024-05-20T11:00:01";
    assert_eq!(with(late, ", , 2, , reject, , , , A, too late").count().votes("1"), "1000 for");
    assert_eq!(with(late, ", , 2, , count, , , , A, it lay in the tray").count().votes("1"), "400 for");
    let refused = with("2024-05-11", ", , 2, , reject, , , , B, a forgery").refusal();
    assert!(
        refused.contains(
            "rulings.csv:2: account: the revocation on line 2 is of `A`, not of `B` [ruling_refused]"
        )
    );
    let refused = with("2024-05-11", ", , 3, , reject, , , , A, a forgery").refusal();
    assert!(refused.contains("rulings.csv:2: revocation: no revocation stands on line 3 [ruling_refused]"));
}

fn totals(row: &str) -> Meeting {
    Meeting::with_register("1000", "account, name, shares, registration\n P, Participant, 1000, nominee")
        .proposal(MAJORITY)
        .rule("overvote", "hold")
        .cards("card, account, received, 1")
        .file("street.csv", "account, item, vote, shares\n P, 1, FOR, 900\n P, 1, AGAINST, 200")
        .file("rulings.csv", &rules(row))
}

/// RUL-8. 900 for and 200 against of 1,000 are held. Counted, they are cut in proportion: 818 and 182. Rejected, none of
/// it is present.
#[test]
fn totals_that_are_held_are_counted_in_proportion_or_rejected() {
    let counted = totals(", , , P, count, , , , , as the participant says").count();
    assert_eq!((counted.votes("1").as_str(), counted.open()), ("818 for, 182 against", Vec::<&str>::new()));
    assert!(counted.cites("RUL-8"));
    assert_eq!(
        effect(&counted),
        ("held, 1,000 shares present".to_owned(), "cut to the position, 1,000 shares present".to_owned())
    );
    let rejected = totals(", , , P, reject, , , , , not its own").count();
    assert_eq!((rejected.votes("1").as_str(), rejected.present()), ("nothing", "0"));
}

/// RUL-8. Of 1,000 the first block takes 900; the second, of 200, is held and takes the 100 left when it is ruled to count.
#[test]
fn a_held_block_that_is_ruled_to_count_takes_what_is_left() {
    let counted = Meeting::with_register("1000", "account, name, shares, registration\n P, Participant, 1000, nominee")
        .proposal(MAJORITY)
        .rule("overvote", "hold")
        .cards("card, account, received, shares, 1\n C-1, P, 2024-05-10, 900, FOR\n C-2, P, 2024-05-11, 200, AGAINST")
        .file("rulings.csv", &rules("C-2, , , , count, , , , , as far as it goes"))
        .count();
    assert_eq!((counted.votes("1").as_str(), counted.open()), ("900 for, 100 against", Vec::<&str>::new()));
    assert_eq!(effect(&counted).0, "held (over position)");
}

fn of_register(register: &str) -> Meeting {
    Meeting::with_register("1000", &format!("account, name, shares\n {register}")).proposal(MAJORITY)
}

/// VAL-13. `A1` is not there, `00A1` is: the card counts for nothing until the inspector says whose it is. Two accounts that
/// differ only in punctuation are two, and a card of either is no matter.
#[test]
fn an_account_that_lost_its_zeros_waits_for_the_inspector() {
    let cards = "card, account, received, 1\n C-1, A1, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST";
    let slip = || of_register("00A1, Ann, 600\n B, Bob, 400").cards(cards);
    let open = slip().count();
    assert_eq!((open.open(), open.fate("C-1").as_str()), (vec!["near_accounts"], "rejected unknown_account"));
    assert_eq!((open.votes("1").as_str(), open.present()), ("400 against", "400"));
    assert!(open.text("/open_matters/0/says").contains("A1 for 00A1 (card C-1)"));
    assert_eq!(*open.at("/open_matters/0/could_change"), serde_json::json!(["1"]));
    assert_eq!(*open.at("/open_matters/0/examples/0/needs"), serde_json::json!(["C-1 is of 00A1"]));
    let hers = slip().file("rulings.csv", &rules("C-1, , , , account, , , , 00A1, the same holder")).count();
    assert_eq!((hers.open(), hers.votes("1").as_str()), (vec![], "600 for, 400 against"));
    assert_eq!(effect(&hers), ("rejected (unknown account)".to_owned(), "counted".to_owned()));
    let nobodys = slip().file("rulings.csv", &rules("C-1, , , , reject, , , , , nobody's")).count();
    assert_eq!((nobodys.open(), nobodys.fate("C-1").as_str()), (vec![], "rejected ruled_out rulings.csv:2"));
    // Near two, it is near none; two that differ in punctuation are silent.
    let two = of_register("00A1, Ann, 600\n 0A1, Bob, 400").cards(cards).count();
    assert!(two.open().is_empty());
    let apart = of_register("A-1, Ann, 600\n A1, Bob, 400")
        .cards("card, account, received, 1\n C-1, A1, 2024-05-10, FOR")
        .count();
    assert_eq!((apart.open(), apart.votes("1").as_str(), warnings(&apart)), (vec![], "400 for", vec![]));
}

/// VAL-13. So with street totals, a revocation and the holder of an omnibus proxy; near nothing they stay errors.
#[test]
fn rows_of_an_account_that_lost_its_zeros_wait_too() {
    let register =
        "account, name, shares, registration\n 007, Participant, 600, nominee\n B, Bob, 400, individual";
    let meeting = |account: &str| {
        Meeting::with_register("1000", register)
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, B, 2024-05-10, AGAINST")
            .file("street.csv", &format!("account, item, vote, shares\n {account}, 1, FOR, 600"))
    };
    let open = meeting("7").count();
    assert_eq!((open.open(), open.votes("1").as_str()), (vec!["near_accounts"], "400 against"));
    assert!(open.text("/open_matters/0/says").contains("7 for 007 (street.csv:2)"));
    assert_eq!(*open.at("/open_matters/0/examples/0/shown"), serde_json::json!(false));
    let ruled = meeting("7").file("rulings.csv", &rules(", , , 7, account, , , , 007, its number")).count();
    assert_eq!((ruled.open(), ruled.votes("1").as_str()), (vec![], "600 for, 400 against"));
    let out = meeting("7").file("rulings.csv", &rules(", , , 7, reject, , , , , not its")).count();
    assert_eq!((out.open(), out.votes("1").as_str()), (vec![], "400 against"));
    let unknown =
        "street.csv:2: account: `8` is neither on the register nor in omnibus.csv [account_unknown]";
    assert!(meeting("8").refusal().contains(unknown));
    let omnibus = |ruling: Option<&str>| {
        let meeting = Meeting::with_register("1000", register)
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, Q, 2024-05-10, FOR\n C-2, B, 2024-05-10, AGAINST")
            .file("omnibus.csv", "holder, account, name, shares\n 07, Q, Bank, 500");
        let file = "omnibus, ruling, account, reason";
        match ruling {
            Some(row) => meeting.file("rulings.csv", &format!("{file}\n {row}")),
            None => meeting,
        }
        .count()
    };
    assert_eq!(
        (omnibus(None).open(), omnibus(None).votes("1").as_str()),
        (vec!["near_accounts"], "400 against")
    );
    assert_eq!(omnibus(Some("2, account, 007, its number")).votes("1"), "500 for, 400 against");
    assert_eq!(omnibus(Some("2, reject, , none of its")).votes("1"), "400 against");
    let revoked = |ruling: Option<&str>| {
        let meeting = Meeting::with_register("1000", register)
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, 007, 2024-05-10, FOR")
            .file("revocations.csv", "account, received, manner\n 7, 2024-05-11, written");
        match ruling {
            Some(row) => meeting.file("rulings.csv", &rules(row)),
            None => meeting,
        }
        .count()
    };
    assert_eq!((revoked(None).open(), revoked(None).votes("1").as_str()), (vec!["near_accounts"], "600 for"));
    assert_eq!(revoked(Some(", , 2, , account, , , , 007, its number")).votes("1"), "nothing");
    assert_eq!(revoked(Some(", , 2, , reject, , , , 7, none of its")).votes("1"), "600 for");
}

/// Each row is on one thing, once, and says what goes with it.
#[test]
fn a_ruling_that_cannot_be_applied_is_refused() {
    let cards = "card, account, received, 1\n C-1, A, 2024-05-10, FOR";
    let problems = |rows: &str| meeting().cards(cards).file("rulings.csv", &rules(rows)).refusal();
    for (row, says) in [
        (", , , , count, , , , , why", "a ruling is on something [cell_empty]"),
        (
            "C-1, white, , , count, , , , , why",
            "`white` is given beside card `C-1`: a ruling is on one of them",
        ),
        ("C-1, , , , mark, 1, , , , why", "mark: must not be empty; `BLANK` says that the box is blank"),
        ("C-1, , , , mark, , , FOR, , why", "item: must not be empty: the ruling `mark` is on an item"),
        ("C-1, , , , mark, 1, , YES, , why", "mark: `YES` is not a mark"),
        ("C-1, , , , count, 1, , , , why", "an item goes with the ruling `reject` or `mark` on a card only"),
        ("C-1, , , , account, , , , X, why", "`X` is neither on the register nor in omnibus.csv"),
        ("C-1, , , , account, , , , , why", "account: must not be empty: the ruling says whose it is"),
        (
            "C-1, , , , count, , , , A, why",
            "an account goes with the ruling `account`, and with a revocation",
        ),
        (", white, , , mark, 1, , FOR, , why", "the ruling `mark` is on a card"),
        (", , , A, count, , , , , why", "`A` has no totals"),
        ("C-1, , , , hold, , , , , why", "`hold` is not a ruling"),
        (
            "C-1, , , , count, , , , , why\n C-1, , , , reject, , , , , why",
            "`C-1` already has a ruling on line 2",
        ),
        (
            "C-1, , , , mark, 1, , FOR, , why\n C-1, , , , mark, 1, , FOR, , why",
            "already has a ruling on `1` on line 2",
        ),
    ] {
        let told = problems(row);
        assert!(told.contains(says), "{row}: {told}");
    }
}

/// RUL-2. A late card counts by the ruling alone, which is told; a card whose signature is compared and found good is
/// an ordinary ruling on a held card, and is not.
#[test]
fn what_stands_by_a_ruling_alone_is_told() {
    let late = meeting()
        .cards("card, account, received, 1\n C-1, A, 2024-05-20T11:00:01, FOR")
        .file("rulings.csv", &rules("C-1, , , , count, , , , , it lay in the box"))
        .count();
    assert_eq!(
        (late.votes("1").as_str(), warnings(&late)),
        ("600 for", vec!["counted_by_ruling".to_owned()])
    );
    assert_eq!(late.text("/warnings/0/says"), "1 card stands by the inspector's ruling alone: C-1 (late)");
    let held = meeting()
        .cards("card, account, received, signed, 1\n C-1, A, 2024-05-10, mismatch, FOR")
        .rule("signature_mismatch", "hold")
        .file("rulings.csv", &rules("C-1, , , , count, , , , , compared"))
        .count();
    assert_eq!((held.votes("1").as_str(), warnings(&held)), ("600 for", vec![]));
    let idle = meeting()
        .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
        .file("rulings.csv", &rules("C-1, , , , count, , , , , x"))
        .count();
    assert_eq!(warnings(&idle), vec!["ruling_without_effect".to_owned()]);
    assert!(idle.text("/warnings/0/says").contains("1 ruling changes nothing: line 2 (card C-1)"));
}

/// RUL-8, NOM-2. `overvote: hold`, blocks of 60, 60 and 30 in that order over a position of 100. Unruled the second does not
/// fit and is held, the third takes its 30. Ruled to count, the second takes the 40 that are left when its turn comes, and
/// the third is held. Where nothing is left for it, it is rejected: 100, then 60.
#[test]
fn a_held_block_that_is_ruled_to_count_takes_in_its_order() {
    let counted = |first: u32, ruling: &str| {
        let register = "account, name, shares, registration\n N, N, 100, nominee\n Z, Z, 100, individual";
        Meeting::with_register("200", register)
            .proposal("majority_of_votes_cast")
            .rule("overvote", "hold")
            .cards(&format!(
                "card, account, received, shares, 1
                 C-1, N, 2024-05-10T09:00:00, {first}, FOR\n C-2, N, 2024-05-10T10:00:00, 60, AGAINST
                 C-3, N, 2024-05-10T11:00:00, 30, ABSTAIN\n C-4, Z, 2024-05-10, , FOR"
            ))
            .file("rulings.csv", &format!("card, ruling, reason, by, at{ruling}"))
            .count()
    };
    let ruling = "\n C-2, count, as agreed, I, 2024-05-20T12:00:00";
    assert_eq!(counted(60, "").votes("1"), "160 for, 30 abstain, 10 not_voted");
    let ruled = counted(60, ruling);
    assert_eq!(ruled.votes("1"), "160 for, 40 against");
    assert_eq!((ruled.shares("C-2"), ruled.fate("C-3").as_str()), ("40", "held over_position"));
    assert_eq!(counted(100, ruling).fate("C-2"), "rejected over_position");
}

/// RUL-2, VAL-10. A card for 5 shares that names no class, of an account with two, is held; ruled to count it speaks for 5
/// of each, and the ledger tells 10.
#[test]
fn a_card_without_a_class_that_is_ruled_to_count_speaks_for_its_shares_of_each() {
    let classes = [("a", "100"), ("b", "100")]
        .map(|(id, outstanding)| json!({ "id": id, "name": id, "outstanding": outstanding }));
    let register =
        "account, name, shares, class, registration\n N, N, 100, a, nominee\n N, N, 100, b, nominee";
    let counted = Meeting::with_register("200", register)
        .set("/classes", classes.to_vec())
        .set("/quorum", json!({ "at_least": "1/100" }))
        .proposal("majority_of_votes_cast")
        .cards("card, account, received, shares, 1\n C-1, N, 2024-05-10, 5, FOR")
        .file("rulings.csv", "card, ruling, reason, by, at\n C-1, count, as agreed, I, 2024-05-20T12:00:00")
        .count();
    assert_eq!((counted.votes("1").as_str(), counted.shares("C-1")), ("10 for", "10"));
}
