//! Filters in words: menus with a count at every option, and a chip for everything that is on.

use domain::files::countries;
use domain::kit::{Money, spoken};
use domain::lists::{Chip, Counts, Filter, Kind, List, Of, Options, Query};
use domain::payments::MethodKind;

use crate::dashboard::customers::profile::{capital, provider};
use crate::dashboard::{moments, tones};
use crate::look::{Choice, Menu, lit};

/// From and to, as the toolbar shows them.
#[derive(Debug)]
pub struct Ends {
    pub label: &'static str,
    pub class: &'static str,
    pub low: &'static str,
    pub high: &'static str,
    pub min: String,
    pub max: String,
    pub days: bool,
    /// `Date from`, for readers.
    pub from: String,
    pub to: String,
}

/// The ranges of a list with what they hold now.
pub fn ranges(query: &Query) -> Vec<Ends> {
    let ends = query.list.ranges.iter().map(|r| {
        let (min, max) = (query.end(r.low).to_owned(), query.end(r.high).to_owned());
        Ends {
            label: r.label,
            class: lit(!min.is_empty() || !max.is_empty()),
            low: r.low,
            high: r.high,
            days: !matches!(r.of, Of::Money(_)),
            from: format!("{} from", r.label),
            to: format!("{} until", r.label),
            min,
            max,
        }
    });
    ends.collect()
}

/// The menus that stand in the row. One in which there is nothing to choose between is left out.
pub fn menus(query: &Query, counts: Option<&Counts>, names: &[(String, String)]) -> Vec<Menu> {
    let mut all = Vec::new();
    for (at, filter) in query.list.filters.iter().enumerate() {
        let options = options(query, at, filter, counts, names);
        let given = options.iter().filter(|(_, n)| n.is_none_or(|n| n > 0)).count();
        let chosen = query.words(at).next().is_some();
        if matches!(filter.options, Options::Of(_)) || (at > 0 && given < 2 && !chosen && !linked_with(filter, given)) {
            continue;
        }
        let choice = |(word, n): (String, Option<u64>)| Choice {
            word: word_of(filter, &word, names),
            count: n.map(tones::number).unwrap_or_default(),
            ticked: query.words(at).any(|w| w == word),
            value: word,
        };
        all.push(Menu::of(filter.label, filter.name, options.into_iter().map(choice).collect()));
    }
    all
}

/// A row may have none of what another table says: then one option is already a choice.
fn linked_with(filter: &Filter, given: usize) -> bool {
    given > 0 && matches!(filter.options, Options::Linked(_) | Options::Tags(_))
}

fn options(query: &Query, at: usize, filter: &Filter, counts: Option<&Counts>, names: &[(String, String)]) -> Vec<(String, Option<u64>)> {
    if let Some(counts) = counts {
        return counts.options.get(at).into_iter().flatten().map(|(word, n)| (word.clone(), Some(*n))).collect();
    }
    match &filter.options {
        Options::Words(_) | Options::Linked(_) => filter.fixed().iter().map(|(word, _)| ((*word).to_owned(), None)).collect(),
        Options::Values(v) if v.kind == Kind::Shop => {
            names.iter().filter(|(id, _)| id.starts_with("shp_")).map(|(id, _)| (id.clone(), None)).collect()
        }
        Options::Values(_) | Options::Of(_) | Options::Tags(_) => query.words(at).map(|word| (word.to_owned(), None)).collect(),
    }
}

/// A word of a filter as people call it.
fn word_of(filter: &Filter, word: &str, names: &[(String, String)]) -> String {
    if let Some((_, label)) = filter.fixed().iter().find(|(w, _)| *w == word) {
        return (*label).to_owned();
    }
    let name = |what: &str| names.iter().find(|(id, _)| id == word).map_or_else(|| what.to_owned(), |(_, name)| name.clone());
    match &filter.options {
        Options::Of(_) => name("one that is gone"),
        Options::Values(v) if word == "none" && v.kind == Kind::Person => "Nobody".to_owned(),
        Options::Values(_) if word == "none" => "Not known".to_owned(),
        Options::Values(v) => match v.kind {
            Kind::Shop => name("one that is gone"),
            Kind::Person => name("Somebody who is gone"),
            Kind::Currency => word.to_owned(),
            Kind::Country => countries::name_of(word).unwrap_or(word).to_owned(),
            Kind::Word if filter.name == "provider" => provider(word),
            Kind::Word => word.parse::<MethodKind>().map_or_else(|()| capital(word), |kind| kind.label().to_owned()),
        },
        Options::Words(_) | Options::Linked(_) | Options::Tags(_) => word.to_owned(),
    }
}

/// A chip in words: `Status: Failed`, `Date from 3 Jun 2026`.
pub fn chip(chip: &Chip, list: &'static List, names: &[(String, String)]) -> String {
    let value = chip.value.as_str();
    if chip.key == "q" {
        return format!("Search: {value}");
    }
    if let Some((_, filter)) = list.filter(chip.key) {
        return format!("{}: {}", filter.label, word_of(filter, value, names));
    }
    let Some(range) = list.ranges.iter().find(|r| r.low == chip.key || r.high == chip.key) else { return value.to_owned() };
    let shown = match range.of {
        Of::Days | Of::Dates => value.parse().map_or_else(|_| value.to_owned(), moments::date),
        Of::Money(_) => spoken(value),
    };
    let way = match (range.low == chip.key, range.of) {
        (true, _) => "from",
        (false, Of::Days | Of::Dates) => "until",
        (false, Of::Money(_)) => "up to",
    };
    format!("{} {way} {shown}", range.label)
}

/// `60 match · €3,500.00 received`
pub fn counter(list: &List, counts: Option<&Counts>) -> String {
    let Some(counts) = counts else { return "Counting…".to_owned() };
    let mut text = format!("{} {}", tones::number(counts.total), if counts.total == 1 { "matches" } else { "match" });
    if let Some(sum) = list.sum.as_ref().filter(|_| !counts.sums.is_empty()) {
        let sums: Vec<String> = counts.sums.iter().map(Money::to_string).collect();
        text.push_str(&format!(" · {} {}", sums.join(" + "), sum.word));
    }
    text
}
