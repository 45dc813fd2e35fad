use serde_json::{Value, json};

use super::{Papers, election, lines};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// One holder with 100 shares, five seats: a pool of 500.
fn card(kind: &str, marks: &str, set: &[(&str, Value)]) -> Value {
    let cards = format!(
        "card,account,kind,received,dated,1,1.a,1.b,1.c,1.d,1.e,1.f\n1,A,{kind},2002-05-01,2002-04-30,{marks}\n"
    );
    let mut papers = Papers::new("100", election(5, &NAMES))
        .set("/items/0/cumulative", json!({"notice": {"by": "A", "given": "2002-05-14T09:00:00"}}))
        .set("/proxy_forms/0/unmarked", json!({"1": ["a", "b", "c", "d", "e"]}))
        .file("register.csv", "account,name,shares\nA,A,100\n")
        .file("cards.csv", &cards);
    for (pointer, value) in set {
        papers = papers.set(pointer, value.clone());
    }
    papers.count()
}

fn votes(figures: &Value) -> String {
    let nominees = figures["items"][0]["nominees"].as_array().expect("nominees");
    nominees.iter().map(|nominee| nominee["for"].as_str().expect("for")).collect::<Vec<_>>().join(" ")
}

fn block(figures: &Value, key: &str) -> String {
    figures["items"][0]["cumulative"][key].as_str().expect("an amount").to_string()
}

#[test]
fn t55_over_cumulated() {
    let void = card("", ",300,250,,,,", &[]);
    assert_eq!(votes(&void), "0 0 0 0 0 0");
    assert_eq!(block(&void, "void"), "500");
    let prorate = card("", ",300,250,,,,", &[("/rules/over_cumulated", json!("prorate"))]);
    assert_eq!(votes(&prorate), "273 227 0 0 0 0");
    let fine =
        [("/rules/over_cumulated", json!("prorate")), ("/rules/fractional_votes", json!("six_decimals"))];
    assert_eq!(votes(&card("", ",300,250,,,,", &fine)), "272.727273 227.272727 0 0 0 0");
}

#[test]
fn t56_unused_votes() {
    let figures = card("", ",400,,,,,", &[]);
    assert_eq!(votes(&figures), "400 0 0 0 0 0");
    assert_eq!(block(&figures, "unused"), "100");
    assert_eq!(votes(&card("", ",60%,12.5%,,,,", &[])), "300 62 0 0 0 0");
}

#[test]
fn t57_t58_t59_marks_without_numbers() {
    assert_eq!(votes(&card("", "F,,,,,,", &[])), "100 100 100 100 100 0");
    assert_eq!(votes(&card("", ",F,F,,,,", &[])), "250 250 0 0 0 0");
    assert_eq!(votes(&card("ballot", ",F,F,F,,,", &[])), "167 167 166 0 0 0");
    let six = [("/rules/fractional_votes", json!("six_decimals"))];
    assert_eq!(votes(&card("ballot", ",F,F,F,,,", &six)), "166.666667 166.666667 166.666666 0 0 0");
    assert_eq!(votes(&card("", "F,W,,,W,,", &[])), "0 167 167 0 166 0");
}

#[test]
fn t60_numbers_without_notice() {
    let straight = ("/items/0/cumulative", json!({"notice": null}));
    let cap = card("", ",400,50,,,,", std::slice::from_ref(&straight));
    assert_eq!(votes(&cap), "100 50 0 0 0 0");
    assert_eq!(lines(&cap["items"][0]["nominees"][1]), "50 0 0 0 0 50");
    let void = card("", ",400,50,,,,", &[straight, ("/rules/cumulated_without_notice", json!("void"))]);
    assert_eq!(votes(&void), "0 0 0 0 0 0");
}

#[test]
fn t61_votes_for_a_name_that_came_too_late_are_void() {
    let late = [
        ("/polls_open", json!("2002-05-14T10:00:00")),
        ("/items/0/nominees/5/nominated", json!("2002-05-14T10:30:00")),
    ];
    let figures = card("", ",100,,,,,400", &late);
    assert_eq!(votes(&figures), "100 0 0 0 0 0");
    assert_eq!(block(&figures, "void"), "400");
    assert_eq!(votes(&card("", ",F,,,,,F", &late)), "500 0 0 0 0 0");
}

#[test]
fn totals_that_the_proxy_holders_wrote() {
    let totals = |a: &str| ("/proxy_forms/0/cumulative_allocation", json!({"1": {"a": a, "b": "100"}}));
    let feasible = card("", "F,,,,,,", &[totals("400")]);
    assert_eq!(votes(&feasible), "400 100 0 0 0 0");
    let infeasible = card("", "F,,,,,,", &[totals("401")]);
    assert_eq!(votes(&infeasible), "0 0 0 0 0 0");
    assert_eq!(infeasible["open_matters"][0]["code"], "allocation_infeasible");
    assert_eq!(infeasible["open_matters"][0]["sets"], json!([{"form": "white", "nominees": ["a", "b"]}]));
}

#[test]
fn t70_t71_t72_straight_marks() {
    let straight = |marks: &str| card("", marks, &[("/items/0/cumulative", json!({"notice": null}))]);
    let over = straight(",F,F,F,F,F,F");
    assert_eq!(votes(&over), "0 0 0 0 0 0");
    assert_eq!(over["quorum"]["present"], "100");
    assert_eq!(votes(&straight(",F,,F,,,")), "100 0 100 0 0 0");
    assert_eq!(votes(&straight(",,,,,,")), "100 100 100 100 100 0");
}

#[test]
fn t30_one_vote_is_enough() {
    let figures = Papers::new("3000", election(3, &["mulligan", "dedalus", "bloom", "orourke"]))
        .file("register.csv", "account,name,shares,registration\nP,P,3000,nominee\n")
        .file(
            "street.csv",
            "account,item,nominee,vote,shares\nP,1,mulligan,F,1000\nP,1,mulligan,A,2000\n\
             P,1,dedalus,F,850\nP,1,dedalus,A,2000\nP,1,bloom,F,1\nP,1,bloom,A,2000\n",
        )
        .count();
    assert_eq!(figures["items"][0]["elected"], json!(["mulligan", "dedalus", "bloom"]));
    assert_eq!(lines(&figures["items"][0]["nominees"][3]), "0 0 0 0 0 3000");
}

/// 600 against 400 shares and five seats. The majority spreads over five, the minority takes three seats.
#[test]
fn t53_the_minority_elects_three() {
    let names = ["m1", "m2", "m3", "m4", "m5", "d1", "d2", "d3"];
    let figures = Papers::new("1000", election(5, &names))
        .set("/items/0/cumulative", json!({"notice": {"by": "A", "given": "2002-05-14T09:00:00"}}))
        .file("register.csv", "account,name,shares\nA,A,600\nB,B,400\n")
        .file(
            "cards.csv",
            "card,account,kind,received,1.m1,1.m2,1.m3,1.m4,1.m5,1.d1,1.d2,1.d3\n\
             1,A,ballot,2002-05-14T10:00,F,F,F,F,F,,,\n2,B,ballot,2002-05-14T10:00,,,,,,F,F,F\n",
        )
        .count();
    assert_eq!(votes(&figures), "600 600 600 600 600 667 667 666");
    assert_eq!(figures["items"][0]["elected"], json!(["d1", "d2", "d3"]));
    assert_eq!(figures["items"][0]["tied"], json!(["m1", "m2", "m3", "m4", "m5"]));
    assert_eq!(figures["items"][0]["outcome"], "tied");
}
