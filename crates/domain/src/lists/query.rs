//! The whole state of a list as one value; the address bar, saved views, exports and the API all read and print it by one grammar (see `parse`).

use super::{BuiltIn, Filter, List, encode};
use crate::kit::{PageKey, ViewId};

/// Rows of a page unless said.
pub const PER: usize = 25;

/// A built-in or saved view.
#[derive(Clone, Debug)]
pub enum View {
    /// One that everybody has.
    BuiltIn(&'static BuiltIn),
    /// One of somebody's own or a shared one.
    Saved(ViewId),
}

impl View {
    /// The word in the address bar: of a saved one its id.
    pub fn word(&self) -> &str {
        match self {
            Self::BuiltIn(view) => view.word,
            Self::Saved(id) => id.as_str(),
        }
    }
}

/// What is asked of a list.
#[derive(Clone, Debug)]
pub struct Query {
    /// Of which.
    pub list: &'static List,
    /// What is searched for.
    pub q: String,
    /// The place of a filter, and a word of it; in the order of the filters.
    pub chosen: Vec<(usize, String)>,
    /// The key of an end of a range, and its value, canonical; in the order of the ranges.
    pub ends: Vec<(&'static str, String)>,
    /// The view this is in.
    pub view: View,
    /// Sorted by: the place of the sort.
    pub sort: usize,
    /// New to old, high to low.
    pub descending: bool,
    /// The page behind this place.
    pub after: Option<PageKey>,
    /// The page before this place.
    pub before: Option<PageKey>,
    /// Rows of a page.
    pub per: usize,
}

/// A filter that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its key.
    pub key: &'static str,
    /// Its value as in the address bar.
    pub value: String,
    /// The query string without it.
    pub without: String,
}

impl Query {
    /// The list as it is without a word.
    pub fn bare(list: &'static List) -> Self {
        let view = &list.views[0];
        let mut query = Self {
            list,
            q: String::new(),
            chosen: Vec::new(),
            ends: Vec::new(),
            view: View::BuiltIn(view),
            sort: 0,
            descending: true,
            after: None,
            before: None,
            per: PER,
        };
        (query.sort, query.descending) = query.order();
        query
    }

    /// All of it, whatever view comes first.
    pub fn everything(list: &'static List) -> Self {
        let mut query = Self { view: View::BuiltIn(list.whole()), ..Self::bare(list) };
        (query.sort, query.descending) = query.order();
        query
    }

    /// With a word of a filter; for links.
    #[must_use]
    pub fn with(mut self, filter: &str, word: &str) -> Self {
        let found = self.list.filter(filter);
        debug_assert!(found.is_some(), "{filter} is no filter of {}", self.list.name);
        self.chosen.extend(found.map(|(at, _)| (at, word.to_owned())));
        self.chosen.sort_by_key(|(at, _)| *at);
        self
    }

    /// With an end of a range; for links.
    #[must_use]
    pub fn from(mut self, key: &'static str, value: &str) -> Self {
        self.ends.push((key, value.to_owned()));
        self
    }

    /// The words chosen in a filter.
    pub fn words(&self, filter: usize) -> impl Iterator<Item = &str> {
        self.chosen.iter().filter(move |(at, _)| *at == filter).map(|(_, word)| word.as_str())
    }

    /// The value of an end of a range; empty without one.
    pub fn end(&self, key: &str) -> &str {
        self.ends.iter().find(|(k, _)| *k == key).map_or("", |(_, value)| value)
    }

    /// What the view chooses in a filter.
    pub(super) fn preset(&self, filter: &Filter) -> Option<&'static [&'static str]> {
        match &self.view {
            View::BuiltIn(view) => view.chooses.iter().find(|(name, _)| *name == filter.name).map(|(_, words)| *words),
            View::Saved(_) => None,
        }
    }

