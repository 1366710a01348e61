//! Group commit on SQLite, each rule proven by breaking it. What is real and what is played: the full disk is SQLite's own SQLITE_FULL, made
//! by a page limit instead of a full disk; the failing COMMIT is a real one, of a deferred foreign key, because no I/O error can be made here.
#![allow(clippy::unwrap_used)] // a panic is a failed test

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{MIGRATIONS, Write, add, as_one_batch, ids, sql};
use store::testing::{self, TestDb};
use store::{Db, Engine, Error, Options, Target, Tx};

fn small(pages: u32) -> TestDb {
    testing::fresh_with(Engine::Sqlite, MIGRATIONS, Options { max_pages: Some(pages), ..testing::options() })
}

fn insert(id: &'static str, runs: &Arc<AtomicUsize>) -> Write {
    let runs = Arc::clone(runs);
    Box::new(move |tx| {
        runs.fetch_add(1, Ordering::SeqCst);
        tx.exec(&sql::ADD, &[&id])
    })
}

fn insert_big(id: &'static str) -> Write {
    Box::new(move |tx| tx.exec(&sql::ADD_RAW, &[&id, &vec![1_u8; 1_000_000]]))
}

#[test]
fn a_full_disk_in_a_batch_costs_only_the_write_that_met_it() {
    let db = small(60);
    let runs = Arc::new(AtomicUsize::new(0));
    let swallowed: Write = Box::new(|tx| {
        let _hidden = tx.exec(&sql::ADD_RAW, &[&"d", &vec![1_u8; 1_000_000]]);
        Ok(1)
    });
    let done = as_one_batch(&db, vec![insert("a", &runs), insert_big("b"), insert("c", &runs), swallowed, insert("e", &runs)]);
    assert_eq!(done, [Ok(1), Err(Error::Full), Ok(1), Err(Error::Full), Ok(1)]);
    assert_eq!(ids(&db), ["a", "c", "e"]);
    assert!(runs.load(Ordering::SeqCst) > 3, "the whole batch was rolled back, so what was done before had to be done again");
}

#[test]
fn a_full_disk_heals_when_there_is_space_again() {
    let db = small(60);
    let fill = |n: usize| db.write_now(move |tx| tx.exec(&sql::ADD_RAW, &[&format!("x{n}"), &vec![0_u8; 20_000]]));
    let full = (0..100).find(|n| fill(*n) == Err(Error::Full)).unwrap();
    assert_eq!(ids(&db).len(), full);
    db.write_now(|tx| tx.exec(&sql::DELETE, &[&"x0"])).unwrap();
    assert_eq!(fill(1000), Ok(1));
}

#[test]
fn a_failed_commit_is_unknown_to_everybody_in_the_batch() {
    let db = testing::fresh(Engine::Sqlite, MIGRATIONS);
    let runs = Arc::new(AtomicUsize::new(0));
    let orphan: Write = Box::new(|tx| tx.exec(&sql::ORPHAN, &[&"o"]));
    let refused: Write = Box::new(|_| Err(Error::NoRow));
    let done = as_one_batch(&db, vec![insert("a", &runs), orphan, refused]);
    assert_eq!(done, vec![Err(Error::UnknownOutcome); 3]);
    assert_eq!(add(&db, "b"), Ok(1), "the connection was opened again");
    assert_eq!(ids(&db), ["b"]);
    assert_eq!(db.write_now(|tx| tx.exec(&sql::ORPHAN, &[&"o"])), Err(Error::UnknownOutcome), "also for one alone");
}

#[test]
fn one_that_fails_or_panics_leaves_the_rest_of_its_batch() {
    let db = testing::fresh(Engine::Sqlite, MIGRATIONS);
    let runs = Arc::new(AtomicUsize::new(0));
    let refuses: Write = Box::new(|tx| {
        tx.exec(&sql::ADD, &[&"b"])?;
        Err(Error::NoRow)
    });
    let panics: Write = Box::new(|tx| {
        tx.exec(&sql::ADD, &[&"c"])?;
        panic!("half way")
    });
    let taken: Write = Box::new(|tx| tx.exec(&sql::ADD, &[&"a"]));
    let done = as_one_batch(&db, vec![insert("a", &runs), refuses, panics, taken, insert("d", &runs)]);
    assert_eq!(done[..3], [Ok(1), Err(Error::NoRow), Err(Error::Panicked("half way".to_owned()))]);
    assert!(matches!(done[3], Err(Error::Unique { .. })));
    assert_eq!(done[4], Ok(1));
    assert_eq!(ids(&db), ["a", "d"]);
    assert_eq!(runs.load(Ordering::SeqCst), 2, "nobody had to run twice");
}

