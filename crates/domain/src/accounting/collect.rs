//! What a run takes in before it rests: what was left, what changed, what was withdrawn, what was issued. Some of it in each slice of its job.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::{Connection, ExportState, Kind, log, queries};
use crate::invoices;
use crate::kit::{Ctx, InvoiceId, JobId, Micros, Result, day_number};
use crate::merchants;

/// Invoices that a slice looks at.
const SLICE: i64 = 200;
/// How far behind the last look the next one begins: a transaction may have been open meanwhile.
const OVERLAP: Micros = 3_600_000_000;
/// The step behind the last.
pub(super) const COLLECTED: i64 = 4;

/// How far the collecting came.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub step: i64,
    at: Micros,
    id: String,
}

/// A part of the collecting; gives the next place. What was left, what changed, what was withdrawn, what was issued.
pub(super) fn collect(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId, place: Place) -> Result<Place> {
    let next = Place { step: place.step + 1, ..Place::default() };
    Ok(match place.step {
        0 => {
            let adopt = |tx: &mut Tx, state: ExportState| tx.exec(&queries::ADOPT, &[&ctx.merchant, &c.id, &state, run, &ctx.now]);
            if adopt(tx, ExportState::Waiting)? + adopt(tx, ExportState::Refused)? > 0 { place } else { next }
        }
        1 => {
            if tx.exec(&queries::CHANGED, &[&ctx.merchant, &c.id, run, &ctx.now])? > 0 {
                place
            } else {
                next
            }
        }
        2 => {
            let gone = tx.rows(&queries::WITHDRAWN, &[&ctx.merchant, &c.id], |r| r.get::<String>(0))?;
            for subject in &gone {
                log::withdrawn(tx, ctx, c, run, subject)?;
            }
            if gone.is_empty() { next } else { place }
        }
        _ => issued(tx, ctx, c, run, place)?,
    })
}

fn issued(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId, mut place: Place) -> Result<Place> {
    let zone = merchants::settings(tx, ctx)?.zone;
    let since = c.mapping.since.unwrap_or_else(|| i64::from(day_number(zone.date(c.created_at).first_of_month())));
    if place.at == 0 {
        place.at = (tx.one(&queries::COLLECTED_AT, &[&ctx.merchant, &c.id], |r| r.get::<Micros>(0))? - OVERLAP).max(1);
    }
    let rows = tx.rows(&queries::ISSUED, &[&ctx.merchant, &place.at, &place.id, &since, &SLICE], |r| {
        let (invoice, customer, at): (InvoiceId, Option<String>, Micros) = (r.get(0)?, r.get(1)?, r.get(3)?);
        let names: (String, Option<String>) = (r.get(2)?, r.get(5)?);
        Ok((invoice, customer, names, at, r.get::<invoices::State>(4)?, r.get::<Option<Micros>>(6)?.is_some()))
    })?;
    for (invoice, customer, (number, of), _, state, anonymised) in &rows {
        if *anonymised || *state == invoices::State::Void {
            continue;
        }
        if let (Some(customer), Some(of)) = (customer, of) {
            add(tx, ctx, c, run, Kind::Customer, customer, Some(customer), &format!("RG{of}"))?;
        }
        add(tx, ctx, c, run, Kind::Invoice, invoice.as_str(), customer.as_ref(), number)?;
    }
    match rows.last() {
        Some((id, _, _, at, ..)) if rows.len() as i64 == SLICE => {
            (place.at, place.id) = (*at, id.to_string());
            Ok(place)
        }
        last => {
            let at = last.map_or(place.at, |(_, _, _, at, ..)| *at);
            tx.exec(&queries::COLLECTED, &[&ctx.merchant, &c.id, &at])?;
            Ok(Place { step: COLLECTED, ..Place::default() })
        }
    }
}

/// A customer may be there although we never sent it, so it is looked for; an invoice cannot be.
fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    c: &Connection,
    run: &JobId,
    kind: Kind,
    subject: &str,
    customer: Option<&String>,
    reference: &str,
) -> Result<()> {
    let looked = kind == Kind::Invoice;
    tx.exec(&queries::ADD, &[&ctx.merchant, &c.id, &subject, &kind, &customer, run, &reference, &looked, &ctx.now])?;
    Ok(())
}
