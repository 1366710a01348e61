//! Tasks as pages and the API show them, and under their locks.

use store::{Row, Tx};

use super::{On, Task, queries};
use crate::kit::{Ctx, CustomerId, Error, PersonId, Result, Right, TaskId, locks};
use crate::merchants;
use crate::payments::listed::named;

/// One task.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The same for verbs, which ask for their own right.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    tx.opt(&queries::GET, &[&ctx.merchant, id], task)?.ok_or(Error::NotFound("task"))
}

/// The task under its lock and that of its customer.
///
/// # Errors
/// `Conflict` (`moved`) when what it is on went to another customer while we waited.
pub(super) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &TaskId) -> Result<Task> {
    let seen = find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    locks::task(tx, ctx, id)?;
    let task = find(tx, ctx, id)?;
    if task.customer != seen.customer {
        return Err(moved());
    }
    Ok(task)
}

pub(super) fn moved() -> Error {
    Error::conflict("moved", "What this task is on was given to another customer a moment ago. Look again.")
}

/// Some tasks, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// To be done first, the most urgent before the others; then done.
    pub tasks: Vec<Task>,
    /// Not all are here.
    pub more: bool,
}

fn page(mut tasks: Vec<Task>, limit: usize) -> Page {
    let more = tasks.len() > limit;
    tasks.truncate(limit);
    Page { tasks, more }
}

/// Those of a customer and of all its orders, invoices and tickets; at most `limit`.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, limit: usize) -> Result<Page> {
    ctx.must(Right::Read)?;
    let more = limit as i64 + 1;
    Ok(page(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &more], task)?, limit))
}

/// Those on one thing; of a customer all of theirs.
pub fn of(tx: &mut Tx, ctx: &Ctx, on: &On, limit: usize) -> Result<Page> {
    ctx.must(Right::Read)?;
    if let On::Customer(customer) = on {
        return of_customer(tx, ctx, customer, limit);
    }
    let more = limit as i64 + 1;
    Ok(page(tx.rows(&queries::ON, &[&ctx.merchant, &on.kind(), &on.kept(), &more], task)?, limit))
}

/// What waits for whoever asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Whose last day is over.
    pub overdue: u64,
    /// All whose last day or reminder has come, those included.
    pub all: u64,
}

/// What waits for the one who asks, today where the merchant lives.
pub fn due(tx: &mut Tx, ctx: &Ctx) -> Result<Due> {
    ctx.must(Right::Read)?;
    let today = i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now));
    let (overdue, all) = tx.one(&queries::DUE, &[&ctx.merchant, &ctx.actor.id, &today], |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?)))?;
    Ok(Due { overdue: overdue.unsigned_abs(), all: all.unsigned_abs() })
}

pub(super) fn task(r: &Row<'_>) -> std::result::Result<Task, store::Error> {
    let (kind, customer, assignee) = (r.str(1)?, r.get::<Option<CustomerId>>(3)?, r.get::<String>(8)?);
    let number = match kind {
        "order" => Some(("Order", r.get::<Option<String>>(21)?)),
        "invoice" => Some(("Invoice", r.get(22)?)),
        "ticket" => Some(("Ticket", r.get(23)?)),
        "contract" => Some(("Contract", r.get(24)?)),
        "offer" => Some(("Offer", r.get(25)?)),
        "return" => Some(("Return", r.get(26)?)),
        _ => None,
    };
    Ok(Task {
        id: r.get(0)?,
        on: On::of_db(kind, r.get(2)?, customer.as_ref()),
        on_label: number.map_or_else(String::new, |(noun, number)| match number.filter(|n| !n.is_empty()) {
            Some(number) => format!("{noun} {number}"),
            None if kind == "invoice" => "A draft of an invoice".to_owned(),
            None => noun.to_owned(),
        }),
        customer_name: if customer.is_some() { named(r, 15)? } else { String::new() },
        customer,
        title: r.get(4)?,
        note: r.get(5)?,
        due_on: r.get(6)?,
        remind_on: r.get(7)?,
        assignee: Some(assignee).filter(|id| !id.is_empty()).map(PersonId::from_db),
        assignee_name: r.get::<Option<String>>(9)?.unwrap_or_default(),
        created_at: r.get(10)?,
        created_by: r.get(11)?,
        done_at: r.get(12)?,
        done_by: r.get(13)?,
        version: r.get(14)?,
    })
}
