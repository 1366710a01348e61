//! Stripe's objects as news. Amounts come in its own minor units (see [`crate::money`]), moments in seconds.

use serde_json::Value;

use crate::json::{address, flag, id, int, list, some, text};
use crate::money;
use crate::news::{
    Address, Amount, Customer, Dispute, DisputeStatus, Method, MethodKind, News, Payer, Payment, PaymentStatus, Refund, RefundStatus,
    Subscription, SubscriptionStatus, Unit,
};

/// A moment in seconds, as microseconds; nothing for what cannot be one.
pub(super) fn moment(o: &Value, field: &str) -> Option<i64> {
    int(o, &[field]).filter(|s| (0..=32_503_680_000).contains(s)).map(|s| s * 1_000_000)
}

/// An amount of the object's currency.
fn amount(o: &Value, minor: i64) -> Amount {
    let currency = text(o, &["currency"]).to_uppercase();
    Amount { minor: money::of_stripe(minor, &currency), currency }
}

fn place(o: &Value) -> Option<Address> {
    address(o, ["line1", "line2", "city", "state", "postal_code", "country"])
}

/// What the shop calls the order, in the fields shops use.
pub(super) fn order(metadata: &Value) -> Option<String> {
    ["order_id", "order", "order_number"].iter().find_map(|name| some(metadata, &[name]))
}

/// A charge. One that is only authorised is pending; an authorisation that ran out has failed.
pub(super) fn charge(o: &Value, expired: bool) -> Vec<News> {
    let Some(reference) = some(o, &["id"]) else { return Vec::new() };
    let captured = o["captured"].as_bool().unwrap_or(true);
    let status = match text(o, &["status"]).as_str() {
        _ if expired => PaymentStatus::Failed,
        "succeeded" if captured => PaymentStatus::Settled,
        "succeeded" | "pending" => PaymentStatus::Pending,
        "failed" => PaymentStatus::Failed,
        _ => return Vec::new(),
    };
    let asked = int(o, &["amount"]).unwrap_or(0);
    let came = int(o, &["amount_captured"]).filter(|a| *a > 0 && status == PaymentStatus::Settled).unwrap_or(asked);
    let at = moment(o, "created").unwrap_or(0);
    let customer = id(o, &["customer"]);
    let payment = Payment {
        other: id(o, &["payment_intent"]),
        status,
        amount: amount(o, came),
        payer: Payer {
            name: text(o, &["billing_details", "name"]),
            email: some(o, &["billing_details", "email"]).unwrap_or_else(|| text(o, &["receipt_email"])),
            phone: text(o, &["billing_details", "phone"]),
        },
        method: details(o, customer.clone(), at),
        customer,
        failure_code: failure(o, "failure_code", "outcome"),
        failure_message: text(o, &["failure_message"]),
        at,
        subscription: None,
        order: order(&o["metadata"]),
        ours: some(o, &["metadata", "regulars_period"]),
        sale: None,
        reference: reference.clone(),
    };
    let mut news = vec![News::Payment(Box::new(payment))];
    if let Some(invoice) = id(o, &["invoice"]) {
        news.push(News::Renewal(crate::news::Renewal { payment: Some(reference), invoice: Some(invoice), subscription: None }));
    }
    news
}

/// How much of a charge was authorised and let go without having been captured, in Stripe's minor units. Stripe counts it as refunded.
pub(super) fn released(o: &Value) -> i64 {
    let captured = int(o, &["amount_captured"]).filter(|a| *a > 0 && o["captured"].as_bool().unwrap_or(true));
    captured.zip(int(o, &["amount"])).map_or(0, |(captured, asked)| asked.saturating_sub(captured).max(0))
}

/// The bank's own word, where it is told, says more than Stripe's.
fn failure(o: &Value, field: &str, outcome: &str) -> String {
    let bank = some(o, &["decline_code"]).or_else(|| some(o, &[outcome, "reason"]).filter(|_| text(o, &[field]) == "card_declined"));
    bank.unwrap_or_else(|| text(o, &[field]))
}

