//! The schema's history, on both engines.
#![allow(clippy::unwrap_used)] // a panic is a failed test

mod common;

use store::testing::TestDb;
use store::{Db, Engine, Error, Inspection, Migration, Options, Schema, Target, db_test, testing};

const ONE: Migration = Migration::new(1, "one", "CREATE TABLE one (id TEXT PRIMARY KEY); INSERT INTO one VALUES ('x')");
const TWO: Migration = Migration {
    sqlite: Some("CREATE TABLE two (id TEXT PRIMARY KEY, engine TEXT NOT NULL DEFAULT 'sqlite')"),
    postgres: Some("CREATE TABLE two (id TEXT PRIMARY KEY, engine TEXT NOT NULL DEFAULT 'postgres')"),
    ..Migration::new(2, "two", "never used")
};

fn says(done: Result<usize, Error>, words: &str) {
    let text = done.unwrap_err().to_string();
    assert!(text.contains(words), "{text}");
}

fn count(db: &TestDb, table: &str) -> Result<i64, Error> {
    let stmt = common::stmt(&format!("SELECT COUNT(*) FROM {table}"));
    db.read_now(move |tx| tx.scalar(&stmt, &[]))
}

db_test! {
    &[];

    fn each_runs_once_and_later_ones_follow(db) {
        assert_eq!(db.migrate(&[ONE]), Ok(1));
        assert_eq!(db.migrate(&[ONE]), Ok(0));
        assert_eq!(db.migrate(&[ONE, TWO]), Ok(1));
        assert_eq!(count(db, "one"), Ok(1));
    }

    fn two_that_start_together_do_it_once(db) {
        let done = db.together(4, |_, _| Db::open(db.target(), testing::options()).unwrap().migrate(&[ONE, TWO]).unwrap());
        assert_eq!(done.iter().sum::<usize>(), 2);
        assert_eq!(count(db, "one"), Ok(1));
    }

    fn a_newer_database_and_an_edited_history_are_refused(db) {
        db.migrate(&[ONE, TWO]).unwrap();
        says(db.migrate(&[ONE]), "newer than this program");
        says(db.migrate(&[Migration { sql: "CREATE TABLE other (id TEXT)", ..ONE }, TWO]), "changed after it ran");
        says(db.migrate(&[Migration::new(0, "zero", "SELECT 1"), ONE, TWO]), "comes too late");
        says(db.migrate(&[TWO, ONE]), "does not come after");
    }

    fn a_look_says_how_far_the_schema_is_and_changes_nothing(db) {
        let look = || Inspection::open(db.target(), &Options::default()).unwrap();
        assert_eq!(look().schema(&[ONE, TWO]), Ok(Schema::Behind(2)));
        db.migrate(&[ONE]).unwrap();
        assert_eq!((look().schema(&[ONE]), look().schema(&[ONE, TWO])), (Ok(Schema::Current), Ok(Schema::Behind(1))));
        assert!(look().schema(&[TWO]).unwrap_err().to_string().contains("newer than this program"));
        assert_eq!(count(db, "one"), Ok(1));
        let add = common::stmt("INSERT INTO one (id) VALUES ('y')");
        assert!(look().read::<_, Error>(|tx| tx.exec(&add, &[])).is_err());
        assert_eq!(count(db, "one"), Ok(1));
        let (number, version) = look().version().unwrap();
        let is_sqlite = db.engine() == Engine::Sqlite;
        assert!(if is_sqlite { version.starts_with("3.") } else { number >= 150_000 }, "{version}");
        assert_eq!(look().journal().unwrap().as_deref(), is_sqlite.then_some("wal"));
        assert_eq!(look().clock().unwrap().is_some(), !is_sqlite);
    }

    fn one_that_fails_leaves_nothing(db) {
        let bad = Migration::new(2, "bad", "CREATE TABLE half (id TEXT PRIMARY KEY); INSERT INTO nowhere VALUES (1)");
        says(db.migrate(&[ONE, bad]), "migration 2 bad");
        assert!(count(db, "half").is_err());
        assert_eq!(count(db, "one"), Ok(1), "the one before it stays");
        assert_eq!(db.migrate(&[ONE, TWO]), Ok(1));
    }
}

#[test]
fn a_table_can_be_rebuilt_on_sqlite_but_not_so_that_rows_refer_to_nothing() {
    let db = testing::fresh(store::Engine::Sqlite, &[]);
    let base = Migration::new(
        1,
        "base",
        "CREATE TABLE p (id TEXT PRIMARY KEY); CREATE TABLE c (id TEXT REFERENCES p (id)); INSERT INTO p VALUES ('a'); INSERT INTO c VALUES ('a')",
    );
    let rebuild = Migration::new(
        2,
        "rebuild",
        "CREATE TABLE q (id TEXT PRIMARY KEY, n BIGINT); INSERT INTO q (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE q RENAME TO p",
    );
    let lose = Migration::new(3, "lose", "DELETE FROM p");
    assert_eq!(db.migrate(&[base, rebuild]), Ok(2));
    assert_eq!(count(&db, "c"), Ok(1));
    says(db.migrate(&[base, rebuild, lose]), "refer to nothing");
    assert_eq!(count(&db, "p"), Ok(1));
}

#[test]
fn a_target_is_read_as_people_write_it_and_never_shows_its_password() {
    assert_eq!(Target::parse("sqlite:data/x.db"), Ok(Target::Sqlite("data/x.db".into())));
    assert_eq!(Target::parse("/var/x.db"), Ok(Target::Sqlite("/var/x.db".into())));
    let url = Target::parse("postgres://u:geheim@db.example/reg?sslmode=require").unwrap();
    assert!(!format!("{url} {url:?}").contains("geheim"));
    assert!(format!("{url}").contains("db.example"));
    assert!(Target::parse("").is_err() && Target::parse("mysql://x").is_err());
    assert!(Db::open(&Target::Sqlite("/nowhere/at/all/x.db".into()), Options::default()).is_err());
    assert!(Db::open(&Target::Postgres("postgres://u@h/x?sslmode=maybe".into()), Options::default()).is_err());
}

#[cfg(unix)]
#[test]
fn the_file_is_nobody_elses() {
    let db = testing::fresh(store::Engine::Sqlite, &[ONE]);
    for file in std::fs::read_dir(db.folder().unwrap()).unwrap() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn a_copy_is_a_whole_database() {
    let db = testing::fresh(store::Engine::Sqlite, &[ONE]);
    let file = db.folder().unwrap().join("copy.db");
    db.copy_to(&file).unwrap();
    assert!(db.copy_to(&file).is_err(), "never over an existing file");
    let copy = Db::open(&Target::Sqlite(file), testing::options()).unwrap();
    assert_eq!(copy.migrate(&[ONE]), Ok(0));
}

#[test]
fn a_look_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(matches!(Inspection::open(&Target::Sqlite(path.clone()), &Options::default()), Err(Error::Unavailable(_))));
    assert!(!path.exists());
    std::fs::write(&path, "").unwrap();
    assert_eq!(Inspection::open(&Target::Sqlite(path), &Options::default()).unwrap().schema(&[ONE]), Ok(Schema::Empty));
}
