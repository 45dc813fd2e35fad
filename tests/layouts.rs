//! Foreign files read through layouts: each sample wrong in one place, with its complete message; the commands
//! `layout` and `convert`; what the certificate says; workbooks that mean harm.
#![allow(clippy::unwrap_used)]

mod support;
#[path = "support/workbook.rs"]
mod workbook;

use std::fs;
use std::path::{Path, PathBuf};

use quorate::load::{Overrides, load};
use quorate::tabulate::Tabulation;
use serde_json::Value;

use support::random::Random;
use support::{copy_folder, quorate, stderr, stdout};

/// A sample, changed in one place.
fn changed(sample: &str, file: &str, from: &[u8], to: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&support::fixtures().join("layouts").join(sample), folder.path());
    let path = folder.path().join(file);
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from);
    let at =
        at.unwrap_or_else(|| panic!("{file} of {sample} does not hold {:?}", String::from_utf8_lossy(from)));
    let changed = [&bytes[..at], to, &bytes[at + from.len()..]].concat();
    fs::write(path, changed).unwrap();
    folder
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

/// Each sample wrong in one place: the file, what is changed into what, and the messages.
const WRONG: &[(&str, &str, &str, &str, &[&str])] = &[
    (
        "us_dates",
        "web.csv",
        "11/22/02 9:10 AM",
        "22/11/02 9:10 AM",
        &[
            "web.csv:3: received: `22/11/02 9:10 AM` is not a date of the format `%m/%d/%y %I:%M %p` [layout_date]",
        ],
    ),
    (
        "us_dates",
        "web.csv",
        "11/22/02 4:05 PM",
        "11/22/02 4:05 PM EST",
        &[
            "web.csv:2: received: `11/22/02 4:05 PM EST` is not a date of the format `%m/%d/%y %I:%M %p` [layout_date]",
        ],
    ),
    (
        "codes_1_2_3",
        "codes.csv",
        "2,2,2,3",
        "2,2,4,3",
        &["codes.csv:4: 1.novak: `4` is not in words; expected `1` or `2` [layout_word]"],
    ),
    (
        "codes_f_n_a",
        "codes.csv",
        "N,N,N,A",
        "N,N,B,A",
        &["codes.csv:4: 1.novak: `B` is not in words; expected `F` or `N` [layout_word]"],
    ),
    (
        "for_all_except",
        "mail.csv",
        "Grace Ito",
        "Bell",
        &["mail.csv:3: except: `Bell` is not among nominees [layout_nominee]"],
    ),
    (
        "for_all_except",
        "mail.csv",
        "Grace Ito",
        "Grace Ita",
        &[
            "mail.csv:3: except: `Grace Ita` is not among nominees; did you mean `Grace Ito`? [layout_nominee]",
        ],
    ),
    (
        "long_rows",
        "votes.csv",
        "101,0000104417,2002-11-22,1C",
        "101,0000104425,2002-11-22,1B",
        &[
            "votes.csv:4: acct: is `0000104425` here and `0000104417` on line 2, which is of the same card [layout_rows]",
            "votes.csv:4: vote: `1.ito` stands on line 3 of the same card too [layout_rows]",
        ],
    ),
    (
        "vote_string",
        "votes.txt",
        "FWFF",
        "FFXA",
        &["votes.txt:2: field 6: position 3 of `FFXA` is `X`, which is not in words [layout_word]"],
    ),
    (
        "vote_string",
        "votes.txt",
        "WWWB",
        "WWB",
        &["votes.txt:3: field 6: `WWB` has 3 characters, but there are 4 positions of 1 [layout_width]"],
    ),
    (
        "vote_string",
        "votes.txt",
        "TRL|0000002",
        "TRL|0000003",
        &["votes.txt:4: the file says 3 rows, 2 were read [control_total]"],
    ),
    (
        "vote_string",
        "votes.txt",
        "\nTRL|0000002",
        "",
        &[
            "votes.txt: the record `TRL` with the control totals is missing; is the file cut off? [control_total]",
        ],
    ),
    (
        "vote_string",
        "votes.txt",
        "20021204",
        "20021205",
        &[
            "votes.txt:1: the record `HDR` of `votes.txt` is not `20021204`: is it the file of another meeting? [layout_states]",
        ],
    ),
    (
        "agents_list",
        "RegList.csv",
        "200,000.000",
        "1,000,000.000",
        &["RegList.csv:6: the file says 1,000,000.000 shares, the rows add up to 200,000 [control_total]"],
    ),
    (
        "agents_list",
        "RegList.csv",
        "120,000.000",
        "12,0000.000",
        &[
            "RegList.csv:3: Shares: `12,0000.000` must be digits in groups of three with `,` between them, and decimals after `.`, such as `1,250.5` [layout_amount]",
        ],
    ),
    (
        "agents_list",
        "RegList.csv",
        "ELM ST",
        "ELM ST\"",
        &[
            "RegList.csv:3: the row has 3 fields, but the header has 4 [row_fields]",
            "RegList.csv:4: field 1 has a quote inside; quote the whole field and double the quotes in it [row_quotes]",
        ],
    ),
    (
        "fixed_width",
        "REGLIST.DAT",
        "T0000000002",
        "T0000000003",
        &["REGLIST.DAT:4: the file says 3 rows, 2 were read [control_total]"],
    ),
    (
        "fixed_width",
        "REGLIST.DAT",
        "000000080000000\n",
        "00000008000000\n",
        &[
            "REGLIST.DAT:3: characters 21-35: `D0000104425BEN ORTIZ00000008000000` has 34 characters, but characters 21 to 35 are taken [layout_width]",
        ],
    ),
    (
        "boxes",
        "boxes.csv",
        "X,,X,,X,,X,",
        "X,,Q,,X,,X,",
        &["boxes.csv:3: 1B_F: `Q` is not in ticked; expected `X`, `x` or `1`, or nothing [layout_word]"],
    ),
    (
        "participants_totals",
        "client.csv",
        "01A,",
        "01D,",
        &["client.csv:2: PROP: `01D` is not in items; expected `01A` or `02` [layout_word]"],
    ),
    (
        "participants_list",
        "positions.csv",
        "TOTAL,3",
        "TOTAL,4",
        &["positions.csv:6: the file says 4 rows, 3 were read [control_total]"],
    ),
    (
        "decimal_comma",
        "aktien.csv",
        "80.000,00",
        "80,000.00",
        &[
            "aktien.csv:3: Aktien: `80,000.00` must be digits in groups of three with `.` between them, and decimals after `,`, such as `1.250,5` [layout_amount]",
        ],
    ),
    (
        "online_ballots",
        "ballots.csv",
        "Auditor",
        "Auditors",
        &[
            "ballots.layout.json:24: marks.columns.2.from: `Auditor` is not a header of `ballots.csv`; did you mean `Auditors`? [layout_unknown]",
            "ballots.csv:1: Auditors: is neither mapped nor ignored by `ballots.layout.json` [header_unknown]",
        ],
    ),
    (
        "lost_zeros",
        "web.layout.json",
        "\"pad\": 10",
        "\"pat\": 10",
        &[
            "web.layout.json:9: columns.account.pat: `pat` is not a known key; did you mean `pad`? [layout_unknown]",
        ],
    ),
    (
        "decimal_comma",
        "aktien.layout.json",
        "\"register\"",
        "\"cards\"",
        &[
            "aktien.layout.json:3: role: is the layout of cards files, but the file is named for register [layout_unknown]",
        ],
    ),
];

