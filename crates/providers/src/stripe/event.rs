//! Events: which object of which event says what.

use serde_json::Value;

use super::object;
use crate::json::{flag, id, int, list, some, text};
use crate::news::{News, Renewal, Setup, SetupStep, Told};
use crate::{Unreadable, money};

/// Reads an event, from a webhook or from the list of past ones. Kinds that are not known, and thin events, are no news.
///
/// # Errors
/// [`Unreadable`] for what is no event.
pub fn read(body: &[u8]) -> Result<Told, Unreadable> {
    let event: Value = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    let (id, kind) = (text(&event, &["id"]), text(&event, &["type"]));
    if id.is_empty() || kind.is_empty() || id.len() > 200 || kind.len() > 200 {
        return Err(Unreadable);
    }
    let at = object::moment(&event, "created").unwrap_or(0);
    let news = news(&kind, &event["data"]["object"], at);
    Ok(Told { rank: rank(&kind), live: flag(&event, &["livemode"]), id, kind, at, news })
}

/// Stripe dates events to the second only.
fn rank(kind: &str) -> u8 {
    match kind.rsplit('.').next().unwrap_or_default() {
        "created" | "attached" => 0,
        "deleted" | "detached" | "closed" => 2,
        _ => 1,
    }
}

fn news(kind: &str, o: &Value, at: i64) -> Vec<News> {
    match kind {
        "customer.created" | "customer.updated" | "customer.deleted" => {
            object::customer(o, kind == "customer.deleted").into_iter().map(News::Customer).collect()
        }
        "payment_method.attached" | "payment_method.updated" | "payment_method.automatically_updated" => {
            object::method(o, at).filter(|m| m.customer.is_some()).into_iter().map(News::Method).collect()
        }
        "customer.source.created" | "customer.source.updated" | "customer.source.expiring" => {
            object::source(o, at).into_iter().map(News::Method).collect()
        }
        "payment_method.detached" | "customer.source.deleted" => {
            some(o, &["id"]).map(|reference| News::MethodGone { reference, at }).into_iter().collect()
        }
        "payment_intent.succeeded" | "payment_intent.processing" | "payment_intent.payment_failed" | "payment_intent.canceled" => {
            intent(kind, o, at)
        }
        "charge.succeeded" | "charge.failed" | "charge.captured" | "charge.pending" | "charge.updated" | "charge.expired" => {
            object::charge(o, kind == "charge.expired")
        }
        "charge.refunded" => refunded(o, at),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            object::refund(o).into_iter().map(News::Refund).collect()
        }
        "charge.dispute.created"
        | "charge.dispute.updated"
        | "charge.dispute.closed"
        | "charge.dispute.funds_withdrawn"
        | "charge.dispute.funds_reinstated" => object::dispute(o, at).into_iter().map(News::Dispute).collect(),
        "customer.subscription.created"
        | "customer.subscription.updated"
        | "customer.subscription.deleted"
        | "customer.subscription.paused"
        | "customer.subscription.resumed"
        | "customer.subscription.trial_will_end"
        | "customer.subscription.pending_update_applied" => {
            object::subscription(o).into_iter().map(|s| News::Subscription(Box::new(s))).collect()
        }
        "invoice.created"
        | "invoice.finalized"
        | "invoice.paid"
        | "invoice.payment_succeeded"
        | "invoice.payment_failed"
        | "invoice.updated" => invoice(o),
        "invoice_payment.paid" => {
            let payment = id(o, &["payment", "charge"]).or_else(|| id(o, &["payment", "payment_intent"]));
            renewal(payment, id(o, &["invoice"]), None)
        }
        "setup_intent.succeeded" => setup(o, at, SetupStep::Kept, true),
        "checkout.session.completed" if text(o, &["mode"]) == "setup" => setup(o, at, SetupStep::Kept, false),
        "checkout.session.expired" if text(o, &["mode"]) == "setup" => setup(o, at, SetupStep::Over, false),
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => session(o),
        _ => Vec::new(),
    }
}

/// The charge of an intent, where it names one. A failure without a charge (the buyer did not pass the bank's check) stands for itself.
fn intent(kind: &str, o: &Value, at: i64) -> Vec<News> {
    let old = list(o, &["charges", "data"]).first();
    if let Some(charge) = old.filter(|c| c["amount"].is_i64()).or_else(|| Some(&o["latest_charge"]).filter(|c| c["amount"].is_i64())) {
        return object::charge(charge, false);
    }
    object::intent(kind, o, at).into_iter().map(|p| News::Payment(Box::new(p))).collect()
}

