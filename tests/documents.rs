//! The documents made of a certificate beside its JSON: HTML, Markdown, CSV, the filings and the interim
//! count. Figures worked out by hand; names that would be markup; the edges of dates and widths.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use quorate::certify::{Certificate, certify};
use quorate::load::{Overrides, load};
use quorate::render::filing::Form;
use quorate::render::{csv, filing, html, json, markdown, text};
use quorate::tabulate::Tabulation;
use quorate::time::Moment;
use serde_json::Value;
use support::{fixtures, folder_of, quorate, stdout};
use unicode_width::UnicodeWidthStr as _;

fn certificate(folder: &Path, as_of: Option<&str>) -> Certificate {
    let loaded = load(folder, &Overrides::default()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let as_of = as_of.map(|text| Moment::parse(text, &loaded.meeting.zone).unwrap());
    let tabulation = Tabulation::of(loaded, as_of).unwrap();
    let digest = quorate::audit::ledger::write(&tabulation, std::io::sink()).unwrap();
    certify(&tabulation, Some(digest))
}

fn fixture(name: &str) -> Certificate {
    certificate(&fixtures().join(name), None)
}

/// Every meeting of the fixtures.
fn meetings() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [fixtures(), fixtures().join("published")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        found.extend(entries.filter(|path| path.join("meeting.json").is_file()));
    }
    found.sort();
    found
}

const REGISTER: &str = "account,name,shares\n1,Ann,200\n2,Bob,180\n3,Carol,120\n4,Dan,500\n";

/// 1,000 shares. By 20 November 200 are present by mail and 100 by the Internet; later 180 by mail, and
/// 120 in the room.
fn interim_meeting() -> tempfile::TempDir {
    let meeting = r#"{
      "company": "Example Corporation", "title": "Annual Meeting", "date": "2012-12-05",
      "time_zone": "America/Los_Angeles", "record_date": "2012-11-01", "polls_close": "2012-12-05T11:00",
      "classes": [{ "id": "common", "name": "Common Stock", "outstanding": "1000" }],
      "quorum": { "more_than": "1/2" },
      "proxy_forms": [{ "id": "board", "ballot_cast": "2012-12-05T10:40" }],
      "items": [
        { "id": "1", "kind": "election", "title": "Directors", "seats": 2, "nominees": [
          { "id": "a", "name": "Ada" }, { "id": "b", "name": "Ben" }, { "id": "c", "name": "Cleo" }] },
        { "id": "2", "kind": "proposal", "title": "Plan", "standard": "majority_of_votes_cast" },
        { "id": "3", "kind": "proposal", "title": "Bylaws", "standard": "majority_voting_and_majority_of_quorum" },
        { "id": "4", "kind": "proposal", "title": "Merger", "standard": "majority_of_outstanding" },
        { "id": "5", "kind": "proposal", "title": "Auditor", "standard": "majority_of_votes_cast" }
      ]
    }"#;
    let cards = "card,account,received,kind,medium,shares,1.a,1.b,1.c,2,3,4,5\n\
        C1,1,2012-11-18,,mail,,FOR,FOR,,AGAINST,AGAINST,FOR,FOR\n\
        C2,4,2012-11-19,,internet,100,FOR,,FOR,FOR,FOR,FOR,AGAINST\n\
        C3,2,2012-11-21,,mail,,FOR,,FOR,FOR,FOR,FOR,FOR\n\
        C4,3,2012-12-05T10:00,ballot,in_person,,FOR,FOR,,AGAINST,AGAINST,AGAINST,FOR\n";
    folder_of(&[("meeting.json", meeting), ("register.csv", REGISTER), ("cards.csv", cards)])
}

// ---- Widths

#[test]
fn a_certificate_fits_every_width_from_60_to_110_columns() {
    let mut wide = Vec::new();
    for folder in meetings() {
        let certificate = certificate(&folder, None);
        assert_eq!(text::render(&certificate), text::render_within(&certificate, 100));
        for columns in [60, 61, 67, 68, 79, 80, 99, 110] {
            for line in
                text::render_within(&certificate, columns).lines().filter(|line| line.width() > columns)
            {
                wide.push(format!("{} at {columns}: {line}", folder.display()));
            }
        }
    }
    assert!(wide.is_empty(), "{} lines are too wide:\n{}", wide.len(), wide.join("\n"));
}

