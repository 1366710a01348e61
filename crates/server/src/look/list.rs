//! The shown parts of a list page: its columns, its tabs, where it stands. Numbers and dates arrive as text in the
//! reader's locale.

/// A moment for the `when` macro. The browser adds how long ago it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct When {
    /// RFC 3339 or `YYYY-MM-DD`.
    pub machine: String,
    pub shown: String,
}

/// A head of a table. Without `href` it does not sort.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub name: String,
    pub href: String,
    /// Empty, `ascending` or `descending` (the value of `aria-sort`).
    pub sort: &'static str,
    /// `num` for amounts.
    pub class: &'static str,
}

/// A view of a list or a topic of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tab {
    pub name: String,
    pub href: String,
    pub on: bool,
    pub count: Option<String>,
}

/// Where a list stands, for the `pager` macro.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// `1–50 of 12,480`.
    pub range: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// A filter with its options.
#[derive(Debug)]
pub struct Menu {
    pub label: &'static str,
    pub key: &'static str,
    /// `chip`, and `on` when something is chosen.
    pub class: &'static str,
    pub options: Vec<Choice>,
}

/// One option.
#[derive(Debug)]
pub struct Choice {
    pub value: String,
    pub word: String,
    pub count: String,
    pub ticked: bool,
}

/// A filter that is on, in words, and the list without it.
#[derive(Debug)]
pub struct On {
    pub word: String,
    pub href: String,
}

impl Menu {
    /// It is lit when an option is ticked.
    pub fn of(label: &'static str, key: &'static str, options: Vec<Choice>) -> Self {
        Self { label, key, class: lit(options.iter().any(|o| o.ticked)), options }
    }
}

/// The class of a menu's button.
pub fn lit(on: bool) -> &'static str {
    if on { "chip on" } else { "chip" }
}
