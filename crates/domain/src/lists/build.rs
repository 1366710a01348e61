//! The statements of a list, put together from the texts of its description. What people typed goes into parameters only.
//!
//! Rows: `(id, place)` in the order asked for. Where every word that holds in a filter has an index of its own, each is walked by itself and
//! the walks are laid together, so that a rare word never goes over the common ones. Counts: see [`super::count`].

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use store::{Stmt, Value};

use super::parse::{amount, date};
use super::search::{self, Look};
use super::{Filter, Link, List, Of, Options, Query, Range, Tags};
use crate::kit::{Ctx, Currency, Micros, PageKey, day_number};
use crate::merchants::Settings;

/// More than a search ever finds. Told that it is fewer than all rows, SQLite makes no filter of all rows first (that took eight seconds for five
/// million payments).
const FOUND: u32 = 900_000;

/// A search that finds no row.
const NOBODY: &str = "SELECT CAST('' AS TEXT) AS id WHERE 1 = 0";

/// A statement with its parameters; `$1` is the merchant.
pub(super) struct Built {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Built {
    pub(super) fn statement(&self) -> Stmt {
        Stmt::built(self.text.clone())
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// What holds for all statements of one answer.
pub(super) struct Ask<'a> {
    pub(super) query: &'a Query,
    pub(super) settings: &'a Settings,
    pub(super) now: Micros,
    /// Who asks.
    pub(super) me: &'a str,
    /// Customers that the search found.
    pub(super) customers: &'a [String],
}

/// Where the rows of a statement come from, and what must hold.
struct Base {
    built: Built,
    from: String,
    terms: Vec<String>,
}

impl<'a> Ask<'a> {
    pub(super) fn of(ctx: &'a Ctx, query: &'a Query, settings: &'a Settings, customers: &'a [String]) -> Self {
        Self { query, settings, now: ctx.now, me: &ctx.actor.id, customers }
    }

    fn list(&self) -> &'static List {
        self.query.list
    }

    /// Search, ranges, owners and what other tables say: what no count of an option ignores. `also`: one more link that must hold; `apart`: the filter of
    /// tags whose options are counted, which does not count itself.
    fn base(&self, ctx: &Ctx, also: Option<&Link>, apart: Option<usize>) -> Base {
        let list = self.list();
        let mut built = Built { text: String::new(), values: vec![Value::Text(ctx.merchant.to_string())] };
        let mut given = Vec::new();
        if !self.query.q.trim().is_empty() {
            given.push(self.searched(&mut built));
        }
        for (at, filter) in list.filters.iter().enumerate() {
            if let (Options::Linked(links), Some(words)) = (&filter.options, self.query.holds(at))
                && also.is_none_or(|a| links.iter().all(|l| l.word != a.word))
            {
                given.push(links.iter().filter(|l| words.contains(&l.word)).map(|l| l.rows).collect::<Vec<_>>().join(" UNION "));
            }
        }
        for (at, filter) in list.filters.iter().enumerate().filter(|(at, _)| apart != Some(*at)) {
            if let (Options::Tags(tags), Some(words)) = (&filter.options, self.query.holds(at)) {
                let places: Vec<String> = words.into_iter().map(|word| built.bind(word)).collect();
                let named = one_of("g.name_key", &places);
                given.push(format!("SELECT g.{} AS id FROM {} g WHERE g.merchant_id = $1 AND {named}", tags.of, tags.table));
            }
        }
        given.extend(also.map(|link| link.rows.to_owned()));
        let mut terms = vec![format!("{} = $1", list.merchant)];
        terms.extend(Some(list.joined.to_owned()).filter(|t| !t.is_empty()));
        let mut given = given.into_iter();
        // CROSS JOIN keeps SQLite from going over all rows and looking for each among the found ones.
        let from = match given.next() {
            Some(first) => {
                terms.push(format!("{} = k.id", list.id));
                format!("(SELECT DISTINCT n.id FROM ({first}) n LIMIT {FOUND}) k CROSS JOIN {}", list.from)
            }
            None => list.from.to_owned(),
        };
        terms.extend(given.map(|rows| format!("{} IN (SELECT n.id FROM ({rows}) n)", list.id)));
        for (at, filter) in list.filters.iter().enumerate() {
            if let (Options::Of(owner), Some(ids)) = (&filter.options, self.query.holds(at)) {
                let places: Vec<String> = ids.into_iter().map(|id| built.bind(id)).collect();
                terms.push(one_of(owner.column, &places));
            }
        }
        let ends = list.ranges.iter().flat_map(|r| [(r, r.low, ">="), (r, r.high, "<=")]);
        for (range, key, sign) in ends {
            let value = self.query.end(key);
            if !value.is_empty() {
                let end = self.end(&mut built, range, value, sign == ">=");
                terms.push(format!("{} {sign} {end}", range.column));
            }
        }
        Base { built, from, terms }
    }

