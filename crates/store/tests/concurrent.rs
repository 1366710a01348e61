//! Many at once: what one writer hides on SQLite and PostgreSQL shows.
#![allow(clippy::unwrap_used)] // a panic is a failed test

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use common::{Gate, MIGRATIONS, add, ids, sql, until};
use store::testing;
use store::{Engine, Error, Lockable, Tx, db_test, db_test_concurrent};

static PAYMENT: Lockable = Lockable { rank: 3, table: "payments" };

/// Refunds so much if so much is left, as a verb does it: look, decide, write.
fn refund(tx: &mut Tx<'_>, id: &'static str, amount: i64, between: &dyn Fn()) -> Result<bool, Error> {
    let left: i64 = tx.scalar(&sql::LEFT, &[&id])?;
    between();
    if left < amount {
        return Ok(false);
    }
    tx.exec(&sql::REFUND, &[&id, &amount])?;
    Ok(true)
}

db_test_concurrent! {
    MIGRATIONS;

    fn thirty_two_refund_one_payment_and_no_more_than_was_captured(db) {
        add(db, "p").unwrap();
        let done = db.together(32, |_, db| {
            (0..10).filter(|_| db.write_now(|tx| {
                tx.lock(&PAYMENT, "m", &["p"])?;
                refund(tx, "p", 70, &|| {})
            }).unwrap()).count()
        });
        let granted: usize = done.iter().sum();
        assert_eq!(granted, 71, "71 times 70 fits into 5000");
        assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&sql::REFUNDED, &[&"p"])), Ok(4970));
    }

    fn stamps_rise_and_are_one_for_a_transaction(db) {
        let stamps = db.together(32, |_, db| db.write_now(|tx| {
            let (first, second) = (tx.stamp()?, tx.stamp()?);
            assert_eq!(first, second);
            Ok::<_, Error>(first)
        }).unwrap());
        let mut unique = stamps.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), 32);
        let horizon = db.read_now(|tx| tx.horizon()).unwrap();
        // On PostgreSQL a transaction of any other database holds the horizon back: then some are seen twice.
        assert!(db.engine() == Engine::Postgres || stamps.iter().all(|stamp| *stamp < horizon), "all are committed, so all lie before it");
    }
}

/// Why `Tx::lock` exists: with the same verb and without the lock, two look at once and both pay.
#[test]
fn without_the_lock_two_refund_what_is_there_once() {
    let db = testing::fresh(Engine::Postgres, MIGRATIONS);
    add(&db, "p").unwrap();
    let both_looked = Arc::new(Barrier::new(2));
    let done = db.together(2, |_, db| {
        let both_looked = Arc::clone(&both_looked);
        db.write_now(move |tx| {
            refund(tx, "p", 5000, &|| {
                both_looked.wait();
            })
        })
    });
    assert_eq!(done, [Ok(true), Ok(true)]);
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&sql::REFUNDED, &[&"p"])), Ok(10_000), "twice what was captured");
}

#[test]
fn two_that_wait_for_each_other_are_run_again() {
    let db = testing::fresh(Engine::Postgres, MIGRATIONS);
    add(&db, "a").unwrap();
    add(&db, "b").unwrap();
    let met = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let done = db.together(2, |n, db| {
        let (met, runs) = (Arc::clone(&met), Arc::clone(&runs));
        let first_time = Mutex::new(true);
        let (first, second) = if n == 0 { ("a", "b") } else { ("b", "a") };
        db.write_now(move |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            tx.exec(&sql::REFUND, &[&first, &1_i64])?;
            if std::mem::take(&mut *first_time.lock().unwrap()) {
                met.wait();
            }
            // The verb's own error hides the engine's; it is run again all the same.
            tx.exec(&sql::REFUND, &[&second, &1_i64]).map_err(|_| Error::NoRow)
        })
    });
    assert_eq!(done, [Ok(1), Ok(1)]);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(db.read_now(|tx| tx.scalar::<i64>(&sql::REFUNDED, &[&"a"])), Ok(2));
}

/// A takes its stamp first and commits last; a reader that looked in between finds it the next time.
#[test]
fn a_late_commit_is_not_missed_by_who_reads_from_the_horizon() {
    let db = testing::fresh(Engine::Postgres, MIGRATIONS);
    add(&db, "a").unwrap();
    add(&db, "b").unwrap();
    let changed = |from: i64| {
        db.read_now(move |tx| Ok::<_, Error>((tx.rows(&sql::CHANGED, &[&from], |row| row.get::<String>(0))?, tx.horizon()?))).unwrap()
    };
    let (started, may_commit) = (Gate::new(), Gate::new());
    let (tell, wait) = (Mutex::new(started.sender()), may_commit.wait());
    std::thread::scope(|scope| {
        let late = scope.spawn(|| {
            db.write_now(move |tx| {
                let stamp = tx.stamp()?;
                tx.exec(&sql::STAMP, &[&"a", &stamp])?;
                tell.lock().unwrap().send(()).unwrap();
                wait();
                Ok::<_, Error>(stamp)
            })
        });
        started.wait()();
        let early = db.write_now(|tx| {
            let stamp = tx.stamp()?;
            tx.exec(&sql::STAMP, &[&"b", &stamp]).map(|_| stamp)
        });
        let (seen, horizon) = changed(1);
        assert_eq!(seen, ["b"]);
        may_commit.open();
        let (late, early) = (late.join().unwrap().unwrap(), early.unwrap());
        assert!(late < early, "the late commit has the lower stamp");
        assert_eq!(changed(early + 1).0, Vec::<String>::new(), "who reads from the highest stamp seen misses it");
        assert_eq!(changed(horizon).0, ["a", "b"]);
    });
}

