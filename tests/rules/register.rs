//! Who may vote how many shares.

use crate::story::Meeting;

const MAJORITY: &str = "majority_of_votes_cast";

/// REG-1. 501 + 499 = 1,000 outstanding. With 499 + 499 = 998 a complete register is refused; a partial
/// one may fall short, and the two missing shares stay outstanding: 500 of 998 would be a majority,
/// 500 of 1,000 (501 needed) is none. Neither may go over: 501 + 500 = 1,001.
#[test]
fn the_register_adds_up_to_the_shares_outstanding() {
    let register = |a: u32, b: u32| {
        let rows = format!("account, name, shares\n A, Ann, {a}\n B, Bob, {b}");
        Meeting::with_register("1000", &rows)
            .proposal(MAJORITY)
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR")
    };
    let whole = register(501, 499).count();
    assert!(whole.cites("REG-1"));
    assert_eq!((whole.present(), whole.outcome("1").as_str()), ("501", "approved"));

    let refusal = register(500, 498).refusal();
    assert!(refusal.contains("998") && refusal.contains("1,000"), "{refusal}");

    let short = register(500, 498).set("/register", "partial").count();
    assert_eq!(short.text("/quorum/outstanding"), "1000");
    assert_eq!(short.text("/quorum/required"), "501");
    assert_eq!(short.outcome("1"), "no_quorum");
    assert_eq!(short.open(), ["register_short"]);
    let exact = register(501, 499).set("/register", "partial").count();
    assert!(exact.open().is_empty());

    assert!(register(501, 500).refusal().contains("1,001"));
    assert!(register(501, 500).set("/register", "partial").refusal().contains("1,001"));
}

/// REG-2. 501 + 499 vote, 200 lie in the treasury: outstanding 1,000, so 501 are a quorum; were the 200
/// outstanding, 601 of 1,200 would be needed. The treasury's own card is no vote.
#[test]
fn treasury_shares_are_listed_and_not_outstanding() {
    let meeting = |outstanding: &str, voting: &str| {
        let rows = format!(
            "account, name, shares, voting\n A, Ann, 501, yes\n B, Bob, 499, yes\n T, Treasury, 200, {voting}"
        );
        Meeting::with_register(outstanding, &rows).proposal(MAJORITY)
    };
    let cards = "card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, T, 2024-05-10, AGAINST";

    let treasury = meeting("1000", "no").cards(cards).count();
    assert!(treasury.cites("REG-2"));
    assert_eq!(treasury.text("/quorum/required"), "501");
    assert_eq!(treasury.fate("C-2"), "rejected no_voting_shares");
    assert_eq!((treasury.present(), treasury.votes("1").as_str()), ("501", "501 for"));
    assert_eq!(treasury.outcome("1"), "approved");

    let voting = meeting("1200", "yes").cards(cards).count();
    assert_eq!(voting.text("/quorum/required"), "601");
    assert_eq!((voting.present(), voting.votes("1").as_str()), ("701", "501 for, 200 against"));
    let only_ann = "card, account, received, 1\n C-1, A, 2024-05-10, FOR";
    assert_eq!(meeting("1200", "yes").cards(only_ann).count().outcome("1"), "no_quorum");
    assert_eq!(meeting("1000", "no").cards(only_ann).count().outcome("1"), "approved");
}

/// REG-3. Three shares carry ten votes, seven carry one each: 17 votes, 9 of them a quorum. All three
/// cast 10. One of them casts 10 × 1 ÷ 3 = 3.333333, two cast 6.666666, each card's part cut to
/// six decimals: together 9.999999 are present, and the millionth that the cuts lose is nowhere.
#[test]
fn stated_votes_are_spread_evenly_over_the_shares() {
    let rows = "account, name, shares, votes\n A, Ann, 3, 10\n B, Bob, 7,";
    let meeting = Meeting::with_register("10", rows).proposal(MAJORITY);
    let whole = meeting.clone().cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR").count();
    assert!(whole.cites("REG-3"));
    assert_eq!(whole.text("/quorum/outstanding"), "17");
    assert_eq!(whole.text("/quorum/required"), "9");
    assert_eq!((whole.present(), whole.votes("1").as_str()), ("10", "10 for"));

    let one = "card, account, received, shares, 1\n C-1, A, 2024-05-10, 1, FOR";
    let one = meeting.clone().cards(one).count();
    assert_eq!((one.present(), one.votes("1").as_str()), ("3.333333", "3.333333 for"));
    assert_eq!(one.outcome("1"), "no_quorum");

    let parts = "
        card, account, received, shares, 1
        C-1, A, 2024-05-10, 1, FOR
        C-2, A, 2024-05-11, 2, AGAINST";
    let parts = meeting.cards(parts).count();
    // C-2 is the later and takes first: 20/3 cut to 6.666666, and C-1 what is left of the 10.
    assert_eq!(parts.present(), "10");
    assert_eq!(parts.votes("1"), "3.333334 for, 6.666666 against");
}

/// OMN-1. The depository holds 1,000 and passes on 600 + 300; the 100 that stay vote by its own card.
/// Passing on 600 + 400 leaves it nothing to vote; 600 + 401 it does not have.
#[test]
fn what_a_nominee_passes_on_votes_below_and_the_rest_above() {
    let meeting = |second: u32| {
        Meeting::of("CEDE 1000")
            .proposal(MAJORITY)
            .file(
                "omnibus.csv",
                &format!("holder, account, name, shares\n CEDE, P, P, 600\n CEDE, Q, Q, {second}"),
            )
            .cards(
                "card, account, received, 1
                 C-1, CEDE, 2024-05-10, ABSTAIN
                 C-2, P, 2024-05-10, FOR
                 C-3, Q, 2024-05-10, AGAINST",
            )
    };
    let rest = meeting(300).count();
    assert!(rest.cites("OMN-1"));
    assert_eq!((rest.shares("C-1"), rest.shares("C-2"), rest.shares("C-3")), ("100", "600", "300"));
    assert_eq!(rest.votes("1"), "600 for, 300 against, 100 abstain");

    let nothing = meeting(400).count();
    assert_eq!(nothing.fate("C-1"), "rejected no_voting_shares");
    assert_eq!(nothing.votes("1"), "600 for, 400 against");

    let refusal = meeting(401).refusal();
    assert!(refusal.contains("omnibus.csv:3"), "{refusal}");
}
