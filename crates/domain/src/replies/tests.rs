//! A request that comes twice is done once.

use super::*;
use crate::kit::Right;
use crate::testing::Fixture;
use crate::{labels, testing};

fn make(db: &store::Db, ctx: &Ctx, key: &'static str, name: &'static str) -> Result<Reply> {
    let ctx = ctx.clone();
    db.write_now(move |tx| {
        once(tx, &ctx, Some(key), name, |tx| {
            let tag = labels::create::<crate::kit::TagId>(tx, &ctx, name)?;
            Ok(Reply::new(201, format!("/tags/{}", tag.id), tag.name))
        })
    })
}

store::db_test! {
    crate::migrations();

    fn the_first_answer_is_given_again(db) {
        let f = Fixture::new(db);
        let first = make(db, &f.ctx, "k1", "vip").unwrap();
        let again = make(db, &f.ctx, "k1", "vip").unwrap();
        assert_eq!(again, Reply { repeated: true, ..first });
        let ctx = f.ctx.clone();
        assert_eq!(db.read_now(move |tx| labels::list::<crate::kit::TagId>(tx, &ctx)).unwrap().len(), 1);
    }

    fn a_key_belongs_to_one_request_and_one_actor(db) {
        let f = Fixture::new(db);
        make(db, &f.ctx, "k1", "vip").unwrap();
        assert!(matches!(make(db, &f.ctx, "k1", "press"), Err(Error::Conflict { code: "key_reused", .. })));
        let other = f.staff(crate::kit::Role::Manager);
        assert!(!make(db, &other, "k1", "press").unwrap().repeated);
    }

    fn the_ids_of_the_path_stand_behind_the_hash_and_an_answer_kept_without_them_is_still_found(db) {
        let f = Fixture::new(db);
        let id = f.ctx.id::<crate::kit::CustomerId>();
        let request = fingerprint("POST", &format!("/api/v1/customers/{id}/notes?q=ana@example.com"), b"{}");
        let (hash, ids) = request.split_once(' ').unwrap();
        assert_eq!((hash.len(), ids), (64, id.as_str()));
        assert_eq!(fingerprint("POST", "/api/v1/customers/ana_ruiz", b"{}").len(), 64, "what is typed is no id");
        let once = |request: String| {
            let ctx = f.ctx.clone();
            db.write_now(move |tx| super::once(tx, &ctx, Some("k1"), &request, |_| Ok(Reply::new(201, "", "{}"))))
        };
        assert!(!once(hash.to_owned()).unwrap().repeated);
        assert!(once(request).unwrap().repeated);
        assert!(once("another".to_owned()).is_err());
    }

    fn what_was_refused_is_not_remembered(db) {
        let f = Fixture::new(db);
        let poor = f.without(Right::Settings);
        assert!(make(db, &poor, "k1", "vip").is_err());
        assert!(!make(db, &f.ctx, "k1", "vip").unwrap().repeated);
    }

    fn answers_are_forgotten_after_a_day(db) {
        let f = Fixture::new(db);
        make(db, &f.ctx, "k1", "vip").unwrap();
        let later = f.ctx.at(testing::NOW + KEPT + 1);
        assert_eq!(db.write_now(move |tx| forget(tx, &later)).unwrap(), 1);
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn of_many_at_once_one_does_it_and_all_get_its_answer(db) {
        let f = Fixture::new(db);
        let answers = db.together(16, |_, db| make(db, &f.ctx, "k1", "vip").unwrap());
        assert_eq!(answers.iter().filter(|a| !a.repeated).count(), 1);
        assert!(answers.iter().all(|a| a.location == answers[0].location));
    }
}
