//! The provider is often faster than the shop: what it told first is tied to what the shop tells later, to the cent and once.

use serde_json::json;
use store::testing::TestDb;

use super::desk::{Shop, charge, customer, event};
use crate::affiliates::{self, AffiliateInput, Terms};
use crate::customers::Status;
use crate::orders::desk::by_card;
use crate::orders::{self, Checkout, State};
use crate::payments::{PaymentStatus, PaymentView, methods};
use crate::{credit, credit::CreditRefund};

fn tenth(shop: &Shop) {
    let input = AffiliateInput { name: "Anna".into(), code: "ANNA10".into(), terms: Terms::Percent, rate: 1000, currency: None };
    shop.desk.write(move |tx, ctx| affiliates::create(tx, ctx, &input)).unwrap();
}

fn commission(shop: &Shop, payment: &PaymentView) -> Option<i64> {
    let payment = payment.id.clone();
    shop.desk.read(move |tx, ctx| affiliates::commission_of(tx, ctx, &payment)).unwrap().map(|c| c.amount)
}

fn basket(shop: &Shop, id: &str, paid: Option<(&str, i64)>) -> Checkout {
    let payments = paid.map(|(reference, minor)| by_card(reference, minor, "F1")).into_iter().collect();
    Checkout { affiliate: "ANNA10".into(), payments, ..shop.desk.basket(id, "ana@example.es") }
}

fn order(shop: &Shop, done: &orders::CheckoutOutcome) -> orders::Order {
    let id = done.order.clone();
    shop.desk.read(move |tx, ctx| orders::get(tx, ctx, &id)).unwrap()
}

/// A database of its own, of the same kind.
fn again(db: &TestDb) -> TestDb {
    store::testing::fresh(db.engine(), crate::migrations())
}

