//! What the list page shows, made of what was read.

use domain::customers::Status;
use domain::customers::list::{self, BUILT_IN, Column, ListCounts, ListQuery, Pair, SORTS, SavedView, SortBy, View};
use domain::kit::{Problems, Right};

use super::filters::{self, Ranges};
use super::load::{Loaded, address};
use super::rows::RowView;
use crate::dashboard::tones;
use crate::http::Who;
use crate::look::{self, Menu, On, Page, Tab};

/// Why there is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// There are rows.
    No,
    /// The merchant has no customers.
    Nobody,
    /// Nobody matches.
    NoMatch,
}

/// What may be done with many at once. No button that would be refused.
#[derive(Debug, Default)]
pub struct Bulk {
    pub write: bool,
    pub delete: bool,
    pub purge: bool,
    pub anonymise: bool,
    pub export: bool,
    pub mail: bool,
    /// Archived ones are in the list.
    pub archived: bool,
    /// Deleted ones are in the list.
    pub deleted: bool,
}

/// The page, and the part of it that a swap takes.
#[derive(Debug)]
pub struct ListView {
    pub total: u64,
    pub shown_total: String,
    pub problems: Vec<String>,
    /// What is said while statuses are worked out under changed settings.
    pub anew: Option<String>,
    /// The state without the place in it, as a query string.
    pub query: String,
    /// The same, packed into `?from=` of every row (SPEC 2.15).
    pub from: String,
    pub q: String,
    /// What the form must carry beside its fields: view, what is beneath it, sort, rows.
    pub hidden: Vec<Pair>,
    pub menus: Vec<Menu>,
    pub ranges: Ranges,
    pub currency: &'static str,
    pub on: Vec<On>,
    /// With how many there would be without each filter, when nothing matches.
    pub drops: Vec<(On, String)>,
    pub resettable: bool,
    pub tabs: Vec<Tab>,
    /// The saved view looked at, when it is one's own.
    pub own: Option<SavedView>,
    pub columns: Vec<(Column, look::Column)>,
    pub name: look::Column,
    /// Drawn under the name; sorts on its own (SPEC 1.8).
    pub email: Option<look::Column>,
    pub all_columns: Vec<(Column, bool)>,
    pub many: bool,
    pub rows: Vec<RowView>,
    pub page: Page,
    pub per: Vec<(usize, String, bool)>,
    pub per_now: usize,
    pub empty: Empty,
    pub may_write: bool,
    pub may_import: bool,
    pub may_export: bool,
    pub bulk: Option<Bulk>,
}

/// Makes the page.
pub fn build(who: &Who, loaded: Loaded, problems: Problems) -> ListView {
    let Loaded { query, page, views, columns, settings, without, anew, survivors, .. } = loaded;
    let counts = page.counts.unwrap_or_default();
    let first = query.first_page();
    let text = first.print();
    let say = |chip: &list::Chip| On { word: filters::words(chip, &query, &counts, &settings), href: address(&chip.without) };
    let mut view = ListView {
        total: page.total,
        shown_total: tones::number(page.total),
        anew: anew.as_ref().map(crate::dashboard::anew::words),
        problems: problems.0.into_iter().map(|p| p.message).collect(),
        from: url::form_urlencoded::byte_serialize(if text.is_empty() { "view=all" } else { &text }.as_bytes()).collect(),
        q: query.q.clone(),
        hidden: hidden(&first),
        menus: filters::menus(&query, &counts),
        ranges: filters::ranges(&query, &counts),
        currency: settings.currency.code(),
        on: query.chips().iter().map(say).collect(),
        drops: without.iter().map(|(chip, n)| (say(chip), tones::number(*n))).collect(),
        resettable: !text.is_empty(),
        tabs: tabs(&query, &views),
        own: views.into_iter().find(|v| v.own && query.view == View::Saved(v.id.clone())),
        name: head("Name", Some(SortBy::Name), &query),
        email: columns.contains(&Column::Email).then(|| head("e-mail", Some(SortBy::Email), &query)),
        many: columns.len() > 7,
        all_columns: Column::ALL.iter().map(|c| (*c, columns.contains(c))).collect(),
        columns: columns.iter().filter(|c| **c != Column::Email).map(|c| (*c, head(c.label(), sort_of(*c), &query))).collect(),
        rows: Vec::new(),
        page: pages(&first, page.position, page.rows.len(), page.total, page.before, page.after),
        per: [25, 50, 100].map(|per| (per, address(&ListQuery { per, ..first.clone() }.print()), per == query.per)).into(),
        per_now: query.per,
        empty: empty(&query, page.total, &counts),
        may_write: who.ctx.may(Right::Write),
        may_import: who.ctx.may(Right::Import),
        may_export: who.ctx.may(Right::Export),
        bulk: bulk(who, &query),
        query: text,
    };
    view.rows = page
        .rows
        .into_iter()
        .map(|row| {
            let survivor = survivors.get(&row.id).cloned();
            RowView { merged_into: survivor, ..RowView::of(row, &settings.zone) }
        })
        .collect();
    view
}

