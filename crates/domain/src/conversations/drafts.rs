//! Mails that were begun: each is of the person who began it and of nobody else, one for each customer and one for each mail that is answered, until it
//! is sent or thrown away, with what is attached.

use store::{Row, Tx};

use super::{Draft, NewFile, queries, read, write};
use crate::customers::{self, display_name, state, survivor};
use crate::kit::{
    Actor, ActorKind, Ctx, CustomerId, EntryId, Error, MailDraftFileId, MailDraftId, Micros, PageKey, PersonId, Problems, Result, Right,
};
use crate::staff::members;

/// What a draft is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A new mail to a customer.
    Mail(CustomerId),
    /// An answer to an entry.
    Answer(EntryId),
}

/// A mail that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDraft {
    /// Its id.
    pub id: MailDraftId,
    /// To whom.
    pub customer: CustomerId,
    /// What that customer is called.
    pub customer_name: String,
    /// What it is to become.
    pub begun: Begun,
    /// Where it goes; may be empty.
    pub to: String,
    /// What about; may be empty.
    pub subject: String,
    /// Plain text; may be empty.
    pub body: String,
    /// When it was saved last, microseconds UTC.
    pub updated_at: Micros,
}

/// What is attached to a mail that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// Its id.
    pub id: MailDraftFileId,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
}

/// Keeps what was typed; saved again it is the same draft. Files that are not among those kept go. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for `subject`, `body` and `files`; `Conflict`: `not_a_person` for programs, `customer_inactive` as `compose` gives it, `no_customer` and
/// `not_mail` as `reply`, `customer_deleted`.
pub fn save_draft(tx: &mut Tx, ctx: &Ctx, begun: &Begun, draft: &Draft) -> Result<MailDraftId> {
    ctx.must(Right::Write)?;
    let person = person(ctx).ok_or_else(|| Error::conflict("not_a_person", "Only people keep drafts."))?;
    let (customer, entry) = place(tx, ctx, begun)?;
    state::locked(tx, ctx, &customer)?.ensure_here()?;
    if matches!(begun, Begun::Mail(_)) {
        customers::ensure_active_id(tx, ctx, &customer)?;
    }
    let mut problems = Problems::default();
    let (to, subject, body) = write::begun(draft, &mut problems);
    let known = tx.opt(&queries::DRAFT_OF, &[&ctx.merchant, &customer, &person, &entry], |r| r.get::<MailDraftId>(0))?;
    let before = known.as_ref().map(|id| draft_files(tx, ctx, id)).transpose()?.unwrap_or_default();
    let (stay, go): (Vec<_>, Vec<_>) = before.into_iter().partition(|f| draft.kept.contains(&f.id));
    let bytes = stay.iter().map(|f| usize::try_from(f.size).unwrap_or(0)).chain(draft.files.iter().map(|f| f.bytes.len())).sum();
    write::fit(stay.len() + draft.files.len(), bytes, &mut problems);
    problems.check()?;
    let id = match known {
        Some(id) => {
            tx.exec(&queries::SET_DRAFT, &[&ctx.merchant, &id, &to, &subject, &body, &ctx.now])?;
            id
        }
        None => {
            let id: MailDraftId = ctx.id();
            tx.exec(&queries::NEW_DRAFT, &[&ctx.merchant, &id, &person, &customer, &entry, &to, &subject, &body, &ctx.now])?;
            id
        }
    };
    for file in &go {
        tx.exec(&queries::DROP_DRAFT_FILE, &[&ctx.merchant, &id, &file.id])?;
    }
    // Ids grow with time, so those that come later stand behind those that stay.
    for (at, file) in draft.files.iter().map(write::tidy).enumerate() {
        let (file_id, position, size): (MailDraftFileId, i64, i64) = (ctx.id(), (stay.len() + at) as i64, file.bytes.len() as i64);
        let row: [&dyn store::Bind; 8] =
            [&ctx.merchant, &file_id, &id, &position, &file.name, &file.content_type, &size, &file.bytes.as_slice()];
        tx.exec(&queries::NEW_DRAFT_FILE, &row)?;
    }
    Ok(id)
}

/// What is attached to a draft, in order. The draft was found by who may see it.
pub fn draft_files(tx: &mut Tx, ctx: &Ctx, id: &MailDraftId) -> Result<Vec<DraftFile>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::DRAFT_FILES, &[&ctx.merchant, id], |r| {
        Ok(DraftFile { id: r.get(0)?, name: r.get(1)?, content_type: r.get(2)?, size: r.get(3)? })
    })?)
}

