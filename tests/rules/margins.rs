//! How far an item is from another outcome, and what an unfinished count still needs: how few votes, moved or added, would have turned it.

use serde_json::{Value, json};

use crate::counted::Counted;
use crate::story::{Meeting, vote};

/// The margin of item 1, as `100 from for to against, 200 added`.
fn margin(counted: &Counted) -> String {
    margin_of(&counted.at("/items/0")["margin"])
}

fn margin_of(margin: &Value) -> String {
    let text = |key: &str| margin[key].as_str().unwrap_or("no").to_owned();
    let stand = |key: &str| {
        let stand = &margin[key];
        let part = |key: &str| stand[key].as_str().map(str::to_owned);
        let parts: Vec<String> = ["nominee", "choice", "line"].into_iter().filter_map(part).collect();
        if parts.is_empty() { "any".to_owned() } else { parts.join(" ") }
    };
    let marked = match text("votes").as_str() {
        "no" => "no".to_owned(),
        votes => format!("{votes} from {} to {}", stand("from"), stand("to")),
    };
    format!("{marked}, {} added", text("added"))
}

/// 600 to 400: 600 − v is no longer more than half of 1,000 from v = 100 on, nor 600 of 1,000 + a from
/// a = 200 on, where so many are absent. 400 to 600: 400 + v is more than 500 from v = 101 on; 400 + a is
/// more than half of 1,000 + a from a = 201 on.
#[test]
fn a_majority_of_the_votes_cast_is_turned_by_votes_marked_otherwise_or_added() {
    let told = |votes| margin(&vote("majority_of_votes_cast", votes).count());
    assert_eq!(told([600, 400, 0, 200]), "100 from for to against, 200 added");
    assert_eq!(told([600, 400, 0, 199]), "100 from for to against, no added");
    assert_eq!(told([400, 600, 0, 201]), "101 from against to for, 201 added");
    assert_eq!(told([400, 600, 0, 200]), "101 from against to for, no added");
}

/// Two thirds of 33 outstanding are 22; 20 are FOR. The 3 abstentions and 10 broker non-votes count like the
/// absent: two of them, marked FOR, make 22. One would leave 21.
#[test]
fn abstentions_and_non_votes_become_votes_for() {
    let counted = Meeting::of("A 20, B 3, C 10")
        .proposal("two_thirds_of_outstanding")
        .cards(
            "card, account, received,   1
             C-1,  A,       2024-05-10, FOR
             C-2,  B,       2024-05-10, ABSTAIN
             C-3,  C,       2024-05-10, NONVOTE",
        )
        .count();
    assert_eq!(counted.outcome("1"), "not_approved");
    assert_eq!(margin(&counted), "2 from any to for, no added");
}

/// 50 of 100 FOR, 30 AGAINST, 20 ABSTAIN, and a majority of those present and entitled: 50 is not more than
/// half of 100; one abstention or vote against that becomes FOR makes 51. It says nothing that none against
/// it would do.
#[test]
fn a_single_vote_may_do() {
    let counted = vote("majority_of_present_and_entitled", [50, 30, 20, 0]).count();
    assert_eq!(margin(&counted), "1 from against to for, no added");
    let no_votes_against = vote("majority_of_present_and_entitled", [50, 0, 50, 0]).count();
    assert_eq!(margin(&no_votes_against), "1 from any to for, no added");
}

/// Of 1,100 present, 100 of them abstaining, more than 550 are needed, and votes marked otherwise leave as
/// many present. 600 for: 50 changed leave 550; with a more against, 600 is half of 1,100 + a at a = 100.
/// 500 for: 51 changed make 551; 500 + a is more than half of 1,100 + a from a = 101 on.
#[test]
fn votes_marked_otherwise_leave_the_votes_present_as_they_are() {
    let told = |votes| margin(&vote("majority_of_present", votes).count());
    assert_eq!(told([600, 400, 100, 300]), "50 from for to against, 100 added");
    assert_eq!(told([500, 500, 100, 300]), "51 from against to for, 101 added");
    assert_eq!(told([500, 500, 100, 100]), "51 from against to for, no added");
}

