//! The columns: for each customer its text, its status facts and what the list filters and sorts by, in about
//! 90 bytes and its text. An image is derived: the database is the truth and gives the rows, the image says which and how
//! many. It must never be the only place that knows something, and never hold text of a customer who is gone.

use super::arena::{self, Arena, GROWTH};
use super::keymap::KeyMap;
use super::sets::Sets;
use crate::customers::{MethodStatus, Status};

/// The sixteen bytes of a customer's id.
pub type Key = [u8; 16];

/// One customer as the image takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub key: Key,
    /// Folded name: searched, and the order of the list by name.
    pub name: String,
    /// Folded primary e-mail address: searched, and the order of the list by e-mail. May be empty.
    pub email: String,
    /// Everything else that is searched (further e-mails, company, customer number, …), each part folded, joined by `\u{1}`.
    pub text: String,
    /// The digits of each phone, joined by `\u{1}`.
    pub phones: String,
    /// [`Status::code`] of the kept status.
    pub base: u8,
    /// Last microsecond at which `base` holds: then Subscriber is Churned, Active is Idle. `i64::MAX`: no end.
    /// Only read for these two.
    pub until: i64,
    /// [`MethodStatus::code`] of the kept base: whatever is not None, Manual, Invalid or Insufficient funds is a card that works.
    pub method: u8,
    /// Last day on which the default card is valid, in days since 1970-01-01; `i32::MAX`: no end.
    pub expires_day: i32,
    /// At most 65,534, as country.
    pub group: Option<u16>,
    pub tags: Vec<u16>,
    /// Where the customer was created and where it ordered.
    pub shops: Vec<u16>,
    /// As [`country_code`] gives it.
    pub country: Option<u16>,
    /// Minor units of the merchant's currency.
    pub lifetime: i64,
    /// Microseconds UTC, as `last_order`.
    pub created: i64,
    pub last_order: Option<i64>,
    /// All orders but drafts and abandoned ones.
    pub orders: u32,
}

/// The number of a country by its two letters, either case; `None` for anything else.
pub fn country_code(letters: &str) -> Option<u16> {
    match letters.as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            Some(u16::from(a.to_ascii_uppercase() - b'A') * 26 + u16::from(b.to_ascii_uppercase() - b'A'))
        }
        _ => None,
    }
}

/// The two letters of a number of [`country_code`].
pub fn country_letters(code: u16) -> String {
    [code / 26, code % 26].iter().map(|n| char::from(b'A' + (n % 26) as u8)).collect()
}

/// No group, no country.
pub(super) const NONE: u16 = u16::MAX;
/// No last order.
pub(super) const NEVER: i64 = i64::MIN;

/// Bits of `facts`: status less one, method, dead.
const METHOD_SHIFT: u8 = 3;
pub(super) const DEAD: u8 = 1 << 7;

/// [`Status::at`] on the stored form, `now` in microseconds UTC (SPEC 4.2).
#[inline(always)]
pub(super) fn status_at(facts: u8, until: i64, now: i64) -> u8 {
    (facts & 7) + 1 + u8::from(now > until)
}

/// [`MethodStatus::on`] on the stored form, as of the day `today`.
#[inline(always)]
pub(super) fn method_at(facts: u8, last: i32, today: i32) -> u8 {
    const EXPIRED: u8 = MethodStatus::Expired as u8;
    const LACKING: u8 = MethodStatus::InsufficientFunds as u8;
    const WORKS: [u8; 4] = [MethodStatus::Active as u8, MethodStatus::ExpiringSoon as u8, EXPIRED, EXPIRED];
    const BY_AGE: [[u8; 4]; 8] = [
        [MethodStatus::None as u8; 4],
        [MethodStatus::Manual as u8; 4],
        [MethodStatus::Invalid as u8; 4],
        WORKS,
        [LACKING, LACKING, EXPIRED, EXPIRED],
        WORKS,
        WORKS,
        WORKS,
    ];
    let age = usize::from((last <= today.saturating_add(29)) & (last != i32::MAX)) + usize::from(today > last);
    BY_AGE[usize::from(facts >> METHOD_SHIFT & 7)][age & 3]
}

#[derive(Default)]
pub struct Image {
    pub(super) keys: Vec<Key>,
    pub(super) facts: Vec<u8>,
    pub(super) until: Vec<i64>,
    pub(super) expires: Vec<i32>,
    pub(super) group: Vec<u16>,
    pub(super) country: Vec<u16>,
    pub(super) tags: Vec<u32>,
    pub(super) shops: Vec<u32>,
    pub(super) lifetime: Vec<i64>,
    pub(super) created: Vec<i64>,
    pub(super) last_order: Vec<i64>,
    pub(super) orders: Vec<u32>,
    /// First eight bytes of the name: most comparisons end here.
    pub(super) prefix: Vec<u64>,
    /// The same of the e-mail address.
    pub(super) email: Vec<u64>,
    pub(super) text: Arena,
    pub(super) tag_sets: Sets,
    pub(super) shop_sets: Sets,
    map: KeyMap,
    dead: usize,
}

/// Does the same to every column of fixed width.
macro_rules! each_column {
    ($image:ident, $column:ident => $do:expr) => {{
        {
            let $column = &mut $image.keys;
            $do
        }
        {
            let $column = &mut $image.facts;
            $do
        }
        {
            let $column = &mut $image.until;
            $do
        }
        {
            let $column = &mut $image.expires;
            $do
        }
        {
            let $column = &mut $image.group;
            $do
        }
        {
            let $column = &mut $image.country;
            $do
        }
        {
            let $column = &mut $image.tags;
            $do
        }
        {
            let $column = &mut $image.shops;
            $do
        }
        {
            let $column = &mut $image.lifetime;
            $do
        }
        {
            let $column = &mut $image.created;
            $do
        }
        {
            let $column = &mut $image.last_order;
            $do
        }
        {
            let $column = &mut $image.orders;
            $do
        }
        {
            let $column = &mut $image.prefix;
            $do
        }
        {
            let $column = &mut $image.email;
            $do
        }
    }};
}

