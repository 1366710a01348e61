//! The whole state of the list as one value, and its one grammar: the address bar, the API, saved views, group actions and exports all read
//! and print it here (SPEC 1.5, 1.6).
//!
//! Many values of one filter are one key repeated: `status=active&status=idle`. Printing is canonical: defaults are left out, keys have one order.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cursor;
use crate::customers::index::{Cursor, SortBy};
use crate::customers::status::{MethodStatus, Status};
use crate::kit::{GroupId, Problems, ShopId, TagId, ViewId};
use crate::lists::encode;
use crate::lists::{amount, date, shorten};

/// A built-in or saved view (SPEC 1.7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Everybody that the default shows.
    #[default]
    All,
    /// Lifetime value above zero.
    Paying,
    /// Of what the filters leave, the hundred who spent most.
    Top100,
    /// No order but drafts and abandoned ones.
    NeverOrdered,
    /// Payment method status Expiring soon.
    CardExpiring,
    /// One of somebody's own or a shared one.
    Saved(ViewId),
}

/// The built-in ones in the order of their tabs, with their names.
pub const BUILT_IN: [(View, &str, &str); 5] = [
    (View::All, "all", "All"),
    (View::Paying, "paying", "Paying"),
    (View::Top100, "top100", "Top 100"),
    (View::NeverOrdered, "never_ordered", "Never ordered"),
    (View::CardExpiring, "card_expiring", "Card expiring"),
];

impl View {
    /// The word in the address bar: of a saved one its id.
    pub fn word(&self) -> &str {
        match self {
            Self::Saved(id) => id.as_str(),
            built_in => BUILT_IN.iter().find(|(v, ..)| v == built_in).map_or("all", |(_, word, _)| word),
        }
    }
}

impl FromStr for View {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        let built_in = BUILT_IN.iter().find(|(_, w, _)| *w == word).map(|(v, ..)| v.clone());
        built_in.map_or_else(|| word.parse().map(Self::Saved), Ok)
    }
}

/// What is asked of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Words that must all match.
    pub q: String,
    /// Statuses, any of them.
    pub status: Vec<Status>,
    /// Payment method statuses.
    pub method: Vec<MethodStatus>,
    /// Groups; `None` is "no group" (`none`).
    pub group: Vec<Option<GroupId>>,
    /// Tags.
    pub tag: Vec<TagId>,
    /// Shops: created there or ordered there.
    pub shop: Vec<ShopId>,
    /// Billing countries, two capital letters; `None` is "no country" (`none`).
    pub country: Vec<Option<String>>,
    /// Active, or not active (archived).
    pub active: Option<bool>,
    /// Lifetime value, in the merchant's currency.
    pub ltv_min: Option<Decimal>,
    /// Inclusive, as all ends.
    pub ltv_max: Option<Decimal>,
    /// Created on this day or later, in the merchant's zone.
    pub created_from: Option<Date>,
    /// Created on this day or before.
    pub created_to: Option<Date>,
    /// Last order on this day or later.
    pub last_order_from: Option<Date>,
    /// Last order on this day or before.
    pub last_order_to: Option<Date>,
    /// At least so many orders.
    pub orders_min: Option<u32>,
    /// At most so many orders.
    pub orders_max: Option<u32>,
    /// Bought this article (its SKU; case does not matter).
    pub article: String,
    /// No order on this day or later; who never ordered included.
    pub no_order_since: Option<Date>,
    /// A subscription ended on this day or later, and before now.
    pub ended_from: Option<Date>,
    /// Keys of metadata with the values they have: any of the values of one key, and all keys.
    pub metadata: Vec<(String, String)>,
    /// The view this is in.
    pub view: View,
    /// The built-in view that a saved one was made in, and stays within; [`View::All`] in every other.
    pub base: View,
    /// Sorted by.
    pub sort: SortBy,
    /// High to low, new to old, Z to A.
    pub descending: bool,
    /// The page behind this place.
    pub after: Option<Cursor>,
    /// The page before this place.
    pub before: Option<Cursor>,
    /// Rows of a page: 25 to 100; pages offer 25, 50 and 100.
    pub per: usize,
}

