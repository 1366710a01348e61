//! Commissions: what is kept as paid is what payouts paid, no commission is larger than its payment, and a payout is the sum of its lines.

use store::Tx;

use super::credit::difference;
use super::{Slice, queries};
use crate::kit::{Ctx, Result};

/// Commissions of one slice.
const MANY: i64 = 5_000;

/// The commissions behind `after`; with the first of them also all payouts, of which there are few.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let (mut differences, mut last, mut seen) = (Vec::new(), None, 0);
    tx.each(&queries::COMMISSIONS, &[&ctx.merchant, &after, &MANY], |r| {
        let id: String = r.get(0)?;
        let [paid, amount, payment]: [i64; 3] = [r.get(1)?, r.get(2)?, r.get(3)?];
        let paid_out: i64 = r.get(5)?;
        if paid != paid_out {
            differences.push(difference(ctx, "commission", &id, "paid".to_owned(), paid, paid_out));
        }
        if !(0..=payment).contains(&amount) {
            differences.push(difference(ctx, "commission", &id, "amount".to_owned(), amount, payment));
        }
        if !r.get::<bool>(4)? {
            differences.push(difference(ctx, "commission", &id, "currency".to_owned(), 0, 1));
        }
        (last, seen) = (Some(id), seen + 1);
        Ok(())
    })?;
    if after.is_empty() {
        tx.each(&queries::PAYOUTS, &[&ctx.merchant, &"", &i64::MAX], |r| {
            let (amount, lines): (i64, i64) = (r.get(1)?, r.get(2)?);
            if amount != lines {
                differences.push(difference(ctx, "payout", r.str(0)?, "amount".to_owned(), amount, lines));
            }
            Ok(())
        })?;
    }
    Ok(Slice { looked_at: seen as u64, differences, next: last.filter(|_| seen == MANY) })
}
