//! What money is asked for: an order that is open, an invoice that is unpaid, or something in words. No more is asked than is due, what is on its way
//! counted in, so that two who ask at once do not take it twice.

use store::Tx;

use super::queries;
use crate::blocks;
use crate::customers::survivor;
use crate::invoices;
use crate::kit::{Ctx, Currency, CustomerId, Error, InvoiceId, Money, OrderId, PaymentId, Problems, Result, ShopId, locks, one_line};
use crate::orders::{self, OrderRow, State};
use crate::payments::{MAX_MINOR, must_exist};
use crate::shops;
use crate::subscriptions::followed;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub customer: &'a CustomerId,
    pub shop: Option<&'a ShopId>,
    pub currency: Option<Currency>,
    /// Minor units; absent: all that is due.
    pub amount: Option<i64>,
    pub purpose: &'a str,
    pub order: Option<&'a OrderId>,
    pub invoice: Option<&'a InvoiceId>,
}

/// The same, looked at: whose, where, how much and what for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub customer: CustomerId,
    pub shop: ShopId,
    pub currency: Currency,
    pub amount: i64,
    pub purpose: String,
    pub order: Option<OrderId>,
    pub invoice: Option<InvoiceId>,
}

/// What a dialog begins with: how much is due, what for, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Who is to pay.
    pub customer: CustomerId,
    /// Where.
    pub shop: ShopId,
    /// What is due.
    pub due: Money,
    /// "Order 1001".
    pub words: String,
}

/// What is due for an order or an invoice, for the dialogs. In a read transaction. Needs [`crate::kit::Right::Read`].
///
/// # Errors
/// `Conflict`: `guest`, `order_state`, `invoice_state`.
pub fn offered(tx: &mut Tx, ctx: &Ctx, order: Option<&OrderId>, invoice: Option<&InvoiceId>) -> Result<Option<Offered>> {
    ctx.must(crate::kit::Right::Read)?;
    let Some(due) = due(tx, ctx, order, invoice)? else { return Ok(None) };
    let customer = due.customer.ok_or_else(guest)?;
    Ok(Some(Offered { customer, shop: due.shop, due: Money::new(due.rest, due.currency), words: due.words }))
}

/// Looks at a wish, under the lock of its customer: whatever changes its orders, invoices and payments takes that first. Rights are the caller's.
///
/// # Errors
/// Field errors for `amount`, `purpose`, `shop`, `currency`, `order`; `Conflict`: `customer_inactive`, `blocked`, `other_customer`, `order_state`,
/// `invoice_state`.
pub(crate) fn ready(tx: &mut Tx, ctx: &Ctx, wish: &Wish) -> Result<Asked> {
    let customer = survivor(tx, ctx, wish.customer)?;
    locks::customers(tx, ctx, &[&customer])?;
    must_exist(tx, ctx, &customer)?.must_be_active()?;
    blocks::must_not_stand(tx, ctx, &customer, std::iter::empty())?;
    let mut problems = Problems::default();
    let mut purpose = one_line(&mut problems, "purpose", wish.purpose, 200);
    if wish.order.is_some() && wish.invoice.is_some() {
        problems.add("order", "invalid", "Choose an order or an invoice, not both.");
    }
    problems.check()?;
    let mut problems = Problems::default();
    let Some(due) = due(tx, ctx, wish.order, wish.invoice)? else {
        let (shop, currency) = place(tx, ctx, wish, &mut problems)?;
        if purpose.is_empty() {
            problems.add("purpose", "required", "Say what it is for: the buyer reads it.");
        }
        let amount = wish.amount.filter(|a| (1..=MAX_MINOR).contains(a));
        match wish.amount {
            Some(a) if a > MAX_MINOR => {
                problems.add("amount", "too_much", format!("Use at most {}.", Money::new(MAX_MINOR, currency)));
            }
            _ if amount.is_none() => problems.add("amount", "invalid", "Use an amount above zero."),
            _ => {}
        }
        problems.check()?;
        return Ok(Asked { customer, shop, currency, amount: amount.unwrap_or_default(), purpose, order: None, invoice: None });
    };
    match &due.customer {
        None => return Err(guest()),
        Some(owner) if *owner != customer => return Err(Error::conflict("other_customer", format!("{} is somebody else’s.", due.words))),
        Some(_) => {}
    }
    if purpose.is_empty() {
        purpose.clone_from(&due.words);
    }
    let amount = wish.amount.unwrap_or(due.rest);
    if wish.currency.is_some_and(|c| c != due.currency) {
        problems.add("currency", "invalid", format!("{} is in {}.", due.words, due.currency));
    }
    if amount <= 0 {
        problems.add("amount", "invalid", "Use an amount above zero.");
    } else if amount > due.rest {
        problems.add("amount", "too_much", format!("At most {} is left to pay.", Money::new(due.rest, due.currency)));
    }
    problems.check()?;
    Ok(Asked { customer, shop: due.shop, currency: due.currency, amount, purpose, order: due.order, invoice: wish.invoice.cloned() })
}

