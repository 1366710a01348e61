//! What somebody did as a guest, or as nobody in particular, goes with them; what may be another's stays.

use super::*;
use crate::kit::Error;
use crate::orders::{self, Checkout};
use crate::payments::{Payer, PaymentInput, PaymentStatus};

/// A guest order with a payment, under these; its id.
fn guest(desk: &Desk, number: &str, email: &str, phone: &str) -> String {
    let mut basket = Checkout { guest: true, ..desk.basket(number, "somebody@example.com") };
    basket.buyer.name = format!("Guest {number}");
    let order = desk.write(move |tx, ctx| orders::checkout(tx, ctx, &basket)).unwrap().order.to_string();
    let key = crate::kit::email_key(email);
    let digits = crate::kit::phone_key(phone, "ES");
    change(
        desk,
        &format!(
            "UPDATE orders SET state = 'closed', email = '{email}', email_key = '{key}',
        phone = '{phone}', phone_key = '{digits}' WHERE id = '{order}'"
        ),
    );
    desk.put(PaymentInput { payer: Payer { email: email.into(), phone: phone.into(), ..Payer::default() }, ..desk.payment(None, 700) })
        .unwrap();
    order
}

fn active(desk: &Desk, id: &CustomerId) -> Vec<&'static str> {
    let id = id.clone();
    desk.read(move |tx, ctx| crate::privacy::active(tx, ctx, &id)).unwrap().into_iter().map(|l| l.kind).collect()
}

fn named(desk: &Desk, order: &str) -> bool {
    count(desk, &format!("SELECT COUNT(*) FROM orders WHERE id = '{order}' AND email <> '' AND name LIKE 'Guest %'")) == 1
}

