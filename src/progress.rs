//! How far a run is. The stages say it; whoever wants to know looks. Nothing waits for it, and no
//! result depends on it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::parallel::lock;

/// What a run is doing, and how much of it is done.
#[derive(Debug, Default)]
pub struct Progress {
    what: Mutex<String>,
    done: AtomicU64,
    all: AtomicU64,
    /// Counts the beginnings, so that whoever looks sees when something new has begun.
    turn: AtomicU64,
}

/// A look at a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What it is doing.
    pub what: String,
    /// How much of it is done, in whatever it is measured.
    pub done: u64,
    /// How much there is; zero: it is not known.
    pub all: u64,
    /// A number that changes when something new begins.
    pub turn: u64,
}

impl Progress {
    /// Something new begins, of a known size or of none.
    pub fn begin(&self, what: impl Into<String>, all: u64) {
        let mut now = lock(&self.what);
        *now = what.into();
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
        self.turn.fetch_add(1, Ordering::Relaxed);
    }

    /// So much more is done.
    pub fn advance(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// Looks at it.
    #[must_use]
    pub fn see(&self) -> Seen {
        let what = lock(&self.what);
        Seen {
            what: what.clone(),
            done: self.done.load(Ordering::Relaxed),
            all: self.all.load(Ordering::Relaxed),
            turn: self.turn.load(Ordering::Relaxed),
        }
    }
}