/// Half a vote ahead, one whole vote turns it, changed or added; ten ahead, five changed make a tie and ten
/// added do. Level is another verdict.
#[test]
fn the_frequency_ahead_is_caught_by_half_the_votes_between() {
    let told = |one: &str| {
        let register =
            format!("account, name, shares\n A, Ann, {one}\n B, Bob, 300\n C, Cat, 299\n D, Dan, 10");
        let outstanding = if one == "310" { "919" } else { "909.5" };
        let counted = Meeting::with_register(outstanding, &register)
            .frequency("one two three")
            .cards(
                "card, account, received, 1
                 C-1, A, 2024-05-10, one
                 C-2, B, 2024-05-10, two
                 C-3, C, 2024-05-10, three",
            )
            .count();
        margin(&counted)
    };
    assert_eq!(told("310"), "5 from one to two, 10 added");
    assert_eq!(told("300.5"), "1 from one to two, 1 added");
}

/// Two seats, a majority of the votes cast for each: ann has 600 to 400, bob 700 to 300. ann misses it at
/// 500, 100 changed; bob at 500, 200 changed. All are present.
#[test]
fn of_directors_by_a_majority_the_one_nearest_to_missing_it_is_told() {
    let counted = Meeting::of("A 600, B 100, C 300")
        .election(2, "ann bob")
        .set("/items/0/standard", "majority_of_votes_cast")
        .cards(
            "card, account, received,   1.ann,   1.bob
             C-1,  A,       2024-05-10, FOR,     FOR
             C-2,  B,       2024-05-10, AGAINST, FOR
             C-3,  C,       2024-05-10, AGAINST, AGAINST",
        )
        .count();
    assert_eq!(counted.outcome("1"), "elected bob ann");
    assert_eq!(margin(&counted), "100 from ann for to ann against, no added");
}

/// One of two seats is vacant, and nobody voted for bob: one vote is enough to elect him, changed or added.
#[test]
fn a_vacant_seat_is_filled_by_one_vote() {
    let counted = Meeting::of("A 100, B 5")
        .election(2, "ann bob")
        .cards("card, account, received, 1.ann, 1.bob\n C-1, A, 2024-05-10, FOR, WITHHOLD")
        .count();
    assert_eq!(counted.outcome("1"), "elected ann");
    assert_eq!(margin(&counted), "1 from any to bob for, 1 added");
}

/// Two tied for one seat: one vote breaks it. 100 and 90 for two of three names, two seats, third 40: the
/// second seat is 50 ahead, 25 changed make a tie and 50 added do.
#[test]
fn ties_are_broken_by_one_vote_and_made_by_half_the_lead() {
    let told = |seats: u32, votes: [u32; 3]| {
        let [a, b, c] = votes;
        let counted = Meeting::of(&format!("A {a}, B {b}, C {c}, D 60"))
            .election(seats, "ann bob cat")
            .cards(
                "card, account, received,   1.ann, 1.bob, 1.cat
                 C-1,  A,       2024-05-10, FOR,,
                 C-2,  B,       2024-05-10, ,FOR,
                 C-3,  C,       2024-05-10, ,,FOR",
            )
            .count();
        margin(&counted)
    };
    assert_eq!(told(1, [100, 100, 40]), "1 from ann for to bob for, 1 added");
    assert_eq!(told(2, [100, 90, 40]), "25 from bob for to cat for, 50 added");
}

