//! Reading mailings and their lines.

use store::{Row, Tx};

use super::{Counts, Line, Mailing, Outcome, Skip, queries};
use crate::customers::display_name;
use crate::kit::{Ctx, Error, MailingId, Result, Right};

/// One mailing.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<Mailing> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

pub(super) fn load(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<Mailing> {
    tx.opt(&queries::GET, &[&ctx.merchant, id], mailing)?.ok_or(Error::NotFound("mailing"))
}

/// Its lines counted.
///
/// # Errors
/// [`Error::Forbidden`] without [`Right::Read`].
pub fn counts(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<Counts> {
    ctx.must(Right::Read)?;
    let mut counts = Counts::default();
    tx.each(&queries::COUNTS, &[&ctx.merchant, id], |r| {
        let (outcome, many): (Outcome, i64) = (r.get(0)?, r.get(2)?);
        *counts.outcomes.entry(outcome).or_default() += many;
        if let Ok(reason) = r.str(1)?.parse::<Skip>() {
            *counts.skipped.entry(reason).or_default() += many;
        }
        counts.bounced += r.get::<i64>(3)?;
        counts.unsubscribed += r.get::<i64>(4)?;
        Ok(())
    })?;
    Ok(counts)
}

/// Lines behind `after` (0 for the first), at most `limit`; all outcomes or one.
///
/// # Errors
/// `NotFound`, also for another merchant's mailing.
pub fn rows(tx: &mut Tx, ctx: &Ctx, id: &MailingId, outcome: Option<Outcome>, after: i64, limit: i64) -> Result<Vec<Line>> {
    get(tx, ctx, id)?;
    match outcome {
        Some(outcome) => Ok(tx.rows(&queries::LINES_OF, &[&ctx.merchant, id, &after, &limit, &outcome], line)?),
        None => Ok(tx.rows(&queries::LINES, &[&ctx.merchant, id, &after, &limit], line)?),
    }
}

fn line(r: &Row) -> std::result::Result<Line, store::Error> {
    Ok(Line {
        position: r.get(0)?,
        customer: r.get(1)?,
        customer_name: display_name(r.str(9)?, r.str(10)?, r.str(11)?, r.str(12)?, r.str(13)?, r.str(14)?),
        mail: r.get(2)?,
        outcome: r.get(3)?,
        reason: r.str(4)?.parse().ok(),
        detail: r.get(5)?,
        at: r.get(6)?,
        bounced_at: r.get(7)?,
        unsubscribed_at: r.get(8)?,
    })
}

pub(super) fn mailing(r: &Row) -> std::result::Result<Mailing, store::Error> {
    Ok(Mailing {
        id: r.get(0)?,
        state: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        template: r.get(4)?,
        version: r.get(5)?,
        name: r.get(6)?,
        subject: r.get(7)?,
        per_minute: r.get(8)?,
        consenting_only: r.get(9)?,
        total: r.get(10)?,
        job: r.get(11)?,
        created_at: r.get(12)?,
        created_by: r.get(13)?,
        ended_at: r.get(14)?,
    })
}
