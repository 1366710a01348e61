//! Beginning a mailing: what is asked for is checked and written down, and a job does it.

use serde_json::json;
use store::Tx;

use super::{FASTEST, KIND, queries};
use crate::customers::bulk::Selection;
use crate::events::Event;
use crate::jobs;
use crate::kit::{Ctx, Error, MailingId, Problems, Result, Right, TemplateId};
use crate::privacy::refusals;
use crate::shops::{self, Shop};
use crate::templates::{self, Template};

/// A mailing that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMailing {
    /// What is sent.
    pub template: TemplateId,
    /// To whom.
    pub selection: Selection,
    /// At most so many mails a minute, 1 to 60,000.
    pub per_minute: i64,
    /// Only to those who agreed to marketing.
    pub consenting_only: bool,
}

/// Begins it; `total` is how many customers are chosen ([`crate::customers::bulk::pick`]). Needs [`Right::BulkMail`].
///
/// # Errors
/// Field errors: a template that cannot be chosen, a pace that is none, nobody chosen.
pub fn start(tx: &mut Tx, ctx: &Ctx, new: &NewMailing, total: u64) -> Result<MailingId> {
    ctx.must(Right::BulkMail)?;
    let (template, shop) = chosen(tx, ctx, &new.template)?;
    let mut problems = Problems::default();
    if !(1..=FASTEST).contains(&new.per_minute) {
        problems.add("per_minute", "invalid", "Use 1 to 60,000 mails a minute.");
    }
    if total == 0 {
        problems.add("ids", "required", "Choose at least one customer.");
    }
    problems.check()?;
    // Links to unsubscribe are signed with it.
    refusals::key_of(tx, ctx)?;
    let (id, total) = (ctx.id::<MailingId>(), i64::try_from(total).unwrap_or(i64::MAX));
    let job = jobs::enqueue(tx, ctx, KIND, &json!({ "mailing": id, "selection": new.selection }), total)?;
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            &shop.id,
            &template.id,
            &template.version,
            &template.name,
            &new.per_minute,
            &new.consenting_only,
            &total,
            &job,
            &ctx.now,
            &ctx.actor.name,
        ],
    )?;
    let data = json!({ "template": template.id, "version": template.version, "total": total });
    Event::new("mailing.started").on("mailing", id.as_str()).data(data).record(tx, ctx)?;
    Ok(id)
}

/// A template that may be sent, with its shop.
pub(super) fn chosen(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<(Template, Shop)> {
    let unknown = || Problems::one("template", "unknown", "Choose one of the open templates.");
    let template = match templates::get(tx, ctx, id) {
        Err(Error::NotFound(_)) => Err(unknown()),
        found => found,
    }?;
    let shop = shops::get(tx, ctx, &template.shop)?;
    if template.archived_at.is_some() || shop.archived_at.is_some() {
        return Err(unknown());
    }
    Ok((template, shop))
}
