//! `quorate plan`: figures worked out by hand, both sides of every edge, and a check that tries every
//! way to place every vote.
#![allow(clippy::unwrap_used)]

mod support;

use quorate::amount::{UNITS_PER_MILLIONTH, UNITS_PER_ONE, Votes};
use quorate::plan::{OneMore, Plan, Question};
use serde_json::{Value, json};
use support::random::Random;
use support::{fixtures, folder_of, quorate, stderr, stdout};

/// Pools that permit names, in whole votes, against so many.
fn question(seats: u32, nominees: usize, pools: &[(&[usize], u64)], rest: u64) -> Question {
    Question {
        seats,
        nominees,
        names: (0..nominees).collect(),
        pools: pools.iter().map(|(names, pool)| (names.to_vec(), Votes::whole(*pool))).collect(),
        rest: Votes::whole(rest),
        unit: UNITS_PER_ONE,
    }
}

/// One pool for every name.
fn free(seats: u32, pool: u64, rest: u64) -> Plan {
    let nominees = usize::try_from(seats).unwrap();
    let names: Vec<usize> = (0..nominees).collect();
    question(seats, nominees, &[(&names, pool)], rest).plan()
}

fn shown(votes: &[Votes]) -> Vec<String> {
    votes.iter().map(ToString::to_string).collect()
}

fn needs(votes: u64, shares_votes: u64) -> OneMore {
    OneMore::Needs { votes: Votes::whole(votes), shares_votes: Votes::whole(shares_votes) }
}

/// of 1,000 shares and five seats 167, 334, 501, 667 and 834 elect one to five for sure, and one
/// share less does not: 166 × 5 = 830 on one name against 834 × 5 ÷ 5 = 834 on each of five.
#[test]
fn t_51_shares_that_guarantee_one_to_five_of_five_seats() {
    for (sure, shares) in [(1, 167), (2, 334), (3, 501), (4, 667), (5, 834)] {
        let enough = free(5, shares * 5, (1000 - shares) * 5);
        assert_eq!(enough.sure, sure, "{shares} shares");
        let too_few = free(5, (shares - 1) * 5, (1001 - shares) * 5);
        assert_eq!(too_few.sure, sure - 1, "{} shares", shares - 1);
    }
    assert_eq!(free(5, 834 * 5, 166 * 5).one_more, OneMore::NoSeatLeft);
    // 830 on one name against 834 on each of five: 5 more, one share.
    assert_eq!(free(5, 830, 4170).one_more, needs(5, 1));
}

/// 8 votes over three names are 3, 3, 2, and 4 over two are 2, 2: a tie. With millionths 2.666666
/// beats 2, and all three are elected.
#[test]
fn t_52_whole_votes_break_the_formula() {
    let whole = free(4, 8, 4);
    assert_eq!(whole.sure, 2);
    assert_eq!(shown(&whole.allocation), ["4", "4", "0", "0"]);
    // Three names with three each are nine: one more vote, of one share.
    assert_eq!(whole.one_more, needs(1, 1));
    let mut fine = question(4, 4, &[(&[0, 1, 2, 3], 8)], 4);
    fine.unit = UNITS_PER_MILLIONTH;
    let fine = fine.plan();
    assert_eq!(fine.sure, 3);
    // 8 ÷ 3 in millionths, the two left over in ballot order.
    assert_eq!(shown(&fine.allocation), ["2.666667", "2.666667", "2.666666", "0"]);
    // Four names must pass 4 ÷ 1: 4.000001 each, 16.000004 together.
    let more = |text| Votes::parse(text).unwrap();
    assert_eq!(fine.one_more, OneMore::Needs { votes: more("8.000004"), shares_votes: more("2.000001") });
}