#[test]
fn production_settings_are_the_durable_ones() {
    let db = testing::fresh_with(Engine::Sqlite, MIGRATIONS, Options { durable: true, ..testing::options() });
    let ask = |name: &'static str| {
        let stmt = common::stmt(&format!("SELECT * FROM pragma_{name}"));
        db.write_now(move |tx| tx.one(&stmt, &[], |row| Ok(format!("{:?}", row.cell(0))))).unwrap()
    };
    assert_eq!(ask("synchronous"), "Some(Int(2))", "FULL");
    assert_eq!(ask("journal_mode"), "Some(Text(\"wal\"))");
    assert_eq!(ask("secure_delete"), "Some(Int(1))");
    assert_eq!(ask("foreign_keys"), "Some(Int(1))");
}

#[test]
fn erased_bytes_are_gone_after_the_checkpoint_and_a_reader_keeps_it_from_finishing() {
    let db = testing::fresh_with(Engine::Sqlite, MIGRATIONS, Options { durable: true, ..testing::options() });
    let secret = "a-name-to-forget-4711";
    let found = || {
        std::fs::read_dir(db.folder().unwrap())
            .unwrap()
            .any(|file| std::fs::read(file.unwrap().path()).unwrap().windows(secret.len()).any(|bytes| bytes == secret.as_bytes()))
    };
    add(&db, secret).unwrap();
    db.checkpoint().unwrap();
    assert!(found(), "the test can see it");
    db.spool(|tx| {
        tx.rows(&sql::IDS, &[], |row| row.get::<String>(0))?;
        db.write_now(move |tx| tx.exec(&sql::DELETE, &[&secret]))?;
        assert_eq!(db.checkpoint(), Err(Error::Busy));
        Ok::<(), Error>(())
    })
    .unwrap();
    db.checkpoint().unwrap();
    assert!(!found());
}

#[test]
fn another_process_that_writes_for_too_long_makes_it_busy() {
    let options = Options { busy_timeout: Duration::from_millis(20), ..testing::options() };
    let db = testing::fresh_with(Engine::Sqlite, MIGRATIONS, options);
    let other = rusqlite::Connection::open(db.folder().unwrap().join("test.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO payments (merchant_id, id, captured, refunded) VALUES ('m', 'z', 1, 1)").unwrap();
    assert_eq!(add(&db, "a"), Err(Error::Busy));
    assert!(ids(&db).is_empty(), "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(add(&db, "a"), Ok(1));
    assert_eq!(ids(&db), ["a", "z"]);
}

#[test]
fn long_work_of_another_process_lets_people_pass() {
    let options = Options { busy_timeout: Duration::from_secs(5), ..testing::options() };
    let db = testing::fresh_with(Engine::Sqlite, MIGRATIONS, options.clone());
    let other = Db::open(&Target::Sqlite(db.folder().unwrap().join("test.db")), options).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let stop = Arc::clone(&over);
        scope.spawn(move || {
            let mut n = 0;
            while !stop.load(Ordering::SeqCst) {
                n += 1;
                let slice = move |tx: &mut Tx<'_>| {
                    let began = Instant::now();
                    while began.elapsed() < Duration::from_millis(20) {}
                    tx.exec(&sql::ADD, &[&format!("slice {n}")])
                };
                other.write_slice_now(slice).unwrap();
            }
        });
        let done: Vec<_> = (0..20).map(|n| db.write_now(move |tx| tx.exec(&sql::ADD, &[&format!("person {n}")]))).collect();
        over.store(true, Ordering::SeqCst);
        assert_eq!(done, vec![Ok(1); 20]);
    });
}

#[test]
fn strict_tables_take_no_text_for_a_number() {
    let db = testing::fresh(Engine::Sqlite, MIGRATIONS);
    let wrong = common::stmt("INSERT INTO payments (merchant_id, id, captured, refunded) VALUES ('m', 'a', 'abc', 0)");
    assert!(db.write_now(move |tx| tx.exec(&wrong, &[])).is_err());
}
