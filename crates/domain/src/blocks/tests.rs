//! Who is blocked checks out no more; money that was taken is recorded all the same, and says so.

use super::*;
use crate::kit::{Ctx, Error, Right};
use crate::orders::desk::{Desk, by_card, refusal};
use crate::orders::{self, Checkout, State};
use crate::payments::{self, Payer, PaymentInput, PaymentStatus};

fn set(desk: &Desk, target: Target) -> crate::Result<crate::kit::BlockId> {
    let input = BlockInput { target, reason: "three chargebacks".into() };
    desk.write(move |tx, ctx| block(tx, ctx, &input))
}

/// An order that nothing was paid of, by a card that was tried.
fn tried(desk: &Desk, id: &str, email: &str, card: &str) -> Checkout {
    let mut payment = by_card(&format!("pi_{id}"), 1000, card);
    payment.status = PaymentStatus::Failed;
    Checkout { payments: vec![payment], ..desk.basket(id, email) }
}

fn flag_of(desk: &Desk, id: &crate::kit::PaymentId) -> String {
    let id = id.clone();
    desk.read(move |tx, ctx: &Ctx| payments::get(tx, ctx, &id)).unwrap().flag
}

store::db_test! {
    crate::migrations();

    fn a_blocked_card_address_or_customer_does_not_check_out(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let first = desk.charge(&ana, crate::orders::desk::card("0001"), None);
        set(&desk, Target::CardOf(first)).unwrap();
        set(&desk, Target::Email("Bad@Example.com".into())).unwrap();
        assert_eq!(refusal(desk.check_out(&tried(&desk, "A", "new@example.com", "0001"))), "blocked");
        assert_eq!(refusal(desk.check_out(&tried(&desk, "B", "bad@example.com", "0002"))), "blocked");
        assert_eq!(refusal(desk.check_out(&Checkout { guest: true, ..desk.basket("C", "BAD@example.com") })), "blocked");
        assert!(desk.check_out(&tried(&desk, "D", "ana@example.es", "0002")).is_ok());
        set(&desk, Target::Customer(ana.clone())).unwrap();
        assert_eq!(refusal(desk.check_out(&desk.basket("E", "ana@example.es"))), "blocked");
        match desk.check_out(&desk.basket("E", "ana@example.es")) {
            Err(Error::Conflict { message, .. }) => assert!(!message.contains("chargebacks"), "the reason is ours: {message}"),
            other => panic!("{other:?}"),
        }
        // What is known already may still be brought up to date.
        assert!(desk.check_out(&Checkout { state: State::Cancelled, ..tried(&desk, "D", "ana@example.es", "0002") }).is_ok());
        desk.verified();
    }

    fn who_is_blocked_does_not_come_back_as_a_guest_or_under_another_name(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let (whose, edit) = (ana.clone(), crate::customers::CustomerEdit { phone: Some("+33 6 12 34 56 78".into()), emails: Some(vec!["ana@work.example".into()]), ..Default::default() });
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &whose, edit.clone())).unwrap();
        let block = set(&desk, Target::Customer(ana)).unwrap();
        let by_phone = |id: &str| { let mut basket = desk.basket(id, "new@example.com"); basket.buyer.phone = "0033 612345678".into(); basket };
        for basket in [desk.basket("A", "ANA@example.es"), desk.basket("B", "ana@work.example"), by_phone("C")] {
            assert_eq!(refusal(desk.check_out(&Checkout { guest: true, ..basket })), "blocked");
        }
        assert_eq!(refusal(desk.check_out(&by_phone("D"))), "blocked");
        let paid = Checkout { guest: true, payments: vec![by_card("pi_1", 1000, "0001")], ..desk.basket("E", "ana@example.es") };
        assert_eq!(desk.check_out(&paid).unwrap().flag, FLAG, "money that was taken is recorded");
        let told = desk.put(PaymentInput { payer: Payer { phone: "0033612345678".into(), ..Payer::default() }, ..desk.payment(None, 500) }).unwrap();
        assert_eq!(flag_of(&desk, &told), FLAG);
        assert!(desk.check_out(&Checkout { guest: true, ..desk.basket("F", "bo@example.com") }).is_ok());
        desk.write(move |tx, ctx| lift(tx, ctx, &block)).unwrap();
        assert!(desk.check_out(&Checkout { guest: true, ..desk.basket("G", "ana@example.es") }).is_ok());
    }

    fn money_that_was_taken_is_recorded_and_flagged(db) {
        let desk = Desk::new(db);
        set(&desk, Target::Email("bad@example.com".into())).unwrap();
        let paid = Checkout { payments: vec![by_card("pi_1", 1000, "0001")], ..desk.basket("A", "bad@example.com") };
        let done = desk.check_out(&paid).unwrap();
        assert_eq!((done.flag, flag_of(&desk, &done.payments[0]).as_str()), (FLAG, FLAG));
        let order = desk.read(move |tx, ctx| orders::get(tx, ctx, &done.order)).unwrap();
        assert_eq!((order.summary.flag.as_str(), order.summary.state), (FLAG, State::Paid));
        let told = desk.put(PaymentInput { payer: Payer { email: "BAD@example.com".into(), ..Payer::default() }, ..desk.payment(None, 500) }).unwrap();
        assert_eq!(flag_of(&desk, &told), FLAG, "a provider's event too");
        let fine = desk.put(desk.payment(None, 500)).unwrap();
        assert_eq!(flag_of(&desk, &fine), "");
        desk.verified();
    }

    fn an_address_that_the_named_customer_has_is_found(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        set(&desk, Target::Email("ANA@example.es".into())).unwrap();
        let mut basket = desk.basket("A", "");
        basket.buyer.customer = Some(ana);
        assert_eq!(refusal(desk.check_out(&basket)), "blocked");
    }

    fn a_block_is_set_once_and_lifted_with_a_trace(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let id = set(&desk, Target::Customer(ana.clone())).unwrap();
        assert_eq!(set(&desk, Target::Customer(ana.clone())).unwrap(), id, "twice is once");
        let whose = ana.clone();
        assert_eq!(desk.read(move |tx, ctx| of_customer(tx, ctx, &whose)).unwrap().unwrap().shown, "ana@example.es");
        let lifted = { let id = id.clone(); desk.write(move |tx, ctx| lift(tx, ctx, &id)) }.unwrap();
        assert_eq!((lifted.lifted_at, lifted.lifted_by.as_str()), (Some(desk.now()), "Olivia"));
        assert!(desk.check_out(&desk.basket("A", "ana@example.es")).is_ok());
        let again = set(&desk, Target::Customer(ana.clone())).unwrap();
        assert_ne!(again, id);
        let all = desk.read(|tx, ctx| list(tx, ctx, 10)).unwrap();
        assert_eq!(all.iter().map(|b| (b.id.clone(), b.lifted_at.is_some())).collect::<Vec<_>>(), [(again, false), (id, true)]);
        let kinds: Vec<String> = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "block", None, 10)).unwrap().entries.into_iter().map(|e| e.kind).collect();
        assert_eq!(kinds, ["block.set", "block.lifted", "block.set"]);
    }

    fn what_cannot_be_blocked_is_said(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let cash = desk.pay(&ana, 1000);
        assert_eq!(refusal(set(&desk, Target::CardOf(cash.clone()))), "no_fingerprint");
        let bad = BlockInput { target: Target::Email("nobody".into()), reason: " ".into() };
        assert_eq!(refusal(desk.write(move |tx, ctx| block(tx, ctx, &bad))), "reason:required email:invalid");
        let without = Desk { ctx: desk.f.without(Right::Payments), ..desk.clone() };
        assert_eq!(refusal(set(&without, Target::Customer(ana.clone()))), "forbidden payments");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!((refusal(set(&other, Target::Customer(ana.clone()))), refusal(set(&other, Target::CardOf(cash)))), ("no customer".to_owned(), "no payment".to_owned()));
        let card = desk.charge(&ana, crate::orders::desk::card("0001"), None);
        let now = desk.now();
        let whose = ana.clone();
        assert_eq!(desk.read(move |tx, ctx| cards_of(tx, ctx, &whose, now, now)).unwrap().get(&card), Some(&CardState::Free));
        let id = set(&desk, Target::CardOf(card.clone())).unwrap();
        assert_eq!(desk.read(move |tx, ctx| cards_of(tx, ctx, &ana, now, now)).unwrap().get(&card), Some(&CardState::Blocked(id)));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn eight_who_block_one_address_set_one_block(db) {
        let desk = Desk::new(db);
        let done = db.together(8, |_, _| set(&desk, Target::Email("bad@example.com".into())).unwrap());
        assert!(done.iter().all(|id| *id == done[0]));
    }
}