    /// The words that hold in a filter: chosen, within what the view chooses. `None`: all; empty: nothing can match.
    pub(super) fn holds(&self, at: usize) -> Option<Vec<&str>> {
        let filter = &self.list.filters[at];
        let chosen: Vec<&str> = self.words(at).collect();
        match (self.preset(filter), chosen.is_empty()) {
            (None, true) => None,
            (None, false) => Some(chosen),
            (Some(preset), true) => Some(preset.to_vec()),
            (Some(preset), false) => Some(chosen.into_iter().filter(|word| preset.contains(word)).collect()),
        }
    }

    /// The order of the view, else of the list.
    pub(super) fn order(&self) -> (usize, bool) {
        let own = match &self.view {
            View::BuiltIn(view) => view.sort,
            View::Saved(_) => None,
        };
        let place = own.and_then(|(word, down)| self.list.sorts.iter().position(|s| s.word == word).map(|at| (at, down)));
        place.unwrap_or((0, self.list.sorts[0].descending))
    }

    /// Keys and values, canonical: defaults are left out, keys have one order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut out = self.filter_pairs();
        let (sort, descending) = self.order();
        if self.sort != sort || self.descending != descending {
            let asked = &self.list.sorts[self.sort];
            out.push(("sort", asked.word.to_owned()));
            if self.descending != asked.descending {
                out.push(("dir", if self.descending { "desc" } else { "asc" }.to_owned()));
            }
        }
        if self.per != PER {
            out.push(("per", self.per.to_string()));
        }
        out.extend(self.after.as_ref().map(|key| ("after", key.to_string())));
        out.extend(self.before.as_ref().map(|key| ("before", key.to_string())));
        out
    }

    /// View, search and filters only.
    pub fn filter_pairs(&self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        if self.view.word() != self.list.views[0].word && !self.view.word().is_empty() {
            out.push(("view", self.view.word().to_owned()));
        }
        if !self.q.is_empty() {
            out.push(("q", self.q.clone()));
        }
        out.extend(self.chosen.iter().map(|(at, word)| (self.list.filters[*at].name, word.clone())));
        out.extend(self.ends.iter().cloned());
        out
    }

    /// The query string, without a question mark; empty for the bare list.
    pub fn print(&self) -> String {
        encode::print(&self.pairs())
    }

    /// Back to the first page: what a changed filter leads to.
    #[must_use]
    pub fn first_page(&self) -> Self {
        Self { after: None, before: None, ..self.clone() }
    }

    /// The same rows without the view: what it chooses stands among the filters. So a list is kept under a name of its own.
    #[must_use]
    pub fn unbound(&self) -> Self {
        let mut chosen = Vec::new();
        for at in 0..self.list.filters.len() {
            let words = self.holds(at).filter(|words| !words.is_empty()).unwrap_or_else(|| self.words(at).collect());
            chosen.extend(words.into_iter().map(|word| (at, word.to_owned())));
        }
        Self { chosen, view: View::Saved(ViewId::from_db(String::new())), ..self.first_page() }
    }

    /// In another order, on the first page.
    #[must_use]
    pub fn sorted(&self, sort: usize, descending: bool) -> Self {
        Self { sort, descending, ..self.first_page() }
    }

    /// Is anything but the sort and the page asked for?
    pub fn is_filtered(&self) -> bool {
        !self.filter_pairs().is_empty()
    }

    /// Each filter with the query string of the list without it: one chip each.
    pub fn chips(&self) -> Vec<Chip> {
        let first = self.first_page();
        let all = first.pairs();
        let filters = first.filter_pairs().len();
        let chip = |at: usize| {
            let mut others: Vec<_> = all.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, pair)| pair.clone()).collect();
            // The bare name of a view means all that is saved in it: what was taken off would be back.
            if filters == 2 && matches!(self.view, View::Saved(_)) {
                others.retain(|(key, _)| *key != "view");
            }
            Chip { key: all[at].0, value: all[at].1.clone(), without: encode::print(&others) }
        };
        (0..filters).filter(|at| all[*at].0 != "view").map(chip).collect()
    }
}