#[test]
fn each_sample_wrong_in_one_place_has_its_complete_message() {
    let mut failures = Vec::new();
    for (sample, file, from, to, messages) in WRONG {
        let folder = changed(sample, file, from.as_bytes(), to.as_bytes());
        let output = quorate(&["tabulate", path(folder.path())]);
        let found = stderr(&output);
        let files: std::collections::BTreeSet<&str> =
            messages.iter().map(|message| message.split(':').next().unwrap()).collect();
        let count = |n: usize, noun: &str| if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") };
        let mut expected: String = messages.iter().map(|message| format!("error: {message}\n")).collect();
        expected.push_str(&format!(
            "error: {} in {}; nothing was tabulated\n",
            count(messages.len(), "problem"),
            count(files.len(), "file")
        ));
        if output.status.code() != Some(1) || found != expected || !stdout(&output).is_empty() {
            failures.push(format!("{sample}: {from} -> {to}\n  expected:\n{expected}  found:\n{found}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_byte_that_is_no_character_is_told_with_its_line() {
    let folder = changed("agents_list", "RegList.csv", b"REN\xc9", b"REN\x81");
    let found = stderr(&quorate(&["tabulate", path(folder.path())]));
    assert_eq!(
        found,
        "error: RegList.csv:3: holds the control character U+0081, which is no character of windows-1252 that a file of rows holds [file_encoding]\n\
         error: 1 problem in 1 file; nothing was tabulated\n"
    );
}

#[test]
fn all_problems_of_a_file_come_at_once() {
    let folder = changed("codes_1_2_3", "codes.csv", b"1,2,1,1\n", b"9,2,8,7\n");
    let found = stderr(&quorate(&["tabulate", path(folder.path())]));
    assert_eq!(found.lines().filter(|line| line.contains("codes.csv:2: ")).count(), 3, "{found}");
}

/// `EXCEPT` without a name, and names beside FOR ALL, are bad cards and no bad files.
#[test]
fn a_name_beside_for_all_is_read_as_void() {
    let folder = changed("for_all_except", "mail.csv", b"FOR ALL EXCEPT,Grace Ito", b"FOR ALL,Grace Ito");
    let output = quorate(&["convert", path(folder.path()), "--out", path(&folder.path().join("own"))]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let cards = fs::read_to_string(folder.path().join("own/cards.csv")).unwrap();
    let row = cards.lines().find(|line| line.starts_with("102,")).unwrap();
    assert!(row.contains("VOID"), "{cards}");
}

#[test]
fn a_layout_without_pad_names_the_account_as_it_stands() {
    let folder = changed("lost_zeros", "web.layout.json", b"\"pad\": 10", b"\"strip\": \"-\"");
    let output = quorate(&["tabulate", path(folder.path()), "--format", "json"]);
    let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(certificate["cards"]["counted"], 1, "the card of 104458 is of no account");
}

/// A workbook number of more than fifteen digits is not what was typed.
#[test]
fn a_number_of_more_than_fifteen_digits_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&support::fixtures().join("layouts/workbook_numbers"), folder.path());
    let book = workbook::with_cell("C", "1234567890123456");
    fs::write(folder.path().join("votes.xlsx"), book).unwrap();
    let found = stderr(&quorate(&["tabulate", path(folder.path())]));
    assert!(
        found.contains("votes.xlsx:Votes!2: account: is a number of more than 15 digits, of which a workbook does not keep every one; keep it as text [layout_amount]"),
        "{found}"
    );
}

#[test]
fn the_certificate_says_how_each_file_was_read() {
    let folder = support::fixtures().join("layouts/agents_list");
    let output = quorate(&["tabulate", path(&folder), "--format", "json"]);
    let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let register =
        certificate["inputs"].as_array().unwrap().iter().find(|i| i["role"] == "register").unwrap();
    assert_eq!(register["layout"]["path"], "agent-list.layout.json");
    assert_eq!(register["as_read"]["rows"], 2);
    assert_eq!(register["as_read"]["shares"], "200000");
    assert_eq!(register["as_read"]["encoding"], "windows-1252");
    assert_eq!(register["as_read"]["amounts_changed"], 2);
    assert_eq!(register["as_read"]["columns_not_read"][0]["header"], "Address");
    assert_eq!(register["as_read"]["columns_not_read"][0]["cells"], 2);
    assert_eq!(register["as_read"]["not_read"][0]["line"], 1);
    assert_eq!(register["as_read"]["control_totals"][0]["stated"], "200,000.000");
    let text = stdout(&quorate(&["tabulate", path(&folder)]));
    for part in [
        "read through agent-list.layout.json, SHA-256",
        "as read: 2 rows, 200,000 shares, SHA-256",
        "encoding windows-1252",
        "lines not read: 1 (above the header: RECORD DATE LIST 10/18/02)",
        "control totals that agree: 200,000.000 shares (line 6)",
        "Address is not read (2 cells held something)",
    ] {
        assert!(
            text.replace("\n", " ").split_whitespace().collect::<Vec<_>>().join(" ").contains(part),
            "{part}\n{text}"
        );
    }
}

/// Tabulating the converted meeting gives the same results, and the digests as read are those of its files.
#[test]
fn a_converted_meeting_gives_the_same_figures_and_the_digests_as_read() {
    for entry in fs::read_dir(support::fixtures().join("layouts")).unwrap() {
        let folder = entry.unwrap().path();
        let out = tempfile::tempdir().unwrap();
        let own = out.path().join("own");
        let converted = quorate(&["convert", path(&folder), "--out", path(&own)]);
        assert_eq!(converted.status.code(), Some(0), "{}: {}", folder.display(), stderr(&converted));
        let certificate = |folder: &Path| -> Value {
            let output = quorate(&["tabulate", path(folder), "--format", "json"]);
            serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
        };
        let (one, other) = (certificate(&folder), certificate(&own));
        for key in ["status", "quorum", "items", "cards", "warnings", "open_matters"] {
            assert_eq!(one[key], other[key], "{}: {key}", folder.display());
        }
        for (foreign, ours) in
            one["inputs"].as_array().unwrap().iter().zip(other["inputs"].as_array().unwrap())
        {
            if foreign.get("as_read").is_some() {
                assert_eq!(foreign["as_read"]["sha256"], ours["sha256"], "{}", folder.display());
                assert_eq!(foreign["as_read"]["rows"], ours["rows"], "{}", folder.display());
            }
        }
        let sums = fs::read_to_string(own.join("SHA256SUMS")).unwrap();
        assert!(sums.contains("  conversion.csv") && sums.contains("  meeting.json"), "{sums}");
    }
}

#[test]
fn conversion_csv_tells_each_cell_that_changed() {
    let out = tempfile::tempdir().unwrap();
    let own = out.path().join("own");
    let folder = support::fixtures().join("layouts/lost_zeros");
    quorate(&["convert", path(&folder), "--out", path(&own)]);
    let changes = fs::read_to_string(own.join("conversion.csv")).unwrap();
    assert!(changes.starts_with("file,line,column,as_found,as_read\n"), "{changes}");
    assert!(changes.contains("cards-web.csv,3,account,104458,0000104458\n"), "{changes}");
}

#[test]
fn verify_starts_from_the_original_and_its_layout() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&support::fixtures().join("layouts/vote_string"), folder.path());
    let out = folder.path().join("out");
    quorate(&["tabulate", path(folder.path()), "--out", path(&out), "--quiet"]);
    let certificate = out.join("certificate.json");
    let verify = || quorate(&["verify", path(&certificate), path(folder.path())]);
    assert_eq!(verify().status.code(), Some(0), "{}", stdout(&verify()));
    let layout = folder.path().join("vote-file.layout.json");
    let text = fs::read_to_string(&layout).unwrap().replace("\"ignore\": []", "\"ignore\": [ ]");
    fs::write(&layout, text).unwrap();
    let output = verify();
    assert_eq!(output.status.code(), Some(4));
    assert!(stdout(&output).contains("layout vote-file.layout.json has changed"), "{}", stdout(&output));
}

#[test]
fn a_draft_leaves_open_what_could_be_read_two_ways() {
    let folder = support::folder_of(&[(
        "list.txt",
        "Acct|Registration|Total Shares|Date\n0001|AMES|1,200.000|03/04/2002\n0002|ORTIZ|80|05/06/2002\nTOTAL||1,280.000|\n",
    )]);
    let file = folder.path().join("list.txt");
    let output = quorate(&["layout", path(&file), "--role", "register"]);
    let draft: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(draft["delimiter"], "|");
    assert_eq!(draft["columns"]["shares"]["thousands"], ",");
    assert_eq!(draft["not_rows"][0]["is"], "TOTAL");
    let cards = quorate(&["layout", path(&file), "--role", "cards"]);
    let draft: Value = serde_json::from_str(&stdout(&cards)).unwrap();
    assert_eq!(draft["columns"]["received"]["format"], "");
    let said = stderr(&cards);
    assert!(said.contains("`03/04/2002` could be `%m/%d/%Y` or `%d/%m/%Y`"), "{said}");
}

#[test]
fn a_draft_with_holes_does_not_tabulate() {
    let folder = changed("us_dates", "web.layout.json", b"%m/%d/%y %I:%M %p", b"");
    let output = quorate(&["tabulate", path(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("columns.received.format: must not be empty"), "{}", stderr(&output));
}

#[test]
fn a_flag_names_a_layout_after_an_equals_sign() {
    let folder = support::fixtures().join("layouts/vote_string");
    let cards =
        format!("{}={}", folder.join("votes.txt").display(), folder.join("vote-file.layout.json").display());
    let output = quorate(&["tabulate", path(&folder), "--cards", &cards, "--format", "json"]);
    let certificate: Value =
        serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(certificate["cards"]["read"], 2);
}

/// A vote string with a vote on how often: one code table, of which each position takes its own.
#[test]
fn the_years_of_a_frequency_vote_stand_in_a_string_with_the_other_marks() {
    let frequency = r#"{ "id": "3", "kind": "frequency", "title": "How often",
        "choices": [{ "id": "1_year", "name": "One year" }, { "id": "3_years", "name": "Three years" }] },
        { "id": "2", "#;
    let folder = changed("vote_string", "meeting.json", b"{\n      \"id\": \"2\",", frequency.as_bytes());
    let layout = folder.path().join("vote-file.layout.json");
    let text = fs::read_to_string(&layout).unwrap();
    let text = text.replace("\"1.novak\",", "\"1.novak\", \"3\",");
    let text = text.replace("\"F\": \"FOR\",", "\"F\": \"FOR\", \"1\": \"1_year\", \"3\": \"3_years\",");
    fs::write(&layout, &text).unwrap();
    let votes = folder.path().join("votes.txt");
    let lines = fs::read_to_string(&votes).unwrap().replace("FWFF", "FWF1F").replace("WWWB", "WWW3B");
    fs::write(&votes, &lines).unwrap();
    let run = || quorate(&["tabulate", path(folder.path()), "--format", "json"]);
    let certificate: Value =
        serde_json::from_str(&stdout(&run())).unwrap_or_else(|_| panic!("{}", stderr(&run())));
    // 101 has 120,000 shares, 102 has 240,000.
    let item = certificate["items"].as_array().unwrap().iter().find(|item| item["id"] == "3").unwrap();
    assert_eq!(item["choices"][0]["for"], "120000");
    assert_eq!(item["choices"][1]["for"], "240000");
    // A year is no mark of a proposal: its row says so.
    fs::write(&votes, lines.replace("WWW3B", "WWW31")).unwrap();
    let told = stderr(&run());
    assert!(told.starts_with("error: votes.txt:3: "), "{told}");
    assert!(told.contains("`1_year` is not a mark"), "{told}");
    // A word that no position has is of the layout.
    fs::write(&votes, lines).unwrap();
    fs::write(&layout, text.replace("3_years", "4_years")).unwrap();
    let told = stderr(&run());
    assert!(
        told.contains(
            "`3` is read as `4_years`, which is not a word of `1.hale`, `1.ito`, `1.novak`, `3` or `2`"
        ),
        "{told}"
    );
}

/// A workbook with a row for each vote: its rows are read to the end before the first card is whole.
#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_with_a_row_for_each_vote() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&support::fixtures().join("layouts/long_rows"), folder.path());
    let csv = fs::read_to_string(folder.path().join("votes.csv")).unwrap();
    let mut rows = String::new();
    for (at, line) in csv.lines().enumerate() {
        let row = at + 1;
        let cells = line.split(',').zip("ABCDE".chars()).map(|(text, column)| {
            format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        });
        rows.push_str(&format!("<row r=\"{row}\">{}</row>", cells.collect::<String>()));
    }
    fs::write(folder.path().join("votes.xlsx"), workbook::book(&rows, &[])).unwrap();
    let certificate = || -> Value {
        let output = quorate(&["tabulate", path(folder.path()), "--format", "json"]);
        serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
    };
    let of_text = certificate();
    for (file, from, to) in
        [("meeting.json", "votes.csv", "votes.xlsx"), ("votes.layout.json", "\"delimited\"", "\"xlsx\"")]
    {
        let path = folder.path().join(file);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace(from, to)).unwrap();
    }
    let of_book = certificate();
    assert_eq!(of_book["items"], of_text["items"]);
    assert_eq!(of_book["cards"]["read"], 2);
}

/// Rows of accounts that a faulty register should have are passed over, so nothing is said of the total.
#[test]
fn a_total_is_not_held_against_rows_that_wait_for_the_register() {
    let folder = changed(
        "participants_list",
        "register.csv",
        b"0000104441,Cede & Co.,240000",
        b"0000104441,Cede & Co.,x",
    );
    let told = stderr(&quorate(&["tabulate", path(folder.path())]));
    assert!(told.contains("register.csv:4: shares: `x`"), "{told}");
    assert!(!told.contains("positions.csv"), "{told}");
}

/// `delimiter` and `columns` are for files without a layout: beside one they are well, beside none they are told.
#[test]
fn what_is_for_files_without_a_layout_is_refused_where_there_is_none() {
    let folder =
        changed("agents_list", "meeting.json", b"\"quorum\"", b"\"delimiter\": \",\",\n  \"quorum\"");
    let run = |args: &[&str]| quorate(&[&["tabulate", path(folder.path()), "--quiet"], args].concat());
    assert_eq!(run(&[]).status.code(), Some(0), "cards.csv has no layout: {}", stderr(&run(&[])));
    fs::remove_file(folder.path().join("cards.csv")).unwrap();
    assert_eq!(
        stderr(&run(&[])),
        "error: meeting.json:18: delimiter: cannot stand beside the layouts that every file has; each says itself what separates fields [key_misplaced]\n\
         error: 1 problem in 1 file; nothing was tabulated\n"
    );
    // A file named on the command line without a layout is read by it.
    let cards = folder.path().join("mail.csv");
    fs::write(&cards, "card,account,received,medium,1,2\n101,0000104417,2002-11-22,telephone,FOR,FOR\n")
        .unwrap();
    assert_eq!(run(&["--cards", path(&cards)]).status.code(), Some(0));
}

#[test]
fn renamed_headers_beside_a_layout_of_the_command_line_are_refused() {
    let folder = changed(
        "vote_string",
        "meeting.json",
        b"\"quorum\"",
        b"\"columns\": { \"register\": { \"NAME\": \"name\" } },\n  \"quorum\"",
    );
    let register = folder.path().join("register.csv");
    let text = fs::read_to_string(&register).unwrap().replacen("name", "NAME", 1);
    fs::write(&register, text).unwrap();
    let run = |args: &[&str]| quorate(&[&["tabulate", path(folder.path()), "--quiet"], args].concat());
    assert_eq!(run(&[]).status.code(), Some(0), "{}", stderr(&run(&[])));
    let layout = folder.path().join("own.layout.json");
    let columns =
        r#""account": "account", "name": "NAME", "shares": "shares", "registration": "registration""#;
    fs::write(
        &layout,
        format!(
            r#"{{ "layout": "quorate/layout/1", "role": "register", "format": "delimited", "columns": {{ {columns} }} }}"#
        ),
    )
    .unwrap();
    let named = format!("{}={}", path(&register), path(&layout));
    assert_eq!(
        stderr(&run(&["--register", &named])),
        "error: meeting.json:18: columns.register: cannot stand beside the layouts that every file of this role has; map the headers there [key_misplaced]\n\
         error: 1 problem in 1 file; nothing was tabulated\n"
    );
}

/// What no honest workbook holds is refused before it is unpacked into memory.
#[test]
fn hostile_workbooks_are_refused() {
    for (book, message) in workbook::hostile() {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&support::fixtures().join("layouts/workbook_text"), folder.path());
        fs::write(folder.path().join("votes.xlsx"), book).unwrap();
        let output = quorate(&["tabulate", path(folder.path())]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(message), "{message}: {}", stderr(&output));
    }
}

