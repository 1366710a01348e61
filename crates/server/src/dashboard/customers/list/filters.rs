//! Filters as people see them: menus with a count at every option, and a chip in words for everything that is on.

use domain::customers::list::{BUILT_IN, Chip, ListCounts, ListQuery};
use domain::customers::{MethodStatus, Status};
use domain::files::countries;
use domain::kit::Money;
use domain::merchants::Settings;

use crate::dashboard::{moments, tones};
use crate::look::{Choice, Menu, lit};

/// What is typed into the ranges.
#[derive(Debug, Default)]
pub struct Ranges {
    pub ltv_min: String,
    pub ltv_max: String,
    pub created_from: String,
    pub created_to: String,
    pub last_order_from: String,
    pub last_order_to: String,
    pub orders_min: String,
    pub orders_max: String,
    pub article: String,
    pub no_order_since: String,
    pub ended_from: String,
    /// Empty, `true` or `false`.
    pub active: &'static str,
    pub active_count: String,
    pub archived_count: String,
    pub ltv_class: &'static str,
    pub more_class: &'static str,
}

/// The menus that stand in the row. One without options is left out.
pub fn menus(query: &ListQuery, counts: &ListCounts) -> Vec<Menu> {
    let status = counts.status.iter().map(|(s, n)| choice(s.name(), s.label(), *n, query.status.contains(s)));
    let method = counts.method.iter().map(|(s, n)| choice(s.name(), s.label(), *n, query.method.contains(s)));
    let mut all = vec![Menu::of("Status", "status", status.collect()), Menu::of("Payment method", "method", method.collect())];
    if counts.group.len() > 1 {
        let options = counts.group.iter().map(|(g, n)| match g {
            Some(g) => choice(g.id.as_str(), &g.name, *n, query.group.contains(&Some(g.id.clone()))),
            None => choice("none", "No group", *n, query.group.contains(&None)),
        });
        all.push(Menu::of("Group", "group", options.collect()));
    }
    if !counts.tag.is_empty() {
        all.push(Menu::of(
            "Tag",
            "tag",
            counts.tag.iter().map(|(t, n)| choice(t.id.as_str(), &t.name, *n, query.tag.contains(&t.id))).collect(),
        ));
    }
    if counts.shop.len() > 1 || !query.shop.is_empty() {
        all.push(Menu::of(
            "Shop",
            "shop",
            counts.shop.iter().map(|(s, n)| choice(s.id.as_str(), &s.name, *n, query.shop.contains(&s.id))).collect(),
        ));
    }
    if counts.country.len() > 1 || !query.country.is_empty() {
        all.push(Menu::of("Country", "country", countries_of(query, counts)));
    }
    all
}

fn countries_of(query: &ListQuery, counts: &ListCounts) -> Vec<Choice> {
    let mut named: Vec<(String, &Option<String>, u64)> =
        counts.country.iter().filter(|(c, _)| c.is_some()).map(|(c, n)| (country(c.as_deref()), c, *n)).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let mut options: Vec<Choice> = named
        .into_iter()
        .map(|(word, code, n)| choice(code.as_deref().unwrap_or("none"), &word, n, query.country.contains(code)))
        .collect();
    let none = counts.country.iter().find(|(c, _)| c.is_none()).map_or(0, |(_, n)| *n);
    options.push(choice("none", "No country", none, query.country.contains(&None)));
    options
}

fn choice(value: &str, word: &str, count: u64, ticked: bool) -> Choice {
    Choice { value: value.to_owned(), word: word.to_owned(), count: tones::number(count), ticked }
}

