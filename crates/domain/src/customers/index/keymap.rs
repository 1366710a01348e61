//! From a key to its row, in five to eight bytes a customer: a table of row numbers only, the keys stand in
//! the image's own column. It must never be asked with another column than the one it was filled from.

const FREE: u32 = u32::MAX;
/// A slot that was left: a search passes over it.
const LEFT: u32 = u32::MAX - 1;

#[derive(Default)]
pub(super) struct KeyMap {
    slots: Vec<u32>,
    /// Slots that are not free, left ones too.
    used: usize,
}

type Key = [u8; 16];

impl KeyMap {
    /// The row of `key`, if it has one.
    pub fn get(&self, keys: &[Key], key: &Key) -> Option<usize> {
        self.slot(keys, key).map(|at| self.slots[at] as usize)
    }

    /// Notes a row whose key is not in the table yet.
    pub fn insert(&mut self, keys: &[Key], row: usize) {
        if (self.used + 1) * 5 > self.slots.len() * 4 {
            let living: Vec<u32> = self.slots.iter().copied().filter(|s| *s < LEFT).collect();
            self.rebuild(keys, living.into_iter(), keys.len() * 9 / 8 + 64);
        }
        self.place(&keys[row], row as u32);
    }

    /// Points a known key to its new row.
    pub fn repoint(&mut self, keys: &[Key], key: &Key, row: usize) {
        if let Some(at) = self.slot(keys, key) {
            self.slots[at] = row as u32;
        }
    }

    pub fn remove(&mut self, keys: &[Key], key: &Key) {
        if let Some(at) = self.slot(keys, key) {
            self.slots[at] = LEFT;
        }
    }

    /// Starts again with room for `capacity` rows.
    pub fn rebuild(&mut self, keys: &[Key], rows: impl Iterator<Item = u32>, capacity: usize) {
        self.slots = vec![FREE; capacity + capacity / 4 + 16];
        self.used = 0;
        for row in rows {
            self.place(&keys[row as usize], row);
        }
    }

    pub fn memory(&self) -> usize {
        self.slots.capacity() * 4
    }

    fn place(&mut self, key: &Key, row: u32) {
        let mut at = self.home(key);
        while self.slots[at] != FREE {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = row;
        self.used += 1;
    }

    fn slot(&self, keys: &[Key], key: &Key) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mut at = self.home(key);
        loop {
            match self.slots[at] {
                FREE => return None,
                row if row != LEFT && keys[row as usize] == *key => return Some(at),
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
    }

    fn home(&self, key: &Key) -> usize {
        let whole = u128::from_be_bytes(*key);
        let mixed = ((whole >> 64) as u64 ^ (whole as u64).rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((u128::from(mixed) * self.slots.len() as u128) >> 64) as usize
    }
}
