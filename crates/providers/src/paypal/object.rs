//! PayPal's resources as news, of its first and second API.

use serde_json::Value;

use super::orders::MARK;
use crate::json::{address, at, id, list, some, text};
use crate::money;
use crate::news::{
    Address, Amount, Customer, Dispute, DisputeStatus, Method, MethodKind, News, Payer, Payment, PaymentStatus, Refund, RefundStatus,
    Subscription, SubscriptionStatus, Unit,
};

/// A moment such as `2026-06-15T12:00:00Z`, in microseconds UTC.
pub(super) fn moment(text: &str) -> Option<i64> {
    text.trim().parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond).filter(|at| *at >= 0)
}

/// The same of a field.
pub(super) fn time(o: &Value, field: &str) -> Option<i64> {
    some(o, &[field]).and_then(|t| moment(&t))
}

/// An amount of either API: `value`/`currency_code`, `total`/`currency`. Without its sign: refunds of the first API carry a minus.
pub(super) fn amount(o: &Value) -> Option<Amount> {
    let currency = some(o, &["currency_code"]).or_else(|| some(o, &["currency"]))?.to_uppercase();
    let value = some(o, &["value"]).or_else(|| some(o, &["total"]))?;
    Some(Amount { minor: money::of_text(&value, &currency)?.abs(), currency })
}

fn place(o: &Value) -> Option<Address> {
    address(o, ["address_line_1", "address_line_2", "admin_area_2", "admin_area_1", "postal_code", "country_code"])
}

fn full_name(o: &Value) -> String {
    let parts = [text(o, &["given_name"]), text(o, &["surname"])];
    let joined = parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    if joined.is_empty() { text(o, &["full_name"]) } else { joined }
}

fn payer(o: &Value) -> Payer {
    Payer {
        name: full_name(&o["name"]),
        email: text(o, &["email_address"]),
        phone: some(o, &["phone", "phone_number", "national_number"]).unwrap_or_default(),
    }
}

fn wallet(now: i64) -> Method {
    Method {
        reference: None,
        customer: None,
        kind: MethodKind::Wallet,
        brand: "paypal".to_owned(),
        last4: String::new(),
        expires_year: None,
        expires_month: None,
        fingerprint: String::new(),
        billing: None,
        at: now,
    }
}

/// Our own mark on an order that was asked for here.
fn mark(o: &Value) -> Option<String> {
    some(o, &["custom_id"]).filter(|id| id.starts_with(MARK))
}

/// A capture of the second API.
pub(super) fn capture(o: &Value, status: PaymentStatus, now: i64) -> Option<Payment> {
    let when = if status == PaymentStatus::Pending { "create_time" } else { "update_time" };
    Some(Payment {
        ours: mark(o),
        reference: some(o, &["id"])?,
        other: some(o, &["supplementary_data", "related_ids", "order_id"]),
        status,
        amount: amount(&o["amount"])?,
        customer: None,
        payer: payer(&o["payer"]),
        method: Some(wallet(now)),
        failure_code: some(o, &["processor_response", "response_code"])
            .map(|code| declined(&code).map_or(code, str::to_owned))
            .or_else(|| some(o, &["status_details", "reason"]).map(|r| r.to_lowercase()))
            .filter(|_| status == PaymentStatus::Failed)
            .unwrap_or_default(),
        failure_message: String::new(),
        at: time(o, when).or_else(|| time(o, "create_time")).unwrap_or(now),
        subscription: None,
        order: some(o, &["custom_id"]).or_else(|| some(o, &["invoice_id"])),
        sale: Some(false),
    })
}

/// What the processor's code says about the card or account itself, in the words that banks use elsewhere. The rest says nothing about it: the same
/// card may work a minute later.
fn declined(code: &str) -> Option<&'static str> {
    Some(match code {
        "5120" => "insufficient_funds",
        "5400" | "PPEF" | "PPEX" => "expired_card",
        "1380" => "invalid_expiry_year",
        "00N7" | "1382" | "5110" | "PCVV" => "incorrect_cvc",
        "0390" | "1330" | "1335" | "5950" | "6300" | "PPFI" => "invalid_account",
        "5140" | "PP06" => "account_closed",
        "5150" => "pickup_card",
        "1352" | "5180" | "PPAB" | "PPFR" => "restricted_card",
        "9500" => "fraudulent",
        "9520" => "stolen_card",
        "PPTR" => "revoked",
        _ => return None,
    })
}

