//! What is kept of lists: saved views (one's own, or shared with the merchant), the last state of a person's list, the columns they see
//! (SPEC 1.1, 1.6, 1.7). Lists are named by their word (`customers`, `payments`), their states are query strings.

use serde::Serialize;
use store::{Row, Tx};

use super::query::{Query, View};
use super::{Column, List, encode, queries as q};
use crate::events::Event;
use crate::kit::{Ctx, Error, Problems, Result, Right, ViewId, clean, name_key};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// Its name on the tab.
    pub name: String,
    /// Everybody of the merchant sees it.
    pub shared: bool,
    /// Whether the asking person made it and may change it.
    pub own: bool,
    /// The list it shows, as a query string without `view`.
    pub query: String,
}

impl SavedView {
    /// Where its tab leads: the whole state, so that a filter taken off stays off.
    pub fn address(&self) -> String {
        let sign = if self.query.is_empty() { "" } else { "&" };
        format!("view={}{sign}{}", self.id, self.query)
    }
}

/// One's own and shared ones of a list, by name.
pub fn views(tx: &mut Tx, ctx: &Ctx, list: &str) -> Result<Vec<SavedView>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::VIEWS, &[&ctx.merchant, &ctx.actor.id, &list], |r| read(r, ctx))?)
}

/// Saves a list under a name.
///
/// # Errors
/// Field errors for `name`.
pub fn save_view(tx: &mut Tx, ctx: &Ctx, list: &str, name: &str, shared: bool, query: &str) -> Result<SavedView> {
    ctx.must(Right::Read)?;
    let (id, name, text): (ViewId, String, String) = (ctx.id(), checked(name)?, stored(query));
    tx.exec(&q::INSERT_VIEW, &[&ctx.merchant, &id, &list, &ctx.actor.id, &name, &name_key(&name), &shared, &text, &ctx.now])
        .map_err(taken)?;
    Event::new("view.created").on("view", id.as_str()).value("name", None, Some(&name)).record(tx, ctx)?;
    view(tx, ctx, list, &id)
}

/// Renames, shares, or keeps another list under it; one's own only.
pub fn change_view(tx: &mut Tx, ctx: &Ctx, list: &str, id: &ViewId, name: &str, shared: bool, query: Option<&str>) -> Result<SavedView> {
    let old = own(tx, ctx, list, id)?;
    let (name, text) = (checked(name)?, query.map_or(old.query.clone(), stored));
    tx.exec(&q::UPDATE_VIEW, &[&ctx.merchant, id, &name, &name_key(&name), &shared, &text]).map_err(taken)?;
    Event::new("view.edited").on("view", id.as_str()).value("name", Some(&old.name), Some(&name)).record(tx, ctx)?;
    view(tx, ctx, list, id)
}

/// Deletes one of one's own.
pub fn delete_view(tx: &mut Tx, ctx: &Ctx, list: &str, id: &ViewId) -> Result<()> {
    let old = own(tx, ctx, list, id)?;
    tx.exec(&q::DELETE_VIEW, &[&ctx.merchant, id])?;
    Event::new("view.deleted").on("view", id.as_str()).value("name", Some(&old.name), None).record(tx, ctx)?;
    Ok(())
}

/// A view that the person may see.
///
/// # Errors
/// [`Error::NotFound`].
pub fn view(tx: &mut Tx, ctx: &Ctx, list: &str, id: &ViewId) -> Result<SavedView> {
    let found = tx.opt(&q::VIEW, &[&ctx.merchant, id, &list], |r| read(r, ctx))?;
    found.filter(|v| v.own || v.shared).ok_or(Error::NotFound("view"))
}

/// A query that names a saved view and no filter becomes what is saved, in the order it asks for; every other stays as it is.
pub fn expand(tx: &mut Tx, ctx: &Ctx, query: Query) -> Result<Query> {
    let View::Saved(id) = &query.view else { return Ok(query) };
    let saved = view(tx, ctx, query.list.name, id)?;
    if query.filter_pairs().len() > 1 {
        return Ok(query);
    }
    let (found, _) = Query::parse(query.list, &saved.query);
    let asked = (query.sort, query.descending);
    let (sort, descending) = if asked == query.order() { (found.sort, found.descending) } else { asked };
    let per = if query.per == super::query::PER { found.per } else { query.per };
    Ok(Query { view: query.view, after: query.after, before: query.before, sort, descending, per, ..found })
}

