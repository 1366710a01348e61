//! A row as every list draws it: cells by the words of the columns.

use domain::kit::{Micros, Zone};

use crate::dashboard::moments;
use crate::look::When;

/// A row.
#[derive(Debug, Default)]
pub struct RowView {
    pub id: String,
    /// What readers hear when it is ticked.
    pub name: String,
    /// By the word of the column.
    pub cells: Vec<(&'static str, Cell)>,
    /// What can be done with it: an address that opens in a dialog, and its word.
    pub act: Option<(String, &'static str)>,
    /// It is of test mode, and no real money.
    pub test: bool,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub text: String,
    /// Smaller, behind it.
    pub small: Vec<String>,
    /// The tone of a state; empty for plain text.
    pub tone: &'static str,
    /// A moment in place of the text.
    pub when: Option<When>,
    /// Where it leads.
    pub href: String,
    /// A box in front of it that is ticked without leaving the list.
    pub tick: Option<Tick>,
}

/// A box that does something with its row at once.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Where it is sent; the query of the list comes behind it as `back`.
    pub action: String,
    pub done: bool,
    /// What readers hear.
    pub label: String,
}

impl Cell {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A state: shape and word.
    pub fn state(tone: &'static str, text: impl Into<String>) -> Self {
        Self { tone, ..Self::text(text) }
    }

    /// A day in the merchant's zone, where there is one.
    pub fn day(zone: &Zone, at: Option<Micros>) -> Self {
        Self { when: at.map(|at| moments::day(zone, at)), ..Self::default() }
    }

    /// Leads somewhere; nowhere with an empty address.
    #[must_use]
    pub fn to(self, href: impl Into<String>) -> Self {
        Self { href: href.into(), ..self }
    }

    /// With a box in front of it.
    #[must_use]
    pub fn ticked(self, tick: Option<Tick>) -> Self {
        Self { tick, ..self }
    }

    /// With something smaller behind it; nothing for an empty text.
    #[must_use]
    pub fn and(mut self, small: impl Into<String>) -> Self {
        self.small.extend(Some(small.into()).filter(|t| !t.is_empty()));
        self
    }
}