/// A sale of the first API: what a subscription pays with.
pub(super) fn sale(o: &Value, status: PaymentStatus, now: i64) -> Option<Payment> {
    Some(Payment {
        ours: None,
        reference: some(o, &["id"])?,
        other: None,
        status,
        amount: amount(&o["amount"])?,
        customer: None,
        payer: payer(&o["payer"]),
        method: Some(wallet(now)),
        failure_code: some(o, &["reason_code"]).map(|r| r.to_lowercase()).filter(|_| status == PaymentStatus::Failed).unwrap_or_default(),
        failure_message: String::new(),
        at: time(o, "create_time").unwrap_or(now),
        subscription: some(o, &["billing_agreement_id"]),
        order: some(o, &["custom"]).or_else(|| some(o, &["invoice_number"])),
        sale: Some(true),
    })
}

/// A refund of either API. Which payment it belongs to stands in `sale_id`, or in the link that leads up.
pub(super) fn refund(o: &Value, now: i64) -> Option<Refund> {
    let up = || {
        let link = list(o, &["links"]).iter().find(|l| text(l, &["rel"]) == "up")?;
        let href = text(link, &["href"]);
        let (_, id) = href.split_once("/captures/")?;
        Some(id.split(['/', '?']).next().unwrap_or_default().to_owned()).filter(|id| !id.is_empty())
    };
    let payment = some(o, &["sale_id"]).or_else(|| some(o, &["capture_id"])).or_else(up)?;
    let status = some(o, &["status"]).or_else(|| some(o, &["state"])).unwrap_or_default().to_uppercase();
    let ours = some(o, &["custom_id"]).or_else(|| some(o, &["custom"])).filter(|id| id.starts_with("ref_"));
    Some(Refund {
        reference: some(o, &["id"])?,
        payment,
        amount: amount(&o["amount"])?,
        status: match status.as_str() {
            "PENDING" => RefundStatus::Pending,
            "FAILED" | "CANCELLED" => RefundStatus::Failed,
            _ => RefundStatus::Done,
        },
        reason: some(o, &["note_to_payer"]).or_else(|| some(o, &["reason_code"]).map(|r| r.to_lowercase())).unwrap_or_default(),
        failure: some(o, &["status_details", "reason"]).unwrap_or_default().to_lowercase(),
        ours,
        at: time(o, "create_time").unwrap_or(now),
    })
}

/// An order that was paid: its captures, with who paid.
pub(super) fn order(o: &Value, now: i64) -> Vec<News> {
    let (order, who) = (some(o, &["id"]), payer(&o["payer"]));
    let units = list(o, &["purchase_units"]).iter();
    let captures = units.flat_map(|u| list(u, &["payments", "captures"]).iter().map(move |c| (u, c)));
    let found = captures.filter_map(|(unit, c)| {
        let status = match text(c, &["status"]).as_str() {
            "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED" => PaymentStatus::Settled,
            "PENDING" => PaymentStatus::Pending,
            "DECLINED" | "FAILED" => PaymentStatus::Failed,
            _ => return None,
        };
        let p = capture(c, status, now)?;
        let name = p.order.clone().or_else(|| some(unit, &["custom_id"])).or_else(|| some(unit, &["invoice_id"]));
        let ours = p.ours.clone().or_else(|| mark(unit));
        Some(News::Payment(Box::new(Payment { other: order.clone(), payer: who.clone(), order: name, ours, ..p })))
    });
    found.collect()
}

/// A subscription, with its subscriber as a customer. One that was never begun is none.
pub(super) fn subscription(kind: &str, o: &Value, now: i64) -> Vec<News> {
    let (Some(reference), Some(customer)) = (some(o, &["id"]), some(o, &["subscriber", "payer_id"])) else { return Vec::new() };
    let billing = &o["billing_info"];
    let changed = time(o, "status_update_time").unwrap_or(now);
    let next = time(billing, "next_billing_time");
    let paid_on = next.filter(|at| *at > changed);
    let status = match text(o, &["status"]).as_str() {
        "ACTIVE" if kind.ends_with("PAYMENT.FAILED") => SubscriptionStatus::PastDue,
        "ACTIVE" => SubscriptionStatus::Active,
        "SUSPENDED" => SubscriptionStatus::Paused,
        "CANCELLED" if paid_on.is_some() => SubscriptionStatus::Cancelled,
        "CANCELLED" | "EXPIRED" => SubscriptionStatus::Ended,
        _ => return Vec::new(),
    };
    let subscriber = &o["subscriber"];
    let who = payer(subscriber);
    let (cycle_count, cycle_unit) = cycle(o, next);
    let told = Customer {
        reference: customer.clone(),
        name: who.name,
        email: who.email,
        phone: who.phone,
        address: place(&subscriber["shipping_address"]["address"]).or_else(|| place(&subscriber["address"])),
        ..Customer::default()
    };
    let regular = list(o, &["plan", "billing_cycles"]).iter().find(|c| text(c, &["tenure_type"]) == "REGULAR");
    let price = regular.and_then(|c| amount(&c["pricing_scheme"]["fixed_price"]));
    let subscription = Subscription {
        reference,
        customer,
        name: some(o, &["plan", "name"]).or_else(|| some(o, &["plan_id"])).unwrap_or_else(|| "Subscription".to_owned()),
        status,
        amount: price.or_else(|| amount(&billing["last_payment"]["amount"])),
        cycle_count,
        cycle_unit,
        method: None,
        started_at: time(o, "start_time").or_else(|| time(o, "create_time")).unwrap_or(now),
        trial_until: None,
        next_payment_at: next.filter(|_| !matches!(status, SubscriptionStatus::Ended | SubscriptionStatus::Cancelled)),
        ends_at: match status {
            SubscriptionStatus::Ended => Some(changed),
            SubscriptionStatus::Cancelled => paid_on.map(|at| at - 1),
            _ => None,
        },
    };
    vec![News::Customer(told), News::Subscription(Box::new(subscription))]
}

