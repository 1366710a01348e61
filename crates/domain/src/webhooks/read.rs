//! Looking at deliveries: the list of an endpoint by state, one of them with its body and its tries.

use store::{Row, Tx};

use super::{Attempt, Delivery, DeliveryState, endpoints, message, queries};
use crate::events;
use crate::kit::{Ctx, Error, EventId, PageKey, Result, Right, WebhookId};

/// A page of deliveries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The latest event first; what waits: the next first.
    pub rows: Vec<Delivery>,
    /// Where the next page begins.
    pub next: Option<PageKey>,
}

/// A delivery with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Full {
    /// The delivery.
    pub delivery: Delivery,
    /// Its body, JSON; empty when the event is not there any more.
    pub body: String,
    /// Its tries of the last 30 days, the latest first; at most 100.
    pub attempts: Vec<Attempt>,
}

/// Deliveries of an endpoint in one state, or all, from behind `after` on. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`] for an endpoint that is not there.
pub fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    endpoint: &WebhookId,
    state: Option<DeliveryState>,
    after: Option<&PageKey>,
    limit: i64,
) -> Result<Page> {
    endpoints::get(tx, ctx, endpoint)?;
    let more = limit + 1;
    // Behind every id, for the first page.
    let below = after.map_or("f", |key| key.id.as_str());
    let mut rows = match state {
        Some(DeliveryState::Waiting) => {
            let (at, id) = after.map_or((i64::MIN, ""), |key| (key.at, key.id.as_str()));
            tx.rows(&queries::WAITING, &[&ctx.merchant, endpoint, &at, &id, &more], row)?
        }
        Some(DeliveryState::Failed) => tx.rows(&queries::FAILED, &[&ctx.merchant, endpoint, &below, &more], row)?,
        Some(DeliveryState::Delivered) => tx.rows(&queries::DELIVERED, &[&ctx.merchant, endpoint, &below, &more], row)?,
        None => tx.rows(&queries::DELIVERIES, &[&ctx.merchant, endpoint, &below, &more], row)?,
    };
    let is_more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let key = |d: &Delivery| PageKey { at: if state == Some(DeliveryState::Waiting) { d.next_at } else { d.at }, id: d.event.to_string() };
    let next = rows.last().filter(|_| is_more).map(key);
    Ok(Page { rows, next })
}

/// How many wait and how many failed; above ten thousand it says 10,001. Needs [`Right::Settings`].
pub fn counts(tx: &mut Tx, ctx: &Ctx, endpoint: &WebhookId) -> Result<(i64, i64)> {
    ctx.must(Right::Settings)?;
    let waiting = tx.scalar(&queries::COUNT_WAITING, &[&ctx.merchant, endpoint])?;
    Ok((waiting, tx.scalar(&queries::COUNT_FAILED, &[&ctx.merchant, endpoint])?))
}

/// One delivery. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx, ctx: &Ctx, endpoint: &WebhookId, event: &EventId) -> Result<Full> {
    let delivery = delivery(tx, ctx, endpoint, event)?;
    let body = events::find(tx, ctx, event)?.map(|e| message::body(&e)).unwrap_or_default();
    let read = |r: &Row<'_>| {
        Ok(Attempt {
            url: r.get(0)?,
            created_at: r.get(1)?,
            duration: r.get(2)?,
            status: r.get(3)?,
            error: r.get(4)?,
            answer: r.get(5)?,
            timestamp: r.get(6)?,
            signature: r.get(7)?,
        })
    };
    let attempts = tx.rows(&queries::ATTEMPTS, &[&ctx.merchant, endpoint, event], read)?;
    Ok(Full { delivery, body, attempts })
}

/// The row alone.
pub(super) fn delivery(tx: &mut Tx, ctx: &Ctx, endpoint: &WebhookId, event: &EventId) -> Result<Delivery> {
    endpoints::get(tx, ctx, endpoint)?;
    tx.opt(&queries::DELIVERY, &[&ctx.merchant, endpoint, event], row)?.ok_or(Error::NotFound("delivery"))
}

fn row(r: &Row<'_>) -> std::result::Result<Delivery, store::Error> {
    Ok(Delivery {
        endpoint: r.get(0)?,
        event: r.get(1)?,
        kind: r.get(2)?,
        at: r.get(3)?,
        state: r.get(4)?,
        attempts: r.get(5)?,
        next_at: r.get(6)?,
        done_at: r.get(7)?,
        status: r.get(8)?,
        words: r.get(9)?,
    })
}
