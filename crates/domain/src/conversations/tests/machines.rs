//! What machines say: responders, mail servers, and our own mail that comes back.

use super::*;
use crate::conversations::mailboxes::{MailboxInput, Security};
use crate::kit::{MailboxId, TicketId};
use crate::tickets::{self, EntryKind, Letter, Status};

fn mailbox(desk: &Desk, address: &'static str, makes_tickets: bool) -> MailboxId {
    let input = MailboxInput {
        address: address.into(),
        host: "imap.example.com".into(),
        port: 993,
        security: Security::Tls,
        username: address.into(),
        password: "pass word".into(),
        folder: String::new(),
        makes_tickets,
    };
    desk.write(move |tx, ctx| mailboxes::create(tx, ctx, &crate::providers::Vault::new(&[7; 32])?, &input)).unwrap()
}

fn came(desk: &Desk, mailbox: Option<&MailboxId>, raw: &[u8]) -> Filed {
    let (mail, mailbox) = (parse(raw), mailbox.cloned());
    desk.write(move |tx, ctx| {
        receive(tx, ctx, &mail, Arrival { mailbox: mailbox.as_ref(), sender: "desk@shop.example", ..Arrival::default() })
    })
    .unwrap()
}

/// A ticket whose answer was sent, and the mail it went by.
fn answered(desk: &Desk, customer: &CustomerId, status: Status) -> (TicketId, MailId) {
    let new = tickets::NewTicket {
        customer: Some(customer.clone()),
        subject: "The grinder is loud".into(),
        priority: tickets::Priority::Normal,
        assignee: None,
        tags: Vec::new(),
        first: (EntryKind::Message, String::new()),
    };
    let id = desk.write(move |tx, ctx| tickets::create(tx, ctx, &new)).unwrap();
    let (which, letter) = (id.clone(), Letter { body: "We look into it.".into(), status: Some(status) });
    desk.write(move |tx, ctx| tickets::send(tx, ctx, &which, &letter)).unwrap();
    let said = desk.stream(customer, Asked::default());
    let mail = desk.mail_of(&said.last().unwrap().id);
    (id, mail)
}

fn thread(desk: &Desk, id: &TicketId) -> (Status, Vec<(EntryKind, String)>) {
    let id = id.clone();
    desk.read(move |tx, ctx| {
        let mut all = tickets::thread(tx, ctx, &id, None, 100)?.0;
        all.reverse();
        Ok((tickets::get(tx, ctx, &id)?.status, all.into_iter().map(|e| (e.kind, e.body)).collect()))
    })
    .unwrap()
}

fn count_tickets(desk: &Desk) -> i64 {
    let count = store::Stmt::built("SELECT COUNT(*) FROM tickets WHERE merchant_id = $1".into());
    desk.read(move |tx, ctx| Ok(tx.one(&count, &[&ctx.merchant], |r| r.get(0))?)).unwrap()
}

fn report(mail: &MailId, to: &str, (action, status): (&str, &str)) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: desk@shop.example\r\nSubject: Undeliverable\r\nMessage-ID: <{status}.{action}.{to}@mx>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n\
        Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b\r\n\
        Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{mail}@shop.example>\r\n\r\n--b--\r\n"
    )
}

fn sent(desk: &Desk, to: &CustomerId) -> MailId {
    let draft = Draft { subject: "Hello".into(), body: "b".into(), ..Draft::default() };
    desk.mail_of(&desk.write_to(to, draft).unwrap())
}

fn bounced(desk: &Desk, email: &'static str) -> bool {
    desk.read(move |tx, ctx| crate::addresses::standing(tx, ctx, email)).unwrap().is_some()
}

