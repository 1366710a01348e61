//! Tickets out of what was said.

use super::*;
use crate::conversations::mailboxes::{MailboxInput, Security};
use crate::kit::{MailboxId, TicketId};
use crate::orders::desk::refusal;
use crate::tickets::{self, EntryKind, Status, Ticket};

fn mailbox(desk: &Desk) -> MailboxId {
    let input = MailboxInput {
        address: "help@shop.example".into(),
        host: "imap.example.com".into(),
        port: 993,
        security: Security::Tls,
        username: "help".into(),
        password: "pass word".into(),
        folder: String::new(),
        makes_tickets: true,
    };
    desk.write(move |tx, ctx| mailboxes::create(tx, ctx, &crate::providers::Vault::new(&[7; 32])?, &input)).unwrap()
}

fn came(desk: &Desk, mailbox: &MailboxId, raw: &[u8]) -> Filed {
    let (mail, mailbox) = (parse(raw), mailbox.clone());
    desk.write(move |tx, ctx| receive(tx, ctx, &mail, Some(&mailbox))).unwrap()
}

/// Every ticket there is, by number, with its thread in order.
fn all(desk: &Desk) -> Vec<(Ticket, Vec<(EntryKind, String)>)> {
    let ids = store::Stmt::built("SELECT id FROM tickets WHERE merchant_id = $1 ORDER BY number".into());
    desk.read(move |tx, ctx| {
        let found = tx.rows(&ids, &[&ctx.merchant], |r| r.get::<TicketId>(0))?;
        found
            .iter()
            .map(|id| {
                let mut thread = tickets::thread(tx, ctx, id, None, 100)?.0;
                thread.reverse();
                Ok((tickets::get(tx, ctx, id)?, thread.into_iter().map(|e| (e.kind, e.body)).collect()))
            })
            .collect()
    })
    .unwrap()
}

fn of_entry(desk: &Desk, entry: &EntryId) -> Result<(TicketId, bool)> {
    let entry = entry.clone();
    desk.write(move |tx, ctx| tickets::of_entry(tx, ctx, &entry))
}

store::db_test! {
    crate::migrations();

    fn a_mail_opens_a_ticket_and_a_reply_opens_it_again(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let help = mailbox(&desk);
        let first = came(&desk, &help, &plain("ana@example.com", "Broken cup", "a@x", ""));
        let found = all(&desk);
        let (ticket, thread) = &found[0];
        assert_eq!((found.len(), ticket.subject.as_str(), ticket.status, ticket.customer.as_ref()), (1, "Broken cup", Status::Open, Some(&ana)));
        assert_eq!((ticket.conversation.as_ref(), thread[0].0, thread[0].1.as_str()), (Some(&first.conversation), EntryKind::Message, "Hello there,\nwhere is my order?"));
        came(&desk, &help, &plain("ana@example.com", "Broken cup", "a@x", ""));
        assert_eq!(all(&desk)[0].1.len(), 1, "the same mail again is nothing");
        desk.answer(&first.entry, "A new one is on its way.").unwrap();
        assert_eq!((all(&desk)[0].0.status, all(&desk)[0].1[1].0), (Status::Waiting, EntryKind::Answer));
        let id = ticket.id.clone();
        desk.write(move |tx, ctx| tickets::edit(tx, ctx, &id, &tickets::Edit { status: Some(Status::Closed), ..Default::default() })).unwrap();
        came(&desk, &help, &plain("ana@example.com", "Re: Broken cup", "b@x", "In-Reply-To: <a@x>\r\n"));
        let found = all(&desk);
        assert_eq!((found.len(), found[0].0.status, found[0].1.len()), (1, Status::Open, 3));
        // Another mailbox makes none, and an archived customer gets none (SPEC 10.2); the mail is there all the same.
        desk.file(&plain("ana@example.com", "Thanks", "c@x", "")).unwrap();
        desk.archive(&ana, true);
        let late = came(&desk, &help, &plain("ana@example.com", "One more thing", "d@x", ""));
        assert_eq!((all(&desk).len(), late.new, late.customer.as_ref()), (1, true, Some(&ana)));
        assert_eq!(refusal(of_entry(&desk, &late.entry)), "customer_inactive");
    }

    fn the_ticket_of_a_stranger_goes_along_to_the_customer(db) {
        let desk = Desk::new(db);
        let (ana, help) = (desk.customer("ana@example.com"), mailbox(&desk));
        let filed = came(&desk, &help, &plain("ana.private@example.com", "", "a@x", ""));
        assert_eq!((all(&desk)[0].0.customer.clone(), all(&desk)[0].0.subject.as_str()), (None, "Mail with ana.private@example.com"));
        let (which, who) = (filed.conversation.clone(), ana.clone());
        desk.write(move |tx, ctx| link(tx, ctx, &which, &who)).unwrap();
        assert_eq!(all(&desk)[0].0.customer, Some(ana));
    }

    fn a_ticket_is_made_of_an_entry_once(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let (made, new) = of_entry(&desk, &filed.entry).unwrap();
        assert!(new);
        assert_eq!(of_entry(&desk, &filed.entry).unwrap(), (made, false));
        let next = desk.file(&plain("ana@example.com", "Re: Hi", "b@x", "")).unwrap();
        assert_eq!(all(&desk)[0].1.len(), 2, "what is said afterwards stands there too");
        assert!(!of_entry(&desk, &next.entry).unwrap().1);
        let looks = Desk { ctx: desk.f.staff(crate::kit::Role::ReadOnly), ..desk.clone() };
        assert_eq!(refusal(of_entry(&looks, &filed.entry)), "forbidden write");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(of_entry(&other, &filed.entry)), "no entry");
    }
}
