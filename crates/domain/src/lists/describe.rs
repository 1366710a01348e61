//! What a list is described by.

use store::Tx;

use crate::kit::{Ctx, Result};
use crate::merchants::Settings;

/// A list, described.
#[derive(Debug)]
pub struct List {
    /// Its word in addresses, in saved views and in the API: `payments`.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What one of its rows is called: `payment`, `payments`.
    pub nouns: [&'static str; 2],
    /// The beginning of its ids.
    pub prefix: &'static str,
    /// Tables with their short names; a second one stands behind CROSS JOIN.
    pub from: &'static str,
    /// What joins a second table; empty for one.
    pub joined: &'static str,
    /// The column of the id, and that of the merchant.
    pub id: &'static str,
    /// The merchant of the first table.
    pub merchant: &'static str,
    /// Ways to find rows by what is typed; each has an index.
    pub search: &'static [Search],
    /// What can be searched, in words.
    pub searched: &'static str,
    /// Multi-choice filters.
    pub filters: &'static [Filter],
    /// From and to.
    pub ranges: &'static [Range],
    /// The first is the default.
    pub sorts: &'static [Sort],
    /// The first is the default.
    pub views: &'static [BuiltIn],
    /// The columns of the page, in order.
    pub columns: &'static [Column],
    /// What is added up beside the counter.
    pub sum: Option<Sum>,
    /// The columns of the file, and which of them are numbers.
    pub headers: &'static [(&'static str, bool)],
    /// The rows of the file for some ids, in their order; who is gone is left out.
    pub cells: fn(&mut Tx, &Ctx, &Settings, &[String]) -> Result<Vec<Vec<String>>>,
    /// The event that notes an export.
    pub exported: &'static str,
}

/// A multi-choice filter: OR inside one, AND between.
#[derive(Debug)]
pub struct Filter {
    /// Its key in the address.
    pub name: &'static str,
    /// Its name on pages.
    pub label: &'static str,
    /// What can be chosen.
    pub options: Options,
}

/// What can be chosen in a filter.
#[derive(Debug)]
pub enum Options {
    /// These words; each row has at most one of them.
    Words(&'static [Opt]),
    /// The values of a column that occur; `none` stands for the empty one.
    Values(Values),
    /// Each option names rows by another table; a row may have several.
    Linked(&'static [Link]),
    /// Words that people gave, known to another table by their keys; a row may have several. Offered are those that occur.
    Tags(Tags),
    /// Rows of one thing with a page of its own: `customer=cus_…`. Not offered in a menu.
    Of(Owner),
}

/// One word of a filter.
#[derive(Debug)]
pub struct Opt {
    /// In the address.
    pub word: &'static str,
    /// On pages.
    pub label: &'static str,
    /// SQL; `{now}` is the moment of asking, `{today}` its day where the merchant lives, since 1970, `{me}` who asks.
    pub when: &'static str,
    /// There are few of them and an index of their own, in the order of the default sort: rows walk along it.
    pub walks: bool,
}

/// A column whose values are offered.
#[derive(Debug)]
pub struct Values {
    /// SQL of a text.
    pub column: &'static str,
    /// What the values are.
    pub kind: Kind,
}

/// What the values of a column are: how they are read and called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ids of shops.
    Shop,
    /// ISO 4217.
    Currency,
    /// ISO 3166, two letters.
    Country,
    /// Ids of the staff; `none` is nobody.
    Person,
    /// Words such as `stripe` or `card`.
    Word,
}

/// An option that another table knows.
#[derive(Debug)]
pub struct Link {
    /// In the address.
    pub word: &'static str,
    /// On pages.
    pub label: &'static str,
    /// A SELECT of ids of the list's rows for merchant `$1`.
    pub rows: &'static str,
}

/// A table of words that rows carry: `merchant_id`, the id of the row, `name_key`.
#[derive(Debug)]
pub struct Tags {
    /// The table.
    pub table: &'static str,
    /// Its column of the row's id.
    pub of: &'static str,
}

/// A column of ids.
#[derive(Debug)]
pub struct Owner {
    /// The column.
    pub column: &'static str,
    /// How such ids begin.
    pub prefix: &'static str,
}

/// From and to, both inclusive.
#[derive(Debug)]
pub struct Range {
    /// Key of the lower end.
    pub low: &'static str,
    /// Key of the upper end.
    pub high: &'static str,
    /// Its name on pages.
    pub label: &'static str,
    /// The column.
    pub column: &'static str,
    /// Days in the merchant's zone, or amounts in major units of each row's currency (its column).
    pub of: Of,
}

/// What a range is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Days; the column holds microseconds UTC.
    Days,
    /// Days; the column holds their numbers since 1970.
    Dates,
    /// Amounts; the column holds minor units of the currency in this one.
    Money(&'static str),
}

/// A way to order; the column is a whole number and never null.
#[derive(Debug)]
pub struct Sort {
    /// In the address.
    pub word: &'static str,
    /// SQL.
    pub column: &'static str,
    /// Goes down unless said.
    pub descending: bool,
}

/// A view that everybody has.
#[derive(Debug)]
pub struct BuiltIn {
    /// In the address.
    pub word: &'static str,
    /// On its tab.
    pub name: &'static str,
    /// What it chooses: a filter and its words.
    pub chooses: &'static [(&'static str, &'static [&'static str])],
    /// Its own order: the sort's word, and downwards.
    pub sort: Option<(&'static str, bool)>,
}

