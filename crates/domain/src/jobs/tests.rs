//! A job is worked once, whatever dies, and stops when it is told.

use serde_json::json;
use store::testing::TestDb;

use super::*;
use crate::kit::{Ctx, Error, FixedClock, IdSource, Result, Right};
use crate::testing::{Fixture, NOW};

/// Counts to ten, three at a time, and notes each number as a row of the job's result.
fn count(_: &mut store::Tx, _: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let from = job.done;
    let to = (from + 3).min(10);
    let mut seen: Vec<i64> = serde_json::from_value(job.result.clone()).unwrap_or_default();
    seen.extend(from..to);
    job.result = json!(seen);
    (job.done, job.total) = (to, 10);
    Ok(if to == 10 { Step::Done } else { Step::More })
}

fn refuse(_: &mut store::Tx, _: &Ctx, _: &Tools, _: &mut Job) -> Result<Step> {
    Err(Error::conflict("no", "The file is gone."))
}

fn break_down(_: &mut store::Tx, _: &Ctx, _: &Tools, _: &mut Job) -> Result<Step> {
    Err(Error::Internal("a fault".into()))
}

fn kinds() -> Kinds {
    Kinds::default().with("count", count).with("refuse", refuse).with("break", break_down)
}

fn ask(f: &Fixture, kind: &'static str) -> JobId {
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| enqueue(tx, &ctx, kind, &json!({}), 10)).unwrap()
}

fn look(f: &Fixture, id: &JobId) -> Job {
    let (ctx, id) = (f.ctx.clone(), id.clone());
    f.db.read_now(move |tx| load(tx, &ctx, &id)).unwrap()
}

fn work(db: &TestDb, now: i64) -> usize {
    run_all(db, &kinds(), &Tools::default(), &FixedClock(now), "worker", &|| false).unwrap()
}

fn take(db: &store::Db, worker: &'static str, now: i64) -> Option<Claimed> {
    db.write_now(move |tx| claim(tx, worker, now)).unwrap()
}

fn one_slice(db: &TestDb, held: &Claimed, now: i64) -> bool {
    let held = held.clone();
    db.write_now(move |tx| slice(tx, &kinds(), &Tools::default(), &held, now, &IdSource::System)).unwrap()
}

store::db_test! {
    crate::migrations();

    fn a_job_comes_to_its_end_and_leaves_the_queue(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "count");
        assert_eq!(work(db, NOW), 1);
        let job = look(&f, &id);
        assert_eq!((job.state, job.done, job.total, job.finished_at), (State::Done, 10, 10, Some(NOW)));
        assert_eq!(job.result, json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(work(db, NOW), 0);
    }

    fn a_worker_that_dies_loses_its_lease_and_the_next_goes_on_behind_its_last_slice(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "count");
        let dead = take(db, "dead", NOW).unwrap();
        assert!(one_slice(db, &dead, NOW));
        assert_eq!(take(db, "other", NOW + 30_000_000).map(|c| c.worker), None);
        assert_eq!(work(db, NOW + 61_000_000), 1);
        assert_eq!(look(&f, &id).result, json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        // The dead one was only slow: what it does now is not done twice.
        assert!(!one_slice(db, &dead, NOW + 62_000_000));
        assert_eq!(look(&f, &id).result, json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }

    fn a_cancelled_job_stops_behind_its_slice(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "count");
        let held = take(db, "worker", NOW).unwrap();
        assert!(one_slice(db, &held, NOW));
        let (ctx, job) = (f.ctx.clone(), id.clone());
        db.write_now(move |tx| cancel(tx, &ctx, &job)).unwrap();
        assert!(!one_slice(db, &held, NOW));
        assert_eq!((look(&f, &id).state, look(&f, &id).done), (State::Cancelled, 3));
        assert_eq!(work(db, NOW + 100_000_000), 0);
        let (ctx, job) = (f.ctx.clone(), id);
        assert!(matches!(db.write_now(move |tx| cancel(tx, &ctx, &job)), Err(Error::Conflict { code: "job_over", .. })));
    }

    fn a_refusal_fails_at_once_in_words_and_can_be_tried_again(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "refuse");
        work(db, NOW);
        assert_eq!((look(&f, &id).state, look(&f, &id).error.as_str()), (State::Failed, "The file is gone."));
        let (ctx, job) = (f.ctx.clone(), id.clone());
        db.write_now(move |tx| retry(tx, &ctx, &job)).unwrap();
        assert_eq!(look(&f, &id).state, State::Queued);
    }

    fn a_fault_of_ours_is_tried_again_with_growing_pauses_and_then_failed(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "break");
        let mut now = NOW;
        for tried in 1..=5 {
            assert_eq!(work(db, now), 1, "try {tried}");
            assert_eq!(work(db, now), 0, "no second try at once");
            now += 60_000_000;
        }
        assert_eq!((look(&f, &id).state, look(&f, &id).attempts), (State::Failed, 5));
        assert_eq!(look(&f, &id).error, "Something went wrong on our side.");
    }

    fn nobody_sees_or_steers_anothers_job(db) {
        let f = Fixture::new(db);
        let id = ask(&f, "count");
        let (stranger, job) = (f.other().ctx, id.clone());
        assert!(matches!(db.read_now(move |tx| load(tx, &stranger, &job)), Err(Error::NotFound("job"))));
        let colleague = f.staff(crate::kit::Role::Support);
        assert!(matches!(db.write_now(move |tx| cancel(tx, &colleague, &id)), Err(Error::Forbidden(Right::Settings))));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn of_many_workers_one_holds_a_job(db) {
        let f = Fixture::new(db);
        ask(&f, "count");
        let held = db.together(16, |n, db| {
            let name: &'static str = Box::leak(format!("w{n}").into_boxed_str());
            take(db, name, NOW).is_some()
        });
        assert_eq!(held.into_iter().filter(|h| *h).count(), 1);
    }
}
