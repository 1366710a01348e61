//! Editing: only what changed is written, checked and told; the second of two editors learns what the first did (SPEC 3.3).

use std::collections::BTreeSet;

use serde_json::json;
use store::{Bind, Tx, ValueRef};

use super::model::{Customer, CustomerEdit, NewCustomer, Rules};
use super::validate::{self, Ready};
use super::{archive, create, fields, get, queries as q, state, tags};
use crate::events::Event;
use crate::kit::{ContactId, Ctx, CustomerId, Error, Problems, Result, Right, Stale, StaleField};
use crate::providers::billing;
use crate::{merchants, payments};

/// What the billing system keeps of a customer too: a change of it is queued with the edit (SPEC 3.3).
const SENT: [&str; 6] = ["name", "first_name", "last_name", "email", "phone", "billing"];

/// Changes a customer; gives it as it is then. Nothing different is no change: no event, no new version.
///
/// # Errors
/// [`Error::Invalid`] for fields that change to something wrong (what an import left incomplete may stay); [`Error::Stale`] when
/// `expected_version` is old and somebody changed fields of this edit; a conflict when deleted, or `live_subscription`.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, edit: CustomerEdit) -> Result<Customer> {
    ctx.must(Right::Write)?;
    state::locked(tx, ctx, id)?.ensure_here()?;
    let now = get::load(tx, ctx, id)?;
    let (before, settings) = (fields::of(&now), merchants::settings(tx, ctx)?);
    let (ready, mut problems) = validate::look(fields::apply(before.clone(), &edit), Rules::Normal, &settings, ctx.now);
    let old = fields::flat(&before);
    let changes = fields::diff(&old, &fields::flat(&ready.new));
    stale(tx, ctx, &now, &edit, &ready.new)?;
    create::known(tx, ctx, &ready.new, Some(id), &mut problems)?;
    let changed: BTreeSet<&str> = changes.iter().map(|(field, ..)| fields::root(field)).collect();
    problems.0.retain(|p| changed.contains(fields::root(&p.field)));
    problems.check()?;
    let (switch, changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(field, ..)| field == "active");
    if !changes.is_empty() {
        write(tx, ctx, &now, &ready)?;
        let changes = named(tx, ctx, changes)?;
        let event = Event::new("customer.edited").of(id).data(json!({ "version": now.version + 1 }));
        let value = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        changes.iter().fold(event, |e, (f, a, b)| e.value(f.clone(), value(a).as_deref(), value(b).as_deref())).record(tx, ctx)?;
        state::touch(tx, ctx, id)?;
        tell_billing(tx, ctx, id, changes.iter().map(|(field, ..)| field.as_str()))?;
    }
    if !switch.is_empty() {
        if ready.new.active { archive::unarchive(tx, ctx, id)? } else { archive::archive(tx, ctx, id, edit.subscription)? }
    }
    get::load(tx, ctx, id)
}

/// Queues for the billing system what it keeps too, when one of these fields changed.
pub(crate) fn tell_billing<'a>(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, mut changed: impl Iterator<Item = &'a str>) -> Result<()> {
    if changed.any(|field| SENT.contains(&fields::root(field))) {
        let edited = get::load(tx, ctx, id)?;
        billing::queue(tx, ctx, &edited)?;
    }
    Ok(())
}

fn write(tx: &mut Tx, ctx: &Ctx, old: &Customer, ready: &Ready) -> Result<()> {
    let new = &ready.new;
    let number = new.number.as_deref().unwrap_or(&old.number);
    let marketing_at = if new.marketing == old.marketing { old.marketing_at } else { Some(ctx.now) };
    let mut values: Vec<ValueRef<'_>> = vec![ctx.merchant.value_ref(), old.id.value_ref(), number.into()];
    values.extend(create::texts(ready));
    values.extend([
        new.shop.value_ref(),
        new.group.value_ref(),
        new.marketing.into(),
        marketing_at.value_ref(),
        create::metadata(new).into(),
    ]);
    values.push(create::sort_name(new, number).into());
    let values: Vec<&dyn Bind> = values.iter().map(|v| v as &dyn Bind).collect();
    tx.exec(&q::UPDATE, &values).map_err(create::taken)?;
    if new.email != old.email || new.phone != old.phone || new.billing.country != old.billing.country {
        // What its own payments brought stays its own, also when it stands in the row no more (SPEC 2.8).
        payments::keys::keep(tx, ctx, &old.id)?;
    }
    contacts(tx, ctx, old, ready)?;
    external_ids(tx, ctx, old, new)?;
    tags::replace(tx, ctx, &old.id, &new.tags)
}

