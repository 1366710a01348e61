//! What comes back and what is given for it, on both engines.

use super::*;
use crate::kit::{OrderId, PaymentId, RefundId, Result, ReturnId, Right};
use crate::orders::desk::{Desk, by_card, line, refusal};
use crate::orders::{self, Checkout};
use crate::privacy;

impl Desk {
    /// Two of one article and one of another, paid with 25.00.
    fn sold(&self, id: &str) -> (OrderId, PaymentId) {
        let done = self.check_out(&Checkout {
            lines: vec![line("KAFFEE-1", "2", "10"), line("TEE", "1", "5")],
            payments: vec![by_card(&format!("pi_{id}"), 2500, "fp_1")],
            ..self.basket(id, "ana@example.es")
        });
        let done = done.unwrap();
        (done.order, done.payments[0].clone())
    }

    fn back(&self, order: &OrderId, lines: &[(i64, &str)]) -> Result<ReturnId> {
        let one = |(line, quantity): &(i64, &str)| LineBack { line: *line, quantity: (*quantity).to_owned(), reason: Reason::Damaged };
        let new = NewReturn { lines: lines.iter().map(one).collect(), note: "Came wet".into() };
        let order = order.clone();
        self.write(move |tx, ctx| request(tx, ctx, &order, &new))
    }

    fn go(&self, id: &ReturnId, verb: fn(&mut store::Tx, &crate::kit::Ctx, &ReturnId) -> Result<()>) -> Result<()> {
        let id = id.clone();
        self.write(move |tx, ctx| verb(tx, ctx, &id))
    }

    fn give(&self, id: &ReturnId, payment: &PaymentId, amount: i64) -> Result<RefundId> {
        let (id, asked) = (id.clone(), RefundFor { payment: payment.clone(), amount, reason: String::new() });
        self.write(move |tx, ctx| refund(tx, ctx, &id, &asked))
    }

    fn shown(&self, id: &ReturnId) -> Return {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }
}