/// A payment intent with the id of its charge; of one without, only what failed.
pub(super) fn intent(kind: &str, o: &Value, at: i64) -> Option<Payment> {
    let intent = some(o, &["id"])?;
    let error = &o["last_payment_error"];
    let charge = some(o, &["latest_charge"]).or_else(|| id(error, &["charge"]));
    let status = match kind {
        "payment_intent.succeeded" => PaymentStatus::Settled,
        "payment_intent.processing" => PaymentStatus::Pending,
        _ => PaymentStatus::Failed,
    };
    let (reference, other) = match charge {
        Some(charge) => (charge, Some(intent)),
        None if kind == "payment_intent.payment_failed" => (intent, None),
        None => return None,
    };
    let minor = int(o, &["amount_received"]).filter(|a| *a > 0 && status == PaymentStatus::Settled).or(int(o, &["amount"]))?;
    let customer = id(o, &["customer"]);
    let method = if o["payment_method"].is_object() { &o["payment_method"] } else { &error["payment_method"] };
    Some(Payment {
        reference,
        other,
        status,
        amount: amount(o, minor),
        payer: Payer { email: text(o, &["receipt_email"]), ..Payer::default() },
        method: self::method(method, at).map(|m| Method { customer: customer.clone(), ..m }),
        customer,
        failure_code: failure(error, "code", "outcome"),
        failure_message: text(error, &["message"]),
        at,
        subscription: None,
        order: order(&o["metadata"]),
        ours: some(o, &["metadata", "regulars_period"]),
        sale: None,
    })
}

/// What a charge came by.
fn details(o: &Value, customer: Option<String>, at: i64) -> Option<Method> {
    let d = &o["payment_method_details"];
    let kind = text(d, &["type"]);
    let old = &o["source"];
    let (kind, inner) = match kind.as_str() {
        "" if text(old, &["object"]) == "card" => ("card".to_owned(), old),
        "" => return None,
        _ => (kind.clone(), &d[kind.as_str()]),
    };
    let reference = id(o, &["payment_method"]).or_else(|| id(o, &["source"]));
    Some(Method { reference, customer, billing: place(&o["billing_details"]["address"]), ..of(&kind, inner, at) })
}

/// A payment method object.
pub(super) fn method(o: &Value, at: i64) -> Option<Method> {
    let reference = some(o, &["id"])?;
    let kind = text(o, &["type"]);
    let billing = place(&o["billing_details"]["address"]);
    Some(Method { reference: Some(reference), customer: id(o, &["customer"]), billing, ..of(&kind, &o[kind.as_str()], at) })
}

/// A card of the older kind.
pub(super) fn source(o: &Value, at: i64) -> Option<Method> {
    let (reference, customer) = (some(o, &["id"])?, id(o, &["customer"]));
    customer.as_ref()?;
    let kind = match text(o, &["object"]).as_str() {
        "card" => "card",
        "bank_account" => "us_bank_account",
        _ => return None,
    };
    let billing = address(o, ["address_line1", "address_line2", "address_city", "address_state", "address_zip", "address_country"]);
    Some(Method { reference: Some(reference), customer, billing, ..of(kind, o, at) })
}

fn of(kind: &str, inner: &Value, at: i64) -> Method {
    let which = match kind {
        "card" | "card_present" | "interac_present" => MethodKind::Card,
        "customer_balance" => MethodKind::Transfer,
        k if k.ends_with("_debit") || k == "us_bank_account" => MethodKind::BankDebit,
        _ => MethodKind::Wallet,
    };
    let brand = some(inner, &["brand"]).or_else(|| some(inner, &["bank_name"])).unwrap_or_else(|| kind.to_owned());
    Method {
        reference: None,
        customer: None,
        kind: which,
        brand: brand.to_lowercase(),
        last4: text(inner, &["last4"]),
        expires_year: int(inner, &["exp_year"]),
        expires_month: int(inner, &["exp_month"]),
        fingerprint: text(inner, &["fingerprint"]),
        billing: None,
        at,
    }
}

/// A refund.
pub(super) fn refund(o: &Value) -> Option<Refund> {
    let payment = id(o, &["charge"]).or_else(|| id(o, &["payment_intent"]))?;
    Some(Refund {
        reference: some(o, &["id"])?,
        payment,
        amount: amount(o, int(o, &["amount"])?),
        status: match text(o, &["status"]).as_str() {
            "pending" | "requires_action" => RefundStatus::Pending,
            "failed" | "canceled" => RefundStatus::Failed,
            _ => RefundStatus::Done,
        },
        reason: text(o, &["reason"]),
        failure: text(o, &["failure_reason"]),
        ours: some(o, &["metadata", "regulars_refund"]),
        at: moment(o, "created").unwrap_or(0),
    })
}