impl ListQuery {
    /// Prospects who never ordered, created on a day or before: nothing wants their data kept (SPEC 10.3).
    pub fn never_bought(day: Date) -> Self {
        Self { status: vec![Status::Prospect], view: View::NeverOrdered, created_to: Some(day), ..Self::default() }
    }
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            status: Vec::new(),
            method: Vec::new(),
            group: Vec::new(),
            tag: Vec::new(),
            shop: Vec::new(),
            country: Vec::new(),
            active: None,
            ltv_min: None,
            ltv_max: None,
            created_from: None,
            created_to: None,
            last_order_from: None,
            last_order_to: None,
            orders_min: None,
            orders_max: None,
            article: String::new(),
            no_order_since: None,
            ended_from: None,
            metadata: Vec::new(),
            view: View::All,
            base: View::All,
            sort: SortBy::Created,
            descending: true,
            after: None,
            before: None,
            per: 25,
        }
    }
}

/// The words of the sorts.
pub const SORTS: [(SortBy, &str); 5] = [
    (SortBy::Name, "name"),
    (SortBy::Email, "email"),
    (SortBy::Created, "created"),
    (SortBy::LastOrder, "last_order"),
    (SortBy::Lifetime, "lifetime"),
];

/// All names of a query string.
const NAMES: [&str; 26] = [
    "q",
    "status",
    "method",
    "group",
    "tag",
    "shop",
    "country",
    "active",
    "ltv_min",
    "ltv_max",
    "created_from",
    "created_to",
    "last_order_from",
    "last_order_to",
    "orders_min",
    "orders_max",
    "article",
    "no_order_since",
    "ended_from",
    "view",
    "base",
    "sort",
    "dir",
    "after",
    "before",
    "per",
];

fn is_known(name: &str) -> bool {
    NAMES.contains(&name) || metadata_key(name).is_some()
}

/// How many pairs of metadata one question may name.
const METADATA: usize = 20;

/// The key in `metadata[key]`.
fn metadata_key(name: &str) -> Option<&str> {
    name.strip_prefix("metadata[")?.strip_suffix(']')
}

