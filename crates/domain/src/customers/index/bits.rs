//! One bit a row: which rows are still candidates.

pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub fn none(rows: usize) -> Bits {
        Bits(vec![0; rows.div_ceil(64)])
    }

    /// One behind the other; each but the last is of a multiple of 64 rows.
    pub fn joined(parts: Vec<Bits>) -> Bits {
        Bits(parts.into_iter().flat_map(|part| part.0).collect())
    }

    #[inline]
    pub fn set(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    #[inline(always)]
    pub fn has(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }

    pub fn and(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    /// Keeps the rows for which `stays` holds.
    pub fn retain(&mut self, mut stays: impl FnMut(usize) -> bool) {
        for (at, word) in self.0.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                if !stays(at * 64 + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// The rows from `from`, a multiple of 64, to `to`, low to high.
    pub fn within(&self, from: usize, to: usize) -> Vec<u32> {
        let mut rows = Vec::new();
        for at in from / 64..to.div_ceil(64) {
            let mut left = self.0[at];
            while left != 0 {
                rows.push((at * 64) as u32 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        rows
    }

    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}
