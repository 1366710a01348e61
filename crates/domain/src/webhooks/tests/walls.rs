//! What must never happen: two senders with one message, a million events in memory, another merchant's events, a wrong right.

use super::*;
use crate::kit::{Error, Right};
use crate::orders::desk::refusal;

store::db_test! {
    crate::migrations();

    fn one_sender_holds_an_endpoint_and_a_dead_one_loses_it(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        for _ in 0..3 { desk.write(happen).unwrap(); }
        let now = desk.now();
        let dead = claim(&desk, "dead", now).unwrap();
        let half = next(&desk, &dead, now);
        assert!(claim(&desk, "other", now + 59 * SECOND).is_none(), "held");
        // It sent, and died before it could note it: the same messages go out again under the same ids.
        let heir = claim(&desk, "other", now + MINUTE).unwrap();
        let again = next(&desk, &heir, now + MINUTE);
        let ids = |r: &Round| r.messages.iter().map(|m| m.event.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&half), ids(&again));
        assert!(note(&desk, &heir, &again, 200, now + MINUTE).go_on);
        // It was not dead, only slow: what it notes changes nothing any more, and it does not go on.
        assert!(!note(&desk, &dead, &half, 500, now + MINUTE).go_on);
        assert!(deliveries(&desk, &all).iter().all(|(_, s)| *s == DeliveryState::Delivered));
        release(&desk, &dead);
        assert!(claim(&desk, "third", now + MINUTE).is_none(), "nothing is due");
    }

    fn of_many_senders_one_gets_an_endpoint(db) {
        let desk = Desk::new(db);
        endpoint(&desk, &["*"]);
        desk.write(happen).unwrap();
        let now = desk.now();
        let got = db.together(4, |n, db| db.write_now::<_, Error>(move |tx| send::claim(tx, &format!("w{n}"), true, true, now)).unwrap().is_some());
        assert_eq!(got.into_iter().filter(|g| *g).count(), 1);
    }

    fn a_round_is_small_however_much_waits_and_a_failing_endpoint_gets_one_message(db) {
        let desk = Desk::new(db);
        endpoint(&desk, &["*"]);
        for _ in 0..30 { desk.write(happen).unwrap(); }
        let now = desk.now();
        let held = claim(&desk, "a", now).unwrap();
        let round = next(&desk, &held, now);
        assert_eq!(round.messages.len(), 8);
        assert_eq!(note(&desk, &held, &round, 503, now).failed, 8);
        release(&desk, &held);
        assert!(claim(&desk, "a", now + 4 * SECOND).is_none(), "in peace");
        let quick = desk.write(move |tx, _| send::claim(tx, "a", true, false, now + 6 * SECOND)).unwrap();
        assert!(quick.is_none(), "it is kept away from those who answer");
        let held = claim(&desk, "a", now + 6 * SECOND).unwrap();
        assert_eq!(next(&desk, &held, now + 6 * SECOND).messages.len(), 1);
    }

    fn an_endpoint_is_of_one_merchant(db) {
        let desk = Desk::new(db);
        let other = desk.f.other();
        let (mine, theirs) = (endpoint(&desk, &["*"]), other.ctx.clone());
        let (id, ctx) = (mine.clone(), theirs.clone());
        let made = db.write_now::<_, Error>(move |tx| happen(tx, &theirs)).unwrap();
        assert_eq!(deliveries(&desk, &mine), []);
        db.write_now::<_, Error>(move |tx| {
            assert!(endpoints::list(tx, &ctx)?.is_empty());
            assert!(matches!(endpoints::get(tx, &ctx, &id), Err(Error::NotFound(_))));
            assert!(matches!(endpoints::rotate(tx, &ctx, &vault(), &id), Err(Error::NotFound(_))));
            assert!(matches!(endpoints::switch_off(tx, &ctx, &id, OffReason::Hand), Err(Error::NotFound(_))));
            assert!(matches!(endpoints::remove(tx, &ctx, &id), Err(Error::NotFound(_))));
            assert!(matches!(read::list(tx, &ctx, &id, None, None, 10), Err(Error::NotFound(_))));
            assert!(matches!(replay::one(tx, &ctx, &id, &made), Err(Error::NotFound(_))));
            Ok(())
        }).unwrap();
    }

    fn without_the_right_to_settings_nothing_is_seen_or_done(db) {
        let desk = Desk::new(db);
        let (mine, ctx) = (endpoint(&desk, &["*"]), desk.f.without(Right::Settings));
        db.write_now::<_, Error>(move |tx| {
            let forbidden = |e: Error| matches!(e, Error::Forbidden(Right::Settings));
            assert!(forbidden(endpoints::list(tx, &ctx).unwrap_err()));
            assert!(forbidden(endpoints::create(tx, &ctx, &vault(), &input("https://a.example.com/", &["*"])).unwrap_err()));
            assert!(forbidden(endpoints::edit(tx, &ctx, &mine, &input("https://a.example.com/", &["*"])).unwrap_err()));
            assert!(forbidden(endpoints::rotate(tx, &ctx, &vault(), &mine).unwrap_err()));
            assert!(forbidden(endpoints::switch_on(tx, &ctx, &mine).unwrap_err()));
            assert!(forbidden(replay::test(tx, &ctx, &mine).unwrap_err()));
            assert!(forbidden(read::counts(tx, &ctx, &mine).unwrap_err()));
            Ok(())
        }).unwrap();
    }

    fn there_are_no_more_than_twenty_and_none_without_a_good_address(db) {
        let desk = Desk::new(db);
        for _ in 0..MOST { endpoint(&desk, &["*"]); }
        assert_eq!(refusal(desk.write(|tx, ctx| endpoints::create(tx, ctx, &vault(), &input("https://a.example.com/", &["*"])).map(|m| m.id))), "too_many");
        match desk.write(|tx, ctx| endpoints::create(tx, ctx, &vault(), &input("http://169.254.169.254/latest", &[]))) {
            Err(Error::Invalid(p)) => assert_eq!(p.0.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["url", "events"]),
            other => panic!("{other:?}"),
        }
    }

    fn an_endpoint_that_is_off_is_sent_nothing(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        let event = desk.write(happen).unwrap();
        let id = all.clone();
        desk.write(move |tx, ctx| endpoints::switch_off(tx, ctx, &id, OffReason::Hand)).unwrap();
        assert!(claim(&desk, "a", desk.now()).is_none());
        let id = all.clone();
        assert_eq!(refusal(desk.write(move |tx, ctx| replay::test(tx, ctx, &id))), "switched_off");
        assert_eq!(refusal(desk.write(move |tx, ctx| replay::one(tx, ctx, &all, &event).map(|d| d.kind))), "switched_off");
    }

    fn an_event_that_was_taken_back_is_not_told(db) {
        let desk = Desk::new(db);
        let all = endpoint(&desk, &["*"]);
        let event = desk.write(happen).unwrap();
        desk.write(happen).unwrap();
        let drop = store::Stmt::built("DELETE FROM events WHERE id = $1".to_owned());
        desk.write(move |tx, _| Ok(tx.exec(&drop, &[&event])?)).unwrap();
        assert_eq!(send_all(&desk, 200, desk.now()), 1);
        assert_eq!(deliveries(&desk, &all), [("rate.set".to_owned(), DeliveryState::Delivered)]);
    }

    fn the_secret_stands_nowhere_in_the_database(db) {
        let desk = Desk::new(db);
        let made = desk.write(|tx, ctx| endpoints::create(tx, ctx, &vault(), &input("https://a.example.com/", &["*"]))).unwrap();
        let sealed = desk.read(|tx, _| Ok(tx.scalar::<String>(&store::Stmt::built("SELECT secrets FROM webhook_endpoints".to_owned()), &[])?)).unwrap();
        assert!(made.secret.starts_with("whsec_") && !sealed.contains(&made.secret[6..]));
        assert!(!format!("{:?}", shown(&desk, &made.id)).contains(&made.secret[6..]));
    }
}