impl ListQuery {
    /// Reads a query string, with or without its question mark. What cannot be read is left out and noted, so that a page still shows a
    /// list and an API can refuse. Keys that are no filter are passed over.
    pub fn parse(text: &str) -> (Self, Problems) {
        let pairs = encode::pairs(text.trim_start_matches('?'));
        Self::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))
    }

    /// Reads a query string that somebody hands over as a field named `query`: anything that is no filter, or makes no sense, is refused, so
    /// that a slip of the pen never means everybody.
    ///
    /// # Errors
    /// `Invalid` for `query`.
    pub fn strict(text: &str) -> crate::Result<Self> {
        let (query, mut problems) = Self::parse(text);
        for (key, value) in encode::pairs(text.trim_start_matches('?')) {
            if !is_known(&key) {
                problems.add(&key, "unknown", format!("“{}” is no filter of the list.", shorten(&key)));
            } else if value.trim().is_empty() && !crate::lists::PLACES.contains(&key.as_str()) {
                problems.add(&key, "invalid", format!("“{}” has no value. Give one, or leave it out.", shorten(&key)));
            }
        }
        problems.0.iter_mut().for_each(|p| "query".clone_into(&mut p.field));
        problems.check().map(|()| query)
    }

    /// The same from keys and values that are decoded already.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Problems) {
        let (mut query, mut problems, mut dir) = (Self::default(), Problems::default(), None);
        for (key, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue; // An empty field of the filter form.
            }
            if key == "dir" {
                dir = Some(value.to_owned());
            } else if query.take(key, value).is_none() {
                problems.add(key, "unknown", format!("“{}” {}", shorten(value), crate::lists::no_value(key)));
            }
        }
        if !matches!(query.view, View::Saved(_)) && query.base != View::All {
            // Only a saved view has one beneath it: alone it is the view itself, and of two different ones nobody can say which is meant.
            let base = std::mem::take(&mut query.base);
            if query.view == View::All {
                query.view = base;
            } else if query.view != base {
                problems.add("base", "unknown", "Only a view of your own has a built-in view beneath it. Choose one of the two.");
            }
        }
        query.descending = !query.sort.is_text();
        match dir.as_deref() {
            None => {}
            Some("asc") => query.descending = false,
            Some("desc") => query.descending = true,
            Some(_) => problems.add("dir", "unknown", "Use asc or desc."),
        }
        (query, problems)
    }

    /// Takes one pair; `None` when its value makes no sense.
    fn take(&mut self, key: &str, value: &str) -> Option<()> {
        fn add<T: PartialEq>(all: &mut Vec<T>, value: T) {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        fn or_none<T: FromStr>(value: &str) -> Option<Option<T>> {
            if value == "none" { Some(None) } else { value.parse().ok().map(Some) }
        }
        match key {
            "q" => self.q = value.chars().take(200).collect(),
            "status" => add(&mut self.status, value.parse().ok()?),
            "method" => add(&mut self.method, value.parse().ok()?),
            "group" => add(&mut self.group, or_none(value)?),
            "tag" => add(&mut self.tag, value.parse().ok()?),
            "shop" => add(&mut self.shop, value.parse().ok()?),
            "country" if value == "none" => add(&mut self.country, None),
            "country" => {
                let letters = value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic());
                add(&mut self.country, letters.then(|| Some(value.to_ascii_uppercase()))?);
            }
            "active" => self.active = Some(value.parse().ok()?),
            "ltv_min" => self.ltv_min = Some(amount(value)?),
            "ltv_max" => self.ltv_max = Some(amount(value)?),
            "created_from" => self.created_from = Some(date(value)?),
            "created_to" => self.created_to = Some(date(value)?),
            "last_order_from" => self.last_order_from = Some(date(value)?),
            "last_order_to" => self.last_order_to = Some(date(value)?),
            "orders_min" => self.orders_min = Some(number(value)?),
            "orders_max" => self.orders_max = Some(number(value)?),
            "article" => self.article = value.chars().take(200).collect(),
            "no_order_since" => self.no_order_since = Some(date(value)?),
            "ended_from" => self.ended_from = Some(date(value)?),
            "view" => self.view = value.parse().ok()?,
            "base" => self.base = value.parse().ok().filter(|view| !matches!(view, View::Saved(_)))?,
            "sort" => self.sort = SORTS.iter().find(|(_, word)| *word == value)?.0,
            "after" => self.after = Some(cursor::read(value)?),
            "before" => self.before = Some(cursor::read(value)?),
            "per" => self.per = value.parse().ok().filter(|n| (25..=100).contains(n))?,
            _ => {
                let Some(name) = metadata_key(key).map(str::trim) else { return Some(()) };
                let fits = (1..=40).contains(&name.chars().count()) && value.chars().count() <= 500 && self.metadata.len() < METADATA;
                add(&mut self.metadata, fits.then(|| (name.to_owned(), value.to_owned()))?);
            }
        }
        Some(())
    }

    /// Keys and values, canonical.
    pub fn pairs(&self) -> Vec<Pair> {
        let mut out = self.filter_pairs();
        let mut put = |key: &'static str, value: String| out.push((key.into(), value));
        let plain = Self::default();
        if self.sort != plain.sort {
            put("sort", SORTS.iter().find(|(s, _)| *s == self.sort).map_or("", |(_, w)| w).to_owned());
        }
        if self.descending == self.sort.is_text() {
            put("dir", if self.descending { "desc" } else { "asc" }.to_owned());
        }
        if self.per != plain.per {
            put("per", self.per.to_string());
        }
        for (key, place) in [("after", &self.after), ("before", &self.before)] {
            if let Some(place) = place {
                put(key, cursor::print(place));
            }
        }
        out
    }

    /// View, search and filters only.
    pub fn filter_pairs(&self) -> Vec<Pair> {
        let mut out: Vec<Pair> = Vec::new();
        fn many<T>(out: &mut Vec<Pair>, key: &'static str, all: &[T], word: impl Fn(&T) -> String) {
            out.extend(all.iter().map(|v| (key.into(), word(v))));
        }
        fn one<T: ToString>(out: &mut Vec<Pair>, key: &'static str, value: Option<&T>) {
            out.extend(value.map(|v| (key.into(), v.to_string())));
        }
        one(&mut out, "view", Some(&self.view.word()).filter(|w| **w != "all"));
        one(&mut out, "base", Some(&self.base.word()).filter(|w| **w != "all"));
        one(&mut out, "q", Some(&self.q).filter(|t| !t.is_empty()));
        many(&mut out, "status", &self.status, |s| s.name().to_owned());
        many(&mut out, "method", &self.method, |s| s.name().to_owned());
        many(&mut out, "group", &self.group, |g| g.as_ref().map_or("none".to_owned(), ToString::to_string));
        many(&mut out, "tag", &self.tag, ToString::to_string);
        many(&mut out, "shop", &self.shop, ToString::to_string);
        many(&mut out, "country", &self.country, |c| c.clone().unwrap_or_else(|| "none".to_owned()));
        one(&mut out, "active", self.active.as_ref());
        one(&mut out, "ltv_min", self.ltv_min.as_ref());
        one(&mut out, "ltv_max", self.ltv_max.as_ref());
        one(&mut out, "created_from", self.created_from.as_ref());
        one(&mut out, "created_to", self.created_to.as_ref());
        one(&mut out, "last_order_from", self.last_order_from.as_ref());
        one(&mut out, "last_order_to", self.last_order_to.as_ref());
        one(&mut out, "orders_min", self.orders_min.as_ref());
        one(&mut out, "orders_max", self.orders_max.as_ref());
        one(&mut out, "article", Some(&self.article).filter(|t| !t.is_empty()));
        one(&mut out, "no_order_since", self.no_order_since.as_ref());
        one(&mut out, "ended_from", self.ended_from.as_ref());
        out.extend(self.metadata.iter().map(|(key, value)| (format!("metadata[{key}]").into(), value.clone())));
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

    /// The built-in view whose rows these are: of a saved one the one beneath it.
    pub fn built_in(&self) -> &View {
        match &self.view {
            View::Saved(_) => &self.base,
            built_in => built_in,
        }
    }

    /// The same rows on the first page without a name: the built-in view goes beneath. So a list is kept under a name of its own.
    #[must_use]
    pub fn unbound(&self) -> Self {
        Self { view: View::All, base: self.built_in().clone(), ..self.first_page() }
    }

    /// Is anything but the sort and the page asked for?
    pub fn is_filtered(&self) -> bool {
        !self.filter_pairs().is_empty()
    }

    /// Each filter with the query string of the list without it: one chip each. What a saved view stays within is one too, and takes the
    /// name with it.
    pub fn chips(&self) -> Vec<Chip> {
        let rest = Self { sort: self.sort, descending: self.descending, per: self.per, ..Self::default() }.pairs();
        let filters = self.filter_pairs();
        let chip = |at: usize| {
            let mut others: Vec<_> = filters.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| p.clone()).collect();
            // The bare name of a view means all that is saved in it: what was taken off would be back.
            if filters[at].0 == "base" || (others.len() == 1 && matches!(self.view, View::Saved(_))) {
                others.retain(|(key, _)| *key != "view");
            }
            others.extend(rest.iter().cloned());
            Chip { key: filters[at].0.clone(), value: filters[at].1.clone(), without: encode::print(&others) }
        };
        (0..filters.len()).filter(|at| filters[*at].0 != "view").map(chip).collect()
    }
}

/// A key of the query string and its value.
pub type Pair = (Cow<'static, str>, String);

/// A filter that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Its key.
    pub key: Cow<'static, str>,
    /// Its value as in the address bar.
    pub value: String,
    /// The query string without it.
    pub without: String,
}

/// A number of orders.
fn number(value: &str) -> Option<u32> {
    value.parse::<u32>().ok().filter(|n| i32::try_from(*n).is_ok())
}
