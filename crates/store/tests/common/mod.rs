//! Tables and helpers that several test files use.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses some of it, and a panic is a failed test

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use store::{Db, Error, Migration, Stmt, Tx};

pub static MIGRATIONS: &[Migration] = &[Migration::new(
    1,
    "payments",
    "CREATE TABLE payments (merchant_id TEXT NOT NULL, id TEXT NOT NULL, captured BIGINT NOT NULL, refunded BIGINT NOT NULL, raw BYTEA,
        change_stamp BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (merchant_id, id));
     CREATE TABLE parents (id TEXT PRIMARY KEY);
     CREATE TABLE children (id TEXT PRIMARY KEY, parent_id TEXT NOT NULL REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
)];

pub mod sql {
    store::statements! {
        pub ADD = "INSERT INTO payments (merchant_id, id, captured, refunded) VALUES ('m', $1, 5000, 0)";
        pub ADD_RAW = "INSERT INTO payments (merchant_id, id, captured, refunded, raw) VALUES ('m', $1, 5000, 0, $2)";
        pub DELETE = "DELETE FROM payments WHERE id = $1";
        pub IDS = r#"SELECT id FROM payments ORDER BY id COLLATE "C""#;
        pub LEFT = "SELECT captured - refunded FROM payments WHERE merchant_id = 'm' AND id = $1";
        pub REFUNDED = "SELECT refunded FROM payments WHERE merchant_id = 'm' AND id = $1";
        pub REFUND = "UPDATE payments SET refunded = refunded + $2 WHERE merchant_id = 'm' AND id = $1";
        pub STAMP = "UPDATE payments SET change_stamp = $2 WHERE merchant_id = 'm' AND id = $1";
        pub CHANGED = r#"SELECT id FROM payments WHERE change_stamp >= $1 ORDER BY id COLLATE "C""#;
        pub ORPHAN = "INSERT INTO children (id, parent_id) VALUES ($1, 'nobody')";
    }
}

pub fn ids(db: &Db) -> Vec<String> {
    db.read_now(|tx| tx.rows(&sql::IDS, &[], |row| row.get::<String>(0))).unwrap()
}

pub fn add(db: &Db, id: &'static str) -> Result<u64, Error> {
    db.write_now(move |tx| tx.exec(&sql::ADD, &[&id]))
}

pub fn stmt(text: &str) -> Stmt {
    Stmt::built(text.to_owned())
}

pub type Write = Box<dyn Fn(&mut Tx<'_>) -> Result<u64, Error> + Send + Sync>;

/// Something a closure can wait for, once or again.
pub struct Gate {
    open: Sender<()>,
    opened: Arc<Mutex<Receiver<()>>>,
}

impl Gate {
    pub fn new() -> Gate {
        let (open, opened) = channel();
        Gate { open, opened: Arc::new(Mutex::new(opened)) }
    }

    /// A function that waits until `open` was called once more.
    pub fn wait(&self) -> impl Fn() + Send + Sync + 'static {
        let opened = Arc::clone(&self.opened);
        move || opened.lock().unwrap().recv().unwrap()
    }

    /// For a closure that opens it.
    pub fn sender(&self) -> Sender<()> {
        self.open.clone()
    }

    pub fn open(&self) {
        self.open.send(()).unwrap();
    }
}

/// Waits, without sleeping, until something holds.
pub fn until(what: impl Fn() -> bool) {
    while !what() {
        std::thread::yield_now();
    }
}

/// Holds up the one writer while the writes queue up in this order behind it, then lets them go: they come as one batch.
pub fn as_one_batch(db: &Db, writes: Vec<Write>) -> Vec<Result<u64, Error>> {
    let (gate, started) = (Gate::new(), Gate::new());
    let wait = gate.wait();
    let tell = Mutex::new(started.sender());
    std::thread::scope(|scope| {
        let blocker = scope.spawn(move || {
            db.write_now(move |_| {
                tell.lock().unwrap().send(()).unwrap();
                wait();
                Ok::<(), Error>(())
            })
        });
        started.wait()();
        let mut queued = Vec::new();
        for (n, write) in writes.into_iter().enumerate() {
            queued.push(scope.spawn(move || db.write_now(write)));
            until(|| db.waiting().1 == n + 1);
        }
        gate.open();
        blocker.join().unwrap().unwrap();
        queued.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
