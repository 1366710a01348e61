//! Signatures, events in both shapes, and calls; then the documented objects where they are at hand.

use ring::hmac;
use serde_json::{Value, json};

use super::*;
use crate::Distrust;
use crate::news::{Amount, DisputeStatus, News, Payment, PaymentStatus, RefundStatus, SubscriptionStatus, Unit};
use crate::wire::{Refusal, Reply};

/// 2026-06-15T12:00:00Z, microseconds.
const NOW: i64 = 1_781_524_800_000_000;

fn sign(secret: &str, at: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, format!("{at}.{body}").as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

fn event(kind: &str, object: Value) -> Vec<News> {
    let body = json!({ "id": "evt_1", "type": kind, "created": 1_781_524_800, "livemode": true, "data": { "object": object }, "new": [1] });
    read(body.to_string().as_bytes()).unwrap().news
}

fn payment(news: &[News]) -> &Payment {
    match news.first() {
        Some(News::Payment(p)) => p,
        other => panic!("{other:?}"),
    }
}

fn reply(status: u16, body: Value) -> Reply {
    Reply { status, headers: vec![("retry-after".into(), "7".into())], body: body.to_string().into_bytes() }
}

fn keys() -> Keys {
    Keys { base: "https://api.stripe.com".into(), secret: "sk_test_1".into() }
}

fn eur(minor: i64) -> Amount {
    Amount { minor, currency: "EUR".into() }
}

#[test]
fn a_signature_of_the_secret_and_of_now_is_trusted_and_no_other() {
    let (body, at) = (r#"{"id":"evt_1"}"#, NOW / 1_000_000);
    let vector = "bf253d486bf4754ea0093bf116331b57abfd752dd69e1264e0e03948d159fc17";
    assert_eq!(sign("whsec_test", at, body), vector, "as Python's hmac has it");
    let ok = |header: &str, now: i64| verify("whsec_test", header, body.as_bytes(), now);
    assert_eq!(ok(&format!("t={at},v1={vector}"), NOW), Ok(()));
    assert_eq!(ok(&format!("t={at},v0=00,v1=ab,v1={vector}"), NOW + TOLERANCE), Ok(()), "one of several is enough");
    assert_eq!(ok(&format!("t={at},v1={vector}"), NOW + TOLERANCE + 1), Err(Distrust::Age));
    assert_eq!(ok(&format!("t={at},v1={vector}"), NOW - TOLERANCE - 1), Err(Distrust::Age));
    assert_eq!(ok(&format!("t={},v1={vector}", at + 1), NOW), Err(Distrust::Signature), "the time is signed too");
    assert_eq!(verify("whsec_other", &format!("t={at},v1={vector}"), body.as_bytes(), NOW), Err(Distrust::Signature));
    assert_eq!(verify("whsec_test", &format!("t={at},v1={vector}"), b"{}", NOW), Err(Distrust::Signature));
    for header in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=é0", &format!("t={at},v1=")[..]] {
        assert!(ok(header, NOW).is_err(), "{header}");
    }
    assert_eq!(
        verify("", &format!("t={at},v1={}", sign("", at, body)), body.as_bytes(), NOW),
        Err(Distrust::Header),
        "no secret, no trust"
    );
}

#[test]
fn a_charge_says_who_paid_how_and_what_went_wrong() {
    let card =
        json!({ "type": "card", "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": "F1" } });
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 1000, "amount_captured": 600, "captured": true, "currency": "eur", "status": "succeeded",
        "customer": { "id": "cus_1" }, "payment_intent": "pi_1", "payment_method": "pm_1", "payment_method_details": card, "created": 1_781_524_000,
        "billing_details": { "name": "Ana", "email": null, "phone": "+34", "address": { "line1": "C/ 1", "country": "ES" } },
        "receipt_email": "ana@example.es", "metadata": { "order_id": "1042" }, "invoice": "in_1"
    });
    let news = event("charge.succeeded", charge.clone());
    let p = payment(&news);
    assert_eq!((p.reference.as_str(), p.other.as_deref(), p.customer.as_deref()), ("ch_1", Some("pi_1"), Some("cus_1")));
    assert_eq!((p.status, p.amount.clone(), p.at), (PaymentStatus::Settled, eur(600), 1_781_524_000_000_000));
    assert_eq!((p.payer.email.as_str(), p.order.as_deref()), ("ana@example.es", Some("1042")));
    let m = p.method.as_ref().unwrap();
    assert_eq!(
        (m.reference.as_deref(), m.last4.as_str(), m.expires_year, m.fingerprint.as_str()),
        (Some("pm_1"), "4242", Some(2030), "F1")
    );
    assert_eq!(m.billing.as_ref().unwrap().country, "ES");
    assert!(matches!(&news[1], News::Renewal(r) if r.invoice.as_deref() == Some("in_1")));
    let held =
        event("charge.succeeded", json!({ "id": "ch_2", "amount": 1000, "captured": false, "status": "succeeded", "currency": "eur" }));
    assert_eq!((payment(&held).status, payment(&held).amount.clone()), (PaymentStatus::Pending, eur(1000)));
    let failed = json!({ "id": "ch_3", "amount": 5, "status": "failed", "currency": "eur", "failure_code": "card_declined",
        "failure_message": "No.", "outcome": { "reason": "insufficient_funds" } });
    let failed = event("charge.failed", failed);
    assert_eq!((payment(&failed).status, payment(&failed).failure_code.as_str()), (PaymentStatus::Failed, "insufficient_funds"));
}

