//! How long a merge can be undone.

use store::Tx;

use super::queries as q;
use crate::events::Event;
use crate::kit::{Ctx, Problems, Result, Right};
use crate::merchants;

/// Days in which a merge can be undone unless the merchant says otherwise (SPEC 10.1).
pub const UNDO_DAYS: i64 = 30;
/// The most a merchant can choose.
pub const MOST_DAYS: i64 = 365;

/// The merchant's days; nought makes a merge final at once.
pub fn undo_days(tx: &mut Tx, ctx: &Ctx) -> Result<i64> {
    Ok(tx.opt(&q::SETTING, &[&ctx.merchant], |r| r.get(0))?.unwrap_or(UNDO_DAYS))
}

/// Sets them for merges from now on. Needs [`Right::Settings`].
///
/// # Errors
/// `Invalid` on `merge_undo_days` outside 0 to [`MOST_DAYS`].
pub fn set_undo_days(tx: &mut Tx, ctx: &Ctx, days: i64) -> Result<()> {
    ctx.must(Right::Settings)?;
    if !(0..=MOST_DAYS).contains(&days) {
        return Err(Problems::one("merge_undo_days", "invalid", format!("Choose 0 to {MOST_DAYS} days.")));
    }
    merchants::lock(tx, &ctx.merchant)?;
    let old = undo_days(tx, ctx)?;
    if old == days {
        return Ok(());
    }
    tx.exec(&q::SET, &[&ctx.merchant, &days, &ctx.now])?;
    let event = Event::new("merchant.edited").on("merchant", ctx.merchant.as_str());
    event.value("merge_undo_days", Some(&old.to_string()), Some(&days.to_string())).record(tx, ctx)?;
    Ok(())
}
