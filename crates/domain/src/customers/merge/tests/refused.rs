//! What is refused, and what two who press at once get.

use store::Stmt;

use crate::credit::{self, GrantInput};
use crate::customers;
use crate::kit::{Ctx, CustomerId, Right};
use crate::orders::desk::{Desk, eur, refusal};

fn grant(desk: &Desk, customer: &CustomerId, amount: i64) {
    let input = GrantInput { customer: customer.clone(), currency: eur(), amount, reason: "sorry".into() };
    desk.write(move |tx, ctx| credit::grant(tx, ctx, &input)).unwrap();
}

fn take(desk: &Desk, customer: &CustomerId, amount: i64) -> String {
    let input = GrantInput { customer: customer.clone(), currency: eur(), amount, reason: "spent".into() };
    refusal(desk.write(move |tx, ctx| credit::take_back(tx, ctx, &input).map(drop)))
}

store::db_test! {
    crate::migrations();

    fn itself_the_merged_the_deleted_the_anonymised_and_strangers_are_refused(db) {
        let desk = Desk::new(db);
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|n| desk.customer(&format!("{n}@example.com")));
        assert_eq!(refusal(desk.merge(&[&a], &a)), "into:same");
        assert_eq!(refusal(desk.merge(&[&b, &b], &a)), "sources:twice");
        assert_eq!(refusal(desk.merge(&[], &a)), "sources:invalid");
        desk.merge(&[&b], &a).unwrap();
        assert_eq!(refusal(desk.merge(&[&b], &a)), "customer_merged");
        assert_eq!(refusal(desk.merge(&[&b], &c)), "customer_merged");
        assert_eq!(refusal(desk.merge(&[&c], &b)), "customer_merged");
        let gone = c.clone();
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        assert_eq!(refusal(desk.merge(&[&c], &a)), "customer_deleted");
        assert_eq!(refusal(desk.merge(&[&a], &c)), "customer_deleted");
        let erased = d.clone();
        desk.write(move |tx, ctx| {
            let statement = Stmt::built("UPDATE customers SET anonymised_at = 1 WHERE merchant_id = $1 AND id = $2".to_owned());
            Ok(tx.exec(&statement, &[&ctx.merchant, &erased])?)
        }).unwrap();
        assert_eq!(refusal(desk.merge(&[&d], &a)), "customer_anonymised");
        desk.archive(&e, true);
        assert_eq!(refusal(desk.merge(&[&a], &e)), "customer_inactive");
        let f = desk.f.other();
        let other = Desk { ctx: f.ctx.clone(), f };
        let stranger = other.customer("x@example.com");
        assert_eq!(refusal(desk.merge(&[&stranger], &a)), "no customer");
        assert_eq!(refusal(other.merge(&[&a], &stranger)), "no customer");
        for right in [Right::Write, Right::Delete] {
            let less = Desk { ctx: desk.f.without(right), ..desk.clone() };
            assert_eq!(refusal(less.merge(&[&e], &a)), format!("forbidden {right}"));
        }
        desk.merge(&[&e], &a).unwrap();
    }

    fn an_undo_is_refused_in_words_and_then_nothing_has_changed(db) {
        let desk = Desk::new(db);
        let [a, b, c] = ["a", "b", "c"].map(|n| desk.customer(&format!("{n}@example.com")));
        grant(&desk, &a, 300);
        grant(&desk, &b, 1000);
        let first = desk.merge(&[&b], &a).unwrap().remove(0);
        assert_eq!(take(&desk, &a, 500), "Ok(())");
        desk.verified();
        assert_eq!(refusal(desk.undo_merge(&first.id)), "credit_spent");
        assert_eq!(desk.get(&b).id, a, "refused whole");
        desk.verified();
        grant(&desk, &a, 500);
        assert_eq!(refusal(desk.undo_merge(&first.id)), "credit_spent", "in between it was below zero");
        let onward = desk.merge(&[&a], &c).unwrap().remove(0);
        assert_eq!(desk.get(&b).id, c, "by way of another");
        assert_eq!(refusal(desk.undo_merge(&first.id)), "merged_since");
        desk.undo_merge(&onward.id).unwrap();
        assert_eq!(refusal(desk.undo_merge(&onward.id)), "merge_undone");
        desk.verified();
    }

}

store::db_test_concurrent! {
    crate::migrations();

    fn two_who_merge_at_once(db) {
        let desk = Desk::new(db);
        let (a, b) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        desk.pay(&a, 100);
        desk.pay(&b, 200);
        let (ctx, ids) = (desk.ctx.clone(), [a.clone(), b.clone()]);
        // Opposite directions: one wins, the other is told.
        let done: Vec<String> = db.together(2, move |n, db| {
            let (ctx, gone, stays): (Ctx, _, _) = (ctx.clone(), ids[n].clone(), ids[1 - n].clone());
            refusal(db.write_now(move |tx| crate::customers::merge::merge(tx, &ctx, std::slice::from_ref(&gone), &stays, &Default::default()).map(drop)))
        });
        assert_eq!(done.iter().filter(|d| *d == "Ok(())").count(), 1, "{done:?}");
        assert_eq!(done.iter().filter(|d| *d == "customer_merged").count(), 1, "{done:?}");
        assert_eq!(desk.get(&a).lifetime, 300);
        desk.verified();
        // The same undo twice at once: once.
        let merge = desk.read({ let a = a.clone(); move |tx, ctx| crate::customers::merge::of_customer(tx, ctx, &a, None, 10) }).unwrap().remove(0);
        let ctx = desk.ctx.clone();
        let done: Vec<String> = db.together(2, move |_, db| {
            let (ctx, id) = (ctx.clone(), merge.id.clone());
            refusal(db.write_now(move |tx| crate::customers::merge::undo(tx, &ctx, &id).map(drop)))
        });
        assert_eq!(done.iter().filter(|d| *d == "merge_undone").count(), 1, "{done:?}");
        assert_eq!((desk.get(&a).lifetime, desk.get(&b).lifetime), (100, 200));
        desk.verified();
    }

    fn orders_and_payments_that_come_in_while_merging_are_the_survivors(db) {
        let desk = Desk::new(db);
        let (a, b) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        let (d, ids) = (desk.clone(), [a.clone(), b.clone()]);
        let done: Vec<String> = db.together(6, move |n, _| {
            let [a, b] = ids.clone();
            match n {
                3 => refusal(d.merge(&[&b], &a).map(drop)),
                _ => refusal(d.check_out(&d.basket(&format!("T-{n}"), "b@example.com")).map(drop)),
            }
        });
        assert_eq!(done[3], "Ok(())");
        // One that was looked up before and locked after is told that its customer went, and comes again.
        for (n, said) in done.iter().enumerate().filter(|(n, said)| *n != 3 && *said != "Ok(())") {
            assert_eq!(said, "customer_gone");
            desk.check_out(&desk.basket(&format!("T-{n}"), "b@example.com")).unwrap();
        }
        assert_eq!(desk.get(&a).order_count, 5);
        desk.verified();
    }
}
