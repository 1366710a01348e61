//! Other rules: while customers are worked out under them it is said how far that is, and nobody is told of faults that are none.

use super::*;
use crate::customers;
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Currency, FixedClock};
use crate::merchants::{self, Anew, MerchantEdit, RECOMPUTE};
use crate::payments::{self, PaymentInput};
use crate::verify;

store::db_test! {
    crate::migrations();

    fn a_large_shop_is_told_how_far_it_is_and_verify_waits_for_the_rest(db) {
        let f = Fixture::new(db);
        let settings = read(&f, &f.ctx, merchants::settings).unwrap();
        let new = |i| NewCustomer { email: format!("c{i:04}@example.com"), created_at: Some(f.ctx.now), ..NewCustomer::default() };
        let ready: Vec<_> = (0..503).map(|i| customers::ready(new(i), Rules::Import, &settings, f.ctx.now).unwrap()).collect();
        let made = write(&f, &f.ctx, move |tx, ctx| customers::create_many(tx, ctx, &ready)).unwrap();
        let last = made.iter().map(|c| c.id.clone()).max().unwrap();
        let (id, shop) = (last.clone(), f.shop.clone());
        write(&f, &f.ctx, move |tx, ctx| {
            let paid_at = ctx.now - 80 * crate::kit::DAY;
            let input = PaymentInput::settled(shop.clone(), "manual", Currency::of("EUR").unwrap(), 900, paid_at);
            payments::put(tx, ctx, &PaymentInput { customer: Some(id.clone()), ..input }).map(drop)
        }).unwrap();
        let of = |id: &CustomerId| get(&f, id).status;
        let anew = || read(&f, &f.ctx, merchants::anew).unwrap();
        let checked = || {
            let mut found = Vec::new();
            let checked = verify::merchant_of(&f.db, &f.ctx, &mut |d| found.push(format!("{d:?}"))).unwrap();
            assert!(found.is_empty(), "{found:#?}");
            checked
        };
        assert_eq!((of(&last), anew(), checked().waiting), (customers::Status::Idle, None, 0));

        let edit = MerchantEdit { name: settings.name.clone(), currency: "EUR".into(), time_zone: settings.zone_name.clone(), country: settings.country.clone(), active_days: 90 };
        write(&f, &f.ctx, move |tx, ctx| merchants::edit(tx, ctx, &edit)).unwrap();
        assert_eq!(anew(), Some(Anew { done: 500, total: 503, last: String::new(), stopped: false }));
        assert_eq!((of(&last), checked().waiting), (customers::Status::Idle, 503), "as it was before, and no fault");

        let kinds = Kinds::default().with(RECOMPUTE, merchants::recompute::recompute);
        jobs::run_all(&f.db, &kinds, &Tools::default(), &FixedClock(f.ctx.now), "test", &|| false).unwrap();
        assert_eq!((of(&last), anew(), checked().waiting), (customers::Status::Active, None, 0));
        let job = read(&f, &f.ctx, |tx, ctx| jobs::list(tx, ctx, 1)).unwrap().remove(0);
        assert_eq!((job.done, job.total), (503, 503));
    }
}
