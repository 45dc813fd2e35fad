//! `quorate manual`: a page of the manual, with a pager where it is read on a terminal.

use std::borrow::Cow;
use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use super::{Exit, output};
use crate::cli::Manual;
use crate::manual::{self, Page};

/// Shows a page, or the contents.
pub(super) fn run(args: &Manual) -> anyhow::Result<Exit> {
    let page = args.topic.as_deref().and_then(Page::of_name);
    let text = page.map_or_else(|| Cow::Owned(manual::contents()), Page::text);
    let is_shown = io::stdout().is_terminal() && page.is_some() && paged(&text);
    if !is_shown {
        output::print(&text)?;
    }
    Ok(Exit::Certified)
}

/// Shows a text with the user's pager, or with less, and says whether that was done. A pager that is
/// not there is no reason not to show the page.
fn paged(text: &str) -> bool {
    let pager = env::var("PAGER").unwrap_or_else(|_| "less -FRX".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return false };
    let child = Command::new(program).args(words).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager before the end has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}