/// With a million messages waiting, what a sender asks walks an index and sorts nothing.
#[test]
fn a_sender_reads_by_an_index() {
    let db = store::testing::fresh(store::Engine::Sqlite, crate::migrations());
    for statement in [
        &queries::READY,
        &queries::DUE,
        &queries::WAITING,
        &queries::FAILED,
        &queries::DELIVERIES,
        &queries::FORGET_ATTEMPTS,
        &queries::FAN_OUT,
        &queries::SPAN,
    ] {
        let parameters = (1..10).filter(|n| statement.text().contains(&format!("${n}"))).count();
        let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {}", statement.text()));
        let plan = db
            .read_now::<_, Error>(move |tx| {
                let nothing: Vec<&dyn store::Bind> = vec![&None::<String>; parameters];
                Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
            })
            .unwrap();
        for step in &plan {
            let sorts = step.contains("TEMP B-TREE") && !statement.text().contains("DISTINCT");
            assert!(
                !sorts && !step.starts_with("SCAN d") && !step.starts_with("SCAN webhook_deliveries") && !step.starts_with("SCAN events"),
                "{step}: {}",
                statement.text()
            );
            assert!(
                !(step.starts_with("SEARCH") && step.ends_with("(merchant_id=?)") && !step.contains(" w ")),
                "{step}: {}",
                statement.text()
            );
        }
    }
}
