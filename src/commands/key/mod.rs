//! `quorate key`: a form on the terminal to key paper in. Each card is checked by the loader's own rules and counted
//! by the one engine before it is saved, and is on the disk when the screen says so.

#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "desk")]
mod form;
#[cfg(feature = "desk")]
mod holders;
#[cfg(feature = "desk")]
mod judge;
#[cfg(feature = "desk")]
mod piles;
#[cfg(feature = "desk")]
mod screen;
#[cfg(feature = "desk")]
mod shelf;
#[cfg(feature = "desk")]
mod twice;
#[cfg(feature = "desk")]
mod view;

#[cfg(all(test, feature = "desk"))]
mod tests;

use super::Exit;
use crate::cli::KeyIn;

/// Keys paper in.
#[cfg(feature = "desk")]
pub(super) fn run(args: &KeyIn) -> anyhow::Result<Exit> {
    screen::run(args)
}

/// Without its feature there is no screen.
#[cfg(not(feature = "desk"))]
pub(super) fn run(_args: &KeyIn) -> anyhow::Result<Exit> {
    anyhow::bail!("`key` needs the feature `desk`, which this program was built without")
}