    fn searched(&self, built: &mut Built) -> String {
        let ways: Vec<String> = search::looks(self.query, &self.settings.country, self.customers)
            .into_iter()
            .map(|(rows, look)| match look {
                Look::Between(a, b) => rows.replace("{a}", &built.bind(a)).replace("{b}", &built.bind(b)),
                Look::Ids(ids) => {
                    let places: Vec<String> = search::padded(&ids).into_iter().map(|id| built.bind(id)).collect();
                    rows.replace("{ids}", &places.join(", "))
                }
            })
            .collect();
        // Two letters that no customer has find nothing in a list that looks for names from three on.
        if ways.is_empty() { NOBODY.to_owned() } else { ways.join(" UNION ALL ") }
    }

    /// An end of a range as SQL.
    fn end(&self, built: &mut Built, range: &Range, value: &str, low: bool) -> String {
        match range.of {
            Of::Days => {
                let day: Date = date(value).unwrap_or_default();
                let zone = &self.settings.zone;
                built.bind(if low { zone.start_of(day) } else { zone.end_of(day) })
            }
            Of::Dates => built.bind(i64::from(day_number(date(value).unwrap_or_default()))),
            Of::Money(currency) => {
                let asked = amount(value).unwrap_or_default();
                let [none, two, three] = [0, 2, 3].map(|decimals| format!("CAST({} AS BIGINT)", built.bind(minor(asked, decimals, low))));
                let [whole, fils] = [listed(0), listed(3)];
                format!("CASE WHEN {currency} IN ({whole}) THEN {none} WHEN {currency} IN ({fils}) THEN {three} ELSE {two} END")
            }
        }
    }

    /// What the words that hold in a filter ask of a row.
    fn chosen(&self, built: &mut Built, filter: &Filter, words: &[&str]) -> Option<String> {
        match &filter.options {
            Options::Words(all) => {
                let some: Vec<String> = all.iter().filter(|o| words.contains(&o.word)).map(|o| self.timed(built, o.when)).collect();
                Some(if some.len() == 1 { some.concat() } else { format!("(({}))", some.join(") OR (")) })
            }
            Options::Values(values) => {
                let places: Vec<String> = words.iter().map(|w| built.bind(if *w == "none" { "" } else { *w })).collect();
                Some(one_of(values.column, &places))
            }
            Options::Linked(_) | Options::Of(_) | Options::Tags(_) => None,
        }
    }

    fn timed(&self, built: &mut Built, text: &str) -> String {
        let mut text = text.to_owned();
        if text.contains("{now}") {
            text = text.replace("{now}", &built.bind(self.now));
        }
        if text.contains("{me}") {
            text = text.replace("{me}", &built.bind(self.me));
        }
        if text.contains("{today}") {
            text = text.replace("{today}", &built.bind(i64::from(self.settings.zone.day(self.now))));
        }
        text
    }

    /// `(id, place)` of at most `limit` rows behind (or before) a place; `None` when nothing can match.
    pub(super) fn rows(&self, ctx: &Ctx, limit: i64) -> Option<Built> {
        let list = self.list();
        if (0..list.filters.len()).any(|at| self.query.holds(at).is_some_and(|words| words.is_empty())) {
            return None;
        }
        let Base { mut built, from, mut terms } = self.base(ctx, None, None);
        let free = from == list.from && self.query.sort == 0;
        let mut walks: Vec<String> = Vec::new();
        for (at, filter) in list.filters.iter().enumerate() {
            let Some(words) = self.query.holds(at) else { continue };
            match &filter.options {
                Options::Words(all) if free && walks.is_empty() && all.iter().all(|o| o.walks || !words.contains(&o.word)) => {
                    walks = all.iter().filter(|o| words.contains(&o.word)).map(|o| self.timed(&mut built, o.when)).collect();
                }
                _ => terms.extend(self.chosen(&mut built, filter, &words)),
            }
        }
        let sort = &list.sorts[self.query.sort];
        let (place, back) = match (&self.query.after, &self.query.before) {
            (Some(place), _) => (Some(place), false),
            (None, before) => (before.as_ref(), before.is_some()),
        };
        let down = self.query.descending != back;
        if let Some(PageKey { at, id }) = place {
            let (at, id) = (built.bind(*at), built.bind(id));
            terms.push(format!("({}, {}) {} ({at}, {id})", sort.column, list.id, if down { "<" } else { ">" }));
        }
        let (way, limit) = (if down { "DESC" } else { "ASC" }, built.bind(limit));
        let walk = |own: Option<&String>| {
            let terms: Vec<&str> = terms.iter().chain(own).map(String::as_str).collect();
            format!(
                "SELECT {} AS id, {} AS place FROM {from} WHERE {} ORDER BY {} {way}, {} {way} LIMIT {limit}",
                list.id,
                sort.column,
                terms.join(" AND "),
                sort.column,
                list.id
            )
        };
        built.text = match walks.as_slice() {
            [] => walk(None),
            [one] => walk(Some(one)),
            many => {
                let parts: Vec<String> =
                    many.iter().enumerate().map(|(n, own)| format!("SELECT * FROM ({}) e{n}", walk(Some(own)))).collect();
                format!("SELECT id, place FROM ({}) e ORDER BY place {way}, id {way} LIMIT {limit}", parts.join(" UNION ALL "))
            }
        };
        Some(built)
    }

