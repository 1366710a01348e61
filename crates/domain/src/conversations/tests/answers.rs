//! Mail that goes, and what comes back of it.

use super::*;
use crate::kit::Role;
use crate::mail;
use crate::orders::desk::refusal;

fn draft(subject: &str, body: &str) -> Draft {
    Draft { subject: subject.to_owned(), body: body.to_owned(), ..Draft::default() }
}

fn letter(desk: &Desk) -> mail::Letter {
    let now = desk.now();
    let claimed = desk.write(move |tx, _| mail::claim(tx, "w", now)).unwrap().unwrap();
    desk.read(move |tx, _| mail::letter(tx, &claimed, now)).unwrap()
}

store::db_test! {
    crate::migrations();

    fn an_answer_goes_where_the_mail_came_from_and_names_it(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Order 12", "b@x", "References: <a@x>\r\n")).unwrap();
        let answer = desk.answer(&filed.entry, "It left today.\r\nBye").unwrap();
        let sent = letter(&desk);
        assert_eq!((sent.to.as_str(), sent.subject.as_str(), sent.body.as_str()), ("ana@example.com", "Re: Order 12", "It left today.\nBye"));
        assert_eq!(sent.answers, ["a@x", "b@x"]);
        assert!(!sent.from_name.is_empty() && sent.paper.is_none());
        assert!(desk.part(Inbox::Waiting).is_empty(), "answered");
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said[1].id.clone(), said[1].direction, said[1].sending.as_ref().unwrap().state), (answer.clone(), Direction::Out, mail::State::Sending));
        // Their next mail names ours, by whatever domain it left.
        let ours = desk.mail_of(&answer);
        let next = desk.file(&plain("ana@example.com", "", "c@x", &format!("In-Reply-To: <{ours}@whatever.example>\r\n"))).unwrap();
        assert_eq!(next.conversation, filed.conversation);
        let second = desk.answer(&next.entry, "Good").unwrap();
        assert_eq!(desk.read(move |tx, ctx| entry(tx, ctx, &second)).unwrap().subject, "Re:");
    }

    fn a_new_mail_needs_words_and_one_of_their_addresses(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        assert_eq!(refusal(desk.write_to(&ana, Draft::default())), "body:required subject:required");
        assert_eq!(refusal(desk.write_to(&ana, Draft { to: "eve@example.com".into(), ..draft("a", "b") })), "to:unknown");
        assert_eq!(refusal(desk.write_to(&ana, draft("a\r\nBcc: eve@example.com", "b"))), "subject:invalid");
        let large = NewFile { name: "x".into(), content_type: "text/plain\r\nX: y".into(), bytes: vec![0; 11 * 1024 * 1024] };
        assert_eq!(refusal(desk.write_to(&ana, Draft { files: vec![large.clone()], ..draft("a", "b") })), "files:too_large");
        let small = NewFile { bytes: b"hello".to_vec(), name: "../a\r\nb.txt".into(), ..large };
        let id = desk.write_to(&ana, Draft { files: vec![small], ..draft("About", "b") }).unwrap();
        let sent = letter(&desk);
        assert_eq!((sent.files[0].name.as_str(), sent.files[0].content_type.as_str()), ("ab.txt", "application/octet-stream"));
        let e = desk.read(move |tx, ctx| entry(tx, ctx, &id)).unwrap();
        let (entry, kept) = (e.id, e.files[0].id.clone());
        assert_eq!(desk.read(move |tx, ctx| file(tx, ctx, &entry, &kept)).unwrap().2, b"hello");
    }

    fn nobody_writes_to_the_archived_and_they_are_answered_all_the_same(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        desk.archive(&ana, true);
        assert_eq!(refusal(desk.write_to(&ana, draft("a", "b"))), "customer_inactive");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        assert_eq!(filed.customer, Some(ana), "what they say is kept");
        desk.answer(&filed.entry, "We closed your account.").unwrap();
    }

    fn reading_is_not_writing(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let looks = Desk { ctx: desk.f.staff(Role::ReadOnly), ..desk.clone() };
        assert_eq!(looks.stream(&ana, Asked::default()).len(), 1);
        for refused in [refusal(looks.write_to(&ana, draft("a", "b"))), refusal(looks.answer(&filed.entry, "b")), refusal(looks.file(&plain("a@b", "c", "z@x", "")))] {
            assert_eq!(refused, "forbidden write");
        }
    }

    fn what_the_house_sends_by_itself_stands_in_the_stream(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let id = ana.clone();
        desk.write(move |tx, ctx| {
            crate::kit::locks::customers(tx, ctx, &[&id])?;
            let mail = mail::put(tx, ctx, &mail::Draft { customer: Some(&id), ..mail::Draft::new("ana@example.com", "Invoice 1", "Attached.") })?;
            file_sent(tx, ctx, &id, &mail, ("ana@example.com", "Invoice 1", "Attached."))
        })
        .unwrap();
        let said = desk.stream(&ana, Asked::default());
        assert_eq!((said.len(), said[0].direction, said[0].subject.as_str()), (1, Direction::Out, "Invoice 1"));
    }
}