/// What the person last used of a list, as a query string; `None` for a person who never did or has reset it.
pub fn last_used(tx: &mut Tx, ctx: &Ctx, list: &str) -> Result<Option<String>> {
    Ok(state(tx, ctx, list)?.filter(|t| !t.is_empty()))
}

/// Keeps what the person uses now (its first page). Only writes when it differs, so call it where `last_used` said something else.
pub fn keep_used(tx: &mut Tx, ctx: &Ctx, list: &str, query: &str) -> Result<()> {
    ctx.must(Right::Read)?;
    if last_used(tx, ctx, list)?.unwrap_or_default() != query {
        keep(tx, ctx, list, query)?;
    }
    Ok(())
}

/// Forgets it: the visible Reset.
pub fn reset_used(tx: &mut Tx, ctx: &Ctx, list: &str) -> Result<()> {
    tx.exec(&q::RESET_STATE, &[&ctx.merchant, &ctx.actor.id, &list])?;
    Ok(())
}

/// The columns of a list that the person sees, in its order.
pub fn columns(tx: &mut Tx, ctx: &Ctx, list: &'static List) -> Result<Vec<&'static Column>> {
    let kept = state(tx, ctx, &columns_of(list))?;
    let is_seen = |column: &&Column| match &kept {
        Some(kept) => kept.split_whitespace().any(|word| word == column.word),
        None => column.shown,
    };
    // The first is the way to the row.
    Ok(list.columns.iter().enumerate().filter(|(at, c)| *at == 0 || is_seen(c)).map(|(_, c)| c).collect())
}

/// Keeps the person's choice; an empty one leaves the first alone.
///
/// # Errors
/// [`Error::Forbidden`] without [`Right::Read`].
pub fn keep_columns<'a>(tx: &mut Tx, ctx: &Ctx, list: &'static List, chosen: impl Iterator<Item = &'a str>) -> Result<()> {
    ctx.must(Right::Read)?;
    let words: Vec<&str> = chosen.filter(|word| list.columns.iter().any(|c| c.word == *word)).collect();
    keep(tx, ctx, &columns_of(list), &words.join(" "))
}

fn columns_of(list: &List) -> String {
    format!("{}_columns", list.name)
}

/// What is kept under a name for this person.
pub(crate) fn state(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<Option<String>> {
    Ok(tx.opt(&q::STATE, &[&ctx.merchant, &ctx.actor.id, &name], |r| r.get::<String>(0))?)
}

/// Keeps it.
pub(crate) fn keep(tx: &mut Tx, ctx: &Ctx, name: &str, text: &str) -> Result<()> {
    tx.exec(&q::KEEP_STATE, &[&ctx.merchant, &ctx.actor.id, &name, &text, &ctx.now])?;
    Ok(())
}

/// A state as a view keeps it: without the place in it, and without the view it was saved from when that is a saved one.
fn stored(query: &str) -> String {
    let is_kept = |key: &str, value: &str| !["after", "before"].contains(&key) && (key != "view" || !value.starts_with("vie_"));
    let pairs: Vec<(String, String)> = encode::pairs(query).into_iter().filter(|(key, value)| is_kept(key, value)).collect();
    encode::print(&pairs)
}

fn checked(name: &str) -> Result<String> {
    let mut problems = Problems::default();
    let name = clean(&mut problems, "name", name, 60);
    if name.is_empty() {
        problems.add("name", "required", "Give the view a name.");
    }
    problems.check()?;
    Ok(name)
}

fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Unique { .. } => Problems::one("name", "taken", "You have a view with this name. Choose a different one."),
        other => Error::Store(other),
    }
}

fn own(tx: &mut Tx, ctx: &Ctx, list: &str, id: &ViewId) -> Result<SavedView> {
    ctx.must(Right::Read)?;
    let view = view(tx, ctx, list, id)?;
    if view.own {
        Ok(view)
    } else {
        Err(Error::conflict("not_yours", "Only the person who made this view can change it. Save your own instead."))
    }
}

fn read(r: &Row, ctx: &Ctx) -> std::result::Result<SavedView, store::Error> {
    let query = beneath(r.str(4)?);
    Ok(SavedView { id: r.get(0)?, own: r.str(1)? == ctx.actor.id, name: r.get(2)?, shared: r.get(3)?, query })
}

/// Views of customers kept earlier name the built-in view they were made in as `view`, which would take the place of their own name.
fn beneath(query: &str) -> String {
    let named = |(key, value): (String, String)| (if key == "view" { "base".to_owned() } else { key }, value);
    encode::print(&encode::pairs(query).into_iter().map(named).collect::<Vec<_>>())
}
