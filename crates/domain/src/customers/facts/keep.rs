//! Keeps in the row what the rules work out, and tells the timeline when the status changed and why (SPEC 4.3).

use std::collections::BTreeSet;

use store::{Error as StoreError, Row, Tx};

use super::rules::{self, Kept, Totals};
use super::{load, queries};
use crate::customers::status::{MethodStatus, Status};
use crate::events::Event;
use crate::kit::{Actor, Ctx, CustomerId, Door, Micros, Result};
use crate::merchants::{self, Settings};
use crate::rates::Converter;

/// Works out anew what is kept about these customers. The verb has locked their rows ([`crate::kit::locks::customers`]) and has written the
/// fact that changed; `cause` is that fact in words without personal data: "payment recorded".
///
/// Writes only what differs. An unknown id is passed over: there is nothing to keep.
pub fn refresh(tx: &mut Tx, ctx: &Ctx, ids: &[CustomerId], cause: &str) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let settings = merchants::settings(tx, ctx)?;
    refresh_with(tx, ctx, &settings, ids, cause)
}

/// The same for a verb that has read the merchant's settings in this transaction.
pub(crate) fn refresh_with(tx: &mut Tx, ctx: &Ctx, settings: &Settings, ids: &[CustomerId], cause: &str) -> Result<()> {
    let mut rates = Converter::to(settings.currency);
    for id in ids.iter().collect::<BTreeSet<_>>() {
        refresh_one(tx, ctx, settings, &mut rates, id, cause)?;
    }
    Ok(())
}

fn refresh_one(tx: &mut Tx, ctx: &Ctx, settings: &Settings, rates: &mut Converter, id: &CustomerId, cause: &str) -> Result<()> {
    let Some((old, flags)) = tx.opt(&queries::KEPT_ONE, &[&ctx.merchant, id], |r| Ok((kept(r)?, flags(r)?)))? else { return Ok(()) };
    let mut facts = load::one(tx, ctx, settings, rates, id)?;
    [facts.anonymised, facts.deleted, facts.archived] = flags;
    let new = rules::work_out(&facts, settings, ctx.now);
    let (old_totals, old_shops) = lists(tx, ctx, id)?;
    let totals = keep_totals(tx, ctx, id, &rules::totals(&facts), &old_totals)?;
    let shops = keep_shops(tx, ctx, id, &rules::shops(&facts), &old_shops)?;
    let before = by_time(tx, ctx, settings, id, &old)?;
    if new != old || totals || shops {
        write(tx, ctx, id, &new)?;
    }
    if new.status != before {
        status_changed(tx, ctx, id, before, new.status, cause)?;
    }
    Ok(())
}

/// What time alone has made of the kept status; when it changed, that goes on the timeline at the moment it happened.
fn by_time(tx: &mut Tx, ctx: &Ctx, settings: &Settings, id: &CustomerId, old: &Kept) -> Result<Status> {
    let now = old.status.at(old.until, ctx.now);
    if let Some(until) = old.until.filter(|_| now != old.status) {
        let then = Ctx { actor: Actor::system("clock").into(), door: Door::Clock, ..ctx.at(until.saturating_add(1)) };
        let cause = match now {
            Status::Idle => format!("{} days without a payment", settings.active_days),
            _ => "the last subscription ended".to_owned(),
        };
        status_changed(tx, &then, id, old.status, now, &cause)?;
    }
    Ok(now)
}

fn status_changed(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, from: Status, to: Status, cause: &str) -> Result<()> {
    tx.exec(&queries::CAUSE, &[&ctx.merchant, id, &cause])?;
    Event::new("customer.status_changed")
        .of(id)
        .because(cause)
        .data(serde_json::json!({ "from": from.name(), "to": to.name() }))
        .record(tx, ctx)?;
    Ok(())
}

fn write(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, k: &Kept) -> Result<()> {
    let stamp = tx.stamp()?;
    tx.exec(
        &queries::KEEP,
        &[
            &ctx.merchant,
            id,
            &stamp,
            &i64::from(k.status.code()),
            &k.until,
            &i64::from(k.method.code()),
            &k.expires_day,
            &k.default_method,
            &k.oldest_method,
            &k.lifetime,
            &k.lifetime_missing,
            &k.order_count,
            &k.order_total,
            &k.payment_count,
            &k.dispute_count,
            &k.open_dispute_count,
            &k.balance_due,
            &k.first_order_at,
            &k.last_order_at,
            &k.first_paid_at,
            &k.last_paid_at,
        ],
    )?;
    Ok(())
}

/// The kept totals and shops.
fn lists(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<(Totals, BTreeSet<String>)> {
    let (mut totals, mut shops) = (Totals::new(), BTreeSet::new());
    tx.each(&queries::LISTS_ONE, &[&ctx.merchant, id], |r| {
        if r.str(0)? == "shop" {
            shops.insert(r.get(1)?);
            return Ok(());
        }
        total(r, &mut totals)
    })?;
    Ok((totals, shops))
}

fn keep_totals(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, new: &Totals, old: &Totals) -> Result<bool> {
    for (currency, [paid, refunded, lost]) in new.iter().filter(|(c, t)| old.get(*c) != Some(t)) {
        tx.exec(&queries::PUT_TOTAL, &[&ctx.merchant, id, currency, paid, refunded, lost])?;
    }
    for currency in old.keys().filter(|c| !new.contains_key(*c)) {
        tx.exec(&queries::DROP_TOTAL, &[&ctx.merchant, id, currency])?;
    }
    Ok(new != old)
}

fn keep_shops(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, new: &BTreeSet<String>, old: &BTreeSet<String>) -> Result<bool> {
    for shop in new.difference(old) {
        tx.exec(&queries::PUT_SHOP, &[&ctx.merchant, id, shop])?;
    }
    for shop in old.difference(new) {
        tx.exec(&queries::DROP_SHOP, &[&ctx.merchant, id, shop])?;
    }
    Ok(new != old)
}

/// A row of `customer_totals`, behind one more column.
pub(crate) fn total(r: &Row<'_>, into: &mut Totals) -> std::result::Result<(), StoreError> {
    let currency: crate::kit::Currency = r.get(1)?;
    into.insert(currency.code(), [r.get(2)?, r.get(3)?, r.get(4)?]);
    Ok(())
}

/// Anonymised, deleted (or merged), archived.
pub(crate) fn flags(r: &Row<'_>) -> std::result::Result<[bool; 3], StoreError> {
    Ok([r.get(1)?, r.get(2)?, r.get(3)?])
}

/// The kept columns of a row of `queries::KEPT_*`.
pub(crate) fn kept(r: &Row<'_>) -> std::result::Result<Kept, StoreError> {
    let status = Status::of(r.get(4)?).ok_or(StoreError::Decode { column: "status".to_owned(), want: "a status" })?;
    let method = MethodStatus::of(r.get(6)?).ok_or(StoreError::Decode { column: "method_status".to_owned(), want: "a method status" })?;
    Ok(Kept {
        status,
        until: r.get::<Option<Micros>>(5)?,
        method,
        expires_day: r.get(7)?,
        default_method: r.get(8)?,
        oldest_method: r.get(9)?,
        lifetime: r.get(10)?,
        lifetime_missing: r.get(11)?,
        order_count: r.get(12)?,
        order_total: r.get(13)?,
        payment_count: r.get(14)?,
        dispute_count: r.get(15)?,
        open_dispute_count: r.get(16)?,
        balance_due: r.get(17)?,
        first_order_at: r.get(18)?,
        last_order_at: r.get(19)?,
        first_paid_at: r.get(20)?,
        last_paid_at: r.get(21)?,
    })
}
