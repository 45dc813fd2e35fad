//! What the terminal can show.

use std::io::{self, IsTerminal};

use clap::ColorChoice;

use crate::render::{WIDTH, WIDTHS};

/// The columns to print in. On a terminal what `COLUMNS` says, else what the terminal says, as far as
/// [`WIDTHS`] go; in a file or pipe always those of a page, so that the bytes do not depend on the window.
pub(super) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH;
    }
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = said
        .filter(|columns| *columns > 0)
        .or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)));
    columns.map_or(WIDTH, |columns| columns.clamp(*WIDTHS.start(), *WIDTHS.end()))
}

/// Whether to use colour on standard output.
pub(super) fn is_coloured(color: ColorChoice) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
