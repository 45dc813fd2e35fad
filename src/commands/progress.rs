//! How far a long run is, on a terminal: what it is doing, how much of it is done, how long still.
//! The clock is read for this alone.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::progress::Progress;

/// What takes no longer is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is written anew.
const BEAT: Duration = Duration::from_millis(200);

/// What the line says where it is known how much there is, and where not.
const SIZED: &str = "{msg}: {percent}%, {eta} left";
const UNSIZED: &str = "{msg} …";

/// Does some work, and shows on a terminal how far it is when it takes over a second. The line is on
/// standard error and is gone at the end.
pub(super) fn watched<T>(progress: &Progress, is_quiet: bool, work: impl FnOnce() -> T) -> T {
    if is_quiet || !io::stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        let (end, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            let begin = Instant::now();
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            let mut turn = 0;
            while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                turn = show(&bar, progress, turn);
                if bar.is_hidden() && begin.elapsed() >= PATIENCE {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
            }
            bar.finish_and_clear();
        });
        let done = work();
        drop(end);
        done
    })
}

/// Puts what a run is doing on the bar: `reading cards.csv: 45%, 3s left`. Returns the run's turn.
fn show(bar: &ProgressBar, progress: &Progress, turn: u64) -> u64 {
    let seen = progress.see();
    if seen.turn != turn {
        bar.reset();
        bar.set_message(seen.what);
        bar.set_style(style(seen.all > 0));
        match seen.all {
            0 => bar.unset_length(),
            all => bar.set_length(all),
        }
    }
    bar.set_position(if seen.all > 0 { seen.done.min(seen.all) } else { 0 });
    seen.turn
}

/// Of a size that is not known, no share can be told.
fn style(is_size_known: bool) -> ProgressStyle {
    ProgressStyle::with_template(if is_size_known { SIZED } else { UNSIZED })
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_what_and_how_far() {
        let progress = Progress::default();
        let bar = ProgressBar::hidden();
        progress.begin("reading cards.csv", 200);
        progress.advance(50);
        let turn = show(&bar, &progress, 0);
        assert_eq!(
            (bar.message().as_str(), bar.position(), bar.length()),
            ("reading cards.csv", 50, Some(200))
        );
        // A file that grew while it was read is no more than all of itself.
        progress.advance(500);
        let turn = show(&bar, &progress, turn);
        assert_eq!((bar.position(), bar.length()), (200, Some(200)));
        progress.begin("tabulating", 0);
        progress.advance(7);
        show(&bar, &progress, turn);
        assert_eq!((bar.message().as_str(), bar.position(), bar.length()), ("tabulating", 0, None));
    }

    #[test]
    fn the_templates_are_read() {
        assert!([SIZED, UNSIZED].iter().all(|template| ProgressStyle::with_template(template).is_ok()));
    }
}
