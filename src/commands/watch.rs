//! How far a long run is, on a terminal: what it is doing, how much of it is done, how long still.
//! The clock is read for this alone.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::progress::{Progress, Seen};

/// What takes no longer is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is written anew.
const BEAT: Duration = Duration::from_millis(200);

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
            let mut turn = (0, begin);
            let mut is_shown = false;
            while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                let seen = progress.see();
                if seen.turn != turn.0 {
                    turn = (seen.turn, Instant::now());
                }
                if begin.elapsed() >= PATIENCE {
                    is_shown = true;
                    let line = line(&seen, turn.1.elapsed());
                    let _ = write!(io::stderr(), "\r\x1b[2K{line}").and_then(|()| io::stderr().flush());
                }
            }
            if is_shown {
                let _ = write!(io::stderr(), "\r\x1b[2K").and_then(|()| io::stderr().flush());
            }
        });
        let done = work();
        drop(end);
        done
    })
}

/// `reading cards.csv: 45%, 3 s left`.
fn line(seen: &Seen, since: Duration) -> String {
    let done = seen.done.min(seen.all);
    if seen.all == 0 || done == 0 {
        return format!("{} …", seen.what);
    }
    let percent = u128::from(done) * 100 / u128::from(seen.all);
    let left = since.as_millis() * u128::from(seen.all - done) / u128::from(done);
    let seconds = left.div_ceil(1000);
    let left = if seconds < 100 {
        format!("{seconds} s left")
    } else {
        format!("{} min left", seconds.div_ceil(60))
    };
    format!("{}: {percent}%, {left}", seen.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_how_far_and_how_long_still() {
        let seen = |done, all| Seen { what: "reading cards.csv".to_owned(), done, all, turn: 1 };
        assert_eq!(line(&seen(0, 100), Duration::from_secs(2)), "reading cards.csv …");
        assert_eq!(line(&seen(5, 0), Duration::from_secs(2)), "reading cards.csv …");
        // A quarter in two seconds: six seconds for the rest.
        assert_eq!(line(&seen(25, 100), Duration::from_secs(2)), "reading cards.csv: 25%, 6 s left");
        assert_eq!(line(&seen(1, 100), Duration::from_secs(2)), "reading cards.csv: 1%, 4 min left");
        assert_eq!(line(&seen(120, 100), Duration::from_secs(2)), "reading cards.csv: 100%, 0 s left");
    }
}
