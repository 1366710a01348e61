//! Money that comes, goes back, is fought over, and belongs to nobody yet.

use super::disputes::{DisputeInput, DisputeStatus};
use super::guests::Reason;
use super::refunds::{RefundInput, refund, tell_payer};
use super::*;
use crate::customers::{self, CustomerEdit, MethodStatus, NewCustomer, Rules, Status};
use crate::kit::{DAY, Error, Right};
use crate::orders::desk::{Desk, by_card, card, refusal};
use crate::orders::{self, Checkout};
use crate::templates::letters::{self, Letter};
use crate::templates::{self, TemplateInput};

fn give_back(desk: &Desk, payment: &PaymentId, amount: i64) -> crate::Result<crate::kit::RefundId> {
    let input = RefundInput::of(payment.clone(), amount, "");
    desk.write(move |tx, ctx| refund(tx, ctx, &input))
}

fn dispute(desk: &Desk, payment: &PaymentId, amount: i64, status: DisputeStatus) -> crate::Result<crate::kit::DisputeId> {
    let input = DisputeInput {
        payment: payment.clone(),
        amount,
        reason: "not_received".into(),
        provider_ref: Some("dp_1".into()),
        status,
        opened_at: desk.now(),
        due_at: None,
        closed_at: None,
    };
    desk.write(move |tx, ctx| disputes::put(tx, ctx, &input))
}

fn related(desk: &Desk, id: &CustomerId) -> Vec<(String, Vec<Reason>, Vec<String>)> {
    let id = id.clone();
    let found = desk.read(move |tx, ctx| guests::related(tx, ctx, &id)).unwrap();
    found
        .into_iter()
        .map(|g| (g.payment.provider_ref.unwrap(), g.reasons, g.others.into_iter().map(|o| o.display_name).collect()))
        .collect()
}

fn guest(desk: &Desk, reference: &str, email: &str, phone: &str, fingerprint: &str) -> PaymentId {
    let mut basket = Checkout { guest: true, payments: vec![by_card(reference, 1000, fingerprint)], ..desk.basket(reference, email) };
    basket.buyer.phone = phone.into();
    desk.check_out(&basket).unwrap().payments.remove(0)
}