#[test]
fn narrower_and_wider_terminals_get_the_limits() {
    let certificate = fixture("point360");
    assert_eq!(text::render_within(&certificate, 20), text::render_within(&certificate, 60));
    assert_eq!(text::render_within(&certificate, 500), text::render_within(&certificate, 110));
    assert_ne!(text::render_within(&certificate, 60), text::render_within(&certificate, 61));
}

/// On a pipe and in a file the certificate has the same bytes whatever the terminal says.
#[test]
fn columns_change_nothing_but_a_terminal() {
    let folder = fixtures().join("plurality_one_vote_elects");
    let run = |columns: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        stdout(&command.arg("tabulate").arg(&folder).env("COLUMNS", columns).output().unwrap())
    };
    assert_eq!(run("60"), run("110"));
    assert_eq!(run("60"), text::render(&fixture("plurality_one_vote_elects")));
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_gets_the_width_that_it_has() {
    let folder = fixtures().join("plurality_one_vote_elects");
    let line = format!("'{}' tabulate '{}' --color never", env!("CARGO_BIN_EXE_quorate"), folder.display());
    let mut command = Command::new("script");
    command
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .env("COLUMNS", "60")
        .stdin(std::process::Stdio::null());
    // `script` makes a terminal; where it is not installed there is none to look at.
    let Ok(output) = command.output() else { return };
    let shown = stdout(&output).replace("\r\n", "\n");
    assert_eq!(shown, text::render_within(&fixture("plurality_one_vote_elects"), 60));
}

// ---- HTML

/// The tags of a page in order, comments and the style's content left out: name, whether it closes, whole.
fn tags(page: &str) -> Vec<(String, bool, String)> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        let close = open + rest[open..].find('>').expect("a tag is closed");
        let whole = &rest[open + 1..close];
        let name = whole.trim_start_matches('/').split([' ', '/']).next().unwrap().to_lowercase();
        tags.push((name, whole.starts_with('/'), whole.to_owned()));
        rest = &rest[close + 1..];
    }
    tags
}

/// What is wrong with a page: tags that do not pair, a heading left out, a table or picture that a screen
/// reader cannot tell, anything that runs or is loaded.
fn faults_of_page(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut level = 0;
    let mut ids = std::collections::BTreeSet::new();
    for (name, closes, whole) in tags(page) {
        let attribute = |key: &str| {
            whole
                .split_once(&format!(" {key}=\""))
                .map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
        };
        let is_void = matches!(name.as_str(), "!doctype" | "meta") || whole.ends_with('/');
        if closes {
            if open.pop().as_deref() != Some(&name) {
                faults.push(format!("</{name}> closes nothing"));
            }
            continue;
        }
        if let Some(heading) = name.strip_prefix('h').and_then(|digit| digit.parse::<u8>().ok()) {
            if heading > level + 1 {
                faults.push(format!("h{heading} follows h{level}"));
            }
            level = heading;
        }
        let asks = match name.as_str() {
            "html" => Some("lang"),
            "th" => Some("scope"),
            "svg" if attribute("aria-hidden").is_none() => Some("aria-label"),
            "section" => Some("aria-labelledby"),
            _ => None,
        };
        if asks.is_some_and(|key| attribute(key).is_none_or(|value| value.is_empty())) {
            faults.push(format!("<{whole}> lacks {asks:?}"));
        }
        if attribute("id").is_some_and(|id| !ids.insert(id)) {
            faults.push(format!("<{whole}> has the id of another"));
        }
        let is_allowed = matches!(
            name.as_str(),
            "!doctype"
                | "html"
                | "head"
                | "meta"
                | "title"
                | "style"
                | "body"
                | "svg"
                | "defs"
                | "pattern"
                | "rect"
                | "path"
                | "header"
                | "main"
                | "section"
                | "div"
                | "span"
                | "strong"
                | "p"
                | "h1"
                | "h2"
                | "h3"
                | "bdi"
                | "dl"
                | "dt"
                | "dd"
                | "ul"
                | "li"
                | "figure"
                | "figcaption"
                | "table"
                | "caption"
                | "thead"
                | "tbody"
                | "tr"
                | "th"
                | "td"
        );
        let is_active = [" on", " src=", " href=", " style="].iter().any(|start| {
            whole.to_lowercase().replace('\n', " ").split('"').step_by(2).any(|part| part.contains(start))
        });
        if !is_allowed || is_active {
            faults.push(format!("<{whole}> does not belong on the page"));
        }
        if !is_void {
            open.push(name);
        }
    }
    if !open.is_empty() {
        faults.push(format!("not closed: {open:?}"));
    }
    let captions = page.matches("<caption>").count();
    if captions != page.matches("<table>").count() {
        faults.push(format!("{captions} captions"));
    }
    for word in ["@import", "http-equiv=\"refresh\"", "url(http", "url(\"", "javascript:"] {
        if page.contains(word) {
            faults.push(format!("{word} stands on the page"));
        }
    }
    if page.matches("<h1>").count() != 1 || page.matches("<main>").count() != 1 {
        faults.push("not one h1 and one main".to_owned());
    }
    faults
}