/// What is still due of something; `None` for words alone, where all of it is. To decide by it, hold the lock of its customer.
pub(crate) fn rest(tx: &mut Tx, ctx: &Ctx, order: Option<&OrderId>, invoice: Option<&InvoiceId>) -> Result<Option<i64>> {
    match due(tx, ctx, order.filter(|_| invoice.is_none()), invoice) {
        Ok(due) => Ok(due.map(|d| d.rest)),
        Err(Error::Conflict { code: "order_state" | "invoice_state", .. }) => Ok(Some(0)),
        Err(error) => Err(error),
    }
}

/// Pays an invoice that no order stands behind with a payment that has come. The payment stays free when somebody else paid meanwhile; test money pays none.
pub(crate) fn settle(tx: &mut Tx, ctx: &Ctx, invoice: Option<&InvoiceId>, payment: &PaymentId) -> Result<()> {
    let Some(invoice) = invoice else { return Ok(()) };
    tx.next_verb();
    match invoices::apply(tx, &followed(ctx), invoice, payment) {
        Ok(_) | Err(Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

struct Due {
    customer: Option<CustomerId>,
    shop: ShopId,
    currency: Currency,
    order: Option<OrderId>,
    rest: i64,
    words: String,
}

fn guest() -> Error {
    Error::conflict("guest", "A guest bought this. Attach its payment to a customer first, or record the money by hand.")
}

fn due(tx: &mut Tx, ctx: &Ctx, order: Option<&OrderId>, invoice: Option<&InvoiceId>) -> Result<Option<Due>> {
    match (order, invoice) {
        (Some(order), _) => {
            let row = orders::find(tx, ctx, order)?;
            of_order(tx, ctx, row).map(Some)
        }
        (None, Some(invoice)) => of_invoice(tx, ctx, invoice).map(Some),
        (None, None) => Ok(None),
    }
}

fn of_order(tx: &mut Tx, ctx: &Ctx, row: OrderRow) -> Result<Due> {
    if !matches!(row.state, State::Open | State::Fulfilled) || row.paid_at.is_some() {
        let state = if row.paid_at.is_some() { "paid" } else { row.state.name() };
        return Err(Error::conflict("order_state", format!("Nothing is due of an order that is {state}.")));
    }
    let taken: i64 = tx.scalar(&queries::TAKEN_OF_ORDER, &[&ctx.merchant, &row.id, &row.currency])?;
    let asked: i64 = tx.scalar(&queries::ASKED_OF_ORDER, &[&ctx.merchant, &row.id])?;
    let number = orders::load(tx, ctx, &row.id)?.summary.number;
    Ok(Due {
        rest: (row.total - taken - asked).max(0),
        customer: row.customer,
        shop: row.shop,
        currency: row.currency,
        order: Some(row.id),
        words: format!("Order {number}"),
    })
}

fn of_invoice(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Due> {
    let invoice = invoices::due(invoices::find(tx, ctx, id)?)?;
    let shop = invoices::shop(tx, ctx, &invoice)?.ok_or(Error::NotFound("shop"))?;
    let asked: i64 = match &invoice.order {
        // The money of an order pays its invoice by itself.
        Some(order) => {
            let asked: i64 = tx.scalar(&queries::ASKED_OF_ORDER, &[&ctx.merchant, order])?;
            asked + tx.scalar::<i64>(&queries::PENDING_OF_ORDER, &[&ctx.merchant, order, &invoice.currency])?
        }
        None => {
            let charged: i64 = tx.scalar(&queries::ASKED_OF_INVOICE, &[&ctx.merchant, id])?;
            charged + tx.scalar::<i64>(&queries::LINKED_OF_INVOICE, &[&ctx.merchant, id])?
        }
    };
    Ok(Due {
        rest: (invoice.rest() - asked).max(0),
        customer: invoice.customer.clone(),
        shop,
        currency: invoice.currency,
        order: invoice.order.clone(),
        words: format!("Invoice {}", invoice.number.clone().unwrap_or_default()),
    })
}

/// Where the money comes in and in which currency, when it pays neither order nor invoice.
fn place(tx: &mut Tx, ctx: &Ctx, wish: &Wish, problems: &mut Problems) -> Result<(ShopId, Currency)> {
    let Some(shop) = wish.shop else { return Err(Problems::one("shop", "required", "Choose a shop.")) };
    let found = match shops::get(tx, ctx, shop) {
        Ok(found) if found.archived_at.is_none() => found,
        Ok(_) | Err(Error::NotFound(_)) => {
            problems.add("shop", "unknown", "Choose one of your open shops.");
            return Err(Error::Invalid(std::mem::take(problems)));
        }
        Err(error) => return Err(error),
    };
    Ok((found.id, wish.currency.unwrap_or(found.currency)))
}
