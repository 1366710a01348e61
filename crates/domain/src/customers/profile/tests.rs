use jiff::civil::date;

use super::*;
use crate::customers::{NewCustomer, Rules, create};
use crate::kit::DAY;
use crate::payments::refunds::{RefundInput, refund};
use crate::payments::{ManualPayment, MethodKind, record};
use crate::testing::{Fixture, NOW};

store::db_test! {
    crate::migrations();

    fn spending_stands_in_the_month_it_was_paid_less_what_was_given_back(db) {
        let f = Fixture::new(db);
        let (ctx, shop) = (f.ctx.clone(), f.shop.clone());
        let id = db.write_now(move |tx| {
            let new = NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() };
            let id = create(tx, &ctx, new, Rules::Normal)?.id;
            let mut made = Vec::new();
            for (amount, days, currency) in [(2500, 0, "EUR"), (1000, 3, "EUR"), (700, 40, "EUR"), (900, 400, "EUR"), (5000, 1, "USD")] {
                let payment = ManualPayment {
                    order: None,
                    customer: Some(id.clone()),
                    shop: Some(shop.clone()),
                    currency: Currency::of(currency),
                    amount,
                    kind: MethodKind::Cash,
                    paid_at: Some(NOW - days * DAY),
                    note: String::new(),
                };
                made.push(record(tx, &ctx, &payment)?);
            }
            refund(tx, &ctx, &RefundInput::of(made[0].clone(), 300, "one bag damaged"))?;
            Ok::<_, Error>(id)
        }).unwrap();
        let ctx = f.ctx.clone();
        let (topics, spend) = db.read_now(move |tx| Ok::<_, Error>((topics(tx, &ctx, &id)?, spend(tx, &ctx, &id, 12)?))).unwrap();
        assert_eq!((topics.orders, topics.payments, topics.methods, topics.guest_payments), (0, 5, 0, 0));
        assert!(topics.events > 5);
        assert_eq!(spend.months.len(), 12);
        assert_eq!((spend.months[0].first, spend.months[11].first), (date(2025, 7, 1), date(2026, 6, 1)));
        let spent: Vec<i64> = spend.months.iter().map(|m| m.spent).filter(|s| *s != 0).collect();
        assert_eq!((spent, spend.missing), (vec![700, 3200], true));
    }

    fn another_merchants_customer_is_not_there(db) {
        let f = Fixture::new(db);
        let ctx = f.ctx.clone();
        let id = db.write_now(move |tx| Ok::<_, Error>(create(tx, &ctx, NewCustomer { email: "a@b".into(), ..NewCustomer::default() }, Rules::Normal)?.id)).unwrap();
        let other = f.other().ctx;
        assert!(matches!(db.read_now(move |tx| topics(tx, &other, &id)), Err(Error::NotFound(_))));
    }
}