/// The text of a page, as it is read, without the style.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page.split_once("</style>").unwrap().1;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(if after.starts_with("bdi") || after.starts_with("/bdi") { '\u{0}' } else { '\n' });
        rest = after.split_once('>').unwrap().1;
    }
    let text = text.replace('\u{0}', "");
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (written, meant)| text.replace(written, meant))
}

#[test]
fn every_page_is_well_formed_and_loads_nothing() {
    let mut faults = Vec::new();
    for folder in meetings() {
        let page = html::render(&certificate(&folder, None));
        faults
            .extend(faults_of_page(&page).into_iter().map(|fault| format!("{}: {fault}", folder.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_checks_of_a_page_find_what_they_look_for() {
    let page = html::render(&fixture("point360"));
    assert_eq!(faults_of_page(&page), Vec::<String>::new());
    for (from, to) in [
        ("</table>", ""),
        ("<h2 id=\"s1\">", "<h3 id=\"s1\">"),
        ("<main>", "<main><script>alert(1)</script>"),
        ("<main>", "<main><img src=\"http://x\">"),
        ("<p class=\"company\">", "<p onclick=\"x\">"),
        (" scope=\"row\"", ""),
        (" lang=\"en\"", ""),
        ("id=\"s2\"", "id=\"s1\""),
    ] {
        assert!(page.contains(from), "{from}");
        assert_ne!(faults_of_page(&page.replacen(from, to, 1)), Vec::<String>::new(), "{from} -> {to}");
    }
}

/// Every sentence of the text certificate stands on the page, whatever its layout.
#[test]
fn the_page_says_what_the_signed_text_says() {
    for folder in meetings() {
        let certificate = certificate(&folder, None);
        let page = text_of(&html::render(&certificate)).split_whitespace().collect::<Vec<_>>().join(" ");
        let signed = json::render(&certificate);
        let data: Value = serde_json::from_str(&signed).unwrap();
        let mut figures = vec![data["quorum"]["present"].clone(), data["quorum"]["required"].clone()];
        for item in data["items"].as_array().unwrap() {
            let lines = ["for", "against", "abstain", "withheld", "broker_non_votes", "not_voted"];
            let nominees = item["nominees"].as_array().into_iter().flatten();
            for of in [item].into_iter().chain(nominees) {
                figures.extend(lines.iter().map(|line| of[*line].clone()));
                let tests = of["tests"].as_array().into_iter().flatten();
                figures.extend(tests.flat_map(|test| [test["base"].clone(), test["needed"].clone()]));
            }
        }
        for input in data["inputs"].as_array().unwrap() {
            assert!(page.contains(input["sha256"].as_str().unwrap()), "{}: a digest", folder.display());
        }
        for figure in figures.iter().filter_map(Value::as_str) {
            let shown = quorate::text::thousands(figure);
            assert!(page.contains(&shown), "{}: {shown}", folder.display());
        }
        for rule in &certificate.rules_applied {
            assert!(page.contains(rule.sentence), "{}: {}", folder.display(), rule.id);
        }
        for exception in &certificate.exceptions {
            let why =
                quorate::text::visible(&exception.told).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains(&why), "{}: {why}", folder.display());
        }
    }
}

#[test]
fn bars_are_drawn_in_whole_permille() {
    // 5,912,173 of 9,014,232 is 655.87 permille, 4,507,117 is 500.00006.
    let page = html::render(&fixture("point360"));
    assert!(
        page.contains("<rect class=\"have\" y=\"3\" width=\"655\" height=\"18\"></rect>"),
        "the quorum's bar"
    );
    assert!(page.contains("<path class=\"mark\" d=\"M500 0V24\"></path>"), "the quorum's mark");
    // Item 2: 5,471,897 for, of all 5,912,173 present, is 925.53; 2,899,584 needed is 490.44. Next to it stand 327,270
    // against, to 5,799,167 or 980.89.
    assert!(
        page.contains("<rect class=\"for\" x=\"0\" y=\"3\" width=\"925\" height=\"18\"></rect>"),
        "item 2's for"
    );
    assert!(page.contains("<rect class=\"against\" x=\"925\" y=\"3\" width=\"55\" height=\"18\"></rect>"));
    assert!(page.contains("<path class=\"mark\" d=\"M490 0V24\"></path>"), "what item 2 needed");
}

#[test]
fn a_preliminary_page_says_so_everywhere() {
    let folder = interim_meeting();
    let page = html::render(&certificate(folder.path(), Some("2012-11-20")));
    assert_eq!(faults_of_page(&page), Vec::<String>::new());
    let text = text_of(&page);
    for words in [
        "PRELIMINARY REPORT OF THE INSPECTOR OF ELECTIONS",
        "PRELIMINARY - NOT CERTIFIED. The following is open:",
        "PRELIMINARY - not to be signed while the matters named above are open.",
        "(preliminary)",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(page.contains("@top-center { content: \"PRELIMINARY - NOT CERTIFIED\""), "on every printed page");
    let held = text_of(&html::render(&certificate(folder.path(), None)));
    assert!(
        !held.contains("PRELIMINARY") && held.contains("The undersigned Inspector of Elections"),
        "{held}"
    );
}

const HOSTILE: &str = "<script>alert(1)</script>";
const RIGHT_TO_LEFT: &str = "שרה כהן";

/// A meeting with a name in every place that takes one.
fn meeting_named(name: &str) -> tempfile::TempDir {
    let quoted = serde_json::to_string(name).unwrap();
    let meeting = serde_json::json!({
        "company": name, "title": name, "date": "2012-12-05", "place": name,
        "time_zone": "America/Los_Angeles", "record_date": "2012-11-01", "polls_close": "2012-12-05T11:00",
        "inspectors": [name],
        "classes": [{ "id": "common", "name": name, "outstanding": "1000" }],
        "quorum": { "at_least": "1/2" },
        "proxy_forms": [{ "id": "board", "holders": [name], "ballot_cast": "2012-12-05T10:40" }],
        "items": [
            { "id": "1", "kind": "election", "title": name, "seats": 1, "standard": "majority_of_votes_cast",
              "nominees": [{ "id": "a", "name": name }] },
            { "id": "2", "kind": "proposal", "title": name, "standard": "majority_of_votes_cast" },
            { "id": "3", "kind": "frequency", "title": name,
              "choices": [{ "id": "x", "name": name }, { "id": "y", "name": "Other" }] },
        ],
    });
    assert!(meeting.to_string().contains(&quoted));
    let field = format!("\"{}\"", name.replace('"', "\"\""));
    let cards = format!(
        "card,account,received,signed,1.a,2,3\nC1,1,2012-11-18,yes,FOR,FOR,x\n{field},4,2012-11-19,yes,FOR,FOR,x\n\
         C3,2,2012-11-20,no,FOR,FOR,x\n"
    );
    let register = REGISTER.replace("Ann", &field);
    let rulings = format!("card,ruling,reason,by\nC1,reject,{field},{field}\n");
    folder_of(&[
        ("meeting.json", &meeting.to_string()),
        ("register.csv", &register),
        ("cards.csv", &cards),
        ("rulings.csv", &rulings),
    ])
}

#[test]
fn a_name_that_would_be_markup_is_a_name() {
    for name in
        [HOSTILE, RIGHT_TO_LEFT, "\" onload=\"alert(1)", "a|b `c` *d* [e](f)", "--></style>", "\u{202e}cba"]
    {
        let folder = meeting_named(name);
        let certificate = certificate(folder.path(), None);
        let page = html::render(&certificate);
        assert_eq!(faults_of_page(&page), Vec::<String>::new(), "{name}");
        let shown = quorate::text::visible(name);
        assert!(text_of(&page).contains(shown.as_ref()), "{name} is not shown");
        assert!(!page.contains('\u{202e}'));
        for markdown in [markdown::render(&certificate), filing::item507(&certificate, Form::Markdown)] {
            assert!(!markdown.contains('\u{202e}') && !markdown.contains("<s"), "{name}:\n{markdown}");
            assert_tables(&markdown);
        }
    }
    let page = html::render(&certificate(meeting_named(HOSTILE).path(), None));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let page = html::render(&certificate(meeting_named(RIGHT_TO_LEFT).path(), None));
    assert!(page.contains("RESULT: ELECTED: <bdi>שרה כהן</bdi>.</p>"), "a name in a sentence is kept apart");
    assert!(page.contains("<th scope=\"row\"><bdi>שרה כהן</bdi></th>"));
}

// ---- Markdown

/// Every row of every table has as many cells as its head.
fn assert_tables(markdown: &str) {
    let cells = |line: &str| {
        let unescaped = line.replace("\\\\", "").replace("\\|", "");
        unescaped.matches('|').count()
    };
    for block in markdown.split("\n\n").filter(|block| block.starts_with('|')) {
        let counts: Vec<usize> = block.lines().filter(|line| line.starts_with('|')).map(cells).collect();
        assert!(counts.iter().all(|count| *count == counts[0]), "{block}");
        assert!(block.lines().nth(1).unwrap().starts_with("| :---"), "{block}");
    }
}

#[test]
fn markdown_has_the_figures_in_tables() {
    let page = markdown::render(&fixture("point360"));
    for line in [
        "# Point.360: Annual Meeting of Shareholders",
        "- **Required quorum:** 4,507,117 (more than 1/2 of the votes outstanding)",
        "| Haig S. Bagerdjian | 5,768,938 | 1,900 | 2,200 | 93,835 | 21,000 | 24,300 | elected |",
        "| Votes | 5,471,897 | 327,270 | 28,806 | 1,300 | 55,000 | 27,900 |",
        "**RESULT:** APPROVED.",
        "| Cards | 167 | 139 | 3 | 11 | 5 | 9 | 0 |",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    meetings().iter().for_each(|folder| assert_tables(&markdown::render(&certificate(folder, None))));
}

// ---- CSV

fn rows(certificate: &Certificate) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = csv::render(certificate);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn csv_has_a_row_for_each_item_nominee_and_choice() {
    let rows_of = |name: &str| rows(&fixture(name));
    let found = rows_of("point360");
    let kinds: Vec<(&str, &str)> =
        found.iter().map(|row| (row["row"].as_str(), row["id"].as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("item", ""),
            ("nominee", "bagerdjian"),
            ("nominee", "baker"),
            ("nominee", "hutchins"),
            ("nominee", "bell"),
            ("item", "")
        ]
    );
    let bell = &found[4];
    for (column, value) in [
        ("company", "Point.360"),
        ("status", "certified"),
        ("quorum_required", "4507117"),
        ("item", "1"),
        ("seats", "5"),
        ("for", "5725038"),
        ("against", "1900"),
        ("abstain", "2200"),
        ("withheld", "131735"),
        ("broker_non_votes", "21000"),
        ("not_voted", "30300"),
        ("result", "elected"),
        ("rank", "4"),
    ] {
        assert_eq!(bell[column], value, "{column}");
    }
    assert_eq!(found[5]["outcome"], "approved");
    assert!(
        found[5]["tests"]
            .contains("more_than 1/2 of required_quorum: 5471897 of 4507117, 2253559 needed, met")
    );

    let choices = rows_of("frequency_votes");
    let chosen: Vec<(&str, &str, &str)> = choices[1..4]
        .iter()
        .map(|row| (row["row"].as_str(), row["for"].as_str(), row["result"].as_str()))
        .collect();
    assert_eq!(chosen, [("choice", "300", "chosen"), ("choice", "50", ""), ("choice", "280", "")]);
}

#[test]
fn a_cell_that_would_run_as_a_formula_is_neutralised_as_in_the_ledger() {
    let folder = meeting_named("=HYPERLINK(\"http://x\",\"y\")");
    let found = rows(&certificate(folder.path(), None));
    assert_eq!(found[0]["company"], "'=HYPERLINK(\"http://x\",\"y\")");
    assert_eq!(found[1]["name"], "'=HYPERLINK(\"http://x\",\"y\")");
}

// ---- Filings

#[test]
fn item_507_gives_the_form_s_lines_the_quorum_and_the_due_date() {
    // Tuesday 17 May 2011; Monday 23 May is the fourth business day after it.
    let page = filing::item507(&fixture("frequency_votes"), Form::Markdown);
    for words in [
        "1,000 shares of Common Stock (one vote each) were outstanding",
        "Holders of 675, or 67.50%, of these votes were present in person or represented by proxy, which \
         constituted a quorum (501 were required).",
        "|  | One year | Two years | Three years | Abstentions | Broker Non-Votes | Not Voted |",
        "| Votes | 300 | 50 | 280 | 10 | 20 | 15 |",
        "**Due Monday, May 23, 2011**",
        "final voting results",
        "Item 5.07(d)",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("PRELIMINARY"));
    let page = filing::item507(&fixture("published/gbx-2024"), Form::Markdown);
    assert!(page.contains("| Nominee | For | Withheld | Broker Non-Votes |"), "{page}");
    assert!(page.contains("| Patrick J. Ottensmeyer | 25,931,375 | 358,489 | 2,015,803 |"), "{page}");
    // The meeting was on Friday 5 January 2024; no holiday lies before Thursday the 11th.
    assert!(page.contains("**Due Thursday, January 11, 2024**") && !page.contains("Passed over"), "{page}");
}

#[test]
fn preliminary_results_are_filed_as_such_and_amended() {
    let folder = interim_meeting();
    let page = filing::item507(&certificate(folder.path(), Some("2012-11-20")), Form::Markdown);
    for words in [
        "> **PRELIMINARY VOTING RESULTS.** Not certified: 1 matter is open (`as_of`).",
        "the preliminary voting results were:",
        "did not constitute a quorum",
        "an amended report on Form 8-K/A follows within four business days after the final results are known",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

/// A meeting of the interim fixture held on another day.
fn held_on(date: &str, polls_close: &str) -> Certificate {
    let folder = interim_meeting();
    let path = folder.path().join("meeting.json");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("2012-12-05T11:00", polls_close).replace("2012-12-05T10:40", polls_close);
    let text = text.replace("2012-11-01", "2009-12-31").replace("2012-12-05", date);
    fs::write(&path, text).unwrap();
    fs::write(folder.path().join("cards.csv"), "card,account,received,2\nC1,1,2010-01-05,FOR\n").unwrap();
    certificate(folder.path(), None)
}

#[test]
fn each_filing_is_for_the_meetings_of_its_time() {
    // Item 5.07 is for meetings from 28 February 2010 on, a Sunday: Monday is day one, Thursday day four.
    let before = held_on("2010-02-27", "2010-02-27T11:00");
    let after = held_on("2010-02-28", "2010-02-28T11:00");
    assert!(
        filing::item507(&before, Form::Markdown).contains("Does not apply")
            && filing::item507(&before, Form::Markdown).contains("10q-item4")
    );
    assert!(filing::item507(&after, Form::Markdown).contains("**Due Thursday, March 4, 2010**"));
    assert!(!filing::item4(&before).contains("Does not apply"));
    assert!(filing::item4(&after).contains("Does not apply") && filing::item4(&after).contains("item507"));
    // A meeting that went on past midnight ended on the next day.
    let overnight = held_on("2010-02-27", "2010-02-28T00:30");
    assert!(
        filing::item507(&overnight, Form::Markdown)
            .contains("the meeting ended on Sunday, February 28, 2010")
    );
    assert!(!filing::item507(&overnight, Form::Markdown).contains("Does not apply"));
}

#[test]
fn the_due_date_passes_over_holidays_and_names_them() {
    // Wednesday 26 May 2010: Memorial Day, 31 May, lies between; the others are 27, 28 May, 1 and 2 June.
    let page = filing::item507(&held_on("2010-05-26", "2010-05-26T11:00"), Form::Markdown);
    assert!(page.contains("**Due Wednesday, June 2, 2010**"), "{page}");
    assert!(page.contains("Passed over: Memorial Day, May 31, 2010."), "{page}");
    // A day earlier it is due on the day after the holiday; two days earlier before it.
    let page = filing::item507(&held_on("2010-05-25", "2010-05-25T11:00"), Form::Markdown);
    assert!(page.contains("**Due Tuesday, June 1, 2010**"), "{page}");
    let page = filing::item507(&held_on("2010-05-24", "2010-05-24T11:00"), Form::Markdown);
    assert!(page.contains("**Due Friday, May 28, 2010**") && !page.contains("Passed over"), "{page}");
}

#[test]
fn item_4_of_form_10_q_reports_the_meeting_of_the_statement() {
    let page = filing::item4(&fixture("point360"));
    for words in [
        "(a) On December 5, 2002, Point.360 (the \"Company\") held its Annual Meeting of Shareholders. It was an \
         annual meeting.",
        "directors elected: Haig S. Bagerdjian; Robert A. Baker; Greggory J. Hutchins; Sam P. Bell.",
        "[Name each other director whose term of office as a director continued",
        "| Sam P. Bell | 5,725,038 | 1,900 | 131,735 | 2,200 | 21,000 | 30,300 |",
        "**Item 2. Ratification of Singer Lewak Greenbaum &amp; Goldstein LLP**",
        "| Votes | 5,471,897 | 327,270 | 1,300 | 28,806 | 55,000 | 27,900 |",
        "(d) [Terms of any settlement",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("Due "), "its due date is that of the quarterly report");
}

// ---- Interim counts

#[test]
fn an_interim_count_says_what_is_still_needed() {
    let folder = interim_meeting();
    let certificate = certificate(folder.path(), Some("2012-11-20"));
    let data: Value = serde_json::from_str(&json::render(&certificate)).unwrap();
    let interim = &data["interim"];
    // 300 of 1,000 are present; 501 are a quorum.
    assert_eq!(interim["quorum_still_needed"], "201");
    let ways: Vec<(&str, &str, &str)> = interim["present_by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| {
            (way["id"].as_str().unwrap(), way["shares"].as_str().unwrap(), way["votes"].as_str().unwrap())
        })
        .collect();
    assert_eq!(ways, [("proxy/board/mail", "200", "200"), ("proxy/board/internet", "100", "100")]);
    let item = |place: usize| &interim["items"][place];
    // Ada 300; Ben 200, Cleo 100.
    assert_eq!(item(0)["leading"], serde_json::json!(["a", "b"]));
    assert_eq!(item(0)["level"], serde_json::json!([]));
    // 100 for of 300 cast: 151 needed, 51 lack. Each further vote for also adds to the votes cast:
    // 100 + x > (300 + x) / 2 from 101 on.
    assert_eq!((&item(1)["still_needed"], &item(1)["votes_to_carry"]), (&"51".into(), &"101".into()));
    // The same, and more than half of the required 501: 251 needed, 151 lack, and 151 carry both.
    assert_eq!((&item(2)["still_needed"], &item(2)["votes_to_carry"]), (&"151".into(), &"151".into()));
    assert_eq!(item(2)["tests"][0]["still_needed"], "51");
    assert_eq!(item(2)["tests"][1]["still_needed"], "151");
    // 300 for of 501 needed of the outstanding.
    assert_eq!((&item(3)["still_needed"], &item(3)["votes_to_carry"]), (&"201".into(), &"201".into()));
    // 200 for, 100 against: met, though there is no quorum.
    assert_eq!((&item(4)["still_needed"], &item(4)["votes_to_carry"]), (&"0".into(), &"0".into()));

    for words in [
        "Quorum: 300 present of 501 required; 201 still needed.",
        "Item 1: leading for the 2 seats: Ada 300; Ben 200.",
        "Item 5: 200 for; its standard is met so far.",
        "101 further votes for would carry it if nothing else came.",
    ] {
        let squeezed = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed(text::render(&certificate)).contains(words), "{words}");
        assert!(squeezed(text_of(&html::render(&certificate))).contains(words), "{words}");
        assert!(markdown::render(&certificate).contains(words), "{words}");
    }
    assert!(text::render(&certificate).contains("proxies of form board, by Internet"));
}

#[test]
fn a_finished_count_has_no_interim_figures_and_an_open_one_has() {
    let folder = interim_meeting();
    let data =
        |folder: &Path| -> Value { serde_json::from_str(&json::render(&certificate(folder, None))).unwrap() };
    assert!(data(folder.path()).get("interim").is_none());
    let path = folder.path().join("meeting.json");
    let open = fs::read_to_string(&path).unwrap().replace("\"polls_close\": \"2012-12-05T11:00\",", "");
    fs::write(&path, open).unwrap();
    // All cards: 200 + 180 by mail, 100 by the Internet, 120 in the room: 600, 99 over the quorum.
    let open = data(folder.path());
    assert_eq!(open["interim"]["quorum_still_needed"], "0");
    let ways: Vec<(&str, &str)> = open["interim"]["present_by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| (way["id"].as_str().unwrap(), way["votes"].as_str().unwrap()))
        .collect();
    assert_eq!(ways, [("proxy/board/mail", "380"), ("proxy/board/internet", "100"), ("ballot", "120")]);
    let page = text::render(&certificate(folder.path(), None));
    assert!(page.contains("Quorum: 600 present of 501 required; 99 more than required."), "{page}");
    assert!(page.contains("A quorum is present so far."), "{page}");
}

/// Street totals and holders in person are ways in, too: the sum is what is present in every fixture.
#[test]
fn the_ways_in_add_up_to_the_votes_present() {
    for folder in meetings() {
        // `certify` adds them up; a day before anything could come there is nothing.
        let now = certificate(&folder, Some("2199-01-01"));
        let interim = now.interim.expect("a count as of a time is an interim one");
        assert_eq!(interim.items.len(), now.items.len());
        let early = certificate(&folder, Some("1801-01-01")).interim.unwrap();
        let of_cards = early.present_by.iter().filter(|way| matches!(way.kind, "proxy" | "ballot"));
        assert!(of_cards.count() <= interim.present_by.len(), "{}", folder.display());
    }
}

#[test]
fn compare_shows_the_movement_from_day_to_day() {
    let folder = interim_meeting();
    let of = |day: &str| {
        let out = folder.path().join(day);
        let args = [
            "tabulate",
            folder.path().to_str().unwrap(),
            "--as-of",
            day,
            "-q",
            "--out",
            out.to_str().unwrap(),
        ];
        assert_eq!(quorate(&args).status.code(), Some(3));
        out.join("certificate.json").to_str().unwrap().to_owned()
    };
    let (yesterday, today) = (of("2012-11-20"), of("2012-11-21"));
    let shown = stdout(&quorate(&["compare", &yesterday, &today]));
    // C3 came: 180 shares by mail, for items 2 to 5 and for Ada and Cleo.
    for line in [
        "  Quorum: present: 300 -> 480 (+180)",
        "  Quorum: shortfall: 201 -> 21 (-180)",
        "  Interim: quorum still needed: 201 -> 21 (-180)",
        "  Interim: present by, proxy/board/mail, votes: 200 -> 380 (+180)",
        "No outcome differs.",
        "  item \"2\" (Plan): for: 100 -> 280 (+180)",
        "  item \"1\" (Directors): Cleo: for: 100 -> 280 (+180)",
        "  Interim: items, 4, still needed: 201 -> 21 (-180)",
    ] {
        assert!(shown.lines().any(|found| found.trim() == line.trim()), "{line}\n{shown}");
    }
}

// ---- A real browser

/// The browser: `QUORATE_CHROMIUM`, or `chromium` on the path.
fn chromium(args: &[&str]) -> std::process::Output {
    let program = std::env::var("QUORATE_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let profile = tempfile::tempdir().unwrap();
    let profile = format!("--user-data-dir={}", profile.path().display());
    let common = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", &profile];
    let output = Command::new(&program).args(common).args(args).output();
    output.unwrap_or_else(|error| panic!("{program}: {error}; QUORATE_CHROMIUM names another browser"))
}

/// Pages of a PDF: its page objects.
fn page_count(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.match_indices("/Type /Page").filter(|(at, found)| !text[at + found.len()..].starts_with('s')).count()
}

#[test]
#[ignore = "needs a Chromium: QUORATE_CHROMIUM or `chromium` on the path"]
fn page_one_of_an_ordinary_meeting_is_a_page_and_its_annexes_are_few() {
    let folder = tempfile::tempdir().unwrap();
    let page = html::render(&fixture("point360"));
    for paper in ["Letter", "A4"] {
        let sized = page.replace("</style>", &format!("@page {{ size: {paper}; }}</style>"));
        let (source, pdf) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
        fs::write(&source, sized).unwrap();
        let print = format!("--print-to-pdf={}", pdf.display());
        chromium(&["--no-pdf-header-footer", &print, &format!("file://{}", source.display())]);
        let pages = page_count(&fs::read(&pdf).expect("the browser printed"));
        assert!((2..=4).contains(&pages), "{pages} pages of {paper}");
    }
}

#[test]
#[ignore = "needs a Chromium: QUORATE_CHROMIUM or `chromium` on the path"]
fn a_browser_runs_nothing_of_a_hostile_name() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("page.html");
    let name = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    fs::write(&source, html::render(&certificate(meeting_named(name).path(), None))).unwrap();
    let dom = stdout(&chromium(&["--dump-dom", &format!("file://{}", source.display())]));
    let title = dom.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    assert!(title.contains("CERTIFICATE AND REPORT"), "a script changed the title: {title}");
    assert!(!dom.contains("<script") && !dom.contains("<img"), "{dom}");
    assert!(dom.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"), "{dom}");
    // The check itself: without the policy and the escaping the same browser would have run it.
    fs::write(&source, format!("<title>still</title>{name}")).unwrap();
    let dom = stdout(&chromium(&["--dump-dom", &format!("file://{}", source.display())]));
    assert!(dom.contains("<title>owned</title>"), "{dom}");
}
