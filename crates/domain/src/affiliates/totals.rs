//! What each affiliate earned, was paid and is owed for the payments of a time, by currency.
//!
//! The database sums what nothing was taken from; the few payments that were refunded or lost are worked out one by one, exactly.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Row, Stmt, Tx};

use super::{earned, queries};
use crate::kit::{AffiliateId, Ctx, Currency, Micros, Money, Result, Right};

/// A time by the moments of payments: from the first on, before the second. Microseconds UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Not before.
    pub from: Micros,
    /// Before.
    pub until: Micros,
}

impl Period {
    /// All of it.
    pub const ALL: Self = Self { from: i64::MIN, until: i64::MAX };
}

/// Sums of one affiliate in one currency, minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Whose.
    pub affiliate: AffiliateId,
    /// ISO 4217.
    pub currency: Currency,
    /// Payments with a commission, also such that were not settled.
    pub payments: i64,
    /// Earned.
    pub earned: i64,
    /// Paid out.
    pub paid: i64,
}

impl Total {
    /// Still to be paid; below zero when too much was.
    pub fn due(&self) -> i64 {
        self.earned - self.paid
    }

    /// An amount in its currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

/// Of all affiliates, by id and currency.
pub fn totals(tx: &mut Tx, ctx: &Ctx, period: Period) -> Result<Vec<Total>> {
    ctx.must(Right::Read)?;
    sum(tx, [&queries::SUMS, &queries::LOWERED], &[&ctx.merchant, &period.from, &period.until])
}

/// Of one.
pub fn totals_of(tx: &mut Tx, ctx: &Ctx, affiliate: &AffiliateId, period: Period) -> Result<Vec<Total>> {
    ctx.must(Right::Read)?;
    sum(tx, [&queries::SUMS_OF, &queries::LOWERED_OF], &[&ctx.merchant, &period.from, &period.until, affiliate])
}

fn sum(tx: &mut Tx, [whole, lowered]: [&Stmt; 2], params: &[&dyn store::Bind]) -> Result<Vec<Total>> {
    let mut all: BTreeMap<(String, &'static str), Total> = BTreeMap::new();
    let key = |r: &Row<'_>| Ok::<_, store::Error>((r.get::<String>(0)?, r.get::<Currency>(1)?));
    tx.each(whole, params, |r| {
        let (id, currency) = key(r)?;
        let total =
            Total { affiliate: AffiliateId::from_db(id.clone()), currency, earned: r.get(2)?, paid: r.get(3)?, payments: r.get(4)? };
        all.insert((id, currency.code()), total);
        Ok(())
    })?;
    tx.each(lowered, params, |r| {
        let (id, currency) = key(r)?;
        if let Some(total) = all.get_mut(&(id, currency.code())) {
            total.earned = total.earned.saturating_add(earned(r.get(2)?, r.get(3)?, r.get(4)?));
        }
        Ok(())
    })?;
    Ok(all.into_values().collect())
}
