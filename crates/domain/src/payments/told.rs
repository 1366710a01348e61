//! What a provider tells about a payment, in any order and any number of times: the same news in another order gives the same row. Money that
//! was taken is never refused (SPEC 10.2).

use store::Tx;

use super::put::{Put, find, must_exist, note_outcome, put};
use super::{MethodInput, PaymentInput, PaymentRow, PaymentStatus, brought, keys, methods, queries, read};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, MethodId, Money, OrderId, PaymentId, Result, Right, SubscriptionId, email_key, locks, phone_key};
use crate::{affiliates, charges, invoices, merchants, orders, subscriptions};

/// A payment by the provider's id of it, or by another id the provider uses for it.
pub(crate) fn by_ref(tx: &mut Tx, ctx: &Ctx, provider: &str, reference: &str) -> Result<Option<PaymentRow>> {
    match tx.opt(&queries::FIND_REF, &[&ctx.merchant, &provider, &reference], read::row)? {
        Some(row) => Ok(Some(row)),
        None => Ok(tx.opt(&queries::BY_OTHER_REF, &[&ctx.merchant, &provider, &reference], read::row)?),
    }
}

/// Takes in what is told: a new payment, or what a known one lacks. `other` is a second id of it.
///
/// # Errors
/// `Invalid` as [`super::put`]; `Conflict` (`moved`) when somebody gave the payment away meanwhile, which a second try heals.
pub(crate) fn tell(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, other: Option<&str>) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let own = input.provider_ref.as_deref().unwrap_or_default();
    let mut known = tx.opt(&queries::FIND_REF, &[&ctx.merchant, &input.provider, &own], read::row)?;
    let mut named = false;
    if let (None, Some(other)) = (&known, other) {
        // A checkout may have named the payment by its other id.
        known = tx.opt(&queries::FIND_REF, &[&ctx.merchant, &input.provider, &other], read::row)?;
        named = known.is_some();
    }
    if known.is_none()
        && let Some(row) = attempted(tx, ctx, input, own, other)?
    {
        tx.exec(&queries::ADD_REF, &[&ctx.merchant, &input.provider, &own, &row.id])?;
        return Ok(row.id);
    }
    let first = tx.opt(&queries::TOLD_REF, &[&ctx.merchant, &input.provider, &own], |r| r.get::<String>(0))?.is_none();
    // Said of a payment that a shop called paid, it is no word about the money yet: the provider's first one is still to come.
    let says_little = known.as_ref().is_some_and(|row| row.status == PaymentStatus::Settled) && is_attempt(input);
    let id = match known {
        None => put(tx, ctx, input)?.id,
        Some(row) => complete(tx, ctx, &row, input, first)?,
    };
    let add = if input.status == PaymentStatus::Settled { &queries::PUT_REF } else { &queries::ADD_REF };
    if !says_little {
        tx.exec(add, &[&ctx.merchant, &input.provider, &own, &id])?;
    }
    if let Some(other) = other {
        tx.exec(if named { &queries::NAME_REF } else { add }, &[&ctx.merchant, &input.provider, &other, &id])?;
    }
    Ok(id)
}

/// A payment that went further than the attempt that is told of now, which says nothing more about it: known by the same id, or under an id by which the
/// payment itself was known before its capture had one.
fn attempted(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, own: &str, other: Option<&str>) -> Result<Option<PaymentRow>> {
    let mut row = tx.opt(&queries::BY_OTHER_REF, &[&ctx.merchant, &input.provider, &own], read::row)?;
    if let (None, Some(other)) = (&row, other.filter(|_| is_attempt(input))) {
        row = tx.opt(&queries::BY_NAMED_REF, &[&ctx.merchant, &input.provider, &other], read::row)?;
    }
    Ok(row.filter(|row| !row.status.goes_to(input.status)))
}

fn is_attempt(input: &PaymentInput) -> bool {
    matches!(input.status, PaymentStatus::Pending | PaymentStatus::Failed)
}