store::db_test! {
    crate::migrations();

    fn what_comes_back_is_worth_what_was_paid_for_it(db) {
        let desk = Desk::new(db);
        let off = |text: &str, l: orders::Line| orders::Line { discount: text.into(), ..l };
        let done = desk.check_out(&Checkout {
            lines: vec![off("5.00", line("KAFFEE-1", "2", "10")), off("10%", line("TEE", "1", "5"))],
            payments: vec![by_card("pi_off", 1950, "fp_1")],
            ..desk.basket("D-1", "ana@example.es")
        });
        let order = done.unwrap().order;
        assert_eq!(desk.read({ let order = order.clone(); move |tx, ctx| orders::get(tx, ctx, &order) }).unwrap().summary.total, 1950);
        let first = desk.shown(&desk.back(&order, &[(1, "1"), (2, "1")]).unwrap());
        assert_eq!((first.summary.value, first.lines[0].discount.as_str(), first.lines[1].discount.as_str()), (1200, "2.5", "10%"));
        let second = desk.shown(&desk.back(&order, &[(1, "1")]).unwrap());
        assert_eq!(first.summary.value + second.summary.value, 1950, "all of it is worth what was paid");
        assert_eq!(refusal(desk.back(&order, &[(1, "1")])), "lines.0.quantity:too_much");
        desk.verified();
    }

    fn what_was_taken_off_the_whole_order_is_not_worth_money(db) {
        let desk = Desk::new(db);
        let done = desk.check_out(&Checkout {
            lines: vec![line("KAFFEE-1", "1", "60"), line("TEE", "2", "20")],
            discount: 2000,
            payments: vec![by_card("pi_less", 8000, "fp_1")],
            ..desk.basket("E-1", "ana@example.es")
        });
        let done = done.unwrap();
        let (order, payment) = (done.order, done.payments[0].clone());
        let first = desk.back(&order, &[(1, "1"), (2, "2")]).unwrap();
        assert_eq!(desk.shown(&first).summary.value, 8000, "all of it is worth what was paid");
        desk.go(&first, approve).unwrap();
        desk.give(&first, &payment, 8000).unwrap();
        assert!(desk.shown(&first).is_paid_back());
        let again = { let first = first.clone(); desk.write(move |tx, ctx| replace(tx, ctx, &first)) };
        assert_eq!(refusal(again), "return_refunded", "not all the money and the goods as well");
        desk.verified();
    }

    fn tax_on_top_goes_back_with_its_lines_and_never_more_than_is_left(db) {
        let desk = Desk::new(db);
        let done = desk.check_out(&Checkout {
            lines: vec![line("KAFFEE-1", "3", "10")],
            tax: 571,
            shipping: 490,
            payments: vec![by_card("pi_tax", 4061, "fp_1")],
            ..desk.basket("F-1", "ana@example.es")
        });
        let done = done.unwrap();
        let (order, payment) = (done.order, done.payments[0].clone());
        let usual = |id: &ReturnId| { let id = id.clone(); desk.read(move |tx, ctx| { let back = get(tx, ctx, &id)?; make_good::usual(tx, ctx, &back) }) }.unwrap();
        let each: Vec<ReturnId> = (0..3).map(|_| desk.back(&order, &[(1, "1")]).unwrap()).collect();
        let worth: Vec<i64> = each.iter().map(|id| desk.shown(id).summary.value).collect();
        assert_eq!((worth.iter().sum::<i64>(), worth), (3571, vec![1190, 1191, 1190]), "to the cent, without sending");
        assert_eq!(usual(&each[0]), 1190);
        desk.write({ let payment = payment.clone(); move |tx, ctx| crate::providers::refund(tx, ctx, &payment, 3061, "For the trouble") }).unwrap();
        assert_eq!(usual(&each[0]), 1000, "no more is left of the payment");
        desk.go(&each[0], approve).unwrap();
        desk.give(&each[0], &payment, 1000).unwrap();
        let again = { let id = each[0].clone(); desk.write(move |tx, ctx| replace(tx, ctx, &id)) };
        assert_eq!(refusal(again), "return_refunded", "all the money there was is gone");
        desk.verified();
    }

    fn goods_come_back_and_money_goes(db) {
        let desk = Desk::new(db);
        let (order, payment) = desk.sold("A-1");
        let id = desk.back(&order, &[(1, "1"), (2, "1")]).unwrap();
        let back = desk.shown(&id);
        assert_eq!((back.summary.number.as_str(), back.summary.value, back.lines[0].title.as_str()), ("1001", 1500, "Article KAFFEE-1"));
        assert_eq!(refusal(desk.give(&id, &payment, 100)), "return_state", "nobody approved it");
        assert_eq!(refusal(desk.go(&id, receive)), "return_state");
        desk.go(&id, approve).unwrap();
        desk.go(&id, receive).unwrap();
        desk.give(&id, &payment, 1000).unwrap();
        assert_eq!(refusal(desk.give(&id, &payment, 1600)), "amount:too_much");
        let reject_it = { let id = id.clone(); desk.write(move |tx, ctx| reject(tx, ctx, &id, "")) };
        assert_eq!(refusal(reject_it), "return_state");
        desk.give(&id, &payment, 500).unwrap();
        let back = desk.shown(&id);
        assert_eq!((back.given(), back.refunds.len()), (1500, 2));
        desk.go(&id, close).unwrap();
        assert_eq!(refusal(desk.give(&id, &payment, 100)), "return_state");
        assert_eq!(desk.shown(&id).given(), 1500, "a refusal undoes the refund too");
        let customer = back.summary.customer.unwrap();
        assert_eq!(desk.get(&customer).lifetime, 1000);
        desk.verified();
    }

    fn no_more_comes_back_than_was_bought(db) {
        let desk = Desk::new(db);
        let (order, _) = desk.sold("A-1");
        assert_eq!(refusal(desk.back(&order, &[(1, "3")])), "lines.0.quantity:too_much");
        assert_eq!(refusal(desk.back(&order, &[])), "lines:required");
        assert_eq!(refusal(desk.back(&order, &[(3, "1")])), "lines.0.line:unknown");
        assert_eq!(refusal(desk.back(&order, &[(1, "1"), (1, "1")])), "lines.1.line:unknown");
        assert_eq!(refusal(desk.back(&order, &[(1, "0"), (2, "-1")])), "lines.0.quantity:invalid lines.1.quantity:invalid lines.1.quantity:invalid");
        assert_eq!(refusal(desk.back(&order, &[(1, "x")])), "lines.0.quantity:invalid");
        let first = desk.back(&order, &[(1, "1.5")]).unwrap();
        assert_eq!(refusal(desk.back(&order, &[(1, "1")])), "lines.0.quantity:too_much");
        let refuse = { let id = first.clone(); desk.write(move |tx, ctx| reject(tx, ctx, &id, "Too late")) };
        refuse.unwrap();
        assert_eq!(desk.shown(&first).answer, "Too late");
        desk.back(&order, &[(1, "2")]).unwrap();
        let open = { let order = order.clone(); desk.read(move |tx, ctx| left(tx, ctx, &order)) }.unwrap();
        assert_eq!(open.iter().map(|l| l.left.normalize().to_string()).collect::<Vec<_>>(), ["0", "1"]);
        let unpaid = desk.check_out(&desk.basket("A-2", "ana@example.es")).unwrap().order;
        assert_eq!(refusal(desk.back(&unpaid, &[(1, "1")])), "order_state");
        desk.verified();
    }

    fn the_same_goods_go_out_once_more_at_no_charge(db) {
        let desk = Desk::new(db);
        let (order, payment) = desk.sold("A-1");
        let id = desk.back(&order, &[(1, "1")]).unwrap();
        let again = || { let id = id.clone(); desk.write(move |tx, ctx| replace(tx, ctx, &id)) };
        assert_eq!(refusal(again()), "return_state");
        desk.go(&id, approve).unwrap();
        let new = again().unwrap();
        assert_eq!(again().unwrap(), new, "once for each return");
        let sent = desk.read({ let new = new.clone(); move |tx, ctx| orders::get(tx, ctx, &new) }).unwrap();
        assert_eq!((sent.summary.total, sent.summary.state, sent.lines[0].quantity.as_str(), sent.lines[0].unit_price.as_str()), (0, orders::State::Open, "1", "0"));
        assert_eq!((sent.summary.email.as_str(), desk.get(sent.summary.customer.as_ref().unwrap()).balance_due), ("ana@example.es", 0));
        desk.write(move |tx, ctx| orders::fulfil(tx, ctx, &new)).unwrap();
        let (elsewhere, _) = desk.sold("A-2");
        let other = desk.back(&elsewhere, &[(1, "1")]).unwrap();
        desk.go(&other, approve).unwrap();
        assert_eq!(refusal(desk.give(&other, &payment, 100)), "payment:unknown", "a payment of another order");
        desk.archive(sent.summary.customer.as_ref().unwrap(), true);
        assert_eq!(refusal(desk.write(move |tx, ctx| replace(tx, ctx, &other))), "customer_inactive");
        desk.verified();
    }

    fn what_replaces_a_return_goes_back_with_its_order_when_a_merge_is_undone(db) {
        let desk = Desk::new(db);
        let (order, _) = desk.sold("A-1");
        let owner = |id: &OrderId| { let id = id.clone(); desk.read(move |tx, ctx| orders::get(tx, ctx, &id)).unwrap().summary.customer };
        let (ana, eva) = (owner(&order).unwrap(), desk.customer("eva@example.es"));
        let merge = desk.merge(&[&ana], &eva).unwrap().remove(0);
        let replaced = |of: &OrderId| {
            let id = desk.back(of, &[(1, "1")]).unwrap();
            desk.go(&id, approve).unwrap();
            desk.write(move |tx, ctx| replace(tx, ctx, &id)).unwrap()
        };
        let new = replaced(&order);
        assert_eq!(owner(&new), Some(eva));
        desk.undo_merge(&merge.id).unwrap();
        assert_eq!((owner(&order), owner(&new)), (Some(ana.clone()), Some(ana)));
        desk.verified();
    }

    fn a_return_is_made_good_once_by_money_or_by_the_same_goods(db) {
        let desk = Desk::new(db);
        let (order, payment) = desk.sold("A-1");
        let again = |id: &ReturnId| { let id = id.clone(); desk.write(move |tx, ctx| replace(tx, ctx, &id)) };
        let paid = desk.back(&order, &[(1, "1")]).unwrap();
        desk.go(&paid, approve).unwrap();
        desk.give(&paid, &payment, 1000).unwrap();
        assert_eq!(refusal(again(&paid)), "return_refunded");
        let sent = desk.back(&order, &[(1, "1")]).unwrap();
        desk.go(&sent, approve).unwrap();
        let new = again(&sent).unwrap();
        desk.give(&sent, &payment, 300).unwrap();
        assert_eq!(refusal(desk.give(&sent, &payment, 700)), "return_replaced", "something for the trouble, but not both");
        assert_eq!(desk.shown(&sent).given(), 300, "a refusal undoes the refund too");
        desk.write(move |tx, ctx| orders::cancel(tx, ctx, &new)).unwrap();
        desk.give(&sent, &payment, 700).unwrap();
        desk.verified();
    }

    fn a_guest_sends_back_too_and_what_is_open_keeps_a_customer(db) {
        let desk = Desk::new(db);
        let guest = Checkout { guest: true, payments: vec![by_card("pi_g", 1000, "fp_9")], ..desk.basket("G-1", "gil@example.es") };
        let order = desk.check_out(&guest).unwrap().order;
        let id = desk.back(&order, &[(1, "1")]).unwrap();
        desk.go(&id, approve).unwrap();
        desk.write({ let id = id.clone(); move |tx, ctx| replace(tx, ctx, &id) }).unwrap();
        assert_eq!((desk.shown(&id).summary.customer, desk.shown(&id).summary.buyer.as_str()), (None, "Ana Ruiz"));
        let (order, _) = desk.sold("A-1");
        let id = desk.back(&order, &[(1, "1")]).unwrap();
        desk.write({ let order = order.clone(); move |tx, ctx| { orders::fulfil(tx, ctx, &order)?; tx.next_verb(); orders::close(tx, ctx, &order) } }).unwrap();
        let ana = desk.shown(&id).summary.customer.unwrap();
        let blocking = || { let ana = ana.clone(); desk.read(move |tx, ctx| privacy::active(tx, ctx, &ana)).unwrap().into_iter().map(|l| l.label).collect::<Vec<_>>() };
        assert_eq!(blocking(), ["Return 1002"]);
        desk.go(&id, approve).unwrap();
        desk.go(&id, close).unwrap();
        assert_eq!(blocking(), Vec::<String>::new());
        let page = { let ana = ana.clone(); desk.read(move |tx, ctx| of_customer(tx, ctx, &ana, None, 10)) }.unwrap();
        assert_eq!(page.returns.len(), 1);
        desk.verified();
    }

    fn nobody_without_the_right_and_no_other_merchant(db) {
        let desk = Desk::new(db);
        let (order, payment) = desk.sold("A-1");
        let id = desk.back(&order, &[(1, "1")]).unwrap();
        let poor = Desk { ctx: desk.f.without(Right::Orders), ..desk.clone() };
        assert_eq!((refusal(poor.back(&order, &[(1, "1")])), refusal(poor.go(&id, approve))), ("forbidden orders".into(), "forbidden orders".into()));
        desk.go(&id, approve).unwrap();
        let poor = Desk { ctx: desk.f.without(Right::Refund), ..desk.clone() };
        assert_eq!(refusal(poor.give(&id, &payment, 1)), "forbidden refund");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!((refusal(other.go(&id, close)), refusal(other.give(&id, &payment, 1))), ("no return".into(), "no return".into()));
        assert_eq!(refusal(other.back(&order, &[(1, "1")])), "no order");
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn many_at_once_send_back_what_was_bought_and_get_what_was_paid(db) {
        let desk = Desk::new(db);
        let (order, payment) = desk.sold("A-1");
        let asked = db.together(8, |_, _| desk.back(&order, &[(1, "0.5")]).ok());
        let made: Vec<ReturnId> = asked.into_iter().flatten().collect();
        assert_eq!(made.len(), 4, "two were bought");
        for id in &made {
            desk.go(id, approve).unwrap();
        }
        let given = db.together(8, |n, _| desk.give(&made[n % 4], &payment, 500).is_ok());
        assert_eq!(given.into_iter().filter(|done| *done).count(), 5, "25.00 was paid");
        desk.verified();
    }
}
