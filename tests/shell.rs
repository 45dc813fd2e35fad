//! What a shell and `man` are given.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use support::{quorate, stderr, stdout};

/// Whether a program accepts a text on standard input; nothing where the program is not there.
fn accepts(program: &str, args: &[&str], text: &str) -> Option<bool> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Some(child.wait().unwrap().success())
}

fn verbs() -> Vec<String> {
    quorate::cli::Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect()
}

#[test]
fn completions_are_scripts_that_the_shells_can_parse() {
    for (shell, args) in [
        ("bash", Some(vec!["-n"])),
        ("zsh", Some(vec!["-n"])),
        ("fish", Some(vec!["--no-execute"])),
        ("elvish", None),
        ("powershell", None),
    ] {
        let output = quorate(&["completions", shell]);
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{shell}");
        let script = stdout(&output);
        for verb in verbs() {
            assert!(script.contains(&verb), "{shell} does not complete {verb}");
        }
        if let Some(args) = args {
            assert_ne!(accepts(shell, &args, &script), Some(false), "{shell} cannot parse its script");
        }
    }
    assert_eq!(accepts("bash", &["-n"], &stdout(&quorate(&["completions", "bash"]))), Some(true));
    assert_eq!(quorate(&["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn bash_completes_commands_and_the_values_of_options() {
    let script = stdout(&quorate(&["completions", "bash"]));
    let asked = "\nCOMP_WORDS=(quorate init --template a); COMP_CWORD=3\n_quorate quorate a --template\necho \"${COMPREPLY[@]}\"\n";
    let output = Command::new("bash").args(["--norc", "-c", &format!("{script}{asked}")]).output().unwrap();
    assert_eq!(stdout(&output).trim(), "annual", "{}", stderr(&output));
}

#[test]
fn the_manual_page_has_every_command_with_its_options() {
    let output = quorate(&["man"]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
    let page = stdout(&output);
    assert!(page.contains(".TH quorate 1"), "{page}");
    for verb in verbs() {
        assert!(page.contains(&format!(".SH \"QUORATE {}\"\n", verb.to_uppercase())), "{verb}");
        assert!(!page.contains(&format!("quorate\\-{verb}(1)")), "no page of its own is promised for {verb}");
    }
    for option in ["second\\-count", "as\\-of", "template", "jobs", "challenges"] {
        assert!(page.contains(&format!("\\-\\-{option}")), "{option}");
    }
}

/// On a terminal a page of the manual is shown with the user's pager; in a pipe it is as it is, whatever
/// PAGER says; an empty PAGER, or one that is not there, shows it too.
#[test]
fn the_manual_is_paged_on_a_terminal_only() {
    let program = env!("CARGO_BIN_EXE_quorate");
    let piped = Command::new(program).args(["manual", "limits"]).env("PAGER", "head -n 1").output().unwrap();
    let page = String::from_utf8(piped.stdout).unwrap();
    assert!(page.starts_with("# Limits\n") && page.lines().count() > 10, "{page}");
    // util-linux has it; where it is not there, nothing stands in for a terminal.
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let on_terminal = |pager: &str| {
        let command = format!("{program} manual limits");
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).env("PAGER", pager);
        let output = script.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n")
    };
    assert_eq!(on_terminal("head -n 1").trim(), "# Limits");
    for pager in ["", "no-such-pager"] {
        assert_eq!(on_terminal(pager), page, "PAGER={pager}");
    }
}
