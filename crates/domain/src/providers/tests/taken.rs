//! What is taken from a payment again: refunds as their provider tells of them, disputes as they are decided last, and what was never captured.

use serde_json::{Value, json};
use store::testing::TestDb;

use super::desk::*;
use crate::payments::PaymentView;
use crate::payments::disputes::DisputeStatus;
use crate::payments::refunds::{self, RefundInput};
use crate::providers::Provider;

fn sums(p: &PaymentView) -> (i64, i64, i64) {
    (p.refunded, p.refund_pending, p.refundable)
}

/// A charge of 100.00 of which so much was captured and so much counts as refunded with Stripe.
fn part(captured: i64, refunded: i64) -> Value {
    let mut c = charge("ch_1", None, 10_000, 2);
    (c["amount_captured"], c["amount_refunded"]) = (captured.into(), refunded.into());
    c
}

/// Tells the same in each order of two, and looks each time.
fn both_ways(db: &TestDb, told: &[Value; 2], look: impl Fn(&PaymentView, &str)) {
    for (turn, way) in [([0, 1], "in order"), ([1, 0], "the other way round")] {
        let own = again(db);
        let shop = Shop::new(&own);
        shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
        turn.into_iter().for_each(|i| shop.tell(&told[i]));
        look(&shop.payment("ch_1"), way);
        shop.desk.verified();
    }
}

fn decided(id: &str, kind: &str, minor: i64, status: &str, second: i64) -> Value {
    event(id, kind, second, dispute("dp_1", "ch_1", minor, status, 3))
}

fn paypal_dispute(id: &str, kind: &str, outcome: Value, hour: i64) -> Value {
    let status = if kind.ends_with("RESOLVED") { "RESOLVED" } else { "UNDER_REVIEW" };
    json!({ "id": format!("WH-{id}"), "event_type": kind, "create_time": format!("2026-06-01T{hour:02}:00:00Z"), "resource": {
        "dispute_id": "PP-D-1", "status": status, "dispute_amount": { "currency_code": "EUR", "value": "100.00" }, "dispute_outcome": outcome,
        "disputed_transactions": [{ "seller_transaction_id": "2GG" }], "create_time": "2026-06-01T01:00:00Z", "update_time": format!("2026-06-01T{hour:02}:00:00Z") } })
}

/// A database of its own, of the same kind.
fn again(db: &TestDb) -> TestDb {
    store::testing::fresh(db.engine(), crate::migrations())
}

