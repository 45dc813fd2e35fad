//! On which lines the rows of a file stand, row by row: nearly always one after the other.

/// The lines of rows, as runs of lines that follow each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    count: usize,
    /// The first row of a run, and its line.
    starts: Vec<(usize, u64)>,
}

impl Runs {
    /// Adds a row.
    pub(super) fn push(&mut self, line: u64) {
        if self.next_line() != Some(line) {
            self.starts.push((self.count, line));
        }
        self.count += 1;
    }

    /// Adds the rows of others.
    pub(super) fn append(&mut self, other: &Self) {
        for (first, line) in &other.starts {
            let begins_here = *first == 0 && self.next_line() == Some(*line);
            if !begins_here {
                self.starts.push((self.count + first, *line));
            }
        }
        self.count += other.count;
    }

    /// The line of a row.
    pub(super) fn line(&self, row: usize) -> u64 {
        let run = self.starts.partition_point(|(first, _)| *first <= row);
        self.starts.get(run.wrapping_sub(1)).map_or(0, |(first, line)| line + (row - first) as u64)
    }

    /// The first row of each run, and its line.
    pub(super) fn starts(&self) -> impl Iterator<Item = (usize, u64)> {
        self.starts.iter().copied()
    }

    fn next_line(&self) -> Option<u64> {
        self.starts.last().map(|(first, line)| line + (self.count - first) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn a_line_is_found_within_its_run() {
        let runs = |lines: &[u64]| {
            let mut runs = Runs::default();
            lines.iter().for_each(|line| runs.push(*line));
            runs
        };
        let mut all = runs(&[2, 3, 4, 7, 8]);
        all.append(&runs(&[9, 10, 12]));
        assert_eq!((0..all.count).map(|row| all.line(row)).collect::<Vec<_>>(), [2, 3, 4, 7, 8, 9, 10, 12]);
        assert_eq!(all.starts.len(), 3);
    }
}
