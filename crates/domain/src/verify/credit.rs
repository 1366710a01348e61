//! Store credit: a balance is the sum of its ledger, and a payment by credit took from the ledger what it paid and gave back what was refunded.

use store::Tx;

use super::{Difference, Slice, queries};
use crate::kit::{Ctx, Result};

/// Customers, or payments, of one slice.
const MANY: i64 = 1_000;

/// The ledgers of the customers behind `after`.
pub(super) fn balances(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let customers: Vec<String> = tx.rows(&queries::CREDIT_CUSTOMERS, &[&ctx.merchant, &after, &MANY], |r| r.get(0))?;
    let Some(last) = customers.last() else { return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None }) };
    let mut differences = Vec::new();
    tx.each(&queries::CREDIT_BALANCES, &[&ctx.merchant, &after, last], |r| {
        let (id, currency): (String, String) = (r.get(0)?, r.get(1)?);
        let [balance, lines, sum, count, below]: [i64; 5] = [r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?];
        for (what, kept, should_be) in [("balance", balance, sum), ("lines", lines, count), ("lines below zero", below, 0)] {
            if kept != should_be {
                differences.push(difference(ctx, "customer", &id, format!("store credit in {currency}: {what}"), kept, should_be));
            }
        }
        Ok(())
    })?;
    let next = (customers.len() as i64 == MANY).then(|| last.clone());
    Ok(Slice { looked_at: customers.len() as u64, differences, next })
}

/// The payments by store credit behind the reference `after`.
pub(super) fn payments(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let (mut differences, mut last, mut seen) = (Vec::new(), None, 0);
    tx.each(&queries::CREDIT_PAYMENTS, &[&ctx.merchant, &after, &MANY], |r| {
        (last, seen) = (Some(r.get::<String>(0)?), seen + 1);
        let id: String = r.get(1)?;
        let [amount, refunded, spent, returned]: [i64; 4] = [r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?];
        for (what, kept, should_be) in [("spent of the ledger", -spent, amount), ("given back to the ledger", returned, refunded)] {
            if kept != should_be {
                differences.push(difference(ctx, "payment", &id, what.to_owned(), kept, should_be));
            }
        }
        Ok(())
    })?;
    Ok(Slice { looked_at: seen as u64, differences, next: last.filter(|_| seen == MANY) })
}

pub(super) fn difference(ctx: &Ctx, kind: &'static str, id: &str, what: String, kept: i64, should_be: i64) -> Difference {
    Difference { merchant: ctx.merchant.clone(), kind, id: id.to_owned(), what, kept: kept.to_string(), should_be: should_be.to_string() }
}
