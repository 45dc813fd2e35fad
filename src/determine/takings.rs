//! What cards take, in the order of the positions.

use super::Taking;
use crate::ascertain::PositionId;
use crate::parallel::{Threads, each};

/// Shares that cards cover. They are found for many accounts at a time and stay where they were found:
/// there are tens of millions of them.
#[derive(Debug, Default)]
pub struct Takings(Vec<Vec<Taking>>);

impl Takings {
    /// Adds those of later positions.
    pub(super) fn append(&mut self, later: Vec<Taking>) {
        if !later.is_empty() {
            self.0.push(later);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Some of them, in the same order.
    pub(crate) fn only(&self, threads: Threads, is_wanted: impl Fn(&Taking) -> bool + Sync) -> Self {
        let some = |part: &Vec<Taking>| part.iter().filter(|taking| is_wanted(taking)).cloned().collect();
        let mut only = Self::default();
        each(threads, &self.0, some).into_iter().for_each(|part| only.append(part));
        only
    }

    /// Every one, in the order of the positions.
    pub fn iter(&self) -> impl Iterator<Item = &Taking> {
        self.0.iter().flatten()
    }

    /// Those of some positions that follow each other.
    pub fn of(&self, first: PositionId, last: PositionId) -> impl Iterator<Item = &Taking> {
        let is_before = |part: &Vec<Taking>| part.last().is_some_and(|taking| taking.position < first);
        let parts = &self.0[self.0.partition_point(is_before)..];
        let parts = parts.iter().take_while(move |part| part[0].position <= last);
        parts.flat_map(move |part| {
            let start = part.partition_point(|taking| taking.position < first);
            let end = part.partition_point(|taking| taking.position <= last);
            &part[start..end]
        })
    }

    /// Works on parts of them at once; the results in the order of the positions.
    pub(crate) fn parts<'a, R: Send>(
        &'a self,
        threads: Threads,
        work: impl Fn(&'a [Taking]) -> R + Sync,
    ) -> Vec<R> {
        each(threads, &self.0, |part| work(part))
    }
}
