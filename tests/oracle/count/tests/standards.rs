use serde_json::{Value, json};

use super::{Papers, lines, proposal};

/// A participant with all the shares that are outstanding reports the totals.
fn vote(standard: Value, outstanding: &str, totals: &[(&str, &str)]) -> Value {
    let mut street = "account,item,vote,shares\n".to_string();
    totals.iter().for_each(|(vote, shares)| street += &format!("P,1,{vote},{shares}\n"));
    let register = format!("account,name,shares,registration\nP,Participant,{outstanding},nominee\n");
    Papers::new(outstanding, proposal(standard))
        .file("register.csv", &register)
        .file("street.csv", &street)
        .count()
}

fn outcome(standard: Value, outstanding: &str, totals: &[(&str, &str)]) -> String {
    vote(standard, outstanding, totals)["items"][0]["outcome"].as_str().expect("an outcome").to_string()
}

#[test]
fn t01_quorum() {
    for (outstanding, required) in [("1000", "501"), ("1001", "501"), ("1002", "502"), ("9014232", "4507117")]
    {
        let figures = vote(json!("majority_of_votes_cast"), outstanding, &[("FOR", "500")]);
        assert_eq!(figures["quorum"]["required"], required);
    }
    assert_eq!(outcome(json!("majority_of_votes_cast"), "1000", &[("FOR", "500")]), "no_quorum");
    assert_eq!(outcome(json!("majority_of_votes_cast"), "1000", &[("FOR", "501")]), "approved");
}

#[test]
fn t02_california_and_delaware_differ() {
    let totals = [("FOR", "250"), ("AGAINST", "25"), ("ABSTAIN", "20"), ("NONVOTE", "305")];
    let california = vote(json!("majority_voting_and_majority_of_quorum"), "1000", &totals);
    let item = &california["items"][0];
    assert_eq!(item["tests"][0]["base"], "275");
    assert_eq!(item["tests"][0]["needed"], "138");
    assert_eq!(item["tests"][1]["base"], "501");
    assert_eq!(item["tests"][1]["needed"], "251");
    assert_eq!(item["outcome"], "not_approved");
    assert_eq!(lines(item), "250 25 20 0 305 0");
    assert_eq!(outcome(json!("majority_of_present_and_entitled"), "1000", &totals), "approved");
}

#[test]
fn t03_majority_of_the_quorum_is_not_a_quarter_of_the_outstanding() {
    let standard = json!("majority_voting_and_majority_of_quorum");
    let totals = |for_: &'static str| [("FOR", for_), ("AGAINST", "100"), ("ABSTAIN", "300")];
    assert_eq!(outcome(standard.clone(), "1002", &totals("251")), "not_approved");
    assert_eq!(outcome(standard, "1002", &totals("252")), "approved");
}

#[test]
fn t04_a_quorum_of_a_third() {
    for (for_, against, expected) in
        [("151", "149", "approved"), ("150", "149", "not_approved"), ("151", "151", "not_approved")]
    {
        let papers = Papers::new("900", proposal(json!("majority_voting_and_majority_of_quorum")))
            .set("/quorum", json!({"at_least": "1/3"}))
            .file("register.csv", "account,name,shares,registration\nP,Participant,900,nominee\n")
            .file(
                "street.csv",
                &format!("account,item,vote,shares\nP,1,FOR,{for_}\nP,1,AGAINST,{against}\nP,1,ABSTAIN,1\n"),
            );
        let figures = papers.count();
        assert_eq!(figures["quorum"]["required"], "300");
        assert_eq!(figures["items"][0]["outcome"], expected, "{for_}/{against}");
    }
}

#[test]
fn t31_one_data_set_many_answers() {
    let totals = [("FOR", "330000"), ("AGAINST", "250000"), ("ABSTAIN", "40000"), ("NONVOTE", "80000")];
    let answers = [
        (json!("majority_of_votes_cast"), "approved"),
        (json!("majority_of_present_and_entitled"), "approved"),
        (json!("majority_of_present"), "not_approved"),
        (json!("majority_of_outstanding"), "not_approved"),
        (json!("majority_voting_and_majority_of_quorum"), "approved"),
        (json!({"at_least": "2/3", "of": "votes_cast"}), "not_approved"),
        (json!("two_thirds_of_outstanding"), "not_approved"),
        (json!("majority_of_outstanding_voting_securities"), "not_approved"),
        (json!({"at_least": "3/4", "of": "votes_cast"}), "not_approved"),
    ];
    for (standard, expected) in answers {
        assert_eq!(outcome(standard.clone(), "1000000", &totals), expected, "{standard}");
    }
    let act = vote(json!("majority_of_outstanding_voting_securities"), "1000000", &totals);
    assert_eq!(act["items"][0]["tests"][1]["needed"], "469000");
}

#[test]
fn t32_two_thirds_is_not_66_67_percent() {
    let needed = |fraction: &str| {
        let standard = json!({"at_least": fraction, "of": "votes_cast"});
        let figures = vote(standard, "300000", &[("FOR", "200000"), ("AGAINST", "100000")]);
        let test = &figures["items"][0]["tests"][0];
        (test["needed"].as_str().expect("needed").to_string(), test["met"] == true)
    };
    assert_eq!(needed("2/3"), ("200000".to_string(), true));
    assert_eq!(needed("0.6667"), ("200010".to_string(), false));
}

