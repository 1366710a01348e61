//! Two at once on PostgreSQL, where each waits for the other's rows: nobody waits in a ring, and nobody is refused for what the other did.

use std::sync::{Arc, Barrier};

use store::Engine;

use super::desk::{Shop, charge, customer, event};
use crate::kit::locks;
use crate::orders::desk::{by_card, refusal};
use crate::orders::queries::CLAIM;
use crate::orders::{self, Checkout};
use crate::payments::{self, PaymentInput};

/// Until somebody waits for a row of somebody else.
fn until_somebody_waits(shop: &Shop) {
    static WAITS: store::Stmt =
        store::Stmt::new("waits", "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    while shop.desk.read(|tx, _| Ok(tx.scalar::<i64>(&WAITS, &[])?)).unwrap() == 0 {
        std::thread::yield_now();
    }
}

store::db_test! {
    crate::migrations();

    fn who_waits_for_a_customer_holds_no_order_up(db) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let shop = Shop::new(db);
        shop.tell(&event("evt_0", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        let ana = shop.by_email("ana@example.es").unwrap();
        let mut named = charge("ch_1", None, 1000, 2);
        named["metadata"] = serde_json::json!({ "order_id": "A-1" });
        shop.send(&event("evt_1", "charge.succeeded", 2, named));
        shop.send(&event("evt_2", "customer.updated", 3, customer("cus_1", "Ana Ruiz", "ana@example.es")));
        let (held, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let claim = format!("{}:order:A-1", shop.desk.f.shop);
        static SOON: store::Stmt = store::Stmt::new("soon", "SELECT set_config('lock_timeout', '300ms', TRUE)");
        std::thread::scope(|s| {
            let (holds, goes) = (Arc::clone(&held), Arc::clone(&go));
            // As a checkout does: the customer first, and the order's name last.
            let checkout = s.spawn(|| shop.desk.write(move |tx, ctx| {
                locks::customers(tx, ctx, &[&ana])?;
                holds.wait();
                goes.wait();
                tx.scalar::<String>(&SOON, &[])?;
                tx.exec(&CLAIM, &[&ctx.merchant, &claim])?;
                Ok(tx.exec(&orders::queries::UNCLAIM, &[&ctx.merchant, &claim])?)
            }));
            held.wait();
            let worker = s.spawn(|| shop.work());
            until_somebody_waits(&shop);
            go.wait();
            let done = checkout.join().unwrap();
            worker.join().unwrap();
            done.expect("nobody who waits for the customer holds the order's name");
        });
        let done = shop.desk.check_out(&shop.desk.basket("A-1", "ana@example.es")).unwrap();
        shop.work();
        assert_eq!(shop.payment("ch_1").order, Some(done.order));
        shop.desk.verified();
    }

    fn an_amount_that_is_told_in_the_same_moment_is_no_fault_of_the_shop(db) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let shop = Shop::new(db);
        let basket = Checkout { payments: vec![by_card("ch_1", 1000, "F1")], ..shop.desk.basket("A-1", "ana@example.es") };
        let told = PaymentInput { provider_ref: Some("ch_1".into()), ..shop.desk.payment(None, 700) };
        let (held, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        std::thread::scope(|s| {
            let (holds, goes) = (Arc::clone(&held), Arc::clone(&go));
            let provider = s.spawn(|| shop.desk.write(move |tx, ctx| {
                payments::tell(tx, ctx, &told, None)?;
                holds.wait();
                goes.wait();
                Ok(())
            }));
            held.wait();
            let checkout = s.spawn(|| shop.desk.check_out(&basket));
            until_somebody_waits(&shop);
            go.wait();
            provider.join().unwrap().unwrap();
            assert_eq!(refusal(checkout.join().unwrap()), "moved", "the same once more is right");
        });
        assert_eq!(shop.desk.check_out(&basket).unwrap().flag, "amount_differs");
        assert_eq!(shop.payment("ch_1").amount, 700);
        shop.desk.verified();
    }
}
