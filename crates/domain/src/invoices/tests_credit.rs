//! Store credit on invoices: what it pays, how it comes off again, and what it may never do.

use super::tests::{desk, issued, look, pay};
use super::*;
use crate::credit::{self, GrantInput, balances};
use crate::kit::{CustomerId, InvoiceId, PaymentId, Result, Right};
use crate::orders::desk::{Desk, eur, refusal};
use crate::orders::{self, Checkout};
use crate::payments::refunds::{RefundInput, refund};

fn give(desk: &Desk, customer: &CustomerId, amount: i64) {
    let input = GrantInput { customer: customer.clone(), currency: eur(), amount, reason: "goodwill".into() };
    desk.write(move |tx, ctx| credit::grant(tx, ctx, &input)).unwrap();
}

fn has(desk: &Desk, customer: &CustomerId) -> i64 {
    let customer = customer.clone();
    desk.read(move |tx, ctx| balances(tx, ctx, &customer)).unwrap().first().map_or(0, |m| m.minor)
}

fn spend(desk: &Desk, id: &InvoiceId, amount: i64) -> Result<PaymentId> {
    let id = id.clone();
    desk.write(move |tx, ctx| use_credit(tx, ctx, &id, amount))
}

fn take_off(desk: &Desk, id: &InvoiceId, payment: &PaymentId) -> Result<()> {
    let (id, payment) = (id.clone(), payment.clone());
    desk.write(move |tx, ctx| undo_credit(tx, ctx, &id, &payment))
}

store::db_test! {
    crate::migrations();

    fn credit_pays_an_invoice_in_parts_and_comes_off_again(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let id = issued(&desk, &ana);
        assert_eq!(refusal(spend(&desk, &id, 100)), "amount:too_much", "there is none");
        give(&desk, &ana, 15_000);
        assert_eq!(refusal(spend(&desk, &id, 0)), "amount:invalid");
        assert_eq!(refusal(spend(&desk, &id, 12_001)), "amount:too_much", "more than is left to pay");
        let first = spend(&desk, &id, 4_000).unwrap();
        assert_eq!((look(&desk, &id).summary.state, desk.get(&ana).balance_due, has(&desk, &ana)), (State::Partly, 8_000, 11_000));
        spend(&desk, &id, 8_000).unwrap();
        assert_eq!((look(&desk, &id).summary.state, desk.get(&ana).balance_due, has(&desk, &ana)), (State::Paid, 0, 3_000));
        assert_eq!((desk.get(&ana).lifetime, refusal(spend(&desk, &id, 1))), (0, "invoice_state".to_owned()), "it is no new money");
        desk.verified();

        take_off(&desk, &id, &first).unwrap();
        assert_eq!((look(&desk, &id).summary.state, desk.get(&ana).balance_due, has(&desk, &ana)), (State::Partly, 4_000, 7_000));
        assert_eq!(refusal(take_off(&desk, &id, &first)), "payment_state", "twice is once");
        assert_eq!(look(&desk, &id).paid_by.len(), 1);
        desk.verified();

        let other = issued(&desk, &ana);
        let second = spend(&desk, &other, 100).unwrap();
        assert_eq!(refusal(take_off(&desk, &id, &second)), "no payment", "it pays another invoice");
        let by_hand = pay(&desk, &other, 100).unwrap();
        assert_eq!(refusal(take_off(&desk, &other, &by_hand)), "payment_state", "money is no store credit");
        desk.write({ let second = second.clone(); move |tx, ctx| refund(tx, ctx, &RefundInput::of(second.clone(), 40, "")) }).unwrap();
        assert_eq!(refusal(take_off(&desk, &other, &second)), "payment_state", "some of it was given back");
        desk.verified();
    }

    fn credit_on_the_invoice_of_an_order_pays_the_order_too(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 5_000);
        let done = desk.check_out(&Checkout { payments: Vec::new(), state: orders::State::Open, ..desk.basket("A-1", "ana@example.es") }).unwrap();
        let id = desk.write({ let order = done.order.clone(); move |tx, ctx| of_order_draft(tx, ctx, &order) }).unwrap();
        let total = look(&desk, &id).summary.total;
        desk.write({ let id = id.clone(); move |tx, ctx| issue(tx, ctx, &id) }).unwrap();
        let state = || { let order = done.order.clone(); desk.read(move |tx, ctx| orders::get(tx, ctx, &order)).unwrap().summary.state };
        let payment = spend(&desk, &id, total).unwrap();
        assert_eq!((look(&desk, &id).summary.state, state(), has(&desk, &ana)), (State::Paid, orders::State::Paid, 5_000 - total));
        desk.verified();
        take_off(&desk, &id, &payment).unwrap();
        assert_eq!((look(&desk, &id).summary.state, state(), has(&desk, &ana)), (State::Open, orders::State::Open, 5_000));
        desk.verified();
    }

    fn nobody_without_the_right_and_no_guest_uses_credit(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 5_000);
        let id = issued(&desk, &ana);
        let poor = Desk { ctx: desk.f.without(Right::Payments), ..desk.clone() };
        assert!(spend(&poor, &id, 100).is_err());
        let payment = spend(&desk, &id, 100).unwrap();
        assert!(take_off(&poor, &id, &payment).is_err());
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!((refusal(spend(&other, &id, 100)), refusal(take_off(&other, &id, &payment))), ("no invoice".to_owned(), "no invoice".to_owned()));
        let mut basket = desk.basket("G-1", "guest@example.com");
        (basket.guest, basket.payments, basket.state) = (true, Vec::new(), orders::State::Open);
        let order = desk.check_out(&basket).unwrap().order;
        let bill = desk.write(move |tx, ctx| of_order_draft(tx, ctx, &order)).unwrap();
        desk.write({ let bill = bill.clone(); move |tx, ctx| issue(tx, ctx, &bill) }).unwrap();
        assert_eq!(refusal(spend(&desk, &bill, 100)), "guest");
        let said = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "", None, 20)).unwrap();
        let said: Vec<String> = said.entries.into_iter().map(|e| e.kind).collect();
        assert!(said.contains(&"credit.spent".to_owned()) && said.contains(&"invoice.paid".to_owned()), "{said:?}");
        desk.verified();
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn sixteen_hands_never_use_more_than_there_is_or_is_to_be_paid(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 10_000);
        let invoices = [issued(&desk, &ana), issued(&desk, &ana)];
        let done = db.together(16, |n, _| spend(&desk, &invoices[n % 2], 3_000).is_ok());
        assert_eq!((done.iter().filter(|ok| **ok).count(), has(&desk, &ana)), (3, 1_000));
        desk.verified();
    }

    fn taken_off_at_once_from_eight_doors_comes_back_once(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        give(&desk, &ana, 10_000);
        let id = issued(&desk, &ana);
        let payment = spend(&desk, &id, 5_000).unwrap();
        let done = db.together(8, |_, _| take_off(&desk, &id, &payment).is_ok());
        assert_eq!((done.iter().filter(|ok| **ok).count(), has(&desk, &ana)), (1, 10_000));
        desk.verified();
    }
}