store::db_test! {
    crate::migrations();

    fn a_payment_told_before_its_checkout_gets_its_order_its_buyer_and_its_commission(db) {
        for reference in ["ch_1", "pi_ch_1"] {
            let own = again(db);
            let shop = Shop::new(&own);
            tenth(&shop);
            shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 1000, 2)));
            assert_eq!(shop.payment("ch_1").customer, None);
            let done = shop.desk.check_out(&basket(&shop, "A-1", Some((reference, 1000)))).unwrap();
            let p = shop.payment("ch_1");
            assert_eq!((p.order.as_ref(), p.customer.as_ref()), (Some(&done.order), done.customer.as_ref()));
            let ana = done.customer.clone().unwrap();
            let c = shop.desk.get(&ana);
            assert_eq!((c.lifetime, c.status, c.payment_count), (1000, Status::Active, 1));
            assert_eq!((commission(&shop, &p), order(&shop, &done).summary.state, done.flag), (Some(100), State::Paid, ""));
            let kept = shop.desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &ana)).unwrap();
            assert_eq!((kept.len(), p.method.as_ref()), (1, Some(&kept[0].id)), "the method it came by is the buyer's");
            assert!(!shop.desk.check_out(&basket(&shop, "A-1", Some((reference, 1000)))).unwrap().changed, "the same again changes nothing");
            shop.desk.verified();
        }
    }

    fn a_payment_of_a_known_customer_gets_the_order_that_names_it_later(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
        let mut waits = basket(&shop, "A-1", Some(("ch_1", 1000)));
        waits.payments[0].status = PaymentStatus::Pending;
        let done = shop.desk.check_out(&waits).unwrap();
        let p = shop.payment("ch_1");
        assert_eq!((p.order.as_ref(), p.customer.as_ref(), commission(&shop, &p)), (Some(&done.order), done.customer.as_ref(), Some(100)));
        assert_eq!(order(&shop, &done).summary.state, State::Paid, "the provider knows that it is paid");
        let other = Checkout { buyer: orders::Buyer { email: "eva@example.es".into(), ..Default::default() }, ..basket(&shop, "A-2", Some(("ch_1", 1000))) };
        shop.desk.check_out(&other).unwrap();
        let p = shop.payment("ch_1");
        assert_eq!((p.order, p.customer), (Some(done.order), done.customer), "what belongs to an order is not taken from it by another");
        shop.desk.verified();
    }

    fn another_amount_than_the_provider_told_is_flagged_and_the_money_is_taken_in(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        let mut part = charge("ch_1", None, 1000, 2);
        part["amount_captured"] = 700.into();
        shop.tell(&event("evt_1", "charge.succeeded", 2, part.clone()));
        let done = shop.desk.check_out(&basket(&shop, "A-1", Some(("ch_1", 1000)))).unwrap();
        assert_eq!((done.flag, order(&shop, &done).summary.state), ("amount_differs", State::Open), "what is not covered is not paid");
        assert_eq!((shop.payment("ch_1").amount, shop.payment("ch_1").order), (700, Some(done.order.clone())));
        // The other way round: the provider's word about what was captured stands above the shop's.
        let second = shop.desk.check_out(&basket(&shop, "A-2", Some(("ch_2", 1000)))).unwrap();
        (part["id"], part["payment_intent"]) = ("ch_2".into(), "pi_ch_2".into());
        shop.tell(&event("evt_2", "charge.succeeded", 2, part));
        let second_paid = shop.payment("ch_2");
        assert_eq!((second_paid.amount, commission(&shop, &second_paid)), (700, Some(70)), "a tenth of what came");
        assert_eq!(shop.desk.get(&second.customer.unwrap()).lifetime, 1400);
        shop.desk.verified();
    }

    fn an_order_that_comes_behind_the_event_that_names_it_gets_its_money(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        let mut named = charge("ch_1", None, 1000, 2);
        named["metadata"] = json!({ "order_id": "A-1" });
        shop.tell(&event("evt_1", "charge.succeeded", 2, named));
        let session = json!({ "id": "cs_2", "object": "checkout.session", "client_reference_id": "A-2", "payment_intent": "pi_ch_2" });
        shop.tell(&event("evt_2", "checkout.session.completed", 3, session));
        shop.tell(&event("evt_3", "charge.succeeded", 4, charge("ch_2", None, 1000, 4)));
        for (id, reference) in [("A-1", "ch_1"), ("A-2", "ch_2")] {
            let done = shop.desk.check_out(&basket(&shop, id, None)).unwrap();
            shop.work();
            let p = shop.payment(reference);
            assert_eq!((p.order.as_ref(), p.customer.as_ref(), commission(&shop, &p)), (Some(&done.order), done.customer.as_ref(), Some(100)), "{id}");
            assert_eq!(order(&shop, &done).summary.state, State::Paid, "nobody is asked to pay a second time");
        }
        static WAIT: store::Stmt = store::Stmt::new("wait", "SELECT waits_for FROM provider_waiting WHERE merchant_id = $1");
        assert_eq!(shop.desk.read(|tx, ctx| Ok(tx.rows(&WAIT, &[&ctx.merchant], |r| r.get::<String>(0))?)).unwrap(), [] as [String; 0]);
        shop.desk.verified();
    }

    fn an_attempt_without_a_charge_leaves_the_payment_the_charges_id(db) {
        let refused = json!({ "id": "pi_ch_1", "amount": 1000, "currency": "eur", "latest_charge": null, "last_payment_error": { "code": "payment_intent_authentication_failure" } });
        for turn in [[0, 1], [1, 0]] {
            let own = again(db);
            let shop = Shop::new(&own);
            let told = [event("evt_1", "payment_intent.payment_failed", 1, refused.clone()), event("evt_2", "charge.succeeded", 2, charge("ch_1", None, 1000, 2))];
            turn.into_iter().for_each(|i| shop.tell(&told[i]));
            let p = shop.payment("pi_ch_1");
            assert_eq!((p.provider_ref.as_deref(), p.status, p.amount), (Some("ch_1"), PaymentStatus::Settled, 1000));
            shop.desk.verified();
        }
    }

    fn store_credit_is_no_part_of_what_a_provider_gave_back(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 10_000, 2)));
        let input = CreditRefund { payment: shop.payment_id("ch_1"), amount: 4000, reason: String::new() };
        shop.desk.write(move |tx, ctx| credit::refund_as_credit(tx, ctx, &input)).unwrap();
        let mut sum = charge("ch_1", Some("cus_1"), 10_000, 2);
        sum["amount_refunded"] = 6000.into();
        shop.tell(&event("evt_3", "charge.refunded", 4, sum));
        let p = shop.payment("ch_1");
        assert_eq!((p.refunded, p.refundable), (10_000, 0));
        shop.desk.verified();
    }

    fn a_nul_in_a_name_does_not_stop_an_event(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "An\0a", "ana@example.es")));
        shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_2\0"), 1000, 2)));
        assert_eq!(shop.desk.get(&shop.by_email("ana@example.es").unwrap()).name, "Ana");
    }
}
