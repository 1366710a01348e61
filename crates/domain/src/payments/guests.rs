//! Related guest payments (SPEC 2.8): payments without a customer that were made with the same card, the same e-mail or the same phone as a
//! customer's. They count nowhere until somebody attaches them, and that can be undone.
//!
//! Keys are the customer's own and those on its own payments; there are no chains through other guests. Each key is looked up by
//! itself in an index over guest payments alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use store::{Stmt, Tx};

use super::put::{find, must_exist};
use super::{PaymentView, get, keys, queries};
use crate::customers::{display_name, facts};
use crate::events::Event;
use crate::kit::{AttachmentId, Ctx, CustomerId, Error, OrderId, PaymentId, Result, Right, locks, words};
use crate::{credit, invoices, orders};

/// At most so many of one key are shown: a shop's own phone, typed for every guest, must not make a page of a million rows.
const MOST: i64 = 200;

words! {
    /// Why a guest payment is thought to be a customer's.
    pub enum Reason {
        /// The same card.
        Card = "card", "Same card";
        /// The same e-mail address.
        Email = "email", "Same e-mail";
        /// The same phone.
        Phone = "phone", "Same phone";
    }
}

/// Another customer that a guest payment matches too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// Who.
    pub id: CustomerId,
    /// Their name on pages.
    pub display_name: String,
}

/// A guest payment that may be a customer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GuestPayment {
    /// The payment.
    pub payment: PaymentView,
    /// All that is the same.
    pub reasons: Vec<Reason>,
    /// Customers it matches as well.
    pub others: Vec<Other>,
}

