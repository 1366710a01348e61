//! What time does: subscriptions end, Active becomes Idle (SPEC 4.2). Reads are right without it, because they compare with their own
//! clock; the sweep puts it on the timeline and into the rows.

use store::Tx;

use super::{keep, queries};
use crate::kit::{Ctx, CustomerId, Result, locks};
use crate::subscriptions;

/// A slice: ends subscriptions whose time is over, and rewrites kept statuses whose time is over, at most `limit` of each. Gives how
/// many customers it touched; zero when there is nothing left to do.
pub fn sweep(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<usize> {
    let ended = subscriptions::overdue(tx, ctx, limit)?;
    let idle: Vec<CustomerId> = tx.rows(&queries::OVERDUE, &[&ctx.merchant, &ctx.now, &limit], |r| r.get(0))?;
    let mut touched: Vec<CustomerId> = ended.into_iter().chain(idle).collect();
    touched.sort();
    touched.dedup();
    locks::customers(tx, ctx, &touched.iter().collect::<Vec<_>>())?;
    subscriptions::end_overdue(tx, ctx, &touched)?;
    keep::refresh(tx, ctx, &touched, "time passed")?;
    Ok(touched.len())
}

/// A slice of all customers behind `after`, worked out anew because a setting changed (N, currency, time zone). Gives the last of them, or
/// `None` when there are no more.
pub fn recompute(tx: &mut Tx, ctx: &Ctx, after: Option<&CustomerId>, limit: i64) -> Result<Option<CustomerId>> {
    let after = after.map_or("", CustomerId::as_str);
    let ids: Vec<CustomerId> = tx.rows(&queries::IDS, &[&ctx.merchant, &after, &limit], |r| r.get(0))?;
    locks::customers(tx, ctx, &ids.iter().collect::<Vec<_>>())?;
    keep::refresh(tx, ctx, &ids, "settings changed")?;
    subscriptions::in_zone(tx, ctx, &ids)?;
    Ok(if ids.len() as i64 == limit { ids.into_iter().next_back() } else { None })
}
