//! The console blocks of the README and of the manual, run as they are written: the exit code that a
//! comment gives (0 where there is none), and the output that is shown, in which `...` stands for lines
//! left out. The README is short, and what it leaves to the manual is there.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use quorate::manual::{PAGES, Page};
use quorate::meeting::{Law, Rules};
use serde_json::Value;
use support::{copy_folder, fixtures, stderr, stdout};

/// A command of a console block, with the output shown below it.
#[derive(Debug)]
struct Step {
    /// The page that it stands on.
    page: String,
    /// Its line there, counted from 1.
    line: usize,
    /// As it is typed.
    command: String,
    /// The exit code stated.
    exit: i32,
    /// The lines shown; none: nothing is said of the output.
    shown: Vec<String>,
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    fs::read_to_string(path).expect("README.md stands beside Cargo.toml")
}

/// The commands of the console blocks, in the order of the page.
fn steps(page: &str, text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for (place, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            let exit = command.rsplit_once("# exit ").map_or(0, |(_, code)| code.trim().parse().unwrap());
            steps.push(Step {
                page: page.to_owned(),
                line: place + 1,
                command: command.to_owned(),
                exit,
                shown: Vec::new(),
            });
        } else if is_console {
            steps.last_mut().expect("a block begins with a command").shown.push(line.to_owned());
        }
    }
    steps
}

/// What to type here in place of a command of Cargo; nothing for those that build or test.
fn as_run(command: &str) -> Option<String> {
    match command.strip_prefix("cargo run --release --locked -- ") {
        Some(rest) => Some(format!("quorate {rest}")),
        None => (!command.starts_with("cargo ")).then(|| command.to_owned()),
    }
}

/// Whether the lines are those shown, `...` standing for any lines or none.
fn is_as_shown(shown: &[String], lines: &[&str]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((gap, rest)) if gap == "..." => (0..=lines.len()).any(|from| is_as_shown(rest, &lines[from..])),
        Some((line, rest)) => lines.first() == Some(&line.as_str()) && is_as_shown(rest, &lines[1..]),
    }
}

/// What is wrong with how a step ended.
fn complaint(step: &Step, output: &Output) -> Option<String> {
    let found = stdout(output);
    let lines: Vec<&str> = found.lines().collect();
    let is_right = output.status.code() == Some(step.exit)
        && (step.shown.is_empty() || is_as_shown(&step.shown, &lines));
    let Step { page, line, command, .. } = step;
    let status = output.status;
    (!is_right).then(|| {
        format!(
            "{page}:{line}: {command}\n{status}, standard error:\n{}\nstandard output:\n{found}",
            stderr(output)
        )
    })
}

