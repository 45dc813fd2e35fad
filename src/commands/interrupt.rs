//! Ctrl-C, and being told to end: what is staged is taken away again, so that nothing half made stays.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, Once};

use crate::parallel::lock;

/// What a shell says of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

static STAGED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static READY: Once = Once::new();

/// A staged file or folder that is removed when the run is interrupted, as long as this lives.
pub(super) struct Staging(PathBuf);

impl Staging {
    /// Makes something and remembers its path, between which no interruption comes.
    pub(super) fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path: impl Fn(&T) -> &Path,
    ) -> io::Result<(T, Self)> {
        // Where no handler can be set, an interruption leaves a hidden temporary file, no document.
        READY.call_once(|| drop(ctrlc::set_handler(end)));
        let mut staged = lock(&STAGED);
        let made = make()?;
        let path = path(&made).to_owned();
        staged.push(path.clone());
        Ok((made, Self(path)))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        lock(&STAGED).retain(|path| *path != self.0);
    }
}

/// As long as this lives, an interruption waits: documents are given their names one after the other.
pub(super) struct Publishing(#[expect(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

static PUBLISHING: Mutex<()> = Mutex::new(());

impl Publishing {
    pub(super) fn begin() -> Self {
        Self(lock(&PUBLISHING))
    }
}

/// Runs on a thread of its own, so that it may do what a signal handler may not.
fn end() {
    let _publishing = Publishing::begin();
    // Held to the end: nothing more is staged.
    let staged = lock(&STAGED);
    for path in staged.iter() {
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    eprintln!("error: interrupted");
    process::exit(INTERRUPTED);
}
