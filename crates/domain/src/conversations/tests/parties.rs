//! Who is on the other side of a mail: forms that write in the name of the shop, staff who write from elsewhere, copies.

use super::*;
use crate::orders::desk::refusal;

fn mail(head: &str, id: &str) -> Vec<u8> {
    format!("{head}\r\nSubject: About {id}\r\nMessage-ID: <{id}@x>\r\n\r\nHello").into_bytes()
}

/// As it comes where the house sends from orders@shop.example.
fn came(desk: &Desk, head: &str, id: &str) -> Entry {
    let parsed = parse(&mail(head, id));
    let filed =
        desk.write(move |tx, ctx| receive(tx, ctx, &parsed, Arrival { sender: "Orders@shop.example", ..Arrival::default() })).unwrap();
    desk.read(move |tx, ctx| entry(tx, ctx, &filed.entry)).unwrap()
}

fn side(e: &Entry) -> (Direction, &str, &str) {
    (e.direction, e.author.as_str(), e.address.as_str())
}

store::db_test! {
    crate::migrations();

    fn a_form_of_the_shop_is_the_mail_of_whoever_filled_it_in(db) {
        let desk = Desk::new(db);
        let form = "From: WordPress <wordpress@shop.example>\r\nReply-To: Bea B <bea@example.com>\r\nTo: desk@shop.example";
        let first = came(&desk, form, "a");
        assert_eq!(side(&first), (Direction::In, "Bea B", "bea@example.com"));
        let waits = desk.part(Inbox::Unknown).remove(0);
        assert_eq!((waits.name.as_str(), waits.address.as_str()), ("Bea B", "bea@example.com"));
        let cy = came(&desk, &form.replace("Bea B <bea@", "<cy@"), "b");
        let ana = desk.customer("ana@example.com");
        let (which, to) = (cy.conversation, ana.clone());
        desk.write(move |tx, ctx| link(tx, ctx, &which, &to)).unwrap();
        let emails: Vec<String> = desk.get(&ana).emails.into_iter().map(|e| e.value).collect();
        assert_eq!(emails, ["cy@example.com"], "the address of the form is nobody's");
        assert_eq!(came(&desk, form, "c").customer, None, "the next buyer is another");
        let known = came(&desk, &form.replace("bea@", "cy@"), "d");
        assert_eq!(known.customer.as_ref(), Some(&ana));
        let answer = desk.answer(&known.id, "Hello Cy").unwrap();
        let answer = desk.read(move |tx, ctx| entry(tx, ctx, &answer)).unwrap();
        assert_eq!(answer.address, "cy@example.com");
    }

    fn a_form_that_writes_as_the_house_itself_is_no_mail_of_the_house(db) {
        let desk = Desk::new(db);
        let form = came(&desk, "From: Shop <orders@shop.example>\r\nReply-To: bea@example.com\r\nTo: desk@shop.example", "a");
        assert_eq!(side(&form), (Direction::Out, "orders@shop.example", "desk@shop.example"), "to somebody else than the house");
        let form = came(&desk, "From: Shop <orders@shop.example>\r\nReply-To: bea@example.com\r\nTo: orders@shop.example", "b");
        assert_eq!(side(&form), (Direction::In, "", "bea@example.com"));
        assert_eq!(refusal(desk.answer(&form.id, "x")), "no_customer");
    }

    fn whoever_asks_to_be_answered_elsewhere_is(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let asked = came(&desk, "From: Ana <ana@example.com>\r\nReply-To: ana@work.example\r\nTo: desk@shop.example", "a");
        assert_eq!((asked.customer.as_ref(), side(&asked)), (Some(&ana), (Direction::In, "Ana", "ana@work.example")));
        let same = came(&desk, "From: Ana <ana@example.com>\r\nReply-To: ANA@example.com\r\nTo: desk@shop.example", "b");
        assert_eq!(side(&same), (Direction::In, "Ana", "ana@example.com"));
    }

    fn what_the_house_wrote_elsewhere_is_the_customers_too(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let email = { let id = desk.f.owner.clone(); desk.read(move |tx, ctx| Ok(crate::staff::members::get(tx, ctx, &id)?.email)).unwrap() };
        let staff = came(&desk, &format!("From: Olivia <{email}>\r\nTo: Ana <ana@example.com>\r\nCc: orders@shop.example"), "a");
        assert_eq!((staff.customer.as_ref(), side(&staff)), (Some(&ana), (Direction::Out, email.as_str(), "ana@example.com")));
        assert_eq!(staff.more, "ana@example.com, orders@shop.example");
        let sent = came(&desk, "From: orders@shop.example\r\nTo: orders@shop.example\r\nCc: ana@example.com", "b");
        assert_eq!((sent.customer.as_ref(), sent.direction), (Some(&ana), Direction::Out));
        assert!(desk.part(Inbox::Waiting).is_empty(), "nobody waits for an answer");
        let alone = came(&desk, &format!("From: {email}\r\nTo: orders@shop.example"), "c");
        assert_eq!((alone.customer, alone.direction), (None, Direction::In), "to the desk alone they write as anybody does");
    }

    fn a_stranger_who_copies_a_customer_stays_a_stranger(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let theirs = came(&desk, "From: ana@example.com\r\nTo: desk@shop.example", "a");
        let one = came(&desk, "From: Cy <cy@example.com>\r\nTo: desk@shop.example\r\nCc: ana@example.com\r\nIn-Reply-To: <a@x>", "b");
        assert_eq!((one.customer.as_ref(), side(&one)), (None, (Direction::In, "Cy", "cy@example.com")));
        assert_ne!(one.conversation, theirs.conversation);
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 1);
    }

    fn whoever_hands_in_may_ask_for_a_ticket(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        for (id, ticket) in [("a", true), ("b", false), ("c", true)] {
            let parsed = parse(&plain("ana@example.com", "Broken cup", id, if id == "a" { "" } else { "References: <a>\r\n" }));
            desk.write(move |tx, ctx| receive(tx, ctx, &parsed, Arrival { ticket, ..Arrival::default() })).unwrap();
        }
        let found = desk.read(move |tx, ctx| crate::tickets::of_customer(tx, ctx, &ana, None, 10)).unwrap().tickets;
        assert_eq!(found.iter().map(|t| t.subject.as_str()).collect::<Vec<_>>(), ["Broken cup"], "one for the conversation");
    }
}
