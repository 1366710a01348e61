//! The grammar of a list's query string. Many values of one filter are one key repeated: `status=paid&status=pending`.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::query::{Query, View};
use super::{Kind, List, Of, Options, encode};
use crate::kit::{Currency, PersonId, Problems, ShopId, decode, name_key};

/// What says how a list is shown, and may be blank: no filter is left out by it.
pub(crate) const PLACES: [&str; 7] = ["view", "base", "sort", "dir", "after", "before", "per"];

/// Why a value of a filter was left out, behind the value: by what the filter asks for.
pub(crate) fn no_value(key: &str) -> &'static str {
    match key.rsplit_once('_') {
        Some((_, "from" | "to")) => "is no day. Use one such as 2026-01-31.",
        Some((_, "min" | "max")) => "is no number that fits here. Use one such as 12.",
        _ => "is not known here. Choose one of the values offered.",
    }
}

impl Query {
    /// Reads a query string, with or without its question mark. What cannot be read is left out and noted, so that a page still shows a
    /// list and an API can refuse. Keys that are no filter are passed over.
    pub fn parse(list: &'static List, text: &str) -> (Self, Problems) {
        let pairs = encode::pairs(text.trim_start_matches('?'));
        let (mut query, mut problems, mut order) = (Self::bare(list), Problems::default(), (None, None));
        for (key, value) in &pairs {
            let value = value.trim();
            if value.is_empty() {
                continue; // An empty field of the filter form.
            }
            if query.take(key, value, &mut order).is_none() {
                problems.add(key, "unknown", format!("“{}” {}", shorten(value), no_value(key)));
            }
        }
        query.chosen.sort_by_key(|(at, _)| *at);
        let place = |key: &str| list.ranges.iter().position(|r| r.low == key || r.high == key);
        query.ends.sort_by_key(|(key, _)| place(key));
        let (sort, descending) = query.order();
        let first_way = |at: usize| if at == sort { descending } else { list.sorts[at].descending };
        query.sort = order.0.unwrap_or(sort);
        query.descending = order.1.unwrap_or_else(|| order.0.map_or(descending, first_way));
        (query, problems)
    }

    /// The same where a slip of the pen must never mean everything: anything that is no filter, or makes no sense, is refused.
    ///
    /// # Errors
    /// `Invalid` for `query`.
    pub fn strict(list: &'static List, text: &str) -> crate::Result<Self> {
        let (query, mut problems) = Self::parse(list, text);
        let known = list.names();
        for (key, value) in encode::pairs(text.trim_start_matches('?')) {
            if !known.contains(&key.as_str()) {
                problems.add(&key, "unknown", format!("“{}” is no filter of the list.", shorten(&key)));
            } else if value.trim().is_empty() && !PLACES.contains(&key.as_str()) {
                problems.add(&key, "invalid", format!("“{}” has no value. Give one, or leave it out.", shorten(&key)));
            }
        }
        problems.0.iter_mut().for_each(|p| "query".clone_into(&mut p.field));
        problems.check().map(|()| query)
    }

    /// Takes one pair; `None` when its value makes no sense.
    fn take(&mut self, key: &str, value: &str, order: &mut (Option<usize>, Option<bool>)) -> Option<()> {
        let list = self.list;
        match key {
            "q" => self.q = value.chars().filter(|c| *c != '\0').take(200).collect(),
            "view" => {
                let built_in = list.views.iter().find(|v| v.word == value).map(View::BuiltIn);
                self.view = built_in.or_else(|| value.parse().ok().map(View::Saved))?;
            }
            "sort" => order.0 = Some(list.sorts.iter().position(|s| s.word == value)?),
            "dir" => order.1 = Some(["asc", "desc"].iter().position(|w| *w == value)? == 1),
            "after" => self.after = Some(value.parse().ok()?),
            "before" => self.before = Some(value.parse().ok()?),
            "per" => self.per = value.parse().ok().filter(|n| (PER_LEAST..=100).contains(n))?,
            _ => {
                if let Some((at, filter)) = list.filter(key) {
                    let word = canonical(&filter.options, value)?;
                    if !self.chosen.contains(&(at, word.clone())) {
                        self.chosen.push((at, word));
                    }
                } else if let Some(range) = list.ranges.iter().find(|r| r.low == key || r.high == key) {
                    let value = match range.of {
                        Of::Days | Of::Dates => date(value)?.to_string(),
                        Of::Money(_) => amount(value)?.to_string(),
                    };
                    let key = if range.low == key { range.low } else { range.high };
                    self.ends.retain(|(k, _)| *k != key);
                    self.ends.push((key, value));
                }
            }
        }
        Some(())
    }
}

const PER_LEAST: usize = super::PER;

/// A word of a filter as it is kept; `None` for what it does not offer.
fn canonical(options: &Options, value: &str) -> Option<String> {
    match options {
        Options::Words(words) => words.iter().find(|o| o.word == value).map(|o| o.word.to_owned()),
        Options::Linked(links) => links.iter().find(|l| l.word == value).map(|l| l.word.to_owned()),
        Options::Tags(_) => {
            let key = name_key(value);
            (!key.is_empty() && key.chars().count() <= 80 && !key.contains('\0')).then_some(key)
        }
        Options::Of(owner) => {
            let rest = value.strip_prefix(owner.prefix)?.strip_prefix('_')?;
            decode(rest).map(|_| value.to_owned())
        }
        Options::Values(values) => match values.kind {
            _ if value == "none" => Some(value.to_owned()),
            Kind::Shop => value.parse::<ShopId>().ok().map(|id| id.to_string()),
            Kind::Currency => Currency::of(value).map(|c| c.code().to_owned()),
            Kind::Person => value.parse::<PersonId>().ok().map(|id| id.to_string()),
            Kind::Country => {
                let two = value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic());
                two.then(|| value.to_ascii_uppercase())
            }
            Kind::Word => (value.chars().count() <= 60 && !value.contains('\0')).then(|| value.to_owned()),
        },
    }
}

/// A plain decimal, a comma taken for the point.
pub(crate) fn amount(text: &str) -> Option<Decimal> {
    let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    let plain = !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    plain.then(|| text.parse::<Decimal>().ok())?.map(|d| d.normalize())
}

/// `2026-06-15`
pub(crate) fn date(text: &str) -> Option<Date> {
    let date: Date = (text.len() == 10).then(|| text.parse().ok())??;
    (1900..=9000).contains(&date.year()).then_some(date)
}

pub(crate) fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { format!("{}…", text.chars().take(40).collect::<String>()) }
}
