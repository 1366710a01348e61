//! Signatures with a certificate of our own, events of both APIs, and calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::*;
use crate::Distrust;
use crate::news::{Amount, DisputeStatus, News, PaymentStatus, RefundStatus, SubscriptionStatus, Unit};
use crate::wire::{File, Refusal, Reply};

/// 2027-01-15T08:00:00Z, microseconds.
const NOW: i64 = 1_800_000_000_000_000;
const CERTIFICATE: &[u8] = include_bytes!("keys/cert.pem");

/// What PayPal would send with this body.
fn signed(body: &str, time: &str, webhook: &str) -> Headers {
    let key = RsaKeyPair::from_pkcs8(include_bytes!("keys/key.pk8")).unwrap();
    let text = format!("t-1|{time}|{webhook}|{}", crc32fast::hash(body.as_bytes()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    Headers {
        id: "t-1".into(),
        time: time.into(),
        signature: STANDARD.encode(signature),
        algorithm: "SHA256withRSA".into(),
        cert_url: "https://api.paypal.com/v1/notifications/certs/CERT-1".into(),
    }
}

fn event(kind: &str, resource: Value) -> Vec<News> {
    let body = json!({ "id": "WH-1", "event_type": kind, "create_time": "2027-01-15T08:00:00Z", "resource": resource });
    read(body.to_string().as_bytes(), true).unwrap().news
}

fn usd(minor: i64) -> Amount {
    Amount { minor, currency: "USD".into() }
}

fn keys() -> Keys {
    Keys { base: "https://api-m.paypal.com".into(), client: "id".into(), secret: "secret".into() }
}

fn reply(status: u16, body: Value) -> Reply {
    Reply { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

#[test]
fn a_signature_of_the_certificate_is_trusted_and_no_other() {
    let body = r#"{"id":"WH-1"}"#;
    let good = signed(body, "2027-01-15T08:00:00Z", "HOOK");
    assert_eq!(verify(&good, "HOOK", body.as_bytes(), CERTIFICATE, NOW), Ok(()));
    assert_eq!(verify(&good, "HOOK", b"{}", CERTIFICATE, NOW), Err(Distrust::Signature));
    assert_eq!(verify(&good, "OTHER", body.as_bytes(), CERTIFICATE, NOW), Err(Distrust::Signature));
    assert_eq!(verify(&good, "", body.as_bytes(), CERTIFICATE, NOW), Err(Distrust::Header));
    assert_eq!(verify(&good, "HOOK", body.as_bytes(), CERTIFICATE, NOW + TOLERANCE + 1), Err(Distrust::Age));
    assert_eq!(verify(&good, "HOOK", body.as_bytes(), CERTIFICATE, NOW - 300_000_001), Err(Distrust::Age));
    assert_eq!(verify(&good, "HOOK", body.as_bytes(), CERTIFICATE, 1_000_000), Err(Distrust::Certificate), "not valid then");
    assert_eq!(verify(&good, "HOOK", body.as_bytes(), b"no certificate", NOW), Err(Distrust::Certificate));
    let weak = Headers { algorithm: "none".into(), ..good };
    assert_eq!(verify(&weak, "HOOK", body.as_bytes(), CERTIFICATE, NOW), Err(Distrust::Header));
}

#[test]
fn a_certificate_comes_from_paypal_alone() {
    assert!(is_cert_url("https://api.paypal.com/v1/notifications/certs/CERT-1", None));
    assert!(is_cert_url("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", None));
    for bad in [
        "http://api.paypal.com/x",
        "https://api.paypal.com.evil.example/x",
        "https://evilpaypal.com/x",
        "https://api.paypal.com@evil.example/x",
        "https://user:pw@api.paypal.com/x",
        "https://api.paypal.com:8443/x",
        "http://127.0.0.1:4010/x",
        "file:///etc/passwd",
        "",
    ] {
        assert!(!is_cert_url(bad, None), "{bad}");
    }
    assert!(is_cert_url("http://127.0.0.1:4010/cert", Some("http://127.0.0.1:4010")));
    assert!(!is_cert_url("http://127.0.0.1:4011/cert", Some("http://127.0.0.1:4010")));
}

#[test]
fn a_capture_and_a_sale_are_payments() {
    let capture = json!({ "id": "2GG", "status": "COMPLETED", "amount": { "currency_code": "USD", "value": "10.99" }, "custom_id": "1042",
        "supplementary_data": { "related_ids": { "order_id": "O-1" } }, "create_time": "2027-01-15T07:00:00Z", "update_time": "2027-01-15T07:30:00Z" });
    let News::Payment(p) = event("PAYMENT.CAPTURE.COMPLETED", capture.clone()).remove(0) else { panic!() };
    assert_eq!(
        (p.reference.as_str(), p.other.as_deref(), p.amount.clone(), p.order.as_deref()),
        ("2GG", Some("O-1"), usd(1099), Some("1042"))
    );
    assert_eq!((p.status, p.at), (PaymentStatus::Settled, NOW - 1_800_000_000));
    assert_eq!(p.sale, Some(false));
    let News::Payment(p) = event("PAYMENT.CAPTURE.DENIED", capture.clone()).remove(0) else { panic!() };
    assert_eq!((p.status, p.failure_code.as_str()), (PaymentStatus::Failed, ""));
    for (code, says) in
        [("5120", "insufficient_funds"), ("5400", "expired_card"), ("9520", "stolen_card"), ("1330", "invalid_account"), ("0500", "0500")]
    {
        let mut denied = capture.clone();
        denied["processor_response"] = json!({ "response_code": code });
        let News::Payment(p) = event("PAYMENT.CAPTURE.DENIED", denied).remove(0) else { panic!() };
        assert_eq!(p.failure_code, says);
    }
    let sale =
        json!({ "id": "80F", "state": "completed", "amount": { "total": "20.00", "currency": "USD" }, "billing_agreement_id": "I-1" });
    let News::Payment(p) = event("PAYMENT.SALE.COMPLETED", sale).remove(0) else { panic!() };
    assert_eq!((p.amount.clone(), p.subscription.as_deref(), p.sale), (usd(2000), Some("I-1"), Some(true)));
}

#[test]
fn refunds_of_both_apis_find_their_payment() {
    let new = json!({ "id": "R1", "status": "COMPLETED", "amount": { "currency_code": "USD", "value": "3.00" }, "custom_id": "ref_1",
        "links": [{ "rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/R1" },
                  { "rel": "up", "href": "https://api.paypal.com/v2/payments/captures/2GG" }] });
    let News::Refund(r) = event("PAYMENT.CAPTURE.REFUNDED", new.clone()).remove(0) else { panic!() };
    assert_eq!((r.payment.as_str(), r.amount.clone(), r.status, r.ours.as_deref()), ("2GG", usd(300), RefundStatus::Done, Some("ref_1")));
    let News::Refund(r) = event("PAYMENT.REFUND.FAILED", new).remove(0) else { panic!() };
    assert_eq!(r.status, RefundStatus::Failed);
    let old = json!({ "id": "R2", "sale_id": "80F", "state": "completed", "amount": { "total": "-3.00", "currency": "USD" }, "custom": "a note" });
    let News::Refund(r) = event("PAYMENT.SALE.REFUNDED", old).remove(0) else { panic!() };
    assert_eq!((r.payment.as_str(), r.amount.minor, r.ours), ("80F", 300, None));
    let back = json!({ "id": "2GG", "amount": { "currency_code": "USD", "value": "10.99" } });
    assert!(matches!(&event("PAYMENT.CAPTURE.REVERSED", back)[0], News::Payment(p) if p.status == PaymentStatus::Bounced));
}

#[test]
fn a_subscription_brings_its_subscriber() {
    let told = |status: &str, next: Value| {
        let o = json!({ "id": "I-1", "plan_id": "P-1", "status": status, "start_time": "2026-01-15T08:00:00Z", "status_update_time": "2027-01-10T08:00:00Z",
            "subscriber": { "payer_id": "2J6", "email_address": "ana@example.es", "name": { "given_name": "Ana", "surname": "Ruiz" },
                "shipping_address": { "address": { "address_line_1": "C/ 1", "admin_area_2": "Madrid", "country_code": "ES" } } },
            "billing_info": { "next_billing_time": next, "last_payment": { "amount": { "currency_code": "USD", "value": "15.00" }, "time": "2026-12-18T08:00:00Z" } } });
        event("BILLING.SUBSCRIPTION.UPDATED", o)
    };
    let news = told("ACTIVE", "2027-01-18T08:00:00Z".into());
    let [News::Customer(c), News::Subscription(s)] = news.as_slice() else { panic!("{news:?}") };
    assert_eq!((c.reference.as_str(), c.name.as_str(), c.address.as_ref().unwrap().city.as_str()), ("2J6", "Ana Ruiz", "Madrid"));
    assert_eq!((s.customer.as_str(), s.amount.clone(), s.cycle_count, s.cycle_unit), ("2J6", Some(usd(1500)), 1, Unit::Month));
    assert!(s.next_payment_at.is_some());
    let status = |news: Vec<News>| match &news[1] {
        News::Subscription(s) => (s.status, s.ends_at.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(status(told("CANCELLED", Value::Null)), (SubscriptionStatus::Ended, true));
    assert_eq!(status(told("CANCELLED", "2027-01-18T08:00:00Z".into())), (SubscriptionStatus::Cancelled, true), "what is paid stays paid");
    assert_eq!(status(told("SUSPENDED", Value::Null)), (SubscriptionStatus::Paused, false));
    assert_eq!(told("APPROVAL_PENDING", Value::Null), [], "what never began is none");
}

#[test]
fn a_dispute_ends_for_one_side() {
    let told = |status: &str, outcome: &str| {
        let o = json!({ "dispute_id": "PP-D-1", "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "status": status,
            "dispute_amount": { "currency_code": "USD", "value": "10.99" }, "dispute_outcome": { "outcome_code": outcome },
            "disputed_transactions": [{ "seller_transaction_id": "2GG" }], "seller_response_due_date": "2027-01-25T08:00:00Z" });
        match event("CUSTOMER.DISPUTE.UPDATED", o).remove(0) {
            News::Dispute(d) => (d.payment, d.status, d.due_at.is_some()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told("WAITING_FOR_SELLER_RESPONSE", ""), ("2GG".into(), DisputeStatus::Open, true));
    assert_eq!(told("RESOLVED", "RESOLVED_BUYER_FAVOUR").1, DisputeStatus::Lost);
    assert_eq!(told("RESOLVED", "RESOLVED_SELLER_FAVOUR").1, DisputeStatus::Won);
    assert_eq!(told("RESOLVED", "CANCELED_BY_BUYER").1, DisputeStatus::Won);
}

#[test]
fn what_is_unknown_is_no_news_and_what_is_no_event_is_refused() {
    assert_eq!(event("RISK.DISPUTE.CREATED", json!({})), []);
    for kind in [
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.SALE.REFUNDED",
        "CUSTOMER.DISPUTE.CREATED",
        "BILLING.SUBSCRIPTION.UPDATED",
        "CHECKOUT.ORDER.COMPLETED",
    ] {
        for o in [json!(null), json!([]), json!({ "id": "x", "amount": { "value": "a", "currency_code": "USD" } })] {
            assert_eq!(event(kind, o), [], "{kind}");
        }
    }
    assert!(read(b"{}", true).is_err() && read(b"x", true).is_err());
}

#[test]
fn calls_and_answers() {
    let of = |sale| RefundOf { payment: "2GG", sale, minor: 1099, currency: "USD", reason: "sorry", ours: "ref_1" };
    let request = refund(&keys(), "T", "ref_1", &of(false)).unwrap();
    assert_eq!(request.url, "https://api-m.paypal.com/v2/payments/captures/2GG/refund");
    assert!(request.headers.contains(&("paypal-request-id", "ref_1".into())));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body, json!({ "amount": { "value": "10.99", "currency_code": "USD" }, "custom_id": "ref_1", "note_to_payer": "sorry" }));
    assert_eq!(refund(&keys(), "T", "k", &of(true)).unwrap().url, "https://api-m.paypal.com/v1/payments/sale/2GG/refund");
    let short = read_refund(&reply(201, json!({ "id": "R1", "status": "PENDING" })), &of(false)).unwrap();
    assert_eq!((short.payment.as_str(), short.amount.clone(), short.status), ("2GG", usd(1099), RefundStatus::Pending));
    let no = json!({ "name": "UNPROCESSABLE_ENTITY", "details": [{ "issue": "CAPTURE_FULLY_REFUNDED", "description": "The capture has already been fully refunded" }] });
    assert!(matches!(read_refund(&reply(422, no), &of(false)), Err(Refusal::Refused { code, .. }) if code == "CAPTURE_FULLY_REFUNDED"));
    assert!(matches!(read_refund(&reply(503, json!({})), &of(false)), Err(Refusal::Later { .. })));
    assert_eq!(token(&keys()).headers[0].1, "Basic aWQ6c2VjcmV0");
    let who = json!({ "error": "invalid_client", "error_description": "Client Authentication failed" });
    assert!(matches!(read_token(&reply(401, who)), Err(Refusal::Unauthorised { message }) if message == "Client Authentication failed"));
    assert_eq!(read_done(&reply(204, Value::Null)), Ok(()));
    let files = [File { name: "note.pdf".into(), content_type: "application/pdf".into(), bytes: b"%PDF".to_vec() }];
    let proof = evidence(&keys(), "T", "k", "B", "PP-D-1", &Evidence { text: "Delivered.", files: &files });
    let body = String::from_utf8(proof.body).unwrap();
    assert!(body.contains(r#""documents":[{"name":"note.pdf"}]"#) && body.contains("name=\"file1\"; filename=\"note.pdf\""), "{body}");
    let page =
        json!({ "events": [{ "id": "WH-2", "event_type": "X" }], "links": [{ "rel": "next", "href": "https://evil.example/p?page=2" }] });
    let page = read_events(&reply(200, page)).unwrap();
    assert_eq!(events(&keys(), "T", 0, NOW, page.next.as_deref()).url, "https://api-m.paypal.com/v1/notifications/webhooks-events?page=2");
    assert!(events(&keys(), "T", 0, NOW, None).url.ends_with("start_time=1970-01-01T00%3A00%3A00Z&end_time=2027-01-15T08%3A00%3A00Z"));
}

#[test]
fn the_documented_examples_are_read() {
    let Some(folder) = std::env::var_os("REGULARS_REAL_DATA") else {
        println!("skipped: REGULARS_REAL_DATA names no folder");
        return;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("paypal/examples.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut subscriptions = 0;
    for (name, example) in all.as_object().unwrap() {
        for kind in [
            "BILLING.SUBSCRIPTION.UPDATED",
            "CUSTOMER.DISPUTE.CREATED",
            "PAYMENT.CAPTURE.COMPLETED",
            "PAYMENT.SALE.REFUNDED",
            "CHECKOUT.ORDER.COMPLETED",
        ] {
            event(kind, example.clone());
        }
        if name.ends_with("::subscription") {
            let mut active = example.clone();
            active["status"] = "ACTIVE".into();
            subscriptions += event("BILLING.SUBSCRIPTION.ACTIVATED", active).len();
        }
        if name.ends_with("::payment_token_response") {
            assert!(matches!(event("VAULT.PAYMENT-TOKEN.CREATED", example.clone()).as_slice(), [News::Method(_)]), "{name}");
        }
    }
    assert_eq!(subscriptions, 4, "a customer and a subscription each");
}

#[test]
fn an_order_is_agreed_to_and_then_captured() {
    let of = |minor, currency| OrderOf {
        minor,
        currency,
        name: "Order 1001",
        back: "https://a.example/pay",
        cancelled: "https://a.example/no",
        ours: "plk_1",
    };
    let request = order(&keys(), "T", "cal_1", &of(1099, "EUR")).unwrap();
    assert_eq!(request.url, "https://api-m.paypal.com/v2/checkout/orders");
    assert!(request.headers.contains(&("paypal-request-id", "cal_1".into())));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body["purchase_units"],
        json!([{ "custom_id": "plk_1", "description": "Order 1001", "amount": { "currency_code": "EUR", "value": "10.99" } }])
    );
    assert!(order(&keys(), "T", "k", &of(1000, "KWD")).is_err() && !takes(150_050, "HUF") && takes(150_000, "HUF"));
    let links = |rel: &str, href: &str| json!({ "id": "O-1", "status": "CREATED", "links": [{ "rel": "self", "href": "x" }, { "rel": rel, "href": href }] });
    let at = "https://www.paypal.com/checkoutnow?token=O-1";
    assert_eq!(read_order(&reply(201, links("payer-action", at))), Ok(("O-1".into(), at.into())));
    assert_eq!(read_order(&reply(200, links("approve", at))), Ok(("O-1".into(), at.into())));
    assert!(matches!(read_order(&reply(201, links("approve", "javascript:x"))), Err(Refusal::Later { .. })));
    let taken = |status: &str| {
        let capture = json!({ "id": "2GG", "status": status, "amount": { "currency_code": "EUR", "value": "10.99" } });
        json!({ "id": "O-1", "status": "COMPLETED", "payer": { "email_address": "ana@example.es" },
            "purchase_units": [{ "custom_id": "plk_1", "payments": { "captures": [capture] } }] })
    };
    let p = read_capture(&reply(201, taken("COMPLETED")), NOW).unwrap().unwrap().remove(0);
    assert_eq!(
        (p.reference.as_str(), p.other.as_deref(), p.ours.as_deref(), p.status),
        ("2GG", Some("O-1"), Some("plk_1"), PaymentStatus::Settled)
    );
    assert_eq!(read_look(&reply(200, taken("PENDING")), NOW).unwrap()[0].status, PaymentStatus::Pending);
    assert_eq!(read_look(&reply(200, json!({ "id": "O-1", "status": "APPROVED" })), NOW), Ok(Vec::new()));
    let no = |issue: &str| json!({ "name": "UNPROCESSABLE_ENTITY", "details": [{ "issue": issue, "description": "No." }] });
    assert_eq!(read_capture(&reply(422, no("ORDER_ALREADY_CAPTURED")), NOW), Ok(None));
    assert!(matches!(read_capture(&reply(422, no("ORDER_COMPLETION_IN_PROGRESS")), NOW), Err(Refusal::Later { .. })));
    assert!(matches!(read_capture(&reply(422, no("INSTRUMENT_DECLINED")), NOW), Err(Refusal::Refused { .. })));
    let unit = json!({ "custom_id": "plk_1", "amount": { "currency_code": "EUR", "value": "10.99" } });
    let [News::Approved(n)] = &event("CHECKOUT.ORDER.APPROVED", json!({ "id": "O-1", "purchase_units": [unit] }))[..] else { panic!() };
    assert_eq!((n.reference.as_str(), n.ours.as_str(), n.amount.minor, n.at), ("O-1", "plk_1", 1099, NOW));
    let other = json!({ "custom_id": "1042", "amount": { "currency_code": "EUR", "value": "10.99" } });
    assert_eq!(
        event("CHECKOUT.ORDER.APPROVED", json!({ "id": "O-1", "purchase_units": [other] })),
        [],
        "a shop’s own order is its own to take"
    );
    assert_eq!(event("CHECKOUT.ORDER.APPROVED", json!({ "id": "O-1", "purchase_units": [unit, unit] })), []);
}
