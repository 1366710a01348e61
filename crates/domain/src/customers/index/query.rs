//! What can be asked of the image and what it answers. Plain data: the address bar is read and written
//! elsewhere. It must never name a merchant: an image belongs to one.

use super::counts::Counts;
use super::image::Key;
use super::search::Word;

/// Both ends belong to the span; an end left open does not bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

impl<T: PartialOrd + Copy> Span<T> {
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    pub fn holds(&self, value: T) -> bool {
        self.from.is_none_or(|from| from <= value) && self.to.is_none_or(|to| value <= to)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    Name,
    Email,
    #[default]
    Created,
    LastOrder,
    Lifetime,
}

impl SortBy {
    /// Is it a text, which one reads from A to Z first?
    pub fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::Email)
    }
}

/// Equal values stand by key, low to high; customers without an order, or without an e-mail address, stand last both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

/// The sorted value of a row, as it was when the page was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A folded name.
    Name(String),
    /// A folded e-mail address.
    Email(String),
    /// Created, last order (`None`: never), lifetime value.
    Number(Option<i64>),
}

/// A place in the order of the list. It stays good when its customer changes or leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub mark: Mark,
    pub key: Key,
}

/// A question to the image. An empty choice does not bind (SPEC 1.5: OR inside one filter, AND between).
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// All must match; made by [`super::words`].
    pub words: Vec<Word>,
    pub status: Vec<u8>,
    pub method: Vec<u8>,
    pub group: Vec<Option<u16>>,
    pub tag: Vec<u16>,
    pub shop: Vec<u16>,
    pub country: Vec<Option<u16>>,
    /// `Some(false)` asks for archived ones. `None` with no status chosen hides the hidden (SPEC 1.9).
    pub active: Option<bool>,
    pub lifetime: Span<i64>,
    pub created: Span<i64>,
    /// Bound at either end, it leaves out who never ordered.
    pub last_order: Span<i64>,
    pub orders: Span<u32>,
    /// Only who has no order at or after this moment, who never ordered included.
    pub no_order_since: Option<i64>,
    /// Only these, in any order: what other tables found (bought article).
    pub restrict: Option<Vec<Key>>,
    pub sort: Sort,
    /// The page behind this place; one with a mark of another sort is ignored.
    pub after: Option<Cursor>,
    /// The page before this place; `after` goes first.
    pub before: Option<Cursor>,
    /// Rows of a page. `usize::MAX` gives all.
    pub limit: usize,
    /// Only the so many highest lifetime values above zero, high to low, whatever `sort` says (SPEC 1.7).
    pub top: Option<usize>,
    pub want_counts: bool,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Exact number of matches (SPEC 1.3).
    pub total: u64,
    /// The page, in order.
    pub keys: Vec<Key>,
    /// 1 for the first of all matches; where the page is empty, the place it would have.
    pub position: u64,
    pub more_before: bool,
    pub more_after: bool,
    /// Places of the first and the last row: `before` and `after` of the neighbouring pages.
    pub first: Option<Cursor>,
    pub last: Option<Cursor>,
    pub counts: Option<Counts>,
}
