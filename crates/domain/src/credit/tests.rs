//! Credit that is given, spent and given back; never twice, never below nothing, and never counted as new money.

use super::*;
use crate::customers::{self, Status};
use crate::kit::{CustomerId, Error, Right};
use crate::orders::desk::{Desk, by_card, eur, refusal};
use crate::orders::{self, Checkout, CheckoutPayment, State};
use crate::payments::refunds::{RefundInput, refund};
use crate::payments::{self, PaymentStatus, guests};

fn input(customer: &CustomerId, amount: i64, reason: &str) -> GrantInput {
    GrantInput { customer: customer.clone(), currency: eur(), amount, reason: reason.into() }
}

fn give(desk: &Desk, customer: &CustomerId, amount: i64) -> crate::Result<CreditId> {
    let input = input(customer, amount, "goodwill");
    desk.write(move |tx, ctx| grant(tx, ctx, &input))
}

fn take(desk: &Desk, customer: &CustomerId, amount: i64) -> crate::Result<CreditId> {
    let input = input(customer, amount, "by mistake");
    desk.write(move |tx, ctx| take_back(tx, ctx, &input))
}

fn as_credit(desk: &Desk, payment: &PaymentId, amount: i64) -> crate::Result<RefundId> {
    let input = CreditRefund { payment: payment.clone(), amount, reason: "one bag damaged".into() };
    desk.write(move |tx, ctx| refund_as_credit(tx, ctx, &input))
}

fn has(desk: &Desk, customer: &CustomerId) -> i64 {
    let customer = customer.clone();
    desk.read(move |tx, ctx| balances(tx, ctx, &customer)).unwrap().first().map_or(0, |m| m.minor)
}

fn ledger_of(desk: &Desk, customer: &CustomerId) -> Vec<(Kind, i64, i64)> {
    let customer = customer.clone();
    let lines = desk.read(move |tx, ctx| lines(tx, ctx, &customer, None, 100)).unwrap();
    lines.into_iter().rev().map(|l| (l.kind, l.amount, l.balance)).collect()
}

fn by_credit(amount: i64) -> CheckoutPayment {
    CheckoutPayment { provider: PROVIDER.into(), provider_ref: None, method: None, ..by_card("", amount, "") }
}

/// A basket of 10.00 EUR of this customer, paid with so much credit.
fn basket(desk: &Desk, id: &str, customer: &CustomerId, credit: i64) -> Checkout {
    let mut basket = Checkout { payments: vec![by_credit(credit)], ..desk.basket(id, "") };
    basket.buyer.customer = Some(customer.clone());
    basket
}