/// What the range fields hold now.
pub fn ranges(query: &ListQuery, counts: &ListCounts) -> Ranges {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(String::new, |v| v.to_string())
    }
    let more = query.created_from.is_some()
        || query.created_to.is_some()
        || query.last_order_from.is_some()
        || query.last_order_to.is_some()
        || query.orders_min.is_some()
        || query.orders_max.is_some()
        || query.no_order_since.is_some()
        || query.ended_from.is_some()
        || query.active.is_some()
        || !query.article.is_empty();
    Ranges {
        ltv_min: text(query.ltv_min),
        ltv_max: text(query.ltv_max),
        created_from: text(query.created_from),
        created_to: text(query.created_to),
        last_order_from: text(query.last_order_from),
        last_order_to: text(query.last_order_to),
        orders_min: text(query.orders_min),
        orders_max: text(query.orders_max),
        article: query.article.clone(),
        no_order_since: text(query.no_order_since),
        ended_from: text(query.ended_from),
        active: query.active.map_or("", |on| if on { "true" } else { "false" }),
        active_count: tones::number(counts.active),
        archived_count: tones::number(counts.archived),
        ltv_class: lit(query.ltv_min.is_some() || query.ltv_max.is_some()),
        more_class: lit(more),
    }
}

/// A chip in words: `Status: Idle`, `Created from 3 Jun 2026`.
pub fn words(chip: &Chip, query: &ListQuery, counts: &ListCounts, settings: &Settings) -> String {
    let value = chip.value.as_str();
    let name = |found: Option<&String>| found.cloned().unwrap_or_else(|| "one that is gone".to_owned());
    match chip.key.as_ref() {
        "base" => format!("Within {}", BUILT_IN.iter().find(|(_, word, _)| *word == value).map_or(value, |(.., name)| name)),
        "q" => format!("Search: {value}"),
        "status" => format!("Status: {}", value.parse::<Status>().map_or(value, |s| s.label())),
        "method" => format!("Payment method: {}", value.parse::<MethodStatus>().map_or(value, |s| s.label())),
        "group" if value == "none" => "No group".to_owned(),
        "group" => format!(
            "Group: {}",
            name(counts.group.iter().filter_map(|(g, _)| g.as_ref()).find(|g| g.id.as_str() == value).map(|g| &g.name))
        ),
        "tag" => format!("Tag: {}", name(counts.tag.iter().find(|(t, _)| t.id.as_str() == value).map(|(t, _)| &t.name))),
        "shop" => format!("Shop: {}", name(counts.shop.iter().find(|(s, _)| s.id.as_str() == value).map(|(s, _)| &s.name))),
        "country" if value == "none" => "No country".to_owned(),
        "country" => country(Some(value)),
        "active" => if query.active == Some(true) { "Active" } else { "Not active" }.to_owned(),
        "ltv_min" => format!("Lifetime value from {}", amount(value, settings)),
        "ltv_max" => format!("Lifetime value up to {}", amount(value, settings)),
        "created_from" => format!("Created from {}", date(query.created_from)),
        "created_to" => format!("Created until {}", date(query.created_to)),
        "last_order_from" => format!("Last order from {}", date(query.last_order_from)),
        "last_order_to" => format!("Last order until {}", date(query.last_order_to)),
        "orders_min" => format!("At least {value} orders"),
        "orders_max" => format!("At most {value} orders"),
        "article" => format!("Bought {value}"),
        "no_order_since" => format!("No order since {}", date(query.no_order_since)),
        "ended_from" => format!("Subscription ended from {}", date(query.ended_from)),
        other => {
            let key = other.strip_prefix("metadata[").and_then(|key| key.strip_suffix(']'));
            format!("{}: {value}", key.unwrap_or(other))
        }
    }
}

/// A country's name; its letters when it has none.
pub fn country(code: Option<&str>) -> String {
    code.map_or_else(String::new, |code| countries::name_of(code).unwrap_or(code).to_owned())
}

fn date(date: Option<jiff::civil::Date>) -> String {
    date.map_or_else(String::new, moments::date)
}

fn amount(plain: &str, settings: &Settings) -> String {
    Money::parse(plain, settings.currency).map_or_else(|| format!("{} {plain}", settings.currency), |money| money.to_string())
}
