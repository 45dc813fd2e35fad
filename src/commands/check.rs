//! `quorate check`: everything read, every problem and warning reported, no result told.

use clap::ColorChoice;

use super::{CommandError, Exit, output, terminal, with_meeting};
use crate::check::sheet;
use crate::cli::Check;
use crate::load::Problems;
use crate::render;
use crate::tabulate::Tabulation;

const UNDONE: &str = "the meeting cannot be tabulated";

/// Checks a meeting's files and prints what can be said before any result.
pub(super) fn run(args: &Check, color: ColorChoice) -> anyhow::Result<Exit> {
    let text = with_meeting(&args.files, |loaded| {
        let tabulation = loaded.and_then(|loaded| Tabulation::of(loaded, None))?;
        Ok(render::check::text(&sheet(&tabulation), terminal::width()))
    });
    let text = text.map_err(refused)?;
    output::print(&if terminal::is_coloured(color) { render::text::coloured(&text) } else { text })?;
    Ok(Exit::Certified)
}

/// The problems, with what to do about each kind of them.
fn refused(problems: Problems) -> CommandError {
    CommandError::Checked(problems, UNDONE)
}
