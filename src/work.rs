//! Steps, counted where a test asks how the work grows with the input: never by the clock.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts a step of this thread; nothing outside of tests.
#[inline]
pub(crate) fn step() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// The steps that something takes on this thread.
#[cfg(test)]
pub(crate) fn steps_of(what: impl FnOnce()) -> u64 {
    let before = STEPS.with(std::cell::Cell::get);
    what();
    STEPS.with(std::cell::Cell::get) - before
}
