//! The one order in which rows are locked: customer, order, payment, affiliate, invoice, request, ticket, task, mailing. Two verbs that follow it never wait for each other in a ring.
//!
//! A verb locks before it looks: what it read without the lock may have changed. Numbers of a series are not in here: taking one
//! locks its row by itself, and is done last.

use store::{Lockable, Tx};

use super::{AffiliateId, Ctx, CustomerId, Error, InvoiceId, MailingId, OrderId, PaymentId, RequestId, Result, TaskId, TicketId};

static CUSTOMERS: Lockable = Lockable { rank: 10, table: "customers" };
static ORDERS: Lockable = Lockable { rank: 20, table: "orders" };
static PAYMENTS: Lockable = Lockable { rank: 30, table: "payments" };
static AFFILIATES: Lockable = Lockable { rank: 40, table: "affiliates" };
static INVOICES: Lockable = Lockable { rank: 50, table: "invoices" };
static REQUESTS: Lockable = Lockable { rank: 60, table: "privacy_requests" };
static TICKETS: Lockable = Lockable { rank: 70, table: "tickets" };
static TASKS: Lockable = Lockable { rank: 80, table: "tasks" };
static MAILINGS: Lockable = Lockable { rank: 90, table: "mailings" };

/// Locks customers; also guards their methods, subscriptions, contacts and kept facts.
pub fn customers(tx: &mut Tx, ctx: &Ctx, ids: &[&CustomerId]) -> Result<()> {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    Ok(tx.lock(&CUSTOMERS, ctx.merchant.as_str(), &ids)?)
}

/// Reads a thing under the lock of its customer: read, locked, and read again. `what` it is, for words.
///
/// # Errors
/// What `read` says; `Conflict` (`moved`) when somebody gave it to another customer while we waited.
pub fn with_customer<T>(
    tx: &mut Tx,
    ctx: &Ctx,
    what: &str,
    read: impl Fn(&mut Tx) -> Result<T>,
    whose: impl Fn(&T) -> &CustomerId,
) -> Result<T> {
    let seen = read(tx)?;
    customers(tx, ctx, &[whose(&seen)])?;
    let now = read(tx)?;
    if whose(&now) != whose(&seen) {
        return Err(Error::conflict("moved", format!("This {what} was given to another customer a moment ago. Look again.")));
    }
    Ok(now)
}

/// Locks an order with its lines.
pub fn order(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    Ok(tx.lock(&ORDERS, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks a payment with its refunds and disputes.
pub fn payment(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<()> {
    Ok(tx.lock(&PAYMENTS, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks affiliates; also guards what their commissions were paid.
pub fn affiliates(tx: &mut Tx, ctx: &Ctx, ids: &[&AffiliateId]) -> Result<()> {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    Ok(tx.lock(&AFFILIATES, ctx.merchant.as_str(), &ids)?)
}

/// Locks an invoice with its lines and what pays it; of several, the one with the lower id first.
pub fn invoice(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<()> {
    Ok(tx.lock(&INVOICES, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks a request of somebody about their data.
pub fn request(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> Result<()> {
    Ok(tx.lock(&REQUESTS, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks a ticket with its thread and tags.
pub fn ticket(tx: &mut Tx, ctx: &Ctx, id: &TicketId) -> Result<()> {
    Ok(tx.lock(&TICKETS, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks a task.
pub fn task(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<()> {
    Ok(tx.lock(&TASKS, ctx.merchant.as_str(), &[id.as_str()])?)
}

/// Locks a mailing with its lines.
pub fn mailing(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> Result<()> {
    Ok(tx.lock(&MAILINGS, ctx.merchant.as_str(), &[id.as_str()])?)
}
