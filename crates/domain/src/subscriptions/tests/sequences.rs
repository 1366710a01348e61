//! Any row of days, successes, failures and acts: each period charged at most once, nothing behind the end, and what is kept is what the facts give.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::kit::Error;
use crate::subscriptions::{cancel_at_period_end, cancel_now, change_method, move_to, pause, receive, resume, retry, take_back};

#[derive(Clone, Debug)]
enum Step {
    Days(i8),
    Pass,
    Cancel(bool),
    TakeBack,
    Pause,
    Resume(Option<i8>),
    Move(i8),
    Card(usize),
    Retry,
    Receive,
    Answers,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1i8..20).prop_map(Step::Days),
        1 => (20i8..100).prop_map(Step::Days),
        3 => Just(Step::Pass),
        1 => prop::bool::weighted(0.3).prop_map(Step::Cancel),
        2 => Just(Step::TakeBack),
        1 => Just(Step::Pause),
        2 => prop::option::of(-1i8..20).prop_map(Step::Resume),
        1 => (-1i8..40).prop_map(Step::Move),
        2 => (0usize..6).prop_map(Step::Card),
        1 => Just(Step::Retry),
        2 => Just(Step::Receive),
        2 => Just(Step::Answers),
    ]
}

fn play(db: &Db, unit: usize, first: usize, trial: i64, steps: &[Step]) {
    let mut club = Club::new(db);
    let cards: Vec<Option<MethodId>> = [PAID, POOR, STOLEN, ASKING, SLOW].iter().map(|n| Some(club.card(n))).chain([None]).collect();
    let input = StartInput { cycle: Some((1, Unit::ALL[unit])), trial_days: Some(trial), ..club.input(cards[first].clone()) };
    let id = club.start(input);
    let zone = Zone::named("Europe/Paris").unwrap();
    for (n, step) in steps.iter().enumerate() {
        let day = |days: i8| zone.date(club.desk.now()).checked_add(jiff::Span::new().days(days)).unwrap();
        let done = match step {
            Step::Days(n) => {
                // The machine may be off on any of them: only the last has a pass.
                club = club.on(day(*n));
                club.pass();
                Ok(())
            }
            Step::Pass => {
                club.pass();
                Ok(())
            }
            Step::Cancel(true) => club.act(&id, cancel_now),
            Step::Cancel(false) => club.act(&id, cancel_at_period_end).map(drop),
            Step::TakeBack => club.act(&id, take_back),
            Step::Pause => club.act(&id, pause),
            Step::Resume(n) => {
                let day = n.map(day);
                club.act(&id, move |tx, ctx, id| resume(tx, ctx, id, day))
            }
            Step::Move(n) => {
                let day = day(*n);
                club.act(&id, move |tx, ctx, id| move_to(tx, ctx, id, day))
            }
            Step::Card(n) => {
                let card = cards[*n].clone();
                club.act(&id, move |tx, ctx, id| change_method(tx, ctx, id, card.as_ref()))
            }
            Step::Retry => club.act(&id, retry),
            Step::Receive => club.act(&id, |tx, ctx, id| receive(tx, ctx, id, MethodKind::Cash, None)).map(drop),
            Step::Answers => {
                club.desk = club.desk.at(club.desk.now() + 60_000_000);
                crate::providers::inbox::work(db, &FixedClock(club.desk.now()), &|| false).map(drop)
            }
        };
        assert!(matches!(done, Ok(()) | Err(Error::Conflict { .. } | Error::Invalid(_))), "{step:?}: {done:?}");
        if n % 4 == 3 {
            club.desk.verified();
        }
    }
    club.desk.verified();
    let end = club.course(&id).subscription;
    let settled: Vec<Micros> = paid(&club, &id);
    let periods = club.periods(&id);
    let days: BTreeSet<&String> = periods.iter().map(|(day, ..)| day).collect();
    assert_eq!(settled.len(), periods.iter().filter(|(_, s, _)| *s == PeriodState::Paid).count(), "each period at most once");
    assert!(days.len() == periods.len() || unit == 0, "no day twice: {periods:?}");
    if let Some(end) = end.ends_at.filter(|end| *end < club.desk.now()) {
        // Money that was asked for before the end may come behind it; nothing is asked for then.
        static ASKED: Stmt =
            Stmt::new("asked", "SELECT COUNT(*) FROM payments WHERE merchant_id = $1 AND subscription_id = $2 AND created_at > $3");
        let which = id.clone();
        let behind: i64 = club.desk.read(move |tx, ctx| Ok(tx.scalar(&ASKED, &[&ctx.merchant, &which, &(end + 1)])?)).unwrap();
        assert_eq!(behind, 0, "no charge after the end");
        assert_eq!(club.on(zone.date(club.desk.now()).checked_add(jiff::Span::new().days(400)).unwrap()).pass(), 0);
    }
}

fn paid(club: &Club, id: &SubscriptionId) -> Vec<Micros> {
    static PAID: Stmt =
        Stmt::new("paid", "SELECT paid_at FROM payments WHERE merchant_id = $1 AND subscription_id = $2 AND status = 'settled'");
    let id = id.clone();
    club.desk.read(move |tx, ctx| Ok(tx.rows(&PAID, &[&ctx.merchant, &id], |r| r.get(0))?)).unwrap()
}

fn sequences(engine: store::Engine, cases: u32) {
    let row = (0usize..4, 0usize..6, prop_oneof![Just(0i64), 1i64..20], prop::collection::vec(step(), 1..24));
    let mut runner = TestRunner::new(Config { cases, max_shrink_iters: 100, failure_persistence: None, ..Config::default() });
    runner
        .run(&row, |(unit, first, trial, steps)| {
            let db = store::testing::fresh(engine, crate::migrations());
            play(&db, unit, first, trial, &steps);
            Ok(())
        })
        .unwrap();
}

#[test]
fn whatever_happens_each_period_is_charged_at_most_once_on_sqlite() {
    sequences(store::Engine::Sqlite, 40);
}

#[test]
fn whatever_happens_each_period_is_charged_at_most_once_on_postgres() {
    sequences(store::Engine::Postgres, 5);
}
