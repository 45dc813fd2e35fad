//! Work on several threads with the result of one: what is done at once is put together in the order
//! of the input, so that no figure and no byte depends on the number of threads.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// How many threads may work at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The most that may be asked for.
    pub const MAX: usize = 256;

    /// So many, at least one and at most [`Threads::MAX`].
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self(NonZeroUsize::new(count.min(Self::MAX)).unwrap_or(NonZeroUsize::MIN))
    }

    /// No more than so many of them, but one.
    #[must_use]
    pub(crate) fn at_most(self, count: usize) -> Self {
        Self::new(self.count().min(count))
    }

    /// How many each of several gets that work at once.
    #[must_use]
    pub(crate) fn shared_by(self, count: usize) -> Self {
        Self::new(self.count() / count.max(1))
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> usize {
        self.0.get()
    }
}

impl Default for Threads {
    /// As many as the machine runs at once.
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }
}

/// A lock whose holder cannot have left anything half done: a panic elsewhere ends the run anyway.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finished pieces that wait for their turn.
struct Turn<R> {
    waiting: BTreeMap<usize, R>,
    next: usize,
    is_handing_on: bool,
    is_over: bool,
}

/// Takes pieces with `fetch` in order, works on several at once, and hands the results to `commit`
/// in the order of the pieces. `fetch` fills a worker's state and says whether there was a piece;
/// `commit` may end the run early.
pub(crate) fn in_order<W: Send, R: Send>(
    threads: Threads,
    start: impl Fn() -> W + Sync,
    mut fetch: impl FnMut(&mut W) -> bool + Send,
    work: impl Fn(&mut W) -> R + Sync,
    mut commit: impl FnMut(R) -> ControlFlow<()> + Send,
) {
    if threads.count() == 1 {
        let mut state = start();
        while fetch(&mut state) {
            if commit(work(&mut state)).is_break() {
                return;
            }
        }
        return;
    }
    // Results far ahead of their turn are not piled up.
    let ahead_max = threads.count() * 4;
    let source = Mutex::new((fetch, 0_usize));
    let sink = Mutex::new(commit);
    let turn = Mutex::new(Turn { waiting: BTreeMap::new(), next: 0, is_handing_on: false, is_over: false });
    let changed = Condvar::new();
    let worker = || {
        let _end = EndOnPanic { turn: &turn, changed: &changed };
        let mut state = start();
        loop {
            let place = {
                let mut source = lock(&source);
                if lock(&turn).is_over || !(source.0)(&mut state) {
                    return;
                }
                source.1 += 1;
                source.1 - 1
            };
            let result = work(&mut state);
            let mut at = lock(&turn);
            while place >= at.next + ahead_max && !at.is_over {
                at = changed.wait(at).unwrap_or_else(PoisonError::into_inner);
            }
            at.waiting.insert(place, result);
            if at.is_handing_on {
                continue;
            }
            at.is_handing_on = true;
            while !at.is_over {
                let next = at.next;
                let Some(result) = at.waiting.remove(&next) else { break };
                drop(at);
                let is_over = (*lock(&sink))(result).is_break();
                at = lock(&turn);
                at.next += 1;
                at.is_over |= is_over;
                changed.notify_all();
            }
            at.is_handing_on = false;
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.count() {
            scope.spawn(worker);
        }
        worker();
    });
}

/// Wakes the others when a worker panics, so that they do not wait for its piece.
struct EndOnPanic<'a, R> {
    turn: &'a Mutex<Turn<R>>,
    changed: &'a Condvar,
}

impl<R> Drop for EndOnPanic<'_, R> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(self.turn).is_over = true;
            self.changed.notify_all();
        }
    }
}

/// So many places that lie far apart are looked at together, so that the memory is waited for once and not for
/// each.
pub(crate) const TOGETHER: usize = 64;

/// The smallest part that is worth a thread of its own.
const PART_MIN: usize = 16_384;

