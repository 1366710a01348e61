//! A provider's word about an amount stands above a shop's, whoever speaks first: the order, its invoice, the commission and whoever owes go by what came.

use serde_json::{Value, json};

use super::desk::{Shop, charge, customer, event};
use crate::affiliates::{self, AffiliateInput, Terms};
use crate::invoices::{self, tests as papers};
use crate::kit::{Currency, CustomerId, InvoiceId, OrderId};
use crate::orders::desk::by_card;
use crate::orders::{self, Checkout, State};
use crate::payments::refunds::{RefundInput, refund};
use crate::payments::{self, PaymentStatus};

fn tenth(shop: &Shop) {
    let input = AffiliateInput { name: "Anna".into(), code: "ANNA10".into(), terms: Terms::Percent, rate: 1000, currency: None };
    shop.desk.write(move |tx, ctx| affiliates::create(tx, ctx, &input)).unwrap();
}

fn basket(shop: &Shop, id: &str, email: &str, paid: Option<(&str, i64)>) -> Checkout {
    let payments = paid.map(|(reference, minor)| by_card(reference, minor, "F1")).into_iter().collect();
    Checkout { affiliate: "ANNA10".into(), payments, ..shop.desk.basket(id, email) }
}

fn stands(shop: &Shop, id: &OrderId) -> (State, String) {
    let id = id.clone();
    let order = shop.desk.read(move |tx, ctx| orders::get(tx, ctx, &id)).unwrap();
    (order.summary.state, order.summary.flag)
}

fn commission(shop: &Shop, reference: &str) -> (i64, Currency) {
    let id = shop.payment_id(reference);
    let found = shop.desk.read(move |tx, ctx| affiliates::commission_of(tx, ctx, &id)).unwrap().unwrap();
    (found.amount, found.currency)
}

fn billed(shop: &Shop, order: &OrderId) -> InvoiceId {
    papers::set(&shop.desk, |_| {});
    let order = order.clone();
    let id = shop.desk.write(move |tx, ctx| invoices::of_order_draft(tx, ctx, &order)).unwrap();
    let draft = id.clone();
    shop.desk.write(move |tx, ctx| invoices::issue(tx, ctx, &draft)).unwrap();
    id
}

fn part(reference: &str, minor: i64) -> Value {
    let mut part = charge(reference, None, 1000, 2);
    part["amount_captured"] = minor.into();
    part
}

fn dollars(reference: &str) -> Value {
    let mut paid = charge(reference, None, 1080, 2);
    paid["currency"] = "usd".into();
    paid
}

fn named(mut charge: Value, order: &str) -> Value {
    charge["metadata"] = json!({ "order_id": order });
    charge
}

fn count(shop: &Shop, sql: &'static str) -> i64 {
    shop.desk.read(move |tx, _| Ok(tx.scalar::<i64>(&store::Stmt::new("count", sql), &[])?)).unwrap()
}

fn due(shop: &Shop, customer: &CustomerId) -> i64 {
    shop.desk.get(customer).balance_due
}

