//! Mailboxes: set up, read so far, switched off.

use super::mailboxes::{self, Claimed, MailboxInput, Opened, Security};
use super::*;
use crate::kit::{MailboxId, Role};
use crate::orders::desk::refusal;
use crate::providers::Vault;

fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

fn input(address: &str) -> MailboxInput {
    MailboxInput {
        address: address.to_owned(),
        host: "imap.example.com".to_owned(),
        port: 993,
        security: Security::Tls,
        username: "desk".to_owned(),
        password: "pass word".to_owned(),
        folder: String::new(),
        makes_tickets: false,
    }
}

fn create(desk: &Desk, input: MailboxInput) -> Result<MailboxId> {
    desk.write(move |tx, ctx| mailboxes::create(tx, ctx, &vault(), &input))
}

fn claim(desk: &Desk, worker: &str) -> Option<Claimed> {
    let (worker, now) = (worker.to_owned(), desk.now());
    desk.write(move |tx, _| mailboxes::claim(tx, &worker, now)).unwrap()
}

fn opened(desk: &Desk, claimed: &Claimed) -> Opened {
    let (claimed, now) = (claimed.clone(), desk.now());
    desk.read(move |tx, _| mailboxes::opened(tx, &vault(), &claimed, now)).unwrap()
}

fn took(desk: &Desk, claimed: &Claimed, uid: i64, raw: &[u8]) -> Result<Filed> {
    let (claimed, mail, now) = (claimed.clone(), parse(raw), desk.now());
    desk.write(move |tx, _| mailboxes::took(tx, &claimed, (9, uid), (&mail, ""), now))
}

store::db_test! {
    crate::migrations();

    fn a_mailbox_is_read_by_one_worker_and_on_from_where_it_was(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        create(&desk, input("desk@shop.example")).unwrap();
        let held = claim(&desk, "a").unwrap();
        assert_eq!(claim(&desk, "b"), None);
        let open = opened(&desk, &held);
        assert_eq!((open.password.as_str(), open.mailbox.folder.as_str(), open.uid_validity), ("pass word", "INBOX", 0));
        assert!(!format!("{open:?}").contains("pass word"));
        let (which, from, now) = (held.clone(), open.clone(), desk.now());
        assert_eq!(desk.write(move |tx, _| mailboxes::fresh(tx, &which, &from, 9)).unwrap(), now, "from now on");
        took(&desk, &held, 4, &plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        took(&desk, &held, 7, &plain("ana@example.com", "Re: Hi", "b@x", "")).unwrap();
        assert_eq!((opened(&desk, &held).uid_validity, opened(&desk, &held).last_uid), (9, 7));
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 2);
        // The worker dies; another goes on where it was, and the dead one can no longer write.
        let later = desk.at(desk.now() + 600_000_000);
        let next = claim(&later, "b").unwrap();
        assert_eq!(opened(&later, &next).last_uid, 7);
        assert_eq!(refusal(took(&later, &held, 8, &plain("ana@example.com", "x", "c@x", ""))), "moved");
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 2, "and what it filed is not there");
        let which = next.clone();
        let now = later.now();
        later.write(move |tx, _| mailboxes::done(tx, &which, Some("no such user"), now)).unwrap();
        assert_eq!(claim(&later, "a"), None);
        let shown = later.read(mailboxes::list).unwrap().remove(0);
        assert_eq!((shown.error.as_str(), shown.checked_at), ("no such user", Some(now)));
        assert!(claim(&later.at(now + 61_000_000), "a").is_some());
    }

    fn an_answer_goes_back_to_the_mailbox_it_came_by(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        create(&desk, input("first@shop.example")).unwrap();
        desk.write(|_, _| Ok(())).unwrap();
        let second = create(&desk.days(1), input("second@shop.example")).unwrap();
        let mail = parse(&plain("ana@example.com", "Hi", "a@x", ""));
        let filed = desk.write(move |tx, ctx| receive(tx, ctx, &mail, Arrival { mailbox: Some(&second), ..Arrival::default() })).unwrap();
        let id = desk.answer(&filed.entry, "b").unwrap();
        let mail = desk.mail_of(&id);
        let heading = desk.read(move |tx, ctx| heading(tx, ctx, &mail)).unwrap().unwrap();
        assert_eq!(heading.reply_to, "second@shop.example");
        // What the house itself wrote elsewhere, seen in the mailbox, is ours.
        let own = b"From: second@shop.example\r\nTo: ana@example.com\r\nSubject: From a phone\r\nMessage-ID: <p@x>\r\n\r\nHello";
        let filed = desk.file(own).unwrap();
        let e = desk.read(move |tx, ctx| entry(tx, ctx, &filed.entry)).unwrap();
        assert_eq!((e.direction, e.address.as_str(), e.customer.is_some()), (Direction::Out, "ana@example.com", true));
    }

    fn what_is_wrong_with_a_mailbox_is_said(db) {
        let desk = Desk::new(db);
        let wrong = MailboxInput { address: "x".into(), host: "a b".into(), port: 0, username: " ".into(), password: String::new(), ..input("") };
        assert_eq!(refusal(create(&desk, wrong)), "address:invalid host:invalid port:invalid username:required password:required");
        let open = MailboxInput { security: Security::Plain, ..input("a@b.example") };
        assert_eq!(refusal(create(&desk, open.clone())), "security:invalid");
        create(&desk, MailboxInput { host: "127.0.0.1".into(), ..open }).unwrap();
        assert_eq!(refusal(create(&desk, input("A@b.example"))), "address:taken");
        let injected = MailboxInput { username: "a\r\nx".into(), password: "b\r\nc".into(), ..input("c@b.example") };
        assert_eq!(refusal(create(&desk, injected)), "username:invalid password:invalid");
        let looks = Desk { ctx: desk.f.staff(Role::Support), ..desk.clone() };
        assert_eq!(refusal(create(&looks, input("d@b.example"))), "forbidden settings");
    }

    fn switched_off_it_forgets_its_password(db) {
        let desk = Desk::new(db);
        let id = create(&desk, input("desk@shop.example")).unwrap();
        let which = id.clone();
        desk.write(move |tx, ctx| mailboxes::disable(tx, ctx, &which)).unwrap();
        assert_eq!(claim(&desk, "a"), None);
        let (which, kept) = (id.clone(), MailboxInput { password: String::new(), ..input("desk@shop.example") });
        assert_eq!(refusal(desk.write(move |tx, ctx| mailboxes::edit(tx, ctx, &vault(), &which, &kept))), "password:required");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(refusal(other.write(move |tx, ctx| mailboxes::disable(tx, ctx, &id))), "no mailbox");
    }
}
