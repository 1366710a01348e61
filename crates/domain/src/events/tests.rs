use super::*;
use crate::customers::{self, NewCustomer, Rules, Status};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Currency, DAY, Error, FixedClock, Right};
use crate::merchants::{self, MerchantEdit};
use crate::payments;
use crate::testing::{Fixture, NOW};

fn kinds<K>(page: &Page<K>) -> Vec<&str> {
    page.entries.iter().map(|e| e.kind.as_str()).collect()
}

fn settings(days: i64) -> MerchantEdit {
    MerchantEdit {
        name: "Roastery".into(),
        currency: "EUR".into(),
        time_zone: "Europe/Paris".into(),
        country: "FR".into(),
        active_days: days,
    }
}

store::db_test! {
    crate::migrations();

    fn the_audit_log_says_who_changed_what_and_pages_by_key(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        db.write_now(move |tx| {
            for (n, days) in [30, 45, 90].into_iter().enumerate() {
                merchants::edit(tx, &ctx.at(NOW + n as i64 + 1), &settings(days))?;
            }
            merchants::edit(tx, &ctx.at(NOW + 9), &settings(90))?;
            let first = log(tx, &ctx, &LogFilter::default(), None, 2)?;
            assert_eq!(kinds(&first), ["merchant.edited", "merchant.edited"], "an edit that changes nothing leaves no trace");
            assert_eq!(first.entries[0].values, [Change { field: "active_days".into(), old: Some("45".into()), new: Some("90".into()) }]);
            assert_eq!((first.entries[0].actor_name.as_str(), first.entries[0].door.as_str()), ("Olivia", "page"));
            let rest = log(tx, &ctx, &LogFilter::default(), first.next.as_ref(), 50)?;
            assert_eq!(kinds(&rest), ["merchant.edited", "shop.created", "merchant.created"]);
            assert!(rest.next.is_none());
            let noun = LogFilter { kind: "shop".into(), ..LogFilter::default() };
            assert_eq!(kinds(&log(tx, &ctx, &noun, None, 50)?), ["shop.created"]);
            let customers = LogFilter { kind: "customer".into(), ..LogFilter::default() };
            assert!(log(tx, &ctx, &customers, None, 50)?.entries.is_empty());
            let exact = LogFilter { kind: "merchant.edited".into(), from: Some(NOW + 2), until: Some(NOW + 3), ..LogFilter::default() };
            assert_eq!(log(tx, &ctx, &exact, None, 50)?.entries.len(), 1);
            let nobody = LogFilter { actor: "per_nobody".into(), ..LogFilter::default() };
            assert!(log(tx, &ctx, &nobody, None, 50)?.entries.is_empty());
            let tomorrow = LogFilter { from: Some(NOW + DAY), ..LogFilter::default() };
            assert!(log(tx, &ctx, &tomorrow, None, 50)?.entries.is_empty());
            Ok::<_, Error>(())
        })
        .unwrap();
        let other = f.other().ctx;
        db.read_now(move |tx| {
            assert_eq!(kinds(&log(tx, &other, &LogFilter::default(), None, 50)?), ["shop.created", "merchant.created"]);
            Ok::<_, Error>(())
        })
        .unwrap();
        let ctx = f.without(Right::Audit);
        assert!(matches!(db.read_now(move |tx| log(tx, &ctx, &LogFilter::default(), None, 1)), Err(Error::Forbidden(Right::Audit))));
    }

    fn new_days_make_idle_customers_active_again(db) {
        let f = Fixture::new(db);
        let (ctx, shop) = (f.ctx.clone(), f.shop.clone());
        let ana = db
            .write_now(move |tx| {
                let new = NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() };
                let ana = customers::create(tx, &ctx, new, Rules::Normal)?.id;
                payments::record(tx, &ctx, &payments::ManualPayment {
                    order: None,
                    customer: Some(ana.clone()),
                    shop: Some(shop.clone()),
                    currency: Currency::of("EUR"),
                    amount: 1000,
                    kind: payments::MethodKind::Cash,
                    paid_at: Some(NOW - 70 * DAY),
                    note: String::new(),
                })?;
                assert_eq!(customers::get(tx, &ctx, &ana)?.status, Status::Idle);
                assert!(customers::get(tx, &ctx, &ana)?.status_reason.contains("more than"));
                merchants::edit(tx, &ctx, &settings(90))?;
                assert_eq!(customers::get(tx, &ctx, &ana)?.status, Status::Active, "no read shows yesterday's status");
                let krona = MerchantEdit { currency: "SEK".into(), ..settings(90) };
                merchants::edit(tx, &ctx, &krona)?;
                let shown = customers::get(tx, &ctx, &ana)?;
                assert_eq!((shown.lifetime, shown.lifetime_missing), (0, true), "euros are not shown as kronor");
                merchants::edit(tx, &ctx, &settings(90))?;
                assert_eq!(customers::get(tx, &ctx, &ana)?.lifetime, 1000);
                Ok::<_, Error>(ana)
            })
            .unwrap();
        let kinds = Kinds::default().with(merchants::RECOMPUTE, merchants::recompute::recompute);
        assert_eq!(jobs::run_all(db, &kinds, &Tools::default(), &FixedClock(NOW), "test", &|| false).unwrap(), 3);
        let ctx = f.ctx.clone();
        db.read_now(move |tx| {
            assert_eq!(customers::get(tx, &ctx, &ana)?.status, Status::Active);
            assert!(jobs::running(tx, &ctx)?.is_empty());
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    fn new_rules_raise_the_version_and_ask_for_a_recompute(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        db.write_now(move |tx| {
            let renamed = MerchantEdit { name: "New name".into(), ..settings(60) };
            assert_eq!(merchants::edit(tx, &ctx, &renamed)?.rule_version, 1);
            assert!(crate::jobs::running(tx, &ctx)?.is_empty());
            assert_eq!(merchants::edit(tx, &ctx, &settings(61))?.rule_version, 2);
            let jobs = crate::jobs::running(tx, &ctx)?;
            assert_eq!(jobs.iter().map(|j| j.kind.as_str()).collect::<Vec<_>>(), [merchants::RECOMPUTE]);
            assert!(matches!(merchants::edit(tx, &ctx, &settings(0)), Err(Error::Invalid(_))));
            assert!(matches!(merchants::edit(tx, &ctx, &settings(731)), Err(Error::Invalid(_))));
            Ok::<_, Error>(())
        })
        .unwrap();
    }
}
