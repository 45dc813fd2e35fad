//! What the terminal can show.

use std::io::{self, IsTerminal};

use clap::ColorChoice;

/// The columns of a page that no terminal shows.
const WIDTH: usize = 100;

/// The fewest columns that screens are laid out for.
const WIDTH_MIN: usize = 60;

/// The columns to print in: those of the terminal, up to a page's; in a file or pipe always a page's, so
/// that the bytes do not depend on the window.
pub(super) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH;
    }
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(WIDTH_MIN, WIDTH))
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
