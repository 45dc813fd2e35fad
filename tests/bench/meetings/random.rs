//! SplitMix64 (Steele, Lea and Flood, 2014): the same numbers from the same seed, on any machine; and an
//! order that looks like none.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for one thing among many, whatever was drawn for the others.
    pub fn of(seed: u64, thing: u64) -> Self {
        Self(mix(seed ^ mix(thing.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// From zero to one less than `end`. The bias of the remainder is far below what a benchmark sees.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// From `start` to `end`, both included.
    pub fn between(&mut self, start: u64, end: u64) -> u64 {
        start + self.below(end.saturating_sub(start) + 1)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[place(self.below(from.len() as u64))]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number as an index.
pub fn place(number: u64) -> usize {
    usize::try_from(number).expect("an index fits the machine")
}

/// Every number below `end` once, in no obvious order: steps of a size that shares no factor with it.
#[derive(Debug, Clone, Copy)]
pub struct Scattered {
    end: u64,
    step: u64,
}

impl Scattered {
    pub fn new(end: u64) -> Self {
        let end = end.max(1);
        let mut step = end / 5 * 3 + 7919;
        while gcd(step, end) > 1 {
            step += 1;
        }
        Self { end, step }
    }

    pub fn at(self, number: u64) -> u64 {
        let product = u128::from(number) * u128::from(self.step) + 17;
        u64::try_from(product % u128::from(self.end)).expect("below the end")
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