/// Cuts `0..count` into parts, works on them at once, and returns the results in the order of the
/// parts. What the parts are must not show in what is made of the results.
pub(crate) fn parts<R: Send>(
    threads: Threads,
    count: usize,
    work: impl Fn(Range<usize>) -> R + Sync,
) -> Vec<R> {
    let part = count.div_ceil(threads.count() * 8).max(PART_MIN);
    let ranges: Vec<Range<usize>> =
        (0..count.div_ceil(part)).map(|at| at * part..((at + 1) * part).min(count)).collect();
    each(threads, &ranges, |range| work(range.clone()))
}

/// Works on several things at once, and returns the results in their order.
pub(crate) fn each<'a, T: Sync, R: Send>(
    threads: Threads,
    all: &'a [T],
    work: impl Fn(&'a T) -> R + Sync,
) -> Vec<R> {
    if threads.at_most(all.len()).count() == 1 {
        return all.iter().map(work).collect();
    }
    in_pool(threads, || all.par_iter().with_max_len(1).map(&work).collect())
}

/// Puts lists that are each in order together in one, and keeps `made` of each. Of equals, those of an earlier
/// list come first.
pub(crate) fn merged<T: Sync, R: Send>(
    threads: Threads,
    lists: &[Vec<T>],
    order: impl Fn(&T, &T) -> Ordering + Sync,
    made: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let mut all: Vec<&T> = lists.iter().flatten().collect();
    in_pool(threads, || {
        // Stable, and lists that are in order are only merged.
        all.par_sort_by(|a, b| order(a, b));
        all.into_par_iter().map(&made).collect()
    })
}

/// Works with so many threads: those at work already where it is called by one of them, else a pool that is
/// kept for the next time.
fn in_pool<R: Send>(threads: Threads, work: impl FnOnce() -> R + Send) -> R {
    static POOLS: Mutex<BTreeMap<usize, Arc<ThreadPool>>> = Mutex::new(BTreeMap::new());
    if rayon::current_thread_index().is_some() {
        return work();
    }
    let count = threads.count();
    let made = || ThreadPoolBuilder::new().num_threads(count).build().expect("the machine has threads");
    let pool = Arc::clone(lock(&POOLS).entry(count).or_insert_with(|| Arc::new(made())));
    pool.install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_lists_are_those_sorted_together() {
        // Few different numbers, so that many are equal and stand at the bounds; each with its list and place.
        let list = |list: usize, count: usize| {
            let numbers = (0..count).map(|at| (at * 7919 + list * 104_729) % 1009 / (list + 1));
            let mut all: Vec<(usize, usize, usize)> =
                numbers.enumerate().map(|(at, number)| (number, list, at)).collect();
            all.sort_by_key(|one| one.0);
            all
        };
        for counts in [&[][..], &[0], &[1], &[3, 0, 2], &[PART_MIN, 5 * PART_MIN, 0, 3, 2 * PART_MIN + 1]] {
            let lists: Vec<_> = counts.iter().enumerate().map(|(at, count)| list(at, *count)).collect();
            let mut together = lists.concat();
            together.sort_by_key(|one| one.0);
            for threads in [1, 3] {
                let merged = merged(Threads::new(threads), &lists, |a, b| a.0.cmp(&b.0), |one| *one);
                assert_eq!(merged, together);
            }
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces_whatever_the_threads() {
        for count in [1, 2, 3, 8] {
            let mut left = 0..1000_u32;
            let mut seen = Vec::new();
            in_order(
                Threads::new(count),
                || 0,
                |state| left.next().map(|next| *state = next).is_some(),
                |state| *state * 2,
                |result| {
                    seen.push(result);
                    ControlFlow::Continue(())
                },
            );
            assert_eq!(seen, (0..1000).map(|n| n * 2).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn an_early_end_stops_every_worker() {
        let mut fetched = 0_u32;
        let mut seen = 0_u32;
        in_order(
            Threads::new(4),
            || (),
            |()| {
                fetched += 1;
                true
            },
            |()| (),
            |()| {
                seen += 1;
                if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(seen, 10);
    }

    #[test]
    fn parts_cover_everything_once() {
        for count in [0, 1, PART_MIN, PART_MIN + 1, 10 * PART_MIN + 7] {
            for threads in [1, 3] {
                let parts = parts(Threads::new(threads), count, |range| range);
                assert_eq!(parts.iter().map(ExactSizeIterator::len).sum::<usize>(), count);
                assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            }
        }
    }
}