/// Bytes that matter to some reader, and others.
const SEEDS_OF_HARM: [&[u8]; 16] = [
    b"\"",
    b"\n",
    b"\r",
    b",",
    b"|",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc2\x85",
    b"0",
    b"9999999999999999999",
    b"-1",
    b"{",
    b"[[[[",
    b"\xed\xa0\x80",
    b"   ",
];

/// Some bytes taken out, written twice, put in or turned.
fn harmed(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            2 => drop(bytes.splice(at..at, SEEDS_OF_HARM[random.below(16)].iter().copied())),
            3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => bytes.truncate(end),
        }
    }
    bytes
}

/// Each sample harmed at random, in its layout or in its file, is read to a certificate or refused with a line for
/// every problem: no panic, and no layout that reads what it does not say. The seed is the place of the trial.
#[test]
fn harmed_samples_are_read_or_refused() {
    let folders = fs::read_dir(support::fixtures().join("layouts")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let (mut read_count, mut refused_count) = (0, 0);
    for (place, sample) in folders.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(sample, folder.path());
        let laid: Vec<PathBuf> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.file_name().unwrap() != "meeting.json")
            .collect();
        for trial in 0..60 {
            let mut random = Random((place * 1000 + trial) as u64);
            let path = &laid[random.below(laid.len())];
            let whole = fs::read(path).unwrap();
            fs::write(path, harmed(&mut random, &whole)).unwrap();
            let tried = std::panic::catch_unwind(|| {
                let loaded = load(folder.path(), &Overrides::default());
                match loaded.and_then(|loaded| Tabulation::of(loaded, None)) {
                    Ok(tabulation) => {
                        let _ = quorate::certify::certify(&tabulation, None);
                        true
                    }
                    Err(problems) => {
                        assert!(!problems.is_empty() && problems.report("refused").contains("error: "));
                        false
                    }
                }
            });
            let tried = tried
                .unwrap_or_else(|_| panic!("{} trial {trial}: {} harmed", sample.display(), path.display()));
            if tried {
                read_count += 1
            } else {
                refused_count += 1
            }
            fs::write(path, whole).unwrap();
        }
    }
    assert!(read_count >= 50 && refused_count >= 500, "{read_count} read, {refused_count} refused");
}

#[test]
fn files_that_nobody_reads_are_told() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&support::fixtures().join("layouts/codes_1_2_3"), folder.path());
    for name in ["streets.csv", "Old.XLSX", "notes.md", ".hidden.csv", "~$votes.xlsx"] {
        fs::write(folder.path().join(name), "x\n").unwrap();
    }
    let output = quorate(&["tabulate", path(folder.path()), "--format", "json"]);
    let certificate: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let says: Vec<&str> = certificate["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["says"].as_str().unwrap())
        .collect();
    assert_eq!(
        says,
        ["Old.XLSX was not read: nothing names it", "streets.csv was not read; is it street.csv?"]
    );
}
