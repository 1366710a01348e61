//! Begins a subscription that Regulars runs itself: from a plan or with an amount of its own, with or without free time, today or later.

use jiff::Span;
use jiff::civil::Date;
use serde_json::json;
use store::Tx;

use super::run::{self, keep, tell};
use super::{SubscriptionStatus, Unit, charge, plans, queries};
use crate::customers::facts;
use crate::kit::{
    Ctx, Currency, CustomerId, Error, MethodId, Micros, Money, PlanId, Problems, Result, Right, ShopId, SubscriptionId, clean, day_number,
    locks,
};
use crate::payments::{MAX_MINOR, must_exist};
use crate::{merchants, shops};

/// How far ahead a subscription may begin, days.
pub(super) const AHEAD: i32 = 366;

/// What a person or program says about a subscription to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartInput {
    /// Whose.
    pub customer: CustomerId,
    /// The plan; then shop, currency, amount, cycle and free time are the plan's unless they are said.
    pub plan: Option<PlanId>,
    /// Of which shop; needed without a plan.
    pub shop: Option<ShopId>,
    /// What it is called; empty takes the plan's name.
    pub name: String,
    /// Minor units for each cycle of one piece; absent: the plan's.
    pub amount: Option<i64>,
    /// ISO 4217; absent: the plan's, or the shop's.
    pub currency: Option<Currency>,
    /// How many pieces; the amount is theirs together.
    pub quantity: i64,
    /// Every so many … ; absent: the plan's.
    pub cycle: Option<(i64, Unit)>,
    /// The day it begins, where the merchant lives; absent: today.
    pub start: Option<Date>,
    /// Free days at the beginning; absent: the plan's.
    pub trial_days: Option<i64>,
    /// The payment method that is charged; absent: somebody records the money by hand.
    pub method: Option<MethodId>,
}

impl StartInput {
    /// One of a plan, today, recorded by hand.
    pub fn of_plan(customer: CustomerId, plan: PlanId) -> Self {
        Self { plan: Some(plan), ..Self::of(customer) }
    }

    /// Nothing said yet.
    pub fn of(customer: CustomerId) -> Self {
        Self {
            customer,
            plan: None,
            shop: None,
            name: String::new(),
            amount: None,
            currency: None,
            quantity: 1,
            cycle: None,
            start: None,
            trial_days: None,
            method: None,
        }
    }
}

/// What it comes to, checked.
struct Terms {
    shop: ShopId,
    name: String,
    price: Money,
    cycle: (i64, Unit),
    start: Date,
    trial_days: i64,
}

/// Begins it. The first payment is due on the day it begins, or on the day behind its free time, and is taken by the next pass of the renewals.
///
/// # Errors
/// `Invalid` for its fields and for a method that cannot be charged; `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2).
pub fn start(tx: &mut Tx, ctx: &Ctx, input: &StartInput) -> Result<SubscriptionId> {
    ctx.must(Right::Orders)?;
    locks::customers(tx, ctx, &[&input.customer])?;
    must_exist(tx, ctx, &input.customer)?.must_be_active()?;
    let zone = merchants::settings(tx, ctx)?.zone;
    let terms = check(tx, ctx, input, zone.date(ctx.now))?;
    let charged = charge::usable(tx, ctx, (&input.customer, &terms.shop), input.method.as_ref(), None)?;
    let due = terms.start.checked_add(Span::new().days(terms.trial_days)).unwrap_or(terms.start);
    let first = zone.start_of(due);
    let trial_until = (terms.trial_days > 0).then_some(first);
    let id: SubscriptionId = ctx.id();
    let begins: Micros = if terms.start == zone.date(ctx.now) { ctx.now } else { zone.start_of(terms.start) };
    let status = if trial_until.is_some() { SubscriptionStatus::Trialing } else { SubscriptionStatus::Active };
    let none: Option<String> = None;
    let key: [&dyn store::Bind; 8] =
        [&ctx.merchant, &id, &input.customer, &terms.shop, &terms.name, &status, &charged.live, &terms.price.currency];
    let cycle: [&dyn store::Bind; 6] = [&terms.price.minor, &terms.cycle.1, &terms.cycle.0, &charged.provider, &none, &input.method];
    let times: [&dyn store::Bind; 6] = [&begins, &trial_until, &first, &None::<Micros>, &ctx.now, &none];
    tx.exec(&queries::INSERT, &[key.as_slice(), &cycle, &times].concat())?;
    let day = i64::from(day_number(due));
    tx.exec(&queries::INSERT_RUN, &[&ctx.merchant, &id, &input.plan, &input.quantity, &day, &first])?;
    let mut run = run::load(tx, ctx, &id)?.ok_or_else(|| Error::Internal("a subscription without its clockwork".to_owned()))?;
    keep(tx, ctx, &mut run, "subscription started")?;
    let what = json!({ "plan": input.plan, "amount": terms.price.minor, "currency": terms.price.currency });
    tell(tx, ctx, &run, "subscription.started", "", what)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&input.customer), "subscription started")?;
    Ok(id)
}

fn check(tx: &mut Tx, ctx: &Ctx, input: &StartInput, today: Date) -> Result<Terms> {
    let mut problems = Problems::default();
    let unknown = || Problems::one("plan", "unknown", "Choose one of the plans that are open.");
    let plan = match &input.plan {
        Some(id) => Some(plans::find(tx, ctx, id).ok().filter(|p| p.archived_at.is_none()).ok_or_else(unknown)?),
        None => None,
    };
    let wanted = plan.as_ref().map(|p| p.shop.clone()).or_else(|| input.shop.clone());
    let shop = wanted.and_then(|id| shops::get(tx, ctx, &id).ok()).filter(|s| s.archived_at.is_none());
    let shop = shop.ok_or_else(|| Problems::one("shop", "unknown", "Choose one of your open shops."))?;
    if plan.is_some() && input.shop.as_ref().is_some_and(|id| *id != shop.id) {
        problems.add("shop", "invalid", "The plan is another shop's.");
    }
    let typed = clean(&mut problems, "name", &input.name, 200);
    let name = if typed.is_empty() { plan.as_ref().map_or_else(String::new, |p| p.name.clone()) } else { typed };
    if name.is_empty() {
        problems.add("name", "required", "Give the subscription a name.");
    }
    let amount = input.amount.or(plan.as_ref().map(|p| p.amount));
    if amount.is_none() {
        problems.add("amount", "required", "Say what a cycle costs.");
    }
    let cycle = input.cycle.or(plan.as_ref().map(|p| (p.cycle_count, p.cycle_unit))).unwrap_or((1, Unit::Month));
    let trial_days = input.trial_days.or(plan.as_ref().map(|p| p.trial_days)).unwrap_or(0);
    plans::check_terms(&mut problems, amount.unwrap_or(0), cycle.0, trial_days);
    let sum = amount.unwrap_or(0).checked_mul(input.quantity).filter(|sum| *sum <= MAX_MINOR);
    if !(1..=1_000_000).contains(&input.quantity) || sum.is_none() {
        problems.add("quantity", "invalid", "Use a whole number from 1 on.");
    }
    let start = input.start.unwrap_or(today);
    let furthest = today.checked_add(Span::new().days(AHEAD)).unwrap_or(today);
    if start < today || start > furthest {
        problems.add("start", "invalid", "Begin today or within the next year.");
    }
    problems.check()?;
    let currency = input.currency.or(plan.as_ref().map(|p| p.currency)).unwrap_or(shop.currency);
    Ok(Terms { shop: shop.id, name, price: Money::new(sum.unwrap_or(0), currency), cycle, start, trial_days })
}