/// 400 for and none against of 1,000 are no quorum: 501 − 400 = 101 more present make one, and no mark does.
/// Of 700 they are one, and 200 of them changed leave half of the votes cast; 400 added would, and 300 are
/// absent.
#[test]
fn without_a_quorum_the_votes_that_make_one_are_told() {
    let meeting = |absent: u32| {
        vote("majority_of_votes_cast", [400, 0, 0, absent]).set("/quorum", json!({ "more_than": "1/2" }))
    };
    assert_eq!(meeting(600).count().outcome("1"), "no_quorum");
    assert_eq!(margin(&meeting(600).count()), "no, 101 added");
    assert_eq!(margin(&meeting(300).count()), "200 from for to against, no added");
}

/// Halfway, 100 for and 200 against: 100 + x is more than half of 300 + x from x = 101 on, where so many are
/// absent. 200 to 100 need none. Where accounts are counted, or a group must approve too, it matters whose
/// votes they are, and nothing is said.
#[test]
fn an_unfinished_count_tells_the_votes_that_would_carry_a_proposal() {
    let carry = |meeting: Meeting| {
        let counted = meeting.flag("--as-of", "2024-05-15").count();
        counted.at("/interim/items/0")["votes_to_carry"].as_str().unwrap_or("nothing").to_owned()
    };
    let majority = "majority_of_votes_cast";
    assert_eq!(carry(vote(majority, [100, 200, 0, 101])), "101");
    assert_eq!(carry(vote(majority, [100, 200, 0, 100])), "nothing");
    assert_eq!(carry(vote(majority, [200, 100, 0, 101])), "0");

    let holders = json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" });
    assert_eq!(carry(vote(holders, [100, 200, 0, 101])), "nothing");
    let groups = json!([{ "classes": ["common"], "standard": majority }]);
    assert_eq!(carry(vote(majority, [100, 200, 0, 101]).set("/items/0/voting_groups", groups)), "nothing");
}

/// The fewest cards that hold the votes to move, where some hold far more than four times the average and
/// where those do not suffice. Ten small holders are FOR too, one account of 1 vote is against.
///
/// - 1,000 and 900 and ten of 10: FOR 2,000 of 2,001. 2,000 − v is at most 1,000 from v = 1,000 on: one card.
/// - 700 and 700 and ten of 6: FOR 1,460 of 1,461; v = 730: two cards.
/// - 600 and ten of 100: FOR 1,600 of 1,601; v = 800, of which the largest holds 600: three cards.
/// - 599 and ten of 100: FOR 1,599 of 1,600; 1,599 − v is at most 800 from v = 799 on: 599 and two more.
/// - 598 and ten of 99: FOR 1,588 of 1,589; v = 794: 598 + 99 + 99 = 796, three.
/// - 590 and ten of 99: FOR 1,580 of 1,581; v = 790: 590 + 99 + 99 = 788, which is 2 short: four cards.
#[test]
fn the_fewest_cards_are_found_among_the_large_ones_and_beyond() {
    let fewest = |large: &[u32], small: u32| {
        let of_large = large.iter().enumerate().map(|(place, votes)| (format!("L{place}"), *votes));
        let of_small = (0..10).map(|place| (format!("S{place}"), small));
        let holders: Vec<(String, u32)> = of_large.chain(of_small).collect();
        let register: Vec<String> = holders.iter().map(|(name, votes)| format!("{name} {votes}")).collect();
        let mut cards = "card, account, received, 1\nC-no, N, 2024-05-10, AGAINST".to_owned();
        for (name, _) in &holders {
            cards.push_str(&format!("\nC-{name}, {name}, 2024-05-10, FOR"));
        }
        let meeting =
            Meeting::of(&format!("N 1, {}", register.join(", "))).proposal("majority_of_votes_cast");
        meeting.cards(&cards).count().at("/items/0")["margin"]["cards"].clone()
    };
    assert_eq!(fewest(&[1000, 900], 10), 1);
    assert_eq!(fewest(&[700, 700], 6), 2);
    assert_eq!(fewest(&[600], 100), 3);
    assert_eq!(fewest(&[599], 100), 3);
    assert_eq!(fewest(&[598], 99), 3);
    assert_eq!(fewest(&[590], 99), 4);
}

