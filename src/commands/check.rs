//! `quorate check`: everything read, every problem and warning reported, no result told.

use super::{CommandError, Exit, output, overrides};
use crate::audit::warnings::warnings;
use crate::cli::Check;
use crate::load;
use crate::tabulate::Tabulation;
use crate::text::{counted, thousands, visible};

const UNDONE: &str = "the meeting cannot be tabulated";

/// Checks a meeting's files and prints their control totals.
pub(super) fn run(args: &Check) -> anyhow::Result<Exit> {
    let loaded = load::load(&args.files.meeting, &overrides(&args.files))
        .map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let tabulation =
        Tabulation::of(loaded, None).map_err(|problems| CommandError::Input(problems, UNDONE))?;
    let found = warnings(&tabulation);
    let loaded = &tabulation.loaded;
    let mut text = String::new();
    for input in &loaded.inputs {
        let mut figures = vec![counted(input.bytes, "byte")];
        figures.extend(input.rows.map(|rows| counted(rows, "row")));
        let shares = input.shares.filter(|sum| !sum.is_zero());
        figures.extend(shares.map(|sum| format!("{} shares", thousands(&sum.to_string()))));
        text.push_str(&format!(
            "{:<12} {}: {}\n",
            input.role.name(),
            visible(&input.path),
            figures.join(", ")
        ));
    }
    for warning in &found {
        text.push_str(&format!("warning: {}: {}\n", warning.code, warning.says));
    }
    text.push_str(&match found.len() as u64 {
        0 => "no problems found\n".to_owned(),
        count => format!("no problems found, {}\n", counted(count, "warning")),
    });
    output::print(&text)?;
    Ok(Exit::Certified)
}
