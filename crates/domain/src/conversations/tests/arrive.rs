//! Mail that comes.

use super::*;
use crate::orders::desk::refusal;

store::db_test! {
    crate::migrations();

    fn a_mail_belongs_to_whose_address_it_carries_and_is_kept_once(db) {
        let desk = Desk::new(db);
        let (older, _younger) = (desk.customer("ana@example.com"), desk.days(1).customer("ana@example.com"));
        let raw = plain("\"Ana Ruiz\" <ANA@example.com>", "Order 12", "a@x", "");
        let filed = desk.days(2).file(&raw).unwrap();
        assert_eq!((filed.customer.as_ref(), filed.new), (Some(&older), true), "the oldest live one, case aside");
        let again = desk.days(3).file(&raw).unwrap();
        assert_eq!((again.entry, again.new), (filed.entry, false));
        let said = desk.stream(&older, Asked::default());
        let [e] = &said[..] else { panic!("{said:?}") };
        assert_eq!((e.kind, e.direction, e.author.as_str(), e.address.as_str()), (Kind::Mail, Direction::In, "Ana Ruiz", "ANA@example.com"));
        assert_eq!((e.subject.as_str(), e.body.as_str(), e.at), ("Order 12", "Hello there,\nwhere is my order?", desk.days(2).now()));
        assert_eq!(desk.part(Inbox::Waiting).len(), 1);
        assert!(desk.part(Inbox::Unknown).is_empty());
    }

    fn answers_follow_what_they_answer_then_the_subject(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let first = desk.file(&plain("ana@example.com", "Order 12", "a@x", "")).unwrap();
        let by_id = desk.file(&plain("ana@example.com", "Something else", "b@x", "References: <zz@x> <a@x>\r\n")).unwrap();
        let by_subject = desk.file(&plain("ana@example.com", "AW: order  12", "c@x", "")).unwrap();
        let other = desk.file(&plain("ana@example.com", "Another matter", "d@x", "")).unwrap();
        assert_eq!((&by_id.conversation, &by_subject.conversation), (&first.conversation, &first.conversation));
        assert_ne!(other.conversation, first.conversation);
        assert_ne!(desk.days(100).file(&plain("ana@example.com", "Order 12", "e@x", "")).unwrap().conversation, first.conversation, "too long ago");
        // Whoever quotes an id of somebody else's mail does not get into their conversation.
        let bob = desk.customer("bob@example.com");
        let stranger = desk.file(&plain("bob@example.com", "Order 12", "f@x", "In-Reply-To: <a@x>\r\n")).unwrap();
        assert_eq!(stranger.customer, Some(bob));
        assert_ne!(stranger.conversation, first.conversation);
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 5);
    }

    fn strangers_wait_until_somebody_says_who_they_are(db) {
        let desk = Desk::new(db);
        let one = desk.file(&plain("Bea <bea@example.com>", "Hi", "a@x", "")).unwrap();
        let two = desk.file(&plain("bea@example.com", "More", "b@x", "")).unwrap();
        assert_eq!((one.customer.clone(), desk.part(Inbox::Unknown).len()), (None, 2));
        assert_eq!(refusal(desk.answer(&one.entry, "Hello")), "no_customer");
        let which = one.conversation.clone();
        let made = desk.write(move |tx, ctx| make(tx, ctx, &which, &Newcomer::default())).unwrap();
        let bea = desk.get(&made);
        assert_eq!((bea.name.as_str(), bea.email.as_str()), ("Bea", "bea@example.com"));
        assert_eq!(desk.stream(&made, Asked::default()).len(), 2, "all they wrote before");
        assert!(desk.part(Inbox::Unknown).is_empty());
        let (which, to) = (two.conversation, made.clone());
        assert_eq!(refusal(desk.write(move |tx, ctx| link(tx, ctx, &which, &to))), "linked");

        let cy = desk.customer("cy@example.com");
        let third = desk.file(&plain("cy@work.example", "Hi", "c@x", "")).unwrap();
        let (which, to) = (third.conversation, cy.clone());
        desk.write(move |tx, ctx| link(tx, ctx, &which, &to)).unwrap();
        assert_eq!(desk.get(&cy).emails[0].value, "cy@work.example");
        assert_eq!(desk.file(&plain("cy@work.example", "Again", "d@x", "")).unwrap().customer, Some(cy), "known from now on");
    }

    fn put_aside_it_comes_back_with_the_next_word(db) {
        let desk = Desk::new(db);
        let one = desk.file(&plain("spam@example.com", "Buy", "a@x", "")).unwrap();
        let which = one.conversation.clone();
        desk.write(move |tx, ctx| close(tx, ctx, &which)).unwrap();
        assert_eq!((desk.part(Inbox::Unknown).len(), desk.part(Inbox::Aside).len()), (0, 1));
        desk.file(&plain("spam@example.com", "Re: Buy", "b@x", "")).unwrap();
        assert_eq!((desk.part(Inbox::Unknown).len(), desk.part(Inbox::Aside).len()), (1, 0));
        let which = one.conversation;
        assert_eq!(desk.read(move |tx, ctx| get(tx, ctx, &which)).unwrap().entries, 2);
    }

    fn a_merge_takes_the_stream_along_and_undo_gives_it_back(db) {
        let desk = Desk::new(db);
        let (ana, bob) = (desk.customer("ana@example.com"), desk.customer("bob@example.com"));
        let first = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let merge = desk.merge(&[&ana], &bob).unwrap().remove(0);
        let after = desk.file(&plain("ana@example.com", "Re: Hi", "b@x", "In-Reply-To: <a@x>\r\n")).unwrap();
        assert_eq!((after.customer.as_ref(), &after.conversation), (Some(&bob), &first.conversation));
        let answer = desk.answer(&after.entry, "Here").unwrap();
        assert_eq!(desk.stream(&bob, Asked::default()).len(), 3);
        desk.undo_merge(&merge.id).unwrap();
        assert_eq!((desk.stream(&ana, Asked::default()).len(), desk.stream(&bob, Asked::default()).len()), (3, 0), "what came since goes with it");
        let mail = desk.mail_of(&answer);
        let whose: Option<CustomerId> = desk.read(move |tx, ctx| Ok(tx.one(&crate::conversations::queries::MAIL, &[&ctx.merchant, &mail], |r| r.get(1))?)).unwrap();
        assert_eq!(whose, Some(ana));
    }

    fn nothing_is_too_broken_to_be_kept(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let mut all: Vec<Vec<u8>> = vec![
            b"".to_vec(),
            b"\0\0\0".to_vec(),
            b"no header at all".to_vec(),
            b"From: ana@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe\0x".to_vec(),
            b"From: a@b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!".to_vec(),
            b"From: =?utf-8?B?////?= <>\r\nSubject: =?x?y?z?=\r\nDate: yesterday\r\n\r\nx".to_vec(),
            format!("Message-ID: <{}>\r\nReferences: {}\r\nSubject: {}\r\n\r\nx", "m".repeat(5_000), "<r@x> ".repeat(3_000), "s".repeat(90_000)).into_bytes(),
        ];
        let mut nested = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n".to_owned();
        for n in 0..300 {
            nested.push_str(&format!("--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1));
        }
        all.push(nested.into_bytes());
        for cut in (0..400).step_by(7) {
            let whole = plain("ana@example.com", "=?utf-8?Q?=C3=A4?=", "cut@x", "Content-Type: text/html\r\n");
            all.push(whole[..cut.min(whole.len())].to_vec());
        }
        for (n, raw) in all.iter().enumerate() {
            desk.file(raw).unwrap_or_else(|e| panic!("{n}: {e}"));
        }
        assert!(!desk.stream(&ana, Asked::default()).is_empty());
    }

    fn mail_of_another_merchant_is_not_there(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert!(other.stream(&ana, Asked::default()).is_empty());
        let id = filed.entry.clone();
        assert_eq!(refusal(other.read(move |tx, ctx| entry(tx, ctx, &id))), "no entry");
        let id = filed.conversation.clone();
        assert_eq!(refusal(other.write(move |tx, ctx| close(tx, ctx, &id))), "no conversation");
        let theirs = other.file(&plain("ana@example.com", "Hi", "a@x", "In-Reply-To: <a@x>\r\n")).unwrap();
        assert!(theirs.new && theirs.customer.is_none() && theirs.conversation != filed.conversation);
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn the_same_mail_by_many_doors_at_once_is_one_entry(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = db.together(8, |_, _| desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap());
        assert_eq!(filed.iter().filter(|f| f.new).count(), 1);
        assert!(filed.iter().all(|f| f.entry == filed[0].entry));
        assert_eq!(desk.stream(&ana, Asked::default()).len(), 1);
    }
}
