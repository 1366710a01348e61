//! Subscriptions: what runs, since when, until when. Some are told of by whoever runs them (a provider, an import, another program); some Regulars runs
//! itself, by a clockwork of periods (SPEC 6.4, decision 10).
//!
//! The last microsecond of a subscription is `ends_at`, inclusive. A subscription that has ended stays ended. A period is charged at most once.

mod act;
pub mod calendar;
mod charge;
mod end;
pub mod listed;
mod look;
mod plans;
mod put;
pub mod queries;
pub mod renew;
mod retries;
mod run;
mod settle;
mod start;
#[cfg(test)]
mod tests;
mod unused;

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

pub use act::{change_method, move_to, pause, receive, resume, retry};
pub(crate) use calendar::next_behind;
pub(crate) use charge::usable;
pub use end::{cancel_at_period_end, cancel_now, take_back};
pub(crate) use end::{end_here, end_overdue, overdue};
pub(crate) use look::differences;
pub use look::{Course, Runs, course, periods};
pub use plans::{Plan, PlanInput, archive_plan, create_plan, edit_plan, plan, plans, unarchive_plan};
pub use put::put;
pub(crate) use put::{by_ref, tell};
pub use retries::{RetryDays, edit_settings, settings};
pub use run::{EndReason, Period, PeriodState};
pub(crate) use run::{followed, in_zone};
pub(crate) use settle::{follow, refused, told};
pub use start::{StartInput, start};
pub use unused::{Unused, cancel_with_refund, unused};

use crate::kit::{Ctx, Currency, CustomerId, Error, ImportId, MethodId, Micros, Result, Right, ShopId, SubscriptionId, words};

words! {
    /// How a subscription stands.
    pub enum SubscriptionStatus {
        /// In its free time.
        Trialing = "trialing", "Trialing";
        /// Paid.
        Active = "active", "Active";
        /// A renewal failed and is tried again.
        PastDue = "past_due", "Past due";
        /// Stopped for a while.
        Paused = "paused", "Paused";
        /// Will not renew; lives until `ends_at`.
        Cancelled = "cancelled", "Cancelled";
        /// Over since `ends_at`.
        Ended = "ended", "Ended";
    }
}

words! {
    /// What a cycle is counted in.
    pub enum Unit {
        /// Days.
        Day = "day", "day";
        /// Weeks.
        Week = "week", "week";
        /// Months.
        Month = "month", "month";
        /// Years.
        Year = "year", "year";
    }
}

/// A subscription as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose.
    pub customer: CustomerId,
    /// Of which shop.
    pub shop: ShopId,
    /// What it is called.
    pub name: String,
    /// As the row says; see [`Subscription::status_at`].
    pub status: SubscriptionStatus,
    /// Live mode.
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units for each cycle.
    pub amount: i64,
    /// Every `cycle_count` …
    pub cycle_count: i64,
    /// … of these.
    pub cycle_unit: Unit,
    /// Who charges it.
    pub provider: String,
    /// The provider's id.
    pub provider_ref: Option<String>,
    /// The method it charges.
    pub method: Option<MethodId>,
    /// Since when, microseconds UTC.
    pub started_at: Micros,
    /// End of the free time.
    pub trial_until: Option<Micros>,
    /// When it is charged next.
    pub next_payment_at: Option<Micros>,
    /// Its last microsecond, when an end is known.
    pub ends_at: Option<Micros>,
    /// Regulars runs it itself.
    pub own: bool,
}

impl Subscription {
    /// What it is at `now`, also when no sweep has passed since it ended (SPEC 4.2).
    pub fn status_at(&self, now: Micros) -> SubscriptionStatus {
        if self.ends_at.is_some_and(|end| now > end) { SubscriptionStatus::Ended } else { self.status }
    }

    /// Does it count as live at `now` (SPEC 4, Subscriber)?
    pub fn is_live(&self, now: Micros) -> bool {
        self.live
            && self.status_at(now) != SubscriptionStatus::Ended
            && (self.status != SubscriptionStatus::Cancelled || self.ends_at.is_some())
    }

    /// "every month", "every 3 months".
    pub fn cycle_words(&self) -> String {
        cycle_words(self.cycle_count, self.cycle_unit)
    }
}

/// "every month", "every 2 weeks".
pub fn cycle_words(count: i64, unit: Unit) -> String {
    match count {
        1 => format!("every {}", unit.label()),
        n => format!("every {n} {}s", unit.label()),
    }
}

/// A subscription as a provider, an import or a person tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionInput {
    /// Whose.
    pub customer: CustomerId,
    /// Of which shop.
    pub shop: ShopId,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// Live mode; the test provider's never is.
    #[serde(default = "yes")]
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units for each cycle.
    pub amount: i64,
    /// Every so many …
    #[serde(default = "one")]
    pub cycle_count: i64,
    /// … of these.
    pub cycle_unit: Unit,
    /// Who charges it.
    #[serde(default = "manual")]
    pub provider: String,
    /// The provider's id: the same id again is the same subscription.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// The method it charges.
    #[serde(default)]
    pub method: Option<MethodId>,
    /// Since when, microseconds UTC.
    pub started_at: Micros,
    /// End of the free time.
    #[serde(default)]
    pub trial_until: Option<Micros>,
    /// When it is charged next.
    #[serde(default)]
    pub next_payment_at: Option<Micros>,
    /// Its last microsecond; needed when cancelled or ended, else now.
    #[serde(default)]
    pub ends_at: Option<Micros>,
    /// The import that brought it.
    #[serde(skip)]
    pub import_id: Option<ImportId>,
}

fn yes() -> bool {
    true
}

fn one() -> i64 {
    1
}

fn manual() -> String {
    "manual".to_owned()
}

/// A customer's subscriptions, newest first.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Subscription>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer], read)?)
}

/// One subscription.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Subscription> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Subscription> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("subscription"))
}

fn read(r: &Row<'_>) -> std::result::Result<Subscription, store::Error> {
    Ok(Subscription {
        id: r.get(0)?,
        customer: r.get(1)?,
        shop: r.get(2)?,
        name: r.get(3)?,
        status: r.get(4)?,
        live: r.get(5)?,
        currency: r.get(6)?,
        amount: r.get(7)?,
        cycle_unit: r.get(8)?,
        cycle_count: r.get(9)?,
        provider: r.get(10)?,
        provider_ref: r.get(11)?,
        method: r.get(12)?,
        started_at: r.get(13)?,
        trial_until: r.get(14)?,
        next_payment_at: r.get(15)?,
        ends_at: r.get(16)?,
        own: r.get(17)?,
    })
}
