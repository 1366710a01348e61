//! Delete with a way back for 30 days, and the end: delete permanently (SPEC 10.3).

use serde_json::json;
use store::{Row, Tx};

use super::{facts, merge, queries as q, state, ties};
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, DAY, Error, Link, Micros, Money, Result, Right, locks};
use crate::providers::billing;
use crate::{duplicates, portal, privacy};

/// How long a deleted customer can be restored: 30 days of 24 hours.
pub const RESTORABLE: Micros = 30 * DAY;
/// An answer lists so many links of each kind.
const LINKS: usize = 200;

/// Deletes: status Deleted, portal closed, e-mail free for reuse, orders and payments stay. One that is deleted already stays as it is.
pub fn delete(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    ctx.must(Right::Delete)?;
    let state = state::locked(tx, ctx, id)?;
    if state.deleted_at.is_some() {
        return Ok(());
    }
    state.ensure_here()?;
    portal::shut(tx, ctx, id)?;
    switch(tx, ctx, id, Some(ctx.now), "customer.deleted", "deleted")
}

/// Takes a deleted customer back, as it was.
///
/// # Errors
/// Conflicts `restore_expired` after 30 days, `customer_merged`, `customer_anonymised`.
pub fn restore(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    ctx.must(Right::Delete)?;
    let state = state::locked(tx, ctx, id)?;
    if state.merged_into.is_some() {
        return Err(Error::conflict(
            "customer_merged",
            format!("{} was merged into another customer. Undo the merge instead.", state.display_name),
        ));
    }
    if state.anonymised_at.is_some() {
        return Err(Error::conflict("customer_anonymised", "This customer was anonymised. That is final."));
    }
    match state.deleted_at {
        None => Ok(()),
        Some(at) if ctx.now > at.saturating_add(RESTORABLE) => {
            let message = format!("{} was deleted more than 30 days ago and can no longer be restored.", state.display_name);
            Err(Error::conflict("restore_expired", message))
        }
        Some(_) => switch(tx, ctx, id, None, "customer.restored", "restored"),
    }
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, at: Option<Micros>, kind: &'static str, cause: &str) -> Result<()> {
    tx.exec(&q::SET_DELETED, &[&ctx.merchant, id, &at])?;
    state::touch(tx, ctx, id)?;
    Event::new(kind).of(id).record(tx, ctx)?;
    facts::refresh(tx, ctx, std::slice::from_ref(id), cause)
}

/// Deletes for good: what is the customer's own goes with it (contacts, notes, tags, picture, methods, mail, old values of the timeline; see
/// [`super::ties`]); the events stay as ids. Who was merged into it goes too, and what undoing that would need. What speaks of them elsewhere is looked for as
/// when somebody is anonymised, and the erasure ledger keeps them from coming back with a backup.
///
/// # Errors
/// A conflict `customer_merged` for one that was merged into another; a conflict `linked` with every order, payment, invoice, subscription,
/// contract, dispute, ledger of store credit, charge on its way, payment link being paid and open request that is linked to it.
pub fn delete_permanently(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    ctx.must(Right::Purge)?;
    let state = state::locked(tx, ctx, id)?;
    if state.merged_into.is_some() {
        let message = format!("{} was merged into another customer. Undo the merge first, or delete that one.", state.display_name);
        return Err(Error::conflict("customer_merged", message));
    }
    let merged = merge::sources(tx, ctx, id)?;
    locks::customers(tx, ctx, &merged.iter().collect::<Vec<_>>())?;
    let mut links = links(tx, ctx, id)?;
    for source in &merged {
        links.extend(self::links(tx, ctx, source)?);
    }
    if !links.is_empty() {
        return Err(linked(&state.display_name, links));
    }
    Event::new("customer.deleted_permanently").of(id).data(json!({ "was_deleted": state.deleted_at.is_some() })).record(tx, ctx)?;
    let person: Vec<CustomerId> = [id].into_iter().chain(&merged).cloned().collect();
    privacy::purge(tx, ctx, &person)?;
    // Who was merged into it is the same person, and goes along.
    for each in merged.iter().rev().chain([id]) {
        let stamp = tx.stamp()?;
        tx.exec(&q::GONE, &[&ctx.merchant, each, &stamp])?;
        merge::drop_of(tx, ctx, each)?;
        duplicates::forget(tx, ctx, each)?;
        billing::forget(tx, ctx, each)?;
        for statement in ties::going() {
            tx.exec(statement, &[&ctx.merchant, each])?;
        }
        tx.exec(&q::PURGE, &[&ctx.merchant, each])?;
    }
    Ok(())
}

