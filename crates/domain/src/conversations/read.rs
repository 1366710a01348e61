//! The stream of a customer and the entries of a conversation, read by key from the newest back, so that ten thousand open as fast as ten.

use store::{Row, Tx};

use super::{Conversation, Entry, EntryFile, Kind, Sending, queries};
use crate::customers::index::fold;
use crate::customers::{display_name, state};
use crate::kit::{ConversationId, Ctx, CustomerId, EntryFileId, EntryId, Error, PageKey, Result, Right, any_part};
use crate::mail;

/// So many characters of each body stand in a page of many.
pub const SHORT: usize = 4_000;

/// What is looked for in a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Any part of what was said, of the subject, of names and addresses; case and accents aside.
    pub q: String,
}

/// A customer's stream, newest first: at most `limit` entries older than `before`.
pub fn stream(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, asked: &Asked, before: &PageKey, limit: i64) -> Result<Vec<Entry>> {
    ctx.must(Right::Read)?;
    let (at, id, q) = (before.at, &before.id, asked.q.trim().replace('\0', ""));
    let like = any_part(&fold(&q));
    let found = match (q.is_empty(), asked.kind) {
        (true, None) => tx.rows(&queries::STREAM, &[&ctx.merchant, customer, &at, id, &limit], raw)?,
        (true, Some(kind)) => tx.rows(&queries::STREAM_KIND, &[&ctx.merchant, customer, &at, id, &limit, &kind], raw)?,
        (false, None) => tx.rows(&queries::SEARCH, &[&ctx.merchant, customer, &at, id, &limit, &like], raw)?,
        (false, Some(kind)) => tx.rows(&queries::SEARCH_KIND, &[&ctx.merchant, customer, &at, id, &limit, &like, &kind], raw)?,
    };
    short(tx, ctx, found)
}

/// The entries of a conversation, newest first: at most `limit` older than `before`.
pub fn entries(tx: &mut Tx, ctx: &Ctx, conversation: &ConversationId, before: &PageKey, limit: i64) -> Result<Vec<Entry>> {
    ctx.must(Right::Read)?;
    let found = tx.rows(&queries::OF_CONVERSATION, &[&ctx.merchant, conversation, &before.at, &before.id, &limit], raw)?;
    short(tx, ctx, found)
}

/// A conversation.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<Conversation> {
    ctx.must(Right::Read)?;
    conversation_of(tx, ctx, id)
}

/// One entry with all that was said.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn entry(tx: &mut Tx, ctx: &Ctx, id: &EntryId) -> Result<Entry> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// What came as HTML, cleaned; empty when it did not.
///
/// # Errors
/// [`Error::NotFound`].
pub fn html(tx: &mut Tx, ctx: &Ctx, id: &EntryId) -> Result<String> {
    ctx.must(Right::Read)?;
    tx.opt(&queries::HTML, &[&ctx.merchant, id], |r| r.get(0))?.ok_or(Error::NotFound("entry"))
}

/// A file: its name, the media type it was given, its bytes.
///
/// # Errors
/// [`Error::NotFound`].
pub fn file(tx: &mut Tx, ctx: &Ctx, entry: &EntryId, id: &EntryFileId) -> Result<(String, String, Vec<u8>)> {
    ctx.must(Right::Read)?;
    tx.opt(&queries::FILE, &[&ctx.merchant, entry, id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.ok_or(Error::NotFound("file"))
}

pub(super) fn conversation_of(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<Conversation> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], conversation)?.ok_or(Error::NotFound("conversation"))
}

/// Reads a conversation under the lock of its customer.
///
/// # Errors
/// `Conflict` (`moved`) when it was given to another meanwhile, `customer_deleted` for a customer that is gone.
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, id: &ConversationId) -> Result<Conversation> {
    let before = conversation_of(tx, ctx, id)?;
    let Some(customer) = &before.customer else { return Ok(before) };
    state::locked(tx, ctx, customer)?.ensure_here()?;
    let now = conversation_of(tx, ctx, id)?;
    if now.customer != before.customer {
        return Err(Error::conflict("moved", "This conversation was given to another customer just now. Look again."));
    }
    Ok(now)
}

/// One entry, for verbs, which ask for their own right.
pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &EntryId) -> Result<Entry> {
    let found = tx.opt(&queries::ENTRY, &[&ctx.merchant, id], raw)?.ok_or(Error::NotFound("entry"))?;
    with_files(tx, ctx, found)
}

/// An entry, and whether files hang on it.
type Raw = (Entry, bool);

fn with_files(tx: &mut Tx, ctx: &Ctx, (mut entry, has_files): Raw) -> Result<Entry> {
    if has_files {
        entry.files = tx.rows(&queries::FILES, &[&ctx.merchant, &entry.id], |r| {
            Ok(EntryFile { id: r.get(0)?, name: r.get(1)?, content_type: r.get(2)?, size: r.get(3)? })
        })?;
    }
    Ok(entry)
}

fn short(tx: &mut Tx, ctx: &Ctx, found: Vec<Raw>) -> Result<Vec<Entry>> {
    let mut all = Vec::with_capacity(found.len());
    for raw in found {
        let mut entry = with_files(tx, ctx, raw)?;
        if let Some((end, _)) = entry.body.char_indices().nth(SHORT) {
            entry.body.truncate(end);
            entry.cut = true;
        }
        all.push(entry);
    }
    Ok(all)
}

fn raw(r: &Row<'_>) -> std::result::Result<Raw, store::Error> {
    let sending = match (r.get::<Option<_>>(13)?, r.get::<Option<mail::State>>(14)?) {
        (Some(id), Some(state)) => Some(Sending { id, state, error: r.get::<Option<String>>(15)?.unwrap_or_default() }),
        _ => None,
    };
    let entry = Entry {
        id: r.get(0)?,
        conversation: r.get(1)?,
        customer: r.get(2)?,
        kind: r.get(3)?,
        direction: r.get(4)?,
        at: r.get(5)?,
        author: r.get(6)?,
        address: r.get(7)?,
        more: r.get(8)?,
        subject: r.get(9)?,
        body: r.get(10)?,
        cut: false,
        has_html: r.get(11)?,
        files: Vec::new(),
        sending,
        outcome: r.str(16)?.parse().ok(),
        seconds: r.get(17)?,
    };
    Ok((entry, r.get(12)?))
}

pub(super) fn conversation(r: &Row<'_>) -> std::result::Result<Conversation, store::Error> {
    let customer: Option<CustomerId> = r.get(3)?;
    let text = |at: usize| Ok::<_, store::Error>(r.get::<Option<String>>(at)?.unwrap_or_default());
    let customer_name = match &customer {
        Some(_) => display_name(&text(11)?, &text(12)?, &text(13)?, &text(14)?, &text(15)?, &text(16)?),
        None => String::new(),
    };
    Ok(Conversation {
        id: r.get(0)?,
        kind: r.get(1)?,
        state: r.get(2)?,
        customer,
        name: r.get(4)?,
        address: r.get(5)?,
        subject: r.get(6)?,
        waiting: r.get(7)?,
        entries: r.get(8)?,
        last_at: r.get(9)?,
        created_at: r.get(10)?,
        customer_name,
    })
}
