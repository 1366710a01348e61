//! Changing a ticket: what it is about, where it stands, who answers for it, whose it is.

use store::Tx;

use super::{Priority, Status, Ticket, create, queries, read, tags};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, PersonId, Problems, Result, Right, TicketId};
use crate::payments::must_exist;
use crate::staff::assignable;
use crate::tasks;

/// A change; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Refused when it was changed since.
    pub expected_version: Option<i64>,
    /// What it is about.
    pub subject: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// How soon it is wanted.
    pub priority: Option<Priority>,
    /// Who answers for it; `Some(None)`: nobody.
    pub assignee: Option<Option<PersonId>>,
    /// All its tags.
    pub tags: Option<Vec<String>>,
    /// Whose it is.
    pub customer: Option<CustomerId>,
}

/// Changes it. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` for its fields; `Conflict`: `changed` when somebody else changed it meanwhile, `customer_inactive` for a link to an archived or deleted
/// customer (SPEC 10.2), `customer_gone` once its customer was anonymised.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &TicketId, edit: &Edit) -> Result<()> {
    ctx.must(Right::Write)?;
    let customer = edit.customer.as_ref().map(|id| create::linkable(tx, ctx, id)).transpose()?;
    let old = read::find_locked(tx, ctx, id, customer.as_ref())?;
    if edit.expected_version.is_some_and(|version| version != old.version) {
        return Err(Error::conflict("changed", "Somebody else changed this ticket meanwhile. Look at it again."));
    }
    apply(tx, ctx, old, &Edit { customer, ..edit.clone() }, None).map(|_| ())
}

/// The change on a ticket that is locked with its customers; gives whether anything changed. `said`: something was said on it, which moves it in
/// lists also where nothing else changes; the words are the cause of a new status.
pub(super) fn apply(tx: &mut Tx, ctx: &Ctx, old: Ticket, edit: &Edit, said: Option<&'static str>) -> Result<bool> {
    if let Some(customer) = &old.customer {
        must_exist(tx, ctx, customer)?;
    }
    let new = changed(tx, ctx, &old, edit)?;
    if new == old && said.is_none() {
        return Ok(false);
    }
    let (status, assignee) = (new.status, new.assignee.as_ref().map_or("", PersonId::as_str));
    let settled_at = if status.is_settled() { old.settled_at.or(Some(ctx.now)) } else { None };
    tx.exec(
        &queries::UPDATE,
        &[&ctx.merchant, &old.id, &new.customer, &new.subject, &status, &new.priority, &assignee, &ctx.now, &settled_at],
    )?;
    if new.tags != old.tags {
        tags::put(tx, ctx, &old.id, &new.tags)?;
    }
    if new.customer != old.customer {
        tasks::follow_ticket(tx, ctx, &old.id, new.customer.as_ref())?;
    }
    tell(tx, ctx, &old, &new, said.unwrap_or_default())?;
    Ok(new != old)
}

fn changed(tx: &mut Tx, ctx: &Ctx, old: &Ticket, edit: &Edit) -> Result<Ticket> {
    let mut problems = Problems::default();
    let mut new = old.clone();
    if let Some(customer) = edit.customer.as_ref().filter(|c| Some(*c) != old.customer.as_ref()) {
        must_exist(tx, ctx, customer)?.must_be_active()?;
        new.customer = Some(customer.clone());
    }
    if let Some(subject) = edit.subject.as_deref().filter(|s| *s != old.subject) {
        new.subject = create::subject(&mut problems, subject);
    }
    if let Some(person) = edit.assignee.as_ref().filter(|a| **a != old.assignee) {
        new.assignee_name = match person {
            Some(person) => assignable(tx, ctx, person, &mut problems)?,
            None => String::new(),
        };
        new.assignee.clone_from(person);
    }
    if let Some(names) = &edit.tags {
        new.tags = tags::cleaned(&mut problems, names);
    }
    new.status = edit.status.unwrap_or(old.status);
    new.priority = edit.priority.unwrap_or(old.priority);
    problems.check()?;
    Ok(new)
}

fn tell(tx: &mut Tx, ctx: &Ctx, old: &Ticket, new: &Ticket, why: &str) -> Result<()> {
    let event = |kind: &'static str| Event::new(kind).on("ticket", old.id.as_str());
    let number = serde_json::json!({ "number": old.number });
    if new.customer != old.customer {
        if old.customer.is_some() {
            event("ticket.unlinked").of_opt(old.customer.as_ref()).data(number.clone()).record(tx, ctx)?;
        }
        event("ticket.linked").of_opt(new.customer.as_ref()).data(number.clone()).record(tx, ctx)?;
    }
    let customer = new.customer.as_ref();
    if new.status != old.status {
        let data = serde_json::json!({ "number": old.number, "from": old.status, "to": new.status });
        event("ticket.status_changed").of_opt(customer).data(data).because(why).record(tx, ctx)?;
    }
    if new.assignee != old.assignee {
        let data = serde_json::json!({ "number": old.number, "assignee": new.assignee });
        let words = |t: &Ticket| Some(t.assignee_name.clone()).filter(|n| !n.is_empty());
        event("ticket.assigned")
            .of_opt(customer)
            .data(data)
            .value("assignee", words(old).as_deref(), words(new).as_deref())
            .record(tx, ctx)?;
    }
    let fields = [
        ("subject", old.subject.clone(), new.subject.clone()),
        ("priority", old.priority.label().to_owned(), new.priority.label().to_owned()),
        ("tags", old.tags.join(", "), new.tags.join(", ")),
    ];
    let mut edited = event("ticket.edited").of_opt(customer).data(number);
    let differ: Vec<_> = fields.iter().filter(|(_, a, b)| a != b).collect();
    for (field, a, b) in &differ {
        edited = edited.value(*field, Some(a.as_str()).filter(|t| !t.is_empty()), Some(b.as_str()).filter(|t| !t.is_empty()));
    }
    if !differ.is_empty() {
        edited.record(tx, ctx)?;
    }
    Ok(())
}
