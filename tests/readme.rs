//! The README's console blocks, run as they are written: the exit code that a comment gives (0 where
//! there is none), and the output that is shown, in which `...` stands for lines left out. Its table of
//! rules says what the rules say.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use quorate::rule::Rule;
use support::{copy_folder, fixtures, stderr, stdout};

/// A command of a console block, with the output shown below it.
#[derive(Debug)]
struct Step {
    /// Its line in the README, counted from 1.
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
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for (place, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            let exit = command.rsplit_once("# exit ").map_or(0, |(_, code)| code.trim().parse().unwrap());
            steps.push(Step { line: place + 1, command: command.to_owned(), exit, shown: Vec::new() });
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
    let (line, command) = (step.line, &step.command);
    let status = output.status;
    (!is_right).then(|| {
        format!(
            "README.md:{line}: {command}\n{status}, standard error:\n{}\nstandard output:\n{found}",
            stderr(output)
        )
    })
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let steps = steps(&readme());
    assert!(steps.len() > 20, "only {} commands were found", steps.len());
    // A copy, so that documents are written there; and the program under its own name.
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&fixtures(), &folder.path().join("fixtures"));
    let programs = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_quorate"), programs.path().join("quorate")).unwrap();
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let mut complaints = Vec::new();
    for step in &steps {
        let Some(command) = as_run(&step.command) else { continue };
        // Not every system has it under this name.
        if command.starts_with("sha256sum ") && !has("sha256sum") {
            continue;
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(folder.path()).env("PATH", &path).env("LC_ALL", "C");
        complaints.extend(complaint(step, &shell.output().unwrap()));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

#[test]
fn the_first_certificate_takes_two_commands() {
    let readme = readme();
    let section = readme.split("## The first certificate in two commands").nth(1).unwrap();
    let commands: Vec<String> =
        steps(section.split("\n## ").next().unwrap()).into_iter().map(|step| step.command).collect();
    assert_eq!(
        commands,
        ["cargo run --release --locked -- tabulate fixtures/point360", "cargo test --locked"]
    );
}

/// Every rule's row has its sentence as the certificate prints it, and its exceptions
/// are there.
#[test]
fn the_table_of_rules_says_what_the_rules_say() {
    let readme = readme();
    let mut wrong = BTreeSet::new();
    for rule in Rule::ALL {
        let start = format!("| {} | {} |", rule.id(), rule.sentence());
        let Some(row) = readme.lines().find(|line| line.starts_with(&start)) else {
            wrong.insert(format!("no row begins `{start}`"));
            continue;
        };
        for word in row.split([' ', ',', '|', ';']).filter(|word| word.starts_with("E-")) {
            if !readme.contains(&format!("**{word}**")) {
                wrong.insert(format!("{} names {word}, which is not explained", rule.id()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Files and headings that the two READMEs link to.
#[test]
fn the_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let anchor = |heading: &str| -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let mut broken = Vec::new();
    for page in ["README.md", "fixtures/README.md"] {
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
    missing.extend(published.into_iter().filter(|name| !text.contains(&format!("| {name} |"))));
    assert!(missing.is_empty(), "fixtures/README.md says nothing of {}", missing.join(", "));
}
