//! The main story: an event happens, its message goes out once, and again until it arrived or three days are over.

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::jobs;
use crate::kit::{DAY, FixedClock};
use crate::privacy;

fn steps(desk: &Desk) {
    desk.customer("ana@example.com");
    desk.write(happen).unwrap();
}

store::db_test! {
    crate::migrations();

    fn each_event_becomes_one_message_for_each_endpoint_that_wants_it(db) {
        let desk = Desk::new(db);
        steps(&desk);
        let (all, some, other) = (endpoint(&desk, &["*"]), endpoint(&desk, &["customer.*"]), endpoint(&desk, &["order.created"]));
        steps(&desk);
        let waiting = |kinds: &[&str]| kinds.iter().map(|k| ((*k).to_owned(), DeliveryState::Waiting)).collect::<Vec<_>>();
        // What happened before is not told, and neither is that an endpoint was made.
        assert_eq!(deliveries(&desk, &all), waiting(&["customer.created", "rate.set"]));
        assert_eq!(deliveries(&desk, &some), waiting(&["customer.created"]));
        assert_eq!(deliveries(&desk, &other), []);
        assert_eq!(send_all(&desk, 204, desk.now()), 3);
        assert_eq!(send_all(&desk, 204, desk.now() + DAY), 0, "what arrived is never sent again");
        assert!(deliveries(&desk, &all).iter().all(|(_, s)| *s == DeliveryState::Delivered));
    }

    fn what_did_not_happen_is_not_told(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        let refused = desk.write(|tx, ctx| { happen(tx, ctx)?; Err::<(), _>(crate::Error::conflict("no", "no")) });
        assert!(refused.is_err());
        assert_eq!(deliveries(&desk, &all), []);
    }

    fn many_at_once_are_told_one_by_one(db) {
        let desk = Desk::new(db);
        let (all, orders) = (endpoint(&desk, &["*"]), endpoint(&desk, &["order.*"]));
        desk.write(|tx, ctx| {
            let mut many = Vec::new();
            let ids: Vec<crate::kit::CustomerId> = (0..3).map(|_| ctx.id()).collect();
            for id in &ids { many.push(Event::new("customer.created").of(id)); }
            crate::events::record_first(tx, ctx, many)
        }).unwrap();
        assert_eq!(deliveries(&desk, &all).len(), 3);
        assert_eq!(deliveries(&desk, &orders).len(), 0);
    }

    fn the_body_names_ids_and_fields_and_nothing_of_the_person(db) {
        let desk = Desk::new(db);
        endpoint(&desk, &["customer.*"]);
        let new = NewCustomer { name: "Ana Canary".into(), email: "canary@example.com".into(), phone: "+34 612 345 678".into(), ..NewCustomer::default() };
        let ana = desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id;
        let edit = customers::CustomerEdit { name: Some("Ana Canarias".into()), ..customers::CustomerEdit::default() };
        let who = ana.clone();
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, edit.clone())).unwrap();
        let held = claim(&desk, "a", desk.now()).unwrap();
        let round = next(&desk, &held, desk.now());
        let body: serde_json::Value = serde_json::from_str(&round.messages[1].body).unwrap();
        assert_eq!((body["type"].as_str(), body["data"]["customer"].as_str()), (Some("customer.edited"), Some(ana.as_str())));
        assert_eq!(body["data"]["event"].as_str(), Some(round.messages[1].event.as_str()));
        assert!(body["data"]["changed"].as_array().unwrap().contains(&"name".into()), "{body}");
        assert_eq!(body["timestamp"].as_str(), Some(crate::kit::rfc3339(desk.now()).as_str()));
        for m in &round.messages {
            assert!(!m.body.to_lowercase().contains("canar") && !m.body.contains("612"), "{}", m.body);
        }
    }

    fn what_a_receiver_answers_about_somebody_who_was_erased_is_not_kept(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["customer.*"]);
        let (ana, bo) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"));
        let held = claim(&desk, "a", desk.now()).unwrap();
        let round = next(&desk, &held, desk.now());
        // On its way while she is erased, and told of that itself.
        crate::privacy::tests::erase(&desk, &ana).unwrap();
        note(&desk, &held, &round, 200, desk.now());
        release(&desk, &held);
        assert!(send_all(&desk, 200, desk.now()) > 0);
        let answers = |who: &crate::kit::CustomerId| {
            let sql = store::Stmt::built(format!("SELECT a.answer, a.status FROM webhook_attempts a JOIN events e ON e.id = a.event_id WHERE e.customer_id = '{who}'"));
            desk.read(move |tx, _| Ok(tx.rows(&sql, &[], |r| Ok((r.get::<String>(0)?, r.get::<i64>(1)?)))?)).unwrap()
        };
        assert!(answers(&ana).len() > 1 && answers(&ana).iter().all(|a| *a == (String::new(), 200)), "{:?}", answers(&ana));
        assert!(answers(&bo).iter().all(|a| a.0 == "thanks") && !answers(&bo).is_empty());
        let _ = all;
    }

    fn a_message_that_does_not_arrive_is_tried_for_three_days_and_given_up(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        let event = desk.write(happen).unwrap();
        let (begin, mut now, mut tries) = (desk.now(), desk.now(), 0);
        // Every five seconds for a while, then every ten minutes: the pauses decide, not who looks.
        while now < begin + 4 * DAY {
            tries += send_all(&desk, 500, now);
            now += if now < begin + MINUTE { 5 * SECOND } else { 10 * MINUTE };
        }
        assert_eq!(tries, 10);
        let seen = { let (all, event) = (all.clone(), event.clone()); desk.read(move |tx, ctx| read::get(tx, ctx, &all, &event)).unwrap() };
        assert_eq!((seen.delivery.state, seen.delivery.words.as_str(), seen.attempts.len()), (DeliveryState::Failed, "It answered 500.", 10));
        let (last, first) = (seen.attempts[0].created_at, seen.attempts[9].created_at);
        assert!((72 * 60 * MINUTE..73 * 60 * MINUTE).contains(&(last - first)), "{}", last - first);
        assert_eq!(seen.attempts[0].answer, "thanks");
        assert_eq!(shown(&desk, &all).state, State::On, "three days are not five");
        // Somebody mends the receiver and asks for it again: the same id, and this time it arrives.
        let again = { let (all, event) = (all.clone(), event.clone()); desk.write(move |tx, ctx| replay::one(tx, ctx, &all, &event)).unwrap() };
        assert_eq!((again.state, again.attempts), (DeliveryState::Waiting, 0));
        let held = claim(&desk, "b", now).unwrap();
        let round = next(&desk, &held, now);
        assert_eq!(round.messages[0].event, event);
        note(&desk, &held, &round, 200, now);
        assert_eq!(deliveries(&desk, &all), [("rate.set".to_owned(), DeliveryState::Delivered)]);
        assert_eq!((shown(&desk, &all).failures, shown(&desk, &all).failing_since), (0, None));
    }

    fn an_endpoint_that_is_dead_for_days_is_switched_off_and_the_owner_is_told(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        let (begin, mut now) = (desk.now(), desk.now());
        while now < begin + 6 * DAY && shown(&desk, &all).state == State::On {
            desk.write(happen).unwrap();
            send_all(&desk, 0, now);
            now += 6 * 60 * MINUTE;
        }
        let end = shown(&desk, &all);
        assert_eq!((end.state, end.off_reason), (State::Off, OffReason::Dead));
        assert!(now - begin >= 5 * DAY);
        assert_eq!(desk.read(|tx, ctx| endpoints::given_up(tx, ctx)).unwrap(), 1);
        let mails = desk.read(|tx, ctx| Ok(tx.rows(&store::Stmt::built("SELECT recipient, body FROM mails WHERE merchant_id = $1".to_owned()), &[&ctx.merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?)).unwrap();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].0 == "olivia@example.com" && mails[0].1.contains("https://shop.example.com/hooks"), "{mails:?}");
        // What waited is given up, and what happens now is nobody's.
        tidied(&desk, now);
        let count = deliveries(&desk, &all).len();
        assert!(deliveries(&desk, &all).iter().all(|(_, s)| *s == DeliveryState::Failed));
        desk.write(happen).unwrap();
        assert_eq!(deliveries(&desk, &all).len(), count);
        let id = all.clone();
        desk.write(move |tx, ctx| endpoints::switch_on(tx, ctx, &id)).unwrap();
        desk.write(happen).unwrap();
        assert_eq!(deliveries(&desk, &all).len(), count + 1);
        assert_eq!(desk.read(|tx, ctx| endpoints::given_up(tx, ctx)).unwrap(), 0);
    }

    fn gone_is_gone_at_once(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        desk.write(happen).unwrap();
        assert_eq!(send_all(&desk, 410, desk.now()), 1);
        assert_eq!((shown(&desk, &all).state, shown(&desk, &all).off_reason), (State::Off, OffReason::Gone));
    }

    fn a_span_is_replayed_with_what_was_missed_and_without_what_arrived(db) {
        let desk = Desk::new(db);
        let some = endpoint(&desk, &["rate.*"]);
        desk.write(happen).unwrap();
        assert_eq!(send_all(&desk, 200, desk.now()), 1);
        let id = some.clone();
        desk.write(move |tx, ctx| endpoints::switch_off(tx, ctx, &id, OffReason::Hand)).unwrap();
        let later = desk.days(1);
        for _ in 0..250 { later.write(happen).unwrap(); }
        later.customer("bo@example.com");
        let id = some.clone();
        later.write(move |tx, ctx| endpoints::switch_on(tx, ctx, &id)).unwrap();
        let replayed = |all: bool| {
            let span = replay::Span { endpoint: some.clone(), from: desk.now() - DAY, until: later.now() + DAY, all };
            later.write(move |tx, ctx| replay::span(tx, ctx, &span)).unwrap();
            let kinds = jobs::Kinds::default().with(replay::KIND, replay::slice);
            jobs::run_all(db, &kinds, &jobs::Tools::default(), &FixedClock(later.now() + DAY), "worker", &|| false).unwrap();
            send_all(&later, 200, later.now() + DAY)
        };
        assert_eq!(replayed(false), 250);
        assert_eq!(replayed(false), 0);
        assert_eq!(replayed(true), 251);
        assert_eq!(deliveries(&desk, &some).len(), 200, "a page of a list");
    }

    fn a_test_goes_out_whatever_the_filter_says_and_to_nobody_else(db) {
        let desk = Desk::new(db);
        let (one, all) = (endpoint(&desk, &["order.*"]), endpoint(&desk, &["*"]));
        let id = one.clone();
        desk.write(move |tx, ctx| replay::test(tx, ctx, &id)).unwrap();
        assert_eq!(deliveries(&desk, &one), [("webhook.test".to_owned(), DeliveryState::Waiting)]);
        assert_eq!(deliveries(&desk, &all), []);
    }

    fn after_a_rotation_both_secrets_sign_for_a_day(db) {
        let desk = Desk::new(db);
        let sent = input("https://shop.example.com/hooks", &["*"]);
        let first = desk.write(move |tx, ctx| endpoints::create(tx, ctx, &vault(), &sent)).unwrap();
        let id = first.id.clone();
        let second = desk.write(move |tx, ctx| endpoints::rotate(tx, ctx, &vault(), &id)).unwrap();
        assert_ne!(first.secret, second.secret);
        desk.write(happen).unwrap();
        let held = claim(&desk, "a", desk.now()).unwrap();
        for (now, secrets) in [(desk.now(), vec![second.secret.clone(), first.secret.clone()]), (desk.now() + OVERLAP, vec![second.secret.clone()])] {
            let round = next(&desk, &held, now);
            let m = &round.messages[0];
            assert_eq!(m.timestamp, now / SECOND);
            assert_eq!(m.signature, signature::sign(&secrets, m.event.as_str(), m.timestamp, &m.body));
        }
        // With another key of the configuration nothing is signed and nothing is lost.
        let other = Vault::new(&[8; 32]).unwrap();
        let round = desk.read(move |tx, _| send::next(tx, &other, &held, crate::testing::NOW)).unwrap();
        assert!(round.unsendable.is_some());
    }

    fn a_secret_turned_twice_silences_nobody_and_the_tenth_in_a_day_is_refused(db) {
        let desk = Desk::new(db);
        let sent = input("https://shop.example.com/hooks", &["*"]);
        let first = desk.write(move |tx, ctx| endpoints::create(tx, ctx, &vault(), &sent)).unwrap();
        let turn = |desk: &Desk| { let id = first.id.clone(); desk.write(move |tx, ctx| endpoints::rotate(tx, ctx, &vault(), &id)) };
        let secrets = [turn(&desk).unwrap().secret, first.secret.clone()];
        let third = turn(&desk).unwrap().secret;
        desk.write(happen).unwrap();
        let held = claim(&desk, "a", desk.now()).unwrap();
        let m = next(&desk, &held, desk.now()).messages[0].clone();
        assert_eq!(m.signature, signature::sign(&[&[third], &secrets[..]].concat(), m.event.as_str(), m.timestamp, &m.body));
        (0..7).for_each(|_| drop(turn(&desk).unwrap()));
        assert!(matches!(turn(&desk), Err(crate::Error::Conflict { code: "too_many", .. })));
        turn(&desk.days(1)).unwrap();
    }

    fn other_systems_are_told_who_was_anonymised(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        endpoint(&desk, &["customer.anonymised"]);
        let who = ana.clone();
        desk.write(move |tx, ctx| privacy::anonymise(tx, ctx, &vault(), &who, privacy::Cause::Hand)).unwrap();
        let held = claim(&desk, "a", desk.now()).unwrap();
        let round = next(&desk, &held, desk.now());
        let body: serde_json::Value = serde_json::from_str(&round.messages[0].body).unwrap();
        assert_eq!((body["type"].as_str(), body["data"]["customer"].as_str()), (Some("customer.anonymised"), Some(ana.as_str())));
        assert_eq!(round.messages.len(), 1, "once");
    }

    fn what_is_old_is_forgotten_and_what_waits_is_not(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        desk.write(happen).unwrap();
        send_all(&desk, 200, desk.now());
        desk.write(happen).unwrap();
        let later = desk.days(31);
        while later.write(|tx, ctx| tidy::forget(tx, ctx)).unwrap() {}
        assert_eq!(deliveries(&desk, &all), [("rate.set".to_owned(), DeliveryState::Waiting)]);
        let id = all.clone();
        desk.write(move |tx, ctx| endpoints::remove(tx, ctx, &id)).unwrap();
        tidied(&desk, desk.now());
        for table in ["webhook_endpoints", "webhook_deliveries", "webhook_attempts", "webhook_wants"] {
            let count = store::Stmt::built(format!("SELECT COUNT(*) FROM {table}"));
            assert_eq!(desk.read(move |tx, _| Ok(tx.scalar::<i64>(&count, &[])?)).unwrap(), 0, "{table}");
        }
    }
}