store::db_test! {
    crate::migrations();

    fn a_refund_behind_one_that_fails_later_counts_whole(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
        shop.tell(&event("evt_2", "refund.created", 3, refund("re_1", "ch_1", 6000, "pending", 3)));
        shop.tell(&event("evt_3", "refund.created", 5, refund("re_2", "ch_1", 10_000, "succeeded", 5)));
        assert_eq!(sums(&shop.payment("ch_1")), (10_000, 0, 0), "what was given back stands before what is on its way");
        shop.desk.verified();
        shop.tell(&event("evt_4", "refund.failed", 4, refund("re_1", "ch_1", 6000, "failed", 3)));
        assert_eq!(sums(&shop.payment("ch_1")), (10_000, 0, 0));
        shop.desk.verified();
    }

    fn a_full_refund_elsewhere_stands_above_ours_that_is_refused(db) {
        for sum_alone in [false, true] {
            let own = again(db);
            let shop = Shop::new(&own);
            shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
            let payment = shop.payment_id("ch_1");
            let ours = shop.desk.write(move |tx, ctx| refunds::begin(tx, ctx, &payment, 4000, "")).unwrap();
            if !sum_alone {
                shop.tell(&event("evt_2", "refund.created", 3, refund("re_1", "ch_1", 10_000, "succeeded", 3)));
            }
            shop.tell(&event("evt_3", "charge.refunded", 4, part(10_000, 10_000)));
            shop.desk.verified();
            shop.desk.write(move |tx, ctx| refunds::refused(tx, ctx, &ours, "already refunded")).unwrap();
            assert_eq!(sums(&shop.payment("ch_1")), (10_000, 0, 0), "the sum alone: {sum_alone}");
            shop.desk.verified();
        }
    }

    fn a_refund_written_down_by_hand_is_the_one_that_is_told_later(db) {
        for sum_alone in [false, true] {
            let own = again(db);
            let shop = Shop::new(&own);
            shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
            let by_hand = RefundInput::of(shop.payment_id("ch_1"), 400, "sour");
            shop.desk.write(move |tx, ctx| refunds::refund(tx, ctx, &by_hand)).unwrap();
            shop.tell(&event("evt_2", "charge.refunded", 4, part(10_000, 400)));
            if !sum_alone {
                shop.tell(&event("evt_3", "refund.created", 3, refund("re_1", "ch_1", 400, "succeeded", 3)));
            }
            let p = shop.payment("ch_1");
            assert_eq!((p.refunded, p.refunds.len(), p.refunds[0].reason.as_str()), (400, 1, "sour"));
            if !sum_alone {
                shop.tell(&event("evt_4", "refund.created", 5, refund("re_2", "ch_1", 400, "succeeded", 5)));
                assert_eq!(shop.payment("ch_1").refunded, 800, "another of the same amount is another");
            }
            shop.desk.verified();
        }
    }

    fn what_was_never_captured_is_no_refund(db) {
        let shop = Shop::new(db);
        let mut held = charge("ch_1", None, 10_000, 2);
        (held["captured"], held["amount_captured"]) = (false.into(), 0.into());
        shop.tell(&event("evt_1", "charge.succeeded", 2, held));
        shop.tell(&event("evt_2", "charge.captured", 3, part(6000, 4000)));
        shop.tell(&event("evt_3", "charge.refunded", 3, part(6000, 4000)));
        assert_eq!((shop.payment("ch_1").amount, sums(&shop.payment("ch_1"))), (6000, (0, 0, 6000)));
        shop.tell(&event("evt_4", "refund.created", 5, refund("re_1", "ch_1", 1000, "succeeded", 5)));
        shop.tell(&event("evt_5", "charge.refunded", 5, part(6000, 5000)));
        assert_eq!(sums(&shop.payment("ch_1")), (1000, 0, 5000));
        shop.desk.verified();
    }

    fn what_is_captured_in_parts_adds_up_in_any_order(db) {
        for turn in [[0, 1], [1, 0]] {
            let own = again(db);
            let shop = Shop::new(&own);
            let told = [event("evt_1", "charge.captured", 3, part(6000, 0)), event("evt_2", "charge.captured", 4, part(10_000, 0))];
            turn.into_iter().for_each(|i| shop.tell(&told[i]));
            shop.tell(&event("evt_3", "refund.created", 5, refund("re_1", "ch_1", 8000, "succeeded", 5)));
            assert_eq!((shop.payment("ch_1").amount, sums(&shop.payment("ch_1"))), (10_000, (8000, 0, 2000)));
            shop.desk.verified();
        }
    }

    fn the_last_word_about_a_dispute_counts_however_it_came(db) {
        let reopened = [
            decided("d1", "charge.dispute.created", 10_000, "warning_needs_response", 3),
            decided("d2", "charge.dispute.closed", 10_000, "warning_closed", 4),
            decided("d3", "charge.dispute.updated", 10_000, "needs_response", 5),
            decided("d4", "charge.dispute.closed", 4000, "lost", 6),
        ];
        for turn in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let own = again(db);
            let shop = Shop::new(&own);
            shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
            turn.into_iter().for_each(|i| shop.tell(&reopened[i]));
            let p = shop.payment("ch_1");
            assert_eq!((p.lost, p.disputes.len(), p.disputes[0].status, p.disputes[0].amount), (4000, 1, DisputeStatus::Lost, 4000), "{turn:?}");
            assert_eq!(p.disputes[0].closed_at, Some(at(6)));
            shop.desk.verified();
        }
        both_ways(db, &[decided("d5", "charge.dispute.closed", 10_000, "lost", 4), decided("d6", "charge.dispute.closed", 10_000, "won", 5)], |p, way| {
            assert_eq!((p.lost, p.disputes[0].status), (0, DisputeStatus::Won), "an appeal, {way}");
        });
    }

    fn what_somebody_decided_here_stands_until_the_provider_decides(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "charge.succeeded", 2, charge("ch_1", None, 10_000, 2)));
        shop.tell(&decided("d1", "charge.dispute.created", 10_000, "needs_response", 3));
        let id = shop.payment("ch_1").disputes[0].id.clone();
        shop.desk.write(move |tx, ctx| crate::payments::disputes::close(tx, ctx, &id, true)).unwrap();
        shop.tell(&decided("d2", "charge.dispute.updated", 10_000, "under_review", 4));
        assert_eq!(shop.payment("ch_1").disputes[0].status, DisputeStatus::Won);
        shop.tell(&decided("d3", "charge.dispute.closed", 10_000, "lost", 5));
        assert_eq!(shop.payment("ch_1").lost, 10_000);
        shop.desk.verified();
    }

    fn paypal_may_give_the_buyer_a_part_and_change_its_mind(db) {
        let capture = json!({ "id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "create_time": "2026-06-01T00:00:09Z",
            "resource": { "id": "2GG", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": "100.00" } } });
        let partly = json!({ "outcome_code": "RESOLVED_BUYER_FAVOUR", "amount_refunded": { "currency_code": "EUR", "value": "30.00" } });
        let sellers = json!({ "outcome_code": "RESOLVED_SELLER_FAVOUR" });
        let told = [
            paypal_dispute("2", "CUSTOMER.DISPUTE.CREATED", json!({}), 2),
            paypal_dispute("3", "CUSTOMER.DISPUTE.RESOLVED", sellers, 3),
            paypal_dispute("4", "CUSTOMER.DISPUTE.RESOLVED", partly, 4),
        ];
        for turn in [[0, 1, 2], [2, 1, 0]] {
            let own = again(db);
            let shop = Shop::with(&own, Provider::Paypal);
            shop.tell(&capture);
            turn.into_iter().for_each(|i| shop.tell(&told[i]));
            let row = shop.desk.read(|tx, ctx| crate::payments::by_ref(tx, ctx, "paypal", "2GG")).unwrap().unwrap();
            assert_eq!(row.lost, 3000, "{turn:?}");
            shop.desk.verified();
        }
    }

    fn a_subscription_of_paypal_is_paid_again_by_its_sale(db) {
        use crate::subscriptions::{self, SubscriptionStatus};
        let told = |id: &str, kind: &str, day: &str, resource: Value| json!({ "id": format!("WH-{id}"), "event_type": kind, "create_time": format!("2026-{day}T12:00:00Z"), "resource": resource });
        let club = json!({ "id": "I-1", "status": "ACTIVE", "plan_id": "P-1", "start_time": "2026-03-15T12:00:00Z", "status_update_time": "2026-03-15T12:00:00Z",
            "subscriber": { "payer_id": "PAYER", "email_address": "ana@example.es", "name": { "given_name": "Ana" } },
            "billing_info": { "next_billing_time": "2026-04-15T10:00:00Z", "last_payment": { "amount": { "currency_code": "EUR", "value": "15.00" }, "time": "2026-03-15T12:00:00Z" } } });
        let sale = |id: &str| json!({ "id": id, "state": "completed", "amount": { "total": "15.00", "currency": "EUR" }, "billing_agreement_id": "I-1" });
        let events = [
            told("1", "BILLING.SUBSCRIPTION.ACTIVATED", "03-15", club.clone()),
            told("2", "PAYMENT.SALE.COMPLETED", "03-15", sale("S1")),
            told("3", "BILLING.SUBSCRIPTION.PAYMENT.FAILED", "04-15", club),
            told("4", "PAYMENT.SALE.COMPLETED", "04-18", sale("S2")),
        ];
        for turn in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let own = again(db);
            let shop = Shop::with(&own, Provider::Paypal);
            turn.into_iter().for_each(|i| shop.tell(&events[i]));
            let s = shop.desk.read(|tx, ctx| subscriptions::by_ref(tx, ctx, "paypal", "I-1")).unwrap().unwrap();
            let next = "2026-05-15T10:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
            assert_eq!((s.status, s.next_payment_at), (SubscriptionStatus::Active, Some(next)), "{turn:?}");
            shop.desk.verified();
        }
        let shop = Shop::with(db, Provider::Paypal);
        events[..3].iter().for_each(|e| shop.tell(e));
        let s = shop.desk.read(|tx, ctx| subscriptions::by_ref(tx, ctx, "paypal", "I-1")).unwrap().unwrap();
        assert_eq!(s.status, SubscriptionStatus::PastDue, "until it is paid");
    }

    fn a_subscription_that_never_began_makes_nobody_a_lost_subscriber(db) {
        let shop = Shop::new(db);
        shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
        for (n, status) in ["incomplete", "incomplete_expired"].into_iter().enumerate() {
            shop.tell(&event(&format!("evt_s{n}"), "customer.subscription.updated", 2 + n as i64, subscription("sub_1", "cus_1", status, 2)));
        }
        assert_eq!(shop.desk.status(&shop.by_email("ana@example.es").unwrap()), crate::customers::Status::Prospect);
        shop.desk.verified();
    }
}