#[test]
fn t33_t34_t35_edges() {
    let majority = || json!("majority_of_votes_cast");
    assert_eq!(outcome(majority(), "300", &[("FOR", "100"), ("AGAINST", "100")]), "not_approved");
    assert_eq!(
        outcome(majority(), "10000000", &[("FOR", "4999999"), ("AGAINST", "5000001")]),
        "not_approved"
    );
    assert_eq!(
        outcome(json!({"at_least": "3/4", "of": "votes_cast"}), "4", &[("FOR", "3"), ("AGAINST", "1")]),
        "approved"
    );
}

#[test]
fn t38_preferred_as_converted_is_exact() {
    let papers = Papers::new("300", proposal(json!("majority_of_votes_cast")))
        .set("/classes/0/votes_per_share", json!("3.335"))
        .file("register.csv", "account,name,shares\nA,A,100\nB,B,100\nC,C,100\n")
        .file("cards.csv", "card,account,received,1\n1,A,2002-05-01,F\n2,B,2002-05-01,F\n3,C,2002-05-01,F\n");
    let figures = papers.count();
    assert_eq!(figures["items"][0]["for"], "1000.5");
    assert_eq!(figures["quorum"]["required"], "501");
}

#[test]
fn t40_excluded_controller_and_the_three_variants() {
    let count = |of: &str| {
        Papers::new("1000", proposal(json!({"more_than": "1/2", "of": of})))
            .set("/items/0/excluded_accounts", json!(["C"]))
            .file(
                "register.csv",
                "account,name,shares,registration\nC,Controller,600,individual\nP,Public,400,nominee\n",
            )
            .file("cards.csv", "card,account,received,1\n1,C,2002-05-01,F\n")
            .file("street.csv", "account,item,vote,shares\nP,1,FOR,190\nP,1,AGAINST,100\nP,1,ABSTAIN,30\n")
            .count()
    };
    for (of, base, expected) in [
        ("outstanding", "400", "not_approved"),
        ("votes_cast", "290", "approved"),
        ("present", "320", "approved"),
    ] {
        let figures = count(of);
        let item = &figures["items"][0];
        assert_eq!(item["tests"][0]["base"], base);
        assert_eq!(item["outcome"], expected);
        assert_eq!(lines(item), "190 100 30 0 0 0");
        assert_eq!(figures["quorum"]["present"], "920");
    }
}

#[test]
fn t41_frequency_by_plurality() {
    let items = json!([{"id": "1", "kind": "frequency", "title": "How often", "choices": [
        {"id": "1_year", "name": "One"}, {"id": "2_years", "name": "Two"}, {"id": "3_years", "name": "Three"}]}]);
    let figures = Papers::new("1000", items)
        .file("register.csv", "account,name,shares,registration\nP,P,1000,nominee\n")
        .file(
            "street.csv",
            "account,item,vote,shares\nP,1,1_year,300\nP,1,2_years,50\nP,1,3_years,280\nP,1,ABSTAIN,10\n",
        )
        .count();
    let item = &figures["items"][0];
    assert_eq!(item["outcome"], "chosen");
    assert_eq!(item["choice"], "1_year");
    assert_eq!(item["abstain"], "10");
}

#[test]
fn t42_the_1940_act() {
    let standard = || json!("majority_of_outstanding_voting_securities");
    for (present, for_, expected) in [
        (500_000, 500_000, "not_approved"),
        (500_001, 335_001, "approved"),
        (500_001, 335_000, "not_approved"),
        (600_000, 402_000, "approved"),
        (600_000, 401_999, "not_approved"),
        (800_000, 500_001, "approved"),
        (800_000, 500_000, "not_approved"),
    ] {
        let register = "account,name,shares,registration\nP,P,1000000,nominee\n";
        let street = format!("account,item,vote,shares\nP,1,FOR,{for_}\nP,1,AGAINST,{}\n", present - for_);
        let figures = Papers::new("1000000", proposal(standard()))
            .set("/quorum", json!({"at_least": "1/3"}))
            .file("register.csv", register)
            .file("street.csv", &street)
            .count();
        assert_eq!(figures["items"][0]["outcome"], expected, "{for_} of {present}");
    }
}

#[test]
fn holders_are_counted_by_the_side_with_more_of_their_votes() {
    let standard = json!({"more_than": "1/2", "of": "votes_cast", "counting": "holders"});
    let figures = Papers::new("120", proposal(standard))
        .file("register.csv", "account,name,shares,registration\nA,A,10,individual\nB,B,10,individual\nC,C,100,nominee\n")
        .file(
            "cards.csv",
            "card,account,received,shares,1\n1,A,2002-05-01,,F\n2,B,2002-05-01,,F\n3,C,2002-05-01,60,A\n4,C,2002-05-01,40,F\n",
        )
        .count();
    let test = &figures["items"][0]["tests"][0];
    assert_eq!((test["for"].as_str(), test["base"].as_str()), (Some("2"), Some("3")));
    assert_eq!(figures["items"][0]["outcome"], "approved");
    assert_eq!(lines(&figures["items"][0]), "60 60 0 0 0 0");
}
