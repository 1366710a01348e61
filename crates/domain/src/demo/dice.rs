//! Chance that repeats: the same seed throws the same numbers on every machine (SplitMix64).

/// A row of throws.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Begins a row; `n` makes rows of one seed differ.
    pub fn new(seed: u64, n: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ n.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end` - 1.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both in.
    pub fn from(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.next() % u64::try_from(high - low + 1).unwrap_or(1).max(1)).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.from(1, 100) <= percent
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of these, by weight.
    pub fn weighed<'a, T>(&mut self, of: &'a [(i64, T)]) -> &'a T {
        let mut left = self.from(1, of.iter().map(|(w, _)| w).sum());
        for (weight, it) in of {
            left -= weight;
            if left <= 0 {
                return it;
            }
        }
        &of[of.len() - 1].1
    }
}