store::db_test! {
    crate::migrations();

    fn credit_is_given_and_taken_back_by_hand_with_a_reason(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 2000).unwrap();
        match take(&desk, &ana, 2001) {
            Err(Error::Invalid(p)) => assert_eq!((p.0[0].code, p.0[0].message.as_str()), ("too_much", "At most €20.00 is there.")),
            other => panic!("{other:?}"),
        }
        take(&desk, &ana, 500).unwrap();
        assert_eq!(ledger_of(&desk, &ana), [(Kind::Grant, 2000, 2000), (Kind::TakeBack, -500, 1500)]);
        let bad = input(&ana, 0, " ");
        assert_eq!(refusal(desk.write(move |tx, ctx| grant(tx, ctx, &bad))), "amount:invalid reason:required");
        let huge = input(&ana, payments::MAX_MINOR, "x");
        assert_eq!(refusal(desk.write(move |tx, ctx| grant(tx, ctx, &huge))), "amount:too_much");
        let without = Desk { ctx: desk.f.without(Right::Refund), ..desk.clone() };
        assert_eq!((refusal(give(&without, &ana, 1)), refusal(take(&without, &ana, 1))), ("forbidden refund".into(), "forbidden refund".into()));
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(give(&other, &ana, 1)), "no customer");
        assert_eq!((desk.get(&ana).lifetime, desk.status(&ana)), (0, Status::Prospect), "a gift is no purchase");
        desk.verified();
    }

    fn a_refund_as_credit_shrinks_what_is_left_to_refund(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        as_credit(&desk, &payment, 400).unwrap();
        let input = RefundInput::of(payment.clone(), 601, "");
        assert_eq!(refusal(desk.write(move |tx, ctx| refund(tx, ctx, &input))), "amount:too_much");
        let input = RefundInput::of(payment.clone(), 500, "");
        desk.write(move |tx, ctx| refund(tx, ctx, &input)).unwrap();
        assert_eq!(refusal(as_credit(&desk, &payment, 101)), "amount:too_much");
        assert_eq!(refusal(as_credit(&desk, &payment, 0)), "amount:invalid");
        as_credit(&desk, &payment, 100).unwrap();
        assert_eq!((has(&desk, &ana), desk.get(&ana).lifetime), (500, 0));
        let view = desk.read(move |tx, ctx| payments::get(tx, ctx, &payment)).unwrap();
        assert_eq!(view.refundable, 0);
        assert_eq!(view.refunds.iter().map(|r| (r.amount, r.as_credit)).collect::<Vec<_>>(), [(400, true), (500, false), (100, true)]);
        desk.verified();
    }

    fn a_guests_a_test_and_a_failed_payment_give_no_credit(db) {
        let desk = Desk::new(db);
        let guest = desk.put(desk.payment(None, 1000)).unwrap();
        assert_eq!(refusal(as_credit(&desk, &guest, 1)), "guest");
        let ana = desk.customer("ana@example.es");
        let test = desk.put(payments::PaymentInput { live: false, ..desk.payment(Some(&ana), 1000) }).unwrap();
        assert_eq!(refusal(as_credit(&desk, &test, 1)), "test_mode");
        let failed = desk.put(payments::PaymentInput { status: PaymentStatus::Failed, ..desk.payment(Some(&ana), 1000) }).unwrap();
        assert_eq!(refusal(as_credit(&desk, &failed, 1)), "payment_state");
        let payment = desk.pay(&ana, 1000);
        let id = ana.clone();
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &id)).unwrap();
        assert_eq!(refusal(as_credit(&desk, &payment, 1)), "customer_inactive");
        desk.verified();
    }

    fn a_checkout_spends_it_once_however_often_it_comes(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 1500).unwrap();
        let paid = basket(&desk, "A", &ana, 1000);
        let done = desk.check_out(&paid).unwrap();
        assert_eq!((has(&desk, &ana), done.flag), (500, ""));
        assert!(!desk.check_out(&paid).unwrap().changed);
        // In another place among the payments it is still the same sum of the same order.
        let moved = Checkout { payments: vec![by_card("pi_1", 300, "0001"), by_credit(1000)], ..paid.clone() };
        desk.check_out(&moved).unwrap();
        assert_eq!(has(&desk, &ana), 500);
        assert_eq!(ledger_of(&desk, &ana), [(Kind::Grant, 1500, 1500), (Kind::Spend, -1000, 500)]);
        let order = desk.read(move |tx, ctx| orders::get(tx, ctx, &done.order)).unwrap();
        assert_eq!(order.summary.state, State::Paid);
        let now = desk.get(&ana);
        assert_eq!((now.lifetime, now.status, now.balance_due), (300, Status::Active, 0), "no new money, and somebody who buys");
        desk.verified();
    }

    fn credit_that_is_not_there_refuses_the_checkout_but_never_money_that_was_taken(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 400).unwrap();
        assert_eq!(refusal(desk.check_out(&basket(&desk, "A", &ana, 1000))), "credit_insufficient");
        let said = Checkout { state: State::Paid, ..basket(&desk, "A", &ana, 1000) };
        assert_eq!(refusal(desk.check_out(&said)), "credit_insufficient", "a shop cannot say that our credit paid");
        let mixed = Checkout { payments: vec![by_card("pi_1", 400, "0001"), by_credit(600)], ..basket(&desk, "B", &ana, 0) };
        let done = desk.check_out(&mixed).unwrap();
        assert_eq!((done.flag, has(&desk, &ana)), ("credit_missing", 400));
        let failed = done.payments[1].clone();
        let view = desk.read(move |tx, ctx| payments::get(tx, ctx, &failed)).unwrap();
        assert_eq!((view.status, view.failure_code.as_str()), (PaymentStatus::Failed, "insufficient_credit"));
        assert_eq!(desk.get(&ana).balance_due, 600);
        // Once there is enough, the same checkout goes through.
        give(&desk, &ana, 200).unwrap();
        desk.check_out(&mixed).unwrap();
        assert_eq!((has(&desk, &ana), desk.get(&ana).balance_due, desk.get(&ana).lifetime), (0, 0, 400));
        desk.verified();
    }

    fn what_is_wrong_with_credit_in_a_checkout_is_said_beside_its_field(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 5000).unwrap();
        let guest = Checkout { guest: true, payments: vec![by_credit(1000)], ..desk.basket("G", "x@example.com") };
        assert_eq!(refusal(desk.check_out(&guest)), "payments.0.provider:invalid");
        let odd = CheckoutPayment { status: PaymentStatus::Pending, live: false, ..by_credit(1) };
        let twice = Checkout { payments: vec![by_credit(1), odd], ..basket(&desk, "T", &ana, 0) };
        assert_eq!(refusal(desk.check_out(&twice)), "payments.1.provider:invalid payments.1.status:invalid payments.1.live:invalid");
        // Another order cannot pass for paid by naming the payment of this one.
        desk.check_out(&basket(&desk, "A", &ana, 1000)).unwrap();
        let copied = CheckoutPayment { provider_ref: Some(format!("{}/A", desk.f.shop)), ..by_credit(1000) };
        desk.check_out(&Checkout { payments: vec![copied], ..basket(&desk, "B", &ana, 0) }).unwrap();
        assert_eq!(has(&desk, &ana), 3000);
        desk.verified();
    }

    fn it_comes_back_when_the_order_is_cancelled_or_the_payment_refunded(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 3000).unwrap();
        let by_hand = desk.check_out(&basket(&desk, "A", &ana, 1000)).unwrap();
        desk.write({ let id = by_hand.order.clone(); move |tx, ctx| orders::cancel(tx, ctx, &id) }).unwrap();
        assert_eq!(has(&desk, &ana), 3000);
        // The shop's late repetition spends nothing on an order that is cancelled.
        desk.check_out(&basket(&desk, "A", &ana, 1000)).unwrap();
        assert_eq!(has(&desk, &ana), 3000);

        let paid = basket(&desk, "B", &ana, 1000);
        let done = desk.check_out(&paid).unwrap();
        let part = RefundInput::of(done.payments[0].clone(), 300, "late");
        desk.write(move |tx, ctx| refund(tx, ctx, &part)).unwrap();
        assert_eq!(has(&desk, &ana), 2300, "a refund of credit is credit");
        desk.check_out(&Checkout { state: State::Cancelled, ..paid }).unwrap();
        assert_eq!(has(&desk, &ana), 3000, "the shop's cancellation gives back the rest and no more");

        let unspent = Checkout { state: State::Cancelled, ..basket(&desk, "C", &ana, 9000) };
        assert_eq!(desk.check_out(&unspent).unwrap().flag, "credit_missing");
        let also = Checkout { state: State::Cancelled, ..basket(&desk, "D", &ana, 1000) };
        desk.check_out(&also).unwrap();
        assert_eq!((has(&desk, &ana), desk.get(&ana).lifetime), (3000, 0));
        let credit = done.payments[0].clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| payments::bounce(tx, ctx, &credit, ""))), "payment_state");
        desk.verified();
    }

    fn an_order_paid_by_card_and_credit_gives_back_the_credit_once_the_card_is_refunded(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 400).unwrap();
        let done = desk.check_out(&Checkout { payments: vec![by_card("pi_1", 600, "0001"), by_credit(400)], ..basket(&desk, "A", &ana, 0) }).unwrap();
        let cancel = || { let id = done.order.clone(); desk.write(move |tx, ctx| orders::cancel(tx, ctx, &id)) };
        assert_eq!((refusal(cancel()), has(&desk, &ana)), ("paid".to_owned(), 0), "nothing moves when the order stays");
        as_credit(&desk, &done.payments[0], 600).unwrap();
        cancel().unwrap();
        assert_eq!(has(&desk, &ana), 1000);
        desk.verified();
    }

    fn who_has_a_ledger_is_not_deleted_for_good_and_keeps_the_payment(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 400).unwrap();
        let purge = |id: &CustomerId| { let id = id.clone(); desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &id)) };
        match purge(&ana) {
            Err(Error::Conflict { code: "linked", message, links }) => {
                assert_eq!((links.len(), links[0].kind, links[0].label.as_str()), (1, "credit", "Store credit of €4.00"));
                assert!(message.contains("1 ledger of store credit is linked"), "{message}");
            }
            other => panic!("{other:?}"),
        }
        take(&desk, &ana, 400).unwrap();
        assert_eq!(refusal(purge(&ana)), "linked", "also when nothing is left of it");

        let guest = Checkout { guest: true, payments: vec![by_card("g", 1000, "0001")], ..desk.basket("G", "x@example.com") };
        let payment = desk.check_out(&guest).unwrap().payments.remove(0);
        desk.write({ let (p, c) = (payment.clone(), ana.clone()); move |tx, ctx| guests::attach(tx, ctx, &p, &c) }).unwrap();
        as_credit(&desk, &payment, 100).unwrap();
        assert_eq!(refusal(desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &payment))), "credit_given");
        desk.verified();
    }

    fn verify_finds_a_balance_that_is_not_the_sum_of_its_ledger(db) {
        static SLIP: store::Stmt = store::Stmt::new("s", "UPDATE credit_balances SET balance = balance + 1 WHERE merchant_id = $1");
        static LOSE: store::Stmt = store::Stmt::new("l", "DELETE FROM credit_lines WHERE merchant_id = $1 AND kind = 'spend'");
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 1500).unwrap();
        desk.check_out(&basket(&desk, "A", &ana, 1000)).unwrap();
        desk.write(|tx, ctx| { tx.exec(&SLIP, &[&ctx.merchant])?; Ok(tx.exec(&LOSE, &[&ctx.merchant])?) }).unwrap();
        let found: Vec<String> = desk.differences().into_iter().map(|d| format!("{}: {} {}", d.what, d.kept, d.should_be)).collect();
        assert_eq!(found, ["store credit in EUR: balance: 501 1500", "store credit in EUR: lines: 2 1", "spent of the ledger: 0 1000"]);
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn thirty_two_checkouts_never_spend_more_than_is_there(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 10_500).unwrap();
        let done = db.together(32, |n, _| desk.check_out(&basket(&desk, &format!("o{n}"), &ana, 1000)).is_ok());
        assert_eq!((done.iter().filter(|ok| **ok).count(), has(&desk, &ana)), (10, 500));
        desk.verified();
    }

    fn thirty_two_who_give_and_take_back_leave_the_sum(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let done = db.together(32, |n, _| if n % 2 == 0 { give(&desk, &ana, 100).is_ok() } else { take(&desk, &ana, 100).is_ok() });
        let taken = done.iter().enumerate().filter(|(n, ok)| n % 2 == 1 && **ok).count() as i64;
        assert_eq!(has(&desk, &ana), 1600 - 100 * taken);
        desk.verified();
    }

    fn thirty_two_writers_never_give_back_more_than_came_as_money_and_credit_together(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        let done = db.together(32, |n, _| {
            let back = RefundInput::of(payment.clone(), 100, "");
            if n % 2 == 0 { as_credit(&desk, &payment, 100).is_ok() } else { desk.write(move |tx, ctx| refund(tx, ctx, &back)).is_ok() }
        });
        assert_eq!((done.iter().filter(|ok| **ok).count(), desk.get(&ana).lifetime), (10, 0));
        let credit = done.iter().enumerate().filter(|(n, ok)| n % 2 == 0 && **ok).count() as i64;
        assert_eq!(has(&desk, &ana), 100 * credit);
        desk.verified();
    }

    fn the_same_checkout_from_eight_doors_spends_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 8000).unwrap();
        let paid = basket(&desk, "A", &ana, 1000);
        db.together(8, |_, _| desk.check_out(&paid).is_ok());
        assert_eq!(has(&desk, &ana), 7000);
        desk.verified();
    }
}