#[test]
fn an_intent_is_its_charge() {
    let intent =
        json!({ "id": "pi_1", "amount": 1000, "amount_received": 1000, "currency": "jpy", "latest_charge": "ch_1", "customer": "cus_1" });
    let news = event("payment_intent.succeeded", intent);
    assert_eq!(
        (payment(&news).reference.as_str(), payment(&news).other.as_deref(), payment(&news).amount.minor),
        ("ch_1", Some("pi_1"), 1000)
    );
    let old = json!({ "id": "pi_1", "amount": 1000, "currency": "eur",
        "charges": { "data": [{ "id": "ch_9", "amount": 1000, "status": "succeeded", "currency": "eur", "payment_intent": "pi_1" }] } });
    assert_eq!(payment(&event("payment_intent.succeeded", old)).reference, "ch_9");
    let refused = json!({ "id": "pi_2", "amount": 10, "currency": "eur", "latest_charge": null,
        "last_payment_error": { "code": "payment_intent_authentication_failure", "message": "Not confirmed." } });
    let news = event("payment_intent.payment_failed", refused);
    assert_eq!((payment(&news).reference.as_str(), payment(&news).status), ("pi_2", PaymentStatus::Failed));
    assert_eq!(event("payment_intent.processing", json!({ "id": "pi_3", "amount": 10, "currency": "eur" })), [], "nothing has moved yet");
}

#[test]
fn refunds_come_one_by_one_or_as_a_sum() {
    let refund = json!({ "id": "re_1", "amount": 300, "currency": "eur", "charge": "ch_1", "payment_intent": "pi_1", "status": "pending",
        "reason": "duplicate", "created": 1, "metadata": { "regulars_refund": "ref_1" } });
    let one = event("refund.created", refund.clone());
    let News::Refund(r) = &one[0] else { panic!("{one:?}") };
    assert_eq!((r.payment.as_str(), r.status, r.ours.as_deref(), r.at), ("ch_1", RefundStatus::Pending, Some("ref_1"), 1_000_000));
    let failed = json!({ "id": "re_1", "amount": 300, "currency": "eur", "charge": "ch_1", "status": "failed", "failure_reason": "lost_or_stolen_card" });
    assert!(
        matches!(&event("refund.failed", failed)[0], News::Refund(r) if r.status == RefundStatus::Failed && r.failure == "lost_or_stolen_card")
    );
    let old = json!({ "id": "ch_1", "amount": 1000, "amount_refunded": 300, "currency": "eur", "status": "succeeded", "refunds": { "data": [refund] } });
    assert_eq!(event("charge.refunded", old), one, "old versions carry the refunds");
    let new = json!({ "id": "ch_1", "amount": 1000, "amount_refunded": 300, "currency": "eur", "status": "succeeded" });
    assert_eq!(event("charge.refunded", new)[1], News::RefundTotal { payment: "ch_1".into(), total: eur(300), at: NOW });
    let part = json!({ "id": "ch_1", "amount": 1000, "amount_captured": 600, "captured": true, "amount_refunded": 500, "currency": "eur", "status": "succeeded" });
    assert_eq!(
        event("charge.refunded", part.clone())[1],
        News::RefundTotal { payment: "ch_1".into(), total: eur(100), at: NOW },
        "what was let go is no refund"
    );
    let each = |id: &str, minor: i64, at: i64| json!({ "id": id, "amount": minor, "currency": "eur", "charge": "ch_1", "status": "succeeded", "created": at });
    let mut listed = part;
    listed["refunds"] = json!({ "data": [each("re_2", 100, 9), each("re_1", 400, 5)] });
    let refunds = event("charge.refunded", listed);
    assert!(matches!(&refunds[..], [News::Refund(r)] if r.reference == "re_2"), "{refunds:?}");
}