/// The files that this person kept there and that stay, in order.
pub(super) fn files(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    entry: Option<&EntryId>,
    kept: &[MailDraftFileId],
) -> Result<Vec<NewFile>> {
    let (Some(person), false) = (person(ctx), kept.is_empty()) else { return Ok(Vec::new()) };
    let place = entry.map_or("", EntryId::as_str);
    let known = tx.opt(&queries::DRAFT_OF, &[&ctx.merchant, customer, &person, &place], |r| r.get::<MailDraftId>(0))?;
    let Some(id) = known else { return Ok(Vec::new()) };
    let all = tx.rows(&queries::DRAFT_BYTES, &[&ctx.merchant, &id], |r| {
        Ok((r.get::<MailDraftFileId>(0)?, NewFile { name: r.get(1)?, content_type: r.get(2)?, bytes: r.get(3)? }))
    })?;
    Ok(all.into_iter().filter(|(id, _)| kept.contains(id)).map(|(_, file)| file).collect())
}

/// The context in which a program that may manage the staff goes on with what a person began. Needs [`Right::Staff`].
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] `disabled` for somebody who is shut out.
pub fn of_person(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Ctx> {
    let member = members::get(tx, ctx, person)?;
    if member.disabled_at.is_some() {
        return Err(Error::conflict("disabled", "This person is disabled here."));
    }
    let actor = Actor { kind: ActorKind::Staff, id: person.to_string(), name: member.name, rights: ctx.actor.rights };
    Ok(Ctx { actor: actor.into(), ..ctx.clone() })
}

/// What this person began there.
pub fn draft(tx: &mut Tx, ctx: &Ctx, begun: &Begun) -> Result<Option<KeptDraft>> {
    ctx.must(Right::Write)?;
    let Some(person) = person(ctx) else { return Ok(None) };
    let (customer, entry) = place(tx, ctx, begun)?;
    Ok(tx.opt(&queries::DRAFT_OF, &[&ctx.merchant, &customer, &person, &entry], row)?)
}

/// All that this person began, what was saved last first: at most `limit` behind `after`.
pub fn drafts(tx: &mut Tx, ctx: &Ctx, after: &PageKey, limit: i64) -> Result<Vec<KeptDraft>> {
    ctx.must(Right::Write)?;
    Ok(tx.rows(&queries::DRAFTS, &[&ctx.merchant, &person(ctx).unwrap_or_default(), &after.at, &after.id, &limit], row)?)
}

/// What this person began for a customer; at most 50.
pub fn drafts_of(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<KeptDraft>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::DRAFTS_OF, &[&ctx.merchant, customer, &person(ctx).unwrap_or_default()], row)?)
}

/// How many this person began.
pub fn count_drafts(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    ctx.must(Right::Read)?;
    Ok(tx.one(&queries::COUNT_DRAFTS, &[&ctx.merchant, &person(ctx).unwrap_or_default()], |r| r.get(0))?)
}

/// Throws a draft away; gives whose page it stood on. Needs [`Right::Write`].
///
/// # Errors
/// [`Error::NotFound`], also for somebody else's.
pub fn drop_draft(tx: &mut Tx, ctx: &Ctx, id: &MailDraftId) -> Result<CustomerId> {
    ctx.must(Right::Write)?;
    let person = person(ctx).unwrap_or_default();
    let found = tx.opt(&queries::DRAFT, &[&ctx.merchant, id, &person], row)?.ok_or(Error::NotFound("draft"))?;
    tx.exec(&queries::DROP_DRAFT_FILES, &[&ctx.merchant, id])?;
    tx.exec(&queries::DROP_DRAFT, &[&ctx.merchant, id, &person])?;
    Ok(found.customer)
}

/// What was begun is sent: nothing is left of it.
pub(super) fn sent(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, entry: Option<&EntryId>) -> Result<()> {
    if let Some(person) = person(ctx) {
        let place = entry.map_or("", EntryId::as_str);
        tx.exec(&queries::DRAFT_SENT_FILES, &[&ctx.merchant, customer, &person, &place])?;
        tx.exec(&queries::DRAFT_SENT, &[&ctx.merchant, customer, &person, &place])?;
    }
    Ok(())
}

/// Who acts, when it is a person.
fn person(ctx: &Ctx) -> Option<String> {
    (ctx.actor.kind == ActorKind::Staff).then(|| ctx.actor.id.clone())
}

/// Whose page it stands on, and the entry it answers; empty for a new mail.
fn place(tx: &mut Tx, ctx: &Ctx, begun: &Begun) -> Result<(CustomerId, String)> {
    Ok(match begun {
        Begun::Mail(customer) => (survivor(tx, ctx, customer)?, String::new()),
        Begun::Answer(entry) => (write::may_be_answered(&read::find(tx, ctx, entry)?)?.clone(), entry.to_string()),
    })
}

fn row(r: &Row<'_>) -> std::result::Result<KeptDraft, store::Error> {
    let customer: CustomerId = r.get(1)?;
    let begun = r.str(2)?.parse().map_or_else(|()| Begun::Mail(customer.clone()), Begun::Answer);
    Ok(KeptDraft {
        id: r.get(0)?,
        customer_name: display_name(r.str(7)?, r.str(8)?, r.str(9)?, r.str(10)?, r.str(11)?, r.str(12)?),
        customer,
        begun,
        to: r.get(3)?,
        subject: r.get(4)?,
        body: r.get(5)?,
        updated_at: r.get(6)?,
    })
}
