//! Mails that were begun: each is of the person who began it and of nobody else, one for each customer and one for each mail that is answered, until it
//! is sent or thrown away. Files are not kept.

use store::{Row, Tx};

use super::{Draft, queries, read, write};
use crate::customers::{self, display_name, state, survivor};
use crate::kit::{ActorKind, Ctx, CustomerId, EntryId, Error, MailDraftId, Micros, PageKey, Problems, Result, Right};

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

/// Keeps what was typed; saved again it is the same draft. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for `subject` and `body`; `Conflict`: `not_a_person` for programs, `customer_inactive` as `compose` gives it, `no_customer` and
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
    problems.check()?;
    let known = tx.opt(&queries::DRAFT_OF, &[&ctx.merchant, &customer, &person, &entry], |r| r.get::<MailDraftId>(0))?;
    if let Some(id) = known {
        tx.exec(&queries::SET_DRAFT, &[&ctx.merchant, &id, &to, &subject, &body, &ctx.now])?;
        return Ok(id);
    }
    let id: MailDraftId = ctx.id();
    tx.exec(&queries::NEW_DRAFT, &[&ctx.merchant, &id, &person, &customer, &entry, &to, &subject, &body, &ctx.now])?;
    Ok(id)
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
    tx.exec(&queries::DROP_DRAFT, &[&ctx.merchant, id, &person])?;
    Ok(found.customer)
}

/// What was begun is sent: nothing is left of it.
pub(super) fn sent(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, entry: Option<&EntryId>) -> Result<()> {
    if let Some(person) = person(ctx) {
        tx.exec(&queries::DRAFT_SENT, &[&ctx.merchant, customer, &person, &entry.map_or("", EntryId::as_str)])?;
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
