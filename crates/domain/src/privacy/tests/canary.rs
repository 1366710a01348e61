//! After anonymising no byte of the old values is in the files: not in the database, its log, the data folder, or a database of PostgreSQL.

use std::fs;
use std::path::{Path, PathBuf};

use store::testing::{TestDb, fresh};
use store::{Engine, Target};

use super::plant::{plant, weak};
use super::*;
use crate::testing::NOW;

/// A word that stands nowhere else.
fn mark(engine: &str) -> String {
    format!("Canary7{engine}{}x", std::process::id())
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// Files that hold the word, however it is cut in large and small letters.
fn holding(all: &[PathBuf], mark: &str) -> Vec<PathBuf> {
    let finder = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build([mark.to_owned(), weak(mark)]).unwrap();
    all.iter().filter(|file| fs::read(file).is_ok_and(|bytes| finder.is_match(&bytes))).cloned().collect()
}

/// Plants, lets everything run, and says how many words there were.
fn story(db: &TestDb, folder: &Path, mark: &str) -> Desk {
    let desk = Desk::new(db);
    let ana = desk.customer("ana@example.com");
    let planted = plant(&desk, &ana, mark);
    assert!(planted > 90, "{planted} words");
    erase(&desk, &ana).unwrap();
    work(db, NOW);
    settled(db, folder, NOW);
    assert!(receipt(&desk, &ana).swept_at.is_some(), "{:?}", receipt(&desk, &ana));
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasure_words"), 0);
    desk
}

#[test]
fn no_byte_is_left_in_the_files_of_sqlite() {
    let db = fresh(Engine::Sqlite, crate::migrations());
    let Target::Sqlite(path) = db.target() else { panic!("not a file") };
    let (folder, mark) = (path.parent().unwrap().to_owned(), mark("s"));
    let desk = Desk::new(&db);
    let ana = desk.customer("ana@example.com");
    plant(&desk, &ana, &mark);
    assert!(!weak(&mark).to_lowercase().contains(&mark.to_lowercase()), "each is found by itself");
    let mut all = Vec::new();
    files(&folder, &mut all);
    assert!(!holding(&all, &mark).is_empty(), "the search finds what is there");
    erase(&desk, &ana).unwrap();
    work(&db, NOW);
    settled(&db, &folder, NOW);
    assert!(receipt(&desk, &ana).scrubbed_at.is_some());
    all.clear();
    files(&folder, &mut all);
    assert!(all.len() >= 2, "{all:?}");
    assert_eq!(holding(&all, &mark), Vec::<PathBuf>::new());
    assert!(
        desk.f
            .db
            .read_now::<_, crate::Error>(|tx| Ok(tx.scalar::<i64>(&store::Stmt::built("SELECT COUNT(*) FROM payments".into()), &[])?))
            .unwrap()
            > 0
    );
}

#[test]
fn no_byte_is_left_in_the_data_folder_of_postgresql_after_the_maintenance() {
    let db = fresh(Engine::Postgres, crate::migrations());
    let cluster = PathBuf::from(std::env::var("REGULARS_TEST_POSTGRES_DIR").expect("eval \"$(bin/postgres env)\"")).join("data");
    let (own, mark) = (tempfile::tempdir().unwrap(), mark("p"));
    let desk = story(&db, own.path(), &mark);
    let oid = count(&desk, "SELECT CAST(oid AS BIGINT) FROM pg_database WHERE datname = CURRENT_DATABASE()");
    let base = cluster.join("base").join(oid.to_string());
    assert!(base.is_dir(), "{}", base.display());
    let here = || {
        let mut all = Vec::new();
        for part in [base.clone(), cluster.join("pg_wal"), cluster.join("global"), cluster.join("pg_xact"), own.path().to_owned()] {
            files(&part, &mut all);
        }
        all
    };
    assert!(!holding(&here(), &mark).is_empty(), "before the maintenance they are there");
    crate::privacy::scrubbed(&db, &crate::kit::FixedClock(NOW), &|| db.maintain()).unwrap();
    assert_eq!(holding(&here(), &mark), Vec::<PathBuf>::new());
}

store::db_test! {
    crate::migrations();

    fn whatever_names_the_customer_is_empty_and_the_books_stay(db) {
        let folder = tempfile::tempdir().unwrap();
        let mark = mark("b");
        let desk = story(db, folder.path(), &mark);
        // What stays of a row says what was sold, and no longer to whom.
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM orders WHERE email = '' AND billing = '' AND name LIKE 'Anonymised customer %'"), 2);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM payments WHERE fingerprint = '' AND method_id IS NULL"), 2);
        for guests in ["orders", "payments", "invoices"] {
            assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {guests} WHERE customer_id IS NULL")), 1, "{guests}: a guest's stay a guest's");
        }
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM legal_copies"), 2);
        for gone in ["notes", "avatars", "external_ids", "customer_contacts", "payment_methods", "mails",
            // What the erasure itself told (the status) stands there; nothing from before does.
            "event_values WHERE LOWER(COALESCE(old, '')) LIKE '%canary%' OR LOWER(COALESCE(new, '')) LIKE '%canary%'", "list_states", "provider_waiting", "dispute_files"] {
            assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {gone}")), 0, "{gone}");
        }
        for emptied in ["provider_events WHERE LENGTH(body) > 0", "provider_calls WHERE payload <> ''", "replies WHERE body <> ''", "job_rows WHERE before IS NOT NULL", "imports WHERE file_name <> ''"] {
            assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {emptied}")), 0, "{emptied}");
        }
        let ledger = std::fs::read_to_string(folder.path().join("erasures.ledger")).unwrap();
        assert_eq!(ledger.lines().count(), 1);
        assert!(!ledger.to_lowercase().contains(&mark.to_lowercase()));
    }

    fn every_statement_that_the_register_makes_is_understood(db) {
        let written = crate::privacy::queries::ALL.iter().copied();
        for statement in written.chain(crate::privacy::clear::statements()).chain(sweep::statements()) {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
    }
}
