//! Records that share a key, and which pairs of them to compare. A key that thousands share (everybody at one address) must not make millions of pairs:
//! the records of a large block are put in order and each is compared with its neighbours only.

/// Up to so many records with one key are all compared with each other.
pub const LARGEST: usize = 40;
/// In a larger block each is compared with so many that follow it.
const NEIGHBOURS: usize = 8;

/// Records by one kind of key, in order of the key; those that are alone with theirs are left out.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    rows: Vec<(u32, u32)>,
}

impl Blocks {
    /// Takes keys and records in any order.
    pub fn of(mut rows: Vec<(u32, u32)>) -> Blocks {
        rows.sort_unstable();
        let alone = |at: usize| (at == 0 || rows[at - 1].0 != rows[at].0) && rows.get(at + 1).is_none_or(|next| next.0 != rows[at].0);
        let keep: Vec<bool> = (0..rows.len()).map(|at| !alone(at)).collect();
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            keep[at - 1]
        });
        rows.shrink_to_fit();
        Blocks { rows }
    }

    /// The blocks: the records that share a key, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.rows.chunk_by(|a, b| a.0 == b.0)
    }

    /// The first block whose key is above `key`, or the first of all.
    pub fn behind(&self, key: Option<u32>) -> Option<&[(u32, u32)]> {
        let from = key.map_or(0, |key| self.rows.partition_point(|row| row.0 <= key));
        self.rows[from..].chunk_by(|a, b| a.0 == b.0).next()
    }

    /// The pairs of a block to compare: places in `order`, which the caller has sorted by likeness when the block is large.
    pub fn pairs(size: usize) -> impl Iterator<Item = (usize, usize)> {
        let reach = if size <= LARGEST { size } else { NEIGHBOURS + 1 };
        (0..size).flat_map(move |i| (i + 1..size.min(i + reach)).map(move |j| (i, j)))
    }
}
