//! A backup gives the same trade on either engine, and a cut one leaves nothing.

use std::fs;

use store::Engine;
use store::testing::fresh;

use super::*;
use crate::demo;
use crate::kit::MerchantId;
use crate::testing::{Fixture, NOW};

fn filled(engine: Engine) -> (store::testing::TestDb, MerchantId) {
    let db = fresh(engine, crate::migrations());
    let fx = Fixture::new(&db);
    let ctx = fx.ctx.clone();
    db.write_now::<_, crate::Error>(move |tx| {
        for n in 0..30 {
            let new = crate::customers::NewCustomer {
                name: format!("Person {n} \"|\\\u{1f600}"),
                email: format!("p{n}@example.com"),
                tags: vec![format!("tag {}", n % 3)],
                note: Some("a note \"|\\\n\u{1f600}".into()),
                marketing: n % 2 == 0,
                ..Default::default()
            };
            crate::customers::create(tx, &ctx, new, crate::customers::Rules::Normal)?;
        }
        let sql = store::Stmt::built("INSERT INTO avatars (merchant_id, id, customer_id, content_type, bytes, created_at)
            SELECT merchant_id, 'ava_1', MIN(id), 'image/png', CAST($2 AS BYTEA), 1 FROM customers WHERE merchant_id = $1 GROUP BY merchant_id".into());
        tx.exec(&sql, &[&ctx.merchant, &vec![0u8, 255, 7]])?;
        Ok(())
    })
    .unwrap();
    (db, fx.ctx.merchant)
}

fn text(db: &store::Db, merchant: &MerchantId) -> String {
    let mut out = Vec::new();
    stable(db, merchant, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_backup_of_one_engine_is_restored_on_the_other() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite), (Engine::Sqlite, Engine::Sqlite)] {
        let (db, merchant) = filled(from);
        let file = folder.path().join("b.gz");
        let saved = backup(&db, fs::File::create(&file).unwrap()).unwrap();
        let copy = fresh(to, crate::migrations());
        assert_eq!(restore(&copy, &file).unwrap().rows, saved.rows);
        assert_eq!(text(&copy, &merchant), text(&db, &merchant));
        assert!(text(&db, &merchant).lines().count() > 60);
        let again = folder.path().join("again.gz");
        assert_eq!(backup(&copy, fs::File::create(&again).unwrap()).unwrap(), saved);
        assert!(restore(&copy, &file).unwrap_err().to_string().contains("not empty"));
    }
}

#[test]
fn a_cut_or_foreign_file_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = filled(Engine::Sqlite);
    let file = folder.path().join("b.gz");
    backup(&db, fs::File::create(&file).unwrap()).unwrap();
    let whole = fs::read(&file).unwrap();
    let copy = fresh(Engine::Sqlite, crate::migrations());
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 4], b"", b"no gzip at all"] {
        fs::write(&file, bytes).unwrap();
        let refused = restore(&copy, &file).unwrap_err().to_string();
        assert!(refused.contains("backup"), "{refused}");
    }
    fs::write(&file, &whole).unwrap();
    assert!(restore(&copy, &file).is_ok());
}

#[test]
fn the_demo_is_the_same_on_both_engines() {
    let texts = [Engine::Sqlite, Engine::Postgres].map(|engine| {
        let db = fresh(engine, crate::migrations());
        let plan = demo::Plan { customers: 60, seed: 7, now: NOW };
        let house = demo::open(&db, &plan).unwrap();
        demo::fill(&db, &house, &plan, |_| {}).unwrap();
        demo::letters(&db, &house, &plan).unwrap();
        demo::clubs(&db, &house, &plan).unwrap();
        text(&db, &house.ctx.merchant)
    });
    assert!(texts[0] == texts[1], "the dumps differ");
}
