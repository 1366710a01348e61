//! Fresh databases for tests, on both engines, with the settings of production. PostgreSQL comes from `bin/postgres`: the migrations run
//! once into a template database, and each test gets a copy of it.

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use crate::migrate::checksum;
use crate::postgres::{Connector, Session};
use crate::{Db, Engine, Error, Migration, Options, Target};

/// A database of its own for one test; gone when dropped.
pub struct TestDb {
    db: Option<Db>,
    target: Target,
    owned: Owned,
}

enum Owned {
    Folder(tempfile::TempDir),
    Database { server: String, name: String },
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What tests run with: small, and not waiting for the disk (except those about durability, which say `durable: true`).
pub fn options() -> Options {
    Options { readers: 2, pool: 4, durable: false, ..Options::default() }
}

/// A fresh database with these migrations applied. Panics with what to do when there is no PostgreSQL.
pub fn fresh(engine: Engine, migrations: &[Migration]) -> TestDb {
    fresh_with(engine, migrations, options())
}

/// The same with options of one's own.
pub fn fresh_with(engine: Engine, migrations: &[Migration], options: Options) -> TestDb {
    match engine {
        Engine::Sqlite => sqlite(migrations, options),
        Engine::Postgres => postgres(migrations, options),
    }
}

fn sqlite(migrations: &[Migration], options: Options) -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = Target::Sqlite(folder.path().join("test.db"));
    let db = Db::open(&target, options).expect("open");
    db.migrate(migrations).expect("migrate");
    TestDb { db: Some(db), target, owned: Owned::Folder(folder) }
}

fn postgres(migrations: &[Migration], options: Options) -> TestDb {
    let server = std::env::var("REGULARS_TEST_POSTGRES").expect("run bin/test, or eval \"$(bin/postgres env)\"");
    let name = format!("regulars_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let template = template(&server, migrations);
    apart(&server, |session| {
        session
            .say(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .and_then(|()| session.say(&format!("CREATE DATABASE {name} TEMPLATE {template}")))
    });
    let target = Target::Postgres(with_database(&server, &name));
    let db = Db::open(&target, options).expect("open");
    TestDb { db: Some(db), target, owned: Owned::Database { server, name } }
}

/// The name of the database that holds these migrations, made by the first test that wants it while the others wait.
fn template(server: &str, migrations: &[Migration]) -> String {
    let all: String = migrations.iter().map(|m| format!("{} {} {} {:?}\n", m.version, m.name, m.sql, m.postgres)).collect();
    let name = format!("regulars_template_{}", checksum(&all));
    apart(server, |session| {
        session.say("SELECT pg_advisory_lock(7203114905522)")?;
        let mut there = false;
        session.each("SELECT 1 FROM pg_database WHERE datname = $1", &[crate::ValueRef::Text(&name)], &mut |_| {
            there = true;
            Ok(())
        })?;
        if there {
            return Ok(());
        }
        let building = format!("{name}_building");
        session.say(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"))?;
        session.say(&format!("CREATE DATABASE {building}"))?;
        let target = Target::Postgres(with_database(server, &building));
        Db::open(&target, Options { pool: 1, ..options() }).and_then(|db| db.migrate(migrations))?;
        session.say(&format!("DROP DATABASE IF EXISTS {name}; "))?;
        session.say(&format!("ALTER DATABASE {building} RENAME TO {name}"))
    });
    name
}

/// On a thread of its own, because a test may be an async one, and with a connection that ends with it.
fn apart(server: &str, run: impl FnOnce(&mut Session) -> Result<(), crate::error::Fault> + Send) {
    let done = std::thread::scope(|scope| {
        let work = || {
            let mut session = Arc::new(Connector::new(server)?).connect(None)?;
            run(&mut session).map_err(|fault| fault.error)
        };
        scope.spawn(work).join().unwrap_or_else(|_| Err(Error::Other("the thread panicked".to_owned())))
    });
    done.expect("PostgreSQL of the tests");
}

/// The same URL with another database's name.
fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a libpq URL");
    let (rest, query) = rest.split_once('?').map_or((rest, String::new()), |(rest, query)| (rest, format!("?{query}")));
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}/{name}{query}")
}

impl TestDb {
    /// Where it is, for a second `Db::open` or for a process of its own.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// `DATABASE_URL` for a process of its own.
    pub fn url(&self) -> String {
        match &self.target {
            Target::Sqlite(path) => format!("sqlite:{}", path.display()),
            Target::Postgres(url) => url.clone(),
        }
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> Option<&Path> {
        match &self.owned {
            Owned::Folder(folder) => Some(folder.path()),
            Owned::Database { .. } => None,
        }
    }

    /// Runs `f` on so many threads that begin together, and gives their results in order. A panic in one is the test's.
    pub fn together<R: Send>(&self, threads: usize, f: impl Fn(usize, &Db) -> R + Sync) -> Vec<R> {
        let barrier = Barrier::new(threads);
        let (barrier, f, db) = (&barrier, &f, &**self);
        std::thread::scope(|scope| {
            let begin = |n| {
                scope.spawn(move || {
                    barrier.wait();
                    f(n, db)
                })
            };
            let threads: Vec<_> = (0..threads).map(begin).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db.as_ref().expect("open until dropped")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db = None;
        if let Owned::Database { server, name } = &self.owned
            && !std::thread::panicking()
        {
            apart(server, |session| session.say(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    }
}

/// Makes of each function a module with two tests, `sqlite` and `postgres`. The first line names the migrations.
///
/// ```ignore
/// store::db_test! {
///     domain::migrations();
///     fn a_deleted_customer_is_gone(db) { db.write_now(…).unwrap(); }
/// }
/// ```
#[macro_export]
macro_rules! db_test {
    ($migrations:expr; $($(#[$meta:meta])* fn $name:ident($db:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;
            fn run($db: &$crate::testing::TestDb) $body
            $(#[$meta])*
            #[test]
            fn sqlite() {
                run(&$crate::testing::fresh($crate::Engine::Sqlite, $migrations));
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                run(&$crate::testing::fresh($crate::Engine::Postgres, $migrations));
            }
        })*
    };
}

/// As `db_test!`, with 32 connections, for faults that one writer hides: `db.together(32, |n, db| …)` begins 32 threads at once.
#[macro_export]
macro_rules! db_test_concurrent {
    ($migrations:expr; $($(#[$meta:meta])* fn $name:ident($db:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;
            fn run($db: &$crate::testing::TestDb) $body
            fn options() -> $crate::Options {
                $crate::Options { pool: 32, readers: 4, ..$crate::testing::options() }
            }
            $(#[$meta])*
            #[test]
            fn sqlite() {
                run(&$crate::testing::fresh_with($crate::Engine::Sqlite, $migrations, options()));
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                run(&$crate::testing::fresh_with($crate::Engine::Postgres, $migrations, options()));
            }
        })*
    };
}