/// The refunds one by one, as old versions tell them, else what they come to in all. What was authorised and never captured stands among them, though
/// nobody had paid it.
fn refunded(o: &Value, at: i64) -> Vec<News> {
    let released = object::released(o);
    let each: Vec<News> = paid_back(o, released).into_iter().filter_map(object::refund).map(News::Refund).collect();
    if !each.is_empty() && !flag(o, &["refunds", "has_more"]) {
        return each;
    }
    let (Some(payment), Some(total)) = (some(o, &["id"]), int(o, &["amount_refunded"])) else { return Vec::new() };
    let currency = text(o, &["currency"]).to_uppercase();
    // Less than that was let go: there is more to capture, and all of it was paid back.
    let total = if total >= released { total - released } else { total };
    let minor = money::of_stripe(total, &currency);
    let total = News::RefundTotal { payment, total: crate::news::Amount { minor, currency }, at };
    [object::charge(o, false), vec![total]].concat()
}

/// The single refunds without the one that stands for what was released, the oldest of that amount, when the list has it.
fn paid_back(o: &Value, released: i64) -> Vec<&Value> {
    let mut all: Vec<&Value> = list(o, &["refunds", "data"]).iter().collect();
    let done = all.iter().filter(|r| !matches!(text(r, &["status"]).as_str(), "failed" | "canceled"));
    let sum = done.filter_map(|r| int(r, &["amount"])).fold(0, i64::saturating_add);
    if released > 0 && int(o, &["amount_refunded"]) == Some(sum) {
        let at = |r: &&Value| int(r, &["created"]).unwrap_or(0);
        let oldest =
            all.iter().enumerate().filter(|(_, r)| int(r, &["amount"]) == Some(released)).min_by_key(|(_, r)| at(r)).map(|(i, _)| i);
        if let Some(i) = oldest {
            all.remove(i);
        }
    }
    all
}

/// Which payment and which subscription an invoice is about; the subscription moved from the invoice to its parent in 2025.
fn invoice(o: &Value) -> Vec<News> {
    let subscription = id(o, &["subscription"])
        .or_else(|| id(o, &["parent", "subscription_details", "subscription"]))
        .or_else(|| list(o, &["lines", "data"]).iter().find_map(|l| id(l, &["parent", "subscription_item_details", "subscription"])));
    let invoice = some(o, &["id"]);
    let paid: Vec<String> = [id(o, &["charge"]), id(o, &["payment_intent"])].into_iter().flatten().take(1).collect();
    let listed = list(o, &["payments", "data"]).iter();
    let listed = listed.filter_map(|p| id(p, &["payment", "charge"]).or_else(|| id(p, &["payment", "payment_intent"])));
    let payments: Vec<String> = paid.into_iter().chain(listed).collect();
    if subscription.is_none() {
        return Vec::new();
    }
    let with = |payment| renewal(payment, invoice.clone(), subscription.clone());
    if payments.is_empty() { with(None) } else { payments.into_iter().flat_map(|p| with(Some(p))).collect() }
}

fn renewal(payment: Option<String>, invoice: Option<String>, subscription: Option<String>) -> Vec<News> {
    let named = [&payment, &invoice, &subscription].into_iter().flatten().count();
    if named < 2 { Vec::new() } else { vec![News::Renewal(Renewal { payment, invoice, subscription })] }
}

/// What the shop's own words about the order are.
fn session(o: &Value) -> Vec<News> {
    let order = some(o, &["client_reference_id"]).or_else(|| object::order(&o["metadata"]));
    let mut news = Vec::new();
    if let (Some(payment), Some(order)) = (id(o, &["payment_intent"]), order) {
        news.push(News::Order { payment, order });
    }
    news.extend(renewal(None, id(o, &["invoice"]), id(o, &["subscription"])));
    news
}

/// A method that was added on a page of ours, told by the page or (`names`) by the intent behind it; nothing for one that others asked for.
fn setup(o: &Value, at: i64, step: SetupStep, names: bool) -> Vec<News> {
    let Some(ours) = some(&o["metadata"], &["regulars_setup"]) else { return Vec::new() };
    let method = id(o, &["payment_method"]).filter(|_| names);
    let details = Some(&o["payment_method"]).filter(|m| names && m.is_object()).and_then(|m| object::method(m, at));
    vec![News::Setup(Box::new(Setup { ours, step, customer: id(o, &["customer"]), method, details }))]
}
