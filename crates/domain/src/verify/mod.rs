//! Works out anew everything that is kept and reports each difference; there must be none (SPEC 4.3).
//!
//! It reads slices of a thousand customers and five thousand payments, each slice in one snapshot, so that its memory does not grow with
//! the merchant and what changes meanwhile does not look like a fault. It never repairs: a difference is a fault to be found.

mod accounting;
mod charges;
mod commissions;
mod contracts;
mod conversations;
mod credit;
mod invoices;
mod mailings;
mod merges;
mod offers;
mod payments;
mod portal;
pub mod queries;
mod subscriptions;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::{Db, Tx};

use crate::customers::facts::{self, Kept, Totals, load, queries as kept_queries};
use crate::kit::{Actor, AsOf, Ctx, CustomerId, Door, MerchantId, Result};
use crate::merchants::{self, Settings};
use crate::rates::Converter;

/// Customers of one slice.
const CUSTOMERS: i64 = 1_000;

/// Something kept that the facts do not give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Of which merchant.
    pub merchant: MerchantId,
    /// `customer`, `payment`, `commission`, `payout`, `conversation`, `invoice`, `offer`, `return`, `contract`, `export`, `series`, `task`, `mailing` or `portal`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Which column or total.
    pub what: String,
    /// What is kept.
    pub kept: String,
    /// What the facts give.
    pub should_be: String,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Customers.
    pub customers: u64,
    /// Payments, guests' too.
    pub payments: u64,
    /// Invoices and credit notes, drafts too.
    pub invoices: u64,
    /// Differences found.
    pub differences: u64,
    /// Customers that a job is still to work out under new rules: looked at when it is through.
    pub waiting: u64,
}

/// Checks every merchant of the installation, each as of the day where it lives; `found` is told each difference as it is found.
pub fn run(db: &Db, today: AsOf, mut found: impl FnMut(&Difference)) -> Result<Checked> {
    let merchants: Vec<MerchantId> = db.spool(|tx| Ok::<_, crate::Error>(tx.rows(&queries::MERCHANTS, &[], |r| r.get(0))?))?;
    let mut sum = Checked::default();
    for merchant in merchants {
        let mut ctx = Ctx::new(merchant, Actor::system("verify"), Door::Cli, 0);
        let zone = db.spool(|tx| crate::merchants::settings(tx, &ctx))?.zone;
        ctx.now = today.clock(&zone).now();
        let one = merchant_of(db, &ctx, &mut found)?;
        sum.customers += one.customers;
        sum.payments += one.payments;
        sum.invoices += one.invoices;
        sum.differences += one.differences;
        sum.waiting += one.waiting;
    }
    Ok(sum)
}

/// Checks one merchant.
pub fn merchant_of(db: &Db, ctx: &Ctx, found: &mut dyn FnMut(&Difference)) -> Result<Checked> {
    let mut sum = Checked::default();
    let mut after = String::new();
    loop {
        let (slice, waiting) = db.spool(|tx| customers(tx, ctx, &after))?;
        sum.customers += slice.looked_at;
        sum.waiting += waiting;
        let next = tell(slice, &mut sum, found);
        match next {
            Some(last) => after = last,
            None => break,
        }
    }
    for each in [
        credit::balances,
        credit::payments,
        commissions::slice,
        subscriptions::slice,
        conversations::slice,
        mailings::slice,
        offers::offers,
        offers::returns,
        contracts::slice,
        charges::charges,
        charges::links,
        accounting::slice,
        portal::slice,
    ] {
        after = String::new();
        while let Some(last) = tell(db.spool(|tx| each(tx, ctx, &after))?, &mut sum, found) {
            after = last;
        }
    }
    after = String::new();
    loop {
        let slice = db.spool(|tx| payments::slice(tx, ctx, &after))?;
        sum.payments += slice.looked_at;
        match tell(slice, &mut sum, found) {
            Some(last) => after = last,
            None => break,
        }
    }
    after = String::new();
    loop {
        let slice = db.spool(|tx| invoices::slice(tx, ctx, &after))?;
        sum.invoices += slice.looked_at;
        match tell(slice, &mut sum, found) {
            Some(last) => after = last,
            None => break,
        }
    }
    let mut differences = db.spool(|tx| invoices::series(tx, ctx))?;
    differences.extend(db.spool(|tx| merges::hanging(tx, ctx))?);
    differences.extend(db.spool(|tx| offers::too_many(tx, ctx))?);
    differences.extend(db.spool(|tx| tasks::whose(tx, ctx))?);
    tell(Slice { looked_at: 0, differences, next: None }, &mut sum, found);
    Ok(sum)
}