store::db_test! {
    crate::migrations();

    fn guest_orders_and_payments_under_their_addresses_are_cleared_and_stay_a_guests(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let edit = crate::customers::CustomerEdit { phone: Some("+34 612 345 678".into()), ..Default::default() };
        let who = ana.clone();
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &who, edit.clone())).unwrap();
        let (by_mail, by_phone) = (guest(&desk, "g-1", "Ana@Example.com", ""), guest(&desk, "g-2", "", "0034612345678"));
        let other = guest(&desk, "g-3", "cleo@example.com", "");
        let totals = desk.get(&ana);
        let receipt = erase(&desk, &ana).unwrap();
        assert!(!named(&desk, &by_mail) && !named(&desk, &by_phone) && named(&desk, &other));
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM payments WHERE customer_id IS NULL AND (email <> '' OR phone <> '')"), 1);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM orders WHERE customer_id IS NULL"), 3);
        assert_eq!((receipt.cleared["guest_orders"], receipt.cleared["guest_payments"], receipt.cleared.get("orders")), (2, 2, None), "{receipt:?}");
        assert!(receipt.cleared_words().contains(&("Guest orders".to_owned(), 2)));
        let after = desk.get(&ana);
        assert_eq!((after.order_count, after.payment_count), (totals.order_count, totals.payment_count), "the books of nobody change");
        desk.verified();
    }

    fn what_stands_under_an_address_they_had_before_goes_too(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let order = guest(&desk, "g-1", "ana@example.com", "");
        let edit = crate::customers::CustomerEdit { email: Some("ruiz@example.com".into()), ..Default::default() };
        let who = ana.clone();
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &who, edit.clone())).unwrap();
        erase(&desk, &ana).unwrap();
        assert!(!named(&desk, &order));
    }

    fn what_may_be_another_customers_stays_and_the_receipt_says_so(db) {
        let desk = Desk::new(db);
        let (ana, bo) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"));
        for one in [&ana, &bo] {
            let (who, edit) = (one.clone(), crate::customers::CustomerEdit { phone: Some("+34 612 345 678".into()), ..Default::default() });
            desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &who, edit.clone())).unwrap();
        }
        let shared = guest(&desk, "g-1", "", "+34 612 345 678");
        let his = guest(&desk, "g-2", "bo@example.com", "+34 612 345 678");
        let receipt = erase(&desk, &ana).unwrap();
        assert!(named(&desk, &his) && count(&desk, &format!("SELECT COUNT(*) FROM orders WHERE id = '{shared}' AND phone <> ''")) == 1);
        assert!(receipt.kept.iter().any(|k| k.count == Some(4) && k.what.contains("guests")), "{receipt:?}");
        erase(&desk, &bo).unwrap();
        assert!(!named(&desk, &his), "the last who has it takes it along");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM orders WHERE phone <> ''"), 0);
    }

    fn what_is_open_of_it_stands_in_the_way_and_the_page_knows_before(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let order = guest(&desk, "g-1", "ana@example.com", "");
        change(&desk, &format!("UPDATE orders SET state = 'open' WHERE id = '{order}'"));
        desk.put(PaymentInput { payer: Payer { email: "ana@example.com".into(), ..Payer::default() }, status: PaymentStatus::Pending, ..desk.payment(None, 700) }).unwrap();
        assert_eq!(active(&desk, &ana), ["order", "payment"]);
        match erase(&desk, &ana) {
            Err(Error::Conflict { code: "still_active", links, .. }) => assert_eq!(links.len(), 2, "{links:?}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM orders WHERE customer_id IS NOT NULL"), 0, "whole or not at all");
    }

    fn a_draft_of_an_invoice_of_a_guests_payment_stands_in_the_way_and_the_page_knows_before(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let payer = Payer { name: "Guest A".into(), email: "ana@example.com".into(), ..Payer::default() };
        let payment = desk.put(PaymentInput { payer, ..desk.payment(None, 700) }).unwrap();
        desk.write(move |tx, ctx| crate::invoices::of_payment_draft(tx, ctx, &payment)).unwrap();
        assert_eq!(active(&desk, &ana), ["invoice"]);
        assert!(matches!(erase(&desk, &ana), Err(Error::Conflict { code: "still_active", .. })));
    }

    fn the_persons_file_has_what_the_erasure_would_take(db) {
        let desk = Desk::new(db);
        let (ana, bo) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"));
        guest(&desk, "g-1", "ana@example.com", "");
        guest(&desk, "g-2", "cleo@example.com", "");
        let file = |id: &CustomerId, format| {
            let mut out = Vec::new();
            crate::privacy::data::write(&desk.f.db, &desk.ctx, id, format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (json, html) = (file(&ana, crate::privacy::data::Format::Json), file(&ana, crate::privacy::data::Format::Html));
        let told: serde_json::Value = serde_json::from_str(&json).unwrap();
        let section = |table: &str| {
            let all = told["sections"].as_array().unwrap().iter();
            all.filter(|s| s["table"] == table && s["heading"].as_str().unwrap().contains("under these addresses")).map(|s| s["rows"].as_array().unwrap().len()).sum::<usize>()
        };
        assert_eq!((section("orders"), section("order_lines") > 0, section("payments")), (1, true, 1), "{json}");
        for text in [&json, &html] {
            assert!(text.contains("Guest g-1") && !text.contains("Guest g-2") && !text.contains("cleo@example.com"), "{text}");
        }
        assert!(!file(&bo, crate::privacy::data::Format::Json).contains("under these addresses"));
    }

    fn a_block_of_their_address_leaves_no_word_of_it(db) {
        use crate::blocks::{self, BlockInput, Target};
        let desk = Desk::new(db);
        let block = |email: &'static str| {
            desk.write(move |tx, ctx| blocks::block(tx, ctx, &BlockInput { target: Target::Email(email.into()), reason: format!("Fraud of {email}") })).unwrap()
        };
        let (standing, lifted, other) = (block("ana@example.com"), block("ana.two@example.com"), block("bo@example.com"));
        desk.write(move |tx, ctx| blocks::lift(tx, ctx, &lifted).map(drop)).unwrap();
        let new = crate::customers::NewCustomer { email: "ana@example.com".into(), emails: vec!["ana.two@example.com".into()], ..Default::default() };
        let ana = desk.write(move |tx, ctx| crate::customers::create(tx, ctx, new.clone(), crate::customers::Rules::Normal)).unwrap().id;
        erase(&desk, &ana).unwrap();
        assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM blocks WHERE id <> '{other}'")), 0, "{standing}");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM event_values WHERE new LIKE '%ana%'"), 0);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM event_values WHERE new LIKE '%bo@example.com%'"), 2);
    }

    fn a_ticket_of_nobody_and_a_request_of_nobody_go_along(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let sql = [
            "INSERT INTO conversations (merchant_id, id, kind, state, customer_id, mailbox_id, name, address, address_key, subject, subject_key, waiting, entries,
                last_at, created_at) SELECT id, 'con_1', 'mail', 'open', NULL, NULL, 'Ana', 'ana@example.com', 'ana@example.com', 'Broken', 'broken', FALSE, 0, 1, 1 FROM merchants",
            "INSERT INTO tickets (merchant_id, id, number, customer_id, subject, status, priority, assignee_id, created_at, created_by, updated_at, settled_at, version,
                conversation_id) SELECT id, 'tic_1', 'T-1', NULL, 'Broken, says Ana', 'open', 'normal', '', 1, '', 1, NULL, 1, 'con_1' FROM merchants",
            "INSERT INTO ticket_entries (merchant_id, id, ticket_id, kind, body, created_at, created_by) SELECT id, 'ten_1', 'tic_1', 'note', 'She is cross', 1, '' FROM merchants",
            "INSERT INTO privacy_requests (merchant_id, id, kind, state, customer_id, who, note, received_on, due_on, created_at, created_by, closed_at, closed_by, version)
                SELECT id, 'req_1', 'erasure', 'open', NULL, 'Ana Ruiz <Ana@example.com>', 'on the phone', 1, 2, 1, '', NULL, '', 1 FROM merchants",
            "INSERT INTO privacy_requests (merchant_id, id, kind, state, customer_id, who, note, received_on, due_on, created_at, created_by, closed_at, closed_by, version)
                SELECT id, 'req_2', 'erasure', 'open', NULL, 'juana@example.com', 'by mail', 1, 2, 1, '', NULL, '', 1 FROM merchants",
        ];
        sql.iter().for_each(|sql| change(&desk, sql));
        assert_eq!(active(&desk, &ana), ["ticket"]);
        assert!(erase(&desk, &ana).is_err());
        change(&desk, "UPDATE tickets SET status = 'closed'");
        erase(&desk, &ana).unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM tickets WHERE subject = ''"), 1);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM ticket_entries") + count(&desk, "SELECT COUNT(*) FROM conversations"), 0);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM privacy_requests WHERE who = '' AND note = '' AND state = 'open'"), 1, "that it was asked stays");
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM privacy_requests WHERE who = 'juana@example.com' AND note = 'by mail'"), 1);
    }
}
