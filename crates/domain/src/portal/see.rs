//! What customers see: what is theirs, and of it what is for their eyes. Drafts, remarks of the staff and the names of who worked on it are not.

use store::Tx;

use super::Visitor;
use crate::conversations::{self, Asked, Entry, Kind};
use crate::customers::{self, Customer};
use crate::invoices::{self, Paper};
use crate::kit::{Error, InvoiceId, OrderId, PageKey, Result};
use crate::orders::{self, HistoryQuery, Order, OrderPage};
use crate::payments::methods::Method;
use crate::payments::{self, PaymentView};
use crate::privacy::requests::{self, Request};
use crate::returns::{self, Left};
use crate::subscriptions::{self, Subscription};

/// Rows of a page.
const PAGE: i64 = 25;

/// The first page.
#[derive(Clone, Debug)]
pub struct Home {
    /// Who.
    pub customer: Customer,
    /// The newest orders.
    pub orders: OrderPage,
    /// Invoices of which something is to be paid, newest first.
    pub due: Vec<invoices::Summary>,
    /// What runs.
    pub subscriptions: Vec<Subscription>,
}

/// The first page.
pub fn home(tx: &mut Tx, v: &Visitor) -> Result<Home> {
    let mut orders = orders(tx, v, None)?;
    orders.orders.truncate(5);
    let mut due = invoices(tx, v, None)?.invoices;
    due.retain(|i| i.rest() > 0);
    let mut subscriptions = subscriptions(tx, v)?;
    subscriptions.retain(|s| s.status_at(v.ctx.now) != subscriptions::SubscriptionStatus::Ended);
    Ok(Home { customer: customer(tx, v)?, orders, due, subscriptions })
}

/// Who they are.
pub fn customer(tx: &mut Tx, v: &Visitor) -> Result<Customer> {
    let found = customers::get(tx, &v.reads(), &v.customer)?;
    v.own(Some(&found.id.clone()), found, "page")
}

/// Orders, newest first.
pub fn orders(tx: &mut Tx, v: &Visitor, after: Option<&PageKey>) -> Result<OrderPage> {
    let query = HistoryQuery { after: after.cloned(), limit: PAGE, ..HistoryQuery::default() };
    let mut page = orders::history(tx, &v.reads(), &v.customer, &query)?;
    page.orders.retain(|o| o.state != orders::State::Draft);
    Ok(page)
}

/// One order.
///
/// # Errors
/// `NotFound` for another's, and for a draft.
pub fn order(tx: &mut Tx, v: &Visitor, id: &OrderId) -> Result<Order> {
    let found = orders::get(tx, &v.reads(), id)?;
    if found.summary.state == orders::State::Draft {
        return Err(Error::NotFound("order"));
    }
    v.own(found.summary.customer.clone().as_ref(), found, "order")
}

/// What of an order may still come back; nothing where the merchant does not allow it, and for an archived customer.
pub fn returnable(tx: &mut Tx, v: &Visitor, id: &OrderId) -> Result<Vec<Left>> {
    order(tx, v, id)?;
    if !v.portal.settings.may_return || v.archived {
        return Ok(Vec::new());
    }
    let mut left = returns::left(tx, &v.reads(), id)?;
    left.retain(|l| !l.left.is_zero());
    Ok(left)
}

/// Returns of an order, oldest first.
pub fn returns(tx: &mut Tx, v: &Visitor, id: &OrderId) -> Result<Vec<returns::Summary>> {
    order(tx, v, id)?;
    returns::of_order(tx, &v.reads(), id)
}

/// Invoices and credit notes that were issued, newest first.
pub fn invoices(tx: &mut Tx, v: &Visitor, after: Option<&PageKey>) -> Result<invoices::Page> {
    let mut page = invoices::of_customer(tx, &v.reads(), &v.customer, after, PAGE)?;
    page.invoices.retain(|i| i.state.is_issued());
    Ok(page)
}

/// The paper of an invoice.
///
/// # Errors
/// `NotFound` for another's, and for a draft.
pub fn invoice_paper(tx: &mut Tx, v: &Visitor, id: &InvoiceId) -> Result<Paper> {
    let found = invoices::get(tx, &v.reads(), id)?.summary;
    if !found.state.is_issued() {
        return Err(Error::NotFound("invoice"));
    }
    v.own(found.customer.as_ref(), (), "invoice")?;
    invoices::paper(tx, &v.reads(), id)
}

/// Payments, newest first, and where the next page begins.
pub fn payments(tx: &mut Tx, v: &Visitor, after: Option<&PageKey>) -> Result<(Vec<PaymentView>, Option<PageKey>)> {
    let behind = after.map(|key| key.id.parse().map(|id| (key.at, id)).map_err(|()| Error::NotFound("page"))).transpose()?;
    let place = behind.as_ref().map(|(at, id)| (*at, id));
    let mut found = payments::of_customer(tx, &v.reads(), &v.customer, place, PAGE + 1)?;
    let more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|p| PageKey { at: p.paid_at, id: p.id.to_string() });
    Ok((found, next))
}

/// Subscriptions.
pub fn subscriptions(tx: &mut Tx, v: &Visitor) -> Result<Vec<Subscription>> {
    subscriptions::of_customer(tx, &v.reads(), &v.customer)
}

/// Payment methods that are attached, oldest first.
pub fn methods(tx: &mut Tx, v: &Visitor) -> Result<Vec<Method>> {
    let mut found = payments::methods::of_customer(tx, &v.reads(), &v.customer)?;
    found.retain(|m| m.detached_at.is_none());
    Ok(found)
}

/// What they asked about their data, newest first.
pub fn requests(tx: &mut Tx, v: &Visitor) -> Result<Vec<Request>> {
    requests::of_customer(tx, &v.reads(), &v.customer)
}

/// Mails and messages between them and the merchant, newest first, and where the next page begins. What the staff noted of calls is the staff's.
pub fn conversation(tx: &mut Tx, v: &Visitor, before: Option<&PageKey>) -> Result<(Vec<Entry>, Option<PageKey>)> {
    let before = before.cloned().unwrap_or_else(PageKey::newest);
    let mut found = conversations::stream(tx, &v.reads(), &v.customer, &Asked::default(), &before, PAGE + 1)?;
    let more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let next = found.last().filter(|_| more).map(|e| PageKey { at: e.at, id: e.id.to_string() });
    found.retain(|e| e.kind != Kind::Call);
    Ok((found, next))
}
