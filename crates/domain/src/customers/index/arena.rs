//! The text of all customers in one piece of memory, in the order of their rows, so that a search is one
//! forward pass. A record is `name 01 e-mail 01 other parts 02 digits of phones 00`, parts joined by 01. It must never
//! keep text of a customer who left or changed: such a record is overwritten at once.

/// Between two parts of a record: no search runs across it.
pub(super) const PART: u8 = 1;
/// Before the digits of the phones.
const PHONES: u8 = 2;
/// Behind each record.
const END: u8 = 0;

/// Longest parts in bytes, the rest is not searched. Together below 64 KiB: a block of rows stays within u32.
const NAME_MAX: usize = 4_000;
const EMAIL_MAX: usize = 1_000;
const TEXT_MAX: usize = 50_000;
const PHONES_MAX: usize = 6_000;

const BLOCK: usize = 1 << 16;

/// What is full grows by one part in so many: a large piece is moved by its pages and not copied.
pub(super) const GROWTH: usize = 32;

#[derive(Default)]
pub(super) struct Arena {
    bytes: Vec<u8>,
    /// Where each record starts, counted from the start of its block of 65,536 rows.
    start: Vec<u32>,
    block: Vec<u64>,
}

/// The bytes of one record. Control characters become blanks, so no part can pretend to be another.
pub(super) fn record(name: &str, email: &str, text: &str, phones: &str) -> Vec<u8> {
    let name = &name[..name.floor_char_boundary(NAME_MAX)];
    let email = &email[..email.floor_char_boundary(EMAIL_MAX)];
    let text = &text[..text.floor_char_boundary(TEXT_MAX)];
    let mut out = Vec::with_capacity(name.len() + email.len() + text.len() + phones.len() + 4);
    for whole in [name, email] {
        out.extend(whole.bytes().map(|b| if b < b' ' { b' ' } else { b }));
        out.push(PART);
    }
    out.extend(text.bytes().map(|b| if b < b' ' && b != PART { b' ' } else { b }));
    out.push(PHONES);
    out.extend(phones.bytes().filter(|b| b.is_ascii_digit() || *b == PART).take(PHONES_MAX));
    out.push(END);
    out
}

/// The name within a record.
pub(super) fn name_of(record: &[u8]) -> &[u8] {
    let end = record.iter().position(|b| *b < b' ').unwrap_or(record.len());
    &record[..end]
}

/// The primary e-mail address within a record; may be empty.
pub(super) fn email_of(record: &[u8]) -> &[u8] {
    let rest = record.get(name_of(record).len() + 1..).unwrap_or_default();
    name_of(rest)
}

/// The digits of the phones within a record, joined by 01.
pub(super) fn phones_of(record: &[u8]) -> &[u8] {
    memchr::memchr(PHONES, record).map_or(&[], |at| &record[at + 1..])
}

impl Arena {
    pub fn reserve(&mut self, rows: usize, bytes: usize) {
        self.start.reserve_exact(rows);
        self.bytes.reserve_exact(bytes);
    }

    pub fn push(&mut self, record: &[u8]) {
        if self.start.len().is_multiple_of(BLOCK) {
            self.block.push(self.bytes.len() as u64);
        }
        let base = self.block.last().copied().unwrap_or(0);
        self.start.push((self.bytes.len() as u64 - base) as u32);
        if self.bytes.capacity() - self.bytes.len() < record.len() {
            self.bytes.reserve_exact(self.bytes.len() / GROWTH + record.len() + 4096);
        }
        self.bytes.extend_from_slice(record);
    }

    pub fn all(&self) -> &[u8] {
        &self.bytes
    }

    #[inline(always)]
    pub fn start(&self, row: usize) -> usize {
        match self.start.get(row) {
            Some(from) => self.block[row / BLOCK] as usize + *from as usize,
            None => self.bytes.len(),
        }
    }

    #[inline(always)]
    pub fn record(&self, row: usize) -> &[u8] {
        &self.bytes[self.start(row)..self.start(row + 1)]
    }

    pub fn name(&self, row: usize) -> &[u8] {
        name_of(self.record(row))
    }

    pub fn email(&self, row: usize) -> &[u8] {
        email_of(self.record(row))
    }

    /// Overwrites the text of a row that is no longer true.
    pub fn blank(&mut self, row: usize) {
        let (from, to) = (self.start(row), self.start(row + 1));
        self.bytes[from..to].fill(END);
    }

    /// Keeps the rows for which `stays` holds, moves them together and wipes what is behind them.
    pub fn keep(&mut self, stays: impl Fn(usize) -> bool) {
        let rows = self.start.len();
        let (mut to, mut kept) = (0, 0);
        let mut blocks = Vec::new();
        for row in 0..rows {
            // The start of the next row is read before this loop can write it: kept never passes row.
            let (from, until) = (self.start(row), self.start(row + 1));
            if stays(row) {
                self.bytes.copy_within(from..until, to);
                if kept % BLOCK == 0 {
                    blocks.push(to as u64);
                }
                self.start[kept] = (to as u64 - blocks[kept / BLOCK]) as u32;
                kept += 1;
                to += until - from;
            }
        }
        self.bytes[to..].fill(END);
        self.bytes.truncate(to);
        self.start.truncate(kept);
        self.block = blocks;
    }

    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.start.capacity() * 4 + self.block.capacity() * 8
    }
}