/// Everything that keeps a customer from being deleted permanently; at most 200 of a kind.
pub fn links(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Link>> {
    let mut all = Vec::new();
    for (kind, statement) in [
        ("order", &q::LINKED_ORDERS),
        ("payment", &q::LINKED_PAYMENTS),
        ("invoice", &q::LINKED_INVOICES),
        ("subscription", &q::LINKED_SUBSCRIPTIONS),
        ("contract", &q::LINKED_CONTRACTS),
        ("dispute", &q::LINKED_DISPUTES),
        ("credit", &q::LINKED_CREDIT),
        ("charge", &q::LINKED_CHARGES),
        ("payment_link", &q::LINKED_PAYMENT_LINKS),
        ("request", &q::LINKED_REQUESTS),
    ] {
        let found = tx.rows(statement, &[&ctx.merchant, id], |r| Ok(Link { kind, id: r.get(0)?, label: label(kind, r)? }))?;
        all.extend(found.into_iter().take(LINKS));
    }
    Ok(all)
}

fn label(kind: &str, r: &Row) -> std::result::Result<String, store::Error> {
    let money = |r: &Row| Ok::<_, store::Error>(Money::new(r.get(1)?, r.get::<Currency>(2)?));
    Ok(match kind {
        "order" => format!("Order {}", r.str(1)?),
        "invoice" => r.get::<Option<String>>(1)?.map_or_else(|| "A draft of an invoice".to_owned(), |number| format!("Invoice {number}")),
        "contract" => format!("Contract {}", r.str(1)?),
        "payment" => format!("Payment of {}", money(r)?),
        "dispute" => format!("Dispute of {}", money(r)?),
        "credit" => format!("Store credit of {}", money(r)?),
        "charge" => format!("Charge of {} asked for", money(r)?),
        "payment_link" => format!("Payment link of {} that is being paid", money(r)?),
        "request" => format!("Request: {}", r.get::<privacy::requests::Kind>(1)?.label().to_lowercase()),
        _ => format!("Subscription {}", r.str(1)?),
    })
}

fn linked(name: &str, links: Vec<Link>) -> Error {
    let kinds = ["order", "payment", "invoice", "subscription", "contract", "dispute", "credit", "charge", "payment_link", "request"];
    let counts = kinds.into_iter().filter_map(|kind| {
        let n = links.iter().filter(|l| l.kind == kind).count();
        let (noun, plural) = match kind {
            "credit" => ("ledger of store credit", "ledgers of store credit".to_owned()),
            "charge" => ("charge on its way", "charges on their way".to_owned()),
            "payment_link" => ("payment link that is being paid", "payment links that are being paid".to_owned()),
            "request" => ("open request about data", "open requests about data".to_owned()),
            _ => (kind, format!("{kind}s")),
        };
        (n > 0).then(|| if n == 1 { format!("1 {noun}") } else { format!("{n}{} {plural}", if n == LINKS { " or more" } else { "" }) })
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let one = links.len() == 1;
    let message = format!(
        "Can’t delete {name} for good: {counts} {} linked. Delete (restorable for 30 days) or archive instead.",
        if one { "is" } else { "are" }
    );
    Error::Conflict { code: "linked", message, links }
}
