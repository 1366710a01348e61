//! Every statement that lists can build, so that tests prepare all of them on both engines and read their plans.

use store::Stmt;

use super::build::Ask;
use super::{Filter, Kind, List, Of, Options, Query, Range};
use crate::kit::Ctx;
use crate::merchants::Settings;

/// Every statement that a list builds, for the tests that prepare all of them and read their plans: each filter and range with each sort, both
/// ways, from the start and behind a place, each search, and all of it together. With the query string that asks for it.
pub fn statements(list: &'static List, ctx: &Ctx, settings: &Settings) -> Vec<(String, Stmt)> {
    let mut found = Vec::new();
    let found_customers: Vec<String> = vec!["cus_1".into(); 12];
    for text in questions(list) {
        let (query, problems) = Query::parse(list, &text);
        debug_assert!(problems.0.is_empty(), "{text}: {problems:?}");
        let customers: &[String] = if query.q.is_empty() { &[] } else { &found_customers };
        let ask = Ask::of(ctx, &query, settings, customers);
        found.extend(ask.rows(ctx, 26).map(|built| (text.clone(), built.statement())));
        if query.after.is_none() {
            found.push((format!("count {text}"), ask.cube(ctx, None).statement()));
            let links = list.filters.iter().filter_map(|f| if let Options::Linked(links) = &f.options { Some(*links) } else { None });
            for (at, filter) in list.filters.iter().enumerate() {
                if let Options::Tags(tags) = &filter.options {
                    found.push((format!("count {} {text}", filter.name), ask.tagged(ctx, at, tags).statement()));
                }
            }
            found.extend(links.flatten().map(|link| (format!("count {} {text}", link.word), ask.cube(ctx, Some(link)).statement())));
        }
    }
    found.push(("some".to_owned(), Ask::some(list, ctx, 1).statement()));
    found
}

/// Query strings that together ask for everything.
fn questions(list: &'static List) -> Vec<String> {
    let id = |prefix: &str| format!("{prefix}_{}", crate::kit::encode(&[7; 16]));
    let words = |filter: &Filter| -> Vec<String> {
        match &filter.options {
            Options::Words(_) | Options::Linked(_) => filter.fixed().iter().map(|(w, _)| (*w).to_owned()).collect(),
            Options::Of(owner) => vec![id(owner.prefix)],
            Options::Tags(_) => vec!["grinder".into(), "warranty".into()],
            Options::Values(v) if v.kind == Kind::Shop => vec![id("shp"), "none".into()],
            Options::Values(v) if v.kind == Kind::Currency => vec!["EUR".into(), "JPY".into()],
            Options::Values(v) if v.kind == Kind::Person => vec![id("per"), "none".into()],
            Options::Values(v) if v.kind == Kind::Country => vec!["FR".into(), "none".into()],
            Options::Values(_) => vec!["stripe".into(), "none".into()],
        }
    };
    let mut each = vec![String::new()];
    for filter in list.filters {
        let all = words(filter);
        each.extend(all.iter().map(|w| format!("{}={w}", filter.name)));
        each.push(all.iter().map(|w| format!("{}={w}", filter.name)).collect::<Vec<_>>().join("&"));
    }
    let value = |range: &Range| if matches!(range.of, Of::Money(_)) { "12.50" } else { "2026-06-15" };
    each.extend(list.ranges.iter().flat_map(|r| [format!("{}={}", r.low, value(r)), format!("{}={}", r.high, value(r))]));
    each.extend(["q=ana", "q=ana@example.com", "q=%2B33612345678", "q=4242", "q=7"].map(str::to_owned));
    each.extend(list.views.iter().map(|v| format!("view={}", v.word)));
    let one_of_each: Vec<String> = list.filters.iter().map(|f| format!("{}={}", f.name, words(f)[0])).collect();
    each.push(format!("{}&q=ana", one_of_each.join("&")));
    for (n, _) in one_of_each.iter().enumerate() {
        each.push(format!(
            "{}&{}&{}={}",
            one_of_each[n],
            one_of_each[(n + 1) % one_of_each.len()],
            list.ranges[0].low,
            value(&list.ranges[0])
        ));
    }
    let mut all = Vec::new();
    for text in &each {
        for sort in list.sorts {
            for way in ["asc", "desc"] {
                for place in ["", "&after=5.x", "&before=5.x"] {
                    all.push(format!("{text}&sort={}&dir={way}{place}", sort.word));
                }
            }
        }
    }
    all
}
