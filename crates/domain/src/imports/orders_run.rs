//! One slice of a file of orders: customers made or brought up to date, sales written as paid and closed orders, cancellations taken from
//! what was paid before. The rules are those of the rooms; what is done once for many here is locking and the kept facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use store::Tx;

use super::cancellation;
use super::invoice::{Buyer, Invoice, What, is_paid};
use super::journal::{Before, Journal, kind};
use super::owners::{self, Owner};
use super::queries;
use super::spool::{Seen, Unit};
use super::state::Counts;
use super::stood::Stood;
use crate::customers::{self, CustomerEdit, facts, state};
use crate::kit::{Address, Ctx, Currency, CustomerId, Error, Result, ShopId, locks};
use crate::merchants::Settings;
use crate::orders::{self, Extras, OrderInput};
use crate::payments::{self, Payer, PaymentInput};

/// What the timeline says of a status that came with history.
pub(super) const CAUSE: &str = "imported history";

/// What marks an order that came to a customer who was archived or deleted by then.
const INACTIVE: &str = "customer_inactive";

/// Where it goes.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub shop: ShopId,
    pub settings: Settings,
}

/// Works the units in their order.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, place: &Place, units: &Arc<Vec<Unit>>) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut found: BTreeMap<String, (&Buyer, Option<CustomerId>)> = BTreeMap::new();
    // All locks of customers first, in one step: the order of locks is fixed.
    for unit in units.iter() {
        if let Unit::Invoice(invoice) = unit {
            let buyer = &invoice.customer;
            found.insert(buyer.key(), (buyer, owners::find(tx, ctx, buyer)?));
        }
    }
    let ids: Vec<&CustomerId> = found.values().filter_map(|(_, id)| id.as_ref()).collect();
    locks::customers(tx, ctx, &ids)?;
    let mut owners: BTreeMap<String, Owner> = BTreeMap::new();
    for (key, (buyer, id)) in &found {
        owners.insert(key.clone(), owners::of(tx, ctx, place, buyer, id.as_ref())?);
    }
    let mut touched: Vec<CustomerId> = Vec::new();
    for unit in units.iter() {
        match unit {
            Unit::Failed(rows) => {
                for (row, reason) in rows {
                    fail(tx, ctx, journal, &mut counts, *row, reason)?;
                }
            }
            Unit::Customer(seen) => match customer(tx, ctx, journal, place, seen, &mut counts) {
                // Its orders are told as failed with the same reason; a customer who is here keeps what is written there.
                Ok(()) | Err(Error::Invalid(_) | Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            },
            Unit::Invoice(invoice) => {
                let owner = owners.get(&invoice.customer.key()).unwrap_or(&Owner::Guest);
                match self::invoice(tx, ctx, journal, place, invoice, owner, &mut counts) {
                    Ok(()) => touched.extend(owner.paid().cloned()),
                    Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => {
                        let reason = super::said(&error);
                        for line in &invoice.lines {
                            fail(tx, ctx, journal, &mut counts, line.row, &reason)?;
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    facts::refresh(tx, ctx, &touched, CAUSE)?;
    Ok(counts)
}

fn fail(tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, counts: &mut Counts, row: u64, reason: &str) -> Result<()> {
    counts.failed += 1;
    journal.failed(tx, ctx, row, reason)
}

/// Makes a customer, or notes how it was and brings it up to date.
fn customer(tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, place: &Place, seen: &Seen, counts: &mut Counts) -> Result<()> {
    let Some(id) = owners::find(tx, ctx, &seen.buyer)? else {
        let ready = owners::new(ctx, place, seen)?.of_import(journal.import);
        let made = customers::create_many(tx, ctx, &[ready])?;
        for made in made {
            journal.note(tx, ctx, kind::CUSTOMERS, made.id.as_str(), None)?;
        }
        counts.customers += 1;
        counts.created += 1;
        return Ok(());
    };
    if state::load(tx, ctx, &id)?.anonymised_at.is_some() {
        counts.unchanged += 1;
        return Ok(());
    }
    let Some(edit) = edit(tx, ctx, &id, seen)? else {
        counts.unchanged += 1;
        let stood = Stood::of(tx, ctx, &id)?.text()?;
        return journal.note(tx, ctx, kind::SEEN, id.as_str(), Some(&stood));
    };
    let mut before = Before::of(tx, ctx, &id)?;
    customers::edit(tx, ctx, &id, edit)?;
    before.done(tx, ctx, &id)?;
    counts.changed += 1;
    journal.note(tx, ctx, kind::BEFORE, id.as_str(), Some(&before.text()?))
}

/// What the file knows better: a country, or a name where there is none. Nothing when later orders are known than the file has.
fn edit(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, seen: &Seen) -> Result<Option<CustomerEdit>> {
    let old = customers::get(tx, ctx, id)?;
    let led = !seen.buyer.number.is_empty() && old.number != seen.buyer.number;
    // The number of one who was merged: the file does not speak of the survivor.
    if led || !old.is_active() || old.last_order_at.is_some_and(|at| at > seen.last) {
        return Ok(None);
    }
    let country = Some(&seen.buyer.country).filter(|c| !c.is_empty() && **c != old.billing.country);
    let billing = country.map(|country| Address { country: country.clone(), ..old.billing.clone() });
    let nameless = old.name.is_empty() && old.first_name.is_empty() && old.last_name.is_empty();
    let name = Some(seen.buyer.name.clone()).filter(|n| !n.is_empty() && nameless);
    let email = Some(seen.buyer.email.clone()).filter(|e| !e.is_empty() && old.email.is_empty());
    let edit = CustomerEdit { billing, name, email, ..CustomerEdit::default() };
    Ok((edit != CustomerEdit::default()).then_some(edit))
}

fn invoice(
    tx: &mut Tx,
    ctx: &Ctx,
    journal: &mut Journal<'_>,
    place: &Place,
    invoice: &Invoice,
    owner: &Owner,
    counts: &mut Counts,
) -> Result<()> {
    if let Owner::Refused(reason) = owner {
        return Err(Error::conflict("buyer_refused", reason.clone()));
    }
    let key: [&dyn store::Bind; 3] = [&ctx.merchant, &place.shop, &invoice.number];
    let known = match invoice.what {
        What::Sale => tx.opt(&queries::ORDER_KNOWN, &key, |_| Ok(()))?.is_some(),
        What::Cancellation | What::Adjustment => {
            tx.opt(&queries::UNMATCHED_KNOWN, &key, |_| Ok(()))?.is_some()
                || tx.opt(&queries::REFUND_KNOWN, &[&ctx.merchant, &invoice.number, &place.shop], |_| Ok(()))?.is_some()
        }
    };
    if known {
        counts.unchanged += 1;
        return Ok(());
    }
    match invoice.what {
        What::Sale => sale(tx, ctx, journal, place, invoice, owner, counts)?,
        What::Cancellation => cancellation::cancel(tx, ctx, journal, place, invoice, owner.paid(), counts)?,
        What::Adjustment => cancellation::keep(
            tx,
            ctx,
            journal,
            place,
            invoice,
            owner.paid(),
            ("adjustment", invoice.total, "An adjustment, not a sale."),
            counts,
        )?,
    }
    counts.created += 1;
    Ok(())
}

/// A paid order with one settled payment; nothing to pay is an order alone, and so is one that the file calls draft, open or cancelled. History arrives closed: what was ordered before a customer was
/// archived is as it was. What came later is flagged where money was taken, and else refused (SPEC 10.2).
fn sale(
    tx: &mut Tx,
    ctx: &Ctx,
    journal: &mut Journal<'_>,
    place: &Place,
    invoice: &Invoice,
    owner: &Owner,
    counts: &mut Counts,
) -> Result<()> {
    let paid = invoice.total > 0 && is_paid(invoice.state);
    let flag = match owner.live().filter(|_| owner.was_inactive(invoice.at)) {
        Some(_) if paid => INACTIVE,
        Some(id) => {
            customers::ensure_active_id(tx, ctx, id)?;
            INACTIVE
        }
        None => "",
    };
    let input = OrderInput { flag, ..order(journal, place, invoice, owner)? };
    let country = &place.settings.country;
    let put = orders::put_later(tx, ctx, &input, country)?;
    journal.note(tx, ctx, kind::ORDER, put.id.as_str(), None)?;
    counts.orders += 1;
    counts.guest_orders += i64::from(owner.live().is_none());
    if paid {
        let payment = PaymentInput {
            order: Some(put.id),
            customer: owner.live().cloned(),
            flag,
            provider_ref: Some(reference(tx, ctx, place, &invoice.number)?),
            payer: input.payer,
            import_id: Some(journal.import.clone()),
            ..PaymentInput::settled(place.shop.clone(), "manual", input.currency, invoice.total, invoice.at)
        };
        payments::put_later(tx, ctx, &payment, country)?;
        counts.payments += 1;
        counts.guest_payments += i64::from(owner.live().is_none());
    }
    Ok(())
}

/// The invoice's number; with the shop's id when another shop has one of this number.
fn reference(tx: &mut Tx, ctx: &Ctx, place: &Place, number: &str) -> Result<String> {
    let taken = tx.opt(&queries::REFERENCE, &[&ctx.merchant, &number], |_| Ok(()))?.is_some();
    Ok(if taken { format!("{}/{number}", place.shop) } else { number.to_owned() })
}

fn order(journal: &Journal<'_>, place: &Place, invoice: &Invoice, owner: &Owner) -> Result<OrderInput> {
    let currency = Currency::of(&invoice.currency).ok_or_else(|| Error::Internal("a currency that was read is none".into()))?;
    let lines = invoice.lines.iter().map(|l| orders::Line {
        sku: l.sku.clone(),
        title: l.title.clone(),
        quantity: l.quantity.clone(),
        unit_price: l.price.clone(),
        ..orders::Line::default()
    });
    // Of somebody whose data was erased the sale is kept, and nothing of the buyer.
    let nobody = Buyer::default();
    let buyer = if matches!(owner, Owner::Erased(_)) { &nobody } else { &invoice.customer };
    let address = Address { country: buyer.country.clone(), ..Address::default() };
    Ok(OrderInput {
        shop: place.shop.clone(),
        external_id: Some(invoice.number.clone()),
        number: None,
        customer: owner.live().cloned(),
        guest: owner.live().is_none(),
        state: invoice.state,
        abandoned: false,
        currency,
        lines: lines.collect(),
        extras: Extras::default(),
        payer: Payer { name: buyer.name.clone(), email: buyer.email.clone(), phone: String::new() },
        company: String::new(),
        billing: address.clone(),
        delivery: address,
        note: String::new(),
        flag: "",
        ordered_at: invoice.at,
        paid_at: is_paid(invoice.state).then_some(invoice.at),
        import_id: Some(journal.import.clone()),
    })
}