    /// One line for each combination of options: a column for each filter of words or values, how many, and what is summed.
    pub(super) fn cube(&self, ctx: &Ctx, also: Option<&Link>) -> Built {
        let base = self.base(ctx, also, None);
        self.combined(base, "")
    }

    /// The same for each tag of a filter of tags, which stands last in the line.
    pub(super) fn tagged(&self, ctx: &Ctx, at: usize, tags: &Tags) -> Built {
        let mut base = self.base(ctx, None, Some(at));
        base.from = format!("{} CROSS JOIN {} w", base.from, tags.table);
        base.terms.extend(["w.merchant_id = $1".to_owned(), format!("w.{} = {}", tags.of, self.list().id)]);
        self.combined(base, ", w.name_key")
    }

    /// One line for each combination of options and of what else is asked for.
    fn combined(&self, base: Base, last: &str) -> Built {
        let (list, Base { mut built, from, terms }) = (self.list(), base);
        let mut columns = Vec::new();
        // All rows are read in the order of an index that holds these very words (migration 0007); a part of them is found by another index, and
        // must not be lured into going over all.
        let other = if terms.len() == 1 { "" } else { "-" };
        for filter in list.filters {
            match &filter.options {
                Options::Words(words) => {
                    let cases: Vec<String> =
                        words.iter().map(|o| format!("WHEN {} THEN '{}'", self.timed(&mut built, o.when), o.word)).collect();
                    columns.push(format!("CASE {} ELSE '{other}' END", cases.join(" ")));
                }
                Options::Values(values) => columns.push(values.column.to_owned()),
                Options::Linked(_) | Options::Of(_) | Options::Tags(_) => {}
            }
        }
        let places: Vec<String> = (1..=columns.len()).map(|n| n.to_string()).collect();
        let sum = list.sum.as_ref().map_or("0", |s| s.column);
        built.text = format!(
            "SELECT {}, COUNT(*), CAST(SUM({sum}) AS BIGINT){last} FROM {from} WHERE {} GROUP BY {}{last}",
            columns.join(", "),
            terms.join(" AND "),
            places.join(", ")
        );
        built
    }

    /// How many rows the merchant has, but no more than `most`.
    pub(super) fn some(list: &List, ctx: &Ctx, most: i64) -> Built {
        let values = vec![Value::Text(ctx.merchant.to_string()), Value::Int(most)];
        let first = list.from.split(" CROSS JOIN").next().unwrap_or(list.from);
        Built { text: format!("SELECT COUNT(*) FROM (SELECT 1 FROM {first} WHERE {} = $1 LIMIT $2) n", list.merchant), values }
    }
}

fn one_of(column: &str, places: &[String]) -> String {
    if let [one] = places { format!("{column} = {one}") } else { format!("{column} IN ({})", places.join(", ")) }
}

/// Minor units of a currency with so many decimals; what lies between two of them is taken inwards.
fn minor(amount: Decimal, decimals: u32, low: bool) -> i64 {
    let scaled = amount.checked_mul(Decimal::from(10i64.pow(decimals)));
    let rounded = scaled.map(|d| if low { d.ceil() } else { d.floor() }).and_then(|d| d.to_i64());
    rounded.unwrap_or(if amount.is_sign_negative() { i64::MIN } else { i64::MAX })
}

/// Currencies with so many decimals, as SQL.
fn listed(decimals: u32) -> String {
    const APART: &str = "BHD BIF CLP DJF GNF IQD ISK JOD JPY KMF KRW KWD LYD OMR PYG RWF TND UGX UYI VND VUV XAF XOF XPF";
    let some = APART.split(' ').filter_map(Currency::of).filter(|c| c.decimals() == decimals);
    some.map(|c| format!("'{c}'")).collect::<Vec<_>>().join(", ")
}