/// Brings a known payment further: owner, order, amount, status, details. `first`: its provider has told nothing of it yet.
fn complete(tx: &mut Tx, ctx: &Ctx, seen: &PaymentRow, input: &PaymentInput, first: bool) -> Result<PaymentId> {
    let order = seen.order.clone().or_else(|| input.order.clone());
    let named = seen.customer.clone().or_else(|| input.customer.clone());
    let owner = match (&named, &order) {
        (None, Some(order)) => buyer(tx, ctx, order)?,
        _ => named.clone(),
    };
    let touched = concerned(tx, ctx, owner.as_ref(), order.as_ref())?;
    if let (None, Some(order)) = (&named, &order)
        && buyer(tx, ctx, order)? != owner
    {
        return Err(moved());
    }
    locks::payment(tx, ctx, &seen.id)?;
    let row = find(tx, ctx, &seen.id)?;
    if row.customer != seen.customer {
        return Err(moved());
    }
    // Whoever was anonymised does not come back with a late word about their payment (SPEC 11.2).
    let bare = if is_gone(tx, ctx, owner.as_ref())? { Some(input.without_a_name()) } else { None };
    let next = PaymentInput { customer: owner, order, ..bare.unwrap_or_else(|| input.clone()) };
    let brought = brought::now(tx, ctx, &row, input, first)?;
    brought::set(tx, ctx, &row, brought.money)?;
    further(tx, ctx, &row, &next, brought.money)?;
    if let Some(order) = &next.order {
        match row.order {
            Some(_) if brought.differs => orders::follow_other_amount(tx, ctx, order, counted(&row), brought.money)?,
            _ => orders::follow_payments(tx, ctx, order)?,
        }
    }
    facts::refresh(tx, ctx, &touched, input.status.cause())?;
    Ok(row.id)
}

/// What of a payment pays its order.
fn counted(row: &PaymentRow) -> Money {
    let pays = row.status == PaymentStatus::Settled && row.live;
    Money::new(if pays { row.amount } else { 0 }, row.currency)
}

/// Status, order, owner and details of a known payment that brought this; `next` names owner and order as they are now.
fn further(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, next: &PaymentInput, money: Money) -> Result<()> {
    let tied = row.order.is_none() && next.order.is_some();
    let goes = row.status.goes_to(next.status);
    let speaks = goes || row.status == next.status;
    if next.status == PaymentStatus::Settled && speaks {
        tx.exec(&queries::SET_REF, &[&ctx.merchant, &row.id, &next.provider, &next.provider_ref])?;
    }
    if tied {
        tx.exec(&queries::SET_ORDER, &[&ctx.merchant, &row.id, &next.order, &ctx.now])?;
    }
    fill(tx, ctx, &row.id, next)?;
    if let Some(customer) = &next.customer {
        own(tx, ctx, row, customer, next, speaks)?;
    }
    if goes {
        let reference = tx.opt(&queries::VIEW, &[&ctx.merchant, &row.id], |r| r.get::<Option<String>>("provider_ref"))?.flatten();
        let next = PaymentInput { provider_ref: reference, amount: money.minor, currency: money.currency, ..next.clone() };
        let country = merchants::settings(tx, ctx)?.country;
        super::put_later(tx, ctx, &next, &country)?;
        if next.status == PaymentStatus::Bounced {
            invoices::bounced(tx, ctx, &row.id)?;
        }
        subscriptions::follow(tx, ctx, &row.id, &next)?;
        charges::follow(tx, ctx, &row.id)?;
    }
    if goes || tied { earn(tx, ctx, &row.id) } else { Ok(()) }
}

/// Ties a payment that its provider told first to what a shop says of it: the order, the customer where it is nobody's of that order, and the method it
/// came by. The caller holds the locks of customer, order and payment, and follows the order. Gives the row as it is then, and whether it was tied.
pub(super) fn tie(tx: &mut Tx, ctx: &Ctx, row: PaymentRow, input: &PaymentInput) -> Result<(PaymentRow, bool)> {
    if row.order.is_some() && row.order != input.order {
        return Ok((row, false));
    }
    let order = input.order.as_ref().filter(|_| row.order.is_none());
    let customer = input.customer.as_ref().filter(|_| row.customer.is_none());
    if order.is_none() && customer.is_none() {
        return Ok((row, false));
    }
    if order.is_some() {
        tx.exec(&queries::SET_ORDER, &[&ctx.merchant, &row.id, &order, &ctx.now])?;
    }
    fill(tx, ctx, &row.id, input)?;
    if let Some(customer) = customer {
        let because = if input.order.is_some() { "it pays the customer’s order" } else { "told as the customer’s" };
        give(tx, ctx, &row.id, customer, because)?;
        bind_to(tx, ctx, &row, customer, input, row.status == input.status)?;
    } else if let Some(owner) = &row.customer {
        note_keys(tx, ctx, &row.id, owner)?;
    }
    if order.is_some() {
        earn(tx, ctx, &row.id)?;
    }
    Ok((find(tx, ctx, &row.id)?, true))
}

