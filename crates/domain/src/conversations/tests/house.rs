//! The stream: kinds, search, pages, speed; chats and calls.

use super::*;
use crate::kit::Micros;
use crate::orders::desk::refusal;

fn call(phone: &str, at: Micros, id: &str) -> CallInput {
    CallInput {
        customer: None,
        phone: phone.to_owned(),
        direction: Direction::In,
        outcome: Outcome::Missed,
        started_at: at,
        seconds: 0,
        author: String::new(),
        note: "Asked for Café beans".to_owned(),
        external_id: id.to_owned(),
    }
}

fn record(desk: &Desk, input: CallInput) -> Result<(EntryId, bool)> {
    desk.write(move |tx, ctx| record_call(tx, ctx, &input))
}

fn chat(desk: &Desk, input: ChatInput) -> Result<ConversationId> {
    desk.write(move |tx, ctx| open_chat(tx, ctx, &input))
}

fn message(desk: &Desk, chat: &ConversationId, direction: Direction, body: &str) -> Result<EntryId> {
    let (chat, input) = (chat.clone(), MessageInput { direction, author: String::new(), body: body.to_owned(), at: None });
    desk.write(move |tx, ctx| say(tx, ctx, &chat, &input))
}

store::db_test! {
    crate::migrations();

    fn one_stream_of_mails_chats_and_calls_newest_last(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let (id, phone) = (ana.clone(), "+34 612 345 678".to_owned());
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &id, crate::customers::CustomerEdit { phone: Some(phone.clone()), ..Default::default() })).unwrap();
        desk.file(&plain("ana@example.com", "Order 12", "a@x", "")).unwrap();
        let later = desk.days(1);
        let chat = chat(&later, ChatInput { email: "ANA@example.com".into(), name: "Ana".into(), ..ChatInput::default() }).unwrap();
        message(&later, &chat, Direction::In, "Is anybody there?").unwrap();
        message(&later, &chat, Direction::Out, "Yes.").unwrap();
        let last = desk.days(2);
        assert!(record(&last, call("0034612345678", last.now(), "CA1")).unwrap().1);
        assert!(!record(&last, call("0034612345678", last.now(), "CA1")).unwrap().1, "told twice");
        let kinds = |asked: Asked| desk.stream(&ana, asked).into_iter().map(|e| (e.kind, e.direction)).collect::<Vec<_>>();
        assert_eq!(kinds(Asked::default()), [(Kind::Mail, Direction::In), (Kind::Chat, Direction::In), (Kind::Chat, Direction::Out), (Kind::Call, Direction::In)]);
        assert_eq!(kinds(Asked { kind: Some(Kind::Chat), ..Asked::default() }).len(), 2);
        for (q, n) in [("CAFE", 1), ("order", 1), ("%", 0), ("anybody", 1), ("ana@EXAMPLE", 3)] {
            assert_eq!(kinds(Asked { q: q.into(), kind: None }).len(), n, "{q}");
        }
        assert_eq!(kinds(Asked { q: "anybody".into(), kind: Some(Kind::Call) }).len(), 0);
    }

    fn every_word_of_a_chat_is_told_and_stands_in_its_ticket(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let of_ana = chat(&desk, ChatInput { email: "ana@example.com".into(), ..ChatInput::default() }).unwrap();
        let entry = message(&desk, &of_ana, Direction::In, "Is anybody there?").unwrap();
        let (ticket, _) = desk.write(move |tx, ctx| crate::tickets::of_entry(tx, ctx, &entry)).unwrap();
        let later = desk.days(1);
        message(&later, &of_ana, Direction::Out, "Yes.").unwrap();
        message(&later, &of_ana, Direction::In, "Good.").unwrap();
        let thread = desk.read(move |tx, ctx| crate::tickets::thread(tx, ctx, &ticket, None, 10)).unwrap().0;
        assert_eq!(thread.iter().map(|e| e.body.as_str()).collect::<Vec<_>>(), ["Good.", "Yes.", "Is anybody there?"]);
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "chat", None, 50)).unwrap();
        let said: Vec<_> = told.entries.iter().rev().map(|e| (e.kind.as_str(), e.data["direction"].as_str())).collect();
        assert_eq!(said, [("chat.opened", None), ("chat.message", Some("in")), ("chat.message", Some("out")), ("chat.message", Some("in"))]);
    }

    fn what_strangers_say_is_told_without_their_words(db) {
        let desk = Desk::new(db);
        desk.file(&plain("bea@example.com", "A secret", "a@x", "")).unwrap();
        let unknown = chat(&desk, ChatInput { name: "Bea".into(), ..ChatInput::default() }).unwrap();
        message(&desk, &unknown, Direction::In, "Hello").unwrap();
        record(&desk, call("+34 600 000 000", desk.now(), "CA1")).unwrap();
        let kinds = store::Stmt::built("SELECT e.kind, COUNT(v.field) FROM events e LEFT JOIN event_values v ON v.merchant_id = e.merchant_id AND v.event_id = e.id
            WHERE e.merchant_id = $1 AND e.subject_kind = 'conversation' GROUP BY e.kind ORDER BY e.kind".into());
        let told = desk.read(move |tx, ctx| Ok(tx.rows(&kinds, &[&ctx.merchant], |r| Ok((r.get::<String>(0)?, r.get::<i64>(1)?)))?)).unwrap();
        let names: Vec<_> = told.iter().map(|(kind, values)| (kind.as_str(), *values)).collect();
        assert_eq!(names, [("call.recorded", 0), ("chat.message", 0), ("chat.opened", 0), ("mail.received", 0)]);
    }

    fn a_chat_is_closed_and_the_next_word_opens_it(db) {
        let desk = Desk::new(db);
        let id = chat(&desk, ChatInput { name: "Somebody".into(), ..ChatInput::default() }).unwrap();
        message(&desk, &id, Direction::In, "Hi").unwrap();
        assert_eq!(desk.part(Inbox::Unknown).len(), 1);
        let which = id.clone();
        desk.write(move |tx, ctx| close(tx, ctx, &which)).unwrap();
        assert!(desk.part(Inbox::Unknown).is_empty());
        message(&desk, &id, Direction::In, "Still there?").unwrap();
        assert_eq!(desk.part(Inbox::Unknown)[0].entries, 2);
        assert_eq!(refusal(message(&desk, &id, Direction::In, " ")), "body:required");
        let mail = desk.file(&plain("a@b.example", "Hi", "m@x", "")).unwrap().conversation;
        assert_eq!(refusal(message(&desk, &mail, Direction::In, "x")), "not_chat");
    }

    fn a_call_has_a_number_and_a_moment_that_is_over(db) {
        let desk = Desk::new(db);
        let wrong = CallInput { phone: "x".into(), seconds: -1, ..call("", desk.now() + 1, "") };
        assert_eq!(refusal(record(&desk, wrong)), "phone:invalid seconds:invalid started_at:invalid");
        record(&desk, call("+44 20 7946 0000", desk.now(), "")).unwrap();
        let waits = desk.part(Inbox::Unknown);
        assert_eq!((waits.len(), waits[0].kind, waits[0].address.as_str()), (1, Kind::Call, "+44 20 7946 0000"));
    }

    fn a_stream_is_read_back_page_by_page(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        for n in 0..7 {
            desk.file(&plain("ana@example.com", "Hi", &format!("{n}@x"), "")).unwrap();
        }
        let (mut seen, mut before) = (Vec::new(), PageKey::newest());
        loop {
            let (id, from) = (ana.clone(), before.clone());
            let page = desk.read(move |tx, ctx| stream(tx, ctx, &id, &Asked::default(), &from, 3)).unwrap();
            let Some(last) = page.last() else { break };
            before = PageKey { at: last.at, id: last.id.to_string() };
            seen.extend(page.into_iter().map(|e| e.id));
        }
        assert_eq!(seen.len(), 7);
        assert!(seen.is_sorted_by(|a, b| a > b), "none twice, newest first");
    }

    fn what_a_conversation_keeps_is_worked_out_again(db) {
        let desk = Desk::new(db);
        desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        desk.answer(&filed.entry, "b").unwrap();
        chat(&desk, ChatInput { name: "Somebody".into(), ..ChatInput::default() }).unwrap();
        assert_eq!(desk.differences(), []);
        desk.write(|tx, ctx| Ok(tx.exec(&store::Stmt::built("UPDATE conversations SET entries = 9 WHERE merchant_id = $1 AND kind = 'mail'".into()), &[&ctx.merchant])?)).unwrap();
        let found = desk.differences();
        assert_eq!((found.len(), found[0].what.as_str(), found[0].kept.as_str(), found[0].should_be.as_str()), (1, "entries", "9", "2"));
    }

    fn what_was_said_goes_when_a_customer_is_anonymised(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let answer = desk.answer(&filed.entry, "b").unwrap();
        let mail = desk.mail_of(&answer);
        // One that came before anybody gave her that address stays nobody's, and goes with her all the same.
        let (id, early) = (ana.clone(), desk.file(&plain("ana@work.example", "Hi", "w@x", "")).unwrap());
        desk.write(move |tx, ctx| crate::customers::edit(tx, ctx, &id, crate::customers::CustomerEdit { emails: Some(vec!["ana@work.example".into()]), ..Default::default() })).unwrap();
        let id = ana.clone();
        desk.write(move |tx, ctx| {
            let vault = crate::providers::Vault::new(&[7; 32])?;
            crate::privacy::anonymise(tx, ctx, &vault, &id, crate::privacy::Cause::Hand)
        })
        .unwrap();
        assert!(desk.stream(&ana, Asked::default()).is_empty());
        assert_eq!(refusal(desk.read(move |tx, ctx| crate::mail::get(tx, ctx, &mail))), "no mail");
        assert_eq!(refusal(desk.answer(&filed.entry, "c")), "no entry");
        assert_eq!(refusal(desk.read(move |tx, ctx| entry(tx, ctx, &early.entry))), "no entry");
        assert!(desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap().customer.is_none(), "nobody is known by that address any more");
    }

    fn what_was_said_goes_when_a_customer_is_deleted_for_good(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n")).unwrap();
        desk.answer(&filed.entry, "b").unwrap();
        let id = ana.clone();
        desk.write(move |tx, ctx| crate::customers::delete(tx, ctx, &id)).unwrap();
        let stranger = desk.file(&plain("ana@example.com", "Again", "b@x", "")).unwrap();
        assert_eq!(stranger.customer, None, "who is deleted is nobody’s address any more");
        assert_eq!(refusal(desk.answer(&filed.entry, "c")), "customer_deleted");
        let id = ana.clone();
        desk.write(move |tx, ctx| crate::customers::delete_permanently(tx, ctx, &id)).unwrap();
        assert_eq!(refusal(desk.read(move |tx, ctx| entry(tx, ctx, &filed.entry))), "no entry");
    }

    fn every_page_of_the_stream_walks_an_index(db) {
        let plans = [
            (&queries::STREAM, "entries_customer"),
            (&queries::STREAM_KIND, "entries_kind"),
            (&queries::OF_CONVERSATION, "entries_conversation"),
            (&queries::OF_OUTSIDE, "entries_outside"),
            (&queries::OF_MAIL, "entries_mail"),
        ];
        if db.engine() == store::Engine::Sqlite {
            for (statement, index) in plans {
                let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {}", statement.text()));
                let zeros: Vec<store::Value> = (0..statement.text().matches('$').count()).map(|_| store::Value::Text(String::new())).collect();
                let n = (1..=9).rev().find(|n| statement.text().contains(&format!("${n}"))).unwrap_or(0);
                let plan = db.read_now::<_, crate::Error>(move |tx| {
                    let params: Vec<&dyn store::Bind> = zeros.iter().take(n).map(|v| v as &dyn store::Bind).collect();
                    Ok(tx.rows(&explain, &params, |r| r.get::<String>(3))?.join("\n"))
                }).unwrap();
                assert!(plan.contains(index) && !plan.contains("SCAN e"), "{index}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{index}: {plan}");
            }
        }
    }
}
