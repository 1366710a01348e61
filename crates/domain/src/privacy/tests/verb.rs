//! The verb: whole or not at all, once, for good.

use super::*;
use crate::credit::{self, GrantInput};
use crate::customers::{self, NewCustomer, Rules, Status};
use crate::kit::{Error, Right};
use crate::orders::desk::{by_card, eur, refusal};
use crate::orders::{self, CheckoutPayment};
use crate::payments::PaymentStatus;
use crate::subscriptions::SubscriptionStatus;

fn links(result: Result<Receipt>) -> Vec<(&'static str, String)> {
    match result {
        Err(Error::Conflict { code: "still_active", links, .. }) => links.into_iter().map(|l| (l.kind, l.label)).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

store::db_test! {
    crate::migrations();

    fn while_anything_is_active_nothing_is_forgotten(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        desk.pay(&ana, 1000);
        let mut open = desk.basket("o-1", "ana@example.com");
        open.payments = Vec::<CheckoutPayment>::new();
        let order = desk.write(move |tx, ctx| orders::checkout(tx, ctx, &open)).unwrap().order;
        let club = desk.subscribe(desk.subscription(&ana, SubscriptionStatus::Active, None));
        let pending = desk.put(crate::payments::PaymentInput { status: PaymentStatus::Pending, ..desk.payment(Some(&ana), 700) }).unwrap();
        let gift = GrantInput { customer: ana.clone(), currency: eur(), amount: 500, reason: "goodwill".into() };
        desk.write(move |tx, ctx| credit::grant(tx, ctx, &gift)).unwrap();
        let kinds: Vec<&str> = links(erase(&desk, &ana)).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["order", "payment", "subscription", "credit"]);
        assert_eq!(desk.get(&ana).email, "ana@example.com", "whole or not at all");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasures"), 0);
        let _ = (order, pending, club);
    }

    fn a_number_that_was_brought_goes_and_one_of_our_own_stays(db) {
        let desk = Desk::new(db);
        let make = |email: &'static str, number: Option<&'static str>| {
            let new = NewCustomer { email: email.into(), number: number.map(Into::into), ..NewCustomer::default() };
            desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
        };
        let (own, brought, next) = (make("a@example.com", None), make("b@example.com", Some("ana@example.com")), make("c@example.com", Some("1002")));
        let kept = desk.get(&own).number;
        for one in [&own, &brought] {
            erase(&desk, one).unwrap();
        }
        assert_eq!((desk.get(&own).number, desk.get(&brought).number), (kept, "1003".to_owned()), "1002 was brought by {next}");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM event_values WHERE new LIKE '%ana@%' OR old LIKE '%ana@%'"), 0);
    }

    fn it_is_final_and_doing_it_twice_gives_the_same_receipt(db) {
        let desk = Desk::new(db);
        let new = NewCustomer { name: "Ana Ruiz".into(), email: "ana@example.com".into(), phone: "+34 612 345 678".into(), note: Some("likes it dark".into()), tags: vec!["vip".into()], ..NewCustomer::default() };
        let ana = desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id;
        desk.charge(&ana, by_card("r-1", 1000, "fp_1").method.unwrap(), None);
        let (before, first) = (desk.get(&ana), erase(&desk, &ana).unwrap());
        let after = desk.get(&ana);
        assert_eq!((after.status, after.name.starts_with("Anonymised customer "), after.email.ends_with("@anonymised.invalid")), (Status::Anonymised, true, true));
        assert_eq!((after.phone.as_str(), after.tags.len(), after.payment_count, after.lifetime), ("", 0, before.payment_count, before.lifetime));
        assert_eq!(desk.days(1).write({ let ana = ana.clone(); move |tx, ctx| anonymise(tx, ctx, &vault(), &ana, Cause::Hand) }).unwrap(), first);
        assert!(first.cleared["notes"] == 1 && first.cleared["payment_methods"] == 1, "{first:?}");
        let edit = customers::CustomerEdit { name: Some("Ana".into()), ..customers::CustomerEdit::default() };
        let who = ana.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, edit.clone()))), "customer_deleted");
        let who = ana.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| customers::restore(tx, ctx, &who))), "customer_anonymised");
        let who = ana.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| customers::state::ensure_active_id(tx, ctx, &who))), "customer_inactive");
        // The address is free: whoever comes with it is somebody new.
        assert_ne!(desk.customer("ana@example.com"), ana);
        desk.verified();
    }

    fn it_needs_its_right_and_its_own_merchant(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let without = Desk { ctx: desk.f.without(Right::Anonymise), ..desk.clone() };
        assert_eq!(refusal(erase(&without, &ana)), "forbidden anonymise");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(erase(&other, &ana)), "no customer");
        assert_eq!(desk.get(&ana).email, "ana@example.com");
    }

    fn archived_and_deleted_customers_go_too_and_sources_go_with_their_survivor(db) {
        let desk = Desk::new(db);
        let (a, b, c) = (desk.customer("a@example.com"), desk.customer("b@example.com"), desk.customer("c@example.com"));
        desk.archive(&a, true);
        let gone = b.clone();
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        erase(&desk, &b).unwrap();
        change(&desk, &format!("UPDATE customers SET merged_into = '{a}' WHERE id = '{c}'"));
        match erase(&desk, &c) {
            Err(Error::Conflict { code: "customer_merged", links, .. }) => assert_eq!(links[0].id, a.to_string()),
            other => panic!("{other:?}"),
        }
        erase(&desk, &a).unwrap();
        for one in [&a, &b, &c] {
            assert!(desk.get(one).email.ends_with("@anonymised.invalid"));
        }
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasures"), 3);
    }

    fn the_same_order_told_again_brings_nobody_back(db) {
        let desk = Desk::new(db);
        let basket = orders::Checkout { payments: vec![by_card("r-1", 1000, "fp_9")], ..desk.basket("o-1", "ana@example.com") };
        let tell = || { let basket = basket.clone(); desk.write(move |tx, ctx| orders::checkout(tx, ctx, &basket)) };
        tell().unwrap();
        change(&desk, "UPDATE orders SET state = 'closed'");
        let ana = desk.read(|tx, ctx| customers::find_by_email(tx, ctx, "ana@example.com")).unwrap().unwrap();
        let named = || count(&desk, "SELECT COUNT(*) FROM orders WHERE email <> ''") + count(&desk, "SELECT COUNT(*) FROM payments WHERE fingerprint <> ''");
        assert_eq!(named(), 2);
        erase(&desk, &ana).unwrap();
        let _ = tell();
        assert_eq!((named(), count(&desk, "SELECT COUNT(*) FROM orders")), (0, 1));
    }

    fn who_wanted_no_marketing_still_wants_none(db) {
        let desk = Desk::new(db);
        let new = |marketing| NewCustomer { email: "Ana@example.com".into(), marketing, ..NewCustomer::default() };
        let make = |marketing| { let new = new(marketing); desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id };
        let ana = make(true);
        let who = ana.clone();
        let out = customers::CustomerEdit { marketing: Some(false), ..customers::CustomerEdit::default() };
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, out.clone())).unwrap();
        let receipt = erase(&desk, &ana).unwrap();
        assert!(receipt.kept.iter().any(|k| k.count == Some(1) && k.what.contains("no marketing")), "{receipt:?}");
        assert!(!desk.get(&make(true)).marketing, "the same address, in other letters");
        let bo = NewCustomer { email: "bo@example.com".into(), marketing: true, ..NewCustomer::default() };
        let bo = desk.write(move |tx, ctx| customers::create(tx, ctx, bo.clone(), Rules::Normal)).unwrap().id;
        assert!(desk.get(&bo).marketing);
    }

    fn a_legal_copy_is_read_with_its_right_and_goes_when_its_term_ends(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        super::plant::plant(&desk, &ana, "Legal");
        let at = desk.now();
        change(&desk, &format!("UPDATE invoices SET issued_at = {at}, buyer = '{{\"name\":\"Ana Ruiz\"}}'"));
        erase(&desk, &ana).unwrap();
        let invoice = crate::kit::InvoiceId::from_db("x_invoices".into());
        let read = |desk: &Desk, vault: Vault| { let invoice = invoice.clone(); desk.write(move |tx, ctx| crate::privacy::legal_buyer(tx, ctx, &vault, &invoice)) };
        let (buyer, note) = read(&desk, vault()).unwrap();
        assert_eq!((buyer.name.as_str(), note.as_str()), ("Ana Ruiz", "Legal-invoices-note@canary.example"));
        assert_eq!(refusal(read(&Desk { ctx: desk.f.without(Right::LegalCopies), ..desk.clone() }, vault())), "forbidden legal_copies");
        assert_eq!(refusal(read(&desk, Vault::new(&[8; 32]).unwrap())), "sealed");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM legal_copies WHERE sealed LIKE '%Ana%'"), 0);
        // France wants ten years from the end of the year of issue: 2026 to the end of 2036.
        let expire = |days: i64| desk.days(days).write(crate::privacy::expire).unwrap();
        assert_eq!((expire(3800), expire(3860)), (0, 2), "that of the guest, too");
        assert_eq!(refusal(read(&desk, vault())), "no legal copy");
    }
}
