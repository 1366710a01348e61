//! Deleted for good: who is gone is named nowhere any more, and no backup brings anybody back.

use super::*;
use crate::customers::bulk::{self, Action, Selection};
use crate::customers::list::Indexes;
use crate::customers::{self, NewCustomer, Rules};
use crate::dump;
use crate::kit::Error;
use crate::privacy::replay;
use crate::testing::NOW;
use store::Engine;
use store::testing::fresh;

fn purge(desk: &Desk, id: &CustomerId) -> Result<()> {
    let id = id.clone();
    desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &id))
}

/// Why the verb refuses, and how many the group action would take.
fn asked(desk: &Desk, id: &CustomerId) -> (Vec<&'static str>, u64) {
    let links = match purge(desk, id) {
        Err(Error::Conflict { code: "linked", links, message }) => {
            assert!(message.contains(" linked. Delete (restorable"), "{message}");
            links.into_iter().map(|l| l.kind).collect()
        }
        other => panic!("{other:?}"),
    };
    let selection = Selection::Ids(vec![id.clone()]);
    let preview = desk.read(move |tx, ctx| bulk::preview(tx, ctx, &Indexes::new(), &selection, &Action::DeletePermanently)).unwrap();
    (links, preview.will)
}

fn charge(desk: &Desk, id: &CustomerId, state: &str) {
    change(desk, &format!("INSERT INTO charges (merchant_id, id, customer_id, shop_id, provider, live, currency, amount, purpose, state, failure_code, failure,
        created_at, created_by, updated_at) SELECT merchant_id, 'chg_{state}', '{id}', id, 'stripe', TRUE, 'EUR', 700, '', '{state}', '', '', 1, '', 1 FROM shops LIMIT 1"));
}

fn link(desk: &Desk, id: &CustomerId, checkout: &str) {
    change(desk, &format!("INSERT INTO payment_links (merchant_id, id, customer_id, shop_id, currency, amount, purpose, state, expires_at, attempts, checkout,
        checkout_url, checkout_words, created_at, created_by, updated_at)
        SELECT merchant_id, 'pln_{checkout}', '{id}', id, 'EUR', 700, '', 'open', 1, 0, '{checkout}', '', '', 1, '', 1 FROM shops LIMIT 1"));
}

store::db_test! {
    crate::migrations();

    fn money_on_its_way_keeps_a_customer_whoever_asks(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        charge(&desk, &ana, "asked");
        assert_eq!(asked(&desk, &ana), (vec!["charge"], 0));
        change(&desk, "UPDATE charges SET state = 'unclear'");
        assert_eq!(asked(&desk, &ana), (vec!["charge"], 0));
        change(&desk, "UPDATE charges SET state = 'failed'");
        link(&desk, &ana, "capturing");
        assert_eq!(asked(&desk, &ana), (vec!["payment_link"], 0));
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM charges"), 1, "nothing is half deleted");
        change(&desk, "UPDATE payment_links SET checkout = 'none'");
        purge(&desk, &ana).unwrap();
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM charges") + count(&desk, "SELECT COUNT(*) FROM payment_links"), 0);
    }

    fn what_speaks_of_them_is_cleared_and_that_they_want_no_marketing_stays(db) {
        let (desk, folder) = (Desk::new(db), tempfile::tempdir().unwrap());
        let new = |marketing| NewCustomer { email: "ana.purge@example.com".into(), last_name: "Purgette".into(), marketing, ..NewCustomer::default() };
        let make = |marketing| { let new = new(marketing); desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id };
        let ana = make(true);
        let (who, out) = (ana.clone(), customers::CustomerEdit { marketing: Some(false), ..customers::CustomerEdit::default() });
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, out.clone())).unwrap();
        for (id, query) in [("gone", "q=purgette"), ("kept", "q=ruiz")] {
            change(&desk, &format!("INSERT INTO list_states (merchant_id, person_id, list, query, updated_at) SELECT id, 'p', '{id}', '{query}', 1 FROM merchants"));
        }
        change(&desk, "INSERT INTO replies (merchant_id, actor_id, key, request_hash, status, location, body, created_at)
            SELECT id, 'a', 'k', 'h', 201, '', '{\"email\":\"ana.purge@example.com\"}', 1 FROM merchants");
        purge(&desk, &ana).unwrap();
        work(db, NOW);
        settled(db, folder.path(), NOW);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM list_states"), 1);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM replies WHERE body <> ''") + count(&desk, "SELECT COUNT(*) FROM erasure_words"), 0);
        let told = receipt(&desk, &ana);
        assert_eq!((told.cause, told.noted_at.is_some(), told.swept_at.is_some()), (Cause::Purge, true, true));
        assert!(std::fs::read_to_string(folder.path().join("erasures.ledger")).unwrap().contains(ana.as_str()));
        assert!(!desk.get(&make(true)).marketing, "the same address comes again");
    }

    fn who_was_anonymised_before_has_one_receipt(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        erase(&desk, &ana).unwrap();
        purge(&desk, &ana).unwrap();
        assert_eq!(receipt(&desk, &ana).cause, Cause::Hand);
    }
}

#[test]
fn a_backup_from_before_brings_nobody_back_who_was_deleted_for_good() {
    let (old, new, folder) =
        (fresh(Engine::Sqlite, crate::migrations()), fresh(Engine::Postgres, crate::migrations()), tempfile::tempdir().unwrap());
    let desk = Desk::new(&old);
    let (a, b, c) = (desk.customer("ana@example.com"), desk.customer("ana.old@example.com"), desk.customer("cleo@example.com"));
    desk.merge(&[&b], &a).unwrap();
    let file = folder.path().join("b.gz");
    dump::backup(&old, std::fs::File::create(&file).unwrap()).unwrap();
    purge(&desk, &a).unwrap();
    settled(&old, folder.path(), NOW);
    dump::restore(&new, &file).unwrap();
    let done = replay(&new, &Ledger::of(folder.path()), &vault(), &FixedClock(NOW)).unwrap();
    assert_eq!((done.again, done.failed.len()), (2, 0), "{done:?}");
    let back = Desk { f: crate::testing::Fixture { db: new.clone(), ..desk.f.clone() }, ..desk.clone() };
    assert!([&a, &b].iter().all(|one| back.get(one).email.ends_with("@anonymised.invalid")));
    assert_eq!(back.get(&c).email, "cleo@example.com");
}