/// 600 shares against 400, five seats. Three names with 1,000 pass 2,000 ÷ 3; four with 750 do
/// not pass 2,000 ÷ 2. The 400 elect two for sure: 1,000 passes 3,000 ÷ 4, 666 does not 3,000 ÷ 3.
#[test]
fn t_53_a_majority_that_spreads_too_far_would_lose() {
    let majority = free(5, 3000, 2000);
    assert_eq!(majority.sure, 3);
    assert_eq!(shown(&majority.allocation), ["1000", "1000", "1000", "0", "0"]);
    assert_eq!(
        (shown(&[majority.checks[2].rest_each])[0].as_str(), majority.checks[2].rest_names),
        ("666", 3)
    );
    // 1,001 on each of four: 1,004 more, 201 shares (200.8).
    assert_eq!(majority.one_more, needs(1004, 201));
    let minority = free(5, 2000, 3000);
    assert_eq!(minority.sure, 2);
    // 1,001 on each of three: 1,003 more.
    assert_eq!(minority.one_more, needs(1003, 201));
}

/// 300 votes for A, B, C and 600 for C alone: 150 on each, or 300 on A and 600 on C.
#[test]
fn t_54_withheld_names_limit_what_is_sure() {
    let pools: [(&[usize], u64); 2] = [(&[0, 1, 2], 300), (&[2], 600)];
    let all = question(3, 3, &pools, 149).plan();
    assert_eq!((all.sure, shown(&all.allocation)), (3, ["150", "150", "600"].map(str::to_owned).to_vec()));
    let two = question(3, 3, &pools, 150).plan();
    assert_eq!((two.sure, shown(&two.allocation)), (2, ["300", "0", "600"].map(str::to_owned).to_vec()));
    // 151 each for A and B: two more.
    assert_eq!(two.one_more, needs(2, 1));
    // 300 does not pass 600 ÷ 2, and 900 on C alone passes 600 ÷ 3.
    let one = question(3, 3, &pools, 600).plan();
    assert_eq!((one.sure, shown(&one.allocation)), (1, ["0", "0", "900"].map(str::to_owned).to_vec()));
    assert_eq!(one.unplaced, Votes::ZERO);
}

#[test]
fn fractions_of_a_pool_are_left_and_those_of_the_rest_do_not_help() {
    let mut question = question(2, 2, &[], 0);
    question.pools = vec![(vec![0], Votes::parse("2.5").unwrap())];
    // 2 against 3.999999 ÷ 2: 1.9999995 each is less than 2.
    question.rest = Votes::parse("3.999999").unwrap();
    let plan = question.plan();
    assert_eq!((plan.sure, shown(&plan.allocation)), (1, ["2", "0"].map(str::to_owned).to_vec()));
    assert_eq!(plan.unplaced, Votes::parse("0.5").unwrap());
    question.rest = Votes::whole(4);
    assert_eq!(question.plan().sure, 0);
}

/// Twenty names of which no two are alike: more choices than are looked at. The free pool alone makes
/// the steps meet their bound.
#[test]
fn too_many_choices_are_bounded_and_said_to_be() {
    let mut question = question(20, 20, &[], 5_000);
    question.pools = vec![((0..20).collect(), Votes::whole(20_000))];
    for name in 0..20_usize {
        let others: Vec<usize> = (0..20).filter(|other| *other != name).collect();
        question.pools.push((others, Votes::whole(10)));
    }
    let plan = question.plan();
    assert!(!plan.is_exact);
    // Of 20,200 votes 16 names have 1,262 and pass 5,000 ÷ 5; 17 have 1,188 and do not pass 5,000 ÷ 4.
    assert_eq!((plan.sure, plan.sure_at_most), (16, 16));
    assert_eq!(plan.allocation.iter().filter(|votes| !votes.is_zero()).count(), 16);
    assert!(matches!(plan.one_more, OneMore::Needs { .. }));
}

// Every way to place every vote, on both sides.

/// Every way to place `votes` on `names` names or on none of them.
fn placements(votes: u64, names: usize) -> Vec<Vec<u64>> {
    if names == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for here in 0..=votes {
        for mut others in placements(votes - here, names - 1) {
            others.push(here);
            all.push(others);
        }
    }
    all
}