/// Runs the steps of a page in a folder of their own that holds a copy of the fixtures.
fn complaints(steps: &[Step]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&fixtures(), &folder.path().join("fixtures"));
    // The program under its own name.
    let programs = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_quorate"), programs.path().join("quorate")).unwrap();
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let mut complaints = Vec::new();
    for step in steps {
        let Some(command) = as_run(&step.command) else { continue };
        // Not every system has it under this name.
        if command.starts_with("sha256sum ") && !has("sha256sum") {
            continue;
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(folder.path()).env("PATH", &path).env("LC_ALL", "C");
        complaints.extend(complaint(step, &shell.output().unwrap()));
    }
    complaints
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let steps = steps("README.md", &readme());
    assert!(steps.len() > 5, "only {} commands were found", steps.len());
    let complaints = complaints(&steps);
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

#[test]
fn the_commands_of_the_manual_do_what_it_says() {
    let mut count = 0;
    let mut found = Vec::new();
    for page in PAGES {
        let steps = steps(&format!("manual {}", page.name), &page.text());
        count += steps.len();
        if !steps.is_empty() {
            found.extend(complaints(&steps));
        }
    }
    assert!(count > 20, "only {count} commands were found");
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// One sitting: no more than that is read.
#[test]
fn the_readme_is_short() {
    let readme = readme();
    assert!(readme.lines().count() <= 250, "{} lines", readme.lines().count());
    assert!(readme.len() <= 16 * 1024, "{} bytes", readme.len());
}

/// Each page that the README, the manual or a message names is there, and each page is in the contents.
#[test]
fn the_pages_that_are_named_are_there() {
    let names: BTreeSet<&str> = PAGES.iter().map(|page| page.name).collect();
    let texts = PAGES.iter().map(|page| page.text()).chain([Cow::Owned(readme())]);
    let mut unknown = BTreeSet::new();
    for text in texts {
        let named = text.split("`quorate manual ").skip(1).filter_map(|rest| rest.split('`').next());
        let foreign = named.filter(|name| !names.contains(name) && !name.contains(['[', ' ']));
        unknown.extend(foreign.map(str::to_owned));
    }
    assert!(unknown.is_empty(), "no such pages: {unknown:?}");
    let contents = support::stdout(&support::quorate(&["manual"]));
    let missing: Vec<&&str> =
        names.iter().filter(|name| !contents.contains(&format!("quorate manual {name} "))).collect();
    assert!(missing.is_empty(), "not in the contents: {missing:?}");
}

/// What the certificate rests on is told on the first screen of its page.
#[test]
fn the_law_is_told_on_one_screen() {
    let text = support::stdout(&support::quorate(&["manual", "law"]));
    let screen: Vec<&str> = text.lines().take(24).collect();
    for law in ["California", "Delaware", "Model Act", "§ 705", "§ 231", "§§ 7.24, 7.29", "not legal advice"]
    {
        assert!(screen.iter().any(|line| line.contains(law)), "{law} is not on the first screen");
    }
    let unknown = support::quorate(&["manual", "weather"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("exceptions"), "the pages that there are should be named");
}

#[test]
fn the_first_certificate_takes_two_commands() {
    let readme = readme();
    let section = readme.split("## The first certificate in two commands").nth(1).unwrap();
    let commands: Vec<String> = steps("README.md", section.split("\n## ").next().unwrap())
        .into_iter()
        .map(|step| step.command)
        .collect();
    assert_eq!(
        commands,
        ["cargo run --release --locked -- tabulate fixtures/point360", "cargo test --locked"]
    );
}

/// A page of the manual.
fn page(name: &str) -> String {
    Page::of_name(name).unwrap().text().into_owned()
}

/// The table of the rules on cards says what each law presets.
#[test]
fn the_presets_are_told_as_they_are() {
    let text = page("cards");
    let mut wrong = Vec::new();
    for (place, name) in Law::NAMES.iter().enumerate() {
        for (key, value) in Rules::preset(Law::from_name(name).unwrap()).entries() {
            if key == "law" {
                continue;
            }
            let row = text.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
            let cells: Vec<&str> = row.unwrap_or_default().trim_matches('|').split('|').collect();
            let told = cells.len().checked_sub(Law::NAMES.len() - place).map(|at| cells[at]);
            if told.is_none_or(|told| told.trim().trim_matches('`') != value) {
                wrong.push(format!("{key} under {name} is {value}, told is {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every key under `properties`, at any depth.
fn keys(schema: &Value, into: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        into.extend(properties.keys().cloned());
    }
    let values: Vec<&Value> = match schema {
        Value::Object(object) => object.values().collect(),
        Value::Array(values) => values.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for value in values {
        keys(value, into);
    }
}

/// Every key of meeting.json and every column of the other files is told.
#[test]
fn every_key_and_column_is_told() {
    let schema = |of: &str| -> Value {
        serde_json::from_str(&support::stdout(&support::quorate(&["schema", of]))).unwrap()
    };
    let mut words = BTreeSet::new();
    keys(&schema("meeting"), &mut words);
    assert!(words.len() > 60, "{words:?}");
    for file in ["register", "omnibus", "cards", "street", "revocations", "rulings", "lots"] {
        let fields = schema(file)["fields"].as_array().unwrap().clone();
        let names = fields.iter().filter_map(|field| field["name"].as_str());
        words.extend(
            names.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).map(str::to_owned),
        );
    }
    let text = ["files", "cards", "standards", "layouts"].map(page).concat();
    let told: BTreeSet<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let missing: Vec<&String> = words.iter().filter(|word| !told.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "the manual does not tell of {missing:?}");
}

/// Files and headings that the READMEs link to.
#[test]
fn the_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let anchor = |heading: &str| -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let mut broken = Vec::new();
    for page in [
        "README.md",
        "fixtures/README.md",
        "fixtures/published/README.md",
        "tests/README.md",
        "tests/bench/README.md",
    ] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => root.join(page),
                _ => root.join(page).parent().unwrap().join(file),
            };
            let has_heading = || {
                let text = fs::read_to_string(&target).unwrap_or_default();
                text.lines().any(|line| line.starts_with('#') && anchor(line) == heading)
            };
            if !target.exists() || !(heading.is_empty() || has_heading()) {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Every fixture has its line.
#[test]
fn every_fixture_is_described() {
    let text = fs::read_to_string(fixtures().join("README.md")).unwrap();
    let names = |folder: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.path().join("meeting.json").is_file());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let mut missing: Vec<String> = names(&fixtures())
        .into_iter()
        .filter(|name| !text.contains(&format!("**{name}**")) && !text.contains(&format!("### {name}\n")))
        .collect();
    let published = names(&fixtures().join("published"));
    let table = fs::read_to_string(fixtures().join("published/README.md")).unwrap();
    missing.extend(published.into_iter().filter(|name| !table.contains(&format!("| {name} |"))));
    assert!(missing.is_empty(), "fixtures/README.md says nothing of {}", missing.join(", "));
}