/// Guest payments that match this customer, newest first.
pub fn related(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<GuestPayment>> {
    ctx.must(Right::Read)?;
    let mut known = HashMap::new();
    let mut found = Vec::new();
    for (id, reasons) in matches(tx, ctx, customer)? {
        let others = others(tx, ctx, customer, &id, &mut known)?;
        found.push(GuestPayment { payment: get(tx, ctx, &id)?, reasons: reasons.into_iter().collect(), others });
    }
    found.sort_by(|a, b| (b.payment.paid_at, &b.payment.id).cmp(&(a.payment.paid_at, &a.payment.id)));
    Ok(found)
}

/// How many there are, for the menu of topics.
pub fn count(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<usize> {
    ctx.must(Right::Read)?;
    Ok(matches(tx, ctx, customer)?.len())
}

/// What was attached to this customer by hand and can be taken back, newest first; at most 50.
pub fn attached(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<PaymentView>> {
    ctx.must(Right::Read)?;
    let ids = tx.rows(&queries::ATTACHED, &[&ctx.merchant, customer], |r| r.get::<PaymentId>(0))?;
    ids.iter().map(|id| get(tx, ctx, id)).collect()
}

fn matches(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<BTreeMap<PaymentId, BTreeSet<Reason>>> {
    let mut found: BTreeMap<PaymentId, BTreeSet<Reason>> = BTreeMap::new();
    for (kind, key) in keys::own(tx, ctx, customer)? {
        let Ok(reason) = kind.parse::<Reason>() else { continue };
        for id in tx.rows(reason.guests(), &[&ctx.merchant, &key, &MOST], |r| r.get::<PaymentId>(0))? {
            found.entry(id).or_default().insert(reason);
        }
    }
    Ok(found)
}

impl Reason {
    fn guests(self) -> &'static Stmt {
        match self {
            Self::Card => &queries::GUESTS_BY_CARD,
            Self::Email => &queries::GUESTS_BY_EMAIL,
            Self::Phone => &queries::GUESTS_BY_PHONE,
        }
    }

    fn owners(self) -> &'static Stmt {
        match self {
            Self::Card => &queries::OWNERS_OF_CARD,
            Self::Email => &queries::OWNERS_OF_EMAIL,
            Self::Phone => &queries::OWNERS_OF_PHONE,
        }
    }
}

type Owners = HashMap<(Reason, String), Vec<Other>>;

fn others(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, payment: &PaymentId, known: &mut Owners) -> Result<Vec<Other>> {
    let mut all = BTreeMap::new();
    for (reason, key) in keys_of(tx, ctx, payment)? {
        for other in owners(tx, ctx, reason, key, known)? {
            all.insert(other.id.clone(), other);
        }
    }
    all.remove(customer);
    Ok(all.into_values().collect())
}

fn owners(tx: &mut Tx, ctx: &Ctx, reason: Reason, key: String, known: &mut Owners) -> Result<Vec<Other>> {
    if let Some(owners) = known.get(&(reason, key.clone())) {
        return Ok(owners.clone());
    }
    let owners = tx.rows(reason.owners(), &[&ctx.merchant, &key], |r| {
        Ok(Other { id: r.get(0)?, display_name: display_name(r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?, r.str(6)?) })
    })?;
    known.insert((reason, key), owners.clone());
    Ok(owners)
}

fn keys_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Vec<(Reason, String)>> {
    let keys = tx.opt(&queries::KEYS_OF_PAYMENT, &[&ctx.merchant, payment], |r| {
        Ok([(Reason::Card, r.get::<String>(0)?), (Reason::Email, r.get(1)?), (Reason::Phone, r.get(2)?)])
    })?;
    Ok(keys.into_iter().flatten().filter(|(_, key)| !key.is_empty()).collect())
}

/// Gives a guest payment to a customer, with its order and the other guest payments of that order.
///
/// # Errors
/// `Conflict` (`attached`) when it has a customer already; `Conflict` (`customer_gone`) for a merged or anonymised one.
pub fn attach(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, customer: &CustomerId) -> Result<()> {
    ctx.must(Right::Payments)?;
    locks::customers(tx, ctx, &[customer])?;
    must_exist(tx, ctx, customer)?;
    let order = find(tx, ctx, payment)?.order;
    if let Some(order) = &order {
        locks::order(tx, ctx, order)?;
    }
    let moved = guests_with(tx, ctx, payment, order.as_ref())?;
    if !moved.contains(payment) {
        return Err(Error::conflict("attached", "This payment belongs to a customer already."));
    }
    let own = keys::own(tx, ctx, customer)?;
    for id in &moved {
        give(tx, ctx, id, order.as_ref(), customer, &own)?;
    }
    if let Some(order) = &order {
        orders::give(tx, ctx, order, Some(customer))?;
    }
    for id in &moved {
        invoices::moved(tx, ctx, id, order.as_ref(), Some(customer))?;
    }
    facts::refresh(tx, ctx, std::slice::from_ref(customer), "guest payment attached")
}

/// This payment and the others of its order, locked, as far as nobody owns them.
fn guests_with(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, order: Option<&OrderId>) -> Result<Vec<PaymentId>> {
    let mut ids: Vec<PaymentId> = match order {
        Some(order) => tx.rows(&queries::OF_ORDER, &[&ctx.merchant, order], |r| r.get(0))?,
        None => vec![payment.clone()],
    };
    ids.sort();
    for id in &ids {
        locks::payment(tx, ctx, id)?;
    }
    let mut free = Vec::new();
    for id in ids {
        if find(tx, ctx, &id)?.customer.is_none() {
            free.push(id);
        }
    }
    Ok(free)
}

fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentId,
    order: Option<&OrderId>,
    customer: &CustomerId,
    own: &BTreeSet<(String, String)>,
) -> Result<()> {
    let keys = keys_of(tx, ctx, payment)?;
    let reasons: Vec<&str> = keys.iter().filter(|(r, k)| own.contains(&(r.name().to_owned(), k.clone()))).map(|(r, _)| r.name()).collect();
    let id: AttachmentId = ctx.id();
    tx.exec(&queries::INSERT_ATTACHMENT, &[&ctx.merchant, &id, payment, &order, customer, &reasons.join(" "), &ctx.now, &ctx.actor.name])?;
    tx.exec(&queries::SET_CUSTOMER, &[&ctx.merchant, payment, customer, &ctx.now])?;
    let key = |reason| keys.iter().find(|(r, _)| *r == reason).map_or("", |(_, k)| k.as_str());
    keys::note(tx, ctx, customer, key(Reason::Card), key(Reason::Email), key(Reason::Phone))?;
    Event::new("payment.attached")
        .of(customer)
        .on("payment", payment.as_str())
        .data(serde_json::json!({ "order": order, "reasons": reasons }))
        .record(tx, ctx)?;
    Ok(())
}

/// Takes back an attachment: the payment, its order, and what was attached with it are a guest's again.
///
/// # Errors
/// `Conflict` (`not_attached`) when it was not attached, or went to somebody else since; `credit_given` when it was refunded as store credit.
pub fn undo_attach(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<()> {
    ctx.must(Right::Payments)?;
    find(tx, ctx, payment)?;
    let not_attached = || Error::conflict("not_attached", "This payment was not attached by hand, so there is nothing to undo.");
    let (_, order, customer) = attachment(tx, ctx, payment)?.ok_or_else(not_attached)?;
    locks::customers(tx, ctx, &[&customer])?;
    if let Some(order) = &order {
        locks::order(tx, ctx, order)?;
    }
    locks::payment(tx, ctx, payment)?;
    let (id, order, owner) = attachment(tx, ctx, payment)?.ok_or_else(not_attached)?;
    if owner != customer || find(tx, ctx, payment)?.customer.as_ref() != Some(&customer) {
        return Err(not_attached());
    }
    let together = match &order {
        Some(order) => tx.rows(&queries::ATTACHED_WITH, &[&ctx.merchant, order, &customer], |r| Ok((r.get(0)?, r.get(1)?)))?,
        None => vec![(id, payment.clone())],
    };
    for (id, payment) in &together {
        credit::must_not_have_given(tx, ctx, payment)?;
        take_back(tx, ctx, id, payment, &customer)?;
    }
    if let Some(order) = &order {
        orders::give(tx, ctx, order, None)?;
    }
    for (_, payment) in &together {
        invoices::moved(tx, ctx, payment, order.as_ref(), None)?;
    }
    keys::keep(tx, ctx, &customer)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&customer), "attaching a guest payment undone")
}

fn take_back(tx: &mut Tx, ctx: &Ctx, id: &AttachmentId, payment: &PaymentId, customer: &CustomerId) -> Result<()> {
    tx.exec(&queries::UNDO_ATTACHMENT, &[&ctx.merchant, id, &ctx.now])?;
    tx.exec(&queries::SET_CUSTOMER, &[&ctx.merchant, payment, &None::<CustomerId>, &ctx.now])?;
    Event::new("payment.attach_undone").of(customer).on("payment", payment.as_str()).record(tx, ctx)?;
    Ok(())
}

fn attachment(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<(AttachmentId, Option<OrderId>, CustomerId)>> {
    Ok(tx.opt(&queries::ATTACHMENT, &[&ctx.merchant, payment], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}
