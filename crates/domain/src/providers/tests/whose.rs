//! What a provider tells reaches whoever it concerns: the order's customer, who brought the buyer, the invoice that was paid; and a test reaches nobody.

use serde_json::json;

use super::desk::{Shop, charge, customer, event};
use crate::affiliates::{self, AffiliateInput, Terms};
use crate::customers::{MethodStatus, Status};
use crate::invoices::{self, tests as papers};
use crate::kit::{Error, PaymentId};
use crate::orders::desk::{by_card, card, refusal};
use crate::orders::{self, Checkout, State};
use crate::payments::{self, MethodInput, MethodKind, PaymentStatus, methods};
use crate::providers::{CallKind, Provider};

fn commission(shop: &Shop, payment: &PaymentId) -> Option<i64> {
    let payment = payment.clone();
    shop.desk.read(move |tx, ctx| affiliates::commission_of(tx, ctx, &payment)).unwrap().map(|c| c.amount)
}

fn brought(shop: &Shop, id: &str) -> orders::CheckoutOutcome {
    shop.desk.check_out(&Checkout { affiliate: "ANNA10".into(), ..shop.desk.basket(id, "ana@example.es") }).unwrap()
}

fn tenth(shop: &Shop) {
    let input = AffiliateInput { name: "Anna".into(), code: "ANNA10".into(), terms: Terms::Percent, rate: 1000, currency: None };
    shop.desk.write(move |tx, ctx| affiliates::create(tx, ctx, &input)).unwrap();
}

fn session(order: &str, charge: &str, second: i64) -> serde_json::Value {
    let session = json!({ "id": format!("cs_{charge}"), "object": "checkout.session", "client_reference_id": order, "payment_intent": format!("pi_{charge}") });
    event(&format!("evt_cs_{charge}"), "checkout.session.completed", second, session)
}

fn paypal(kind: &str, resource: serde_json::Value) -> serde_json::Value {
    json!({ "id": format!("WH-{kind}"), "event_type": kind, "create_time": "2026-06-01T00:00:09Z", "resource": resource })
}

fn by_ref(shop: &Shop, reference: &'static str) -> payments::PaymentRow {
    shop.desk.read(move |tx, ctx| payments::by_ref(tx, ctx, "paypal", reference)).unwrap().unwrap()
}

/// An order, its charge and its session, told in either order.
fn ties(db: &store::Db, charged_first: bool) {
    let shop = Shop::new(db);
    tenth(&shop);
    let order = brought(&shop, "A-1");
    let (paid, named) = (event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 1000, 2)), session("A-1", "ch_1", 3));
    for told in if charged_first { [&paid, &named] } else { [&named, &paid] } {
        shop.tell(told);
    }
    let p = shop.payment("ch_1");
    assert_eq!((p.order.as_ref(), p.customer.as_ref()), (Some(&order.order), order.customer.as_ref()), "charge first: {charged_first}");
    assert_eq!(commission(&shop, &p.id), Some(100));
    let ana = order.customer.unwrap();
    assert_eq!((shop.desk.get(&ana).lifetime, shop.desk.status(&ana)), (1000, Status::Active));
    shop.tell(&named);
    assert_eq!(commission(&shop, &p.id), Some(100), "once");
    shop.desk.verified();
}

