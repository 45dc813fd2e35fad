//! `quorate watch`: one screen for the room, counted again when a file changes, and a page for the projector.

#[cfg(feature = "desk")]
mod eye;
#[cfg(feature = "desk")]
mod screen;
#[cfg(feature = "desk")]
mod seen;

#[cfg(all(test, feature = "desk"))]
mod tests;

use super::Exit;
use crate::cli::Watch;

/// Shows where the meeting stands until it is left.
#[cfg(feature = "desk")]
pub(super) fn run(args: &Watch) -> anyhow::Result<Exit> {
    screen::run(args)
}

/// Without its feature there is no screen.
#[cfg(not(feature = "desk"))]
pub(super) fn run(_args: &Watch) -> anyhow::Result<Exit> {
    anyhow::bail!("`watch` needs the feature `desk`, which this program was built without")
}