/// Two heads FOR, ann's 100 and bob's 10, one AGAINST. With five of bob's ten changed he stands on neither
/// side, and one of two heads is no majority; ann's side would cost fifty. One vote of dan's, who is absent,
/// makes two of four.
#[test]
fn by_heads_the_votes_of_the_smallest_holders_do_most() {
    let holders = json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" });
    let meeting = Meeting::of("A 100, B 10, C 5, D 3").proposal(holders);
    let cards = "card, account, received, 1
                 C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR\n C-3, C, 2024-05-10, AGAINST";
    let counted = meeting.cards(cards).count();
    assert_eq!(counted.outcome("1"), "approved");
    assert_eq!(margin(&counted), "5 from any to against, 1 added");
    assert_eq!(counted.at("/items/0/margin").get("at_most"), None);
}

/// More than half of the heads and three quarters of the votes: 72 of 100 FOR, two heads to two. Three votes
/// changed would be 75; but a head must leave the other side too, and of dan's eight four must. They are
/// among the 76 then.
#[test]
fn heads_and_votes_must_turn_together() {
    let standard = json!({ "all_of": [
        { "more_than": "1/2", "of": "votes_cast", "counting": "holders" },
        { "at_least": "3/4", "of": "votes_cast" }
    ] });
    let counted = Meeting::of("A 70, B 2, C 20, D 8")
        .proposal(standard)
        .cards(
            "card, account, received, 1
             C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR
             C-3, C, 2024-05-10, AGAINST\n C-4, D, 2024-05-10, AGAINST",
        )
        .count();
    assert_eq!(counted.outcome("1"), "not_approved");
    assert_eq!(margin(&counted), "4 from any to for, no added");
}

/// A quorum of 16 votes and of three heads: 15 votes of two heads are present. One vote of a third head does
/// for both; where it is four heads, one vote of each of two.
#[test]
fn a_quorum_of_heads_lacks_a_vote_of_each_holder_who_is_absent() {
    let told = |heads: u32| {
        let counted = Meeting::of("A 10, B 5, C 10, D 5")
            .set("/quorum", json!({ "all_of": [{ "more_than": "1/2" }, { "at_least_holders": heads }] }))
            .proposal("majority_of_votes_cast")
            .cards("card, account, received, 1\n C-1, A, 2024-05-10, FOR\n C-2, B, 2024-05-10, FOR")
            .count();
        assert_eq!(counted.outcome("1"), "no_quorum");
        margin(&counted)
    };
    assert_eq!(told(3), "no, 1 added");
    assert_eq!(told(4), "no, 2 added");
    assert_eq!(told(5), "no, no added");
}

/// Groups of classes a and b, and of b and c, each with 10 of 20 present where 11 are a quorum: one vote of b
/// serves both.
#[test]
fn one_vote_serves_the_quorum_of_every_group_that_it_is_part_of() {
    let counted =
        Meeting::with_register("0", "account, name, shares, class\n A, A, 10, a\n B, B, 10, b\n C, C, 10, c")
            .set("/classes", json!(["a", "b", "c"].map(|id| json!({ "id": id, "outstanding": "10" }))))
            .proposal("majority_of_votes_cast")
            .set(
                "/items/0/voting_groups",
                json!(
                    [["a", "b"], ["b", "c"]]
                        .map(|classes| json!({ "classes": classes, "standard": "majority_of_votes_cast" }))
                ),
            )
            .cards(
                "card, account, received, shares, 1
         C-1, A, 2024-05-10, 5, FOR\n C-2, B, 2024-05-10, 5, FOR\n C-3, C, 2024-05-10, 5, FOR",
            )
            .count();
    assert_eq!(counted.outcome("1"), "no_quorum");
    assert_eq!(margin(&counted), "no, 1 added");
}