db_test! {
    MIGRATIONS;

    fn a_reader_that_reads_from_its_horizon_sees_each_change(db) {
        add(db, "a").unwrap();
        let changed = |from: i64| db.read_now(move |tx| Ok::<_, Error>((tx.rows(&sql::CHANGED, &[&from], |row| row.get::<String>(0))?, tx.horizon()?))).unwrap();
        let change = || db.write_now(|tx| { let stamp = tx.stamp()?; tx.exec(&sql::STAMP, &[&"a", &stamp]) }).unwrap();
        let (_, first) = changed(0);
        assert!(changed(first).0.is_empty());
        change();
        let (seen, second) = changed(first);
        assert_eq!(seen, ["a"]);
        // On PostgreSQL a transaction of any other database may hold the horizon back: then it is seen twice.
        assert!(db.engine() == Engine::Postgres || changed(second).0.is_empty());
        let rolled_back: Result<i64, Error> = db.write_now(|tx| tx.stamp().and(Err(Error::NoRow)));
        assert!(rolled_back.is_err());
        change();
        assert_eq!(changed(second).0, ["a"]);
        assert!(db.read_now(|tx| tx.stamp()).is_err(), "a read writes no stamp");
    }
}

static KILL: store::Stmt = store::Stmt::new("kill", "SELECT pg_terminate_backend($1)");
static WHO: store::Stmt = store::Stmt::new("who", "SELECT pg_backend_pid()");
static ALIVE: store::Stmt = store::Stmt::new("alive", "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1");

/// Ends a backend and waits until it is gone.
fn kill(by: &store::Db, pid: i32) {
    assert_eq!(by.read_now(move |tx| tx.scalar::<bool>(&KILL, &[&pid])), Ok(true));
    until(|| by.read_now(move |tx| tx.scalar::<i64>(&ALIVE, &[&pid])).unwrap() == 0);
}

#[test]
fn a_connection_that_the_server_ended_is_replaced_unseen() {
    let db = testing::fresh_with(Engine::Postgres, MIGRATIONS, store::Options { pool: 1, ..testing::options() });
    let other = store::Db::open(db.target(), testing::options()).unwrap();
    let pid: i32 = db.read_now(|tx| tx.scalar(&WHO, &[])).unwrap();
    kill(&other, pid);
    assert_eq!(add(&db, "a"), Ok(1));
    assert_ne!(db.read_now(|tx| tx.scalar::<i32>(&WHO, &[])), Ok(pid));
    let half_way = Mutex::new(true);
    let helper = other.clone();
    let done = db.write_now(move |tx| {
        tx.exec(&sql::ADD, &[&"b"])?;
        if std::mem::take(&mut *half_way.lock().unwrap()) {
            kill(&helper, tx.scalar(&WHO, &[])?);
        }
        tx.exec(&sql::ADD, &[&"c"])
    });
    assert_eq!(done, Ok(1), "nothing was committed, so it was run again");
    assert_eq!(ids(&db), ["a", "b", "c"]);
}

#[test]
fn a_connection_that_breaks_at_the_commit_leaves_the_outcome_unknown() {
    let db = testing::fresh_with(Engine::Postgres, MIGRATIONS, store::Options { pool: 1, ..testing::options() });
    let other = store::Db::open(db.target(), testing::options()).unwrap();
    let helper = other.clone();
    let done = db.write_now(move |tx| {
        tx.exec(&sql::ADD, &[&"a"])?;
        kill(&helper, tx.scalar(&WHO, &[])?);
        Ok::<(), Error>(())
    });
    assert_eq!(done, Err(Error::UnknownOutcome));
    assert_eq!(add(&db, "b"), Ok(1));
    assert_eq!(ids(&db), ["b"]);
}

#[test]
fn a_commit_that_postgres_refuses_is_known() {
    let db = testing::fresh(Engine::Postgres, MIGRATIONS);
    assert_eq!(db.write_now(|tx| tx.exec(&sql::ORPHAN, &[&"o"])), Err(Error::ForeignKey));
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let target = store::Target::parse("postgresql:///x?host=/nowhere/at/all&user=nobody").unwrap();
    let db = store::Db::open(&target, testing::options()).unwrap();
    assert!(matches!(db.read_now(|tx| tx.scalar::<i32>(&WHO, &[])), Err(Error::Unavailable(_))));
    assert!(matches!(db.migrate(&[]), Err(Error::Unavailable(_))));
}

#[test]
fn a_table_changed_by_a_migration_meanwhile_does_not_upset_prepared_statements() {
    let db = testing::fresh_with(Engine::Postgres, MIGRATIONS, store::Options { pool: 1, ..testing::options() });
    static STAR: store::Stmt = store::Stmt::new("star", "SELECT * FROM parents");
    let look = || db.read_now(|tx| tx.rows(&STAR, &[], |row| row.get::<String>(0)));
    assert_eq!(look(), Ok(vec![]));
    let other = store::Db::open(db.target(), testing::options()).unwrap();
    let alter = common::stmt("ALTER TABLE parents ADD COLUMN note TEXT");
    other.write_now(move |tx| tx.exec(&alter, &[])).unwrap();
    assert_eq!(look(), Ok(vec![]));
}
