//! What inspectors sign and counsel file: page one, the oath, who appointed them, dates, trials, advisory votes.
//! Figures and words worked out by hand.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{folder_of, quorate, stderr, stdout};

/// 1,000 shares under the law of Delaware, 700 of them present. Item 1, a plan: 400 for, 300 against; by votes cast
/// 351 are needed. Item 2: one seat, Ada with 700.
fn meeting() -> Value {
    json!({
        "company": "Example Corporation", "title": "Annual Meeting", "date": "2012-12-05",
        "time_zone": "America/New_York", "record_date": "2012-11-01", "polls_close": "2012-12-05T12:00",
        "inspectors": ["Ann Inspector"],
        "classes": [{ "id": "common", "name": "Common Stock", "outstanding": "1000" }],
        "quorum": { "more_than": "1/2" }, "rules": { "law": "delaware" },
        "proxy_forms": [{ "id": "board", "ballot_cast": "2012-12-05T00:05" }],
        "items": [
            { "id": "1", "kind": "proposal", "title": "Plan", "standard": "majority_of_votes_cast" },
            { "id": "2", "kind": "election", "title": "Director", "seats": 1,
              "nominees": [{ "id": "a", "name": "Ada" }] }
        ]
    })
}

const REGISTER: &str = "account,name,shares\n1,Ann,400\n2,Bob,300\n3,Carol,300\n";
const CARDS: &str = "card,account,received,1,2\nC1,1,2012-11-20,FOR,FOR\nC2,2,2012-11-21,AGAINST,FOR\n";

fn folder(change: impl Fn(&mut Value)) -> tempfile::TempDir {
    let mut meeting = meeting();
    change(&mut meeting);
    folder_of(&[("meeting.json", &meeting.to_string()), ("register.csv", REGISTER), ("cards.csv", CARDS)])
}

