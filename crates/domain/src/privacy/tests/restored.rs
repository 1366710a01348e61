//! A backup from while merges stood that were undone since: whoever was erased is erased again, and nobody else.

use std::path::Path;

use store::Engine;
use store::testing::{TestDb, fresh};

use super::*;
use crate::dump;
use crate::privacy::{Replayed, replay};
use crate::testing::NOW;

/// A desk whose backup is taken when the story says so.
struct Story {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Story {
    fn on(db: &TestDb) -> Self {
        Self { desk: Desk::new(db), folder: tempfile::tempdir().unwrap() }
    }

    fn backup(&self) {
        dump::backup(&self.desk.f.db, std::fs::File::create(self.folder.path().join("b.gz")).unwrap()).unwrap();
    }

    /// The desk of a database that the backup was restored into, after the ledger was played over it; twice, as at the next start.
    fn restored(&self, new: &TestDb) -> (Desk, Replayed) {
        let folder: &Path = self.folder.path();
        settled(&self.desk.f.db, folder, NOW);
        dump::restore(new, &folder.join("b.gz")).unwrap();
        let done = replay(new, &Ledger::of(folder), &vault(), &FixedClock(NOW + 1)).unwrap();
        settled(new, folder, NOW + 1);
        let next = replay(new, &Ledger::of(folder), &vault(), &FixedClock(NOW + 2)).unwrap();
        assert_eq!((next.again, &next.failed), (0, &done.failed), "what failed is told again, the rest is done");
        let desk = Desk { f: crate::testing::Fixture { db: (**new).clone(), ..self.desk.f.clone() }, ..self.desk.clone() };
        (desk, done)
    }
}

fn is_gone(desk: &Desk, id: &CustomerId) -> bool {
    let customer = desk.get(id);
    customer.email.ends_with("@anonymised.invalid") && customer.anonymised_at.is_some()
}

fn note(desk: &Desk, id: &CustomerId, body: &str) {
    let (id, body) = (id.clone(), body.to_owned());
    desk.write(move |tx, ctx| crate::customers::notes::add(tx, ctx, &id, &body).map(drop)).unwrap();
}

fn both(story: impl Fn(&Story, &TestDb)) {
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let (old, new) = (fresh(from, crate::migrations()), fresh(to, crate::migrations()));
        story(&Story::on(&old), &new);
    }
}

#[test]
fn a_standing_merge_whose_survivor_was_erased_goes_as_a_whole() {
    both(|story, new| {
        let desk = &story.desk;
        // Whichever way round the ids lie: the ledger is read in their order.
        let (a, b, c) = (desk.customer("a@example.com"), desk.customer("b@example.com"), desk.customer("c@example.com"));
        let (d, e) = (desk.customer("d@example.com"), desk.customer("e@example.com"));
        desk.merge(&[&a], &b).unwrap();
        desk.merge(&[&e], &d).unwrap();
        story.backup();
        erase(desk, &b).unwrap();
        erase(desk, &d).unwrap();
        let (back, done) = story.restored(new);
        assert_eq!((done.again, done.failed.len()), (4, 0), "{done:?}");
        assert!([&a, &b, &d, &e].iter().all(|one| is_gone(&back, one)));
        assert_eq!(back.get(&c).email, "c@example.com");
    });
}

#[test]
fn who_was_parted_again_and_erased_takes_along_all_that_had_moved() {
    both(|story, new| {
        let desk = &story.desk;
        let (a, b, c) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"), desk.customer("cleo@example.com"));
        note(desk, &a, "likes it dark");
        note(desk, &b, "calls on Mondays");
        desk.pay(&a, 1000);
        let first = desk.merge(&[&a], &b).unwrap().remove(0);
        let second = desk.merge(&[&c], &b).unwrap().remove(0);
        story.backup();
        desk.undo_merge(&second.id).unwrap();
        desk.undo_merge(&first.id).unwrap();
        erase(desk, &a).unwrap();
        let (back, done) = story.restored(new);
        assert_eq!((done.again, done.failed.len()), (1, 0), "{done:?}");
        assert!(is_gone(&back, &a));
        assert_eq!((back.get(&b).email.as_str(), back.get(&c).email.as_str()), ("bo@example.com", "cleo@example.com"));
        assert_eq!(count(&back, "SELECT COUNT(*) FROM notes WHERE body LIKE '%dark%'"), 0);
        assert_eq!(count(&back, "SELECT COUNT(*) FROM notes WHERE body LIKE '%Mondays%'"), 1);
        assert_eq!(count(&back, &format!("SELECT COUNT(*) FROM payments WHERE customer_id = '{a}'")), 1, "and with it the books");
        assert_eq!(count(&back, "SELECT COUNT(*) FROM customer_contacts WHERE value LIKE 'ana@%'"), 0);
    });
}

#[test]
fn who_was_parted_from_somebody_erased_lives_on() {
    both(|story, new| {
        let desk = &story.desk;
        let (a, b) = (desk.customer("ana@example.com"), desk.customer("bo@example.com"));
        note(desk, &a, "likes it dark");
        let merged = desk.merge(&[&a], &b).unwrap().remove(0);
        story.backup();
        desk.undo_merge(&merged.id).unwrap();
        erase(desk, &b).unwrap();
        let (back, done) = story.restored(new);
        assert_eq!((done.again, done.failed.len()), (1, 0), "{done:?}");
        assert!(is_gone(&back, &b) && !is_gone(&back, &a));
        assert_eq!(back.get(&a).email, "ana@example.com");
        assert_eq!(count(&back, "SELECT COUNT(*) FROM notes WHERE body LIKE '%dark%'"), 1);
    });
}
