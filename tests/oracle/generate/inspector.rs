//! The inspector's other rulings, and accounts that lost their zeros: drawn last, over the files as they are.

use std::collections::BTreeSet;

use serde_json::Value;

use super::random::Random;

type Files = Vec<(String, String)>;
type Rows = Vec<Vec<String>>;

/// A file as cells; the first row is the header.
struct Sheet {
    at: usize,
    rows: Rows,
}

impl Sheet {
    fn of(files: &Files, name: &str) -> Option<Sheet> {
        let at = files.iter().position(|(file, _)| file == name)?;
        let cells = |line: &str| line.split(',').map(str::to_string).collect();
        Some(Sheet { at, rows: files[at].1.lines().map(cells).collect() })
    }

    fn column(&self, name: &str) -> usize {
        self.rows[0].iter().position(|cell| cell == name).expect("a column")
    }

    fn write(self, files: &mut Files) {
        files[self.at].1 = self.rows.iter().map(|row| row.join(",") + "\n").collect();
    }
}

/// A row of rulings.csv.
#[derive(Default)]
struct Ruling {
    on: (&'static str, String),
    ruling: &'static str,
    item: String,
    nominee: String,
    mark: String,
    account: String,
}

const SUBJECTS: [&str; 5] = ["card", "form", "revocation", "street", "omnibus"];

pub fn inspector(random: &mut Random, meeting: &Value, files: &mut Files) {
    if !random.percent(45) {
        return;
    }
    let card_files: Vec<String> = ["cards.csv", "mail.csv", "web.csv"].map(str::to_string).to_vec();
    let mut rulings: Vec<Ruling> = Vec::new();
    let of_register: Vec<String> = accounts(files, "register.csv");
    for name in &card_files {
        near_cards(random, files, name, &of_register, &mut rulings);
    }
    near_street(random, files, &of_register, &mut rulings);
    near_revocations(random, files, &of_register, &mut rulings);
    near_omnibus(random, files, meeting, &of_register, &mut rulings);
    of_street(random, files, &mut rulings);
    of_forms(random, meeting, &mut rulings);
    for name in &card_files {
        of_cards(random, (files, meeting), name, &of_register, &mut rulings);
    }
    write(files, rulings);
}

fn accounts(files: &Files, name: &str) -> Vec<String> {
    let Some(sheet) = Sheet::of(files, name) else { return Vec::new() };
    let at = sheet.column("account");
    let all: BTreeSet<String> = sheet.rows[1..].iter().map(|row| row[at].clone()).collect();
    all.into_iter().collect()
}

/// The account as somebody else wrote it.
fn spelled(random: &mut Random, account: &str) -> String {
    match random.below(4) {
        0 => format!("00{account}"),
        1 => account.to_lowercase(),
        2 => format!("{}-{}", &account[..1], &account[1..]),
        _ => format!("0 {}", account.to_lowercase()),
    }
}

/// Whose it is, or that it is nobody's; or nothing yet.
fn settle(
    random: &mut Random,
    on: (&'static str, String),
    (written, meant): (&str, &str),
    of_register: &[String],
) -> Option<Ruling> {
    let account = if of_register.iter().any(|known| known == meant) && random.percent(80) {
        meant.to_string()
    } else {
        random.one_of(of_register).clone()
    };
    match random.below(3) {
        0 => Some(Ruling { on, ruling: "account", account, ..Ruling::default() }),
        1 => {
            let account = if on.0 == "revocation" { written.to_string() } else { String::new() };
            Some(Ruling { on, ruling: "reject", account, ..Ruling::default() })
        }
        _ => None,
    }
}

fn near_cards(
    random: &mut Random,
    files: &mut Files,
    name: &str,
    of_register: &[String],
    rulings: &mut Vec<Ruling>,
) {
    let Some(mut sheet) = Sheet::of(files, name) else { return };
    let (card, account) = (sheet.column("card"), sheet.column("account"));
    for row in &mut sheet.rows[1..] {
        if row[account] != "Nobody" && random.percent(5) {
            let meant = row[account].clone();
            row[account] = spelled(random, &meant);
            rulings.extend(settle(random, ("card", row[card].clone()), (&row[account], &meant), of_register));
        }
    }
    sheet.write(files);
}

fn near_street(random: &mut Random, files: &mut Files, of_register: &[String], rulings: &mut Vec<Ruling>) {
    let Some(mut sheet) = Sheet::of(files, "street.csv") else { return };
    let account = sheet.column("account");
    if sheet.rows.len() < 2 || !random.percent(15) {
        return;
    }
    let meant = sheet.rows[1][account].clone();
    let written = spelled(random, &meant);
    let all = random.percent(60);
    for row in sheet.rows[1..].iter_mut().filter(|row| row[account] == meant) {
        if all || random.percent(50) {
            row[account].clone_from(&written);
        }
    }
    let is_there = sheet.rows.iter().any(|row| row[account] == written);
    sheet.write(files);
    // Another account's rows may be of several classes.
    let ruling =
        settle(random, ("street", written.clone()), (&written, &meant), std::slice::from_ref(&meant));
    let known = |ruling: &Ruling| ruling.ruling == "reject" || of_register.contains(&meant);
    rulings.extend(ruling.filter(known).filter(|_| is_there));
}

fn near_revocations(
    random: &mut Random,
    files: &mut Files,
    of_register: &[String],
    rulings: &mut Vec<Ruling>,
) {
    let Some(mut sheet) = Sheet::of(files, "revocations.csv") else { return };
    let account = sheet.column("account");
    for (place, row) in sheet.rows.iter_mut().enumerate().skip(1) {
        let line = (place + 1).to_string();
        if random.percent(10) {
            let meant = row[account].clone();
            row[account] = spelled(random, &meant);
            rulings.extend(settle(random, ("revocation", line), (&row[account], &meant), of_register));
        } else if random.percent(30) {
            let ruling = random.pick(&["count", "count", "reject"]);
            let on = ("revocation", line);
            rulings.push(Ruling { on, ruling, account: row[account].clone(), ..Ruling::default() });
        }
    }
    sheet.write(files);
}

/// A row whose account no other file names: without it they would be wrong.
fn near_omnibus(
    random: &mut Random,
    files: &mut Files,
    meeting: &Value,
    of_register: &[String],
    rulings: &mut Vec<Ruling>,
) {
    let Some(mut sheet) = Sheet::of(files, "omnibus.csv") else { return };
    let (holder, account) = (sheet.column("holder"), sheet.column("account"));
    let place = random.between(1, sheet.rows.len() - 1);
    let own = sheet.rows[place][account].clone();
    let names = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == own);
    let elsewhere = ["street.csv", "revocations.csv"]
        .iter()
        .any(|name| files.iter().any(|(file, text)| file == name && names(text)));
    let is_holder = sheet.rows.iter().any(|row| row[holder] == own);
    if elsewhere || is_holder || names(&meeting.to_string()) || !random.percent(25) {
        return;
    }
    let meant = sheet.rows[place][holder].clone();
    let written = spelled(random, &meant);
    sheet.rows[place][holder].clone_from(&written);
    sheet.write(files);
    // Of the account that was meant: another need not have so many shares.
    let ruling = settle(
        random,
        ("omnibus", (place + 1).to_string()),
        (&written, &meant),
        std::slice::from_ref(&meant),
    );
    let known = |ruling: &Ruling| ruling.ruling == "reject" || of_register.contains(&meant);
    rulings.extend(ruling.filter(known));
}

fn of_street(random: &mut Random, files: &Files, rulings: &mut Vec<Ruling>) {
    let known: BTreeSet<String> =
        ["register.csv", "omnibus.csv"].iter().flat_map(|name| accounts(files, name)).collect();
    for account in accounts(files, "street.csv") {
        if known.contains(&account) && random.percent(30) {
            let ruling = random.pick(&["count", "count", "reject"]);
            rulings.push(Ruling { on: ("street", account), ruling, ..Ruling::default() });
        }
    }
}

fn of_forms(random: &mut Random, meeting: &Value, rulings: &mut Vec<Ruling>) {
    for form in meeting["proxy_forms"].as_array().expect("forms") {
        if random.percent(15) {
            let on = ("form", form["id"].as_str().expect("an id").to_string());
            rulings.push(Ruling { on, ruling: random.pick(&["count", "reject"]), ..Ruling::default() });
        }
    }
}

fn of_cards(
    random: &mut Random,
    (files, meeting): (&Files, &Value),
    name: &str,
    of_register: &[String],
    rulings: &mut Vec<Ruling>,
) {
    let Some(sheet) = Sheet::of(files, name) else { return };
    let card = sheet.column("card");
    for row in &sheet.rows[1..] {
        let on = || ("card", row[card].clone());
        let has_account = rulings.iter().any(|one| one.on == on());
        if !has_account && random.percent(4) {
            let account = random.one_of(of_register).clone();
            rulings.push(Ruling { on: on(), ruling: "account", account, ..Ruling::default() });
        }
        for item in meeting["items"].as_array().expect("items") {
            if random.percent(5) {
                rulings.push(box_of(random, on(), item));
            }
        }
    }
}

/// A mark, or a name that is ruled out.
fn box_of(random: &mut Random, on: (&'static str, String), item: &Value) -> Ruling {
    let id = item["id"].as_str().expect("an id").to_string();
    let names: Vec<&str> =
        item["nominees"].as_array().into_iter().flatten().filter_map(|name| name["id"].as_str()).collect();
    let nominee = if names.is_empty() || random.percent(30) { "" } else { random.pick(&names) };
    let ruling = Ruling { on, item: id, nominee: nominee.to_string(), ..Ruling::default() };
    if !nominee.is_empty() && random.percent(35) {
        return Ruling { ruling: "reject", ..ruling };
    }
    let mark = match item["kind"].as_str() {
        Some("frequency") => random.pick(&["1_year", "2_years", "ABSTAIN", "BLANK"]),
        _ => random
            .pick(&["FOR", "FOR", "AGAINST", "WITHHOLD", "ABSTAIN", "NONVOTE", "VOID", "BLANK", "blank"]),
    };
    Ruling { ruling: "mark", mark: mark.to_string(), ..ruling }
}

/// Beside the rulings that are there; each thing is ruled on once.
fn write(files: &mut Files, more: Vec<Ruling>) {
    let mut rows = Vec::new();
    let mut ruled: BTreeSet<(String, String, &str, String, String)> = BTreeSet::new();
    let kind = |ruling: &str| match ruling {
        "account" => "account",
        "mark" => "box",
        _ => "verdict",
    };
    let mut add = |on: (&str, &str), ruling: &str, item: &str, nominee: &str, rest: String| {
        let kind = if item.is_empty() { kind(ruling) } else { "box" };
        let key = (on.0.to_string(), on.1.to_string(), kind, item.to_string(), nominee.to_string());
        if ruled.insert(key) {
            let subject: Vec<&str> =
                SUBJECTS.iter().map(|name| if *name == on.0 { on.1 } else { "" }).collect();
            rows.push(format!("{},{ruling},{item},{nominee},{rest},As ruled\n", subject.join(",")));
        }
    };
    if let Some(sheet) = Sheet::of(files, "rulings.csv") {
        for row in &sheet.rows[1..] {
            add(("card", &row[0]), &row[1], &row[3], "", ",".to_string());
        }
    }
    for one in more {
        let rest = format!("{},{}", one.mark, one.account);
        add((one.on.0, &one.on.1), one.ruling, &one.item, &one.nominee, rest);
    }
    files.retain(|(name, _)| name != "rulings.csv");
    if !rows.is_empty() {
        let header = SUBJECTS.join(",") + ",ruling,item,nominee,mark,account,reason\n";
        files.push(("rulings.csv".to_string(), header + &rows.concat()));
    }
}