fn shown(folder: &Path, format: &str) -> String {
    let output = quorate(&["tabulate", folder.to_str().unwrap(), "--format", format]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// In one line, however it was broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

// ---- Page one

/// Everything that is certified stands before the line to sign on, and that before every annex.
#[test]
fn page_one_is_a_whole() {
    let folder = folder(|_| {});
    let text = shown(folder.path(), "text");
    let places: Vec<usize> = [
        "Example Corporation",
        "Record date             November 1, 2012",
        "Polls closed            December 5, 2012, 12:00 p.m. (America/New_York)",
        "700 of 1,000 votes outstanding were present in person or by proxy (70.00%); 501 were",
        "1. Plan      400                  300         351  approved",
        "2. Director                             plurality   elected",
        "  Ada        700                    0               elected",
        "Fingerprint of these results: ",
        "  - Nothing: no matter is open and there is no warning.",
        "Nothing was considered beside the proxies, ballots, revocations and the register (8 Del. C.",
        "The undersigned Inspector of Elections ascertained",
        "Ann Inspector, Inspector of Elections",
        "ANNEXES",
        "ballot handed in December 5, 2012, 12:05 a.m.",
        "ITEM 1: Plan",
    ]
    .iter()
    .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}\n{text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
    assert!(text[..places[12]].lines().count() < 58, "page one fits a page");
}

/// One inspector certifies, two certify; the oath and who appointed them stand where the meeting says so.
#[test]
fn one_inspector_certifies_and_two_certify() {
    let one = words(&shown(folder(|_| {}).path(), "text"));
    assert!(one.contains("The undersigned Inspector of Elections ascertained"), "{one}");
    assert!(one.contains("and certifies the results above"), "{one}");
    assert!(!one.contains("OATH") && !one.contains("Appointed by"), "{one}");
    let two = folder(|meeting| {
        meeting["inspectors"] = json!(["Ann Inspector", "Ben Inspector"]);
        meeting["appointed"] = json!({ "by": "the Board of Directors", "on": "2012-11-20" });
        meeting["oath"] = json!(true);
    });
    for format in ["text", "html", "markdown"] {
        let two = words(&shown(two.path(), format));
        for said in [
            "the Board of Directors on November 20, 2012",
            "The undersigned Inspectors of Elections, duly appointed, ascertained",
            "and certify the results above",
            "We, the inspectors of elections, swear to execute faithfully the duties of inspector at this meeting \
             with strict impartiality and according to the best of our ability (8 Del. C. § 231(a)).",
        ] {
            assert!(two.contains(said), "{format}: {said}\n{two}");
        }
        assert!(two.find("OATH.").unwrap() < two.find("The undersigned").unwrap(), "the oath is above");
    }
    let other_law = folder(|meeting| {
        meeting["oath"] = json!(true);
        meeting["rules"] = json!({ "law": "model_act" });
    });
    let other_law = words(&shown(other_law.path(), "text"));
    assert!(other_law.contains("according to the best of such inspector's ability."), "{other_law}");
    assert!(!other_law.contains("Del. C."), "{other_law}");
}

/// C3 came at half past twelve, after the polls had closed: told in the paper's own dates, and in data in ISO 8601.
#[test]
fn stories_of_cards_are_dated_as_the_meeting_says_and_data_stays_iso() {
    let late = |dates: &str| {
        let folder = folder(|meeting| meeting["dates"] = json!(dates));
        let cards = format!("{CARDS}C3,3,2012-12-05T12:30,FOR,FOR\n");
        std::fs::write(folder.path().join("cards.csv"), cards).unwrap();
        folder
    };
    let (us, iso) = (late("us"), late("iso"));
    let story_us =
        "rejected, received December 5, 2012, 12:30 p.m.: the polls closed December 5, 2012, 12:00 p.m. [";
    let story_iso = "rejected, received 2012-12-05, 12:30: the polls closed 2012-12-05, 12:00 [";
    for format in ["text", "html", "markdown"] {
        let plain = |folder: &tempfile::TempDir| words(&shown(folder.path(), format)).replace('\\', "");
        assert!(plain(&us).contains(story_us), "{format}");
        assert!(plain(&iso).contains(story_iso), "{format}");
    }
    for folder in [&us, &iso] {
        let data: Value = serde_json::from_str(&shown(folder.path(), "json")).unwrap();
        let why = data["exceptions"][0]["why"].as_str().unwrap();
        assert!(why.starts_with(story_iso), "{why}");
        assert!(data["exceptions"][0].get("told").is_none());
        let path = folder.path().to_str().unwrap();
        let explained = quorate(&["explain", path, "--card", "C3", "--format", "json"]);
        assert!(stdout(&explained).contains("received 2012-12-05, 12:30"), "{}", stdout(&explained));
        let out = folder.path().join("out");
        quorate(&["tabulate", path, "--out", out.to_str().unwrap(), "--quiet"]);
        let exceptions = std::fs::read_to_string(out.join("exceptions.csv")).unwrap();
        assert!(exceptions.contains(story_iso), "{exceptions}");
    }
    let path = us.path().to_str().unwrap();
    let explained = words(&stdout(&quorate(&["explain", path, "--card", "C3"])));
    assert!(explained.contains("received December 5, 2012, 12:30 p.m."), "{explained}");
    let as_of = quorate(&["tabulate", path, "--as-of", "2012-11-20T13:05"]);
    assert!(
        words(&stdout(&as_of)).contains("as though the polls had closed at November 20, 2012, 1:05 p.m.;"),
        "{}",
        stdout(&as_of)
    );
    let data = stdout(&quorate(&["tabulate", path, "--as-of", "2012-11-20T13:05", "--format", "json"]));
    assert!(data.contains("as though the polls had closed at 2012-11-20, 13:05;"), "{data}");
}

#[test]
fn dates_are_written_as_the_meeting_says_and_data_stays_iso() {
    let iso = folder(|meeting| meeting["dates"] = json!("iso"));
    let text = shown(iso.path(), "text");
    assert!(text.contains("Polls closed            2012-12-05, 12:00 (America/New_York)"), "{text}");
    assert!(!text.contains("December"), "{text}");
    let data: Value = serde_json::from_str(&shown(folder(|_| {}).path(), "json")).unwrap();
    assert_eq!(data["meeting"]["date"], "2012-12-05");
    assert_eq!(data["meeting"]["dates"], "us");
}

#[test]
fn an_advisory_vote_says_so_and_another_does_not() {
    let folder = folder(|meeting| meeting["items"][0]["advisory"] = json!(true));
    let text = shown(folder.path(), "text");
    assert!(text.contains("RESULT: APPROVED on an advisory basis."), "{text}");
    assert!(text.contains("351  approved on an advisory basis"), "{text}");
    let plain = shown(self::folder(|_| {}).path(), "text");
    assert!(!plain.contains("advisory"), "{plain}");
}

/// A plurality form offers FOR and WITHHOLD (SEC Rule 14a-4(b)(2)): what it does not offer is a column only where
/// somebody marked it.
#[test]
fn columns_that_the_form_does_not_offer_are_left_out_while_they_are_zero() {
    let text = shown(folder(|_| {}).path(), "text");
    assert!(text.contains("  Nominee  For  Withheld  Broker non-votes\n"), "{text}");
    assert!(text.contains("         For  Against  Abstain  Broker non-votes\n"), "{text}");
    let asked = folder(|meeting| {
        meeting["items"][1]["options"] = json!(["for", "against", "abstain"]);
        meeting["items"][0]["options"] = json!(["for", "withhold"]);
    });
    let text = shown(asked.path(), "text");
    assert!(text.contains("  Nominee  For  Against  Abstain  Broker non-votes\n"), "{text}");
    // 300 stand against although the form of item 1 does not offer it.
    assert!(text.contains("         For  Against  Withheld  Broker non-votes\n"), "{text}");
}

/// What is needed of several tests: 2/3 of the 700 votes cast are 467, a majority of the 1,000 outstanding 501.
#[test]
fn what_is_needed_is_the_whole_standard() {
    let needed = |standard: Value| {
        let folder = folder(|meeting| meeting["items"][0]["standard"] = standard.clone());
        let text = shown(folder.path(), "text");
        let row = text.lines().find(|line| line.starts_with("1. Plan")).unwrap();
        row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).nth(3).unwrap().to_owned()
    };
    let two_thirds = json!({ "at_least": "2/3", "of": "votes_cast" });
    let majority = json!({ "more_than": "1/2", "of": "outstanding" });
    let heads = json!({ "more_than": "1/2", "of": "votes_cast", "counting": "holders" });
    assert_eq!(needed(json!({ "all_of": [two_thirds, majority] })), "501");
    assert_eq!(needed(json!({ "any_of": [two_thirds, majority] })), "467");
    // Of the two holders on a side, two are more than one half.
    assert_eq!(needed(json!({ "all_of": [two_thirds, heads] })), "467 and 2 holders");
    assert_eq!(needed(json!({ "any_of": [two_thirds, heads] })), "2 holders or 467");
}

// ---- Trials

#[test]
fn a_trial_says_so_on_every_document() {
    let folder = folder(|meeting| meeting["mode"] = json!("test"));
    for format in ["text", "html", "markdown"] {
        assert!(
            shown(folder.path(), format).contains("TEST - A TRIAL, NOT THE RESULT OF A MEETING"),
            "{format}"
        );
    }
}

// ---- Filings

/// As filings print them: for, against or withheld, abstentions, broker non-votes; no markup in plain text.
#[test]
fn item_507_is_there_to_paste() {
    let folder = folder(|meeting| meeting["company"] = json!("Smith & Sons <Ltd>"));
    let text = shown(folder.path(), "item507-text");
    for said in [
        "Smith & Sons <Ltd> (the \"Company\") held its Annual Meeting.",
        "       For  Against  Abstentions  Broker Non-Votes\nVotes  400      300            0                 0\n",
        "The proposal was approved.",
        "Nominee  For  Withheld  Broker Non-Votes\nAda      700         0                 0\n",
        "Elected: Ada.",
        "Due Tuesday, December 11, 2012",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(!text.contains("&amp;") && !text.contains("**") && !text.contains('|'), "{text}");
    let page = shown(folder.path(), "item507-html");
    assert!(
        page.contains("Smith &amp; Sons &lt;Ltd&gt;")
            && page.contains("<th scope=\"col\">Broker Non-Votes</th>")
    );
    let markdown = shown(folder.path(), "item507");
    assert!(markdown.contains("Smith &amp; Sons &lt;Ltd&gt;"), "{markdown}");
}

/// 400 of 700 are 57.14 %, 300 are 42.86 %; 700 of 1,000 are 70 %.
#[test]
fn the_table_of_the_united_kingdom_has_its_percentages() {
    let text = words(&shown(folder(|_| {}).path(), "rns"));
    assert!(text.contains("1 Plan 400 57.14% 300 42.86% 700 70.00% 0 "), "{text}");
    assert!(text.contains("2.1 To elect Ada 700 100.00% 0 0.00% 700 70.00% 0 "), "{text}");
    assert!(text.contains("A vote withheld is not a vote in law"), "{text}");
}

/// Ann's 400 are directed; Bob's card says nothing on the plan and is voted as the form says; Carol's ballot of 300
/// is in the poll alone.
#[test]
fn the_table_of_australia_tells_directed_proxies_from_discretion() {
    let mut meeting = meeting();
    meeting["proxy_forms"][0]["unmarked"] = json!({ "1": "against" });
    let cards = "card,account,received,kind,medium,1,2\nC1,1,2012-11-20,,,FOR,FOR\nC2,2,2012-11-21,,,,WITHHOLD\n\
                 C3,3,2012-12-05T10:00,ballot,in_person,FOR,\n";
    let folder = folder_of(&[
        ("meeting.json", &meeting.to_string()),
        ("register.csv", REGISTER),
        ("cards.csv", cards),
    ]);
    let text = words(&shown(folder.path(), "asx"));
    // 400 of 700 and 300 of 700; on the poll 700 of 1,000 for.
    assert!(text.contains("1 Plan 400 (57.14%) 0 (0.00%) 300 (42.86%) 0 "), "{text}");
    assert!(text.contains("1 Plan 700 (70.00%) 300 (30.00%) 0 Carried"), "{text}");
    assert!(text.contains("2.1 Election of Ada 400 (100.00%) 0 (0.00%) 0 (0.00%) 300 "), "{text}");
}

#[test]
fn the_message_of_iso_20022_says_what_it_has_no_element_for() {
    let folder = folder(|meeting| meeting["company"] = json!("Smith & Sons"));
    let output = quorate(&["tabulate", folder.path().to_str().unwrap(), "--format", "seev008"]);
    let xml: String = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:seev.008.001.10\"> <MtgRsltDssmntn>",
        "<MtgDtAndTm>2012-12-05T12:00:00",
        "<Nm>Smith &amp; Sons</Nm>",
        "<IssrLabl>1</IssrLabl> <Desc> <Lang>en</Lang> <Titl>Plan</Titl> </Desc> <RsltnSts>ACPT</RsltnSts> \
         <For> <Unit>400</Unit> </For> <Agnst> <Unit>300</Unit> </Agnst> <Abstn> <Unit>0</Unit> </Abstn>",
        "<IssrLabl>2.a</IssrLabl>",
        "<TtlNbOfVtngRghts>1000</TtlNbOfVtngRghts> <PctgOfVtngRghts>70.00</PctgOfVtngRghts>",
    ] {
        assert!(xml.contains(said), "{said}\n{xml}");
    }
    assert!(stderr(&output).contains("note: seev.008 leaves out the quorum"), "{}", stderr(&output));
    // A tie has no status: of two items one is left.
    let cards = "card,account,received,1,2\nC1,1,2012-11-20,FOR,FOR\nC2,2,2012-11-21,AGAINST,FOR\n\
                 C3,3,2012-11-21,,FOR\n";
    let mut tied = meeting();
    tied["items"][1]["nominees"] = json!([{ "id": "a", "name": "Ada" }, { "id": "b", "name": "Ben" }]);
    let tied = folder_of(&[
        ("meeting.json", &tied.to_string()),
        ("register.csv", REGISTER),
        ("cards.csv", &cards.replace(",FOR\n", ",\n")),
    ]);
    let output = quorate(&["tabulate", tied.path().to_str().unwrap(), "--format", "seev008"]);
    assert!(!stdout(&output).contains("2.a") || stdout(&output).contains("REJT"), "{}", stdout(&output));
}

// ---- Tables

/// Six columns of thirteen digits do not fit eighty columns side by side: they stand below each other, and every row
/// keeps its name.
#[test]
fn a_table_too_wide_for_the_terminal_stays_a_table() {
    let mut meeting = meeting();
    meeting["classes"][0]["outstanding"] = json!("10000000000");
    meeting["items"][1]["options"] = json!(["for", "against", "abstain", "withhold"]);
    meeting["items"][1]["nominees"] = json!([{ "id": "a", "name": "Ada" }, { "id": "b", "name": "Ben" }]);
    let register = "account,name,shares\n1,Ann,4000000000\n2,Bob,3000000000\n3,Carol,3000000000\n";
    let cards = "card,account,received,2.a,2.b\nC1,1,2012-11-20,FOR,AGAINST\nC2,2,2012-11-21,AGAINST,ABSTAIN\n\
                 C3,3,2012-11-21,WITHHOLD,NONVOTE\n";
    let folder = folder_of(&[
        ("meeting.json", &meeting.to_string()),
        ("register.csv", register),
        ("cards.csv", cards),
    ]);
    let loaded = quorate::load::load(folder.path(), &quorate::load::Overrides::default()).unwrap();
    let tabulation = quorate::tabulate::Tabulation::of(loaded, None).unwrap();
    let certificate = quorate::certify::certify(&tabulation, None);
    let text = quorate::render::text::render_within(&certificate, 80);
    let at = text.find("ITEM 2").unwrap();
    let item = &text[at..];
    assert!(item.contains("  Ada      4,000,000,000  3,000,000,000"), "{item}");
    assert!(!item.contains("Ada: For"), "no prose: {item}");
    assert!(item.matches("\n  Ben ").count() >= 2, "each part names its rows: {item}");
}

// ---- Workbook

#[cfg(feature = "xlsx")]
mod workbook {
    use std::fs;

    use calamine::{Data, Reader, Xlsx, open_workbook};

    use super::*;

    fn sheet(file: &Path, name: &str) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = open_workbook(file).unwrap();
        book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    fn written(folder: &Path, file: &Path, more: &[&str]) -> std::process::Output {
        let workbook = file.to_str().unwrap();
        quorate(&[&["tabulate", "--quiet", folder.to_str().unwrap(), "--workbook", workbook], more].concat())
    }

    /// Accounts with leading zeros, a formula for a name, more digits than a spreadsheet keeps.
    fn exact() -> tempfile::TempDir {
        let mut meeting = meeting();
        meeting["classes"][0]["outstanding"] = json!("1000000000000.000001");
        let register = "account,name,shares\n0017,Ann,1000000000000.000001\n";
        let cards =
            "card,account,received,1,2\n=1+1,0017,2012-11-20,FOR,FOR\n000,0017,2012-11-19,AGAINST,FOR\n";
        folder_of(&[("meeting.json", &meeting.to_string()), ("register.csv", register), ("cards.csv", cards)])
    }

    #[test]
    fn it_holds_every_sheet_with_accounts_as_text_and_exact_numbers() {
        let (folder, out) = (exact(), tempfile::tempdir().unwrap());
        let file = out.path().join("results.xlsx");
        assert_eq!(written(folder.path(), &file, &[]).status.code(), Some(0));
        let book: Xlsx<_> = open_workbook(&file).unwrap();
        assert_eq!(
            book.sheet_names(),
            ["Results", "Figures", "Item 1", "Item 2", "Dispositions", "Exceptions", "Ledger"]
        );
        let ledger = sheet(&file, "Ledger");
        let column = |name: &str| ledger[0].iter().position(|head| head == name).unwrap();
        assert_eq!(ledger.len(), 3);
        assert_eq!(ledger[1][column("card")], Data::String("=1+1".to_owned()), "a text, not a formula");
        assert_eq!(ledger[1][column("account")], Data::String("0017".to_owned()));
        // Nineteen digits: a spreadsheet would keep fifteen.
        assert_eq!(ledger[1][column("shares_counted")], Data::String("1000000000000.000001".to_owned()));
        assert_eq!(sheet(&file, "Exceptions").len(), 2);
        let results = sheet(&file, "Results");
        assert!(results.iter().any(|row| row[0] == Data::String("1. Plan".to_owned())), "{results:?}");
    }

    #[test]
    fn a_number_that_a_spreadsheet_keeps_is_a_number() {
        let (folder, out) = (folder(|_| {}), tempfile::tempdir().unwrap());
        let file = out.path().join("results.xlsx");
        assert_eq!(written(folder.path(), &file, &[]).status.code(), Some(0));
        let results = sheet(&file, "Results");
        let row = results.iter().find(|row| row[0] == Data::String("1. Plan".to_owned())).unwrap();
        assert_eq!(row[1..4], [Data::Float(400.0), Data::Float(300.0), Data::Float(351.0)]);
    }

    #[test]
    fn the_same_results_give_the_same_bytes() {
        let (folder, out) = (exact(), tempfile::tempdir().unwrap());
        let files = [out.path().join("a.xlsx"), out.path().join("b.xlsx")];
        for file in &files {
            assert_eq!(written(folder.path(), file, &[]).status.code(), Some(0));
        }
        assert_eq!(fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
        let again = written(folder.path(), &files[0], &[]);
        assert_eq!(again.status.code(), Some(1), "never over a file that is there");
        let other = written(folder.path(), &out.path().join("results.ods"), &[]);
        assert_eq!(other.status.code(), Some(2), "{}", stderr(&other));
    }

    /// Among the documents it is one of them: listed, made again, and told when it is changed.
    #[test]
    fn beside_the_documents_it_is_verified_with_them() {
        let (folder, out) = (exact(), tempfile::tempdir().unwrap());
        let (set, file) = (out.path().join("set"), out.path().join("set/results.xlsx"));
        let output = written(folder.path(), &file, &["--out", set.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(fs::read_to_string(set.join("SHA256SUMS")).unwrap().contains("  results.xlsx\n"));
        let verify = || quorate(&["verify", set.to_str().unwrap(), folder.path().to_str().unwrap()]);
        assert_eq!(verify().status.code(), Some(0), "{}", stdout(&verify()));
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, &bytes).unwrap();
        let changed = verify();
        assert_eq!(changed.status.code(), Some(4));
        assert!(stdout(&changed).contains("results.xlsx is changed"), "{}", stdout(&changed));
        fs::remove_file(&file).unwrap();
        assert!(stdout(&verify()).contains("results.xlsx is missing"));
        fs::write(set.join("other.xlsx"), "x").unwrap();
        assert!(stdout(&verify()).contains("other.xlsx is foreign"));
    }

    #[test]
    fn a_public_one_has_no_cards() {
        let (folder, out) = (exact(), tempfile::tempdir().unwrap());
        let file = out.path().join("public.xlsx");
        assert_eq!(written(folder.path(), &file, &["--public"]).status.code(), Some(0));
        let book: Xlsx<_> = open_workbook(&file).unwrap();
        assert_eq!(book.sheet_names(), ["Results", "Figures", "Item 1", "Item 2", "Dispositions"]);
    }

    #[test]
    fn an_input_is_never_overwritten() {
        let folder = folder(|_| {});
        let list = folder.path().join("list.xlsx");
        fs::copy(folder.path().join("register.csv"), &list).unwrap();
        let output =
            written(folder.path(), &list, &["--register", list.to_str().unwrap(), "--out", "x", "--force"]);
        assert_ne!(output.status.code(), Some(0));
        assert_eq!(fs::read_to_string(&list).unwrap(), REGISTER);
    }
}

/// A public batch: no account, holder or card in any of its documents.
#[test]
fn a_public_batch_names_nobody() {
    let (folder, out) = (folder(|_| {}), tempfile::tempdir().unwrap());
    let to = out.path().join("night");
    let run = |more: &[&str]| {
        quorate(&[&["batch", folder.path().to_str().unwrap(), "--out", to.to_str().unwrap()], more].concat())
    };
    assert_eq!(run(&["--public"]).status.code(), Some(0));
    let name = folder.path().file_name().unwrap().to_owned();
    let mut names: Vec<String> = std::fs::read_dir(to.join(&name))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["SHA256SUMS", "certificate.html", "certificate.json", "certificate.txt", "item507.md", "run.json"]
    );
    assert_eq!(run(&["--public"]).status.code(), Some(0), "again, with nothing changed");
    assert_eq!(run(&[]).status.code(), Some(0));
    // What tells of single cards would lie beside the public copy.
    assert_eq!(run(&["--public"]).status.code(), Some(1));
}

// ---- What to do about it

/// What each mistaken name of a meeting is told.
#[test]
fn a_mistaken_path_is_told_what_to_type() {
    let office = tempfile::tempdir().unwrap();
    let root = office.path();
    std::fs::create_dir_all(root.join("m")).unwrap();
    for (name, text) in
        [("meeting.json", meeting().to_string().as_str()), ("register.csv", REGISTER), ("cards.csv", CARDS)]
    {
        std::fs::write(root.join("m").join(name), text).unwrap();
    }
    let run = |args: &[&str]| {
        let program = env!("CARGO_BIN_EXE_quorate");
        let output = std::process::Command::new(program).args(args).current_dir(root).output().unwrap();
        (output.status.code(), stderr(&output))
    };
    assert_eq!(run(&["tabulate", "m", "--out", "results", "-q"]).0, Some(0));
    for (args, says) in [
        (&["check", "m/cards.csv"][..], "is a file of a meeting; name the meeting's folder instead: `m`"),
        (&["check", "."][..], "did you mean `./m`?"),
        (&["check", "n"][..], "did you mean `m`?"),
        (&["tabulate", "results"][..], "this folder holds results: name the folder of the meeting"),
        (
            &["verify", "results"][..],
            "no meeting is named, and none lies here: `quorate verify` `results` `MEETING`",
        ),
        (&["verify", "m", "m"][..], "name a certificate.json, or the folder that `tabulate --out` wrote"),
    ] {
        let (code, said) = run(args);
        assert_eq!(code, Some(1), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
    // An ending too many on a file that need not be there is a warning.
    std::fs::rename(root.join("m/cards.csv"), root.join("m/cards.csv.csv")).unwrap();
    let (_, said) = run(&["tabulate", "m"]);
    assert!(said.contains("cards.csv.csv was not read; is it cards.csv?"), "{said}");
}

/// In a trial test cards are cards; the number decides, not the case of its letters.
#[test]
fn test_cards_are_refused_where_the_meeting_is_held() {
    for (mode, code) in [("live", 1), ("test", 0)] {
        let mut meeting = meeting();
        meeting["mode"] = json!(mode);
        let cards = CARDS.replace("C2,", "Test-2,");
        let folder = folder_of(&[
            ("meeting.json", &meeting.to_string()),
            ("register.csv", REGISTER),
            ("cards.csv", &cards),
        ]);
        let output = quorate(&["tabulate", folder.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let is_told = stderr(&output).contains("cards.csv:3: card: `Test-2` is the number of a test card");
        assert_eq!(is_told, mode == "live", "{}", stderr(&output));
    }
}

/// First whether an outcome differs, in words; then figures by name.
#[test]
fn compare_says_first_whether_an_outcome_differs() {
    let (before, after) = (folder(|_| {}), folder(|_| {}));
    // Bob's 300 for, Ann's 400 against: 300 of 700.
    std::fs::write(
        after.path().join("cards.csv"),
        "card,account,received,1,2\nC1,1,2012-11-20,AGAINST,FOR\nC2,2,2012-11-21,FOR,FOR\n",
    )
    .unwrap();
    let shown = |other: &Path| {
        let output = quorate(&["compare", before.path().to_str().unwrap(), other.to_str().unwrap()]);
        stdout(&output).lines().skip(3).collect::<Vec<_>>().join("\n")
    };
    let text = shown(after.path());
    let first =
        "1 OUTCOME differs:\n      item \"1\" (Plan): approved -> not approved\n\nFigures that differ: ";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("  item \"1\" (Plan): for: 400 -> 300 (-100)"), "{text}");
    assert!(shown(folder(|_| {}).path()).starts_with("No figure and no card differs."));
    // A nominee is named, and told apart by what the notice says.
    let named = folder(|meeting| {
        meeting["items"][1]["nominees"][0]["incumbent"] = json!(true);
        meeting["items"][1]["nominees"][0]["term"] = json!("Class III, until 2015");
    });
    let text = self::shown(named.path(), "text");
    assert!(text.contains("Ada (incumbent; Class III, until 2015)  700"), "{text}");
}
