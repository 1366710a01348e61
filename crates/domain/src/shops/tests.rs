use super::*;
use crate::testing::Fixture;

fn named(name: &str) -> ShopInput {
    ShopInput { name: name.into(), ..ShopInput::default() }
}

store::db_test! {
    crate::migrations();

    fn a_shop_is_made_edited_and_archived_but_never_the_last_one(db) {
        let f = Fixture::new(db);
        let (ctx, first) = (f.ctx.clone(), f.shop.clone());
        assert!(matches!(db.write_now(move |tx| archive(tx, &ctx, &first)), Err(Error::Conflict { code: "last_shop", .. })));
        let ctx = f.ctx.clone();
        let shop = db.write_now(move |tx| create(tx, &ctx, &named("Market stall"))).unwrap();
        assert_eq!(shop.currency.code(), "EUR", "the merchant's, unless it says otherwise");
        let (ctx, id) = (f.ctx.clone(), shop.id.clone());
        let input = ShopInput { name: "Market".into(), currency: "gbp".into(), country: "gb".into(), url: "https://market.example".into() };
        let shop = db.write_now(move |tx| edit(tx, &ctx, &id, &input)).unwrap();
        assert_eq!((shop.name.as_str(), shop.currency.code(), shop.country.as_str()), ("Market", "GBP", "GB"));
        let (ctx, first) = (f.ctx.clone(), f.shop.clone());
        assert!(db.write_now(move |tx| archive(tx, &ctx, &first)).unwrap().archived_at.is_some());
        let (ctx, first) = (f.ctx.clone(), f.shop.clone());
        assert!(db.write_now(move |tx| unarchive(tx, &ctx, &first)).unwrap().archived_at.is_none());
    }

    fn wrong_fields_and_other_merchants_are_refused(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        let bad = ShopInput { name: "ONLINE".into(), currency: "XXX1".into(), country: "Atlantis".into(), url: "javascript:alert(1)".into() };
        let Err(Error::Invalid(problems)) = db.write_now(move |tx| create(tx, &ctx, &bad)) else { panic!("taken in") };
        let found: Vec<_> = problems.0.iter().map(|p| (p.field.as_str(), p.code)).collect();
        assert_eq!(found, [("name", "taken"), ("currency", "unknown"), ("country", "unknown"), ("url", "invalid")]);
        let (other, shop) = (f.other().ctx, f.shop.clone());
        assert!(matches!(db.write_now(move |tx| edit(tx, &other, &shop, &named("Mine"))), Err(Error::NotFound("shop"))));
        let ctx = f.without(Right::Settings);
        assert!(matches!(db.write_now(move |tx| create(tx, &ctx, &named("Mine"))), Err(Error::Forbidden(Right::Settings))));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn two_who_archive_the_last_two_shops_leave_one_open(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        let second = db.write_now(move |tx| create(tx, &ctx, &named("Second"))).unwrap().id;
        let both = [f.shop.clone(), second];
        let done = db.together(2, |n, db| {
            let (ctx, id) = (f.ctx.clone(), both[n].clone());
            db.write_now(move |tx| archive(tx, &ctx, &id)).is_ok()
        });
        assert_eq!(done.iter().filter(|d| **d).count(), 1);
    }
}