fn fill(tx: &mut Tx, ctx: &Ctx, id: &PaymentId, input: &PaymentInput) -> Result<()> {
    let country = merchants::settings(tx, ctx)?.country;
    let m = input.method.as_ref();
    let text = |f: fn(&MethodInput) -> &str| m.map_or("", f).trim().to_owned();
    let (email, phone) = (input.payer.email.trim(), input.payer.phone.trim());
    tx.exec(
        &queries::FILL,
        &[
            &ctx.merchant,
            id,
            &text(|m| m.kind.name()),
            &text(|m| &m.brand),
            &text(|m| &m.last4),
            &text(|m| &m.fingerprint),
            &input.payer.name.trim(),
            &email,
            &email_key(email),
            &phone,
            &phone_key(phone, &country),
            &input.status,
            &input.paid_at.min(ctx.now),
        ],
    )?;
    Ok(())
}

/// Gives a guest's payment to the customer the provider names, and binds the method it came by.
fn own(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, customer: &CustomerId, input: &PaymentInput, speaks: bool) -> Result<()> {
    if row.customer.is_none() {
        give(tx, ctx, &row.id, customer, "the provider named the customer")?;
    }
    bind_to(tx, ctx, row, customer, input, speaks)
}

/// Binds the method a payment came by to its owner, and notes by what guests are found who paid alike.
fn bind_to(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, customer: &CustomerId, input: &PaymentInput, speaks: bool) -> Result<()> {
    if row.method.is_none()
        && let Some(method) = bind(tx, ctx, customer, input)?
    {
        tx.exec(&queries::SET_METHOD, &[&ctx.merchant, &row.id, &method])?;
        if speaks {
            note_outcome(tx, ctx, customer, Some(&method), input)?;
        }
    }
    note_keys(tx, ctx, &row.id, customer)
}

fn give(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, customer: &CustomerId, because: &str) -> Result<()> {
    tx.exec(&queries::SET_CUSTOMER, &[&ctx.merchant, payment, customer, &ctx.now])?;
    Event::new("payment.attached").of(customer).on("payment", payment.as_str()).because(because).record(tx, ctx)?;
    Ok(())
}

/// By what guests are found who paid with the same card, address or phone.
fn note_keys(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, customer: &CustomerId) -> Result<()> {
    let found = tx.opt(&queries::KEYS_OF_PAYMENT, &[&ctx.merchant, payment], |r| Ok([r.get::<String>(0)?, r.get(1)?, r.get(2)?]))?;
    let [card, email, phone] = found.unwrap_or_default();
    keys::note(tx, ctx, customer, &card, &email, &phone)
}

/// Locks whoever a payment concerns, then its order: its owner, and whose the order is, because what is due of that is a fact of theirs. Gives them.
///
/// # Errors
/// `Conflict` (`moved`) when somebody gave the order away meanwhile, which a second try heals.
pub(super) fn concerned(tx: &mut Tx, ctx: &Ctx, owner: Option<&CustomerId>, order: Option<&OrderId>) -> Result<Vec<CustomerId>> {
    let theirs = match order {
        Some(order) => orders::find(tx, ctx, order)?.customer,
        None => None,
    };
    let touched: Vec<CustomerId> = owner.into_iter().chain(theirs.iter().filter(|c| owner != Some(*c))).cloned().collect();
    if !touched.is_empty() {
        locks::customers(tx, ctx, &touched.iter().collect::<Vec<_>>())?;
    }
    if let Some(order) = order {
        locks::order(tx, ctx, order)?;
        if orders::find(tx, ctx, order)?.customer != theirs {
            return Err(moved());
        }
    }
    Ok(touched)
}