store::db_test! {
    crate::migrations();

    fn an_automatic_answer_opens_nothing_and_nobody_is_to_answer_it(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let help = mailbox(&desk, "help@shop.example", true);
        let (ticket, mail) = answered(&desk, &ana, Status::Solved);
        let away = format!("In-Reply-To: <{mail}@shop.example>\r\nAuto-Submitted: auto-replied (vacation)\r\nX-Auto-Response-Suppress: All\r\n");
        came(&desk.days(1), Some(&help), &plain("ana@example.com", "Automatic reply: The grinder", "o@x", &away));
        let (status, said) = thread(&desk, &ticket);
        assert_eq!((status, said.len(), said[1].0), (Status::Solved, 2, EntryKind::Message), "it stands in the thread and moves nothing");
        assert!(desk.part(Inbox::Waiting).is_empty());
        for (n, header) in ["Auto-Submitted: auto-generated", "Precedence: auto_reply", "precedence: Bulk", "X-Auto-Response-Suppress: OOF"].iter().enumerate() {
            came(&desk.days(2), Some(&help), &plain("ana@example.com", &format!("News {n}"), &format!("n{n}@x"), &format!("{header}\r\n")));
        }
        assert_eq!((count_tickets(&desk), desk.part(Inbox::Waiting).len()), (1, 0));
        // What a person wrote waits on, whatever a machine says behind it.
        came(&desk.days(3), Some(&help), &plain("ana@example.com", "Where is it", "q@x", "Auto-Submitted: no\r\n"));
        came(&desk.days(4), Some(&help), &plain("ana@example.com", "Where is it", "r@x", "Auto-Submitted: auto-replied\r\n"));
        assert_eq!((count_tickets(&desk), desk.part(Inbox::Waiting).len()), (2, 1));
    }

    fn a_form_of_the_shop_and_a_mailing_list_carry_the_words_of_a_person(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("site@shop.example", "Contact form", "f@x", "Reply-To: ana@example.com\r\nAuto-Submitted: auto-generated\r\n")).unwrap();
        assert_eq!(filed.customer, Some(ana));
        desk.file(&plain("ana@example.com", "By the group", "g@x", "Precedence: list\r\nList-Id: <info.shop.example>\r\n")).unwrap();
        assert_eq!(desk.part(Inbox::Waiting).len(), 2);
    }

    fn an_answer_that_comes_back_opens_its_ticket_again_and_says_so_there(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let (ticket, mail) = answered(&desk, &ana, Status::Waiting);
        came(&desk, None, report(&mail, "ana@example.com", ("delayed", "4.4.1")).as_bytes());
        assert_eq!((thread(&desk, &ticket).0, thread(&desk, &ticket).1.len()), (Status::Waiting, 2), "it is late alone");
        came(&desk, None, report(&mail, "ana@example.com", ("failed", "5.1.1")).as_bytes());
        let (status, said) = thread(&desk, &ticket);
        assert_eq!((status, said.len(), said[2].0), (Status::Open, 3, EntryKind::Note));
        assert!(said[2].1.starts_with("The mail to ana@example.com did not arrive."), "{}", said[2].1);
        assert!(bounced(&desk, "ana@example.com"));
    }

    fn a_question_that_waits_goes_on_waiting_when_an_older_mail_comes_back(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        let first = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let mail = desk.mail_of(&desk.answer(&first.entry, "Yes?").unwrap());
        desk.days(1).file(&plain("ana@example.com", "Re: Hi", "b@x", "")).unwrap();
        desk.days(2).file(report(&mail, "ana@example.com", ("failed", "5.1.1")).as_bytes()).unwrap();
        assert_eq!(desk.part(Inbox::Waiting).len(), 1);
    }

    fn every_form_of_report_marks_the_address(db) {
        let desk = Desk::new(db);
        let standard = |mail: &MailId, to: &str| report(mail, to, ("failed", "5.1.1"));
        let words = |mail: &MailId, body: &str| {
            format!("From: Mailer-Daemon@mx.example\r\nTo: desk@shop.example\r\nSubject: Failure\r\nMessage-ID: <w.{mail}@mx>\r\n\r\n{body}\r\n\r\nMessage-ID: <{mail}@shop.example>\r\nSubject: Hello\r\n")
        };
        for (which, email) in ["a@example.com", "b@example.com", "c@example.com", "d@example.com"].into_iter().enumerate() {
            let customer = desk.customer(email);
            let mail = sent(&desk, &customer);
            let raw = match which {
                0 => standard(&mail, email).replace("message/delivery-status", "message/global-delivery-status").replace("rfc822; ", "utf-8; "),
                1 => standard(&mail, email).replace("multipart/report; report-type=delivery-status;", "multipart/mixed;"),
                2 => words(&mail, &format!("This is the Postfix program at host mx.\r\n\r\n<{email}>: host mx said: 550 5.1.1 User unknown")),
                _ => words(&mail, &format!("Delivery to the following recipient failed permanently:\r\n\r\n     {email}\r\n\r\nThe error was: 550 5.1.1\r\n\r\n----- Original message -----")),
            };
            assert_eq!(came(&desk, None, raw.as_bytes()).customer, Some(customer), "{raw}");
            assert!(bounced(&desk, email), "{raw}");
        }
        // A person who passes such a part on, and words of a delay, mark nobody.
        let eve = desk.customer("eve@example.com");
        let mail = sent(&desk, &eve);
        let passed = standard(&mail, "eve@example.com").replace("multipart/report; report-type=delivery-status;", "multipart/mixed;").replace("MAILER-DAEMON@mx.example", "eve@example.com");
        came(&desk, None, passed.as_bytes());
        came(&desk, None, words(&mail, "This is a warning message only.\r\n\r\n<eve@example.com>: 451 4.4.1 timed out").as_bytes());
        assert!(!bounced(&desk, "eve@example.com"));
    }

    fn a_mail_that_is_too_large_says_nothing_of_the_address(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let (ticket, mail) = answered(&desk, &ana, Status::Waiting);
        came(&desk, None, report(&mail, "ana@example.com", ("failed", "5.3.4")).as_bytes());
        assert!(!bounced(&desk, "ana@example.com"));
        assert_eq!(thread(&desk, &ticket).0, Status::Open, "it did not arrive all the same");
    }

    fn our_own_mail_that_a_mailbox_gives_back_stands_once(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let (ticket, mail) = answered(&desk, &ana, Status::Waiting);
        let copy = format!("From: Shop <desk@shop.example>\r\nTo: ana@example.com\r\nSubject: The grinder\r\nMessage-ID: <{mail}@shop.example>\r\n\r\nWe look into it.\r\n");
        let filed = came(&desk, None, copy.as_bytes());
        assert_eq!((filed.new, filed.customer.as_ref(), desk.stream(&ana, Asked::default()).len()), (false, Some(&ana), 1));
        assert_eq!(thread(&desk, &ticket).1.len(), 1 + usize::from(!thread(&desk, &ticket).1[0].1.starts_with("We look")));
        // A domain beyond ASCII comes back in its other spelling.
        let bob = desk.customer("bob@bücher.example");
        let (_, mail) = answered(&desk, &bob, Status::Waiting);
        let other = format!("From: Shop <desk@shop.example>\r\nTo: bob@xn--bcher-kva.example\r\nSubject: The grinder\r\nMessage-ID: <{mail}@shop.example>\r\n\r\nWe look into it.\r\n");
        assert!(!came(&desk, None, other.as_bytes()).new);
        // Whoever takes the id of a mail of ours is heard all the same.
        let stolen = came(&desk, None, copy.replace("Shop <desk@shop.example>", "ana@example.com").replace("To: ana@", "To: desk2@").as_bytes());
        assert!(stolen.new);
    }

    fn a_message_id_that_another_mail_has_keeps_no_mail_away(db) {
        let desk = Desk::new(db);
        let (ana, ben) = (desk.customer("ana@example.com"), desk.customer("ben@example.com"));
        let of = |from: &str, words: &str| String::from_utf8(plain(from, "Contact", "contact-form-1@shop", "Date: Mon, 2 Jun 2025 10:00:00 +0000\r\n")).unwrap().replace("where is my order", words);
        let first = desk.file(of("ana@example.com", "one").as_bytes()).unwrap();
        let second = desk.file(of("ben@example.com", "two").as_bytes()).unwrap();
        assert_eq!((first.customer, second.customer.clone(), second.new), (Some(ana.clone()), Some(ben.clone()), true));
        // The same again is the same, both of them.
        assert_eq!(desk.file(of("ana@example.com", "one").as_bytes()).unwrap().entry, first.entry);
        let again = desk.file(of("ben@example.com", "two").as_bytes()).unwrap();
        assert_eq!((again.entry, again.new), (second.entry, false));
        // The same sender at another time with other words is heard, too; a list that adds a line to the same mail is not.
        let next = of("ana@example.com", "three").replace("10:00:00", "11:00:00");
        assert!(desk.file(next.as_bytes()).unwrap().new);
        assert!(!desk.file(of("ana@example.com", "one, says the list").as_bytes()).unwrap().new);
        // A scanner writes the same words each time, and each time it is another mail.
        assert!(desk.file(of("ana@example.com", "one").replace("10:00:00", "12:00:00").as_bytes()).unwrap().new);
        assert_eq!((desk.stream(&ana, Asked::default()).len(), desk.stream(&ben, Asked::default()).len()), (3, 1));
    }

    fn a_mail_to_two_mailboxes_opens_its_ticket_whichever_is_read_first(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        let (quiet, help) = (mailbox(&desk, "info@shop.example", false), mailbox(&desk, "help@shop.example", true));
        let raw = plain("ana@example.com", "Broken cup", "a@x", "");
        assert!(came(&desk, Some(&quiet), &raw).new);
        assert_eq!(count_tickets(&desk), 0);
        for _ in 0..2 {
            assert!(!came(&desk, Some(&help), &raw).new);
            assert_eq!(count_tickets(&desk), 1);
        }
        let other = plain("ana@example.com", "Another cup", "b@x", "");
        assert!(came(&desk, Some(&help), &other).new && !came(&desk, Some(&quiet), &other).new);
        assert_eq!(count_tickets(&desk), 2);
    }

    fn an_address_whose_domain_goes_beyond_ascii_is_known_in_both_ways(db) {
        let desk = Desk::new(db);
        let (bob, ann) = (desk.customer("bob@bücher.example"), desk.customer("ann@xn--bcher-kva.example"));
        assert_eq!(desk.file(&plain("bob@xn--bcher-kva.example", "Hi", "a@x", "")).unwrap().customer, Some(bob));
        assert_eq!(desk.file(&plain("ann@bücher.example", "Hi", "b@x", "")).unwrap().customer, Some(ann));
    }
}
