//! Takes in a subscription: new, or a known one (by provider and reference) brought up to date.

use store::Tx;

use super::{Subscription, SubscriptionInput, SubscriptionStatus, find, queries, read};
use crate::customers::{self, facts};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Micros, Problems, Result, Right, SubscriptionId, clean, locks};
use crate::orders;
use crate::payments::{MAX_MINOR, queries as payment_queries};

/// The end of 2199: further ahead is a slip of the keyboard.
const LATEST: Micros = 7_258_118_400_000_000;

/// Takes it in and keeps the customer's facts. A late message about one that has ended changes nothing.
///
/// # Errors
/// `Invalid` for its fields; `Conflict` (`customer_inactive`) for a new one of an archived or deleted customer that is not ended
/// (SPEC 10.2).
pub fn put(tx: &mut Tx, ctx: &Ctx, input: &SubscriptionInput) -> Result<SubscriptionId> {
    ctx.must(Right::Orders)?;
    take_in(tx, ctx, input, false)
}

/// The same for what a provider runs: it is there, whether or not something new may begin with its customer (SPEC 10.2). One that is known
/// stays with the customer who has it.
pub(crate) fn tell(tx: &mut Tx, ctx: &Ctx, input: &SubscriptionInput) -> Result<SubscriptionId> {
    let reference = input.provider_ref.as_deref().unwrap_or_default();
    let known = by_ref(tx, ctx, &input.provider, reference)?;
    let customer = known.map_or_else(|| input.customer.clone(), |known| known.customer);
    take_in(tx, ctx, &SubscriptionInput { customer, ..input.clone() }, true)
}

/// A subscription by its provider's id.
pub(crate) fn by_ref(tx: &mut Tx, ctx: &Ctx, provider: &str, reference: &str) -> Result<Option<Subscription>> {
    Ok(tx.opt(&queries::FIND_REF, &[&ctx.merchant, &provider, &reference], read)?)
}

fn take_in(tx: &mut Tx, ctx: &Ctx, input: &SubscriptionInput, told: bool) -> Result<SubscriptionId> {
    let input = &SubscriptionInput { customer: customers::survivor(tx, ctx, &input.customer)?, ..input.clone() };
    let name = check(tx, ctx, input)?;
    locks::customers(tx, ctx, &[&input.customer])?;
    let known = match &input.provider_ref {
        Some(reference) => tx.opt(&queries::FIND_REF, &[&ctx.merchant, &input.provider, reference], read)?,
        None => None,
    };
    match known {
        Some(known) if known.customer != input.customer => {
            Err(Problems::one("customer", "invalid", "This subscription is known as another customer's."))
        }
        Some(known) => change(tx, ctx, &known, input, &name),
        None => begin(tx, ctx, input, &name, told),
    }
}

fn begin(tx: &mut Tx, ctx: &Ctx, input: &SubscriptionInput, name: &str, told: bool) -> Result<SubscriptionId> {
    let standing = crate::payments::must_exist(tx, ctx, &input.customer)?;
    if input.status != SubscriptionStatus::Ended && !told {
        standing.must_be_active()?;
    }
    let id: SubscriptionId = ctx.id();
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            &input.customer,
            &input.shop,
            &name,
            &input.status,
            &(input.live && input.provider != "test"),
            &input.currency,
            &input.amount,
            &input.cycle_unit,
            &input.cycle_count,
            &input.provider,
            &input.provider_ref,
            &input.method,
            &input.started_at,
            &input.trial_until,
            &input.next_payment_at,
            &ends_at(input, ctx.now),
            &ctx.now,
            &input.import_id,
        ],
    )?;
    event(tx, ctx, "subscription.started", &input.customer, &id, input.status)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&input.customer), "subscription started")?;
    Ok(id)
}

