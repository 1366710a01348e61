//! Tickets out of what was said.

use super::*;
use crate::conversations::mailboxes::{MailboxInput, Security};
use crate::kit::{MailboxId, TicketId};
use crate::orders::desk::refusal;
use crate::tickets::{self, EntryKind, Letter, Status, Ticket, Way};

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
    desk.write(move |tx, ctx| receive(tx, ctx, &mail, Arrival { mailbox: Some(&mailbox), ..Arrival::default() })).unwrap()
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

fn send(desk: &Desk, ticket: &TicketId, body: &str, status: Option<Status>) -> Result<crate::kit::TicketEntryId> {
    let (ticket, letter) = (ticket.clone(), Letter { body: body.to_owned(), status });
    desk.write(move |tx, ctx| tickets::send(tx, ctx, &ticket, &letter))
}

/// What was said last on it.
fn last(desk: &Desk, ticket: &TicketId) -> tickets::Entry {
    let ticket = ticket.clone();
    desk.read(move |tx, ctx| tickets::thread(tx, ctx, &ticket, None, 1)).unwrap().0.remove(0)
}

fn by_hand(desk: &Desk, customer: Option<&CustomerId>) -> TicketId {
    let new = tickets::NewTicket {
        customer: customer.cloned(),
        subject: "The grinder is loud".into(),
        priority: tickets::Priority::Normal,
        assignee: None,
        tags: Vec::new(),
        first: (EntryKind::Message, String::new()),
    };
    desk.write(move |tx, ctx| tickets::create(tx, ctx, &new)).unwrap()
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

    fn an_answer_of_a_ticket_goes_into_its_conversation_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let help = mailbox(&desk);
        came(&desk, &help, &plain("ana@example.com", "Broken cup", "a@x", ""));
        let ticket = all(&desk).remove(0).0;
        assert!(matches!(desk.read({ let t = ticket.clone(); move |tx, ctx| tickets::way(tx, ctx, &t) }).unwrap(), Way::Reply(_, to) if to == "ana@example.com"));
        let later = desk.days(1);
        send(&later, &ticket.id, "A new one is on its way.", None).unwrap();
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said.len(), said[1].subject.as_str(), said[1].body.as_str()), (2, "Re: Broken cup", "A new one is on its way."));
        assert_eq!(said[0].conversation, said[1].conversation);
        let (now, thread) = all(&desk).remove(0);
        assert_eq!((now.status, thread.len(), &thread[1]), (Status::Waiting, 2, &(EntryKind::Answer, "A new one is on its way.".to_owned())));
        let last = last(&desk, &ticket.id).said.unwrap();
        assert_eq!((&last.entry, last.sending.unwrap().state), (&said[1].id, mail::State::Queued));
        send(&later, &ticket.id, "Sent.", Some(Status::Solved)).unwrap();
        assert_eq!(all(&desk).remove(0).0.status, Status::Solved);
        assert_eq!(refusal(send(&later, &ticket.id, " ", None)), "body:required");
        let mail = desk.mail_of(&said[1].id);
        came(&desk.days(2), &help, &plain("ana@example.com", "Other words", "b@x", &format!("In-Reply-To: <{mail}@shop.example>\r\n")));
        let (now, thread) = all(&desk).remove(0);
        assert_eq!((now.status, thread.len()), (Status::Open, 4), "their reply opens it again");
    }

    fn a_ticket_made_by_hand_writes_a_mail_whose_answer_opens_it_again(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let made = by_hand(&desk, Some(&ana));
        send(&desk, &made, "We look into it.", None).unwrap();
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said.len(), said[0].subject.as_str(), said[0].address.as_str()), (1, "The grinder is loud [1001]", "ana@example.com"));
        let later = desk.days(1);
        let mail = desk.mail_of(&said[0].id);
        later.file(&plain("ana@example.com", "Re: The grinder is loud [1001]", "b@x", &format!("In-Reply-To: <{mail}@shop.example>\r\n"))).unwrap();
        let (ticket, thread) = all(&desk).remove(0);
        assert_eq!((ticket.status, ticket.conversation, thread.len()), (Status::Open, Some(said[0].conversation.clone()), 2));
        send(&later, &made, "Done.", None).unwrap();
        assert_eq!(desk.stream(&ana, Asked::default())[2].conversation, said[0].conversation, "it goes on where it began");
    }

    fn a_ticket_of_a_chat_answers_there_and_one_of_a_call_by_mail(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let id = ana.clone();
        let entry = desk.write(move |tx, ctx| from_portal(tx, ctx, &id, "Ana", "Is it warm?")).unwrap();
        let (ticket, _) = of_entry(&desk, &entry).unwrap();
        send(&desk.days(1), &ticket, "It is.", None).unwrap();
        let said = desk.stream(&ana, Asked::default());
        assert_eq!(said.iter().map(|e| (e.kind, e.body.as_str())).collect::<Vec<_>>(), [(Kind::Chat, "Is it warm?"), (Kind::Chat, "It is.")]);
        assert_eq!(all(&desk)[0].1.len(), 2, "once in the thread");
        let call = CallInput {
            customer: Some(ana.clone()),
            phone: "+34 612 345 678".into(),
            direction: Direction::In,
            outcome: Outcome::Missed,
            started_at: desk.now(),
            seconds: 0,
            author: String::new(),
            note: "Call back".into(),
            external_id: String::new(),
        };
        let (entry, _) = desk.write(move |tx, ctx| record_call(tx, ctx, &call)).unwrap();
        let (ticket, _) = of_entry(&desk, &entry).unwrap();
        send(&desk.days(2), &ticket, "You called.", None).unwrap();
        let thread = desk.read({ let id = ticket.clone(); move |tx, ctx| tickets::thread(tx, ctx, &id, None, 10) }).unwrap().0;
        assert_eq!(thread[1].said.as_ref().unwrap().entry, entry, "the call is still known");
        assert_eq!(desk.stream(&ana, Asked { kind: Some(Kind::Mail), ..Asked::default() }).len(), 1);
    }

    fn what_cannot_be_sent_says_why_and_writes_nothing(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let nobody = by_hand(&desk, None);
        assert_eq!(refusal(send(&desk, &nobody, "x", None)), "no_customer");
        let mute = desk.write(|tx, ctx| Ok(crate::customers::create(tx, ctx, crate::customers::NewCustomer { name: "Bo".into(), ..Default::default() }, crate::customers::Rules::Import)?.id)).unwrap();
        let of_mute = by_hand(&desk, Some(&mute));
        assert_eq!(refusal(send(&desk, &of_mute, "x", None)), "no_address");
        let of_ana = by_hand(&desk, Some(&ana));
        let id = ana.clone();
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &id, crate::customers::CustomerEdit { active: Some(false), ..Default::default() })).unwrap();
        assert_eq!(refusal(send(&desk, &of_ana, "x", None)), "customer_inactive");
        assert!(all(&desk).iter().all(|(t, thread)| t.status == Status::Open && thread.is_empty()));
        assert!(desk.stream(&ana, Asked::default()).is_empty());
        let looks = Desk { ctx: desk.f.staff(crate::kit::Role::ReadOnly), ..desk.clone() };
        assert!(refusal(send(&looks, &of_ana, "x", None)).starts_with("forbidden"));
    }
}