/// A column of the page.
#[derive(Debug)]
pub struct Column {
    /// Kept with the person.
    pub word: &'static str,
    /// Its head.
    pub label: &'static str,
    /// Seen by who has chosen nothing.
    pub shown: bool,
    /// An amount.
    pub number: bool,
    /// Left out on narrow screens.
    pub spare: bool,
    /// The word of the sort its head gives.
    pub sort: Option<&'static str>,
}

/// What is added up, by the filter `currency`; where there is a filter `mode`, test money only when nothing else is asked for.
#[derive(Debug)]
pub struct Sum {
    /// SQL of minor units.
    pub column: &'static str,
    /// What stands behind the amount: `received`.
    pub word: &'static str,
}

/// A way to find rows by what is typed.
#[derive(Debug)]
pub struct Search {
    /// What of the text it looks for.
    pub by: By,
    /// A SELECT of ids for merchant `$1`: between `{a}` and `{b}`, or `IN ({ids})`.
    pub rows: &'static str,
}

/// What of a typed text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Ids of customers that the list of customers finds: `{ids}`.
    Customers,
    /// The beginning of a name, of three letters or more.
    Name,
    /// The beginning of an e-mail address, of three letters or more.
    Email,
    /// The beginning of a phone number, of four digits or more, typed in any format.
    Phone,
    /// The beginning of a number or reference as typed; of one or two letters all of it.
    Reference,
    /// Four digits.
    Last4,
}

impl List {
    /// The filter of this name, with its place.
    pub fn filter(&'static self, name: &str) -> Option<(usize, &'static Filter)> {
        self.filters.iter().enumerate().find(|(_, f)| f.name == name)
    }

    /// Every key that its query string takes.
    pub fn names(&self) -> Vec<&'static str> {
        let filters = self.filters.iter().map(|f| f.name);
        let ranges = self.ranges.iter().flat_map(|r| [r.low, r.high]);
        let rest = ["view", "sort", "dir", "after", "before", "per"];
        std::iter::once("q").chain(filters).chain(ranges).chain(rest).collect()
    }

    /// The view that leaves nothing out.
    pub fn whole(&'static self) -> &'static BuiltIn {
        self.views.iter().find(|v| v.chooses.is_empty()).unwrap_or(&self.views[0])
    }

    /// `1 payment`, `12 payments` without the number.
    pub fn noun(&self, n: u64) -> &'static str {
        self.nouns[usize::from(n != 1)]
    }
}

impl Filter {
    /// The words that it offers without looking at rows, with their names.
    pub fn fixed(&self) -> Vec<(&'static str, &'static str)> {
        match &self.options {
            Options::Words(words) => words.iter().map(|o| (o.word, o.label)).collect(),
            Options::Linked(links) => links.iter().map(|l| (l.word, l.label)).collect(),
            Options::Values(_) | Options::Of(_) | Options::Tags(_) => Vec::new(),
        }
    }
}
