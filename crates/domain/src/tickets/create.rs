//! A ticket made by hand: by staff from a page, or by a program.

use store::Tx;

use super::say::{self, BODY};
use super::{EntryKind, Priority, queries, tags};
use crate::customers::survivor;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, PersonId, Problems, Result, Right, TicketId, clean, locks, one_line};
use crate::merchants;
use crate::payments::must_exist;
use crate::staff::assignable;

/// A ticket about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// Whose; nobody: it is linked later.
    pub customer: Option<CustomerId>,
    /// What it is about; needed.
    pub subject: String,
    /// How soon it is wanted.
    pub priority: Priority,
    /// Who answers for it.
    pub assignee: Option<PersonId>,
    /// Words by which it is found.
    pub tags: Vec<String>,
    /// What is said first, and by whom; nothing for blank words.
    pub first: (EntryKind, String),
}

/// Makes it, open, with the next number. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `subject`, `body`, `tags`, `assignee`, `customer`; `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2).
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewTicket) -> Result<TicketId> {
    ctx.must(Right::Write)?;
    let customer = new.customer.as_ref().map(|id| linkable(tx, ctx, id)).transpose()?;
    if let Some(customer) = &customer {
        locks::customers(tx, ctx, &[customer])?;
        must_exist(tx, ctx, customer)?.must_be_active()?;
    }
    let mut problems = Problems::default();
    let subject = subject(&mut problems, &new.subject);
    let tags = tags::cleaned(&mut problems, &new.tags);
    let body = clean(&mut problems, "body", &new.first.1, BODY);
    if let Some(person) = &new.assignee {
        assignable(tx, ctx, person, &mut problems)?;
    }
    problems.check()?;
    let (id, number) = (ctx.id::<TicketId>(), merchants::next_number(tx, ctx, "ticket")?.to_string());
    let assignee = new.assignee.as_ref().map_or("", PersonId::as_str);
    let by = &ctx.actor.name;
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &number, &customer, &subject, &new.priority, &assignee, &ctx.now, by])?;
    tags::put(tx, ctx, &id, &tags)?;
    if !body.is_empty() {
        say::write(tx, ctx, &id, new.first.0, &body, None)?;
    }
    Event::new("ticket.created")
        .of_opt(customer.as_ref())
        .on("ticket", id.as_str())
        .data(serde_json::json!({ "number": number, "priority": new.priority, "assignee": new.assignee }))
        .value("subject", None, Some(&subject))
        .record(tx, ctx)?;
    Ok(id)
}

/// The customer of this id, of a merged one the survivor; a field error where there is none.
pub(super) fn linkable(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<CustomerId> {
    let customer = survivor(tx, ctx, id)?;
    match must_exist(tx, ctx, &customer) {
        Ok(_) => Ok(customer),
        Err(Error::NotFound(_)) => Err(Problems::one("customer", "unknown", "This customer is not there.")),
        Err(other) => Err(other),
    }
}

pub(super) fn subject(problems: &mut Problems, typed: &str) -> String {
    let subject = one_line(problems, "subject", typed, 200);
    if subject.is_empty() {
        problems.add("subject", "required", "Say in a few words what it is about.");
    }
    subject
}