/// What a slice found, and where the next one begins.
pub(crate) struct Slice {
    pub looked_at: u64,
    pub differences: Vec<Difference>,
    pub next: Option<String>,
}

fn tell(slice: Slice, sum: &mut Checked, found: &mut dyn FnMut(&Difference)) -> Option<String> {
    sum.differences += slice.differences.len() as u64;
    slice.differences.iter().for_each(found);
    slice.next
}

struct Row {
    kept: Kept,
    totals: Totals,
    shops: BTreeSet<String>,
}

/// The customers behind `after`; and how many of them a job is still to work out under new rules.
fn customers(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<(Slice, u64)> {
    let settings = merchants::settings(tx, ctx)?;
    let anew = merchants::anew(tx, ctx)?.filter(|anew| !anew.stopped);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut all: BTreeMap<String, load::Facts> = BTreeMap::new();
    tx.each(&kept_queries::KEPT_RANGE, &[&ctx.merchant, &after, &CUSTOMERS], |r| {
        let [anonymised, deleted, archived] = facts::flags(r)?;
        all.insert(r.get(0)?, load::Facts { anonymised, deleted, archived, ..load::Facts::default() });
        rows.insert(r.get(0)?, Row { kept: facts::kept(r)?, totals: Totals::new(), shops: BTreeSet::new() });
        Ok(())
    })?;
    let Some(last) = rows.keys().next_back().cloned() else {
        return Ok((Slice { looked_at: 0, differences: Vec::new(), next: None }, 0));
    };
    tx.each(&kept_queries::TOTALS_RANGE, &[&ctx.merchant, &after, &last], |r| match rows.get_mut(r.str(0)?) {
        Some(row) => facts::total(r, &mut row.totals),
        None => Ok(()),
    })?;
    tx.each(&kept_queries::SHOPS_RANGE, &[&ctx.merchant, &after, &last], |r| {
        if let Some(row) = rows.get_mut(r.str(0)?) {
            row.shops.insert(r.get(1)?);
        }
        Ok(())
    })?;
    load::fill(tx, ctx, load::Whose::Range(after, &last), &mut all)?;
    let mut rates = Converter::to(settings.currency);
    let (mut differences, mut waiting) = (Vec::new(), 0);
    for ((id, row), facts) in rows.iter().zip(all.values_mut()) {
        if anew.as_ref().is_some_and(|anew| *id > anew.last) {
            waiting += 1;
            continue;
        }
        load::price(tx, ctx, &settings, &mut rates, facts)?;
        compare(ctx, &settings, id, row, facts, &mut differences);
    }
    keys(tx, ctx, after, &last, &mut differences)?;
    let next = (rows.len() as i64 == CUSTOMERS).then_some(last);
    Ok((Slice { looked_at: rows.len() as u64, differences, next }, waiting))
}

fn compare(ctx: &Ctx, settings: &Settings, id: &str, row: &Row, facts: &load::Facts, into: &mut Vec<Difference>) {
    let should = facts::work_out(facts, settings, ctx.now);
    let mut note = |what: &str, kept: String, should_be: String| {
        if kept != should_be {
            into.push(Difference {
                merchant: ctx.merchant.clone(),
                kind: "customer",
                id: id.to_owned(),
                what: what.to_owned(),
                kept,
                should_be,
            });
        }
    };
    // Time may have changed the kept status since it was written; every read follows that, and so does this.
    let status = row.kept.status.at(row.kept.until, ctx.now);
    note("status", status.name().to_owned(), should.status.name().to_owned());
    let kept = if status == row.kept.status { row.kept.clone() } else { Kept { until: should.until, ..row.kept.clone() } };
    for (what, kept, should) in kept.columns().into_iter().zip(should.columns()).map(|((what, kept), (_, should))| (what, kept, should)) {
        note(what, kept, should);
    }
    note("totals", format!("{:?}", row.totals), format!("{:?}", facts::totals(facts)));
    note("shops", format!("{:?}", row.shops), format!("{:?}", facts::shops(facts)));
}

/// Keys of own payments that no index would find (SPEC 2.8).
fn keys(tx: &mut Tx, ctx: &Ctx, after: &str, last: &str, into: &mut Vec<Difference>) -> Result<()> {
    let missing: Vec<(CustomerId, String)> = tx.rows(&queries::KEYS, &[&ctx.merchant, &after, &last], |r| Ok((r.get(0)?, r.get(1)?)))?;
    for (customer, payment) in missing {
        into.push(Difference {
            merchant: ctx.merchant.clone(),
            kind: "customer",
            id: customer.to_string(),
            what: "payment_keys".to_owned(),
            kept: "nothing".to_owned(),
            should_be: format!("the card, e-mail and phone of {payment}"),
        });
    }
    Ok(())
}
