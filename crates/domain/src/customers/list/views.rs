//! Saved views and the last state of a person's list of customers (SPEC 1.6, 1.7): kept where those of all lists are.

use store::Tx;

use super::filters::{ListQuery, View};
use crate::kit::{Ctx, Result, ViewId};
use crate::lists::kept;

pub use crate::lists::kept::SavedView;

/// The list's word.
const LIST: &str = "customers";

/// One's own and shared ones, by name.
pub fn views(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<SavedView>> {
    kept::views(tx, ctx, LIST)
}

/// Saves a list under a name.
///
/// # Errors
/// Field errors for `name`.
pub fn save_view(tx: &mut Tx, ctx: &Ctx, name: &str, shared: bool, query: &ListQuery) -> Result<SavedView> {
    kept::save_view(tx, ctx, LIST, name, shared, &query.unbound().print())
}

/// Renames, shares, or keeps another list under it; one's own only.
pub fn change_view(tx: &mut Tx, ctx: &Ctx, id: &ViewId, name: &str, shared: bool, query: Option<&ListQuery>) -> Result<SavedView> {
    kept::change_view(tx, ctx, LIST, id, name, shared, query.map(|query| query.unbound().print()).as_deref())
}

/// Deletes one of one's own.
pub fn delete_view(tx: &mut Tx, ctx: &Ctx, id: &ViewId) -> Result<()> {
    kept::delete_view(tx, ctx, LIST, id)
}

/// A query that names a saved view and no filter becomes what is saved, in the order it asks for; every other stays as it is, within the
/// built-in view that the saved one was made in.
pub fn expand(tx: &mut Tx, ctx: &Ctx, query: ListQuery) -> Result<ListQuery> {
    let View::Saved(id) = &query.view else { return Ok(query) };
    let saved = kept::view(tx, ctx, LIST, id)?;
    let found = ListQuery::parse(&saved.query).0.unbound();
    let kept = |query: ListQuery| ListQuery { base: found.base.clone(), ..query };
    let bare = ListQuery { view: query.view.clone(), base: query.base.clone(), ..ListQuery::default() };
    if query.filter_pairs() != bare.filter_pairs() {
        return Ok(kept(query));
    }
    let asked = |query: &ListQuery| (query.sort, query.descending);
    let (sort, descending) = if asked(&query) == asked(&bare) { asked(&found) } else { asked(&query) };
    let per = if query.per == bare.per { found.per } else { query.per };
    Ok(ListQuery { view: query.view, after: query.after, before: query.before, sort, descending, per, ..found })
}

/// What the person last used, as a query string; `None` for a person who never did or has reset it.
pub fn last_used(tx: &mut Tx, ctx: &Ctx) -> Result<Option<String>> {
    kept::last_used(tx, ctx, LIST)
}

/// Keeps what the person uses now (its first page). Only writes when it differs, so call it where `last_used` said something else.
pub fn keep_used(tx: &mut Tx, ctx: &Ctx, query: &ListQuery) -> Result<()> {
    kept::keep_used(tx, ctx, LIST, &query.first_page().print())
}

/// Forgets it: the visible Reset.
pub fn reset_used(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    kept::reset_used(tx, ctx, LIST)
}