/// Keys also depend on the country, so contacts are written anew when anything about them or the country changed.
fn contacts(tx: &mut Tx, ctx: &Ctx, old: &Customer, ready: &Ready) -> Result<()> {
    let before: Vec<&String> = old.emails.iter().chain(&old.phones).map(|c| &c.value).collect();
    let after: Vec<&String> = ready.new.emails.iter().chain(&ready.new.phones).collect();
    if before == after && old.emails.len() == ready.emails.len() && old.billing.country == ready.new.billing.country {
        return Ok(());
    }
    tx.exec(&q::DELETE_CONTACTS, &[&ctx.merchant, &old.id])?;
    let emails = ready.emails.iter().map(|e| ("email", &e.typed, &e.key));
    let phones = ready.phones.iter().map(|p| ("phone", &p.typed, &p.key));
    for (i, (kind, value, key)) in emails.chain(phones).enumerate() {
        let id: ContactId = ctx.id();
        // A microsecond apart, so that they come back in the order in which they were typed.
        tx.exec(&q::INSERT_CONTACT, &[&ctx.merchant, &id, &old.id, &kind, value, key, &(ctx.now + i as i64)])?;
    }
    Ok(())
}

fn external_ids(tx: &mut Tx, ctx: &Ctx, old: &Customer, new: &NewCustomer) -> Result<()> {
    if old.external_ids == new.external_ids {
        return Ok(());
    }
    tx.exec(&q::DELETE_EXTERNAL_IDS, &[&ctx.merchant, &old.id])?;
    for e in &new.external_ids {
        tx.exec(&q::INSERT_EXTERNAL_ID, &[&ctx.merchant, &e.system, &e.id, &old.id]).map_err(create::taken)?;
    }
    Ok(())
}

/// Shops and groups by their names, as a person reads them on the timeline.
fn named(tx: &mut Tx, ctx: &Ctx, changes: Vec<(String, String, String)>) -> Result<Vec<(String, String, String)>> {
    let mut out = Vec::with_capacity(changes.len());
    for (field, old, new) in changes {
        let sql = match field.as_str() {
            "shop" => Some(&q::SHOP_NAME),
            "group" => Some(&q::GROUP_NAME),
            _ => None,
        };
        let mut name = |id: String| match sql {
            Some(sql) if !id.is_empty() => tx.opt(sql, &[&ctx.merchant, &id], |r| r.get::<String>(0)).map(|n| n.unwrap_or(id)),
            _ => Ok(id),
        };
        let (old, new) = (name(old)?, name(new)?);
        out.push((field, old, new));
    }
    Ok(out)
}

/// Refuses when somebody changed, since `expected_version`, a field that this edit would set to something else.
fn stale(tx: &mut Tx, ctx: &Ctx, now: &Customer, edit: &CustomerEdit, wanted: &NewCustomer) -> Result<()> {
    let Some(expected) = edit.expected_version.filter(|v| *v != now.version) else { return Ok(()) };
    if !(1..now.version).contains(&expected) {
        return Err(Problems::one("expected_version", "unknown", "The customer never had this version. Read the customer again."));
    }
    let since = changed_since(tx, ctx, &now.id, expected)?;
    let (theirs, yours) = (fields::flat(&fields::of(now)), fields::flat(wanted));
    let pick = |all: &fields::Flat, field: &str| all.get(field).cloned().unwrap_or_default();
    let fields: Vec<_> = since
        .fields
        .iter()
        .map(|field| (field.clone(), pick(&theirs, field), pick(&yours, field)))
        .filter(|(_, theirs, yours)| theirs != yours)
        .collect();
    if fields.is_empty() {
        return Ok(());
    }
    let fields = named(tx, ctx, fields)?.into_iter().map(|(field, theirs, yours)| StaleField { field, theirs, yours }).collect();
    Err(Error::Stale(Box::new(Stale { version: now.version, by: since.by, at: since.at, fields })))
}

struct Since {
    by: String,
    at: i64,
    fields: BTreeSet<String>,
}

/// Fields of the edits that made a version above `version`, and who made the last.
fn changed_since(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, version: i64) -> Result<Since> {
    let mut since = Since { by: String::new(), at: 0, fields: BTreeSet::new() };
    tx.each(&q::CHANGES, &[&ctx.merchant, id], |r| {
        let made = serde_json::from_str::<serde_json::Value>(r.str(0)?).ok().and_then(|d| d["version"].as_i64()).unwrap_or(0);
        if made > version {
            if since.fields.is_empty() {
                (since.by, since.at) = (r.get(2)?, r.get(3)?);
            }
            since.fields.insert(r.get(1)?);
        }
        Ok(())
    })?;
    Ok(since)
}
