//! Events: which resource of which event says what.

use serde_json::Value;

use super::object;
use crate::Unreadable;
use crate::json::text;
use crate::news::{News, PaymentStatus, RefundStatus, Told};

/// Reads an event, from a webhook or from the list of past ones. `live` is the account's: PayPal's events do not say it. Kinds that are not known
/// are no news.
///
/// # Errors
/// [`Unreadable`] for what is no event.
pub fn read(body: &[u8], live: bool) -> Result<Told, Unreadable> {
    let event: Value = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    let (id, kind) = (text(&event, &["id"]), text(&event, &["event_type"]));
    if id.is_empty() || kind.is_empty() || id.len() > 200 || kind.len() > 200 {
        return Err(Unreadable);
    }
    let at = object::time(&event, "create_time").unwrap_or(0);
    let news = news(&kind, &event["resource"], at);
    Ok(Told { rank: rank(&kind), live, id, kind, at, news })
}

fn rank(kind: &str) -> u8 {
    match kind.rsplit('.').next().unwrap_or_default() {
        "CREATED" => 0,
        "CANCELLED" | "EXPIRED" | "DELETED" | "RESOLVED" => 2,
        _ => 1,
    }
}

fn news(kind: &str, o: &Value, at: i64) -> Vec<News> {
    let payment = |p: Option<crate::news::Payment>| p.into_iter().map(|p| News::Payment(Box::new(p))).collect();
    match kind {
        "PAYMENT.CAPTURE.COMPLETED" => payment(object::capture(o, PaymentStatus::Settled, at)),
        "PAYMENT.CAPTURE.PENDING" => payment(object::capture(o, PaymentStatus::Pending, at)),
        "PAYMENT.CAPTURE.DENIED" | "PAYMENT.CAPTURE.DECLINED" => payment(object::capture(o, PaymentStatus::Failed, at)),
        "PAYMENT.CAPTURE.REFUNDED" | "PAYMENT.SALE.REFUNDED" | "PAYMENT.REFUND.PENDING" => refund(o, None, at),
        "PAYMENT.REFUND.FAILED" => refund(o, Some(RefundStatus::Failed), at),
        "PAYMENT.CAPTURE.REVERSED" => {
            let back = refund(o, None, at);
            if back.is_empty() { payment(object::capture(o, PaymentStatus::Bounced, at)) } else { back }
        }
        "PAYMENT.SALE.COMPLETED" => payment(object::sale(o, PaymentStatus::Settled, at)),
        "PAYMENT.SALE.PENDING" => payment(object::sale(o, PaymentStatus::Pending, at)),
        "PAYMENT.SALE.DENIED" => payment(object::sale(o, PaymentStatus::Failed, at)),
        "PAYMENT.SALE.REVERSED" => {
            let back = refund(o, None, at);
            if back.is_empty() { payment(object::sale(o, PaymentStatus::Bounced, at)) } else { back }
        }
        "CHECKOUT.ORDER.APPROVED" => super::orders::approved(o, at).map(News::Approved).into_iter().collect(),
        "CHECKOUT.ORDER.COMPLETED" => object::order(o, at),
        "BILLING.SUBSCRIPTION.CREATED"
        | "BILLING.SUBSCRIPTION.ACTIVATED"
        | "BILLING.SUBSCRIPTION.UPDATED"
        | "BILLING.SUBSCRIPTION.EXPIRED"
        | "BILLING.SUBSCRIPTION.CANCELLED"
        | "BILLING.SUBSCRIPTION.SUSPENDED"
        | "BILLING.SUBSCRIPTION.RE-ACTIVATED"
        | "BILLING.SUBSCRIPTION.PAYMENT.FAILED" => object::subscription(kind, o, at),
        "CUSTOMER.DISPUTE.CREATED" | "CUSTOMER.DISPUTE.UPDATED" | "CUSTOMER.DISPUTE.RESOLVED" => {
            object::dispute(o, at).into_iter().map(News::Dispute).collect()
        }
        "VAULT.PAYMENT-TOKEN.CREATED" => object::token(o, at).into_iter().map(News::Method).collect(),
        "VAULT.PAYMENT-TOKEN.DELETED" => {
            crate::json::some(o, &["id"]).map(|reference| News::MethodGone { reference, at }).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn refund(o: &Value, status: Option<RefundStatus>, at: i64) -> Vec<News> {
    object::refund(o, at).map(|r| News::Refund(crate::news::Refund { status: status.unwrap_or(r.status), ..r })).into_iter().collect()
}