#[test]
fn a_dispute_ends_for_one_side() {
    let told = |status: &str| {
        let object = json!({ "id": "dp_1", "amount": 1000, "currency": "eur", "charge": "ch_1", "status": status, "reason": "fraudulent",
            "created": 1_781_000_000, "evidence_details": { "due_by": 1_782_000_000 } });
        match event("charge.dispute.updated", object).remove(0) {
            News::Dispute(d) => (d.status, d.due_at),
            other => panic!("{other:?}"),
        }
    };
    let due = Some(1_782_000_000_000_000);
    for (word, status) in [
        ("needs_response", DisputeStatus::Open),
        ("warning_under_review", DisputeStatus::Open),
        ("something_new", DisputeStatus::Open),
        ("won", DisputeStatus::Won),
        ("warning_closed", DisputeStatus::Won),
        ("lost", DisputeStatus::Lost),
    ] {
        assert_eq!(told(word), (status, due), "{word}");
    }
}

#[test]
fn a_subscription_reads_the_same_in_both_shapes() {
    let price =
        json!({ "id": "price_1", "nickname": "Beans", "unit_amount": 1500, "recurring": { "interval": "month", "interval_count": 3 } });
    let plan = json!({ "id": "price_1", "nickname": "Beans", "amount": 1500, "interval": "month", "interval_count": 3 });
    let base = json!({ "id": "sub_1", "customer": "cus_1", "status": "active", "currency": "eur", "start_date": 1_781_000_000 });
    let with = |extra: Value| {
        let mut o = base.clone();
        o.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        event("customer.subscription.updated", o)
    };
    let new = with(json!({ "items": { "data": [{ "price": price, "quantity": 2, "current_period_end": 1_790_000_000 }] } }));
    let old = with(json!({ "current_period_end": 1_790_000_000, "items": { "data": [{ "plan": plan, "quantity": 2 }] } }));
    assert_eq!(new, old);
    let News::Subscription(s) = &new[0] else { panic!("{new:?}") };
    assert_eq!((s.amount.clone(), s.cycle_count, s.cycle_unit, s.name.as_str()), (Some(eur(3000)), 3, Unit::Month, "Beans"));
    assert_eq!((s.next_payment_at, s.ends_at), (Some(1_790_000_000_000_000), None));
    let far = with(json!({ "cancel_at": 1_800_000_000, "current_period_end": 1_790_000_000, "items": { "data": [] } }));
    assert!(
        matches!(&far[0], News::Subscription(s) if s.status == SubscriptionStatus::Cancelled && s.next_payment_at == Some(1_790_000_000_000_000)),
        "it renews until its end: {far:?}"
    );
    assert_eq!(with(json!({ "status": "incomplete_expired", "items": { "data": [] } })), [], "one that never began is none");
    let ending = with(json!({ "cancel_at_period_end": true, "current_period_end": 1_790_000_000, "items": { "data": [] } }));
    assert!(
        matches!(&ending[0], News::Subscription(s) if s.status == SubscriptionStatus::Cancelled && s.ends_at == Some(1_789_999_999_999_999)),
        "{ending:?}"
    );
    let over = with(json!({ "status": "canceled", "ended_at": 1_785_000_000, "items": { "data": [] } }));
    assert!(matches!(&over[0], News::Subscription(s) if s.status == SubscriptionStatus::Ended && s.ends_at == Some(1_784_999_999_999_999)));
    assert_eq!(with(json!({ "status": "incomplete" })), [], "what never began is none");
}

#[test]
fn an_invoice_ties_payment_and_subscription_in_both_shapes() {
    let old = event("invoice.paid", json!({ "id": "in_1", "subscription": "sub_1", "charge": "ch_1", "payment_intent": "pi_1" }));
    let parent = json!({ "subscription_details": { "subscription": "sub_1" } });
    let paid = json!({ "data": [{ "payment": { "type": "charge", "charge": "ch_1" } }] });
    assert_eq!(event("invoice.paid", json!({ "id": "in_1", "parent": parent, "payments": paid })), old);
    let News::Renewal(r) = &old[0] else { panic!("{old:?}") };
    assert_eq!([r.payment.as_deref(), r.invoice.as_deref(), r.subscription.as_deref()], [Some("ch_1"), Some("in_1"), Some("sub_1")]);
    let by = event("invoice_payment.paid", json!({ "invoice": "in_1", "payment": { "type": "payment_intent", "payment_intent": "pi_1" } }));
    assert!(matches!(&by[0], News::Renewal(r) if r.payment.as_deref() == Some("pi_1") && r.subscription.is_none()));
    assert_eq!(event("invoice.paid", json!({ "id": "in_2", "charge": "ch_2" })), [], "an invoice of no subscription ties nothing");
}