/// The plan's frequency where the event carries it; else what lies between the last payment and the next.
fn cycle(o: &Value, next: Option<i64>) -> (i64, Unit) {
    let regular = list(o, &["plan", "billing_cycles"]).iter().find(|c| text(c, &["tenure_type"]) == "REGULAR");
    if let Some(frequency) = regular.map(|c| &c["frequency"]) {
        let unit = match text(frequency, &["interval_unit"]).as_str() {
            "DAY" => Unit::Day,
            "WEEK" => Unit::Week,
            "YEAR" => Unit::Year,
            _ => Unit::Month,
        };
        return (frequency["interval_count"].as_i64().unwrap_or(1).max(1), unit);
    }
    let last = time(&o["billing_info"]["last_payment"], "time");
    let days = next.zip(last).map(|(next, last)| (next - last + 43_200_000_000) / 86_400_000_000);
    match days {
        Some(1) => (1, Unit::Day),
        Some(d @ (7 | 14)) => (d / 7, Unit::Week),
        Some(89..=92) => (3, Unit::Month),
        Some(180..=185) => (6, Unit::Month),
        Some(364..=367) => (1, Unit::Year),
        _ => (1, Unit::Month),
    }
}

/// A dispute. The amount that a decision for the buyer gives back may be less than what was disputed.
pub(super) fn dispute(o: &Value, now: i64) -> Option<Dispute> {
    let outcome = text(o, &["dispute_outcome", "outcome_code"]);
    let status = match (text(o, &["status"]).as_str(), outcome.as_str()) {
        ("RESOLVED", "RESOLVED_BUYER_FAVOUR" | "RESOLVED_BUYER_FAVOR" | "ACCEPTED") => DisputeStatus::Lost,
        ("RESOLVED", _) => DisputeStatus::Won,
        _ => DisputeStatus::Open,
    };
    let about = list(o, &["disputed_transactions"]).first()?;
    let given = amount(&o["dispute_outcome"]["amount_refunded"]).filter(|a| a.minor > 0 && status == DisputeStatus::Lost);
    Some(Dispute {
        reference: some(o, &["dispute_id"])?,
        payment: id(about, &["seller_transaction_id"])?,
        amount: given.or_else(|| amount(&o["dispute_amount"]))?,
        status,
        reason: text(o, &["reason"]).to_lowercase(),
        opened_at: time(o, "create_time").unwrap_or(now),
        due_at: time(o, "seller_response_due_date"),
        at: if status == DisputeStatus::Open { now } else { time(o, "update_time").unwrap_or(now) },
    })
}

/// A method that was kept for later.
pub(super) fn token(o: &Value, now: i64) -> Option<Method> {
    let source = &o["payment_source"];
    let customer = some(source, &["paypal", "payer_id"]).or_else(|| some(o, &["customer", "id"]))?;
    let card = at(source, &["card"]);
    let kept = if card.is_object() {
        let expiry = text(card, &["expiry"]);
        let (year, month) = expiry.split_once('-').unwrap_or_default();
        Method {
            kind: MethodKind::Card,
            brand: text(card, &["brand"]).to_lowercase(),
            last4: text(card, &["last_digits"]),
            expires_year: year.parse().ok(),
            expires_month: month.parse().ok(),
            billing: place(&card["billing_address"]),
            ..wallet(now)
        }
    } else {
        wallet(now)
    };
    Some(Method { reference: Some(some(o, &["id"])?), customer: Some(customer), ..kept })
}
