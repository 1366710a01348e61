//! Plans: what can be subscribed to. A plan is never deleted, because subscriptions speak of it: it is archived, and nobody begins it any more. What
//! is changed counts for subscriptions that begin from then on; those that run keep what they were begun with.

use serde::Serialize;
use store::{Row, Tx};

use super::{RetryDays, Unit, queries};
use crate::events::Event;
use crate::kit::{Ctx, Currency, Error, Micros, Money, PlanId, Problems, Result, Right, ShopId, name_key};
use crate::merchants::{self, required};
use crate::payments::MAX_MINOR;
use crate::shops;

/// The longest free time, days.
const LONGEST_TRIAL: i64 = 730;

/// Something that can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Of which shop.
    pub shop: ShopId,
    /// Its name, unique within the shop.
    pub name: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units for each cycle; zero is free.
    pub amount: i64,
    /// Every so many …
    pub cycle_count: i64,
    /// … of these.
    pub cycle_unit: Unit,
    /// Free days at the beginning.
    pub trial_days: i64,
    /// When a failed payment is tried again; absent: on the merchant's days.
    pub retry_days: Option<RetryDays>,
    /// Since when, microseconds UTC.
    pub created_at: Micros,
    /// Since when nobody begins it any more.
    pub archived_at: Option<Micros>,
}

impl Plan {
    /// "every month", "every 2 weeks".
    pub fn cycle_words(&self) -> String {
        super::cycle_words(self.cycle_count, self.cycle_unit)
    }

    /// What a cycle costs.
    pub fn price(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
}

/// What a person or program says about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanInput {
    /// Of which shop; stays as it is for a plan that is there.
    pub shop: ShopId,
    /// Its name.
    pub name: String,
    /// ISO 4217; absent: the shop's.
    pub currency: Option<Currency>,
    /// Minor units for each cycle.
    pub amount: i64,
    /// Every so many …
    pub cycle_count: i64,
    /// … of these.
    pub cycle_unit: Unit,
    /// Free days at the beginning.
    pub trial_days: i64,
    /// When a failed payment is tried again; absent: on the merchant's days.
    pub retry_days: Option<RetryDays>,
}

/// All plans by name, archived ones too.
pub fn plans(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Plan>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::PLANS, &[&ctx.merchant], read)?)
}

/// One plan.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn plan(tx: &mut Tx, ctx: &Ctx, id: &PlanId) -> Result<Plan> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &PlanId) -> Result<Plan> {
    tx.opt(&queries::PLAN, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("plan"))
}

/// A new plan.
///
/// # Errors
/// Field errors for each field that is wrong, for a name that the shop has, and for a shop that is not open.
pub fn create_plan(tx: &mut Tx, ctx: &Ctx, input: &PlanInput) -> Result<Plan> {
    ctx.must(Right::Settings)?;
    let shop = shops::get(tx, ctx, &input.shop).ok().filter(|s| s.archived_at.is_none());
    let shop = shop.ok_or_else(|| Problems::one("shop", "unknown", "Choose one of your open shops."))?;
    let id: PlanId = ctx.id();
    let name = check(tx, ctx, &id, &shop.id, input)?;
    let currency = input.currency.unwrap_or(shop.currency);
    let retries = input.retry_days.as_ref().map_or_else(String::new, RetryDays::text);
    let key: [&dyn store::Bind; 4] = [&ctx.merchant, &id, &shop.id, &name];
    let rest: [&dyn store::Bind; 8] =
        [&name_key(&name), &currency, &input.amount, &input.cycle_unit, &input.cycle_count, &input.trial_days, &retries, &ctx.now];
    tx.exec(&queries::INSERT_PLAN, &[key.as_slice(), &rest].concat()).map_err(taken)?;
    Event::new("plan.created").on("plan", id.as_str()).value("name", None, Some(&name)).record(tx, ctx)?;
    find(tx, ctx, &id)
}

