//! Who waits for whom, and for how long.
#![allow(clippy::unwrap_used)] // a panic is a failed test

mod common;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use common::{Gate, MIGRATIONS, add, ids, sql, until};
use store::testing::{self, TestDb};
use store::{Db, Engine, Error, Options, Stmt, db_test};

/// One connection, so that one closure can hold up all others, and short patience.
fn impatient(engine: Engine) -> TestDb {
    testing::fresh_with(
        engine,
        MIGRATIONS,
        Options { pool: 1, readers: 1, queue_deadline: Duration::from_millis(60), ..testing::options() },
    )
}

/// Holds up the writer while `meanwhile` runs.
fn while_busy<R>(db: &Db, meanwhile: impl FnOnce() -> R) -> R {
    let (gate, started) = (Gate::new(), Arc::new(Mutex::new(false)));
    std::thread::scope(|scope| {
        let (wait, begun) = (gate.wait(), Arc::clone(&started));
        let holder = scope.spawn(move || {
            db.write_slice_now(move |_| {
                *begun.lock().unwrap() = true;
                wait();
                Ok::<(), Error>(())
            })
        });
        until(|| *started.lock().unwrap());
        let done = meanwhile();
        gate.open();
        holder.join().unwrap().unwrap();
        done
    })
}

fn deadline(engine: Engine) {
    let db = impatient(engine);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    while_busy(&db, || {
        assert_eq!(add(&db, "a"), Err(Error::Deadline));
        assert_eq!(runtime.block_on(db.write(|tx| tx.exec(&sql::ADD, &[&"b"]))), Err(Error::Deadline));
    });
    assert!(ids(&db).is_empty(), "who was told no was not written after all");
    assert_eq!(runtime.block_on(db.write(|tx| tx.exec(&sql::ADD, &[&"c"]))), Ok(1));
}

#[test]
fn who_waits_too_long_is_refused_and_not_written_sqlite() {
    deadline(Engine::Sqlite);
}

#[test]
fn who_waits_too_long_is_refused_and_not_written_postgres() {
    deadline(Engine::Postgres);
}

#[test]
fn a_queue_has_an_end() {
    let db = testing::fresh_with(Engine::Sqlite, MIGRATIONS, Options { queue_length: 2, ..testing::options() });
    std::thread::scope(|scope| {
        let db = &*db;
        while_busy(db, || {
            for id in ["a", "b"] {
                let before = db.waiting().1;
                scope.spawn(move || add(db, id).unwrap());
                until(|| db.waiting().1 == before + 1);
            }
            assert_eq!(add(db, "c"), Err(Error::Busy));
        });
    });
    assert_eq!(ids(&db), ["a", "b"]);
}

#[test]
fn people_pass_slices_but_not_for_ever() {
    let db = testing::fresh(Engine::Sqlite, MIGRATIONS);
    let order = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        let db = &*db;
        let note = |what: &'static str| {
            let order = Arc::clone(&order);
            move |_: &mut store::Tx<'_>| {
                order.lock().unwrap().push(what);
                Ok::<(), Error>(())
            }
        };
        while_busy(db, || {
            let slice = note("slice");
            scope.spawn(move || db.write_slice_now(slice).unwrap());
            until(|| db.waiting().1 == 1);
            for n in 0..100 {
                let person = note("person");
                scope.spawn(move || db.write_now(person).unwrap());
                until(|| db.waiting().1 == n + 2);
            }
        });
    });
    let order = order.lock().unwrap();
    assert_eq!(order.iter().position(|what| *what == "slice"), Some(64));
    assert_eq!(order.len(), 101);
}

db_test! {
    MIGRATIONS;

    fn a_write_whose_caller_went_away_finishes(db) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let mut left = Box::pin(db.write(|tx| tx.exec(&sql::ADD, &[&"a"])));
        let first = left.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(left);
        assert!(matches!(first, Poll::Pending | Poll::Ready(Ok(1))));
        until(|| ids(db) == ["a"]);
    }

    fn a_read_is_one_snapshot(db) {
        add(db, "a").unwrap();
        let (gate, other) = (Gate::new(), Gate::new());
        let (opened, go_on) = (Mutex::new(gate.sender()), other.wait());
        std::thread::scope(|scope| {
            let reader = scope.spawn(move || db.read_now(move |tx| {
                let before = tx.rows(&sql::IDS, &[], |row| row.get::<String>(0))?;
                opened.lock().unwrap().send(()).unwrap();
                go_on();
                Ok::<_, Error>((before, tx.rows(&sql::IDS, &[], |row| row.get::<String>(0))?))
            }));
            gate.wait()();
            add(db, "b").unwrap();
            other.open();
            let (before, after) = reader.join().unwrap().unwrap();
            assert_eq!(before, after);
        });
        assert_eq!(ids(db), ["a", "b"]);
    }

    fn async_workers_can_use_and_drop_it(db) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let again = Db::open(db.target(), testing::options()).unwrap();
        runtime.block_on(async move {
            again.ping().await.unwrap();
            assert_eq!(again.write(|tx| tx.exec(&sql::ADD, &[&"a"])).await, Ok(1));
            assert_eq!(again.write_slice(|tx| tx.exec(&sql::ADD, &[&"b"])).await, Ok(1));
            tokio::spawn(async move { drop(again) }).await.unwrap();
        });
        assert_eq!(ids(db), ["a", "b"]);
    }
}

fn endless(engine: Engine) {
    static LONG: Stmt = Stmt::new(
        "long",
        "WITH RECURSIVE c (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < 100000000000) SELECT COUNT(*) FROM c",
    );
    let db = testing::fresh_with(engine, MIGRATIONS, Options { statement_timeout: Duration::from_millis(50), ..testing::options() });
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&LONG, &[])), Err(Error::Deadline));
    assert_eq!(db.write_now(|tx| tx.exec(&sql::ADD, &[&"a"]).and_then(|_| tx.scalar::<i64>(&LONG, &[]))), Err(Error::Deadline));
    assert!(ids(&db).is_empty());
    assert_eq!(add(&db, "b"), Ok(1));
}

/// Many short statements take longer than one may, and nobody stops them.
fn patient(engine: Engine) {
    static SHORT: Stmt = Stmt::new(
        "short",
        "WITH RECURSIVE c (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT COUNT(*) FROM c",
    );
    let limit = Duration::from_secs(1);
    let db = testing::fresh_with(engine, MIGRATIONS, Options { statement_timeout: limit, ..testing::options() });
    let long = move |tx: &mut store::Tx<'_>| {
        let start = std::time::Instant::now();
        while start.elapsed() < limit + limit / 10 {
            assert_eq!(tx.scalar::<i64>(&SHORT, &[])?, 5_000);
        }
        Ok::<_, Error>(())
    };
    assert_eq!(db.read_now(long), Ok(()));
    assert_eq!(db.write_now(long), Ok(()));
}

#[test]
fn each_statement_has_its_own_time_sqlite() {
    patient(Engine::Sqlite);
}

#[test]
fn each_statement_has_its_own_time_postgres() {
    patient(Engine::Postgres);
}

#[test]
fn what_runs_too_long_is_stopped_sqlite() {
    endless(Engine::Sqlite);
}

#[test]
fn what_runs_too_long_is_stopped_postgres() {
    endless(Engine::Postgres);
}