store::db_test! {
    crate::migrations();

    fn a_checkout_session_ties_its_payment_to_the_customer_of_the_order_and_to_who_brought_the_buyer(db) {
        ties(db, true);
    }

    fn a_session_that_is_told_before_its_charge_ties_it_as_well(db) {
        ties(db, false);
    }

    fn money_for_an_order_of_somebody_who_was_erased_is_recorded_without_a_name(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let closed = Checkout { state: State::Closed, ..shop.desk.basket("A-1", "ana@example.es") };
        let ana = shop.desk.check_out(&closed).unwrap().customer.unwrap();
        crate::privacy::tests::erase(&shop.desk, &ana).unwrap();
        let capture = json!({ "id": "2GG", "status": "COMPLETED", "custom_id": "A-1", "amount": { "currency_code": "EUR", "value": "10.00" } });
        shop.tell(&paypal("PAYMENT.CAPTURE.COMPLETED", capture));
        let id = by_ref(&shop, "2GG").id;
        let p = shop.desk.read(move |tx, ctx| payments::get(tx, ctx, &id)).unwrap();
        assert_eq!((p.customer.as_ref(), p.order.is_some(), p.flag.as_str()), (None, true, "customer_gone"));
    }

    fn a_late_word_about_somebody_who_was_erased_writes_nothing_of_them_down(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        let told = |reference: &str| {
            let mut told = charge(reference, Some("cus_1"), 1000, 2);
            told["billing_details"] = json!({ "email": "ana@example.es", "name": "Ana Ruiz", "phone": "+34600000000", "address": { "line1": "Calle Mayor 1" } });
            told
        };
        shop.tell(&event("evt_2", "charge.succeeded", 2, told("ch_1")));
        let ana = shop.by_email("ana@example.es").unwrap();
        crate::privacy::tests::erase(&shop.desk, &ana).unwrap();
        // The same under another id, a payment that is new, and one that the bank took back and nobody named.
        shop.tell(&event("evt_3", "charge.succeeded", 2, told("ch_1")));
        shop.tell(&event("evt_4", "charge.succeeded", 3, told("ch_2")));
        shop.tell(&event("evt_5", "charge.updated", 4, told("ch_2")));
        let (known, new) = (shop.payment("ch_1"), shop.payment("ch_2"));
        assert_eq!((known.customer.as_ref(), known.amount), (Some(&ana), 1000));
        assert_eq!((new.customer.as_ref(), new.flag.as_str(), new.amount), (None, "customer_gone", 1000));
        let left = |sql: &'static str| shop.desk.read(move |tx, _| Ok(tx.scalar::<i64>(&store::Stmt::new("left", sql), &[])?)).unwrap();
        assert_eq!(left("SELECT COUNT(*) FROM payment_methods") + left("SELECT COUNT(*) FROM payment_keys"), 0);
        assert_eq!(left("SELECT COUNT(*) FROM payments WHERE fingerprint <> '' OR last4 <> '' OR phone <> '' OR name LIKE '%Ruiz%' OR email LIKE '%ana@%'"), 0);
        shop.desk.verified();
    }

    fn a_bounce_of_somebody_who_was_erased_names_nobody(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let ana = shop.desk.customer("ana@example.es");
        let vault = json!({ "paypal": { "email_address": "ana@example.es", "name": { "given_name": "Ana", "surname": "Ruiz" }, "attributes": { "vault": { "id": "vault_1", "status": "VAULTED" } } } });
        let capture = json!({ "id": "2GG", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": "10.00" }, "payment_source": vault });
        shop.tell(&paypal("PAYMENT.CAPTURE.COMPLETED", capture.clone()));
        let (id, whose) = (by_ref(&shop, "2GG").id, ana.clone());
        shop.desk.write(move |tx, ctx| payments::guests::attach(tx, ctx, &id, &whose)).unwrap();
        crate::privacy::tests::erase(&shop.desk, &ana).unwrap();
        shop.tell(&paypal("PAYMENT.CAPTURE.REVERSED", capture));
        let row = by_ref(&shop, "2GG");
        assert_eq!((row.status, row.customer, row.method), (PaymentStatus::Bounced, Some(ana), None));
        let left = |sql: &'static str| shop.desk.read(move |tx, _| Ok(tx.scalar::<i64>(&store::Stmt::new("left", sql), &[])?)).unwrap();
        assert_eq!(left("SELECT COUNT(*) FROM payment_methods") + left("SELECT COUNT(*) FROM payments WHERE name LIKE '%Ruiz%' OR email LIKE '%ana@%'"), 0);
        shop.desk.verified();
    }

    fn a_known_payment_that_settles_earns_for_its_order(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        let order = brought(&shop, "A-1");
        let mut pending = charge("ch_1", None, 1000, 2);
        pending["status"] = "pending".into();
        pending["captured"] = false.into();
        shop.tell(&event("evt_1", "charge.pending", 2, pending));
        let mut paid = charge("ch_1", None, 1000, 2);
        paid["metadata"] = json!({ "order_id": "A-1" });
        shop.tell(&event("evt_2", "charge.succeeded", 3, paid));
        let p = shop.payment("ch_1");
        assert_eq!((p.order.as_ref(), p.customer.as_ref(), commission(&shop, &p.id)), (Some(&order.order), order.customer.as_ref(), Some(100)));
        shop.desk.verified();
    }

    fn a_bounce_that_is_told_leaves_no_invoice_paid(db) {
        let shop = Shop::with(db, Provider::Paypal);
        papers::set(&shop.desk, |_| {});
        let ana = shop.desk.customer("ana@example.es");
        let invoice = papers::issued(&shop.desk, &ana);
        let due = papers::look(&shop.desk, &invoice).summary.total;
        let capture = json!({ "id": "2GG", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": format!("{}.{:02}", due / 100, due % 100) } });
        shop.tell(&paypal("PAYMENT.CAPTURE.COMPLETED", capture.clone()));
        let payment = by_ref(&shop, "2GG").id;
        let (id, whose) = (payment.clone(), ana.clone());
        shop.desk.write(move |tx, ctx| payments::guests::attach(tx, ctx, &id, &whose)).unwrap();
        let (id, paid) = (invoice.clone(), payment.clone());
        shop.desk.write(move |tx, ctx| invoices::apply(tx, ctx, &id, &paid)).unwrap();
        assert_eq!(papers::look(&shop.desk, &invoice).summary.state, invoices::State::Paid);
        shop.tell(&paypal("PAYMENT.CAPTURE.REVERSED", capture));
        assert_eq!(by_ref(&shop, "2GG").status, PaymentStatus::Bounced);
        assert_eq!(papers::look(&shop.desk, &invoice).summary.state, invoices::State::Open);
        shop.desk.verified();
    }

    fn a_refund_of_paypal_goes_by_the_api_its_payment_came_by(db) {
        let shop = Shop::with(db, Provider::Paypal);
        let ana = shop.desk.customer("ana@example.es");
        let club = shop.desk.subscribe(crate::subscriptions::SubscriptionInput { provider: "paypal".into(), provider_ref: Some("I-1".into()), ..shop.desk.subscription(&ana, crate::subscriptions::SubscriptionStatus::Active, None) });
        // A sale without a subscription, and a capture that renewed one.
        shop.tell(&paypal("PAYMENT.SALE.COMPLETED", json!({ "id": "80F", "state": "completed", "amount": { "total": "20.00", "currency": "EUR" } })));
        shop.tell(&paypal("PAYMENT.CAPTURE.COMPLETED", json!({ "id": "2GG", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": "10.00" } })));
        let capture = by_ref(&shop, "2GG").id;
        shop.desk.write(move |tx, ctx| payments::set_subscription(tx, ctx, &capture, &club, &ana)).unwrap();
        for (reference, door) in [("80F", "/v1/payments/sale/80F/refund"), ("2GG", "/v2/payments/captures/2GG/refund")] {
            let payment = by_ref(&shop, reference).id;
            shop.desk.write(move |tx, ctx| crate::providers::refund(tx, ctx, &payment, 500, "")).unwrap();
            let (_, said) = shop.sends(CallKind::Refund, 0);
            assert!(said.contains(door), "{said}");
        }
    }

    fn a_processors_code_says_what_is_wrong_with_the_method(db) {
        let shop = Shop::with(db, Provider::Paypal);
        for (n, (code, status)) in [("5120", MethodStatus::InsufficientFunds), ("9520", MethodStatus::Invalid), ("0500", MethodStatus::Active)].into_iter().enumerate() {
            let (reference, buyer) = (format!("{n}GG"), format!("ana{n}@example.es"));
            let kept = MethodInput { provider_ref: Some(format!("vault_{n}")), ..MethodInput::of(MethodKind::Wallet) };
            let mut payment = by_card(&reference, 1000, "0001");
            (payment.provider, payment.status, payment.method) = ("paypal".into(), PaymentStatus::Pending, Some(kept));
            let order = shop.desk.check_out(&Checkout { payments: vec![payment], ..shop.desk.basket(&format!("A{n}"), &buyer) }).unwrap();
            let mut denied = json!({ "id": reference, "status": "DECLINED", "amount": { "currency_code": "EUR", "value": "10.00" } });
            denied["processor_response"] = json!({ "response_code": code });
            let mut told = paypal("PAYMENT.CAPTURE.DENIED", denied);
            told["id"] = format!("WH-{n}").into();
            shop.tell(&told);
            assert_eq!(shop.desk.method_status(&order.customer.unwrap()), status, "{code}");
        }
        shop.desk.verified();
    }

    fn a_test_account_makes_nobody_changes_nobody_and_its_cards_count_nowhere(db) {
        let shop = Shop::new(db);
        let test = |mut told: serde_json::Value| { told["livemode"] = false.into(); shop.tell(&told); };
        let ana = shop.desk.customer("ana@example.es");
        let mut edited = customer("cus_1", "Somebody Else", "ana@example.es");
        edited["phone"] = "+34 600 000 000".into();
        test(event("evt_1", "customer.created", 1, edited));
        test(event("evt_2", "customer.created", 1, customer("cus_2", "Tester", "tester@example.com")));
        assert!(shop.by_email("tester@example.com").is_none(), "a test makes nobody");
        let now = shop.desk.get(&ana);
        assert_eq!((now.name.as_str(), now.phone.as_str()), ("", ""), "and changes nobody");
        test(event("evt_3", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
        test(event("evt_4", "charge.succeeded", 2, charge("ch_2", Some("cus_2"), 1000, 2)));
        let (known, guest) = (shop.payment("ch_1"), shop.payment("ch_2"));
        assert_eq!((known.live, known.customer.as_ref(), guest.live, guest.customer), (false, Some(&ana), false, None));
        let now = shop.desk.get(&ana);
        assert_eq!((now.method_status, now.default_method, now.oldest_method, now.lifetime), (MethodStatus::None, None, None, 0));
        let whose = ana.clone();
        let all = shop.desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &whose)).unwrap();
        assert_eq!(all.iter().map(|m| m.live).collect::<Vec<_>>(), [false], "it stands there, as a test");
        let id = all[0].id.clone();
        assert_eq!(refusal(shop.desk.write(move |tx, ctx| methods::choose(tx, ctx, &id))), "test_mode");
        shop.tell(&event("evt_5", "customer.created", 1, customer("cus_3", "Ben", "ben@example.de")));
        assert!(shop.by_email("ben@example.de").is_some(), "a live one does");
        shop.desk.verified();
    }

    fn a_test_pays_no_order(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        let state = |id: &crate::kit::OrderId| { let id = id.clone(); desk.read(move |tx, ctx| orders::get(tx, ctx, &id)).unwrap().summary.state };
        let mut test = by_card("pi_1", 1000, "0001");
        test.live = false;
        for (id, said) in [("A", State::Open), ("B", State::Paid)] {
            let done = desk.check_out(&Checkout { payments: vec![crate::orders::CheckoutPayment { provider_ref: Some(format!("pi_{id}")), ..test.clone() }], state: said, ..desk.basket(id, "ana@example.es") }).unwrap();
            assert_eq!(state(&done.order), State::Open, "said to be {said:?}");
        }
        let done = desk.check_out(&desk.basket("C", "ana@example.es")).unwrap();
        let ana = done.customer.clone().unwrap();
        let card = payments::PaymentInput { order: Some(done.order.clone()), live: false, method: Some(card("0009")), ..desk.payment(Some(&ana), 1000) };
        desk.put(card).unwrap();
        let mut told = event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 1000, 2));
        told["livemode"] = false.into();
        told["data"]["object"]["metadata"] = json!({ "order_id": "C" });
        shop.tell(&told);
        assert_eq!((state(&done.order), shop.payment("ch_1").order), (State::Open, Some(done.order.clone())));
        assert_eq!((desk.get(&ana).balance_due, desk.get(&ana).lifetime, desk.method_status(&ana)), (3000, 0, MethodStatus::None));
        desk.put(payments::PaymentInput { order: Some(done.order.clone()), ..desk.payment(Some(&ana), 1000) }).unwrap();
        assert_eq!(state(&done.order), State::Paid, "real money pays it");
        desk.archive(&ana, true);
        let tried = Checkout { payments: vec![crate::orders::CheckoutPayment { provider_ref: Some("pi_D".into()), ..test }], ..desk.basket("D", "ana@example.es") };
        assert!(matches!(desk.check_out(&Checkout { buyer: orders::Buyer { customer: Some(ana), ..tried.buyer.clone() }, ..tried }), Err(Error::Conflict { code: "customer_inactive", .. })), "a test took no money");
        desk.verified();
    }
}
