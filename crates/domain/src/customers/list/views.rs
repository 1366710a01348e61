//! Saved views (one's own, or shared with the merchant) and the last state of a person's list (SPEC 1.6, 1.7).

use serde::Serialize;
use store::{Row, Tx};

use super::encode;
use super::filters::{ListQuery, View};
use super::queries as q;
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

/// One's own and shared ones, by name.
pub fn views(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<SavedView>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::VIEWS, &[&ctx.merchant, &ctx.actor.id], |r| read(r, ctx))?)
}

/// Saves a list under a name.
///
/// # Errors
/// Field errors for `name`.
pub fn save_view(tx: &mut Tx, ctx: &Ctx, name: &str, shared: bool, query: &ListQuery) -> Result<SavedView> {
    ctx.must(Right::Read)?;
    let (id, name, text): (ViewId, String, String) = (ctx.id(), checked(name)?, stored(query));
    tx.exec(&q::INSERT_VIEW, &[&ctx.merchant, &id, &ctx.actor.id, &name, &name_key(&name), &shared, &text, &ctx.now]).map_err(taken)?;
    Event::new("view.created").on("view", id.as_str()).value("name", None, Some(&name)).record(tx, ctx)?;
    one(tx, ctx, &id)
}

/// Renames, shares, or keeps another list under it; one's own only.
pub fn change_view(tx: &mut Tx, ctx: &Ctx, id: &ViewId, name: &str, shared: bool, query: Option<&ListQuery>) -> Result<SavedView> {
    let old = own(tx, ctx, id)?;
    let (name, text) = (checked(name)?, query.map_or(old.query.clone(), stored));
    tx.exec(&q::UPDATE_VIEW, &[&ctx.merchant, id, &name, &name_key(&name), &shared, &text]).map_err(taken)?;
    Event::new("view.edited").on("view", id.as_str()).value("name", Some(&old.name), Some(&name)).record(tx, ctx)?;
    one(tx, ctx, id)
}

/// Deletes one of one's own.
pub fn delete_view(tx: &mut Tx, ctx: &Ctx, id: &ViewId) -> Result<()> {
    let old = own(tx, ctx, id)?;
    tx.exec(&q::DELETE_VIEW, &[&ctx.merchant, id])?;
    Event::new("view.deleted").on("view", id.as_str()).value("name", Some(&old.name), None).record(tx, ctx)?;
    Ok(())
}

/// A query that names nothing but a saved view becomes what is saved; every other stays as it is.
pub fn expand(tx: &mut Tx, ctx: &Ctx, query: ListQuery) -> Result<ListQuery> {
    let View::Saved(id) = &query.view else { return Ok(query) };
    let bare = ListQuery {
        view: query.view.clone(),
        after: query.after.clone(),
        before: query.before.clone(),
        per: query.per,
        ..ListQuery::default()
    };
    if query != bare {
        return Ok(query);
    }
    let saved = one(tx, ctx, id)?;
    let (found, _) = ListQuery::parse(&saved.query);
    Ok(ListQuery { view: query.view, after: query.after, before: query.before, ..found })
}

/// What the person last used, as a query string; `None` for a person who never did or has reset it.
pub fn last_used(tx: &mut Tx, ctx: &Ctx) -> Result<Option<String>> {
    Ok(tx.opt(&q::STATE, &[&ctx.merchant, &ctx.actor.id], |r| r.get::<String>(0))?.filter(|t| !t.is_empty()))
}

/// Keeps what the person uses now (its first page). Only writes when it differs, so call it where `last_used` said something else.
pub fn keep_used(tx: &mut Tx, ctx: &Ctx, query: &ListQuery) -> Result<()> {
    ctx.must(Right::Read)?;
    let text = query.first_page().print();
    if last_used(tx, ctx)?.unwrap_or_default() != text {
        tx.exec(&q::KEEP_STATE, &[&ctx.merchant, &ctx.actor.id, &text, &ctx.now])?;
    }
    Ok(())
}

/// Forgets it: the visible Reset.
pub fn reset_used(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.exec(&q::RESET_STATE, &[&ctx.merchant, &ctx.actor.id])?;
    Ok(())
}

fn stored(query: &ListQuery) -> String {
    let pairs: Vec<_> =
        query.first_page().pairs().into_iter().filter(|(key, value)| *key != "view" || !value.starts_with("vie_")).collect();
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

/// A view that the person may see.
fn one(tx: &mut Tx, ctx: &Ctx, id: &ViewId) -> Result<SavedView> {
    let found = tx.opt(&q::VIEW, &[&ctx.merchant, id], |r| read(r, ctx))?;
    found.filter(|v| v.own || v.shared).ok_or(Error::NotFound("view"))
}

fn own(tx: &mut Tx, ctx: &Ctx, id: &ViewId) -> Result<SavedView> {
    ctx.must(Right::Read)?;
    let view = one(tx, ctx, id)?;
    if view.own {
        Ok(view)
    } else {
        Err(Error::conflict("not_yours", "Only the person who made this view can change it. Save your own instead."))
    }
}

fn read(r: &Row, ctx: &Ctx) -> std::result::Result<SavedView, store::Error> {
    Ok(SavedView { id: r.get(0)?, own: r.str(1)? == ctx.actor.id, name: r.get(2)?, shared: r.get(3)?, query: r.get(4)? })
}
