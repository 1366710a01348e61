//! A checkout names an affiliate; the order remembers it, and each payment that comes for the order earns by the terms of that day.

use store::Tx;

use super::read::row;
use super::{Affiliate, Terms, edit, queries, share};
use crate::credit;
use crate::events::Event;
use crate::kit::{AffiliateId, Ctx, CustomerId, Money, OrderId, Result};
use crate::merchants;
use crate::payments::{PaymentInput, PaymentRow, PaymentStatus, Put};
use crate::rates::Converter;

/// What became of the code of a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    /// The affiliate is known.
    By(AffiliateId),
    /// Nobody who earns has this code. The order is taken all the same: money is never refused for a mistyped code.
    Unknown,
}

/// Notes whose buyer the order's was; the first code of an order stays. `code` is not blank; `new` says that the order was just made.
pub(crate) fn bring(tx: &mut Tx, ctx: &Ctx, order: &OrderId, customer: Option<&CustomerId>, code: &str, new: bool) -> Result<Brought> {
    if let Some(known) = tx.opt(&queries::BROUGHT, &[&ctx.merchant, order], row)? {
        return Ok(Brought::By(known.id));
    }
    let key = edit::key(code);
    let Some(affiliate) = tx.opt(&queries::BY_CODE, &[&ctx.merchant, &key], row)? else {
        if new {
            let event = Event::new("order.affiliate_unknown").of_opt(customer).on("order", order.as_str());
            event.value("code", None, Some(code.trim())).record(tx, ctx)?;
        }
        return Ok(Brought::Unknown);
    };
    tx.exec(&queries::BRING, &[&ctx.merchant, order, &affiliate.id, &ctx.now])?;
    Ok(Brought::By(affiliate.id))
}

/// Agrees the commission on a payment that came for an order which somebody brought. Store credit earns nothing: it is no new money.
pub(crate) fn earn(tx: &mut Tx, ctx: &Ctx, payment: &PaymentInput, put: &Put) -> Result<()> {
    let came = (put.created || put.changed) && matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Settled);
    let Some(order) = payment.order.as_ref().filter(|_| came && payment.provider != credit::PROVIDER) else { return Ok(()) };
    let Some(affiliate) = tx.opt(&queries::BROUGHT, &[&ctx.merchant, order], row)? else { return Ok(()) };
    if affiliate.archived_at.is_some() {
        return Ok(());
    }
    let first = tx.opt(&queries::ORDER_EARNED, &[&ctx.merchant, order], |r| r.get::<String>(0))?.is_none();
    if affiliate.terms == Terms::Amount && !first {
        return Ok(());
    }
    let amount = default(tx, ctx, &affiliate, Money::new(payment.amount, payment.currency), payment.paid_at)?;
    let done = tx.exec(&queries::EARN, &[&ctx.merchant, &put.id, &affiliate.id, &amount, &payment.currency, &ctx.now])?;
    if done > 0 {
        Event::new("commission.set")
            .of_opt(payment.customer.as_ref())
            .on("payment", put.id.as_str())
            .because("checkout")
            .data(serde_json::json!({ "affiliate": affiliate.id, "amount": amount, "currency": payment.currency }))
            .value("affiliate", None, Some(&affiliate.name))
            .value("commission", None, Some(&Money::new(amount, payment.currency).to_string()))
            .record(tx, ctx)?;
    }
    Ok(())
}

/// A payment brought another amount than was known when its commission was agreed: a share is that of the new amount, and no commission is more than the
/// payment. In another currency it is agreed anew.
pub(crate) fn amount_changed(tx: &mut Tx, ctx: &Ctx, payment: &PaymentRow, now: Money) -> Result<()> {
    let agreed = tx.opt(&queries::AGREED, &[&ctx.merchant, &payment.id], |r| Ok((row(r)?, r.get::<i64>(8)?)))?;
    let Some((affiliate, agreed)) = agreed else { return Ok(()) };
    let before = Money::new(agreed, payment.currency);
    let by_terms = affiliate.terms == Terms::Percent && agreed == share(payment.amount, affiliate.rate);
    let minor = if by_terms {
        share(now.minor, affiliate.rate)
    } else if now.currency == payment.currency {
        agreed.min(now.minor)
    } else {
        default(tx, ctx, &affiliate, now, payment.paid_at)?
    };
    let after = Money::new(minor, now.currency);
    if after == before {
        return Ok(());
    }
    tx.exec(&queries::SET_MONEY, &[&ctx.merchant, &payment.id, &after.minor, &after.currency, &ctx.now])?;
    Event::new("commission.set")
        .of_opt(payment.customer.as_ref())
        .on("payment", payment.id.as_str())
        .because("the payment’s amount changed")
        .data(serde_json::json!({
            "affiliate": affiliate.id, "amount": after.minor, "currency": after.currency, "before": affiliate.id, "amount_before": before.minor,
        }))
        .value("commission", Some(&before.to_string()), Some(&after.to_string()))
        .record(tx, ctx)?;
    Ok(())
}

/// By the affiliate's terms, in the payment's currency, at most the payment. A fixed amount in another currency is worth what the rate of the
/// day says, and nothing where there is no rate: it is not guessed.
pub(super) fn default(tx: &mut Tx, ctx: &Ctx, affiliate: &Affiliate, payment: Money, at: i64) -> Result<i64> {
    let Some(currency) = affiliate.currency.filter(|_| affiliate.terms == Terms::Amount) else {
        return Ok(share(payment.minor, affiliate.rate));
    };
    let day = merchants::settings(tx, ctx)?.zone.day(at);
    let worth = Converter::to(payment.currency).convert(tx, ctx, Money::new(affiliate.rate, currency), day)?;
    Ok(worth.unwrap_or(0).clamp(0, payment.minor))
}