/// Every total that the pools can make, placed vote by vote.
fn totals(nominees: usize, pools: &[(Vec<usize>, u64)]) -> Vec<Vec<u64>> {
    let mut all = vec![vec![0; nominees]];
    for (names, pool) in pools {
        let mut next = Vec::new();
        for total in &all {
            for placed in placements(*pool, names.len()) {
                let mut total = total.clone();
                for (name, votes) in names.iter().zip(placed) {
                    total[*name] += votes;
                }
                next.push(total);
            }
        }
        next.sort_unstable();
        next.dedup();
        all = next;
    }
    all
}

/// Who is elected, by the sentence of the rule: a name is when, with all that have as many votes or
/// more, there are seats enough; a name without a vote is not.
fn is_elected(votes: &[u64], name: usize, seats: usize) -> bool {
    votes[name] > 0 && votes.iter().filter(|other| **other >= votes[name]).count() <= seats
}

/// The most of our names that are elected whatever the rest do: by name, and by number alone.
fn sure_by_trying(nominees: usize, seats: usize, pools: &[(Vec<usize>, u64)], rest: u64) -> (usize, usize) {
    let others = placements(rest, nominees + seats + 1);
    let mut best = (0, 0);
    for ours in totals(nominees, pools) {
        let (mut always, mut fewest) = (vec![true; nominees], nominees);
        for theirs in &others {
            let mut votes = theirs.clone();
            votes.iter_mut().zip(&ours).for_each(|(votes, ours)| *votes += ours);
            let elected = |name: usize| is_elected(&votes, name, seats);
            fewest = fewest.min((0..nominees).filter(|name| elected(*name)).count());
            always.iter_mut().enumerate().for_each(|(name, always)| *always &= elected(name));
            if fewest <= best.1 && always.iter().filter(|always| **always).count() <= best.0 {
                break;
            }
        }
        best.0 = best.0.max(always.iter().filter(|always| **always).count());
        best.1 = best.1.max(fewest);
    }
    best
}

/// A small case: names, seats, pools and the votes of the rest.
fn small_case(random: &mut Random) -> (usize, usize, Vec<(Vec<usize>, u64)>, u64) {
    let votes = |random: &mut Random| random.below(6) as u64;
    let (nominees, seats) = (1 + random.below(3), 1 + random.below(3));
    let mut pools = Vec::new();
    for _ in 0..1 + random.below(3) {
        let set = 1 + random.below((1 << nominees) - 1);
        let names = (0..nominees).filter(|name| set & (1 << name) != 0).collect();
        pools.push((names, votes(random)));
    }
    (nominees, seats, pools, votes(random))
}

/// A small case in whole votes, or with a millionth for every vote of it.
fn asked(nominees: usize, seats: usize, pools: &[(Vec<usize>, u64)], rest: u64, unit: u128) -> Question {
    let votes = |count: u64| Votes::from_units(u128::from(count) * unit);
    Question {
        seats: u32::try_from(seats).unwrap(),
        nominees,
        names: (0..nominees).collect(),
        pools: pools.iter().map(|(names, pool)| (names.clone(), votes(*pool))).collect(),
        rest: votes(rest),
        unit,
    }
}

#[test]
fn the_number_sure_is_what_trying_every_placement_on_both_sides_finds() {
    let mut random = Random(51);
    let mut found = [0_u32; 4];
    for case in 0..2000 {
        let (nominees, seats, pools, rest) = small_case(&mut random);
        let unit = if case % 4 == 0 { UNITS_PER_MILLIONTH } else { UNITS_PER_ONE };
        let plan = asked(nominees, seats, &pools, rest, unit).plan();
        let tried = sure_by_trying(nominees, seats, &pools, rest);
        let told = format!("case {case}: {nominees} names, {seats} seats, {pools:?} against {rest}");
        assert_eq!((plan.sure, plan.sure), tried, "{told}");
        assert!(plan.is_exact && plan.sure_at_most == plan.sure, "{told}");
        found[plan.sure] += 1;
        // The totals handed out do it by themselves, and the cards permit them.
        let whole = |votes: &Votes| u64::try_from(votes.units() / unit).unwrap();
        let ours: Vec<u64> = plan.allocation.iter().map(whole).collect();
        assert!(totals(nominees, &pools).contains(&ours), "{told}");
        for theirs in placements(rest, nominees + seats + 1) {
            let mut votes = theirs.clone();
            votes.iter_mut().zip(&ours).for_each(|(votes, ours)| *votes += ours);
            let named = (0..nominees).filter(|name| ours[*name] > 0);
            assert!(named.clone().all(|name| is_elected(&votes, name, seats)), "{told}: {theirs:?}");
            assert_eq!(named.count(), plan.sure, "{told}");
        }
    }
    assert!(found.iter().all(|count| *count > 20), "the cases are of every kind: {found:?}");
}