fn change(tx: &mut Tx, ctx: &Ctx, known: &Subscription, input: &SubscriptionInput, name: &str) -> Result<SubscriptionId> {
    let known = find(tx, ctx, &known.id)?;
    let ends_at = ends_at(input, ctx.now);
    let wanted = Subscription {
        name: name.to_owned(),
        status: input.status,
        currency: input.currency,
        amount: input.amount,
        cycle_unit: input.cycle_unit,
        cycle_count: input.cycle_count,
        method: input.method.clone(),
        trial_until: input.trial_until,
        next_payment_at: input.next_payment_at,
        ends_at: if input.ends_at.is_none() && known.status == input.status { known.ends_at } else { ends_at },
        ..known.clone()
    };
    if known.status == SubscriptionStatus::Ended || wanted == known {
        return Ok(known.id);
    }
    tx.exec(
        &queries::UPDATE,
        &[
            &ctx.merchant,
            &known.id,
            &wanted.name,
            &wanted.status,
            &wanted.currency,
            &wanted.amount,
            &wanted.cycle_unit,
            &wanted.cycle_count,
            &wanted.method,
            &wanted.trial_until,
            &wanted.next_payment_at,
            &wanted.ends_at,
            &ctx.now,
        ],
    )?;
    let (kind, cause) = match wanted.status {
        SubscriptionStatus::Ended => ("subscription.ended", "subscription ended"),
        SubscriptionStatus::Cancelled => ("subscription.cancelled", "subscription cancelled"),
        _ => ("subscription.changed", "subscription changed"),
    };
    event(tx, ctx, kind, &known.customer, &known.id, wanted.status)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&known.customer), cause)?;
    Ok(known.id)
}

/// One that is cancelled or ended has an end.
fn ends_at(input: &SubscriptionInput, now: Micros) -> Option<Micros> {
    match input.status {
        SubscriptionStatus::Ended => Some(input.ends_at.map_or(now, |end| end.min(now))),
        SubscriptionStatus::Cancelled => Some(input.ends_at.unwrap_or(now)),
        _ => input.ends_at,
    }
}

fn check(tx: &mut Tx, ctx: &Ctx, input: &SubscriptionInput) -> Result<String> {
    let mut problems = Problems::default();
    let name = clean(&mut problems, "name", &input.name, 200);
    if name.is_empty() {
        problems.add("name", "required", "Give the subscription a name.");
    }
    if !(0..=MAX_MINOR).contains(&input.amount) {
        problems.add("amount", "invalid", "Use an amount of zero or more.");
    }
    if !(1..=1000).contains(&input.cycle_count) {
        problems.add("cycle_count", "invalid", "Use a whole number from 1 to 1000.");
    }
    for (field, at) in [("trial_until", input.trial_until), ("next_payment_at", input.next_payment_at), ("ends_at", input.ends_at)] {
        if at.is_some_and(|at| !(0..=LATEST).contains(&at)) {
            problems.add(field, "invalid", "Use a moment between 1970 and 2200.");
        }
    }
    if !(0..=ctx.now + 366 * crate::kit::DAY).contains(&input.started_at) {
        problems.add("started_at", "invalid", "Use a start within the next year.");
    }
    clean(&mut problems, "provider", &input.provider, 40);
    clean(&mut problems, "provider_ref", input.provider_ref.as_deref().unwrap_or_default(), 200);
    if orders::shop_currency(tx, ctx, &input.shop)?.is_none() {
        problems.add("shop", "unknown", "Choose one of your shops.");
    }
    if let Some(method) = &input.method {
        let owner = tx.opt(&payment_queries::METHOD, &[&ctx.merchant, method], |r| r.get::<CustomerId>(1))?;
        if owner.as_ref() != Some(&input.customer) {
            problems.add("method", "unknown", "Choose one of the customer's payment methods.");
        }
    }
    problems.check()?;
    Ok(name)
}

pub(super) fn event(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    customer: &CustomerId,
    id: &SubscriptionId,
    status: SubscriptionStatus,
) -> Result<()> {
    Event::new(kind).of(customer).on("subscription", id.as_str()).data(serde_json::json!({ "status": status })).record(tx, ctx)?;
    Ok(())
}
