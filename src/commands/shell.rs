//! `quorate completions` and `quorate man`: what a shell and `man` know of the program, made from the
//! same description of the command line as its help.

use std::io;

use anyhow::Context;
use clap::CommandFactory;
use clap_mangen::Man;

use super::{Exit, output};
use crate::cli::{Cli, Completions};

/// Prints the script that completes commands and options.
pub(super) fn completions(args: &Completions) -> anyhow::Result<Exit> {
    let mut command = Cli::command();
    let script = written(|out| {
        clap_complete::generate(args.shell, &mut command, "quorate", out);
        Ok(())
    })?;
    output::print(&script).map(|()| Exit::Certified)
}

/// Prints one manual page with a section for each command.
pub(super) fn man() -> anyhow::Result<Exit> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut text = written(|out| Man::new(command.clone()).render(out))?;
    for verb in command.get_subcommands() {
        let name = verb.get_name();
        // All of it stands on this page: there is none of the command's own.
        text = text.replace(&format!("quorate\\-{name}(1)"), &format!("quorate {name}"));
        text.push_str(&format!(".SH \"QUORATE {}\"\n", name.to_uppercase()));
        let page = Man::new(verb.clone());
        let sections = written(|out| {
            page.render_synopsis_section(out)?;
            page.render_description_section(out)?;
            page.render_options_section(out)?;
            page.render_extra_section(out)
        })?;
        text.push_str(&sections.replace(".SH ", ".SS "));
    }
    let text = text.replace(".SH EXTRA\n", ".SH NOTES\n").replace(".SS EXTRA\n", ".SS NOTES\n");
    output::print(&text).map(|()| Exit::Certified)
}

/// What is written as text.
fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> anyhow::Result<String> {
    let mut text = Vec::new();
    write(&mut text).context("writing the manual page")?;
    String::from_utf8(text).context("the text is not UTF-8")
}