#[test]
fn what_one_more_would_need_is_enough_and_one_vote_less_is_not() {
    let mut random = Random(52);
    let mut tried = 0;
    for case in 0..300 {
        let (nominees, seats, pools, rest) = small_case(&mut random);
        let plan = asked(nominees, seats, &pools, rest, UNITS_PER_ONE).plan();
        let OneMore::Needs { votes, shares_votes } = plan.one_more else { continue };
        let more = u64::try_from(votes.units() / UNITS_PER_ONE).unwrap();
        assert_eq!(shares_votes, Votes::whole(more.div_ceil(seats as u64)));
        let with = |extra: u64| {
            let mut pools = pools.clone();
            pools.push(((0..nominees).collect(), extra));
            sure_by_trying(nominees, seats, &pools, rest).0
        };
        if more > 6 {
            continue;
        }
        let told =
            format!("case {case}: {nominees} names, {seats} seats, {pools:?} against {rest}, {more} more");
        assert!(with(more) > plan.sure, "{told}");
        assert_eq!(with(more - 1), plan.sure, "{told}");
        tried += 1;
    }
    assert!(tried > 100, "only {tried} cases");
}

// The program.

fn run(folder: &str, args: &[&str]) -> Value {
    let output = plan(&fixtures().join(folder).display().to_string(), args, "json");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

fn plan(meeting: &str, args: &[&str], format: &str) -> std::process::Output {
    quorate(&[&["plan", meeting, "--format", format][..], args].concat())
}

const G1: [&str; 4] = ["--item", "1", "--form", "management"];

/// G-1: 18,750 votes of management, 3,000 of them without M3, against 24,600 − 18,750 = 5,850: of Eve
/// 2,100, withheld 1,650, non-votes 2,100. Three seats, M1 M2 M3 with 6,250 each against 5,850 on one.
#[test]
fn g_1_all_three_are_sure() {
    let found = run("g1", &G1);
    assert_eq!(
        (&found["sure"], &found["pool"], &found["rest"]),
        (&json!(3), &json!("18750"), &json!("5850"))
    );
    assert_eq!(found["cumulative_allocation"], json!({"1": {"m1": "6250", "m2": "6250", "m3": "6250"}}));
    assert_eq!(found["one_more"]["votes"], Value::Null);
    assert_eq!(found["checks"][2]["rest_each"], "5850");
    assert!(found["assumptions"][0].as_str().unwrap().contains("3,750 of them are withheld"));
    // As many votes on one other name would be a tie.
    let tie = [&G1[..], &["--against", "6250"]].concat();
    let found = run("g1", &tie);
    assert_eq!((&found["sure"], &found["rest_is"]), (&json!(2), &json!("given")));
    // 6,251 each are 18,753.
    assert_eq!((&found["one_more"]["votes"], &found["one_more"]["shares_votes"]), (&json!("3"), &json!("1")));
}

/// The totals, written into meeting.json as the plan prints them, are feasible and elect the names.
#[test]
fn the_totals_can_be_written_as_printed_and_elect_the_names() {
    let folder = tempfile::tempdir().unwrap();
    support::copy_folder(&fixtures().join("g1"), folder.path());
    let path = folder.path().join("meeting.json");
    let mut meeting: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let tie = [&G1[..], &["--against", "6250"]].concat();
    meeting["proxy_forms"][0]["cumulative_allocation"] = run("g1", &tie)["cumulative_allocation"].clone();
    std::fs::write(&path, meeting.to_string()).unwrap();
    let output = quorate(&["tabulate", folder.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("\"9375\""), "{text}");
}

/// Before the participants' cards came, on the day's morning: fewer votes on both sides.
#[test]
fn as_of_an_earlier_time_counts_what_had_come_by_then() {
    let early = run("g1", &[&G1[..], &["--as-of", "2002-05-14T09:00"]].concat());
    assert_eq!(early["as_of"], "2002-05-14T09:00:00");
    let total = |value: &Value| -> u64 {
        ["pool", "rest"].iter().map(|key| value[key].as_str().unwrap().parse::<u64>().unwrap()).sum()
    };
    assert!(total(&early) <= total(&run("g1", &G1)));
}

#[test]
fn point_360_more_seats_than_the_form_has_names() {
    let found = run("point360-cumulative", &G1);
    // Six nominees, one of them nominated too late: as many as seats, so that one vote elects.
    assert_eq!(found["sure_as_nominated"], 4);
    let pool: Votes = Votes::parse(found["pool"].as_str().unwrap()).unwrap();
    let rest: Votes = Votes::parse(found["rest"].as_str().unwrap()).unwrap();
    let sure = usize::try_from(found["sure"].as_u64().unwrap()).unwrap();
    assert!(sure >= 1 && pool > rest, "{found}");
    let check = &found["checks"][sure - 1];
    let least = Votes::parse(check["least"].as_str().unwrap()).unwrap();
    assert!(least.units() / UNITS_PER_ONE > rest.units() / UNITS_PER_ONE / (6 - sure as u128));
}

const MEETING: &str = r#"{
  "company": "Withheld Corporation", "title": "Annual Meeting", "date": "2024-05-14",
  "time_zone": "America/Los_Angeles", "record_date": "2024-03-22",
  "polls_open": "2024-05-14T10:30", "polls_close": "2024-05-14T11:00",
  "classes": [{"id": "common", "name": "Common Stock", "outstanding": "550"}],
  "quorum": {"more_than": "1/2"}, "rules": {"law": "california"},
  "proxy_forms": [{"id": "management", "holders": ["P. Holder"], "unmarked": {"1": ["a", "b", "c"]}}],
  "items": [
    {"id": "1", "kind": "election", "title": "Election of directors", "seats": 3,
     "cumulative": {"notice": null},
     "nominees": [{"id": "a", "name": "Candidate A"}, {"id": "b", "name": "Candidate B"},
                  {"id": "c", "name": "Candidate C"}, {"id": "d", "name": "Candidate D"}]},
    {"id": "2", "kind": "proposal", "standard": "majority_of_votes_cast"},
    {"id": "3", "kind": "election", "title": "Without cumulation", "seats": 1, "nominees": [{"id": "x"}]}
  ]
}"#;
const REGISTER: &str = "account,name,shares\nR1,One,100\nR2,Two,200\nR3,Three,200\nR4,Four,50\n";
const CARDS: &str = "card,account,received,kind,signed,dated,1.a,1.b,1.c,1.d\n\
    K1,R1,2024-05-01,proxy,yes,2024-04-30,,,,\n\
    K2,R2,2024-05-01,proxy,yes,2024-04-30,W,W,F,\n\
    K4,R4,2024-05-14T10:40,ballot,yes,2024-05-14,,,,F\n";

fn withheld() -> tempfile::TempDir {
    folder_of(&[("meeting.json", MEETING), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

/// The same from files, and no notice yet: K1's 300 votes may go to A, B, C, K2's 600 to C alone; D has the
/// 150 of R4's ballot. 150 each is a tie with D, so two are sure.
#[test]
fn withheld_names_bind_and_notice_is_assumed() {
    let folder = withheld();
    let meeting = folder.path().to_str().unwrap();
    let output = plan(meeting, &G1, "json");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&found["sure"], &found["rest"]), (&json!(2), &json!("150")));
    assert_eq!(found["cumulative_allocation"], json!({"1": {"a": "300", "c": "600"}}));
    assert_eq!(found["one_more"]["votes"], "2");
    assert_eq!(
        found["pools"],
        json!([{"nominees": ["c"], "votes": "600"}, {"nominees": ["a", "b", "c"], "votes": "300"}])
    );
    let says = found["assumptions"].as_array().unwrap().last().unwrap().as_str().unwrap();
    assert!(says.starts_with("Nobody has given notice of cumulative voting yet"), "{says}");
    // The count itself knows nothing of it.
    let output = quorate(&["tabulate", meeting, "--format", "json"]);
    assert!(stdout(&output).contains("\"straight\""), "{}", stdout(&output));
}

#[test]
fn the_text_is_a_hundred_columns_wide_and_says_what_it_rests_on() {
    let folder = withheld();
    for (meeting, args) in [
        (folder.path().to_owned(), vec![]),
        (folder.path().to_owned(), vec!["--against", "1000000"]),
        (fixtures().join("g1"), vec![]),
        (fixtures().join("point360-cumulative"), vec!["--against", "20000000"]),
    ] {
        let output = plan(meeting.to_str().unwrap(), &[&G1[..], &args].concat(), "text");
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        for part in ["RESULT: ", "WHAT THIS RESTS ON", "Withheld names bind", "Whole votes", "enters a count"]
        {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
    }
    let text = stdout(&plan(folder.path().to_str().unwrap(), &G1, "text"));
    assert!(text.contains("RESULT: 2 of 3 directors are sure: Candidate A, Candidate C."), "{text}");
    assert!(
        text.contains("\"cumulative_allocation\": {\n  \"1\": {\n    \"a\": \"300\",\n    \"c\": \"600\"\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_planned_is_refused_with_what_was_expected() {
    let folder = withheld();
    let meeting = folder.path().to_str().unwrap();
    let expected = "expected an election with cumulative voting: `1`";
    for (args, says) in [
        (
            &["--item", "9", "--form", "management"][..],
            format!("--item: `9` is not an item of this meeting; {expected}"),
        ),
        (&["--item", "2", "--form", "management"], format!("--item: `2` is not an election; {expected}")),
        (
            &["--item", "3", "--form", "management"],
            format!(
                "--item: cumulative voting is not available in `3`, whose \
                `cumulative` is absent; {expected}"
            ),
        ),
        (
            &["--item", "1", "--form", "managment"],
            "--form: `managment` is not a form of proxy of this meeting; did you mean `management`?"
                .to_owned(),
        ),
        (
            &["--item", "1", "--form", "x"],
            "--form: `x` is not a form of proxy of this meeting; expected `management`".to_owned(),
        ),
        (
            &["--item", "1", "--form", "management", "--against", "1,000"],
            "--against: `1,000` must be digits with at most one decimal point, such as `1250` \
                or `10.5`, in cumulated votes"
                .to_owned(),
        ),
    ] {
        let output = plan(meeting, args, "text");
        assert_eq!((output.status.code(), stderr(&output)), (Some(2), format!("error: {says}\n")));
        assert!(output.stdout.is_empty());
    }
    let output = plan(meeting, &[&G1[..], &["--as-of", "noon"]].concat(), "text");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: --as-of: `noon` "), "{}", stderr(&output));
    let both = [&G1[..], &["--against", "5", "--as-of", "2024-05-14"]].concat();
    let output = plan(meeting, &both, "text");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot be used with"), "{}", stderr(&output));
    assert_eq!(quorate(&["plan", meeting]).status.code(), Some(2));
}

#[test]
fn help_says_what_it_does_and_shows_an_example() {
    let output = quorate(&["plan", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    for part in ["enters no count", "--item", "--form", "--against", "--as-of", "quorate plan fixtures/g1"] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(stdout(&quorate(&["--help"])).contains("plan"));
}