/// What no field of the form holds goes with it.
fn hidden(query: &ListQuery) -> Vec<Pair> {
    let mut kept = vec![("view".into(), query.view.word().to_owned())];
    let goes = |key: &str| ["base", "sort", "dir", "per"].contains(&key) || key.starts_with("metadata[");
    kept.extend(query.pairs().into_iter().filter(|(key, _)| goes(key)));
    kept
}

fn tabs(query: &ListQuery, views: &[SavedView]) -> Vec<Tab> {
    let built_in = BUILT_IN.iter().map(|(view, word, name)| Tab {
        name: (*name).to_owned(),
        href: format!("/customers?view={word}"),
        on: *view == query.view,
        count: None,
    });
    let saved = views.iter().map(|v| Tab {
        name: v.name.clone(),
        href: format!("/customers?{}", v.address()),
        on: query.view == View::Saved(v.id.clone()),
        count: None,
    });
    built_in.chain(saved).collect()
}

fn sort_of(column: Column) -> Option<SortBy> {
    match column {
        Column::Created => Some(SortBy::Created),
        Column::LastOrder => Some(SortBy::LastOrder),
        Column::Lifetime => Some(SortBy::Lifetime),
        _ => None,
    }
}

/// A head that sorts: by its own first direction, then the other way round. Top 100 has its order already.
fn head(name: &str, sort: Option<SortBy>, query: &ListQuery) -> look::Column {
    let class = if sort == Some(SortBy::Lifetime) { "num" } else { "" };
    let mut column = look::Column { name: name.to_owned(), class, ..look::Column::default() };
    let Some(sort) = sort else { return column };
    let now = list::sort_in_force(query);
    if now.by == sort {
        column.sort = if now.descending { "descending" } else { "ascending" };
    }
    if *query.built_in() != View::Top100 {
        let descending = if now.by == sort { !now.descending } else { !sort.is_text() };
        debug_assert!(SORTS.iter().any(|(s, _)| *s == sort));
        column.href = address(&ListQuery { sort, descending, ..query.first_page() }.print());
    }
    column
}

fn pages(first: &ListQuery, position: u64, rows: usize, total: u64, before: Option<String>, after: Option<String>) -> Page {
    let with = |key: &str, place: String| {
        let text = first.print();
        let sign = if text.is_empty() { "" } else { "&" };
        address(&format!("{text}{sign}{key}={place}"))
    };
    let last = position + (rows as u64).saturating_sub(1);
    Page {
        range: if rows == 0 {
            "0".to_owned()
        } else {
            format!("{}–{} of {}", tones::number(position), tones::number(last), tones::number(total))
        },
        previous: before.map(|place| with("before", place)),
        next: after.map(|place| with("after", place)),
    }
}

fn empty(query: &ListQuery, total: u64, counts: &ListCounts) -> Empty {
    match total {
        0 if query.is_filtered() || counts.archived > 0 => Empty::NoMatch,
        0 => Empty::Nobody,
        _ => Empty::No,
    }
}

fn bulk(who: &Who, query: &ListQuery) -> Option<Bulk> {
    let may = |right| who.ctx.may(right);
    let bulk = Bulk {
        write: may(Right::Write),
        delete: may(Right::Delete),
        purge: may(Right::Purge),
        anonymise: may(Right::Anonymise),
        export: may(Right::Export),
        mail: may(Right::BulkMail),
        archived: query.status.contains(&Status::Archived) || query.active == Some(false),
        deleted: query.status.contains(&Status::Deleted),
    };
    (bulk.write || bulk.delete || bulk.purge || bulk.anonymise || bulk.export || bulk.mail).then_some(bulk)
}
