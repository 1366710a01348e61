//! Killed at any step, restored from an old backup: the end is the same.

use store::Engine;
use store::testing::fresh;

use super::plant::plant;
use super::*;
use crate::dump;
use crate::kit::IdSource;
use crate::privacy::{Replayed, replay};
use crate::testing::NOW;

store::db_test! {
    crate::migrations();

    fn killed_after_the_verb_the_next_start_notes_and_sweeps(db) {
        let (desk, folder) = (Desk::new(db), tempfile::tempdir().unwrap());
        let ana = desk.customer("ana@example.com");
        plant(&desk, &ana, "Killed");
        erase(&desk, &ana).unwrap();
        assert!(!folder.path().join("erasures.ledger").exists(), "killed before anybody was answered");
        settled(db, folder.path(), NOW);
        assert!(receipt(&desk, &ana).noted_at.is_some());
        settled(db, folder.path(), NOW);
        assert_eq!(std::fs::read_to_string(folder.path().join("erasures.ledger")).unwrap().lines().count(), 1, "once");
        // A worker takes the pass, works a slice and dies.
        let dead = db.write_now(|tx| jobs::claim(tx, "dead", NOW)).unwrap().expect("a pass waits");
        db.write_now(move |tx| jobs::slice(tx, &kinds(), &Tools::default(), &dead, NOW, &IdSource::System)).unwrap();
        work(db, NOW + 61_000_000);
        settled(db, folder.path(), NOW + 61_000_000);
        assert!(receipt(&desk, &ana).swept_at.is_some());
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasure_words"), 0);
    }

    fn what_is_still_worked_on_is_looked_at_again_later(db) {
        let (desk, folder) = (Desk::new(db), tempfile::tempdir().unwrap());
        let ana = desk.customer("ana@example.com");
        plant(&desk, &ana, "Later");
        change(&desk, "UPDATE provider_events SET state = 'waiting'");
        erase(&desk, &ana).unwrap();
        work(db, NOW);
        settled(db, folder.path(), NOW);
        assert_eq!(receipt(&desk, &ana).swept_at, None);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM provider_events WHERE LENGTH(body) > 0"), 1, "its news is not lost");
        change(&desk, "UPDATE provider_events SET state = 'done'");
        desk.write(sweep::resume).unwrap();
        work(db, NOW);
        assert!(receipt(&desk, &ana).swept_at.is_some());
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM provider_events WHERE LENGTH(body) > 0"), 0);
    }

    fn at_a_restore_every_erasure_is_looked_for_however_many_there_are(db) {
        let desk = Desk::new(db);
        for n in 0..5 {
            let who = desk.customer(&format!("ana{n}@example.com"));
            change(&desk, &format!("INSERT INTO replies (merchant_id, actor_id, key, request_hash, status, location, body, created_at)
                SELECT id, 'a', 'k{n}', 'h', 201, '', '{{\"email\":\"ana{n}@example.com\"}}', 1 FROM merchants"));
            erase(&desk, &who).unwrap();
        }
        sweep::now_by(db, &desk.ctx, 2).unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasures WHERE swept_at IS NULL") + count(&desk, "SELECT COUNT(*) FROM replies WHERE body <> ''"), 0);
    }

    fn at_a_restore_one_that_must_wait_keeps_no_other_back(db) {
        let desk = Desk::new(db);
        for n in 0..5 {
            let who = desk.customer(&format!("ana{n}@example.com"));
            change(&desk, &format!("INSERT INTO replies (merchant_id, actor_id, key, request_hash, status, location, body, created_at)
                SELECT id, 'a', 'k{n}', 'h', 201, '', '{{\"email\":\"ana{n}@example.com\"}}', 1 FROM merchants"));
            if n == 0 {
                plant(&desk, &who, "Later");
                change(&desk, "UPDATE provider_events SET state = 'waiting'");
            }
            erase(&desk, &who).unwrap();
        }
        sweep::now_by(db, &desk.ctx, 2).unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM replies WHERE body LIKE '%@example.com%' AND body NOT LIKE '%ana0%'"), 0);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasures WHERE swept_at IS NULL"), 2, "the two of the first pass wait for a job");
    }

    fn two_at_once_are_one_erasure(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let all: Vec<_> = std::thread::scope(|s| {
            let both = [0, 1].map(|_| s.spawn(|| erase(&desk, &ana)));
            both.into_iter().map(|t| t.join().unwrap().unwrap().id).collect()
        });
        assert_eq!(all[0], all[1]);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasures"), 1);
    }
}

#[test]
fn a_backup_from_before_shows_nobody_who_was_erased_since() {
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let folder = tempfile::tempdir().unwrap();
        let (old, ledger) = (fresh(from, crate::migrations()), Ledger::of(folder.path()));
        let desk = Desk::new(&old);
        let (ana, bo) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"));
        plant(&desk, &ana, "Backup");
        // At the time of the backup something was still active; it was closed, and she was erased.
        change(&desk, "UPDATE orders SET state = 'open'");
        let file = folder.path().join("b.gz");
        dump::backup(&old, std::fs::File::create(&file).unwrap()).unwrap();
        change(&desk, "UPDATE orders SET state = 'closed'");
        erase(&desk, &ana).unwrap();
        settled(&old, folder.path(), NOW);
        let new = fresh(to, crate::migrations());
        dump::restore(&new, &file).unwrap();
        assert_eq!(replay(&new, &ledger, &vault(), &crate::kit::FixedClock(NOW)).unwrap().again, 1);
        assert_eq!(replay(&new, &ledger, &vault(), &crate::kit::FixedClock(NOW)).unwrap(), Replayed::default(), "nothing left to do");
        let back = Desk { f: crate::testing::Fixture { db: new.clone(), ..desk.f.clone() }, ..desk.clone() };
        assert!(back.get(&ana).email.ends_with("@anonymised.invalid"));
        assert_eq!(back.get(&bo).email, "bo@example.com");
        let copy = folder.path().join("c.gz");
        dump::backup(&new, std::fs::File::create(&copy).unwrap()).unwrap();
        let text = std::io::read_to_string(flate2::read::MultiGzDecoder::new(std::fs::File::open(&copy).unwrap())).unwrap().to_lowercase();
        assert!(
            !text.contains("backup-") && !text.contains("backupweak") && text.contains("bo@example.com"),
            "{}",
            text.find("backup-").map_or("", |at| &text[at..(at + 60).min(text.len())])
        );
    }
}