fn is_gone(tx: &mut Tx, ctx: &Ctx, owner: Option<&CustomerId>) -> Result<bool> {
    match owner.map(|owner| must_exist(tx, ctx, owner)).transpose() {
        Ok(_) => Ok(false),
        Err(crate::Error::Conflict { code: orders::GONE, .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whose an order is, if it is somebody's who is still there.
fn buyer(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Option<CustomerId>> {
    let Some(customer) = orders::find(tx, ctx, order)?.customer else { return Ok(None) };
    match must_exist(tx, ctx, &customer) {
        Ok(_) => Ok(Some(customer)),
        Err(crate::Error::NotFound(_) | crate::Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn moved() -> crate::Error {
    crate::Error::conflict("moved", "This payment was changed or given to another customer a moment ago. Try again.")
}

/// Whoever brought the buyer of the payment's order earns, as the payment stands now.
fn earn(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<()> {
    let row = find(tx, ctx, id)?;
    let payment = PaymentInput {
        order: row.order,
        customer: row.customer,
        status: row.status,
        live: row.live,
        ..PaymentInput::settled(row.shop, &row.provider, row.currency, row.amount, row.paid_at)
    };
    affiliates::earn(tx, ctx, &payment, &Put { id: row.id, created: false, changed: true, tied: false })
}

fn bind(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, input: &PaymentInput) -> Result<Option<MethodId>> {
    match (&input.method_id, input.method.as_ref().filter(|m| m.attach && !m.kind.is_manual())) {
        (Some(known), _) => Ok(Some(known.clone())),
        (None, Some(m)) => {
            let from = methods::From { provider: &input.provider, live: input.is_live(), at: input.paid_at, import: None };
            Ok(Some(methods::put_later(tx, ctx, customer, from, m)?.id))
        }
        (None, None) => Ok(None),
    }
}

/// Says which subscription a payment renewed: such money is not bought one-off (SPEC 4, Churned). A guest's payment goes to the subscription's
/// customer.
///
/// # Errors
/// `Conflict` (`moved`) when somebody gave the payment away meanwhile, which a second try heals.
pub(crate) fn set_subscription(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, subscription: &SubscriptionId, of: &CustomerId) -> Result<()> {
    let seen = find(tx, ctx, payment)?;
    let owner = seen.customer.clone().unwrap_or_else(|| of.clone());
    locks::customers(tx, ctx, &[&owner])?;
    if let Some(order) = &seen.order {
        locks::order(tx, ctx, order)?;
    }
    locks::payment(tx, ctx, payment)?;
    let row = find(tx, ctx, payment)?;
    if row.customer != seen.customer {
        return Err(moved());
    }
    let known = tx.opt(&queries::SUBSCRIPTION_OF, &[&ctx.merchant, payment], |r| r.get::<Option<SubscriptionId>>(0))?.flatten();
    if known.is_none() {
        tx.exec(&queries::SET_SUBSCRIPTION, &[&ctx.merchant, payment, subscription, &ctx.now])?;
    }
    if row.customer.is_none() && row.order.is_none() {
        give(tx, ctx, payment, &owner, "it renewed a subscription")?;
        note_keys(tx, ctx, payment, &owner)?;
    }
    facts::refresh(tx, ctx, std::slice::from_ref(&owner), "subscription renewed")
}

/// Ties a payment to the order the shop named. A guest's payment goes to the order's customer, and whoever brought the buyer earns.
///
/// # Errors
/// `Conflict` (`moved`) when somebody gave payment or order away meanwhile, which a second try heals.
pub(crate) fn set_order(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, order: &OrderId) -> Result<()> {
    let seen = find(tx, ctx, payment)?;
    let buyer_was = buyer(tx, ctx, order)?;
    let owner = seen.customer.clone().or_else(|| buyer_was.clone());
    let touched = concerned(tx, ctx, owner.as_ref(), Some(order))?;
    locks::payment(tx, ctx, payment)?;
    let row = find(tx, ctx, payment)?;
    if row.order.is_some() {
        return Ok(());
    }
    if row.customer != seen.customer || (row.customer.is_none() && buyer(tx, ctx, order)? != buyer_was) {
        return Err(moved());
    }
    tx.exec(&queries::SET_ORDER, &[&ctx.merchant, payment, order, &ctx.now])?;
    if let (None, Some(customer)) = (&row.customer, &owner) {
        give(tx, ctx, payment, customer, "it pays the customer’s order")?;
        note_keys(tx, ctx, payment, customer)?;
    }
    earn(tx, ctx, payment)?;
    orders::follow_payments(tx, ctx, order)?;
    facts::refresh(tx, ctx, &touched, "payment tied to its order")
}

/// The method a payment came by, once it is attached.
pub(crate) fn method_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<MethodId>> {
    Ok(find(tx, ctx, payment)?.method)
}
