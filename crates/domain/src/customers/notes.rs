//! Notes on a customer, by author; pinned ones first (SPEC 2.3, 2.14).

use store::{Row, Tx};

use super::model::Note;
use super::{queries as q, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, NoteId, Problems, Result, Right, Stale, StaleField, clean};

/// The longest note, in characters.
const LONGEST: usize = 10_000;

/// Pinned first, then newest first; at most 500.
pub fn list(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Note>> {
    ctx.must(Right::Read)?;
    state::load(tx, ctx, customer)?;
    Ok(tx.rows(&q::NOTES, &[&ctx.merchant, customer], read)?)
}

/// Adds one.
///
/// # Errors
/// A field error for `body` when it is empty or longer than 10,000 characters.
pub fn add(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, body: &str) -> Result<Note> {
    begin(tx, ctx, customer)?;
    let (id, body, by): (NoteId, String, _) = (ctx.id(), checked(body)?, &ctx.actor);
    tx.exec(&q::INSERT_NOTE, &[&ctx.merchant, &id, customer, &body, &by.kind.name(), &by.id, &by.name, &ctx.now])?;
    Event::new("note.added").of(customer).on("note", id.as_str()).value("note", None, Some(&body)).record(tx, ctx)?;
    one(tx, ctx, customer, &id)
}

/// Changes its text. `seen` is what the editor saw of it; without that nobody else is looked for.
///
/// # Errors
/// As [`add`]; [`Error::Stale`] with both texts when another changed it since (SPEC 3.3).
pub fn edit(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &NoteId, body: &str, seen: Option<&str>) -> Result<Note> {
    begin(tx, ctx, customer)?;
    let (old, body) = (one(tx, ctx, customer, id)?, checked(body)?);
    if old.body != body {
        if seen.is_some_and(|seen| lines(seen) != lines(&old.body)) {
            return Err(stale(tx, ctx, customer, old, body)?);
        }
        tx.exec(&q::UPDATE_NOTE, &[&ctx.merchant, customer, id, &body, &ctx.now])?;
        Event::new("note.edited").of(customer).on("note", id.as_str()).value("note", Some(&old.body), Some(&body)).record(tx, ctx)?;
    }
    one(tx, ctx, customer, id)
}

/// Takes it away.
pub fn delete(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &NoteId) -> Result<()> {
    begin(tx, ctx, customer)?;
    let old = one(tx, ctx, customer, id)?;
    tx.exec(&q::DELETE_NOTE, &[&ctx.merchant, customer, id])?;
    Event::new("note.deleted").of(customer).on("note", id.as_str()).value("note", Some(&old.body), None).record(tx, ctx)?;
    Ok(())
}

/// Pins or unpins it.
pub fn pin(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &NoteId, pinned: bool) -> Result<Note> {
    begin(tx, ctx, customer)?;
    let old = one(tx, ctx, customer, id)?;
    if old.pinned_at.is_some() != pinned {
        tx.exec(&q::PIN_NOTE, &[&ctx.merchant, customer, id, &pinned.then_some(ctx.now)])?;
        Event::new(if pinned { "note.pinned" } else { "note.unpinned" }).of(customer).on("note", id.as_str()).record(tx, ctx)?;
    }
    one(tx, ctx, customer, id)
}

/// A browser sends the ends of lines its own way.
fn lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

fn stale(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, old: Note, body: String) -> Result<Error> {
    let version = tx.one(&q::VERSION, &[&ctx.merchant, customer], |r| r.get(0))?;
    let last = tx.opt(&q::NOTE_CHANGED, &[&ctx.merchant, customer, &old.id], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let (by, at) = last.unwrap_or((old.author_name, old.updated_at));
    Ok(Error::Stale(Box::new(Stale {
        version,
        by,
        at,
        fields: vec![StaleField { field: "body".to_owned(), theirs: old.body, yours: body }],
    })))
}

fn begin(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    ctx.must(Right::Write)?;
    state::locked(tx, ctx, customer)?.ensure_here()
}

fn checked(body: &str) -> Result<String> {
    let mut problems = Problems::default();
    let body = clean(&mut problems, "body", body, LONGEST);
    if body.is_empty() {
        problems.add("body", "required", "Write something.");
    }
    problems.check()?;
    Ok(body)
}

fn one(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &NoteId) -> Result<Note> {
    tx.opt(&q::NOTE, &[&ctx.merchant, customer, id], read)?.ok_or(Error::NotFound("note"))
}

fn read(r: &Row) -> std::result::Result<Note, store::Error> {
    Ok(Note {
        id: r.get(0)?,
        body: r.get(1)?,
        author_kind: r.get(2)?,
        author_id: r.get(3)?,
        author_name: r.get(4)?,
        created_at: r.get(5)?,
        updated_at: r.get(6)?,
        pinned_at: r.get(7)?,
    })
}
