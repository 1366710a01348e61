//! The verb: one transaction that clears all a key leads to, keeps what the law wants sealed, and writes the receipt.

use std::collections::BTreeMap;

use serde_json::json;
use store::Tx;

use super::read::{self, Kept, Receipt};
use super::{active, clear, guests, legal, number, queries as q, refusals, sweep, words};
use crate::customers::{facts, merge, state};
use crate::duplicates;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, ErasureId, Error, Link, Result, Right, locks, words as word_list};
use crate::mailings;
use crate::providers::{Vault, billing};

word_list! {
    /// Why somebody was anonymised.
    pub enum Cause {
        /// By hand, for this one.
        Hand = "hand", "by hand";
        /// With others of a list.
        Bulk = "bulk", "as one of many";
        /// By the rule of the shops.
        Retention = "retention", "by the retention rule";
        /// It was erased before, and a backup had brought it back.
        Ledger = "ledger", "again, after a backup was restored";
        /// It was deleted for good, which leaves no customer to anonymise.
        Purge = "purge", "deleted for good";
    }
}

/// Anonymises a customer and everybody who was merged into it, for good. Done twice it gives the same receipt.
///
/// # Errors
/// Conflicts: `still_active` with everything that stands in the way (but for [`Cause::Ledger`], which was decided before), `customer_merged`
/// with a link to the survivor.
pub fn anonymise(tx: &mut Tx, ctx: &Ctx, vault: &Vault, id: &CustomerId, cause: Cause) -> Result<Receipt> {
    ctx.must(Right::Anonymise)?;
    let all = locked(tx, ctx, id)?;
    let state = state::load(tx, ctx, id)?;
    if state.anonymised_at.is_some() {
        return read::of_customer(tx, ctx, id)?
            .ok_or_else(|| Error::conflict("customer_anonymised", "This customer was anonymised already. That is final."));
    }
    if let Some(into) = state.merged_into.filter(|_| cause != Cause::Ledger) {
        let survivor = state::load(tx, ctx, &into)?.display_name;
        return Err(Error::Conflict {
            code: "customer_merged",
            message: format!("{} was merged into {survivor}. Anonymise that one: both go together.", state.display_name),
            links: vec![Link { kind: "customer", id: into.to_string(), label: survivor }],
        });
    }
    let (mut cleared, mut kept) = (BTreeMap::new(), Vec::new());
    let guests = guests::take(tx, ctx, &all, &mut kept)?;
    if cause != Cause::Ledger {
        let mut links = Vec::new();
        for one in &all {
            links.extend(active::active(tx, ctx, one)?);
        }
        if !links.is_empty() {
            return Err(active::refused(&state.display_name, links));
        }
    }
    let found = words::gather(tx, ctx, &all)?;
    guests::take_requests(tx, ctx, id, &found.values)?;
    legal::seal(tx, ctx, vault, &all, &mut kept)?;
    refusals::keep(tx, ctx, &all, &mut kept)?;
    for one in &all {
        mailings::forget(tx, ctx, one)?;
    }
    for one in &all {
        tell(tx, ctx, one, &mut cleared)?;
        merge::drop_of(tx, ctx, one)?;
        duplicates::forget(tx, ctx, one)?;
        clear::clear(tx, ctx, one, &mut cleared)?;
    }
    guests.give_back(tx, ctx, &mut cleared)?;
    kept.extend(books());
    facts::refresh(tx, ctx, &all, "anonymised")?;
    for one in &all {
        number::own(tx, ctx, one)?;
    }
    for one in &all {
        let erasure: ErasureId = ctx.id();
        let (cleared, kept) = if one == id { (json!(cleared), json!(kept)) } else { (json!({}), json!([])) };
        let actor = &ctx.actor.name;
        tx.exec(&q::RECORD, &[&ctx.merchant, &erasure, one, &cause, actor, &cleared.to_string(), &kept.to_string(), &ctx.now])?;
        if one == id {
            words::keep(tx, ctx, &erasure, &found)?;
        }
        state::touch(tx, ctx, one)?;
        Event::new("customer.anonymised").of(one).on("erasure", erasure.as_str()).because(cause.label()).record(tx, ctx)?;
    }
    sweep::ask(tx, ctx)?;
    crate::imports::hurry(tx, ctx)?;
    read::of_customer(tx, ctx, id)?.ok_or_else(|| Error::Internal("no receipt".to_owned()))
}

/// Locks the customer, then everybody merged into it, at any distance, who was not anonymised before (at a replay of the ledger one may have been).
/// Nobody can be merged into a row that is locked.
fn locked(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<CustomerId>> {
    locks::customers(tx, ctx, &[id])?;
    let mut all = vec![id.clone()];
    for source in merge::sources(tx, ctx, id)? {
        if state::load(tx, ctx, &source)?.anonymised_at.is_none() {
            all.push(source);
        }
    }
    locks::customers(tx, ctx, &all.iter().collect::<Vec<_>>())?;
    Ok(all)
}

/// Providers that have a record of the customer are asked to delete it.
fn tell(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, cleared: &mut BTreeMap<String, u64>) -> Result<()> {
    let (records, dropped) = billing::forget(tx, ctx, id)?;
    for record in records.iter().filter(|r| r.reachable) {
        billing::erase(tx, ctx, &record.account, id, &record.reference)?;
    }
    if dropped > 0 {
        *cleared.entry("provider_facts".to_owned()).or_insert(0) += dropped;
    }
    Ok(())
}

/// What always stays, and why.
fn books() -> Vec<Kept> {
    let kept = |what: &str, rule: &str| Kept { what: what.to_owned(), rule: rule.to_owned(), count: None, until: None };
    vec![
        kept(
            "Amounts, dates and numbers of orders, payments, refunds and invoices, and the customer number of our own series",
            "Books: they say what was sold, and no longer to whom.",
        ),
        kept("The timeline as ids and codes", "Proof of who did what in this house."),
    ]
}
