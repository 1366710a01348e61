//! Every event asks here who wants it. In the transaction of the event, so a delivery exists exactly when the event does.

use store::{Bind, Tx, Value};

use super::wants::{Wants, noun_of};
use super::{DeliveryState, queries};
use crate::kit::{Ctx, EventId, Result, WebhookId};

/// Events about webhooks themselves are told to nobody: a message about a message would never end.
pub(super) fn is_own(kind: &str) -> bool {
    kind.starts_with("webhook.")
}

/// Writes the deliveries of one event: one statement, and no row for a merchant without endpoints.
pub(crate) fn fan_out(tx: &mut Tx, ctx: &Ctx, event: &EventId, kind: &str) -> Result<()> {
    if !is_own(kind) {
        tx.exec(&queries::FAN_OUT, &[&ctx.merchant, event, &kind, &noun_of(kind), &ctx.now])?;
    }
    Ok(())
}

/// The same for many at once, as imports write them: who wants what is asked once.
pub(crate) fn fan_out_many(tx: &mut Tx, ctx: &Ctx, events: &[(EventId, &'static str)]) -> Result<()> {
    if let [(event, kind)] = events {
        return fan_out(tx, ctx, event, kind);
    }
    let mut endpoints: Vec<(WebhookId, String)> = Vec::new();
    tx.each(&queries::WANTS, &[&ctx.merchant], |r| {
        let (id, word): (WebhookId, String) = (r.get(0)?, r.get(1)?);
        match endpoints.iter_mut().find(|(known, _)| *known == id) {
            Some((_, words)) => words.extend([" ", &word]),
            None => endpoints.push((id, word)),
        }
        Ok(())
    })?;
    let mut rows = Vec::new();
    for (endpoint, words) in &endpoints {
        let wants = Wants::parse(words);
        rows.extend(events.iter().filter(|(_, kind)| !is_own(kind) && wants.has(kind)).map(|(event, _)| {
            let state: Value = DeliveryState::Waiting.value();
            vec![ctx.merchant.value(), endpoint.value(), event.value(), state, 0i64.into(), ctx.now.into(), 0i64.into(), "".into()]
        }));
    }
    if !rows.is_empty() {
        tx.insert_many("webhook_deliveries", &queries::COLUMNS, &rows)?;
    }
    Ok(())
}