store::db_test! {
    crate::migrations();

    fn a_refund_takes_no_more_than_is_left_and_says_how_much_that_is(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        give_back(&desk, &payment, 700).unwrap();
        match give_back(&desk, &payment, 301) {
            Err(Error::Invalid(p)) => assert_eq!((p.0[0].code, p.0[0].message.as_str()), ("too_much", "At most €3.00 is left to refund.")),
            other => panic!("{other:?}"),
        }
        assert_eq!(refusal(give_back(&desk, &payment, 0)), "amount:invalid");
        give_back(&desk, &payment, 300).unwrap();
        assert_eq!(refusal(give_back(&desk, &payment, 1)), "amount:too_much");
        let customer = desk.get(&ana);
        assert_eq!((customer.lifetime, customer.status), (0, Status::Active), "a refund lowers the value and not the status");
        let view = desk.read(move |tx, ctx| get(tx, ctx, &payment)).unwrap();
        assert_eq!((view.refunded, view.refundable, view.refunds.len()), (1000, 0, 2));
        desk.verified();
    }

    fn the_payer_is_told_of_a_refund_once_by_the_shops_template(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        let told = |amount: i64| {
            let payment = payment.clone();
            desk.write(move |tx, ctx| {
                let id = refund(tx, ctx, &RefundInput::of(payment.clone(), amount, "sour"))?;
                tell_payer(tx, ctx, &id)?;
                tell_payer(tx, ctx, &id)?;
                Ok(id)
            })
        };
        let mails = || desk.read(|tx, _| Ok(tx.rows(&store::Stmt::built("SELECT recipient, subject, body FROM mails ORDER BY id".into()), &[], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)))?)).unwrap();
        told(300).unwrap();
        let first = mails();
        assert_eq!(first.len(), 1, "a second press sends nothing");
        assert_eq!((first[0].0.as_str(), first[0].1.as_str()), ("ana@example.es", "Refund of €3.00 – Online"));
        assert!(!first[0].2.contains("sour"), "the reason is the house's");
        let shop = desk.f.shop.clone();
        desk.write(move |tx, ctx| {
            let input = TemplateInput { name: "Refunds".into(), subject: "{{ refund.amount }}".into(), body: "Dear {{ customer.name }}".into() };
            let made = templates::create(tx, ctx, &shop, &input)?;
            letters::choose(tx, ctx, &shop, Letter::Refund, Some(&made.id))
        }).unwrap();
        told(100).unwrap();
        assert_eq!(mails()[1].1, "€1.00");
        assert_eq!(refusal(told(900)), "amount:too_much");
        desk.write(|tx, ctx| crate::addresses::bounced(tx, ctx, "ana@example.es", "5.1.1")).unwrap();
        assert_eq!(refusal(told(50)), "tell_customer:bounced");
        assert_eq!(mails().len(), 2, "what is refused leaves neither refund nor mail");
        let view = desk.read({ let payment = payment.clone(); move |tx, ctx| get(tx, ctx, &payment) }).unwrap();
        assert_eq!((view.refunded, view.refunds.iter().filter(|r| r.told.asked && r.told.mail.is_some()).count()), (400, 2));
        desk.verified();
    }

    fn a_refund_needs_its_right_and_a_settled_payment(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        let without = Desk { ctx: desk.f.without(Right::Refund), ..desk.clone() };
        assert_eq!(refusal(give_back(&without, &payment, 1)), "forbidden refund");
        desk.write({ let p = payment.clone(); move |tx, ctx| bounce(tx, ctx, &p, "") }).unwrap();
        assert_eq!(refusal(give_back(&desk, &payment, 1)), "payment_state");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(give_back(&other, &payment, 1)), "no payment");
    }

    fn the_providers_refund_comes_once(db) {
        let desk = Desk::new(db);
        let payment = desk.pay(&desk.customer("ana@example.es"), 1000);
        let input = RefundInput { provider_ref: Some("re_1".into()), ..RefundInput::of(payment, 600, "") };
        let first = desk.write({ let input = input.clone(); move |tx, ctx| refund(tx, ctx, &input) }).unwrap();
        assert_eq!(desk.write(move |tx, ctx| refund(tx, ctx, &input)).unwrap(), first);
        desk.verified();
    }

    fn a_card_that_was_known_without_its_providers_id_gets_it(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.charge(&ana, card("F1"), None);
        let kept = MethodInput { provider_ref: Some("pm_1".into()), ..card("F1") };
        let (id, at) = (ana.clone(), desk.now());
        let told = desk.write(move |tx, ctx| methods::tell(tx, ctx, &id, ("stripe", true), &kept, at, true)).unwrap();
        let found = desk.read(|tx, ctx| methods::by_ref(tx, ctx, "stripe", "pm_1")).unwrap();
        assert_eq!(found, Some((told, ana.clone())), "what Stripe keeps can be charged");
        assert_eq!(desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &ana)).unwrap().len(), 1);
    }

    fn a_providers_id_of_somebody_elses_card_makes_one_method_and_not_one_for_each_payment(db) {
        let desk = Desk::new(db);
        let (ana, eva) = (desk.customer("ana@example.es"), desk.customer("eva@example.es"));
        let kept = || MethodInput { provider_ref: Some("pm_1".into()), ..card("F1") };
        desk.charge(&ana, kept(), None);
        desk.charge(&eva, kept(), None);
        desk.charge(&eva, kept(), None);
        let of = |id: &CustomerId| { let id = id.clone(); desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &id)).unwrap() };
        assert_eq!((of(&eva).len(), of(&eva)[0].provider_ref.as_deref(), of(&ana)[0].provider_ref.as_deref()), (1, None, Some("pm_1")));
        desk.verified();
    }

    fn a_lost_dispute_lowers_the_value_and_stops_counting(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        give_back(&desk, &payment, 300).unwrap();
        let id = dispute(&desk, &payment, 1000, DisputeStatus::Open).unwrap();
        let open = desk.get(&ana);
        assert_eq!((open.lifetime, open.status, open.dispute_count, open.open_dispute_count), (700, Status::Active, 1, 1));
        desk.write({ let id = id.clone(); move |tx, ctx| disputes::close(tx, ctx, &id, false) }).unwrap();
        let lost = desk.get(&ana);
        assert_eq!((lost.lifetime, lost.status, lost.dispute_count, lost.open_dispute_count), (0, Status::Prospect, 1, 0));
        assert_eq!(lost.totals.iter().map(|t| (t.paid, t.refunded, t.lost)).collect::<Vec<_>>(), [(1000, 300, 700)]);
        assert_eq!(refusal(give_back(&desk, &payment, 1)), "amount:too_much");
        assert_eq!(refusal(desk.write(move |tx, ctx| disputes::close(tx, ctx, &id, true))), "dispute_state");
        desk.verified();
    }

    fn a_dispute_that_is_won_changes_nothing(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        let first = dispute(&desk, &payment, 1000, DisputeStatus::Open).unwrap();
        assert_eq!(dispute(&desk, &payment, 1000, DisputeStatus::Won).unwrap(), first, "the provider's id is one dispute");
        assert_eq!((desk.get(&ana).lifetime, desk.status(&ana), desk.get(&ana).dispute_count), (1000, Status::Active, 1));
        desk.verified();
    }

    fn a_payment_only_moves_forward(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let told = |status: PaymentStatus| PaymentInput { status, provider_ref: Some("pi_1".into()), ..desk.payment(Some(&ana), 1000) };
        let id = desk.put(told(PaymentStatus::Pending)).unwrap();
        assert_eq!(desk.get(&ana).lifetime, 0);
        assert_eq!(desk.put(told(PaymentStatus::Settled)).unwrap(), id);
        desk.put(told(PaymentStatus::Pending)).unwrap();
        desk.put(told(PaymentStatus::Failed)).unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.get(&ana).payment_count), (1000, 1));
        assert_eq!(refusal(desk.put(PaymentInput { amount: 999, ..told(PaymentStatus::Settled) })), "amount:invalid");
        desk.put(told(PaymentStatus::Bounced)).unwrap();
        desk.put(told(PaymentStatus::Settled)).unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.status(&ana)), (0, Status::Prospect));
        desk.verified();
    }

    fn test_money_counts_nowhere(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.put(PaymentInput { provider: "test".into(), ..desk.payment(Some(&ana), 1000) }).unwrap();
        desk.put(PaymentInput { live: false, ..desk.payment(Some(&ana), 1000) }).unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.status(&ana)), (0, Status::Prospect));
        desk.verified();
    }

    fn money_recorded_by_hand_counts_and_is_manual(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let cash = ManualPayment {
            order: None, customer: Some(ana.clone()), shop: Some(desk.f.shop.clone()), currency: None, amount: 1250, kind: MethodKind::Cash,
            paid_at: None, note: String::new(),
        };
        let put = |m: &ManualPayment| { let m = m.clone(); desk.write(move |tx, ctx| record(tx, ctx, &m)) };
        put(&cash).unwrap();
        assert_eq!((desk.status(&ana), desk.method_status(&ana), desk.get(&ana).lifetime), (Status::Active, MethodStatus::Manual, 1250));
        assert_eq!(refusal(put(&ManualPayment { paid_at: Some(desk.now() + 1), amount: 0, ..cash.clone() })), "paid_at:invalid amount:invalid");
        assert_eq!(refusal(put(&ManualPayment { kind: MethodKind::Card, ..cash.clone() })), "kind:invalid");
        assert_eq!(refusal(put(&ManualPayment { customer: None, ..cash })), "customer:required");
        desk.verified();
    }

    // The three cases of SPEC 2.8.
    fn guests_with_the_same_card_email_or_phone_show_under_alice(db) {
        let desk = Desk::new(db);
        let new = NewCustomer { name: "Alice".into(), email: "alice@example.com".into(), phone: "+33 6 12 34 56 78".into(), ..NewCustomer::default() };
        let alice = desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id;
        desk.charge(&alice, MethodInput { attach: false, ..card("0002") }, None);
        guest(&desk, "same_card", "bob@example.com", "", "0002");
        guest(&desk.days(1), "same_email", "Alice@Example.com", "", "1117");
        guest(&desk.days(2), "same_phone", "bob@example.com", "0033612345678", "1117");
        guest(&desk.days(3), "a_chain", "bob@example.com", "", "9999");
        assert_eq!(related(&desk, &alice), [
            ("same_phone".to_owned(), vec![Reason::Phone], vec![]),
            ("same_email".to_owned(), vec![Reason::Email], vec![]),
            ("same_card".to_owned(), vec![Reason::Card], vec![]),
        ]);
        assert_eq!((desk.get(&alice).lifetime, desk.get(&alice).order_count), (1000, 0), "they count nowhere");
        desk.verified();
    }

    fn a_guest_payment_of_two_customers_shows_under_both_and_says_so(db) {
        let desk = Desk::new(db);
        let named = |name: &str, email: &str| {
            let new = NewCustomer { name: name.into(), email: email.into(), ..NewCustomer::default() };
            desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
        };
        let (alice, carol) = (named("Alice", "alice@example.com"), named("Carol", "carol@example.com"));
        desk.charge(&carol, MethodInput { attach: false, ..card("0002") }, None);
        let payment = guest(&desk, "both", "alice@example.com", "", "0002");
        assert_eq!(related(&desk, &alice), [("both".to_owned(), vec![Reason::Email], vec!["Carol".to_owned()])]);
        assert_eq!(related(&desk, &carol), [("both".to_owned(), vec![Reason::Card], vec!["Alice".to_owned()])]);

        let attach = |c: &CustomerId| { let (p, c) = (payment.clone(), c.clone()); desk.write(move |tx, ctx| guests::attach(tx, ctx, &p, &c)) };
        attach(&alice).unwrap();
        assert_eq!(refusal(attach(&carol)), "attached");
        assert_eq!((desk.get(&alice).lifetime, desk.get(&alice).order_count, desk.status(&alice)), (1000, 1, Status::Active));
        assert_eq!((related(&desk, &alice), related(&desk, &carol)), (vec![], vec![]));
        // What alice's own payments brought is hers now.
        guest(&desk, "later", "dora@example.com", "", "0002");
        assert_eq!(related(&desk, &alice), [("later".to_owned(), vec![Reason::Card], vec!["Carol".to_owned()])]);
        desk.verified();

        let undo = || { let p = payment.clone(); desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &p)) };
        undo().unwrap();
        assert_eq!(refusal(undo()), "not_attached");
        assert_eq!((desk.get(&alice).lifetime, desk.get(&alice).order_count, desk.status(&alice)), (0, 0, Status::Prospect));
        assert_eq!(related(&desk, &alice), [("both".to_owned(), vec![Reason::Email], vec!["Carol".to_owned()])]);
        desk.verified();
    }

    fn attaching_moves_all_guest_payments_of_the_order_and_undo_moves_them_back(db) {
        let desk = Desk::new(db);
        let alice = desk.customer("alice@example.com");
        let basket = Checkout { guest: true, payments: vec![by_card("pi_1", 400, "0002"), by_card("pi_2", 600, "0003")], ..desk.basket("G", "alice@example.com") };
        let done = desk.check_out(&basket).unwrap();
        let second = done.payments[1].clone();
        desk.write({ let (p, c) = (second.clone(), alice.clone()); move |tx, ctx| guests::attach(tx, ctx, &p, &c) }).unwrap();
        assert_eq!(desk.get(&alice).lifetime, 1000);
        let again = desk.check_out(&basket).unwrap();
        assert_eq!((again.changed, again.customer.as_ref()), (false, Some(&alice)), "the shop's repetition leaves it attached");
        desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &second)).unwrap();
        assert_eq!((desk.get(&alice).lifetime, desk.get(&alice).order_count), (0, 0));
        let order = done.order.clone();
        assert_eq!(desk.read(move |tx, ctx| orders::get(tx, ctx, &order)).unwrap().summary.customer, None);
        desk.verified();
    }

    fn the_payment_methods_of_a_customer(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let attach = |desk: &Desk, m: MethodInput| { let ana = ana.clone(); desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "stripe", &m)).unwrap() };
        let first = attach(&desk, card("0001"));
        let second = attach(&desk.days(1), card("0002"));
        assert_eq!(attach(&desk.days(2), card("0001")), first, "the same card is the same method");
        let now = desk.get(&ana);
        assert_eq!((now.default_method.unwrap().id, now.oldest_method.unwrap().id), (first.clone(), first.clone()));
        desk.write({ let id = second.clone(); move |tx, ctx| methods::choose(tx, ctx, &id) }).unwrap();
        let now = desk.get(&ana);
        assert_eq!((now.default_method.unwrap().id, now.oldest_method.unwrap().id), (second.clone(), first.clone()));
        desk.write({ let id = second.clone(); move |tx, ctx| methods::detach(tx, ctx, &id) }).unwrap();
        assert_eq!(desk.get(&ana).default_method.unwrap().id, first);
        assert_eq!(refusal(desk.write(move |tx, ctx| methods::choose(tx, ctx, &second))), "detached");
        desk.write(move |tx, ctx| methods::detach(tx, ctx, &first)).unwrap();
        assert_eq!((desk.method_status(&ana), desk.get(&ana).default_method), (MethodStatus::None, None));
        desk.verified();
    }

    fn a_method_whose_card_was_replaced_keeps_both_cards(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let of = |card: MethodInput| MethodInput { provider_ref: Some("pm_1".into()), ..card };
        desk.charge(&ana, of(card("0001")), None);
        desk.charge(&ana, of(card("0002")), None);
        guest(&desk, "old_card", "x@example.com", "", "0001");
        guest(&desk, "new_card", "y@example.com", "", "0002");
        assert_eq!(related(&desk, &ana).len(), 2);
        desk.verified();
    }

    fn payments_of_a_customer_come_newest_first_by_key(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let ids: Vec<PaymentId> = (0..5).map(|n| desk.put(PaymentInput { paid_at: desk.now() - (n / 2) * DAY, ..desk.payment(Some(&ana), 1 + n) }).unwrap()).collect();
        let mut seen = Vec::new();
        let mut after: Option<(i64, PaymentId)> = None;
        loop {
            let (ana, key) = (ana.clone(), after.clone());
            let page = desk.read(move |tx, ctx| of_customer(tx, ctx, &ana, key.as_ref().map(|(at, id)| (*at, id)), 2)).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.paid_at, last.id.clone()));
            seen.extend(page.into_iter().map(|p| p.id));
        }
        assert_eq!(seen, [1, 0, 3, 2, 4].map(|i: usize| ids[i].clone()));
    }

    fn keys_follow_when_the_customer_changes_its_address(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("old@example.es");
        desk.put(PaymentInput { payer: Payer { email: "old@example.es".into(), ..Payer::default() }, ..desk.payment(Some(&ana), 1000) }).unwrap();
        desk.write({
            let ana = ana.clone();
            move |tx, ctx| customers::edit(tx, ctx, &ana, CustomerEdit { email: Some("new@example.es".into()), ..CustomerEdit::default() })
        }).unwrap();
        guest(&desk, "by_old", "old@example.es", "", "");
        assert_eq!(related(&desk, &ana).len(), 1, "the address on its own payment is still its own");
        desk.verified();
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn thirty_two_writers_never_give_back_more_than_came(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        let done = db.together(32, |_, _| give_back(&desk, &payment, 100).is_ok());
        assert_eq!(done.iter().filter(|ok| **ok).count(), 10);
        assert_eq!(desk.get(&ana).lifetime, 0);
        desk.verified();
    }

    fn two_desks_cannot_attach_one_guest_payment_to_two_customers(db) {
        let desk = Desk::new(db);
        let payment = guest(&desk, "g", "x@example.com", "", "0001");
        let customers: Vec<CustomerId> = (0..8).map(|n| desk.customer(&format!("c{n}@example.com"))).collect();
        let done = db.together(8, |n, _| {
            let (p, c) = (payment.clone(), customers[n].clone());
            desk.write(move |tx, ctx| guests::attach(tx, ctx, &p, &c)).is_ok()
        });
        assert_eq!(done.iter().filter(|ok| **ok).count(), 1);
        assert_eq!(customers.iter().map(|c| desk.get(c).lifetime).sum::<i64>(), 1000);
        desk.verified();
    }
}
