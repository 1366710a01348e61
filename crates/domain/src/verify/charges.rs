//! What is kept on charges and payment links: what is paid has a payment of the same amount that came, and what failed has none (SPEC 2.7).

use store::{Stmt, Tx};

use super::{Difference, Slice, queries};
use crate::kit::{Ctx, Result};
use crate::payments::PaymentStatus;

/// Rows of one slice.
const ROWS: i64 = 1_000;

/// The charges behind `after`.
pub(super) fn charges(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    slice(tx, ctx, after, "charge", &queries::CHARGES)
}

/// The payment links behind `after`.
pub(super) fn links(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    slice(tx, ctx, after, "payment link", &queries::PAYMENT_LINKS)
}

fn slice(tx: &mut Tx, ctx: &Ctx, after: &str, kind: &'static str, statement: &'static Stmt) -> Result<Slice> {
    let rows = tx.rows(statement, &[&ctx.merchant, &after, &ROWS], |r| {
        let same: Option<bool> = r.get(3)?;
        Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<Option<PaymentStatus>>(2)?, same.unwrap_or_default()))
    })?;
    let came = |status: Option<PaymentStatus>| matches!(status, Some(PaymentStatus::Settled | PaymentStatus::Bounced));
    let mut differences = Vec::new();
    for (id, state, status, same) in &rows {
        let settled = *status == Some(PaymentStatus::Settled) && *same;
        if (state == "paid" && !(came(*status) && *same)) || (state != "paid" && settled) {
            let should_be = status.map_or("no payment", PaymentStatus::name).to_owned();
            let (what, kept) = ("payment".to_owned(), state.clone());
            differences.push(Difference { merchant: ctx.merchant.clone(), kind, id: id.clone(), what, kept, should_be });
        }
    }
    let next = rows.last().filter(|_| rows.len() as i64 == ROWS).map(|r| r.0.clone());
    Ok(Slice { looked_at: rows.len() as u64, differences, next })
}