/// A dispute. An inquiry that is closed, and one the shop ended by refunding, have cost nothing more.
pub(super) fn dispute(o: &Value, at: i64) -> Option<Dispute> {
    Some(Dispute {
        reference: some(o, &["id"])?,
        payment: id(o, &["charge"]).or_else(|| id(o, &["payment_intent"]))?,
        amount: amount(o, int(o, &["amount"])?),
        status: match text(o, &["status"]).as_str() {
            "won" | "warning_closed" | "prevented" | "charge_refunded" => DisputeStatus::Won,
            "lost" => DisputeStatus::Lost,
            _ => DisputeStatus::Open,
        },
        reason: text(o, &["reason"]),
        opened_at: moment(o, "created").unwrap_or(at),
        due_at: moment(&o["evidence_details"], "due_by"),
        at,
    })
}

/// A subscription. One that never began is none.
pub(super) fn subscription(o: &Value) -> Option<Subscription> {
    let items = list(o, &["items", "data"]);
    let plan = |i: &Value| if i["price"].is_object() { i["price"].clone() } else { i["plan"].clone() };
    let first = items.first().map(plan).filter(Value::is_object).unwrap_or_else(|| o["plan"].clone());
    let ends = |field: &str| moment(o, field).map(|at| at - 1);
    let period = moment(o, "current_period_end").or_else(|| items.iter().filter_map(|i| moment(i, "current_period_end")).max());
    let leaving = flag(o, &["cancel_at_period_end"]) || int(o, &["cancel_at"]).is_some();
    let status = match text(o, &["status"]).as_str() {
        "canceled" => SubscriptionStatus::Ended,
        "trialing" | "active" | "past_due" if leaving => SubscriptionStatus::Cancelled,
        "paused" => SubscriptionStatus::Paused,
        "trialing" | "active" if o["pause_collection"].is_object() => SubscriptionStatus::Paused,
        "trialing" => SubscriptionStatus::Trialing,
        "active" => SubscriptionStatus::Active,
        "past_due" | "unpaid" => SubscriptionStatus::PastDue,
        _ => return None,
    };
    let interval = |field: &str| some(&first, &["recurring", field]).or_else(|| some(&first, &[field]));
    let count = int(&first, &["recurring", "interval_count"]).or_else(|| int(&first, &["interval_count"])).unwrap_or(1);
    let each = |i: &Value| {
        let price = plan(i);
        let unit = int(&price, &["unit_amount"]).or_else(|| int(&price, &["amount"])).unwrap_or(0);
        unit.saturating_mul(int(i, &["quantity"]).unwrap_or(1))
    };
    let sum = items.iter().map(each).fold(0, i64::saturating_add);
    let currency = some(o, &["currency"]).or_else(|| some(&first, &["currency"])).unwrap_or_default();
    let name = some(&first, &["nickname"]).or_else(|| some(o, &["description"])).or_else(|| some(&first, &["product", "name"]));
    Some(Subscription {
        reference: some(o, &["id"])?,
        customer: id(o, &["customer"])?,
        name: name.or_else(|| some(&first, &["id"])).unwrap_or_else(|| "Subscription".to_owned()),
        status,
        amount: Some(amount(&serde_json::json!({ "currency": currency }), sum)),
        cycle_count: count,
        cycle_unit: match interval("interval").as_deref() {
            Some("day") => Unit::Day,
            Some("week") => Unit::Week,
            Some("year") => Unit::Year,
            _ => Unit::Month,
        },
        method: id(o, &["default_payment_method"]).or_else(|| id(o, &["default_source"])),
        started_at: moment(o, "start_date").or_else(|| moment(o, "created"))?,
        trial_until: moment(o, "trial_end"),
        next_payment_at: period.filter(|at| match status {
            SubscriptionStatus::Ended => false,
            // It renews until then.
            SubscriptionStatus::Cancelled => moment(o, "cancel_at").is_some_and(|end| *at < end),
            _ => true,
        }),
        ends_at: match status {
            SubscriptionStatus::Ended => ends("ended_at").or_else(|| ends("canceled_at")),
            SubscriptionStatus::Cancelled => ends("cancel_at").or(period.map(|at| at - 1)),
            _ => None,
        },
    })
}

/// A customer, or what is left of a deleted one.
pub(super) fn customer(o: &Value, deleted: bool) -> Option<Customer> {
    let reference = some(o, &["id"])?;
    let language = list(o, &["preferred_locales"]).first().and_then(Value::as_str).unwrap_or_default();
    Some(Customer {
        reference,
        name: text(o, &["name"]),
        email: text(o, &["email"]),
        phone: text(o, &["phone"]),
        language: language.split(['-', '_']).next().unwrap_or_default().to_lowercase(),
        address: place(&o["address"]),
        default_method: id(o, &["invoice_settings", "default_payment_method"]).or_else(|| id(o, &["default_source"])),
        deleted: deleted || flag(o, &["deleted"]),
        ours: some(&o["metadata"], &["regulars_customer"]),
    })
}