/// Changes a plan; its shop stays.
///
/// # Errors
/// As [`create_plan`].
pub fn edit_plan(tx: &mut Tx, ctx: &Ctx, id: &PlanId, input: &PlanInput) -> Result<Plan> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = find(tx, ctx, id)?;
    let name = check(tx, ctx, id, &old.shop, input)?;
    let retries = input.retry_days.as_ref().map_or_else(String::new, RetryDays::text);
    let currency = input.currency.unwrap_or(old.currency);
    tx.exec(
        &queries::UPDATE_PLAN,
        &[
            &ctx.merchant,
            id,
            &name,
            &name_key(&name),
            &currency,
            &input.amount,
            &input.cycle_unit,
            &input.cycle_count,
            &input.trial_days,
            &retries,
            &ctx.now,
        ],
    )
    .map_err(taken)?;
    let new = find(tx, ctx, id)?;
    let fields = |p: &Plan| {
        [
            ("name", p.name.clone()),
            ("price", format!("{} {}", p.price().plain(), p.currency)),
            ("cycle", p.cycle_words()),
            ("trial_days", p.trial_days.to_string()),
            ("retry_days", p.retry_days.as_ref().map_or_else(String::new, RetryDays::text)),
        ]
    };
    let changed: Vec<_> = fields(&old).into_iter().zip(fields(&new)).filter(|(a, b)| a != b).collect();
    let mut event = Event::new("plan.edited").on("plan", id.as_str());
    for ((field, a), (_, b)) in &changed {
        event = event.value(*field, Some(a), Some(b));
    }
    if !changed.is_empty() {
        event.record(tx, ctx)?;
    }
    Ok(new)
}

/// Nobody begins it from now on; twice is once. What runs goes on.
pub fn archive_plan(tx: &mut Tx, ctx: &Ctx, id: &PlanId) -> Result<Plan> {
    switch(tx, ctx, id, Some(ctx.now), "plan.archived")
}

/// Open again; twice is once.
pub fn unarchive_plan(tx: &mut Tx, ctx: &Ctx, id: &PlanId) -> Result<Plan> {
    switch(tx, ctx, id, None, "plan.unarchived")
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &PlanId, at: Option<Micros>, kind: &'static str) -> Result<Plan> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let plan = find(tx, ctx, id)?;
    if plan.archived_at.is_some() == at.is_some() {
        return Ok(plan);
    }
    tx.exec(&queries::ARCHIVE_PLAN, &[&ctx.merchant, id, &at])?;
    Event::new(kind).on("plan", id.as_str()).record(tx, ctx)?;
    find(tx, ctx, id)
}

/// What is wrong with an amount, a cycle or a free time, wherever they are said.
pub(super) fn check_terms(problems: &mut Problems, amount: i64, cycle_count: i64, trial_days: i64) {
    if !(0..=MAX_MINOR).contains(&amount) {
        problems.add("amount", "invalid", "Use an amount of zero or more.");
    }
    if !(1..=1000).contains(&cycle_count) {
        problems.add("cycle_count", "invalid", "Use a whole number from 1 to 1000.");
    }
    if !(0..=LONGEST_TRIAL).contains(&trial_days) {
        problems.add("trial_days", "invalid", format!("Use 0 to {LONGEST_TRIAL} days."));
    }
}

fn check(tx: &mut Tx, ctx: &Ctx, id: &PlanId, shop: &ShopId, input: &PlanInput) -> Result<String> {
    let mut problems = Problems::default();
    let name = required(&mut problems, "name", &input.name, "Give the plan a name.");
    check_terms(&mut problems, input.amount, input.cycle_count, input.trial_days);
    if tx.opt(&queries::PLAN_TAKEN, &[&ctx.merchant, shop, &name_key(&name), id], |_| Ok(()))?.is_some() {
        problems.add("name", "taken", TAKEN);
    }
    problems.check()?;
    Ok(name)
}

const TAKEN: &str = "Another plan of this shop has this name. Choose a different one.";

fn taken(error: store::Error) -> Error {
    Error::from(error).or_taken("plans", "name", TAKEN)
}

fn read(r: &Row<'_>) -> std::result::Result<Plan, store::Error> {
    let retries = Some(r.str(8)?).filter(|t| !t.is_empty());
    let unreadable = |_| store::Error::Decode { column: "retry_days".to_owned(), want: "rising days" };
    Ok(Plan {
        id: r.get(0)?,
        shop: r.get(1)?,
        name: r.get(2)?,
        currency: r.get(3)?,
        amount: r.get(4)?,
        cycle_unit: r.get(5)?,
        cycle_count: r.get(6)?,
        trial_days: r.get(7)?,
        retry_days: retries.map(RetryDays::parse).transpose().map_err(unreadable)?,
        created_at: r.get(9)?,
        archived_at: r.get(10)?,
    })
}
