//! What is kept on a payment about its refunds and disputes; that refunds never exceed what was captured (SPEC 5.4), and that it pays no more of invoices
//! than it brought.

use std::collections::BTreeMap;

use store::Tx;

use super::{Difference, Slice, queries};
use crate::kit::{Ctx, Result};
use crate::payments::disputes::lost_of;
use crate::payments::refunds::taken_of;

/// Payments of one slice.
const PAYMENTS: i64 = 5_000;

#[derive(Default)]
struct Payment {
    amount: i64,
    kept: [i64; 3],
    done: i64,
    pending: i64,
    disputed: i64,
    on_invoices: i64,
}

/// The payments behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let mut all: BTreeMap<String, Payment> = BTreeMap::new();
    tx.each(&queries::PAYMENTS, &[&ctx.merchant, &after, &PAYMENTS], |r| {
        let payment = Payment { amount: r.get(1)?, kept: [r.get(2)?, r.get(3)?, r.get(4)?], ..Payment::default() };
        all.insert(r.get(0)?, payment);
        Ok(())
    })?;
    let Some(last) = all.keys().next_back().cloned() else {
        return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None });
    };
    tx.each(&queries::REFUNDS, &[&ctx.merchant, &after, &last], |r| {
        if let Some(p) = all.get_mut(r.str(0)?) {
            (p.done, p.pending) = (r.get(1)?, r.get(2)?);
        }
        Ok(())
    })?;
    tx.each(&queries::LOST, &[&ctx.merchant, &after, &last], |r| {
        if let Some(p) = all.get_mut(r.str(0)?) {
            p.disputed = r.get(1)?;
        }
        Ok(())
    })?;
    tx.each(&queries::ON_INVOICES, &[&ctx.merchant, &after, &last], |r| {
        if let Some(p) = all.get_mut(r.str(0)?) {
            p.on_invoices = r.get(1)?;
        }
        Ok(())
    })?;
    let differences = all.iter().flat_map(|(id, p)| compare(ctx, id, p)).collect();
    let next = (all.len() as i64 == PAYMENTS).then_some(last);
    Ok(Slice { looked_at: all.len() as u64, differences, next })
}

fn compare(ctx: &Ctx, id: &str, p: &Payment) -> Vec<Difference> {
    let (done, pending) = taken_of(p.amount, p.done, p.pending);
    let should = [done, pending, lost_of(p.amount, done, p.disputed)];
    let mut found = Vec::new();
    let mut note = |what: &str, kept: i64, should_be: String| {
        found.push(Difference {
            merchant: ctx.merchant.clone(),
            kind: "payment",
            id: id.to_owned(),
            what: what.to_owned(),
            kept: kept.to_string(),
            should_be,
        });
    };
    for ((what, kept), should) in ["refunded", "refund_pending", "lost"].into_iter().zip(p.kept).zip(should) {
        if kept != should {
            note(what, kept, should.to_string());
        }
    }
    let [refunded, pending, _] = p.kept;
    if refunded + pending > p.amount {
        note("refunds", refunded + pending, format!("at most {}", p.amount));
    }
    if p.on_invoices > p.amount {
        note("on invoices", p.on_invoices, format!("at most {}", p.amount));
    }
    found
}
