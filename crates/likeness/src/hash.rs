//! One small hash that is the same on every machine and in every version, because keys are kept in a database. Not against attackers: what collides
//! is only compared once more.

const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a over parts, with a mark between them, stirred at the end so that the low bits may be used alone.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut sum = START;
    for part in parts {
        for &byte in *part {
            sum = (sum ^ u64::from(byte)).wrapping_mul(PRIME);
        }
        sum = (sum ^ 0x1f).wrapping_mul(PRIME);
    }
    stir(sum)
}

/// The last step of `splitmix64`.
pub(crate) fn stir(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A fixed sequence of numbers that look random: samples are the same at every run.
pub(crate) struct Sequence(pub u64);

impl Sequence {
    /// The next number below `limit`, which is above zero.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        usize::try_from(stir(self.0) % (limit as u64)).unwrap_or(0)
    }
}
