//! What a list page shows, made of what was read.

use domain::kit::{PageKey, Problems, Right};
use domain::lists::kept::SavedView;
use domain::lists::{Column, MOST_CUSTOMERS, Options, Query, View};

use super::acts;
use super::load::Loaded;
use super::row::Cell;
use super::words::{self, Ends};
use super::{Desk, RowView};
use crate::dashboard::tones;
use crate::http::Who;
use crate::look::{self, Menu, On, Page, Tab, band};

/// The page, and the part of it that a swap takes.
#[derive(Debug)]
pub struct ListView {
    pub title: &'static str,
    pub nouns: [&'static str; 2],
    pub at: &'static str,
    pub icon: &'static str,
    pub empty: (&'static str, &'static str),
    pub create: Option<(&'static str, &'static str)>,
    pub searched: &'static str,
    /// `60 match · €3,500.00 received`, or that it is being counted.
    pub counter: String,
    pub total: Option<u64>,
    pub shown_total: String,
    /// Where the counts are to be had when they are not here; else empty.
    pub later: String,
    pub problems: Vec<String>,
    /// The state without the place in it, as a query string.
    pub query: String,
    /// The same as a view keeps it.
    pub kept: String,
    pub q: String,
    /// What the form must carry beside its fields: view, sort, rows, owners.
    pub hidden: Vec<(&'static str, String)>,
    pub menus: Vec<Menu>,
    pub ranges: Vec<Ends>,
    pub on: Vec<On>,
    /// With how many there would be without each filter, when nothing matches.
    pub drops: Vec<(On, String)>,
    pub filtered: bool,
    pub resettable: bool,
    pub reset: String,
    pub tabs: Vec<Tab>,
    /// The saved view looked at, when it is one's own.
    pub own: Option<SavedView>,
    pub columns: Vec<(&'static Column, look::Column)>,
    pub all_columns: Vec<(&'static str, &'static str, bool)>,
    pub many: bool,
    pub rows: Vec<Row>,
    pub page: Page,
    pub per: Vec<(usize, String, bool)>,
    pub per_now: usize,
    pub may_export: bool,
    /// What can be done with ticked rows: an address, and the words of its button.
    pub acts: Vec<(&'static str, &'static str)>,
    /// Rows can be ticked, for an export or an act.
    pub pick: bool,
    /// This very list as the value of a parameter.
    pub here: String,
    /// What stands over a page of test mode.
    pub band: &'static str,
    /// Rows open in a tab of their own when they are pressed twice.
    pub tab: bool,
}

/// Rooms whose rows open in a tab of their own when they are pressed twice (SPEC 2.10).
const TABS: [&str; 3] = ["offers", "contracts", "returns"];

/// A row with the cells of the columns that are seen.
#[derive(Debug)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub cells: Vec<(&'static Column, Cell)>,
    pub act: Option<(String, &'static str)>,
}

/// Makes the page.
pub fn build(desk: &'static Desk, who: &Who, loaded: Loaded, problems: Problems) -> ListView {
    let Loaded { query, found, counts, rows, views, columns, names, without, .. } = loaded;
    let list = desk.list;
    let first = query.first_page();
    let text = first.print();
    let address = |q: &Query| desk.place.address(&q.print());
    let say = |chip: &domain::lists::Chip| On { word: words::chip(chip, list, &names), href: desk.place.address(&chip.without) };
    let total = counts.as_ref().map(|c| c.total);
    let mut problems: Vec<String> = problems.0.into_iter().map(|p| p.message).collect();
    if found.too_many {
        problems.push(format!(
            "More than {MOST_CUSTOMERS} customers match “{}”. This looks through those who ordered last; type more to see the others.",
            query.q
        ));
    }
    let only_tests = list.filter("mode").is_some_and(|(at, _)| query.words(at).eq(["test"]));
    let tests = rows.iter().filter(|row| row.test).count();
    let band = if only_tests { band(1, 1) } else { band(tests, rows.len()) };
    let acts = acts::of(desk.list, who);
    let page = pages(desk, &query, found.before, found.after, rows.len(), total);
    ListView {
        title: list.title,
        tab: TABS.contains(&list.name),
        nouns: list.nouns,
        at: desk.place.at,
        icon: desk.icon,
        empty: desk.empty,
        create: desk.create.filter(|(right, ..)| who.ctx.may(*right)).map(|(_, href, word)| (href, word)),
        searched: list.searched,
        counter: words::counter(list, counts.as_ref()),
        shown_total: total.map(tones::number).unwrap_or_default(),
        later: if total.is_some() { String::new() } else { format!("{}&counts=now", address(&query)) },
        total,
        problems,
        kept: query.unbound().print(),
        q: query.q.clone(),
        hidden: hidden(&first),
        menus: words::menus(&query, counts.as_ref(), &names),
        ranges: words::ranges(&query),
        on: query.chips().iter().map(say).collect(),
        drops: without.iter().map(|(chip, n)| (say(chip), n.map(tones::number).unwrap_or_default())).collect(),
        filtered: query.is_filtered(),
        resettable: !text.is_empty(),
        reset: desk.place.address(""),
        tabs: tabs(desk, &query, &views),
        own: views.into_iter().find(|v| v.own && v.id.as_str() == query.view.word()),
        many: columns.len() > 7,
        all_columns: list.columns.iter().skip(1).map(|c| (c.word, c.label, columns.iter().any(|seen| seen.word == c.word))).collect(),
        rows: rows.into_iter().map(|row| seen(row, &columns)).collect(),
        columns: columns.iter().map(|c| (*c, head(desk, c, &query))).collect(),
        page,
        per: [25, 50, 100].map(|per| (per, address(&Query { per, ..first.clone() }), per == query.per)).into(),
        per_now: query.per,
        may_export: who.ctx.may(Right::Export),
        pick: who.ctx.may(Right::Export) || !acts.is_empty(),
        acts,
        here: url::form_urlencoded::byte_serialize(address(&query).as_bytes()).collect(),
        band,
        query: if text.is_empty() { desk.place.bare.to_owned() } else { text },
    }
}

fn seen(mut row: RowView, columns: &[&'static Column]) -> Row {
    let mut cell = |column: &&'static Column| {
        let at = row.cells.iter().position(|(word, _)| *word == column.word);
        (*column, at.map(|at| row.cells.swap_remove(at).1).unwrap_or_default())
    };
    Row { cells: columns.iter().map(&mut cell).collect(), id: row.id, name: row.name, act: row.act }
}

fn hidden(query: &Query) -> Vec<(&'static str, String)> {
    let mut kept = vec![("view", query.view.word().to_owned())];
    kept.extend(query.pairs().into_iter().filter(|(key, _)| ["sort", "dir", "per"].contains(key)));
    for (at, filter) in query.list.filters.iter().enumerate() {
        if matches!(filter.options, Options::Of(_)) {
            kept.extend(query.words(at).map(|word| (filter.name, word.to_owned())));
        }
    }
    kept
}

fn tabs(desk: &Desk, query: &Query, views: &[SavedView]) -> Vec<Tab> {
    let word = query.view.word();
    let built_in = desk.list.views.iter().map(|v| Tab {
        name: v.name.to_owned(),
        href: format!("{}?view={}", desk.place.at, v.word),
        on: v.word == word,
        count: None,
    });
    let saved = views.iter().map(|v| Tab {
        name: v.name.clone(),
        href: desk.place.address(&v.address()),
        on: matches!(&query.view, View::Saved(id) if *id == v.id),
        count: None,
    });
    built_in.chain(saved).collect()
}

/// A head that sorts: by its own first direction, then the other way round.
fn head(desk: &Desk, column: &Column, query: &Query) -> look::Column {
    let class = match (column.number, column.spare) {
        (true, true) => "num spare",
        (true, false) => "num",
        (false, _) => "",
    };
    let mut head = look::Column { name: column.label.to_owned(), class, ..look::Column::default() };
    let Some(sort) = column.sort.and_then(|word| desk.list.sorts.iter().position(|s| s.word == word)) else { return head };
    if query.sort == sort {
        head.sort = if query.descending { "descending" } else { "ascending" };
    }
    let descending = if query.sort == sort { !query.descending } else { desk.list.sorts[sort].descending };
    head.href = desk.place.address(&query.sorted(sort, descending).print());
    head
}

fn pages(desk: &Desk, query: &Query, before: Option<PageKey>, after: Option<PageKey>, rows: usize, total: Option<u64>) -> Page {
    let at = |after, before| desk.place.address(&Query { after, before, ..query.clone() }.print());
    let shown = tones::number(rows as u64);
    let range = match (total, before.is_some()) {
        (Some(total), false) => format!("1–{shown} of {}", tones::number(total)),
        (Some(total), true) => format!("{shown} of {}", tones::number(total)),
        (None, _) => format!("{shown} rows"),
    };
    Page { range, previous: before.map(|key| at(None, Some(key))), next: after.map(|key| at(Some(key), None)) }
}
