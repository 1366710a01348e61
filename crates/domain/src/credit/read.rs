//! What is there, and how it came.

use store::{Row, Tx};

use super::{Line, queries};
use crate::kit::{CreditId, Ctx, Currency, CustomerId, Micros, Money, Result, Right};

/// What a customer has in each currency of its ledger, by code; nothing where it was all spent, and no entry where there never was any.
pub fn balances(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Money>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::BALANCES, &[&ctx.merchant, customer], |r| Ok(Money::new(r.get(0)?, r.get::<Currency>(1)?)))?)
}

/// The ledger, newest first: at most `limit` lines behind the given one (its moment and id).
pub fn lines(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<(Micros, &CreditId)>, limit: i64) -> Result<Vec<Line>> {
    ctx.must(Right::Read)?;
    let (at, id) = after.map_or((Micros::MAX, ""), |(at, id)| (at, id.as_str()));
    Ok(tx.rows(&queries::LINES, &[&ctx.merchant, customer, &at, &id, &limit], line)?)
}

fn line(r: &Row<'_>) -> std::result::Result<Line, store::Error> {
    Ok(Line {
        id: r.get(0)?,
        kind: r.get(1)?,
        amount: r.get(2)?,
        currency: r.get(3)?,
        balance: r.get(4)?,
        reason: r.get(5)?,
        payment: r.get(6)?,
        refund: r.get(7)?,
        order: r.get(8)?,
        order_number: r.get(9)?,
        at: r.get(10)?,
        by: r.get(11)?,
    })
}
