//! A check sees a wrong key, work left lying and a ledger that is gone, and nothing where all is well.

use serde_json::json;

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{DAY, Error, FixedClock, IdSource};
use crate::orders::desk::Desk;
use crate::privacy::{self, Cause};
use crate::testing::NOW;
use crate::webhooks::{self, EndpointInput};

fn vault(byte: u8) -> Vault {
    Vault::new(&[byte; 32]).unwrap()
}

fn look(desk: &Desk, now: Micros) -> Waiting {
    desk.read(move |tx, _| waiting(tx, now)).unwrap()
}

fn refuse(_: &mut Tx, _: &crate::Ctx, _: &Tools, _: &mut jobs::Job) -> Result<jobs::Step> {
    Err(Error::conflict("no", "The file is gone."))
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood(db) {
        for statement in queries::ALL {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
    }

    fn only_the_key_that_sealed_opens(db) {
        let desk = Desk::new(db);
        assert!(desk.read(|tx, _| sealed(tx, Some(&vault(7)))).unwrap().is_empty());
        desk.write(|tx, ctx| dkim::set_dkim(tx, ctx, &vault(7), ("example.com", "desk"), "")).unwrap();
        desk.write(|tx, ctx| {
            let input = EndpointInput { url: "https://example.com/in".into(), description: String::new(), events: vec!["*".into()], local: false };
            webhooks::endpoints::create(tx, ctx, &vault(7), &input).map(|_| ())
        }).unwrap();
        let kinds = |key: Option<u8>| {
            let found = desk.read(move |tx, _| sealed(tx, key.map(vault).as_ref())).unwrap();
            found.into_iter().map(|s| (s.what, s.open, s.shut)).collect::<Vec<_>>()
        };
        assert_eq!(kinds(Some(7)), [("keys that sign mail", 1, 0), ("secrets of webhook endpoints", 1, 0)]);
        assert_eq!(kinds(Some(8)), [("keys that sign mail", 0, 1), ("secrets of webhook endpoints", 0, 1)]);
        assert_eq!(kinds(None), kinds(Some(8)));
        let whole = |key: u8| desk.read(move |tx, _| signing(tx, &vault(key))).unwrap().into_iter().map(|k| (k.name, k.is_whole)).collect::<Vec<_>>();
        assert_eq!((whole(7), whole(8)), (vec![("desk._domainkey.example.com".to_owned(), true)], vec![("desk._domainkey.example.com".to_owned(), false)]));
    }

    fn work_is_late_when_nobody_holds_it_for_a_quarter_of_an_hour(db) {
        let desk = Desk::new(db);
        desk.write(|tx, ctx| jobs::enqueue(tx, ctx, "refuse", &json!({}), 1)).unwrap();
        assert_eq!(look(&desk, NOW + LATE), Waiting::default(), "not yet");
        assert_eq!(look(&desk, NOW + LATE + 1), Waiting { jobs: 1, ..Waiting::default() });
        let held = db.write_now::<_, Error>(|tx| jobs::claim(tx, "worker", NOW + LATE)).unwrap();
        assert!(held.is_some());
        assert_eq!(look(&desk, NOW + LATE + 1).jobs, 0, "a worker has it");
        assert_eq!(look(&desk, NOW + 3 * LATE).jobs, 1, "the worker is gone");
        let kinds = Kinds::default().with("refuse", refuse);
        jobs::run_all(db, &kinds, &Tools::default(), &FixedClock(NOW + 3 * LATE), "other", &|| false).unwrap();
        assert_eq!(look(&desk, NOW + 4 * LATE), Waiting { jobs_failed: 1, ..Waiting::default() });
        assert_eq!(look(&desk, NOW + 8 * DAY), Waiting::default(), "of last week");
    }

    fn whoever_was_erased_is_missed_in_the_ledger(db) {
        let desk = Desk::new(db);
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::of(folder.path());
        let new = NewCustomer { email: "ana@example.es".into(), name: "Ana Ruiz".into(), ..NewCustomer::default() };
        let ana = desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id;
        let ctx = crate::Ctx { ids: IdSource::System, ..desk.ctx.clone() };
        db.write_now(move |tx| privacy::anonymise(tx, &ctx, &vault(7), &ana, Cause::Hand)).unwrap();
        privacy::settle(db, &ledger, &FixedClock(NOW)).unwrap();
        let missed = |at: &Ledger| { let at = at.clone(); desk.read(move |tx, _| not_in_ledger(tx, &at)).unwrap() };
        assert_eq!(missed(&ledger), 0);
        let clear = |at: &Ledger| { let at = at.clone(); desk.read(move |tx, _| in_clear(tx, &at)).unwrap() };
        assert_eq!(clear(&ledger), 0);
        desk.write(|tx, _| Ok(tx.exec(&store::Stmt::built("UPDATE customers SET anonymised_at = NULL".into()), &[])?)).unwrap();
        assert_eq!(clear(&ledger), 1, "as after an older database was put back");
        std::fs::remove_file(folder.path().join("erasures.ledger")).unwrap();
        assert_eq!(missed(&ledger), 1);
        assert_eq!(desk.read(|tx, _| newest(tx)).unwrap(), Some(NOW));
    }
}