#[test]
fn what_is_unknown_is_no_news_and_what_is_no_event_is_refused() {
    assert_eq!(event("plan.created", json!({ "id": "plan_1" })), []);
    for kind in [
        "charge.succeeded",
        "refund.created",
        "charge.dispute.created",
        "customer.created",
        "customer.subscription.updated",
        "invoice.paid",
    ] {
        for object in [json!(null), json!([]), json!({}), json!("x"), json!({ "id": 7, "amount": "x" })] {
            assert_eq!(event(kind, object), [], "{kind}");
        }
    }
    for body in ["", "x", "[]", "{}", r#"{"id":"evt_1"}"#] {
        assert!(read(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_refund_is_asked_for_once_and_in_stripes_units() {
    let of = |minor, currency| RefundOf { payment: "ch_1", minor, currency, reason: "duplicate", ours: "ref_1" };
    let request = refund(&keys(), "ref_1", &of(5, "ISK")).unwrap();
    assert_eq!((request.method, request.url.as_str()), ("POST", "https://api.stripe.com/v1/refunds"));
    assert_eq!(request.body, b"charge=ch_1&amount=500&metadata%5Bregulars_refund%5D=ref_1&reason=duplicate");
    assert!(
        request.headers.contains(&("idempotency-key", "ref_1".into()))
            && request.headers.contains(&("authorization", "Bearer sk_test_1".into()))
    );
    assert!(matches!(refund(&keys(), "k", &of(1001, "KWD")), Err(Refusal::Refused { .. })));
    let done = json!({ "id": "re_1", "object": "refund", "charge": "ch_1", "amount": 500, "currency": "isk", "status": "succeeded" });
    assert_eq!(read_refund(&reply(200, done)).unwrap().amount.minor, 5);
}

#[test]
fn an_answer_says_no_later_or_who_are_you() {
    let no = json!({ "error": { "type": "invalid_request_error", "code": "charge_already_refunded", "message": "Charge has already been refunded." } });
    let message = "Charge has already been refunded.".to_owned();
    assert_eq!(read_refund(&reply(400, no)), Err(Refusal::Refused { code: "charge_already_refunded".into(), message }));
    for (status, body) in
        [(500, json!({})), (429, json!({ "error": { "message": "Slow down." } })), (200, json!("nonsense")), (404, json!([]))]
    {
        assert!(matches!(read_refund(&reply(status, body)), Err(Refusal::Later { after: Some(7), .. })), "{status}");
    }
    assert!(matches!(read_refund(&reply(200, json!({}))), Err(Refusal::Later { .. })), "a refund without an id is nonsense");
    assert!(matches!(read_who(&reply(401, json!({ "error": { "message": "Invalid API Key" } }))), Err(Refusal::Unauthorised { .. })));
    assert_eq!(read_who(&reply(200, json!({ "object": "balance", "available": [], "livemode": true }))), Ok(true));
}

#[test]
fn other_calls_go_where_the_manual_says() {
    let edit = CustomerEdit { name: "Ana & Co".into(), ..CustomerEdit::default() };
    let request = customer(&keys(), "k", "cus_1/../x", &edit);
    assert_eq!(request.url, "https://api.stripe.com/v1/customers/cus_1%2F%2E%2E%2Fx", "an id leads nowhere else");
    assert!(String::from_utf8(request.body).unwrap().starts_with("name=Ana+%26+Co&email=&"));
    assert_eq!(cancel(&keys(), "k", "sub_1", Cancellation::Now).method, "DELETE");
    assert_eq!(cancel(&keys(), "k", "sub_1", Cancellation::PeriodEnd).body, b"cancel_at_period_end=true");
    let page = reply(200, json!({ "object": "list", "has_more": true, "data": [{ "id": "evt_2", "type": "x" }] }));
    let page = read_events(&page).unwrap();
    assert!(page.more && read(&page.events[0].1).unwrap().id == "evt_2");
    assert_eq!(
        events(&keys(), NOW, Some("evt_2")).url,
        "https://api.stripe.com/v1/events?limit=100&created%5Bgte%5D=1781524800&starting_after=evt_2"
    );
    let e = evidence(&keys(), "k", "dp_1", &Evidence { text: "Delivered.", files: vec![("receipt", "file_1")] });
    assert_eq!(e.body, b"evidence%5Buncategorized_text%5D=Delivered.&submit=true&evidence%5Breceipt%5D=file_1");
    let f = crate::wire::File { name: "a\"b.pdf".into(), content_type: "application/pdf".into(), bytes: b"%PDF".to_vec() };
    let f = file(&keys(), "k", "B", &f);
    assert_eq!(f.url, "https://files.stripe.com/v1/files");
    assert!(String::from_utf8(f.body).unwrap().contains("filename=\"a_b.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--B--"));
}

/// The objects of Stripe's own fixtures, in the events that carry them.
#[test]
fn a_charge_without_the_buyer_is_paid_under_way_or_declined() {
    let asked = ChargeOf { customer: "cus_1", method: "pm_1", minor: 1900, currency: "EUR", name: "Club", ours: "sub:0:1" };
    let request = charge(&keys(), "cal_1", &asked).unwrap();
    assert_eq!((request.method, request.url.ends_with("/v1/payment_intents")), ("POST", true));
    assert!(request.headers.iter().any(|(name, value)| *name == "idempotency-key" && value == "cal_1"));
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("off_session=true&confirm=true") && body.contains("amount=1900&currency=eur"), "{body}");
    assert!(charge(&keys(), "k", &ChargeOf { minor: 1005, currency: "KWD", ..asked.clone() }).is_err(), "an amount Stripe cannot be told");
    let intent = |status: &str| json!({ "id": "pi_1", "status": status, "amount": 1900, "currency": "eur", "latest_charge": "ch_1", "metadata": { "regulars_period": "sub:0:1" } });
    let ends = |reply: &Reply| read_charge(reply, 7).map(|p| (p.reference, p.status, p.failure_code, p.ours, p.at));
    let ours = Some("sub:0:1".to_owned());
    assert_eq!(ends(&reply(200, intent("succeeded"))), Ok(("ch_1".into(), PaymentStatus::Settled, String::new(), ours.clone(), 7)));
    assert_eq!(ends(&reply(200, intent("processing"))).unwrap().1, PaymentStatus::Pending);
    let declined = json!({ "error": { "code": "card_declined", "decline_code": "stolen_card", "message": "No.", "payment_intent": intent("requires_payment_method") } });
    assert_eq!(ends(&reply(402, declined)), Ok(("ch_1".into(), PaymentStatus::Failed, "stolen_card".into(), ours, 7)));
    assert!(matches!(ends(&reply(400, json!({ "error": { "message": "No such customer" } }))), Err(Refusal::Refused { .. })));
    assert!(matches!(ends(&reply(200, json!({ "id": "x" }))), Err(Refusal::Later { .. })));
    let said = |r: crate::wire::Request| String::from_utf8(r.body).unwrap();
    assert_eq!(said(pause(&keys(), "k", "sub_1")), "pause_collection%5Bbehavior%5D=void");
    assert_eq!(
        (said(resume(&keys(), "k", "sub_1")), said(keep(&keys(), "k", "sub_1"))),
        ("pause_collection=".into(), "cancel_at_period_end=false".into())
    );
}

#[test]
fn the_documented_objects_are_read() {
    let Some(folder) = std::env::var_os("REGULARS_REAL_DATA") else {
        println!("skipped: REGULARS_REAL_DATA names no folder");
        return;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("stripe-fixtures.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let object = |name: &str| all["resources"][name].clone();
    for (kind, name) in [
        ("charge.captured", "charge"),
        ("refund.updated", "refund"),
        ("charge.dispute.created", "dispute"),
        ("customer.updated", "customer"),
        ("customer.deleted", "deleted_customer"),
        ("customer.subscription.updated", "subscription"),
    ] {
        assert_eq!(event(kind, object(name)).len(), 1, "{kind}");
    }
    let mut method = object("payment_method");
    assert_eq!(event("payment_method.attached", method.clone()), [], "nobody's method is no news");
    method["customer"] = "cus_1".into();
    assert!(matches!(&event("payment_method.attached", method)[0], News::Method(m) if m.last4 == "4242" && m.billing.is_some()));
    for (name, value) in all["resources"].as_object().unwrap() {
        for kind in
            ["charge.refunded", "invoice.paid", "checkout.session.completed", "payment_intent.payment_failed", "customer.source.expiring"]
        {
            let _ = (name, event(kind, value.clone()));
        }
    }
}