impl Image {
    pub fn new() -> Image {
        Image::default()
    }

    /// An image with room for so many customers, so that loading copies nothing twice.
    pub fn with_capacity(customers: usize) -> Image {
        let mut image = Image::default();
        image.reserve(customers, 0);
        image.map.rebuild(&[], std::iter::empty(), customers);
        image
    }

    /// Makes room for the text of `customers` in all, by what those have that are here already.
    pub fn expect(&mut self, customers: usize) {
        let more = customers.saturating_sub(self.rows());
        self.text.reserve(0, self.text.all().len() / self.rows().max(1) * more);
    }

    /// Adds a customer or replaces what is known of it.
    pub fn put(&mut self, entry: Entry) {
        let record = arena::record(&entry.name, &entry.email, &entry.text, &entry.phones);
        let known = self.map.get(&self.keys, &entry.key);
        match known {
            Some(row) if self.text.record(row) == record => self.write(row, &entry),
            Some(row) => {
                self.bury(row);
                let fresh = self.append(&entry, &record);
                self.map.repoint(&self.keys, &entry.key, fresh);
            }
            None => {
                let fresh = self.append(&entry, &record);
                self.map.insert(&self.keys, fresh);
            }
        }
        self.compact_when_due();
    }

    /// Forgets a customer; one that is not here is no error.
    pub fn remove(&mut self, key: &Key) {
        if let Some(row) = self.map.get(&self.keys, key) {
            self.map.remove(&self.keys, key);
            self.bury(row);
            self.compact_when_due();
        }
    }

    /// How many customers are in the image, hidden ones too.
    pub fn len(&self) -> usize {
        self.keys.len() - self.dead
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory held, in bytes.
    pub fn bytes(&self) -> usize {
        let fixed = 16 + 1 + 8 + 4 + 2 + 2 + 4 + 4 + 8 + 8 + 8 + 4 + 8 + 8;
        self.keys.capacity() * fixed + self.text.memory() + self.map.memory() + self.tag_sets.memory() + self.shop_sets.memory()
    }

    pub(super) fn rows(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn row_of(&self, key: &Key) -> Option<usize> {
        self.map.get(&self.keys, key)
    }

    fn append(&mut self, entry: &Entry, record: &[u8]) -> usize {
        let row = self.keys.len();
        if row == self.keys.capacity() {
            self.reserve(row / GROWTH + 1024, 0);
        }
        self.text.push(record);
        self.prefix.push(prefix(arena::name_of(record)));
        self.email.push(prefix(arena::email_of(record)));
        self.keys.push(entry.key);
        self.facts.push(0);
        self.until.push(0);
        self.expires.push(0);
        self.group.push(0);
        self.country.push(0);
        self.tags.push(0);
        self.shops.push(0);
        self.lifetime.push(0);
        self.created.push(0);
        self.last_order.push(0);
        self.orders.push(0);
        self.write(row, entry);
        row
    }

    /// Everything but key, name and text.
    fn write(&mut self, row: usize, entry: &Entry) {
        let base = entry.base.clamp(Status::Anonymised as u8, Status::Prospect as u8);
        let ends = base == Status::Subscriber as u8 || base == Status::Active as u8;
        self.facts[row] = (base - 1) | (entry.method & 7) << METHOD_SHIFT;
        self.until[row] = if ends { entry.until } else { i64::MAX };
        self.expires[row] = entry.expires_day;
        self.group[row] = entry.group.unwrap_or(NONE);
        self.country[row] = entry.country.unwrap_or(NONE);
        self.tags[row] = self.tag_sets.intern(&entry.tags);
        self.shops[row] = self.shop_sets.intern(&entry.shops);
        self.lifetime[row] = entry.lifetime;
        self.created[row] = entry.created;
        self.last_order[row] = entry.last_order.unwrap_or(NEVER);
        self.orders[row] = entry.orders;
    }

    fn bury(&mut self, row: usize) {
        self.facts[row] |= DEAD;
        self.text.blank(row);
        self.dead += 1;
    }

    /// In place, so that a large image needs no second one beside it.
    fn compact_when_due(&mut self) {
        if self.dead <= 64 || self.dead * 4 <= self.keys.len() {
            return;
        }
        let dead: Vec<bool> = self.facts.iter().map(|facts| facts & DEAD != 0).collect();
        self.text.keep(|row| !dead[row]);
        each_column!(self, column => {
            let mut row = 0;
            column.retain(|_| { row += 1; !dead[row - 1] });
        });
        self.tag_sets.keep(&mut self.tags);
        self.shop_sets.keep(&mut self.shops);
        self.dead = 0;
        let rows = self.keys.len();
        self.map.rebuild(&self.keys, 0..rows as u32, rows + rows / GROWTH);
    }

    fn reserve(&mut self, rows: usize, text: usize) {
        each_column!(self, column => column.reserve_exact(rows));
        self.text.reserve(rows, text);
    }
}

/// The first eight bytes of a text as a number that sorts like them.
pub(super) fn prefix(text: &[u8]) -> u64 {
    let mut first = [0; 8];
    let len = text.len().min(8);
    first[..len].copy_from_slice(&text[..len]);
    u64::from_be_bytes(first)
}