store::db_test! {
    crate::migrations();

    fn an_invoice_is_paid_with_what_came(db) {
        let shop = Shop::new(db);
        let done = shop.desk.check_out(&Checkout { affiliate: String::new(), ..basket(&shop, "A-1", "ana@example.es", Some(("pi_ch_1", 1000))) }).unwrap();
        let invoice = billed(&shop, &done.order);
        assert_eq!(papers::look(&shop.desk, &invoice).summary.state, invoices::State::Paid);
        shop.tell(&event("evt_1", "charge.succeeded", 2, part("ch_1", 700)));
        let now = papers::look(&shop.desk, &invoice).summary;
        assert_eq!((now.paid, now.rest(), now.state == invoices::State::Paid), (700, 300, false));
        assert_eq!((due(&shop, &done.customer.unwrap()), shop.payment("ch_1").amount), (300, 700));
        shop.desk.verified();
        // What no rule of ours writes is found.
        static LESS: store::Stmt = store::Stmt::new("less", "UPDATE payments SET amount = 600 WHERE merchant_id = $1");
        shop.desk.write(|tx, ctx| Ok(tx.exec(&LESS, &[&ctx.merchant])?)).unwrap();
        let found = shop.desk.differences();
        assert!(found.iter().any(|d| (d.kind, d.what.as_str(), d.kept.as_str()) == ("payment", "on invoices", "700")), "{found:?}");
    }

    fn another_amount_ends_the_same_whoever_speaks_first(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        let ways = [(State::Open, PaymentStatus::Settled), (State::Paid, PaymentStatus::Settled), (State::Open, PaymentStatus::Pending)];
        for (n, (state, status)) in ways.into_iter().enumerate() {
            for provider_first in [true, false] {
                let which = format!("{n}{provider_first}");
                let (reference, email) = (format!("ch_{which}"), format!("ana{which}@example.es"));
                let mut told = basket(&shop, &which, &email, Some((&reference, 1000)));
                (told.state, told.payments[0].status) = (state, status);
                let paid = event(&format!("evt_{which}"), "charge.succeeded", 2, part(&reference, 700));
                if provider_first {
                    shop.tell(&paid);
                }
                let done = shop.desk.check_out(&told).unwrap();
                if !provider_first {
                    shop.tell(&paid);
                }
                for again in 0..2 {
                    let ana = shop.desk.get(done.customer.as_ref().unwrap());
                    let p = shop.payment(&reference);
                    assert_eq!((p.amount, p.status, stands(&shop, &done.order)), (700, PaymentStatus::Settled, (State::Open, "amount_differs".into())), "{which} {again}");
                    assert_eq!((ana.lifetime, ana.balance_due, commission(&shop, &reference).0), (700, 300, 70), "{which} {again}");
                    shop.desk.check_out(&told).unwrap();
                }
            }
        }
        assert_eq!(count(&shop, "SELECT COUNT(*) FROM events WHERE kind = 'commission.set' AND cause = 'the payment’s amount changed'"), 3);
        shop.desk.verified();
    }

    fn a_word_about_an_attempt_is_not_the_first_about_the_money(db) {
        let shop = Shop::new(db);
        let mut waits = charge("ch_1", None, 1000, 1);
        (waits["status"], waits["captured"]) = ("pending".into(), false.into());
        let done = shop.desk.check_out(&Checkout { affiliate: String::new(), ..basket(&shop, "A-1", "ana@example.es", Some(("ch_1", 1000))) }).unwrap();
        shop.tell(&event("evt_1", "charge.pending", 1, waits));
        assert_eq!((shop.payment("ch_1").status, shop.payment("ch_1").amount), (PaymentStatus::Settled, 1000));
        shop.tell(&event("evt_2", "charge.succeeded", 2, part("ch_1", 700)));
        assert_eq!((shop.payment("ch_1").amount, stands(&shop, &done.order)), (700, (State::Open, "amount_differs".into())));
        shop.desk.verified();
    }

    fn another_currency_is_taken_over_with_the_amount(db) {
        let shop = Shop::new(db);
        tenth(&shop);
        let usd = Currency::of("USD").unwrap();
        for (n, status) in [PaymentStatus::Settled, PaymentStatus::Pending].into_iter().enumerate() {
            for provider_first in [true, false] {
                let which = format!("{n}{provider_first}");
                let (reference, email) = (format!("ch_{which}"), format!("ana{which}@example.es"));
                let mut told = basket(&shop, &which, &email, Some((&reference, 1000)));
                told.payments[0].status = status;
                let paid = event(&format!("evt_{which}"), "charge.succeeded", 2, dollars(&reference));
                if provider_first {
                    shop.tell(&paid);
                }
                let done = shop.desk.check_out(&told).unwrap();
                if !provider_first {
                    shop.tell(&paid);
                }
                let p = shop.payment(&reference);
                assert_eq!((p.amount, p.currency, p.status), (1080, usd, PaymentStatus::Settled), "{which}");
                assert_eq!((stands(&shop, &done.order), commission(&shop, &reference)), ((State::Open, "amount_differs".into()), (108, usd)), "{which}");
                assert_eq!(due(&shop, &done.customer.unwrap()), 1000, "{which}");
            }
        }
        shop.desk.verified();
    }

    fn money_that_was_given_back_keeps_the_currency_it_was_given_back_in(db) {
        let shop = Shop::new(db);
        let done = shop.desk.check_out(&Checkout { affiliate: String::new(), ..basket(&shop, "A-1", "ana@example.es", Some(("ch_1", 1000))) }).unwrap();
        let back = RefundInput::of(shop.payment_id("ch_1"), 100, "");
        shop.desk.write(move |tx, ctx| refund(tx, ctx, &back)).unwrap();
        shop.tell(&event("evt_1", "charge.succeeded", 2, dollars("ch_1")));
        let p = shop.payment("ch_1");
        assert_eq!((p.amount, p.currency, p.refunded), (1000, crate::orders::desk::eur(), 100));
        assert_eq!(stands(&shop, &done.order), (State::Paid, "amount_differs".into()), "somebody has to look");
        shop.desk.verified();
    }

    fn whose_order_somebody_else_pays_owes_nothing(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_0", "customer.created", 1, customer("cus_anna", "Anna", "anna@example.es")));
        let of_ben = |id: &str| shop.desk.check_out(&Checkout { affiliate: String::new(), ..basket(&shop, id, "ben@example.de", None) }).unwrap();
        let ben = of_ben("B-1").customer.unwrap();
        assert_eq!(due(&shop, &ben), 1000);
        shop.tell(&event("evt_1", "charge.succeeded", 2, named(charge("ch_1", Some("cus_anna"), 1000, 2), "B-1")));
        assert_eq!(due(&shop, &ben), 0, "the charge names the order");
        of_ben("B-2");
        shop.tell(&event("evt_2", "charge.succeeded", 3, charge("ch_2", Some("cus_anna"), 1000, 3)));
        let session = json!({ "id": "cs_2", "object": "checkout.session", "client_reference_id": "B-2", "payment_intent": "pi_ch_2" });
        shop.tell(&event("evt_3", "checkout.session.completed", 4, session));
        assert_eq!(due(&shop, &ben), 0, "its session does");
        shop.tell(&event("evt_4", "charge.succeeded", 5, named(charge("ch_3", Some("cus_anna"), 1000, 5), "B-3")));
        of_ben("B-3");
        shop.work();
        assert_eq!(due(&shop, &ben), 0, "it does before the order is there");
        shop.desk.verified();
        let id = shop.payment_id("ch_1");
        shop.desk.write(move |tx, ctx| payments::bounce(tx, ctx, &id, "")).unwrap();
        assert_eq!(due(&shop, &ben), 1000, "the bank took it back");
        shop.desk.verified();
    }

    fn a_late_failed_attempt_is_no_payment_of_its_own(db) {
        let mut failed = charge("ch_0", None, 1000, 1);
        (failed["payment_intent"], failed["status"], failed["failure_code"]) = ("pi_ch_1".into(), "failed".into(), "insufficient_funds".into());
        for turn in [[0, 1], [1, 0]] {
            let own = store::testing::fresh(db.engine(), crate::migrations());
            let shop = Shop::new(&own);
            let mut waits = basket(&shop, "A-1", "ana@example.es", Some(("pi_ch_1", 1000)));
            (waits.payments[0].status, waits.affiliate) = (PaymentStatus::Pending, String::new());
            let done = shop.desk.check_out(&waits).unwrap();
            let told = [event("evt_1", "charge.failed", 1, failed.clone()), event("evt_2", "charge.succeeded", 2, charge("ch_1", None, 1000, 2))];
            turn.into_iter().for_each(|i| shop.tell(&told[i]));
            let one = shop.payment_id("ch_1");
            assert_eq!((shop.payment_id("ch_0"), shop.payment_id("pi_ch_1"), count(&shop, "SELECT COUNT(*) FROM payments")), (one.clone(), one, 1), "{turn:?}");
            assert_eq!((shop.payment("ch_1").status, stands(&shop, &done.order).0), (PaymentStatus::Settled, State::Paid), "{turn:?}");
            shop.desk.verified();
        }
    }
}
