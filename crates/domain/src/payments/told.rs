//! What a provider tells about a payment, in any order and any number of times: the same news in another order gives the same row. Money that
//! was taken is never refused (SPEC 10.2).

use store::Tx;

use super::put::{Put, find, must_exist, note_outcome, put};
use super::{MethodInput, PaymentInput, PaymentRow, PaymentStatus, keys, methods, queries, read, refunds};
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
    if let (None, Some(other)) = (&known, other) {
        // A checkout may have named the payment by its other id.
        known = tx.opt(&queries::FIND_REF, &[&ctx.merchant, &input.provider, &other], read::row)?;
    }
    if known.is_none()
        && let Some(row) = tx.opt(&queries::BY_OTHER_REF, &[&ctx.merchant, &input.provider, &own], read::row)?
        && !row.status.goes_to(input.status)
    {
        // An attempt of a payment that went further since says nothing more about it.
        return Ok(row.id);
    }
    let first = tx.opt(&queries::TOLD_REF, &[&ctx.merchant, &input.provider, &own], |r| r.get::<String>(0))?.is_none();
    let id = match known {
        None => put(tx, ctx, input)?.id,
        Some(row) => complete(tx, ctx, &row, input, first)?,
    };
    for reference in [Some(own), other].into_iter().flatten() {
        let statement = if input.status == PaymentStatus::Settled { &queries::PUT_REF } else { &queries::ADD_REF };
        tx.exec(statement, &[&ctx.merchant, &input.provider, &reference, &id])?;
    }
    Ok(id)
}

/// Brings a known payment further: owner, order, amount, status, details. `first`: its provider has told nothing of it yet.
fn complete(tx: &mut Tx, ctx: &Ctx, seen: &PaymentRow, input: &PaymentInput, first: bool) -> Result<PaymentId> {
    let order = seen.order.clone().or_else(|| input.order.clone());
    let named = seen.customer.clone().or_else(|| input.customer.clone());
    let owner = match (&named, &order) {
        (None, Some(order)) => buyer(tx, ctx, order)?,
        _ => named.clone(),
    };
    // The order may be somebody else's who is paid for: what is due of it is a fact of theirs.
    let theirs = match &order {
        Some(order) => buyer(tx, ctx, order)?,
        None => None,
    };
    let touched: Vec<CustomerId> = owner.iter().chain(theirs.iter().filter(|c| owner.as_ref() != Some(*c))).cloned().collect();
    locks::customers(tx, ctx, &touched.iter().collect::<Vec<_>>())?;
    if let Some(order) = &order {
        locks::order(tx, ctx, order)?;
        if named.is_none() && buyer(tx, ctx, order)? != owner {
            return Err(moved());
        }
    }
    locks::payment(tx, ctx, &seen.id)?;
    let row = find(tx, ctx, &seen.id)?;
    if row.customer != seen.customer {
        return Err(moved());
    }
    let tied = row.order.is_none() && order.is_some();
    let goes = row.status.goes_to(input.status);
    let amount = captured(&row, input, first);
    if amount != row.amount {
        set_amount(tx, ctx, &row, amount)?;
    }
    if input.status == PaymentStatus::Settled && (goes || row.status == input.status) {
        tx.exec(&queries::SET_REF, &[&ctx.merchant, &row.id, &input.provider, &input.provider_ref])?;
    }
    if tied {
        tx.exec(&queries::SET_ORDER, &[&ctx.merchant, &row.id, &order, &ctx.now])?;
    }
    fill(tx, ctx, &row.id, input)?;
    if let Some(customer) = &owner {
        own(tx, ctx, &row, customer, input, goes || row.status == input.status)?;
    }
    if goes {
        let reference = tx.opt(&queries::VIEW, &[&ctx.merchant, &row.id], |r| r.get::<Option<String>>("provider_ref"))?.flatten();
        let next = PaymentInput { customer: owner.clone(), order: order.clone(), provider_ref: reference, amount, ..input.clone() };
        let country = merchants::settings(tx, ctx)?.country;
        super::put_later(tx, ctx, &next, &country)?;
        if input.status == PaymentStatus::Bounced {
            invoices::bounced(tx, ctx, &row.id)?;
        }
        subscriptions::follow(tx, ctx, &row.id, &next)?;
        charges::follow(tx, ctx, &row.id)?;
    }
    if goes || tied {
        earn(tx, ctx, &row.id)?;
    }
    if let Some(order) = &order {
        orders::follow_payments(tx, ctx, order)?;
    }
    facts::refresh(tx, ctx, &touched, input.status.cause())?;
    Ok(row.id)
}

/// What a payment brought, now that this is told. While nothing was captured it is what was asked for. More may be captured later, never less; only
/// what a shop said before its provider told anything gives way to the provider's word.
fn captured(row: &PaymentRow, input: &PaymentInput, first: bool) -> i64 {
    let comes = input.status == PaymentStatus::Settled;
    match row.status {
        _ if row.currency != input.currency => row.amount,
        PaymentStatus::Pending | PaymentStatus::Failed if row.status.goes_to(input.status) => input.amount,
        PaymentStatus::Settled if comes && (first || input.amount > row.amount) => input.amount,
        _ => row.amount,
    }
}

fn set_amount(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, amount: i64) -> Result<()> {
    tx.exec(&queries::SET_AMOUNT, &[&ctx.merchant, &row.id, &amount, &ctx.now])?;
    affiliates::amount_changed(tx, ctx, row, amount)?;
    if row.status != PaymentStatus::Settled {
        return Ok(());
    }
    let words = |minor| Money::new(minor, row.currency).to_string();
    Event::new("payment.amount_changed")
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "amount": amount, "before": row.amount, "currency": row.currency, "order": row.order }))
        .value("amount", Some(&words(row.amount)), Some(&words(amount)))
        .record(tx, ctx)?;
    refunds::count_again(tx, ctx, &PaymentRow { amount, ..row.clone() })
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

/// Whose an order is, if it is somebody's who is still there.
fn buyer(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Option<CustomerId>> {
    let Some(customer) = orders::find(tx, ctx, order)?.customer else { return Ok(None) };
    match must_exist(tx, ctx, &customer) {
        Ok(_) => Ok(Some(customer)),
        Err(crate::Error::NotFound(_) | crate::Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn moved() -> crate::Error {
    crate::Error::conflict("moved", "This payment was given to another customer a moment ago.")
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
    locks::customers(tx, ctx, &owner.iter().collect::<Vec<_>>())?;
    locks::order(tx, ctx, order)?;
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
    facts::refresh(tx, ctx, owner.as_slice(), "payment tied to its order")
}

/// The method a payment came by, once it is attached.
pub(crate) fn method_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<MethodId>> {
    Ok(find(tx, ctx, payment)?.method)
}
