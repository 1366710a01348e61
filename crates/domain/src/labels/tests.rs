use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::testing::Fixture;

store::db_test! {
    crate::migrations();

    fn groups_and_tags_are_made_renamed_and_deleted(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        db.write_now(move |tx| {
            let retail: Group = create(tx, &ctx, " Retail ")?;
            let vip: Tag = create(tx, &ctx, "VIP")?;
            assert_eq!(rename(tx, &ctx, &retail.id, "Shops")?.name, "Shops");
            assert!(matches!(create::<TagId>(tx, &ctx, "vip"), Err(Error::Invalid(_))), "taken whatever the case");
            assert_eq!(rename(tx, &ctx, &vip.id, "vip")?.name, "vip", "its own name in another case is free");
            assert!(create::<GroupId>(tx, &ctx, "vip").is_ok(), "groups and tags do not meet");
            assert_eq!(delete(tx, &ctx, &retail.id)?, 0);
            assert_eq!(list::<GroupId>(tx, &ctx)?.len(), 1);
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    fn tagging_makes_what_is_missing_once(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        db.write_now(move |tx| {
            let names = ["VIP", "vip", " ", "Wholesale"].map(String::from);
            let ids = ensure_tags(tx, &ctx, &names)?;
            assert_eq!(ids.len(), 2);
            assert_eq!(ensure_tags(tx, &ctx, &names)?, ids);
            assert_eq!(list::<TagId>(tx, &ctx)?.len(), 2);
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    fn a_deleted_label_leaves_its_customers(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        db.write_now(move |tx| {
            let retail: Group = create(tx, &ctx, "Retail")?;
            let new = NewCustomer { email: "ana@example.es".into(), group: Some(retail.id.clone()), tags: vec!["VIP".into()], ..NewCustomer::default() };
            let ana = customers::create(tx, &ctx, new, Rules::Normal)?.id;
            let vip = list::<TagId>(tx, &ctx)?.remove(0);
            assert_eq!((vip.used, list::<GroupId>(tx, &ctx)?[0].used, counted(tx, &ctx, &retail.id)?.used), (1, 1, 1));
            assert_eq!((delete(tx, &ctx, &retail.id)?, delete(tx, &ctx, &vip.id)?), (1, 1));
            let ana = customers::get(tx, &ctx, &ana)?;
            assert!(ana.group.is_none() && ana.tags.is_empty());
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    fn another_merchants_labels_are_not_there(db) {
        let f = Fixture::new(db);
        let (ctx, other) = (f.ctx.clone(), f.other().ctx);
        db.write_now(move |tx| {
            let tag: Tag = create(tx, &ctx, "VIP")?;
            assert!(matches!(delete(tx, &other, &tag.id), Err(Error::NotFound("tag"))));
            assert!(list::<TagId>(tx, &other)?.is_empty());
            assert!(create::<TagId>(tx, &other, "VIP").is_ok(), "names are taken within a merchant only");
            Ok::<_, Error>(())
        })
        .unwrap();
    }
}
